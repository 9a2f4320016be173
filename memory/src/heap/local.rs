//! A thread's heap: the pages that it owns.
//!
//! ```text
//!            exhausted                    a block is freed
//!  Current ------------> Full ------------------------------> Available
//!     ^                   | remote frees found in a scan          |   |
//!     +-------------------+---------------------------------------+   | last block freed
//!     |              taken when the current page is exhausted         v
//!     +--- adopted, cached or new <----------------------------- the pool
//! ```
//! `Page::slow_at` turns those transitions into one comparison in `free`: it is `capacity - 1` in a full page, 0 in an
//! available one and out of reach in the current one, which stays although it may be empty: else freeing and
//! allocating one object in turn would make and release a page each time.

use std::cell::Cell;
use std::ptr::NonNull;

use threads::mutant;
use threads::sync::Arc;

use super::page::{NEVER, NOBODY, Owned, PAGE_BYTES, Page, Place, mark_free};
use super::page_list::PageList;
use super::pool::PagePool;
use super::size_class::{BIN_COUNT, Bin, Kind, SizeClass};

/// Full pages that are looked at for remote frees each time that a page is exhausted.
const SCAN: usize = 8;

/// Volume of tracked blocks after which the collector is told, in bytes: often enough for its smallest threshold.
const REPORT_BYTES: usize = 128 << 10;
/// The id of a heap that was abandoned: no page has this owner.
const RETIRED: u16 = u16::MAX;

/// A thread's pages, and allocation from them. Confined to one thread at a time.
pub struct Heap {
    /// The page each bin allocates from; `none` before the first.
    current: [Cell<NonNull<Page>>; BIN_COUNT],
    id: Cell<u16>,
    allocated_volume: Cell<usize>,
    available: [PageList; BIN_COUNT],
    full: [PageList; BIN_COUNT],
    /// A page without blocks, so that the fast path needs no test for a missing page.
    none: NonNull<Page>,
    pool: Arc<PagePool>,
}

// SAFETY: INV-HEAP-2; a heap that moves to another thread takes its pages along. It is not `Sync`.
unsafe impl Send for Heap {}

/// The owner's view of one of its pages.
///
/// # Safety
/// INV-HEAP-2: the caller's heap owns the page.
#[inline(always)]
unsafe fn owned<'a>(page: NonNull<Page>) -> Owned<'a> {
    // SAFETY: INV-HEAP-10; an owned page is alive.
    let header = unsafe { page.as_ref() };
    // SAFETY: INV-HEAP-2; promised by the caller.
    unsafe { header.owned() }
}

impl Heap {
    /// A heap without pages for the thread `id`, which no other live heap of the pool has, and which is neither 0 nor
    /// 65,535 (INV-HEAP-6).
    pub fn new(pool: Arc<PagePool>, id: u16) -> Self {
        assert!(id != NOBODY && id != RETIRED, "INV-HEAP-6: {id} is no thread's id");
        pool.enter(id);
        let none = Page::new(NonNull::dangling(), 0, 0, Kind::Untracked, None);
        let none = NonNull::from(Box::leak(Box::new(none)));
        Self {
            current: std::array::from_fn(|_| Cell::new(none)),
            id: Cell::new(id),
            allocated_volume: Cell::new(0),
            available: std::array::from_fn(|_| PageList::default()),
            full: std::array::from_fn(|_| PageList::default()),
            none,
            pool,
        }
    }

    /// The id of the thread whose heap this is.
    pub fn id(&self) -> u16 {
        self.id.get()
    }

    /// The pool that it takes pages from.
    pub fn pool(&self) -> &Arc<PagePool> {
        &self.pool
    }

    /// A block of at least `size_bytes`, aligned to 16 bytes; `None` if memory is short.
    ///
    /// Word 0 of the block is zero; the caller writes its own, not zero, before the next safepoint (INV-HEAP-3). Other
    /// bytes are arbitrary. Does not collect; see [`take_allocated_volume`](Self::take_allocated_volume).
    #[inline]
    pub fn allocate(&self, size_bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        match SizeClass::of(size_bytes) {
            Some(class) => self.allocate_class(class, kind),
            None => self.allocate_large_slow(size_bytes, kind),
        }
    }

    /// As [`allocate`](Self::allocate), for a class that is known when the caller is compiled.
    #[inline]
    pub fn allocate_class(&self, class: SizeClass, kind: Kind) -> Option<NonNull<u8>> {
        let bin = Bin::new(class, kind);
        debug_assert!(bin.index() < BIN_COUNT);
        // SAFETY: a bin's index is below `BIN_COUNT`.
        let page = unsafe { self.current.get_unchecked(bin.index()) }.get();
        // SAFETY: INV-HEAP-2; the current page is this heap's.
        match unsafe { owned(page) }.pop() {
            Some(block) => Some(block),
            None => self.allocate_slow(bin),
        }
    }

