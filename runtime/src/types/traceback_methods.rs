//! Attributes of tracebacks.

use memory::Value;
use threads::Thread;

use crate::error::{Result, not_implemented_error};
use crate::native::{Args, GetSet, NativeDef};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[];

/// `traceback(next, frame, lasti, lineno)`.
///
/// # Errors
/// NotImplementedError so far.
pub fn new(_: &mut Thread, _: &Value, _: Args<'_>) -> Result<Value> {
    Err(not_implemented_error("traceback()"))
}
