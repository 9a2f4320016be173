//! `+ - * // % / divmod`, signs and comparisons of ints.
//!
//! Two small ints take the first lines of each function; the rest is out of line.

use std::cmp::Ordering;

use memory::Value;
use memory::word::Word;
use num_bigint::BigInt;
use num_integer::Integer;
use threads::Thread;

use super::division::{floor_divmod, floor_quotient, floor_rest, quotient_and_rest};
use super::operand::{IntRef, bit_length, check_room, exact, operand, operands, to_bigint};
use crate::class::Comparison;
use crate::error::{Raised, Result, overflow_error, zero_division_error};
use crate::types::{Tuple, float, int};

/// The two payloads, if both operands are small ints.
#[inline(always)]
fn both_small(a: &Value, b: &Value) -> Option<(i64, i64)> {
    if Word::both_ints(a.word(), b.word()) {
        Some((a.word().int_payload(), b.word().int_payload()))
    } else {
        None
    }
}

#[cold]
pub(super) fn division_by_zero() -> Raised {
    zero_division_error("division by zero")
}

/// `a + b`
pub fn add(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    if let Some((a, b)) = both_small(a, b) {
        return int::from_i64(thread, a + b); // 62 bits each: no overflow
    }
    add_slow(thread, a, b)
}

fn add_slow(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    match operands(a, b) {
        Some((IntRef::Small(a), IntRef::Small(b))) => int::from_i128(thread, i128::from(a) + i128::from(b)),
        Some((IntRef::Small(small), IntRef::Big(big)) | (IntRef::Big(big), IntRef::Small(small))) => {
            int::from_bigint(thread, big + small)
        }
        Some((IntRef::Big(a), IntRef::Big(b))) => int::from_bigint(thread, a + b),
        None => Ok(Value::not_implemented()),
    }
}

/// `a - b`
pub fn subtract(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    if let Some((a, b)) = both_small(a, b) {
        return int::from_i64(thread, a - b);
    }
    subtract_slow(thread, a, b)
}

fn subtract_slow(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    match operands(a, b) {
        Some((IntRef::Small(a), IntRef::Small(b))) => int::from_i128(thread, i128::from(a) - i128::from(b)),
        Some((IntRef::Small(a), IntRef::Big(b))) => int::from_bigint(thread, a - b),
        Some((IntRef::Big(a), IntRef::Small(b))) => int::from_bigint(thread, a - b),
        Some((IntRef::Big(a), IntRef::Big(b))) => int::from_bigint(thread, a - b),
        None => Ok(Value::not_implemented()),
    }
}

/// `a * b`
pub fn multiply(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    if let Some((a, b)) = both_small(a, b)
        && let Some(product) = a.checked_mul(b)
    {
        return int::from_i64(thread, product);
    }
    multiply_slow(thread, a, b)
}

fn multiply_slow(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let Some((a, b)) = operands(a, b) else { return Ok(Value::not_implemented()) };
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => int::from_i128(thread, i128::from(a) * i128::from(b)),
        (IntRef::Small(small), IntRef::Big(big)) | (IntRef::Big(big), IntRef::Small(small)) => {
            check_room(big.bits() + 64)?;
            int::from_bigint(thread, big * small)
        }
        (IntRef::Big(a), IntRef::Big(b)) => {
            check_room(a.bits() + b.bits())?;
            int::from_bigint(thread, a * b)
        }
    }
}

/// Quotient and remainder, rounded down.
#[inline]
pub(super) fn floor_divmod_i64(a: i64, b: i64) -> (i128, i64) {
    if b == -1 {
        return (-i128::from(a), 0);
    }
    let (quotient, remainder) = (a / b, a % b);
    if remainder != 0 && (remainder < 0) != (b < 0) {
        (i128::from(quotient) - 1, remainder + b)
    } else {
        (quotient.into(), remainder)
    }
}

/// Whether `a`, which is not zero, has fewer bits than `b`.
#[inline]
fn is_less_than_half(a: IntRef<'_>, b: IntRef<'_>) -> bool {
    bit_length(a) < bit_length(b) && bit_length(a) > 0
}

