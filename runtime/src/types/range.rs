//! `range`: three ints of any size, and how many numbers they span.

use memory::{Object, Trace, Value, Visitor};
use num_bigint::BigInt;
use threads::{Context, Thread};

use super::range_iterators;
use super::slice::Slice;
use super::tuple_methods::TupleHash;
use super::{Str, Tuple, int};
use crate::class::{ClassFlags, Comparison, Payload, Slots, TypeExt, class_of, slots_of};
use crate::error::{Result, index_error, overflow_error, type_error, value_error};
use crate::iterate::Iteration;
use crate::native::{Args, GetSet, NativeDef};
use crate::object::cast;
use crate::ops;

/// The payload of a range.
pub struct Range {
    start: Value,
    stop: Value,
    step: Value,
    length: Value,
}

// SAFETY: each int once.
unsafe impl Trace for Range {
    const NAME: &'static str = "range";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for part in [&self.start, &self.stop, &self.step, &self.length] {
            visitor.value(part);
        }
    }
}

static METHODS: &[&[NativeDef]] = &[methods::METHODS];
static GETSETS: &[&[GetSet]] = &[methods::GETSETS];

crate::class_def!(
    Range,
    "range",
    ClassFlags::SEQUENCE,
    with_doc(
        "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\nReturn an object that produces a sequence of integers from start (inclusive)\nto stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.\nstart defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.\nThese are exactly the valid indices for a list of 4 elements.\nWhen step is given, it specifies the increment (or decrement)."
    ),
    with_slots(slots),
    with_new(construct),
    with_methods(METHODS),
    with_getsets(GETSETS)
);

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.hash.set(hash);
    slots.compare.set(compare);
    slots.len.set(len);
    slots.bool.set(|_, value| Ok(cast::<Range>(value).is_some_and(|range| !range.payload().is_empty())));
    slots.getitem.set(getitem);
    slots.contains.set(contains);
    slots.iter.set(|thread, value| match cast::<Range>(value) {
        Some(range) => range_iterators::forward(thread, range.payload()),
        None => Ok(Value::none()),
    });
}

/// An int as a big integer.
pub(crate) fn big(value: &Value) -> BigInt {
    int::to_bigint(value).unwrap_or_default()
}

impl Range {
    /// `start`.
    pub fn start(&self) -> &Value {
        &self.start
    }

    /// `stop`.
    pub fn stop(&self) -> &Value {
        &self.stop
    }

    /// `step`, which is not 0.
    pub fn step(&self) -> &Value {
        &self.step
    }

    /// How many numbers.
    pub fn length(&self) -> &Value {
        &self.length
    }

    fn is_empty(&self) -> bool {
        self.length.as_int() == Some(0)
    }

    /// Start, step and length, if these and all numbers of the range and the one behind the last fit machine words.
    pub fn small(&self) -> Option<(i64, i64, i64)> {
        let (start, step, length) = (self.start.as_int()?, self.step.as_int()?, self.length.as_int()?);
        step.checked_mul(length)?.checked_add(start)?;
        Some((start, step, length))
    }

    /// The number at `index`, which is in range.
    fn item(&self, thread: &Context, index: &BigInt) -> Result<Value> {
        int::from_bigint(thread, big(&self.start) + big(&self.step) * index)
    }

    /// The index of an int, if it is one of the numbers.
    fn find(&self, number: &Value) -> Option<BigInt> {
        if let (Some((start, step, length)), Some(number)) = (self.small(), number.as_int()) {
            let offset = i128::from(number) - i128::from(start);
            let step = i128::from(step);
            let index = offset / step;
            return (offset % step == 0 && (0..i128::from(length)).contains(&index)).then(|| index.into());
        }
        let (offset, step) = (big(number) - big(&self.start), big(&self.step));
        let index = &offset / &step;
        let found = &index * &step == offset && index >= BigInt::ZERO && index < big(&self.length);
        found.then_some(index)
    }
}

