//! UTF-16

use super::{ByteOrder, DecodeErrors, Decoded, EncodeErrors, Fault, Replacement, is_surrogate};
use crate::builder::Builder;
use crate::chars::{Chars, View};

fn name(order: ByteOrder) -> &'static str {
    match order {
        ByteOrder::Mark => "utf-16",
        ByteOrder::Little => "utf-16-le",
        ByteOrder::Big => "utf-16-be",
    }
}

/// Decode UTF-16. With [`ByteOrder::Mark`] a mark at the start says the order, and `order` becomes what it said. Unless
/// `last`, what is incomplete at the end is left for the next time.
pub fn utf16_decode<H: DecodeErrors>(
    bytes: &[u8],
    order: &mut ByteOrder,
    last: bool,
    errors: &mut H,
) -> Decoded<H::Error> {
    let mut at = 0;
    if *order == ByteOrder::Mark && bytes.len() >= 2 {
        match bytes[..2] {
            [0xff, 0xfe] => (*order, at) = (ByteOrder::Little, 2),
            [0xfe, 0xff] => (*order, at) = (ByteOrder::Big, 2),
            _ => {}
        }
    }
    let big = *order == ByteOrder::Big;
    // Without a mark, too, the exception names the order that was taken.
    let encoding = name(if big { ByteOrder::Big } else { ByteOrder::Little });
    let unit = |i: usize| match bytes.get(i..i + 2) {
        Some(&[a, b]) => {
            Some(u32::from(if big { u16::from_be_bytes([a, b]) } else { u16::from_le_bytes([a, b]) }))
        }
        _ => None,
    };
    let mut out = Builder::with_capacity(bytes.len() / 2);
    while at < bytes.len() {
        let (end, reason) = match (unit(at), unit(at + 2)) {
            (Some(code), _) if !is_surrogate(code) => {
                out.push(code);
                at += 2;
                continue;
            }
            (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                out.push(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
                at += 4;
                continue;
            }
            (Some(0xd800..=0xdbff), None) | (None, _) if !last => break,
            (Some(0xd800..=0xdbff), Some(_)) => (at + 2, "illegal UTF-16 surrogate"),
            (Some(0xd800..=0xdbff), None) => (bytes.len(), "unexpected end of data"),
            (Some(_), _) => (at + 2, "illegal encoding"),
            (None, _) => (bytes.len(), "truncated data"),
        };
        let (text, next) = errors.handle(&Fault { encoding, start: at, end, reason })?;
        out.push_view(text.view());
        at = next;
    }
    Ok((out.finish(), at))
}

/// Encode UTF-16; a byte order mark is written where `order` is [`ByteOrder::Mark`].
pub fn utf16_encode<H: EncodeErrors>(
    text: View<'_>,
    order: ByteOrder,
    errors: &mut H,
) -> Result<Vec<u8>, H::Error> {
    let mut out = Vec::with_capacity(2 * text.len() + 2);
    let push = |out: &mut Vec<u8>, unit: u32| {
        let unit = unit as u16;
        out.extend(if order == ByteOrder::Big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    };
    if order == ByteOrder::Mark {
        push(&mut out, 0xfeff);
    }
    let mut at = 0;
    while at < text.len() {
        let code = text.at(at);
        if !is_surrogate(code) {
            if code > 0xffff {
                push(&mut out, 0xd800 + ((code - 0x10000) >> 10));
                push(&mut out, 0xdc00 + (code & 0x3ff));
            } else {
                push(&mut out, code);
            }
            at += 1;
            continue;
        }
        let fault = Fault { encoding: name(order), start: at, end: at + 1, reason: "surrogates not allowed" };
        let (replacement, next) = errors.handle(&fault)?;
        match replacement {
            Replacement::Bytes(bytes) if bytes.len() % 2 == 0 => out.extend(bytes),
            Replacement::Text(text) if text.view().is_ascii() => {
                text.iter_chars().for_each(|code| push(&mut out, code));
            }
            _ => return Err(errors.raise(&fault)),
        }
        at = next;
    }
    Ok(out)
}
