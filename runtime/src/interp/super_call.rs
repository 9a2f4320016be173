//! What `super()` without arguments means in the running frame.

use memory::Value;
use threads::Thread;

use super::top::{look, read};
use crate::class::{Type, TypeExt, class_of};
use crate::error::{Result, runtime_error};
use crate::object::cast;
use crate::state::ThreadState;
use crate::types::code::kind;
use crate::types::{Str, StrExt, cell};

/// The class that the running function was defined in, and its first argument.
///
/// # Errors
/// RuntimeError where there is none.
pub fn super_arguments(thread: &Thread) -> Result<(Value, Value)> {
    let frame = ThreadState::of(thread).frames.current.get();
    if frame.is_null() {
        return Err(runtime_error("super(): no current frame"));
    }
    // SAFETY: the running frame is in use.
    let frame = unsafe { &*frame };
    let code = frame.code().payload();
    if code.argcount == 0 {
        return Err(runtime_error("super(): no arguments"));
    }
    let slot = |index: usize| -> Option<Value> {
        let reference = read(frame.locals.wrapping_add(index));
        if reference.is_empty() { None } else { Some((*look(reference)).clone()) }
    };
    let is = |index: usize, bit: u8| code.localspluskinds.get(index).is_some_and(|kind| kind & bit != 0);
    let mut first = slot(0);
    if is(0, kind::CELL)
        && let Some(found) = &first
        && cell::is_cell(found)
    {
        first = cell::get(found);
    }
    let Some(first) = first else { return Err(runtime_error("super(): arg[0] deleted")) };
    for index in 0..code.nlocalsplus() {
        let name = code.local_name(index).and_then(cast::<Str>);
        if !is(index, kind::FREE) || name.and_then(StrExt::as_ascii) != Some("__class__") {
            continue;
        }
        let Some(class_cell) = slot(index).filter(cell::is_cell) else {
            return Err(runtime_error("super(): bad __class__ cell"));
        };
        let Some(class) = cell::get(&class_cell) else {
            return Err(runtime_error("super(): empty __class__ cell"));
        };
        if cast::<Type>(&class).is_none() {
            return Err(runtime_error(format!(
                "super(): __class__ is not a type ({})",
                class_of(&class).name_lossy()
            )));
        }
        return Ok((class, first));
    }
    Err(runtime_error("super(): __class__ cell not found"))
}
