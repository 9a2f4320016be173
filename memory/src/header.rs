//! The header that every heap object begins with: 24 bytes.
//!
//! ```text
//!  0  shape    class and layout; its first field says how to trace and drop the object
//!  8  local    u32   count held by the owner
//! 12  owner    u16   thread id; 0 = nobody (merged or immortal)
//! 14  lock     u8    the object lock
//! 15  flags    u8    see `Flags`
//! 16  shared   u32   count held by others << 6 | bits, see `SharedWord`
//! 20  aux      u32   the type's own
//! ```
//!
//! | field  | who may read                         | who may write                                                   |
//! |--------|--------------------------------------|-----------------------------------------------------------------|
//! | shape  | anybody                              | whoever makes the object; later under the object lock            |
//! | local  | the owner                            | the owner; whoever runs while the owner is shut out              |
//! | owner  | anybody                              | as `local`                                                      |
//! | lock   | `ObjectLock` alone                   | `ObjectLock` alone                                              |
//! | flags  | anybody                              | the owner while private, then anybody by read-modify-write       |
//! | shared | anybody                              | the owner while private, then anybody by read-modify-write       |
//! | aux    | the type's own protocol              | the type's own protocol                                         |
//!
//! * INV-HEADER-1: only the owner, or a thread that runs while the owner is shut out, touches `local`.
//! * INV-HEADER-2: a private object is touched by its owner alone (checked on every access in debug builds).
//! * INV-HEADER-3: no header is touched after its object was freed (debug builds and models check).

use std::ptr::NonNull;

use threads::Context;
use threads::object_lock::ObjectLock;
use threads::sync::OwnerCell;
use threads::sync::atomic::{AtomicPtr, AtomicU8, AtomicU16, AtomicU32, Ordering};

use crate::shared_word::{CountState, SharedWord};
use crate::trace::{Shape, TypeDesc};

/// Declares the header's flag bits: name, bit, meaning.
macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        /// The header's flag bits.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Flags(u8);
        impl Flags {
            $($(#[$doc])* pub const $name: Flags = Flags(1 << $bit);)*
            /// Every flag, with its name.
            pub const TABLE: &'static [(&'static str, Flags)] = &[$((stringify!($name), Flags::$name)),*];
        }
    };
}

flags! {
    /// Another thread may reach the object. Set once, by its owner (or while the owner is stopped), never cleared.
    SHARED = 0;
    /// Counting skips the object; it is never freed.
    IMMORTAL = 1;
    /// The cycle collector looks at the object.
    TRACKED = 2;
    /// A count of zero means nothing; the cycle collector alone frees the object.
    TRACED_ONLY = 3;
    /// The finalizer has run, or is about to; it does not run again.
    FINALIZED = 4;
    /// The weak-reference table has an entry for the object.
    HAS_WEAKREF = 5;
    /// Set aside: the cycle collector neither frees nor traverses it (`gc.freeze`).
    FROZEN = 6;
}

impl Flags {
    /// No flag.
    pub const NONE: Flags = Flags(0);

    /// Whether any of `other` is set.
    #[inline(always)]
    pub fn contains(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }

    /// The flags of objects to which this thread's stack may refer without a count: what is shared, with several threads
    /// (INV-BORROW-1), and what no count keeps alive.
    #[inline(always)]
    pub fn uncounted(thread: &Context) -> Flags {
        const { assert!(Self::SHARED.0 == 1) };
        Self(Self::IMMORTAL.0 | Self::TRACED_ONLY.0 | thread.company())
    }

