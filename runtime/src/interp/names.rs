//! Names: globals, builtins, class and module namespaces, free variables, imports.

use std::ptr::NonNull;

use memory::{Object, Slot, StackRef, Value};
use threads::Thread;
use threads::sync::atomic::{AtomicU64, Ordering};

use super::cache_entry::{Cached, recall, remember, word};
use super::frame::Frame;
use super::instr::Unit;
use super::run::name;
use super::specialized::internal;
use crate::class::{class_of, lookup};
use crate::error::{KEY_ERROR, Raised, Result, import_error, name_error, unbound_local_error};
use crate::object::{cast, cast_exact};
use crate::types::{Dict, DictExt, Str, StrExt, cell, exception};
use crate::{call, names, ops};

fn globals_of(frame: *mut Frame) -> (Option<Value>, Option<Value>) {
    // SAFETY: the running frame is in use.
    let function = unsafe { &*frame }.function();
    let payload = function.payload();
    (payload.globals(function.header()), payload.builtins(function.header()))
}

/// "name 'x' is not defined".
#[cold]
pub(super) fn undefined(thread: &Thread, name: &Value) -> Raised {
    let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
    let raised = name_error(format!("name '{text}' is not defined"));
    exception::set_field(thread, raised.value(), "name", name.clone());
    raised
}

/// Loads a global and, a few times, tries to remember where it is.
///
/// # Errors
/// NameError, or what a mapping of builtins raises.
pub(super) fn load_global(
    thread: &mut Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    unit: Unit,
) -> Result<StackRef> {
    let name = name(frame, unit.oparg() as usize >> 1);
    let (globals, builtins) = globals_of(frame);
    let remember = unit.opcode() != internal::LOAD_GLOBAL_GENERIC;
    let at_once = |opcode: u8| {
        let counter = unit.counter() + 1;
        let opcode = if counter > ATTEMPTS { internal::LOAD_GLOBAL_GENERIC } else { opcode };
        super::instr::replace(pc, unit, unit.with_opcode(opcode).with_counter(counter));
    };
    if globals.as_ref().is_some_and(|globals| cast_exact::<Dict>(globals).is_none()) {
        // A subclass of dict may know names that are not in it.
        return load_from_globals(thread, frame, name).map(StackRef::from_value);
    }
    if let Some(dict) = globals.as_ref().and_then(cast::<Dict>)
        && let Some(at) = dict.find_str(thread, name)
    {
        if remember {
            // The code keeps its names.
            word(pc, 2).store(name.word().bits(), Ordering::Relaxed);
            word(pc, 0).store(at.position() as u64, Ordering::Release);
            at_once(internal::LOAD_GLOBAL_MODULE);
        }
        let found = dict.borrow_str(thread, name);
        if !found.is_empty() {
            return Ok(found);
        }
    }
    if let Some(dict) = builtins.as_ref().and_then(cast::<Dict>) {
        let stamp = globals.as_ref().and_then(cast::<Dict>).and_then(|globals| globals.stamp());
        // The key set is looked at once more after the stamp was taken: it says what is absent.
        let still_absent = globals
            .as_ref()
            .and_then(cast::<Dict>)
            .is_none_or(|globals| globals.find_str(thread, name).is_none());
        if let Some(at) = dict.find_str(thread, name) {
            if remember
                && still_absent
                && let Some(stamp) = stamp
            {
                word(pc, 2).store(name.word().bits(), Ordering::Relaxed);
                word(pc, 0).store(at.position() as u64, Ordering::Release);
                word(pc, 1).store(stamp, Ordering::Release);
                at_once(internal::LOAD_GLOBAL_BUILTIN);
            }
            let found = dict.borrow_str(thread, name);
            if !found.is_empty() {
                return Ok(found);
            }
        }
    } else if let Some(mapping) = &builtins {
        return match ops::getitem(thread, mapping, name) {
            Ok(found) => Ok(StackRef::from_value(found)),
            Err(raised) if raised.is(&KEY_ERROR) => Err(undefined(thread, name)),
            Err(raised) => Err(raised),
        };
    }
    // A key that is no str may still say that it is this name.
    for dict in [globals, builtins].into_iter().flatten() {
        if let Some(found) = get_from(thread, &dict, name)? {
            return Ok(StackRef::from_value(found));
        }
    }
    Err(undefined(thread, name))
}

