//! Methods of `str` about letters: case, and the questions that begin with `is`; and what is left over.

use memory::{Object, Value};
use text::Text;
use threads::{Context, Thread};

use super::{Kind, Str, StrExt, Writer};
use crate::class::Payload;
use crate::error::Result;
use crate::native;

/// A new str, unless it would be empty or of one character, which are there already.
fn made(thread: &Context, text: &Text) -> Result<Value> {
    Str::from_text(thread, text)
}

/// A str of as many characters below 128.
fn ascii_mapped(thread: &Context, ascii: &str, change: impl Fn(u8) -> u8) -> Result<Value> {
    match *ascii.as_bytes() {
        [] => return Str::empty(thread),
        [byte] => return Str::from_ascii(thread, &[change(byte)]),
        _ => {}
    }
    let mut writer = Writer::new(thread, Kind::Ascii, ascii.len())?;
    writer.push_ascii(ascii, change);
    Ok(writer.finish())
}

#[native::methods(Str, name = "str")]
pub(in crate::types) mod letters {
    use super::*;
    use text::unicode;

    /// Return a capitalized version of the string.
    ///
    /// More specifically, make the first character have upper case and the rest lower
    /// case.
    pub fn capitalize(th: &mut Thread, text: &Object<Str>) -> Result<Value> {
        made(th, &unicode::capitalize(&text.view()))
    }

    /// Return a version of the string suitable for caseless comparisons.
    pub fn casefold(th: &mut Thread, text: &Object<Str>) -> Result<Value> {
        made(th, &unicode::casefold(&text.view()))
    }

    /// Return a version of the string where each word is titlecased.
    ///
    /// More specifically, words start with uppercased characters and all remaining
    /// cased characters have lower case.
    pub fn title(th: &mut Thread, text: &Object<Str>) -> Result<Value> {
        made(th, &unicode::title(&text.view()))
    }

    /// Return a copy of the string converted to lowercase.
    pub fn lower(th: &mut Thread, text: &Object<Str>) -> Result<Value> {
        if let Some(ascii) = text.as_ascii() {
            return ascii_mapped(th, ascii, |byte| byte.to_ascii_lowercase());
        }
        made(th, &unicode::lower(&text.view()))
    }

    /// Convert uppercase characters to lowercase and lowercase characters to uppercase.
    pub fn swapcase(th: &mut Thread, text: &Object<Str>) -> Result<Value> {
        made(th, &unicode::swapcase(&text.view()))
    }

    /// Return a copy of the string converted to uppercase.
    pub fn upper(th: &mut Thread, text: &Object<Str>) -> Result<Value> {
        if let Some(ascii) = text.as_ascii() {
            return ascii_mapped(th, ascii, |byte| byte.to_ascii_uppercase());
        }
        made(th, &unicode::upper(&text.view()))
    }

    /// Return True if all characters in the string are ASCII, False otherwise.
    ///
    /// ASCII characters have code points in the range U+0000-U+007F.
    /// Empty string is ASCII too.
    pub fn isascii(text: &Object<Str>) -> bool {
        text.is_ascii()
    }

    /// Return True if the string is a lowercase string, False otherwise.
    ///
    /// A string is lowercase if all cased characters in the string are lowercase and
    /// there is at least one cased character in the string.
    pub fn islower(text: &Object<Str>) -> bool {
        unicode::is_lower(&text.view())
    }

    /// Return True if the string is an uppercase string, False otherwise.
    ///
    /// A string is uppercase if all cased characters in the string are uppercase and
    /// there is at least one cased character in the string.
    pub fn isupper(text: &Object<Str>) -> bool {
        unicode::is_upper(&text.view())
    }

    /// Return True if the string is a title-cased string, False otherwise.
    ///
    /// In a title-cased string, upper- and title-case characters may only
    /// follow uncased characters and lowercase characters only cased ones.
    pub fn istitle(text: &Object<Str>) -> bool {
        unicode::is_title(&text.view())
    }

    /// Return True if the string is a whitespace string, False otherwise.
    ///
    /// A string is whitespace if all characters in the string are whitespace and there
    /// is at least one character in the string.
    pub fn isspace(text: &Object<Str>) -> bool {
        unicode::is_space(&text.view())
    }

    /// Return True if the string is a decimal string, False otherwise.
    ///
    /// A string is a decimal string if all characters in the string are decimal and
    /// there is at least one character in the string.
    pub fn isdecimal(text: &Object<Str>) -> bool {
        unicode::is_decimal(&text.view())
    }

    /// Return True if the string is a digit string, False otherwise.
    ///
    /// A string is a digit string if all characters in the string are digits and there
    /// is at least one character in the string.
    pub fn isdigit(text: &Object<Str>) -> bool {
        unicode::is_digit(&text.view())
    }

    /// Return True if the string is a numeric string, False otherwise.
    ///
    /// A string is numeric if all characters in the string are numeric and there is at
    /// least one character in the string.
    pub fn isnumeric(text: &Object<Str>) -> bool {
        unicode::is_numeric(&text.view())
    }

    /// Return True if the string is an alphabetic string, False otherwise.
    ///
    /// A string is alphabetic if all characters in the string are alphabetic and there
    /// is at least one character in the string.
    pub fn isalpha(text: &Object<Str>) -> bool {
        unicode::is_alpha(&text.view())
    }

    /// Return True if the string is an alpha-numeric string, False otherwise.
    ///
    /// A string is alpha-numeric if all characters in the string are alpha-numeric and
    /// there is at least one character in the string.
    pub fn isalnum(text: &Object<Str>) -> bool {
        unicode::is_alnum(&text.view())
    }

    /// Return True if the string is a valid Python identifier, False otherwise.
    ///
    /// Call keyword.iskeyword(s) to test whether string s is a reserved identifier,
    /// such as "def" or "class".
    pub fn isidentifier(text: &Object<Str>) -> bool {
        unicode::is_identifier(&text.view())
    }

    /// Return True if all characters in the string are printable, False otherwise.
    ///
    /// A character is printable if repr() may use it in its output.
    pub fn isprintable(text: &Object<Str>) -> bool {
        unicode::is_printable(&text.view())
    }

    /// Return the size of the string in memory, in bytes.
    pub fn __sizeof__(text: &Object<Str>) -> usize {
        std::mem::size_of::<Object<Str>>() + <Str as crate::class::Payload>::tail_bytes(text)
    }

    /// Return the arguments with which copies are made.
    pub fn __getnewargs__(th: &mut Thread, text: &Object<Str>) -> Result<Value> {
        // A copy, as the one who makes it expects.
        let copy = Str::of_class(th, Str::def().object(), text)?;
        crate::types::Tuple::of_array(th, [copy])
    }
}
