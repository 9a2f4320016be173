//! A hash table that keeps the order of insertion: the storage of `dict`.
//!
//! The layout is CPython's compact one (`table`). Who wants to know whether a key is there has three ways:
//!
//! * [`Dict::lookup`], [`get`](Dict::get) and [`borrow`](Dict::borrow) compare natively (strings, ints) and take no lock;
//!   they answer [`Lookup::Unsure`] if they meet a key that only Python can compare.
//! * [`Dict::step`] goes along the cells by hand: between two steps Python may run, and if the table is replaced
//!   meanwhile the walk begins anew.
//! * An [`At`] remembers a table and a position, for inline caches: it is checked against the current table and the key
//!   that is there, and never trusted.
//!
//! | field | who may read                    | who may write        |
//! |-------|---------------------------------|----------------------|
//! | table | anybody                         | who has the `Edit` |
//! | len   | anybody                         | who has the `Edit` |
//! | stamp | anybody                         | anybody, from 0; who has the `Edit` |
//! | cells, hashes, keys | anybody, through a loaded table | who has the `Edit` |
//! | values | anybody, through a loaded table | who has the `Edit`; anybody, one that is there for another |
//!
//! * INV-DICT-1: an entry is complete before a cell, or the count of entries, leads to it.
//! * INV-DICT-2: while others may be reading a table, a place or a cell in it that was once used is not used for another
//!   key.
//! * INV-DICT-3: every occupied entry has exactly one cell, below the table's own bounds; every walk meets an empty cell.
//! * INV-DICT-4: a table stays readable for everybody who loaded it before it was replaced, until they refresh.
//! * INV-DICT-5: the counts belong to the slots of the current table alone, or, of one that is being replaced, to those that hold a value
//!   still; a replaced one owns none.
//! * INV-DICT-6: while a stamp other than 0 and BUSY stays, so do the set of keys and the table: the values are where they were. A stamp
//!   that is gone does not come back.
//! * INV-DICT-7: while others may be reading a table, a value leaves its slot in an exchange, and nothing comes into a free one that others
//!   can find: so whoever exchanges a value without the lock does it before the value is moved or removed, or not at all.
//! * INV-DICT-8: of what one thread stores one after the other, who looks at all values at once under the lock sees no later one without
//!   those before it.

mod edit;
mod probe;
mod table;

use std::ptr::{self, NonNull};

use memory::{Displaced, Header, OutOfMemory, StackRef, Value, View, Visitor};
use threads::Context;
use threads::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};

pub use crate::clear::Cleared;
pub use crate::lookup::{At, Hash, Lookup, Match, Step};
pub use edit::Stored;
pub use probe::Probe;
use table::{Entry, Search, Table};

/// The stamp while a key is being added or removed.
const BUSY: u64 = 1;

/// The storage of a dict. 24 bytes; an empty one has no table.
#[derive(Debug)]
pub struct Dict {
    table: AtomicPtr<Table>,
    len: AtomicUsize,
    stamp: AtomicU64,
}

impl Default for Dict {
    fn default() -> Self {
        Self::new()
    }
}

/// Making one, which is private.
impl Dict {
    /// No entries; allocates nothing.
    #[inline]
    pub fn new() -> Self {
        Self { table: AtomicPtr::new(ptr::null_mut()), len: AtomicUsize::new(0), stamp: AtomicU64::new(0) }
    }

    /// No entries, and room for `entries`.
    ///
    /// # Errors
    /// [`OutOfMemory`].
    pub fn with_capacity(entries: usize) -> Result<Self, OutOfMemory> {
        let dict = Self::new();
        if entries > 0 {
            let table = Table::allocate(table::log2_for(entries)?)?;
            dict.table.store(table.as_ptr(), Ordering::Relaxed); // nobody else has it
        }
        Ok(dict)
    }

    /// The dict of a whole table with `len` entries.
    #[cfg(not(loom))]
    fn with_table(table: NonNull<Table>, len: usize) -> Self {
        Self { table: AtomicPtr::new(table.as_ptr()), len: AtomicUsize::new(len), stamp: AtomicU64::new(0) }
    }

    /// The table, with the counts of its slots, and the number of entries.
    fn into_parts(self) -> (*mut Table, usize) {
        let this = std::mem::ManuallyDrop::new(self);
        (this.table.load(Ordering::Relaxed), this.len.load(Ordering::Relaxed))
    }

