//! A generator's turns: its frame is pushed, and put aside again.
//!
//! Each has a general form, and a plain one for what is usual, which the loop's handlers use: nobody else can touch the
//! generator now (it is private, or the thread is alone), nobody looks at its frame, it handles no exception.

use memory::word::Word;
use memory::{EvalStack, Exclusive, Held, Object, StackRef, Value};
use threads::Thread;
use threads::sync::atomic::{AtomicU64, Ordering};

use super::generator::{Generator, State, kind};
use crate::error::{Result, type_error, value_error};
use crate::interp::calls;
use crate::interp::frame::{Caller, Frame};
use crate::interp::frame_object::{self, FrameObject};
use crate::interp::instr;
use crate::interp::run::{save_pc, save_top, stack_of, state_of};
use crate::interp::top::{Top, read, write};
use crate::object::cast;
use crate::state::ThreadState;

/// Slots of the thread's stack that must be free beyond a frame's own.
const REST: usize = Held::UNIT;

/// Pushes the frame of a generator at the top of the stack, with `sent` as the value of its `yield`, or to raise something
/// there. False if the generator has ended.
///
/// # Errors
/// ValueError if it is running already; TypeError for a value sent to one that has not begun; RecursionError.
pub(crate) fn begin(
    thread: &mut Thread,
    state: &ThreadState,
    stack: &EvalStack,
    value: &Value,
    generator: &Object<Generator>,
    sent: Option<&Value>,
    caller: Caller,
) -> Result<bool> {
    let payload = generator.payload();
    let code = payload.code();
    let ret = stack.top();
    let room = stack.room_from(ret);
    let locals = ret.wrapping_add(1);
    let mut section = Exclusive::open(thread, generator);
    let inner = section.get(|generator| &generator.inner);
    match inner.state {
        State::Running => {
            drop(section);
            return Err(value_error(format!("{} already executing", kind(value))));
        }
        State::Finished => return Ok(false),
        State::Created if sent.is_some_and(|sent| !sent.is_none()) => {
            drop(section);
            return Err(type_error(format!("can't send non-None value to a just-started {}", kind(value))));
        }
        State::Created | State::Suspended => {}
    }
    let place = match state.frames.next() {
        Some(place) if calls::may_nest(state) && room >= payload.room as usize + REST => place,
        _ => {
            drop(section);
            return Err(crate::error::recursion_error("maximum recursion depth exceeded"));
        }
    };
    inner.state = State::Running; // INV-GEN-1
    let pc = inner.pc;
    let handled = inner.handled.take();
    let n = std::mem::take(&mut inner.held) as usize;
    // SAFETY: INV-GEN-3; there is room, which was looked at above, and nothing is in use above the top.
    unsafe { section.hand_out_all(payload.first_slot(), n, locals) };
    let mut top = locals.wrapping_add(n);
    let handled = handled.map(|held| section.hand_out(held));
    drop(section);
    // The caller keeps the generator as long as the frame runs.
    write(ret, StackRef::borrow_from(value));
    // At its beginning a generator pops a None too, and where something is raised the stack is as high.
    write(top, StackRef::from_value(sent.cloned().unwrap_or_else(Value::none)));
    top = top.wrapping_add(1);
    let object = if payload.frame.is_empty() { None } else { payload.frame.get(generator.header()) };
    if let Some(object) = object.as_ref().and_then(cast::<FrameObject>) {
        object.payload().frame.store(place, Ordering::Release);
    }
    // What is raised is raised by the instruction after the `yield`.
    let frame = Frame {
        pc: pc.wrapping_add(usize::from(sent.is_none())),
        locals,
        ret,
        code,
        function: payload.function_at.load(Ordering::Relaxed),
        namespace: if payload.namespace.is_empty() {
            None
        } else {
            payload.namespace.get(generator.header())
        },
        object,
        generator,
        saved_top: top,
        caller,
        handles: handled.is_some(),
        ..Frame::FRESH
    };
    calls::enter(state, stack, place, frame);
    stack.set_top(top);
    if handled.is_some() {
        state.handled.enter(handled);
    }
    Ok(true)
}

