//! Attributes of frames.

use memory::{Exclusive, Object, Value};
use threads::Thread;
use threads::sync::atomic::Ordering;

use super::cell::{self, Cell};
use super::code::{Code, flag, kind};
use super::function::Function;
use super::{Dict, DictExt, Str, StrExt, Tuple, TupleExt};
use crate::class::Slots;
use crate::error::{Result, runtime_error};
use crate::interp::frame::Frame;
use crate::interp::frame_object::{self, FrameObject};
use crate::interp::top;
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

fn code_of(frame: &Object<FrameObject>) -> Option<Value> {
    let function = frame_object::function(frame)?;
    Some(crate::object::to_value(cast::<Function>(&function)?.payload().code()))
}

fn active(frame: &Object<FrameObject>) -> Option<&Frame> {
    let frame = frame.payload().frame.load(Ordering::Acquire);
    // SAFETY: an active frame of this thread: its object is detached before it ends.
    unsafe { frame.as_ref() }
}

/// The values of the frame's slots.
fn slots_of(thread: &mut Thread, frame: &Object<FrameObject>) -> Vec<Option<Value>> {
    if let Some(active) = active(frame) {
        return (0..active.nlocalsplus())
            .map(|i| top::read(active.locals.wrapping_add(i)).to_value())
            .collect();
    }
    let mut section = Exclusive::open(thread, frame);
    section
        .get(|frame| &frame.locals)
        .iter()
        .map(|held| held.as_ref().map(|held| held.value().clone()))
        .collect()
}

/// The variables of a frame as a dict: a snapshot for functions, the namespace itself elsewhere.
///
/// # Errors
/// MemoryError.
pub fn locals(thread: &mut Thread, frame: &Object<FrameObject>) -> Result<Value> {
    if let Some(namespace) = frame.payload().namespace.get(frame.header()) {
        return Ok(namespace);
    }
    let result = Dict::new(thread)?;
    let Some(code) = code_of(frame) else { return Ok(result) };
    let (Some(code), Some(dict)) = (cast::<Code>(&code), cast::<Dict>(&result)) else {
        return Ok(result.clone());
    };
    let payload = code.payload();
    let optimized = payload.flags & flag::OPTIMIZED != 0;
    let names =
        cast::<Tuple>(&payload.localsplusnames).map(|names| names.items().to_vec()).unwrap_or_default();
    for ((name, &k), value) in names.iter().zip(&payload.localspluskinds).zip(slots_of(thread, frame)) {
        if k & kind::HIDDEN != 0 || (k & kind::FREE != 0 && !optimized) {
            continue;
        }
        let value = match value {
            Some(value) if k & (kind::CELL | kind::FREE) != 0 && cast::<Cell>(&value).is_some() => {
                cell::get(&value)
            }
            value => value,
        };
        if let Some(value) = value {
            dict.set_str(thread, name, value)?;
        }
    }
    Ok(result)
}

#[native::methods(FrameObject)]
mod methods {
    use super::*;

    /// Return the code object being executed in this frame.
    #[getter]
    pub fn f_code(frame: &Object<FrameObject>) -> Value {
        code_of(frame).unwrap_or_else(Value::none)
    }

    /// Return the previous stack frame, or None.
    #[getter]
    pub fn f_back(th: &mut Thread, frame: &Object<FrameObject>) -> Result<Value> {
        if let Some(active) = active(frame) {
            let state = crate::state::ThreadState::of(th);
            let below = state.frames.below((&raw const *active).cast_mut());
            return if below.is_null() { Ok(Value::none()) } else { frame_object::of(th, below) };
        }
        Ok(frame.payload().back.get(frame.header()).unwrap_or_else(Value::none))
    }

    /// Return the global variables seen by this frame.
    #[getter]
    pub fn f_globals(frame: &Object<FrameObject>) -> Value {
        let function = frame_object::function(frame);
        let function = function.as_ref().and_then(cast::<Function>);
        function.and_then(|f| f.payload().globals.get(f.header())).unwrap_or_else(Value::none)
    }

    /// Return the built-in variables seen by this frame.
    #[getter]
    pub fn f_builtins(frame: &Object<FrameObject>) -> Value {
        let function = frame_object::function(frame);
        let function = function.as_ref().and_then(cast::<Function>);
        function.and_then(|f| f.payload().builtins.get(f.header())).unwrap_or_else(Value::none)
    }

    /// Return the local variables of this frame.
    #[getter]
    pub fn f_locals(th: &mut Thread, frame: &Object<FrameObject>) -> Result<Value> {
        locals(th, frame)
    }

    /// Return the index of the last attempted instruction, in bytes.
    #[getter]
    pub fn f_lasti(frame: &Object<FrameObject>) -> i64 {
        let instruction = frame_object::instruction(frame);
        if instruction < 0 { -1 } else { instruction * 2 }
    }

    /// Return the current line number in the frame.
    #[getter]
    pub fn f_lineno(frame: &Object<FrameObject>) -> Option<i32> {
        frame_object::line(frame)
    }

    /// Return the trace function of this frame, or None.
    #[getter]
    pub fn f_trace(frame: &Object<FrameObject>) -> Value {
        frame.payload().trace.get(frame.header()).unwrap_or_else(Value::none)
    }

    /// Sets the trace function.
    #[setter("f_trace")]
    pub fn set_trace(th: &mut Thread, frame: &Object<FrameObject>, new: Option<&Value>) -> Result<()> {
        let new = new.filter(|new| !new.is_none()).cloned();
        drop(frame.payload().trace.replace(th, frame.header(), new));
        Ok(())
    }

    /// Return the generator or coroutine associated with this frame, or None.
    #[getter]
    pub fn f_generator(frame: &Object<FrameObject>) -> Value {
        let generator = active(frame).map(|frame| frame.generator).filter(|generator| !generator.is_null());
        // SAFETY: a running generator's frame is kept by its generator.
        generator.map_or_else(Value::none, |generator| crate::object::to_value(unsafe { &*generator }))
    }

    /// Clear most references held by the frame.
    pub fn clear(th: &mut Thread, frame: &Object<FrameObject>) -> Result<()> {
        if active(frame).is_some() {
            return Err(runtime_error("cannot clear an executing frame"));
        }
        let mut section = Exclusive::open(th, frame);
        let held = std::mem::take(section.get(|frame| &frame.locals));
        drop(section);
        drop(held);
        Ok(())
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(frame) = cast::<FrameObject>(value) else { return super::instance::default_repr(thread, value) };
    let code = code_of(frame);
    let Some(code) = code.as_ref().and_then(cast::<Code>) else {
        return super::instance::default_repr(thread, value);
    };
    let text = |value: &Value| cast::<Str>(value).map(|text| text.to_string_lossy()).unwrap_or_default();
    Str::new(
        thread,
        &format!(
            "<frame at {:#x}, file '{}', line {}, code {}>",
            value.word().bits(),
            text(&code.payload().filename),
            frame_object::line(frame).unwrap_or(code.payload().first_line),
            text(&code.payload().name)
        ),
    )
}
