//! Asynchronous generators: their awaitables `asend`, `athrow` and `aclose`, and the hooks of an event loop.
//!
//! An asynchronous generator is driven like any generator. What it yields is wrapped ([`Wrapped`]), which tells it apart from
//! what it awaits: an awaitable hands on what is awaited, and ends with StopIteration when a wrapped value comes.
//!
//! An awaitable goes from INIT to ITER to CLOSED. While one is in ITER no other of the same generator may begin.

use memory::word::Word;
use memory::{Object, Slot, StackRef, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicU8, Ordering};
use threads::{Context, Thread};

use super::generator::{self, Generator, Sent, State, With, async_flag};
use super::generator_methods::{
    answer, flag, of_async_generators, qualname_text, repr, thrown, warn_of_triple,
};
use super::generator_turns;
use crate::class::{ClassFlags, Slots};
use crate::error::{
    GENERATOR_EXIT, RUNTIME_WARNING, Raised, Result, STOP_ASYNC_ITERATION, STOP_ITERATION, runtime_error,
    stop_async_iteration, stop_iteration,
};
use crate::interp::frame::{Caller, Frame};
use crate::interp::top;
use crate::native::{GetSet, NativeDef, Rest};
use crate::object::cast;
use crate::types::{Tuple, TupleExt};
use crate::{call, state};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[of_async_generators::METHODS, methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[of_async_generators::GETSETS, methods::GETSETS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.aiter.set(|_, value| Ok(value.clone()));
    slots.anext.set(|thread, value| new_send(thread, value, Value::none()));
}

/// `sys.set_asyncgen_hooks`: the keys under which a thread keeps the hooks.
pub const FIRST_ITER: &str = "sys.asyncgen_firstiter";
/// The other hook.
pub const FINALIZER: &str = "sys.asyncgen_finalizer";

/// The hook that takes care of a generator that nobody refers to any more.
pub(super) fn finalizer(generator: &Object<Generator>) -> Option<Value> {
    generator.payload().extra.get(generator.header())
}

/// Before an asynchronous generator is used for the first time, the thread's hooks hear of it.
fn ask_hooks(thread: &mut Thread, value: &Value, generator: &Object<Generator>) -> Result<()> {
    // A first look without writing: most of the time they have.
    if flag(generator, async_flag::HOOKED)
        || generator.payload().flags.fetch_or(async_flag::HOOKED, Ordering::AcqRel) & async_flag::HOOKED != 0
    {
        return Ok(());
    }
    if let Some(finalizer) = state::extra(thread, FINALIZER) {
        drop(generator.payload().extra.replace(thread, generator.header(), Some(finalizer)));
    }
    match state::extra(thread, FIRST_ITER) {
        Some(hook) => call::call_one(thread, &hook, value).map(drop),
        None => Ok(()),
    }
}

fn set_flag(thread: &Context, generator: &Object<Generator>, flag: u8) {
    let flags = &generator.payload().flags;
    if generator.header().is_shared() && !thread.is_solo() {
        flags.fetch_or(flag, Ordering::AcqRel);
    } else {
        // Relaxed: nobody else sees it now.
        flags.store(flags.load(Ordering::Relaxed) | flag, Ordering::Relaxed);
    }
}

fn clear_flag(thread: &Context, generator: &Object<Generator>, flag: u8) {
    let flags = &generator.payload().flags;
    if generator.header().is_shared() && !thread.is_solo() {
        flags.fetch_and(!flag, Ordering::AcqRel);
    } else {
        // Relaxed: nobody else sees it now.
        flags.store(flags.load(Ordering::Relaxed) & !flag, Ordering::Relaxed);
    }
}

/// A value that an asynchronous generator yields.
pub struct Wrapped {
    value: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for Wrapped {
    const NAME: &'static str = "async_generator_wrapped_value";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.value);
    }
}

crate::class_def!(Wrapped, "async_generator_wrapped_value", ClassFlags::NO_NEW);

/// Wraps a value: what an asynchronous `yield` does.
///
/// # Errors
/// MemoryError.
pub(crate) fn wrap(thread: &mut Thread, value: &Value) -> Result<Value> {
    crate::object::new(thread, Wrapped { value: Slot::new(Some(value.clone())) })
}

fn wrapped(item: &Value) -> Option<Value> {
    let object = cast::<Wrapped>(item)?;
    Some(object.payload().value.get(object.header()).unwrap_or_else(Value::none))
}

/// What a step of an asynchronous generator means to who awaits it: an awaited thing goes on, a wrapped value ends the awaiting.
/// (To the awaitable a wrapped value is what awaiting it returns.)
fn unwrap(thread: &Context, generator: &Object<Generator>, sent: Result<Sent>) -> Result<Sent> {
    let raised = match sent {
        Ok(Sent::Yielded(item)) => match wrapped(&item) {
            Some(value) => {
                clear_flag(thread, generator, async_flag::RUNNING);
                return Ok(Sent::Returned(value));
            }
            None => return Ok(Sent::Yielded(item)),
        },
        Ok(Sent::Returned(_)) => stop_async_iteration(()),
        Err(raised) => raised,
    };
    note_failure(thread, generator, &raised);
    Err(raised)
}

/// What comes out of a generator that is being driven shows whether it has ended.
fn note_failure(thread: &Context, generator: &Object<Generator>, raised: &Raised) {
    if raised.is(&STOP_ASYNC_ITERATION) || raised.is(&GENERATOR_EXIT) {
        set_flag(thread, generator, async_flag::CLOSED);
    }
    clear_flag(thread, generator, async_flag::RUNNING);
}

/// Where an awaitable is.
mod step {
    pub const INIT: u8 = 0;
    pub const ITER: u8 = 1;
    pub const CLOSED: u8 = 2;
}

fn warn_unawaited(thread: &mut Thread, generator: &Value, method: &str) {
    let name = qualname_text(generator);
    let message = format!("coroutine method '{method}' of '{name}' was never awaited");
    if let Err(raised) = crate::hooks::warn(thread, &RUNTIME_WARNING, &message, 1) {
        let text = crate::ops::repr_text(thread, generator).unwrap_or_default();
        let message = format!("Exception ignored while finalizing async generator {text}");
        crate::hooks::unraisable(thread, raised, Some(&message), None);
    }
}

/// `__anext__()` and `asend()`.
pub struct SendAwaitable {
    /// The generator.
    generator: Value,
    /// What is sent to it at first.
    value: Value,
    step: AtomicU8,
}

// SAFETY: each slot once.
unsafe impl Trace for SendAwaitable {
    const NAME: &'static str = "async_generator_asend";
    const FINALIZER: Option<memory::Finalizer> = Some(memory::Finalizer {
        wants: |object| {
            // SAFETY: called with a live object of this type that is about to die.
            let object = unsafe { object.cast::<Object<SendAwaitable>>().as_ref() };
            object.payload().step.load(Ordering::Relaxed) == step::INIT
        },
        run: |thread, value| {
            let Some(this) = cast::<SendAwaitable>(value) else { return };
            warn_unawaited(thread, &this.payload().generator, "asend");
        },
    });
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(&self.generator);
        visitor.value(&self.value);
    }
}

