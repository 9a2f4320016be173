//! The allocation behind a list: a capacity, and that many slots.

use std::alloc::{self, Layout};
use std::mem::offset_of;
use std::ops::Range;
use std::ptr::{self, NonNull};

use memory::{OutOfMemory, Slot, Value};
use threads::sync::Reclaim;

use crate::live::Live;

/// Slots behind a header. Reached by pointer; never moved.
#[repr(C)]
pub(super) struct Buffer {
    /// How many slots there are. Never changes while others may read the buffer.
    capacity: usize,
    live: Live,
    slots: [Slot; 0],
}

// SAFETY: slots are atomic words; whoever reaches the buffer may read them (INV-LIST-3).
unsafe impl Send for Buffer {}

const SLOTS_AT: usize = offset_of!(Buffer, slots);
const _: () = assert!(offset_of!(Buffer, capacity) == 0);

impl Buffer {
    fn layout(capacity: usize) -> Result<Layout, OutOfMemory> {
        let bytes = capacity.checked_mul(size_of::<Slot>()).ok_or(OutOfMemory)?;
        let bytes = bytes.checked_add(SLOTS_AT).ok_or(OutOfMemory)?;
        Layout::from_size_align(bytes, align_of::<Self>()).map_err(|_| OutOfMemory)
    }

    /// A buffer of free slots.
    pub(super) fn allocate(capacity: usize) -> Result<NonNull<Self>, OutOfMemory> {
        let layout = Self::layout(capacity)?;
        // SAFETY: the size is not zero: there is a header. Zeros are free slots (not under loom, see below).
        let buffer = NonNull::new(unsafe { alloc::alloc_zeroed(layout) }).ok_or(OutOfMemory)?.cast::<Self>();
        // SAFETY: fresh, and large enough for the header.
        unsafe { buffer.write(Self { capacity, live: Live::new(), slots: [] }) };
        #[cfg(loom)]
        for i in 0..capacity {
            // SAFETY: fresh, and inside the allocation.
            unsafe { ptr::from_ref(Self::slot_of(buffer, i)).cast_mut().write(Slot::new(None)) };
        }
        Ok(buffer)
    }

    /// The slot at `index`, for a pointer that may be followed.
    #[inline(always)]
    fn slot_of<'a>(buffer: NonNull<Self>, index: usize) -> &'a Slot {
        let slots = buffer.as_ptr().cast::<u8>().wrapping_add(SLOTS_AT).cast::<Slot>();
        // SAFETY: callers have checked the index, and hold the buffer (INV-LIST-3).
        unsafe { &*slots.wrapping_add(index) }
    }

    #[inline(always)]
    pub(super) fn capacity(&self) -> usize {
        self.live.touch();
        self.capacity
    }

    /// The slot at `index`, which is below the capacity.
    #[inline(always)]
    pub(super) fn slot(&self, index: usize) -> &Slot {
        debug_assert!(index < self.capacity, "INV-LIST-1: index {index} of {}", self.capacity);
        self.live.touch();
        Self::slot_of(NonNull::from(self), index)
    }

    /// The slots of `range`, which ends at the capacity or before.
    #[inline(always)]
    pub(super) fn slots(&self, range: Range<usize>) -> &[Slot] {
        assert!(range.start <= range.end && range.end <= self.capacity, "INV-LIST-1: {range:?}");
        self.live.touch();
        let first = ptr::from_ref(self).cast::<u8>().wrapping_add(SLOTS_AT).cast::<Slot>();
        // SAFETY: INV-LIST-1, as was just seen; the caller holds the buffer (INV-LIST-3).
        unsafe { std::slice::from_raw_parts(first.wrapping_add(range.start), range.len()) }
    }

    /// Moves `count` words, overlapping or not; what is left behind stays as it was. For buffers that nobody else
    /// reads.
    ///
    /// # Safety
    /// Both ranges are inside the buffer; nobody else reads or writes it; counts are the caller's business.
    #[cfg(not(loom))]
    #[inline]
    pub(super) unsafe fn move_plain(&self, from: usize, to: usize, count: usize) {
        let slots = ptr::from_ref(self).cast::<u8>().wrapping_add(SLOTS_AT).cast::<u64>().cast_mut();
        // SAFETY: promised by the caller; a slot is an atomic word.
        unsafe { ptr::copy(slots.wrapping_add(from), slots.wrapping_add(to), count) };
    }

