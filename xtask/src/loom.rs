//! `cargo xtask loom`: every model must pass, and every mutant must make its model fail.
//!
//! Each model, and each model with each mutant, is a process of its own; two run at a time. A process that hits the
//! time limit proves nothing: a model has then failed, and a mutant has not been caught.

use crate::command::{self, Ended, Limited};
use crate::options::Options;
use crate::{Failure, command::POLL_INTERVAL};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const AT_ONCE: usize = 2;
/// Fewer models than this means that the table has lost some.
const LEAST_MODELS: usize = 16;
const QUICK: Effort = Effort { bound: 2, limit: Duration::from_secs(240) };
const LONG: Effort = Effort { bound: 3, limit: Duration::from_secs(3600) };

/// The binary's exit status when the command line makes no sense: neither a pass nor a catch.
const USAGE: i32 = 2;

/// How far to look.
struct Effort {
    /// Preemptions in one execution, at most.
    bound: usize,
    /// Time for one process, at most.
    limit: Duration,
}

/// A row of the table that the binary prints.
#[derive(Debug, PartialEq)]
struct Model {
    name: String,
    invariant: String,
    mutants: Vec<String>,
}

/// One process: a model as it is, or with a mutant.
struct Job<'a> {
    model: &'a Model,
    mutant: Option<&'a str>,
}

/// Runs the models that were asked for.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut options = Options::new(arguments);
    let mut effort = if options.flag("--long") { LONG } else { QUICK };
    effort.bound = options.value("--bound")?.unwrap_or(effort.bound);
    effort.limit = options.value("--limit")?.map_or(effort.limit, Duration::from_secs);
    let only: Option<String> = options.value("--only")?;
    options.finish()?;

    let target = command::target().join("loom");
    let binary = build(&target)?;
    let models = list(&binary)?;
    let chosen: Vec<&Model> = models.iter().filter(|m| only.as_ref().is_none_or(|o| *o == m.name)).collect();
    let mut failures = complain(&chosen, only.is_none());
    println!("{} models, preemption bound {}", chosen.len(), effort.bound);
    let jobs: Vec<Job> = chosen.iter().flat_map(|model| model.jobs()).collect();
    let started = Instant::now();
    failures.extend(run_all(&jobs, &binary, &target.join("logs"), &effort)?);
    if !failures.is_empty() {
        return Err(format!("loom: {} failed\n  {}", failures.len(), failures.join("\n  ")));
    }
    let mutants = jobs.len() - chosen.len();
    let seconds = started.elapsed().as_secs_f64();
    println!("{} models passed, {mutants} mutants caught, {seconds:.1} s", chosen.len());
    Ok(())
}

fn build(target: &Path) -> Result<PathBuf, Failure> {
    let mut cargo = command::cargo("build --quiet --release --package weft-loom-tests --bin weft-loom");
    command::with_rustflags(&mut cargo, "--cfg loom");
    cargo.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true"); // invariants that assertions state count too
    command::succeed(cargo.arg("--target-dir").arg(target), "building the models")?;
    Ok(target.join("release/weft-loom"))
}

fn list(binary: &Path) -> Result<Vec<Model>, Failure> {
    let output = Command::new(binary).arg("--list").output();
    let output = output.map_err(|error| format!("{}: {error}", binary.display()))?;
    String::from_utf8_lossy(&output.stdout).lines().map(Model::parse).collect()
}

/// What is wrong with the table itself, of which `chosen` may be `all`.
fn complain(chosen: &[&Model], all: bool) -> Vec<String> {
    let mut failures = Vec::new();
    if chosen.is_empty() {
        failures.push("there is no such model".to_owned());
    }
    if all && chosen.len() < LEAST_MODELS {
        failures.push(format!("{} models in the table, where at least {LEAST_MODELS} belong", chosen.len()));
    }
    let bare = chosen.iter().filter(|model| model.mutants.is_empty());
    failures.extend(bare.map(|model| format!("{} has no mutant", model.name)));
    for (index, model) in chosen.iter().enumerate() {
        if chosen[..index].iter().any(|other| other.name == model.name) {
            failures.push(format!("{} is the name of two models", model.name));
        }
    }
    failures
}

impl Model {
    fn parse(line: &str) -> Result<Self, Failure> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, invariant, mutants] = fields[..] else {
            return Err(format!("no row of models: {line:?}"));
        };
        let mutants = mutants.split(',').filter(|mutant| !mutant.is_empty()).map(str::to_owned).collect();
        Ok(Self { name: name.to_owned(), invariant: invariant.to_owned(), mutants })
    }

    fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
        let mutants = self.mutants.iter().map(|mutant| Some(mutant.as_str()));
        std::iter::once(None).chain(mutants).map(|mutant| Job { model: self, mutant })
    }
}

