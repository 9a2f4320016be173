//! The iterators over ranges: over machine words, and over ints of any size.

use memory::{Object, Slot, Trace, Value, Visitor};
use num_bigint::BigInt;
use threads::sync::atomic::{AtomicI64, Ordering};
use threads::{Context, Thread};

use super::range::{self, Range, big};
use super::{Tuple, int};
use crate::class::{ClassFlags, Slots};
use crate::error::Result;
use crate::native::NativeDef;
use crate::object::cast;

/// The payload of `range_iterator`: the next number, how many are left, and the step. The number behind the last fits too.
/// Threads that share one may get a number twice or miss one.
pub struct RangeIterator {
    next: AtomicI64,
    left: AtomicI64,
    step: i64,
}

// SAFETY: no references.
unsafe impl Trace for RangeIterator {
    const NAME: &'static str = "range_iterator";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

static METHODS: &[&[NativeDef]] = &[methods::METHODS];
static LONG_METHODS: &[&[NativeDef]] = &[long_methods::METHODS];

crate::class_def!(
    RangeIterator,
    "range_iterator",
    ClassFlags::NO_NEW,
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(|thread, value| match cast::<RangeIterator>(value).and_then(next_number) {
            Some(number) => int::from_i64(thread, number).map(Some),
            None => Ok(None),
        });
    }),
    with_methods(METHODS)
);

/// The next number.
#[inline]
pub fn next_number(iterator: &Object<RangeIterator>) -> Option<i64> {
    let this = iterator.payload();
    let left = this.left.load(Ordering::Relaxed);
    if left <= 0 {
        return None;
    }
    let number = this.next.load(Ordering::Relaxed);
    this.left.store(left - 1, Ordering::Relaxed);
    // Wrapping only where threads race for the last numbers; one thread stays in range.
    this.next.store(number.wrapping_add(this.step), Ordering::Relaxed);
    Some(number)
}

/// The number that was just taken, where it does not fit the word.
///
/// # Errors
/// MemoryError.
pub(crate) fn wide_number(thread: &Context, iterator: &Object<RangeIterator>) -> Result<Value> {
    let this = iterator.payload();
    int::from_i64(thread, this.next.load(Ordering::Relaxed).wrapping_sub(this.step))
}

/// The payload of `longrange_iterator`: the first number and the step, the index that is next, the length.
pub struct LongRangeIterator {
    start: Value,
    step: Value,
    length: Value,
    index: Slot,
}

// SAFETY: each int once.
unsafe impl Trace for LongRangeIterator {
    const NAME: &'static str = "longrange_iterator";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for part in [&self.start, &self.step, &self.length] {
            visitor.value(part);
        }
        visitor.slot(&self.index);
    }
}

crate::class_def!(
    LongRangeIterator,
    "longrange_iterator",
    ClassFlags::NO_NEW,
    with_slots(|slots: &Slots| {
        slots.iter.set(|_, value| Ok(value.clone()));
        slots.next.set(|thread, value| match cast::<LongRangeIterator>(value) {
            Some(iterator) => next_long(thread, iterator),
            None => Ok(None),
        });
    }),
    with_methods(LONG_METHODS)
);

fn index_of(iterator: &Object<LongRangeIterator>) -> BigInt {
    iterator.payload().index.get(iterator.header()).as_ref().map(big).unwrap_or_default()
}

fn set_index(thread: &Context, iterator: &Object<LongRangeIterator>, index: BigInt) -> Result<()> {
    let index = int::from_bigint(thread, index)?;
    drop(iterator.payload().index.replace(thread, iterator.header(), Some(index)));
    Ok(())
}

fn next_long(thread: &mut Thread, iterator: &Object<LongRangeIterator>) -> Result<Option<Value>> {
    let this = iterator.payload();
    let index = index_of(iterator);
    if index >= big(&this.length) {
        return Ok(None);
    }
    let number = int::from_bigint(thread, big(&this.start) + &index * big(&this.step))?;
    set_index(thread, iterator, index + 1u8)?;
    Ok(Some(number))
}

/// `iter(range)`.
///
/// # Errors
/// MemoryError.
pub fn forward(thread: &Context, range: &Range) -> Result<Value> {
    if let Some((start, step, left)) = range.small() {
        return of_words(thread, start, step, left);
    }
    of_ints(thread, range.start().clone(), range.step().clone(), range.length().clone())
}

