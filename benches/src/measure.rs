//! Rounds and medians.

use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// Enough for figures that mean something.
    Full,
    /// Enough to see that it runs.
    Quick,
}

impl Effort {
    /// `full`, or `quick` in a quick run.
    pub fn pick(self, full: usize, quick: usize) -> usize {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

/// How long `body` takes.
#[inline(always)]
pub fn time(body: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    body();
    begun.elapsed()
}

/// The middle one.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What a tenth of the figures do not exceed. For rounds of several threads: whatever else runs on the machine makes
/// them slower, and with as many threads as cores most rounds meet something.
pub fn best_tenth(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 10).copied().unwrap_or(f64::NAN)
}

/// The geometric mean, that of ratios; None of none.
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let sum: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (!ratios.is_empty()).then(|| (sum / ratios.len() as f64).exp())
}

/// The greatest one.
pub fn maximum(figures: &[f64]) -> f64 {
    figures.iter().copied().fold(f64::NAN, f64::max)
}

/// Nanoseconds for each of `operations`.
pub fn nanoseconds_each(duration: Duration, operations: usize) -> f64 {
    duration.as_nanos() as f64 / operations as f64
}

/// Two sides, measured in alternating rounds.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    /// Median nanoseconds of one operation.
    pub ours_ns: f64,
    /// Likewise, of the other side.
    pub theirs_ns: f64,
    /// The median of the rounds' ratios: a disturbance that lasts longer than a round meets both sides.
    pub ratio: f64,
}

/// Runs both sides, each of which returns how long its `operations` took, in alternation and in alternating order.
pub fn compare(
    rounds: usize,
    operations: usize,
    mut ours: impl FnMut() -> Duration,
    mut theirs: impl FnMut() -> Duration,
) -> Compared {
    for _ in 0..rounds.div_ceil(10) {
        let _ = (ours(), theirs()); // warm-up
    }
    let (mut our_times, mut their_times, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds {
        let (our_time, their_time) = if round % 2 == 0 {
            let first = ours();
            (first, theirs())
        } else {
            let first = theirs();
            (ours(), first)
        };
        let (our_time, their_time) =
            (nanoseconds_each(our_time, operations), nanoseconds_each(their_time, operations));
        ratios.push(our_time / their_time);
        our_times.push(our_time);
        their_times.push(their_time);
    }
    Compared { ours_ns: median(our_times), theirs_ns: median(their_times), ratio: median(ratios) }
}
