//! A growable sequence: the storage of `list`.
//!
//! ```text
//!   Items { buffer ──> [capacity | slot 0 | slot 1 | … | slot capacity-1], len, capacity }
//! ```
//!
//! A reader loads the length, then the buffer, and checks its index against the length *and* the capacity of the very
//! buffer that it has loaded: the two words change one after the other. Then it reads one slot. A free slot below the
//! length that was loaded means that the list has shrunk since: the index is out of range.
//!
//! | field    | who may read                     | who may write        |
//! |----------|----------------------------------|----------------------|
//! | buffer   | anybody                          | who has the [`Edit`] |
//! | len      | anybody                          | who has the [`Edit`] |
//! | capacity | who has the [`Edit`]             | who has the [`Edit`] |
//! | slots    | anybody, through a loaded buffer | who has the [`Edit`] |
//!
//! * INV-LIST-1: a slot is reached only with an index below the capacity of its own buffer.
//! * INV-LIST-2: in the current buffer, slots below the length are occupied and the others free, when no `Edit` is open.
//! * INV-LIST-3: a buffer stays readable, with the words that it had when it was replaced, for everybody who loaded it
//!   before that, until they refresh.
//! * INV-LIST-4: the counts belong to the slots of the current buffer alone; a replaced one owns none.

mod buffer;
mod edit;
mod filling;

use std::mem;
use std::ptr::{self, NonNull};

use memory::{Header, OutOfMemory, Slot, StackRef, Value, View, Visitor};
use threads::Context;
use threads::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::Edit;
use buffer::Buffer;
pub use buffer::Detached;
pub use edit::TakenForSort;
pub use filling::Filling;

/// Stands for "no buffer" while a sort has it: see [`Edit::take_for_sort`].
const TAKEN: usize = align_of::<Buffer>();

/// The items of a list. 24 bytes.
#[derive(Debug)]
pub struct Items {
    buffer: AtomicPtr<Buffer>,
    len: AtomicUsize,
    /// That of the current buffer, for writers.
    capacity: AtomicUsize,
}

impl Default for Items {
    fn default() -> Self {
        Self::new()
    }
}

/// How many slots to have for `len` items, so that appending costs amortised constant time: CPython's pattern.
fn roomy(len: usize, before: usize) -> usize {
    if len == 0 {
        return 0;
    }
    if cfg!(loom) {
        return len; // every slot costs a model time
    }
    let roomy = len.saturating_add(len >> 3).saturating_add(6) & !3;
    // A jump to an exact size gets little more than that.
    if len > before && len - before > roomy.saturating_sub(len) { len.saturating_add(3) & !3 } else { roomy }
}

/// Making one, which is private.
impl Items {
    /// No items; allocates nothing.
    pub fn new() -> Self {
        Self {
            buffer: AtomicPtr::new(ptr::null_mut()),
            len: AtomicUsize::new(0),
            capacity: AtomicUsize::new(0),
        }
    }

    /// No items, and room for `capacity`.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn with_capacity(capacity: usize) -> Result<Self, OutOfMemory> {
        let items = Self::new();
        if capacity > 0 {
            items.buffer.store(Buffer::allocate(capacity)?.as_ptr(), Ordering::Relaxed); // nobody else has it
            items.capacity.store(capacity, Ordering::Relaxed);
        }
        Ok(items)
    }

    /// These values, with no room for more.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the values are dropped.
    pub fn from_vec(values: Vec<Value>) -> Result<Self, OutOfMemory> {
        let mut filling = Filling::with_capacity(values.len())?;
        filling.append(values)?;
        Ok(filling.finish())
    }

    /// The first `len` values of `values`, with no room for more.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the values are dropped.
    #[inline]
    pub fn from_exact(len: usize, values: impl Iterator<Item = Value>) -> Result<Self, OutOfMemory> {
        let mut filling = Filling::with_capacity(len)?;
        for value in values.take(len) {
            filling.put(value.into_word());
        }
        Ok(filling.finish())
    }
}

