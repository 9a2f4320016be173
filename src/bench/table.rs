//! The table on standard output.

use std::fmt::Write;

use super::figures::{self, Column};
use super::results::Report;

/// The whole answer as text: the table, the means, what went wrong, where and how it was measured.
pub fn text(report: &Report) -> String {
    let columns = figures::columns(report);
    let mut rows = vec![head(&columns)];
    for workload in &report.workloads {
        for (place, run) in workload.runs.iter().enumerate() {
            let name = if place == 0 { workload.full_name() } else { String::new() };
            let mut row = vec![name, run.label.clone(), run.threads.to_string()];
            row.extend(columns.iter().map(|column| figures::of_run(run, *column)));
            rows.push(row);
        }
    }
    for (place, mean) in report.summary.iter().enumerate() {
        let begins = place == 0 || report.summary[place - 1].suite != mean.suite;
        let suite = mean.suite.map_or(String::new(), |suite| format!("{suite}: "));
        let name = if begins { format!("{suite}geometric mean") } else { String::new() };
        let mut row = vec![name, mean.label.clone(), mean.threads.to_string()];
        row.extend(columns.iter().map(|column| figures::of_summary(mean, *column)));
        rows.push(row);
    }
    let mut text = aligned(&rows);
    text.push('\n');
    let mut line = |words: String| {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{words}");
    };
    if let (Some(reference), true) = (&report.reference, columns.contains(&Column::Speed)) {
        line(format!("speed 1 is {reference} with the fewest threads"));
    }
    if report.compared_by == "best" {
        line("ratios compare the shortest times".to_owned());
    }
    line(report.machine.line());
    line(format!("Weft {}, {}", report.weft, report.date));
    for problem in figures::problems(report) {
        line(format!("\n{problem}"));
    }
    text
}

fn head(columns: &[Column]) -> Vec<String> {
    let first = ["workload", "interpreter", "threads"].map(str::to_owned);
    first.into_iter().chain(columns.iter().map(|column| column.title().to_owned())).collect()
}

/// Rows in columns: the first two to the left, numbers to the right; a space before each workload.
fn aligned(rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let mut text = String::new();
    for (place, row) in rows.iter().enumerate() {
        if place > 0 && row.first().is_some_and(|name| !name.is_empty()) {
            text.push('\n');
        }
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if column < 2 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_workloads_set_apart() {
        let rows = [["a", "b", "c"], ["name", "x", "1"], ["", "long", "10"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(aligned(&rows), "a     b      c\n\nname  x      1\n      long  10\n");
    }
}
