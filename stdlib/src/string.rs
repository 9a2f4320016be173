//! `_string`: how `str.format` reads formats, for `string.Formatter`.

use std::ops::Range;

use runtime::class::{TypeExt, class_of};
use runtime::error::{Result, type_error};
use runtime::memory::Slot;
use runtime::native::{self, Slots};
use runtime::object::cast;
use runtime::types::str::subscript::part;
use runtime::types::{Str, StrExt, int};
use runtime::{Object, Thread, Value, object};
use text::str_format::{Access, Fields, First, Item, split_name};
use threads::sync::atomic::{AtomicUsize, Ordering};

use crate::support;

/// What was read of a text beforehand, told piece by piece; an error comes in its turn.
struct Pieces<T> {
    read: Vec<text::Result<T>>,
    next: AtomicUsize,
}

impl<T: Clone> Pieces<T> {
    fn of(pieces: impl Iterator<Item = text::Result<T>>) -> Self {
        Self { read: pieces.collect(), next: AtomicUsize::new(0) }
    }

    fn next(&self) -> Result<Option<T>> {
        // Relaxed: threads that share an iterator get different pieces, which need no order.
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        match self.read.get(index) {
            Some(piece) => Ok(Some(piece.clone()?)),
            None => {
                self.next.store(self.read.len(), Ordering::Relaxed);
                Ok(None)
            }
        }
    }
}

/// Iterates over the literals and fields of a format.
#[native::class("formatteriterator", module = "_string", disallow_instantiation, slots = format_slots)]
pub struct FormatIterator {
    #[trace]
    text: Slot,
    #[untraced]
    pieces: Pieces<Item>,
}

/// Iterates over the steps of a field's name.
#[native::class("fieldnameiterator", module = "_string", disallow_instantiation, slots = name_slots)]
pub struct NameIterator {
    #[trace]
    text: Slot,
    #[untraced]
    pieces: Pieces<Access>,
}

fn format_slots(slots: &Slots) {
    support::iterator(slots, next_item);
}

fn name_slots(slots: &Slots) {
    support::iterator(slots, next_step);
}

fn cut(thread: &mut Thread, text: &Value, range: Range<usize>) -> Result<Value> {
    match cast::<Str>(text) {
        Some(text) => part(thread, text, range),
        None => Str::empty(thread),
    }
}

fn next_item(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<FormatIterator>(value) else { return Ok(None) };
    let Some(text) = support::get(iterator, |iterator| &iterator.text) else { return Ok(None) };
    let Some(item) = iterator.payload().pieces.next()? else { return Ok(None) };
    let literal = cut(thread, &text, item.literal)?;
    let rest = match item.field {
        None => [Value::none(), Value::none(), Value::none()],
        Some(field) => {
            let name = cut(thread, &text, field.name)?;
            let spec = cut(thread, &text, field.spec)?;
            let conversion = match field.conversion {
                Some(code) => Str::from_char(thread, code)?,
                None => Value::none(),
            };
            [name, spec, conversion]
        }
    };
    let items = std::iter::once(literal).chain(rest).collect();
    support::tuple(thread, items).map(Some)
}

fn next_step(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<NameIterator>(value) else { return Ok(None) };
    let Some(text) = support::get(iterator, |iterator| &iterator.text) else { return Ok(None) };
    let Some(step) = iterator.payload().pieces.next()? else { return Ok(None) };
    let (is_attribute, name) = match step {
        Access::Attribute(range) => (true, cut(thread, &text, range)?),
        Access::Index(index) => (false, int::from_i64(thread, index as i64)?),
        Access::Key(range) => (false, cut(thread, &text, range)?),
    };
    support::tuple(thread, vec![Value::from_bool(is_attribute), name]).map(Some)
}

fn text_of(value: &Value) -> Result<&Object<Str>> {
    cast::<Str>(value).ok_or_else(|| type_error(format!("expected str, got {}", class_of(value).name_lossy())))
}

/// The functions of `_string`.
#[native::module("_string", doc = "string helper module", classes(FormatIterator, NameIterator))]
pub mod module {
    use super::*;

    /// parse the argument as a format string
    pub fn formatter_parser(th: &mut Thread, object: &Value) -> Result<Value> {
        let text = text_of(object)?;
        let view = text.view();
        let pieces = Pieces::of(Fields::new(&view, 0..text.len()));
        object::new(th, FormatIterator { text: support::slot(object.clone()), pieces })
    }

    /// split the argument as a field name
    pub fn formatter_field_name_split(th: &mut Thread, object: &Value) -> Result<Value> {
        let text = text_of(object)?;
        let view = text.view();
        let (first, path) = split_name(&view, 0..text.len(), None)?;
        let pieces = Pieces::of(path);
        let first = match first {
            First::Index(index) => int::from_i64(th, index as i64)?,
            First::Name(range) => part(th, text, range)?,
        };
        let rest = object::new(th, NameIterator { text: support::slot(object.clone()), pieces })?;
        support::tuple(th, vec![first, rest])
    }
}
