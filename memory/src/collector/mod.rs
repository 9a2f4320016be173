//! The cycle collector: stop the world, count internal references, mark what is referenced from outside, clear the
//! rest.
//!
//! At a stop every stack slot is counted (that is what a refresh does), so counts alone tell what is referenced from
//! outside: an object whose count exceeds the references found in other objects is held by a stack or by native code,
//! and no stack is scanned. What is not reachable from such an object is garbage.
//!
//! There are two passes (`graph`), over pages rather than lists. One walks every edge and counts it at its target, in
//! the page's side array. The other compares: an object whose own count is higher is held from outside, and is marked
//! with all that it reaches. Then (`garbage`) weak references, finalizers (PEP 442: once, and what they revive lives), and, after the world has
//! resumed, clearing.
//!
//! Generations are left out on purpose: most objects die by their count, private ones at once, and the threshold grows
//! with the live heap, so the cost of collections stays a constant fraction of that of allocation.
//!
//! * INV-GC-1: a tracked object's count is at least the number of counted references to it from tracked objects.
//! * INV-GC-2: garbage is reachable from garbage alone; nobody can reach it while it is cleared.
//! * INV-GC-3: one collection at a time ([`Turn`]).

mod garbage;
mod graph;
mod inspect;
mod verify;

use threads::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use threads::sync::{Arc, OnceLock};
use threads::{Context, Requests, Thread, ThreadId};

use crate::heap::{Bin, Kind};
use crate::local::{Local, Privilege};
use crate::memory::{Memory, reap_everything, refresh_local};
use crate::value::Value;
use crate::{merge, pending};

pub use graph::{InternalVisitor, MarkVisitor};
pub use inspect::{freeze, frozen_count, objects, reference_count, referents, referrers, unfreeze};
pub use verify::{held_from_outside, verify};

/// What a collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Tracked objects that were looked at.
    pub examined: usize,
    /// Objects found unreachable and freed.
    pub freed: usize,
    /// Finalizers that were run.
    pub finalized: usize,
    /// The longest time the world was stopped, in nanoseconds.
    pub pause_ns: u64,
}

/// The smallest volume of allocation between two collections, in bytes.
#[cfg(not(zeal))]
const MIN_THRESHOLD: usize = 8 << 20;
#[cfg(zeal)]
const MIN_THRESHOLD: usize = 256 << 10;

/// In place of the id of a thread.
const NOBODY: u16 = 0;

/// What the collector remembers between collections.
#[derive(Debug)]
pub(crate) struct CollectorState {
    /// The id of the thread that collects, or [`NOBODY`].
    collecting: AtomicU16,
    /// How a collection that begins by itself is done, if not plainly.
    automatic: OnceLock<fn(&mut Thread)>,
    enabled: AtomicBool,
    /// Bytes handed out for tracked objects since the last collection.
    allocated: AtomicUsize,
    threshold: AtomicUsize,
    /// The smallest threshold, in bytes; 0 where nothing is collected by itself.
    least_threshold: AtomicUsize,
    /// Whether the threshold grows with the live heap.
    grows: AtomicBool,
    /// Bytes of tracked objects that the last collection left.
    live_after: AtomicUsize,
    collections: AtomicUsize,
    /// Whether the passes may use the marking pool: not in a forked child, where its threads do not exist.
    parallel: AtomicBool,
}

impl CollectorState {
    pub(crate) fn new() -> Self {
        Self {
            collecting: AtomicU16::new(NOBODY),
            automatic: OnceLock::new(),
            enabled: AtomicBool::new(true),
            allocated: AtomicUsize::new(0),
            threshold: AtomicUsize::new(MIN_THRESHOLD),
            least_threshold: AtomicUsize::new(MIN_THRESHOLD),
            grows: AtomicBool::new(true),
            live_after: AtomicUsize::new(0),
            collections: AtomicUsize::new(0),
            parallel: AtomicBool::new(true),
        }
    }

