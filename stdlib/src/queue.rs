//! `_queue`: `SimpleQueue`, a queue without bounds.
//!
//! The items stand in two lists, each under the leaf lock of an object of its own; who finds none sleeps. Items are put at the end of the
//! list behind and taken from the list in front. Who finds that one empty exchanges the two, under both locks. So a thread that puts and one
//! that takes meet once for many items, and the cache lines that each of them writes stay with it in between (measured: with one lock
//! for all, two threads got less done than one).
//!
//! Putting an item never waits, so that it may be done anywhere: in a finalizer, in a signal handler that has interrupted `get`.
//!
//! * INV-QUEUE-1: an item is put in before a sleeper is woken, so that whoever is woken finds it, unless another was quicker.
//! * INV-QUEUE-2: what is in front came before what is behind: the lists are exchanged while there is nothing in front. Who has found
//!   nothing has looked behind, under the lock under which items are put.

use std::collections::VecDeque;
use std::time::Duration;

use runtime::class::Type;
use runtime::error::{EXCEPTION, Raised, Result, system_error, type_error, value_error};
use runtime::memory::{Guarded, Held};
use runtime::names::StaticValue;
use runtime::native::{self, Args, Exclusive, Object};
use runtime::object::cast;
use runtime::types::{Dict, DictExt, Str, Tuple, exception, generic_alias};
use runtime::{Thread, Value, call, class};
use threads::{Acquire, Context, Sleepers, Wait};

use crate::support::{self, Rounding};

pub use module::MODULE;

/// Simple, unbounded, reentrant FIFO queue.
#[native::class(
    "SimpleQueue",
    module = "_queue",
    weakref,
    basetype,
    methods(queue_methods),
    new = new_queue
)]
pub struct SimpleQueue {
    /// Where items are taken from: an `Items`.
    #[trace]
    front: Value,
    /// Where they are put: another.
    #[trace]
    behind: Value,
    /// Who waits for one.
    #[untraced]
    sleepers: Sleepers,
}

/// Items of a queue, in order.
#[native::class("_Items", module = "_queue", disallow_instantiation)]
pub struct Items {
    #[trace]
    items: Guarded<VecDeque<Held>>,
}

/// A list that has had room for more gives it up when it is exchanged.
const KEPT_ROOM: usize = 1 << 13;

/// `_queue.Empty`: made at the first import.
static EMPTY: StaticValue = StaticValue::new();

fn new_queue(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    if !args.names.is_empty() {
        return Err(type_error("SimpleQueue() takes no keyword arguments"));
    }
    if !args.values.is_empty() {
        return Err(type_error("SimpleQueue() takes no positional arguments"));
    }
    let items =
        |thread: &mut Thread| runtime::object::new(thread, Items { items: Guarded::new(VecDeque::new()) });
    let (front, behind) = (items(thread)?, items(thread)?);
    support::make(thread, class, SimpleQueue { front, behind, sleepers: Sleepers::new() })
}

/// The first item, if there is one.
#[inline]
fn take(thread: &Context, queue: &SimpleQueue) -> Option<Value> {
    let front = cast::<Items>(&queue.front)?;
    {
        let mut section = Exclusive::open_in(thread, front);
        if let Some(held) = section.get(|list| &list.items).pop_front() {
            return Some(section.hand_out(held));
        }
    }
    exchange_and_take(thread, front, cast::<Items>(&queue.behind)?)
}

/// The first item, where there was none in front.
#[inline(never)]
fn exchange_and_take(thread: &Context, front: &Object<Items>, behind: &Object<Items>) -> Option<Value> {
    let (mut section, mut from) = Exclusive::open_both(thread, front, behind);
    let (items, behind) = (section.get(|list| &list.items), from.get(|list| &list.items));
    // INV-QUEUE-2: somebody may have exchanged them meanwhile.
    if items.is_empty() {
        if behind.len() < 2 {
            let held = behind.pop_front()?;
            return Some(from.hand_out(held));
        }
        if items.capacity() > KEPT_ROOM {
            *items = VecDeque::new();
        }
        std::mem::swap(items, behind);
    }
    drop(from);
    let held = section.get(|list| &list.items).pop_front()?;
    Some(section.hand_out(held))
}

/// How many items there are.
fn len(thread: &Thread, queue: &Object<SimpleQueue>) -> usize {
    let queue = queue.payload();
    let (Some(front), Some(behind)) = (cast::<Items>(&queue.front), cast::<Items>(&queue.behind)) else {
        return 0;
    };
    let (mut front, mut behind) = Exclusive::open_both(thread, front, behind);
    front.get(|list| &list.items).len() + behind.get(|list| &list.items).len()
}

