//! The picture: for each suite, how fast each interpreter is with one thread and with several, CPython with one being 1.
//!
//! Bars begin at 1 and grow with the logarithm: twice as fast is as long as half as fast, and a compiler that is fifty times as fast on
//! some loops leaves the others room to be seen.
//!
//! It stands in a page that may be light or dark and whose style it cannot see, so it brings its own: what is drawn in the
//! colours of a light page is given others where the reader prefers dark ones.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::suites::{Suites, Who};

/// The colours that are drawn with, and those that take their place on a dark page.
const PALETTE: &[(RGBColor, &str)] = &[
    (INK, "#e4e8ed"),
    (GRID, "#4a545f"),
    (WEFT_ONE, "#3d74b8"),
    (WEFT_MANY, "#6cb2ff"),
    (CPYTHON, "#f5a54a"),
    (PYPY, "#bf9bff"),
];
const INK: RGBColor = RGBColor(0x1d, 0x23, 0x2b);
const GRID: RGBColor = RGBColor(0xb8, 0xc0, 0xca);
const WEFT_ONE: RGBColor = RGBColor(0x8f, 0xb8, 0xf4);
const WEFT_MANY: RGBColor = RGBColor(0x1f, 0x6f, 0xeb);
const CPYTHON: RGBColor = RGBColor(0xc4, 0x64, 0x0c);
const PYPY: RGBColor = RGBColor(0x82, 0x50, 0xdf);

const WIDTH: u32 = 760;
const BAR: i32 = 15;
const GAP: i32 = 16;
const LEFT: i32 = 90;
const RIGHT: i32 = 60;
const TOP: i32 = 44;

/// A bar of a group: how long, which colour.
type Bar = (f64, RGBColor);

/// The picture as SVG; empty if there is nothing to show.
pub fn svg(suites: &Suites, most: usize) -> String {
    let groups: Vec<(&str, Vec<Bar>)> = suites
        .all()
        .iter()
        .map(|(name, suite)| {
            let several = suite.speed(Who::Weft, most).is_some() && most > 1;
            let threads = if several { most } else { 1 };
            let bar = |who, count, colour| Some((suite.speed(who, count)?, colour));
            let one = bar(Who::Weft, 1, WEFT_ONE);
            let many = bar(Who::Weft, threads, WEFT_MANY).filter(|_| several);
            let theirs = [bar(Who::CPython, threads, CPYTHON), bar(Who::PyPy, threads, PYPY)];
            (*name, [one, many].into_iter().chain(theirs).flatten().collect())
        })
        .filter(|(_, bars): &(_, Vec<Bar>)| !bars.is_empty())
        .collect();
    if groups.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    let rows: i32 = groups.iter().map(|(_, bars)| bars.len() as i32 * BAR + GAP).sum();
    let height = TOP + rows + 36;
    if draw(&mut text, &groups, most, height).is_err() {
        return String::new();
    }
    with_style(&text)
}

fn draw(
    text: &mut String,
    groups: &[(&str, Vec<Bar>)],
    most: usize,
    height: i32,
) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::with_string(text, (WIDTH, height as u32)).into_drawing_area();
    let font = |size: i32| ("sans-serif", size).into_font().color(&INK);
    let octaves = || groups.iter().flat_map(|(_, bars)| bars).map(|&(value, _)| value.log2());
    let (first, last) = (octaves().fold(0.0, f64::min).floor(), octaves().fold(1.0, f64::max));
    let scale = f64::from(WIDTH as i32 - LEFT - RIGHT) / (last - first);
    let at = |value: f64| LEFT + ((value.log2() - first) * scale).round() as i32;
    let key = [
        ("Weft, 1 thread".to_owned(), WEFT_ONE),
        (format!("Weft, {most} threads"), WEFT_MANY),
        ("CPython".to_owned(), CPYTHON),
        ("PyPy".to_owned(), PYPY),
    ];
    for (place, (label, colour)) in key.into_iter().enumerate() {
        let x = LEFT + place as i32 * 160;
        area.draw(&Rectangle::new([(x, 10), (x + 12, 22)], colour.filled()))?;
        area.draw(&Text::new(label, (x + 18, 16), font(13).pos(Pos::new(HPos::Left, VPos::Center))))?;
    }
    let bottom = height - 34;
    for octave in first as i32..=last as i32 {
        let value = f64::from(octave).exp2();
        let x = at(value);
        area.draw(&PathElement::new([(x, TOP - 6), (x, bottom)], GRID.stroke_width(1)))?;
        let style = font(12).pos(Pos::new(HPos::Center, VPos::Top));
        area.draw(&Text::new(format!("{value}"), (x, bottom + 4), style))?;
    }
    let one = at(1.0);
    area.draw(&PathElement::new([(one, TOP - 6), (one, bottom)], INK.stroke_width(1)))?;
    let style = font(12).pos(Pos::new(HPos::Right, VPos::Top));
    let note = format!("CPython with 1 thread is 1. CPython and PyPy have {most} threads, 1 in single.");
    area.draw(&Text::new(note, (WIDTH as i32 - 8, bottom + 18), style))?;
    let mut y = TOP;
    for (name, bars) in groups {
        let middle = y + bars.len() as i32 * BAR / 2;
        let style = font(14).pos(Pos::new(HPos::Right, VPos::Center));
        area.draw(&Text::new((*name).to_owned(), (LEFT - 8, middle), style))?;
        for &(value, colour) in bars {
            area.draw(&Rectangle::new([(one, y), (at(value), y + BAR - 2)], colour.filled()))?;
            let style = font(12).pos(Pos::new(HPos::Left, VPos::Center));
            area.draw(&Text::new(format!("{value:.2}"), (at(value).max(one) + 5, y + BAR / 2 - 1), style))?;
            y += BAR;
        }
        y += GAP;
    }
    area.present()?;
    Ok(())
}

/// Adds the colours of dark pages: a rule overrides what an element says of itself.
fn with_style(text: &str) -> String {
    let mut style =
        String::from("<style>text{font-family:system-ui,sans-serif}@media(prefers-color-scheme:dark){");
    for (RGBColor(red, green, blue), dark) in PALETTE {
        let light = format!("#{red:02X}{green:02X}{blue:02X}");
        style += &format!("[fill=\"{light}\"]{{fill:{dark}}}[stroke=\"{light}\"]{{stroke:{dark}}}");
    }
    style += "}</style>";
    match text.find('>') {
        Some(end) => format!("{}\n{style}{}", &text[..=end], &text[end + 1..]),
        None => text.to_owned(),
    }
}
