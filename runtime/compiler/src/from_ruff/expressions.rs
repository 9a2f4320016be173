//! Expressions.

use ruff_ast as r;
use ruff_text_size::{Ranged, TextSize};

use super::{Convert, Converter};
use crate::Constant;
use crate::ast::{
    Arg, Arguments, BoolOp, CmpOp, Comprehension, Expr, ExprContext, ExprKind, Keyword, Operator, UnaryOp,
};
use crate::depth::nested;

impl Converter<'_> {
    pub(super) fn boxed(&mut self, node: &r::Expr) -> Convert<Box<Expr>> {
        self.expression(node).map(Box::new)
    }

    pub(super) fn optional(&mut self, node: Option<&r::Expr>) -> Convert<Option<Box<Expr>>> {
        node.map(|node| self.boxed(node)).transpose()
    }

    pub(super) fn expressions(&mut self, nodes: &[r::Expr]) -> Convert<Vec<Expr>> {
        nodes.iter().map(|node| self.expression(node)).collect()
    }

    /// Converts an expression.
    pub(crate) fn expression(&mut self, node: &r::Expr) -> Convert<Expr> {
        self.depth += 1;
        let converted = nested(self.depth, || self.expression_here(node))?;
        self.depth -= 1;
        Ok(converted)
    }

    /// A `yield` in a tuple needs brackets of its own, which the tree does not show.
    fn check_yields(&self, tuple: &r::ExprTuple) -> Convert<()> {
        let mut before = tuple.start().to_usize() + usize::from(tuple.parenthesized);
        for item in &tuple.elts {
            if matches!(item, r::Expr::Yield(_) | r::Expr::YieldFrom(_)) {
                let between = self.source.get(before..item.start().to_usize()).unwrap_or_default();
                let opens = |line: &str| line.split('#').next().is_some_and(|code| code.contains('('));
                if !between.lines().any(opens) {
                    return Err(self.error(item.range(), "invalid syntax"));
                }
            }
            before = item.end().to_usize();
        }
        Ok(())
    }

    fn expression_here(&mut self, node: &r::Expr) -> Convert<Expr> {
        let kind = match node {
            r::Expr::BoolOp(node) => {
                let op = match node.op {
                    r::BoolOp::And => BoolOp::And,
                    r::BoolOp::Or => BoolOp::Or,
                };
                ExprKind::BoolOp { op, values: self.expressions(&node.values)? }
            }
            r::Expr::Named(node) => {
                ExprKind::NamedExpr { target: self.boxed(&node.target)?, value: self.boxed(&node.value)? }
            }
            r::Expr::BinOp(node) => ExprKind::BinOp {
                left: self.boxed(&node.left)?,
                op: operator(node.op),
                right: self.boxed(&node.right)?,
            },
            r::Expr::UnaryOp(node) => {
                let op = match node.op {
                    r::UnaryOp::Invert => UnaryOp::Invert,
                    r::UnaryOp::Not => UnaryOp::Not,
                    r::UnaryOp::UAdd => UnaryOp::UAdd,
                    r::UnaryOp::USub => UnaryOp::USub,
                };
                ExprKind::UnaryOp { op, operand: self.boxed(&node.operand)? }
            }
            r::Expr::Lambda(node) => {
                let args = match &node.parameters {
                    Some(parameters) => self.parameters(parameters)?,
                    None => Arguments::default(),
                };
                ExprKind::Lambda { args: Box::new(args), body: self.boxed(&node.body)? }
            }
            r::Expr::If(node) => ExprKind::IfExp {
                test: self.boxed(&node.test)?,
                body: self.boxed(&node.body)?,
                orelse: self.boxed(&node.orelse)?,
            },
            r::Expr::Dict(node) => {
                let mut keys = Vec::with_capacity(node.items.len());
                let mut values = Vec::with_capacity(node.items.len());
                for item in &node.items {
                    keys.push(item.key.as_ref().map(|key| self.expression(key)).transpose()?);
                    values.push(self.expression(&item.value)?);
                }
                ExprKind::Dict { keys, values }
            }
            r::Expr::Set(node) => ExprKind::Set { elts: self.expressions(&node.elts)? },
            r::Expr::ListComp(node) => ExprKind::ListComp {
                elt: self.boxed(&node.elt)?,
                generators: self.comprehensions(&node.generators)?,
            },
            r::Expr::SetComp(node) => ExprKind::SetComp {
                elt: self.boxed(&node.elt)?,
                generators: self.comprehensions(&node.generators)?,
            },
            r::Expr::DictComp(node) => ExprKind::DictComp {
                key: self.boxed(&node.key)?,
                value: self.boxed(&node.value)?,
                generators: self.comprehensions(&node.generators)?,
            },
            r::Expr::Generator(node) => ExprKind::GeneratorExp {
                elt: self.boxed(&node.elt)?,
                generators: self.comprehensions(&node.generators)?,
            },
            r::Expr::Await(node) => ExprKind::Await { value: self.boxed(&node.value)? },
            r::Expr::Yield(node) => ExprKind::Yield { value: self.optional(node.value.as_deref())? },
            r::Expr::YieldFrom(node) => ExprKind::YieldFrom { value: self.boxed(&node.value)? },
            r::Expr::Compare(node) => ExprKind::Compare {
                left: self.boxed(&node.left)?,
                ops: node.ops.iter().copied().map(comparison).collect(),
                comparators: self.expressions(&node.comparators)?,
            },
            r::Expr::Call(node) => {
                let func = self.boxed(&node.func)?;
                let (args, keywords) = self.arguments(&node.arguments)?;
                ExprKind::Call { func, args, keywords }
            }
            r::Expr::StringLiteral(node) => return self.string_literal(node),
            r::Expr::BytesLiteral(node) => return self.bytes_literal(node),
            r::Expr::FString(node) => return self.f_string(node),
            r::Expr::TString(node) => return self.t_string(node),
            r::Expr::NumberLiteral(node) => constant(self.number(&node.value, node.range())?),
            r::Expr::BooleanLiteral(node) => constant(Constant::Bool(node.value)),
            r::Expr::NoneLiteral(_) => constant(Constant::None),
            r::Expr::EllipsisLiteral(_) => constant(Constant::Ellipsis),
            r::Expr::Attribute(node) => ExprKind::Attribute {
                value: self.boxed(&node.value)?,
                attr: self.identifier(&node.attr),
                ctx: context(node.ctx),
            },
            r::Expr::Subscript(node) => ExprKind::Subscript {
                value: self.boxed(&node.value)?,
                slice: self.boxed(&node.slice)?,
                ctx: context(node.ctx),
            },
            r::Expr::Starred(node) => {
                ExprKind::Starred { value: self.boxed(&node.value)?, ctx: context(node.ctx) }
            }
            r::Expr::Name(node) => ExprKind::Name { id: self.name(node.id.as_str()), ctx: context(node.ctx) },
            r::Expr::List(node) => {
                ExprKind::List { elts: self.expressions(&node.elts)?, ctx: context(node.ctx) }
            }
            r::Expr::Tuple(node) => {
                self.check_yields(node)?;
                ExprKind::Tuple { elts: self.expressions(&node.elts)?, ctx: context(node.ctx) }
            }
            r::Expr::Slice(node) => ExprKind::Slice {
                lower: self.optional(node.lower.as_deref())?,
                upper: self.optional(node.upper.as_deref())?,
                step: self.optional(node.step.as_deref())?,
            },
            r::Expr::IpyEscapeCommand(node) => return Err(self.error(node.range(), "invalid syntax")),
        };
        Ok(Expr { kind, span: self.span(node) })
    }

    /// Positional and keyword arguments of a call or class.
    pub(super) fn arguments(&mut self, node: &r::Arguments) -> Convert<(Vec<Expr>, Vec<Keyword>)> {
        let mut args = self.expressions(&node.args)?;
        // A generator that is the only argument borrows the call's parentheses.
        if let (Some(converted), [r::Expr::Generator(generator)]) = (args.first_mut(), &*node.args)
            && !generator.parenthesized
        {
            converted.span = self.span(node);
        }
        let keywords = node.keywords.iter().map(|keyword| {
            Ok(Keyword {
                arg: self.optional_identifier(keyword.arg.as_ref()),
                value: self.expression(&keyword.value)?,
                span: self.span(keyword),
            })
        });
        let keywords: Convert<Vec<Keyword>> = keywords.collect();
        Ok((args, keywords?))
    }

    fn comprehensions(&mut self, nodes: &[r::Comprehension]) -> Convert<Vec<Comprehension>> {
        let converted = nodes.iter().map(|node| {
            Ok(Comprehension {
                target: self.expression(&node.target)?,
                iter: self.expression(&node.iter)?,
                ifs: self.expressions(&node.ifs)?,
                is_async: node.is_async,
            })
        });
        converted.collect()
    }

    pub(super) fn parameters(&mut self, node: &r::Parameters) -> Convert<Arguments> {
        let mut converted = Arguments::default();
        for parameter in node.posonlyargs.iter().chain(&node.args) {
            if let Some(default) = &parameter.default {
                converted.defaults.push(self.expression(default)?);
            }
        }
        converted.posonlyargs = self.plain_parameters(&node.posonlyargs)?;
        converted.args = self.plain_parameters(&node.args)?;
        converted.kwonlyargs = self.plain_parameters(&node.kwonlyargs)?;
        for parameter in &node.kwonlyargs {
            let default = parameter.default.as_ref().map(|default| self.expression(default)).transpose()?;
            converted.kw_defaults.push(default);
        }
        converted.vararg = self.star_parameter(node.vararg.as_deref())?;
        converted.kwarg = self.star_parameter(node.kwarg.as_deref())?;
        Ok(converted)
    }

    fn plain_parameters(&mut self, nodes: &[r::ParameterWithDefault]) -> Convert<Vec<Arg>> {
        nodes.iter().map(|node| self.parameter(&node.parameter)).collect()
    }

    fn star_parameter(&mut self, node: Option<&r::Parameter>) -> Convert<Option<Box<Arg>>> {
        node.map(|node| self.parameter(node).map(Box::new)).transpose()
    }

    fn parameter(&mut self, node: &r::Parameter) -> Convert<Arg> {
        let end: TextSize = node.range().end();
        Ok(Arg {
            arg: self.identifier(&node.name),
            annotation: self.optional(node.annotation.as_deref())?,
            type_comment: None,
            // Stars are no part of it.
            span: self.span_between(node.name.range().start(), end),
        })
    }
}

