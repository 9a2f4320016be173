//! UnicodeEncodeError, UnicodeDecodeError, UnicodeTranslateError: what could not be converted, and where.

use memory::Value;
use text::Chars;
use threads::{Context, Thread};

use super::exception::{self, field};
use super::exception_methods::{init as base_init, push_text};
use crate::class::{ClassDef, Slots, TypeExt, class_of, slots_of};
use crate::error::{self, Raised, Result, type_error};
use crate::native::Args;
use crate::object::cast;
use crate::ops;
use crate::types::{Bytes, BytesExt, Str, StrExt, int};

/// Slots of UnicodeEncodeError.
pub fn unicode_encode_slots(slots: &Slots) {
    slots.init.set(|thread, value, args| {
        let given = exactly(thread, value, args, 5)?;
        require_str(&given, 0)?;
        require_str(&given, 1)?;
        fill(thread, value, given, &["encoding", "object", "start", "end", "reason"])
    });
    slots.str.set(encode_str);
}

/// Slots of UnicodeDecodeError.
pub fn unicode_decode_slots(slots: &Slots) {
    slots.init.set(|thread, value, args| {
        let mut given = exactly(thread, value, args, 5)?;
        require_str(&given, 0)?;
        if cast::<Bytes>(&given[1]).is_none() {
            let bytes = bytes_of(thread, &given[1])?;
            given[1] = Bytes::new(thread, &bytes)?;
        }
        fill(thread, value, given, &["encoding", "object", "start", "end", "reason"])
    });
    slots.str.set(decode_str);
}

/// Slots of UnicodeTranslateError.
pub fn unicode_translate_slots(slots: &Slots) {
    slots.init.set(|thread, value, args| {
        let given = exactly(thread, value, args, 4)?;
        require_str(&given, 0)?;
        fill(thread, value, given, &["object", "start", "end", "reason"])
    });
    slots.str.set(translate_str);
}

/// A copy of the bytes that an object lends.
fn bytes_of(thread: &mut Thread, value: &Value) -> Result<Vec<u8>> {
    let Some(lend) = slots_of(value).buffer.get() else {
        return Err(type_error(format!(
            "a bytes-like object is required, not '{}'",
            class_of(value).name_lossy()
        )));
    };
    let buffer = lend(thread, value, false)?;
    let bytes = buffer.to_vec();
    if let Some(release) = buffer.release {
        release(thread, &buffer.owner);
    }
    Ok(bytes)
}

fn exactly(thread: &mut Thread, value: &Value, args: Args<'_>, count: usize) -> Result<Vec<Value>> {
    base_init(thread, value, args)?;
    let given = args.positionals();
    if given.len() != count {
        return Err(type_error(format!("function takes exactly {count} arguments ({} given)", given.len())));
    }
    Ok(given.to_vec())
}

fn require_str(given: &[Value], index: usize) -> Result<()> {
    match given.get(index) {
        Some(value) if cast::<Str>(value).is_none() => Err(type_error(format!(
            "argument {} must be str, not {}",
            index + 1,
            class_of(value).name_lossy()
        ))),
        _ => Ok(()),
    }
}