/// `range(start, stop, step)` of ints.
///
/// # Errors
/// ValueError for a step of 0; MemoryError.
pub fn new(thread: &Context, start: Value, stop: Value, step: Value) -> Result<Value> {
    if step.as_int() == Some(0) {
        return Err(value_error("range() arg 3 must not be zero"));
    }
    let length = length_of(thread, &start, &stop, &step)?;
    crate::object::new(thread, Range { start, stop, step, length })
}

fn length_of(thread: &Context, start: &Value, stop: &Value, step: &Value) -> Result<Value> {
    if let (Some(start), Some(stop), Some(step)) = (start.as_int(), stop.as_int(), step.as_int()) {
        if let Some(length) = stop.checked_sub(start)
            && step == 1
        {
            return int::from_i64(thread, length.max(0));
        }
        let (start, stop, step) = (i128::from(start), i128::from(stop), i128::from(step));
        let (low, high) = if step > 0 { (start, stop) } else { (stop, start) };
        let length = if low >= high { 0 } else { (high - low - 1) / step.abs() + 1 };
        return int::from_i128(thread, length);
    }
    let (start, stop, step) = (big(start), big(stop), big(step));
    let negative = step < BigInt::ZERO;
    let (low, high) = if negative { (stop, start) } else { (start, stop) };
    if low >= high {
        return int::from_i64(thread, 0);
    }
    let step = if negative { -step } else { step };
    int::from_bigint(thread, (high - low - 1u8) / step + 1u8)
}

fn construct(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let zero = int::from_i64(thread, 0)?;
    let one = int::from_i64(thread, 1)?;
    let plain = |thread: &mut Thread, value: &Value| -> Result<Value> {
        if value.as_int().is_some() {
            return Ok(value.clone());
        }
        let index = ops::index(thread, value)?;
        if int::is_exact(&index) { Ok(index) } else { int::from_bigint(thread, big(&index)) }
    };
    match args.no_keywords("range")? {
        [] => Err(type_error("range expected at least 1 argument, got 0")),
        [stop] => {
            let stop = plain(thread, stop)?;
            new(thread, zero, stop, one)
        }
        [start, stop] => {
            let start = plain(thread, start)?;
            let stop = plain(thread, stop)?;
            new(thread, start, stop, one)
        }
        [start, stop, step] => {
            let start = plain(thread, start)?;
            let stop = plain(thread, stop)?;
            let step = plain(thread, step)?;
            new(thread, start, stop, step)
        }
        more => Err(type_error(format!("range expected at most 3 arguments, got {}", more.len()))),
    }
}

fn len(_: &mut Thread, value: &Value) -> Result<usize> {
    let Some(range) = cast::<Range>(value) else { return Ok(0) };
    int::to_i64(&range.payload().length)
        .and_then(|len| usize::try_from(len).ok())
        .ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(range) = cast::<Range>(value) else { return Ok(Value::none()) };
    let range = range.payload();
    let start = ops::repr_text(thread, &range.start)?;
    let stop = ops::repr_text(thread, &range.stop)?;
    if range.step.as_int() == Some(1) {
        return Str::new(thread, &format!("range({start}, {stop})"));
    }
    let step = ops::repr_text(thread, &range.step)?;
    Str::new(thread, &format!("range({start}, {stop}, {step})"))
}

/// Equal ranges span the same numbers: only the length, the first number and the step count, as far as there are any.
fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let Some(range) = cast::<Range>(value) else { return Ok(0) };
    let range = range.payload();
    let none = Value::none();
    let (start, step) = match range.length.as_int() {
        Some(0) => (&none, &none),
        Some(1) => (&range.start, &none),
        _ => (&range.start, &range.step),
    };
    let mut mixed = TupleHash::new();
    for part in [&range.length, start, step] {
        mixed.add(ops::hash(thread, part)?);
    }
    Ok(mixed.finish(3))
}

