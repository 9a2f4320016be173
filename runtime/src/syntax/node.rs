//! `ast.AST`: the base class of all nodes.
//!
//! A node's fields are ordinary attributes. Which there are is in its class's `_fields`, and which of them may be left out
//! when a node is made follows from `_field_types`: optional ones have a class attribute `None`, lists begin empty, an
//! expression's context is `Load()`.

use memory::{Trace, Value, Visitor};
use threads::Thread;

use super::classes;
use crate::class::Namespace;
use crate::class::lookup::{getattr, getattr_or_none, setattr};
use crate::class::{ClassFlags, Slots, TypeExt, as_value, class_of};
use crate::error::{DEPRECATION_WARNING, Result, type_error};
use crate::native::{Args, KwRest, Rest};
use crate::object::{cast, cast_exact, new_of};
use crate::types::{
    Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt, generic_alias, sequence, union,
};
use crate::{call, hooks, ops};

/// The payload of a node: nothing but the attributes behind it.
pub struct Node;

// SAFETY: no references.
unsafe impl Trace for Node {
    const NAME: &'static str = "ast.AST";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Node,
    "AST",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_DICT),
    with_module("ast"),
    with_slots(slots),
    with_new(construct),
    with_init(describe),
    with_methods(&[methods::METHODS])
);

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
}

fn describe(namespace: &Namespace<'_>) {
    for name in ["_fields", "__match_args__", "_attributes"] {
        if let Ok(empty) = Tuple::new(namespace.thread, Vec::new()) {
            namespace.set(name, empty);
        }
    }
}

fn construct(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let class = sequence::class_for(class)?;
    new_of(thread, class, Node)
}

/// An attribute of a node's class.
fn of_class(thread: &mut Thread, node: &Value, name: &str) -> Result<Option<Value>> {
    let name = Str::interned(thread, name)?;
    getattr_or_none(thread, &as_value(class_of(node)), &name)
}

/// The names in a class's `_fields` or `_attributes`.
fn names_in(thread: &mut Thread, node: &Value, list: &str) -> Result<Vec<Value>> {
    let found = if list == "_fields" {
        let name = Str::interned(thread, list)?;
        Some(getattr(thread, &as_value(class_of(node)), &name)?)
    } else {
        of_class(thread, node, list)?
    };
    match found {
        Some(names) => match cast_exact::<Tuple>(&names) {
            Some(tuple) => Ok(tuple.items().to_vec()),
            None => {
                ops::len(thread, &names)?;
                ops::to_vec(thread, &names)
            }
        },
        None => Ok(Vec::new()),
    }
}

/// The bare name of a node's class.
fn short_name(node: &Value) -> String {
    let name = class_of(node).name_lossy();
    name.rsplit('.').next().unwrap_or_default().to_owned()
}

