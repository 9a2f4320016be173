//! `callable_iterator`: `iter(callable, sentinel)`.

use memory::{Slot, Trace, Value, Visitor};
use threads::Thread;

use super::Tuple;
use crate::class::{ClassFlags, Comparison, Slots};
use crate::error::{Result, STOP_ITERATION, type_error};
use crate::native::{Args, NativeDef};
use crate::object::cast;
use crate::{call, ops};

/// The payload: both slots are emptied when the iterator is exhausted.
pub struct CallableIterator {
    callable: Slot,
    sentinel: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for CallableIterator {
    const NAME: &'static str = "callable_iterator";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.callable);
        visitor.slot(&self.sentinel);
    }
}

static METHODS: &[&[NativeDef]] = &[methods::METHODS];

crate::class_def!(
    CallableIterator,
    "callable_iterator",
    ClassFlags::NO_NEW,
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(next);
    }),
    with_methods(METHODS)
);

/// `iter(callable, sentinel)`.
///
/// # Errors
/// TypeError for what cannot be called; MemoryError.
pub fn new(thread: &mut Thread, callable: &Value, sentinel: &Value) -> Result<Value> {
    if !call::is_callable(callable) {
        return Err(type_error("iter(v, w): v must be callable"));
    }
    let payload = CallableIterator {
        callable: Slot::new(Some(callable.clone())),
        sentinel: Slot::new(Some(sentinel.clone())),
    };
    crate::object::new(thread, payload)
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<CallableIterator>(value) else { return Ok(None) };
    let this = iterator.payload();
    let Some(callable) = this.callable.get(iterator.header()) else { return Ok(None) };
    match call::call(thread, &callable, Args::none()) {
        Ok(item) => {
            // The call may have exhausted this very iterator.
            let Some(sentinel) = this.sentinel.get(iterator.header()) else { return Ok(None) };
            if !item.is(&sentinel) && !ops::compare_bool(thread, &sentinel, &item, Comparison::Eq)? {
                return Ok(Some(item));
            }
        }
        Err(raised) if raised.is(&STOP_ITERATION) => {}
        Err(raised) => return Err(raised),
    }
    let callable = this.callable.replace(thread, iterator.header(), None);
    let sentinel = this.sentinel.replace(thread, iterator.header(), None);
    drop((callable, sentinel));
    Ok(None)
}

/// Methods that have no slot.
#[native::methods(CallableIterator, name = "callable_iterator")]
mod methods {
    use super::{CallableIterator, Tuple};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<CallableIterator>) -> Result<Value> {
        let function = crate::interp::builtin(th, "iter")?;
        let this = iterator.payload();
        let parts = this.callable.get(iterator.header()).zip(this.sentinel.get(iterator.header()));
        let args = match parts {
            Some((callable, sentinel)) => vec![callable, sentinel],
            None => vec![Tuple::new(th, Vec::new())?],
        };
        let args = Tuple::new(th, args)?;
        Tuple::of_array(th, [function, args])
    }
}
