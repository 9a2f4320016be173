//! Comprehensions: inlined into the block around them where the symbol table says so, else functions of one argument.
//!
//! An inlined comprehension has its own variables nonetheless. Outer variables of the same names are pushed on the
//! stack before and put back after, also when an exception leaves the comprehension.

use std::sync::Arc;

use super::unit::{ArgCounts, FrameBlock, FrameBlockInfo, ScopeKind};
use super::{Compiler, Result};
use crate::ast::{Comprehension, Expr, ExprKind, Span};
use crate::flow::{Label, NO_LOCATION};
use crate::opcode::Opcode;
use crate::symtable::{BlockKind, NameScope, Role, Scope, Symbol, flag};

/// What a comprehension makes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Generator,
    List,
    Set,
    Dict,
}

/// The parts of a comprehension.
#[derive(Clone, Copy)]
struct Parts<'a> {
    kind: Kind,
    span: Span,
    generators: &'a [Comprehension],
    element: &'a Expr,
    /// The value of a dict comprehension.
    value: Option<&'a Expr>,
}

/// Where the first iterator is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Iterator {
    /// To be made of an expression.
    Expression,
    /// The function's argument.
    Argument,
    /// On the stack.
    OnStack,
}

/// What is to be undone after an inlined comprehension.
#[derive(Default)]
struct Inlined {
    pushed: Vec<Arc<str>>,
    symbols: Vec<(Arc<str>, Option<Symbol>)>,
    hidden: Vec<Arc<str>>,
    cleanup: Option<Label>,
}

impl<'a> Compiler<'a> {
    pub(super) fn comprehension(&mut self, expr: &'a Expr) -> Result {
        let (kind, name, generators, element, value) = match &expr.kind {
            ExprKind::ListComp { elt, generators } => (Kind::List, "<listcomp>", generators, elt, None),
            ExprKind::SetComp { elt, generators } => (Kind::Set, "<setcomp>", generators, elt, None),
            ExprKind::DictComp { key, value, generators } => {
                (Kind::Dict, "<dictcomp>", generators, key, Some(&**value))
            }
            ExprKind::GeneratorExp { elt, generators } => {
                (Kind::Generator, "<genexpr>", generators, elt, None)
            }
            _ => return Ok(()),
        };
        let span = expr.span;
        let parts = Parts { kind, span, generators, element, value };
        let scope = self.scope_of(expr, Role::Body)?;
        let entry = self.table.scope(scope);
        let Some(first) = generators.first() else {
            return Err(crate::SyntaxError::unplaced(
                crate::ErrorKind::ValueError,
                "comprehension with no generators",
            ));
        };
        if entry.comp_inlined {
            self.iterator(first)?;
            let mut state = self.push_inlined(span, entry);
            self.build(&parts);
            self.op_arg(span, Opcode::Swap, 2);
            self.generator(&parts, 0, 0, Iterator::OnStack)?;
            self.pop_inlined(span, &mut state);
            return Ok(());
        }
        let counts = ArgCounts { args: 1, ..ArgCounts::default() };
        self.enter_with(name.into(), ScopeKind::Comprehension, scope, span.lineno, None, counts)?;
        if kind != Kind::Generator {
            self.build(&parts);
        }
        self.generator(&parts, 0, 0, Iterator::Argument)?;
        if kind == Kind::Generator {
            self.wrap_in_stop_iteration_handler();
        } else {
            self.op(element.span, Opcode::ReturnValue);
        }
        let code = self.leave(true)?;
        self.make_function(span, code, 0);
        self.iterator(first)?;
        self.op_arg(span, Opcode::Call, 0);
        if entry.coroutine && kind != Kind::Generator {
            self.op_arg(span, Opcode::GetAwaitable, 0);
            self.load_none(span);
            self.delegate(span, true);
        }
        Ok(())
    }

    fn build(&mut self, parts: &Parts<'a>) {
        let op = match parts.kind {
            Kind::List => Opcode::BuildList,
            Kind::Set => Opcode::BuildSet,
            Kind::Dict => Opcode::BuildMap,
            Kind::Generator => return,
        };
        self.op_arg(parts.span, op, 0);
    }

