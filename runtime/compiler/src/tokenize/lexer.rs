//! The tokens of a text: indentation, names, plain strings, operators, newlines.

use super::fields::{MOST_STRINGS, Prefix, StringMode};
use super::source::Source;
use super::{Failure, ReadLine, Token, kind, number};
use crate::ErrorKind;
use crate::diagnose::{identifier_error, numbers, prefix_error};

const MOST_BRACKETS: usize = 200;
const MOST_INDENTS: usize = 100;
const TAB: usize = 8;

/// An open bracket.
pub(super) struct Bracket {
    pub(super) byte: u8,
    pub(super) lineno: i64,
}

/// A token before its lines and columns have been worked out.
pub(super) struct Raw {
    pub(super) kind: u8,
    /// The bytes; none for tokens that stand nowhere.
    pub(super) range: Option<(usize, usize)>,
}

/// Splits a text into tokens.
pub struct Lexer {
    pub(super) source: Source,
    pub(super) extra: bool,
    /// Columns of open blocks, with tabs as eight and as one.
    indents: Vec<(usize, usize)>,
    /// Blocks that begin, or end if negative, before the next token.
    pending: i64,
    line_begin: bool,
    /// A comment that has a line of its own was given: the newline after it ends no statement.
    after_comment: bool,
    pub(super) brackets: Vec<Bracket>,
    pub(super) strings: Vec<StringMode>,
    /// Line, and its beginning, in which the string being read begins.
    pub(super) first_line: (i64, usize),
    /// The line of the last token.
    last_line: i64,
    done: bool,
}

impl Lexer {
    /// A lexer at the beginning of a text, which gives `extra` tokens or not.
    pub fn new(extra: bool) -> Self {
        Self {
            source: Source::new(),
            extra,
            indents: vec![(0, 0)],
            pending: 0,
            line_begin: true,
            after_comment: false,
            brackets: Vec::new(),
            strings: Vec::new(),
            first_line: (0, 0),
            last_line: 0,
            done: false,
        }
    }

    /// The next token; none after the end.
    ///
    /// # Errors
    /// What reading a line gives, and what is wrong with the text. Nothing can be asked for after that.
    pub fn next<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<Option<Token>, Failure<E>> {
        if self.done {
            return Ok(None);
        }
        let raw = match self.raw(read) {
            Ok(raw) => raw,
            Err(failure) => {
                self.done = true;
                return Err(failure);
            }
        };
        self.done = raw.kind == kind::END;
        if self.done && !self.extra && self.source.lineno == 0 {
            return Ok(None);
        }
        let token = self.placed(&raw);
        self.last_line = token.start.0;
        // The next line may take the place of those before unless a string goes on.
        self.source.token = None;
        self.source.keep = !self.strings.is_empty();
        Ok(Some(token))
    }

    /// Works out text, lines and columns.
    fn placed(&self, raw: &Raw) -> Token {
        let source = &self.source;
        let string = kind::is_string(raw.kind);
        let (first_line, first_start) =
            if string { self.first_line } else { (source.lineno, source.line_start) };
        let trailing = raw.kind == kind::END || raw.kind == kind::DEDENT && source.ended;
        let text = raw.range.and_then(|(start, end)| source.text.get(start..end)).unwrap_or_default();
        let mut token = Token {
            kind: raw.kind,
            text: text.to_owned(),
            start: (first_line, -1),
            end: (source.lineno, -1),
            line: String::new(),
        };
        if !trailing || !self.extra && self.last_line == source.lineno {
            let lines = source.text.get(first_start..).unwrap_or_default();
            let lines = if source.added_newline { lines.strip_suffix('\n').unwrap_or(lines) } else { lines };
            token.line = lines.to_owned();
        }
        if let Some((start, end)) = raw.range {
            if start >= first_start {
                token.start.1 = source.characters(first_start, start);
            }
            if end >= source.line_start {
                token.end.1 = source.characters(source.line_start, end);
            }
        }
        if self.extra {
            self.adjust(&mut token, raw, trailing);
        }
        token
    }

    /// What is different where extra tokens are wanted.
    fn adjust(&self, token: &mut Token, raw: &Raw, trailing: bool) {
        if trailing {
            (token.start, token.end) = ((token.start.0 + 1, 0), (token.end.0 + 1, 0));
        }
        match token.kind {
            operator if kind::is_exact_operator(operator) => token.kind = kind::OP,
            kind::NEWLINE => {
                let start = raw.range.map_or(0, |(start, _)| start);
                let two = self.source.text.as_bytes().get(start) == Some(&b'\r');
                token.text = match (self.source.added_newline, two) {
                    (true, _) => "",
                    (false, true) => "\r\n",
                    (false, false) => "\n",
                }
                .to_owned();
                token.end.1 += 1;
            }
            kind::NL if self.source.added_newline => token.text.clear(),
            _ => {}
        }
    }

