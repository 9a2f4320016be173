//! Full case mappings, one character to up to three, and the one rule of context that Python knows: the final sigma.

use super::predicates::{Class, row};
use super::table::{SEQUENCE, SEQUENCES};
use crate::builder::Builder;
use crate::chars::{Chars, Text};

const CAPITAL_SIGMA: u32 = 0x3a3;
const SMALL_SIGMA: u32 = 0x3c3;
const FINAL_SIGMA: u32 = 0x3c2;

/// Which mapping; the place in `Row::cases`.
#[derive(Clone, Copy)]
enum Case {
    Upper,
    Lower,
    Title,
    Fold,
}

fn push(out: &mut Builder, code: u32, case: Case) {
    let mapping = row(code).cases[case as usize];
    if mapping == 0 {
        out.push(code);
    } else if mapping & SEQUENCE != 0 && mapping > 0 {
        let start = (mapping & !SEQUENCE) as usize * 3;
        SEQUENCES[start..start + 3].iter().filter(|&&c| c != 0).for_each(|&c| out.push(c));
    } else {
        out.push(code.wrapping_add_signed(mapping));
    }
}

/// Lower case of the character at `i`, which needs its neighbours where it is a capital sigma.
fn push_lower(out: &mut Builder, text: &impl Chars, i: usize) {
    match text.at(i) {
        CAPITAL_SIGMA => out.push(lower_sigma(text, i)),
        code => push(out, code, Case::Lower),
    }
}

/// A final sigma follows a cased letter and precedes none, characters that have no say in case not counted.
fn lower_sigma(text: &impl Chars, i: usize) -> u32 {
    let cased = |mut around: &mut dyn Iterator<Item = usize>| {
        let class =
            (&mut around).map(|j| Class::of(text.at(j))).find(|class| !class.has(Class::CASE_IGNORABLE));
        class.is_some_and(|class| class.has(Class::CASED))
    };
    let is_final = cased(&mut (0..i).rev()) && !cased(&mut (i + 1..text.len()));
    if is_final { FINAL_SIGMA } else { SMALL_SIGMA }
}

/// The bytes of a text that is ASCII, where no table is needed.
fn ascii(text: &impl Chars) -> Option<&[u8]> {
    text.latin1().filter(|bytes| bytes.is_ascii())
}

fn map(text: &impl Chars, case: Case) -> Text {
    let mut out = Builder::with_capacity(text.len());
    text.iter_chars().for_each(|c| push(&mut out, c, case));
    out.finish()
}

/// `str.upper`
pub fn upper(text: &impl Chars) -> Text {
    match ascii(text) {
        Some(bytes) => Text::Latin1(bytes.to_ascii_uppercase()),
        None => map(text, Case::Upper),
    }
}

/// `str.casefold`
pub fn casefold(text: &impl Chars) -> Text {
    match ascii(text) {
        Some(bytes) => Text::Latin1(bytes.to_ascii_lowercase()),
        None => map(text, Case::Fold),
    }
}

/// `str.lower`
pub fn lower(text: &impl Chars) -> Text {
    if let Some(bytes) = ascii(text) {
        return Text::Latin1(bytes.to_ascii_lowercase());
    }
    let mut out = Builder::with_capacity(text.len());
    (0..text.len()).for_each(|i| push_lower(&mut out, text, i));
    out.finish()
}

/// `str.capitalize`
pub fn capitalize(text: &impl Chars) -> Text {
    let mut out = Builder::with_capacity(text.len());
    for i in 0..text.len() {
        match i {
            0 => push(&mut out, text.at(0), Case::Title),
            _ => push_lower(&mut out, text, i),
        }
    }
    out.finish()
}

/// `str.title`
pub fn title(text: &impl Chars) -> Text {
    let mut out = Builder::with_capacity(text.len());
    let mut after_cased = false;
    for i in 0..text.len() {
        match after_cased {
            true => push_lower(&mut out, text, i),
            false => push(&mut out, text.at(i), Case::Title),
        }
        after_cased = Class::of(text.at(i)).has(Class::LOWER.or(Class::UPPER).or(Class::TITLE));
    }
    out.finish()
}

/// `str.swapcase`
pub fn swapcase(text: &impl Chars) -> Text {
    let mut out = Builder::with_capacity(text.len());
    for i in 0..text.len() {
        let code = text.at(i);
        match Class::of(code) {
            class if class.has(Class::UPPER) => push_lower(&mut out, text, i),
            class if class.has(Class::LOWER) => push(&mut out, code, Case::Upper),
            _ => out.push(code),
        }
    }
    out.finish()
}

fn simple(code: u32, case: Case) -> u32 {
    let mapping = row(code).cases[case as usize];
    if mapping > 0 && mapping & SEQUENCE != 0 { code } else { code.wrapping_add_signed(mapping) }
}

/// The lower case of a character as one character, as regular expressions want it.
pub fn simple_lower(code: u32) -> u32 {
    // The only one whose lower case has a form of one character and another of several.
    if code == 0x130 { 0x69 } else { simple(code, Case::Lower) }
}

/// The upper case of a character as one character; itself where there is none.
pub fn simple_upper(code: u32) -> u32 {
    match code {
        // Greek with iota subscript: the simple mapping is the title case letter.
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => code + 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => code + 9,
        _ => simple(code, Case::Upper),
    }
}
