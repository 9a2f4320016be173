//! The items of built-in iterables that can be had at once: no iterator is made, and no other thread comes in between.

use memory::{Object, Value};
use text::Chars;
use threads::Context;

use super::dict_views::{DictItems, DictKeys, DictValues};
use super::range::Range;
use super::{Dict, DictExt, FrozenSet, Set, SetExt, Str, StrExt, Tuple, int};
use crate::error::{Result, memory_error};
use crate::object::{cast, cast_exact};

/// Longer ranges and strs are iterated: who makes a list of one can be interrupted.
const LONGEST: usize = 1 << 20;

/// The items of a str, a dict, a view of one, a set, a frozenset or a range of machine words; `None` for anything else, instances of
/// subclasses included. Lists and tuples, whose items need no vector, are the caller's.
///
/// # Errors
/// MemoryError.
pub fn snapshot(thread: &Context, iterable: &Value) -> Result<Option<Vec<Value>>> {
    if let Some(range) = cast_exact::<Range>(iterable) {
        return numbers(thread, range.payload());
    }
    if let Some(text) = cast_exact::<Str>(iterable) {
        return characters(thread, text);
    }
    if let Some(dict) = cast_exact::<Dict>(iterable) {
        return dict.to_keys(thread).map(Some);
    }
    if let Some(set) = cast_exact::<Set>(iterable) {
        return set.to_keys(thread).map(Some);
    }
    if let Some(set) = cast_exact::<FrozenSet>(iterable) {
        return set.to_keys(thread).map(Some);
    }
    if let Some(view) = cast_exact::<DictKeys>(iterable) {
        return cast::<Dict>(view.payload().dict()).map(|dict| dict.to_keys(thread)).transpose();
    }
    if let Some(view) = cast_exact::<DictValues>(iterable) {
        return cast::<Dict>(view.payload().dict()).map(|dict| dict.to_values(thread)).transpose();
    }
    if let Some(view) = cast_exact::<DictItems>(iterable) {
        return cast::<Dict>(view.payload().dict()).map(|dict| pairs(thread, dict.items(thread))).transpose();
    }
    Ok(None)
}

fn pairs(thread: &Context, items: Vec<(Value, Value)>) -> Result<Vec<Value>> {
    items.into_iter().map(|(key, value)| Tuple::of_array(thread, [key, value])).collect()
}

fn characters(thread: &Context, text: &Object<Str>) -> Result<Option<Vec<Value>>> {
    if text.len() > LONGEST {
        return Ok(None);
    }
    let mut all = Vec::new();
    all.try_reserve_exact(text.len()).map_err(|_| memory_error())?;
    for code in text.view().iter_chars() {
        all.push(Str::from_char(thread, code)?);
    }
    Ok(Some(all))
}

fn numbers(thread: &Context, range: &Range) -> Result<Option<Vec<Value>>> {
    let Some((start, step, length)) = range.small() else { return Ok(None) };
    let Some(length) = usize::try_from(length).ok().filter(|&length| length <= LONGEST) else {
        return Ok(None);
    };
    let mut all = Vec::new();
    all.try_reserve_exact(length).map_err(|_| memory_error())?;
    let mut number = start;
    for _ in 0..length {
        all.push(int::from_i64(thread, number)?);
        number = number.wrapping_add(step);
    }
    Ok(Some(all))
}
