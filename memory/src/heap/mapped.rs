//! Large blocks straight from the system.
//!
//! A list that grows to a million items is moved a hundred times, and an allocator that copies it each time keeps
//! most of the places where it has been. The system moves pages without copying them, and takes back what is given back. What it
//! costs is that fresh pages are faulted in and cleared, so a few blocks that were given back are kept for the next ones: a program that makes
//! and drops a large list in a loop gets the same pages again.

use std::alloc::Layout;
use std::ptr::{self, NonNull};

use threads::sync::Mutex;

/// Blocks from this size on.
const LEAST_BYTES: usize = 256 << 10;
/// What is kept at most, all blocks together. (glibc comes to keep up to 64 MiB: `M_TRIM_THRESHOLD` in mallopt(3).)
const KEPT_BYTES: usize = 16 << 20;
const KEPT_BLOCKS: usize = 8;
const SYSTEM_PAGE_BYTES: usize = 4096;

#[derive(Clone, Copy)]
struct Block {
    address: usize,
    size_bytes: usize,
}

const NOTHING: Block = Block { address: 0, size_bytes: 0 };

/// The oldest first, then NOTHING. Not waited for: who does not get it does without, in the child of a fork for good perhaps.
static KEPT: Mutex<[Block; KEPT_BLOCKS]> = Mutex::new([NOTHING; KEPT_BLOCKS]);

/// Whether a block of that layout comes from here.
#[inline(always)]
pub(super) fn is_mapped(layout: Layout) -> bool {
    is_mapped_size(layout.size()) && layout.align() <= SYSTEM_PAGE_BYTES
}

/// As [`is_mapped`], for an alignment that is known to be small.
#[inline(always)]
pub(super) fn is_mapped_size(size_bytes: usize) -> bool {
    size_bytes >= LEAST_BYTES
}

fn rounded(size_bytes: usize) -> Option<usize> {
    size_bytes.checked_next_multiple_of(SYSTEM_PAGE_BYTES)
}

/// A block that is at least as large as that, kept or new; and whether it is clear.
#[cold]
pub(super) fn allocate(size_bytes: usize) -> (*mut u8, bool) {
    let Some(size_bytes) = rounded(size_bytes) else { return (ptr::null_mut(), true) };
    if size_bytes <= KEPT_BYTES
        && let Some(kept) = take_kept(size_bytes)
    {
        return (kept, false);
    }
    (map(size_bytes).map_or(ptr::null_mut(), NonNull::as_ptr), true)
}

fn map(size_bytes: usize) -> Option<NonNull<u8>> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping, which overlaps none.
    let address = unsafe { libc::mmap(ptr::null_mut(), size_bytes, protection, flags, -1, 0) };
    if address == libc::MAP_FAILED { None } else { NonNull::new(address.cast()) }
}

/// Clear memory of `size_bytes`, a power of two, aligned to its size; in huge pages if `is_huge` and the system has them, else in
/// ordinary ones. Given back by [`unmap`]. `None` if there is none.
pub(super) fn allocate_aligned(size_bytes: usize, is_huge: bool) -> Option<NonNull<u8>> {
    debug_assert!(size_bytes.is_power_of_two() && size_bytes >= SYSTEM_PAGE_BYTES);
    let mut memory = map(size_bytes)?;
    // Newer kernels align what could be in huge pages, and what comes after an aligned mapping often lies beside it.
    if !memory.as_ptr().addr().is_multiple_of(size_bytes) {
        // SAFETY: made above, and nobody uses it.
        unsafe { unmap(memory.as_ptr(), size_bytes) };
        memory = map_and_trim(size_bytes)?;
    }
    let advice = if is_huge { libc::MADV_HUGEPAGE } else { libc::MADV_NOHUGEPAGE };
    // SAFETY: a mapping of its own, whose contents this does not change. That it fails means that there are no huge pages.
    let _ = unsafe { libc::madvise(memory.as_ptr().cast(), size_bytes, advice) };
    Some(memory)
}

