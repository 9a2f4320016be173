//! What sequences have in common: subscripts, `repr` of items, comparison item by item.

use memory::word::Word;
use memory::{Object, Value};
pub use text::Builder;
use threads::{Context, Thread};

use super::slice::Slice;
use super::str::{Str, StrExt};
use crate::class::{Comparison, Type, TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, TYPE_ERROR, index_error, overflow_error, type_error, value_error};
use crate::object::{cast, cast_exact};
use crate::ops;
use crate::state::ThreadState;

/// The numbers of a slice, before they meet a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins; counts from the end if negative.
    pub start: isize,
    /// Where it ends.
    pub stop: isize,
    /// From one index to the next: never 0, and its negative is a number too.
    pub step: isize,
}

/// The indices that a slice selects in a sequence of a given length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The first index.
    pub start: usize,
    /// From one index to the next.
    pub step: isize,
    /// How many.
    pub count: usize,
    /// Where the slice ends, cut to the length: for slices of step 1, at `start` or behind it.
    pub stop: usize,
}

impl Span {
    /// The numbers of a slice of small ints, or Nones, whose step is not zero.
    #[inline(always)]
    pub fn of_small(start: Word, stop: Word, step: Word) -> Option<Self> {
        let step = small_bound(step, 1).filter(|&step| step != 0)?;
        let (first, last) = if step < 0 { (isize::MAX, isize::MIN) } else { (0, isize::MAX) };
        Some(Self { start: small_bound(start, first)?, stop: small_bound(stop, last)?, step })
    }

    /// The indices for a sequence of `len` items.
    #[must_use]
    #[inline]
    pub fn select(self, len: usize) -> Selection {
        let len = len as isize;
        let (least, most) = if self.step < 0 { (-1, len - 1) } else { (0, len) };
        let cut = |index: isize| {
            let index = if index < 0 { index + len } else { index };
            index.max(least).min(most)
        };
        let (start, stop) = (cut(self.start), cut(self.stop));
        let way = if self.step < 0 { start - stop } else { stop - start };
        let count = match self.step.unsigned_abs() {
            _ if way <= 0 => 0,
            1 => way, // nearly always: no division
            step => ((way as usize - 1) / step + 1) as isize,
        };
        Selection {
            start: start.max(0) as usize,
            step: self.step,
            count: count as usize,
            stop: stop.max(start).max(0) as usize,
        }
    }
}

/// The indices from `start` to before `stop`, which count from the end if they are negative, in a sequence of `len` items.
#[must_use]
#[inline]
pub fn cut(start: isize, stop: isize, len: usize) -> std::ops::Range<usize> {
    let cut = |index: isize| {
        let index = if index < 0 { (index + len as isize).max(0) } else { index };
        (index as usize).min(len)
    };
    let start = cut(start);
    start..cut(stop).max(start)
}

impl Selection {
    /// The selected indices.
    pub fn indices(self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.count).map(move |i| (self.start as isize + i as isize * self.step) as usize)
    }

    /// The same indices in ascending order.
    #[must_use]
    pub fn ascending(self) -> Self {
        if self.step > 0 || self.count == 0 {
            return self;
        }
        let last = self.start as isize + (self.count as isize - 1) * self.step;
        Self { start: last as usize, step: -self.step, count: self.count, stop: self.start + 1 }
    }
}

/// The numbers of a slice object.
///
/// # Errors
/// TypeError for what is no index; ValueError for a step of zero.
#[inline]
pub fn span(thread: &mut Thread, slice: &Object<Slice>) -> Result<Span> {
    match plain_span(slice) {
        Some(span) => Ok(span),
        None => span_in_full(thread, slice),
    }
}

#[inline(never)]
fn span_in_full(thread: &mut Thread, slice: &Object<Slice>) -> Result<Span> {
    let payload = slice.payload();
    let part = |slot: &memory::Slot| slot.get(slice.header()).filter(|part| !part.is_none());
    let (start, stop, step) = (part(&payload.start), part(&payload.stop), part(&payload.step));
    let step = match step {
        None => 1,
        Some(step) => match slice_index(thread, &step)? {
            0 => return Err(value_error("slice step cannot be zero")),
            step => step.max(-isize::MAX),
        },
    };
    let start = match start {
        Some(start) => slice_index(thread, &start)?,
        None if step < 0 => isize::MAX,
        None => 0,
    };
    let stop = match stop {
        Some(stop) => slice_index(thread, &stop)?,
        None if step < 0 => isize::MIN,
        None => isize::MAX,
    };
    Ok(Span { start, stop, step })
}

/// The numbers of the slice `start:stop`.
///
/// # Errors
/// TypeError for what is no index.
#[inline]
pub fn span_between(thread: &mut Thread, start: &Value, stop: &Value) -> Result<Span> {
    let mut part = |part: &Value, missing: isize| match small_bound(part.word(), missing) {
        Some(small) => Ok(small),
        None => slice_index(thread, part),
    };
    Ok(Span { start: part(start, 0)?, stop: part(stop, isize::MAX)?, step: 1 })
}

