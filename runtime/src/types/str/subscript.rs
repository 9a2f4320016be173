//! `text[i]` and `text[i:j:k]`.

use memory::{Object, Value};
use text::{Chars, Text};
use threads::{Context, Thread};

use super::operators::{exact, receiver};
use super::{Kind, Str, StrExt, Writer};
use crate::class::Slots;
use crate::error::{Result, index_error};
use crate::types::sequence;
use crate::types::slice::{Bounds, Span, Subscript};

pub(in crate::types) fn fill(slots: &Slots) {
    slots.getitem.set(getitem);
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let text = receiver(value)?;
    match Subscript::of(thread, key, "string")? {
        Subscript::Index(index) => item(thread, text, index),
        Subscript::Slice(bounds) => slice(thread, value, bounds),
    }
}

/// The character at `index`, which counts from the end if it is negative.
///
/// # Errors
/// IndexError, MemoryError.
#[inline]
pub fn item(thread: &Context, text: &Object<Str>, index: isize) -> Result<Value> {
    let code = crate::ops::wrap_index(index, text.len()).and_then(|index| text.char_at(index));
    match code {
        Some(code) => Str::from_char(thread, code),
        None => Err(index_error("string index out of range")),
    }
}

/// The characters that `bounds` select.
fn slice(thread: &mut Thread, value: &Value, bounds: Bounds) -> Result<Value> {
    let text = receiver(value)?;
    let span = bounds.over(text.len());
    match span.range() {
        Some(range) if range.len() == text.len() => exact(thread, value),
        Some(range) => part(thread, text, range),
        None => stepped(thread, text, span),
    }
}

/// The characters of an instance of str itself that `span` selects.
///
/// # Errors
/// MemoryError.
pub fn selected(thread: &Context, text: &Object<Str>, span: sequence::Span) -> Result<Value> {
    if span.step != 1 {
        let sequence::Selection { start, step, count, .. } = span.select(text.len());
        return stepped(thread, text, Span { start, step, count });
    }
    let range = sequence::cut(span.start, span.stop, text.len());
    if range.len() == text.len() { Ok(crate::object::to_value(text)) } else { part(thread, text, range) }
}

/// The characters in `range`, which lies within the str.
///
/// # Errors
/// MemoryError.
pub fn part(thread: &Context, text: &Object<Str>, range: std::ops::Range<usize>) -> Result<Value> {
    let view = text.view().slice(range);
    if let (true, text::View::Latin1(bytes)) = (text.is_ascii(), view) {
        return Str::from_ascii(thread, bytes);
    }
    if view.len() < 2 {
        return Str::from_view(thread, view);
    }
    let mut writer = Writer::new(thread, Kind::of_view(view), view.len())?;
    writer.push_view(view);
    Ok(writer.finish())
}

fn stepped(thread: &Context, text: &Object<Str>, span: Span) -> Result<Value> {
    fn pick<U: Copy>(slice: &[U], span: Span) -> Result<Vec<U>> {
        let mut units = Vec::new();
        if units.try_reserve_exact(span.count).is_err() {
            return Err(crate::error::memory_error());
        }
        units.extend(span.indices().map(|i| slice[i]));
        Ok(units)
    }
    match text.view() {
        text::View::Latin1(s) => Str::from_latin1(thread, &pick(s, span)?),
        text::View::Wide(s) => Str::from_view(thread, Text::Wide(pick(s, span)?).view()),
        text::View::Full(s) => Str::from_view(thread, Text::Full(pick(s, span)?).view()),
    }
}
