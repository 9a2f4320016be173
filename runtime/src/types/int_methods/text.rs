//! Ints as text, and the limit on how many digits are converted (`sys.set_int_max_str_digits`).

use memory::{Object, Value};
use text::int::{SMALL_DECIMAL, small_decimal};
use threads::Thread;
use threads::sync::atomic::{AtomicUsize, Ordering};

use super::operand::{IntRef, operand};
use crate::class::{TypeExt, class_of};
use crate::error::Result;
use crate::types::{Str, StrExt, int};

static MAX_STR_DIGITS: AtomicUsize = AtomicUsize::new(text::int::DEFAULT_MAX_STR_DIGITS);

/// How many digits may be converted; 0: any number.
pub fn max_str_digits() -> usize {
    MAX_STR_DIGITS.load(Ordering::Relaxed) // a setting that stands for itself
}

/// Sets the limit.
///
/// # Errors
/// ValueError for one that is neither 0 nor at least 640.
pub fn set_max_str_digits(limit: i64) -> Result<()> {
    match usize::try_from(limit) {
        Ok(limit) if limit == 0 || limit >= text::int::MIN_MAX_STR_DIGITS => {
            MAX_STR_DIGITS.store(limit, Ordering::Relaxed); // as above
            Ok(())
        }
        _ => Err(crate::error::value_error(format!(
            "maxdigits must be >= {} or 0 for unlimited",
            text::int::MIN_MAX_STR_DIGITS
        ))),
    }
}

/// `repr(value)`, also of a subclass's instance.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    match operand(value) {
        Some(IntRef::Small(small)) => {
            let mut digits = [0; SMALL_DECIMAL];
            Str::from_latin1(thread, small_decimal(small, &mut digits))
        }
        Some(IntRef::Big(big)) => {
            let digits = text::int::to_decimal(big, max_str_digits())?;
            Str::from_latin1(thread, digits.as_bytes())
        }
        None => Err(crate::error::type_error("an integer is required")),
    }
}

/// `repr(value)` of a bool.
pub fn repr_bool(thread: &mut Thread, value: &Value) -> Result<Value> {
    Str::new(thread, if int::as_bool(value) == Some(true) { "True" } else { "False" })
}

/// `format(value, spec)`
pub fn format(thread: &mut Thread, value: &Value, spec: &Object<Str>) -> Result<Value> {
    if spec.is_empty() {
        return crate::ops::str(thread, value);
    }
    let number = operand(value).ok_or_else(|| crate::error::type_error("an integer is required"))?;
    let class = class_of(value).name_lossy();
    let context = text::format_spec::Context {
        locale: &text::format_spec::C_LOCALE,
        max_str_digits: max_str_digits(),
        type_name: &class,
    };
    let formatted = text::format_spec::format_int(number, &spec.view(), &context)?;
    Str::from_text(thread, &formatted)
}
