//! What a future is: pending, then finished or cancelled, once; and who is told.
//!
//! A task is a future that has a coroutine: both have the same payload, whose last fields a plain future leaves empty.
//!
//! A future belongs to an event loop, whose thread alone is supposed to touch it. Whatever other threads do with it, it ends
//! once, and each callback is scheduled once:
//!
//! * INV-FUTURE-1: the status changes from pending in the object's section, which takes the callbacks out too; a callback is added
//!   in the section if the future is pending there. What it has come to stands in its slot before the status says so.

use runtime::class::{Payload, Type, TypeExt};
use runtime::error::{Result, runtime_error};
use runtime::memory::{Guarded, Held, Slot};
use runtime::native::{self, Args, Ends, Exclusive, Object};
use runtime::object::{cast, to_value};
use runtime::types::{Dict, DictExt, Str, exception};
use runtime::{Thread, Value, call, ops};
use threads::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering};

use super::names;
use super::{future_methods, task};
use crate::support;

/// How far a future is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It has come to nothing yet.
    Pending,
    /// It has been cancelled.
    Cancelled,
    /// It has a result.
    Finished,
    /// It has an exception.
    Failed,
}

// What Python shows is indented as there, which Rust takes for code.
#[allow(rustdoc::invalid_rust_codeblocks)]
/// This class is *almost* compatible with concurrent.futures.Future.
///
///     Differences:
///
///     - result() and exception() do not take a timeout argument and
///       raise an exception when the future isn't done yet.
///
///     - Callbacks registered with add_done_callback() are always called
///       via the event loop's call_soon_threadsafe().
///
///     - This class is not compatible with the wait() and as_completed()
///       methods in the concurrent.futures package.
#[native::class(
    "Future",
    module = "_asyncio",
    basetype,
    weakref,
    dict,
    methods(future_methods::methods),
    new = new,
    signature = "(*, loop=None)",
    slots = future_methods::slots,
    ends
)]
pub struct Future {
    #[trace]
    pub(super) event_loop: Slot,
    /// The result, or the exception.
    #[trace]
    outcome: Slot,
    /// The traceback that the exception had when it was set, until the exception is first raised.
    #[trace]
    traceback: Slot,
    /// What `cancel` was given.
    #[trace]
    pub(super) message: Slot,
    /// The CancelledError with which the coroutine ended, for who asks first.
    #[trace]
    pub(super) cancelled_with: Slot,
    /// Where the future was made, if the loop debugs.
    #[trace]
    pub(super) source: Slot,
    /// The future that waits for this one, or a dict whose keys are those that do.
    #[trace]
    pub(super) awaited_by: Slot,
    /// Who is called, each with a context: most have one.
    #[trace]
    callbacks: Guarded<Callbacks<Held>>,
    #[untraced]
    status: AtomicU8,
    /// `await` has handed the future out, and whoever got it must wait for it.
    #[untraced]
    pub(super) blocking: AtomicBool,
    /// Nobody has looked at the exception yet.
    #[untraced]
    pub(super) log_traceback: AtomicBool,
    /// The rest is a task's.
    is_task: bool,
    #[trace]
    pub(super) coroutine: Slot,
    #[trace]
    pub(super) context: Slot,
    /// A str, or the number from which the name is made when somebody asks.
    #[trace]
    pub(super) name: Slot,
    /// What the coroutine waits for.
    #[trace]
    pub(super) waiter: Slot,
    /// CancelledError is to be raised in the coroutine at its next step.
    #[untraced]
    pub(super) must_cancel: AtomicBool,
    /// Whether to complain if it dies before it has ended.
    #[untraced]
    pub(super) log_destroyed: AtomicBool,
    /// How often it has been asked to end, less how often that was taken back.
    #[untraced]
    pub(super) cancels: AtomicI64,
    /// See `registry`.
    #[untraced]
    pub(super) registered: AtomicU8,
}

