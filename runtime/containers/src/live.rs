//! What models check about an allocation that readers may hold: nobody reads it once it has been reclaimed.
//!
//! Outside models this is nothing. Models do not give reclaimed allocations back, so that a late read finds the mark
//! instead of somebody else's memory.

/// The mark of one allocation.
#[derive(Debug)]
pub(crate) struct Live {
    #[cfg(loom)]
    ended: threads::sync::OwnerCell<bool>,
}

impl Live {
    /// The mark of a new allocation.
    #[inline(always)]
    pub(crate) fn new() -> Self {
        Self {
            #[cfg(loom)]
            ended: threads::sync::OwnerCell::new(false),
        }
    }

    /// The allocation is read.
    #[inline(always)]
    pub(crate) fn touch(&self) {
        #[cfg(loom)]
        {
            // SAFETY: INV-OWNER-1; loom checks that no reclamation is concurrent.
            let ended = unsafe { self.ended.get() };
            assert!(!ended, "INV-RETIRE-1: read after it was reclaimed");
        }
    }

    /// The allocation is reclaimed; whether its memory is given back.
    pub(crate) fn end(&self) -> bool {
        #[cfg(loom)]
        // SAFETY: INV-OWNER-1; as above.
        unsafe {
            self.ended.set(true);
        }
        cfg!(not(loom))
    }
}
