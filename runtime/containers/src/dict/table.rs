//! The allocation behind a dict: an index and the entries in insertion order.
//!
//! ```text
//!   [log2, capacity, appended, spent … | index: 2^log2 cells of 1, 2 or 4 bytes | entries: 2/3 as many, 24 bytes each]
//! ```
//!
//! A cell holds the position of an entry, or EMPTY, or DUMMY where an entry has been removed. While others may be reading, a
//! cell that was once used is not used again before the table is replaced, nor is the place of an entry: so who
//! follows a cell finds the entry that the cell was written for, or its remains. Entries are spent faster than cells,
//! so every probe meets an EMPTY cell in the end.
//!
//! A table that others may be reading is replaced like this: it is told its *successor*; then each value is copied there and exchanged for
//! EMPTY here, again if somebody has exchanged it for another in between; then the dict is told the new table. So whoever finds no value
//! here looks whether there is a successor, and there it is, or has been removed.

use std::alloc::{self, Layout};
use std::ptr::NonNull;

use memory::word::Word;
use memory::{OutOfMemory, Slot, Value};
use threads::sync::atomic::{AtomicPtr, AtomicU8, AtomicU16, AtomicU32, Ordering, fence};
use threads::sync::{OwnerCell, Reclaim};

use super::{Hash, Match};
use crate::clear::Storage;
use crate::live::Live;

/// The smallest index has 8 cells; in models 4.
pub(super) const MIN_LOG2: u8 = if cfg!(loom) { 2 } else { 3 };
/// As CPython: each step brings in five more bits of the hash.
const PERTURB_SHIFT: u32 = 5;
/// What the place of the entries is told in.
const WORD: usize = size_of::<u64>();

/// One key and its value.
#[repr(C)]
pub(super) struct Entry {
    hash: OwnerCell<Hash>,
    pub(super) key: Slot,
    pub(super) value: Slot,
}

impl Entry {
    /// The hash of the key that is or was here.
    #[inline(always)]
    pub(super) fn hash(&self) -> Hash {
        // SAFETY: INV-DICT-1; written before the entry could be found.
        unsafe { self.hash.get() }
    }

    /// Writes an entry that nobody can find yet.
    #[inline(always)]
    fn write(&self, hash: Hash, key: Word, value: Word) {
        // SAFETY: INV-DICT-2; nobody reads this entry yet.
        unsafe { self.hash.set(hash) };
        // SAFETY: the caller owns the counts, and a place that is appended to holds none.
        unsafe { self.key.set_word(key) };
        // SAFETY: as above.
        unsafe { self.value.set_word(value) };
    }
}

/// A cell of the index.
pub(super) trait Cell: Sized {
    /// No entry yet. The position before it is DUMMY.
    const EMPTY: u32;
    #[cfg(loom)]
    fn empty() -> Self;
    fn position(&self) -> u32;
    fn set_position(&self, position: u32);
}

macro_rules! cells {
    ($($atomic:ident $int:ident)*) => { $(
        impl Cell for $atomic {
            const EMPTY: u32 = $int::MAX as u32;
            #[cfg(loom)]
            fn empty() -> Self {
                Self::new($int::MAX)
            }
            #[inline(always)]
            fn position(&self) -> u32 {
                // Acquire: pairs with the release in `set_position`; the entry is complete.
                let relaxed = threads::mutant!("dict-index-loads-relaxed");
                u32::from(self.load(if relaxed { Ordering::Relaxed } else { Ordering::Acquire }))
            }
            #[inline(always)]
            fn set_position(&self, position: u32) {
                self.store(position as $int, Ordering::Release); // the entry is complete
            }
        }
    )* };
}
cells! { AtomicU8 u8 AtomicU16 u16 AtomicU32 u32 }

