//! `binascii`: bytes as text in the ways of mail: hexadecimal digits, base64, uuencode, quoted-printable; checksums.

mod base64;
mod checksum;
mod quoted;
mod uu;

use runtime::class::ClassDef;
use runtime::error::{EXCEPTION, Raised, Result, VALUE_ERROR, raise};
use runtime::native;
use runtime::types::buffers::{AsciiOrBytes, BytesLike};
use runtime::types::byte_strings::transform::hexadecimal;
use runtime::types::{Bytes, Str, StrExt, exception, module};
use runtime::{Thread, Value};

/// `binascii.Error`
pub static ERROR: ClassDef = exception::declare("Error", "binascii", "", &VALUE_ERROR);
/// `binascii.Incomplete`
pub static INCOMPLETE: ClassDef = exception::declare("Incomplete", "binascii", "", &EXCEPTION);

#[cold]
fn error(message: impl Into<String>) -> Raised {
    raise(&ERROR, message.into())
}

/// The bytes that hexadecimal digits stand for.
fn from_hex(digits: &[u8]) -> Result<Vec<u8>> {
    if !digits.len().is_multiple_of(2) {
        return Err(error("Odd-length string"));
    }
    let digit = |b: u8| char::from(b).to_digit(16).map(|digit| digit as u8);
    digits
        .chunks_exact(2)
        .map(|pair| match (digit(pair[0]), digit(pair[1])) {
            (Some(high), Some(low)) => Ok(high << 4 | low),
            _ => Err(error("Non-hexadecimal digit found")),
        })
        .collect()
}

/// Hexadecimal digits as bytes, with separators as `bytes.hex` has them.
fn to_hex(thread: &mut Thread, data: &[u8], sep: Option<&Value>, bytes_per_sep: i32) -> Result<Value> {
    let digits = hexadecimal(thread, data, sep, bytes_per_sep)?;
    let ascii = runtime::object::cast::<Str>(&digits).and_then(|digits| digits.as_ascii());
    Bytes::new(thread, ascii.unwrap_or_default().as_bytes())
}

/// The functions of `binascii`.
#[native::module("binascii", doc = "Conversion between binary data and ASCII")]
pub mod functions {
    use super::*;

    #[init]
    pub fn exec(th: &mut Thread, this: &Value) -> Result<()> {
        module::set(th, this, "Error", ERROR.value())?;
        module::set(th, this, "Incomplete", INCOMPLETE.value())
    }

    /// Decode a line of uuencoded data.
    pub fn a2b_uu(data: AsciiOrBytes<'_>) -> Result<Vec<u8>> {
        uu::decode(&data.0)
    }

    /// Uuencode line of data.
    #[sig("($module, data, /, *, backtick=False)")]
    pub fn b2a_uu(data: BytesLike<'_>, backtick: bool) -> Result<Vec<u8>> {
        uu::encode(&data, backtick)
    }

    /// Decode a line of base64 data.
    ///
    ///   strict_mode
    ///     When set to True, bytes that are not in the base64 standard are not allowed.
    ///     The same applies to excess data after padding (= / ==).
    #[sig("($module, data, /, *, strict_mode=False)")]
    pub fn a2b_base64(data: AsciiOrBytes<'_>, strict_mode: bool) -> Result<Vec<u8>> {
        base64::decode(&data.0, strict_mode)
    }

    /// Base64-code line of data.
    #[sig("($module, data, /, *, newline=True)")]
    pub fn b2a_base64(data: BytesLike<'_>, newline: bool) -> Vec<u8> {
        base64::encode(&data, newline)
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "hexlify()".
    #[sig("($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    pub fn b2a_hex(
        th: &mut Thread,
        data: BytesLike<'_>,
        sep: Option<&Value>,
        bytes_per_sep: i32,
    ) -> Result<Value> {
        to_hex(th, &data, sep, bytes_per_sep)
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "b2a_hex()".
    #[sig("($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    pub fn hexlify(
        th: &mut Thread,
        data: BytesLike<'_>,
        sep: Option<&Value>,
        bytes_per_sep: i32,
    ) -> Result<Value> {
        to_hex(th, &data, sep, bytes_per_sep)
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    /// This function is also available as "unhexlify()".
    pub fn a2b_hex(hexstr: AsciiOrBytes<'_>) -> Result<Vec<u8>> {
        from_hex(&hexstr.0)
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    pub fn unhexlify(hexstr: AsciiOrBytes<'_>) -> Result<Vec<u8>> {
        from_hex(&hexstr.0)
    }

    /// Compute CRC-CCITT incrementally.
    pub fn crc_hqx(th: &mut Thread, data: BytesLike<'_>, crc: &Value) -> Result<u32> {
        let crc = wrapped(th, crc)?;
        Ok(checksum::crc_hqx(&data, crc))
    }

    /// Compute CRC-32 incrementally.
    #[sig("($module, data, crc=0, /)")]
    pub fn crc32(th: &mut Thread, data: BytesLike<'_>, crc: Option<&Value>) -> Result<u32> {
        let crc = crc.map_or(Ok(0), |crc| wrapped(th, crc))?;
        Ok(checksum::crc32(&data, crc))
    }

    /// Decode a string of qp-encoded data.
    #[sig("($module, /, data, header=False)")]
    pub fn a2b_qp(data: AsciiOrBytes<'_>, header: bool) -> Vec<u8> {
        quoted::decode(&data.0, header)
    }

    /// Encode a string using quoted-printable encoding.
    ///
    /// On encoding, when istext is set, newlines are not encoded, and white
    /// space at end of lines is.  When istext is not set, \r and \n (CR/LF)
    /// are both encoded.  When quotetabs is set, space and tabs are encoded.
    #[sig("($module, /, data, quotetabs=False, istext=True, header=False)")]
    pub fn b2a_qp(data: BytesLike<'_>, quotetabs: bool, istext: bool, header: bool) -> Vec<u8> {
        quoted::encode(&data, quotetabs, istext, header)
    }
}

/// The low 32 bits of an int.
fn wrapped(thread: &mut Thread, value: &Value) -> Result<u32> {
    let number = runtime::ops::index(thread, value)?;
    let bytes = runtime::types::int::to_bigint(&number).unwrap_or_default().to_signed_bytes_le();
    let fill = if bytes.last().is_some_and(|&top| top >= 0x80) { 0xff } else { 0 };
    let byte = |i: usize| bytes.get(i).copied().unwrap_or(fill);
    Ok(u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)]))
}
