//! What a table held, after its container has let go of it.

use std::fmt;
use std::ptr::NonNull;

use memory::{Slot, Value};

/// A table of slots.
pub(crate) trait Storage: Sized {
    /// Meets every slot that may be occupied.
    fn for_each_slot(&self, visit: impl FnMut(&Slot));

    /// Releases what the slots own; they are not used again.
    ///
    /// # Safety
    /// Nobody else reaches the table.
    unsafe fn release_all(&self) {
        self.for_each_slot(|slot| {
            // SAFETY: the slot counted it, and is never looked at again.
            drop(unsafe { Value::from_word(slot.word_plain()) });
        });
    }

    /// Gives the memory back; the words are not looked at.
    ///
    /// # Safety
    /// Given back once, and nobody reaches it any more.
    unsafe fn give_back(table: NonNull<Self>);
}

/// Releases what a table holds, and the table.
type Release = unsafe fn(NonNull<u8>);

/// The keys and values of a container that was cleared or has died; dropped when this is.
pub struct Cleared {
    table: Option<(NonNull<u8>, Release)>,
    /// Of a table that others may still read.
    values: Vec<Value>,
}

/// Releases what the table holds, and the table.
///
/// # Safety
/// `table` is a `T` that nobody else reaches, and is not used again.
unsafe fn release_whole<T: Storage>(table: NonNull<u8>) {
    let table = table.cast::<T>();
    // SAFETY: promised by the caller.
    let slots = unsafe { table.as_ref() };
    // SAFETY: promised by the caller.
    unsafe { slots.release_all() };
    // SAFETY: promised by the caller.
    unsafe { T::give_back(table) };
}

impl Cleared {
    /// Nothing.
    pub(crate) fn nothing() -> Self {
        Self { table: None, values: Vec::new() }
    }

    /// Takes over a whole table with its counts.
    ///
    /// # Safety
    /// Nobody else reaches the table.
    pub(crate) unsafe fn whole<T: Storage>(table: NonNull<T>) -> Self {
        Self { table: Some((table.cast(), release_whole::<T>)), values: Vec::new() }
    }

    /// Takes over the counts of a table that others may read until they refresh. `hand_out` makes values of words.
    /// Without memory for a list they go at once: the critical section that must be open defers what that leads to.
    pub(crate) fn copied<T: Storage>(table: &T, hand_out: impl Fn(&Slot) -> Option<Value>) -> Self {
        let mut count = 0;
        table.for_each_slot(|_| count += 1);
        let mut values = Vec::new();
        let has_room = values.try_reserve_exact(count).is_ok();
        table.for_each_slot(|slot| {
            let value = hand_out(slot);
            if has_room {
                values.extend(value);
            }
        });
        Self { table: None, values }
    }
}

impl Drop for Cleared {
    fn drop(&mut self) {
        if let Some((table, release)) = self.table {
            // SAFETY: nobody else reaches it, and it has the type that `release` was made for.
            unsafe { release(table) };
        }
    }
}

impl fmt::Debug for Cleared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cleared").field("values", &self.values.len()).finish_non_exhaustive()
    }
}
