//! From a sequence to blocks.

use std::collections::HashMap;

use super::{BlockId, Graph, Instr, Sequence, is_terminator};
use crate::opcode::Opcode;
use crate::{ErrorKind, SyntaxError};

impl Graph {
    /// Cuts a sequence into blocks: at each label that is jumped to, and after each jump or exit.
    pub(crate) fn build(sequence: &Sequence) -> Result<Self, SyntaxError> {
        let mut graph = Graph { blocks: Vec::new(), entry: 0 };
        let mut current = graph.new_block();
        let mut is_target = vec![false; sequence.instrs.len() + 1];
        for instr in sequence.instrs.iter().filter(|instr| instr.has_target()) {
            is_target[place(sequence, instr.arg)?] = true;
        }
        let mut block_at: HashMap<usize, BlockId> = HashMap::new();
        let mut labels: Vec<(BlockId, usize, usize)> = Vec::new();
        for (index, instr) in sequence.instrs.iter().enumerate() {
            if instr.op == Opcode::AnnotationsPlaceholder {
                for extra in &sequence.annotations {
                    graph.append(&mut current, false, Instr::new(extra.op, extra.arg, extra.span));
                }
                continue;
            }
            let block =
                graph.append(&mut current, is_target[index], Instr::new(instr.op, instr.arg, instr.span));
            if is_target[index] {
                block_at.insert(index, block);
            }
            if instr.has_target() {
                labels.push((block, graph.blocks[block].instrs.len() - 1, place(sequence, instr.arg)?));
            }
        }
        for (block, index, target) in labels {
            let target = block_at.get(&target).ok_or_else(lost_label)?;
            let instr = &mut graph.blocks[block].instrs[index];
            instr.target = Some(*target);
            instr.arg = 0;
        }
        Ok(graph)
    }

    /// Appends to the current block, or to a new one where one must start.
    fn append(&mut self, current: &mut BlockId, labelled: bool, instr: Instr) -> BlockId {
        let block = &self.blocks[*current];
        let terminated = block.last_op().is_some_and(is_terminator);
        if terminated || labelled && (!block.instrs.is_empty() || block.has_label) {
            let fresh = self.new_block();
            self.blocks[*current].next = Some(fresh);
            *current = fresh;
        }
        let block = &mut self.blocks[*current];
        block.has_label |= labelled;
        block.instrs.push(instr);
        *current
    }
}

fn place(sequence: &Sequence, label: u32) -> Result<usize, SyntaxError> {
    sequence.place(label).filter(|&at| at < sequence.instrs.len()).ok_or_else(lost_label)
}

fn lost_label() -> SyntaxError {
    SyntaxError::unplaced(ErrorKind::SystemError, "a jump to nowhere was generated")
}