    /// What is set here or in `other`.
    #[must_use]
    pub const fn union(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

/// The header.
#[repr(C)]
pub struct Header {
    shape: AtomicPtr<Shape>,
    pub(crate) local: OwnerCell<u32>,
    owner: AtomicU16,
    /// The object lock.
    pub lock: ObjectLock,
    flags: AtomicU8,
    shared: AtomicU32,
    aux: AtomicU32,
    #[cfg(loom)]
    life: crate::life::Life,
}

#[cfg(all(not(loom), target_pointer_width = "64"))]
const _: () = {
    assert!(size_of::<Header>() == 24);
    assert!(align_of::<Header>() == 8);
    assert!(std::mem::offset_of!(Header, shape) == 0);
    assert!(std::mem::offset_of!(Header, local) == 8);
    assert!(std::mem::offset_of!(Header, owner) == 12);
    assert!(std::mem::offset_of!(Header, lock) == 14);
    assert!(std::mem::offset_of!(Header, flags) == 15);
    assert!(std::mem::offset_of!(Header, shared) == 16);
    assert!(std::mem::offset_of!(Header, aux) == 20);
};

/// Where an object is. Says nothing about who counts it.
pub type ObjectPtr = NonNull<Header>;

impl Header {
    /// The header of a new private object of thread `owner` with one reference.
    #[cfg_attr(not(loom), allow(dead_code, reason = "`write` is used where the layout is known"))]
    #[inline(always)]
    pub(crate) fn new(shape: *const Shape, owner: u16, flags: Flags, aux: u32) -> Self {
        Self {
            shape: AtomicPtr::new(shape.cast_mut()),
            local: OwnerCell::new(1),
            owner: AtomicU16::new(owner),
            lock: ObjectLock::new(),
            flags: AtomicU8::new(flags.0),
            shared: AtomicU32::new(0),
            aux: AtomicU32::new(aux),
            #[cfg(loom)]
            life: crate::life::Life::new(),
        }
    }

    /// Writes the header of a new private object in three stores; see [`new`](Self::new).
    ///
    /// # Safety
    /// `place` is memory for an object, which nobody else can reach.
    #[inline(always)]
    pub(crate) unsafe fn write(place: ObjectPtr, shape: *const Shape, owner: u16, flags: Flags, aux: u32) {
        #[cfg(all(not(loom), target_endian = "little"))]
        {
            let words = place.as_ptr().cast::<u64>();
            let counts = 1 | u64::from(owner) << 32 | u64::from(flags.0) << 56;
            // SAFETY: promised by the caller; the layout is asserted above.
            unsafe { words.cast::<*const Shape>().write(shape) };
            // SAFETY: as above.
            unsafe { words.wrapping_add(1).write(counts) };
            // SAFETY: as above.
            unsafe { words.wrapping_add(2).write(u64::from(aux) << 32) };
        }
        #[cfg(not(all(not(loom), target_endian = "little")))]
        // SAFETY: as above.
        unsafe {
            place.write(Self::new(shape, owner, flags, aux));
        }
    }

    /// Marks an access in debug builds and models; costs nothing otherwise.
    #[inline(always)]
    pub(crate) fn touch(&self) {
        #[cfg(loom)]
        self.life.touch();
        #[cfg(all(debug_assertions, not(loom)))]
        assert!(!self.shape.load(Ordering::Relaxed).is_null(), "INV-HEADER-3: freed object");
    }

    /// Debug builds count stores to objects that others can see, which reading an object must do without.
    #[inline(always)]
    #[cfg_attr(debug_assertions, track_caller)]
    pub(crate) fn note_store(&self) {
        #[cfg(all(debug_assertions, not(loom)))]
        if self.flags().contains(Flags::SHARED) {
            threads::sync::tally::note_store(self.desc().name);
        }
    }

    /// Ends the object's life; loom checks that no access is concurrent with this or comes later.
    #[inline(always)]
    pub(crate) fn end_life(&self) {
        #[cfg(loom)]
        self.life.end();
    }

    /// Panics in debug builds if the object is private to another thread.
    #[inline(always)]
    pub fn assert_accessible(&self) {
        self.touch();
        #[cfg(debug_assertions)]
        if !self.flags().contains(Flags::SHARED.union(Flags::IMMORTAL)) {
            let (owner, me) = (self.owner(), threads::current_id());
            assert!(
                owner == me || crate::local::may_touch_foreign(),
                "INV-HEADER-2: thread {me} touched a private {} of thread {owner}",
                self.desc().name
            );
        }
    }

    /// The object's shape.
    #[inline(always)]
    pub fn shape(&self) -> &'static Shape {
        // Acquire: pairs with the release in `set_shape`; the shape's fields are set before it is.
        let shape = self.shape.load(Ordering::Acquire);
        // SAFETY: a live object's shape is never null, and outlives the object (the object's class keeps it).
        unsafe { &*shape }
    }

    /// Gives the object another shape of the same type.
    ///
    /// # Concurrency
    /// The object is private, or its lock is held.
    pub fn set_shape(&self, shape: *const Shape) {
        self.assert_accessible();
        // Release: pairs with the acquire in `shape`.
        self.shape.store(shape.cast_mut(), Ordering::Release);
        self.note_store();
    }

    /// The object's type.
    #[inline(always)]
    pub fn desc(&self) -> &'static TypeDesc {
        self.shape().desc
    }

    /// The owner's id; 0 if merged or immortal.
    #[inline(always)]
    pub fn owner(&self) -> u16 {
        // Relaxed: compared with the reader's own id, which only the reader writes; others learn what they need
        // from `shared`.
        self.owner.load(Ordering::Relaxed)
    }

    pub(crate) fn set_owner(&self, owner: u16) {
        self.owner.store(owner, Ordering::Relaxed);
    }

    /// The flags.
    #[inline(always)]
    pub fn flags(&self) -> Flags {
        // Relaxed: whoever can reach a shared object got it through a release store that came after SHARED.
        Flags(self.flags.load(Ordering::Relaxed))
    }

    /// Sets flags of an object that other threads may reach.
    pub(crate) fn set_flags(&self, flags: Flags) {
        self.flags.fetch_or(flags.0, Ordering::AcqRel);
    }

