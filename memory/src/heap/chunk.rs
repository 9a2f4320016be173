//! Memory for pages: cut from chunks of two megabytes, and kept for a while when a page is released.
//!
//! Chunks come from the system, not from the allocator below: to align memory that allocator takes more than is asked for, and where
//! its memory is in huge pages the rest is resident, too (measured: for a million strings of 64 bytes a ninth). A chunk is
//! as large as a huge page and lies where one can be, so that none is shared with what is not objects.

use std::ptr::NonNull;
use std::time::{Duration, Instant};

use super::page::PAGE_BYTES;
use super::system;

const CHUNK_PAGES: usize = if cfg!(loom) { 1 } else { 32 };
const CHUNK_BYTES: usize = CHUNK_PAGES * PAGE_BYTES;
/// So many chunks are in ordinary pages, 32 MiB. Huge ones pay for large programs; a small one would spend much of its time on filling
/// a few of them with zeros.
const SMALL_PAGED_CHUNKS: usize = 16;
/// Unused pages that are kept at least, if there are as many: 4 MiB.
const KEPT_PAGES: usize = if cfg!(loom) { 1 } else { 64 };
/// From so many on it is asked which of them have been unused for long.
const REVIEWED_PAGES: usize = 2 * KEPT_PAGES;
/// What was unused for so long is given back. A program that makes and drops as much again and again would
/// otherwise have it filled with zeros each time (measured: a tenth of the time that trees of small objects take).
const PATIENCE: Duration = if cfg!(loom) { Duration::ZERO } else { Duration::from_secs(1) };

/// Chunks, and which of their pages are unused.
pub(super) struct Chunks {
    chunks: Vec<NonNull<u8>>,
    /// Has room for every page there is, so that taking a page back never allocates.
    unused: Vec<NonNull<u8>>,
    /// The least that `unused` has held since then: what nobody has needed.
    least_unused: usize,
    since: Option<Instant>,
    /// When that was looked at last.
    reviewed: Option<Instant>,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self { chunks: Vec::new(), unused: Vec::new(), least_unused: 0, since: None, reviewed: None }
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
            let is_huge = self.chunks.len() >= SMALL_PAGED_CHUNKS;
            let chunk = system::allocate_chunk(CHUNK_BYTES, is_huge)?;
            self.chunks.push(chunk);
            // SAFETY: a chunk has `CHUNK_PAGES` pages.
            self.unused.extend((0..CHUNK_PAGES).rev().map(|i| unsafe { chunk.add(i * PAGE_BYTES) }));
        }
        let page = self.unused.pop();
        self.least_unused = self.least_unused.min(self.unused.len());
        page
    }

    /// Takes a page's memory back.
    ///
    /// # Safety
    /// It came from [`take`](Self::take), and nobody uses it any more (INV-HEAP-4).
    pub(super) unsafe fn put_back(&mut self, memory: NonNull<u8>) {
        self.unused.push(memory);
        self.review();
    }

    /// Gives back what has been unused for long. As pages are put back, and after collections.
    #[inline]
    pub(super) fn review(&mut self) {
        if self.unused.len() >= REVIEWED_PAGES {
            self.review_slow();
        }
    }

    #[cold]
    fn review_slow(&mut self) {
        let now = Instant::now();
        // Since then pages were taken, or so few were unused that nobody looked: what is unused has been so all the time, but for those few.
        let is_idle = self.reviewed.replace(now).is_some_and(|then| now.duration_since(then) >= PATIENCE);
        if is_idle {
            self.release_unused(self.unused.len());
        } else if let Some(since) = self.since {
            if now.duration_since(since) < PATIENCE {
                return;
            }
            self.release_unused(self.least_unused);
        }
        self.since = Some(now);
        self.least_unused = self.unused.len();
    }

    /// Gives chunks without used pages back to the system, of at most so many pages, but keeps some pages.
    #[cold]
    pub(super) fn release_unused(&mut self, most_pages: usize) {
        let mut left = most_pages.min(self.unused.len().saturating_sub(KEPT_PAGES));
        if left < CHUNK_PAGES {
            return;
        }
        // The lowest addresses last, so that they are used first and the other chunks run empty.
        self.unused.sort_unstable_by(|a, b| b.cmp(a));
        self.chunks.sort_unstable_by(|a, b| b.cmp(a));
        let (unused, mut from) = (&mut self.unused, 0);
        self.chunks.retain(|&chunk| {
            let start = chunk.as_ptr().addr();
            let in_chunk = unused[from..].iter().take_while(|page| page.as_ptr().addr() >= start).count();
            if in_chunk == CHUNK_PAGES && left >= CHUNK_PAGES {
                left -= CHUNK_PAGES;
                unused.drain(from..from + in_chunk);
                // SAFETY: INV-HEAP-4; all pages of the chunk were unused, and they were just forgotten.
                unsafe { system::release_chunk(chunk, CHUNK_BYTES) };
                return false;
            }
            from += in_chunk;
            true
        });
        self.least_unused = self.least_unused.min(self.unused.len());
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        for &chunk in &self.chunks {
            // SAFETY: the pool's end: no heap is left, and so no user of a page.
            unsafe { system::release_chunk(chunk, CHUNK_BYTES) };
        }
    }
}
