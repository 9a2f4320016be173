//! Annotations: of functions and, deferred to an `__annotate__` function, of the variables of modules and classes.

use super::unit::{ArgCounts, DeferredAnnotation, ScopeKind};
use super::{Compiler, Result};
use crate::ast::{Arg, CmpOp, Expr, ExprContext, ExprKind, FunctionDef, Span, Stmt, StmtKind};
use crate::code::fast_kind;
use crate::flow::Sequence;
use crate::opcode::{CommonConstant, Opcode, function_attribute};
use crate::symtable::{Role, ScopeId};
use crate::{Code, Constant, future};

/// The largest format that annotation functions know: `VALUE_WITH_FAKE_GLOBALS`.
const KNOWN_FORMAT: i64 = 2;

impl<'a> Compiler<'a> {
    fn stringized_annotations(&self) -> bool {
        self.future & future::ANNOTATIONS != 0
    }

    /// Opens the scope of a function that evaluates an annotation or its like. Its parameter says in which format;
    /// it refuses those that it does not know.
    pub(super) fn enter_annotations(&mut self, span: Span, scope: ScopeId, name: &str) -> Result {
        let counts = ArgCounts { posonly: 1, ..ArgCounts::default() };
        self.enter_with(name.into(), ScopeKind::Annotations, scope, span.lineno, None, counts)?;
        self.op_arg(span, Opcode::LoadFast, 0);
        self.load_int(span, KNOWN_FORMAT);
        self.compare_op(span, CmpOp::Gt);
        let body = self.label();
        self.jump(span, Opcode::PopJumpIfFalse, body);
        self.op_arg(span, Opcode::LoadCommonConstant, CommonConstant::NotImplementedError as u32);
        self.op_arg(span, Opcode::RaiseVarargs, 1);
        self.mark(body);
        Ok(())
    }

    /// Ends an `__annotate__` function.
    fn leave_annotations(&mut self, span: Span) -> Result<Code> {
        self.op(span, Opcode::ReturnValue);
        let mut code = self.leave(true)?;
        // Within the function the parameter has a name that no annotation can use; outside it has this one.
        if let (Some(name), Some(kind)) = (code.localsplusnames.first_mut(), code.localspluskinds.first())
            && kind & fast_kind::ARG_POS != 0
        {
            *name = "format".into();
        }
        Ok(code)
    }

    /// Pushes the `__annotate__` function of a signature, if it has annotations.
    pub(super) fn function_annotations(&mut self, stmt: &'a Stmt, def: &'a FunctionDef) -> Result<u32> {
        let Some(scope) = self.table.lookup(stmt, Role::Annotations) else { return Ok(0) };
        let entry = self.table.scope(scope);
        if !entry.annotations_used {
            return Ok(0);
        }
        let span = stmt.span;
        self.enter_annotations(span, scope, &entry.name)?;
        let mut count = 0;
        let args = &def.args;
        let positional = args.args.iter().chain(&args.posonlyargs);
        for arg in
            positional.chain(args.vararg.as_deref()).chain(&args.kwonlyargs).chain(args.kwarg.as_deref())
        {
            count += self.arg_annotation(span, arg)?;
        }
        if let Some(returns) = &def.returns {
            count += self.annotation(span, "return", returns)?;
        }
        self.op_count(span, Opcode::BuildMap, count);
        let code = self.leave_annotations(span)?;
        self.make_function(span, code, 0);
        Ok(function_attribute::ANNOTATE)
    }

    fn arg_annotation(&mut self, span: Span, arg: &'a Arg) -> Result<usize> {
        match &arg.annotation {
            Some(annotation) => self.annotation(span, &arg.arg, annotation),
            None => Ok(0),
        }
    }

    fn annotation(&mut self, span: Span, name: &str, annotation: &'a Expr) -> Result<usize> {
        let mangled = self.mangle(&name.into());
        self.load_str(span, &mangled);
        if self.stringized_annotations() {
            self.stringized(annotation)?;
        } else if let ExprKind::Starred { value, .. } = &annotation.kind {
            // `*args: *Ts`
            self.expr(value)?;
            self.op_arg(span, Opcode::UnpackSequence, 1);
        } else {
            self.expr(annotation)?;
        }
        Ok(1)
    }

    /// An annotation as its own source text.
    fn stringized(&mut self, annotation: &'a Expr) -> Result {
        let text = crate::unparse(annotation)?.into();
        self.load_const(annotation.span, Constant::Str(text));
        Ok(())
    }

