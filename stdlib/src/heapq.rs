//! `_heapq`: heaps in lists, smallest or largest item first.
//!
//! Where comparing runs no Python, which is the rule, each push, pop and replacement is one piece under the list's lock:
//! first the way of the item that moves is found, then the items along it are shifted.
//!
//! Otherwise the heap is an ordinary list, which comparing may change: every step looks at its length again, and the list
//! is not locked while Python runs. Two items at a time change places, so that a list that is shared always holds every
//! item once, if not always as a heap.

pub use module::MODULE;

use runtime::containers::Edit;
use runtime::containers::list::Items;
use runtime::error::{Result, index_error, memory_error, runtime_error};
use runtime::memory::OutOfMemory;
use runtime::native::Object;
use runtime::types::{List, ListExt, native_order};
use runtime::{Thread, Value, ops};

use smallvec::SmallVec;

use crate::support;

/// Places on the way through a heap, of a small one without an allocation.
type Way = SmallVec<[usize; 16]>;

/// Which item stands first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Smallest,
    Largest,
}

/// Whether `a` belongs before `b`.
fn before(thread: &mut Thread, first: First, a: &Value, b: &Value) -> Result<bool> {
    let (a, b) = if first == First::Smallest { (a, b) } else { (b, a) };
    ops::compare_bool(thread, a, b, runtime::class::Comparison::Lt)
}

/// The same, if it is known without running Python.
#[inline]
fn before_natively(first: First, a: &Value, b: &Value) -> Option<bool> {
    let (a, b) = if first == First::Smallest { (a, b) } else { (b, a) };
    match (a.as_int(), b.as_int()) {
        (Some(a), Some(b)) => Some(a < b),
        _ => native_order::less(a, b),
    }
}

fn item(heap: &Object<List>, index: usize) -> Result<Value> {
    heap.get(index).ok_or_else(|| index_error("index out of range"))
}

fn check_size(heap: &Object<List>, len: usize) -> Result<()> {
    if heap.len() == len { Ok(()) } else { Err(runtime_error("list changed size during iteration")) }
}

fn exchange(thread: &Thread, heap: &Object<List>, i: usize, j: usize) -> Result<()> {
    let displaced = heap.edit(thread, |items| {
        let (a, b) = (items.get(i)?, items.get(j)?);
        Some((items.set(i, b), items.set(j, a)))
    });
    displaced.map(drop).ok_or_else(|| index_error("index out of range"))
}

/// The places on the way from `at` up to where `new` belongs, the last one. `None`: only Python knows.
fn way_up(items: &Edit<'_, Items>, mut at: usize, new: &Value, first: First) -> Option<Way> {
    let mut way = Way::from_slice(&[at]);
    while at > 0 {
        let parent = (at - 1) >> 1;
        if !before_natively(first, new, &items.get(parent)?)? {
            break;
        }
        way.push(parent);
        at = parent;
    }
    Some(way)
}

/// The places on the way from `start`, of which `new` takes the place, down to where it belongs among the first `len` items.
fn way_down(items: &Edit<'_, Items>, start: usize, len: usize, new: &Value, first: First) -> Option<Way> {
    let mut way = Way::from_slice(&[start]);
    let mut at = start;
    while at < len >> 1 {
        let mut child = 2 * at + 1;
        if child + 1 < len && !before_natively(first, &items.get(child)?, &items.get(child + 1)?)? {
            child += 1;
        }
        way.push(child);
        at = child;
    }
    // Down to a leaf along the better children, and then up: most items come from a leaf and belong near one.
    while way.len() > 1 && before_natively(first, new, &items.get(at)?)? {
        way.pop();
        at = way[way.len() - 1];
    }
    Some(way)
}

/// Moves the item at `at` up to where it belongs, not above `root`.
fn sift_up(thread: &mut Thread, heap: &Object<List>, root: usize, mut at: usize, first: First) -> Result<()> {
    let len = heap.len();
    if at >= len {
        return Err(index_error("index out of range"));
    }
    while at > root {
        let parent = (at - 1) >> 1;
        let (child_item, parent_item) = (item(heap, at)?, item(heap, parent)?);
        let smaller = before(thread, first, &child_item, &parent_item)?;
        check_size(heap, len)?;
        if !smaller {
            break;
        }
        exchange(thread, heap, at, parent)?;
        at = parent;
    }
    Ok(())
}

/// Moves the item at `at` down to a leaf along the better children, and then up to where it belongs.
fn sift_down(thread: &mut Thread, heap: &Object<List>, mut at: usize, first: First) -> Result<()> {
    let len = heap.len();
    let start = at;
    if at >= len {
        return Err(index_error("index out of range"));
    }
    while at < len >> 1 {
        let mut child = 2 * at + 1;
        if child + 1 < len {
            let (left, right) = (item(heap, child)?, item(heap, child + 1)?);
            let left_first = before(thread, first, &left, &right)?;
            check_size(heap, len)?;
            child += usize::from(!left_first);
        }
        exchange(thread, heap, child, at)?;
        at = child;
    }
    sift_up(thread, heap, start, at, first)
}

fn push(thread: &mut Thread, heap: &Object<List>, new: &Value, first: First) -> Result<()> {
    let done = heap.edit(thread, |items| {
        let Some(way) = way_up(items, items.len(), new, first) else { return Ok(false) };
        items.push(new.clone())?;
        items.rotate(&way);
        Ok(true)
    });
    if done.map_err(|_: OutOfMemory| memory_error())? {
        return Ok(());
    }
    heap.push(thread, new.clone())?;
    sift_up(thread, heap, 0, heap.len() - 1, first)
}

