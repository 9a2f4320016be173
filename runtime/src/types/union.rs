//! `types.UnionType`.

use memory::Value;
use threads::Context;

/// Whether `value` is a union of types.
pub fn is_union(_: &Value) -> bool {
    false
}

/// The types of a union.
pub fn parts(_: &Context, _: &Value) -> Vec<Value> {
    Vec::new()
}

/// `a | b` of types.
///
/// # Errors
/// None so far.
pub fn or(_: &mut threads::Thread, _: &Value, _: &Value) -> crate::error::Result<Value> {
    Ok(Value::not_implemented())
}
