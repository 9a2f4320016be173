//! The files of a recorded run: the table and every workload as Markdown, and the picture.

use std::path::Path;

use super::suites::{Suites, Who};
use super::table::{self, Row};
use super::{Plan, details, picture};
use crate::Failure;

/// Where, when and how, a line each.
pub fn circumstances(plan: &Plan, suites: &Suites) -> Vec<String> {
    let Some((_, suite)) = suites.all().first() else { return Vec::new() };
    let mut versions = vec![format!("Weft {}", suite.weft)];
    for side in suite.sides.iter().filter(|side| side.implementation != Who::Weft.name()) {
        let version = format!("{} {}", side.implementation, side.version);
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    let machine = &suite.machine;
    let mut lines = vec![
        format!("Processor: {}, {} cores, {}", machine.processor, machine.cores, machine.system),
        format!("Date: {}", suite.date),
        format!("Versions: {}", versions.join(", ")),
        format!("Command: `{}`", plan.command),
    ];
    if plan.quick {
        lines.push("Quick: no figure counts.".to_owned());
    }
    lines
}

/// Writes `N-cores.md` and `N-cores.svg` into the folder.
///
/// # Errors
/// The system's, in words.
pub fn write(folder: &Path, plan: &Plan, suites: &Suites, rows: &[Row]) -> Result<(), Failure> {
    let cores = suites.all().first().map_or(0, |(_, suite)| suite.machine.cores);
    let most = plan.threads.iter().copied().max().unwrap_or(1);
    let mut text = format!("# Figures on {cores} cores\n\n");
    for line in circumstances(plan, suites) {
        text += &format!("- {line}\n");
    }
    text += "\nSpeeds and speed-ups compare the shortest times of one run: a speed of 1 is CPython's with one thread; a speed-up is \
        relative to the same interpreter with one thread. What is behind each figure is in `docs/performance.md`.\n\n";
    text += &table::markdown(rows);
    text += &format!("\n![Speed of each suite relative to CPython with one thread]({cores}-cores.svg)\n");
    text += &details::markdown(suites, &plan.threads);
    let files = [("md", text), ("svg", picture::svg(suites, most))];
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for (ending, text) in files {
        let path = folder.join(format!("{cores}-cores.{ending}"));
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}
