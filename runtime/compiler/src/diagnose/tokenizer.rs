//! The text as CPython's tokenizer splits it, one token at a time, with its complaints.
//!
//! Errors depend on how far a text has been read, so this reads no further than it is asked to.

use super::numbers;
use super::token::{Kind, Token};
use crate::lines::{Lines, to_i32};
use crate::{ErrorKind, SyntaxError};

const MAX_BRACKETS: usize = 200;
const MAX_INDENTS: usize = 100;
const TAB: usize = 8;
pub(crate) const MAX_F_STRINGS: usize = 149;
/// How deeply the fields of one interpolated string may be nested, in format specifications.
pub(crate) const MAX_FIELDS: usize = 3;

/// An f-string or t-string that is being read.
struct Interpolated {
    template: bool,
    raw: bool,
    quote: u8,
    width: usize,
    start: usize,
    /// Reading an expression rather than text.
    in_expression: bool,
    /// Reading a format specification.
    in_spec: bool,
    /// The bracket level of each open replacement field, outermost first.
    fields: Vec<usize>,
}

pub(super) struct Tokenizer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    lines: &'a Lines<'a>,
    at: usize,
    /// Open brackets and where they stand.
    brackets: Vec<(u8, usize)>,
    /// Columns of open blocks, with tabs as eight and as one.
    indents: Vec<(usize, usize)>,
    pending: i32,
    /// Where CPython's line buffer begins: the first of the lines over which a token or continuation reaches.
    buffer: usize,
    line_begin: bool,
    interpolated: Vec<Interpolated>,
    /// The text of a module ends with a newline, real or not.
    add_newline: bool,
    ended_line: bool,
    pub(super) at_end: bool,
    pub(super) ended_in_string: bool,
    done: bool,
}

impl<'a> Tokenizer<'a> {
    pub(super) fn new(lines: &'a Lines<'a>, add_newline: bool) -> Self {
        let source = lines.source();
        Self {
            source,
            bytes: source.as_bytes(),
            lines,
            at: 0,
            brackets: Vec::new(),
            indents: vec![(0, 0)],
            pending: 0,
            buffer: 0,
            line_begin: true,
            interpolated: Vec::new(),
            add_newline,
            ended_line: true,
            at_end: false,
            ended_in_string: false,
            done: false,
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Whether an f-string's expression is being read.
    fn in_field(&self) -> bool {
        self.interpolated.last().is_some_and(|string| string.in_expression)
    }

    /// The blocks that are open end here, whatever follows.
    pub(super) fn imply_dedents(&mut self) {
        self.pending = -to_i32(self.indents.len() - 1);
        self.indents.truncate(1);
    }

    /// The innermost bracket that is open.
    pub(super) fn open_bracket(&self) -> Option<(u8, usize)> {
        self.brackets.last().copied()
    }

    /// Line and column of where reading stopped: the last line and its length at the end of the text.
    pub(super) fn cursor_place(&self, cursor: usize) -> (i32, i32) {
        let end = self.bytes.len();
        if cursor < end || !self.bytes.ends_with(b"\n") {
            let (line, column) = self.lines.place(cursor.min(end));
            let added = self.add_newline && cursor >= end && !self.bytes.is_empty();
            return (if self.bytes.is_empty() { 0 } else { line }, column - 1 + i32::from(added));
        }
        let line = self.lines.count().saturating_sub(2);
        (to_i32(line + 1), to_i32(self.lines.line(line).chars().count()))
    }

    /// A complaint of the tokenizer: its column is that of the last character read, and its line has no newline.
    fn error_at(&self, end: usize, message: impl Into<String>) -> SyntaxError {
        let mut error = self.lines.error(end, end, message);
        error.offset -= 1;
        error.end_offset = error.offset;
        strip_newline(&mut error);
        error
    }

    /// Shows the newline that was added to the last line.
    fn show_newline(&self, error: &mut SyntaxError) {
        if let Some(text) = &mut error.text
            && self.add_newline
            && !text.ends_with('\n')
        {
            text.push('\n');
        }
    }

    fn token(&self, kind: Kind, start: usize) -> Token<'a> {
        Token {
            kind,
            text: self.source.get(start..self.at).unwrap_or_default(),
            start,
            end: self.at,
            level: self.brackets.len(),
            nowhere: false,
            cursor: self.at,
        }
    }

    fn nowhere(&self, kind: Kind) -> Token<'a> {
        Token { nowhere: true, text: "", ..self.token(kind, self.at) }
    }