/// Maps twice as much and keeps the part that is aligned.
fn map_and_trim(size_bytes: usize) -> Option<NonNull<u8>> {
    let all = map(size_bytes.checked_mul(2)?)?;
    let before = all.as_ptr().align_offset(size_bytes);
    // SAFETY: what is before the aligned part is less than a half.
    let aligned = unsafe { all.add(before) };
    if before > 0 {
        // SAFETY: the beginning of the mapping, which nobody uses.
        unsafe { unmap(all.as_ptr(), before) };
    }
    // SAFETY: the end of the mapping, not empty, which nobody uses.
    unsafe { unmap(aligned.as_ptr().wrapping_add(size_bytes), size_bytes - before) };
    Some(aligned)
}

/// Takes out the block that came last of those that are large enough and not more than twice as large as need be.
fn remove(kept: &mut [Block; KEPT_BLOCKS], size_bytes: usize) -> Option<Block> {
    let fits = |block: &Block| block.size_bytes >= size_bytes && block.size_bytes / 2 <= size_bytes;
    let place = kept.iter().rposition(fits)?;
    let found = std::mem::replace(&mut kept[place], NOTHING);
    kept[place..].rotate_left(1);
    Some(found)
}

/// Puts in a block of [`KEPT_BYTES`] at most; the oldest ones, which have to go for it.
fn insert(kept: &mut [Block; KEPT_BLOCKS], block: Block) -> [Block; KEPT_BLOCKS] {
    let mut superseded = [NOTHING; KEPT_BLOCKS];
    let mut all: usize = kept.iter().map(|block| block.size_bytes).sum();
    let mut count = kept.iter().filter(|block| block.address != 0).count();
    for place in &mut superseded {
        if all + block.size_bytes <= KEPT_BYTES && count < KEPT_BLOCKS {
            break;
        }
        *place = std::mem::replace(&mut kept[0], NOTHING);
        kept.rotate_left(1);
        all -= place.size_bytes;
        count -= 1;
    }
    kept[count] = block;
    superseded
}

fn take_kept(size_bytes: usize) -> Option<*mut u8> {
    let found = remove(&mut *KEPT.try_lock()?, size_bytes)?;
    let address: *mut u8 = ptr::with_exposed_provenance_mut(found.address);
    if found.size_bytes > size_bytes {
        // SAFETY: the end of a mapping of this file's, which nobody uses.
        unsafe { unmap(address.wrapping_add(size_bytes), found.size_bytes - size_bytes) };
    }
    Some(address)
}

/// Gives a block back.
///
/// # Safety
/// It came from [`allocate`] or [`reallocate`] with that size, and nobody uses it any more.
#[cold]
pub(super) unsafe fn release(memory: *mut u8, size_bytes: usize) {
    let Some(size_bytes) = rounded(size_bytes) else { return };
    if !keep(memory, size_bytes) {
        // SAFETY: promised by the caller.
        unsafe { unmap(memory, size_bytes) };
    }
}

/// Keeps a block, in place of the oldest ones if need be; false if it is too large, or somebody else has the list.
fn keep(memory: *mut u8, size_bytes: usize) -> bool {
    if size_bytes > KEPT_BYTES {
        return false;
    }
    let Some(mut kept) = KEPT.try_lock() else { return false };
    let superseded = insert(&mut kept, Block { address: memory.expose_provenance(), size_bytes });
    drop(kept);
    for block in superseded.iter().filter(|block| block.address != 0) {
        // SAFETY: a block of this file's that was kept, and is in the list no more.
        unsafe { unmap(ptr::with_exposed_provenance_mut(block.address), block.size_bytes) };
    }
    true
}

/// Ends a mapping, or a part of one.
///
/// # Safety
/// Whole pages of mappings of this file's, which nobody uses.
pub(super) unsafe fn unmap(address: *mut u8, size_bytes: usize) {
    // SAFETY: promised by the caller. That it fails would mean that the system has no memory for its own table: the pages stay.
    let _ = unsafe { libc::munmap(address.cast(), size_bytes) };
}

