//! Models of the one-byte object lock.

use threads::object_lock::{ObjectLock, lock_pair, unlock_pair};
use threads::sync::cell::UnsafeCell;
use threads::sync::{Arc, thread};

use super::Model;

struct Shared {
    locks: [ObjectLock; 2],
    value: UnsafeCell<usize>,
}
// SAFETY: INV-LOCK-1; the value is touched under the lock alone, and loom checks that.
unsafe impl Sync for Shared {}
// SAFETY: nothing here belongs to a thread.
unsafe impl Send for Shared {}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self { locks: [ObjectLock::new(), ObjectLock::new()], value: UnsafeCell::new(0) })
    }

    fn add(&self) {
        // SAFETY: INV-LOCK-1; called under a lock.
        self.value.with_mut(|value| unsafe { *value += 1 });
    }

    fn add_locked(&self) {
        self.locks[0].lock();
        self.add();
        // SAFETY: locked above.
        unsafe { self.locks[0].unlock() };
    }

    fn add_pair_locked(&self, a: usize, b: usize) {
        let pair = lock_pair(&self.locks[a], &self.locks[b]);
        self.add();
        // SAFETY: locked above.
        unsafe { unlock_pair(pair) };
    }

    fn assert_value(&self, expected: usize) {
        // SAFETY: the other threads were joined.
        assert_eq!(self.value.with(|value| unsafe { *value }), expected);
        assert!(!self.locks[0].is_locked() && !self.locks[1].is_locked());
    }
}

/// Two threads, of which one tries first: the value has no other protection than the lock.
fn mutual_exclusion() {
    let shared = Shared::new();
    let other = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || shared.add_locked())
    };
    let mut expected = 1;
    if shared.locks[0].try_lock() {
        shared.add();
        // SAFETY: locked above.
        unsafe { shared.locks[0].unlock() };
        expected += 1;
    }
    shared.add_locked();
    other.join().expect("no panic");
    shared.assert_value(expected + 1);
}

/// Three threads, so that two can be parked at once and one can barge in: all of them end.
fn every_waiter_is_woken() {
    let shared = Shared::new();
    let others: Vec<_> = (0..2)
        .map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.add_locked())
        })
        .collect();
    shared.add_locked();
    others.into_iter().for_each(|t| t.join().expect("no panic"));
    shared.assert_value(3);
}

/// Two threads lock the same two objects, named in opposite orders.
fn pair_does_not_deadlock() {
    let shared = Shared::new();
    let other = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || shared.add_pair_locked(1, 0))
    };
    shared.add_pair_locked(0, 1);
    other.join().expect("no panic");
    shared.assert_value(2);
}

/// The models of the object lock.
pub const MODELS: &[Model] = &[
    Model {
        name: "lock_1_mutual_exclusion",
        invariant: "INV-LOCK-1",
        run: mutual_exclusion,
        mutants: &["lock_unlock_relaxed"],
    },
    Model {
        name: "lock_2_every_waiter_is_woken",
        invariant: "INV-LOCK-2",
        run: every_waiter_is_woken,
        mutants: &["lock_park_unvalidated", "lock_unlock_without_wake"],
    },
    Model {
        name: "lock_3_pair_does_not_deadlock",
        invariant: "INV-LOCK-3",
        run: pair_does_not_deadlock,
        mutants: &["lock_pair_in_argument_order"],
    },
];
