//! Two instructions in one: the pairs that programs execute most often, the first of which loads or stores a local or loads a small int.
//!
//! * INV-PAIR-1: decoding gives the first unit of such a pair an opcode of its own (`specialized::pair`), and the second stays as it is.
//!   A handler here does the work of both only where it finds the second to be what it expects, which it is no longer when it is
//!   watched (`interp::monitor`), and where neither can fail. Otherwise it does the first one alone and goes on at the second.
//!   `tests/language/instruction_pairs.py` runs each with and without somebody who watches.

use memory::StackRef;
use memory::word::Word;
use threads::Thread;

use super::attributes::LOAD_ATTR;
use super::jumps::{branch, jump_if};
use super::locals::{load_fast_borrow, load_fast_borrow_load_fast_borrow, load_small_int, store_fast};
use super::operators::{BINARY_OP, COMPARE_OP, holds};
use super::subscripts::{ATTEMPTS, tuple_item};
use super::{Next, Pc, go, is_quiet, release_and_go};
use crate::class::Shape;
use crate::interp::attributes;
use crate::interp::frame::Frame;
use crate::interp::instr::{self, Unit};
use crate::interp::run::{fetch, number};
use crate::interp::specialized::{self, internal};
use crate::interp::top::{Top, exact, header, read, write};
use crate::types::{List, ListExt, Tuple};

/// What the local is that a unit names.
#[inline(always)]
fn local(locals: *mut StackRef, unit: Unit) -> StackRef {
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
fn part(thread: &mut Thread, frame: *mut Frame, pc: Pc, top: Top, locals: *mut StackRef, unit: Unit) -> Next {
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
    let oparg = unit.oparg() as usize;
    let (container, key) = (read(locals.wrapping_add(oparg >> 4)), read(locals.wrapping_add(oparg & 15)));
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
    let oparg = unit.oparg() as usize;
    let (container, key) = (read(locals.wrapping_add(oparg >> 4)), read(locals.wrapping_add(oparg & 15)));
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

/// Declares pairs of a load and an operator on two ints or two floats: the operator's opcode, and the operations.
macro_rules! operators_of_local {
    ($($name:ident: $opcode:path, $ints:path, $floats:tt;)*) => {
        $(#[native::handler]
        pub(super) fn $name(
            thread: &mut Thread,
            frame: *mut Frame,
            pc: Pc,
            top: Top,
            locals: *mut StackRef,
            unit: Unit,
        ) -> Next {
            let second = pc.wrapping_add(1);
            let (a, b) = (top.peek(1).word(), local(locals, unit).word());
            if fetch(second).opcode() != $opcode {
                return part(thread, frame, pc, top, locals, unit);
            }
            let result = if Word::both_ints(a, b) {
                $ints(a, b)
            } else if a.is_float() && b.is_float() {
                Word::from_float(a.float_payload() $floats b.float_payload())
            } else {
                return part(thread, frame, pc, top, locals, unit);
            };
            let Some(word) = result else { return load_fast_borrow(thread, frame, pc, top, locals, unit) };
            top.set(1, StackRef::immediate(word));
            go(thread, frame, second.wrapping_add(BINARY_OP), top, locals)
        })*
    };
}

operators_of_local! {
    load_fast_borrow_add: internal::BINARY_OP_ADD, Word::checked_add_ints, +;
    load_fast_borrow_subtract: internal::BINARY_OP_SUBTRACT, Word::checked_sub_ints, -;
    load_fast_borrow_multiply: internal::BINARY_OP_MULTIPLY, Word::checked_mul_ints, *;
}

/// Declares pairs of a small int and an operator on ints: the operator's opcode, and the operation.
macro_rules! operators_of_small_int {
    ($($name:ident: $opcode:path, $ints:path;)*) => {
        $(#[native::handler]
        pub(super) fn $name(
            thread: &mut Thread,
            frame: *mut Frame,
            pc: Pc,
            top: Top,
            locals: *mut StackRef,
            unit: Unit,
        ) -> Next {
            let second = pc.wrapping_add(1);
            let a = top.peek(1).word();
            if !a.is_int() || fetch(second).opcode() != $opcode {
                return part(thread, frame, pc, top, locals, unit);
            }
            let Some(word) = $ints(a, Word::from_int_wrapping(i64::from(unit.oparg()))) else {
                return load_small_int(thread, frame, pc, top, locals, unit);
            };
            top.set(1, StackRef::immediate(word));
            go(thread, frame, second.wrapping_add(BINARY_OP), top, locals)
        })*
    };
}

operators_of_small_int! {
    load_small_int_add: internal::BINARY_OP_ADD, Word::checked_add_ints;
    load_small_int_subtract: internal::BINARY_OP_SUBTRACT, Word::checked_sub_ints;
}

/// `LOAD_SMALL_INT` and a comparison of an int with it.
#[native::handler]
pub(super) fn load_small_int_compare(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let place = pc.wrapping_add(1);
    let second = fetch(place);
    let a = top.peek(1).word();
    if !a.is_int() || second.opcode() != number::CompareOp {
        return part(thread, frame, pc, top, locals, unit);
    }
    let b = Word::from_int_wrapping(i64::from(unit.oparg()));
    let truth = holds(second, a.bits() as i64, b.bits() as i64);
    branch(truth, thread, frame, place.wrapping_add(COMPARE_OP), Top(top.place(1)), locals)
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
    write(stored, top.peek(1));
    let oparg = second.oparg() as usize;
    top.set(1, read(locals.wrapping_add(oparg >> 4)).to_borrowed_present());
    top.push(read(locals.wrapping_add(oparg & 15)).to_borrowed_present());
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
    go(thread, frame, place.wrapping_add(2).wrapping_sub(second.oparg() as usize), top, locals)
}
