//! Changing a dict, with the right to it.

use std::ptr::{self, NonNull};

use memory::{Displaced, OutOfMemory, Slot, Value};
use threads::sync::atomic::Ordering;

use super::table::{Search, Table, log2_for, log2_grown};
use super::{At, BUSY, Cleared, Dict, Hash, Item, Lookup, Match, Probe, Step};
use crate::Edit;

/// Looking, with the right to write: what is found stays so until this thread changes it.
impl Edit<'_, Dict> {
    /// As [`Dict::len`].
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.place.len.load(Ordering::Relaxed)
    }

    /// Whether there are no entries.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`Dict::lookup`].
    #[inline(always)]
    pub fn lookup(&self, hash: Hash, key: &Value, compare: impl FnMut(&Value) -> Match) -> Lookup<At> {
        self.place.lookup(self.thread, hash, key, compare)
    }

    /// As [`Dict::step`].
    pub fn step(&self, probe: &mut Probe, key: &Value) -> Step {
        self.place.step(self.thread, self.holder(), probe, key)
    }

    /// As [`Dict::confirm`].
    pub fn confirm(&self, at: At, key: &Value) -> bool {
        self.place.confirm(self.thread, at, key)
    }

    /// As [`Dict::get_at`].
    pub fn get(&self, at: At) -> Option<Value> {
        self.place.get_at(self.thread, self.holder(), at)
    }

    /// As [`Dict::next_entry`].
    pub fn next_entry(&self, position: usize) -> Option<Item> {
        self.place.next_entry(self.thread, self.holder(), position)
    }
}

/// What became of a key and its value.
#[derive(Debug)]
#[must_use]
pub enum Stored {
    /// The key was there: the value that it had.
    Replaced(Displaced),
    /// The key was added.
    Added,
    /// A key was met that only Python can compare; here is the value again.
    Unsure(Value),
}

