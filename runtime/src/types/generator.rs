//! Generators, coroutines and asynchronous generators: frames that are put aside and taken up again.
//!
//! While it is suspended, a generator keeps the slots of its frame in itself; resuming moves them onto the thread's stack,
//! suspending moves them back. What state it is in decides who may resume it.
//!
//! ```text
//! CREATED --resume--> RUNNING --yield--> SUSPENDED --resume--> RUNNING --return, raise--> FINISHED
//! ```
//!
//! * INV-GEN-1: the state becomes RUNNING in one step (under the object's lock if it is shared), so one thread runs a generator
//!   at a time; a second one gets ValueError.

use memory::{EvalStack, Exclusive, Guarded, Held, Object, Slot, StackRef, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicU64, Ordering};
use threads::{Context, Thread};

use super::code::{Code, flag};
use super::function::Function;
use crate::class::{ClassDef, ClassFlags, Slots, TypeExt, class_of, slots_of};
use crate::error::{
    GENERATOR_EXIT, Raised, Result, STOP_ITERATION, runtime_error, stop_async_iteration, type_error,
    value_error,
};
use crate::interp::frame::{Caller, Frame};
use crate::interp::instr;
use crate::names;
use crate::native::Args;
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
    slots: Vec<Option<Held>>,
    /// The next instruction.
    pub(crate) next: usize,
    /// The exception that it is handling.
    handled: Option<Held>,
}

/// The payload of a generator, coroutine or asynchronous generator.
pub struct Generator {
    /// State and frame.
    pub inner: Guarded<Inner>,
    /// The function whose code it runs.
    pub function: Slot,
    /// `__name__`.
    pub name: Slot,
    /// `__qualname__`.
    pub qualname: Slot,
    /// The frame object, once somebody has asked for it.
    pub frame: Slot,
    /// The running frame's address, while one runs.
    pub(crate) running: AtomicU64,
    /// An asynchronous generator's finalizer hook, a coroutine's origin.
    pub extra: Slot,
}