    /// What is allocated from now on counts towards the next collection.
    fn begin_count(&self) {
        self.allocated.store(0, Ordering::Relaxed);
    }

    /// Computes the threshold anew.
    fn adjust(&self) {
        let grown =
            if self.grows.load(Ordering::Relaxed) { self.live_after.load(Ordering::Relaxed) / 2 } else { 0 };
        self.threshold.store(self.least_threshold.load(Ordering::Relaxed).max(grown), Ordering::Relaxed);
    }

    /// Whether collections happen by themselves.
    fn is_automatic(&self) -> bool {
        self.enabled.load(Ordering::Relaxed) && self.least_threshold.load(Ordering::Relaxed) > 0
    }

    /// In a forked child, where the threads `gone` do not exist: neither does the marking pool, nor a collection of theirs.
    pub(crate) fn after_fork_in_child(&self, gone: &[ThreadId]) {
        self.parallel.store(false, Ordering::Relaxed);
        let collecting = self.collecting.load(Ordering::Relaxed);
        if gone.iter().any(|id| id.get() == collecting) {
            self.collecting.store(NOBODY, Ordering::Relaxed);
        }
    }
}

/// Whether collections happen by themselves (`gc.enable`, `gc.disable`); returns what was set before.
pub fn set_enabled(thread: &Thread, enabled: bool) -> bool {
    Local::of(thread).memory().collector().enabled.swap(enabled, Ordering::AcqRel)
}

/// Whether collections happen by themselves.
pub fn is_enabled(thread: &Thread) -> bool {
    Local::of(thread).memory().collector().enabled.load(Ordering::Acquire)
}

/// Sets how much is allocated between two collections that happen by themselves (`gc.set_threshold`): at least `objects`
/// containers, and where the distance `grows`, never less than the collector thinks right and half of what lives. With 0
/// objects there is no such collection.
pub fn set_pace(thread: &Thread, objects: usize, grows: bool) {
    /// What an empty list takes.
    const BYTES: usize = 64;
    let state = Local::of(thread).memory().collector();
    let asked = objects.saturating_mul(BYTES);
    let least = if grows && objects > 0 { asked.max(MIN_THRESHOLD) } else { asked };
    // Relaxed: tuning, not a protocol.
    state.least_threshold.store(least, Ordering::Relaxed);
    state.grows.store(grows, Ordering::Relaxed);
    state.adjust();
}

/// How many collections there have been in this world.
pub fn collections(thread: &Thread) -> usize {
    collections_in(thread)
}

/// As [`collections`], for who has only the context.
pub fn collections_in(thread: &Context) -> usize {
    Local::of(thread).memory().collector().collections.load(Ordering::Relaxed)
}

/// Notes that `bytes` more have become available to tracked objects; asks for a collection past the threshold.
#[cold]
pub(crate) fn note_allocation(bytes: usize) {
    let Some(local) = Local::try_current() else { return }; // a heap without a world: its own tests
    let state = local.memory().collector();
    // Relaxed: a threshold, not a protocol.
    let allocated = state.allocated.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
    if allocated > state.threshold.load(Ordering::Relaxed) && state.is_automatic() {
        local.context().control().request(Requests::COLLECT);
    }
}

/// The right to collect, which one thread at a time has (INV-GC-3); dropping it gives it back.
pub struct Turn(Arc<Memory>);

impl Turn {
    /// The right to collect; `None` if a collection is under way, on this thread or another.
    pub fn take(thread: &Thread) -> Option<Self> {
        let memory = Local::of(thread).memory().clone();
        let taken = memory.collector().collecting.compare_exchange(
            NOBODY,
            thread.id().get(),
            Ordering::AcqRel,
            Ordering::Relaxed,
        );
        taken.is_ok().then(|| Self(memory)) // not made, and dropped, for who does not get it
    }

