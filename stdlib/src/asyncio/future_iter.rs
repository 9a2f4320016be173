//! What `await future` drives: it hands the future out until that has ended, then gives its result.

use runtime::class::Slots;
use runtime::error::{DEPRECATION_WARNING, Raised, Result, runtime_error, type_error};
use runtime::memory::Slot;
use runtime::native::{self, Object, Rest};
use runtime::object::cast;
use runtime::types::{Tuple, TupleExt, exception, traceback};
use runtime::{Thread, Value, call, ops, state};

use super::future::{self, Future, Status, flag, loop_of, set_flag};
use crate::support;

/// The iterator.
#[native::class(
    "FutureIter",
    module = "_asyncio",
    doc = "",
    disallow_instantiation,
    methods(methods),
    slots = slots
)]
pub struct FutureIter {
    #[trace]
    future: Slot,
}

fn slots(slots: &Slots) {
    support::iterator(slots, next);
}

/// `future.__await__()`.
///
/// # Errors
/// RuntimeError for a future that has not been begun; MemoryError.
pub fn new(thread: &mut Thread, value: &Value) -> Result<Value> {
    match cast::<Future>(value) {
        Some(future) => loop_of(future)?,
        None => return Err(type_error("a Future is required")),
    };
    runtime::object::new(thread, FutureIter { future: Slot::new(Some(value.clone())) })
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(this) = cast::<FutureIter>(value) else { return Ok(None) };
    let Some(awaited) = support::get(this, |iterator| &iterator.future) else { return Ok(None) };
    let Some(future) = cast::<Future>(&awaited) else { return Ok(None) };
    let payload = future.payload();
    if payload.status() == Status::Pending {
        if flag(&payload.blocking) {
            return Err(runtime_error("await wasn't used with future"));
        }
        set_flag(&payload.blocking, true);
        return Ok(Some(awaited));
    }
    let result = future::result(thread, future)?;
    state::set_stop_value(thread, Some(result).filter(|result| !result.is_none()));
    Ok(None)
}

/// The exception that the arguments of `throw` mean.
fn thrown(thread: &mut Thread, given: &[Value]) -> Result<Raised> {
    let [first, rest @ ..] = given else {
        return Err(type_error("throw expected at least 1 argument, got 0"));
    };
    if given.len() > 3 {
        return Err(type_error(format!("throw expected at most 3 arguments, got {}", given.len())));
    }
    if given.len() > 1 {
        let message = "the (type, exc, tb) signature of throw() is deprecated, \
                       use the single-arg signature instead.";
        runtime::hooks::warn(thread, &DEPRECATION_WARNING, message, 1)?;
    }
    let value = rest.first().filter(|value| !value.is_none());
    let trace = rest.get(1).filter(|trace| !trace.is_none());
    if trace.is_some_and(|trace| cast::<traceback::Traceback>(trace).is_none()) {
        return Err(type_error("throw() third argument must be a traceback"));
    }
    let error = if exception::is_exception_class(first) {
        match value {
            None => call::call_positional(thread, first, &[])?,
            Some(value) if ops::is_instance(thread, value, first)? => value.clone(),
            Some(value) => match cast::<Tuple>(value) {
                Some(args) => call::call_positional(thread, first, args.items())?,
                None => call::call_one(thread, first, value)?,
            },
        }
    } else if exception::is_exception(first) {
        if value.is_some() {
            return Err(type_error("instance exception may not have a separate value"));
        }
        first.clone()
    } else {
        return Err(type_error(
            "exceptions must be classes deriving BaseException or instances of such a class",
        ));
    };
    if let Some(trace) = trace {
        exception::set_traceback(thread, &error, Some(trace.clone()));
    }
    Ok(Raised::new(error))
}

/// Methods.
#[native::methods(FutureIter, name = "FutureIter")]
pub mod methods {
    use super::*;

    /// Resumes: what is sent is of no concern.
    #[sig("($self, value, /)", hidden)]
    pub fn send(th: &mut Thread, this: &Value, value: &Value) -> Result<Value> {
        let _ = value;
        match next(th, this)? {
            Some(future) => Ok(future),
            None => Err(state::stop_iteration(th)),
        }
    }

    /// Raises an exception.
    #[sig("($self, /, *args)", hidden)]
    pub fn throw(th: &mut Thread, this: &Object<FutureIter>, args: Rest<'_>) -> Result<Value> {
        let raised = thrown(th, args)?;
        support::set(th, this, |iterator| &iterator.future, None);
        Err(raised)
    }

    /// Forgets the future.
    #[sig("($self, /)", hidden)]
    pub fn close(th: &mut Thread, this: &Object<FutureIter>) {
        support::set(th, this, |iterator| &iterator.future, None);
    }
}
