//! Iterators that put others together: `accumulate`, `chain`, `starmap`, `zip_longest`.

use runtime::class::BinaryOp;
use runtime::error::{Result, type_error};
use runtime::memory::{Guarded, Held, Slot};
use runtime::native::{self, Args, Exclusive, Slots};
use runtime::object::{cast, cast_exact};
use runtime::types::{Tuple, TupleExt};
use runtime::{Thread, Value, call, ops};

use crate::support;

/// Returns accumulated sums (or the results of other binary functions), beginning with initial if there is one.
#[native::class(
    "accumulate",
    module = "itertools",
    basetype,
    methods(accumulate_methods),
    new = accumulate_methods::construct,
    signature = "(iterable, func=None, *, initial=None)",
    slots = accumulate_slots
)]
pub struct Accumulate {
    #[trace]
    iterator: Value,
    #[trace]
    function: Option<Value>,
    #[trace]
    total: Slot,
    /// Until it has been returned.
    #[trace]
    initial: Slot,
}

fn accumulate_slots(slots: &Slots) {
    support::iterator(slots, next_accumulate);
}

fn next_accumulate(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Accumulate>(value) else { return Ok(None) };
    let this = object.payload();
    if let Some(initial) = support::take(thread, object, |it| &it.initial) {
        support::set(thread, object, |it| &it.total, Some(initial.clone()));
        return Ok(Some(initial));
    }
    let Some(item) = ops::next(thread, &this.iterator)? else { return Ok(None) };
    let total = match (support::get(object, |it| &it.total), &this.function) {
        (None, _) => item,
        (Some(total), Some(function)) => call::call_positional(thread, function, &[total, item])?,
        (Some(total), None) => ops::binary(thread, &total, &item, BinaryOp::Add)?,
    };
    support::set(thread, object, |it| &it.total, Some(total.clone()));
    Ok(Some(total))
}

/// Methods of accumulate.
#[native::methods(Accumulate, name = "accumulate")]
pub mod accumulate_methods {
    use super::*;

    /// A new accumulate.
    #[new]
    #[sig("(iterable, func=None, *, initial=None)")]
    pub fn new(
        th: &mut Thread,
        class: &Value,
        iterable: &Value,
        func: Option<&Value>,
        initial: Option<&Value>,
    ) -> Result<Value> {
        let iterator = ops::iter(th, iterable)?;
        let payload = Accumulate {
            iterator,
            function: func.cloned(),
            total: Slot::default(),
            initial: Slot::new(initial.cloned()),
        };
        support::make(th, class, payload)
    }
}

/// Returns elements from the first iterable until it is exhausted, then from the next one, and so on.
#[native::class(
    "chain",
    module = "itertools",
    basetype,
    methods(chain_methods),
    new = new_chain,
    signature = "(*iterables)",
    slots = chain_slots
)]
pub struct Chain {
    /// The iterator over the iterables, until it is exhausted.
    #[trace]
    source: Slot,
    /// The iterator in use.
    #[trace]
    active: Slot,
}

fn chain_slots(slots: &Slots) {
    support::iterator(slots, next_chain);
}

fn new_chain(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let args = support::without_keywords_for_init::<Chain>(class, args);
    support::no_keywords(args.names, "chain")?;
    let iterables = Tuple::from_slice(thread, args.positionals())?;
    let source = ops::iter(thread, &iterables)?;
    support::make(thread, class, Chain { source: support::slot(source), active: Slot::default() })
}

fn next_chain(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Chain>(value) else { return Ok(None) };
    loop {
        let active = match support::get(object, |chain| &chain.active) {
            Some(active) => active,
            None => {
                let Some(source) = support::get(object, |chain| &chain.source) else { return Ok(None) };
                let iterator = match ops::next(thread, &source) {
                    Ok(Some(iterable)) => ops::iter(thread, &iterable).map(Some),
                    other => other,
                };
                match iterator {
                    Ok(Some(iterator)) => {
                        support::set(thread, object, |chain| &chain.active, Some(iterator.clone()));
                        iterator
                    }
                    over => {
                        support::set(thread, object, |chain| &chain.source, None);
                        return over;
                    }
                }
            }
        };
        if let Some(item) = ops::next(thread, &active)? {
            return Ok(Some(item));
        }
        support::set(thread, object, |chain| &chain.active, None);
        support::poll(thread)?;
    }
}

/// Methods of chain.
#[native::methods(Chain, name = "chain")]
pub mod chain_methods {
    use super::*;

