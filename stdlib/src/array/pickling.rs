//! Pickling of arrays: the bytes go with a code for the machine format that they are in, and are converted where another
//! machine reads them.

use runtime::class::{Payload, Type, TypeExt, lookup};
use runtime::error::{Result, type_error, value_error};
use runtime::native::Object;
use runtime::object::{AttributeSlots, cast};
use runtime::types::{Bytes, BytesExt, List, Str, StrExt, float, int, sequence};
use runtime::{Thread, Value, names, ops};

use super::kind::Kind;
use super::storage::{Array, ArrayExt};
use super::{methods, slots};
use crate::support;

/// What the items of a machine format are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Items {
    Int { signed: bool },
    Float,
    Utf,
}

/// The machine formats, by number: what items are, how many bytes they have, whether the lowest comes first.
const FORMATS: [(Items, usize, bool); 22] = [
    (Items::Int { signed: false }, 1, true),
    (Items::Int { signed: true }, 1, true),
    (Items::Int { signed: false }, 2, true),
    (Items::Int { signed: false }, 2, false),
    (Items::Int { signed: true }, 2, true),
    (Items::Int { signed: true }, 2, false),
    (Items::Int { signed: false }, 4, true),
    (Items::Int { signed: false }, 4, false),
    (Items::Int { signed: true }, 4, true),
    (Items::Int { signed: true }, 4, false),
    (Items::Int { signed: false }, 8, true),
    (Items::Int { signed: false }, 8, false),
    (Items::Int { signed: true }, 8, true),
    (Items::Int { signed: true }, 8, false),
    (Items::Float, 4, true),
    (Items::Float, 4, false),
    (Items::Float, 8, true),
    (Items::Float, 8, false),
    (Items::Utf, 2, true),
    (Items::Utf, 2, false),
    (Items::Utf, 4, true),
    (Items::Utf, 4, false),
];

/// The format in which this machine keeps such items.
fn format_of(kind: Kind) -> usize {
    let items = match kind.sign() {
        Some(signed) => Items::Int { signed },
        None if kind.is_text() => Items::Utf,
        None => Items::Float,
    };
    let little = cfg!(target_endian = "little") || kind.size() == 1;
    FORMATS.iter().position(|&format| format == (items, kind.size(), little)).unwrap_or(0)
}

/// `array.__reduce_ex__(protocol)`.
///
/// # Errors
/// TypeError for what is no protocol; MemoryError.
pub fn reduce(thread: &mut Thread, array: &Object<Array>, protocol: &Value) -> Result<Value> {
    if !int::is_int(protocol) {
        return Err(type_error("__reduce_ex__ argument should be an integer"));
    }
    let protocol = ops::index_clipped(thread, protocol)?;
    let value = runtime::object::to_value(array);
    let class = support::class_value(&value);
    let kind = array.payload().kind();
    let attributes = if AttributeSlots::of(&value).all().is_empty() {
        Value::none()
    } else {
        lookup::getattr_or_none(thread, &value, names::__dict__())?.unwrap_or_else(Value::none)
    };
    let code = Str::new(thread, &kind.code().to_string())?;
    if protocol < 3 {
        let list = methods::list_of(thread, array)?;
        let args = support::tuple(thread, vec![code, list])?;
        return support::tuple(thread, vec![class, args, attributes]);
    }
    let module = runtime::interp::import_module(thread, "array")?;
    let name = runtime::interned!(thread, "_array_reconstructor")?;
    let reconstructor = lookup::getattr(thread, &module, name)?;
    let format = int::from_i64(thread, format_of(kind) as i64)?;
    let bytes = array.bytes(thread)?;
    let bytes = Bytes::new(thread, &bytes)?;
    let args = support::tuple(thread, vec![class, code, format, bytes])?;
    support::tuple(thread, vec![reconstructor, args, attributes])
}

/// What `reduce` has taken apart.
///
/// # Errors
/// TypeError and ValueError for wrong arguments; MemoryError.
pub fn reconstruct(
    thread: &mut Thread,
    class: &Value,
    code: &Value,
    format: i32,
    items: &Value,
) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        let got = support::class_name(class);
        return Err(type_error(format!("first argument must be a type object, not {got}")));
    };
    if !class.is_subclass_of(Array::def().object()) {
        return Err(type_error(format!("{} is not a subtype of array.array", class.name_lossy())));
    }
    let code = cast::<Str>(code).filter(|code| code.len() == 1).and_then(|code| code.char_at(0));
    let kind = code
        .and_then(char::from_u32)
        .and_then(Kind::of)
        .ok_or_else(|| value_error("second argument must be a valid type code"))?;
    let format = usize::try_from(format)
        .ok()
        .filter(|&format| format < FORMATS.len())
        .ok_or_else(|| value_error("third argument must be a valid machine format code."))?;
    let Some(bytes) = cast::<Bytes>(items) else {
        let got = support::class_name(items);
        return Err(type_error(format!("fourth argument should be bytes, not {got}")));
    };
    if format == format_of(kind) {
        return slots::of_class(thread, class, kind, Some(items));
    }
    let (what, size, little) = FORMATS[format];
    let bytes = bytes.bytes();
    if bytes.len() % size != 0 {
        return Err(value_error("bytes length not a multiple of item size"));
    }
    let words = bytes.chunks_exact(size).map(|item| word_of(item, little));
    let initial = match what {
        Items::Utf => text(thread, words, size)?,
        _ => {
            let mut list = support::vector(bytes.len() / size)?;
            for word in words {
                list.push(number(thread, what, size, word)?);
            }
            List::new(thread, list)?
        }
    };
    // Integers come in the type that has their size and sign here, whatever it was called there.
    let kind = match what {
        Items::Int { signed } => {
            let fits = |kind: &Kind| kind.size() == size && kind.sign() == Some(signed);
            if fits(&kind) {
                kind
            } else {
                Kind::ALL.iter().map(|(_, kind)| *kind).find(fits).unwrap_or(kind)
            }
        }
        _ => kind,
    };
    slots::of_class(thread, class, kind, Some(&initial))
}

fn word_of(item: &[u8], little: bool) -> u64 {
    let push = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
    if little { item.iter().rev().fold(0, push) } else { item.iter().fold(0, push) }
}

fn number(thread: &Thread, what: Items, size: usize, word: u64) -> Result<Value> {
    match (what, size) {
        (Items::Float, 4) => float::new(thread, f32::from_bits(word as u32).into()),
        (Items::Float, _) => float::new(thread, f64::from_bits(word)),
        (Items::Int { signed: true }, _) => {
            let unused = 64 - 8 * size as u32;
            int::from_i64(thread, (word << unused) as i64 >> unused)
        }
        _ => int::from_i128(thread, word.into()),
    }
}

/// Text of UTF-16 or UTF-32 units.
fn text(thread: &Thread, words: impl Iterator<Item = u64>, size: usize) -> Result<Value> {
    let mut text = sequence::Builder::new();
    if size == 2 {
        for unit in char::decode_utf16(words.map(|word| word as u16)) {
            text.push(unit.map_or_else(|lone| u32::from(lone.unpaired_surrogate()), u32::from));
        }
    } else {
        for word in words {
            let code = u32::try_from(word).ok().filter(|&code| code <= 0x10_FFFF);
            text.push(code.ok_or_else(|| value_error("character is not in range [U+0000; U+10ffff]"))?);
        }
    }
    Str::from_text(thread, &text.finish())
}
