//! `math`: functions of real numbers.
//!
//! | file      | concept                                                              |
//! |-----------|----------------------------------------------------------------------|
//! | `errors`  | when a function of doubles raises, and what                           |
//! | `gamma`   | the gamma function                                                    |
//! | `hyperbolic` | inverse hyperbolic functions                                       |
//! | `ulp`     | neighbours of doubles                                                 |
//! | `sums`    | exact and extended-precision sums: `fsum`, `sumprod`, `hypot`, `dist` |
//! | `whole`   | functions of ints: `comb`, `perm`, `factorial`, `gcd`, `isqrt`        |
//! | `logs`    | logarithms, also of ints beyond all doubles                           |

pub(crate) mod errors;
mod gamma;
pub(crate) mod hyperbolic;
mod logs;
mod sums;
mod ulp;
mod whole;

use runtime::class::TypeExt;
use runtime::class::class_of;
use runtime::class::lookup::call_special;
use runtime::error::{Result, overflow_error, type_error, value_error};
use runtime::native;
use runtime::{Thread, Value, names, types};

use errors::{checked, checked_pair, finite, in_domain, out_of_range};

/// `__floor__` and its like, or else the double rounded.
fn rounded(thread: &mut Thread, x: &Value, name: &Value, round: fn(f64) -> f64) -> Result<Value> {
    if let Some(double) = types::float::to_f64_exact(x) {
        return types::float::to_int(thread, round(double));
    }
    if let Some(result) = call_special(thread, x, name, &[])? {
        return Ok(result);
    }
    let double = types::float::as_f64(thread, x)?;
    types::float::to_int(thread, round(double))
}

/// `x * 2**exponent`
fn scaled(x: f64, exponent: &Value) -> Result<f64> {
    if !types::int::is_int(exponent) {
        return Err(type_error("Expected an int as second argument to ldexp."));
    }
    if x == 0.0 || !x.is_finite() {
        return Ok(x);
    }
    let exponent = types::int::to_isize_clipped(exponent).clamp(-5000, 5000);
    let result = libm::ldexp(x, exponent as i32);
    if result.is_infinite() { Err(out_of_range()) } else { Ok(result) }
}

/// The remainder nearest to zero; of two equally near ones that of an even multiple.
fn ieee_remainder(x: f64, y: f64) -> Result<f64> {
    if x.is_finite() && y.is_finite() {
        if y == 0.0 {
            return Err(value_error("math domain error"));
        }
        let (absolute, modulus) = (x.abs(), y.abs());
        let below = absolute % modulus;
        let above = modulus - below;
        let nearest = if below < above {
            below
        } else if below > above {
            -above
        } else {
            // A tie: `below` is exactly half of the modulus.
            below - 2.0 * ((0.5 * (absolute - below)) % modulus)
        };
        return Ok(nearest * 1f64.copysign(x));
    }
    if x.is_nan() {
        return Ok(x);
    }
    if y.is_nan() {
        return Ok(y);
    }
    if x.is_infinite() {
        return Err(value_error("math domain error"));
    }
    Ok(x)
}

fn real_power(x: f64, y: f64) -> Result<f64> {
    let power = x.powf(y);
    if x.is_finite() && y.is_finite() {
        if power.is_nan() || power.is_infinite() && x == 0.0 {
            return Err(value_error("math domain error"));
        }
        if power.is_infinite() {
            return Err(out_of_range());
        }
    }
    Ok(power)
}

fn fused(x: f64, y: f64, z: f64) -> Result<f64> {
    let result = x.mul_add(y, z);
    if result.is_finite() {
        return Ok(result);
    }
    if result.is_nan() {
        if !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return Err(value_error("invalid operation in fma"));
        }
    } else if x.is_finite() && y.is_finite() && z.is_finite() {
        return Err(overflow_error("overflow in fma"));
    }
    Ok(result)
}

