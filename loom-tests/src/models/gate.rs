//! The gate: who may be attached when.
//!
//! A word that a thread touches only while it is solo, without any lock: loom reports two accesses that are not ordered, so
//! the models fail if two threads are solo at once, if one is solo while another still runs, or if the permit passes
//! on without ordering what its last holder did before what the next one does.

use super::Model;
use threads::sync::{Arc, OwnerCell, thread};
use threads::{NoHooks, Thread, Token, World};

struct Shared {
    world: Arc<World>,
    /// Touched while solo.
    word: OwnerCell<u64>,
    /// Read by any attached thread, written while solo.
    read_by_all: OwnerCell<u64>,
}

fn shared(world: Arc<World>) -> Arc<Shared> {
    Arc::new(Shared { world, word: OwnerCell::new(0), read_by_all: OwnerCell::new(0) })
}

impl Shared {
    fn register(&self) -> Token {
        self.world.register().expect("an id is free")
    }

    fn touch_if_solo(&self, th: &mut Thread) {
        if th.is_solo() {
            self.touch();
        } else {
            // SAFETY: INV-OWNER-1; by INV-GATE-1 nobody is solo while this thread is attached and is not.
            let _ = unsafe { self.read_by_all.get() };
        }
    }

    fn touch(&self) {
        for cell in [&self.word, &self.read_by_all] {
            // SAFETY: INV-OWNER-1; by INV-GATE-1 no other thread is attached.
            let before = unsafe { cell.get() };
            // SAFETY: as above.
            unsafe { cell.set(before + 1) };
        }
    }

    fn beside(self: &Arc<Self>, work: fn(&Shared, &mut Thread)) {
        let second = {
            let shared = Arc::clone(self);
            thread::spawn(move || {
                let mut th = shared.register();
                work(&shared, &mut th);
            })
        };
        let mut th = self.register();
        work(self, &mut th);
        drop(th);
        second.join().expect("the second thread passed");
    }
}

/// Solo to multi at a safepoint, and back when the other has left (INV-GATE-1).
fn gate_solo_multi_solo() {
    shared(World::new(Arc::new(NoHooks), false)).beside(|shared, th| {
        shared.touch_if_solo(th);
        let _ = th.poll();
        shared.touch_if_solo(th);
        shared.world.try_become_solo(th);
        shared.touch_if_solo(th);
    });
}

/// A thread that has detached attaches again while another tries to become solo (INV-GATE-1).
fn gate_solo_against_attach() {
    shared(World::new(Arc::new(NoHooks), false).begin_multi()).beside(|shared, th| {
        th.detached(|| ());
        shared.world.try_become_solo(th);
        shared.touch_if_solo(th);
    });
}

/// Under the GIL the holder is always solo, and it changes hands at safepoints and detaches (INV-GATE-1).
fn gate_gil_changes_hands() {
    let shared = shared(World::new(Arc::new(NoHooks), true));
    shared.beside(|shared, th| {
        assert!(th.is_solo());
        shared.touch();
        let _ = th.poll();
        shared.touch();
        th.detached(|| ());
        shared.touch();
    });
    // SAFETY: INV-OWNER-1; the second thread has been joined.
    assert_eq!(unsafe { shared.word.get() }, 6, "INV-GATE-1: an addition was lost");
}

/// What a detached thread owns may be touched by another one that keeps it shut out (INV-GATE-3).
fn gate_while_shut_out() {
    let shared = shared(World::new(Arc::new(NoHooks), false).begin_multi());
    let mut th = shared.register();
    let owner = th.id();
    let second = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            shared.world.while_shut_out(owner, || shared.touch());
        })
    };
    shared.touch();
    th.detached(|| ());
    shared.touch();
    drop(th);
    second.join().expect("the second thread passed");
}

pub const MODELS: &[Model] = &[
    Model {
        name: "gate_solo_multi_solo",
        invariant: "INV-GATE-1",
        run: gate_solo_multi_solo,
        mutants: &["solo-without-asking", "gate-opens-unnoticed"],
    },
    Model {
        name: "gate_solo_against_attach",
        invariant: "INV-GATE-1",
        run: gate_solo_against_attach,
        mutants: &["solo-without-asking", "solo-bars-nobody"],
    },
    Model {
        name: "gate_gil_changes_hands",
        invariant: "INV-GATE-1",
        run: gate_gil_changes_hands,
        mutants: &["gil-kept-by-two"],
    },
    Model {
        name: "gate_while_shut_out",
        invariant: "INV-GATE-3",
        run: gate_while_shut_out,
        mutants: &["shut-out-by-a-look"],
    },
];