    #[cold]
    #[inline(never)]
    fn allocate_slow(&self, bin: Bin) -> Option<NonNull<u8>> {
        let exhausted = self.current[bin.index()].get();
        // SAFETY: INV-HEAP-2; as in `allocate_class`.
        if exhausted != self.none && unsafe { owned(exhausted) }.replenish() {
            return self.allocate_from(exhausted, bin);
        }
        let page = self.next_page(bin)?;
        if exhausted != self.none {
            // SAFETY: INV-HEAP-10; the page is this heap's, and in no list while it is current.
            unsafe { self.full[bin.index()].push_front(exhausted, Place::Full) };
            // SAFETY: INV-HEAP-2; as above.
            let exhausted = unsafe { owned(exhausted) };
            exhausted.set_slow_at(exhausted.used() - 1);
        }
        // SAFETY: INV-HEAP-2; the page is this heap's.
        unsafe { owned(page) }.set_slow_at(NEVER);
        self.current[bin.index()].set(page);
        self.allocate_from(page, bin)
    }

    /// A page of this heap in no list that has a free block.
    fn next_page(&self, bin: Bin) -> Option<NonNull<Page>> {
        if let Some(page) = self.available[bin.index()].pop_front() {
            return Some(page);
        }
        if let Some(page) = self.full[bin.index()].rotate_to(SCAN, |page| page.replenish()) {
            return Some(page);
        }
        let id = self.id.get();
        if id == RETIRED {
            return None;
        }
        let page = self.pool.adopt(bin, id).or_else(|| self.pool.take_empty(bin, id))?;
        // SAFETY: INV-HEAP-2; the pool gave the page to this heap. It has room, or would not have been adopted.
        let replenished = !unsafe { owned(page) }.free().is_null() || unsafe { owned(page) }.replenish();
        debug_assert!(replenished, "INV-HEAP-5: a page that had room has none");
        Some(page)
    }

    fn allocate_from(&self, page: NonNull<Page>, bin: Bin) -> Option<NonNull<u8>> {
        // SAFETY: INV-HEAP-2; the page is this heap's.
        let owned = unsafe { owned(page) };
        let blocks = owned.unused_carved();
        self.add_volume(blocks as usize * bin.class().size_bytes());
        if bin.kind() == Kind::Tracked && self.allocated_volume.get() >= REPORT_BYTES {
            crate::collector::note_allocation(self.take_allocated_volume());
        }
        owned.pop()
    }

    #[cold]
    #[inline(never)]
    fn allocate_large_slow(&self, size_bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        let block = self.pool.allocate_large(size_bytes, kind)?;
        self.add_volume(size_bytes.max(PAGE_BYTES));
        Some(block)
    }

    fn add_volume(&self, size_bytes: usize) {
        self.allocated_volume.set(self.allocated_volume.get().saturating_add(size_bytes));
    }

    /// Bytes that became available for allocation since the last call: what was carved, or freed and found again.
    /// A large object counts as a page at least. Collections are requested by this number.
    pub fn take_allocated_volume(&self) -> usize {
        self.allocated_volume.take()
    }

    /// Frees a block, whoever's page it is in.
    ///
    /// # Safety
    /// The block came from a heap of the same pool, its word 0 is not zero, and the caller gives it up.
    #[inline]
    pub unsafe fn free(&self, block: NonNull<u8>) {
        let page = Page::of(block);
        // SAFETY: INV-HEAP-4; the block is used, so its page stays.
        if unsafe { page.as_ref() }.owner() != self.id.get() {
            // SAFETY: promised by the caller.
            return unsafe { self.free_foreign_slow(block) };
        }
        // SAFETY: INV-HEAP-2, INV-HEAP-6; the owner was compared above.
        let owned = unsafe { owned(page) };
        // SAFETY: promised by the caller.
        if unsafe { owned.push(block) } == owned.slow_at() {
            self.free_slow(page);
        }
    }

    /// Frees a block of a page that this heap does not own.
    #[cold]
    #[inline(never)]
    unsafe fn free_foreign_slow(&self, block: NonNull<u8>) {
        let page = Page::of(block);
        // SAFETY: INV-HEAP-4; the block is used, so its page stays until the push below.
        let header = unsafe { page.as_ref() };
        if header.is_large() {
            // SAFETY: INV-HEAP-4; the only block is the caller's.
            return unsafe { self.pool.release_large(page) };
        }
        // SAFETY: INV-HEAP-1; promised by the caller.
        unsafe { mark_free(block, header.block_bytes()) };
        // SAFETY: promised by the caller.
        unsafe { Page::push_remote(page, block, block, 1) };
    }

