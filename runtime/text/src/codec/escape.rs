//! `unicode_escape` and `raw_unicode_escape`

use super::{DecodeErrors, Fault};
use crate::builder::Builder;
use crate::chars::{Chars, Text, View};
use crate::repr::push_numeric_escape;
use crate::unicode::{NamedSequence, lookup};

/// The first escape that means nothing, of which Python warns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEscape {
    /// Where the character after its backslash is.
    pub at: usize,
    /// The character, or the value of an octal escape that is over 255.
    pub code: u32,
}

/// What an escape stands for.
enum Escape {
    Char(u32),
    /// Nothing: a line that goes on.
    Nothing,
    /// The backslash stands for itself.
    Literal,
    Invalid {
        length: usize,
        reason: &'static str,
    },
    /// It may go on where the input ends.
    Truncated {
        length: usize,
        reason: &'static str,
    },
}

/// `\x`, `\u` or `\U` with its digits; `rest` starts after the letter.
fn hex(rest: &[u8], digits: usize, reason: &'static str) -> Escape {
    let count = rest.iter().take(digits).take_while(|b| b.is_ascii_hexdigit()).count();
    if count < digits {
        let length = 2 + count;
        return match rest.len() == count {
            true => Escape::Truncated { length, reason },
            false => Escape::Invalid { length, reason },
        };
    }
    let code = rest[..digits].iter().fold(0, |sum, &b| sum << 4 | (b as char).to_digit(16).unwrap_or(0));
    match code {
        0..=0x10ffff => Escape::Char(code),
        _ => Escape::Invalid { length: 2 + digits, reason: "illegal Unicode character" },
    }
}

/// `\N{...}`; `rest` starts after the letter.
fn named(rest: &[u8]) -> (Escape, usize) {
    let reason = "malformed \\N character escape";
    match rest.first() {
        None => return (Escape::Truncated { length: 2, reason }, 0),
        Some(b'{') => {}
        Some(_) => return (Escape::Invalid { length: 2, reason }, 0),
    }
    let Some(close) = rest.iter().position(|&b| b == b'}') else {
        return (Escape::Truncated { length: 2 + rest.len(), reason }, 0);
    };
    if close == 1 {
        return (Escape::Invalid { length: 3, reason }, 0);
    }
    let name = std::str::from_utf8(&rest[1..close]).ok();
    match name.and_then(lookup) {
        Some(NamedSequence::Char(code)) => (Escape::Char(code), close + 1),
        _ => (Escape::Invalid { length: 2 + close + 1, reason: "unknown Unicode character name" }, 0),
    }
}

