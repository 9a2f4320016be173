//! Building a long str by appending to a variable.
//!
//! `text += piece` makes a new str each time, which takes quadratic time. Where the variable holds the only reference to the old
//! one, nobody can tell whether the new one is another object, so the piece is written behind the old characters. (CPython
//! does so too, by means of `realloc`.)

use memory::{Object, Value};
use text::View;
use threads::Context;
use threads::sync::atomic::Ordering;

use super::writer::{Kind, Writer, copy};
use super::{INTERNED, Str, StrExt, WIDTH};
use crate::error::{Result, memory_error};

/// Shorter strs are not worth room for more.
const LEAST: usize = 64;

/// Appends `piece` to `text` if it has room for it and nobody else knows it.
///
/// The caller replaces `text` by the result where it stood; it has the only reference.
pub fn append(text: &Object<Str>, piece: &Object<Str>) -> bool {
    let header = text.header();
    let (kind, added) = (Kind::of(text), Kind::of(piece));
    if !header.is_sole() || kind < added || header.aux() & INTERNED != 0 || std::ptr::eq(text, piece) {
        return false;
    }
    let shift = header.aux() & WIDTH;
    let (before, len) = (text.len(), text.len() + piece.len());
    if len > text.tail_room_bytes() >> shift {
        return false;
    }
    let place = text.tail().wrapping_add(before << shift);
    match (shift, piece.view()) {
        (0, View::Latin1(s)) => copy(s, place),
        (1, View::Wide(s)) => copy(s, place.cast()),
        (2, View::Full(s)) => copy(s, place.cast()),
        _ => return false,
    }
    // Relaxed: no other thread can reach it (INV-STR-1).
    text.payload().len.store(len, Ordering::Relaxed);
    text.payload().hash.store(0, Ordering::Relaxed);
    true
}

/// The two strs in one, with room for more if it is long: somebody may be building a text piece by piece.
///
/// # Errors
/// MemoryError.
pub fn concat_with_room(thread: &Context, text: &Object<Str>, piece: &Object<Str>) -> Result<Value> {
    let kind = Kind::of(text).max(Kind::of(piece));
    let len = text.len().checked_add(piece.len()).ok_or_else(memory_error)?;
    let room = if len < LEAST || text.is_empty() || piece.is_empty() { len } else { len + len / 8 };
    let mut writer = Writer::with_room(thread, kind, len, room)?;
    writer.push_view(text.view());
    writer.push_view(piece.view());
    Ok(writer.finish())
}
