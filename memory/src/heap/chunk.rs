//! Memory for pages: cut from chunks of a megabyte, and kept when a page is released.
//!
//! A single page would be a bad request to mimalloc: to align 64 KiB to 64 KiB it takes twice as much (measured: 2.3
//! bytes resident for each byte of 8 KiB objects, and 1.3 with chunks). In a chunk the alignment costs a sixteenth.

use std::ptr::NonNull;

use super::page::PAGE_BYTES;
use super::system;

const CHUNK_PAGES: usize = if cfg!(loom) { 1 } else { 16 };
const CHUNK_BYTES: usize = CHUNK_PAGES * PAGE_BYTES;
/// Unused pages that are kept at least, if there are as many: 4 MiB.
const KEPT_PAGES: usize = if cfg!(loom) { 1 } else { 64 };

/// Chunks, and which of their pages are unused.
pub(super) struct Chunks {
    chunks: Vec<NonNull<u8>>,
    /// Has room for every page there is, so that taking a page back never allocates.
    unused: Vec<NonNull<u8>>,
    /// How many unused pages are worth a search for chunks that are unused as a whole.
    search_at: usize,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self { chunks: Vec::new(), unused: Vec::new(), search_at: 2 * KEPT_PAGES }
    }

    /// The number of unused pages.
    pub(super) fn unused_pages(&self) -> usize {
        self.unused.len()
    }

    /// Memory for a page. `None` if there is none.
    pub(super) fn take(&mut self) -> Option<NonNull<u8>> {
        if self.unused.is_empty() {
            self.chunks.try_reserve(1).ok()?;
            self.unused.try_reserve((self.chunks.len() + 1) * CHUNK_PAGES).ok()?;
            let chunk = system::allocate(CHUNK_BYTES)?;
            self.chunks.push(chunk);
            // SAFETY: a chunk has `CHUNK_PAGES` pages.
            self.unused.extend((0..CHUNK_PAGES).rev().map(|i| unsafe { chunk.add(i * PAGE_BYTES) }));
        }
        self.unused.pop()
    }

    /// Takes a page's memory back.
    ///
    /// # Safety
    /// It came from [`take`](Self::take), and nobody uses it any more (INV-HEAP-4).
    pub(super) unsafe fn put_back(&mut self, memory: NonNull<u8>) {
        self.unused.push(memory);
        if self.unused.len() >= self.search_at {
            self.release_unused();
        }
    }

    /// Gives chunks without used pages back to the system, but keeps some pages.
    #[cold]
    fn release_unused(&mut self) {
        // The lowest addresses last, so that they are used first and the other chunks run empty.
        self.unused.sort_unstable_by(|a, b| b.cmp(a));
        self.chunks.sort_unstable_by(|a, b| b.cmp(a));
        let (unused, mut from, mut kept) = (&mut self.unused, 0, 0);
        self.chunks.retain(|&chunk| {
            let (start, len) = (chunk.as_ptr().addr(), unused.len());
            let in_chunk = unused[from..].iter().take_while(|page| page.as_ptr().addr() >= start).count();
            if in_chunk == CHUNK_PAGES && len - CHUNK_PAGES >= KEPT_PAGES {
                unused.drain(from..from + in_chunk);
                // SAFETY: INV-HEAP-4; all pages of the chunk were unused, and they were just forgotten.
                unsafe { system::release(chunk, CHUNK_BYTES) };
                return false;
            }
            from += in_chunk;
            kept += in_chunk;
            true
        });
        self.search_at = 2 * kept.max(KEPT_PAGES);
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        for &chunk in &self.chunks {
            // SAFETY: the pool's end: no heap is left, and so no user of a page.
            unsafe { system::release(chunk, CHUNK_BYTES) };
        }
    }
}
