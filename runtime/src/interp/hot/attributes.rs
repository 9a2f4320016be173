//! Attributes that caches know.

use memory::StackRef;
use threads::Thread;

use super::{Next, Pc, go, go_polling, raise, release_and_go, release_down, slow, sync};
use crate::interp::attributes;
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::top::Top;

/// How many units a LOAD_ATTR and a STORE_ATTR take.
const LOAD_ATTR: usize = 10;
const STORE_ATTR: usize = 5;

/// `LOAD_ATTR` of anything.
pub(super) fn load_attr(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    _: *mut StackRef,
    unit: Unit,
) -> Next {
    let at = pc.wrapping_add(1);
    sync(thread, frame, at, top);
    let (found, takes_receiver) = match attributes::load(thread, frame, at, unit, &top.look(1)) {
        Ok(found) => found,
        Err(raised) => return raise(thread, at, top, raised),
    };
    if takes_receiver {
        let owner = top.pop();
        top.push_value(found);
        top.push(owner);
    } else {
        top.0 = release_down(thread, top.0, 1);
        top.push_value(found);
        if unit.oparg() & 1 != 0 {
            top.push(StackRef::EMPTY);
        }
    }
    Next::polling(thread, pc.wrapping_add(LOAD_ATTR), top)
}

/// Puts the attribute that a cache knows in the place of its owner.
#[inline(always)]
fn load_cached(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    cached: impl FnOnce(&Thread, StackRef) -> StackRef,
) -> Next {
    let owner = top.peek(1);
    let found = cached(thread, owner);
    if found.is_empty() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    top.set(1, found);
    if unit.oparg() & 1 != 0 {
        top.push(StackRef::EMPTY);
    }
    release_and_go(owner, thread, frame, pc.wrapping_add(LOAD_ATTR), top, locals)
}

pub(super) fn load_attr_slot(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let at = pc.wrapping_add(1);
    load_cached(thread, frame, pc, top, locals, unit, move |thread, owner| {
        attributes::cached_slot::<true>(thread, at, owner)
    })
}

pub(super) fn load_attr_method(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let owner = top.peek(1);
    let found = attributes::cached_method::<true>(thread, pc.wrapping_add(1), owner);
    if found.is_empty() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    top.set(1, found);
    top.push(owner);
    go(thread, frame, pc.wrapping_add(LOAD_ATTR), top, locals)
}

pub(super) fn load_attr_module(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (at, index) = (pc.wrapping_add(1), unit.oparg() as usize >> 1);
    load_cached(thread, frame, pc, top, locals, unit, move |thread, module| {
        attributes::cached_in_module::<true>(thread, frame, at, index, module)
    })
}

pub(super) fn load_attr_computed(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let at = pc.wrapping_add(1);
    let owner = top.look(1);
    let Some(data) = attributes::cached_computed(at, &owner) else {
        return slow(thread, frame, pc, top, locals, unit);
    };
    sync(thread, frame, at, top);
    match (data.get)(thread, &owner) {
        Ok(found) => {
            top.0 = release_down(thread, top.0, 1);
            top.push_value(found);
            if unit.oparg() & 1 != 0 {
                top.push(StackRef::EMPTY);
            }
            Next::polling(thread, pc.wrapping_add(LOAD_ATTR), top)
        }
        Err(raised) => raise(thread, at, top, raised),
    }
}

/// Stores an attribute where a cache knows that it belongs.
#[inline(always)]
fn store_cached(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    store: impl FnOnce(&Thread, Pc, StackRef, StackRef) -> bool,
) -> Next {
    if !store(thread, pc.wrapping_add(1), top.peek(1), top.peek(2)) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let owner = top.pop();
    top.0 = top.place(1); // the value is in the slot now
    if !owner.release_quickly(thread) {
        owner.release();
    }
    go_polling(thread, frame, pc.wrapping_add(STORE_ATTR), top, locals)
}

pub(super) fn store_attr_slot(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    store_cached(thread, frame, pc, top, locals, unit, attributes::store_cached)
}

pub(super) fn store_attr_new(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    store_cached(thread, frame, pc, top, locals, unit, attributes::store_new)
}
