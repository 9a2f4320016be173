//! `float(...)`.

use memory::Value;
use threads::Thread;

use crate::class::{Payload, Type, TypeExt, class_of, slots_of};
use crate::error::{Result, type_error, value_error};
use crate::native::Args;
use crate::object::cast;
use crate::types::{Float, Str, StrExt, float};

/// `float.__new__`.
///
/// # Errors
/// TypeError, ValueError, OverflowError, or what the conversion raises.
pub fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let class = cast::<Type>(class).filter(|class| !std::ptr::eq(*class, Float::def().object()));
    let own_init = &Float::def().object().payload().slots.init;
    let values = match class {
        // A subclass's own `__init__` may take keywords.
        Some(class) if !class.payload().slots.init.same(own_init) => args.positionals(),
        _ => args.no_keywords("float")?,
    };
    let number = match values {
        [] => float::new(thread, 0.0)?,
        [value] => to_float(thread, value)?,
        more => return Err(type_error(format!("float expected at most 1 argument, got {}", more.len()))),
    };
    match class {
        Some(class) => float::of_class(thread, class, float::to_f64(&number).unwrap_or_default()),
        None => Ok(number),
    }
}

/// `float(value)`: a float, or what `__float__` or `__index__` says, or text.
///
/// # Errors
/// TypeError, ValueError, OverflowError, or what the methods raise.
pub fn to_float(thread: &mut Thread, value: &Value) -> Result<Value> {
    if float::to_f64_exact(value).is_some() {
        return Ok(value.clone());
    }
    let slots = slots_of(value);
    if slots.float.get().is_some() || slots.index.get().is_some() {
        let double = float::by_methods(thread, value)?;
        return float::new(thread, double);
    }
    if let Some(text) = cast::<Str>(value) {
        let double = text::float::parse(&text.view())?;
        return float::new(thread, double);
    }
    if let Some(bytes) = crate::types::int_methods::parse_bytes_like(thread, value)? {
        return match text::float::parse_ascii(&bytes) {
            Some(double) => float::new(thread, double),
            None => {
                let shown = crate::ops::repr_text(thread, value)?;
                Err(value_error(format!("could not convert string to float: {shown}")))
            }
        };
    }
    Err(type_error(format!(
        "float() argument must be a string or a real number, not '{}'",
        class_of(value).name_lossy()
    )))
}
