//! `format % arguments`, for str; and what it has in common with that of bytes.

use std::ops::Range;

use memory::{Object, Value};
use text::format_spec::quick;
use text::int::{IntRef, SMALL_DECIMAL, small_decimal};
use text::percent::{Conversion, Format, Piece};
use text::{Builder, Chars, View};
use threads::{Context, Thread};

use super::format::ascii_of;
use super::{Str, StrExt, ensure_room, subscript};
use crate::class::{BinaryOp, Slots, TypeExt, class_of, slots_of};
use crate::error::{Raised, Result, TYPE_ERROR, overflow_error, type_error};
use crate::object::{cast, cast_exact};
use crate::types::{Bytes, Dict, DictExt, Tuple, TupleExt, bytearray::Bytearray, float, int};

pub(in crate::types) fn fill(slots: &Slots) {
    slots.binary[BinaryOp::Remainder as usize].set(remainder);
}

fn remainder(thread: &mut Thread, a: &Value, b: &Value) -> Result<Value> {
    match cast::<Str>(a) {
        Some(text) => format(thread, text, b),
        None => Ok(Value::not_implemented()),
    }
}

/// The arguments of a format, as its conversions ask for them.
pub struct Arguments<'t> {
    /// The thread.
    pub thread: &'t mut Thread,
    /// The tuple of arguments, or the one argument; after a key has been looked up, what was found.
    values: Value,
    /// Whether `values` is the one argument rather than a tuple of them.
    single: bool,
    next: usize,
    mapping: Option<Value>,
    key: fn(&mut Thread, &Value, Range<usize>) -> Result<Value>,
    format: Value,
}

impl<'t> Arguments<'t> {
    /// The arguments for `format`, of which `key` cuts out a part as a mapping's key.
    pub fn new(
        thread: &'t mut Thread,
        format: Value,
        values: &Value,
        key: fn(&mut Thread, &Value, Range<usize>) -> Result<Value>,
    ) -> Self {
        let is_tuple = cast::<Tuple>(values).is_some();
        let is_text = cast::<Str>(values).is_some();
        // A bytes format takes bytes for an argument, not for a mapping.
        let is_bytes = cast::<Str>(&format).is_none()
            && (cast::<Bytes>(values).is_some() || cast::<Bytearray>(values).is_some());
        let maps = !is_tuple && !is_text && !is_bytes && slots_of(values).getitem.get().is_some();
        Self {
            thread,
            values: values.clone(),
            single: !is_tuple,
            next: 0,
            mapping: maps.then(|| values.clone()),
            key,
            format,
        }
    }

    /// The next argument.
    ///
    /// # Errors
    /// TypeError if there is none.
    pub fn take(&mut self) -> Result<Value> {
        let found = if self.single {
            (self.next == 0).then(|| self.values.clone())
        } else {
            cast::<Tuple>(&self.values).and_then(|tuple| tuple.items().get(self.next).cloned())
        };
        self.next += 1;
        found.ok_or_else(|| type_error("not enough arguments for format string"))
    }

    /// Raises if arguments are left over.
    ///
    /// # Errors
    /// TypeError.
    pub fn finish(self, kind: &str) -> Result<()> {
        let count = if self.single { 1 } else { cast::<Tuple>(&self.values).map_or(0, TupleExt::len) };
        if self.next < count && self.mapping.is_none() {
            return Err(type_error(format!("not all arguments converted during {kind} formatting")));
        }
        Ok(())
    }
}

impl text::percent::Source for Arguments<'_> {
    type Error = Raised;

    fn mapping(&mut self) -> Result<()> {
        if self.mapping.is_none() { Err(type_error("format requires a mapping")) } else { Ok(()) }
    }

    fn key(&mut self, range: Range<usize>) -> Result<()> {
        let Some(mapping) = &self.mapping else { return Ok(()) };
        let key = (self.key)(self.thread, &self.format, range)?;
        self.values = crate::ops::getitem(self.thread, mapping, &key)?;
        self.single = true;
        self.next = 0;
        Ok(())
    }

    fn star(&mut self, width: bool) -> Result<i64> {
        let value = self.take()?;
        if !int::is_int(&value) {
            return Err(type_error("* wants int"));
        }
        let found = int::to_i64(&value);
        if width {
            found
                .filter(|&n| n != i64::MIN)
                .ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))
        } else {
            let found = found.filter(|&n| i32::try_from(n).is_ok());
            found.ok_or_else(|| overflow_error("Python int too large to convert to C int"))
        }
    }
}