/// Where a global or a builtin is as long as dicts have certain stamps.
struct PlaceEntry {
    /// The stamp of the globals that have the name; [`NEVER`](Self::NEVER) of a builtin.
    globals: u64,
    /// The stamp of the globals that lack the name, and that of the builtins that have it; NEVER of a global.
    lacking: u64,
    builtins: u64,
    /// Where the value is.
    place: NonNull<Slot>,
}

impl PlaceEntry {
    /// No dict's stamp.
    const NEVER: u64 = u64::MAX;
}

// SAFETY: the place is followed in the dict that has the stamp alone.
unsafe impl Cached for PlaceEntry {
    const WORD: usize = 3;
}

/// How often a LOAD_GLOBAL remembers something.
const ATTEMPTS: u16 = 64;

/// The global in the place that the cache knows, if that takes no more than a look at it and a plain addition; else EMPTY.
#[inline(always)]
pub(super) fn placed_global(thread: &Thread, frame: *mut Frame, pc: *const AtomicU64) -> Option<StackRef> {
    // SAFETY: the running frame is in use.
    let globals = unsafe { &*frame }.function().payload().plain_globals()?;
    let known = recall::<PlaceEntry>(pc)?;
    if globals.payload().table.current_stamp() != known.globals {
        return None;
    }
    // SAFETY: the dict with that stamp has given the place.
    let found =
        unsafe { containers::dict::Dict::borrow_in_place::<true>(thread, globals.header(), known.place) };
    (!found.is_empty()).then_some(found)
}

/// As [`placed_global`], for a builtin.
#[inline(always)]
pub(super) fn placed_builtin(thread: &Thread, frame: *mut Frame, pc: *const AtomicU64) -> Option<StackRef> {
    // SAFETY: the running frame is in use.
    let function = unsafe { &*frame }.function().payload();
    let (globals, builtins) = (function.plain_globals()?, function.plain_builtins()?);
    let known = recall::<PlaceEntry>(pc)?;
    let table = &builtins.payload().table;
    if globals.payload().table.current_stamp() != known.lacking || table.current_stamp() != known.builtins {
        return None;
    }
    // SAFETY: the dict with that stamp has given the place.
    let found =
        unsafe { containers::dict::Dict::borrow_in_place::<true>(thread, builtins.header(), known.place) };
    (!found.is_empty()).then_some(found)
}

/// Remembers where the name of a LOAD_GLOBAL is, a few times, unless the cache knows: in the globals, or if `builtin` in the builtins.
#[inline(never)]
pub(super) fn remember_place(
    thread: &Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    unit: Unit,
    builtin: bool,
) {
    if unit.counter() < ATTEMPTS
        && let Some(entry) = place_of(thread, frame, pc, unit, builtin)
    {
        remember(thread, pc, entry);
        super::instr::replace(pc, unit, unit.with_counter(unit.counter() + 1));
    }
}

/// Where it is, if the cache knows something else or nothing.
fn place_of(
    thread: &Thread,
    frame: *mut Frame,
    pc: *const AtomicU64,
    unit: Unit,
    builtin: bool,
) -> Option<PlaceEntry> {
    // SAFETY: the running frame is in use.
    let function = unsafe { &*frame }.function().payload();
    let globals = function.plain_globals()?;
    let dict = if builtin { function.plain_builtins()? } else { globals };
    let (of_globals, of_dict) = (globals.stamp()?, dict.stamp()?);
    let (known_globals, lacking, builtins) = if builtin {
        (PlaceEntry::NEVER, of_globals, of_dict)
    } else {
        (of_globals, PlaceEntry::NEVER, PlaceEntry::NEVER)
    };
    if recall::<PlaceEntry>(pc).is_some_and(|known| {
        (known.globals, known.lacking, known.builtins) == (known_globals, lacking, builtins)
    }) {
        return None;
    }
    let name = name(frame, unit.oparg() as usize >> 1);
    if builtin && globals.find_str(thread, name).is_some() {
        return None;
    }
    let table = &dict.payload().table;
    let place = table.place(thread, dict.find_str(thread, name)?)?;
    // What was found, and what was not, was found in the dict that had the stamp before and has it still.
    let is_still = table.current_stamp() == of_dict && globals.payload().table.current_stamp() == of_globals;
    is_still.then_some(PlaceEntry { globals: known_globals, lacking, builtins, place })
}

