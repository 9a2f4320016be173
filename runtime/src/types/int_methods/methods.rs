//! Methods and attributes of `int`.

use num_bigint::BigInt;

use super::operand::{IntRef, bit_length, exact, operand, to_bigint};
use crate::error::{Result, overflow_error, type_error, value_error};
use crate::object::{cast, cast_exact};
use crate::types::{Bytes, BytesExt, Int, Str, StrExt, int};

/// The receiver of a method: an int, a bool or an instance of a subclass.
pub struct This<'a>(&'a memory::Value);

impl<'a> crate::native::FromArg<'a> for This<'a> {
    fn from_arg(
        thread: &mut threads::Thread,
        def: &crate::native::NativeDef,
        _: &'static str,
        value: &'a memory::Value,
    ) -> Result<Self> {
        if int::is_int(value) {
            Ok(Self(value))
        } else {
            Err(crate::native::wrong_receiver(thread, def, value))
        }
    }
}

fn number(value: &memory::Value) -> Result<IntRef<'_>> {
    operand(value).ok_or_else(|| type_error("an integer is required"))
}

/// Whether `byteorder` says that the first byte is the lowest.
fn is_little(byteorder: Option<&memory::Object<Str>>) -> Result<bool> {
    match byteorder.and_then(|order| order.as_ascii()) {
        Some("little") => Ok(true),
        Some("big") => Ok(false),
        None if byteorder.is_none() => Ok(false),
        _ => Err(value_error("byteorder must be either 'little' or 'big'")),
    }
}

/// The two's complement of `value` in `length` bytes, lowest first.
fn bytes_of(value: IntRef<'_>, length: usize, signed: bool) -> Result<Vec<u8>> {
    if value.is_negative() && !signed {
        return Err(overflow_error("can't convert negative int to unsigned"));
    }
    let too_big = || overflow_error("int too big to convert");
    if let IntRef::Small(small) = value {
        let bits = 8 * length.min(8) as u32;
        let fits = match (signed, bits) {
            (_, 64) => true,
            (_, 0) => small == 0,
            (true, _) => (-(1i64 << (bits - 1))..1i64 << (bits - 1)).contains(&small),
            (false, _) => small < 1i64 << bits,
        };
        if !fits {
            return Err(too_big());
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length).map_err(|_| crate::error::memory_error())?;
        bytes.extend_from_slice(&small.to_le_bytes()[..length.min(8)]);
        bytes.resize(length, if small < 0 { 0xff } else { 0 });
        return Ok(bytes);
    }
    let big = to_bigint(value);
    let mut bytes =
        if value.is_negative() || signed { big.to_signed_bytes_le() } else { big.magnitude().to_bytes_le() };
    let fill = if value.is_negative() { 0xff } else { 0 };
    if bytes.len() > length {
        return Err(too_big());
    }
    bytes.try_reserve_exact(length - bytes.len()).map_err(|_| crate::error::memory_error())?;
    bytes.resize(length, fill);
    Ok(bytes)
}

/// The number that at most eight bytes are.
fn of_few(bytes: &[u8], little: bool, signed: bool) -> i128 {
    let step = |number: u64, &byte: &u8| number << 8 | u64::from(byte);
    let number = if little { bytes.iter().rev().fold(0, step) } else { bytes.iter().fold(0, step) };
    let shift = 64 - 8 * bytes.len() as u32;
    if signed && shift < 64 { i128::from((number << shift) as i64 >> shift) } else { number.into() }
}

