//! The iterator over an array.

use runtime::class::Slots;
use runtime::error::Result;
use runtime::memory::{Guarded, Slot};
use runtime::native::{self, Object};
use runtime::object::cast;
use runtime::types::{int, iterators};
use runtime::{Thread, Value};

use super::storage::{Array, ArrayExt};
use crate::support;

/// An array until it is exhausted, and the index that is next.
#[native::class(
    "arrayiterator",
    module = "array",
    disallow_instantiation,
    methods(methods),
    slots = slots
)]
pub struct ArrayIterator {
    #[trace]
    array: Slot,
    #[trace]
    index: Guarded<usize>,
}

fn slots(slots: &Slots) {
    support::iterator(slots, next);
}

/// `iter(array)`.
///
/// # Errors
/// MemoryError.
pub fn iterate(thread: &mut Thread, value: &Value) -> Result<Value> {
    runtime::object::new(
        thread,
        ArrayIterator { array: support::slot(value.clone()), index: Guarded::new(0) },
    )
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<ArrayIterator>(value) else { return Ok(None) };
    let Some(held) = support::get(object, |it| &it.array) else { return Ok(None) };
    let index = support::read(thread, object, |it| &it.index);
    let item = match cast::<Array>(&held) {
        Some(array) => array.get(thread, index)?,
        None => None,
    };
    match item {
        Some(_) => support::write(thread, object, |it| &it.index, index + 1),
        None => support::set(thread, object, |it| &it.array, None),
    }
    Ok(item)
}

/// Methods.
#[native::methods(ArrayIterator, name = "arrayiterator")]
pub mod methods {
    use super::*;

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, object: &Object<ArrayIterator>) -> Result<Value> {
        let function = runtime::interp::builtin(th, "iter")?;
        match support::get(object, |it| &it.array) {
            Some(array) => {
                let index = support::read(th, object, |it| &it.index);
                let args = support::tuple(th, vec![array])?;
                let index = int::from_i64(th, index as i64)?;
                support::tuple(th, vec![function, args, index])
            }
            None => {
                let empty = support::tuple(th, Vec::new())?;
                let args = support::tuple(th, vec![empty])?;
                support::tuple(th, vec![function, args])
            }
        }
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, object: &Object<ArrayIterator>, state: &Value) -> Result<()> {
        let index = iterators::state_index(th, state)?;
        if let Some(array) = support::get(object, |it| &it.array) {
            let len = cast::<Array>(&array).map_or(0, |array| array.len(th));
            support::write(th, object, |it| &it.index, (index.max(0) as usize).min(len));
        }
        Ok(())
    }
}