/// The global where the cache says it is.
#[inline(always)]
pub(super) fn cached_global(thread: &Thread, frame: *mut Frame, pc: *const AtomicU64) -> Option<StackRef> {
    // SAFETY: the running frame is in use.
    let function = unsafe { &*frame }.function();
    cached_in(thread, function.payload().plain_globals()?, pc)
}

/// The variable of `dict` where the cache says it is.
#[inline(always)]
fn cached_in(thread: &Thread, dict: &Object<Dict>, pc: *const AtomicU64) -> Option<StackRef> {
    // Acquire: pairs with the release of whoever filled it.
    let position = word(pc, 0).load(Ordering::Acquire) as u32;
    let key_bits = || word(pc, 2).load(Ordering::Relaxed);
    let table = &dict.payload().table;
    let found = table.borrow_at::<false>(thread, dict.header(), position, key_bits);
    (!found.is_empty()).then_some(found)
}

/// The builtin where the cache says it is, if the globals still have no such name.
#[inline(always)]
pub(super) fn cached_builtin(thread: &Thread, frame: *mut Frame, pc: *const AtomicU64) -> Option<StackRef> {
    // SAFETY: the running frame is in use.
    let function = unsafe { &*frame }.function();
    let stamp = word(pc, 1).load(Ordering::Acquire);
    if stamp == 0 || function.payload().plain_globals()?.payload().table.current_stamp() != stamp {
        return None;
    }
    cached_in(thread, function.payload().plain_builtins()?, pc)
}

fn namespace<'a>(frame: *mut Frame) -> Option<&'a Value> {
    // SAFETY: the running frame is in use, and keeps its namespace until it ends.
    let this = unsafe { &mut *frame };
    if this.namespace.is_none() && this.code().payload().flags & crate::types::code::flag::OPTIMIZED == 0 {
        // Code of a module that somebody has made a function of.
        let function = this.function();
        this.namespace = function.payload().globals(function.header());
        this.ends_plainly = false;
    }
    this.namespace.as_ref()
}

fn load_from_globals(thread: &mut Thread, frame: *mut Frame, name: &Value) -> Result<Value> {
    let (globals, builtins) = globals_of(frame);
    for mapping in [globals, builtins].into_iter().flatten() {
        if let Some(found) = get_from(thread, &mapping, name)? {
            return Ok(found);
        }
    }
    Err(undefined(thread, name))
}

/// `mapping[name]`; `None` for a KeyError.
pub(super) fn get_from(thread: &mut Thread, mapping: &Value, name: &Value) -> Result<Option<Value>> {
    if let Some(dict) = crate::object::cast_exact::<Dict>(mapping) {
        return dict.get(thread, name);
    }
    match ops::getitem(thread, mapping, name) {
        Ok(found) => Ok(Some(found)),
        Err(raised) if raised.is(&KEY_ERROR) => Ok(None),
        Err(raised) => Err(raised),
    }
}

pub(super) fn load_name(thread: &mut Thread, frame: *mut Frame, index: usize) -> Result<Value> {
    let name = name(frame, index);
    if let Some(namespace) = namespace(frame)
        && let Some(found) = get_from(thread, namespace, name)?
    {
        return Ok(found);
    }
    load_from_globals(thread, frame, name)
}

