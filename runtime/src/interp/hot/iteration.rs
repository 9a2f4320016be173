//! Loops.

use memory::word::Word;
use memory::{Object, StackRef, Value};
use threads::Thread;

use super::building::UNPACK_SEQUENCE;
use super::locals::{store_fast, store_fast_store_fast};
use super::pairs::{store_fast_load_fast_borrow, store_fast_load_fast_borrow_load_fast_borrow};
use super::{HANDLERS, Handler, Next, Pc, go, go_polling, go_to_likely, raise, replace_and_go, slow, sync};
use crate::class::slots::Next as NextFn;
use crate::error::{Raised, Result};
use crate::interp::frame::{Caller, Frame};
use crate::interp::instr::{Unit, replace};
use crate::interp::run;
use crate::interp::run::{fetch, number, save_top, stack_of, state_of};
use crate::interp::specialized::internal;
use crate::interp::top::{Top, exact, look};
use crate::object::cast_exact;
use crate::ops;
use crate::types::character_iterators::{self, AsciiIterator};
use crate::types::dict_iterators::{DictItemIterator, DictKeyIterator, DictValueIterator};
use crate::types::enumerate::{self, Enumerate};
use crate::types::generator::Generator;
use crate::types::generator_turns;
use crate::types::iterators::{self, ListIterator, TupleIterator};
use crate::types::range_iterators::{self, RangeIterator};
use crate::types::zip::{self, Zip};

/// How many units a FOR_ITER takes, and the END_FOR behind its loop, which is skipped.
const FOR_ITER: usize = 2;
const END_FOR: usize = 1;

/// How a turn of a loop begins.
#[inline(always)]
fn go_to_store(thread: &mut Thread, frame: *mut Frame, pc: Pc, top: Top, locals: *mut StackRef) -> Next {
    go_to_likely!(
        [
            number::StoreFast => store_fast,
            internal::STORE_FAST_LOAD_FAST_BORROW => store_fast_load_fast_borrow,
            internal::STORE_FAST_LOAD_FAST_BORROW_LOAD_FAST_BORROW => store_fast_load_fast_borrow_load_fast_borrow
        ],
        thread, frame, pc, top, locals
    )
}

/// How a loop goes on.
#[inline(always)]
pub(super) fn go_to_loop(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
) -> Next {
    go_to_likely!(
        [
            number::ForIter => for_iter,
            internal::FOR_ITER_LIST => for_iter_list,
            internal::FOR_ITER_TUPLE => for_iter_tuple
        ],
        thread, frame, pc, top, locals
    )
}

/// `iter(operand)`.
#[inline(never)]
fn iterator_of(thread: &mut Thread, operand: StackRef) -> Result<Value> {
    ops::iter(thread, &look(operand))
}

#[native::handler]
pub(super) fn get_iter(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    _: Unit,
) -> Next {
    let pc = pc.wrapping_add(1);
    sync(thread, frame, pc, top);
    match iterator_of(thread, top.peek(1)) {
        Ok(iterator) => replace_and_go::<1>(StackRef::from_value(iterator), thread, frame, pc, top, locals),
        Err(raised) => raise(thread, pc, top, raised),
    }
}

#[native::handler]
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
                    go_to_store(thread, frame, behind, top, locals)
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
#[native::handler]
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

/// How often a FOR_ITER changes its form before it stays as it is.
const ATTEMPTS: u16 = 8;

/// The form of FOR_ITER for an iterator.
fn form_for(iterator: StackRef, behind: Pc) -> u8 {
    if exact::<RangeIterator>(iterator).is_some() {
        number::ForIter
    } else if exact::<ListIterator>(iterator).is_some() {
        internal::FOR_ITER_LIST
    } else if exact::<TupleIterator>(iterator).is_some() {
        internal::FOR_ITER_TUPLE
    } else if exact::<AsciiIterator>(iterator).is_some() {
        internal::FOR_ITER_TEXT
    } else if exact::<Generator>(iterator).is_some() {
        internal::FOR_ITER_GENERATOR
    } else if exact::<DictKeyIterator>(iterator).is_some() || exact::<DictValueIterator>(iterator).is_some() {
        internal::FOR_ITER_DICT
    } else if pairs_of(iterator, behind).is_some() {
        internal::FOR_ITER_PAIR
    } else {
        internal::FOR_ITER_NATIVE
    }
}

/// Another iterator than the instruction is a form for: it takes the form for this one, and runs.
#[inline(never)]
#[native::handler]
fn for_iter_other(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let form = form_for(top.peek(1), pc.wrapping_add(FOR_ITER));
    if unit.counter() < ATTEMPTS {
        replace(pc.wrapping_add(1), unit, unit.with_opcode(form).with_counter(unit.counter() + 1));
    }
    HANDLERS[form as usize](thread, frame, pc, top, locals, unit)
}

/// The next item of a list's iterator, found out of line.
#[inline(never)]
fn next_of_list(thread: &Thread, iterator: StackRef) -> StackRef {
    let next = exact::<ListIterator>(iterator).and_then(|list| iterators::next_of_list(thread, list));
    next.map_or(StackRef::EMPTY, StackRef::from_value)
}

