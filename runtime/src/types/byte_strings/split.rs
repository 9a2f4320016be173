//! Taking apart, and `join`.

use std::ops::Range;

use memory::{Object, Value};
use text::View;
use text::search::{self, Side, ascii_space};
use threads::Thread;

use super::ByteString;
use crate::class::{TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, memory_error, runtime_error, type_error, value_error};
use crate::native;
use crate::object::{cast, cast_exact};
use crate::types::bytearray::{Bytearray, copied};
use crate::types::{Bytes, BytesExt, List, ListExt, Tuple, buffers};

/// How many splits at most: a negative number means any.
fn limit(maxsplit: isize) -> usize {
    usize::try_from(maxsplit).unwrap_or(usize::MAX)
}

/// Cuts the bytes into parts, where `cut` says.
fn parts<T: ByteString>(
    thread: &Thread,
    this: &Object<T>,
    cut: impl FnOnce(&[u8]) -> text::Result<Vec<Range<usize>>>,
) -> Result<Value> {
    type Parts = (Vec<Range<usize>>, Vec<u8>);
    let parts: Option<Parts> = T::with(thread, this, |bytes| {
        let ranges = cut(bytes)?;
        // The whole of immutable bytes is itself.
        if ranges.len() == 1 && ranges[0] == (0..bytes.len()) {
            return Ok(None);
        }
        Ok::<_, Raised>(Some((ranges, copied(bytes)?)))
    })?;
    let Some((ranges, bytes)) = parts else {
        let whole = T::unchanged(thread, this)?;
        return List::new(thread, vec![whole]);
    };
    let mut items = Vec::new();
    items.try_reserve_exact(ranges.len()).map_err(|_| memory_error())?;
    for range in ranges {
        items.push(T::make(thread, bytes[range].to_vec())?);
    }
    List::new(thread, items)
}

fn split<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    sep: Option<&Value>,
    maxsplit: isize,
    from_right: bool,
) -> Result<Value> {
    let most = limit(maxsplit);
    let Some(sep) = sep.filter(|sep| !sep.is_none()) else {
        return parts(thread, this, |bytes| {
            if from_right {
                search::rsplit_space(&bytes, most, ascii_space)
            } else {
                search::split_space(&bytes, most, ascii_space)
            }
        });
    };
    let sep = T::held(thread, this, |thread| buffers::bytes_of(thread, sep))?;
    if sep.is_empty() {
        return Err(value_error("empty separator"));
    }
    parts(thread, this, |bytes| {
        let cut = if from_right { search::rsplit } else { search::split };
        cut(View::Latin1(bytes), View::Latin1(&sep), most)
    })
}

fn stripped<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    given: Option<&Value>,
    side: Side,
) -> Result<Value> {
    let given = match given.filter(|given| !given.is_none()) {
        Some(given) => Some(buffers::bytes_of(thread, given)?),
        None => None,
    };
    let rest = T::with(thread, this, |bytes| {
        let range = match &given {
            None => search::strip(&bytes, side, ascii_space),
            Some(given) => search::strip_chars(&bytes, side, View::Latin1(given)),
        };
        (range.len() < bytes.len()).then(|| bytes[range].to_vec())
    });
    match rest {
        Some(rest) => T::make(thread, rest),
        None => T::unchanged(thread, this),
    }
}

fn partitioned<T: ByteString>(
    thread: &mut Thread,
    this: &Object<T>,
    sep: &Value,
    from_right: bool,
) -> Result<Value> {
    let separator = buffers::bytes_of(thread, sep)?;
    if separator.is_empty() {
        return Err(value_error("empty separator"));
    }
    let found = T::with(thread, this, |bytes| {
        let find = if from_right { search::rpartition } else { search::partition };
        let range = find(View::Latin1(bytes), View::Latin1(&separator))?;
        Some((bytes[..range.start].to_vec(), bytes[range.end..].to_vec()))
    });
    let items = match found {
        Some((before, behind)) => {
            // Bytes give back the separator that they got, a bytearray a new one.
            let middle = if T::TYPE == "bytes" { sep.clone() } else { T::make(thread, separator.to_vec())? };
            vec![T::make(thread, before)?, middle, T::make(thread, behind)?]
        }
        None => {
            let whole = T::unchanged(thread, this)?;
            let (one, other) = (T::make(thread, Vec::new())?, T::make(thread, Vec::new())?);
            if from_right { vec![one, other, whole] } else { vec![whole, one, other] }
        }
    };
    Tuple::new(thread, items)
}

fn joined<T: ByteString>(thread: &mut Thread, this: &Object<T>, iterable: &Value) -> Result<Value> {
    let slots = slots_of(iterable);
    if slots.iter.get().is_none() && slots.getitem.get().is_none() {
        return Err(type_error("can only join an iterable"));
    }
    // Whoever makes the items must not resize a bytearray that is at work here.
    let items = T::held(thread, this, |thread| crate::ops::to_vec(thread, iterable))?;
    if let [item] = items.as_slice()
        && T::TYPE == "bytes"
        && cast_exact::<Bytes>(item).is_some()
    {
        return Ok(item.clone());
    }
    let separator = T::with(thread, this, <[u8]>::to_vec);
    if let Some(out) = join_bytes(&separator, &items)? {
        return T::make(thread, out);
    }
    let mut out = Vec::new();
    for (i, item) in items.iter().enumerate() {
        if !buffers::is_buffer(item) {
            let class = class_of(item).name_lossy();
            return Err(type_error(format!(
                "sequence item {i}: expected a bytes-like object, {class} found"
            )));
        }
        let part = buffers::bytes_of(thread, item)?;
        if cast::<List>(iterable).is_some_and(|list| list.len() != items.len()) {
            return Err(runtime_error("sequence changed size during iteration"));
        }
        let more = part.len().saturating_add(separator.len());
        if out.try_reserve(more).is_err() {
            return Err(memory_error());
        }
        if i > 0 {
            out.extend_from_slice(&separator);
        }
        out.extend_from_slice(&part);
    }
    T::make(thread, out)
}

