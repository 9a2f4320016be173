//! Patterns.

use super::{Done, Validator, name, place, wrong};
use crate::Constant;
use crate::ast::{Expr, ExprKind, Operator, Pattern, PatternKind, UnaryOp};

impl Validator {
    /// Checks a pattern; `star_ok` where it may be a starred one.
    pub(super) fn pattern(&mut self, pattern: &Pattern, star_ok: bool) -> Done {
        self.nested(|validator| validator.pattern_inner(pattern, star_ok))
    }

    fn patterns(&mut self, patterns: &[Pattern], star_ok: bool) -> Done {
        patterns.iter().try_for_each(|pattern| self.pattern(pattern, star_ok))
    }

    fn pattern_inner(&mut self, pattern: &Pattern, star_ok: bool) -> Done {
        place(pattern.span)?;
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.match_value(value),
            PatternKind::MatchSingleton { value } => match value {
                Constant::None | Constant::Bool(_) => Ok(()),
                _ => wrong("MatchSingleton can only contain True, False and None"),
            },
            PatternKind::MatchSequence { patterns } => self.patterns(patterns, true),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                if keys.len() != patterns.len() {
                    return wrong("MatchMapping doesn't have the same number of keys as patterns");
                }
                rest.as_deref().map_or(Ok(()), capture)?;
                for key in keys {
                    let singleton = matches!(
                        &key.kind,
                        ExprKind::Constant { value: Constant::None | Constant::Bool(_), .. }
                    );
                    if !singleton {
                        self.match_value(key)?;
                    }
                }
                self.patterns(patterns, false)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                if kwd_attrs.len() != kwd_patterns.len() {
                    return wrong(
                        "MatchClass doesn't have the same number of keyword attributes as patterns",
                    );
                }
                self.load(cls)?;
                let mut base = &**cls;
                while let ExprKind::Attribute { value, .. } = &base.kind {
                    base = value;
                }
                if !matches!(base.kind, ExprKind::Name { .. }) {
                    return wrong("MatchClass cls field can only contain Name or Attribute nodes.");
                }
                kwd_attrs.iter().try_for_each(|attr| name(attr))?;
                self.patterns(patterns, false)?;
                self.patterns(kwd_patterns, false)
            }
            PatternKind::MatchStar { name } => {
                if !star_ok {
                    return wrong("can't use MatchStar here");
                }
                name.as_deref().map_or(Ok(()), capture)
            }
            PatternKind::MatchAs { pattern, name } => {
                name.as_deref().map_or(Ok(()), capture)?;
                match (pattern, name) {
                    (None, _) => Ok(()),
                    (Some(_), None) => wrong("MatchAs must specify a target name if a pattern is given"),
                    (Some(pattern), Some(_)) => self.pattern(pattern, false),
                }
            }
            PatternKind::MatchOr { patterns } => {
                if patterns.len() < 2 {
                    return wrong("MatchOr requires at least 2 patterns");
                }
                self.patterns(patterns, false)
            }
        }
    }

    fn match_value(&mut self, value: &Expr) -> Done {
        self.load(value)?;
        match &value.kind {
            ExprKind::Constant { value, .. } => match value {
                Constant::Int(_)
                | Constant::BigInt(_)
                | Constant::Float(_)
                | Constant::Complex(..)
                | Constant::Str(_)
                | Constant::Bytes(_) => Ok(()),
                _ => wrong("unexpected constant inside of a literal pattern"),
            },
            // F-strings get their own complaint later.
            ExprKind::Attribute { .. } | ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. } => Ok(()),
            ExprKind::UnaryOp { .. } if number(value, true, true) => Ok(()),
            ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right }
                if number(left, true, false) && imaginary(right) =>
            {
                Ok(())
            }
            _ => wrong("patterns may only match literals and attribute lookups"),
        }
    }
}

/// A real number, or an imaginary one if that is allowed too, with a minus if allowed.
fn number(expr: &Expr, signed: bool, imaginary_ok: bool) -> bool {
    match &expr.kind {
        ExprKind::Constant { value, .. } => match value {
            Constant::Int(_) | Constant::BigInt(_) | Constant::Float(_) => true,
            Constant::Complex(..) => imaginary_ok,
            _ => false,
        },
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } if signed => number(operand, false, imaginary_ok),
        _ => false,
    }
}

fn imaginary(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Constant { value: Constant::Complex(..), .. })
}

fn capture(captured: &str) -> Done {
    if captured == "_" { wrong("can't capture name '_' in patterns") } else { name(captured) }
}
