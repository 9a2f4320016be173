//! Methods and attributes of `float`, its hash and its text.

use memory::Value;
use threads::Thread;

use crate::error::{Result, type_error, value_error};
use crate::object::cast;
use crate::types::{Float, Str, StrExt, float, int};

/// The receiver of a method: the double of a float or of an instance of a subclass.
pub struct This(f64);

impl<'a> crate::native::FromArg<'a> for This {
    fn from_arg(
        thread: &mut Thread,
        def: &crate::native::NativeDef,
        _: &'static str,
        value: &'a Value,
    ) -> Result<Self> {
        float::to_f64(value).map(Self).ok_or_else(|| crate::native::wrong_receiver(thread, def, value))
    }
}

fn double(value: &Value) -> Result<f64> {
    float::to_f64(value).ok_or_else(|| type_error("a float is required"))
}

/// `repr(value)`
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let text = text::float::repr(double(value)?);
    Str::from_latin1(thread, text.as_bytes())
}

/// `hash(value)`
pub fn hash(_: &mut Thread, value: &Value) -> Result<i64> {
    Ok(float::hash(value, double(value)?))
}

/// `int(value)`
pub fn truncate(thread: &mut Thread, value: &Value) -> Result<Value> {
    float::to_int(thread, double(value)?)
}

fn format(thread: &mut Thread, value: &Value, spec: &memory::Object<Str>) -> Result<Value> {
    if spec.is_empty() {
        return crate::ops::str(thread, value);
    }
    let class = crate::class::TypeExt::name_lossy(crate::class::class_of(value));
    let context = text::format_spec::Context {
        locale: &text::format_spec::C_LOCALE,
        max_str_digits: crate::types::int_methods::text::max_str_digits(),
        type_name: &class,
    };
    let formatted = text::format_spec::format_float(double(value)?, &spec.view(), &context)?;
    Str::from_text(thread, &formatted)
}

/// `number` as an instance of `class`, which is float or a subclass.
fn of_class(thread: &mut Thread, class: &Value, number: Value) -> Result<Value> {
    if class.is(&<Float as crate::class::Payload>::def().value()) {
        return Ok(number);
    }
    crate::call::call_one(thread, class, &number)
}

pub use methods::{GETSETS, METHODS};

#[native::methods(Float)]
mod methods {
    use super::*;
    use crate::native::Object;

    /// Return self, the complex conjugate of any float.
    pub fn conjugate(this: This) -> f64 {
        this.0
    }

    /// Return True if the float is an integer.
    pub fn is_integer(this: This) -> bool {
        this.0.is_finite() && this.0 == this.0.floor()
    }

    /// Return a pair of integers, whose ratio is exactly equal to the original float.
    ///
    /// The ratio is in lowest terms and has a positive denominator.  Raise
    /// OverflowError on infinities and a ValueError on NaNs.
    ///
    /// >>> (10.0).as_integer_ratio()
    /// (10, 1)
    /// >>> (0.0).as_integer_ratio()
    /// (0, 1)
    /// >>> (-.25).as_integer_ratio()
    /// (-1, 4)
    pub fn as_integer_ratio(th: &mut Thread, this: This) -> Result<(Value, Value)> {
        let (numerator, denominator) = text::float::integer_ratio(this.0)?;
        Ok((int::from_bigint(th, numerator)?, int::from_bigint(th, denominator)?))
    }

    /// Return a hexadecimal representation of a floating-point number.
    ///
    /// >>> (-0.1).hex()
    /// '-0x1.999999999999ap-4'
    /// >>> 3.14159.hex()
    /// '0x1.921f9f01b866ep+1'
    pub fn hex(this: This) -> String {
        text::float::to_hex(this.0)
    }

    /// Create a floating-point number from a hexadecimal string.
    ///
    /// >>> float.fromhex('0x1.ffffp10')
    /// 2047.984375
    /// >>> float.fromhex('-0x1p-1074')
    /// -5e-324
    #[class_method]
    #[sig("($type, string, /)")]
    pub fn fromhex(th: &mut Thread, class: &Value, string: &Value) -> Result<Value> {
        let Some(string) = cast::<Str>(string) else {
            return Err(type_error("bad argument type for built-in operation"));
        };
        let double = text::float::from_hex(&string.view())?;
        let number = float::new(th, double)?;
        of_class(th, class, number)
    }

    /// Convert real number to a floating-point number.
    #[class_method]
    #[sig("($type, number, /)")]
    pub fn from_number(th: &mut Thread, class: &Value, number: &Value) -> Result<Value> {
        let own = <Float as crate::class::Payload>::def();
        if std::ptr::eq(crate::class::class_of(number), own.object()) && class.is(&own.value()) {
            return Ok(number.clone());
        }
        let number = float::as_f64(th, number)?;
        let number = float::new(th, number)?;
        of_class(th, class, number)
    }

    /// You probably don't want to use this function.
    ///
    ///   typestr
    ///     Must be 'double' or 'float'.
    ///
    /// It exists mainly to be used in Python's test suite.
    ///
    /// This function returns whichever of 'unknown', 'IEEE, big-endian' or
    /// 'IEEE, little-endian' best describes the format of floating-point
    /// numbers used by the C type named by typestr.
    #[class_method]
    #[sig("($type, typestr, /)")]
    pub fn __getformat__(_class: &Value, typestr: &Object<Str>) -> Result<&'static str> {
        match typestr.as_ascii() {
            Some("double" | "float") if cfg!(target_endian = "little") => Ok("IEEE, little-endian"),
            Some("double" | "float") => Ok("IEEE, big-endian"),
            _ => Err(value_error("__getformat__() argument 1 must be 'double' or 'float'")),
        }
    }

    /// Return the Integral closest to x between 0 and x.
    pub fn __trunc__(th: &mut Thread, this: This) -> Result<Value> {
        float::to_int(th, this.0)
    }

    /// Return the floor as an Integral.
    pub fn __floor__(th: &mut Thread, this: This) -> Result<Value> {
        float::to_int(th, this.0.floor())
    }

    /// Return the ceiling as an Integral.
    pub fn __ceil__(th: &mut Thread, this: This) -> Result<Value> {
        float::to_int(th, this.0.ceil())
    }

    /// Return the Integral closest to x, rounding half toward even.
    ///
    /// When an argument is passed, work like built-in round(x, ndigits).
    #[sig("($self, ndigits=None, /)")]
    pub fn __round__(th: &mut Thread, this: This, ndigits: Option<&Value>) -> Result<Value> {
        let Some(ndigits) = ndigits else { return float::to_int(th, text::float::round_half_even(this.0)) };
        let places = crate::ops::index_clipped(th, ndigits)?;
        let rounded = text::float::round(this.0, places as i64)?;
        float::new(th, rounded)
    }

    /// Arguments for making an equal float again.
    pub fn __getnewargs__(th: &mut Thread, this: This) -> Result<Value> {
        let number = float::new(th, this.0)?;
        crate::types::Tuple::of_array(th, [number])
    }

    /// Formats the float according to format_spec.
    pub fn __format__(th: &mut Thread, this: &Value, format_spec: &Object<Str>) -> Result<Value> {
        super::format(th, this, format_spec)
    }

    /// the real part of a complex number
    #[getter]
    pub fn real(this: &Value) -> Result<f64> {
        double(this)
    }

    /// the imaginary part of a complex number
    #[getter]
    pub fn imag(_this: &Value) -> f64 {
        0.0
    }
}