// SAFETY: each slot and each held value once.
unsafe impl Trace for Generator {
    const NAME: &'static str = "generator";
    const FINALIZER: Option<memory::Finalizer> =
        Some(memory::Finalizer { wants: wants_close, run: close_unreferenced });

    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for slot in [&self.function, &self.name, &self.qualname, &self.frame, &self.extra] {
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
        .with_slots(super::generator_methods::async_slots)
        .with_methods(super::generator_methods::ASYNC_METHODS)
        .with_getsets(super::generator_methods::ASYNC_GETSETS);

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
    slots.await_.set(super::generator_methods::coroutine_await);
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

/// The running frame becomes a generator: what `RETURN_GENERATOR` does.
///
/// # Errors
/// MemoryError.
pub(crate) fn from_frame(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: *const threads::sync::atomic::AtomicU64,
) -> Result<Value> {
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
    let slots: Vec<Option<Held>> = (0..n)
        .map(|i| {
            let place = this.locals.wrapping_add(i);
            let value = crate::interp::top::read(place).into_value();
            crate::interp::top::write(place, StackRef::EMPTY);
            value.map(Held::new)
        })
        .collect();
    let holder = function.header();
    let first = instr::of(this.code()).first();
    let payload = Generator {
        inner: Guarded::new(Inner {
            state: State::Created,
            slots,
            next: (pc.addr() - first.addr()) / 8,
            handled: None,
        }),
        function: Slot::new(Some(crate::object::to_value(function))),
        name: Slot::new(function.payload().name.get(holder)),
        qualname: Slot::new(function.payload().qualname.get(holder)),
        frame: Slot::new(None),
        running: AtomicU64::new(0),
        extra: Slot::new(None),
    };
    let value = crate::object::new_of(thread, def.object(), payload)?;
    if std::ptr::eq(def, &COROUTINE) {
        super::generator_methods::note_origin(thread, &value);
    }
    Ok(value)
}

/// The code that a generator runs.
pub fn code(generator: &Object<Generator>) -> Option<Value> {
    let function = generator.payload().function.get(generator.header())?;
    Some(crate::object::to_value(cast::<Function>(&function)?.payload().code()))
}

fn kind(value: &Value) -> &'static str {
    let native = class_of(value).payload().native;
    if std::ptr::eq(native, &COROUTINE) {
        "coroutine"
    } else if std::ptr::eq(native, &ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    }
}

/// Resumes a generator, coroutine or asynchronous generator until it yields, returns or raises.
///
/// # Errors
/// What it raises; ValueError if it is running already; TypeError for a value sent to one that has not begun.
pub fn resume(thread: &mut Thread, value: &Value, with: With) -> Result<Sent> {
    let Some(generator) = cast::<Generator>(value) else { return Err(type_error("not a generator")) };
    state::check_stack(thread, "")?;
    let function = generator.payload().function.get(generator.header());
    let Some(function_object) = function.as_ref().and_then(cast::<Function>) else {
        return Err(runtime_error("a generator without a function"));
    };
    let thread_state: *const ThreadState = ThreadState::of(thread);
    // SAFETY: INV-STATE-1: the state lives as long as the thread runs Python.
    let thread_state = unsafe { &*thread_state };
    let stack: *const EvalStack = memory::stack(thread);
    // SAFETY: a thread's stack lives as long as the thread.
    let stack = unsafe { &*stack };
    let code = function_object.payload().code();
    let needed = code.payload().nlocalsplus() + code.payload().stacksize as usize + 4;
    let ret = stack.top();
    let depth = thread_state.depth.get();
    let room = (stack.limit().addr() - ret.addr()) / size_of::<StackRef>();
    let place = thread_state.frames.next();
    if depth >= crate::interp::calls::RECURSION_LIMIT.load(Ordering::Relaxed)
        || room < needed
        || place.is_none()
    {
        return Err(crate::error::recursion_error("maximum recursion depth exceeded"));
    }
    let Some(place) = place else { return Err(runtime_error("no frame")) };

    // Take the frame out, in one step.
    let (slots, next, handled, created) = {
        let mut section = Exclusive::open(thread, generator);
        let inner = section.get(|generator| &generator.inner);
        match inner.state {
            State::Running => {
                drop(section);
                return Err(value_error(format!("{} already executing", kind(value))));
            }
            State::Finished => {
                drop(section);
                return finished_already(thread, value, with);
            }
            State::Created if matches!(&with, With::Value(sent) if !sent.is_none()) => {
                drop(section);
                return Err(type_error(format!(
                    "can't send non-None value to a just-started {}",
                    kind(value)
                )));
            }
            State::Created | State::Suspended => {}
        }
        let created = inner.state == State::Created;
        inner.state = State::Running;
        let slots = std::mem::take(&mut inner.slots);
        let handled = inner.handled.take();
        let next = inner.next;
        let slots: Vec<Option<Value>> =
            slots.into_iter().map(|held| held.map(|held| section.hand_out(held))).collect();
        let handled = handled.map(|held| section.hand_out(held));
        (slots, next, handled, created)
    };
    let locals = ret.wrapping_add(1);
    crate::interp::top::write(ret, StackRef::from_value(value.clone()));
    let mut top = locals;
    let nlocals = code.payload().nlocalsplus();
    for slot in slots {
        crate::interp::top::write(top, slot.map_or(StackRef::EMPTY, StackRef::from_value));
        top = top.wrapping_add(1);
    }
    let first = instr::of(code).first();
    let frame_object = generator.payload().frame.get(generator.header());
    let frame = Frame {
        pc: first.wrapping_add(next),
        locals,
        ret,
        code,
        function: function_object,
        namespace: None,
        object: frame_object.clone(),
        generator,
        saved_top: top,
        caller: Caller::Native,
        traced: false,
    };
    // SAFETY: the place is free: frames above the current one are not in use.
    unsafe { place.write(frame) };
    if let Some(object) = frame_object.as_ref().and_then(cast::<crate::interp::frame_object::FrameObject>) {
        object.payload().frame.store(place, Ordering::Release);
    }
    generator.payload().running.store(place.expose_provenance() as u64, Ordering::Release);
    thread_state.frames.current.set(place);
    thread_state.depth.set(depth + 1);
    stack.set_top(top);
    stack.run_frame_at(ret);
    debug_assert!(top.addr() - locals.addr() >= nlocals * 8, "INV-GEN-1: {nlocals} locals");
    thread_state.handled.with(|all| all.push(handled));

    let result = match with {
        With::Value(sent) => {
            // SAFETY: the frame that was just pushed.
            let frame = unsafe { &mut *place };
            // At its beginning a generator pops a None too.
            crate::interp::top::write(frame.saved_top, StackRef::from_value(sent));
            frame.saved_top = frame.saved_top.wrapping_add(1);
            stack.set_top(frame.saved_top);
            let _ = created;
            crate::interp::run::run(thread)
        }
        With::Raise(raised) => crate::interp::throw_into_frame(thread, raised),
    };
    let handled_now = thread_state.handled.with(|all| if all.len() > 1 { all.pop().flatten() } else { None });
    generator.payload().running.store(0, Ordering::Release);
    let mut section = Exclusive::open(thread, generator);
    let suspended = section.get(|generator| &generator.inner).state == State::Suspended;
    let held = handled_now.filter(|_| suspended).map(|handled| section.hold(handled));
    let before = if suspended {
        std::mem::replace(&mut section.get(|generator| &generator.inner).handled, held)
    } else {
        let inner = section.get(|generator| &generator.inner);
        inner.state = State::Finished;
        inner.handled.take()
    };
    drop(section);
    drop(before);
    match result {
        Ok(item) if suspended => Ok(Sent::Yielded(item)),
        Ok(result) => Ok(Sent::Returned(result)),
        Err(raised) => Err(raised),
    }
}

fn finished_already(thread: &mut Thread, value: &Value, with: With) -> Result<Sent> {
    let _ = thread;
    if let With::Raise(raised) = with {
        if kind(value) == "coroutine" {
            return Err(runtime_error("cannot reuse already awaited coroutine"));
        }
        return Err(raised);
    }
    match kind(value) {
        "coroutine" => Err(runtime_error("cannot reuse already awaited coroutine")),
        "async generator" => Err(stop_async_iteration(())),
        _ => Ok(Sent::Returned(Value::none())),
    }
}

/// The running frame is put back into its generator: what `YIELD_VALUE` does. The frame's slots are empty afterwards.
pub(crate) fn suspend(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: *const threads::sync::atomic::AtomicU64,
    top: *mut StackRef,
) {
    // SAFETY: the running frame is in use.
    let this = unsafe { &mut *frame };
    // SAFETY: the slot at `ret` keeps the generator.
    let generator: &Object<Generator> = unsafe { &*this.generator };
    let n = (top.addr() - this.locals.addr()) / size_of::<StackRef>();
    let values: Vec<Option<Value>> = (0..n)
        .map(|i| {
            let place = this.locals.wrapping_add(i);
            let value = crate::interp::top::read(place).into_value();
            crate::interp::top::write(place, StackRef::EMPTY);
            value
        })
        .collect();
    if let Some(object) = this.object.take() {
        // The object stays with the generator, which answers for its frame while it is suspended.
        if let Some(frame_object) = cast::<crate::interp::frame_object::FrameObject>(&object) {
            let payload = frame_object.payload();
            payload.instruction.store(this.instruction() as i64, Ordering::Release);
            payload.frame.store(std::ptr::null_mut(), Ordering::Release);
        }
        drop(generator.payload().frame.replace(thread, generator.header(), Some(object)));
    }
    let first = instr::of(this.code()).first();
    let mut section = Exclusive::open(thread, generator);
    let held: Vec<Option<Held>> =
        values.into_iter().map(|value| value.map(|value| section.hold(value))).collect();
    let inner = section.get(|generator| &generator.inner);
    inner.slots = held;
    inner.next = (pc.addr() - first.addr()) / 8;
    inner.state = State::Suspended;
}

/// The frame of a generator ends by an exception.
pub(crate) fn finished(thread: &mut Thread, frame: *mut Frame) {
    // SAFETY: the running frame is in use.
    let this = unsafe { &*frame };
    // SAFETY: the slot at `ret` keeps the generator.
    let generator: &Object<Generator> = unsafe { &*this.generator };
    let mut section = Exclusive::open(thread, generator);
    section.get(|generator| &generator.inner).state = State::Finished;
}

/// What a generator is doing now.
pub fn state_of(thread: &mut Thread, generator: &Object<Generator>) -> State {
    let mut section = Exclusive::open(thread, generator);
    section.get(|generator| &generator.inner).state
}

/// Values of a suspended generator's frame, by slot.
pub fn frame_slots(thread: &mut Thread, generator: &Object<Generator>) -> Vec<Option<Value>> {
    let mut section = Exclusive::open(thread, generator);
    let inner = section.get(|generator| &generator.inner);
    inner.slots.iter().map(|held| held.as_ref().map(|held| held.value().clone())).collect()
}

/// What a suspended generator delegates to (`yield from`, `await`): the value below its top, if it stands at such a `yield`.
pub fn delegate(thread: &mut Thread, generator: &Object<Generator>) -> Option<Value> {
    let code = code(generator)?;
    let code = cast::<Code>(&code)?;
    let mut section = Exclusive::open(thread, generator);
    let inner = section.get(|generator| &generator.inner);
    if inner.state != State::Suspended {
        return None;
    }
    // The instruction after YIELD_VALUE is a RESUME that says what it resumes after.
    let resume = instr::of(code).unit(inner.next)?;
    use compiler::opcode::{Opcode, resume as kind};
    if resume.opcode() != Opcode::Resume as u16 as u8
        || resume.oparg() & kind::OPARG_LOCATION_MASK < kind::AFTER_YIELD_FROM
    {
        return None;
    }
    inner.slots.last()?.as_ref().map(|held| held.value().clone())
}

/// `SEND`: passes a value to what a generator delegates to.
///
/// # Errors
/// What it raises.
pub(crate) fn send_to(thread: &mut Thread, receiver: &Value, value: &Value) -> Result<Sent> {
    if cast::<Generator>(receiver).is_some()
        && !std::ptr::eq(class_of(receiver).payload().native, &ASYNC_GENERATOR)
    {
        return resume(thread, receiver, With::Value(value.clone()));
    }
    if value.is_none()
        && let Some(next) = slots_of(receiver).next.get()
    {
        return match next(thread, receiver) {
            Ok(Some(item)) => Ok(Sent::Yielded(item)),
            Ok(None) => Ok(Sent::Returned(state::take_stop_value(thread).unwrap_or_else(Value::none))),
            Err(raised) if raised.is(&STOP_ITERATION) => Ok(Sent::Returned(stop_value(thread, &raised))),
            Err(raised) => Err(raised),
        };
    }
    match crate::call::call_method(thread, receiver, names::send(), std::slice::from_ref(value)) {
        Ok(item) => Ok(Sent::Yielded(item)),
        Err(raised) if raised.is(&STOP_ITERATION) => Ok(Sent::Returned(stop_value(thread, &raised))),
        Err(raised) => Err(raised),
    }
}

fn stop_value(thread: &Context, raised: &Raised) -> Value {
    super::exception::field(thread, raised.value(), "value").unwrap_or_else(Value::none)
}

/// `GET_YIELD_FROM_ITER`.
///
/// # Errors
/// TypeError for a coroutine in an ordinary generator, or what `iter` raises.
pub(crate) fn yield_from_iter(
    thread: &mut Thread,
    value: &Value,
    code_object: *const Object<Code>,
) -> Result<Value> {
    if cast::<Generator>(value).is_some() {
        match kind(value) {
            "generator" => return Ok(value.clone()),
            "coroutine" => {
                // SAFETY: the running frame's code.
                let flags = unsafe { &*code_object }.payload().flags;
                if flags & (flag::COROUTINE | flag::ITERABLE_COROUTINE) == 0 {
                    return Err(type_error(
                        "cannot 'yield from' a coroutine object in a non-coroutine generator",
                    ));
                }
                return Ok(value.clone());
            }
            _ => {}
        }
    }
    crate::ops::iter(thread, value)
}

/// Whether a generator may be awaited (`types.coroutine`).
fn is_awaitable_generator(value: &Value) -> bool {
    let Some(generator) = cast::<Generator>(value) else { return false };
    let code = code(generator);
    code.as_ref()
        .and_then(cast::<Code>)
        .is_some_and(|code| code.payload().flags & flag::ITERABLE_COROUTINE != 0)
}

/// `GET_AWAITABLE`: the iterator that `await` drives.
///
/// # Errors
/// TypeError for what cannot be awaited, RuntimeError for a coroutine that is awaited already.
pub(crate) fn get_awaitable(thread: &mut Thread, value: &Value, after: u32) -> Result<Value> {
    let iterator = awaitable_iterator(thread, value).map_err(|raised| {
        let what = match after {
            1 => "__aenter__",
            2 => "__aexit__",
            _ => return raised,
        };
        if slots_of(value).await_.get().is_none() && !is_awaitable_generator(value) {
            return type_error(format!(
                "'async with' received an object from {what} that does not implement __await__: {}",
                class_of(value).name_lossy()
            ));
        }
        raised
    })?;
    if let Some(generator) = cast::<Generator>(&iterator)
        && kind(&iterator) == "coroutine"
        && delegate(thread, generator).is_some()
    {
        return Err(runtime_error("coroutine is being awaited already"));
    }
    Ok(iterator)
}

/// The iterator behind an awaitable.
///
/// # Errors
/// TypeError for what cannot be awaited.
pub fn awaitable_iterator(thread: &mut Thread, value: &Value) -> Result<Value> {
    if cast::<Generator>(value).is_some() && (kind(value) == "coroutine" || is_awaitable_generator(value)) {
        return Ok(value.clone());
    }
    let Some(get) = slots_of(value).await_.get() else {
        return Err(type_error(format!("'{}' object can't be awaited", class_of(value).name_lossy())));
    };
    let iterator = get(thread, value)?;
    if cast::<Generator>(&iterator).is_some()
        && (kind(&iterator) == "coroutine" || is_awaitable_generator(&iterator))
    {
        return Err(type_error("__await__() returned a coroutine"));
    }
    if slots_of(&iterator).next.get().is_none() {
        return Err(type_error(format!(
            "__await__() returned non-iterator of type '{}'",
            class_of(&iterator).name_lossy()
        )));
    }
    Ok(iterator)
}

/// `GET_AITER`.
///
/// # Errors
/// TypeError for what is not asynchronously iterable.
pub(crate) fn get_aiter(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(aiter) = slots_of(value).aiter.get() else {
        return Err(type_error(format!(
            "'async for' requires an object with __aiter__ method, got {}",
            class_of(value).name_lossy()
        )));
    };
    let iterator = aiter(thread, value)?;
    if slots_of(&iterator).anext.get().is_none() {
        return Err(type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            class_of(&iterator).name_lossy()
        )));
    }
    Ok(iterator)
}