fn put(thread: &mut Thread, queue: &Object<SimpleQueue>, item: &Value) -> Result<()> {
    let Some(behind) = cast::<Items>(&queue.payload().behind) else {
        return Err(system_error("a queue without its items"));
    };
    let full = {
        let mut section = Exclusive::open(thread, behind);
        let held = section.hold(item.clone());
        let items = section.get(|list| &list.items);
        match items.try_reserve(1) {
            Ok(()) => {
                items.push_back(held);
                None
            }
            Err(_) => Some(held),
        }
    };
    if full.is_some() {
        return Err(runtime::error::memory_error());
    }
    // INV-QUEUE-1: the item is there before.
    queue.payload().sleepers.wake_one(thread);
    Ok(())
}

fn get(thread: &mut Thread, queue: &Object<SimpleQueue>, wait: Wait) -> Result<Value> {
    let queue = queue.payload();
    loop {
        match queue.sleepers.wait_until(thread, wait, |thread| take(thread, queue)) {
            Ok(item) => return Ok(item),
            Err(Acquire::Interrupted) => support::check_signals(thread)?,
            Err(_) => return Err(empty(thread)),
        }
    }
}

fn empty(thread: &mut Thread) -> Raised {
    let made = match EMPTY.get().and_then(cast::<Type>) {
        Some(class) => Tuple::new(thread, Vec::new())
            .and_then(|args| exception::allocate(thread, class, args))
            .map(Raised::new),
        None => Err(system_error("_queue has not been imported")),
    };
    made.unwrap_or_else(|raised| raised)
}

/// Methods of SimpleQueue.
#[native::methods(SimpleQueue, name = "SimpleQueue")]
pub mod queue_methods {
    use super::*;

    /// Put the item on the queue.
    ///
    /// This never blocks: `block` and `timeout` are ignored, and are there for the sake of the Queue class.
    #[sig("($self, /, item, block=True, timeout=None)")]
    pub fn put(
        th: &mut Thread,
        queue: &Object<SimpleQueue>,
        item: &Value,
        block: bool,
        timeout: Option<&Value>,
    ) -> Result<()> {
        let _ = (block, timeout);
        super::put(th, queue, item)
    }

    /// Put an item into the queue without blocking: `put(item)` for the sake of the Queue class.
    #[sig("($self, /, item)")]
    pub fn put_nowait(th: &mut Thread, queue: &Object<SimpleQueue>, item: &Value) -> Result<()> {
        super::put(th, queue, item)
    }

    /// Remove and return an item from the queue.
    ///
    /// Without arguments this waits until there is one. With a timeout it waits for at most that many seconds, and then raises
    /// Empty; if `block` is false it does not wait at all, and ignores the timeout.
    #[sig("($self, /, block=True, timeout=None)")]
    pub fn get(
        th: &mut Thread,
        queue: &Object<SimpleQueue>,
        block: bool,
        timeout: Option<&Value>,
    ) -> Result<Value> {
        let wait = match (block, timeout) {
            (false, _) => Wait::No,
            (true, None) => Wait::Forever,
            (true, Some(timeout)) => {
                let ns = support::nanoseconds(th, timeout, Rounding::Up)?;
                let ns =
                    u64::try_from(ns).map_err(|_| value_error("'timeout' must be a non-negative number"))?;
                Wait::at_most(Some(Duration::from_nanos(ns)))
            }
        };
        super::get(th, queue, wait)
    }

    /// Remove and return an item if there is one; otherwise raise Empty.
    pub fn get_nowait(th: &mut Thread, queue: &Object<SimpleQueue>) -> Result<Value> {
        super::get(th, queue, Wait::No)
    }

    /// Return whether the queue is empty (not reliable!).
    pub fn empty(th: &mut Thread, queue: &Object<SimpleQueue>) -> bool {
        len(th, queue) == 0
    }

    /// Return the approximate size of the queue (not reliable!).
    pub fn qsize(th: &mut Thread, queue: &Object<SimpleQueue>) -> usize {
        len(th, queue)
    }

    /// SimpleQueues are generic over the type of their contents
    #[class_method]
    pub fn __class_getitem__(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        generic_alias::new(th, class, object)
    }
}

/// A queue that is simple and fast, for the queue module.
#[native::module("_queue", classes(super::SimpleQueue))]
pub mod module {
    use super::*;
    use runtime::types::module;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        if EMPTY.get().is_none() {
            let name = Str::interned(th, "Empty")?;
            let bases = Tuple::of_array(th, [EXCEPTION.value()])?;
            let namespace = Dict::new(th)?;
            if let Some(namespace) = cast::<Dict>(&namespace) {
                let of = Str::interned(th, "_queue")?;
                let doc = Str::new(th, "Raised by get(block=0) and get_nowait() of a queue without items.")?;
                namespace.set_str(th, runtime::names::__module__(), of)?;
                namespace.set_str(th, runtime::names::__doc__(), doc)?;
            }
            let class = call::call_positional(
                th,
                &<Type as class::Payload>::def().value(),
                &[name, bases, namespace],
            )?;
            if EMPTY.get().is_none() {
                EMPTY.set(class);
            }
        }
        let class = EMPTY.get().cloned().unwrap_or_else(Value::none);
        module::set(th, module, "Empty", class)
    }
}
