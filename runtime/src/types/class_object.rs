//! `type`: the class of classes.

use memory::{Object, Value};
use threads::Thread;

use crate::class::{ClassFlags, Slots, Type, TypeExt, class_of, lookup};
use crate::error::{Result, type_error};
use crate::native::Args;
use crate::object::cast;

crate::class_def!(
    Type,
    "type",
    ClassFlags::BASETYPE.union(ClassFlags::TYPE).union(ClassFlags::HAS_WEAKREF),
    with_slots(slots)
);

fn slots(slots: &Slots) {
    slots.call.set(call);
    slots.getattr.set(lookup::type_getattr);
    slots.setattr.set(lookup::type_setattr);
}

fn call(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(value) else { return Err(crate::call::not_callable(value)) };
    let Some(new) = class.payload().slots.new.get() else {
        return Err(type_error(format!("cannot create '{}' instances", class.name_lossy())));
    };
    let instance = new(thread, value, args)?;
    if !class_of(&instance).is_subclass_of(class) {
        return Ok(instance);
    }
    if let Some(init) = class_of(&instance).payload().slots.init.get() {
        init(thread, &instance, args)?;
    }
    Ok(instance)
}

/// `isinstance` without `__instancecheck__`.
///
/// # Errors
/// TypeError.
pub fn default_is_instance(_: &mut Thread, value: &Value, class: &Value) -> Result<bool> {
    match cast::<Type>(class) {
        Some(class) => Ok(class_of(value).is_subclass_of(class)),
        None => Err(type_error("isinstance() arg 2 must be a type, a tuple of types, or a union")),
    }
}

/// `issubclass` without `__subclasscheck__`.
///
/// # Errors
/// TypeError.
pub fn default_is_subclass(_: &mut Thread, class: &Value, of: &Value) -> Result<bool> {
    match (cast::<Type>(class), cast::<Type>(of)) {
        (Some(class), Some(of)) => Ok(is_subclass(class, of)),
        (None, _) => Err(type_error("issubclass() arg 1 must be a class")),
        _ => Err(type_error("issubclass() arg 2 must be a class, a tuple of classes, or a union")),
    }
}

fn is_subclass(class: &Object<Type>, of: &Object<Type>) -> bool {
    class.is_subclass_of(of)
}