pub(super) fn constant(value: Constant) -> ExprKind {
    ExprKind::Constant { value, kind: None }
}

fn context(ctx: r::ExprContext) -> ExprContext {
    match ctx {
        r::ExprContext::Load | r::ExprContext::Invalid => ExprContext::Load,
        r::ExprContext::Store => ExprContext::Store,
        r::ExprContext::Del => ExprContext::Del,
    }
}

pub(super) fn operator(op: r::Operator) -> Operator {
    match op {
        r::Operator::Add => Operator::Add,
        r::Operator::Sub => Operator::Sub,
        r::Operator::Mult => Operator::Mult,
        r::Operator::MatMult => Operator::MatMult,
        r::Operator::Div => Operator::Div,
        r::Operator::Mod => Operator::Mod,
        r::Operator::Pow => Operator::Pow,
        r::Operator::LShift => Operator::LShift,
        r::Operator::RShift => Operator::RShift,
        r::Operator::BitOr => Operator::BitOr,
        r::Operator::BitXor => Operator::BitXor,
        r::Operator::BitAnd => Operator::BitAnd,
        r::Operator::FloorDiv => Operator::FloorDiv,
    }
}

fn comparison(op: r::CmpOp) -> CmpOp {
    match op {
        r::CmpOp::Eq => CmpOp::Eq,
        r::CmpOp::NotEq => CmpOp::NotEq,
        r::CmpOp::Lt => CmpOp::Lt,
        r::CmpOp::LtE => CmpOp::LtE,
        r::CmpOp::Gt => CmpOp::Gt,
        r::CmpOp::GtE => CmpOp::GtE,
        r::CmpOp::Is => CmpOp::Is,
        r::CmpOp::IsNot => CmpOp::IsNot,
        r::CmpOp::In => CmpOp::In,
        r::CmpOp::NotIn => CmpOp::NotIn,
    }
}
