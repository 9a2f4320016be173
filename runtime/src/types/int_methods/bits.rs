//! `& | ^ ~ << >>` of ints, and the operators of bool.

use memory::Value;
use threads::Thread;

use super::operand::{IntRef, bit_length, check_room, operand, operands, to_bigint};
use crate::error::{Result, memory_error, overflow_error, value_error};
use crate::types::int;

macro_rules! bitwise {
    ($(#[$doc:meta] $name:ident $op:tt $of_bools:ident;)*) => {$(
        #[$doc]
        pub fn $name(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
            match operands(a, b) {
                Some((IntRef::Small(a), IntRef::Small(b))) => int::from_i64(thread, a $op b),
                Some((IntRef::Big(a), IntRef::Big(b))) => int::from_bigint(thread, a $op b),
                Some((a, b)) => int::from_bigint(thread, to_bigint(a) $op to_bigint(b)),
                None => Ok(Value::not_implemented()),
            }
        }

        /// The same of two bools: a bool.
        pub fn $of_bools(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
            match (int::as_bool(a), int::as_bool(b)) {
                (Some(a), Some(b)) => Ok(Value::from_bool(a $op b)),
                _ => $name(thread, a, b),
            }
        }
    )*};
}

bitwise! {
    /// `a & b`
    and & and_of_bools;
    /// `a | b`
    or | or_of_bools;
    /// `a ^ b`
    xor ^ xor_of_bools;
}

/// `~a`
pub fn invert(thread: &mut Thread, a: &Value) -> Result<Value> {
    match operand(a) {
        Some(IntRef::Small(a)) => int::from_i64(thread, !a),
        Some(IntRef::Big(a)) => int::from_bigint(thread, !a.clone()),
        None => Ok(Value::not_implemented()),
    }
}

/// `~a` of a bool: deprecated.
pub fn invert_bool(thread: &mut Thread, a: &Value) -> Result<Value> {
    crate::hooks::warn(
        thread,
        &crate::error::DEPRECATION_WARNING,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise \
         inversion of the underlying int object and is usually not what you expect from the negation of a bool object. \
         Use the 'not' operator for boolean negation or ~int(x) for the bitwise inversion of the underlying int.",
        1,
    )?;
    invert(thread, a)
}

/// `a << b`
pub fn shift_left(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let Some((a, b)) = operands(a, b) else { return Ok(Value::not_implemented()) };
    if b.is_negative() {
        return Err(value_error("negative shift count"));
    }
    let IntRef::Small(count) = b else {
        return match a {
            IntRef::Small(0) => Ok(Value::of_immediate_or_none(memory::word::Word::from_int_wrapping(0))),
            _ => Err(overflow_error("too many digits in integer")),
        };
    };
    if let IntRef::Small(a) = a {
        if a == 0 {
            return int::from_i64(thread, 0);
        }
        if count < 64 {
            return int::from_i128(thread, i128::from(a) << count);
        }
    }
    let bits = bit_length(a).checked_add(count.unsigned_abs()).ok_or_else(memory_error)?;
    check_room(bits)?;
    match a {
        IntRef::Big(a) => int::from_bigint(thread, a << count),
        IntRef::Small(_) => int::from_bigint(thread, to_bigint(a) << count),
    }
}

/// `a >> b`
pub fn shift_right(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let Some((a, b)) = operands(a, b) else { return Ok(Value::not_implemented()) };
    if b.is_negative() {
        return Err(value_error("negative shift count"));
    }
    let IntRef::Small(count) = b else { return int::from_i64(thread, if a.is_negative() { -1 } else { 0 }) };
    match a {
        IntRef::Small(a) => int::from_i64(thread, a >> count.min(63)),
        IntRef::Big(a) => int::from_bigint(thread, a >> count),
    }
}
