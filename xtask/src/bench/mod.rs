//! `cargo xtask bench`: builds the benchmarks in release and runs them, beside CPython 3.14 where there is one.

mod python;

use crate::{Failure, command, cpython};

const SUITES: &str = "substrate, scaling, python";
/// The suite that measures CPython too.
const COMPARED: &str = "substrate";

/// Runs the suite named first, with whatever stands after it passed on.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let [suite, rest @ ..] = arguments else { return Err(format!("which suite? there are: {SUITES}")) };
    if !SUITES.split(", ").any(|known| known == suite) {
        return Err(format!("there is no suite {suite}; there are: {SUITES}"));
    }
    if suite == "python" {
        return python::run(rest);
    }
    let mut bench = command::cargo("run --quiet --release --package weft-benches --bin weft-bench --");
    bench.arg(suite);
    match if suite == COMPARED { cpython::find(None)? } else { None } {
        Some(python) => drop(bench.arg("--python").arg(python)),
        None if suite != COMPARED => {}
        None => eprintln!("{}: running without it", cpython::NONE_FOUND),
    }
    command::succeed(bench.args(rest), "weft-bench")
}
