//! Complex numbers as text.

use crate::chars::Chars;
use crate::error::{Error, Result};
use crate::float::{self, Code, Style};
use crate::unicode::{is_ascii_space, to_ascii_digits};

/// `repr(complex(real, imag))`
pub fn repr(real: f64, imag: f64) -> String {
    if real == 0.0 && real.is_sign_positive() {
        return format!("{}j", float::format(imag, Code::Repr, 0, Style::default()));
    }
    let signed = Style { plus: true, ..Style::default() };
    let real = float::format(real, Code::Repr, 0, Style::default());
    format!("({real}{}j)", float::format(imag, Code::Repr, 0, signed))
}

/// `complex(text)`: `[sign]A`, `[sign]Bj` or `[sign]A sign Bj` without white space inside, parentheses allowed.
pub fn parse(text: &impl Chars) -> Result<(f64, f64)> {
    let malformed = || Error::value("complex() arg is a malformed string");
    let ascii = to_ascii_digits(text);
    if !ascii.contains(&b'_') {
        return parts(&ascii).ok_or_else(malformed);
    }
    let digit = |i: usize| ascii.get(i).is_some_and(u8::is_ascii_digit);
    let misplaced = |(i, &b): (usize, &u8)| b == b'_' && !(i > 0 && digit(i - 1) && digit(i + 1));
    if ascii.iter().enumerate().any(misplaced) {
        let shown = crate::repr::str_repr(text).view().to_string_lossy();
        return Err(Error::value(format!("could not convert string to complex: {shown}")));
    }
    let plain: Vec<u8> = ascii.iter().copied().filter(|&b| b != b'_').collect();
    parts(&plain).ok_or_else(malformed)
}

fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&b| !is_ascii_space(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|&b| !is_ascii_space(b)).map_or(start, |last| last + 1);
    &text[start..end]
}

fn parts(text: &[u8]) -> Option<(f64, f64)> {
    let mut text = trim(text);
    if let Some(inner) = text.strip_prefix(b"(") {
        text = trim(inner.strip_suffix(b")")?);
    }
    let is_j = |text: &[u8]| matches!(text, [b'j' | b'J']);
    // A lone `j`, its sign aside, counts as 1j.
    let unit = |text: &[u8]| match text {
        [b'+', rest @ ..] if is_j(rest) => Some(1.0),
        [b'-', rest @ ..] if is_j(rest) => Some(-1.0),
        _ => None,
    };
    if is_j(text) {
        return Some((0.0, 1.0));
    }
    if let Some(imag) = unit(text) {
        return Some((0.0, imag));
    }
    let (first, used) = float::parse_prefix(text)?;
    let rest = &text[used..];
    if rest.is_empty() {
        return Some((first, 0.0));
    }
    if is_j(rest) {
        return Some((0.0, first));
    }
    if !matches!(rest[0], b'+' | b'-') {
        return None;
    }
    if let Some(imag) = unit(rest) {
        return Some((first, imag));
    }
    let (second, used) = float::parse_prefix(rest)?;
    is_j(&rest[used..]).then_some((first, second))
}