    /// Pushes the iterator of a `for`.
    fn iterator(&mut self, comprehension: &'a Comprehension) -> Result {
        self.expr(&comprehension.iter)?;
        let op = if comprehension.is_async { Opcode::GetAiter } else { Opcode::GetIter };
        self.op(comprehension.iter.span, op);
        Ok(())
    }

    /// The loop number `index`; `depth` iterators are on the stack above the collection.
    fn generator(&mut self, parts: &Parts<'a>, index: usize, depth: u32, iterator: Iterator) -> Result {
        let Some(comprehension) = parts.generators.get(index) else {
            return self.add_element(parts, depth);
        };
        self.nested(|compiler| {
            if comprehension.is_async {
                compiler.async_generator(parts, comprehension, index, depth, iterator)
            } else {
                compiler.sync_generator(parts, comprehension, index, depth, iterator)
            }
        })
    }

    fn sync_generator(
        &mut self,
        parts: &Parts<'a>,
        comprehension: &'a Comprehension,
        index: usize,
        depth: u32,
        iterator: Iterator,
    ) -> Result {
        let (start, skip, anchor) = (self.label(), self.label(), self.label());
        let mut loops = true;
        match iterator {
            Iterator::OnStack => {}
            Iterator::Argument => self.op_arg(parts.span, Opcode::LoadFast, 0),
            Iterator::Expression => match single_element(&comprehension.iter) {
                // `for x in [value]` is an assignment.
                Some(value) => {
                    self.expr(value)?;
                    loops = false;
                }
                None => self.iterator(comprehension)?,
            },
        }
        let mut depth = depth;
        if loops {
            depth += 1;
            self.mark(start);
            self.jump(comprehension.iter.span, Opcode::ForIter, anchor);
        }
        self.expr(&comprehension.target)?;
        for condition in &comprehension.ifs {
            self.jump_if(parts.span, condition, skip, false)?;
        }
        self.generator(parts, index + 1, depth, Iterator::Expression)?;
        self.mark(skip);
        if loops {
            self.jump(self.jump_span(parts, index), Opcode::Jump, start);
            self.mark(anchor);
            self.op(NO_LOCATION, Opcode::EndFor);
            self.op(NO_LOCATION, Opcode::PopIter);
        }
        Ok(())
    }

    fn async_generator(
        &mut self,
        parts: &Parts<'a>,
        comprehension: &'a Comprehension,
        index: usize,
        depth: u32,
        iterator: Iterator,
    ) -> Result {
        let span = parts.span;
        let (start, send, except, skip) = (self.label(), self.label(), self.label(), self.label());
        match iterator {
            Iterator::OnStack => {}
            Iterator::Argument => self.op_arg(span, Opcode::LoadFast, 0),
            Iterator::Expression => self.iterator(comprehension)?,
        }
        self.mark(start);
        self.push_frame_block(FrameBlockInfo {
            kind: FrameBlock::AsyncComprehensionGenerator,
            start: Some(start),
            exit: None,
            span,
        })?;
        self.jump(span, Opcode::SetupFinally, except);
        self.op(span, Opcode::GetAnext);
        self.load_none(span);
        self.mark(send);
        self.delegate(span, true);
        self.op(span, Opcode::PopBlock);
        self.expr(&comprehension.target)?;
        for condition in &comprehension.ifs {
            self.jump_if(span, condition, skip, false)?;
        }
        self.generator(parts, index + 1, depth + 1, Iterator::Expression)?;
        self.mark(skip);
        self.jump(self.jump_span(parts, index), Opcode::Jump, start);
        self.pop_frame_block();
        self.mark(except);
        self.jump(span, Opcode::EndAsyncFor, send);
        Ok(())
    }

    /// The place of the jump that ends the loop number `index`.
    fn jump_span(&self, parts: &Parts<'a>, index: usize) -> Span {
        if index + 1 == parts.generators.len() { self.element_span(parts) } else { parts.element.span }
    }

    fn element_span(&self, parts: &Parts<'a>) -> Span {
        let mut span = parts.element.span;
        if let Some(value) = parts.value {
            span.end_lineno = value.span.end_lineno;
            span.end_col_offset = value.span.end_col_offset;
        }
        span
    }

