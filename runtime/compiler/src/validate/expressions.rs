//! Expressions.

use super::{Done, Validator, name, place, wrong, wrong_type};
use crate::ast::{Comprehension, Expr, ExprContext, ExprKind};

fn shown(ctx: ExprContext) -> &'static str {
    match ctx {
        ExprContext::Load => "Load",
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
    }
}

impl Validator {
    pub(super) fn load(&mut self, expr: &Expr) -> Done {
        self.expression(expr, ExprContext::Load)
    }

    pub(super) fn loads(&mut self, exprs: &[Expr]) -> Done {
        exprs.iter().try_for_each(|expr| self.load(expr))
    }

    pub(super) fn optional(&mut self, expr: Option<&Expr>) -> Done {
        expr.map_or(Ok(()), |expr| self.load(expr))
    }

    pub(super) fn expression(&mut self, expr: &Expr, ctx: ExprContext) -> Done {
        self.nested(|validator| validator.expression_inner(expr, ctx))
    }

    fn expression_inner(&mut self, expr: &Expr, ctx: ExprContext) -> Done {
        place(expr.span)?;
        let has = match &expr.kind {
            ExprKind::Attribute { ctx, .. }
            | ExprKind::Subscript { ctx, .. }
            | ExprKind::Starred { ctx, .. }
            | ExprKind::Name { ctx, .. }
            | ExprKind::List { ctx, .. }
            | ExprKind::Tuple { ctx, .. } => *ctx,
            _ if ctx != ExprContext::Load => {
                return wrong(format!("expression which can't be assigned to in {} context", shown(ctx)));
            }
            _ => ExprContext::Load,
        };
        if has != ctx {
            let (expected, has) = (shown(ctx), shown(has));
            return wrong(format!("expression must have {expected} context but has {has} instead"));
        }
        match &expr.kind {
            ExprKind::BoolOp { values, .. } => {
                if values.len() < 2 {
                    return wrong("BoolOp with less than 2 values");
                }
                self.loads(values)
            }
            ExprKind::NamedExpr { target, value } => {
                if !matches!(target.kind, ExprKind::Name { .. }) {
                    return wrong_type("NamedExpr target must be a Name");
                }
                self.load(value)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.load(left)?;
                self.load(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.load(operand),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.load(body)
            }
            ExprKind::IfExp { test, body, orelse } => {
                [test, body, orelse].into_iter().try_for_each(|part| self.load(part))
            }
            ExprKind::Dict { keys, values } => {
                if keys.len() != values.len() {
                    return wrong("Dict doesn't have the same number of keys as values");
                }
                keys.iter().try_for_each(|key| self.optional(key.as_ref()))?;
                self.loads(values)
            }
            ExprKind::Set { elts } => self.loads(elts),
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(generators)?;
                self.load(elt)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(generators)?;
                self.load(key)?;
                self.load(value)
            }
            ExprKind::Await { value } | ExprKind::YieldFrom { value } => self.load(value),
            ExprKind::Yield { value } => self.optional(value.as_deref()),
            ExprKind::Compare { left, ops, comparators } => {
                if comparators.is_empty() {
                    return wrong("Compare with no comparators");
                }
                if comparators.len() != ops.len() {
                    return wrong("Compare has a different number of comparators and operands");
                }
                self.loads(comparators)?;
                self.load(left)
            }
            ExprKind::Call { func, args, keywords } => {
                self.load(func)?;
                self.loads(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.load(value)?;
                self.optional(format_spec.as_deref())
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.loads(values),
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, .. } => self.load(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.load(slice)?;
                self.load(value)
            }
            ExprKind::Starred { value, ctx } => self.expression(value, *ctx),
            ExprKind::Name { id, .. } => name(id),
            ExprKind::List { elts, ctx } | ExprKind::Tuple { elts, ctx } => {
                elts.iter().try_for_each(|elt| self.expression(elt, *ctx))
            }
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().try_for_each(|part| self.optional(part.as_deref()))
            }
        }
    }

    fn comprehension(&mut self, generators: &[Comprehension]) -> Done {
        if generators.is_empty() {
            return wrong("comprehension with no generators");
        }
        for generator in generators {
            self.expression(&generator.target, ExprContext::Store)?;
            self.load(&generator.iter)?;
            self.loads(&generator.ifs)?;
        }
        Ok(())
    }
}