/// The bytes that `int.from_bytes` reads.
fn source(thread: &mut threads::Thread, value: &memory::Value) -> Result<Vec<u8>> {
    if let Some(method) = crate::class::lookup_special(thread, value, crate::names::__bytes__())? {
        let result = crate::call::call(thread, &method, crate::native::Args::none())?;
        return match cast::<Bytes>(&result) {
            Some(bytes) => Ok(bytes.bytes().to_vec()),
            None => Err(type_error(format!(
                "__bytes__ returned non-bytes (type {})",
                crate::class::TypeExt::name_lossy(crate::class::class_of(&result))
            ))),
        };
    }
    if let Some(bytes) = super::parse_bytes_like(thread, value)? {
        return Ok(bytes);
    }
    let iterable = crate::class::slots_of(value).iter.get().is_some()
        || crate::types::sequence_iterator::is_sequence(value);
    if cast::<Str>(value).is_some() || !iterable {
        return Err(type_error(format!(
            "cannot convert '{}' object to bytes",
            crate::class::TypeExt::name_lossy(crate::class::class_of(value))
        )));
    }
    let mut bytes = Vec::new();
    crate::ops::for_each(thread, value, |thread, item| {
        let byte = crate::ops::index_i128(thread, &item)?;
        bytes.push(u8::try_from(byte).map_err(|_| value_error("bytes must be in range(0, 256)"))?);
        Ok(())
    })?;
    Ok(bytes)
}

pub use methods::{GETSETS, METHODS};

#[native::methods(Int)]
#[allow(missing_docs, reason = "see the functions' own")]
mod methods {
    use super::*;
    use crate::native::{Object, Thread, Value};

    /// Returns self, the complex conjugate of any int.
    pub fn conjugate(th: &mut Thread, this: This<'_>) -> Result<Value> {
        exact(th, this.0)
    }

    /// Number of bits necessary to represent self in binary.
    ///
    /// >>> bin(37)
    /// '0b100101'
    /// >>> (37).bit_length()
    /// 6
    pub fn bit_length(this: This<'_>) -> Result<u64> {
        Ok(super::bit_length(number(this.0)?))
    }

    /// Number of ones in the binary representation of the absolute value of self.
    ///
    /// Also known as the population count.
    ///
    /// >>> bin(13)
    /// '0b1101'
    /// >>> (13).bit_count()
    /// 3
    pub fn bit_count(this: This<'_>) -> Result<u64> {
        Ok(match number(this.0)? {
            IntRef::Small(small) => small.unsigned_abs().count_ones().into(),
            IntRef::Big(big) => big.magnitude().count_ones(),
        })
    }

    /// Return an array of bytes representing an integer.
    ///
    ///   length
    ///     Length of bytes object to use.  An OverflowError is raised if
    ///     the integer is not representable with the given number of bytes.
    ///     Default is length 1.
    ///   byteorder
    ///     'big' if the most significant byte comes first, 'little' if it
    ///     comes last; sys.byteorder is the order of the machine.
    ///     Default is to use 'big'.
    ///   signed
    ///     Determines whether two's complement is used to represent the
    ///     integer.  If signed is False and a negative integer is given,
    ///     an OverflowError is raised.
    #[sig("($self, /, length=1, byteorder='big', *, signed=False)")]
    pub fn to_bytes(
        this: This<'_>,
        length: isize,
        byteorder: Option<&Object<Str>>,
        signed: bool,
    ) -> Result<Vec<u8>> {
        let little = is_little(byteorder)?;
        let length =
            usize::try_from(length).map_err(|_| value_error("length argument must be non-negative"))?;
        let mut bytes = bytes_of(number(this.0)?, length, signed)?;
        if !little {
            bytes.reverse();
        }
        Ok(bytes)
    }

