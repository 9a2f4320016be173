//! `def`, `lambda`, and making functions of code objects.

use super::unit::{ArgCounts, FrameBlock, ScopeKind};
use super::{Compiler, Result};
use crate::ast::{Arguments, Expr, ExprContext, FunctionDef, Span, Stmt};
use crate::code::fast_kind;
use crate::flow::{NO_LOCATION, SeqInstr};
use crate::opcode::{Intrinsic1, Intrinsic2, Opcode, function_attribute};
use crate::symtable::Role;
use crate::{Code, Constant};

impl<'a> Compiler<'a> {
    /// The line at which the first decorator, or else the definition, stands.
    pub(super) fn definition_line(stmt: &Stmt, decorators: &[Expr]) -> i32 {
        decorators.first().map_or(stmt.span.lineno, |first| first.span.lineno)
    }

    pub(super) fn apply_decorators(&mut self, decorators: &'a [Expr]) {
        for decorator in decorators.iter().rev() {
            self.op_arg(decorator.span, Opcode::Call, 0);
        }
    }

    pub(super) fn function_def(
        &mut self,
        stmt: &'a Stmt,
        def: &'a FunctionDef,
        asynchronous: bool,
    ) -> Result {
        self.exprs(&def.decorator_list)?;
        let first_line = Self::definition_line(stmt, &def.decorator_list);
        let span = stmt.span;
        let generic = !def.type_params.is_empty();
        let mut attributes = self.default_arguments(span, &def.args)?;
        let mut passed = 0;
        if generic {
            // The defaults are evaluated outside the scope of the type parameters and passed into it.
            passed = attributes.count_ones();
            if passed == 2 {
                self.op_arg(span, Opcode::Swap, 2);
            }
            let scope = self.scope_of(stmt, Role::TypeParams)?;
            let name = format!("<generic parameters of {}>", def.name);
            let counts = ArgCounts { args: passed, ..ArgCounts::default() };
            self.enter_with(name.into(), ScopeKind::Annotations, scope, first_line, None, counts)?;
            self.type_params(&def.type_params)?;
            (0..passed).for_each(|index| self.op_arg(span, Opcode::LoadFast, index));
        }
        attributes |= self.function_annotations(stmt, def)?;
        self.function_body(stmt, def, asynchronous, attributes, first_line)?;
        if generic {
            self.op_arg(span, Opcode::Swap, 2);
            self.op_arg(span, Opcode::CallIntrinsic2, Intrinsic2::SetFunctionTypeParams as u32);
            let code = self.leave(false)?;
            self.make_function(span, code, 0);
            if passed > 0 {
                self.op_arg(span, Opcode::Swap, passed + 1);
                self.op_arg(span, Opcode::Call, passed - 1);
            } else {
                self.op(span, Opcode::PushNull);
                self.op_arg(span, Opcode::Call, 0);
            }
        }
        self.apply_decorators(&def.decorator_list);
        self.name(span, &def.name, ExprContext::Store)
    }

    fn function_body(
        &mut self,
        stmt: &'a Stmt,
        def: &'a FunctionDef,
        asynchronous: bool,
        attributes: u32,
        first_line: i32,
    ) -> Result {
        let kind = if asynchronous { ScopeKind::AsyncFunction } else { ScopeKind::Function };
        let scope = self.scope_of(stmt, Role::Body)?;
        self.enter_with(def.name.clone(), kind, scope, first_line, None, arg_counts(&def.args))?;
        let mut body = &def.body[..];
        if self.scope().has_docstring
            && let Some((docstring, _)) = self.docstring(body)
        {
            body = &body[1..];
            self.unit().consts.add(docstring);
        }
        let scope = self.scope();
        let suspends = scope.coroutine || scope.generator;
        if suspends {
            self.push_plain_block(FrameBlock::StopIteration, NO_LOCATION)?;
        }
        self.stmts(body)?;
        if suspends {
            self.wrap_in_stop_iteration_handler();
            self.pop_frame_block();
        }
        let code = self.leave(true)?;
        self.make_function(stmt.span, code, attributes);
        Ok(())
    }