fn fill(thread: &mut Thread, value: &Value, mut given: Vec<Value>, names: &[&'static str]) -> Result<()> {
    let numbers = names.len() - 3;
    for number in &mut given[numbers..numbers + 2] {
        let position = ops::index_isize(thread, number)?;
        *number = int::from_i128(thread, position as i128)?;
    }
    require_str(&given, names.len() - 1)?;
    for (name, new) in names.iter().zip(given) {
        exception::set_field(thread, value, name, new);
    }
    Ok(())
}

/// What `start` and `end` are before `__init__`.
pub(crate) fn start_at_zero(thread: &Context, value: &Value) -> Result<()> {
    for name in ["start", "end"] {
        let zero = int::from_i64(thread, 0)?;
        exception::set_field(thread, value, name, zero);
    }
    Ok(())
}

fn position(thread: &Thread, value: &Value, name: &str) -> i64 {
    field(thread, value, name).and_then(|number| int::to_i64(&number)).unwrap_or(0)
}

/// The index of the one character that is meant, or none if there are several, or none at all.
fn single(start: i64, end: i64, len: usize) -> Option<usize> {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    ((0..len).contains(&start) && (0..=len).contains(&end) && end == start.wrapping_add(1))
        .then_some(start as usize)
}

/// How a character that cannot be converted is shown.
fn shown(code: u32) -> String {
    match code {
        0..=0xff => format!("\\x{code:02x}"),
        0x100..=0xffff => format!("\\u{code:04x}"),
        _ => format!("\\U{code:08x}"),
    }
}

/// The text of a field, which may run anything.
fn text_of(thread: &mut Thread, value: &Value, name: &str) -> Result<Value> {
    let held = field(thread, value, name).unwrap_or_else(Value::none);
    ops::str(thread, &held)
}

/// What was to be converted, as it is now: making texts of the other fields may have changed it.
fn object_of(
    thread: &mut Thread,
    value: &Value,
    is_fitting: fn(&Value) -> bool,
    what: &str,
) -> Result<Value> {
    let name = class_of(value).name_lossy();
    match field(thread, value, "object") {
        None => Err(type_error(format!("{name} 'object' attribute is not set"))),
        Some(object) if is_fitting(&object) => Ok(object),
        Some(_) => Err(type_error(format!("{name} 'object' attribute must be a {what}"))),
    }
}

fn message(thread: &mut Thread, encoding: Option<Value>, place: &str, reason: &Value) -> Result<Value> {
    let mut text = text::Builder::new();
    if let Some(encoding) = encoding {
        text.push_str("'");
        push_text(thread, &mut text, &encoding)?;
        text.push_str("' codec ");
    }
    text.push_str(place);
    push_text(thread, &mut text, reason)?;
    Str::from_text(thread, &text.finish())
}

fn encode_str(thread: &mut Thread, value: &Value) -> Result<Value> {
    if field(thread, value, "object").is_none() {
        return Str::new(thread, "");
    }
    let (reason, encoding) = (text_of(thread, value, "reason")?, text_of(thread, value, "encoding")?);
    let object = object_of(thread, value, |object| cast::<Str>(object).is_some(), "string")?;
    let place = characters(thread, value, &object, "can't encode");
    message(thread, Some(encoding), &place, &reason)
}

fn translate_str(thread: &mut Thread, value: &Value) -> Result<Value> {
    if field(thread, value, "object").is_none() {
        return Str::new(thread, "");
    }
    let reason = text_of(thread, value, "reason")?;
    let object = object_of(thread, value, |object| cast::<Str>(object).is_some(), "string")?;
    let place = characters(thread, value, &object, "can't translate");
    message(thread, None, &place, &reason)
}

fn characters(thread: &Thread, value: &Value, object: &Value, what: &str) -> String {
    let (start, end) = (position(thread, value, "start"), position(thread, value, "end"));
    match cast::<Str>(object).and_then(|object| object.char_at(single(start, end, object.len())?)) {
        Some(code) => format!("{what} character '{}' in position {start}: ", shown(code)),
        None => format!("{what} characters in position {start}-{}: ", end.wrapping_sub(1)),
    }
}

fn decode_str(thread: &mut Thread, value: &Value) -> Result<Value> {
    if field(thread, value, "object").is_none() {
        return Str::new(thread, "");
    }
    let (reason, encoding) = (text_of(thread, value, "reason")?, text_of(thread, value, "encoding")?);
    let object = object_of(thread, value, |object| cast::<Bytes>(object).is_some(), "bytes")?;
    let (start, end) = (position(thread, value, "start"), position(thread, value, "end"));
    let bytes = cast::<Bytes>(&object).map_or(&[][..], |bytes| bytes.bytes());
    let place = match single(start, end, bytes.len()).and_then(|index| bytes.get(index)) {
        Some(byte) => format!("can't decode byte 0x{byte:02x} in position {start}: "),
        None => format!("can't decode bytes in position {start}-{}: ", end.wrapping_sub(1)),
    };
    message(thread, Some(encoding), &place, &reason)
}

fn make(thread: &Context, class: &'static ClassDef, fields: &[(&str, Value)]) -> Result<Value> {
    let args = fields.iter().map(|(_, value)| value.clone()).collect();
    let args = crate::types::Tuple::new(thread, args)?;
    let value = exception::allocate(thread, class.object(), args)?;
    for (name, new) in fields {
        exception::set_field(thread, &value, name, new.clone());
    }
    Ok(value)
}

/// A raised UnicodeEncodeError.
#[cold]
pub fn encode_error(
    thread: &Context,
    encoding: &str,
    object: &Value,
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    raise(thread, &error::UNICODE_ENCODE_ERROR, encoding, object, [start, end], reason)
}

/// A raised UnicodeDecodeError; `object` is a bytes object.
#[cold]
pub fn decode_error(
    thread: &Context,
    encoding: &str,
    object: &Value,
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    raise(thread, &error::UNICODE_DECODE_ERROR, encoding, object, [start, end], reason)
}

fn raise(
    thread: &Context,
    class: &'static ClassDef,
    encoding: &str,
    object: &Value,
    place: [usize; 2],
    reason: &str,
) -> Raised {
    let try_make = || {
        let fields = [
            ("encoding", Str::new(thread, encoding)?),
            ("object", object.clone()),
            ("start", int::from_i128(thread, place[0] as i128)?),
            ("end", int::from_i128(thread, place[1] as i128)?),
            ("reason", Str::new(thread, reason)?),
        ];
        make(thread, class, &fields)
    };
    match try_make() {
        Ok(value) => Raised::new(value),
        Err(raised) => raised,
    }
}

/// Raises unless the str can be encoded as UTF-8.
///
/// # Errors
/// UnicodeEncodeError for lone surrogates.
pub fn require_utf8(thread: &Context, value: &Value) -> Result<()> {
    let Some(text) = cast::<Str>(value) else { return Ok(()) };
    let is_surrogate = |code: u32| (0xd800..0xe000).contains(&code);
    let view = text.view();
    let Some(start) = view.iter_chars().position(is_surrogate) else { return Ok(()) };
    let run = view.iter_chars().skip(start).take_while(|&code| is_surrogate(code)).count();
    Err(encode_error(thread, "utf-8", value, start, start + run, "surrogates not allowed"))
}
