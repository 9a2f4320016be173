//! Running the driver for one module, again and again if it dies, until all of the module's tests are done.
//!
//! The driver says which test it starts and what came of it. A process that dies or falls silent leaves a test
//! without outcome: that one is to blame, and a new process goes on after it.

use super::outcome::{Outcome, Tests};
use crate::Failure;
use std::fs::{self, File, OpenOptions};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const POLL_INTERVAL: Duration = Duration::from_millis(20);
/// How long a process may take to end after its last test.
const EXIT_LIMIT: Duration = Duration::from_secs(20);
/// A module that kills so many processes is given up.
const MOST_PROCESSES: usize = 30;

/// What stands for the import of the test module, and for the end of the process, among the tests.
pub const IMPORT: &str = "(import)";
const EXIT: &str = "(exit)";

/// With what tests are run.
pub struct Setup {
    /// The Python to test.
    pub program: PathBuf,
    /// The driver script.
    pub driver: PathBuf,
    /// The folder that contains CPython's package `test`.
    pub tests: PathBuf,
    /// Where logs, results and the tests' own files go.
    pub folder: PathBuf,
    /// How long a module may take.
    pub limit: Duration,
}

/// How a process ended.
struct Ended {
    /// `None` if it was killed.
    status: Option<ExitStatus>,
}

/// What the driver has written.
#[derive(Debug, Default, PartialEq)]
struct Progress {
    done: bool,
    /// The test that has started and not ended: its number and name.
    open: Option<(i64, String)>,
    outcomes: Vec<(String, Outcome, String)>,
}

impl Setup {
    /// Runs the tests of `module`, less those whose names contain one of `without`.
    pub fn run(&self, module: &str, without: &[&str]) -> Result<Tests, Failure> {
        let started = Instant::now();
        let mut tests = Tests::default();
        let mut skip = 0;
        for _ in 0..MOST_PROCESSES {
            let results = self.folder.join("results").join(format!("{module}.tsv"));
            let ended = self.process(module, without, skip, &results, started)?;
            let text = fs::read(&results).unwrap_or_default();
            let progress = Progress::parse(&String::from_utf8_lossy(&text));
            for (name, outcome, reason) in progress.outcomes {
                tests.add(shorten(&name, module), outcome, reason);
            }
            tests.took = started.elapsed();
            let (outcome, reason) = ended.verdict();
            if progress.done {
                if let Some(outcome) = outcome {
                    tests.add(EXIT.to_owned(), outcome, reason);
                }
                return Ok(tests);
            }
            let outcome = outcome.unwrap_or(Outcome::Crash);
            let (number, name) = progress.open.unwrap_or((-1, IMPORT.to_owned()));
            tests.add(shorten(&name, module), outcome, reason);
            if number < 0 || tests.took >= self.limit {
                return Ok(tests);
            }
            skip = number + 1;
        }
        Ok(tests)
    }

    /// Runs one process until it ends, falls silent or is over the module's limit.
    fn process(
        &self,
        module: &str,
        without: &[&str],
        skip: i64,
        results: &Path,
        started: Instant,
    ) -> Result<Ended, Failure> {
        let fail = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
        let work = self.folder.join("work").join(format!("{module}-{}", std::process::id()));
        let log = self.folder.join("logs").join(format!("{module}.log"));
        for folder in [&work, &self.folder.join("results"), &self.folder.join("logs")] {
            fs::create_dir_all(folder).map_err(|error| fail(folder, error))?;
        }
        File::create(results).map_err(|error| fail(results, error))?;
        let mut out = OpenOptions::new();
        let out = if skip == 0 { out.create(true).write(true).truncate(true) } else { out.append(true) };
        let out = out.open(&log).map_err(|error| fail(&log, error))?;
        let err = out.try_clone().map_err(|error| fail(&log, error))?;

        let mut command = Command::new(&self.program);
        command
            .arg(&self.driver)
            .arg(&self.tests)
            .arg(results)
            .arg(module)
            .arg(skip.to_string())
            .args(without);
        command.current_dir(&work).stdin(Stdio::null()).stdout(out).stderr(err);
        // A group of its own, so that what the tests start can be ended with it.
        let child = command.process_group(0).spawn().map_err(|error| fail(&self.program, error))?;
        let ended = self.watch(Group(child), results, started);
        // Tests leave all sorts of things there, unreadable folders included; a later run does not mind.
        let _ = fs::remove_dir_all(&work);
        ended
    }

