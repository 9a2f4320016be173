//! The operators of `complex`.
//!
//! A real operand stays real: `x + 2j` leaves the sign of a zero imaginary part alone, and an infinite part is not multiplied
//! with a zero that nobody wrote (C's Annex G).

use memory::Value;
use threads::Thread;

use super::{Parts, new, to_parts};
use crate::class::{BinaryOp, Comparison, Slots};
use crate::error::{Result, overflow_error, value_error, zero_division_error};
use crate::types::{float_methods, int_methods};

/// Slots.
pub(super) fn slots(slots: &Slots) {
    slots.repr.set(super::methods::repr);
    slots.hash.set(super::methods::hash);
    slots.compare.set(compare);
    slots.bool.set(|_, value| Ok(to_parts(value) != Some((0.0, 0.0))));
    slots.power.set(power);
    slots.negative.set(negative);
    slots.positive.set(positive);
    slots.absolute.set(absolute);
    slots.binary[BinaryOp::Add as usize].set(add);
    slots.binary[BinaryOp::Subtract as usize].set(subtract);
    slots.binary[BinaryOp::Multiply as usize].set(multiply);
    slots.binary[BinaryOp::TrueDivide as usize].set(divide);
}

/// An operand.
#[derive(Clone, Copy)]
enum Number {
    Real(f64),
    Complex(Parts),
}

impl Number {
    fn of(value: &Value) -> Result<Option<Self>> {
        if let Some(parts) = to_parts(value) {
            return Ok(Some(Self::Complex(parts)));
        }
        Ok(float_methods::operand(value)?.map(Self::Real))
    }

    fn parts(self) -> Parts {
        match self {
            Self::Real(real) => (real, 0.0),
            Self::Complex(parts) => parts,
        }
    }
}

fn operands(a: &Value, b: &Value) -> Result<Option<(Number, Number)>> {
    match Number::of(a)? {
        Some(a) => Ok(Number::of(b)?.map(|b| (a, b))),
        None => Ok(None),
    }
}

fn finish(thread: &mut Thread, parts: Option<Parts>) -> Result<Value> {
    match parts {
        Some((real, imag)) => new(thread, real, imag),
        None => Ok(Value::not_implemented()),
    }
}

fn add(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let sum = operands(a, b)?.map(|pair| match pair {
        (Number::Complex((a, i)), Number::Real(b)) | (Number::Real(b), Number::Complex((a, i))) => (a + b, i),
        (a, b) => (a.parts().0 + b.parts().0, a.parts().1 + b.parts().1),
    });
    finish(thread, sum)
}

fn subtract(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let difference = operands(a, b)?.map(|pair| match pair {
        (Number::Complex((a, i)), Number::Real(b)) => (a - b, i),
        (Number::Real(a), Number::Complex((b, i))) => (a - b, -i),
        (a, b) => (a.parts().0 - b.parts().0, a.parts().1 - b.parts().1),
    });
    finish(thread, difference)
}

fn multiply(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let product = operands(a, b)?.map(|pair| match pair {
        (Number::Complex((x, y)), Number::Real(b)) | (Number::Real(b), Number::Complex((x, y))) => {
            (x * b, y * b)
        }
        (a, b) => multiply_parts(a.parts(), b.parts()),
    });
    finish(thread, product)
}

fn divide(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let quotient = match operands(a, b)? {
        None => return Ok(Value::not_implemented()),
        Some((Number::Complex((x, y)), Number::Real(b))) => (b != 0.0).then(|| (x / b, y / b)),
        Some((Number::Real(a), Number::Complex(b))) => quotient_of_real(a, b),
        Some((a, b)) => quotient_of_parts(a.parts(), b.parts()),
    };
    match quotient {
        Some((real, imag)) => new(thread, real, imag),
        None => Err(zero_division_error("division by zero")),
    }
}

/// One for an infinite part and zero for a finite one, with its sign.
fn boxed(part: f64) -> f64 {
    (if part.is_infinite() { 1f64 } else { 0.0 }).copysign(part)
}

/// Zero with its sign for a nan.
fn unnan(part: f64) -> f64 {
    if part.is_nan() { 0f64.copysign(part) } else { part }
}

/// `a * b`, with infinities that the products have turned into nan recovered.
pub fn multiply_parts(a: Parts, b: Parts) -> Parts {
    let (ac, bd, ad, bc) = (a.0 * b.0, a.1 * b.1, a.0 * b.1, a.1 * b.0);
    let (real, imag) = (ac - bd, ad + bc);
    if !(real.is_nan() && imag.is_nan()) {
        return (real, imag);
    }
    let infinite = |parts: Parts| parts.0.is_infinite() || parts.1.is_infinite();
    let (mut x, mut y) = (a, b);
    let mut recover = false;
    if infinite(x) {
        x = (boxed(x.0), boxed(x.1));
        y = (unnan(y.0), unnan(y.1));
        recover = true;
    }
    if infinite(y) {
        y = (boxed(y.0), boxed(y.1));
        x = (unnan(x.0), unnan(x.1));
        recover = true;
    }
    if !recover && (infinite((ac, bd)) || infinite((ad, bc))) {
        x = (unnan(x.0), unnan(x.1));
        y = (unnan(y.0), unnan(y.1));
        recover = true;
    }
    if !recover {
        return (real, imag);
    }
    (f64::INFINITY * (x.0 * y.0 - x.1 * y.1), f64::INFINITY * (x.0 * y.1 + x.1 * y.0))
}

