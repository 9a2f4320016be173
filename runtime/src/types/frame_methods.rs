//! Attributes and methods of frames.

use memory::{Object, Value};
use threads::Thread;
use threads::sync::atomic::Ordering;

use super::code::{flag, kind};
use super::frame_locals::{self, variables};
use super::function::Function;
use super::generator::{self, Generator, State};
use super::{Dict, DictExt, Str, StrExt, int};
use crate::class::Slots;
use crate::error::{Raised, Result, attribute_error, runtime_error, type_error, value_error};
use crate::interp::frame_object::{self, FrameObject, Place};
use crate::interp::{line_jump, monitor};
use crate::native::{GetSet, NativeDef};
use crate::object::cast;

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.repr.set(repr);
}

/// `f_locals`: a view that writes through for functions, the namespace itself elsewhere.
///
/// # Errors
/// MemoryError.
pub fn locals(thread: &mut Thread, frame: &Object<FrameObject>) -> Result<Value> {
    if let Some(namespace) = frame.payload().namespace.get(frame.header()) {
        // Comprehensions are part of the code around them, and their variables are seen while they run.
        let hidden = frame.payload().code().payload().localspluskinds.iter().any(|&k| k & kind::HIDDEN != 0);
        if !hidden || !frame_locals::has_hidden(thread, frame) {
            return Ok(namespace);
        }
        return frame_locals::new(thread, frame);
    }
    if frame.payload().code().payload().flags & flag::OPTIMIZED == 0 {
        // A module's or class body's frame has a namespace; this one has lost it.
        return Dict::new(thread);
    }
    frame_locals::new(thread, frame)
}

/// The variables of a frame as a new dict.
///
/// # Errors
/// MemoryError.
pub fn snapshot(thread: &mut Thread, frame: &Object<FrameObject>) -> Result<Value> {
    let result = Dict::new(thread)?;
    let Some(dict) = cast::<Dict>(&result) else { return Ok(result) };
    for (name, value) in variables(thread, frame) {
        dict.set(thread, &name, value)?;
    }
    Ok(result)
}

#[cold]
fn cannot_delete(name: &str) -> Raised {
    attribute_error(format!("attribute '{name}' of 'frame' objects cannot be deleted"))
}

fn flag_value(value: &Value) -> Result<bool> {
    if value.is(&Value::from_bool(true)) {
        Ok(true)
    } else if value.is(&Value::from_bool(false)) {
        Ok(false)
    } else {
        Err(type_error("attribute value type must be bool"))
    }
}

#[native::methods(FrameObject, name = "frame")]
mod methods {
    use super::*;

    /// Return the code object being executed in this frame.
    #[getter]
    pub fn f_code(frame: &Object<FrameObject>) -> Value {
        crate::object::to_value(frame.payload().code())
    }

    /// Return the previous frame object in the call stack, or None.
    #[getter]
    pub fn f_back(th: &mut Thread, frame: &Object<FrameObject>) -> Result<Value> {
        match frame_object::place(th, frame) {
            Place::Active(active) => {
                let below = crate::state::ThreadState::of(th).frames.below(active);
                if below.is_null() { Ok(Value::none()) } else { frame_object::of(th, below) }
            }
            Place::Foreign => frame_object::foreign_back(th, frame),
            Place::Suspended(_) => Ok(Value::none()),
            Place::Ended => Ok(frame.payload().back.get(frame.header()).unwrap_or_else(Value::none)),
        }
    }

    /// Return the global variables that this frame sees.
    #[getter]
    pub fn f_globals(frame: &Object<FrameObject>) -> Value {
        let function = frame.payload().function.get(frame.header());
        let function = function.as_ref().and_then(cast::<Function>);
        function.and_then(|f| f.payload().globals(f.header())).unwrap_or_else(Value::none)
    }

    /// Return the built-in variables that this frame sees.
    #[getter]
    pub fn f_builtins(frame: &Object<FrameObject>) -> Value {
        let function = frame.payload().function.get(frame.header());
        let function = function.as_ref().and_then(cast::<Function>);
        function.and_then(|f| f.payload().builtins(f.header())).unwrap_or_else(Value::none)
    }

    /// Return the mapping of the frame's local variables.
    #[getter]
    pub fn f_locals(th: &mut Thread, frame: &Object<FrameObject>) -> Result<Value> {
        locals(th, frame)
    }

    /// Return the index of the last attempted instruction in bytecode.
    #[getter]
    pub fn f_lasti(th: &mut Thread, frame: &Object<FrameObject>) -> i64 {
        let instruction = frame_object::instruction(th, frame);
        if instruction < 0 { -1 } else { instruction * 2 }
    }

