//! Globals, builtins and free variables.

use memory::StackRef;
use threads::Thread;

use super::{Next, Pc, go, slow};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::names;
use crate::interp::top::{Top, exact, read};
use crate::types::cell::Cell;

/// How many units a LOAD_GLOBAL takes.
const LOAD_GLOBAL: usize = 5;

/// Pushes the global that a cache knows.
#[inline(always)]
fn load_global(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    found: Option<StackRef>,
) -> Next {
    let Some(found) = found else { return slow(thread, frame, pc, top, locals, unit) };
    top.push(found);
    if unit.oparg() & 1 != 0 {
        top.push(StackRef::EMPTY);
    }
    go(thread, frame, pc.wrapping_add(LOAD_GLOBAL), top, locals)
}

pub(super) fn load_global_module(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let found = names::cached_global::<true>(thread, frame, pc.wrapping_add(1));
    load_global(thread, frame, pc, top, locals, unit, found)
}

pub(super) fn load_global_builtin(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let found = names::cached_builtin::<true>(thread, frame, pc.wrapping_add(1));
    load_global(thread, frame, pc, top, locals, unit, found)
}

pub(super) fn load_deref(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let found = match exact::<Cell>(read(locals.wrapping_add(unit.oparg() as usize))) {
        Some(cell) => cell.payload().contents.borrow_quickly(thread, cell.header()),
        None => StackRef::EMPTY,
    };
    if found.is_empty() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    top.push(found);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}
