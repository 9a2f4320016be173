//! Moments in which nobody else slows the machine down.
//!
//! Other programs take time, and on a rented machine so do other people, who share a core's units and caches and whom nothing
//! shows. But a loop of a known number of steps takes longer beside them. So a short loop runs on all cores at once before and
//! after each process: it counts if both times they were as quick as they ever were, nearly, or is measured again.

use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant};

use super::machine::Machine;

/// Slower than the quickest by more than this factor is disturbed. Without others the loop varies by less than a twentieth; beside
/// somebody on the other half of a core it takes half as long again, and more.
const SLACK: f64 = 1.12;
/// How often the loop runs in one look: the median counts.
const LAPS: usize = 9;
/// The steps of a loop, which take some tenths of a millisecond.
const STEPS: u64 = 200_000;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Who waits for them, and for how long.
#[derive(Debug)]
pub struct Quiet {
    left: Duration,
    best: Duration,
    cores: usize,
    waited: Duration,
    repeated: usize,
}

impl Quiet {
    /// For so long altogether; zero does not wait, and does not look.
    pub fn new(left: Duration) -> Self {
        let cores = Machine::here().cores;
        Self { left, best: Duration::MAX, cores, waited: Duration::ZERO, repeated: 0 }
    }

    /// Waits until there is one, or the time is up.
    pub fn wait(&mut self) {
        while !self.left.is_zero() {
            let begun = Instant::now();
            if self.is_now() {
                return;
            }
            thread::sleep(PAUSE.min(self.left));
            self.spend(begun.elapsed());
        }
    }

    /// Whether what took so long, after a [`wait`](Self::wait), is to be measured again.
    pub fn was_disturbed(&mut self, took: Duration) -> bool {
        if self.left.is_zero() || self.is_now() {
            return false;
        }
        self.spend(took);
        self.repeated += 1;
        true
    }

    /// What there is to say in the end, if anything.
    pub fn report(&self) -> Option<String> {
        let up = if self.left.is_zero() { "; the time for that is up" } else { "" };
        (!self.waited.is_zero()).then(|| {
            format!(
                "{:.0} s went by in waiting for quiet moments and in {} runs that were disturbed{up}",
                self.waited.as_secs_f64(),
                self.repeated
            )
        })
    }

    fn spend(&mut self, time: Duration) {
        self.left = self.left.saturating_sub(time);
        self.waited += time;
    }

    fn is_now(&mut self) -> bool {
        let times: Vec<Duration> = thread::scope(|scope| {
            let running: Vec<_> = (0..self.cores).map(|_| scope.spawn(look)).collect();
            running.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        let (Some(&least), Some(&most)) = (times.iter().min(), times.iter().max()) else { return true };
        self.best = self.best.min(least);
        most <= self.best.mul_f64(SLACK)
    }
}

/// The median time of some laps.
fn look() -> Duration {
    let mut times = [(); LAPS].map(|()| lap());
    times.sort_unstable();
    times[LAPS / 2]
}

/// Shifts and exclusive ors in independent chains, so that a core does several at once: it is seen if another has part of its units.
fn lap() -> Duration {
    let begun = Instant::now();
    let [mut a, mut b, mut c, mut d] = black_box([1_u64, 2, 3, 4]);
    for _ in 0..STEPS {
        a ^= a << 13;
        b ^= b << 7;
        c ^= c << 17;
        d ^= d << 11;
        a ^= a >> 7;
        b ^= b >> 9;
        c ^= c >> 5;
        d ^= d >> 13;
    }
    black_box([a, b, c, d]);
    begun.elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_means_no_look() {
        let mut quiet = Quiet::new(Duration::ZERO);
        quiet.wait();
        assert!(!quiet.was_disturbed(Duration::from_secs(1)));
        assert_eq!((quiet.best, quiet.report()), (Duration::MAX, None));
    }

    #[test]
    fn waiting_ends_with_the_time() {
        let mut quiet = Quiet::new(Duration::from_millis(20));
        quiet.best = Duration::from_nanos(1); // no moment is as quiet as that
        quiet.wait();
        assert!(quiet.left.is_zero() && quiet.waited >= Duration::from_millis(20));
        assert!(!quiet.was_disturbed(Duration::ZERO), "there is no time left");
        assert!(quiet.report().is_some_and(|text| text.contains("the time for that is up")));
    }

    #[test]
    fn what_is_disturbed_takes_of_the_time() {
        let mut quiet = Quiet::new(Duration::from_secs(60));
        quiet.best = Duration::from_nanos(1);
        assert!(quiet.was_disturbed(Duration::from_secs(59)));
        assert_eq!((quiet.left, quiet.repeated), (Duration::from_secs(1), 1));
    }
}