    fn raw<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<Raw, Failure<E>> {
        match self.strings.last() {
            Some(string) if !string.in_expression => self.string_part(read),
            _ => self.plain(read),
        }
    }

    pub(super) fn token(&self, kind: u8, start: usize) -> Raw {
        Raw { kind, range: Some((start, self.source.at)) }
    }

    /// A token outside of the text of f-strings.
    pub(super) fn plain<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<Raw, Failure<E>> {
        loop {
            let mut blank = false;
            self.source.token = None;
            if self.line_begin {
                self.line_begin = false;
                blank = self.indentation(read)?;
            }
            self.source.token = Some(self.source.at);
            if self.pending != 0 {
                return Ok(self.block());
            }
            if let Some(token) = self.visible(read, blank)? {
                return Ok(token);
            }
        }
    }

    /// The beginning or end of a block.
    fn block(&mut self) -> Raw {
        let begins = self.pending > 0;
        self.pending -= self.pending.signum();
        let at = self.source.at;
        let start = if begins { self.source.buffer } else { at };
        let kind = if begins { kind::INDENT } else { kind::DEDENT };
        Raw { kind, range: self.extra.then_some((start, at)) }
    }

    /// Measures the indentation of a line; whether nothing but a comment stands in it.
    fn indentation<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<bool, Failure<E>> {
        let (mut column, mut alternative, mut first) = (0, 0, 0);
        let byte = loop {
            match self.source.next(read)? {
                Some(b' ') => (column, alternative) = (column + 1, alternative + 1),
                Some(b'\t') => (column, alternative) = ((column / TAB + 1) * TAB, alternative + 1),
                Some(0x0c) => (column, alternative) = (0, 0),
                Some(b'\\') => {
                    // What counts is the indentation of the first of the lines.
                    first = if first == 0 { column } else { first };
                    self.continuation(read)?;
                }
                other => break other,
            }
        };
        self.source.back(byte);
        if matches!(byte, Some(b'#' | b'\n' | b'\r')) {
            return Ok(true);
        }
        if !self.brackets.is_empty() {
            return Ok(false);
        }
        if first > 0 {
            (column, alternative) = (first, first);
        }
        let &(top, top_alternative) = self.indents.last().unwrap_or(&(0, 0));
        if column == top {
            return if alternative == top_alternative { Ok(false) } else { Err(self.tab_error()) };
        }
        if column > top {
            if self.indents.len() >= MOST_INDENTS {
                return Err(self
                    .source
                    .wrong_line(ErrorKind::IndentationError, "too many levels of indentation"));
            }
            if alternative <= top_alternative {
                return Err(self.tab_error());
            }
            self.indents.push((column, alternative));
            self.pending += 1;
            return Ok(false);
        }
        while self.indents.len() > 1 && self.indents.last().is_some_and(|&(open, _)| column < open) {
            self.indents.pop();
            self.pending -= 1;
        }
        let &(open, open_alternative) = self.indents.last().unwrap_or(&(0, 0));
        if column != open {
            let message = "unindent does not match any outer indentation level";
            return Err(self.source.wrong_line(ErrorKind::IndentationError, message));
        }
        if alternative != open_alternative {
            return Err(self.tab_error());
        }
        Ok(false)
    }

    fn tab_error<E>(&self) -> Failure<E> {
        let message = "inconsistent use of tabs and spaces in indentation";
        self.source.wrong_line(ErrorKind::TabError, message)
    }

    /// After a backslash: the line goes on.
    fn continuation<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<(), Failure<E>> {
        let mut byte = self.source.next(read)?;
        if byte == Some(b'\r') {
            byte = self.source.next(read)?;
        }
        if byte != Some(b'\n') {
            let message = "unexpected character after line continuation character";
            return Err(self.source.wrong_line(ErrorKind::SyntaxError, message));
        }
        match self.source.peek(read)? {
            Some(_) => Ok(()),
            None => Err(self.source.early_end()),
        }
    }

