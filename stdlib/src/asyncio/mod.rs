//! `_asyncio`: futures and tasks, and which loop and task a thread is running.
//!
//! | file | concept |
//! |---|---|
//! | `future` | the payload of futures and tasks; pending, then ended, once |
//! | `future_methods`, `task_methods` | what programs see of them |
//! | `future_iter` | what `await future` drives |
//! | `task` | beginning and cancelling a task |
//! | `step` | a task's steps, and what wakes it |
//! | `running` | the loop that a thread runs, and the loop's task |
//! | `registry` | which tasks there are |
//! | `awaited_by` | who waits for a future |
//! | `names` | what is referred to elsewhere |

mod awaited_by;
pub mod future;
pub mod future_iter;
mod future_methods;
mod names;
mod registry;
mod running;
pub mod step;
pub mod task;
mod task_methods;

pub use module::MODULE;

use runtime::error::Result;
use runtime::native;
use runtime::state::{self, Place};
use runtime::{Thread, Value};

/// Accelerator module for asyncio
#[native::module("_asyncio", classes(future::Future, future_iter::FutureIter, step::Step))]
pub mod module {
    use super::*;
    use runtime::types::module as modules;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        modules::set(th, module, "Task", task::TASK.value())
    }

    /// Return the running event loop or None.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[sig("($module, /)")]
    pub fn _get_running_loop(th: &mut Thread) -> Option<Value> {
        running::running_loop(th)
    }

    /// Set the running event loop.
    ///
    /// This is a low-level function intended to be used by event loops.
    /// This function is thread-specific.
    #[sig("($module, loop, /)")]
    pub fn _set_running_loop(th: &mut Thread, r#loop: Option<&Value>) {
        drop(state::keep(th, Place::EventLoop, r#loop.cloned()));
    }

    /// Return an asyncio event loop.
    ///
    /// When called from a coroutine or a callback (e.g. scheduled with
    /// call_soon or similar API), this function will always return the
    /// running event loop.
    ///
    /// If there is no running event loop set, the function will return
    /// the result of `get_event_loop_policy().get_event_loop()` call.
    #[sig("($module, /)")]
    pub fn get_event_loop(th: &mut Thread) -> Result<Value> {
        running::get_event_loop(th)
    }

    /// Return the running event loop.  Raise a RuntimeError if there is none.
    ///
    /// This function is thread-specific.
    #[sig("($module, /)")]
    pub fn get_running_loop(th: &mut Thread) -> Result<Value> {
        running::require_loop(th)
    }

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[sig("($module, /, task)")]
    pub fn _register_task(th: &mut Thread, task: &Value) -> Result<()> {
        registry::register(th, task)
    }

    /// Register a new task in asyncio as executed by loop.
    ///
    /// Returns None.
    #[sig("($module, /, task)")]
    pub fn _register_eager_task(th: &mut Thread, task: &Value) -> Result<()> {
        registry::register_eager(th, task)
    }

    /// Unregister a task.
    ///
    /// Returns None.
    #[sig("($module, /, task)")]
    pub fn _unregister_task(th: &mut Thread, task: &Value) -> Result<()> {
        registry::unregister(th, task)
    }

    /// Unregister a task.
    ///
    /// Returns None.
    #[sig("($module, /, task)")]
    pub fn _unregister_eager_task(th: &mut Thread, task: &Value) -> Result<()> {
        registry::unregister_eager(th, task)
    }

    /// Enter into task execution or resume suspended task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[sig("($module, /, loop, task)")]
    pub fn _enter_task(th: &mut Thread, r#loop: &Value, task: &Value) -> Result<()> {
        running::enter(th, r#loop, task)
    }

    /// Leave task execution or suspend a task.
    ///
    /// Task belongs to loop.
    ///
    /// Returns None.
    #[sig("($module, /, loop, task)")]
    pub fn _leave_task(th: &mut Thread, r#loop: &Value, task: &Value) -> Result<()> {
        running::leave(th, r#loop, task)
    }

    /// Temporarily swap in the supplied task and return the original one (or None).
    ///
    /// This is intended for use during eager coroutine execution.
    #[sig("($module, /, loop, task)")]
    pub fn _swap_current_task(
        th: &mut Thread,
        r#loop: &Value,
        task: Option<&Value>,
    ) -> Result<Option<Value>> {
        running::swap(th, r#loop, task.cloned())
    }

    /// Return a currently executed task.
    #[sig("($module, /, loop=None)")]
    pub fn current_task(th: &mut Thread, r#loop: Option<&Value>) -> Result<Option<Value>> {
        match r#loop {
            Some(event_loop) => Ok(running::current_task(th, event_loop)),
            None => {
                running::require_loop(th)?;
                Ok(state::kept(th, Place::Task))
            }
        }
    }

    /// Return a set of all tasks for the loop.
    #[sig("($module, /, loop=None)")]
    pub fn all_tasks(th: &mut Thread, r#loop: Option<&Value>) -> Result<Value> {
        let event_loop = match r#loop {
            Some(event_loop) => event_loop.clone(),
            None => running::require_loop(th)?,
        };
        registry::all_tasks(th, &event_loop)
    }

    /// Record that `fut` is awaited on by `waiter`.
    #[sig("($module, fut, waiter, /)")]
    pub fn future_add_to_awaited_by(th: &mut Thread, fut: &Value, waiter: &Value) -> Result<()> {
        awaited_by::add(th, fut, waiter)
    }

    /// Record that `fut` is awaited on by `waiter` no longer.
    #[sig("($module, fut, waiter, /)")]
    pub fn future_discard_from_awaited_by(th: &mut Thread, fut: &Value, waiter: &Value) -> Result<()> {
        awaited_by::discard(th, fut, waiter)
    }
}