/// The numbers of a slice of small ints, whose step is not zero.
#[inline]
fn plain_span(slice: &Object<Slice>) -> Option<Span> {
    let Slice { start, stop, step } = slice.payload();
    Span::of_small(start.word(), stop.word(), step.word())
}

/// A bound of a slice, where it is a small int, or None.
#[inline(always)]
fn small_bound(part: Word, missing: isize) -> Option<isize> {
    match part.as_int() {
        Some(small) => Some(small as isize),
        None if part == Word::NONE => Some(missing),
        None => None,
    }
}

/// A part of a slice, cut to what an `isize` holds.
///
/// # Errors
/// TypeError for what is no index.
pub fn slice_index(thread: &mut Thread, part: &Value) -> Result<isize> {
    if let Some(small) = part.as_int() {
        return Ok(small as isize);
    }
    if slots_of(part).index.get().is_none() {
        return Err(type_error("slice indices must be integers or None or have an __index__ method"));
    }
    ops::index_clipped(thread, part)
}

/// What stands in the brackets.
pub enum Subscript {
    /// An index, as it was given.
    Index(isize),
    /// A slice.
    Span(Span),
}

/// What `key` selects in a sequence that calls itself `what`.
///
/// # Errors
/// TypeError "`what` indices must be integers or slices, not ..."; IndexError for what fits no `isize`.
pub fn subscript(thread: &mut Thread, what: &str, key: &Value) -> Result<Subscript> {
    if let Some(small) = key.as_int() {
        return Ok(Subscript::Index(small as isize));
    }
    if let Some(slice) = cast_exact::<Slice>(key) {
        return span(thread, slice).map(Subscript::Span);
    }
    if slots_of(key).index.get().is_none() {
        return Err(wrong_subscript(what, key));
    }
    ops::index_isize_or(thread, key, |key| {
        index_error(format!("cannot fit '{}' into an index-sized integer", class_of(key).name_lossy()))
    })
    .map(Subscript::Index)
}

#[cold]
fn wrong_subscript(what: &str, key: &Value) -> Raised {
    type_error(format!("{what} indices must be integers or slices, not {}", class_of(key).name_lossy()))
}

/// `start` or `stop` of `index()`, cut to what an `isize` holds.
#[derive(Clone, Copy, Debug)]
pub struct SearchBound(pub isize);

impl From<i64> for SearchBound {
    fn from(bound: i64) -> Self {
        Self(bound as isize)
    }
}

impl<'a> crate::native::FromArg<'a> for SearchBound {
    fn from_arg(
        thread: &mut Thread,
        _: &crate::native::NativeDef,
        _: &'static str,
        value: &'a Value,
    ) -> Result<Self> {
        if slots_of(value).index.get().is_none() {
            return Err(type_error("slice indices must be integers or have an __index__ method"));
        }
        ops::index_clipped(thread, value).map(Self)
    }
}

/// The class that `__new__` is called for.
///
/// # Errors
/// TypeError if it is none.
pub fn class_for(class: &Value) -> Result<&Object<Type>> {
    cast::<Type>(class).ok_or_else(|| {
        type_error(format!("__new__(X): X is not a type object ({})", class_of(class).name_lossy()))
    })
}

/// The bound of a search: `start` or `stop` of `index()`, which count from the end if negative.
pub fn search_bound(bound: isize, len: usize) -> usize {
    if bound < 0 { bound.saturating_add_unsigned(len).max(0) as usize } else { bound as usize }
}

/// The items of an iterable.
///
/// # Errors
/// TypeError `message` for what is no iterable; what iterating raises.
pub fn fast(thread: &mut Thread, iterable: &Value, message: &str) -> Result<Vec<Value>> {
    match ops::to_vec(thread, iterable) {
        Err(raised) if raised.is(&TYPE_ERROR) && !is_iterable(iterable) => Err(type_error(message)),
        other => other,
    }
}

/// Whether `iter(value)` has something to call.
pub fn is_iterable(value: &Value) -> bool {
    let slots = slots_of(value);
    slots.iter.get().is_some() || super::sequence_iterator::is_sequence(value)
}

/// How many items `len * times` are.
///
/// # Errors
/// MemoryError.
pub fn repeated(len: usize, times: isize) -> Result<usize> {
    let times = usize::try_from(times).unwrap_or(0);
    len.checked_mul(times)
        .filter(|&total| total <= isize::MAX as usize / size_of::<Value>())
        .ok_or_else(crate::error::memory_error)
}

