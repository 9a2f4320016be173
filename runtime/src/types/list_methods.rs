//! Methods and slots of `list`. Sorting is in `sort`.

use containers::OutOfMemory;
use containers::list::Filling;
use memory::{Object, Value};
use text::Builder;
use threads::{Context, Thread};

use super::sequence::{self, Subscript};
use super::{List, ListExt, Str, Tuple, TupleExt};
use crate::class::{Comparison, Payload, Slots, Type};
use crate::error::{Result, index_error, memory_error, type_error, value_error};
use crate::iterate::Iteration;
use crate::native::{Args, NativeDef};
use crate::object::{cast, cast_exact};
use crate::ops;

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[methods::METHODS];

/// Slots.
pub fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
    slots.hash.set(ops::hash_not_implemented);
    slots.compare.set(compare);
    slots.len.set(|_, value| Ok(cast::<List>(value).map_or(0, ListExt::len)));
    slots.getitem.set(getitem);
    slots.setitem.set(setitem);
    slots.contains.set(contains);
    slots.iter.set(super::iterators::of_list);
    slots.concat.set(concat);
    slots.repeat.set(repeat);
    slots.inplace_concat.set(inplace_concat);
    slots.inplace_repeat.set(inplace_repeat);
}

/// `list.__new__`: an empty list; `__init__` fills it.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    match cast::<Type>(class) {
        Some(class) => List::of_class(thread, class),
        None => Err(type_error("list.__new__(X): X is not a type object")),
    }
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(list) = cast::<List>(value) else { return Ok(()) };
    let exact = cast_exact::<List>(value).is_some();
    if !args.names.is_empty() && (exact || takes_no_keywords(value)) {
        return Err(type_error("list() takes no keyword arguments"));
    }
    let iterable = match args.positionals() {
        [] => None,
        [iterable] => Some(iterable),
        more => return Err(type_error(format!("list expected at most 1 argument, got {}", more.len()))),
    };
    if !list.is_empty() {
        let cleared = list.edit(thread, |items| items.clear());
        drop(cleared);
    }
    match iterable {
        Some(iterable) => extend(thread, list, iterable),
        None => Ok(()),
    }
}

/// Whether a subclass has neither a `__new__` nor an `__init__` of its own that could take the keywords.
fn takes_no_keywords(value: &Value) -> bool {
    let own = &List::def().object().payload().slots;
    let slots = crate::class::slots_of(value);
    slots.new.same(&own.new)
}

/// `list.extend(iterable)`.
///
/// # Errors
/// What iterating raises; what was met before stays in the list. MemoryError.
pub fn extend(thread: &mut Thread, list: &Object<List>, iterable: &Value) -> Result<()> {
    const END: isize = isize::MAX;
    if let Some(source) = cast_exact::<List>(iterable)
        && !list.is_empty()
        && replace_privately(thread, list, END, END, source)?
    {
        return Ok(());
    }
    if let Some(items) = snapshot(thread, iterable)? {
        return list.edit(thread, |list| list.adopt(items)).map_err(|_| memory_error());
    }
    if let Some(items) = super::snapshot::snapshot(thread, iterable)? {
        return list.extend(thread, items);
    }
    let mut iteration = Iteration::over(thread, iterable)?;
    let hint = ops::length_hint(thread, iterable, 8)?;
    if list.payload().items.capacity() == 0 && list.header().is_sole() {
        return fill(thread, list, iteration, hint);
    }
    let room = list.len().saturating_add(hint);
    // A length beyond all numbers of bytes may be a lie; one that is only too much for the machine is believed.
    if hint > 8 && isize::try_from(room).is_ok() {
        list.edit(thread, |items| items.reserve(room)).map_err(|_| memory_error())?;
    }
    let mut count = 0usize;
    while let Some(item) = iteration.next(thread)? {
        list.push(thread, item)?;
        count += 1;
        if count & 0xff == 0 {
            ops::memory_poll(thread)?;
        }
    }
    Ok(())
}

