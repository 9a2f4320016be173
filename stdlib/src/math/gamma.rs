//! The gamma function and its logarithm, by Lanczos' approximation with the coefficients that are best for doubles
//! (N = 13, g = 6.0246..., published with Boost), and reflected to the left of zero.
#![allow(clippy::excessive_precision, reason = "coefficients as they were published")]

use std::f64::consts::PI;

use runtime::error::{Raised, Result, value_error};

use super::errors::out_of_range;

const G: f64 = 6.024680040776729583740234375;
const G_MINUS_HALF: f64 = 5.524680040776729583740234375;

/// Numerator and denominator of the rational function, by power of x.
#[allow(clippy::excessive_precision, reason = "the published digits")]
const COEFFICIENTS: [(f64, f64); 13] = [
    (23531376880.410759688572007674451636754734846804940, 0.0),
    (42919803642.649098768957899047001988850926355848959, 39916800.0),
    (35711959237.355668049440185451547166705960488635843, 120543840.0),
    (17921034426.037209699919755754458931112671403265390, 150917976.0),
    (6039542586.3520280050642916443072979210699388420708, 105258076.0),
    (1439720407.3117216736632230727949123939715485786772, 45995730.0),
    (248874557.86205415651146038641322942321632125127801, 13339535.0),
    (31426415.585400194380614231628318205362874684987640, 2637558.0),
    (2876370.6289353724412254090516208496135991145378768, 357423.0),
    (186056.26539522349504029498971604569928220784236328, 32670.0),
    (8071.6720023658162106380029022722506138218516325024, 1925.0),
    (210.82427775157934587250973392071336271166969580291, 66.0),
    (2.5066282746310002701649081771338373386264310793408, 1.0),
];

/// Up to here the gamma function of an int is a double.
const LARGEST_EXACT: f64 = 23.0;
/// Beyond this everything overflows or underflows.
const LARGEST: f64 = 200.0;

#[cold]
fn pole(x: f64) -> Raised {
    value_error(format!("expected a noninteger or positive integer, got {}", text::float::repr(x)))
}

/// The rational function, evaluated from whichever end does not overflow.
fn lanczos_sum(x: f64) -> f64 {
    let (mut numerator, mut denominator) = (0.0, 0.0);
    if x < 5.0 {
        for (n, d) in COEFFICIENTS.iter().rev() {
            numerator = numerator * x + n;
            denominator = denominator * x + d;
        }
    } else {
        for (n, d) in COEFFICIENTS {
            numerator = numerator / x + n;
            denominator = denominator / x + d;
        }
    }
    numerator / denominator
}

/// `sin(pi * x)` of a finite `x`, exact at whole and half numbers.
fn sin_pi(x: f64) -> f64 {
    let y = x.abs() % 2.0;
    let result = match (2.0 * y).round() as i32 {
        0 => (PI * y).sin(),
        1 => (PI * (y - 0.5)).cos(),
        // From here on `sin(pi - y)` keeps the digits.
        2 => (PI * (1.0 - y)).sin(),
        3 => -(PI * (y - 1.5)).cos(),
        _ => (PI * (y - 2.0)).sin(),
    };
    1f64.copysign(x) * result
}

/// `math.gamma(x)`
pub(super) fn gamma(x: f64) -> Result<f64> {
    if x.is_nan() || x == f64::INFINITY {
        return Ok(x);
    }
    if x == f64::NEG_INFINITY || x == 0.0 {
        return Err(pole(x));
    }
    if x == x.floor() {
        if x < 0.0 {
            return Err(pole(x));
        }
        if x <= LARGEST_EXACT {
            return Ok((1..x as u64).map(|n| n as f64).product());
        }
    }
    let absolute = x.abs();
    if absolute < 1e-20 {
        let result = 1.0 / x;
        return if result.is_infinite() { Err(out_of_range()) } else { Ok(result) };
    }
    if absolute > LARGEST {
        return if x < 0.0 { Ok(0.0 / sin_pi(x)) } else { Err(out_of_range()) };
    }
    // `y` is rounded; `z` is by how much it is wrong, relatively.
    let y = absolute + G_MINUS_HALF;
    let error = if absolute > G_MINUS_HALF {
        let q = y - absolute;
        q - G_MINUS_HALF
    } else {
        let q = y - G_MINUS_HALF;
        q - absolute
    };
    let z = error * G / y;
    let mut result;
    if x < 0.0 {
        result = -PI / sin_pi(absolute) / absolute * y.exp() / lanczos_sum(absolute);
        result -= z * result;
        if absolute < 140.0 {
            result /= y.powf(absolute - 0.5);
        } else {
            let root = y.powf(absolute / 2.0 - 0.25);
            result /= root;
            result /= root;
        }
    } else {
        result = lanczos_sum(absolute) / y.exp();
        result += z * result;
        if absolute < 140.0 {
            result *= y.powf(absolute - 0.5);
        } else {
            let root = y.powf(absolute / 2.0 - 0.25);
            result *= root;
            result *= root;
        }
    }
    if result.is_infinite() { Err(out_of_range()) } else { Ok(result) }
}

/// `math.lgamma(x)`
pub(super) fn log_gamma(x: f64) -> Result<f64> {
    if x.is_nan() {
        return Ok(x);
    }
    if x.is_infinite() {
        return Ok(f64::INFINITY);
    }
    if x == x.floor() && x <= 2.0 {
        return if x <= 0.0 { Err(pole(x)) } else { Ok(0.0) };
    }
    let absolute = x.abs();
    if absolute < 1e-20 {
        return Ok(-absolute.ln());
    }
    let mut result = lanczos_sum(absolute).ln() - G;
    result += (absolute - 0.5) * ((absolute + G - 0.5).ln() - 1.0);
    if x < 0.0 {
        // ln(pi)
        result =
            1.144729885849400174143427351353058711647 - sin_pi(absolute).abs().ln() - absolute.ln() - result;
    }
    if result.is_infinite() { Err(out_of_range()) } else { Ok(result) }
}
