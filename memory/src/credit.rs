//! References to shared objects that a thread counts for itself.
//!
//! Native code holds counted references for a short while: an argument, what a lookup has found, an item on its way from one container
//! of this thread to another. If each of them were an atomic addition to the object's word and a subtraction soon after, then
//! threads that only read the same objects would pass those words' cache lines to and fro. So a thread that counts a
//! shared object of another's makes a note of it in a small table of its own, a *credit*, and its next release of that object uses the credit
//! up. The object's word hears of none of it.
//!
//! A credit protects the object exactly as a borrowed stack slot does: whoever takes the last counted reference away
//! parks the object, and at this thread's next refresh the credit is *settled*, that is, added to the object's word, before the thread announces its
//! quiescent state. What holds for borrowed references (`park`) therefore holds for these.
//!
//! An object that was not found through a slot that holds it, but in its page or in the table of weak references, may have been parked
//! long before: nothing protects it, and it is counted in its word at once (`count::try_retain`).
//!
//! There is one more way for a reference to leave the thread: it is stored where another thread can take it out and
//! release it, which would subtract from the word what was never added to it. Everything that is stored so passes
//! `publish`, which settles the credit of what it meets.
//!
//! The owner of an object counts in the object itself, by plain stores, which take its line away from those who read it. It is
//! therefore asked to merge what others count often ([`merge::disown`](crate::merge)), and then counts for itself
//! like everybody else. A thread that is alone with a merged object becomes its owner again (`count`).
//!
//! * INV-CREDIT-1: a thread has credits only while it is attached in multi mode; it has none after it has refreshed.
//! * INV-CREDIT-2: a counted reference that another thread may release is counted in the object's word.

use std::cell::Cell;

use threads::thread_local_cell;

use crate::header::{Header, ObjectPtr};

thread_local_cell! {
    /// Whether the thread that runs here has credits: what every store of a shared value asks.
    static ANY: bool = false
}

/// Whether the calling thread may have credits.
#[inline(always)]
pub(crate) fn any() -> bool {
    ANY.with(Cell::get)
}

/// Sets of entries; a power of two of at most 64.
#[cfg(not(loom))]
const SETS: usize = 64;
#[cfg(loom)]
const SETS: usize = 1;
/// Entries that one object may use.
#[cfg(not(loom))]
const WAYS: usize = 4;
#[cfg(loom)]
const WAYS: usize = 2;

/// Who has counted an object so often, while it remembered it, would rather that its owner did not write to it either.
#[cfg(not(loom))]
const OFTEN: u8 = 32;
#[cfg(loom)]
const OFTEN: u8 = 2;

/// Some objects' credits; found by their addresses. One cache line.
#[repr(align(64))]
#[derive(Default)]
struct Set {
    objects: [Cell<usize>; WAYS],
    counts: [Cell<u32>; WAYS],
    /// How often each has been counted, up to a limit.
    uses: [Cell<u8>; WAYS],
}

impl Set {
    /// Where the object at `address` is noted.
    #[inline(always)]
    fn way_of(&self, address: usize) -> Option<usize> {
        (0..WAYS).find(|&way| self.objects[way].get() == address)
    }
}

/// One thread's credits. Thread-confined.
pub(crate) struct Credits {
    sets: Box<[Set; SETS]>,
    /// Which sets may hold a credit, a bit each. For the current thread `ANY` is true exactly while there is one.
    used: Cell<u64>,
}

impl Credits {
    pub(crate) fn new() -> Self {
        Self { sets: Box::new(std::array::from_fn(|_| Set::default())), used: Cell::new(0) }
    }

    #[inline(always)]
    fn index(address: usize) -> usize {
        // Blocks are aligned to 16 bytes; the middle bits of the product are the ones that all bits of the address move.
        ((address >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) & (SETS - 1)
    }

    /// The calling thread goes on with these.
    pub(crate) fn make_current(&self) {
        ANY.with(|any| any.set(!self.is_empty()));
    }

    /// Whether there is no credit at all.
    #[inline(always)]
    pub(crate) fn is_empty(&self) -> bool {
        self.used.get() == 0
    }

    /// Counts one more reference to the object. True now and then if that happens often, where that `may_matter`.
    #[inline]
    pub(crate) fn take(&self, header: &Header, may_matter: impl FnOnce() -> bool) -> bool {
        let address = std::ptr::from_ref(header).addr();
        let index = Self::index(address);
        let set = &self.sets[index];
        let used = self.used.get();
        if used & 1 << index == 0 {
            self.used.set(used | 1 << index);
            ANY.with(|any| any.set(true));
        }
        let Some(way) = set.way_of(address) else {
            Self::note(set, header);
            return false;
        };
        set.counts[way].set(set.counts[way].get() + 1);
        let uses = set.uses[way].get();
        let often = uses >= OFTEN && may_matter();
        set.uses[way].set(if often { 0 } else { uses.saturating_add(1) });
        often
    }

    /// Notes a first reference to an object.
    #[inline(never)]
    fn note(set: &Set, header: &Header) {
        // The place of one that is used up, or else of the one that was noted first.
        let mut way = 0;
        while way < WAYS && set.counts[way].get() != 0 {
            way += 1;
        }
        if way == WAYS {
            Self::settle_one(set, 0);
            for later in 1..WAYS {
                set.objects[later - 1].set(set.objects[later].get());
                set.counts[later - 1].set(set.counts[later].get());
                set.uses[later - 1].set(set.uses[later].get());
            }
            way = WAYS - 1;
        }
        set.objects[way].set(std::ptr::from_ref(header).expose_provenance());
        set.counts[way].set(1);
        set.uses[way].set(0);
    }

    /// Releases one reference to the object, if this thread has counted one for itself.
    #[inline]
    pub(crate) fn spend(&self, object: ObjectPtr) -> bool {
        let address = object.addr().get();
        let set = &self.sets[Self::index(address)];
        let Some(way) = set.way_of(address) else { return false };
        let count = set.counts[way].get();
        if count != 0 {
            set.counts[way].set(count - 1);
        }
        count != 0
    }

    /// Adds the credit for an object to its word: others may release what this thread has counted (INV-CREDIT-2).
    #[inline]
    pub(crate) fn settle(&self, object: ObjectPtr) {
        if self.is_empty() || threads::mutant!("publish-keeps-credit") {
            return;
        }
        let address = object.addr().get();
        let set = &self.sets[Self::index(address)];
        if let Some(way) = set.way_of(address) {
            Self::settle_one(set, way);
        }
    }

    /// Adds all credits to the objects' words: the thread is about to announce a quiescent state (INV-CREDIT-1).
    pub(crate) fn settle_all(&self) {
        let mut used = self.used.take();
        ANY.with(|any| any.set(false));
        while used != 0 {
            let set = &self.sets[used.trailing_zeros() as usize];
            for way in 0..WAYS {
                Self::settle_one(set, way);
            }
            used &= used - 1;
        }
    }

    fn settle_one(set: &Set, way: usize) {
        let count = set.counts[way].take();
        if count != 0 {
            let header: *const Header = std::ptr::with_exposed_provenance(set.objects[way].get());
            // SAFETY: the credit protects the object until this thread has refreshed (INV-CREDIT-1).
            let header = unsafe { &*header };
            header.add_shared_many(count);
        }
    }
}