/// Reading, by anybody.
impl Items {
    /// How many items there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        // Acquire: who sees the length of a push also sees what its thread did before.
        self.len.load(Ordering::Acquire)
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For how many items there is room. Exact where nobody writes.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity.load(Ordering::Relaxed) // for `sys.getsizeof`: nothing is reached by it
    }

    /// The bytes of the buffer.
    pub fn buffer_bytes(&self) -> usize {
        self.capacity() * size_of::<Slot>()
    }

    /// A counted reference to the item at `index`; `holder` is the header of the object that this is part of.
    ///
    /// # Concurrency
    /// Takes no lock. Linearizes at the load of the slot, or, if the buffer was replaced meanwhile, at that moment.
    #[inline(always)]
    pub fn get(&self, holder: &Header, index: usize) -> Option<Value> {
        self.slot(index)?.get(holder)
    }

    /// The item at `index`, borrowed if the mode and the holder allow it; EMPTY if the index is out of range.
    ///
    /// # Concurrency
    /// As [`get`](Self::get); with several threads running and a shared holder it writes nothing.
    #[inline(always)]
    pub fn borrow(&self, thread: &Context, holder: &Header, index: usize) -> StackRef {
        match self.slot(index) {
            Some(slot) => slot.borrow(thread, holder),
            None => StackRef::EMPTY,
        }
    }

    /// The item at `index`, uncounted: for a short look.
    ///
    /// # Safety
    /// As for [`Slot::view`].
    #[inline(always)]
    pub unsafe fn view<'a>(&self, thread: &'a Context, holder: &Header, index: usize) -> Option<View<'a>> {
        // SAFETY: promised by the caller.
        unsafe { self.slot(index)?.view(thread, holder) }
    }

    /// Shows the items of a range to `go_on` until it says no, or there are no more; the index of the one that it said no to, or
    /// of the first that was not there, or the end of the range.
    ///
    /// # Concurrency
    /// Takes no lock. If the buffer is replaced meanwhile, the items are those that were in it at that moment.
    ///
    /// # Safety
    /// As for [`Slot::view`]: `go_on` neither reaches a safepoint nor writes the list.
    #[inline(always)]
    pub unsafe fn walk(
        &self,
        thread: &Context,
        holder: &Header,
        range: std::ops::Range<usize>,
        mut go_on: impl FnMut(&Value) -> bool,
    ) -> usize {
        let Some(buffer) = self.current() else { return range.start };
        let end = range.end.min(self.len()).min(buffer.capacity()); // INV-LIST-1
        for index in range.start..end {
            // SAFETY: promised by the caller.
            match unsafe { buffer.slot(index).view(thread, holder) } {
                Some(item) if go_on(&item) => {}
                _ => return index,
            }
        }
        end.max(range.start)
    }

    /// Whether the item at `index` is this very value: then storing it there changes nothing.
    #[inline(always)]
    pub fn holds(&self, index: usize, value: &Value) -> bool {
        self.slot(index).is_some_and(|slot| slot.holds(value.word()))
    }

    /// As [`borrow`](Self::borrow), but EMPTY also where that takes more than a plain addition.
    #[inline(always)]
    pub fn borrow_quickly(&self, thread: &Context, holder: &Header, index: usize) -> StackRef {
        match self.buffer_with(index) {
            Some(buffer) => buffer.slot(index).borrow_quickly(thread, holder),
            None => StackRef::EMPTY,
        }
    }

    #[inline(always)]
    fn slot(&self, index: usize) -> Option<&Slot> {
        self.buffer_with(index).map(|buffer| buffer.slot(index))
    }

    /// The buffer, if it has an item at `index`.
    #[inline(always)]
    fn buffer_with(&self, index: usize) -> Option<&Buffer> {
        if index >= self.len() {
            return None;
        }
        // INV-LIST-1: the list may have shrunk since the length was read.
        let has_room =
            |buffer: &&Buffer| index < buffer.capacity() || threads::mutant!("list-without-capacity-check");
        self.current().filter(has_room)
    }

    /// Whether the items could be edited as they are: not while a sort has them.
    pub fn is_being_sorted(&self) -> bool {
        self.buffer.load(Ordering::Relaxed).addr() == TAKEN
    }

    #[inline(always)]
    fn current(&self) -> Option<&Buffer> {
        // Acquire: pairs with the release in `set_buffer`; the copied words are seen.
        let buffer = self.buffer.load(Ordering::Acquire);
        if buffer.addr() <= TAKEN {
            return None;
        }
        // SAFETY: INV-LIST-3; this thread has just loaded it.
        Some(unsafe { &*buffer })
    }
}

