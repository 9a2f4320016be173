//! The last steps: what a frame does first, the numbering of cells, real instructions for pseudo ones, and the way
//! back to a row of instructions.

use std::collections::HashMap;
use std::sync::Arc;

use super::{BlockId, Graph, Instr, NO_LOCATION};
use crate::SyntaxError;
use crate::ast::Span;
use crate::opcode::Opcode;

/// The variables of a code object: names in the order of their indices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    /// Fast locals, parameters first.
    pub(crate) locals: Vec<Arc<str>>,
    /// Cells, the index of some of which is that of a parameter.
    pub(crate) cells: Vec<Arc<str>>,
    /// Free variables.
    pub(crate) free: Vec<Arc<str>>,
}

/// Where the cells and free variables are among the slots of a frame: for each its slot.
#[derive(Debug)]
pub(crate) struct LocalsPlus {
    /// Slot of each cell, then of each free variable.
    pub(crate) slots: Vec<u32>,
    /// Number of slots.
    pub(crate) count: usize,
}

/// The handler of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handler {
    /// Index of the first instruction of the handler.
    pub(crate) target: usize,
    pub(crate) depth: i32,
    pub(crate) preserve_lasti: bool,
}

/// An instruction ready to assemble; the target of a jump is the index of an instruction.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) op: Opcode,
    pub(crate) arg: u32,
    pub(crate) span: Span,
    pub(crate) handler: Option<Handler>,
}

impl Graph {
    /// Turns the optimized graph into instructions; tells the slots and the stack depth.
    pub(crate) fn finish(
        mut self,
        variables: &Variables,
        generator: bool,
        first_line: i32,
    ) -> Result<(Vec<Line>, LocalsPlus, u32), SyntaxError> {
        self.convert_conditional_pseudo_jumps();
        let depth = self.stack_depth()?;
        let slots = self.place_cells(variables, generator, first_line);
        self.convert_pseudo_instructions();
        self.normalize_jumps();
        self.borrow_locals();
        Ok((self.into_lines(), slots, depth))
    }

    fn convert_conditional_pseudo_jumps(&mut self) {
        for block in &mut self.blocks {
            let Some(last) = block.instrs.last_mut() else { continue };
            last.op = match last.op {
                Opcode::JumpIfFalse => Opcode::PopJumpIfFalse,
                Opcode::JumpIfTrue => Opcode::PopJumpIfTrue,
                _ => continue,
            };
            let (span, except) = (last.span, last.except);
            let place = |op, arg| Instr { except, ..Instr::new(op, arg, span) };
            let at = block.instrs.len() - 1;
            block.insert(at, vec![place(Opcode::Copy, 1), place(Opcode::ToBool, 0)]);
        }
    }

    /// Gives each cell and free variable its slot, a parameter's own if it is one, and puts what makes them at the
    /// start of the code.
    fn place_cells(&mut self, variables: &Variables, generator: bool, first_line: i32) -> LocalsPlus {
        let Variables { locals, cells, free } = variables;
        let position: HashMap<&str, u32> =
            locals.iter().enumerate().map(|(index, name)| (&**name, index as u32)).collect();
        // Before slots move up over the ones that parameters save.
        let mut slots: Vec<u32> =
            (locals.len()..locals.len() + cells.len() + free.len()).map(|slot| slot as u32).collect();
        for (slot, cell) in slots.iter_mut().zip(cells) {
            *slot = position.get(&**cell).copied().unwrap_or(*slot);
        }
        let mut prefix = Vec::new();
        if !free.is_empty() {
            prefix.push(Instr::new(Opcode::CopyFreeVars, free.len() as u32, NO_LOCATION));
        }
        let mut by_slot: Vec<usize> = (0..cells.len()).collect();
        by_slot.sort_by_key(|&cell| slots[cell]);
        prefix.extend(by_slot.into_iter().map(|cell| Instr::new(Opcode::MakeCell, cell as u32, NO_LOCATION)));
        if generator {
            let span =
                Span { lineno: first_line, end_lineno: first_line, col_offset: -1, end_col_offset: -1 };
            prefix.push(Instr::new(Opcode::ReturnGenerator, 0, span));
            prefix.push(Instr::new(Opcode::PopTop, 0, span));
        }
        self.blocks[self.entry].insert(0, prefix);

        let mut saved = 0;
        for (index, slot) in slots.iter_mut().enumerate() {
            if *slot as usize == locals.len() + index {
                *slot -= saved;
            } else {
                saved += 1;
            }
        }
        for block in &mut self.blocks {
            for instr in &mut block.instrs {
                if matches!(
                    instr.op,
                    Opcode::MakeCell
                        | Opcode::LoadClosure
                        | Opcode::LoadDeref
                        | Opcode::StoreDeref
                        | Opcode::DeleteDeref
                        | Opcode::LoadFromDictOrDeref
                ) && let Some(&slot) = slots.get(instr.arg as usize)
                {
                    instr.arg = slot;
                }
            }
        }
        let count = locals.len() + cells.len() + free.len() - saved as usize;
        LocalsPlus { slots, count }
    }

