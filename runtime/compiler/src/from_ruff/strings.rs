//! String, bytes, f-string and t-string literals.
//!
//! Adjacent literals are one node. In an interpolated string, adjacent pieces of text are one constant that spans
//! them, and empty ones vanish.

use std::sync::Arc;

use ruff_ast as r;
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustpython_wtf8::Wtf8Buf;

use super::escapes::{Decoded, decode_bytes, decode_str};
use super::{Convert, Converter};

use crate::ast::{Expr, ExprKind, Span};
use crate::diagnose::{MAX_F_STRINGS, MAX_FIELDS};
use crate::{Constant, SyntaxWarning, WarningCategory};

/// A string token taken apart.
struct Literal<'a> {
    raw: bool,
    kind: Option<Arc<str>>,
    content: &'a str,
    start: usize,
}

fn take_apart(text: &str, start: usize) -> Literal<'_> {
    let quote = text.find(['"', '\'']).unwrap_or(0);
    let (prefix, quoted) = text.split_at(quote);
    let width =
        if quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''")) { 3 } else { 1 };
    Literal {
        raw: prefix.contains(['r', 'R']),
        kind: prefix.starts_with('u').then(|| "u".into()),
        content: quoted.get(width..quoted.len().saturating_sub(width)).unwrap_or_default(),
        start: start + quote + width,
    }
}

