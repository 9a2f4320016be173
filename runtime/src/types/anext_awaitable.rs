//! `anext_awaitable`: what `anext(iterator, default)` answers.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::Thread;

use crate::class::{ClassFlags, Slots, slots_of};
use crate::error::{Result, STOP_ASYNC_ITERATION, stop_iteration};
use crate::native::Rest;
use crate::object::cast;
use crate::types::Str;
use crate::{call, ops};

/// The payload.
pub struct AnextAwaitable {
    wrapped: Slot,
    default: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for AnextAwaitable {
    const NAME: &'static str = "anext_awaitable";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.wrapped);
        visitor.slot(&self.default);
    }
}

crate::class_def!(
    AnextAwaitable,
    "anext_awaitable",
    ClassFlags::NO_NEW,
    with_slots(slots),
    with_methods(&[methods::METHODS])
);

fn slots(slots: &Slots) {
    slots.await_.set(|_, value| Ok(value.clone()));
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(|thread, value| {
        let Some(object) = cast::<AnextAwaitable>(value) else { return Ok(None) };
        let iterator = iterator(thread, object)?;
        // A StopIteration goes on with its value, which the thread keeps.
        match ops::next(thread, &iterator) {
            Err(raised) if raised.is(&STOP_ASYNC_ITERATION) => Err(stop_iteration(default(object))),
            other => other,
        }
    });
}

/// Wraps what `__anext__` answered.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, wrapped: Value, default: Value) -> Result<Value> {
    crate::object::new(
        thread,
        AnextAwaitable { wrapped: Slot::new(Some(wrapped)), default: Slot::new(Some(default)) },
    )
}

fn default(object: &Object<AnextAwaitable>) -> Value {
    object.payload().default.get(object.header()).unwrap_or_else(Value::none)
}

/// The iterator behind the awaitable.
fn iterator(thread: &mut Thread, object: &Object<AnextAwaitable>) -> Result<Value> {
    let wrapped = object.payload().wrapped.get(object.header()).unwrap_or_else(Value::none);
    let iterator = super::awaiting::get_awaitable(thread, &wrapped, 0)?;
    // A coroutine is its own awaitable; what drives it step by step is its wrapper.
    match slots_of(&iterator).await_.get() {
        Some(wrap) if slots_of(&iterator).next.get().is_none() => wrap(thread, &iterator),
        _ => Ok(iterator),
    }
}

/// Calls a method of the iterator; its end is the default.
fn forward(
    thread: &mut Thread,
    object: &Object<AnextAwaitable>,
    name: &str,
    args: &[Value],
) -> Result<Value> {
    let iterator = iterator(thread, object)?;
    let name = Str::interned(thread, name)?;
    match call::call_method(thread, &iterator, &name, args) {
        Err(raised) if raised.is(&STOP_ASYNC_ITERATION) => Err(stop_iteration(default(object))),
        other => other,
    }
}

#[native::methods(AnextAwaitable, name = "anext_awaitable")]
mod methods {
    use super::*;

    /// Send a value into the wrapped iterator.
    pub fn send(th: &mut Thread, this: &Object<AnextAwaitable>, value: &Value) -> Result<Value> {
        forward(th, this, "send", std::slice::from_ref(value))
    }

    /// Raise an exception in the wrapped iterator.
    #[sig("($self, *args)", hidden)]
    pub fn throw(th: &mut Thread, this: &Object<AnextAwaitable>, args: Rest<'_>) -> Result<Value> {
        forward(th, this, "throw", args)
    }

    /// Close the wrapped iterator.
    pub fn close(th: &mut Thread, this: &Object<AnextAwaitable>) -> Result<Value> {
        forward(th, this, "close", &[])
    }
}
