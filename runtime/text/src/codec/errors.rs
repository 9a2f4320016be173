//! The error handlers that have names.

use super::{DecodeErrors, EncodeErrors, Fault, Replacement, is_surrogate};
use crate::builder::Builder;
use crate::chars::{Chars, Text, View};
use crate::repr::push_numeric_escape;
use crate::unicode;

/// An error handler with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errors {
    /// `strict`
    Strict,
    /// `ignore`
    Ignore,
    /// `replace`
    Replace,
    /// `backslashreplace`
    BackslashReplace,
    /// `namereplace`
    NameReplace,
    /// `xmlcharrefreplace`
    XmlCharRefReplace,
    /// `surrogateescape`
    SurrogateEscape,
    /// `surrogatepass`
    SurrogatePass,
}

impl Errors {
    /// The handler called `name`.
    pub fn from_name(name: &str) -> Option<Errors> {
        Some(match name {
            "strict" => Errors::Strict,
            "ignore" => Errors::Ignore,
            "replace" => Errors::Replace,
            "backslashreplace" => Errors::BackslashReplace,
            "namereplace" => Errors::NameReplace,
            "xmlcharrefreplace" => Errors::XmlCharRefReplace,
            "surrogateescape" => Errors::SurrogateEscape,
            "surrogatepass" => Errors::SurrogatePass,
            _ => return None,
        })
    }
}

/// Bytes in a unit of the encoding, and whether the most significant comes first; what `surrogatepass` needs to know.
fn units(encoding: &str) -> Option<(usize, bool)> {
    let name: String = encoding.to_ascii_lowercase().replace('_', "-");
    let name = name.strip_prefix("cp").or(name.strip_prefix("utf")).unwrap_or("");
    match name.strip_prefix('-').unwrap_or(name) {
        "8" | "65001" => Some((1, false)),
        "16" | "16-le" | "16le" => Some((2, false)),
        "16-be" | "16be" => Some((2, true)),
        "32" | "32-le" | "32le" => Some((4, false)),
        "32-be" | "32be" => Some((4, true)),
        _ => None,
    }
}

/// What `errors` makes of a fault in `input`, and where decoding goes on; `None`: the exception is to be raised.
/// `encoding` is the name in the exception.
pub fn decode_replacement(
    errors: Errors,
    encoding: &str,
    input: &[u8],
    start: usize,
    end: usize,
) -> Option<(Text, usize)> {
    let mut out = Builder::new();
    match errors {
        Errors::Ignore => {}
        Errors::Replace => out.push(0xfffd),
        Errors::BackslashReplace => {
            input.get(start..end)?.iter().for_each(|&b| push_numeric_escape(&mut out, b.into()));
        }
        Errors::SurrogateEscape => {
            // ASCII is never escaped, and not more than one character can be at fault.
            let bytes = input.get(start..end)?.iter().take(4).take_while(|&&b| b >= 0x80);
            bytes.for_each(|&b| out.push(0xdc00 + u32::from(b)));
            let count = out.len();
            return (count > 0).then(|| (out.finish(), start + count));
        }
        Errors::SurrogatePass => {
            let (width, big) = units(encoding)?;
            let rest = input.get(start..)?;
            let (code, used) = match (width, rest) {
                (1, &[a @ 0xe0..=0xef, b @ 0x80..=0xbf, c @ 0x80..=0xbf, ..]) => {
                    (u32::from(a & 15) << 12 | u32::from(b & 63) << 6 | u32::from(c & 63), 3)
                }
                (2, &[a, b, ..]) => {
                    let unit = if big { u16::from_be_bytes([a, b]) } else { u16::from_le_bytes([a, b]) };
                    (unit.into(), 2)
                }
                (4, &[a, b, c, d, ..]) => {
                    let bytes = [a, b, c, d];
                    (if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }, 4)
                }
                _ => return None,
            };
            if !is_surrogate(code) {
                return None;
            }
            out.push(code);
            return Some((out.finish(), start + used));
        }
        Errors::Strict | Errors::NameReplace | Errors::XmlCharRefReplace => return None,
    }
    Some((out.finish(), end))
}