    /// Frees `count` blocks of one page that this heap does not own, in one step: a chain that
    /// [`Page::chain`] made, from `first` to `last`.
    ///
    /// # Safety
    /// `page` is the blocks' page; it is not large; the chain is the caller's, which gives it up.
    pub unsafe fn free_chain_remote(page: NonNull<Page>, first: NonNull<u8>, last: NonNull<u8>, count: u32) {
        debug_assert!(Page::of(first) == page && Page::of(last) == page, "INV-HEAP-7: a chain spans pages");
        // SAFETY: promised by the caller.
        unsafe { Page::push_remote(page, first, last, count) };
    }

    /// Moves a page that is not full any more, or empty, to where it belongs.
    #[cold]
    #[inline(never)]
    fn free_slow(&self, page: NonNull<Page>) {
        // SAFETY: INV-HEAP-2; `free` found the page to be this heap's.
        let (header, owned) = (unsafe { page.as_ref() }, unsafe { owned(page) });
        let Some(bin) = header.bin() else { return };
        if owned.place() == Place::Full {
            self.full[bin.index()].remove(page);
            // SAFETY: INV-HEAP-10; the page is this heap's, and was just taken out of the other list.
            unsafe { self.available[bin.index()].push_front(page, Place::Available) };
            owned.set_slow_at(0);
        }
        if owned.used() == 0 && owned.place() == Place::Available {
            self.available[bin.index()].remove(page);
            // SAFETY: INV-HEAP-4; no block is used, so none is on the remote list, and the page is in no list.
            unsafe { self.pool.release(page) };
        }
    }

    /// Takes what others freed in every page of this heap, and releases the pages that are empty. Takes time in
    /// proportion to the pages: for after a collection, or when a thread has been idle.
    pub fn trim(&self) {
        for bin in Bin::all() {
            let current = self.current[bin.index()].get();
            if current != self.none {
                // SAFETY: INV-HEAP-2; the current page is this heap's.
                unsafe { owned(current) }.take_remote();
            }
            let (available, full) = (PageList::default(), PageList::default());
            let pages =
                || self.available[bin.index()].pop_front().or_else(|| self.full[bin.index()].pop_front());
            while let Some(page) = pages() {
                // SAFETY: INV-HEAP-2; the page was in a list of this heap.
                let owned = unsafe { owned(page) };
                owned.take_remote();
                if owned.used() == 0 {
                    // SAFETY: INV-HEAP-4; the remote list was taken, no block is used, and the page is in no list.
                    unsafe { self.pool.release(page) };
                    continue;
                }
                let (list, place, slow_at) = match owned.free().is_null() {
                    true => (&full, Place::Full, owned.used() - 1),
                    false => (&available, Place::Available, 0),
                };
                owned.set_slow_at(slow_at);
                // SAFETY: INV-HEAP-10; the page is this heap's, and in no list.
                unsafe { list.push_back(page, place) };
            }
            self.available[bin.index()].replace(available);
            self.full[bin.index()].replace(full);
        }
    }

    /// Gives up every page: those with live blocks go to the pool without an owner, to be adopted. Afterwards this
    /// heap allocates nothing, and frees as a foreigner. For thread exit; dropping the heap does the same.
    pub fn abandon(&self) {
        let id = self.id.replace(RETIRED);
        if id == RETIRED {
            return;
        }
        for bin in Bin::all() {
            let current = self.current[bin.index()].replace(self.none);
            if current != self.none {
                self.give_up(current, bin);
            }
            for list in [&self.available[bin.index()], &self.full[bin.index()]] {
                while let Some(page) = list.pop_front() {
                    self.give_up(page, bin);
                }
            }
        }
        self.pool.leave(id);
    }

    /// Hands one page, which is in no list, to the pool.
    fn give_up(&self, page: NonNull<Page>, bin: Bin) {
        // SAFETY: INV-HEAP-2; the caller had it in a list of this heap.
        let owned = unsafe { owned(page) };
        if mutant!("heap_abandon_before_taking") {
            // SAFETY: deliberately wrong below: the page is not this heap's any more when its list is taken.
            unsafe { self.pool.abandon(page, bin) };
            owned.take_remote();
            return;
        }
        owned.take_remote();
        if owned.used() == 0 {
            // SAFETY: INV-HEAP-4; the remote list was taken, no block is used, and the page is in no list.
            unsafe { self.pool.release(page) };
        } else {
            // SAFETY: the page is this heap's and in no list. What is freed from now on waits on the remote list.
            unsafe { self.pool.abandon(page, bin) };
        }
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.abandon();
        // SAFETY: `new` leaked this box; no bin refers to it after this.
        drop(unsafe { Box::from_raw(self.none.as_ptr()) });
    }
}
