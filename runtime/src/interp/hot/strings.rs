//! Formatted strings.

use memory::{StackRef, Value};
use threads::Thread;

use super::{Next, Pc, go, go_polling, raise, release_down, sync};
use crate::error::Result;
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::operations;
use crate::interp::top::{Top, exact, with_values};
use crate::types::Str;

#[native::handler]
pub(super) fn format_simple(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if exact::<Str>(top.peek(1)).is_some() {
        return go(thread, frame, pc.wrapping_add(1), top, locals);
    }
    format(thread, frame, pc, top, locals, unit)
}

/// `format(value)`
#[inline(never)]
#[native::handler]
fn format(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match formatted(thread, top) {
        Ok(text) => {
            top.0 = release_down(thread, top.0, 1);
            top.push_value(text);
            go_polling(thread, frame, pc, top, locals)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

/// Apart from the handler for INV-HOT-2, as is [`joined`].
#[inline(never)]
fn formatted(thread: &mut Thread, top: Top) -> Result<Value> {
    operations::format_simple(thread, &top.look(1))
}

#[native::handler]
pub(super) fn build_string(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let n = unit.oparg() as usize;
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match joined(thread, top.place(n), n) {
        Ok(text) => {
            top.0 = release_down(thread, top.0, n);
            top.push_value(text);
            go(thread, frame, pc, top, locals)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

#[inline(never)]
fn joined(thread: &mut Thread, first: *mut StackRef, n: usize) -> Result<Value> {
    with_values(first, n, |values| operations::build_string(thread, values))
}
