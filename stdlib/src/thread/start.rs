//! Starting threads, and what each does from its first breath to its last.

use runtime::error::{
    Raised, Result, SYSTEM_EXIT, memory_error, python_finalization_error, runtime_error, value_error,
};
use runtime::memory::Published;
use runtime::native::Args;
use runtime::object::cast;
use runtime::types::{Dict, DictExt, Tuple, TupleExt};
use runtime::{Thread, Value, call, hooks, ops, state};
use threads::sync::Arc;
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::{StartError, StartOptions, ThreadHandle};

use super::{handle, local};
use crate::support;

/// What `stack_size()` was last told; 0 for the default.
static STACK_BYTES: AtomicUsize = AtomicUsize::new(0);

/// The smallest stack that a program may ask for, as CPython has it.
const LEAST_STACK_BYTES: usize = 53248;

/// What a thread gets beyond what was asked for: natives check that this much is left before they go deeper.
const RESERVE_BYTES: usize = if cfg!(debug_assertions) { 4 << 20 } else { 1 << 20 };

/// `_thread.stack_size(size)`: the size before.
///
/// # Errors
/// ValueError for one that is too small.
pub fn stack_size(size: isize) -> Result<usize> {
    let before = STACK_BYTES.load(Ordering::Relaxed); // a setting of its own
    let size = match usize::try_from(size) {
        Ok(size)
            if size == 0 || (LEAST_STACK_BYTES..=isize::MAX as usize - RESERVE_BYTES).contains(&size) =>
        {
            size
        }
        _ => return Err(value_error(format!("size must be at least {LEAST_STACK_BYTES} bytes"))),
    };
    STACK_BYTES.store(size, Ordering::Relaxed);
    Ok(before)
}

/// Starts a thread that calls `function` with `args` (a tuple) and `kwargs` (a dict).
///
/// # Errors
/// RuntimeError if the handle has had its thread, or no thread can be had.
pub fn start(
    thread: &mut Thread,
    handle: &Arc<ThreadHandle>,
    daemon: bool,
    function: &Value,
    args: Option<&Value>,
    kwargs: Option<&Value>,
) -> Result<()> {
    let asked = STACK_BYTES.load(Ordering::Relaxed);
    let bytes = if asked == 0 { state::DEFAULT_STACK_BYTES } else { asked + RESERVE_BYTES };
    let options = StartOptions { name: None, stack_size: Some(bytes), daemon };
    let none = Value::none();
    let parts = vec![function.clone(), args.unwrap_or(&none).clone(), kwargs.unwrap_or(&none).clone()];
    // Published: another thread is about to find it.
    let boot = Published::new(Tuple::new(thread, parts)?);
    handle.start(thread, &options, move |thread| run(thread, boot, bytes)).map_err(|error| match error {
        StartError::AlreadyStarted => runtime_error("thread already started"),
        StartError::TooMany(_) | StartError::System(_) => runtime_error("can't start new thread"),
        StartError::ShutDown => python_finalization_error("can't create new thread at interpreter shutdown"),
    })
}

/// The life of a thread.
fn run(thread: &mut Thread, boot: Published, stack_bytes: usize) {
    /// Takes the thread's state away however its body ends.
    struct Alive<'a>(&'a mut Thread);
    impl Drop for Alive<'_> {
        fn drop(&mut self) {
            local::forget_thread(self.0);
            state::leave(self.0);
        }
    }
    state::enter(thread, stack_bytes);
    let alive = Alive(thread);
    let boot = boot.into_value();
    let function = cast::<Tuple>(&boot).and_then(|parts| parts.items().first().cloned());
    if let Err(raised) = call_target(alive.0, &boot) {
        drop(boot);
        report(alive.0, raised, function.as_ref());
    }
    drop(function);
}

fn call_target(thread: &mut Thread, boot: &Value) -> Result<()> {
    let Some([function, args, kwargs]) = cast::<Tuple>(boot).map(|parts| parts.items()) else {
        return Err(memory_error());
    };
    let mut values = cast::<Tuple>(args).map_or_else(Vec::new, |args| args.items().to_vec());
    let mut names = Vec::new();
    if let Some(kwargs) = cast::<Dict>(kwargs) {
        for (name, value) in kwargs.items(thread) {
            names.push(name);
            values.push(value);
        }
    }
    call::call(thread, function, Args { values: &values, names: &names }).map(drop)
}

/// What nobody has caught: SystemExit ends the thread quietly.
fn report(thread: &mut Thread, raised: Raised, function: Option<&Value>) {
    if raised.is(&SYSTEM_EXIT) {
        return;
    }
    let shown = function.and_then(|function| ops::repr_text(thread, function).ok());
    let shown = shown.unwrap_or_else(|| "<object repr() failed>".to_owned());
    hooks::unraisable(thread, raised, Some(&format!("Exception ignored in thread started by {shown}")), None);
}

/// `_thread._shutdown()`: waits for every thread that is no daemon.
pub fn shut_down(thread: &mut Thread) {
    while let Some(running) = thread.world().next_to_join(thread) {
        loop {
            match running.join(thread, threads::Wait::Forever) {
                Ok(threads::Join::Interrupted) => {
                    if let Err(raised) = support::check_signals(thread) {
                        let message = "Exception ignored while joining a thread in _thread._shutdown()";
                        return hooks::unraisable(thread, raised, Some(message), None);
                    }
                }
                Ok(_) => break,
                Err(_) => return,
            }
        }
    }
}

/// The number of the thread that is started with `handle`.
///
/// # Errors
/// RuntimeError if it has not been started.
pub fn started_ident(thread: &Thread, value: &Value) -> Result<u64> {
    handle::engine(value)
        .and_then(|handle| handle.serial(thread))
        .ok_or_else(|| runtime_error("thread not started"))
}
