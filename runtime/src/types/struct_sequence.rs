//! Tuples whose items have names: `os.stat_result`, `time.struct_time` and their like.
//!
//! The items of the sequence are the tuple's own. Fields beyond the sequence stand in hidden attribute slots behind it.
//! [`define`](define()) makes the definition of such a class from a table of names.

use memory::Value;
use threads::{Context, Thread};

use super::{Dict, DictExt, Str, StrExt, Tuple, TupleExt, int};
use crate::class::{ClassDef, ClassFlags, Namespace, Slots, Type, TypeExt, as_value, class_of};
use crate::error::{Result, type_error};
use crate::native::{Args, GetSet, Inlined, Kind, KwNames, NativeDef, Params};
use crate::object::{AttributeSlots, cast};
use crate::ops;

/// The most fields on either side.
const MOST: usize = 24;

type Get = fn(&mut Thread, &Value) -> Result<Value>;

fn visible<const I: usize>(_: &mut Thread, value: &Value) -> Result<Value> {
    Ok(cast::<Tuple>(value).and_then(|tuple| tuple.items().get(I).cloned()).unwrap_or_else(Value::none))
}

fn hidden<const I: usize>(_: &mut Thread, value: &Value) -> Result<Value> {
    Ok(hidden_field(value, I).unwrap_or_else(Value::none))
}

fn hidden_field(value: &Value, index: usize) -> Option<Value> {
    AttributeSlots::of(value).get(index as u32)?.get(value.header()?)
}

macro_rules! getters {
    ($function:ident: $($i:literal)*) => { [$($function::<$i> as Get),*] };
}
const VISIBLE: [Get; MOST] = getters!(visible: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23);
const HIDDEN: [Get; MOST] = getters!(hidden: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23);

/// The attributes for fields with these names and descriptions; the first `positional` are items of the sequence.
pub const fn fields<const N: usize>(
    table: &[(&'static str, &'static str); N],
    positional: usize,
) -> [GetSet; N] {
    let mut out = [const { GetSet { name: "", doc: None, get: VISIBLE[0], set: None } }; N];
    let mut i = 0;
    while i < N {
        let get = if i < positional { VISIBLE[i] } else { HIDDEN[i - positional] };
        out[i] = GetSet { name: table[i].0, doc: Some(table[i].1), get, set: None };
        i += 1;
    }
    out
}

/// A class of such tuples.
pub const fn define(
    name: &'static str,
    module: &'static str,
    doc: &'static str,
    getsets: &'static [&'static [GetSet]],
    hidden: u32,
    init: fn(&Namespace<'_>),
) -> ClassDef {
    let flags = ClassFlags::TUPLE.union(ClassFlags::SEQUENCE);
    super::tuple::definition(name, flags)
        .with_base(&super::tuple::DEF)
        .with_module(module)
        .with_doc(doc)
        .with_signature("(iterable=(), /)")
        .with_getsets(getsets)
        .with_methods(&METHODS)
        .with_slots(slots)
        .with_new(new)
        .with_init(init)
        .with_hidden_slots(hidden)
}

/// Sets the attributes of the class that say how many fields there are.
pub fn describe(namespace: &Namespace<'_>, names: &[(&str, &str)], visible: usize, unnamed: usize) {
    let count = |n: usize| Value::from_int(n as i64).unwrap_or_else(Value::none);
    namespace.set("n_sequence_fields", count(visible));
    namespace.set("n_fields", count(names.len() + unnamed));
    namespace.set("n_unnamed_fields", count(unnamed));
    let named: Result<Vec<Value>> =
        names[..visible - unnamed].iter().map(|(name, _)| Str::interned(namespace.thread, name)).collect();
    if let Ok(tuple) = named.and_then(|named| Tuple::new(namespace.thread, named)) {
        namespace.set("__match_args__", tuple);
    }
}