/// Fills an empty list that nobody else knows: it gets its items at the end.
fn fill(thread: &mut Thread, list: &Object<List>, mut iteration: Iteration, hint: usize) -> Result<()> {
    // A length beyond all numbers of bytes may be a lie; one that is only too much for the machine is believed.
    let room = if hint > 8 && isize::try_from(hint).is_ok() { hint } else { 4 };
    let mut filling = Filling::roomy(room).map_err(|_| memory_error())?;
    let mut count = 0usize;
    while let Some(item) = iteration.next(thread)? {
        filling.push(item).map_err(|_| memory_error())?;
        count += 1;
        if count & 0xff == 0 {
            ops::memory_poll(thread)?;
        }
    }
    list.edit(thread, |list| list.adopt(filling)).map_err(|_| memory_error())
}

/// The items of what can be copied as a whole, so that no other thread comes in between.
fn snapshot(thread: &mut Thread, iterable: &Value) -> Result<Option<Filling>> {
    if let Some(list) = cast_exact::<List>(iterable) {
        let mut copy = Filling::roomy(list.len()).map_err(|_| memory_error())?;
        list.copy_to(thread, 0..usize::MAX, &mut copy)?;
        return Ok(Some(copy));
    }
    if let Some(tuple) = cast_exact::<Tuple>(iterable) {
        let items = tuple.items();
        let mut copy = Filling::roomy(items.len()).map_err(|_| memory_error())?;
        copy.extend_from_slice(items).map_err(|_| memory_error())?;
        return Ok(Some(copy));
    }
    Ok(None)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(list) = cast::<List>(value) else { return Str::new(thread, "[]") };
    if list.is_empty() {
        return Str::new(thread, "[]");
    }
    sequence::guarded_repr(thread, value, "[...]", |thread| {
        let mut text = Builder::with_capacity(list.len() * 4);
        text.push_str("[");
        let mut index = 0;
        while let Some(item) = list.get(index) {
            if index > 0 {
                text.push_str(", ");
            }
            sequence::push_repr(thread, &mut text, &item)?;
            index += 1;
        }
        text.push_str("]");
        Str::from_text(thread, &text.finish())
    })
}

/// `a OP b` of lists; NotImplemented for what is none.
///
/// # Errors
/// What comparing items raises.
pub fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(a), Some(b)) = (cast::<List>(a), cast::<List>(b)) else { return Ok(Value::not_implemented()) };
    let equal_until = |thread: &Context, range: std::ops::Range<usize>| {
        let mut index = range.start;
        a.walk(thread, range, |x| {
            // SAFETY: as in `walk`.
            let equal = unsafe { b.payload().items.view(thread, b.header(), index) }
                .is_some_and(|y| ops::equals_natively(x, &y) == Some(true));
            index += 1;
            equal
        })
    };
    let items = |index| a.get(index).zip(b.get(index));
    sequence::compare_items(thread, op, || (a.len(), b.len()), equal_until, items)
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let Some(list) = cast::<List>(value) else { return Ok(Value::none()) };
    match sequence::subscript(thread, "list", key)? {
        Subscript::Index(index) => ops::wrap_index(index, list.len())
            .and_then(|index| list.get(index))
            .ok_or_else(|| index_error("list index out of range")),
        Subscript::Span(span) => part(thread, list, span),
    }
}

/// The list of the items that `span` selects.
///
/// # Errors
/// MemoryError.
pub fn part(thread: &Context, list: &Object<List>, span: sequence::Span) -> Result<Value> {
    if span.step == 1 {
        return stretch(thread, list, span.start, span.stop);
    }
    let items = list.edit(thread, |items| {
        let selection = span.select(items.len());
        items.selected(selection.start, selection.step, selection.count)
    });
    List::from_filling(thread, items.map_err(|_: OutOfMemory| memory_error())?)
}

/// The list of the items from `start` to before `stop`, which count from the end if they are negative.
///
/// # Errors
/// MemoryError.
pub fn stretch(thread: &Context, list: &Object<List>, start: isize, stop: isize) -> Result<Value> {
    let items = list.edit(thread, |items| {
        let range = sequence::cut(start, stop, items.len());
        items.stretch(range)
    });
    List::from_filling(thread, items.map_err(|_: OutOfMemory| memory_error())?)
}

