//! Constants: operations on them computed, collections of them built, branches on them decided.

use super::evaluate::{self, is_true};
use super::{BlockId, Consts, Graph, Instr, NO_LOCATION};
use crate::Constant;
use crate::opcode::{BinaryOp, Intrinsic1, Opcode};

/// Longest sequence of constants that is collected from the instructions that push them.
const MAX_PUSHED: u32 = 30;
/// Shortest list or set of constants that is built of one constant.
const MIN_CONST_SEQUENCE: u32 = 3;

/// Whether the instruction pushes a constant.
pub(super) fn loads_const(op: Opcode) -> bool {
    op.has_const() || op == Opcode::LoadSmallInt
}

/// The constant that an instruction pushes.
pub(super) fn loaded(instr: &Instr, consts: &Consts) -> Option<Constant> {
    match instr.op {
        Opcode::LoadSmallInt => Some(Constant::Int(instr.arg.into())),
        op if op.has_const() => consts.get(instr.arg).cloned(),
        _ => None,
    }
}

/// Makes the instruction push a constant.
fn make_load(instr: &mut Instr, value: Constant, consts: &mut Consts) {
    match value {
        Constant::Int(int @ 0..=255) => instr.set(Opcode::LoadSmallInt, int as u32),
        value => {
            let index = consts.add(value);
            instr.set(Opcode::LoadConst, index);
        }
    }
}

/// The last `count` instructions before `end` that push constants, if nothing but NOPs is between them.
fn pushed_before(instrs: &[Instr], end: usize, count: u32) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    let mut index = end;
    while found.len() < count as usize {
        index = index.checked_sub(1)?;
        match instrs[index].op {
            Opcode::Nop => {}
            op if loads_const(op) => found.push(index),
            _ => return None,
        }
    }
    found.reverse();
    Some(found)
}

fn values(instrs: &[Instr], indices: &[usize], consts: &Consts) -> Option<Vec<Constant>> {
    indices.iter().map(|&index| loaded(&instrs[index], consts)).collect()
}

fn remove(instrs: &mut [Instr], indices: &[usize]) {
    for &index in indices {
        instrs[index].make_nop();
        instrs[index].span = NO_LOCATION;
    }
}

/// `tuple` of constants.
pub(super) fn tuple(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    let count = instrs[at].arg;
    if count > MAX_PUSHED {
        return;
    }
    let Some(pushed) = pushed_before(instrs, at, count) else { return };
    let Some(items) = values(instrs, &pushed, consts) else { return };
    remove(instrs, &pushed);
    make_load(&mut instrs[at], Constant::Tuple(items), consts);
}

/// `[…]` or `{…}` of constants: extend an empty one by a constant, or use the constant where it is only read.
pub(super) fn list_or_set(instrs: &mut [Instr], at: usize, next: Option<Opcode>, consts: &mut Consts) {
    let (op, count) = (instrs[at].op, instrs[at].arg);
    let only_read = matches!(next, Some(Opcode::GetIter | Opcode::ContainsOp));
    if count > MAX_PUSHED || count < MIN_CONST_SEQUENCE && !only_read {
        return;
    }
    let found = pushed_before(instrs, at, count);
    let Some((pushed, items)) =
        found.and_then(|pushed| Some((values(instrs, &pushed, consts)?, pushed)).map(|(v, p)| (p, v)))
    else {
        if only_read && op == Opcode::BuildList {
            instrs[at].op = Opcode::BuildTuple;
        }
        return;
    };
    let collection = if op == Opcode::BuildSet { frozenset(items) } else { Constant::Tuple(items) };
    let index = consts.add(collection);
    remove(instrs, &pushed);
    if only_read {
        instrs[at].set(Opcode::LoadConst, index);
        return;
    }
    // At least three instructions are there to be used.
    instrs[at - 2].span = instrs[at].span;
    instrs[at - 2].set(op, 0);
    instrs[at - 1].set(Opcode::LoadConst, index);
    instrs[at].set(if op == Opcode::BuildSet { Opcode::SetUpdate } else { Opcode::ListExtend }, 1);
}

fn frozenset(items: Vec<Constant>) -> Constant {
    let mut unique: Vec<Constant> = Vec::with_capacity(items.len());
    for item in items {
        if !unique.iter().any(|seen| evaluate::equal(seen, &item)) {
            unique.push(item);
        }
    }
    Constant::FrozenSet(unique)
}

/// A list or set that is built of constants one by one, `build` and then `add` for each: where it starts, and the
/// constants. The last `add` stands before `end`.
fn appended_before(
    instrs: &[Instr],
    end: usize,
    (build, add): (Opcode, Opcode),
    consts: &Consts,
) -> Option<(usize, Vec<Constant>)> {
    let mut items = Vec::new();
    let mut expect_add = true;
    for start in (0..end).rev() {
        let instr = &instrs[start];
        match instr.op {
            Opcode::Nop => continue,
            op if op == build && instr.arg == 0 && expect_add => {
                items.reverse();
                return Some((start, items));
            }
            op if expect_add && op == add && instr.arg == 1 => {}
            _ if !expect_add => items.push(loaded(instr, consts)?),
            _ => return None,
        }
        expect_add = !expect_add;
    }
    None
}

fn remove_range(instrs: &mut [Instr], range: std::ops::Range<usize>) {
    let used: Vec<usize> = range.filter(|&index| instrs[index].op != Opcode::Nop).collect();
    remove(instrs, &used);
}

