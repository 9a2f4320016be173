//! Globals, builtins and free variables.

use memory::StackRef;
use threads::Thread;

use super::locals::load_fast_borrow;
use super::{Handler, Next, Pc, go, go_to_likely, slow, sync};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::names;
use crate::interp::run::number;
use crate::interp::top::{Top, exact, read};
use crate::types::cell::Cell;

/// How many units a LOAD_GLOBAL takes.
const LOAD_GLOBAL: usize = 5;

/// Pushes the variable that a cache knows, or leaves it to `otherwise`.
#[inline(always)]
fn push_cached(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    (found, otherwise): (Option<StackRef>, Handler),
) -> Next {
    let Some(found) = found else { return otherwise(thread, frame, pc, top, locals, unit) };
    top.push(found);
    if unit.oparg() & 1 != 0 {
        top.push(StackRef::EMPTY);
    }
    go_to_likely!(
        [number::LoadFastBorrow => load_fast_borrow],
        thread, frame, pc.wrapping_add(LOAD_GLOBAL), top, locals
    )
}

/// A global in a known place, where no more than a look at the object and a plain addition is needed.
#[inline(never)]
#[native::handler]
pub(super) fn load_global_module(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let found = names::placed_global(thread, frame, pc.wrapping_add(1));
    push_cached(thread, frame, pc, top, locals, unit, (found, load_module_in_full))
}

/// The same where the place is not known, or the value takes more than that.
#[inline(never)]
#[native::handler]
fn load_module_in_full(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(1);
    let found = names::cached_global(thread, frame, behind);
    if found.is_some() {
        sync(thread, frame, behind, top);
        names::remember_place(thread, frame, behind, unit, false);
    }
    push_cached(thread, frame, pc, top, locals, unit, (found, slow))
}

/// As [`load_global_module`] for a builtin.
#[inline(never)]
#[native::handler]
pub(super) fn load_global_builtin(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let found = names::placed_builtin(thread, frame, pc.wrapping_add(1));
    push_cached(thread, frame, pc, top, locals, unit, (found, load_builtin_in_full))
}

/// The same where the place is not known, or the value takes more than that.
#[inline(never)]
#[native::handler]
fn load_builtin_in_full(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(1);
    let found = names::cached_builtin(thread, frame, behind);
    if found.is_some() {
        sync(thread, frame, behind, top);
        names::remember_place(thread, frame, behind, unit, true);
    }
    push_cached(thread, frame, pc, top, locals, unit, (found, slow))
}

/// What a cell holds; QUICKLY where no more than a look at the object and a plain addition is needed.
#[inline(never)]
#[native::handler]
pub(super) fn load_deref<const QUICKLY: bool>(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let found = match exact::<Cell>(read(locals.wrapping_add(unit.oparg() as usize))) {
        Some(cell) if QUICKLY => cell.payload().contents.borrow_quickly(thread, cell.header()),
        Some(cell) => cell.payload().contents.borrow(thread, cell.header()),
        None => StackRef::EMPTY,
    };
    if found.is_empty() {
        let otherwise = if QUICKLY { load_deref::<false> } else { slow };
        return otherwise(thread, frame, pc, top, locals, unit);
    }
    top.push(found);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}
