//! What `await`, `async for` and `yield from` drive.

use memory::{Object, Value};
use threads::Thread;

use super::code::{Code, flag};
use super::generator::{Generator, delegate, is_async, is_coroutine};
use crate::class::{TypeExt, class_of, slots_of};
use crate::error::{Result, runtime_error, type_error};
use crate::object::cast;

/// `GET_YIELD_FROM_ITER`.
///
/// # Errors
/// TypeError for a coroutine in an ordinary generator, or what `iter` raises.
pub(crate) fn yield_from_iter(
    thread: &mut Thread,
    value: &Value,
    code_object: *const Object<Code>,
) -> Result<Value> {
    if cast::<Generator>(value).is_some() {
        if is_coroutine(value) {
            // SAFETY: the running frame's code.
            let flags = unsafe { &*code_object }.payload().flags;
            if flags & (flag::COROUTINE | flag::ITERABLE_COROUTINE) == 0 {
                return Err(type_error(
                    "cannot 'yield from' a coroutine object in a non-coroutine generator",
                ));
            }
            return Ok(value.clone());
        }
        if !is_async(value) {
            return Ok(value.clone());
        }
    }
    crate::ops::iter(thread, value)
}

/// Whether a generator may be awaited (`types.coroutine`).
fn is_awaitable_generator(value: &Value) -> bool {
    let Some(generator) = cast::<Generator>(value) else { return false };
    generator.payload().code().payload().flags & flag::ITERABLE_COROUTINE != 0
}

/// `GET_AWAITABLE`: the iterator that `await` drives.
///
/// # Errors
/// TypeError for what cannot be awaited, RuntimeError for a coroutine that is awaited already.
pub(crate) fn get_awaitable(thread: &mut Thread, value: &Value, after: u32) -> Result<Value> {
    let iterator = awaitable_iterator(thread, value).map_err(|raised| {
        let what = match after {
            1 => "__aenter__",
            2 => "__aexit__",
            _ => return raised,
        };
        if slots_of(value).await_.get().is_none() && !is_awaitable_generator(value) {
            return type_error(format!(
                "'async with' received an object from {what} that does not implement __await__: {}",
                class_of(value).name_lossy()
            ));
        }
        raised
    })?;
    if let Some(generator) = cast::<Generator>(&iterator)
        && is_coroutine(&iterator)
        && delegate(thread, generator).is_some()
    {
        return Err(runtime_error("coroutine is being awaited already"));
    }
    Ok(iterator)
}

/// The iterator behind an awaitable.
///
/// # Errors
/// TypeError for what cannot be awaited.
pub fn awaitable_iterator(thread: &mut Thread, value: &Value) -> Result<Value> {
    if cast::<Generator>(value).is_some() && (is_coroutine(value) || is_awaitable_generator(value)) {
        return Ok(value.clone());
    }
    let Some(get) = slots_of(value).await_.get() else {
        return Err(type_error(format!("'{}' object can't be awaited", class_of(value).name_lossy())));
    };
    let iterator = get(thread, value)?;
    if cast::<Generator>(&iterator).is_some()
        && (is_coroutine(&iterator) || is_awaitable_generator(&iterator))
    {
        return Err(type_error("__await__() returned a coroutine"));
    }
    if slots_of(&iterator).next.get().is_none() {
        return Err(type_error(format!(
            "__await__() returned non-iterator of type '{}'",
            class_of(&iterator).name_lossy()
        )));
    }
    Ok(iterator)
}

/// `GET_AITER`.
///
/// # Errors
/// TypeError for what is not asynchronously iterable.
pub(crate) fn get_aiter(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(aiter) = slots_of(value).aiter.get() else {
        return Err(type_error(format!(
            "'async for' requires an object with __aiter__ method, got {}",
            class_of(value).name_lossy()
        )));
    };
    let iterator = aiter(thread, value)?;
    if slots_of(&iterator).anext.get().is_none() {
        return Err(type_error(format!(
            "'async for' received an object from __aiter__ that does not implement __anext__: {}",
            class_of(&iterator).name_lossy()
        )));
    }
    Ok(iterator)
}

/// `GET_ANEXT`: the awaitable of the next item, ready to be driven.
///
/// # Errors
/// TypeError for what is no asynchronous iterator.
pub(crate) fn get_anext(thread: &mut Thread, iterator: &Value) -> Result<Value> {
    let Some(anext) = slots_of(iterator).anext.get() else {
        return Err(type_error(format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            class_of(iterator).name_lossy()
        )));
    };
    let awaitable = anext(thread, iterator)?;
    if is_async(iterator) {
        return Ok(awaitable);
    }
    awaitable_iterator(thread, &awaitable).map_err(|raised| {
        let invalid = type_error(format!(
            "'async for' received an invalid object from __anext__: {}",
            class_of(&awaitable).name_lossy()
        ));
        super::exception::set_cause(thread, invalid.value(), Some(raised.into_value()));
        invalid
    })
}
