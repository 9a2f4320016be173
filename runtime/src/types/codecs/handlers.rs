//! Error handlers by name: the eight that are built in, and those that programs register.
//!
//! Encodings know the built-in ones by themselves (`errors`); as Python functions they are for who looks them up.

use std::ops::Range;

use memory::{Published, Value};
use text::codec::{Errors, Replacement, decode_replacement, encode_replacement};
use text::{Builder, Chars, Text};
use threads::Thread;
use threads::sync::Mutex;

use crate::class::{TypeExt, class_of};
use crate::error::{
    Raised, Result, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, UNICODE_TRANSLATE_ERROR, lookup_error,
    type_error, value_error,
};
use crate::native;
use crate::object::cast;
use crate::types::{Bytes, BytesExt, Str, StrExt, Tuple, exception, int, native_function};

static REGISTERED: Mutex<Vec<(String, Published)>> = Mutex::new(Vec::new());

/// `codecs.register_error(name, handler)`
///
/// # Errors
/// TypeError for what cannot be called.
pub fn register(name: &str, handler: &Value) -> Result<()> {
    if !crate::call::is_callable(handler) {
        return Err(type_error("handler must be callable"));
    }
    let handler = Published::new(handler.clone());
    let mut registered = REGISTERED.lock();
    let before = registered.iter().position(|(known, _)| known == name).map(|i| registered.swap_remove(i));
    registered.push((name.to_owned(), handler));
    drop(registered);
    drop(before);
    Ok(())
}

/// `codecs._unregister_error(name)`: whether there was one.
///
/// # Errors
/// ValueError for a built-in one.
pub fn unregister(name: &str) -> Result<bool> {
    if Errors::from_name(name).is_some() {
        return Err(value_error(format!("cannot un-register built-in error handler '{name}'")));
    }
    let mut registered = REGISTERED.lock();
    let before = registered.iter().position(|(known, _)| known == name).map(|i| registered.swap_remove(i));
    drop(registered);
    Ok(before.is_some())
}

/// `codecs.lookup_error(name)`
///
/// # Errors
/// LookupError.
pub fn look_up(thread: &mut Thread, name: &str) -> Result<Value> {
    let registered =
        REGISTERED.lock().iter().find(|(known, _)| known == name).map(|(_, f)| f.value().clone());
    if let Some(registered) = registered {
        return Ok(registered);
    }
    let wanted = match name {
        "surrogateescape" | "surrogatepass" => name.to_owned(),
        name => format!("{name}_errors"),
    };
    match builtin::MODULE.functions.iter().find(|def| def.name == wanted) {
        Some(def) => native_function::new(thread, def, None, None),
        None => Err(lookup_error(format!("unknown error handler name '{name}'"))),
    }
}

/// Which of the three exceptions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Encode,
    Decode,
    Translate,
}

/// What a UnicodeError says: its kind, its object, and what of it is at fault, within the object's length.
struct Report {
    kind: Kind,
    object: Value,
    range: Range<usize>,
    encoding: String,
}

fn unknown(error: &Value) -> Raised {
    type_error(format!("don't know how to handle {} in error callback", class_of(error).name_lossy()))
}

impl Report {
    fn of(thread: &mut Thread, error: &Value) -> Result<Self> {
        let class = class_of(error);
        let kind = match () {
            () if class.is_subclass_of(UNICODE_ENCODE_ERROR.object()) => Kind::Encode,
            () if class.is_subclass_of(UNICODE_DECODE_ERROR.object()) => Kind::Decode,
            () if class.is_subclass_of(UNICODE_TRANSLATE_ERROR.object()) => Kind::Translate,
            () => return Err(unknown(error)),
        };
        let field = |name: &str| {
            exception::field(thread, error, name)
                .ok_or_else(|| type_error(format!("UnicodeError '{name}' attribute is not set")))
        };
        let object = field("object")?;
        let len = match kind {
            Kind::Decode => cast::<Bytes>(&object).map(|bytes| bytes.bytes().len()),
            _ => cast::<Str>(&object).map(|text| text.len()),
        };
        let wanted = if kind == Kind::Decode { "bytes" } else { "str" };
        let len =
            len.ok_or_else(|| type_error(format!("UnicodeError 'object' attribute must be a {wanted}")))?;
        let number = |name: &str| field(name).map(|value| int::to_isize_clipped(&value));
        // Programs set what they like: the range is brought within the object.
        let start = number("start")?.clamp(0, len.saturating_sub(1) as isize) as usize;
        let end = (number("end")?.max(1) as usize).min(len);
        let encoding = exception::field(thread, error, "encoding");
        let encoding = encoding.as_ref().and_then(cast::<Str>).map(|text| text.to_string_lossy());
        Ok(Self { kind, object, range: start..end.max(start), encoding: encoding.unwrap_or_default() })
    }
}

