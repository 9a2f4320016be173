//! `cmath`: functions of complex numbers.
//!
//! | file        | concept                                             |
//! |-------------|-----------------------------------------------------|
//! | `functions` | the functions on pairs of doubles                   |
//! | `special`   | their values at infinities and nan                  |

mod functions;
mod special;

use functions::{Failure, Outcome};
use runtime::error::{Raised, Result, value_error};
use runtime::native::{self, FromArg, NativeDef};
use runtime::types::complex;
use runtime::{Thread, Value};

use crate::math::errors::{out_of_domain, out_of_range};

/// Real and imaginary part.
type Parts = (f64, f64);

/// A complex argument: any number.
pub struct Complex(Parts);

impl<'a> FromArg<'a> for Complex {
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        complex::as_complex(thread, value).map(Self)
    }
}

#[cold]
fn raise(failure: Failure) -> Raised {
    match failure {
        Failure::Domain => out_of_domain(),
        Failure::Range => out_of_range(),
    }
}

fn finish(thread: &mut Thread, outcome: Outcome) -> Result<Value> {
    let (real, imag) = outcome.map_err(raise)?;
    complex::new(thread, real, imag)
}

fn with_base(z: Parts, base: Option<&Parts>) -> Outcome {
    let Some(&base) = base else { return functions::log(z) };
    // A pole of the numerator is a value like others here.
    let divisor = functions::log(base)?;
    complex::quotient_of_parts(functions::log_or_pole(z), divisor).ok_or(Failure::Domain)
}

fn absolute(z: Parts) -> Result<f64> {
    let size = z.0.hypot(z.1);
    if size.is_infinite() && z.0.is_finite() && z.1.is_finite() { Err(out_of_range()) } else { Ok(size) }
}

fn close(a: Parts, b: Parts, relative: f64, absolute: f64) -> Result<bool> {
    if relative < 0.0 || absolute < 0.0 {
        return Err(value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(true);
    }
    let infinite = |z: Parts| z.0.is_infinite() || z.1.is_infinite();
    if infinite(a) || infinite(b) {
        return Ok(false);
    }
    let difference = (a.0 - b.0).hypot(a.1 - b.1);
    let (size_a, size_b) = (a.0.hypot(a.1), b.0.hypot(b.1));
    Ok(difference <= relative * size_b || difference <= relative * size_a || difference <= absolute)
}

/// Functions and constants.
#[native::module(
    "cmath",
    doc = "This module provides access to mathematical functions for complex\nnumbers."
)]
pub mod module {
    use super::*;

    /// The ratio of a circle's circumference to its diameter.
    #[name("pi")]
    pub const PI: f64 = std::f64::consts::PI;
    /// The base of natural logarithms.
    #[name("e")]
    pub const E: f64 = std::f64::consts::E;
    /// Twice pi.
    #[name("tau")]
    pub const TAU: f64 = std::f64::consts::TAU;
    /// Positive infinity.
    #[name("inf")]
    pub const INF: f64 = f64::INFINITY;
    /// Not a number.
    #[name("nan")]
    pub const NAN: f64 = f64::NAN;

    /// Adds the complex constants.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        for (name, imag) in [("infj", f64::INFINITY), ("nanj", f64::NAN)] {
            let value = complex::new(th, 0.0, imag)?;
            runtime::types::module::set(th, module, name, value)?;
        }
        Ok(())
    }

    /// Return the arc cosine of z.
    pub fn acos(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::acos(z.0))
    }

    /// Return the inverse hyperbolic cosine of z.
    pub fn acosh(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::acosh(z.0))
    }

    /// Return the arc sine of z.
    pub fn asin(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::asin(z.0))
    }

    /// Return the inverse hyperbolic sine of z.
    pub fn asinh(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::asinh(z.0))
    }

    /// Return the arc tangent of z.
    pub fn atan(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::atan(z.0))
    }

    /// Return the inverse hyperbolic tangent of z.
    pub fn atanh(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::atanh(z.0))
    }

    /// Return the cosine of z.
    pub fn cos(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::cos(z.0))
    }

    /// Return the hyperbolic cosine of z.
    pub fn cosh(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::cosh(z.0))
    }

    /// Return the exponential value e**z.
    pub fn exp(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::exp(z.0))
    }

    /// Return the base-10 logarithm of z.
    pub fn log10(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::log10(z.0))
    }

    /// Return the sine of z.
    pub fn sin(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::sin(z.0))
    }

    /// Return the hyperbolic sine of z.
    pub fn sinh(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::sinh(z.0))
    }

    /// Return the square root of z.
    pub fn sqrt(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::sqrt(z.0))
    }

    /// Return the tangent of z.
    pub fn tan(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::tan(z.0))
    }

    /// Return the hyperbolic tangent of z.
    pub fn tanh(th: &mut Thread, z: Complex) -> Result<Value> {
        finish(th, functions::tanh(z.0))
    }

    /// Determine whether two complex numbers are close in value.
    ///
    ///   rel_tol
    ///     maximum difference for being considered "close", relative to the
    ///     magnitude of the input values
    ///   abs_tol
    ///     maximum difference for being considered "close", regardless of the
    ///     magnitude of the input values
    ///
    /// Return True if a is close in value to b, and False otherwise.
    ///
    /// For the values to be considered close, the difference between them must be
    /// smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard. That is, NaN is
    /// not close to anything, even itself. inf and -inf are only close to themselves.
    #[sig("($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    pub fn isclose(a: Complex, b: Complex, rel_tol: f64, abs_tol: f64) -> Result<bool> {
        close(a.0, b.0, rel_tol, abs_tol)
    }

    /// Return True if both the real and imaginary parts of z are finite, else False.
    pub fn isfinite(z: Complex) -> bool {
        z.0.0.is_finite() && z.0.1.is_finite()
    }

    /// Checks if the real or imaginary part of z is infinite.
    pub fn isinf(z: Complex) -> bool {
        z.0.0.is_infinite() || z.0.1.is_infinite()
    }

    /// Checks if the real or imaginary part of z not a number (NaN).
    pub fn isnan(z: Complex) -> bool {
        z.0.0.is_nan() || z.0.1.is_nan()
    }

    /// log(z[, base]) -> the logarithm of z to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e)
    /// of z.
    #[sig("($module, z, base=<unrepresentable>, /)")]
    pub fn log(th: &mut Thread, z: Complex, base: Option<Complex>) -> Result<Value> {
        finish(th, with_base(z.0, base.as_ref().map(|base| &base.0)))
    }

    /// Return argument, also known as the phase angle, of a complex.
    pub fn phase(z: Complex) -> Result<f64> {
        let angle = z.0.1.atan2(z.0.0);
        // C's library reports an angle that is too small as out of range.
        if angle == 0.0 && z.0.1 != 0.0 && z.0.0.is_finite() { Err(out_of_range()) } else { Ok(angle) }
    }

    /// Convert a complex from rectangular coordinates to polar coordinates.
    ///
    /// r is the distance from 0 and phi the phase angle.
    pub fn polar(z: Complex) -> Result<(f64, f64)> {
        Ok((absolute(z.0)?, z.0.1.atan2(z.0.0)))
    }

    /// Convert from polar coordinates to rectangular coordinates.
    pub fn rect(th: &mut Thread, r: f64, phi: f64) -> Result<Value> {
        finish(th, functions::rect(r, phi))
    }
}
