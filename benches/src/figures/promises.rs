//! The promises: each a figure with its target, derived from what was measured.

use super::processes::Processes;
use super::suites::{Figures, Suite, Suites, Who, Workload};
use super::table::{Row, Shown};
use crate::measure::geometric_mean;
use crate::table::Target;

/// The number of threads that the targets are about.
const THREADS: usize = 2;
/// Where a program writes one dict from all threads.
const SHARED_DICT: &[&str] = &["write_dict", "write_same_keys"];

/// All rows, in the order of the promises.
pub fn rows(suites: &Suites, processes: &Processes) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(single) = suites.get("single") {
        rows.extend(speeds(single));
        rows.extend(costs(single));
    }
    if let Some(parallel) = suites.get("parallel") {
        rows.extend(speed_ups("parallel", parallel, any, Some(1.9), Some(1.8)));
    }
    if let Some(scaling) = suites.get("scaling") {
        rows.extend(speed_ups("scaling", scaling, any, None, Some(1.85)));
    }
    if let Some(sharing) = suites.get("sharing") {
        let reads = |workload: &Workload| workload.file.ends_with("reads.py");
        rows.extend(speed_ups("sharing, reads", sharing, reads, None, Some(1.8)));
        let one_dict = |workload: &Workload| SHARED_DICT.contains(&workload.name.as_str());
        rows.extend(speed_ups("sharing, one dict written", sharing, one_dict, None, Some(0.8)));
        for (what, file) in [("lock hand-over", "locks.py"), ("queues and pools", "queues.py")] {
            rows.extend(throughput(what, sharing, |workload| workload.file.ends_with(file)));
        }
    }
    for (measured, target) in processes.starts.iter().zip([Target::AtMost(1.5), Target::None]) {
        rows.push(Row::to_second(&measured.name, measured.values, Shown::Milliseconds, target));
    }
    for measured in &processes.memory {
        rows.push(Row::to_second(&measured.name, measured.values, Shown::Mebibytes, Target::AtMost(1.1)));
    }
    rows
}

fn any(_: &Workload) -> bool {
    true
}

/// A value for each workload that has one, with the workload's name.
type Values = Vec<(String, f64)>;

/// What `pick` finds in the figures of one interpreter.
fn values(
    suite: &Suite,
    who: Who,
    threads: usize,
    counts: impl Fn(&Workload) -> bool,
    pick: impl Fn(&Workload, &Figures) -> Option<f64>,
) -> Values {
    let of = |workload: &Workload| {
        let value = pick(workload, suite.figures(workload, who, threads)?)?;
        Some((workload.name.clone(), value))
    };
    suite.workloads.iter().filter(|workload| counts(workload)).filter_map(of).collect()
}

fn mean(values: &Values) -> Option<f64> {
    geometric_mean(&values.iter().map(|&(_, value)| value).collect::<Vec<f64>>())
}

fn least(values: &Values) -> Option<(String, f64)> {
    values.iter().min_by(|(_, a), (_, b)| a.total_cmp(b)).cloned()
}

fn greatest(values: &Values) -> Option<(String, f64)> {
    values.iter().max_by(|(_, a), (_, b)| a.total_cmp(b)).cloned()
}

/// A row about an extreme, which names Weft's.
fn extreme(what: &str, found: [Option<(String, f64)>; 3], shown: Shown, target: Target) -> Row {
    let name = found[0].as_ref().map_or(String::new(), |(name, _)| format!(" ({name})"));
    Row::new(&format!("{what}{name}"), found.map(|found| found.map(|(_, value)| value)), shown, target)
}

fn speeds(single: &Suite) -> [Row; 2] {
    let of = |who| values(single, who, 1, any, |_, figures| figures.speed);
    let all = Who::ALL.map(of);
    let means = all.each_ref().map(mean);
    [
        Row::new("single: speed, geometric mean", means, Shown::Factor, Target::AtLeast(1.25)),
        extreme("single: speed, least", all.each_ref().map(least), Shown::Factor, Target::AtLeast(0.7)),
    ]
}

fn costs(single: &Suite) -> [Row; 2] {
    let factors =
        values(single, Who::Weft, 1, any, |_, figures| figures.cost_of_no_gil.map(|cost| 1.0 + cost));
    let usual = mean(&factors).map(|factor| factor - 1.0);
    let worst = greatest(&factors).map(|(name, factor)| (name, factor - 1.0));
    let what = "single: cost of no GIL";
    [
        Row::new(
            &format!("{what}, geometric mean"),
            [usual, None, None],
            Shown::Percent,
            Target::AtMost(0.03),
        ),
        extreme(&format!("{what}, greatest"), [worst, None, None], Shown::Percent, Target::AtMost(0.08)),
    ]
}

fn speed_ups(
    what: &str,
    suite: &Suite,
    counts: impl Fn(&Workload) -> bool + Copy,
    of_mean: Option<f64>,
    of_least: Option<f64>,
) -> [Row; 2] {
    let all = Who::ALL.map(|who| values(suite, who, THREADS, counts, |_, figures| figures.speed_up));
    let means = all.each_ref().map(mean);
    let target = |limit: Option<f64>| limit.map_or(Target::None, Target::AtLeast);
    let what = format!("{what}: speed-up, {THREADS} threads");
    [
        Row::new(&format!("{what}, geometric mean"), means, Shown::Factor, target(of_mean)),
        extreme(&format!("{what}, least"), all.each_ref().map(least), Shown::Factor, target(of_least)),
    ]
}

/// Beside CPython with as many threads.
fn throughput(what: &str, suite: &Suite, counts: impl Fn(&Workload) -> bool + Copy) -> [Row; 2] {
    let all = Who::ALL.map(|who| {
        values(suite, who, THREADS, counts, |workload, figures| {
            let theirs = suite.figures(workload, Who::CPython, THREADS)?;
            Some(theirs.best_s / figures.best_s)
        })
    });
    let means = all.each_ref().map(mean);
    let what = format!("sharing, {what}: throughput, {THREADS} threads");
    [
        Row::new(&format!("{what}, geometric mean"), means, Shown::Factor, Target::None),
        extreme(&format!("{what}, least"), all.each_ref().map(least), Shown::Factor, Target::AtLeast(1.0)),
    ]
}