/// Declares a class of tuples with named items:
/// `struct_sequence!(pub static NAME: "module" "name" "doc" visible 3 unnamed 0 { "field" "doc", ... })`.
#[macro_export]
macro_rules! struct_sequence {
    ($(#[$meta:meta])* $vis:vis static $constant:ident: $module:literal $name:literal $doc:literal visible $visible:literal unnamed $unnamed:literal { $($field:literal $field_doc:literal),* $(,)? } $(new $new:path)?) => {
        $(#[$meta])*
        $vis static $constant: $crate::class::ClassDef = {
            const FIELDS: &[(&str, &str)] = &[$(($field, $field_doc)),*];
            const COUNT: usize = FIELDS.len();
            const TABLE: [(&str, &str); COUNT] = [$(($field, $field_doc)),*];
            static GETSETS: [$crate::native::GetSet; COUNT] =
                $crate::types::struct_sequence::fields(&TABLE, $visible - $unnamed);
            static GROUPS: [&[$crate::native::GetSet]; 1] = [&GETSETS];
            $crate::types::struct_sequence::define(
                $name,
                $module,
                $doc,
                &GROUPS,
                (COUNT + $unnamed - $visible) as u32,
                |namespace| $crate::types::struct_sequence::describe(namespace, FIELDS, $visible, $unnamed),
            )
            $(.with_new($new))?
        };
    };
}

/// An instance of a class declared with `struct_sequence!`: the items of the sequence, then the fields beyond it.
///
/// # Errors
/// MemoryError.
pub fn make(
    thread: &Context,
    def: &'static ClassDef,
    items: Vec<Value>,
    beyond: Vec<Value>,
) -> Result<Value> {
    make_of(thread, def.object(), items, beyond)
}

fn make_of(
    thread: &Context,
    class: &memory::Object<Type>,
    items: Vec<Value>,
    beyond: Vec<Value>,
) -> Result<Value> {
    let value = Tuple::of_class(thread, class, items.into_iter())?;
    if let Some(header) = value.header() {
        for (slot, field) in AttributeSlots::of(&value).all().iter().zip(beyond) {
            drop(slot.replace(thread, header, Some(field)));
        }
    }
    Ok(value)
}

fn slots(slots: &Slots) {
    slots.repr.set(repr);
}

/// The names of the fields, and how many items the sequence has.
struct Layout {
    names: Vec<&'static str>,
    visible: usize,
    unnamed: usize,
}

impl Layout {
    fn of(class: &memory::Object<Type>, thread: &Context) -> Self {
        let names: Vec<_> = class.payload().native.getsets[0].iter().map(|field| field.name).collect();
        let number = |name: &str| {
            let namespace = class.namespace(thread);
            let key = Str::interned(thread, name).ok()?;
            let found = cast::<Dict>(&namespace)?.get_str(thread, &key)?;
            int::to_i64(&found).and_then(|n| usize::try_from(n).ok())
        };
        let visible = number("n_sequence_fields").unwrap_or(names.len());
        Self { visible, unnamed: number("n_unnamed_fields").unwrap_or(0), names }
    }

    fn total(&self) -> usize {
        self.names.len() + self.unnamed
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    crate::state::check_stack(thread, "")?;
    let class = class_of(value);
    let layout = Layout::of(class, thread);
    let mut text = text::Builder::new();
    text.push_str(&class.full_name(thread));
    text.push_str("(");
    let items: Vec<Value> = cast::<Tuple>(value).map(|tuple| tuple.items().to_vec()).unwrap_or_default();
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            text.push_str(", ");
        }
        text.push_str(layout.names.get(i).copied().unwrap_or_default());
        text.push_str("=");
        super::sequence::push_repr(thread, &mut text, item)?;
    }
    text.push_str(")");
    Str::from_text(thread, &text.finish())
}

/// `class(sequence, dict={})`.
/// Types with one instance, which the interpreter makes.
const SINGLE: [&str; 2] = ["sys.flags", "sys.version_info"];

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    let name = class.name_lossy();
    if SINGLE.contains(&&*name) {
        return Err(type_error(format!("cannot create '{name}' instances")));
    }
    let given = args.positionals();
    let mut sequence = given.first().cloned();
    let mut dict = given.get(1).cloned();
    if given.len() > 2 {
        return Err(type_error(format!("{name}() takes at most 2 arguments ({} given)", given.len())));
    }
    for (key, value) in args.keywords() {
        match cast::<Str>(key).map(|key| key.to_string_lossy()).as_deref() {
            Some("sequence") => sequence = Some(value.clone()),
            Some("dict") => dict = Some(value.clone()),
            other => {
                return Err(type_error(format!(
                    "{name}() got an unexpected keyword argument '{}'",
                    other.unwrap_or_default()
                )));
            }
        }
    }
    let Some(sequence) = sequence else {
        return Err(type_error(format!("{name}() missing required argument 'sequence' (pos 1)")));
    };
    if class_of(&sequence).payload().slots.iter.get().is_none()
        && class_of(&sequence).payload().slots.getitem.get().is_none()
    {
        return Err(type_error("constructor requires a sequence"));
    }
    let full = class.full_name(thread);
    let layout = Layout::of(class, thread);
    let dict = dict.filter(|dict| !dict.is_none());
    if let Some(dict) = &dict
        && cast::<Dict>(dict).is_none()
    {
        return Err(type_error(format!("{full}() takes a dict as second arg, if any")));
    }
    let mut items = ops::to_vec(thread, &sequence)?;
    let (least, most) = (layout.visible, layout.total());
    let count = items.len();
    if count < least || count > most {
        let (how, bound) = match (least == most, count < least) {
            (true, _) => ("a", least),
            (false, true) => ("an at least", least),
            (false, false) => ("an at most", most),
        };
        return Err(type_error(format!("{full}() takes {how} {bound}-sequence ({count}-sequence given)")));
    }
    let mut beyond = items.split_off(least);
    let named_before = layout.visible - layout.unnamed;
    let mut used = 0;
    if let Some(dict) = dict.as_ref().and_then(cast::<Dict>) {
        for name in layout.names.iter().skip(named_before + beyond.len()) {
            let key = Str::interned(thread, name)?;
            let found = dict.get(thread, &key)?;
            used += usize::from(found.is_some());
            beyond.push(found.unwrap_or_else(Value::none));
        }
        if used < dict.len() {
            return Err(type_error(format!("{full}() got duplicate or unexpected field name(s)")));
        }
    }
    beyond.resize_with(most - least, Value::none);
    make_of(thread, class, items, beyond)
}

