//! Attached threads that wait together and work together.
//!
//! All threads of a team stay attached, so the mode is multi however few of them work. Who has no part in a round
//! sleeps and polls a hundred times a second: seldom enough not to disturb those who work, and too seldom for rounds
//! that stop the world or wait for grace periods. The calling thread is the team's first. Each
//! member keeps to one core.

use std::sync::mpsc;
use std::thread as os;
use std::time::{Duration, Instant};

use memory::{Memory, Published, Value};
use threads::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use threads::sync::{Arc, Condvar, Mutex};
use threads::{Thread, Token, World};

use crate::Failure;
use crate::pin::Pin;

/// What the coordinator and the workers agree on.
#[derive(Debug)]
struct Agreement {
    epoch: Instant,
    seats: Vec<Seat>,
    ready: AtomicUsize,
    go: AtomicBool,
    finished: AtomicUsize,
    /// When the first of them began and the last ended, in nanoseconds from `epoch`.
    begun_ns: AtomicU64,
    ended_ns: AtomicU64,
    over: AtomicBool,
    here: AtomicUsize,
    gone: AtomicUsize,
}

impl Agreement {
    fn new(size: usize) -> Self {
        Self {
            epoch: Instant::now(),
            seats: (0..size).map(|_| Seat::default()).collect(),
            ready: AtomicUsize::new(0),
            go: AtomicBool::new(false),
            finished: AtomicUsize::new(0),
            begun_ns: AtomicU64::new(0),
            ended_ns: AtomicU64::new(0),
            over: AtomicBool::new(false),
            here: AtomicUsize::new(0),
            gone: AtomicUsize::new(0),
        }
    }
}

/// Where one member waits.
#[derive(Debug, Default)]
struct Seat {
    /// The kind of the round in which it has a part.
    order: Mutex<Option<usize>>,
    signal: Condvar,
}

impl Seat {
    fn give(&self, kind: usize) {
        *self.order.lock() = Some(kind);
        self.signal.notify_one();
    }

    /// The kind of the round, if there is one within a nap's time.
    fn take(&self) -> Option<usize> {
        let mut order = self.order.lock();
        if order.is_none() {
            order = self.signal.wait_timeout(order, NAP).0;
        }
        order.take()
    }
}

/// The coordinator's view of a team.
pub struct Team<'a, J, S> {
    thread: &'a mut Thread,
    agreement: &'a Agreement,
    job: &'a J,
    state: S,
}

const NAP: Duration = Duration::from_millis(10);

/// What a member does in a round: its thread, its state, its index and the round's kind.
pub trait Job<S>: Fn(&mut Thread, &mut S, usize, usize) + Sync {}
impl<S, F: Fn(&mut Thread, &mut S, usize, usize) + Sync> Job<S> for F {}

/// Runs `body` with a team of `size`. Each member makes its own state, on its own thread, with `prepare`.
pub fn with_team<S, J: Job<S>, R>(
    size: usize,
    prepare: impl Fn(&mut Thread, usize) -> S + Sync,
    job: J,
    body: impl FnOnce(&mut Team<'_, J, S>) -> R,
) -> Result<R, Failure> {
    let world = Memory::new_world(false);
    let agreement = Agreement::new(size);
    os::scope(|scope| {
        let (agreement, prepare, job) = (&agreement, &prepare, &job);
        for index in 1..size {
            let world = Arc::clone(&world);
            scope.spawn(move || {
                let _pin = Pin::new(index);
                let mut thread = register(&world);
                let mut state = prepare(&mut thread, index);
                agreement.here.fetch_add(1, SeqCst);
                while !agreement.over.load(SeqCst) {
                    let _ = thread.poll();
                    if let Some(kind) = agreement.seats[index].take() {
                        take_part(&mut thread, agreement, job, &mut state, index, kind);
                    }
                }
                drop((state, thread));
                agreement.gone.fetch_add(1, SeqCst);
            });
        }
        let _pin = Pin::new(0);
        let mut thread = register(&world);
        let state = prepare(&mut thread, 0);
        poll_until(&mut thread, || agreement.here.load(SeqCst) == size - 1);
        let mut team = Team { thread: &mut thread, agreement, job, state };
        let result = body(&mut team);
        drop(team);
        agreement.over.store(true, SeqCst);
        poll_until(&mut thread, || agreement.gone.load(SeqCst) == size - 1);
        Ok(result)
    })
}

fn register(world: &Arc<World>) -> Token {
    world.register().expect("fewer threads than ids")
}

fn poll_until(thread: &mut Thread, mut done: impl FnMut() -> bool) {
    while !done() {
        let _ = thread.poll();
        os::yield_now();
    }
}

fn take_part<S, J: Job<S>>(
    thread: &mut Thread,
    agreement: &Agreement,
    job: &J,
    state: &mut S,
    index: usize,
    kind: usize,
) {
    agreement.ready.fetch_add(1, SeqCst);
    poll_until(thread, || agreement.go.load(SeqCst));
    let now_ns = || agreement.epoch.elapsed().as_nanos() as u64;
    agreement.begun_ns.fetch_min(now_ns(), SeqCst);
    job(thread, state, index, kind);
    agreement.ended_ns.fetch_max(now_ns(), SeqCst);
    agreement.finished.fetch_add(1, SeqCst);
}

impl<J, S> Team<'_, J, S> {
    /// Lets the first `active` members do the job; returns the time from the first one's start to the last one's end.
    pub fn run(&mut self, active: usize, kind: usize) -> Duration
    where
        J: Job<S>,
    {
        let agreement = self.agreement;
        for counter in [&agreement.ready, &agreement.finished] {
            counter.store(0, SeqCst);
        }
        agreement.begun_ns.store(u64::MAX, SeqCst);
        agreement.ended_ns.store(0, SeqCst);
        agreement.go.store(false, SeqCst);
        agreement.seats[1..active].iter().for_each(|seat| seat.give(kind));
        poll_until(self.thread, || agreement.ready.load(SeqCst) == active - 1);
        agreement.go.store(true, SeqCst);
        take_part(self.thread, agreement, self.job, &mut self.state, 0, kind);
        poll_until(self.thread, || agreement.finished.load(SeqCst) == active);
        Duration::from_nanos(agreement.ended_ns.load(SeqCst) - agreement.begun_ns.load(SeqCst))
    }

    /// Lets the calling thread do something else, with the others attached and idle.
    pub fn alone<R>(&mut self, body: impl FnOnce(&mut Thread, &mut S) -> R) -> R {
        body(self.thread, &mut self.state)
    }
}

/// How the first member gives shared objects to all.
pub struct Handout {
    size: usize,
    send: mpsc::Sender<Vec<Published>>,
    receive: Mutex<mpsc::Receiver<Vec<Published>>>,
}

impl Handout {
    /// For a team of `size`.
    pub fn new(size: usize) -> Self {
        let (send, receive) = mpsc::channel();
        Self { size, send, receive: Mutex::new(receive) }
    }

    /// Called by every member while it prepares: references of its own to the objects that the first has made.
    pub fn share(
        &self,
        thread: &mut Thread,
        index: usize,
        make: impl FnOnce(&mut Thread) -> Vec<Value>,
    ) -> Vec<Value> {
        if index > 0 {
            let received = thread.detached(|| self.receive.lock().recv());
            return received.expect("one for each member").into_iter().map(Published::into_value).collect();
        }
        let values = make(thread);
        for _ in 1..self.size {
            let copies = values.iter().map(|value| Published::new(value.clone())).collect();
            self.send.send(copies).expect("the receiver is beside the sender");
        }
        values
    }
}
