//! Methods and attributes of tasks.

use runtime::error::{Result, runtime_error};
use runtime::native::{self, Object};
use runtime::object::cast;
use runtime::types::{Str, int};
use runtime::{Thread, Value, ops};
use threads::sync::atomic::Ordering;

use super::future::{self, Future, flag, set_flag};
use super::future_methods::{given, given_or_none};
use super::{names, task};
use crate::support;

/// Methods.
#[native::methods(Future, name = "Task")]
pub mod methods {
    use super::*;

    /// Tasks have the result of their coroutine.
    #[name("set_result")]
    #[sig("($self, result, /)")]
    pub fn refuse_result(_this: &Object<Future>, result: &Value) -> Result<()> {
        let _ = result;
        Err(runtime_error("Task does not support set_result operation"))
    }

    /// Tasks have the exception of their coroutine.
    #[name("set_exception")]
    #[sig("($self, exception, /)")]
    pub fn refuse_exception(_this: &Object<Future>, exception: &Value) -> Result<()> {
        let _ = exception;
        Err(runtime_error("Task does not support set_exception operation"))
    }

    /// Request that this task cancel itself.
    ///
    /// This arranges for a CancelledError to be thrown into the
    /// wrapped coroutine on the next cycle through the event loop.
    /// The coroutine then has a chance to clean up or even deny
    /// the request using try/except/finally.
    ///
    /// Unlike Future.cancel, this does not guarantee that the
    /// task will be cancelled: the exception might be caught and
    /// acted upon, delaying cancellation of the task or preventing
    /// cancellation completely.  The task may also return a value or
    /// raise a different exception.
    ///
    /// Immediately after this method is called, Task.cancelled() will
    /// not return True (unless the task was already cancelled).  A
    /// task will be marked as cancelled when the wrapped coroutine
    /// terminates with a CancelledError exception (even if cancel()
    /// was not called).
    ///
    /// This also increases the task's count of cancellation requests.
    #[sig("($self, /, msg=None)")]
    pub fn cancel(th: &mut Thread, this: &Object<Future>, msg: Option<&Value>) -> Result<bool> {
        task::cancel(th, this, &given_or_none(msg))
    }

    /// Return the count of the task's cancellation requests.
    ///
    /// This count is incremented when .cancel() is called
    /// and may be decremented using .uncancel().
    pub fn cancelling(this: &Object<Future>) -> i64 {
        this.payload().cancels.load(Ordering::Relaxed)
    }

    /// Decrement the task's count of cancellation requests.
    ///
    /// This should be used by tasks that catch CancelledError
    /// and wish to continue indefinitely until they are cancelled again.
    ///
    /// Returns the remaining number of cancellation requests.
    pub fn uncancel(this: &Object<Future>) -> i64 {
        task::uncancel(this)
    }

    /// Return the list of stack frames for this task's coroutine.
    ///
    /// If the coroutine is not done, this returns the stack where it is
    /// suspended.  If the coroutine has completed successfully or was
    /// cancelled, this returns an empty list.  If the coroutine was
    /// terminated by an exception, this returns the list of traceback
    /// frames.
    ///
    /// The frames are always ordered from oldest to newest.
    ///
    /// The optional limit gives the maximum number of frames to
    /// return; by default all available frames are returned.  Its
    /// meaning differs depending on whether a stack or a traceback is
    /// returned: the newest frames of a stack are returned, but the
    /// oldest frames of a traceback are returned.  (This matches the
    /// behavior of the traceback module.)
    ///
    /// For reasons beyond our control, only one stack frame is
    /// returned for a suspended coroutine.
    #[sig("($self, /, *, limit=None)")]
    pub fn get_stack(th: &mut Thread, this: &Value, limit: Option<&Value>) -> Result<Value> {
        let args = [this.clone(), given_or_none(limit)];
        names::TASK_GET_STACK.call(th, &args)
    }

    /// Print the stack or traceback for this task's coroutine.
    ///
    /// This produces output similar to that of the traceback module,
    /// for the frames retrieved by get_stack().  The limit argument
    /// is passed to get_stack().  The file argument is an I/O stream
    /// to which the output is written; by default output is written
    /// to sys.stderr.
    #[sig("($self, /, *, limit=None, file=None)")]
    pub fn print_stack(
        th: &mut Thread,
        this: &Value,
        limit: Option<&Value>,
        file: Option<&Value>,
    ) -> Result<Value> {
        let args = [this.clone(), given_or_none(limit), given_or_none(file)];
        names::TASK_PRINT_STACK.call(th, &args)
    }

    /// Create the CancelledError to raise if the Task is cancelled.
    ///
    /// This should only be called once when handling a cancellation since
    /// it erases the context exception value.
    pub fn _make_cancelled_error(th: &mut Thread, this: &Object<Future>) -> Result<Value> {
        future::cancelled(th, this)
    }

    /// The task's name.
    pub fn get_name(th: &mut Thread, this: &Object<Future>) -> Result<Option<Value>> {
        match support::get(this, |task| &task.name) {
            Some(number) if cast::<Str>(&number).is_none() => {
                let number = int::to_i128(&number).unwrap_or_default();
                let name = Str::new(th, &format!("Task-{number}"))?;
                support::set(th, this, |task| &task.name, Some(name.clone()));
                Ok(Some(name))
            }
            name => Ok(name),
        }
    }

    /// Sets the task's name.
    pub fn set_name(th: &mut Thread, this: &Object<Future>, value: &Value) -> Result<()> {
        let name = task::text(th, value)?;
        support::set(th, this, |task| &task.name, Some(name));
        Ok(())
    }

    /// The coroutine.
    pub fn get_coro(this: &Object<Future>) -> Option<Value> {
        support::get(this, |task| &task.coroutine)
    }

    /// The context in which the coroutine runs.
    pub fn get_context(this: &Object<Future>) -> Option<Value> {
        support::get(this, |task| &task.context)
    }

    /// Tasks are generic over the return type of their wrapped coroutines
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        support::generic_alias(th, class, object)
    }

    /// Whether to complain if the task dies before it has ended.
    #[getter]
    pub fn _log_destroy_pending(this: &Object<Future>) -> bool {
        flag(&this.payload().log_destroyed)
    }

    /// Says whether to complain.
    #[setter]
    pub fn set__log_destroy_pending(
        th: &mut Thread,
        this: &Object<Future>,
        value: Option<&Value>,
    ) -> Result<()> {
        let value = given("Task", "_log_destroy_pending", value)?;
        let on = ops::is_true(th, value)?;
        set_flag(&this.payload().log_destroyed, on);
        Ok(())
    }

    /// Whether the coroutine gets a CancelledError at its next step.
    #[getter]
    pub fn _must_cancel(this: &Object<Future>) -> bool {
        flag(&this.payload().must_cancel)
    }

    /// The coroutine.
    #[getter]
    pub fn _coro(this: &Object<Future>) -> Option<Value> {
        support::get(this, |task| &task.coroutine)
    }

    /// What the coroutine waits for.
    #[getter]
    pub fn _fut_waiter(this: &Object<Future>) -> Option<Value> {
        support::get(this, |task| &task.waiter)
    }
}
