//! `repr` and `ascii` of strings and bytes.

use crate::builder::Builder;
use crate::chars::{Chars, Text};
use crate::unicode::Class;

/// The digits of hexadecimal numbers.
pub(crate) const HEX: &[u8; 16] = b"0123456789abcdef";

/// `repr(text)` of a str.
pub fn str_repr(text: &impl Chars) -> Text {
    quoted(text, |code| Class::of(code).has(Class::PRINTABLE))
}

/// `ascii(text)` of a str.
pub fn str_ascii(text: &impl Chars) -> Text {
    quoted(text, |_| false)
}

/// The text between quotes, escaped where `plain` does not allow a character beyond ASCII.
fn quoted(text: &impl Chars, plain: impl Fn(u32) -> bool) -> Text {
    let (mut single, mut double) = (false, false);
    for c in text.iter_chars() {
        single |= c == 0x27;
        double |= c == 0x22;
    }
    let quote = if single && !double { b'"' } else { b'\'' };
    let mut out = Builder::with_capacity(text.len() + 2);
    out.push(quote.into());
    if let Some(bytes) = text.latin1() {
        let shown = |b: u8| matches!(b, 0x20..=0x7e) && b != quote && b != b'\\';
        if bytes.iter().all(|&b| shown(b)) {
            out.push_latin1(bytes);
            out.push(quote.into());
            return out.finish();
        }
    }
    for c in text.iter_chars() {
        match c {
            0x20..=0x7e if c == u32::from(quote) || c == 0x5c => out.push_latin1(&[b'\\', c as u8]),
            0x20..=0x7e => out.push(c),
            0x7f.. if plain(c) => out.push(c),
            _ => push_escape(&mut out, c),
        }
    }
    out.push(quote.into());
    out.finish()
}

/// The escape for one character that is not shown as it is: `\n`, `\xe9`, `\u20ac` or `\U0001f600`.
pub fn push_escape(out: &mut Builder, code: u32) {
    match code {
        0x0a => out.push_latin1(b"\\n"),
        0x0d => out.push_latin1(b"\\r"),
        0x09 => out.push_latin1(b"\\t"),
        _ => push_numeric_escape(out, code),
    }
}

/// The same without `\n` and its like.
pub fn push_numeric_escape(out: &mut Builder, code: u32) {
    let (letter, digits) = match code {
        0..=0xff => (b'x', 2),
        0x100..=0xffff => (b'u', 4),
        _ => (b'U', 8),
    };
    out.push_latin1(&[b'\\', letter]);
    for place in (0..digits).rev() {
        out.push(HEX[(code >> (4 * place) & 15) as usize].into());
    }
}

/// `repr(bytes)`, its quotes and leading `b` included.
pub fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote);
    for &b in bytes {
        match b {
            b'\\' => out.push_str("\\\\"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            0x20..=0x7e if b as char == quote => out.extend(['\\', quote]),
            0x20..=0x7e => out.push(b.into()),
            _ => {
                out.push_str("\\x");
                out.push(HEX[usize::from(b >> 4)].into());
                out.push(HEX[usize::from(b & 15)].into());
            }
        }
    }
    out.push(quote);
    out
}
