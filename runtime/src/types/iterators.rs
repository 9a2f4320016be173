//! The iterators over lists and tuples.
//!
//! An iterator is an index and a slot with the sequence, which is emptied when the iterator is exhausted. Nothing is locked:
//! threads that share one may get an item twice or miss one.
//!
//! * INV-ITERATOR-1: the sequence of a list's iterator is a list, and that of a tuple's a tuple: `of_list` and its like see to it.

use memory::{Object, Slot, StackRef, Trace, Value, Visitor};
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::{Context, Thread};

use super::{List, ListExt, Tuple, TupleExt, int};
use crate::class::{ClassFlags, Slots};
use crate::error::Result;
use crate::native::NativeDef;
use crate::object::{cast, cast_exact};
use crate::ops;

/// The index of an iterator that is exhausted.
const DONE: usize = usize::MAX;

/// A sequence and where to go on in it.
pub struct Cursor {
    sequence: Slot,
    index: AtomicUsize,
}

impl Cursor {
    fn new(sequence: Value, index: usize) -> Self {
        Self { sequence: Slot::new(Some(sequence)), index: AtomicUsize::new(index) }
    }

    fn index(&self) -> usize {
        self.index.load(Ordering::Relaxed) // an index that is stale leads to an item that is there, or to none
    }

    fn set_index(&self, index: usize) {
        self.index.store(index, Ordering::Relaxed);
    }
}