#[cold]
fn no_locals(what: &str, name: &Value) -> Raised {
    let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
    crate::error::system_error(format!("no locals found when {what} '{text}'"))
}

pub(super) fn store_name(thread: &mut Thread, frame: *mut Frame, index: usize, value: &Value) -> Result<()> {
    let name = name(frame, index);
    let Some(namespace) = namespace(frame) else { return Err(no_locals("storing", name)) };
    match crate::object::cast_exact::<Dict>(namespace) {
        Some(dict) => dict.set_str(thread, name, value.clone()),
        None => ops::setitem(thread, namespace, name, Some(value)),
    }
}

pub(super) fn delete_name(thread: &mut Thread, frame: *mut Frame, index: usize) -> Result<()> {
    let name = name(frame, index);
    let Some(namespace) = namespace(frame) else { return Err(no_locals("deleting", name)) };
    match ops::setitem(thread, namespace, name, None) {
        Err(raised) if raised.is(&KEY_ERROR) => Err(undefined(thread, name)),
        other => other,
    }
}

pub(super) fn store_global(
    thread: &mut Thread,
    frame: *mut Frame,
    index: usize,
    value: &Value,
) -> Result<()> {
    let (globals, _) = globals_of(frame);
    match globals.as_ref().and_then(cast::<Dict>) {
        Some(globals) => globals.set_str(thread, name(frame, index), value.clone()),
        None => Err(no_locals("storing", name(frame, index))),
    }
}

pub(super) fn delete_global(thread: &mut Thread, frame: *mut Frame, index: usize) -> Result<()> {
    let (globals, _) = globals_of(frame);
    let name = name(frame, index);
    let removed =
        globals.as_ref().and_then(cast::<Dict>).and_then(|globals| globals.remove_str(thread, name));
    if removed.is_some() { Ok(()) } else { Err(undefined(thread, name)) }
}

pub(super) fn load_locals(frame: *mut Frame) -> Result<Value> {
    namespace(frame).cloned().ok_or_else(|| crate::error::system_error("no locals"))
}

pub(super) fn load_from_dict_or_globals(
    thread: &mut Thread,
    frame: *mut Frame,
    mapping: &Value,
    index: usize,
) -> Result<Value> {
    let name = name(frame, index);
    match get_from(thread, mapping, name)? {
        Some(found) => Ok(found),
        None => load_from_globals(thread, frame, name),
    }
}

/// The name and the cell of a slot.
fn cell_of<'a>(frame: *mut Frame, index: usize) -> (Option<&'a Value>, Value) {
    // SAFETY: the running frame is in use, and its code is kept by its function.
    let this: &'a Frame = unsafe { &*frame };
    let holder = super::top::look(super::top::read(this.locals.wrapping_add(index)));
    (this.code().payload().local_name(index), (*holder).clone())
}

pub(super) fn load_from_dict_or_deref(
    thread: &mut Thread,
    frame: *mut Frame,
    mapping: &Value,
    index: usize,
) -> Result<Value> {
    let (name, holder) = cell_of(frame, index);
    if let Some(name) = name
        && let Some(found) = get_from(thread, mapping, name)?
    {
        return Ok(found);
    }
    cell::get(&holder).ok_or_else(|| unbound_deref(frame, index))
}

/// The error for an unbound cell or free variable.
#[cold]
pub(super) fn unbound_deref(frame: *mut Frame, index: usize) -> Raised {
    // SAFETY: the running frame is in use.
    let payload = unsafe { &*frame }.code().payload();
    let name = payload.local_name(index);
    let text = name.and_then(cast::<Str>).map(|name| name.to_string_lossy()).unwrap_or_default();
    let free =
        payload.localspluskinds.get(index).is_some_and(|kind| kind & crate::types::code::kind::FREE != 0);
    let raised = if free {
        name_error(format!(
            "cannot access free variable '{text}' where it is not associated with a value in enclosing scope"
        ))
    } else {
        unbound_local_error(format!(
            "cannot access local variable '{text}' where it is not associated with a value"
        ))
    };
    // Where the name is known to be a local one, no other is suggested.
    if let (true, Some(name), Some(thread)) = (free, name, threads::current_context()) {
        exception::set_field(thread, raised.value(), "name", name.clone());
    }
    raised
}

