//! The table of figures: printed in columns, or as Markdown.

use crate::table::Target;

/// How a figure is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// 1.25x
    Factor,
    /// +3.1%
    Percent,
    /// 12.3 ms, of seconds
    Milliseconds,
    /// 80 MiB, of bytes
    Mebibytes,
}

impl Shown {
    fn text(self, value: f64) -> String {
        match self {
            Self::Factor => format!("{value:.2}x"),
            Self::Percent => format!("{:+.1}%", value * 100.0),
            Self::Milliseconds => format!("{:.1} ms", value * 1e3),
            Self::Mebibytes => format!("{:.0} MiB", value / f64::from(1 << 20)),
        }
    }
}

/// A row: what, a value for Weft, CPython and PyPy, and what becomes of the target.
#[derive(Clone, Debug)]
pub struct Row {
    what: String,
    values: [Option<f64>; 3],
    shown: Shown,
    target: Target,
    /// The figure to be judged: Weft's value, or its ratio to CPython's.
    figure: Option<f64>,
    is_ratio: bool,
}

impl Row {
    /// A row that is judged by Weft's value.
    pub fn new(what: &str, values: [Option<f64>; 3], shown: Shown, target: Target) -> Self {
        Self { what: what.to_owned(), values, shown, target, figure: values[0], is_ratio: false }
    }

    /// A row that is judged by the ratio of Weft's value to CPython's.
    pub fn to_second(what: &str, values: [Option<f64>; 3], shown: Shown, target: Target) -> Self {
        let figure = values[0].zip(values[1]).map(|(ours, theirs)| ours / theirs);
        Self { what: what.to_owned(), values, shown, target, figure, is_ratio: true }
    }

    fn cells(&self) -> [String; 6] {
        let value = |value: Option<f64>| value.map_or(String::new(), |value| self.shown.text(value));
        let [weft, cpython, pypy] = self.values.map(value);
        let judged = if self.is_ratio { Shown::Factor } else { self.shown };
        // Of a ratio, what is judged is in no other column.
        let of = if self.is_ratio { " CPython's" } else { "" };
        let limit = |sign: &str, limit: f64| {
            let text = judged.text(limit);
            format!("{sign} {}{of}", text.trim_start_matches('+'))
        };
        let target = match self.target {
            Target::None => String::new(),
            Target::AtMost(most) => limit("≤", most),
            Target::AtLeast(least) => limit("≥", least),
        };
        let ratio = self.figure.filter(|_| self.is_ratio).map(|figure| judged.text(figure));
        let verdict = self.target.verdict(self.figure.unwrap_or(f64::NAN));
        let verdict = match ratio {
            Some(ratio) if verdict.is_empty() => ratio,
            Some(ratio) => format!("{ratio}, {verdict}"),
            None => verdict.to_owned(),
        };
        [self.what.clone(), weft, cpython, pypy, target, verdict]
    }
}

const HEAD: [&str; 6] = ["figure", "Weft", "CPython", "PyPy", "target", ""];

/// Prints the rows in columns.
pub fn print(rows: &[Row]) {
    let rows: Vec<[String; 6]> =
        std::iter::once(HEAD.map(str::to_owned)).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    for row in &rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let right = (1..=3).contains(&column);
            line += &if right { format!("{cell:>width$}  ") } else { format!("{cell:<width$}  ") };
        }
        println!("{}", line.trim_end());
    }
}

/// The rows as a Markdown table.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = format!("| {} |\n|---|--:|--:|--:|---|---|\n", HEAD.join(" | "));
    for row in rows {
        text += &format!("| {} |\n", row.cells().join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_follow_from_figures() {
        let row = Row::new("a", [Some(1.3), Some(1.0), None], Shown::Factor, Target::AtLeast(1.25));
        assert_eq!(row.cells(), ["a", "1.30x", "1.00x", "", "≥ 1.25x", "met"].map(str::to_owned));
        let row = Row::new("b", [Some(0.05), None, None], Shown::Percent, Target::AtMost(0.03));
        assert_eq!(row.cells(), ["b", "+5.0%", "", "", "≤ 3.0%", "missed"].map(str::to_owned));
        let row =
            Row::to_second("c", [Some(0.03), Some(0.01), None], Shown::Milliseconds, Target::AtMost(1.5));
        assert_eq!(row.cells()[4..], ["≤ 1.50x CPython's", "3.00x, missed"].map(str::to_owned));
        let row = Row::to_second("d", [Some(1.0), None, None], Shown::Mebibytes, Target::AtMost(1.1));
        assert_eq!(row.cells()[5], "not measured");
    }
}