/// The running frame is put back into its generator: what `YIELD_VALUE` does. The frame's slots are empty afterwards.
pub(crate) fn suspend(
    thread: &mut Thread,
    state: &ThreadState,
    frame: *mut Frame,
    pc: *const AtomicU64,
    top: *mut StackRef,
) {
    // SAFETY: the running frame is in use.
    let this = unsafe { &mut *frame };
    // SAFETY: the slot at `ret` keeps the generator.
    let generator: &Object<Generator> = unsafe { &*this.generator };
    let n = (top.addr() - this.locals.addr()) / size_of::<StackRef>();
    let unused = |object: &Value| cast::<FrameObject>(object).is_some_and(frame_object::is_forgotten);
    if let Some(object) = this.object.take_if(|object| unused(object)) {
        // Made where an exception came through, which has been handled.
        drop(object);
    } else if let Some(object) = this.object.take() {
        // The object stays with the generator, which answers for its frame while it is suspended.
        if let Some(frame_object) = cast::<FrameObject>(&object) {
            let payload = frame_object.payload();
            let next = (pc.addr() - instr::of(this.code()).first().addr()) / 8;
            payload.instruction.store(next as i64, Ordering::Release);
            payload.frame.store(std::ptr::null_mut(), Ordering::Release);
        }
        if generator.payload().frame.is_empty() {
            drop(generator.payload().frame.replace(thread, generator.header(), Some(object)));
        }
    }
    let handled = end_handling(state, this);
    let mut section = Exclusive::open(thread, generator);
    debug_assert!(n <= generator.payload().room as usize, "INV-GEN-3");
    // SAFETY: the frame's slots (INV-FRAME-1), which are not used again; INV-GEN-3: there is room.
    unsafe { section.hold_all(this.locals, n, generator.payload().first_slot()) };
    for i in 0..n {
        write(this.locals.wrapping_add(i), StackRef::EMPTY);
    }
    let handled = handled.map(|handled| section.hold(handled));
    let plain = handled.is_none() && this.namespace.is_none() && generator.payload().frame.is_empty();
    let inner = section.get(|generator| &generator.inner);
    inner.plain = plain;
    inner.held = n as u32;
    inner.handled = handled;
    inner.pc = pc;
    inner.state = State::Suspended;
}

/// Takes the exception that a generator's frame is handling off the thread's list.
fn end_handling(state: &ThreadState, frame: &mut Frame) -> Option<Value> {
    if !std::mem::replace(&mut frame.handles, false) {
        return None;
    }
    state.handled.leave()
}

/// As [`begin`] where everything is as usual: returns the generator's frame; null, and nothing done, for any other. `sent` is
/// taken over then.
#[inline(never)]
pub(crate) fn begin_plainly(
    thread: &mut Thread,
    frame: *mut Frame,
    generator: &Object<Generator>,
    ret: *mut StackRef,
    sent: StackRef,
    caller: Caller,
) -> *mut Frame {
    let (state, stack) = (state_of(thread), stack_of(thread));
    let mut section = Exclusive::open(thread, generator);
    if section.is_locked() || !is_ready(state, stack, &mut section, ret, sent) {
        return std::ptr::null_mut();
    }
    push_frame::<false>(state, stack, frame, section, ret, sent, caller);
    frame.wrapping_add(1)
}

