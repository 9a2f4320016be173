//! Threads that sleep until there is something to take: the engine of `queue.SimpleQueue`.
//!
//! What there is to take is under a lock of its caller's, and putting something there costs no more than a look at a number, unless
//! somebody sleeps.
//!
//! ```text
//!     taker                                           putter
//!     looks, under the lock: nothing                  puts, under the lock
//!     counts itself as asleep                         counts a sleeper out, if any is counted
//!     looks again, under the lock                     gives it a unit
//!     sleeps until it gets a unit, and looks again
//! ```
//!
//! If the taker's second look comes before the put, the putter finds it counted, for the lock orders the two; if it comes after,
//! the taker finds what was put. Who is counted out by a putter has a unit coming and takes it, even if it has found something
//! meanwhile or its time is over: no unit is left for nobody.
//!
//! Who comes first has it: a thread that was woken may find that another was quicker, and sleeps again.
//!
//! * INV-SLEEP-1: a thread sleeps only after a look that came after it was counted.
//! * INV-SLEEP-2: the units, given and on their way, are those of sleepers that were counted out.

use crate::lock::Acquire;
use crate::semaphore::Semaphore;
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::thread::{Context, Thread};
use crate::waiter::Wait;

/// A thread that waits awake looks so seldom: each look takes the lock away from who puts.
const LOOKS_EVERY: u32 = 16;

/// Threads that sleep until there is something to take.
#[derive(Debug)]
pub struct Sleepers {
    /// How many are asleep, or about to be, that no putter has counted out.
    // Relaxed throughout: the lock around what there is to take orders it.
    asleep: AtomicUsize,
    /// What they sleep on.
    units: Semaphore,
}

impl Default for Sleepers {
    fn default() -> Self {
        Self::new()
    }
}

impl Sleepers {
    /// Nobody.
    pub fn new() -> Self {
        Self { asleep: AtomicUsize::new(0), units: Semaphore::new(0) }
    }

    /// What `take` finds, as soon as it finds something. It looks under the lock under which others put things there.
    ///
    /// # Errors
    /// Why nothing was found: as [`Lock::acquire`](crate::Lock::acquire).
    ///
    /// # Concurrency
    /// A safepoint if it has to wait, which it does detached.
    #[inline]
    pub fn wait_until<R>(
        &self,
        thread: &mut Thread,
        wait: Wait,
        mut take: impl FnMut(&Context) -> Option<R>,
    ) -> Result<R, Acquire> {
        match take(thread) {
            Some(found) => Ok(found),
            None if wait == Wait::No => Err(Acquire::WouldBlock),
            None => self.wait_slow(thread, wait, take),
        }
    }

    #[cold]
    fn wait_slow<R>(
        &self,
        thread: &mut Thread,
        wait: Wait,
        mut take: impl FnMut(&Context) -> Option<R>,
    ) -> Result<R, Acquire> {
        let mut looks = 0_u32;
        let awake = thread.look(|| {
            looks += 1;
            if looks.is_multiple_of(LOOKS_EVERY) { take(thread) } else { None }
        });
        if let Some(found) = awake {
            return Ok(found);
        }
        loop {
            self.asleep.fetch_add(1, Ordering::Relaxed);
            if !crate::mutant!("sleepers-look-once")
                && let Some(found) = take(thread)
            {
                self.leave(thread);
                return Ok(found);
            }
            let outcome = self.units.acquire(thread, wait);
            if outcome != Acquire::Acquired {
                self.leave(thread);
                // A unit that was coming has told of something.
                return take(thread).ok_or(outcome);
            }
            if let Some(found) = take(thread) {
                return Ok(found);
            }
        }
    }

    /// Counts one sleeper out, if any is counted.
    fn count_out(&self) -> bool {
        let (order, fewer) = (Ordering::Relaxed, |asleep: usize| asleep.checked_sub(1));
        self.asleep.fetch_update(order, order, fewer).is_ok()
    }

    /// The calling thread, which was counted, does not sleep any more.
    fn leave(&self, thread: &mut Thread) {
        if self.count_out() || crate::mutant!("sleepers-leave-their-unit") {
            return;
        }
        // INV-SLEEP-2: a putter has counted this thread out and is about to give it a unit.
        while self.units.acquire(thread, Wait::Forever) != Acquire::Acquired {}
    }

    /// Wakes a sleeper, if there is one. By whoever has put something there.
    #[inline]
    pub fn wake_one(&self, thread: &mut Thread) {
        if self.asleep.load(Ordering::Relaxed) > 0 {
            self.wake_one_slow(thread);
        }
    }

    #[cold]
    fn wake_one_slow(&self, thread: &mut Thread) {
        if self.count_out() {
            // It has no bound, and there are not that many threads.
            let _ = self.units.release(thread, 1);
        }
    }

    /// How many units nobody has taken: for models.
    #[cfg(loom)]
    pub fn units_left(&self, thread: &Thread) -> usize {
        self.units.value(thread)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::sync::{Arc, Mutex, thread};
    use crate::{NoHooks, World};

    #[test]
    fn sleep_1_nothing_that_was_put_is_missed() {
        const EACH: usize = 20_000;
        let world = World::new(Arc::new(NoHooks), false);
        let shared = Arc::new((Mutex::new(0_usize), Sleepers::new()));
        let takers: Vec<_> = (0..3)
            .map(|_| {
                let (world, shared) = (Arc::clone(&world), Arc::clone(&shared));
                thread::spawn(move || {
                    let mut th = world.register().expect("an id");
                    for _ in 0..EACH {
                        let taken = shared.1.wait_until(&mut th, Wait::Forever, |_| {
                            let mut things = shared.0.lock();
                            *things = things.checked_sub(1)?;
                            Some(())
                        });
                        assert_eq!(taken, Ok(()));
                    }
                })
            })
            .collect();
        let mut th = world.register().expect("an id");
        for _ in 0..3 * EACH {
            *shared.0.lock() += 1;
            shared.1.wake_one(&mut th);
            let _ = th.poll();
        }
        th.detached(|| takers.into_iter().for_each(|taker| taker.join().expect("no panic")));
        assert_eq!((*shared.0.lock(), shared.1.asleep.load(Ordering::Relaxed)), (0, 0));
        assert_eq!(shared.1.units.value(&th), 0, "INV-SLEEP-2");
    }

    #[test]
    fn sleep_2_who_does_not_wait_leaves_nothing() {
        let world = World::new(Arc::new(NoHooks), false);
        let mut th = world.register().expect("an id");
        let sleepers = Sleepers::new();
        assert_eq!(sleepers.wait_until(&mut th, Wait::No, |_| None::<()>), Err(Acquire::WouldBlock));
        let soon = Wait::at_most(Some(std::time::Duration::from_millis(1)));
        assert_eq!(sleepers.wait_until(&mut th, soon, |_| None::<()>), Err(Acquire::TimedOut));
        sleepers.wake_one(&mut th);
        assert_eq!((sleepers.asleep.load(Ordering::Relaxed), sleepers.units.value(&th)), (0, 0));
        assert_eq!(sleepers.wait_until(&mut th, Wait::No, |_| Some(7)), Ok(7));
    }
}