macro_rules! cursor_iterator {
    ($(#[$doc:meta])* $type:ident $name:literal, $next:ident, $methods:expr) => {
        $(#[$doc])*
        pub struct $type(Cursor);

        // SAFETY: the slot once.
        unsafe impl Trace for $type {
            const NAME: &'static str = $name;
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                visitor.slot(&self.0.sequence);
            }
        }

        crate::class_def!(
            $type,
            $name,
            ClassFlags::NO_NEW,
            with_slots(|slots: &Slots| {
                slots.iter.set(|_, value| Ok(value.clone()));
                slots.next.set(|thread, value| Ok(cast::<$type>(value).and_then(|iterator| $next(thread, iterator))));
            }),
            with_methods($methods)
        );

        impl $type {
            /// The sequence, unless the iterator is exhausted.
            fn sequence(iterator: &Object<Self>) -> Option<Value> {
                iterator.payload().0.sequence.get(iterator.header())
            }

            /// The iterator is exhausted from now on.
            #[cold]
            fn finish(thread: &Context, iterator: &Object<Self>) -> Option<Value> {
                iterator.payload().0.set_index(DONE);
                drop(iterator.payload().0.sequence.replace(thread, iterator.header(), None));
                None
            }
        }
    };
}

static LIST_ITERATOR_METHODS: &[&[NativeDef]] = &[list_iterator::METHODS];
static LIST_REVERSE_ITERATOR_METHODS: &[&[NativeDef]] = &[list_reverse_iterator::METHODS];
static TUPLE_ITERATOR_METHODS: &[&[NativeDef]] = &[tuple_iterator::METHODS];

cursor_iterator! {
    /// `list_iterator`.
    ListIterator "list_iterator", next_of_list, LIST_ITERATOR_METHODS
}
cursor_iterator! {
    /// `list_reverseiterator`.
    ListReverseIterator "list_reverseiterator", next_of_reversed_list, LIST_REVERSE_ITERATOR_METHODS
}
cursor_iterator! {
    /// `tuple_iterator`.
    TupleIterator "tuple_iterator", next_of_tuple, TUPLE_ITERATOR_METHODS
}

/// The next item of a list's iterator.
#[inline]
pub fn next_of_list(thread: &Context, iterator: &Object<ListIterator>) -> Option<Value> {
    let cursor = &iterator.payload().0;
    let index = cursor.index();
    if index == DONE {
        return None;
    }
    let found = {
        // SAFETY: nothing between here and the end of the block reaches a safepoint or replaces the list.
        let list = unsafe { cursor.sequence.view(thread, iterator.header()) }?;
        debug_assert!(cast::<List>(&list).is_some(), "INV-ITERATOR-1");
        // SAFETY: INV-ITERATOR-1.
        let list: &Object<List> = unsafe { Object::of_unchecked(&list) };
        list.get(index)
    };
    if found.is_none() {
        return ListIterator::finish(thread, iterator);
    }
    cursor.set_index(index + 1);
    found
}

/// As [`next_of_list`] for the stack, borrowed if it may be; EMPTY at the end, or where it takes more.
#[inline(always)]
pub(crate) fn borrow_next_of_list(thread: &Context, iterator: &Object<ListIterator>) -> StackRef {
    let cursor = &iterator.payload().0;
    let index = cursor.index();
    // SAFETY: nothing in this function reaches a safepoint or replaces the list; INV-ITERATOR-1.
    let Some(list) = (unsafe { cursor.sequence.view_as::<List>(thread, iterator.header()) }) else {
        return StackRef::EMPTY;
    };
    let item = list.borrow_quickly(thread, index);
    if !item.is_empty() {
        cursor.set_index(index + 1);
    }
    item
}

/// As [`borrow_next_of_list`].
#[inline(always)]
pub(crate) fn borrow_next_of_tuple(thread: &Context, iterator: &Object<TupleIterator>) -> StackRef {
    let cursor = &iterator.payload().0;
    let index = cursor.index();
    // SAFETY: nothing in this function reaches a safepoint or replaces the tuple; INV-ITERATOR-1.
    let Some(tuple) = (unsafe { cursor.sequence.view_as::<Tuple>(thread, iterator.header()) }) else {
        return StackRef::EMPTY;
    };
    let Some(item) = tuple.items().get(index) else { return StackRef::EMPTY };
    let item = StackRef::borrow_held_quickly(thread, tuple.header(), item);
    if !item.is_empty() {
        cursor.set_index(index + 1);
    }
    item
}

/// As [`borrow_next_of_list`] for an iterator of either kind; EMPTY for any other.
#[inline(always)]
pub(crate) fn borrow_next(thread: &Context, iterator: &Value) -> StackRef {
    if let Some(list) = cast_exact::<ListIterator>(iterator) {
        borrow_next_of_list(thread, list)
    } else if let Some(tuple) = cast_exact::<TupleIterator>(iterator) {
        borrow_next_of_tuple(thread, tuple)
    } else {
        StackRef::EMPTY
    }
}

/// The next item of a tuple's iterator.
#[inline]
pub fn next_of_tuple(thread: &Context, iterator: &Object<TupleIterator>) -> Option<Value> {
    let cursor = &iterator.payload().0;
    let index = cursor.index();
    if index == DONE {
        return None;
    }
    let found = {
        // SAFETY: nothing between here and the end of the block reaches a safepoint or replaces the tuple.
        let tuple = unsafe { cursor.sequence.view(thread, iterator.header()) }?;
        debug_assert!(cast::<Tuple>(&tuple).is_some(), "INV-ITERATOR-1");
        // SAFETY: INV-ITERATOR-1.
        let tuple: &Object<Tuple> = unsafe { Object::of_unchecked(&tuple) };
        tuple.items().get(index).cloned()
    };
    if found.is_none() {
        return TupleIterator::finish(thread, iterator);
    }
    cursor.set_index(index + 1);
    found
}

/// As [`next_of_list`], backwards: the index is that of the next item.
#[inline]
pub fn next_of_reversed_list(thread: &Context, iterator: &Object<ListReverseIterator>) -> Option<Value> {
    let cursor = &iterator.payload().0;
    let index = cursor.index();
    if index == DONE {
        return None;
    }
    let found = {
        // SAFETY: nothing between here and the end of the block reaches a safepoint or replaces the list.
        let list = unsafe { cursor.sequence.view(thread, iterator.header()) }?;
        cast::<List>(&list).and_then(|list| list.get(index))
    };
    if found.is_none() {
        return ListReverseIterator::finish(thread, iterator);
    }
    cursor.set_index(index.wrapping_sub(1)); // below 0 is `DONE`
    found
}

/// `iter(list)`.
///
/// # Errors
/// MemoryError.
pub fn of_list(thread: &mut Thread, list: &Value) -> Result<Value> {
    if cast::<List>(list).is_none() {
        return Err(crate::error::type_error("a list is needed")); // INV-ITERATOR-1
    }
    crate::object::new(thread, ListIterator(Cursor::new(list.clone(), 0)))
}

/// `reversed(list)`.
///
/// # Errors
/// MemoryError.
pub fn of_reversed_list(thread: &mut Thread, list: &Value) -> Result<Value> {
    let last = cast::<List>(list).map_or(0, ListExt::len).wrapping_sub(1);
    crate::object::new(thread, ListReverseIterator(Cursor::new(list.clone(), last)))
}

/// `iter(tuple)`.
///
/// # Errors
/// MemoryError.
pub fn of_tuple(thread: &mut Thread, tuple: &Value) -> Result<Value> {
    if cast::<Tuple>(tuple).is_none() {
        return Err(crate::error::type_error("a tuple is needed")); // INV-ITERATOR-1
    }
    crate::object::new(thread, TupleIterator(Cursor::new(tuple.clone(), 0)))
}

/// `(iter, (sequence,), index)`, or `(iter, (empty,))` of an iterator that is exhausted. Looking for `iter` may run Python, which
/// may use the iterator: it says afterwards where it is.
pub(crate) fn reduced(
    thread: &mut Thread,
    function: &str,
    place: impl FnOnce(&mut Thread) -> (Option<Value>, usize),
    empty: impl FnOnce(&Context) -> Result<Value>,
) -> Result<Value> {
    let function = crate::interp::builtin(thread, function)?;
    let (sequence, index) = place(thread);
    match sequence {
        Some(sequence) => {
            let args = Tuple::of_array(thread, [sequence])?;
            let index = int::from_i64(thread, index as i64)?;
            Tuple::of_array(thread, [function, args, index])
        }
        None => {
            let empty = empty(thread)?;
            let args = Tuple::of_array(thread, [empty])?;
            Tuple::of_array(thread, [function, args])
        }
    }
}

/// What `__setstate__` is given: an index, negative ones for the beginning.
///
/// # Errors
/// TypeError, OverflowError.
pub fn state_index(thread: &mut Thread, state: &Value) -> Result<isize> {
    if !int::is_int(state) {
        return Err(crate::error::type_error("an integer is required"));
    }
    ops::index_isize_or(thread, state, |_| {
        crate::error::overflow_error("Python int too large to convert to C ssize_t")
    })
}

/// Methods of a list's iterator.
#[native::methods(ListIterator, name = "list_iterator")]
mod list_iterator {
    use super::{DONE, List, ListExt, ListIterator, cast, reduced, state_index};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(iterator: &Object<ListIterator>) -> usize {
        let len = ListIterator::sequence(iterator).as_ref().and_then(cast::<List>).map_or(0, ListExt::len);
        match iterator.payload().0.index() {
            DONE => 0,
            index => len.saturating_sub(index),
        }
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<ListIterator>) -> Result<Value> {
        let place = |_: &mut Thread| (ListIterator::sequence(iterator), iterator.payload().0.index());
        reduced(th, "iter", place, |thread| List::new(thread, Vec::new()))
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, iterator: &Object<ListIterator>, state: &Value) -> Result<()> {
        let index = state_index(th, state)?;
        if ListIterator::sequence(iterator).is_some() {
            iterator.payload().0.set_index(index.max(0) as usize);
        }
        Ok(())
    }
}

/// Methods of a list's backward iterator.
#[native::methods(ListReverseIterator, name = "list_reverseiterator")]
mod list_reverse_iterator {
    use super::{DONE, List, ListExt, ListReverseIterator, cast, reduced, state_index};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(iterator: &Object<ListReverseIterator>) -> usize {
        let len =
            ListReverseIterator::sequence(iterator).as_ref().and_then(cast::<List>).map_or(0, ListExt::len);
        match iterator.payload().0.index() {
            DONE => 0,
            index if index >= len => 0,
            index => index + 1,
        }
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<ListReverseIterator>) -> Result<Value> {
        let place = |_: &mut Thread| match iterator.payload().0.index() {
            DONE => (None, 0),
            index => (ListReverseIterator::sequence(iterator), index),
        };
        reduced(th, "reversed", place, |thread| List::new(thread, Vec::new()))
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, iterator: &Object<ListReverseIterator>, state: &Value) -> Result<()> {
        let index = state_index(th, state)?;
        if let Some(list) = ListReverseIterator::sequence(iterator) {
            let len = cast::<List>(&list).map_or(0, ListExt::len) as isize;
            let index = index.clamp(-1, len - 1);
            iterator.payload().0.set_index(if index < 0 { DONE } else { index as usize });
        }
        Ok(())
    }
}

/// Methods of a tuple's iterator.
#[native::methods(TupleIterator, name = "tuple_iterator")]
mod tuple_iterator {
    use super::{DONE, Tuple, TupleExt, TupleIterator, cast, reduced, state_index};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(iterator: &Object<TupleIterator>) -> usize {
        let len = TupleIterator::sequence(iterator).as_ref().and_then(cast::<Tuple>).map_or(0, TupleExt::len);
        match iterator.payload().0.index() {
            DONE => 0,
            index => len.saturating_sub(index),
        }
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<TupleIterator>) -> Result<Value> {
        let place = |_: &mut Thread| (TupleIterator::sequence(iterator), iterator.payload().0.index());
        reduced(th, "iter", place, |thread| Tuple::new(thread, Vec::new()))
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, iterator: &Object<TupleIterator>, state: &Value) -> Result<()> {
        let index = state_index(th, state)?;
        if let Some(tuple) = TupleIterator::sequence(iterator) {
            let len = cast::<Tuple>(&tuple).map_or(0, TupleExt::len);
            iterator.payload().0.set_index((index.max(0) as usize).min(len));
        }
        Ok(())
    }
}
