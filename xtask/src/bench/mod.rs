//! `cargo xtask bench`: builds in release and measures.
//!
//! Without a suite: the figures that Weft promises, all in one run, beside CPython 3.14 and PyPy where there are any.
//! `substrate`, `scaling` and `containers` are about the layers below Python; `micro` is Criterion's.

mod figures;

use crate::{Failure, command, cpython};

const SUITES: &str = "substrate, scaling, containers, micro";
/// The suite that measures CPython too.
const COMPARED: &str = "substrate";
/// Criterion's.
const MICRO: &str = "micro";

/// Runs the suite named first, with whatever stands after it passed on; the figures if none is.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let [suite, rest @ ..] = arguments else { return figures::run(&[]) };
    if suite.starts_with("--") {
        return figures::run(arguments);
    }
    if !SUITES.split(", ").any(|known| known == suite) {
        return Err(format!(
            "there is no suite {suite}; there are: {SUITES}, and the figures without a name"
        ));
    }
    if suite == MICRO {
        let mut bench = command::cargo("bench --quiet --package weft-benches --benches --");
        return command::succeed(bench.args(rest), "the micro-benchmarks");
    }
    let mut bench = weft_bench();
    bench.arg(suite);
    match if suite == COMPARED { cpython::find(None)? } else { None } {
        Some(python) => drop(bench.arg("--python").arg(python)),
        None if suite != COMPARED => {}
        None => eprintln!("{}: running without it", cpython::NONE_FOUND),
    }
    command::succeed(bench.args(rest), "weft-bench")
}

/// Builds and runs `weft-bench`; its arguments follow.
fn weft_bench() -> std::process::Command {
    command::cargo("run --quiet --release --package weft-benches --bin weft-bench --")
}
