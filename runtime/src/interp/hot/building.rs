//! Building containers, and taking them apart.

use containers::set::AddedPrivately;
use memory::{Held, Object, StackRef, Value};
use threads::Thread;

use super::jumps::jump_backward;
use super::{
    Next, Pc, go, go_polling, go_to_likely, raise, release_and_go, release_down, slow, sync, unpacking,
};
use crate::error::Result;
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::operations;
use crate::interp::run::{constant, fetch, number};
use crate::interp::top::{Top, exact, look, read, with_values, write};
use crate::object::cast_exact;
use crate::types::{Dict, DictExt, List, ListExt, Set, SetExt, Tuple, TupleExt, set};

/// How many units an UNPACK_SEQUENCE takes.
pub(super) const UNPACK_SEQUENCE: usize = 2;

/// A tuple of the `n` values from `first`, which are taken over.
#[inline(never)]
fn tuple_of(thread: &mut Thread, first: *mut StackRef, n: usize) -> Result<Value> {
    // Moved once the tuple is there, so that they are on the stack until then.
    Tuple::of_room(thread, n, |to| {
        // SAFETY: the operands are popped next; there is room for as many in the tuple, which nobody else has yet.
        unsafe { Held::move_in(first, n, to.cast()) };
    })
}

#[native::handler]
pub(super) fn build_tuple(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let pc = pc.wrapping_add(1);
    let n = unit.oparg() as usize;
    sync(thread, frame, pc, top);
    match tuple_of(thread, top.place(n), n) {
        Ok(tuple) => {
            top = Top(top.place(n));
            top.push_value(tuple);
            go(thread, frame, pc, top, locals)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

/// Writes the items of a tuple to the stack, the first one on top.
#[inline(never)]
fn spread(tuple: &Object<Tuple>, place: *mut StackRef) {
    let mut top = Top(place);
    for item in tuple.items().iter().rev() {
        top.push_value(item.clone());
    }
}

#[native::handler]
pub(super) fn unpack_sequence(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let n = unit.oparg() as usize;
    let whole = top.peek(1);
    if exact::<List>(whole).is_some() {
        return unpack_list(thread, frame, pc, top, locals, unit);
    }
    let Some(tuple) = exact::<Tuple>(whole).filter(|tuple| tuple.len() == n) else {
        return unpacking::unpack_text(thread, frame, pc, top, locals, unit);
    };
    top.0 = top.place(1);
    spread(tuple, top.0);
    top.0 = top.0.wrapping_add(n);
    release_and_go(whole, thread, frame, pc.wrapping_add(UNPACK_SEQUENCE), top, locals)
}

/// Writes the items of a list of `n` to the stack, the first one on top; false, and none written, if it has, or comes to have,
/// another length.
#[inline(never)]
fn spread_list(thread: &Thread, list: &Object<List>, place: *mut StackRef, n: usize) -> bool {
    if list.len() != n {
        return false;
    }
    for i in 0..n {
        let item = list.borrow(thread, n - 1 - i);
        if item.is_empty() {
            (0..i).for_each(|i| read(place.wrapping_add(i)).release());
            return false;
        }
        write(place.wrapping_add(i), item);
    }
    true
}

#[inline(never)]
#[native::handler]
fn unpack_list(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let n = unit.oparg() as usize;
    let whole = top.peek(1);
    // One place up, so that the list stays where it is if this fails.
    let spread = exact::<List>(whole).is_some_and(|list| spread_list(thread, list, top.0, n));
    if !spread {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let first = top.place(1);
    for i in 0..n {
        write(first.wrapping_add(i), read(first.wrapping_add(i + 1)));
    }
    top.0 = first.wrapping_add(n);
    release_and_go(whole, thread, frame, pc.wrapping_add(UNPACK_SEQUENCE), top, locals)
}

/// `list.append(value)`, which is taken over.
#[inline(never)]
fn append(thread: &mut Thread, list: &Object<List>, value: StackRef) -> Result<()> {
    list.push(thread, value.into_value().unwrap_or_else(Value::none))
}

#[native::handler]
pub(super) fn list_append(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let Some(list) = exact::<List>(top.peek(1 + unit.oparg() as usize)) else {
        return slow(thread, frame, pc, top, locals, unit);
    };
    if !list.push_privately(top.peek(1)) {
        return append_and_go(thread, frame, pc, top, locals, unit);
    }
    top.pop();
    go_to_likely!([number::JumpBackward => jump_backward], thread, frame, pc.wrapping_add(1), top, locals)
}

#[inline(never)]
#[native::handler]
fn append_and_go(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let Some(list) = exact::<List>(top.peek(1 + unit.oparg() as usize)) else {
        return slow(thread, frame, pc, top, locals, unit);
    };
    let value = top.pop();
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match append(thread, list, value) {
        Ok(()) => go_to_likely!([number::JumpBackward => jump_backward], thread, frame, pc, top, locals),
        Err(raised) => raise(thread, pc, top, raised),
    }
}

/// `set.add(value)`
#[inline(never)]
fn add(thread: &mut Thread, set: StackRef, value: StackRef) -> Result<()> {
    match exact::<Set>(set) {
        Some(set) => set.add(thread, &look(value)).map(drop),
        None => operations::set_add(thread, &look(set), &look(value)),
    }
}

#[native::handler]
pub(super) fn set_add(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let value = top.peek(1);
    if let Some(set) = exact::<Set>(top.peek(1 + unit.oparg() as usize))
        && !value.is_borrowed()
        && let Some(hash) = set::known_hash(&look(value))
    {
        let take = || value.into_value().unwrap_or_else(Value::none);
        match set.payload().table.add_privately(set.header(), hash, value.word(), take) {
            AddedPrivately::Added => {
                top.0 = top.place(1);
                return go(thread, frame, pc.wrapping_add(1), top, locals);
            }
            AddedPrivately::WasThere => {
                top.0 = top.place(1);
                return release_and_go(value, thread, frame, pc.wrapping_add(1), top, locals);
            }
            AddedPrivately::Not => {}
        }
    }
    add_and_go(thread, frame, pc, top, locals, unit)
}

/// Out of line, for the sake of the registers.
#[inline(never)]
#[native::handler]
fn add_and_go(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match add(thread, top.peek(1 + unit.oparg() as usize), top.peek(1)) {
        Ok(()) => {
            top.drop_one();
            go_polling(thread, frame, pc, top, locals)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

/// `dict[key] = value`
#[inline(never)]
fn insert(thread: &mut Thread, dict: StackRef, key: StackRef, value: StackRef) -> Result<()> {
    match exact::<Dict>(dict) {
        Some(dict) => dict.set(thread, &look(key), (*look(value)).clone()),
        None => Ok(()),
    }
}

#[native::handler]
pub(super) fn map_add(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match insert(thread, top.peek(2 + unit.oparg() as usize), top.peek(2), top.peek(1)) {
        Ok(()) => {
            top.drop_many(2);
            go_polling(thread, frame, pc, top, locals)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

#[native::handler]
pub(super) fn build_list(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let n = unit.oparg() as usize;
    let pc = pc.wrapping_add(1);
    if n == 0
        && fetch(pc).opcode() == number::LoadConst
        && fetch(pc.wrapping_add(1)).opcode() == number::ListExtend
    {
        return build_constant_list(thread, frame, pc, top, locals);
    }
    let mut below = Top(top.place(n));
    sync(thread, frame, pc, below);
    match list_of(thread, below.0, n) {
        Ok(list) => {
            below.push_value(list);
            go(thread, frame, pc, below, locals)
        }
        Err(raised) => raise(thread, pc, below, raised),
    }
}

/// A list that a constant tuple has the items of: `pc` is behind the BUILD_LIST, and a LOAD_CONST and a LIST_EXTEND are next.
#[inline(never)]
#[native::handler]
fn build_constant_list(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
) -> Next {
    const LOAD_CONST_LIST_EXTEND: usize = 2;
    let items = cast_exact::<Tuple>(constant(frame, fetch(pc)));
    let extends = fetch(pc.wrapping_add(1)).oparg() == 1 && items.is_some();
    let behind = if extends { pc.wrapping_add(LOAD_CONST_LIST_EXTEND) } else { pc };
    sync(thread, frame, behind, top);
    match list_with(thread, items.filter(|_| extends)) {
        Ok(list) => {
            top.push_value(list);
            go(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// A list with the items of a tuple, or without any. Apart from the handler for INV-HOT-2.
#[inline(never)]
fn list_with(thread: &mut Thread, items: Option<&Object<Tuple>>) -> Result<Value> {
    let items = items.map_or(&[][..], TupleExt::items);
    List::from_exact(thread, items.len(), items.iter().cloned())
}

/// A list of what `n` slots hold, which it takes. Apart from the handler for INV-HOT-2, as is [`dict_of`].
#[inline(never)]
fn list_of(thread: &mut Thread, first: *mut StackRef, n: usize) -> Result<Value> {
    let mut left = 0..n;
    let take = |i| read(first.wrapping_add(i)).into_value().unwrap_or_else(Value::none);
    let list = List::from_exact(thread, n, left.by_ref().map(take));
    // Those that it has not come to, for want of memory.
    left.for_each(|i| read(first.wrapping_add(i)).release());
    list
}

#[native::handler]
pub(super) fn build_map(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let n = 2 * unit.oparg() as usize;
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match dict_of(thread, top.place(n), n) {
        Ok(dict) => {
            top.0 = release_down(thread, top.0, n);
            top.push_value(dict);
            go_polling(thread, frame, pc, top, locals)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

#[inline(never)]
fn dict_of(thread: &mut Thread, first: *mut StackRef, n: usize) -> Result<Value> {
    if n == 0 {
        return Dict::new(thread);
    }
    with_values(first, n, |values| operations::build_map(thread, values))
}
