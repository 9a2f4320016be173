//! Iterators that need not end: `count`, `cycle`, `repeat`.

use runtime::class::BinaryOp;
use runtime::error::{Result, overflow_error, type_error};
use runtime::memory::{Guarded, Held, Slot};
use runtime::native::{self, Args, Exclusive, Slots};
use runtime::object::cast;
use runtime::types::{Str, float, int};
use runtime::{Thread, Value, class, ops};

use crate::support;

/// Makes an iterator that returns evenly spaced values, beginning with start.
#[native::class(
    "count",
    module = "itertools",
    basetype,
    methods(count_methods),
    new = count_methods::construct,
    signature = "(start=0, step=1)",
    slots = count_slots
)]
pub struct Count {
    /// The number that is next.
    #[trace]
    number: Slot,
    #[trace]
    step: Value,
}

fn count_slots(slots: &Slots) {
    support::iterator(slots, next_count);
    slots.repr.set(count_repr);
}

fn is_number(value: &Value) -> bool {
    let slots = class::slots_of(value);
    int::is_int(value)
        || float::to_f64(value).is_some()
        || slots.int.get().is_some()
        || slots.float.get().is_some()
        || slots.index.get().is_some()
        || class::TypeExt::name_lossy(class::class_of(value)) == "complex"
}

fn next_count(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Count>(value) else { return Ok(None) };
    let step = &object.payload().step;
    // Each number goes to one thread: whoever finds that another has taken it tries the next one.
    loop {
        let Some(number) = support::get(object, |count| &count.number) else { return Ok(None) };
        let following = match (number.as_int(), step.as_int()) {
            (Some(number), Some(step)) => int::from_i128(thread, i128::from(number) + i128::from(step))?,
            _ => ops::binary(thread, &number, step, BinaryOp::Add)?,
        };
        if !object.header().is_shared() {
            support::set(thread, object, |count| &count.number, Some(following));
            return Ok(Some(number));
        }
        let slot = &object.payload().number;
        if slot.replace_if(thread, object.header(), number.word(), following).is_ok() {
            return Ok(Some(number));
        }
    }
}

fn count_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(object) = cast::<Count>(value) else { return Ok(Value::none()) };
    let number = support::get(object, |count| &count.number).unwrap_or_else(Value::none);
    let name = support::short_name(value);
    let number = ops::repr_text(thread, &number)?;
    let step = &object.payload().step;
    if step.as_int() == Some(1) {
        return Str::new(thread, &format!("{name}({number})"));
    }
    let step = ops::repr_text(thread, step)?;
    Str::new(thread, &format!("{name}({number}, {step})"))
}

/// Methods of count.
#[native::methods(Count, name = "count")]
pub mod count_methods {
    use super::*;

    /// A new counter.
    #[new]
    #[sig("(start=0, step=1)")]
    pub fn new(th: &mut Thread, class: &Value, start: Option<&Value>, step: Option<&Value>) -> Result<Value> {
        if start.is_some_and(|start| !is_number(start)) || step.is_some_and(|step| !is_number(step)) {
            return Err(type_error("a number is required"));
        }
        let number = match start {
            Some(start) => start.clone(),
            None => int::from_i64(th, 0)?,
        };
        let step = match step {
            Some(step) => step.clone(),
            None => int::from_i64(th, 1)?,
        };
        support::make(th, class, Count { number: support::slot(number), step })
    }
}

/// Returns elements from the iterable until it is exhausted, and then the saved ones over and over.
#[native::class(
    "cycle",
    module = "itertools",
    basetype,
    methods(cycle_methods),
    new = new_cycle,
    signature = "(iterable, /)",
    slots = cycle_slots
)]
pub struct Cycle {
    /// Until it is exhausted.
    #[trace]
    iterator: Slot,
    #[trace]
    saved: Guarded<Vec<Held>>,
    #[trace]
    index: Guarded<usize>,
}

