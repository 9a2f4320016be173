//! `cargo xtask bench`: builds the benchmarks in release and runs them, beside CPython 3.14 where there is one.

use crate::{Failure, command};
use std::path::{Path, PathBuf};
use std::process::Command;

const SUITES: &str = "substrate, scaling";
/// The suite that measures CPython too.
const COMPARED: &str = "substrate";

/// What [`python`] looks for, and what it must say of itself.
const PYTHON: &str = "python3.14";
const VERSION: &str = "Python 3.14";

/// Runs the suite named first, with whatever stands after it passed on.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let [suite, rest @ ..] = arguments else { return Err(format!("which suite? there are: {SUITES}")) };
    if !SUITES.split(", ").any(|known| known == suite) {
        return Err(format!("there is no suite {suite}; there are: {SUITES}"));
    }
    let mut bench = command::cargo("run --quiet --release --package weft-benches --bin weft-bench --");
    bench.arg(suite);
    match if suite == COMPARED { python()? } else { None } {
        Some(python) => drop(bench.arg("--python").arg(python)),
        None if suite != COMPARED => {}
        None => eprintln!("no CPython 3.14 found (WEFT_PYTHON, {PYTHON} on PATH): running without it"),
    }
    command::succeed(bench.args(rest), "weft-bench")
}

/// The CPython to compare with: the one the user names, or the first one found.
fn python() -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = std::env::var_os("WEFT_PYTHON").map(PathBuf::from) {
        let answers = is_python(&named);
        return if answers { Ok(Some(named)) } else { Err(format!("WEFT_PYTHON={named:?} is no {VERSION}")) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).map(|folder| folder.join(PYTHON)).collect();
    places.extend(std::env::home_dir().map(|home| home.join(".cache/weft-oracle/bin").join(PYTHON)));
    Ok(places.into_iter().find(|place| is_python(place)))
}

fn is_python(path: &Path) -> bool {
    let answer = Command::new(path).arg("--version").output();
    answer.is_ok_and(|output| output.stdout.starts_with(VERSION.as_bytes()))
}