    /// A token that begins with a character; none if a line ends that counts for nothing.
    fn visible<E>(&mut self, read: &mut ReadLine<'_, E>, blank: bool) -> Result<Option<Raw>, Failure<E>> {
        loop {
            self.source.token = None;
            let mut byte = self.source.next(read)?;
            while matches!(byte, Some(b' ' | b'\t' | 0x0c)) {
                byte = self.source.next(read)?;
            }
            self.source.back(byte);
            let start = self.source.at;
            self.source.token = Some(start);
            if byte == Some(b'#') {
                while !matches!(byte, None | Some(b'\n' | b'\r')) {
                    byte = self.source.next(read)?;
                }
                self.source.back(byte);
                if self.extra {
                    self.after_comment = blank && self.extra;
                    return Ok(Some(self.token(kind::COMMENT, start)));
                }
            }
            let byte = match self.source.next(read)? {
                Some(b'\r') => self.source.next(read)?,
                byte => byte,
            };
            let Some(byte) = byte else {
                if !self.brackets.is_empty() {
                    return Err(self.source.early_end());
                }
                return Ok(Some(Raw { kind: kind::END, range: None }));
            };
            match byte {
                b'\n' => return Ok(self.newline(start, blank)),
                b'\\' => {
                    self.continuation(read)?;
                    continue;
                }
                b'\'' | b'"' => {
                    self.source.at = start;
                    return self.string(read, start).map(Some);
                }
                _ => {}
            }
            self.source.back(Some(byte));
            if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 {
                return self.name(read, start).map(Some);
            }
            let rest = &self.source.text.as_bytes()[self.source.at..];
            if byte.is_ascii_digit() || byte == b'.' && rest.get(1).is_some_and(u8::is_ascii_digit) {
                return self.number(start).map(Some);
            }
            return self.operator(start).map(Some);
        }
    }

    fn newline(&mut self, start: usize, blank: bool) -> Option<Raw> {
        self.line_begin = true;
        let after_comment = std::mem::take(&mut self.after_comment);
        if blank || after_comment || !self.brackets.is_empty() {
            return self.extra.then(|| self.token(kind::NL, start));
        }
        Some(Raw { kind: kind::NEWLINE, range: Some((start, self.source.at - 1)) })
    }

    fn number<E>(&mut self, start: usize) -> Result<Raw, Failure<E>> {
        let text = &self.source.text;
        if self.extra {
            match number::read(text, self.source.at) {
                Ok(end) => self.source.at = end,
                Err((end, message)) => return Err(self.source.wrong(end, message)),
            }
            return Ok(self.token(kind::NUMBER, start));
        }
        match numbers::read(text, self.source.at) {
            Ok(end) => {
                self.source.at = end;
                Ok(self.token(kind::NUMBER, start))
            }
            Err(numbers::Wrong { start: from, end, message }) => {
                let mut failure = self.source.wrong(end, message);
                if let (Some(from), Failure::Wrong(complaint)) = (from, &mut failure) {
                    complaint.offset = self.source.characters(self.source.line_start, from) + 1;
                }
                Err(failure)
            }
        }
    }

    fn name<E>(&mut self, read: &mut ReadLine<'_, E>, start: usize) -> Result<Raw, Failure<E>> {
        let rest = &self.source.text[self.source.at..];
        let length = rest
            .find(|char: char| char.is_ascii() && !char.is_ascii_alphanumeric() && char != '_')
            .unwrap_or(rest.len());
        let word = &rest[..length];
        if matches!(rest.as_bytes().get(length), Some(b'"' | b'\'')) {
            match Prefix::of(word) {
                Some(Prefix::Plain) => {
                    self.source.at += length;
                    return self.string(read, start);
                }
                Some(Prefix::Fields { template, raw }) => {
                    self.source.at += length;
                    return self.begin_string(read, start, template, raw);
                }
                None => {}
            }
        }
        if matches!(rest.as_bytes().get(length), Some(b'"' | b'\''))
            && let Some(message) = prefix_error(word)
        {
            let end = self.source.at + length;
            let mut failure = self.source.wrong(end, message);
            if let Failure::Wrong(complaint) = &mut failure {
                complaint.end_offset = Some(complaint.offset + 1);
                complaint.offset = self.source.characters(self.source.line_start, start) + 1;
            }
            return Err(failure);
        }
        if !self.extra
            && let Some((end, message)) = identifier_error(word)
        {
            return Err(self.source.wrong(start + end, message));
        }
        self.source.at += length;
        Ok(self.token(kind::NAME, start))
    }

    /// How many quotes open a string: the first is next.
    pub(super) fn opening<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<(u8, usize), Failure<E>> {
        self.first_line = (self.source.lineno, self.source.line_start);
        let quote = self.source.next(read)?.unwrap_or(b'"');
        let rest = self.source.text.as_bytes().get(self.source.at..).unwrap_or_default();
        let triple = rest.starts_with(&[quote, quote]);
        if triple {
            self.source.at += 2;
        }
        Ok((quote, if triple { 3 } else { 1 }))
    }

