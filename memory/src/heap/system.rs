//! Where page memory comes from: mimalloc, and `std` where that cannot run (models, Miri).

use std::alloc::{GlobalAlloc, Layout};
use std::ptr::NonNull;

use threads::sync::OnceLock;

#[cfg(all(target_os = "linux", not(any(loom, miri))))]
use super::mapped;
use super::page::PAGE_BYTES;

#[cfg(not(any(loom, miri)))]
static BELOW: super::general::General = super::general::General;
#[cfg(any(loom, miri))]
static BELOW: std::alloc::System = std::alloc::System;

static SOURCE: Allocator = Allocator;

/// The allocator of pages, and of programs: mimalloc, which reserves addresses without asking whether there is memory behind
/// them. More than the machine has is refused here, else a program that asks for `[0] * 10**12` would be killed as it is filled
/// in, instead of being told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator;

/// Requests below this are not looked at: no machine has less.
const LARGE_BYTES: usize = 256 << 20;

/// All memory of the machine, swap included; as much as there can be where it is not known.
#[cold]
fn machine_bytes() -> usize {
    static KNOWN: OnceLock<usize> = OnceLock::new();
    *KNOWN.get_or_init(|| ask_machine().unwrap_or(usize::MAX))
}

#[cfg(all(target_os = "linux", not(miri)))]
fn ask_machine() -> Option<usize> {
    let mut answer = std::mem::MaybeUninit::<libc::sysinfo>::zeroed();
    // SAFETY: there is room for the answer.
    if unsafe { libc::sysinfo(answer.as_mut_ptr()) } != 0 {
        return None;
    }
    // SAFETY: it has been written; all zeros would be an answer, too.
    let answer = unsafe { answer.assume_init() };
    let units =
        usize::try_from(answer.totalram).ok()?.checked_add(usize::try_from(answer.totalswap).ok()?)?;
    units.checked_mul(usize::try_from(answer.mem_unit).ok()?)
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn ask_machine() -> Option<usize> {
    None
}

/// How much of the heap is in ordinary pages after [`begin_with_small_pages`].
#[cfg(all(target_os = "linux", not(any(loom, miri))))]
const SMALL_PAGES_BYTES: usize = 32 << 20;

/// Keeps the beginning of the heap in ordinary pages: the allocator asks for huge ones, which pay for large programs, but a small
/// one would spend much of its time on filling a few of them with zeros. Objects' pages do so by themselves (`chunk`).
#[cfg(all(target_os = "linux", not(any(loom, miri))))]
pub fn begin_with_small_pages() {
    const HUGE_PAGE_BYTES: usize = 2 << 20;
    let probe = Box::new(0u8);
    let address = (&raw const *probe).expose_provenance() & !(HUGE_PAGE_BYTES - 1);
    let first: *mut libc::c_void = std::ptr::with_exposed_provenance_mut(address);
    // SAFETY: this changes no contents, and what lies beyond the heap may be in ordinary pages as well.
    let _ = unsafe { libc::madvise(first, SMALL_PAGES_BYTES, libc::MADV_NOHUGEPAGE) };
}

/// Other systems have no huge pages that one gets without asking.
#[cfg(not(all(target_os = "linux", not(any(loom, miri)))))]
pub fn begin_with_small_pages() {}

#[inline(always)]
fn is_refused(size_bytes: usize) -> bool {
    size_bytes >= LARGE_BYTES && size_bytes > machine_bytes()
}

// SAFETY: what is not refused is the allocator's below, with the same arguments.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_refused(layout.size()) {
            return std::ptr::null_mut();
        }
        #[cfg(all(target_os = "linux", not(any(loom, miri))))]
        if mapped::is_mapped(layout) {
            return mapped::allocate(layout.size()).0;
        }
        // SAFETY: promised by the caller.
        unsafe { BELOW.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_refused(layout.size()) {
            return std::ptr::null_mut();
        }
        #[cfg(all(target_os = "linux", not(any(loom, miri))))]
        if mapped::is_mapped(layout) {
            let (memory, clear) = mapped::allocate(layout.size());
            if !clear {
                // SAFETY: a block of that size.
                unsafe { memory.write_bytes(0, layout.size()) };
            }
            return memory;
        }
        // SAFETY: promised by the caller.
        unsafe { BELOW.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size_bytes: usize) -> *mut u8 {
        if is_refused(size_bytes) {
            return std::ptr::null_mut();
        }
        #[cfg(all(target_os = "linux", not(any(loom, miri))))]
        if mapped::is_mapped(layout) || mapped::is_mapped_size(size_bytes) {
            // SAFETY: promised by the caller.
            return unsafe { self.reallocate_large(memory, layout, size_bytes) };
        }
        // SAFETY: promised by the caller.
        unsafe { BELOW.realloc(memory, layout, size_bytes) }
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        #[cfg(all(target_os = "linux", not(any(loom, miri))))]
        if mapped::is_mapped(layout) {
            // SAFETY: promised by the caller; `alloc` took it from there.
            unsafe { mapped::release(memory, layout.size()) };
            return;
        }
        // SAFETY: promised by the caller.
        unsafe { BELOW.dealloc(memory, layout) };
    }
}

