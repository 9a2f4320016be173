//! Functions of complex numbers, after Kahan ("Branch cuts for complex elementary functions", 1987): signs of zeros choose the
//! side of a branch cut, and nothing overflows on the way that does not in the end.

use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};

use super::Parts;
use super::special::{self, find};
use crate::math::hyperbolic;

/// What C's library would have set `errno` to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// EDOM
    Domain,
    /// ERANGE
    Range,
}

/// A value, or why there is none.
pub(super) type Outcome = Result<Parts, Failure>;

/// Beyond this a hypotenuse may overflow.
const LARGE: f64 = f64::MAX / 4.0;
/// The root of [`LARGE`], rounded.
const ROOT_OF_LARGE: f64 = 6.703903964971298e153;
/// The root of the smallest normal double.
const ROOT_OF_SMALL: f64 = 1.4916681462400413e-154;
/// The logarithm of [`LARGE`].
const LOG_OF_LARGE: f64 = 708.3964185322641;

fn is_finite(z: Parts) -> bool {
    z.0.is_finite() && z.1.is_finite()
}

/// The logarithm of twice the hypotenuse of what is so large that it is halved first.
fn log_of_large(z: Parts) -> f64 {
    (z.0 / 2.0).hypot(z.1 / 2.0).ln() + LN_2 * 2.0
}

fn is_large(z: Parts) -> bool {
    z.0.abs() > LARGE || z.1.abs() > LARGE
}

pub(super) fn acos(z: Parts) -> Outcome {
    if !is_finite(z) {
        return Ok(find(&special::ACOS, z));
    }
    if is_large(z) {
        let real = z.1.abs().atan2(z.0);
        // The sign is that of the other side of the cut.
        let imag = if z.0 < 0.0 { -log_of_large(z).copysign(z.1) } else { log_of_large(z).copysign(-z.1) };
        return Ok((real, imag));
    }
    let a = sqrt((1.0 - z.0, -z.1))?;
    let b = sqrt((1.0 + z.0, z.1))?;
    Ok((2.0 * a.0.atan2(b.0), hyperbolic::asinh(b.0 * a.1 - b.1 * a.0)))
}

pub(super) fn acosh(z: Parts) -> Outcome {
    if !is_finite(z) {
        return Ok(find(&special::ACOSH, z));
    }
    if is_large(z) {
        return Ok((log_of_large(z), z.1.atan2(z.0)));
    }
    let a = sqrt((z.0 - 1.0, z.1))?;
    let b = sqrt((z.0 + 1.0, z.1))?;
    Ok((hyperbolic::asinh(a.0 * b.0 + a.1 * b.1), 2.0 * a.1.atan2(b.0)))
}

pub(super) fn asin(z: Parts) -> Outcome {
    let (real, imag) = asinh((-z.1, z.0))?;
    Ok((imag, -real))
}

pub(super) fn asinh(z: Parts) -> Outcome {
    if !is_finite(z) {
        return Ok(find(&special::ASINH, z));
    }
    if is_large(z) {
        return Ok((log_of_large(z).copysign(z.0), z.1.atan2(z.0.abs())));
    }
    let a = sqrt((1.0 + z.1, -z.0))?;
    let b = sqrt((1.0 - z.1, z.0))?;
    Ok((hyperbolic::asinh(a.0 * b.1 - b.0 * a.1), z.1.atan2(a.0 * b.0 - a.1 * b.1)))
}

pub(super) fn atan(z: Parts) -> Outcome {
    let (real, imag) = atanh((-z.1, z.0))?;
    Ok((imag, -real))
}

