//! `slice`: what stands between brackets with colons, and what it selects from a sequence.
//!
//! Selecting takes two steps, because the first may run Python and with it change the sequence: [`Bounds::of`] turns the
//! three values into numbers, [`Bounds::over`] fits them to a length that is read afterwards.

use memory::{Object, Slot, Trace, Value, Visitor};
use num_bigint::{BigInt, Sign};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Comparison, Payload, Slots, TypeExt, class_of, slots_of};
use crate::error::{Result, type_error, value_error};
use crate::native::{self, Args, GetSet};
use crate::object::cast;
use crate::types::{Str, Tuple, int};

/// The payload of a slice.
pub struct Slice {
    /// `start`.
    pub start: Slot,
    /// `stop`.
    pub stop: Slot,
    /// `step`.
    pub step: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for Slice {
    const NAME: &'static str = "slice";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.start);
        visitor.slot(&self.stop);
        visitor.slot(&self.step);
    }
}

crate::class_def!(
    Slice,
    "slice",
    ClassFlags::NONE,
    with_doc(
        "slice(stop)\nslice(start, stop[, step])\n\nCreate a slice object.\n\nThis is used for extended slicing (e.g. a[0:10:2])."
    ),
    with_slots(slots),
    with_new(new_slice),
    with_methods(&[methods::METHODS]),
    with_getsets(&[GETSETS])
);

static GETSETS: &[GetSet] = &[
    GetSet { name: "start", doc: None, get: |_, value| Ok(parts(value)[0].clone()), set: None },
    GetSet { name: "stop", doc: None, get: |_, value| Ok(parts(value)[1].clone()), set: None },
    GetSet { name: "step", doc: None, get: |_, value| Ok(parts(value)[2].clone()), set: None },
];

/// `slice(start, stop, step)`.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, start: Value, stop: Value, step: Value) -> Result<Value> {
    let slot = |value| Slot::new(Some(value));
    crate::object::new(thread, Slice { start: slot(start), stop: slot(stop), step: slot(step) })
}

fn new_slice(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let none = Value::none;
    match args.no_keywords("slice")? {
        [] => Err(type_error("slice expected at least 1 argument, got 0")),
        [stop] => new(thread, none(), stop.clone(), none()),
        [start, stop] => new(thread, start.clone(), stop.clone(), none()),
        [start, stop, step] => new(thread, start.clone(), stop.clone(), step.clone()),
        more => Err(type_error(format!("slice expected at most 3 arguments, got {}", more.len()))),
    }
}

/// Start, stop and step.
fn parts(value: &Value) -> [Value; 3] {
    let Some(slice) = cast::<Slice>(value) else { return [Value::none(), Value::none(), Value::none()] };
    let part = |slot: &Slot| slot.get(slice.header()).unwrap_or_else(Value::none);
    let payload = slice.payload();
    [part(&payload.start), part(&payload.stop), part(&payload.step)]
}

/// The numbers of a slice, before the length of the sequence is known; missing ones say "from one end to the other".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    start: isize,
    stop: isize,
    step: isize,
}

/// What a slice selects from a sequence of a certain length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first index, where there is one; else where items would be inserted.
    pub start: usize,
    /// The distance between indices; never 0.
    pub step: isize,
    /// How many indices.
    pub count: usize,
}

impl Bounds {
    /// The numbers of `slice`.
    ///
    /// # Errors
    /// TypeError, ValueError for a step of 0, or what `__index__` raises.
    pub fn of(thread: &mut Thread, slice: &Object<Slice>) -> Result<Self> {
        let payload = slice.payload();
        let part = |slot: &Slot| slot.get(slice.header()).unwrap_or_else(Value::none);
        let step = match part(&payload.step) {
            step if step.is_none() => 1,
            step => slice_index(thread, &step)?.max(-isize::MAX),
        };
        if step == 0 {
            return Err(value_error("slice step cannot be zero"));
        }
        let (first, last) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
        let start = match part(&payload.start) {
            start if start.is_none() => first,
            start => slice_index(thread, &start)?,
        };
        let stop = match part(&payload.stop) {
            stop if stop.is_none() => last,
            stop => slice_index(thread, &stop)?,
        };
        Ok(Self { start, stop, step })
    }

