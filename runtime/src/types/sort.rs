//! Sorting: `list.sort`, and what `sorted` does.
//!
//! The items leave the list while they are sorted, for comparing runs Python. What is sorted is an array of indices by the
//! keys at these indices; the items are moved into their order at the end, whether or not comparing has failed, so that no
//! item is ever lost.
//!
//! Keys of one simple kind (small ints, floats other than nan, strs) are compared natively and sorted by the standard
//! library's stable sort. All others are sorted by `merge`, whose only question is Python's `<`.
//!
//! * INV-SORT-1: keys that are sorted natively are all of the kind that was found.

use std::cmp::Ordering;

use memory::word::Word;
use memory::{Object, Value};
use text::Chars;
use threads::Thread;

use super::float;
use super::merge::merge_sort;
use super::str::{Str, StrExt};
use super::{List, ListExt, Tuple, TupleExt};
use crate::class::Comparison;
use crate::error::{Result, memory_error, value_error};
use crate::object::cast_exact;
use crate::{call, ops};

/// `list.sort(key=key, reverse=reverse)`.
///
/// # Errors
/// What the key function and comparing raise; ValueError if the list is changed meanwhile; MemoryError.
pub fn sort(thread: &mut Thread, list: &Object<List>, key: Option<&Value>, reverse: bool) -> Result<()> {
    let key = key.filter(|key| !key.is_none());
    if list.payload().items.is_being_sorted() {
        // Somebody sorts it already, who will raise an error when done. It looks empty, and so there is nothing to do.
        return Ok(());
    }
    let (mut items, taken) = list.edit(thread, |items| items.take_for_sort()).map_err(|_| memory_error())?;
    let result = sort_items(thread, &mut items, key, reverse);
    let back = list.edit(thread, |edit| edit.put_back(taken, items));
    let (displaced, changed) = back.map_err(|_| memory_error())?;
    drop(displaced);
    result?;
    if changed { Err(value_error("list modified during sort")) } else { Ok(()) }
}

/// Sorts `items` stably. After an error they are in some order.
///
/// # Errors
/// What the key function and comparing raise; MemoryError.
pub fn sort_items(
    thread: &mut Thread,
    items: &mut [Value],
    key: Option<&Value>,
    reverse: bool,
) -> Result<()> {
    let keys = match key {
        Some(function) => {
            let mut keys = Vec::new();
            keys.try_reserve_exact(items.len()).map_err(|_| memory_error())?;
            for item in items.iter() {
                keys.push(call::call_one(thread, function, item)?);
                ops::memory_poll(thread)?;
            }
            Some(keys)
        }
        None => None,
    };
    if items.len() < 2 {
        return Ok(());
    }
    if keys.is_none() && sort_plain(items, reverse) {
        return Ok(());
    }
    // Stable also backwards: equal items keep their order if the array is turned round before and after.
    let mut order = Vec::new();
    order.try_reserve_exact(items.len()).map_err(|_| memory_error())?;
    if reverse {
        order.extend((0..items.len()).rev());
    } else {
        order.extend(0..items.len());
    }
    let result = sort_order(thread, &mut order, keys.as_deref().unwrap_or(items));
    if reverse {
        order.reverse();
    }
    // Order of release: keys go after the items are back in place.
    let mut sorted = Vec::new();
    sorted.try_reserve_exact(items.len()).map_err(|_| memory_error())?;
    sorted.extend(order.iter().map(|&i| std::mem::replace(&mut items[i], Value::none())));
    for (place, item) in items.iter_mut().zip(sorted) {
        *place = item;
    }
    result
}

