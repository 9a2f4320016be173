//! The engine of `threading.Lock`: mutual exclusion, and no wake-up lost.
//!
//! The world is part of it, for waiting means detaching. A lost wake-up shows as a deadlock, which loom reports; two
//! holders at once show as two accesses that are not ordered. Models have no clock: a wait with a deadline
//! is over as soon as it has slept once, and a lock either hands itself over to whoever waits, or never does.

use super::Model;
use std::time::Duration;
use threads::sync::{Arc, OwnerCell, thread};
use threads::{Acquire, Lock, NoHooks, Thread, Wait, World};

struct Shared {
    world: Arc<World>,
    lock: Lock,
    /// Touched by the holder of the lock.
    word: OwnerCell<u64>,
}

impl Shared {
    fn locked_add(&self, th: &mut Thread, wait: Wait) {
        if self.lock.acquire(th, wait) != Acquire::Acquired {
            assert_ne!(wait, Wait::Forever);
            return;
        }
        // SAFETY: INV-OWNER-1; by INV-PYLOCK-1 no other thread holds the lock.
        let before = unsafe { self.word.get() };
        // SAFETY: as above.
        unsafe { self.word.set(before + 1) };
        self.lock.release(th).expect("INV-PYLOCK-1: held");
    }
}

fn deadline() -> Wait {
    Wait::at_most(Some(Duration::from_secs(3600)))
}

/// A world without the GIL, in multi mode.
fn free() -> Arc<World> {
    World::new(Arc::new(NoHooks), false).begin_multi()
}

fn contend(
    world: Arc<World>,
    lock: Lock,
    others: &[fn(&Shared, &mut Thread)],
    main: fn(&Shared, &mut Thread),
) {
    let shared = Arc::new(Shared { world, lock, word: OwnerCell::new(0) });
    let others: Vec<_> = others
        .iter()
        .map(|&work| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let mut th = shared.world.register().expect("an id is free");
                work(&shared, &mut th);
            })
        })
        .collect();
    let mut th = shared.world.register().expect("an id is free");
    main(&shared, &mut th);
    drop(th);
    for other in others {
        other.join().expect("the other thread passed");
    }
    assert!(!shared.lock.locked());
}

/// Two threads that both get the lock, whatever the order (INV-PYLOCK-1, 2).
fn py_lock_contended() {
    contend(free(), Lock::new(), &[|shared, th| shared.locked_add(th, Wait::Forever)], |shared, th| {
        shared.locked_add(th, Wait::Forever);
    });
}

/// A waiter whose time is over when the lock is handed to it has it (INV-PYLOCK-1, 2).
fn py_lock_timeout_against_release() {
    contend(free(), Lock::handing_over(), &[|shared, th| shared.locked_add(th, deadline())], |shared, th| {
        shared.locked_add(th, Wait::Forever);
        shared.locked_add(th, Wait::Forever);
    });
}

/// The same where only one runs at a time: the holder detaches to let the other queue.
fn py_lock_with_gil() {
    contend(
        World::new(Arc::new(NoHooks), true),
        Lock::new(),
        &[|shared, th| shared.locked_add(th, Wait::Forever)],
        |shared, th| {
            assert_eq!(shared.lock.acquire(th, Wait::Forever), Acquire::Acquired);
            th.detached(|| ());
            shared.lock.release(th).expect("INV-PYLOCK-1: held");
        },
    );
}

/// Two waiters, one of which gives up: the other is woken all the same (INV-PYLOCK-2). The first sleeps on a lock that
/// the main thread holds when it starts.
fn py_lock_two_waiters() {
    contend(
        free(),
        Lock::new(),
        &[|shared, th| shared.locked_add(th, deadline()), |shared, th| shared.locked_add(th, Wait::Forever)],
        |shared, th| shared.locked_add(th, Wait::Forever),
    );
}

pub const MODELS: &[Model] = &[
    Model {
        name: "py_lock_contended",
        invariant: "INV-PYLOCK-1",
        run: py_lock_contended,
        mutants: &["lock-waits-for-nobody", "lock-forgets-to-wake"],
    },
    Model {
        name: "py_lock_timeout_against_release",
        invariant: "INV-PYLOCK-2",
        run: py_lock_timeout_against_release,
        mutants: &["lock-withdraws-unseen", "lock-hands-over-what-is-free"],
    },
    Model {
        name: "py_lock_with_gil",
        invariant: "INV-PYLOCK-2",
        run: py_lock_with_gil,
        mutants: &["lock-forgets-to-wake"],
    },
    Model {
        name: "py_lock_two_waiters",
        invariant: "INV-PYLOCK-2",
        run: py_lock_two_waiters,
        mutants: &["lock-gives-up-when-woken", "lock-withdraws-unseen", "lock-asks-and-forgets-who-waits"],
    },
];
