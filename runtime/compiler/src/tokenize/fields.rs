//! F-strings and t-strings: their text, and where their replacement fields begin and end.

use super::lexer::{Lexer, Raw};
use super::{Failure, ReadLine, kind};

/// How deeply such strings may be nested.
pub(super) const MOST_STRINGS: usize = 150;
/// How deeply the fields of one string may be nested.
const MOST_FIELDS: usize = 3;

/// What the letters before a quote say.
pub(super) enum Prefix {
    /// A plain string.
    Plain,
    /// A string with replacement fields.
    Fields {
        /// Is a t-string.
        template: bool,
        /// Backslashes mean nothing.
        raw: bool,
    },
}

impl Prefix {
    /// The meaning of a word before a quote, if it is a prefix.
    pub(super) fn of(word: &str) -> Option<Self> {
        if word.len() > 2 {
            return None;
        }
        let mut letters = word.to_ascii_lowercase().into_bytes();
        letters.sort_unstable();
        Some(match &*letters {
            b"b" | b"r" | b"u" | b"br" => Self::Plain,
            b"f" | b"fr" => Self::Fields { template: false, raw: letters.len() == 2 },
            b"t" | b"rt" => Self::Fields { template: true, raw: letters.len() == 2 },
            _ => return None,
        })
    }
}

/// An f-string or t-string that is being read.
pub(super) struct StringMode {
    pub(super) template: bool,
    raw: bool,
    pub(super) quote: u8,
    pub(super) width: usize,
    start: usize,
    /// Line, and its beginning, where the string begins.
    first_line: (i64, usize),
    /// Reading an expression rather than text.
    pub(super) in_expression: bool,
    in_spec: bool,
    /// Brackets open in the expressions of this string.
    pub(super) depth: i64,
    /// How many brackets were open where each open field begins.
    fields: Vec<i64>,
}

impl StringMode {
    pub(super) fn letter(&self) -> char {
        if self.template { 't' } else { 'f' }
    }

    /// How many brackets were open before the innermost field's own.
    pub(super) fn field(&self) -> Option<i64> {
        let last = i64::try_from(self.fields.len()).unwrap_or(i64::MAX) - 1;
        (last >= 0).then_some(last)
    }

    /// After a closing bracket: whether the innermost field ends with it.
    pub(super) fn end_field(&mut self, byte: u8) {
        if byte == b'}' && self.field() == Some(self.depth) {
            self.fields.pop();
            self.in_expression = false;
            self.in_spec = false;
        }
    }

    fn part(&self, offset: u8) -> u8 {
        offset + if self.template { kind::TSTRING_START } else { kind::FSTRING_START }
    }
}

impl Lexer {
    /// The beginning of a string with fields; its quote is next.
    pub(super) fn begin_string<E>(
        &mut self,
        read: &mut ReadLine<'_, E>,
        start: usize,
        template: bool,
        raw: bool,
    ) -> Result<Raw, Failure<E>> {
        let (quote, width) = self.opening(read)?;
        self.check_strings()?;
        let string = StringMode {
            template,
            raw,
            quote,
            width,
            start,
            first_line: self.first_line,
            in_expression: false,
            in_spec: false,
            depth: 0,
            fields: Vec::new(),
        };
        let kind = string.part(0);
        self.strings.push(string);
        Ok(self.token(kind, start))
    }

    /// Whether a colon begins a format specification, which it then does.
    pub(super) fn begins_spec(&mut self) -> bool {
        let Some(string) = self.strings.last_mut() else { return false };
        if string.field() != Some(string.depth - 1) {
            return false;
        }
        string.in_spec = true;
        string.in_expression = false;
        true
    }

    /// An expression begins with the bracket that is next.
    fn begin_field<E>(&mut self) -> Result<(), Failure<E>> {
        let Some(string) = self.strings.last_mut() else { return Ok(()) };
        let letter = string.letter();
        string.fields.push(string.depth);
        string.in_expression = true;
        if string.fields.len() > MOST_FIELDS {
            let message = format!("{letter}-string: expressions nested too deeply");
            return Err(self.source.wrong(self.source.at, message));
        }
        Ok(())
    }