/// As [`next_of_list`].
#[inline(never)]
fn next_of_tuple(thread: &Thread, iterator: StackRef) -> StackRef {
    let next = exact::<TupleIterator>(iterator).and_then(|tuple| iterators::next_of_tuple(thread, tuple));
    next.map_or(StackRef::EMPTY, StackRef::from_value)
}

/// Pushes the next item of the iterator that the instruction is a form for: `None` if it is another iterator, EMPTY if
/// `otherwise` is to find it.
#[inline(always)]
fn push_next(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
    (next, otherwise): (Option<StackRef>, Handler),
) -> Next {
    match next {
        None => for_iter_other(thread, frame, pc, top, locals, unit),
        Some(item) if item.is_empty() => otherwise(thread, frame, pc, top, locals, unit),
        Some(item) => {
            top.push(item);
            go_to_store(thread, frame, pc.wrapping_add(FOR_ITER), top, locals)
        }
    }
}

#[native::handler]
pub(super) fn for_iter_list(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let next =
        exact::<ListIterator>(top.peek(1)).map(|iterator| iterators::borrow_next_of_list(thread, iterator));
    push_next(thread, frame, pc, top, locals, unit, (next, for_iter_slowly))
}

#[native::handler]
pub(super) fn for_iter_tuple(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let next =
        exact::<TupleIterator>(top.peek(1)).map(|iterator| iterators::borrow_next_of_tuple(thread, iterator));
    push_next(thread, frame, pc, top, locals, unit, (next, for_iter_slowly))
}

#[native::handler]
pub(super) fn for_iter_text(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let next = exact::<AsciiIterator>(top.peek(1))
        .map(|iterator| character_iterators::borrow_next_of_ascii(thread, iterator));
    push_next(thread, frame, pc, top, locals, unit, (next, for_iter_native))
}

/// The next item of a list or tuple, which is not to be had quickly, or their end.
#[inline(never)]
#[native::handler]
fn for_iter_slowly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let (iterator, behind) = (top.peek(1), pc.wrapping_add(FOR_ITER));
    let is_list = exact::<ListIterator>(iterator).is_some();
    let item = if is_list { next_of_list(thread, iterator) } else { next_of_tuple(thread, iterator) };
    if item.is_empty() {
        let end = behind.wrapping_add(END_FOR + unit.oparg() as usize);
        return go_polling(thread, frame, end, top, locals);
    }
    top.push(item);
    go(thread, frame, behind, top, locals)
}

/// Resumes the generator that a loop iterates.
#[native::handler]
pub(super) fn for_iter_generator(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let Some(generator) = exact::<Generator>(top.peek(1)) else {
        return for_iter_other(thread, frame, pc, top, locals, unit);
    };
    let none = StackRef::immediate(Word::NONE);
    let behind = pc.wrapping_add(FOR_ITER);
    match generator_turns::begin_here(thread, frame, behind, generator, top.0, none, Caller::Next) {
        Some((pc, top, locals)) => go(thread, frame.wrapping_add(1), pc, top, locals),
        None => begin_generator(thread, frame, pc, top, unit, generator),
    }
}

