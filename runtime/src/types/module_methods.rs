//! Attributes and `repr` of modules.

use memory::{Object, Value};
use threads::Thread;

use super::class_attributes;
use crate::class::instance::{self, own_attribute};
use crate::class::{TypeExt, class_of, lookup};
use crate::error::{Result, attribute_error, type_error};
use crate::native::{GetSet, NativeDef};
use crate::object::cast;
use crate::types::{Dict, DictExt, List, Str, StrExt};
use crate::{call, names, ops};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

/// The module's namespace.
fn namespace(thread: &mut Thread, module: &Value) -> Result<Value> {
    instance::instance_dict(thread, module)
}

/// Whether the module is still being executed: what its annotations are now is not what they will be.
fn is_initializing(thread: &mut Thread, dict: &Object<Dict>) -> Result<bool> {
    let Some(spec) = dict.get_str(thread, names::__spec__()) else { return Ok(false) };
    if spec.is_none() {
        return Ok(false);
    }
    let name = crate::interned!(thread, "_initializing")?;
    match lookup::getattr_or_none(thread, &spec, name)? {
        Some(value) => ops::is_true(thread, &value),
        None => Ok(false),
    }
}

#[native::methods(name = "module")]
mod methods {
    use super::*;

    /// __dir__() -> list
    /// specialized dir() implementation
    pub fn __dir__(th: &mut Thread, this: &Value) -> Result<Value> {
        let name = crate::interned!(th, "__dict__")?;
        let dict = lookup::getattr(th, this, name)?;
        let Some(dict) = cast::<Dict>(&dict) else {
            return Err(type_error(format!("{}.__dict__ is not a dictionary", class_of(this).name_lossy())));
        };
        if let Some(function) = dict.get_str(th, names::__dir__()) {
            return call::call_positional(th, &function, &[]);
        }
        let keys = dict.items(th).into_iter().map(|(key, _)| key).collect();
        List::new(th, keys)
    }

    /// What makes the annotations, or None.
    #[getter]
    pub fn __annotate__(th: &mut Thread, this: &Value) -> Result<Value> {
        let dict = namespace(th, this)?;
        let Some(dict) = cast::<Dict>(&dict) else { return Ok(Value::none()) };
        match dict.get_str(th, names::__annotate__()) {
            Some(found) => Ok(found),
            None => {
                dict.set_str(th, names::__annotate__(), Value::none())?;
                Ok(Value::none())
            }
        }
    }

    /// Sets what makes the annotations.
    #[setter("__annotate__")]
    pub fn set_annotate(th: &mut Thread, this: &Value, new: Option<&Value>) -> Result<()> {
        let Some(new) = new else { return Err(type_error("cannot delete __annotate__ attribute")) };
        if !new.is_none() && !call::is_callable(new) {
            return Err(type_error("__annotate__ must be callable or None"));
        }
        let dict = namespace(th, this)?;
        let Some(dict) = cast::<Dict>(&dict) else { return Ok(()) };
        dict.set_str(th, names::__annotate__(), new.clone())?;
        if !new.is_none() {
            dict.remove_str(th, names::__annotations__());
        }
        Ok(())
    }

    /// The annotations: made at first use.
    #[getter]
    pub fn __annotations__(th: &mut Thread, this: &Value) -> Result<Value> {
        let dict = namespace(th, this)?;
        let Some(dict) = cast::<Dict>(&dict) else { return Ok(Value::none()) };
        if let Some(found) = dict.get_str(th, names::__annotations__()) {
            return Ok(found);
        }
        let annotate = dict.get_str(th, names::__annotate__()).unwrap_or_else(Value::none);
        let annotations = class_attributes::compute_annotations(th, &annotate)?;
        if !is_initializing(th, dict)? {
            dict.set_str(th, names::__annotations__(), annotations.clone())?;
        }
        Ok(annotations)
    }

    /// Sets the annotations.
    #[setter("__annotations__")]
    pub fn set_annotations(th: &mut Thread, this: &Value, new: Option<&Value>) -> Result<()> {
        let dict = namespace(th, this)?;
        let Some(dict) = cast::<Dict>(&dict) else { return Ok(()) };
        match new {
            Some(new) => dict.set_str(th, names::__annotations__(), new.clone())?,
            None => {
                if dict.remove_str(th, names::__annotations__()).is_none() {
                    return Err(attribute_error("__annotations__"));
                }
            }
        }
        dict.remove_str(th, names::__annotate__());
        Ok(())
    }
}

/// `repr()` of a module: what `importlib` makes of it.
///
/// # Errors
/// What the import system's function raises.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let text = |value: Option<Value>| value.as_ref().and_then(cast::<Str>).map(|text| text.to_string_lossy());
    let name = text(own_attribute(thread, value, names::__name__())).unwrap_or_else(|| "?".to_owned());
    let repr = match text(own_attribute(thread, value, names::__file__())) {
        Some(file) => format!("<module '{name}' from '{file}'>"),
        None => format!("<module '{name}' (built-in)>"),
    };
    Str::new(thread, &repr)
}

/// The message for a missing attribute.
pub(super) fn missing_attribute(thread: &mut Thread, value: &Value, attribute: &str) -> String {
    match own_attribute(thread, value, names::__name__()).as_ref().and_then(cast::<Str>) {
        Some(name) => format!("module '{}' has no attribute '{attribute}'", name.to_string_lossy()),
        None => format!("module has no attribute '{attribute}'"),
    }
}
