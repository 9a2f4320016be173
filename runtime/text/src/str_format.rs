//! `"{0.name[key]!r:spec}".format(…)`: taking a format apart, without looking anything up.
//!
//! [`Fields`] yields literal text and replacement fields; [`split_name`] takes the name of a field apart. What is wrong
//! in a name is told when it is reached, for what stands before it is looked up first.

use crate::chars::Chars;
use crate::error::{Error, Result};
use crate::unicode::database::decimal;
use std::ops::Range;

/// How deep specifications may nest in fields: `{:{}}`, and no deeper.
pub const MAX_NESTING: usize = 2;

/// A replacement field; the ranges are of the format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What is to be formatted.
    pub name: Range<usize>,
    /// The character after `!`.
    pub conversion: Option<u32>,
    /// The specification.
    pub spec: Range<usize>,
    /// Whether the specification has fields of its own.
    pub nested: bool,
}

/// Literal text, perhaps empty, and the field that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Text as it is; a brace that was doubled is the last character of a literal.
    pub literal: Range<usize>,
    /// The field.
    pub field: Option<Field>,
}

/// The literals and fields of a format.
#[derive(Clone, Debug)]
pub struct Fields<'a, C: ?Sized> {
    text: &'a C,
    at: usize,
    end: usize,
}

const OPEN: u32 = b'{' as u32;
const CLOSE: u32 = b'}' as u32;
const LEFT: u32 = b'[' as u32;
const RIGHT: u32 = b']' as u32;
const DOT: u32 = b'.' as u32;

impl<'a, C: Chars + ?Sized> Fields<'a, C> {
    /// Those of `range` in `text`: all of it, or a specification.
    pub fn new(text: &'a C, range: Range<usize>) -> Self {
        Fields { text, at: range.start, end: range.end }
    }

    fn item(&mut self) -> Result<Item> {
        let start = self.at;
        let brace = (start..self.end).find(|&i| matches!(self.text.at(i), OPEN | CLOSE));
        let Some(brace) = brace else {
            self.at = self.end;
            return Ok(Item { literal: start..self.end, field: None });
        };
        self.at = brace + 1;
        let code = self.text.at(brace);
        let next = (self.at < self.end).then(|| self.text.at(self.at));
        if next == Some(code) {
            self.at += 1;
            return Ok(Item { literal: start..brace + 1, field: None });
        }
        if code == CLOSE {
            return Err(Error::value("Single '}' encountered in format string"));
        }
        if next.is_none() {
            return Err(Error::value("Single '{' encountered in format string"));
        }
        Ok(Item { literal: start..brace, field: Some(self.field()?) })
    }

    /// The next code point, and go on.
    fn take(&mut self) -> Option<u32> {
        let code = (self.at < self.end).then(|| self.text.at(self.at))?;
        self.at += 1;
        Some(code)
    }

    fn field(&mut self) -> Result<Field> {
        let unclosed = || Error::value("expected '}' before end of string");
        let start = self.at;
        let ending = loop {
            match self.take().ok_or_else(unclosed)? {
                OPEN => return Err(Error::value("unexpected '{' in field name")),
                // Anything may stand between brackets.
                LEFT => {
                    while self.at < self.end && self.text.at(self.at) != RIGHT {
                        self.at += 1;
                    }
                }
                code if code == CLOSE || code == ':'.into() || code == '!'.into() => break code,
                _ => {}
            }
        };
        let mut field =
            Field { name: start..self.at - 1, conversion: None, spec: self.at..self.at, nested: false };
        if ending == CLOSE {
            return Ok(field);
        }
        if ending == '!'.into() {
            let missing = || Error::value("end of string while looking for conversion specifier");
            field.conversion = Some(self.take().ok_or_else(missing)?);
            match self.take() {
                Some(CLOSE) => {
                    field.spec = self.at..self.at;
                    return Ok(field);
                }
                Some(code) if code != ':'.into() => {
                    return Err(Error::value("expected ':' after conversion specifier"));
                }
                _ => {}
            }
        }
        let start = self.at;
        let mut depth = 1;
        while let Some(code) = self.take() {
            match code {
                OPEN => {
                    field.nested = true;
                    depth += 1;
                }
                CLOSE => {
                    depth -= 1;
                    if depth == 0 {
                        field.spec = start..self.at - 1;
                        return Ok(field);
                    }
                }
                _ => {}
            }
        }
        Err(Error::value("unmatched '{' in format spec"))
    }
}

impl<C: Chars + ?Sized> Iterator for Fields<'_, C> {
    type Item = Result<Item>;

    fn next(&mut self) -> Option<Result<Item>> {
        if self.at >= self.end {
            return None;
        }
        let item = self.item();
        if item.is_err() {
            self.at = self.end;
        }
        Some(item)
    }
}

/// Whether fields have numbers or are numbered as they come; not both in one format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbering {
    /// No field has said yet.
    #[default]
    Unknown,
    /// As they come; the next one's number.
    Automatic(usize),
    /// They say it themselves.
    Manual,
}

/// What a name begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// A positional argument.
    Index(usize),
    /// A keyword argument.
    Name(Range<usize>),
}

/// A step from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// `.name`
    Attribute(Range<usize>),
    /// `[0]`
    Index(usize),
    /// `[name]`
    Key(Range<usize>),
}

