//! What loom checks about an object's life: no access is concurrent with its end, and none comes after it.
//!
//! Models do not give an object's memory back, so that a late access finds the mark instead of another object.

use std::sync::atomic::AtomicBool; // not modelled: written by `end` alone, under loom's one-at-a-time execution

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
