//! Iterators that give items in groups: `batched`, `pairwise`, `groupby`.

use runtime::class::Comparison;
use runtime::error::{Result, value_error};
use runtime::memory::Slot;
use runtime::native::{self, Args, Slots};
use runtime::object::cast;
use runtime::types::Tuple;
use runtime::{Thread, Value, call, ops};

use crate::support;

/// Returns tuples of n items each; the last may be shorter unless strict is true.
#[native::class(
    "batched",
    module = "itertools",
    basetype,
    methods(batched_methods),
    new = batched_methods::construct,
    signature = "(iterable, n, *, strict=False)",
    slots = batched_slots
)]
pub struct Batched {
    /// Until it is exhausted.
    #[trace]
    iterator: Slot,
    size: usize,
    strict: bool,
}

fn batched_slots(slots: &Slots) {
    support::iterator(slots, next_batched);
}

fn next_batched(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Batched>(value) else { return Ok(None) };
    let this = object.payload();
    let Some(iterator) = support::get(object, |it| &it.iterator) else { return Ok(None) };
    let mut items = support::vector(this.size.min(1 << 16))?;
    while items.len() < this.size {
        match ops::next(thread, &iterator)? {
            Some(item) => items.push(item),
            None => {
                support::set(thread, object, |it| &it.iterator, None);
                break;
            }
        }
        support::poll(thread)?;
    }
    if items.is_empty() {
        return Ok(None);
    }
    if items.len() < this.size && this.strict {
        return Err(value_error("batched(): incomplete batch"));
    }
    support::tuple(thread, items).map(Some)
}

/// Methods of batched.
#[native::methods(Batched, name = "batched")]
pub mod batched_methods {
    use super::*;

    /// A new batched.
    #[new]
    #[sig("(iterable, n, *, strict=False)")]
    pub fn new(th: &mut Thread, class: &Value, iterable: &Value, n: isize, strict: bool) -> Result<Value> {
        if n < 1 {
            return Err(value_error("n must be at least one"));
        }
        let iterator = ops::iter(th, iterable)?;
        support::make(th, class, Batched { iterator: support::slot(iterator), size: n as usize, strict })
    }
}

/// Returns overlapping pairs of items.
#[native::class(
    "pairwise",
    module = "itertools",
    basetype,
    methods(pairwise_methods),
    new = new_pairwise,
    signature = "(iterable, /)",
    slots = pairwise_slots
)]
pub struct Pairwise {
    /// Until it is exhausted.
    #[trace]
    iterator: Slot,
    /// The item before.
    #[trace]
    old: Slot,
}

fn new_pairwise(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    pairwise_methods::construct(thread, class, support::without_keywords_for_init::<Pairwise>(class, args))
}

fn pairwise_slots(slots: &Slots) {
    support::iterator(slots, next_pairwise);
}

fn finish_pairs(thread: &Thread, object: &native::Object<Pairwise>) {
    support::set(thread, object, |it| &it.iterator, None);
    support::set(thread, object, |it| &it.old, None);
}

fn next_pairwise(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Pairwise>(value) else { return Ok(None) };
    let Some(iterator) = support::get(object, |it| &it.iterator) else { return Ok(None) };
    let old = match support::get(object, |it| &it.old) {
        Some(old) => old,
        None => {
            let Some(first) = ops::next(thread, &iterator)? else {
                finish_pairs(thread, object);
                return Ok(None);
            };
            support::set(thread, object, |it| &it.old, Some(first.clone()));
            // The iterator may have come back here and exhausted this one.
            if support::get(object, |it| &it.iterator).is_none() {
                support::set(thread, object, |it| &it.old, None);
                return Ok(None);
            }
            first
        }
    };
    let Some(new) = ops::next(thread, &iterator)? else {
        finish_pairs(thread, object);
        return Ok(None);
    };
    support::set(thread, object, |it| &it.old, Some(new.clone()));
    Tuple::of_array(thread, [old, new]).map(Some)
}

/// Methods of pairwise.
#[native::methods(Pairwise, name = "pairwise")]
pub mod pairwise_methods {
    use super::*;

    /// A new pairwise.
    #[new]
    pub fn new(th: &mut Thread, class: &Value, iterable: &Value) -> Result<Value> {
        let iterator = ops::iter(th, iterable)?;
        support::make(th, class, Pairwise { iterator: support::slot(iterator), old: Slot::default() })
    }
}

