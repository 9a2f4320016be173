//! Formatting with `%`, for str and bytes.
//!
//! Reading a format and fetching arguments take turns in Python: a missing key or a bad `*` is told before an error
//! further on in the format. So [`Format::next`] is given a [`Source`], which it asks on its way.

use crate::builder::Builder;
use crate::chars::{Chars, Text, View};
use crate::error::{Error, Result, room};
use crate::float::{self, Code, Style};
use crate::int::IntRef;
use std::ops::Range;

/// Where a format's `*` and keys come from.
pub trait Source {
    /// What goes wrong there; what goes wrong in the format becomes one of these.
    type Error: From<Error>;
    /// A key is about to be read: fail unless the arguments are a mapping.
    fn mapping(&mut self) -> std::result::Result<(), Self::Error>;
    /// Look up the key in `range` of the format; its value is what this conversion formats.
    fn key(&mut self, range: Range<usize>) -> std::result::Result<(), Self::Error>;
    /// The argument for a `*` that stands for the width (or else the precision).
    fn star(&mut self, width: bool) -> std::result::Result<i64, Self::Error>;
}

/// One conversion.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conversion {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A space.
    pub space: bool,
    /// `#`
    pub alternate: bool,
    /// `0`
    pub zero: bool,
    /// The least width.
    pub width: usize,
    /// The precision.
    pub precision: Option<usize>,
    /// The code point that says what to make of the argument; it may be anything.
    pub kind: u32,
    /// Where that stands in the format.
    pub index: usize,
}

/// A piece of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Literal(Range<usize>),
    /// An argument.
    Conversion(Conversion),
}

/// A format that is being read.
#[derive(Clone, Copy, Debug)]
pub struct Format<'a, C: ?Sized> {
    text: &'a C,
    at: usize,
    bytes: bool,
}

impl<'a, C: Chars + ?Sized> Format<'a, C> {
    /// Read `text`, which is of the type bytes or else str.
    pub fn new(text: &'a C, bytes: bool) -> Self {
        Format { text, at: 0, bytes }
    }

    fn peek(&self) -> Option<char> {
        if self.at >= self.text.len() {
            return None;
        }
        Some(char::from_u32(self.text.at(self.at)).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// The next piece; `None` at the end.
    pub fn next<S: Source>(&mut self, source: &mut S) -> std::result::Result<Option<Piece>, S::Error> {
        let (start, len) = (self.at, self.text.len());
        if let Some(latin1) = self.text.latin1() {
            self.at += latin1[start..].iter().position(|&b| b == b'%').unwrap_or(len - start);
        } else {
            while self.at < len && self.text.at(self.at) != '%'.into() {
                self.at += 1;
            }
        }
        if self.at > start {
            return Ok(Some(Piece::Literal(start..self.at)));
        }
        if start == len {
            return Ok(None);
        }
        self.at += 1;
        // Most often there is nothing but a letter.
        if let Some('s' | 'd' | 'r' | 'f' | 'x') = self.peek() {
            let found = Conversion { kind: self.text.at(self.at), index: self.at, ..Conversion::default() };
            self.at += 1;
            return Ok(Some(Piece::Conversion(found)));
        }
        if self.peek() == Some('%') {
            self.at += 1;
            return Ok(Some(Piece::Literal(start..start + 1)));
        }
        self.conversion(source).map(|conversion| Some(Piece::Conversion(conversion)))
    }

    fn conversion<S: Source>(&mut self, source: &mut S) -> std::result::Result<Conversion, S::Error> {
        let mut found = Conversion::default();
        if self.peek() == Some('(') {
            source.mapping()?;
            source.key(self.key()?)?;
        }
        while let Some(flag) = self.peek() {
            match flag {
                '-' => found.left = true,
                '+' => found.plus = true,
                ' ' => found.space = true,
                '#' => found.alternate = true,
                '0' => found.zero = true,
                _ => break,
            }
            self.at += 1;
        }
        if self.peek() == Some('*') {
            self.at += 1;
            let width = source.star(true)?;
            found.left |= width < 0;
            found.width = width.unsigned_abs() as usize;
        } else {
            found.width = self.number(isize::MAX as usize, "width too big")?.unwrap_or(0);
        }
        if self.peek() == Some('.') {
            self.at += 1;
            found.precision = Some(if self.peek() == Some('*') {
                self.at += 1;
                usize::try_from(source.star(false)?).unwrap_or(0)
            } else {
                let message = if self.bytes { "prec too big" } else { "precision too big" };
                self.number(i32::MAX as usize, message)?.unwrap_or(0)
            });
        }
        // Sizes of C's types are read and mean nothing.
        if let Some('h' | 'l' | 'L') = self.peek() {
            self.at += 1;
        }
        if self.at >= self.text.len() {
            return Err(Error::value("incomplete format").into());
        }
        (found.kind, found.index) = (self.text.at(self.at), self.at);
        self.at += 1;
        Ok(found)
    }

    /// A key in parentheses, which may hold balanced ones.
    fn key(&mut self) -> Result<Range<usize>> {
        let start = self.at + 1;
        let mut depth = 0;
        while let Some(c) = self.peek() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(start..self.at - 1);
            }
        }
        Err(Error::value("incomplete format key"))
    }

    fn number(&mut self, most: usize, message: &str) -> Result<Option<usize>> {
        let mut value: Option<usize> = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|value| value.checked_add(digit as usize));
            value = Some(next.filter(|&value| value <= most).ok_or_else(|| Error::value(message))?);
            self.at += 1;
        }
        Ok(value)
    }
}

impl Conversion {
    /// The letter, where it is ASCII; 0 where not.
    pub fn letter(&self) -> u8 {
        u8::try_from(self.kind).ok().filter(u8::is_ascii).unwrap_or(0)
    }

