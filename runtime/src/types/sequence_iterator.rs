//! `iterator`: what `iter()` makes of an object that has `__getitem__` only.

use memory::{Exclusive, Guarded, Held, Trace, Value, Visitor};
use threads::Thread;

use crate::class::{ClassFlags, Slots};
use crate::error::{INDEX_ERROR, Result, STOP_ITERATION};
use crate::object::cast;
use crate::types::int;

/// The payload: the sequence until it is exhausted, and the next index.
pub struct SequenceIterator {
    pub(crate) state: Guarded<(Option<Held>, usize)>,
}

// SAFETY: the held sequence once.
unsafe impl Trace for SequenceIterator {
    const NAME: &'static str = "iterator";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        // SAFETY: called from `trace`.
        if let Some(held) = &unsafe { self.state.peek() }.0 {
            visitor.value(held.value());
        }
    }
}

crate::class_def!(
    SequenceIterator,
    "iterator",
    ClassFlags::NO_NEW,
    with_slots(slots),
    with_methods(&[methods::METHODS])
);

fn slots(slots: &Slots) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next);
}

/// Built-in types that are subscripted by something else than positions, by module and name.
const NO_SEQUENCES: [(&str, &str); 2] = [("re", "Match"), ("typing", "Union")];

/// Whether `iter()` may go by index.
pub fn is_sequence(value: &Value) -> bool {
    let class = crate::class::class_of(value).payload();
    class.slots.getitem.get().is_some() && !NO_SEQUENCES.contains(&(class.native.module, class.native.name))
}

/// An iterator over a sequence.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, sequence: &Value) -> Result<Value> {
    let state = Guarded::new((Some(Held::new(sequence.clone())), 0));
    crate::object::new(thread, SequenceIterator { state })
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<SequenceIterator>(value) else { return Ok(None) };
    let (sequence, index) = {
        let mut section = Exclusive::open(thread, iterator);
        let state = section.get(|i| &i.state);
        let Some(held) = &state.0 else { return Ok(None) };
        let found = (held.value().clone(), state.1);
        state.1 += 1;
        found
    };
    let index = int::from_i128(thread, index as i128)?;
    match crate::ops::getitem(thread, &sequence, &index) {
        Ok(item) => Ok(Some(item)),
        Err(raised) if raised.is(&INDEX_ERROR) || raised.is(&STOP_ITERATION) => {
            let mut section = Exclusive::open(thread, iterator);
            let held = section.get(|i| &i.state).0.take();
            drop(section);
            drop(held);
            Ok(None)
        }
        Err(raised) => Err(raised),
    }
}

/// Methods that have no slot.
#[native::methods(SequenceIterator, name = "iterator")]
mod methods {
    use super::{Exclusive, SequenceIterator};
    use crate::class::slots_of;
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};
    use crate::ops;
    use crate::types::iterators::{reduced, state_index};
    use crate::types::{Tuple, int};

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(th: &mut Thread, iterator: &Object<SequenceIterator>) -> Result<Value> {
        let (sequence, index) = place(th, iterator);
        let Some(sequence) = sequence else { return int::from_i64(th, 0) };
        if slots_of(&sequence).len.get().is_none() {
            return Ok(Value::not_implemented());
        }
        let len = ops::len(th, &sequence)?;
        int::from_i64(th, len.saturating_sub(index) as i64)
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<SequenceIterator>) -> Result<Value> {
        reduced(th, "iter", |thread| place(thread, iterator), |thread| Tuple::new(thread, Vec::new()))
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, iterator: &Object<SequenceIterator>, state: &Value) -> Result<()> {
        let index = state_index(th, state)?.max(0) as usize;
        let mut section = Exclusive::open(th, iterator);
        let place = section.get(|iterator| &iterator.state);
        if place.0.is_some() {
            place.1 = index;
        }
        Ok(())
    }

    /// The sequence, unless it is exhausted, and the next index.
    fn place(thread: &mut Thread, iterator: &Object<SequenceIterator>) -> (Option<Value>, usize) {
        let mut section = Exclusive::open(thread, iterator);
        let state = section.get(|iterator| &iterator.state);
        (state.0.as_ref().map(|held| held.value().clone()), state.1)
    }
}
