//! Attributes, `repr` and comparison of functions and bound methods.

use memory::Value;
use threads::Thread;

use super::function::{Method, parts};
use super::{Str, StrExt};
use crate::class::{Comparison, instance, lookup};
use crate::error::{Result, not_implemented_error, type_error};
use crate::native::{Args, GetSet, NativeDef};
use crate::object::cast;

/// Methods of functions.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes of functions.
pub static GETSETS: &[&[GetSet]] = &[];
/// Methods of bound methods.
pub static METHOD_METHODS: &[&[NativeDef]] = &[];
/// Computed attributes of bound methods.
pub static METHOD_GETSETS: &[&[GetSet]] = &[];

/// `function(code, globals, ...)`.
///
/// # Errors
/// NotImplementedError so far.
pub fn new(_: &mut Thread, _: &Value, _: Args<'_>) -> Result<Value> {
    Err(not_implemented_error("function()"))
}

/// `method(function, instance)`.
///
/// # Errors
/// TypeError.
pub fn new_method(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    match args.no_keywords("method")? {
        [function, _] if !crate::call::is_callable(function) => Err(type_error("first argument must be callable")),
        [_, receiver] if receiver.is_none() => Err(type_error("instance must not be None")),
        [function, receiver] => super::function::new_method(thread, function.clone(), receiver.clone()),
        more => Err(type_error(format!("method expected 2 arguments, got {}", more.len()))),
    }
}

/// `repr()` of a function.
///
/// # Errors
/// MemoryError.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let qualname = cast::<super::function::Function>(value)
        .and_then(|function| function.payload().qualname.get(function.header()));
    let qualname = qualname.as_ref().and_then(cast::<Str>).map(|name| name.to_string_lossy()).unwrap_or_default();
    Str::new(thread, &format!("<function {qualname} at {:#x}>", value.word().bits()))
}

/// A bound method has its function's attributes.
///
/// # Errors
/// What the lookup raises.
pub fn method_getattr(thread: &mut Thread, value: &Value, name: &Value) -> Result<Option<Value>> {
    if let Some(own) = instance::generic_getattr(thread, value, name)? {
        return Ok(Some(own));
    }
    match cast::<Method>(value).and_then(parts) {
        Some((function, _)) => lookup::getattr_opt(thread, &function, name),
        None => Ok(None),
    }
}

/// `repr()` of a bound method.
///
/// # Errors
/// What the receiver's `repr` raises.
pub fn method_repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some((function, receiver)) = cast::<Method>(value).and_then(parts) else {
        return super::instance::default_repr(thread, value);
    };
    let mut name = lookup::getattr_or_none(thread, &function, crate::names::__qualname__())?;
    if name.is_none() {
        name = lookup::getattr_or_none(thread, &function, crate::names::__name__())?;
    }
    let name = name.as_ref().and_then(cast::<Str>).map_or_else(|| "?".to_owned(), |name| name.to_string_lossy());
    let receiver = crate::ops::repr_text(thread, &receiver)?;
    Str::new(thread, &format!("<bound method {name} of {receiver}>"))
}

/// Bound methods are equal if their functions are, and their receivers are the same object.
///
/// # Errors
/// What comparing the functions raises.
pub fn method_compare(thread: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
    let (Some((f, x)), Some((g, y))) = (cast::<Method>(a).and_then(parts), cast::<Method>(b).and_then(parts)) else {
        return Ok(Value::not_implemented());
    };
    let equal = x.is(&y) && crate::ops::is_or_equals(thread, &f, &g)?;
    match op {
        Comparison::Eq => Ok(Value::from_bool(equal)),
        Comparison::Ne => Ok(Value::from_bool(!equal)),
        _ => Ok(Value::not_implemented()),
    }
}

/// The hash of a bound method.
///
/// # Errors
/// What hashing the function raises.
pub fn method_hash(thread: &mut Thread, value: &Value) -> Result<i64> {
    let Some((function, receiver)) = cast::<Method>(value).and_then(parts) else {
        return Ok(super::int::hash_of_address(value));
    };
    let hash = super::int::hash_of_address(&receiver) ^ crate::ops::hash(thread, &function)?;
    Ok(if hash == -1 { -2 } else { hash })
}
