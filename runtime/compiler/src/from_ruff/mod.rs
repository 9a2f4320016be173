//! The parser's tree to Python's.
//!
//! The parser keeps byte ranges, parentheses and the parts of strings; Python's tree has lines and columns, and strings
//! joined and decoded. Where the two disagree about how far a node reaches (decorators, generator arguments, `elif`),
//! the difference is settled here.

mod escapes;
mod expressions;
mod numbers;
mod patterns;
mod statements;
mod strings;

use std::collections::HashMap;
use std::sync::Arc;

use ruff_ast as r;
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::ast::{self, Span};
use crate::lines::Lines;
use crate::{SyntaxError, SyntaxWarning, WarningCategory};

pub(crate) use strings::{check_literal, check_middle};

pub(crate) type Convert<T> = Result<T, SyntaxError>;

/// The state of a conversion.
pub(crate) struct Converter<'a> {
    source: &'a str,
    lines: &'a Lines<'a>,
    names: HashMap<Arc<str>, ()>,
    pub(crate) warnings: Vec<SyntaxWarning>,
    depth: usize,
    /// Interpolated strings that are open, and the fields of the innermost one.
    strings: usize,
    fields: usize,
    max_int_digits: usize,
    /// A name that is a constant once it is in normal form.
    pub(crate) constant_name: Option<Arc<str>>,
}

impl<'a> Converter<'a> {
    pub(crate) fn new(source: &'a str, lines: &'a Lines<'a>, max_int_digits: usize) -> Self {
        Self {
            source,
            lines,
            names: HashMap::new(),
            warnings: Vec::new(),
            depth: 0,
            strings: 0,
            fields: 0,
            max_int_digits,
            constant_name: None,
        }
    }

    /// Warns of what ends at byte `end`.
    pub(crate) fn warn_before(&mut self, end: usize, message: String) {
        let (lineno, offset) = self.lines.place(end);
        self.warnings.push(SyntaxWarning {
            category: WarningCategory::Syntax,
            message,
            lineno,
            offset: offset - 1,
            end_lineno: lineno,
            end_offset: offset - 1,
        });
    }

    /// The statements of a module.
    pub(crate) fn module(&mut self, body: &[r::Stmt]) -> Convert<Vec<ast::Stmt>> {
        self.body(body)
    }

    fn span(&self, node: impl Ranged) -> Span {
        self.span_between(node.range().start(), node.range().end())
    }

    fn span_between(&self, start: TextSize, end: TextSize) -> Span {
        let (lineno, col_offset) = self.lines.position(start.to_usize());
        let (end_lineno, end_col_offset) = self.lines.position(end.to_usize());
        Span { lineno, col_offset, end_lineno, end_col_offset }
    }

    /// The span of a statement with a body, which reaches over a semicolon after its last statement.
    fn block_span(&self, range: TextRange) -> Span {
        self.span_between(range.start(), self.block_end(range.end()))
    }

    fn block_end(&self, end: TextSize) -> TextSize {
        let rest = &self.source[end.to_usize()..];
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t', '\x0c']).len();
        if rest.as_bytes().get(spaces) != Some(&b';') {
            return end;
        }
        TextSize::try_from(end.to_usize() + spaces + 1).unwrap_or(end)
    }

    fn text(&self, range: TextRange) -> &'a str {
        &self.source[range.start().to_usize()..range.end().to_usize()]
    }

    /// One copy of a name for all its mentions.
    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some((known, ())) = self.names.get_key_value(name) {
            return known.clone();
        }
        let fresh: Arc<str> = name.into();
        if matches!(name, "None" | "True" | "False") {
            self.constant_name = Some(fresh.clone());
        }
        self.names.insert(fresh.clone(), ());
        fresh
    }

    fn identifier(&mut self, identifier: &r::Identifier) -> Arc<str> {
        self.name(identifier.id.as_str())
    }

    fn optional_identifier(&mut self, identifier: Option<&r::Identifier>) -> Option<Arc<str>> {
        identifier.map(|identifier| self.identifier(identifier))
    }

    /// The first place at or after `from` that is neither space, comment, line end nor continuation.
    fn skip_trivia(&self, from: TextSize) -> TextSize {
        let bytes = self.source.as_bytes();
        let mut at = from.to_usize();
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'#' => {
                    while bytes.get(at).is_some_and(|&byte| byte != b'\n') {
                        at += 1;
                    }
                }
                b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'\\' => at += 1,
                _ => break,
            }
        }
        TextSize::try_from(at).unwrap_or(from)
    }

    /// An error of the parser at `range`.
    fn error(&self, range: TextRange, message: impl Into<String>) -> SyntaxError {
        self.lines.error(range.start().to_usize(), range.end().to_usize(), message)
    }
}
