//! The table of results.

use crate::measure::Compared;

/// What a row's figure is to be.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// Reported only.
    None,
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
}

impl Target {
    /// Whether it is met; NaN stands for what was not measured.
    pub fn verdict(self, figure: f64) -> &'static str {
        let met = match self {
            Self::None => return "",
            _ if figure.is_nan() => return "not measured",
            Self::AtMost(limit) => figure <= limit,
            Self::AtLeast(limit) => figure >= limit,
        };
        if met { "met" } else { "missed" }
    }

    fn text(self, unit: &str) -> String {
        match self {
            Self::None => String::new(),
            Self::AtMost(limit) => format!("<= {limit}{unit}"),
            Self::AtLeast(limit) => format!(">= {limit}{unit}"),
        }
    }
}

/// Rows: name, ours, theirs, figure, target, verdict.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 6]>,
}

impl Table {
    /// An empty table.
    pub fn new() -> Self {
        let head = ["what", "ours", "theirs", "figure", "target", ""];
        Self { rows: vec![head.map(str::to_owned)] }
    }

    /// A row of two sides in nanoseconds, judged by their ratio.
    pub fn ratio(&mut self, name: &str, compared: Compared, target: Target) {
        let Compared { ours_ns, theirs_ns, ratio } = compared;
        let (ours, theirs) = (format!("{ours_ns:.2} ns"), format!("{theirs_ns:.2} ns"));
        self.row(name, &ours, &theirs, ratio, "", target);
    }

    /// A row that is judged by `figure`, in `unit`.
    pub fn row(&mut self, name: &str, ours: &str, theirs: &str, figure: f64, unit: &str, target: Target) {
        let shown = if figure.is_nan() { String::new() } else { format!("{figure:.2}{unit}") };
        let verdict = target.verdict(figure).to_owned();
        self.rows.push([
            name.to_owned(),
            ours.to_owned(),
            theirs.to_owned(),
            shown,
            target.text(unit),
            verdict,
        ]);
    }

    /// A row of text only.
    pub fn note(&mut self, name: &str, ours: &str, theirs: &str) {
        self.row(name, ours, theirs, f64::NAN, "", Target::None);
    }

    /// Prints the rows in columns.
    pub fn print(&self) {
        let widths: Vec<usize> = (0..6)
            .map(|column| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
            .collect();
        for [name, ours, theirs, figure, target, verdict] in &self.rows {
            let line = format!(
                "{name:<w0$}  {ours:>w1$}  {theirs:>w2$}  {figure:>w3$}  {target:<w4$}  {verdict}",
                w0 = widths[0],
                w1 = widths[1],
                w2 = widths[2],
                w3 = widths[3],
                w4 = widths[4],
            );
            println!("{}", line.trim_end());
        }
    }
}
