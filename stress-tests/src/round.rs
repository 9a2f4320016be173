//! One world from beginning to end.
//!
//! At the end the threads have exited and the roots are dropped; then whatever is left must be found by collecting,
//! and at last nothing may be left: no node, no block, no finalizer that has not run.

use memory::{Memory, Published, collector, refresh, run_pending};
use threads::Thread;
use threads::sync::atomic::Ordering;
use threads::sync::{Arc, thread};

use crate::actor::{self, Role};
use crate::board;
use crate::plan::{Limits, Plan};
use crate::rng::Rng;
use crate::shared::Shared;
use crate::watchdog;

/// What a round did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Each thread's name and a number for the operations that it drew, sorted.
    pub digests: Vec<(String, u64)>,
    /// Nodes made.
    pub nodes: usize,
    /// Finalizers run.
    pub finalized: usize,
}

/// Collections after which everything must be gone: resurrections and rings of finalizers take a few.
const LAST_COLLECTIONS: usize = 20;

/// Plays the round that belongs to `seed`.
///
/// # Panics
/// If something is wrong; [`watchdog::start`] makes that the end of the process.
pub fn run(seed: u64, limits: &Limits) -> Report {
    watchdog::note_round(seed);
    let plan = Plan::new(seed, limits);
    let world = Memory::new_world(plan.gil);
    let mut th = world.register().expect("an id");
    let shared = Shared::new(plan, world);
    let board = board::new_board(&mut th);
    memory::publish(&board);
    let mut seeds = Rng::new(shared.plan.seed ^ 0x005E_ED5E_ED00);
    let handles: Vec<_> = (0..shared.plan.threads)
        .map(|index| {
            let role = Role {
                name: format!("thread {index:02}"),
                seed: seeds.draw(),
                operations: shared.plan.operations,
                may_start: shared.plan.children,
            };
            let (shared, board) = (Arc::clone(&shared), Published::new(board.clone()));
            thread::spawn(move || actor::play(shared, board, &role))
        })
        .collect();
    th.detached(|| {
        for handle in handles {
            handle.join().expect("a panic ends the process");
        }
    });
    drop(board);
    finish(&mut th, &shared);
    drop(th);
    let mut digests = std::mem::take(&mut *shared.digests.lock());
    digests.sort();
    let tally = &shared.tally;
    Report {
        digests,
        nodes: tally.made.load(Ordering::SeqCst),
        finalized: tally.finalized.load(Ordering::SeqCst),
    }
}

/// Frees what is left, and checks that it can be freed.
fn finish(th: &mut Thread, shared: &Shared) {
    verify(th);
    shared.empty_mail();
    collector::unfreeze(th);
    for _ in 0..LAST_COLLECTIONS {
        let _ = th.poll();
        collector::collect(th);
        refresh(th);
        run_pending(th);
        if live_blocks(th) == 0 {
            break;
        }
        watchdog::note_progress(1);
    }
    verify(th);
    let tally = &shared.tally;
    let blocks = live_blocks(th);
    if blocks > 0 || tally.alive() > 0 {
        let holders = collector::held_from_outside(&mut th.stop_the_world(), 10).join("\n");
        panic!("INV-GC-2: {blocks} blocks and {} nodes are left; leaked:\n{holders}", tally.alive());
    }
    let count = |counter: &threads::sync::atomic::AtomicUsize| counter.load(Ordering::SeqCst);
    assert_eq!(count(&tally.finalized_twice), 0, "INV-DEATH-3: finalizers ran twice");
    assert_eq!(count(&tally.finalized), count(&tally.finalizable), "INV-DEATH-3: finalizers did not run");
    let callbacks = shared.weak.lock();
    assert!(callbacks.all.iter().all(|called| count(called) <= 1), "INV-WEAK-4: a callback ran twice");
    assert!(callbacks.due.iter().all(|called| count(called) == 1), "INV-WEAK-4: a callback did not run");
}

fn live_blocks(th: &Thread) -> usize {
    Memory::stats(th).heap.total().live_blocks
}

fn verify(th: &mut Thread) {
    if let Err(wrong) = collector::verify(&mut th.stop_the_world()) {
        panic!("{wrong}");
    }
}
