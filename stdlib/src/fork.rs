//! Forking: what runs before and after, and the fork itself with all other threads stopped.

use runtime::error::{Result, type_error};
use runtime::names::StaticValue;
use runtime::object::cast;
use runtime::system::process;
use runtime::types::{List, ListExt, Tuple, TupleExt};
use runtime::{Thread, Value, call};

use crate::support;

/// What is to be called around a fork: a list of three lists, before it, in the child, in the parent.
static CALLBACKS: StaticValue = StaticValue::new();

/// Makes the lists. While the module is made, which happens once.
///
/// # Errors
/// MemoryError.
pub fn initialize(thread: &mut Thread) -> Result<()> {
    if CALLBACKS.get().is_none() {
        let lists = (0..3).map(|_| List::new(thread, Vec::new())).collect::<Result<Vec<_>>>()?;
        CALLBACKS.set(Tuple::new(thread, lists)?);
    }
    Ok(())
}

fn list(which: usize) -> Option<Value> {
    cast::<Tuple>(CALLBACKS.get()?)?.items().get(which).cloned()
}

/// `os.register_at_fork`.
///
/// # Errors
/// TypeError if nothing is given, or something that cannot be called.
pub fn register(
    thread: &mut Thread,
    before: Option<&Value>,
    in_child: Option<&Value>,
    in_parent: Option<&Value>,
) -> Result<()> {
    if before.is_none() && in_child.is_none() && in_parent.is_none() {
        return Err(type_error("At least one argument is required."));
    }
    let given = [("before", before), ("after_in_child", in_child), ("after_in_parent", in_parent)];
    for (name, callback) in given {
        if let Some(callback) = callback
            && !call::is_callable(callback)
        {
            return Err(type_error(format!(
                "'{name}' must be callable, not {}",
                runtime::class::TypeExt::name_lossy(runtime::class::class_of(callback))
            )));
        }
    }
    for (which, (_, callback)) in given.into_iter().enumerate() {
        if let (Some(callback), Some(list)) = (callback, list(which))
            && let Some(list) = cast::<List>(&list)
        {
            list.push(thread, callback.clone())?;
        }
    }
    Ok(())
}

fn run(thread: &mut Thread, which: usize) {
    let Some(list) = list(which) else { return };
    let mut callbacks = runtime::ops::to_vec(thread, &list).unwrap_or_default();
    if which == 0 {
        callbacks.reverse();
    }
    for callback in callbacks {
        if let Err(raised) = call::call_positional(thread, &callback, &[]) {
            runtime::hooks::unraisable(thread, raised, None, Some(&callback));
        }
    }
}

/// Runs what is to run before a fork.
pub fn before(thread: &mut Thread) {
    run(thread, 0);
    crate::imp::lock_for_fork(thread);
}

/// Runs what is to run in a child.
pub fn in_child(thread: &mut Thread) {
    runtime::state::after_fork(thread);
    crate::signal::after_fork(thread);
    crate::imp::unlock(thread);
    run(thread, 1);
}

/// Runs what is to run in the parent.
pub fn in_parent(thread: &mut Thread) {
    crate::imp::unlock(thread);
    run(thread, 2);
}

/// Whether there are threads that a child will not have.
fn has_threads(thread: &Thread) -> bool {
    thread.world().thread_ids().len() > 1
}

/// Warns of a fork by `function` in a process with several threads, of which the child has one.
fn warn_of_threads(thread: &mut Thread, function: &str) {
    let message = format!(
        "This process (pid={}) is multi-threaded, use of {function}() may lead to deadlocks in the child.",
        std::process::id()
    );
    // The child is there: nothing is gained by raising where warnings are errors, and CPython is silent too.
    drop(runtime::hooks::warn(thread, &runtime::error::DEPRECATION_WARNING, &message, 1));
}

/// Forks the process with all other threads stopped, for `function` of Python's; 0 in the child.
///
/// # Errors
/// OSError; PythonFinalizationError while the interpreter goes down.
pub fn fork(thread: &mut Thread, function: &str) -> Result<i32> {
    if crate::sys::functions::is_finalizing() {
        return Err(runtime::error::python_finalization_error("can't fork at interpreter shutdown"));
    }
    before(thread);
    let threads = has_threads(thread);
    let mut forked = Ok(-1);
    thread.fork(|| {
        forked = process::fork_raw();
        matches!(forked, Ok(0))
    });
    match forked {
        Ok(0) => {
            in_child(thread);
            Ok(0)
        }
        Ok(pid) => {
            in_parent(thread);
            if threads {
                warn_of_threads(thread, function);
            }
            Ok(pid)
        }
        Err(error) => {
            in_parent(thread);
            Err(support::raise(thread, &error))
        }
    }
}
