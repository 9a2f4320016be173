//! Which handler protects each instruction.
//!
//! In the generated code a SETUP_… instruction opens a protected range and POP_BLOCK closes it. A walk over all paths
//! keeps the stack of open ranges, notes the innermost handler at each instruction, and removes the POP_BLOCKs.

use super::{BlockId, Graph};
use crate::opcode::{Opcode, resume};
use crate::{ErrorKind, SyntaxError};

impl Graph {
    pub(super) fn mark_except_handlers(&mut self) {
        for id in self.order() {
            for index in 0..self.blocks[id].instrs.len() {
                let instr = &self.blocks[id].instrs[index];
                if let (true, Some(target)) = (instr.is_block_push(), instr.target) {
                    self.blocks[target].except_handler = true;
                }
            }
        }
    }

    pub(super) fn label_exception_targets(&mut self) -> Result<(), SyntaxError> {
        self.clear_visited();
        self.blocks[self.entry].visited = true;
        let mut todo: Vec<(BlockId, Vec<BlockId>)> = vec![(self.entry, Vec::new())];
        while let Some((id, mut stack)) = todo.pop() {
            // Depth of handlers at the last YIELD_VALUE; the RESUME after it records it.
            let mut yield_depth = None;
            for index in 0..self.blocks[id].instrs.len() {
                let handler = stack.last().copied();
                let instr = &mut self.blocks[id].instrs[index];
                if instr.is_block_push() {
                    let (op, Some(target)) = (instr.op, instr.target) else { continue };
                    if !self.blocks[target].visited {
                        self.blocks[target].visited = true;
                        todo.push((target, stack.clone()));
                    }
                    if matches!(op, Opcode::SetupWith | Opcode::SetupCleanup) {
                        self.blocks[target].preserve_lasti = true;
                    }
                    stack.push(target);
                    continue;
                }
                match instr.op {
                    Opcode::PopBlock => {
                        if stack.pop().is_none() {
                            return Err(SyntaxError::unplaced(
                                ErrorKind::SystemError,
                                "unbalanced exception blocks",
                            ));
                        }
                        instr.make_nop();
                    }
                    Opcode::Resume => {
                        instr.except = handler;
                        if instr.arg != resume::AT_FUNC_START {
                            if yield_depth == Some(1) {
                                instr.arg |= resume::OPARG_DEPTH1_MASK;
                            }
                            yield_depth = None;
                        }
                    }
                    Opcode::YieldValue => {
                        instr.except = handler;
                        yield_depth = Some(stack.len());
                    }
                    _ => {
                        instr.except = handler;
                        if let (true, Some(target)) = (instr.is_jump(), instr.target)
                            && !self.blocks[target].visited
                        {
                            self.blocks[target].visited = true;
                            todo.push((target, stack.clone()));
                        }
                    }
                }
            }
            if let (true, Some(next)) = (self.blocks[id].falls_through(), self.blocks[id].next)
                && !self.blocks[next].visited
            {
                self.blocks[next].visited = true;
                todo.push((next, stack));
            }
        }
        Ok(())
    }
}
