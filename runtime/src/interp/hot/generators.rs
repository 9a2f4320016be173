//! Generators and coroutines: made, resumed by `await` and `yield from`, suspended, ended.

use memory::word::Word;
use memory::{Object, StackRef};
use threads::Thread;

use super::{Next, Pc, go, go_polling, raise, slow, sync};
use crate::error::Result;
use crate::interp::calls;
use crate::interp::frame::{Caller, Frame};
use crate::interp::instr::Unit;
use crate::interp::run::{self, save_pc, save_top, skip_after, stack_of, state_of};
use crate::interp::top::{Top, exact};
use crate::types::generator::{self, Generator};

/// The running frame becomes a generator, which is what its call returns.
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
    generator::finished(thread, state_of(thread), frame);
}

/// `return` in a generator that a loop iterates, or that is awaited.
#[inline(never)]
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
        Caller::Next => result.word() == Word::NONE,
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
    if caller == Caller::Send {
        top.push(result);
        skip_after(below, 0);
    } else {
        skip_after(below, 1);
    }
    let (pc, _, locals) = run::load(below);
    go_polling(thread, below, pc, top, locals)
}

/// The generator or coroutine that SEND resumes.
#[inline(always)]
fn sendable<'a>(reference: StackRef) -> Option<&'a Object<Generator>> {
    match exact::<Generator>(reference) {
        Some(generator) => Some(generator),
        None => generator::exact_coroutine(reference),
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
    if let Some(generator) = sendable(top.peek(2)) {
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
    let value = counted(top.peek(1));
    top.set(1, value);
    let behind = pc.wrapping_add(1);
    if !generator::suspend_plainly(thread, frame, behind, top.place(1)) {
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
