//! A page: a header, then blocks of one size.
//!
//! The header keeps three kinds of fields on cache lines of their own, by who writes them: facts that hold as long as
//! the page serves one bin, the owner's counters and lists, and the one word that foreign threads write. A foreign
//! free reads the first line and writes the third; the owner's stays in the owner's cache.
//!
//! | field | read by | written by | when |
//! |---|---|---|---|
//! | facts | all | the thread that makes the page | before any block is handed out |
//! | `owner` | all | the owner; the holder of the pool's lock | taking, abandoning, adopting |
//! | `local.*` | the owner | the owner | always (INV-HEAP-2) |
//! | `remote` | all | foreign threads push, the owner takes all | always (INV-HEAP-5) |
//! | `scratch` | all | the collector | while the world is stopped |
//!
//! The remote list is one 32-bit word: how many blocks it has, and the offset of the first. Pushing is a
//! compare-exchange, taking is a swap that empties it, so an ABA cannot hurt: a push only needs the head to be what
//! its block was linked to. The count lets the owner account for the whole list without walking it.

mod owned;

use std::ptr::{self, NonNull};

use threads::mutant;
use threads::sync::OwnerCell;
use threads::sync::atomic::{AtomicPtr, AtomicU16, AtomicU32, Ordering};

use super::block;
use super::scratch;
use super::size_class::{Bin, Kind};
use super::system;

pub(super) use owned::Owned;

/// Bytes in a page, and the alignment of every page.
pub const PAGE_BYTES: usize = 1 << 16;
/// Where the first block begins.
pub(super) const FIRST_BLOCK: usize = size_of::<Page>();
#[cfg(not(loom))]
const _: () = assert!(FIRST_BLOCK == 192);
const _: () = assert!(FIRST_BLOCK.is_multiple_of(16) && FIRST_BLOCK <= PAGE_BYTES / 8);

/// The owner of an abandoned page, and of every large page.
pub const NOBODY: u16 = 0;

/// Among the pages of its owner, or of the pool, where a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Its owner allocates from it, or nobody listed it yet.
    Current,
    /// In the list of pages with free blocks.
    Available,
    /// In the list of pages of which every block is used, as far as the owner knows.
    Full,
    /// In the pool's list of pages without an owner.
    Abandoned,
}

/// `slow_at` of a page whose frees are never special.
pub(super) const NEVER: u32 = u32::MAX;

#[derive(Debug)]
#[repr(align(64))]
struct Line<T>(T);

/// What only the owner touches.
struct Local {
    free: OwnerCell<*mut u8>,
    /// Blocks that are neither on `free` nor uncarved. Atomic for the sake of statistics alone.
    used: AtomicU32,
    /// The value of `used` at which a free has more to do than to link the block.
    slow_at: OwnerCell<u32>,
    carved: AtomicU32,
    place: OwnerCell<Place>,
    previous: OwnerCell<Option<NonNull<Page>>>,
    next: OwnerCell<Option<NonNull<Page>>>,
}

/// The header of a page.
#[repr(C, align(64))]
pub struct Page {
    owner: AtomicU16,
    /// `None` in a large page.
    bin: Option<Bin>,
    kind: Kind,
    capacity: u32,
    reciprocal: u32,
    block_bytes: usize,
    allocation_bytes: usize,
    /// The page's address, with the right to reach all of its memory.
    memory: NonNull<u8>,
    scratch: AtomicPtr<AtomicU32>,
    /// Its place in the pool's registry; under the pool's lock.
    pub(super) registered_at: OwnerCell<usize>,
    local: Line<Local>,
    remote: Line<AtomicU32>,
    /// Models see the accesses to a block's link as accesses to its cell here.
    #[cfg(loom)]
    links: [OwnerCell<()>; 3],
}

// SAFETY: INV-HEAP-2; the cells are reached through `Owned` alone, the other fields are atomic or never change while
// the page is shared.
unsafe impl Sync for Page {}
// SAFETY: nothing in a page belongs to the thread that made it.
unsafe impl Send for Page {}

