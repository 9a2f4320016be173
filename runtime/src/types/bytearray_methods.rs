//! What makes up `bytearray`: its slots, and what changes it; the rest is in `byte_strings`.
//!
//! Whatever may run Python (converting indices and items) comes before the section is opened; lengths are read inside.

use memory::{Object, Value};
use threads::Thread;

use super::byte_strings::{byte, construct, format, letters, operators, search, split, transform};
use super::bytearray::{self, Bytearray, edit, to_vec};
use super::slice::{Bounds, Subscript};
use super::{Str, Tuple, buffers, int};
use crate::class::{Slots, Type, TypeExt, class_of, slots_of};
use crate::error::{Result, index_error, memory_error, system_error, type_error, value_error};
use crate::native::{self, Args, NativeDef};
use crate::object::{cast, to_value};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[
    methods::METHODS,
    letters::of_bytearray::METHODS,
    search::of_bytearray::METHODS,
    split::of_bytearray::METHODS,
    transform::of_bytearray::METHODS,
];

/// Slots.
pub fn slots(slots: &Slots) {
    operators::fill::<Bytearray>(slots);
    format::fill::<Bytearray>(slots);
    slots.repr.set(repr);
    slots.str.set(repr);
    slots.hash.set(crate::ops::hash_not_implemented);
    slots.iter.set(super::character_iterators::of_bytearray);
    slots.init.set(init);
    slots.getitem.set(getitem);
    slots.setitem.set(setitem);
    slots.inplace_concat.set(inplace_concat);
    slots.inplace_repeat.set(inplace_repeat);
    slots.buffer.set(bytearray::lend);
}

fn receiver(value: &Value) -> Result<&Object<Bytearray>> {
    cast::<Bytearray>(value).ok_or_else(|| system_error("a slot of bytearray was called for something else"))
}

/// `bytearray.__new__`: empty; `__init__` fills it.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    match cast::<Type>(class) {
        Some(class) => bytearray::of_class(thread, class),
        None => Err(type_error("bytearray.__new__(X): X is not a type object")),
    }
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let this = receiver(value)?;
    let arguments = construct::Arguments::of(thread, args, "bytearray")?;
    edit(thread, this, |storage| storage.resize(0))?;
    let bytes = match (arguments.encoded(thread)?, arguments.source) {
        (Some(encoded), _) => buffers::bytes_of(thread, &encoded)?.into_vec(),
        (None, None) => return Ok(()),
        (None, Some(source)) => match construct::zeros(thread, source)? {
            Some(zeros) => zeros,
            None => construct::from_object(thread, source, "bytearray", "byte must be in range(0, 256)")?,
        },
    };
    edit(thread, this, |storage| {
        let len = storage.len();
        storage.splice(0..len, &bytes)
    })
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let bytes = to_vec(thread, receiver(value)?)?;
    super::str::ensure_room(bytes.len().saturating_mul(4))?;
    let mut out = class_of(value).name_lossy();
    out.push('(');
    let shown = text::repr::bytes_repr(&bytes);
    // Unlike bytes, a bytearray escapes apostrophes between double quotes, too.
    match shown.strip_prefix("b\"") {
        Some(rest) => {
            out.push_str("b\"");
            out.push_str(&rest.replace('\'', "\\'"));
        }
        None => out.push_str(&shown),
    }
    out.push(')');
    Str::new(thread, &out)
}

fn out_of_range() -> crate::error::Raised {
    index_error("bytearray index out of range")
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let this = receiver(value)?;
    match Subscript::of(thread, key, "bytearray")? {
        Subscript::Index(index) => {
            let found = edit(thread, this, |storage| {
                crate::ops::wrap_index(index, storage.len()).map(|index| storage.bytes()[index])
            });
            int::from_i64(thread, found.ok_or_else(out_of_range)?.into())
        }
        Subscript::Slice(bounds) => {
            let picked = bytearray::with_bytes(thread, this, |bytes| -> Result<Vec<u8>> {
                let span = bounds.over(bytes.len());
                let mut picked = Vec::new();
                if picked.try_reserve_exact(span.count).is_err() {
                    return Err(memory_error());
                }
                match span.range() {
                    Some(range) => picked.extend_from_slice(&bytes[range]),
                    None => picked.extend(span.indices().map(|i| bytes[i])),
                }
                Ok(picked)
            })?;
            bytearray::new(thread, picked)
        }
    }
}

