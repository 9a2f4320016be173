//! `cargo xtask test`: everything that a change must pass, one line a step.
//!
//! Each step is a process whose output goes to `target/xtask/STEP.log` and is shown if the step fails, which ends
//! the run. All of it fits half an hour on two cores, from a clean clone.

use crate::command::{self, Limited};
use crate::options::Options;
use crate::{Failure, tidy};
use std::process::Command;
use std::time::{Duration, Instant};

/// No step takes this long; one that does hangs.
const LIMIT: Duration = Duration::from_secs(1200);

/// A step of the run.
struct Step {
    name: &'static str,
    /// What to call cargo with.
    cargo: &'static str,
    /// Variables to set.
    env: &'static [(&'static str, &'static str)],
    /// The component of the toolchain without which the step is left out.
    needs: Option<&'static str>,
}

/// Cheap before dear, so that a mistake shows early.
const STEPS: &[Step] = &[
    Step { needs: Some("fmt"), ..step("format", "fmt --all --check") },
    step("tidy", "run --quiet --package xtask -- tidy"),
    Step { needs: Some("clippy"), ..step("clippy", "clippy --workspace --all-targets -- --deny warnings") },
    step("test-debug", "test --workspace"),
    step("test-release", "test --workspace --release"),
    // Its program is the one that the tests before have built.
    step("handlers", "run --quiet --package xtask -- handlers"),
    // As compilers see it that lack the handlers' calling convention (`runtime/build.rs`): does it compile, and jump where it should?
    Step {
        env: &[("RUSTC_BOOTSTRAP", "no-crate")],
        ..step(
            "test-stable",
            "test --release --package weft --target-dir target/stable --test programs hot_1_hot_2",
        )
    },
    step("handlers-stable", "run --quiet --package xtask -- handlers target/stable/release/weft"),
    // The models compile under `--cfg loom` alone, so they need a look of their own.
    Step {
        needs: Some("clippy"),
        env: &[("RUSTFLAGS", "--cfg loom")],
        ..step(
            "clippy-loom",
            "clippy --release --package weft-loom-tests --target-dir target/loom -- --deny warnings",
        )
    },
    step("loom", "run --quiet --package xtask -- loom --bound 2"),
    step("stress-debug", "run --quiet --package xtask -- stress --config debug --seconds 60"),
    step("stress-release", "run --quiet --package xtask -- stress --config release --seconds 60"),
    Step { env: &[("RUSTDOCFLAGS", "--deny warnings")], ..step("rustdoc", "doc --workspace --no-deps") },
];

const fn step(name: &'static str, cargo: &'static str) -> Step {
    Step { name, cargo, env: &[], needs: None }
}

/// Runs the steps until one fails.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    Options::new(arguments).finish()?;
    let started = Instant::now();
    let (mut passed, mut skipped) = (0, 0);
    for step in STEPS {
        match step.run() {
            Ok(true) => passed += 1,
            Ok(false) => skipped += 1,
            Err(failure) => {
                println!("{passed} passed, 1 failed");
                return Err(format!("step {} failed: {failure}", step.name));
            }
        }
    }
    println!("{:<16} {:>7.1} s", "in all", started.elapsed().as_secs_f64());
    if skipped > 0 {
        println!("{skipped} left out for want of a tool");
    }
    println!("{passed} passed, 0 failed");
    Ok(())
}

impl Step {
    /// Whether it was run; an error if it failed.
    fn run(&self) -> Result<bool, Failure> {
        if let Some(tool) = self.needs
            && !command::works(command::cargo(tool).arg("--version"))
        {
            println!("{:<16} left out: cargo {tool} is not installed", self.name);
            return Ok(false);
        }
        let log = command::target().join("xtask").join(format!("{}.log", self.name));
        let ended = Limited::start(self.command(), log, LIMIT)?.wait()?;
        let seconds = ended.took.as_secs_f64();
        match ended.status {
            Some(status) if status.success() => {
                println!("{:<16} {seconds:>7.1} s  {}", self.name, summary(&ended.output));
                Ok(true)
            }
            status => {
                println!("{:<16} {seconds:>7.1} s  FAILED", self.name);
                eprintln!("{}", ended.output);
                Err(status.map_or(format!("over {} s", LIMIT.as_secs()), |status| status.to_string()))
            }
        }
    }

    fn command(&self) -> Command {
        let mut cargo = command::cargo(self.cargo);
        for &(name, value) in self.env {
            match name {
                "RUSTFLAGS" => command::with_rustflags(&mut cargo, value),
                _ => drop(cargo.env(name, value)),
            }
        }
        cargo
    }
}

/// What a step's output says in a word: how many tests, models or files there were.
fn summary(output: &str) -> String {
    let counts = output.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    let tests: u64 = counts.filter_map(|count| count.parse::<u64>().ok()).sum();
    if tests > 0 {
        return format!("{tests} tests");
    }
    let told = |line: &&str| line.contains("mutants caught") || line.starts_with(tidy::SUMMARY);
    output.lines().rev().find(told).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_add_up_the_tests() {
        let output = "test result: ok. 20 passed; 0 failed\nx\ntest result: ok. 3 passed; 0 failed\n";
        assert_eq!(summary(output), "23 tests");
        assert_eq!(
            summary("a\n16 models passed, 20 mutants caught, 3 s\n"),
            "16 models passed, 20 mutants caught, 3 s"
        );
        assert_eq!(summary("anything else"), "");
    }
}
