//! Figures as people read them, for table and page alike.

use super::results::{Figures, Report, Run, Summary};

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The middle of the times.
    Median,
    /// The shortest time.
    Best,
    /// How far the times lie apart.
    Spread,
    /// Against the fewest threads.
    SpeedUp,
    /// For each thread.
    Efficiency,
    /// The cost of there being no GIL.
    NoGil,
    /// Against the reference.
    Speed,
    /// The most memory that was resident.
    Memory,
}

impl Column {
    /// What stands above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::Best => "best",
            Self::Spread => "spread",
            Self::SpeedUp => "speed-up",
            Self::Efficiency => "efficiency",
            Self::NoGil => "no GIL",
            Self::Speed => "speed",
            Self::Memory => "memory",
        }
    }
}

/// The columns that have something to tell.
pub fn columns(report: &Report) -> Vec<Column> {
    let figures =
        || report.workloads.iter().flat_map(|workload| &workload.runs).filter_map(|run| run.figures.as_ref());
    let several = report.workloads.iter().any(|workload| workload.fewest() < workload.most());
    let all = [
        (Column::Median, true),
        (Column::Best, report.compared_by == "best"),
        (Column::Spread, true),
        (Column::SpeedUp, several),
        (Column::Efficiency, several),
        (Column::NoGil, figures().any(|figures| figures.cost_of_no_gil.is_some())),
        (Column::Speed, report.reference.is_some()),
        (Column::Memory, true),
    ];
    all.into_iter().filter(|&(_, wanted)| wanted).map(|(column, _)| column).collect()
}

/// A cell of a run; empty where there is nothing to tell.
pub fn of_run(run: &Run, column: Column) -> String {
    let Some(figures) = &run.figures else {
        return if column == Column::Median { "failed".to_owned() } else { String::new() };
    };
    let Figures { median_s, best_s, spread, speed_up, efficiency, cost_of_no_gil, speed } = figures;
    match column {
        Column::Median => duration(*median_s),
        Column::Best => duration(*best_s),
        Column::Spread => percent(*spread),
        Column::SpeedUp => shown(*speed_up, factor),
        Column::Efficiency => shown(*efficiency, percent),
        Column::NoGil => shown(*cost_of_no_gil, signed_percent),
        Column::Speed => shown(*speed, factor),
        Column::Memory => memory(run.peak_bytes),
    }
}

/// A cell of a row of means.
pub fn of_summary(mean: &Summary, column: Column) -> String {
    match column {
        Column::SpeedUp => shown(mean.speed_up, factor),
        Column::Efficiency => shown(mean.efficiency, percent),
        Column::NoGil => shown(mean.cost_of_no_gil, signed_percent),
        Column::Speed => shown(mean.speed, factor),
        Column::Median | Column::Best | Column::Spread | Column::Memory => String::new(),
    }
}

fn shown(value: Option<f64>, show: fn(f64) -> String) -> String {
    value.map_or(String::new(), show)
}

/// A time with three digits that count.
pub fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s >= 1.0 => (s, "s"),
        s if s >= 1e-3 => (s * 1e3, "ms"),
        s => (s * 1e6, "µs"),
    };
    let decimals = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.decimals$} {unit}")
}

/// How many times as fast.
pub fn factor(value: f64) -> String {
    format!("{value:.2}x")
}

fn percent(value: f64) -> String {
    format!("{:.0}%", value * 100.0)
}

fn signed_percent(value: f64) -> String {
    format!("{:+.1}%", value * 100.0)
}

fn memory(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

/// What went wrong, a text each.
pub fn problems(report: &Report) -> Vec<String> {
    let mut problems = Vec::new();
    for workload in &report.workloads {
        let name = workload.full_name();
        for run in &workload.runs {
            if let Some(failure) = &run.failure {
                problems.push(format!("{name}, {}, failed: {failure}", run.way()));
            }
        }
        problems.extend(workload.disagreement.as_ref().map(|text| format!("{name}: {text}")));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_that_count() {
        let shown = [12.0, 1.5, 0.25, 0.0123, 0.00001].map(duration);
        assert_eq!(shown, ["12.0 s", "1.50 s", "250 ms", "12.3 ms", "10.0 µs"]);
    }

    #[test]
    fn ratios_are_told_as_people_say_them() {
        assert_eq!(
            (factor(1.987), percent(0.994), signed_percent(0.031)),
            ("1.99x".into(), "99%".into(), "+3.1%".into())
        );
        assert_eq!(memory(3 << 19), "1.5 MiB");
    }
}
