//! The right to change one container.
//!
//! An [`Edit`] is made from an open [`Exclusive`] of the object that holds the container, and lives no longer. It knows
//! the two things that every write needs: whether what enters must be published (the object is shared), and whether
//! others may be reading at this very moment (shared, and this thread is not alone).
//!
//! Writes are release stores, also where others are reading: of two threads that each write a container and then read the
//! other's, at least one sees the other's write, because the unlock of the section, an exchange, comes between a thread's write
//! and its next read.
//!
//! * INV-EDIT-1: while an `Edit` exists nobody else writes the container, and nobody traces it; but values of dicts are exchanged by
//!   anybody (INV-DICT-7).

use std::fmt;

use memory::word::Word;
use memory::{Displaced, Exclusive, Header, Slot, Trace, Value};
use threads::Context;

/// Exclusive access to the container `C` inside one object.
pub struct Edit<'s, C> {
    pub(crate) place: &'s C,
    pub(crate) thread: &'s Context,
    header: &'s Header,
    pub(crate) shared: bool,
    exposed: bool,
}

impl<C> Clone for Edit<'_, C> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

/// Slow paths take it by value: so the fast ones keep it in registers.
impl<C> Copy for Edit<'_, C> {}

impl<'s, C> Edit<'s, C> {
    /// The container that `field` selects in the object of the open critical section.
    #[inline(always)]
    pub fn new<T: Trace>(section: &'s mut Exclusive<'_, T>, field: fn(&T) -> &C) -> Self {
        let section: &'s Exclusive<'_, T> = section;
        let object = section.object();
        Self {
            place: field(object.payload()),
            thread: section.context(),
            header: object.header(),
            shared: section.is_shared(),
            exposed: section.is_locked(),
        }
    }

    /// Whether other threads may be reading the container at this moment.
    #[inline(always)]
    pub fn is_exposed(&self) -> bool {
        self.exposed
    }

    /// The object that holds the container.
    #[inline(always)]
    pub fn holder(&self) -> &'s Header {
        self.header
    }

    /// Makes `value` fit for a slot of the container; the slot will own its count.
    #[inline(always)]
    pub(crate) fn admit(&self, value: Value) -> Word {
        if self.shared {
            memory::publish(&value); // INV-SLOT-1
        }
        value.into_word()
    }

    /// The value behind a word that has been taken out of a slot; `None` for EMPTY.
    #[inline(always)]
    pub(crate) fn hand_out(&self, word: Word) -> Option<Value> {
        // SAFETY: INV-EDIT-1; the caller has taken the word out of its slot, and the count with it.
        let value = unsafe { Value::from_word(word) };
        if self.exposed
            && let Some(value) = &value
        {
            memory::lend(value); // INV-SLOT-3
        }
        value
    }

    /// Empties `slot`.
    #[inline(always)]
    pub(crate) fn take(&self, slot: &Slot) -> Option<Value> {
        let word = slot.word_plain();
        self.put(slot, Word::EMPTY);
        self.hand_out(word)
    }

    /// Stores `word`, and nothing becomes of what was there.
    #[inline(always)]
    pub(crate) fn put(&self, slot: &Slot, word: Word) {
        // SAFETY: INV-EDIT-1; callers pass words that `admit` gave or that they move, and have taken over what was there.
        unsafe { slot.set_word(word) };
    }

    /// Exchanges what `slot` holds.
    #[inline(always)]
    pub(crate) fn replace(&self, slot: &Slot, value: Value) -> Displaced {
        // SAFETY: INV-EDIT-1; the section's unlock follows.
        unsafe { slot.replace_locked(self.header, value, self.exposed) }
    }
}

impl<C> fmt::Debug for Edit<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit").field("holder", self.header).field("exposed", &self.exposed).finish()
    }
}
