//! `cargo xtask bench python`: the programs in `benches/python`, run by Weft and by CPython 3.14 in turns.
//!
//! Each program prints the seconds that its work took. One round runs every program with both; what else the machine
//! does then hits both alike. Of the rounds, the shortest time counts: nothing makes a program faster than it is.

use crate::options::Options;
use crate::{Failure, command, cpython};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

const FOLDER: &str = "benches/python";
/// Not a program: what they share.
const SHARED: &str = "measure";
const ROUNDS: usize = 5;
/// Starting up takes milliseconds, so it is done more often than the programs.
const STARTS_IN_ROUND: usize = 5;

/// A program, and the best time of each interpreter so far.
struct Row {
    name: String,
    path: PathBuf,
    ours: Option<f64>,
    theirs: Option<f64>,
    /// Why Weft could not run it.
    failure: Option<String>,
}

/// Runs the programs that were asked for.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut options = Options::new(arguments);
    let rounds: usize = options.value("--rounds")?.unwrap_or(ROUNDS).max(1);
    let only: Option<String> = options.value("--only")?;
    let program: Option<PathBuf> = options.value("--program")?;
    let chosen: Option<PathBuf> = options.value("--cpython")?;
    options.finish()?;
    let weft = program.map_or_else(command::build_weft, Ok)?;
    let cpython = cpython::find(chosen)?;
    if cpython.is_none() {
        eprintln!("{}: running without it", cpython::NONE_FOUND);
    }

    let mut rows = programs(only.as_deref())?;
    let (mut our_start, mut their_start) = (None, None);
    for _ in 0..rounds {
        for row in &mut rows {
            match time(&weft, &row.path) {
                Ok(seconds) => best(&mut row.ours, seconds),
                Err(failure) => row.failure = Some(failure),
            }
            if let Some(cpython) = &cpython {
                best(&mut row.theirs, time(cpython, &row.path)?);
            }
        }
        for _ in 0..STARTS_IN_ROUND {
            best(&mut our_start, start_up(&weft)?);
            if let Some(cpython) = &cpython {
                best(&mut their_start, start_up(cpython)?);
            }
        }
    }
    print(&rows, our_start, their_start);
    let failures: Vec<&Row> = rows.iter().filter(|row| row.failure.is_some()).collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(format!("bench python: {} programs failed", failures.len()))
    }
}

fn programs(only: Option<&str>) -> Result<Vec<Row>, Failure> {
    let folder = command::root().join(FOLDER);
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let names = names.filter_map(|name| name.strip_suffix(".py").map(str::to_owned));
    let wanted = |name: &String| name != SHARED && only.is_none_or(|only| name.contains(only));
    let mut names: Vec<String> = names.filter(wanted).collect();
    names.sort();
    if names.is_empty() {
        return Err(format!("there is no such program in {FOLDER}"));
    }
    let row = |name: String| Row {
        path: folder.join(format!("{name}.py")),
        name,
        ours: None,
        theirs: None,
        failure: None,
    };
    Ok(names.into_iter().map(row).collect())
}

fn best(slot: &mut Option<f64>, seconds: f64) {
    *slot = Some(slot.map_or(seconds, |before| before.min(seconds)));
}

/// The seconds that the program at `path` says it took.
fn time(interpreter: &Path, path: &Path) -> Result<f64, Failure> {
    let output = Command::new(interpreter).arg(path).env("PYTHONDONTWRITEBYTECODE", "1").output();
    let output = output.map_err(|error| format!("{}: {error}", interpreter.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    match text.trim().parse() {
        Ok(seconds) if output.status.success() => Ok(seconds),
        _ => {
            let errors = String::from_utf8_lossy(&output.stderr);
            let last = errors.lines().next_back().unwrap_or_default();
            Err(format!("{} {}: {}: {last}", interpreter.display(), path.display(), output.status))
        }
    }
}

/// The seconds that a program without anything in it takes from its start to its end.
fn start_up(interpreter: &Path) -> Result<f64, Failure> {
    let mut command = Command::new(interpreter);
    command.args(["-c", "pass"]).stdin(Stdio::null());
    let started = Instant::now();
    command::succeed(&mut command, "-c pass")?;
    Ok(started.elapsed().as_secs_f64())
}

fn print(rows: &[Row], our_start: Option<f64>, their_start: Option<f64>) {
    println!("{:<16} {:>10} {:>10} {:>14}", "program", "Weft, s", "CPython, s", "CPython/Weft");
    let mut ratios = Vec::new();
    for row in rows {
        let ratio = print_row(&row.name, row.ours, row.theirs);
        ratios.extend(ratio);
        if let Some(failure) = &row.failure {
            println!("  {failure}");
        }
    }
    if let Some(mean) = geometric_mean(&ratios) {
        println!("{:<16} {:>10} {:>10} {mean:>14.2}", "geometric mean", "", "");
    }
    print_row("start-up", our_start, their_start);
}

fn print_row(name: &str, ours: Option<f64>, theirs: Option<f64>) -> Option<f64> {
    let show = |seconds: Option<f64>| seconds.map_or("-".to_owned(), |seconds| format!("{seconds:.4}"));
    let ratio = ours.zip(theirs).map(|(ours, theirs)| theirs / ours);
    let shown = ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    println!("{name:<16} {:>10} {:>10} {shown:>14}", show(ours), show(theirs));
    ratio
}

fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let sum: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (!ratios.is_empty()).then(|| (sum / ratios.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_geometric() {
        let mean = geometric_mean(&[0.5, 2.0, 1.0]).expect("there are ratios");
        assert!((mean - 1.0).abs() < 1e-12);
        assert_eq!(geometric_mean(&[]), None);
    }

    #[test]
    fn every_program_is_found() {
        let rows = programs(None).expect("they are in the repository");
        assert!(rows.len() >= 12 && rows.iter().all(|row| row.name != SHARED));
        assert!(programs(Some("no such program")).is_err());
    }
}
