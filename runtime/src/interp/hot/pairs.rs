//! Two instructions in one: the pairs that programs execute most often. Those of operators on numbers are in [`number_pairs`](super::number_pairs).
//!
//! * INV-PAIR-1: decoding gives the first unit of such a pair an opcode of its own (`specialized::pair`), and the second stays as it is.
//!   A handler here does the work of both only where it finds the second to be what it expects, which it is no longer when it is
//!   watched (`interp::monitor`), and where neither can fail. Otherwise it does the first one alone and goes on at the second. So for three,
//!   of which the first two are left to a pair.
//!   `tests/language/instruction_pairs.py` runs each with and without somebody who watches.

use memory::StackRef;
use memory::word::Word;
use threads::Thread;

use super::attributes::LOAD_ATTR;
use super::calls::return_value;
use super::iteration::go_to_loop;
use super::jumps::jump_if;
use super::locals::{
    copy, load_fast_borrow, load_fast_borrow_load_fast_borrow, push_two_borrowed, store_fast, two_places,
};
use super::names::{load_global_builtin, load_global_module};
use super::operators::{BINARY_OP, store_subscr};
use super::subscripts::{ATTEMPTS, subscript, tuple_item};
use super::{Next, Pc, go, go_to_likely, is_quiet, release_and_go};
use crate::class::Shape;
use crate::interp::attributes;
use crate::interp::frame::Frame;
use crate::interp::instr::{self, Unit};
use crate::interp::run::{constant, fetch, number};
use crate::interp::specialized::{self, internal};
use crate::interp::top::{Top, exact, header, read, write};
use crate::types::{List, ListExt, Tuple};

/// What the local is that a unit names.
#[inline(always)]
pub(super) fn local(locals: *mut StackRef, unit: Unit) -> StackRef {
    read(locals.wrapping_add(unit.oparg() as usize))
}

/// The first instruction of a pair becomes another one of its family.
#[inline(always)]
fn become_(pc: Pc, unit: Unit, opcode: u8) {
    instr::replace(pc.wrapping_add(1), unit, unit.with_opcode(opcode));
}

/// A pair that does not go together here: its first instruction stands alone from now on.
#[cold]
#[inline(never)]
#[native::handler]
pub(super) fn part(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    become_(pc, unit, specialized::base(unit.opcode()));
    go(thread, frame, pc, top, locals)
}

/// `LOAD_FAST_BORROW`, and a `LOAD_ATTR` that is not specialized yet: once it is, so is this.
#[native::handler]
pub(super) fn load_fast_borrow_attr(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    match fetch(pc.wrapping_add(1)).opcode() {
        number::LoadAttr => {}
        internal::LOAD_ATTR_SLOT => become_(pc, unit, internal::LOAD_FAST_BORROW_ATTR_SLOT),
        internal::LOAD_ATTR_METHOD => become_(pc, unit, internal::LOAD_FAST_BORROW_ATTR_METHOD),
        _ => return part(thread, frame, pc, top, locals, unit),
    }
    load_fast_borrow(thread, frame, pc, top, locals, unit)
}

/// The attribute has become another one.
#[cold]
#[inline(never)]
#[native::handler]
fn attribute_changed(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    become_(pc, unit, internal::LOAD_FAST_BORROW_ATTR);
    load_fast_borrow(thread, frame, pc, top, locals, unit)
}

/// `LOAD_FAST_BORROW` and `LOAD_ATTR_SLOT`: the owner stays where it is.
#[native::handler]
pub(super) fn load_fast_borrow_attr_slot(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = pc.wrapping_add(1);
    if fetch(second).opcode() != internal::LOAD_ATTR_SLOT {
        return attribute_changed(thread, frame, pc, top, locals, unit);
    }
    let found = attributes::cached_slot::<true>(thread, second.wrapping_add(1), local(locals, unit));
    if found.is_empty() {
        return load_fast_borrow(thread, frame, pc, top, locals, unit);
    }
    top.push(found);
    go(thread, frame, second.wrapping_add(LOAD_ATTR), top, locals)
}

/// `LOAD_FAST_BORROW` and `LOAD_ATTR_METHOD`.
#[native::handler]
pub(super) fn load_fast_borrow_attr_method(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = pc.wrapping_add(1);
    if fetch(second).opcode() != internal::LOAD_ATTR_METHOD {
        return attribute_changed(thread, frame, pc, top, locals, unit);
    }
    let owner = local(locals, unit);
    let Some(header) = header(owner) else {
        return load_fast_borrow(thread, frame, pc, top, locals, unit);
    };
    let cache = second.wrapping_add(1);
    let method = attributes::cached_method_of::<true>(thread, cache, owner, Shape::of(header));
    if method.is_empty() {
        return load_fast_borrow(thread, frame, pc, top, locals, unit);
    }
    top.push(method);
    top.push(owner.to_borrowed_present());
    go(thread, frame, second.wrapping_add(LOAD_ATTR), top, locals)
}