/// Puts `new`, which belongs at the end of `way`, in the place of the first item; returns what was there.
fn exchange_first(items: &Edit<'_, Items>, way: &[usize], new: Value) -> Option<Value> {
    let top = items.set(0, new).ok()?.keep();
    items.rotate(way);
    top
}

fn pop(thread: &mut Thread, heap: &Object<List>, first: First) -> Result<Value> {
    let (popped, is_done) = heap.edit(thread, |items| {
        let Some(len) = items.len().checked_sub(1) else { return (None, false) };
        let way = items.get(len).and_then(|last| way_down(items, 0, len, &last, first));
        match (way, items.pop_last()) {
            (_, last) if len == 0 => (last, true),
            (Some(way), Some(last)) => (exchange_first(items, &way, last), true),
            (_, last) => (last, false),
        }
    });
    let popped = popped.ok_or_else(|| index_error("index out of range"))?;
    if is_done || heap.is_empty() {
        return Ok(popped);
    }
    let top = item(heap, 0)?;
    heap.set(thread, 0, popped);
    sift_down(thread, heap, 0, first)?;
    Ok(top)
}

fn replace(thread: &mut Thread, heap: &Object<List>, new: &Value, first: First) -> Result<Value> {
    let done = heap.edit(thread, |items| {
        let way = way_down(items, 0, items.len(), new, first)?;
        if items.is_empty() { None } else { exchange_first(items, &way, new.clone()) }
    });
    if let Some(top) = done {
        return Ok(top);
    }
    let top = item(heap, 0)?;
    heap.set(thread, 0, new.clone());
    sift_down(thread, heap, 0, first)?;
    Ok(top)
}

fn push_and_pop(thread: &mut Thread, heap: &Object<List>, new: &Value, first: First) -> Result<Value> {
    let done = heap.edit(thread, |items| {
        let Some(top) = items.get(0) else { return Some(new.clone()) };
        if !before_natively(first, &top, new)? {
            return Some(new.clone());
        }
        let way = way_down(items, 0, items.len(), new, first)?;
        exchange_first(items, &way, new.clone())
    });
    if let Some(result) = done {
        return Ok(result);
    }
    let Some(top) = heap.get(0) else { return Ok(new.clone()) };
    if !before(thread, first, &top, new)? {
        return Ok(new.clone());
    }
    replace(thread, heap, new, first)
}

/// Makes the items from `at` down a heap, where they were one but for that at `at`.
fn settle(thread: &mut Thread, heap: &Object<List>, at: usize, first: First) -> Result<()> {
    let done = heap.edit(thread, |items| {
        let way = way_down(items, at, items.len(), &items.get(at)?, first)?;
        items.rotate(&way);
        Some(())
    });
    if done.is_some() { Ok(()) } else { sift_down(thread, heap, at, first) }
}

fn make(thread: &mut Thread, heap: &Object<List>, first: First) -> Result<()> {
    for at in (0..heap.len() >> 1).rev() {
        settle(thread, heap, at, first)?;
        support::poll(thread)?;
    }
    Ok(())
}

/// Heap queue algorithm (a.k.a. priority queue): lists in which item k is no larger than items 2*k+1 and 2*k+2.
#[runtime::native::module("_heapq")]
pub mod module {
    use super::{First, List, Object, Result, Thread, Value};

    /// Push item onto heap, maintaining the heap invariant.
    pub fn heappush(th: &mut Thread, heap: &Object<List>, item: &Value) -> Result<()> {
        super::push(th, heap, item, First::Smallest)
    }

    /// Push item on the heap, then pop and return the smallest item from the heap.
    ///
    /// The combined action runs more efficiently than heappush() followed by
    /// a separate call to heappop().
    pub fn heappushpop(th: &mut Thread, heap: &Object<List>, item: &Value) -> Result<Value> {
        super::push_and_pop(th, heap, item, First::Smallest)
    }

    /// Pop the smallest item off the heap, maintaining the heap invariant.
    pub fn heappop(th: &mut Thread, heap: &Object<List>) -> Result<Value> {
        super::pop(th, heap, First::Smallest)
    }

    /// Pop and return the current smallest value, and add the new item.
    ///
    /// This is more efficient than heappop() followed by heappush(), and can be
    /// more appropriate when using a fixed-size heap.
    pub fn heapreplace(th: &mut Thread, heap: &Object<List>, item: &Value) -> Result<Value> {
        super::replace(th, heap, item, First::Smallest)
    }

    /// Transform list into a heap, in-place, in O(len(heap)) time.
    pub fn heapify(th: &mut Thread, heap: &Object<List>) -> Result<()> {
        super::make(th, heap, First::Smallest)
    }

    /// Push item onto max heap, maintaining the heap invariant.
    pub fn heappush_max(th: &mut Thread, heap: &Object<List>, item: &Value) -> Result<()> {
        super::push(th, heap, item, First::Largest)
    }

    /// Maxheap variant of heappushpop.
    pub fn heappushpop_max(th: &mut Thread, heap: &Object<List>, item: &Value) -> Result<Value> {
        super::push_and_pop(th, heap, item, First::Largest)
    }

    /// Maxheap variant of heappop.
    pub fn heappop_max(th: &mut Thread, heap: &Object<List>) -> Result<Value> {
        super::pop(th, heap, First::Largest)
    }

    /// Maxheap variant of heapreplace.
    pub fn heapreplace_max(th: &mut Thread, heap: &Object<List>, item: &Value) -> Result<Value> {
        super::replace(th, heap, item, First::Largest)
    }

    /// Maxheap variant of heapify.
    pub fn heapify_max(th: &mut Thread, heap: &Object<List>) -> Result<()> {
        super::make(th, heap, First::Largest)
    }
}
