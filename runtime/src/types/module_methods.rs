//! Attributes and `repr` of modules.

use memory::Value;
use threads::Thread;

use crate::class::instance::own_attribute;
use crate::error::Result;
use crate::names;
use crate::native::{GetSet, NativeDef};
use crate::object::cast;
use crate::types::{Str, StrExt};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[];

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
