//! Methods and attributes of futures.

use runtime::class::Slots;
use runtime::error::{Raised, Result, attribute_error, runtime_error, type_error, value_error};
use runtime::native::{self, Ends, Object};
use runtime::object::cast;
use runtime::types::{List, Str, Tuple};
use runtime::{Thread, Value, ops};

use super::future::{self, Future, Status, flag, loop_of, set_flag};
use super::{awaited_by, future_iter, names, task};
use crate::{contextvars, support};

/// The slots of futures.
pub fn slots(slots: &Slots) {
    slots.init.set(|thread, value, args| {
        let Some(this) = cast::<Future>(value) else { return Err(type_error("a Future is required")) };
        let event_loop = task::future_arguments(args)?;
        future::begin(thread, this, event_loop)
    });
    slots.repr.set(|thread, value| {
        let Some(this) = cast::<Future>(value) else { return Err(type_error("a Future is required")) };
        loop_of(this)?;
        names::FUTURE_REPR.call(thread, std::slice::from_ref(value))
    });
    slots.iter.set(future_iter::new);
    slots.await_.set(future_iter::new);
}

/// What was given for a parameter that may be None.
pub fn given_or_none(value: Option<&Value>) -> Value {
    value.cloned().unwrap_or_else(Value::none)
}

/// What a flag that cannot be deleted is set to.
///
/// # Errors
/// AttributeError.
pub fn given<'a>(class: &str, name: &str, value: Option<&'a Value>) -> Result<&'a Value> {
    value.ok_or_else(|| undeletable(class, name))
}

#[cold]
fn undeletable(class: &str, name: &str) -> Raised {
    attribute_error(format!("attribute '{name}' of '_asyncio.{class}' objects cannot be deleted"))
}

/// Methods.
#[native::methods(Future, name = "Future")]
pub mod methods {
    use super::*;

    /// Return the result this future represents.
    ///
    /// If the future has been cancelled, raises CancelledError.  If the
    /// future's result isn't yet available, raises InvalidStateError.  If
    /// the future is done and has an exception set, this exception is
    /// raised.
    pub fn result(th: &mut Thread, this: &Object<Future>) -> Result<Value> {
        future::result(th, this)
    }

    /// Return the exception that was set on this future.
    ///
    /// The exception (or None if no exception was set) is returned only if
    /// the future is done.  If the future has been cancelled, raises
    /// CancelledError.  If the future isn't done yet, raises
    /// InvalidStateError.
    pub fn exception(th: &mut Thread, this: &Object<Future>) -> Result<Option<Value>> {
        let payload = this.payload();
        match payload.status() {
            Status::Pending if !payload.event_loop.is_empty() => {
                Err(names::invalid_state(th, "Exception is not set."))
            }
            Status::Pending | Status::Cancelled => future::result(th, this).map(Some),
            Status::Finished => {
                set_flag(&payload.log_traceback, false);
                Ok(None)
            }
            Status::Failed => {
                set_flag(&payload.log_traceback, false);
                Ok(Some(future::outcome(this)))
            }
        }
    }