fn same_int(a: &Value, b: &Value) -> bool {
    a.is(b) || big(a) == big(b)
}

fn compare(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(left), Some(right)) = (cast::<Range>(a), cast::<Range>(b)) else {
        return Ok(Value::not_implemented());
    };
    let (left, right) = (left.payload(), right.payload());
    let equal = a.is(b)
        || same_int(&left.length, &right.length)
            && (left.is_empty()
                || same_int(&left.start, &right.start)
                    && (left.length.as_int() == Some(1) || same_int(&left.step, &right.step)));
    match op {
        Comparison::Eq => Ok(Value::from_bool(equal)),
        Comparison::Ne => Ok(Value::from_bool(!equal)),
        _ => Ok(Value::not_implemented()),
    }
}

fn getitem(thread: &mut Thread, value: &Value, key: &Value) -> Result<Value> {
    let Some(range) = cast::<Range>(value) else { return Ok(Value::none()) };
    let range = range.payload();
    if let (Some(index), Some((start, step, length))) = (key.as_int(), range.small()) {
        let index = if index < 0 { index + length } else { index };
        if (0..length).contains(&index) {
            return int::from_i64(thread, start + index * step);
        }
        return Err(index_error("range object index out of range"));
    }
    if let Some(slice) = cast::<Slice>(key) {
        return select(thread, range, slice);
    }
    if slots_of(key).index.get().is_none() {
        return Err(type_error(format!(
            "range indices must be integers or slices, not {}",
            class_of(key).name_lossy()
        )));
    }
    let index = ops::index_bigint(thread, key)?;
    let length = big(&range.length);
    let index = if index < BigInt::ZERO { index + &length } else { index };
    if index < BigInt::ZERO || index >= length {
        return Err(index_error("range object index out of range"));
    }
    range.item(thread, &index)
}

/// A slice of a range is a range.
fn select(thread: &mut Thread, range: &Range, slice: &Object<Slice>) -> Result<Value> {
    let payload = slice.payload();
    let part = |slot: &memory::Slot| slot.get(slice.header()).filter(|part| !part.is_none());
    let (start, stop, step) = (part(&payload.start), part(&payload.stop), part(&payload.step));
    if let Some([start, stop, step]) = select_small(range, start.as_ref(), stop.as_ref(), step.as_ref()) {
        let start = int::from_i64(thread, start)?;
        let stop = int::from_i64(thread, stop)?;
        let step = int::from_i64(thread, step)?;
        return new(thread, start, stop, step);
    }
    let length = big(&range.length);
    let step = match step {
        Some(step) => slice_part(thread, &step)?,
        None => 1.into(),
    };
    if step == BigInt::ZERO {
        return Err(value_error("slice step cannot be zero"));
    }
    let negative = step < BigInt::ZERO;
    let (least, most) =
        if negative { (BigInt::from(-1), &length - 1u8) } else { (BigInt::ZERO, length.clone()) };
    let cut = |thread: &mut Thread, part: Option<Value>, missing: &BigInt| -> Result<BigInt> {
        let Some(part) = part else { return Ok(missing.clone()) };
        let index = slice_part(thread, &part)?;
        let index = if index < BigInt::ZERO { index + &length } else { index };
        Ok(index.max(least.clone()).min(most.clone()))
    };
    let (first, last) = if negative { (&most, &least) } else { (&least, &most) };
    let start = cut(thread, start, first)?;
    let stop = cut(thread, stop, last)?;
    let (of_start, of_step) = (big(&range.start), big(&range.step));
    let start = int::from_bigint(thread, &of_start + start * &of_step)?;
    let stop = int::from_bigint(thread, &of_start + stop * &of_step)?;
    let step = int::from_bigint(thread, step * of_step)?;
    new(thread, start, stop, step)
}