    /// What is selected from a sequence of `len` items.
    pub fn over(self, len: usize) -> Span {
        let len = len as isize;
        let low = if self.step < 0 { -1 } else { 0 };
        let high = if self.step < 0 { len - 1 } else { len };
        let fit = |index: isize| {
            if index < 0 { index.saturating_add(len).max(low) } else { index.min(high) }
        };
        let (start, stop) = (fit(self.start), fit(self.stop));
        let count = if self.step < 0 {
            if stop < start { (start - stop - 1) / -self.step + 1 } else { 0 }
        } else if start < stop {
            (stop - start - 1) / self.step + 1
        } else {
            0
        };
        Span { start: start.max(0) as usize, step: self.step, count: count as usize }
    }
}

impl Span {
    /// The indices, in order.
    pub fn indices(self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.count).map(move |i| (self.start as isize + i as isize * self.step) as usize)
    }

    /// The same indices in ascending order.
    pub fn ascending(self) -> Span {
        if self.step > 0 || self.count == 0 {
            return Span { step: self.step.abs(), ..self };
        }
        let last = self.start as isize + (self.count as isize - 1) * self.step;
        Span { start: last as usize, step: -self.step, count: self.count }
    }

    /// The range of indices, if they follow each other.
    pub fn range(self) -> Option<std::ops::Range<usize>> {
        (self.step == 1).then(|| self.start..self.start + self.count)
    }
}

/// A slice's bound as a number, clipped to what fits.
///
/// # Errors
/// TypeError, or what `__index__` raises.
pub fn slice_index(thread: &mut Thread, value: &Value) -> Result<isize> {
    if let Some(small) = value.as_int() {
        return Ok(small as isize);
    }
    if !int::is_int(value) && slots_of(value).index.get().is_none() {
        return Err(type_error("slice indices must be integers or None or have an __index__ method"));
    }
    crate::ops::index_clipped(thread, value)
}

/// What an optional `start` or `end` argument of a method such as `find` says, clipped to what fits.
///
/// # Errors
/// As [`slice_index`].
pub fn bound_argument(thread: &mut Thread, value: Option<&Value>, missing: isize) -> Result<isize> {
    match value {
        Some(value) if !value.is_none() => slice_index(thread, value),
        _ => Ok(missing),
    }
}

/// The range that `start` and `end` of such a method mean in a sequence of `len` items. The start may lie behind the
/// end, and behind the sequence: nothing is found there then, not even an empty part.
pub fn clip(start: isize, end: isize, len: usize) -> (usize, usize) {
    let fit = |index: isize| {
        if index < 0 { index.saturating_add_unsigned(len).max(0) as usize } else { index as usize }
    };
    (fit(start), fit(end).min(len))
}

/// A sequence's index: an int within `isize`.
///
/// # Errors
/// IndexError for one that does not fit, TypeError, or what `__index__` raises.
pub fn sequence_index(thread: &mut Thread, key: &Value) -> Result<isize> {
    crate::ops::index_isize_or(thread, key, |key| {
        crate::error::index_error(format!(
            "cannot fit '{}' into an index-sized integer",
            class_of(key).name_lossy()
        ))
    })
}

/// A subscript: one index, or a slice.
pub enum Subscript {
    /// One item.
    Index(isize),
    /// Many.
    Slice(Bounds),
}

impl Subscript {
    /// What `key` is for a sequence called `name` in messages.
    ///
    /// # Errors
    /// TypeError "NAME indices must be integers or slices, not X", or as [`sequence_index`] and [`Bounds::of`].
    pub fn of(thread: &mut Thread, key: &Value, name: &str) -> Result<Self> {
        if let Some(small) = key.as_int() {
            return Ok(Self::Index(small as isize));
        }
        if let Some(slice) = cast::<Slice>(key) {
            return Bounds::of(thread, slice).map(Self::Slice);
        }
        if !int::is_int(key) && slots_of(key).index.get().is_none() {
            let class = class_of(key).name_lossy();
            let quote = if name == "string" { "'" } else { "" };
            let choice = if name == "string" { "integers" } else { "integers or slices" };
            return Err(type_error(format!("{name} indices must be {choice}, not {quote}{class}{quote}")));
        }
        sequence_index(thread, key).map(Self::Index)
    }
}

fn slots(slots: &Slots) {
    slots.repr.set(repr);
    slots.compare.set(compare);
    slots.hash.set(hash);
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let mut out = text::Builder::new();
    out.push_str("slice(");
    for (i, part) in parts(value).iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        let part = crate::ops::repr(thread, part)?;
        if let Some(part) = cast::<Str>(&part) {
            use crate::types::StrExt;
            out.push_view(part.view());
        }
    }
    out.push_str(")");
    Str::from_text(thread, &out.finish())
}