/// Runs `jobs`, printing a line for each in order as soon as those before it are done; what failed comes back.
fn run_all(jobs: &[Job], binary: &Path, logs: &Path, effort: &Effort) -> Result<Vec<String>, Failure> {
    let mut waiting = jobs.iter().enumerate();
    let mut running: Vec<(usize, Limited)> = Vec::new();
    let mut done: Vec<Option<Ended>> = jobs.iter().map(|_| None).collect();
    let mut printed = 0;
    let mut failures = Vec::new();
    while printed < jobs.len() {
        while running.len() < AT_ONCE
            && let Some((index, job)) = waiting.next()
        {
            running.push((index, job.start(binary, logs, effort)?));
        }
        let mut still = Vec::new();
        for (index, mut process) in running {
            match process.poll()? {
                Some(ended) => done[index] = Some(ended),
                None => still.push((index, process)),
            }
        }
        running = still;
        while let Some(ended) = done.get(printed).and_then(Option::as_ref) {
            failures.extend(jobs[printed].report(ended, effort));
            printed += 1;
        }
        std::thread::sleep(POLL_INTERVAL);
    }
    Ok(failures)
}

impl Job<'_> {
    fn start(&self, binary: &Path, logs: &Path, effort: &Effort) -> Result<Limited, Failure> {
        let mut command = Command::new(binary);
        command.args(["--model", &self.model.name, "--bound", &effort.bound.to_string()]);
        let mut log = self.model.name.clone();
        if let Some(mutant) = self.mutant {
            command.args(["--mutant", mutant]);
            log = format!("{log}.{mutant}");
        }
        Limited::start(command, logs.join(log + ".log"), effort.limit)
    }

    /// Prints the job's line; what failed, if it did.
    fn report(&self, ended: &Ended, effort: &Effort) -> Option<String> {
        let seconds = ended.took.as_secs_f64();
        let reason = reason(ended, effort.limit);
        let Model { name, invariant, .. } = self.model;
        match self.mutant {
            None => {
                let verdict = if passed(ended) { "" } else { "  FAILED" };
                let count = executions(&ended.output).map_or("?".to_owned(), |n| n.to_string());
                println!("{name:<44} {invariant:<16} {count:>9} executions {seconds:>6.1} s{verdict}");
                (!passed(ended)).then(|| format!("{name} ({invariant}): {reason}"))
            }
            Some(mutant) => {
                let verdict = if caught(ended) { "caught" } else { "NOT CAUGHT" };
                println!("    {mutant:<56} {verdict:<10} {seconds:>8.1} s  {reason}");
                (!caught(ended)).then(|| format!("{name}: mutant {mutant} was not caught: {reason}"))
            }
        }
    }
}

fn passed(ended: &Ended) -> bool {
    ended.status.is_some_and(|status| status.success())
}

/// Whether an execution failed: by panic, or by a signal where the defect is worse than that.
fn caught(ended: &Ended) -> bool {
    ended.status.is_some_and(|status| !status.success() && status.code() != Some(USAGE))
}

/// Why a process ended as it did: the first line of its panic, as a rule.
fn reason(ended: &Ended, limit: Duration) -> String {
    let Some(status) = ended.status else { return format!("over the limit of {} s", limit.as_secs()) };
    if status.success() {
        return "every execution passed".to_owned();
    }
    let mut lines = ended.output.lines().skip_while(|line| !line.contains("panicked at"));
    let message = lines.by_ref().nth(1).map(str::trim).filter(|line| !line.is_empty());
    message.map_or_else(|| status.to_string(), |line| line.chars().take(100).collect())
}

fn executions(output: &str) -> Option<u64> {
    output.lines().rev().find_map(|line| line.strip_prefix("executions ")?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(script: &str) -> Ended {
        let mut command = Command::new("sh");
        let output = command.args(["-c", script]).output().expect("sh runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ended { status: Some(output.status), output: text, took: Duration::ZERO }
    }

    #[test]
    fn rows_are_read() {
        let model = Model::parse("gate\tINV-GATE-1\ta,b").expect("three fields");
        assert_eq!((model.name.as_str(), model.mutants.len()), ("gate", 2));
        assert_eq!(model.jobs().count(), 3);
        assert!(Model::parse("gate\tINV-GATE-1\t").expect("three fields").mutants.is_empty());
        assert!(Model::parse("gate").is_err());
    }

    #[test]
    fn a_bad_table_is_reported() {
        let bare = Model { name: "bare".to_owned(), invariant: String::new(), mutants: Vec::new() };
        assert_eq!(complain(&[&bare], false), ["bare has no mutant"]);
        assert_eq!(complain(&[&bare], true).len(), 2);
        assert_eq!(complain(&[], false), ["there is no such model"]);
        let model = Model { mutants: vec!["m".to_owned()], ..bare };
        assert_eq!(complain(&[&model, &model], false), ["bare is the name of two models"]);
    }

    #[test]
    fn only_a_failing_execution_catches_a_mutant() {
        assert!(caught(&ended("exit 101")) && caught(&ended("kill -SEGV $$")));
        assert!(!caught(&ended("exit 0")) && !caught(&ended("exit 2")));
        let killed = Ended { status: None, output: String::new(), took: Duration::ZERO };
        assert!(!caught(&killed) && !passed(&killed));
    }

    #[test]
    fn counts_and_reasons_are_found_in_the_output() {
        let failed = ended("echo thread main panicked at x.rs:1:1:; echo lost; echo executions 12; exit 101");
        assert_eq!(executions(&failed.output), Some(12));
        assert_eq!(reason(&failed, Duration::ZERO), "lost");
    }
}
