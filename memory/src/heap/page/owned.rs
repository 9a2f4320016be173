//! What the owner does to its page.

use std::ptr::{self, NonNull};

use threads::mutant;
use threads::sync::atomic::Ordering;

use super::super::block;
use super::{Page, Place, mark_free};

/// Proof that the holder may touch the owner's fields of a page (INV-HEAP-2).
#[derive(Clone, Copy)]
pub(in crate::heap) struct Owned<'a>(pub(super) &'a Page);

/// Accessors of the owner's cells.
macro_rules! owners_cells {
    ($($name:ident $set:ident: $ty:ty;)*) => {$(
        #[inline(always)]
        pub(in crate::heap) fn $name(self) -> $ty {
            // SAFETY: INV-HEAP-2; `self` is the proof.
            unsafe { self.0.local.0.$name.get() }
        }

        #[inline(always)]
        pub(in crate::heap) fn $set(self, value: $ty) {
            // SAFETY: INV-HEAP-2; `self` is the proof.
            unsafe { self.0.local.0.$name.set(value) };
        }
    )*};
}

impl Owned<'_> {
    owners_cells! {
        free set_free: *mut u8;
        slow_at set_slow_at: u32;
        place set_place: Place;
        previous set_previous: Option<NonNull<Page>>;
        next set_next: Option<NonNull<Page>>;
    }

    /// Used blocks, those on the remote list included.
    #[inline(always)]
    pub(in crate::heap) fn used(self) -> u32 {
        // Relaxed: only the owner writes it.
        self.0.local.0.used.load(Ordering::Relaxed)
    }

    #[inline(always)]
    fn set_used(self, used: u32) {
        // Relaxed: others read it for statistics alone.
        self.0.local.0.used.store(used, Ordering::Relaxed);
    }

    fn carved(self) -> u32 {
        // Relaxed: only the owner writes it.
        self.0.local.0.carved.load(Ordering::Relaxed)
    }

    /// Takes a block off the free list.
    #[inline(always)]
    pub(in crate::heap) fn pop(self) -> Option<NonNull<u8>> {
        let block = NonNull::new(self.free())?;
        // SAFETY: INV-HEAP-1; the block is on the owner's free list.
        self.set_free(unsafe { self.0.link(block) });
        self.set_used(self.used() + 1);
        if block::POISONING {
            // SAFETY: INV-HEAP-1; as above.
            unsafe { block::assert_untouched(block, self.0.poisoned_bytes()) };
        }
        Some(block)
    }

    /// Puts a block onto the free list; the number of used blocks that are left.
    ///
    /// # Safety
    /// The block is a used one of this page, and the caller gives it up.
    #[inline(always)]
    pub(in crate::heap) unsafe fn push(self, block: NonNull<u8>) -> u32 {
        // SAFETY: INV-HEAP-1; promised by the caller.
        unsafe { mark_free(block, self.0.block_bytes) };
        // SAFETY: INV-HEAP-1; as above.
        unsafe { self.0.set_link(block, self.free()) };
        self.set_free(block.as_ptr());
        let used = self.used() - 1;
        self.set_used(used);
        used
    }

    /// Whether a block can be had without waiting for a free.
    pub(in crate::heap) fn has_room(self) -> bool {
        !self.free().is_null() || self.carved() < self.0.capacity || self.0.remote_hint() != 0
    }

    /// Makes the free list non-empty if it can: takes what foreign threads freed, or carves more of the page.
    pub(in crate::heap) fn replenish(self) -> bool {
        self.take_remote();
        if self.free().is_null() {
            self.carve();
        }
        !self.free().is_null()
    }

    /// Moves what foreign threads freed to the free list.
    pub(in crate::heap) fn take_remote(self) {
        let remote = &self.0.remote.0;
        // The hint saves the swap; a push that it misses is taken next time.
        if self.0.remote_hint() == 0 {
            return;
        }
        let order = if mutant!("heap_take_relaxed") { Ordering::Relaxed } else { Ordering::Acquire };
        // Acquire: pairs with the Release in `push_remote`. One step, or a push in between would be lost.
        let taken = if !mutant!("heap_take_by_load_and_store") {
            remote.swap(0, order)
        } else {
            let taken = remote.load(order);
            remote.store(0, Ordering::Relaxed);
            taken
        };
        // SAFETY: INV-HEAP-5; `taken` was the page's remote word.
        let first = unsafe { self.0.block_by_offset(self.0.memory, taken) };
        if !self.free().is_null() {
            self.append(first);
        } else {
            self.set_free(first);
        }
        self.set_used(self.used() - (taken >> 16));
    }

    /// Links the free list behind a list that begins with `first`, which becomes the free list.
    fn append(self, first: *mut u8) {
        let mut next = first;
        while let Some(block) = NonNull::new(next) {
            // SAFETY: INV-HEAP-1; the owner took the list, so it has it to itself.
            next = unsafe { self.0.link(block) };
            if next.is_null() {
                // SAFETY: INV-HEAP-1; as above.
                unsafe { self.0.set_link(block, self.free()) };
            }
        }
        self.set_free(first);
    }

    /// Makes a new large page's only block its free list.
    pub(in crate::heap) fn make_single(self, block: NonNull<u8>) {
        if block::POISONING {
            // SAFETY: INV-HEAP-1; nobody knows the page yet.
            unsafe { block::poison(block, self.0.poisoned_bytes()) };
        }
        // SAFETY: INV-HEAP-1; as above.
        unsafe { block::set_link(block, ptr::null_mut()) };
        self.set_free(block.as_ptr());
        // Relaxed: nobody knows the page yet.
        self.0.local.0.carved.store(1, Ordering::Relaxed);
    }

    /// Blocks on the free list.
    pub(in crate::heap) fn unused_carved(self) -> u32 {
        self.carved() - self.used()
    }

    /// Links the next few uncarved blocks into the empty free list, by rising address.
    fn carve(self) {
        let Some(bin) = self.0.bin else { return };
        let from = self.carved();
        let to = self.0.capacity.min(from + bin.class().blocks_per_carve());
        for index in (from..to).rev() {
            let block = self.0.block_at(index);
            // SAFETY: INV-HEAP-1; nobody but the owner knows an uncarved block.
            unsafe { mark_free(block, self.0.block_bytes) };
            // SAFETY: INV-HEAP-1; as above.
            unsafe { self.0.set_link(block, self.free()) };
            self.set_free(block.as_ptr());
        }
        // Relaxed: others read it while the owner is stopped.
        self.0.local.0.carved.store(to, Ordering::Relaxed);
    }
}
