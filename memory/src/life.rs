//! What loom checks about an object's life: no access is concurrent with its end, and none comes after it.
//!
//! Models do not give an object's memory back, so that a late access finds the mark instead of another object.

use std::alloc::{self, Layout};
use std::cell::Cell; // not modelled: loom runs one thread at a time
use std::ptr::NonNull;

use threads::sync::cell::UnsafeCell;

pub(crate) struct Life {
    cell: UnsafeCell<()>,
    ended: Cell<bool>,
}

// SAFETY: loom runs one thread at a time.
unsafe impl Sync for Life {}

impl Life {
    pub(crate) fn new() -> Self {
        Self { cell: UnsafeCell::new(()), ended: Cell::new(false) }
    }

    pub(crate) fn touch(&self) {
        assert!(!self.ended.get(), "INV-HEADER-3: freed object touched");
        self.cell.with(|_| ());
    }

    pub(crate) fn end(&self) {
        let before = self.ended.replace(true);
        assert!(!before, "INV-HEADER-3: object freed twice");
        self.cell.with_mut(|_| ());
    }
}

/// The blocks of a model's objects: none is given back before the world is gone.
#[derive(Default)]
pub(crate) struct Blocks(Cell<Vec<(NonNull<u8>, Layout)>>);

// SAFETY: a block belongs to the object in it; the list alone gives it back.
unsafe impl Send for Blocks {}
// SAFETY: loom runs one thread at a time.
unsafe impl Sync for Blocks {}

impl Blocks {
    /// A block of `size_bytes`, aligned to 16 bytes; `None` if memory is short.
    pub(crate) fn allocate(&self, size_bytes: usize) -> Option<NonNull<u8>> {
        let layout = Layout::from_size_align(size_bytes, 16).ok()?;
        // SAFETY: the size is not zero: every object has a header.
        let block = NonNull::new(unsafe { alloc::alloc(layout) })?;
        let mut blocks = self.0.take();
        blocks.push((block, layout));
        self.0.set(blocks);
        Some(block)
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for (block, layout) in self.0.take() {
            // SAFETY: allocated above with this layout; the world is gone, and nobody reaches its objects.
            unsafe { alloc::dealloc(block.as_ptr(), layout) };
        }
    }
}
