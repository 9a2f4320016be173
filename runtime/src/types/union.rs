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
