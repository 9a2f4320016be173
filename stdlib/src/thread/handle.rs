//! `_ThreadHandle`: a thread that may be joined.
//!
//! A handle is for a thread that is started with it, or for one that the runtime has not started and that is known by its
//! number alone (the main thread); somebody says of the latter when it is done.

use std::time::Duration;

use runtime::error::{Result, python_finalization_error, runtime_error};
use runtime::native::{self, Args, Object, Slots};
use runtime::object::cast;
use runtime::types::Str;
use runtime::{Thread, Value};
use threads::sync::Arc;
use threads::sync::atomic::{AtomicU64, Ordering};
use threads::{Event, Join, JoinError, ThreadHandle, Wait};

use super::lock::acquire_with;
use crate::support::{self, Rounding};

/// A thread that may be joined.
#[native::class(
    "_ThreadHandle",
    module = "_thread",
    doc = "",
    methods(handle_methods),
    new = new_handle,
    slots = handle_slots
)]
pub struct HandleObject {
    #[untraced]
    handle: Arc<ThreadHandle>,
    /// The number of a thread that was not started with this; 0 if there is none.
    #[untraced]
    stranger: AtomicU64,
    /// Set by who knows that the thread is done, or need not be waited for.
    #[untraced]
    done: Event,
}

fn handle_slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.init.set(|_, _, _| Ok(()));
}

impl HandleObject {
    fn unstarted(stranger: u64) -> Self {
        Self { handle: ThreadHandle::new(), stranger: AtomicU64::new(stranger), done: Event::new() }
    }
}

fn new_handle(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    support::make(thread, class, HandleObject::unstarted(0))
}

/// A handle whose thread has not been started.
///
/// # Errors
/// MemoryError.
pub fn unstarted(thread: &mut Thread) -> Result<Value> {
    runtime::object::new(thread, HandleObject::unstarted(0))
}

/// A handle for a running thread that the runtime has not started.
///
/// # Errors
/// MemoryError.
pub fn of_stranger(thread: &mut Thread, ident: u64) -> Result<Value> {
    runtime::object::new(thread, HandleObject::unstarted(ident))
}

/// The engine's handle of a `_ThreadHandle`.
pub fn engine(value: &Value) -> Option<&Arc<ThreadHandle>> {
    cast::<HandleObject>(value).map(|handle| &handle.payload().handle)
}

fn stranger(handle: &Object<HandleObject>) -> Option<u64> {
    // Relaxed: it never changes.
    Some(handle.payload().stranger.load(Ordering::Relaxed)).filter(|&ident| ident != 0)
}

/// The number of the handle's thread, once it has one.
fn ident(thread: &Thread, handle: &Object<HandleObject>) -> Option<u64> {
    stranger(handle).or_else(|| handle.payload().handle.serial(thread))
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let ident = cast::<HandleObject>(value).and_then(|handle| ident(thread, handle)).unwrap_or(0);
    let name = runtime::class::TypeExt::full_name(runtime::class::class_of(value), thread);
    Str::new(thread, &format!("<{name} object: ident={ident}>"))
}

/// Whether it has been said, or a fork has made it so, that the thread is done.
fn is_known_done(thread: &Thread, object: &Object<HandleObject>) -> bool {
    // Nobody can say of a thread that exists in the parent process alone when it is done.
    object.payload().done.is_set()
        || stranger(object).is_some_and(|ident| thread.world().is_left_behind(ident))
}

fn join(thread: &mut Thread, object: &Object<HandleObject>, wait: Wait) -> Result<()> {
    let this = object.payload();
    if is_known_done(thread, object) {
        return Ok(());
    }
    if let Some(ident) = stranger(object) {
        if ident == thread.serial() {
            return Err(runtime_error("Cannot join current thread"));
        }
        return acquire_with(thread, |thread| this.done.wait(thread, wait)).map(drop);
    }
    loop {
        match this.handle.join(thread, wait) {
            Ok(Join::Finished | Join::TimedOut) => return Ok(()),
            Ok(Join::Interrupted) => support::check_signals(thread)?,
            Err(JoinError::NotStarted) => return Err(runtime_error("thread not started")),
            Err(JoinError::Current) => return Err(runtime_error("Cannot join current thread")),
            Err(JoinError::ShutDown) => {
                return Err(python_finalization_error("cannot join thread at interpreter shutdown"));
            }
        }
    }
}

/// Methods of `_ThreadHandle`.
#[native::methods(HandleObject, name = "_ThreadHandle")]
pub mod handle_methods {
    use super::*;

    /// Wait until the thread is done, for at most `timeout` seconds.
    #[sig("($self, timeout=None, /)", hidden)]
    pub fn join(th: &mut Thread, handle: &Object<HandleObject>, timeout: Option<&Value>) -> Result<()> {
        let timeout = match timeout {
            Some(timeout) => u64::try_from(support::nanoseconds(th, timeout, Rounding::Up)?).ok(),
            None => None,
        };
        super::join(th, handle, Wait::at_most(timeout.map(Duration::from_nanos)))
    }

    /// Say that the thread is done, or need not be waited for.
    pub fn _set_done(th: &mut Thread, handle: &Object<HandleObject>) -> Result<()> {
        if super::ident(th, handle).is_none() {
            return Err(runtime_error("thread not started"));
        }
        handle.payload().done.set(th);
        Ok(())
    }

    /// Return whether the thread is done.
    pub fn is_done(th: &mut Thread, handle: &Object<HandleObject>) -> bool {
        super::is_known_done(th, handle) || handle.payload().handle.outcome(th).is_some()
    }

    /// The thread's number; 0 before it is started.
    #[getter]
    pub fn ident(th: &mut Thread, handle: &Object<HandleObject>) -> u64 {
        super::ident(th, handle).unwrap_or(0)
    }
}