/// The first callback, and the others.
type Callbacks<V> = (Option<(V, V)>, Vec<(V, V)>);

impl Future {
    /// How far it is.
    pub fn status(&self) -> Status {
        // Acquire: pairs with the release in `end`: what it has come to can be seen.
        match self.status.load(Ordering::Acquire) {
            0 => Status::Pending,
            1 => Status::Cancelled,
            2 => Status::Finished,
            _ => Status::Failed,
        }
    }

    /// Whether it is a task.
    pub fn is_task(&self) -> bool {
        self.is_task
    }
}

/// A flag that stands for itself: no other thread concludes anything from it.
pub fn flag(flag: &AtomicBool) -> bool {
    flag.load(Ordering::Relaxed)
}

/// Sets such a flag.
pub fn set_flag(flag: &AtomicBool, on: bool) {
    flag.store(on, Ordering::Relaxed);
}

/// `__new__`: neither arguments nor a loop yet.
pub fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let is_task = cast::<Type>(class).is_some_and(|class| class.is_subclass_of(task::TASK.object()));
    let payload = Future {
        event_loop: Slot::default(),
        outcome: Slot::default(),
        traceback: Slot::default(),
        message: Slot::default(),
        cancelled_with: Slot::default(),
        source: Slot::default(),
        awaited_by: Slot::default(),
        callbacks: Guarded::new((None, Vec::new())),
        status: AtomicU8::new(Status::Pending as u8),
        blocking: AtomicBool::new(false),
        log_traceback: AtomicBool::new(false),
        is_task,
        coroutine: Slot::default(),
        context: Slot::default(),
        name: Slot::default(),
        waiter: Slot::default(),
        must_cancel: AtomicBool::new(false),
        log_destroyed: AtomicBool::new(false),
        cancels: AtomicI64::new(0),
        registered: AtomicU8::new(0),
    };
    support::make(thread, class, payload)
}

/// The future behind a value that is a Future or a Task itself, not an instance of a subclass, which may do things otherwise.
pub fn exact(value: &Value) -> Option<&Object<Future>> {
    let future = cast::<Future>(value)?;
    let is_exact = if future.payload().is_task {
        task::TASK.is_exact(value)
    } else {
        <Future as Payload>::def().is_exact(value)
    };
    is_exact.then_some(future)
}

/// Begins a future (again), for a loop, or for the current one.
///
/// # Errors
/// What asking for the loop, or the loop about debugging, raises.
pub fn begin(thread: &mut Thread, this: &Object<Future>, event_loop: Option<&Value>) -> Result<()> {
    names::load(thread)?;
    let event_loop = match event_loop {
        Some(event_loop) => event_loop.clone(),
        None => super::running::get_event_loop(thread)?,
    };
    let payload = this.payload();
    drop(take_callbacks(thread, this));
    if !payload.event_loop.is_empty() {
        for slot in [
            &payload.outcome,
            &payload.traceback,
            &payload.message,
            &payload.cancelled_with,
            &payload.source,
            &payload.awaited_by,
        ] {
            drop(slot.replace(thread, this.header(), None));
        }
    }
    payload.status.store(Status::Pending as u8, Ordering::Release);
    set_flag(&payload.blocking, false);
    set_flag(&payload.log_traceback, false);
    support::set(thread, this, |future| &future.event_loop, Some(event_loop.clone()));
    let debug = call::call_method(thread, &event_loop, names::get_debug(thread)?, &[])?;
    if ops::is_true(thread, &debug)? {
        let stack = names::EXTRACT_STACK.call(thread, &[])?;
        support::set(thread, this, |future| &future.source, Some(stack));
    }
    Ok(())
}

/// The loop of a future that has been begun.
///
/// # Errors
/// RuntimeError.
pub fn loop_of(this: &Object<Future>) -> Result<Value> {
    support::get(this, |future| &future.event_loop)
        .ok_or_else(|| runtime_error("Future object is not initialized."))
}

