//! `set` and `frozenset`, to come.

use memory::Value;
use threads::{Context, Thread};

use crate::error::Result;

/// The frozenset of a code object's constants.
///
/// # Errors
/// MemoryError.
pub fn frozenset_of_constants(thread: &Context, items: Vec<Value>) -> Result<Value> {
    super::Tuple::new(thread, items)
}

/// An empty set.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context) -> Result<Value> {
    super::Dict::new(thread)
}

/// Adds.
///
/// # Errors
/// What hashing and comparing raise.
pub fn add(thread: &mut Thread, set: &Value, value: &Value) -> Result<()> {
    use super::DictExt;
    match crate::object::cast::<super::Dict>(set) {
        Some(set) => set.set(thread, value, Value::none()),
        None => Ok(()),
    }
}

/// Whether it is there.
///
/// # Errors
/// What hashing and comparing raise.
pub fn contains(thread: &mut Thread, set: &Value, value: &Value) -> Result<bool> {
    use super::DictExt;
    match crate::object::cast::<super::Dict>(set) {
        Some(set) => set.contains(thread, value),
        None => Ok(false),
    }
}
