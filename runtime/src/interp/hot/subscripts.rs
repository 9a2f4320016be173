//! Subscripts: `container[key]`, in forms.
//!
//! Decoding gives a subscript the form for a list and a small int. Where it meets something else, it takes the form for that
//! ([`subscript_unlike`]); after [`ATTEMPTS`] changes it stays in the first form, which then asks each time.

use memory::word::Word;
use memory::{Object, StackRef};
use threads::Thread;

use super::calls::Called;
use super::operators::BINARY_OP;
use super::{HANDLERS, Next, Pc, calls, computed, is_quiet, release_and_go, sequences, slow, sync};
use crate::class::class_of;
use crate::interp::frame::Frame;
use crate::interp::held::special_function;
use crate::interp::instr::{Unit, replace};
use crate::interp::run::stack_of;
use crate::interp::specialized::internal;
use crate::interp::top::{Top, exact, look, write};
use crate::types::bytearray::{self, Bytearray};
use crate::types::function::Function;
use crate::types::slice::Slice;
use crate::types::str::borrow_character;
use crate::types::{Bytes, BytesExt, Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt};
use crate::{names, ops};

/// How often a subscript changes its form before it stays as it is.
pub(super) const ATTEMPTS: u16 = 8;

/// The form for a container and a key.
fn form_for(container: StackRef, key: StackRef) -> u8 {
    let by_int = key.word().as_int().is_some();
    if exact::<Dict>(container).is_some() {
        internal::SUBSCRIPT_DICT
    } else if exact::<Slice>(key).is_some() && !calls::is_of_program(container) {
        internal::SUBSCRIPT_SLICE
    } else if by_int && exact::<List>(container).is_some() {
        internal::BINARY_OP_SUBSCRIPT
    } else if by_int && exact::<Tuple>(container).is_some() {
        internal::SUBSCRIPT_TUPLE
    } else if by_int && is_text(container) {
        internal::SUBSCRIPT_TEXT
    } else if calls::is_of_program(container) {
        internal::SUBSCRIPT_METHOD
    } else {
        internal::SUBSCRIPT_ANY
    }
}

fn is_text(container: StackRef) -> bool {
    exact::<Str>(container).is_some()
        || exact::<Bytes>(container).is_some()
        || exact::<Bytearray>(container).is_some()
}

/// Something else than the instruction is a form for: it takes the form for this, and runs.
#[inline(never)]
#[native::handler]
fn subscript_unlike(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let form = form_for(top.peek(2), top.peek(1));
    if unit.counter() < ATTEMPTS {
        replace(pc.wrapping_add(1), unit, unit.with_opcode(form).with_counter(unit.counter() + 1));
    } else if unit.opcode() != internal::BINARY_OP_SUBSCRIPT {
        replace(pc.wrapping_add(1), unit, unit.with_opcode(internal::BINARY_OP_SUBSCRIPT));
    }
    HANDLERS[form as usize](thread, frame, pc, top, locals, unit)
}

/// A subscript of a list by a small int.
#[native::handler]
pub(super) fn subscript(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (container, key) = (top.peek(2), top.peek(1));
    let (Some(index), Some(list)) = (key.word().as_int(), exact::<List>(container)) else {
        return subscript_unlike(thread, frame, pc, top, locals, unit);
    };
    let index = if index < 0 { index + list.len() as i64 } else { index };
    // What is still negative is none as a usize.
    let item = list.borrow_quickly(thread, index as usize);
    if item.is_empty() {
        return subscript_slowly(thread, frame, pc, top, locals, unit);
    }
    top.0 = top.place(1);
    top.set(1, item);
    release_and_go(container, thread, frame, pc.wrapping_add(BINARY_OP), top, locals)
}

