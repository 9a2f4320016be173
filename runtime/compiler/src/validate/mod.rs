//! Trees that programs build by hand: whether they are trees that a parser could have made, as far as the compiler
//! relies on it.
//!
//! What is wrong is a `ValueError` (or `TypeError`) in CPython's words.

mod expressions;
mod patterns;

use crate::ast::{
    Alias, Arg, Arguments, ExceptHandler, Expr, ExprContext, ExprKind, Keyword, Mod, Span, Stmt, StmtKind,
    TypeParam, TypeParamKind,
};
use crate::depth::nested;
use crate::{ErrorKind, SyntaxError};

type Done = Result<(), SyntaxError>;

/// Checks a tree.
pub(crate) fn validate(module: &Mod) -> Done {
    let mut validator = Validator { depth: 0 };
    match module {
        Mod::Module { body, .. } | Mod::Interactive { body } => validator.statements(body),
        Mod::Expression { body } => validator.load(body),
        Mod::FunctionType { argtypes, returns } => {
            validator.loads(argtypes)?;
            validator.load(returns)
        }
    }
}

struct Validator {
    depth: usize,
}

fn wrong<T>(message: impl Into<String>) -> Result<T, SyntaxError> {
    Err(SyntaxError::unplaced(ErrorKind::ValueError, message))
}

fn wrong_type<T>(message: impl Into<String>) -> Result<T, SyntaxError> {
    Err(SyntaxError::unplaced(ErrorKind::TypeError, message))
}

fn filled<T>(items: &[T], what: &str, owner: &str) -> Done {
    if items.is_empty() { wrong(format!("empty {what} on {owner}")) } else { Ok(()) }
}

/// Constants have no names of their own.
fn name(name: &str) -> Done {
    match name {
        "None" | "True" | "False" => wrong(format!("identifier field can't represent '{name}' constant")),
        _ => Ok(()),
    }
}

fn place(span: Span) -> Done {
    let Span { lineno, col_offset, end_lineno, end_col_offset } = span;
    if lineno > end_lineno {
        return wrong(format!("AST node line range ({lineno}, {end_lineno}) is not valid"));
    }
    if lineno < 0 && end_lineno != lineno || col_offset < 0 && col_offset != end_col_offset {
        return wrong(format!(
            "AST node column range ({col_offset}, {end_col_offset}) for line range ({lineno}, {end_lineno}) is \
             not valid"
        ));
    }
    if lineno == end_lineno && col_offset > end_col_offset {
        return wrong(format!("line {lineno}, column {col_offset}-{end_col_offset} is not a valid range"));
    }
    Ok(())
}

impl Validator {
    fn nested(&mut self, body: impl FnOnce(&mut Self) -> Done) -> Done {
        self.depth += 1;
        let depth = self.depth;
        let result = nested(depth, || body(self));
        self.depth -= 1;
        result
    }

    fn statements(&mut self, statements: &[Stmt]) -> Done {
        statements.iter().try_for_each(|statement| self.nested(|validator| validator.statement(statement)))
    }

    fn body(&mut self, body: &[Stmt], owner: &str) -> Done {
        filled(body, "body", owner)?;
        self.statements(body)
    }