    /// Protects the whole body of a generator: a StopIteration that would leave it becomes a RuntimeError.
    pub(super) fn wrap_in_stop_iteration_handler(&mut self) {
        let handler = self.label();
        self.unit().seq.insert(0, SeqInstr { op: Opcode::SetupCleanup, arg: handler.0, span: NO_LOCATION });
        self.load_none(NO_LOCATION);
        self.op(NO_LOCATION, Opcode::ReturnValue);
        self.mark(handler);
        self.intrinsic(NO_LOCATION, Intrinsic1::StopIterationError);
        self.op_arg(NO_LOCATION, Opcode::Reraise, 1);
    }

    /// Pushes the tuple and the dict of defaults, if any; returns which.
    pub(super) fn default_arguments(&mut self, span: Span, args: &'a Arguments) -> Result<u32> {
        let mut attributes = 0;
        if !args.defaults.is_empty() {
            self.exprs(&args.defaults)?;
            self.op_count(span, Opcode::BuildTuple, args.defaults.len());
            attributes |= function_attribute::DEFAULTS;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            let Some(default) = default else { continue };
            let mangled = self.mangle(&arg.arg);
            self.load_str(span, &mangled);
            self.expr(default)?;
            count += 1;
        }
        if count > 0 {
            self.op_count(span, Opcode::BuildMap, count);
            attributes |= function_attribute::KWDEFAULTS;
        }
        Ok(attributes)
    }

    pub(super) fn lambda(&mut self, node: &'a Expr, args: &'a Arguments, body: &'a Expr) -> Result {
        let attributes = self.default_arguments(node.span, args)?;
        let scope = self.scope_of(node, Role::Body)?;
        self.enter_with(
            "<lambda>".into(),
            ScopeKind::Lambda,
            scope,
            node.span.lineno,
            None,
            arg_counts(args),
        )?;
        self.expr(body)?;
        let code = if self.scope().generator {
            self.leave(false)?
        } else {
            self.op(body.span, Opcode::ReturnValue);
            self.leave(true)?
        };
        self.make_function(node.span, code, attributes);
        Ok(())
    }

    /// Makes a function of a code object; the values of `attributes` are on the stack.
    pub(super) fn make_function(&mut self, span: Span, code: Code, attributes: u32) {
        let free: Vec<_> = code
            .localsplusnames
            .iter()
            .zip(&code.localspluskinds)
            .filter(|&(_, kind)| kind & fast_kind::FREE != 0)
            .map(|(name, _)| name.clone())
            .collect();
        let mut attributes = attributes;
        if !free.is_empty() {
            for name in &free {
                let index = match self.is_cell_here(name) {
                    true => self.cell_index(name).or_else(|| self.free_index(name)),
                    false => self.free_index(name).or_else(|| self.cell_index(name)),
                };
                self.op_arg(span, Opcode::LoadClosure, index.unwrap_or(0));
            }
            self.op_count(span, Opcode::BuildTuple, free.len());
            attributes |= function_attribute::CLOSURE;
        }
        self.load_const(span, Constant::Code(Box::new(code)));
        self.op(span, Opcode::MakeFunction);
        for attribute in [
            function_attribute::CLOSURE,
            function_attribute::ANNOTATIONS,
            function_attribute::ANNOTATE,
            function_attribute::KWDEFAULTS,
            function_attribute::DEFAULTS,
        ] {
            if attributes & attribute != 0 {
                self.op_arg(span, Opcode::SetFunctionAttribute, attribute);
            }
        }
    }
}

fn arg_counts(args: &Arguments) -> ArgCounts {
    ArgCounts {
        args: args.args.len() as u32,
        posonly: args.posonlyargs.len() as u32,
        kwonly: args.kwonlyargs.len() as u32,
    }
}
