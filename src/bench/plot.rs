//! Plots, as SVG to be put into a page, whose variables give the colours.
//!
//! The library writes colours as numbers. Each plot is drawn in the colours of a fixed list, and what it wrote is then
//! exchanged for the name of the variable that stands for it, so that one drawing serves a light page and a dark one.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The colours of a drawing: number, variable. The first ones are those of the sides in their order.
const COLOURS: &[(RGBColor, &str)] = &[
    (RGBColor(1, 0, 1), "--side-0"),
    (RGBColor(1, 0, 2), "--side-1"),
    (RGBColor(1, 0, 3), "--side-2"),
    (RGBColor(1, 0, 4), "--side-3"),
    (RGBColor(1, 0, 5), "--side-4"),
    (RGBColor(1, 0, 6), "--side-5"),
    (INK, "--ink"),
    (GRID, "--grid"),
    (IDEAL, "--ideal"),
];
/// So many sides have a colour of their own; then they begin again.
pub const SIDE_COLOURS: usize = 6;
const INK: RGBColor = RGBColor(1, 1, 1);
const GRID: RGBColor = RGBColor(1, 1, 2);
const IDEAL: RGBColor = RGBColor(1, 1, 3);

/// The size of a plot of lines, in pixels.
const LINES_SIZE: (u32, u32) = (360, 240);
const BARS_WIDTH: u32 = 1040;
const BAR_HEIGHT: u32 = 11;
const FONT: (&str, u32) = ("sans-serif", 12);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// A line of a plot.
#[derive(Clone, Debug)]
pub struct Line {
    /// The place of the side.
    pub side: usize,
    /// Places among the numbers of threads, and speed-ups.
    pub points: Vec<(i32, f64)>,
}

/// A row of bars.
#[derive(Clone, Debug)]
pub struct Bars {
    /// What stands to the left.
    pub name: String,
    /// The place of the side, and how long its bar is.
    pub values: Vec<(usize, f64)>,
}

fn colour(side: usize) -> RGBColor {
    COLOURS[side % SIDE_COLOURS].0
}

/// A plot of speed-ups against numbers of threads, of which there are at least two, with what would be ideal.
pub fn speed_ups(title: &str, threads: &[usize], lines: &[Line]) -> String {
    svg(title, LINES_SIZE, |area| {
        let [first, .., last] = threads else { return Ok(()) };
        let ideal = |count: usize| count as f64 / *first as f64;
        let reached = lines.iter().flat_map(|line| &line.points).map(|&(_, speed_up)| speed_up);
        let top = reached.fold(ideal(*last), f64::max) * 1.05;
        let places = threads.len() as i32 - 1;
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(34)
            .y_label_area_size(40)
            .build_cartesian_2d(0..places, 0.0..top)?;
        let label = |place: &i32| {
            let count = usize::try_from(*place).ok().and_then(|place| threads.get(place));
            count.map_or(String::new(), usize::to_string)
        };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(INK)
            .label_style(FONT.into_font().color(&INK))
            .x_labels(threads.len())
            .x_label_formatter(&label)
            .y_labels(5)
            .x_desc("threads")
            .y_desc("speed-up")
            .draw()?;
        let points = threads.iter().enumerate().map(|(place, &count)| (place as i32, ideal(count)));
        chart.draw_series(DashedLineSeries::new(points, 4, 4, IDEAL.stroke_width(1)))?;
        // The first side is the one that the plot is about, so it is drawn last, above the others.
        for line in lines.iter().rev() {
            let colour = colour(line.side);
            chart.draw_series(LineSeries::new(line.points.iter().copied(), colour.stroke_width(2)))?;
            let dots = line.points.iter().map(|&point| Circle::new(point, 3, colour.filled()));
            chart.draw_series(dots)?;
        }
        Ok(())
    })
}

/// How long bars are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As long as their value: from 0.
    Plain,
    /// By the logarithm, from 1 to the right or to the left: for ratios, some of which may be large.
    Ratio,
}

impl Scale {
    fn place(self, value: f64) -> f64 {
        match self {
            Self::Plain => value,
            Self::Ratio => value.max(f64::MIN_POSITIVE).log2(),
        }
    }

    /// The value at a place, for the axis.
    fn label(self, place: f64) -> String {
        match self {
            Self::Plain => format!("{place:.1}"),
            Self::Ratio => {
                format!("{:.2}", place.exp2()).trim_end_matches('0').trim_end_matches('.').to_owned()
            }
        }
    }
}

