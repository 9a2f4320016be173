//! Steps of a task: its coroutine runs until it waits for something, and what it waits for wakes the task.
//!
//! A coroutine is resumed without looking up `send`, and without a StopIteration for its result.

use runtime::class::{self, Slots, Type, lookup};
use runtime::error::{KEYBOARD_INTERRUPT, Result, STOP_ITERATION, SYSTEM_EXIT, runtime_error, type_error};
use runtime::memory::Slot;
use runtime::names::throw;
use runtime::native::{self, Object};
use runtime::object::cast;
use runtime::types::generator::{self, Generator, Sent};
use runtime::types::{exception, native_function};
use runtime::{Thread, Value, call, ops};

use super::future::{self, Ended, Future, Status, add_callback, exact, flag, loop_of, set_flag};
use super::{awaited_by, names, running, task};
use crate::support;

/// What the loop calls for a step: with an exception to be raised in the coroutine, perhaps.
#[native::class(
    "TaskStepMethWrapper",
    module = "_asyncio",
    doc = "",
    disallow_instantiation,
    methods(step_methods),
    slots = step_slots
)]
pub struct Step {
    #[trace]
    task: Slot,
    #[trace]
    error: Slot,
}

fn step_slots(slots: &Slots) {
    slots.call.set(|thread, value, args| {
        if !args.names.is_empty() {
            return Err(type_error("function takes no keyword arguments"));
        }
        if !args.is_empty() {
            return Err(type_error("function takes no positional arguments"));
        }
        let Some(this) = cast::<Step>(value) else { return Ok(Value::none()) };
        let Some(task) = support::get(this, |step| &step.task) else { return Ok(Value::none()) };
        let error = support::get(this, |step| &step.error);
        let Some(future) = cast::<Future>(&task) else { return Ok(Value::none()) };
        step(thread, &task, future, error)?;
        Ok(Value::none())
    });
}

/// Attributes.
#[native::methods(Step, name = "TaskStepMethWrapper")]
pub mod step_methods {
    use super::*;

    /// The task.
    #[getter]
    #[name("__self__")]
    pub fn task(this: &Object<Step>) -> Option<Value> {
        support::get(this, |step| &step.task)
    }
}

/// What is called when that for which a task waits has ended; a method of tasks that programs see as a callback alone.
#[native::methods(Future, name = "Task")]
mod waking {
    use super::*;

    /// Wakes the task.
    pub fn task_wakeup(th: &mut Thread, this: &Value, object: &Value) -> Result<()> {
        match cast::<Future>(this) {
            Some(task) => wake(th, this, task, object),
            None => Err(type_error("a Task is required")),
        }
    }
}

/// Lets the loop take a step soon, with an exception to be raised in the coroutine, perhaps.
///
/// # Errors
/// What `call_soon` raises.
pub fn soon(thread: &mut Thread, value: &Value, this: &Object<Future>, error: Option<Value>) -> Result<()> {
    let step = Step { task: Slot::new(Some(value.clone())), error: Slot::new(error) };
    let step = runtime::object::new(thread, step)?;
    task::schedule(thread, this, &step)
}

/// Takes a step: as the loop's running task.
///
/// # Errors
/// KeyboardInterrupt and SystemExit out of the coroutine; RuntimeError if the loop runs another task.
fn step(thread: &mut Thread, value: &Value, this: &Object<Future>, error: Option<Value>) -> Result<()> {
    let event_loop = loop_of(this)?;
    running::enter(thread, &event_loop, value)?;
    let stepped = run(thread, value, this, error);
    let left = running::leave(thread, &event_loop, value);
    stepped?;
    left
}

fn is_cancelled_error(thread: &mut Thread, error: &Value) -> Result<bool> {
    let class = names::CANCELLED_ERROR.get(thread)?;
    Ok(cast::<Type>(class).is_some_and(|class| class::is_instance(error, class)))
}

/// Runs the coroutine until it waits or ends.
///
/// # Errors
/// What the step raises.
pub fn run(
    thread: &mut Thread,
    value: &Value,
    this: &Object<Future>,
    mut error: Option<Value>,
) -> Result<()> {
    let payload = this.payload();
    if payload.status() != Status::Pending {
        let shown = ops::repr_text(thread, value)?;
        let error = ops::repr_text(thread, &error.unwrap_or_else(Value::none))?;
        return Err(names::invalid_state(thread, &format!("__step(): already done: {shown} {error}")));
    }
    if task::take_must_cancel(this) {
        let cancelled = match &error {
            Some(error) => is_cancelled_error(thread, error)?,
            None => false,
        };
        if !cancelled {
            error = Some(future::cancelled(thread, this)?);
        }
    }
    if !payload.waiter.is_empty() {
        support::set(thread, this, |task| &task.waiter, None);
    }
    let Some(coroutine) = support::get(this, |task| &task.coroutine) else {
        return Err(runtime_error("uninitialized Task object"));
    };
    let sent = match &error {
        None => generator::send_to(thread, &coroutine, &Value::none()),
        Some(error) => throw_into(thread, &coroutine, error),
    };
    match sent {
        Ok(Sent::Yielded(awaited)) => wait_for(thread, value, this, &awaited),
        Ok(Sent::Returned(result)) => {
            if task::take_must_cancel(this) {
                let message = support::get(this, |task| &task.message);
                return future::cancel(thread, this, message).map(drop);
            }
            if future::end(thread, this, Status::Finished, Some(result), None)? {
                Ok(())
            } else {
                Err(names::invalid_state(thread, "invalid state"))
            }
        }
        Err(raised) => {
            let error = raised.into_value();
            if is_cancelled_error(thread, &error)? {
                support::set(thread, this, |task| &task.cancelled_with, Some(error));
                return future::cancel(thread, this, None).map(drop);
            }
            future::fail(thread, this, &error)?;
            let raised = runtime::error::Raised::new(error);
            if raised.is(&KEYBOARD_INTERRUPT) || raised.is(&SYSTEM_EXIT) { Err(raised) } else { Ok(()) }
        }
    }
}