/// `LOAD_FAST_BORROW` of an index, and a subscript of a list by it.
#[native::handler]
pub(super) fn load_fast_borrow_subscript(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = pc.wrapping_add(1);
    let container = top.peek(1);
    let (Some(index), Some(list), internal::BINARY_OP_SUBSCRIPT) =
        (local(locals, unit).word().as_int(), exact::<List>(container), fetch(second).opcode())
    else {
        return subscript_changed(thread, frame, pc, top, locals, unit);
    };
    let index = if index < 0 { index + list.len() as i64 } else { index };
    let item = list.borrow_quickly(thread, index as usize);
    if item.is_empty() {
        return load_fast_borrow(thread, frame, pc, top, locals, unit);
    }
    top.set(1, item);
    release_and_go(container, thread, frame, second.wrapping_add(BINARY_OP), top, locals)
}

/// So for a tuple.
#[native::handler]
pub(super) fn load_fast_borrow_subscript_tuple(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = pc.wrapping_add(1);
    let container = top.peek(1);
    let (Some(index), Some(tuple), internal::SUBSCRIPT_TUPLE) =
        (local(locals, unit).word().as_int(), exact::<Tuple>(container), fetch(second).opcode())
    else {
        return subscript_changed(thread, frame, pc, top, locals, unit);
    };
    let item = tuple_item(thread, tuple, index);
    if item.is_empty() {
        return load_fast_borrow(thread, frame, pc, top, locals, unit);
    }
    top.set(1, item);
    release_and_go(container, thread, frame, second.wrapping_add(BINARY_OP), top, locals)
}

/// `LOAD_FAST_BORROW_LOAD_FAST_BORROW` of a list and an index, and its subscript.
#[native::handler]
pub(super) fn load_fast_borrow_load_fast_borrow_subscript(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = pc.wrapping_add(1);
    let (container, key) = two_places(locals, unit);
    let (container, key) = (read(container), read(key));
    let (Some(index), Some(list), internal::BINARY_OP_SUBSCRIPT) =
        (key.word().as_int(), exact::<List>(container), fetch(second).opcode())
    else {
        return subscript_changed(thread, frame, pc, top, locals, unit);
    };
    let index = if index < 0 { index + list.len() as i64 } else { index };
    let item = list.borrow_quickly(thread, index as usize);
    if item.is_empty() {
        return load_fast_borrow_load_fast_borrow(thread, frame, pc, top, locals, unit);
    }
    top.push(item);
    go(thread, frame, second.wrapping_add(BINARY_OP), top, locals)
}

/// So for a tuple.
#[native::handler]
pub(super) fn load_fast_borrow_load_fast_borrow_subscript_tuple(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = pc.wrapping_add(1);
    let (container, key) = two_places(locals, unit);
    let (container, key) = (read(container), read(key));
    let (Some(index), Some(tuple), internal::SUBSCRIPT_TUPLE) =
        (key.word().as_int(), exact::<Tuple>(container), fetch(second).opcode())
    else {
        return subscript_changed(thread, frame, pc, top, locals, unit);
    };
    let item = tuple_item(thread, tuple, index);
    if item.is_empty() {
        return load_fast_borrow_load_fast_borrow(thread, frame, pc, top, locals, unit);
    }
    top.push(item);
    go(thread, frame, second.wrapping_add(BINARY_OP), top, locals)
}

/// The subscript is of something else than the pair is for, or has found that it is, or is going to. It is followed into the forms that
/// there are pairs with; for others the first instruction stands alone.
#[cold]
#[inline(never)]
#[native::handler]
fn subscript_changed(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = fetch(pc.wrapping_add(1));
    let is_of_two = specialized::base(unit.opcode()) == number::LoadFastBorrowLoadFastBorrow;
    match second.opcode() {
        internal::BINARY_OP_SUBSCRIPT if second.counter() < ATTEMPTS => {
            become_(
                pc,
                unit,
                if is_of_two {
                    internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBSCRIPT
                } else {
                    internal::LOAD_FAST_BORROW_SUBSCRIPT
                },
            );
        }
        internal::SUBSCRIPT_TUPLE => become_(
            pc,
            unit,
            if is_of_two {
                internal::LOAD_FAST_BORROW_LOAD_FAST_BORROW_SUBSCRIPT_TUPLE
            } else {
                internal::LOAD_FAST_BORROW_SUBSCRIPT_TUPLE
            },
        ),
        _ => return part(thread, frame, pc, top, locals, unit),
    }
    if is_of_two {
        load_fast_borrow_load_fast_borrow(thread, frame, pc, top, locals, unit)
    } else {
        load_fast_borrow(thread, frame, pc, top, locals, unit)
    }
}

/// Declares pairs of a load and a jump that asks whether it is None: whether it jumps if so.
macro_rules! jumps_of_local {
    ($($name:ident: $opcode:path, $jumps:literal;)*) => {
        $(#[native::handler]
        pub(super) fn $name(
            thread: &mut Thread,
            frame: *mut Frame,
            pc: Pc,
            top: Top,
            locals: *mut StackRef,
            unit: Unit,
        ) -> Next {
            let place = pc.wrapping_add(1);
            let second = fetch(place);
            if second.opcode() != $opcode {
                return part(thread, frame, pc, top, locals, unit);
            }
            let jumps = (local(locals, unit).word() == Word::NONE) == $jumps;
            jump_if(jumps, thread, frame, place, top, locals, second)
        })*
    };
}

