//! Iterators that give some items of another: `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`.

use runtime::class::Payload;
use runtime::error::{Result, type_error, value_error};
use runtime::memory::{Guarded, Slot};
use runtime::native::{self, Args, Exclusive, Slots};
use runtime::object::cast;
use runtime::types::{Bool, int};
use runtime::{Thread, Value, call, ops};

use crate::support;

/// Returns data elements corresponding to true selector elements.
#[native::class(
    "compress",
    module = "itertools",
    basetype,
    methods(compress_methods),
    new = compress_methods::construct,
    signature = "(data, selectors)",
    slots = compress_slots
)]
pub struct Compress {
    #[trace]
    data: Value,
    #[trace]
    selectors: Value,
}

fn compress_slots(slots: &Slots) {
    support::iterator(slots, next_compress);
}

fn next_compress(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Compress>(value) else { return Ok(None) };
    let Compress { data, selectors } = object.payload();
    loop {
        let Some(item) = ops::next(thread, data)? else { return Ok(None) };
        let Some(selector) = ops::next(thread, selectors)? else { return Ok(None) };
        if ops::is_true(thread, &selector)? {
            return Ok(Some(item));
        }
        support::poll(thread)?;
    }
}

/// Methods of compress.
#[native::methods(Compress, name = "compress")]
pub mod compress_methods {
    use super::*;

    /// A new compress.
    #[new]
    #[sig("(data, selectors)")]
    pub fn new(th: &mut Thread, class: &Value, data: &Value, selectors: &Value) -> Result<Value> {
        let data = ops::iter(th, data)?;
        let selectors = ops::iter(th, selectors)?;
        support::make(th, class, Compress { data, selectors })
    }
}

macro_rules! with_predicate {
    ($(#[$doc:meta])* $type:ident $name:literal $parameter:ident $signature:literal $methods:ident $slots:ident $next:ident $new:ident) => {
        $(#[$doc])*
        #[native::class(
            $name,
            module = "itertools",
            basetype,
            methods($methods),
            new = $new,
            signature = $signature,
            slots = $slots
        )]
        pub struct $type {
            #[trace]
            predicate: Value,
            #[trace]
            iterator: Value,
            /// Whether the predicate has decided.
            #[trace]
            decided: Guarded<bool>,
        }

        fn $slots(slots: &Slots) {
            support::iterator(slots, $next);
        }

        fn $new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
            $methods::construct(thread, class, support::without_keywords_for_init::<$type>(class, args))
        }

        /// Its methods.
        #[native::methods($type, name = $name)]
        pub mod $methods {
            use super::*;

            /// A new iterator.
            #[new]
            pub fn new(th: &mut Thread, class: &Value, $parameter: &Value, iterable: &Value) -> Result<Value> {
                let iterator = ops::iter(th, iterable)?;
                let payload = $type { predicate: $parameter.clone(), iterator, decided: Guarded::new(false) };
                support::make(th, class, payload)
            }
        }
    };
}

with_predicate! {
    /// Drops items from the iterable while predicate(item) is true, and then returns every element.
    DropWhile "dropwhile" predicate "(predicate, iterable, /)" dropwhile_methods dropwhile_slots next_dropwhile new_dropwhile
}
with_predicate! {
    /// Returns successive entries from an iterable as long as the predicate is true for each.
    TakeWhile "takewhile" predicate "(predicate, iterable, /)" takewhile_methods takewhile_slots next_takewhile new_takewhile
}
with_predicate! {
    /// Returns those items of iterable for which function(item) is false; of function None, those that are false.
    FilterFalse "filterfalse" function "(function, iterable, /)" filterfalse_methods filterfalse_slots next_filterfalse new_filterfalse
}

fn holds(thread: &mut Thread, predicate: &Value, item: &Value) -> Result<bool> {
    let answer = call::call_one(thread, predicate, item)?;
    ops::is_true(thread, &answer)
}

fn next_dropwhile(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<DropWhile>(value) else { return Ok(None) };
    let this = object.payload();
    loop {
        let Some(item) = ops::next(thread, &this.iterator)? else { return Ok(None) };
        if support::read(thread, object, |it| &it.decided) {
            return Ok(Some(item));
        }
        if !holds(thread, &this.predicate, &item)? {
            support::write(thread, object, |it| &it.decided, true);
            return Ok(Some(item));
        }
        support::poll(thread)?;
    }
}