#[cfg(all(target_os = "linux", not(any(loom, miri))))]
impl Allocator {
    /// `realloc` where the old block or the new one is mapped.
    ///
    /// # Safety
    /// As for `realloc`.
    #[cold]
    unsafe fn reallocate_large(&self, memory: *mut u8, layout: Layout, size_bytes: usize) -> *mut u8 {
        if mapped::is_mapped(layout) && mapped::is_mapped_size(size_bytes) {
            // SAFETY: promised by the caller; both are mapped.
            return unsafe { mapped::reallocate(memory, layout.size(), size_bytes) };
        }
        let Ok(new_layout) = Layout::from_size_align(size_bytes, layout.align()) else {
            return std::ptr::null_mut();
        };
        // SAFETY: the size is not zero: promised by the caller.
        let moved = unsafe { self.alloc(new_layout) };
        if !moved.is_null() {
            let both = layout.size().min(size_bytes);
            // SAFETY: two blocks of at least that size, one of them new.
            unsafe { std::ptr::copy_nonoverlapping(memory, moved, both) };
            // SAFETY: promised by the caller.
            unsafe { self.dealloc(memory, layout) };
        }
        moved
    }
}

/// Has the allocator give back to the system what the calling thread has freed. It would do so in time, but only while the thread goes on
/// allocating.
pub(crate) fn give_back() {
    #[cfg(not(any(loom, miri)))]
    {
        unsafe extern "C" {
            /// mimalloc's, which its crate offers only together with much else.
            safe fn mi_collect(force: bool);
        }
        mi_collect(true);
    }
}

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

/// Memory of `size_bytes`, a power of two of at least [`PAGE_BYTES`], straight from the system where that is known, and then aligned
/// to its size; in huge pages if `is_huge` and the system has them, else in ordinary ones.
pub(super) fn allocate_chunk(size_bytes: usize, is_huge: bool) -> Option<NonNull<u8>> {
    #[cfg(all(target_os = "linux", not(any(loom, miri))))]
    {
        mapped::allocate_aligned(size_bytes, is_huge)
    }
    #[cfg(not(all(target_os = "linux", not(any(loom, miri)))))]
    {
        let _ = is_huge;
        allocate(size_bytes)
    }
}

/// Gives a chunk back.
///
/// # Safety
/// `memory` came from [`allocate_chunk`] with the same size, and nobody uses it any more.
pub(super) unsafe fn release_chunk(memory: NonNull<u8>, size_bytes: usize) {
    #[cfg(all(target_os = "linux", not(any(loom, miri))))]
    {
        // SAFETY: promised by the caller.
        unsafe { mapped::unmap(memory.as_ptr(), size_bytes) };
    }
    #[cfg(not(all(target_os = "linux", not(any(loom, miri)))))]
    {
        // SAFETY: promised by the caller.
        unsafe { release(memory, size_bytes) };
    }
}
