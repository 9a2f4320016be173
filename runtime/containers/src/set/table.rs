//! The allocation behind a set: open addressing with the keys in the cells.
//!
//! Sizes, the order in which cells are tried and the moments of growth are CPython's, so that sets of the same ints come
//! out in the same order: from the first cell on up to nine more neighbours are tried, then a jump. A cell of a removed
//! key keeps a mark until the table is replaced, or, where nobody else reads it, until another key comes by.

use std::alloc::{self, Layout};
use std::ptr::NonNull;

use memory::word::Word;
use memory::{OutOfMemory, Slot, Value};
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::sync::{OwnerCell, Reclaim};

use crate::clear::Storage;
use crate::live::Live;
use crate::lookup::{Hash, Match};

/// In the cell of a key that has been removed.
pub(super) const REMOVED: Word = Word::from_sentinel(0xDE1);
/// The smallest table has 8 cells; in models 4.
pub(super) const MIN_CELLS: usize = if cfg!(loom) { 4 } else { 8 };
/// How many neighbours are tried before each jump, where the table does not end first.
const NEIGHBOURS: usize = 9;
const PERTURB_SHIFT: u32 = 5;
/// Above this many keys a full table only doubles.
const LARGE: usize = 50_000;

/// One key.
#[repr(C)]
pub(super) struct Entry {
    pub(super) key: Slot,
    hash: OwnerCell<Hash>,
}

impl Entry {
    /// The hash of the key that is or was here.
    #[inline(always)]
    pub(super) fn hash(&self) -> Hash {
        // SAFETY: INV-SET-1; written before the key could be found.
        unsafe { self.hash.get() }
    }
}

/// A header and the cells. Reached by pointer; never moved.
#[repr(C, align(16))]
pub(super) struct Table {
    /// The number of cells, a power of two, less one.
    mask: usize,
    /// Cells that are or were occupied, for writers.
    fill: AtomicUsize,
    live: Live,
}

// SAFETY: slots are atomic words, and hashes are written before they can be found (INV-SET-1).
unsafe impl Send for Table {}

/// What a search along the cells has found.
pub(super) enum Search {
    Found(usize),
    /// The free cell at which the walk has ended.
    Absent(usize),
    /// A key that only Python can compare.
    Unsure,
}

/// The smallest table with more cells than `least`.
pub(super) fn cells_above(least: usize) -> Result<usize, OutOfMemory> {
    let cells = least.checked_add(1).and_then(usize::checked_next_power_of_two).ok_or(OutOfMemory)?;
    Ok(cells.max(MIN_CELLS))
}

/// The cells of a table that has become too full with `len` keys in it.
pub(super) fn cells_grown(len: usize) -> Result<usize, OutOfMemory> {
    let factor = if len > LARGE || cfg!(loom) { 2 } else { 4 };
    cells_above(len.saturating_mul(factor))
}

/// Whether `fill` cells are too many for this mask.
#[inline(always)]
pub(super) fn is_too_full(fill: usize, mask: usize) -> bool {
    // Positions are 32 bits wide, and what is to be added is in memory already.
    fill.wrapping_mul(5) >= mask * 3
}

const CELLS_AT: usize = size_of::<Table>();

/// Allocation.
impl Table {
    fn layout(cells: usize) -> Result<Layout, OutOfMemory> {
        if cells > 1 << 32 {
            return Err(OutOfMemory); // positions are 32 bits wide
        }
        let bytes = cells.checked_mul(size_of::<Entry>()).ok_or(OutOfMemory)?;
        let bytes = bytes.checked_add(CELLS_AT).ok_or(OutOfMemory)?;
        Layout::from_size_align(bytes, align_of::<Self>()).map_err(|_| OutOfMemory)
    }

