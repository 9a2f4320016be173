//! Codecs: from str to bytes and back.
//!
//! | file       | concept                                                                     |
//! |------------|-----------------------------------------------------------------------------|
//! | `registry` | codecs by name: search functions, what they found                           |
//! | `handlers` | error handlers by name: the eight that are built in, and registered ones     |
//! | `errors`   | how the encodings of `text::codec` meet error handlers and exceptions        |
//! | `fast`     | the encodings that need no registry                                         |
//!
//! `encode` and `decode` here are what `str.encode` and `bytes.decode` do.

mod errors;
mod fast;
pub mod handlers;
pub mod registry;

use memory::{Object, Value};
use threads::Thread;

use crate::class::{TypeExt, class_of};
use crate::error::{RUNTIME_WARNING, Result, type_error, value_error};
use crate::object::cast;
use crate::types::bytearray::{self, Bytearray};
use crate::types::{Bytes, Str, StrExt};

pub use errors::{Handler, decode_error, encode_error};
pub use fast::Encoding;

/// In development mode a name is looked up even where nothing depends on it.
fn check_arguments(thread: &mut Thread, encoding: &str, errors: Option<&str>) -> Result<()> {
    if !crate::config::get().dev_mode {
        return Ok(());
    }
    if Encoding::find(encoding).is_none() {
        check_name(encoding)?;
        registry::look_up(thread, encoding)?;
    }
    if let Some(errors) = errors {
        handlers::look_up(thread, errors)?;
    }
    Ok(())
}

/// `text.encode(encoding, errors)`, with UTF-8 and strict for what is not given: a bytes object.
///
/// # Errors
/// LookupError for an unknown encoding, UnicodeEncodeError, or what the codec raises.
pub fn encode(
    thread: &mut Thread,
    value: &Value,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> Result<Value> {
    let Some(text) = cast::<Str>(value) else { return Err(type_error("only text is encoded")) };
    let name = encoding.unwrap_or("utf-8");
    check_arguments(thread, name, errors)?;
    if let Some(encoding) = Encoding::find(name) {
        if let (Some(ascii), true) = (text.as_ascii(), encoding.extends_ascii()) {
            return Bytes::new(thread, ascii.as_bytes());
        }
        let bytes = encoding.encode(thread, value, errors.unwrap_or("strict"))?;
        return Bytes::new(thread, &bytes);
    }
    check_name(name)?;
    let result = registry::encode_text(thread, value, name, errors)?;
    if cast::<Bytes>(&result).is_some() {
        return Ok(result);
    }
    if let Some(array) = cast::<Bytearray>(&result) {
        crate::hooks::warn(
            thread,
            &RUNTIME_WARNING,
            &format!(
                "encoder {name} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types"
            ),
            1,
        )?;
        let bytes = bytearray::to_vec(thread, array)?;
        return Bytes::new(thread, &bytes);
    }
    Err(type_error(format!(
        "'{name}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        class_of(&result).name_lossy()
    )))
}

/// `value.decode(encoding, errors)` of what lends bytes: a str. `bytes` are those of `value`.
///
/// # Errors
/// LookupError for an unknown encoding, UnicodeDecodeError, or what the codec raises.
pub fn decode(
    thread: &mut Thread,
    value: &Value,
    bytes: &[u8],
    encoding: Option<&str>,
    errors: Option<&str>,
) -> Result<Value> {
    let name = encoding.unwrap_or("utf-8");
    check_arguments(thread, name, errors)?;
    if bytes.is_empty() {
        return Str::empty(thread);
    }
    if let Some(encoding) = Encoding::find(name) {
        if encoding.extends_ascii() && bytes.is_ascii() {
            return Str::from_latin1(thread, bytes);
        }
        let (text, _) = encoding.decode(thread, value, bytes, errors.unwrap_or("strict"), true)?;
        return Str::from_text(thread, &text);
    }
    check_name(name)?;
    // The codec may be written in Python, and gets an object.
    let lent;
    let object = if cast::<Bytes>(value).is_some() {
        value
    } else {
        lent = Bytes::new(thread, bytes)?;
        &lent
    };
    let result = registry::decode_text(thread, object, name, errors)?;
    if cast::<Str>(&result).is_some() {
        return Ok(result);
    }
    Err(type_error(format!(
        "'{name}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        class_of(&result).name_lossy()
    )))
}

/// A name from Python is text without a zero character.
fn check_name(name: &str) -> Result<()> {
    if name.contains('\0') { Err(value_error("embedded null character")) } else { Ok(()) }
}

/// A str as Rust text, for names of encodings and error handlers.
///
/// # Errors
/// ValueError for a zero character, UnicodeEncodeError for lone surrogates.
pub fn name_argument(thread: &mut Thread, text: &Object<Str>) -> Result<String> {
    let bytes = crate::types::buffers::utf8_of(thread, text)?;
    let name = String::from_utf8(bytes).unwrap_or_default();
    check_name(&name)?;
    Ok(name)
}

/// `file system name` to text: UTF-8 with `surrogateescape`.
///
/// # Errors
/// MemoryError.
pub fn fs_decode(thread: &mut Thread, bytes: &[u8]) -> Result<Value> {
    if bytes.is_ascii() {
        return Str::from_latin1(thread, bytes);
    }
    let value = Bytes::new(thread, bytes)?;
    decode(thread, &value, bytes, None, Some("surrogateescape"))
}

/// Text to a file system name: UTF-8 with `surrogateescape`.
///
/// # Errors
/// UnicodeEncodeError for surrogates that are no escaped bytes.
pub fn fs_encode(thread: &mut Thread, text: &Object<Str>) -> Result<Vec<u8>> {
    if let Some(ascii) = text.as_ascii() {
        return Ok(ascii.as_bytes().to_vec());
    }
    let value = crate::object::to_value(text);
    Encoding::Utf8.encode(thread, &value, "surrogateescape")
}
