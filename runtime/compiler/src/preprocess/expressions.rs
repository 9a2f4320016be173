//! Expressions: `__debug__`, formatting with `%`, numbers in patterns.

use num_traits::ToPrimitive;

use super::{Done, Preprocessor, format};
use crate::Constant;
use crate::ast::{Arg, Arguments, Expr, ExprContext, ExprKind, Operator, UnaryOp};
use crate::depth::nested;

impl Preprocessor {
    pub(super) fn expressions(&mut self, nodes: &mut [Expr]) -> Done {
        nodes.iter_mut().try_for_each(|node| self.expression(node))
    }

    pub(super) fn optional(&mut self, node: Option<&mut Expr>) -> Done {
        node.map_or(Ok(()), |node| self.expression(node))
    }

    pub(super) fn arguments(&mut self, args: &mut Arguments) -> Done {
        if !self.future_annotations {
            let groups: [&mut dyn Iterator<Item = &mut Arg>; 5] = [
                &mut args.posonlyargs.iter_mut(),
                &mut args.args.iter_mut(),
                &mut args.vararg.iter_mut().map(|arg| &mut **arg),
                &mut args.kwonlyargs.iter_mut(),
                &mut args.kwarg.iter_mut().map(|arg| &mut **arg),
            ];
            for group in groups {
                for arg in group {
                    self.optional(arg.annotation.as_deref_mut())?;
                }
            }
        }
        for default in args.kw_defaults.iter_mut().flatten() {
            self.expression(default)?;
        }
        self.expressions(&mut args.defaults)
    }

    pub(super) fn expression(&mut self, node: &mut Expr) -> Done {
        self.depth += 1;
        nested(self.depth, || self.expression_here(node))?;
        self.depth -= 1;
        Ok(())
    }

    fn expression_here(&mut self, node: &mut Expr) -> Done {
        match &mut node.kind {
            ExprKind::BoolOp { values, .. }
            | ExprKind::JoinedStr { values }
            | ExprKind::TemplateStr { values } => self.expressions(values),
            ExprKind::NamedExpr { target, value } => {
                self.expression(target)?;
                self.expression(value)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.expression(left)?;
                self.expression(right)?;
                if !self.check_only {
                    format::fold(node);
                }
                Ok(())
            }
            ExprKind::UnaryOp { operand, .. } => self.expression(operand),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.expression(body)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expression(test)?;
                self.expression(body)?;
                self.expression(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter_mut().flatten().try_for_each(|key| self.expression(key))?;
                self.expressions(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.expressions(elts)
            }
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.expression(elt)?;
                self.generators(generators)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.expression(key)?;
                self.expression(value)?;
                self.generators(generators)
            }
            ExprKind::Await { value }
            | ExprKind::YieldFrom { value }
            | ExprKind::Attribute { value, .. }
            | ExprKind::Starred { value, .. } => self.expression(value),
            ExprKind::Yield { value } => self.optional(value.as_deref_mut()),
            ExprKind::Compare { left, comparators, .. } => {
                self.expression(left)?;
                self.expressions(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expression(func)?;
                self.expressions(args)?;
                keywords.iter_mut().try_for_each(|keyword| self.expression(&mut keyword.value))
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expression(value)?;
                self.optional(format_spec.as_deref_mut())
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expression(value)?;
                self.expression(slice)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower.as_deref_mut())?;
                self.optional(upper.as_deref_mut())?;
                self.optional(step.as_deref_mut())
            }
            ExprKind::Name { id, ctx } => {
                if !self.check_only && *ctx == ExprContext::Load && &**id == "__debug__" {
                    node.kind = ExprKind::Constant { value: Constant::Bool(self.optimize == 0), kind: None };
                }
                Ok(())
            }
            ExprKind::Constant { .. } => Ok(()),
        }
    }

    fn generators(&mut self, generators: &mut [crate::ast::Comprehension]) -> Done {
        for generator in generators {
            self.expression(&mut generator.target)?;
            self.expression(&mut generator.iter)?;
            self.expressions(&mut generator.ifs)?;
        }
        Ok(())
    }
}

/// Computes a number in a pattern: `-1`, `1 + 2j`.
pub(super) fn fold_pattern_number(node: &mut Expr) {
    let folded = match &mut node.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => match &operand.kind {
            ExprKind::Constant { value, .. } => negative(value),
            _ => None,
        },
        ExprKind::BinOp { left, op: op @ (Operator::Add | Operator::Sub), right } => {
            if !matches!(right.kind, ExprKind::Constant { .. }) {
                return;
            }
            if matches!(left.kind, ExprKind::UnaryOp { .. }) {
                fold_pattern_number(left);
            }
            match (&left.kind, &right.kind) {
                (ExprKind::Constant { value: left, .. }, ExprKind::Constant { value: right, .. }) => {
                    sum(left, right, *op == Operator::Sub)
                }
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(value) = folded {
        node.kind = ExprKind::Constant { value, kind: None };
    }
}

fn negative(value: &Constant) -> Option<Constant> {
    Some(match value {
        Constant::Int(value) => match value.checked_neg() {
            Some(value) => Constant::Int(value),
            None => Constant::BigInt(-num_bigint::BigInt::from(*value)),
        },
        Constant::BigInt(value) => {
            let value = -value;
            value.to_i64().map_or(Constant::BigInt(value), Constant::Int)
        }
        Constant::Float(value) => Constant::Float(-value),
        Constant::Complex(real, imag) => Constant::Complex(-real, -imag),
        _ => return None,
    })
}

/// A real and an imaginary number together; anything else has been refused by the parser.
fn sum(left: &Constant, right: &Constant, subtract: bool) -> Option<Constant> {
    let real = match left {
        Constant::Int(value) => *value as f64,
        Constant::BigInt(value) => value.to_f64().filter(|value| value.is_finite())?,
        Constant::Float(value) => *value,
        _ => return None,
    };
    let Constant::Complex(right_real, imag) = *right else { return None };
    Some(if subtract {
        Constant::Complex(real - right_real, -imag)
    } else {
        Constant::Complex(real + right_real, imag)
    })
}
