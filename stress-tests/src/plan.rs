//! What a round is made of.

use crate::rng::Rng;
use crate::step::Operation;

/// What the command line says about every round; the rest is drawn from the round's seed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Threads of a round, or drawn from 2 to 16.
    pub threads: Option<usize>,
    /// Operations of each thread, or drawn.
    pub operations: Option<usize>,
    /// Whether every world begins with the GIL.
    pub gil: bool,
}

/// One round's plan.
#[derive(Debug)]
pub struct Plan {
    pub(crate) seed: u64,
    pub(crate) threads: usize,
    pub(crate) operations: usize,
    /// Threads that each thread starts at most.
    pub(crate) children: usize,
    pub(crate) gil: bool,
    /// Places of each sort that are used: the fewer, the more threads meet.
    pub(crate) hot: u64,
    /// Operations between two polls, at most.
    pub(crate) poll_every: u64,
    /// Operations between two moments at which a thread gives its core away, attached and with what it has borrowed:
    /// where cores are few, threads would otherwise seldom meet in the middle of something.
    pub(crate) yield_every: u64,
    pub(crate) weights: Vec<(Operation, u64)>,
}

const FEWEST_OPERATIONS: u64 = 1_000;
const MOST_OPERATIONS: u64 = 12_000;

impl Plan {
    /// The plan that belongs to `seed`.
    pub fn new(seed: u64, limits: &Limits) -> Self {
        let mut rng = Rng::new(seed);
        // Few threads often: with four or fewer, more than one really runs at a time.
        let most = [3, 4, 8, 16][rng.below(4) as usize];
        let threads = 2 + rng.below(most - 1) as usize;
        let operations = FEWEST_OPERATIONS + rng.below(MOST_OPERATIONS - FEWEST_OPERATIONS);
        // All threads together do about as much in each round.
        let operations = (operations * 4 / (2 + threads as u64)).max(FEWEST_OPERATIONS) as usize;
        let children = rng.below(4) as usize;
        let gil = rng.once_in(10);
        let poll_every = if cfg!(zeal) { 1 } else { [1, 4, 32][rng.below(3) as usize] };
        let often = |operation| match operation {
            Operation::Collect | Operation::Stop if cfg!(zeal) => 5,
            _ => 1,
        };
        let weights = Operation::TABLE.iter().map(|&(operation, weight)| {
            // A third of the operations as usual, the others rarely, often or never.
            let factor = [0, 1, 2, 4, 4, 4, 8, 16][rng.below(8) as usize];
            let factor = if operation == Operation::MakeNode { factor.max(4) } else { factor };
            (operation, weight * factor * often(operation))
        });
        let weights = weights.collect();
        let hot = [1, 2, 4, 64][rng.below(4) as usize];
        let yield_every = if cfg!(zeal) { 2 } else { [1, 4, 16, 1024][rng.below(4) as usize] };
        Self {
            seed,
            threads: limits.threads.unwrap_or(threads),
            operations: limits.operations.unwrap_or(operations),
            children,
            gil: limits.gil || gil,
            hot,
            poll_every,
            yield_every,
            weights,
        }
    }
}
