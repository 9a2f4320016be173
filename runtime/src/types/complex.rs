//! `complex`, to come.

use memory::Value;
use threads::Context;

use crate::error::{Result, not_implemented_error};

/// The complex number.
///
/// # Errors
/// NotImplementedError so far.
pub fn new(_: &Context, _real: f64, _imaginary: f64) -> Result<Value> {
    Err(not_implemented_error("complex"))
}
