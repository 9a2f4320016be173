//! mimalloc, asked for an alignment only where it would not keep to it anyway: a request that names one takes a longer way.

use std::alloc::{GlobalAlloc, Layout};
use std::ffi::c_void;

use mimalloc::MiMalloc;

unsafe extern "C" {
    /// mimalloc's, which its crate calls with an alignment always; so with the next two.
    fn mi_malloc(size: usize) -> *mut c_void;
    fn mi_zalloc(size: usize) -> *mut c_void;
    fn mi_realloc(memory: *mut c_void, size: usize) -> *mut c_void;
}

/// The allocator.
#[derive(Clone, Copy, Debug)]
pub(super) struct General;

/// Whether every block of `size` bytes is aligned to `align`: to 16 bytes from that size on, to a word below (mimalloc's
/// `MI_MAX_ALIGN_SIZE`).
#[inline(always)]
fn is_natural(size: usize, align: usize) -> bool {
    align <= size_of::<usize>() || align <= 16 && size >= 16
}

// SAFETY: mimalloc's functions, which may be mixed; alignments as said above.
unsafe impl GlobalAlloc for General {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_natural(layout.size(), layout.align()) {
            // SAFETY: any size may be asked for.
            return unsafe { mi_malloc(layout.size()) }.cast();
        }
        // SAFETY: promised by the caller.
        unsafe { MiMalloc.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_natural(layout.size(), layout.align()) {
            // SAFETY: as above.
            return unsafe { mi_zalloc(layout.size()) }.cast();
        }
        // SAFETY: promised by the caller.
        unsafe { MiMalloc.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: promised by the caller.
        unsafe { MiMalloc.dealloc(memory, layout) };
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if is_natural(size, layout.align()) {
            // SAFETY: a block of mimalloc's: promised by the caller.
            return unsafe { mi_realloc(memory.cast(), size) }.cast();
        }
        // SAFETY: promised by the caller.
        unsafe { MiMalloc.realloc(memory, layout, size) }
    }
}
