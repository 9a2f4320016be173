//! Attributes of instances: slots behind the shape, or a dict.
//!
//! An instance begins with the root shape of its class; each new attribute moves it to the successor shape, whose slot the
//! value then stands in. When a class's instances run out of slots, an attribute is deleted, or somebody asks for
//! `__dict__`, the instance turns to dictionary mode: a real dict in its first slot holds them all.
//!
//! * INV-INST-1: shape and slots of a shared instance change under its lock; a slot is filled before the shape names it.
//! * INV-INST-2: in dictionary mode the slots of named attributes are empty and stay so.

use crate::types::DictExt;
use crate::types::StrExt;
use memory::{Header, Object, Slot, Value};
use threads::{Context, Thread};

use super::{ClassFlags, Shape, Type, TypeExt, class_of, slots_of};
use crate::error::{Result, attribute_error, memory_error};
use crate::object::{AttributeSlots, cast, cast_exact};
use crate::types::{Dict, Str};

/// What an instance itself holds under `name`.
#[inline]
pub fn own_attribute(thread: &Context, value: &Value, name: &Value) -> Option<Value> {
    let header = value.header()?;
    // Shapes know names by their addresses.
    let interned;
    let name = match cast::<Str>(name) {
        Some(text) if !text.payload().is_interned(text) => {
            interned = crate::types::str::intern(thread, name);
            &interned
        }
        _ => name,
    };
    loop {
        let shape = Shape::of(header);
        if shape.slot_count() == 0 {
            return None;
        }
        if shape.dict_mode {
            return dict_slot(value)?.get(header).and_then(|dict| cast::<Dict>(&dict)?.get_str(thread, name));
        }
        let index = shape.slot_of(name)?;
        let found = AttributeSlots::of(value).get(index)?.get(header);
        if found.is_some() {
            return found;
        }
        if std::ptr::eq(shape, Shape::of(header)) {
            return None;
        }
        // It has turned to dictionary mode meanwhile.
    }
}

/// The slot of an instance's `__dict__`, if its class gives it one.
#[inline]
pub fn dict_slot(value: &Value) -> Option<&Slot> {
    if !class_of(value).payload().flags().contains(ClassFlags::HAS_DICT) {
        return None;
    }
    AttributeSlots::of(value).all().first()
}

/// `object.__getattribute__`.
///
/// # Errors
/// What descriptors raise.
pub fn generic_getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    let class = class_of(value);
    let in_class = super::lookup::lookup_view(thread, class, name);
    let (get, set) = match &in_class {
        Some(found) => (slots_of(found).get.get(), slots_of(found).set.get()),
        None => (None, None),
    };
    if get.is_none() || set.is_none() {
        // Not counted before it is known that it is what is asked for.
        let in_dict_mode = value.header().is_some_and(|header| Shape::of(header).dict_mode);
        if !in_dict_mode && let Some(own) = own_attribute(thread, value, name) {
            return Ok(Some(own));
        }
        let in_class = in_class.map(|found| (*found).clone());
        if in_dict_mode
            && let Some(dict) = instance_dict_opt(value)
            && let Some(dict) = cast::<Dict>(&dict)
            && let Some(own) = dict.get_str_asking(thread, name)?
        {
            return Ok(Some(own));
        }
        return of_class(thread, value, in_class, get);
    }
    let in_class = in_class.map(|found| (*found).clone());
    of_class(thread, value, in_class, get)
}

/// What becomes of what the class of `value` holds, which `get` binds.
#[inline(always)]
fn of_class(
    thread: &mut Thread,
    value: &Value,
    in_class: Option<Value>,
    get: Option<super::slots::DescrGet>,
) -> Result<Option<Value>> {
    let class = class_of(value);
    match (in_class, get) {
        (Some(found), Some(get)) => get(thread, &found, Some(value), Some(&super::as_value(class))).map(Some),
        (found, _) => Ok(found),
    }
}

/// The dict of an instance in dictionary mode, if it has been made.
fn instance_dict_opt(value: &Value) -> Option<Value> {
    dict_slot(value)?.get(value.header()?)
}

