//! A table with one entry a thread id, that grows without moving.
//!
//! Ids are small and dense, entries are never freed, so a reader needs one load and no lock.

use crate::ThreadId;
use crate::sync::OnceLock;

#[cfg(not(loom))]
const SEGMENT_BITS: u32 = 8;
#[cfg(loom)]
const SEGMENT_BITS: u32 = 3; // a model has at most three threads, and pays for every entry it makes

const SEGMENT: usize = 1 << SEGMENT_BITS;
#[cfg(not(loom))]
const SEGMENTS: usize = (1 << 16) / SEGMENT;
#[cfg(loom)]
const SEGMENTS: usize = 1;

/// One `T` for each thread id, made when first asked for.
#[derive(Debug)]
pub struct IdTable<T> {
    segments: Box<[OnceLock<Box<[T]>>]>,
}

impl<T: Default> IdTable<T> {
    /// An empty table.
    pub fn new() -> Self {
        Self { segments: (0..SEGMENTS).map(|_| OnceLock::new()).collect() }
    }

    /// The entry of `id`.
    #[inline]
    pub fn get(&self, id: ThreadId) -> &T {
        let index = usize::from(id.get());
        let segment = &self.segments[index >> SEGMENT_BITS];
        match segment.get() {
            Some(entries) => &entries[index & (SEGMENT - 1)],
            None => self.get_slow(index),
        }
    }

    /// The entries that have been made: those that were asked for, and their neighbours.
    pub fn made(&self) -> impl Iterator<Item = &T> {
        self.segments.iter().filter_map(OnceLock::get).flat_map(|entries| entries.iter())
    }

    #[cold]
    fn get_slow(&self, index: usize) -> &T {
        let segment = &self.segments[index >> SEGMENT_BITS];
        &segment.get_or_init(|| (0..SEGMENT).map(|_| T::default()).collect())[index & (SEGMENT - 1)]
    }
}

impl<T: Default> Default for IdTable<T> {
    fn default() -> Self {
        Self::new()
    }
}
