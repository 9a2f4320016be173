//! Methods and slots of weak references.

use memory::{Object, Value};
use threads::sync::atomic::Ordering;
use threads::{Context, Thread};

use super::weakref::{WeakReference, new_of, upgrade};
use crate::class::instance::generic_getattr;
use crate::class::{Comparison, Slots, Type, TypeExt, class_of};
use crate::error::{Result, type_error};
use crate::native::{Args, GetSet, NativeDef};
use crate::object::{cast, cast_exact};
use crate::types::{Str, StrExt};
use crate::{names, ops};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.call.set(|thread, value, args| {
        if !args.is_empty() {
            return Err(type_error(match args.names.is_empty() {
                true => format!("weakref expected at most 0 arguments, got {}", args.values.len()),
                false => "weakref() takes no keyword arguments".to_owned(),
            }));
        }
        Ok(upgrade(thread, value).unwrap_or_else(Value::none))
    });
    slots.init.set(init);
    slots.repr.set(repr);
    slots.hash.set(hash);
    slots.compare.set(compare);
}

/// `__init__`: [`new`] has done it all, and has complained of all but keywords.
pub(super) fn init(_: &mut Thread, _: &Value, args: Args<'_>) -> Result<()> {
    parse(args, "__init__").map(drop)
}

/// Referent and callback of a constructor's arguments.
fn parse<'a>(args: Args<'a>, what: &str) -> Result<(&'a Value, Option<&'a Value>)> {
    if !args.names.is_empty() {
        return Err(type_error("ref() takes no keyword arguments"));
    }
    match args.positionals() {
        [] => Err(type_error(format!("{what} expected at least 1 argument, got 0"))),
        [referent] => Ok((referent, None)),
        [referent, callback] => Ok((referent, Some(callback).filter(|callback| !callback.is_none()))),
        more => Err(type_error(format!("{what} expected at most 2 arguments, got {}", more.len()))),
    }
}

/// Whether this is a reference without a callback, and of no subclass: there is one for each referent.
fn is_plain(reference: &Value) -> bool {
    cast_exact::<WeakReference>(reference).is_some_and(|object| object.payload().callback.is_empty())
}

/// The weak references to a value in CPython's order: the plain one, the plain proxy, then the others, newest first.
pub(crate) fn references(thread: &Context, referent: &Value) -> Vec<Value> {
    let mut all = memory::weak_references(thread, referent);
    all.reverse();
    all.sort_by_key(|reference| match reference {
        plain if is_plain(plain) => 0,
        proxy if super::weak_proxy::is_plain(proxy) => 1,
        _ => 2,
    });
    all
}

/// `__new__`: a reference without a callback is shared between all who ask for one.
///
/// # Errors
/// TypeError for what cannot be referred to weakly.
pub fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    // Keywords are the business of a subclass's `__init__`.
    let (referent, callback) = parse(Args::positional(args.positionals()), "__new__")?;
    let Some(class) = cast::<Type>(class) else { return Err(type_error("ref.__new__(X): X is not a type")) };
    let plain = std::ptr::eq(class, <WeakReference as crate::class::Payload>::def().object());
    if plain
        && callback.is_none()
        && let Some(reference) = memory::find_weak_reference(thread, referent, is_plain)
    {
        return Ok(reference);
    }
    new_of(thread, class, referent, callback.cloned())
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let address = value.word().bits();
    let Some(referent) = upgrade(thread, value) else {
        return Str::new(thread, &format!("<weakref at {address:#x}; dead>"));
    };
    let class = class_of(&referent).name_lossy();
    let mut text = text::Builder::new();
    text.push_str(&format!("<weakref at {address:#x}; to '{class}' at {:#x}", referent.word().bits()));
    // Not by the referent's `__getattr__`, which may raise whatever it likes for a name that nobody asked it for.
    let name = match generic_getattr(thread, &referent, names::__name__()) {
        Err(raised) if raised.is(&crate::error::ATTRIBUTE_ERROR) => None,
        found => found?,
    };
    if let Some(name) = name
        && let Some(name) = cast::<Str>(&name)
    {
        text.push_str(" (");
        text.push_view(name.view());
        text.push_str(")");
    }
    text.push_str(">");
    Str::from_text(thread, &text.finish())
}

fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let Some(object) = cast::<WeakReference>(value) else { return Ok(0) };
    if let Some(hash) = super::weakref::cached_hash(object) {
        return Ok(hash);
    }
    let Some(referent) = upgrade(thread, value) else { return Err(type_error("weak object has gone away")) };
    let hash = ops::hash(thread, &referent)?;
    // Relaxed: whoever computes it gets the same number.
    object.payload().hash.store(hash, Ordering::Relaxed);
    Ok(hash)
}

/// References to objects that are alive compare as these; others by identity.
fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if !matches!(op, Comparison::Eq | Comparison::Ne) || cast::<WeakReference>(b).is_none() {
        return Ok(Value::not_implemented());
    }
    match (upgrade(thread, a), upgrade(thread, b)) {
        (Some(a), Some(b)) => ops::compare(thread, &a, &b, op),
        _ => Ok(Value::from_bool(a.is(b) == (op == Comparison::Eq))),
    }
}

#[native::methods(WeakReference, name = "weakref.ReferenceType")]
mod methods {
    use super::*;

    /// See PEP 585
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, item: &Value) -> Result<Value> {
        super::super::generic_alias::new(th, class, item)
    }

    /// the callback; None once the referent is gone, unless a collection has found both to be garbage: then it stays, and is not called
    #[getter]
    pub fn __callback__(this: &Object<WeakReference>) -> Option<Value> {
        if this.payload().calls_back() {
            return None;
        }
        this.payload().callback.get(this.header())
    }
}
