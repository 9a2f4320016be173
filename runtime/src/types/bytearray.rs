//! `bytearray`: bytes that change.
//!
//! The bytes are a vector inside guarded state; what has been cut off in front is skipped, so that consuming a buffer from the
//! front is cheap. Whoever lends the bytes (`memoryview`) is counted.
//!
//! * INV-BYTEARRAY-1: while there are loans the bytes neither move nor change in number; borrowers read and write them
//!   without the section, so nobody else then looks at them through a Rust reference unless the thread is alone with them.

use memory::{Exclusive, Guarded, Object, Trace, Value, Visitor};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Type};
use crate::error::{Result, buffer_error, memory_error};
use crate::native::buffer::Buffer;
use crate::object::cast;

/// The payload of a bytearray.
#[derive(Default)]
pub struct Bytearray {
    storage: Guarded<Storage>,
}

/// The bytes and what is known of them.
#[derive(Debug, Default)]
pub struct Storage {
    bytes: Vec<u8>,
    /// How many bytes in front are gone.
    start: usize,
    loans: usize,
}

// SAFETY: no references.
unsafe impl Trace for Bytearray {
    const NAME: &'static str = "bytearray";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Bytearray,
    "bytearray",
    ClassFlags::BASETYPE.union(ClassFlags::MATCH_SELF),
    with_doc(
        "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\nbytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> bytes array of size given by the parameter initialized with null bytes\nbytearray() -> empty bytes array\n\nConstruct a mutable bytearray object from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - a bytes or a buffer object\n  - any object implementing the buffer API.\n  - an integer"
    ),
    with_slots(super::bytearray_methods::slots),
    with_new(super::bytearray_methods::new),
    with_methods(super::bytearray_methods::METHODS)
);

impl Storage {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// The bytes, to be changed in place.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that are set aside.
    pub fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    /// Replaces `range` by `new`; what is replaced by as many bytes may be lent.
    ///
    /// # Errors
    /// BufferError while bytes are lent, MemoryError.
    pub fn splice(&mut self, range: std::ops::Range<usize>, new: &[u8]) -> Result<()> {
        if range.len() == new.len() {
            self.bytes_mut()[range].copy_from_slice(new);
            return Ok(());
        }
        self.check_resizable()?;
        let (from, to) = (self.start + range.start, self.start + range.end);
        if new.len() < range.len() && range.start == 0 {
            // Cut off in front: the rest stays where it is until most of the vector is unused.
            self.start = to - new.len();
            let start = self.start;
            self.bytes[start..to].copy_from_slice(new);
            self.compact();
            return Ok(());
        }
        if new.len() > range.len() && self.bytes.try_reserve(new.len() - range.len()).is_err() {
            return Err(memory_error());
        }
        if from == self.bytes.len() {
            self.bytes.extend_from_slice(new);
        } else {
            self.bytes.splice(from..to, new.iter().copied());
        }
        self.compact();
        Ok(())
    }

    /// Sets the number of bytes; new ones are zero.
    ///
    /// # Errors
    /// BufferError while bytes are lent, MemoryError.
    pub fn resize(&mut self, len: usize) -> Result<()> {
        if len == self.len() {
            return Ok(());
        }
        self.check_resizable()?;
        if len > self.len() && self.bytes.try_reserve(len - self.len()).is_err() {
            return Err(memory_error());
        }
        self.bytes.resize(self.start + len, 0);
        self.compact();
        Ok(())
    }

    /// Raises while bytes are lent.
    ///
    /// # Errors
    /// BufferError.
    pub fn check_resizable(&self) -> Result<()> {
        if self.loans > 0 {
            return Err(buffer_error("Existing exports of data: object cannot be re-sized"));
        }
        Ok(())
    }

    /// Gives back what is no longer used, if it is most of the vector.
    fn compact(&mut self) {
        if self.start > self.bytes.len() / 2 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        if self.bytes.capacity() / 4 > self.bytes.len().max(64) {
            self.bytes.shrink_to(self.bytes.len() * 2);
        }
    }
}

/// A bytearray of these bytes.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, bytes: Vec<u8>) -> Result<Value> {
    let storage = Guarded::new(Storage { bytes, start: 0, loans: 0 });
    crate::object::new(thread, Bytearray { storage })
}

/// An empty instance of bytearray or a subclass.
///
/// # Errors
/// MemoryError.
pub fn of_class(thread: &Context, class: &Object<Type>) -> Result<Value> {
    crate::object::new_of(thread, class, Bytearray::default())
}

/// Runs `f` on the storage, in the section.
#[inline]
pub fn edit<R>(thread: &Context, object: &Object<Bytearray>, f: impl FnOnce(&mut Storage) -> R) -> R {
    let mut section = Exclusive::open_in(thread, object);
    f(section.get(|b| &b.storage))
}

/// Runs `f` on the bytes, which nobody changes meanwhile: in the section, or on a copy while they are lent.
#[inline]
pub fn with_bytes<R>(thread: &Context, object: &Object<Bytearray>, f: impl FnOnce(&[u8]) -> R) -> R {
    let mut section = Exclusive::open_in(thread, object);
    let storage = section.get(|b| &b.storage);
    if storage.loans == 0 || thread.is_solo() {
        return f(storage.bytes());
    }
    let copy = copy_lent(storage);
    drop(section);
    f(&copy)
}

/// A copy of bytes that others may be writing: INV-BYTEARRAY-1.
fn copy_lent(storage: &Storage) -> Vec<u8> {
    let first = storage.bytes.as_ptr();
    (storage.start..storage.bytes.len())
        .map(|i| {
            // SAFETY: inside the vector, which does not move while the section is open.
            unsafe { first.wrapping_add(i).read_volatile() }
        })
        .collect()
}

/// How many bytes `value` has; 0 for what is no bytearray.
pub fn len_of(thread: &Context, value: &Value) -> usize {
    cast::<Bytearray>(value).map_or(0, |object| edit(thread, object, |storage| storage.len()))
}

/// The byte `index`.
pub fn byte_at(thread: &Context, value: &Value, index: usize) -> Option<u8> {
    edit(thread, cast::<Bytearray>(value)?, |storage| storage.bytes().get(index).copied())
}

/// A copy of the bytes.
///
/// # Errors
/// MemoryError.
pub fn to_vec(thread: &Context, object: &Object<Bytearray>) -> Result<Vec<u8>> {
    with_bytes(thread, object, copied)
}

/// A copy of bytes, as many as a program likes.
///
/// # Errors
/// MemoryError.
pub fn copied(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len()).map_err(|_| crate::error::memory_error())?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

/// Lends the bytes.
pub(super) fn lend(thread: &mut Thread, value: &Value, _writable: bool) -> Result<Buffer> {
    let Some(object) = cast::<Bytearray>(value) else {
        return Err(crate::error::system_error("bytearray's buffer slot was called for something else"));
    };
    let (pointer, len) = edit(thread, object, |storage| {
        storage.loans += 1;
        let len = storage.len();
        (storage.bytes.as_mut_ptr().wrapping_add(storage.start), len)
    });
    let mut buffer = Buffer::of_bytes(value.clone(), pointer, len, false);
    buffer.release = Some(give_back);
    Ok(buffer)
}

fn give_back(thread: &mut Thread, value: &Value) {
    if let Some(object) = cast::<Bytearray>(value) {
        edit(thread, object, |storage| storage.loans = storage.loans.saturating_sub(1));
    }
}
