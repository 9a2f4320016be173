//! Operators whose left operand is an instance of a program's class: the special method, a Python function, is entered as a called function
//! is, without a second driver.
//!
//! The operands stay where they are; above them stand the method and both operands once more, borrowed, which become the callee's first
//! locals. When it returns, its result stands on the operands, and the frame goes on in the instruction's first cache, where decoding has put
//! the instruction that finishes the work ([`finish_binary_op`], [`finish_compare_op`]): it removes the operands, or asks the right one
//! if the answer is NotImplemented. What an exception leaves on the stack is what the operator would leave.
//!
//! Only where the right operand's class cannot come first: it is no subclass. Of an operator that is no comparison, besides, it is the same
//! or none that a program has made: what asks the right operand after the left one would ask the left one once more.

use memory::word::Word;
use memory::{StackRef, Value};
use threads::Thread;

use super::calls::{enter_plainly, go_into, is_of_program};
use super::computed::{self, compute};
use super::jumps::branch;
use super::operators::{BINARY_OP, COMPARE_OP};
use super::{Next, Pc, go_polling, is_quiet, release, release_down};
use crate::class::slot_table::has_trampoline;
use crate::class::{BinaryOp, ClassFlags, Comparison, TypeExt, class_of};
use crate::error::Result;
use crate::interp::frame::Frame;
use crate::interp::held::special_function;
use crate::interp::instr::Unit;
use crate::interp::run::operator;
use crate::interp::top::{Top, exact, look, write};
use crate::ops;
use crate::types::function::Function;

/// `BINARY_OP` of anything.
#[inline(never)]
#[native::handler]
pub(super) fn binary(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if is_of_program(top.peek(2))
        && let Some(called) = enter_binary(thread, frame, pc, top, unit)
    {
        return go_into(thread, called);
    }
    computed::binary_in_full(thread, frame, pc, top, locals, unit)
}

/// `COMPARE_OP` of anything.
#[inline(never)]
#[native::handler]
pub(super) fn compare(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if is_of_program(top.peek(2))
        && let Some(called) = enter_compare(thread, frame, pc, top, unit)
    {
        return go_into(thread, called);
    }
    computed::compare_in_full(thread, frame, pc, top, locals, unit)
}

/// Pushes the frame of the left operand's method; `None`, and nothing done, where it takes more than that.
#[inline(never)]
fn enter_binary(thread: &Thread, frame: *mut Frame, pc: Pc, top: Top, unit: Unit) -> Option<*mut Frame> {
    let (op, in_place) = operator(unit.oparg())?;
    let class = class_of(&look(top.peek(2)));
    let own_in_place = in_place && class.payload().slots.inplace[op as usize].get().is_some();
    if op == BinaryOp::Power
        || own_in_place
        || !has_trampoline(class, |slots| slots.binary[op as usize].get().map(|f| f as usize))
    {
        return None;
    }
    let of_right = class_of(&look(top.peek(1)));
    if !std::ptr::eq(class, of_right) && of_right.payload().flags().contains(ClassFlags::HEAP) {
        return None;
    }
    enter(thread, frame, pc, top, op.method())
}

/// So for a comparison.
#[inline(never)]
fn enter_compare(thread: &Thread, frame: *mut Frame, pc: Pc, top: Top, unit: Unit) -> Option<*mut Frame> {
    let class = class_of(&look(top.peek(2)));
    if !has_trampoline(class, |slots| slots.compare.get().map(|f| f as usize)) {
        return None;
    }
    let of_right = class_of(&look(top.peek(1)));
    if !std::ptr::eq(class, of_right) && of_right.is_subclass_of(class) {
        return None;
    }
    enter(thread, frame, pc, top, comparison(unit).method())
}

fn comparison(unit: Unit) -> Comparison {
    Comparison::ALL[(unit.oparg() >> 5) as usize % Comparison::ALL.len()]
}

#[inline(always)]
fn enter(thread: &Thread, frame: *mut Frame, pc: Pc, top: Top, name: &Value) -> Option<*mut Frame> {
    let (left, right) = (look(top.peek(2)), look(top.peek(1)));
    if !is_quiet(thread) {
        return None;
    }
    let method = special_function(thread, class_of(&left), name);
    let function = exact::<Function>(method)?;
    // Within what a frame has to spare (`Plan::SPARE`).
    let place = top.0;
    write(place, method);
    write(place.wrapping_add(1), StackRef::borrow_from(&left));
    write(place.wrapping_add(2), StackRef::borrow_from(&right));
    let called =
        enter_plainly(thread, frame, pc.wrapping_add(1), function, (place, place.wrapping_add(1), 2));
    if called.is_none() {
        release(method);
    }
    called
}

/// The result of a `BINARY_OP`'s special method stands on the operands: it takes their place.
#[native::handler]
pub(super) fn finish_binary_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(BINARY_OP - 1);
    let result = top.peek(1);
    if result.word() == Word::NOT_IMPLEMENTED {
        return compute(thread, frame, behind, top, locals, unit, (3, binary_after_left));
    }
    top.0 = release_operands(thread, top);
    top.push(result);
    go_polling(thread, frame, behind, top, locals)
}

/// So for a `COMPARE_OP`.
#[native::handler]
pub(super) fn finish_compare_op(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(COMPARE_OP - 1);
    let result = top.peek(1);
    let word = result.word();
    if word == Word::TRUE || word == Word::FALSE {
        top.0 = release_operands(thread, top);
        if !is_quiet(thread) {
            top.push(result);
            return go_polling(thread, frame, behind, top, locals);
        }
        return branch(word == Word::TRUE, thread, frame, behind, top, locals);
    }
    compute(thread, frame, behind, top, locals, unit, (3, finish_comparison))
}

/// Releases the two operands below the result, which leaves the stack; returns where the top is then.
#[inline(always)]
fn release_operands(thread: &Thread, top: Top) -> *mut StackRef {
    release_down(thread, top.place(1), 2)
}

#[inline(never)]
fn binary_after_left(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<Value> {
    let (left, right) = (top.look(3), top.look(2));
    match operator(unit.oparg()) {
        Some((op, false)) => ops::binary_after_left(thread, &left, &right, op),
        Some((op, true)) => ops::inplace_after_left(thread, &left, &right, op),
        None => Ok(Value::not_implemented()),
    }
}

#[inline(never)]
fn finish_comparison(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<Value> {
    let mut result = (*top.look(1)).clone();
    if result.is_not_implemented() {
        result = ops::compare_after_left(thread, &top.look(3), &top.look(2), comparison(unit))?;
    }
    if unit.oparg() & 16 == 0 {
        return Ok(result);
    }
    ops::is_true(thread, &result).map(Value::from_bool)
}
