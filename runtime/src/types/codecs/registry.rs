//! Codecs by name: search functions, and what they have found.
//!
//! The tables are the process's. Their locks are held for looking and storing only, never while Python runs.

use memory::{Published, Value};
use threads::Thread;
use threads::sync::Mutex;

use crate::call;
use crate::class::lookup::getattr_or_none;
use crate::error::{Result, lookup_error, type_error};
use crate::object::cast;
use crate::types::{Str, Tuple, TupleExt};

static SEARCH: Mutex<Vec<Published>> = Mutex::new(Vec::new());
static FOUND: Mutex<Vec<(String, Published)>> = Mutex::new(Vec::new());
static LOADED: Mutex<bool> = Mutex::new(false);

/// An encoding's name as search functions get it: lower case, with single underscores for what is no letter, digit or dot.
pub fn normalize(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '.' {
            if gap && !out.is_empty() {
                out.push('_');
            }
            gap = false;
            out.push(c.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    out
}

/// `codecs.register(function)`
///
/// # Errors
/// TypeError for what cannot be called.
pub fn register(function: &Value) -> Result<()> {
    if !call::is_callable(function) {
        return Err(type_error("argument must be callable"));
    }
    SEARCH.lock().push(Published::new(function.clone()));
    Ok(())
}

/// `codecs.unregister(function)`: forgets what has been found, too.
pub fn unregister(function: &Value) {
    let removed = {
        let mut search = SEARCH.lock();
        search.iter().position(|known| known.value().is(function)).map(|i| search.remove(i))
    };
    if removed.is_some() {
        let forgotten = std::mem::take(&mut *FOUND.lock());
        drop(forgotten);
    }
    drop(removed);
}

/// Imports `encodings`, which registers the search function that finds the standard ones.
fn load(thread: &mut Thread) -> Result<()> {
    if std::mem::replace(&mut *LOADED.lock(), true) {
        return Ok(());
    }
    if let Err(raised) = crate::interp::import_module(thread, "encodings") {
        *LOADED.lock() = false;
        return Err(raised);
    }
    Ok(())
}

/// `codecs.lookup(name)`: a tuple of four, at least.
///
/// # Errors
/// LookupError, or what a search function raises.
pub fn look_up(thread: &mut Thread, name: &str) -> Result<Value> {
    let key = normalize(name);
    let known =
        || FOUND.lock().iter().find(|(known, _)| *known == key).map(|(_, codec)| codec.value().clone());
    if let Some(codec) = known() {
        return Ok(codec);
    }
    load(thread)?;
    let functions: Vec<Value> = SEARCH.lock().iter().map(|function| function.value().clone()).collect();
    if functions.is_empty() {
        return Err(lookup_error("no codec search functions registered: can't find encoding"));
    }
    let argument = Str::interned(thread, &key)?;
    for function in functions {
        let codec = call::call_one(thread, &function, &argument)?;
        if codec.is_none() {
            continue;
        }
        if cast::<Tuple>(&codec).is_none_or(|codec| codec.len() != 4) {
            return Err(type_error("codec search functions must return 4-tuples"));
        }
        FOUND.lock().push((key, Published::new(codec.clone())));
        return Ok(codec);
    }
    Err(lookup_error(format!("unknown encoding: {name}")))
}

/// Raises unless the codec is between text and bytes.
fn check_text(thread: &mut Thread, codec: &Value, name: &str, instead: &str) -> Result<()> {
    if crate::object::cast_exact::<Tuple>(codec).is_some() {
        return Ok(());
    }
    let attribute = crate::interned!(thread, "_is_text_encoding")?;
    let Some(answer) = getattr_or_none(thread, codec, attribute)? else { return Ok(()) };
    if crate::ops::is_true(thread, &answer)? {
        return Ok(());
    }
    Err(lookup_error(format!("'{name}' is not a text encoding; use {instead} to handle arbitrary codecs")))
}

/// Calls the function `which` of a codec.
fn apply(
    thread: &mut Thread,
    codec: &Value,
    which: usize,
    value: &Value,
    name: &str,
    errors: Option<&str>,
) -> Result<Value> {
    let function =
        cast::<Tuple>(codec).and_then(|codec| codec.items().get(which).cloned()).unwrap_or_else(Value::none);
    let mut args = vec![value.clone()];
    if let Some(errors) = errors {
        args.push(Str::new(thread, errors)?);
    }
    let (doing, doer) = [("encoding", "encoder"), ("decoding", "decoder")][which];
    let result = match call::call_positional(thread, &function, &args) {
        Ok(result) => result,
        Err(raised) => {
            crate::types::exception::add_note(
                thread,
                raised.value(),
                &format!("{doing} with '{name}' codec failed"),
            )?;
            return Err(raised);
        }
    };
    match cast::<Tuple>(&result).map(|result| result.items()) {
        Some([converted, _]) => Ok(converted.clone()),
        _ => Err(type_error(format!("{doer} must return a tuple (object, integer)"))),
    }
}

/// `codecs.encode(value, name, errors)`
///
/// # Errors
/// LookupError, or what the codec raises.
pub fn encode(thread: &mut Thread, value: &Value, name: &str, errors: Option<&str>) -> Result<Value> {
    let codec = look_up(thread, name)?;
    apply(thread, &codec, 0, value, name, errors)
}

/// `codecs.decode(value, name, errors)`
///
/// # Errors
/// LookupError, or what the codec raises.
pub fn decode(thread: &mut Thread, value: &Value, name: &str, errors: Option<&str>) -> Result<Value> {
    let codec = look_up(thread, name)?;
    apply(thread, &codec, 1, value, name, errors)
}

pub(super) fn encode_text(
    thread: &mut Thread,
    value: &Value,
    name: &str,
    errors: Option<&str>,
) -> Result<Value> {
    let codec = look_up(thread, name)?;
    check_text(thread, &codec, name, "codecs.encode()")?;
    apply(thread, &codec, 0, value, name, errors)
}

pub(super) fn decode_text(
    thread: &mut Thread,
    value: &Value,
    name: &str,
    errors: Option<&str>,
) -> Result<Value> {
    let codec = look_up(thread, name)?;
    check_text(thread, &codec, name, "codecs.decode()")?;
    apply(thread, &codec, 1, value, name, errors)
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_normalized() {
        assert_eq!(super::normalize("UTF-8"), "utf_8");
        assert_eq!(super::normalize(" Foo - Bar.x "), "foo_bar.x");
    }
}
