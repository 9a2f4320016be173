//! Methods and attributes of `complex`, its hash and its text.

use memory::Value;
use threads::Thread;

use super::{Complex, Parts, new, to_parts};
use crate::class::{Payload, TypeExt, class_of};
use crate::error::{Result, type_error};
use crate::types::{Str, StrExt, hashing, int};

fn parts(value: &Value) -> Result<Parts> {
    to_parts(value).ok_or_else(|| type_error("a complex number is required"))
}

/// `repr(value)`
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let (real, imag) = parts(value)?;
    Str::from_latin1(thread, text::complex::repr(real, imag).as_bytes())
}

/// `hash(value)`
pub fn hash(_: &mut Thread, value: &Value) -> Result<i64> {
    let (real, imag) = parts(value)?;
    let of = |part: f64| if part.is_nan() { int::hash_of_address(value) } else { hashing::hash_f64(part) };
    let hash = of(real).wrapping_add(of(imag).wrapping_mul(1_000_003));
    Ok(if hash == -1 { -2 } else { hash })
}

pub use methods::{GETSETS, METHODS};

#[native::methods(Complex)]
mod methods {
    use super::*;
    use crate::native::Object;

    /// Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j.
    pub fn conjugate(th: &mut Thread, this: &Object<Complex>) -> Result<Value> {
        let (real, imag) = this.payload().parts;
        new(th, real, -imag)
    }

    /// Convert this value to exact type complex.
    pub fn __complex__(th: &mut Thread, this: &Object<Complex>) -> Result<Value> {
        let value = crate::object::to_value(this);
        if crate::object::cast_exact::<Complex>(&value).is_some() {
            return Ok(value);
        }
        let (real, imag) = this.payload().parts;
        new(th, real, imag)
    }

    /// Convert number to a complex floating-point number.
    #[class_method]
    #[sig("($type, number, /)")]
    pub fn from_number(th: &mut Thread, class: &Value, number: &Value) -> Result<Value> {
        let is_complex = class.is(&Complex::def().value());
        if is_complex && crate::object::cast_exact::<Complex>(number).is_some() {
            return Ok(number.clone());
        }
        let (real, imag) = crate::types::complex::as_complex(th, number)?;
        let number = new(th, real, imag)?;
        if is_complex { Ok(number) } else { crate::call::call_one(th, class, &number) }
    }

    /// Arguments for making an equal complex number again.
    pub fn __getnewargs__(this: &Object<Complex>) -> (f64, f64) {
        this.payload().parts
    }

    /// Convert to a string according to format_spec.
    pub fn __format__(th: &mut Thread, this: &Object<Complex>, format_spec: &Object<Str>) -> Result<Value> {
        let value = crate::object::to_value(this);
        if format_spec.is_empty() {
            return crate::ops::str(th, &value);
        }
        let class = class_of(&value).name_lossy();
        let context = text::format_spec::Context {
            locale: &text::format_spec::C_LOCALE,
            max_str_digits: crate::types::int_methods::text::max_str_digits(),
            type_name: &class,
        };
        let (real, imag) = this.payload().parts;
        let formatted = text::format_spec::format_complex(real, imag, &format_spec.view(), &context)?;
        Str::from_text(th, &formatted)
    }

    /// the real part of a complex number
    #[getter]
    pub fn real(this: &Object<Complex>) -> f64 {
        this.payload().parts.0
    }

    /// the imaginary part of a complex number
    #[getter]
    pub fn imag(this: &Object<Complex>) -> f64 {
        this.payload().parts.1
    }
}
