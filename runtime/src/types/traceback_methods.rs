//! Attributes of tracebacks.

use memory::{Object, Value};
use threads::Thread;
use threads::sync::atomic::Ordering;

use super::traceback::Traceback;
use crate::class::{TypeExt, class_of};
use crate::error::{Result, type_error, value_error};
use crate::interp::frame_object::FrameObject;
use crate::native::{Args, GetSet, NativeDef};
use crate::object::cast;
use crate::types::{List, Str};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

#[native::methods(Traceback)]
mod methods {
    use super::*;

    /// the next entry, towards where the exception was raised
    #[getter]
    pub fn tb_next(entry: &Object<Traceback>) -> Value {
        entry.payload().next.get(entry.header()).unwrap_or_else(Value::none)
    }

    /// Sets the next entry.
    #[setter("tb_next")]
    pub fn set_next(th: &mut Thread, entry: &Object<Traceback>, new: Option<&Value>) -> Result<()> {
        let Some(new) = new else { return Err(type_error("can't delete tb_next attribute")) };
        if new.is_none() {
            drop(entry.payload().next.replace(th, entry.header(), None));
            return Ok(());
        }
        if cast::<Traceback>(new).is_none() {
            return Err(type_error(format!(
                "expected traceback object or None, got '{}'",
                class_of(new).name_lossy()
            )));
        }
        let mut at = Some(new.clone());
        while let Some(object) = at.as_ref().and_then(cast::<Traceback>) {
            if std::ptr::eq(object, entry) {
                return Err(value_error("traceback loop detected"));
            }
            let next = object.payload().next.get(object.header());
            at = next;
        }
        drop(entry.payload().next.replace(th, entry.header(), Some(new.clone())));
        Ok(())
    }

    /// the frame
    #[getter]
    pub fn tb_frame(entry: &Object<Traceback>) -> Value {
        entry.payload().frame.get(entry.header()).unwrap_or_else(Value::none)
    }

    /// the instruction
    #[getter]
    pub fn tb_lasti(entry: &Object<Traceback>) -> i64 {
        entry.payload().lasti.load(Ordering::Relaxed)
    }

    /// the line
    #[getter]
    pub fn tb_lineno(entry: &Object<Traceback>) -> Option<i32> {
        Some(crate::types::traceback::line(entry)).filter(|&line| line >= 0)
    }

    /// Names of the attributes.
    pub fn __dir__(th: &mut Thread, _entry: &Object<Traceback>) -> Result<Value> {
        let names: Result<Vec<Value>> =
            ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"].iter().map(|name| Str::new(th, name)).collect();
        List::new(th, names?)
    }
}

/// `traceback(tb_next, tb_frame, tb_lasti, tb_lineno)`.
///
/// # Errors
/// TypeError.
pub fn new(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let mut given: Vec<Option<Value>> = args.positionals().iter().cloned().map(Some).collect();
    given.resize_with(4.max(given.len()), || None);
    for (name, value) in args.keywords() {
        let text = crate::ops::str_text(thread, name)?;
        match ["tb_next", "tb_frame", "tb_lasti", "tb_lineno"].iter().position(|&n| n == text) {
            Some(index) => given[index] = Some(value.clone()),
            None => {
                return Err(type_error(format!("traceback() got an unexpected keyword argument '{text}'")));
            }
        }
    }
    let [Some(next), Some(frame), Some(lasti), Some(line)] = &given[..] else {
        return Err(type_error("traceback() takes exactly 4 arguments"));
    };
    let next = if next.is_none() {
        None
    } else if cast::<Traceback>(next).is_some() {
        Some(next.clone())
    } else {
        return Err(type_error(format!(
            "expected traceback object or None, got '{}'",
            class_of(next).name_lossy()
        )));
    };
    if cast::<FrameObject>(frame).is_none() {
        return Err(type_error(format!(
            "traceback() argument 'tb_frame' must be frame, not {}",
            class_of(frame).name_lossy()
        )));
    }
    let lasti = crate::ops::index_i128(thread, lasti)?;
    let line = crate::ops::index_i128(thread, line)?;
    let narrow = |n: i128| {
        i32::try_from(n).map_err(|_| crate::error::overflow_error("Python int too large to convert to C int"))
    };
    super::traceback::new(thread, next, frame.clone(), narrow(lasti)?.into(), narrow(line)?)
}