fn setitem(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    let this = receiver(value)?;
    match (Subscript::of(thread, key, "bytearray")?, new) {
        (Subscript::Index(index), None) => edit(thread, this, |storage| {
            let index = crate::ops::wrap_index(index, storage.len()).ok_or_else(out_of_range)?;
            storage.splice(index..index + 1, &[])
        }),
        (Subscript::Index(index), Some(new)) => {
            // A bad index is told before a bad value; converting the value may make the index bad after all.
            let known = edit(thread, this, |storage| crate::ops::wrap_index(index, storage.len()).is_some());
            if !known {
                return Err(out_of_range());
            }
            let byte = byte(thread, new)?;
            edit(thread, this, |storage| {
                let index = crate::ops::wrap_index(index, storage.len()).ok_or_else(out_of_range)?;
                storage.bytes_mut()[index] = byte;
                Ok(())
            })
        }
        (Subscript::Slice(bounds), None) => set_slice(thread, this, bounds, &[]),
        (Subscript::Slice(bounds), Some(new)) => {
            let bytes = assignable(thread, new)?;
            set_slice(thread, this, bounds, &bytes)
        }
    }
}

/// What may be assigned to a slice, as bytes.
fn assignable(thread: &mut Thread, new: &Value) -> Result<Vec<u8>> {
    if !buffers::is_buffer(new) {
        let slots = slots_of(new);
        let number = slots.index.get().is_some() || slots.int.get().is_some() || slots.float.get().is_some();
        if number || int::is_int(new) || cast::<Str>(new).is_some() {
            return Err(type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
        }
    }
    construct::from_object(thread, new, "bytearray", "byte must be in range(0, 256)")
}

fn set_slice(thread: &Thread, this: &Object<Bytearray>, bounds: Bounds, new: &[u8]) -> Result<()> {
    edit(thread, this, |storage| {
        let span = bounds.over(storage.len());
        if let Some(range) = span.range() {
            return storage.splice(range, new);
        }
        if new.is_empty() {
            if span.count == 0 {
                return Ok(());
            }
            storage.check_resizable()?;
            let mut gone = span.ascending().indices().peekable();
            let kept: Vec<u8> = storage
                .bytes()
                .iter()
                .enumerate()
                .filter(|(i, _)| gone.next_if_eq(i).is_none())
                .map(|(_, &byte)| byte)
                .collect();
            let len = storage.len();
            return storage.splice(0..len, &kept);
        }
        if new.len() != span.count {
            return Err(value_error(format!(
                "attempt to assign bytes of size {} to extended slice of size {}",
                new.len(),
                span.count
            )));
        }
        let bytes = storage.bytes_mut();
        for (index, &byte) in span.indices().zip(new) {
            bytes[index] = byte;
        }
        Ok(())
    })
}

fn append_all(thread: &Thread, this: &Object<Bytearray>, bytes: &[u8]) -> Result<()> {
    edit(thread, this, |storage| {
        let len = storage.len();
        storage.splice(len..len, bytes)
    })
}

fn inplace_concat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let this = receiver(a)?;
    let other = operators::addend(thread, a, b)?;
    append_all(thread, this, &other)?;
    Ok(a.clone())
}

fn inplace_repeat(thread: &mut Thread, value: &Value, count: isize) -> Result<Value> {
    let this = receiver(value)?;
    if count != 1 {
        let bytes = to_vec(thread, this)?;
        let made = operators::repeated(&bytes, count).map_err(|_| memory_error())?;
        edit(thread, this, |storage| {
            let len = storage.len();
            storage.splice(0..len, &made)
        })?;
    }
    Ok(value.clone())
}

/// `(class, arguments, state)` for `pickle`: bytes as an argument from protocol 3 on, text before.
fn reduced(thread: &mut Thread, this: &Object<Bytearray>, protocol: i64) -> Result<Value> {
    let value = to_value(this);
    let bytes = to_vec(thread, this)?;
    let arguments = if bytes.is_empty() {
        Vec::new()
    } else if protocol < 3 {
        vec![Str::from_latin1(thread, &bytes)?, Str::new(thread, "latin-1")?]
    } else {
        vec![super::Bytes::new(thread, &bytes)?]
    };
    let arguments = Tuple::new(thread, arguments)?;
    let state = crate::call::call_method(thread, &value, crate::names::__getstate__(), &[])?;
    Tuple::of_array(thread, [crate::class::as_value(class_of(&value)), arguments, state])
}

#[native::methods(Bytearray, name = "bytearray")]
mod methods {
    use super::*;

    /// Append a single item to the end of the bytearray.
    ///
    ///   item
    ///     The item to be appended.
    pub fn append(th: &mut Thread, this: &Object<Bytearray>, item: &Value) -> Result<()> {
        let byte = byte(th, item)?;
        append_all(th, this, &[byte])
    }

    /// Remove all items from the bytearray.
    pub fn clear(th: &mut Thread, this: &Object<Bytearray>) -> Result<()> {
        edit(th, this, |storage| storage.resize(0))
    }

