//! Calls: of functions and methods, with `*` and `**`, of `super`, and of a few builtins on generator expressions.

use super::emit::AttrForm;
use super::expressions::Display;
use super::statements::attr_span;
use super::{Compiler, Result, STACK_USE_GUIDELINE};
use crate::Constant;
use crate::ast::{CmpOp, Expr, ExprContext, ExprKind, Keyword, Span};
use crate::flow::{Label, NO_LOCATION};
use crate::opcode::{CommonConstant, Intrinsic1, Opcode};
use crate::symtable::{NameScope, Role, Symbol, flag};

impl<'a> Compiler<'a> {
    pub(super) fn call(
        &mut self,
        expr: &'a Expr,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Result {
        self.check_keywords(keywords)?;
        if self.method_call(expr, func, args, keywords)? {
            return Ok(());
        }
        let done = self.label();
        self.warn_of_caller(func);
        self.expr(func)?;
        self.builtin_on_generator(func, args, keywords, done)?;
        self.op(func.span, Opcode::PushNull);
        self.call_with(expr.span, 0, args, None, keywords)?;
        self.mark(done);
        Ok(())
    }

    fn check_keywords(&self, keywords: &[Keyword]) -> Result {
        for (index, keyword) in keywords.iter().enumerate() {
            let Some(name) = &keyword.arg else { continue };
            self.check_forbidden(keyword.span, name, ExprContext::Store)?;
            if let Some(other) = keywords[index + 1..].iter().find(|other| other.arg.as_ref() == Some(name)) {
                return self.error(other.span, format!("keyword argument repeated: {name}"));
            }
        }
        Ok(())
    }

