//! What loom checks about an object's life: no access is concurrent with its end, and none comes after it.
//!
//! Models do not give an object's memory back, so that a late access finds the mark instead of another object.

use std::sync::atomic::AtomicBool; // not modelled: written by `end` alone, under loom's one-at-a-time execution

use std::alloc::{self, Layout};
use std::ptr::NonNull;

use threads::sync::cell::UnsafeCell;

pub(crate) struct Life {
    cell: UnsafeCell<()>,
    ended: AtomicBool,
}

impl Life {
    pub(crate) fn new() -> Self {
        Self { cell: UnsafeCell::new(()), ended: AtomicBool::new(false) }
    }

    pub(crate) fn touch(&self) {
        assert!(!self.ended.load(std::sync::atomic::Ordering::SeqCst), "INV-HEADER-3: freed object touched");
        self.cell.with(|_| ());
    }

    pub(crate) fn end(&self) {
        let before = self.ended.swap(true, std::sync::atomic::Ordering::SeqCst);
        assert!(!before, "INV-HEADER-3: object freed twice");
        self.cell.with_mut(|_| ());
    }
}

/// The blocks of a model's objects: none is given back before the world is gone.
#[derive(Debug, Default)]
pub(crate) struct Blocks(std::sync::Mutex<Vec<(NonNull<u8>, Layout)>>); // not modelled: nobody's protocol

// SAFETY: a block belongs to the object in it; the list alone gives it back.
unsafe impl Send for Blocks {}
// SAFETY: the mutex orders accesses.
unsafe impl Sync for Blocks {}

impl Blocks {
    /// A block of `size_bytes`, aligned to 16 bytes; `None` if memory is short.
    pub(crate) fn allocate(&self, size_bytes: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(size_bytes, 16).ok()?;
        // SAFETY: the size is not zero: every object has a header.
        let block = NonNull::new(unsafe { alloc::alloc(layout) })?;
        self.0.lock().expect("nobody panics here").push((block, layout));
        Some(block)
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for (block, layout) in self.0.get_mut().expect("nobody panics here").drain(..) {
            // SAFETY: allocated above with this layout; the world is gone, and nobody reaches its objects.
            unsafe { alloc::dealloc(block.as_ptr(), layout) };
        }
    }
}
