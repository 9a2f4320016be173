//! Large blocks straight from the system.
//!
//! A list that grows to a million items is moved a hundred times, and an allocator that copies it each time keeps
//! most of the places where it has been. The system moves pages without copying them, and takes back what is given back. What it
//! costs is that fresh pages are faulted in and cleared, so a few blocks that were given back are kept for the next ones: a program that makes
//! and drops a large list in a loop gets the same pages again.

use std::alloc::Layout;
use std::ptr;

use threads::sync::Mutex;

/// Blocks from this size on.
const LEAST_BYTES: usize = 256 << 10;
/// What is kept, all blocks together.
const KEPT_BYTES: usize = 2 << 20;
const KEPT_BLOCKS: usize = 4;
const SYSTEM_PAGE_BYTES: usize = 4096;

#[derive(Clone, Copy)]
struct Block {
    address: usize,
    size_bytes: usize,
}

const NOTHING: Block = Block { address: 0, size_bytes: 0 };

/// Not waited for: who does not get it does without, in the child of a fork for good perhaps.
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
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping, which overlaps none.
    let address = unsafe { libc::mmap(ptr::null_mut(), size_bytes, protection, flags, -1, 0) };
    if address == libc::MAP_FAILED { (ptr::null_mut(), true) } else { (address.cast(), true) }
}

fn take_kept(size_bytes: usize) -> Option<*mut u8> {
    let found = {
        let mut kept = KEPT.try_lock()?;
        let place = kept.iter_mut().find(|block| block.size_bytes >= size_bytes)?;
        std::mem::replace(place, NOTHING)
    };
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

fn keep(memory: *mut u8, size_bytes: usize) -> bool {
    let Some(mut kept) = KEPT.try_lock() else { return false };
    let all: usize = kept.iter().map(|block| block.size_bytes).sum();
    if all + size_bytes > KEPT_BYTES {
        return false;
    }
    match kept.iter_mut().find(|block| block.address == 0) {
        Some(place) => {
            *place = Block { address: memory.expose_provenance(), size_bytes };
            true
        }
        None => false,
    }
}

/// # Safety
/// Whole pages of mappings of this file's, which nobody uses.
unsafe fn unmap(address: *mut u8, size_bytes: usize) {
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
}