    /// Return a copy of B.
    pub fn copy(th: &mut Thread, this: &Object<Bytearray>) -> Result<Value> {
        let bytes = to_vec(th, this)?;
        bytearray::new(th, bytes)
    }

    /// Append all the items from the iterator or sequence to the end of the bytearray.
    ///
    ///   iterable_of_ints
    ///     The iterable of items to append.
    pub fn extend(th: &mut Thread, this: &Object<Bytearray>, iterable_of_ints: &Value) -> Result<()> {
        let given = iterable_of_ints;
        let class = class_of(given).name_lossy();
        if cast::<Str>(given).is_some() {
            return Err(type_error(format!("expected iterable of integers; got: '{class}'")));
        }
        let slots = slots_of(given);
        if !buffers::is_buffer(given) && slots.iter.get().is_none() && slots.getitem.get().is_none() {
            return Err(type_error(format!("can't extend bytearray with {class}")));
        }
        // Making the bytes may resize the receiver: they go to where its end was.
        let end = crate::types::bytearray::with_bytes(th, this, <[u8]>::len);
        let bytes = construct::from_object(th, given, "bytearray", "byte must be in range(0, 256)")?;
        edit(th, this, |storage| {
            let at = end.min(storage.len());
            storage.splice(at..at, &bytes)
        })
    }

    /// Insert a single item into the bytearray before the given index.
    ///
    ///   index
    ///     The index where the value is to be inserted.
    ///   item
    ///     The item to be inserted.
    pub fn insert(th: &mut Thread, this: &Object<Bytearray>, index: isize, item: &Value) -> Result<()> {
        let byte = byte(th, item)?;
        edit(th, this, |storage| {
            let len = storage.len();
            let index = if index < 0 { index.saturating_add_unsigned(len).max(0) } else { index };
            let index = (index as usize).min(len);
            storage.splice(index..index, &[byte])
        })
    }

    /// Remove and return a single item from B.
    ///
    ///   index
    ///     The index from where to remove the item.
    ///     -1 (the default value) means remove the last item.
    ///
    /// If no index argument is given, will pop the last item.
    #[sig("($self, index=-1, /)")]
    pub fn pop(th: &mut Thread, this: &Object<Bytearray>, index: isize) -> Result<u8> {
        edit(th, this, |storage| {
            if storage.is_empty() {
                return Err(index_error("pop from empty bytearray"));
            }
            let index = crate::ops::wrap_index(index, storage.len());
            let index = index.ok_or_else(|| index_error("pop index out of range"))?;
            let byte = storage.bytes()[index];
            storage.splice(index..index + 1, &[])?;
            Ok(byte)
        })
    }

    /// Remove the first occurrence of a value in the bytearray.
    ///
    ///   value
    ///     The value to remove.
    pub fn remove(th: &mut Thread, this: &Object<Bytearray>, value: &Value) -> Result<()> {
        let byte = byte(th, value)?;
        edit(th, this, |storage| match storage.bytes().iter().position(|&b| b == byte) {
            Some(index) => storage.splice(index..index + 1, &[]),
            None => Err(value_error("value not found in bytearray")),
        })
    }

    /// Resize the internal buffer of bytearray to len.
    ///
    ///   size
    ///     New size to resize to..
    pub fn resize(th: &mut Thread, this: &Object<Bytearray>, size: isize) -> Result<()> {
        let Ok(size) = usize::try_from(size) else {
            return Err(value_error(format!("Can only resize to positive sizes, got {size}")));
        };
        edit(th, this, |storage| storage.resize(size))
    }

    /// Reverse the order of the values in B in place.
    pub fn reverse(th: &mut Thread, this: &Object<Bytearray>) {
        edit(th, this, |storage| storage.bytes_mut().reverse());
    }

    /// B.__alloc__() -> int
    ///
    /// Return the number of bytes actually allocated.
    pub fn __alloc__(th: &mut Thread, this: &Object<Bytearray>) -> usize {
        edit(th, this, |storage| storage.capacity() + 1)
    }

    /// Returns the size of the bytearray object in memory, in bytes.
    pub fn __sizeof__(th: &mut Thread, this: &Object<Bytearray>) -> usize {
        std::mem::size_of::<Object<Bytearray>>() + edit(th, this, |storage| storage.capacity())
    }

    /// Return state information for pickling.
    pub fn __reduce__(th: &mut Thread, this: &Object<Bytearray>) -> Result<Value> {
        reduced(th, this, 2)
    }

    /// Return state information for pickling.
    #[sig("($self, proto=0, /)")]
    pub fn __reduce_ex__(th: &mut Thread, this: &Object<Bytearray>, proto: i32) -> Result<Value> {
        reduced(th, this, proto.into())
    }
}
