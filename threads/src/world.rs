//! The world: the registry of threads, and what they agree on under one mutex.
//!
//! Attaching and detaching in multi mode touch only the thread's own control word. Everything else (registration,
//! stops, changes of the gate) happens under `World::inner`, which is held for short native code only.
//!
//! * INV-WORLD-1: an id is given to a new thread only after [`Hooks::exit`] of its last bearer has returned.

use std::collections::VecDeque;
use std::time::Duration;

use crate::away::Away;
use crate::control::{Control, Requests, State};
use crate::fork::ForkMark;
use crate::handle::ThreadHandle;
use crate::id_table::IdTable;
use crate::signal::Main;
use crate::sync::{Arc, CachePadded, Condvar, Mutex, MutexGuard};
use crate::thread::{self, DETACHED_ID, Thread, ThreadId, Token};

/// What the layer above does at the turns of a thread's life.
///
/// # Concurrency
/// Called on the thread concerned, without the world's mutex.
pub trait Hooks: Send + Sync {
    /// The thread has been registered and is attached for the first time; [`attached`](Self::attached) follows.
    fn register(&self, _thread: &mut Thread) {}
    /// The thread is attached again after being detached or suspended.
    fn attached(&self, _thread: &mut Thread) {}
    /// The thread is about to detach or to stop: make borrowed references counted, announce a quiescent state.
    /// Must not run Python.
    fn quiesce(&self, _thread: &mut Thread) {}
    /// The thread's solo flag has changed while it stayed attached. Before it becomes multi this may still rely on
    /// being alone; after it became solo, it is.
    fn solo_changed(&self, _thread: &mut Thread, _solo: bool) {}
    /// Answers `requests` at a safepoint; returns those that are for a layer still further up.
    fn answer(&self, _thread: &mut Thread, requests: Requests) -> Requests {
        requests
    }
    /// The process has forked, this is the child, and the threads `gone` do not exist here. Their queues and what
    /// else they owned pass to others before their ids are used again. Must not run Python.
    fn after_fork_in_child(&self, _thread: &mut Thread, _gone: &[ThreadId]) {}
    /// The thread is about to leave for good: the last call, instead of [`quiesce`](Self::quiesce). Its queues must
    /// be drained and closed when this returns.
    fn exit(&self, _thread: &mut Thread) {}
}

/// Hooks that do nothing, for programs without objects.
#[derive(Debug)]
pub struct NoHooks;
impl Hooks for NoHooks {}

/// What the world keeps for each thread id.
#[derive(Debug, Default)]
pub struct ThreadSlot {
    pub(crate) control: CachePadded<Control>,
    /// Waited on, under the world's mutex, by a thread that wants to attach.
    pub(crate) wake: Condvar,
}

/// Who may be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nobody is attached; every thread is suspended, and the next one becomes solo.
    Idle,
    /// This thread alone; every other one is suspended.
    Solo(ThreadId),
    /// Anybody who is not suspended.
    Multi,
}

/// A stop in progress.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub(crate) requester: ThreadId,
    /// Attached threads that have yet to count themselves out.
    pub(crate) outstanding: usize,
}

/// What the mutex protects.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) mode: Mode,
    /// Whether the gate never goes to multi.
    pub(crate) gil: bool,
    pub(crate) stop: Option<Stop>,
    /// A thread that has waited for its turn to stop the world and has it next.
    pub(crate) next_stop: Option<ThreadId>,
    /// Threads that wait to stop the world, in order.
    pub(crate) stop_line: VecDeque<ThreadId>,
    /// Suspended threads that want to attach, in order.
    pub(crate) waiting: VecDeque<ThreadId>,
    pub(crate) registered: Vec<ThreadId>,
    pub(crate) free_ids: VecDeque<ThreadId>,
    used_ids: u16,
    /// The next serial number.
    pub(crate) next_serial: u64,
    /// Threads that were started through a handle and have not finished.
    pub(crate) running: Vec<Arc<ThreadHandle>>,
    /// The thread that shuts the world down: no other one attaches any more.
    pub(crate) finalizer: Option<ThreadId>,
    pub(crate) switch_interval: Duration,
    /// How often the GIL has changed hands.
    pub(crate) gil_switches: u64,
}