/// Evaluates `$body` with `$Cell` as the type of the table's cells.
macro_rules! by_width {
    ($table:expr, $Cell:ident => $body:expr) => {
        match $table.log2 {
            0..=8 => {
                type $Cell = AtomicU8;
                $body
            }
            9..=16 => {
                type $Cell = AtomicU16;
                $body
            }
            _ => {
                type $Cell = AtomicU32;
                $body
            }
        }
    };
}

/// A header, the index and the entries. Reached by pointer; never moved.
#[repr(C, align(8))]
pub(super) struct Table {
    /// Where the entries begin, in words from the beginning of the table.
    entries_at: u32,
    /// The index has `2^log2` cells.
    log2: u8,
    /// Whether values are exchanged with the lock alone: one who has it looks at several that must fit together.
    closed: AtomicU8,
    /// How many entries there is room for.
    capacity: u32,
    /// How many entries have been written: positions below it may be looked at.
    appended: AtomicU32,
    /// How many cells have been used, for writers. At least `appended`, and at most `capacity`.
    spent: AtomicU32,
    /// Below this position there are no entries any more, for writers: who takes entries from the front, one after the
    /// other, does not meet the remains of all before each time.
    front: AtomicU32,
    /// Where the entries are being moved to; null before.
    successor: AtomicPtr<Table>,
    live: Live,
}

// SAFETY: slots and cells are atomic words, and hashes are written before they can be found (INV-DICT-1).
unsafe impl Send for Table {}

/// What a search along the cells has found.
pub(super) enum Search<'t> {
    Found(u32, &'t Entry),
    Absent,
    /// A key that only Python can compare.
    Unsure,
}

/// How many entries go with an index of `2^log2` cells.
const fn room(log2: u8) -> u64 {
    (1 << log2) * 2 / 3
}

/// The smallest index with room for `entries`; `None` if there is none so large.
pub(super) fn log2_for(entries: usize) -> Result<u8, OutOfMemory> {
    let mut log2 = MIN_LOG2;
    while room(log2) < entries as u64 {
        log2 += 1;
        if log2 > 32 {
            return Err(OutOfMemory);
        }
    }
    Ok(log2)
}

/// The index of a table that has become full with `len` keys in it: between 1/6 and 2/3 of the room is free.
pub(super) fn log2_grown(len: usize) -> Result<u8, OutOfMemory> {
    let cells = len.saturating_mul(3).max(1 << MIN_LOG2);
    let log2 = cells.checked_next_power_of_two().ok_or(OutOfMemory)?.ilog2() as u8;
    if log2 > 32 { Err(OutOfMemory) } else { Ok(log2) }
}

/// Allocation.
impl Table {
    fn layout(log2: u8) -> Result<(Layout, usize), OutOfMemory> {
        let cell = match log2 {
            0..=8 => size_of::<AtomicU8>(),
            9..=16 => size_of::<AtomicU16>(),
            _ => size_of::<AtomicU32>(),
        };
        let index = cell.checked_shl(u32::from(log2)).filter(|_| log2 <= 32).ok_or(OutOfMemory)?;
        let entries_at = (size_of::<Self>() + index).next_multiple_of(align_of::<Self>());
        let entries = usize::try_from(room(log2)).map_err(|_| OutOfMemory)?;
        let bytes = entries.checked_mul(size_of::<Entry>()).ok_or(OutOfMemory)?;
        let bytes = bytes.checked_add(entries_at).ok_or(OutOfMemory)?;
        let layout = Layout::from_size_align(bytes, align_of::<Self>()).map_err(|_| OutOfMemory)?;
        Ok((layout, entries_at))
    }

    /// The header of a table whose entries begin `entries_at` bytes behind its own beginning.
    fn header(log2: u8, entries_at: usize, appended: u32) -> Self {
        Self {
            entries_at: (entries_at / WORD) as u32, // less than 2^32, for so are the cells of 4 bytes
            log2,
            closed: AtomicU8::new(0),
            capacity: room(log2) as u32,
            appended: AtomicU32::new(appended),
            spent: AtomicU32::new(appended),
            front: AtomicU32::new(0),
            successor: AtomicPtr::new(std::ptr::null_mut()),
            live: Live::new(),
        }
    }

