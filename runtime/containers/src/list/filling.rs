//! A list that is being made: a buffer that nobody else has, filled from its beginning.

use std::ptr::NonNull;

#[cfg(not(loom))]
use memory::Slot;
use memory::word::Word;
use memory::{OutOfMemory, Value};
use threads::sync::atomic::{AtomicPtr, AtomicUsize};

use super::Items;
use super::buffer::{Buffer, Detached};

/// Items to be. Slots behind those that have been filled are free, or have never been written.
#[derive(Debug)]
pub struct Filling {
    buffer: Option<NonNull<Buffer>>,
    capacity: usize,
    len: usize,
}

impl Filling {
    /// Nothing yet, and room for `capacity` items.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    #[inline]
    pub fn with_capacity(capacity: usize) -> Result<Self, OutOfMemory> {
        let buffer = if capacity > 0 { Some(Buffer::allocate_unfilled(capacity)?) } else { None };
        Ok(Self { buffer, capacity, len: 0 })
    }

    /// Nothing yet, and room for `len` items, rounded as a list does that is filled with so many at once.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    #[inline]
    pub fn roomy(len: usize) -> Result<Self, OutOfMemory> {
        Self::with_capacity(super::roomy(len, 0))
    }

    /// Makes room for `more` items.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    #[inline]
    pub fn reserve(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if more <= self.capacity - self.len { Ok(()) } else { self.grow(more) }
    }

    #[cold]
    fn grow(&mut self, more: usize) -> Result<(), OutOfMemory> {
        let len = self.len.checked_add(more).ok_or(OutOfMemory)?;
        let capacity = super::roomy(len, self.len);
        self.buffer = Some(match self.buffer {
            Some(old) => self.moved(old, capacity)?,
            None => Buffer::allocate_unfilled(capacity)?,
        });
        self.capacity = capacity;
        Ok(())
    }

    #[cfg(not(loom))]
    fn moved(&self, old: NonNull<Buffer>, capacity: usize) -> Result<NonNull<Buffer>, OutOfMemory> {
        // SAFETY: nobody else has it, and the caller overwrites the pointer.
        unsafe { Buffer::reallocate(old, self.len, capacity) }
    }

    #[cfg(loom)]
    fn moved(&self, old: NonNull<Buffer>, capacity: usize) -> Result<NonNull<Buffer>, OutOfMemory> {
        let new = Buffer::allocate(capacity)?;
        for i in 0..self.len {
            // SAFETY: nobody else has either buffer; the count moves with the word.
            unsafe { Buffer::slot_of(new, i).set_word(Buffer::slot_of(old, i).word_plain()) };
        }
        // SAFETY: nobody else has it, and the caller overwrites the pointer.
        unsafe { Buffer::free(old) };
        Ok(new)
    }

    /// Appends `value`.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the value is dropped.
    #[inline(always)]
    pub fn push(&mut self, value: Value) -> Result<(), OutOfMemory> {
        if self.len == self.capacity {
            self.grow(1)?;
        }
        self.put(value.into_word());
        Ok(())
    }

    /// Appends a word with its count, where there is room.
    #[inline(always)]
    pub(super) fn put(&mut self, word: Word) {
        debug_assert!(self.len < self.capacity, "INV-LIST-1: filled beyond the capacity");
        if let Some(buffer) = self.buffer {
            // SAFETY: below the capacity.
            let slot = Buffer::slot_of(buffer, self.len);
            // SAFETY: nobody else has the buffer, and the slot counts nothing.
            unsafe { slot.set_word(word) };
        }
        self.len += 1;
    }

    /// Appends all of `values`.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the values are dropped.
    pub fn append(&mut self, mut values: Vec<Value>) -> Result<(), OutOfMemory> {
        self.reserve(values.len())?;
        #[cfg(loom)]
        values.drain(..).for_each(|value| self.put(value.into_word()));
        #[cfg(not(loom))]
        if let Some(buffer) = self.buffer {
            let count = values.len();
            // SAFETY: the values are in the slots from now on.
            unsafe { values.set_len(0) };
            // SAFETY: there is room, and as many values are behind the pointer.
            unsafe { Buffer::write_values(buffer, self.len, values.as_ptr(), count) };
            self.len += count;
        }
        Ok(())
    }

