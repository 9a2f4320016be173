//! A word that one thread at a time may touch.
//!
//! * INV-OWNER-1: any two accesses to a cell are ordered by happens-before.

use super::cell::UnsafeCell;

/// A `Copy` value that only one thread at a time may read or write: its owner, or whoever runs while the owner
/// is stopped. Plain loads and stores; loom reports any access that is not ordered with every other.
#[derive(Debug, Default)]
pub struct OwnerCell<T>(UnsafeCell<T>);

// SAFETY: INV-OWNER-1; callers of the unsafe accessors promise that accesses are ordered by happens-before, and
// loom checks that promise in every model.
unsafe impl<T: Copy + Send> Sync for OwnerCell<T> {}

impl<T: Copy> OwnerCell<T> {
    /// A cell that holds `value`.
    pub fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The value.
    ///
    /// # Safety
    /// The caller is the cell's owner, or the owner is stopped (INV-OWNER-1).
    #[inline(always)]
    pub unsafe fn get(&self) -> T {
        // SAFETY: INV-OWNER-1; promised by the caller.
        self.0.with(|p| unsafe { *p })
    }

    /// Replaces the value.
    ///
    /// # Safety
    /// The caller is the cell's owner, or the owner is stopped (INV-OWNER-1).
    #[inline(always)]
    pub unsafe fn set(&self, value: T) {
        // SAFETY: INV-OWNER-1; promised by the caller.
        self.0.with_mut(|p| unsafe { *p = value });
    }
}
