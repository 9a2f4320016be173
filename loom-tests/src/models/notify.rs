//! Notifications: conditions, events, semaphores and the end of a thread.
//!
//! Each model has one thread that waits for what another one does, and the waiting thread looks first. Doing it
//! between the look and the sleep must wake the sleeper: a lost notification is a deadlock, which loom reports.

use super::Model;
use std::ops::ControlFlow;
use std::time::Duration;
use threads::sync::{Arc, Mutex, OwnerCell, thread};
use threads::{
    Acquire, Condition, Event, Join, Lock, NoHooks, Semaphore, Sleepers, StartOptions, Thread, ThreadHandle,
    Wait,
};
use threads::{Waited, World};

/// Runs `other` on a second thread beside `main`, in a world of their own.
fn beside<S: Send + Sync + 'static>(
    state: S,
    main: impl FnOnce(&S, &mut Thread),
    other: impl FnOnce(&S, &mut Thread) + Send + 'static,
) {
    let world = World::new(Arc::new(NoHooks), false).begin_multi();
    let state = Arc::new(state);
    let second = {
        let (world, state) = (Arc::clone(&world), Arc::clone(&state));
        thread::spawn(move || other(&state, &mut world.register().expect("an id is free")))
    };
    main(&state, &mut world.register().expect("an id is free"));
    second.join().expect("the second thread passed");
}

fn never(_: &mut Thread) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn deadline() -> Wait {
    Wait::at_most(Some(Duration::from_secs(3600)))
}

struct Monitored {
    lock: Lock,
    condition: Condition,
    ready: OwnerCell<bool>,
    /// How many threads the notification has reached.
    woken: OwnerCell<usize>,
}

impl Monitored {
    fn new() -> Self {
        let (ready, woken) = (OwnerCell::new(false), OwnerCell::new(0));
        Self { lock: Lock::new(), condition: Condition::new(), ready, woken }
    }

    fn is_ready(&self) -> bool {
        // SAFETY: INV-OWNER-1; the monitor is held.
        unsafe { self.ready.get() }
    }

    fn announce(&self, th: &mut Thread) {
        assert_eq!(self.lock.acquire(th, Wait::Forever), Acquire::Acquired);
        // SAFETY: INV-OWNER-1; the monitor is held.
        unsafe { self.ready.set(true) };
        let woken = self.condition.notify(th, &self.lock, 1).expect("held");
        // SAFETY: INV-OWNER-1; the monitor is held.
        unsafe { self.woken.set(woken) };
        self.lock.release(th).expect("held");
    }
}

/// A thread that waits under the monitor is woken by a change under the monitor (INV-COND-1, 2).
fn condition_wait_against_notify() {
    let main = |m: &Monitored, th: &mut Thread| {
        assert_eq!(m.lock.acquire(th, Wait::Forever), Acquire::Acquired);
        while !m.is_ready() {
            let _ = m.condition.wait(th, &m.lock, Wait::Forever, never).expect("held");
        }
        m.lock.release(th).expect("held");
    };
    beside(Monitored::new(), main, Monitored::announce);
}

/// A wait reports a notification exactly if one has reached it, even if its time is over then (INV-COND-3).
fn condition_timeout_against_notify() {
    let main = |m: &Monitored, th: &mut Thread| {
        assert_eq!(m.lock.acquire(th, Wait::Forever), Acquire::Acquired);
        let waited = m.condition.wait(th, &m.lock, deadline(), never).expect("held");
        // SAFETY: INV-OWNER-1; the monitor is held.
        let woken = unsafe { m.woken.get() };
        assert_eq!(waited == Waited::Notified, woken == 1, "INV-COND-3: a notification was lost");
        m.lock.release(th).expect("held");
    };
    beside(Monitored::new(), main, Monitored::announce);
}

/// Setting an event wakes who has looked and not yet slept; what came before it is seen after it (INV-EVENT-1).
fn event_wait_against_set() {
    let state = (Event::new(), OwnerCell::new(0u64));
    let main = |(event, word): &(Event, OwnerCell<u64>), th: &mut Thread| {
        assert_eq!(event.wait(th, Wait::Forever), Acquire::Acquired);
        // SAFETY: INV-OWNER-1; the other thread wrote it before the event.
        assert_eq!(unsafe { word.get() }, 1);
    };
    beside(state, main, |(event, word), th| {
        // SAFETY: INV-OWNER-1; read after the event only.
        unsafe { word.set(1) };
        event.set(th);
    });
}

