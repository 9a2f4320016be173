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
//! * INV-GC-3: one collection at a time.

mod garbage;
mod graph;
mod inspect;
mod verify;

use threads::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use threads::{Context, Requests, Thread};

use crate::heap::{Bin, Kind};
use crate::local::{Local, Privilege};
use crate::memory::{reap_everything, refresh_local};
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

/// What the collector remembers between collections.
#[derive(Debug)]
pub(crate) struct CollectorState {
    running: AtomicBool,
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
            running: AtomicBool::new(false),
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

    /// Never uses the marking pool again.
    pub(crate) fn stay_sequential(&self) {
        self.parallel.store(false, Ordering::Relaxed);
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

/// Collects cyclic garbage; `None` if a collection is under way already.
///
/// # Concurrency
/// Stops the world. Runs finalizers and callbacks (Python) after it has resumed.
pub fn collect(thread: &mut Thread) -> Option<Collected> {
    collect_into(thread, None)
}

/// As [`collect`]; what would be freed is put into `kept` instead (`gc.DEBUG_SAVEALL`).
pub fn collect_into(thread: &mut Thread, mut kept: Option<&mut Vec<Value>>) -> Option<Collected> {
    struct Running<'a>(&'a AtomicBool);
    impl Drop for Running<'_> {
        fn drop(&mut self) {
            self.0.store(false, Ordering::Release);
        }
    }
    let state = Local::of(thread).memory().clone();
    let state = state.collector();
    if state.running.swap(true, Ordering::AcqRel) {
        return None; // INV-GC-3
    }
    let _running = Running(&state.running);
    let mut collected = Collected::default();
    const ROUNDS: usize = 2;
    for round in 1..=ROUNDS {
        let begun = std::time::Instant::now();
        let mut stopped = thread.stop_the_world();
        let local = Local::of(stopped.requester());
        let privilege = Privilege::new();
        settle(local);
        let graph = graph::examine(local);
        let mut sentence = garbage::judge(local, &graph, round == ROUNDS, kept.is_some());
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
        if let Some(kept) = &mut kept {
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
    let live = tracked_bytes(Local::of(thread));
    state.allocated.store(0, Ordering::Relaxed);
    state.live_after.store(live, Ordering::Relaxed);
    state.adjust();
    state.collections.fetch_add(1, Ordering::Relaxed);
    Some(collected)
}

/// Collects if there is much more than the last collection left. What a program allocates mostly dies by its count; a
/// stop of the world would find nothing to free there.
pub(crate) fn collect_if_grown(thread: &mut Thread) {
    let local = Local::of(thread);
    let state = local.memory().collector();
    state.allocated.store(0, Ordering::Relaxed);
    let enough = state.live_after.load(Ordering::Relaxed) + state.threshold.load(Ordering::Relaxed);
    if tracked_bytes(local) >= enough {
        collect(thread);
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
