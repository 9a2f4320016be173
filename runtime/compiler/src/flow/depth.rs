//! How high the stack gets, and how high it is where each block starts.

use super::{BlockId, Graph, is_scope_exit, is_unconditional_jump};
use crate::opcode::Opcode;
use crate::{ErrorKind, SyntaxError};

impl Graph {
    pub(super) fn stack_depth(&mut self) -> Result<u32, SyntaxError> {
        for block in &mut self.blocks {
            block.start_depth = -1;
        }
        let mut max_depth = 0;
        let mut todo = Vec::new();
        self.start_at(self.entry, 0, &mut todo)?;
        while let Some(id) = todo.pop() {
            let mut depth = self.blocks[id].start_depth;
            let mut next = self.blocks[id].next;
            for index in 0..self.blocks[id].instrs.len() {
                let instr = &self.blocks[id].instrs[index];
                let (op, arg) = (instr.op, instr.arg);
                let after = depth + op.stack_effect(arg, false);
                if after < 0 {
                    return Err(SyntaxError::unplaced(
                        ErrorKind::SystemError,
                        "stack underflow in generated code",
                    ));
                }
                max_depth = max_depth.max(depth).max(after);
                // The target of END_ASYNC_FOR is for monitoring; it never jumps.
                if let Some(target) = instr.target.filter(|_| op != Opcode::EndAsyncFor) {
                    let there = depth + op.stack_effect(arg, true);
                    max_depth = max_depth.max(there);
                    self.start_at(target, there, &mut todo)?;
                }
                depth = after;
                if is_unconditional_jump(op) || is_scope_exit(op) {
                    next = None;
                    break;
                }
            }
            if let Some(next) = next {
                self.start_at(next, depth, &mut todo)?;
            }
        }
        Ok(max_depth as u32)
    }

    fn start_at(&mut self, id: BlockId, depth: i32, todo: &mut Vec<BlockId>) -> Result<(), SyntaxError> {
        let block = &mut self.blocks[id];
        if block.start_depth < 0 {
            block.start_depth = depth;
            todo.push(id);
        } else if block.start_depth != depth {
            return Err(SyntaxError::unplaced(
                ErrorKind::SystemError,
                "inconsistent stack depth in generated code",
            ));
        }
        Ok(())
    }
}
