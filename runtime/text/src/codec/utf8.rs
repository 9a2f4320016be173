//! UTF-8

use super::{DecodeErrors, Decoded, EncodeErrors, Fault, Replacement, is_surrogate};
use crate::builder::Builder;
use crate::chars::{Chars, View};
use crate::with_slice;

const NAME: &str = "utf-8";

/// What is wrong at the start of `rest`, which is no valid sequence: how many bytes of it, and why. `None`: it may yet
/// become valid when more follows.
fn diagnose(rest: &[u8]) -> Option<(usize, &'static str)> {
    let continues = |i: usize| rest.get(i).is_none_or(|b| (0x80..=0xbf).contains(b));
    let (length, second) = match rest[0] {
        0xc2..=0xdf => (2, 0x80..=0xbf),
        0xe0 => (3, 0xa0..=0xbf),
        0xed => (3, 0x80..=0x9f),
        0xe1..=0xef => (3, 0x80..=0xbf),
        0xf0 => (4, 0x90..=0xbf),
        0xf4 => (4, 0x80..=0x8f),
        0xf1..=0xf3 => (4, 0x80..=0xbf),
        _ => return Some((1, "invalid start byte")),
    };
    if rest.get(1).is_some_and(|b| !second.contains(b)) {
        return Some((1, "invalid continuation byte"));
    }
    (2..length).find(|&i| !continues(i)).map(|i| (i, "invalid continuation byte"))
}

/// Decode UTF-8. Unless `last`, an incomplete sequence at the end is left for the next time.
pub fn utf8_decode<H: DecodeErrors>(bytes: &[u8], last: bool, errors: &mut H) -> Decoded<H::Error> {
    let mut out = Builder::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        // Lossless: what is valid becomes text, and the rest is looked at here.
        let chunk = bytes[at..].utf8_chunks().next();
        let valid = chunk.as_ref().map_or("", |chunk| chunk.valid());
        out.push_str(valid);
        at += valid.len();
        if at == bytes.len() {
            break;
        }
        let rest = &bytes[at..];
        let (length, reason) = match diagnose(rest) {
            // Half of a surrogate that is cut off is waited for, so that a handler sees all of it.
            Some(_) if !last && matches!(rest, [0xed, 0xa0..=0xbf]) => return Ok((out.finish(), at)),
            Some(found) => found,
            None if !last => return Ok((out.finish(), at)),
            None => (rest.len(), "unexpected end of data"),
        };
        let fault = Fault { encoding: NAME, start: at, end: at + length, reason };
        let (text, next) = errors.handle(&fault)?;
        out.push_view(text.view());
        at = next;
    }
    Ok((out.finish(), at))
}

/// Encode UTF-8, which has no form for surrogates.
pub fn utf8_encode<H: EncodeErrors>(text: View<'_>, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    if let View::Latin1(bytes) = text
        && bytes.is_ascii()
    {
        return Ok(bytes.to_vec());
    }
    with_slice!(text, slice => encode(slice, errors))
}

fn encode<H: EncodeErrors>(text: &(impl Chars + ?Sized), errors: &mut H) -> Result<Vec<u8>, H::Error> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 2);
    let mut at = 0;
    while at < text.len() {
        let code = text.at(at);
        if let Some(c) = char::from_u32(code) {
            match code {
                0..=0x7f => out.push(code as u8),
                0x80..=0x7ff => out.extend([0xc0 | (code >> 6) as u8, 0x80 | (code & 63) as u8]),
                _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
            at += 1;
            continue;
        }
        let end = (at..text.len()).find(|&i| !is_surrogate(text.at(i))).unwrap_or(text.len());
        let fault = Fault { encoding: NAME, start: at, end, reason: "surrogates not allowed" };
        let (replacement, next) = errors.handle(&fault)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(bytes),
            Replacement::Text(text) => match text.view().as_ascii() {
                Some(ascii) => out.extend(ascii.bytes()),
                None => return Err(errors.raise(&fault)),
            },
        }
        at = next;
    }
    Ok(out)
}
