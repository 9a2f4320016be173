//! UTF-32

use super::{ByteOrder, DecodeErrors, Decoded, EncodeErrors, Fault, Replacement, is_surrogate};
use crate::builder::Builder;
use crate::chars::{Chars, View};

fn name(order: ByteOrder) -> &'static str {
    match order {
        ByteOrder::Mark => "utf-32",
        ByteOrder::Little => "utf-32-le",
        ByteOrder::Big => "utf-32-be",
    }
}

/// Decode UTF-32. With [`ByteOrder::Mark`] a mark at the start says the order, and `order` becomes what it said. Unless
/// `last`, what is incomplete at the end is left for the next time.
pub fn utf32_decode<H: DecodeErrors>(
    bytes: &[u8],
    order: &mut ByteOrder,
    last: bool,
    errors: &mut H,
) -> Decoded<H::Error> {
    let mut at = 0;
    if *order == ByteOrder::Mark && bytes.len() >= 4 {
        match bytes[..4] {
            [0xff, 0xfe, 0, 0] => (*order, at) = (ByteOrder::Little, 4),
            [0, 0, 0xfe, 0xff] => (*order, at) = (ByteOrder::Big, 4),
            _ => {}
        }
    }
    let big = *order == ByteOrder::Big;
    // Without a mark, too, the exception names the order that was taken.
    let encoding = name(if big { ByteOrder::Big } else { ByteOrder::Little });
    let mut out = Builder::with_capacity(bytes.len() / 4);
    while at < bytes.len() {
        let (end, reason) = match bytes[at..] {
            [a, b, c, d, ..] => {
                let unit =
                    if big { u32::from_be_bytes([a, b, c, d]) } else { u32::from_le_bytes([a, b, c, d]) };
                if unit > 0x10ffff {
                    (at + 4, "code point not in range(0x110000)")
                } else if is_surrogate(unit) {
                    (at + 4, "code point in surrogate code point range(0xd800, 0xe000)")
                } else {
                    out.push(unit);
                    at += 4;
                    continue;
                }
            }
            _ if !last => break,
            _ => (bytes.len(), "truncated data"),
        };
        let (text, next) = errors.handle(&Fault { encoding, start: at, end, reason })?;
        out.push_view(text.view());
        at = next;
    }
    Ok((out.finish(), at))
}

/// Encode UTF-32; a byte order mark is written where `order` is [`ByteOrder::Mark`].
pub fn utf32_encode<H: EncodeErrors>(
    text: View<'_>,
    order: ByteOrder,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let mut out = Vec::with_capacity(4 * text.len() + 4);
    let push = |out: &mut Vec<u8>, unit: u32| {
        out.extend(if order == ByteOrder::Big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    };
    if order == ByteOrder::Mark {
        push(&mut out, 0xfeff);
    }
    let mut at = 0;
    while at < text.len() {
        let code = text.at(at);
        if !is_surrogate(code) {
            push(&mut out, code);
            at += 1;
            continue;
        }
        let fault = Fault { encoding: name(order), start: at, end: at + 1, reason: "surrogates not allowed" };
        let (replacement, next) = errors.handle(&fault)?;
        match replacement {
            Replacement::Bytes(bytes) if bytes.len() % 4 == 0 => out.extend(bytes),
            Replacement::Text(text) if text.view().is_ascii() => {
                text.iter_chars().for_each(|code| push(&mut out, code));
            }
            _ => return Err(errors.raise(&fault)),
        }
        at = next;
    }
    Ok(out)
}