/// What a future has come to: its result, or its exception.
pub fn outcome(this: &Object<Future>) -> Value {
    support::get(this, |future| &future.outcome).unwrap_or_else(Value::none)
}

fn take_callbacks(thread: &Thread, this: &Object<Future>) -> Callbacks<Value> {
    let mut section = Exclusive::open_in(thread, this);
    let taken = std::mem::take(section.get(|future| &future.callbacks));
    handed_out(&section, taken)
}

fn handed_out(section: &Exclusive<'_, Future>, callbacks: Callbacks<Held>) -> Callbacks<Value> {
    let out = |(callback, context)| (section.hand_out(callback), section.hand_out(context));
    (callbacks.0.map(out), callbacks.1.into_iter().map(out).collect())
}

/// Ends a future, if it is pending, and schedules its callbacks; false if it has ended.
///
/// # Errors
/// What `call_soon` raises.
pub fn end(
    thread: &mut Thread,
    this: &Object<Future>,
    status: Status,
    outcome: Option<Value>,
    traceback: Option<Value>,
) -> Result<bool> {
    let payload = this.payload();
    let mut section = Exclusive::open(thread, this);
    if payload.status() != Status::Pending {
        return Ok(false);
    }
    let before = (
        payload.outcome.replace(section.context(), this.header(), outcome),
        payload.traceback.replace(section.context(), this.header(), traceback),
    );
    payload.status.store(status as u8, Ordering::Release); // INV-FUTURE-1
    let callbacks = std::mem::take(section.get(|future| &future.callbacks));
    let (first, rest) = handed_out(&section, callbacks);
    drop(section);
    drop(before);
    if let Some((callback, context)) = first {
        let value = to_value(this);
        let event_loop = loop_of(this)?;
        call_soon(thread, &event_loop, &callback, Some(&value), Some(&context))?;
        for (callback, context) in rest {
            call_soon(thread, &event_loop, &callback, Some(&value), Some(&context))?;
        }
    }
    Ok(true)
}

/// Adds a callback, or schedules it if the future has ended.
///
/// # Errors
/// What `call_soon` raises.
pub fn add_callback(
    thread: &mut Thread,
    this: &Object<Future>,
    callback: Value,
    context: Value,
) -> Result<()> {
    {
        let mut section = Exclusive::open(thread, this);
        if this.payload().status() == Status::Pending {
            let pair = (section.hold(callback), section.hold(context));
            let (first, rest) = section.get(|future| &future.callbacks);
            if first.is_none() {
                *first = Some(pair); // INV-FUTURE-1
            } else {
                rest.push(pair);
            }
            return Ok(());
        }
    }
    let event_loop = loop_of(this)?;
    call_soon(thread, &event_loop, &callback, Some(&to_value(this)), Some(&context))
}

/// The callbacks and their contexts.
pub fn callbacks(thread: &Thread, this: &Object<Future>) -> Vec<(Value, Value)> {
    let mut section = Exclusive::open_in(thread, this);
    let (first, rest) = section.get(|future| &future.callbacks);
    let both = |(callback, context): &(Held, Held)| (callback.value().clone(), context.value().clone());
    first.iter().chain(rest.iter()).map(both).collect()
}

/// Removes the callbacks that equal `callback`, and returns how many.
///
/// # Errors
/// What comparing raises.
pub fn remove_callback(thread: &mut Thread, this: &Object<Future>, callback: &Value) -> Result<usize> {
    let mut equal = Vec::new();
    for (other, _) in callbacks(thread, this) {
        if !equal.iter().any(|seen: &Value| seen.is(&other)) && ops::is_or_equals(thread, &other, callback)? {
            equal.push(other);
        }
    }
    if equal.is_empty() {
        return Ok(0);
    }
    let mut section = Exclusive::open(thread, this);
    let (first, rest) = std::mem::take(section.get(|future| &future.callbacks));
    let (gone, kept): (Vec<_>, Vec<_>) = first
        .into_iter()
        .chain(rest)
        .partition(|(other, _)| equal.iter().any(|equal| equal.is(other.value())));
    let mut kept = kept.into_iter();
    *section.get(|future| &future.callbacks) = (kept.next(), kept.collect());
    let count = gone.len();
    drop(section);
    drop(gone);
    Ok(count)
}

