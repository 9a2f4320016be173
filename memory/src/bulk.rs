//! Slots in bulk: what buffers and tables of slots need beyond the exchange of one.
//!
//! A container moves references between slots of one holder (a list that shifts its items, a table that grows) without
//! counting: the words move, and with them the counts. Nothing here publishes or counts by itself, hence the `unsafe`.

use std::mem::ManuallyDrop;

use threads::current_id;
use threads::sync::atomic::Ordering;

use crate::count;
use crate::slot::Slot;
use crate::value::{Value, pointer_of};
use crate::word::Word;

impl Slot {
    /// The word, which goes on being owned by the slot. Acquire: what it leads to is complete.
    #[inline(always)]
    pub fn word(&self) -> Word {
        self.load()
    }

    /// As [`word`](Self::word), where nobody else writes the slot: private, locked or alone.
    #[inline(always)]
    pub fn word_plain(&self) -> Word {
        self.peek()
    }

    /// Overwrites the word, whose count belongs to the slot from now on; what was there is not released.
    ///
    /// # Safety
    /// The caller owns the count of `word`, takes over that of what the slot held (or has moved it to another slot of
    /// the same holder), and keeps INV-SLOT-1. Only one thread writes the slot at a time.
    #[inline(always)]
    pub unsafe fn set_word(&self, word: Word) {
        // Release: pairs with the acquire in `load`; the object is complete before it is found here.
        self.0.store(word.bits(), Ordering::Release);
    }
}

/// Moving words between slots.
impl Slot {
    /// Frees the slot if it holds exactly `word`, whose count the caller takes over.
    ///
    /// # Concurrency
    /// Linearizes at the exchange.
    ///
    /// # Errors
    /// What the slot holds instead.
    #[inline(always)]
    pub fn move_word(&self, word: Word) -> Result<(), Word> {
        if threads::mutant!("dict-values-move-without-exchange") {
            self.0.store(Word::EMPTY.bits(), Ordering::SeqCst);
            return Ok(());
        }
        let exchanged =
            self.0.compare_exchange(word.bits(), Word::EMPTY.bits(), Ordering::SeqCst, Ordering::Acquire);
        exchanged.map(drop).map_err(Word::from_bits)
    }
}

/// Slots in a row. (In models a slot is an object of its own, and no row can be made from its address.)
impl Slot {
    /// Copies what `count` slots hold to as many others, with a count of its own for each.
    ///
    /// # Safety
    /// `count` slots are at `from`, which may be read as their holder's; as many places are at `to`, which nobody else reaches,
    /// and which own nothing.
    #[inline(never)]
    pub unsafe fn copy_counted(from: *const Slot, to: *mut Slot, count: usize) {
        // SAFETY: promised by the caller.
        unsafe { Self::copy_each(from, 1, to, count) };
    }

    /// As [`copy_counted`](Self::copy_counted) of slots that are `step` places from each other.
    ///
    /// # Safety
    /// As there, for each of the `count` slots.
    #[inline(never)]
    pub unsafe fn copy_counted_stepped(from: *const Slot, step: isize, to: *mut Slot, count: usize) {
        // SAFETY: promised by the caller.
        unsafe { Self::copy_each(from, step, to, count) };
    }

    #[inline(always)]
    unsafe fn copy_each(mut from: *const Slot, step: isize, to: *mut Slot, count: usize) {
        let own = current_id(); // asked for once: each time it is a call
        for i in 0..count {
            // SAFETY: promised by the caller.
            let word = unsafe { &*from }.load();
            from = from.wrapping_offset(step);
            if let Some(object) = pointer_of(word) {
                // SAFETY: the slot counted the object when it was loaded, as in `get`.
                unsafe { count::retain_by(own, object) };
            }
            // SAFETY: promised by the caller.
            unsafe { to.cast::<u64>().wrapping_add(i).write(word.bits()) };
        }
    }

    /// Releases what `count` slots own; they are not used again.
    ///
    /// # Safety
    /// `count` slots are at `from`, which nobody else reaches.
    #[inline]
    pub unsafe fn release_all(from: *const Slot, count: usize) {
        let own = current_id(); // as above
        for i in 0..count {
            // SAFETY: promised by the caller.
            let word = unsafe { &*from.wrapping_add(i) }.peek();
            if let Some(object) = pointer_of(word) {
                // SAFETY: the slot owned one count, and is not used again.
                unsafe { count::release_by(own, object) };
            }
        }
    }
}

impl Value {
    /// Takes over the count that `word` stands for; `None` for EMPTY.
    ///
    /// # Safety
    /// The caller owns that count; `word` is no borrowed reference.
    #[inline(always)]
    pub unsafe fn from_word(word: Word) -> Option<Self> {
        Self::from_owned_word(word)
    }

    /// Shows `word` as a value that owns nothing; `None` for EMPTY.
    ///
    /// # Safety
    /// What `word` leads to stays alive for as long as the view is used: something counts it, or this thread has loaded
    /// it from a slot of a shared holder and does not refresh meanwhile.
    #[inline(always)]
    pub unsafe fn view(word: Word) -> Option<ManuallyDrop<Self>> {
        Self::from_owned_word(word).map(ManuallyDrop::new)
    }
}

/// Notes that others may have borrowed `value` through a slot of a shared holder from which it has been taken, to be
/// kept (INV-SLOT-3).
#[inline]
pub fn lend(value: &Value) {
    if let Some(object) = value.object() {
        // SAFETY: `value` keeps the object alive.
        unsafe { count::lend(object) };
    }
}
