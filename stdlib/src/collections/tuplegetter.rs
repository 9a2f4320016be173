//! `_tuplegetter`: the descriptor behind a field of a named tuple.

use runtime::class::Slots;
use runtime::error::{Result, attribute_error, index_error, type_error};
use runtime::memory::Slot;
use runtime::native;
use runtime::object::cast;
use runtime::types::{Str, Tuple, TupleExt, int};
use runtime::{Thread, Value, ops};

use crate::support;

/// A field of a named tuple.
#[native::class(
    "_tuplegetter",
    module = "collections",
    methods(methods),
    new = methods::construct,
    slots = slots
)]
pub struct TupleGetter {
    index: usize,
    /// Programs may set it.
    #[trace]
    doc: Slot,
}

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.get.set(get);
    slots.set.set(|_, _, _, new| {
        Err(attribute_error(if new.is_some() { "can't set attribute" } else { "can't delete attribute" }))
    });
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(getter) = cast::<TupleGetter>(value) else { return Ok(Value::none()) };
    let doc = support::get(getter, |getter| &getter.doc).unwrap_or_else(Value::none);
    let doc = ops::repr_text(thread, &doc)?;
    let name = support::short_name(value);
    Str::new(thread, &format!("{name}({}, {doc})", getter.payload().index))
}

fn get(_: &mut Thread, value: &Value, object: Option<&Value>, _: Option<&Value>) -> Result<Value> {
    let Some(getter) = cast::<TupleGetter>(value) else { return Ok(Value::none()) };
    let index = getter.payload().index;
    let Some(object) = object else { return Ok(value.clone()) };
    match cast::<Tuple>(object) {
        Some(tuple) => {
            tuple.items().get(index).cloned().ok_or_else(|| index_error("tuple index out of range"))
        }
        None if object.is_none() => Ok(value.clone()),
        None => Err(type_error(format!(
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{}' object",
            support::class_name(object)
        ))),
    }
}

/// Methods.
#[native::methods(TupleGetter, name = "_tuplegetter")]
pub mod methods {
    use super::*;
    use native::Object;

    /// A new descriptor.
    #[new]
    #[sig("(index, doc, /)", hidden)]
    pub fn new(th: &mut Thread, class: &Value, index: isize, doc: Value) -> Result<Value> {
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        support::make(th, class, TupleGetter { index, doc: support::slot(doc) })
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, getter: &Object<TupleGetter>) -> Result<Value> {
        let doc = support::get(getter, |getter| &getter.doc).unwrap_or_else(Value::none);
        let index = int::from_i64(th, getter.payload().index as i64)?;
        let args = support::tuple(th, vec![index, doc])?;
        let class = support::class_value(&runtime::object::to_value(getter));
        support::tuple(th, vec![class, args])
    }

    /// The documentation of the field.
    #[getter]
    #[name("__doc__")]
    pub fn doc(getter: &Object<TupleGetter>) -> Option<Value> {
        support::get(getter, |getter| &getter.doc)
    }

    /// Sets the documentation of the field.
    #[setter("__doc__")]
    pub fn set_doc(th: &mut Thread, getter: &Object<TupleGetter>, value: Option<&Value>) {
        support::set(th, getter, |getter| &getter.doc, value.cloned());
    }
}
