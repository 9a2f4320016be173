//! `_heapq`: heaps in lists, smallest or largest item first.
//!
//! The heap is an ordinary list, which comparing may change: every step looks at its length again, and the list is never
//! locked while Python runs. Sifting moves one item at a time, so that a list that is shared always holds every item, now
//! and then one of them twice.

pub use module::MODULE;

use runtime::error::{Result, index_error, runtime_error};
use runtime::native::Object;
use runtime::types::{List, ListExt};
use runtime::{Thread, Value, ops};

use crate::support;

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

fn item(heap: &Object<List>, index: usize) -> Result<Value> {
    heap.get(index).ok_or_else(|| index_error("index out of range"))
}

fn check_size(heap: &Object<List>, len: usize) -> Result<()> {
    if heap.len() == len { Ok(()) } else { Err(runtime_error("list changed size during iteration")) }
}

fn exchange(thread: &Thread, heap: &Object<List>, i: usize, j: usize) -> Result<()> {
    let (a, b) = (item(heap, i)?, item(heap, j)?);
    heap.set(thread, i, b);
    heap.set(thread, j, a);
    Ok(())
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
    heap.push(thread, new.clone())?;
    sift_up(thread, heap, 0, heap.len() - 1, first)
}

fn pop(thread: &mut Thread, heap: &Object<List>, first: First) -> Result<Value> {
    let last =
        heap.edit(thread, |items| items.pop_last()).ok_or_else(|| index_error("index out of range"))?;
    if heap.is_empty() {
        return Ok(last);
    }
    let top = item(heap, 0)?;
    heap.set(thread, 0, last);
    sift_down(thread, heap, 0, first)?;
    Ok(top)
}

fn replace(thread: &mut Thread, heap: &Object<List>, new: &Value, first: First) -> Result<Value> {
    let top = item(heap, 0)?;
    heap.set(thread, 0, new.clone());
    sift_down(thread, heap, 0, first)?;
    Ok(top)
}

fn push_and_pop(thread: &mut Thread, heap: &Object<List>, new: &Value, first: First) -> Result<Value> {
    let Some(top) = heap.get(0) else { return Ok(new.clone()) };
    if !before(thread, first, &top, new)? {
        return Ok(new.clone());
    }
    replace(thread, heap, new, first)
}

fn make(thread: &mut Thread, heap: &Object<List>, first: First) -> Result<()> {
    for at in (0..heap.len() >> 1).rev() {
        sift_down(thread, heap, at, first)?;
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
