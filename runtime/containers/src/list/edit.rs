//! Changing a list, with the right to it.
//!
//! Growth, removal and slice assignment come down to three steps: make room ([`resize`](Edit::resize)), shift the
//! words behind, set the length. When others may be reading, each word is moved by a store of its own, in such an
//! order that no item is missing from both its old place and its new one; an item may be seen in both for a moment.

use std::ops::Range;
use std::ptr::NonNull;

#[cfg(not(loom))]
use memory::Slot;
use memory::word::Word;
use memory::{Displaced, Header, OutOfMemory, Value};
use threads::sync::atomic::Ordering;

use super::buffer::Buffer;
use super::{Detached, Filling, Items, TAKEN, roomy};
use crate::Edit;

/// Slots of a buffer that is not worth to be given back at once.
const SMALL: usize = 16;

/// Proof that a sort has taken the items, to be given back by [`Edit::put_back`].
#[derive(Debug)]
#[must_use]
pub struct TakenForSort(());

/// Reading, with the right to write.
impl Edit<'_, Items> {
    #[inline(always)]
    fn buffer(&self) -> Option<&Buffer> {
        self.place.current()
    }

    /// The buffer, where the length says that there is one.
    #[inline(always)]
    fn occupied(&self) -> &Buffer {
        let buffer = self.place.buffer.load(Ordering::Relaxed); // only this thread changes it
        debug_assert!(buffer.addr() > TAKEN, "INV-LIST-2: items without a buffer");
        // SAFETY: INV-LIST-2; callers have found a capacity or a length above zero.
        unsafe { &*buffer }
    }

    /// A counted reference to the item at `index`.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.place.get(self.holder(), index)
    }

    /// Counted references to the items of `range`, which is cut to the length.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn to_vec(&self, range: Range<usize>) -> Result<Vec<Value>, OutOfMemory> {
        let range = self.clamp(range);
        let mut values = Vec::new();
        values.try_reserve_exact(range.len()).map_err(|_| OutOfMemory)?;
        let Some(buffer) = self.buffer() else { return Ok(values) };
        #[cfg(loom)]
        values.extend(range.filter_map(|i| buffer.slot(i).get(self.holder())));
        #[cfg(not(loom))]
        {
            let (from, to) = (buffer.address(range.start), values.as_mut_ptr().cast());
            // SAFETY: INV-EDIT-1; there is room, and a value is its word. INV-LIST-2: all of them are occupied.
            unsafe { Slot::copy_counted(from, to, range.len()) };
            // SAFETY: as many have been written.
            unsafe { values.set_len(range.len()) };
        }
        Ok(values)
    }

    /// Appends counted references to the items of `range`, which is cut to the length, to a list that is being made.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    #[inline]
    pub fn copy_to(&self, range: Range<usize>, filling: &mut Filling) -> Result<(), OutOfMemory> {
        let range = self.clamp(range);
        filling.reserve(range.len())?;
        self.copy_part(range, filling);
        Ok(())
    }

    /// Appends counted references to the items of `range`, which are there, to a list that is being made and has room for them.
    #[inline(always)]
    fn copy_part(&self, range: Range<usize>, filling: &mut Filling) {
        let Some(buffer) = self.buffer() else { return };
        #[cfg(loom)]
        for value in range.filter_map(|i| buffer.slot(i).get(self.holder())) {
            filling.put(value.into_word());
        }
        // SAFETY: INV-EDIT-1. INV-LIST-2: all of them are occupied.
        #[cfg(not(loom))]
        unsafe {
            filling.copy_from(buffer.address(range.start), range.len());
        }
    }

    /// Writes counted references to all items to `to`.
    ///
    /// # Safety
    /// There is room for as many, which nobody else reaches, and which own nothing.
    #[cfg(not(loom))]
    pub unsafe fn copy_all(&self, to: *mut Slot) {
        if let Some(buffer) = self.buffer() {
            // SAFETY: INV-EDIT-1. INV-LIST-2: all of them are occupied. Promised by the caller.
            unsafe { Slot::copy_counted(buffer.address(0), to, self.len()) };
        }
    }

    /// Counted references to the items of `range`, which is cut to the length, as a list that is being made.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    #[inline]
    pub fn stretch(&self, range: Range<usize>) -> Result<Filling, OutOfMemory> {
        let range = self.clamp(range);
        let mut filling = Filling::with_capacity(range.len())?;
        self.copy_part(range, &mut filling);
        Ok(filling)
    }

    /// Counted references to `count` items, the one at `start` and those that follow at distances of `step`, as a list that is being
    /// made.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    ///
    /// # Panics
    /// If an index is out of range.
    #[inline]
    pub fn selected(&self, start: usize, step: isize, count: usize) -> Result<Filling, OutOfMemory> {
        let mut filling = Filling::with_capacity(count)?;
        let (Some(buffer), Some(steps)) = (self.buffer(), count.checked_sub(1)) else { return Ok(filling) };
        let last = (steps as isize).checked_mul(step).and_then(|way| start.checked_add_signed(way));
        assert!(start < self.len() && last.is_some_and(|last| last < self.len()), "INV-LIST-1: a selection");
        #[cfg(loom)]
        for i in 0..count {
            let slot = buffer.slot(start.wrapping_add_signed(i as isize * step));
            slot.get(self.holder()).into_iter().for_each(|value| filling.put(value.into_word()));
        }
        // SAFETY: INV-EDIT-1. INV-LIST-2: all of them are occupied, as the first and the last are below the length.
        #[cfg(not(loom))]
        unsafe {
            filling.copy_stepped_from(buffer.address(start), step, count);
        }
        Ok(filling)
    }

    #[inline]
    fn clamp(&self, range: Range<usize>) -> Range<usize> {
        let len = self.len();
        let start = range.start.min(len);
        start..range.end.min(len).max(start)
    }
}