/// The escape at the start of `rest`, which is a backslash, and how many bytes it takes.
fn escape(rest: &[u8], invalid: &mut dyn FnMut(u32)) -> (Escape, usize) {
    let Some(&letter) = rest.get(1) else {
        return (Escape::Truncated { length: 1, reason: "\\ at end of string" }, 1);
    };
    let simple = |code: u8| (Escape::Char(code.into()), 2);
    let tail = &rest[2..];
    match letter {
        b'\n' => (Escape::Nothing, 2),
        b'\\' | b'\'' | b'"' => simple(letter),
        b'b' => simple(8),
        b't' => simple(9),
        b'n' => simple(10),
        b'v' => simple(11),
        b'f' => simple(12),
        b'r' => simple(13),
        b'a' => simple(7),
        b'0'..=b'7' => {
            let count = rest[1..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
            let code = rest[1..=count].iter().fold(0, |sum, &b| sum << 3 | u32::from(b - b'0'));
            if code > 0o377 {
                invalid(code);
            }
            (Escape::Char(code), 1 + count)
        }
        b'x' => (hex(tail, 2, "truncated \\xXX escape"), 4),
        b'u' => (hex(tail, 4, "truncated \\uXXXX escape"), 6),
        b'U' => (hex(tail, 8, "truncated \\UXXXXXXXX escape"), 10),
        b'N' => {
            let (escape, length) = named(tail);
            (escape, 2 + length)
        }
        _ => {
            invalid(letter.into());
            (Escape::Literal, 2)
        }
    }
}

/// Decode `unicode_escape`: Latin-1 with escapes. Unless `last`, an incomplete escape at the end is left for the next time.
pub fn unicode_escape_decode<H: DecodeErrors>(
    bytes: &[u8],
    last: bool,
    errors: &mut H,
) -> Result<(Text, usize, Option<InvalidEscape>), H::Error> {
    let mut out = Builder::with_capacity(bytes.len());
    let mut first_invalid = None;
    let mut at = 0;
    while at < bytes.len() {
        let plain = memchr::memchr(b'\\', &bytes[at..]).map_or(bytes.len(), |i| at + i);
        out.push_latin1(&bytes[at..plain]);
        at = plain;
        if at == bytes.len() {
            break;
        }
        let mut invalid = |code| {
            first_invalid.get_or_insert(InvalidEscape { at: at + 1, code });
        };
        let (escape, length) = escape(&bytes[at..], &mut invalid);
        let (end, reason) = match escape {
            Escape::Char(code) => {
                out.push(code);
                at += length;
                continue;
            }
            Escape::Nothing => {
                at += length;
                continue;
            }
            Escape::Literal => {
                out.push_latin1(&bytes[at..at + length]);
                at += length;
                continue;
            }
            Escape::Truncated { .. } if !last => break,
            Escape::Truncated { length, reason } | Escape::Invalid { length, reason } => {
                (at + length, reason)
            }
        };
        let (text, next) = errors.handle(&Fault { encoding: "unicodeescape", start: at, end, reason })?;
        out.push_view(text.view());
        at = next;
    }
    Ok((out.finish(), at, first_invalid))
}

/// Encode `unicode_escape`: printable ASCII as it is but for the backslash, and the rest as escapes.
pub fn unicode_escape_encode(text: View<'_>) -> Vec<u8> {
    let mut out = Builder::with_capacity(text.len());
    for code in text.iter_chars() {
        match code {
            0x5c => out.push_latin1(b"\\\\"),
            0x20..=0x7e => out.push(code),
            _ => crate::repr::push_escape(&mut out, code),
        }
    }
    ascii_bytes(out)
}

fn ascii_bytes(out: Builder) -> Vec<u8> {
    match out.finish() {
        Text::Latin1(bytes) => bytes,
        wide => wide.iter_chars().map(|code| code as u8).collect(),
    }
}

/// Decode `raw_unicode_escape`: Latin-1 with `\u` and `\U` after an odd number of backslashes.
pub fn raw_unicode_escape_decode<H: DecodeErrors>(
    bytes: &[u8],
    last: bool,
    errors: &mut H,
) -> Result<(Text, usize), H::Error> {
    let mut out = Builder::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            out.push(bytes[at].into());
            at += 1;
            continue;
        }
        let (digits, reason) = match bytes.get(at + 1) {
            None if !last => break,
            Some(b'u') => (4, "truncated \\uXXXX escape"),
            Some(b'U') => (8, "truncated \\UXXXXXXXX escape"),
            // A backslash, and what it takes with it, so that the second of two begins nothing.
            _ => {
                let end = (at + 2).min(bytes.len());
                out.push_latin1(&bytes[at..end]);
                at = end;
                continue;
            }
        };
        let (end, reason) = match hex(&bytes[at + 2..], digits, reason) {
            Escape::Char(code) => {
                out.push(code);
                at += 2 + digits;
                continue;
            }
            Escape::Truncated { .. } if !last => break,
            Escape::Invalid { length, reason: "illegal Unicode character" } => {
                (at + length, "\\Uxxxxxxxx out of range")
            }
            Escape::Truncated { length, reason } | Escape::Invalid { length, reason } => {
                (at + length, reason)
            }
            Escape::Nothing | Escape::Literal => (at + 2, reason),
        };
        let (text, next) = errors.handle(&Fault { encoding: "rawunicodeescape", start: at, end, reason })?;
        out.push_view(text.view());
        at = next;
    }
    Ok((out.finish(), at))
}

/// Encode `raw_unicode_escape`: Latin-1, and the rest as `\u` and `\U`.
pub fn raw_unicode_escape_encode(text: View<'_>) -> Vec<u8> {
    let mut out = Builder::with_capacity(text.len());
    for code in text.iter_chars() {
        match code {
            0..=0xff => out.push(code),
            _ => push_numeric_escape(&mut out, code),
        }
    }
    ascii_bytes(out)
}
