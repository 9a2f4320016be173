//! What `bytes(...)` and `bytearray(...)` make of their arguments.

use memory::Value;
use threads::Thread;

use crate::class::{TypeExt, class_of, slots_of};
use crate::error::{Result, TYPE_ERROR, memory_error, overflow_error, type_error, value_error};
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::types::buffers::{self, BytesLike};
use crate::types::{List, ListExt, Str, StrExt, Tuple, TupleExt, codecs, int};

/// The arguments: source, encoding, errors.
pub struct Arguments<'a> {
    /// What to make bytes of.
    pub source: Option<&'a Value>,
    pub(in crate::types) encoding: Option<String>,
    pub(in crate::types) errors: Option<String>,
}

impl<'a> Arguments<'a> {
    /// Those of a call of the type `name`.
    ///
    /// # Errors
    /// TypeError.
    pub fn of(thread: &mut Thread, args: Args<'a>, name: &str) -> Result<Self> {
        const NAMES: [&str; 3] = ["source", "encoding", "errors"];
        if args.values.len() > 3 {
            return Err(type_error(format!(
                "{name}() takes at most 3 arguments ({} given)",
                args.values.len()
            )));
        }
        let mut found: [Option<&'a Value>; 3] = [None; 3];
        for (place, value) in found.iter_mut().zip(args.positionals()) {
            *place = Some(value);
        }
        for (keyword, value) in args.keywords() {
            let text = cast::<Str>(keyword).map(|keyword| keyword.to_string_lossy()).unwrap_or_default();
            let Some(index) = NAMES.iter().position(|&known| known == text) else {
                return Err(type_error(format!("{name}() got an unexpected keyword argument '{text}'")));
            };
            if found[index].replace(value).is_some() {
                return Err(type_error(format!(
                    "argument for {name}() given by name ('{text}') and position ({})",
                    index + 1
                )));
            }
        }
        let mut text = |value: Option<&Value>, which: &str| -> Result<Option<String>> {
            let Some(value) = value else { return Ok(None) };
            match cast::<Str>(value) {
                Some(text) => codecs::name_argument(thread, text).map(Some),
                None => {
                    let class =
                        if value.is_none() { "None".to_owned() } else { class_of(value).name_lossy() };
                    Err(type_error(format!("{name}() argument '{which}' must be str, not {class}")))
                }
            }
        };
        let encoding = text(found[1], "encoding")?;
        let errors = text(found[2], "errors")?;
        Ok(Self { source: found[0], encoding, errors })
    }

    /// The encoded text, if the source is text; raises if there is an encoding without text, or text without one.
    ///
    /// # Errors
    /// TypeError, or what encoding raises.
    pub fn encoded(&self, thread: &mut Thread) -> Result<Option<Value>> {
        let text = self.source.filter(|source| cast::<Str>(source).is_some());
        match (text, &self.encoding, &self.errors) {
            (Some(text), Some(encoding), errors) => {
                codecs::encode(thread, text, Some(encoding), errors.as_deref()).map(Some)
            }
            (Some(_), None, _) => Err(type_error("string argument without an encoding")),
            (None, Some(_), _) => Err(type_error("encoding without a string argument")),
            (None, None, Some(_)) => Err(type_error("errors without a string argument")),
            (None, None, None) => Ok(None),
        }
    }
}

/// As many zeros as `source` says, if it is a number.
///
/// # Errors
/// ValueError, OverflowError, MemoryError.
pub fn zeros(thread: &mut Thread, source: &Value) -> Result<Option<Vec<u8>>> {
    if !int::is_int(source) && slots_of(source).index.get().is_none() {
        return Ok(None);
    }
    let count = crate::ops::index_isize_or(thread, source, |value| {
        overflow_error(format!("cannot fit '{}' into an index-sized integer", class_of(value).name_lossy()))
    });
    let count = match count {
        // What is iterable and no number after all is iterated over.
        Err(raised) if raised.is(&TYPE_ERROR) => return Ok(None),
        count => count?,
    };
    let count = usize::try_from(count).map_err(|_| value_error("negative count"))?;
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(count).is_err() {
        return Err(memory_error());
    }
    bytes.resize(count, 0);
    Ok(Some(bytes))
}

/// One item of an iterable as a byte.
fn item(thread: &mut Thread, value: &Value, message: &str) -> Result<u8> {
    let number = crate::ops::index(thread, value)?;
    let byte = int::to_i64(&number).and_then(|number| u8::try_from(number).ok());
    byte.ok_or_else(|| value_error(message))
}

/// The bytes of any source that is neither text nor a number: what lends bytes, or an iterable of ints. `name` is the type
/// in the message for anything else, `message` the one for ints out of range.
///
/// # Errors
/// TypeError, ValueError, or what iterating raises.
pub fn from_object(thread: &mut Thread, source: &Value, name: &str, message: &str) -> Result<Vec<u8>> {
    if buffers::is_buffer(source) {
        return buffers::any_bytes_of(thread, source).map(BytesLike::into_vec);
    }
    if cast::<Str>(source).is_some()
        || slots_of(source).iter.get().is_none() && slots_of(source).getitem.get().is_none()
    {
        let class = class_of(source).name_lossy();
        return Err(type_error(format!("cannot convert '{class}' object to {name}")));
    }
    let mut bytes = Vec::new();
    if let Some(tuple) = cast_exact::<Tuple>(source) {
        for value in tuple.items() {
            bytes.push(item(thread, value, message)?);
        }
        return Ok(bytes);
    }
    if let Some(list) = cast_exact::<List>(source) {
        if bytes.try_reserve(list.len()).is_err() {
            return Err(memory_error());
        }
        // Small ints are converted where they are.
        let mut index = list.walk(thread, 0..usize::MAX, |value| {
            let byte = value.as_int().and_then(|number| u8::try_from(number).ok());
            bytes.extend(byte);
            byte.is_some()
        });
        // Converting an item may change the list: the length is read each time.
        while let Some(value) = list.get(index) {
            bytes.push(item(thread, &value, message)?);
            index += 1;
        }
        return Ok(bytes);
    }
    let hint = crate::ops::length_hint(thread, source, 64)?;
    if bytes.try_reserve(hint.min(1 << 24)).is_err() {
        return Err(memory_error());
    }
    crate::ops::for_each(thread, source, |thread, value| {
        let byte = item(thread, &value, message)?;
        if bytes.len() == bytes.capacity() && bytes.try_reserve(1).is_err() {
            return Err(memory_error());
        }
        bytes.push(byte);
        Ok(())
    })?;
    Ok(bytes)
}