    /// Alternative chain() constructor taking a single iterable argument that evaluates lazily.
    #[class_method]
    pub fn from_iterable(th: &mut Thread, class: &Value, iterable: &Value) -> Result<Value> {
        let source = ops::iter(th, iterable)?;
        support::make(th, class, Chain { source: support::slot(source), active: Slot::default() })
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        runtime::types::generic_alias::new(th, class, object)
    }
}

/// Returns the function's results for argument tuples that come from the iterable.
#[native::class(
    "starmap",
    module = "itertools",
    basetype,
    methods(starmap_methods),
    new = new_starmap,
    signature = "(function, iterable, /)",
    slots = starmap_slots
)]
pub struct StarMap {
    #[trace]
    function: Value,
    #[trace]
    iterator: Value,
}

fn new_starmap(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    starmap_methods::construct(thread, class, support::without_keywords_for_init::<StarMap>(class, args))
}

fn starmap_slots(slots: &Slots) {
    support::iterator(slots, next_starmap);
}

fn next_starmap(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<StarMap>(value) else { return Ok(None) };
    let StarMap { function, iterator } = object.payload();
    let Some(args) = ops::next(thread, iterator)? else { return Ok(None) };
    if let Some(tuple) = cast_exact::<Tuple>(&args) {
        return call::call_positional(thread, function, tuple.items()).map(Some);
    }
    let args = ops::to_vec(thread, &args)?;
    call::call_positional(thread, function, &args).map(Some)
}

/// Methods of starmap.
#[native::methods(StarMap, name = "starmap")]
pub mod starmap_methods {
    use super::*;

    /// A new starmap.
    #[new]
    pub fn new(th: &mut Thread, class: &Value, function: &Value, iterable: &Value) -> Result<Value> {
        let iterator = ops::iter(th, iterable)?;
        support::make(th, class, StarMap { function: function.clone(), iterator })
    }
}

/// Returns tuples of one item of each iterable until the longest is exhausted; the others are filled up.
#[native::class(
    "zip_longest",
    module = "itertools",
    basetype,
    new = new_zip_longest,
    signature = "(*iterables, fillvalue=None)",
    slots = zip_longest_slots
)]
pub struct ZipLongest {
    /// Iterators, or nothing in the place of one that is exhausted.
    #[trace]
    iterators: Guarded<Vec<Option<Held>>>,
    #[trace]
    fill: Value,
}

fn zip_longest_slots(slots: &Slots) {
    support::iterator(slots, next_zip_longest);
}

fn new_zip_longest(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let mut fill = Value::none();
    for (name, value) in args.keywords() {
        if args.names.len() > 1 || support::keyword(name) != "fillvalue" {
            return Err(type_error("zip_longest() got an unexpected keyword argument"));
        }
        fill = value.clone();
    }
    let mut iterators = Vec::with_capacity(args.positionals().len());
    for iterable in args.positionals() {
        iterators.push(Some(Held::new(ops::iter(thread, iterable)?)));
    }
    support::make(thread, class, ZipLongest { iterators: Guarded::new(iterators), fill })
}

fn next_zip_longest(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<ZipLongest>(value) else { return Ok(None) };
    let count = Exclusive::open(thread, object).get(|zip| &zip.iterators).len();
    let mut items = support::vector(count)?;
    let mut active = 0;
    for i in 0..count {
        let iterator = Exclusive::open(thread, object)
            .get(|zip| &zip.iterators)
            .get(i)
            .and_then(|held| held.as_ref().map(|held| held.value().clone()));
        let item = match &iterator {
            Some(iterator) => ops::next(thread, iterator),
            None => Ok(None),
        };
        match item {
            Ok(Some(item)) => {
                active += 1;
                items.push(item);
            }
            Ok(None) => {
                items.push(object.payload().fill.clone());
                forget(thread, object, i);
            }
            Err(raised) => {
                // An iterator that has failed is not asked again, nor are the others.
                (0..count).for_each(|i| forget(thread, object, i));
                return Err(raised);
            }
        }
    }
    if active == 0 { Ok(None) } else { support::tuple(thread, items).map(Some) }
}

fn forget(thread: &mut Thread, object: &native::Object<ZipLongest>, index: usize) {
    let mut section = Exclusive::open(thread, object);
    let held = section.get(|zip| &zip.iterators).get_mut(index).and_then(Option::take);
    drop(section);
    drop(held);
}