/// Single items.
impl Edit<'_, Items> {
    /// Appends `value`.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the value is dropped.
    #[inline(always)]
    pub fn push(&self, value: Value) -> Result<(), OutOfMemory> {
        let len = self.len();
        if len == self.place.capacity() {
            self.grow(len + 1)?;
        }
        let word = self.admit(value);
        self.put(self.occupied().slot(len), word);
        self.set_len(len + 1);
        Ok(())
    }

    /// Exchanges the item at `index`.
    ///
    /// # Errors
    /// The value, if the index is out of range.
    #[inline]
    pub fn set(&self, index: usize, value: Value) -> Result<Displaced, Value> {
        if index >= self.len() {
            return Err(value);
        }
        Ok(self.replace(self.occupied().slot(index), value))
    }

    /// Removes and returns the last item.
    #[inline(always)]
    pub fn pop_last(&self) -> Option<Value> {
        let last = self.len().checked_sub(1)?;
        let value = self.take(self.occupied().slot(last));
        self.set_len(last);
        self.shrink(last);
        value
    }

    /// Removes and returns the item at `index`; those behind it move up.
    pub fn pop(&self, index: usize) -> Option<Value> {
        let len = self.len();
        if index >= len {
            return None;
        }
        let word = self.occupied().slot(index).word_plain();
        self.shift(index + 1, index, len - index - 1);
        self.set_len(len - 1);
        self.put(self.occupied().slot(len - 1), Word::EMPTY);
        self.shrink(len - 1);
        self.hand_out(word)
    }

    /// Inserts `value` before the item at `index`, or at the end.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the value is dropped.
    pub fn insert(&self, index: usize, value: Value) -> Result<(), OutOfMemory> {
        let len = self.len();
        let index = index.min(len);
        if len == self.place.capacity() {
            self.grow(len + 1)?;
        }
        let word = self.admit(value);
        self.shift(index, index + 1, len - index);
        self.put(self.occupied().slot(index), word);
        self.set_len(len + 1);
        Ok(())
    }
}