/// A subscript of a tuple by a small int.
#[native::handler]
pub(super) fn subscript_tuple(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (container, key) = (top.peek(2), top.peek(1));
    let (Some(index), Some(tuple)) = (key.word().as_int(), exact::<Tuple>(container)) else {
        return subscript_unlike(thread, frame, pc, top, locals, unit);
    };
    let item = tuple_item(thread, tuple, index);
    if item.is_empty() {
        return subscript_slowly(thread, frame, pc, top, locals, unit);
    }
    top.0 = top.place(1);
    top.set(1, item);
    release_and_go(container, thread, frame, pc.wrapping_add(BINARY_OP), top, locals)
}

/// An item of a tuple, borrowed in a few steps if that is possible; else EMPTY.
#[inline(always)]
pub(super) fn tuple_item(thread: &Thread, tuple: &Object<Tuple>, index: i64) -> StackRef {
    let index = if index < 0 { index + tuple.len() as i64 } else { index };
    // What is still negative is none as a usize.
    match tuple.items().get(index as usize) {
        Some(item) => StackRef::borrow_held_quickly(thread, tuple.header(), item),
        None => StackRef::EMPTY,
    }
}

/// As [`subscript`] and [`subscript_tuple`] where counting the item takes more, or where there is none.
#[inline(never)]
#[native::handler]
fn subscript_slowly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let container = top.peek(2);
    let item = item(thread, container, top.peek(1));
    if item.is_empty() {
        return computed::get_item(thread, frame, pc, top, locals, unit);
    }
    top.0 = top.place(1);
    top.set(1, item);
    release_and_go(container, thread, frame, pc.wrapping_add(BINARY_OP), top, locals)
}

/// The item of a list or tuple that a small int names; EMPTY if there is none.
#[inline(never)]
fn item(thread: &Thread, container: StackRef, key: StackRef) -> StackRef {
    let Some(index) = key.word().as_int() else { return StackRef::EMPTY };
    let at = |len: usize| usize::try_from(if index < 0 { index + len as i64 } else { index }).ok();
    if let Some(list) = exact::<List>(container) {
        return at(list.len()).map_or(StackRef::EMPTY, |index| list.borrow(thread, index));
    }
    let Some(tuple) = exact::<Tuple>(container) else { return StackRef::EMPTY };
    let item = at(tuple.len()).and_then(|index| tuple.items().get(index));
    item.map_or(StackRef::EMPTY, |item| StackRef::borrow_held(thread, tuple.header(), item))
}

/// A subscript of a dict.
#[native::handler]
pub(super) fn subscript_dict(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (container, key) = (top.peek(2), top.peek(1));
    let Some(dict) = exact::<Dict>(container) else {
        return subscript_unlike(thread, frame, pc, top, locals, unit);
    };
    let value = value_of(thread, dict, key);
    if value.is_empty() {
        return computed::get_item(thread, frame, pc, top, locals, unit);
    }
    top.0 = top.place(1);
    top.set(1, value);
    if !key.release_quickly(thread) {
        key.release();
    }
    release_and_go(container, thread, frame, pc.wrapping_add(BINARY_OP), top, locals)
}

/// The value of a key that is a str or a small int, if it takes no Python to find it; else EMPTY.
#[inline(never)]
fn value_of(thread: &Thread, dict: &Object<Dict>, key: StackRef) -> StackRef {
    match key.word().as_int() {
        Some(number) => dict.borrow_int(thread, &look(key), number),
        None if exact::<Str>(key).is_some() => dict.borrow_str(thread, &look(key)),
        None => StackRef::EMPTY,
    }
}

/// A subscript of a str or of bytes by a small int.
#[native::handler]
pub(super) fn subscript_text(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (container, key) = (top.peek(2), top.peek(1));
    let Some(index) = key.word().as_int() else {
        return subscript_unlike(thread, frame, pc, top, locals, unit);
    };
    let item = text_item(thread, container, index);
    if item.is_empty() {
        return text_unlike(thread, frame, pc, top, locals, unit);
    }
    top.0 = top.place(1);
    top.set(1, item);
    release_and_go(container, thread, frame, pc.wrapping_add(BINARY_OP), top, locals)
}

