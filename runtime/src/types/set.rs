//! `set` and `frozenset`, to come.

use memory::Value;
use threads::Context;

use crate::error::Result;

/// The frozenset of a code object's constants.
///
/// # Errors
/// MemoryError.
pub fn frozenset_of_constants(thread: &Context, items: Vec<Value>) -> Result<Value> {
    super::Tuple::new(thread, items)
}
