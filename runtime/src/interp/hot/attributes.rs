//! Attributes that caches know.

use memory::{StackRef, Value};
use threads::Thread;

use super::calls::{class_of_value, enter_plainly, go_into};
use super::{
    Handler, Next, Pc, go, go_polling, is_quiet, raise, release, release_and_go, release_down, slow, sync,
};
use crate::class::Shape;
use crate::error::Result;
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::run::{fetch, number};
use crate::interp::top::{Top, exact, header};
use crate::interp::{attributes, held, operations, super_call};
use crate::native::GetSet;
use crate::types::function::Function;

/// How many units a LOAD_ATTR and a STORE_ATTR take.
pub(super) const LOAD_ATTR: usize = 10;
const STORE_ATTR: usize = 5;

/// `LOAD_ATTR` of anything.
#[native::handler]
pub(super) fn load_attr(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let at = pc.wrapping_add(1);
    sync(thread, frame, at, top);
    match load_anything(thread, frame, at, top, unit) {
        Ok(top) => go_polling(thread, frame, pc.wrapping_add(LOAD_ATTR), top, locals),
        Err(raised) => raise(thread, at, top, raised),
    }
}

/// Puts the attribute in the place of its owner; returns where the top is then.
#[inline(never)]
fn load_anything(thread: &mut Thread, frame: *mut Frame, at: Pc, mut top: Top, unit: Unit) -> Result<Top> {
    let (found, takes_receiver) = attributes::load(thread, frame, at, unit, &top.look(1))?;
    if takes_receiver {
        let owner = top.pop();
        top.push_value(found);
        top.push(owner);
    } else {
        top = replace_owner(thread, top, unit, found);
    }
    Ok(top)
}

/// Puts what has been found in the place of its owner; returns where the top is then.
#[inline(always)]
fn replace_owner(thread: &Thread, mut top: Top, unit: Unit, found: Value) -> Top {
    top.0 = release_down(thread, top.0, 1);
    top.push_value(found);
    if unit.oparg() & 1 != 0 {
        top.push(StackRef::EMPTY);
    }
    top
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
    (cached, otherwise): (impl FnOnce(&Thread, StackRef) -> StackRef, Handler),
) -> Next {
    let owner = top.peek(1);
    let found = cached(thread, owner);
    if found.is_empty() {
        return otherwise(thread, frame, pc, top, locals, unit);
    }
    top.set(1, found);
    if unit.oparg() & 1 != 0 {
        top.push(StackRef::EMPTY);
    }
    release_and_go(owner, thread, frame, pc.wrapping_add(LOAD_ATTR), top, locals)
}

/// An attribute in a slot; QUICKLY where no more than a look at it and a plain addition is needed.
#[inline(never)]
#[native::handler]
pub(super) fn load_attr_slot<const QUICKLY: bool>(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let owner = top.peek(1);
    let found = attributes::cached_slot::<QUICKLY>(thread, pc.wrapping_add(1), owner);
    if found.is_empty() {
        let otherwise = if QUICKLY { load_attr_slot::<false> } else { slow };
        return otherwise(thread, frame, pc, top, locals, unit);
    }
    top.set(1, found);
    release_and_go(owner, thread, frame, pc.wrapping_add(LOAD_ATTR), top, locals)
}

/// Declares handlers that put what a cache knows in the place of its owner: what finds it, given where the cache is and the owner.
/// QUICKLY as for [`load_attr_slot`].
macro_rules! cached_attributes {
    ($($name:ident: $find:path;)*) => {
        $(#[inline(never)]
        #[native::handler]
        pub(super) fn $name<const QUICKLY: bool>(
            thread: &mut Thread,
            frame: *mut Frame,
            pc: Pc,
            top: Top,
            locals: *mut StackRef,
            unit: Unit,
        ) -> Next {
            let at = pc.wrapping_add(1);
            let find = move |thread: &Thread, owner| $find(thread, at, owner);
            let otherwise = if QUICKLY { $name::<false> } else { slow };
            load_cached(thread, frame, pc, top, locals, unit, (find, otherwise))
        })*
    };
}

cached_attributes! {
    load_attr_slot_called: attributes::cached_slot::<QUICKLY>;
    load_attr_slots: attributes::cached_in_ways::<QUICKLY>;
    load_attr_module: attributes::cached_in_module::<QUICKLY>;
    load_attr_held: held::cached_held::<QUICKLY>;
    load_attr_class: held::cached_of_class::<QUICKLY>;
}

#[inline(never)]
#[native::handler]
pub(super) fn load_attr_method<const QUICKLY: bool>(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let owner = top.peek(1);
    let Some(header) = header(owner) else {
        return load_method_of_immediate(thread, frame, pc, top, locals, unit);
    };
    let found = attributes::cached_method_of::<QUICKLY>(thread, pc.wrapping_add(1), owner, Shape::of(header));
    let otherwise = if QUICKLY { load_attr_method::<false> } else { slow };
    push_method(thread, frame, pc, top, locals, unit, (found, otherwise))
}

/// Apart, for the sake of the registers.
#[inline(never)]
#[native::handler]
fn load_method_of_immediate(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let found = attributes::cached_method(thread, pc.wrapping_add(1), top.peek(1));
    push_method(thread, frame, pc, top, locals, unit, (found, slow))
}

