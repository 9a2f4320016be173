//! Attributes of code objects.

use memory::Value;
use threads::Thread;

use crate::class::Comparison;
use crate::error::{Result, not_implemented_error};
use crate::native::{Args, GetSet, NativeDef};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[];

/// `code(...)`.
///
/// # Errors
/// NotImplementedError so far.
pub fn new(_: &mut Thread, _: &Value, _: Args<'_>) -> Result<Value> {
    Err(not_implemented_error("code()"))
}

/// `repr()` of a code object.
///
/// # Errors
/// MemoryError.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    super::instance::default_repr(thread, value)
}

/// Comparison of code objects.
///
/// # Errors
/// None so far.
pub fn compare(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    match op {
        Comparison::Eq if a.is(b) => Ok(Value::from_bool(true)),
        _ => Ok(Value::not_implemented()),
    }
}

/// The hash of a code object.
///
/// # Errors
/// None so far.
pub fn hash(_: &mut Thread, value: &Value) -> Result<i64> {
    Ok(super::int::hash_of_address(value))
}