    /// A plain string whose quote is next.
    fn string<E>(&mut self, read: &mut ReadLine<'_, E>, start: usize) -> Result<Raw, Failure<E>> {
        let (quote, width) = self.opening(read)?;
        let mut run = 0;
        let mut escaped_quote = false;
        while run < width {
            let byte = self.source.next(read)?;
            match byte {
                None => return Err(self.unterminated(start, quote, width, escaped_quote)),
                Some(b'\n') if width == 1 => {
                    return Err(self.unterminated(start, quote, width, escaped_quote));
                }
                Some(byte) if byte == quote => run += 1,
                Some(byte) => {
                    run = 0;
                    if byte == b'\\' {
                        let next = self.source.next(read)?;
                        escaped_quote |= next == Some(quote);
                        if next == Some(b'\r') {
                            self.source.next(read)?;
                        }
                    }
                }
            }
        }
        Ok(self.token(kind::STRING, start))
    }

    fn unterminated<E>(&self, start: usize, quote: u8, width: usize, escaped_quote: bool) -> Failure<E> {
        let (lineno, line_start) = self.first_line;
        let last = self.source.lineno;
        let wrong = |message: String| self.source.wrong_on(lineno, line_start, start + 1, message);
        if let Some(string) = self.strings.last()
            && (string.quote, string.width) == (quote, width)
        {
            return wrong(format!("{}-string: expecting '}}'", string.letter()));
        }
        let (triple, hint) = match (width, escaped_quote) {
            (3, _) => ("triple-quoted ", ""),
            (_, true) => ("", "; perhaps you escaped the end quote?"),
            _ => ("", ""),
        };
        wrong(format!("unterminated {triple}string literal (detected at line {last}){hint}"))
    }

    fn operator<E>(&mut self, start: usize) -> Result<Raw, Failure<E>> {
        let rest = &self.source.text.as_bytes()[self.source.at..];
        let byte = rest.first().copied().unwrap_or(0);
        let (width, number) = kind::operator(rest);
        if byte == b':' && self.begins_spec() {
            self.source.at += 1;
            return Ok(self.token(kind::operator(b":").1, start));
        }
        match byte {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MOST_BRACKETS {
                    return Err(self.source.wrong(start + 1, "too many nested parentheses"));
                }
                self.brackets.push(Bracket { byte, lineno: self.source.lineno });
                if let Some(string) = self.strings.last_mut() {
                    string.depth += 1;
                }
            }
            b')' | b']' | b'}' => self.close(byte, start)?,
            _ if width == 1 && (byte < b' ' || byte == 0x7f) => {
                let message = format!("invalid non-printable character U+{:04X}", u32::from(byte));
                return Err(self.source.wrong(start + 1, message));
            }
            _ => {}
        }
        self.source.at += width;
        Ok(self.token(number, start))
    }

    fn close<E>(&mut self, byte: u8, start: usize) -> Result<(), Failure<E>> {
        let shown = char::from(byte);
        let string = self.strings.last().map(|string| (string.letter(), string.depth, string.field()));
        if let Some((letter, 0, _)) = string
            && byte == b'}'
        {
            let message = format!("{letter}-string: single '}}' is not allowed");
            return Err(self.source.wrong(start + 1, message));
        }
        if !self.extra && self.brackets.is_empty() {
            return Err(self.source.wrong(start + 1, format!("unmatched '{shown}'")));
        }
        if let Some(open) = self.brackets.pop()
            && !matches!((open.byte, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'))
        {
            if let Some((letter, depth, field)) = string
                && open.byte == b'{'
                && field == Some(depth - 1)
            {
                return Err(self.source.wrong(start + 1, format!("{letter}-string: unmatched '{shown}'")));
            }
            if self.extra {
                return self.closed(byte, start);
            }
            let open_shown = char::from(open.byte);
            let mut message =
                format!("closing parenthesis '{shown}' does not match opening parenthesis '{open_shown}'");
            if open.lineno != self.source.lineno {
                message.push_str(&format!(" on line {}", open.lineno));
            }
            return Err(self.source.wrong(start + 1, message));
        }
        self.closed(byte, start)
    }

    /// A bracket has been closed: a field may end with it.
    fn closed<E>(&mut self, byte: u8, start: usize) -> Result<(), Failure<E>> {
        let shown = char::from(byte);
        if let Some(string) = self.strings.last_mut() {
            string.depth -= 1;
            if string.depth < 0 {
                let message = format!("{}-string: unmatched '{shown}'", string.letter());
                return Err(self.source.wrong(start + 1, message));
            }
            string.end_field(byte);
        }
        Ok(())
    }

    /// Raises unless one more f-string may begin inside the others.
    pub(super) fn check_strings<E>(&self) -> Result<(), Failure<E>> {
        if self.strings.len() + 1 >= MOST_STRINGS {
            return Err(self.source.wrong(self.source.at, "too many nested f-strings or t-strings"));
        }
        Ok(())
    }
}
