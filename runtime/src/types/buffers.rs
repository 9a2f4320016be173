//! Borrowing the bytes of any object that lends them.

use std::ops::Deref;

use memory::{Object, Value};
use threads::{Context, Thread};

use crate::class::{TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, buffer_error, type_error};
use crate::native::buffer::Buffer;
use crate::native::{FromArg, NativeDef};
use crate::object::cast;
use crate::types::bytearray::{self, Bytearray};
use crate::types::{Bytes, BytesExt, Str, StrExt};

/// Bytes that somebody lent: those of a bytes object, which never change, or a copy.
#[derive(Debug)]
pub enum BytesLike<'a> {
    /// The bytes of a bytes object.
    Bytes(&'a [u8]),
    /// A copy of bytes that may change.
    Copy(Vec<u8>),
}

impl Deref for BytesLike<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Copy(bytes) => bytes,
        }
    }
}

impl BytesLike<'_> {
    /// The bytes, to be kept.
    pub fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes.to_vec(),
            Self::Copy(bytes) => bytes,
        }
    }
}

/// Whether `value` can lend its bytes.
pub fn is_buffer(value: &Value) -> bool {
    slots_of(value).buffer.get().is_some()
}

/// "a bytes-like object is required, not 'X'"
#[cold]
pub fn not_bytes_like(value: &Value) -> Raised {
    type_error(format!("a bytes-like object is required, not '{}'", class_of(value).name_lossy()))
}

/// Lends the bytes of `value`, writable ones if that is asked; whoever gets them gives them back with [`give_back`].
///
/// # Errors
/// TypeError for what lends none, BufferError, or what `__buffer__` raises.
pub fn lend(thread: &mut Thread, value: &Value, writable: bool) -> Result<Buffer> {
    let Some(get) = slots_of(value).buffer.get() else { return Err(not_bytes_like(value)) };
    let buffer = get(thread, value, writable)?;
    if writable && buffer.readonly {
        give_back(thread, &buffer);
        return Err(buffer_error("Object is not writable."));
    }
    Ok(buffer)
}

/// Ends a loan.
pub fn give_back(thread: &mut Thread, buffer: &Buffer) {
    if let Some(release) = buffer.release {
        release(thread, &buffer.owner);
    }
}

/// The bytes of `value`, one behind the other.
///
/// # Errors
/// TypeError for what lends none, BufferError for what does not lie in one piece, MemoryError.
pub fn bytes_of<'a>(thread: &mut Thread, value: &'a Value) -> Result<BytesLike<'a>> {
    if let Some(bytes) = cast::<Bytes>(value) {
        return Ok(BytesLike::Bytes(bytes.bytes()));
    }
    if let Some(object) = cast::<Bytearray>(value) {
        super::str::ensure_room(bytearray::len_of(thread, value))?;
        return Ok(BytesLike::Copy(bytearray::to_vec(thread, object)?));
    }
    let buffer = lend(thread, value, false)?;
    let contiguous = buffer.is_c_contiguous();
    let copy = match super::str::ensure_room(buffer.len_bytes) {
        Ok(()) if contiguous => Ok(BytesLike::Copy(buffer.to_vec())),
        Ok(()) => Err(buffer_error("memoryview: underlying buffer is not C-contiguous")),
        Err(raised) => Err(raised),
    };
    give_back(thread, &buffer);
    copy
}

/// As [`bytes_of`], for items in any order: those of `value` in C's order.
///
/// # Errors
/// TypeError for what lends none, BufferError, MemoryError.
pub fn any_bytes_of<'a>(thread: &mut Thread, value: &'a Value) -> Result<BytesLike<'a>> {
    if cast::<Bytes>(value).is_some() || cast::<Bytearray>(value).is_some() {
        return bytes_of(thread, value);
    }
    let buffer = lend(thread, value, false)?;
    let copy = super::str::ensure_room(buffer.len_bytes).map(|()| BytesLike::Copy(buffer.to_vec()));
    give_back(thread, &buffer);
    copy
}

impl<'a> FromArg<'a> for BytesLike<'a> {
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        bytes_of(thread, value)
    }
}

/// Text in ASCII or bytes, as `binascii` takes it.
#[derive(Debug)]
pub struct AsciiOrBytes<'a>(pub BytesLike<'a>);

impl<'a> FromArg<'a> for AsciiOrBytes<'a> {
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        if let Some(text) = cast::<Str>(value) {
            let Some(ascii) = text.as_ascii() else {
                return Err(crate::error::value_error(
                    "string argument should contain only ASCII characters",
                ));
            };
            return Ok(Self(BytesLike::Copy(ascii.as_bytes().to_vec())));
        }
        if !is_buffer(value) {
            let class = class_of(value).name_lossy();
            return Err(type_error(format!(
                "argument should be bytes, buffer or ASCII string, not '{class}'"
            )));
        }
        bytes_of(thread, value).map(Self)
    }
}

/// Text as UTF-8, or bytes.
#[derive(Debug)]
pub struct TextOrBytes<'a>(pub BytesLike<'a>);

impl<'a> FromArg<'a> for TextOrBytes<'a> {
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        if let Some(text) = cast::<Str>(value) {
            return utf8_of(thread, text).map(|bytes| Self(BytesLike::Copy(bytes)));
        }
        bytes_of(thread, value).map(Self)
    }
}

/// The UTF-8 form of a str.
///
/// # Errors
/// UnicodeEncodeError for lone surrogates.
pub fn utf8_of(thread: &mut Thread, text: &Object<Str>) -> Result<Vec<u8>> {
    if let Some(ascii) = text.as_ascii() {
        return Ok(ascii.as_bytes().to_vec());
    }
    let value = crate::object::to_value(text);
    let mut errors = super::codecs::Handler::of_str(thread, &value, "strict");
    text::codec::utf8_encode(text.view(), &mut errors)
}

/// The bytes of a bytes object or of a bytearray; `None` for anything else.
pub fn exact_bytes<'a>(thread: &Context, value: &'a Value) -> Result<Option<BytesLike<'a>>> {
    if let Some(bytes) = cast::<Bytes>(value) {
        return Ok(Some(BytesLike::Bytes(bytes.bytes())));
    }
    let Some(object) = cast::<Bytearray>(value) else { return Ok(None) };
    bytearray::to_vec(thread, object).map(|bytes| Some(BytesLike::Copy(bytes)))
}
