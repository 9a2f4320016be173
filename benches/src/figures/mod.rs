//! `weft-bench figures`: every figure that Weft promises, in one run, beside CPython 3.14 and PyPy.
//!
//! | file        | concept                                                             |
//! |-------------|---------------------------------------------------------------------|
//! | `suites`    | runs `weft bench` over the suites and reads what it measured        |
//! | `promises`  | the figures, with their targets, from what was measured             |
//! | `processes` | start-up times, and memory of a million objects                     |
//! | `table`     | rows: what, Weft, CPython, PyPy, target, verdict; printed or Markdown |
//! | `details`   | a Markdown table for each suite                                     |
//! | `picture`   | the picture for the front page                                      |
//! | `record`    | the files of a recorded run                                         |
//!
//! Each ratio's sides are measured in the same rounds, and the shortest times are compared: nothing makes a program
//! faster than it is, and much makes it slower.

mod details;
mod picture;
mod processes;
mod promises;
mod record;
mod suites;
mod table;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::time::Instant;

use clap::Parser;
use clap::error::ErrorKind;

use crate::Failure;
use crate::measure::Effort;

/// What to measure and with what.
#[derive(Debug, Parser)]
#[command(name = "weft-bench figures", disable_version_flag = true)]
pub struct Plan {
    /// Weft
    #[arg(long)]
    pub weft: PathBuf,
    /// CPython 3.14, if there is one
    #[arg(long)]
    pub cpython: Option<PathBuf>,
    /// PyPy, if there is one
    #[arg(long)]
    pub pypy: Option<PathBuf>,
    /// Numbers of threads; 1 and 2 are measured in any case
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    pub threads: Vec<usize>,
    /// Little of everything, to see that it runs
    #[arg(long)]
    pub quick: bool,
    /// Rounds of every suite, in place of those that it has
    #[arg(long)]
    pub rounds: Option<usize>,
    /// Wait for so many seconds in each suite, at most, for moments in which nobody else slows the machine down
    #[arg(long, default_value = "0")]
    pub quiet: u64,
    /// A folder in which to write what was measured
    #[arg(long)]
    pub record: Option<PathBuf>,
    /// The command that asked for this, for the record
    #[arg(long, default_value = "weft-bench figures")]
    pub command: String,
}

impl Plan {
    /// How much.
    pub fn effort(&self) -> Effort {
        if self.quick { Effort::Quick } else { Effort::Full }
    }

    /// The interpreters in the order of the table's columns.
    pub fn interpreters(&self) -> [Option<&PathBuf>; 3] {
        [Some(&self.weft), self.cpython.as_ref(), self.pypy.as_ref()]
    }
}

/// Measures everything and prints the table.
///
/// # Errors
/// In words: what could not be run. A missed target is none.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let words = std::iter::once("weft-bench figures").chain(arguments.iter().map(String::as_str));
    let mut plan = match Plan::try_parse_from(words) {
        Ok(plan) => plan,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => {
            println!("{error}");
            return Ok(());
        }
        Err(error) => return Err(error.to_string()),
    };
    plan.threads.extend([1, 2]);
    plan.threads.sort_unstable();
    plan.threads.dedup();
    measure(&plan)
}

fn measure(plan: &Plan) -> Result<(), Failure> {
    let begun = Instant::now();
    let suites = suites::measure(plan)?;
    let processes = processes::measure(plan)?;
    let rows = promises::rows(&suites, &processes);
    table::print(&rows);
    println!();
    let lines = record::circumstances(plan, &suites);
    lines.iter().for_each(|line| println!("{line}"));
    println!("measured in {:.1} minutes", begun.elapsed().as_secs_f64() / 60.0);
    if plan.quick {
        println!("quick: no figure counts");
    }
    if let Some(folder) = &plan.record {
        record::write(folder, plan, &suites, &rows)?;
    }
    match suites.failures() {
        failures if failures.is_empty() => Ok(()),
        failures => Err(failures.join("\n")),
    }
}
