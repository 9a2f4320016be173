//! What `unicodedata` answers about single characters.

use super::predicates::{Class, row};
use super::table::{self, RECORDS};

const CATEGORIES: [&str; 30] = [
    "Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
    "Lm", "Lo", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So",
];
const BIDI: [&str; 24] = [
    "", "L", "LRE", "LRO", "R", "AL", "RLE", "RLO", "PDF", "EN", "ES", "ET", "AN", "CS", "NSM", "BN", "B",
    "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI",
];
const WIDTHS: [&str; 6] = ["F", "H", "W", "Na", "A", "N"];
const TAGS: [&str; 17] = [
    "",
    "<noBreak>",
    "<compat>",
    "<super>",
    "<fraction>",
    "<font>",
    "<vertical>",
    "<isolated>",
    "<final>",
    "<medial>",
    "<initial>",
    "<circle>",
    "<wide>",
    "<small>",
    "<narrow>",
    "<square>",
    "<sub>",
];

/// A character's entry in the database.
#[derive(Clone, Copy)]
pub struct Record {
    pub(super) category: u8,
    pub(super) bidi: u8,
    pub(super) combining: u8,
    pub(super) width: u8,
    /// One bit a normal form: the character alone does not show that a string is in that form.
    pub(super) quick: u8,
    pub(super) mirrored: bool,
}

impl Record {
    /// The record of `code`.
    pub fn of(code: u32) -> &'static Record {
        RECORDS.get(code)
    }

    /// The general category, two letters.
    pub fn category(&self) -> &'static str {
        CATEGORIES[usize::from(self.category)]
    }

    /// The bidirectional class; empty where the character is not assigned.
    pub fn bidirectional(&self) -> &'static str {
        BIDI[usize::from(self.bidi)]
    }

    /// The canonical combining class.
    pub fn combining(&self) -> u8 {
        self.combining
    }

    /// East Asian width.
    pub fn east_asian_width(&self) -> &'static str {
        WIDTHS[usize::from(self.width)]
    }

    /// Whether the character is mirrored in text from right to left.
    pub fn mirrored(&self) -> bool {
        self.mirrored
    }

    /// Whether the code point is assigned.
    pub fn assigned(&self) -> bool {
        self.category != 0
    }
}

/// The decomposition as `unicodedata.decomposition` writes it; empty where there is none.
pub fn decomposition(code: u32) -> String {
    let mut out = String::new();
    let (tag, codes) = match super::normalize::hangul_parts(code) {
        Some((parts, count)) => (0, parts[..count].to_vec()),
        None => match table::decomposition(code) {
            Some((tag, codes)) => (tag, codes.to_vec()),
            None => return out,
        },
    };
    out.push_str(TAGS[usize::from(tag)]);
    for code in codes {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&format!("{code:04X}"));
    }
    out
}

/// The value of a decimal digit.
pub fn decimal(code: u32) -> Option<u8> {
    let row = row(code);
    (row.decimal != 255).then_some(row.decimal)
}

/// The value of a digit.
pub fn digit(code: u32) -> Option<u8> {
    let row = row(code);
    (row.digit != 255).then_some(row.digit)
}

/// The number that a character stands for.
pub fn numeric(code: u32) -> Option<f64> {
    if !Class::of(code).has(Class::NUMERIC) {
        return None;
    }
    table::numeric(code).map(|(num, den)| num as f64 / f64::from(den))
}