/// `event_loop.call_soon(callback, argument, context=context)`.
///
/// # Errors
/// What it raises.
pub fn call_soon(
    thread: &mut Thread,
    event_loop: &Value,
    callback: &Value,
    argument: Option<&Value>,
    context: Option<&Value>,
) -> Result<()> {
    let name = names::call_soon(thread)?;
    let keyword = names::context(thread)?;
    let keywords = if context.is_some() { std::slice::from_ref(keyword) } else { &[] };
    let mut few = [callback; 3];
    let mut count = 1;
    for value in argument.into_iter().chain(context) {
        few[count] = value;
        count += 1;
    }
    match call::method_without_binding(thread, event_loop, name) {
        Some(method) => call::with_receiver(event_loop, &few[..count], |all| {
            call::call(thread, &method, Args { values: all, names: keywords })
        }),
        None => {
            let method = runtime::class::lookup::getattr(thread, event_loop, name)?;
            let all: Vec<Value> = few[..count].iter().map(|&value| value.clone()).collect();
            call::call(thread, &method, Args { values: &all, names: keywords })
        }
    }
    .map(drop)
}

/// What a future that has ended gives to who waits for it.
pub enum Ended {
    /// Its result.
    Result(Value),
    /// Its exception, to be raised.
    Exception(Value),
}

/// The result or the exception, which has now been looked at.
///
/// # Errors
/// CancelledError; InvalidStateError if it has not ended.
pub fn ended(thread: &mut Thread, this: &Object<Future>) -> Result<Ended> {
    let payload = this.payload();
    match payload.status() {
        Status::Pending => {
            let begun = !payload.event_loop.is_empty();
            let message = if begun { "Result is not set." } else { "Future object is not initialized." };
            Err(names::invalid_state(thread, message))
        }
        Status::Cancelled => {
            let error = cancelled(thread, this)?;
            Err(exception::raise_again(thread, &error))
        }
        Status::Finished => {
            set_flag(&payload.log_traceback, false);
            Ok(Ended::Result(outcome(this)))
        }
        Status::Failed => {
            set_flag(&payload.log_traceback, false);
            let error = outcome(this);
            let traceback = support::take(thread, this, |future| &future.traceback);
            exception::set_traceback(thread, &error, traceback);
            Ok(Ended::Exception(error))
        }
    }
}

/// `result()`.
///
/// # Errors
/// As [`ended`], and the future's exception.
pub fn result(thread: &mut Thread, this: &Object<Future>) -> Result<Value> {
    match ended(thread, this)? {
        Ended::Result(result) => Ok(result),
        Ended::Exception(error) => Err(exception::raise_again(thread, &error)),
    }
}

/// The CancelledError of a cancelled future: the coroutine's own for who asks first.
///
/// # Errors
/// What making it raises.
pub fn cancelled(thread: &mut Thread, this: &Object<Future>) -> Result<Value> {
    if let Some(error) = support::take(thread, this, |future| &future.cancelled_with) {
        return Ok(error);
    }
    let class = names::CANCELLED_ERROR.get(thread)?;
    match support::get(this, |future| &future.message).filter(|message| !message.is_none()) {
        Some(message) => call::call_one(thread, class, &message),
        None => call::call_positional(thread, class, &[]),
    }
}

/// Cancels a future, not what a task does for it: false if it has ended.
///
/// # Errors
/// What `call_soon` raises.
pub fn cancel(thread: &mut Thread, this: &Object<Future>, message: Option<Value>) -> Result<bool> {
    let payload = this.payload();
    set_flag(&payload.log_traceback, false);
    if payload.status() != Status::Pending {
        return Ok(false);
    }
    support::set(thread, this, |future| &future.message, message);
    end(thread, this, Status::Cancelled, None, None)
}

