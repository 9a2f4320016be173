//! The payload of an array: bytes under its lock.
//!
//! * INV-ARRAY-1: while bytes are lent they neither move nor change in number.

use runtime::class::Slots;
use runtime::error::{Result, buffer_error, memory_error};
use runtime::memory::Guarded;
use runtime::native::buffer::Buffer;
use runtime::native::{self, Exclusive, Object};
use runtime::object::cast;
use runtime::{Context, Thread, Value};

use super::kind::{Kind, Raw};
use super::{methods, slots};

/// array(typecode [, initializer]) -> array
///
/// Return a new array whose items are restricted by typecode, and
/// initialized from the optional initializer value, which must be a list,
/// string or iterable over elements of the appropriate type.
///
/// Arrays represent basic values and behave very much like lists, except
/// the type of objects stored in them is constrained.
#[native::class(
    "array",
    module = "array",
    basetype,
    weakref,
    sequence,
    methods(methods::methods),
    new = slots::new,
    slots = slots::slots
)]
pub struct Array {
    kind: Kind,
    #[untraced]
    storage: Guarded<Storage>,
}

/// The bytes, and how many loans of them there are.
#[derive(Default)]
struct Storage {
    bytes: Vec<u8>,
    loans: usize,
}

impl Array {
    /// The payload of an array with these bytes: whole items.
    pub fn of(kind: Kind, bytes: Vec<u8>) -> Self {
        debug_assert_eq!(bytes.len() % kind.size(), 0);
        Self { kind, storage: Guarded::new(Storage { bytes, loans: 0 }) }
    }

    /// The type of the items.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

/// What arrays are asked.
pub trait ArrayExt {
    /// How many items.
    fn len(&self, thread: &Context) -> usize;
    /// The item `index` as a machine value.
    fn raw(&self, thread: &Context, index: usize) -> Option<Raw>;
    /// As [`raw`](Self::raw), counted from the end if `index` is negative.
    fn raw_at(&self, thread: &Context, index: i64) -> Option<Raw>;
    /// Writes an item, given by its bytes, at `index`; false if there is none.
    fn write_at(&self, thread: &Context, index: i64, item: &[u8; 8]) -> bool;
    /// A copy of the bytes.
    ///
    /// # Errors
    /// MemoryError.
    fn bytes(&self, thread: &Context) -> Result<Vec<u8>>;
    /// Runs `f` on the bytes; their number stays.
    fn with_bytes<R>(&self, thread: &Context, f: impl FnOnce(&mut [u8]) -> R) -> R;
    /// Runs `f` on the vector of bytes.
    ///
    /// # Errors
    /// BufferError while bytes are lent; what `f` answers.
    fn resize<R>(&self, thread: &Context, f: impl FnOnce(&mut Vec<u8>) -> Result<R>) -> Result<R>;
    /// Appends bytes: whole items.
    ///
    /// # Errors
    /// BufferError, MemoryError.
    fn append(&self, thread: &Context, bytes: &[u8]) -> Result<()>;
    /// The item `index` as a Python value.
    ///
    /// # Errors
    /// As [`Raw::to_value`].
    fn get(&self, thread: &Context, index: usize) -> Result<Option<Value>>;
    /// The address of the bytes, and how many items.
    fn place(&self, thread: &Context) -> (usize, usize);
}

/// Where the item `index` is among `len` bytes; negative ones count from the end.
#[inline(always)]
fn range_of(kind: Kind, len: usize, index: i64) -> Option<std::ops::Range<usize>> {
    let shift = kind.size().trailing_zeros(); // a power of two
    let items = len >> shift;
    let index = if index < 0 { index.checked_add_unsigned(items as u64)? } else { index };
    let index = usize::try_from(index).ok().filter(|&index| index < items)?;
    Some(index << shift..(index + 1) << shift)
}

impl ArrayExt for Object<Array> {
    fn len(&self, thread: &Context) -> usize {
        let bytes = Exclusive::open_in(thread, self).get(|array| &array.storage).bytes.len();
        bytes / self.payload().kind.size()
    }

