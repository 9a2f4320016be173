//! A Markdown table for each suite: every workload, so that a mean can be looked behind.

use std::fmt::Write;

use super::suites::{Suite, Suites, Who, Workload};

/// The tables.
pub fn markdown(suites: &Suites, threads: &[usize]) -> String {
    let mut text = String::new();
    for (name, suite) in suites.all() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "\n## {name}\n");
        table(&mut text, suite, if *name == "single" { &[1] } else { threads });
    }
    text
}

/// One thread: times and speeds. More threads: speed-ups.
fn table(text: &mut String, suite: &Suite, threads: &[usize]) {
    let with_costs = suite.workloads.iter().any(|workload| cost(suite, workload).is_some());
    let there: Vec<Who> = Who::ALL.into_iter().filter(|&who| suite.side(who).is_some()).collect();
    let mut head = vec!["workload".to_owned()];
    head.extend(there.iter().map(|who| format!("{}, ms", who.name())));
    head.extend(
        there.iter().filter(|&&who| who != Who::CPython).map(|who| format!("{} / CPython", who.name())),
    );
    head.extend(with_costs.then(|| "cost of no GIL".to_owned()));
    for &count in &threads[1..] {
        head.extend(there.iter().map(|who| format!("{}, {count} threads", who.name())));
    }
    let _ = writeln!(text, "| {} |\n|---|{}", head.join(" | "), "--:|".repeat(head.len() - 1));
    for workload in &suite.workloads {
        let mut cells = vec![workload.name.clone()];
        let factor = |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.2}"));
        for &who in &there {
            let figures = suite.figures(workload, who, 1);
            cells.push(figures.map_or("failed".to_owned(), |figures| format!("{:.1}", figures.best_s * 1e3)));
        }
        for &who in there.iter().filter(|&&who| who != Who::CPython) {
            cells.push(factor(suite.figures(workload, who, 1).and_then(|figures| figures.speed)));
        }
        if with_costs {
            cells.push(cost(suite, workload).map_or(String::new(), |cost| format!("{:+.1}%", cost * 100.0)));
        }
        for &count in &threads[1..] {
            for &who in &there {
                cells.push(factor(suite.figures(workload, who, count).and_then(|figures| figures.speed_up)));
            }
        }
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
}

fn cost(suite: &Suite, workload: &Workload) -> Option<f64> {
    suite.figures(workload, Who::Weft, 1)?.cost_of_no_gil
}
