//! The engine of `threading.RLock`: who owns a lock that is handed over, and who inherits one that was left behind.
//!
//! That its holders exclude each other is the concern of the models of `Lock`, on which it is built.

use super::Model;
use threads::sync::{Arc, OwnerCell, thread};
use threads::{Acquire, NoHooks, RLock, Thread, Token, Wait, World};

struct Shared {
    world: Arc<World>,
    lock: RLock,
    /// Touched by the holder of the lock.
    word: OwnerCell<u64>,
}

impl Shared {
    fn new(world: Arc<World>, lock: RLock) -> Arc<Self> {
        Arc::new(Self { world, lock, word: OwnerCell::new(0) })
    }

    fn register(&self) -> Token {
        self.world.register().expect("an id is free")
    }

    fn acquire(&self, th: &mut Thread) {
        assert_eq!(self.lock.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
    }

    /// As a stream locks itself.
    fn acquire_or_inherit(&self, th: &mut Thread) {
        if !self.lock.inherit(th) {
            self.acquire(th);
        }
    }

    fn add_and_release(&self, th: &mut Thread) {
        // SAFETY: INV-OWNER-1; by INV-RLOCK-1 no other thread holds the lock.
        let before = unsafe { self.word.get() };
        // SAFETY: as above.
        unsafe { self.word.set(before + 1) };
        self.lock.release(th).expect("INV-RLOCK-1: held");
    }
}

fn multi() -> Arc<World> {
    World::new(Arc::new(NoHooks), false).begin_multi()
}

/// A thread waits, is handed the lock, and the world stops before or after it knows: the lock has an owner (INV-RLOCK-3).
fn rlock_handed_over_has_an_owner() {
    let shared = Shared::new(multi(), RLock::handing_over());
    let mut th = shared.register();
    shared.acquire(&mut th);
    let of_waiter = Arc::clone(&shared);
    let waiter = thread::spawn(move || {
        let mut th = of_waiter.register();
        of_waiter.acquire(&mut th);
        of_waiter.add_and_release(&mut th);
    });
    shared.add_and_release(&mut th);
    let stopped = th.stop_the_world();
    assert_eq!(shared.lock.locked(), shared.lock.state().is_some(), "INV-RLOCK-3");
    drop(stopped);
    drop(th);
    waiter.join().expect("the waiter passed");
    assert!(!shared.lock.locked());
}

/// Of two threads that want the lock of one that is gone, one inherits it and the other waits (INV-RLOCK-1).
fn rlock_two_heirs() {
    let shared = Shared::new(multi().as_if_forked(2), RLock::new());
    let mut gone = shared.register();
    assert_eq!(gone.serial(), 1);
    shared.acquire(&mut gone);
    drop(gone);
    let of_other = Arc::clone(&shared);
    let other = thread::spawn(move || {
        let mut th = of_other.register();
        of_other.acquire_or_inherit(&mut th);
        of_other.add_and_release(&mut th);
    });
    let mut th = shared.register();
    shared.acquire_or_inherit(&mut th);
    shared.add_and_release(&mut th);
    drop(th);
    other.join().expect("the other heir passed");
    assert!(!shared.lock.locked());
}

pub const MODELS: &[Model] = &[
    Model {
        name: "rlock_handed_over_has_an_owner",
        invariant: "INV-RLOCK-3",
        run: rlock_handed_over_has_an_owner,
        mutants: &["rlock-handed-over-without-a-name"],
    },
    Model {
        name: "rlock_two_heirs",
        invariant: "INV-RLOCK-1",
        run: rlock_two_heirs,
        mutants: &["rlock-heirs-all-come-first"],
    },
];
