//! `reversed`: what has `__reversed__` answers by itself; other sequences are gone through backwards by index.

use memory::{Object, Slot, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicI64, Ordering};
use threads::{Context, Thread};

use super::{sequence, sequence_iterator};
use crate::class::lookup::call_special;
use crate::class::{ClassFlags, Payload, Slots, Type, TypeExt, class_of};
use crate::error::{INDEX_ERROR, Raised, Result, STOP_ITERATION, type_error};
use crate::native::{Args, NativeDef};
use crate::object::cast;
use crate::{names, ops};

/// The payload: the sequence until it is exhausted, and the index that is next.
pub struct Reversed {
    sequence: Slot,
    index: AtomicI64,
}

// SAFETY: the slot once.
unsafe impl Trace for Reversed {
    const NAME: &'static str = "reversed";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.sequence);
    }
}

static METHODS: &[&[NativeDef]] = &[methods::METHODS];

crate::class_def!(
    Reversed,
    "reversed",
    ClassFlags::BASETYPE,
    with_doc("Return a reverse iterator over the values of the given sequence."),
    with_signature("(sequence, /)"),
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(next);
    }),
    with_new(new),
    with_methods(METHODS)
);

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let class_object = sequence::class_for(class)?;
    let exact = Reversed::def().value().is(class);
    if !args.names.is_empty()
        && (exact || class_object.payload().slots.init.same(&Reversed::def().object().payload().slots.init))
    {
        return Err(type_error("reversed() takes no keyword arguments"));
    }
    let [value] = args.positionals() else {
        return Err(type_error(format!("reversed expected 1 argument, got {}", args.positionals().len())));
    };
    make(thread, class_object, value)
}

fn make(thread: &mut Thread, class: &Object<Type>, value: &Value) -> Result<Value> {
    if class_of(value).lookup(thread, names::__reversed__()).is_some_and(|method| method.is_none()) {
        return Err(not_reversible(value));
    }
    if let Some(iterator) = call_special(thread, value, names::__reversed__(), &[])? {
        return Ok(iterator);
    }
    if !sequence_iterator::is_sequence(value) || class_of(value).payload().flags().contains(ClassFlags::DICT)
    {
        return Err(not_reversible(value));
    }
    let last = ops::len(thread, value)? as i64 - 1;
    let payload = Reversed { sequence: Slot::new(Some(value.clone())), index: AtomicI64::new(last) };
    crate::object::new_of(thread, class, payload)
}

#[cold]
fn not_reversible(value: &Value) -> Raised {
    type_error(format!("'{}' object is not reversible", class_of(value).name_lossy()))
}

/// `reversed(value)`.
///
/// # Errors
/// TypeError for what cannot be reversed, or what the methods raise.
pub fn of(thread: &mut Thread, value: &Value) -> Result<Value> {
    make(thread, Reversed::def().object(), value)
}

fn finish(thread: &Context, iterator: &Object<Reversed>) {
    iterator.payload().index.store(-1, Ordering::Relaxed);
    drop(iterator.payload().sequence.replace(thread, iterator.header(), None));
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<Reversed>(value) else { return Ok(None) };
    let this = iterator.payload();
    let index = this.index.load(Ordering::Relaxed); // threads that share the iterator may get an item twice
    if index >= 0
        && let Some(sequence) = this.sequence.get(iterator.header())
    {
        let key = super::int::from_i64(thread, index)?;
        match ops::getitem(thread, &sequence, &key) {
            Ok(item) => {
                this.index.store(index - 1, Ordering::Relaxed);
                return Ok(Some(item));
            }
            Err(raised) if raised.is(&INDEX_ERROR) || raised.is(&STOP_ITERATION) => {}
            Err(raised) => return Err(raised),
        }
    }
    finish(thread, iterator);
    Ok(None)
}

/// Methods that have no slot.
#[native::methods(Reversed)]
mod methods {
    use super::{Ordering, Reversed, ops};
    use crate::class::{as_value, class_of};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};
    use crate::object::to_value;
    use crate::types::iterators::state_index;
    use crate::types::{Tuple, int};

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(th: &mut Thread, iterator: &Object<Reversed>) -> Result<usize> {
        let Some(sequence) = iterator.payload().sequence.get(iterator.header()) else { return Ok(0) };
        let len = ops::len(th, &sequence)?;
        let left = (iterator.payload().index.load(Ordering::Relaxed) + 1).max(0) as usize;
        Ok(if len < left { 0 } else { left })
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<Reversed>) -> Result<Value> {
        let class = as_value(class_of(&to_value(iterator)));
        match iterator.payload().sequence.get(iterator.header()) {
            Some(sequence) => {
                let args = Tuple::of_array(th, [sequence])?;
                let index = int::from_i64(th, iterator.payload().index.load(Ordering::Relaxed))?;
                Tuple::of_array(th, [class, args, index])
            }
            None => {
                let empty = Tuple::new(th, Vec::new())?;
                let args = Tuple::of_array(th, [empty])?;
                Tuple::of_array(th, [class, args])
            }
        }
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, iterator: &Object<Reversed>, object: &Value) -> Result<()> {
        let index = state_index(th, object)? as i64;
        if let Some(sequence) = iterator.payload().sequence.get(iterator.header()) {
            let len = ops::len(th, &sequence)? as i64;
            iterator.payload().index.store(index.min(len - 1).max(-1), Ordering::Relaxed);
        }
        Ok(())
    }
}