/// Sorts items that are their own keys and of one simple kind; false, and nothing done, for others.
fn sort_plain(items: &mut [Value], reverse: bool) -> bool {
    // Stable backwards as well: the comparison is turned round, not the items.
    let turned = |ordering: Ordering| if reverse { ordering.reverse() } else { ordering };
    match kind_of(items) {
        Kind::Ints => items.sort_by(|a, b| turned(a.as_int().cmp(&b.as_int()))),
        Kind::Floats => items.sort_by(|a, b| {
            let (a, b) = (float::to_f64_exact(a), float::to_f64_exact(b));
            turned(a.partial_cmp(&b).unwrap_or(Ordering::Equal)) // nans are sorted by `merge`
        }),
        Kind::Strs if let Some(mut keyed) = with_beginnings(items) => {
            keyed.sort_by(|(a, first), (b, second)| {
                turned(a.cmp(b).then_with(|| {
                    let strs = cast_exact::<Str>(first).zip(cast_exact::<Str>(second));
                    strs.map_or(Ordering::Equal, |(a, b)| order_of_strs(a, b))
                }))
            });
            for (place, (_, item)) in items.iter_mut().zip(keyed) {
                *place = item;
            }
        }
        Kind::Strs => items.sort_by(|a, b| {
            let (a, b) = (cast_exact::<Str>(a), cast_exact::<Str>(b));
            turned(a.zip(b).map_or(Ordering::Equal, |(a, b)| order_of_strs(a, b)))
        }),
        Kind::Others => return false,
    }
    true
}

/// Strs of one byte a character, taken out of `items`, each behind the number that its first eight characters are: most
/// comparisons are of these alone. `None`, and nothing done, where there are others, or no memory.
fn with_beginnings(items: &mut [Value]) -> Option<Vec<(u64, Value)>> {
    let narrow = |item: &Value| match cast_exact::<Str>(item)?.view() {
        text::View::Latin1(units) => Some(beginning(units)),
        _ => None,
    };
    let mut keyed = Vec::new();
    keyed.try_reserve_exact(items.len()).ok()?;
    if !items.iter().all(|item| narrow(item).is_some()) {
        return None;
    }
    for item in items {
        let key = narrow(item).unwrap_or_default();
        keyed.push((key, std::mem::replace(item, Value::none())));
    }
    Some(keyed)
}

/// The first eight characters as a number, with zeros for those that are missing: in the order of the strs, or equal.
fn beginning(units: &[u8]) -> u64 {
    match units.first_chunk::<8>() {
        Some(eight) => u64::from_be_bytes(*eight),
        None => {
            let number = units.iter().fold(0, |number, &unit| number << 8 | u64::from(unit));
            number.checked_shl(64 - 8 * units.len() as u32).unwrap_or(0)
        }
    }
}

/// Strs by their characters.
#[inline]
fn order_of_strs(a: &Object<Str>, b: &Object<Str>) -> Ordering {
    match (a.view(), b.view()) {
        (text::View::Latin1(a), text::View::Latin1(b)) => a.cmp(b),
        (a, b) => a.iter_chars().cmp(b.iter_chars()),
    }
}

/// What all keys are.
enum Kind {
    Ints,
    Floats,
    Strs,
    Others,
}

fn kind_of(keys: &[Value]) -> Kind {
    let is_float = |key: &Value| float::to_f64_exact(key).is_some_and(|double| !double.is_nan());
    match &keys[0] {
        first if first.as_int().is_some() => {
            if keys.iter().all(|key| key.as_int().is_some()) {
                Kind::Ints
            } else {
                Kind::Others
            }
        }
        first if is_float(first) => {
            if keys.iter().all(is_float) {
                Kind::Floats
            } else {
                Kind::Others
            }
        }
        first if cast_exact::<Str>(first).is_some() => {
            if keys.iter().all(|key| cast_exact::<Str>(key).is_some()) { Kind::Strs } else { Kind::Others }
        }
        _ => Kind::Others,
    }
}

