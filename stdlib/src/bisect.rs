//! `_bisect`: binary search in sorted sequences.

pub use module::MODULE;

use runtime::class::Comparison;
use runtime::error::{Result, value_error};
use runtime::object::cast_exact;
use runtime::types::{List, ListExt, int};
use runtime::{Thread, Value, call, names, ops};

/// Which side of equal items.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// Where `x` belongs in `a` between `low` and `high`.
fn search(
    thread: &mut Thread,
    a: &Value,
    x: &Value,
    (low, high): (isize, Option<&Value>),
    key: Option<&Value>,
    side: Side,
) -> Result<usize> {
    let mut low = usize::try_from(low).map_err(|_| value_error("lo must be non-negative"))?;
    let high = match high {
        Some(high) => ops::index_isize(thread, high)?,
        None => -1,
    };
    let mut high = match usize::try_from(high) {
        Ok(high) => high,
        Err(_) => ops::len(thread, a)?,
    };
    while low < high {
        let middle = low + (high - low) / 2;
        let item = match cast_exact::<List>(a).and_then(|list| list.get(middle)) {
            Some(item) => item,
            None => {
                let index = int::from_i64(thread, middle as i64)?;
                ops::getitem(thread, a, &index)?
            }
        };
        let item = match key {
            Some(key) => call::call_one(thread, key, &item)?,
            None => item,
        };
        let goes_left = match side {
            Side::Right => ops::compare_bool(thread, x, &item, Comparison::Lt)?,
            Side::Left => !ops::compare_bool(thread, &item, x, Comparison::Lt)?,
        };
        if goes_left {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(low)
}

fn insert(
    thread: &mut Thread,
    a: &Value,
    x: &Value,
    bounds: (isize, Option<&Value>),
    key: Option<&Value>,
    side: Side,
) -> Result<()> {
    let index = match key {
        Some(function) => {
            let x = call::call_one(thread, function, x)?;
            search(thread, a, &x, bounds, key, side)?
        }
        None => search(thread, a, x, bounds, None, side)?,
    };
    if let Some(list) = cast_exact::<List>(a) {
        return list
            .edit(thread, |items| items.insert(index, x.clone()))
            .map_err(|_| runtime::error::memory_error());
    }
    let index = int::from_i64(thread, index as i64)?;
    call::call_method(thread, a, names::insert(), &[index, x.clone()]).map(drop)
}

/// Bisection algorithms: maintaining a list in sorted order without having to sort it after each insertion.
#[runtime::native::module("_bisect")]
pub mod module {
    use super::{Result, Side, Thread, Value};

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e <= x, and all e in
    /// a[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will
    /// insert just after the rightmost x already there.
    #[sig("(a, x, lo=0, hi=None, *, key=None)")]
    pub fn bisect_right(
        th: &mut Thread,
        a: &Value,
        x: &Value,
        lo: isize,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> Result<usize> {
        super::search(th, a, x, (lo, hi), key, Side::Right)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the right of the rightmost x.
    #[sig("(a, x, lo=0, hi=None, *, key=None)")]
    pub fn insort_right(
        th: &mut Thread,
        a: &Value,
        x: &Value,
        lo: isize,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> Result<()> {
        super::insert(th, a, x, (lo, hi), key, Side::Right)
    }

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e < x, and all e in
    /// a[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will
    /// insert just before the leftmost x already there.
    #[sig("(a, x, lo=0, hi=None, *, key=None)")]
    pub fn bisect_left(
        th: &mut Thread,
        a: &Value,
        x: &Value,
        lo: isize,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> Result<usize> {
        super::search(th, a, x, (lo, hi), key, Side::Left)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the left of the leftmost x.
    #[sig("(a, x, lo=0, hi=None, *, key=None)")]
    pub fn insort_left(
        th: &mut Thread,
        a: &Value,
        x: &Value,
        lo: isize,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> Result<()> {
        super::insert(th, a, x, (lo, hi), key, Side::Left)
    }
}