/// `a / b` by Smith's method, with infinities and zeros recovered; `None` if `b` is zero.
pub fn quotient_of_parts(a: Parts, b: Parts) -> Option<Parts> {
    let (mut real, mut imag) = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if real.is_nan() && imag.is_nan() {
        let finite = |parts: Parts| parts.0.is_finite() && parts.1.is_finite();
        let infinite = |parts: Parts| parts.0.is_infinite() || parts.1.is_infinite();
        if infinite(a) && finite(b) {
            let (x, y) = (boxed(a.0), boxed(a.1));
            real = f64::INFINITY * (x * b.0 + y * b.1);
            imag = f64::INFINITY * (y * b.0 - x * b.1);
        } else if infinite(b) && finite(a) {
            let (x, y) = (boxed(b.0), boxed(b.1));
            real = 0.0 * (a.0 * x + a.1 * y);
            imag = 0.0 * (a.1 * x - a.0 * y);
        }
    }
    Some((real, imag))
}

/// `a / b` of a real number.
fn quotient_of_real(a: f64, b: Parts) -> Option<Parts> {
    let (mut real, mut imag) = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        (a / denominator, (-a * ratio) / denominator)
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a * ratio) / denominator, -a / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if real.is_nan() && imag.is_nan() && a.is_finite() && (b.0.is_infinite() || b.1.is_infinite()) {
        let (x, y) = (boxed(b.0), boxed(b.1));
        real = 0.0 * (a * x);
        imag = 0.0 * (-a * y);
    }
    Some((real, imag))
}

fn power(thread: &mut Thread, a: &Value, b: &Value, modulus: &Value) -> Result<Value> {
    let Some((a, b)) = operands(a, b)? else { return Ok(Value::not_implemented()) };
    if !modulus.is_none() {
        return Err(value_error("complex modulo"));
    }
    power_of_parts(thread, a.parts(), b.parts())
}

/// The largest whole exponent for which multiplying is more exact than logarithms.
const MOST_MULTIPLIED: f64 = 100.0;

/// `a ** b` of complex numbers.
///
/// # Errors
/// ZeroDivisionError, OverflowError.
pub fn power_of_parts(thread: &mut Thread, a: Parts, b: Parts) -> Result<Value> {
    let zero_power = || zero_division_error("zero to a negative or complex power");
    let power = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= MOST_MULTIPLIED {
        let power = whole_power(a, b.0.abs() as u32);
        if b.0 > 0.0 { power } else { quotient_of_parts((1.0, 0.0), power).ok_or_else(zero_power)? }
    } else {
        general_power(a, b).ok_or_else(zero_power)?
    };
    if power.0.is_infinite() || power.1.is_infinite() {
        return Err(overflow_error("complex exponentiation"));
    }
    new(thread, power.0, power.1)
}

fn whole_power(base: Parts, exponent: u32) -> Parts {
    let (mut result, mut square, mut rest) = ((1.0, 0.0), base, exponent);
    while rest != 0 {
        if rest & 1 != 0 {
            result = multiply_parts(result, square);
        }
        square = multiply_parts(square, square);
        rest >>= 1;
    }
    result
}

fn general_power(a: Parts, b: Parts) -> Option<Parts> {
    if b == (0.0, 0.0) {
        return Some((1.0, 0.0));
    }
    if a == (0.0, 0.0) {
        return (b.1 == 0.0 && b.0 >= 0.0).then_some((0.0, 0.0));
    }
    let magnitude = a.0.hypot(a.1);
    let angle = a.1.atan2(a.0);
    let mut length = magnitude.powf(b.0);
    let mut phase = angle * b.0;
    if b.1 != 0.0 {
        length *= (-angle * b.1).exp();
        phase += b.1 * magnitude.ln();
    }
    Some((length * phase.cos(), length * phase.sin()))
}

fn negative(thread: &mut Thread, a: &Value) -> Result<Value> {
    finish(thread, to_parts(a).map(|(real, imag)| (-real, -imag)))
}

fn positive(thread: &mut Thread, a: &Value) -> Result<Value> {
    if crate::object::cast_exact::<super::Complex>(a).is_some() {
        return Ok(a.clone());
    }
    finish(thread, to_parts(a))
}

fn absolute(thread: &mut Thread, a: &Value) -> Result<Value> {
    let Some((real, imag)) = to_parts(a) else { return Ok(Value::not_implemented()) };
    let magnitude = real.hypot(imag);
    if magnitude.is_infinite() && real.is_finite() && imag.is_finite() {
        return Err(overflow_error("absolute value too large"));
    }
    crate::types::float::new(thread, magnitude)
}

fn compare(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if !matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::not_implemented());
    }
    let Some(parts) = to_parts(a) else { return Ok(Value::not_implemented()) };
    let equal = if let Some(other) = to_parts(b) {
        parts == other
    } else if let Some(real) = crate::types::float::to_f64(b) {
        parts == (real, 0.0)
    } else if let Some(integer) = int_methods::operand(b) {
        parts.1 == 0.0
            && float_methods::order_with_int(parts.0, integer).is_some_and(std::cmp::Ordering::is_eq)
    } else {
        return Ok(Value::not_implemented());
    };
    Ok(Value::from_bool(equal == (op == Comparison::Eq)))
}