fn close(a: f64, b: f64, relative: f64, absolute: f64) -> Result<bool> {
    if relative < 0.0 || absolute < 0.0 {
        return Err(value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(true);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(false);
    }
    let difference = (b - a).abs();
    Ok(difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute)
}

/// Mantissa from a half to one, and exponent.
pub(crate) fn mantissa_exponent(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() { (x, 0) } else { libm::frexp(x) }
}

/// Functions and constants.
#[native::module(
    "math",
    doc = "This module provides access to the mathematical functions\ndefined by the C standard."
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

    /// Return the arc cosine (measured in radians) of x.
    ///
    /// The result is between 0 and pi.
    pub fn acos(x: f64) -> Result<f64> {
        in_domain(x, x.acos(), "expected a number in range from -1 up to 1, got ")
    }

    /// Return the inverse hyperbolic cosine of x.
    pub fn acosh(x: f64) -> Result<f64> {
        in_domain(x, hyperbolic::acosh(x), "expected argument value not less than 1, got ")
    }

    /// Return the arc sine (measured in radians) of x.
    ///
    /// The result is between -pi/2 and pi/2.
    pub fn asin(x: f64) -> Result<f64> {
        in_domain(x, x.asin(), "expected a number in range from -1 up to 1, got ")
    }

    /// Return the inverse hyperbolic sine of x.
    pub fn asinh(x: f64) -> f64 {
        hyperbolic::asinh(x)
    }

    /// Return the arc tangent (measured in radians) of x.
    ///
    /// The result is between -pi/2 and pi/2.
    pub fn atan(x: f64) -> f64 {
        x.atan()
    }

    /// Return the arc tangent (measured in radians) of y/x.
    ///
    /// Unlike atan(y/x), the signs of both x and y are considered.
    pub fn atan2(y: f64, x: f64) -> f64 {
        y.atan2(x)
    }

    /// Return the inverse hyperbolic tangent of x.
    pub fn atanh(x: f64) -> Result<f64> {
        in_domain(x, hyperbolic::atanh(x), "expected a number between -1 and 1, got ")
    }

    /// Return the cube root of x.
    pub fn cbrt(x: f64) -> f64 {
        x.cbrt()
    }

    /// Return the ceiling of x as an Integral.
    ///
    /// This is the smallest integer >= x.
    pub fn ceil(th: &mut Thread, x: &Value) -> Result<Value> {
        rounded(th, x, names::__ceil__(), f64::ceil)
    }

    /// Return a float with the magnitude (absolute value) of x but the sign of y.
    ///
    /// On platforms that support signed zeros, copysign(1.0, -0.0)
    /// returns -1.0.
    ///
    pub fn copysign(x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    /// Return the cosine of x (measured in radians).
    pub fn cos(x: f64) -> Result<f64> {
        finite(x, x.cos())
    }

    /// Return the hyperbolic cosine of x.
    pub fn cosh(x: f64) -> Result<f64> {
        checked(x, x.cosh())
    }

    /// Convert angle x from radians to degrees.
    pub fn degrees(x: f64) -> f64 {
        x * (180.0 / std::f64::consts::PI)
    }

    /// Return the Euclidean distance between two points p and q.
    ///
    /// The points should be specified as sequences (or iterables) of
    /// coordinates.  Both inputs must have the same dimension.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum((px - qx) ** 2.0 for px, qx in zip(p, q)))
    pub fn dist(th: &mut Thread, p: &Value, q: &Value) -> Result<f64> {
        sums::distance(th, p, q)
    }

    /// Error function at x.
    pub fn erf(x: f64) -> f64 {
        libm::erf(x)
    }

    /// Complementary error function at x.
    pub fn erfc(x: f64) -> f64 {
        libm::erfc(x)
    }

    /// Return e raised to the power of x.
    pub fn exp(x: f64) -> Result<f64> {
        checked(x, x.exp())
    }

    /// Return 2 raised to the power of x.
    pub fn exp2(x: f64) -> Result<f64> {
        checked(x, x.exp2())
    }

    /// Return exp(x)-1.
    ///
    /// This function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x.
    pub fn expm1(x: f64) -> Result<f64> {
        checked(x, x.exp_m1())
    }

    /// Return the absolute value of the float x.
    pub fn fabs(x: f64) -> f64 {
        x.abs()
    }

    /// Find n!.
    pub fn factorial(th: &mut Thread, n: &Value) -> Result<Value> {
        whole::factorial(th, n)
    }

    /// Return the floor of x as an Integral.
    ///
    /// This is the largest integer <= x.
    pub fn floor(th: &mut Thread, x: &Value) -> Result<Value> {
        rounded(th, x, names::__floor__(), f64::floor)
    }

    /// Fused multiply-add operation.
    ///
    /// Compute (x * y) + z with a single round.
    pub fn fma(x: f64, y: f64, z: f64) -> Result<f64> {
        fused(x, y, z)
    }

    /// Return fmod(x, y), according to platform C.
    ///
    /// x % y may differ.
    pub fn fmod(x: f64, y: f64) -> Result<f64> {
        // A finite number stays itself modulo an infinity, on every platform.
        if y.is_infinite() && x.is_finite() { Ok(x) } else { checked_pair(x, y, x % y) }
    }

    /// Return the mantissa and exponent of x, as pair (m, e).
    ///
    /// If x is a finite nonzero number, then m is a float with
    /// 0.5 <= abs(m) < 1.0 and an integer e is such that
    /// x == m * 2**e exactly.  Else, return (x, 0).
    pub fn frexp(x: f64) -> (f64, i32) {
        mantissa_exponent(x)
    }

    /// Return an accurate floating-point sum of values in the iterable seq.
    ///
    /// Assumes IEEE-754 floating-point arithmetic.
    pub fn fsum(th: &mut Thread, seq: &Value) -> Result<f64> {
        sums::exact_sum(th, seq)
    }

    /// Gamma function at x.
    #[name("gamma")]
    pub fn gamma_function(x: f64) -> Result<f64> {
        gamma::gamma(x)
    }

    /// Greatest Common Divisor.
    #[sig("($module, /, *integers)")]
    pub fn gcd(th: &mut Thread, integers: &[Value]) -> Result<Value> {
        whole::gcd(th, integers)
    }

    /// Multidimensional Euclidean distance from the origin to a point.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum(x**2 for x in coordinates))
    ///
    /// For a two dimensional point (x, y), gives the hypotenuse
    /// using the Pythagorean theorem:  sqrt(x*x + y*y).
    ///
    /// For example, the hypotenuse of a 3/4/5 right triangle is:
    ///
    ///     >>> hypot(3.0, 4.0)
    ///     5.0
    ///
    #[sig("($module, /, *coordinates)")]
    pub fn hypot(th: &mut Thread, coordinates: &[Value]) -> Result<f64> {
        let mut doubles = Vec::with_capacity(coordinates.len());
        for coordinate in coordinates {
            doubles.push(types::float::as_f64(th, coordinate)?.abs());
        }
        Ok(sums::norm(&mut doubles))
    }

    /// Determine whether two floating-point numbers are close in value.
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
    /// For the values to be considered close, the difference between them
    /// must be smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That
    /// is, NaN is not close to anything, even itself.  inf and -inf are
    /// only close to themselves.
    #[sig("($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    pub fn isclose(a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> Result<bool> {
        close(a, b, rel_tol, abs_tol)
    }

    /// Return True if x is neither an infinity nor a NaN, and False otherwise.
    pub fn isfinite(x: f64) -> bool {
        x.is_finite()
    }

    /// Return True if x is a positive or negative infinity, and False otherwise.
    pub fn isinf(x: f64) -> bool {
        x.is_infinite()
    }

    /// Return True if x is a NaN (not a number), and False otherwise.
    pub fn isnan(x: f64) -> bool {
        x.is_nan()
    }

    /// Return the integer part of the square root of the input.
    pub fn isqrt(th: &mut Thread, n: &Value) -> Result<Value> {
        whole::integer_root(th, n)
    }

    /// Least Common Multiple.
    #[sig("($module, /, *integers)")]
    pub fn lcm(th: &mut Thread, integers: &[Value]) -> Result<Value> {
        whole::lcm(th, integers)
    }

    /// Return x * (2**i).
    ///
    /// This is essentially the inverse of frexp().
    pub fn ldexp(x: f64, i: &Value) -> Result<f64> {
        scaled(x, i)
    }

    /// Natural logarithm of absolute value of Gamma function at x.
    pub fn lgamma(x: f64) -> Result<f64> {
        gamma::log_gamma(x)
    }

    /// log(x, [base=math.e])
    /// Return the logarithm of x to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of x.
    #[sig("($module, x, base=<unrepresentable>, /)", hidden)]
    pub fn log(th: &mut Thread, x: &Value, base: Option<&Value>) -> Result<f64> {
        logs::with_base(th, x, base)
    }

    /// Return the base 10 logarithm of x.
    pub fn log10(th: &mut Thread, x: &Value) -> Result<f64> {
        logs::of(th, x, f64::log10)
    }

    /// Return the natural logarithm of 1+x (base e).
    ///
    /// The result is computed in a way which is accurate for x near zero.
    pub fn log1p(x: f64) -> Result<f64> {
        in_domain(x, x.ln_1p(), "expected argument value > -1, got ")
    }

    /// Return the base 2 logarithm of x.
    pub fn log2(th: &mut Thread, x: &Value) -> Result<f64> {
        logs::of(th, x, f64::log2)
    }

    /// Return the fractional and integer parts of x.
    ///
    /// Both results carry the sign of x and are floats.
    pub fn modf(x: f64) -> (f64, f64) {
        if x.is_infinite() { (0f64.copysign(x), x) } else { (x.fract().copysign(x), x.trunc()) }
    }

    /// Return the floating-point value the given number of steps after x towards y.
    ///
    /// If steps is not specified or is None, it defaults to 1.
    ///
    /// Raises a TypeError, if x or y is not a double, or if steps is not
    /// an integer.  Raises ValueError if steps is negative.
    #[sig("($module, x, y, /, *, steps=None)")]
    pub fn nextafter(th: &mut Thread, x: f64, y: f64, steps: Option<&Value>) -> Result<f64> {
        ulp::steps_towards(th, x, y, steps)
    }

    /// Number of ways to choose k items from n items without repetition and with order.
    ///
    /// Evaluates to n! / (n - k)! when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// If k is not specified or is None, then k defaults to n
    /// and the function returns n!.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[sig("($module, n, k=None, /)")]
    pub fn perm(th: &mut Thread, n: &Value, k: Option<&Value>) -> Result<Value> {
        whole::permutations(th, n, k)
    }

    /// Number of ways to choose k items from n items without repetition and without order.
    ///
    /// Evaluates to n! / (k! * (n - k)!) when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// Also called the binomial coefficient because it is equivalent
    /// to the coefficient of k-th term in polynomial expansion of the
    /// expression (1 + x)**n.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    pub fn comb(th: &mut Thread, n: &Value, k: &Value) -> Result<Value> {
        whole::combinations(th, n, k)
    }

    /// Return x**y (x to the power of y).
    pub fn pow(x: f64, y: f64) -> Result<f64> {
        real_power(x, y)
    }

    /// Calculate the product of all the elements in the input iterable.
    ///
    /// The default start value for the product is 1.
    ///
    /// When the iterable is empty, return the start value.  This function is
    /// intended specifically for use with numeric values and may reject
    /// non-numeric types.
    #[sig("($module, iterable, /, *, start=1)")]
    pub fn prod(th: &mut Thread, iterable: &Value, start: Option<&Value>) -> Result<Value> {
        sums::product(th, iterable, start)
    }

    /// Convert angle x from degrees to radians.
    pub fn radians(x: f64) -> f64 {
        x * (std::f64::consts::PI / 180.0)
    }

    /// Difference between x and the closest integer multiple of y.
    ///
    /// Return x - n*y where n*y is the closest integer multiple of y.
    /// In the case where x is exactly halfway between two multiples of
    /// y, the nearest even value of n is used. The result is always exact.
    pub fn remainder(x: f64, y: f64) -> Result<f64> {
        ieee_remainder(x, y)
    }

    /// Return the sine of x (measured in radians).
    pub fn sin(x: f64) -> Result<f64> {
        finite(x, x.sin())
    }

    /// Return the hyperbolic sine of x.
    pub fn sinh(x: f64) -> Result<f64> {
        checked(x, x.sinh())
    }

    /// Return the square root of x.
    pub fn sqrt(x: f64) -> Result<f64> {
        in_domain(x, x.sqrt(), "expected a nonnegative input, got ")
    }

    /// Return the sum of products of values from two iterables p and q.
    ///
    /// Roughly equivalent to:
    ///
    ///     sum(map(operator.mul, p, q, strict=True))
    ///
    /// For float and mixed int/float inputs, the intermediate products
    /// and sums are computed with extended precision.
    pub fn sumprod(th: &mut Thread, p: &Value, q: &Value) -> Result<Value> {
        sums::sum_of_products(th, p, q)
    }

    /// Return the tangent of x (measured in radians).
    pub fn tan(x: f64) -> Result<f64> {
        finite(x, x.tan())
    }

    /// Return the hyperbolic tangent of x.
    pub fn tanh(x: f64) -> f64 {
        x.tanh()
    }

    /// Truncates the Real x to the nearest Integral toward 0.
    ///
    /// Uses the __trunc__ magic method.
    pub fn trunc(th: &mut Thread, x: &Value) -> Result<Value> {
        if let Some(double) = types::float::to_f64_exact(x) {
            return types::float::to_int(th, double);
        }
        match call_special(th, x, names::__trunc__(), &[])? {
            Some(result) => Ok(result),
            None => {
                let class = class_of(x).name_lossy();
                Err(type_error(format!("type {class} doesn't define __trunc__ method")))
            }
        }
    }

    /// Return the value of the least significant bit of the float x.
    #[name("ulp")]
    pub fn unit_in_the_last_place(x: f64) -> f64 {
        ulp::ulp(x)
    }
}
