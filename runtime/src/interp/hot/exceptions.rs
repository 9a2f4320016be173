//! Raising and handling.
//!
//! None of these leads to the next handler: the driver takes what is raised, and the others are not worth their registers.

use memory::word::Word;
use memory::{StackRef, Value};
use threads::Thread;

use super::{Next, Pc, raise, release_down, slow, sync};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::run::state_of;
use crate::interp::top::{Top, look};
use crate::interp::unwind;

pub(super) fn push_exc_info(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    _: *mut StackRef,
    _: Unit,
) -> Next {
    let exception = top.pop_value();
    let before = unwind::begin_handling(state_of(thread), frame, &exception);
    top.push_value(before);
    top.push_value(exception);
    Next::at(thread, pc.wrapping_add(1), top)
}

pub(super) fn pop_except(
    thread: &mut Thread,
    _: *mut Frame,
    pc: Pc,
    mut top: Top,
    _: *mut StackRef,
    _: Unit,
) -> Next {
    let before = top.pop_value();
    unwind::end_handling(state_of(thread), before);
    Next::polling(thread, pc.wrapping_add(1), top)
}

pub(super) fn check_exc_match(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    _: *mut StackRef,
    _: Unit,
) -> Next {
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match unwind::matches(thread, &top.look(2), &top.look(1)) {
        Ok(matches) => {
            top.0 = release_down(thread, top.0, 1);
            top.push(StackRef::immediate(Word::from_bool(matches)));
            Next::at(thread, pc, top)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

pub(super) fn raise_varargs(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if unit.oparg() != 1 {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let pc = pc.wrapping_add(1);
    let exception: Value = top.pop_value();
    sync(thread, frame, pc, top);
    let raised = unwind::raise(thread, frame, Some(exception), None);
    raise(thread, pc, top, raised)
}

pub(super) fn reraise(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    _: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let pc = pc.wrapping_add(1);
    let exception = top.pop_value();
    sync(thread, frame, pc, top);
    if oparg > 0 {
        unwind::restore_instruction(frame, &look(top.peek(oparg)));
    }
    let raised = unwind::reraise(frame, exception);
    raise(thread, pc, top, raised)
}