fn setitem(thread: &mut Thread, value: &Value, key: &Value, new: Option<&Value>) -> Result<()> {
    let Some(list) = cast::<List>(value) else { return Ok(()) };
    match sequence::subscript(thread, "list", key)? {
        Subscript::Index(index) => {
            let done = list.edit(thread, |items| {
                let index = ops::wrap_index(index, items.len())?;
                match new {
                    Some(new) => items.set(index, new.clone()).ok().map(|displaced| (Some(displaced), None)),
                    None => items.pop(index).map(|removed| (None, Some(removed))),
                }
            });
            // What was there is dropped only now, after the section.
            match done {
                Some(displaced) => {
                    drop(displaced);
                    Ok(())
                }
                None => Err(index_error("list assignment index out of range")),
            }
        }
        Subscript::Span(span) => match new {
            Some(new) => assign_span(thread, list, span, new),
            None => delete_span(thread, list, span),
        },
    }
}

/// Removes the items that `span` selects.
///
/// # Errors
/// MemoryError.
pub fn delete_span(thread: &Context, list: &Object<List>, span: sequence::Span) -> Result<()> {
    let mut cleared = None;
    let removed = list.edit(thread, |items| {
        let selection = span.select(items.len());
        if selection.count == 0 {
            return Ok(Vec::new());
        }
        if selection.count == items.len() {
            cleared = Some(items.clear());
            return Ok(Vec::new());
        }
        if selection.step == 1 {
            return items.remove_range(selection.start..selection.start + selection.count);
        }
        let selection = selection.ascending();
        items.remove_stepped(selection.start, selection.step as usize, selection.count)
    });
    drop(cleared);
    removed.map(drop).map_err(|_| memory_error())
}

/// Replaces the items from `start` to before `stop` by those of another list, where nobody else reaches either; false, and nothing
/// done, for others.
///
/// # Errors
/// MemoryError.
pub fn replace_privately(
    thread: &Context,
    list: &Object<List>,
    start: isize,
    stop: isize,
    source: &Object<List>,
) -> Result<bool> {
    if list.header().is_shared() {
        return Ok(false);
    }
    let displaced = list.edit(thread, |items| {
        let range = sequence::cut(start, stop, items.len());
        items.splice_privately(range, &source.payload().items, source.header())
    });
    displaced.map(|displaced| displaced.is_some()).map_err(|_| memory_error())
}

/// Replaces the items that `span` selects.
///
/// # Errors
/// TypeError for what is no iterable, what iterating raises, ValueError where the number of items does not fit; MemoryError.
pub fn assign_span(
    thread: &mut Thread,
    list: &Object<List>,
    span: sequence::Span,
    new: &Value,
) -> Result<()> {
    if span.step == 1
        && let Some(source) = cast_exact::<List>(new)
        && replace_privately(thread, list, span.start, span.stop, source)?
    {
        return Ok(());
    }
    let values = sequence::fast(thread, new, "must assign iterable to extended slice")?;
    if span.step == 1 {
        let displaced = list
            .edit(thread, |items| items.splice(sequence::cut(span.start, span.stop, items.len()), values));
        return displaced.map(drop).map_err(|_| memory_error());
    }
    let given = values.len();
    let mut displaced = Vec::new();
    displaced.try_reserve_exact(given).map_err(|_| memory_error())?;
    let count = list.edit(thread, |items| {
        let selection = span.select(items.len());
        if selection.count == given {
            for (index, value) in selection.indices().zip(values) {
                displaced.extend(items.set(index, value).ok());
            }
        }
        selection.count
    });
    drop(displaced);
    if count == given {
        return Ok(());
    }
    Err(value_error(format!("attempt to assign sequence of size {given} to extended slice of size {count}")))
}

fn contains(thread: &mut Thread, value: &Value, item: &Value) -> Result<bool> {
    let Some(list) = cast::<List>(value) else { return Ok(false) };
    find(thread, list, item, 0, usize::MAX).map(|found| found.is_some())
}

