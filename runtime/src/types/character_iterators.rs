//! Iterators over str, bytes and bytearray.
//!
//! An iterator is an index and a slot with the sequence, which is emptied when the iterator is exhausted. Nothing is locked:
//! threads that share one may get an item twice or miss one.

use memory::{Object, Slot, StackRef, Trace, Value, Visitor};
use text::View;
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::{Context, Thread};

use super::{Bytes, BytesExt, Str, StrExt, Tuple, bytearray, int};
use crate::class::{ClassFlags, Payload, Slots};
use crate::error::Result;
use crate::native;
use crate::object::cast;

/// A sequence and where to go on in it.
pub struct Cursor {
    sequence: Slot,
    index: AtomicUsize,
}

/// What the iterators differ in.
trait Characters: Payload {
    fn cursor(&self) -> &Cursor;
    fn over(cursor: Cursor) -> Self;
    /// How many items there are.
    fn len(thread: &Context, sequence: &Value) -> usize;
    /// The item `index`.
    fn item(thread: &Context, sequence: &Value, index: usize) -> Option<Result<Value>>;
    /// What the iterator is made from again once it is exhausted: a sequence without items.
    fn empty(thread: &Context) -> Result<Value>;
}

macro_rules! iterator {
    ($(#[$doc:meta])* $type:ident $name:literal $methods:ident $len:expr, $item:expr, $empty:expr) => {
        $(#[$doc])*
        pub struct $type(Cursor);

        // SAFETY: the slot once.
        unsafe impl Trace for $type {
            const NAME: &'static str = $name;
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                visitor.slot(&self.0.sequence);
            }
        }

        crate::class_def!($type, $name, ClassFlags::NO_NEW, with_slots(slots::<$type>), with_methods(&[$methods::METHODS]));

        impl Characters for $type {
            fn cursor(&self) -> &Cursor {
                &self.0
            }
            fn over(cursor: Cursor) -> Self {
                Self(cursor)
            }
            fn len(thread: &Context, sequence: &Value) -> usize {
                let len: fn(&Context, &Value) -> usize = $len;
                len(thread, sequence)
            }
            #[inline]
            fn item(thread: &Context, sequence: &Value, index: usize) -> Option<Result<Value>> {
                let item: fn(&Context, &Value, usize) -> Option<Result<Value>> = $item;
                item(thread, sequence, index)
            }
            fn empty(thread: &Context) -> Result<Value> {
                let empty: fn(&Context) -> Result<Value> = $empty;
                empty(thread)
            }
        }

        #[native::methods($type, name = $name)]
        mod $methods {
            use super::*;

            /// Private method returning an estimate of len(list(it)).
            pub fn __length_hint__(th: &mut Thread, iterator: &Value) -> usize {
                length_hint::<$type>(th, iterator)
            }

            /// Return state information for pickling.
            pub fn __reduce__(th: &mut Thread, iterator: &Value) -> Result<Value> {
                reduce::<$type>(th, iterator)
            }

            /// Set state information for unpickling.
            pub fn __setstate__(th: &mut Thread, iterator: &Value, state: &Value) -> Result<()> {
                set_state::<$type>(th, iterator, state)
            }
        }
    };
}

fn str_len(_: &Context, sequence: &Value) -> usize {
    cast::<Str>(sequence).map_or(0, |text| text.len())
}

#[inline]
fn str_item(thread: &Context, sequence: &Value, index: usize) -> Option<Result<Value>> {
    let code = cast::<Str>(sequence)?.char_at(index)?;
    Some(Str::from_char(thread, code))
}

fn byte(thread: &Context, byte: u8) -> Result<Value> {
    int::from_i64(thread, byte.into())
}

iterator! {
    /// An iterator over ASCII.
    AsciiIterator "str_ascii_iterator" ascii_methods str_len, str_item, Str::empty
}
iterator! {
    /// An iterator over any characters.
    StrIterator "str_iterator" str_methods str_len, str_item, Str::empty
}
iterator! {
    /// An iterator over bytes.
    BytesIterator "bytes_iterator" bytes_methods
    |_, sequence| cast::<Bytes>(sequence).map_or(0, |bytes| bytes.bytes().len()),
    |thread, sequence, index| cast::<Bytes>(sequence)?.bytes().get(index).map(|&b| byte(thread, b)),
    |thread| Tuple::new(thread, Vec::new())
}
iterator! {
    /// An iterator over a bytearray.
    BytearrayIterator "bytearray_iterator" bytearray_methods
    bytearray::len_of,
    |thread, sequence, index| bytearray::byte_at(thread, sequence, index).map(|b| byte(thread, b)),
    |thread| Tuple::new(thread, Vec::new())
}

fn make<T: Characters>(thread: &Context, sequence: &Value) -> Result<Value> {
    let cursor = Cursor { sequence: Slot::new(Some(sequence.clone())), index: AtomicUsize::new(0) };
    crate::object::new(thread, T::over(cursor))
}

/// `iter(text)`.
///
/// # Errors
/// MemoryError.
pub fn of_str(thread: &mut Thread, value: &Value) -> Result<Value> {
    match cast::<Str>(value) {
        Some(text) if text.is_ascii() => make::<AsciiIterator>(thread, value),
        _ => make::<StrIterator>(thread, value),
    }
}

/// `iter(bytes)`.
///
/// # Errors
/// MemoryError.
pub fn of_bytes(thread: &mut Thread, value: &Value) -> Result<Value> {
    make::<BytesIterator>(thread, value)
}

/// `iter(bytearray)`.
///
/// # Errors
/// MemoryError.
pub fn of_bytearray(thread: &mut Thread, value: &Value) -> Result<Value> {
    make::<BytearrayIterator>(thread, value)
}

fn slots<T: Characters>(slots: &Slots) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next::<T>);
}