    /// The error where nothing is known of the letter; it is told after the argument has been fetched.
    pub fn unsupported(&self, bytes: bool) -> Error {
        let shown = match char::from_u32(self.kind) {
            Some(c) if bytes || (' '..='~').contains(&c) => c,
            _ => '?',
        };
        Error::value(format!(
            "unsupported format character '{shown}' (0x{:x}) at index {}",
            self.kind, self.index
        ))
    }

    /// Whether there is nothing but the letter.
    pub fn is_plain(&self) -> bool {
        let flags = self.left | self.plus | self.space | self.alternate | self.zero;
        !flags && self.width == 0 && self.precision.is_none()
    }

    fn numeric(&self) -> bool {
        b"diuoxXeEfFgG".contains(&self.letter())
    }

    /// An int for d, i, u, o, x or X, not yet in its field.
    pub fn integer(&self, value: IntRef<'_>, max_str_digits: usize) -> Result<String> {
        let (base, prefix) = match self.letter() {
            b'o' => (8, "0o"),
            b'x' => (16, "0x"),
            b'X' => (16, "0X"),
            _ => (10, ""),
        };
        let places = self.precision.unwrap_or(0);
        if places > i32::MAX as usize - 3 {
            return Err(Error::overflow("precision too large"));
        }
        room(places)?;
        let mut digits = value.digits(base, max_str_digits)?;
        if self.letter() == b'X' {
            digits.make_ascii_uppercase();
        }
        let sign = if value.is_negative() { "-" } else { "" };
        let prefix = if self.alternate { prefix } else { "" };
        let mut out = String::with_capacity(digits.len().max(places) + 3);
        out.push_str(sign);
        out.push_str(prefix);
        out.extend(std::iter::repeat_n('0', places.saturating_sub(digits.len())));
        out.push_str(&digits);
        Ok(out)
    }

    /// A float for e, f, g or their capitals, not yet in its field.
    pub fn float(&self, value: f64) -> Result<String> {
        room(self.precision.unwrap_or(0))?;
        let letter = self.letter();
        let code = match letter | 0x20 {
            b'e' => Code::Exponent,
            b'f' => Code::Fixed,
            _ => Code::General,
        };
        let style =
            Style { alternate: self.alternate, upper: letter.is_ascii_uppercase(), ..Style::default() };
        Ok(float::format(value, code, self.precision.unwrap_or(6), style))
    }

    /// Add a converted argument to `out`, in its field: what [`Conversion::integer`] or [`Conversion::float`] made, or
    /// a string, of which the precision says how much.
    pub fn push(&self, out: &mut Builder, body: View<'_>) -> Result<()> {
        let mut body = body;
        if b"sra".contains(&self.letter()) || self.letter() == b'b' {
            body = body.slice(0..body.len().min(self.precision.unwrap_or(usize::MAX)));
        }
        let mut head = Builder::new();
        if self.numeric() {
            let sign = body.latin1().and_then(|body| body.first().copied());
            if sign == Some(b'-') {
                head.push('-'.into());
                body = body.slice(1..body.len());
            } else if self.plus || self.space {
                head.push(if self.plus { '+' } else { ' ' }.into());
            }
            if self.alternate && b"oxX".contains(&self.letter()) && body.len() >= 2 {
                head.push_view(body.slice(0..2));
                body = body.slice(2..body.len());
            }
        }
        let head = head.finish();
        let padding = self.width.saturating_sub(head.len() + body.len());
        room(self.width)?;
        out.reserve_view(body)?;
        let zero = self.zero && self.numeric();
        let (before, between, after) = match () {
            () if self.left => (0, 0, padding),
            () if zero => (0, padding, 0),
            () => (padding, 0, 0),
        };
        out.push_repeated(' '.into(), before);
        out.push_view(head.view());
        out.push_repeated('0'.into(), between);
        out.push_view(body);
        out.push_repeated(' '.into(), after);
        Ok(())
    }

    /// The field for a finished body, as a text of its own.
    pub fn field(&self, body: View<'_>) -> Result<Text> {
        let mut out = Builder::with_capacity(self.width.min(4096).max(body.len()));
        self.push(&mut out, body)?;
        Ok(out.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was asked for, in order.
    #[derive(Default)]
    struct Asked {
        log: Vec<String>,
        stars: Vec<i64>,
    }

    impl Source for Asked {
        type Error = Error;
        fn mapping(&mut self) -> Result<()> {
            self.log.push("mapping".into());
            Ok(())
        }
        fn key(&mut self, range: Range<usize>) -> Result<()> {
            self.log.push(format!("{range:?}"));
            Ok(())
        }
        fn star(&mut self, width: bool) -> Result<i64> {
            self.log.push(if width { "width" } else { "precision" }.into());
            self.stars.pop().ok_or_else(|| Error::type_error("not enough arguments for format string"))
        }
    }

    #[test]
    fn arguments_are_asked_for_as_the_format_is_read() {
        let mut asked = Asked { stars: vec![-2, -7], ..Asked::default() };
        let piece = Format::new(&b"%(a(b))*.*d"[..], false).next(&mut asked).unwrap();
        let wanted = Conversion {
            left: true,
            width: 7,
            precision: Some(0),
            kind: 'd'.into(),
            index: 10,
            ..Default::default()
        };
        assert_eq!(piece, Some(Piece::Conversion(wanted)));
        assert_eq!(asked.log, ["mapping", "2..6", "width", "precision"]);
    }

    #[test]
    fn a_missing_argument_is_told_before_what_is_wrong_behind_it() {
        let result = Format::new(&b"%*"[..], false).next(&mut Asked::default());
        assert_eq!(result, Err(Error::type_error("not enough arguments for format string")));
    }
}
