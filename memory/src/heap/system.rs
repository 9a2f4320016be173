//! Where page memory comes from: mimalloc, and `std` where that cannot run (models, Miri).

use std::alloc::{GlobalAlloc, Layout};
use std::ptr::NonNull;

use super::page::PAGE_BYTES;

#[cfg(not(any(loom, miri)))]
static SOURCE: mimalloc::MiMalloc = mimalloc::MiMalloc;
#[cfg(any(loom, miri))]
static SOURCE: std::alloc::System = std::alloc::System;

/// Memory of `size_bytes`, aligned to a page; `None` if there is none, or if no such size can exist.
pub(super) fn allocate(size_bytes: usize) -> Option<NonNull<u8>> {
    let layout = Layout::from_size_align(size_bytes, PAGE_BYTES).ok()?;
    debug_assert!(size_bytes > 0);
    // SAFETY: the layout's size is not zero: a page has at least its header.
    NonNull::new(unsafe { SOURCE.alloc(layout) })
}

/// Gives memory back.
///
/// # Safety
/// `memory` came from [`allocate`] with the same size, and nobody uses it any more.
pub(super) unsafe fn release(memory: NonNull<u8>, size_bytes: usize) {
    // SAFETY: `allocate` made this layout from the same size.
    let layout = unsafe { Layout::from_size_align_unchecked(size_bytes, PAGE_BYTES) };
    // SAFETY: promised by the caller.
    unsafe { SOURCE.dealloc(memory.as_ptr(), layout) };
}
