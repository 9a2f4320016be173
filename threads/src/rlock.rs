//! The engine of `threading.RLock`: a lock that its owner may acquire again.
//!
//! The owner is known by its thread's serial number, which is never given to another thread; a thread id may be.
//!
//! A thread to which the lock is handed over may sleep for long before it knows, and a fork or the end of the world may come
//! first. So whoever hands it over writes the name of the new owner, and then tells it.
//!
//! * INV-RLOCK-1: `owner` is a thread's serial number exactly while that thread holds the lock. The thread writes and takes
//!   away its own, with two exceptions: who hands the lock over writes its successor's, and an heir replaces that of an owner
//!   that will never run again.
//! * INV-RLOCK-2: `count` is written by the owner only, and is above 0 exactly while there is an owner.
//! * INV-RLOCK-3: in a stopped world, and after a fork or the end of one, a locked lock has an owner.

use crate::lock::{Acquire, Lock};
use crate::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use crate::thread::Thread;
use crate::waiter::Wait;

const NOBODY: u64 = 0;

/// The calling thread does not hold the lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOwner;

/// The lock is held so often that it cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountOverflow;

/// What a lock was before it was released at one stroke.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavedCount(usize);

impl SavedCount {
    /// How often it was held.
    pub fn count(self) -> usize {
        self.0
    }

    /// A lock held `count` times, as `_acquire_restore` is told by Python.
    pub fn of_count(count: usize) -> Self {
        Self(count)
    }
}

/// A lock with an owner and a count.
#[derive(Debug, Default)]
pub struct RLock {
    lock: Lock,
    // Relaxed throughout: a thread compares the owner with itself, and only itself can have written that value; the
    // lock orders everything else.
    owner: AtomicU64,
    count: AtomicUsize,
}

impl RLock {
    /// A free lock.
    pub fn new() -> Self {
        Self::default()
    }

    /// A free lock that is always handed over to who waits for it.
    #[cfg(loom)]
    pub fn handing_over() -> Self {
        Self { lock: Lock::handing_over(), ..Self::new() }
    }

    /// Whether the calling thread holds it.
    #[inline]
    pub fn is_owned(&self, thread: &Thread) -> bool {
        self.owner.load(Ordering::Relaxed) == thread.serial()
    }

    /// Whether anybody holds it, at this moment.
    #[inline]
    pub fn locked(&self) -> bool {
        self.lock.locked()
    }

    /// How often the calling thread holds it.
    pub fn recursion_count(&self, thread: &Thread) -> usize {
        if self.is_owned(thread) { self.count.load(Ordering::Relaxed) } else { 0 }
    }

    /// The serial number of the owner, and how often it holds the lock: for `repr`, at about this moment.
    pub fn state(&self) -> Option<(u64, usize)> {
        let owner = self.owner.load(Ordering::Relaxed);
        (owner != NOBODY).then(|| (owner, self.count.load(Ordering::Relaxed)))
    }

    fn own(&self, thread: &Thread, count: usize) {
        debug_assert!([NOBODY, thread.serial()].contains(&self.owner.load(Ordering::Relaxed)), "INV-RLOCK-1");
        self.owner.store(thread.serial(), Ordering::Relaxed);
        self.count.store(count, Ordering::Relaxed);
    }

    /// Acquires the lock once more, or for the first time, waiting as long as `wait` says.
    ///
    /// # Errors
    /// [`CountOverflow`], with nothing changed.
    ///
    /// # Concurrency
    /// As [`Lock::acquire`].
    #[inline]
    pub fn acquire(&self, thread: &mut Thread, wait: Wait) -> Result<Acquire, CountOverflow> {
        if self.is_owned(thread) {
            let count = self.count.load(Ordering::Relaxed).checked_add(1).ok_or(CountOverflow)?;
            self.count.store(count, Ordering::Relaxed);
            return Ok(Acquire::Acquired);
        }
        let outcome = self.lock.acquire(thread, wait);
        if outcome == Acquire::Acquired {
            self.own(thread, 1);
        }
        Ok(outcome)
    }

    /// Takes the lock over, as if acquired once, from an owner that will never run again: one that a fork has left behind, or
    /// that the end of the world has. For locks of the runtime's own, which no program could release.
    pub fn inherit(&self, thread: &Thread) -> bool {
        let owner = self.owner.load(Ordering::Relaxed);
        // INV-RLOCK-3: without an owner it is free, or about to be acquired by a thread that runs.
        if owner == NOBODY || !thread.world().is_left_behind(owner) {
            return false;
        }
        let heir = if crate::mutant!("rlock-heirs-all-come-first") {
            self.owner.store(thread.serial(), Ordering::Relaxed);
            true
        } else {
            // The lock stays locked; of several heirs, one comes first.
            let (order, me) = (Ordering::Relaxed, thread.serial());
            self.owner.compare_exchange(owner, me, order, order).is_ok()
        };
        if heir {
            self.count.store(1, Ordering::Relaxed);
        }
        heir
    }

    /// Releases the lock once.
    ///
    /// # Errors
    /// [`NotOwner`] if the calling thread does not hold it.
    #[inline]
    pub fn release(&self, thread: &mut Thread) -> Result<(), NotOwner> {
        if !self.is_owned(thread) {
            return Err(NotOwner);
        }
        let count = self.count.load(Ordering::Relaxed);
        self.count.store(count - 1, Ordering::Relaxed);
        if count == 1 {
            self.release_whole(thread);
        }
        Ok(())
    }

    fn release_whole(&self, thread: &mut Thread) {
        self.owner.store(NOBODY, Ordering::Relaxed);
        let name = |successor| {
            if !crate::mutant!("rlock-handed-over-without-a-name") {
                self.owner.store(successor, Ordering::Relaxed); // INV-RLOCK-3; the message carries the order
                self.count.store(1, Ordering::Relaxed);
            }
        };
        self.lock.release_naming(thread, name).expect("INV-RLOCK-1: an owned lock is locked");
    }

    /// Releases the lock however often it is held.
    ///
    /// # Errors
    /// [`NotOwner`] if the calling thread does not hold it.
    pub fn release_save(&self, thread: &mut Thread) -> Result<SavedCount, NotOwner> {
        if !self.is_owned(thread) {
            return Err(NotOwner);
        }
        let saved = SavedCount(self.count.load(Ordering::Relaxed));
        self.count.store(0, Ordering::Relaxed);
        self.release_whole(thread);
        Ok(saved)
    }

    /// Acquires the lock as often as it was held; signals wait until the next poll.
    pub fn acquire_restore(&self, thread: &mut Thread, saved: SavedCount) {
        self.lock.acquire_in_any_case(thread);
        self.own(thread, saved.0);
    }

    /// Makes the lock free, whatever it was: for a forked child, where its owner may not exist.
    pub fn reset_after_fork(&self, thread: &mut Thread) {
        self.owner.store(NOBODY, Ordering::Relaxed);
        self.count.store(0, Ordering::Relaxed);
        self.lock.reset_after_fork(thread);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::Arc;
    use crate::{NoHooks, World};

    #[test]
    fn rlock_2_the_count_does_not_overflow() {
        let world = World::new(Arc::new(NoHooks), false);
        let mut thread = world.register().expect("an id");
        let lock = RLock::new();
        assert_eq!(lock.acquire(&mut thread, Wait::No), Ok(Acquire::Acquired));
        lock.count.store(usize::MAX, Ordering::Relaxed);
        assert_eq!(lock.acquire(&mut thread, Wait::No), Err(CountOverflow));
        assert_eq!(lock.recursion_count(&thread), usize::MAX);
    }
}
