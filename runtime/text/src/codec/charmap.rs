//! Encodings of one byte a character that are a table.

use super::{DecodeErrors, Decoded, EncodeErrors, Fault, Replacement};
use crate::builder::Builder;
use crate::chars::{Chars, Text, View};

const NAME: &str = "charmap";
const REASON: &str = "character maps to <undefined>";
/// In a table: the byte is not defined.
const UNDEFINED: u32 = 0xfffe;

/// Decode with a function from bytes to text; `None` where a byte is not defined.
pub fn charmap_decode<H: DecodeErrors>(
    bytes: &[u8],
    mut look_up: impl FnMut(u8) -> Result<Option<Text>, H::Error>,
    errors: &mut H,
) -> Decoded<H::Error> {
    let mut out = Builder::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (text, next) = match look_up(bytes[at])? {
            Some(text) => (text, at + 1),
            None => errors.handle(&Fault { encoding: NAME, start: at, end: at + 1, reason: REASON })?,
        };
        out.push_view(text.view());
        at = next;
    }
    Ok((out.finish(), at))
}

/// Decode with a table of characters, in the order of their bytes.
pub fn charmap_decode_table<H: DecodeErrors>(
    bytes: &[u8],
    table: View<'_>,
    errors: &mut H,
) -> Decoded<H::Error> {
    let mut out = Builder::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = usize::from(bytes[at]);
        let code = if byte < table.len() { table.at(byte) } else { UNDEFINED };
        if code != UNDEFINED {
            out.push(code);
            at += 1;
            continue;
        }
        let (text, next) =
            errors.handle(&Fault { encoding: NAME, start: at, end: at + 1, reason: REASON })?;
        out.push_view(text.view());
        at = next;
    }
    Ok((out.finish(), at))
}

/// Encode with a function from characters to bytes; `None` where there are none.
pub fn charmap_encode<H: EncodeErrors>(
    text: View<'_>,
    mut look_up: impl FnMut(u32) -> Result<Option<Vec<u8>>, H::Error>,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if let Some(bytes) = look_up(text.at(at))? {
            out.extend(bytes);
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < text.len() && look_up(text.at(end))?.is_none() {
            end += 1;
        }
        let fault = Fault { encoding: NAME, start: at, end, reason: REASON };
        let (replacement, next) = errors.handle(&fault)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(bytes),
            Replacement::Text(text) => {
                for code in text.iter_chars() {
                    match look_up(code)? {
                        Some(bytes) => out.extend(bytes),
                        None => return Err(errors.raise(&fault)),
                    }
                }
            }
        }
        at = next;
    }
    Ok(out)
}

/// A decoding table turned round, as `codecs.charmap_build` makes it.
#[derive(Clone, Debug)]
pub struct EncodingMap {
    /// Code points and their bytes, in the order of the code points.
    pairs: Vec<(u32, u8)>,
}

impl EncodingMap {
    /// Turn a table of at most 256 characters round; where a character stands twice, the later byte counts.
    pub fn build(table: View<'_>) -> EncodingMap {
        let mut pairs: Vec<(u32, u8)> = table.iter_chars().zip(0..=255).collect();
        pairs.retain(|pair| pair.0 != UNDEFINED);
        pairs.sort_unstable_by_key(|&(code, byte)| (code, std::cmp::Reverse(byte)));
        pairs.dedup_by_key(|pair| pair.0);
        EncodingMap { pairs }
    }

    /// The byte of a character.
    pub fn get(&self, code: u32) -> Option<u8> {
        self.pairs.binary_search_by_key(&code, |pair| pair.0).ok().map(|found| self.pairs[found].1)
    }
}
