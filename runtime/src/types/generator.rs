//! Generators, coroutines and asynchronous generators: frames that are put aside and taken up again.
//!
//! While it is suspended, a generator keeps the slots of its frame behind its payload; resuming moves them onto the thread's
//! stack, suspending moves them back (`generator_turns`). What state it is in decides who may resume it.
//!
//! ```text
//! CREATED --begin--> RUNNING --yield--> SUSPENDED --begin--> RUNNING --return, raise--> FINISHED
//! ```
//!
//! The dispatch loop resumes a generator by pushing its frame (`begin`), as it does for a call: `for`, `yield from` and
//! `await` do not recurse in Rust. Native code does the same and runs the loop again ([`resume`]).
//!
//! * INV-GEN-1: the state becomes RUNNING in one step (under the object's lock if it is shared), so one thread runs a generator
//!   at a time; a second one gets ValueError.
//! * INV-GEN-2: the code that a generator runs is the one that its function had when it was made.
//! * INV-GEN-3: behind the payload there is room for all slots of the frame, a multiple of `Held::UNIT`; the first `Inner::held` of
//!   them are what the generator keeps, the others mean nothing.

use std::ptr::NonNull;

use memory::word::Word;
use memory::{EvalStack, Exclusive, Guarded, Held, Object, Slot, StackRef, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, Ordering};
use threads::{Context, Thread};

use super::async_generator::SendAwaitable;
use super::code::{Code, flag};
use super::function::Function;
use super::generator_turns::{begin, begin_plainly, suspend};
use crate::class::{ClassDef, ClassFlags, Slots, class_of, slots_of};
use crate::error::{
    Raised, Result, STOP_ITERATION, runtime_error, stop_async_iteration, type_error, value_error,
};
use crate::interp::calls;
use crate::interp::frame::{Caller, Frame};
use crate::interp::frame_object::{self, FrameObject};
use crate::interp::instr;
use crate::interp::run;
use crate::interp::top::write;
use crate::names;
use crate::object::{cast, cast_exact};
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
    /// Whether it rests with nothing unusual about it: it handles no exception, nobody has asked for its frame, and its names
    /// are in locals.
    pub(super) plain: bool,
    /// How many slots it keeps (INV-GEN-3): locals, cells, free variables and the evaluation stack.
    pub(super) held: u32,
    /// The next instruction.
    pub(super) pc: *const AtomicU64,
    /// The exception that it is handling.
    pub(super) handled: Option<Held>,
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
    pub(super) code: AtomicPtr<Object<Code>>,
    /// The function again, which the slot keeps: frames refer to it without counting.
    pub(super) function_at: AtomicPtr<Object<Function>>,
    /// How many slots its frame has at most.
    pub(super) room: u32,
    /// `__name__`.
    pub name: Slot,
    /// `__qualname__`.
    pub qualname: Slot,
    /// The frame object, once somebody has asked for it and until the frame ends.
    pub frame: Slot,
    /// An asynchronous generator's finalizer hook, a coroutine's origin.
    pub extra: Slot,
    /// The mapping of names, where the code is not a function's: a module with `await` at its top level.
    pub(super) namespace: Slot,
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
        // SAFETY: as above: whoever traces sees to it that nobody changes them.
        let slots = unsafe { self.kept(inner) };
        for held in slots.iter().flatten().chain(&inner.handled) {
            visitor.value(held.value());
        }
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        // One that got no object keeps nothing.
        let n = std::mem::take(&mut self.inner.get_mut().held) as usize;
        if n == 0 {
            return;
        }
        let first = self.first_slot();
        for i in 0..n {
            // SAFETY: INV-GEN-3; they are dropped only here.
            drop(unsafe { first.wrapping_add(i).read() });
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
    #[inline(always)]
    fn def() -> &'static ClassDef {
        &GENERATOR
    }

    fn tail_bytes(object: &Object<Self>) -> usize {
        object.payload_for_trace().room as usize * size_of::<StackRef>()
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
    let (state, stack) = (run::state_of(thread), run::stack_of(thread));
    let frame = state.frames.current.get();
    if let Some(generator) = cast_exact::<Generator>(value)
        && !frame.is_null()
        && state::check_stack(thread, "").is_ok()
    {
        let none = StackRef::immediate(Word::NONE);
        if !begin_plainly(thread, frame, generator, stack.top(), none, Caller::Native).is_null() {
            let result = run::run(thread);
            let yielded = state.yielded.replace(false);
            return match result {
                Ok(item) if yielded => Ok(Some(item)),
                Ok(result) if result.is_none() => Ok(None),
                Ok(result) => {
                    state::set_stop_value(thread, Some(result));
                    Ok(None)
                }
                Err(raised) => Err(raised),
            };
        }
    }
    next_otherwise(thread, value)
}

