//! The words of a block.
//!
//! ```text
//!            word 0            word 1              bytes 16 ..
//! live       not zero          the object's        the object's
//! free       0                 next free block     0xDB in debug builds and under `--cfg zeal`
//! ```
//! Word 0 is where an object keeps its shape pointer, which is never null; so the collector tells live blocks from
//! free ones by looking at memory that it is about to visit anyhow (INV-HEAP-3).

use std::ptr::NonNull;

/// What the bytes of freed memory are set to.
pub const POISON: u8 = 0xDB;
/// Whether freed memory is poisoned, and the poison checked.
pub const POISONING: bool = cfg!(any(debug_assertions, zeal));

const LINK_OFFSET: usize = 8;
const POISON_OFFSET: usize = 16;

/// Whether a block holds an object.
///
/// # Safety
/// `block` is a carved block of a page, and nobody writes to its word 0 meanwhile.
#[inline(always)]
pub(super) unsafe fn is_live(block: NonNull<u8>) -> bool {
    // SAFETY: INV-HEAP-3; promised by the caller. Blocks are 16-byte aligned.
    unsafe { block.cast::<usize>().read() != 0 }
}

/// Makes a block free in its own eyes.
///
/// # Safety
/// The caller has the block to itself.
#[inline(always)]
pub(super) unsafe fn clear_word_0(block: NonNull<u8>) {
    // SAFETY: INV-HEAP-1; promised by the caller.
    unsafe { block.cast::<usize>().write(0) };
}

/// The next block of the list that a free block is in.
///
/// # Safety
/// The block is free, and the caller has its list to itself.
#[inline(always)]
pub(super) unsafe fn link(block: NonNull<u8>) -> *mut u8 {
    // SAFETY: INV-HEAP-1; every block has at least 32 bytes.
    let word = unsafe { block.add(LINK_OFFSET) };
    // SAFETY: INV-HEAP-1; promised by the caller.
    unsafe { word.cast::<*mut u8>().read() }
}

/// Links a free block to the next.
///
/// # Safety
/// The caller has the block to itself.
#[inline(always)]
pub(super) unsafe fn set_link(block: NonNull<u8>, next: *mut u8) {
    // SAFETY: INV-HEAP-1; every block has at least 32 bytes.
    let word = unsafe { block.add(LINK_OFFSET) };
    // SAFETY: INV-HEAP-1; promised by the caller.
    unsafe { word.cast::<*mut u8>().write(next) };
}

/// Poisons the bytes behind the link.
///
/// # Safety
/// The caller has the block to itself, and it has `size_bytes` bytes.
pub(super) unsafe fn poison(block: NonNull<u8>, size_bytes: usize) {
    // SAFETY: every block has at least 32 bytes.
    let start = unsafe { block.add(POISON_OFFSET) };
    // SAFETY: INV-HEAP-1; promised by the caller.
    unsafe { start.write_bytes(POISON, size_bytes - POISON_OFFSET) };
}

/// Checks that nobody wrote to a block while it was free.
///
/// # Safety
/// As for [`poison`], by which the block was last written.
#[cold]
pub(super) unsafe fn assert_untouched(block: NonNull<u8>, size_bytes: usize) {
    // SAFETY: promised by the caller.
    let live = unsafe { is_live(block) };
    assert!(!live, "INV-HEAP-3: word 0 of the free block {block:p} was written");
    // SAFETY: every block has at least 32 bytes.
    let start = unsafe { block.add(POISON_OFFSET) };
    // SAFETY: INV-HEAP-1; promised by the caller, and `poison` initialised the bytes.
    let bytes = unsafe { std::slice::from_raw_parts(start.as_ptr(), size_bytes - POISON_OFFSET) };
    if let Some(at) = bytes.iter().position(|&byte| byte != POISON) {
        panic!("INV-HEAP-3: byte {} of the free block {block:p} was written", at + POISON_OFFSET);
    }
}