/// The steps of a name.
#[derive(Clone, Debug)]
pub struct Path<'a, C: ?Sized> {
    text: &'a C,
    at: usize,
    end: usize,
}

/// The number that `range` is, where it is one.
fn index(text: &(impl Chars + ?Sized), range: Range<usize>) -> Result<Option<usize>> {
    if range.is_empty() {
        return Ok(None);
    }
    let mut value = 0usize;
    for i in range {
        let Some(digit) = decimal(text.at(i)) else { return Ok(None) };
        let next = value.checked_mul(10).and_then(|value| value.checked_add(digit.into()));
        let next = next.filter(|&value| value <= isize::MAX as usize);
        value = next.ok_or_else(|| Error::value("Too many decimal digits in format string"))?;
    }
    Ok(Some(value))
}

/// Take the name of a field apart. Without `numbering` (as in `_string.formatter_field_name_split`) an empty name is
/// just that.
pub fn split_name<'a, C: Chars + ?Sized>(
    text: &'a C,
    range: Range<usize>,
    numbering: Option<&mut Numbering>,
) -> Result<(First, Path<'a, C>)> {
    let end = range.clone().find(|&i| matches!(text.at(i), DOT | LEFT)).unwrap_or(range.end);
    let path = Path { text, at: end, end: range.end };
    let name = range.start..end;
    let mut number = index(text, name.clone())?;
    if let Some(numbering) = numbering
        && (name.is_empty() || number.is_some())
    {
        match (*numbering, name.is_empty()) {
            (Numbering::Unknown, true) => {
                *numbering = Numbering::Automatic(1);
                number = Some(0);
            }
            (Numbering::Automatic(next), true) => {
                *numbering = Numbering::Automatic(next + 1);
                number = Some(next);
            }
            (Numbering::Unknown | Numbering::Manual, false) => *numbering = Numbering::Manual,
            (Numbering::Manual, true) => {
                return Err(Error::value(
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            }
            (Numbering::Automatic(_), false) => {
                return Err(Error::value(
                    "cannot switch from automatic field numbering to manual field specification",
                ));
            }
        }
    }
    Ok((number.map_or(First::Name(name), First::Index), path))
}

impl<C: Chars + ?Sized> Path<'_, C> {
    fn step(&mut self) -> Result<Access> {
        let kind = self.text.at(self.at);
        self.at += 1;
        let start = self.at;
        let rest = start..self.end;
        let access = match kind {
            DOT => {
                self.at = rest.clone().find(|&i| matches!(self.text.at(i), DOT | LEFT)).unwrap_or(self.end);
                Access::Attribute(start..self.at)
            }
            LEFT => {
                let missing = || Error::value("Missing ']' in format string");
                let close = rest.clone().find(|&i| self.text.at(i) == RIGHT).ok_or_else(missing)?;
                self.at = close + 1;
                match index(self.text, start..close)? {
                    Some(index) => Access::Index(index),
                    None => Access::Key(start..close),
                }
            }
            _ => return Err(Error::value("Only '.' or '[' may follow ']' in format field specifier")),
        };
        match &access {
            Access::Attribute(range) | Access::Key(range) if range.is_empty() => {
                Err(Error::value("Empty attribute in format string"))
            }
            _ => Ok(access),
        }
    }
}

impl<C: Chars + ?Sized> Iterator for Path<'_, C> {
    type Item = Result<Access>;

    fn next(&mut self) -> Option<Result<Access>> {
        if self.at >= self.end {
            return None;
        }
        let step = self.step();
        if step.is_err() {
            self.at = self.end;
        }
        Some(step)
    }
}

/// The error for a conversion that is none of `r`, `s` and `a`.
pub fn unknown_conversion(code: u32) -> Error {
    match char::from_u32(code) {
        Some(c) if (' '..'\x7f').contains(&c) && c != ' ' => {
            Error::value(format!("Unknown conversion specifier {c}"))
        }
        _ => Error::value(format!("Unknown conversion specifier \\x{code:x}")),
    }
}

/// The error for specifications within specifications within specifications.
pub fn too_deep() -> Error {
    Error::value("Max string recursion exceeded")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firsts(format: &str) -> Result<Vec<First>> {
        let (text, mut numbering) = (format.as_bytes(), Numbering::default());
        let mut out = Vec::new();
        for item in Fields::new(text, 0..text.len()) {
            if let Some(field) = item?.field {
                out.push(split_name(text, field.name, Some(&mut numbering))?.0);
            }
        }
        Ok(out)
    }

    #[test]
    fn fields_are_numbered_in_one_way() {
        assert_eq!(
            firsts("{}{a}{.b}{}"),
            Ok(vec![First::Index(0), First::Name(3..4), First::Index(1), First::Index(2)])
        );
        assert_eq!(firsts("{1}{0}"), Ok(vec![First::Index(1), First::Index(0)]));
        let error = |from, to| Err(Error::value(format!("cannot switch from {from} to {to}")));
        let (manual, automatic) = ("manual field specification", "automatic field numbering");
        assert_eq!(firsts("{1}{}"), error(manual, automatic));
        assert_eq!(firsts("{}{1}"), error(automatic, manual));
    }
}
