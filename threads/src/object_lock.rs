//! The object lock: one byte in an object's header.
//!
//! A lock for each object must be small and nearly free when nobody contends, so it is two bits of a header byte and
//! the waiting threads are kept elsewhere, in the process's table of parked threads (`sync::parking`), by address. The other six bits
//! say whose it was last: a thread that takes it from another may have to let that one have its turn first (`turn.rs`). They are
//! not shown below.
//!
//! ```text
//!                  lock                          another thread will park
//!   (free) -----------------> LOCKED ---------------------------------------> LOCKED | PARKED
//!      ^                        |                                                   |
//!      +------------------------+                                                   |
//!      |         unlock                                                             |
//!      +----- unlock, nobody parked is left ----------------------------------------+
//!      |                                                                            |
//!   PARKED <-- unlock, some are left -----------------------------------------------+
//! ```
//! `PARKED` alone is a free lock with threads parked on it: whoever comes next may take it (barging), the one that
//! was woken tries again like everybody else. That is unfair, and right for locks that are held for a few
//! instructions: handing the lock over would make every waiting thread wait for a context switch.
//!
//! Why no wake-up is lost: a thread parks only after it has seen `LOCKED | PARKED` *under the queue's lock*, and an
//! unlocker that sees PARKED changes the byte and takes a thread off the queue under that same lock. So either the unlock comes
//! first, and the thread sees a byte that is not `LOCKED | PARKED` and does not park, or the thread is in the queue when
//! the unlocker looks.
//!
//! These are *leaf* locks: while one is held, code touches memory and nothing else. So holders cannot wait for each other,
//! except for two locks of one operation, which [`lock_pair`] takes in the order of their addresses.
//!
//! # Invariants
//! * INV-LOCK-1: at most one thread holds a lock; what a holder did happens before what the next one does.
//! * INV-LOCK-2: a thread is parked only while PARKED is set, and an unlock that finds PARKED wakes one.
//! * INV-LOCK-3: a thread that takes a lock while it holds another does so in [`lock_pair`], by rising address.
//! * INV-LOCK-4: a thread holds no lock at a safepoint; debug builds count.

use crate::mutant;
use crate::sync::atomic::{AtomicU8, Ordering};
use crate::sync::{hint, parking};
use crate::thread::{current_context, current_id};

const LOCKED: u8 = 1;
const PARKED: u8 = 2;
/// Whose the lock was last: six bits of a thread's id, none if it was nobody's yet.
const LAST: u8 = !(LOCKED | PARKED);

/// What the calling thread leaves in a lock. Two threads may leave the same, and then do not see each other pass.
#[inline(always)]
fn mine() -> u8 {
    (current_id() as u8) << 2
}

/// How often a thread looks at a held lock before it parks. Holders run a few dozen instructions, so a short wait is
/// nearly always enough; where the holder was descheduled, no spin would be. Models do not spin.
const SPINS: u32 = if cfg!(loom) { 0 } else { 6 };

/// A mutual exclusion lock of one byte, without what it protects.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct ObjectLock(AtomicU8);

impl ObjectLock {
    /// A lock that nobody holds.
    #[cfg(not(loom))]
    pub const fn new() -> Self {
        Self(AtomicU8::new(0))
    }

    /// A lock that nobody holds.
    #[cfg(loom)]
    pub fn new() -> Self {
        Self(AtomicU8::new(0))
    }

    /// Locks, waiting if need be. Not for a thread that holds another lock: see [`lock_pair`].
    #[inline]
    pub fn lock(&self) {
        held::assert_none("INV-LOCK-3: an object lock is taken under another");
        self.lock_any();
    }

    #[inline]
    fn lock_any(&self) {
        let mine = mine();
        // Acquire: pairs with the Release of the unlock before (INV-LOCK-1).
        if let Err(found) = self.0.compare_exchange(mine, mine | LOCKED, Ordering::Acquire, Ordering::Relaxed)
        {
            self.lock_slow(mine, found);
        }
        held::add();
    }

