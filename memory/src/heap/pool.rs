//! What the heaps of a world share: the registry of pages, pages without an owner, and a few empty pages.
//!
//! Everything here is under one lock, taken when a page is made, released, abandoned or adopted: once for hundreds of
//! allocations at least.

use std::ptr::NonNull;

use threads::mutant;
use threads::sync::{Arc, Mutex, MutexGuard};

use super::chunk::Chunks;
use super::large;
use super::page::{NOBODY, Owned, Page, Place};
use super::page_list::PageList;
use super::size_class::{BIN_COUNT, Bin};
use super::stats::HeapStats;

/// Abandoned pages that one search for a free block looks at.
const ADOPTION_SEARCH: usize = 8;

/// The pages of one world.
pub struct PagePool(Mutex<State>);

struct State {
    /// Every page, large ones included; a page knows its index.
    pages: Vec<NonNull<Page>>,
    chunks: Chunks,
    abandoned: [PageList; BIN_COUNT],
    abandoned_len: usize,
    /// Ids of live heaps, a bit each, to check INV-HEAP-6; empty in release builds.
    live_ids: Vec<u64>,
}

// SAFETY: INV-HEAP-2; the pages that `State` may touch the owner's fields of are nobody's, and `State` is under a lock.
unsafe impl Send for State {}

impl State {
    fn register(&mut self, page: NonNull<Page>) -> bool {
        if self.pages.try_reserve(1).is_err() {
            return false;
        }
        self.set_index(page, self.pages.len());
        self.pages.push(page);
        true
    }

    fn unregister(&mut self, page: NonNull<Page>) {
        // SAFETY: INV-HEAP-10; a registered page is alive.
        let header = unsafe { page.as_ref() };
        // SAFETY: the index is the registry's, and `&mut self` is under the pool's lock.
        let index = unsafe { header.registered_at.get() };
        assert!(self.pages.swap_remove(index) == page, "INV-HEAP-10: a page was released twice");
        if let Some(&moved) = self.pages.get(index) {
            self.set_index(moved, index);
        }
    }

    fn set_index(&mut self, page: NonNull<Page>, index: usize) {
        // SAFETY: INV-HEAP-10; a registered page is alive.
        let header = unsafe { page.as_ref() };
        // SAFETY: the index is the registry's, and `&mut self` is under the pool's lock.
        unsafe { header.registered_at.set(index) };
    }

    /// The owner's view of a page that nobody owns.
    fn owned<'a>(&self, page: NonNull<Page>) -> Owned<'a> {
        // SAFETY: INV-HEAP-10; a listed page is alive.
        let header = unsafe { page.as_ref() };
        // SAFETY: INV-HEAP-2; `&self` is under the pool's lock, and the page is nobody's.
        unsafe { header.owned() }
    }
}

impl Default for PagePool {
    fn default() -> Self {
        Self(Mutex::new(State {
            pages: Vec::new(),
            chunks: Chunks::new(),
            abandoned: std::array::from_fn(|_| PageList::default()),
            abandoned_len: 0,
            live_ids: Vec::new(),
        }))
    }
}