/// Changing.
impl Edit<'_, Dict> {
    /// Stores `value` under `key`, which `compare` compares natively: see [`Dict::lookup`].
    ///
    /// # Errors
    /// [`OutOfMemory`]; the value is dropped.
    #[inline(always)]
    pub fn store(
        &self,
        hash: Hash,
        key: &Value,
        value: Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Result<Stored, OutOfMemory> {
        if let Some(table) = self.place.current() {
            match table.search(hash, key.word(), compare) {
                Search::Found(_, entry) => return Ok(Stored::Replaced(self.exchange(&entry.value, value))),
                Search::Absent => {}
                Search::Unsure => return Ok(Stored::Unsure(value)),
            }
        }
        self.insert(hash, key.clone(), value).map(|_| Stored::Added)
    }

    /// Adds an entry whose key is not there.
    ///
    /// # Errors
    /// [`OutOfMemory`]; key and value are dropped.
    #[inline(always)]
    pub fn insert(&self, hash: Hash, key: Value, value: Value) -> Result<At, OutOfMemory> {
        let table = match self.place.current() {
            Some(table) if !table.is_full() => table,
            _ => self.grow()?,
        };
        let (key, value) = (self.admit(key), self.admit(value));
        let position = self.keys_changed(|| table.append(hash, key, value, self.is_exposed()));
        self.set_len(self.len() + 1);
        Ok(At::new(table, position))
    }

    /// Exchanges the value at `at`, which this section or an inline cache has found.
    ///
    /// # Errors
    /// The value, if there is no entry any more.
    #[inline(always)]
    pub fn set(&self, at: At, value: Value) -> Result<Displaced, Value> {
        match self.place.entry_anywhere(at) {
            Some(entry) if !entry.value.word_plain().is_empty() => Ok(self.exchange(&entry.value, value)),
            _ => Err(value),
        }
    }

    /// As [`set`](Self::set), if the key there is this very object: what an inline cache asks.
    ///
    /// # Errors
    /// The value, if it is not.
    #[inline(always)]
    pub fn set_if(&self, at: At, key: &Value, value: Value) -> Result<Displaced, Value> {
        match self.place.entry_anywhere(at) {
            Some(entry) if entry.key.word_plain() == key.word() => Ok(self.exchange(&entry.value, value)),
            _ => Err(value),
        }
    }

    /// Removes the entry at `at`, which this section has found; returns key and value.
    pub fn remove(&self, at: At) -> Option<(Value, Value)> {
        let table = self.place.current()?;
        self.place.entry_anywhere(at)?;
        self.remove_at(table, at.position() as u32)
    }

    /// As [`remove`](Self::remove), if `test` says so of the value.
    pub fn remove_if(&self, at: At, test: impl Fn(&Value) -> bool) -> Option<(Value, Value)> {
        let table = self.place.current()?;
        let slot = &self.place.entry_anywhere(at)?.value;
        loop {
            let value = slot.get(self.holder())?;
            if !test(&value) {
                return None;
            }
            // Others may have exchanged it meanwhile.
            if let Some(taken) = slot.take_if(self.thread, self.holder(), value.word()) {
                return self.remove_rest(table, at.position() as u32, || taken.keep());
            }
        }
    }

    fn remove_at(&self, table: &Table, position: u32) -> Option<(Value, Value)> {
        let entry = table.entry(position);
        if entry.key.word_plain().is_empty() {
            return None;
        }
        self.remove_rest(table, position, || self.take_exchanging(&entry.value))
    }

    /// Removes an entry whose value `take` takes, or has taken.
    #[inline(always)]
    fn remove_rest(
        &self,
        table: &Table,
        position: u32,
        take: impl FnOnce() -> Option<Value>,
    ) -> Option<(Value, Value)> {
        let (key, value) = self.keys_changed(|| {
            // The value goes first: who has read the key and then finds no value knows that the entry is gone.
            let value = take();
            table.forget(position);
            (self.take(&table.entry(position).key), value)
        });
        self.set_len(self.len() - 1);
        Some((key?, value?))
    }

    /// Removes the entry that was added last.
    pub fn pop_last(&self) -> Option<(Hash, Value, Value)> {
        let table = self.place.current()?;
        if self.is_empty() {
            return None;
        }
        let position = (0..table.appended()).rev().find(|&i| !table.entry(i).key.word_plain().is_empty())?;
        let hash = table.entry(position).hash();
        let (key, value) = self.remove_at(table, position)?;
        if !self.is_exposed() || threads::mutant!("dict-reuses-places") {
            table.take_back(position); // INV-DICT-2: nobody reads; or a long row of these would look ever longer
        }
        Some((hash, key, value))
    }

    /// Removes the entry that was added first.
    pub fn pop_first(&self) -> Option<(Hash, Value, Value)> {
        let table = self.place.current()?;
        if self.is_empty() {
            return None;
        }
        let position =
            (table.front()..table.appended()).find(|&i| !table.entry(i).key.word_plain().is_empty())?;
        let hash = table.entry(position).hash();
        let (key, value) = self.remove_at(table, position)?;
        table.set_front(position + 1);
        Some((hash, key, value))
    }

    /// Moves the entry at `at`, which this section has found, behind all others or before them. Before them costs time
    /// in proportion to the length.
    ///
    /// # Errors
    /// [`OutOfMemory`]; the entry may be gone.
    pub fn move_to_end(&self, at: At, last: bool) -> Result<(), OutOfMemory> {
        let Some(entry) = self.place.entry_anywhere(at) else { return Ok(()) };
        if last && self.place.current().is_some_and(|table| at.position() + 1 == table.appended() as usize) {
            return Ok(());
        }
        let hash = entry.hash();
        let Some((key, value)) = self.remove(at) else { return Ok(()) };
        if last {
            self.insert(hash, key, value)?;
            return Ok(());
        }
        let mut entries = Vec::new();
        entries.try_reserve_exact(self.len()).map_err(|_| OutOfMemory)?;
        let mut position = 0;
        while let Some(item) = self.next_entry(position) {
            position = item.next;
            entries.push(item);
        }
        drop(self.clear());
        self.insert(hash, key, value)?;
        for item in entries {
            self.insert(item.hash, item.key, item.value)?;
        }
        Ok(())
    }

    /// Removes all entries.
    pub fn clear(&self) -> Cleared {
        let Some(table) = NonNull::new(self.place.table.load(Ordering::Relaxed)) else {
            return Cleared::nothing();
        };
        self.keys_changed(|| {
            self.set_len(0);
            self.set_table(ptr::null_mut());
        });
        if !self.is_exposed() {
            // SAFETY: unlinked, and nobody reads.
            return unsafe { Cleared::whole(table) };
        }
        // SAFETY: INV-DICT-4; current until a moment ago, and not retired yet.
        let cleared = Cleared::copied(unsafe { table.as_ref() }, |slot| self.take_exchanging(slot));
        self.dispose(table);
        cleared
    }

    /// Makes room for `more` entries.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn reserve(&self, more: usize) -> Result<(), OutOfMemory> {
        let len = self.len().checked_add(more).ok_or(OutOfMemory)?;
        let log2 = log2_for(len)?;
        if len > 0 && self.place.current().is_none_or(|table| (table.capacity() as usize) < len) {
            self.resize(log2)?;
        }
        Ok(())
    }

    /// A private copy: the same entries in the same order.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn copy(&self) -> Result<Dict, OutOfMemory> {
        let len = self.len();
        let Some(table) = self.place.current().filter(|_| len > 0) else { return Ok(Dict::new()) };
        self.closing(table, || self.copy_entries(table, len))
    }

    fn copy_entries(&self, table: &Table, len: usize) -> Result<Dict, OutOfMemory> {
        #[cfg(not(loom))]
        if table.is_copied_whole(len) {
            let copy = table.copy_whole(self.holder())?;
            return Ok(Dict::with_table(copy, len));
        }
        let mut copy = Dict::with_capacity(len)?;
        for position in 0..table.appended() {
            let entry = table.entry(position);
            if let (Some(key), Some(value)) = (entry.key.get(self.holder()), entry.value.get(self.holder())) {
                copy.add(entry.hash(), key, value)?;
            }
        }
        Ok(copy)
    }

    /// Makes the entries of `copy` those of an empty dict that is not shared; gives it back for another.
    ///
    /// # Errors
    /// `copy`.
    pub fn adopt(&self, copy: Dict) -> Result<(), Dict> {
        if !self.is_empty() || self.shared {
            return Err(copy);
        }
        let (table, len) = copy.into_parts();
        let old = NonNull::new(self.place.table.load(Ordering::Relaxed));
        self.keys_changed(|| {
            self.set_table(table);
            self.set_len(len);
        });
        if let Some(old) = old {
            self.dispose(old);
        }
        Ok(())
    }

    /// Hands the slots of the key and the value of each entry to `take`, with the key's hash, in order.
    pub fn each(&self, mut take: impl FnMut(Hash, &Slot, &Slot)) {
        let Some(table) = self.place.current() else { return };
        self.closing(table, || {
            for position in 0..table.appended() {
                let entry = table.entry(position);
                if !entry.key.word_plain().is_empty() {
                    take(entry.hash(), &entry.key, &entry.value);
                }
            }
        });
    }

    /// Looks at several values that must fit together (INV-DICT-8).
    #[inline(always)]
    fn closing<R>(&self, table: &Table, look: impl FnOnce() -> R) -> R {
        if self.is_exposed() { table.closed_for(look) } else { look() }
    }

    /// Exchanges the value in `slot`, which others may be exchanging too (INV-DICT-7).
    #[inline(always)]
    fn exchange(&self, slot: &Slot, value: Value) -> Displaced {
        if self.is_exposed() && !threads::mutant!("dict-stores-without-exchange") {
            return slot.replace(self.thread, self.holder(), Some(value));
        }
        self.replace(slot, value)
    }

    /// Empties `slot`, whose value others may be exchanging (INV-DICT-7).
    #[inline(always)]
    fn take_exchanging(&self, slot: &Slot) -> Option<Value> {
        if self.is_exposed() && !threads::mutant!("dict-takes-without-exchange") {
            return slot.replace(self.thread, self.holder(), None).keep();
        }
        self.take(slot)
    }
}