    fn raw(&self, thread: &Context, index: usize) -> Option<Raw> {
        let kind = self.payload().kind;
        let mut section = Exclusive::open_in(thread, self);
        let at = index.checked_mul(kind.size())?;
        let bytes = section.get(|array| &array.storage).bytes.get(at..at.checked_add(kind.size())?)?;
        Some(kind.decode(bytes))
    }

    #[inline]
    fn raw_at(&self, thread: &Context, index: i64) -> Option<Raw> {
        let kind = self.payload().kind;
        let mut section = Exclusive::open_in(thread, self);
        let bytes = &section.get(|array| &array.storage).bytes;
        Some(kind.decode(bytes.get(range_of(kind, bytes.len(), index)?)?))
    }

    #[inline]
    fn write_at(&self, thread: &Context, index: i64, item: &[u8; 8]) -> bool {
        let kind = self.payload().kind;
        let mut section = Exclusive::open_in(thread, self);
        let bytes = &mut section.get(|array| &array.storage).bytes;
        let place = range_of(kind, bytes.len(), index).and_then(|range| bytes.get_mut(range));
        let Some(place) = place else { return false };
        match place.len() {
            8 => place.copy_from_slice(item),
            size => place.copy_from_slice(&item[..size]),
        }
        true
    }

    fn bytes(&self, thread: &Context) -> Result<Vec<u8>> {
        let mut section = Exclusive::open_in(thread, self);
        let bytes = &section.get(|array| &array.storage).bytes;
        let mut copy = crate::support::vector(bytes.len())?;
        copy.extend_from_slice(bytes);
        Ok(copy)
    }

    fn with_bytes<R>(&self, thread: &Context, f: impl FnOnce(&mut [u8]) -> R) -> R {
        let mut section = Exclusive::open_in(thread, self);
        f(&mut section.get(|array| &array.storage).bytes)
    }

    fn resize<R>(&self, thread: &Context, f: impl FnOnce(&mut Vec<u8>) -> Result<R>) -> Result<R> {
        let mut section = Exclusive::open_in(thread, self);
        let storage = section.get(|array| &array.storage);
        if storage.loans > 0 {
            return Err(buffer_error("cannot resize an array that is exporting buffers"));
        }
        f(&mut storage.bytes)
    }

    fn append(&self, thread: &Context, new: &[u8]) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        self.resize(thread, |bytes| {
            bytes.try_reserve(new.len()).map_err(|_| memory_error())?;
            bytes.extend_from_slice(new);
            Ok(())
        })
    }

    fn get(&self, thread: &Context, index: usize) -> Result<Option<Value>> {
        match self.raw(thread, index) {
            Some(raw) => raw.to_value(thread).map(Some),
            None => Ok(None),
        }
    }

    fn place(&self, thread: &Context) -> (usize, usize) {
        let mut section = Exclusive::open_in(thread, self);
        let bytes = &section.get(|array| &array.storage).bytes;
        (bytes.as_ptr().addr(), bytes.len() / self.payload().kind.size())
    }
}

/// Lends the bytes.
pub fn buffer_slot(slots: &Slots) {
    slots.buffer.set(lend);
}

fn lend(thread: &mut Thread, value: &Value, _: bool) -> Result<Buffer> {
    let Some(array) = cast::<Array>(value) else { return Err(buffer_error("not an array")) };
    let kind = array.payload().kind;
    let mut section = Exclusive::open(thread, array);
    let storage = section.get(|array| &array.storage);
    storage.loans += 1;
    let (pointer, len) = (storage.bytes.as_mut_ptr(), storage.bytes.len());
    Ok(Buffer {
        item_bytes: kind.size(),
        format: kind.format(),
        shape: vec![len / kind.size()],
        strides: vec![kind.size() as isize],
        release: Some(give_back),
        ..Buffer::of_bytes(value.clone(), pointer, len, false)
    })
}

fn give_back(thread: &mut Thread, value: &Value) {
    if let Some(array) = cast::<Array>(value) {
        let mut section = Exclusive::open(thread, array);
        let storage = section.get(|array| &array.storage);
        storage.loans = storage.loans.saturating_sub(1);
    }
}
