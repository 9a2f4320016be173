//! Instructions whose work is all in a function: this spares them the way through `step`.

use memory::word::Word;
use memory::{Object, StackRef, Value};
use threads::Thread;

use super::operators::BINARY_OP;
use super::{Next, Pc, go, go_polling, raise, release_down, sync};
use crate::class::Comparison;
use crate::error::Result;
use crate::interp::calls;
use crate::interp::frame::Frame;
use crate::interp::instr::Unit;
use crate::interp::operations;
use crate::interp::run::{code_of, fetch};
use crate::interp::specialized::internal;
use crate::interp::top::{Top, exact, read, with_values, write};
use crate::object::cast;
use crate::ops::{self, UnaryOp};
use crate::types::cell::{self, Cell};
use crate::types::sequence::Span;
use crate::types::slice::{self, Slice};
use crate::types::{Dict, DictExt, List, Tuple, TupleExt, awaiting, list_methods, sequence, tuple_methods};

/// What an instruction makes of its operands, which stay on the stack meanwhile. Not inlined, since it takes their addresses
/// (INV-HOT-2).
pub(super) type Compute = fn(&mut Thread, *mut Frame, Top, Unit) -> Result<Value>;

/// Replaces `operands` of them by what `compute` makes of them, and goes on behind.
#[inline(always)]
pub(super) fn compute(
    thread: &mut Thread,
    frame: *mut Frame,
    behind: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    (operands, compute): (usize, Compute),
) -> Next {
    sync(thread, frame, behind, top);
    match compute(thread, frame, top, unit) {
        Ok(result) => {
            top.0 = release_down(thread, top.0, operands);
            top.push_value(result);
            go_polling(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// Declares handlers: the units that the instruction takes, its operands, and what computes its result, or its effect where it has
/// no result.
macro_rules! handlers {
    ($($name:ident: $units:literal, $operands:literal, $kind:ident $function:expr;)*) => {
        $(#[native::handler]
        pub(super) fn $name(
            thread: &mut Thread,
            frame: *mut Frame,
            pc: Pc,
            top: Top,
            locals: *mut StackRef,
            unit: Unit,
        ) -> Next {
            handlers!(@$kind thread, frame, pc.wrapping_add($units), top, locals, unit, ($operands, $function))
        })*
    };
    (@makes $($argument:expr),*) => { compute($($argument),*) };
    (@does $($argument:expr),*) => { effect($($argument),*) };
}

/// What an instruction does with its operands.
type Effect = fn(&mut Thread, *mut Frame, Top, Unit) -> Result<()>;

/// As [`compute`] for an instruction without a result.
#[inline(always)]
fn effect(
    thread: &mut Thread,
    frame: *mut Frame,
    behind: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    (operands, effect): (usize, Effect),
) -> Next {
    sync(thread, frame, behind, top);
    match effect(thread, frame, top, unit) {
        Ok(()) => {
            top.0 = release_down(thread, top.0, operands);
            go_polling(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

handlers! {
    binary_in_full: 6, 2, makes binary;
    get_item: 6, 2, makes item;
    compare_in_full: 2, 2, makes compared;
    to_bool_in_full: 4, 1, makes truth;
    unary_negative: 1, 1, makes negative;
    unary_invert: 1, 1, makes inverted;
    binary_slice: 1, 3, makes slice_of;
    store_slice: 1, 4, does set_slice;
    store_subscr_in_full: 2, 3, does set_item;
    store_in_dict: 2, 3, does set_in_dict;
    delete_subscr: 1, 2, does delete_item;
    store_attr_generic: 5, 2, does set_attribute;
    convert_value: 1, 1, makes converted;
    format_with_spec: 1, 2, makes formatted;
    list_extend: 1, 1, does extend_list;
    set_update: 1, 1, does update_set;
    dict_update: 1, 1, does update_dict;
    make_function: 1, 1, makes function;
    load_common_constant: 1, 0, makes common_constant;
    get_awaitable: 1, 1, makes awaitable;
    get_yield_from_iter: 1, 1, makes delegate;
    get_aiter: 1, 1, makes async_iterator;
    get_anext: 1, 0, makes next_awaitable;
    call_intrinsic_1: 1, 1, makes intrinsic;
    dict_merge: 1, 1, does merge_dict;
    make_cell: 1, 0, does replace_by_cell;
}

#[inline(never)]
fn binary(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<Value> {
    operations::binary(thread, &top.look(2), &top.look(1), unit.oparg())
}

/// The list and the span, where the two topmost values are a list and a slice.
#[inline(always)]
fn slice_of_list<'a>(thread: &mut Thread, top: Top) -> Result<Option<(&'a Object<List>, Span)>> {
    match (exact::<List>(top.peek(2)), exact::<Slice>(top.peek(1))) {
        (Some(list), Some(slice)) => sequence::span(thread, slice).map(|span| Some((list, span))),
        _ => Ok(None),
    }
}

#[inline(never)]
fn item(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    ops::getitem(thread, &top.look(2), &top.look(1))
}

#[inline(never)]
fn compared(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<Value> {
    let (left, right) = (top.look(2), top.look(1));
    let op = Comparison::ALL[(unit.oparg() >> 5) as usize % Comparison::ALL.len()];
    // The two types that are compared most are asked directly.
    let (a, b) = (top.peek(2), top.peek(1));
    let compare: fn(&mut Thread, &Value, &Value, Comparison) -> Result<Value> =
        if exact::<Tuple>(a).is_some() && exact::<Tuple>(b).is_some() {
            tuple_methods::compare
        } else if exact::<List>(a).is_some() && exact::<List>(b).is_some() {
            list_methods::compare
        } else {
            ops::compare
        };
    let result = compare(thread, &left, &right, op)?;
    if unit.oparg() & 16 == 0 || matches!(result.word(), Word::TRUE | Word::FALSE) {
        return Ok(result);
    }
    ops::is_true(thread, &result).map(Value::from_bool)
}

#[inline(never)]
fn truth(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    ops::is_true(thread, &top.look(1)).map(Value::from_bool)
}

#[inline(never)]
fn negative(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    ops::unary(thread, &top.look(1), UnaryOp::Negative)
}

#[inline(never)]
fn inverted(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    ops::unary(thread, &top.look(1), UnaryOp::Invert)
}

/// `[start:stop]` of small ints or Nones, which are the two topmost values.
#[inline(always)]
fn small_bounds(top: Top) -> Option<Span> {
    Span::of_small(top.peek(2).word(), top.peek(1).word(), Word::NONE)
}

#[inline(never)]
fn slice_of(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    if let (Some(list), Some(span)) = (exact::<List>(top.peek(3)), small_bounds(top)) {
        return list_methods::stretch(thread, list, span.start, span.stop);
    }
    operations::get_slice(thread, &top.look(3), &top.look(2), &top.look(1))
}

#[inline(never)]
fn set_slice(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<()> {
    if let (Some(list), Some(new)) = (exact::<List>(top.peek(3)), exact::<List>(top.peek(4)))
        && let Some(span) = small_bounds(top)
        && list_methods::replace_privately(thread, list, span.start, span.stop, new)?
    {
        return Ok(());
    }
    operations::set_slice(thread, &top.look(3), &top.look(2), &top.look(1), &top.look(4))
}

#[inline(never)]
fn slice_from_two(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    slice::new(thread, (*top.look(2)).clone(), (*top.look(1)).clone(), Value::none())
}

#[inline(never)]
fn slice_from_three(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    slice::new(thread, (*top.look(3)).clone(), (*top.look(2)).clone(), (*top.look(1)).clone())
}

#[inline(never)]
fn set_item(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<()> {
    if let Some((list, span)) = slice_of_list(thread, top)? {
        return list_methods::assign_span(thread, list, span, &top.look(3));
    }
    ops::setitem(thread, &top.look(2), &top.look(1), Some(&top.look(3)))
}

/// `dict[key] = value`, of what the caller has found to be a dict. The value moves from the stack into the dict.
#[inline(never)]
fn set_in_dict(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<()> {
    let Some(dict) = exact::<Dict>(top.peek(2)) else { return Ok(()) };
    let value = top.peek(3).into_value().unwrap_or_else(Value::none);
    top.set(3, StackRef::EMPTY);
    dict.set(thread, &top.look(1), value)
}

#[inline(never)]
fn set_attribute(thread: &mut Thread, frame: *mut Frame, top: Top, unit: Unit) -> Result<()> {
    let name = crate::interp::run::name(frame, unit.oparg() as usize);
    crate::class::lookup::setattr(thread, &top.look(1), name, Some(&top.look(2)))
}

#[inline(never)]
fn delete_item(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<()> {
    if let Some((list, span)) = slice_of_list(thread, top)? {
        return list_methods::delete_span(thread, list, span);
    }
    ops::setitem(thread, &top.look(2), &top.look(1), None)
}

#[inline(never)]
fn converted(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<Value> {
    operations::convert(thread, &top.look(1), unit.oparg())
}

#[inline(never)]
fn formatted(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    ops::format(thread, &top.look(2), &top.look(1))
}

#[inline(never)]
fn extend_list(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<()> {
    operations::list_extend(thread, &top.look(1 + unit.oparg() as usize), &top.look(1))
}

#[inline(never)]
fn update_set(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<()> {
    operations::set_update(thread, &top.look(1 + unit.oparg() as usize), &top.look(1))
}

#[inline(never)]
fn update_dict(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<()> {
    operations::dict_update(thread, &top.look(1 + unit.oparg() as usize), &top.look(1))
}

#[inline(never)]
fn function(thread: &mut Thread, frame: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    calls::make_function(thread, frame, &top.look(1))
}

#[inline(never)]
fn common_constant(thread: &mut Thread, _: *mut Frame, _: Top, unit: Unit) -> Result<Value> {
    operations::common_constant(thread, unit.oparg())
}

#[inline(never)]
fn awaitable(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<Value> {
    awaiting::get_awaitable(thread, &top.look(1), unit.oparg())
}

#[inline(never)]
fn delegate(thread: &mut Thread, frame: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    awaiting::yield_from_iter(thread, &top.look(1), code_of(frame))
}

#[inline(never)]
fn async_iterator(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    awaiting::get_aiter(thread, &top.look(1))
}

#[inline(never)]
fn next_awaitable(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    awaiting::get_anext(thread, &top.look(1))
}

#[inline(never)]
fn intrinsic(thread: &mut Thread, frame: *mut Frame, top: Top, unit: Unit) -> Result<Value> {
    operations::intrinsic_1(thread, frame, unit.oparg(), &top.look(1))
}

#[inline(never)]
fn merge_dict(thread: &mut Thread, _: *mut Frame, top: Top, unit: Unit) -> Result<()> {
    let oparg = unit.oparg() as usize;
    operations::dict_merge(thread, &top.look(1 + oparg), &top.look(1), &top.look(4 + oparg))
}

/// A local becomes a cell with what it held.
#[inline(never)]
fn replace_by_cell(thread: &mut Thread, frame: *mut Frame, _: Top, unit: Unit) -> Result<()> {
    // SAFETY: the running frame is in use.
    let place = unsafe { &*frame }.locals.wrapping_add(unit.oparg() as usize);
    let contents = read(place).into_value();
    write(place, StackRef::EMPTY);
    write(place, StackRef::from_value(cell::new(thread, contents)?));
    Ok(())
}

/// What three values say of a slice, where they are small ints or None, and the step is not zero.
#[inline(always)]
fn span_of(top: Top) -> Option<Span> {
    Span::of_small(top.peek(3).word(), top.peek(2).word(), top.peek(1).word())
}

/// `list[start:stop:step]`, of operands that [`span_of`] understands: no slice is made.
#[inline(never)]
fn part_of_list(thread: &mut Thread, _: *mut Frame, top: Top, _: Unit) -> Result<Value> {
    match (exact::<List>(top.peek(4)), span_of(top)) {
        (Some(list), Some(span)) => list_methods::part(thread, list, span),
        _ => Ok(Value::none()), // the caller has looked
    }
}

/// `slice(start, stop)` or, with three operands, `slice(start, stop, step)`.
#[native::handler]
pub(super) fn build_slice(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(1);
    if unit.oparg() == 3 {
        if fetch(behind).opcode() == internal::BINARY_OP_SUBSCRIPT
            && exact::<List>(top.peek(4)).is_some()
            && span_of(top).is_some()
        {
            let behind = behind.wrapping_add(BINARY_OP);
            return compute(thread, frame, behind, top, locals, unit, (4, part_of_list));
        }
        return compute(thread, frame, behind, top, locals, unit, (3, slice_from_three));
    }
    compute(thread, frame, behind, top, locals, unit, (2, slice_from_two))
}

#[native::handler]
pub(super) fn build_set(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let n = unit.oparg() as usize;
    let behind = pc.wrapping_add(1);
    sync(thread, frame, behind, top);
    match set_of(thread, top.place(n), n) {
        Ok(set) => {
            top.0 = release_down(thread, top.0, n);
            top.push_value(set);
            go_polling(thread, frame, behind, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

#[inline(never)]
fn set_of(thread: &mut Thread, first: *mut StackRef, n: usize) -> Result<Value> {
    with_values(first, n, |values| operations::build_set(thread, values))
}

/// Gives the function on top what stands below it.
#[native::handler]
pub(super) fn set_function_attribute(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let function = top.peek(1);
    give(thread, top, unit);
    top.0 = top.place(1);
    top.set(1, function);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

/// Takes the attribute over.
#[inline(never)]
fn give(thread: &mut Thread, top: Top, unit: Unit) {
    if let Some(attribute) = top.peek(2).into_value() {
        calls::set_function_attribute(thread, &top.look(1), unit.oparg(), attribute);
    }
}

/// Copies the cells of the running function's closure behind its other locals.
#[native::handler]
pub(super) fn copy_free_vars(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    copy_cells(thread, frame, locals, unit.oparg() as usize);
    go(thread, frame, pc.wrapping_add(1), top, locals)
}

/// The closure keeps its cells, and the frame its function: they are borrowed as far as they may be.
#[inline(never)]
fn copy_cells(thread: &Thread, frame: *mut Frame, locals: *mut StackRef, n: usize) {
    // SAFETY: the running frame is in use.
    let running = unsafe { &*frame };
    let first = locals.wrapping_add(running.nlocalsplus() - n);
    let function = running.function();
    // SAFETY: nothing here reaches a safepoint or replaces the closure.
    let closure = unsafe { function.payload().closure.view(thread, function.header()) };
    if let Some(cells) = closure.as_deref().and_then(cast::<Tuple>) {
        for (i, cell) in cells.items().iter().enumerate().take(n) {
            write(first.wrapping_add(i), StackRef::borrow_held(thread, cells.header(), cell));
        }
    }
}

#[native::handler]
pub(super) fn store_deref(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(1);
    let cell = read(locals.wrapping_add(unit.oparg() as usize));
    let value = top.pop();
    sync(thread, frame, behind, top);
    set_cell(thread, cell, value);
    go_polling(thread, frame, behind, top, locals)
}

/// Takes the value over.
#[inline(never)]
fn set_cell(thread: &Thread, cell: StackRef, value: StackRef) {
    if let Some(cell) = exact::<Cell>(cell) {
        drop(cell.payload().contents.replace(thread, cell.header(), value.into_value()));
    }
}
