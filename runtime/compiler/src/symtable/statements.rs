//! The walk through statements.

use std::sync::Arc;

use super::builder::{Builder, Walk, address, check_name, has_docstring};
use super::{BlockKind, Role, ScopeId, flag};
use crate::SyntaxError;
use crate::ast::{
    Alias, Arguments, ClassDef, ExceptHandler, Expr, ExprContext, ExprKind, FunctionDef, MatchCase, Pattern,
    PatternKind, Span, Stmt, StmtKind, Try, TypeParam, TypeParamKind, With,
};
use crate::depth::nested;

impl Builder {
    pub(super) fn statements(&mut self, body: &[Stmt]) -> Walk {
        body.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Stmt) -> Walk {
        self.depth += 1;
        nested(self.depth, || self.statement_here(statement))?;
        self.depth -= 1;
        Ok(())
    }

    fn statement_here(&mut self, statement: &Stmt) -> Walk {
        let span = statement.span;
        match &statement.kind {
            StmtKind::FunctionDef(function) => self.function(statement, function, false),
            StmtKind::AsyncFunctionDef(function) => self.function(statement, function, true),
            StmtKind::ClassDef(class) => self.class(statement, class),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(statement, name, type_params, value)
            }
            StmtKind::Return { value } => {
                if let Some(value) = value {
                    self.expression(value)?;
                    self.current().returns_value = true;
                }
                Ok(())
            }
            StmtKind::Delete { targets } => self.expressions(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.expressions(targets)?;
                self.expression(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expression(target)?;
                self.expression(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.annotated_assignment(span, target, annotation, value.as_deref(), *simple != 0)
            }
            StmtKind::For(node) | StmtKind::AsyncFor(node) => {
                if matches!(statement.kind, StmtKind::AsyncFor(_)) {
                    self.require_coroutine("async for", span)?;
                }
                self.expression(&node.target)?;
                self.expression(&node.iter)?;
                self.conditionally(|this| {
                    this.statements(&node.body)?;
                    this.statements(&node.orelse)
                })
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expression(test)?;
                self.conditionally(|this| {
                    this.statements(body)?;
                    this.statements(orelse)
                })
            }
            StmtKind::With(with) => self.with(with),
            StmtKind::AsyncWith(with) => {
                self.require_coroutine("async with", span)?;
                self.with(with)
            }
            StmtKind::Match { subject, cases } => {
                self.expression(subject)?;
                self.conditionally(|this| cases.iter().try_for_each(|case| this.match_case(case)))
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc.as_deref())?;
                self.optional(cause.as_deref())
            }
            StmtKind::Try(node) | StmtKind::TryStar(node) => self.conditionally(|this| this.try_(node)),
            StmtKind::Assert { test, msg } => {
                self.expression(test)?;
                self.optional(msg.as_deref())
            }
            StmtKind::ImportFrom { module: Some(module), level, .. }
                if level.unwrap_or(0) == 0
                    && &**module == "__future__"
                    && span.lineno > self.table.future.span.lineno =>
            {
                let message = "from __future__ imports must occur at the beginning of the file";
                Err(SyntaxError::at(span, message))
            }
            StmtKind::Import { names } | StmtKind::ImportFrom { names, .. } => {
                names.iter().try_for_each(|alias| self.alias(alias))
            }
            StmtKind::Global { names } => names.iter().try_for_each(|name| self.directive(name, span, true)),
            StmtKind::Nonlocal { names } => {
                names.iter().try_for_each(|name| self.directive(name, span, false))
            }
            StmtKind::Expr { value } => self.expression(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    /// Runs `body` as what may not be executed, which matters to annotations.
    fn conditionally(&mut self, body: impl FnOnce(&mut Self) -> Walk) -> Walk {
        let before = std::mem::replace(&mut self.current().in_conditional_block, true);
        body(self)?;
        self.current().in_conditional_block = before;
        Ok(())
    }

    fn require_coroutine(&mut self, what: &str, span: Span) -> Walk {
        if self.allows_top_level_await() {
            self.current().coroutine = true;
        }
        if !self.current().coroutine {
            return Err(SyntaxError::at(span, format!("'{what}' outside async function")));
        }
        Ok(())
    }

    fn with(&mut self, with: &With) -> Walk {
        self.conditionally(|this| {
            for item in &with.items {
                this.expression(&item.context_expr)?;
                this.optional(item.optional_vars.as_deref())?;
            }
            this.statements(&with.body)
        })
    }

    fn try_(&mut self, node: &Try) -> Walk {
        self.statements(&node.body)?;
        node.handlers.iter().try_for_each(|handler| self.handler(handler))?;
        self.statements(&node.orelse)?;
        self.statements(&node.finalbody)
    }

    fn handler(&mut self, handler: &ExceptHandler) -> Walk {
        self.optional(handler.typ.as_deref())?;
        if let Some(name) = &handler.name {
            self.add(name, flag::DEF_LOCAL, handler.span)?;
        }
        self.statements(&handler.body)
    }

    fn alias(&mut self, alias: &Alias) -> Walk {
        let name = alias.asname.as_ref().unwrap_or(&alias.name);
        if &**name == "*" {
            if self.current().kind != BlockKind::Module {
                return Err(SyntaxError::at(alias.span, "import * only allowed at module level"));
            }
            return Ok(());
        }
        match name.split_once('.') {
            Some((first, _)) => self.define(first, flag::DEF_IMPORT, alias.span),
            None => self.add(name, flag::DEF_IMPORT, alias.span),
        }
    }

    fn directive(&mut self, name: &Arc<str>, span: Span, global: bool) -> Walk {
        let known = self.lookup(name);
        let word = if global { "global" } else { "nonlocal" };
        if known.has(flag::DEF_PARAM | flag::DEF_LOCAL | flag::USE | flag::DEF_ANNOT) {
            let message = if known.has(flag::DEF_PARAM) {
                format!("name '{name}' is parameter and {word}")
            } else if known.has(flag::USE) {
                format!("name '{name}' is used prior to {word} declaration")
            } else if known.has(flag::DEF_ANNOT) {
                format!("annotated name '{name}' can't be {word}")
            } else {
                format!("name '{name}' is assigned to before {word} declaration")
            };
            return Err(SyntaxError::at(span, message));
        }
        self.add(name, if global { flag::DEF_GLOBAL } else { flag::DEF_NONLOCAL }, span)?;
        self.record_directive(name, span);
        Ok(())
    }

    fn function(&mut self, node: &Stmt, function: &FunctionDef, is_async: bool) -> Walk {
        let span = node.span;
        let args = &*function.args;
        self.add(&function.name, flag::DEF_LOCAL, span)?;
        self.expressions(&args.defaults)?;
        self.optionals(&args.kw_defaults)?;
        self.expressions(&function.decorator_list)?;
        let generic = !function.type_params.is_empty();
        if generic {
            let kw_defaults = args.kw_defaults.iter().any(Option::is_some);
            // The parser makes a list of defaults even where it stays empty, and that is what counts.
            self.enter_type_params(node, &function.name, span, true, kw_defaults)?;
            self.type_params(&function.type_params)?;
        }
        let key = Some((address(node), Role::Body));
        let body = self.new_block(function.name.clone(), BlockKind::Function, key, span);
        self.table.scopes[body.0].has_docstring = has_docstring(&function.body);
        self.signature_annotations(node, args, function.returns.as_deref())?;
        self.enter_existing(body, true);
        self.current().coroutine |= is_async;
        self.parameters(args)?;
        self.statements(&function.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    /// The parameters as the function's own names.
    pub(super) fn parameters(&mut self, args: &Arguments) -> Walk {
        for arg in args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs) {
            self.add(&arg.arg, flag::DEF_PARAM, arg.span)?;
        }
        if let Some(arg) = &args.vararg {
            self.add(&arg.arg, flag::DEF_PARAM, arg.span)?;
            self.current().varargs = true;
        }
        if let Some(arg) = &args.kwarg {
            self.add(&arg.arg, flag::DEF_PARAM, arg.span)?;
            self.current().varkeywords = true;
        }
        Ok(())
    }

    /// The block in which the annotations of a signature are evaluated.
    fn signature_annotations(&mut self, node: &Stmt, args: &Arguments, returns: Option<&Expr>) -> Walk {
        let sees_class = self.current().can_see_class_scope || self.current().kind == BlockKind::Class;
        let key = Some((address(node), Role::Annotations));
        self.enter("__annotate__".into(), BlockKind::Annotation, key, node.span)?;
        if sees_class {
            self.current().can_see_class_scope = true;
            self.define("__classdict__", flag::USE, node.span)?;
        }
        let annotated = args
            .posonlyargs
            .iter()
            .chain(&args.args)
            .chain(args.vararg.as_deref())
            .chain(args.kwarg.as_deref())
            .chain(&args.kwonlyargs)
            .filter_map(|arg| arg.annotation.as_deref());
        for annotation in annotated.chain(returns) {
            self.current().annotations_used = true;
            self.expression(annotation)?;
        }
        self.exit();
        Ok(())
    }

    fn class(&mut self, node: &Stmt, class: &ClassDef) -> Walk {
        let span = node.span;
        self.add(&class.name, flag::DEF_LOCAL, span)?;
        self.expressions(&class.decorator_list)?;
        let outer_private = self.private.clone();
        let generic = !class.type_params.is_empty();
        if generic {
            self.enter_type_params(node, &class.name, span, false, false)?;
            self.begin_mangled_names();
            self.private = Some(class.name.clone());
            // The tuple of parameters is stored once made, and read for the bases.
            for name in [".type_params", ".generic_base"] {
                self.define(name, flag::DEF_LOCAL, span)?;
                self.define(name, flag::USE, span)?;
            }
            self.type_params(&class.type_params)?;
        }
        self.expressions(&class.bases)?;
        self.keywords(&class.keywords)?;
        let key = Some((address(node), Role::Body));
        self.enter(class.name.clone(), BlockKind::Class, key, span)?;
        self.private = Some(class.name.clone());
        if generic {
            self.define("__type_params__", flag::DEF_LOCAL, span)?;
            self.define(".type_params", flag::USE, span)?;
        }
        self.current().has_docstring = has_docstring(&class.body);
        self.statements(&class.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        self.private = outer_private;
        Ok(())
    }

    fn type_alias(&mut self, node: &Stmt, name: &Expr, type_params: &[TypeParam], value: &Expr) -> Walk {
        self.expression(name)?;
        let ExprKind::Name { id, .. } = &name.kind else {
            return Err(SyntaxError::unplaced(crate::ErrorKind::TypeError, "TypeAlias with non-Name name"));
        };
        let in_class = self.current().kind == BlockKind::Class;
        let generic = !type_params.is_empty();
        if generic {
            self.enter_type_params(node, id, node.span, false, false)?;
            self.type_params(type_params)?;
        }
        let key = Some((address(node), Role::Body));
        self.enter(id.clone(), BlockKind::TypeAlias, key, node.span)?;
        self.current().can_see_class_scope = in_class;
        if in_class {
            self.define("__classdict__", flag::USE, value.span)?;
        }
        self.expression(value)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    fn enter_type_params(
        &mut self,
        node: &Stmt,
        name: &Arc<str>,
        span: Span,
        defaults: bool,
        kw_defaults: bool,
    ) -> Walk {
        let in_class = self.current().kind == BlockKind::Class;
        let key = Some((address(node), Role::TypeParams));
        self.enter(name.clone(), BlockKind::TypeParameters, key, span)?;
        if in_class {
            self.current().can_see_class_scope = true;
            self.define("__classdict__", flag::USE, span)?;
        }
        if defaults {
            self.define(".defaults", flag::DEF_PARAM, span)?;
        }
        if kw_defaults {
            self.define(".kwdefaults", flag::DEF_PARAM, span)?;
        }
        Ok(())
    }

    fn type_params(&mut self, params: &[TypeParam]) -> Walk {
        for param in params {
            let (name, default, info) = match &param.kind {
                TypeParamKind::TypeVar { name, default_value, .. } => {
                    (name, default_value, "a TypeVar default")
                }
                TypeParamKind::ParamSpec { name, default_value } => {
                    (name, default_value, "a ParamSpec default")
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    (name, default_value, "a TypeVarTuple default")
                }
            };
            self.add(name, flag::DEF_TYPE_PARAM | flag::DEF_LOCAL, param.span)?;
            if &**name == "__classdict__" {
                let message = format!("reserved name '{name}' cannot be used for type parameter");
                return Err(SyntaxError::at(param.span, message));
            }
            if let TypeParamKind::TypeVar { bound: Some(bound), .. } = &param.kind {
                let tuple = matches!(bound.kind, ExprKind::Tuple { .. });
                let info = if tuple { "a TypeVar constraint" } else { "a TypeVar bound" };
                self.type_variable(param, name, bound, Role::Bound, info)?;
            }
            if let Some(default) = default {
                self.type_variable(param, name, default, Role::Default, info)?;
            }
        }
        Ok(())
    }

    fn type_variable(
        &mut self,
        param: &TypeParam,
        name: &Arc<str>,
        value: &Expr,
        role: Role,
        info: &'static str,
    ) -> Walk {
        let sees_class = self.current().can_see_class_scope;
        self.enter(name.clone(), BlockKind::TypeVariable, Some((address(param), role)), value.span)?;
        self.current().can_see_class_scope = sees_class;
        if sees_class {
            self.define("__classdict__", flag::USE, value.span)?;
        }
        self.current().scope_info = Some(info);
        self.expression(value)?;
        self.exit();
        Ok(())
    }

    fn annotated_assignment(
        &mut self,
        span: Span,
        target: &Expr,
        annotation: &Expr,
        value: Option<&Expr>,
        simple: bool,
    ) -> Walk {
        if let ExprKind::Name { id, .. } = &target.kind {
            let known = self.lookup(id);
            let at_module = self.current_id() == ScopeId(0);
            if simple && !at_module && known.has(flag::DEF_GLOBAL | flag::DEF_NONLOCAL) {
                let word = if known.has(flag::DEF_GLOBAL) { "global" } else { "nonlocal" };
                return Err(SyntaxError::at(span, format!("annotated name '{id}' can't be {word}")));
            }
            if simple {
                self.add(id, flag::DEF_ANNOT | flag::DEF_LOCAL, target.span)?;
            } else if value.is_some() {
                self.add(id, flag::DEF_LOCAL, target.span)?;
            }
        } else {
            self.expression(target)?;
        }
        self.annotation(annotation)?;
        self.optional(value)
    }

    /// The annotation of a variable, in the block that its own block's annotations share.
    fn annotation(&mut self, annotation: &Expr) -> Walk {
        let span = annotation.span;
        let outer = self.current_id();
        let scope = self.current();
        let kind = scope.kind;
        // Those of a function's locals are never evaluated.
        let unevaluated = kind == BlockKind::Function;
        // A module may be seen half executed, so all of its annotations count as conditional.
        let conditional = kind == BlockKind::Module || kind == BlockKind::Class && scope.in_conditional_block;
        if conditional && !scope.has_conditional_annotations {
            scope.has_conditional_annotations = true;
            self.define("__conditional_annotations__", flag::USE, span)?;
        }
        if let Some(block) = self.scope(outer).annotation_block {
            self.enter_existing(block, false);
        } else {
            let block = self.enter("__annotate__".into(), BlockKind::Annotation, None, span)?;
            self.table.scopes[outer.0].annotation_block = Some(block);
            if kind == BlockKind::Class {
                self.current().can_see_class_scope = true;
                self.define("__classdict__", flag::USE, span)?;
            }
        }
        self.current().in_unevaluated_annotation |= unevaluated;
        self.expression(annotation)?;
        if unevaluated {
            self.current().in_unevaluated_annotation = false;
        }
        self.exit();
        Ok(())
    }

    fn match_case(&mut self, case: &MatchCase) -> Walk {
        self.pattern(&case.pattern)?;
        self.optional(case.guard.as_deref())?;
        self.statements(&case.body)
    }

    fn pattern(&mut self, pattern: &Pattern) -> Walk {
        self.depth += 1;
        nested(self.depth, || self.pattern_here(pattern))?;
        self.depth -= 1;
        Ok(())
    }

    fn pattern_here(&mut self, pattern: &Pattern) -> Walk {
        match &pattern.kind {
            PatternKind::MatchValue { value } => self.expression(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.patterns(patterns)
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.expressions(keys)?;
                self.patterns(patterns)?;
                self.bind(rest.as_ref(), pattern)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.expression(cls)?;
                self.patterns(patterns)?;
                for (name, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    check_name(name, pattern.span, ExprContext::Store)?;
                }
                self.patterns(kwd_patterns)
            }
            PatternKind::MatchStar { name } => self.bind(name.as_ref(), pattern),
            PatternKind::MatchAs { pattern: inner, name } => {
                if let Some(inner) = inner {
                    self.pattern(inner)?;
                }
                self.bind(name.as_ref(), pattern)
            }
        }
    }

    fn patterns(&mut self, patterns: &[Pattern]) -> Walk {
        patterns.iter().try_for_each(|pattern| self.pattern(pattern))
    }

    fn bind(&mut self, name: Option<&Arc<str>>, pattern: &Pattern) -> Walk {
        name.map_or(Ok(()), |name| self.add(name, flag::DEF_LOCAL, pattern.span))
    }
}
