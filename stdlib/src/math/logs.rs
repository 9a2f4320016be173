//! Logarithms of numbers of any size: an int beyond all doubles is split into mantissa and exponent.

use num_bigint::Sign;
use runtime::error::{Raised, Result, value_error, zero_division_error};
use runtime::types::{float, int};
use runtime::{Thread, Value};

#[cold]
fn not_positive() -> Raised {
    value_error("expected a positive input")
}

/// `log(x)` for one of the logarithms.
pub(super) fn of(thread: &mut Thread, x: &Value, log: fn(f64) -> f64) -> Result<f64> {
    if int::is_int(x) {
        return of_int(x, log);
    }
    let double = float::as_f64(thread, x)?;
    if double > 0.0 || double.is_nan() {
        return Ok(log(double));
    }
    Err(value_error(format!("expected a positive input, got {}", text::float::repr(double))))
}

fn of_int(x: &Value, log: fn(f64) -> f64) -> Result<f64> {
    if let Some(small) = int::to_i64(x) {
        return if small > 0 { Ok(log(small as f64)) } else { Err(not_positive()) };
    }
    let Some(big) = int::heap_value(x).filter(|big| big.sign() == Sign::Plus) else {
        return Err(not_positive());
    };
    if let Some(double) = float::bigint_to_f64(big) {
        return Ok(log(double));
    }
    // The leading 1000 bits as a number from a half to one.
    let bits = big.bits();
    let kept: num_bigint::BigInt = big >> (bits - 1000);
    let mantissa = float::bigint_to_f64(&kept).unwrap_or(f64::INFINITY) * 2f64.powi(-1000);
    Ok(log(mantissa) + log(2.0) * bits as f64)
}

/// `log(x, base)`
pub(super) fn with_base(thread: &mut Thread, x: &Value, base: Option<&Value>) -> Result<f64> {
    let logarithm = of(thread, x, f64::ln)?;
    let Some(base) = base else { return Ok(logarithm) };
    let divisor = of(thread, base, f64::ln)?;
    if divisor == 0.0 {
        return Err(zero_division_error("division by zero"));
    }
    Ok(logarithm / divisor)
}
