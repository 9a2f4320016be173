//! Formatted strings.

use memory::StackRef;
use threads::Thread;

use super::{Next, Pc, go, raise, release_down, sync};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::operations;
use crate::interp::top::{Top, Values, exact};
use crate::types::Str;

pub(super) fn format_simple(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    if exact::<Str>(top.peek(1)).is_some() {
        return go(thread, frame, pc.wrapping_add(1), top, locals);
    }
    format(thread, frame, pc, top)
}

/// `format(value)`
#[inline(never)]
fn format(thread: &mut Thread, frame: *mut Frame, pc: Pc, mut top: Top) -> Next {
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match operations::format_simple(thread, &top.look(1)) {
        Ok(text) => {
            top.0 = release_down(thread, top.0, 1);
            top.push_value(text);
            Next::polling(thread, pc, top)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

pub(super) fn build_string(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    _: *mut StackRef,
    unit: Unit,
) -> Next {
    let n = unit.oparg() as usize;
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    let values = Values::of(top.place(n), n);
    match operations::build_string(thread, values.slice()) {
        Ok(text) => {
            top.0 = release_down(thread, top.0, n);
            top.push_value(text);
            Next::at(thread, pc, top)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}