    /// Clears flags of an object that other threads may reach.
    pub(crate) fn clear_flags(&self, flags: Flags) {
        self.flags.fetch_and(!flags.0, Ordering::AcqRel);
    }

    /// Sets flags of a private object, or while the world is stopped: a plain load and store.
    #[inline(always)]
    pub(crate) fn set_flags_private(&self, flags: Flags) {
        self.flags.store(self.flags().0 | flags.0, Ordering::Relaxed);
    }

    /// Whether other threads may reach the object.
    #[inline(always)]
    pub fn is_shared(&self) -> bool {
        self.flags().contains(Flags::SHARED.union(Flags::IMMORTAL))
    }

    #[inline(always)]
    pub(crate) fn load_shared(&self, order: Ordering) -> SharedWord {
        SharedWord(self.shared.load(order))
    }

    /// Replaces the shared word without synchronization: private, solo, or the world is stopped.
    #[inline(always)]
    pub(crate) fn store_shared(&self, word: SharedWord) {
        self.note_store();
        self.shared.store(word.0, Ordering::Relaxed);
    }

    #[inline(always)]
    pub(crate) fn add_shared(&self) -> SharedWord {
        // Relaxed: a new reference is made from one that keeps the object alive.
        SharedWord(self.shared.fetch_add(SharedWord::UNIT, Ordering::Relaxed))
    }

    /// Adds references that a thread has counted for itself so far; past so many the object stays for good.
    pub(crate) fn add_shared_many(&self, count: u32) {
        let count = count.min(SharedWord::SATURATION.cast_unsigned());
        // Relaxed: as above.
        let before = SharedWord(self.shared.fetch_add(SharedWord::UNIT * count, Ordering::Relaxed));
        if before.count().abs() > SharedWord::SATURATION || count == SharedWord::SATURATION.cast_unsigned() {
            self.set_flags(Flags::IMMORTAL);
        }
    }

    pub(crate) fn cas_shared(&self, from: SharedWord, to: SharedWord) -> Result<(), SharedWord> {
        // Release: what was done through a reference happens before the object dies. Acquire: whoever finds the
        // last reference gone sees it.
        match self.shared.compare_exchange(from.0, to.0, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => Ok(()),
            Err(now) => Err(SharedWord(now)),
        }
    }

    /// Applies `change` to the shared word in one atomic step; returns the words before and after.
    #[inline]
    pub(crate) fn update_shared(
        &self,
        mut change: impl FnMut(SharedWord) -> SharedWord,
    ) -> (SharedWord, SharedWord) {
        let mut before = self.load_shared(Ordering::Relaxed);
        loop {
            let after = change(before);
            match self.cas_shared(before, after) {
                Ok(()) => return (before, after),
                Err(now) => before = now,
            }
        }
    }

    /// The type's own 32 bits.
    #[inline(always)]
    pub fn aux(&self) -> u32 {
        self.aux.load(Ordering::Relaxed) // the type's protocol orders it
    }

    /// Sets the type's own 32 bits.
    #[inline(always)]
    pub fn set_aux(&self, aux: u32) {
        self.note_store();
        self.aux.store(aux, Ordering::Relaxed); // the type's protocol orders it
    }

    /// Whether there is one reference in all and it is the calling thread's, so that nobody else can see the object.
    #[inline]
    pub fn is_sole(&self) -> bool {
        if self.is_shared() || self.owner() != threads::current_id() {
            return false;
        }
        // SAFETY: INV-HEADER-1; the owner is this thread. A private object's other count is zero (INV-RC-1).
        unsafe { self.local.get() == 1 }
    }

    /// The count, as nearly as it can be told without stopping the world: for statistics and `sys.getrefcount`.
    ///
    /// # Safety
    /// The caller owns the object, the object is merged, or the world is stopped (INV-HEADER-1).
    pub unsafe fn count(&self) -> i64 {
        let word = self.load_shared(Ordering::Relaxed);
        let local = if matches!(word.state(), CountState::Merged | CountState::Dead) {
            0
        } else {
            // SAFETY: INV-HEADER-1; promised by the caller.
            unsafe { self.local.get() }
        };
        i64::from(local) + i64::from(word.count())
    }
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = self.load_shared(Ordering::Relaxed);
        f.debug_struct("Header")
            .field("type", &self.desc().name)
            .field("owner", &self.owner())
            .field("flags", &self.flags())
            .field("state", &word.state())
            .field("shared", &word.count())
            .field("bits", &format_args!("{:#x}", word.0 & (SharedWord::UNIT - 1)))
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn flag_bits_are_distinct() {
        let mut seen = 0;
        for (name, flag) in Flags::TABLE {
            assert_eq!(seen & flag.0, 0, "{name}");
            seen |= flag.0;
        }
    }
}