pub(super) fn setup_annotations(thread: &mut Thread, frame: *mut Frame) -> Result<()> {
    let Some(namespace) = namespace(frame) else {
        return Err(no_locals("setting up annotations", names::__annotations__()));
    };
    if get_from(thread, namespace, names::__annotations__())?.is_none() {
        let annotations = Dict::new(thread)?;
        ops::setitem(thread, namespace, names::__annotations__(), Some(&annotations))?;
    }
    Ok(())
}

pub(super) fn load_build_class(thread: &mut Thread, frame: *mut Frame) -> Result<Value> {
    let (_, builtins) = globals_of(frame);
    let found = match &builtins {
        Some(builtins) => get_from(thread, builtins, names::__build_class__())?,
        None => None,
    };
    found.ok_or_else(|| {
        let raised = name_error("__build_class__ not found");
        exception::set_field(thread, raised.value(), "name", names::__build_class__().clone());
        raised
    })
}

pub(super) fn import_name(
    thread: &mut Thread,
    frame: *mut Frame,
    index: usize,
    from: &Value,
    level: &Value,
) -> Result<Value> {
    let name = name(frame, index);
    let (globals, builtins) = globals_of(frame);
    let import = match &builtins {
        Some(builtins) => get_from(thread, builtins, names::__import__())?,
        None => None,
    };
    let Some(import) = import else { return Err(import_error("__import__ not found")) };
    let globals = globals.unwrap_or_else(Value::none);
    let locals = namespace(frame).cloned().unwrap_or_else(Value::none);
    if crate::types::native_function::is_named(&import, "__import__") {
        return super::import::import(thread, name, &globals, from, int_level(level));
    }
    call::call_positional(thread, &import, &[name.clone(), globals, locals, from.clone(), level.clone()])
}

fn int_level(level: &Value) -> i64 {
    crate::types::int::to_i64(level).unwrap_or(0)
}

pub(super) fn import_from(
    thread: &mut Thread,
    frame: *mut Frame,
    index: usize,
    module: &Value,
) -> Result<Value> {
    let name = name(frame, index);
    if let Some(found) = lookup::getattr_or_none(thread, module, name)? {
        return Ok(found);
    }
    super::import::import_from_missing(thread, module, name)
}

/// `from module import *`.
pub(super) fn import_star(thread: &mut Thread, frame: *mut Frame, module: &Value) -> Result<()> {
    let Some(target) = namespace(frame).cloned().or_else(|| globals_of(frame).0) else {
        return Err(crate::error::system_error("no locals found during 'import *'"));
    };
    let listed = lookup::getattr_or_none(thread, module, names::__all__())?;
    let (list, skip_private) = match listed {
        Some(all) => (ops::to_vec(thread, &all)?, false),
        None => {
            let Some(dict) = lookup::getattr_or_none(thread, module, names::__dict__())? else {
                return Err(import_error("from-import-* object has no __dict__ and no __all__"));
            };
            (ops::to_vec(thread, &dict)?, true)
        }
    };
    for name in list {
        let Some(text) = cast::<Str>(&name) else {
            let what = if skip_private { "Key" } else { "Item" };
            let place = if skip_private { "__dict__" } else { "__all__" };
            let module_name = lookup::getattr_or_none(thread, module, names::__name__())?;
            let module_name = match &module_name {
                Some(name) => ops::str_text(thread, name)?,
                None => "?".to_owned(),
            };
            return Err(crate::error::type_error(format!(
                "{what} in {module_name}.{place} must be str, not {}",
                crate::class::TypeExt::name_lossy(class_of(&name))
            )));
        };
        if skip_private && text.char_at(0) == Some(u32::from('_')) {
            continue;
        }
        let value = lookup::getattr(thread, module, &name)?;
        ops::setitem(thread, &target, &name, Some(&value))?;
    }
    Ok(())
}
