//! Changing a set, with the right to it.

use std::ptr::{self, NonNull};

use memory::{OutOfMemory, Value};
use threads::sync::atomic::Ordering;

use super::table::{REMOVED, Search, Table, cells_above, cells_grown, is_too_full};
use super::{Item, Probe, Set, table};
use crate::Edit;
use crate::clear::{Cleared, Storage};
use crate::lookup::{At, Hash, Lookup, Match, Step};

/// Looking, with the right to write: what is found stays so until this thread changes it.
impl Edit<'_, Set> {
    /// As [`Set::len`].
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.place.len.load(Ordering::Relaxed)
    }

    /// Whether there are no keys.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`Set::lookup`].
    #[inline(always)]
    pub fn lookup(&self, hash: Hash, key: &Value, compare: impl FnMut(&Value) -> Match) -> Lookup<At> {
        self.place.lookup(self.thread, hash, key, compare)
    }

    /// As [`Set::step`].
    pub fn step(&self, probe: &mut Probe, key: &Value) -> Step {
        self.place.step(self.thread, self.holder(), probe, key)
    }

    /// As [`Set::confirm`].
    pub fn confirm(&self, at: At, key: &Value) -> bool {
        self.place.confirm(self.thread, at, key)
    }

    /// As [`Set::next_entry`].
    pub fn next_entry(&self, position: usize) -> Option<Item> {
        self.place.next_entry(self.thread, self.holder(), position)
    }
}

/// What became of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Stored {
    /// The key was there.
    WasThere,
    /// The key was added.
    Added,
    /// A key was met that only Python can compare.
    Unsure,
}

/// Changing.
impl Edit<'_, Set> {
    /// Adds `key`, which `compare` compares natively, if it is not there: see [`Set::lookup`].
    ///
    /// # Errors
    /// [`OutOfMemory`].
    #[inline(always)]
    pub fn store(
        &self,
        hash: Hash,
        key: &Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Result<Stored, OutOfMemory> {
        if let Some(table) = self.place.current() {
            match table.search(hash, key.word(), compare) {
                Search::Found(_) => return Ok(Stored::WasThere),
                // Where no key has been removed that is the cell for it.
                Search::Absent(at)
                    if table.fill() == self.len() && !is_too_full(table.fill() + 1, table.mask()) =>
                {
                    let key = self.admit(key.clone());
                    table.append_at(at, hash, key, |slot, key| self.put(slot, key));
                    self.set_len(self.len() + 1);
                    return Ok(Stored::Added);
                }
                Search::Absent(_) => {}
                Search::Unsure => return Ok(Stored::Unsure),
            }
        }
        self.add(hash, key.clone()).map(|()| Stored::Added)
    }

    /// Makes the keys of `copy` those of a set that has had none and is not shared; gives it back for another.
    ///
    /// # Errors
    /// `copy`.
    pub fn adopt(&self, copy: Set) -> Result<(), Set> {
        if self.shared || self.place.current().is_some() {
            return Err(copy);
        }
        let copy = std::mem::ManuallyDrop::new(copy);
        self.set_table(copy.table.load(Ordering::Relaxed));
        self.set_len(copy.len.load(Ordering::Relaxed));
        Ok(())
    }

    /// Hands the hash and a counted reference of each key to `take`, in the table's order.
    pub fn each(&self, mut take: impl FnMut(Hash, Value)) {
        let Some(table) = self.place.current() else { return };
        table.each_key(|_, entry, _| {
            if let Some(key) = entry.key.get(self.holder()) {
                take(entry.hash(), key);
            }
        });
    }

    /// Adds a key that is not there.
    ///
    /// # Errors
    /// [`OutOfMemory`]; the key is dropped.
    #[inline(always)]
    pub fn add(&self, hash: Hash, key: Value) -> Result<(), OutOfMemory> {
        let table = match self.place.current() {
            Some(table) => table,
            None => self.resize(table::MIN_CELLS)?,
        };
        if is_too_full(table.fill() + 1, table.mask()) {
            return self.add_to_full(table, hash, key);
        }
        let key = self.admit(key);
        table.append(hash, key, self.reuses_cells(), |slot, key| self.put(slot, key));
        self.set_len(self.len() + 1);
        Ok(())
    }

    /// CPython adds first and grows then; so does this, for the order of the keys, but makes the larger table before, so
    /// that a failure changes nothing.
    #[cold]
    #[inline(never)]
    fn add_to_full(self, table: &Table, hash: Hash, key: Value) -> Result<(), OutOfMemory> {
        let new = Table::allocate(cells_grown(self.len() + 1)?)?;
        let key = self.admit(key);
        table.append(hash, key, self.reuses_cells(), |slot, key| self.put(slot, key));
        self.set_len(self.len() + 1);
        if is_too_full(table.fill(), table.mask()) {
            self.move_to(new);
        } else {
            // SAFETY: made above, and reached by nobody.
            unsafe { Table::give_back(new) }; // the cell of a removed key was good enough
        }
        Ok(())
    }

    /// Removes the key at `at`, which this section has found.
    pub fn remove(&self, at: At) -> Option<Value> {
        let entry = self.place.entry_at(at)?;
        let word = entry.key.word_plain();
        if word.is_empty() || word == REMOVED {
            return None;
        }
        self.put(&entry.key, REMOVED);
        self.set_len(self.len() - 1);
        self.hand_out(word)
    }

    /// Removes and returns some key: the next one behind that of the last call.
    pub fn pop(&self) -> Option<Value> {
        let table = self.place.current()?;
        if self.is_empty() {
            return None;
        }
        let mask = table.mask();
        let mut at = self.place.finger.load(Ordering::Relaxed) & mask;
        for _ in 0..=mask {
            let word = table.entry(at).key.word_plain();
            if !word.is_empty() && word != REMOVED {
                self.place.finger.store(at + 1, Ordering::Relaxed); // for writers alone
                return self.remove(At::new(table, at as u32));
            }
            at = (at + 1) & mask;
        }
        debug_assert!(false, "INV-SET-3: a length without keys");
        None
    }

    /// Removes all keys.
    pub fn clear(&self) -> Cleared {
        let Some(table) = NonNull::new(self.place.table.load(Ordering::Relaxed)) else {
            return Cleared::nothing();
        };
        self.set_len(0);
        self.set_table(ptr::null_mut());
        if !self.is_exposed() {
            // SAFETY: unlinked, and nobody reads.
            return unsafe { Cleared::whole(table) };
        }
        // SAFETY: INV-SET-4; current until a moment ago, and not retired yet.
        let cleared = Cleared::copied(unsafe { table.as_ref() }, |slot| self.hand_out(slot.word_plain()));
        self.dispose(table);
        cleared
    }

    /// Makes room for `more` keys before they are added one by one, when CPython does so: a set or a dict is merged
    /// into this one.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn reserve(&self, more: usize) -> Result<(), OutOfMemory> {
        let (fill, mask) =
            self.place.current().map_or((0, table::MIN_CELLS - 1), |table| (table.fill(), table.mask()));
        if is_too_full(fill.saturating_add(more), mask) {
            self.resize(cells_above(self.len().saturating_add(more).saturating_mul(2))?)?;
        }
        Ok(())
    }

    /// A private copy, whose keys come in the order in which CPython's copy has them.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn copy(&self) -> Result<Set, OutOfMemory> {
        let copy = Set::new();
        let Some(table) = self.place.current().filter(|_| !self.is_empty()) else { return Ok(copy) };
        let len = self.len();
        let cells = if is_too_full(len, table::MIN_CELLS - 1) {
            cells_above(len.saturating_mul(2))?
        } else {
            table::MIN_CELLS
        };
        let new = Table::allocate(cells)?;
        copy.table.store(new.as_ptr(), Ordering::Relaxed); // nobody else has it
        // SAFETY: just made.
        let to = unsafe { new.as_ref() };
        let same_cells = to.mask() == table.mask() && table.fill() == len;
        table.each_key(|i, entry, _| {
            let Some(key) = entry.key.get(self.holder()) else { return };
            let put = |slot: &memory::Slot, key| {
                // SAFETY: the slot is free, and takes over the count.
                unsafe { slot.set_word(key) };
            };
            if same_cells {
                to.append_at(i, entry.hash(), key.into_word(), put);
            } else {
                to.append(entry.hash(), key.into_word(), false, put);
            }
        });
        copy.len.store(len, Ordering::Relaxed);
        Ok(copy)
    }
}

