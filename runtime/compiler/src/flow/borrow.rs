//! Loads of locals that need not count a reference.
//!
//! A value on the stack that came from a local can be borrowed if the local keeps it alive until the instruction that
//! takes it from the stack: within the block nothing rebinds or unbinds the local before, the value is not stored
//! into another local, and it is not left on the stack at the block's end. The pass runs over the stack of each block
//! with, for every value, the instruction that made it and the local it is from.

use super::{BlockId, Graph, is_scope_exit, is_unconditional_jump};
use crate::opcode::Opcode;

/// Where a value on the stack is from: its instruction in this block, and the local it was loaded from.
#[derive(Clone, Copy)]
struct Origin {
    instr: Option<usize>,
    local: Option<u32>,
}

/// The stack within one block, and which instructions' values must own their reference.
struct Values {
    stack: Vec<Origin>,
    owned: Vec<bool>,
}

impl Values {
    fn push(&mut self, instr: usize, local: Option<u32>) {
        self.stack.push(Origin { instr: Some(instr), local });
    }

    fn pop(&mut self) -> Origin {
        self.stack.pop().unwrap_or(Origin { instr: None, local: None })
    }

    fn own(&mut self, origin: Origin) {
        if let Some(instr) = origin.instr {
            self.owned[instr] = true;
        }
    }

    fn kill(&mut self, local: u32) {
        for index in 0..self.stack.len() {
            if self.stack[index].local == Some(local) {
                self.own(self.stack[index]);
            }
        }
    }

    fn store(&mut self, local: u32) {
        let value = self.pop();
        self.kill(local);
        self.own(value);
    }
}

impl Graph {
    pub(super) fn borrow_locals(&mut self) {
        self.clear_visited();
        self.blocks[self.entry].visited = true;
        self.blocks[self.entry].start_depth = 0;
        let mut todo = vec![self.entry];
        while let Some(id) = todo.pop() {
            let block = &self.blocks[id];
            let outside = Origin { instr: None, local: None };
            let mut values = Values {
                stack: vec![outside; block.start_depth.max(0) as usize],
                owned: vec![false; block.instrs.len()],
            };
            let mut reached = Vec::new();
            for index in 0..block.instrs.len() {
                let instr = &block.instrs[index];
                step(&mut values, instr.op, instr.arg, index);
                reached.extend(instr.target.filter(|_| instr.op != Opcode::EndAsyncFor));
            }
            let ends = block.last_op().is_some_and(|op| is_unconditional_jump(op) || is_scope_exit(op));
            reached.extend(block.next.filter(|_| !block.instrs.is_empty() && !ends));
            for index in 0..values.stack.len() {
                values.own(values.stack[index]);
            }
            for (instr, owned) in self.blocks[id].instrs.iter_mut().zip(&values.owned) {
                if !owned {
                    match instr.op {
                        Opcode::LoadFast => instr.op = Opcode::LoadFastBorrow,
                        Opcode::LoadFastLoadFast => instr.op = Opcode::LoadFastBorrowLoadFastBorrow,
                        _ => {}
                    }
                }
            }
            self.visit_later(&mut todo, &reached);
        }
    }

    fn visit_later(&mut self, todo: &mut Vec<BlockId>, reached: &[BlockId]) {
        for &id in reached {
            if !self.blocks[id].visited {
                self.blocks[id].visited = true;
                todo.push(id);
            }
        }
    }
}

/// The effect of one instruction.
fn step(values: &mut Values, op: Opcode, arg: u32, at: usize) {
    let (popped, pushed) = (op.popped(arg), op.pushed(arg));
    match op {
        Opcode::DeleteFast => values.kill(arg),
        Opcode::LoadFast => values.push(at, Some(arg)),
        Opcode::LoadFastAndClear => {
            values.kill(arg);
            values.push(at, Some(arg));
        }
        Opcode::LoadFastLoadFast => {
            values.push(at, Some(arg >> 4));
            values.push(at, Some(arg & 15));
        }
        Opcode::StoreFast => values.store(arg),
        Opcode::StoreFastLoadFast => {
            values.store(arg >> 4);
            values.push(at, Some(arg & 15));
        }
        Opcode::StoreFastStoreFast => {
            values.store(arg >> 4);
            values.store(arg & 15);
        }
        Opcode::Copy => {
            let depth = values.stack.len().checked_sub(arg as usize);
            let origin = depth.and_then(|index| values.stack.get(index).copied());
            values.stack.push(origin.unwrap_or(Origin { instr: None, local: None }));
        }
        Opcode::Swap => {
            let len = values.stack.len();
            if let Some(index) = len.checked_sub(arg as usize).filter(|&index| index < len) {
                values.stack.swap(index, len - 1);
            }
        }
        // These leave what they use where it is, and push above it.
        Opcode::FormatSimple
        | Opcode::GetAnext
        | Opcode::GetLen
        | Opcode::GetYieldFromIter
        | Opcode::ImportFrom
        | Opcode::MatchKeys
        | Opcode::MatchMapping
        | Opcode::MatchSequence
        // CPython notes the first instructions of the block, not this one, as the origin of what is pushed. If that is
        // kept, a load there owns its reference needlessly; code objects are to be the same.
        | Opcode::WithExceptStart => (popped..pushed).for_each(|index| values.push((index - popped) as usize, None)),
        // These pop some of what they use, and push nothing.
        Opcode::DictMerge
        | Opcode::DictUpdate
        | Opcode::ListAppend
        | Opcode::ListExtend
        | Opcode::MapAdd
        | Opcode::Reraise
        | Opcode::SetAdd
        | Opcode::SetUpdate => {
            for _ in pushed..popped {
                values.pop();
            }
        }
        Opcode::CheckExcMatch => {
            values.pop();
            values.push(at, None);
        }
        Opcode::ForIter => values.push(at, None),
        Opcode::LoadAttr | Opcode::LoadSuperAttr => {
            let receiver = values.pop();
            if op == Opcode::LoadSuperAttr {
                values.pop();
                values.pop();
            }
            values.push(at, None);
            if arg & 1 != 0 {
                // A method call may leave the receiver on the stack.
                values.stack.push(receiver);
            }
        }
        Opcode::LoadSpecial | Opcode::PushExcInfo => {
            let top = values.pop();
            values.push(at, None);
            values.stack.push(top);
        }
        Opcode::Send => {
            values.pop();
            values.push(at, None);
        }
        _ if op.has_exc() => {}
        _ => {
            for _ in 0..popped {
                values.pop();
            }
            for _ in 0..pushed {
                values.push(at, None);
            }
        }
    }
}
