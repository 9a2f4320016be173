//! Methods and slots of the type. Empty so far.

use memory::Value;
use threads::Thread;

use crate::class::Slots;
use crate::error::{Result, not_implemented_error};
use crate::native::{Args, GetSet, NativeDef};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[];

/// Slots.
pub fn slots(_: &Slots) {}

/// `__new__`.
///
/// # Errors
/// NotImplementedError.
pub fn new(_: &mut Thread, _: &Value, _: Args<'_>) -> Result<Value> {
    Err(not_implemented_error("calling this type"))
}