/// `object.__setattr__` and `__delattr__`.
///
/// # Errors
/// AttributeError where the instance has no such attribute or no `__dict__`.
pub fn generic_setattr(thread: &mut Thread, value: &Value, name: &Value, new: Option<&Value>) -> Result<()> {
    let class = class_of(value);
    let interned;
    let name = match cast_exact::<Str>(name) {
        Some(text) if text.payload().is_interned(text) => name,
        _ => {
            interned = crate::types::str::intern(thread, name);
            &interned
        }
    };
    if cast_exact::<Str>(name).is_none() {
        // Shapes keep the addresses of their names, and only the table of interned strs keeps those.
        return Err(if cast::<Str>(name).is_some() {
            memory_error()
        } else {
            super::lookup::name_error(name)
        });
    }
    let in_class = super::lookup::lookup_view(thread, class, name);
    if let Some(found) = &in_class
        && let Some(set) = slots_of(found).set.get()
    {
        let found = (**found).clone();
        return set(thread, &found, value, new);
    }
    let is_in_class = in_class.is_some();
    let text = || cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
    if !class.payload().flags().contains(ClassFlags::HAS_DICT) {
        let message = if is_in_class {
            format!("'{}' object attribute '{}' is read-only", class.name_lossy(), text())
        } else {
            let has_setattr = slots_of(value).setattr.get().map(|f| f as usize)
                != Some(generic_setattr as *const () as usize);
            let mut message = format!("'{}' object has no attribute '{}'", class.name_lossy(), text());
            if !has_setattr {
                message += " and no __dict__ for setting new attributes";
            }
            message
        };
        let raised = attribute_error(message);
        crate::types::exception::set_field(thread, raised.value(), "name", name.clone());
        crate::types::exception::set_field(thread, raised.value(), "obj", value.clone());
        return Err(raised);
    }
    match new {
        Some(new) => set_own_attribute(thread, value, name, new.clone()),
        None => {
            if delete_own_attribute(thread, value, name)? {
                Ok(())
            } else {
                Err(super::lookup::no_attribute(thread, value, name))
            }
        }
    }
}

/// As [`generic_getattr`], for an instance whose attributes stand in `dict`, wherever that is kept.
///
/// # Errors
/// What descriptors raise.
pub fn getattr_with_dict(
    thread: &mut Thread,
    value: &Value,
    name: &Value,
    dict: &Object<Dict>,
) -> Result<Option<Value>> {
    let class = class_of(value);
    let in_class = class.lookup(thread, name);
    let mut get = None;
    if let Some(found) = &in_class {
        let slots = slots_of(found);
        get = slots.get.get();
        if let (Some(get), Some(_)) = (get, slots.set.get()) {
            return get(thread, found, Some(value), Some(&super::as_value(class))).map(Some);
        }
    }
    if let Some(own) = dict.get_str(thread, name) {
        return Ok(Some(own));
    }
    match (in_class, get) {
        (Some(found), Some(get)) => get(thread, &found, Some(value), Some(&super::as_value(class))).map(Some),
        (found, _) => Ok(found),
    }
}

/// As [`generic_setattr`], for an instance whose attributes stand in `dict`, wherever that is kept.
///
/// # Errors
/// AttributeError for deleting what is not there; what descriptors raise.
pub fn setattr_with_dict(
    thread: &mut Thread,
    value: &Value,
    name: &Value,
    new: Option<&Value>,
    dict: &Object<Dict>,
) -> Result<()> {
    let name = &crate::types::str::intern(thread, name);
    if let Some(found) = class_of(value).lookup(thread, name)
        && let Some(set) = slots_of(&found).set.get()
    {
        return set(thread, &found, value, new);
    }
    match new {
        Some(new) => dict.set_str(thread, name, new.clone()),
        None if dict.remove_str(thread, name).is_some() => Ok(()),
        None => Err(super::lookup::no_attribute(thread, value, name)),
    }
}

/// Opens the lock of any object, whatever its type.
struct Locked<'a>(&'a Header, bool);

impl<'a> Locked<'a> {
    /// The lock is a leaf: between this and the drop there is nothing but memory.
    fn open(thread: &Context, header: &'a Header) -> Self {
        let locked = header.is_shared() && !thread.is_solo();
        if locked {
            header.lock.lock();
        }
        Self(header, locked)
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        if self.1 {
            // SAFETY: INV-LOCK-1: locked by `open`.
            unsafe { self.0.lock.unlock() };
        }
    }
}

/// Sets an attribute of the instance itself; `name` is interned.
///
/// # Errors
/// MemoryError.
pub fn set_own_attribute(thread: &mut Thread, value: &Value, name: &Value, new: Value) -> Result<()> {
    let Some(header) = value.header() else { return Err(attribute_error("no attributes")) };
    let mut successor: Option<&'static Shape> = None;
    let mut new = Some(new);
    loop {
        let shape = Shape::of(header);
        if shape.dict_mode {
            let dict = instance_dict(thread, value)?;
            let Some(new) = new.take() else { return Ok(()) };
            return match cast::<Dict>(&dict) {
                Some(dict) => dict.set_str(thread, name, new),
                None => Ok(()),
            };
        }
        let slots = AttributeSlots::of(value);
        // Where the attribute came next in another instance of this shape, this one has none of that name yet.
        let known = shape.known_follower(name);
        if known.is_none()
            && let Some(slot) = shape.slot_of(name).and_then(|index| slots.get(index))
        {
            let locked = Locked::open(thread, header);
            if !std::ptr::eq(shape, Shape::of(header)) {
                continue;
            }
            let displaced = slot.replace(thread, header, new.take());
            drop(locked);
            drop(displaced);
            return Ok(());
        }
        let index = shape.first_named() + shape.named_count() as u32;
        let made = || successor.filter(|next| next.named_count() == shape.named_count() + 1);
        let (Some(next), Some(slot)) = (known.or_else(made), slots.get(index)) else {
            match super::build::successor(thread, class_of(value), shape, name) {
                Some(next) => successor = Some(next),
                None => {
                    if slots.get(index).is_none() {
                        super::build::make_room(thread, class_of(value), shape);
                    }
                    turn_to_dict_mode(thread, value)?;
                }
            }
            continue;
        };
        if known.is_none() && next.slot_of(name) != Some(index) {
            successor = None;
            continue;
        }
        let locked = Locked::open(thread, header);
        if !std::ptr::eq(shape, Shape::of(header)) {
            successor = None;
            continue;
        }
        let displaced = slot.replace(thread, header, new.take()); // INV-INST-1
        header.set_shape(next.as_base());
        drop(locked);
        drop(displaced);
        return Ok(());
    }
}

