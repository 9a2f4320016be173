//! `tee`: several iterators over the items of one.
//!
//! Items are kept in a list of blocks, each with a link to the next. An iterator is a block and an index in it, so that what
//! all of them have passed is released. Only the last block reads from the source.

use runtime::error::{Result, runtime_error, type_error, value_error};
use runtime::memory::word::Word;
use runtime::memory::{Guarded, Held, Slot};
use runtime::native::{self, Exclusive, Object, Slots};
use runtime::object::cast;
use runtime::{Thread, Value, ops};

use crate::support;

/// Items in a block.
const BLOCK: usize = 57;

/// Teeable iterator: a position in the shared list of blocks.
#[native::class(
    "_tee",
    module = "itertools",
    weakref,
    methods(tee_methods),
    new = tee_methods::construct,
    signature = "(iterable, /)",
    slots = tee_slots
)]
pub struct Tee {
    #[trace]
    block: Slot,
    #[trace]
    index: Guarded<usize>,
}

/// Data container common to multiple tee objects.
#[native::class("_tee_dataobject", module = "itertools", disallow_instantiation)]
pub struct TeeData {
    #[trace]
    source: Value,
    #[trace]
    items: Guarded<Vec<Held>>,
    #[trace]
    next: Slot,
    /// Whether somebody is reading from the source for this block.
    #[trace]
    running: Guarded<bool>,
}

fn tee_slots(slots: &Slots) {
    support::iterator(slots, next);
}

fn new_block(thread: &mut Thread, source: &Value) -> Result<Value> {
    let data = TeeData {
        source: source.clone(),
        items: Guarded::new(Vec::new()),
        next: Slot::default(),
        running: Guarded::new(false),
    };
    runtime::object::new(thread, data)
}

/// The item `index` of a block, read from the source if need be.
fn item(thread: &mut Thread, block: &Object<TeeData>, index: usize) -> Result<Option<Value>> {
    {
        let mut section = Exclusive::open(thread, block);
        if let Some(held) = section.get(|data| &data.items).get(index) {
            return Ok(Some(held.value().clone()));
        }
        let running = section.get(|data| &data.running);
        if *running {
            return Err(runtime_error("cannot re-enter the tee iterator"));
        }
        *running = true;
    }
    let found = ops::next(thread, &block.payload().source);
    let mut section = Exclusive::open(thread, block);
    *section.get(|data| &data.running) = false;
    let found = found?;
    if let Some(item) = &found {
        let held = section.hold(item.clone());
        section.get(|data| &data.items).push(held);
    }
    Ok(found)
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(tee) = cast::<Tee>(value) else { return Ok(None) };
    let Some(mut block) = support::get(tee, |tee| &tee.block) else { return Ok(None) };
    let mut index = support::read(thread, tee, |tee| &tee.index);
    if index >= BLOCK {
        let Some(data) = cast::<TeeData>(&block) else { return Ok(None) };
        let following = match support::get(data, |data| &data.next) {
            Some(following) => following,
            None => {
                let new = new_block(thread, &data.payload().source)?;
                // Another thread may have been faster: its block is the one.
                let displaced =
                    data.payload().next.replace_if(thread, data.header(), Word::EMPTY, new.clone());
                drop(displaced);
                support::get(data, |data| &data.next).unwrap_or(new)
            }
        };
        support::set(thread, tee, |tee| &tee.block, Some(following.clone()));
        support::write(thread, tee, |tee| &tee.index, 0);
        block = following;
        index = 0;
    }
    let Some(data) = cast::<TeeData>(&block) else { return Ok(None) };
    let found = item(thread, data, index)?;
    if found.is_some() {
        support::write(thread, tee, |tee| &tee.index, index + 1);
    }
    Ok(found)
}

fn copy(thread: &mut Thread, tee: &Object<Tee>) -> Result<Value> {
    let block = support::get(tee, |tee| &tee.block);
    let index = support::read(thread, tee, |tee| &tee.index);
    runtime::object::new(thread, Tee { block: Slot::new(block), index: Guarded::new(index) })
}

fn from_iterable(thread: &mut Thread, iterable: &Value) -> Result<Value> {
    let iterator = ops::iter(thread, iterable)?;
    if let Some(tee) = cast::<Tee>(&iterator) {
        return copy(thread, tee);
    }
    let block = new_block(thread, &iterator)?;
    runtime::object::new(thread, Tee { block: support::slot(block), index: Guarded::new(0) })
}

/// `tee(iterable, n)`.
pub(super) fn split(thread: &mut Thread, iterable: &Value, n: isize) -> Result<Value> {
    let n = usize::try_from(n).map_err(|_| value_error("n must be >= 0"))?;
    let mut tees = support::vector(n)?;
    if n == 0 {
        return support::tuple(thread, tees);
    }
    let first = from_iterable(thread, iterable)?;
    let Some(tee) = cast::<Tee>(&first) else { return Err(type_error("tee() of no tee")) };
    tees.push(first.clone());
    while tees.len() < n {
        tees.push(copy(thread, tee)?);
    }
    support::tuple(thread, tees)
}

/// Methods of tee.
#[native::methods(Tee, name = "_tee")]
pub mod tee_methods {
    use super::*;

    /// Iterator wrapped to make it copyable.
    #[new]
    pub fn new(th: &mut Thread, _class: &Value, iterable: &Value) -> Result<Value> {
        from_iterable(th, iterable)
    }

    /// Returns an independent iterator.
    #[name("__copy__")]
    pub fn copy(th: &mut Thread, tee: &Object<Tee>) -> Result<Value> {
        super::copy(th, tee)
    }
}
