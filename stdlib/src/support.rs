//! What the native modules of this crate share.

use runtime::class::Payload;
use runtime::class::slots::Next;
use runtime::error::{Result, memory_error, type_error};
use runtime::memory::{Guarded, Slot};
use runtime::native::{Exclusive, Object, Slots};
use runtime::object::cast;
use runtime::types::{Str, StrExt};
use runtime::{Context, Thread, Value, class};

/// The slots of an iterator.
pub fn iterator(slots: &Slots, next: Next) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next);
}

/// An instance of `class`, whose native part is `payload`.
///
/// # Errors
/// TypeError if `class` is no class; MemoryError.
pub fn make<T: Payload>(thread: &Context, class: &Value, payload: T) -> Result<Value> {
    let class = runtime::types::sequence::class_for(class)?;
    runtime::object::new_of(thread, class, payload)
}

/// A slot that holds `value`.
pub fn slot(value: Value) -> Slot {
    Slot::new(Some(value))
}

/// What a slot of an object holds.
pub fn get<T: Payload>(object: &Object<T>, slot: fn(&T) -> &Slot) -> Option<Value> {
    slot(object.payload()).get(object.header())
}

/// Replaces what a slot of an object holds; what was there is dropped.
pub fn set<T: Payload>(thread: &Context, object: &Object<T>, slot: fn(&T) -> &Slot, value: Option<Value>) {
    drop(slot(object.payload()).replace(thread, object.header(), value));
}

/// Takes what a slot of an object holds.
pub fn take<T: Payload>(thread: &Context, object: &Object<T>, slot: fn(&T) -> &Slot) -> Option<Value> {
    slot(object.payload()).replace(thread, object.header(), None).keep()
}

/// A plain value in the guarded state of an object.
pub fn read<T: Payload, U: Copy>(thread: &Context, object: &Object<T>, field: fn(&T) -> &Guarded<U>) -> U {
    *Exclusive::open_in(thread, object).get(field)
}

/// Sets a plain value in the guarded state of an object.
pub fn write<T: Payload, U: Copy>(
    thread: &Context,
    object: &Object<T>,
    field: fn(&T) -> &Guarded<U>,
    value: U,
) {
    *Exclusive::open_in(thread, object).get(field) = value;
}

/// An empty vector with room.
///
/// # Errors
/// MemoryError.
pub fn vector<T>(capacity: usize) -> Result<Vec<T>> {
    let mut vector = Vec::new();
    vector.try_reserve_exact(capacity).map_err(|_| memory_error())?;
    Ok(vector)
}

/// The text of a keyword.
pub fn keyword(name: &Value) -> String {
    cast::<Str>(name).map(StrExt::to_string_lossy).unwrap_or_default()
}

/// The class of a value, as a value.
pub fn class_value(value: &Value) -> Value {
    class::as_value(class::class_of(value))
}

/// The name of a value's class.
pub fn class_name(value: &Value) -> String {
    class::TypeExt::name_lossy(class::class_of(value))
}

/// A tuple.
///
/// # Errors
/// MemoryError.
pub fn tuple(thread: &Context, items: Vec<Value>) -> Result<Value> {
    runtime::types::Tuple::new(thread, items)
}

/// Raises unless there are no keyword arguments.
///
/// # Errors
/// TypeError.
pub fn no_keywords(names: &[Value], function: &str) -> Result<()> {
    if names.is_empty() { Ok(()) } else { Err(type_error(format!("{function}() takes no keyword arguments"))) }
}

/// Calls `poll` once in a while.
///
/// # Errors
/// What a signal handler raises.
pub fn poll(thread: &mut Thread) -> Result<()> {
    runtime::ops::memory_poll(thread)
}