/// Returns consecutive keys and groups from the iterable.
///
///   iterable
///     Elements to divide into groups according to the key function.
///   key
///     A function for computing the group category for each element.
///     If the key function is not specified or is None, the element itself
///     is used for grouping.
#[native::class(
    "groupby",
    module = "itertools",
    basetype,
    methods(groupby_methods),
    new = groupby_methods::construct,
    signature = "(iterable, key=None)",
    slots = groupby_slots
)]
pub struct GroupBy {
    #[trace]
    iterator: Value,
    #[trace]
    function: Option<Value>,
    /// The key of the group that was given last.
    #[trace]
    target: Slot,
    /// The key of the item at hand.
    #[trace]
    key: Slot,
    /// The item at hand.
    #[trace]
    item: Slot,
    /// The group that may still be gone through. It holds this iterator too: a cycle until the next group begins.
    #[trace]
    group: Slot,
}

/// The iterator over one group.
#[native::class("_grouper", module = "itertools", methods(grouper_methods), new = grouper_methods::construct, slots = grouper_slots)]
pub struct Grouper {
    #[trace]
    parent: Value,
    #[trace]
    key: Value,
}

fn groupby_slots(slots: &Slots) {
    support::iterator(slots, next_groupby);
}

fn grouper_slots(slots: &Slots) {
    support::iterator(slots, next_grouper);
}

/// Reads the next item and its key; false if there is none.
fn step(thread: &mut Thread, object: &native::Object<GroupBy>) -> Result<bool> {
    let this = object.payload();
    let Some(item) = ops::next(thread, &this.iterator)? else { return Ok(false) };
    let key = match &this.function {
        Some(function) => call::call_one(thread, function, &item)?,
        None => item.clone(),
    };
    support::set(thread, object, |it| &it.item, Some(item));
    support::set(thread, object, |it| &it.key, Some(key));
    Ok(true)
}

fn same(thread: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
    Ok(a.is(b) || ops::compare_bool(thread, a, b, Comparison::Eq)?)
}

fn next_groupby(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<GroupBy>(value) else { return Ok(None) };
    support::set(thread, object, |it| &it.group, None);
    // To the first item of another group.
    loop {
        if let Some(key) = support::get(object, |it| &it.key) {
            let Some(target) = support::get(object, |it| &it.target) else { break };
            if !same(thread, &target, &key)? {
                break;
            }
        }
        if !step(thread, object)? {
            return Ok(None);
        }
        support::poll(thread)?;
    }
    let key = support::get(object, |it| &it.key).unwrap_or_else(Value::none);
    support::set(thread, object, |it| &it.target, Some(key.clone()));
    let group = new_group(thread, value, object, &key)?;
    Tuple::of_array(thread, [key, group]).map(Some)
}

fn new_group(
    thread: &mut Thread,
    parent: &Value,
    object: &native::Object<GroupBy>,
    key: &Value,
) -> Result<Value> {
    let group = runtime::object::new(thread, Grouper { parent: parent.clone(), key: key.clone() })?;
    support::set(thread, object, |it| &it.group, Some(group.clone()));
    Ok(group)
}

fn next_grouper(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(group) = cast::<Grouper>(value) else { return Ok(None) };
    let Grouper { parent, key } = group.payload();
    let Some(object) = cast::<GroupBy>(parent) else { return Ok(None) };
    if support::get(object, |it| &it.group).is_none_or(|current| !current.is(value)) {
        return Ok(None);
    }
    if support::get(object, |it| &it.item).is_none() && !step(thread, object)? {
        return Ok(None);
    }
    let Some(current) = support::get(object, |it| &it.key) else { return Ok(None) };
    if !same(thread, key, &current)? {
        return Ok(None);
    }
    let item = support::take(thread, object, |it| &it.item);
    support::set(thread, object, |it| &it.key, None);
    Ok(item)
}

/// Methods of groupby.
#[native::methods(GroupBy, name = "groupby")]
pub mod groupby_methods {
    use super::*;

    /// A new groupby.
    #[new]
    #[sig("(iterable, key=None)")]
    pub fn new(th: &mut Thread, class: &Value, iterable: &Value, key: Option<&Value>) -> Result<Value> {
        let iterator = ops::iter(th, iterable)?;
        let payload = GroupBy {
            iterator,
            function: key.cloned(),
            target: Slot::default(),
            key: Slot::default(),
            item: Slot::default(),
            group: Slot::default(),
        };
        support::make(th, class, payload)
    }
}

/// Methods of the groups.
#[native::methods(Grouper, name = "_grouper")]
pub mod grouper_methods {
    use super::*;

    /// A new group.
    #[new]
    #[sig("(parent, tgtkey, /)", hidden)]
    pub fn new(
        th: &mut Thread,
        _class: &Value,
        parent: &native::Object<GroupBy>,
        tgtkey: &Value,
    ) -> Result<Value> {
        new_group(th, &runtime::object::to_value(parent), parent, tgtkey)
    }
}
