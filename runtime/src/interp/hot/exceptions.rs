//! Raising and handling.
//!
//! What is raised is taken by the driver.

use memory::word::Word;
use memory::{StackRef, Value};
use threads::Thread;

use super::{Next, Pc, go, go_polling, raise, release_down, slow, sync};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::run::state_of;
use crate::interp::top::{Top, look};
use crate::interp::unwind;

#[native::handler]
pub(super) fn push_exc_info(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    begin(thread, frame, top);
    top.0 = top.0.wrapping_add(1);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

/// The exception on top is being handled from here on: what was before goes below it.
#[inline(never)]
fn begin(thread: &mut Thread, frame: *mut Frame, mut top: Top) {
    let exception = top.pop_value();
    let before = unwind::begin_handling(state_of(thread), frame, &exception);
    top.push_value(before);
    top.push_value(exception);
}

#[native::handler]
pub(super) fn pop_except(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    end(thread, top.pop());
    go_polling(thread, frame, pc.wrapping_add(1), top, locals)
}

/// What was handled before is so again.
#[inline(never)]
fn end(thread: &mut Thread, before: StackRef) {
    unwind::end_handling(state_of(thread), before.into_value().unwrap_or_else(Value::none));
}

#[native::handler]
pub(super) fn check_exc_match(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(1);
    sync(thread, frame, behind, top);
    let Some(matches) = is_match(thread, top) else {
        return slow(thread, frame, pc, top, locals, unit);
    };
    top.0 = release_down(thread, top.0, 1);
    top.push(StackRef::immediate(Word::from_bool(matches)));
    go(thread, frame, behind, top, locals)
}

/// Whether the class on top, or one of a tuple, takes the exception below it; `None` for what is no such class.
#[inline(never)]
fn is_match(thread: &mut Thread, top: Top) -> Option<bool> {
    unwind::matches(thread, &top.look(2), &top.look(1)).ok()
}

#[native::handler]
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

#[native::handler]
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
