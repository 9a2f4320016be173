//! What happens to a tree before its symbol table is made: `__debug__` becomes a constant, `'...' % (...)` an f-string
//! where that is the same, numbers in patterns are computed, docstrings go under `-OO`, and jumps out of `finally` are
//! warned of.

mod expressions;
mod format;

use crate::ast::{
    Expr, ExprKind, MatchCase, Mod, Pattern, PatternKind, Span, Stmt, StmtKind, TypeParam, TypeParamKind,
};
use crate::depth::nested;
use crate::symtable::has_docstring;
use crate::{Options, SyntaxError, SyntaxWarning, WarningCategory, future};

type Done = Result<(), SyntaxError>;

/// How a statement is enclosed, as far as jumps out of `finally` are concerned.
#[derive(Clone, Copy, Default)]
struct Enclosure {
    /// In a `finally` block of the same function.
    finally: bool,
    /// In a loop that is itself inside that block.
    own_loop: bool,
}

struct Preprocessor {
    optimize: u8,
    future_annotations: bool,
    /// Only warn, change nothing.
    check_only: bool,
    enclosure: Enclosure,
    warnings: Vec<SyntaxWarning>,
    depth: usize,
}

/// Changes `module` as the compiler wants it. `features` are the `__future__` bits that hold in it.
pub fn preprocess(
    module: &mut Mod,
    options: &Options<'_>,
    features: u32,
) -> Result<Vec<SyntaxWarning>, SyntaxError> {
    run(module, options, features, false)
}

/// Warns of what [`preprocess`] would, and changes nothing.
pub fn check_jumps(module: &mut Mod, options: &Options<'_>) -> Result<Vec<SyntaxWarning>, SyntaxError> {
    run(module, options, 0, true)
}

fn run(
    module: &mut Mod,
    options: &Options<'_>,
    features: u32,
    check_only: bool,
) -> Result<Vec<SyntaxWarning>, SyntaxError> {
    let mut state = Preprocessor {
        optimize: options.optimize,
        future_annotations: features & future::ANNOTATIONS != 0,
        check_only,
        enclosure: Enclosure::default(),
        warnings: Vec::new(),
        depth: 0,
    };
    match module {
        Mod::Module { body, .. } => state.body(body)?,
        Mod::Interactive { body } => state.statements(body)?,
        Mod::Expression { body } => state.expression(body)?,
        Mod::FunctionType { .. } => {}
    }
    Ok(state.warnings)
}

impl Preprocessor {
    /// A body that may begin with a docstring.
    fn body(&mut self, body: &mut Vec<Stmt>) -> Done {
        let mut documented = has_docstring(body);
        if documented && self.optimize >= 2 && !self.check_only {
            if body.len() == 1 {
                body[0].kind = StmtKind::Pass;
                body[0].span.end_lineno = body[0].span.lineno;
                body[0].span.end_col_offset = body[0].span.col_offset + "pass".len() as i32;
            } else {
                body.remove(0);
            }
            documented = false;
        }
        self.statements(body)?;
        // Neither what folding made a constant nor what followed the docstring is one.
        if !documented
            && has_docstring(body)
            && let Some(Stmt { kind: StmtKind::Expr { value }, .. }) = body.first_mut()
        {
            let span = value.span;
            let inner = std::mem::replace(
                &mut **value,
                Expr { kind: ExprKind::JoinedStr { values: Vec::new() }, span },
            );
            value.kind = ExprKind::JoinedStr { values: vec![inner] };
        }
        Ok(())
    }

    fn statements(&mut self, body: &mut [Stmt]) -> Done {
        body.iter_mut().try_for_each(|statement| {
            self.depth += 1;
            nested(self.depth, || self.statement(statement))?;
            self.depth -= 1;
            Ok(())
        })
    }

    fn within(&mut self, enclosure: Enclosure, walk: impl FnOnce(&mut Self) -> Done) -> Done {
        let outer = std::mem::replace(&mut self.enclosure, enclosure);
        walk(self)?;
        self.enclosure = outer;
        Ok(())
    }

    fn loop_body(&mut self, body: &mut [Stmt]) -> Done {
        let enclosure = Enclosure { own_loop: true, ..self.enclosure };
        self.within(enclosure, |this| this.statements(body))
    }

    fn warn(&mut self, keyword: &str, span: Span) {
        self.warnings.push(SyntaxWarning {
            category: WarningCategory::Syntax,
            message: format!("'{keyword}' in a 'finally' block"),
            lineno: span.lineno,
            offset: span.col_offset + 1,
            end_lineno: span.end_lineno,
            end_offset: span.end_col_offset + 1,
        });
    }

