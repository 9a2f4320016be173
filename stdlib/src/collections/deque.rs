//! `deque`: items that come and go at both ends.
//!
//! The items are in a ring buffer under the deque's lock. Every change of which items there are counts the version up, by
//! which loops that run Python in between notice that the deque has changed under them.

use std::collections::VecDeque;

use runtime::error::{Result, memory_error};
use runtime::memory::{Guarded, Held};
use runtime::native::{self, Exclusive, Object};
use runtime::object::cast;
use runtime::types::{native_order, sequence};
use runtime::{Context, Thread, Value, ops};

use super::deque_methods::{self, methods};

/// deque([iterable[, maxlen]]) --> deque object
///
/// Build an ordered collection with optimized access from its endpoints.
#[native::class(
    "deque",
    module = "collections",
    basetype,
    weakref,
    sequence,
    methods(methods),
    new = deque_methods::new,
    signature = "([iterable[, maxlen]])",
    slots = deque_methods::slots
)]
#[derive(Default)]
pub struct Deque {
    #[trace]
    items: Guarded<VecDeque<Held>>,
    /// How often items have come or gone.
    #[trace]
    version: Guarded<u64>,
    #[trace]
    maxlen: Guarded<Option<usize>>,
}

/// An end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Where `popleft` takes from.
    Left,
    /// Where `pop` takes from.
    Right,
}

/// What a search has come to.
pub enum Search {
    /// The item at this index.
    Found(usize),
    /// There is none.
    Nothing,
    /// The item at this index must be compared by Python; the version of the deque at that moment.
    Ask(usize, Value, u64),
}

/// What deques are asked.
pub trait DequeExt {
    /// How many items.
    fn len(&self, thread: &Context) -> usize;
    /// The version.
    fn version(&self, thread: &Context) -> u64;
    /// The most items that it may have.
    fn maxlen(&self, thread: &Context) -> Option<usize>;
    /// The item `index`.
    fn get(&self, thread: &Context, index: usize) -> Option<Value>;
    /// All items.
    ///
    /// # Errors
    /// MemoryError.
    fn to_vec(&self, thread: &Context) -> Result<Vec<Value>>;
    /// Adds an item; one at the other end goes if there are too many.
    ///
    /// # Errors
    /// MemoryError.
    fn push(&self, thread: &Context, end: End, item: Value) -> Result<()>;
    /// Takes an item.
    fn pop(&self, thread: &Context, end: End) -> Option<Value>;
    /// The first item from `start` on, before `stop`, that is or equals `item`, as far as that is known without running Python.
    fn search(&self, thread: &Context, item: &Value, start: usize, stop: usize) -> Search;
    /// How many items from `start` on are or equal `item`, and where Python must be asked, which ends the count there.
    fn tally(&self, thread: &Context, item: &Value, start: usize) -> (usize, Search);
    /// Adds an item before the item `index`, or at the end; false if the deque is full.
    ///
    /// # Errors
    /// MemoryError.
    fn insert(&self, thread: &Context, index: isize, item: Value) -> Result<bool>;
    /// Removes the item `index`.
    fn remove_at(&self, thread: &Context, index: usize) -> Option<Value>;
    /// Replaces the item `index`; false if there is none.
    fn replace(&self, thread: &Context, index: usize, item: Value) -> bool;
    /// Moves items from one end to the other.
    fn rotate(&self, thread: &Context, n: isize);
    /// Turns the order round.
    fn reverse(&self, thread: &Context);
    /// Removes everything.
    fn clear(&self, thread: &Context);
    /// Adds all items of an iterable.
    ///
    /// # Errors
    /// What iterating raises; MemoryError.
    fn extend(&self, thread: &mut Thread, end: End, iterable: &Value) -> Result<()>;
    /// Empties the deque and sets the most items that it may have.
    fn reset(&self, thread: &Context, maxlen: Option<usize>);
    /// Bytes of the buffer.
    fn buffer_bytes(&self, thread: &Context) -> usize;
}

/// The state counts what a change displaces, which is dropped once the section is closed.
fn changed(section: &mut Exclusive<'_, Deque>) {
    let version = section.get(|deque| &deque.version);
    *version = version.wrapping_add(1);
}

impl DequeExt for Object<Deque> {
    fn len(&self, thread: &Context) -> usize {
        Exclusive::open_in(thread, self).get(|deque| &deque.items).len()
    }

    fn version(&self, thread: &Context) -> u64 {
        *Exclusive::open_in(thread, self).get(|deque| &deque.version)
    }

    fn maxlen(&self, thread: &Context) -> Option<usize> {
        *Exclusive::open_in(thread, self).get(|deque| &deque.maxlen)
    }

    fn get(&self, thread: &Context, index: usize) -> Option<Value> {
        let mut section = Exclusive::open_in(thread, self);
        section.get(|deque| &deque.items).get(index).map(|held| held.value().clone())
    }

    fn to_vec(&self, thread: &Context) -> Result<Vec<Value>> {
        let mut section = Exclusive::open_in(thread, self);
        let items = section.get(|deque| &deque.items);
        let mut copy = crate::support::vector(items.len())?;
        copy.extend(items.iter().map(|held| held.value().clone()));
        Ok(copy)
    }

