//! Lines and columns of a text.

use crate::{ErrorKind, SyntaxError};

/// Where the lines of a text begin.
pub(crate) struct Lines<'a> {
    source: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        let ends = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(index, _)| index + 1)).collect();
        Self { source, starts }
    }

    pub(crate) fn source(&self) -> &'a str {
        self.source
    }

    /// The line (from zero) in which byte `offset` stands.
    pub(crate) fn index(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// Line from one and column in bytes from zero.
    pub(crate) fn position(&self, offset: usize) -> (i32, i32) {
        let line = self.index(offset);
        (to_i32(line + 1), to_i32(offset - self.starts[line]))
    }

    /// Line from one and column in characters from one.
    pub(crate) fn place(&self, offset: usize) -> (i32, i32) {
        let line = self.index(offset.min(self.source.len()));
        let before = self.source.get(self.starts[line]..offset).unwrap_or_default();
        (to_i32(line + 1), to_i32(before.chars().count() + 1))
    }

    /// The text of a line (from zero), with its newline.
    pub(crate) fn line(&self, index: usize) -> &'a str {
        let Some(&start) = self.starts.get(index) else { return "" };
        let end = self.starts.get(index + 1).copied().unwrap_or(self.source.len());
        &self.source[start..end]
    }

    /// How many lines there are; an empty one after the last newline counts.
    pub(crate) fn count(&self) -> usize {
        self.starts.len()
    }

    /// Where a line (from zero) begins.
    pub(crate) fn start(&self, index: usize) -> usize {
        self.starts.get(index).copied().unwrap_or(self.source.len())
    }

    /// A `SyntaxError` from byte `start` to byte `end`.
    pub(crate) fn error(&self, start: usize, end: usize, message: impl Into<String>) -> SyntaxError {
        let (lineno, offset) = self.place(start);
        let (end_lineno, end_offset) = self.place(end);
        SyntaxError {
            kind: ErrorKind::SyntaxError,
            message: message.into(),
            lineno,
            offset,
            end_lineno,
            end_offset,
            text: Some(self.line(self.index(start.min(self.source.len()))).to_owned()),
            bare: false,
            warnings: Vec::new(),
        }
    }
}

pub(crate) fn to_i32(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
