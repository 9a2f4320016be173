//! Generators, coroutines and asynchronous generators: frames that are put aside and taken up again.
//!
//! While it is suspended, a generator keeps the slots of its frame in itself; resuming moves them onto the thread's stack,
//! suspending moves them back. What state it is in decides who may resume it.
//!
//! ```text
//! CREATED --begin--> RUNNING --yield--> SUSPENDED --begin--> RUNNING --return, raise--> FINISHED
//! ```
//!
//! The dispatch loop resumes a generator by pushing its frame ([`begin`]), as it does for a call: `for`, `yield from` and
//! `await` do not recurse in Rust. Native code does the same and runs the loop again ([`resume`]).
//!
//! * INV-GEN-1: the state becomes RUNNING in one step (under the object's lock if it is shared), so one thread runs a generator
//!   at a time; a second one gets ValueError.
//! * INV-GEN-2: the code that a generator runs is the one that its function had when it was made.

use std::ptr::NonNull;

use memory::{EvalStack, Exclusive, Guarded, Held, Object, Slot, StackRef, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, Ordering};
use threads::{Context, Thread};

use super::async_generator::SendAwaitable;
use super::code::{Code, flag};
use super::function::Function;
use crate::class::{ClassDef, ClassFlags, Slots, class_of, slots_of};
use crate::error::{
    Raised, Result, STOP_ITERATION, runtime_error, stop_async_iteration, type_error, value_error,
};
use crate::interp::calls;
use crate::interp::frame::{Caller, Frame};
use crate::interp::frame_object::{self, FrameObject};
use crate::interp::instr;
use crate::interp::top::{read, write};
use crate::names;
use crate::object::cast;
use crate::state::{self, ThreadState};

/// What a generator is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Created,
    /// At a `yield`.
    Suspended,
    /// Being run.
    Running,
    /// Ended.
    Finished,
}

/// What a generator keeps while it does not run.
pub struct Inner {
    /// What it is doing.
    pub state: State,
    /// Locals, cells, free variables and the evaluation stack.
    slots: Vec<Option<Held>>,
    /// The next instruction.
    pc: *const AtomicU64,
    /// The exception that it is handling.
    handled: Option<Held>,
}

/// Bits of [`Generator::flags`], which asynchronous generators use.
pub(crate) mod async_flag {
    /// The hooks of `sys.set_asyncgen_hooks` have been asked.
    pub const HOOKED: u8 = 1;
    /// `aclose()` has been called, or it has ended.
    pub const CLOSED: u8 = 2;
    /// One of its awaitables is being awaited.
    pub const RUNNING: u8 = 4;
}

/// The payload of a generator, coroutine or asynchronous generator.
pub struct Generator {
    /// State and frame.
    pub inner: Guarded<Inner>,
    /// The function whose code it runs.
    pub function: Slot,
    /// The code; not counted, as functions do not count theirs.
    code: AtomicPtr<Object<Code>>,
    /// The function again, which the slot keeps: frames refer to it without counting.
    function_at: AtomicPtr<Object<Function>>,
    /// How much of the thread's stack its frame takes at most.
    room_bytes: usize,
    /// `__name__`.
    pub name: Slot,
    /// `__qualname__`.
    pub qualname: Slot,
    /// The frame object, once somebody has asked for it and until the frame ends.
    pub frame: Slot,
    /// An asynchronous generator's finalizer hook, a coroutine's origin.
    pub extra: Slot,
    /// The mapping of names, where the code is not a function's: a module with `await` at its top level.
    namespace: Slot,
    /// What an asynchronous generator's awaitables have to know of one another.
    pub(crate) flags: AtomicU8,
}

// SAFETY: each slot and each held value once, and the code as uncounted.
unsafe impl Trace for Generator {
    const NAME: &'static str = "generator";
    const FINALIZER: Option<memory::Finalizer> = Some(memory::Finalizer {
        wants: super::generator_finalizer::wants,
        run: super::generator_finalizer::run,
    });

