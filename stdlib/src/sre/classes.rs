//! What regular expressions ask of characters.

use text::unicode::{Class, is_ascii_space, is_line_break};
use text::unicode::{simple_lower, simple_upper};

use super::opcode::category as cat;

/// Whose upper and lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// The letters of ASCII.
    Ascii,
    /// All letters.
    Unicode,
}

impl Case {
    /// The lower case of a character, if that is one character.
    #[inline]
    pub fn lower(self, code: u32) -> u32 {
        match self {
            _ if code < 128 => u32::from((code as u8).to_ascii_lowercase()),
            Self::Ascii => code,
            Self::Unicode => simple_lower(code),
        }
    }

    /// The upper case of a character, if that is one character.
    #[inline]
    pub fn upper(self, code: u32) -> u32 {
        match self {
            _ if code < 128 => u32::from((code as u8).to_ascii_uppercase()),
            Self::Ascii => code,
            Self::Unicode => simple_upper(code),
        }
    }

    /// [`lower`](Self::lower) as a function.
    pub fn lower_function(self) -> impl Fn(u32) -> u32 {
        move |code| self.lower(code)
    }
}

/// A letter, digit or underscore of ASCII.
#[inline]
pub fn is_word(code: u32) -> bool {
    code < 128 && ((code as u8).is_ascii_alphanumeric() || code == u32::from(b'_'))
}

/// A letter, digit or underscore.
#[inline]
pub fn is_unicode_word(code: u32) -> bool {
    if code < 128 {
        is_word(code)
    } else {
        Class::of(code).has(Class::ALPHA.or(Class::DECIMAL).or(Class::DIGIT).or(Class::NUMERIC))
    }
}

fn is_space(code: u32) -> bool {
    code < 128 && is_ascii_space(code as u8)
}

fn is_digit(code: u32) -> bool {
    (u32::from(b'0')..=u32::from(b'9')).contains(&code)
}

fn is_unicode_space(code: u32) -> bool {
    Class::of(code).has(Class::SPACE)
}

fn is_unicode_digit(code: u32) -> bool {
    if code < 128 { is_digit(code) } else { Class::of(code).has(Class::DECIMAL) }
}

fn is_newline(code: u32) -> bool {
    code == u32::from(b'\n')
}

/// Whether a character belongs to a category.
#[inline]
pub fn category(category: u32, code: u32) -> bool {
    match category {
        cat::DIGIT => is_digit(code),
        cat::NOT_DIGIT => !is_digit(code),
        cat::SPACE => is_space(code),
        cat::NOT_SPACE => !is_space(code),
        cat::WORD | cat::LOC_WORD => is_word(code),
        cat::NOT_WORD | cat::LOC_NOT_WORD => !is_word(code),
        cat::LINEBREAK => is_newline(code),
        cat::NOT_LINEBREAK => !is_newline(code),
        cat::UNI_DIGIT => is_unicode_digit(code),
        cat::UNI_NOT_DIGIT => !is_unicode_digit(code),
        cat::UNI_SPACE => is_unicode_space(code),
        cat::UNI_NOT_SPACE => !is_unicode_space(code),
        cat::UNI_WORD => is_unicode_word(code),
        cat::UNI_NOT_WORD => !is_unicode_word(code),
        cat::UNI_LINEBREAK => is_line_break(code),
        cat::UNI_NOT_LINEBREAK => !is_line_break(code),
        _ => false,
    }
}
