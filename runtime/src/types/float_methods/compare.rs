//! Comparison of floats with floats and with ints, which is exact: an int is not rounded first.

use std::cmp::Ordering;

use memory::Value;
use threads::Thread;

use crate::class::Comparison;
use crate::error::Result;
use crate::types::float;
use crate::types::int_methods::{IntRef, operand};

/// The order of a double and an int; `None` for nan.
pub fn order_with_int(a: f64, b: IntRef<'_>) -> Option<Ordering> {
    if a.is_nan() {
        return None;
    }
    let of_sign = if a > 0.0 { Ordering::Greater } else { Ordering::Less };
    match b {
        IntRef::Small(b) => {
            if b.unsigned_abs() <= 1 << 53 {
                return a.partial_cmp(&(b as f64));
            }
            if a.abs() >= 2f64.powi(64) {
                return Some(of_sign);
            }
            Some((a.trunc() as i128).cmp(&b.into()).then_with(|| fraction_order(a)))
        }
        IntRef::Big(big) => {
            if a.is_infinite() {
                return Some(of_sign);
            }
            let truncated = text::float::to_bigint(a.trunc());
            Some(truncated.cmp(big).then_with(|| fraction_order(a)))
        }
    }
}

/// The order of a double and its whole part.
fn fraction_order(a: f64) -> Ordering {
    a.fract().partial_cmp(&0.0).unwrap_or(Ordering::Equal)
}

fn holds(op: Comparison, order: Option<Ordering>) -> Value {
    // Nothing but `!=` holds for nan.
    Value::from_bool(order.map_or(op == Comparison::Ne, |order| op.holds(order)))
}

/// `a OP b`
pub fn compare(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let Some(x) = float::to_f64(a) else { return Ok(Value::not_implemented()) };
    if let Some(y) = float::to_f64(b) {
        return Ok(holds(op, x.partial_cmp(&y)));
    }
    match operand(b) {
        Some(b) => Ok(holds(op, order_with_int(x, b))),
        None => Ok(Value::not_implemented()),
    }
}