    fn trace<V: Visitor>(&self, visitor: &mut V) {
        if let Some(code) = NonNull::new(self.code.load(Ordering::Relaxed)) {
            visitor.uncounted(code.cast());
        }
        for slot in [&self.function, &self.name, &self.qualname, &self.frame, &self.extra, &self.namespace] {
            visitor.slot(slot);
        }
        // SAFETY: called from `trace`.
        let inner = unsafe { self.inner.peek() };
        for held in inner.slots.iter().flatten().chain(&inner.handled) {
            visitor.value(held.value());
        }
    }
}

static DESC: memory::TypeDesc = memory::TypeDesc::of::<Generator>();
static EXTENDED: memory::TypeDesc = crate::object::Extended::<Generator>::describe(&DESC);
const FLAGS: ClassFlags = ClassFlags::NO_NEW.union(ClassFlags::HAS_WEAKREF);

/// The class of generators.
pub static GENERATOR: ClassDef = crate::object::define::<Generator>("generator", &DESC, &EXTENDED, FLAGS)
    .with_slots(generator_slots)
    .with_methods(super::generator_methods::GENERATOR_METHODS)
    .with_getsets(super::generator_methods::GENERATOR_GETSETS);
/// The class of coroutines.
pub static COROUTINE: ClassDef = crate::object::define::<Generator>("coroutine", &DESC, &EXTENDED, FLAGS)
    .with_slots(coroutine_slots)
    .with_methods(super::generator_methods::COROUTINE_METHODS)
    .with_getsets(super::generator_methods::COROUTINE_GETSETS);
/// The class of asynchronous generators.
pub static ASYNC_GENERATOR: ClassDef =
    crate::object::define::<Generator>("async_generator", &DESC, &EXTENDED, FLAGS)
        .with_slots(super::async_generator::slots)
        .with_methods(super::async_generator::METHODS)
        .with_getsets(super::async_generator::GETSETS);

impl crate::class::Payload for Generator {
    fn def() -> &'static ClassDef {
        &GENERATOR
    }
}

fn generator_slots(slots: &Slots) {
    slots.repr.set(super::generator_methods::repr);
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next);
}

fn coroutine_slots(slots: &Slots) {
    slots.repr.set(super::generator_methods::repr);
    slots.await_.set(super::coroutine_wrapper::new);
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    match resume(thread, value, With::Value(Value::none()))? {
        Sent::Yielded(item) => Ok(Some(item)),
        Sent::Returned(result) => {
            if !result.is_none() {
                state::set_stop_value(thread, Some(result));
            }
            Ok(None)
        }
    }
}

/// What a generator is resumed with.
pub enum With {
    /// The value of `yield`.
    Value(Value),
    /// An exception at the `yield`.
    Raise(Raised),
}

/// What comes out of a generator.
#[derive(Debug)]
pub enum Sent {
    /// It yielded.
    Yielded(Value),
    /// It returned.
    Returned(Value),
}

impl Generator {
    /// Which of its code's instructions is at `pc`.
    fn index_of(&self, pc: *const AtomicU64) -> usize {
        (pc.addr() - instr::of(self.code()).first().addr()) / size_of::<AtomicU64>()
    }

    /// The code that it runs.
    #[inline(always)]
    pub fn code(&self) -> &Object<Code> {
        let code = self.code.load(Ordering::Relaxed);
        // SAFETY: never null; the collector keeps what a generator refers to.
        unsafe { &*code }
    }
}