fn answer(thread: &mut Thread, replacement: Value, position: usize) -> Result<Value> {
    let position = int::from_i64(thread, position as i64)?;
    Tuple::of_array(thread, [replacement, position])
}

/// What the handler `errors` makes of an exception.
fn handle(thread: &mut Thread, error: &Value, errors: Errors) -> Result<Value> {
    if !exception::is_exception(error) {
        let message =
            if errors == Errors::Strict { Some("codec must pass exception instance") } else { None };
        return Err(message.map_or_else(|| unknown(error), type_error));
    }
    if errors == Errors::Strict {
        return Err(exception::raise_again(thread, error));
    }
    let report = Report::of(thread, error)?;
    let Range { start, end } = report.range.clone();
    match report.kind {
        Kind::Decode => {
            let bytes = cast::<Bytes>(&report.object).map_or(&[][..], |bytes| bytes.bytes());
            if matches!(errors, Errors::NameReplace | Errors::XmlCharRefReplace) {
                return Err(unknown(error));
            }
            match decode_replacement(errors, &report.encoding, bytes, start, end) {
                Some((text, position)) => {
                    let text = Str::from_text(thread, &text)?;
                    answer(thread, text, position)
                }
                None => Err(exception::raise_again(thread, error)),
            }
        }
        Kind::Encode => {
            let Some(text) = cast::<Str>(&report.object) else { return Err(unknown(error)) };
            match encode_replacement(errors, &report.encoding, text.view(), start, end) {
                Some((Replacement::Text(text), position)) => {
                    let text = Str::from_text(thread, &text)?;
                    answer(thread, text, position)
                }
                Some((Replacement::Bytes(bytes), position)) => {
                    let bytes = Bytes::new(thread, &bytes)?;
                    answer(thread, bytes, position)
                }
                None => Err(exception::raise_again(thread, error)),
            }
        }
        Kind::Translate => {
            let Some(text) = cast::<Str>(&report.object) else { return Err(unknown(error)) };
            let mut out = Builder::new();
            match errors {
                Errors::Ignore => {}
                Errors::Replace => out.push_repeated(0xfffd, end - start),
                Errors::BackslashReplace => {
                    let part = text.view().slice(start..end);
                    part.iter_chars().for_each(|code| text::repr::push_numeric_escape(&mut out, code));
                }
                _ => return Err(unknown(error)),
            }
            let text: Text = out.finish();
            let text = Str::from_text(thread, &text)?;
            answer(thread, text, end)
        }
    }
}

#[native::module("_codecs", doc = "Error handlers.")]
mod builtin {
    use super::*;

    /// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
    pub fn strict_errors(th: &mut Thread, object: &Value) -> Result<Value> {
        handle(th, object, Errors::Strict)
    }

    /// Implements the 'ignore' error handling, which ignores malformed data and continues.
    pub fn ignore_errors(th: &mut Thread, object: &Value) -> Result<Value> {
        handle(th, object, Errors::Ignore)
    }

    /// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
    pub fn replace_errors(th: &mut Thread, object: &Value) -> Result<Value> {
        handle(th, object, Errors::Replace)
    }

    /// Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.
    pub fn xmlcharrefreplace_errors(th: &mut Thread, object: &Value) -> Result<Value> {
        handle(th, object, Errors::XmlCharRefReplace)
    }

    /// Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.
    pub fn backslashreplace_errors(th: &mut Thread, object: &Value) -> Result<Value> {
        handle(th, object, Errors::BackslashReplace)
    }

    /// Implements the 'namereplace' error handling, which replaces an unencodable character with a \N{...} escape sequence.
    pub fn namereplace_errors(th: &mut Thread, object: &Value) -> Result<Value> {
        handle(th, object, Errors::NameReplace)
    }

    /// Lets surrogates pass that an encoding does not allow.
    pub fn surrogatepass(th: &mut Thread, object: &Value) -> Result<Value> {
        handle(th, object, Errors::SurrogatePass)
    }

    /// Turns undecodable bytes into lone surrogates, and these back into bytes.
    pub fn surrogateescape(th: &mut Thread, object: &Value) -> Result<Value> {
        handle(th, object, Errors::SurrogateEscape)
    }
}