    /// Return the current line number in the frame.
    #[getter]
    pub fn f_lineno(th: &mut Thread, frame: &Object<FrameObject>) -> Option<i32> {
        frame_object::line(th, frame)
    }

    /// Goes on at another line: for trace functions.
    #[setter("f_lineno")]
    pub fn set_lineno(th: &mut Thread, frame: &Object<FrameObject>, line: Option<&Value>) -> Result<()> {
        let Some(line) = line else { return Err(cannot_delete("f_lineno")) };
        if !int::is_exact(line) {
            return Err(value_error("lineno must be an integer"));
        }
        line_jump::jump(th, frame, line)
    }

    /// Return the trace function for this frame, or None.
    #[getter]
    pub fn f_trace(frame: &Object<FrameObject>) -> Value {
        frame.payload().trace.get(frame.header()).unwrap_or_else(Value::none)
    }

    /// Sets the trace function.
    #[setter("f_trace")]
    pub fn set_trace(th: &mut Thread, frame: &Object<FrameObject>, new: Option<&Value>) -> Result<()> {
        let new = new.filter(|new| !new.is_none()).cloned();
        let set = new.is_some();
        drop(frame.payload().trace.replace(th, frame.header(), new));
        if set && frame.payload().trace_opcodes.load(Ordering::Acquire) {
            monitor::legacy::want_opcodes(th, frame)?;
        }
        Ok(())
    }

    /// Whether trace functions hear of lines.
    #[getter]
    pub fn f_trace_lines(frame: &Object<FrameObject>) -> bool {
        frame.payload().trace_lines.load(Ordering::Acquire)
    }

    /// Sets whether trace functions hear of lines.
    #[setter("f_trace_lines")]
    pub fn set_trace_lines(frame: &Object<FrameObject>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(type_error("can't delete numeric/char attribute")) };
        frame.payload().trace_lines.store(flag_value(value)?, Ordering::Release);
        Ok(())
    }

    /// Return True if opcode tracing is enabled, False otherwise.
    #[getter]
    pub fn f_trace_opcodes(frame: &Object<FrameObject>) -> bool {
        frame.payload().trace_opcodes.load(Ordering::Acquire)
    }

    /// Sets whether trace functions hear of instructions.
    #[setter("f_trace_opcodes")]
    pub fn set_trace_opcodes(
        th: &mut Thread,
        frame: &Object<FrameObject>,
        value: Option<&Value>,
    ) -> Result<()> {
        let Some(value) = value else { return Err(cannot_delete("f_trace_opcodes")) };
        let value = flag_value(value)?;
        frame.payload().trace_opcodes.store(value, Ordering::Release);
        if value && !frame.payload().trace.is_empty() {
            monitor::legacy::want_opcodes(th, frame)?;
        }
        Ok(())
    }

    /// Return the generator or coroutine associated with this frame, or None.
    #[getter]
    pub fn f_generator(th: &mut Thread, frame: &Object<FrameObject>) -> Option<Value> {
        frame_object::generator_of(th, frame)
    }

    /// Clear all references held by the frame.
    pub fn clear(th: &mut Thread, frame: &Object<FrameObject>) -> Result<()> {
        match frame_object::place(th, frame) {
            Place::Active(_) | Place::Foreign => {
                return Err(runtime_error("cannot clear an executing frame"));
            }
            Place::Suspended(value) => {
                let Some(generator) = cast::<Generator>(&value) else { return Ok(()) };
                match generator::state_of(th, generator) {
                    State::Running => return Err(runtime_error("cannot clear an executing frame")),
                    State::Suspended => return Err(runtime_error("cannot clear a suspended frame")),
                    State::Created | State::Finished => super::super::generator_finalizer::run(th, &value),
                }
            }
            Place::Ended => {}
        }
        frame_object::clear_locals(th, frame);
        Ok(())
    }

    /// Return the size of the frame in memory, in bytes.
    #[name("__sizeof__")]
    pub fn sizeof(frame: &Object<FrameObject>) -> usize {
        let code = frame.payload().code().payload();
        size_of::<FrameObject>() + 24 + 8 * (code.nlocalsplus() + code.stacksize as usize)
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(frame) = cast::<FrameObject>(value) else { return super::instance::default_repr(thread, value) };
    let line = frame_object::line(thread, frame);
    let code = frame.payload().code().payload();
    let filename = crate::ops::repr_text(thread, &code.filename)?;
    let name = cast::<Str>(&code.name).map(|text| text.to_string_lossy()).unwrap_or_default();
    Str::new(
        thread,
        &format!(
            "<frame at {:#x}, file {filename}, line {}, code {name}>",
            value.word().bits(),
            line.unwrap_or(code.first_line),
        ),
    )
}