    /// A table without entries.
    pub(super) fn allocate(log2: u8) -> Result<NonNull<Self>, OutOfMemory> {
        let (layout, entries_at) = Self::layout(log2)?;
        // SAFETY: the size is not zero: there is a header.
        let table = NonNull::new(unsafe { alloc::alloc(layout) }).ok_or(OutOfMemory)?.cast::<Self>();
        // SAFETY: fresh, and large enough for the header.
        unsafe { table.write(Self::header(log2, entries_at, 0)) };
        #[cfg(not(loom))]
        {
            let index = table.as_ptr().cast::<u8>().wrapping_add(size_of::<Self>());
            // SAFETY: inside the allocation. All ones are EMPTY in every width. Entries are written before they are
            // read.
            unsafe { index.write_bytes(0xFF, entries_at - size_of::<Self>()) };
        }
        #[cfg(loom)]
        Self::write_loom_cells(table);
        Ok(table)
    }

    #[cfg(loom)]
    fn write_loom_cells(table: NonNull<Self>) {
        // SAFETY: just written.
        let table = unsafe { table.as_ref() };
        by_width!(table, C => {
            for i in 0..1_usize << table.log2 {
                // SAFETY: fresh, and inside the allocation.
                unsafe { std::ptr::from_ref(table.cell::<C>(i)).cast_mut().write(<C as Cell>::empty()) };
            }
        });
        for position in 0..table.capacity {
            let entry = Entry { hash: OwnerCell::new(0), key: Slot::new(None), value: Slot::new(None) };
            // SAFETY: as above.
            unsafe { std::ptr::from_ref(table.entry(position)).cast_mut().write(entry) };
        }
    }

    /// Gives the memory back; the words are not looked at.
    ///
    /// # Safety
    /// Made by [`allocate`](Self::allocate), given back once, and nobody reaches it any more.
    pub(super) unsafe fn free(table: NonNull<Self>) {
        let (log2, gives_back) = {
            // SAFETY: promised by the caller.
            let table = unsafe { table.as_ref() };
            (table.log2, table.live.end())
        };
        let (layout, _) = Self::layout(log2).expect("INV-DICT-4: allocated with this layout");
        if gives_back {
            // SAFETY: allocated with this layout.
            unsafe { alloc::dealloc(table.as_ptr().cast(), layout) };
        }
    }

    /// The bytes of the allocation.
    pub(super) fn bytes(&self) -> usize {
        self.entries_at as usize * WORD + self.capacity as usize * size_of::<Entry>()
    }
}

/// Copying.
#[cfg(not(loom))]
impl Table {
    /// Whether a copy of `len` entries may have the cells of this table: no entry has been removed.
    pub(super) fn is_copied_whole(&self, len: usize) -> bool {
        self.appended() as usize == len && self.spent.load(Ordering::Relaxed) as usize == len
    }

    /// A table with the same cells and entries, for which the caller keeps writers out; `holder` is the header of the object
    /// that this is part of.
    pub(super) fn copy_whole(&self, holder: &memory::Header) -> Result<NonNull<Self>, OutOfMemory> {
        let (layout, entries_at) = Self::layout(self.log2)?;
        let appended = self.appended();
        // SAFETY: the size is not zero: there is a header.
        let copy = NonNull::new(unsafe { alloc::alloc(layout) }).ok_or(OutOfMemory)?.cast::<Self>();
        // SAFETY: fresh, and large enough for the header.
        unsafe { copy.write(Self::header(self.log2, entries_at, appended)) };
        let from = std::ptr::from_ref(self).cast::<u8>().wrapping_add(size_of::<Self>());
        let to = copy.as_ptr().cast::<u8>().wrapping_add(size_of::<Self>());
        // SAFETY: both tables have as many cells; nobody writes those of this one.
        unsafe { std::ptr::copy_nonoverlapping(from, to, entries_at - size_of::<Self>()) };
        // SAFETY: just made.
        let table = unsafe { copy.as_ref() };
        for position in 0..appended {
            let entry = self.entry(position);
            let word = |slot: &Slot| slot.get(holder).map_or(Word::EMPTY, Value::into_word);
            table.entry(position).write(entry.hash(), word(&entry.key), word(&entry.value));
        }
        Ok(copy)
    }
}