/// Gives a block another size, and perhaps another place; null if there is no memory, and nothing has changed.
///
/// # Safety
/// As for [`release`]; the new size is one of this file's, too.
#[cold]
pub(super) unsafe fn reallocate(memory: *mut u8, before_bytes: usize, size_bytes: usize) -> *mut u8 {
    let (Some(before), Some(after)) = (rounded(before_bytes), rounded(size_bytes)) else {
        return ptr::null_mut();
    };
    if before == after {
        return memory;
    }
    // SAFETY: promised by the caller.
    let moved = unsafe { libc::mremap(memory.cast(), before, after, libc::MREMAP_MAYMOVE) };
    if moved == libc::MAP_FAILED { ptr::null_mut() } else { moved.cast() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_blocks_are_aligned_and_clear() {
        const BYTES: usize = 2 << 20;
        // One that is not aligned, so that others must be trimmed on kernels that do not align by themselves.
        let odd = map(SYSTEM_PAGE_BYTES).expect("memory");
        let blocks: Vec<_> = (0..8)
            .map(|i| allocate_aligned(BYTES, i % 2 == 0).expect("memory"))
            .chain(map_and_trim(BYTES))
            .collect();
        for block in &blocks {
            assert!(block.as_ptr().addr().is_multiple_of(BYTES));
            let last = block.as_ptr().wrapping_add(BYTES - 1);
            // SAFETY: inside the block.
            assert_eq!(unsafe { last.read() }, 0);
            // SAFETY: as above.
            unsafe { last.write(1) };
        }
        for block in blocks {
            // SAFETY: allocated above.
            unsafe { unmap(block.as_ptr(), BYTES) };
        }
        // SAFETY: mapped above.
        unsafe { unmap(odd.as_ptr(), SYSTEM_PAGE_BYTES) };
    }

    #[test]
    fn large_blocks_keep_their_contents_and_are_kept() {
        let (first, clear) = allocate(LEAST_BYTES + 1);
        assert!(!first.is_null() && clear);
        // SAFETY: inside the block.
        unsafe { first.wrapping_add(LEAST_BYTES).write(7) };
        // SAFETY: allocated above.
        let grown = unsafe { reallocate(first, LEAST_BYTES + 1, LEAST_BYTES * 3) };
        // SAFETY: inside the block, and written above.
        assert_eq!(unsafe { grown.wrapping_add(LEAST_BYTES).read() }, 7);
        // SAFETY: reallocated above.
        unsafe { release(grown, LEAST_BYTES * 3) };
        let (again, clear) = allocate(LEAST_BYTES * 2);
        assert!(again == grown && !clear);
        // SAFETY: allocated above.
        unsafe { release(again, LEAST_BYTES * 2) };
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_newest() {
        let mut list = [NOTHING; KEPT_BLOCKS];
        let block = |n: usize, mebibytes: usize| Block { address: n << 30, size_bytes: mebibytes << 20 };
        for n in 1..=KEPT_BLOCKS {
            assert_eq!(insert(&mut list, block(n, 1)).iter().filter(|block| block.address != 0).count(), 0);
        }
        let gone = insert(&mut list, block(9, 1));
        assert_eq!(gone[0].address, 1 << 30, "the oldest, for there are too many");
        let gone = insert(&mut list, block(10, 11));
        assert!(gone.iter().map(|block| block.address >> 30).eq([2, 3, 4, 0, 0, 0, 0, 0]), "too much");
        assert_eq!(
            remove(&mut list, 1 << 20).map(|block| block.address),
            Some(9 << 30),
            "the newest that fits"
        );
        assert!(remove(&mut list, 3 << 20).is_none(), "one that is much too large is left");
        assert_eq!(remove(&mut list, 6 << 20).map(|block| block.address), Some(10 << 30));
        assert!(
            list.iter().map(|block| block.address >> 30).eq([5, 6, 7, 8, 0, 0, 0, 0]),
            "the oldest first"
        );
        insert(&mut list, block(11, KEPT_BYTES >> 20));
        assert!(
            list.iter().map(|block| block.address >> 30).eq([11, 0, 0, 0, 0, 0, 0, 0]),
            "in place of all"
        );
    }
}
