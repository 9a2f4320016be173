//! What the methods of `bytes` and `bytearray` ask and change: ASCII only.

use crate::chars::Chars;
use crate::error::{Error, Result};

fn all(bytes: &[u8], which: impl Fn(u8) -> bool) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&b| which(b))
}

/// `bytes.isalpha`
pub fn is_alpha(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_alphabetic())
}

/// `bytes.isdigit`
pub fn is_digit(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_digit())
}

/// `bytes.isalnum`
pub fn is_alnum(bytes: &[u8]) -> bool {
    all(bytes, |b| b.is_ascii_alphanumeric())
}

/// `bytes.isspace`
pub fn is_space(bytes: &[u8]) -> bool {
    all(bytes, crate::unicode::is_ascii_space)
}

/// `bytes.islower`
pub fn is_lower(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_lowercase) && !bytes.iter().any(u8::is_ascii_uppercase)
}

/// `bytes.isupper`
pub fn is_upper(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_uppercase) && !bytes.iter().any(u8::is_ascii_lowercase)
}

/// `bytes.istitle`
pub fn is_title(bytes: &[u8]) -> bool {
    let (mut found, mut after_cased) = (false, false);
    for b in bytes {
        let upper = b.is_ascii_uppercase();
        if upper && after_cased || b.is_ascii_lowercase() && !after_cased {
            return false;
        }
        after_cased = b.is_ascii_alphabetic();
        found |= after_cased;
    }
    found
}

/// `bytes.capitalize`
pub fn capitalize(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_ascii_lowercase();
    if let Some(first) = out.first_mut() {
        first.make_ascii_uppercase();
    }
    out
}

/// `bytes.title`
pub fn title(bytes: &[u8]) -> Vec<u8> {
    let mut after_cased = false;
    let mut changed = |b: &u8| {
        let out = if after_cased { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
        after_cased = b.is_ascii_alphabetic();
        out
    };
    bytes.iter().map(&mut changed).collect()
}

/// `bytes.swapcase`
pub fn swap_case(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|&b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { b }).collect()
}

/// `bytes.hex(separator, group)`: the separator stands between groups of so many bytes, counted from the right or, where
/// `group` is negative, from the left.
pub fn to_hex(bytes: &[u8], separator: Option<u8>, group: i64) -> Vec<u8> {
    let size = usize::try_from(group.unsigned_abs()).unwrap_or(usize::MAX);
    let digit = |value: u8| crate::repr::HEX[usize::from(value & 15)];
    let mut out = Vec::with_capacity(2 * bytes.len() + bytes.len().checked_div(size).unwrap_or(0));
    for (i, &b) in bytes.iter().enumerate() {
        let place = if group < 0 { i } else { bytes.len() - i };
        if let Some(separator) = separator
            && i > 0
            && size > 0
            && place % size == 0
        {
            out.push(separator);
        }
        out.extend([digit(b >> 4), digit(b)]);
    }
    out
}

/// `bytes.fromhex(text)` for a str, where a character beyond ASCII is told before anything else.
pub fn from_hex_str(text: &impl Chars) -> Result<Vec<u8>> {
    match text.iter_chars().position(|c| c >= 0x80) {
        Some(at) => Err(not_hex(at)),
        None => from_hex(&text.iter_chars().map(|c| c as u8).collect::<Vec<u8>>()),
    }
}

fn not_hex(at: usize) -> Error {
    Error::value(format!("non-hexadecimal number found in fromhex() arg at position {at}"))
}

/// `bytes.fromhex(text)` for bytes.
pub fn from_hex(text: &[u8]) -> Result<Vec<u8>> {
    let digit = |at: usize| text.get(at).and_then(|&b| char::from(b).to_digit(16)).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        if crate::unicode::is_ascii_space(text[at]) {
            at += 1;
            continue;
        }
        let high = digit(at).ok_or_else(|| not_hex(at))?;
        if at + 1 == text.len() {
            return Err(Error::value("fromhex() arg must contain an even number of hexadecimal digits"));
        }
        let low = digit(at + 1).ok_or_else(|| not_hex(at + 1))?;
        out.push(high << 4 | low);
        at += 2;
    }
    Ok(out)
}