/// `GET_ANEXT`: the awaitable of the next item, ready to be driven.
///
/// # Errors
/// TypeError for what is no asynchronous iterator.
pub(crate) fn get_anext(thread: &mut Thread, iterator: &Value) -> Result<Value> {
    let Some(anext) = slots_of(iterator).anext.get() else {
        return Err(type_error(format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            class_of(iterator).name_lossy()
        )));
    };
    let awaitable = anext(thread, iterator)?;
    if std::ptr::eq(class_of(iterator).payload().native, &ASYNC_GENERATOR) {
        return Ok(awaitable);
    }
    awaitable_iterator(thread, &awaitable).map_err(|raised| {
        let invalid = type_error(format!(
            "'async for' received an invalid object from __anext__: {}",
            class_of(&awaitable).name_lossy()
        ));
        super::exception::set_cause(thread, invalid.value(), Some(raised.into_value()));
        invalid
    })
}

/// The value that an asynchronous generator yields, told apart from what it awaits.
///
/// # Errors
/// MemoryError.
pub(crate) fn wrap_async(thread: &mut Thread, value: &Value) -> Result<Value> {
    super::generator_methods::wrap_async(thread, value)
}

/// `close()`.
///
/// # Errors
/// RuntimeError if the generator ignores GeneratorExit, or what it raises.
pub fn close(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(generator) = cast::<Generator>(value) else { return Ok(Value::none()) };
    let before = {
        let mut section = Exclusive::open(thread, generator);
        let inner = section.get(|generator| &generator.inner);
        let state = inner.state;
        if state == State::Created {
            inner.state = State::Finished;
            let slots = std::mem::take(&mut inner.slots);
            drop(section);
            drop(slots);
        }
        state
    };
    match before {
        State::Created | State::Finished => return Ok(Value::none()),
        State::Running => return Err(value_error(format!("{} already executing", kind(value)))),
        State::Suspended => {}
    }
    let exit = crate::error::generator_exit(());
    let exit = match delegate(thread, generator) {
        Some(delegate) => match super::generator_methods::close_delegate(thread, &delegate) {
            Ok(()) => exit,
            Err(raised) => raised,
        },
        None => exit,
    };
    match resume(thread, value, With::Raise(exit)) {
        Ok(Sent::Yielded(_)) => Err(runtime_error(format!("{} ignored GeneratorExit", kind(value)))),
        Ok(Sent::Returned(result)) => Ok(result),
        Err(raised) if raised.is(&GENERATOR_EXIT) => Ok(Value::none()),
        Err(raised) if raised.is(&STOP_ITERATION) => Ok(stop_value(thread, &raised)),
        Err(raised) => Err(raised),
    }
}

fn wants_close(object: memory::ObjectPtr) -> bool {
    // SAFETY: called with a live object of this type that is about to die, which nobody else has.
    let generator = unsafe { object.cast::<Object<Generator>>().as_ref() };
    // SAFETY: as above: nobody is changing it.
    let inner = unsafe { generator.payload().inner.peek() };
    let coroutine =
        std::ptr::eq(crate::class::Shape::of(generator.header()).class().payload().native, &COROUTINE);
    inner.state == State::Suspended || (coroutine && inner.state == State::Created)
}

fn close_unreferenced(thread: &mut Thread, value: &Value) {
    super::generator_methods::finalize(thread, value);
}

/// Calls a function object's `__call__` with no arguments; for who closes delegates.
pub(super) fn call_nothing(thread: &mut Thread, callable: &Value) -> Result<Value> {
    crate::call::call(thread, callable, Args::none())
}
