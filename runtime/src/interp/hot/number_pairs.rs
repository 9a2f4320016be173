//! Operators on numbers, together with the instructions that load their operands (INV-PAIR-1).
//!
//! Each is for two ints or two floats. With operands of other types the first instruction stands alone from then on; where the result is no
//! number of the machine's, only this time.

use memory::StackRef;
use memory::word::Word;
use threads::Thread;

use super::jumps::branch;
use super::locals::{
    load_const, load_fast_borrow, load_fast_borrow_load_fast_borrow, load_small_int, push_two_borrowed,
    two_places,
};
use super::operators::{BINARY_OP, COMPARE_OP, binary_op, holds, of_numbers};
use super::pairs::{local, part};
use super::{Next, Pc, go, go_to_likely};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::run::{constant, fetch, number};
use crate::interp::specialized::internal;
use crate::interp::top::{Top, read};

/// The small int that a unit names.
#[inline(always)]
fn small_int(unit: Unit) -> Word {
    Word::from_int_wrapping(i64::from(unit.oparg()))
}

/// The two locals that a unit names.
#[inline(always)]
fn two_locals(locals: *mut StackRef, unit: Unit) -> (Word, Word) {
    let (first, second) = two_places(locals, unit);
    (read(first).word(), read(second).word())
}

/// Declares operators of which a load gives the second operand: the operator's opcode, the operations, what the load alone is, and the
/// operand.
macro_rules! operators_of_loaded {
    ($($name:ident: $opcode:path, $ints:path, $floats:tt, $alone:path,
        |$frame:ident, $locals:ident, $unit:ident| $operand:expr;)*) => {
        $(#[native::handler]
        pub(super) fn $name(
            thread: &mut Thread,
            $frame: *mut Frame,
            pc: Pc,
            top: Top,
            $locals: *mut StackRef,
            $unit: Unit,
        ) -> Next {
            let second = pc.wrapping_add(1);
            let operands = (top.peek(1).word(), $operand);
            if fetch(second).opcode() != $opcode {
                return part(thread, $frame, pc, top, $locals, $unit);
            }
            let Some(result) = of_numbers(operands, $ints, |x, y| x $floats y) else {
                return part(thread, $frame, pc, top, $locals, $unit);
            };
            let Some(word) = result else { return $alone(thread, $frame, pc, top, $locals, $unit) };
            top.set(1, StackRef::immediate(word));
            go(thread, $frame, second.wrapping_add(BINARY_OP), top, $locals)
        })*
    };
}

operators_of_loaded! {
    load_fast_borrow_add: internal::BINARY_OP_ADD, Word::checked_add_ints, +, load_fast_borrow,
        |frame, locals, unit| local(locals, unit).word();
    load_fast_borrow_subtract: internal::BINARY_OP_SUBTRACT, Word::checked_sub_ints, -, load_fast_borrow,
        |frame, locals, unit| local(locals, unit).word();
    load_fast_borrow_multiply: internal::BINARY_OP_MULTIPLY, Word::checked_mul_ints, *, load_fast_borrow,
        |frame, locals, unit| local(locals, unit).word();
    load_const_add: internal::BINARY_OP_ADD, Word::checked_add_ints, +, load_const,
        |frame, locals, unit| constant(frame, unit).word();
    load_const_subtract: internal::BINARY_OP_SUBTRACT, Word::checked_sub_ints, -, load_const,
        |frame, locals, unit| constant(frame, unit).word();
    load_const_multiply: internal::BINARY_OP_MULTIPLY, Word::checked_mul_ints, *, load_const,
        |frame, locals, unit| constant(frame, unit).word();
}

/// Declares operators on two locals: the operator's opcode, and the operations.
macro_rules! operators_of_locals {
    ($($name:ident: $opcode:path, $ints:path, $floats:tt;)*) => {
        $(#[native::handler]
        pub(super) fn $name(
            thread: &mut Thread,
            frame: *mut Frame,
            pc: Pc,
            mut top: Top,
            locals: *mut StackRef,
            unit: Unit,
        ) -> Next {
            let second = pc.wrapping_add(1);
            let operands = two_locals(locals, unit);
            if fetch(second).opcode() != $opcode {
                return part(thread, frame, pc, top, locals, unit);
            }
            let Some(result) = of_numbers(operands, $ints, |x, y| x $floats y) else {
                return part(thread, frame, pc, top, locals, unit);
            };
            let Some(word) = result else {
                return load_fast_borrow_load_fast_borrow(thread, frame, pc, top, locals, unit);
            };
            top.push(StackRef::immediate(word));
            go(thread, frame, second.wrapping_add(BINARY_OP), top, locals)
        })*
    };
}

operators_of_locals! {
    load_fast_borrow_load_fast_borrow_add: internal::BINARY_OP_ADD, Word::checked_add_ints, +;
    load_fast_borrow_load_fast_borrow_subtract: internal::BINARY_OP_SUBTRACT, Word::checked_sub_ints, -;
    load_fast_borrow_load_fast_borrow_multiply: internal::BINARY_OP_MULTIPLY, Word::checked_mul_ints, *;
}

