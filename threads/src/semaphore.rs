//! The engines of `threading.Semaphore` and `BoundedSemaphore`.
//!
//! A release gives its unit straight to the thread that has waited longest; only what nobody waits for is added to
//! the value. So a unit is never both in the value and on its way to a thread, and nobody is passed over.
//!
//! * INV-SEM-1: the value plus the units held is the initial value plus what was released in excess.
//! * INV-SEM-2: while somebody that is not left behind by a fork is in line, the value is 0.

use crate::lock::Acquire;
use crate::sync::Mutex;
use crate::thread::Thread;
use crate::waiter::{Line, Signals, Wait, Woken, lock_line};

const UNIT: u32 = 1;

/// Why a release changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseError {
    /// No unit was to be released.
    NoUnits,
    /// A bounded semaphore would exceed its initial value.
    OverRelease,
    /// The value would exceed what can be counted.
    Overflow,
}

#[derive(Debug)]
struct Units {
    value: usize,
    line: Line<()>,
}

/// A number of units that threads acquire and release.
#[derive(Debug)]
pub struct Semaphore {
    units: Mutex<Units>,
    bound: Option<usize>,
}

impl Semaphore {
    /// With `value` units, and any number of further ones to be released.
    pub fn new(value: usize) -> Self {
        Self { units: Mutex::new(Units { value, line: Line::default() }), bound: None }
    }

    /// With `value` units and never more.
    pub fn bounded(value: usize) -> Self {
        Self { bound: Some(value), ..Self::new(value) }
    }

    /// How many units are free, at this moment.
    pub fn value(&self, thread: &Thread) -> usize {
        lock_line(&self.units, thread).value
    }

    /// Acquires one unit; as [`Lock::acquire`](crate::Lock::acquire).
    pub fn acquire(&self, thread: &mut Thread, wait: Wait) -> Acquire {
        let mut units = lock_line(&self.units, thread);
        if units.value > 0 {
            units.value -= 1;
            return Acquire::Acquired;
        }
        if wait == Wait::No {
            return Acquire::WouldBlock;
        }
        drop(units); // taking a waiter needs the token
        self.acquire_slow(thread, wait)
    }

    #[cold]
    fn acquire_slow(&self, thread: &mut Thread, wait: Wait) -> Acquire {
        let waiter = thread.take_waiter();
        let mut units = lock_line(&self.units, thread);
        if units.value > 0 && !crate::mutant!("semaphore-looks-once") {
            units.value -= 1;
            drop(units);
            thread.put_back(waiter);
            return Acquire::Acquired;
        }
        units.line.push(&waiter, ());
        drop(units);
        let gave_up = match waiter.sleep(thread, wait, Signals::Interrupt) {
            Woken::Granted(_) => None,
            Woken::TimedOut => Some(Acquire::TimedOut),
            Woken::Interrupted => Some(Acquire::Interrupted),
        };
        let outcome = match gave_up {
            Some(reason)
                if lock_line(&self.units, thread).line.withdraw(&waiter)
                    || crate::mutant!("semaphore-forgets-grant") =>
            {
                reason
            }
            _ => Acquire::Acquired,
        };
        thread.put_back(waiter);
        outcome
    }

    /// Releases `count` units.
    ///
    /// # Errors
    /// [`ReleaseError`], with nothing changed.
    pub fn release(&self, thread: &mut Thread, count: usize) -> Result<(), ReleaseError> {
        if count == 0 {
            return Err(ReleaseError::NoUnits);
        }
        let mut units = lock_line(&self.units, thread);
        let value = units.value.checked_add(count).ok_or(ReleaseError::Overflow)?;
        if self.bound.is_some_and(|bound| value > bound) {
            return Err(ReleaseError::OverRelease);
        }
        for left in (1..=count).rev() {
            let Some((waiter, ())) = units.line.pop(thread.world()) else {
                units.value += left;
                break;
            };
            debug_assert_eq!(units.value, 0, "INV-SEM-2");
            waiter.grant(UNIT);
        }
        Ok(())
    }
}
