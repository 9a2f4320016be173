//! The list of tests that are known to fail, and why.
//!
//! A line each: module, test, reason. A test on the list that passes must be taken off it, so that the list says how
//! things are.

use super::outcome::{Outcome, Tests};
use crate::Failure;
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

const HEADER: &str = "\
# Tests of CPython's that fail, a line each: module, test, reason.
# `cargo xtask conformance` fails where this list and the truth differ; with --bless it writes the list anew, and
# every \"unexplained\" in it is a debt.
";
const UNEXPLAINED: &str = "unexplained";

/// The list.
pub struct Expected {
    path: PathBuf,
    reasons: BTreeMap<(String, String), String>,
}

/// Where the list and a module's tests differ.
#[derive(Debug, Default, PartialEq)]
pub struct Differences {
    /// Tests that fail and are not on the list, with outcome and reason.
    pub new: Vec<(String, Outcome, String)>,
    /// Tests that are on the list and pass.
    pub passing: Vec<String>,
    /// Tests that are on the list and do not exist.
    pub missing: Vec<String>,
}

impl Expected {
    /// Reads the list; it may not exist yet.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = match fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            read => read.map_err(|error| format!("{}: {error}", path.display()))?,
        };
        let mut reasons = BTreeMap::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut words = line.splitn(3, ' ');
            let (Some(module), Some(test), Some(reason)) = (words.next(), words.next(), words.next()) else {
                return Err(format!("{}: not a module, a test and a reason: {line}", path.display()));
            };
            reasons.insert((module.to_owned(), test.to_owned()), reason.to_owned());
        }
        Ok(Self { path: path.to_owned(), reasons })
    }

    /// Compares the list with what came of `module`'s tests.
    pub fn compare(&self, module: &str, tests: &Tests) -> Differences {
        let listed = |name: &str| self.reasons.contains_key(&(module.to_owned(), name.to_owned()));
        let new = tests.bad().filter(|(name, ..)| !listed(name));
        let mut differences = Differences {
            new: new.map(|(name, outcome, reason)| (name.clone(), outcome, reason.to_owned())).collect(),
            ..Differences::default()
        };
        for (_, name) in self.reasons.keys().filter(|(listed, _)| listed == module) {
            match tests.outcomes.get(name) {
                Some((Outcome::Passed, _)) => differences.passing.push(name.clone()),
                None => differences.missing.push(name.clone()),
                Some(_) => {}
            }
        }
        differences
    }

    /// Changes the list to agree.
    pub fn bless(&mut self, module: &str, differences: &Differences) {
        for (name, outcome, _) in &differences.new {
            // A hang or a crash is worth seeing at a glance.
            let reason = match outcome {
                Outcome::Hang => format!("{UNEXPLAINED}: hangs"),
                Outcome::Crash => format!("{UNEXPLAINED}: crashes"),
                _ => UNEXPLAINED.to_owned(),
            };
            self.reasons.insert((module.to_owned(), name.clone()), reason);
        }
        for name in differences.passing.iter().chain(&differences.missing) {
            self.reasons.remove(&(module.to_owned(), name.clone()));
        }
    }

    /// Writes the list.
    pub fn write(&self) -> Result<(), Failure> {
        let lines = self.reasons.iter().map(|((module, test), reason)| format!("{module} {test} {reason}\n"));
        let text = HEADER.to_owned() + &lines.collect::<String>();
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&self.path, text));
        written.map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(rows: &[(&str, &str)]) -> Expected {
        let row = |&(module, test): &(&str, &str)| ((module.to_owned(), test.to_owned()), "why".to_owned());
        Expected { path: PathBuf::new(), reasons: rows.iter().map(row).collect() }
    }

    #[test]
    fn blessing_makes_the_list_agree() {
        let mut tests = Tests::default();
        tests.add("bad".to_owned(), Outcome::Error, "x".to_owned());
        tests.add("known".to_owned(), Outcome::Failed, "y".to_owned());
        tests.add("good".to_owned(), Outcome::Passed, String::new());
        let mut expected = list(&[("m", "known"), ("m", "good"), ("m", "gone"), ("other", "good")]);
        let differences = expected.compare("m", &tests);
        assert_eq!(differences.new, [("bad".to_owned(), Outcome::Error, "x".to_owned())]);
        assert_eq!(
            (&differences.passing[..], &differences.missing[..]),
            (&["good".to_owned()][..], &["gone".to_owned()][..])
        );
        expected.bless("m", &differences);
        assert_eq!(expected.compare("m", &tests), Differences::default());
        assert_eq!(expected.reasons.len(), 3);
    }
}