/// `item in list`, where that can be told without asking a class, and the list is not long.
#[inline]
pub fn contains_natively(thread: &Context, list: &Object<List>, item: &Value) -> Option<bool> {
    if list.len() > sequence::STRIDE {
        return None;
    }
    let mut verdict = Some(false);
    list.walk(thread, 0..usize::MAX, |candidate| {
        verdict = ops::equals_natively(candidate, item);
        verdict == Some(false)
    });
    verdict
}

/// The first index from `start` on and below `stop` whose item is `item` or equals it. The length is looked at before
/// each step: comparing may change the list.
fn find(
    thread: &mut Thread,
    list: &Object<List>,
    item: &Value,
    start: usize,
    stop: usize,
) -> Result<Option<usize>> {
    let mut index = start;
    while index < stop {
        let end = stop.min(index.saturating_add(sequence::STRIDE));
        let mut verdict = Some(false);
        index = list.walk(thread, index..end, |candidate| {
            verdict = ops::equals_natively(candidate, item);
            verdict == Some(false)
        });
        if verdict == Some(true) {
            return Ok(Some(index));
        }
        if index < end {
            let Some(candidate) = list.get(index) else { break };
            if ops::is_or_equals(thread, &candidate, item)? {
                return Ok(Some(index));
            }
            index += 1;
        }
        ops::memory_poll(thread)?;
    }
    Ok(None)
}

fn concat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let Some(right) = cast::<List>(b) else { return Err(sequence::cannot_concatenate("list", b)) };
    match cast::<List>(a) {
        Some(left) => join_two(thread, left, right),
        None => Ok(Value::not_implemented()),
    }
}

/// The list of the items of `left` and then those of `right`.
///
/// # Errors
/// MemoryError.
pub fn join_two(thread: &Context, left: &Object<List>, right: &Object<List>) -> Result<Value> {
    let room = left.len().saturating_add(right.len());
    let mut all = Filling::with_capacity(room).map_err(|_| memory_error())?;
    left.copy_to(thread, 0..usize::MAX, &mut all)?;
    right.copy_to(thread, 0..usize::MAX, &mut all)?;
    List::from_filling(thread, all)
}

/// `value * times`.
///
/// # Errors
/// MemoryError.
pub fn repeat(thread: &mut Thread, value: &Value, times: isize) -> Result<Value> {
    let Some(list) = cast::<List>(value) else { return Ok(Value::not_implemented()) };
    let room = sequence::repeated(list.len(), times)?;
    let mut repeated = Filling::with_capacity(room).map_err(|_| memory_error())?;
    if times > 0 {
        list.copy_to(thread, 0..usize::MAX, &mut repeated)?;
        repeated.repeat(times as usize).map_err(|_| memory_error())?;
    }
    List::from_filling(thread, repeated)
}

fn inplace_concat(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    if let Some(list) = cast::<List>(a) {
        extend(thread, list, b)?;
    }
    Ok(a.clone())
}

fn inplace_repeat(thread: &mut Thread, value: &Value, times: isize) -> Result<Value> {
    if let Some(list) = cast::<List>(value) {
        sequence::repeated(list.len(), times)?;
        let times = times.max(0) as usize;
        let emptied =
            list.edit(thread, |items| if times == 1 { Ok(None) } else { items.repeat(times).map(Some) });
        drop(emptied.map_err(|_| memory_error())?);
    }
    Ok(value.clone())
}

/// Methods that have no slot.
#[native::methods(List)]
pub mod methods {
    use memory::{Object, Value};
    use threads::Thread;

    use super::{Filling, List, ListExt, find, memory_error, ops, sequence};
    use crate::error::{Result, index_error, value_error};
    use crate::types::sequence::SearchBound;
    use crate::types::{generic_alias, iterators, sort};

    /// Return a reverse iterator over the list.
    #[name("__reversed__")]
    pub fn reversed(th: &mut Thread, list: &Value) -> Result<Value> {
        iterators::of_reversed_list(th, list)
    }

    /// Return the size of the list in memory, in bytes.
    #[name("__sizeof__")]
    pub fn sizeof(list: &Object<List>) -> usize {
        size_of::<Object<List>>() + list.payload().items.buffer_bytes()
    }

