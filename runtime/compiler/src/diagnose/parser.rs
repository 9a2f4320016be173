//! The recognizer's state: tokens read so far, place, memory, and the error once there is one.

use std::collections::HashMap;

use super::node::{Node, TargetKind};
use super::start;
use super::token::{Kind, Token};
use super::tokenizer::{Tokenizer, strip_newline};
use crate::lines::{Lines, to_i32};
use crate::{ErrorKind, Mode, Options, SyntaxError, parse_flag};

/// Rules whose result at a place is remembered.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Rule {
    Expression,
    StarExpression,
    NamedExpression,
    Disjunction,
    Conjunction,
    Inversion,
    Comparison,
    BitwiseOr,
    Term,
    Factor,
    AwaitPrimary,
    Primary,
    TargetPrimary,
    Atom,
    Strings,
    Arguments,
    StarTargets,
    StarTarget,
    TargetWithStarAtom,
    SimpleStatement,
    Block,
    DelTarget,
    LambdaParameters,
}

pub(super) struct Parser<'a> {
    pub(super) lines: &'a Lines<'a>,
    tokenizer: Tokenizer<'a>,
    tokens: Vec<Token<'a>>,
    pub(super) at: usize,
    /// Rules for mistakes apply: the second time.
    pub(super) mistakes: bool,
    error: Option<SyntaxError>,
    /// The error is the tokenizer's own.
    from_tokenizer: bool,
    memory: HashMap<(Rule, usize), Option<(Node, usize)>>,
    mode: Mode,
    flags: u32,
    /// A statement is being read, whose end the end of the text may be.
    started: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn new(lines: &'a Lines<'a>, options: &Options<'_>) -> Self {
        // Only whole modules get the newline that their text may lack.
        let add_newline = options.mode == Mode::Exec && !lines.source().ends_with('\n');
        Self {
            lines,
            tokenizer: Tokenizer::new(lines, add_newline),
            tokens: Vec::new(),
            at: 0,
            mistakes: false,
            error: None,
            from_tokenizer: false,
            memory: HashMap::new(),
            mode: options.mode,
            flags: options.future_flags,
            started: false,
        }
    }

    pub(super) fn run(mut self) -> Option<SyntaxError> {
        let mode = self.mode;
        if start(&mut self, mode).is_some() {
            return self.statements_after_the_first();
        }
        if self.flags & parse_flag::ALLOW_INCOMPLETE_INPUT != 0
            && (self.tokenizer.at_end || self.tokenizer.ended_in_string)
        {
            return Some(self.incomplete());
        }
        let furthest = self.tokens.last().copied();
        if self.error.is_none() {
            self.at = 0;
            self.memory.clear();
            self.mistakes = true;
            let _ = start(&mut self, mode);
        }
        if let Some(error) = self.error.take() {
            if self.from_tokenizer {
                return Some(error);
            }
            return Some(self.worse().unwrap_or(error));
        }
        let Some(furthest) = furthest else {
            let mut error = self.lines.error(0, 0, "invalid syntax");
            (error.lineno, error.offset, error.end_lineno, error.end_offset) = (0, 0, 0, 0);
            return Some(error);
        };
        if matches!(furthest.kind, Kind::Indent | Kind::Dedent) {
            let word = if furthest.kind == Kind::Indent { "indent" } else { "unindent" };
            let last = self.tokens.last().copied().unwrap_or(furthest);
            let mut error = self.error_at_token(&last, &format!("unexpected {word}"));
            error.kind = ErrorKind::IndentationError;
            return Some(error);
        }
        let mut error = self.error_at_token(&furthest, "invalid syntax");
        if furthest.nowhere {
            (error.offset, error.end_lineno, error.end_offset) = (0, error.lineno, 0);
        }
        Some(self.worse().unwrap_or(error))
    }

    /// In interactive mode, more after the statement is an error.
    fn statements_after_the_first(&mut self) -> Option<SyntaxError> {
        if self.mode != Mode::Single {
            return None;
        }
        let end = self.tokens.last().map_or(0, |token| token.cursor).min(self.lines.source().len());
        let blank = |line: &str| {
            let line = line.trim_start_matches([' ', '\t', '\x0c']);
            line.is_empty() || line.starts_with('#')
        };
        if self.lines.source()[end..].split('\n').all(blank) {
            return None;
        }
        let last = self.tokens.last().copied()?;
        Some(self.error_at_token(&last, "multiple statements found while compiling a single statement"))
    }

    fn incomplete(&mut self) -> SyntaxError {
        let last = self.tokens.last().copied();
        let mut error = match last {
            Some(last) if !last.nowhere && !self.tokenizer.ended_in_string && self.error.is_none() => {
                self.error_at_token(&last, "incomplete input")
            }
            _ => {
                let in_string = self.error.as_ref().filter(|_| self.tokenizer.ended_in_string);
                let (line, column) = match in_string {
                    Some(error) => (error.lineno, error.offset),
                    None => self.tokenizer.cursor_place(self.lines.source().len()),
                };
                let mut error = self.lines.error(0, 0, "incomplete input");
                let text = usize::try_from(line - 1).map_or("", |line| self.lines.line(line));
                (error.lineno, error.offset, error.end_lineno, error.end_offset) = (line, column, line, -1);
                error.text = Some(text.to_owned());
                error
            }
        };
        error.kind = ErrorKind::IncompleteInput;
        error
    }

    /// What the rest of the text has to complain about.
    fn worse(&mut self) -> Option<SyntaxError> {
        let line = self
            .tokens
            .last()
            .map_or(0, |token| self.lines.index(token.start.min(self.lines.source().len())));
        let mut error = self.tokenizer.rest(line)?;
        if error.message.ends_with("was never closed") {
            self.fix_text(&mut error);
        }
        Some(error)
    }

    /// The token at `index`; none past an error of the tokenizer.
    pub(super) fn token(&mut self, index: usize) -> Option<Token<'a>> {
        while self.tokens.len() <= index {
            if self.error.is_some() {
                return None;
            }
            match self.tokenizer.next() {
                Ok(token) => {
                    let token = self.adjusted(token);
                    self.tokens.push(token);
                }
                Err(error) => {
                    self.fail(error);
                    self.from_tokenizer = true;
                    return None;
                }
            }
        }
        if self.error.is_some() { None } else { Some(self.tokens[index]) }
    }

    /// In interactive mode the end of the text ends the statement.
    fn adjusted(&mut self, token: Token<'a>) -> Token<'a> {
        if self.mode == Mode::Single && token.kind == Kind::End && self.started {
            self.started = false;
            if self.flags & parse_flag::DONT_IMPLY_DEDENT == 0 {
                self.tokenizer.imply_dedents();
            }
            return Token { kind: Kind::Newline, ..token };
        }
        self.started = true;
        token
    }

    pub(super) fn fail(&mut self, mut error: SyntaxError) {
        if self.error.is_none() {
            if error.message.ends_with("was never closed") {
                self.fix_text(&mut error);
            }
            self.error = Some(error);
        }
    }

    pub(super) fn failed(&self) -> bool {
        self.error.is_some()
    }

    // Places.

    /// The line of an error shows its newline, real or added, unless the tokenizer has gone on to another line.
    pub(super) fn fix_text(&self, error: &mut SyntaxError) {
        let cursor = self.tokens.last().map_or(0, |token| token.cursor);
        // A newline that has just been read is of the line that it ends.
        let seen = if self.tokenizer.at_end { usize::MAX } else { cursor.max(1) - 1 };
        let (line, _) = self.tokenizer.cursor_place(seen);
        if error.lineno < line {
            strip_newline(error);
        } else if self.mode == Mode::Exec
            && let Some(text) = &mut error.text
            && !text.ends_with('\n')
        {
            text.push('\n');
        }
    }

    fn error_between(&self, start: usize, end: usize, message: &str) -> SyntaxError {
        let length = self.lines.source().len();
        let mut error = self.lines.error(start.min(length), end.min(length), message);
        // The newline that was added to the last line is a place too.
        error.offset += to_i32(start.saturating_sub(length));
        error.end_offset += to_i32(end.saturating_sub(length));
        if error.end_lineno > error.lineno {
            // The last column is looked up in the first line.
            let line = self.lines.line(self.lines.index(start.min(length))).trim_end_matches('\n');
            let column = end.min(length) - self.lines.start(self.lines.index(end.min(length)));
            let shown = line.get(..column).map_or(line.chars().count() + 1, |text| text.chars().count() + 1);
            error.end_offset = to_i32(shown);
        }
        self.fix_text(&mut error);
        error
    }

    fn error_at_token(&self, token: &Token<'_>, message: &str) -> SyntaxError {
        if !token.nowhere {
            let mut error = self.error_between(token.start, token.end, message);
            if token.kind == Kind::Newline {
                let length = self.lines.source().len();
                let column = self.lines.place((token.end - 1).min(length)).1;
                (error.end_lineno, error.end_offset) = (error.lineno, column + 1);
            }
            return error;
        }
        let cursor = if token.kind == Kind::Indent { token.start } else { token.cursor };
        let (line, column) = self.tokenizer.cursor_place(cursor);
        let mut error = self.lines.error(0, 0, message);
        error.text = Some(usize::try_from(line - 1).map_or("", |line| self.lines.line(line)).to_owned());
        (error.lineno, error.offset, error.end_lineno, error.end_offset) = (line, column, line, -1);
        self.fix_text(&mut error);
        error
    }

    // Errors. Each gives none, so that a rule can end with it.

    /// An error from one place to another.
    pub(super) fn raise<T>(&mut self, start: usize, end: usize, message: &str) -> Option<T> {
        let error = self.error_between(start, end, message);
        self.fail(error);
        None
    }

    pub(super) fn raise_at<T>(&mut self, token: &Token<'_>, message: &str) -> Option<T> {
        let error = self.error_at_token(token, message);
        self.fail(error);
        None
    }

    pub(super) fn raise_node<T>(&mut self, node: &Node, message: &str) -> Option<T> {
        self.raise(node.start, node.end, message)
    }

    /// An error at the last token that has been read.
    pub(super) fn raise_last<T>(&mut self, message: &str) -> Option<T> {
        let token = self.tokens.last().copied()?;
        self.raise_at(&token, message)
    }

    /// An error at the next token.
    pub(super) fn raise_next<T>(&mut self, message: &str) -> Option<T> {
        let token = self.token(self.at)?;
        self.raise_at(&token, message)
    }

    /// An error from `start` to where the tokenizer is.
    pub(super) fn raise_from<T>(&mut self, start: usize, message: &str) -> Option<T> {
        let cursor = self.tokens.last().map_or(start, |token| token.cursor);
        let mut error = self.error_between(start, start, message);
        let length = self.lines.source().len();
        let (line, column) = self.lines.place(cursor.min(length));
        (error.end_lineno, error.end_offset) = (line, column - 1 + to_i32(cursor.saturating_sub(length)));
        // Past a newline the cursor is still on the line that it ended.
        if cursor > 0 && self.lines.source().as_bytes().get(cursor - 1) == Some(&b'\n') {
            let line = self.lines.index(cursor - 1);
            error.end_lineno = to_i32(line + 1);
            error.end_offset = to_i32(self.lines.line(line).chars().count());
        }
        self.fail(error);
        None
    }

    pub(super) fn raise_indentation<T>(&mut self, message: &str) -> Option<T> {
        let token = self.tokens.last().copied()?;
        let mut error = self.error_at_token(&token, message);
        error.kind = ErrorKind::IndentationError;
        self.fail(error);
        None
    }

    pub(super) fn raise_invalid_target<T>(&mut self, kind: TargetKind, node: &Node) -> Option<T> {
        let invalid = node.invalid_target(kind)?;
        let verb = if kind == TargetKind::Del { "delete" } else { "assign to" };
        let (start, end) = (invalid.start, invalid.end);
        let message = format!("cannot {verb} {}", invalid.describe());
        self.raise(start, end, &message)
    }

    /// The line (from one) of a token.
    pub(super) fn line_of(&self, token: &Token<'_>) -> usize {
        self.lines.index(token.start) + 1
    }

    // Reading.

    pub(super) fn peek(&mut self) -> Option<Token<'a>> {
        self.token(self.at)
    }

    pub(super) fn peek_is(&mut self, text: &str) -> bool {
        self.peek().is_some_and(|token| token.is(text))
    }

    pub(super) fn peek_any(&mut self, texts: &[&str]) -> bool {
        self.peek().is_some_and(|token| texts.iter().any(|text| token.is(text)))
    }

    pub(super) fn peek_kind(&mut self, kind: Kind) -> bool {
        self.peek().is_some_and(|token| token.kind == kind)
    }

    pub(super) fn eat(&mut self, text: &str) -> Option<Token<'a>> {
        let token = self.peek().filter(|token| token.is(text))?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn eat_any(&mut self, texts: &[&str]) -> Option<Token<'a>> {
        let token = self.peek().filter(|token| texts.iter().any(|text| token.is(text)))?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn eat_kind(&mut self, kind: Kind) -> Option<Token<'a>> {
        let token = self.peek().filter(|token| token.kind == kind)?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn name(&mut self) -> Option<Token<'a>> {
        let token = self.peek().filter(Token::is_name)?;
        self.at += 1;
        Some(token)
    }

    /// A token that must be there: its absence is an error at once.
    pub(super) fn force(&mut self, text: &str) -> Option<Token<'a>> {
        if let Some(token) = self.eat(text) {
            return Some(token);
        }
        let token = self.peek()?;
        if !self.mistakes {
            return None;
        }
        self.raise_at(&token, &format!("expected '{text}'"))
    }

    /// The token before the place.
    pub(super) fn last(&self) -> Option<Token<'a>> {
        self.at.checked_sub(1).and_then(|index| self.tokens.get(index)).copied()
    }

    /// Where the token before the place ends.
    pub(super) fn last_end(&self) -> usize {
        self.last().map_or(0, |token| token.end)
    }

    pub(super) fn start(&mut self) -> Option<usize> {
        self.peek().map(|token| token.start)
    }

    // Combining.

    /// Tries `rule`; goes back where it does not match.
    pub(super) fn alt<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.failed() {
            return None;
        }
        let at = self.at;
        let result = rule(self).filter(|_| !self.failed());
        if result.is_none() {
            self.at = at;
        }
        result
    }

    /// Whether `rule` matches here; reads nothing.
    pub(super) fn ahead<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> bool {
        let at = self.at;
        let matched = self.alt(rule).is_some();
        self.at = at;
        matched
    }

    /// `rule` as often as it matches.
    pub(super) fn many<T>(&mut self, mut rule: impl FnMut(&mut Self) -> Option<T>) -> Vec<T> {
        let mut found = Vec::new();
        while let Some(one) = self.alt(&mut rule) {
            found.push(one);
        }
        found
    }

    /// `rule` at least once.
    pub(super) fn some<T>(&mut self, rule: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let found = self.many(rule);
        if found.is_empty() || self.failed() { None } else { Some(found) }
    }

    /// `rule` at least once, with commas between.
    pub(super) fn separated<T>(&mut self, mut rule: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut found = vec![self.alt(&mut rule)?];
        while let Some(one) = self.alt(|this| {
            this.eat(",")?;
            rule(this)
        }) {
            found.push(one);
        }
        if self.failed() { None } else { Some(found) }
    }

    /// `rule`, if it matches; fails only with an error.
    pub(super) fn maybe<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        let result = self.alt(rule);
        if self.failed() { None } else { Some(result) }
    }

    /// Tries a rule for mistakes, the second time.
    pub(super) fn mistake(&mut self, rule: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        if self.mistakes {
            let at = self.at;
            let _ = self.alt(rule);
            self.at = at;
        }
        if self.failed() { None } else { Some(()) }
    }

    pub(super) fn remember(
        &mut self,
        rule: Rule,
        parse: impl FnOnce(&mut Self) -> Option<Node>,
    ) -> Option<Node> {
        if self.failed() {
            return None;
        }
        let at = self.at;
        if let Some(known) = self.memory.get(&(rule, at)) {
            let (node, end) = known.clone()?;
            self.at = end;
            return Some(node);
        }
        let result = stacker::maybe_grow(256 * 1024, 8 * 1024 * 1024, || self.alt(parse));
        self.memory.insert((rule, at), result.clone().map(|node| (node, self.at)));
        result
    }

    /// Runs `rule` without rules for mistakes.
    pub(super) fn without_mistakes<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = std::mem::replace(&mut self.mistakes, false);
        let result = rule(self);
        self.mistakes = before;
        result
    }
}