impl<'a> Converter<'a> {
    fn literal(&self, range: TextRange) -> Literal<'a> {
        take_apart(self.text(range), range.start().to_usize())
    }

    /// Decodes one token of a str literal.
    fn text_of(&mut self, range: TextRange) -> Convert<(Wtf8Buf, Option<Arc<str>>)> {
        let literal = self.literal(range);
        let decoded =
            decode_str(literal.content, literal.raw, false).map_err(|message| self.error(range, message))?;
        let value = self.checked(decoded, literal.start, None);
        Ok((value, literal.kind))
    }

    /// Warns of an invalid escape, placed at it or, in interpolated strings, on the line where they end.
    fn checked<T>(&mut self, decoded: Decoded<T>, start: usize, end: Option<usize>) -> T {
        if let Some((at, text)) = decoded.invalid {
            let octal = if text.as_bytes().get(1).is_some_and(u8::is_ascii_digit) { "octal " } else { "" };
            let message = format!(
                "\"{text}\" is an invalid {octal}escape sequence. Such sequences will not work in the future. Did you \
                 mean \"\\{text}\"? A raw string is also an option."
            );
            let (lineno, offset) = self.lines.place(end.unwrap_or(start + at));
            self.warnings.push(SyntaxWarning {
                category: WarningCategory::Syntax,
                message,
                lineno,
                offset,
                end_lineno: lineno,
                end_offset: offset + 2,
            });
        }
        decoded.value
    }

    /// Warns of an invalid escape in the literal there; false if it is no literal at all.
    pub(crate) fn check_escapes(&mut self, range: TextRange) -> bool {
        let text = self.text(range);
        let prefix = text.find(['"', '\'']).map_or("", |quote| &text[..quote]);
        let literal = self.literal(range);
        let start = literal.start;
        if prefix.contains(['b', 'B']) {
            let decoded = decode_bytes(literal.content, literal.raw);
            return decoded.map(|decoded| self.checked(decoded, start, None)).is_ok();
        }
        let decoded = decode_str(literal.content, literal.raw, false);
        decoded.map(|decoded| self.checked(decoded, start, None)).is_ok()
    }

    pub(super) fn string_literal(&mut self, node: &r::ExprStringLiteral) -> Convert<Expr> {
        let mut value = Wtf8Buf::new();
        let mut kind = None;
        for (index, part) in node.value.iter().enumerate() {
            let (text, part_kind) = self.text_of(part.range())?;
            if index == 0 {
                value = text;
                kind = part_kind;
            } else {
                value.push_wtf8(&text);
            }
        }
        Ok(Expr { kind: ExprKind::Constant { value: Constant::Str(value), kind }, span: self.span(node) })
    }

    pub(super) fn bytes_literal(&mut self, node: &r::ExprBytesLiteral) -> Convert<Expr> {
        let mut value = Vec::new();
        for part in &node.value {
            let literal = self.literal(part.range());
            let decoded = decode_bytes(literal.content, literal.raw)
                .map_err(|message| self.error(part.range(), message))?;
            value.extend(self.checked(decoded, literal.start, None));
        }
        Ok(Expr {
            kind: ExprKind::Constant { value: Constant::Bytes(value), kind: None },
            span: self.span(node),
        })
    }

    pub(super) fn f_string(&mut self, node: &r::ExprFString) -> Convert<Expr> {
        let mut pieces = Vec::new();
        for part in &node.value {
            match part {
                r::FStringPart::Literal(literal) => {
                    let (text, kind) = self.text_of(literal.range())?;
                    pieces.push(text_piece(text, kind, self.span(literal)));
                }
                r::FStringPart::FString(part) => {
                    self.string_elements(&part.elements, part.range(), false, &mut pieces)?;
                }
            }
        }
        Ok(Expr { kind: ExprKind::JoinedStr { values: fold(pieces) }, span: self.span(node) })
    }

    pub(super) fn t_string(&mut self, node: &r::ExprTString) -> Convert<Expr> {
        let mut pieces = Vec::new();
        for part in &node.value {
            self.string_elements(&part.elements, part.range(), true, &mut pieces)?;
        }
        Ok(Expr { kind: ExprKind::TemplateStr { values: fold(pieces) }, span: self.span(node) })
    }

    /// The pieces of an interpolated string.
    fn string_elements(
        &mut self,
        elements: &r::InterpolatedStringElements,
        range: TextRange,
        template: bool,
        pieces: &mut Vec<Expr>,
    ) -> Convert<()> {
        if self.strings >= MAX_F_STRINGS {
            return Err(self.error(range, "too many nested f-strings or t-strings"));
        }
        let raw = self.literal(range).raw;
        let outer = std::mem::take(&mut self.fields);
        self.strings += 1;
        self.elements(elements, raw, template, range.end().to_usize(), pieces)?;
        self.strings -= 1;
        self.fields = outer;
        Ok(())
    }

    /// The pieces of an interpolated string or of a format specification.
    fn elements(
        &mut self,
        elements: &r::InterpolatedStringElements,
        raw: bool,
        template: bool,
        string_end: usize,
        pieces: &mut Vec<Expr>,
    ) -> Convert<()> {
        for element in elements {
            match element {
                r::InterpolatedStringElement::Literal(literal) => {
                    let range = literal.range();
                    let decoded = decode_str(self.text(range), raw, true)
                        .map_err(|message| self.error(range, message))?;
                    let text = self.checked(decoded, range.start().to_usize(), Some(string_end));
                    if !text.is_empty() {
                        pieces.push(text_piece(text, None, self.span(literal)));
                    }
                }
                r::InterpolatedStringElement::Interpolation(element) => {
                    self.interpolation(element, raw, template, string_end, pieces)?;
                }
            }
        }
        Ok(())
    }

    fn interpolation(
        &mut self,
        element: &r::InterpolatedElement,
        raw: bool,
        template: bool,
        string_end: usize,
        pieces: &mut Vec<Expr>,
    ) -> Convert<()> {
        if self.fields >= MAX_FIELDS {
            let letter = if template { 't' } else { 'f' };
            let message = format!("{letter}-string: expressions nested too deeply");
            return Err(self.error(element.range(), message));
        }
        self.fields += 1;
        let text_start = element.range().start() + TextSize::from(1);
        let text_end = self.expression_end(element.expression.range().end());
        let debug = element.debug_text.is_some();
        if debug {
            let end = self.skip_trivia(text_end + TextSize::from(1));
            let range = TextRange::new(text_start, end);
            let text = without_comments(self.text(range));
            let span = self.span_between(range.start(), range.end());
            pieces.push(text_piece(Wtf8Buf::from_string(text), None, span));
        }
        let value = self.boxed(&element.expression)?;
        let format_spec = match &element.format_spec {
            None => None,
            Some(spec) => {
                let mut inner = Vec::new();
                // Templates nest f-strings in their format specifications.
                self.elements(&spec.elements, raw, false, string_end, &mut inner)?;
                let range = spec.range();
                let colon = self.source[..range.start().to_usize()].ends_with(':');
                let start = if colon { range.start() - TextSize::from(1) } else { range.start() };
                let kind = ExprKind::JoinedStr { values: fold(inner) };
                Some(Box::new(Expr { kind, span: self.span_between(start, range.end()) }))
            }
        };
        let conversion = match element.conversion {
            r::ConversionFlag::None if debug && format_spec.is_none() => i32::from(b'r'),
            r::ConversionFlag::None => -1,
            r::ConversionFlag::Str => i32::from(b's'),
            r::ConversionFlag::Repr => i32::from(b'r'),
            r::ConversionFlag::Ascii => i32::from(b'a'),
        };
        let kind = if template {
            let text = without_comments(self.text(TextRange::new(text_start, text_end)));
            let str = Constant::Str(Wtf8Buf::from_string(text));
            ExprKind::Interpolation { value, str, conversion, format_spec }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        pieces.push(Expr { kind, span: self.span(element) });
        self.fields -= 1;
        Ok(())
    }

    /// Where the text of an interpolated expression ends: at its `=`, `!`, `:` or `}`.
    fn expression_end(&self, from: TextSize) -> TextSize {
        let bytes = self.source.as_bytes();
        let mut at = from;
        loop {
            at = self.skip_trivia(at);
            // Closing parentheses around the expression, and the comma of a tuple.
            match bytes.get(at.to_usize()) {
                Some(b')' | b',') => at += TextSize::from(1),
                _ => return at,
            }
        }
    }
}