    /// Reads the next token.
    pub(super) fn next(&mut self) -> Result<Token<'a>, SyntaxError> {
        if let Some(string) = self.interpolated.last()
            && !string.in_expression
        {
            return self.interpolated_text();
        }
        if self.line_begin {
            self.line_begin = false;
            self.indentation()?;
        }
        if self.pending != 0 {
            let kind = if self.pending < 0 { Kind::Dedent } else { Kind::Indent };
            self.pending -= self.pending.signum();
            return Ok(self.nowhere(kind));
        }
        loop {
            while matches!(self.peek(0), b' ' | b'\t' | 0x0c) && self.at < self.bytes.len() {
                self.at += 1;
            }
            let comment = self.at;
            if self.peek(0) == b'#' {
                while self.at < self.bytes.len() && self.peek(0) != b'\n' {
                    self.at += 1;
                }
            }
            if self.at >= self.bytes.len() {
                return self.end(comment);
            }
            match self.peek(0) {
                b'\n' if !self.brackets.is_empty() || self.ended_line => {
                    self.at += 1;
                    self.buffer = self.at;
                    if self.brackets.is_empty() {
                        self.line_begin = true;
                        return self.next_after_blank();
                    }
                }
                b'\n' => {
                    // A comment belongs to the newline after it.
                    self.at += 1;
                    self.buffer = self.at;
                    self.line_begin = true;
                    self.ended_line = true;
                    return Ok(self.token(Kind::Newline, comment));
                }
                b'\\' => self.continuation()?,
                _ => break,
            }
        }
        self.ended_line = false;
        let token = self.visible()?;
        // To know where these end, one more character is asked for.
        self.at_end |= self.at >= self.bytes.len() && !self.add_newline && token.kind != Kind::String;
        Ok(token)
    }

    /// After a line without tokens, the next begins.
    fn next_after_blank(&mut self) -> Result<Token<'a>, SyntaxError> {
        self.next()
    }

    /// The end of the text, after a comment that begins at byte `comment`.
    fn end(&mut self, comment: usize) -> Result<Token<'a>, SyntaxError> {
        self.at_end = true;
        if !self.brackets.is_empty() {
            return Err(self.unexpected_end());
        }
        if self.add_newline && !self.ended_line {
            self.ended_line = true;
            self.line_begin = true;
            let end = self.bytes.len() + 1;
            return Ok(Token { end, cursor: end, ..self.token(Kind::Newline, comment) });
        }
        self.done = true;
        Ok(self.nowhere(Kind::End))
    }

    /// The text ends where it must not.
    pub(super) fn unexpected_end(&self) -> SyntaxError {
        match self.open_bracket() {
            Some(_) => self.never_closed(),
            None => {
                let (lineno, offset) = self.cursor_place(self.bytes.len());
                let mut error =
                    self.lines.error(self.bytes.len(), self.bytes.len(), "unexpected EOF while parsing");
                error.text = Some(self.lines.line(usize::try_from(lineno - 1).unwrap_or(0)).to_owned());
                self.show_newline(&mut error);
                (error.lineno, error.end_lineno, error.offset, error.end_offset) =
                    (lineno, lineno, offset, -1);
                error
            }
        }
    }

    pub(super) fn never_closed(&self) -> SyntaxError {
        let (bracket, start) = self.open_bracket().unwrap_or((b'(', 0));
        let mut error = self.lines.error(start, start, format!("'{}' was never closed", char::from(bracket)));
        error.end_offset = 0;
        error
    }

    fn continuation(&mut self) -> Result<(), SyntaxError> {
        if self.at + 1 >= self.bytes.len() && self.add_newline {
            self.at_end = true;
            return Err(self.unexpected_end());
        }
        if self.peek(1) != b'\n' {
            let last = self.at + 1 >= self.bytes.len();
            let mut error = self.lines.error(
                if last { self.at } else { self.at + 1 },
                self.at,
                "unexpected character after line continuation character",
            );
            error.end_lineno = error.lineno;
            error.end_offset = 0;
            self.show_newline(&mut error);
            if self.lines.index(self.buffer) < self.lines.index(self.at) {
                // The column is counted from the buffer's beginning, as far as the line reaches.
                let length = to_i32(error.text.as_ref().map_or(0, |text| text.chars().count()));
                error.offset = to_i32(self.at + 2 - self.buffer).min(length + 1);
            }
            return Err(error);
        }
        self.at += 2;
        if self.at >= self.bytes.len() {
            self.at_end = true;
            return Err(self.unexpected_end());
        }
        Ok(())
    }

    /// Measures the indentation of a line, unless the line is blank.
    fn indentation(&mut self) -> Result<(), SyntaxError> {
        if !self.brackets.is_empty() {
            return Ok(());
        }
        let (mut column, mut alternative) = (0, 0);
        let mut first = None;
        loop {
            match self.bytes.get(self.at) {
                Some(b' ') => (column, alternative) = (column + 1, alternative + 1),
                Some(b'\t') => (column, alternative) = ((column / TAB + 1) * TAB, alternative + 1),
                Some(0x0c) => (column, alternative) = (0, 0),
                Some(b'\\') => {
                    // What counts is the indentation of the first of the lines.
                    first.get_or_insert((column, alternative));
                    self.continuation()?;
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        if matches!(self.bytes.get(self.at), Some(b'#' | b'\n')) {
            return Ok(());
        }
        if let Some(first) = first.filter(|&(column, _)| column > 0) {
            (column, alternative) = first;
        }
        if self.at >= self.bytes.len() {
            (column, alternative) = (0, 0);
        }
        let &(top, top_alternative) = self.indents.last().unwrap_or(&(0, 0));
        if column == top {
            if alternative != top_alternative {
                return Err(self.tab_error());
            }
        } else if column > top {
            if self.indents.len() >= MAX_INDENTS {
                let mut error = self.error_at(self.at, "too many levels of indentation");
                error.kind = ErrorKind::IndentationError;
                return Err(error);
            }
            if alternative <= top_alternative {
                return Err(self.tab_error());
            }
            self.indents.push((column, alternative));
            self.pending = 1;
        } else {
            while self.indents.len() > 1 && self.indents.last().is_some_and(|&(open, _)| column < open) {
                self.indents.pop();
                self.pending -= 1;
            }
            let &(open, open_alternative) = self.indents.last().unwrap_or(&(0, 0));
            if column != open {
                let line = self.lines.index(self.at);
                let end = self.lines.start(line) + self.lines.line(line).len();
                let message = "unindent does not match any outer indentation level";
                let mut error = self.lines.error(self.at, self.at, message);
                error.kind = ErrorKind::IndentationError;
                let added = self.add_newline && end == self.bytes.len() && !self.bytes.ends_with(b"\n");
                error.offset = to_i32(self.lines.line(line).chars().count()) + i32::from(added);
                error.end_offset = -1;
                self.show_newline(&mut error);
                return Err(error);
            }
            if alternative != open_alternative {
                return Err(self.tab_error());
            }
        }
        Ok(())
    }

    fn tab_error(&self) -> SyntaxError {
        let start = self.lines.start(self.lines.index(self.at));
        let message = "inconsistent use of tabs and spaces in indentation";
        let mut error = self.lines.error(start, start, message);
        error.kind = ErrorKind::TabError;
        error.end_offset = 0;
        self.show_newline(&mut error);
        error
    }

    /// A token that begins with a character.
    fn visible(&mut self) -> Result<Token<'a>, SyntaxError> {
        let start = self.at;
        let byte = self.peek(0);
        if byte.is_ascii_digit() || byte == b'.' && self.peek(1).is_ascii_digit() {
            return match numbers::read(self.source, start) {
                Ok(end) => {
                    self.at = end;
                    Ok(self.token(Kind::Number, start))
                }
                Err(numbers::Wrong { start: from, end, message }) => {
                    let mut error = self.error_at(end, message);
                    if let Some(from) = from {
                        error.offset = self.lines.place(from).1;
                    }
                    Err(error)
                }
            };
        }
        if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 {
            return self.name(start);
        }
        if matches!(byte, b'"' | b'\'') {
            return self.string(start);
        }
        self.operator(start)
    }

    fn name(&mut self, start: usize) -> Result<Token<'a>, SyntaxError> {
        let rest = &self.source[start..];
        let length = rest
            .find(|char: char| char.is_ascii() && !char.is_ascii_alphanumeric() && char != '_')
            .unwrap_or(rest.len());
        let word = &rest[..length];
        if matches!(rest.as_bytes().get(length), Some(b'"' | b'\'')) && length <= 3 {
            let mut letters = word.to_ascii_lowercase().into_bytes();
            letters.sort_unstable();
            if matches!(&*letters, b"b" | b"u" | b"r" | b"br") {
                self.at = start + length;
                return self.string(start);
            }
            if matches!(&*letters, b"f" | b"t" | b"fr" | b"rt") {
                return self.begin_interpolated(
                    start,
                    length,
                    letters.contains(&b't'),
                    letters.contains(&b'r'),
                );
            }
            if let Some(message) = prefix_error(word) {
                let mut error = self.error_at(start + length, message);
                error.offset = self.lines.place(start).1;
                error.end_offset = error.offset + to_i32(length);
                return Err(error);
            }
        }
        if let Some((end, message)) = identifier_error(word) {
            return Err(self.error_at(start + end, message));
        }
        self.at = start + length;
        Ok(self.token(Kind::Name, start))
    }

    /// A plain string whose quote is next.
    fn string(&mut self, start: usize) -> Result<Token<'a>, SyntaxError> {
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        let width = if triple { 3 } else { 1 };
        self.at += width;
        let mut escaped_quote = false;
        let mut run = 0;
        while run < width {
            match self.bytes.get(self.at) {
                None => return Err(self.unterminated(start, quote, width, escaped_quote)),
                Some(b'\n') if !triple => {
                    return Err(self.unterminated(start, quote, width, escaped_quote));
                }
                Some(&byte) if byte == quote => run += 1,
                Some(b'\\') => {
                    run = 0;
                    self.at += 1;
                    escaped_quote |= self.peek(0) == quote;
                    if self.at >= self.bytes.len() || self.at + 1 >= self.bytes.len() && self.peek(0) == b'\n'
                    {
                        self.at = self.bytes.len();
                        return Err(self.unterminated(start, quote, width, escaped_quote));
                    }
                }
                Some(_) => run = 0,
            }
            self.at += 1;
        }
        Ok(self.token(Kind::String, start))
    }

    fn unterminated(&mut self, start: usize, quote: u8, width: usize, escaped_quote: bool) -> SyntaxError {
        let end = self.at.min(self.bytes.len());
        if end >= self.bytes.len() && (width == 3 || !self.add_newline) {
            self.ended_in_string = true;
        }
        if let Some(string) = self.interpolated.last()
            && string.quote == quote
            && string.width == width
        {
            let letter = if string.template { 't' } else { 'f' };
            return self.error_at(start + 1, format!("{letter}-string: expecting '}}'"));
        }
        let last = if end >= self.bytes.len() { self.last_line() } else { to_i32(self.lines.index(end) + 1) };
        let message = if width == 3 {
            format!("unterminated triple-quoted string literal (detected at line {last})")
        } else if escaped_quote {
            format!(
                "unterminated string literal (detected at line {last}); perhaps you escaped the end quote?"
            )
        } else {
            format!("unterminated string literal (detected at line {last})")
        };
        self.error_at(start + 1, message)
    }

    /// The number of the last line that has something in it.
    fn last_line(&self) -> i32 {
        let count = self.lines.count();
        to_i32(if self.bytes.ends_with(b"\n") { count - 1 } else { count })
    }

    fn begin_interpolated(
        &mut self,
        start: usize,
        prefix: usize,
        template: bool,
        raw: bool,
    ) -> Result<Token<'a>, SyntaxError> {
        self.at = start + prefix;
        let quote = self.peek(0);
        let triple = self.peek(1) == quote && self.peek(2) == quote;
        let width = if triple { 3 } else { 1 };
        self.at += width;
        if self.interpolated.len() >= MAX_F_STRINGS {
            return Err(self.error_at(self.at, "too many nested f-strings or t-strings"));
        }
        self.interpolated.push(Interpolated {
            template,
            raw,
            quote,
            width,
            start,
            in_expression: false,
            in_spec: false,
            fields: Vec::new(),
        });
        Ok(self.token(Kind::FStart { template }, start))
    }

    /// Text, a replacement field's beginning or the end of the innermost interpolated string.
    fn interpolated_text(&mut self) -> Result<Token<'a>, SyntaxError> {
        let start = self.at;
        let Some(string) = self.interpolated.last() else { return self.end(start) };
        let (template, raw, quote, width, opened, in_spec) =
            (string.template, string.raw, string.quote, string.width, string.start, string.in_spec);
        let letter = if template { 't' } else { 'f' };
        let closing = |this: &Self| (0..width).all(|index| this.peek(index) == quote);
        if closing(self) {
            self.at += width;
            self.interpolated.pop();
            return Ok(self.token(Kind::FEnd { template }, start));
        }
        loop {
            let Some(&byte) = self.bytes.get(self.at) else {
                if in_spec && width == 1 && self.add_newline {
                    let mut error = self.error_at(self.at, newline_in_spec(letter));
                    (error.offset, error.end_offset) = (error.offset + 1, error.end_offset + 1);
                    return Err(error);
                }
                self.ended_in_string = width == 3;
                return Err(self.unterminated_interpolated(letter, width, opened));
            };
            match byte {
                b'\n' if width == 1 => {
                    if in_spec {
                        let mut error = self.error_at(self.at, newline_in_spec(letter));
                        error.offset += 1;
                        error.end_offset += 1;
                        return Err(error);
                    }
                    return Err(self.unterminated_interpolated(letter, width, opened));
                }
                _ if closing(self) => return Ok(self.token(Kind::FMiddle { template }, start)),
                b'{' if self.peek(1) == b'{' && !in_spec => {
                    self.at += 2;
                    let mut token = self.token(Kind::FMiddle { template }, start);
                    token.end -= 1;
                    return Ok(token);
                }
                b'{' => {
                    if self.at > start {
                        return Ok(self.token(Kind::FMiddle { template }, start));
                    }
                    return self.begin_field();
                }
                b'}' if in_spec => {
                    // Empty or not: a specification ends with text.
                    if let Some(string) = self.interpolated.last_mut() {
                        string.in_expression = true;
                    }
                    return Ok(self.token(Kind::FMiddle { template }, start));
                }
                b'}' if self.peek(1) == b'}' => {
                    self.at += 2;
                    let mut token = self.token(Kind::FMiddle { template }, start);
                    token.end -= 1;
                    return Ok(token);
                }
                b'}' => {
                    return Err(
                        self.error_at(self.at + 1, format!("{letter}-string: single '}}' is not allowed"))
                    );
                }
                b'\\' => {
                    self.at += 1;
                    let named = !raw && self.peek(0) == b'N' && self.peek(1) == b'{';
                    if named {
                        let rest = &self.bytes[self.at..];
                        let length = rest.iter().position(|&byte| matches!(byte, b'}' | b'\n')).unwrap_or(0);
                        self.at += length;
                    }
                    // A brace after a backslash is still a brace.
                    if !matches!(self.peek(0), b'{' | b'}') || named {
                        self.at += usize::from(self.at < self.bytes.len());
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    fn unterminated_interpolated(&self, letter: char, width: usize, start: usize) -> SyntaxError {
        let (kind, last) = if width == 3 {
            ("triple-quoted ", self.last_line())
        } else {
            ("", to_i32(self.lines.index(self.at.min(self.bytes.len())) + 1))
        };
        self.error_at(
            start + 1,
            format!("unterminated {kind}{letter}-string literal (detected at line {last})"),
        )
    }

    fn begin_field(&mut self) -> Result<Token<'a>, SyntaxError> {
        let start = self.at;
        self.at += 1;
        let level = self.brackets.len();
        if let Some(string) = self.interpolated.last_mut() {
            if string.fields.len() >= MAX_FIELDS {
                let letter = if string.template { 't' } else { 'f' };
                return Err(self.error_at(start, format!("{letter}-string: expressions nested too deeply")));
            }
            string.fields.push(level + 1);
            string.in_expression = true;
            string.in_spec = false;
        }
        self.brackets.push((b'{', start));
        self.ended_line = false;
        Ok(self.token(Kind::Op, start))
    }

    fn operator(&mut self, start: usize) -> Result<Token<'a>, SyntaxError> {
        let byte = self.peek(0);
        // At the top of a replacement field a colon begins the format specification.
        if self.in_field()
            && byte == b':'
            && let Some(string) = self.interpolated.last_mut()
            && string.fields.last() == Some(&self.brackets.len())
        {
            string.in_spec = true;
            string.in_expression = false;
            self.at += 1;
            return Ok(self.token(Kind::Op, start));
        }
        let rest = &self.source[start..];
        let operators = [
            "**=", "//=", ">>=", "<<=", "...", "!=", "->", "**", "//", ">>", "<<", "<=", ">=", "==", "+=",
            "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=",
        ];
        let width = operators
            .iter()
            .find(|operator| rest.starts_with(**operator))
            .map_or(1, |operator| operator.len());
        if width == 1 && byte < b' ' || byte == 0x7f {
            let code = u32::from(byte);
            return Err(self.error_at(start + 1, format!("invalid non-printable character U+{code:04X}")));
        }
        match byte {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_BRACKETS {
                    return Err(self.error_at(start + 1, "too many nested parentheses"));
                }
                self.brackets.push((byte, start));
            }
            b')' | b']' | b'}' => self.close(byte, start)?,
            _ => {}
        }
        self.at += width;
        Ok(self.token(Kind::Op, start))
    }

    fn close(&mut self, byte: u8, start: usize) -> Result<(), SyntaxError> {
        let shown = char::from(byte);
        let prefix = match self.interpolated.last() {
            Some(string) if string.template => "t-string: ",
            Some(_) => "f-string: ",
            None => "",
        };
        let bottom = self.interpolated.last().and_then(|string| string.fields.last().copied()).unwrap_or(0);
        if self.brackets.is_empty() || bottom == self.brackets.len() && byte != b'}' {
            return Err(self.error_at(start + 1, format!("{prefix}unmatched '{shown}'")));
        }
        let (open, place) = self.brackets.pop().unwrap_or((b'(', 0));
        if !matches!((open, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
            let mut message = format!(
                "closing parenthesis '{shown}' does not match opening parenthesis '{}'",
                char::from(open)
            );
            let line = self.lines.index(place);
            if line != self.lines.index(start) {
                message.push_str(&format!(" on line {}", line + 1));
            }
            return Err(self.error_at(start + 1, message));
        }
        if let Some(string) = self.interpolated.last_mut()
            && string.fields.last() == Some(&(self.brackets.len() + 1))
            && byte == b'}'
        {
            string.fields.pop();
            string.in_expression = false;
            string.in_spec = !string.fields.is_empty();
        }
        Ok(())
    }

    /// Reads on to the end for errors that matter more than the one found, which was on line `line` (from zero).
    pub(super) fn rest(&mut self, line: usize) -> Option<SyntaxError> {
        while !self.done {
            match self.next() {
                Ok(_) => {}
                Err(error) => {
                    // Some complaints the tokenizer leaves to the parser, which does not ask for them now.
                    let left = error.kind != ErrorKind::SyntaxError
                        || error.message == "unexpected EOF while parsing"
                        || error.message.starts_with("unexpected character after line continuation")
                        || self.at_end && error.message.ends_with("was never closed");
                    // In an f-string what the parser found goes first.
                    if !left {
                        return self.interpolated.is_empty().then_some(error);
                    }
                    let (_, start) = self.open_bracket().filter(|_| self.interpolated.is_empty())?;
                    return (line > self.lines.index(start)).then(|| self.never_closed());
                }
            }
        }
        None
    }
}

fn newline_in_spec(letter: char) -> String {
    format!(
        "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
    )
}

pub(super) fn strip_newline(error: &mut SyntaxError) {
    if let Some(text) = &mut error.text
        && text.ends_with('\n')
    {
        text.pop();
    }
}

/// What is wrong with a word as a name: where the complaint ends, and its words.
pub(crate) fn identifier_error(word: &str) -> Option<(usize, String)> {
    if word.is_ascii() {
        return None;
    }
    let (index, char) = word.char_indices().find(|&(index, char)| !identifier_char(char, index == 0))?;
    let code = u32::from(char);
    let message = if printable(char) {
        format!("invalid character '{char}' (U+{code:04X})")
    } else {
        format!("invalid non-printable character U+{code:04X}")
    };
    Some((index + char.len_utf8(), message))
}

/// What is wrong with a word as the prefix of a string, if it looks like one.
pub(crate) fn prefix_error(word: &str) -> Option<String> {
    let mut letters = word.to_ascii_lowercase().into_bytes();
    letters.sort_unstable();
    let (first, second) = incompatible(&letters)?;
    Some(format!("'{first}' and '{second}' prefixes are incompatible"))
}

fn incompatible(letters: &[u8]) -> Option<(char, char)> {
    let has = |letter: u8| letters.contains(&letter);
    let distinct = letters.windows(2).all(|pair| pair[0] != pair[1]);
    if !distinct || !letters.iter().all(|letter| b"bfrtu".contains(letter)) {
        return None;
    }
    let pairs =
        [(b'u', b'b'), (b'u', b'r'), (b'u', b'f'), (b'u', b't'), (b'b', b'f'), (b'b', b't'), (b'f', b't')];
    pairs
        .into_iter()
        .find(|&(first, second)| has(first) && has(second))
        .map(|(a, b)| (char::from(a), char::from(b)))
}

fn identifier_char(char: char, first: bool) -> bool {
    if first {
        char == '_' || unicode_ident::is_xid_start(char)
    } else {
        unicode_ident::is_xid_continue(char)
    }
}

fn printable(char: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};
    !matches!(char.general_category_group(), GeneralCategoryGroup::Other | GeneralCategoryGroup::Separator)
}