fn next_takewhile(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<TakeWhile>(value) else { return Ok(None) };
    let this = object.payload();
    if support::read(thread, object, |it| &it.decided) {
        return Ok(None);
    }
    let Some(item) = ops::next(thread, &this.iterator)? else { return Ok(None) };
    if holds(thread, &this.predicate, &item)? {
        return Ok(Some(item));
    }
    support::write(thread, object, |it| &it.decided, true);
    Ok(None)
}

fn next_filterfalse(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<FilterFalse>(value) else { return Ok(None) };
    let this = object.payload();
    let plain = this.predicate.is_none() || Bool::def().value().is(&this.predicate);
    loop {
        let Some(item) = ops::next(thread, &this.iterator)? else { return Ok(None) };
        let wanted =
            if plain { !ops::is_true(thread, &item)? } else { !holds(thread, &this.predicate, &item)? };
        if wanted {
            return Ok(Some(item));
        }
        support::poll(thread)?;
    }
}

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// Returns selected values from an iterable, as a slice of a list would, but from an iterator.
#[native::class("islice", module = "itertools", basetype, new = new_islice, slots = islice_slots)]
pub struct ISlice {
    /// Until it is exhausted.
    #[trace]
    iterator: Slot,
    /// The index of the item that is wanted next, and how many items have been met.
    #[trace]
    at: Guarded<(usize, usize)>,
    #[trace]
    stop: Option<usize>,
    step: usize,
}

fn islice_slots(slots: &Slots) {
    support::iterator(slots, next_islice);
}

const BAD_STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
const BAD_INDEX: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
const BAD_STEP: &str = "Step for islice() must be a positive integer or None.";

/// An index, or nothing for None.
fn index(thread: &mut Thread, value: &Value, message: &str) -> Result<Option<usize>> {
    if value.is_none() {
        return Ok(None);
    }
    let number = ops::index(thread, value).map_err(|_| value_error(message))?;
    let number = int::to_i64(&number).and_then(|number| usize::try_from(number).ok());
    number.map(Some).ok_or_else(|| value_error(message))
}

fn new_islice(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let args = support::without_keywords_for_init::<ISlice>(class, args);
    support::no_keywords(args.names, "islice")?;
    let (iterable, start, stop, step) = match args.positionals() {
        [iterable, stop] => (iterable, None, stop, None),
        [iterable, start, stop] => (iterable, Some(start), stop, None),
        [iterable, start, stop, step] => (iterable, Some(start), stop, Some(step)),
        few if few.len() < 2 => {
            return Err(type_error(format!("islice expected at least 2 arguments, got {}", few.len())));
        }
        many => return Err(type_error(format!("islice expected at most 4 arguments, got {}", many.len()))),
    };
    let stop = index(thread, stop, BAD_STOP)?;
    let start = match start {
        Some(start) => index(thread, start, BAD_INDEX)?.unwrap_or(0),
        None => 0,
    };
    let step = match step {
        Some(step) => index(thread, step, BAD_STEP)?.unwrap_or(1),
        None => 1,
    };
    if step == 0 {
        return Err(value_error(BAD_STEP));
    }
    let iterator = ops::iter(thread, iterable)?;
    let payload = ISlice { iterator: support::slot(iterator), at: Guarded::new((start, 0)), stop, step };
    support::make(thread, class, payload)
}

fn next_islice(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<ISlice>(value) else { return Ok(None) };
    let this = object.payload();
    let Some(iterator) = support::get(object, |it| &it.iterator) else { return Ok(None) };
    let (wanted, mut met) = support::read(thread, object, |it| &it.at);
    loop {
        let skipping = met < wanted;
        if !skipping && this.stop.is_some_and(|stop| met >= stop) {
            break;
        }
        let Some(item) = ops::next(thread, &iterator)? else { break };
        met += 1;
        let following = if skipping {
            wanted
        } else {
            let following = wanted.saturating_add(this.step);
            this.stop.map_or(following, |stop| following.min(stop))
        };
        *Exclusive::open(thread, object).get(|it| &it.at) = (following, met);
        if !skipping {
            return Ok(Some(item));
        }
        support::poll(thread)?;
    }
    support::set(thread, object, |it| &it.iterator, None);
    Ok(None)
}
