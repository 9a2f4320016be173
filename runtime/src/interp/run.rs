//! The dispatch loop.
//!
//! Instructions in their frequent forms are run by the handlers of `hot`, which lead from one to the next. What they leave is run
//! by `step`, which knows every instruction in full and executes one. This file drives both, and has what they share.

use memory::word::Word;
use memory::{Object, StackRef, Value};
use threads::Thread;
use threads::sync::atomic::{AtomicU64, Ordering};

use super::frame::Frame;
use super::hot::{HANDLERS, Next, Request};
use super::instr::Unit;
use super::specialized::{self, internal};
use super::step::step;
use super::step_control::step_control;
use super::top::Top;
use super::unwind;
use crate::class::BinaryOp;
use crate::error::{Raised, Result, unbound_local_error};
use crate::object::{cast, cast_exact};
use crate::state::ThreadState;
use crate::types::function::Function;
use crate::types::generator::{self, Generator};
use crate::types::{Str, StrExt, Tuple, TupleExt};

/// The number of each of CPython's instructions, as patterns.
#[allow(non_upper_case_globals, missing_docs, reason = "named as the instructions are")]
pub(crate) mod number {
    macro_rules! numbers {
        ($n:ident; $($(#[$doc:meta])* $number:literal $variant:ident $name:ident ($popped:expr => $pushed:expr)
            cache $cache:literal [$($flag:ident)*];)*) => {
            $(#[allow(dead_code, reason = "some are never run")] pub const $variant: u8 = ($number & 0xff) as u8;)*
        };
    }
    compiler::opcode_table!(numbers);
}

/// What the loop keeps in variables.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    /// The running frame.
    pub frame: *mut Frame,
    /// The next unit.
    pub pc: *const AtomicU64,
    /// The top of the evaluation stack.
    pub top: Top,
    /// The first local.
    pub locals: *mut StackRef,
}

/// How an instruction ends.
pub(super) enum Flow {
    /// The next one follows.
    Next,
    /// The frame that native code called has returned.
    Return(Value),
    /// An exception.
    Raise(Raised),
}

/// Answers what others have asked of this thread.
#[cold]
#[inline(never)]
pub(super) fn answer(thread: &mut Thread) -> Result<()> {
    let rest = thread.poll();
    if rest.is_empty() { Ok(()) } else { super::answer_requests(thread, rest) }
}

/// Runs the current frame, which native code has pushed, until it returns.
///
/// # Errors
/// What the frame raises and does not handle.
pub fn run(thread: &mut Thread) -> Result<Value> {
    let frame = state_of(thread).frames.current.get();
    let (pc, top, locals) = load(frame);
    let unit = fetch(pc);
    let next = HANDLERS[unit.opcode() as usize](thread, frame, pc, top, locals, unit);
    if next.request() == Request::Return {
        return Ok(returned(state_of(thread)));
    }
    run_on(thread, next)
}

/// What a handler has left for native code.
#[inline(always)]
fn returned(state: &ThreadState) -> Value {
    state.returned.replace(StackRef::EMPTY).into_value().unwrap_or_else(Value::none)
}

/// As [`run`] behind what asks the driver for something.
#[inline(never)]
fn run_on(thread: &mut Thread, first: Next) -> Result<Value> {
    let state = state_of(thread);
    let stack = stack_of(thread);
    let mut next = first;
    loop {
        // What the handlers and `step` do until something is raised.
        let (pc, top, raised): (_, Top, Raised) = loop {
            if next.request() == Request::Return {
                return Ok(returned(state));
            }
            let frame = state.frames.current.get();
            let (_, _, locals) = load(frame);
            let (pc, top) = (next.pc(), Top(stack.top()));
            match next.request() {
                Request::Go => {
                    let unit = fetch(pc);
                    next = HANDLERS[unit.opcode() as usize](thread, frame, pc, top, locals, unit);
                }
                Request::Step => {
                    let mut registers = Registers { frame, pc: pc.wrapping_add(1), top, locals };
                    let unit = specialized::in_full(fetch(pc));
                    let execute = if specialized::is_control(unit.opcode()) { step_control } else { step };
                    match execute(thread, &mut registers, unit) {
                        Flow::Next => next = Next::at(thread, registers.pc, registers.top),
                        Flow::Return(value) => return Ok(value),
                        Flow::Raise(raised) => break (registers.pc, registers.top, raised),
                    }
                }
                Request::Poll => {
                    stack.set_top(top.0);
                    save_pc(frame, pc);
                    match answer(thread) {
                        Ok(()) => next = Next::at(thread, pc, top),
                        Err(raised) => break (pc, top, raised),
                    }
                }
                Request::Raise | Request::Return => {
                    let raised = state.raising.take();
                    break (
                        pc,
                        top,
                        raised.unwrap_or_else(|| crate::error::system_error("nothing was raised")),
                    );
                }
            }
        };
        // An exception: to its handler, or out of this frame and the next ones.
        stack.set_top(top.0);
        unwind::unwind(thread, state, stack, Some(pc), raised)?;
        let (pc, top, _) = load(state.frames.current.get());
        next = Next::at(thread, pc, top);
    }
}

/// The thread's state.
#[inline(always)]
pub(crate) fn state_of<'a>(thread: &Thread) -> &'a ThreadState {
    let state: *const ThreadState = ThreadState::of(thread);
    // SAFETY: INV-STATE-1: the state lives as long as the thread runs Python, which it does here.
    unsafe { &*state }
}

/// The thread's evaluation stack.
#[inline(always)]
pub(crate) fn stack_of<'a>(thread: &Thread) -> &'a memory::EvalStack {
    let stack: *const memory::EvalStack = memory::stack(thread);
    // SAFETY: a thread's stack lives as long as the thread.
    unsafe { &*stack }
}

/// The hot state of a frame that runs from now on.
#[inline(always)]
pub(super) fn load(frame: *mut Frame) -> (*const AtomicU64, Top, *mut StackRef) {
    // SAFETY: the current frame is in use.
    let frame = unsafe { &*frame };
    (frame.pc, Top(frame.saved_top), frame.locals)
}

#[inline(always)]
pub(super) fn fetch(pc: *const AtomicU64) -> Unit {
    // SAFETY: INV-TOP-1: jumps stay within the code, which ends with a return or a raise.
    Unit(unsafe { &*pc }.load(Ordering::Relaxed))
}

#[inline(always)]
pub(crate) fn save_pc(frame: *mut Frame, pc: *const AtomicU64) {
    // SAFETY: the running frame is in use, and only this thread touches it.
    unsafe { (*frame).pc = pc };
}

#[inline(always)]
pub(crate) fn save_top(frame: *mut Frame, top: *mut StackRef) {
    // SAFETY: as in `save_pc`.
    unsafe { (*frame).saved_top = top };
}

#[inline(always)]
pub(super) fn code_of<'a>(frame: *mut Frame) -> &'a Object<crate::types::code::Code> {
    // SAFETY: INV-FRAME-2.
    unsafe { &*frame }.code()
}

#[inline(always)]
pub(super) fn function_of<'a>(frame: *mut Frame) -> &'a Object<Function> {
    // SAFETY: INV-FRAME-2.
    unsafe { &*frame }.function()
}

/// The constant that the LOAD_CONST `unit` of the running code names.
#[inline(always)]
pub(super) fn constant<'a>(frame: *mut Frame, unit: Unit) -> &'a Value {
    let consts = &code_of(frame).payload().consts;
    debug_assert!(cast::<Tuple>(consts).is_some(), "INV-CODE-1");
    // SAFETY: INV-CODE-1.
    let items: &Object<Tuple> = unsafe { Object::of_unchecked(consts) };
    let index = unit.oparg() as usize;
    debug_assert!(index < items.items().len(), "INV-INSTR-2");
    // SAFETY: INV-INSTR-2.
    unsafe { items.items().get_unchecked(index) }
}

/// The name `index` of the running code.
#[inline(always)]
pub(super) fn name<'a>(frame: *mut Frame, index: usize) -> &'a Value {
    let names = &code_of(frame).payload().names;
    match cast::<Tuple>(names).and_then(|names| names.items().get(index)) {
        Some(value) => value,
        None => names,
    }
}

/// Puts the general instruction back and goes to it.
#[inline(never)]
#[cold]
pub(super) fn despecialize(pc: *const AtomicU64, unit: Unit, general: u8) -> *const AtomicU64 {
    super::instr::replace(pc, unit, unit.with_opcode(general));
    pc.wrapping_sub(1)
}

/// The generator that a `for` loop iterates, if it is one.
#[inline(always)]
pub(super) fn plain_generator(value: &Value) -> Option<&Object<Generator>> {
    cast_exact::<Generator>(value)
}

/// The generator or coroutine that SEND resumes by pushing its frame.
#[inline(always)]
pub(super) fn sendable(value: &Value) -> Option<&Object<Generator>> {
    cast::<Generator>(value).filter(|_| !generator::is_async(value))
}

#[inline(always)]
pub(super) fn is_generator(frame: *mut Frame) -> bool {
    // SAFETY: the running frame is in use.
    !unsafe { &*frame }.generator.is_null()
}

/// The instruction that resumed a generator, which has ended, jumps: by its argument and `more`.
pub(super) fn skip_after(frame: *mut Frame, more: usize) {
    // SAFETY: the running frame is in use.
    let frame = unsafe { &mut *frame };
    // A cache stands between the instruction and where its frame goes on.
    let unit = fetch(frame.pc.wrapping_sub(2));
    frame.pc = frame.pc.wrapping_add(unit.oparg() as usize + more);
}

/// An int or float as a double.
#[inline(always)]
pub(super) fn number(word: Word) -> Option<f64> {
    match word.as_float() {
        Some(float) => Some(float),
        None => word.as_int().filter(|n| n.unsigned_abs() < 1 << 53).map(|n| n as f64),
    }
}

/// Where a call's arguments begin, and how many there are.
#[inline(always)]
pub(super) fn arguments(place: *mut StackRef, oparg: usize, has_receiver: bool) -> (*mut StackRef, usize) {
    if has_receiver { (place.wrapping_add(1), oparg + 1) } else { (place.wrapping_add(2), oparg) }
}

/// The top as the caller of native code left it.
#[inline(always)]
pub(super) fn top_release(stack: &memory::EvalStack, top: Top) {
    stack.set_top(top.0);
}

/// Before a frame ends nothing is asked that its end would not answer as well.
#[inline(always)]
pub(super) fn poll_quietly(stack: &memory::EvalStack, frame: *mut Frame, pc: *const AtomicU64, top: Top) {
    stack.set_top(top.0);
    save_pc(frame, pc);
}

#[cold]
pub(super) fn unbound_local(frame: *mut Frame, index: usize) -> Raised {
    let name = code_of(frame).payload().local_name(index).and_then(cast::<Str>);
    let text = name.map(|name| name.to_string_lossy()).unwrap_or_default();
    unbound_local_error(format!(
        "cannot access local variable '{text}' where it is not associated with a value"
    ))
}

/// The local that an instruction stores into, if it begins by storing into one.
#[inline(always)]
pub(super) fn stored_local(unit: Unit) -> Option<usize> {
    let oparg = unit.oparg() as usize;
    match unit.opcode() {
        number::StoreFast
        | internal::STORE_FAST_LOAD_FAST_BORROW
        | internal::STORE_FAST_LOAD_FAST_BORROW_LOAD_FAST_BORROW
        | internal::STORE_FAST_JUMP_BACKWARD => Some(oparg),
        number::StoreFastLoadFast | number::StoreFastStoreFast => Some(oparg >> 4),
        _ => None,
    }
}

/// The operator of a `BINARY_OP` argument.
pub(super) fn operator(oparg: u32) -> Option<(BinaryOp, bool)> {
    let n = oparg as usize;
    match n {
        0..13 => Some((BinaryOp::ALL[n], false)),
        13..26 => Some((BinaryOp::ALL[n - 13], true)),
        _ => None,
    }
}