/// The fields.
impl Edit<'_, Set> {
    /// Whether the cells of removed keys may be used: INV-SET-2.
    #[inline(always)]
    fn reuses_cells(&self) -> bool {
        !self.is_exposed() || threads::mutant!("set-reuses-cells")
    }

    #[inline(always)]
    fn set_len(&self, len: usize) {
        self.place.len.store(len, Ordering::Release); // as for lists
    }

    fn set_table(&self, table: *mut Table) {
        // Release: pairs with the acquire in `current`.
        let relaxed = threads::mutant!("set-table-relaxed");
        self.place.table.store(table, if relaxed { Ordering::Relaxed } else { Ordering::Release });
    }

    fn resize(&self, cells: usize) -> Result<&Table, OutOfMemory> {
        Ok(self.move_to(Table::allocate(cells)?))
    }

    /// Makes `new` the table, with the keys that there are.
    fn move_to(&self, new: NonNull<Table>) -> &Table {
        // SAFETY: just made.
        let table = unsafe { new.as_ref() };
        let old = NonNull::new(self.place.table.load(Ordering::Relaxed));
        if let Some(old) = old {
            // SAFETY: INV-SET-4; the current table.
            unsafe { old.as_ref() }.move_to(table);
        }
        self.set_table(new.as_ptr());
        if let Some(old) = old {
            self.dispose(old);
        }
        table
    }

    /// Frees a table that has been replaced, once nobody reads it; its words are not looked at.
    fn dispose(&self, old: NonNull<Table>) {
        if self.is_exposed() {
            // SAFETY: unlinked by the caller, and retired once.
            unsafe { memory::retire(self.thread, old.as_ptr()) };
        } else {
            // SAFETY: as above, and nobody reads.
            unsafe { Table::give_back(old) };
        }
    }
}
