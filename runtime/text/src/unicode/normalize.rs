//! The four normal forms (UAX #15), on code points, so that lone surrogates pass through.

use super::database::Record;
use super::table;
use crate::builder::Builder;
use crate::chars::{Chars, Text};

/// A normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Canonical composition.
    Nfc,
    /// Canonical decomposition.
    Nfd,
    /// Compatibility composition.
    Nfkc,
    /// Compatibility decomposition.
    Nfkd,
}

impl Form {
    /// The form called `name`, as in `"NFC"`.
    pub fn from_name(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::Nfc,
            "NFD" => Form::Nfd,
            "NFKC" => Form::Nfkc,
            "NFKD" => Form::Nfkd,
            _ => return None,
        })
    }

    fn compatibility(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }

    fn composed(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }
}

const S_BASE: u32 = 0xac00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11a7;
const L_COUNT: u32 = 19;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;

/// The letters of a Hangul syllable, and how many there are.
pub(super) fn hangul_parts(code: u32) -> Option<([u32; 3], usize)> {
    let index = code.checked_sub(S_BASE).filter(|&index| index < L_COUNT * V_COUNT * T_COUNT)?;
    let tail = index % T_COUNT;
    let parts =
        [L_BASE + index / (V_COUNT * T_COUNT), V_BASE + index % (V_COUNT * T_COUNT) / T_COUNT, T_BASE + tail];
    Some((parts, if tail == 0 { 2 } else { 3 }))
}

fn compose(first: u32, second: u32) -> Option<u32> {
    if (L_BASE..L_BASE + L_COUNT).contains(&first) && (V_BASE..V_BASE + V_COUNT).contains(&second) {
        return Some(S_BASE + ((first - L_BASE) * V_COUNT + (second - V_BASE)) * T_COUNT);
    }
    let open = first.checked_sub(S_BASE).is_some_and(|i| i < L_COUNT * V_COUNT * T_COUNT && i % T_COUNT == 0);
    if open && (T_BASE + 1..T_BASE + T_COUNT).contains(&second) {
        return Some(first + (second - T_BASE));
    }
    table::composition(first, second)
}

/// Whether a look at each character is enough to see that `text` is in `form`.
fn quick_check(text: &impl Chars, form: Form) -> bool {
    let bit = 1 << form as u8;
    let mut last = 0;
    text.iter_chars().all(|c| {
        if c < 0x80 {
            last = 0;
            return true;
        }
        let record = Record::of(c);
        let ordered = record.combining == 0 || record.combining >= last;
        last = record.combining;
        ordered && record.quick & bit == 0
    })
}

/// `unicodedata.normalize`
pub fn normalize(text: &impl Chars, form: Form) -> Text {
    let mut out = Builder::with_capacity(text.len());
    if quick_check(text, form) {
        out.push_chars(text);
        return out.finish();
    }
    normalize_with(text.iter_chars(), form, &|code| table::decomposition(code))
}

/// Tag and code points of a character's decomposition.
pub(super) type Decompose<'a> = &'a dyn Fn(u32) -> Option<(u8, &'static [u32])>;

/// Normalize with the decompositions that `decompose` knows.
pub(super) fn normalize_with(text: impl Iterator<Item = u32>, form: Form, decompose: Decompose<'_>) -> Text {
    let mut codes: Vec<(u32, u8)> = Vec::new();
    let mut pending = Vec::new();
    for c in text {
        pending.push(c);
        // Decompositions nest at most a few levels; the stack is for their parts.
        while let Some(code) = pending.pop() {
            if let Some((parts, count)) = hangul_parts(code) {
                codes.extend(parts[..count].iter().map(|&part| (part, 0)));
                continue;
            }
            match decompose(code) {
                Some((tag, parts)) if tag == 0 || form.compatibility() => pending.extend(parts.iter().rev()),
                _ => codes.push((code, Record::of(code).combining)),
            }
        }
    }
    reorder(&mut codes);
    if form.composed() {
        recompose(&mut codes);
    }
    let mut out = Builder::with_capacity(codes.len());
    codes.iter().for_each(|&(code, _)| out.push(code));
    out.finish()
}

/// Sort each run of combining characters by class, keeping the order of equals.
fn reorder(codes: &mut [(u32, u8)]) {
    for run in codes.chunk_by_mut(|_, next| next.1 != 0) {
        let first = run.iter().take_while(|code| code.1 == 0).count();
        run[first..].sort_by_key(|code| code.1);
    }
}

/// Join what has a primary composite, in place.
fn recompose(codes: &mut Vec<(u32, u8)>) {
    let mut starter: Option<usize> = None;
    let mut kept = 0;
    for i in 0..codes.len() {
        let (code, class) = codes[i];
        if let Some(s) = starter {
            // Blocked by a character between that is a starter or of the same or a higher class.
            let last = if kept > s + 1 { Some(codes[kept - 1].1) } else { None };
            let blocked = last.is_some_and(|last| last == 0 || last >= class);
            if !blocked && let Some(joined) = compose(codes[s].0, code) {
                codes[s].0 = joined;
                continue;
            }
        }
        if class == 0 {
            starter = Some(kept);
        }
        codes[kept] = (code, class);
        kept += 1;
    }
    codes.truncate(kept);
}

/// `unicodedata.is_normalized`
pub fn is_normalized(text: &impl Chars, form: Form) -> bool {
    quick_check(text, form) || normalize(text, form).iter_chars().eq(text.iter_chars())
}