    /// Locks if nobody holds it; never waits, so it is fine under another lock.
    #[inline]
    #[must_use]
    pub fn try_lock(&self) -> bool {
        // Relaxed: only what the exchange compares with.
        let mut byte = self.0.load(Ordering::Relaxed);
        while byte & LOCKED == 0 {
            let locked = mine() | LOCKED | byte & PARKED;
            // Acquire: pairs with the Release of the unlock before (INV-LOCK-1).
            match self.0.compare_exchange_weak(byte, locked, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) => {
                    held::add();
                    return true;
                }
                Err(current) => byte = current,
            }
        }
        false
    }

    /// Unlocks, and wakes a thread if any is parked.
    ///
    /// # Safety
    /// The calling thread holds the lock.
    #[inline]
    pub unsafe fn unlock(&self) {
        held::remove();
        // SeqCst and not only Release: what was written under the lock comes before what this thread reads next. Who writes
        // under locks of two objects, in two threads, and then reads the other's without one, relies on it.
        let order = if mutant!("lock_unlock_relaxed") { Ordering::Relaxed } else { Ordering::SeqCst };
        let mine = mine();
        // Release: pairs with the Acquire of the next lock (INV-LOCK-1).
        if self.0.compare_exchange(mine | LOCKED, mine, order, Ordering::Relaxed).is_err() {
            self.unlock_slow(mine);
        }
    }

    /// Whether some thread holds the lock. Only good for assertions.
    pub fn is_locked(&self) -> bool {
        // Relaxed: if the caller holds it, it sees its own write; otherwise the answer is stale anyhow.
        self.0.load(Ordering::Relaxed) & LOCKED != 0
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    #[cold]
    #[inline(never)]
    fn lock_slow(&self, mine: u8, found: u8) {
        let mut spins = 0;
        let mut byte = found;
        if byte & LAST != 0 && byte & LAST != mine && !cfg!(loom) {
            if let Some(context) = current_context() {
                let (turns, called) = context.turns();
                turns.before_object(self.address(), called);
            }
            // Relaxed: only what the exchanges below compare with.
            byte = self.0.load(Ordering::Relaxed);
        }
        loop {
            if byte & LOCKED == 0 {
                let locked = mine | LOCKED | byte & PARKED;
                // Acquire: pairs with the Release of the unlock before (INV-LOCK-1). PARKED stays as it is.
                match self.0.compare_exchange_weak(byte, locked, Ordering::Acquire, Ordering::Relaxed) {
                    Ok(_) => return,
                    Err(current) => byte = current,
                }
                continue;
            }
            if byte & PARKED == 0 {
                if spins != SPINS {
                    (0..1 << spins).for_each(|_| hint::spin_loop());
                    spins += 1;
                    byte = self.0.load(Ordering::Relaxed);
                    continue;
                }
                // Relaxed: the queue's lock orders this with the unlocker's look at the queue (INV-LOCK-2).
                let announced = byte | PARKED;
                if let Err(current) =
                    self.0.compare_exchange_weak(byte, announced, Ordering::Relaxed, Ordering::Relaxed)
                {
                    byte = current;
                    continue;
                }
            }
            // Relaxed: under the queue's lock, as is every clearing of PARKED (INV-LOCK-2).
            parking::park(self.address(), || {
                mutant!("lock_park_unvalidated") || self.0.load(Ordering::Relaxed) & !LAST == LOCKED | PARKED
            });
            spins = 0;
            byte = self.0.load(Ordering::Relaxed);
        }
    }

    #[cold]
    #[inline(never)]
    fn unlock_slow(&self, mine: u8) {
        if mutant!("lock_unlock_without_wake") {
            return self.0.store(mine, Ordering::Release);
        }
        // Release: pairs with the Acquire of the next lock (INV-LOCK-1). A plain store is enough, because nobody else
        // changes a byte with both bits set.
        parking::unpark_one(self.address(), |more| {
            self.0.store(if more { mine | PARKED } else { mine }, Ordering::Release);
        });
    }
}

/// Two locks that are held: what [`unlock_pair`] needs.
#[derive(Debug)]
#[must_use = "the locks stay held until `unlock_pair`"]
pub struct LockedPair<'a> {
    first: &'a ObjectLock,
    /// `None` if both were the same.
    second: Option<&'a ObjectLock>,
}

/// Locks both, waiting if need be; once, if they are the same. The lower address comes first (INV-LOCK-3), so that two
/// threads that want the same two objects cannot each hold one.
#[inline]
pub fn lock_pair<'a>(a: &'a ObjectLock, b: &'a ObjectLock) -> LockedPair<'a> {
    let in_order = a.address() <= b.address() || mutant!("lock_pair_in_argument_order");
    let (first, second) = if in_order { (a, b) } else { (b, a) };
    first.lock();
    if first.address() == second.address() {
        return LockedPair { first, second: None };
    }
    second.lock_any();
    LockedPair { first, second: Some(second) }
}

/// Unlocks what [`lock_pair`] locked.
///
/// # Safety
/// The calling thread called `lock_pair`.
#[inline]
pub unsafe fn unlock_pair(pair: LockedPair<'_>) {
    if let Some(second) = pair.second {
        // SAFETY: INV-LOCK-1; `lock_pair` locked it, and the caller vouches for the thread.
        unsafe { second.unlock() };
    }
    // SAFETY: INV-LOCK-1; as above.
    unsafe { pair.first.unlock() };
}

/// How many object locks this thread holds; always 0 in release builds, which do not count.
pub fn held_locks() -> u32 {
    held::count()
}

/// Panics if this thread holds an object lock (INV-LOCK-4). Debug builds alone know.
#[inline]
#[track_caller]
pub fn assert_no_locks_held(what: &str) {
    held::assert_none(what);
}

/// The count of held locks, in debug builds.
#[cfg(debug_assertions)]
mod held {
    crate::thread_local_cell!(static HELD: u32 = 0);

    pub(super) fn count() -> u32 {
        HELD.with(|held| held.get())
    }

    pub(super) fn add() {
        HELD.with(|held| held.set(held.get() + 1));
    }

    pub(super) fn remove() {
        let left = count().checked_sub(1).expect("INV-LOCK-1: unlocked by a thread that holds no lock");
        HELD.with(|held| held.set(left));
    }

    #[track_caller]
    pub(super) fn assert_none(what: &str) {
        assert!(count() == 0, "INV-LOCK-4: {} object locks are held: {what}", count());
    }
}

/// Nothing, in release builds.
#[cfg(not(debug_assertions))]
mod held {
    #[inline(always)]
    pub(super) fn count() -> u32 {
        0
    }

    #[inline(always)]
    pub(super) fn add() {}

    #[inline(always)]
    pub(super) fn remove() {}

    #[inline(always)]
    pub(super) fn assert_none(_what: &str) {}
}

#[cfg(all(test, not(loom)))]
mod tests;