/// Many items.
impl Edit<'_, Items> {
    /// Appends all of `values`.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the values are dropped.
    pub fn extend(&self, values: Vec<Value>) -> Result<(), OutOfMemory> {
        let before = self.len();
        let len = before.checked_add(values.len()).ok_or(OutOfMemory)?;
        self.reserve(len)?;
        self.fill_from(before, values);
        self.set_len(len);
        Ok(())
    }

    /// Appends what `filling` holds, whose buffer becomes that of an empty list.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the values are dropped.
    pub fn adopt(&self, filling: Filling) -> Result<(), OutOfMemory> {
        if self.place.capacity() == 0 && !self.place.is_being_sorted() && !self.shared {
            let (buffer, capacity, len) = filling.into_parts();
            if let Some(buffer) = buffer {
                self.set_buffer(buffer.as_ptr(), capacity);
                self.set_len(len);
            }
            return Ok(());
        }
        self.extend(filling.into_detached().into_vec()?)
    }

    /// Appends counted references to all of `values`.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn extend_from_slice(&self, values: &[Value]) -> Result<(), OutOfMemory> {
        let before = self.len();
        let len = before.checked_add(values.len()).ok_or(OutOfMemory)?;
        self.reserve(len)?;
        self.fill(before, values.iter().cloned());
        self.set_len(len);
        Ok(())
    }

    /// Repeats the items so that there are `times` as many.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn repeat(&self, times: usize) -> Result<Detached, OutOfMemory> {
        if times == 0 {
            return Ok(self.clear());
        }
        let before = self.len();
        let len = before.checked_mul(times).ok_or(OutOfMemory)?;
        self.reserve(len)?;
        if before > 0 {
            let buffer = self.occupied();
            self.fill(before, (before..len).filter_map(|i| buffer.slot(i % before).get(self.holder())));
        }
        self.set_len(len);
        // SAFETY: there is no buffer.
        Ok(unsafe { Detached::new(None, 0) })
    }

    /// Removes and returns the items of `range`, which is cut to the length.
    ///
    /// # Errors
    /// [`OutOfMemory`], and nothing has changed.
    pub fn remove_range(&self, range: Range<usize>) -> Result<Vec<Value>, OutOfMemory> {
        self.splice(range, Vec::new())
    }

    /// Replaces the items of `range`, which is cut to the length, by `values`; returns what was there.
    ///
    /// # Errors
    /// [`OutOfMemory`]; nothing has changed, and `values` are dropped.
    pub fn splice(&self, range: Range<usize>, mut values: Vec<Value>) -> Result<Vec<Value>, OutOfMemory> {
        let range = self.clamp(range);
        let before = self.len();
        if values.len() == range.len()
            && let Some(buffer) = self.buffer()
        {
            // As many go as come: they change places.
            for (i, place) in range.zip(&mut values) {
                let value = std::mem::replace(place, Value::none());
                if let Some(displaced) = self.replace(buffer.slot(i), value).keep() {
                    *place = displaced;
                }
            }
            return Ok(values);
        }
        let len = (before - range.len()).checked_add(values.len()).ok_or(OutOfMemory)?;
        let mut displaced = Vec::new();
        displaced.try_reserve_exact(range.len()).map_err(|_| OutOfMemory)?;
        self.reserve(len)?;
        let Some(buffer) = self.buffer() else { return Ok(displaced) };
        for i in range.clone() {
            if let Some(value) = self.hand_out(buffer.slot(i).word_plain()) {
                displaced.push(value); // not `extend`, which asks for room again with each of them
            }
        }
        // The counts of what is in the range have left it; its words are overwritten below.
        self.shift(range.end, range.start + values.len(), before - range.end);
        self.fill_from(range.start, values);
        self.set_len(len);
        (len..before).for_each(|i| self.put(buffer.slot(i), Word::EMPTY));
        self.shrink(len);
        Ok(displaced)
    }

    /// As [`splice`](Self::splice) with counted references to all items of another list, where nobody else reaches either of them;
    /// `None`, and nothing done, for any others. What is returned leaves out of what was there what needs no dropping.
    ///
    /// # Errors
    /// [`OutOfMemory`], and nothing has changed.
    #[cfg(not(loom))]
    pub fn splice_privately(
        &self,
        range: Range<usize>,
        source: &Items,
        holder: &Header,
    ) -> Result<Option<Vec<Value>>, OutOfMemory> {
        if self.shared || holder.is_shared() || std::ptr::eq(self.place, source) {
            return Ok(None);
        }
        holder.assert_accessible();
        let (range, before, count) = (self.clamp(range), self.len(), source.len());
        let mut displaced = Vec::new();
        let holds_objects = |buffer: &Buffer| range.clone().any(|i| buffer.slot(i).word_plain().is_pointer());
        let has_objects = self.buffer().is_some_and(holds_objects);
        if has_objects {
            displaced.try_reserve_exact(range.len()).map_err(|_| OutOfMemory)?;
        }
        let len = (before - range.len()).checked_add(count).ok_or(OutOfMemory)?;
        self.reserve(len)?;
        let Some(buffer) = self.buffer() else { return Ok(Some(displaced)) };
        if has_objects {
            for i in range.clone() {
                let word = buffer.slot(i).word_plain();
                if word.as_pointer().is_some()
                    && let Some(value) = self.hand_out(word)
                {
                    displaced.push(value);
                }
            }
        }
        if len != before {
            self.shift(range.end, range.start + count, before - range.end);
        }
        if let Some(from) = source.current() {
            let to = Buffer::address_of(NonNull::from(buffer), range.start);
            // SAFETY: INV-LIST-2: as many are occupied, in a list that only this thread reaches; there is room, and what was
            // there has been moved away.
            unsafe { Slot::copy_counted(from.address(0), to, count) };
        }
        if len != before {
            self.set_len(len);
            (len..before).for_each(|i| self.put(buffer.slot(i), Word::EMPTY));
            self.shrink(len);
        }
        Ok(Some(displaced))
    }

    /// In models lists are shared.
    ///
    /// # Errors
    /// None.
    #[cfg(loom)]
    pub fn splice_privately(
        &self,
        _: Range<usize>,
        _: &Items,
        _: &Header,
    ) -> Result<Option<Vec<Value>>, OutOfMemory> {
        Ok(None)
    }

    /// Removes the `count` items at `start`, `start + step` and so on, and closes the gaps: `del l[::step]`.
    ///
    /// # Errors
    /// [`OutOfMemory`], and nothing has changed.
    pub fn remove_stepped(&self, start: usize, step: usize, count: usize) -> Result<Vec<Value>, OutOfMemory> {
        let before = self.len();
        let step = step.max(1);
        let mut displaced = Vec::new();
        displaced.try_reserve_exact(count.min(before)).map_err(|_| OutOfMemory)?;
        let Some(buffer) = self.buffer() else { return Ok(displaced) };
        let mut to = start;
        let mut next = start;
        for from in start..before {
            let word = buffer.slot(from).word_plain();
            if from == next && displaced.len() < count {
                next = next.saturating_add(step);
                displaced.extend(self.hand_out(word));
            } else {
                self.move_word(buffer, from, to);
                to += 1;
            }
        }
        let len = before - displaced.len();
        self.set_len(len);
        (len..before).for_each(|i| self.put(buffer.slot(i), Word::EMPTY));
        self.shrink(len);
        Ok(displaced)
    }

    /// Reverses the items in place.
    pub fn reverse(&self) {
        let Some(buffer) = self.buffer() else { return };
        let (mut low, mut high) = (0, self.len());
        while low + 1 < high {
            high -= 1;
            let word = buffer.slot(low).word_plain();
            self.move_word(buffer, high, low);
            // SAFETY: INV-EDIT-1; the two words change places.
            unsafe { buffer.slot(high).set_word(word) };
            low += 1;
        }
    }

    /// Moves the item at the first index of `way` to the last one, and each of the others to the index before its own.
    ///
    /// # Panics
    /// If an index is out of range.
    pub fn rotate(&self, way: &[usize]) {
        let (Some(buffer), [first, rest @ ..]) = (self.buffer(), way) else { return };
        let len = self.len();
        assert!(way.iter().all(|&index| index < len), "INV-LIST-1: a way outside the list");
        let word = buffer.slot(*first).word_plain();
        let mut to = *first;
        for &from in rest {
            self.move_word(buffer, from, to);
            to = from;
        }
        // SAFETY: INV-EDIT-1; the words change places.
        unsafe { buffer.slot(to).set_word(word) };
    }

    /// Removes all items.
    pub fn clear(&self) -> Detached {
        if self.place.is_being_sorted() {
            // SAFETY: there is no buffer.
            return unsafe { Detached::new(None, 0) };
        }
        self.detach(std::ptr::null_mut())
    }

    /// Takes all items away to sort them without the lock. Until [`put_back`](Edit::put_back) the list is empty, and
    /// notes whether it is changed.
    ///
    /// # Errors
    /// [`OutOfMemory`], and nothing has changed.
    pub fn take_for_sort(&self) -> Result<(Vec<Value>, TakenForSort), OutOfMemory> {
        let mut values = Vec::new();
        values.try_reserve_exact(self.len()).map_err(|_| OutOfMemory)?;
        let taken = self.detach(std::ptr::without_provenance_mut(TAKEN));
        taken.drain_into(&mut values);
        Ok((values, TakenForSort(())))
    }

    /// Ends a sort: `values` become the items. What was stored meanwhile is displaced; the flag says whether anything
    /// was changed.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the values are dropped.
    pub fn put_back(
        &self,
        _taken: TakenForSort,
        values: Vec<Value>,
    ) -> Result<(Detached, bool), OutOfMemory> {
        let changed = !self.place.is_being_sorted();
        let displaced = self.detach(std::ptr::null_mut());
        self.extend(values)?;
        Ok((displaced, changed))
    }

    /// Makes room for `len` items in all.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn reserve(&self, len: usize) -> Result<(), OutOfMemory> {
        if len > self.place.capacity() { self.grow(len) } else { Ok(()) }
    }
}