    fn push(&self, thread: &Context, end: End, item: Value) -> Result<()> {
        let mut section = Exclusive::open_in(thread, self);
        let held = section.hold(item);
        let maxlen = *section.get(|deque| &deque.maxlen);
        let items = section.get(|deque| &deque.items);
        items.try_reserve(1).map_err(|_| memory_error())?;
        match end {
            End::Left => items.push_front(held),
            End::Right => items.push_back(held),
        }
        let displaced = if maxlen.is_some_and(|maxlen| items.len() > maxlen) {
            if end == End::Left { items.pop_back() } else { items.pop_front() }
        } else {
            None
        };
        changed(&mut section);
        drop(section);
        drop(displaced);
        Ok(())
    }

    fn pop(&self, thread: &Context, end: End) -> Option<Value> {
        let mut section = Exclusive::open_in(thread, self);
        let items = section.get(|deque| &deque.items);
        let held = if end == End::Left { items.pop_front() } else { items.pop_back() }?;
        changed(&mut section);
        Some(section.hand_out(held))
    }

    fn search(&self, thread: &Context, item: &Value, start: usize, stop: usize) -> Search {
        let mut section = Exclusive::open_in(thread, self);
        let version = *section.get(|deque| &deque.version);
        let items = section.get(|deque| &deque.items);
        for (at, held) in items.iter().enumerate().take(stop).skip(start) {
            match native_order::same(held.value(), item) {
                Some(true) => return Search::Found(at),
                Some(false) => {}
                None => return Search::Ask(at, held.value().clone(), version),
            }
        }
        Search::Nothing
    }

    fn tally(&self, thread: &Context, item: &Value, start: usize) -> (usize, Search) {
        let mut section = Exclusive::open_in(thread, self);
        let version = *section.get(|deque| &deque.version);
        let mut found = 0;
        for (at, held) in section.get(|deque| &deque.items).iter().enumerate().skip(start) {
            match native_order::same(held.value(), item) {
                Some(same) => found += usize::from(same),
                None => return (found, Search::Ask(at, held.value().clone(), version)),
            }
        }
        (found, Search::Nothing)
    }

    fn insert(&self, thread: &Context, index: isize, item: Value) -> Result<bool> {
        let mut section = Exclusive::open_in(thread, self);
        let held = section.hold(item);
        let maxlen = *section.get(|deque| &deque.maxlen);
        let items = section.get(|deque| &deque.items);
        if maxlen.is_some_and(|maxlen| items.len() >= maxlen) {
            let item = section.hand_out(held);
            drop(section);
            drop(item);
            return Ok(false);
        }
        items.try_reserve(1).map_err(|_| memory_error())?;
        let at = sequence::search_bound(index, items.len()).min(items.len());
        items.insert(at, held);
        changed(&mut section);
        Ok(true)
    }

    fn remove_at(&self, thread: &Context, index: usize) -> Option<Value> {
        let mut section = Exclusive::open_in(thread, self);
        let held = section.get(|deque| &deque.items).remove(index)?;
        changed(&mut section);
        Some(section.hand_out(held))
    }

    fn replace(&self, thread: &Context, index: usize, item: Value) -> bool {
        let mut section = Exclusive::open_in(thread, self);
        let held = section.hold(item);
        let displaced =
            section.get(|deque| &deque.items).get_mut(index).map(|place| std::mem::replace(place, held));
        drop(section);
        displaced.is_some()
    }

    fn rotate(&self, thread: &Context, n: isize) {
        let mut section = Exclusive::open_in(thread, self);
        let items = section.get(|deque| &deque.items);
        if items.len() < 2 {
            return;
        }
        let n = n.rem_euclid(items.len() as isize) as usize;
        items.rotate_right(n);
        changed(&mut section);
    }

    fn reverse(&self, thread: &Context) {
        let mut section = Exclusive::open_in(thread, self);
        section.get(|deque| &deque.items).make_contiguous().reverse();
    }

    fn clear(&self, thread: &Context) {
        let mut section = Exclusive::open_in(thread, self);
        let items = std::mem::take(section.get(|deque| &deque.items));
        if !items.is_empty() {
            changed(&mut section);
        }
        let items: Vec<Value> = items.into_iter().map(|held| section.hand_out(held)).collect();
        drop(section);
        drop(items);
    }

    fn extend(&self, thread: &mut Thread, end: End, iterable: &Value) -> Result<()> {
        if cast::<Deque>(iterable).is_some_and(|other| std::ptr::eq(other, self)) {
            for item in self.to_vec(thread)? {
                self.push(thread, end, item)?;
            }
            return Ok(());
        }
        ops::for_each(thread, iterable, |thread, item| self.push(thread, end, item))
    }

    fn reset(&self, thread: &Context, maxlen: Option<usize>) {
        *Exclusive::open_in(thread, self).get(|deque| &deque.maxlen) = maxlen;
        self.clear(thread);
    }

    fn buffer_bytes(&self, thread: &Context) -> usize {
        let mut section = Exclusive::open_in(thread, self);
        section.get(|deque| &deque.items).capacity() * size_of::<Held>()
    }
}
