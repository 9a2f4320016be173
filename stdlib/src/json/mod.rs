//! `_json`: the fast halves of `json`.
//!
//! `strings` reads and writes JSON's strings; `scanner` reads a whole value, `encoder` writes one.

mod encoder;
mod scanner;
mod strings;

pub use functions::MODULE;

use runtime::error::{Raised, Result, type_error};
use runtime::native::Args;
use runtime::types::{Str, int};
use runtime::{Thread, Value, call};

use crate::support;

/// The JSONDecodeError for what is wrong at `position`.
#[cold]
fn decode_error(thread: &mut Thread, message: &str, document: &Value, position: isize) -> Raised {
    let made = (|| {
        let module = runtime::interp::import_module(thread, "json.decoder")?;
        let name = runtime::interned!(thread, "JSONDecodeError")?;
        let class = runtime::class::lookup::getattr(thread, &module, name)?;
        let (message, position) = (Str::new(thread, message)?, int::from_i64(thread, position as i64)?);
        call::call_positional(thread, &class, &[message, document.clone(), position])
    })();
    match made {
        Ok(exception) => Raised::new(exception),
        Err(raised) => raised,
    }
}

/// The two arguments of an instance that is called: those are no methods, so nothing else binds them.
fn two_arguments<'a>(args: Args<'a>, function: &str, names: [&str; 2]) -> Result<[&'a Value; 2]> {
    let given = args.values.len();
    if given > 2 {
        return Err(type_error(format!("{function}() takes at most 2 arguments ({given} given)")));
    }
    let mut found = [args.positionals().first(), args.positionals().get(1)];
    for (name, value) in args.keywords() {
        let name = support::keyword(name);
        let Some(place) = names.iter().position(|known| *known == name) else {
            return Err(type_error(format!("{function}() got an unexpected keyword argument '{name}'")));
        };
        if found[place].replace(value).is_some() {
            return Err(type_error(format!(
                "argument for {function}() given by name ('{name}') and position ({})",
                place + 1
            )));
        }
    }
    match found {
        [Some(first), Some(second)] => Ok([first, second]),
        [first, _] => {
            let missing = usize::from(first.is_some());
            let name = names[missing];
            Err(type_error(format!("{function}() missing required argument '{name}' (pos {})", missing + 1)))
        }
    }
}

/// json speedups
#[runtime::native::module("_json", classes(super::scanner::Scanner, super::encoder::Encoder))]
pub mod functions {
    use runtime::class::Payload;
    use runtime::error::{Result, type_error};
    use runtime::object::cast;
    use runtime::types::{Str, StrExt, Tuple, int, module};
    use runtime::{Object, Thread, Value};

    use super::{strings, support};

    /// The classes go by the names of functions.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        module::set(th, module, "make_scanner", super::scanner::Scanner::def().value())?;
        module::set(th, module, "make_encoder", super::encoder::Encoder::def().value())
    }

    fn text(value: &Value) -> Result<&Object<Str>> {
        cast::<Str>(value).ok_or_else(|| {
            type_error(format!("first argument must be a string, not {}", support::class_name(value)))
        })
    }

    /// encode_basestring(string) -> string
    ///
    /// Return a JSON representation of a Python string
    #[sig("(object, /)")]
    pub fn encode_basestring(th: &mut Thread, object: &Value) -> Result<Value> {
        Str::from_text(th, &strings::encoded(text(object)?.view(), false))
    }

    /// encode_basestring_ascii(string) -> string
    ///
    /// Return an ASCII-only JSON representation of a Python string
    #[sig("(object, /)")]
    pub fn encode_basestring_ascii(th: &mut Thread, object: &Value) -> Result<Value> {
        Str::from_text(th, &strings::encoded(text(object)?.view(), true))
    }

    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Scan the string s for a JSON string. End is the index of the
    /// character in s after the quote that started the JSON string.
    /// Unescapes all valid JSON string escape sequences and raises ValueError
    /// on attempt to decode an invalid string. If strict is False then literal
    /// control characters are allowed in the string.
    ///
    /// Returns a tuple of the decoded string and the index of the character in s
    /// after the end quote.
    #[sig("(string, end, strict=True, /)", hidden)]
    pub fn scanstring(th: &mut Thread, string: &Value, end: isize, strict: bool) -> Result<Value> {
        let (value, end) = super::scanner::scan_string(th, text(string)?, string, end, strict)?;
        let end = int::from_i64(th, end as i64)?;
        Tuple::of_array(th, [value, end])
    }
}