/// Moving words and buffers.
impl Edit<'_, Items> {
    /// Stores `values` from `index` on, over slots whose counts have been moved away.
    fn fill(&self, index: usize, values: impl IntoIterator<Item = Value>) {
        for (index, value) in (index..).zip(values) {
            let word = self.admit(value);
            // SAFETY: INV-EDIT-1; `admit` gave the word, and the caller has dealt with what was there.
            unsafe { self.occupied().slot(index).set_word(word) };
        }
    }

    /// As [`fill`](Self::fill); those of a private list move as a whole.
    fn fill_from(&self, index: usize, values: Vec<Value>) {
        #[cfg(not(loom))]
        if !self.shared {
            if let Some(buffer) = self.buffer() {
                let mut values = values;
                let count = values.len();
                // SAFETY: the slots count them from now on.
                unsafe { values.set_len(0) };
                // SAFETY: INV-EDIT-1; the callers have made room, and dealt with what was there.
                unsafe { Buffer::write_values(NonNull::from(buffer), index, values.as_ptr(), count) };
            }
            return;
        }
        self.fill(index, values);
    }

    #[inline(always)]
    fn move_word(&self, buffer: &Buffer, from: usize, to: usize) {
        // SAFETY: INV-EDIT-1; the word stays in the same holder.
        unsafe { buffer.slot(to).set_word(buffer.slot(from).word_plain()) };
    }

    /// Moves `count` words from `from` on to `to` on, in the same buffer; what is left behind is overwritten or freed
    /// by the caller.
    fn shift(&self, from: usize, to: usize, count: usize) {
        let Some(buffer) = self.buffer() else { return };
        if from == to || count == 0 {
            return;
        }
        #[cfg(not(loom))]
        if !self.is_exposed() {
            // SAFETY: INV-EDIT-1, and nobody reads; the callers' ranges are below the capacity.
            unsafe { buffer.move_plain(from, to, count) };
            return;
        }
        if from < to {
            (0..count).rev().for_each(|i| self.move_word(buffer, from + i, to + i));
        } else {
            (0..count).for_each(|i| self.move_word(buffer, from + i, to + i));
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(self, len: usize) -> Result<(), OutOfMemory> {
        self.resize(roomy(len, self.len()))
    }

    /// Gives memory back when less than half is used. That there is none for a smaller buffer does not matter. Where others may be
    /// reading, a small buffer stays: to wait for its end costs more than it holds.
    #[inline(always)]
    fn shrink(&self, len: usize) {
        let capacity = self.place.capacity();
        if len < capacity >> 1 && !(self.is_exposed() && capacity <= SMALL) {
            self.shrink_slow(len);
        }
    }

    #[cold]
    #[inline(never)]
    fn shrink_slow(self, len: usize) {
        let _ = self.resize(roomy(len, len));
    }

    /// Gives the list a buffer of `capacity` slots, which is at least the length.
    fn resize(&self, capacity: usize) -> Result<(), OutOfMemory> {
        let len = self.len();
        let before = self.place.buffer.load(Ordering::Relaxed);
        let old = NonNull::new(before).filter(|b| b.addr().get() > TAKEN);
        if capacity == 0 {
            self.set_buffer(std::ptr::null_mut(), 0);
            self.dispose(old);
            return Ok(());
        }
        #[cfg(not(loom))]
        if let Some(old) = old
            && !self.is_exposed()
        {
            // SAFETY: nobody reads; INV-LIST-2.
            let new = unsafe { Buffer::reallocate(old, len, capacity) }?;
            self.set_buffer(new.as_ptr(), capacity);
            return Ok(());
        }
        let new = Buffer::allocate(capacity)?;
        if let Some(old) = old {
            self.copy(old, new, len);
        }
        self.set_buffer(new.as_ptr(), capacity);
        self.dispose(old);
        Ok(())
    }

    /// Moves the first `len` words to another buffer; `old` keeps its copies for those who read it (INV-LIST-4).
    fn copy(&self, old: NonNull<Buffer>, new: NonNull<Buffer>, len: usize) {
        // SAFETY: INV-LIST-3; the current buffer, and one that this thread has just made.
        let old = unsafe { old.as_ref() };
        // SAFETY: as above.
        let new = unsafe { new.as_ref() };
        for i in 0..len {
            // SAFETY: INV-EDIT-1; the count moves with the word.
            unsafe { new.slot(i).set_word(old.slot(i).word_plain()) };
        }
    }

    /// Frees a buffer that has been replaced, once nobody reads it; its words are not looked at.
    fn dispose(&self, old: Option<NonNull<Buffer>>) {
        let Some(old) = old else { return };
        if self.is_exposed() {
            // SAFETY: unlinked by the caller, and retired once.
            unsafe { memory::retire(self.thread, old.as_ptr()) };
        } else {
            // SAFETY: as above, and nobody reads.
            unsafe { Buffer::free(old) };
        }
    }

    /// Leaves `instead` in place of the buffer and returns what was there.
    fn detach(&self, instead: *mut Buffer) -> Detached {
        let len = self.len();
        let before = self.place.buffer.load(Ordering::Relaxed);
        let old = NonNull::new(before).filter(|b| b.addr().get() > TAKEN);
        self.set_len(0);
        self.set_buffer(instead, 0);
        if !self.is_exposed() {
            // SAFETY: nobody reads.
            return unsafe { Detached::new(old, len) };
        }
        // Others may read the old buffer until they refresh, and the values are on their way elsewhere.
        let copied = self.copy_out(old, len);
        self.dispose(old);
        copied
    }

    fn copy_out(&self, old: Option<NonNull<Buffer>>, len: usize) -> Detached {
        // SAFETY: INV-LIST-3; current until a moment ago, and not retired yet.
        let Some(buffer) = old.map(|old| unsafe { old.as_ref() }) else {
            // SAFETY: there is no buffer.
            return unsafe { Detached::new(None, 0) };
        };
        let new = Buffer::allocate(len.max(1)).ok();
        for i in 0..len {
            let value = self.hand_out(buffer.slot(i).word_plain());
            // Without memory for the copy they go at once; the critical section defers what that leads to.
            if let (Some(new), Some(value)) = (new, value) {
                // SAFETY: INV-LIST-3; nobody else has it.
                let new = unsafe { new.as_ref() };
                // SAFETY: the slot is free, and the value's count moves into it.
                unsafe { new.slot(i).set_word(value.into_word()) };
            }
        }
        // SAFETY: nobody else has it; all of its slots below `len` are occupied.
        unsafe { Detached::new(new, if new.is_some() { len } else { 0 }) }
    }
}