/// Start, stop and step of a slice of a range, where all numbers are machine words; `None` leaves it to [`select`].
fn select_small(
    range: &Range,
    start: Option<&Value>,
    stop: Option<&Value>,
    step: Option<&Value>,
) -> Option<[i64; 3]> {
    let (of_start, of_step, length) = range.small()?;
    let step = step.map_or(Some(1), Value::as_int).filter(|&step| step != 0)?;
    let (least, most) = if step < 0 { (-1, length - 1) } else { (0, length) };
    // Ints that are no objects have 62 bits: what is added does not overflow.
    let cut = |part: Option<&Value>, missing| match part {
        Some(part) => {
            let index = part.as_int()?;
            Some((if index < 0 { index + length } else { index }).max(least).min(most))
        }
        None => Some(missing),
    };
    let (first, last) = if step < 0 { (most, least) } else { (least, most) };
    let number = |index: i64| index.checked_mul(of_step)?.checked_add(of_start);
    Some([number(cut(start, first)?)?, number(cut(stop, last)?)?, step.checked_mul(of_step)?])
}

fn slice_part(thread: &mut Thread, part: &Value) -> Result<BigInt> {
    if slots_of(part).index.get().is_none() {
        return Err(type_error("slice indices must be integers or None or have an __index__ method"));
    }
    ops::index_bigint(thread, part)
}

/// Whether a number may be looked for by arithmetic: an int or a bool, whose `==` is known.
fn is_plain(item: &Value) -> bool {
    int::is_exact(item) || int::as_bool(item).is_some()
}

fn contains(thread: &mut Thread, value: &Value, item: &Value) -> Result<bool> {
    match cast::<Range>(value) {
        Some(range) if is_plain(item) => Ok(range.payload().find(item).is_some()),
        _ => ops::contains_by_iteration(thread, value, item),
    }
}

/// Methods that have no slot.
#[native::methods(Range)]
mod methods {
    use super::{Iteration, Payload, Range, Tuple, int, is_plain, ops, range_iterators, value_error};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};
    use crate::object::to_value;

    /// Return a reverse iterator.
    #[name("__reversed__")]
    pub fn reversed(th: &mut Thread, range: &Object<Range>) -> Result<Value> {
        range_iterators::backward(th, range.payload())
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, range: &Object<Range>) -> Result<Value> {
        let Range { start, stop, step, .. } = range.payload();
        let args = Tuple::from_slice(th, &[start.clone(), stop.clone(), step.clone()])?;
        Tuple::of_array(th, [Range::def().value(), args])
    }

    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    pub fn count(th: &mut Thread, range: &Object<Range>, value: &Value) -> Result<usize> {
        if is_plain(value) {
            return Ok(usize::from(range.payload().find(value).is_some()));
        }
        let mut found = 0;
        ops::for_each(th, &to_value(range), |thread, item| {
            found += usize::from(ops::is_or_equals(thread, &item, value)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// rangeobject.index(value) -> integer -- return index of value.
    /// Raise ValueError if the value is not present.
    pub fn index(th: &mut Thread, range: &Object<Range>, value: &Value) -> Result<Value> {
        if is_plain(value) {
            return match range.payload().find(value) {
                Some(index) => int::from_bigint(th, index),
                None => Err(value_error("range.index(x): x not in range")),
            };
        }
        let mut items = Iteration::over(th, &to_value(range))?;
        let mut index = 0u64;
        while let Some(item) = items.next(th)? {
            if ops::is_or_equals(th, &item, value)? {
                return int::from_i128(th, index.into());
            }
            index += 1;
            ops::memory_poll(th)?;
        }
        Err(value_error("sequence.index(x): x not in sequence"))
    }

    /// start
    #[getter]
    pub fn start(range: &Object<Range>) -> Value {
        range.payload().start.clone()
    }

    /// stop
    #[getter]
    pub fn stop(range: &Object<Range>) -> Value {
        range.payload().stop.clone()
    }

    /// step
    #[getter]
    pub fn step(range: &Object<Range>) -> Value {
        range.payload().step.clone()
    }
}
