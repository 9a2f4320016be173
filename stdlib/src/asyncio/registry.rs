//! Which tasks there are: for `all_tasks`.
//!
//! A thread notes the tasks that it makes under their loop, weakly (`runtime::groups`); a task that has ended, or has been
//! unregistered, is passed over when they are listed. What is no native task stands in a WeakSet, and in a set during its eager
//! step, as a program's own kinds of tasks are rare.

use runtime::error::Result;
use runtime::groups;
use runtime::names::StaticValue;
use runtime::native::Object;
use runtime::object::{cast, to_value};
use runtime::state::{self, Place};
use runtime::types::set;
use runtime::{Thread, Value, call, ops};
use threads::sync::atomic::{AtomicU8, Ordering};

use super::future::{Future, Status, loop_of};
use super::names;
use crate::support;

/// Bits of a task: it stands in a group; it is to be listed.
const NOTED: u8 = 1;
const LISTED: u8 = 2;

/// Tasks of other kinds, weakly.
static OTHERS: StaticValue = StaticValue::new();
/// Tasks of other kinds that take their first step, eagerly.
static EAGER_OTHERS: StaticValue = StaticValue::new();

/// The number under which a loop's tasks are noted. (A loop that comes to stand where another one was has its number: tasks
/// are asked for their loop.)
fn number_of(event_loop: &Value) -> u64 {
    groups::number_of(event_loop)
}

/// Whether `value` is a native task.
fn native_task(value: &Value) -> Option<&Object<Future>> {
    cast::<Future>(value).filter(|future| future.payload().is_task())
}

fn bits(this: &Object<Future>) -> &AtomicU8 {
    &this.payload().registered
}

/// Registers a native task.
///
/// # Errors
/// MemoryError.
pub fn add(thread: &mut Thread, this: &Object<Future>) -> Result<()> {
    // Relaxed: who lists tasks finds them through the group.
    if bits(this).fetch_or(NOTED | LISTED, Ordering::Relaxed) & NOTED != 0 {
        return Ok(());
    }
    let Ok(event_loop) = loop_of(this) else { return Ok(()) };
    groups::note(thread, number_of(&event_loop), &to_value(this))
}

/// A task that is begun again may belong to another loop.
pub fn forget(this: &Object<Future>) {
    bits(this).store(0, Ordering::Relaxed);
}

fn others(thread: &mut Thread) -> Result<&'static Value> {
    if OTHERS.get().is_none() {
        let class = names::WEAK_SET.get(thread)?;
        OTHERS.set_first(call::call_positional(thread, class, &[])?);
        EAGER_OTHERS.set_first(set::new(thread)?);
    }
    Ok(OTHERS.value())
}

/// `_register_task`.
///
/// # Errors
/// TypeError for what cannot be referred to weakly.
pub fn register(thread: &mut Thread, task: &Value) -> Result<()> {
    match native_task(task) {
        Some(task) => add(thread, task),
        None => {
            let others = others(thread)?;
            call::call_method(thread, others, names::add(thread)?, std::slice::from_ref(task)).map(drop)
        }
    }
}

/// `_unregister_task`.
///
/// # Errors
/// TypeError for what cannot be referred to weakly.
pub fn unregister(thread: &mut Thread, task: &Value) -> Result<()> {
    match native_task(task) {
        Some(task) => {
            bits(task).fetch_and(!LISTED, Ordering::Relaxed);
            Ok(())
        }
        None => {
            let others = others(thread)?;
            call::call_method(thread, others, names::discard(thread)?, std::slice::from_ref(task)).map(drop)
        }
    }
}

/// `_register_eager_task`.
///
/// # Errors
/// TypeError for what has no hash.
pub fn register_eager(thread: &mut Thread, task: &Value) -> Result<()> {
    if let Some(task) = native_task(task) {
        return add(thread, task);
    }
    others(thread)?;
    let name = names::add(thread)?;
    call::call_method(thread, EAGER_OTHERS.value(), name, std::slice::from_ref(task)).map(drop)
}

/// `_unregister_eager_task`.
///
/// # Errors
/// TypeError for what has no hash.
pub fn unregister_eager(thread: &mut Thread, task: &Value) -> Result<()> {
    if native_task(task).is_some() {
        return Ok(());
    }
    others(thread)?;
    let name = names::discard(thread)?;
    call::call_method(thread, EAGER_OTHERS.value(), name, std::slice::from_ref(task)).map(drop)
}

/// The tasks of a loop that have not ended, as a set. Only for a loop that does not run in this thread are other threads asked.
///
/// # Errors
/// What asking tasks of other kinds raises.
pub fn all_tasks(thread: &mut Thread, event_loop: &Value) -> Result<Value> {
    let tasks = set::new(thread)?;
    let number = number_of(event_loop);
    let noted = if state::keeps(thread, Place::EventLoop, event_loop) {
        groups::own(thread, number)
    } else {
        groups::all(thread, number)
    };
    for task in noted {
        let Some(this) = native_task(&task) else { continue };
        let listed = bits(this).load(Ordering::Relaxed) & LISTED != 0;
        if listed
            && this.payload().status() == Status::Pending
            && support::get(this, |task| &task.event_loop).is_some_and(|other| other.is(event_loop))
        {
            set::add(thread, &tasks, &task)?;
        }
    }
    if let (Some(others), Some(eager)) = (OTHERS.get(), EAGER_OTHERS.get()) {
        let mut candidates = ops::to_vec(thread, eager)?;
        candidates.extend(ops::to_vec(thread, others)?);
        for task in candidates {
            let same = super::task::loop_of_any(thread, &task)?.is(event_loop);
            if same {
                let done = call::call_method(thread, &task, names::done(thread)?, &[])?;
                if !ops::is_true(thread, &done)? {
                    set::add(thread, &tasks, &task)?;
                }
            }
        }
    }
    Ok(tasks)
}