/// The sequence, unless the iterator is exhausted, and the index.
fn remaining<T: Characters>(value: &Value) -> (Option<Value>, usize) {
    let Some(iterator) = cast::<T>(value) else { return (None, 0) };
    let cursor = iterator.payload().cursor();
    // Relaxed: an index that is stale leads to an item that is there, or to none.
    (cursor.sequence.get(iterator.header()), cursor.index.load(Ordering::Relaxed))
}

#[inline]
fn next<T: Characters>(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<T>(value) else { return Ok(None) };
    let cursor = iterator.payload().cursor();
    let index = cursor.index.load(Ordering::Relaxed);
    // SAFETY: making the item reaches no safepoint, and the sequence is replaced only afterwards.
    let sequence = unsafe { cursor.sequence.view(thread, iterator.header()) };
    let Some(sequence) = sequence else { return Ok(None) };
    match T::item(thread, &sequence, index) {
        Some(item) => {
            cursor.index.store(index + 1, Ordering::Relaxed);
            item.map(Some)
        }
        None => {
            drop(cursor.sequence.replace(thread, iterator.header(), None));
            Ok(None)
        }
    }
}

/// The next character of an iterator over ASCII, which lives for ever; EMPTY at the end.
#[inline(always)]
pub(crate) fn borrow_next_of_ascii(thread: &Context, iterator: &Object<AsciiIterator>) -> StackRef {
    let cursor = iterator.payload().cursor();
    let index = cursor.index.load(Ordering::Relaxed);
    // SAFETY: nothing in this function reaches a safepoint or replaces the str.
    let text = unsafe { cursor.sequence.view(thread, iterator.header()) };
    let Some(text) = text.as_deref().and_then(cast::<Str>) else { return StackRef::EMPTY };
    let View::Latin1(bytes) = text.view() else { return StackRef::EMPTY };
    let Some(&byte) = bytes.get(index) else { return StackRef::EMPTY };
    cursor.index.store(index + 1, Ordering::Relaxed);
    super::str::borrow_character(byte)
}

fn length_hint<T: Characters>(thread: &Context, value: &Value) -> usize {
    match remaining::<T>(value) {
        (Some(sequence), index) => T::len(thread, &sequence).saturating_sub(index),
        (None, _) => 0,
    }
}

fn reduce<T: Characters>(thread: &mut Thread, value: &Value) -> Result<Value> {
    let function = crate::interp::builtin(thread, "iter")?;
    let (sequence, index) = remaining::<T>(value);
    match sequence {
        Some(sequence) => {
            let args = Tuple::of_array(thread, [sequence])?;
            let index = int::from_i64(thread, index as i64)?;
            Tuple::of_array(thread, [function, args, index])
        }
        None => {
            let empty = T::empty(thread)?;
            let args = Tuple::of_array(thread, [empty])?;
            Tuple::of_array(thread, [function, args])
        }
    }
}

fn set_state<T: Characters>(thread: &mut Thread, value: &Value, state: &Value) -> Result<()> {
    let index = crate::ops::index_isize_or(thread, state, |_| {
        crate::error::overflow_error("Python int too large to convert to C ssize_t")
    })?;
    if let (Some(sequence), _) = remaining::<T>(value)
        && let Some(iterator) = cast::<T>(value)
    {
        let index = (index.max(0) as usize).min(T::len(thread, &sequence));
        iterator.payload().cursor().index.store(index, Ordering::Relaxed);
    }
    Ok(())
}
