//! Statements that neither open a block nor handle exceptions.

use std::sync::Arc;

use super::emit::AttrForm;
use super::unit::{FrameBlock, FrameBlockInfo, ScopeKind};
use super::{Compiler, Result};
use crate::Constant;
use crate::ast::{Alias, Expr, ExprContext, ExprKind, For, Operator, Span, Stmt, StmtKind};
use crate::flow::NO_LOCATION;
use crate::opcode::{CommonConstant, Intrinsic1, Opcode};

impl<'a> Compiler<'a> {
    pub(super) fn stmts(&mut self, stmts: &'a [Stmt]) -> Result {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    pub(super) fn stmt(&mut self, stmt: &'a Stmt) -> Result {
        self.nested(|compiler| compiler.stmt_inner(stmt))
    }

    fn stmt_inner(&mut self, stmt: &'a Stmt) -> Result {
        let span = stmt.span;
        match &stmt.kind {
            StmtKind::FunctionDef(def) => self.function_def(stmt, def, false),
            StmtKind::AsyncFunctionDef(def) => self.function_def(stmt, def, true),
            StmtKind::ClassDef(def) => self.class_def(stmt, def),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(stmt, name, type_params, value)
            }
            StmtKind::Return { value } => self.return_stmt(span, value.as_deref()),
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.expr(value)?;
                for (index, target) in targets.iter().enumerate() {
                    if index + 1 < targets.len() {
                        self.op_arg(span, Opcode::Copy, 1);
                    }
                    self.expr(target)?;
                }
                Ok(())
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(span, target, *op, value),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(stmt, target, annotation, value.as_deref(), *simple != 0)
            }
            StmtKind::For(node) => self.conditionally(|compiler| compiler.for_loop(span, node)),
            StmtKind::AsyncFor(node) => self.conditionally(|compiler| compiler.async_for_loop(span, node)),
            StmtKind::While { test, body, orelse } => {
                self.conditionally(|compiler| compiler.while_loop(span, test, body, orelse))
            }
            StmtKind::If { test, body, orelse } => {
                self.conditionally(|compiler| compiler.if_stmt(span, test, body, orelse))
            }
            StmtKind::With(node) => self.conditionally(|compiler| compiler.with_stmt(span, node, false)),
            StmtKind::AsyncWith(node) => self.conditionally(|compiler| compiler.with_stmt(span, node, true)),
            StmtKind::Match { subject, cases } => {
                self.conditionally(|compiler| compiler.match_stmt(subject, cases))
            }
            StmtKind::Raise { exc, cause } => {
                let parts = exc.iter().chain(cause.iter().filter(|_| exc.is_some()));
                let mut count = 0;
                for part in parts {
                    self.expr(part)?;
                    count += 1;
                }
                self.op_arg(span, Opcode::RaiseVarargs, count);
                Ok(())
            }
            StmtKind::Try(node) => self.conditionally(|compiler| compiler.try_stmt(span, node, false)),
            StmtKind::TryStar(node) => self.conditionally(|compiler| compiler.try_stmt(span, node, true)),
            StmtKind::Assert { test, msg } => self.assert_stmt(span, test, msg.as_deref()),
            StmtKind::Import { names } => self.import(span, names),
            StmtKind::ImportFrom { module, names, level } => {
                self.import_from(span, module.as_ref(), names, level.unwrap_or(0))
            }
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
            StmtKind::Expr { value } => self.expr_stmt(span, value),
            StmtKind::Pass => {
                self.op(span, Opcode::Nop);
                Ok(())
            }
            StmtKind::Break => self.break_or_continue(span, true),
            StmtKind::Continue => self.break_or_continue(span, false),
        }
    }

    /// Visits a statement whose body may not run: annotations in it are conditional.
    fn conditionally(&mut self, body: impl FnOnce(&mut Self) -> Result) -> Result {
        let outer = std::mem::replace(&mut self.unit().in_conditional_block, true);
        body(self)?;
        self.unit().in_conditional_block = outer;
        Ok(())
    }

    fn expr_stmt(&mut self, span: Span, value: &'a Expr) -> Result {
        if self.interactive && self.units.len() == 1 {
            self.expr(value)?;
            self.intrinsic(span, Intrinsic1::Print);
            self.op(NO_LOCATION, Opcode::PopTop);
            return Ok(());
        }
        if matches!(value.kind, ExprKind::Constant { .. }) {
            self.op(span, Opcode::Nop);
            return Ok(());
        }
        self.expr(value)?;
        self.op(NO_LOCATION, Opcode::PopTop);
        Ok(())
    }

    fn return_stmt(&mut self, span: Span, value: Option<&'a Expr>) -> Result {
        let scope = self.scope();
        if !self.is_function_like() {
            return self.error(span, "'return' outside function");
        }
        if value.is_some() && scope.coroutine && scope.generator {
            return self.error(span, "'return' with value in async generator");
        }
        let constant = value.and_then(|value| match &value.kind {
            ExprKind::Constant { value, .. } => Some(value.clone()),
            _ => None,
        });
        let preserve = value.is_some() && constant.is_none();
        let mut place = span;
        match value {
            Some(value) if preserve => self.expr(value)?,
            Some(value) => {
                place = value.span;
                self.op(place, Opcode::Nop);
            }
            None => {}
        }
        if value.is_none_or(|value| value.span.lineno != span.lineno) {
            place = span;
            self.op(place, Opcode::Nop);
        }
        self.unwind_frame_blocks(&mut place, preserve, false)?;
        if !preserve {
            self.load_const(place, constant.unwrap_or(Constant::None));
        }
        self.op(place, Opcode::ReturnValue);
        Ok(())
    }

    fn aug_assign(&mut self, span: Span, target: &'a Expr, op: Operator, value: &'a Expr) -> Result {
        let place = target.span;
        match &target.kind {
            ExprKind::Name { id, .. } => {
                self.name(place, id, ExprContext::Load)?;
                self.expr(value)?;
                self.inplace(span, op);
                self.name(place, id, ExprContext::Store)
            }
            ExprKind::Attribute { value: owner, attr, .. } => {
                self.expr(owner)?;
                self.op_arg(place, Opcode::Copy, 1);
                let place = attr_span(place, target, attr);
                self.load_attr(place, attr, AttrForm::Plain);
                self.expr(value)?;
                self.inplace(span, op);
                self.op_arg(place, Opcode::Swap, 2);
                self.op_name(place, Opcode::StoreAttr, attr);
                Ok(())
            }
            ExprKind::Subscript { value: owner, slice, .. } => {
                self.expr(owner)?;
                let sliced = self.slice_bounds_if_plain(slice)?;
                if sliced {
                    (0..3).for_each(|_| self.op_arg(place, Opcode::Copy, 3));
                    self.op(place, Opcode::BinarySlice);
                } else {
                    self.expr(slice)?;
                    (0..2).for_each(|_| self.op_arg(place, Opcode::Copy, 2));
                    self.subscript(place);
                }
                self.expr(value)?;
                self.inplace(span, op);
                if sliced {
                    self.op_arg(place, Opcode::Swap, 4);
                }
                self.op_arg(place, Opcode::Swap, 3);
                self.op_arg(place, Opcode::Swap, 2);
                self.op(place, if sliced { Opcode::StoreSlice } else { Opcode::StoreSubscr });
                Ok(())
            }
            _ => Err(crate::SyntaxError::unplaced(
                crate::ErrorKind::SystemError,
                format!(
                    "invalid node type ({}) for augmented assignment",
                    super::expressions::kind_number(target)
                ),
            )),
        }
    }

    fn if_stmt(&mut self, span: Span, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Result {
        let end = self.label();
        let next = if orelse.is_empty() { end } else { self.label() };
        self.jump_if(span, test, next, false)?;
        self.stmts(body)?;
        if !orelse.is_empty() {
            self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
            self.mark(next);
            self.stmts(orelse)?;
        }
        self.mark(end);
        Ok(())
    }

    fn while_loop(&mut self, span: Span, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Result {
        let (start, end, anchor) = (self.label(), self.label(), self.label());
        self.mark(start);
        self.push_frame_block(FrameBlockInfo {
            kind: FrameBlock::WhileLoop,
            start: Some(start),
            exit: Some(end),
            span,
        })?;
        self.jump_if(span, test, anchor, false)?;
        self.stmts(body)?;
        self.jump(NO_LOCATION, Opcode::Jump, start);
        self.pop_frame_block();
        self.mark(anchor);
        self.stmts(orelse)?;
        self.mark(end);
        Ok(())
    }

    fn for_loop(&mut self, span: Span, node: &'a For) -> Result {
        let (start, cleanup, end) = (self.label(), self.label(), self.label());
        self.push_frame_block(FrameBlockInfo {
            kind: FrameBlock::ForLoop,
            start: Some(start),
            exit: Some(end),
            span,
        })?;
        self.expr(&node.iter)?;
        let place = node.iter.span;
        self.op(place, Opcode::GetIter);
        self.mark(start);
        self.jump(place, Opcode::ForIter, cleanup);
        // Stays where the target has a line of its own, so that tracing stops there.
        self.op(node.target.span, Opcode::Nop);
        self.expr(&node.target)?;
        self.stmts(&node.body)?;
        self.jump(NO_LOCATION, Opcode::Jump, start);
        self.mark(cleanup);
        // A generator's end jumps to END_FOR, that of other iterators to what follows.
        self.op(NO_LOCATION, Opcode::EndFor);
        self.op(NO_LOCATION, Opcode::PopIter);
        self.pop_frame_block();
        self.stmts(&node.orelse)?;
        self.mark(end);
        Ok(())
    }

    fn async_for_loop(&mut self, span: Span, node: &'a For) -> Result {
        let (start, send, except, end) = (self.label(), self.label(), self.label(), self.label());
        self.expr(&node.iter)?;
        self.op(node.iter.span, Opcode::GetAiter);
        self.mark(start);
        self.push_frame_block(FrameBlockInfo {
            kind: FrameBlock::AsyncForLoop,
            start: Some(start),
            exit: Some(end),
            span,
        })?;
        // Guards the call of `__anext__`.
        self.jump(span, Opcode::SetupFinally, except);
        self.op(span, Opcode::GetAnext);
        self.load_none(span);
        self.mark(send);
        self.delegate(span, true);
        self.op(span, Opcode::PopBlock);
        self.op(span, Opcode::NotTaken);
        self.expr(&node.target)?;
        self.stmts(&node.body)?;
        self.jump(NO_LOCATION, Opcode::Jump, start);
        self.pop_frame_block();
        self.mark(except);
        self.jump(node.iter.span, Opcode::EndAsyncFor, send);
        self.stmts(&node.orelse)?;
        self.mark(end);
        Ok(())
    }

    fn break_or_continue(&mut self, span: Span, breaks: bool) -> Result {
        let mut place = span;
        self.op(place, Opcode::Nop);
        let Some(target) = self.unwind_frame_blocks(&mut place, false, true)? else {
            let message = if breaks { "'break' outside loop" } else { "'continue' not properly in loop" };
            return self.error(span, message);
        };
        if breaks {
            self.unwind_frame_block(&mut place, target, false)?;
        }
        if let Some(label) = if breaks { target.exit } else { target.start } {
            self.jump(place, Opcode::Jump, label);
        }
        Ok(())
    }

    fn assert_stmt(&mut self, span: Span, test: &'a Expr, msg: Option<&'a Expr>) -> Result {
        self.warn_of_assert(span, test);
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.label();
        self.jump_if(span, test, end, true)?;
        self.op_arg(span, Opcode::LoadCommonConstant, CommonConstant::AssertionError as u32);
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.op_arg(span, Opcode::Call, 0);
        }
        self.op_arg(test.span, Opcode::RaiseVarargs, 1);
        self.mark(end);
        Ok(())
    }

    fn import(&mut self, span: Span, names: &'a [Alias]) -> Result {
        for alias in names {
            self.load_int(span, 0);
            self.load_none(span);
            self.op_name(span, Opcode::ImportName, &alias.name);
            match &alias.asname {
                Some(asname) => self.import_as(span, &alias.name, asname)?,
                None => {
                    let top = alias.name.split('.').next().unwrap_or(&alias.name);
                    self.store_name(span, top)?;
                }
            }
        }
        Ok(())
    }

    /// Binds the last part of a dotted name, which the import left as the first.
    fn import_as(&mut self, span: Span, name: &Arc<str>, asname: &Arc<str>) -> Result {
        let mut parts = name.split('.').skip(1).peekable();
        if parts.peek().is_none() {
            return self.name(span, asname, ExprContext::Store);
        }
        while let Some(part) = parts.next() {
            let part: Arc<str> = part.into();
            self.op_unmangled(span, Opcode::ImportFrom, part);
            if parts.peek().is_some() {
                self.op_arg(span, Opcode::Swap, 2);
                self.op(span, Opcode::PopTop);
            }
        }
        self.name(span, asname, ExprContext::Store)?;
        self.op(span, Opcode::PopTop);
        Ok(())
    }

    fn import_from(
        &mut self,
        span: Span,
        module: Option<&Arc<str>>,
        names: &'a [Alias],
        level: i32,
    ) -> Result {
        self.load_int(span, level.into());
        let list = names.iter().map(|alias| Constant::Str((&*alias.name).into())).collect();
        self.load_const(span, Constant::Tuple(list));
        let empty: Arc<str> = "".into();
        self.op_name(span, Opcode::ImportName, module.unwrap_or(&empty));
        for (index, alias) in names.iter().enumerate() {
            if index == 0 && alias.name.starts_with('*') {
                self.intrinsic(span, Intrinsic1::ImportStar);
                self.op(NO_LOCATION, Opcode::PopTop);
                return Ok(());
            }
            self.op_name(span, Opcode::ImportFrom, &alias.name);
            self.name(span, alias.asname.as_ref().unwrap_or(&alias.name), ExprContext::Store)?;
        }
        self.op(span, Opcode::PopTop);
        Ok(())
    }

    fn op_unmangled(&mut self, span: Span, op: Opcode, name: Arc<str>) {
        let index = self.unit().names.insert_full(name).0 as u32;
        self.op_arg(span, op, index);
    }

    /// The statements of a module or class, with docstring and annotations.
    pub(super) fn body(&mut self, span: Span, stmts: &'a [Stmt]) -> Result {
        let scope = self.scope();
        let stringized = self.future & crate::future::ANNOTATIONS != 0;
        if self.unit_ref().kind == ScopeKind::Module && scope.has_conditional_annotations {
            self.op_arg(span, Opcode::BuildSet, 0);
            self.op_unmangled(span, Opcode::StoreName, "__conditional_annotations__".into());
        }
        if stringized && scope.annotation_block.is_some() {
            self.op(span, Opcode::SetupAnnotations);
        }
        if stmts.is_empty() {
            return Ok(());
        }
        let mut rest = stmts;
        if !(self.interactive && self.units.len() == 1)
            && let Some((docstring, place)) = self.docstring(stmts)
        {
            rest = &stmts[1..];
            self.load_const(place, docstring);
            self.store_name(NO_LOCATION, "__doc__")?;
        }
        self.stmts(rest)?;
        if stringized { Ok(()) } else { self.deferred_annotations(span) }
    }

    /// The docstring that a body begins with, indentation removed; none under `-OO`.
    pub(super) fn docstring(&self, stmts: &[Stmt]) -> Option<(Constant, Span)> {
        if self.options.optimize >= 2 {
            return None;
        }
        let StmtKind::Expr { value } = &stmts.first()?.kind else { return None };
        let ExprKind::Constant { value: Constant::Str(text), .. } = &value.kind else { return None };
        Some((Constant::Str(super::strings::clean_docstring(text)), value.span))
    }
}

/// The place of an access to an attribute, without the lines of the expression before the name.
pub(super) fn attr_span(mut span: Span, node: &Expr, attr: &str) -> Span {
    if node.span.lineno != node.span.end_lineno {
        span.lineno = node.span.end_lineno;
        // Length in characters, from an end in bytes: as the original has it.
        let len = attr.chars().count() as i32;
        if len <= node.span.end_col_offset {
            span.col_offset = node.span.end_col_offset - len;
        } else {
            span.col_offset = -1;
            span.end_col_offset = -1;
        }
    }
    span
}
