//! The order and equality of values whose comparison is known without running Python.
//!
//! Searching and sifting a container that threads share is atomic only while its lock is held, and under it no Python may
//! run. So such loops ask here first: ints, floats, strs and bytes themselves, not their subclasses, and tuples of such are
//! compared on the spot; for all others the answer is `None`, and the caller takes the way that asks Python.

use std::cmp::Ordering;

use memory::Value;

use super::float_methods::order_with_int;
use super::int_methods::{IntRef, operand, order as int_order};
use super::str::operators::order as str_order;
use super::{Bytes, BytesExt, Str, Tuple, TupleExt, float, int};
use crate::object::cast_exact;

/// The longest tuples that are compared item by item: a lock is held for so long.
const LONGEST_TUPLE: usize = 16;

/// What is known of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// One comes before the other, or neither does.
    Known(Ordering),
    /// One of them is nan: they are not equal, and neither comes first.
    Unordered,
    /// They are not equal, and `<` raises TypeError.
    Unlike,
}

fn exact_int(value: &Value) -> Option<IntRef<'_>> {
    if int::is_exact(value) { operand(value) } else { None }
}

/// The order of two values neither of which is a tuple.
fn of_items(a: &Value, b: &Value) -> Option<Order> {
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        return Some(Order::Known(a.cmp(&b)));
    }
    let known = |order: Option<Ordering>| Some(order.map_or(Order::Unordered, Order::Known));
    let (x, y) = (float::to_f64_exact(a), float::to_f64_exact(b));
    if let (Some(x), Some(y)) = (x, y) {
        return known(x.partial_cmp(&y));
    }
    match (exact_int(a), exact_int(b)) {
        (Some(a), Some(b)) => return Some(Order::Known(int_order(a, b))),
        (None, Some(b)) if x.is_some() => return known(order_with_int(x?, b)),
        (Some(a), None) if y.is_some() => return known(order_with_int(y?, a).map(Ordering::reverse)),
        _ => {}
    }
    if let (Some(a), Some(b)) = (cast_exact::<Str>(a), cast_exact::<Str>(b)) {
        return Some(Order::Known(str_order(a, b)));
    }
    if let (Some(a), Some(b)) = (cast_exact::<Bytes>(a), cast_exact::<Bytes>(b)) {
        return Some(Order::Known(a.bytes().cmp(b.bytes())));
    }
    (is_plain(a) && is_plain(b)).then_some(Order::Unlike)
}

/// Whether the value equals no other plain one of another kind. Bytes are left out: comparing them with strs may warn.
fn is_plain(value: &Value) -> bool {
    value.is_none()
        || int::is_exact(value)
        || float::to_f64_exact(value).is_some()
        || cast_exact::<Str>(value).is_some()
}

/// `a is b or a == b`, if that is known without Python.
pub fn same(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    match (cast_exact::<Tuple>(a), cast_exact::<Tuple>(b)) {
        (Some(a), Some(b)) => {
            let (a, b) = (a.items(), b.items());
            if a.len() != b.len() {
                return Some(false);
            }
            if a.len() > LONGEST_TUPLE {
                return None;
            }
            for (x, y) in a.iter().zip(b) {
                if !same_items(x, y)? {
                    return Some(false);
                }
            }
            Some(true)
        }
        _ => same_items(a, b),
    }
}

fn same_items(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    Some(of_items(a, b)? == Order::Known(Ordering::Equal))
}

/// `a < b`, if that is known without Python and raises nothing.
pub fn less(a: &Value, b: &Value) -> Option<bool> {
    let (Some(left), Some(right)) = (cast_exact::<Tuple>(a), cast_exact::<Tuple>(b)) else {
        return less_items(a, b);
    };
    let (left, right) = (left.items(), right.items());
    for (x, y) in left.iter().zip(right).take(LONGEST_TUPLE) {
        // The first items that are not the same decide.
        if !same_items(x, y)? {
            return less_items(x, y);
        }
    }
    (left.len().min(right.len()) <= LONGEST_TUPLE).then(|| left.len() < right.len())
}

fn less_items(a: &Value, b: &Value) -> Option<bool> {
    match of_items(a, b)? {
        Order::Known(order) => Some(order == Ordering::Less),
        Order::Unordered => Some(false),
        Order::Unlike => None,
    }
}
