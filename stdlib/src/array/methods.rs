//! Methods of arrays.

use runtime::class::Comparison;
use runtime::error::{Result, eof_error, index_error, memory_error, type_error, value_error};
use runtime::native::{self, Object};
use runtime::object::cast;
use runtime::types::sequence::{self, SearchBound};
use runtime::types::{Bytes, BytesExt, List, ListExt, Str, StrExt, buffers, int};
use runtime::{Thread, Value, call, names, ops};

use super::kind::Raw;
use super::storage::{Array, ArrayExt};
use super::{pickling, slots};
use crate::support;

/// Appends an item.
///
/// # Errors
/// What converting it raises; BufferError, MemoryError.
pub fn push(thread: &mut Thread, array: &Object<Array>, item: &Value) -> Result<()> {
    let kind = array.payload().kind();
    let item = kind.encode(thread, item)?;
    array.append(thread, &item[..kind.size()])
}

/// Appends the items of an iterable.
///
/// # Errors
/// What iterating raises; as [`push`].
pub fn extend_from(thread: &mut Thread, array: &Object<Array>, items: &Value) -> Result<()> {
    ops::for_each(thread, items, |thread, item| push(thread, array, &item))
}

/// `array.extend(other)`.
///
/// # Errors
/// TypeError for an array of another kind; as [`extend_from`].
pub fn extend(thread: &mut Thread, array: &Object<Array>, other: &Value) -> Result<()> {
    let Some(other) = cast::<Array>(other) else {
        return extend_from(thread, array, other);
    };
    if other.payload().kind() != array.payload().kind() {
        return Err(type_error("can only extend with array of same kind"));
    }
    let bytes = other.bytes(thread)?;
    array.append(thread, &bytes)
}

/// Appends the characters of a str to an array of characters.
///
/// # Errors
/// BufferError, MemoryError.
pub fn append_text(thread: &Thread, array: &Object<Array>, text: &Object<Str>) -> Result<()> {
    let mut bytes = support::vector(text.len() * 4)?;
    for i in 0..text.len() {
        bytes.extend_from_slice(&text.char_at(i).unwrap_or_default().to_ne_bytes());
    }
    array.append(thread, &bytes)
}

/// Appends the bytes of an object that lends them.
///
/// # Errors
/// TypeError; ValueError for a part of an item; BufferError, MemoryError.
pub fn append_buffer(thread: &mut Thread, array: &Object<Array>, value: &Value) -> Result<()> {
    if !buffers::is_buffer(value) {
        return Err(type_error(format!(
            "a bytes-like object is required, not '{}'",
            support::class_name(value)
        )));
    }
    let bytes = buffers::any_bytes_of(thread, value)?.into_vec();
    append_whole(thread, array, &bytes)
}

fn append_whole(thread: &Thread, array: &Object<Array>, bytes: &[u8]) -> Result<()> {
    if !bytes.len().is_multiple_of(array.payload().kind().size()) {
        return Err(value_error("bytes length not a multiple of item size"));
    }
    array.append(thread, bytes)
}

/// The items as a list.
///
/// # Errors
/// As [`Raw::to_value`].
pub fn list_of(thread: &mut Thread, array: &Object<Array>) -> Result<Value> {
    let kind = array.payload().kind();
    let bytes = array.bytes(thread)?;
    let mut items = support::vector(bytes.len() / kind.size())?;
    for item in bytes.chunks_exact(kind.size()) {
        items.push(kind.decode(item).to_value(thread)?);
    }
    List::new(thread, items)
}

/// The characters as a str.
///
/// # Errors
/// As [`Raw::to_value`].
pub fn text_of(thread: &mut Thread, array: &Object<Array>) -> Result<Value> {
    let bytes = array.bytes(thread)?;
    let mut text = sequence::Builder::new();
    for item in bytes.chunks_exact(4) {
        match array.payload().kind().decode(item) {
            Raw::Char(code) if code <= 0x10_FFFF => text.push(code),
            _ => return Err(value_error("character is not in range [U+0000; U+10ffff]")),
        }
    }
    Str::from_text(thread, &text.finish())
}

/// The first index from `start` on and below `stop` whose item equals `value`.
///
/// # Errors
/// What comparing raises.
pub fn find(
    thread: &mut Thread,
    array: &Object<Array>,
    value: &Value,
    start: usize,
    stop: usize,
) -> Result<Option<usize>> {
    let mut index = start;
    while index < stop
        && let Some(item) = array.get(thread, index)?
    {
        if ops::compare_bool(thread, &item, value, Comparison::Eq)? {
            return Ok(Some(index));
        }
        index += 1;
        support::poll(thread)?;
    }
    Ok(None)
}

