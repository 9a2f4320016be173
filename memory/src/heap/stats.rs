//! What a heap holds, counted.

use super::page::Page;
use super::size_class::{BIN_COUNT, Bin};

/// One bin's share of a heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BinStats {
    /// Pages that serve the bin.
    pub pages: usize,
    /// Blocks that were handed out and not freed.
    pub live_blocks: usize,
    /// Bytes in those blocks.
    pub live_bytes: usize,
}

/// A heap's size. Exact if taken while the world is stopped, approximate otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeapStats {
    bins: [BinStats; BIN_COUNT],
    /// Objects with a page of their own.
    pub large: BinStats,
    /// Pages of threads that exited, counted in their bins too.
    pub abandoned_pages: usize,
    /// Unused pages that are kept for any bin.
    pub cached_pages: usize,
}

impl HeapStats {
    pub(super) fn new(abandoned_pages: usize, cached_pages: usize) -> Self {
        let none = BinStats::default();
        Self { bins: [none; BIN_COUNT], large: none, abandoned_pages, cached_pages }
    }

    pub(super) fn add(&mut self, page: &Page) {
        let stats = match page.bin() {
            Some(bin) => &mut self.bins[bin.index()],
            None => &mut self.large,
        };
        let live = page.live_blocks() as usize;
        stats.pages += 1;
        stats.live_blocks += live;
        stats.live_bytes += live * page.block_bytes();
    }

    /// One bin's share.
    pub fn bin(&self, bin: Bin) -> BinStats {
        self.bins[bin.index()]
    }

    /// Everything together.
    pub fn total(&self) -> BinStats {
        self.bins.iter().fold(self.large, |sum, bin| BinStats {
            pages: sum.pages + bin.pages,
            live_blocks: sum.live_blocks + bin.live_blocks,
            live_bytes: sum.live_bytes + bin.live_bytes,
        })
    }
}
