//! `format % arguments` of bytes.

use std::ops::Range;

use memory::Value;
use text::percent::{Conversion, Format, Piece};
use text::{Builder, Chars, Text, View};
use threads::Thread;

use super::{ByteString, receiver};
use crate::class::{BinaryOp, Slots, TypeExt, class_of};
use crate::error::{Result, TYPE_ERROR, overflow_error, type_error};
use crate::names;
use crate::object::cast;
use crate::types::buffers::{self, BytesLike};
use crate::types::str::format::ascii_of;
use crate::types::str::percent::{Arguments, check_field, number};
use crate::types::{Bytes, BytesExt, Str, StrExt, int};

/// Fills the slot of `%`.
pub fn fill<T: ByteString>(slots: &Slots) {
    slots.binary[BinaryOp::Remainder as usize].set(remainder::<T>);
}

fn remainder<T: ByteString>(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    if cast::<T>(a).is_none() {
        return Ok(Value::not_implemented());
    }
    let this = receiver::<T>(a)?;
    let format = T::with(thread, this, <[u8]>::to_vec);
    let made = T::held(thread, this, |thread| formatted(thread, &format, b))?;
    T::make(thread, made)
}

/// The key in a part of the format: bytes.
fn key(thread: &mut Thread, format: &Value, range: Range<usize>) -> Result<Value> {
    let bytes = cast::<Bytes>(format).map_or(&[][..], |bytes| &bytes.bytes()[range]);
    Bytes::new(thread, bytes)
}

fn formatted(thread: &mut Thread, format: &[u8], values: &Value) -> Result<Vec<u8>> {
    let whole = Bytes::new(thread, format)?;
    let mut pieces = Format::new(format, true);
    let mut arguments = Arguments::new(thread, whole, values, key);
    let mut out = Builder::with_capacity(format.len());
    while let Some(piece) = pieces.next(&mut arguments)? {
        match piece {
            Piece::Literal(range) => out.push_latin1(&format[range]),
            Piece::Conversion(conversion) => {
                let value = arguments.take()?;
                push(arguments.thread, &mut out, &conversion, &value)?;
            }
        }
    }
    arguments.finish("bytes")?;
    Ok(match out.finish() {
        Text::Latin1(bytes) => bytes,
        other => other.iter_chars().map(|c| c as u8).collect(),
    })
}

fn push(thread: &mut Thread, out: &mut Builder, conversion: &Conversion, value: &Value) -> Result<()> {
    check_field(conversion)?;
    match conversion.letter() {
        b's' | b'b' => {
            let bytes = bytes_for(thread, value)?;
            conversion.push(out, View::Latin1(&bytes))?;
        }
        b'r' | b'a' => {
            let shown = ascii_of(thread, value)?;
            let view = cast::<Str>(&shown).map_or(View::Latin1(b""), |shown| shown.view());
            conversion.push(out, view)?;
        }
        b'c' => {
            let byte = byte_for(thread, value)?;
            conversion.push(out, View::Latin1(&[byte]))?;
        }
        _ => match number(thread, conversion, value, true)? {
            Some(shown) => conversion.push(out, View::Latin1(shown.as_bytes()))?,
            None => return Err(conversion.unsupported(true).into()),
        },
    }
    Ok(())
}

/// What `%b` makes of a value.
fn bytes_for(thread: &mut Thread, value: &Value) -> Result<Vec<u8>> {
    if let Some(bytes) = buffers::exact_bytes(thread, value)? {
        return Ok(bytes.into_vec());
    }
    if let Some(result) = crate::class::lookup::call_special(thread, value, names::__bytes__(), &[])? {
        return match cast::<Bytes>(&result) {
            Some(bytes) => Ok(bytes.bytes().to_vec()),
            None => {
                let class = class_of(&result).name_lossy();
                Err(type_error(format!("__bytes__ returned non-bytes (type {class})")))
            }
        };
    }
    if buffers::is_buffer(value) {
        return buffers::any_bytes_of(thread, value).map(BytesLike::into_vec);
    }
    let class = class_of(value).name_lossy();
    Err(type_error(format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{class}'"
    )))
}

/// The byte for `%c`.
fn byte_for(thread: &mut Thread, value: &Value) -> Result<u8> {
    const WANTED: &str = "%c requires an integer in range(256) or a single byte, not";
    if let Some(bytes) = buffers::exact_bytes(thread, value)? {
        return match bytes[..] {
            [byte] => Ok(byte),
            _ => {
                let kind = if cast::<Bytes>(value).is_some() { "bytes" } else { "bytearray" };
                Err(type_error(format!("{WANTED} a {kind} object of length {}", bytes.len())))
            }
        };
    }
    let number = match crate::ops::index(thread, value) {
        Err(raised) if raised.is(&TYPE_ERROR) => {
            return Err(type_error(format!("{WANTED} {}", class_of(value).full_name(thread))));
        }
        number => number?,
    };
    let byte = int::to_i64(&number).and_then(|number| u8::try_from(number).ok());
    byte.ok_or_else(|| overflow_error("%c arg not in range(256)"))
}
