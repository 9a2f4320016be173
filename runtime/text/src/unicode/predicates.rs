//! The questions that `str.isalpha` and its like ask, of characters and of whole strings.

use super::table::{CLASSES, Row};
use crate::chars::Chars;

/// What a character is; a set of bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Class(u16);

// The order is that of `data/generate.py`.
impl Class {
    /// A letter.
    pub const ALPHA: Class = Class(1);
    /// A decimal digit.
    pub const DECIMAL: Class = Class(1 << 1);
    /// A digit, superscripts and the like included.
    pub const DIGIT: Class = Class(1 << 2);
    /// Stands for a number.
    pub const NUMERIC: Class = Class(1 << 3);
    /// Lower case.
    pub const LOWER: Class = Class(1 << 4);
    /// Upper case.
    pub const UPPER: Class = Class(1 << 5);
    /// Title case.
    pub const TITLE: Class = Class(1 << 6);
    /// May begin an identifier (`_` included).
    pub const XID_START: Class = Class(1 << 7);
    /// May go on in an identifier.
    pub const XID_CONTINUE: Class = Class(1 << 8);
    /// Shown as it is by `repr`.
    pub const PRINTABLE: Class = Class(1 << 9);
    /// White space.
    pub const SPACE: Class = Class(1 << 10);
    /// Has case, for the rule of the final sigma.
    pub const CASED: Class = Class(1 << 11);
    /// Passed over by the rule of the final sigma.
    pub const CASE_IGNORABLE: Class = Class(1 << 12);

    /// The class of `code`.
    #[inline]
    pub fn of(code: u32) -> Class {
        Class(row(code).flags)
    }

    /// Whether any of the bits of `which` is set.
    #[inline]
    pub fn has(self, which: Class) -> bool {
        self.0 & which.0 != 0
    }

    /// All bits of both.
    pub const fn or(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }
}

#[inline]
pub(super) fn row(code: u32) -> &'static Row {
    CLASSES.get(code)
}

/// Whether there are characters and all are of one of the kinds in `which`.
fn all(text: &impl Chars, which: Class) -> bool {
    !text.is_empty() && text.iter_chars().all(|c| Class::of(c).has(which))
}

/// `str.isalpha`
pub fn is_alpha(text: &impl Chars) -> bool {
    all(text, Class::ALPHA)
}

/// `str.isdecimal`
pub fn is_decimal(text: &impl Chars) -> bool {
    all(text, Class::DECIMAL)
}

/// `str.isdigit`
pub fn is_digit(text: &impl Chars) -> bool {
    all(text, Class::DIGIT)
}

/// `str.isnumeric`
pub fn is_numeric(text: &impl Chars) -> bool {
    all(text, Class::NUMERIC)
}

/// `str.isalnum`
pub fn is_alnum(text: &impl Chars) -> bool {
    all(text, Class::ALPHA.or(Class::DECIMAL).or(Class::DIGIT).or(Class::NUMERIC))
}

/// `str.isspace`
pub fn is_space(text: &impl Chars) -> bool {
    all(text, Class::SPACE)
}

/// `str.isprintable`; true of the empty string.
pub fn is_printable(text: &impl Chars) -> bool {
    text.is_empty() || all(text, Class::PRINTABLE)
}

/// `str.isidentifier`
pub fn is_identifier(text: &impl Chars) -> bool {
    let mut chars = text.iter_chars();
    chars.next().is_some_and(|c| Class::of(c).has(Class::XID_START))
        && chars.all(|c| Class::of(c).has(Class::XID_CONTINUE))
}

/// `str.islower`
pub fn is_lower(text: &impl Chars) -> bool {
    only(text, Class::LOWER, Class::UPPER.or(Class::TITLE))
}

/// `str.isupper`
pub fn is_upper(text: &impl Chars) -> bool {
    only(text, Class::UPPER, Class::LOWER.or(Class::TITLE))
}

/// Some characters of the one kind and none of the other.
fn only(text: &impl Chars, wanted: Class, unwanted: Class) -> bool {
    let mut found = false;
    for class in text.iter_chars().map(Class::of) {
        if class.has(unwanted) {
            return false;
        }
        found |= class.has(wanted);
    }
    found
}

/// `str.istitle`
pub fn is_title(text: &impl Chars) -> bool {
    let (mut found, mut after_cased) = (false, false);
    for class in text.iter_chars().map(Class::of) {
        if class.has(Class::UPPER.or(Class::TITLE)) {
            if after_cased {
                return false;
            }
            (found, after_cased) = (true, true);
        } else if class.has(Class::LOWER) {
            if !after_cased {
                return false;
            }
            found = true;
        } else {
            after_cased = false;
        }
    }
    found
}

/// Where `str.splitlines` ends a line.
#[inline]
pub fn is_line_break(code: u32) -> bool {
    matches!(code, 0x0a..=0x0d | 0x1c..=0x1e | 0x85 | 0x2028 | 0x2029)
}

/// What `bytes` takes for white space.
#[inline]
pub fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b' ' | 0x09..=0x0d)
}

/// What `int()` and `float()` make of a string before they read it: digits of all scripts and white space become
/// ASCII, and the first character that is neither ASCII nor one of these becomes `?` and ends it.
pub fn to_ascii_digits(text: &impl Chars) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.iter_chars() {
        match c {
            0..=0x7f => out.push(c as u8),
            _ if Class::of(c).has(Class::SPACE) => out.push(b' '),
            _ if Class::of(c).has(Class::DECIMAL) => out.push(b'0' + row(c).decimal),
            _ => {
                out.push(b'?');
                break;
            }
        }
    }
    out
}
