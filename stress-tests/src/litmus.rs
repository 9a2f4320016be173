//! Outcomes that the memory model forbids.
//!
//! Each test is a few threads that store to and load from slots of shared pairs at the same time. Shared slots are
//! read with acquire order and written with sequentially consistent exchanges; the docs promise that the outcomes
//! below do not occur, and here they must not. The stores are of small integers, so that nothing but the slots
//! orders them. A test runs over many pairs in one go, between two barriers: starting threads costs more than the test.
//!
//! | test | threads do                                         | forbidden                                    |
//! |------|----------------------------------------------------|----------------------------------------------|
//! | SB   | x=1, r=y \| y=1, s=x                                | r=0 and s=0                                  |
//! | MP   | x=1, y=1 \| r=y, s=x                                | r=1 and s=0                                  |
//! | LB   | r=x, y=1 \| s=y, x=1                                | r=1 and s=1                                  |
//! | IRIW | x=1 \| y=1 \| r=x, s=y \| t=y, u=x                  | r=1, s=0, t=1, u=0                           |

use std::time::{Duration, Instant};

use memory::{Memory, Object, Published, Value};
use mock::Pair;
use threads::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use threads::sync::{Arc, Mutex, thread};
use threads::{Thread, World};

use crate::rng::Rng;
use crate::watchdog;

/// Pairs in one go.
const PAIRS: usize = 256;

/// A slot of the pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    X,
    Y,
}
use Place::{X, Y};

/// What a thread does with one pair, in order.
#[derive(Clone, Copy, Debug)]
enum Access {
    Store(Place),
    Load(Place),
}
use Access::{Load, Store};

struct Litmus {
    name: &'static str,
    threads: &'static [&'static [Access]],
    /// What the loads saw, in the order of threads and then of accesses, that must not be.
    forbidden: &'static [bool],
}

const TESTS: &[Litmus] = &[
    Litmus { name: "SB", threads: &[&[Store(X), Load(Y)], &[Store(Y), Load(X)]], forbidden: &[false, false] },
    Litmus { name: "MP", threads: &[&[Store(X), Store(Y)], &[Load(Y), Load(X)]], forbidden: &[true, false] },
    Litmus { name: "LB", threads: &[&[Load(X), Store(Y)], &[Load(Y), Store(X)]], forbidden: &[true, true] },
    Litmus {
        name: "IRIW",
        threads: &[&[Store(X)], &[Store(Y)], &[Load(X), Load(Y)], &[Load(Y), Load(X)]],
        forbidden: &[true, false, true, false],
    },
];

/// How long the litmus tests may take in a run of so many seconds.
pub fn share_of(seconds: u64) -> Duration {
    Duration::from_millis((seconds * 50).clamp(100, 5_000))
}

/// Runs every litmus test for its part of `time`; says how often each was tried.
///
/// # Panics
/// If a forbidden outcome occurs.
pub fn run(seed: u64, time: Duration) -> String {
    let part = time / TESTS.len() as u32;
    let tried = TESTS.iter().map(|test| format!("{} {}", test.name, try_one(test, seed, part)));
    tried.collect::<Vec<_>>().join(", ")
}

/// One thread's reads, a list of pairs for each access.
type Seen = Vec<Vec<bool>>;

/// What the threads of one test have in common.
struct Stage {
    test: &'static Litmus,
    world: Arc<World>,
    meeting: Meeting,
    over: AtomicBool,
    seen: Vec<Mutex<Seen>>,
}