    fn add_element(&mut self, parts: &Parts<'a>, depth: u32) -> Result {
        self.expr(parts.element)?;
        if let Some(value) = parts.value {
            self.expr(value)?;
        }
        let span = self.element_span(parts);
        match parts.kind {
            Kind::Generator => {
                self.yield_value(span);
                self.op(span, Opcode::PopTop);
            }
            Kind::List => self.op_arg(span, Opcode::ListAppend, depth + 1),
            Kind::Set => self.op_arg(span, Opcode::SetAdd, depth + 1),
            Kind::Dict => self.op_arg(span, Opcode::MapAdd, depth + 1),
        }
        Ok(())
    }

    /// Makes the comprehension's variables the block's, and saves the values of those that the block has already.
    fn push_inlined(&mut self, span: Span, entry: &'a Scope) -> Inlined {
        let mut state = Inlined::default();
        let in_class = self.scope().kind == BlockKind::Class && self.unit_ref().inlined_comprehensions == 0;
        let function_like = self.is_function_like();
        self.unit().inlined_comprehensions += 1;
        for (name, &symbol) in &entry.symbols {
            let own = symbol.has(flag::DEF_LOCAL) && !symbol.has(flag::DEF_NONLOCAL);
            if (own || in_class) && !function_like && self.unit_ref().fast_hidden.get(name) != Some(&true) {
                self.unit().fast_hidden.insert(name.clone(), true);
                state.hidden.push(name.clone());
            }
            let (scope, outer) = (symbol.scope(), self.symbol(name));
            let cell_of_free = scope == NameScope::Cell && outer.scope() == NameScope::Free;
            if scope != outer.scope() && scope != NameScope::Free && !cell_of_free || in_class {
                let previous = self.unit().symbols.insert(name.clone(), symbol);
                state.symbols.push((name.clone(), previous));
            }
            if !own {
                continue;
            }
            // For a cell this saves the cell itself; a new one is made.
            self.op_local(span, Opcode::LoadFastAndClear, name);
            if scope == NameScope::Cell {
                let index = match outer.scope() {
                    NameScope::Free => self.free_index(name),
                    _ => self.cell_index(name),
                };
                if let Some(index) = index {
                    self.op_arg(span, Opcode::MakeCell, index);
                }
            }
            state.pushed.push(name.clone());
        }
        if !state.pushed.is_empty() {
            let cleanup = self.label();
            state.cleanup = Some(cleanup);
            self.op_count(span, Opcode::Swap, state.pushed.len() + 1);
            self.jump(span, Opcode::SetupFinally, cleanup);
        }
        state
    }

    fn pop_inlined(&mut self, span: Span, state: &mut Inlined) {
        self.unit().inlined_comprehensions -= 1;
        if let Some(cleanup) = state.cleanup {
            let end = self.label();
            self.op(NO_LOCATION, Opcode::PopBlock);
            self.jump(NO_LOCATION, Opcode::JumpNoInterrupt, end);
            self.mark(cleanup);
            // Below the exception is what was built.
            self.op_arg(NO_LOCATION, Opcode::Swap, 2);
            self.op(NO_LOCATION, Opcode::PopTop);
            self.restore_locals(span, &state.pushed);
            self.op_arg(NO_LOCATION, Opcode::Reraise, 0);
            self.mark(end);
            self.restore_locals(span, &state.pushed);
        }
        let unit = self.unit();
        for (name, previous) in state.symbols.drain(..).rev() {
            match previous {
                Some(symbol) => unit.symbols.insert(name, symbol),
                None => unit.symbols.remove(&name),
            };
        }
        for name in state.hidden.drain(..) {
            unit.fast_hidden.insert(name, false);
        }
    }

    fn restore_locals(&mut self, span: Span, names: &[Arc<str>]) {
        self.op_count(span, Opcode::Swap, names.len() + 1);
        for name in names.iter().rev() {
            self.op_local(span, Opcode::StoreFastMaybeNull, name);
        }
    }
}

/// The element of a list or tuple display of one.
fn single_element(expr: &Expr) -> Option<&Expr> {
    let (ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. }) = &expr.kind else { return None };
    match &elts[..] {
        [element] if !matches!(element.kind, ExprKind::Starred { .. }) => Some(element),
        _ => None,
    }
}