    /// Collects cyclic garbage.
    ///
    /// # Concurrency
    /// Stops the world. Runs finalizers and callbacks (Python) after it has resumed.
    pub fn collect(&self, thread: &mut Thread, mut wishes: Wishes<'_>) -> Collected {
        let mut collected = Collected::default();
        const ROUNDS: usize = 2;
        for round in 1..=ROUNDS {
            let begun = std::time::Instant::now();
            let mut stopped = thread.stop_the_world();
            let local = Local::of(stopped.requester());
            let privilege = Privilege::new();
            settle(local);
            let graph = graph::examine(local);
            if let (Some(show), 1) = (&mut wishes.show, round) {
                garbage::show(&graph, show);
            }
            let mut sentence = garbage::judge(local, &graph, round == ROUNDS, wishes.kept.is_some());
            collected.examined = graph.examined();
            let was_large = graph.finish();
            drop(privilege);
            drop(stopped);
            collected.pause_ns = collected.pause_ns.max(begun.elapsed().as_nanos() as u64);
            if was_large {
                graph::give_back(Local::of(thread));
            }
            let finalizers = sentence.finalizers();
            collected.finalized += finalizers;
            if let Some(kept) = &mut wishes.kept {
                collected.freed += sentence.kept.len();
                kept.append(&mut sentence.kept);
            }
            collected.freed += garbage::clear(Local::of(thread), sentence);
            pending::run_pending(thread);
            if finalizers == 0 {
                break;
            }
        }
        if collected.freed > 0 {
            Local::of(thread).trim();
        }
        let state = self.0.collector();
        state.begin_count();
        state.live_after.store(tracked_bytes(Local::of(thread)), Ordering::Relaxed);
        state.adjust();
        state.collections.fetch_add(1, Ordering::Relaxed);
        collected
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.collector().collecting.store(NOBODY, Ordering::Release);
    }
}

/// What else a collection is to do with garbage.
#[derive(Default)]
pub struct Wishes<'a> {
    /// What would be freed is put here instead (`gc.DEBUG_SAVEALL`).
    pub kept: Option<&'a mut Vec<Value>>,
    /// Is shown each object, while the world is stopped: it may look, and no more (`gc.DEBUG_COLLECTABLE`).
    pub show: Option<&'a mut dyn FnMut(&Value)>,
}

/// Collects cyclic garbage; `None` if a collection is under way already.
///
/// # Concurrency
/// As [`Turn::collect`].
pub fn collect(thread: &mut Thread) -> Option<Collected> {
    Turn::take(thread).map(|turn| turn.collect(thread, Wishes::default()))
}

/// Says how collections that begin by themselves are done (`gc` counts them and tells programs); they are just done otherwise.
pub fn set_automatic(thread: &Thread, collect: fn(&mut Thread)) {
    // Set once, at the start.
    let _ = Local::of(thread).memory().collector().automatic.set(collect);
}

/// Collects if there is much more than the last collection left. What a program allocates mostly dies by its count; a
/// stop of the world would find nothing to free there.
pub(crate) fn collect_if_grown(thread: &mut Thread) {
    let local = Local::of(thread);
    let state = local.memory().collector();
    state.begin_count();
    let enough = state.live_after.load(Ordering::Relaxed) + state.threshold.load(Ordering::Relaxed);
    if tracked_bytes(local) >= enough {
        match state.automatic.get() {
            Some(collect) => collect(thread),
            None => drop(collect(thread)),
        }
    }
}

/// Bytes of tracked objects, as nearly as can be told while threads run.
fn tracked_bytes(local: &Local) -> usize {
    let stats = local.memory().pool().stats();
    let tracked = Bin::all().filter(|bin| bin.kind() == Kind::Tracked).map(|bin| stats.bin(bin).live_bytes);
    tracked.sum::<usize>() + stats.large.live_bytes
}

/// Brings every count up to date: the world is stopped.
pub(crate) fn settle(local: &Local) {
    loop {
        refresh_local(local);
        let merged = if threads::mutant!("settle-forgets-queues") { 0 } else { merge::drain_all(local) };
        reap_everything(local);
        if merged == 0 {
            return;
        }
    }
}