/// Sorts indices by their keys.
fn sort_order(thread: &mut Thread, order: &mut [usize], keys: &[Value]) -> Result<()> {
    match kind_of(keys) {
        Kind::Ints => sort_native(order, |i| keys[i].as_int().unwrap_or_default(), Ord::cmp),
        Kind::Floats => sort_native(
            order,
            |i| float::to_f64_exact(&keys[i]).unwrap_or_default(),
            |a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal), // nans are sorted by `merge`
        ),
        Kind::Strs => {
            let text = |i: usize| cast_exact::<Str>(&keys[i]).expect("INV-SORT-1: all keys are strs");
            if order.iter().all(|&i| text(i).as_ascii().is_some()) {
                sort_native(order, |i| text(i).as_ascii().unwrap_or_default().as_bytes(), Ord::cmp)
            } else {
                sort_native(order, |i| text(i).view(), |a, b| a.iter_chars().cmp(b.iter_chars()))
            }
        }
        Kind::Others => merge_sort(order, |a, b| {
            ops::memory_poll(thread)?;
            less(thread, &keys[a], &keys[b])
        }),
    }
}

/// Sorts by keys that are at hand beside the indices: comparing them follows no pointer that could be spared.
fn sort_native<K>(
    order: &mut [usize],
    key: impl Fn(usize) -> K,
    compare: impl Fn(&K, &K) -> std::cmp::Ordering,
) -> Result<()> {
    let mut pairs = Vec::new();
    pairs.try_reserve_exact(order.len()).map_err(|_| memory_error())?;
    pairs.extend(order.iter().map(|&i| (key(i), i)));
    pairs.sort_by(|(a, _), (b, _)| compare(a, b));
    for (place, (_, i)) in order.iter_mut().zip(pairs) {
        *place = i;
    }
    Ok(())
}

/// `a < b`, without a call where the kinds of the operands allow it.
pub(crate) fn less(thread: &mut Thread, a: &Value, b: &Value) -> Result<bool> {
    match less_natively(a, b) {
        Some(less) => Ok(less),
        None => ops::compare_bool(thread, a, b, Comparison::Lt),
    }
}

/// `a < b`, if that can be told without asking a class.
#[inline]
pub(crate) fn less_natively(a: &Value, b: &Value) -> Option<bool> {
    let (x, y) = (a.word(), b.word());
    if Word::both_ints(x, y) {
        return Some(x.int_payload() < y.int_payload());
    }
    if let (Some(x), Some(y)) = (x.as_float(), y.as_float()) {
        return Some(x < y);
    }
    objects_less(a, b)
}

/// [`less_natively`] of what is no pair of numbers.
fn objects_less(a: &Value, b: &Value) -> Option<bool> {
    if let Some(a) = cast_exact::<Tuple>(a) {
        return tuple_less(a.items(), cast_exact::<Tuple>(b)?.items());
    }
    Some(order_of_strs(cast_exact::<Str>(a)?, cast_exact::<Str>(b)?).is_lt())
}

/// `a < b` of two tuples: the first items that differ decide, or else the lengths. Tuples among them are looked into no deeper than
/// is needed to tell that they differ, which [`ops::equals_natively`] bounds.
fn tuple_less(a: &[Value], b: &[Value]) -> Option<bool> {
    for (x, y) in a.iter().zip(b) {
        if x.is(y) {
            continue;
        }
        if Word::both_ints(x.word(), y.word()) {
            return less_natively(x, y);
        }
        match ops::equals_natively(x, y) {
            Some(true) => {}
            Some(false) => return less_natively(x, y),
            None => return None,
        }
    }
    Some(a.len() < b.len())
}

/// The items of an iterable in ascending order, as a list: `sorted(iterable, key=key, reverse=reverse)`.
///
/// # Errors
/// What iterating, the key function and comparing raise; MemoryError.
pub fn sorted(thread: &mut Thread, iterable: &Value, key: Option<&Value>, reverse: bool) -> Result<Value> {
    let mut items = ops::to_vec(thread, iterable)?;
    let key = key.filter(|key| !key.is_none());
    sort_items(thread, &mut items, key, reverse)?;
    List::new(thread, items)
}