/// `reversed(range)`.
///
/// # Errors
/// MemoryError.
pub fn backward(thread: &Context, range: &Range) -> Result<Value> {
    if let Some((start, step, left)) = range.small()
        && let (Some(last), Some(back)) = (start.checked_add(step.wrapping_mul(left - 1)), step.checked_neg())
        && start.checked_sub(step).is_some()
    {
        return of_words(thread, if left == 0 { start } else { last }, back, left);
    }
    let (start, step, length) = (big(range.start()), big(range.step()), big(range.length()));
    let last = int::from_bigint(thread, start + (length - 1u8) * &step)?;
    let back = int::from_bigint(thread, -step)?;
    of_ints(thread, last, back, range.length().clone())
}

fn of_words(thread: &Context, start: i64, step: i64, left: i64) -> Result<Value> {
    let (next, left) = (AtomicI64::new(start), AtomicI64::new(left));
    crate::object::new(thread, RangeIterator { next, left, step })
}

fn of_ints(thread: &Context, start: Value, step: Value, length: Value) -> Result<Value> {
    let index = Slot::new(Some(int::from_i64(thread, 0)?));
    crate::object::new(thread, LongRangeIterator { start, step, length, index })
}

/// `(iter, (range,), None)`.
fn reduced(thread: &mut Thread, start: BigInt, step: BigInt, left: BigInt) -> Result<Value> {
    let stop = int::from_bigint(thread, &start + left * &step)?;
    let start = int::from_bigint(thread, start)?;
    let step = int::from_bigint(thread, step)?;
    let rest = range::new(thread, start, stop, step)?;
    let function = crate::interp::builtin(thread, "iter")?;
    let args = Tuple::of_array(thread, [rest])?;
    Tuple::of_array(thread, [function, args, Value::none()])
}

/// Methods of `range_iterator`.
#[native::methods(RangeIterator, name = "range_iterator")]
mod methods {
    use super::{Ordering, RangeIterator, reduced};
    use crate::error::Result;
    use crate::native::{Object, Thread, Value};
    use crate::types::iterators::state_index;

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(iterator: &Object<RangeIterator>) -> i64 {
        iterator.payload().left.load(Ordering::Relaxed)
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<RangeIterator>) -> Result<Value> {
        let this = iterator.payload();
        let (next, left) = (this.next.load(Ordering::Relaxed), this.left.load(Ordering::Relaxed));
        reduced(th, next.into(), this.step.into(), left.into())
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, iterator: &Object<RangeIterator>, state: &Value) -> Result<()> {
        let index = state_index(th, state)? as i64;
        let this = iterator.payload();
        let left = this.left.load(Ordering::Relaxed);
        let index = index.clamp(0, left.max(0));
        let next = this.next.load(Ordering::Relaxed);
        this.next.store(next.wrapping_add(index.wrapping_mul(this.step)), Ordering::Relaxed);
        this.left.store(left - index, Ordering::Relaxed);
        Ok(())
    }
}

/// Methods of `longrange_iterator`.
#[native::methods(LongRangeIterator, name = "longrange_iterator")]
mod long_methods {
    use super::{BigInt, LongRangeIterator, big, index_of, int, reduced, set_index};
    use crate::error::{Result, type_error};
    use crate::native::{Object, Thread, Value};

    /// Private method returning an estimate of len(list(it)).
    #[name("__length_hint__")]
    pub fn length_hint(th: &mut Thread, iterator: &Object<LongRangeIterator>) -> Result<Value> {
        int::from_bigint(th, big(&iterator.payload().length) - index_of(iterator))
    }

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, iterator: &Object<LongRangeIterator>) -> Result<Value> {
        let this = iterator.payload();
        let (index, step) = (index_of(iterator), big(&this.step));
        let next = big(&this.start) + &index * &step;
        reduced(th, next, step, big(&this.length) - index)
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, iterator: &Object<LongRangeIterator>, state: &Value) -> Result<()> {
        if !int::is_int(state) {
            return Err(type_error(format!(
                "state must be an int, not {}",
                crate::class::TypeExt::name_lossy(crate::class::class_of(state))
            )));
        }
        let index = big(state).max(BigInt::ZERO).min(big(&iterator.payload().length));
        set_index(th, iterator, index)
    }
}
