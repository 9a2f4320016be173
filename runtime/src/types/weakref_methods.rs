//! Methods and slots of weak references.

use memory::{Object, Value};
use threads::Thread;
use threads::sync::atomic::Ordering;

use super::weakref::{self, WeakReference};
use super::{Str, generic_alias};
use crate::class::{Comparison, Payload, Slots, Type, TypeExt, class_of, lookup};
use crate::error::{Result, type_error};
use crate::native::{Args, GetSet, NativeDef};
use crate::object::cast;
use crate::{names, ops};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(hash);
    slots.compare.set(compare);
    slots.call.set(call);
    slots.init.set(init);
}

/// `weakref.ref(object, callback=None)`.
///
/// # Errors
/// TypeError for what cannot be referred to weakly.
pub fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("ref.__new__(X): X is not a type object")) };
    let given = args.positionals();
    let Some(referent) = given.first() else {
        return Err(type_error("__new__ expected at least 1 argument, got 0"));
    };
    if given.len() > 2 {
        return Err(type_error(format!("__new__ expected at most 2 arguments, got {}", given.len())));
    }
    let own = WeakReference::def().object();
    let callback = given.get(1).filter(|callback| !callback.is_none()).cloned();
    if callback.is_none() && std::ptr::eq(class, own) {
        return plain(thread, referent);
    }
    weakref::new_of(thread, class, referent, callback)
}

/// The reference to `referent` without a callback: there is one at a time.
///
/// # Errors
/// TypeError for what cannot be referred to weakly.
pub fn plain(thread: &mut Thread, referent: &Value) -> Result<Value> {
    let own = WeakReference::def().object();
    let found = memory::weak_references(thread, referent).into_iter().find(|reference| {
        std::ptr::eq(class_of(reference), own)
            && cast::<WeakReference>(reference).is_some_and(|object| object.payload().callback.is_empty())
    });
    match found {
        Some(reference) => Ok(reference),
        None => weakref::new_plain(thread, referent),
    }
}

fn init(_: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let own = WeakReference::def().object();
    if std::ptr::eq(class_of(value), own) || !args.names.is_empty() {
        args.no_keywords("ref")?;
    }
    match args.positionals().len() {
        1 | 2 => Ok(()),
        0 => Err(type_error("__init__ expected at least 1 argument, got 0")),
        n => Err(type_error(format!("__init__ expected at most 2 arguments, got {n}"))),
    }
}

fn call(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    if !args.names.is_empty() {
        return Err(type_error("weakref() takes no keyword arguments"));
    }
    if !args.values.is_empty() {
        return Err(type_error(format!("weakref expected 0 arguments, got {}", args.values.len())));
    }
    Ok(weakref::upgrade(thread, value).unwrap_or_else(Value::none))
}

/// "to 'class' at 0x... (name)" or "dead".
pub(super) fn describe(thread: &mut Thread, referent: Option<Value>) -> Result<String> {
    let Some(referent) = referent else { return Ok("dead".to_owned()) };
    let class = class_of(&referent).name_lossy();
    let address = referent.word().bits();
    let name = match lookup::getattr_or_none(thread, &referent, names::__name__())? {
        Some(name) => cast::<Str>(&name).map(super::StrExt::to_string_lossy),
        None => None,
    };
    Ok(match name {
        Some(name) => format!("to '{class}' at {address:#x} ({name})"),
        None => format!("to '{class}' at {address:#x}"),
    })
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let referent = weakref::upgrade(thread, value);
    let about = describe(thread, referent)?;
    Str::new(thread, &format!("<weakref at {:#x}; {about}>", value.word().bits()))
}

fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let Some(object) = cast::<WeakReference>(value) else { return Err(type_error("a weakref is required")) };
    if let Some(hash) = weakref::cached_hash(object) {
        return Ok(hash);
    }
    let Some(referent) = weakref::upgrade(thread, value) else {
        return Err(type_error("weak object has gone away"));
    };
    let hash = ops::hash(thread, &referent)?;
    object.payload().hash.store(hash, Ordering::Relaxed);
    Ok(hash)
}

fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let both = cast::<WeakReference>(a).is_some() && cast::<WeakReference>(b).is_some();
    if !both || !matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::not_implemented());
    }
    match (weakref::upgrade(thread, a), weakref::upgrade(thread, b)) {
        (Some(first), Some(second)) => ops::compare(thread, &first, &second, op),
        _ => Ok(Value::from_bool(a.is(b) == (op == Comparison::Eq))),
    }
}

/// Methods.
#[native::methods(WeakReference, name = "ReferenceType")]
pub mod methods {
    use super::*;

    /// What is called when the referent is gone.
    #[getter]
    pub fn __callback__(this: &Object<WeakReference>) -> Option<Value> {
        this.payload().callback.get(this.header())
    }

    /// Weakrefs are generic over the type of the referenced object.
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}
