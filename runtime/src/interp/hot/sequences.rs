//! Operators of the built-in sequences themselves, which need ask no class what it does: `+`, `*`, slices.

use memory::{StackRef, Value};
use threads::Thread;

use super::computed::{Compute, compute, get_item};
use super::operators::{BINARY_OP, binary_op};
use super::{Next, Pc, slow};
use crate::error::Result;
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::run::{fetch, stored_local};
use crate::interp::top::{Top, exact, read};
use crate::types::sequence::{self, Span};
use crate::types::slice::Slice;
use crate::types::{Bytes, List, Str, Tuple, bytes_methods, list_methods, str, tuple_methods};

/// The arguments of `+` and `*`, which make a list; `+=` and `*=` change one.
const PLAIN_ADD: u32 = 0;
const PLAIN_MULTIPLY: u32 = 5;

/// `+` and `+=` of what are not both ints, nor both floats.
#[inline(never)]
#[native::handler]
pub(super) fn add(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if exact::<Str>(top.peek(2)).is_none() || exact::<Str>(top.peek(1)).is_none() {
        return add_items(thread, frame, pc, top, locals, unit);
    }
    let behind = pc.wrapping_add(BINARY_OP);
    if let Some(index) = stored_local(fetch(behind))
        && read(locals.wrapping_add(index)).object() == top.peek(2).object()
    {
        // `step` knows how to append in place to what is stored again.
        return slow(thread, frame, pc, top, locals, unit);
    }
    compute(thread, frame, behind, top, locals, unit, (2, joined_strs))
}

/// As [`add`] of lists and tuples.
#[inline(never)]
#[native::handler]
fn add_items(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (a, b) = (top.peek(2), top.peek(1));
    let behind = pc.wrapping_add(BINARY_OP);
    if unit.oparg() == PLAIN_ADD && exact::<List>(a).is_some() && exact::<List>(b).is_some() {
        return compute(thread, frame, behind, top, locals, unit, (2, joined_lists));
    }
    if exact::<Tuple>(a).is_some() && exact::<Tuple>(b).is_some() {
        return compute(thread, frame, behind, top, locals, unit, (2, joined_tuples));
    }
    binary_op(thread, frame, pc, top, locals, unit)
}

#[inline(never)]
fn joined_strs(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    match (exact::<Str>(top.peek(2)), exact::<Str>(top.peek(1))) {
        (Some(a), Some(b)) => str::operators::join_two(thread, a, b),
        _ => Ok(Value::none()), // the caller has looked; so below
    }
}

#[inline(never)]
fn joined_lists(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    match (exact::<List>(top.peek(2)), exact::<List>(top.peek(1))) {
        (Some(a), Some(b)) => list_methods::join_two(thread, a, b),
        _ => Ok(Value::none()),
    }
}

#[inline(never)]
fn joined_tuples(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    match (exact::<Tuple>(top.peek(2)), exact::<Tuple>(top.peek(1))) {
        (Some(a), Some(b)) => tuple_methods::join_two(thread, a, b),
        _ => Ok(Value::none()),
    }
}

/// `*` and `*=` of what are not both ints, nor both floats.
#[inline(never)]
#[native::handler]
pub(super) fn multiply(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let sequence = top.peek(2);
    if top.peek(1).word().as_int().is_none() {
        return binary_op(thread, frame, pc, top, locals, unit);
    }
    let repeated: Compute = if exact::<List>(sequence).is_some() && unit.oparg() == PLAIN_MULTIPLY {
        repeated_list
    } else if exact::<Str>(sequence).is_some() {
        repeated_str
    } else if exact::<Tuple>(sequence).is_some() {
        repeated_tuple
    } else {
        return binary_op(thread, frame, pc, top, locals, unit);
    };
    compute(thread, frame, pc.wrapping_add(BINARY_OP), top, locals, unit, (2, repeated))
}

/// How often the topmost value, a small int, repeats the one below.
#[inline(always)]
fn times(top: Top) -> isize {
    top.peek(1).word().as_int().unwrap_or(0) as isize
}

#[inline(never)]
fn repeated_list(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    list_methods::repeat(thread, &top.look(2), times(top))
}

#[inline(never)]
fn repeated_str(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    str::operators::repeat(thread, &top.look(2), times(top))
}

#[inline(never)]
fn repeated_tuple(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    tuple_methods::repeat(thread, &top.look(2), times(top))
}

/// `container[slice]`
#[inline(never)]
#[native::handler]
pub(super) fn subscript_by_slice(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let container = top.peek(2);
    let part: Compute = if exact::<List>(container).is_some() {
        part_of_list
    } else if exact::<Str>(container).is_some() {
        part_of_str
    } else if exact::<Tuple>(container).is_some() {
        part_of_tuple
    } else if exact::<Bytes>(container).is_some() {
        part_of_bytes
    } else {
        return get_item(thread, frame, pc, top, locals, unit);
    };
    compute(thread, frame, pc.wrapping_add(BINARY_OP), top, locals, unit, (2, part))
}

/// The numbers of the topmost value, a slice.
#[inline(always)]
fn span(thread: &mut Thread, top: Top) -> Result<Span> {
    match exact::<Slice>(top.peek(1)) {
        Some(slice) => sequence::span(thread, slice),
        None => Ok(Span { start: 0, stop: 0, step: 1 }), // the caller has looked
    }
}

#[inline(never)]
fn part_of_list(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    let span = span(thread, top)?;
    exact::<List>(top.peek(2))
        .map_or_else(|| Ok(Value::none()), |list| list_methods::part(thread, list, span))
}

#[inline(never)]
fn part_of_str(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    let span = span(thread, top)?;
    exact::<Str>(top.peek(2))
        .map_or_else(|| Ok(Value::none()), |text| str::subscript::selected(thread, text, span))
}

#[inline(never)]
fn part_of_tuple(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    let span = span(thread, top)?;
    exact::<Tuple>(top.peek(2))
        .map_or_else(|| Ok(Value::none()), |tuple| tuple_methods::part(thread, tuple, span))
}

#[inline(never)]
fn part_of_bytes(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    let span = span(thread, top)?;
    exact::<Bytes>(top.peek(2))
        .map_or_else(|| Ok(Value::none()), |bytes| bytes_methods::part(thread, bytes, span))
}
