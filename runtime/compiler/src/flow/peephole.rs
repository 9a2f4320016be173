//! Instructions that are better together: jumps to jumps, comparisons that feed branches, collections of constants.

use super::{BlockId, Consts, Graph, Instr, fold};
use crate::ast::Span;
use crate::opcode::{CompareOp, Intrinsic1, Opcode};

/// What a jump finds at its target.
struct Target {
    op: Opcode,
    to: Option<BlockId>,
    span: Span,
}

impl Graph {
    pub(super) fn optimize_block(&mut self, id: BlockId, consts: &mut Consts) {
        let mut index = 0;
        while index < self.blocks[id].instrs.len() {
            if !self.thread_jump(id, index) {
                optimize_instr(&mut self.blocks[id].instrs, index, consts);
                index += 1;
            }
        }
        let block = &mut self.blocks[id];
        let mut index = 0;
        while index < block.instrs.len() {
            if block.instrs[index].op == Opcode::Swap {
                if block.instrs[index].arg == 1 {
                    block.instrs[index].make_nop();
                } else {
                    index = block.shorten_swaps(index);
                    block.apply_swaps(index);
                }
            }
            index += 1;
        }
    }

    /// Makes a jump to a jump go where that goes; tells whether it did, and so the instruction is to be seen again.
    fn thread_jump(&mut self, id: BlockId, index: usize) -> bool {
        let instr = &self.blocks[id].instrs[index];
        if !instr.is_jump() {
            return false;
        }
        let op = instr.op;
        let Some(to) = instr.target else { return false };
        let Some(first) = self.blocks[to].instrs.first() else { return false };
        let target = Target { op: first.op, to: first.target, span: first.span };
        let new_op = match (op, target.op) {
            (
                Opcode::PopJumpIfNotNone
                | Opcode::PopJumpIfNone
                | Opcode::PopJumpIfFalse
                | Opcode::PopJumpIfTrue
                | Opcode::JumpIfFalse
                | Opcode::JumpIfTrue,
                Opcode::Jump,
            ) => op,
            (Opcode::JumpIfFalse, Opcode::JumpIfFalse) | (Opcode::JumpIfTrue, Opcode::JumpIfTrue) => op,
            (Opcode::JumpIfFalse, Opcode::JumpIfTrue) | (Opcode::JumpIfTrue, Opcode::JumpIfFalse) => {
                let next = self.blocks[to].next;
                let instr = &mut self.blocks[id].instrs[index];
                if next.is_none() || instr.target == next {
                    return false;
                }
                instr.target = next;
                return true;
            }
            (Opcode::Jump | Opcode::JumpNoInterrupt, Opcode::Jump) => Opcode::Jump,
            (Opcode::Jump | Opcode::JumpNoInterrupt, Opcode::JumpNoInterrupt) => op,
            _ => return false,
        };
        let (Some(further), true) = (target.to, target.to != Some(to)) else { return false };
        let block = &mut self.blocks[id];
        if block.instrs[index].target == Some(further) {
            return false;
        }
        // The NOP keeps the line of the jump, as long as that is needed.
        block.instrs[index].make_nop();
        block.push(Instr::jump(new_op, further, target.span));
        true
    }
}

fn optimize_instr(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    let (op, arg) = (instrs[at].op, instrs[at].arg);
    let next = instrs.get(at + 1).map(|next| next.op);
    match (op, next) {
        (Opcode::BuildTuple, Some(Opcode::UnpackSequence))
            if (1..=3).contains(&arg) && instrs[at + 1].arg == arg =>
        {
            instrs[at].make_nop();
            if arg == 1 {
                instrs[at + 1].make_nop();
            } else {
                instrs[at + 1].op = Opcode::Swap;
            }
        }
        (Opcode::BuildTuple, _) => fold::tuple(instrs, at, consts),
        (Opcode::BuildList | Opcode::BuildSet, next) => fold::list_or_set(instrs, at, next, consts),
        (Opcode::ListAppend | Opcode::SetAdd, Some(Opcode::GetIter | Opcode::ContainsOp)) => {
            fold::last_appended(instrs, at, consts);
        }
        (Opcode::CompareOp, Some(Opcode::ToBool)) => {
            instrs[at].make_nop();
            instrs[at + 1].set(Opcode::CompareOp, arg | CompareOp::TO_BOOL);
        }
        (Opcode::ContainsOp | Opcode::IsOp, Some(Opcode::ToBool)) => {
            instrs[at].make_nop();
            instrs[at + 1].set(op, arg);
        }
        (Opcode::ContainsOp | Opcode::IsOp, Some(Opcode::UnaryNot)) => {
            instrs[at].make_nop();
            instrs[at + 1].set(op, arg ^ 1);
        }
        (Opcode::ToBool, Some(Opcode::ToBool)) => {
            instrs[at].make_nop();
        }
        (Opcode::UnaryNot, Some(Opcode::ToBool)) => {
            instrs[at].make_nop();
            instrs[at + 1].set(Opcode::UnaryNot, 0);
        }
        (Opcode::UnaryNot, Some(Opcode::UnaryNot)) => {
            instrs[at].make_nop();
            instrs[at + 1].make_nop();
        }
        (Opcode::UnaryNot | Opcode::UnaryInvert | Opcode::UnaryNegative, _) => {
            fold::unary(instrs, at, consts)
        }
        (Opcode::CallIntrinsic1, next) if arg == Intrinsic1::ListToTuple as u32 => {
            fold::list_to_tuple(instrs, at, consts);
            if instrs[at].op == op && next == Some(Opcode::GetIter) {
                instrs[at].make_nop();
            }
        }
        (Opcode::CallIntrinsic1, _) if arg == Intrinsic1::UnaryPositive as u32 => {
            fold::unary(instrs, at, consts)
        }
        (Opcode::BinaryOp, _) => fold::binary(instrs, at, consts),
        (Opcode::LoadGlobal, Some(Opcode::PushNull)) if arg & 1 == 0 => {
            instrs[at].arg = arg | 1;
            instrs[at + 1].make_nop();
        }
        (Opcode::StoreFast, Some(Opcode::StoreFast)) => {
            let following = &instrs[at + 1];
            if following.arg == arg && following.span.lineno == instrs[at].span.lineno {
                instrs[at].set(Opcode::PopTop, 0);
            }
        }
        _ => {}
    }
}