/// Ends a future with an exception: an instance, which is no StopIteration, or a class.
///
/// # Errors
/// InvalidStateError, TypeError, what making the exception raises, what `call_soon` raises.
pub fn fail(thread: &mut Thread, this: &Object<Future>, given: &Value) -> Result<()> {
    let payload = this.payload();
    if payload.status() != Status::Pending {
        return Err(names::invalid_state(thread, "invalid state"));
    }
    let mut error = match exception::is_exception_class(given) {
        true => call::call_positional(thread, given, &[])?,
        false => given.clone(),
    };
    if !exception::is_exception(&error) {
        return Err(runtime::error::type_error("invalid exception object"));
    }
    if runtime::class::is_instance(&error, runtime::error::STOP_ITERATION.object()) {
        let message = "StopIteration interacts badly with generators and cannot be raised into a Future";
        let replaced = runtime_error(message).into_value();
        exception::set_cause(thread, &replaced, Some(error.clone()));
        exception::set_context(thread, &replaced, Some(error));
        error = replaced;
    }
    let traceback = exception::traceback(thread, &error);
    // Before the callbacks hear of it: they may look at the exception.
    set_flag(&payload.log_traceback, true);
    match end(thread, this, Status::Failed, Some(error), traceback) {
        Ok(true) => Ok(()),
        Ok(false) => Err(names::invalid_state(thread, "invalid state")),
        Err(raised) => Err(raised),
    }
}

impl Ends for Future {
    fn wants_end(&self) -> bool {
        (flag(&self.log_traceback) && self.status() == Status::Failed)
            || (self.is_task && flag(&self.log_destroyed) && self.status() == Status::Pending)
    }

    fn end(thread: &mut Thread, value: &Value) {
        let Some(this) = cast::<Future>(value) else { return };
        let payload = this.payload();
        if payload.is_task && payload.status() == Status::Pending && flag(&payload.log_destroyed) {
            report(thread, this, "Task was destroyed but it is pending!", "task", None);
        }
        if payload.log_traceback.swap(false, Ordering::Relaxed) && payload.status() == Status::Failed {
            let name = support::short_name(value);
            let message = format!("{name} exception was never retrieved");
            report(thread, this, &message, "future", Some(outcome(this)));
        }
    }
}

/// Tells the loop's exception handler of a future that dies.
fn report(thread: &mut Thread, this: &Object<Future>, message: &str, role: &str, error: Option<Value>) {
    let told = || -> Result<(Value, Value)> {
        let event_loop = loop_of(this)?;
        let context = Dict::new(thread)?;
        if let Some(dict) = cast::<Dict>(&context) {
            let source = support::get(this, |future| &future.source);
            let message = Str::new(thread, message)?;
            let entries = [
                (role, Some(to_value(this))),
                ("message", Some(message)),
                ("exception", error),
                ("source_traceback", source),
            ];
            for (key, value) in entries {
                if let Some(value) = value {
                    let key = Str::interned(thread, key)?;
                    dict.set_str(thread, &key, value)?;
                }
            }
        }
        let handler = names::call_exception_handler(thread)?;
        Ok((runtime::class::lookup::getattr(thread, &event_loop, handler)?, context))
    }();
    let (raised, handler) = match told {
        Ok((handler, context)) => match call::call_one(thread, &handler, &context) {
            Ok(_) => return,
            Err(raised) => (raised, Some(handler)),
        },
        Err(raised) => (raised, None),
    };
    let shown = handler.and_then(|handler| ops::repr_text(thread, &handler).ok()).unwrap_or_default();
    let message = format!("Exception ignored while calling asyncio function {shown}");
    runtime::hooks::unraisable(thread, raised, Some(&message), None);
}
