//! `match`: a case is a run of tests on a copy of the subject, and captures are kept on the stack until all succeed.
//!
//! While a pattern is tested, the stack holds from the top: what the pattern still needs (`on_top`), then the
//! captures so far. A failing test jumps to a label that pops as much as is there: label `n` is followed by `n` pops.

use std::sync::Arc;

use super::{Compiler, Result};
use crate::ast::{CmpOp, Expr, ExprContext, ExprKind, MatchCase, Operator, Pattern, PatternKind, Span};
use crate::flow::{Label, NEXT_LOCATION, NO_LOCATION};
use crate::opcode::Opcode;
use crate::{Constant, SyntaxError};

/// The state of one case.
#[derive(Default)]
struct Case {
    /// Names captured so far.
    stores: Vec<Arc<str>>,
    /// Whether a pattern that always matches may stand here.
    allow_irrefutable: bool,
    /// Where to go on failure, by how much is to be popped.
    fail: Vec<Label>,
    /// Values on the stack above the captures.
    on_top: usize,
}

fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { name: None, .. })
}

fn is_star_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { name: None })
}

/// Text as Python's `repr` shows a name.
fn quoted(name: &str) -> String {
    format!("'{name}'")
}

impl<'a> Compiler<'a> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> Result {
        self.expr(subject)?;
        let end = self.label();
        let Some(last) = cases.last() else { return Ok(()) };
        let has_default = is_wildcard(&last.pattern) && cases.len() > 1;
        let tested = cases.len() - usize::from(has_default);
        for (index, case) in cases[..tested].iter().enumerate() {
            let place = case.pattern.span;
            let is_last = index + 1 == tested;
            if !is_last {
                self.op_arg(place, Opcode::Copy, 1);
            }
            let mut state = Case {
                allow_irrefutable: case.guard.is_some() || index + 1 == cases.len(),
                ..Case::default()
            };
            self.pattern(&case.pattern, &mut state)?;
            for name in &state.stores {
                self.name(place, name, ExprContext::Store)?;
            }
            if let Some(guard) = &case.guard {
                self.ensure_fail(&mut state, 0);
                self.jump_if(place, guard, state.fail[0], false)?;
            }
            if !is_last {
                self.op(NEXT_LOCATION, Opcode::PopTop);
            }
            self.stmts(&case.body)?;
            self.jump(NO_LOCATION, Opcode::Jump, end);
            self.mark_fails(place, &mut state);
        }
        if has_default {
            // `case _` needs no test and no copy; its line is to be seen all the same.
            self.op(last.pattern.span, Opcode::Nop);
            if let Some(guard) = &last.guard {
                self.jump_if(last.pattern.span, guard, end, false)?;
            }
            self.stmts(&last.body)?;
        }
        self.mark(end);
        Ok(())
    }

    fn ensure_fail(&mut self, state: &mut Case, pops: usize) {
        while state.fail.len() <= pops {
            state.fail.push(self.label());
        }
    }

    fn jump_to_fail(&mut self, span: Span, state: &mut Case, op: Opcode) {
        let pops = state.on_top + state.stores.len();
        self.ensure_fail(state, pops);
        self.jump(span, op, state.fail[pops]);
    }

    fn mark_fails(&mut self, span: Span, state: &mut Case) {
        while let Some(label) = state.fail.pop() {
            self.mark(label);
            if !state.fail.is_empty() {
                self.op(span, Opcode::PopTop);
            }
        }
    }

    /// Moves the top of the stack down to depth `count`.
    fn rotate(&mut self, span: Span, count: usize) {
        (2..=count).rev().for_each(|depth| self.op_count(span, Opcode::Swap, depth));
    }

    fn pattern(&mut self, pattern: &'a Pattern, state: &mut Case) -> Result {
        self.nested(|compiler| compiler.pattern_inner(pattern, state))
    }

    fn pattern_inner(&mut self, pattern: &'a Pattern, state: &mut Case) -> Result {
        let span = pattern.span;
        match &pattern.kind {
            PatternKind::MatchValue { value } => {
                if !matches!(value.kind, ExprKind::Constant { .. } | ExprKind::Attribute { .. }) {
                    return self.error(span, "patterns may only match literals and attribute lookups");
                }
                self.expr(value)?;
                self.compare_op(span, CmpOp::Eq);
                self.op(span, Opcode::ToBool);
                self.jump_to_fail(span, state, Opcode::PopJumpIfFalse);
                Ok(())
            }
            PatternKind::MatchSingleton { value } => {
                self.load_const(span, value.clone());
                self.compare_op(span, CmpOp::Is);
                self.jump_to_fail(span, state, Opcode::PopJumpIfFalse);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => self.sequence_pattern(span, patterns, state),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.mapping_pattern(span, keys, patterns, rest.as_ref(), state)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(span, cls, patterns, kwd_attrs, kwd_patterns, state)
            }
            PatternKind::MatchStar { name } => self.capture(span, name.as_ref(), state),
            PatternKind::MatchAs { pattern: inner, name } => {
                let Some(inner) = inner else {
                    if !state.allow_irrefutable {
                        let what = match name {
                            Some(name) => format!("name capture {}", quoted(name)),
                            None => "wildcard".to_owned(),
                        };
                        return self.error(span, format!("{what} makes remaining patterns unreachable"));
                    }
                    return self.capture(span, name.as_ref(), state);
                };
                state.on_top += 1;
                self.op_arg(span, Opcode::Copy, 1);
                self.pattern(inner, state)?;
                state.on_top -= 1;
                self.capture(span, name.as_ref(), state)
            }
            PatternKind::MatchOr { patterns } => self.or_pattern(span, patterns, state),
        }
    }

    /// Visits a pattern inside another, which may match everything.
    fn subpattern(&mut self, pattern: &'a Pattern, state: &mut Case) -> Result {
        let allowed = std::mem::replace(&mut state.allow_irrefutable, true);
        self.pattern(pattern, state)?;
        state.allow_irrefutable = allowed;
        Ok(())
    }

    /// Keeps the top of the stack for a name, or drops it.
    fn capture(&mut self, span: Span, name: Option<&Arc<str>>, state: &mut Case) -> Result {
        let Some(name) = name else {
            self.op(span, Opcode::PopTop);
            return Ok(());
        };
        self.check_forbidden(span, name, ExprContext::Store)?;
        self.check_new(span, name, state)?;
        self.rotate(span, state.on_top + state.stores.len() + 1);
        state.stores.push(name.clone());
        Ok(())
    }

    fn check_new(&self, span: Span, name: &Arc<str>, state: &Case) -> Result {
        if state.stores.contains(name) {
            return self.error(span, format!("multiple assignments to name {} in pattern", quoted(name)));
        }
        Ok(())
    }

    fn sequence_pattern(&mut self, span: Span, patterns: &'a [Pattern], state: &mut Case) -> Result {
        let mut star = None;
        for (index, pattern) in patterns.iter().enumerate() {
            if matches!(pattern.kind, PatternKind::MatchStar { .. }) {
                if star.is_some() {
                    return self.error(span, "multiple starred names in sequence pattern");
                }
                star = Some(index);
            }
        }
        let only_wildcards = patterns.iter().all(|pattern| is_wildcard(pattern) || is_star_wildcard(pattern));
        state.on_top += 1;
        self.op(span, Opcode::MatchSequence);
        self.jump_to_fail(span, state, Opcode::PopJumpIfFalse);
        let size = patterns.len();
        let length = match star {
            None => Some((CmpOp::Eq, size)),
            Some(_) if size > 1 => Some((CmpOp::GtE, size - 1)),
            Some(_) => None,
        };
        if let Some((op, length)) = length {
            self.op(span, Opcode::GetLen);
            self.load_int(span, length as i64);
            self.compare_op(span, op);
            self.jump_to_fail(span, state, Opcode::PopJumpIfFalse);
        }
        state.on_top -= 1;
        match star {
            _ if only_wildcards => {
                self.op(span, Opcode::PopTop);
                Ok(())
            }
            Some(star) if is_star_wildcard(&patterns[star]) => {
                self.sequence_by_index(span, patterns, star, state)
            }
            _ => self.sequence_by_unpacking(span, patterns, star, state),
        }
    }

    fn sequence_by_unpacking(
        &mut self,
        span: Span,
        patterns: &'a [Pattern],
        star: Option<usize>,
        state: &mut Case,
    ) -> Result {
        let size = patterns.len();
        match star {
            Some(star) => {
                let after = size - star - 1;
                if star >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return self.error(span, "too many expressions in star-unpacking sequence pattern");
                }
                self.op_count(span, Opcode::UnpackEx, star + (after << 8));
            }
            None => self.op_count(span, Opcode::UnpackSequence, size),
        }
        state.on_top += size;
        for pattern in patterns {
            state.on_top -= 1;
            self.subpattern(pattern, state)?;
        }
        Ok(())
    }

    /// With `*_` it is cheaper to take the items one by one than to make the list that nobody wants.
    fn sequence_by_index(
        &mut self,
        span: Span,
        patterns: &'a [Pattern],
        star: usize,
        state: &mut Case,
    ) -> Result {
        state.on_top += 1;
        for (index, pattern) in patterns.iter().enumerate() {
            if is_wildcard(pattern) || index == star {
                continue;
            }
            self.op_arg(span, Opcode::Copy, 1);
            if index < star {
                self.load_int(span, index as i64);
            } else {
                // The subject need not know negative indices.
                self.op(span, Opcode::GetLen);
                self.load_int(span, (patterns.len() - index) as i64);
                self.binary(span, Operator::Sub);
            }
            self.subscript(span);
            self.subpattern(pattern, state)?;
        }
        state.on_top -= 1;
        self.op(span, Opcode::PopTop);
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        span: Span,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&Arc<str>>,
        state: &mut Case,
    ) -> Result {
        let size = keys.len();
        if size != patterns.len() {
            let message =
                format!("keys ({size}) / patterns ({}) length mismatch in mapping pattern", patterns.len());
            return self.error(span, message);
        }
        state.on_top += 1;
        self.op(span, Opcode::MatchMapping);
        self.jump_to_fail(span, state, Opcode::PopJumpIfFalse);
        if size == 0 && rest.is_none() {
            state.on_top -= 1;
            self.op(span, Opcode::PopTop);
            return Ok(());
        }
        if size > 0 {
            self.op(span, Opcode::GetLen);
            self.load_int(span, size as i64);
            self.compare_op(span, CmpOp::GtE);
            self.jump_to_fail(span, state, Opcode::PopJumpIfFalse);
        }
        let mut seen: Vec<&Constant> = Vec::new();
        for key in keys {
            match &key.kind {
                ExprKind::Constant { value, .. } => {
                    if seen.iter().any(|other| crate::flow::equal(other, value)) {
                        let shown = crate::unparse(key)?;
                        return self.error(span, format!("mapping pattern checks duplicate key ({shown})"));
                    }
                    seen.push(value);
                }
                ExprKind::Attribute { .. } => {}
                _ => {
                    return self
                        .error(span, "mapping pattern keys may only match literals and attribute lookups");
                }
            }
            self.expr(key)?;
        }
        self.op_count(span, Opcode::BuildTuple, size);
        self.op(span, Opcode::MatchKeys);
        // The tuple of keys and that of values.
        state.on_top += 2;
        self.fail_if_none(span, state);
        self.op_count(span, Opcode::UnpackSequence, size);
        state.on_top += size;
        state.on_top -= 1;
        for pattern in patterns {
            state.on_top -= 1;
            self.subpattern(pattern, state)?;
        }
        state.on_top -= 2;
        match rest {
            Some(rest) => {
                // A copy of the subject without the keys.
                self.op_arg(span, Opcode::BuildMap, 0);
                self.op_arg(span, Opcode::Swap, 3);
                self.op_arg(span, Opcode::DictUpdate, 2);
                self.op_count(span, Opcode::UnpackSequence, size);
                for left in (1..=size).rev() {
                    self.op_count(span, Opcode::Copy, 1 + left);
                    self.op_arg(span, Opcode::Swap, 2);
                    self.op(span, Opcode::DeleteSubscr);
                }
                self.capture(span, Some(rest), state)
            }
            None => {
                self.op(span, Opcode::PopTop);
                self.op(span, Opcode::PopTop);
                Ok(())
            }
        }
    }

    /// Fails if the top of the stack, which stays, is None.
    fn fail_if_none(&mut self, span: Span, state: &mut Case) {
        self.op_arg(span, Opcode::Copy, 1);
        self.load_none(span);
        self.compare_op(span, CmpOp::IsNot);
        self.jump_to_fail(span, state, Opcode::PopJumpIfFalse);
    }

    fn class_pattern(
        &mut self,
        span: Span,
        cls: &'a Expr,
        patterns: &'a [Pattern],
        kwd_attrs: &'a [Arc<str>],
        kwd_patterns: &'a [Pattern],
        state: &mut Case,
    ) -> Result {
        if kwd_attrs.len() != kwd_patterns.len() {
            let message = format!(
                "kwd_attrs ({}) / kwd_patterns ({}) length mismatch in class pattern",
                kwd_attrs.len(),
                kwd_patterns.len()
            );
            return self.error(span, message);
        }
        for (index, (attr, pattern)) in kwd_attrs.iter().zip(kwd_patterns).enumerate() {
            self.check_forbidden(pattern.span, attr, ExprContext::Store)?;
            if let Some(other) = kwd_attrs[index + 1..].iter().position(|other| other == attr) {
                let place = kwd_patterns[index + 1 + other].span;
                return self.error(place, format!("attribute name repeated in class pattern: {attr}"));
            }
        }
        self.expr(cls)?;
        let names = kwd_attrs.iter().map(|attr| Constant::Str((&**attr).into())).collect();
        self.load_const(span, Constant::Tuple(names));
        self.op_count(span, Opcode::MatchClass, patterns.len());
        let count = patterns.len() + kwd_patterns.len();
        // fail_if_none with the tuple of attributes counted only for the jump.
        self.op_arg(span, Opcode::Copy, 1);
        self.load_none(span);
        self.compare_op(span, CmpOp::IsNot);
        state.on_top += 1;
        self.jump_to_fail(span, state, Opcode::PopJumpIfFalse);
        self.op_count(span, Opcode::UnpackSequence, count);
        state.on_top += count;
        state.on_top -= 1;
        for pattern in patterns.iter().chain(kwd_patterns) {
            state.on_top -= 1;
            if is_wildcard(pattern) {
                self.op(span, Opcode::PopTop);
            } else {
                self.subpattern(pattern, state)?;
            }
        }
        Ok(())
    }

    fn or_pattern(&mut self, span: Span, patterns: &'a [Pattern], state: &mut Case) -> Result {
        let end = self.label();
        let differ = || SyntaxError::at(span, "alternative patterns bind different names");
        // The names that the first alternative binds, in its order, which the others are brought to.
        let mut control: Option<Vec<Arc<str>>> = None;
        for (index, pattern) in patterns.iter().enumerate() {
            let place = pattern.span;
            let mut inner = Case {
                allow_irrefutable: index + 1 == patterns.len() && state.allow_irrefutable,
                ..Case::default()
            };
            self.op_arg(place, Opcode::Copy, 1);
            self.pattern(pattern, &mut inner)?;
            match &control {
                None => control = Some(std::mem::take(&mut inner.stores)),
                Some(control) => {
                    if inner.stores.len() != control.len() {
                        return Err(differ());
                    }
                    self.reorder(place, &mut inner.stores, control).ok_or_else(differ)?;
                }
            }
            self.jump(place, Opcode::Jump, end);
            inner.stores.clear();
            self.mark_fails(place, &mut inner);
        }
        // No alternative matched: the copy of the subject goes.
        self.op(span, Opcode::PopTop);
        self.jump_to_fail(span, state, Opcode::Jump);
        self.mark(end);
        let control = control.unwrap_or_default();
        let rotation = control.len() + 1 + state.on_top + state.stores.len();
        for name in control {
            self.rotate(span, rotation);
            self.check_new(span, &name, state)?;
            state.stores.push(name);
        }
        self.op(span, Opcode::PopTop);
        Ok(())
    }

    /// Brings captures, on the stack and in the list, to the order of `control`.
    fn reorder(&mut self, span: Span, stores: &mut Vec<Arc<str>>, control: &[Arc<str>]) -> Option<()> {
        for wanted in (0..control.len()).rev() {
            let found = stores.iter().position(|name| *name == control[wanted])?;
            if found == wanted {
                continue;
            }
            if found > wanted {
                return None;
            }
            let rotated: Vec<Arc<str>> = stores.drain(..=found).collect();
            let at = wanted - found;
            stores.splice(at..at, rotated);
            (0..=found).for_each(|_| self.rotate(span, wanted + 1));
        }
        Some(())
    }
}
