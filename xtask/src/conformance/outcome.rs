//! What comes of a test, and of the tests of a module.

use std::collections::BTreeMap;
use std::time::Duration;

/// What came of a test, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It passed, or failed where CPython expects it to.
    Passed,
    /// It was left out, for the reason that the test gives.
    Skipped,
    /// An assertion did not hold.
    Failed,
    /// Another exception was raised.
    Error,
    /// Nothing was heard of it for too long.
    Hang,
    /// The process died.
    Crash,
}

impl Outcome {
    /// The outcome of the driver's lines of this kind.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "ok" => Some(Self::Passed),
            "skip" => Some(Self::Skipped),
            "fail" => Some(Self::Failed),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// Whether something is wrong.
    pub fn is_bad(self) -> bool {
        self > Self::Skipped
    }

    /// The outcome in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Error => "error",
            Self::Hang => "HANG",
            Self::Crash => "CRASH",
        }
    }
}

/// What came of a module's tests.
#[derive(Default)]
pub struct Tests {
    /// For each test its outcome and the reason.
    pub outcomes: BTreeMap<String, (Outcome, String)>,
    /// How long they took.
    pub took: Duration,
}

impl Tests {
    /// Adds the outcome of a test; of several, the worst stays.
    pub fn add(&mut self, name: String, outcome: Outcome, reason: String) {
        let entry = self.outcomes.entry(name).or_insert_with(|| (outcome, String::new()));
        if outcome >= entry.0 {
            *entry = (outcome, reason);
        }
    }

    /// Adds what came of another run of the same tests.
    pub fn merge(&mut self, other: Self) {
        self.took += other.took;
        for (name, (outcome, reason)) in other.outcomes {
            self.add(name, outcome, reason);
        }
    }

    /// The tests with which something is wrong.
    pub fn bad(&self) -> impl Iterator<Item = (&String, Outcome, &str)> {
        let bad = self.outcomes.iter().filter(|(_, (outcome, _))| outcome.is_bad());
        bad.map(|(name, (outcome, reason))| (name, *outcome, reason.as_str()))
    }

    /// How many passed, failed and were skipped.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (outcome, _) in self.outcomes.values() {
            match outcome {
                Outcome::Passed => counts.passed += 1,
                Outcome::Skipped => counts.skipped += 1,
                _ => counts.failed += 1,
            }
        }
        counts
    }
}

/// Numbers of tests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl Counts {
    /// Adds those of another module.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// How many of those that ran passed, in percent; nothing if none ran.
    pub fn percent(self) -> Option<f64> {
        let ran = self.passed + self.failed;
        (ran > 0).then(|| 100.0 * self.passed as f64 / ran as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_outcome_stays() {
        let mut tests = Tests::default();
        tests.add("a".to_owned(), Outcome::Passed, String::new());
        tests.add("a".to_owned(), Outcome::Failed, "why".to_owned());
        tests.add("a".to_owned(), Outcome::Skipped, "no".to_owned());
        tests.add("b".to_owned(), Outcome::Passed, String::new());
        assert_eq!(tests.bad().collect::<Vec<_>>(), [(&"a".to_owned(), Outcome::Failed, "why")]);
        assert_eq!(tests.counts(), Counts { passed: 1, failed: 1, skipped: 0 });
        assert_eq!(tests.counts().percent(), Some(50.0));
    }
}
