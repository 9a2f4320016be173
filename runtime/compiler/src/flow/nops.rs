//! Removal of what other passes leave behind: NOPs, values that are pushed to be popped, jumps to what comes next.
//!
//! A NOP stays if it is the only instruction of its line, for then tracing must stop there.

use super::{BlockId, Graph, NO_LOCATION, is_unconditional_jump};
use crate::opcode::Opcode;
use crate::{ErrorKind, SyntaxError};

/// Longest exit that is copied to where a jump to it stands.
const MAX_COPY_SIZE: usize = 4;

impl Graph {
    /// Replaces jumps to short exits, and to blocks without lines, by what they jump to.
    pub(super) fn inline_small_blocks(&mut self) {
        loop {
            let mut changed = false;
            for id in self.order() {
                changed |= self.inline_small_block(id);
            }
            // Each change removes a jump, so this ends.
            if !changed {
                return;
            }
        }
    }

    fn inline_small_block(&mut self, id: BlockId) -> bool {
        let Some(last) = self.blocks[id].instrs.last() else { return false };
        let (true, Some(target)) = (is_unconditional_jump(last.op), last.target) else { return false };
        let removed = last.op;
        let target_block = &self.blocks[target];
        let small_exit = target_block.exits_scope() && target_block.instrs.len() <= MAX_COPY_SIZE;
        let lineless = target_block.has_no_line() && !target_block.falls_through();
        if !small_exit && !lineless {
            return false;
        }
        let copied = target_block.instrs.clone();
        let block = &mut self.blocks[id];
        if let Some(last) = block.instrs.last_mut() {
            last.make_nop();
        }
        block.extend(copied);
        if lineless
            && removed == Opcode::Jump
            && let Some(last) = block.instrs.last_mut()
            && is_unconditional_jump(last.op)
        {
            // A loop must poll somewhere.
            last.op = Opcode::Jump;
        }
        self.blocks[target].predecessors = self.blocks[target].predecessors.saturating_sub(1);
        true
    }

    /// Removes NOPs; tells how many.
    pub(super) fn remove_redundant_nops(&mut self) -> usize {
        self.order().into_iter().map(|id| self.remove_redundant_nops_of(id)).sum()
    }

    fn remove_redundant_nops_of(&mut self, id: BlockId) -> usize {
        if !self.blocks[id].instrs.iter().any(|instr| instr.op == Opcode::Nop) {
            return 0;
        }
        let next_line = self.nonempty(self.blocks[id].next).map(|next| {
            let instrs = &self.blocks[next].instrs;
            // NOPs without a line will go.
            let stays = |op, line| !(op == Opcode::Nop && line == NO_LOCATION.lineno);
            let first = instrs.iter().find(|instr| stays(instr.op, instr.span.lineno));
            first.map_or(NO_LOCATION.lineno, |instr| instr.span.lineno)
        });
        let instrs = &mut self.blocks[id].instrs;
        let before = instrs.len();
        let mut kept = Vec::with_capacity(before);
        let mut previous_line = -1;
        for index in 0..before {
            let span = instrs[index].span;
            if instrs[index].op == Opcode::Nop {
                if span.lineno == NO_LOCATION.lineno || previous_line == span.lineno {
                    continue;
                }
                if let Some(next) = instrs.get_mut(index + 1) {
                    if next.span.lineno == span.lineno {
                        continue;
                    }
                    if next.span.lineno == NO_LOCATION.lineno {
                        next.span = span;
                        continue;
                    }
                } else if next_line == Some(span.lineno) {
                    continue;
                }
            }
            kept.push(instrs[index].clone());
            previous_line = span.lineno;
        }
        let removed = before - kept.len();
        self.blocks[id].keep(kept);
        removed
    }

    /// Removes NOPs and pairs of a push and the pop of what it pushed.
    pub(super) fn remove_redundant_nops_and_pairs(&mut self) {
        let mut done = false;
        while !done {
            done = true;
            let mut previous: Option<(BlockId, usize)> = None;
            for id in self.order() {
                self.remove_redundant_nops_of(id);
                if self.blocks[id].has_label {
                    previous = None;
                }
                for index in 0..self.blocks[id].instrs.len() {
                    let before = previous.replace((id, index));
                    if self.blocks[id].instrs[index].op != Opcode::PopTop {
                        continue;
                    }
                    let Some((before_id, before_index)) = before else { continue };
                    let pushing = &mut self.blocks[before_id].instrs[before_index];
                    let pushes = match pushing.op {
                        Opcode::LoadConst | Opcode::LoadSmallInt => true,
                        Opcode::Copy => pushing.arg == 1,
                        _ => false,
                    };
                    if pushes {
                        pushing.make_nop();
                        self.blocks[id].instrs[index].make_nop();
                        done = false;
                    }
                }
                let block = &self.blocks[id];
                let jumps = previous.is_some_and(|(id, index)| self.blocks[id].instrs[index].is_jump());
                if jumps || !block.falls_through() {
                    previous = None;
                }
            }
        }
    }

    fn remove_redundant_jumps(&mut self) -> Result<usize, SyntaxError> {
        let mut removed = 0;
        for id in self.order() {
            let Some(last) = self.blocks[id].instrs.last() else { continue };
            if !is_unconditional_jump(last.op) {
                continue;
            }
            let Some(target) = self.nonempty(last.target) else {
                return Err(SyntaxError::unplaced(
                    ErrorKind::SystemError,
                    "a jump leads past the end of the code",
                ));
            };
            if self.nonempty(self.blocks[id].next) == Some(target) {
                removed += 1;
                if let Some(last) = self.blocks[id].instrs.last_mut() {
                    last.make_nop();
                }
            }
        }
        Ok(removed)
    }

    pub(super) fn remove_redundant_nops_and_jumps(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.remove_redundant_nops();
            if self.remove_redundant_jumps()? == 0 {
                return Ok(());
            }
        }
    }
}
