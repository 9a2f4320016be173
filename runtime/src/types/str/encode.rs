//! `str(...)` and `str.encode`.

use memory::{Object, Value};
use threads::Thread;

use super::{Str, StrExt};
use crate::class::{Payload, Type, TypeExt, class_of};
use crate::error::{Result, system_error, type_error};
use crate::native::{self, Args};
use crate::object::{cast, cast_exact};
use crate::types::{buffers, codecs};

/// The arguments of `str()`: object, encoding, errors.
fn arguments<'a>(args: Args<'a>) -> Result<[Option<&'a Value>; 3]> {
    const NAMES: [&str; 3] = ["object", "encoding", "errors"];
    let positional = args.positionals();
    if positional.len() > 3 {
        return Err(type_error(format!("str expected at most 3 arguments, got {}", args.values.len())));
    }
    if args.values.len() > 3 && !args.names.is_empty() {
        return Err(type_error(format!("str() takes at most 3 arguments ({} given)", args.values.len())));
    }
    let mut found = [None; 3];
    for (place, value) in found.iter_mut().zip(positional) {
        *place = Some(value);
    }
    for (name, value) in args.keywords() {
        let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
        let Some(index) = NAMES.iter().position(|&known| known == text) else {
            return Err(type_error(format!("str() got an unexpected keyword argument '{text}'")));
        };
        if found[index].replace(value).is_some() {
            return Err(type_error(format!(
                "argument for str() given by name ('{text}') and position ({})",
                index + 1
            )));
        }
    }
    Ok(found)
}

fn name_argument(thread: &mut Thread, value: Option<&Value>, name: &str) -> Result<Option<String>> {
    let Some(value) = value else { return Ok(None) };
    match cast::<Str>(value) {
        Some(text) => codecs::name_argument(thread, text).map(Some),
        None => {
            let class = if value.is_none() { "None".to_owned() } else { class_of(value).name_lossy() };
            Err(type_error(format!("str() argument '{name}' must be str, not {class}")))
        }
    }
}

/// The text that `str()` makes: an instance of str or, if `object.__str__` likes, of a subclass.
fn made(thread: &mut Thread, args: Args<'_>) -> Result<Value> {
    let [object, encoding, errors] = arguments(args)?;
    let encoding = name_argument(thread, encoding, "encoding")?;
    let errors = name_argument(thread, errors, "errors")?;
    let Some(object) = object else { return Str::empty(thread) };
    if encoding.is_none() && errors.is_none() {
        return crate::ops::str(thread, object);
    }
    decoded(thread, object, encoding.as_deref(), errors.as_deref())
}

fn decoded(
    thread: &mut Thread,
    object: &Value,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> Result<Value> {
    if cast::<Str>(object).is_some() {
        return Err(type_error("decoding str is not supported"));
    }
    if !buffers::is_buffer(object) {
        let class = class_of(object).name_lossy();
        return Err(type_error(format!("decoding to str: need a bytes-like object, {class} found")));
    }
    let bytes = buffers::bytes_of(thread, object)?;
    codecs::decode(thread, object, &bytes, encoding, errors)
}

/// `str.__new__`
///
/// # Errors
/// TypeError, or what `__str__` or the codec raises.
pub fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else {
        return Err(type_error("str.__new__(X): X is not a type object"));
    };
    let text = made(thread, args)?;
    if std::ptr::eq(class, Str::def().object()) {
        return Ok(text);
    }
    match cast::<Str>(&text) {
        Some(text) => Str::of_class(thread, class, text),
        None => Err(system_error("str() made something else")),
    }
}

#[native::methods(Str, name = "str")]
pub(in crate::types) mod methods {
    use super::*;

    /// Encode the string using the codec registered for encoding.
    ///
    ///   encoding
    ///     The encoding in which to encode the string.
    ///   errors
    ///     The error handling scheme to use for encoding errors.
    ///     The default is 'strict' meaning that encoding errors raise a
    ///     UnicodeEncodeError.  Other possible values are 'ignore', 'replace' and
    ///     'xmlcharrefreplace' as well as any other name registered with
    ///     codecs.register_error that can handle UnicodeEncodeErrors.
    #[sig("($self, /, encoding='utf-8', errors='strict')")]
    pub fn encode(
        th: &mut Thread,
        text: &Object<Str>,
        encoding: Option<&Object<Str>>,
        errors: Option<&Object<Str>>,
    ) -> Result<Value> {
        let encoding = encoding.map(|name| codecs::name_argument(th, name)).transpose()?;
        let errors = errors.map(|name| codecs::name_argument(th, name)).transpose()?;
        codecs::encode(th, &crate::object::to_value(text), encoding.as_deref(), errors.as_deref())
    }
}

/// `value` if it is an instance of str itself, else a copy that is.
///
/// # Errors
/// MemoryError.
pub fn to_exact(thread: &Thread, value: &Value) -> Result<Value> {
    if cast_exact::<Str>(value).is_some() {
        Ok(value.clone())
    } else {
        super::operators::exact(thread, value)
    }
}