crate::class_def!(
    SendAwaitable,
    "async_generator_asend",
    ClassFlags::NO_NEW,
    with_slots(|slots: &Slots| {
        slots.await_.set(|_, value| Ok(value.clone()));
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(|thread, value| {
            let Some(this) = cast::<SendAwaitable>(value) else { return Ok(None) };
            match SendAwaitable::send(thread, this, &Value::none())? {
                Sent::Yielded(item) => Ok(Some(item)),
                Sent::Returned(value) => {
                    state::set_stop_value(thread, Some(value).filter(|value| !value.is_none()));
                    Ok(None)
                }
            }
        });
    }),
    with_methods(&[send_methods::METHODS])
);

fn new_send(thread: &mut Thread, generator: &Value, value: Value) -> Result<Value> {
    if let Some(object) = cast::<Generator>(generator) {
        ask_hooks(thread, generator, object)?;
    }
    crate::object::new(
        thread,
        SendAwaitable { generator: generator.clone(), value, step: AtomicU8::new(step::INIT) },
    )
}

impl SendAwaitable {
    /// Begins, if it has not: nothing else of the generator's may be in the middle. True the first time.
    fn begin(&self, generator: &Object<Generator>) -> Result<bool> {
        match self.step.load(Ordering::Acquire) {
            step::CLOSED => Err(runtime_error("cannot reuse already awaited __anext__()/asend()")),
            step::INIT => {
                if flag(generator, async_flag::RUNNING) {
                    self.step.store(step::CLOSED, Ordering::Release);
                    return Err(runtime_error("anext(): asynchronous generator is already running"));
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// A step: what is awaited, or the value that awaiting this returns.
    pub(super) fn send(thread: &mut Thread, this: &Object<Self>, value: &Value) -> Result<Sent> {
        let payload = this.payload();
        let Some(object) = cast::<Generator>(&payload.generator) else {
            return Ok(Sent::Returned(Value::none()));
        };
        let mut sent = value;
        if payload.begin(object)? {
            if sent.is_none() {
                sent = &payload.value;
            }
            payload.step.store(step::ITER, Ordering::Release);
        }
        set_flag(thread, object, async_flag::RUNNING);
        let sent = generator::resume(thread, &payload.generator, With::Value(sent.clone()));
        Self::end(this, unwrap(thread, object, sent))
    }

    fn throw(thread: &mut Thread, this: &Object<Self>, raised: Raised) -> Result<Sent> {
        let payload = this.payload();
        let Some(object) = cast::<Generator>(&payload.generator) else {
            return Ok(Sent::Returned(Value::none()));
        };
        if payload.begin(object)? {
            payload.step.store(step::ITER, Ordering::Release);
            set_flag(thread, object, async_flag::RUNNING);
        }
        let sent = super::generator_methods::throw(thread, &payload.generator, raised, true);
        Self::end(this, unwrap(thread, object, sent))
    }

    fn end(this: &Object<Self>, result: Result<Sent>) -> Result<Sent> {
        if !matches!(result, Ok(Sent::Yielded(_))) {
            this.payload().step.store(step::CLOSED, Ordering::Release);
        }
        result
    }
}

/// What a frame's SEND to an awaitable does where everything is as usual: the generator's frame is pushed. The value that is sent
/// stands at `ret`. Null, and nothing done, for any other.
#[inline(never)]
pub(crate) fn begin_plainly(
    thread: &mut Thread,
    frame: *mut Frame,
    this: &Object<SendAwaitable>,
    ret: *mut StackRef,
) -> *mut Frame {
    let payload = this.payload();
    let Some(generator) = cast::<Generator>(&payload.generator) else { return std::ptr::null_mut() };
    let given = top::read(ret);
    let step = payload.step.load(Ordering::Acquire);
    let usual = match step {
        step::INIT => !flag(generator, async_flag::RUNNING) && given.word() == Word::NONE,
        step::ITER => !given.is_borrowed(),
        _ => false,
    };
    if !usual {
        return std::ptr::null_mut();
    }
    let sent = if step == step::INIT { StackRef::from_value(payload.value.clone()) } else { given };
    let begun = generator_turns::begin_plainly(thread, frame, generator, ret, sent, Caller::Anext);
    if !begun.is_null() {
        payload.step.store(step::ITER, Ordering::Release);
        set_flag(thread, generator, async_flag::RUNNING);
    } else if step == step::INIT {
        sent.release();
    }
    begun
}

/// The awaitable through which a generator was driven, and the generator.
fn driven<'a>(awaitable: StackRef) -> Option<(&'a Object<SendAwaitable>, &'a Object<Generator>)> {
    let this = top::exact::<SendAwaitable>(awaitable)?;
    Some((this, cast(&this.payload().generator)?))
}

/// A generator that was driven through the awaitable has yielded an item, which goes to who awaits it.
#[inline]
pub(crate) fn delivered(thread: &Context, awaitable: StackRef) {
    if let Some((this, generator)) = driven(awaitable) {
        clear_flag(thread, generator, async_flag::RUNNING);
        this.payload().step.store(step::CLOSED, Ordering::Release);
    }
}

/// What a generator that was driven through the awaitable has yielded: what it awaits, or an item, which is what awaiting returns.
pub(crate) fn yielded(thread: &Context, awaitable: StackRef, value: Value) -> Sent {
    match wrapped(&value) {
        Some(item) => {
            delivered(thread, awaitable);
            Sent::Returned(item)
        }
        None => Sent::Yielded(value),
    }
}

/// A generator that was driven through the awaitable has ended, and nobody need hear of it by an exception.
pub(crate) fn exhausted(thread: &Context, awaitable: StackRef) {
    if let Some((this, generator)) = driven(awaitable) {
        set_flag(thread, generator, async_flag::CLOSED);
        clear_flag(thread, generator, async_flag::RUNNING);
        this.payload().step.store(step::CLOSED, Ordering::Release);
    }
}

/// A generator that was driven through the awaitable has ended: who awaits it gets StopAsyncIteration.
pub(crate) fn ended(thread: &Context, awaitable: StackRef) -> Raised {
    exhausted(thread, awaitable);
    stop_async_iteration(())
}

/// A generator that was driven through the awaitable has raised something.
pub(crate) fn failed(thread: &Context, awaitable: StackRef, raised: &Raised) {
    if let Some((this, generator)) = driven(awaitable) {
        note_failure(thread, generator, raised);
        this.payload().step.store(step::CLOSED, Ordering::Release);
    }
}

/// What `close()` of an awaitable makes of having thrown GeneratorExit into it.
fn closed(result: Result<Value>) -> Result<()> {
    match result {
        Ok(_) => Err(runtime_error("coroutine ignored GeneratorExit")),
        Err(raised)
            if raised.is(&STOP_ITERATION)
                || raised.is(&STOP_ASYNC_ITERATION)
                || raised.is(&GENERATOR_EXIT) =>
        {
            Ok(())
        }
        Err(raised) => Err(raised),
    }
}

#[native::methods(SendAwaitable, name = "async_generator_asend")]
mod send_methods {
    use super::*;

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[sig("($self, value, /)", hidden)]
    pub fn send(th: &mut Thread, this: &Object<SendAwaitable>, value: &Value) -> Result<Value> {
        answer(SendAwaitable::send(th, this, value)?)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[sig("($self, /, *args)", hidden)]
    pub fn throw(th: &mut Thread, this: &Object<SendAwaitable>, args: Rest<'_>) -> Result<Value> {
        warn_of_triple(th, "throw", args)?;
        let raised = thrown(th, args)?;
        answer(SendAwaitable::throw(th, this, raised)?)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[sig("($self, /)", hidden)]
    pub fn close(th: &mut Thread, this: &Object<SendAwaitable>) -> Result<()> {
        if this.payload().step.load(Ordering::Acquire) == step::CLOSED {
            return Ok(());
        }
        closed(SendAwaitable::throw(th, this, crate::error::generator_exit(())).and_then(answer))
    }
}

/// `athrow()`, and `aclose()`: then there are no arguments.
pub struct ThrowAwaitable {
    generator: Slot,
    /// The arguments of `athrow()`, or EMPTY.
    args: Slot,
    step: AtomicU8,
}

// SAFETY: each slot once.
unsafe impl Trace for ThrowAwaitable {
    const NAME: &'static str = "async_generator_athrow";
    const FINALIZER: Option<memory::Finalizer> = Some(memory::Finalizer {
        wants: |object| {
            // SAFETY: called with a live object of this type that is about to die.
            let object = unsafe { object.cast::<Object<ThrowAwaitable>>().as_ref() };
            object.payload().step.load(Ordering::Relaxed) == step::INIT
        },
        run: |thread, value| {
            let Some(this) = cast::<ThrowAwaitable>(value) else { return };
            let method = if this.payload().args.is_empty() { "aclose" } else { "athrow" };
            warn_unawaited(thread, &this.payload().generator(this), method);
        },
    });
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.generator);
        visitor.slot(&self.args);
    }
}

crate::class_def!(
    ThrowAwaitable,
    "async_generator_athrow",
    ClassFlags::NO_NEW,
    with_slots(|slots: &Slots| {
        slots.await_.set(|_, value| Ok(value.clone()));
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(|thread, value| {
            let Some(this) = cast::<ThrowAwaitable>(value) else { return Ok(None) };
            ThrowAwaitable::send(thread, this, &Value::none()).map(Some)
        });
    }),
    with_methods(&[throw_methods::METHODS])
);

fn new_throw(thread: &mut Thread, generator: &Value, args: Option<&[Value]>) -> Result<Value> {
    if let Some(object) = cast::<Generator>(generator) {
        ask_hooks(thread, generator, object)?;
    }
    let args = match args {
        Some(args) => Some(Tuple::new(thread, args.to_vec())?),
        None => None,
    };
    crate::object::new(
        thread,
        ThrowAwaitable {
            generator: Slot::new(Some(generator.clone())),
            args: Slot::new(args),
            step: AtomicU8::new(step::INIT),
        },
    )
}

impl ThrowAwaitable {
    fn generator(&self, this: &Object<Self>) -> Value {
        self.generator.get(this.header()).unwrap_or_else(Value::none)
    }

    fn close(&self) {
        self.step.store(step::CLOSED, Ordering::Release);
    }

    /// Nothing else of the generator's may be in the middle.
    fn check_idle(&self, generator: &Object<Generator>) -> Result<()> {
        if flag(generator, async_flag::RUNNING) {
            self.close();
            let what = if self.args.is_empty() { "aclose" } else { "athrow" };
            return Err(runtime_error(format!("{what}(): asynchronous generator is already running")));
        }
        Ok(())
    }

    fn reused() -> Raised {
        runtime_error("cannot reuse already awaited aclose()/athrow()")
    }

    /// A step that `aclose()` took: GeneratorExit has done its work, or the generator has ignored it.
    fn closing(&self, thread: &Context, generator: &Object<Generator>, sent: Result<Sent>) -> Result<Value> {
        let raised = match sent {
            Ok(Sent::Yielded(item)) if wrapped(&item).is_some() => {
                clear_flag(thread, generator, async_flag::RUNNING);
                self.close();
                return Err(runtime_error("async generator ignored GeneratorExit"));
            }
            Ok(Sent::Yielded(item)) => return Ok(item),
            Ok(Sent::Returned(_)) => stop_async_iteration(()),
            Err(raised) => raised,
        };
        clear_flag(thread, generator, async_flag::RUNNING);
        self.close();
        if raised.is(&STOP_ASYNC_ITERATION) || raised.is(&GENERATOR_EXIT) {
            // The awaiting of aclose() is done.
            return Err(stop_iteration(()));
        }
        Err(raised)
    }

    fn send(thread: &mut Thread, this: &Object<Self>, value: &Value) -> Result<Value> {
        let payload = this.payload();
        let generator = payload.generator(this);
        let Some(object) = cast::<Generator>(&generator) else { return Ok(Value::none()) };
        let step = payload.step.load(Ordering::Acquire);
        if step == step::CLOSED {
            return Err(Self::reused());
        }
        if generator::state_of(thread, object) == State::Finished {
            payload.close();
            return Err(stop_iteration(()));
        }
        let args = payload.args.get(this.header());
        if step == step::INIT {
            payload.check_idle(object)?;
            if flag(object, async_flag::CLOSED) {
                payload.close();
                return Err(stop_async_iteration(()));
            }
            if !value.is_none() {
                return Err(runtime_error("can't send non-None value to a just-started coroutine"));
            }
            payload.step.store(step::ITER, Ordering::Release);
            set_flag(thread, object, async_flag::RUNNING);
            let Some(args) = args.as_ref().and_then(cast::<Tuple>) else {
                set_flag(thread, object, async_flag::CLOSED);
                let exit = crate::error::generator_exit(());
                let sent = super::generator_methods::throw(thread, &generator, exit, false);
                return payload.closing(thread, object, sent);
            };
            let sent = match thrown(thread, args.items()) {
                Ok(raised) => super::generator_methods::throw(thread, &generator, raised, false),
                Err(raised) => Err(raised),
            };
            let result = unwrap(thread, object, sent).and_then(answer);
            if result.is_err() {
                clear_flag(thread, object, async_flag::RUNNING);
                payload.close();
            }
            return result;
        }
        let sent = generator::resume(thread, &generator, With::Value(value.clone()));
        if args.is_none() {
            return payload.closing(thread, object, sent);
        }
        let result = unwrap(thread, object, sent).and_then(answer);
        if result.is_err() {
            payload.close();
        }
        result
    }

    fn throw(thread: &mut Thread, this: &Object<Self>, raised: Raised) -> Result<Value> {
        let payload = this.payload();
        let generator = payload.generator(this);
        let Some(object) = cast::<Generator>(&generator) else { return Ok(Value::none()) };
        match payload.step.load(Ordering::Acquire) {
            step::CLOSED => return Err(Self::reused()),
            step::INIT => {
                payload.check_idle(object)?;
                payload.step.store(step::ITER, Ordering::Release);
                set_flag(thread, object, async_flag::RUNNING);
            }
            _ => {}
        }
        let sent = super::generator_methods::throw(thread, &generator, raised, true);
        if payload.args.is_empty() {
            return payload.closing(thread, object, sent);
        }
        let result = unwrap(thread, object, sent).and_then(answer);
        if result.is_err() {
            payload.close();
        }
        result
    }
}

#[native::methods(ThrowAwaitable, name = "async_generator_athrow")]
mod throw_methods {
    use super::*;

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[sig("($self, value, /)", hidden)]
    pub fn send(th: &mut Thread, this: &Object<ThrowAwaitable>, value: &Value) -> Result<Value> {
        ThrowAwaitable::send(th, this, value)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[sig("($self, /, *args)", hidden)]
    pub fn throw(th: &mut Thread, this: &Object<ThrowAwaitable>, args: Rest<'_>) -> Result<Value> {
        warn_of_triple(th, "throw", args)?;
        let raised = thrown(th, args)?;
        ThrowAwaitable::throw(th, this, raised)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[sig("($self, /)", hidden)]
    pub fn close(th: &mut Thread, this: &Object<ThrowAwaitable>) -> Result<()> {
        if this.payload().step.load(Ordering::Acquire) == step::CLOSED {
            return Ok(());
        }
        closed(ThrowAwaitable::throw(th, this, crate::error::generator_exit(())))
    }
}

/// Methods and attributes of asynchronous generators.
#[native::methods(Generator, name = "async_generator")]
mod methods {
    use super::*;

    /// asend(v) -> send 'v' in generator.
    #[sig("($self, value, /)", hidden)]
    pub fn asend(th: &mut Thread, this: &Value, value: &Value) -> Result<Value> {
        new_send(th, this, value.clone())
    }

    /// athrow(value)
    /// athrow(type[,value[,tb]])
    ///
    /// raise exception in generator.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[sig("($self, /, *args)", hidden)]
    pub fn athrow(th: &mut Thread, this: &Value, args: Rest<'_>) -> Result<Value> {
        warn_of_triple(th, "athrow", args)?;
        new_throw(th, this, Some(args))
    }

    /// aclose() -> raise GeneratorExit inside generator.
    #[sig("($self, /)", hidden)]
    pub fn aclose(th: &mut Thread, this: &Value) -> Result<Value> {
        new_throw(th, this, None)
    }

    /// Whether one of the generator's awaitables is being awaited.
    #[getter]
    pub fn ag_running(this: &Object<Generator>) -> bool {
        flag(this, async_flag::RUNNING)
    }
}
