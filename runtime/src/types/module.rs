//! `module`.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Slots, Type, class_of, instance};
use crate::error::{Result, type_error};
use crate::names;
use crate::native::{Args, Constant, ModuleDef};
use crate::object::{cast, new_of};
use crate::types::{Dict, DictExt, Str, StrExt, native_function};

/// The payload of a module: its dict is the `__dict__` behind it.
pub struct Module {
    /// `__name__` as natives were told it, for messages.
    pub name: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for Module {
    const NAME: &'static str = "module";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.name);
    }
}

crate::class_def!(
    Module,
    "module",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_DICT).union(ClassFlags::HAS_WEAKREF),
    with_doc(
        "Create a module object.\n\nThe name must be a string; the optional docstring can have any type."
    ),
    with_slots(slots),
    with_new(new_module),
    with_methods(super::module_methods::METHODS),
    with_getsets(super::module_methods::GETSETS)
);

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.getattr.set(getattr);
    slots.repr.set(super::module_methods::repr);
}

fn new_module(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("module.__new__(X): X is not a type"));
    };
    new_of(thread, class, Module { name: Slot::new(None) })
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let mut name = args.positionals().first().cloned();
    let mut doc = args.positionals().get(1).cloned();
    if args.positionals().len() > 2 {
        return Err(type_error(format!(
            "module() takes at most 2 arguments ({} given)",
            args.positionals().len()
        )));
    }
    for (key, given) in args.keywords() {
        match cast::<Str>(key).map(|key| key.to_string_lossy()).as_deref() {
            Some("name") => name = Some(given.clone()),
            Some("doc") => doc = Some(given.clone()),
            other => {
                return Err(type_error(format!(
                    "module() got an unexpected keyword argument '{}'",
                    other.unwrap_or_default()
                )));
            }
        }
    }
    let Some(name) = name else {
        return Err(type_error("module() missing required argument 'name' (pos 1)"));
    };
    if cast::<Str>(&name).is_none() {
        use crate::class::TypeExt;
        return Err(type_error(format!(
            "module() argument 'name' must be str, not {}",
            class_of(&name).name_lossy()
        )));
    }
    fill(thread, value, name, doc.unwrap_or_else(Value::none))
}

fn fill(thread: &mut Thread, value: &Value, name: Value, doc: Value) -> Result<()> {
    let dict = instance::instance_dict(thread, value)?;
    let Some(dict) = cast::<Dict>(&dict) else { return Ok(()) };
    if let Some(module) = cast::<Module>(value) {
        drop(module.payload().name.replace(thread, module.header(), Some(name.clone())));
    }
    dict.set_str(thread, names::__name__(), name)?;
    dict.set_str(thread, names::__doc__(), doc)?;
    dict.set_str(thread, names::__package__(), Value::none())?;
    dict.set_str(thread, names::__loader__(), Value::none())?;
    dict.set_str(thread, names::__spec__(), Value::none())
}

/// An empty module.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, name: &str, doc: Option<&str>) -> Result<Value> {
    let value = crate::object::new(thread, Module { name: Slot::new(None) })?;
    // Modules are reached by every thread that imports them: shared from birth.
    memory::publish(&value);
    let name = Str::interned(thread, name)?;
    let doc = match doc {
        Some(doc) => Str::new(thread, doc)?,
        None => Value::none(),
    };
    fill(thread, &value, name, doc)?;
    Ok(value)
}

/// A module's dict.
///
/// # Errors
/// MemoryError.
pub fn dict(thread: &mut Thread, module: &Value) -> Result<Value> {
    instance::instance_dict(thread, module)
}

/// Sets an attribute of a module.
///
/// # Errors
/// MemoryError.
pub fn set(thread: &mut Thread, module: &Value, name: &str, value: Value) -> Result<()> {
    let dict = dict(thread, module)?;
    let name = Str::interned(thread, name)?;
    match cast::<Dict>(&dict) {
        Some(dict) => dict.set_str(thread, &name, value),
        None => Ok(()),
    }
}

/// Makes a native module and runs what it does at import.
///
/// # Errors
/// What its initialisation raises.
pub fn from_def(thread: &mut Thread, def: &'static ModuleDef) -> Result<Value> {
    let module = new(thread, def.name, Some(def.doc))?;
    let name = Str::interned(thread, def.name)?;
    for function in def.functions {
        let value = native_function::new(thread, function, Some(module.clone()), Some(name.clone()))?;
        set(thread, &module, function.name, value)?;
    }
    for (key, constant) in def.constants {
        let value = match constant {
            Constant::Int(value) => super::int::from_i64(thread, *value)?,
            Constant::Float(value) => super::float::new(thread, *value)?,
            Constant::Str(value) => Str::new(thread, value)?,
            Constant::Bool(value) => Value::from_bool(*value),
        };
        set(thread, &module, key, value)?;
    }
    for class in def.classes {
        let class = class();
        set(thread, &module, class.name, class.value())?;
    }
    if let Some(init) = def.init {
        init(thread, &module)?;
    }
    Ok(module)
}

fn getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    if let Some(found) = instance::generic_getattr(thread, value, name)? {
        return Ok(Some(found));
    }
    let Some(hook) = instance::own_attribute(thread, value, names::__getattr__()) else { return Ok(None) };
    crate::call::call_one(thread, &hook, name).map(Some)
}

/// The message of the AttributeError for a missing attribute, if `value` is a module.
pub(crate) fn missing_attribute(thread: &mut Thread, value: &Value, attribute: &str) -> Option<String> {
    cast::<Module>(value)?;
    Some(super::module_methods::missing_attribute(thread, value, attribute))
}

/// A module's payload, for who needs it.
pub fn of(value: &Value) -> Option<&Object<Module>> {
    cast::<Module>(value)
}

/// The `__name__` of a module's dict.
pub fn name_in(thread: &Context, globals: &Object<Dict>) -> Option<Value> {
    globals.get_str(thread, names::__name__())
}
