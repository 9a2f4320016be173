//! Blocks that only exceptions reach move to the end.

use super::{BlockId, Graph, Instr, NO_LOCATION};
use crate::SyntaxError;
use crate::opcode::Opcode;

impl Graph {
    pub(super) fn push_cold_blocks_to_end(&mut self) -> Result<(), SyntaxError> {
        if self.blocks[self.entry].next.is_none() {
            return Ok(());
        }
        self.mark_warm_and_cold();
        self.leave_cold_blocks_by_jump();
        let (mut warm, cold): (Vec<BlockId>, Vec<BlockId>) =
            self.order().into_iter().partition(|&id| !self.blocks[id].cold);
        if cold.is_empty() {
            return Ok(());
        }
        warm.extend(cold);
        for (index, &id) in warm.iter().enumerate() {
            self.blocks[id].next = warm.get(index + 1).copied();
        }
        self.remove_redundant_nops_and_jumps()
    }

    /// Warm: reached without an exception. Cold: reached from a handler only.
    fn mark_warm_and_cold(&mut self) {
        self.clear_visited();
        let handlers: Vec<BlockId> =
            self.order().into_iter().filter(|&id| self.blocks[id].except_handler).collect();
        for (roots, warm) in [(vec![self.entry], true), (handlers, false)] {
            for &root in &roots {
                self.blocks[root].visited = true;
            }
            let mut todo = roots;
            while let Some(id) = todo.pop() {
                let block = &mut self.blocks[id];
                *(if warm { &mut block.warm } else { &mut block.cold }) = true;
                let next = block.next.filter(|_| block.falls_through());
                let jumps =
                    block.instrs.iter().filter(|instr| instr.is_jump()).filter_map(|instr| instr.target);
                let reached: Vec<BlockId> = next.into_iter().chain(jumps).collect();
                for to in reached {
                    if !self.blocks[to].visited {
                        self.blocks[to].visited = true;
                        todo.push(to);
                    }
                }
            }
        }
    }

    /// A cold block that would fall through to a warm one needs a jump once it is moved.
    fn leave_cold_blocks_by_jump(&mut self) {
        for id in self.order() {
            let block = &self.blocks[id];
            let (true, true, Some(next)) = (block.cold, block.falls_through(), block.next) else { continue };
            if !self.blocks[next].warm {
                continue;
            }
            self.blocks[next].has_label = true;
            let jump = self.new_block();
            let block = &mut self.blocks[jump];
            block.instrs.push(Instr::jump(Opcode::JumpNoInterrupt, next, NO_LOCATION));
            block.cold = true;
            block.predecessors = 1;
            self.insert_after(id, jump);
        }
    }
}
