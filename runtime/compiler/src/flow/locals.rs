//! Local variables: which reads may find them unbound, and pairs of accesses in one instruction.

use super::{BlockId, Graph, Instr};
use crate::opcode::Opcode;

/// Locals that are followed through the whole graph; further ones only within each block, so that time stays linear.
const TRACKED: u32 = 64;

impl Graph {
    /// Makes each LOAD_FAST a LOAD_FAST_CHECK if some path reaches it with the variable unbound.
    pub(super) fn check_unbound_locals(&mut self, locals: usize, params: usize) {
        if locals == 0 {
            return;
        }
        if locals > TRACKED as usize {
            self.check_untracked_locals(locals);
        }
        self.clear_visited();
        for block in &mut self.blocks {
            block.unsafe_locals = 0;
        }
        let tracked = locals.min(TRACKED as usize);
        let start = (params..tracked).fold(0, |mask, local| mask | 1 << local);
        let mut todo = Vec::new();
        self.add_unsafe(self.entry, start, &mut todo);
        for id in self.order() {
            self.scan_locals(id, &mut todo);
        }
        while let Some(id) = todo.pop() {
            self.blocks[id].visited = false;
            self.scan_locals(id, &mut todo);
        }
    }

    /// Notes locals that may be unbound on entry to a block, which is to be scanned again if that is news.
    fn add_unsafe(&mut self, id: BlockId, mask: u64, todo: &mut Vec<BlockId>) {
        let block = &mut self.blocks[id];
        if block.unsafe_locals | mask != block.unsafe_locals {
            block.unsafe_locals |= mask;
            if !block.visited {
                block.visited = true;
                todo.push(id);
            }
        }
    }

    fn scan_locals(&mut self, id: BlockId, todo: &mut Vec<BlockId>) {
        let mut mask = self.blocks[id].unsafe_locals;
        for index in 0..self.blocks[id].instrs.len() {
            if let Some(handler) = self.blocks[id].instrs[index].except {
                self.add_unsafe(handler, mask, todo);
            }
            let instr = &mut self.blocks[id].instrs[index];
            if instr.arg >= TRACKED {
                continue;
            }
            let bit = 1u64 << instr.arg;
            match instr.op {
                Opcode::DeleteFast | Opcode::LoadFastAndClear | Opcode::StoreFastMaybeNull => mask |= bit,
                Opcode::StoreFast | Opcode::LoadFastCheck => mask &= !bit,
                Opcode::LoadFast => {
                    if mask & bit != 0 {
                        instr.op = Opcode::LoadFastCheck;
                    }
                    mask &= !bit;
                }
                _ => {}
            }
        }
        let block = &self.blocks[id];
        let next = block.next.filter(|_| block.falls_through());
        let target = block.instrs.last().filter(|last| last.is_jump()).and_then(|last| last.target);
        for to in next.into_iter().chain(target) {
            self.add_unsafe(to, mask, todo);
        }
    }

    fn check_untracked_locals(&mut self, locals: usize) {
        // The block (counted from one) in which a local was last seen bound.
        let mut bound_in = vec![0usize; locals];
        for (number, id) in self.order().into_iter().enumerate() {
            let number = number + 1;
            for instr in &mut self.blocks[id].instrs {
                if instr.arg < TRACKED {
                    continue;
                }
                let Some(bound) = bound_in.get_mut(instr.arg as usize) else { continue };
                match instr.op {
                    Opcode::DeleteFast | Opcode::LoadFastAndClear | Opcode::StoreFastMaybeNull => *bound = 0,
                    Opcode::StoreFast => *bound = number,
                    Opcode::LoadFast => {
                        if *bound != number {
                            instr.op = Opcode::LoadFastCheck;
                        }
                        *bound = number;
                    }
                    _ => {}
                }
            }
        }
    }

    /// Two loads or stores of locals on one line are one instruction.
    pub(super) fn insert_superinstructions(&mut self) {
        for id in self.order() {
            let instrs = &mut self.blocks[id].instrs;
            for index in 1..instrs.len() {
                let [first, second] = &mut instrs[index - 1..=index] else { continue };
                let combined = match (first.op, second.op) {
                    (Opcode::LoadFast, Opcode::LoadFast) => Opcode::LoadFastLoadFast,
                    (Opcode::StoreFast, Opcode::LoadFast) => Opcode::StoreFastLoadFast,
                    (Opcode::StoreFast, Opcode::StoreFast) => Opcode::StoreFastStoreFast,
                    _ => continue,
                };
                combine(first, second, combined);
            }
        }
        self.remove_redundant_nops();
    }
}

fn combine(first: &mut Instr, second: &mut Instr, op: Opcode) {
    let (line, other) = (first.span.lineno, second.span.lineno);
    if line >= 0 && other >= 0 && line != other || first.arg >= 16 || second.arg >= 16 {
        return;
    }
    first.set(op, first.arg << 4 | second.arg);
    second.make_nop();
}