impl Page {
    /// The header of a page that serves `bin`, or is large.
    pub(super) fn new(
        memory: NonNull<u8>,
        allocation_bytes: usize,
        block_bytes: usize,
        kind: Kind,
        bin: Option<Bin>,
    ) -> Self {
        let class = bin.map(Bin::class);
        Self {
            owner: AtomicU16::new(NOBODY),
            bin,
            kind,
            capacity: class.map_or(1, |c| c.blocks_per_page()),
            reciprocal: class.map_or(0, |c| c.reciprocal()),
            block_bytes,
            allocation_bytes,
            memory,
            scratch: AtomicPtr::new(ptr::null_mut()),
            registered_at: OwnerCell::new(usize::MAX),
            local: Line(Local {
                free: OwnerCell::new(ptr::null_mut()),
                used: AtomicU32::new(0),
                slow_at: OwnerCell::new(NEVER),
                carved: AtomicU32::new(0),
                place: OwnerCell::new(Place::Current),
                previous: OwnerCell::new(None),
                next: OwnerCell::new(None),
            }),
            remote: Line(AtomicU32::new(0)),
            #[cfg(loom)]
            links: std::array::from_fn(|_| OwnerCell::new(())),
        }
    }

    /// A page for `bin`.
    ///
    /// # Safety
    /// `memory` is the caller's alone, aligned to a page and as long as one.
    pub(super) unsafe fn create(memory: NonNull<u8>, bin: Bin) -> NonNull<Self> {
        let page = memory.cast::<Self>();
        // SAFETY: promised by the caller.
        unsafe { page.write(Self::new(memory, PAGE_BYTES, bin.class().size_bytes(), bin.kind(), Some(bin))) };
        page
    }

    /// Ends a page; its memory is the caller's.
    ///
    /// # Safety
    /// The caller has the page to itself; no block of it is used (INV-HEAP-4).
    pub(super) unsafe fn end(page: NonNull<Self>) -> NonNull<u8> {
        // SAFETY: the caller has the page to itself.
        let memory = unsafe { page.as_ref() }.memory;
        // SAFETY: as above; the header is not used again.
        unsafe { page.drop_in_place() };
        memory
    }

    /// Ends a large page and frees its memory.
    ///
    /// # Safety
    /// As for [`end`](Self::end).
    pub(super) unsafe fn destroy_large(page: NonNull<Self>) {
        // SAFETY: the caller has the page to itself.
        let allocation_bytes = unsafe { page.as_ref() }.allocation_bytes;
        // SAFETY: promised by the caller.
        let memory = unsafe { Self::end(page) };
        // SAFETY: INV-HEAP-4; a large page is an allocation of its own.
        unsafe { system::release(memory, allocation_bytes) };
    }

    /// The page that a block is in.
    #[inline(always)]
    pub fn of(block: NonNull<u8>) -> NonNull<Self> {
        let page = block.as_ptr().map_addr(|address| address & !(PAGE_BYTES - 1)).cast();
        // SAFETY: INV-HEAP-7; a block begins behind a header at a non-null multiple of the page size.
        unsafe { NonNull::new_unchecked(page) }
    }

    /// The thread whose heap the page belongs to; [`NOBODY`] if it was abandoned or is large.
    #[inline(always)]
    pub fn owner(&self) -> u16 {
        // Relaxed: a thread compares this with its own id. Its own writes it sees in any order, and a heap whose id
        // was used before is made under the pool's lock after that one was abandoned (INV-HEAP-6), so that an older
        // value that happens to equal its id cannot be read any more. What others wrote never equals its id.
        self.owner.load(Ordering::Relaxed)
    }

    /// Names the owner.
    pub(super) fn set_owner(&self, owner: u16) {
        // Relaxed: see `owner`.
        self.owner.store(owner, Ordering::Relaxed);
    }

    /// The bin the page serves; `None` if it is large.
    pub fn bin(&self) -> Option<Bin> {
        self.bin
    }

    /// Whether the collector visits its blocks.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it holds one object that is too long to share a page.
    pub fn is_large(&self) -> bool {
        self.bin.is_none()
    }

    /// Bytes in each block.
    pub fn block_bytes(&self) -> usize {
        self.block_bytes
    }

    /// How far a free block is poisoned: not far in a large page, whose memory may be more than the machine has.
    fn poisoned_bytes(&self) -> usize {
        if self.is_large() { 32 } else { self.block_bytes }
    }