/// `a // b`
pub fn floor_divide(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let (a, b) = match operands(a, b) {
        Some((_, IntRef::Small(0))) => return Err(division_by_zero()),
        Some((IntRef::Small(a), IntRef::Small(b))) => {
            return int::from_i128(thread, floor_divmod_i64(a, b).0);
        }
        Some((IntRef::Big(a), IntRef::Small(b))) if b != i64::MIN => {
            let quotient = a / b;
            let exact =
                a.sign() == num_bigint::Sign::NoSign || (b < 0) == (a.sign() == num_bigint::Sign::Minus);
            if exact {
                return int::from_bigint(thread, quotient);
            }
            (to_bigint(IntRef::Big(a)), b.into())
        }
        Some((a, b)) if is_less_than_half(a, b) => {
            return int::from_i64(thread, if a.is_negative() == b.is_negative() { 0 } else { -1 });
        }
        Some((IntRef::Big(a), IntRef::Big(b))) => return int::from_bigint(thread, floor_quotient(a, b)),
        Some((a, b)) => (to_bigint(a), to_bigint(b)),
        None => return Ok(Value::not_implemented()),
    };
    int::from_bigint(thread, a.div_floor(&b))
}

/// `a % b`
pub fn remainder(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    match operands(a, b) {
        Some((_, IntRef::Small(0))) => Err(division_by_zero()),
        Some((IntRef::Small(a), IntRef::Small(b))) => int::from_i64(thread, floor_divmod_i64(a, b).1),
        Some((first, second))
            if is_less_than_half(first, second) && first.is_negative() == second.is_negative() =>
        {
            exact(thread, a)
        }
        Some((IntRef::Big(a), IntRef::Big(b))) => int::from_bigint(thread, floor_rest(a, b)),
        Some((IntRef::Big(a), IntRef::Small(b))) => {
            let magnitude = b.unsigned_abs();
            // What remains of the magnitudes is smaller than that of `b`, which is small.
            let rest = u64::try_from(a.magnitude() % magnitude).unwrap_or_default() as i64;
            let rest = if a.sign() == num_bigint::Sign::Minus { -rest } else { rest };
            int::from_i64(thread, if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest })
        }
        Some((a, b)) => int::from_bigint(thread, to_bigint(a).mod_floor(&to_bigint(b))),
        None => Ok(Value::not_implemented()),
    }
}

/// `divmod(a, b)`
pub fn divmod(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let (quotient, remainder) = match operands(a, b) {
        Some((_, IntRef::Small(0))) => return Err(division_by_zero()),
        Some((IntRef::Small(a), IntRef::Small(b))) => {
            let (quotient, remainder) = floor_divmod_i64(a, b);
            (int::from_i128(thread, quotient)?, int::from_i64(thread, remainder)?)
        }
        Some((IntRef::Big(a), IntRef::Big(b))) => {
            let (quotient, remainder) = floor_divmod(a, b);
            (int::from_bigint(thread, quotient)?, int::from_bigint(thread, remainder)?)
        }
        Some((a, b)) => {
            let (quotient, remainder) = to_bigint(a).div_mod_floor(&to_bigint(b));
            (int::from_bigint(thread, quotient)?, int::from_bigint(thread, remainder)?)
        }
        None => return Ok(Value::not_implemented()),
    };
    Tuple::of_array(thread, [quotient, remainder])
}

/// The largest magnitude up to which every int is a double.
const EXACT_DOUBLES: u64 = 1 << 53;

/// `a / b`
pub fn true_divide(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let Some((a, b)) = operands(a, b) else { return Ok(Value::not_implemented()) };
    if let IntRef::Small(0) = b {
        return Err(division_by_zero());
    }
    if let (IntRef::Small(a), IntRef::Small(b)) = (a, b)
        && a.unsigned_abs() <= EXACT_DOUBLES
        && b.unsigned_abs() <= EXACT_DOUBLES
    {
        return float::new(thread, a as f64 / b as f64);
    }
    let quotient = divide_to_f64(&to_bigint(a), &to_bigint(b))
        .ok_or_else(|| overflow_error("integer division result too large for a float"))?;
    float::new(thread, quotient)
}