/// As [`subscript_text`] where there is no such item, or no text.
#[inline(never)]
#[native::handler]
fn text_unlike(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if is_text(top.peek(2)) {
        return computed::get_item(thread, frame, pc, top, locals, unit);
    }
    subscript_unlike(thread, frame, pc, top, locals, unit)
}

/// A character or a byte; EMPTY if there is none, and for other containers.
#[inline(never)]
fn text_item(thread: &Thread, container: StackRef, index: i64) -> StackRef {
    if let Some(text) = exact::<Str>(container) {
        let index = if index < 0 { index + text.len() as i64 } else { index };
        let code = usize::try_from(index).ok().and_then(|index| text.char_at(index));
        return code.map_or(StackRef::EMPTY, |code| character(thread, code));
    }
    if let Some(bytes) = exact::<Bytes>(container) {
        return byte(bytes.bytes(), index);
    }
    let Some(bytes) = exact::<Bytearray>(container) else { return StackRef::EMPTY };
    bytearray::with_bytes(thread, bytes, |bytes| byte(bytes, index))
}

/// The str of one character; EMPTY if there is no memory for it.
#[inline(always)]
fn character(thread: &Thread, code: u32) -> StackRef {
    match u8::try_from(code) {
        Ok(byte) => borrow_character(byte),
        Err(_) => Str::from_char(thread, code).map_or(StackRef::EMPTY, StackRef::from_value),
    }
}

/// A byte as an int; EMPTY if there is none.
#[inline(always)]
fn byte(bytes: &[u8], index: i64) -> StackRef {
    let index = if index < 0 { index + bytes.len() as i64 } else { index };
    let byte = usize::try_from(index).ok().and_then(|index| bytes.get(index));
    byte.and_then(|&byte| Word::from_int(byte.into())).map_or(StackRef::EMPTY, StackRef::immediate)
}

/// A subscript by a slice.
#[native::handler]
pub(super) fn subscript_slice(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if exact::<Slice>(top.peek(1)).is_none() {
        return subscript_unlike(thread, frame, pc, top, locals, unit);
    }
    sequences::subscript_by_slice(thread, frame, pc, top, locals, unit)
}

/// A subscript that a native answers, or a class.
#[native::handler]
pub(super) fn subscript_any(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if calls::is_of_program(top.peek(2)) {
        return subscript_unlike(thread, frame, pc, top, locals, unit);
    }
    computed::get_item(thread, frame, pc, top, locals, unit)
}

/// A subscript of an instance of a program's class, whose `__getitem__` is entered here.
#[native::handler]
pub(super) fn subscript_method(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if !calls::is_of_program(top.peek(2)) {
        return subscript_unlike(thread, frame, pc, top, locals, unit);
    }
    if !is_quiet(thread) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let behind = pc.wrapping_add(BINARY_OP);
    sync(thread, frame, behind, top);
    let called = call_getitem(thread, frame, top);
    calls::go_behind(thread, frame, behind, top, locals, 2, called)
}

#[inline(never)]
fn call_getitem(thread: &mut Thread, frame: *mut Frame, top: Top) -> Called {
    let (container, key) = (top.peek(2), top.peek(1));
    let method = special_function(thread, class_of(&look(container)), names::__getitem__());
    let Some(function) = exact::<Function>(method) else {
        return ops::getitem(thread, &look(container), &look(key)).into();
    };
    // The function, then its arguments: each operand goes up by one place.
    let place = top.place(2);
    write(place, method);
    write(place.wrapping_add(1), container);
    write(place.wrapping_add(2), key);
    let top = Top(place.wrapping_add(3));
    stack_of(thread).set_top(top.0);
    calls::enter(thread, frame, top, function, (place, place.wrapping_add(1), 2), &[])
}