/// Puts a method below its receiver.
#[inline(always)]
fn push_method(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    (method, otherwise): (StackRef, Handler),
) -> Next {
    if method.is_empty() {
        return otherwise(thread, frame, pc, top, locals, unit);
    }
    let owner = top.peek(1);
    top.set(1, method);
    top.push(owner);
    go(thread, frame, pc.wrapping_add(LOAD_ATTR), top, locals)
}

/// What a descriptor makes of an instance or a class.
#[native::handler]
pub(super) fn load_attr_bound(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let at = pc.wrapping_add(1);
    sync(thread, frame, at, top);
    let (wants_method, behind) = (unit.oparg() & 1 != 0, pc.wrapping_add(LOAD_ATTR));
    // CALL_FUNCTION_EX takes a method and its receiver as the other calls do.
    let is_called = !wants_method && fetch(behind).opcode() == number::PushNull;
    match held::load_bound(thread, at, top, wants_method, is_called) {
        Ok(found) if is_called && found.0 > top.0 => {
            go_polling(thread, frame, behind.wrapping_add(1), found, locals)
        }
        Ok(top) if !top.0.is_null() => go_polling(thread, frame, behind, top, locals),
        Ok(_) => slow(thread, frame, pc, top, locals, unit),
        Err(raised) => raise(thread, at, top, raised),
    }
}

/// A property: its getter is called here.
#[native::handler]
pub(super) fn load_attr_property(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let owner = top.peek(1);
    if unit.oparg() & 1 != 0 || !is_quiet(thread) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let getter = held::cached_getter(thread, pc.wrapping_add(1), owner);
    let Some(function) = exact::<Function>(getter) else {
        return slow(thread, frame, pc, top, locals, unit);
    };
    let place = top.place(1);
    top.set(1, getter);
    top.push(owner);
    let called = (place, place.wrapping_add(1), 1);
    match enter_plainly(thread, frame, pc.wrapping_add(LOAD_ATTR), function, called) {
        Some(called) => go_into(thread, called),
        None => {
            // As it was.
            top = Top(place);
            top.push(owner);
            release(getter);
            slow(thread, frame, pc, top, locals, unit)
        }
    }
}

/// `super().name` of a plain method that is called, or whatever `step` finds.
#[native::handler]
pub(super) fn load_super_attr(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    const LOAD_SUPER_ATTR: usize = 2;
    if unit.oparg() & 1 == 0 {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let (place, receiver) = (top.place(3), top.peek(1));
    let Some(method) = super_call::super_method(thread, frame, pc.wrapping_add(1), unit, place) else {
        return slow(thread, frame, pc, top, locals, unit);
    };
    // `super` and the class are held by others: what releases them does not end their lives.
    release_down(thread, top.place(1), 2);
    top = Top(place);
    top.push(method);
    top.push(receiver);
    go_polling(thread, frame, pc.wrapping_add(LOAD_SUPER_ATTR), top, locals)
}

/// The method of a context manager that a `with` statement calls.
#[native::handler]
pub(super) fn load_special(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let owner = top.peek(1);
    let method = operations::special_method(thread, owner, unit.oparg());
    if method.is_empty() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    top.set(1, method);
    top.push(owner);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

#[native::handler]
pub(super) fn load_attr_computed(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let at = pc.wrapping_add(1);
    let Some(data) = cached_computed(at, top) else {
        return slow(thread, frame, pc, top, locals, unit);
    };
    sync(thread, frame, at, top);
    match compute(thread, data, top) {
        Ok(found) => {
            let top = replace_owner(thread, top, unit, found);
            go_polling(thread, frame, pc.wrapping_add(LOAD_ATTR), top, locals)
        }
        Err(raised) => raise(thread, at, top, raised),
    }
}

/// `__class__` as `object` computes it: no count keeps a class alive, so it is borrowed.
#[native::handler]
pub(super) fn load_attr_class_of(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if cached_computed(pc.wrapping_add(1), top).is_none() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let owner = top.peek(1);
    top.set(1, class_of_value(thread, owner));
    if unit.oparg() & 1 != 0 {
        top.push(StackRef::EMPTY);
    }
    release_and_go(owner, thread, frame, pc.wrapping_add(LOAD_ATTR), top, locals)
}

/// What computes the attribute, as the cache has it. Apart from the handler, as is the next one, because it takes the address of
/// the owner (INV-HOT-2).
#[inline(never)]
fn cached_computed(at: Pc, top: Top) -> Option<&'static GetSet> {
    attributes::cached_computed(at, &top.look(1))
}

#[inline(never)]
fn compute(thread: &mut Thread, data: &GetSet, top: Top) -> Result<Value> {
    (data.get)(thread, &top.look(1))
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

#[native::handler]
pub(super) fn store_attr_slot(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let owner = top.peek(1);
    if !attributes::store_quickly(thread, pc.wrapping_add(1), owner, top.peek(2)) {
        return store_attr_slot_slowly(thread, frame, pc, top, locals, unit);
    }
    // The value is in the slot now, and nothing has died of it.
    release_and_go(owner, thread, frame, pc.wrapping_add(STORE_ATTR), Top(top.place(2)), locals)
}

/// As [`store_attr_slot`], whatever it takes.
#[inline(never)]
#[native::handler]
fn store_attr_slot_slowly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    store_cached(thread, frame, pc, top, locals, unit, attributes::store_cached)
}

#[native::handler]
pub(super) fn store_attr_slots(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    store_cached(thread, frame, pc, top, locals, unit, attributes::store_in_ways)
}

#[native::handler]
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