fn new_cycle(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    cycle_methods::construct(thread, class, support::without_keywords_for_init::<Cycle>(class, args))
}

fn cycle_slots(slots: &Slots) {
    support::iterator(slots, next_cycle);
}

fn next_cycle(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Cycle>(value) else { return Ok(None) };
    if let Some(iterator) = support::get(object, |cycle| &cycle.iterator) {
        if let Some(item) = ops::next(thread, &iterator)? {
            let mut section = Exclusive::open(thread, object);
            let held = section.hold(item.clone());
            section.get(|cycle| &cycle.saved).push(held);
            return Ok(Some(item));
        }
        support::set(thread, object, |cycle| &cycle.iterator, None);
    }
    let mut section = Exclusive::open(thread, object);
    let index = *section.get(|cycle| &cycle.index);
    let saved = section.get(|cycle| &cycle.saved);
    let found = saved.get(index).map(|held| held.value().clone());
    let following = if index + 1 >= saved.len() { 0 } else { index + 1 };
    *section.get(|cycle| &cycle.index) = following;
    Ok(found)
}

/// Methods of cycle.
#[native::methods(Cycle, name = "cycle")]
pub mod cycle_methods {
    use super::*;

    /// A new cycle.
    #[new]
    pub fn new(th: &mut Thread, class: &Value, iterable: &Value) -> Result<Value> {
        let iterator = ops::iter(th, iterable)?;
        let cycle = Cycle {
            iterator: support::slot(iterator),
            saved: Guarded::new(Vec::new()),
            index: Guarded::new(0),
        };
        support::make(th, class, cycle)
    }
}

/// repeat(object [,times]) -> create an iterator which returns the object
/// for the specified number of times.  If not specified, returns the object
/// endlessly.
#[native::class(
    "repeat",
    module = "itertools",
    basetype,
    methods(repeat_methods),
    new = repeat_methods::construct,
    slots = repeat_slots
)]
pub struct Repeat {
    #[trace]
    element: Value,
    /// How often still; negative for ever.
    #[trace]
    left: Guarded<isize>,
}

fn repeat_slots(slots: &Slots) {
    support::iterator(slots, next_repeat);
    slots.repr.set(repeat_repr);
}

fn next_repeat(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(object) = cast::<Repeat>(value) else { return Ok(None) };
    let mut section = Exclusive::open(thread, object);
    let left = section.get(|repeat| &repeat.left);
    if *left == 0 {
        return Ok(None);
    }
    if *left > 0 {
        *left -= 1;
    }
    Ok(Some(object.payload().element.clone()))
}

fn repeat_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(object) = cast::<Repeat>(value) else { return Ok(Value::none()) };
    let left = support::read(thread, object, |repeat| &repeat.left);
    let name = support::short_name(value);
    let element = ops::repr_text(thread, &object.payload().element)?;
    let text = if left < 0 { format!("{name}({element})") } else { format!("{name}({element}, {left})") };
    Str::new(thread, &text)
}

/// Methods of repeat.
#[native::methods(Repeat, name = "repeat")]
pub mod repeat_methods {
    use super::*;
    use runtime::native::Object;

    /// A new repeat.
    #[new]
    #[sig("(object, times=<unrepresentable>)", hidden)]
    pub fn new(th: &mut Thread, class: &Value, object: &Value, times: Option<&Value>) -> Result<Value> {
        let left = match times {
            Some(times) => {
                let times = ops::index_isize_or(th, times, |_| {
                    overflow_error("Python int too large to convert to C ssize_t")
                })?;
                times.max(0)
            }
            None => -1,
        };
        support::make(th, class, Repeat { element: object.clone(), left: Guarded::new(left) })
    }

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(th: &mut Thread, repeat: &Object<Repeat>) -> Result<isize> {
        match support::read(th, repeat, |repeat| &repeat.left) {
            left if left < 0 => Err(type_error("len() of unsized object")),
            left => Ok(left),
        }
    }
}
