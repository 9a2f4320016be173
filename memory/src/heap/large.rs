//! Objects over 8 KiB: a page of their own, as long as it takes.
//!
//! The block begins within the first 64 KiB, so masking its address finds the header as in any page (INV-HEAP-7).
//! A large page has no owner: its one block is freed by whoever frees it, and the page with it.

use std::ptr::NonNull;

use super::block;
use super::page::{FIRST_BLOCK, Page};
use super::size_class::Kind;
use super::system;

/// A page for one block of `size_bytes`, not registered. `None` if there is no such memory.
pub(super) fn create(size_bytes: usize, kind: Kind) -> Option<NonNull<Page>> {
    let block_bytes = size_bytes.checked_next_multiple_of(16)?;
    let allocation_bytes = block_bytes.checked_add(FIRST_BLOCK)?;
    let memory = system::allocate(allocation_bytes)?;
    let page = memory.cast::<Page>();
    // SAFETY: the memory is new, aligned to a page, and longer than the header.
    unsafe { page.write(Page::new(memory, allocation_bytes, block_bytes, kind, None)) };
    // SAFETY: the memory has room for the block behind the header.
    let first = unsafe { memory.add(FIRST_BLOCK) };
    // SAFETY: INV-HEAP-1; the block is new.
    unsafe { block::clear_word_0(first) };
    // SAFETY: the page was written above.
    let header = unsafe { page.as_ref() };
    // SAFETY: INV-HEAP-2; nobody else knows the page.
    unsafe { header.owned() }.make_single(first);
    Some(page)
}
