//! JSON's strings: characters between quotes, some of them escaped.

use text::{Builder, Chars, Text, View};

/// What is wrong with a string, and where.
pub struct Wrong(pub &'static str, pub isize);

/// A character of a text.
pub trait Unit: Copy {
    /// Its number.
    fn code(self) -> u32;
    /// Characters as a text.
    fn view(units: &[Self]) -> View<'_>;
}

macro_rules! units {
    ($($unit:ty => $view:ident;)*) => {$(
        impl Unit for $unit {
            #[inline(always)]
            fn code(self) -> u32 {
                u32::from(self)
            }
            fn view(units: &[Self]) -> View<'_> {
                View::$view(units)
            }
        }
    )*};
}
units! { u8 => Latin1; u16 => Wide; u32 => Full; }

const QUOTE: u32 = b'"' as u32;
const BACKSLASH: u32 = b'\\' as u32;

/// A string that has been read.
pub enum Read<'a, U> {
    /// Characters as they stand there.
    Plain(&'a [U]),
    /// Characters of which some were escaped.
    Escaped(Text),
}

/// Reads the string that begins at `begin`, behind its quote; also where it ends.
pub fn read<U: Unit>(units: &[U], begin: usize, strict: bool) -> Result<(Read<'_, U>, usize), Wrong> {
    let unterminated = || Wrong("Unterminated string starting at", begin as isize - 1);
    let mut out: Option<Builder> = None;
    let mut at = begin;
    loop {
        let start = at;
        let stop = loop {
            let code = units.get(at).ok_or_else(unterminated)?.code();
            match code {
                QUOTE | BACKSLASH => break code,
                0..0x20 if strict => return Err(Wrong("Invalid control character at", at as isize)),
                _ => at += 1,
            }
        };
        let piece = &units[start..at];
        at += 1;
        if stop == QUOTE {
            return Ok(match out {
                None => (Read::Plain(piece), at),
                Some(mut out) => {
                    out.push_view(U::view(piece));
                    (Read::Escaped(out.finish()), at)
                }
            });
        }
        let out = out.get_or_insert_default();
        out.push_view(U::view(piece));
        let escape = units.get(at).ok_or_else(unterminated)?.code();
        at += 1;
        let code = match u8::try_from(escape).unwrap_or(0) {
            byte @ (b'"' | b'\\' | b'/') => u32::from(byte),
            b'b' => 8,
            b'f' => 12,
            b'n' => 10,
            b'r' => 13,
            b't' => 9,
            b'u' => {
                let (code, next) = escaped(units, at)?;
                at = next;
                code
            }
            _ => return Err(Wrong("Invalid \\escape", at as isize - 2)),
        };
        out.push(code);
    }
}

/// The four digits at `at`.
fn hex<U: Unit>(units: &[U], at: usize) -> Option<u32> {
    let digits = units.get(at..at.checked_add(4)?)?;
    digits.iter().try_fold(0, |code, digit| Some(code << 4 | char::from_u32(digit.code())?.to_digit(16)?))
}

/// The character whose digits begin at `at`, with the second half of a pair; also where it ends.
fn escaped<U: Unit>(units: &[U], at: usize) -> Result<(u32, usize), Wrong> {
    let wrong = |at: usize| Wrong("Invalid \\uXXXX escape", at as isize - 1);
    if at + 4 > units.len() {
        return Err(wrong(at));
    }
    let high = hex(units, at).ok_or_else(|| wrong(at))?;
    let end = at + 4;
    let pair = (0xd800..0xdc00).contains(&high)
        && end + 6 <= units.len()
        && units[end].code() == BACKSLASH
        && units[end + 1].code() == u32::from(b'u');
    if pair {
        let low = hex(units, end + 2).ok_or_else(|| wrong(end + 2))?;
        if (0xdc00..0xe000).contains(&low) {
            return Ok((0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00), end + 6));
        }
    }
    Ok((high, end))
}

/// A text as a JSON string.
pub fn encoded(text: View<'_>, ascii: bool) -> Text {
    let mut out = Builder::with_capacity(text.len() + 2);
    push_encoded(&mut out, text, ascii);
    out.finish()
}

/// Adds a text as a JSON string.
pub fn push_encoded(out: &mut Builder, text: View<'_>, ascii: bool) {
    match text {
        View::Latin1(units) => push_units(out, units, ascii),
        View::Wide(units) => push_units(out, units, ascii),
        View::Full(units) => push_units(out, units, ascii),
    }
}

fn push_units<U: Unit>(out: &mut Builder, units: &[U], ascii: bool) {
    let plain = |unit: &U| match unit.code() {
        QUOTE | BACKSLASH | 0..0x20 => false,
        code => !ascii || code < 0x7f,
    };
    out.push(QUOTE);
    let mut rest = units;
    while !rest.is_empty() {
        let count = rest.iter().position(|unit| !plain(unit)).unwrap_or(rest.len());
        out.push_view(U::view(&rest[..count]));
        if let Some(unit) = rest.get(count) {
            push_escape(out, unit.code());
        }
        rest = rest.get(count + 1..).unwrap_or(&[]);
    }
    out.push(QUOTE);
}

fn push_escape(out: &mut Builder, code: u32) {
    match code {
        QUOTE => out.push_str("\\\""),
        BACKSLASH => out.push_str("\\\\"),
        8 => out.push_str("\\b"),
        9 => out.push_str("\\t"),
        10 => out.push_str("\\n"),
        12 => out.push_str("\\f"),
        13 => out.push_str("\\r"),
        0..0x1_0000 => out.push_str(&format!("\\u{code:04x}")),
        _ => {
            let code = code - 0x1_0000;
            let (high, low) = (0xd800 + (code >> 10), 0xdc00 + (code & 0x3ff));
            out.push_str(&format!("\\u{high:04x}\\u{low:04x}"));
        }
    }
}
