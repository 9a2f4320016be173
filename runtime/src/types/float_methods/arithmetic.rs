//! The operators of `float`: IEEE 754 doubles, with Python's errors where C's would set `errno`.

use memory::Value;
use threads::Thread;

use crate::error::{OVERFLOW_ERROR, Raised, Result, zero_division_error};
use crate::types::{Str, Tuple, complex, float, int};

/// The double of a float or an int; `None` for anything else.
///
/// # Errors
/// OverflowError for an int beyond all doubles.
#[inline]
pub fn operand(value: &Value) -> Result<Option<f64>> {
    if let Some(double) = float::to_f64(value) {
        return Ok(Some(double));
    }
    if let Some(small) = value.as_int() {
        return Ok(Some(small as f64));
    }
    if int::is_int(value) { float::from_int(value).map(Some) } else { Ok(None) }
}

#[inline]
fn operands(a: &Value, b: &Value) -> Result<Option<(f64, f64)>> {
    match operand(a)? {
        Some(a) => Ok(operand(b)?.map(|b| (a, b))),
        None => Ok(None),
    }
}

#[cold]
fn division_by_zero() -> Raised {
    zero_division_error("division by zero")
}

macro_rules! simple {
    ($(#[$doc:meta] $name:ident $op:tt;)*) => {$(
        #[$doc]
        pub fn $name(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
            match operands(a, b)? {
                Some((a, b)) => float::new(thread, a $op b),
                None => Ok(Value::not_implemented()),
            }
        }
    )*};
}

simple! {
    /// `a + b`
    add +;
    /// `a - b`
    subtract -;
    /// `a * b`
    multiply *;
}

/// `a / b`
pub fn divide(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    match operands(a, b)? {
        Some((_, 0.0)) => Err(division_by_zero()),
        Some((a, b)) => float::new(thread, a / b),
        None => Ok(Value::not_implemented()),
    }
}

/// Floored quotient and the remainder, which has the sign of `b`. `b` is not zero.
pub fn divmod_of_doubles(a: f64, b: f64) -> (f64, f64) {
    let mut remainder = a % b;
    // Exact but for rounding: the remainder has been taken off.
    let mut quotient = (a - remainder) / b;
    if remainder == 0.0 {
        remainder = 0f64.copysign(b);
    } else if (b < 0.0) != (remainder < 0.0) {
        remainder += b;
        quotient -= 1.0;
    }
    let quotient = if quotient == 0.0 {
        0f64.copysign(a / b)
    } else {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    };
    (quotient, remainder)
}

/// `a // b`
pub fn floor_divide(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    match operands(a, b)? {
        Some((_, 0.0)) => Err(division_by_zero()),
        Some((a, b)) => float::new(thread, divmod_of_doubles(a, b).0),
        None => Ok(Value::not_implemented()),
    }
}

/// `a % b`
pub fn remainder(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    match operands(a, b)? {
        Some((_, 0.0)) => Err(division_by_zero()),
        Some((a, b)) => float::new(thread, divmod_of_doubles(a, b).1),
        None => Ok(Value::not_implemented()),
    }
}

/// `divmod(a, b)`
pub fn divmod(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    match operands(a, b)? {
        Some((_, 0.0)) => Err(division_by_zero()),
        Some((a, b)) => {
            let (quotient, remainder) = divmod_of_doubles(a, b);
            let items = vec![float::new(thread, quotient)?, float::new(thread, remainder)?];
            Tuple::new(thread, items)
        }
        None => Ok(Value::not_implemented()),
    }
}

/// `a ** b` and `pow(a, b, modulus)`
pub fn power(thread: &mut Thread, a: &Value, b: &Value, modulus: &Value) -> Result<Value> {
    if !modulus.is_none() {
        return Err(crate::error::type_error(
            "pow() 3rd argument not allowed unless all arguments are integers",
        ));
    }
    match operands(a, b)? {
        Some((a, b)) => power_of_doubles(thread, a, b),
        None => Ok(Value::not_implemented()),
    }
}

/// `a ** b` of two doubles: a float, or a complex number for a fractional power of a negative number.
///
/// # Errors
/// ZeroDivisionError, OverflowError.
pub fn power_of_doubles(thread: &mut Thread, a: f64, b: f64) -> Result<Value> {
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return Err(zero_division_error("zero to a negative power"));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b != b.floor() {
        return complex::power_of_parts(thread, (a, 0.0), (b, 0.0));
    }
    // The special cases are those of IEEE 754, which the machine's library follows.
    let power = a.powf(b);
    if power.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(out_of_range(thread));
    }
    float::new(thread, power)
}

/// What C's library calls ERANGE.
#[cold]
fn out_of_range(thread: &mut Thread) -> Raised {
    match errno_error(thread) {
        Ok(raised) | Err(raised) => raised,
    }
}

fn errno_error(thread: &mut Thread) -> Result<Raised> {
    let number = int::from_i64(thread, 34)?;
    let text = Str::new(thread, "Numerical result out of range")?;
    let exception = crate::call::call_positional(thread, &OVERFLOW_ERROR.value(), &[number, text])?;
    Ok(Raised::new(exception))
}

/// `-a`
pub fn negative(thread: &mut Thread, a: &Value) -> Result<Value> {
    match float::to_f64(a) {
        Some(a) => float::new(thread, -a),
        None => Ok(Value::not_implemented()),
    }
}

/// `+a`
pub fn positive(thread: &mut Thread, a: &Value) -> Result<Value> {
    match float::to_f64_exact(a) {
        Some(_) => Ok(a.clone()),
        None => match float::to_f64(a) {
            Some(a) => float::new(thread, a),
            None => Ok(Value::not_implemented()),
        },
    }
}

/// `abs(a)`
pub fn absolute(thread: &mut Thread, a: &Value) -> Result<Value> {
    match float::to_f64(a) {
        Some(a) => float::new(thread, a.abs()),
        None => Ok(Value::not_implemented()),
    }
}

/// `bool(a)`
pub fn is_nonzero(_: &mut Thread, a: &Value) -> Result<bool> {
    Ok(float::to_f64(a) != Some(0.0))
}