/// A registry of threads.
pub struct World {
    slots: IdTable<ThreadSlot>,
    pub(crate) inner: Mutex<Inner>,
    /// Waited on by the requester of a stop.
    pub(crate) all_stopped: Condvar,
    hooks: Arc<dyn Hooks>,
    pub(crate) main: Main,
    pub(crate) fork_mark: ForkMark,
    pub(crate) counters: Counters,
    pub(crate) away: Away,
}

/// How often things happened; read for statistics.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Under the mutex, so plain numbers would do; kept apart from `Inner` to be readable without it.
    pub(crate) stops: crate::sync::atomic::AtomicU64,
    pub(crate) gate_changes: crate::sync::atomic::AtomicU64,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("inner", &*self.inner.lock()).finish_non_exhaustive()
    }
}

/// No id is left for another thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyThreads;

impl std::fmt::Display for TooManyThreads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("can't start new thread: 65534 threads exist")
    }
}

impl std::error::Error for TooManyThreads {}

impl World {
    /// The longest that a thread holds the GIL while others wait, to begin with.
    pub const SWITCH_INTERVAL: Duration = Duration::from_millis(5);

    /// A world without threads. With `gil`, at most one thread is attached at a time.
    pub fn new(hooks: Arc<dyn Hooks>, gil: bool) -> Arc<Self> {
        let inner = Inner {
            mode: Mode::Idle,
            gil,
            stop: None,
            next_stop: None,
            stop_line: VecDeque::new(),
            waiting: VecDeque::new(),
            registered: Vec::new(),
            free_ids: VecDeque::new(),
            used_ids: 0,
            next_serial: 1,
            running: Vec::new(),
            finalizer: None,
            switch_interval: Self::SWITCH_INTERVAL,
            gil_switches: 0,
        };
        Arc::new(Self {
            slots: IdTable::new(),
            inner: Mutex::new(inner),
            all_stopped: Condvar::new(),
            hooks,
            main: Main::default(),
            fork_mark: ForkMark::default(),
            counters: Counters::default(),
            away: Away::default(),
        })
    }

    /// Begins in multi mode, as if two threads had been there and left: what a model of two attached threads would
    /// otherwise spend its steps on.
    #[cfg(loom)]
    pub fn begin_multi(self: Arc<Self>) -> Arc<Self> {
        self.inner.lock().mode = Mode::Multi;
        self
    }

    /// The layer above.
    pub fn hooks(&self) -> &dyn Hooks {
        &*self.hooks
    }

    #[inline]
    pub(crate) fn slot(&self, id: ThreadId) -> &ThreadSlot {
        self.slots.get(id)
    }

    /// Asks something of a thread; true if it was not asked already.
    pub fn request(&self, id: ThreadId, requests: Requests) -> bool {
        self.slot(id).control.request(requests)
    }

    /// Whether the thread is attached at this moment.
    pub fn is_attached(&self, id: ThreadId) -> bool {
        self.slot(id).control.state() == State::Attached
    }

    /// The ids of the registered threads.
    pub fn thread_ids(&self) -> Vec<ThreadId> {
        self.inner.lock().registered.clone()
    }

    /// Registers the calling operating-system thread and attaches it.
    ///
    /// # Errors
    /// [`TooManyThreads`] if 65,534 threads are registered.
    ///
    /// # Concurrency
    /// Blocks until the gate lets it in.
    ///
    /// # Panics
    /// If the calling thread is attached already.
    pub fn register(self: &Arc<Self>) -> Result<Token, TooManyThreads> {
        assert_eq!(thread::current_id(), DETACHED_ID, "INV-THREAD-1: one token an operating-system thread");
        let seat = self.take_seat(&mut self.inner.lock())?;
        Ok(self.register_in(seat))
    }

