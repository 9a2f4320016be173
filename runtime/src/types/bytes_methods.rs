//! What makes up `bytes`: its slots, its constructor and the few methods that bytearray has not; the rest is in
//! `byte_strings`.

use memory::{Object, Value};
use threads::{Context, Thread};

use super::byte_strings::{construct, format, letters, operators, search, split, transform};
use super::slice::Subscript;
use super::{Bytes, BytesExt, Str, Tuple, buffers, int, sequence};
use crate::class::{Payload, Slots, Type, TypeExt, class_of};
use crate::error::{Result, index_error, memory_error, system_error, type_error};
use crate::names;
use crate::native::buffer::Buffer;
use crate::native::{self, Args, NativeDef};
use crate::object::{cast, cast_exact, to_value};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[
    methods::METHODS,
    letters::of_bytes::METHODS,
    search::of_bytes::METHODS,
    split::of_bytes::METHODS,
    transform::of_bytes::METHODS,
];

/// Slots.
pub fn slots(slots: &Slots) {
    operators::fill::<Bytes>(slots);
    format::fill::<Bytes>(slots);
    slots.repr.set(repr);
    slots.str.set(repr);
    slots.hash.set(|_, value| Ok(super::bytes::hash(receiver(value)?)));
    slots.iter.set(super::character_iterators::of_bytes);
    slots.getitem.set(getitem);
    slots.buffer.set(lend);
}

fn receiver(value: &Value) -> Result<&Object<Bytes>> {
    cast::<Bytes>(value).ok_or_else(|| system_error("a slot of bytes was called for something else"))
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let bytes = receiver(value)?.bytes();
    super::str::ensure_room(bytes.len().saturating_mul(4))?;
    Str::from_latin1(thread, text::repr::bytes_repr(bytes).as_bytes())
}

fn exact(thread: &Context, value: &Value) -> Result<Value> {
    if cast_exact::<Bytes>(value).is_some() {
        Ok(value.clone())
    } else {
        Bytes::new(thread, receiver(value)?.bytes())
    }
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let bytes = receiver(value)?.bytes();
    match Subscript::of(thread, key, "byte")? {
        Subscript::Index(index) => match crate::ops::wrap_index(index, bytes.len()) {
            Some(index) => int::from_i64(thread, bytes[index].into()),
            None => Err(index_error("index out of range")),
        },
        Subscript::Slice(bounds) => {
            let span = bounds.over(bytes.len());
            if let Some(range) = span.range() {
                if range.len() == bytes.len() {
                    return exact(thread, value);
                }
                return Bytes::new(thread, &bytes[range]);
            }
            let mut picked = Vec::new();
            if picked.try_reserve_exact(span.count).is_err() {
                return Err(memory_error());
            }
            picked.extend(span.indices().map(|i| bytes[i]));
            Bytes::new(thread, &picked)
        }
    }
}

/// The bytes of an instance of bytes itself that `span` selects.
///
/// # Errors
/// MemoryError.
pub fn part(thread: &Context, bytes: &Object<Bytes>, span: sequence::Span) -> Result<Value> {
    let whole = bytes.bytes();
    if span.step != 1 {
        let selection = span.select(whole.len());
        let mut picked = Vec::new();
        picked.try_reserve_exact(selection.count).map_err(|_| memory_error())?;
        picked.extend(selection.indices().map(|i| whole[i]));
        return Bytes::new(thread, &picked);
    }
    let range = sequence::cut(span.start, span.stop, whole.len());
    if range.len() == whole.len() { Ok(to_value(bytes)) } else { Bytes::new(thread, &whole[range]) }
}

fn lend(_: &mut Thread, value: &Value, writable: bool) -> Result<Buffer> {
    if writable {
        return Err(crate::error::buffer_error("Object is not writable."));
    }
    let bytes = receiver(value)?.bytes();
    Ok(Buffer::of_bytes(value.clone(), bytes.as_ptr().cast_mut(), bytes.len(), true))
}

/// `bytes.__new__`
///
/// # Errors
/// TypeError, ValueError, or what the conversion raises.
pub fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("bytes.__new__(X): X is not a type object"));
    };
    let made = made(thread, args)?;
    if std::ptr::eq(class, Bytes::def().object()) {
        return Ok(made);
    }
    Bytes::of_class(thread, class, receiver(&made)?.bytes())
}

/// What `__bytes__` answers.
fn own_bytes(thread: &mut Thread, source: &Value) -> Result<Option<Value>> {
    let result = crate::class::lookup::call_special(thread, source, names::__bytes__(), &[])?;
    if let Some(result) = &result
        && cast::<Bytes>(result).is_none()
    {
        let class = class_of(result).name_lossy();
        return Err(type_error(format!("__bytes__ returned non-bytes (type {class})")));
    }
    Ok(result)
}

fn made(thread: &mut Thread, args: Args<'_>) -> Result<Value> {
    let arguments = construct::Arguments::of(thread, args, "bytes")?;
    if let (Some(source), None, None) = (arguments.source, &arguments.encoding, &arguments.errors)
        && cast::<Str>(source).is_some()
        && let Some(result) = own_bytes(thread, source)?
    {
        return Ok(result);
    }
    if let Some(encoded) = arguments.encoded(thread)? {
        return Ok(encoded);
    }
    let Some(source) = arguments.source else { return Bytes::new(thread, b"") };
    if cast_exact::<Bytes>(source).is_some() {
        return Ok(source.clone());
    }
    // Ints themselves have no `__bytes__`.
    if !source.word().is_int()
        && let Some(result) = own_bytes(thread, source)?
    {
        return Ok(result);
    }
    if !buffers::is_buffer(source)
        && let Some(zeros) = construct::zeros(thread, source)?
    {
        return Bytes::new(thread, &zeros);
    }
    let bytes = construct::from_object(thread, source, "bytes", "bytes must be in range(0, 256)")?;
    Bytes::new(thread, &bytes)
}

#[native::methods(Bytes, name = "bytes")]
mod methods {
    use super::*;

    /// Return the arguments with which copies are made.
    pub fn __getnewargs__(th: &mut Thread, this: &Object<Bytes>) -> Result<Value> {
        let plain = Bytes::new(th, this.bytes())?;
        Tuple::of_array(th, [plain])
    }

    /// Convert this value to exact type bytes.
    pub fn __bytes__(th: &mut Thread, this: &Object<Bytes>) -> Result<Value> {
        exact(th, &crate::object::to_value(this))
    }
}
