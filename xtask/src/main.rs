//! The project's recipes.
//!
//! * `cargo xtask test`: everything that a change must pass.
//! * `cargo xtask loom [--long] [--only NAME] [--bound N] [--limit SECONDS]`: the models and their mutants.
//! * `cargo xtask stress [--seconds N] [--seed S] [--config debug|release|zeal|all]`
//! * `cargo xtask bench [--quick] [--dist] [--record FOLDER] [--threads N,N...] [--rounds N] [--quiet SECONDS]
//!   [--program PATH] [--cpython PATH] [--pypy PATH]`: the figures that Weft promises.
//! * `cargo xtask bench substrate|scaling|containers|micro [ARGUMENT...]`
//! * `cargo xtask conformance [free-threading [--runs N]] [--only PATTERN] [--jobs N] [--limit SECONDS] [--bless]
//!   [--program PATH] [--cpython PATH]`: CPython's own tests.
//! * `cargo xtask dist`: the program compiled with a profile of what programs do.
//! * `cargo xtask handlers [PROGRAM]`: looks whether the interpreter's handlers end in jumps in an optimised program's machine code.
//! * `cargo xtask tidy`: what of the style guide can be checked by reading the text.
//!
//! It uses `std` alone, so that it builds in seconds, and must not know any crate it checks.

mod bench;
mod command;
mod conformance;
mod cpython;
mod dist;
mod handlers;
mod loom;
mod options;
mod stress;
mod test;
mod tidy;

use std::process::ExitCode;

/// Why a recipe failed, in words for its user.
type Failure = String;

const USAGE: &str =
    "usage: cargo xtask test | loom | stress | bench [SUITE] | conformance | dist | handlers | tidy
(the options of each are on the page of xtask/src/main.rs)";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let recipe = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let result = match recipe.as_str() {
        "test" => test::run(&rest),
        "loom" => loom::run(&rest),
        "stress" => stress::run(&rest),
        "bench" => bench::run(&rest),
        "dist" => dist::run(&rest),
        "handlers" => handlers::run(&rest),
        "tidy" => tidy::run(&rest),
        "conformance" => conformance::run(&rest),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
