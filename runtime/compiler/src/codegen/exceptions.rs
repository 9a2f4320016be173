//! `try`, `with`, and leaving them by `break`, `continue` and `return`.

use super::unit::{FrameBlock, FrameBlockInfo};
use super::{Compiler, Result};
use crate::ast::{ExceptHandler, ExprContext, Span, Try, With};
use crate::flow::{Label, NO_LOCATION};
use crate::opcode::{Intrinsic2, Opcode, SpecialMethod};

impl<'a> Compiler<'a> {
    /// Emits what leaving one frame block takes. The place becomes none where code of the block has run.
    pub(super) fn unwind_frame_block(
        &mut self,
        place: &mut Span,
        block: FrameBlockInfo<'a>,
        preserve: bool,
    ) -> Result {
        let swap = |compiler: &mut Self, place: Span| {
            if preserve {
                compiler.op_arg(place, Opcode::Swap, 2);
            }
        };
        match block.kind {
            FrameBlock::WhileLoop
            | FrameBlock::ExceptionHandler
            | FrameBlock::ExceptionGroupHandler
            | FrameBlock::AsyncComprehensionGenerator
            | FrameBlock::StopIteration => {}
            FrameBlock::ForLoop => {
                swap(self, *place);
                self.op(*place, Opcode::PopTop);
            }
            FrameBlock::AsyncForLoop => {
                swap(self, *place);
                self.op(*place, Opcode::PopTop);
            }
            FrameBlock::TryExcept => self.op(*place, Opcode::PopBlock),
            FrameBlock::FinallyTry(body) => {
                self.op(*place, Opcode::PopBlock);
                if preserve {
                    self.push_plain_block(FrameBlock::PopValue, *place)?;
                }
                self.stmts(body)?;
                if preserve {
                    self.pop_frame_block();
                }
                *place = NO_LOCATION;
            }
            FrameBlock::FinallyEnd => {
                swap(self, *place);
                self.op(*place, Opcode::PopTop);
                swap(self, *place);
                self.op(*place, Opcode::PopBlock);
                self.op(*place, Opcode::PopExcept);
            }
            FrameBlock::With | FrameBlock::AsyncWith => {
                *place = block.span;
                self.op(*place, Opcode::PopBlock);
                if preserve {
                    self.op_arg(*place, Opcode::Swap, 3);
                    self.op_arg(*place, Opcode::Swap, 2);
                }
                self.call_exit_with_nones(*place);
                if matches!(block.kind, FrameBlock::AsyncWith) {
                    self.await_exit(*place);
                }
                self.op(*place, Opcode::PopTop);
                *place = NO_LOCATION;
            }
            FrameBlock::HandlerCleanup(name) => {
                if name.is_some() {
                    self.op(*place, Opcode::PopBlock);
                }
                swap(self, *place);
                self.op(*place, Opcode::PopBlock);
                self.op(*place, Opcode::PopExcept);
                if let Some(name) = name {
                    self.unbind_handler_name(*place, name)?;
                }
            }
            FrameBlock::PopValue => {
                swap(self, *place);
                self.op(*place, Opcode::PopTop);
            }
        }
        Ok(())
    }

