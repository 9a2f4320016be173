//! `types.SimpleNamespace`.

use memory::{Trace, Value, Visitor};
use threads::Thread;

use crate::class::ClassFlags;
use crate::error::Result;
use crate::object::cast;

/// The payload: nothing but the `__dict__` behind it.
pub struct SimpleNamespace;

// SAFETY: no references.
unsafe impl Trace for SimpleNamespace {
    const NAME: &'static str = "types.SimpleNamespace";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    SimpleNamespace,
    "SimpleNamespace",
    ClassFlags::BASETYPE.union(ClassFlags::HAS_DICT),
    with_module("types"),
    with_doc("A simple attribute-based namespace.")
);

/// A namespace with these attributes.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, fields: &[(&Value, Value)]) -> Result<Value> {
    let value = crate::object::new(thread, SimpleNamespace)?;
    let dict = crate::class::instance::instance_dict(thread, &value)?;
    if let Some(dict) = cast::<super::Dict>(&dict) {
        use super::DictExt;
        for (name, field) in fields {
            dict.set_str(thread, name, field.clone())?;
        }
    }
    Ok(value)
}