/// Writing without an [`Edit`], by the one thread that can reach the list.
impl Items {
    /// Appends to the list of a private holder that has room, and takes the value over; false, and nothing done, for any other.
    ///
    /// # Concurrency
    /// None: INV-LIST-1 to 4 hold because nobody else can read a private list.
    #[inline(always)]
    pub fn push_privately(&self, holder: &Header, value: StackRef) -> bool {
        if holder.is_shared() || value.is_borrowed() {
            return false;
        }
        holder.assert_accessible();
        let len = self.len.load(Ordering::Relaxed);
        if len >= self.capacity.load(Ordering::Relaxed) {
            return false;
        }
        let Some(buffer) = self.current() else { return false };
        // SAFETY: nobody else has the buffer, and the slot behind the last item is free.
        unsafe { buffer.slot(len).set_word(value.word()) };
        self.len.store(len + 1, Ordering::Relaxed);
        true
    }

    /// Replaces an item of a private holder's list, where that takes no more than plain additions and stores
    /// ([`Slot::exchange_quickly`]), and takes the value over; false, and nothing done, for any other.
    ///
    /// # Concurrency
    /// None, as for [`push_privately`](Self::push_privately).
    #[inline(always)]
    pub fn set_privately(&self, thread: &Context, holder: &Header, index: usize, value: StackRef) -> bool {
        if holder.is_shared() {
            return false;
        }
        match self.buffer_with(index) {
            Some(buffer) => buffer.slot(index).exchange_quickly(thread, holder, value),
            None => false,
        }
    }
}

/// For the object that this is part of.
impl Items {
    /// Meets every item: part of the holder's `Trace::trace`.
    #[inline]
    pub fn trace<V: Visitor>(&self, visitor: &mut V) {
        // The caller of `trace` keeps writers out (INV-EDIT-1).
        let len = self.len.load(Ordering::Relaxed);
        if let Some(buffer) = self.current() {
            (0..len).for_each(|i| visitor.slot(buffer.slot(i)));
        }
    }

    /// Empties without an `Edit`: nobody else reaches this any more.
    fn detach(&mut self) -> Detached {
        let items = mem::take(self);
        let buffer = NonNull::new(items.buffer.load(Ordering::Relaxed)).filter(|b| b.addr().get() > TAKEN);
        let len = items.len.load(Ordering::Relaxed);
        mem::forget(items);
        // SAFETY: `&mut self` was the only way to it.
        unsafe { Detached::new(buffer, len) }
    }
}

impl Drop for Items {
    #[inline]
    fn drop(&mut self) {
        if self.buffer.load(Ordering::Relaxed).addr() > TAKEN {
            drop(self.detach());
        }
    }
}

/// What writers do to the fields.
impl Edit<'_, Items> {
    /// The length, which only this thread changes.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.place.len.load(Ordering::Relaxed)
    }

    /// Whether there are no items.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline(always)]
    fn set_len(&self, len: usize) {
        // Release: who sees the length sees what was done before. Readers do not depend on it: they check the buffer's
        // own capacity and the slot.
        self.place.len.store(len, Ordering::Release);
    }

    fn set_buffer(&self, buffer: *mut Buffer, capacity: usize) {
        // Release: the words were copied before.
        let relaxed = threads::mutant!("list-buffer-relaxed");
        self.place.buffer.store(buffer, if relaxed { Ordering::Relaxed } else { Ordering::Release });
        self.place.capacity.store(capacity, Ordering::Relaxed); // for writers, whom the lock orders
    }
}

// SAFETY: `trace` meets every item once, and they are all that is dropped.
unsafe impl memory::TraceField for Items {
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        Items::trace(self, visitor);
    }
}
