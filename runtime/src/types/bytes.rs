//! `bytes`: immutable bytes behind the header.

use memory::{Object, Trace, Value, Visitor};
use threads::Context;
use threads::sync::atomic::{AtomicI64, Ordering};

use crate::class::{ClassFlags, Type};
use crate::error::Result;
use crate::names::StaticValue;
use crate::object::cast;

/// The payload of a bytes object; the bytes and a zero byte follow.
#[repr(C)]
pub struct Bytes {
    len: usize,
    hash: AtomicI64,
}

// SAFETY: no references.
unsafe impl Trace for Bytes {
    const NAME: &'static str = "bytes";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Bytes,
    "bytes",
    ClassFlags::BASETYPE.union(ClassFlags::BYTES).union(ClassFlags::MATCH_SELF),
    tail = |object| object.payload_for_trace().len + 1,
    with_doc(
        "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer"
    ),
    with_slots(super::bytes_methods::slots),
    with_new(super::bytes_methods::new),
    with_methods(super::bytes_methods::METHODS)
);

impl Bytes {
    /// The bytes object with these bytes.
    ///
    /// # Errors
    /// MemoryError.
    #[allow(clippy::new_ret_no_self, reason = "makes the object, not the payload")]
    pub fn new(thread: &Context, bytes: &[u8]) -> Result<Value> {
        static EMPTY: StaticValue = StaticValue::new();
        if bytes.is_empty() {
            // There is one empty bytes object, which programs see by `is`.
            if EMPTY.get().is_none() {
                EMPTY.set_first(Self::of_class(
                    thread,
                    <Self as crate::class::Payload>::def().object(),
                    &[],
                )?);
            }
            if let Some(empty) = EMPTY.get() {
                return Ok(empty.clone());
            }
        }
        if let &[byte] = bytes {
            return Self::of_byte(thread, byte);
        }
        Self::of_class(thread, <Self as crate::class::Payload>::def().object(), bytes)
    }

    /// The bytes object with this byte, of which there is one.
    fn of_byte(thread: &Context, byte: u8) -> Result<Value> {
        static BYTES: [StaticValue; 256] = [const { StaticValue::new() }; 256];
        let of_byte = &BYTES[usize::from(byte)];
        if let Some(value) = of_byte.get() {
            return Ok(value.clone());
        }
        let value = Self::of_class(thread, <Self as crate::class::Payload>::def().object(), &[byte])?;
        of_byte.set_first(value.clone());
        Ok(of_byte.get().cloned().unwrap_or(value))
    }

    /// An instance of bytes or a subclass.
    ///
    /// # Errors
    /// MemoryError.
    pub fn of_class(thread: &Context, class: &Object<Type>, bytes: &[u8]) -> Result<Value> {
        let payload = Bytes { len: bytes.len(), hash: AtomicI64::new(0) };
        let value = crate::object::new_of_with_tail(thread, class, payload, 0, bytes.len() + 1)?;
        if let Some(object) = cast::<Bytes>(&value) {
            // SAFETY: the tail has room for the bytes, and the object is new.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), object.tail(), bytes.len()) };
            // SAFETY: as above, and for the zero byte.
            unsafe { object.tail().wrapping_add(bytes.len()).write(0) };
        }
        Ok(value)
    }
}

/// What bytes objects are asked.
pub trait BytesExt {
    /// The bytes.
    fn bytes(&self) -> &[u8];
}

impl BytesExt for Object<Bytes> {
    #[inline]
    fn bytes(&self) -> &[u8] {
        // SAFETY: `len` bytes follow the payload and never change.
        unsafe { std::slice::from_raw_parts(self.tail(), self.payload().len) }
    }
}

/// `hash()` of a bytes object: cached.
pub fn hash(object: &Object<Bytes>) -> i64 {
    // Relaxed: whoever computes it gets the same number.
    let hash = object.payload().hash.load(Ordering::Relaxed);
    if hash != 0 {
        return hash;
    }
    let hash = super::hashing::hash_bytes(object.bytes());
    object.payload().hash.store(hash, Ordering::Relaxed);
    hash
}