impl PagePool {
    /// A pool without pages.
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock()
    }

    /// Admits a heap: from now on its id means this one.
    ///
    /// Taking the lock orders the new heap after the abandonment of a former one with the same id (INV-HEAP-6).
    pub(super) fn enter(&self, id: u16) {
        let mut state = self.lock();
        if cfg!(debug_assertions) {
            state.live_ids.resize(1 << 10, 0);
            let word = &mut state.live_ids[usize::from(id >> 6)];
            assert!(*word & 1 << (id & 63) == 0, "INV-HEAP-6: two live heaps have the id {id}");
            *word |= 1 << (id & 63);
        }
    }

    /// The heap with this id has no pages any more, and its id may be used again.
    pub(super) fn leave(&self, id: u16) {
        let mut state = self.lock();
        if cfg!(debug_assertions) {
            state.live_ids[usize::from(id >> 6)] &= !(1 << (id & 63));
        }
    }

    /// An empty page that serves `bin` and is owned by `id`.
    pub(super) fn take_empty(&self, bin: Bin, id: u16) -> Option<NonNull<Page>> {
        let mut state = self.lock();
        // SAFETY: the chunks' pages are aligned and long enough, and this one is taken.
        let page = unsafe { Page::create(state.chunks.take()?, bin) };
        // SAFETY: the page was made above.
        unsafe { page.as_ref() }.set_owner(id);
        if state.register(page) {
            return Some(page);
        }
        // SAFETY: INV-HEAP-4; nobody but this function knows the page.
        let memory = unsafe { Page::end(page) };
        // SAFETY: INV-HEAP-4; as above.
        unsafe { state.chunks.put_back(memory) };
        None
    }

    /// Takes back an empty page.
    ///
    /// # Safety
    /// INV-HEAP-4: the caller has the page to itself; it is in no list but the registry, and no block is used.
    pub(super) unsafe fn release(&self, page: NonNull<Page>) {
        let mut state = self.lock();
        state.unregister(page);
        // SAFETY: INV-HEAP-4; promised by the caller, and the registry has forgotten the page.
        let memory = unsafe { Page::end(page) };
        // SAFETY: INV-HEAP-4; as above.
        unsafe { state.chunks.put_back(memory) };
    }

    /// Frees a large page.
    ///
    /// # Safety
    /// INV-HEAP-4: the caller owns the page's only block, and gives it up.
    pub(super) unsafe fn release_large(&self, page: NonNull<Page>) {
        self.lock().unregister(page);
        // SAFETY: INV-HEAP-4; promised by the caller, and the registry has forgotten the page.
        unsafe { Page::destroy_large(page) };
    }

    /// Takes a page with live blocks from a thread that exits.
    ///
    /// # Safety
    /// The caller owns the page and gives it up; it is in no list but the registry.
    pub(super) unsafe fn abandon(&self, page: NonNull<Page>, bin: Bin) {
        // SAFETY: the caller owns the page.
        let header = unsafe { page.as_ref() };
        if !mutant!("heap_abandon_keeps_owner") {
            header.set_owner(NOBODY);
        }
        let mut state = self.lock();
        // SAFETY: INV-HEAP-10; the page has live blocks, and leaves the list when it is adopted or empty.
        unsafe { state.abandoned[bin.index()].push_back(page, Place::Abandoned) };
        state.abandoned_len += 1;
    }

    /// An abandoned page with a free block becomes the page of thread `id`.
    pub(super) fn adopt(&self, bin: Bin, id: u16) -> Option<NonNull<Page>> {
        let mut state = self.lock();
        let list = &state.abandoned[bin.index()];
        let page = if mutant!("heap_adopt_unlocked") {
            let page = list.first()?;
            drop(state);
            self.owned_of_nobody(page).replenish();
            state = self.lock();
            state.abandoned[bin.index()].remove(page);
            page
        } else {
            list.rotate_to(ADOPTION_SEARCH, |page| page.has_room())?
        };
        state.abandoned_len -= 1;
        // SAFETY: INV-HEAP-10; it was in the list just now. Still under the lock, so that it is never nobody's and
        // in no list.
        unsafe { page.as_ref() }.set_owner(id);
        Some(page)
    }

    /// For a mutant: what `adopt` must not do without the lock.
    fn owned_of_nobody<'a>(&self, page: NonNull<Page>) -> Owned<'a> {
        // SAFETY: INV-HEAP-10; reached in a model's mutant alone, where the page is alive.
        let header = unsafe { page.as_ref() };
        // SAFETY: deliberately wrong under the mutant; loom reports it.
        unsafe { header.owned() }
    }

    /// Releases abandoned pages whose last block was freed since. For the collector, after a collection.
    pub fn trim_abandoned(&self) {
        let mut empty = PageList::default();
        {
            let mut state = self.lock();
            for bin in Bin::all() {
                let mut kept = PageList::default();
                while let Some(page) = state.abandoned[bin.index()].pop_front() {
                    let owned = state.owned(page);
                    owned.take_remote();
                    let list = if owned.used() == 0 { &mut empty } else { &mut kept };
                    // SAFETY: INV-HEAP-10; it was in a list just now, and still is nobody's.
                    unsafe { list.push_back(page, Place::Abandoned) };
                    state.abandoned_len -= usize::from(owned.used() == 0);
                }
                state.abandoned[bin.index()] = kept;
            }
        }
        while let Some(page) = empty.pop_front() {
            // SAFETY: INV-HEAP-4; its remote list was taken and no block is used; only this list has it.
            unsafe { self.release(page) };
        }
        self.lock().chunks.review();
    }

    /// Gives memory without objects back to the system at once, and not only when it has been unused for long.
    pub(crate) fn give_back(&self) {
        self.lock().chunks.release_unused(usize::MAX);
    }

    /// A block with a page of its own, outside every heap. `None` if there is no such memory.
    pub(super) fn allocate_large(&self, size_bytes: usize, kind: super::Kind) -> Option<NonNull<u8>> {
        let page = large::create(size_bytes, kind)?;
        if !self.lock().register(page) {
            // SAFETY: INV-HEAP-4; nobody but this function knows the page.
            unsafe { Page::destroy_large(page) };
            return None;
        }
        // SAFETY: INV-HEAP-10; registered above, and nobody else knows its block.
        let header = unsafe { page.as_ref() };
        // SAFETY: INV-HEAP-2; as above.
        unsafe { header.owned() }.pop()
    }

    /// Calls `visit` with every page, those of exited threads and of large objects included.
    ///
    /// The pool is locked meanwhile, so `visit` must not allocate or free in this world's heaps.
    ///
    /// # Safety
    /// The world is stopped, and stays so while the references are used.
    pub unsafe fn for_each_page<'a>(&'a self, mut visit: impl FnMut(&'a Page)) {
        for &page in &self.lock().pages {
            // SAFETY: INV-HEAP-10; pages are released by running threads alone.
            visit(unsafe { page.as_ref() });
        }
    }

    /// What the heaps hold.
    pub fn stats(&self) -> HeapStats {
        let state = self.lock();
        let mut stats = HeapStats::new(state.abandoned_len, state.chunks.unused_pages());
        for &page in &state.pages {
            // SAFETY: INV-HEAP-10; a page leaves the registry, under the lock, before it is released.
            stats.add(unsafe { page.as_ref() });
        }
        stats
    }
}

impl Drop for PagePool {
    fn drop(&mut self) {
        for page in self.0.get_mut().pages.drain(..) {
            // SAFETY: INV-HEAP-10; a registered page is alive.
            let large = unsafe { page.as_ref() }.is_large();
            if large {
                // SAFETY: every heap keeps its pool alive, so none is left, and who still has a block may not use it.
                unsafe { Page::destroy_large(page) };
            } else {
                // SAFETY: as above. The chunks free the memory.
                unsafe { Page::end(page) };
            }
        }
    }
}
