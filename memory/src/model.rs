//! What models need beside the crate's interface: tokens that are made on one thread and used on another, and a look
//! at counts.

use threads::sync::Arc;
use threads::{Requests, Thread, Token, World};

use crate::collector;
use crate::local::{Local, Privilege};
use crate::park;
use crate::value::Value;

/// A registered thread, between two threads of the model.
///
/// Registering takes more steps than most protocols, so a model does it before it spawns its threads.
#[derive(Debug)]
pub struct Seat {
    thread: Option<Token>,
    detached: bool,
}

impl Seat {
    /// Registers a thread that holds no guard for buffers: most models retire none.
    pub fn new(world: &Arc<World>) -> Self {
        let seat = Self::with_guard(world);
        seat.local().with_guard(|guard| drop(guard.take()));
        seat
    }

    /// Registers a thread.
    pub fn with_guard(world: &Arc<World>) -> Self {
        let seat = Self { thread: Some(world.register().expect("an id is free")), detached: false };
        seat.put_down();
        seat
    }

    fn thread(&self) -> &Thread {
        self.thread.as_ref().expect("taken by `drop` alone")
    }

    fn local(&self) -> &Local {
        Local::of(self.thread())
    }

    fn put_down(&self) {
        Local::set_current(None);
        self.thread().put_down();
    }

    fn pick_up(&self) {
        self.thread().pick_up();
        Local::set_current(Some(self.local()));
    }

    /// Runs `action` as this thread.
    pub fn run<R>(&mut self, action: impl FnOnce(&mut Thread) -> R) -> R {
        self.pick_up();
        let result = action(self.thread.as_mut().expect("taken by `drop` alone"));
        self.put_down();
        result
    }

    /// Detaches, unless it has.
    pub fn detach(&mut self) {
        if self.detached {
            return;
        }
        self.run(Thread::begin_detached);
        self.detached = true;
    }

    /// Attaches again.
    pub fn attach(&mut self) {
        self.thread.as_mut().expect("taken by `drop` alone").end_detached();
        self.local().with_guard(|guard| drop(guard.take()));
        self.detached = false;
        self.put_down();
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::mem::forget(self.thread.take()); // the execution has failed; leaving would fail again
            return;
        }
        if self.detached {
            self.attach();
        }
        self.pick_up();
        drop(self.thread.take());
    }
}

/// What a collection finds to be the count of `value`: stops the world, settles all counts and looks. And what `expected`
/// says at that moment.
pub fn settled_count(thread: &mut Thread, value: &Value, expected: impl FnOnce() -> i64) -> (i64, i64) {
    let mut stopped = thread.stop_the_world();
    collector::settle(Local::of(stopped.requester()));
    let header = value.header().expect("an object");
    // SAFETY: INV-HEADER-1; the world is stopped.
    (unsafe { header.count() }, expected())
}

/// Whether the grace period of something that this thread has parked is over and it was not told so.
pub fn waits_in_vain(thread: &Thread) -> bool {
    let local = Local::of(thread);
    let told = thread.control().requested().contains(Requests::RIPE);
    let ripe = park::oldest_stamp(local).is_some_and(|stamp| stamp <= local.memory().grace().horizon());
    ripe && !told
}

/// Releases what a collection on this thread finds in garbage, whoever's it is.
pub fn release_as_collector<const N: usize>(values: [Value; N]) {
    let _privilege = Privilege::new();
    drop(values);
}
