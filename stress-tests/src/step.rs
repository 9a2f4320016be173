//! What a thread may do next.

use crate::rng::Rng;

/// Declares the operations: name, how often among the others, meaning.
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $weight:literal;)*) => {
        /// One kind of operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Operation { $($(#[$doc])* $name),* }
        impl Operation {
            /// Every operation, and how often it is drawn before a round's plan changes that.
            pub(crate) const TABLE: &'static [(Operation, u64)] = &[$((Operation::$name, $weight)),*];
        }
    };
}

operations! {
    /// Make a node, with or without a finalizer.
    MakeNode = 900;
    /// Make a leaf, a pair, an instance or an empty list.
    MakeOther = 300;
    /// Make a ring of nodes, and let go of it or keep one.
    MakeRing = 60;
    /// Make a deep list; publish it or not.
    MakeDeep = 12;
    /// Store a reference to one root in a slot of another.
    Link = 900;
    /// Empty a slot of a root.
    Unlink = 300;
    /// Take what a slot holds, and store it elsewhere.
    Move = 300;
    /// Forget a root.
    Forget = 500;
    /// Store a root on the board.
    Publish = 400;
    /// A counted reference to what the board holds.
    Read = 500;
    /// Empty a place on the board.
    Clear = 200;
    /// Move what one place on the board holds to another.
    MoveShared = 200;
    /// Exchange a place on the board if it holds what it held a moment ago.
    Exchange = 150;
    /// Borrow onto the evaluation stack, and go on from there.
    Borrow = 900;
    /// Begin or end frames; pop; overwrite a slot.
    Frame = 700;
    /// Store a stack slot's reference in a root or on the board.
    Unborrow = 300;
    /// Append to a list.
    Push = 300;
    /// Take the last item of a list.
    Pop = 250;
    /// Read an item of a list.
    Get = 250;
    /// Let go of all items of a list.
    Drain = 20;
    /// Make a weak reference, with or without a callback.
    MakeWeak = 200;
    /// Use a weak reference.
    Upgrade = 300;
    /// Send a root to another thread, and keep it or not.
    Send = 150;
    /// Take what was sent.
    Receive = 200;
    /// Lock two objects at once.
    LockPair = 100;
    /// Replace a buffer that others are reading.
    Retire = 60;
    /// Read a buffer.
    ReadBuffer = 150;
    /// Make a class, and instances of it.
    MakeClass = 20;
    /// Refresh without being asked.
    Refresh = 60;
    /// Run what waits to be run.
    RunPending = 60;
    /// Detach for a moment.
    Detach = 40;
    /// Become solo, if no other thread is attached.
    BecomeSolo = 20;
    /// Turn the GIL on or off.
    SetGil = 2;
    /// Stop the world, and look whether all is well.
    Stop = 4;
    /// Collect.
    Collect = 6;
    /// Enable or disable the collector; freeze and unfreeze.
    TuneCollector = 4;
    /// Look at referents and referrers.
    Inspect = 2;
    /// Start a thread.
    Start = 3;
}

/// One operation, with what it chooses by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) operation: Operation,
    pub(crate) a: u64,
    pub(crate) b: u64,
    pub(crate) c: u64,
}

/// Draws one thread's steps.
#[derive(Debug)]
pub(crate) struct Steps {
    rng: Rng,
    /// Rising sums of weights.
    sums: Vec<(Operation, u64)>,
    digest: u64,
}

impl Steps {
    pub(crate) fn new(seed: u64, weights: &[(Operation, u64)]) -> Self {
        let mut sum = 0;
        let sums = weights.iter().map(|&(operation, weight)| {
            sum += weight;
            (operation, sum)
        });
        Self { rng: Rng::new(seed), sums: sums.collect(), digest: 0 }
    }

    /// The next step: every step draws as much, so what comes later depends on the seed alone.
    pub(crate) fn next(&mut self) -> Step {
        let total = self.sums.last().map_or(1, |last| last.1);
        let at = self.rng.below(total);
        let chosen = self.sums.partition_point(|&(_, sum)| sum <= at);
        let operation = self.sums[chosen].0;
        let step = Step { operation, a: self.rng.draw(), b: self.rng.draw(), c: self.rng.draw() };
        for part in [operation as u64, step.a, step.b, step.c] {
            self.digest = (self.digest.rotate_left(5) ^ part).wrapping_mul(0x517C_C1B7_2722_0A95);
        }
        step
    }

    /// A number that tells one sequence of steps from another.
    pub(crate) fn digest(&self) -> u64 {
        self.digest
    }
}