/// What bytes objects are, joined; `None` where there are others.
fn join_bytes(separator: &[u8], items: &[Value]) -> Result<Option<Vec<u8>>> {
    let mut len = separator.len().saturating_mul(items.len().saturating_sub(1));
    for item in items {
        let Some(bytes) = cast_exact::<Bytes>(item) else { return Ok(None) };
        len = len.saturating_add(bytes.bytes().len());
    }
    let mut out = Vec::new();
    out.try_reserve_exact(len).map_err(|_| memory_error())?;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(cast_exact::<Bytes>(item).map_or(&[], BytesExt::bytes));
    }
    Ok(Some(out))
}

fn lines<T: ByteString>(thread: &Thread, this: &Object<T>, keepends: bool) -> Result<Value> {
    parts(thread, this, |bytes| search::split_lines_bytes(bytes, keepends))
}

macro_rules! splitting {
    ($module:ident $type:ident $name:literal) => {
        #[native::methods($type, name = $name)]
        pub(in crate::types) mod $module {
            use super::*;

            /// Return a list of the sections in the bytes, using sep as the delimiter.
            ///
            ///   sep
            ///     The delimiter according which to split the bytes.
            ///     None (the default value) means split on ASCII whitespace characters
            ///     (space, tab, return, newline, formfeed, vertical tab).
            ///   maxsplit
            ///     Maximum number of splits to do.
            ///     -1 (the default value) means no limit.
            #[sig("($self, /, sep=None, maxsplit=-1)")]
            #[name("split")]
            pub fn split_(
                th: &mut Thread,
                this: &Object<$type>,
                sep: Option<&Value>,
                maxsplit: isize,
            ) -> Result<Value> {
                split(th, this, sep, maxsplit, false)
            }

            /// Return a list of the sections in the bytes, using sep as the delimiter.
            ///
            ///   sep
            ///     The delimiter according which to split the bytes.
            ///     None (the default value) means split on ASCII whitespace characters
            ///     (space, tab, return, newline, formfeed, vertical tab).
            ///   maxsplit
            ///     Maximum number of splits to do.
            ///     -1 (the default value) means no limit.
            ///
            /// Splitting is done starting at the end of the bytes and working to the front.
            #[sig("($self, /, sep=None, maxsplit=-1)")]
            pub fn rsplit(
                th: &mut Thread,
                this: &Object<$type>,
                sep: Option<&Value>,
                maxsplit: isize,
            ) -> Result<Value> {
                split(th, this, sep, maxsplit, true)
            }

            /// Return a list of the lines in the bytes, breaking at line boundaries.
            ///
            /// Line breaks are not included in the resulting list unless keepends is given and
            /// true.
            #[sig("($self, /, keepends=False)")]
            pub fn splitlines(th: &mut Thread, this: &Object<$type>, keepends: bool) -> Result<Value> {
                lines(th, this, keepends)
            }

            /// Partition the bytes into three parts using the given separator.
            ///
            /// This will search for the separator sep in the bytes. If the separator is found,
            /// returns a 3-tuple containing the part before the separator, the separator
            /// itself, and the part after it.
            ///
            /// If the separator is not found, returns a 3-tuple containing the original bytes
            /// object and two empty bytes objects.
            pub fn partition(th: &mut Thread, this: &Object<$type>, sep: &Value) -> Result<Value> {
                partitioned(th, this, sep, false)
            }

            /// Partition the bytes into three parts using the given separator.
            ///
            /// This will search for the separator sep in the bytes, starting at the end. If
            /// the separator is found, returns a 3-tuple containing the part before the
            /// separator, the separator itself, and the part after it.
            ///
            /// If the separator is not found, returns a 3-tuple containing two empty bytes
            /// objects and the original bytes object.
            pub fn rpartition(th: &mut Thread, this: &Object<$type>, sep: &Value) -> Result<Value> {
                partitioned(th, this, sep, true)
            }

            /// Strip leading and trailing bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip leading and trailing ASCII whitespace.
            #[sig("($self, bytes=None, /)")]
            pub fn strip(th: &mut Thread, this: &Object<$type>, bytes: Option<&Value>) -> Result<Value> {
                stripped(th, this, bytes, Side::Both)
            }

            /// Strip leading bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip leading ASCII whitespace.
            #[sig("($self, bytes=None, /)")]
            pub fn lstrip(th: &mut Thread, this: &Object<$type>, bytes: Option<&Value>) -> Result<Value> {
                stripped(th, this, bytes, Side::Left)
            }

            /// Strip trailing bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip trailing ASCII whitespace.
            #[sig("($self, bytes=None, /)")]
            pub fn rstrip(th: &mut Thread, this: &Object<$type>, bytes: Option<&Value>) -> Result<Value> {
                stripped(th, this, bytes, Side::Right)
            }

            /// Concatenate any number of bytes objects.
            ///
            /// The bytes whose method is called is inserted in between each pair.
            /// The result is returned as a new object.
            ///
            /// Example: b'.'.join([b'ab', b'pq', b'rs']) -> b'ab.pq.rs'.
            pub fn join(th: &mut Thread, this: &Object<$type>, iterable_of_bytes: &Value) -> Result<Value> {
                joined(th, this, iterable_of_bytes)
            }
        }
    };
}

splitting!(of_bytes Bytes "bytes");
splitting!(of_bytearray Bytearray "bytearray");