/// Raises if a field would be larger than memory.
///
/// # Errors
/// MemoryError.
pub fn check_field(conversion: &Conversion) -> Result<()> {
    let precision = if b"sra".contains(&conversion.letter()) { 0 } else { conversion.precision.unwrap_or(0) };
    ensure_room(conversion.width.max(precision).saturating_mul(4))
}

/// A number converted for d, i, u, o, x, X or one of the letters of floats; `None` for other letters.
///
/// # Errors
/// TypeError, OverflowError, or what the conversion raises.
pub fn number(
    thread: &mut Thread,
    conversion: &Conversion,
    value: &Value,
    bytes: bool,
) -> Result<Option<String>> {
    let letter = conversion.letter();
    match letter {
        b'd' | b'i' | b'u' | b'o' | b'x' | b'X' => {
            let number = integer(thread, letter, value)?;
            let limit = crate::types::int_methods::text::max_str_digits();
            let text = match int::to_i64(&number) {
                Some(small) => conversion.integer(IntRef::Small(small), limit)?,
                None => match int::heap_value(&number) {
                    Some(big) => conversion.integer(IntRef::Big(big), limit)?,
                    None => String::new(),
                },
            };
            Ok(Some(text))
        }
        b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
            let double = match float::as_f64(thread, value) {
                // Bytes say it in their own way.
                Err(raised) if bytes && raised.is(&TYPE_ERROR) => {
                    let class = class_of(value).name_lossy();
                    return Err(type_error(format!("float argument required, not {class}")));
                }
                double => double?,
            };
            Ok(Some(conversion.float(double)?))
        }
        _ => Ok(None),
    }
}

/// `value` as an int for one of the letters of ints.
fn integer(thread: &mut Thread, letter: u8, value: &Value) -> Result<Value> {
    if int::is_int(value) {
        return Ok(value.clone());
    }
    let wrong = |value: &Value| {
        let wanted = if b"oxX".contains(&letter) { "an integer" } else { "a real number" };
        let class = class_of(value).name_lossy();
        type_error(format!("%{} format: {wanted} is required, not {class}", char::from(letter)))
    };
    let slots = slots_of(value);
    if slots.index.get().is_none() && slots.int.get().is_none() && slots.float.get().is_none() {
        return Err(wrong(value));
    }
    let result = match slots.int.get() {
        Some(truncate) if !b"oxX".contains(&letter) => truncate(thread, value),
        _ => crate::ops::index(thread, value),
    };
    match result {
        Ok(number) if int::is_int(&number) => Ok(number),
        Ok(_) => Err(wrong(value)),
        Err(raised) if raised.is(&TYPE_ERROR) => Err(wrong(value)),
        Err(raised) => Err(raised),
    }
}

/// The character for `%c`.
fn character(thread: &mut Thread, value: &Value) -> Result<u32> {
    if let Some(text) = cast::<Str>(value) {
        return match text.char_at(0) {
            Some(code) if text.len() == 1 => Ok(code),
            _ => Err(type_error(format!(
                "%c requires an int or a unicode character, not a string of length {}",
                text.len()
            ))),
        };
    }
    let number = match crate::ops::index(thread, value) {
        Err(raised) if raised.is(&TYPE_ERROR) => {
            let class = class_of(value).shown_name(thread);
            return Err(type_error(format!("%c requires an int or a unicode character, not {class}")));
        }
        number => number?,
    };
    let code =
        int::to_i64(&number).and_then(|code| u32::try_from(code).ok()).filter(|&code| code <= 0x10_ffff);
    code.ok_or_else(|| overflow_error("%c arg not in range(0x110000)"))
}

fn key(thread: &mut Thread, format: &Value, range: Range<usize>) -> Result<Value> {
    match cast::<Str>(format) {
        Some(text) => subscript::part(thread, text, range),
        None => Ok(Value::none()),
    }
}