    fn convert_pseudo_instructions(&mut self) {
        for block in &mut self.blocks {
            for instr in &mut block.instrs {
                match instr.op {
                    Opcode::LoadClosure => instr.op = Opcode::LoadFast,
                    Opcode::StoreFastMaybeNull => instr.op = Opcode::StoreFast,
                    op if op.has_exc() => instr.make_nop(),
                    _ => {}
                }
            }
        }
        self.remove_redundant_nops();
    }

    /// Conditional jumps go forward only: one that would go back jumps over a jump back. NOT_TAKEN marks the way on.
    fn normalize_jumps(&mut self) {
        self.clear_visited();
        for id in self.order() {
            self.blocks[id].visited = true;
            let Some(last) = self.blocks[id].instrs.last() else { continue };
            let reversed = match last.op {
                Opcode::PopJumpIfTrue => Opcode::PopJumpIfFalse,
                Opcode::PopJumpIfFalse => Opcode::PopJumpIfTrue,
                Opcode::PopJumpIfNone => Opcode::PopJumpIfNotNone,
                Opcode::PopJumpIfNotNone => Opcode::PopJumpIfNone,
                _ => continue,
            };
            let span = last.span;
            let Some(target) = last.target else { continue };
            let not_taken = Instr::new(Opcode::NotTaken, 0, span);
            if !self.blocks[target].visited {
                self.blocks[id].push(not_taken);
                continue;
            }
            let next = self.blocks[id].next;
            let back = self.new_block();
            let (cold, depth) = (self.blocks[id].cold, self.blocks[target].start_depth);
            let block = &mut self.blocks[back];
            block.instrs = vec![not_taken, Instr::jump(Opcode::Jump, target, span)];
            block.cold = cold;
            block.start_depth = depth;
            self.insert_after(id, back);
            if let Some(last) = self.blocks[id].instrs.last_mut() {
                last.op = reversed;
                last.target = next;
            }
        }
    }

    fn into_lines(self) -> Vec<Line> {
        let order = self.order();
        let mut start: HashMap<BlockId, usize> = HashMap::new();
        let mut count = 0;
        for &id in &order {
            start.insert(id, count);
            count += self.blocks[id].instrs.len();
        }
        let place = |id: BlockId| start.get(&id).copied().unwrap_or(0);
        let mut lines = Vec::with_capacity(count);
        for &id in &order {
            for instr in &self.blocks[id].instrs {
                let handler = instr.except.map(|handler| Handler {
                    target: place(handler),
                    depth: self.blocks[handler].start_depth,
                    preserve_lasti: self.blocks[handler].preserve_lasti,
                });
                let arg = instr.target.map_or(instr.arg, |target| place(target) as u32);
                lines.push(Line { op: instr.op, arg, span: instr.span, handler });
            }
        }
        lines
    }
}
