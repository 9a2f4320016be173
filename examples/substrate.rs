//! The substrate at work: several threads against one, on private data, on shared data that is read, and on one slot
//! that everybody writes.
//!
//!     cargo run --release --example substrate
//!
//! The objects are those of the mock language that also drives the tests. Each thread attaches to one world, as each
//! thread of a Python program will.

#[cfg(not(loom))]
use {
    memory::{Memory, Published, Value},
    mock::{new_leaf, new_pair, pair_of},
    std::sync::Barrier,
    std::thread as os,
    std::time::Instant,
    threads::sync::Arc,
    threads::{Thread, World},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Pairs in a tree: 2^(DEPTH + 1) - 1.
#[cfg(not(loom))]
const DEPTH: u32 = 12;
/// How often each workload is run with each number of threads; the best run counts.
#[cfg(not(loom))]
const RUNS: usize = 5;

/// What one thread does with its token and its reference to the shared tree; returns how many steps it made.
#[cfg(not(loom))]
type Work = fn(&mut Thread, &Value) -> usize;

#[cfg(not(loom))]
const WORKLOADS: [(&str, Work); 3] = [
    ("each thread builds, walks and drops trees of its own", private_trees),
    ("all threads read one shared tree", shared_reads),
    ("all threads write one shared slot (here sharing costs)", shared_writes),
];

#[cfg(not(loom))]
fn main() {
    let cores = os::available_parallelism().map_or(1, usize::from);
    println!("Weft's substrate on {cores} cores: million steps a second, and how many times one thread's.\n");
    let counts: Vec<usize> = [1, 2, 4, 8, 16, 32].into_iter().filter(|&n| n <= cores.max(2)).collect();
    for (name, work) in WORKLOADS {
        println!("{name}");
        let mut one = None;
        for &threads in &counts {
            let speed = (0..RUNS).map(|_| steps_per_second(threads, work)).fold(0.0, f64::max);
            let of_one = speed / *one.get_or_insert(speed);
            println!(
                "    {threads:>2} thread{}  {:>8.1}  {of_one:>6.2} x",
                if threads == 1 { " " } else { "s" },
                speed / 1e6
            );
        }
    }
    println!("\nA step is one object made, walked and dropped; one slot read; one slot written.");
}

/// Runs `work` on so many threads at once.
#[cfg(not(loom))]
fn steps_per_second(threads: usize, work: Work) -> f64 {
    let world = Memory::new_world(false);
    let barrier = Barrier::new(threads + 1);
    os::scope(|scope| {
        // The thread that shares the tree stays attached, so that even a single worker is not alone and pays
        // what several pay.
        let mut thread = world.register().expect("fewer threads than ids");
        let tree = build(&mut thread, DEPTH);
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let (world, tree) = (Arc::clone(&world), Published::new(tree.clone()));
                let barrier = &barrier;
                scope.spawn(move || worker(&world, tree, barrier, work))
            })
            .collect();
        thread.detached(|| barrier.wait());
        while !workers.iter().all(|worker| worker.is_finished()) {
            let _ = thread.poll();
            os::sleep(std::time::Duration::from_micros(200));
        }
        // The workers' own clocks: this thread may be let run long after they have begun.
        let shifts: Vec<Shift> =
            workers.into_iter().map(|worker| worker.join().expect("no worker panics")).collect();
        let begun = shifts.iter().map(|shift| shift.begun).min().expect("a worker");
        let ended = shifts.iter().map(|shift| shift.ended).max().expect("a worker");
        let steps: usize = shifts.iter().map(|shift| shift.steps).sum();
        steps as f64 / (ended - begun).as_secs_f64()
    })
}

/// What one worker did, and when.
#[cfg(not(loom))]
struct Shift {
    begun: Instant,
    ended: Instant,
    steps: usize,
}

#[cfg(not(loom))]
fn worker(world: &Arc<World>, tree: Published, barrier: &Barrier, work: Work) -> Shift {
    let mut thread = world.register().expect("fewer threads than ids");
    let tree = tree.into_value();
    // Waiting is done detached, so that nobody who stops the world waits for this thread.
    thread.detached(|| barrier.wait());
    let begun = Instant::now();
    let steps = work(&mut thread, &tree);
    Shift { begun, ended: Instant::now(), steps }
}

/// A binary tree of pairs with numbers at its leaves.
#[cfg(not(loom))]
fn build(thread: &mut Thread, depth: u32) -> Value {
    if depth == 0 {
        let leaf = new_leaf(thread, 1).expect("memory");
        return new_pair(thread, Some(leaf), Value::from_int(1)).expect("memory");
    }
    let (first, second) = (build(thread, depth - 1), build(thread, depth - 1));
    new_pair(thread, Some(first), Some(second)).expect("memory")
}

/// Private objects: made, linked, walked and freed without a lock, an atomic or a grace period.
#[cfg(not(loom))]
fn private_trees(thread: &mut Thread, _: &Value) -> usize {
    const TREES: usize = 200;
    let mut pairs = 0;
    for _ in 0..TREES {
        let tree = build(thread, DEPTH);
        pairs += count(&tree);
        drop(tree);
        let _ = thread.poll(); // where others may stop this thread
    }
    pairs
}

/// The number of pairs, by a walk that counts each object while it looks at it.
#[cfg(not(loom))]
fn count(tree: &Value) -> usize {
    let Some(pair) = pair_of(tree) else { return 0 };
    let (first, second) = (pair.payload().first.get(pair.header()), pair.payload().second.get(pair.header()));
    1 + first.as_ref().map_or(0, count) + second.as_ref().map_or(0, count)
}

/// Shared objects: borrowed from the slots that hold them, which writes nothing, so the threads do not disturb each
/// other.
#[cfg(not(loom))]
fn shared_reads(thread: &mut Thread, tree: &Value) -> usize {
    const PASSES: usize = 10_000_000;
    let pair = pair_of(tree).expect("the root is a pair");
    for pass in 0..PASSES {
        let slot = if pass.is_multiple_of(2) { &pair.payload().first } else { &pair.payload().second };
        let borrowed = slot.borrow(thread, pair.header());
        debug_assert!(borrowed.is_borrowed());
        std::hint::black_box(borrowed.word());
        if pass.is_multiple_of(1000) {
            let _ = thread.poll();
        }
    }
    PASSES
}

/// One slot that everybody writes: an atomic exchange each, and the cores hand the cache line to and fro.
#[cfg(not(loom))]
fn shared_writes(thread: &mut Thread, tree: &Value) -> usize {
    const PASSES: usize = 1_000_000;
    let root = pair_of(tree).expect("the root is a pair");
    for pass in 0..PASSES {
        let number = Value::from_int(pass as i64);
        drop(root.payload().second.replace(thread, root.header(), number));
        if pass.is_multiple_of(1000) {
            let _ = thread.poll();
        }
    }
    PASSES
}

/// Under loom there are no real threads to drive.
#[cfg(loom)]
fn main() {}