    /// Mark the future done and set its result.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    pub fn set_result(th: &mut Thread, this: &Object<Future>, result: &Value) -> Result<()> {
        loop_of(this)?;
        if future::end(th, this, Status::Finished, Some(result.clone()), None)? {
            Ok(())
        } else {
            Err(names::invalid_state(th, "invalid state"))
        }
    }

    /// Mark the future done and set an exception.
    ///
    /// If the future is already done when this method is called, raises
    /// InvalidStateError.
    pub fn set_exception(th: &mut Thread, this: &Object<Future>, exception: &Value) -> Result<()> {
        loop_of(this)?;
        future::fail(th, this, exception)
    }

    /// Add a callback to be run when the future becomes done.
    ///
    /// The callback is called with a single argument - the future object.
    /// If the future is already done when this is called, the callback is
    /// scheduled with call_soon.
    #[sig("($self, fn, /, *, context=<unrepresentable>)")]
    pub fn add_done_callback(
        th: &mut Thread,
        this: &Object<Future>,
        r#fn: &Value,
        context: Option<&Value>,
    ) -> Result<()> {
        if this.payload().event_loop.is_empty() {
            return Err(runtime_error("uninitialized Future object"));
        }
        let context = match context {
            Some(context) => context.clone(),
            None => contextvars::copy_current(th)?,
        };
        future::add_callback(th, this, r#fn.clone(), context)
    }

    /// Remove all instances of a callback from the "call when done" list.
    ///
    /// Returns the number of callbacks removed.
    pub fn remove_done_callback(th: &mut Thread, this: &Object<Future>, r#fn: &Value) -> Result<usize> {
        loop_of(this)?;
        future::remove_callback(th, this, r#fn)
    }

    /// Cancel the future and schedule callbacks.
    ///
    /// If the future is already done or cancelled, return False.
    /// Otherwise, change the future's state to cancelled, schedule the
    /// callbacks and return True.
    #[sig("($self, /, msg=None)")]
    pub fn cancel(th: &mut Thread, this: &Object<Future>, msg: Option<&Value>) -> Result<bool> {
        loop_of(this)?;
        future::cancel(th, this, Some(given_or_none(msg)))
    }

    /// Return True if the future was cancelled.
    pub fn cancelled(this: &Object<Future>) -> bool {
        this.payload().status() == Status::Cancelled
    }

    /// Return True if the future is done.
    ///
    /// Done means either that a result / exception are available, or that
    /// the future was cancelled.
    pub fn done(this: &Object<Future>) -> bool {
        this.payload().status() != Status::Pending
    }

    /// Return the event loop the Future is bound to.
    pub fn get_loop(this: &Object<Future>) -> Result<Value> {
        loop_of(this)
    }

    /// Create the CancelledError to raise if the Future is cancelled.
    ///
    /// This should only be called once when handling a cancellation since
    /// it erases the context exception value.
    pub fn _make_cancelled_error(th: &mut Thread, this: &Object<Future>) -> Result<Value> {
        future::cancelled(th, this)
    }

    /// Called when the instance is about to be destroyed.
    pub fn __del__(th: &mut Thread, this: &Value) {
        <Future as Ends>::end(th, this);
    }

    /// Futures are generic over the type of their results
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        support::generic_alias(th, class, object)
    }

    /// How far the future is.
    #[getter]
    pub fn _state(th: &mut Thread, this: &Object<Future>) -> Result<Value> {
        loop_of(this)?;
        let state = match this.payload().status() {
            Status::Pending => "PENDING",
            Status::Cancelled => "CANCELLED",
            Status::Finished | Status::Failed => "FINISHED",
        };
        Str::interned(th, state)
    }

    /// Whether `await` has handed the future out.
    #[getter]
    pub fn _asyncio_future_blocking(this: &Object<Future>) -> bool {
        flag(&this.payload().blocking)
    }

    /// Says that somebody waits for the future.
    #[setter]
    pub fn set__asyncio_future_blocking(
        th: &mut Thread,
        this: &Object<Future>,
        value: Option<&Value>,
    ) -> Result<()> {
        let value = given("Future", "_asyncio_future_blocking", value)?;
        let on = ops::is_true(th, value)?;
        set_flag(&this.payload().blocking, on);
        Ok(())
    }

    /// The event loop.
    #[getter]
    pub fn _loop(this: &Object<Future>) -> Option<Value> {
        support::get(this, |future| &future.event_loop)
    }

    /// The callbacks and their contexts, or None.
    #[getter]
    pub fn _callbacks(th: &mut Thread, this: &Object<Future>) -> Result<Option<Value>> {
        loop_of(this)?;
        let mut pairs = Vec::new();
        for (callback, context) in future::callbacks(th, this) {
            pairs.push(Tuple::of_array(th, [callback, context])?);
        }
        if pairs.is_empty() { Ok(None) } else { List::new(th, pairs).map(Some) }
    }

    /// The result.
    #[getter]
    pub fn _result(this: &Object<Future>) -> Result<Option<Value>> {
        loop_of(this)?;
        let finished = this.payload().status() == Status::Finished;
        Ok(finished.then(|| future::outcome(this)))
    }

    /// The exception.
    #[getter]
    pub fn _exception(this: &Object<Future>) -> Result<Option<Value>> {
        loop_of(this)?;
        let failed = this.payload().status() == Status::Failed;
        Ok(failed.then(|| future::outcome(this)))
    }

    /// Whether the exception is to be shown if nobody looks at it.
    #[getter]
    pub fn _log_traceback(this: &Object<Future>) -> Result<bool> {
        loop_of(this)?;
        Ok(flag(&this.payload().log_traceback))
    }

    /// Says that the exception is not to be shown.
    #[setter]
    pub fn set__log_traceback(th: &mut Thread, this: &Object<Future>, value: Option<&Value>) -> Result<()> {
        let value = given("Future", "_log_traceback", value)?;
        if ops::is_true(th, value)? {
            return Err(value_error("_log_traceback can only be set to False"));
        }
        set_flag(&this.payload().log_traceback, false);
        Ok(())
    }

    /// Where the future was made.
    #[getter]
    pub fn _source_traceback(this: &Object<Future>) -> Option<Value> {
        support::get(this, |future| &future.source)
    }

    /// What `cancel` was given.
    #[getter]
    pub fn _cancel_message(this: &Object<Future>) -> Option<Value> {
        support::get(this, |future| &future.message)
    }

    /// Sets what CancelledError says.
    #[setter]
    pub fn set__cancel_message(th: &mut Thread, this: &Object<Future>, value: Option<&Value>) -> Result<()> {
        let value = given("Future", "_cancel_message", value)?;
        support::set(th, this, |future| &future.message, Some(value.clone()));
        Ok(())
    }

    /// The futures that wait for this one, or None.
    #[getter]
    pub fn _asyncio_awaited_by(th: &mut Thread, this: &Object<Future>) -> Result<Option<Value>> {
        awaited_by::all(th, this)
    }
}