pub(super) fn atanh(z: Parts) -> Outcome {
    if !is_finite(z) {
        return Ok(find(&special::ATANH, z));
    }
    if z.0.is_sign_negative() {
        let (real, imag) = atanh((-z.0, -z.1))?;
        return Ok((-real, -imag));
    }
    let y = z.1.abs();
    if z.0 > ROOT_OF_LARGE || y > ROOT_OF_LARGE {
        let half = (z.0 / 2.0).hypot(z.1 / 2.0);
        return Ok((z.0 / 4.0 / half / half, -FRAC_PI_2.copysign(-z.1)));
    }
    if z.0 == 1.0 && y < ROOT_OF_SMALL {
        if y == 0.0 {
            return Err(Failure::Domain);
        }
        let real = -(y.sqrt() / y.hypot(2.0).sqrt()).ln();
        return Ok((real, (2f64.atan2(-y) / 2.0).copysign(z.1)));
    }
    let away = 1.0 - z.0;
    let real = (4.0 * z.0 / (away * away + y * y)).ln_1p() / 4.0;
    Ok((real, -(-2.0 * z.1).atan2(away * (1.0 + z.0) - y * y) / 2.0))
}

pub(super) fn cos(z: Parts) -> Outcome {
    cosh((-z.1, z.0))
}

/// Raises for an infinite result of finite parts.
fn in_range(result: Parts) -> Outcome {
    if result.0.is_infinite() || result.1.is_infinite() { Err(Failure::Range) } else { Ok(result) }
}

/// Whether the formula for an infinite real part is needed: the table knows no angles.
fn has_angle(z: Parts) -> bool {
    z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0
}

pub(super) fn cosh(z: Parts) -> Outcome {
    if !is_finite(z) {
        if has_angle(z) {
            let real = f64::INFINITY.copysign(z.1.cos());
            let imag = f64::INFINITY.copysign(z.1.sin());
            return Ok((real, if z.0 > 0.0 { imag } else { -imag }));
        }
        if z.1.is_infinite() && !z.0.is_nan() {
            return Err(Failure::Domain);
        }
        return Ok(find(&special::COSH, z));
    }
    if z.0.abs() > LOG_OF_LARGE {
        let less = z.0 - 1f64.copysign(z.0);
        return in_range((z.1.cos() * less.cosh() * E, z.1.sin() * less.sinh() * E));
    }
    in_range((z.1.cos() * z.0.cosh(), z.1.sin() * z.0.sinh()))
}

pub(super) fn exp(z: Parts) -> Outcome {
    if !is_finite(z) {
        if has_angle(z) {
            let size = if z.0 > 0.0 { f64::INFINITY } else { 0.0 };
            return Ok((size.copysign(z.1.cos()), size.copysign(z.1.sin())));
        }
        if z.1.is_infinite() && (z.0.is_finite() || z.0 == f64::INFINITY) {
            return Err(Failure::Domain);
        }
        return Ok(find(&special::EXP, z));
    }
    if z.0 > LOG_OF_LARGE {
        let size = (z.0 - 1.0).exp();
        return in_range((size * z.1.cos() * E, size * z.1.sin() * E));
    }
    let size = z.0.exp();
    in_range((size * z.1.cos(), size * z.1.sin()))
}

/// The logarithm; zero has one, whose real part is -inf.
pub(super) fn log_or_pole(z: Parts) -> Parts {
    if !is_finite(z) {
        return find(&special::LOG, z);
    }
    let (x, y) = (z.0.abs(), z.1.abs());
    let real = if x > LARGE || y > LARGE {
        (x / 2.0).hypot(y / 2.0).ln() + LN_2
    } else if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        if x == 0.0 && y == 0.0 {
            f64::NEG_INFINITY
        } else {
            libm::ldexp(x, 53).hypot(libm::ldexp(y, 53)).ln() - 53.0 * LN_2
        }
    } else {
        let size = x.hypot(y);
        if (0.71..=1.73).contains(&size) {
            let (larger, smaller) = if x > y { (x, y) } else { (y, x) };
            ((larger - 1.0) * (larger + 1.0) + smaller * smaller).ln_1p() / 2.0
        } else {
            size.ln()
        }
    };
    (real, z.1.atan2(z.0))
}

