//! What bytes and bytearray have in common: almost all of their methods.
//!
//! Each file is a concern: functions over plain slices, and at its end the methods of both types, written once by a macro.
//! A bytearray's bytes are looked at in its section, so arguments are converted before.

pub mod construct;
pub mod format;
pub mod letters;
pub mod operators;
pub mod search;
pub mod split;
pub mod transform;

use memory::{Object, Value};
use threads::{Context, Thread};

use crate::class::{Payload, TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, type_error, value_error};
use crate::object::{cast, cast_exact, to_value};
use crate::types::buffers::{self, BytesLike};
use crate::types::bytearray::{self, Bytearray};
use crate::types::{Bytes, BytesExt, int};

/// bytes or bytearray.
pub trait ByteString: Payload {
    /// The name of the type.
    const TYPE: &'static str;
    /// Runs `f` on the bytes; it neither runs Python nor opens a section.
    fn with<R>(thread: &Context, object: &Object<Self>, f: impl FnOnce(&[u8]) -> R) -> R;
    /// An instance of the type itself with these bytes.
    ///
    /// # Errors
    /// MemoryError.
    fn make(thread: &Context, bytes: Vec<u8>) -> Result<Value>;
    /// What a method returns that changes nothing: the object itself if it is immutable.
    ///
    /// # Errors
    /// MemoryError.
    fn unchanged(thread: &Context, object: &Object<Self>) -> Result<Value>;
    /// Runs `f`, which may run Python: whatever that does, it does not resize the object.
    ///
    /// # Errors
    /// What `f` answers.
    fn held<R>(
        thread: &mut Thread,
        _object: &Object<Self>,
        f: impl FnOnce(&mut Thread) -> Result<R>,
    ) -> Result<R> {
        f(thread)
    }
}

impl ByteString for Bytes {
    const TYPE: &'static str = "bytes";

    #[inline]
    fn with<R>(_: &Context, object: &Object<Self>, f: impl FnOnce(&[u8]) -> R) -> R {
        f(object.bytes())
    }

    fn make(thread: &Context, bytes: Vec<u8>) -> Result<Value> {
        Bytes::new(thread, &bytes)
    }

    fn unchanged(thread: &Context, object: &Object<Self>) -> Result<Value> {
        let value = to_value(object);
        if cast_exact::<Bytes>(&value).is_some() { Ok(value) } else { Bytes::new(thread, object.bytes()) }
    }
}

impl ByteString for Bytearray {
    const TYPE: &'static str = "bytearray";

    #[inline]
    fn with<R>(thread: &Context, object: &Object<Self>, f: impl FnOnce(&[u8]) -> R) -> R {
        bytearray::with_bytes(thread, object, f)
    }

    fn make(thread: &Context, bytes: Vec<u8>) -> Result<Value> {
        bytearray::new(thread, bytes)
    }

    fn unchanged(thread: &Context, object: &Object<Self>) -> Result<Value> {
        bytearray::new(thread, bytearray::to_vec(thread, object)?)
    }

    fn held<R>(
        thread: &mut Thread,
        object: &Object<Self>,
        f: impl FnOnce(&mut Thread) -> Result<R>,
    ) -> Result<R> {
        let buffer = bytearray::lend(thread, &to_value(object), false)?;
        let result = f(thread);
        if let Some(release) = buffer.release {
            release(thread, &buffer.owner);
        }
        result
    }
}

/// "byte must be in range(0, 256)"
#[cold]
pub fn byte_range() -> Raised {
    value_error("byte must be in range(0, 256)")
}

/// An int as a byte.
///
/// # Errors
/// TypeError for no integer, ValueError for one out of range.
pub fn byte(thread: &mut Thread, value: &Value) -> Result<u8> {
    let number = crate::ops::index(thread, value)?;
    int::to_i64(&number).and_then(|number| u8::try_from(number).ok()).ok_or_else(byte_range)
}

/// What is looked for: bytes, or one byte as an int.
///
/// # Errors
/// TypeError, ValueError.
pub fn needle<'a>(thread: &mut Thread, value: &'a Value) -> Result<BytesLike<'a>> {
    if buffers::is_buffer(value) {
        return buffers::bytes_of(thread, value);
    }
    if !int::is_int(value) && slots_of(value).index.get().is_none() {
        let class = class_of(value).name_lossy();
        return Err(type_error(format!("argument should be integer or bytes-like object, not '{class}'")));
    }
    Ok(BytesLike::Copy(vec![byte(thread, value)?]))
}

/// The receiver of a slot.
fn receiver<T: ByteString>(value: &Value) -> Result<&Object<T>> {
    cast::<T>(value)
        .ok_or_else(|| crate::error::system_error("a slot of bytes was called for something else"))
}

/// Raises if there is no memory for a result of so many bytes.
fn room(bytes: usize) -> Result<()> {
    super::str::ensure_room(bytes)
}
