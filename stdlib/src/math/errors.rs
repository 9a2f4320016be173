//! When functions of doubles raise: C's EDOM and ERANGE, told from the result.

use runtime::error::{Raised, Result, overflow_error, value_error};

/// "math range error"
#[cold]
pub(crate) fn out_of_range() -> Raised {
    overflow_error("math range error")
}

/// "math domain error"
#[cold]
pub(crate) fn out_of_domain() -> Raised {
    value_error("math domain error")
}

#[cold]
fn unexpected(message: &str, x: f64) -> Raised {
    value_error(format!("{message}{}", text::float::repr(x)))
}

/// The result of a function that may overflow.
#[inline]
pub(super) fn checked(x: f64, result: f64) -> Result<f64> {
    if result.is_infinite() && x.is_finite() { Err(out_of_range()) } else { Ok(result) }
}

/// The result of a function that is not defined everywhere; an infinite result for a finite `x` is a pole.
#[inline]
pub(super) fn in_domain(x: f64, result: f64, message: &str) -> Result<f64> {
    if result.is_nan() && !x.is_nan() || result.is_infinite() && x.is_finite() {
        return Err(unexpected(message, x));
    }
    Ok(result)
}

/// The result of a function that is not defined at the infinities.
#[inline]
pub(super) fn finite(x: f64, result: f64) -> Result<f64> {
    in_domain(x, result, "expected a finite input, got ")
}

/// The result of a function of two doubles.
pub(super) fn checked_pair(x: f64, y: f64, result: f64) -> Result<f64> {
    if result.is_nan() && !x.is_nan() && !y.is_nan() {
        return Err(out_of_domain());
    }
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(out_of_range());
    }
    Ok(result)
}