    pub(super) fn ann_assign(
        &mut self,
        stmt: &'a Stmt,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
    ) -> Result {
        let span = stmt.span;
        if let Some(value) = value {
            self.expr(value)?;
            self.expr(target)?;
        }
        match &target.kind {
            ExprKind::Name { id, .. } => {
                self.check_forbidden(span, id, ExprContext::Store)?;
                if !simple || !matches!(self.unit_ref().kind, ScopeKind::Module | ScopeKind::Class) {
                    return Ok(());
                }
                if self.stringized_annotations() {
                    self.stringized(annotation)?;
                    self.op_name(span, Opcode::LoadName, &"__annotations__".into());
                    let mangled = self.mangle(id);
                    self.load_str(span, &mangled);
                    self.op(span, Opcode::StoreSubscr);
                } else {
                    self.defer_annotation(stmt);
                }
                Ok(())
            }
            ExprKind::Attribute { value: owner, attr, .. } => {
                self.check_forbidden(span, attr, ExprContext::Store)?;
                if value.is_none() { self.evaluate(owner) } else { Ok(()) }
            }
            ExprKind::Subscript { value: owner, slice, .. } => {
                if value.is_none() {
                    self.evaluate(owner)?;
                    self.evaluate_subscript(slice)?;
                }
                Ok(())
            }
            _ => Err(crate::SyntaxError::unplaced(
                crate::ErrorKind::SystemError,
                format!(
                    "invalid node type ({}) for annotated assignment",
                    super::expressions::kind_number(target)
                ),
            )),
        }
    }

    /// Evaluates for the effects alone.
    fn evaluate(&mut self, expr: &'a Expr) -> Result {
        self.expr(expr)?;
        self.op(expr.span, Opcode::PopTop);
        Ok(())
    }

    /// Evaluates the parts of a subscript for the effects alone.
    fn evaluate_subscript(&mut self, slice: &'a Expr) -> Result {
        match &slice.kind {
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|part| self.evaluate(part))
            }
            ExprKind::Tuple { elts, .. } => {
                elts.iter().try_for_each(|elt| self.nested(|compiler| compiler.evaluate_subscript(elt)))
            }
            _ => self.evaluate(slice),
        }
    }

    /// Leaves an annotation to `__annotate__`, and notes at run time that the statement was reached, if it may not be.
    fn defer_annotation(&mut self, stmt: &'a Stmt) {
        let unit = self.unit();
        let conditional = unit.kind == ScopeKind::Module || unit.in_conditional_block;
        let index = conditional.then_some(unit.conditional_annotations);
        unit.deferred_annotations.push(DeferredAnnotation { stmt, index });
        let Some(index) = index else { return };
        unit.conditional_annotations += 1;
        let in_class = unit.kind == ScopeKind::Class;
        let name = "__conditional_annotations__";
        match self.cell_index(name).filter(|_| in_class) {
            Some(cell) => self.op_arg(stmt.span, Opcode::LoadDeref, cell),
            None => self.op_name(stmt.span, Opcode::LoadName, &name.into()),
        }
        self.load_int(stmt.span, index.into());
        self.op_arg(stmt.span, Opcode::SetAdd, 1);
        self.op(stmt.span, Opcode::PopTop);
    }

    /// Makes the `__annotate__` function of a module or class. A module's is set up at its start, for
    /// it must be there while the module runs.
    pub(super) fn deferred_annotations(&mut self, span: Span) -> Result {
        let deferred = std::mem::take(&mut self.unit().deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        let in_class = self.unit_ref().kind == ScopeKind::Class;
        let body = (!in_class).then(|| std::mem::take(&mut self.unit().seq));
        let Some(scope) = self.scope().annotation_block else { return Ok(()) };
        let name = self.table.scope(scope).name.clone();
        self.enter_annotations(span, scope, &name)?;
        self.op_arg(span, Opcode::BuildMap, 0);
        for annotation in deferred {
            self.deferred_annotation(span, annotation, in_class)?;
        }
        let code = self.leave_annotations(span)?;
        self.make_function(span, code, 0);
        self.store_name(span, if in_class { "__annotate_func__" } else { "__annotate__" })?;
        if let Some(body) = body {
            let setup: Sequence = std::mem::replace(&mut self.unit().seq, body);
            self.unit().seq.annotations = setup.instrs;
        }
        Ok(())
    }

    fn deferred_annotation(
        &mut self,
        span: Span,
        deferred: DeferredAnnotation<'a>,
        in_class: bool,
    ) -> Result {
        let StmtKind::AnnAssign { target, annotation, .. } = &deferred.stmt.kind else { return Ok(()) };
        let ExprKind::Name { id, .. } = &target.kind else { return Ok(()) };
        let place = deferred.stmt.span;
        let not_set = self.label();
        if let Some(index) = deferred.index {
            self.load_int(place, index.into());
            let name = "__conditional_annotations__";
            if in_class {
                // The symbol table knows nothing of this use of the class's cell.
                let unit = self.unit();
                let index = unit.freevars.insert_full(name.into()).0;
                let cell = (unit.cellvars.len() + index) as u32;
                self.op_arg(place, Opcode::LoadDeref, cell);
            } else {
                let index = self.name_index(&name.into());
                self.op_arg(place, Opcode::LoadGlobal, index << 1);
            }
            self.op_arg(place, Opcode::ContainsOp, 0);
            self.jump(place, Opcode::PopJumpIfFalse, not_set);
        }
        self.expr(annotation)?;
        self.op_arg(place, Opcode::Copy, 2);
        let mangled = self.mangle(id);
        self.load_str(place, &mangled);
        self.op(span, Opcode::StoreSubscr);
        self.mark(not_set);
        Ok(())
    }
}
