//! Threads that a program starts and joins.
//!
//! ```text
//!     NOT STARTED --start--> RUNNING --the thread has left the world--> DONE
//!          ^                    |
//!          '--------------------'  the operating system refuses
//! ```
//!
//! A thread is done only after it is unregistered: whoever has joined it may rely on its queues being drained. At that
//! moment it is not attached any more, so it tells its joiners under the world's mutex (INV-WAIT-1).
//!
//! * INV-HANDLE-1: a handle is in the world's list of running threads exactly while it is RUNNING.
//! * INV-HANDLE-2: once a handle is DONE its thread touches no object any more, and everybody who waits for it is
//!   woken.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::sync::{Arc, Mutex, thread};
use crate::thread::Thread;
use crate::waiter::{Line, Signals, Wait, Woken, lock_line};
use crate::world::{Seat, TooManyThreads, World};

const DONE: u32 = 1;

/// How to start a thread.
#[derive(Clone, Debug, Default)]
pub struct StartOptions {
    /// Its name for the operating system; cut off at a NUL.
    pub name: Option<String>,
    /// The size of its stack in bytes; without one, what the system gives.
    pub stack_size: Option<usize>,
    /// Whether the program ends without waiting for it.
    pub daemon: bool,
}

/// Why a thread was not started.
#[derive(Debug)]
pub enum StartError {
    /// It has been started already.
    AlreadyStarted,
    /// No thread id is left.
    TooMany(TooManyThreads),
    /// The operating system refused.
    System(std::io::Error),
    /// The world has been shut down.
    ShutDown,
}

/// How the body of a thread ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned.
    Returned,
    /// It panicked, with this message.
    Panicked(String),
    /// A fork has left the thread behind.
    LeftBehind,
}

/// What came of an attempt to join.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// The thread is done.
    Finished,
    /// The time was over first.
    TimedOut,
    /// A signal wants to be answered; the caller may join again with the same [`Wait`].
    Interrupted,
}

/// Why a thread cannot be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinError {
    /// It has not been started.
    NotStarted,
    /// It is the calling thread, which would wait for ever.
    Current,
    /// The world has been shut down: it will never be done.
    ShutDown,
}

#[derive(Debug)]
enum Phase {
    NotStarted,
    Running(Seat),
    Done(Seat, Outcome),
}

#[derive(Debug)]
struct State {
    phase: Phase,
    native_id: Option<u64>,
    daemon: bool,
    joiners: Line<()>,
}

/// A thread to be started, running or done.
#[derive(Debug)]
pub struct ThreadHandle {
    state: Mutex<State>,
}

impl ThreadHandle {
    /// A thread that has not been started.
    #[allow(clippy::new_ret_no_self, reason = "a handle is always shared with its thread")]
    pub fn new() -> Arc<Self> {
        let state =
            State { phase: Phase::NotStarted, native_id: None, daemon: false, joiners: Line::default() };
        Arc::new(Self { state: Mutex::new(state) })
    }

    /// Starts the thread; it runs `body`, attached.
    ///
    /// # Errors
    /// [`StartError`]; only after [`StartError::AlreadyStarted`] is another attempt useless.
    ///
    /// # Concurrency
    /// Returns without waiting for the new thread to run. A panic in `body` ends the thread and nothing else.
    pub fn start(
        self: &Arc<Self>,
        starter: &mut Thread,
        options: &StartOptions,
        body: impl FnOnce(&mut Thread) + Send + 'static,
    ) -> Result<(), StartError> {
        let world = starter.world();
        let seat = self.begin(world, options.daemon)?;
        let mut builder = thread::Builder::new();
        if let Some(name) = &options.name {
            let name = name.split('\0').next().unwrap_or_default();
            builder = builder.name(name.to_owned());
        }
        if let Some(size) = options.stack_size {
            builder = builder.stack_size(size);
        }
        let (handle, world_of_thread) = (Arc::clone(self), Arc::clone(world));
        match builder.spawn(move || handle.run(&world_of_thread, seat, body)) {
            Ok(_detached) => Ok(()),
            Err(error) => {
                let mut inner = world.lock_inner();
                world.leave_seat(&mut inner, seat);
                inner.running.retain(|other| !Arc::ptr_eq(other, self));
                self.state.lock().phase = Phase::NotStarted;
                Err(StartError::System(error))
            }
        }
    }

    fn begin(self: &Arc<Self>, world: &World, daemon: bool) -> Result<Seat, StartError> {
        let mut inner = world.lock_inner();
        let mut state = self.state.lock();
        if !matches!(state.phase, Phase::NotStarted) {
            return Err(StartError::AlreadyStarted);
        }
        if inner.finalizer.is_some() {
            return Err(StartError::ShutDown);
        }
        let seat = world.take_seat(&mut inner).map_err(StartError::TooMany)?;
        state.phase = Phase::Running(seat);
        state.daemon = daemon;
        inner.running.push(Arc::clone(self)); // INV-HANDLE-1
        Ok(seat)
    }