    /// An id and a serial number for a thread that will call [`register_in`](Self::register_in).
    pub(crate) fn take_seat(&self, inner: &mut Inner) -> Result<Seat, TooManyThreads> {
        let id = inner.take_id().ok_or(TooManyThreads)?;
        let serial = inner.next_serial;
        inner.next_serial += 1;
        inner.registered.push(id);
        // Made under the mutex: a thread that a fork interrupts in making it would leave it unusable in the child.
        let slot = self.slot(id);
        debug_assert_eq!(slot.control.state(), State::Suspended, "INV-GATE-1: a slot begins suspended");
        Ok(Seat { id, serial })
    }

    /// Gives back a seat that nobody has taken.
    pub(crate) fn leave_seat(&self, inner: &mut Inner, seat: Seat) {
        // The door may have been opened for it.
        self.slot(seat.id).control.reset();
        inner.registered.retain(|&id| id != seat.id);
        inner.free_ids.push_back(seat.id);
    }

    pub(crate) fn register_in(self: &Arc<Self>, seat: Seat) -> Token {
        // A slot begins, and is left, suspended: the first attach always goes through the gate.
        let mut thread = Token::new(Arc::clone(self), seat);
        self.attach_slow(&thread);
        thread::set_current(Some(&thread));
        self.name_first_main(&thread);
        self.hooks.register(&mut thread);
        self.hooks.attached(&mut thread);
        thread
    }

    pub(crate) fn unregister(&self, thread: &mut Thread) {
        self.hooks.exit(thread);
        thread::set_current(None);
        let mut inner = self.inner.lock();
        // First: whoever opens the door, perhaps by this thread's leaving, must not open it for the next bearer of the id.
        inner.registered.retain(|&id| id != thread.id());
        self.leave(&mut inner, thread, Leave::ForGood);
        // INV-WORLD-1: the hook has returned.
        inner.free_ids.push_back(thread.id());
        self.slot(thread.id()).control.take(Requests::NONE.union(all_requests()));
        // Who waits for the end of the last other thread.
        let only = if let [only] = inner.registered[..] { Some(only) } else { None };
        self.hint_last_attached(&inner, only);
    }

    /// If exactly one thread is attached, asks it to try to become solo; if none is, asks `next`, which is about to come back
    /// and would not be told by anybody.
    pub(crate) fn hint_last_attached(&self, inner: &Inner, next: Option<ThreadId>) {
        if inner.mode != Mode::Multi || inner.gil {
            return;
        }
        let mut attached =
            inner.registered.iter().filter(|&&id| self.slot(id).control.state() == State::Attached);
        if let (last, None) = (attached.next().copied(), attached.next())
            && let Some(last) = last.or(next)
        {
            self.request(last, Requests::SOLO);
        }
    }

    pub(crate) fn lock_inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// How many times the world was stopped, and how many times the gate changed its mode.
    pub fn counts(&self) -> (u64, u64) {
        use crate::sync::atomic::Ordering::Relaxed; // statistics
        (self.counters.stops.load(Relaxed), self.counters.gate_changes.load(Relaxed))
    }
}

/// A thread's place in the registry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seat {
    pub(crate) id: ThreadId,
    pub(crate) serial: u64,
}

/// How a thread stops being attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// It will attach again.
    ForNow,
    /// Its id will be given to another: the slot is left suspended, as a new one begins.
    ForGood,
}

fn all_requests() -> Requests {
    Requests::TABLE.iter().fold(Requests::NONE, |all, &(_, request)| all.union(request))
}

impl Inner {
    fn take_id(&mut self) -> Option<ThreadId> {
        if let Some(id) = self.free_ids.pop_front() {
            return Some(id);
        }
        let id = ThreadId::new(self.used_ids + 1)?;
        self.used_ids += 1;
        Some(id)
    }
}
