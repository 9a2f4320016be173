//! `sys.settrace` and `sys.setprofile`: functions of a thread that hear of events in the older way.
//!
//! As soon as one thread has such a function the events that it needs are watched in all code, by tool 7 or 6; whether the
//! thread at hand has one is asked when an event comes.

use memory::{Object, Value};
use threads::Thread;
use threads::sync::atomic::{AtomicUsize, Ordering};

use super::fire::{Callback, Site};
use super::{PROFILE, TRACE, event};
use crate::call;
use crate::error::Result;
use crate::interp::frame_object::{self, FrameObject};
use crate::object::cast;
use crate::state::ThreadState;
use crate::types::native_function::{MethodDescriptor, NativeFunction};
use crate::types::{Str, Tuple, exception};

/// Threads with a trace function.
static TRACING: AtomicUsize = AtomicUsize::new(0);
/// Threads with a profile function.
static PROFILING: AtomicUsize = AtomicUsize::new(0);

const TRACE_EVENTS: u32 = 1 << event::PY_START
    | 1 << event::PY_RESUME
    | 1 << event::PY_RETURN
    | 1 << event::PY_YIELD
    | 1 << event::RAISE
    | 1 << event::LINE
    | 1 << event::JUMP
    | 1 << event::PY_UNWIND
    | 1 << event::PY_THROW
    | 1 << event::STOP_ITERATION;

const PROFILE_EVENTS: u32 = 1 << event::PY_START
    | 1 << event::PY_RESUME
    | 1 << event::PY_RETURN
    | 1 << event::PY_YIELD
    | 1 << event::CALL
    | 1 << event::PY_UNWIND
    | 1 << event::PY_THROW;

/// Which of the two functions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `sys.settrace`
    Trace,
    /// `sys.setprofile`
    Profile,
}

impl Kind {
    fn place(self, state: &ThreadState) -> &crate::state::Own<Option<Value>> {
        match self {
            Self::Trace => &state.trace_function,
            Self::Profile => &state.profile_function,
        }
    }

    fn users(self) -> &'static AtomicUsize {
        match self {
            Self::Trace => &TRACING,
            Self::Profile => &PROFILING,
        }
    }

    fn update(self, thread: &mut Thread) -> Result<()> {
        let wanted = self.users().load(Ordering::Acquire) != 0;
        match self {
            Self::Trace => super::set_events(thread, TRACE, if wanted { TRACE_EVENTS } else { 0 }),
            Self::Profile => super::set_events(thread, PROFILE, if wanted { PROFILE_EVENTS } else { 0 }),
        }
    }
}

/// The thread's function.
pub fn function(thread: &Thread, kind: Kind) -> Option<Value> {
    kind.place(ThreadState::of(thread)).with(|place| place.clone())
}

/// Replaces a thread's function; what it was.
fn replace(state: &ThreadState, kind: Kind, function: Option<Value>) -> Option<Value> {
    let now = function.is_some();
    let before = kind.place(state).with(|place| std::mem::replace(place, function));
    match (before.is_some(), now) {
        (false, true) => {
            kind.users().fetch_add(1, Ordering::AcqRel);
        }
        (true, false) => {
            kind.users().fetch_sub(1, Ordering::AcqRel);
        }
        _ => {}
    }
    before
}

/// Sets the calling thread's function.
///
/// # Errors
/// OverflowError if events have been set too often.
pub fn set_function(thread: &mut Thread, kind: Kind, function: Option<Value>) -> Result<()> {
    let before = replace(ThreadState::of(thread), kind, function);
    let opcodes = kind == Kind::Trace && wants_opcodes(thread);
    kind.update(thread)?;
    if opcodes {
        want_opcodes_here(thread)?;
    }
    drop(before);
    Ok(())
}

/// Sets the function of every thread.
///
/// # Errors
/// OverflowError if events have been set too often.
pub fn set_function_everywhere(thread: &mut Thread, kind: Kind, function: Option<&Value>) -> Result<()> {
    if let Some(function) = function {
        memory::publish(function);
    }
    let mut before = Vec::new();
    crate::state::with_all_threads(thread, |state| before.extend(replace(state, kind, function.cloned())));
    kind.update(thread)?;
    drop(before);
    Ok(())
}

/// The thread exits.
pub(crate) fn forget(state: &ThreadState) -> (Option<Value>, Option<Value>) {
    (replace(state, Kind::Trace, None), replace(state, Kind::Profile, None))
}

fn wants_opcodes(thread: &Thread) -> bool {
    let frame = ThreadState::of(thread).frames.current.get();
    if frame.is_null() {
        return false;
    }
    // SAFETY: the running frame is in use.
    let object = unsafe { &(*frame).object };
    object
        .as_ref()
        .and_then(cast::<FrameObject>)
        .is_some_and(|object| object.payload().trace_opcodes.load(Ordering::Acquire))
}

fn want_opcodes_here(thread: &mut Thread) -> Result<()> {
    let frame = ThreadState::of(thread).frames.current.get();
    if frame.is_null() {
        return Ok(());
    }
    let value = frame_object::of(thread, frame)?;
    match cast::<FrameObject>(&value) {
        Some(object) => want_opcodes(thread, object),
        None => Ok(()),
    }
}