/// Bars of factors, one group a row, with a line at 1.
pub fn bars(title: &str, rows: &[Bars], scale: Scale) -> String {
    let in_row = rows.iter().map(|row| row.values.len()).max().unwrap_or(0) as u32;
    let row_height = in_row * BAR_HEIGHT + BAR_HEIGHT;
    let size = (BARS_WIDTH, rows.len() as u32 * row_height + 50);
    svg(title, size, |area| {
        let places = || rows.iter().flat_map(|row| &row.values).map(|&(_, value)| scale.place(value));
        let (least, greatest) = (places().fold(0.0, f64::min), places().fold(1.0, f64::max));
        // Room for the figure to the right of the longest bar.
        let range = least.floor()..greatest + (greatest - least) * 0.1;
        let height = f64::from(row_height);
        let bottom = rows.len() as f64 * height;
        let longest = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0) as u32;
        let mut chart = ChartBuilder::on(area)
            .margin(8)
            .x_label_area_size(26)
            .y_label_area_size((longest * 7 + 12).min(BARS_WIDTH / 2))
            .build_cartesian_2d(range.clone(), bottom..0.0)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(INK)
            .label_style(FONT.into_font().color(&INK))
            .y_labels(0)
            .x_labels(8)
            .x_label_formatter(&|place| scale.label(*place))
            .draw()?;
        let name_style = FONT.into_font().color(&INK).pos(Pos::new(HPos::Right, VPos::Center));
        let figure_style = FONT.into_font().resize(10.0).color(&INK).pos(Pos::new(HPos::Left, VPos::Center));
        // Plain bars begin at 0, those of ratios at 1, which is there too.
        let base = 0.0_f64;
        for (place, row) in rows.iter().enumerate() {
            let begin = place as f64 * height + f64::from(BAR_HEIGHT) / 2.0;
            for (number, &(side, value)) in row.values.iter().enumerate() {
                let top = begin + number as f64 * f64::from(BAR_HEIGHT);
                let end = scale.place(value);
                let corners = [(base, top), (end, top + f64::from(BAR_HEIGHT) - 1.0)];
                chart.draw_series([Rectangle::new(corners, colour(side).filled())])?;
                let at = chart.backend_coord(&(end.max(base), top + f64::from(BAR_HEIGHT) / 2.0));
                area.draw(&Text::new(format!("{value:.2}"), (at.0 + 4, at.1), figure_style.clone()))?;
            }
            let at = chart.backend_coord(&(range.start, place as f64 * height + height / 2.0));
            area.draw(&Text::new(row.name.clone(), (at.0 - 6, at.1), name_style.clone()))?;
        }
        let one = scale.place(1.0);
        chart.draw_series(LineSeries::new([(one, 0.0), (one, bottom)], IDEAL.stroke_width(1)))?;
        Ok(())
    })
}

/// A drawing with variables for colours; what cannot be drawn is empty.
fn svg(title: &str, size: (u32, u32), draw: impl FnOnce(&Area<'_>) -> Drawn) -> String {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        if draw(&area).and_then(|()| Ok(area.present()?)).is_err() {
            return String::new();
        }
    }
    for (RGBColor(red, green, blue), variable) in COLOURS {
        text = text.replace(&format!("#{red:02X}{green:02X}{blue:02X}"), &format!("var({variable})"));
    }
    let label = format!("<svg role=\"img\" aria-label=\"{}\" ", super::page::escaped(title));
    text.replacen("<svg ", &label, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plots_have_lines_and_variables_for_colours() {
        let line = Line { side: 0, points: vec![(0, 1.0), (1, 1.9), (2, 3.5)] };
        let text = speed_ups("a < b", &[1, 2, 4], &[line]);
        assert!(text.starts_with("<svg") && text.contains("polyline") && text.contains("a &lt; b"));
        assert!(text.contains("var(--side-0)") && text.contains("var(--ideal)"), "{text}");
        assert!(!text.contains("#0101") && !text.contains("#0100"), "{text}");
        let rows = [Bars { name: "sums".to_owned(), values: vec![(0, 1.5), (1, 0.7)] }];
        let text = bars("speeds", &rows, Scale::Ratio);
        assert!(text.contains("rect") && text.contains("var(--side-1)") && text.contains("sums"), "{text}");
    }

    #[test]
    fn nothing_to_draw_is_no_failure() {
        assert!(!bars("none", &[], Scale::Plain).contains("sums"));
        assert!(speed_ups("none", &[1], &[]).starts_with("<svg"));
    }
}