fn delete_own_attribute(thread: &mut Thread, value: &Value, name: &Value) -> Result<bool> {
    if own_attribute(thread, value, name).is_none() {
        return Ok(false);
    }
    let dict = instance_dict(thread, value)?;
    Ok(cast::<Dict>(&dict).is_some_and(|dict| dict.remove_str(thread, name).is_some()))
}

/// The instance's `__dict__`; turns the instance to dictionary mode.
///
/// # Errors
/// AttributeError if its class gives it none; MemoryError.
pub fn instance_dict(thread: &mut Thread, value: &Value) -> Result<Value> {
    let (Some(header), Some(slot)) = (value.header(), dict_slot(value)) else {
        return Err(attribute_error(format!(
            "'{}' object has no attribute '__dict__'",
            class_of(value).name_lossy()
        )));
    };
    if !Shape::of(header).dict_mode {
        turn_to_dict_mode(thread, value)?;
    }
    loop {
        if let Some(dict) = slot.get(header) {
            return Ok(dict);
        }
        let dict = Dict::new(thread)?;
        // Two threads that both find none: one of the dicts stays.
        if let Ok(displaced) = slot.replace_if(thread, header, memory::word::Word::EMPTY, dict) {
            drop(displaced);
        }
    }
}

/// Replaces the instance's `__dict__`.
///
/// # Errors
/// MemoryError.
pub fn set_instance_dict(thread: &mut Thread, value: &Value, dict: Value) -> Result<()> {
    instance_dict(thread, value)?;
    if let (Some(header), Some(slot)) = (value.header(), dict_slot(value)) {
        let displaced = slot.replace(thread, header, Some(dict));
        drop(displaced);
    }
    Ok(())
}

/// Makes the instance one of `class`, whose layout has been compared: INV-EXT-2. It is in dictionary mode afterwards.
///
/// # Errors
/// MemoryError.
pub fn change_class(thread: &mut Thread, value: &Value, class: &Object<Type>) -> Result<()> {
    let Some(header) = value.header() else { return Ok(()) };
    if dict_slot(value).is_some() {
        turn_to_dict_mode(thread, value)?;
    }
    let slot_count = Shape::of(header).slot_count();
    let Some(shape) = super::build::shape_with_dict(thread, class, slot_count) else {
        return Err(crate::error::memory_error());
    };
    let locked = Locked::open(thread, header);
    header.set_shape(shape.as_base());
    drop(locked);
    Ok(())
}

fn turn_to_dict_mode(thread: &mut Thread, value: &Value) -> Result<()> {
    let (Some(header), Some(dict_slot)) = (value.header(), dict_slot(value)) else { return Ok(()) };
    loop {
        let shape = Shape::of(header);
        if shape.dict_mode {
            return Ok(());
        }
        let Some(in_dict_mode) = super::build::shape_with_dict(thread, class_of(value), shape.slot_count())
        else {
            return Err(crate::error::memory_error());
        };
        // A dict of what the slots hold now, outside the lock: filling it allocates.
        let slots = AttributeSlots::of(value);
        let (first, count) = (shape.first_named(), shape.named_count());
        let mut words = Vec::with_capacity(count);
        let held = shape.names().enumerate().filter_map(|(i, name)| {
            let held = slots.get(first + i as u32).and_then(|slot| slot.get(header));
            words.push(held.as_ref().map(Value::word));
            Some((name, held?))
        });
        let dict = Dict::of_names(thread, count, held)?;
        let locked = Locked::open(thread, header);
        // A private object's slots are this thread's alone.
        let unchanged = !header.is_shared()
            || std::ptr::eq(shape, Shape::of(header))
                && words.iter().enumerate().all(|(i, word)| {
                    // SAFETY: the lock is held, so nobody replaces the slot while it is looked at.
                    let now =
                        slots.get(first + i as u32).and_then(|slot| unsafe { slot.view(thread, header) });
                    now.map(|now| now.word()) == *word
                });
        if !unchanged {
            continue;
        }
        let mut displaced = Vec::with_capacity(count + 1);
        displaced.push(dict_slot.replace(thread, header, Some(dict)));
        header.set_shape(in_dict_mode.as_base());
        for i in 0..count {
            if let Some(slot) = slots.get(first + i as u32) {
                displaced.push(slot.replace(thread, header, None)); // INV-INST-2
            }
        }
        drop(locked);
        return Ok(());
    }
}
