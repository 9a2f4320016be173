//! The operators of `str`: comparison, concatenation, repetition, containment, and its texts.

use memory::{Object, Value};
use text::{Chars, View};
use threads::{Context, Thread};

use super::writer::concat;
use super::{Kind, Str, StrExt, Writer};
use crate::class::{Comparison, Slots, TypeExt, class_of};
use crate::error::{Result, type_error};
use crate::object::{cast, cast_exact};

/// The str behind the receiver of a slot.
pub(super) fn receiver(value: &Value) -> Result<&Object<Str>> {
    cast::<Str>(value).ok_or_else(|| {
        let class = class_of(value).name_lossy();
        type_error(format!("descriptor requires a 'str' object but received a '{class}'"))
    })
}

/// `value` as an instance of str itself: what methods return that change nothing.
pub(super) fn exact(thread: &Context, value: &Value) -> Result<Value> {
    match cast::<Str>(value) {
        Some(text) if cast_exact::<Str>(value).is_none() => Str::from_view(thread, text.view()),
        _ => Ok(value.clone()),
    }
}

/// The same text as an instance of str itself.
pub(super) fn same(thread: &Context, text: &Object<Str>) -> Result<Value> {
    let value = crate::object::to_value(text);
    if cast_exact::<Str>(&value).is_some() { Ok(value) } else { Str::from_view(thread, text.view()) }
}

pub(in crate::types) fn fill(slots: &Slots) {
    slots.repr.set(repr);
    slots.str.set(|thread, value| exact(thread, value));
    slots.hash.set(|_, value| Ok(super::hash(receiver(value)?)));
    slots.compare.set(compare);
    slots.len.set(|_, value| Ok(receiver(value)?.len()));
    slots.contains.set(contains);
    slots.concat.set(add);
    slots.repeat.set(repeat);
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let text = receiver(value)?;
    super::ensure_room(text.len().saturating_mul(2))?;
    Str::from_text(thread, &text::repr::str_repr(&text.view()))
}

/// `ascii(text)` of a str.
///
/// # Errors
/// MemoryError.
pub fn ascii(thread: &Context, text: &Object<Str>) -> Result<Value> {
    Str::from_text(thread, &text::repr::str_ascii(&text.view()))
}

/// The order of two strs: that of their code points.
pub fn order(a: &Object<Str>, b: &Object<Str>) -> std::cmp::Ordering {
    match (a.view(), b.view()) {
        (View::Latin1(a), View::Latin1(b)) => a.cmp(b),
        (View::Wide(a), View::Wide(b)) => a.cmp(b),
        (View::Full(a), View::Full(b)) => a.cmp(b),
        (a, b) => a.iter_chars().cmp(b.iter_chars()),
    }
}

fn compare(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some(a), Some(b)) = (cast::<Str>(a), cast::<Str>(b)) else {
        return Ok(Value::not_implemented());
    };
    let holds = match op {
        Comparison::Eq => a.equals(b),
        Comparison::Ne => !a.equals(b),
        op => op.holds(if std::ptr::eq(a, b) { std::cmp::Ordering::Equal } else { order(a, b) }),
    };
    Ok(Value::from_bool(holds))
}

fn contains(_: &mut Thread, value: &Value, item: &Value) -> Result<bool> {
    let text = receiver(value)?;
    let Some(item) = cast::<Str>(item) else {
        let class = class_of(item).name_lossy();
        return Err(type_error(format!("'in <string>' requires string as left operand, not {class}")));
    };
    Ok(text::search::contains(text.view(), item.view()))
}

/// `a + b`.
///
/// # Errors
/// TypeError for what is no str, MemoryError.
pub fn add(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    let left = receiver(a)?;
    let Some(right) = cast::<Str>(b) else {
        let class = class_of(b).name_lossy();
        return Err(type_error(format!("can only concatenate str (not \"{class}\") to str")));
    };
    if left.is_empty() {
        return exact(thread, b);
    }
    if right.is_empty() {
        return exact(thread, a);
    }
    concat(thread, &[left, right])
}

/// `a + b` of two instances of str itself.
///
/// # Errors
/// MemoryError.
pub fn join_two(thread: &Context, a: &Object<Str>, b: &Object<Str>) -> Result<Value> {
    if a.is_empty() || b.is_empty() {
        return Ok(crate::object::to_value(if a.is_empty() { b } else { a }));
    }
    match (a.view(), b.view()) {
        (View::Latin1(x), View::Latin1(y)) => Str::of_two(thread, a.is_ascii() && b.is_ascii(), x, y),
        _ => concat(thread, &[a, b]),
    }
}

/// `value * count`.
///
/// # Errors
/// TypeError for what is no str, OverflowError, MemoryError.
pub fn repeat(thread: &mut Thread, value: &Value, count: isize) -> Result<Value> {
    let text = receiver(value)?;
    if count == 1 || text.is_empty() {
        return exact(thread, value);
    }
    if count <= 0 {
        return Str::empty(thread);
    }
    let len = text.len().checked_mul(count as usize).filter(|&len| len <= isize::MAX as usize);
    let len = len.ok_or_else(|| crate::error::overflow_error("repeated string is too long"))?;
    let mut writer = Writer::new(thread, Kind::of(text), len)?;
    writer.push_view(text.view());
    writer.repeat_to_end();
    Ok(writer.finish())
}
