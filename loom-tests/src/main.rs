//! Runs one model of a concurrency protocol.
//!
//! A model is a few threads over the real code, which loom runs in every order that the memory model allows, up to a
//! bound on preemptions. Each model names the invariant it checks and the mutants it must catch: deliberate defects
//! in the code under test, switched on one at a time. A mutant that no execution fails on means that the model does
//! not check what it claims to.
//!
//! One process runs one model with at most one mutant, because a failing execution panics wherever it is and leaves
//! nothing to go on with. `cargo xtask loom` runs them all.
//!
//! * `weft-loom --list`: a line a model, of name, invariant and comma-separated mutants, with tabs between.
//! * `weft-loom --model NAME [--mutant MUTANT] [--bound N]`: runs it; prints how many executions there were, in case
//!   of failure too. Status 0 if all passed, 101 if one failed, 2 if the command line makes no sense.

#[cfg(loom)]
mod holder;
#[cfg(loom)]
mod models;
#[cfg(loom)]
mod runner;
#[cfg(loom)]
mod scene;

use std::process::ExitCode;

/// The exit status for a command line that makes no sense.
const USAGE: u8 = 2;

#[cfg(loom)]
fn main() -> ExitCode {
    match runner::run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("weft-loom: {message}");
            ExitCode::from(USAGE)
        }
    }
}

#[cfg(not(loom))]
fn main() -> ExitCode {
    eprintln!("weft-loom: this build holds no models; run `cargo xtask loom`");
    ExitCode::from(USAGE)
}
