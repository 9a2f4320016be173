//! Functions of numbers and characters.

use memory::Value;
use num_bigint::BigInt;
use threads::Thread;

use crate::class::lookup::call_special;
use crate::class::{TypeExt, class_of};
use crate::error::{Result, type_error, value_error};
use crate::iterate::Iteration;
use crate::object::{cast, cast_exact};
use crate::types::{Bytes, BytesExt, Complex, Str, StrExt, complex, float, int};
use crate::{names, ops};

/// A number in base 2, 8 or 16, with its prefix.
fn in_base(thread: &mut Thread, number: &Value, base: u32, prefix: &str) -> Result<Value> {
    let number = ops::index(thread, number)?;
    let text = match int::to_i64(&number) {
        Some(small) => {
            let digits = text::int::to_string_radix(&BigInt::from(small.unsigned_abs()), base);
            format!("{}{prefix}{digits}", if small < 0 { "-" } else { "" })
        }
        None => {
            let wide = int::to_bigint(&number).unwrap_or_default();
            let digits = text::int::to_string_radix(&BigInt::from(wide.magnitude().clone()), base);
            format!("{}{prefix}{digits}", if int::is_negative(&number) { "-" } else { "" })
        }
    };
    Str::new(thread, &text)
}

/// A sum of floats that also sums what rounding loses (Neumaier 1974).
#[derive(Clone, Copy)]
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    fn new(start: f64) -> Self {
        Self { high: start, low: 0.0 }
    }

    fn add(&mut self, x: f64) {
        let total = self.high + x;
        if self.high.abs() >= x.abs() {
            self.low += (self.high - total) + x;
        } else {
            self.low += (x - total) + self.high;
        }
        self.high = total;
    }

    fn total(self) -> f64 {
        // Where the sum is infinite the lost part is NaN.
        if self.low != 0.0 && self.low.is_finite() { self.high + self.low } else { self.high }
    }
}

/// A float, but no subclass's instance.
fn exact_float(value: &Value) -> Option<f64> {
    float::to_f64_exact(value)
}

fn sum_from(thread: &mut Thread, iterable: &Value, start: &Value) -> Result<Value> {
    let mut items = Iteration::over(thread, iterable)?;
    let mut result = start.clone();
    let mut pending = None;
    // Small ints without making values of them.
    if int::is_exact(&result)
        && let Some(mut total) = int::to_i64(&result)
    {
        loop {
            let Some(item) = items.next(thread)? else { return int::from_i64(thread, total) };
            let small =
                if int::is_exact(&item) || int::as_bool(&item).is_some() { int::to_i64(&item) } else { None };
            match small.and_then(|small| total.checked_add(small)) {
                Some(next) => total = next,
                None => {
                    result = int::from_i64(thread, total)?;
                    pending = Some(item);
                    break;
                }
            }
            ops::memory_poll(thread)?;
        }
    }
    if let Some(item) = pending.take() {
        result = ops::binary(thread, &result, &item, crate::class::BinaryOp::Add)?;
    }
    if let Some(first) = exact_float(&result) {
        let mut total = Compensated::new(first);
        loop {
            let Some(item) = items.next(thread)? else { return float::new(thread, total.total()) };
            if let Some(item) = exact_float(&item) {
                total.add(item);
            } else if int::is_int(&item) {
                total.add(float::from_int(&item)?);
            } else {
                result = float::new(thread, total.total())?;
                result = ops::binary(thread, &result, &item, crate::class::BinaryOp::Add)?;
                break;
            }
            ops::memory_poll(thread)?;
        }
    }
    if let Some((real, imaginary)) = exact_complex(&result) {
        let (mut real, mut imaginary) = (Compensated::new(real), Compensated::new(imaginary));
        loop {
            let Some(item) = items.next(thread)? else {
                return complex::new(thread, real.total(), imaginary.total());
            };
            if let Some((more_real, more_imaginary)) = exact_complex(&item) {
                real.add(more_real);
                imaginary.add(more_imaginary);
            } else if int::is_int(&item) {
                real.add(float::from_int(&item)?);
            } else if let Some(item) = float::to_f64(&item) {
                real.add(item);
            } else {
                result = complex::new(thread, real.total(), imaginary.total())?;
                result = ops::binary(thread, &result, &item, crate::class::BinaryOp::Add)?;
                break;
            }
            ops::memory_poll(thread)?;
        }
    }
    while let Some(item) = items.next(thread)? {
        result = ops::binary(thread, &result, &item, crate::class::BinaryOp::Add)?;
        ops::memory_poll(thread)?;
    }
    Ok(result)
}

/// The parts of a complex number, but of no subclass's instance.
fn exact_complex(value: &Value) -> Option<(f64, f64)> {
    cast_exact::<Complex>(value).and_then(|_| complex::to_parts(value))
}

