//! UTF-7 (RFC 2152)

use super::{DecodeErrors, Decoded, EncodeErrors, Fault};
use crate::builder::Builder;
use crate::chars::{Chars, View};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn digit(byte: u8) -> Option<u32> {
    Some(
        match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        }
        .into(),
    )
}

/// Bits that have been read and are not yet a character.
#[derive(Clone, Copy, Default)]
struct Shift {
    bits: u32,
    count: u32,
    high: u32,
}

impl Shift {
    fn add(&mut self, digit: u32, out: &mut Builder) {
        self.bits = self.bits << 6 | digit;
        self.count += 6;
        if self.count < 16 {
            return;
        }
        self.count -= 16;
        let unit = self.bits >> self.count & 0xffff;
        self.bits &= (1 << self.count) - 1;
        if self.high != 0 {
            if (0xdc00..=0xdfff).contains(&unit) {
                out.push(0x10000 + ((self.high - 0xd800) << 10) + (unit - 0xdc00));
                self.high = 0;
                return;
            }
            out.push(self.high);
            self.high = 0;
        }
        if (0xd800..=0xdbff).contains(&unit) {
            self.high = unit;
        } else {
            out.push(unit);
        }
    }
}

/// Decode UTF-7. Unless `last`, a shift sequence that has not ended is left, from its start, for the next time.
pub fn utf7_decode<H: DecodeErrors>(bytes: &[u8], last: bool, errors: &mut H) -> Decoded<H::Error> {
    let mut out = Builder::with_capacity(bytes.len());
    let mut at = 0;
    // Where the shift sequence started, and the text without it.
    let mut shift: Option<(usize, Shift)> = None;
    let mut kept = Builder::new();
    loop {
        let fault = match (&mut shift, bytes.get(at).copied()) {
            (None, None) => break,
            (Some(_), None) if !last => {
                let start = shift.map_or(at, |(start, _)| start);
                return Ok((kept.finish(), start));
            }
            (Some((start, state)), None) => {
                let loose = state.high != 0 || state.count >= 6 || state.bits != 0;
                let start = *start;
                shift = None;
                if !loose {
                    break;
                }
                Some((start, bytes.len(), "unterminated shift sequence"))
            }
            (Some((start, state)), Some(byte)) => match digit(byte) {
                Some(digit) => {
                    state.add(digit, &mut out);
                    at += 1;
                    None
                }
                None => {
                    let (start, state) = (*start, *state);
                    shift = None;
                    // What is left over must be padding: less than a digit, and zero.
                    if state.count >= 6 {
                        Some((start, at + 1, "partial character in shift sequence"))
                    } else if state.bits != 0 {
                        Some((start, at + 1, "non-zero padding bits in shift sequence"))
                    } else {
                        if state.high != 0 {
                            out.push(state.high);
                        }
                        at += usize::from(byte == b'-');
                        None
                    }
                }
            },
            (None, Some(b'+')) => match bytes.get(at + 1).copied() {
                Some(b'-') => {
                    out.push('+'.into());
                    at += 2;
                    None
                }
                Some(byte) if digit(byte).is_none() => Some((at, at + 2, "ill-formed sequence")),
                _ => {
                    kept = out.clone();
                    shift = Some((at, Shift::default()));
                    at += 1;
                    None
                }
            },
            (None, Some(byte)) if byte.is_ascii() => {
                out.push(byte.into());
                at += 1;
                None
            }
            (None, Some(_)) => Some((at, at + 1, "unexpected special character")),
        };
        if let Some((start, end, reason)) = fault {
            let (text, next) = errors.handle(&Fault { encoding: "utf7", start, end, reason })?;
            out.push_view(text.view());
            at = next;
        }
    }
    Ok((out.finish(), at))
}

/// Whether a character is written as it is.
fn direct(code: u32) -> bool {
    match u8::try_from(code) {
        Ok(b'\t' | b'\n' | b'\r' | b' ') => true,
        Ok(byte) => (0x21..=0x7d).contains(&byte) && byte != b'+' && byte != b'\\',
        Err(_) => false,
    }
}

/// Encode UTF-7, which has a form for everything.
pub fn utf7_encode<H: EncodeErrors>(text: View<'_>, _errors: &mut H) -> Result<Vec<u8>, H::Error> {
    let mut out = Vec::with_capacity(text.len());
    let (mut bits, mut count, mut shifted) = (0u64, 0, false);
    for code in text.iter_chars() {
        if direct(code) {
            if shifted {
                if count > 0 {
                    out.push(ALPHABET[(bits << (6 - count) & 63) as usize]);
                }
                (bits, count, shifted) = (0, 0, false);
                // A dash is needed before what would be read as part of the sequence.
                if digit(code as u8).is_some() || code == '-'.into() {
                    out.push(b'-');
                }
            }
            out.push(code as u8);
            continue;
        }
        if !shifted {
            out.push(b'+');
            if code == '+'.into() {
                out.push(b'-');
                continue;
            }
            shifted = true;
        }
        let mut add = |unit: u32| {
            bits = bits << 16 | u64::from(unit);
            count += 16;
            while count >= 6 {
                count -= 6;
                out.push(ALPHABET[(bits >> count & 63) as usize]);
            }
            bits &= (1 << count) - 1;
        };
        if code > 0xffff {
            add(0xd800 + ((code - 0x10000) >> 10));
            add(0xdc00 + (code & 0x3ff));
        } else {
            add(code);
        }
    }
    if shifted {
        if count > 0 {
            out.push(ALPHABET[(bits << (6 - count) & 63) as usize]);
        }
        out.push(b'-');
    }
    Ok(out)
}