    /// Return the integer represented by the given array of bytes.
    ///
    ///   bytes
    ///     Holds the array of bytes to convert: an object that supports the
    ///     buffer protocol, or an iterable of bytes.
    ///   byteorder
    ///     'big' if the most significant byte comes first, 'little' if it
    ///     comes last; sys.byteorder is the order of the machine.
    ///     Default is to use 'big'.
    ///   signed
    ///     Indicates whether two's complement is used to represent the
    ///     integer.
    #[class_method]
    #[sig("($type, /, bytes, byteorder='big', *, signed=False)")]
    pub fn from_bytes(
        th: &mut Thread,
        class: &Value,
        bytes: &Value,
        byteorder: Option<&Object<Str>>,
        signed: bool,
    ) -> Result<Value> {
        let little = is_little(byteorder)?;
        if let Some(few) = cast_exact::<Bytes>(bytes).map(BytesExt::bytes).filter(|bytes| bytes.len() <= 8)
            && class.is(&<Int as crate::class::Payload>::def().value())
        {
            return int::from_i128(th, of_few(few, little, signed));
        }
        let mut bytes = source(th, bytes)?;
        if !little {
            bytes.reverse();
        }
        let number = if signed {
            BigInt::from_signed_bytes_le(&bytes)
        } else {
            BigInt::from_bytes_le(num_bigint::Sign::Plus, &bytes)
        };
        let number = int::from_bigint(th, number)?;
        if class.is(&<Int as crate::class::Payload>::def().value()) {
            return Ok(number);
        }
        crate::call::call_one(th, class, &number)
    }

    /// Return a pair of integers, whose ratio is equal to the original int.
    ///
    /// The ratio is in lowest terms and has a positive denominator.
    ///
    /// >>> (10).as_integer_ratio()
    /// (10, 1)
    /// >>> (-10).as_integer_ratio()
    /// (-10, 1)
    /// >>> (0).as_integer_ratio()
    /// (0, 1)
    pub fn as_integer_ratio(th: &mut Thread, this: This<'_>) -> Result<(Value, i64)> {
        Ok((exact(th, this.0)?, 1))
    }

    /// Returns True. Exists for duck type compatibility with float.is_integer.
    pub fn is_integer(_this: This<'_>) -> bool {
        true
    }

    /// Truncating an Integral returns itself.
    pub fn __trunc__(th: &mut Thread, this: This<'_>) -> Result<Value> {
        exact(th, this.0)
    }

    /// Flooring an Integral returns itself.
    pub fn __floor__(th: &mut Thread, this: This<'_>) -> Result<Value> {
        exact(th, this.0)
    }

    /// Ceiling of an Integral returns itself.
    pub fn __ceil__(th: &mut Thread, this: This<'_>) -> Result<Value> {
        exact(th, this.0)
    }

    /// Rounding an Integral returns itself.
    ///
    /// Rounding with an ndigits argument also returns an integer.
    #[sig("($self, ndigits=None, /)")]
    pub fn __round__(th: &mut Thread, this: This<'_>, ndigits: Option<&Value>) -> Result<Value> {
        crate::types::int_methods::rounding::round(th, this.0, ndigits)
    }

    /// Arguments for making an equal int again.
    pub fn __getnewargs__(th: &mut Thread, this: This<'_>) -> Result<Value> {
        let number = exact(th, this.0)?;
        crate::types::Tuple::of_array(th, [number])
    }

    /// Convert to a string according to format_spec.
    pub fn __format__(th: &mut Thread, this: This<'_>, format_spec: &Object<Str>) -> Result<Value> {
        crate::types::int_methods::text::format(th, this.0, format_spec)
    }

    /// Returns size in memory, in bytes.
    pub fn __sizeof__(this: This<'_>) -> Result<u64> {
        // As CPython counts: digits of 30 bits behind a header of 24 bytes, at least one.
        Ok(24 + 4 * super::bit_length(number(this.0)?).div_ceil(30).max(1))
    }

    /// the real part of a complex number
    #[getter]
    pub fn real(th: &mut Thread, this: &Value) -> Result<Value> {
        exact(th, this)
    }

    /// the imaginary part of a complex number
    #[getter]
    pub fn imag(_this: &Value) -> i64 {
        0
    }

    /// the numerator of a rational number in lowest terms
    #[getter]
    pub fn numerator(th: &mut Thread, this: &Value) -> Result<Value> {
        exact(th, this)
    }

    /// the denominator of a rational number in lowest terms
    #[getter]
    pub fn denominator(_this: &Value) -> i64 {
        1
    }
}