    /// The size of a block, told from its address.
    pub fn bytes_of(block: NonNull<u8>) -> usize {
        // SAFETY: INV-HEAP-4; the caller's block is used, so its page stays.
        unsafe { Self::of(block).as_ref() }.block_bytes
    }

    /// The number of blocks, carved or not.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// Blocks that were handed out and not freed, by whomever. Exact while the world is stopped, else approximate.
    pub fn live_blocks(&self) -> u32 {
        // Relaxed: what orders these two loads with the owner's and the foreign threads' writes is the stop.
        let used = self.local.0.used.load(Ordering::Relaxed);
        used.saturating_sub(self.remote.0.load(Ordering::Relaxed) >> 16)
    }

    /// Which of the page's blocks one is, counted from 0. No division (INV-HEAP-8).
    #[inline(always)]
    pub fn index_of(&self, block: NonNull<u8>) -> u32 {
        let offset = (block.as_ptr().addr() & (PAGE_BYTES - 1)) - FIRST_BLOCK;
        let index = (offset as u64 * u64::from(self.reciprocal)) >> 32;
        debug_assert!(index < u64::from(self.capacity), "INV-HEAP-8: {block:p} is in no block of its page");
        index as u32
    }

    /// The block at an index.
    #[inline(always)]
    fn block_at(&self, index: u32) -> NonNull<u8> {
        debug_assert!(index < self.capacity);
        // SAFETY: INV-HEAP-7; the page's memory has room for `capacity` blocks behind the header.
        unsafe { self.memory.add(FIRST_BLOCK + index as usize * self.block_bytes) }
    }

