//! The command line of the binary, and one run of loom.

use crate::models::{self, Model};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Executions begun. Not part of any model: loom's own atomics start afresh in each execution.
static EXECUTIONS: AtomicUsize = AtomicUsize::new(0);

/// How far apart in steps the ends of one execution may be. A model that gets there loops without progress.
const MAX_BRANCHES: usize = 200_000;
const DEFAULT_BOUND: usize = 2;

/// Does what the command line says. A model that fails panics.
pub fn run(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let request = Request::parse(arguments)?;
    match request {
        Request::List => models::all().for_each(list),
        Request::Run { model, mutant, bound } => check(model, mutant.as_deref(), bound),
    }
    Ok(())
}

enum Request {
    List,
    Run { model: &'static Model, mutant: Option<String>, bound: usize },
}

impl Request {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut model, mut mutant, mut bound) = (None, None, DEFAULT_BOUND);
        while let Some(option) = arguments.next() {
            if option == "--list" {
                return Ok(Self::List);
            }
            let value = arguments.next().ok_or(format!("{option} needs a value"))?;
            match option.as_str() {
                "--model" => model = Some(models::find(&value).ok_or(format!("there is no model {value}"))?),
                "--mutant" => mutant = Some(value),
                "--bound" => bound = value.parse().map_err(|_| format!("--bound {value} is no number"))?,
                _ => return Err(format!("{option} is no option")),
            }
        }
        let model = model.ok_or("--list or --model NAME, please")?;
        if let Some(mutant) = mutant.as_deref().filter(|mutant| !model.mutants.contains(mutant)) {
            return Err(format!("{} has no mutant {mutant}", model.name));
        }
        Ok(Self::Run { model, mutant, bound })
    }
}

fn list(model: &Model) {
    println!("{}\t{}\t{}", model.name, model.invariant, model.mutants.join(","));
}

/// Says on every way out, unwinding included, how many executions there were.
struct Report;

impl Drop for Report {
    fn drop(&mut self) {
        println!("executions {}", EXECUTIONS.load(Ordering::Relaxed)); // Relaxed: one thread counts and reads.
    }
}

fn check(model: &'static Model, mutant: Option<&str>, bound: usize) {
    if let Some(mutant) = mutant {
        threads::sync::mutants::activate(mutant);
    }
    let mut builder = loom::model::Builder::new();
    builder.max_branches = MAX_BRANCHES;
    builder.preemption_bound = Some(bound);
    // Loom takes its other limits from the environment, and stopping at one of those looks like success.
    builder.max_permutations = None;
    builder.max_duration = None;
    builder.checkpoint_file = None;
    let _report = Report;
    let run = model.run;
    builder.check(move || {
        EXECUTIONS.fetch_add(1, Ordering::Relaxed); // Relaxed: one thread counts and reads.
        run();
    });
}
