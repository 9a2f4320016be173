//! The walk through expressions.

use super::builder::{Builder, Walk, address, check_name};
use super::{BlockKind, ComprehensionKind, Role, flag};
use crate::SyntaxError;
use crate::ast::{Arguments, Comprehension, Expr, ExprContext, ExprKind, Identifier, Keyword, Span};
use crate::depth::nested;

impl Builder {
    pub(super) fn expressions(&mut self, expressions: &[Expr]) -> Walk {
        expressions.iter().try_for_each(|expression| self.expression(expression))
    }

    pub(super) fn optionals(&mut self, expressions: &[Option<Expr>]) -> Walk {
        expressions.iter().flatten().try_for_each(|expression| self.expression(expression))
    }

    pub(super) fn optional(&mut self, expression: Option<&Expr>) -> Walk {
        expression.map_or(Ok(()), |expression| self.expression(expression))
    }

    pub(super) fn expression(&mut self, expression: &Expr) -> Walk {
        self.depth += 1;
        nested(self.depth, || self.expression_here(expression))?;
        self.depth -= 1;
        Ok(())
    }

    fn expression_here(&mut self, node: &Expr) -> Walk {
        match &node.kind {
            ExprKind::NamedExpr { target, value } => self.named(node, target, value),
            ExprKind::BoolOp { values, .. }
            | ExprKind::JoinedStr { values }
            | ExprKind::TemplateStr { values } => self.expressions(values),
            ExprKind::BinOp { left, right, .. } => {
                self.expression(left)?;
                self.expression(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.expression(operand),
            ExprKind::Lambda { args, body } => self.lambda(node, args, body),
            ExprKind::IfExp { test, body, orelse } => {
                self.expression(test)?;
                self.expression(body)?;
                self.expression(orelse)
            }
            ExprKind::Dict { keys, values } => {
                self.optionals(keys)?;
                self.expressions(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => {
                self.expressions(elts)
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(node, ComprehensionKind::List, generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(node, ComprehensionKind::Set, generators, elt, None)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(node, ComprehensionKind::Generator, generators, elt, None)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(node, ComprehensionKind::Dict, generators, key, Some(value))
            }
            ExprKind::Yield { value } => self.yield_(node, value.as_deref()),
            ExprKind::YieldFrom { value } => self.yield_(node, Some(value)),
            ExprKind::Await { value } => self.await_(node, value),
            ExprKind::Compare { left, comparators, .. } => {
                self.expression(left)?;
                self.expressions(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expression(func)?;
                self.expressions(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expression(value)?;
                self.optional(format_spec.as_deref())
            }
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                check_name(attr, node.span, *ctx)?;
                self.expression(value)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expression(value)?;
                self.expression(slice)
            }
            ExprKind::Starred { value, .. } => self.expression(value),
            ExprKind::Name { id, ctx } => self.name(id, *ctx, node.span),
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower.as_deref())?;
                self.optional(upper.as_deref())?;
                self.optional(step.as_deref())
            }
        }
    }

    fn name(&mut self, id: &Identifier, ctx: ExprContext, span: Span) -> Walk {
        if self.current().in_unevaluated_annotation {
            return Ok(());
        }
        let load = ctx == ExprContext::Load;
        self.add_with(id, if load { flag::USE } else { flag::DEF_LOCAL }, span, ctx)?;
        // `super()` finds its class in the cell `__class__`.
        if load && &**id == "super" && self.current().kind.is_function_like() {
            self.define("__class__", flag::USE, span)?;
        }
        Ok(())
    }

    pub(super) fn keywords(&mut self, keywords: &[Keyword]) -> Walk {
        for keyword in keywords {
            if let Some(name) = &keyword.arg {
                check_name(name, keyword.span, ExprContext::Store)?;
            }
        }
        keywords.iter().try_for_each(|keyword| self.expression(&keyword.value))
    }

    fn lambda(&mut self, node: &Expr, args: &Arguments, body: &Expr) -> Walk {
        self.expressions(&args.defaults)?;
        self.optionals(&args.kw_defaults)?;
        let key = Some((address(node), Role::Body));
        self.enter("lambda".into(), BlockKind::Function, key, node.span)?;
        self.parameters(args)?;
        self.expression(body)?;
        self.exit();
        Ok(())
    }

    fn comprehension(
        &mut self,
        node: &Expr,
        kind: ComprehensionKind,
        generators: &[Comprehension],
        element: &Expr,
        value: Option<&Expr>,
    ) -> Walk {
        let Some((first, rest)) = generators.split_first() else {
            return Err(SyntaxError::unplaced(
                crate::ErrorKind::ValueError,
                "comprehension with no generators",
            ));
        };
        // The first iterable is evaluated outside and passed in.
        self.current().comp_iter_expr += 1;
        self.expression(&first.iter)?;
        self.current().comp_iter_expr -= 1;
        let name = match kind {
            ComprehensionKind::List => "listcomp",
            ComprehensionKind::Set => "setcomp",
            ComprehensionKind::Dict => "dictcomp",
            ComprehensionKind::Generator => "genexpr",
        };
        let key = Some((address(node), Role::Body));
        self.enter(name.into(), BlockKind::Function, key, node.span)?;
        self.current().comprehension = Some(kind);
        self.current().coroutine |= first.is_async;
        self.define(".0", flag::DEF_PARAM, node.span)?;
        self.comprehension_target(&first.target)?;
        self.expressions(&first.ifs)?;
        for generator in rest {
            self.comprehension_target(&generator.target)?;
            self.current().comp_iter_expr += 1;
            self.expression(&generator.iter)?;
            self.current().comp_iter_expr -= 1;
            self.expressions(&generator.ifs)?;
            self.current().coroutine |= generator.is_async;
        }
        self.optional(value)?;
        self.expression(element)?;
        let generator = kind == ComprehensionKind::Generator;
        self.current().generator = generator;
        let is_async = self.current().coroutine && !generator;
        self.exit();
        if is_async {
            let top_level = self.allows_top_level_await();
            let outer = self.current();
            if !outer.coroutine && outer.comprehension.is_none() && !top_level {
                let message = "asynchronous comprehension outside of an asynchronous function";
                return Err(SyntaxError::at(node.span, message));
            }
            outer.coroutine = true;
        }
        Ok(())
    }

    fn comprehension_target(&mut self, target: &Expr) -> Walk {
        self.current().comp_iter_target = true;
        self.expression(target)?;
        self.current().comp_iter_target = false;
        Ok(())
    }

    fn named(&mut self, node: &Expr, target: &Expr, value: &Expr) -> Walk {
        self.forbid_in_type_scope("named expression", node.span)?;
        if self.current().comp_iter_expr > 0 {
            let message = "assignment expression cannot be used in a comprehension iterable expression";
            return Err(SyntaxError::at(node.span, message));
        }
        if self.current().comprehension.is_some()
            && let ExprKind::Name { id, .. } = &target.kind
        {
            self.extend_named_scope(id, target.span)?;
        }
        self.expression(value)?;
        self.expression(target)
    }

    /// An assignment expression in a comprehension binds in the block around all comprehensions.
    fn extend_named_scope(&mut self, name: &Identifier, span: Span) -> Walk {
        let error = |message: &str| Err(SyntaxError::at(span, message));
        for index in (0..self.stack.len()).rev() {
            let id = self.stack[index];
            let known = self.lookup_in(id, name);
            if self.scope(id).comprehension.is_some() {
                if known.has(flag::DEF_COMP_ITER) && known.has(flag::DEF_LOCAL | flag::DEF_GLOBAL) {
                    return error(&format!(
                        "assignment expression cannot rebind comprehension iteration variable '{name}'"
                    ));
                }
                continue;
            }
            return match self.scope(id).kind {
                BlockKind::Function => {
                    let global = known.has(flag::DEF_GLOBAL);
                    self.add(name, if global { flag::DEF_GLOBAL } else { flag::DEF_NONLOCAL }, span)?;
                    self.record_directive(name, span);
                    self.add_to(id, name, flag::DEF_LOCAL, span)
                }
                BlockKind::Module => {
                    self.add(name, flag::DEF_GLOBAL, span)?;
                    self.record_directive(name, span);
                    self.add_to(id, name, flag::DEF_GLOBAL, span)
                }
                BlockKind::Class => {
                    error("assignment expression within a comprehension cannot be used in a class body")
                }
                BlockKind::TypeParameters => error(
                    "assignment expression within a comprehension cannot be used within the definition of a generic",
                ),
                BlockKind::TypeAlias => {
                    error("assignment expression within a comprehension cannot be used in a type alias")
                }
                BlockKind::TypeVariable => {
                    error("assignment expression within a comprehension cannot be used in a TypeVar bound")
                }
                BlockKind::Annotation => error("named expression cannot be used within an annotation"),
            };
        }
        Ok(())
    }

    fn yield_(&mut self, node: &Expr, value: Option<&Expr>) -> Walk {
        self.forbid_in_type_scope("yield expression", node.span)?;
        self.optional(value)?;
        self.current().generator = true;
        let place = match self.current().comprehension {
            None => return Ok(()),
            Some(ComprehensionKind::List) => "list comprehension",
            Some(ComprehensionKind::Set) => "set comprehension",
            Some(ComprehensionKind::Dict) => "dict comprehension",
            Some(ComprehensionKind::Generator) => "generator expression",
        };
        Err(SyntaxError::at(node.span, format!("'yield' inside {place}")))
    }

    fn await_(&mut self, node: &Expr, value: &Expr) -> Walk {
        self.forbid_in_type_scope("await expression", node.span)?;
        if !self.allows_top_level_await() {
            if !self.current().kind.is_function_like() {
                return Err(SyntaxError::at(node.span, "'await' outside function"));
            }
            if !self.current().coroutine && self.current().comprehension.is_none() {
                return Err(SyntaxError::at(node.span, "'await' outside async function"));
            }
        }
        self.expression(value)?;
        self.current().coroutine = true;
        Ok(())
    }

    /// Refuses what would have an effect in a scope that is evaluated on demand.
    fn forbid_in_type_scope(&mut self, what: &str, span: Span) -> Walk {
        let scope = self.current();
        let place = match scope.kind {
            BlockKind::Annotation => "an annotation",
            BlockKind::TypeVariable => scope.scope_info.unwrap_or("a TypeVar bound"),
            BlockKind::TypeAlias => "a type alias",
            BlockKind::TypeParameters => "the definition of a generic",
            _ => return Ok(()),
        };
        Err(SyntaxError::at(span, format!("{what} cannot be used within {place}")))
    }
}