fn throw_into(thread: &mut Thread, coroutine: &Value, error: &Value) -> Result<Sent> {
    match call::call_method(thread, coroutine, throw(), std::slice::from_ref(error)) {
        Ok(item) => Ok(Sent::Yielded(item)),
        Err(raised) if raised.is(&STOP_ITERATION) => {
            let result = exception::field(thread, raised.value(), "value");
            Ok(Sent::Returned(result.unwrap_or_else(Value::none)))
        }
        Err(raised) => Err(raised),
    }
}

/// The coroutine waits for `awaited`: a future, or None for the loop's next turn.
fn wait_for(thread: &mut Thread, value: &Value, this: &Object<Future>, awaited: &Value) -> Result<()> {
    if awaited.is_none() {
        return soon(thread, value, this, None);
    }
    if awaited.is(value) {
        let shown = ops::repr_text(thread, value)?;
        return refuse(thread, value, this, format!("Task cannot await on itself: {shown}"));
    }
    if let Some(future) = exact(awaited) {
        let payload = future.payload();
        let same = match support::get(future, |future| &future.event_loop) {
            Some(event_loop) => event_loop.is(&loop_of(this)?),
            None => false,
        };
        if !same || !flag(&payload.blocking) {
            return refuse_future(thread, value, this, awaited, same);
        }
        awaited_by::add(thread, awaited, value)?;
        set_flag(&payload.blocking, false);
        let callback = wakeup(thread, value)?;
        let context = support::get(this, |task| &task.context).unwrap_or_else(Value::none);
        add_callback(thread, future, callback, context)?;
        return waits(thread, this, awaited);
    }
    let blocking = names::_asyncio_future_blocking(thread)?;
    let found = lookup::getattr_or_none(thread, awaited, blocking)?.filter(|found| !found.is_none());
    let Some(found) = found else {
        let shown = ops::repr_text(thread, awaited)?;
        let is_generator = cast::<Generator>(awaited).is_some()
            && !generator::is_coroutine(awaited)
            && !generator::is_async(awaited);
        if is_generator {
            let task = ops::repr_text(thread, value)?;
            let message =
                format!("yield was used instead of yield from for generator in task {task} with {shown}");
            return refuse(thread, value, this, message);
        }
        return refuse(thread, value, this, format!("Task got bad yield: {shown}"));
    };
    let is_blocking = ops::is_true(thread, &found)?;
    let same = task::loop_of_any(thread, awaited)?.is(&loop_of(this)?);
    if !same || !is_blocking {
        return refuse_future(thread, value, this, awaited, same);
    }
    awaited_by::add(thread, awaited, value)?;
    lookup::setattr(thread, awaited, blocking, Some(&Value::from_bool(false)))?;
    let callback = wakeup(thread, value)?;
    let add = lookup::getattr(thread, awaited, names::add_done_callback(thread)?)?;
    let context = support::get(this, |task| &task.context).unwrap_or_else(Value::none);
    let keyword = std::slice::from_ref(names::context(thread)?);
    call::call(thread, &add, native::Args { values: &[callback, context], names: keyword })?;
    waits(thread, this, awaited)
}

/// The task waits for `awaited`, which is cancelled right away if the task has been.
fn waits(thread: &mut Thread, this: &Object<Future>, awaited: &Value) -> Result<()> {
    support::set(thread, this, |task| &task.waiter, Some(awaited.clone()));
    if flag(&this.payload().must_cancel) {
        let message = support::get(this, |task| &task.message).unwrap_or_else(Value::none);
        if task::cancel_waiter(thread, awaited, &message)? {
            set_flag(&this.payload().must_cancel, false);
        }
    }
    Ok(())
}

/// The callback that wakes a task.
fn wakeup(thread: &mut Thread, value: &Value) -> Result<Value> {
    match waking::METHODS.first() {
        Some(def) => native_function::new(thread, def, Some(value.clone()), None),
        None => Ok(Value::none()),
    }
}

#[cold]
fn refuse_future(
    thread: &mut Thread,
    value: &Value,
    this: &Object<Future>,
    awaited: &Value,
    same_loop: bool,
) -> Result<()> {
    let (task, shown) = (ops::repr_text(thread, value)?, ops::repr_text(thread, awaited)?);
    let message = if same_loop {
        format!("yield was used instead of yield from in task {task} with {shown}")
    } else {
        format!("Task {task} got Future {shown} attached to a different loop")
    };
    refuse(thread, value, this, message)
}

/// The coroutine gets a RuntimeError at its next step.
#[cold]
fn refuse(thread: &mut Thread, value: &Value, this: &Object<Future>, message: String) -> Result<()> {
    let error = runtime_error(message).into_value();
    soon(thread, value, this, Some(error))
}

/// That for which a task waited has ended: takes a step.
fn wake(thread: &mut Thread, value: &Value, this: &Object<Future>, awaited: &Value) -> Result<()> {
    awaited_by::discard(thread, awaited, value)?;
    let error = match exact(awaited) {
        Some(future) => match future::ended(thread, future) {
            Ok(Ended::Result(_)) => None,
            Ok(Ended::Exception(error)) => Some(error),
            Err(raised) => Some(raised.into_value()),
        },
        None => {
            let name = names::result(thread)?;
            call::call_method(thread, awaited, name, &[]).err().map(|raised| raised.into_value())
        }
    };
    step(thread, value, this, error)
}