/// As the tuples of their parts compare.
fn compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    if cast::<Slice>(a).is_none() || cast::<Slice>(b).is_none() {
        return Ok(Value::not_implemented());
    }
    if a.is(b) {
        return Ok(Value::from_bool(op.holds(std::cmp::Ordering::Equal)));
    }
    for (a, b) in parts(a).iter().zip(&parts(b)) {
        if crate::ops::is_or_equals(thread, a, b)? {
            continue;
        }
        return match op {
            Comparison::Eq => Ok(Value::from_bool(false)),
            Comparison::Ne => Ok(Value::from_bool(true)),
            _ => crate::ops::compare(thread, a, b, op),
        };
    }
    Ok(Value::from_bool(op.holds(std::cmp::Ordering::Equal)))
}

/// As tuples do it (xxHash's mixing step), without the final addition of the length.
fn hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;
    let mut mixed = PRIME_5;
    for part in &parts(value) {
        let lane = crate::ops::hash(thread, part)? as u64;
        mixed = mixed.wrapping_add(lane.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1);
    }
    Ok(if mixed == u64::MAX { 1_546_275_796 } else { mixed as i64 })
}

/// A bound of any size for `indices()`.
fn big_index(thread: &mut Thread, value: &Value) -> Result<BigInt> {
    if !int::is_int(value) && slots_of(value).index.get().is_none() {
        return Err(type_error("slice indices must be integers or None or have an __index__ method"));
    }
    crate::ops::index_bigint(thread, value)
}

#[native::methods(Slice)]
mod methods {
    use super::*;

    /// S.indices(len) -> (start, stop, stride)
    ///
    /// Assuming a sequence of length len, calculate the start and stop
    /// indices, and the stride length of the extended slice described by
    /// S. Out of bounds indices are clipped in a manner consistent with the
    /// handling of normal slices.
    pub fn indices(th: &mut Thread, slice: &Value, object: &Value) -> Result<Value> {
        let len = crate::ops::index_bigint(th, object)?;
        if len.sign() == Sign::Minus {
            return Err(value_error("length should not be negative"));
        }
        let [start, stop, step] = parts(slice);
        let step = if step.is_none() { BigInt::from(1) } else { big_index(th, &step)? };
        if step.sign() == Sign::NoSign {
            return Err(value_error("slice step cannot be zero"));
        }
        let backwards = step.sign() == Sign::Minus;
        let low = BigInt::from(if backwards { -1 } else { 0 });
        let high = if backwards { &len - 1 } else { len.clone() };
        let mut fit = |value: &Value, missing: &BigInt| -> Result<BigInt> {
            if value.is_none() {
                return Ok(missing.clone());
            }
            let index = big_index(th, value)?;
            Ok(if index.sign() == Sign::Minus {
                (index + &len).max(low.clone())
            } else {
                index.min(high.clone())
            })
        };
        let start = fit(&start, if backwards { &high } else { &low })?;
        let stop = fit(&stop, if backwards { &low } else { &high })?;
        let items = [start, stop, step].map(|number| int::from_bigint(th, number));
        let items = items.into_iter().collect::<Result<Vec<_>>>()?;
        Tuple::new(th, items)
    }

    /// Return state information for pickling.
    pub fn __reduce__(th: &mut Thread, slice: &Value) -> Result<Value> {
        let arguments = Tuple::from_slice(th, &parts(slice))?;
        Tuple::of_array(th, [Slice::def().value(), arguments])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(start: isize, stop: isize, step: isize, len: usize) -> Vec<usize> {
        Bounds { start, stop, step }.over(len).indices().collect()
    }

    #[test]
    fn slices_select() {
        assert_eq!(over(0, isize::MAX, 1, 3), [0, 1, 2]);
        assert_eq!(over(isize::MAX, isize::MIN, -1, 3), [2, 1, 0]);
        assert_eq!(over(-2, isize::MAX, 1, 3), [1, 2]);
        assert_eq!(over(5, 1, 1, 3), [0usize; 0]);
        assert_eq!(over(1, 100, 2, 6), [1, 3, 5]);
        assert_eq!(over(isize::MAX, isize::MIN, -isize::MAX, 6), [5]);
    }

    #[test]
    fn ascending_order_is_the_same_set() {
        let span = Bounds { start: isize::MAX, stop: isize::MIN, step: -2 }.over(6);
        assert_eq!(span.ascending().indices().collect::<Vec<_>>(), [1, 3, 5]);
    }
}
