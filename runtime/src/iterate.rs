//! How native code goes through an iterable: the built-in sequences without an iterator, anything else by the `next` of its
//! iterator's class, which is looked for once.

use memory::Value;
use threads::Thread;

use crate::class::slots::Next;
use crate::class::{TypeExt, class_of, slots_of};
use crate::error::{Result, STOP_ITERATION, type_error};
use crate::object::cast_exact;
use crate::types::{List, ListExt, Tuple, TupleExt, iterators};
use crate::{ops, state};

/// Where native code is in an iterable.
pub struct Iteration {
    /// The sequence, or an iterator.
    from: Value,
    kind: Kind,
}

enum Kind {
    /// A list and the index of the next item: its length is looked at each time, as its iterator does.
    List(usize),
    /// A tuple and the index of the next item.
    Tuple(usize),
    Iterator(Next),
}

impl Iteration {
    /// Begins.
    ///
    /// # Errors
    /// What `iter()` raises.
    #[inline]
    pub fn over(thread: &mut Thread, iterable: &Value) -> Result<Self> {
        if cast_exact::<List>(iterable).is_some() {
            return Ok(Self { from: iterable.clone(), kind: Kind::List(0) });
        }
        if cast_exact::<Tuple>(iterable).is_some() {
            return Ok(Self { from: iterable.clone(), kind: Kind::Tuple(0) });
        }
        // Each item is asked for from the same depth.
        state::check_stack(thread, "")?;
        let iterator = ops::iter(thread, iterable)?;
        let next = next_slot(&iterator)?;
        Ok(Self { from: iterator, kind: Kind::Iterator(next) })
    }

    /// The next item.
    ///
    /// # Errors
    /// What the iterator raises, StopIteration apart.
    #[inline(always)]
    pub fn next(&mut self, thread: &mut Thread) -> Result<Option<Value>> {
        match &mut self.kind {
            Kind::List(index) => {
                let item = cast_exact::<List>(&self.from).and_then(|list| list.get(*index));
                *index += 1;
                Ok(item)
            }
            Kind::Tuple(index) => {
                let item =
                    cast_exact::<Tuple>(&self.from).and_then(|tuple| tuple.items().get(*index).cloned());
                *index += 1;
                Ok(item)
            }
            Kind::Iterator(next) => step(thread, *next, &self.from),
        }
    }
}

/// `next(iterator)`; `None` when there is no more. The value of a StopIteration is with the thread (`take_stop_value`).
///
/// # Errors
/// TypeError for what is no iterator, or what `__next__` raises.
pub fn next(thread: &mut Thread, iterator: &Value) -> Result<Option<Value>> {
    // What most iterators are that natives go through, without the way by the slot.
    if let Some(iterator) = cast_exact::<iterators::ListIterator>(iterator) {
        return Ok(iterators::next_of_list(thread, iterator));
    }
    if let Some(iterator) = cast_exact::<iterators::TupleIterator>(iterator) {
        return Ok(iterators::next_of_tuple(thread, iterator));
    }
    state::check_stack(thread, "")?;
    let next = next_slot(iterator)?;
    step(thread, next, iterator)
}

fn next_slot(iterator: &Value) -> Result<Next> {
    slots_of(iterator)
        .next
        .get()
        .ok_or_else(|| type_error(format!("'{}' object is not an iterator", class_of(iterator).name_lossy())))
}

/// The next item of an iterator whose slot this is; StopIteration says that there is none, and its value is noted.
#[inline(always)]
fn step(thread: &mut Thread, next: Next, iterator: &Value) -> Result<Option<Value>> {
    match next(thread, iterator) {
        Err(raised) if raised.is(&STOP_ITERATION) => {
            state::note_stop_value(thread, &raised);
            Ok(None)
        }
        other => other,
    }
}
