//! Expressions that neither call nor build strings nor open a block.

use super::emit::AttrForm;
use super::statements::attr_span;
use super::unit::ScopeKind;
use super::{Compiler, Result, STACK_USE_GUIDELINE};
use crate::Constant;
use crate::ast::{BoolOp, CmpOp, Expr, ExprContext, ExprKind, Span, UnaryOp};
use crate::flow::{Label, NO_LOCATION};
use crate::opcode::{Intrinsic1, Opcode};

/// Which collection a display builds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Display {
    List,
    Tuple,
    Set,
}

impl<'a> Compiler<'a> {
    pub(super) fn exprs(&mut self, exprs: &'a [Expr]) -> Result {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, expr: &'a Expr) -> Result {
        self.nested(|compiler| compiler.expr_inner(expr))
    }

    fn expr_inner(&mut self, expr: &'a Expr) -> Result {
        let span = expr.span;
        match &expr.kind {
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.op_arg(span, Opcode::Copy, 1);
                self.expr(target)
            }
            ExprKind::BoolOp { op, values } => self.bool_op(span, *op, values),
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.binary(span, *op);
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                match op {
                    UnaryOp::Invert => self.op(span, Opcode::UnaryInvert),
                    UnaryOp::Not => {
                        self.op(span, Opcode::ToBool);
                        self.op(span, Opcode::UnaryNot);
                    }
                    UnaryOp::UAdd => self.intrinsic(span, Intrinsic1::UnaryPositive),
                    UnaryOp::USub => self.op(span, Opcode::UnaryNegative),
                }
                Ok(())
            }
            ExprKind::Lambda { args, body } => self.lambda(expr, args, body),
            ExprKind::IfExp { test, body, orelse } => {
                let (end, next) = (self.label(), self.label());
                self.jump_if(span, test, next, false)?;
                self.expr(body)?;
                self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
                self.mark(next);
                self.expr(orelse)?;
                self.mark(end);
                Ok(())
            }
            ExprKind::Dict { keys, values } => self.dict(span, keys, values),
            ExprKind::Set { elts } => self.display(span, elts, None, 0, Display::Set),
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::GeneratorExp { .. } => self.comprehension(expr),
            ExprKind::Await { value } => {
                self.expr(value)?;
                self.op_arg(span, Opcode::GetAwaitable, 0);
                self.load_none(span);
                self.delegate(span, true);
                Ok(())
            }
            ExprKind::Yield { value } => {
                if !self.is_function_like() {
                    return self.error(span, "'yield' outside function");
                }
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.load_none(span),
                }
                self.yield_value(span);
                Ok(())
            }
            ExprKind::YieldFrom { value } => {
                if !self.is_function_like() {
                    return self.error(span, "'yield from' outside function");
                }
                if self.unit_ref().kind == ScopeKind::AsyncFunction {
                    return self.error(span, "'yield from' inside async function");
                }
                self.expr(value)?;
                self.op(span, Opcode::GetYieldFromIter);
                self.load_none(span);
                self.delegate(span, false);
                Ok(())
            }
            ExprKind::Compare { left, ops, comparators } => self.compare(expr, left, ops, comparators),
            ExprKind::Call { func, args, keywords } => self.call(expr, func, args, keywords),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.formatted_value(span, value, *conversion, format_spec.as_deref())
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.interpolation(span, value, str, *conversion, format_spec.as_deref())
            }
            ExprKind::JoinedStr { values } => self.joined_str(span, values),
            ExprKind::TemplateStr { values } => self.template_str(span, values),
            ExprKind::Constant { value, .. } => {
                self.load_const(span, value.clone());
                Ok(())
            }
            ExprKind::Attribute { value, attr, ctx } => self.attribute(expr, value, attr, *ctx),
            ExprKind::Subscript { value, slice, ctx } => self.subscript_expr(span, value, slice, *ctx),
            ExprKind::Starred { ctx: ExprContext::Store, .. } => {
                self.error(span, "starred assignment target must be in a list or tuple")
            }
            ExprKind::Starred { .. } => self.error(span, "can't use starred expression here"),
            ExprKind::Name { id, ctx } => self.name(span, id, *ctx),
            ExprKind::List { elts, ctx } => match ctx {
                ExprContext::Load => self.display(span, elts, None, 0, Display::List),
                ExprContext::Store => self.unpack(span, elts),
                ExprContext::Del => self.exprs(elts),
            },
            ExprKind::Tuple { elts, ctx } => match ctx {
                ExprContext::Load => self.display(span, elts, None, 0, Display::Tuple),
                ExprContext::Store => self.unpack(span, elts),
                ExprContext::Del => self.exprs(elts),
            },
            ExprKind::Slice { lower, upper, step } => {
                if let Some(constant) = constant_slice(expr) {
                    self.load_const(span, constant);
                    return Ok(());
                }
                self.slice_part(span, lower.as_deref())?;
                self.slice_part(span, upper.as_deref())?;
                if let Some(step) = step {
                    self.expr(step)?;
                }
                self.op_arg(span, Opcode::BuildSlice, if step.is_some() { 3 } else { 2 });
                Ok(())
            }
        }
    }

    fn bool_op(&mut self, span: Span, op: BoolOp, values: &'a [Expr]) -> Result {
        let jump = match op {
            BoolOp::And => Opcode::JumpIfFalse,
            BoolOp::Or => Opcode::JumpIfTrue,
        };
        let end = self.label();
        let Some((last, others)) = values.split_last() else { return Ok(()) };
        for value in others {
            self.expr(value)?;
            self.jump(span, jump, end);
            self.op(span, Opcode::PopTop);
        }
        self.expr(last)?;
        self.mark(end);
        Ok(())
    }

    /// Jumps to `next` if the truth of `test` is `condition`, else goes on.
    pub(super) fn jump_if(&mut self, span: Span, test: &'a Expr, next: Label, condition: bool) -> Result {
        self.nested(|compiler| compiler.jump_if_inner(span, test, next, condition))
    }

    fn jump_if_inner(&mut self, span: Span, test: &'a Expr, next: Label, condition: bool) -> Result {
        let jump = if condition { Opcode::PopJumpIfTrue } else { Opcode::PopJumpIfFalse };
        match &test.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => {
                return self.jump_if(span, operand, next, !condition);
            }
            ExprKind::BoolOp { op, values } => {
                let decides = *op == BoolOp::Or;
                // What decides the whole early either jumps where the whole would, or past it.
                let early = if decides == condition { next } else { self.label() };
                let Some((last, others)) = values.split_last() else { return Ok(()) };
                for value in others {
                    self.jump_if(span, value, early, decides)?;
                }
                self.jump_if(span, last, next, condition)?;
                if early != next {
                    self.mark(early);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let (end, other) = (self.label(), self.label());
                self.jump_if(span, test, other, false)?;
                self.jump_if(span, body, next, condition)?;
                self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
                self.mark(other);
                self.jump_if(span, orelse, next, condition)?;
                self.mark(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                let span = test.span;
                self.warn_of_compare(span, left, ops, comparators);
                let (cleanup, end) = (self.label(), self.label());
                self.expr(left)?;
                let last = ops.len().min(comparators.len()) - 1;
                for (op, comparator) in ops.iter().zip(comparators).take(last) {
                    self.expr(comparator)?;
                    self.op_arg(span, Opcode::Swap, 2);
                    self.op_arg(span, Opcode::Copy, 2);
                    self.compare_op(span, *op);
                    self.op(span, Opcode::ToBool);
                    self.jump(span, Opcode::PopJumpIfFalse, cleanup);
                }
                self.expr(&comparators[last])?;
                self.compare_op(span, ops[last]);
                self.op(span, Opcode::ToBool);
                self.jump(span, jump, next);
                self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
                self.mark(cleanup);
                self.op(span, Opcode::PopTop);
                if !condition {
                    self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, next);
                }
                self.mark(end);
                return Ok(());
            }
            _ => {}
        }
        self.expr(test)?;
        self.op(test.span, Opcode::ToBool);
        self.jump(test.span, jump, next);
        Ok(())
    }

    fn compare(
        &mut self,
        expr: &'a Expr,
        left: &'a Expr,
        ops: &'a [CmpOp],
        comparators: &'a [Expr],
    ) -> Result {
        let span = expr.span;
        self.warn_of_compare(span, left, ops, comparators);
        self.expr(left)?;
        let Some(last) = ops.len().min(comparators.len()).checked_sub(1) else { return Ok(()) };
        if last == 0 {
            self.expr(&comparators[0])?;
            self.compare_op(span, ops[0]);
            return Ok(());
        }
        let (cleanup, end) = (self.label(), self.label());
        for (op, comparator) in ops.iter().zip(comparators).take(last) {
            self.expr(comparator)?;
            self.op_arg(span, Opcode::Swap, 2);
            self.op_arg(span, Opcode::Copy, 2);
            self.compare_op(span, *op);
            self.op_arg(span, Opcode::Copy, 1);
            self.op(span, Opcode::ToBool);
            self.jump(span, Opcode::PopJumpIfFalse, cleanup);
            self.op(span, Opcode::PopTop);
        }
        self.expr(&comparators[last])?;
        self.compare_op(span, ops[last]);
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
        self.mark(cleanup);
        self.op_arg(span, Opcode::Swap, 2);
        self.op(span, Opcode::PopTop);
        self.mark(end);
        Ok(())
    }

    fn attribute(
        &mut self,
        expr: &'a Expr,
        value: &'a Expr,
        attr: &std::sync::Arc<str>,
        ctx: ExprContext,
    ) -> Result {
        let span = expr.span;
        if ctx == ExprContext::Load
            && let Some(args) = self.optimizable_super(value, attr)
        {
            self.load_super_args(value, args)?;
            let form = if args.is_empty() { AttrForm::ZeroSuper } else { AttrForm::Super };
            self.load_attr(span, attr, form);
            self.op(attr_span(span, expr, attr), Opcode::Nop);
            return Ok(());
        }
        self.note_static_attribute(value, attr, ctx);
        self.expr(value)?;
        let span = attr_span(span, expr, attr);
        match ctx {
            ExprContext::Load => self.load_attr(span, attr, AttrForm::Plain),
            ExprContext::Store => {
                self.check_forbidden(expr.span, attr, ctx)?;
                self.op_name(span, Opcode::StoreAttr, attr);
            }
            ExprContext::Del => {
                self.check_forbidden(expr.span, attr, ctx)?;
                self.op_name(span, Opcode::DeleteAttr, attr);
            }
        }
        Ok(())
    }

    fn subscript_expr(&mut self, span: Span, value: &'a Expr, slice: &'a Expr, ctx: ExprContext) -> Result {
        if ctx == ExprContext::Load {
            self.warn_of_subscript(value, slice);
        }
        self.expr(value)?;
        if ctx != ExprContext::Del && self.slice_bounds_if_plain(slice)? {
            self.op(span, if ctx == ExprContext::Load { Opcode::BinarySlice } else { Opcode::StoreSlice });
            return Ok(());
        }
        self.expr(slice)?;
        match ctx {
            ExprContext::Load => self.subscript(span),
            ExprContext::Store => self.op(span, Opcode::StoreSubscr),
            ExprContext::Del => self.op(span, Opcode::DeleteSubscr),
        }
        Ok(())
    }

    /// Pushes the bounds of a slice that has two parts and is not constant; tells whether it did.
    pub(super) fn slice_bounds_if_plain(&mut self, slice: &'a Expr) -> Result<bool> {
        let ExprKind::Slice { lower, upper, step: None } = &slice.kind else { return Ok(false) };
        if constant_slice(slice).is_some() {
            return Ok(false);
        }
        self.slice_part(slice.span, lower.as_deref())?;
        self.slice_part(slice.span, upper.as_deref())?;
        Ok(true)
    }

    fn slice_part(&mut self, span: Span, part: Option<&'a Expr>) -> Result {
        match part {
            Some(part) => self.expr(part),
            None => {
                self.load_none(span);
                Ok(())
            }
        }
    }

    fn dict(&mut self, span: Span, keys: &'a [Option<Expr>], values: &'a [Expr]) -> Result {
        let mut built = false;
        let mut pending = 0;
        for (index, (key, value)) in keys.iter().zip(values).enumerate() {
            if key.is_none() {
                if pending > 0 {
                    self.sub_dict(span, keys, values, index - pending..index, &mut built)?;
                    pending = 0;
                }
                if !built {
                    self.op_arg(span, Opcode::BuildMap, 0);
                    built = true;
                }
                self.expr(value)?;
                self.op_arg(span, Opcode::DictUpdate, 1);
            } else if pending * 2 > STACK_USE_GUIDELINE {
                self.sub_dict(span, keys, values, index - pending..index + 1, &mut built)?;
                pending = 0;
            } else {
                pending += 1;
            }
        }
        if pending > 0 {
            let end = values.len().min(keys.len());
            self.sub_dict(span, keys, values, end - pending..end, &mut built)?;
        }
        if !built {
            self.op_arg(span, Opcode::BuildMap, 0);
        }
        Ok(())
    }

    /// A run of pairs without `**`, merged into the dict before it if there is one.
    fn sub_dict(
        &mut self,
        span: Span,
        keys: &'a [Option<Expr>],
        values: &'a [Expr],
        range: std::ops::Range<usize>,
        built: &mut bool,
    ) -> Result {
        let count = range.len();
        let big = count * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_arg(span, Opcode::BuildMap, 0);
        }
        for index in range {
            if let Some(key) = &keys[index] {
                self.expr(key)?;
            }
            self.expr(&values[index])?;
            if big {
                self.op_arg(span, Opcode::MapAdd, 1);
            }
        }
        if !big {
            self.op_count(span, Opcode::BuildMap, count);
        }
        if *built {
            self.op_arg(span, Opcode::DictUpdate, 1);
        }
        *built = true;
        Ok(())
    }

    /// A list, tuple or set of expressions, some of them starred; `pushed` values are on the stack already, and the
    /// value of the name `injected` comes last.
    pub(super) fn display(
        &mut self,
        span: Span,
        elts: &'a [Expr],
        injected: Option<&str>,
        pushed: usize,
        kind: Display,
    ) -> Result {
        let (build, add, extend) = match kind {
            Display::Set => (Opcode::BuildSet, Opcode::SetAdd, Opcode::SetUpdate),
            Display::List | Display::Tuple => (Opcode::BuildList, Opcode::ListAppend, Opcode::ListExtend),
        };
        let count = elts.len() + pushed + usize::from(injected.is_some());
        let big = count > STACK_USE_GUIDELINE;
        let starred = elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. }));
        if !starred && !big {
            self.exprs(elts)?;
            if let Some(name) = injected {
                self.load_name(span, name)?;
            }
            let build = if kind == Display::Tuple { Opcode::BuildTuple } else { build };
            self.op_count(span, build, count);
            return Ok(());
        }
        let mut built = false;
        if big {
            self.op_count(span, build, pushed);
            built = true;
        }
        for (index, elt) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = &elt.kind {
                if !built {
                    self.op_count(span, build, index + pushed);
                    built = true;
                }
                self.expr(value)?;
                self.op_arg(span, extend, 1);
            } else {
                self.expr(elt)?;
                if built {
                    self.op_arg(span, add, 1);
                }
            }
        }
        if let Some(name) = injected {
            self.load_name(span, name)?;
            self.op_arg(span, add, 1);
        }
        if kind == Display::Tuple {
            self.intrinsic(span, Intrinsic1::ListToTuple);
        }
        Ok(())
    }

    /// Assignment to a list or tuple of targets.
    fn unpack(&mut self, span: Span, elts: &'a [Expr]) -> Result {
        let mut star = None;
        for (index, elt) in elts.iter().enumerate() {
            if !matches!(elt.kind, ExprKind::Starred { .. }) {
                continue;
            }
            if star.is_some() {
                return self.error(span, "multiple starred expressions in assignment");
            }
            let after = elts.len() - index - 1;
            if index >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                return self.error(span, "too many expressions in star-unpacking assignment");
            }
            self.op_count(span, Opcode::UnpackEx, index + (after << 8));
            star = Some(index);
        }
        if star.is_none() {
            self.op_count(span, Opcode::UnpackSequence, elts.len());
        }
        for elt in elts {
            match &elt.kind {
                ExprKind::Starred { value, .. } => self.expr(value)?,
                _ => self.expr(elt)?,
            }
        }
        Ok(())
    }
}

