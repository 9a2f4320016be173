//! `weft-bench`: ratios, each measured in one run of this program.
//!
//! | command                                 | prints                                                              |
//! |-----------------------------------------|---------------------------------------------------------------------|
//! | `substrate [--quick] [--python PATH]`   | what the substrate costs beside what others do, and its targets     |
//! | `scaling [--quick]`                     | throughput of 1 to 16 threads relative to one                       |
//! | `containers [--quick]`                  | what lists, dicts and sets cost beside Rust's own                   |
//! | `figures --weft PATH [OPTION...]`       | the figures that Weft promises, beside CPython 3.14 and PyPy        |
//! | `exchange weft/arc COUNT`               | a row of `substrate` that needs a process of its own                |
//!
//! A ratio's two sides alternate in many short rounds, and medians are taken, for machines are noisy. The exit status
//! is 0 even where a target is missed: figures are reported, not hidden. `--quick` runs everything with small counts,
//! to see that it runs; its figures mean nothing. Micro-benchmarks of natives and interpreter are in `benches/benches`.

#[cfg(not(loom))]
mod containers;
#[cfg(not(loom))]
mod figures;
#[cfg(not(loom))]
mod measure;
#[cfg(not(loom))]
mod pin;
#[cfg(not(loom))]
mod scaling;
#[cfg(not(loom))]
mod substrate;
#[cfg(not(loom))]
mod table;
#[cfg(not(loom))]
mod team;

/// The program's allocator, for both sides of every ratio.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A failure to run, for the user.
#[cfg(not(loom))]
type Failure = String;

#[cfg(not(loom))]
const USAGE: &str = "usage: weft-bench substrate [--quick] [--python PATH]\n       weft-bench scaling [--quick]\n       weft-bench containers [--quick]\n       weft-bench figures --help";

#[cfg(not(loom))]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("weft-bench: {failure}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(loom))]
fn run(arguments: &[String]) -> Result<(), Failure> {
    let [suite, rest @ ..] = arguments else { return Err(USAGE.to_owned()) };
    if suite == "exchange" {
        return substrate::exchange::run_child(rest);
    }
    if suite == "figures" {
        return figures::run(rest);
    }
    let mut effort = measure::Effort::Full;
    let mut python = None;
    let mut rest = rest.iter();
    while let Some(option) = rest.next() {
        match option.as_str() {
            "--quick" => effort = measure::Effort::Quick,
            "--python" if suite == "substrate" => {
                python = Some(rest.next().ok_or("--python wants a path")?.clone());
            }
            _ => return Err(format!("{option}: no such option\n{USAGE}")),
        }
    }
    match suite.as_str() {
        "substrate" => substrate::run(effort, python.as_deref()),
        "scaling" => scaling::run(effort),
        "containers" => containers::run(effort),
        _ => Err(format!("{suite}: no such suite\n{USAGE}")),
    }
}

/// Loom has no threads of its own to measure.
#[cfg(loom)]
fn main() {}