/// As [`begin_plainly`] for a private generator, and for handlers: it takes no address of a local variable (INV-HOT-2). The frame
/// `frame` will go on at `behind`. Returns what the generator's frame begins with, if it does.
#[inline(always)]
pub(crate) fn begin_here(
    thread: &Thread,
    frame: *mut Frame,
    behind: *const AtomicU64,
    generator: &Object<Generator>,
    ret: *mut StackRef,
    sent: StackRef,
    caller: Caller,
) -> Option<Begun> {
    let (state, stack) = (state_of(thread), stack_of(thread));
    let mut section = Exclusive::open_private(thread, generator)?;
    if !is_ready(state, stack, &mut section, ret, sent)
        || section.get(|generator| &generator.inner).held as usize > Held::FEW
    {
        return None;
    }
    save_pc(frame, behind);
    save_top(frame, ret);
    Some(push_frame::<true>(state, stack, frame, section, ret, sent, caller))
}

/// What the frame of a generator runs with: its next instruction, its top and its first local.
pub(crate) type Begun = (*const AtomicU64, Top, *mut StackRef);

/// Whether the generator can be resumed with `sent` by what is usual: there is room for its frame, and it rests.
#[inline(always)]
fn is_ready(
    state: &ThreadState,
    stack: &EvalStack,
    section: &mut Exclusive<'_, Generator>,
    ret: *mut StackRef,
    sent: StackRef,
) -> bool {
    let room_bytes = (section.object().payload().room as usize + REST) * size_of::<StackRef>();
    if stack.limit().addr() - ret.addr() < room_bytes || !calls::may_nest(state) {
        return false;
    }
    let inner = section.get(|generator| &generator.inner);
    let ready = match inner.state {
        State::Suspended => true,
        State::Created => sent.word() == Word::NONE,
        State::Running | State::Finished => false,
    };
    ready && inner.plain
}

/// Pushes the frame of a generator that [is ready](is_ready) above `frame`, and that keeps few slots if `FEW`.
#[inline(always)]
fn push_frame<const FEW: bool>(
    state: &ThreadState,
    stack: &EvalStack,
    frame: *mut Frame,
    mut section: Exclusive<'_, Generator>,
    ret: *mut StackRef,
    sent: StackRef,
    caller: Caller,
) -> Begun {
    let generator = section.object();
    let payload = generator.payload();
    let inner = section.get(|generator| &generator.inner);
    inner.state = State::Running; // INV-GEN-1
    let n = inner.held as usize;
    inner.held = 0;
    let locals = ret.wrapping_add(1);
    // Nobody has borrowed through the slots: the generator is private, or the thread is alone.
    if FEW {
        // SAFETY: INV-GEN-3; there is room for `REST` more, and nothing is in use above `ret`.
        unsafe { Held::move_few(payload.first_slot().cast(), n, locals) };
    } else {
        // SAFETY: INV-GEN-3; there is room, and nothing is in use above `ret`.
        unsafe { Held::move_out(payload.first_slot(), n, locals) };
    }
    let pc = inner.pc;
    drop(section);
    // The caller keeps the generator as long as the frame runs.
    write(ret, StackRef::borrow_to(generator));
    let top = locals.wrapping_add(n);
    write(top, sent);
    let code = payload.code.load(Ordering::Relaxed);
    let function = payload.function_at.load(Ordering::Relaxed);
    let saved_top = top.wrapping_add(1);
    let resumed = Frame { pc, locals, ret, code, function, generator, saved_top, caller, ..Frame::FRESH };
    calls::enter(state, stack, frame.wrapping_add(1), resumed);
    (pc, Top(saved_top), locals)
}

