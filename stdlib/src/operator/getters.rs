//! `itemgetter` and `attrgetter`: callables that fetch items or attributes of their operand.

use runtime::class::Slots;
use runtime::error::{Result, type_error};
use runtime::native::{self, Args, Object};
use runtime::object::cast;
use runtime::types::{Str, StrExt, sequence};
use runtime::{Thread, Value, class, ops};

use crate::support;

/// Return a callable object that fetches the given item(s) from its operand.
///
/// After f = itemgetter(2), the call f(r) returns r[2].
/// After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])
#[native::class(
    "itemgetter",
    module = "operator",
    methods(item_methods),
    new = new_itemgetter,
    signature = "(item, /, *items)",
    slots = item_slots
)]
pub struct ItemGetter {
    #[trace]
    items: Vec<Value>,
}

/// Return a callable object that fetches the given attribute(s) from its operand.
///
/// After f = attrgetter('name'), the call f(r) returns r.name.
/// After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).
/// After h = attrgetter('name.first', 'name.last'), the call h(r) returns
/// (r.name.first, r.name.last).
#[native::class(
    "attrgetter",
    module = "operator",
    methods(attr_methods),
    new = new_attrgetter,
    signature = "(attr, /, *attrs)",
    slots = attr_slots
)]
pub struct AttrGetter {
    /// As they were given.
    #[trace]
    attributes: Vec<Value>,
    /// The names between the dots, interned.
    #[trace]
    paths: Vec<Vec<Value>>,
}

fn item_slots(slots: &Slots) {
    slots.call.set(call_itemgetter);
    slots.repr.set(|thread, value| match cast::<ItemGetter>(value) {
        Some(getter) => repr(thread, value, &getter.payload().items),
        None => Ok(Value::none()),
    });
}

fn attr_slots(slots: &Slots) {
    slots.call.set(call_attrgetter);
    slots.repr.set(|thread, value| match cast::<AttrGetter>(value) {
        Some(getter) => repr(thread, value, &getter.payload().attributes),
        None => Ok(Value::none()),
    });
}

/// `operator.NAME(a, b)`.
pub(super) fn repr(thread: &mut Thread, value: &Value, parts: &[Value]) -> Result<Value> {
    sequence::guarded_repr(thread, value, "...", |thread| {
        let mut text = sequence::Builder::new();
        let name = class::TypeExt::full_name(class::class_of(value), thread);
        text.push_str(&name);
        text.push_str("(");
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                text.push_str(", ");
            }
            sequence::push_repr(thread, &mut text, part)?;
        }
        text.push_str(")");
        Str::from_text(thread, &text.finish())
    })
}

fn at_least_one<'a>(args: Args<'a>, name: &str) -> Result<&'a [Value]> {
    support::no_keywords(args.names, name)?;
    match args.positionals() {
        [] => Err(type_error(format!("{name} expected 1 argument, got 0"))),
        given => Ok(given),
    }
}

fn operand<'a>(args: Args<'a>, name: &str) -> Result<&'a Value> {
    support::no_keywords(args.names, name)?;
    match args.positionals() {
        [operand] => Ok(operand),
        other => Err(type_error(format!("{name} expected 1 argument, got {}", other.len()))),
    }
}

fn new_itemgetter(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let items = at_least_one(args, "itemgetter")?.to_vec();
    support::make(thread, class, ItemGetter { items })
}

fn call_itemgetter(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(getter) = cast::<ItemGetter>(value) else { return Ok(Value::none()) };
    let operand = operand(args, "itemgetter")?;
    match getter.payload().items.as_slice() {
        [item] => ops::getitem_of_sequence(thread, operand, item),
        items => {
            let mut found = support::vector(items.len())?;
            for item in items {
                found.push(ops::getitem_of_sequence(thread, operand, item)?);
            }
            support::tuple(thread, found)
        }
    }
}

fn new_attrgetter(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let attributes = at_least_one(args, "attrgetter")?.to_vec();
    let mut paths = Vec::new();
    for attribute in &attributes {
        let Some(text) = cast::<Str>(attribute) else {
            return Err(type_error("attribute name must be a string"));
        };
        let path: Result<Vec<Value>> = match text.to_utf8() {
            Some(text) => text.split('.').map(|name| Str::interned(thread, name)).collect(),
            None => Ok(vec![attribute.clone()]), // a lone surrogate: no such attribute will be found
        };
        paths.push(path?);
    }
    support::make(thread, class, AttrGetter { attributes, paths })
}

fn follow(thread: &mut Thread, operand: &Value, path: &[Value]) -> Result<Value> {
    let mut at = operand.clone();
    for name in path {
        at = class::lookup::getattr(thread, &at, name)?;
    }
    Ok(at)
}

fn call_attrgetter(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(getter) = cast::<AttrGetter>(value) else { return Ok(Value::none()) };
    let operand = operand(args, "attrgetter")?;
    match getter.payload().paths.as_slice() {
        [path] => follow(thread, operand, path),
        paths => {
            let mut found = support::vector(paths.len())?;
            for path in paths {
                found.push(follow(thread, operand, path)?);
            }
            support::tuple(thread, found)
        }
    }
}

fn reduced(thread: &mut Thread, value: &Value, parts: &[Value]) -> Result<Value> {
    let args = support::tuple(thread, parts.to_vec())?;
    support::tuple(thread, vec![support::class_value(value), args])
}

/// Methods of itemgetter.
#[native::methods(ItemGetter)]
pub mod item_methods {
    use super::*;

    /// How instances are called.
    #[getter]
    pub fn __text_signature__(this: &Value) -> &'static str {
        let _ = this;
        "(obj, /)"
    }

    /// Return state information for pickling
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, getter: &Object<ItemGetter>) -> Result<Value> {
        reduced(th, &runtime::object::to_value(getter), &getter.payload().items)
    }
}

/// Methods of attrgetter.
#[native::methods(AttrGetter)]
pub mod attr_methods {
    use super::*;

    /// How instances are called.
    #[getter]
    pub fn __text_signature__(this: &Value) -> &'static str {
        let _ = this;
        "(obj, /)"
    }

    /// Return state information for pickling
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, getter: &Object<AttrGetter>) -> Result<Value> {
        reduced(th, &runtime::object::to_value(getter), &getter.payload().attributes)
    }
}