    /// Gives `buffer` another capacity, with the words below `len` kept and the slots from there free.
    ///
    /// # Safety
    /// Nobody else reaches the buffer; slots from `len` on are free; `len` is at most either capacity. On success the
    /// old pointer is not used again.
    #[cfg(not(loom))]
    pub(super) unsafe fn reallocate(
        buffer: NonNull<Self>,
        len: usize,
        capacity: usize,
    ) -> Result<NonNull<Self>, OutOfMemory> {
        // SAFETY: promised by the caller.
        let old = unsafe { buffer.as_ref() }.capacity;
        let (old_layout, layout) = (Self::layout(old)?, Self::layout(capacity)?);
        // SAFETY: allocated with the old layout.
        let moved = unsafe { alloc::realloc(buffer.as_ptr().cast(), old_layout, layout.size()) };
        let moved = NonNull::new(moved).ok_or(OutOfMemory)?.cast::<Self>();
        let slots = moved.as_ptr().cast::<u8>().wrapping_add(SLOTS_AT).cast::<u64>();
        // SAFETY: inside the allocation; zeros are free slots.
        unsafe { ptr::write_bytes(slots.wrapping_add(len), 0, capacity - len) };
        // SAFETY: nobody else reaches it; the capacity comes first.
        unsafe { moved.cast::<usize>().write(capacity) };
        Ok(moved)
    }

    /// Gives the memory back; the words are not looked at.
    ///
    /// # Safety
    /// Made by [`allocate`](Self::allocate), given back once, and nobody reaches it any more.
    pub(super) unsafe fn free(buffer: NonNull<Self>) {
        let (capacity, gives_back) = {
            // SAFETY: promised by the caller.
            let buffer = unsafe { buffer.as_ref() };
            (buffer.capacity, buffer.live.end())
        };
        let layout = Self::layout(capacity).expect("INV-LIST-3: allocated with this layout");
        if gives_back {
            // SAFETY: allocated with this layout.
            unsafe { alloc::dealloc(buffer.as_ptr().cast(), layout) };
        }
    }
}

impl Reclaim for Buffer {
    unsafe fn reclaim(pointer: *mut Self) {
        let buffer = NonNull::new(pointer).expect("INV-LIST-3: a null buffer was retired");
        // SAFETY: promised by the caller; what its slots counted has moved to another buffer (INV-LIST-4).
        unsafe { Self::free(buffer) };
    }
}

/// A buffer that has left its list, with what it counts.
pub struct Detached {
    buffer: Option<NonNull<Buffer>>,
    len: usize,
}

impl Detached {
    /// Takes over `buffer` and what its first `len` slots count.
    ///
    /// # Safety
    /// Nobody else reaches the buffer.
    pub(super) unsafe fn new(buffer: Option<NonNull<Buffer>>, len: usize) -> Self {
        Self { buffer, len }
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The values, in a vector.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the values are dropped.
    pub fn into_vec(self) -> Result<Vec<Value>, OutOfMemory> {
        let mut values = Vec::new();
        values.try_reserve_exact(self.len).map_err(|_| OutOfMemory)?;
        self.drain_into(&mut values);
        Ok(values)
    }

    /// Appends the values to `values`, which has room for them.
    pub(super) fn drain_into(mut self, values: &mut Vec<Value>) {
        let len = std::mem::take(&mut self.len); // what is dropped at the end is the buffer alone
        let Some(buffer) = self.buffer else { return };
        // SAFETY: the slots counted them, and are never looked at again.
        values.extend(
            (0..len).filter_map(|i| unsafe { Value::from_word(Buffer::slot_of(buffer, i).word_plain()) }),
        );
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        if let Some(buffer) = self.buffer {
            for i in 0..self.len {
                let word = Buffer::slot_of(buffer, i).word_plain();
                // SAFETY: the slot counted it, and is never looked at again.
                drop(unsafe { Value::from_word(word) });
            }
            // SAFETY: nobody else reaches it.
            unsafe { Buffer::free(buffer) };
        }
    }
}

impl std::fmt::Debug for Detached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Detached").field("len", &self.len).finish_non_exhaustive()
    }
}