fn copy_of(thread: &mut Thread, array: &Object<Array>) -> Result<Value> {
    let bytes = array.bytes(thread)?;
    slots::make_like(thread, array.payload().kind(), bytes)
}

fn remove_at(thread: &Thread, array: &Object<Array>, index: usize) -> Result<()> {
    let size = array.payload().kind().size();
    array.resize(thread, |bytes| {
        if (index + 1) * size <= bytes.len() {
            bytes.drain(index * size..(index + 1) * size);
        }
        Ok(())
    })
}

/// Methods.
#[native::methods(Array)]
pub mod methods {
    use super::*;

    /// Append new value v to the end of the array.
    pub fn append(th: &mut Thread, array: &Object<Array>, v: &Value) -> Result<()> {
        push(th, array, v)
    }

    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer.
    ///
    /// The length should be multiplied by itemsize to calculate the buffer length in bytes.
    pub fn buffer_info(th: &mut Thread, array: &Object<Array>) -> (usize, usize) {
        array.place(th)
    }

    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is
    /// raised.
    pub fn byteswap(th: &mut Thread, array: &Object<Array>) {
        let size = array.payload().kind().size();
        array.with_bytes(th, |bytes| bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse));
    }

    /// Remove all items from the array.
    pub fn clear(th: &mut Thread, array: &Object<Array>) -> Result<()> {
        array.resize(th, |bytes| {
            *bytes = Vec::new();
            Ok(())
        })
    }

    /// Return a copy of the array.
    #[name("__copy__")]
    pub fn copy(th: &mut Thread, array: &Object<Array>) -> Result<Value> {
        copy_of(th, array)
    }

    /// Return a copy of the array.
    #[name("__deepcopy__")]
    pub fn deepcopy(th: &mut Thread, array: &Object<Array>, _unused: &Value) -> Result<Value> {
        copy_of(th, array)
    }

    /// Return number of occurrences of v in the array.
    pub fn count(th: &mut Thread, array: &Object<Array>, v: &Value) -> Result<usize> {
        let mut found = 0;
        let mut at = 0;
        while let Some(index) = find(th, array, v, at, usize::MAX)? {
            found += 1;
            at = index + 1;
        }
        Ok(found)
    }

    /// Append items to the end of the array.
    pub fn extend(th: &mut Thread, array: &Object<Array>, bb: &Value) -> Result<()> {
        super::extend(th, array, bb)
    }

    /// Read n objects from the file object f and append them to the end of the array.
    pub fn fromfile(th: &mut Thread, array: &Object<Array>, f: &Value, n: isize) -> Result<()> {
        let n = usize::try_from(n).map_err(|_| value_error("negative count"))?;
        let size = array.payload().kind().size();
        let wanted = n.checked_mul(size).filter(|&n| n <= isize::MAX as usize).ok_or_else(memory_error)?;
        let count = int::from_i128(th, wanted as i128)?;
        let read = call::call_method(th, f, names::read(), &[count])?;
        let Some(bytes) = cast::<Bytes>(&read) else { return Err(type_error("read() didn't return bytes")) };
        let short = bytes.bytes().len() < wanted;
        append_whole(th, array, bytes.bytes())?;
        if short { Err(eof_error("read() didn't return enough bytes")) } else { Ok(()) }
    }

    /// Append items to array from list.
    pub fn fromlist(th: &mut Thread, array: &Object<Array>, list: &Value) -> Result<()> {
        let Some(list) = cast::<List>(list) else { return Err(type_error("arg must be list")) };
        let kind = array.payload().kind();
        let len = list.len();
        // Everything is converted before anything is appended: an error changes nothing.
        let mut bytes = support::vector(len * kind.size())?;
        for index in 0..len {
            let Some(item) = list.get(index) else { break };
            bytes.extend_from_slice(&kind.encode(th, &item)?[..kind.size()]);
            if list.len() != len {
                return Err(runtime::error::runtime_error("list changed size during iteration"));
            }
        }
        array.append(th, &bytes)
    }

    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a
    /// file using the fromfile() method.
    pub fn frombytes(th: &mut Thread, array: &Object<Array>, buffer: &Value) -> Result<()> {
        append_buffer(th, array, buffer)
    }

    /// Extends this array with data from the unicode string ustr.
    ///
    /// The array must be a unicode type array; otherwise a ValueError is raised.
    /// Use array.frombytes(ustr.encode(...)) to append Unicode data to an array of
    /// some other type.
    pub fn fromunicode(th: &mut Thread, array: &Object<Array>, ustr: &Object<Str>) -> Result<()> {
        if !array.payload().kind().is_text() {
            return Err(value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
        }
        append_text(th, array, ustr)
    }

    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[sig("($self, v, start=0, stop=sys.maxsize, /)")]
    pub fn index(
        th: &mut Thread,
        array: &Object<Array>,
        v: &Value,
        start: SearchBound,
        stop: SearchBound,
    ) -> Result<usize> {
        let len = array.len(th);
        let start = sequence::search_bound(start.0, len);
        let stop = sequence::search_bound(stop.0, len);
        find(th, array, v, start, stop)?.ok_or_else(|| value_error("array.index(x): x not in array"))
    }

    /// Insert a new item v into the array before position i.
    pub fn insert(th: &mut Thread, array: &Object<Array>, i: isize, v: &Value) -> Result<()> {
        let kind = array.payload().kind();
        let size = kind.size();
        let item = kind.encode(th, v)?;
        array.resize(th, |bytes| {
            let len = bytes.len() / size;
            let at = sequence::search_bound(i, len).min(len) * size;
            bytes.try_reserve(size).map_err(|_| memory_error())?;
            bytes.splice(at..at, item[..size].iter().copied());
            Ok(())
        })
    }

    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[sig("($self, i=-1, /)")]
    pub fn pop(th: &mut Thread, array: &Object<Array>, i: isize) -> Result<Value> {
        let len = array.len(th);
        if len == 0 {
            return Err(index_error("pop from empty array"));
        }
        let index = ops::wrap_index(i, len).ok_or_else(|| index_error("pop index out of range"))?;
        let item = array.get(th, index)?.ok_or_else(|| index_error("pop index out of range"))?;
        remove_at(th, array, index)?;
        Ok(item)
    }

    /// Return state information for pickling.
    #[name("__reduce_ex__")]
    pub fn reduce_ex(th: &mut Thread, array: &Object<Array>, value: &Value) -> Result<Value> {
        pickling::reduce(th, array, value)
    }

    /// Remove the first occurrence of v in the array.
    pub fn remove(th: &mut Thread, array: &Object<Array>, v: &Value) -> Result<()> {
        match find(th, array, v, 0, usize::MAX)? {
            Some(index) => remove_at(th, array, index),
            None => Err(value_error("array.remove(x): x not in array")),
        }
    }

    /// Reverse the order of the items in the array.
    pub fn reverse(th: &mut Thread, array: &Object<Array>) {
        let size = array.payload().kind().size();
        array.with_bytes(th, |bytes| {
            bytes.reverse();
            bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
        });
    }

    /// Write all items (as machine values) to the file object f.
    pub fn tofile(th: &mut Thread, array: &Object<Array>, f: &Value) -> Result<()> {
        const BLOCK_BYTES: usize = 64 * 1024;
        for block in array.bytes(th)?.chunks(BLOCK_BYTES) {
            let block = Bytes::new(th, block)?;
            drop(call::call_method(th, f, names::write(), &[block])?);
        }
        Ok(())
    }

    /// Convert array to an ordinary list with the same items.
    pub fn tolist(th: &mut Thread, array: &Object<Array>) -> Result<Value> {
        list_of(th, array)
    }

    /// Convert the array to an array of machine values and return the bytes representation.
    pub fn tobytes(th: &mut Thread, array: &Object<Array>) -> Result<Vec<u8>> {
        array.bytes(th)
    }

    /// Extends this array with data from the unicode string ustr.
    ///
    /// Convert the array to a unicode string.  The array must be a unicode type array;
    /// otherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a
    /// unicode string from an array of some other type.
    pub fn tounicode(th: &mut Thread, array: &Object<Array>) -> Result<Value> {
        if !array.payload().kind().is_text() {
            return Err(value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
        }
        text_of(th, array)
    }

    /// Size of the array in memory, in bytes.
    #[name("__sizeof__")]
    pub fn sizeof(th: &mut Thread, array: &Object<Array>) -> usize {
        size_of::<Object<Array>>() + array.len(th) * array.payload().kind().size()
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        runtime::types::generic_alias::new(th, class, object)
    }

    /// the typecode character used to create the array
    #[getter]
    pub fn typecode(array: &Object<Array>) -> String {
        array.payload().kind().code().to_string()
    }

    /// the size, in bytes, of one array item
    #[getter]
    pub fn itemsize(array: &Object<Array>) -> usize {
        array.payload().kind().size()
    }
}