/// What `errors` makes of a fault in `input`, and where encoding goes on; `None`: the exception is to be raised.
pub fn encode_replacement(
    errors: Errors,
    encoding: &str,
    input: View<'_>,
    start: usize,
    end: usize,
) -> Option<(Replacement, usize)> {
    let end = end.min(input.len());
    let codes = (start.min(end)..end).map(|i| input.at(i));
    let mut out = Builder::new();
    match errors {
        Errors::Strict => return None,
        Errors::Ignore => {}
        Errors::Replace => out.push_repeated('?'.into(), codes.count()),
        Errors::BackslashReplace => codes.for_each(|code| push_numeric_escape(&mut out, code)),
        Errors::XmlCharRefReplace => codes.for_each(|code| out.push_str(&format!("&#{code};"))),
        Errors::NameReplace => codes.for_each(|code| match unicode::name(code) {
            Some(name) => out.push_str(&format!("\\N{{{name}}}")),
            None => push_numeric_escape(&mut out, code),
        }),
        Errors::SurrogateEscape => {
            let bytes: Option<Vec<u8>> =
                codes.map(|code| (0xdc80..=0xdcff).contains(&code).then_some(code as u8)).collect();
            return Some((Replacement::Bytes(bytes?), end));
        }
        Errors::SurrogatePass => {
            let (width, big) = units(encoding)?;
            let mut bytes = Vec::new();
            for code in codes {
                if !is_surrogate(code) {
                    return None;
                }
                match (width, big) {
                    (1, _) => bytes.extend([
                        0xe0 | (code >> 12) as u8,
                        0x80 | (code >> 6 & 63) as u8,
                        0x80 | (code & 63) as u8,
                    ]),
                    (2, false) => bytes.extend((code as u16).to_le_bytes()),
                    (2, true) => bytes.extend((code as u16).to_be_bytes()),
                    (_, false) => bytes.extend(code.to_le_bytes()),
                    (_, true) => bytes.extend(code.to_be_bytes()),
                }
            }
            return Some((Replacement::Bytes(bytes), end));
        }
    }
    Some((Replacement::Text(out.finish()), end))
}

/// A named handler at work on an input.
#[derive(Clone, Copy, Debug)]
pub struct Standard<I> {
    errors: Errors,
    input: I,
}

impl<I> Standard<I> {
    /// The handler `errors` for `input`, which is what is decoded (`&[u8]`) or encoded ([`View`]).
    pub fn new(errors: Errors, input: I) -> Self {
        Standard { errors, input }
    }
}

impl DecodeErrors for Standard<&[u8]> {
    type Error = Fault;

    fn handle(&mut self, fault: &Fault) -> Result<(Text, usize), Fault> {
        let replaced = decode_replacement(self.errors, fault.encoding, self.input, fault.start, fault.end);
        replaced.ok_or_else(|| fault.clone())
    }
}

impl EncodeErrors for Standard<View<'_>> {
    type Error = Fault;

    fn handle(&mut self, fault: &Fault) -> Result<(Replacement, usize), Fault> {
        let mut end = fault.end;
        if self.errors == Errors::SurrogateEscape && fault.encoding != "charmap" {
            // What comes before the first character that is no escaped byte is done; the fault then starts there.
            let codes = self.input.slice(fault.start..end);
            let escaped = codes.iter_chars().take_while(|code| (0xdc80..=0xdcff).contains(code)).count();
            if escaped > 0 {
                end = fault.start + escaped;
            }
        }
        let replaced = encode_replacement(self.errors, fault.encoding, self.input, fault.start, end);
        replaced.ok_or_else(|| fault.clone())
    }

    fn raise(&mut self, fault: &Fault) -> Fault {
        fault.clone()
    }
}