fn try_one(test: &'static Litmus, seed: u64, time: Duration) -> u64 {
    let world = Memory::new_world(false);
    let mut th = world.register().expect("an id");
    let count = test.threads.len();
    let stage = Arc::new(Stage {
        test,
        world,
        meeting: Meeting { parties: count + 1, ..Meeting::default() },
        over: AtomicBool::new(false),
        seen: (0..count).map(|_| Mutex::default()).collect(),
    });
    let pairs: Vec<Value> =
        (0..PAIRS).map(|_| mock::new_pair(&mut th, None, None).expect("memory")).collect();
    let handles: Vec<_> = (0..count)
        .map(|me| {
            let stage = Arc::clone(&stage);
            let pairs = pairs.iter().map(|pair| Published::new(pair.clone())).collect();
            let rng = Rng::new(seed ^ me as u64);
            thread::spawn(move || play(&stage, me, pairs, rng))
        })
        .collect();
    let begun = Instant::now();
    let mut goes = 0_u64;
    loop {
        pairs.iter().for_each(|pair| reset(&th, pair));
        stage.over.store(begun.elapsed() > time, Ordering::Release);
        stage.meeting.meet(&mut th);
        if stage.over.load(Ordering::Acquire) {
            break;
        }
        stage.meeting.meet(&mut th);
        check(&stage, goes);
        goes += 1;
        watchdog::note_progress(1);
    }
    th.detached(|| handles.into_iter().for_each(|handle| handle.join().expect("a panic ends the process")));
    drop(pairs);
    goes * PAIRS as u64
}

fn pair_of(value: &Value) -> &Object<Pair> {
    mock::pair_of(value).expect("a pair")
}

fn reset(th: &Thread, value: &Value) {
    let pair = pair_of(value);
    drop(pair.payload().first.replace(th, pair.header(), None));
    drop(pair.payload().second.replace(th, pair.header(), None));
}

fn play(stage: &Stage, me: usize, pairs: Vec<Published>, mut rng: Rng) {
    let mut th = stage.world.register().expect("an id");
    let pairs: Vec<Value> = pairs.into_iter().map(Published::into_value).collect();
    let accesses = stage.test.threads[me];
    let mut seen: Seen = vec![vec![false; PAIRS]; accesses.len()];
    loop {
        stage.meeting.meet(&mut th);
        if stage.over.load(Ordering::Acquire) {
            return;
        }
        (0..rng.below(64)).for_each(|_| threads::sync::hint::spin_loop());
        for (index, value) in pairs.iter().enumerate() {
            let pair = pair_of(value);
            for (access, seen) in accesses.iter().zip(&mut seen) {
                let (Store(place) | Load(place)) = *access;
                let slot = if place == X { &pair.payload().first } else { &pair.payload().second };
                match access {
                    Store(_) => drop(slot.replace(&th, pair.header(), Value::from_int(1))),
                    Load(_) => seen[index] = !slot.is_empty(),
                }
            }
        }
        seen = std::mem::replace(&mut *stage.seen[me].lock(), seen);
        if seen.is_empty() {
            seen = vec![vec![false; PAIRS]; accesses.len()];
        }
        stage.meeting.meet(&mut th);
    }
}

fn check(stage: &Stage, go: u64) {
    let seen: Vec<_> = stage.seen.iter().map(|seen| seen.lock()).collect();
    for index in 0..PAIRS {
        let loads = stage.test.threads.iter().zip(&seen).flat_map(|(accesses, seen)| {
            accesses.iter().zip(seen.iter()).filter(|(access, _)| matches!(access, Load(_)))
        });
        let outcome: Vec<bool> = loads.map(|(_, seen)| seen[index]).collect();
        assert!(outcome != stage.test.forbidden, "litmus {}: {outcome:?} in go {go}", stage.test.name);
    }
}

/// Where all threads of a test wait for each other, at a safepoint.
#[derive(Default)]
struct Meeting {
    parties: usize,
    arrived: AtomicUsize,
    round: AtomicUsize,
}

impl Meeting {
    fn meet(&self, th: &mut Thread) {
        const SPINS: u32 = 200; // before the core is given to others
        let round = self.round.load(Ordering::Acquire);
        if self.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.parties {
            self.arrived.store(0, Ordering::Relaxed); // published by the next line
            self.round.fetch_add(1, Ordering::AcqRel);
            return;
        }
        let mut spins = 0;
        while self.round.load(Ordering::Acquire) == round {
            let _ = th.poll();
            spins += 1;
            if spins % SPINS == 0 {
                thread::yield_now();
            }
            threads::sync::hint::spin_loop();
        }
    }
}