    fn statement(&mut self, statement: &Stmt) -> Done {
        place(statement.span)?;
        match &statement.kind {
            StmtKind::FunctionDef(def) | StmtKind::AsyncFunctionDef(def) => {
                let asynchronous = matches!(statement.kind, StmtKind::AsyncFunctionDef(_));
                self.body(&def.body, if asynchronous { "AsyncFunctionDef" } else { "FunctionDef" })?;
                name(&def.name)?;
                self.type_params(&def.type_params)?;
                self.arguments(&def.args)?;
                self.loads(&def.decorator_list)?;
                self.optional(def.returns.as_deref())
            }
            StmtKind::ClassDef(def) => {
                self.body(&def.body, "ClassDef")?;
                name(&def.name)?;
                self.type_params(&def.type_params)?;
                self.loads(&def.bases)?;
                self.keywords(&def.keywords)?;
                self.loads(&def.decorator_list)
            }
            StmtKind::Return { value } => self.optional(value.as_deref()),
            StmtKind::Delete { targets } => self.targets(targets, ExprContext::Del, "Delete"),
            StmtKind::Assign { targets, value, .. } => {
                self.targets(targets, ExprContext::Store, "Assign")?;
                self.load(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expression(target, ExprContext::Store)?;
                self.load(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                if *simple != 0 && !matches!(target.kind, ExprKind::Name { .. }) {
                    return wrong_type("AnnAssign with simple non-Name target");
                }
                self.expression(target, ExprContext::Store)?;
                self.optional(value.as_deref())?;
                self.load(annotation)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                if !matches!(name.kind, ExprKind::Name { .. }) {
                    return wrong_type("TypeAlias with non-Name name");
                }
                self.expression(name, ExprContext::Store)?;
                self.type_params(type_params)?;
                self.load(value)
            }
            StmtKind::For(node) | StmtKind::AsyncFor(node) => {
                let asynchronous = matches!(statement.kind, StmtKind::AsyncFor(_));
                self.expression(&node.target, ExprContext::Store)?;
                self.load(&node.iter)?;
                self.body(&node.body, if asynchronous { "AsyncFor" } else { "For" })?;
                self.statements(&node.orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "While")?;
                self.statements(orelse)
            }
            StmtKind::If { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "If")?;
                self.statements(orelse)
            }
            StmtKind::With(node) | StmtKind::AsyncWith(node) => {
                let asynchronous = matches!(statement.kind, StmtKind::AsyncWith(_));
                let owner = if asynchronous { "AsyncWith" } else { "With" };
                filled(&node.items, "items", owner)?;
                for item in &node.items {
                    self.load(&item.context_expr)?;
                    if let Some(vars) = &item.optional_vars {
                        self.expression(vars, ExprContext::Store)?;
                    }
                }
                self.body(&node.body, owner)
            }
            StmtKind::Match { subject, cases } => {
                self.load(subject)?;
                filled(cases, "cases", "Match")?;
                for case in cases {
                    self.pattern(&case.pattern, false)?;
                    self.optional(case.guard.as_deref())?;
                    self.body(&case.body, "match_case")?;
                }
                Ok(())
            }
            StmtKind::Raise { exc, cause } => match (exc, cause) {
                (None, Some(_)) => wrong("Raise with cause but no exception"),
                _ => [exc, cause].into_iter().try_for_each(|part| self.optional(part.as_deref())),
            },
            StmtKind::Try(node) | StmtKind::TryStar(node) => {
                let star = matches!(statement.kind, StmtKind::TryStar(_));
                self.try_statement(node, if star { "TryStar" } else { "Try" })
            }
            StmtKind::Assert { test, msg } => {
                self.load(test)?;
                self.optional(msg.as_deref())
            }
            StmtKind::Import { names } => {
                filled(names, "names", "Import")?;
                aliases(names)
            }
            StmtKind::ImportFrom { names, level, .. } => {
                if level.is_some_and(|level| level < 0) {
                    return wrong("Negative ImportFrom level");
                }
                filled(names, "names", "ImportFrom")?;
                aliases(names)
            }
            StmtKind::Global { names } => filled(names, "names", "Global"),
            StmtKind::Nonlocal { names } => filled(names, "names", "Nonlocal"),
            StmtKind::Expr { value } => self.load(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    fn targets(&mut self, targets: &[Expr], ctx: ExprContext, owner: &str) -> Done {
        filled(targets, "targets", owner)?;
        targets.iter().try_for_each(|target| self.expression(target, ctx))
    }

    fn try_statement(&mut self, node: &crate::ast::Try, owner: &str) -> Done {
        self.body(&node.body, owner)?;
        if node.handlers.is_empty() && node.finalbody.is_empty() {
            return wrong(format!("{owner} has neither except handlers nor finalbody"));
        }
        if node.handlers.is_empty() && !node.orelse.is_empty() {
            return wrong(format!("{owner} has orelse but no except handlers"));
        }
        for handler in &node.handlers {
            self.handler(handler)?;
        }
        self.statements(&node.finalbody)?;
        self.statements(&node.orelse)
    }

    fn handler(&mut self, handler: &ExceptHandler) -> Done {
        place(handler.span)?;
        self.optional(handler.typ.as_deref())?;
        handler.name.as_deref().map_or(Ok(()), name)?;
        self.body(&handler.body, "ExceptHandler")
    }

    fn type_params(&mut self, params: &[TypeParam]) -> Done {
        for param in params {
            place(param.span)?;
            let (own, parts) = match &param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => (name, [bound, default_value]),
                TypeParamKind::ParamSpec { name, default_value }
                | TypeParamKind::TypeVarTuple { name, default_value } => (name, [&None, default_value]),
            };
            name(own)?;
            parts.into_iter().try_for_each(|part| self.optional(part.as_deref()))?;
        }
        Ok(())
    }

    fn arguments(&mut self, args: &Arguments) -> Done {
        self.args(&args.posonlyargs)?;
        self.args(&args.args)?;
        self.args(&args.kwonlyargs)?;
        for arg in [&args.vararg, &args.kwarg].into_iter().flatten() {
            self.optional(arg.annotation.as_deref())?;
        }
        if args.defaults.len() > args.posonlyargs.len() + args.args.len() {
            return wrong("more positional defaults than args on arguments");
        }
        if args.kw_defaults.len() != args.kwonlyargs.len() {
            return wrong("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        self.loads(&args.defaults)?;
        args.kw_defaults.iter().flatten().try_for_each(|default| self.load(default))
    }

    fn args(&mut self, args: &[Arg]) -> Done {
        for arg in args {
            place(arg.span)?;
            self.optional(arg.annotation.as_deref())?;
        }
        Ok(())
    }

    fn keywords(&mut self, keywords: &[Keyword]) -> Done {
        keywords.iter().try_for_each(|keyword| self.load(&keyword.value))
    }
}

fn aliases(names: &[Alias]) -> Done {
    for alias in names {
        name(&alias.name)?;
        alias.asname.as_deref().map_or(Ok(()), name)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
