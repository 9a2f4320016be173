//! Equality that can be told without asking a class: of immediates, of strs, bytes and tuples of such, and of what is equal to
//! itself alone.
//!
//! Nothing here runs Python, takes a lock or reaches a safepoint.

use memory::Value;
use memory::word::Word;

use crate::class::{ClassFlags, Payload, Type, class_of};
use crate::object::{cast, cast_exact};
use crate::types::{Bytes, BytesExt, Instance, Str, StrExt, Tuple, TupleExt};

/// How deep tuples in tuples are looked at: what is deeper is left to those who watch the stack.
const DEEPEST: u32 = 3;

/// `a is b or a == b`, where that can be told without asking a class.
#[inline(always)]
pub fn equals_natively(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if Word::both_ints(a.word(), b.word()) {
        return Some(false); // equal small ints are identical words
    }
    if let (Some(a), Some(b)) = (cast_exact::<Str>(a), cast_exact::<Str>(b)) {
        return Some(a.equals(b));
    }
    unlike_words(a, b, DEEPEST)
}

/// [`equals_natively`] of two values whose words differ and are not both those of ints.
#[inline(never)]
fn unlike_words(a: &Value, b: &Value, depth: u32) -> Option<bool> {
    match (a.header(), b.header()) {
        (Some(_), Some(_)) => objects(a, b, depth),
        (None, None) => Some(immediates(a.word(), b.word())),
        (Some(_), None) => never_equals_immediates(a).then_some(false),
        (None, Some(_)) => never_equals_immediates(b).then_some(false),
    }
}

/// Immediates whose words differ: of numbers, an int or a bool may equal a float or each other; what is no number equals itself
/// alone.
fn immediates(a: Word, b: Word) -> bool {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        (Some(whole), None) => equals_float(whole, b),
        (None, Some(whole)) => equals_float(whole, a),
        // Zeros of both signs are equal.
        (None, None) => matches!((a.as_float(), b.as_float()), (Some(a), Some(b)) if a == b),
    }
}

/// The number that an int or a bool is.
#[inline]
fn whole(word: Word) -> Option<i64> {
    match word {
        Word::FALSE => Some(0),
        Word::TRUE => Some(1),
        word => word.as_int(),
    }
}

/// Exactly: an int of 62 bits may be none that a float can be.
fn equals_float(whole: i64, word: Word) -> bool {
    // A float out of range becomes a number that takes more than 62 bits; a fraction is lost on the way.
    word.as_float().is_some_and(|float| float as i64 == whole && float.trunc() == float)
}

/// Whether no immediate is equal to an object: its class compares by identity, as `object` does, or is one of the built-in
/// containers or strs, which say nothing of what is none of them. (What bytes are compared with may be worth a warning.)
fn never_equals_immediates(object: &Value) -> bool {
    const CONTAINERS: ClassFlags =
        ClassFlags::STR.union(ClassFlags::LIST).union(ClassFlags::TUPLE).union(ClassFlags::DICT);
    let class = class_of(object).payload();
    let flags = class.flags();
    flags.contains(ClassFlags::IMMUTABLE) && flags.contains(CONTAINERS) || compares_identities(class)
}

/// Whether `==` of the class's instances is that of `object`.
#[inline]
fn compares_identities(class: &Type) -> bool {
    class.slots.compare.same(&Instance::def_static().object().payload().slots.compare)
}

/// Two objects that are not the same.
fn objects(a: &Value, b: &Value, depth: u32) -> Option<bool> {
    if let Some(a) = cast_exact::<Str>(a)
        && let Some(b) = cast_exact::<Str>(b)
    {
        return Some(a.equals(b));
    }
    let class = class_of(a).payload();
    if class.flags().contains(ClassFlags::TUPLE.union(ClassFlags::BYTES)) {
        if let Some(a) = cast_exact::<Bytes>(a) {
            return Some(a.bytes() == cast_exact::<Bytes>(b)?.bytes());
        }
        let (a, b) = (plain_items(a)?, plain_items(b)?);
        return if depth == 0 { None } else { tuples(a, b, depth - 1) };
    }
    let identities = compares_identities(class) && compares_identities(class_of(b).payload());
    identities.then_some(false)
}

/// The items of a tuple that is compared as tuples are: named tuples are among them.
#[inline]
fn plain_items(value: &Value) -> Option<&[Value]> {
    if let Some(tuple) = cast_exact::<Tuple>(value) {
        return Some(tuple.items());
    }
    let class = class_of(value).payload();
    let compare = &Tuple::def().object().payload().slots.compare;
    if !class.flags().contains(ClassFlags::TUPLE) || !class.slots.compare.same(compare) {
        return None;
    }
    cast::<Tuple>(value).map(TupleExt::items)
}

/// The first items that differ decide, or else the lengths.
fn tuples(a: &[Value], b: &[Value], depth: u32) -> Option<bool> {
    for (x, y) in a.iter().zip(b) {
        if x.is(y) {
            continue;
        }
        if Word::both_ints(x.word(), y.word()) {
            return Some(false);
        }
        match unlike_words(x, y, depth) {
            Some(true) => {}
            verdict => return verdict,
        }
    }
    Some(a.len() == b.len())
}
