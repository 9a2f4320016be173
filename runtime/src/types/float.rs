//! `float`: a double in the word where it fits, or a heap object.

use memory::{Object, Trace, Value, Visitor};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Type, TypeExt, class_of, slots_of};
use crate::error::{Result, overflow_error, type_error};
use crate::object::{cast, cast_exact};

/// The payload of a heap float: what the word cannot hold, or an instance of a subclass.
pub struct Float(f64);

// SAFETY: no references.
unsafe impl Trace for Float {
    const NAME: &'static str = "float";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Float,
    "float",
    ClassFlags::BASETYPE.union(ClassFlags::MATCH_SELF),
    with_doc("Convert a string or number to a floating-point number, if possible."),
    with_signature("(x=0, /)"),
    with_slots(super::float_methods::slots),
    with_new(super::float_methods::new),
    with_methods(super::float_methods::METHODS),
    with_getsets(super::float_methods::GETSETS)
);

/// The float `value`.
///
/// # Errors
/// MemoryError.
#[inline(always)]
pub fn new(thread: &Context, value: f64) -> Result<Value> {
    match Value::from_float(value) {
        Some(inline) => Ok(inline),
        None => crate::object::new(thread, Float(value)),
    }
}

/// An instance of a subclass of float.
///
/// # Errors
/// MemoryError.
pub fn of_class(thread: &Context, class: &Object<Type>, value: f64) -> Result<Value> {
    crate::object::new_of(thread, class, Float(value))
}

/// The double of a float or a subclass's instance.
#[inline(always)]
pub fn to_f64(value: &Value) -> Option<f64> {
    match value.word().as_float() {
        Some(inline) => Some(inline),
        None => cast::<Float>(value).map(|float| float.payload().0),
    }
}

/// The double of an exact float.
#[inline(always)]
pub fn to_f64_exact(value: &Value) -> Option<f64> {
    match value.word().as_float() {
        Some(inline) => Some(inline),
        None => cast_exact::<Float>(value).map(|float| float.payload().0),
    }
}

/// The double of a number: a float, an int, or what has `__float__` or `__index__`.
///
/// # Errors
/// TypeError, OverflowError, or what the methods raise.
pub fn as_f64(thread: &mut Thread, value: &Value) -> Result<f64> {
    if let Some(double) = to_f64(value) {
        return Ok(double);
    }
    if let Some(small) = value.as_int() {
        return Ok(small as f64);
    }
    by_methods(thread, value)
}

/// What `__float__` or else `__index__` says, also of a float's subclass.
///
/// # Errors
/// TypeError for what has neither, OverflowError, or what the methods raise.
pub fn by_methods(thread: &mut Thread, value: &Value) -> Result<f64> {
    let slots = slots_of(value);
    let Some(float) = slots.float.get() else {
        if slots.index.get().is_some() {
            let index = crate::ops::index(thread, value)?;
            return from_int(&index);
        }
        return Err(type_error(format!("must be real number, not {}", class_of(value).name_lossy())));
    };
    let result = float(thread, value)?;
    if let Some(double) = to_f64_exact(&result) {
        return Ok(double);
    }
    let said = format!(
        "{}.__float__ returned non-float (type {})",
        class_of(value).name_lossy(),
        class_of(&result).name_lossy()
    );
    let Some(double) = to_f64(&result) else { return Err(type_error(said)) };
    crate::hooks::warn(
        thread,
        &crate::error::DEPRECATION_WARNING,
        &format!(
            "{said}.  The ability to return an instance of a strict subclass of float is deprecated, and may be removed \
             in a future version of Python."
        ),
        1,
    )?;
    Ok(double)
}

/// The double nearest to an int.
///
/// # Errors
/// OverflowError.
pub fn from_int(value: &Value) -> Result<f64> {
    if let Some(small) = super::int::to_i64(value) {
        return Ok(small as f64);
    }
    let Some(big) = super::int::heap_value(value) else { return Err(type_error("an integer is required")) };
    bigint_to_f64(big).ok_or_else(|| overflow_error("int too large to convert to float"))
}

/// The double nearest to a big integer, ties to even; `None` if it is out of range.
pub fn bigint_to_f64(value: &num_bigint::BigInt) -> Option<f64> {
    let bits = value.bits();
    if bits > 1024 {
        return None;
    }
    let magnitude = value.magnitude();
    let double = if bits <= 64 {
        magnitude.iter_u64_digits().next().unwrap_or(0) as f64
    } else {
        // The top 64 bits, with a sticky bit for what is cut off, round as the whole would.
        let shift = bits - 64;
        let top: num_bigint::BigUint = magnitude >> shift;
        let mut top = top.iter_u64_digits().next().unwrap_or(0);
        if magnitude.trailing_zeros().unwrap_or(0) < shift {
            top |= 1;
        }
        top as f64 * 2f64.powi(shift as i32)
    };
    if double.is_infinite() {
        return None;
    }
    Some(if value.sign() == num_bigint::Sign::Minus { -double } else { double })
}

/// The hash of a float.
pub fn hash(value: &Value, double: f64) -> i64 {
    if double.is_nan() { super::int::hash_of_address(value) } else { super::hashing::hash_f64(double) }
}

/// A float's payload, for who needs the object.
pub fn object(value: &Value) -> Option<&Object<Float>> {
    cast::<Float>(value)
}

/// The int that a double is, without what follows the point.
///
/// # Errors
/// OverflowError for an infinity, ValueError for nan.
pub fn to_int(thread: &Context, value: f64) -> Result<Value> {
    if value.abs() < 9e18 {
        return super::int::from_i64(thread, value as i64);
    }
    super::int::from_bigint(thread, text::float::trunc_to_bigint(value)?)
}