/// Runs `f` unless the `repr` of this very object is being made, which answers `inside`: objects may contain themselves.
///
/// # Errors
/// What `f` raises.
pub fn guarded_repr(
    thread: &mut Thread,
    value: &Value,
    inside: &str,
    f: impl FnOnce(&mut Thread) -> Result<Value>,
) -> Result<Value> {
    match guarded(thread, value, f)? {
        Some(text) => Ok(text),
        None => Str::new(thread, inside),
    }
}

/// As [`guarded_repr`]; `None` if it is being made.
///
/// # Errors
/// What `f` raises.
pub fn guarded<R>(
    thread: &mut Thread,
    value: &Value,
    f: impl FnOnce(&mut Thread) -> Result<R>,
) -> Result<Option<R>> {
    let bits = value.word().bits();
    if !ThreadState::of(thread).repr_running.with(|running| running.begin(bits)) {
        return Ok(None);
    }
    let result = f(thread);
    ThreadState::of(thread).repr_running.with(|running| running.end(bits));
    result.map(Some)
}

/// Appends `repr(value)`.
///
/// # Errors
/// What `__repr__` raises.
pub fn push_repr(thread: &mut Thread, text: &mut Builder, value: &Value) -> Result<()> {
    if let Some(small) = value.as_int() {
        text.push_int(small);
        return Ok(());
    }
    let repr = ops::repr(thread, value)?;
    if let Some(repr) = cast::<Str>(&repr) {
        text.reserve_view(repr.view())?;
        text.push_view(repr.view());
    }
    Ok(())
}

/// How many items a native loop looks at before it polls.
pub const STRIDE: usize = 4096;

/// `a OP b` of two sequences whose items are found by position: by the first items that differ, or by the lengths.
/// `equal_until` answers the first index of a range whose items are not known to be equal without asking a class.
///
/// # Errors
/// What comparing items raises.
pub fn compare_items(
    thread: &mut Thread,
    op: Comparison,
    lens: impl Fn() -> (usize, usize),
    equal_until: impl Fn(&Context, std::ops::Range<usize>) -> usize,
    items: impl Fn(usize) -> Option<(Value, Value)>,
) -> Result<Value> {
    let (a, b) = lens();
    if a != b && matches!(op, Comparison::Eq | Comparison::Ne) {
        return Ok(Value::from_bool(op == Comparison::Ne));
    }
    let mut index = 0;
    loop {
        let end = index + STRIDE;
        index = equal_until(thread, index..end);
        if index == end {
            ops::memory_poll(thread)?;
            continue;
        }
        let Some((x, y)) = items(index) else { break };
        if !ops::is_or_equals(thread, &x, &y)? {
            // Comparing may have taken the items away: then only the lengths are left to tell.
            let (a, b) = lens();
            if index >= a.min(b) {
                return Ok(Value::from_bool(op.holds(a.cmp(&b))));
            }
            return match op {
                Comparison::Eq => Ok(Value::from_bool(false)),
                Comparison::Ne => Ok(Value::from_bool(true)),
                _ => ops::compare(thread, &x, &y, op),
            };
        }
        index += 1;
        if index & 0xff == 0 {
            ops::memory_poll(thread)?;
        }
    }
    let (a, b) = lens();
    Ok(Value::from_bool(op.holds(a.cmp(&b))))
}

/// "can only concatenate X (not "Y") to X".
#[cold]
pub fn cannot_concatenate(what: &str, other: &Value) -> Raised {
    type_error(format!("can only concatenate {what} (not \"{}\") to {what}", class_of(other).name_lossy()))
}

/// A length as Python sees it.
///
/// # Errors
/// OverflowError.
pub fn too_long(len: usize) -> Result<usize> {
    if isize::try_from(len).is_ok() {
        Ok(len)
    } else {
        Err(overflow_error("Python int too large to convert to C ssize_t"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(start: isize, stop: isize, step: isize, len: usize) -> Vec<usize> {
        Span { start, stop, step }.select(len).indices().collect()
    }

    #[test]
    fn slices_select_what_python_selects() {
        assert_eq!(list(0, isize::MAX, 1, 3), [0, 1, 2]);
        assert_eq!(list(isize::MAX, isize::MIN, -1, 3), [2, 1, 0]);
        assert_eq!(list(-2, isize::MAX, 1, 5), [3, 4]);
        assert_eq!(list(4, 1, -2, 5), [4, 2]);
        assert_eq!(list(0, 10, 3, 8), [0, 3, 6]);
        assert_eq!(list(5, 2, 1, 8), [0usize; 0]);
        assert_eq!(list(0, 0, -1, 0), [0usize; 0]);
        assert_eq!(list(-100, 100, isize::MAX, 3), [0]);
    }

    #[test]
    fn descending_selections_turn_round() {
        let selection = Span { start: 7, stop: 0, step: -3 }.select(8).ascending();
        assert_eq!(selection.indices().collect::<Vec<_>>(), [1, 4, 7]);
    }
}
