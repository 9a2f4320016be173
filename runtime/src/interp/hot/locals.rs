//! Locals, constants, and the order of the stack.
//!
//! Those that `pairs` falls back on are not inlined there, for the sake of the registers.

use memory::StackRef;
use memory::word::Word;
use threads::Thread;

use super::jumps::jump_backward;
use super::{
    Next, Pc, go, go_polling, go_to_likely, release_and_go, release_in_full, release_slowly_and_go, slow,
};
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::run::{constant, number};
use crate::interp::top::{Top, read, write};

/// The places of the two locals that a unit names.
#[inline(always)]
pub(super) fn two_places(locals: *mut StackRef, unit: Unit) -> (*mut StackRef, *mut StackRef) {
    let oparg = unit.oparg() as usize;
    (locals.wrapping_add(oparg >> 4), locals.wrapping_add(oparg & 15))
}

/// Pushes the two locals that a unit names, borrowed.
#[inline(always)]
pub(super) fn push_two_borrowed(top: &mut Top, locals: *mut StackRef, unit: Unit) {
    let (first, second) = two_places(locals, unit);
    top.push(read(first).to_borrowed_present());
    top.push(read(second).to_borrowed_present());
}

/// Pushes a reference to an object of another thread, or an immortal one, without writing to it if it may be borrowed; out of line,
/// for the sake of the registers.
#[inline(never)]
#[native::handler]
fn push_counted_and_go(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    reference: StackRef,
) -> Next {
    top.push(reference.duplicate(thread));
    go(thread, frame, pc, top, locals)
}

#[native::handler]
pub(super) fn load_fast(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let local = read(locals.wrapping_add(unit.oparg() as usize));
    let Some(counted) = local.counted_quickly(thread) else {
        return push_counted_and_go(thread, frame, pc.wrapping_add(1), top, locals, local);
    };
    top.push(counted);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn load_fast_check(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if read(locals.wrapping_add(unit.oparg() as usize)).is_empty() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    load_fast(thread, frame, pc, top, locals, unit)
}

#[native::handler]
pub(super) fn load_fast_load_fast(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (first, second) = two_places(locals, unit);
    let Some(first) = read(first).counted_quickly(thread) else {
        return load_both_slowly(thread, frame, pc, top, locals, unit);
    };
    top.push(first);
    let local = read(second);
    let Some(second) = local.counted_quickly(thread) else {
        return push_counted_and_go(thread, frame, pc.wrapping_add(1), top, locals, local);
    };
    top.push(second);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

/// As [`load_fast_load_fast`] where counting takes more than a plain addition.
#[inline(never)]
#[native::handler]
fn load_both_slowly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (first, second) = two_places(locals, unit);
    top.push(read(first).duplicate(thread));
    top.push(read(second).duplicate(thread));
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[inline(never)]
#[native::handler]
pub(super) fn load_fast_borrow(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    top.push(read(locals.wrapping_add(unit.oparg() as usize)).to_borrowed_present());
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[inline(never)]
#[native::handler]
pub(super) fn load_fast_borrow_load_fast_borrow(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    push_two_borrowed(&mut top, locals, unit);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn load_fast_and_clear(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = locals.wrapping_add(unit.oparg() as usize);
    top.push(read(place));
    write(place, StackRef::EMPTY);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[inline(never)]
#[native::handler]
pub(super) fn store_fast(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = locals.wrapping_add(unit.oparg() as usize);
    let before = read(place);
    write(place, top.pop());
    release_and_go(before, thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn store_fast_load_fast(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (place, loaded) = two_places(locals, unit);
    // The value stays on the stack until the other one can be pushed in its stead.
    let value = top.peek(1);
    let local = if place == loaded { value } else { read(loaded) };
    let Some(counted) = local.counted_quickly(thread) else {
        return store_and_load_slowly(thread, frame, pc, top, locals, unit);
    };
    let before = read(place);
    write(place, value);
    top.set(1, counted);
    release_and_go(before, thread, frame, pc.wrapping_add(1), top, locals)
}

/// As [`store_fast_load_fast`] where counting takes more than a plain addition.
#[inline(never)]
#[native::handler]
fn store_and_load_slowly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (place, loaded) = two_places(locals, unit);
    let before = read(place);
    write(place, top.peek(1));
    top.set(1, read(loaded).duplicate(thread));
    release_and_go(before, thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn store_fast_store_fast(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (first, second) = two_places(locals, unit);
    let before = read(first);
    if !before.release_own(thread) {
        return store_both_slowly(thread, frame, pc, top, locals, unit);
    }
    write(first, top.pop());
    let before = read(second);
    write(second, top.pop());
    release_and_go(before, thread, frame, pc.wrapping_add(1), top, locals)
}

/// As [`store_fast_store_fast`] where a release takes more than a plain subtraction.
#[inline(never)]
#[native::handler]
fn store_both_slowly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (first, second) = two_places(locals, unit);
    // Both are stored before anything is released, of which objects may die. A local that is named twice keeps the second value.
    let before = read(first);
    write(first, top.pop());
    let then = read(second);
    write(second, top.pop());
    release_in_full(thread, before);
    if !then.release_own(thread) {
        return release_slowly_and_go(thread, frame, pc.wrapping_add(1), top, locals, then);
    }
    go_polling(thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn delete_fast(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = locals.wrapping_add(unit.oparg() as usize);
    let before = read(place);
    if before.is_empty() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    write(place, StackRef::EMPTY);
    release_and_go(before, thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn load_const(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    top.push(StackRef::borrow_from(constant(frame, unit)));
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[inline(never)]
#[native::handler]
pub(super) fn load_small_int(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    top.push(StackRef::immediate(Word::from_int_wrapping(i64::from(unit.oparg()))));
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn pop_top(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    let reference = top.pop();
    if !reference.release_own(thread) {
        return release_slowly_and_go(thread, frame, pc.wrapping_add(1), top, locals, reference);
    }
    go_to_likely!([number::JumpBackward => jump_backward], thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn push_null(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    top.push(StackRef::EMPTY);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn copy(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let reference = top.peek(unit.oparg() as usize);
    let Some(counted) = reference.counted_quickly(thread) else {
        return push_counted_and_go(thread, frame, pc.wrapping_add(1), top, locals, reference);
    };
    top.push(counted);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

/// The result of an `await` takes the place of what was awaited.
#[native::handler]
pub(super) fn end_send(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    let value = top.pop();
    let awaited = top.peek(1);
    top.set(1, value);
    release_and_go(awaited, thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn swap(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let oparg = unit.oparg() as usize;
    let (a, b) = (top.peek(1), top.peek(oparg));
    top.set(1, b);
    top.set(oparg, a);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}
