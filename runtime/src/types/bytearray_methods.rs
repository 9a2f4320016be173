//! What makes up `bytearray`: its slots and its methods.

use memory::Value;
use threads::Thread;

use crate::class::Slots;
use crate::error::{Result, not_implemented_error};
use crate::native::{Args, NativeDef};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[];

/// Slots.
pub fn slots(_: &Slots) {}

/// `__new__`.
///
/// # Errors
/// NotImplementedError.
pub fn new(_: &mut Thread, _: &Value, _: Args<'_>) -> Result<Value> {
    Err(not_implemented_error("calling this type"))
}
