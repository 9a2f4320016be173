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

crate::class_def!(SequenceIterator, "iterator", ClassFlags::NO_NEW, with_slots(slots));

fn slots(slots: &Slots) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next);
}

/// Whether `iter()` may go by index.
pub fn is_sequence(value: &Value) -> bool {
    crate::class::slots_of(value).getitem.get().is_some()
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
