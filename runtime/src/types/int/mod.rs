//! `int`: 62 bits in the word, or a heap object around a big integer.
//!
//! * INV-INT-1: an exact int that fits the word is never a heap object.

use memory::{Object, Trace, Value, Visitor};
use num_bigint::{BigInt, Sign};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Type};
use crate::error::{Result, type_error};
use crate::object::{cast, cast_exact};

/// The payload of a heap int.
pub struct Int {
    value: BigInt,
}

// SAFETY: no references.
unsafe impl Trace for Int {
    const NAME: &'static str = "int";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Int,
    "int",
    ClassFlags::BASETYPE.union(ClassFlags::INT).union(ClassFlags::MATCH_SELF),
    with_doc(
        "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer literal.\n>>> int('0b100', base=0)\n4"
    ),
    with_slots(super::int_methods::slots),
    with_new(super::int_methods::new),
    with_methods(super::int_methods::METHODS),
    with_getsets(super::int_methods::GETSETS)
);

/// `True` and `False` are immediates; the type has no payload of its own.
pub struct Bool;

// SAFETY: no references.
unsafe impl Trace for Bool {
    const NAME: &'static str = "bool";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Bool,
    "bool",
    ClassFlags::INT.union(ClassFlags::MATCH_SELF),
    with_base_of(<Int as crate::class::Payload>::def),
    with_doc(
        "Returns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed."
    ),
    with_signature("(object=False, /)"),
    with_slots(super::int_methods::bool_slots),
    with_new(super::int_methods::bool_new)
);

/// The int `value`.
///
/// # Errors
/// MemoryError.
#[inline(always)]
pub fn from_i64(thread: &Context, value: i64) -> Result<Value> {
    match Value::from_int(value) {
        Some(small) => Ok(small),
        None => crate::object::new(thread, Int { value: value.into() }),
    }
}

/// The int `value`.
///
/// # Errors
/// MemoryError.
#[inline]
pub fn from_i128(thread: &Context, value: i128) -> Result<Value> {
    match i64::try_from(value) {
        Ok(value) => from_i64(thread, value),
        Err(_) => crate::object::new(thread, Int { value: value.into() }),
    }
}

/// The int `value`.
///
/// # Errors
/// MemoryError.
pub fn from_bigint(thread: &Context, value: BigInt) -> Result<Value> {
    // Asked first: most are larger.
    if value.bits() <= 64
        && let Ok(small) = i64::try_from(&value)
        && let Some(small) = Value::from_int(small)
    {
        return Ok(small);
    }
    crate::object::new(thread, Int { value })
}

/// An instance of a subclass of int.
///
/// # Errors
/// MemoryError.
pub fn of_class(thread: &Context, class: &Object<Type>, value: BigInt) -> Result<Value> {
    crate::object::new_of(thread, class, Int { value })
}

/// Whether `value` is an int, a bool, or an instance of a subclass.
#[inline]
pub fn is_int(value: &Value) -> bool {
    value.word().is_int() || as_bool(value).is_some() || cast::<Int>(value).is_some()
}

/// Whether `value` is an int and not a bool or a subclass's instance.
#[inline]
pub fn is_exact(value: &Value) -> bool {
    value.word().is_int() || cast_exact::<Int>(value).is_some()
}

/// `True` or `False` as a Rust bool.
#[inline]
pub fn as_bool(value: &Value) -> Option<bool> {
    use memory::word::Word;
    match value.word() {
        Word::TRUE => Some(true),
        Word::FALSE => Some(false),
        _ => None,
    }
}

/// The value of an int, a bool or a subclass's instance if it fits a machine word.
#[inline]
pub fn to_i64(value: &Value) -> Option<i64> {
    if let Some(small) = value.as_int() {
        return Some(small);
    }
    if let Some(bool) = as_bool(value) {
        return Some(bool.into());
    }
    i64::try_from(&cast::<Int>(value)?.payload().value).ok()
}

/// The value of an int, a bool or a subclass's instance if it fits 128 bits.
pub fn to_i128(value: &Value) -> Option<i128> {
    match to_i64(value) {
        Some(small) => Some(small.into()),
        None => i128::try_from(&cast::<Int>(value)?.payload().value).ok(),
    }
}

/// The value of an int, a bool or a subclass's instance.
pub fn to_bigint(value: &Value) -> Option<BigInt> {
    if let Some(small) = value.as_int() {
        return Some(small.into());
    }
    if let Some(bool) = as_bool(value) {
        return Some(BigInt::from(u8::from(bool)));
    }
    cast::<Int>(value).map(|int| int.payload().value.clone())
}

/// The big integer of a heap int.
pub fn heap_value(value: &Value) -> Option<&BigInt> {
    cast::<Int>(value).map(|int| &int.payload().value)
}

/// Whether it is below zero.
pub fn is_negative(value: &Value) -> bool {
    match value.as_int() {
        Some(small) => small < 0,
        None => heap_value(value).is_some_and(|value| value.sign() == Sign::Minus),
    }
}

/// The value, clipped to what an `isize` holds.
pub fn to_isize_clipped(value: &Value) -> isize {
    match to_i128(value) {
        Some(wide) => wide.clamp(isize::MIN as i128, isize::MAX as i128) as isize,
        None if is_negative(value) => isize::MIN,
        None => isize::MAX,
    }
}

/// The hash of an int.
pub fn hash(value: &Value) -> i64 {
    match to_i64(value) {
        Some(small) => super::hashing::hash_i64(small),
        None => heap_value(value).map_or(0, super::hashing::hash_bigint),
    }
}

/// What `__hash__` returned, as a hash.
///
/// # Errors
/// TypeError unless it is an int.
pub fn as_hash(_thread: &mut Thread, result: &Value) -> Result<i64> {
    if !is_int(result) {
        return Err(type_error("__hash__ method should return an integer"));
    }
    match to_i64(result) {
        Some(-1) => Ok(-2),
        Some(hash) => Ok(hash),
        None => Ok(hash(result)),
    }
}

/// The hash of an object without one of its own.
///
/// Objects of one size stand at multiples of it: the lowest bits of the addresses of classes, for one, are all the same, and a small
/// table, which takes the lowest bits of a hash, would have all classes in a few places. The next bits are mixed in.
pub fn hash_of_address(value: &Value) -> i64 {
    let bits = value.word().bits();
    let hash = (bits.rotate_right(4) ^ bits >> 10) as i64;
    if hash == -1 { -2 } else { hash }
}

/// `id()` of a value.
///
/// # Errors
/// MemoryError.
pub fn id(thread: &Context, value: &Value) -> Result<Value> {
    let bits = value.word().bits();
    match i64::try_from(bits) {
        Ok(bits) => from_i64(thread, bits),
        Err(_) => from_i128(thread, bits.into()),
    }
}