    /// Leaves all frame blocks, or those inside the innermost loop, which is returned. While the code of one is
    /// emitted it is not on the stack, for what that code leaves is only what is around it.
    pub(super) fn unwind_frame_blocks(
        &mut self,
        place: &mut Span,
        preserve: bool,
        to_loop: bool,
    ) -> Result<Option<FrameBlockInfo<'a>>> {
        let saved = self.unit_ref().frame_blocks.clone();
        let mut found = None;
        while let Some(top) = self.unit_ref().frame_blocks.last().copied() {
            match top.kind {
                FrameBlock::ExceptionGroupHandler => {
                    return self
                        .error(*place, "'break', 'continue' and 'return' cannot appear in an except* block");
                }
                FrameBlock::WhileLoop | FrameBlock::ForLoop | FrameBlock::AsyncForLoop if to_loop => {
                    found = Some(top);
                    break;
                }
                _ => {}
            }
            self.pop_frame_block();
            self.unwind_frame_block(place, top, preserve)?;
        }
        self.unit().frame_blocks = saved;
        Ok(found)
    }

    fn call_exit_with_nones(&mut self, span: Span) {
        (0..3).for_each(|_| self.load_none(span));
        self.op_arg(span, Opcode::Call, 3);
    }

    fn await_exit(&mut self, span: Span) {
        self.op_arg(span, Opcode::GetAwaitable, 2);
        self.load_none(span);
        self.delegate(span, true);
    }

    fn unbind_handler_name(&mut self, span: Span, name: &std::sync::Arc<str>) -> Result {
        self.load_none(span);
        self.name(span, name, ExprContext::Store)?;
        self.name(span, name, ExprContext::Del)
    }

    pub(super) fn try_stmt(&mut self, span: Span, node: &'a Try, star: bool) -> Result {
        if node.finalbody.is_empty() {
            return self.try_except(span, node, star);
        }
        let (end, exit, cleanup) = (self.label(), self.label(), self.label());
        self.jump(span, Opcode::SetupFinally, end);
        self.push_plain_block(FrameBlock::FinallyTry(&node.finalbody), span)?;
        if node.handlers.is_empty() {
            self.stmts(&node.body)?;
        } else {
            self.try_except(span, node, star)?;
        }
        self.op(NO_LOCATION, Opcode::PopBlock);
        self.pop_frame_block();
        self.stmts(&node.finalbody)?;
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, exit);

        self.mark(end);
        self.push_plain_block(FrameBlock::FinallyEnd, span)?;
        self.jump(NO_LOCATION, Opcode::SetupCleanup, cleanup);
        self.op(NO_LOCATION, Opcode::PushExcInfo);
        self.stmts(&node.finalbody)?;
        self.op_arg(NO_LOCATION, Opcode::Reraise, 0);
        self.pop_frame_block();
        self.mark(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.mark(exit);
        Ok(())
    }

    fn try_except(&mut self, span: Span, node: &'a Try, star: bool) -> Result {
        if star {
            return self.try_star(span, node);
        }
        let (except, end, cleanup) = (self.label(), self.label(), self.label());
        self.jump(span, Opcode::SetupFinally, except);
        self.push_plain_block(FrameBlock::TryExcept, span)?;
        self.stmts(&node.body)?;
        self.pop_frame_block();
        self.op(NO_LOCATION, Opcode::PopBlock);
        self.stmts(&node.orelse)?;
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);

        self.mark(except);
        self.jump(NO_LOCATION, Opcode::SetupCleanup, cleanup);
        self.op(NO_LOCATION, Opcode::PushExcInfo);
        self.push_plain_block(FrameBlock::ExceptionHandler, span)?;
        for (index, handler) in node.handlers.iter().enumerate() {
            if handler.typ.is_none() && index + 1 < node.handlers.len() {
                return self.error(handler.span, "default 'except:' must be last");
            }
            self.handler(handler, end)?;
        }
        self.op_arg(NO_LOCATION, Opcode::Reraise, 0);
        self.pop_frame_block();
        self.mark(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.mark(end);
        Ok(())
    }

    /// One `except`. With a name, its body is itself a `try` whose `finally` unbinds the name.
    fn handler(&mut self, handler: &'a ExceptHandler, end: Label) -> Result {
        let span = handler.span;
        let next = self.label();
        if let Some(typ) = &handler.typ {
            self.expr(typ)?;
            self.op(span, Opcode::CheckExcMatch);
            self.jump(span, Opcode::PopJumpIfFalse, next);
        }
        if let Some(name) = &handler.name {
            let cleanup_end = self.label();
            self.name(span, name, ExprContext::Store)?;
            self.jump(span, Opcode::SetupCleanup, cleanup_end);
            self.push_plain_block(FrameBlock::HandlerCleanup(Some(name)), span)?;
            self.stmts(&handler.body)?;
            self.pop_frame_block();
            self.op(NO_LOCATION, Opcode::PopBlock);
            self.op(NO_LOCATION, Opcode::PopBlock);
            self.op(NO_LOCATION, Opcode::PopExcept);
            self.unbind_handler_name(NO_LOCATION, name)?;
            self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
            self.mark(cleanup_end);
            self.unbind_handler_name(NO_LOCATION, name)?;
            self.op_arg(NO_LOCATION, Opcode::Reraise, 1);
        } else {
            self.push_plain_block(FrameBlock::HandlerCleanup(None), span)?;
            self.op(span, Opcode::PopTop);
            self.stmts(&handler.body)?;
            self.pop_frame_block();
            self.op(NO_LOCATION, Opcode::PopBlock);
            self.op(NO_LOCATION, Opcode::PopExcept);
            self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
        }
        self.mark(next);
        Ok(())
    }

    /// `try … except*`: below the exception, what is left of it, stands the list of what handlers raised; at the end
    /// an intrinsic makes of both what is to be raised.
    fn try_star(&mut self, span: Span, node: &'a Try) -> Result {
        let (except, orelse, end) = (self.label(), self.label(), self.label());
        let (cleanup, reraise_star, reraise) = (self.label(), self.label(), self.label());
        self.jump(span, Opcode::SetupFinally, except);
        self.push_plain_block(FrameBlock::TryExcept, span)?;
        self.stmts(&node.body)?;
        self.pop_frame_block();
        self.op(NO_LOCATION, Opcode::PopBlock);
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, orelse);

        self.mark(except);
        self.jump(NO_LOCATION, Opcode::SetupCleanup, cleanup);
        self.op(NO_LOCATION, Opcode::PushExcInfo);
        self.push_plain_block(FrameBlock::ExceptionGroupHandler, span)?;
        for (index, handler) in node.handlers.iter().enumerate() {
            if index == 0 {
                self.op_arg(handler.span, Opcode::BuildList, 0);
                self.op_arg(handler.span, Opcode::Copy, 2);
            }
            self.star_handler(handler)?;
            if index + 1 == node.handlers.len() {
                // What no handler took is raised with the rest.
                self.op_arg(NO_LOCATION, Opcode::ListAppend, 1);
                self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, reraise_star);
            }
        }
        self.pop_frame_block();

        self.mark(reraise_star);
        self.op_arg(NO_LOCATION, Opcode::CallIntrinsic2, Intrinsic2::PrepReraiseStar as u32);
        self.op_arg(NO_LOCATION, Opcode::Copy, 1);
        self.jump(NO_LOCATION, Opcode::PopJumpIfNotNone, reraise);
        self.op(NO_LOCATION, Opcode::PopTop);
        self.op(NO_LOCATION, Opcode::PopBlock);
        self.op(NO_LOCATION, Opcode::PopExcept);
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
        self.mark(reraise);
        self.op(NO_LOCATION, Opcode::PopBlock);
        self.op_arg(NO_LOCATION, Opcode::Swap, 2);
        self.op(NO_LOCATION, Opcode::PopExcept);
        self.op_arg(NO_LOCATION, Opcode::Reraise, 0);
        self.mark(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.mark(orelse);
        self.stmts(&node.orelse)?;
        self.mark(end);
        Ok(())
    }

    fn star_handler(&mut self, handler: &'a ExceptHandler) -> Result {
        let span = handler.span;
        let (done, with_error, no_match) = (self.label(), self.label(), self.label());
        let cleanup_end = self.label();
        if let Some(typ) = &handler.typ {
            self.expr(typ)?;
            self.op(span, Opcode::CheckEgMatch);
            self.op_arg(span, Opcode::Copy, 1);
            self.jump(span, Opcode::PopJumpIfNone, no_match);
        }
        match &handler.name {
            Some(name) => self.name(span, name, ExprContext::Store)?,
            None => self.op(span, Opcode::PopTop),
        }
        self.jump(span, Opcode::SetupCleanup, cleanup_end);
        self.push_plain_block(FrameBlock::HandlerCleanup(handler.name.as_ref()), span)?;
        self.stmts(&handler.body)?;
        self.pop_frame_block();
        self.op(NO_LOCATION, Opcode::PopBlock);
        if let Some(name) = &handler.name {
            self.unbind_handler_name(NO_LOCATION, name)?;
        }
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, done);

        self.mark(cleanup_end);
        if let Some(name) = &handler.name {
            self.unbind_handler_name(NO_LOCATION, name)?;
        }
        self.op_arg(NO_LOCATION, Opcode::ListAppend, 3);
        self.op(NO_LOCATION, Opcode::PopTop);
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, with_error);

        self.mark(done);
        // Holds the line.
        self.op(NO_LOCATION, Opcode::Nop);
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, with_error);
        self.mark(no_match);
        self.op(span, Opcode::PopTop);
        self.mark(with_error);
        Ok(())
    }

    pub(super) fn with_stmt(&mut self, _: Span, node: &'a With, asynchronous: bool) -> Result {
        self.with_from(node, 0, asynchronous)
    }

    /// The manager at `index` around those after it.
    fn with_from(&mut self, node: &'a With, index: usize, asynchronous: bool) -> Result {
        let Some(item) = node.items.get(index) else { return self.stmts(&node.body) };
        let (finally, exit, cleanup) = (self.label(), self.label(), self.label());
        self.expr(&item.context_expr)?;
        let span = item.context_expr.span;
        let (enter_method, exit_method) = match asynchronous {
            true => (SpecialMethod::AsyncEnter, SpecialMethod::AsyncExit),
            false => (SpecialMethod::Enter, SpecialMethod::Exit),
        };
        self.op_arg(span, Opcode::Copy, 1);
        self.op_arg(span, Opcode::LoadSpecial, exit_method as u32);
        self.op_arg(span, Opcode::Swap, 2);
        self.op_arg(span, Opcode::Swap, 3);
        self.op_arg(span, Opcode::LoadSpecial, enter_method as u32);
        self.op_arg(span, Opcode::Call, 0);
        if asynchronous {
            self.op_arg(span, Opcode::GetAwaitable, 1);
            self.load_none(span);
            self.delegate(span, true);
        }
        self.jump(span, Opcode::SetupWith, finally);
        let kind = if asynchronous { FrameBlock::AsyncWith } else { FrameBlock::With };
        self.push_plain_block(kind, span)?;
        match &item.optional_vars {
            Some(vars) => self.expr(vars)?,
            None => self.op(span, Opcode::PopTop),
        }
        self.nested(|compiler| compiler.with_from(node, index + 1, asynchronous))?;
        self.op(if asynchronous { span } else { NO_LOCATION }, Opcode::PopBlock);
        self.pop_frame_block();

        self.call_exit_with_nones(span);
        if asynchronous {
            self.await_exit(span);
        }
        self.op(span, Opcode::PopTop);
        self.jump(span, Opcode::Jump, exit);

        self.mark(finally);
        self.jump(span, Opcode::SetupCleanup, cleanup);
        self.op(span, Opcode::PushExcInfo);
        self.op(span, Opcode::WithExceptStart);
        if asynchronous {
            self.await_exit(span);
        }
        self.with_except_finish(cleanup, exit);
        Ok(())
    }

    /// After the exit method was called with an exception: raise on unless its result is true.
    fn with_except_finish(&mut self, cleanup: Label, exit: Label) {
        let suppress = self.label();
        self.op(NO_LOCATION, Opcode::ToBool);
        self.jump(NO_LOCATION, Opcode::PopJumpIfTrue, suppress);
        self.op_arg(NO_LOCATION, Opcode::Reraise, 2);
        self.mark(suppress);
        self.op(NO_LOCATION, Opcode::PopTop);
        self.op(NO_LOCATION, Opcode::PopBlock);
        self.op(NO_LOCATION, Opcode::PopExcept);
        (0..3).for_each(|_| self.op(NO_LOCATION, Opcode::PopTop));
        self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, exit);
        self.mark(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.mark(exit);
    }
}
