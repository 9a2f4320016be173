//! Which block size serves a request.
//!
//! Sizes are multiples of 16, because values use the low bits of an address. Up to 128 bytes every multiple of 16
//! has its class; above, each doubling has four, so that at most a fifth of a block is padding (a quarter of the
//! request). One page serves one size class and one [`Kind`]; the pair is a [`Bin`].

use super::page::{FIRST_BLOCK, PAGE_BYTES};

/// The smallest block: the object header's 24 bytes and a word.
pub const SMALLEST_BYTES: usize = 32;
/// The largest block that shares a page; longer objects have a page of their own.
/// (Few classes in models: loom runs them on small stacks.)
pub const LARGEST_BYTES: usize = if cfg!(loom) { 128 } else { 8192 };

const GRANULE: usize = 16;
const LINEAR_TO: usize = 128;

/// The number of size classes.
pub const CLASS_COUNT: usize =
    (LINEAR_TO - SMALLEST_BYTES) / GRANULE + 1 + 4 * (LARGEST_BYTES / LINEAR_TO).ilog2() as usize;
/// The number of bins: each class for each kind.
pub const BIN_COUNT: usize = 2 * CLASS_COUNT;

const SIZES: [u16; CLASS_COUNT] = {
    let mut sizes = [0; CLASS_COUNT];
    let (mut size, mut step, mut class) = (SMALLEST_BYTES, GRANULE, 0);
    while class < CLASS_COUNT {
        sizes[class] = size as u16;
        if size >= LINEAR_TO && size.is_power_of_two() {
            step = size / 4;
        }
        size += step;
        class += 1;
    }
    sizes
};
const _: () = assert!(SIZES[CLASS_COUNT - 1] as usize == LARGEST_BYTES);

/// Class by size in granules, rounded up.
const CLASS_BY_GRANULES: [u8; LARGEST_BYTES / GRANULE + 1] = {
    let mut table = [0; LARGEST_BYTES / GRANULE + 1];
    let (mut granules, mut class) = (0, 0);
    while granules < table.len() {
        if granules * GRANULE > SIZES[class] as usize {
            class += 1;
        }
        table[granules] = class as u8;
        granules += 1;
    }
    table
};

/// Whether the cycle collector walks the blocks of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Objects that can be part of no cycle.
    Untracked = 0,
    /// Objects that the cycle collector visits.
    Tracked = 1,
}

/// A block size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeClass(u8);

impl SizeClass {
    /// The smallest class whose blocks hold `size_bytes`; `None` if that takes a page of its own.
    #[inline(always)]
    pub const fn of(size_bytes: usize) -> Option<Self> {
        if size_bytes > LARGEST_BYTES {
            return None;
        }
        Some(Self(CLASS_BY_GRANULES[size_bytes.div_ceil(GRANULE)]))
    }

    /// Every class, smallest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..CLASS_COUNT as u8).map(Self)
    }

    /// Bytes in a block.
    #[inline(always)]
    pub const fn size_bytes(self) -> usize {
        SIZES[self.0 as usize] as usize
    }

    /// Blocks in a page. Models make do with three, which keeps them explorable.
    pub const fn blocks_per_page(self) -> u32 {
        if cfg!(loom) { 3 } else { ((PAGE_BYTES - FIRST_BLOCK) / self.size_bytes()) as u32 }
    }

    /// Blocks that are linked into the free list at a time: 4 KiB worth, so that a fresh page touches little memory.
    pub(super) const fn blocks_per_carve(self) -> u32 {
        if cfg!(loom) { 2 } else { (4096_u32).div_ceil(self.size_bytes() as u32) }
    }

    /// 2^32 / size, rounded up: `offset * reciprocal >> 32` is `offset / size` for every offset within a page.
    ///
    /// The rounding adds less than `offset / 2^32 < 2^-16` to the quotient, and the fraction of a quotient that is
    /// not whole is at most `1 - 1/size <= 1 - 2^-13`, so it never reaches the next integer (INV-HEAP-8).
    pub(super) const fn reciprocal(self) -> u32 {
        (1_u64 << 32).div_ceil(self.size_bytes() as u64) as u32
    }
}

/// A size class and a kind: what the blocks of one page have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin(u8);

impl Bin {
    /// The bin of `class` and `kind`.
    #[inline(always)]
    pub const fn new(class: SizeClass, kind: Kind) -> Self {
        Self(class.0 * 2 + kind as u8)
    }

    /// Every bin.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..BIN_COUNT as u8).map(Self)
    }

    /// Its size class.
    pub const fn class(self) -> SizeClass {
        SizeClass(self.0 / 2)
    }

    /// Its kind.
    pub const fn kind(self) -> Kind {
        if self.0 & 1 == 0 { Kind::Untracked } else { Kind::Tracked }
    }

    /// Its place in a table of [`BIN_COUNT`] entries.
    #[inline(always)]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}
