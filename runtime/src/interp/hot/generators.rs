//! Generators and coroutines: made, resumed by `await` and `yield from`, suspended, ended.

use compiler::opcode::Intrinsic1;
use memory::word::Word;
use memory::{Object, StackRef};
use threads::Thread;

use super::{Next, Pc, computed, go, go_polling, raise, slow, sync};
use crate::error::Result;
use crate::interp::frame::{Caller, Frame};
use crate::interp::instr::Unit;
use crate::interp::run::{self, fetch, number, save_pc, save_top, skip_after, stack_of, state_of};
use crate::interp::top::{Top, exact};
use crate::interp::{calls, unwind};
use crate::types::async_generator::{self, SendAwaitable};
use crate::types::generator::{self, Generator, Sent};
use crate::types::generator_turns;

/// How many units a SEND takes.
const SEND: usize = 2;

const ASYNC_GEN_WRAP: u32 = Intrinsic1::AsyncGenWrap as u32;

/// The running frame becomes a generator, which is what its call returns.
#[native::handler]
pub(super) fn return_generator(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    if this.caller != Caller::Frame || this.object.is_some() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    let behind = pc.wrapping_add(1);
    sync(thread, frame, behind, top);
    match make(thread, frame, behind) {
        Ok(generator) => {
            let mut top = Top(end_frame(thread, frame));
            top.push(generator);
            let below = frame.wrapping_sub(1);
            let (pc, _, locals) = run::load(below);
            go_polling(thread, below, pc, top, locals)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

/// Apart from the handler for INV-HOT-2, as are the next ones.
#[inline(never)]
fn make(thread: &mut Thread, frame: *mut Frame, behind: Pc) -> Result<StackRef> {
    generator::from_frame(thread, frame, behind).map(StackRef::from_value)
}

/// Ends the running frame, and returns where its result goes.
#[inline(never)]
fn end_frame(thread: &mut Thread, frame: *mut Frame) -> *mut StackRef {
    let (state, stack) = (state_of(thread), stack_of(thread));
    calls::pop(thread, state, stack, frame).0
}

/// The generator is finished.
#[inline(never)]
fn finish(thread: &mut Thread, frame: *mut Frame) {
    generator_turns::finished(thread, state_of(thread), frame);
}

/// `return` in a generator that a loop iterates, or that is awaited.
#[inline(never)]
#[native::handler]
pub(super) fn return_of_generator(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    mut top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let result = top.peek(1);
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    let caller = this.caller;
    let plain = match caller {
        Caller::Next | Caller::Anext => result.word() == Word::NONE,
        Caller::Send => !result.is_borrowed(),
        _ => false,
    };
    if !plain || this.object.is_some() || this.namespace.is_some() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    top.0 = top.place(1);
    sync(thread, frame, pc.wrapping_add(1), top);
    finish(thread, frame);
    let mut top = Top(end_frame(thread, frame));
    let below = frame.wrapping_sub(1);
    if caller == Caller::Anext {
        return end_of_iteration(thread, below, top);
    }
    if caller == Caller::Send {
        top.push(result);
        skip_after(below, 0);
    } else {
        skip_after(below, 1);
    }
    let (pc, _, locals) = run::load(below);
    go_polling(thread, below, pc, top, locals)
}

/// An asynchronous generator has returned to `frame`, which awaits its next item.
#[inline(never)]
#[native::handler]
fn end_of_iteration(thread: &mut Thread, frame: *mut Frame, mut top: Top) -> Next {
    let awaitable = top.peek(1);
    let Some((pc, keep)) = unwind::end_of_async_for(frame) else {
        let raised = async_generator::ended(thread, awaitable);
        return raise(thread, run::load(frame).0, top, raised);
    };
    async_generator::exhausted(thread, awaitable);
    while top.0 > keep {
        let reference = top.pop();
        stack_of(thread).set_top(top.0);
        reference.release();
    }
    Next::polling(thread, pc, top)
}

/// A coroutine that has not begun is what awaiting it drives.
#[native::handler]
pub(super) fn get_awaitable(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    if let Some(coroutine) = generator::exact_coroutine(top.peek(1))
        && generator::is_new(thread, coroutine)
    {
        return go(thread, frame, pc.wrapping_add(1), top, locals);
    }
    computed::get_awaitable(thread, frame, pc, top, locals, unit)
}

/// The generator or coroutine that SEND resumes.
#[inline(always)]
fn sendable<'a>(reference: StackRef) -> Option<&'a Object<Generator>> {
    match exact::<Generator>(reference) {
        Some(generator) => Some(generator),
        None => generator::exact_coroutine(reference),
    }
}

#[native::handler]
pub(super) fn send(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let Some(generator) = sendable(top.peek(2)) else {
        return send_to_other(thread, frame, pc, top, locals, unit);
    };
    let (ret, sent, behind) = (top.place(1), top.peek(1), pc.wrapping_add(SEND));
    if sent.is_borrowed() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    match generator_turns::begin_here(thread, frame, behind, generator, ret, sent, Caller::Send) {
        Some((pc, top, locals)) => go(thread, frame.wrapping_add(1), pc, top, locals),
        None => send_otherwise(thread, frame, pc, top, unit, generator),
    }
}

/// SEND to a generator that is shared, or that cannot be resumed plainly.
#[inline(never)]
#[native::handler]
fn send_otherwise(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    _: Unit,
    generator: &Object<Generator>,
) -> Next {
    let ret = top.place(1);
    let begun = generator_turns::begin_plainly(thread, frame, generator, ret, top.peek(1), Caller::Send);
    if begun.is_null() {
        return Next::step(thread, pc, top);
    }
    save_pc(frame, pc.wrapping_add(SEND));
    save_top(frame, ret);
    let (pc, top, locals) = run::load(begun);
    go(thread, begun, pc, top, locals)
}

/// SEND to what is neither a generator nor a coroutine.
#[inline(never)]
#[native::handler]
fn send_to_other(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let behind = pc.wrapping_add(SEND);
    if let Some(awaitable) = exact::<SendAwaitable>(top.peek(2)) {
        let ret = top.place(1);
        let begun = async_generator::begin_plainly(thread, frame, awaitable, ret);
        if begun.is_null() {
            return slow(thread, frame, pc, top, locals, unit);
        }
        save_pc(frame, behind);
        save_top(frame, ret);
        let (pc, top, locals) = run::load(begun);
        return go(thread, begun, pc, top, locals);
    }
    if exact::<Generator>(top.peek(2)).is_some() {
        return slow(thread, frame, pc, top, locals, unit);
    }
    pass(thread, frame, behind, top, unit)
}

/// Passes a value on to what is no generator. Not part of the handler, because of what comes of it (INV-HOT-2).
#[inline(never)]
#[native::handler]
fn pass(thread: &mut Thread, frame: *mut Frame, behind: Pc, mut top: Top, unit: Unit) -> Next {
    sync(thread, frame, behind, top);
    match generator::send_to(thread, &top.look(2), &top.look(1)) {
        Ok(Sent::Yielded(item)) => {
            top.drop_one();
            top.push_value(item);
            Next::polling(thread, behind, top)
        }
        Ok(Sent::Returned(result)) => {
            top.drop_one();
            top.push_value(result);
            Next::polling(thread, behind.wrapping_add(unit.oparg() as usize), top)
        }
        Err(raised) => raise(thread, behind, top, raised),
    }
}

#[native::handler]
pub(super) fn yield_value(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let value = top.peek(1);
    // SAFETY: the running frame is in use.
    let caller = unsafe { &*frame }.caller;
    if !matches!(caller, Caller::Next | Caller::Send) {
        return yield_to_native(thread, frame, pc, top, locals, unit);
    }
    if value.is_borrowed() || !generator_turns::suspend_here(thread, frame, pc.wrapping_add(1), top.place(1))
    {
        return yield_otherwise(thread, frame, pc, top, locals, unit);
    }
    // SAFETY: the place of the frame that has just ended, in which nothing has changed.
    let mut top = Top(unsafe { &*frame }.ret);
    // FOR_ITER or SEND of the frame below goes on with the value.
    top.push(value);
    let frame = frame.wrapping_sub(1);
    let (pc, _, locals) = run::load(frame);
    go(thread, frame, pc, top, locals)
}

/// A `yield` to native code.
#[inline(never)]
#[native::handler]
fn yield_to_native(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let value = top.peek(1);
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    let (caller, ret) = (this.caller, this.ret);
    let state = state_of(thread);
    if caller != Caller::Native
        || this.generator.is_null()
        || value.is_borrowed()
        || state.frames.below(frame).is_null()
        || !generator_turns::suspend_here(thread, frame, pc.wrapping_add(1), top.place(1))
    {
        return yield_otherwise(thread, frame, pc, top, locals, unit);
    }
    state.yielded.set(true);
    Next::leave(thread, Top(ret), value)
}

/// A `yield` to an asynchronous `for`, of a shared generator, or of what must be counted first.
#[inline(never)]
#[native::handler]
fn yield_otherwise(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    let value = counted(top.peek(1));
    top.set(1, value);
    let behind = pc.wrapping_add(1);
    if !generator_turns::suspend_plainly(thread, frame, behind, top.place(1)) {
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
    if caller == Caller::Anext {
        return hand_over(thread, frame.wrapping_sub(1), top, value);
    }
    // FOR_ITER or SEND of the frame below goes on with the value.
    top.push(value);
    let frame = frame.wrapping_sub(1);
    let (pc, _, locals) = run::load(frame);
    go(thread, frame, pc, top, locals)
}

/// What an asynchronous generator yields goes to the frame below, which awaits it: what the generator awaits in turn is yielded
/// on, its own item is the result.
#[inline(never)]
#[native::handler]
fn hand_over(thread: &mut Thread, frame: *mut Frame, mut top: Top, value: StackRef) -> Next {
    let (item, returned) = unwrap(thread, top, value);
    top.push(item);
    if returned {
        skip_after(frame, 0);
    }
    let (pc, _, locals) = run::load(frame);
    go_polling(thread, frame, pc, top, locals)
}

#[inline(never)]
fn unwrap(thread: &mut Thread, top: Top, value: StackRef) -> (StackRef, bool) {
    let value = value.into_value().unwrap_or_else(memory::Value::none);
    match async_generator::yielded(thread, top.peek(1), value) {
        Sent::Yielded(awaited) => (StackRef::from_value(awaited), false),
        Sent::Returned(item) => (StackRef::from_value(item), true),
    }
}

/// A `yield` of an asynchronous generator wraps its item, unless the frame below awaits just that: it gets the item as it is.
#[native::handler]
pub(super) fn call_intrinsic_1(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: Pc,
    top: Top,
    locals: *mut StackRef,
    unit: Unit,
) -> Next {
    const YIELD: usize = 1;
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    let (caller, ret) = (this.caller, this.ret);
    if caller != Caller::Anext
        || unit.oparg() != ASYNC_GEN_WRAP
        || fetch(pc.wrapping_add(YIELD)).opcode() != number::YieldValue
    {
        return computed::call_intrinsic_1(thread, frame, pc, top, locals, unit);
    }
    let item = counted(top.peek(1));
    top.set(1, item);
    if !generator_turns::suspend_plainly(thread, frame, pc.wrapping_add(YIELD + 1), top.place(1)) {
        return computed::call_intrinsic_1(thread, frame, pc, top, locals, unit);
    }
    let mut top = Top(ret);
    async_generator::delivered(thread, top.peek(1));
    top.push(item);
    let frame = frame.wrapping_sub(1);
    skip_after(frame, 0);
    let (pc, _, locals) = run::load(frame);
    go(thread, frame, pc, top, locals)
}

/// The reference with a count of its own, in the place of itself.
#[inline(always)]
fn counted(reference: StackRef) -> StackRef {
    if reference.is_borrowed() { count(reference) } else { reference }
}

/// Out of line, for the sake of the registers.
#[inline(never)]
fn count(reference: StackRef) -> StackRef {
    reference.to_value().map_or(StackRef::EMPTY, StackRef::from_value)
}