    fn watch(&self, mut group: Group, results: &Path, started: Instant) -> Result<Ended, Failure> {
        let (mut length, mut heard) = (0, Instant::now());
        let mut finished = None;
        loop {
            if let Some(status) = group.0.try_wait().map_err(|error| error.to_string())? {
                return Ok(Ended { status: Some(status) });
            }
            let now = fs::metadata(results).map_or(0, |metadata| metadata.len());
            if now != length {
                (length, heard) = (now, Instant::now());
                let text = fs::read(results).unwrap_or_default();
                finished = text.ends_with(b"\ndone\t\t\n").then(Instant::now);
            }
            let late = finished.is_some_and(|end: Instant| end.elapsed() > EXIT_LIMIT);
            // A third of the module's time for one test: then others still get their turn.
            if late || heard.elapsed() > self.limit / 3 || started.elapsed() > self.limit {
                return Ok(Ended { status: None });
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }
}

/// A process and those that it starts.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        // The leader may have ended and others live on, so the group is killed in any case.
        let group = format!("-{}", self.0.id());
        let mut kill = Command::new("kill");
        kill.args(["-KILL", "--", &group]).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = kill.status();
        let _ = self.0.wait();
    }
}

impl Ended {
    /// What is wrong with how it ended, if anything, and a reason.
    fn verdict(&self) -> (Option<Outcome>, String) {
        match self.status {
            None => (Some(Outcome::Hang), "nothing heard of it".to_owned()),
            Some(status) if status.success() => (None, "ended before its time".to_owned()),
            Some(status) => match status.signal() {
                Some(signal) => (Some(Outcome::Crash), format!("signal {signal}")),
                None => (Some(Outcome::Crash), status.to_string()),
            },
        }
    }
}

impl Progress {
    fn parse(text: &str) -> Self {
        let mut progress = Self::default();
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            let mut fields = line.splitn(3, '\t');
            let mut next = || fields.next().unwrap_or_default();
            let (kind, second, third) = (next(), next(), next());
            match kind {
                "start" => progress.open = Some((second.parse().unwrap_or(-1), third.to_owned())),
                "loaded" => progress.open = None,
                "done" => progress.done = true,
                _ => {
                    let Some(outcome) = Outcome::parse(kind) else { continue };
                    if progress.open.as_ref().is_some_and(|(_, name)| name == second) {
                        progress.open = None;
                    }
                    progress.outcomes.push((second.to_owned(), outcome, third.to_owned()));
                }
            }
        }
        progress
    }
}

/// A test's name without what all of its module have in common, and without blanks.
fn shorten(name: &str, module: &str) -> String {
    let rest = name.strip_prefix("test.").unwrap_or(name);
    let rest = rest.strip_prefix(module).and_then(|rest| rest.strip_prefix('.')).unwrap_or(rest);
    rest.split_whitespace().collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened() {
        assert_eq!(shorten("test.test_json.test_dump.T.test_a", "test_json"), "test_dump.T.test_a");
        assert_eq!(shorten("setUpClass (test.test_x.T)", "test_x"), "setUpClass_(test.test_x.T)");
    }

    #[test]
    fn an_unfinished_test_is_open() {
        let text =
            "start\t-1\ta.(import)\nloaded\ta.(import)\t\nstart\t0\ta.b\nok\ta.b\t\nstart\t1\ta.c\nok\ta.";
        let progress = Progress::parse(text);
        assert_eq!(progress.open, Some((1, "a.c".to_owned())));
        assert_eq!(progress.outcomes, [("a.b".to_owned(), Outcome::Passed, String::new())]);
        assert!(!progress.done && Progress::parse("done\t\t\n").done);
    }
}