/// `tuple(list)` where the list is built of constants one by one.
pub(super) fn list_to_tuple(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    let found = appended_before(instrs, at, (Opcode::BuildList, Opcode::ListAppend), consts);
    let Some((start, items)) = found else { return };
    remove_range(instrs, start..at);
    make_load(&mut instrs[at], Constant::Tuple(items), consts);
}

/// The last constant of a list or set that is only read: the whole is a constant.
pub(super) fn last_appended(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    if instrs[at].arg != 1 {
        return;
    }
    let add = instrs[at].op;
    let build = if add == Opcode::SetAdd { Opcode::BuildSet } else { Opcode::BuildList };
    let Some((start, items)) = appended_before(instrs, at + 1, (build, add), consts) else { return };
    remove_range(instrs, start..at + 1);
    let collection = if add == Opcode::SetAdd { frozenset(items) } else { Constant::Tuple(items) };
    make_load(&mut instrs[at], collection, consts);
}

/// A unary operation on a constant.
pub(super) fn unary(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    let Some(pushed) = pushed_before(instrs, at, 1) else { return };
    let Some(operand) = pushed.first().and_then(|&index| loaded(&instrs[index], consts)) else { return };
    let result = match instrs[at].op {
        Opcode::UnaryNegative => evaluate::negative(&operand),
        Opcode::UnaryInvert => evaluate::invert(&operand),
        Opcode::UnaryNot => Some(Constant::Bool(!is_true(&operand))),
        Opcode::CallIntrinsic1 if instrs[at].arg == Intrinsic1::UnaryPositive as u32 => {
            evaluate::positive(&operand)
        }
        _ => None,
    };
    let Some(result) = result else { return };
    remove(instrs, &pushed);
    make_load(&mut instrs[at], result, consts);
}

/// A binary operation on constants.
pub(super) fn binary(instrs: &mut [Instr], at: usize, consts: &mut Consts) {
    let Some(op) = BinaryOp::from_oparg(instrs[at].arg) else { return };
    let Some(pushed) = pushed_before(instrs, at, 2) else { return };
    let Some([left, right]) =
        values(instrs, &pushed, consts).and_then(|values| <[Constant; 2]>::try_from(values).ok())
    else {
        return;
    };
    let Some(result) = evaluate::binary(&left, op, &right) else { return };
    remove(instrs, &pushed);
    make_load(&mut instrs[at], result, consts);
}

impl Graph {
    /// Small ints, and what is done at once with a constant just loaded: branch, `is None`, conversion to bool.
    pub(super) fn fold_loaded_constants(&mut self, consts: &mut Consts) {
        for id in self.order() {
            self.fold_loaded_in(id, consts);
        }
    }

    fn fold_loaded_in(&mut self, id: BlockId, consts: &mut Consts) {
        let instrs = &mut self.blocks[id].instrs;
        // The constant on top of the stack; COPY 1 leaves it there.
        let mut top: Option<Instr> = None;
        for index in 0..instrs.len() {
            if instrs[index].op == Opcode::LoadConst
                && let Some(&Constant::Int(int @ 0..=255)) = consts.get(instrs[index].arg)
            {
                instrs[index].set(Opcode::LoadSmallInt, int as u32);
            }
            let instr = &instrs[index];
            let copies = top.as_ref().is_some_and(|top| top.op == Opcode::LoadConst)
                && instr.op == Opcode::Copy
                && instr.arg == 1;
            if !copies {
                top = matches!(instr.op, Opcode::LoadConst | Opcode::LoadSmallInt).then(|| instr.clone());
            }
            let Some(value) = top.as_ref().and_then(|top| loaded(top, consts)) else { continue };
            let Some(next) = instrs.get(index + 1).map(|next| next.op) else { continue };
            match next {
                Opcode::PopJumpIfFalse | Opcode::PopJumpIfTrue | Opcode::JumpIfFalse | Opcode::JumpIfTrue => {
                    if next.stack_effect(0, false) == -1 {
                        instrs[index].make_nop();
                    }
                    let when = matches!(next, Opcode::PopJumpIfTrue | Opcode::JumpIfTrue);
                    if is_true(&value) == when {
                        instrs[index + 1].op = Opcode::Jump;
                    } else {
                        instrs[index + 1].make_nop();
                    }
                }
                Opcode::IsOp if value == Constant::None => fold_is_none(instrs, index),
                Opcode::ToBool => {
                    let arg = consts.add(Constant::Bool(is_true(&value)));
                    instrs[index].make_nop();
                    instrs[index + 1].set(Opcode::LoadConst, arg);
                }
                _ => {}
            }
        }
    }
}

/// `LOAD_CONST None; IS_OP; [TO_BOOL;] POP_JUMP_IF_…` is one jump.
fn fold_is_none(instrs: &mut [Instr], at: usize) {
    let mut jump = at + 2;
    if instrs.get(jump).is_some_and(|instr| instr.op == Opcode::ToBool) {
        instrs[jump].make_nop();
        jump += 1;
    }
    let inverted = instrs[at + 1].arg != 0;
    let Some(jump) = instrs.get_mut(jump) else { return };
    let when_none = match jump.op {
        Opcode::PopJumpIfFalse => inverted,
        Opcode::PopJumpIfTrue => !inverted,
        _ => return,
    };
    jump.op = if when_none { Opcode::PopJumpIfNone } else { Opcode::PopJumpIfNotNone };
    instrs[at].make_nop();
    instrs[at + 1].make_nop();
}