    /// Text, the end of the string, or the bracket with which an expression begins.
    pub(super) fn string_part<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<Raw, Failure<E>> {
        self.source.token = Some(self.source.at);
        self.source.peek(read)?;
        let start = self.source.at;
        self.first_line = (self.source.lineno, self.source.line_start);
        let rest = self.source.text.as_bytes().get(start..).unwrap_or_default();
        if rest.first() == Some(&b'{') && rest.get(1) != Some(&b'{') {
            self.begin_field()?;
            return self.plain(read);
        }
        let Some(string) = self.strings.last() else { return self.plain(read) };
        let (quote, width, end) = (string.quote, string.width, string.part(2));
        if rest.len() >= width && rest[..width].iter().all(|&byte| byte == quote) {
            self.source.at += width;
            self.strings.pop();
            return Ok(self.token(end, start));
        }
        self.text_part(read, start)
    }

    /// The text of a string, up to its end or to a bracket.
    fn text_part<E>(&mut self, read: &mut ReadLine<'_, E>, start: usize) -> Result<Raw, Failure<E>> {
        let Some(string) = self.strings.last() else { return self.plain(read) };
        let (quote, width, raw, depth, middle) =
            (string.quote, string.width, string.raw, string.depth, string.part(1));
        let in_spec = string.in_spec && !string.fields.is_empty();
        let mut run = 0;
        let mut named = false;
        while run < width {
            let byte = self.source.next(read)?;
            match byte {
                None => return Err(self.endless()),
                Some(b'\n') if width == 1 => {
                    return Err(if in_spec { self.newline_in_spec() } else { self.endless() });
                }
                Some(byte) if byte == quote => {
                    run += 1;
                    continue;
                }
                Some(b'{') => {
                    let doubled = self.source.peek(read)? == Some(b'{') && !in_spec;
                    if doubled {
                        self.source.at += 1;
                        return Ok(self.without_last(middle, start));
                    }
                    self.source.back(byte);
                    self.begin_field()?;
                    return Ok(self.token(middle, start));
                }
                Some(b'}') if named => return Ok(self.token(middle, start)),
                Some(b'}') => {
                    if self.source.peek(read)? == Some(b'}') && !in_spec && depth == 0 {
                        self.source.at += 1;
                        return Ok(self.without_last(middle, start));
                    }
                    self.source.back(byte);
                    if let Some(string) = self.strings.last_mut() {
                        string.in_expression = true;
                    }
                    return Ok(self.token(middle, start));
                }
                Some(b'\\') => {
                    let mut next = self.source.next(read)?;
                    if next == Some(b'\r') {
                        next = self.source.next(read)?;
                    }
                    match next {
                        // A brace after a backslash is still a brace.
                        Some(b'{' | b'}') => self.source.back(next),
                        Some(b'N') if !raw && self.source.peek(read)? == Some(b'{') => {
                            self.source.at += 1;
                            named = true;
                        }
                        _ => {}
                    }
                }
                Some(_) => {}
            }
            run = 0;
        }
        self.source.at -= width;
        Ok(self.token(middle, start))
    }

    /// A token that ends before the last byte read: one of two braces.
    fn without_last(&self, kind: u8, start: usize) -> Raw {
        Raw { kind, range: Some((start, self.source.at - 1)) }
    }

    fn newline_in_spec<E>(&self) -> Failure<E> {
        let letter = self.strings.last().map_or('f', StringMode::letter);
        let message = format!(
            "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
        );
        self.source.wrong(self.source.at, message)
    }

    /// A string that does not end.
    fn endless<E>(&self) -> Failure<E> {
        let Some(string) = self.strings.last() else { return self.source.early_end() };
        let (lineno, line_start) = string.first_line;
        let triple = if string.width == 3 { "triple-quoted " } else { "" };
        let message = format!(
            "unterminated {triple}{}-string literal (detected at line {})",
            string.letter(),
            self.source.lineno
        );
        self.source.wrong_on(lineno, line_start, string.start + 1, message)
    }
}
