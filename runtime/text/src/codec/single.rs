//! ASCII and Latin-1

use super::{DecodeErrors, Decoded, EncodeErrors, Fault, Replacement};
use crate::builder::Builder;
use crate::chars::{Chars, Text, View};

/// Decode ASCII.
pub fn ascii_decode<H: DecodeErrors>(bytes: &[u8], errors: &mut H) -> Decoded<H::Error> {
    let mut out = Builder::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let end = bytes[at..].iter().position(|b| !b.is_ascii()).map_or(bytes.len(), |i| at + i);
        out.push_latin1(&bytes[at..end]);
        at = end;
        if at < bytes.len() {
            let fault =
                Fault { encoding: "ascii", start: at, end: at + 1, reason: "ordinal not in range(128)" };
            let (text, next) = errors.handle(&fault)?;
            out.push_view(text.view());
            at = next;
        }
    }
    Ok((out.finish(), at))
}

/// Decode Latin-1, which never fails.
pub fn latin1_decode(bytes: &[u8]) -> Text {
    Text::Latin1(bytes.to_vec())
}

/// Encode ASCII.
pub fn ascii_encode<H: EncodeErrors>(text: View<'_>, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    encode(text, 128, "ascii", "ordinal not in range(128)", errors)
}

/// Encode Latin-1.
pub fn latin1_encode<H: EncodeErrors>(text: View<'_>, errors: &mut H) -> Result<Vec<u8>, H::Error> {
    encode(text, 256, "latin-1", "ordinal not in range(256)", errors)
}

fn encode<H: EncodeErrors>(
    text: View<'_>,
    limit: u32,
    encoding: &'static str,
    reason: &'static str,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    if let View::Latin1(bytes) = text
        && (limit == 256 || bytes.is_ascii())
    {
        return Ok(bytes.to_vec());
    }
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let code = text.at(at);
        if code < limit {
            out.push(code as u8);
            at += 1;
            continue;
        }
        let end = (at..text.len()).find(|&i| text.at(i) < limit).unwrap_or(text.len());
        let fault = Fault { encoding, start: at, end, reason };
        let (replacement, next) = errors.handle(&fault)?;
        match replacement {
            Replacement::Bytes(bytes) => out.extend(bytes),
            Replacement::Text(text) => {
                if text.iter_chars().any(|code| code >= limit) {
                    return Err(errors.raise(&fault));
                }
                out.extend(text.iter_chars().map(|code| code as u8));
            }
        }
        at = next;
    }
    Ok(out)
}