#[native::module("builtins", doc = "Functions of numbers.")]
pub mod functions {
    use super::*;

    /// Return the absolute value of the argument.
    pub fn abs(th: &mut Thread, number: &Value) -> Result<Value> {
        ops::absolute(th, number)
    }

    /// Return the binary representation of an integer.
    ///
    ///    >>> bin(2796202)
    ///    '0b1010101010101010101010'
    pub fn bin(th: &mut Thread, number: &Value) -> Result<Value> {
        in_base(th, number, 2, "0b")
    }

    /// Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff.
    pub fn chr(th: &mut Thread, i: &Value) -> Result<Value> {
        let code = ops::index_i128(th, i)?;
        match u32::try_from(code) {
            Ok(code) if code <= 0x10_ffff => Str::from_char(th, code),
            _ => Err(value_error("chr() arg not in range(0x110000)")),
        }
    }

    /// Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.
    pub fn divmod(th: &mut Thread, x: &Value, y: &Value) -> Result<Value> {
        ops::divmod(th, x, y)
    }

    /// Return the hexadecimal representation of an integer.
    ///
    ///    >>> hex(12648430)
    ///    '0xc0ffee'
    pub fn hex(th: &mut Thread, number: &Value) -> Result<Value> {
        in_base(th, number, 16, "0x")
    }

    /// Return the octal representation of an integer.
    ///
    ///    >>> oct(342391)
    ///    '0o1234567'
    pub fn oct(th: &mut Thread, number: &Value) -> Result<Value> {
        in_base(th, number, 8, "0o")
    }

    /// Return the ordinal value of a character.
    ///
    /// If the argument is a one-byte string, return the value of that
    /// byte.
    pub fn ord(th: &mut Thread, character: &Value) -> Result<i64> {
        let len = if let Some(text) = cast::<Str>(character) {
            if let (1, Some(code)) = (text.len(), text.char_at(0)) {
                return Ok(code.into());
            }
            text.len()
        } else if let Some(bytes) = cast::<Bytes>(character) {
            if let &[byte] = bytes.bytes() {
                return Ok(byte.into());
            }
            bytes.bytes().len()
        } else if class_of(character).payload().native.name == "bytearray" {
            let len = ops::len(th, character)?;
            if len == 1 {
                let zero = int::from_i64(th, 0)?;
                let byte = ops::getitem(th, character, &zero)?;
                return Ok(int::to_i64(&byte).unwrap_or(0));
            }
            len
        } else {
            return Err(type_error(format!(
                "ord() expected string of length 1, but {} found",
                class_of(character).name_lossy()
            )));
        };
        Err(type_error(format!("ord() expected a character, but string of length {len} found")))
    }

    /// Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.
    ///
    /// Some types, such as ints, are able to use a more efficient algorithm when
    /// invoked using the three argument form.
    #[sig("(base, exp, mod=None)")]
    pub fn pow(th: &mut Thread, base: &Value, exp: &Value, r#mod: Option<&Value>) -> Result<Value> {
        match r#mod {
            Some(modulus) => ops::power(th, base, exp, modulus),
            None => ops::power(th, base, exp, &Value::none()),
        }
    }

    /// Round a number to a given precision in decimal digits.
    ///
    /// The return value is an integer if ndigits is omitted or None.  Otherwise
    /// the return value has the same type as the number.  ndigits may be negative.
    #[sig("(number, ndigits=None)")]
    pub fn round(th: &mut Thread, number: &Value, ndigits: Option<&Value>) -> Result<Value> {
        let rounded = match ndigits {
            Some(ndigits) => call_special(th, number, names::__round__(), &[ndigits])?,
            None => call_special(th, number, names::__round__(), &[])?,
        };
        rounded.ok_or_else(|| {
            type_error(format!("type {} doesn't define __round__ method", class_of(number).name_lossy()))
        })
    }

    /// Return the sum of a 'start' value (default: 0) plus an iterable of numbers.
    ///
    /// When the iterable is empty, return the start value.
    /// This function is intended specifically for use with numeric values and may
    /// reject non-numeric types.
    #[sig("(iterable, /, start=0)")]
    pub fn sum(th: &mut Thread, iterable: &Value, start: Option<&Value>) -> Result<Value> {
        let zero = int::from_i64(th, 0)?;
        let start = start.unwrap_or(&zero);
        if cast::<Str>(start).is_some() {
            return Err(type_error("sum() can't sum strings [use ''.join(seq) instead]"));
        }
        if cast::<Bytes>(start).is_some() {
            return Err(type_error("sum() can't sum bytes [use b''.join(seq) instead]"));
        }
        if class_of(start).payload().native.name == "bytearray" {
            return Err(type_error("sum() can't sum bytearray [use b''.join(seq) instead]"));
        }
        sum_from(th, iterable, start)
    }
}