    /// Adds an entry whose key is not there, to a dict that is being made.
    ///
    /// # Errors
    /// [`OutOfMemory`], and key and value are dropped.
    pub fn add(&mut self, hash: Hash, key: Value, value: Value) -> Result<(), OutOfMemory> {
        let len = self.len.load(Ordering::Relaxed);
        let table = match NonNull::new(self.table.load(Ordering::Relaxed)) {
            // SAFETY: INV-DICT-4; `&mut self`.
            Some(table) if !unsafe { table.as_ref() }.is_full() => table,
            old => {
                let new = Table::allocate(table::log2_grown(len)?)?;
                if let Some(old) = old {
                    // SAFETY: as above.
                    let from = unsafe { old.as_ref() };
                    // SAFETY: just made.
                    from.move_to(unsafe { new.as_ref() });
                    // SAFETY: `&mut self` was the only way to it.
                    unsafe { Table::free(old) };
                }
                self.table.store(new.as_ptr(), Ordering::Relaxed);
                new
            }
        };
        // SAFETY: as above.
        unsafe { table.as_ref() }.append(hash, key.into_word(), value.into_word(), false);
        self.len.store(len + 1, Ordering::Relaxed);
        Ok(())
    }
}

/// Reading, by anybody. Nothing here takes a lock. Where there is a `thread`, what is found stays readable because
/// nobody can refresh while it is borrowed.
impl Dict {
    /// How many entries there are.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len.load(Ordering::Acquire) // what was done to the table before is seen
    }

    /// Whether there are none.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of the table. Exact where nobody writes.
    pub fn table_bytes(&self) -> usize {
        self.current().map_or(0, Table::bytes)
    }

    #[inline(always)]
    fn current(&self) -> Option<&Table> {
        // Acquire: pairs with the release that stored it; its cells and entries are complete.
        let table = self.table.load(Ordering::Acquire);
        // SAFETY: INV-DICT-4; this thread has just loaded it.
        unsafe { table.as_ref() }
    }

    /// Where `key` is. `compare` is asked about keys with the same hash that are not identical; it runs no Python.
    ///
    /// # Concurrency
    /// Linearizes at the load of the cell that decides, or, if the table was replaced meanwhile, at that moment.
    #[inline(always)]
    pub fn lookup(
        &self,
        _thread: &Context,
        hash: Hash,
        key: &Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Lookup<At> {
        let Some(table) = self.current() else { return Lookup::Absent };
        match table.search(hash, key.word(), compare) {
            Search::Found(position, _) => Lookup::Found(At::new(table, position)),
            Search::Absent => Lookup::Absent,
            Search::Unsure => Lookup::Unsure,
        }
    }

    /// Stores `value` under a `key` that is there, without the lock, in a dict that others may be using; see [`lookup`](Self::lookup). What
    /// the key has already is not written. Returns what it had.
    ///
    /// # Concurrency
    /// Linearizes at the exchange of the value (INV-DICT-7), or at the look at it that finds it there already.
    ///
    /// # Errors
    /// The value, if the key is not there, or that is not known, or its value cannot be exchanged now: that takes an [`Edit`](crate::Edit).
    #[inline(always)]
    pub fn exchange(
        &self,
        _thread: &Context,
        holder: &Header,
        hash: Hash,
        key: &Value,
        value: Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Result<Option<Displaced>, Value> {
        let Some(table) = self.current() else { return Err(value) };
        let Search::Found(_, entry) = table.search(hash, key.word(), compare) else { return Err(value) };
        if entry.value.holds(value.word()) {
            return Ok(None);
        }
        if !table.is_open() {
            return Err(value);
        }
        entry.value.replace_present(holder, value).map(Some)
    }

    /// What `look` makes of the entry at `position` of `table`. Where that is nothing, and the table is being replaced, of the entry that it
    /// becomes: its value may have been moved.
    #[inline(always)]
    fn settle<R>(table: &Table, position: u32, mut look: impl FnMut(&Entry) -> Option<R>) -> Option<R> {
        match look(table.entry(position)) {
            None if table.is_replaced() => Self::look_behind(table, position, look),
            found => found,
        }
    }

    #[cold]
    #[inline(never)]
    fn look_behind<R>(
        mut table: &Table,
        mut position: u32,
        mut look: impl FnMut(&Entry) -> Option<R>,
    ) -> Option<R> {
        loop {
            (table, position) = table.moved(position)?;
            if let Some(found) = look(table.entry(position)) {
                return Some(found);
            }
        }
    }

    /// A counted reference to the value of `key`; see [`lookup`](Self::lookup).
    #[inline(always)]
    pub fn get(
        &self,
        _thread: &Context,
        holder: &Header,
        hash: Hash,
        key: &Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Lookup<Value> {
        let Some(table) = self.current() else { return Lookup::Absent };
        match table.search(hash, key.word(), compare) {
            // A free value: the entry has been removed since the key was read.
            Search::Found(position, _) => Self::settle(table, position, |entry| entry.value.get(holder))
                .map_or(Lookup::Absent, Lookup::Found),
            Search::Absent => Lookup::Absent,
            Search::Unsure => Lookup::Unsure,
        }
    }

    /// Whether `key` has a value, which is not counted; see [`lookup`](Self::lookup).
    #[inline(always)]
    pub fn contains(
        &self,
        _thread: &Context,
        hash: Hash,
        key: &Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Lookup<()> {
        let Some(table) = self.current() else { return Lookup::Absent };
        match table.search(hash, key.word(), compare) {
            // As in `get`.
            Search::Found(position, _) => {
                let look = |entry: &Entry| (!entry.value.word().is_empty()).then_some(());
                Self::settle(table, position, look).map_or(Lookup::Absent, Lookup::Found)
            }
            Search::Absent => Lookup::Absent,
            Search::Unsure => Lookup::Unsure,
        }
    }

    /// The value of `key`, borrowed if the mode and the holder allow it; see [`lookup`](Self::lookup).
    #[inline(always)]
    pub fn borrow(
        &self,
        thread: &Context,
        holder: &Header,
        hash: Hash,
        key: &Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Lookup<StackRef> {
        let Some(table) = self.current() else { return Lookup::Absent };
        match table.search(hash, key.word(), compare) {
            Search::Found(position, _) => {
                let look = |entry: &Entry| {
                    Some(entry.value.borrow(thread, holder)).filter(|value| !value.is_empty())
                };
                Self::settle(table, position, look).map_or(Lookup::Absent, Lookup::Found)
            }
            Search::Absent => Lookup::Absent,
            Search::Unsure => Lookup::Unsure,
        }
    }

    /// The value of `key`, uncounted: for a look that lasts no longer than until a safepoint; see [`lookup`](Self::lookup).
    ///
    /// # Safety
    /// While the holder is private or the thread alone, the caller does not change the entry as long as it looks.
    #[inline(always)]
    pub unsafe fn view<'a>(
        &self,
        thread: &'a Context,
        holder: &Header,
        hash: Hash,
        key: &Value,
        compare: impl FnMut(&Value) -> Match,
    ) -> Lookup<View<'a>> {
        let Some(table) = self.current() else { return Lookup::Absent };
        match table.search(hash, key.word(), compare) {
            Search::Found(position, _) => {
                // SAFETY: promised by the caller.
                let look = |entry: &Entry| unsafe { entry.value.view(thread, holder) };
                Self::settle(table, position, look).map_or(Lookup::Absent, Lookup::Found)
            }
            Search::Absent => Lookup::Absent,
            Search::Unsure => Lookup::Unsure,
        }
    }

    /// The first entry at `position` or behind it: counted references, and the position behind it.
    ///
    /// # Concurrency
    /// Weakly consistent over several calls: an entry that is moved meanwhile may be skipped or met again.
    #[inline]
    pub fn next_entry(&self, thread: &Context, holder: &Header, position: usize) -> Option<Item> {
        self.scan(thread, position, |entry| {
            let value = entry.value.get(holder)?;
            Some((entry.hash(), entry.key.get(holder)?, value))
        })
        .map(|(next, (hash, key, value))| Item { hash, key, value, next })
    }

    /// The key and the value of the first entry at `position` or behind it, borrowed if they may be, and the position behind it.
    ///
    /// # Concurrency
    /// As [`next_entry`](Self::next_entry).
    #[inline]
    pub fn next_pair(
        &self,
        thread: &Context,
        holder: &Header,
        position: usize,
    ) -> Option<(usize, (StackRef, StackRef))> {
        self.scan(thread, position, |entry| {
            let value = entry.value.borrow(thread, holder);
            if value.is_empty() {
                return None;
            }
            let key = entry.key.borrow(thread, holder);
            if key.is_empty() {
                value.release();
                return None;
            }
            Some((key, value))
        })
    }

    /// The first key at `position` or behind it, borrowed if it may be, and the position behind it.
    ///
    /// # Concurrency
    /// As [`next_entry`](Self::next_entry).
    #[inline]
    pub fn next_key(&self, thread: &Context, holder: &Header, position: usize) -> Option<(usize, StackRef)> {
        self.scan(thread, position, |entry| {
            let key = entry.key.borrow(thread, holder);
            (!key.is_empty()).then_some(key)
        })
    }

    /// The first value at `position` or behind it, borrowed if it may be, and the position behind it.
    ///
    /// # Concurrency
    /// As [`next_entry`](Self::next_entry).
    #[inline]
    pub fn next_value(
        &self,
        thread: &Context,
        holder: &Header,
        position: usize,
    ) -> Option<(usize, StackRef)> {
        self.scan(thread, position, |entry| {
            let value = entry.value.borrow(thread, holder);
            (!value.is_empty()).then_some(value)
        })
    }

    #[inline(always)]
    fn scan<R>(
        &self,
        _thread: &Context,
        position: usize,
        mut look: impl FnMut(&Entry) -> Option<R>,
    ) -> Option<(usize, R)> {
        let table = self.current()?;
        let position = u32::try_from(position).ok()?;
        let mut at = |i| Self::settle(table, i, &mut look).map(|found| (i as usize + 1, found));
        (position..table.appended()).find_map(&mut at)
    }

    /// As [`next_entry`](Self::next_entry), backwards: the last entry below `position`; `next` is its own position.
    /// Begin with `usize::MAX`.
    pub fn previous_entry(&self, _thread: &Context, holder: &Header, position: usize) -> Option<Item> {
        let table = self.current()?;
        // Entries that are gone, from a table that was cleared or made anew, have none before them.
        let appended = table.appended();
        let end = if position == usize::MAX { appended } else { u32::try_from(position).ok()? };
        if end > appended {
            return None;
        }
        (0..end).rev().find_map(|i| {
            Self::settle(table, i, |entry| {
                let value = entry.value.get(holder)?;
                Some(Item { hash: entry.hash(), key: entry.key.get(holder)?, value, next: i as usize })
            })
        })
    }

    /// The position behind the last entry.
    pub fn entry_count(&self) -> usize {
        self.current().map_or(0, |table| table.appended() as usize)
    }

    /// A number that stays for as long as the set of keys does: `fresh` gives a new one, above 1, if there is none yet.
    /// `None` if a key is being added or removed at this very moment.
    ///
    /// Who wants to remember that a key is absent asks for the stamp first and looks for the key then.
    pub fn stamp(&self, fresh: impl FnOnce() -> u64) -> Option<u64> {
        let now = self.current_stamp();
        if now == BUSY {
            return None;
        }
        if now > BUSY {
            return Some(now);
        }
        let fresh = fresh();
        debug_assert!(fresh > BUSY, "INV-DICT-6: {fresh} is no stamp");
        // AcqRel: whoever reads the stamp and looks for a key then sees what was added before.
        match self.stamp.compare_exchange(0, fresh, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Some(fresh),
            Err(other) => (other > BUSY).then_some(other),
        }
    }

    /// The present stamp; 0 or 1 is none. To be compared with one that [`stamp`](Self::stamp) gave.
    #[inline(always)]
    pub fn current_stamp(&self) -> u64 {
        self.stamp.load(Ordering::Acquire) // pairs with the release in `Edit::keys_changed`
    }
}

/// One entry, met by its position.
#[derive(Debug)]
pub struct Item {
    /// The key's hash.
    pub hash: Hash,
    /// The key.
    pub key: Value,
    /// Its value.
    pub value: Value,
    /// Where to go on.
    pub next: usize,
}

/// For the object that this is part of.
impl Dict {
    /// Meets every key and value: part of the holder's `Trace::trace`.
    #[inline]
    pub fn trace<V: Visitor>(&self, visitor: &mut V) {
        let Some(table) = self.current() else { return };
        for position in 0..table.appended() {
            let entry = table.entry(position);
            visitor.slot(&entry.key);
            visitor.slot(&entry.value);
        }
    }
}

impl Drop for Dict {
    #[inline]
    fn drop(&mut self) {
        if let Some(table) = NonNull::new(self.table.load(Ordering::Relaxed)) {
            // SAFETY: nobody else reaches this dict any more.
            drop(unsafe { Cleared::whole(table) });
        }
    }
}

// SAFETY: `trace` meets every key and every value once, and they are all that is dropped.
unsafe impl memory::TraceField for Dict {
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        Dict::trace(self, visitor);
    }
}
