//! `complex(...)`, and other numbers as complex ones.

use memory::Value;
use threads::Thread;

use super::{Complex, Parts, new as new_complex, of_class, to_parts};
use crate::class::{Payload, Type, TypeExt, class_of, slots_of};
use crate::error::{Result, type_error};
use crate::names;
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::types::{Str, StrExt, float};

/// What `__complex__` says, if there is one.
fn by_method(thread: &mut Thread, value: &Value) -> Result<Option<Parts>> {
    if let Some(complex) = cast_exact::<Complex>(value) {
        return Ok(Some(complex.payload().parts));
    }
    let Some(result) = crate::class::lookup::call_special(thread, value, names::__complex__(), &[])? else {
        return Ok(None);
    };
    let Some(parts) = to_parts(&result) else {
        return Err(type_error(format!(
            "__complex__ returned non-complex (type {})",
            class_of(&result).name_lossy()
        )));
    };
    if cast_exact::<Complex>(&result).is_none() {
        let class = class_of(&result).name_lossy();
        deprecated(
            thread,
            &format!(
                "__complex__ returned non-complex (type {class}).  The ability to return an instance of a strict \
                 subclass of complex is deprecated, and may be removed in a future version of Python."
            ),
        )?;
    }
    Ok(Some(parts))
}

fn deprecated(thread: &mut Thread, message: &str) -> Result<()> {
    crate::hooks::warn(thread, &crate::error::DEPRECATION_WARNING, message, 1)
}

/// The parts of a number: a complex one, what has `__complex__`, or a real one.
///
/// # Errors
/// TypeError, OverflowError, or what the methods raise.
pub fn as_complex(thread: &mut Thread, value: &Value) -> Result<Parts> {
    if let Some(parts) = by_method(thread, value)? {
        return Ok(parts);
    }
    match to_parts(value) {
        Some(parts) => Ok(parts),
        None => Ok((float::as_f64(thread, value)?, 0.0)),
    }
}

fn is_real(value: &Value) -> bool {
    let slots = slots_of(value);
    slots.float.get().is_some() || slots.index.get().is_some()
}

/// `complex.__new__`.
///
/// # Errors
/// TypeError, ValueError, OverflowError, or what the conversion raises.
pub(super) fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let class = cast::<Type>(class).filter(|class| !std::ptr::eq(*class, Complex::def().object()));
    // A number that is given by name is a real one.
    let alone = args.names.is_empty();
    let parts = match arguments(args)? {
        (None, None) => (0.0, 0.0),
        (Some(number), None) if alone && class.is_none() && cast_exact::<Complex>(number).is_some() => {
            return Ok(number.clone());
        }
        (Some(number), None) if alone => of_one(thread, number)?,
        (real, imag) => of_two(thread, real, imag)?,
    };
    match class {
        Some(class) => of_class(thread, class, parts),
        None => new_complex(thread, parts.0, parts.1),
    }
}

fn arguments<'a>(args: Args<'a>) -> Result<(Option<&'a Value>, Option<&'a Value>)> {
    let given = args.values.len();
    if given > 2 {
        return Err(type_error(format!("complex() takes at most 2 arguments ({given} given)")));
    }
    let positional = args.positionals();
    let mut found = [positional.first(), positional.get(1)];
    for (name, value) in args.keywords() {
        let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
        let index = match text.as_str() {
            "real" => 0,
            "imag" => 1,
            _ => return Err(type_error(format!("complex() got an unexpected keyword argument '{text}'"))),
        };
        if found[index].is_some() {
            return Err(type_error(format!(
                "argument for complex() given by name ('{text}') and position ({})",
                index + 1
            )));
        }
        found[index] = Some(value);
    }
    Ok((found[0], found[1]))
}

fn of_one(thread: &mut Thread, number: &Value) -> Result<Parts> {
    if let Some(text) = cast::<Str>(number) {
        return Ok(text::complex::parse(&text.view())?);
    }
    if let Some(parts) = by_method(thread, number)? {
        return Ok(parts);
    }
    if let Some(parts) = to_parts(number) {
        return Ok(parts);
    }
    if !is_real(number) {
        return Err(type_error(format!(
            "complex() argument must be a string or a number, not {}",
            class_of(number).shown_name(thread)
        )));
    }
    Ok((float::as_f64(thread, number)?, 0.0))
}

fn must_be_real(thread: &mut Thread, name: &str, value: &Value) -> String {
    format!("complex() argument '{name}' must be a real number, not {}", class_of(value).shown_name(thread))
}

fn of_two(thread: &mut Thread, real: Option<&Value>, imag: Option<&Value>) -> Result<Parts> {
    let mut result = (0.0, 0.0);
    let mut imag_of_real = None;
    if let Some(real) = real {
        let by_method = if cast::<Str>(real).is_some() { None } else { by_method(thread, real)? };
        match by_method.or_else(|| to_parts(real)) {
            Some(parts) => {
                if !is_real(real) {
                    let message = must_be_real(thread, "real", real);
                    deprecated(thread, &message)?;
                }
                result.0 = parts.0;
                imag_of_real = Some(parts.1);
            }
            None if is_real(real) => result.0 = float::as_f64(thread, real)?,
            None => return Err(type_error(must_be_real(thread, "real", real))),
        }
    }
    if let Some(imag) = imag {
        match to_parts(imag) {
            Some(parts) => {
                let message = must_be_real(thread, "imag", imag);
                deprecated(thread, &message)?;
                result.1 = parts.0;
                result.0 -= parts.1;
            }
            None if is_real(imag) => result.1 = float::as_f64(thread, imag)?,
            None => return Err(type_error(must_be_real(thread, "imag", imag))),
        }
    }
    if let Some(more) = imag_of_real {
        result.1 += more;
    }
    Ok(result)
}