fn text_piece(text: Wtf8Buf, kind: Option<Arc<str>>, span: Span) -> Expr {
    Expr { kind: ExprKind::Constant { value: Constant::Str(text), kind }, span }
}

/// Joins adjacent texts and drops empty ones.
fn fold(pieces: Vec<Expr>) -> Vec<Expr> {
    let mut folded: Vec<Expr> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        if let ExprKind::Constant { value: Constant::Str(text), .. } = &piece.kind
            && let Some(Expr { kind: ExprKind::Constant { value: Constant::Str(joined), .. }, span }) =
                folded.last_mut()
        {
            joined.push_wtf8(text);
            span.end_lineno = piece.span.end_lineno;
            span.end_col_offset = piece.span.end_col_offset;
        } else {
            folded.push(piece);
        }
    }
    folded.retain(
        |piece| !matches!(&piece.kind, ExprKind::Constant { value: Constant::Str(text), .. } if text.is_empty()),
    );
    folded
}

/// The text of an expression with its comments left out.
fn without_comments(text: &str) -> String {
    if !text.contains('#') {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut quote = None;
    let mut comment = false;
    let mut escaped = false;
    for char in text.chars() {
        if comment {
            comment = char != '\n';
            if comment {
                continue;
            }
        }
        if escaped {
            escaped = false;
            kept.push(char);
            continue;
        }
        match char {
            '\\' => escaped = true,
            '"' | '\'' if quote.is_none() => quote = Some(char),
            _ if quote == Some(char) => quote = None,
            '#' if quote.is_none() => {
                comment = true;
                continue;
            }
            _ => {}
        }
        kept.push(char);
    }
    kept
}

/// Whether a string token can be decoded; true for bytes.
pub(crate) fn check_literal(text: &str) -> Result<bool, String> {
    let literal = take_apart(text, 0);
    let prefix = text.find(['"', '\'']).map_or("", |quote| &text[..quote]);
    if prefix.contains(['b', 'B']) {
        if !literal.content.is_ascii() {
            return Err("bytes can only contain ASCII literal characters".to_owned());
        }
        return decode_bytes(literal.content, literal.raw).map(|_| true);
    }
    decode_str(literal.content, literal.raw, false).map(|_| false)
}

/// Whether text of an interpolated string can be decoded.
pub(crate) fn check_middle(text: &str, raw: bool) -> Result<(), String> {
    decode_str(text, raw, true).map(|_| ())
}