    /// Appends counted references to all of `values`.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn extend_from_slice(&mut self, values: &[Value]) -> Result<(), OutOfMemory> {
        self.reserve(values.len())?;
        #[cfg(loom)]
        values.iter().for_each(|value| self.put(value.clone().into_word()));
        // SAFETY: values are read as the slots of a holder that outlives this.
        #[cfg(not(loom))]
        unsafe {
            self.copy_from(values.as_ptr().cast(), values.len());
        }
        Ok(())
    }

    /// Appends counted references to what `count` slots hold, for which there is room.
    ///
    /// # Safety
    /// As for [`Slot::copy_counted`].
    #[cfg(not(loom))]
    #[inline]
    pub(super) unsafe fn copy_from(&mut self, from: *const Slot, count: usize) {
        debug_assert!(count <= self.capacity - self.len, "INV-LIST-1: filled beyond the capacity");
        if let Some(buffer) = self.buffer {
            // SAFETY: promised by the caller; nobody else has the buffer.
            unsafe { Slot::copy_counted(from, Buffer::address_of(buffer, self.len), count) };
            self.len += count;
        }
    }

    /// Appends counted references to what `count` slots hold that are `step` places from each other, for which there is room.
    ///
    /// # Safety
    /// As for [`Slot::copy_counted_stepped`].
    #[cfg(not(loom))]
    #[inline]
    pub(super) unsafe fn copy_stepped_from(&mut self, from: *const Slot, step: isize, count: usize) {
        debug_assert!(count <= self.capacity - self.len, "INV-LIST-1: filled beyond the capacity");
        if let Some(buffer) = self.buffer {
            // SAFETY: promised by the caller; nobody else has the buffer.
            unsafe { Slot::copy_counted_stepped(from, step, Buffer::address_of(buffer, self.len), count) };
            self.len += count;
        }
    }

    /// Repeats the items so that there are `times` as many, which is not 0.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn repeat(&mut self, times: usize) -> Result<(), OutOfMemory> {
        let before = self.len;
        let more = before.checked_mul(times.saturating_sub(1)).ok_or(OutOfMemory)?;
        self.reserve(more)?;
        let Some(buffer) = self.buffer else { return Ok(()) };
        #[cfg(not(loom))]
        while self.len < before + more {
            let count = self.len.min(before + more - self.len); // all that there are so far
            // SAFETY: the slots below the length are occupied, and there is room behind.
            unsafe { self.copy_from(Buffer::address_of(buffer, 0), count) };
        }
        #[cfg(loom)]
        for i in 0..more {
            let word = Buffer::slot_of(buffer, i).word_plain();
            // SAFETY: the slot counts it, and goes on doing so.
            let Some(value) = (unsafe { Value::view(word) }) else { break };
            self.put(Value::clone(&value).into_word());
        }
        Ok(())
    }

    /// How many items there are so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none so far.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The items.
    #[inline]
    pub fn finish(self) -> Items {
        let (buffer, capacity, len) = self.into_parts();
        Items {
            buffer: AtomicPtr::new(buffer.map_or(std::ptr::null_mut(), NonNull::as_ptr)),
            len: AtomicUsize::new(len),
            capacity: AtomicUsize::new(capacity),
        }
    }

    /// The buffer, in which all slots are occupied or free, its capacity and how many are occupied.
    #[inline]
    #[cfg_attr(loom, allow(unused_mut, reason = "nothing is cut back in models"))]
    pub(super) fn into_parts(mut self) -> (Option<NonNull<Buffer>>, usize, usize) {
        #[cfg(not(loom))]
        if self.capacity != self.len && self.capacity - self.len > super::roomy(self.len, self.len) {
            self.cut_back();
        }
        let this = std::mem::ManuallyDrop::new(self);
        if let Some(buffer) = this.buffer {
            for i in this.len..this.capacity {
                // SAFETY: nobody else has the buffer, and the slot counts nothing.
                unsafe { Buffer::slot_of(buffer, i).set_word(Word::EMPTY) };
            }
        }
        (this.buffer, this.capacity, this.len)
    }

    /// Gives back what is far too much, if that is possible.
    #[cfg(not(loom))]
    #[cold]
    fn cut_back(&mut self) {
        let capacity = super::roomy(self.len, self.len).max(1);
        if let Some(old) = self.buffer
            // SAFETY: nobody else has it; the old pointer is overwritten, or used again.
            && let Ok(new) = unsafe { Buffer::reallocate(old, self.len, capacity) }
        {
            (self.buffer, self.capacity) = (Some(new), capacity);
        }
    }

    /// The items, as what has left a list.
    pub(super) fn into_detached(self) -> Detached {
        let (buffer, _, len) = self.into_parts();
        // SAFETY: nobody else reaches the buffer.
        unsafe { Detached::new(buffer, len) }
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        // SAFETY: nobody else reaches the buffer; what is not occupied is not looked at.
        drop(unsafe { Detached::new(self.buffer.take(), self.len) });
    }
}
