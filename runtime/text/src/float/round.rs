//! Floats to ints and to rounder floats.

use super::digits::{Precision, decimal, scaled};
use crate::error::{Error, Result};
use num_bigint::BigInt;

/// `round(value)` of a finite float, still a float.
pub fn round_half_even(value: f64) -> f64 {
    value.round_ties_even()
}

/// The powers of ten that are exact.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// `round(value, places)`
pub fn round(value: f64, places: i64) -> Result<f64> {
    // Beyond these there is nothing to round, or nothing left.
    if !value.is_finite() || places > 323 || value == 0.0 {
        return Ok(value);
    }
    if places < -308 {
        return Ok(0.0 * value);
    }
    // Two integers that are exact as floats: their quotient is the float that is nearest to it.
    if let Some(scaled) = scaled(value, places)
        && scaled < 1 << 53
    {
        return Ok((scaled as f64 / POWERS[places as usize]).copysign(value));
    }
    let rounded = decimal(value, Precision::Fraction(places));
    if rounded.digits.is_empty() {
        return Ok(0.0 * value);
    }
    let digits = String::from_utf8_lossy(&rounded.digits);
    let magnitude: f64 = format!("0.{digits}e{}", rounded.point).parse().unwrap_or(f64::NAN);
    if magnitude.is_infinite() {
        return Err(Error::overflow("rounded value too large to represent"));
    }
    Ok(magnitude.copysign(value))
}

/// Sign and mantissa, and the power of two that they are multiplied by.
fn parts(value: f64) -> (i64, i64) {
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i64, (bits & ((1 << 52) - 1)) as i64);
    let (mantissa, exponent) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    (if value.is_sign_negative() { -mantissa } else { mantissa }, exponent)
}

/// `value.as_integer_ratio()`
pub fn integer_ratio(value: f64) -> Result<(BigInt, BigInt)> {
    if value.is_infinite() {
        return Err(Error::overflow("cannot convert Infinity to integer ratio"));
    }
    if value.is_nan() {
        return Err(Error::value("cannot convert NaN to integer ratio"));
    }
    if value == 0.0 {
        return Ok((BigInt::ZERO, BigInt::from(1)));
    }
    let (mantissa, exponent) = parts(value);
    let zeros = i64::from(mantissa.trailing_zeros());
    let (mantissa, exponent) = (BigInt::from(mantissa >> zeros), exponent + zeros);
    Ok(match exponent >= 0 {
        true => (mantissa << exponent, BigInt::from(1)),
        false => (mantissa, BigInt::from(1) << -exponent),
    })
}

/// The integer that `value` is, which must be finite; what follows the point is dropped.
pub fn to_bigint(value: f64) -> BigInt {
    let (mantissa, exponent) = parts(value.trunc());
    if exponent >= 0 {
        BigInt::from(mantissa) << exponent
    } else {
        BigInt::from(mantissa >> (-exponent).min(63))
    }
}

/// `int(value)`
pub fn trunc_to_bigint(value: f64) -> Result<BigInt> {
    if value.is_infinite() {
        return Err(Error::overflow("cannot convert float infinity to integer"));
    }
    if value.is_nan() {
        return Err(Error::value("cannot convert float NaN to integer"));
    }
    Ok(to_bigint(value))
}