    /// A table of `cells` free cells, a power of two.
    pub(super) fn allocate(cells: usize) -> Result<NonNull<Self>, OutOfMemory> {
        debug_assert!(cells.is_power_of_two());
        let layout = Self::layout(cells)?;
        // SAFETY: the size is not zero: there is a header. Zeros are free slots (not under loom, see below).
        let table = NonNull::new(unsafe { alloc::alloc_zeroed(layout) }).ok_or(OutOfMemory)?.cast::<Self>();
        let header = Self { mask: cells - 1, fill: AtomicUsize::new(0), live: Live::new() };
        // SAFETY: fresh, and large enough for the header.
        unsafe { table.write(header) };
        #[cfg(loom)]
        for i in 0..cells {
            // SAFETY: just written.
            let place = std::ptr::from_ref(unsafe { table.as_ref() }.entry(i)).cast_mut();
            // SAFETY: fresh, and inside the allocation.
            unsafe { place.write(Entry { key: Slot::new(None), hash: OwnerCell::new(0) }) };
        }
        Ok(table)
    }

    /// The bytes of the allocation.
    pub(super) fn bytes(&self) -> usize {
        CELLS_AT + (self.mask + 1) * size_of::<Entry>()
    }
}

impl Storage for Table {
    fn for_each_slot(&self, mut visit: impl FnMut(&Slot)) {
        self.each_used(|_, entry, _| visit(&entry.key));
    }

    unsafe fn release_all(&self) {
        self.each_used(|_, _, word| {
            // SAFETY: the slot counted it, and is never looked at again.
            drop(unsafe { Value::from_word(word) });
        });
    }

    unsafe fn give_back(table: NonNull<Self>) {
        let (mask, gives_back) = {
            // SAFETY: promised by the caller.
            let table = unsafe { table.as_ref() };
            (table.mask, table.live.end())
        };
        let layout = Self::layout(mask + 1).expect("INV-SET-4: allocated with this layout");
        if gives_back {
            // SAFETY: allocated with this layout.
            unsafe { alloc::dealloc(table.as_ptr().cast(), layout) };
        }
    }
}

impl Reclaim for Table {
    unsafe fn reclaim(pointer: *mut Self) {
        let table = NonNull::new(pointer).expect("INV-SET-4: a null table was retired");
        // SAFETY: promised by the caller; what its slots counted has moved (INV-SET-5).
        unsafe { Self::give_back(table) };
    }
}

/// The order in which cells are tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    base: usize,
    offset: usize,
    perturb: u64,
}

impl Walk {
    #[inline(always)]
    pub(super) fn new(hash: Hash, mask: usize) -> Self {
        Self { base: hash as usize & mask, offset: 0, perturb: hash as u64 }
    }

    /// The cell to look at. Also right for another mask than that of the steps before.
    #[inline(always)]
    pub(super) fn at(&self, mask: usize) -> usize {
        (self.base + self.offset) & mask
    }

    #[inline(always)]
    pub(super) fn step(&mut self, mask: usize) {
        if self.offset < NEIGHBOURS && self.base + NEIGHBOURS <= mask {
            self.offset += 1;
            return;
        }
        self.perturb >>= PERTURB_SHIFT;
        let next = self.base.wrapping_mul(5).wrapping_add(1).wrapping_add(self.perturb as usize);
        self.base = next & mask;
        self.offset = 0;
    }
}

/// Reading.
impl Table {
    #[inline(always)]
    pub(super) fn mask(&self) -> usize {
        self.live.touch();
        self.mask
    }

    /// The entry in cell `i`, which is at most the mask.
    #[inline(always)]
    pub(super) fn entry(&self, i: usize) -> &Entry {
        debug_assert!(i <= self.mask, "INV-SET-3: cell {i} of {}", self.mask + 1);
        self.live.touch();
        let entries = std::ptr::from_ref(self).cast::<u8>().wrapping_add(CELLS_AT).cast::<Entry>();
        // SAFETY: INV-SET-3.
        unsafe { &*entries.wrapping_add(i) }
    }

