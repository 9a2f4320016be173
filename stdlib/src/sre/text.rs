//! What is searched: the characters of a str, or the bytes of anything that lends them.
//!
//! The characters of strs and bytes never change, so they are searched where they are. Anyone may write to other buffers at
//! any time: those are copied before they are searched, and are lent while a search in several steps lasts, so that they keep
//! their size.

use runtime::error::{Raised, Result, buffer_error, type_error};
use runtime::object::{cast, cast_exact};
use runtime::types::{Bytes, BytesExt, Str, StrExt, buffers, str};
use runtime::{Thread, Value};

use crate::support;

/// Characters of one, two or four bytes.
#[derive(Clone, Copy)]
pub enum Characters<'a> {
    /// Bytes, or characters below 256.
    Narrow(&'a [u8]),
    /// Characters below 65536.
    Wide(&'a [u16]),
    /// Any characters.
    Full(&'a [u32]),
}

/// A text that is being searched.
pub struct Text<'a> {
    /// The object itself.
    pub value: &'a Value,
    /// Whether it is bytes.
    pub is_bytes: bool,
    /// The bytes, if they had to be copied.
    copy: Option<Vec<u8>>,
}

/// "expected string or bytes-like object, got 'X'"
#[cold]
fn neither(value: &Value) -> Raised {
    type_error(format!("expected string or bytes-like object, got '{}'", support::class_name(value)))
}

/// Whether `value` is bytes-like; an error if it is no text at all.
///
/// # Errors
/// TypeError.
pub fn is_bytes(value: &Value) -> Result<bool> {
    if cast::<Str>(value).is_some() {
        Ok(false)
    } else if cast::<Bytes>(value).is_some() || buffers::is_buffer(value) {
        Ok(true)
    } else {
        Err(neither(value))
    }
}

/// A copy of the bytes of a buffer.
fn copied(thread: &mut Thread, value: &Value) -> Result<Vec<u8>> {
    let buffer = buffers::lend(thread, value, false).map_err(|_| neither(value))?;
    let copy = if !buffer.is_c_contiguous() {
        Err(buffer_error("memoryview: underlying buffer is not C-contiguous"))
    } else {
        str::ensure_room(buffer.len_bytes).map(|()| buffer.to_vec())
    };
    buffers::give_back(thread, &buffer);
    copy
}

impl<'a> Text<'a> {
    /// The text of `value`.
    ///
    /// # Errors
    /// TypeError for what is no text; BufferError, MemoryError.
    pub fn open(thread: &mut Thread, value: &'a Value) -> Result<Self> {
        let is_bytes = is_bytes(value)?;
        let plain = cast::<Str>(value).is_some() || cast::<Bytes>(value).is_some();
        let copy = if plain { None } else { Some(copied(thread, value)?) };
        Ok(Self { value, is_bytes, copy })
    }

    /// The characters.
    pub fn characters(&self) -> Characters<'_> {
        if let Some(text) = cast::<Str>(self.value) {
            return match text.view() {
                ::text::View::Latin1(units) => Characters::Narrow(units),
                ::text::View::Wide(units) => Characters::Wide(units),
                ::text::View::Full(units) => Characters::Full(units),
            };
        }
        match (cast::<Bytes>(self.value), &self.copy) {
            (Some(bytes), _) => Characters::Narrow(bytes.bytes()),
            (None, Some(copy)) => Characters::Narrow(copy),
            (None, None) => Characters::Narrow(&[]),
        }
    }

    /// How many characters.
    pub fn len(&self) -> usize {
        match self.characters() {
            Characters::Narrow(units) => units.len(),
            Characters::Wide(units) => units.len(),
            Characters::Full(units) => units.len(),
        }
    }

    /// The part from `start` to `end`: a str, or bytes.
    ///
    /// # Errors
    /// MemoryError.
    pub fn part(&self, thread: &mut Thread, start: usize, end: usize) -> Result<Value> {
        match &self.copy {
            Some(copy) => Bytes::new(thread, clipped(copy, start, end)),
            None => part_of(thread, self.value, start, end),
        }
    }
}

fn clipped(bytes: &[u8], start: usize, end: usize) -> &[u8] {
    let end = end.min(bytes.len());
    &bytes[start.min(end)..end]
}

/// The part of a text from `start` to `end`, as it is now.
///
/// # Errors
/// TypeError if the buffer has been released; MemoryError.
pub fn part_of(thread: &mut Thread, value: &Value, start: usize, end: usize) -> Result<Value> {
    if let Some(text) = cast::<Str>(value) {
        if start == 0 && end == text.len() && cast_exact::<Str>(value).is_some() {
            return Ok(value.clone());
        }
        let end = end.min(text.len());
        return str::subscript::part(thread, text, start.min(end)..end);
    }
    if let Some(bytes) = cast::<Bytes>(value) {
        if start == 0 && end == bytes.bytes().len() && cast_exact::<Bytes>(value).is_some() {
            return Ok(value.clone());
        }
        return Bytes::new(thread, clipped(bytes.bytes(), start, end));
    }
    let buffer = buffers::lend(thread, value, false).map_err(|_| neither(value))?;
    let end = end.min(buffer.len_bytes);
    let part: Vec<u8> = (start.min(end)..end).map(|index| buffer.byte(index)).collect();
    buffers::give_back(thread, &buffer);
    Bytes::new(thread, &part)
}

/// The parts of a text put together: a str, or bytes.
///
/// # Errors
/// TypeError for parts of another kind; MemoryError.
pub fn join(thread: &mut Thread, is_bytes: bool, mut parts: Vec<Value>) -> Result<Value> {
    if let [only] = parts.as_mut_slice() {
        let exact =
            if is_bytes { cast_exact::<Bytes>(only).is_some() } else { cast_exact::<Str>(only).is_some() };
        if exact {
            return Ok(only.clone());
        }
    }
    let empty = if is_bytes { Bytes::new(thread, b"")? } else { Str::empty(thread)? };
    if let (false, Some(separator)) = (is_bytes, cast::<Str>(&empty)) {
        return str::split::join(thread, separator, &parts);
    }
    let parts = runtime::types::List::new(thread, parts)?;
    let name = runtime::interned!(thread, "join")?;
    runtime::call::call_method(thread, &empty, name, &[parts])
}
