//! Iteration over views of one dimension.

use memory::{Slot, Trace, Value, Visitor};
use threads::Thread;
use threads::sync::atomic::{AtomicUsize, Ordering};

use super::{MemoryView, check, receiver, subscript};
use crate::class::{ClassFlags, Slots};
use crate::error::{Result, not_implemented_error, type_error};
use crate::object::cast;

/// The payload of a view's iterator.
pub struct MemoryIterator {
    view: Slot,
    index: AtomicUsize,
    len: usize,
}

// SAFETY: the slot once.
unsafe impl Trace for MemoryIterator {
    const NAME: &'static str = "memory_iterator";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.view);
    }
}

crate::class_def!(MemoryIterator, "memory_iterator", ClassFlags::NO_NEW, with_slots(slots));

fn slots(slots: &Slots) {
    slots.iter.set(|_, value| Ok(value.clone()));
    slots.next.set(next);
}

pub(super) fn iter(thread: &mut Thread, value: &Value) -> Result<Value> {
    let view = receiver(value)?;
    check(view)?;
    view.payload().format.for_items()?;
    let len = match view.payload().layout.shape.as_slice() {
        [] => return Err(type_error("invalid indexing of 0-dim memory")),
        [len] => *len,
        _ => return Err(not_implemented_error("multi-dimensional sub-views are not implemented")),
    };
    let payload = MemoryIterator { view: Slot::new(Some(value.clone())), index: AtomicUsize::new(0), len };
    crate::object::new(thread, payload)
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(iterator) = cast::<MemoryIterator>(value) else { return Ok(None) };
    let payload = iterator.payload();
    let Some(view) = payload.view.get(iterator.header()) else { return Ok(None) };
    // Relaxed: threads that share an iterator may skip or repeat.
    let index = payload.index.load(Ordering::Relaxed);
    if index < payload.len
        && let Some(view) = cast::<MemoryView>(&view)
    {
        payload.index.store(index + 1, Ordering::Relaxed);
        return subscript::item_at(thread, view, index as isize).map(Some);
    }
    drop(payload.view.replace(thread, iterator.header(), None));
    Ok(None)
}