    /// Remove all items from list.
    pub fn clear(th: &mut Thread, list: &Object<List>) {
        let cleared = list.edit(th, |items| items.clear());
        drop(cleared);
    }

    /// Return a shallow copy of the list.
    pub fn copy(th: &mut Thread, list: &Object<List>) -> Result<Value> {
        let mut copy = Filling::with_capacity(list.len()).map_err(|_| memory_error())?;
        list.copy_to(th, 0..usize::MAX, &mut copy)?;
        List::from_filling(th, copy)
    }

    /// Append object to the end of the list.
    #[inlined(ListAppend)]
    pub fn append(th: &mut Thread, list: &Object<List>, object: Value) -> Result<()> {
        list.push(th, object)
    }

    /// Insert object before index.
    pub fn insert(th: &mut Thread, list: &Object<List>, index: isize, object: Value) -> Result<()> {
        list.edit(th, |items| {
            let index = sequence::search_bound(index, items.len());
            items.insert(index, object)
        })
        .map_err(|_| memory_error())
    }

    /// Extend list by appending elements from the iterable.
    pub fn extend(th: &mut Thread, list: &Object<List>, iterable: &Value) -> Result<()> {
        super::extend(th, list, iterable)
    }

    /// Remove and return item at index (default last).
    ///
    /// Raises IndexError if list is empty or index is out of range.
    #[sig("($self, index=-1, /)")]
    pub fn pop(th: &mut Thread, list: &Object<List>, index: isize) -> Result<Value> {
        let popped = list.edit(th, |items| {
            if index == -1 && !items.is_empty() {
                return Ok(items.pop_last());
            }
            if items.is_empty() {
                return Err("pop from empty list");
            }
            ops::wrap_index(index, items.len()).map(|index| items.pop(index)).ok_or("pop index out of range")
        });
        match popped {
            Ok(Some(item)) => Ok(item),
            Ok(None) => Err(index_error("pop from empty list")),
            Err(message) => Err(index_error(message)),
        }
    }

    /// Remove first occurrence of value.
    ///
    /// Raises ValueError if the value is not present.
    pub fn remove(th: &mut Thread, list: &Object<List>, value: &Value) -> Result<()> {
        match find(th, list, value, 0, usize::MAX)? {
            Some(index) => {
                let removed = list.edit(th, |items| items.pop(index));
                drop(removed);
                Ok(())
            }
            None => Err(value_error("list.remove(x): x not in list")),
        }
    }

    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[sig("($self, value, start=0, stop=sys.maxsize, /)")]
    pub fn index(
        th: &mut Thread,
        list: &Object<List>,
        value: &Value,
        start: SearchBound,
        stop: SearchBound,
    ) -> Result<usize> {
        let start = sequence::search_bound(start.0, list.len());
        let stop = sequence::search_bound(stop.0, list.len());
        find(th, list, value, start, stop)?.ok_or_else(|| value_error("list.index(x): x not in list"))
    }

    /// Return number of occurrences of value.
    pub fn count(th: &mut Thread, list: &Object<List>, value: &Value) -> Result<usize> {
        let mut found = 0;
        let mut index = 0;
        loop {
            let end = index + sequence::STRIDE;
            index = list.walk(th, index..end, |item| match ops::equals_natively(item, value) {
                Some(equal) => {
                    found += usize::from(equal);
                    true
                }
                None => false,
            });
            if index < end {
                let Some(item) = list.get(index) else { return Ok(found) };
                found += usize::from(ops::is_or_equals(th, &item, value)?);
                index += 1;
            }
            ops::memory_poll(th)?;
        }
    }

    /// Reverse *IN PLACE*.
    pub fn reverse(th: &mut Thread, list: &Object<List>) {
        list.edit(th, |items| items.reverse());
    }

    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable (i.e. the
    /// order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort them,
    /// ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[sig("($self, /, *, key=None, reverse=False)")]
    pub fn sort(th: &mut Thread, list: &Object<List>, key: Option<&Value>, reverse: bool) -> Result<()> {
        sort::sort(th, list, key, reverse)
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}