    /// A call of an attribute without `*` and `**`, which need not bind the method; tells whether it is one.
    fn method_call(
        &mut self,
        expr: &'a Expr,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: ExprContext::Load } = &func.kind else {
            return Ok(false);
        };
        let count = args.len() + keywords.len();
        if self.is_imported(value)
            || count + usize::from(!keywords.is_empty()) >= STACK_USE_GUIDELINE
            || args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
            || keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return Ok(false);
        }
        let mut span = func.span;
        if let Some(super_args) = self.optimizable_super(value, attr) {
            self.load_super_args(value, super_args)?;
            let form = if super_args.is_empty() { AttrForm::ZeroSuperMethod } else { AttrForm::SuperMethod };
            self.load_attr(span, attr, form);
            span = attr_span(span, func, attr);
            self.op(span, Opcode::Nop);
        } else {
            self.expr(value)?;
            span = attr_span(span, func, attr);
            self.load_attr(span, attr, AttrForm::Method);
        }
        self.exprs(args)?;
        if !keywords.is_empty() {
            keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
            self.keyword_names(span, keywords);
        }
        let span = attr_span(expr.span, func, attr);
        let op = if keywords.is_empty() { Opcode::Call } else { Opcode::CallKw };
        self.op_count(span, op, count);
        Ok(true)
    }

    /// Whether the expression is a name that the module binds by an import: then its attributes are functions rather
    /// than methods.
    fn is_imported(&self, expr: &Expr) -> bool {
        let ExprKind::Name { id, .. } = &expr.kind else { return false };
        self.top_symbol(id).has(flag::DEF_IMPORT)
    }

    /// The symbol of a name in the module, or as a comprehension inlined into the module has it.
    fn top_symbol(&self, name: &str) -> Symbol {
        let inlined = self.units.first().and_then(|unit| unit.symbols.get(name).copied());
        inlined.unwrap_or_else(|| self.table.scope(self.table.top()).symbol(name))
    }

    /// The arguments of a call of `super` that LOAD_SUPER_ATTR can stand for, with the access to `attr`.
    pub(super) fn optimizable_super(&self, expr: &'a Expr, attr: &str) -> Option<&'a [Expr]> {
        let ExprKind::Call { func, args, keywords } = &expr.kind else { return None };
        let ExprKind::Name { id, .. } = &func.kind else { return None };
        // The class of the super object is its own.
        if &**id != "super" || !keywords.is_empty() || attr == "__class__" {
            return None;
        }
        // Not if the name is visibly something else.
        if self.symbol(id).scope() != NameScope::GlobalImplicit
            || self.top_symbol(id).scope() != NameScope::Unknown
        {
            return None;
        }
        match args.len() {
            2 if !args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. })) => Some(args),
            0 => {
                let unit = self.unit_ref();
                let has_self = unit.argcount > 0 || unit.posonlyargcount > 0;
                let free = self.symbol("__class__").scope() == NameScope::Free;
                (has_self && free && !self.is_cell_here("__class__")).then_some(args)
            }
            _ => None,
        }
    }

    /// Pushes `super` and its arguments, those that it has by itself included.
    pub(super) fn load_super_args(&mut self, call: &'a Expr, args: &'a [Expr]) -> Result {
        if let ExprKind::Call { func, .. } = &call.kind {
            self.expr(func)?;
        }
        if !args.is_empty() {
            return self.exprs(args);
        }
        self.load_name(call.span, "__class__")?;
        let first = self.unit_ref().varnames.first().cloned();
        match first {
            Some(first) => self.name(call.span, &first, ExprContext::Load),
            None => Ok(()),
        }
    }

    /// `all`, `any` and `tuple` of a generator expression run its loop in place, if the name is still the builtin.
    fn builtin_on_generator(
        &mut self,
        func: &'a Expr,
        args: &'a [Expr],
        keywords: &'a [Keyword],
        done: Label,
    ) -> Result {
        let (ExprKind::Name { id, .. }, [generator], []) = (&func.kind, args, keywords) else {
            return Ok(());
        };
        // An asynchronous one cannot be iterated; the call is left to say so.
        let scope = self.table.lookup(generator, Role::Body).map(|scope| self.table.scope(scope));
        let synchronous = scope.is_some_and(|scope| !scope.coroutine);
        if !synchronous || !matches!(generator.kind, ExprKind::GeneratorExp { .. }) {
            return Ok(());
        }
        // What the loop ends with by itself, and which truth lets it go on.
        let (builtin, result, goes_on) = match &**id {
            "all" => (CommonConstant::All, Some(true), Opcode::PopJumpIfTrue),
            "any" => (CommonConstant::Any, Some(false), Opcode::PopJumpIfFalse),
            "tuple" => (CommonConstant::Tuple, None, Opcode::Jump),
            _ => return Ok(()),
        };
        let span = func.span;
        let (skip, start, cleanup) = (self.label(), self.label(), self.label());
        self.op_arg(span, Opcode::Copy, 1);
        self.op_arg(span, Opcode::LoadCommonConstant, builtin as u32);
        self.compare_op(span, CmpOp::Is);
        self.jump(span, Opcode::PopJumpIfFalse, skip);
        self.op(span, Opcode::PopTop);
        if result.is_none() {
            self.op_arg(span, Opcode::BuildList, 0);
        }
        self.expr(generator)?;
        self.mark(start);
        self.jump(span, Opcode::ForIter, cleanup);
        match result {
            None => self.op_arg(span, Opcode::ListAppend, 2),
            Some(_) => self.op(span, Opcode::ToBool),
        }
        self.jump(span, goes_on, start);
        self.op(NO_LOCATION, Opcode::PopIter);
        if let Some(result) = result {
            self.load_const(span, Constant::Bool(!result));
        }
        self.jump(span, Opcode::Jump, done);
        self.mark(cleanup);
        self.op(NO_LOCATION, Opcode::EndFor);
        self.op(NO_LOCATION, Opcode::PopIter);
        match result {
            None => self.intrinsic(span, Intrinsic1::ListToTuple),
            Some(result) => self.load_const(span, Constant::Bool(result)),
        }
        self.jump(span, Opcode::Jump, done);
        self.mark(skip);
        Ok(())
    }

    /// A call of what is on the stack, where `pushed` arguments are already; the value of the name `injected` is the
    /// last positional argument.
    pub(super) fn call_with(
        &mut self,
        span: Span,
        pushed: usize,
        args: &'a [Expr],
        injected: Option<&str>,
        keywords: &'a [Keyword],
    ) -> Result {
        self.check_keywords(keywords)?;
        let unpacks = args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
            || keywords.iter().any(|keyword| keyword.arg.is_none());
        if unpacks || args.len() + keywords.len() * 2 > STACK_USE_GUIDELINE {
            return self.call_unpacking(span, pushed, args, injected, keywords);
        }
        self.exprs(args)?;
        let mut count = pushed + args.len();
        if let Some(name) = injected {
            self.load_name(span, name)?;
            count += 1;
        }
        if keywords.is_empty() {
            self.op_count(span, Opcode::Call, count);
        } else {
            keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
            self.keyword_names(span, keywords);
            self.op_count(span, Opcode::CallKw, count + keywords.len());
        }
        Ok(())
    }

    fn keyword_names(&mut self, span: Span, keywords: &[Keyword]) {
        let names = keywords.iter().filter_map(|keyword| keyword.arg.as_deref());
        let names = names.map(|name| Constant::Str(name.into())).collect();
        self.load_const(span, Constant::Tuple(names));
    }

    /// A call with a tuple and a dict of arguments.
    fn call_unpacking(
        &mut self,
        span: Span,
        pushed: usize,
        args: &'a [Expr],
        injected: Option<&str>,
        keywords: &'a [Keyword],
    ) -> Result {
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if pushed == 0 && injected.is_none() => {
                self.expr(value)?;
            }
            _ => self.display(span, args, injected, pushed, Display::Tuple)?,
        }
        let mut built = false;
        let mut pending = 0;
        for (index, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                pending += 1;
                continue;
            }
            if pending > 0 {
                self.sub_keywords(span, &keywords[index - pending..index], &mut built)?;
                pending = 0;
            }
            if !built {
                self.op_arg(span, Opcode::BuildMap, 0);
                built = true;
            }
            self.expr(&keyword.value)?;
            self.op_arg(span, Opcode::DictMerge, 1);
        }
        if pending > 0 {
            self.sub_keywords(span, &keywords[keywords.len() - pending..], &mut built)?;
        }
        if keywords.is_empty() {
            self.op(span, Opcode::PushNull);
        }
        self.op(span, Opcode::CallFunctionEx);
        Ok(())
    }

    /// A run of named arguments, merged into the dict before it if there is one.
    fn sub_keywords(&mut self, span: Span, keywords: &'a [Keyword], built: &mut bool) -> Result {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_arg(NO_LOCATION, Opcode::BuildMap, 0);
        }
        for keyword in keywords {
            self.load_str(span, keyword.arg.as_deref().unwrap_or_default());
            self.expr(&keyword.value)?;
            if big {
                self.op_arg(NO_LOCATION, Opcode::MapAdd, 1);
            }
        }
        if !big {
            self.op_count(span, Opcode::BuildMap, keywords.len());
        }
        if *built {
            self.op_arg(span, Opcode::DictMerge, 1);
        }
        *built = true;
        Ok(())
    }
}
