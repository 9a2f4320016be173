//! The rounds: every workload in every way, in turns.
//!
//! What else a machine does comes and goes in seconds. So a round runs every workload in every way once, one way right after
//! the other, and every second round in the opposite order: a disturbance then meets all sides of a comparison, or one
//! round's share of each, and not all the times of one side.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::child::{self, Ended, Stopped};
use super::interpreter::Side;
use super::options::Options;
use super::progress::Progress;
use super::quiet::Quiet;
use super::results::{Measured, Run};
use super::suites::Folder;
use super::workload::{Kind, Workload};

/// What the harness says of its calls.
#[derive(Deserialize)]
struct Told {
    times: Vec<f64>,
    cpu: Vec<f64>,
    results: Vec<String>,
    peak: u64,
}

/// How often and how long, of the options.
struct Effort {
    calls: usize,
    warm_up: usize,
    limit: Duration,
}

/// Runs everything; a signal's number if one ends it.
///
/// # Errors
/// The number of the signal that asked this process to end.
pub fn run(
    options: &Options,
    workloads: &[Workload],
    sides: &[Side],
    folder: &Folder,
) -> Result<Vec<Measured>, i32> {
    let effort = Effort { calls: options.calls, warm_up: options.warm_up, limit: options.limit };
    let mut measured: Vec<Measured> = workloads.iter().map(|workload| empty(workload, sides)).collect();
    // A script warms up what the system keeps of it, in rounds that do not count.
    let scripts = workloads.iter().any(|workload| workload.kind == Kind::Script);
    let idle = if scripts { options.warm_up } else { 0 };
    let in_round = measured.iter().map(|workload| workload.runs.len()).sum::<usize>();
    let mut progress = Progress::new(in_round * (idle + options.runs), options.runs);
    let mut quiet = Quiet::new(options.quiet);
    for round in 0..idle + options.runs {
        let counts = round >= idle;
        progress.round(if counts { round - idle + 1 } else { 0 });
        for (workload, measured) in workloads.iter().zip(&mut measured) {
            let name = workload.full_name();
            let ways = measured.runs.len();
            for place in 0..ways {
                let place = if round % 2 == 0 { place } else { ways - 1 - place };
                let run = &mut measured.runs[place];
                progress.step(&format!("{name}, {}", run.way()));
                if run.failure.is_some() {
                    continue; // once is enough
                }
                let kept = (run.times_s.len(), run.cpu_s.len());
                loop {
                    quiet.wait();
                    let begun = Instant::now();
                    once(workload, &sides[run.side], run, &effort, folder, counts)?;
                    if run.failure.is_some() || !quiet.was_disturbed(begun.elapsed()) {
                        break;
                    }
                    run.times_s.truncate(kept.0);
                    run.cpu_s.truncate(kept.1);
                }
                if let Some(failure) = &run.failure {
                    // All of it is told at the end.
                    let first = failure.lines().next().unwrap_or_default();
                    progress.remark(&format!("{name}, {}, failed: {first}", run.way()));
                }
            }
        }
    }
    progress.finish();
    if let Some(report) = quiet.report() {
        progress.remark(&report);
    }
    Ok(measured)
}

/// A workload that has not been run yet, in all the ways in which it will be.
fn empty(workload: &Workload, sides: &[Side]) -> Measured {
    let ways = sides.iter().enumerate().flat_map(|(side, of)| {
        workload.threads.iter().map(move |&threads| (side, of.label.clone(), threads))
    });
    Measured {
        suite: workload.suite.map(super::options::Suite::name),
        name: workload.name.clone(),
        file: workload.shown_file(),
        script: workload.kind == Kind::Script,
        runs: ways.map(|(side, label, threads)| Run { side, label, threads, ..Run::default() }).collect(),
        disagreement: None,
    }
}

/// One process.
fn once(
    workload: &Workload,
    side: &Side,
    run: &mut Run,
    effort: &Effort,
    folder: &Folder,
    counts: bool,
) -> Result<(), i32> {
    let mut command = side.command();
    let number = |number: usize| number.to_string();
    match &workload.kind {
        Kind::Script => drop(command.arg(&workload.file).args(["--threads", &number(run.threads)])),
        Kind::Function(function) => {
            command.arg(folder.harness()).arg(&workload.file).arg(function);
            command.args(["--threads", &number(run.threads), "--calls", &number(effort.calls)]);
            command.args(["--warm-up", &number(effort.warm_up)]);
            // A user's file finds what lies beside it, as when it is run; files of suites find only what they share.
            if let (None, Some(beside)) = (workload.suite, workload.file.parent()) {
                command.arg("--path").arg(beside);
            }
            command.arg("--path").arg(folder.shared());
        }
    }
    let ended = match child::run(command, folder.path(), effort.limit) {
        Ok(ended) => ended,
        Err(Stopped::BySignal(signal)) => return Err(signal),
        Err(Stopped::NotStarted(error)) => {
            run.failure = Some(format!("{}: {error}", side.program.display()));
            return Ok(());
        }
    };
    if let Some(failure) = &ended.failure {
        run.failure = Some(explain(failure, &ended, workload));
    } else if workload.kind == Kind::Script {
        if counts {
            run.times_s.push(ended.wall.as_secs_f64());
            run.cpu_s.push(ended.cpu.as_secs_f64());
            run.peak_bytes = run.peak_bytes.max(ended.peak_bytes);
        }
    } else {
        match serde_json::from_str::<Told>(&ended.output) {
            Ok(told) => {
                run.times_s.extend(told.times);
                run.cpu_s.extend(told.cpu);
                run.peak_bytes = run.peak_bytes.max(told.peak);
                for result in told.results {
                    if !run.results.contains(&result) {
                        run.results.push(result);
                    }
                }
            }
            // It has left by `os._exit`, say, before the harness could speak.
            Err(_) => run.failure = Some(explain("it ended before it was measured", &ended, workload)),
        }
    }
    Ok(())
}

/// A failure with what the process said, and what may be the matter.
fn explain(failure: &str, ended: &Ended, workload: &Workload) -> String {
    let mut text = failure.to_owned();
    for line in ended.errors.lines() {
        text.push_str("\n    ");
        text.push_str(line);
    }
    if workload.kind == Kind::Script && ended.errors.contains("--threads") {
        text.push_str(
            "\n  (the file defines no functions bench_*(threads), so it is run as a script with --threads)",
        );
    }
    text
}
