//! The loop that a thread is running, and the task that the loop is running.

use runtime::error::{Result, runtime_error};
use runtime::state::{self, Place};
use runtime::{Thread, Value, call, ops};

use super::names;

/// The loop that this thread is running.
pub fn running_loop(thread: &Thread) -> Option<Value> {
    state::kept(thread, Place::EventLoop)
}

/// `get_running_loop()`.
///
/// # Errors
/// RuntimeError if there is none.
pub fn require_loop(thread: &Thread) -> Result<Value> {
    running_loop(thread).ok_or_else(|| runtime_error("no running event loop"))
}

/// `get_event_loop()`: the running loop, or what the policy has.
///
/// # Errors
/// What the policy raises.
pub fn get_event_loop(thread: &mut Thread) -> Result<Value> {
    if let Some(event_loop) = running_loop(thread) {
        return Ok(event_loop);
    }
    let policy = names::GET_POLICY.call(thread, &[])?;
    call::call_method(thread, &policy, names::get_event_loop(thread)?, &[])
}

fn check_loop(thread: &mut Thread, event_loop: &Value) -> Result<()> {
    if state::keeps(thread, Place::EventLoop, event_loop) {
        return Ok(());
    }
    let shown = ops::repr_text(thread, event_loop)?;
    Err(runtime_error(format!("loop {shown} is not the running loop")))
}

/// The loop begins to run a task.
///
/// # Errors
/// RuntimeError if the loop does not run here or is running a task.
pub fn enter(thread: &mut Thread, event_loop: &Value, task: &Value) -> Result<()> {
    check_loop(thread, event_loop)?;
    if let Some(other) = state::kept(thread, Place::Task) {
        let (task, other) = (ops::repr_text(thread, task)?, ops::repr_text(thread, &other)?);
        return Err(runtime_error(format!(
            "Cannot enter into task {task} while another task {other} is being executed."
        )));
    }
    drop(state::keep(thread, Place::Task, Some(task.clone())));
    Ok(())
}

/// The loop no longer runs a task.
///
/// # Errors
/// RuntimeError if that is not what it was running.
pub fn leave(thread: &mut Thread, event_loop: &Value, task: &Value) -> Result<()> {
    check_loop(thread, event_loop)?;
    if !state::keeps(thread, Place::Task, task) {
        let other = state::kept(thread, Place::Task).unwrap_or_else(Value::none);
        let (task, other) = (ops::repr_text(thread, task)?, ops::repr_text(thread, &other)?);
        return Err(runtime_error(format!(
            "Invalid attempt to leave task {task} while task {other} is entered."
        )));
    }
    drop(state::keep(thread, Place::Task, None));
    Ok(())
}

/// The loop runs another task, or none; returns which it was running.
///
/// # Errors
/// RuntimeError if the loop does not run here.
pub fn swap(thread: &mut Thread, event_loop: &Value, task: Option<Value>) -> Result<Option<Value>> {
    check_loop(thread, event_loop)?;
    Ok(state::keep(thread, Place::Task, task))
}

/// The task that a loop is running, in whichever thread.
pub fn current_task(thread: &mut Thread, event_loop: &Value) -> Option<Value> {
    if state::keeps(thread, Place::EventLoop, event_loop) {
        return state::kept(thread, Place::Task);
    }
    state::kept_beside(thread, Place::EventLoop, event_loop, Place::Task)
}
