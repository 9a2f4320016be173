//! `float("...")`

use crate::chars::Chars;
use crate::error::{Error, Result};
use crate::repr;
use crate::unicode::{is_ascii_space, to_ascii_digits};

/// `float(text)`
pub fn parse(text: &impl Chars) -> Result<f64> {
    parse_ascii(&to_ascii_digits(text)).ok_or_else(|| {
        Error::value(format!(
            "could not convert string to float: {}",
            repr::str_repr(text).view().to_string_lossy()
        ))
    })
}

/// The same for bytes, which are ASCII where they are a number; `None` where they are none.
pub fn parse_ascii(text: &[u8]) -> Option<f64> {
    let start = text.iter().position(|&b| !is_ascii_space(b))?;
    let end = text.iter().rposition(|&b| !is_ascii_space(b))? + 1;
    let text = &text[start..end];
    if !text.contains(&b'_') {
        return whole(text);
    }
    // An underscore is allowed between two digits and nowhere else.
    let digit = |i: usize| text.get(i).is_some_and(u8::is_ascii_digit);
    let misplaced = |(i, &b): (usize, &u8)| b == b'_' && !(i > 0 && digit(i - 1) && digit(i + 1));
    if text.iter().enumerate().any(misplaced) {
        return None;
    }
    let plain: Vec<u8> = text.iter().copied().filter(|&b| b != b'_').collect();
    whole(&plain)
}

fn whole(text: &[u8]) -> Option<f64> {
    let (value, used) = parse_prefix(text)?;
    (used == text.len()).then_some(value)
}

/// The longest float at the start of `text`, and how many bytes it takes: digits with an optional point and exponent,
/// `inf`, `infinity` or `nan`, after an optional sign.
pub fn parse_prefix(text: &[u8]) -> Option<(f64, usize)> {
    let signed = usize::from(matches!(text.first(), Some(b'+' | b'-')));
    let rest = &text[signed..];
    for (name, value) in [("infinity", f64::INFINITY), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        if rest.len() >= name.len() && rest[..name.len()].eq_ignore_ascii_case(name.as_bytes()) {
            let value = if text[0] == b'-' { -value } else { value };
            return Some((value, signed + name.len()));
        }
    }
    let digits = |from: usize| rest[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(0);
    let mut end = whole;
    let mut fraction = 0;
    if rest.get(end) == Some(&b'.') {
        fraction = digits(end + 1);
        end += 1 + fraction;
    }
    if whole + fraction == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = rest.get(end) {
        let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
        let count = digits(end + 1 + sign);
        if count > 0 {
            end += 1 + sign + count;
        }
    }
    // The standard parser takes the same form, and rounds correctly.
    let value = std::str::from_utf8(&text[..signed + end]).ok()?.parse().ok()?;
    Some((value, signed + end))
}