/// The double nearest to `a / b`, ties to even; `None` if it is out of range. `b` is not zero.
pub fn divide_to_f64(a: &BigInt, b: &BigInt) -> Option<f64> {
    use num_bigint::Sign;
    if a.sign() == Sign::NoSign {
        return Some(if b.sign() == Sign::Minus { -0.0 } else { 0.0 });
    }
    let negative = a.sign() != b.sign();
    let (a, b) = (a.magnitude(), b.magnitude());
    let difference = a.bits() as i64 - b.bits() as i64;
    if difference > 1024 {
        return None;
    }
    if difference < -1077 {
        return Some(if negative { -0.0 } else { 0.0 });
    }
    // A quotient of 63 or 64 bits with a sticky last bit has at least ten bits more than any double; for a denormal result
    // those below its last place are cut off by hand, so that there is one rounding only.
    let shift = 63 - difference;
    let (mut quotient, remainder) =
        if shift >= 0 { quotient_and_rest(&(a << shift), b) } else { quotient_and_rest(a, &(b << -shift)) };
    let mut sticky = remainder.bits() != 0;
    let exponent = -shift;
    let bits = quotient.bits() as i64;
    // The place of the last bit that the double has.
    let last = (exponent + bits - 53).max(-1074);
    let drop = last - exponent;
    let half = num_bigint::BigUint::from(1u8) << (drop - 1);
    let low = &quotient & ((num_bigint::BigUint::from(1u8) << drop) - 1u8);
    quotient >>= drop;
    let mut kept = quotient.iter_u64_digits().next().unwrap_or(0);
    let order = low.cmp(&half);
    if order == Ordering::Equal && !sticky {
        sticky = kept & 1 == 1;
    }
    if order == Ordering::Greater || order == Ordering::Equal && sticky {
        kept += 1;
    }
    let double = scale(kept as f64, last);
    if double.is_infinite() {
        return None;
    }
    Some(if negative { -double } else { double })
}

/// `value * 2**exponent`, where the result is exact or infinite.
fn scale(value: f64, exponent: i64) -> f64 {
    if exponent < -1022 {
        value * 2f64.powi(-1022) * 2f64.powi((exponent + 1022) as i32)
    } else {
        value * 2f64.powi(exponent as i32)
    }
}

/// `-a`
pub fn negative(thread: &mut Thread, a: &Value) -> Result<Value> {
    match operand(a) {
        Some(IntRef::Small(a)) => int::from_i128(thread, -i128::from(a)),
        Some(IntRef::Big(a)) => int::from_bigint(thread, -a),
        None => Ok(Value::not_implemented()),
    }
}

/// `+a`
pub fn positive(thread: &mut Thread, a: &Value) -> Result<Value> {
    super::operand::exact(thread, a)
}

/// `abs(a)`
pub fn absolute(thread: &mut Thread, a: &Value) -> Result<Value> {
    match operand(a) {
        Some(IntRef::Small(a)) => int::from_i128(thread, i128::from(a).abs()),
        Some(IntRef::Big(a)) => int::from_bigint(thread, a.magnitude().clone().into()),
        None => Ok(Value::not_implemented()),
    }
}

/// `float(a)`
pub fn to_float(thread: &mut Thread, a: &Value) -> Result<Value> {
    let double = float::from_int(a)?;
    float::new(thread, double)
}

/// `bool(a)`
pub fn is_nonzero(_: &mut Thread, a: &Value) -> Result<bool> {
    Ok(operand(a).is_some_and(|a| bit_length(a) != 0))
}

/// The order of two ints.
#[inline]
pub fn order(a: IntRef<'_>, b: IntRef<'_>) -> Ordering {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => a.cmp(&b),
        (IntRef::Big(a), IntRef::Big(b)) => a.cmp(b),
        // What is Big does not fit a machine word.
        (IntRef::Small(_), IntRef::Big(b)) => {
            if IntRef::Big(b).is_negative() {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (IntRef::Big(a), IntRef::Small(_)) => {
            if IntRef::Big(a).is_negative() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
    }
}

/// `a OP b`
pub fn compare(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if let Some((a, b)) = both_small(a, b) {
        return Ok(Value::from_bool(op.holds(a.cmp(&b))));
    }
    match operands(a, b) {
        Some((a, b)) => Ok(Value::from_bool(op.holds(order(a, b)))),
        None => Ok(Value::not_implemented()),
    }
}

/// `hash(a)`
pub fn hash(_: &mut Thread, a: &Value) -> Result<i64> {
    Ok(int::hash(a))
}
