//! Unicode 3.2, which `unicodedata.ucd_3_2_0` shows and IDNA is defined by.
//!
//! Its records have a table of their own. Everything else is that of today for characters that were assigned then,
//! but for a few corrections.

use super::database::{self, Record};
use super::normalize::{Form, normalize_with};
use super::table::{self, OLD_RECORDS};
use crate::chars::{Chars, Text};

/// The record of `code` as it was.
pub fn record(code: u32) -> &'static Record {
    OLD_RECORDS.get(code)
}

fn assigned(code: u32) -> bool {
    record(code).assigned()
}

/// The name that the character had then.
pub fn name(code: u32) -> Option<String> {
    if assigned(code) { super::name(code) } else { None }
}

/// The decomposition as it was written then.
pub fn decomposition(code: u32) -> String {
    if assigned(code) { database::decomposition(code) } else { String::new() }
}

/// The value of a decimal digit.
pub fn decimal(code: u32) -> Option<u8> {
    match code {
        0xb2 | 0xb3 => Some((code - 0xb0) as u8),
        0xb9 => Some(1),
        0x1369..=0x1371 => Some((code - 0x1368) as u8),
        0x2070 | 0x2074..=0x2079 => Some((code - 0x2070) as u8),
        0x2080..=0x2089 => Some((code - 0x2080) as u8),
        _ if assigned(code) => database::decimal(code),
        _ => None,
    }
}

/// The value of a digit; Python answers with today's.
pub fn digit(code: u32) -> Option<u8> {
    database::digit(code)
}

/// The number that a character stood for.
pub fn numeric(code: u32) -> Option<f64> {
    match code {
        0x9f4..=0x9f7 => Some(f64::from(code - 0x9f3)),
        0x5146 => Some(1e12),
        0x5793 => Some(1e20),
        0x9f8
        | 0x3405
        | 0x3483
        | 0x382a
        | 0x3b4d
        | 0x4e24
        | 0x4e96
        | 0x4ec0
        | 0x4ee8
        | 0x4fe9
        | 0x5006
        | 0x5344
        | 0x534c
        | 0x53c4
        | 0x5e7a
        | 0x5efe
        | 0x62d0
        | 0x6d1e
        | 0x6f06
        | 0x7695
        | 0x79ed
        | 0x8cb3
        | 0x920e
        | 0x94a9
        | 0x9621
        | 0xf96b
        | 0xf973
        | 0xf978
        | 0xf9b2
        | 0xf9d1
        | 0xf9d3
        | 0xf9fd
        | 0x10341
        | 0x1034a
        | 0x20000.. => None,
        _ if assigned(code) => database::numeric(code),
        _ => None,
    }
}

/// Normalization as it was.
pub fn normalize(text: &impl Chars, form: Form) -> Text {
    normalize_with(text.iter_chars(), form, &|code| match code {
        0x2f868 => Some((0, &[0x2136a])),
        0x2f874 => Some((0, &[0x5f33])),
        0x2f91f => Some((0, &[0x43ab])),
        0x2f95f => Some((0, &[0x7aae])),
        0x2f9bf => Some((0, &[0x4d57])),
        _ if assigned(code) => table::decomposition(code),
        _ => None,
    })
}

/// Whether `text` is what [`normalize`] makes of it.
pub fn is_normalized(text: &impl Chars, form: Form) -> bool {
    normalize(text, form).iter_chars().eq(text.iter_chars())
}
