//! `types.GenericAlias`.

use memory::Value;
use threads::Thread;

use crate::error::{Result, not_implemented_error};

/// `origin[args]`.
///
/// # Errors
/// NotImplementedError so far.
pub fn new(_: &mut Thread, _origin: &Value, _args: &Value) -> Result<Value> {
    Err(not_implemented_error("types.GenericAlias"))
}