#[inline(never)]
#[native::handler]
fn begin_generator(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    unit: Unit,
    generator: &Object<Generator>,
) -> Next {
    let behind = pc.wrapping_add(FOR_ITER);
    sync(thread, frame, behind, top);
    save_top(frame, top.0);
    let none = StackRef::immediate(Word::NONE);
    let begun = generator_turns::begin_plainly(thread, frame, generator, top.0, none, Caller::Next);
    if !begun.is_null() {
        let (pc, top, locals) = run::load(begun);
        return go(thread, begun, pc, top, locals);
    }
    let (state, stack) = (state_of(thread), stack_of(thread));
    let iterator = top.look(1);
    let sent = Value::none();
    match generator_turns::begin(thread, state, stack, &iterator, generator, Some(&sent), Caller::Next) {
        Ok(true) => Next::current(thread),
        Ok(false) => Next::at(thread, behind.wrapping_add(END_FOR + unit.oparg() as usize), top),
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// The next key or value of a dict; EMPTY at the end, `None` for another iterator.
#[inline(never)]
fn next_of_dict(thread: &Thread, iterator: StackRef) -> Option<Result<StackRef>> {
    let next = if let Some(keys) = exact::<DictKeyIterator>(iterator) {
        DictKeyIterator::borrow_next(thread, keys)
    } else {
        DictValueIterator::borrow_next(thread, exact::<DictValueIterator>(iterator)?)
    };
    Some(next.map(|item| item.unwrap_or(StackRef::EMPTY)))
}

#[native::handler]
pub(super) fn for_iter_dict(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(FOR_ITER);
    match next_of_dict(thread, top.peek(1)) {
        Some(Ok(item)) if !item.is_empty() => {
            top.push(item);
            go(thread, frame, behind, top, locals)
        }
        Some(Ok(_)) => {
            go_polling(thread, frame, behind.wrapping_add(END_FOR + unit.oparg() as usize), top, locals)
        }
        Some(Err(raised)) => {
            sync(thread, frame, behind, top);
            raise(thread, behind, top, raised)
        }
        None => for_iter_other(thread, frame, pc, top, locals, unit),
    }
}

/// An iterator whose pairs need no tuple where the next instruction takes them apart.
#[derive(Clone, Copy)]
enum Pairs<'a> {
    Numbered(&'a Object<Enumerate>),
    Items(&'a Object<DictItemIterator>),
    Zipped(&'a Object<Zip>),
}

/// The iterator as one of pairs, if they are taken apart at once.
#[inline(always)]
fn pairs_of<'a>(iterator: StackRef, behind: Pc) -> Option<Pairs<'a>> {
    let next = fetch(behind);
    if next.opcode() != number::UnpackSequence || next.oparg() != 2 {
        return None;
    }
    if let Some(items) = exact::<DictItemIterator>(iterator) {
        Some(Pairs::Items(items))
    } else if let Some(numbered) = exact::<Enumerate>(iterator) {
        Some(Pairs::Numbered(numbered))
    } else {
        exact::<Zip>(iterator).filter(|zip| zip.payload().is_plain_pair()).map(Pairs::Zipped)
    }
}

impl Pairs<'_> {
    /// The next pair, pushed with its first value on top; where the top is then, the same as before at the end.
    #[inline(never)]
    fn push_next(self, thread: &mut Thread, mut top: Top) -> Result<Top> {
        let pair = match self {
            Self::Items(items) => {
                let Some((key, value)) = DictItemIterator::borrow_next(thread, items)? else {
                    return Ok(top);
                };
                top.push(value);
                top.push(key);
                return Ok(top);
            }
            Self::Numbered(numbered) => enumerate::next_pair(thread, numbered)?,
            Self::Zipped(zip) => {
                if let Some((first, second)) = zip::borrow_next_pair(thread, zip)? {
                    top.push(second);
                    top.push(first);
                }
                return Ok(top);
            }
        };
        if let Some([first, second]) = pair {
            top.push_value(second);
            top.push_value(first);
        }
        Ok(top)
    }
}

/// The next pair of an iterator whose pairs are taken apart by the next instruction: there is no tuple in between.
#[native::handler]
pub(super) fn for_iter_pair(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(FOR_ITER);
    let Some(Pairs::Numbered(numbered)) = pairs_of(top.peek(1), behind) else {
        return for_iter_other_pair(thread, frame, pc, top, locals, unit);
    };
    let Some((number, item)) = enumerate::borrow_next_pair(thread, numbered) else {
        return for_iter_other_pair(thread, frame, pc, top, locals, unit);
    };
    top.push(item);
    top.push(StackRef::immediate(number));
    go_to_likely!(
        [number::StoreFastStoreFast => store_fast_store_fast],
        thread, frame, behind.wrapping_add(UNPACK_SEQUENCE), top, locals
    )
}

/// As [`for_iter_pair`] where the pair is not to be had at sight.
#[inline(never)]
#[native::handler]
fn for_iter_other_pair(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(FOR_ITER);
    let Some(pairs) = pairs_of(top.peek(1), behind) else {
        return for_iter_other(thread, frame, pc, top, locals, unit);
    };
    sync(thread, frame, behind, top);
    match pairs.push_next(thread, top) {
        Ok(above) if above.0 != top.0 => {
            go_polling(thread, frame, behind.wrapping_add(UNPACK_SEQUENCE), above, locals)
        }
        Ok(_) => ended(thread, behind, top, unit),
        Err(raised) => failed(thread, behind, top, unit, raised),
    }
}

/// An iterator has ended: past END_FOR; the iterator stays for POP_ITER.
#[native::handler]
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
#[native::handler]
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

/// The next item of an iterator that is native; EMPTY at the end.
#[inline(never)]
fn next_of_native(thread: &mut Thread, next: NextFn, iterator: StackRef) -> Result<StackRef> {
    next(thread, &look(iterator)).map(|item| item.map_or(StackRef::EMPTY, StackRef::from_value))
}

#[native::handler]
pub(super) fn for_iter_native(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let iterator = top.peek(1);
    let Some(next) = next_of(iterator) else {
        return slow(thread, frame, pc, top, locals, unit);
    };
    let behind = pc.wrapping_add(FOR_ITER);
    sync(thread, frame, behind, top);
    match next_of_native(thread, next, iterator) {
        Ok(item) if !item.is_empty() => {
            top.push(item);
            go_polling(thread, frame, behind, top, locals)
        }
        Ok(_) => ended(thread, behind, top, unit),
        Err(raised) => failed(thread, behind, top, unit, raised),
    }
}

/// What gives the next item of an iterator, if that is native.
#[inline(always)]
fn next_of(iterator: StackRef) -> Option<NextFn> {
    crate::class::slots_of(&look(iterator)).next.get()
}