/// As [`suspend_plainly`] for the frame, not the first one, of a private generator, where nothing is borrowed.
#[inline(always)]
pub(crate) fn suspend_here(
    thread: &Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    top: *mut StackRef,
) -> bool {
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    debug_assert!(!this.generator.is_null(), "the caller has looked");
    if this.object.is_some() || this.handles {
        return false;
    }
    // SAFETY: the slot at `ret` keeps the generator.
    let generator: &Object<Generator> = unsafe { &*this.generator };
    let payload = generator.payload();
    let Some(mut section) = Exclusive::open_private(thread, generator) else { return false };
    // One that rested plainly, and whose frame nobody has asked for since, is plain again. The slot at `ret` is left as it is, so it
    // may own no count.
    if !section.get(|generator| &generator.inner).plain || !read(this.ret).is_borrowed() {
        return false;
    }
    debug_assert!(payload.frame.is_empty() && this.namespace.is_none(), "it is plain");
    let held = (top.addr() - this.locals.addr()) / size_of::<StackRef>();
    debug_assert!(held <= payload.room as usize, "INV-GEN-3");
    if held > Held::FEW {
        return false;
    }
    let mut at = this.locals;
    while at < top {
        if read(at).is_borrowed() {
            return false;
        }
        at = at.wrapping_add(1);
    }
    // SAFETY: the frame's slots (INV-FRAME-1), which are not used again; INV-GEN-3: there is room for a multiple of the unit; above
    // the top the stack has `REST` more.
    unsafe { Held::move_few(this.locals, held, payload.first_slot().cast()) };
    let inner = section.get(|generator| &generator.inner);
    inner.held = held as u32;
    inner.pc = pc;
    inner.state = State::Suspended;
    drop(section);
    calls::leave_to(state_of(thread), stack_of(thread), frame.wrapping_sub(1));
    true
}

/// As [`suspend`] with what follows it, where everything is as usual: the frame's slots go back into its generator, whose frame
/// ends. False, and nothing done, for any other. It takes no address of a local variable (INV-HOT-2).
#[inline(always)]
pub(crate) fn suspend_plainly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    top: *mut StackRef,
) -> bool {
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    if this.generator.is_null() || this.object.is_some() || this.handles || this.namespace.is_some() {
        return false;
    }
    // SAFETY: the slot at `ret` keeps the generator.
    let generator: &Object<Generator> = unsafe { &*this.generator };
    let (locals, keeper) = (this.locals, read(this.ret));
    let mut section = Exclusive::open(thread, generator);
    if section.is_locked() || !keeper.release_quickly(section.context()) {
        return false;
    }
    let n = (top.addr() - locals.addr()) / size_of::<StackRef>();
    debug_assert!(n <= generator.payload().room as usize, "INV-GEN-3");
    // SAFETY: the frame's slots (INV-FRAME-1), which are not used again; INV-GEN-3: there is room.
    unsafe { Held::move_in(locals, n, generator.payload().first_slot()) };
    let plain = generator.payload().frame.is_empty();
    let inner = section.get(|generator| &generator.inner);
    inner.held = n as u32;
    inner.pc = pc;
    inner.plain = plain;
    inner.state = State::Suspended;
    if section.is_shared() {
        publish_kept(generator, n);
    }
    drop(section);
    calls::leave(state_of(thread), stack_of(thread), frame);
    true
}

/// Publishes what a shared generator keeps, whose critical section is open (INV-SLOT-1).
#[inline(never)]
fn publish_kept(generator: &Object<Generator>, n: usize) {
    // SAFETY: INV-GEN-3; the critical section is open.
    let kept = unsafe { std::slice::from_raw_parts(generator.payload().first_slot(), n) };
    kept.iter().flatten().for_each(|held| memory::publish(held.value()));
}

/// The running frame, which is a generator's, is about to end.
pub(crate) fn finished(thread: &mut Thread, state: &ThreadState, frame: *mut Frame) {
    // SAFETY: the running frame is in use.
    let this = unsafe { &mut *frame };
    let handled = end_handling(state, this);
    // SAFETY: the slot at `ret` keeps the generator.
    let generator: &Object<Generator> = unsafe { &*this.generator };
    let mut section = Exclusive::open(thread, generator);
    section.get(|generator| &generator.inner).state = State::Finished;
    drop(section);
    if !generator.payload().frame.is_empty() {
        drop(generator.payload().frame.replace(thread, generator.header(), None));
    }
    drop(handled);
}
