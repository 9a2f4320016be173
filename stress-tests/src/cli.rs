//! The program `weft-stress`: litmus tests, then seeded rounds until the time is over.

use std::fs::{self, File};
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::options::Options;
use crate::{Report, Rng, litmus, run, watchdog};

/// Runs the program with the process's arguments.
pub fn main() -> ExitCode {
    let result = Options::parse(std::env::args().skip(1)).and_then(|options| play(&options));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn play(options: &Options) -> Result<(), String> {
    watchdog::start(options.replay());
    let mut trace = open_trace(options)?;
    let deadline = Instant::now() + Duration::from_secs(options.seconds);
    let mut seeds = Rng::new(options.seed);
    let (mut rounds, mut nodes, mut finalized) = (0_u64, 0, 0);
    println!("stress: seed {}, {} s", options.seed, options.seconds);
    if options.round.is_none() {
        watchdog::note_round(options.seed);
        println!("stress: litmus: {}", litmus::run(options.seed, litmus::share_of(options.seconds)));
    }
    while rounds == 0 || Instant::now() < deadline {
        let seed = options.round.unwrap_or_else(|| seeds.draw());
        let report = run(seed, &options.limits);
        if let Some(trace) = &mut trace {
            write_trace(trace, seed, &report).map_err(|error| format!("--trace: {error}"))?;
        }
        rounds += 1;
        nodes += report.nodes;
        finalized += report.finalized;
    }
    println!(
        "stress: passed: {rounds} rounds from seed {}, {} operations, {nodes} nodes, {finalized} finalizers, peak {}",
        options.seed,
        watchdog::progress(),
        peak_memory()
    );
    Ok(())
}

fn open_trace(options: &Options) -> Result<Option<Box<dyn Write>>, String> {
    match options.trace.as_deref() {
        None => Ok(None),
        Some("-") => Ok(Some(Box::new(io::stdout()))),
        Some(path) => match File::create(path) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) => Err(format!("--trace {path}: {error}")),
        },
    }
}

fn write_trace(trace: &mut dyn Write, seed: u64, report: &Report) -> io::Result<()> {
    for (name, digest) in &report.digests {
        writeln!(trace, "round {seed} {name} {digest:016x}")?;
    }
    trace.flush()
}

/// The most memory that the process has had resident.
fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
}
