//! `weakref.ReferenceType`: a reference that does not keep its referent alive.

use memory::{Object, Slot, Trace, Value, Visitor, WeakCell};
use threads::sync::atomic::{AtomicI64, Ordering};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Type, TypeExt, class_of};
use crate::error::{Result, type_error};
use crate::native::Args;
use crate::object::cast;

/// The payload of a weak reference.
pub struct WeakReference {
    cell: WeakCell,
    /// What is called when the referent is gone; EMPTY if nothing is.
    pub(crate) callback: Slot,
    /// The referent's hash, once asked for; `i64::MIN` before.
    pub(crate) hash: AtomicI64,
}

// SAFETY: the callback once; the cell shows its referent as weak.
unsafe impl Trace for WeakReference {
    const NAME: &'static str = "weakref.ReferenceType";
    const WEAK_CALLBACK: Option<fn(&mut Thread, &Value)> = Some(run_callback);
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.callback);
        self.cell.trace(visitor);
    }
}

crate::class_def!(
    WeakReference,
    "ReferenceType",
    ClassFlags::BASETYPE,
    with_module("weakref"),
    with_slots(super::weakref_methods::slots),
    with_new(super::weakref_methods::new),
    with_methods(super::weakref_methods::METHODS),
    with_getsets(super::weakref_methods::GETSETS)
);

impl WeakReference {
    /// Whether the referent is gone, and the callback has been called for that or is about to be.
    pub(super) fn calls_back(&self) -> bool {
        self.cell.is_dead() && self.cell.wants_callback()
    }
}

fn run_callback(thread: &mut Thread, reference: &Value) {
    let Some(object) = cast::<WeakReference>(reference) else { return };
    let callback = object.payload().callback.replace(thread, object.header(), None).keep();
    run_callback_of(thread, reference, callback);
}

/// Calls what was to be called when a referent is gone; what it raises is reported.
pub(crate) fn run_callback_of(thread: &mut Thread, reference: &Value, callback: Option<Value>) {
    let Some(callback) = callback else { return };
    if let Err(raised) =
        crate::call::call(thread, &callback, Args::positional(std::slice::from_ref(reference)))
    {
        crate::hooks::unraisable(
            thread,
            raised,
            Some("Exception ignored while calling weakref callback"),
            Some(&callback),
        );
    }
}

/// A weak reference to `referent` without a callback.
///
/// # Errors
/// TypeError for what cannot be referred to weakly; MemoryError.
pub fn new_plain(thread: &Context, referent: &Value) -> Result<Value> {
    new_of(thread, <WeakReference as crate::class::Payload>::def().object(), referent, None)
}

/// An instance of a class of weak references.
///
/// # Errors
/// As [`new_plain`].
pub fn new_of(
    thread: &Context,
    class: &Object<Type>,
    referent: &Value,
    callback: Option<Value>,
) -> Result<Value> {
    if !class_of(referent).payload().flags().contains(ClassFlags::HAS_WEAKREF) {
        return Err(type_error(format!(
            "cannot create weak reference to '{}' object",
            class_of(referent).name_lossy()
        )));
    }
    let wants = callback.is_some();
    let payload = WeakReference {
        cell: WeakCell::new(),
        callback: Slot::new(callback),
        hash: AtomicI64::new(i64::MIN),
    };
    let value = crate::object::new_of(thread, class, payload)?;
    if let Some(object) = cast::<WeakReference>(&value) {
        // SAFETY: the object was just made around the cell, which has not been attached.
        unsafe { object.payload().cell.attach(thread, &value, referent, wants) };
    }
    Ok(value)
}

/// The referent, unless it is gone.
pub fn upgrade(thread: &Context, reference: &Value) -> Option<Value> {
    match cast::<WeakReference>(reference) {
        Some(object) => object.payload().cell.upgrade(thread, object.header()),
        None => Some(reference.clone()), // a class's list of subclasses holds native ones directly
    }
}

/// Whether the referent is gone.
pub fn is_dead(reference: &Value) -> bool {
    cast::<WeakReference>(reference).is_some_and(|object| object.payload().cell.is_dead())
}

/// The cached hash's place, for the type's methods.
pub(crate) fn cached_hash(object: &Object<WeakReference>) -> Option<i64> {
    Some(object.payload().hash.load(Ordering::Relaxed)).filter(|&hash| hash != i64::MIN)
}