    /// The live blocks, by rising address. Memory that no block was ever handed out from is not touched.
    ///
    /// # Safety
    /// The world is stopped, or the page is the calling thread's own; and until the iterator is dropped nobody
    /// allocates from the page. Freeing the block that was just returned is allowed.
    pub unsafe fn blocks(&self) -> impl Iterator<Item = NonNull<u8>> + '_ {
        // Relaxed: the owner is this thread, or stopped.
        let carved = self.local.0.carved.load(Ordering::Relaxed);
        // SAFETY: INV-HEAP-3; the caller promises that no other thread writes the blocks, which are carved.
        (0..carved).map(|index| self.block_at(index)).filter(|&block| unsafe { block::is_live(block) })
    }

    /// A word for each block, for the collector's use: zero when first asked for. `None` if memory is short.
    ///
    /// Threads of the collector may ask at the same time and get the same array.
    pub fn scratch(&self) -> Option<&[AtomicU32]> {
        scratch::get_or_create(&self.scratch, self.capacity as usize)
    }

    /// Frees the array of [`scratch`](Self::scratch).
    ///
    /// # Safety
    /// Nobody uses the array any more, nor asks for it meanwhile.
    pub unsafe fn drop_scratch(&self) {
        // SAFETY: INV-HEAP-9; promised by the caller.
        unsafe { scratch::destroy(&self.scratch, self.capacity as usize) };
    }

    /// Makes a used block the first of a chain for [`Heap::free_chain_remote`](super::Heap::free_chain_remote);
    /// `next` is the chain so far.
    ///
    /// # Safety
    /// The caller owns the block and gives it up; `next` is in the same page.
    pub unsafe fn chain(block: NonNull<u8>, next: Option<NonNull<u8>>) {
        // SAFETY: INV-HEAP-4; the block is used, so its page stays.
        let page = unsafe { Self::of(block).as_ref() };
        // SAFETY: INV-HEAP-1; promised by the caller.
        unsafe { mark_free(block, page.block_bytes) };
        // SAFETY: INV-HEAP-1; as above.
        unsafe { page.set_link(block, next.map_or(ptr::null_mut(), NonNull::as_ptr)) };
    }

    /// Pushes a chain of `count` linked blocks, from `first` to `last`, onto the page's remote list.
    ///
    /// Takes a pointer and not a reference: the page may be gone as soon as the push is visible (INV-HEAP-4).
    ///
    /// # Safety
    /// The caller owns the blocks; they are used blocks of the page; it gives them up.
    pub(super) unsafe fn push_remote(page: NonNull<Self>, first: NonNull<u8>, last: NonNull<u8>, count: u32) {
        // SAFETY: INV-HEAP-4; the caller's blocks are used, so the page stays until the push below succeeds.
        let header = unsafe { page.as_ref() };
        let (memory, remote) = (header.memory, &header.remote.0);
        let first_offset = (first.as_ptr().addr() & (PAGE_BYTES - 1)) as u32;
        // Release: what was done to the blocks, and their links, happen before the owner's taking (Acquire in
        // `take_remote`). A push that follows another continues its release sequence.
        let order = if mutant!("heap_push_relaxed") { Ordering::Relaxed } else { Ordering::Release };
        // Relaxed: the value is only stored in the link; the owner takes the list with Acquire before it follows it.
        let mut head = remote.load(Ordering::Relaxed);
        loop {
            // SAFETY: INV-HEAP-4; as above.
            let next = unsafe { header.block_by_offset(memory, head) };
            // SAFETY: INV-HEAP-1; the caller owns the block.
            unsafe { header.set_link(last, next) };
            let pushed = ((head >> 16) + count) << 16 | first_offset;
            match remote.compare_exchange_weak(head, pushed, order, Ordering::Relaxed) {
                Ok(_) => return,
                Err(current) => head = current,
            }
        }
    }

    /// The remote word as it was a moment ago.
    fn remote_hint(&self) -> u32 {
        // Relaxed: nothing is done with the blocks before `take_remote` looks again. Loom remembers only the last
        // access to a word and so would not try a push before this one if this were a load; it sees every
        // order against a read-modify-write.
        if cfg!(loom) {
            self.remote.0.fetch_or(0, Ordering::Relaxed)
        } else {
            self.remote.0.load(Ordering::Relaxed)
        }
    }

    /// The first block of a remote list.
    ///
    /// # Safety
    /// `head` is a value of this page's remote word, and the page is alive.
    unsafe fn block_by_offset(&self, memory: NonNull<u8>, head: u32) -> *mut u8 {
        match head as u16 {
            0 => ptr::null_mut(),
            // SAFETY: INV-HEAP-7; offsets are of blocks within the page.
            offset => unsafe { memory.as_ptr().add(offset.into()) },
        }
    }

    #[inline(always)]
    unsafe fn set_link(&self, block: NonNull<u8>, next: *mut u8) {
        #[cfg(loom)]
        // SAFETY: INV-HEAP-1; promised by the caller, checked by loom.
        unsafe {
            self.links[self.index_of(block) as usize].set(())
        };
        // SAFETY: INV-HEAP-1; promised by the caller.
        unsafe { block::set_link(block, next) };
    }

    #[inline(always)]
    unsafe fn link(&self, block: NonNull<u8>) -> *mut u8 {
        #[cfg(loom)]
        // SAFETY: INV-HEAP-1; promised by the caller, checked by loom. A write, because handing a block out must be
        // ordered after every access to it.
        unsafe {
            self.links[self.index_of(block) as usize].set(())
        };
        // SAFETY: INV-HEAP-1; promised by the caller.
        unsafe { block::link(block) }
    }

    /// Access to what only the owner touches.
    ///
    /// # Safety
    /// INV-HEAP-2: the caller owns the page, or holds the pool's lock and nobody owns it, or owns it alone
    /// because it is in no list, or its owner is stopped.
    #[inline(always)]
    pub(super) unsafe fn owned(&self) -> Owned<'_> {
        Owned(self)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: INV-HEAP-9; `&mut self`.
        unsafe { self.drop_scratch() };
    }
}

/// Makes a block free in its own eyes, and poisons it in debug builds.
///
/// # Safety
/// The caller has the block to itself, and it has `size_bytes` bytes.
#[inline(always)]
pub(super) unsafe fn mark_free(block: NonNull<u8>, size_bytes: usize) {
    // SAFETY: INV-HEAP-1; promised by the caller.
    unsafe { block::clear_word_0(block) };
    if block::POISONING {
        // SAFETY: INV-HEAP-1; as above.
        unsafe { block::poison(block, size_bytes) };
    }
}
