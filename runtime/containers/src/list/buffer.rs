//! The allocation behind a list: a capacity, and that many slots.

use std::alloc::{self, Layout};
use std::mem::offset_of;
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

    /// A buffer whose slots hold nothing that is known: each is written before anybody else can reach it.
    #[cfg(not(loom))]
    pub(super) fn allocate_unfilled(capacity: usize) -> Result<NonNull<Self>, OutOfMemory> {
        let layout = Self::layout(capacity)?;
        // SAFETY: the size is not zero: there is a header.
        let buffer = NonNull::new(unsafe { alloc::alloc(layout) }).ok_or(OutOfMemory)?.cast::<Self>();
        // SAFETY: fresh, and large enough for the header.
        unsafe { buffer.write(Self { capacity, live: Live::new(), slots: [] }) };
        Ok(buffer)
    }

    /// In models the slots are objects, and made with the buffer.
    #[cfg(loom)]
    pub(super) fn allocate_unfilled(capacity: usize) -> Result<NonNull<Self>, OutOfMemory> {
        Self::allocate(capacity)
    }

    /// The slots from `index` on take over the counts of `count` values.
    ///
    /// # Safety
    /// Nobody else reaches the buffer, which has these slots, and they count nothing. The values are not used again.
    #[cfg(not(loom))]
    #[inline]
    pub(super) unsafe fn write_values(
        buffer: NonNull<Self>,
        index: usize,
        values: *const Value,
        count: usize,
    ) {
        const { assert!(size_of::<Value>() == size_of::<Slot>()) };
        let slots = buffer.as_ptr().cast::<u8>().wrapping_add(SLOTS_AT).cast::<Value>();
        // SAFETY: promised by the caller; a slot is a word, and a value is its word.
        unsafe { ptr::copy_nonoverlapping(values, slots.wrapping_add(index), count) };
    }

    /// Where the slot at `index` is, or would be behind the last one.
    #[cfg(not(loom))]
    #[inline(always)]
    pub(super) fn address_of(buffer: NonNull<Self>, index: usize) -> *mut Slot {
        buffer.as_ptr().cast::<u8>().wrapping_add(SLOTS_AT).cast::<Slot>().wrapping_add(index)
    }

    /// Where the slot at `index` is, or would be behind the last one.
    #[cfg(not(loom))]
    #[inline(always)]
    pub(super) fn address(&self, index: usize) -> *const Slot {
        Self::address_of(NonNull::from(self), index)
    }

    /// The slot at `index`, for a pointer that may be followed.
    #[inline(always)]
    pub(super) fn slot_of<'a>(buffer: NonNull<Self>, index: usize) -> &'a Slot {
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
        let len = std::mem::take(&mut self.len);
        self.each(len, |value| values.push(value));
    }

    /// Hands each of the first `len` values to `take`, once.
    #[inline(always)]
    fn each(&self, len: usize, mut take: impl FnMut(Value)) {
        let Some(buffer) = self.buffer else { return };
        for i in 0..len {
            let word = Buffer::slot_of(buffer, i).word_plain();
            // SAFETY: the slot counted it, and is not looked at again.
            if let Some(value) = unsafe { Value::from_word(word) } {
                take(value);
            }
        }
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        #[cfg(loom)]
        self.each(self.len, drop);
        #[cfg(not(loom))]
        if let Some(buffer) = self.buffer {
            // SAFETY: nobody else reaches the buffer, and its first `len` slots are occupied.
            unsafe { Slot::release_all(Buffer::address_of(buffer, 0), self.len) };
        }
        if let Some(buffer) = self.buffer {
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
