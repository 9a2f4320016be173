//! `float.hex` and `float.fromhex`.

use crate::chars::Chars;
use crate::error::{Error, Result};
use crate::unicode::is_ascii_space;

/// `value.hex()`
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i64, bits & ((1 << 52) - 1));
    match (exponent, fraction) {
        (0, 0) => format!("{sign}0x0.0p+0"),
        (0, _) => format!("{sign}0x0.{fraction:013x}p-1022"),
        _ => format!("{sign}0x1.{fraction:013x}p{:+}", exponent - 1023),
    }
}

fn malformed() -> Error {
    Error::value("invalid hexadecimal floating-point string")
}

fn too_large() -> Error {
    Error::overflow("hexadecimal value too large to represent as a float")
}

/// `float.fromhex(text)`
pub fn from_hex(text: &impl Chars) -> Result<f64> {
    let bytes: Vec<u8> = text.iter_chars().map(|c| u8::try_from(c).unwrap_or(0xff)).collect();
    let start = bytes.iter().position(|&b| !is_ascii_space(b)).ok_or_else(malformed)?;
    let end = bytes.iter().rposition(|&b| !is_ascii_space(b)).ok_or_else(malformed)? + 1;
    let mut rest = &bytes[start..end];
    let negative = rest.first() == Some(&b'-');
    if matches!(rest.first(), Some(b'+' | b'-')) {
        rest = &rest[1..];
    }
    if let Some((value, used)) = super::parse_prefix(rest)
        && rest.first().is_some_and(u8::is_ascii_alphabetic)
    {
        let value = if negative { -value } else { value };
        return if used == rest.len() { Ok(value) } else { Err(malformed()) };
    }
    if rest.len() >= 2 && rest[0] == b'0' && rest[1] | 0x20 == b'x' {
        rest = &rest[2..];
    }
    let value = magnitude(rest)?;
    Ok(if negative { -value } else { value })
}

/// The value of `HEX.HEXp±DEC`.
fn magnitude(text: &[u8]) -> Result<f64> {
    let digits = |part: &[u8]| part.iter().take_while(|b| b.is_ascii_hexdigit()).count();
    let whole = digits(text);
    let mut at = whole;
    let mut fraction = 0;
    if text.get(at) == Some(&b'.') {
        fraction = digits(&text[at + 1..]);
        at += 1 + fraction;
    }
    if whole + fraction == 0 {
        return Err(malformed());
    }
    let mut exponent: i64 = 0;
    if let Some(b'p' | b'P') = text.get(at) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let count = text[(at + 1 + sign).min(text.len())..].iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 {
            return Err(malformed());
        }
        let places = &text[at + 1 + sign..at + 1 + sign + count];
        exponent =
            places.iter().fold(0i64, |sum, b| sum.saturating_mul(10).saturating_add(i64::from(b - b'0')));
        if text[at + 1] == b'-' {
            exponent = -exponent;
        }
        at += 1 + sign + count;
    }
    if at != text.len() {
        return Err(malformed());
    }
    let point = if fraction > 0 || text.get(whole) == Some(&b'.') { 1 } else { 0 };
    let hex = text[..whole].iter().chain(&text[whole + point..whole + point + fraction]);
    let mut significant = hex.skip_while(|&&b| b == b'0').peekable();
    if significant.peek().is_none() {
        return Ok(0.0);
    }
    // Sixteen digits hold more than a double does; whatever follows only breaks ties.
    let (mut mantissa, mut sticky, mut dropped) = (0u64, false, 0i64);
    for &b in significant {
        let digit = u64::from((b as char).to_digit(16).unwrap_or(0));
        if mantissa >> 56 == 0 {
            mantissa = mantissa << 4 | digit;
        } else {
            sticky |= digit != 0;
            dropped += 1;
        }
    }
    scale(mantissa, sticky, exponent.saturating_add(4 * (dropped - fraction as i64)))
}

/// `mantissa * 2**exponent`, a little more where `sticky`, rounded to nearest, ties to even.
fn scale(mantissa: u64, sticky: bool, exponent: i64) -> Result<f64> {
    let bits = 64 - i64::from(mantissa.leading_zeros());
    // The place of the leading bit, and of the last bit that is kept.
    let top = exponent.saturating_add(bits);
    if top > 1025 {
        return Err(too_large());
    }
    if top < -1074 {
        return Ok(0.0);
    }
    let last = (top - 53).max(-1074);
    let shift = last - exponent;
    let kept = if shift <= 0 {
        mantissa << -shift
    } else if shift > 64 {
        0
    } else {
        let wide = u128::from(mantissa);
        let (high, low, half) = ((wide >> shift) as u64, wide & ((1 << shift) - 1), 1u128 << (shift - 1));
        let up = low > half || low == half && (sticky || high & 1 == 1);
        high + u64::from(up)
    };
    // Both factors are exact, and so is their product, or it is infinite.
    let value = if last < -1022 {
        kept as f64 * 2f64.powi(-1022) * 2f64.powi((last + 1022) as i32)
    } else {
        kept as f64 * 2f64.powi(last as i32)
    };
    if value.is_infinite() { Err(too_large()) } else { Ok(value) }
}
