//! `a ** b` and `pow(a, b, modulus)` of ints.

use memory::Value;
use num_bigint::BigInt;
use threads::Thread;

use super::operand::{IntRef, bit_length, check_room, operand, operands, to_bigint};
use crate::error::{Result, memory_error, value_error};
use crate::types::{float, float_methods, int};

/// `pow(a, b, modulus)`; None for no modulus.
pub fn power(thread: &mut Thread, a: &Value, b: &Value, modulus: &Value) -> Result<Value> {
    let Some((base, exponent)) = operands(a, b) else { return Ok(Value::not_implemented()) };
    if !modulus.is_none() {
        return match operand(modulus) {
            Some(modulus) => power_modulo(thread, base, exponent, modulus),
            None => Ok(Value::not_implemented()),
        };
    }
    if exponent.is_negative() {
        let (a, b) = (float::from_int(a)?, float::from_int(b)?);
        return float_methods::power_of_doubles(thread, a, b);
    }
    match (base, exponent) {
        (_, IntRef::Small(0)) | (IntRef::Small(1), _) => int::from_i64(thread, 1),
        (IntRef::Small(0), _) => int::from_i64(thread, 0),
        (IntRef::Small(-1), exponent) => int::from_i64(thread, if is_odd(exponent) { -1 } else { 1 }),
        (base, IntRef::Small(exponent)) => power_unsigned(thread, base, exponent.unsigned_abs()),
        // Nothing but 0, 1 and -1 to such a power can be held.
        _ => Err(memory_error()),
    }
}

fn is_odd(value: IntRef<'_>) -> bool {
    match value {
        IntRef::Small(small) => small & 1 != 0,
        IntRef::Big(big) => big.bit(0),
    }
}

fn power_unsigned(thread: &mut Thread, base: IntRef<'_>, exponent: u64) -> Result<Value> {
    let bits = bit_length(base);
    let upper = bits.checked_mul(exponent).ok_or_else(memory_error)?;
    if let IntRef::Small(base) = base
        && upper < 127
    {
        // Fewer than 127 bits: no multiplication on the way is wider.
        return int::from_i128(thread, i128::from(base).pow(exponent as u32));
    }
    check_room(upper)?;
    // A power of two in the base is a shift of the result.
    let zeros = match base {
        IntRef::Small(small) => u64::from(small.trailing_zeros()),
        IntRef::Big(big) => big.trailing_zeros().unwrap_or(0),
    };
    let odd: BigInt = to_bigint(base) >> zeros;
    let result = odd_power(thread, &odd, exponent)?;
    int::from_bigint(thread, result << (zeros * exponent))
}

/// The power by squaring from the top bit; lets the thread be stopped in between.
fn odd_power(thread: &mut Thread, base: &BigInt, exponent: u64) -> Result<BigInt> {
    let mut result = BigInt::from(1);
    for bit in (0..u64::BITS - exponent.leading_zeros()).rev() {
        result = &result * &result;
        if exponent >> bit & 1 != 0 {
            result *= base;
        }
        crate::ops::memory_poll(thread)?;
    }
    Ok(result)
}

fn power_modulo(
    thread: &mut Thread,
    base: IntRef<'_>,
    exponent: IntRef<'_>,
    modulus: IntRef<'_>,
) -> Result<Value> {
    if let IntRef::Small(0) = modulus {
        return Err(value_error("pow() 3rd argument cannot be 0"));
    }
    if let (IntRef::Small(base), IntRef::Small(exponent), IntRef::Small(modulus)) = (base, exponent, modulus)
        && exponent >= 0
    {
        return int::from_i64(thread, small_power_modulo(base, exponent.unsigned_abs(), modulus));
    }
    let (mut base, mut exponent, modulus) = (to_bigint(base), to_bigint(exponent), to_bigint(modulus));
    if exponent.sign() == num_bigint::Sign::Minus {
        let magnitude: BigInt = modulus.magnitude().clone().into();
        if magnitude == BigInt::from(1) {
            return int::from_i64(thread, 0);
        }
        base = base
            .modinv(&magnitude)
            .ok_or_else(|| value_error("base is not invertible for the given modulus"))?;
        exponent = -exponent;
    }
    int::from_bigint(thread, base.modpow(&exponent, &modulus))
}

fn small_power_modulo(base: i64, exponent: u64, modulus: i64) -> i64 {
    let magnitude = u128::from(modulus.unsigned_abs());
    let mut square = i128::from(base).rem_euclid(magnitude as i128) as u128;
    let mut result = 1 % magnitude;
    let mut rest = exponent;
    while rest != 0 {
        if rest & 1 != 0 {
            result = result * square % magnitude;
        }
        square = square * square % magnitude;
        rest >>= 1;
    }
    if modulus < 0 && result != 0 {
        return (result as i128 - magnitude as i128) as i64;
    }
    result as i64
}
