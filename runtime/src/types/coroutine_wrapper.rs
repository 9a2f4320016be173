//! `coroutine_wrapper`: what `coroutine.__await__()` answers.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::Thread;

use super::generator::{self, Sent, With};
use super::generator_methods::{self, answer, thrown, warn_of_triple};
use crate::class::{ClassFlags, Slots};
use crate::error::Result;
use crate::native::Rest;
use crate::object::cast;

/// The payload.
pub struct CoroutineWrapper {
    coroutine: Slot,
}

// SAFETY: the slot once.
unsafe impl Trace for CoroutineWrapper {
    const NAME: &'static str = "coroutine_wrapper";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.coroutine);
    }
}

crate::class_def!(
    CoroutineWrapper,
    "coroutine_wrapper",
    ClassFlags::NO_NEW,
    with_doc("A wrapper object implementing __await__ for coroutines."),
    with_slots(slots),
    with_methods(&[methods::METHODS])
);

fn slots(slots: &Slots) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(|thread, value| {
        let Some(object) = cast::<CoroutineWrapper>(value) else { return Ok(None) };
        let coroutine = coroutine(object);
        match generator::resume(thread, &coroutine, With::Value(Value::none()))? {
            Sent::Yielded(item) => Ok(Some(item)),
            Sent::Returned(result) => {
                crate::state::set_stop_value(thread, Some(result).filter(|result| !result.is_none()));
                Ok(None)
            }
        }
    });
}

/// `coroutine.__await__()`.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, coroutine: &Value) -> Result<Value> {
    crate::object::new(thread, CoroutineWrapper { coroutine: Slot::new(Some(coroutine.clone())) })
}

fn coroutine(object: &Object<CoroutineWrapper>) -> Value {
    object.payload().coroutine.get(object.header()).unwrap_or_else(Value::none)
}

#[native::methods(CoroutineWrapper, name = "coroutine_wrapper")]
mod methods {
    use super::*;

    /// send(arg) -> send 'arg' into coroutine,
    /// return next iterated value or raise StopIteration.
    #[sig("($self, value, /)", hidden)]
    pub fn send(th: &mut Thread, this: &Object<CoroutineWrapper>, value: &Value) -> Result<Value> {
        answer(generator::resume(th, &coroutine(this), With::Value(value.clone()))?)
    }

    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next iterated value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[sig("($self, /, *args)", hidden)]
    pub fn throw(th: &mut Thread, this: &Object<CoroutineWrapper>, args: Rest<'_>) -> Result<Value> {
        warn_of_triple(th, "throw", args)?;
        let raised = thrown(th, args)?;
        answer(generator_methods::throw(th, &coroutine(this), raised, true)?)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[sig("($self, /)", hidden)]
    pub fn close(th: &mut Thread, this: &Object<CoroutineWrapper>) -> Result<Value> {
        generator_methods::close(th, &coroutine(this))
    }
}