static METHODS: [&[NativeDef]; 1] = [&[
    NativeDef {
        name: "__reduce__",
        qualname: "structseq.__reduce__",
        doc: "",
        signature: None,
        kind: Kind::Method,
        params: &NO_PARAMS,
        call: reduce,
        inlined: Inlined::No,
    },
    NativeDef {
        name: "__replace__",
        qualname: "structseq.__replace__",
        doc: "Return a copy of the structure with new values for the specified fields.",
        signature: None,
        kind: Kind::Method,
        params: &KEYWORDS,
        call: replace,
        inlined: Inlined::No,
    },
]];

static NO_PARAMS: Params = Params {
    posonly: 0,
    positional: 0,
    required: 0,
    names: &[],
    kwonly_required: 0,
    var_positional: false,
    var_keyword: false,
};
static KEYWORDS: Params = Params {
    posonly: 0,
    positional: 0,
    required: 0,
    names: &[],
    kwonly_required: 0,
    var_positional: false,
    var_keyword: true,
};

/// The receiver of a method, with what it is made of: items and fields beyond.
fn parts(thread: &mut Thread, args: &[Value]) -> Result<(Value, Layout, Vec<Value>, Vec<Value>)> {
    // Any class's: the methods are the same.
    let named = |value: &&Value| std::ptr::eq(class_of(value).payload().native.methods, &METHODS);
    let Some(value) = args.first().filter(named) else {
        return Err(type_error("a tuple with named fields is required"));
    };
    let layout = Layout::of(class_of(value), thread);
    let items = cast::<Tuple>(value).map(|tuple| tuple.items().to_vec()).unwrap_or_default();
    let beyond = (0..layout.total() - layout.visible)
        .map(|i| hidden_field(value, i).unwrap_or_else(Value::none))
        .collect();
    Ok((value.clone(), layout, items, beyond))
}

fn reduce(thread: &mut Thread, _: &'static NativeDef, args: &[Value], _: Option<&KwNames>) -> Result<Value> {
    let (value, layout, items, beyond) = parts(thread, args)?;
    let dict = Dict::new(thread)?;
    if let Some(dict) = cast::<Dict>(&dict) {
        for (name, field) in layout.names.iter().skip(layout.visible - layout.unnamed).zip(beyond) {
            let key = Str::interned(thread, name)?;
            dict.set_str(thread, &key, field)?;
        }
    }
    let items = Tuple::new(thread, items)?;
    let inner = Tuple::of_array(thread, [items, dict])?;
    Tuple::of_array(thread, [as_value(class_of(&value)), inner])
}

fn replace(
    thread: &mut Thread,
    _: &'static NativeDef,
    args: &[Value],
    keywords: Option<&KwNames>,
) -> Result<Value> {
    let (value, layout, mut items, mut beyond) = parts(thread, args)?;
    let class = class_of(&value);
    if layout.unnamed > 0 {
        return Err(type_error(format!(
            "__replace__() is not supported for {} because it has unnamed field(s)",
            class.full_name(thread)
        )));
    }
    let given = keywords.map_or(&[][..], KwNames::names);
    let values = &args[args.len() - given.len()..];
    if args.len() - given.len() > 1 {
        return Err(type_error("__replace__() takes no positional arguments"));
    }
    let mut unknown = Vec::new();
    for (name, new) in given.iter().zip(values) {
        let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
        match layout.names.iter().position(|&field| field == text) {
            Some(index) if index < items.len() => items[index] = new.clone(),
            Some(index) => beyond[index - items.len()] = new.clone(),
            None => unknown.push(name.clone()),
        }
    }
    if !unknown.is_empty() {
        let list = super::List::new(thread, unknown)?;
        return Err(type_error(format!("Got unexpected field name(s): {}", ops::repr_text(thread, &list)?)));
    }
    make_of(thread, class, items, beyond)
}