impl Storage for Table {
    fn for_each_slot(&self, mut visit: impl FnMut(&Slot)) {
        for position in 0..self.appended() {
            let entry = self.entry(position);
            visit(&entry.key);
            visit(&entry.value);
        }
    }

    unsafe fn give_back(table: NonNull<Self>) {
        // SAFETY: promised by the caller.
        unsafe { Self::free(table) };
    }
}

impl Reclaim for Table {
    unsafe fn reclaim(pointer: *mut Self) {
        let table = NonNull::new(pointer).expect("INV-DICT-4: a null table was retired");
        // SAFETY: promised by the caller; what its slots counted has moved (INV-DICT-5).
        unsafe { Self::free(table) };
    }
}

/// Reading.
impl Table {
    #[inline(always)]
    pub(super) fn log2(&self) -> u8 {
        self.live.touch();
        self.log2
    }

    #[inline(always)]
    pub(super) fn capacity(&self) -> u32 {
        self.capacity
    }

    /// The number of positions that may be looked at.
    #[inline(always)]
    pub(super) fn appended(&self) -> u32 {
        self.live.touch();
        self.appended.load(Ordering::Acquire) // pairs with the release in `append`
    }

    #[inline(always)]
    fn cell<C: Cell>(&self, i: usize) -> &C {
        debug_assert!(i >> self.log2 == 0, "INV-DICT-3: cell {i} of 2^{}", self.log2);
        let index = std::ptr::from_ref(self).cast::<u8>().wrapping_add(size_of::<Self>()).cast::<C>();
        // SAFETY: INV-DICT-3; `C` is the width that goes with `log2`.
        unsafe { &*index.wrapping_add(i) }
    }

    /// The entry at `position`, which is below the capacity.
    #[inline(always)]
    pub(super) fn entry(&self, position: u32) -> &Entry {
        debug_assert!(position < self.capacity, "INV-DICT-3: entry {position} of {}", self.capacity);
        self.live.touch();
        let entries = std::ptr::from_ref(self).cast::<u64>().wrapping_add(self.entries_at as usize);
        let entries = entries.cast::<Entry>();
        // SAFETY: INV-DICT-3.
        unsafe { &*entries.wrapping_add(position as usize) }
    }