    fn run(self: Arc<Self>, world: &Arc<World>, seat: Seat, body: impl FnOnce(&mut Thread)) {
        let mut thread = world.register_in(seat);
        lock_line(&self.state, &thread).native_id = native_id();
        let outcome = run_contained(&mut thread, body);
        drop(thread);
        let mut inner = world.lock_inner();
        inner.running.retain(|other| !Arc::ptr_eq(other, &self));
        self.finish(world, outcome);
    }

    /// RUNNING to DONE, under the world's mutex.
    fn finish(&self, world: &World, outcome: Outcome) {
        let mut state = self.state.lock();
        if let Phase::Running(seat) = state.phase {
            state.phase = Phase::Done(seat, outcome);
        }
        if !crate::mutant!("handle-forgets-joiners") {
            state.joiners.grant_all(world, DONE);
        }
    }

    /// The thread exists only in the parent process. Under the world's mutex.
    pub(crate) fn leave_behind(&self, world: &World) {
        self.finish(world, Outcome::LeftBehind);
    }

    /// Waits until the thread is done, as long as `wait` says.
    ///
    /// # Errors
    /// [`JoinError`].
    ///
    /// # Concurrency
    /// A safepoint if it has to wait, which it does detached.
    pub fn join(&self, thread: &mut Thread, wait: Wait) -> Result<Join, JoinError> {
        let closed = thread.world().is_shut_down();
        let waiter = thread.take_waiter();
        let mut state = lock_line(&self.state, thread);
        let known = match &state.phase {
            Phase::NotStarted => Some(Err(JoinError::NotStarted)),
            Phase::Done(..) => Some(Ok(Join::Finished)),
            Phase::Running(seat) if seat.serial == thread.serial() => Some(Err(JoinError::Current)),
            Phase::Running(_) if closed => Some(Err(JoinError::ShutDown)),
            Phase::Running(_) if wait == Wait::No => Some(Ok(Join::TimedOut)),
            Phase::Running(_) => None,
        };
        if let Some(outcome) = known {
            drop(state);
            thread.put_back(waiter);
            return outcome;
        }
        state.joiners.push(&waiter, ());
        drop(state);
        thread.detaches.set(0); // a long wait, often for the only thread that is left: it should learn that it is alone
        let gave_up = match waiter.sleep(thread, wait, Signals::Interrupt) {
            Woken::Granted(_) => None,
            Woken::TimedOut => Some(Join::TimedOut),
            Woken::Interrupted => Some(Join::Interrupted),
        };
        let outcome = match gave_up {
            Some(reason) if lock_line(&self.state, thread).joiners.withdraw(&waiter) => reason,
            _ => Join::Finished,
        };
        thread.put_back(waiter);
        Ok(outcome)
    }

    /// Whether the thread has been started and is not done.
    pub fn is_alive(&self, thread: &Thread) -> bool {
        matches!(lock_line(&self.state, thread).phase, Phase::Running(_))
    }

    /// How the body ended, once the thread is done.
    pub fn outcome(&self, thread: &Thread) -> Option<Outcome> {
        match &lock_line(&self.state, thread).phase {
            Phase::Done(_, outcome) => Some(outcome.clone()),
            _ => None,
        }
    }

    /// The thread's serial number, once it is started.
    pub fn serial(&self, thread: &Thread) -> Option<u64> {
        lock_line(&self.state, thread).serial()
    }

    /// The operating system's number for the thread, once it runs and where there is one.
    pub fn native_id(&self, thread: &Thread) -> Option<u64> {
        lock_line(&self.state, thread).native_id
    }

    /// Whether this is the handle of the thread with this serial number. Under the world's mutex.
    pub(crate) fn is_of(&self, serial: u64) -> bool {
        self.state.lock().serial() == Some(serial)
    }
}

impl State {
    fn serial(&self) -> Option<u64> {
        match &self.phase {
            Phase::Running(seat) | Phase::Done(seat, _) => Some(seat.serial),
            Phase::NotStarted => None,
        }
    }
}

impl World {
    /// A thread that the program has to wait for before it ends: running, not a daemon, not the caller.
    pub fn next_to_join(&self, caller: &Thread) -> Option<Arc<ThreadHandle>> {
        let inner = self.lock_inner();
        let waits_for = |handle: &&Arc<ThreadHandle>| {
            let state = handle.state.lock();
            !state.daemon && state.serial() != Some(caller.serial())
        };
        inner.running.iter().find(waits_for).cloned()
    }
}

/// Runs the body; a panic stays here.
fn run_contained(thread: &mut Thread, body: impl FnOnce(&mut Thread)) -> Outcome {
    if cfg!(loom) {
        body(thread); // a panic is how a model fails
        return Outcome::Returned;
    }
    match catch_unwind(AssertUnwindSafe(|| body(thread))) {
        Ok(()) => Outcome::Returned,
        Err(payload) => {
            let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
            Outcome::Panicked(text.unwrap_or_else(|| "a panic without a message".to_owned()))
        }
    }
}

/// The operating system's number for the calling thread.
pub fn native_id() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: takes nothing and cannot fail.
        let id = unsafe { libc::gettid() };
        u64::try_from(id).ok()
    }
    #[cfg(not(target_os = "linux"))]
    None
}
