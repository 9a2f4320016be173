//! The answer as a page: one file with its style and its plots in it, in the colours of the reader's choice, light or dark.

use std::fmt::Write;

use super::figures::{self, Column};
use super::plot::{self, Bars, Line, SIDE_COLOURS, Scale};
use super::results::{Measured, Report, threads};

static STYLE: &str = include_str!("page.css");

/// Text as HTML.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A page that is being written. Writing to a string does not fail.
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn pair(&mut self, term: &str, text: &str) {
        let _ = writeln!(self.0, "<dt>{}</dt><dd>{}</dd>", escaped(term), escaped(text));
    }
}

/// The whole page.
pub fn html(report: &Report) -> String {
    let mut page = Page(String::new());
    page.line("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
    page.line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    let title = title(report);
    page.line(&format!("<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>", escaped(&title)));
    page.line(&format!("<h1>{}</h1>", escaped(&title)));
    facts(&mut page, report);
    overviews(&mut page, report);
    plots(&mut page, report);
    table(&mut page, report);
    problems(&mut page, report);
    page.line("</body>\n</html>");
    page.0
}

fn title(report: &Report) -> String {
    let mut parts: Vec<String> = Vec::new();
    for workload in &report.workloads {
        let file = || workload.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let part = workload.suite.map_or_else(file, |suite| format!("suite {suite}"));
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    format!("weft bench: {}", parts.join(", "))
}

fn facts(page: &mut Page, report: &Report) {
    page.line("<dl>");
    page.pair("command", &report.command);
    page.pair("date", &report.date);
    page.pair("machine", &report.machine.line());
    let mut seen = Vec::new();
    for side in &report.sides {
        if !seen.contains(&side.interpreter) {
            let own = if seen.is_empty() { format!("{}, Python ", report.weft) } else { String::new() };
            seen.push(side.interpreter);
            page.pair(&side.implementation, &format!("{own}{} ({})", side.version, side.program.display()));
        }
    }
    let by = if report.compared_by == "best" { "shortest times" } else { "medians" };
    page.pair("rounds", &format!("{}; ratios are of {by}", report.runs));
    page.line("</dl>");
}

fn key(page: &mut Page, report: &Report, with_ideal: bool) {
    page.line("<ul class=\"key\">");
    for (place, side) in report.sides.iter().enumerate() {
        let colour = place % SIDE_COLOURS;
        let label = escaped(&side.label);
        page.line(&format!("<li><span style=\"background:var(--side-{colour})\"></span>{label}</li>"));
    }
    if with_ideal {
        page.line("<li><span class=\"ideal\"></span>as many times as threads</li>");
    }
    page.line("</ul>");
}

/// Bars over all workloads: speed-ups with the most threads, and speeds relative to the reference.
fn overviews(page: &mut Page, report: &Report) {
    let rows = |value: &dyn Fn(&Measured, usize) -> Option<f64>| -> Vec<Bars> {
        let bars = report.workloads.iter().map(|workload| {
            let values = (0..report.sides.len()).filter_map(|side| Some((side, value(workload, side)?)));
            Bars { name: workload.full_name(), values: values.collect() }
        });
        bars.filter(|bars| !bars.values.is_empty()).collect()
    };
    let at = |workload: &Measured, side: usize, threads: usize| {
        workload.run(side, threads).and_then(|run| run.figures.clone())
    };
    let speed_ups = rows(&|workload, side| {
        let several = workload.most() > workload.fewest();
        at(workload, side, workload.most()).filter(|_| several)?.speed_up
    });
    if !speed_ups.is_empty() {
        let most = report.workloads.iter().map(Measured::most).max().unwrap_or(1);
        page.line(&format!("<h2>Speed-up with {}</h2>", threads(most)));
        key(page, report, false);
        page.line(&format!(
            "<figure class=\"wide\">{}</figure>",
            plot::bars("Speed-ups", &speed_ups, Scale::Plain)
        ));
    }
    if let Some(reference) = &report.reference {
        let speeds = rows(&|workload, side| at(workload, side, workload.fewest())?.speed);
        let fewest = report.workloads.iter().map(Measured::fewest).min().unwrap_or(1);
        page.line(&format!("<h2>Speed with {}; {} is 1</h2>", threads(fewest), escaped(reference)));
        key(page, report, false);
        page.line(&format!(
            "<figure class=\"wide\">{}</figure>",
            plot::bars("Speeds", &speeds, Scale::Ratio)
        ));
    }
}

/// A plot for each workload that was run with several numbers of threads.
fn plots(page: &mut Page, report: &Report) {
    let scaled: Vec<&Measured> =
        report.workloads.iter().filter(|workload| workload.most() > workload.fewest()).collect();
    if scaled.is_empty() {
        return;
    }
    page.line("<h2>Speed-up against threads</h2>");
    key(page, report, true);
    page.line("<div class=\"plots\">");
    for workload in scaled {
        let mut threads: Vec<usize> = workload.runs.iter().map(|run| run.threads).collect();
        threads.sort_unstable();
        threads.dedup();
        let line = |side: usize| {
            let points = threads.iter().enumerate().filter_map(|(place, &count)| {
                let figures = workload.run(side, count)?.figures.as_ref()?;
                Some((place as i32, figures.speed_up?))
            });
            Line { side, points: points.collect() }
        };
        let lines: Vec<Line> = (0..report.sides.len()).map(line).collect();
        let name = workload.full_name();
        let plot = plot::speed_ups(&format!("Speed-ups of {name}"), &threads, &lines);
        page.line(&format!("<figure><h3>{}</h3>{plot}</figure>", escaped(&name)));
    }
    page.line("</div>");
}

fn table(page: &mut Page, report: &Report) {
    let columns = figures::columns(report);
    page.line("<h2>All figures</h2>\n<div class=\"wide\"><table>\n<thead><tr>");
    page.line("<th>workload</th><th>interpreter</th><th>threads</th>");
    for column in &columns {
        page.line(&format!("<th>{}</th>", column.title()));
    }
    page.line("</tr></thead>\n<tbody>");
    let row = |page: &mut Page, name: &str, label: &str, threads: usize, cells: Vec<String>| {
        let class = if name.is_empty() { "" } else { " class=\"first\"" };
        let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
        let (name, label) = (escaped(name), escaped(label));
        page.line(&format!("<tr{class}><td>{name}</td><td>{label}</td><td>{threads}</td>{cells}</tr>"));
    };
    for workload in &report.workloads {
        for (place, run) in workload.runs.iter().enumerate() {
            let name = if place == 0 { workload.full_name() } else { String::new() };
            let cell = |column: &Column| figures::of_run(run, *column);
            row(page, &name, &run.label, run.threads, columns.iter().map(cell).collect());
        }
    }
    for (place, mean) in report.summary.iter().enumerate() {
        let begins = place == 0 || report.summary[place - 1].suite != mean.suite;
        let suite = mean.suite.map_or(String::new(), |suite| format!("{suite}: "));
        let name = if begins { format!("{suite}geometric mean") } else { String::new() };
        let cell = |column: &Column| figures::of_summary(mean, *column);
        row(page, &name, &mean.label, mean.threads, columns.iter().map(cell).collect());
    }
    page.line("</tbody></table></div>");
    page.line("<p>Spread: from the first to the third quarter of the times, relative to the median. Efficiency: speed-up for each \
        thread. No GIL: what a thread alone pays for there being none. Memory: the most that was resident.</p>");
}

fn problems(page: &mut Page, report: &Report) {
    let problems = figures::problems(report);
    if problems.is_empty() {
        return;
    }
    page.line("<h2 class=\"bad\">What went wrong</h2>");
    for problem in problems {
        page.line(&format!("<pre>{}</pre>", escaped(&problem)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_become_tags() {
        assert_eq!(escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }
}