    /// Looks for `key`. `compare` answers for keys with the same hash that are not the same word.
    #[inline(always)]
    pub(super) fn search(&self, hash: Hash, key: Word, mut compare: impl FnMut(&Value) -> Match) -> Search {
        let mask = self.mask();
        let mut walk = Walk::new(hash, mask);
        loop {
            let at = walk.at(mask);
            let entry = self.entry(at);
            let found = entry.key.word();
            if found.is_empty() {
                return Search::Absent(at);
            }
            if found == key {
                return Search::Found(at);
            }
            if entry.hash() == hash
                && found != REMOVED
                // SAFETY: a slot of the holder; if the key has been displaced since, it is parked at most until this
                // thread's next refresh.
                && let Some(found) = unsafe { Value::view(found) }
            {
                match compare(&found) {
                    Match::Same => return Search::Found(at),
                    Match::Different => {}
                    Match::AskPython => return Search::Unsure,
                }
            }
            walk.step(mask);
        }
    }
}

/// Writing, with the right to it.
impl Table {
    /// Cells that are or were occupied.
    #[inline(always)]
    pub(super) fn fill(&self) -> usize {
        self.fill.load(Ordering::Relaxed)
    }

    /// Calls `visit` with each cell that is or was occupied, and its word: nothing is behind the last of them.
    #[inline(always)]
    fn each_used(&self, mut visit: impl FnMut(usize, &Entry, Word)) {
        let mut left = self.fill();
        for i in 0..self.mask() + 1 {
            if left == 0 {
                break;
            }
            let entry = self.entry(i);
            let word = entry.key.word_plain();
            if !word.is_empty() {
                left -= 1;
                visit(i, entry, word);
            }
        }
    }

    /// Calls `visit` with each occupied cell, and the word of its key.
    #[inline(always)]
    pub(super) fn each_key(&self, mut visit: impl FnMut(usize, &Entry, Word)) {
        self.each_used(|i, entry, word| {
            if word != REMOVED {
                visit(i, entry, word);
            }
        });
    }

    /// Stores a key that is not in the table; `put` stores the word. With `reuse`, which is for tables that nobody else
    /// reads, into the last cell of a removed key on the way, as CPython does; otherwise into the first cell that has
    /// never been used.
    #[inline(always)]
    pub(super) fn append(&self, hash: Hash, key: Word, reuse: bool, put: impl FnOnce(&Slot, Word)) {
        let mask = self.mask;
        let mut walk = Walk::new(hash, mask);
        let mut reusable = None;
        loop {
            let at = walk.at(mask);
            let word = self.entry(at).key.word_plain();
            if word.is_empty() {
                match reusable {
                    Some(at) => self.store(at, hash, key, put),
                    None => self.append_at(at, hash, key, put),
                }
                return;
            }
            if word == REMOVED && reuse {
                reusable = Some(at);
            }
            walk.step(mask);
        }
    }

    /// Stores a key into cell `at`, which has never been used.
    #[inline(always)]
    pub(super) fn append_at(&self, at: usize, hash: Hash, key: Word, put: impl FnOnce(&Slot, Word)) {
        self.store(at, hash, key, put);
        self.fill.store(self.fill() + 1, Ordering::Relaxed);
    }

    #[inline(always)]
    fn store(&self, at: usize, hash: Hash, key: Word, put: impl FnOnce(&Slot, Word)) {
        let entry = self.entry(at);
        if threads::mutant!("set-key-before-hash") {
            // SAFETY: as below.
            unsafe { entry.key.set_word(key) };
        }
        // SAFETY: INV-SET-2; the cell has never been used, or nobody else reads the table.
        unsafe { entry.hash.set(hash) };
        put(&entry.key, key);
    }

    /// Moves the keys that are left into `new`, which has room for them, none of its own, and is not reached by anybody else. The
    /// words stay here too, for those who read them still.
    pub(super) fn move_to(&self, new: &Table) {
        let mask = new.mask();
        let mut moved = 0;
        self.each_key(|_, entry, key| {
            let hash = entry.hash();
            let mut walk = Walk::new(hash, mask);
            while !new.entry(walk.at(mask)).key.word_plain().is_empty() {
                walk.step(mask);
            }
            new.store(walk.at(mask), hash, key, |slot, key| {
                // SAFETY: the slot is free, and the count moves with the word, in the same holder.
                unsafe { slot.set_word(key) };
            });
            moved += 1;
        });
        new.fill.store(moved, Ordering::Relaxed); // for writers alone
    }
}
