//! What `super()` without arguments means in the running frame, and attributes of what it gives.

use memory::{StackRef, Value};
use threads::Thread;
use threads::sync::atomic::AtomicU64;

use super::attributes::ATTEMPTS;
use super::cache_entry::{Cached, recall, remember};
use super::frame::Frame;
use super::held::held_by_class;
use super::instr::Unit;
use super::run::name;
use super::top::{look, read};
use crate::class::{Type, TypeExt, class_of, lookup};
use crate::error::{Result, runtime_error};
use crate::object::{cast, cast_exact};
use crate::state::ThreadState;
use crate::types::code::kind;
use crate::types::function::Function;
use crate::types::{DictExt, Str, StrExt, cell, super_object};

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

/// `super().name`, without making the super object where that is the builtin and finds it.
///
/// # Errors
/// AttributeError, TypeError, or what descriptors raise.
pub(super) fn load_super(
    thread: &mut Thread,
    callable: &Value,
    class: &Value,
    receiver: &Value,
    name: &Value,
    flags: u32,
) -> Result<Value> {
    // What a program has put in the place of `super` gets the arguments that are written there: two or none.
    let builtin = is_builtin_super(callable);
    if builtin
        && let Some(start) = cast_exact::<Type>(class)
        && !name.is(crate::names::__class__())
    {
        let of = super_object::check(thread, start, receiver)?;
        if let Some(found) = super_object::find(thread, class, receiver, &of, name)? {
            return Ok(found);
        }
    }
    let arguments = [class.clone(), receiver.clone()];
    let given = if builtin || flags & 2 != 0 { &arguments[..] } else { &[] };
    let object = crate::call::call_positional(thread, callable, given)?;
    lookup::getattr(thread, &object, name)
}

fn is_builtin_super(callable: &Value) -> bool {
    std::ptr::eq(callable.word().pointer_payload(), super::super_class().word().pointer_payload())
}

/// What the cache of a method that is found through `super` points to: the class in which the running function was defined, the
/// version of the receiver's class, and the method.
struct SuperEntry {
    class: u64,
    version: u64,
    method: u64,
}

// SAFETY: nothing in it is followed but the method, which a class of that version holds.
unsafe impl Cached for SuperEntry {
    const WORD: usize = 0;
}

/// The method that `super().name` is, for the three operands from `place`, for an instance whose class has the method that the cache knows; else looked for, and
/// remembered. `None` for whatever is not a plain method of Python.
#[inline(never)]
pub(super) fn super_method(
    thread: &Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    unit: Unit,
    place: *mut StackRef,
) -> Option<StackRef> {
    let [callable, class, receiver] = [0, 1, 2].map(|i| read(place.wrapping_add(i)));
    let (callable, class, receiver) = (look(callable), look(class), look(receiver));
    if !is_builtin_super(&callable) {
        return None;
    }
    let of = class_of(&receiver);
    let version = of.payload().version();
    if let Some(entry) = recall::<SuperEntry>(pc)
        && entry.version == version
        && entry.class == class.word().bits()
    {
        return held_by_class::<false>(thread, entry.method);
    }
    if version == 0 || unit.counter() > ATTEMPTS || cast::<Type>(&receiver).is_some() {
        return None;
    }
    let name = name(frame, unit.oparg() as usize >> 2);
    let mut passed = false;
    let found = of.find_in_mro(thread, |at, dict| {
        if passed {
            dict.view_str(thread, name)
        } else {
            passed = std::ptr::eq(at.header(), class.header()?);
            None
        }
    })?;
    if cast_exact::<Function>(&found).is_none() || of.payload().version() != version {
        return None;
    }
    let method = found.word().bits();
    super::instr::replace(pc, unit, unit.with_counter(unit.counter() + 1));
    remember(thread, pc, SuperEntry { class: class.word().bits(), version, method });
    held_by_class::<false>(thread, method)
}