/// The slice that an expression is, if its parts are constants.
fn constant_slice(slice: &Expr) -> Option<Constant> {
    let ExprKind::Slice { lower, upper, step } = &slice.kind else { return None };
    let part = |part: &Option<Box<Expr>>| match part.as_deref() {
        None => Some(Constant::None),
        Some(Expr { kind: ExprKind::Constant { value, .. }, .. }) => Some(value.clone()),
        Some(_) => None,
    };
    Some(Constant::Slice(Box::new([part(lower)?, part(upper)?, part(step)?])))
}

/// The number of an expression's kind in the grammar, which errors about impossible trees mention.
pub(super) fn kind_number(expr: &Expr) -> u32 {
    match expr.kind {
        ExprKind::BoolOp { .. } => 1,
        ExprKind::NamedExpr { .. } => 2,
        ExprKind::BinOp { .. } => 3,
        ExprKind::UnaryOp { .. } => 4,
        ExprKind::Lambda { .. } => 5,
        ExprKind::IfExp { .. } => 6,
        ExprKind::Dict { .. } => 7,
        ExprKind::Set { .. } => 8,
        ExprKind::ListComp { .. } => 9,
        ExprKind::SetComp { .. } => 10,
        ExprKind::DictComp { .. } => 11,
        ExprKind::GeneratorExp { .. } => 12,
        ExprKind::Await { .. } => 13,
        ExprKind::Yield { .. } => 14,
        ExprKind::YieldFrom { .. } => 15,
        ExprKind::Compare { .. } => 16,
        ExprKind::Call { .. } => 17,
        ExprKind::FormattedValue { .. } => 18,
        ExprKind::Interpolation { .. } => 19,
        ExprKind::JoinedStr { .. } => 20,
        ExprKind::TemplateStr { .. } => 21,
        ExprKind::Constant { .. } => 22,
        ExprKind::Attribute { .. } => 23,
        ExprKind::Subscript { .. } => 24,
        ExprKind::Starred { .. } => 25,
        ExprKind::Name { .. } => 26,
        ExprKind::List { .. } => 27,
        ExprKind::Tuple { .. } => 28,
        ExprKind::Slice { .. } => 29,
    }
}
