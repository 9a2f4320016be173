//! What loom checks about an object's life: no access is concurrent with its end, and none comes after it.
//!
//! Models do not give an object's memory back, so that a late access finds the mark instead of another object.

use std::alloc::{self, Layout};
use std::ptr::NonNull;

use threads::sync::Mutex;
use threads::sync::cell::UnsafeCell;

/// Whether the object's life has ended. Loom reports an end that is not ordered with every access.
pub(crate) struct Life(UnsafeCell<bool>);

impl Life {
    pub(crate) fn new() -> Self {
        Self(UnsafeCell::new(false))
    }

    pub(crate) fn touch(&self) {
        // SAFETY: loom checks that no `end` is concurrent.
        let ended = self.0.with(|ended| unsafe { *ended });
        assert!(!ended, "INV-HEADER-3: freed object touched");
    }

    pub(crate) fn end(&self) {
        // SAFETY: loom checks that no other access is concurrent.
        let ended = self.0.with_mut(|ended| unsafe { ended.replace(true) });
        assert!(!ended, "INV-HEADER-3: object freed twice");
    }
}

/// The blocks of a model's objects: none is given back before the world is gone.
#[derive(Debug, Default)]
pub(crate) struct Blocks(Mutex<Vec<(NonNull<u8>, Layout)>>);

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
        self.0.lock().push((block, layout));
        Some(block)
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for (block, layout) in self.0.get_mut().drain(..) {
            // SAFETY: allocated above with this layout; the world is gone, and nobody reaches its objects.
            unsafe { alloc::dealloc(block.as_ptr(), layout) };
        }
    }
}