    /// Looks for `key`. `compare` answers for keys with the same hash that are not the same word.
    #[inline(always)]
    pub(super) fn search(
        &self,
        hash: Hash,
        key: Word,
        mut compare: impl FnMut(&Value) -> Match,
    ) -> Search<'_> {
        by_width!(self, C => self.search_in::<C>(hash, key, &mut compare))
    }

    #[inline(always)]
    fn search_in<C: Cell>(
        &self,
        hash: Hash,
        key: Word,
        compare: &mut impl FnMut(&Value) -> Match,
    ) -> Search<'_> {
        let mut walk = Walk::new(hash, self.log2());
        loop {
            let position = self.cell::<C>(walk.at).position();
            if position < C::EMPTY - 1 {
                let entry = self.entry(position);
                let found = entry.key.word();
                if found == key {
                    return Search::Found(position, entry);
                }
                if entry.hash() == hash
                    // SAFETY: a slot of the holder; if the key has been displaced since, it is parked at most until
                    // this thread's next refresh.
                    && let Some(found) = unsafe { Value::view(found) }
                {
                    match compare(&found) {
                        Match::Same => return Search::Found(position, entry),
                        Match::Different => {}
                        Match::AskPython => return Search::Unsure,
                    }
                }
            } else if position == C::EMPTY {
                return Search::Absent;
            }
            walk.step(self.log2);
        }
    }

    /// Whether the entries have been moved, or are being moved: to be asked by who has found no value.
    #[inline(always)]
    pub(super) fn is_replaced(&self) -> bool {
        !self.successor.load(Ordering::Relaxed).is_null() && !threads::mutant!("dict-moved-values-are-lost")
    }

    /// Where the entry at `position`, without a value now, has been moved to: the table, and the position there. `None` if it has not
    /// been moved, but removed.
    #[cold]
    #[inline(never)]
    pub(super) fn moved(&self, position: u32) -> Option<(&Table, u32)> {
        // Acquire: pairs with the release in `move_exposed`. Who has found the value moved sees the successor, for it was stored before.
        let successor = self.successor.load(Ordering::Acquire);
        // SAFETY: INV-DICT-4; this table is readable, and its successor was retired later, if it was.
        let successor = unsafe { successor.as_ref() }?;
        let entry = self.entry(position);
        let key = entry.key.word();
        if key.is_empty() {
            return None;
        }
        match successor.search(entry.hash(), key, |_| Match::Different) {
            Search::Found(there, _) => Some((successor, there)),
            Search::Absent | Search::Unsure => None,
        }
    }

    /// Whether a value may be exchanged for another without the lock.
    #[inline(always)]
    pub(super) fn is_open(&self) -> bool {
        // SeqCst, as the thread's exchange before this (INV-DICT-8). Loom orders only fences so.
        #[cfg(loom)]
        fence(Ordering::SeqCst);
        self.closed.load(Ordering::SeqCst) == 0
    }

    /// The position that the cell at `i` leads to, if it does.
    pub(super) fn follow(&self, i: usize) -> Follow {
        by_width!(self, C => {
            let position = self.cell::<C>(i).position();
            if position < C::EMPTY - 1 {
                Follow::Entry(position)
            } else if position == C::EMPTY {
                Follow::Empty
            } else {
                Follow::Dummy
            }
        })
    }
}

/// What a cell says.
pub(super) enum Follow {
    Entry(u32),
    Dummy,
    Empty,
}

/// The order in which cells are looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    pub(super) at: usize,
    perturb: u64,
}

impl Walk {
    #[inline(always)]
    pub(super) fn new(hash: Hash, log2: u8) -> Self {
        Self { at: hash as usize & ((1 << log2) - 1), perturb: hash as u64 }
    }

    #[inline(always)]
    pub(super) fn step(&mut self, log2: u8) {
        self.perturb >>= PERTURB_SHIFT;
        let next = self.at.wrapping_mul(5).wrapping_add(self.perturb as usize).wrapping_add(1);
        self.at = next & ((1 << log2) - 1);
    }
}

/// Writing, with the right to it.
impl Table {
    /// Whether there is room for another entry.
    #[inline(always)]
    pub(super) fn is_full(&self) -> bool {
        self.spent.load(Ordering::Relaxed) == self.capacity
    }

    /// Appends an entry whose key is not in the table, which is not full. The table owns the counts.
    #[inline(always)]
    pub(super) fn append(&self, hash: Hash, key: Word, value: Word, exposed: bool) -> u32 {
        debug_assert!(!self.is_full(), "INV-DICT-3: appended to a full table");
        let position = self.appended.load(Ordering::Relaxed);
        if threads::mutant!("dict-index-before-entry") {
            let _ = self.note(hash, position, exposed);
        }
        self.entry(position).write(hash, key, value);
        let fresh = threads::mutant!("dict-index-before-entry") || self.note(hash, position, exposed);
        self.appended.store(position + 1, Ordering::Release); // pairs with the acquire in `appended`
        let spent = self.spent.load(Ordering::Relaxed) + u32::from(fresh);
        self.spent.store(spent.max(position + 1), Ordering::Relaxed);
        position
    }