/// The fields.
impl<'s> Edit<'s, Dict> {
    #[inline(always)]
    fn set_len(&self, len: usize) {
        self.place.len.store(len, Ordering::Release); // as for lists
    }

    fn set_table(&self, table: *mut Table) {
        // Release: pairs with the acquire in `current`.
        let relaxed = threads::mutant!("dict-table-relaxed");
        self.place.table.store(table, if relaxed { Ordering::Relaxed } else { Ordering::Release });
    }

    /// Runs `change`, which adds or removes keys or replaces the table, and takes the stamp away. While others may be reading, the stamp is
    /// BUSY in between: a stamp that somebody gave it *during* the change would outlive it.
    #[inline(always)]
    fn keys_changed<R>(&self, change: impl FnOnce() -> R) -> R {
        if self.is_exposed() && !threads::mutant!("dict-stamp-without-busy") {
            // SeqCst, and so before the change: who sees the change finds no old stamp.
            self.place.stamp.swap(BUSY, Ordering::SeqCst);
        }
        let result = change();
        // Release: who finds no stamp and gives it a new one sees the change.
        self.place.stamp.store(0, Ordering::Release);
        result
    }

    /// Replaces a full table by a larger one, or one without the places of removed entries.
    #[cold]
    #[inline(never)]
    fn grow(self) -> Result<&'s Table, OutOfMemory> {
        self.resize(log2_grown(self.len())?)
    }

    fn resize(&self, log2: u8) -> Result<&'s Table, OutOfMemory> {
        let new = Table::allocate(log2)?;
        // SAFETY: just made.
        let table = unsafe { new.as_ref() };
        let old = NonNull::new(self.place.table.load(Ordering::Relaxed));
        if let Some(old) = old {
            // SAFETY: INV-DICT-4; the current table.
            let old = unsafe { old.as_ref() };
            if self.is_exposed() {
                old.move_exposed(new);
            } else {
                old.move_to(table);
            }
        }
        if threads::mutant!("dict-stamp-outlives-the-table") {
            self.set_table(new.as_ptr());
        } else {
            self.keys_changed(|| self.set_table(new.as_ptr()));
        }
        if let Some(old) = old {
            self.dispose(old);
        }
        Ok(table)
    }

    /// Frees a table that has been replaced, once nobody reads it; its words are not looked at.
    fn dispose(&self, old: NonNull<Table>) {
        if self.is_exposed() {
            // SAFETY: unlinked by the caller, and retired once.
            unsafe { memory::retire(self.thread, old.as_ptr()) };
        } else {
            // SAFETY: as above, and nobody reads.
            unsafe { Table::free(old) };
        }
    }
}
