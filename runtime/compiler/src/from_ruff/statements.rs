//! Statements.

use ruff_ast as r;
use ruff_text_size::{Ranged, TextSize};

use super::expressions::operator;
use super::{Convert, Converter};
use crate::ast::{
    Alias, ClassDef, ExceptHandler, Expr, For, FunctionDef, MatchCase, Span, Stmt, StmtKind, Try, TypeParam,
    TypeParamKind, With, WithItem,
};
use crate::depth::nested;

impl Converter<'_> {
    pub(super) fn body(&mut self, nodes: &[r::Stmt]) -> Convert<Vec<Stmt>> {
        nodes.iter().map(|node| self.statement(node)).collect()
    }

    fn statement(&mut self, node: &r::Stmt) -> Convert<Stmt> {
        self.depth += 1;
        let converted = nested(self.depth, || self.statement_here(node))?;
        self.depth -= 1;
        Ok(converted)
    }

    fn statement_here(&mut self, node: &r::Stmt) -> Convert<Stmt> {
        let compound = matches!(
            node,
            r::Stmt::FunctionDef(_)
                | r::Stmt::ClassDef(_)
                | r::Stmt::For(_)
                | r::Stmt::While(_)
                | r::Stmt::If(_)
                | r::Stmt::With(_)
                | r::Stmt::Match(_)
                | r::Stmt::Try(_)
        );
        let mut span = if compound { self.block_span(node.range()) } else { self.span(node) };
        let kind = match node {
            r::Stmt::FunctionDef(node) => {
                span = self.after_decorators(&node.decorator_list, span);
                let function = Box::new(FunctionDef {
                    name: self.identifier(&node.name),
                    decorator_list: self.decorators(&node.decorator_list)?,
                    type_params: self.type_params(node.type_params.as_deref())?,
                    args: Box::new(self.parameters(&node.parameters)?),
                    returns: self.optional(node.returns.as_deref())?,
                    body: self.body(&node.body)?,
                    type_comment: None,
                });
                match node.is_async {
                    true => StmtKind::AsyncFunctionDef(function),
                    false => StmtKind::FunctionDef(function),
                }
            }
            r::Stmt::ClassDef(node) => {
                span = self.after_decorators(&node.decorator_list, span);
                let decorator_list = self.decorators(&node.decorator_list)?;
                let type_params = self.type_params(node.type_params.as_deref())?;
                let (bases, keywords) = match &node.arguments {
                    Some(arguments) => self.arguments(arguments)?,
                    None => (Vec::new(), Vec::new()),
                };
                StmtKind::ClassDef(Box::new(ClassDef {
                    name: self.identifier(&node.name),
                    bases,
                    keywords,
                    body: self.body(&node.body)?,
                    decorator_list,
                    type_params,
                }))
            }
            r::Stmt::Return(node) => StmtKind::Return { value: self.optional(node.value.as_deref())? },
            r::Stmt::Delete(node) => StmtKind::Delete { targets: self.expressions(&node.targets)? },
            r::Stmt::TypeAlias(node) => StmtKind::TypeAlias {
                name: self.boxed(&node.name)?,
                type_params: self.type_params(node.type_params.as_deref())?,
                value: self.boxed(&node.value)?,
            },
            r::Stmt::Assign(node) => StmtKind::Assign {
                targets: self.expressions(&node.targets)?,
                value: self.boxed(&node.value)?,
                type_comment: None,
            },
            r::Stmt::AugAssign(node) => StmtKind::AugAssign {
                target: self.boxed(&node.target)?,
                op: operator(node.op),
                value: self.boxed(&node.value)?,
            },
            r::Stmt::AnnAssign(node) => StmtKind::AnnAssign {
                target: self.boxed(&node.target)?,
                annotation: self.boxed(&node.annotation)?,
                value: self.optional(node.value.as_deref())?,
                simple: i32::from(node.simple),
            },
            r::Stmt::For(node) => {
                let loop_ = Box::new(For {
                    target: self.boxed(&node.target)?,
                    iter: self.boxed(&node.iter)?,
                    body: self.body(&node.body)?,
                    orelse: self.body(&node.orelse)?,
                    type_comment: None,
                });
                if node.is_async { StmtKind::AsyncFor(loop_) } else { StmtKind::For(loop_) }
            }
            r::Stmt::While(node) => StmtKind::While {
                test: self.boxed(&node.test)?,
                body: self.body(&node.body)?,
                orelse: self.body(&node.orelse)?,
            },
            r::Stmt::If(node) => StmtKind::If {
                test: self.boxed(&node.test)?,
                body: self.body(&node.body)?,
                orelse: self.elif_else(&node.elif_else_clauses, self.block_end(node.range().end()))?,
            },
            r::Stmt::With(node) => {
                let items = node.items.iter().map(|item| {
                    Ok(WithItem {
                        context_expr: self.expression(&item.context_expr)?,
                        optional_vars: self.optional(item.optional_vars.as_deref())?,
                    })
                });
                let items: Convert<Vec<WithItem>> = items.collect();
                let with = Box::new(With { items: items?, body: self.body(&node.body)?, type_comment: None });
                if node.is_async { StmtKind::AsyncWith(with) } else { StmtKind::With(with) }
            }
            r::Stmt::Match(node) => StmtKind::Match {
                subject: self.boxed(&node.subject)?,
                cases: {
                    let cases = node.cases.iter().map(|case| {
                        Ok(MatchCase {
                            pattern: self.pattern(&case.pattern)?,
                            guard: self.optional(case.guard.as_deref())?,
                            body: self.body(&case.body)?,
                        })
                    });
                    cases.collect::<Convert<Vec<MatchCase>>>()?
                },
            },
            r::Stmt::Raise(node) => StmtKind::Raise {
                exc: self.optional(node.exc.as_deref())?,
                cause: self.optional(node.cause.as_deref())?,
            },
            r::Stmt::Try(node) => {
                let body = self.body(&node.body)?;
                let handlers = node.handlers.iter().map(|handler| {
                    let r::ExceptHandler::ExceptHandler(handler) = handler;
                    Ok(ExceptHandler {
                        typ: self.optional(handler.type_.as_deref())?,
                        name: self.optional_identifier(handler.name.as_ref()),
                        body: self.body(&handler.body)?,
                        span: self.block_span(handler.range()),
                    })
                });
                let handlers = handlers.collect::<Convert<Vec<ExceptHandler>>>()?;
                let orelse = self.body(&node.orelse)?;
                let finalbody = self.body(&node.finalbody)?;
                let try_ = Box::new(Try { body, handlers, orelse, finalbody });
                if node.is_star { StmtKind::TryStar(try_) } else { StmtKind::Try(try_) }
            }
            r::Stmt::Assert(node) => {
                StmtKind::Assert { test: self.boxed(&node.test)?, msg: self.optional(node.msg.as_deref())? }
            }
            r::Stmt::Import(node) => {
                self.forbid_lazy(node.is_lazy, node)?;
                StmtKind::Import { names: self.aliases(&node.names) }
            }
            r::Stmt::ImportFrom(node) => {
                self.forbid_lazy(node.is_lazy, node)?;
                if let [only] = &*node.names
                    && only.name.as_str() == "*"
                    && self.text(node.range()).split('#').any(|part| part.trim_end().ends_with(')'))
                {
                    return Err(self.error(only.range(), "invalid syntax"));
                }
                StmtKind::ImportFrom {
                    module: self.optional_identifier(node.module.as_ref()),
                    names: self.aliases(&node.names),
                    level: i32::try_from(node.level).ok(),
                }
            }
            r::Stmt::Global(node) => {
                StmtKind::Global { names: node.names.iter().map(|name| self.identifier(name)).collect() }
            }
            r::Stmt::Nonlocal(node) => {
                StmtKind::Nonlocal { names: node.names.iter().map(|name| self.identifier(name)).collect() }
            }
            r::Stmt::Expr(node) => StmtKind::Expr { value: self.boxed(&node.value)? },
            r::Stmt::Pass(_) => StmtKind::Pass,
            r::Stmt::Break(_) => StmtKind::Break,
            r::Stmt::Continue(_) => StmtKind::Continue,
            r::Stmt::IpyEscapeCommand(node) => return Err(self.error(node.range(), "invalid syntax")),
        };
        Ok(Stmt { kind, span })
    }

    fn forbid_lazy(&self, is_lazy: bool, node: impl Ranged) -> Convert<()> {
        if is_lazy { Err(self.error(node.range(), "invalid syntax")) } else { Ok(()) }
    }

    /// A decorated definition begins at its keyword, not at its decorators.
    fn after_decorators(&self, decorators: &[r::Decorator], span: Span) -> Span {
        match decorators.last() {
            None => span,
            Some(last) => {
                let keyword = self.skip_trivia(last.range().end());
                let begin = self.span_between(keyword, keyword);
                Span { lineno: begin.lineno, col_offset: begin.col_offset, ..span }
            }
        }
    }

    fn decorators(&mut self, nodes: &[r::Decorator]) -> Convert<Vec<Expr>> {
        nodes.iter().map(|node| self.expression(&node.expression)).collect()
    }

    /// `elif` is an `if` in the `else` of the one before.
    fn elif_else(&mut self, clauses: &[r::ElifElseClause], end: TextSize) -> Convert<Vec<Stmt>> {
        let mut orelse: Vec<Stmt> = Vec::new();
        for (index, clause) in clauses.iter().rev().enumerate() {
            if self.depth + index >= crate::depth::MAX_DEPTH {
                return Err(crate::depth::too_deep());
            }
            let body = self.body(&clause.body)?;
            orelse = match &clause.test {
                None => body,
                Some(test) => {
                    let kind = StmtKind::If { test: self.boxed(test)?, body, orelse };
                    vec![Stmt { kind, span: self.span_between(clause.range().start(), end) }]
                }
            };
        }
        Ok(orelse)
    }

    fn aliases(&mut self, nodes: &[r::Alias]) -> Vec<Alias> {
        let converted = nodes.iter().map(|node| Alias {
            name: self.identifier(&node.name),
            asname: self.optional_identifier(node.asname.as_ref()),
            span: self.span(node),
        });
        converted.collect()
    }

    fn type_params(&mut self, nodes: Option<&r::TypeParams>) -> Convert<Vec<TypeParam>> {
        let Some(nodes) = nodes else { return Ok(Vec::new()) };
        let converted = nodes.type_params.iter().map(|node| {
            let kind = match node {
                r::TypeParam::TypeVar(node) => TypeParamKind::TypeVar {
                    name: self.identifier(&node.name),
                    bound: self.optional(node.bound.as_deref())?,
                    default_value: self.optional(node.default.as_deref())?,
                },
                r::TypeParam::ParamSpec(node) => TypeParamKind::ParamSpec {
                    name: self.identifier(&node.name),
                    default_value: self.optional(node.default.as_deref())?,
                },
                r::TypeParam::TypeVarTuple(node) => TypeParamKind::TypeVarTuple {
                    name: self.identifier(&node.name),
                    default_value: self.optional(node.default.as_deref())?,
                },
            };
            Ok(TypeParam { kind, span: self.span(node) })
        });
        converted.collect()
    }
}