fn position(thread: &mut Thread, names: &[Value], name: &Value) -> Result<Option<usize>> {
    for (index, other) in names.iter().enumerate() {
        if ops::is_or_equals(thread, other, name)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

fn deprecated(thread: &mut Thread, message: &str) -> Result<()> {
    hooks::warn(thread, &DEPRECATION_WARNING, message, 1)
}

fn init(thread: &mut Thread, node: &Value, args: Args<'_>) -> Result<()> {
    require_strs(args.keywords().map(|(name, _)| name))?;
    let fields = names_in(thread, node, "_fields")?;
    let given = args.positionals();
    if given.len() > fields.len() {
        return Err(type_error(format!(
            "{} constructor takes at most {} positional argument{}",
            short_name(node),
            fields.len(),
            if fields.len() == 1 { "" } else { "s" }
        )));
    }
    let mut missing = vec![true; fields.len()];
    for (index, value) in given.iter().enumerate() {
        setattr(thread, node, &fields[index], Some(value))?;
        missing[index] = false;
    }
    for (name, value) in args.keywords() {
        match position(thread, &fields, name)? {
            Some(index) if !missing[index] => {
                return Err(type_error(format!(
                    "{} got multiple values for argument {}",
                    class_of(node).name_lossy(),
                    ops::repr_text(thread, name)?
                )));
            }
            Some(index) => missing[index] = false,
            None => {
                let attributes = of_class(thread, node, "_attributes")?;
                let known = match attributes {
                    Some(attributes) => ops::contains(thread, &attributes, name)?,
                    None => false,
                };
                if !known {
                    let text = format!(
                        "{}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword \
                         arguments is deprecated and will be removed in Python 3.15.",
                        class_of(node).name_lossy(),
                        ops::repr_text(thread, name)?
                    );
                    deprecated(thread, &text)?;
                }
            }
        }
        setattr(thread, node, name, Some(value))?;
    }
    if !missing.contains(&true) {
        return Ok(());
    }
    let Some(types) = of_class(thread, node, "_field_types")? else { return Ok(()) };
    for (name, _) in fields.iter().zip(missing).filter(|(_, missing)| *missing) {
        set_default(thread, node, &types, name)?;
    }
    Ok(())
}

fn require_strs<'a>(mut names: impl Iterator<Item = &'a Value>) -> Result<()> {
    if names.all(|name| cast::<Str>(name).is_some()) {
        Ok(())
    } else {
        Err(type_error("keywords must be strings"))
    }
}

/// Gives a field that was left out the value that its type implies.
fn set_default(thread: &mut Thread, node: &Value, types: &Value, name: &Value) -> Result<()> {
    let Some(dict) = cast::<Dict>(types) else {
        return Err(crate::error::system_error("bad argument to internal function"));
    };
    let Some(field_type) = dict.get(thread, name)? else {
        let text = format!(
            "Field {} is missing from {}._field_types. This will become an error in Python 3.15.",
            ops::repr_text(thread, name)?,
            class_of(node).name_lossy()
        );
        return deprecated(thread, &text);
    };
    if union::is_union(&field_type) {
        return Ok(()); // the class has the attribute `None`
    }
    if generic_alias::is_alias(&field_type) {
        let empty = List::new(thread, Vec::new())?;
        return setattr(thread, node, name, Some(&empty));
    }
    let table = classes::table(thread)?;
    if field_type.is(&table.context) {
        return setattr(thread, node, name, Some(&table.load));
    }
    let text = format!(
        "{}.__init__ missing 1 required positional argument: {}. This will become an error in Python 3.15.",
        class_of(node).name_lossy(),
        ops::repr_text(thread, name)?
    );
    deprecated(thread, &text)
}

/// How many levels of nodes a `repr` shows.
const SHOWN_LEVELS: u32 = 3;

fn repr(thread: &mut Thread, node: &Value) -> Result<Value> {
    let mut out = text::Builder::new();
    push_node(thread, &mut out, node, SHOWN_LEVELS)?;
    Str::from_text(thread, &out.finish())
}

fn push_node(thread: &mut Thread, out: &mut text::Builder, node: &Value, levels: u32) -> Result<()> {
    let name = class_of(node).name_lossy();
    if levels == 0 {
        out.push_str(&format!("{name}(...)"));
        return Ok(());
    }
    let done = sequence::guarded(thread, node, |thread| {
        let fields = names_in(thread, node, "_fields")?;
        out.push_str(&name);
        out.push_str("(");
        for (index, field) in fields.iter().enumerate() {
            let value = getattr(thread, node, field)?;
            if index > 0 {
                out.push_str(", ");
            }
            if let Some(field) = cast::<Str>(field) {
                out.push_view(field.view());
            }
            out.push_str("=");
            push_value(thread, out, &value, levels)?;
        }
        out.push_str(")");
        Ok(())
    })?;
    if done.is_none() {
        out.push_str(&format!("{name}(...)"));
    }
    Ok(())
}

fn push_value(thread: &mut Thread, out: &mut text::Builder, value: &Value, levels: u32) -> Result<()> {
    if let Some(list) = cast::<List>(value) {
        let items = list.to_vec(thread)?;
        return push_items(thread, out, &items, ["[", "]"], levels);
    }
    if let Some(tuple) = cast::<Tuple>(value) {
        let items = tuple.items().to_vec();
        return push_items(thread, out, &items, ["(", ")"], levels);
    }
    push_item(thread, out, value, levels)
}

fn push_item(thread: &mut Thread, out: &mut text::Builder, value: &Value, levels: u32) -> Result<()> {
    if cast::<Node>(value).is_some() {
        return push_node(thread, out, value, levels - 1);
    }
    sequence::push_repr(thread, out, value)
}

/// Of more than two items, the first and the last.
fn push_items(
    thread: &mut Thread,
    out: &mut text::Builder,
    items: &[Value],
    brackets: [&str; 2],
    levels: u32,
) -> Result<()> {
    out.push_str(brackets[0]);
    if let Some(first) = items.first() {
        push_item(thread, out, first, levels)?;
    }
    if items.len() > 2 {
        out.push_str(", ...");
    }
    if let (Some(last), true) = (items.last(), items.len() > 1) {
        out.push_str(", ");
        push_item(thread, out, last, levels)?;
    }
    out.push_str(brackets[1]);
    Ok(())
}

#[native::methods(name = "ast.AST")]
mod methods {
    use super::*;

    /// Support for pickle.
    pub fn __reduce__(th: &mut Thread, this: &Value) -> Result<Value> {
        let name = crate::interned!(th, "__dict__")?;
        let class = as_value(class_of(this));
        let Some(dict) = getattr_or_none(th, this, name)? else {
            let none = Tuple::new(th, Vec::new())?;
            return Tuple::of_array(th, [class, none]);
        };
        // Fields are passed as None first, so that making the copy does not warn of missing ones.
        let mut places = Vec::new();
        if let Some(dict) = cast::<Dict>(&dict) {
            for field in names_in(th, this, "_fields")? {
                if dict.get(th, &field)?.is_none() {
                    break;
                }
                places.push(Value::none());
            }
        }
        let places = Tuple::new(th, places)?;
        Tuple::of_array(th, [class, places, dict])
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[sig("($self, /, *args, **fields)", hidden)]
    pub fn __replace__(th: &mut Thread, this: &Value, args: Rest<'_>, fields: KwRest<'_>) -> Result<Value> {
        if !args.is_empty() {
            return Err(type_error("__replace__() takes no positional arguments"));
        }
        let name = crate::interned!(th, "__dict__")?;
        let dict = getattr(th, this, name)?;
        let given: Vec<(Value, Value)> = fields.iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        require_strs(given.iter().map(|(name, _)| name))?;
        check_replacement(th, this, &dict, &given)?;
        let class = as_value(class_of(this));
        let mut changes = match cast::<Dict>(&dict) {
            Some(dict) => dict.items(th),
            None => Vec::new(),
        };
        for (key, value) in given {
            match changes.iter_mut().find(|(name, _)| same_name(name, &key)) {
                Some(entry) => entry.1 = value,
                None => changes.push((key, value)),
            }
        }
        // What is neither field nor attribute is not copied.
        let mut known = names_in(th, this, "_fields")?;
        known.extend(names_in(th, this, "_attributes")?);
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (key, value) in changes {
            if position(th, &known, &key)?.is_some() {
                names.push(key);
                values.push(value);
            }
        }
        call::call(th, &class, Args { values: &values, names: &names })
    }
}

fn same_name(a: &Value, b: &Value) -> bool {
    matches!((cast::<Str>(a), cast::<Str>(b)), (Some(a), Some(b)) if a.equals(b))
}

/// Raises if a copy with these changes would lack a field, or have one that nodes of the class have not.
fn check_replacement(
    thread: &mut Thread,
    node: &Value,
    dict: &Value,
    given: &[(Value, Value)],
) -> Result<()> {
    let class = class_of(node).name_lossy();
    let fields = names_in(thread, node, "_fields")?;
    let attributes = names_in(thread, node, "_attributes")?;
    let mut expected = vec![true; fields.len()];
    if let Some(dict) = cast::<Dict>(dict) {
        for (index, field) in fields.iter().enumerate() {
            if dict.get(thread, field)?.is_some() {
                expected[index] = false;
            }
        }
    }
    for (name, _) in given {
        if let Some(index) = position(thread, &fields, name)? {
            expected[index] = false;
        } else if position(thread, &attributes, name)?.is_none() {
            return Err(type_error(format!(
                "{class}.__replace__ got an unexpected keyword argument {}.",
                ops::repr_text(thread, name)?
            )));
        }
    }
    let types = of_class(thread, node, "_field_types")?;
    let types = types.as_ref().and_then(cast::<Dict>);
    let mut missing = Vec::new();
    for (field, _) in fields.iter().zip(expected).filter(|(_, expected)| *expected) {
        let optional = match types {
            Some(types) => types.get(thread, field)?.is_some_and(|field| union::is_union(&field)),
            None => false,
        };
        if !optional {
            missing.push(ops::repr_text(thread, field)?);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort();
    Err(type_error(format!(
        "{class}.__replace__ missing {} keyword argument{}: {}.",
        missing.len(),
        if missing.len() == 1 { "" } else { "s" },
        missing.join(", ")
    )))
}
