//! The text that has been read so far, and reading on.

use super::{Complaint, Failure};
use crate::ErrorKind;

/// Gives the next line, or none at the end.
pub type ReadLine<'a, E> = dyn FnMut() -> Result<Option<String>, E> + 'a;

/// The text and the place in it.
pub(super) struct Source {
    pub(super) text: String,
    /// The next byte to be read.
    pub(super) at: usize,
    /// Lines read so far.
    pub(super) lineno: i64,
    /// Where the last of them begins.
    pub(super) line_start: usize,
    /// Where the text begins that errors show: the first of the lines over which a token or continuation reaches.
    pub(super) buffer: usize,
    /// The last line came without a newline, which was added.
    pub(super) added_newline: bool,
    /// There are no more lines.
    pub(super) ended: bool,
    /// The text cannot go back to here: a token begins there.
    pub(super) token: Option<usize>,
    /// Inside an f-string lines are kept, too.
    pub(super) keep: bool,
}

impl Source {
    pub(super) fn new() -> Self {
        Self {
            text: String::new(),
            at: 0,
            lineno: 0,
            line_start: 0,
            buffer: 0,
            added_newline: false,
            ended: false,
            token: None,
            keep: false,
        }
    }

    /// The next byte; none at the end of the text.
    pub(super) fn next<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<Option<u8>, Failure<E>> {
        if self.at >= self.text.len() && !self.more(read)? {
            return Ok(None);
        }
        let byte = self.text.as_bytes().get(self.at).copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }

    /// Goes back before what [`next`](Self::next) gave.
    pub(super) fn back(&mut self, byte: Option<u8>) {
        self.at -= usize::from(byte.is_some());
    }

    /// The next byte, which stays unread.
    pub(super) fn peek<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<Option<u8>, Failure<E>> {
        let byte = self.next(read)?;
        self.back(byte);
        Ok(byte)
    }

    /// Reads a line; false at the end.
    fn more<E>(&mut self, read: &mut ReadLine<'_, E>) -> Result<bool, Failure<E>> {
        if self.ended {
            return Ok(false);
        }
        let line = read().map_err(Failure::Read)?;
        let unused = self.token.is_none() && !self.keep;
        let Some(line) = line.filter(|line| !line.is_empty()) else {
            self.ended = true;
            if unused {
                self.buffer = self.text.len();
            }
            return Ok(false);
        };
        if unused {
            // What is behind no token needs any more.
            self.text.clear();
            (self.at, self.line_start, self.buffer) = (0, 0, 0);
        }
        self.added_newline = !line.ends_with('\n');
        self.line_start = self.text.len();
        self.lineno += 1;
        self.text.push_str(&line);
        if self.added_newline {
            self.text.push('\n');
        }
        if line.contains('\0') {
            let error = self.wrong(self.at, "source code cannot contain null bytes");
            return Err(error);
        }
        Ok(true)
    }

    /// The characters from byte `from` to byte `to`.
    pub(super) fn characters(&self, from: usize, to: usize) -> i64 {
        let part = self.text.get(from..to.max(from)).unwrap_or_default();
        i64::try_from(part.chars().count()).unwrap_or(i64::MAX)
    }

    /// The line that begins at byte `start`, up to its end or to a zero byte.
    fn line_at(&self, start: usize) -> String {
        let rest = self.text.get(start..).unwrap_or_default();
        rest.split(['\n', '\0']).next().unwrap_or_default().to_owned()
    }

    /// A complaint about what ends at byte `end` of the line being read.
    pub(super) fn wrong<E>(&self, end: usize, message: impl Into<String>) -> Failure<E> {
        self.wrong_on(self.lineno, self.line_start, end, message)
    }

    /// A complaint about what ends at byte `end` of line `lineno`, which begins at byte `line_start`.
    pub(super) fn wrong_on<E>(
        &self,
        lineno: i64,
        line_start: usize,
        end: usize,
        message: impl Into<String>,
    ) -> Failure<E> {
        let offset = self.characters(line_start, end);
        Failure::Wrong(Box::new(Complaint {
            kind: ErrorKind::SyntaxError,
            message: message.into(),
            lineno,
            offset,
            text: Some(self.line_at(line_start)),
            end_offset: Some(offset),
        }))
    }

    /// A complaint about a whole line.
    pub(super) fn wrong_line<E>(&self, kind: ErrorKind, message: &str) -> Failure<E> {
        let shown = self.text.get(self.buffer..).unwrap_or_default();
        Failure::Wrong(Box::new(Complaint {
            kind,
            message: message.to_owned(),
            lineno: self.lineno,
            offset: self.characters(self.buffer, self.text.len()),
            text: Some(shown.strip_suffix('\n').unwrap_or(shown).to_owned()),
            end_offset: None,
        }))
    }

    /// The text ends where it must not.
    pub(super) fn early_end<E>(&self) -> Failure<E> {
        Failure::Wrong(Box::new(Complaint {
            kind: ErrorKind::SyntaxError,
            message: "unexpected EOF in multi-line statement".to_owned(),
            lineno: self.lineno,
            offset: i64::try_from(self.text.len() - self.buffer).unwrap_or(i64::MAX),
            text: None,
            end_offset: None,
        }))
    }
}