    fn statement(&mut self, statement: &mut Stmt) -> Done {
        let span = statement.span;
        match &mut statement.kind {
            StmtKind::FunctionDef(function) | StmtKind::AsyncFunctionDef(function) => {
                self.type_params(&mut function.type_params)?;
                self.arguments(&mut function.args)?;
                self.within(Enclosure::default(), |this| this.body(&mut function.body))?;
                self.expressions(&mut function.decorator_list)?;
                if !self.future_annotations {
                    self.optional(function.returns.as_deref_mut())?;
                }
                Ok(())
            }
            StmtKind::ClassDef(class) => {
                self.type_params(&mut class.type_params)?;
                self.expressions(&mut class.bases)?;
                class.keywords.iter_mut().try_for_each(|keyword| self.expression(&mut keyword.value))?;
                self.body(&mut class.body)?;
                self.expressions(&mut class.decorator_list)
            }
            StmtKind::Return { value } => {
                if self.enclosure.finally {
                    self.warn("return", span);
                }
                self.optional(value.as_deref_mut())
            }
            StmtKind::Delete { targets } => self.expressions(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.expressions(targets)?;
                self.expression(value)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.expression(name)?;
                self.type_params(type_params)?;
                self.expression(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expression(target)?;
                self.expression(value)
            }
            StmtKind::AnnAssign { target, annotation, value, .. } => {
                self.expression(target)?;
                if !self.future_annotations {
                    self.expression(annotation)?;
                }
                self.optional(value.as_deref_mut())
            }
            StmtKind::For(node) | StmtKind::AsyncFor(node) => {
                self.expression(&mut node.target)?;
                self.expression(&mut node.iter)?;
                self.loop_body(&mut node.body)?;
                self.statements(&mut node.orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.expression(test)?;
                self.loop_body(body)?;
                self.statements(orelse)
            }
            StmtKind::If { test, body, orelse } => {
                self.expression(test)?;
                self.statements(body)?;
                self.statements(orelse)
            }
            StmtKind::With(with) | StmtKind::AsyncWith(with) => {
                for item in &mut with.items {
                    self.expression(&mut item.context_expr)?;
                    self.optional(item.optional_vars.as_deref_mut())?;
                }
                self.statements(&mut with.body)
            }
            StmtKind::Match { subject, cases } => {
                self.expression(subject)?;
                cases.iter_mut().try_for_each(|case| self.match_case(case))
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc.as_deref_mut())?;
                self.optional(cause.as_deref_mut())
            }
            StmtKind::Try(node) | StmtKind::TryStar(node) => {
                self.statements(&mut node.body)?;
                for handler in &mut node.handlers {
                    self.optional(handler.typ.as_deref_mut())?;
                    self.statements(&mut handler.body)?;
                }
                self.statements(&mut node.orelse)?;
                let enclosure = Enclosure { finally: true, own_loop: false };
                self.within(enclosure, |this| this.statements(&mut node.finalbody))
            }
            StmtKind::Assert { test, msg } => {
                self.expression(test)?;
                self.optional(msg.as_deref_mut())
            }
            StmtKind::Expr { value } => self.expression(value),
            StmtKind::Break | StmtKind::Continue => {
                if self.enclosure.finally && !self.enclosure.own_loop {
                    let keyword = if statement.kind == StmtKind::Break { "break" } else { "continue" };
                    self.warn(keyword, span);
                }
                Ok(())
            }
            StmtKind::Import { .. }
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass => Ok(()),
        }
    }

    fn type_params(&mut self, params: &mut [TypeParam]) -> Done {
        for param in params {
            match &mut param.kind {
                TypeParamKind::TypeVar { bound, default_value, .. } => {
                    self.optional(bound.as_deref_mut())?;
                    self.optional(default_value.as_deref_mut())?;
                }
                TypeParamKind::ParamSpec { default_value, .. }
                | TypeParamKind::TypeVarTuple { default_value, .. } => {
                    self.optional(default_value.as_deref_mut())?;
                }
            }
        }
        Ok(())
    }

    fn match_case(&mut self, case: &mut MatchCase) -> Done {
        self.pattern(&mut case.pattern)?;
        self.optional(case.guard.as_deref_mut())?;
        self.statements(&mut case.body)
    }

    fn pattern(&mut self, pattern: &mut Pattern) -> Done {
        self.depth += 1;
        nested(self.depth, || self.pattern_here(pattern))?;
        self.depth -= 1;
        Ok(())
    }

    fn pattern_here(&mut self, pattern: &mut Pattern) -> Done {
        let mut patterns = |list: &mut [Pattern]| list.iter_mut().try_for_each(|inner| self.pattern(inner));
        match &mut pattern.kind {
            PatternKind::MatchValue { value } => {
                if !self.check_only {
                    expressions::fold_pattern_number(value);
                }
                Ok(())
            }
            PatternKind::MatchSingleton { .. } | PatternKind::MatchStar { .. } => Ok(()),
            PatternKind::MatchSequence { patterns: inner } | PatternKind::MatchOr { patterns: inner } => {
                patterns(inner)
            }
            PatternKind::MatchMapping { keys, patterns: inner, .. } => {
                patterns(inner)?;
                if !self.check_only {
                    keys.iter_mut().for_each(expressions::fold_pattern_number);
                }
                Ok(())
            }
            PatternKind::MatchClass { cls, patterns: inner, kwd_patterns, .. } => {
                patterns(inner)?;
                patterns(kwd_patterns)?;
                self.expression(cls)
            }
            PatternKind::MatchAs { pattern: inner, .. } => {
                inner.as_deref_mut().map_or(Ok(()), |inner| self.pattern(inner))
            }
        }
    }
}
