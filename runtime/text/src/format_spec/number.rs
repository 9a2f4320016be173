//! Grouping digits and filling a field.

use super::spec::{Align, Grouping, Spec};
use crate::builder::Builder;
use crate::chars::Text;
use crate::error::{Result, room, room_for};

/// What a locale says about numbers, in the terms of C's `localeconv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// Between the integer part and the fraction.
    pub decimal_point: String,
    /// Between groups of digits.
    pub thousands_sep: String,
    /// Sizes of groups from right to left; the last one repeats unless a value above 126 ends grouping.
    pub grouping: Vec<u8>,
}

/// The locale `C`: a point, no groups.
pub static C_LOCALE: Locale =
    Locale { decimal_point: String::new(), thousands_sep: String::new(), grouping: Vec::new() };

impl Locale {
    fn point(&self) -> &str {
        // An empty one is what a constant can hold of the usual point.
        if self.decimal_point.is_empty() { "." } else { &self.decimal_point }
    }
}

/// Sizes of groups from the point on, and what stands between them.
struct Groups<'a> {
    sizes: &'a [u8],
    separator: &'a str,
    last: usize,
    at: usize,
}

impl Groups<'_> {
    fn of(grouping: Option<Grouping>) -> Groups<'static> {
        let (sizes, separator): (&'static [u8], _) = match grouping {
            None => (&[], ""),
            Some(Grouping::Comma) => (&[3], ","),
            Some(Grouping::Underscore) => (&[3], "_"),
            Some(Grouping::UnderscoreFour) => (&[4], "_"),
        };
        Groups { sizes, separator, last: 0, at: 0 }
    }

    /// The size of the next group; `None`: all that is left.
    fn next(&mut self) -> Option<usize> {
        match self.sizes.get(self.at) {
            Some(&size) if size >= 127 => None,
            Some(&size) if size > 0 => {
                self.at += 1;
                self.last = size.into();
                Some(self.last)
            }
            _ => (self.last > 0).then_some(self.last),
        }
    }

    fn separator_len(&self) -> usize {
        self.separator.chars().count()
    }
}

/// Group `digits` from the right, with zeros before them so that the result has at least `width` characters.
fn group_left(digits: &str, width: usize, mut groups: Groups<'_>) -> String {
    // From right to left: parts, each a count of digits and of zeros before them.
    let (mut parts, mut left, mut width) = (Vec::new(), digits.len(), width);
    loop {
        let wanted = left.max(width).max(1);
        let size = groups.next().map_or(wanted, |size| size.min(wanted));
        let taken = size.min(left);
        parts.push((taken, size - taken));
        left -= taken;
        width = width.saturating_sub(size);
        if left == 0 && width == 0 {
            break;
        }
        width = width.saturating_sub(groups.separator_len());
    }
    let mut out = String::with_capacity(digits.len() + parts.len());
    let mut at = 0;
    for (i, &(taken, zeros)) in parts.iter().rev().enumerate() {
        if i > 0 {
            out.push_str(groups.separator);
        }
        out.extend(std::iter::repeat_n('0', zeros));
        out.push_str(&digits[at..at + taken]);
        at += taken;
    }
    out
}

/// Group the digits after the point, from left to right.
fn group_right(digits: &str, mut groups: Groups<'_>) -> String {
    let (mut out, mut rest) = (String::with_capacity(digits.len()), digits);
    while !rest.is_empty() {
        let size = groups.next().map_or(rest.len(), |size| size.min(rest.len()));
        if !out.is_empty() {
            out.push_str(groups.separator);
        }
        out.push_str(&rest[..size]);
        rest = &rest[size..];
    }
    out
}

/// A number taken apart: all its parts are ASCII.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts<'a> {
    pub negative: bool,
    /// `0x` and its like.
    pub prefix: &'a str,
    /// Digits before the point; none for infinities.
    pub whole: &'a str,
    pub point: bool,
    /// Digits after the point.
    pub fraction: &'a str,
    /// Exponent, percent sign, or the name of what is not finite.
    pub rest: &'a str,
}

impl<'a> Parts<'a> {
    /// Take a laid-out float apart.
    pub fn of_float(text: &'a str) -> Parts<'a> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = text.split_at(digits(text));
        match rest.strip_prefix('.') {
            None => Parts { negative, whole, rest, ..Parts::default() },
            Some(rest) => {
                let (fraction, rest) = rest.split_at(digits(rest));
                Parts { negative, whole, point: true, fraction, rest, ..Parts::default() }
            }
        }
    }
}

/// The number with sign and groups, in pieces: sign and prefix, then the digits.
pub(super) fn pieces(parts: Parts<'_>, spec: &Spec, locale: Option<&Locale>) -> Result<(String, String)> {
    let mut head = String::new();
    head.push_str(sign(parts, spec).unwrap_or(""));
    head.push_str(parts.prefix);
    let mut tail = String::new();
    if parts.point {
        tail.push_str(locale.map_or(".", Locale::point));
    }
    tail.push_str(&group_right(parts.fraction, Groups::of(spec.fraction_grouping)));
    tail.push_str(parts.rest);
    let zero_fill = spec.fill == '0'.into() && spec.align == Align::AfterSign;
    let width = if zero_fill { spec.width.unwrap_or(0) } else { 0 };
    room(width)?;
    let used = head.chars().count() + tail.chars().count();
    let groups = match locale {
        Some(locale) => Groups { sizes: &locale.grouping, separator: &locale.thousands_sep, last: 0, at: 0 },
        None => Groups::of(spec.grouping),
    };
    let mut body = match parts.whole.is_empty() {
        true => String::new(),
        false => group_left(parts.whole, width.saturating_sub(used), groups),
    };
    body.push_str(&tail);
    Ok((head, body))
}

