//! f-strings, t-strings and docstrings.

use super::emit::AttrForm;
use super::{Compiler, Result, STACK_USE_GUIDELINE};
use crate::ast::{Expr, ExprKind, Span};
use crate::opcode::{Opcode, conversion};
use crate::{CodePoint, Constant, ErrorKind, SyntaxError, Wtf8, Wtf8Buf};

impl<'a> Compiler<'a> {
    pub(super) fn joined_str(&mut self, span: Span, values: &'a [Expr]) -> Result {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_str(span, "");
            self.load_attr(span, &"join".into(), AttrForm::Method);
            self.op_arg(span, Opcode::BuildList, 0);
            for value in values {
                self.expr(value)?;
                self.op_arg(span, Opcode::ListAppend, 1);
            }
            self.op_arg(span, Opcode::Call, 1);
            return Ok(());
        }
        self.exprs(values)?;
        match values.len() {
            0 => self.load_str(span, ""),
            1 => {}
            count => self.op_count(span, Opcode::BuildString, count),
        }
        Ok(())
    }

    pub(super) fn formatted_value(
        &mut self,
        span: Span,
        value: &'a Expr,
        conversion: i32,
        format_spec: Option<&'a Expr>,
    ) -> Result {
        self.expr(value)?;
        if let Some(conversion) = conversion_arg(conversion)? {
            self.op_arg(span, Opcode::ConvertValue, conversion);
        }
        if let Some(spec) = format_spec {
            self.expr(spec)?;
            self.op(span, Opcode::FormatWithSpec);
        } else {
            self.op(span, Opcode::FormatSimple);
        }
        Ok(())
    }

    /// Strings and interpolations are two tuples; there is one string more, empty ones filling the gaps.
    pub(super) fn template_str(&mut self, span: Span, values: &'a [Expr]) -> Result {
        let is_interpolation = |value: &Expr| matches!(value.kind, ExprKind::Interpolation { .. });
        let mut strings = 0;
        let mut after_interpolation = true;
        for value in values {
            if is_interpolation(value) {
                if after_interpolation {
                    self.load_str(span, "");
                    strings += 1;
                }
                after_interpolation = true;
            } else {
                self.expr(value)?;
                strings += 1;
                after_interpolation = false;
            }
        }
        if after_interpolation {
            self.load_str(span, "");
            strings += 1;
        }
        self.op_count(span, Opcode::BuildTuple, strings);
        let mut interpolations = 0;
        for value in values.iter().filter(|value| is_interpolation(value)) {
            self.expr(value)?;
            interpolations += 1;
        }
        self.op_count(span, Opcode::BuildTuple, interpolations);
        self.op(span, Opcode::BuildTemplate);
        Ok(())
    }

    pub(super) fn interpolation(
        &mut self,
        span: Span,
        value: &'a Expr,
        text: &Constant,
        conversion: i32,
        format_spec: Option<&'a Expr>,
    ) -> Result {
        self.expr(value)?;
        self.load_const(span, text.clone());
        let mut arg = 2;
        if let Some(spec) = format_spec {
            arg |= 1;
            self.expr(spec)?;
        }
        if let Some(conversion) = conversion_arg(conversion)? {
            arg |= conversion << 2;
        }
        self.op_arg(span, Opcode::BuildInterpolation, arg);
        Ok(())
    }
}

/// The argument of CONVERT_VALUE for the character of a conversion.
fn conversion_arg(character: i32) -> Result<Option<u32>> {
    Ok(Some(match u8::try_from(character) {
        Ok(b's') => conversion::STR,
        Ok(b'r') => conversion::REPR,
        Ok(b'a') => conversion::ASCII,
        _ if character == -1 => return Ok(None),
        _ => {
            let message = format!("Unrecognized conversion character {character}");
            return Err(SyntaxError::unplaced(ErrorKind::SystemError, message));
        }
    }))
}

/// A docstring without the indentation that its lines share.
pub(super) fn clean_docstring(text: &Wtf8) -> Wtf8Buf {
    let points = expand_tabs(text);
    let lines: Vec<&[CodePoint]> = points.split_inclusive(|&point| point == '\n').collect();
    let indent = |line: &[CodePoint]| line.iter().take_while(|&&point| point == ' ').count();
    let margin = lines
        .iter()
        .skip(1)
        .filter(|line| line.get(indent(line)).is_some_and(|&point| point != '\n'))
        .map(|line| indent(line))
        .min()
        .unwrap_or(0);
    let mut clean = Wtf8Buf::new();
    for (index, line) in lines.iter().enumerate() {
        let cut = if index == 0 { indent(line) } else { indent(line).min(margin) };
        line[cut..].iter().for_each(|&point| clean.push(point));
    }
    clean
}

fn expand_tabs(text: &Wtf8) -> Vec<CodePoint> {
    const TAB: usize = 8;
    let mut points = Vec::new();
    let mut column = 0;
    for point in text.code_points() {
        if point == '\t' {
            let width = TAB - column % TAB;
            points.extend(std::iter::repeat_n(CodePoint::from_char(' '), width));
            column += width;
        } else {
            points.push(point);
            column = if point == '\n' || point == '\r' { 0 } else { column + 1 };
        }
    }
    points
}
