//! `int(...)` and `bool(...)`.

use memory::{Object, Value};
use threads::Thread;

use super::text::max_str_digits;
use crate::class::{Payload, Type, TypeExt, class_of, slots_of};
use crate::error::{Result, type_error};
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::types::bytearray::Bytearray;
use crate::types::{Bytes, BytesExt, Int, Str, StrExt, int};

/// `int.__new__`.
///
/// # Errors
/// TypeError, ValueError, or what the conversion raises.
pub fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    if let ([text], []) = (args.values, args.names)
        && let Some(number) = few_digits(text)
        && cast::<Type>(class).is_some_and(|class| std::ptr::eq(class, Int::def().object()))
    {
        return int::from_i64(thread, number);
    }
    let (number, base) = arguments(args)?;
    let result = match (number, base) {
        (None, None) => int::from_i64(thread, 0)?,
        (None, Some(_)) => return Err(type_error("int() missing string argument")),
        (Some(number), None) => to_int(thread, number)?,
        (Some(text), Some(base)) => with_base(thread, text, base)?,
    };
    match cast::<Type>(class) {
        Some(class) if !std::ptr::eq(class, Int::def().object()) => {
            let value = int::to_bigint(&result).unwrap_or_default();
            int::of_class(thread, class, value)
        }
        _ => super::operand::exact(thread, &result),
    }
}

/// The number that a str of a few decimal digits says; most of what is made a number of is of this kind.
fn few_digits(value: &Value) -> Option<i64> {
    const MOST: usize = 18;
    let text = cast_exact::<Str>(value)?.as_ascii()?;
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    if digits.is_empty() || digits.len() > MOST {
        return None;
    }
    let mut number = 0;
    for digit in digits {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(if digits.len() < text.len() { -number } else { number })
}

fn arguments<'a>(args: Args<'a>) -> Result<(Option<&'a Value>, Option<&'a Value>)> {
    let positional = args.positionals();
    let given = args.values.len();
    if given > 2 {
        return Err(type_error(if args.names.is_empty() {
            format!("int expected at most 2 arguments, got {given}")
        } else {
            format!("int() takes at most 2 arguments ({given} given)")
        }));
    }
    let mut base = positional.get(1);
    for (name, value) in args.keywords() {
        let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
        if text != "base" {
            return Err(type_error(format!("int() got an unexpected keyword argument '{text}'")));
        }
        base = Some(value);
    }
    Ok((positional.first(), base))
}

fn with_base(thread: &mut Thread, text: &Value, base: &Value) -> Result<Value> {
    let base = crate::ops::index_clipped(thread, base)?;
    // What is out of range in either direction is refused in one way.
    let base = u32::try_from(base).unwrap_or(1);
    if let Some(text) = cast::<Str>(text) {
        return parse_str(thread, text, base);
    }
    let bytes_like = cast::<Bytes>(text).is_some() || cast::<Bytearray>(text).is_some();
    if bytes_like && let Some(bytes) = parse_bytes_like(thread, text)? {
        return from_parsed(thread, ::text::int::parse_bytes(&bytes, base, max_str_digits())?);
    }
    Err(type_error("int() can't convert non-string with explicit base"))
}

fn parse_str(thread: &mut Thread, text: &Object<Str>, base: u32) -> Result<Value> {
    from_parsed(thread, ::text::int::parse(&text.view(), base, max_str_digits())?)
}

fn from_parsed(thread: &mut Thread, parsed: ::text::int::Int) -> Result<Value> {
    match parsed {
        ::text::int::Int::Small(small) => int::from_i64(thread, small),
        ::text::int::Int::Big(big) => int::from_bigint(thread, big),
    }
}

/// The bytes that a bytes-like object lends; `None` if it lends none.
///
/// # Errors
/// What lending raises.
pub fn parse_bytes_like(thread: &mut Thread, value: &Value) -> Result<Option<Vec<u8>>> {
    if let Some(bytes) = cast::<Bytes>(value) {
        return Ok(Some(bytes.bytes().to_vec()));
    }
    let Some(lend) = slots_of(value).buffer.get() else { return Ok(None) };
    let buffer = lend(thread, value, false)?;
    let bytes = buffer.to_vec();
    if let Some(release) = buffer.release {
        release(thread, &buffer.owner);
    }
    Ok(Some(bytes))
}

/// `int(value)`: an int, or what `__int__` or `__index__` says, or text.
///
/// # Errors
/// TypeError, ValueError, or what the methods raise.
pub fn to_int(thread: &mut Thread, value: &Value) -> Result<Value> {
    if int::is_exact(value) {
        return Ok(value.clone());
    }
    let slots = slots_of(value);
    if let Some(to_int) = slots.int.get() {
        let result = to_int(thread, value)?;
        if int::is_exact(&result) {
            return Ok(result);
        }
        let class = class_of(&result).name_lossy();
        if !int::is_int(&result) {
            return Err(type_error(format!("__int__ returned non-int (type {class})")));
        }
        crate::hooks::warn(
            thread,
            &crate::error::DEPRECATION_WARNING,
            &format!(
                "__int__ returned non-int (type {class}).  The ability to return an instance of a strict subclass of \
                 int is deprecated, and may be removed in a future version of Python."
            ),
            1,
        )?;
        return super::operand::exact(thread, &result);
    }
    if slots.index.get().is_some() {
        let index = crate::ops::index(thread, value)?;
        return super::operand::exact(thread, &index);
    }
    if let Some(text) = cast::<Str>(value) {
        return parse_str(thread, text, 10);
    }
    if let Some(bytes) = parse_bytes_like(thread, value)? {
        return from_parsed(thread, ::text::int::parse_bytes(&bytes, 10, max_str_digits())?);
    }
    Err(type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        class_of(value).name_lossy()
    )))
}

/// `bool.__new__`.
///
/// # Errors
/// TypeError for wrong arguments, or what `__bool__` raises.
pub fn bool_new(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    match args.no_keywords("bool")? {
        [] => Ok(Value::from_bool(false)),
        [value] => crate::ops::is_true(thread, value).map(Value::from_bool),
        more => Err(type_error(format!("bool expected at most 1 argument, got {}", more.len()))),
    }
}