/// Put a number into its field.
pub(super) fn number(parts: Parts<'_>, spec: &Spec, locale: Option<&Locale>) -> Result<Text> {
    let zero_fill = spec.fill == '0'.into() && spec.align == Align::AfterSign;
    if locale.is_none() && spec.grouping.is_none() && spec.fraction_grouping.is_none() && !zero_fill {
        return plain(parts, spec);
    }
    let (head, body) = pieces(parts, spec, locale)?;
    field(Text::from(head), Text::from(body), spec)
}

/// Put a number without groups into its field.
fn plain(parts: Parts<'_>, spec: &Spec) -> Result<Text> {
    let sign = sign(parts, spec).unwrap_or("");
    let point = if parts.point { "." } else { "" };
    let pieces = [sign, parts.prefix, parts.whole, point, parts.fraction, parts.rest];
    let used: usize = pieces.iter().map(|piece| piece.len()).sum();
    let (before, between, after) = padding(used, spec)?;
    let mut out = Builder::with_capacity(used + before + between + after);
    out.push_repeated(spec.fill, before);
    for (i, piece) in pieces.iter().enumerate() {
        if i == 2 {
            out.push_repeated(spec.fill, between);
        }
        out.push_latin1(piece.as_bytes());
    }
    out.push_repeated(spec.fill, after);
    Ok(out.finish())
}

fn sign<'a>(parts: Parts<'_>, spec: &Spec) -> Option<&'a str> {
    match spec.sign {
        _ if parts.negative => Some("-"),
        Some('+') => Some("+"),
        Some(' ') => Some(" "),
        _ => None,
    }
}

/// How much fills the field before, within and after `used` characters.
fn padding(used: usize, spec: &Spec) -> Result<(usize, usize, usize)> {
    let padding = spec.width.unwrap_or(0).saturating_sub(used);
    room_for(used + padding, spec.fill)?;
    Ok(match spec.align {
        Align::Left => (0, 0, padding),
        Align::Right => (padding, 0, 0),
        Align::Center => (padding / 2, 0, padding - padding / 2),
        Align::AfterSign => (0, padding, 0),
    })
}

/// Put `head` and `body` into a field; what fills it may stand between them.
pub(super) fn field(head: Text, body: Text, spec: &Spec) -> Result<Text> {
    use crate::chars::Chars;
    let used = head.len() + body.len();
    let (before, between, after) = padding(used, spec)?;
    let mut out = Builder::with_capacity(used + before + between + after);
    out.push_repeated(spec.fill, before);
    out.push_view(head.view());
    out.push_repeated(spec.fill, between);
    out.push_view(body.view());
    out.push_repeated(spec.fill, after);
    Ok(out.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format_spec::{Context, format_float, format_int};
    use crate::int::IntRef;

    fn locale(grouping: &[u8]) -> Locale {
        Locale { decimal_point: ",".into(), thousands_sep: "\u{202f}".into(), grouping: grouping.to_vec() }
    }

    fn int(value: i64, spec: &str, locale: &Locale) -> String {
        let cx = Context { locale, max_str_digits: 0, type_name: "int" };
        let text = format_int(IntRef::Small(value), spec.as_bytes(), &cx);
        text.map(|text| text.view().to_string_lossy().replace('\u{202f}', " ")).unwrap()
    }

    #[test]
    fn a_locale_groups_by_its_sizes() {
        assert_eq!(int(123_456_789, "n", &locale(&[3])), "123 456 789");
        assert_eq!(int(123_456_789, "n", &locale(&[3, 2])), "12 34 56 789");
        assert_eq!(int(123_456_789, "n", &locale(&[3, 127])), "123456 789");
        assert_eq!(int(123_456_789, "n", &locale(&[])), "123456789");
        assert_eq!(int(1234, "010n", &locale(&[3])), "00 001 234");
        assert_eq!(int(-1234, "n", &C_LOCALE), "-1234");
    }

    #[test]
    fn a_locale_has_its_own_point() {
        let locale = locale(&[3]);
        let cx = Context { locale: &locale, max_str_digits: 0, type_name: "float" };
        let text = format_float(12345.5, &b"n"[..], &cx).unwrap();
        assert_eq!(text.view().to_string_lossy(), "12\u{202f}345,5");
    }

    #[test]
    fn fields_too_wide_for_memory_are_errors() {
        let cx = Context { locale: &C_LOCALE, max_str_digits: 0, type_name: "int" };
        for spec in ["9000000000000000000", "09000000000000000000", "\u{20ac}<9000000000000000000"] {
            let spec: Vec<u32> = spec.chars().map(u32::from).collect();
            assert_eq!(format_int(IntRef::Small(1), &spec[..], &cx), Err(crate::Error::memory()));
        }
    }
}