/// The running frame becomes a generator: what `RETURN_GENERATOR` does.
///
/// # Errors
/// MemoryError.
pub(crate) fn from_frame(thread: &mut Thread, frame: *mut Frame, pc: *const AtomicU64) -> Result<Value> {
    // SAFETY: the running frame is in use.
    let this = unsafe { &mut *frame };
    let function = this.function();
    let code = this.code().payload();
    let def = if code.flags & flag::COROUTINE != 0 {
        &COROUTINE
    } else if code.flags & flag::ASYNC_GENERATOR != 0 {
        &ASYNC_GENERATOR
    } else {
        &GENERATOR
    };
    let n = this.nlocalsplus();
    let mut slots: Vec<Option<Held>> = Vec::with_capacity(n + code.stacksize as usize);
    slots.extend((0..n).map(|i| {
        let place = this.locals.wrapping_add(i);
        let value = read(place).into_value();
        write(place, StackRef::EMPTY);
        value.map(Held::new)
    }));
    let holder = function.header();
    let payload = Generator {
        inner: Guarded::new(Inner { state: State::Created, slots, pc, handled: None }),
        function: Slot::new(Some(crate::object::to_value(function))),
        code: AtomicPtr::new(this.code.cast_mut()),
        function_at: AtomicPtr::new(this.function.cast_mut()),
        room_bytes: (n + code.stacksize as usize + 4) * size_of::<StackRef>(),
        name: Slot::new(Some(function.payload().name(holder))),
        qualname: Slot::new(Some(function.payload().qualname(holder))),
        frame: Slot::new(None),
        extra: Slot::new(None),
        namespace: Slot::new(this.namespace.clone()),
        flags: AtomicU8::new(0),
    };
    let value = crate::object::new_of(thread, def.object(), payload)?;
    if std::ptr::eq(def, &COROUTINE) {
        super::generator_methods::note_origin(thread, &value)?;
    }
    Ok(value)
}

/// What a generator object is called in messages.
pub(super) fn kind(value: &Value) -> &'static str {
    let native = class_of(value).payload().native;
    if std::ptr::eq(native, &COROUTINE) {
        "coroutine"
    } else if std::ptr::eq(native, &ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    }
}

/// The coroutine that a slot refers to, if it does and as long as the slot keeps it.
#[inline(always)]
pub(crate) fn exact_coroutine<'a>(reference: StackRef) -> Option<&'a Object<Generator>> {
    let object = reference.object()?;
    // SAFETY: the callers use the reference only while the slot that they read stays as it is.
    let header = unsafe { object.as_ref() };
    if !std::ptr::eq(crate::class::Shape::of(header), &raw const COROUTINE.cell.shape) {
        return None;
    }
    // SAFETY: the shape is that of coroutines.
    Some(unsafe { object.cast().as_ref() })
}

/// Whether `value` is a coroutine.
pub fn is_coroutine(value: &Value) -> bool {
    std::ptr::eq(class_of(value).payload().native, &COROUTINE)
}

/// Whether `value` is an asynchronous generator.
pub fn is_async(value: &Value) -> bool {
    std::ptr::eq(class_of(value).payload().native, &ASYNC_GENERATOR)
}

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
    let needed = code.payload().nlocalsplus() + code.payload().stacksize as usize + 4;
    let ret = stack.top();
    let depth = state.depth.get();
    let room = (stack.limit().addr() - ret.addr()) / size_of::<StackRef>();
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
        Some(place) if depth < calls::RECURSION_LIMIT.load(Ordering::Relaxed) && room >= needed => place,
        _ => {
            drop(section);
            return Err(crate::error::recursion_error("maximum recursion depth exceeded"));
        }
    };
    inner.state = State::Running; // INV-GEN-1
    let pc = inner.pc;
    let handled = inner.handled.take();
    let mut slots = std::mem::take(&mut inner.slots);
    // SAFETY: there is room, which was looked at above, and nothing is in use above the top.
    let mut top = locals.wrapping_add(unsafe { section.hand_out_all(&mut slots, locals) });
    // Its room is used again at the next `yield`.
    section.get(|generator| &generator.inner).slots = slots;
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