/// The frame's trace function wants to hear of every instruction.
///
/// # Errors
/// OverflowError if events have been set too often.
pub fn want_opcodes(thread: &mut Thread, frame: &Object<FrameObject>) -> Result<()> {
    let code = frame.payload().code();
    let set = super::code::local_events(code, TRACE) | 1 << event::INSTRUCTION;
    super::code::set_local_events(thread, code, TRACE, set)
}

/// Calls `func` as if the caller were not inside a trace function.
///
/// # Errors
/// What it raises.
pub fn call_tracing(thread: &mut Thread, function: &Value, args: &[Value]) -> Result<Value> {
    let before = ThreadState::of(thread).monitoring.replace(0);
    let result = call::call_positional(thread, function, args);
    ThreadState::of(thread).monitoring.set(before);
    result
}

/// Calls `function(frame, what, argument)`.
fn call_function(
    thread: &mut Thread,
    site: Site<'_>,
    event: usize,
    function: &Value,
    frame: &Value,
    what: &str,
    argument: Value,
) -> Result<Value> {
    let what = Str::interned(thread, what)?;
    let guard = Callback::enter(site.state, event);
    let result = call::call_positional(thread, function, &[frame.clone(), what, argument]);
    drop(guard);
    result
}

/// An event for a trace function. True if the event is not wanted again where it came from.
///
/// # Errors
/// What the trace function raises: it is taken away then.
pub(super) fn trace(thread: &mut Thread, site: Site<'_>, event: usize, rest: &[Value]) -> Result<bool> {
    let Some(global) = function(thread, Kind::Trace) else { return Ok(false) };
    let frame = frame_object::of(thread, site.frame)?;
    let Some(object) = cast::<FrameObject>(&frame) else { return Ok(false) };
    let payload = object.payload();
    let (what, argument) = match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => ("call", Value::none()),
        event::PY_RETURN | event::PY_YIELD => ("return", last(rest)),
        event::PY_UNWIND => ("return", Value::none()),
        event::RAISE | event::STOP_ITERATION => {
            let raised = last(rest);
            let traceback = exception::traceback(thread, &raised).unwrap_or_else(Value::none);
            let class = crate::class::as_value(crate::class::class_of(&raised));
            ("exception", Tuple::of_array(thread, [class, raised, traceback])?)
        }
        event::LINE if payload.trace_lines.load(Ordering::Acquire) => ("line", Value::none()),
        event::INSTRUCTION if payload.trace_opcodes.load(Ordering::Acquire) => ("opcode", Value::none()),
        event::JUMP => {
            // A jump back within its line begins the line again; what goes elsewhere comes to a line of its own.
            let target = rest.get(1).and_then(Value::as_int).unwrap_or(0) as usize / 2;
            let line = super::code::line_of(site.code, site.index);
            if target > site.index || line < 0 || super::code::line_of(site.code, target) != line {
                return Ok(true);
            }
            if !payload.trace_lines.load(Ordering::Acquire) {
                return Ok(false);
            }
            ("line", Value::none())
        }
        _ => return Ok(false),
    };
    let function = if what == "call" { Some(global) } else { payload.trace.get(object.header()) };
    let Some(function) = function else { return Ok(false) };
    match call_function(thread, site, event, &function, &frame, what, argument) {
        Ok(result) => {
            if !result.is_none() {
                drop(payload.trace.replace(thread, object.header(), Some(result)));
            }
            Ok(false)
        }
        Err(raised) => {
            let removed = set_function(thread, Kind::Trace, None);
            drop(payload.trace.replace(thread, object.header(), None));
            removed?;
            Err(raised)
        }
    }
}

/// An event for a profile function.
///
/// # Errors
/// What the profile function raises: it is taken away then.
pub(super) fn profile(thread: &mut Thread, site: Site<'_>, event: usize, rest: &[Value]) -> Result<bool> {
    let Some(function) = function(thread, Kind::Profile) else { return Ok(false) };
    let (what, argument) = match event {
        event::PY_START | event::PY_RESUME | event::PY_THROW => ("call", Value::none()),
        event::PY_RETURN | event::PY_YIELD => ("return", last(rest)),
        event::PY_UNWIND => ("return", Value::none()),
        event::CALL => ("c_call", Value::none()),
        event::C_RETURN => ("c_return", Value::none()),
        event::C_RAISE => ("c_exception", Value::none()),
        _ => return Ok(false),
    };
    let argument = if what.starts_with("c_") {
        let Some(callable) = rest.get(1) else { return Ok(false) };
        if cast::<NativeFunction>(callable).is_some() {
            callable.clone()
        } else if cast::<MethodDescriptor>(callable).is_some() {
            // Bound, as it would be if it had not been called at once.
            let receiver = last(rest);
            if receiver.is(&super::missing(thread)?) {
                return Ok(false);
            }
            let class = crate::class::as_value(crate::class::class_of(&receiver));
            match crate::class::slots_of(callable).get.get() {
                Some(get) => get(thread, callable, Some(&receiver), Some(&class))?,
                None => return Ok(false),
            }
        } else {
            return Ok(false);
        }
    } else {
        argument
    };
    let frame = frame_object::of(thread, site.frame)?;
    match call_function(thread, site, event, &function, &frame, what, argument) {
        Ok(_) => Ok(false),
        Err(raised) => {
            set_function(thread, Kind::Profile, None)?;
            Err(raised)
        }
    }
}

fn last(rest: &[Value]) -> Value {
    rest.last().cloned().unwrap_or_else(Value::none)
}
