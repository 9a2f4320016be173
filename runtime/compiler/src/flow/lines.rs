//! Lines for instructions that were generated without one.
//!
//! An instruction without a place takes that of the one before it. An exit (or a poll) without a place that several
//! jumps lead to is copied for each of them, so that a debugger shows each way out at the line that took it.

use super::{BlockId, Graph, NO_LOCATION};
use crate::ast::Span;

impl Graph {
    pub(super) fn resolve_lines(&mut self) {
        self.duplicate_exits_without_line();
        self.propagate_lines();
    }

    fn is_exit_or_poll_without_line(&self, id: BlockId) -> bool {
        let block = &self.blocks[id];
        let polls = block.instrs.iter().any(|instr| instr.op.polls());
        (block.exits_scope() || polls) && block.has_no_line()
    }

    fn duplicate_exits_without_line(&mut self) {
        let mut cursor = Some(self.entry);
        while let Some(id) = cursor {
            cursor = self.blocks[id].next;
            let Some(last) = self.blocks[id].instrs.last() else { continue };
            if !last.is_jump() {
                continue;
            }
            let span = last.span;
            let Some(target) = self.nonempty(last.target) else { continue };
            if !self.is_exit_or_poll_without_line(target) || self.blocks[target].predecessors <= 1 {
                continue;
            }
            let copy = self.new_block();
            let mut instrs = self.blocks[target].instrs.clone();
            if let Some(first) = instrs.first_mut() {
                first.span = span;
            }
            let block = &mut self.blocks[copy];
            block.instrs = instrs;
            block.predecessors = 1;
            block.has_label = true;
            self.insert_after(target, copy);
            self.blocks[target].predecessors -= 1;
            if let Some(last) = self.blocks[id].instrs.last_mut() {
                last.target = Some(copy);
            }
            cursor = self.blocks[id].next;
        }
        // What is left without a line is reached by falling through only.
        for id in self.order() {
            let block = &self.blocks[id];
            let (true, Some(next), Some(last)) = (block.falls_through(), block.next, block.instrs.last())
            else {
                continue;
            };
            let span = last.span;
            if self.is_exit_or_poll_without_line(next)
                && let Some(first) = self.blocks[next].instrs.first_mut()
            {
                first.span = span;
            }
        }
    }

    fn propagate_lines(&mut self) {
        for id in self.order() {
            let block = &mut self.blocks[id];
            let mut previous = NO_LOCATION;
            for instr in &mut block.instrs {
                if instr.span.lineno == NO_LOCATION.lineno {
                    instr.span = previous;
                } else {
                    previous = instr.span;
                }
            }
            let Some(last) = block.instrs.last() else { continue };
            let target = last.target.filter(|_| last.is_jump());
            let next = block.next.filter(|_| block.falls_through());
            self.pass_line_on(next, previous);
            self.pass_line_on(target, previous);
        }
    }

    fn pass_line_on(&mut self, to: Option<BlockId>, span: Span) {
        let Some(to) = to else { return };
        if self.blocks[to].predecessors == 1
            && let Some(first) = self.blocks[to].instrs.first_mut()
            && first.span.lineno == NO_LOCATION.lineno
        {
            first.span = span;
        }
    }
}