/// A comparison of two locals.
#[native::handler]
pub(super) fn load_fast_borrow_load_fast_borrow_compare(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = pc.wrapping_add(1);
    let second = fetch(place);
    let (a, b) = two_locals(locals, unit);
    if second.opcode() != number::CompareOp {
        return part(thread, frame, pc, top, locals, unit);
    }
    let truth = if Word::both_ints(a, b) {
        holds(second, a.bits() as i64, b.bits() as i64)
    } else if a.is_float() && b.is_float() {
        holds(second, a.float_payload(), b.float_payload())
    } else {
        return part(thread, frame, pc, top, locals, unit);
    };
    branch(truth, thread, frame, place.wrapping_add(COMPARE_OP), top, locals)
}

/// Declares operators on an int and a small int: the operator's opcode, the operation, and for the same of a local, which loads nothing
/// before, the name and the opcode of what follows the local.
macro_rules! operators_of_small_int {
    ($($name:ident: $opcode:path, $ints:path; $of_local:ident: $pair:path;)*) => {
        $(#[native::handler]
        pub(super) fn $name(
            thread: &mut Thread,
            frame: *mut Frame,
            pc: Pc,
            top: Top,
            locals: *mut StackRef,
            unit: Unit,
        ) -> Next {
            let second = pc.wrapping_add(1);
            let a = top.peek(1).word();
            if !a.is_int() || fetch(second).opcode() != $opcode {
                return part(thread, frame, pc, top, locals, unit);
            }
            let Some(word) = $ints(a, small_int(unit)) else {
                return load_small_int(thread, frame, pc, top, locals, unit);
            };
            top.set(1, StackRef::immediate(word));
            go(thread, frame, second.wrapping_add(BINARY_OP), top, locals)
        }

        #[native::handler]
        pub(super) fn $of_local(
            thread: &mut Thread,
            frame: *mut Frame,
            pc: Pc,
            mut top: Top,
            locals: *mut StackRef,
            unit: Unit,
        ) -> Next {
            let (second, third) = (fetch(pc.wrapping_add(1)), pc.wrapping_add(2));
            let a = local(locals, unit).word();
            if !a.is_int() || second.opcode() != $pair || fetch(third).opcode() != $opcode {
                return part(thread, frame, pc, top, locals, unit);
            }
            let Some(word) = $ints(a, small_int(second)) else {
                return load_fast_borrow(thread, frame, pc, top, locals, unit);
            };
            top.push(StackRef::immediate(word));
            go(thread, frame, third.wrapping_add(BINARY_OP), top, locals)
        })*
    };
}

operators_of_small_int! {
    load_small_int_add: internal::BINARY_OP_ADD, Word::checked_add_ints;
        load_fast_borrow_load_small_int_add: internal::LOAD_SMALL_INT_ADD;
    load_small_int_subtract: internal::BINARY_OP_SUBTRACT, Word::checked_sub_ints;
        load_fast_borrow_load_small_int_subtract: internal::LOAD_SMALL_INT_SUBTRACT;
}

/// `LOAD_SMALL_INT` and a comparison of an int with it.
#[native::handler]
pub(super) fn load_small_int_compare(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = pc.wrapping_add(1);
    let second = fetch(place);
    let a = top.peek(1).word();
    if !a.is_int() || second.opcode() != number::CompareOp {
        return part(thread, frame, pc, top, locals, unit);
    }
    let truth = holds(second, a.bits() as i64, small_int(unit).bits() as i64);
    branch(truth, thread, frame, place.wrapping_add(COMPARE_OP), Top(top.place(1)), locals)
}

/// A comparison of a local with a small int.
#[native::handler]
pub(super) fn load_fast_borrow_load_small_int_compare(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (second, place) = (fetch(pc.wrapping_add(1)), pc.wrapping_add(2));
    let third = fetch(place);
    let a = local(locals, unit).word();
    if !a.is_int()
        || second.opcode() != internal::LOAD_SMALL_INT_COMPARE
        || third.opcode() != number::CompareOp
    {
        return part(thread, frame, pc, top, locals, unit);
    }
    let truth = holds(third, a.bits() as i64, small_int(second).bits() as i64);
    branch(truth, thread, frame, place.wrapping_add(COMPARE_OP), top, locals)
}

/// `LOAD_SMALL_INT` and another operator.
#[native::handler]
pub(super) fn load_small_int_binary_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    top.push(StackRef::immediate(small_int(unit)));
    go_to_likely!([number::BinaryOp => binary_op], thread, frame, pc.wrapping_add(1), top, locals)
}

/// `LOAD_CONST` and another operator.
#[native::handler]
pub(super) fn load_const_binary_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    top.push(StackRef::borrow_from(constant(frame, unit)));
    go_to_likely!([number::BinaryOp => binary_op], thread, frame, pc.wrapping_add(1), top, locals)
}

/// `LOAD_FAST_BORROW_LOAD_FAST_BORROW` and another operator.
#[native::handler]
pub(super) fn load_fast_borrow_load_fast_borrow_binary_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    push_two_borrowed(&mut top, locals, unit);
    go_to_likely!([number::BinaryOp => binary_op], thread, frame, pc.wrapping_add(1), top, locals)
}