/// ASCII text that is not long.
struct Short {
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl Short {
    const ROOM: usize = 256;

    fn text(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Adds some of it; `None` if there is no room.
    #[inline(always)]
    fn push(&mut self, ascii: &[u8]) -> Option<()> {
        self.bytes.get_mut(self.len..self.len + ascii.len())?.copy_from_slice(ascii);
        self.len += ascii.len();
        Some(())
    }
}

/// `text % values` where all is ASCII, nothing is asked for but small ints, floats and strs in plain fields, and not much comes of it:
/// then no class is asked anything. `None` in any other case, errors included.
fn format_plainly(thread: &Context, text: &Object<Str>, values: &Value) -> Option<Short> {
    let mut rest = text.as_ascii()?.as_bytes();
    let mapping = cast_exact::<Dict>(values);
    let mut values = match cast_exact::<Tuple>(values) {
        Some(tuple) => tuple.items(),
        None => std::slice::from_ref(values),
    };
    let mut out = Short { bytes: [0; Short::ROOM], len: 0 };
    while let Some(at) = text::search::find_byte(rest, b'%') {
        out.push(&rest[..at])?;
        rest = &rest[at + 1..];
        match mapping {
            Some(dict) => {
                let key = rest.strip_prefix(b"(")?;
                let end = key.iter().position(|byte| matches!(byte, b'(' | b')'))?;
                if key[end] != b')' {
                    return None;
                }
                let found = dict.get_plainly(thread, &Str::from_ascii(thread, &key[..end]).ok()?)?;
                rest = push_plain_field(&mut out, &key[end + 1..], &found)?;
            }
            None => {
                let (value, others) = values.split_first()?;
                rest = push_plain_field(&mut out, rest, value)?;
                values = others;
            }
        }
    }
    out.push(rest)?;
    (mapping.is_some() || values.is_empty()).then_some(out)
}

/// Adds `value` as the conversion says with which `format` begins; returns what is behind that.
#[inline(always)]
fn push_plain_field<'a>(out: &mut Short, format: &'a [u8], value: &Value) -> Option<&'a [u8]> {
    // Width and precision of numbers mean what they mean to `format`.
    let digits = format.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'.'))?;
    let (spec, behind) = format.split_at(digits + 1);
    match (spec, value.as_int()) {
        (b"s" | b"d", Some(small)) => out.push(small_decimal(small, &mut [0; SMALL_DECIMAL]))?,
        (b"s", None) => out.push(cast_exact::<Str>(value)?.as_ascii()?.as_bytes())?,
        ([.., b'd' | b'x'], Some(small)) => out.push(quick::int(small, spec)?.bytes())?,
        ([.., b'f'], None) => out.push(quick::float(value.word().as_float()?, spec)?.bytes())?,
        _ => return None,
    }
    Some(behind)
}

/// How many bytes what is formatted may be longer than its format before more room is asked for.
const ROOM: usize = 48;

/// `text % values`
///
/// # Errors
/// TypeError, ValueError, or what converting the values raises.
pub fn format(thread: &mut Thread, text: &Object<Str>, values: &Value) -> Result<Value> {
    if let Some(shown) = format_plainly(thread, text, values) {
        return Str::from_ascii(thread, shown.text());
    }
    let view = text.view();
    let mut pieces = Format::new(&view, false);
    let mut arguments = Arguments::new(thread, crate::object::to_value(text), values, key);
    // Most arguments take more room than what stands for them.
    let mut out = Builder::with_capacity(view.len() + ROOM);
    while let Some(piece) = pieces.next(&mut arguments)? {
        match piece {
            Piece::Literal(range) => out.push_view(view.slice(range)),
            Piece::Conversion(conversion) => {
                let value = arguments.take()?;
                push(arguments.thread, &mut out, &conversion, &value)?;
            }
        }
    }
    let thread: &mut Thread = &mut *arguments.thread;
    let result = Str::from_text(thread, &out.finish());
    arguments.finish("string")?;
    result
}

/// Adds a str or a small int that needs no field; false, and nothing done, for any other argument.
fn push_plainly(out: &mut Builder, letter: u8, value: &Value) -> Result<bool> {
    match (letter, value.as_int()) {
        (b'd' | b's' | b'r', Some(small)) => out.push_int(small),
        (b's', None) => {
            let Some(text) = cast_exact::<Str>(value) else { return Ok(false) };
            out.reserve_view(text.view())?;
            out.push_view(text.view());
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Adds one converted argument.
fn push(thread: &mut Thread, out: &mut Builder, conversion: &Conversion, value: &Value) -> Result<()> {
    if conversion.is_plain() && push_plainly(out, conversion.letter(), value)? {
        return Ok(());
    }
    check_field(conversion)?;
    let shown = match conversion.letter() {
        b's' if cast_exact::<Str>(value).is_some() => value.clone(),
        b's' => crate::ops::str(thread, value)?,
        b'r' => crate::ops::repr(thread, value)?,
        b'a' => ascii_of(thread, value)?,
        b'c' => {
            let code = character(thread, value)?;
            return Ok(conversion.push(out, View::Full(&[code]))?);
        }
        _ => match number(thread, conversion, value, false)? {
            Some(shown) => return Ok(conversion.push(out, View::Latin1(shown.as_bytes()))?),
            None => return Err(conversion.unsupported(false).into()),
        },
    };
    if let Some(shown) = cast::<Str>(&shown) {
        ensure_room(shown.len())?;
        conversion.push(out, shown.view())?;
    }
    Ok(())
}