/// Resumes a generator, coroutine or asynchronous generator until it yields, returns or raises.
///
/// # Errors
/// What it raises; ValueError if it is running already; TypeError for a value sent to one that has not begun.
pub fn resume(thread: &mut Thread, value: &Value, with: With) -> Result<Sent> {
    let Some(generator) = cast::<Generator>(value) else { return Err(type_error("not a generator")) };
    state::check_stack(thread, "")?;
    let thread_state: *const ThreadState = ThreadState::of(thread);
    // SAFETY: INV-STATE-1: the state lives as long as the thread runs Python.
    let thread_state = unsafe { &*thread_state };
    let stack: *const EvalStack = memory::stack(thread);
    // SAFETY: a thread's stack lives as long as the thread.
    let stack = unsafe { &*stack };
    let sent = match &with {
        With::Value(sent) => Some(sent),
        With::Raise(_) => None,
    };
    if let Some(sent) = sent {
        let frame = thread_state.frames.current.get();
        if !frame.is_null() {
            let counted = StackRef::from_value(sent.clone());
            let begun = begin_plainly(thread, frame, generator, stack.top(), counted, Caller::Native);
            if !begun.is_null() {
                let result = crate::interp::run::run(thread);
                return sent_of(thread_state, result);
            }
            counted.release();
        }
    }
    if !begin(thread, thread_state, stack, value, generator, sent, Caller::Native)? {
        return finished_already(value, with);
    }
    let result = match with {
        With::Value(sent) => {
            drop(sent);
            crate::interp::run::run(thread)
        }
        With::Raise(raised) => crate::interp::throw_into_frame(thread, raised),
    };
    sent_of(thread_state, result)
}

/// What the loop returned for a generator's frame.
fn sent_of(state: &ThreadState, result: Result<Value>) -> Result<Sent> {
    let yielded = state.yielded.replace(false);
    match result {
        Ok(item) if yielded => Ok(Sent::Yielded(item)),
        Ok(result) => Ok(Sent::Returned(result)),
        Err(raised) => Err(raised),
    }
}

/// Throws into what a suspended generator delegates to, or closes it: the generator runs meanwhile, and its frame stands below.
/// When the delegate has ended, what `act` says is raised in the generator; what it yields is yielded.
///
/// # Errors
/// As [`resume`].
pub(super) fn through_delegate(
    thread: &mut Thread,
    value: &Value,
    act: impl FnOnce(&mut Thread) -> std::result::Result<Value, Raised>,
) -> Result<Sent> {
    let Some(generator) = cast::<Generator>(value) else { return Err(type_error("not a generator")) };
    let thread_state: *const ThreadState = ThreadState::of(thread);
    // SAFETY: INV-STATE-1: the state lives as long as the thread runs Python.
    let thread_state = unsafe { &*thread_state };
    let stack: *const EvalStack = memory::stack(thread);
    // SAFETY: a thread's stack lives as long as the thread.
    let stack = unsafe { &*stack };
    if !begin(thread, thread_state, stack, value, generator, None, Caller::Native)? {
        return Err(value_error(format!("{} already executing", kind(value))));
    }
    match act(thread) {
        Ok(item) => {
            let frame = thread_state.frames.current.get();
            // SAFETY: the frame that was just pushed runs again.
            let pc = unsafe { &*frame }.pc.wrapping_sub(1);
            // The None that it was pushed with goes.
            suspend(thread, thread_state, frame, pc, stack.top().wrapping_sub(1));
            let (ret, _) = calls::pop(thread, thread_state, stack, frame);
            stack.set_top(ret);
            Ok(Sent::Yielded(item))
        }
        Err(raised) => {
            let result = crate::interp::throw_into_frame(thread, raised);
            sent_of(thread_state, result)
        }
    }
}

