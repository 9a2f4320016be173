//! Stopping the world, against threads that attach, detach and stop it themselves.
//!
//! A word guarded by nothing but the stop: a thread touches it while attached, a requester while the world is
//! stopped. Loom reports any two accesses that are not ordered, so the models fail if a thread goes on after it was
//! counted, attaches during the stop, or leaves uncounted.
//!
//! The world begins in multi mode; a thread's registration is part of every model, for it is an attach.

use super::Model;
use threads::sync::{Arc, OwnerCell, thread};
use threads::{NoHooks, Thread, Token, World};

struct Shared {
    world: Arc<World>,
    /// Written in a stopped world, read while attached.
    word: OwnerCell<u64>,
}

fn shared() -> Arc<Shared> {
    Arc::new(Shared { world: World::new(Arc::new(NoHooks), false).begin_multi(), word: OwnerCell::new(0) })
}

impl Shared {
    fn register(&self) -> Token {
        self.world.register().expect("an id is free")
    }

    fn read(&self, _attached: &mut Thread) -> u64 {
        // SAFETY: INV-OWNER-1; by INV-STOP-2 nobody writes while a thread is attached.
        unsafe { self.word.get() }
    }

    fn write(&self, th: &mut Thread) {
        let _stopped = th.stop_the_world();
        // SAFETY: INV-OWNER-1; by INV-STOP-2 no other thread is attached.
        let before = unsafe { self.word.get() };
        // SAFETY: as above.
        unsafe { self.word.set(before + 1) };
    }
}

/// Runs `other` on a second thread beside `main`.
fn beside(main: fn(&Shared, &mut Thread), other: fn(&Shared, &mut Thread)) {
    let shared = shared();
    let second = {
        let shared = Arc::clone(&shared);
        thread::spawn(move || {
            let mut th = shared.register();
            other(&shared, &mut th);
        })
    };
    let mut th = shared.register();
    main(&shared, &mut th);
    drop(th);
    second.join().expect("the second thread passed");
}

/// An attached thread that polls stops before the requester goes on, and stays until it is let go (INV-STOP-2).
fn stop_against_poll() {
    let polls = |shared: &Shared, th: &mut Thread| {
        let first = shared.read(th);
        let _ = th.poll();
        assert!(shared.read(th) >= first);
    };
    beside(polls, Shared::write);
}

/// A thread that detaches is counted once, and one that attaches waits for the end of the stop (INV-STOP-1, 2).
fn stop_against_detach_and_attach() {
    let detaches = |shared: &Shared, th: &mut Thread| {
        let first = shared.read(th);
        th.detached(|| ());
        assert!(shared.read(th) >= first);
    };
    beside(detaches, Shared::write);
}

/// Two requesters: each has the world to itself, and neither waits for ever (INV-STOP-2, 3).
fn stop_against_stop() {
    beside(Shared::write, |shared, th| {
        shared.write(th);
        assert!(shared.read(th) >= 1);
    });
}

/// Two requesters and a thread that detaches: nobody is counted twice or by both (INV-STOP-1).
fn stop_twice_against_detach() {
    let shared = shared();
    let works: [fn(&Shared, &mut Thread); 2] = [Shared::write, Shared::write];
    let others = works.map(|work| {
        let shared = Arc::clone(&shared);
        thread::spawn(move || work(&shared, &mut shared.register()))
    });
    let mut th = shared.register();
    shared.read(&mut th);
    th.detached(|| ());
    shared.read(&mut th);
    drop(th);
    for other in others {
        other.join().expect("the requester passed");
    }
    // SAFETY: INV-OWNER-1; the other threads have been joined.
    assert_eq!(unsafe { shared.word.get() }, 2, "INV-STOP-2: a write was lost");
}

pub const MODELS: &[Model] = &[
    Model {
        name: "stop_against_poll",
        invariant: "INV-STOP-2",
        run: stop_against_poll,
        mutants: &["resume-after-counted", "stop-waits-for-nobody"],
    },
    Model {
        name: "stop_against_detach_and_attach",
        invariant: "INV-STOP-1",
        run: stop_against_detach_and_attach,
        mutants: &["detach-ignores-stop", "attach-ignores-stop"],
    },
    Model {
        name: "stop_against_stop",
        invariant: "INV-STOP-3",
        run: stop_against_stop,
        mutants: &["stop-ignores-stop"],
    },
    Model {
        name: "stop_twice_against_detach",
        invariant: "INV-STOP-1",
        run: stop_twice_against_detach,
        mutants: &["stop-ignores-stop", "detach-ignores-stop", "attach-ignores-stop"],
    },
];