    /// Writes `position` into the first cell that has never been used, or, where nobody else reads the table, that of a
    /// removed entry if that comes first: a key that comes and goes all the time leaves no trail of them. Whether the cell had
    /// never been used.
    #[inline(always)]
    fn note(&self, hash: Hash, position: u32, exposed: bool) -> bool {
        by_width!(self, C => {
            let least = if exposed { C::EMPTY } else { C::EMPTY - 1 }; // INV-DICT-2
            let mut walk = Walk::new(hash, self.log2);
            loop {
                let cell = self.cell::<C>(walk.at);
                let found = cell.position();
                if found >= least {
                    Cell::set_position(cell, position);
                    return found == C::EMPTY;
                }
                walk.step(self.log2);
            }
        })
    }

    /// Makes the cell that leads to `position` a dummy.
    pub(super) fn forget(&self, position: u32) {
        let hash = self.entry(position).hash();
        by_width!(self, C => {
            let mut walk = Walk::new(hash, self.log2);
            loop {
                let cell = self.cell::<C>(walk.at);
                let found = cell.position();
                if found == position {
                    let emptied = u32::from(threads::mutant!("dict-removal-empties-the-cell"));
                    return cell.set_position(C::EMPTY - 1 + emptied);
                }
                if found == C::EMPTY {
                    debug_assert!(false, "INV-DICT-3: an entry without a cell");
                    return;
                }
                walk.step(self.log2);
            }
        });
    }

    /// Lets the next entry be written at `position`, where the last one was. Nobody else reads the table.
    pub(super) fn take_back(&self, position: u32) {
        self.appended.store(position, Ordering::Relaxed);
        if self.front() > position {
            self.set_front(position);
        }
    }

    /// Where the entries begin, or before.
    pub(super) fn front(&self) -> u32 {
        self.front.load(Ordering::Relaxed)
    }

    /// Notes that there is no entry below `position`.
    pub(super) fn set_front(&self, position: u32) {
        self.front.store(position, Ordering::Relaxed);
    }

    /// Moves the entries that are left into `new`, which has room for them and is not reached by anybody else, out of a table that nobody
    /// else reads. The words stay here, and mean nothing.
    pub(super) fn move_to(&self, new: &Table) {
        for position in 0..self.appended.load(Ordering::Relaxed) {
            let entry = self.entry(position);
            let key = entry.key.word_plain();
            if !key.is_empty() {
                new.append(entry.hash(), key, entry.value.word_plain(), false);
            }
        }
    }

    /// As [`move_to`](Self::move_to), while others may be reading this table, and exchanging its values for others. The keys stay here,
    /// for those who are looking for them still.
    pub(super) fn move_exposed(&self, new: NonNull<Table>) {
        // Release: the new table has its header and its empty cells.
        self.successor.store(new.as_ptr(), Ordering::Release);
        // SAFETY: just made by the caller.
        let new = unsafe { new.as_ref() };
        for position in 0..self.appended.load(Ordering::Relaxed) {
            let entry = self.entry(position);
            let key = entry.key.word_plain();
            if key.is_empty() {
                continue;
            }
            let mut value = entry.value.word();
            let there = new.append(entry.hash(), key, value, false);
            // INV-DICT-7: what has been exchanged since it was copied is copied again.
            while let Err(now) = entry.value.move_word(value) {
                value = now;
                // SAFETY: the count is that of the slot here, and moves with the next exchange; the word that was there had none.
                unsafe { new.entry(there).value.set_word(value) };
            }
        }
    }

    /// Sees to it that whoever exchanges a value from now on waits for the lock, which the caller has, as long as `look` looks at them.
    #[inline(always)]
    pub(super) fn closed_for<R>(&self, look: impl FnOnce() -> R) -> R {
        if !threads::mutant!("dict-copies-what-changes") {
            // SeqCst, and a fence, so before the looks: who exchanges a value later than it was looked at finds this closed when it is to
            // exchange the next.
            self.closed.store(1, Ordering::SeqCst);
            fence(Ordering::SeqCst);
        }
        let result = look();
        self.closed.store(0, Ordering::Release); // the looks were before
        result
    }
}