/// [`next`] of a generator that cannot be resumed plainly.
#[inline(never)]
fn next_otherwise(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
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
    /// The slots behind the payload (INV-GEN-3).
    #[inline(always)]
    pub(super) fn first_slot(&self) -> *mut Option<Held> {
        // SAFETY: only what is the payload of an object has slots, and nobody asks others for them.
        let header = unsafe { memory::header_of(self) };
        let object: *const u8 = (&raw const *header).cast();
        object.wrapping_add(size_of::<Object<Self>>()).cast::<Option<Held>>().cast_mut()
    }

    /// What it keeps.
    ///
    /// # Safety
    /// As long as the result is used, nobody changes it: the caller has the open critical section, or traces.
    pub(super) unsafe fn kept(&self, inner: &Inner) -> &[Option<Held>] {
        if inner.held == 0 {
            return &[];
        }
        // SAFETY: INV-GEN-3; promised by the caller.
        unsafe { std::slice::from_raw_parts(self.first_slot(), inner.held as usize) }
    }

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

/// Room for what the interpreter puts onto a frame's stack beyond what the code asks for.
const SPARE: u32 = 1;

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
    let room = (n as u32 + code.stacksize + SPARE).next_multiple_of(Held::UNIT as u32);
    let holder = function.header();
    let inner = Inner { state: State::Created, plain: this.namespace.is_none(), held: 0, pc, handled: None };
    let payload = Generator {
        inner: Guarded::new(inner),
        function: Slot::new(Some(crate::object::to_value(function))),
        code: AtomicPtr::new(this.code.cast_mut()),
        function_at: AtomicPtr::new(this.function.cast_mut()),
        room,
        name: Slot::new(Some(function.payload().name(holder))),
        qualname: Slot::new(Some(function.payload().qualname(holder))),
        frame: Slot::new(None),
        extra: Slot::new(None),
        namespace: Slot::new(this.namespace.clone()),
        flags: AtomicU8::new(0),
    };
    let bytes = room as usize * size_of::<StackRef>();
    let value = crate::object::new_of_with_tail(thread, def.object(), payload, 0, bytes)?;
    // SAFETY: just made with this payload.
    let object: &Object<Generator> = unsafe { Object::of_unchecked(&value) };
    // SAFETY: the frame's slots (INV-FRAME-1), which are EMPTY from here on, and there is room (INV-GEN-3).
    unsafe { Held::move_in(this.locals, n, object.payload().first_slot()) };
    for i in 0..n {
        write(this.locals.wrapping_add(i), StackRef::EMPTY);
    }
    Exclusive::open(thread, object).get(|generator| &generator.inner).held = n as u32;
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
                let result = run::run(thread);
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
            run::run(thread)
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
    let n = std::mem::take(&mut inner.held) as usize;
    let handled = inner.handled.take();
    let first = generator.payload().first_slot();
    let mut slots: Vec<Option<Value>> = (0..n)
        // SAFETY: INV-GEN-3; they are no longer kept.
        .map(|i| unsafe { first.wrapping_add(i).read() }.map(|held| section.hand_out(held)))
        .collect();
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

/// Whether a generator is private and has not begun.
#[inline(always)]
pub(crate) fn is_new(thread: &mut Thread, generator: &Object<Generator>) -> bool {
    let mut section = Exclusive::open(thread, generator);
    !section.is_shared() && section.get(|generator| &generator.inner).state == State::Created
}

/// Somebody has asked for its frame: its turns are no longer plain.
pub(crate) fn watched(thread: &mut Thread, generator: &Object<Generator>) {
    let mut section = Exclusive::open(thread, generator);
    section.get(|generator| &generator.inner).plain = false;
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
    // SAFETY: the critical section is open.
    let kept = unsafe { generator.payload().kept(inner) };
    kept.get(index)?.as_ref().map(|held| held.value().clone())
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
    let n = section.get(|generator| &generator.inner).held as usize;
    let before = if index < n {
        let place = generator.payload().first_slot().wrapping_add(index);
        // SAFETY: INV-GEN-3; the critical section is open.
        unsafe { place.replace(held) }
    } else {
        held
    };
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
    let watched = crate::interp::monitor::exceptions_watched()
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
    // SAFETY: the critical section is open.
    let kept = unsafe { generator.payload().kept(inner) };
    kept.last()?.as_ref().map(|held| held.value().clone())
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
