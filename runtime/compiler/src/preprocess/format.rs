//! `'literal' % (values)` as an f-string, where `%s`, `%r` and `%a` are all that it asks for.

use rustpython_wtf8::{CodePoint, Wtf8Buf};

use crate::Constant;
use crate::ast::{Expr, ExprKind, Operator, Span};

/// More digits of width or precision than these are left to run time.
const MAX_DIGITS: usize = 3;

/// The place of text that stands nowhere by itself.
const NOWHERE: Span = Span { lineno: -1, col_offset: -1, end_lineno: -1, end_col_offset: -1 };

/// Rewrites `node` where that changes nothing but speed.
pub(super) fn fold(node: &mut Expr) {
    let ExprKind::BinOp { left, op: Operator::Mod, right } = &mut node.kind else { return };
    let ExprKind::Constant { value: Constant::Str(format), .. } = &left.kind else { return };
    let ExprKind::Tuple { elts, .. } = &mut right.kind else { return };
    if elts.iter().any(|element| matches!(element.kind, ExprKind::Starred { .. })) {
        return;
    }
    let format: Vec<CodePoint> = format.code_points().collect();
    if let Some(pieces) = take_apart(&format, elts.len()) {
        let mut values = Vec::with_capacity(pieces.len());
        let mut elements = std::mem::take(elts).into_iter();
        for piece in pieces {
            values.push(match piece {
                Piece::Text(text) => text_node(text, NOWHERE),
                Piece::Value { conversion, spec } => {
                    let Some(value) = elements.next() else { continue };
                    let span = value.span;
                    let format_spec =
                        (!spec.is_empty()).then(|| Box::new(text_node(Wtf8Buf::from(spec), span)));
                    let kind = ExprKind::FormattedValue { value: Box::new(value), conversion, format_spec };
                    Expr { kind, span }
                }
            });
        }
        node.kind = ExprKind::JoinedStr { values };
    }
}

enum Piece {
    Text(Wtf8Buf),
    Value { conversion: i32, spec: String },
}

fn text_node(text: Wtf8Buf, span: Span) -> Expr {
    Expr { kind: ExprKind::Constant { value: Constant::Str(text), kind: None }, span }
}

/// The pieces of a format for exactly `count` values; none where it asks for more than strings can say.
fn take_apart(format: &[CodePoint], count: usize) -> Option<Vec<Piece>> {
    let mut scanner = Scanner { format, at: 0 };
    let mut pieces = Vec::new();
    let mut used = 0;
    loop {
        let text = scanner.text();
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        if scanner.at >= format.len() {
            break;
        }
        if used >= count {
            return None;
        }
        pieces.push(scanner.value()?);
        used += 1;
    }
    (used == count).then_some(pieces)
}

struct Scanner<'a> {
    format: &'a [CodePoint],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.format.get(self.at)?.to_char()
    }

    /// Text up to the next lone `%`.
    fn text(&mut self) -> Wtf8Buf {
        let mut text = Wtf8Buf::new();
        while let Some(&code_point) = self.format.get(self.at) {
            if code_point.to_char() == Some('%') {
                if self.format.get(self.at + 1).and_then(|next| next.to_char()) != Some('%') {
                    break;
                }
                self.at += 1;
            }
            self.at += 1;
            text.push(code_point);
        }
        text
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        let mut digits = 0;
        while let Some(digit) = self.peek().and_then(|char| char.to_digit(10)) {
            number = number * 10 + digit;
            self.at += 1;
            digits += 1;
            if digits >= MAX_DIGITS {
                return None;
            }
        }
        Some(number)
    }

    /// What stands at `%`.
    fn value(&mut self) -> Option<Piece> {
        self.at += 1;
        let mut left = false;
        while let Some(char @ ('-' | '+' | ' ' | '#' | '0')) = self.peek() {
            left |= char == '-';
            self.at += 1;
        }
        let mut spec = String::new();
        if self.peek().is_some_and(|char| char.is_ascii_digit()) {
            let width = self.number()?;
            if !left && width > 0 {
                spec.push('>');
            }
            spec.push_str(&width.to_string());
        }
        if self.peek() == Some('.') {
            self.at += 1;
            let precision = self.number()?;
            spec.push('.');
            spec.push_str(&precision.to_string());
        }
        let conversion = match self.peek()? {
            's' => b's',
            'r' => b'r',
            'a' => b'a',
            _ => return None,
        };
        self.at += 1;
        Some(Piece::Value { conversion: i32::from(conversion), spec })
    }
}