pub(super) fn log(z: Parts) -> Outcome {
    if z == (0.0, 0.0) { Err(Failure::Domain) } else { Ok(log_or_pole(z)) }
}

pub(super) fn log10(z: Parts) -> Outcome {
    let (real, imag) = log(z)?;
    Ok((real / LN_10, imag / LN_10))
}

pub(super) fn sin(z: Parts) -> Outcome {
    let (real, imag) = sinh((-z.1, z.0))?;
    Ok((imag, -real))
}

pub(super) fn sinh(z: Parts) -> Outcome {
    if !is_finite(z) {
        if has_angle(z) {
            let real = f64::INFINITY.copysign(z.1.cos());
            let imag = f64::INFINITY.copysign(z.1.sin());
            return Ok((if z.0 > 0.0 { real } else { -real }, imag));
        }
        if z.1.is_infinite() && !z.0.is_nan() {
            return Err(Failure::Domain);
        }
        return Ok(find(&special::SINH, z));
    }
    if z.0.abs() > LOG_OF_LARGE {
        let less = z.0 - 1f64.copysign(z.0);
        return in_range((z.1.cos() * less.sinh() * E, z.1.sin() * less.cosh() * E));
    }
    in_range((z.1.cos() * z.0.sinh(), z.1.sin() * z.0.cosh()))
}

pub(super) fn sqrt(z: Parts) -> Outcome {
    if !is_finite(z) {
        return Ok(find(&special::SQRT, z));
    }
    if z == (0.0, 0.0) {
        return Ok((0.0, z.1));
    }
    let (mut x, y) = (z.0.abs(), z.1.abs());
    let root = if x < f64::MIN_POSITIVE && y < f64::MIN_POSITIVE {
        // The odd power of two halves the sum.
        x = libm::ldexp(x, 53);
        libm::ldexp((x + x.hypot(libm::ldexp(y, 53))).sqrt(), -27)
    } else {
        x /= 8.0;
        2.0 * (x + x.hypot(y / 8.0)).sqrt()
    };
    let other = y / (2.0 * root);
    Ok(if z.0 >= 0.0 { (root, other.copysign(z.1)) } else { (other, root.copysign(z.1)) })
}

pub(super) fn tan(z: Parts) -> Outcome {
    let (real, imag) = tanh((-z.1, z.0))?;
    Ok((imag, -real))
}

pub(super) fn tanh(z: Parts) -> Outcome {
    if !is_finite(z) {
        if has_angle(z) {
            return Ok((1f64.copysign(z.0), 0f64.copysign(2.0 * z.1.sin() * z.1.cos())));
        }
        if z.1.is_infinite() && z.0.is_finite() {
            return Err(Failure::Domain);
        }
        return Ok(find(&special::TANH, z));
    }
    if z.0.abs() > LOG_OF_LARGE {
        return Ok((1f64.copysign(z.0), 4.0 * z.1.sin() * z.1.cos() * (-2.0 * z.0.abs()).exp()));
    }
    let (tx, ty) = (z.0.tanh(), z.1.tan());
    let cx = 1.0 / z.0.cosh();
    let product = tx * ty;
    let denominator = 1.0 + product * product;
    Ok((tx * (1.0 + ty * ty) / denominator, ((ty / denominator) * cx) * cx))
}

/// The number with that absolute value and angle.
pub(super) fn rect(r: f64, phi: f64) -> Outcome {
    if !is_finite((r, phi)) {
        if has_angle((r, phi)) {
            let real = f64::INFINITY.copysign(phi.cos());
            let imag = f64::INFINITY.copysign(phi.sin());
            return Ok(if r > 0.0 { (real, imag) } else { (-real, -imag) });
        }
        if r != 0.0 && !r.is_nan() && phi.is_infinite() {
            return Err(Failure::Domain);
        }
        return Ok(find(&special::RECT, (r, phi)));
    }
    // Not to turn a zero angle into a nan.
    Ok(if phi == 0.0 { (r, r * phi) } else { (r * phi.cos(), r * phi.sin()) })
}