jumps_of_local! {
    load_fast_borrow_if_none: number::PopJumpIfNone, true;
    load_fast_borrow_if_not_none: number::PopJumpIfNotNone, false;
}

/// `STORE_FAST` and `LOAD_FAST_BORROW`.
#[native::handler]
pub(super) fn store_fast_load_fast_borrow(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = pc.wrapping_add(1);
    let second = fetch(place);
    let stored = locals.wrapping_add(unit.oparg() as usize);
    if second.opcode() != number::LoadFastBorrow || !read(stored).release_own(thread) {
        return store_fast(thread, frame, pc, top, locals, unit);
    }
    write(stored, top.peek(1));
    top.set(1, local(locals, second).to_borrowed_present());
    go(thread, frame, place.wrapping_add(1), top, locals)
}

/// `STORE_FAST` and `LOAD_FAST_BORROW_LOAD_FAST_BORROW`.
#[native::handler]
pub(super) fn store_fast_load_fast_borrow_load_fast_borrow(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = pc.wrapping_add(1);
    let second = fetch(place);
    let stored = locals.wrapping_add(unit.oparg() as usize);
    if second.opcode() != number::LoadFastBorrowLoadFastBorrow || !read(stored).release_own(thread) {
        return store_fast(thread, frame, pc, top, locals, unit);
    }
    write(stored, top.pop());
    push_two_borrowed(&mut top, locals, second);
    go(thread, frame, place.wrapping_add(1), top, locals)
}

/// `STORE_FAST` and `JUMP_BACKWARD`.
#[native::handler]
pub(super) fn store_fast_jump_backward(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = pc.wrapping_add(1);
    let second = fetch(place);
    let stored = locals.wrapping_add(unit.oparg() as usize);
    if second.opcode() != number::JumpBackward || !is_quiet(thread) || !read(stored).release_own(thread) {
        return store_fast(thread, frame, pc, top, locals, unit);
    }
    write(stored, top.pop());
    go_to_loop(thread, frame, place.wrapping_add(2).wrapping_sub(second.oparg() as usize), top, locals)
}

/// `STORE_FAST` and `LOAD_GLOBAL`.
#[native::handler]
pub(super) fn store_fast_load_global(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let stored = locals.wrapping_add(unit.oparg() as usize);
    if !read(stored).release_own(thread) {
        return store_fast(thread, frame, pc, top, locals, unit);
    }
    write(stored, top.pop());
    go_to_likely!(
        [
            internal::LOAD_GLOBAL_MODULE => load_global_module,
            internal::LOAD_GLOBAL_BUILTIN => load_global_builtin
        ],
        thread, frame, pc.wrapping_add(1), top, locals
    )
}

/// `LOAD_CONST` and `RETURN_VALUE`.
#[native::handler]
pub(super) fn load_const_return_value(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    top.push(StackRef::borrow_from(constant(frame, unit)));
    go_to_likely!([number::ReturnValue => return_value], thread, frame, pc.wrapping_add(1), top, locals)
}

/// `LOAD_FAST_BORROW` and `RETURN_VALUE`.
#[native::handler]
pub(super) fn load_fast_borrow_return_value(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    top.push(local(locals, unit).to_borrowed_present());
    go_to_likely!([number::ReturnValue => return_value], thread, frame, pc.wrapping_add(1), top, locals)
}

/// `COPY` of 2 twice: an object and its key, of which both are needed again.
#[native::handler]
pub(super) fn copy_copy(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = fetch(pc.wrapping_add(1));
    if second.opcode() != number::Copy || unit.oparg() != 2 || second.oparg() != 2 {
        return part(thread, frame, pc, top, locals, unit);
    }
    let Some(object) = top.peek(2).counted_quickly(thread) else {
        return copy(thread, frame, pc, top, locals, unit);
    };
    top.push(object);
    let Some(key) = top.peek(2).counted_quickly(thread) else {
        return go(thread, frame, pc.wrapping_add(1), top, locals);
    };
    top.push(key);
    go_to_likely!([internal::BINARY_OP_SUBSCRIPT => subscript], thread, frame, pc.wrapping_add(2), top, locals)
}

/// `SWAP` of 3 and `SWAP` of 2: a value goes below the object and the key that it is to be stored under.
#[native::handler]
pub(super) fn swap_swap(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let second = fetch(pc.wrapping_add(1));
    if second.opcode() != number::Swap || unit.oparg() != 3 || second.oparg() != 2 {
        return part(thread, frame, pc, top, locals, unit);
    }
    let (object, key, value) = (top.peek(3), top.peek(2), top.peek(1));
    top.set(3, value);
    top.set(2, object);
    top.set(1, key);
    go_to_likely!([number::StoreSubscr => store_subscr], thread, frame, pc.wrapping_add(2), top, locals)
}