/// A unit that is released wakes who has looked and not yet slept, or stays in the value (INV-SEM-1, 2).
fn semaphore_acquire_against_release() {
    let main = |semaphore: &Semaphore, th: &mut Thread| {
        assert_eq!(semaphore.acquire(th, Wait::Forever), Acquire::Acquired);
        assert_eq!(semaphore.value(th), 0);
    };
    beside(Semaphore::new(0), main, |semaphore, th| semaphore.release(th, 1).expect("unbounded"));
}

/// A unit given to a thread whose time is over is that thread's, or is in the value: never lost (INV-SEM-1).
fn semaphore_timeout_against_release() {
    let main = |semaphore: &Semaphore, th: &mut Thread| {
        if semaphore.acquire(th, deadline()) != Acquire::Acquired {
            assert_eq!(semaphore.acquire(th, Wait::Forever), Acquire::Acquired);
        }
        assert_eq!(semaphore.value(th), 0);
    };
    beside(Semaphore::new(0), main, |semaphore, th| semaphore.release(th, 1).expect("unbounded"));
}

/// Something to take, and who waits for it.
struct Things {
    count: Mutex<u32>,
    sleepers: Sleepers,
}

impl Things {
    fn none() -> Self {
        Self { count: Mutex::new(0), sleepers: Sleepers::new() }
    }

    fn put(&self, th: &mut Thread) {
        *self.count.lock() += 1;
        self.sleepers.wake_one(th);
    }

    fn take(&self, th: &mut Thread, wait: Wait) -> Result<(), Acquire> {
        self.sleepers.wait_until(th, wait, |_| {
            let mut count = self.count.lock();
            *count = count.checked_sub(1)?;
            Some(())
        })
    }
}

/// What is put between a look and the sleep wakes the sleeper (INV-SLEEP-1).
fn sleepers_take_against_put() {
    let main = |things: &Things, th: &mut Thread| {
        assert_eq!(things.take(th, Wait::Forever), Ok(()));
        assert_eq!(things.sleepers.units_left(th), 0, "INV-SLEEP-2");
    };
    beside(Things::none(), main, Things::put);
}

/// Who is woken when its time is over takes the unit all the same, and what it told of (INV-SLEEP-2).
fn sleepers_timeout_against_put() {
    let main = |things: &Things, th: &mut Thread| {
        if things.take(th, deadline()).is_err() {
            assert_eq!(things.take(th, Wait::Forever), Ok(()));
        }
        assert_eq!(things.sleepers.units_left(th), 0, "INV-SLEEP-2");
    };
    beside(Things::none(), main, Things::put);
}

/// The end of a thread wakes who joins it, after it is unregistered (INV-HANDLE-2).
fn handle_join_against_end() {
    let world = World::new(Arc::new(NoHooks), false).begin_multi();
    let mut th = world.register().expect("an id is free");
    let handle = ThreadHandle::new();
    handle.start(&mut th, &StartOptions::default(), |_| ()).expect("a thread");
    assert_eq!(handle.join(&mut th, Wait::Forever), Ok(Join::Finished));
    assert_eq!(world.thread_ids(), [th.id()], "INV-HANDLE-2");
}

pub const MODELS: &[Model] = &[
    Model {
        name: "condition_wait_against_notify",
        invariant: "INV-COND-1",
        run: condition_wait_against_notify,
        mutants: &["condition-joins-late"],
    },
    Model {
        name: "condition_timeout_against_notify",
        invariant: "INV-COND-3",
        run: condition_timeout_against_notify,
        mutants: &["condition-forgets-notice"],
    },
    Model {
        name: "event_wait_against_set",
        invariant: "INV-EVENT-1",
        run: event_wait_against_set,
        mutants: &["event-looks-once"],
    },
    Model {
        name: "semaphore_acquire_against_release",
        invariant: "INV-SEM-2",
        run: semaphore_acquire_against_release,
        mutants: &["semaphore-looks-once"],
    },
    Model {
        name: "semaphore_timeout_against_release",
        invariant: "INV-SEM-1",
        run: semaphore_timeout_against_release,
        mutants: &["semaphore-forgets-grant"],
    },
    Model {
        name: "sleepers_take_against_put",
        invariant: "INV-SLEEP-1",
        run: sleepers_take_against_put,
        mutants: &["sleepers-look-once"],
    },
    Model {
        name: "sleepers_timeout_against_put",
        invariant: "INV-SLEEP-2",
        run: sleepers_timeout_against_put,
        mutants: &["sleepers-leave-their-unit"],
    },
    Model {
        name: "handle_join_against_end",
        invariant: "INV-HANDLE-2",
        run: handle_join_against_end,
        mutants: &["handle-forgets-joiners"],
    },
];
