//! Loops, and the generators in them.

use memory::word::Word;
use memory::{StackRef, Value};
use threads::Thread;

use super::{Next, Pc, go, go_polling, raise, slow, sync};
use crate::error::{Raised, Result};
use crate::interp::frame::{Caller, Frame};
use crate::interp::instr::Unit;
use crate::interp::run;
use crate::interp::run::{fetch, number, save_pc, save_top, stack_of, state_of};
use crate::interp::top::{Top, exact, look};
use crate::object::cast_exact;
use crate::ops;
use crate::types::enumerate::{self, Enumerate};
use crate::types::generator::{self, Generator};
use crate::types::iterators::{self, ListIterator, TupleIterator};
use crate::types::range_iterators::{self, RangeIterator};

/// How many units a FOR_ITER takes, and the END_FOR behind its loop, which is skipped.
const FOR_ITER: usize = 2;
const END_FOR: usize = 1;

/// `iter(operand)`.
#[inline(never)]
fn iterator_of(thread: &mut Thread, operand: StackRef) -> Result<Value> {
    ops::iter(thread, &look(operand))
}

pub(super) fn get_iter(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match iterator_of(thread, top.peek(1)) {
        Ok(iterator) => {
            top.drop_one();
            top.push_value(iterator);
            go_polling(thread, frame, pc, top, locals)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

pub(super) fn for_iter(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(FOR_ITER);
    if let Some(range) = exact::<RangeIterator>(top.peek(1)) {
        match range_iterators::next_number(range) {
            Some(number) => match Word::from_int(number) {
                Some(word) => {
                    top.push(StackRef::immediate(word));
                    go(thread, frame, behind, top, locals)
                }
                None => wide_number(thread, frame, behind, top),
            },
            None => {
                let end = behind.wrapping_add(END_FOR + unit.oparg() as usize);
                go(thread, frame, end, top, locals)
            }
        }
    } else {
        for_iter_other(thread, frame, pc, top, locals, unit)
    }
}

/// The number that a range's iterator has just given, which is none of the machine's.
#[cold]
#[inline(never)]
fn wide_number(thread: &mut Thread, frame: *mut Frame, pc: Pc, mut top: Top) -> Next {
    sync(thread, frame, pc, top);
    let iterator = top.look(1);
    let Some(range) = cast_exact::<RangeIterator>(&iterator) else { return Next::at(thread, pc, top) };
    match range_iterators::wide_number(thread, range) {
        Ok(number) => {
            top.push_value(number);
            Next::at(thread, pc, top)
        }
        Err(raised) => raise(thread, pc, top, raised),
    }
}

/// The next item of a list's or tuple's iterator; EMPTY at the end.
#[inline(never)]
fn next_of_list(thread: &Thread, iterator: &memory::Object<ListIterator>) -> StackRef {
    iterators::next_of_list(thread, iterator).map_or(StackRef::EMPTY, StackRef::from_value)
}

/// As [`next_of_list`].
#[inline(never)]
fn next_of_tuple(thread: &Thread, iterator: &memory::Object<TupleIterator>) -> StackRef {
    iterators::next_of_tuple(thread, iterator).map_or(StackRef::EMPTY, StackRef::from_value)
}

#[inline(never)]
fn for_iter_other(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let iterator = top.peek(1);
    let behind = pc.wrapping_add(FOR_ITER);
    let item = if let Some(list) = exact::<ListIterator>(iterator) {
        next_of_list(thread, list)
    } else if let Some(tuple) = exact::<TupleIterator>(iterator) {
        next_of_tuple(thread, tuple)
    } else if let Some(generator) = exact::<Generator>(iterator) {
        let none = StackRef::immediate(Word::NONE);
        let begun = generator::begin_plainly(thread, frame, generator, top.0, none, Caller::Next);
        if begun.is_null() {
            return for_iter_generator(thread, frame, pc, top, unit, generator);
        }
        save_pc(frame, behind);
        save_top(frame, top.0);
        let (pc, top, locals) = run::load(begun);
        return go(thread, begun, pc, top, locals);
    } else if let Some(pairs) = exact::<Enumerate>(iterator)
        && fetch(behind).opcode() == number::UnpackSequence
        && fetch(behind).oparg() == 2
    {
        return for_iter_pair(thread, frame, pc, top, unit, pairs);
    } else {
        return for_iter_native(thread, frame, pc, top, unit);
    };
    if item.is_empty() {
        let end = behind.wrapping_add(END_FOR + unit.oparg() as usize);
        return go_polling(thread, frame, end, top, locals);
    }
    top.push(item);
    go(thread, frame, behind, top, locals)
}

/// Resumes the generator that a loop iterates.
#[inline(never)]
fn for_iter_generator(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    unit: Unit,
    generator: &memory::Object<Generator>,
) -> Next {
    let behind = pc.wrapping_add(FOR_ITER);
    sync(thread, frame, behind, top);
    save_top(frame, top.0);
    let (state, stack) = (state_of(thread), stack_of(thread));
    let iterator = top.look(1);
    let sent = Value::none();
    match generator::begin(thread, state, stack, &iterator, generator, Some(&sent), Caller::Next) {
        Ok(true) => Next::current(thread),
        Ok(false) => Next::at(thread, behind.wrapping_add(END_FOR + unit.oparg() as usize), top),
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// The next pair of an iterator whose pairs are taken apart by the next instruction: there is no tuple in between.
#[inline(never)]
fn for_iter_pair(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    unit: Unit,
    pairs: &memory::Object<Enumerate>,
) -> Next {
    const UNPACK_SEQUENCE: usize = 2;
    let behind = pc.wrapping_add(FOR_ITER);
    sync(thread, frame, behind, top);
    match enumerate::next_pair(thread, pairs) {
        Ok(Some([first, second])) => {
            top.push_value(second);
            top.push_value(first);
            Next::polling(thread, behind.wrapping_add(UNPACK_SEQUENCE), top)
        }
        Ok(None) => ended(thread, behind, top, unit),
        Err(raised) => failed(thread, behind, top, unit, raised),
    }
}

/// An iterator has ended: past END_FOR; the iterator stays for POP_ITER.
fn ended(thread: &mut Thread, behind: Pc, top: Top, unit: Unit) -> Next {
    if let Some(value) = crate::state::take_stop_value(thread)
        && let Err(raised) = crate::interp::stop_value_seen(thread, value)
    {
        return raise(thread, behind, top, raised);
    }
    Next::polling(thread, behind.wrapping_add(END_FOR + unit.oparg() as usize), top)
}

/// An iterator has raised something, which may be how it ends.
#[cold]
fn failed(thread: &mut Thread, behind: Pc, top: Top, unit: Unit, raised: Raised) -> Next {
    if !raised.is(&crate::error::STOP_ITERATION) {
        return raise(thread, behind, top, raised);
    }
    if let Err(raised) = crate::interp::stop_iteration_seen(thread, &raised) {
        return raise(thread, behind, top, raised);
    }
    drop(raised);
    Next::polling(thread, behind.wrapping_add(END_FOR + unit.oparg() as usize), top)
}

/// The next item of an iterator that is native.
#[inline(never)]
fn for_iter_native(thread: &mut Thread, frame: *mut Frame, pc: Pc, mut top: Top, unit: Unit) -> Next {
    let iterator = top.look(1);
    let Some(next) = crate::class::slots_of(&iterator).next.get() else {
        return Next::step(thread, pc, top);
    };
    let behind = pc.wrapping_add(FOR_ITER);
    sync(thread, frame, behind, top);
    match next(thread, &iterator) {
        Ok(Some(item)) => {
            top.push_value(item);
            Next::polling(thread, behind, top)
        }
        Ok(None) => ended(thread, behind, top, unit),
        Err(raised) => failed(thread, behind, top, unit, raised),
    }
}

pub(super) fn send(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if let Some(generator) = exact::<Generator>(top.peek(2)) {
        let sent = top.peek(1);
        if !sent.is_borrowed() {
            let ret = top.place(1);
            let begun = generator::begin_plainly(thread, frame, generator, ret, sent, Caller::Send);
            if !begun.is_null() {
                save_pc(frame, pc.wrapping_add(2));
                save_top(frame, ret);
                let (pc, top, locals) = run::load(begun);
                return go(thread, begun, pc, top, locals);
            }
        }
    }
    slow(thread, frame, pc, top, locals, unit)
}

pub(super) fn yield_value(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let value = top.peek(1);
    let behind = pc.wrapping_add(1);
    if value.is_borrowed() || !generator::suspend_plainly(thread, frame, behind, top.place(1)) {
        return slow(thread, frame, pc, top, locals, unit);
    }
    // SAFETY: the place of the frame that has just ended, in which nothing has changed.
    let ended = unsafe { &*frame };
    let (caller, ret) = (ended.caller, ended.ret);
    let mut top = Top(ret);
    if caller == Caller::Native {
        state_of(thread).yielded.set(true);
        return Next::leave(thread, top, value);
    }
    // FOR_ITER or SEND of the frame below goes on with the value.
    top.push(value);
    let frame = frame.wrapping_sub(1);
    let (pc, _, locals) = run::load(frame);
    go(thread, frame, pc, top, locals)
}
