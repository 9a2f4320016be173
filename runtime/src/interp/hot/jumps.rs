//! Jumps, and where a function begins.

use memory::StackRef;
use memory::word::{Word, keep_apart};
use threads::Thread;

use super::iteration::go_to_loop;
use super::{Next, Pc, go, go_polling, is_quiet, release_and_go, slow};
use crate::interp::frame::Frame;
use crate::interp::instr::{CONDITIONAL_JUMP, Unit};
use crate::interp::monitor;
use crate::interp::run::{fetch, number};
use crate::interp::top::Top;

#[native::handler]
pub(super) fn resume(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if unit.0 >> 40 != monitor::version() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    go_polling(thread, frame, pc.wrapping_add(1), top, locals)
}

/// Whether a RESUME has nothing to do: nobody has asked anything of this thread, and no monitor has come or gone.
#[inline(always)]
pub(super) fn needs_no_resume(thread: &Thread, unit: Unit) -> bool {
    unit.0 >> 40 == monitor::version() && is_quiet(thread)
}

#[native::handler]
pub(super) fn nop(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn jump_forward(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    go(thread, frame, pc.wrapping_add(1 + unit.oparg() as usize), top, locals)
}

#[native::handler]
pub(super) fn jump_backward(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    // What is raised here is raised by the jump, not by what stands before its target.
    if !is_quiet(thread) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    go_to_loop(thread, frame, pc.wrapping_add(2).wrapping_sub(unit.oparg() as usize), top, locals)
}

#[native::handler]
pub(super) fn jump_backward_no_interrupt(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    go(thread, frame, pc.wrapping_add(1).wrapping_sub(unit.oparg() as usize), top, locals)
}

/// Goes on at or behind a conditional jump at `pc`.
#[inline(always)]
pub(super) fn jump_if(
    jumps: bool,
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let ahead = if jumps {
        keep_apart();
        CONDITIONAL_JUMP + unit.oparg() as usize
    } else {
        unit.behind()
    };
    go(thread, frame, pc.wrapping_add(ahead), top, locals)
}

/// A truth value on the stack: jumps at once if the next instruction, at `pc`, is a conditional jump.
#[inline(always)]
pub(super) fn branch(
    truth: bool,
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
) -> Next {
    let unit = fetch(pc);
    match unit.opcode() {
        number::PopJumpIfFalse => jump_if(!truth, thread, frame, pc, top, locals, unit),
        number::PopJumpIfTrue => jump_if(truth, thread, frame, pc, top, locals, unit),
        _ => {
            top.push(StackRef::immediate(Word::from_bool(truth)));
            go(thread, frame, pc, top, locals)
        }
    }
}

#[native::handler]
pub(super) fn pop_jump_if_false(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let jumps = top.pop().word() == Word::FALSE;
    jump_if(jumps, thread, frame, pc, top, locals, unit)
}

#[native::handler]
pub(super) fn pop_jump_if_true(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let jumps = top.pop().word() == Word::TRUE;
    jump_if(jumps, thread, frame, pc, top, locals, unit)
}

#[native::handler]
pub(super) fn pop_jump_if_none(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let reference = top.pop();
    if reference.word() == Word::NONE {
        return jump_if(true, thread, frame, pc, top, locals, unit);
    }
    release_and_go(reference, thread, frame, pc.wrapping_add(unit.behind()), top, locals)
}

#[native::handler]
pub(super) fn pop_jump_if_not_none(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let reference = top.pop();
    if reference.word() == Word::NONE {
        return jump_if(false, thread, frame, pc, top, locals, unit);
    }
    let target = pc.wrapping_add(CONDITIONAL_JUMP + unit.oparg() as usize);
    release_and_go(reference, thread, frame, target, top, locals)
}