fn finished_already(value: &Value, with: With) -> Result<Sent> {
    if is_coroutine(value) {
        return Err(runtime_error("cannot reuse already awaited coroutine"));
    }
    match with {
        With::Raise(raised) => Err(raised),
        With::Value(_) if is_async(value) => Err(stop_async_iteration(())),
        With::Value(_) => Ok(Sent::Returned(Value::none())),
    }
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
    if let Some(object) = this.object.take() {
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
    let mut slots = std::mem::take(&mut section.get(|generator| &generator.inner).slots);
    // SAFETY: the frame's slots (INV-FRAME-1), which are not used again.
    unsafe { section.hold_all(this.locals, n, &mut slots) };
    for i in 0..n {
        write(this.locals.wrapping_add(i), StackRef::EMPTY);
    }
    let handled = handled.map(|handled| section.hold(handled));
    let inner = section.get(|generator| &generator.inner);
    inner.slots = slots;
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

/// As [`begin`] for a loop or a `yield from`, where everything is as usual: nobody else can touch the generator now, nobody looks
/// at its frame, it handles no exception. Returns its frame; null, and nothing done, for any other. `sent` is taken over then.
#[inline(never)]
pub(crate) fn begin_plainly(
    thread: &mut Thread,
    frame: *mut Frame,
    generator: &Object<Generator>,
    ret: *mut StackRef,
    sent: StackRef,
    caller: Caller,
) -> *mut Frame {
    begin_with::<false>(thread, frame, generator, ret, sent, caller)
}

/// [`begin_plainly`] for a shared generator, while the thread is alone. Apart from it: most are private.
#[cold]
#[inline(never)]
fn begin_alone(
    thread: &mut Thread,
    frame: *mut Frame,
    generator: &Object<Generator>,
    ret: *mut StackRef,
    sent: StackRef,
    caller: Caller,
) -> *mut Frame {
    begin_with::<true>(thread, frame, generator, ret, sent, caller)
}

#[inline(always)]
fn begin_with<const SHARED: bool>(
    thread: &mut Thread,
    frame: *mut Frame,
    generator: &Object<Generator>,
    ret: *mut StackRef,
    sent: StackRef,
    caller: Caller,
) -> *mut Frame {
    const UNUSUAL: *mut Frame = std::ptr::null_mut();
    let payload = generator.payload();
    let (state, stack) = (crate::interp::run::state_of(thread), crate::interp::run::stack_of(thread));
    let depth = state.depth.get();
    if !payload.frame.is_empty()
        || !payload.namespace.is_empty()
        || stack.limit().addr() - ret.addr() < payload.room_bytes
        || depth >= calls::RECURSION_LIMIT.load(Ordering::Relaxed)
        || !state.frames.has_next(frame)
    {
        return UNUSUAL;
    }
    let locals = ret.wrapping_add(1);
    let mut section = Exclusive::open(thread, generator);
    if section.is_shared() != SHARED {
        drop(section);
        return if SHARED { UNUSUAL } else { begin_alone(thread, frame, generator, ret, sent, caller) };
    }
    if SHARED && section.is_locked() {
        return UNUSUAL;
    }
    let inner = section.get(|generator| &generator.inner);
    let ready = match inner.state {
        State::Suspended => true,
        State::Created => sent.word() == memory::word::Word::NONE,
        State::Running | State::Finished => false,
    };
    if !ready || inner.handled.is_some() {
        return UNUSUAL;
    }
    inner.state = State::Running; // INV-GEN-1
    // SAFETY: there is room, see above, and nothing is in use above `ret`. Nobody has borrowed through the slots: the generator is
    // private, or the thread is alone.
    let top = locals.wrapping_add(unsafe { Held::move_out(&mut inner.slots, locals) });
    let pc = inner.pc;
    drop(section);
    // The caller keeps the generator as long as the frame runs.
    write(ret, StackRef::borrow_to(generator));
    write(top, sent);
    let place = frame.wrapping_add(1);
    let code = payload.code.load(Ordering::Relaxed);
    let function = payload.function_at.load(Ordering::Relaxed);
    let saved_top = top.wrapping_add(1);
    let resumed = Frame { pc, locals, ret, code, function, generator, saved_top, caller, ..Frame::FRESH };
    calls::enter(state, stack, place, resumed);
    place
}

/// As [`suspend`] with what follows it, where everything is as usual: the frame's slots go back into its generator, whose frame
/// ends. False, and nothing done, for any other.
#[inline(never)]
pub(crate) fn suspend_plainly(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    top: *mut StackRef,
) -> bool {
    suspend_with::<false>(thread, frame, pc, top)
}

/// [`suspend_plainly`] for a shared generator, while the thread is alone.
#[cold]
#[inline(never)]
fn suspend_alone(thread: &mut Thread, frame: *mut Frame, pc: *const AtomicU64, top: *mut StackRef) -> bool {
    suspend_with::<true>(thread, frame, pc, top)
}

#[inline(always)]
fn suspend_with<const SHARED: bool>(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    top: *mut StackRef,
) -> bool {
    let (state, stack) = (crate::interp::run::state_of(thread), crate::interp::run::stack_of(thread));
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    if this.generator.is_null() || this.object.is_some() || this.handles || this.namespace.is_some() {
        return false;
    }
    // SAFETY: the slot at `ret` keeps the generator.
    let generator: &Object<Generator> = unsafe { &*this.generator };
    let keeper = read(this.ret);
    let mut section = Exclusive::open(thread, generator);
    if section.is_shared() != SHARED {
        drop(section);
        return !SHARED && suspend_alone(thread, frame, pc, top);
    }
    if (SHARED && section.is_locked()) || !keeper.release_quickly(section.context()) {
        return false;
    }
    let n = (top.addr() - this.locals.addr()) / size_of::<StackRef>();
    let inner = section.get(|generator| &generator.inner);
    // SAFETY: the frame's slots (INV-FRAME-1), which are not used again.
    unsafe { Held::move_in(this.locals, n, &mut inner.slots) };
    if SHARED {
        inner.slots.iter().flatten().for_each(|held| memory::publish(held.value())); // INV-SLOT-1
    }
    inner.pc = pc;
    inner.state = State::Suspended;
    drop(section);
    calls::leave(state, stack, frame);
    true
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
    drop(generator.payload().frame.replace(thread, generator.header(), None));
    drop(handled);
}

/// Ends a generator that does not run, without running it: its frame goes as a finished call's goes. False if it runs.
pub(crate) fn end(thread: &mut Thread, generator: &Object<Generator>) -> bool {
    let mut section = Exclusive::open(thread, generator);
    let inner = section.get(|generator| &generator.inner);
    match inner.state {
        State::Running => return false,
        State::Finished => return true,
        State::Created | State::Suspended => {}
    }
    inner.state = State::Finished;
    let slots = std::mem::take(&mut inner.slots);
    let handled = inner.handled.take();
    let mut slots: Vec<Option<Value>> =
        slots.into_iter().map(|held| held.map(|held| section.hand_out(held))).collect();
    drop(section);
    if let Some(object) = generator.payload().frame.replace(thread, generator.header(), None).keep()
        && let Some(object) = cast::<FrameObject>(&object)
    {
        slots.truncate(generator.payload().code().payload().nlocalsplus());
        frame_object::take_over(thread, object, slots);
    } else {
        drop(slots);
    }
    drop(handled);
    true
}

/// What a generator is doing now.
pub fn state_of(thread: &mut Thread, generator: &Object<Generator>) -> State {
    let mut section = Exclusive::open(thread, generator);
    section.get(|generator| &generator.inner).state
}

/// The index of the next instruction of a suspended generator.
pub(crate) fn next_of(thread: &mut Thread, generator: &Object<Generator>) -> usize {
    let mut section = Exclusive::open(thread, generator);
    let pc = section.get(|generator| &generator.inner).pc;
    generator.payload().index_of(pc)
}

/// The value of slot `index` of a suspended generator's frame.
pub(crate) fn slot(thread: &mut Thread, generator: &Object<Generator>, index: usize) -> Option<Value> {
    let mut section = Exclusive::open(thread, generator);
    let inner = section.get(|generator| &generator.inner);
    inner.slots.get(index)?.as_ref().map(|held| held.value().clone())
}

/// Replaces slot `index` of a suspended generator's frame.
pub(crate) fn set_slot(
    thread: &mut Thread,
    generator: &Object<Generator>,
    index: usize,
    value: Option<Value>,
) {
    let mut section = Exclusive::open(thread, generator);
    let held = value.map(|value| section.hold(value));
    let before = section
        .get(|generator| &generator.inner)
        .slots
        .get_mut(index)
        .and_then(|slot| std::mem::replace(slot, held));
    drop(section);
    drop(before);
}

/// The RESUME at which a suspended generator stands, as its argument.
fn resume_argument(thread: &mut Thread, generator: &Object<Generator>) -> Option<(State, u32)> {
    let code = generator.payload().code();
    let mut section = Exclusive::open(thread, generator);
    let inner = section.get(|generator| &generator.inner);
    let (state, pc) = (inner.state, inner.pc);
    drop(section);
    let next = generator.payload().index_of(pc);
    let resume = instr::of(code).unit(next)?;
    (instr::original(resume) == compiler::opcode::Opcode::Resume as u16 as u8)
        .then(|| (state, resume.oparg() & instr::RESUME_ARGUMENT))
}

/// Whether a suspended generator stands at a plain `yield` that no `try` surrounds: closing it runs nothing.
pub(super) fn is_unprotected(thread: &mut Thread, generator: &Object<Generator>) -> bool {
    use compiler::opcode::resume as kind;
    // Who watches the generator sees it end.
    let next = next_of(thread, generator);
    let watched = crate::interp::monitor::fire::exceptions_watched()
        || instr::of(generator.payload().code())
            .unit(next)
            .is_some_and(|unit| unit.opcode() == crate::interp::specialized::internal::INSTRUMENTED);
    !watched
        && matches!(resume_argument(thread, generator),
        Some((State::Suspended, argument))
            if argument & kind::OPARG_LOCATION_MASK == kind::AFTER_YIELD && argument & kind::OPARG_DEPTH1_MASK != 0)
}

/// What a suspended generator delegates to (`yield from`, `await`): the value below its top, if it stands at such a `yield`.
pub fn delegate(thread: &mut Thread, generator: &Object<Generator>) -> Option<Value> {
    use compiler::opcode::resume as kind;
    match resume_argument(thread, generator) {
        Some((State::Suspended, argument))
            if argument & kind::OPARG_LOCATION_MASK >= kind::AFTER_YIELD_FROM => {}
        _ => return None,
    }
    let mut section = Exclusive::open(thread, generator);
    let inner = section.get(|generator| &generator.inner);
    inner.slots.last()?.as_ref().map(|held| held.value().clone())
}

/// `SEND` to what is no generator: passes a value to what a generator delegates to.
///
/// # Errors
/// What it raises.
pub fn send_to(thread: &mut Thread, receiver: &Value, value: &Value) -> Result<Sent> {
    if cast::<Generator>(receiver).is_some() && !is_async(receiver) {
        return resume(thread, receiver, With::Value(value.clone()));
    }
    if let Some(awaitable) = cast::<SendAwaitable>(receiver) {
        return SendAwaitable::send(thread, awaitable, value);
    }
    if value.is_none()
        && let Some(next) = slots_of(receiver).next.get()
    {
        return match next(thread, receiver) {
            Ok(Some(item)) => Ok(Sent::Yielded(item)),
            Ok(None) => Ok(Sent::Returned(state::take_stop_value(thread).unwrap_or_else(Value::none))),
            Err(raised) if raised.is(&STOP_ITERATION) => {
                crate::interp::stop_iteration_seen(thread, &raised)?;
                Ok(Sent::Returned(stop_value(thread, &raised)))
            }
            Err(raised) => Err(raised),
        };
    }
    match crate::call::call_method(thread, receiver, names::send(), std::slice::from_ref(value)) {
        Ok(item) => Ok(Sent::Yielded(item)),
        Err(raised) if raised.is(&STOP_ITERATION) => {
            crate::interp::stop_iteration_seen(thread, &raised)?;
            Ok(Sent::Returned(stop_value(thread, &raised)))
        }
        Err(raised) => Err(raised),
    }
}

/// The value of a StopIteration.
pub(super) fn stop_value(thread: &Context, raised: &Raised) -> Value {
    super::exception::field(thread, raised.value(), "value").unwrap_or_else(Value::none)
}
