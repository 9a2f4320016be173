//! `Dialect`: how values are separated and quoted.

use runtime::class::lookup::getattr_opt;
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Args, KwRest};
use runtime::object::{cast, cast_exact};
use runtime::types::{Dict, DictExt, Str, StrExt, int};
use runtime::{Object, Thread, Value, call, ops};
use text::Chars;

use super::error;
use crate::support;

/// When fields are quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoting {
    /// Where they must be.
    Minimal,
    /// All.
    All,
    /// All that are no numbers.
    NonNumeric,
    /// None.
    None,
    /// Strs.
    Strings,
    /// All but None.
    NotNull,
}

const QUOTING: [Quoting; 6] =
    [Quoting::Minimal, Quoting::All, Quoting::NonNumeric, Quoting::None, Quoting::Strings, Quoting::NotNull];

/// CSV dialect
///
/// The Dialect type records CSV parsing and generation options.
#[native::class("Dialect", module = "_csv", basetype, methods(methods), new = new)]
pub struct Dialect {
    /// Between fields.
    pub delimiter: u32,
    /// Around fields.
    pub quote: Option<u32>,
    /// Before a character that stands for itself.
    pub escape: Option<u32>,
    /// Behind a line: a str.
    #[trace]
    pub line_end: Value,
    /// When fields are quoted.
    pub quoting: Quoting,
    /// Whether a quote within a quoted field is doubled.
    pub double_quote: bool,
    /// Whether spaces behind a delimiter do not count.
    pub skip_space: bool,
    /// Whether what is malformed is an error.
    pub strict: bool,
}

const NAMES: [&str; 8] = [
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

/// The dict of registered dialects.
///
/// # Errors
/// What importing the module raises.
pub fn registered(thread: &mut Thread) -> Result<Value> {
    let module = runtime::interp::import_module(thread, "_csv")?;
    let name = runtime::interned!(thread, "_dialects")?;
    runtime::class::lookup::getattr(thread, &module, name)
}

/// The dialect that is registered under a name.
///
/// # Errors
/// Error if there is none; what hashing raises.
pub fn named(thread: &mut Thread, name: &Value) -> Result<Value> {
    let known = registered(thread)?;
    let found = match cast::<Dict>(&known) {
        Some(known) => known.get(thread, name)?,
        None => None,
    };
    found.ok_or_else(|| error("unknown dialect"))
}

/// `Dialect(dialect, **parameters)`
///
/// # Errors
/// What that raises.
pub fn of(thread: &mut Thread, dialect: Option<&Value>, parameters: &KwRest<'_>) -> Result<Value> {
    let class = <Dialect as runtime::class::Payload>::def().value();
    let mut values: Vec<Value> = dialect.into_iter().cloned().collect();
    let mut names = Vec::new();
    for (name, value) in parameters.iter() {
        names.push(name.clone());
        values.push(value.clone());
    }
    call::call(thread, &class, Args { values: &values, names: &names })
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let given = args.positionals();
    if given.len() > 9 {
        return Err(type_error(format!("function takes at most 9 arguments ({} given)", args.values.len())));
    }
    let mut base = given.first().cloned();
    let mut options: [Option<Value>; 8] = std::array::from_fn(|i| given.get(i + 1).cloned());
    for (name, value) in args.keywords() {
        let name = support::keyword(name);
        if name == "dialect" {
            base = Some(value.clone());
            continue;
        }
        let Some(place) = NAMES.iter().position(|known| *known == name) else {
            return Err(type_error(format!("this function got an unexpected keyword argument '{name}'")));
        };
        options[place] = Some(value.clone());
    }
    if let Some(name) = base.as_ref().filter(|base| cast::<Str>(base).is_some()) {
        base = Some(named(thread, name)?);
    }
    if let Some(base) = base.filter(|base| !base.is_none()) {
        if cast_exact::<Dialect>(&base).is_some() && options.iter().all(Option::is_none) {
            return Ok(base);
        }
        for (name, option) in NAMES.iter().zip(&mut options) {
            if option.is_none() {
                let name = Str::interned(thread, name)?;
                *option = getattr_opt(thread, &base, &name)?;
            }
        }
    }
    let dialect = checked(thread, &options)?;
    support::make(thread, class, dialect)
}

/// The character of an option.
fn character(name: &str, value: Option<&Value>, default: Option<u8>, optional: bool) -> Result<Option<u32>> {
    let Some(value) = value else { return Ok(default.map(u32::from)) };
    if optional && value.is_none() {
        return Ok(None);
    }
    let or_none = if optional { " or None" } else { "" };
    let Some(text) = cast::<Str>(value) else {
        return Err(type_error(format!(
            "\"{name}\" must be a unicode character{or_none}, not {}",
            support::class_name(value)
        )));
    };
    match text.len() {
        1 => Ok(text.char_at(0)),
        len => Err(type_error(format!(
            "\"{name}\" must be a unicode character{or_none}, not a string of length {len}"
        ))),
    }
}

fn checked(thread: &mut Thread, options: &[Option<Value>; 8]) -> Result<Dialect> {
    let [delimiter, double_quote, escape, line_end, quote, quoting, skip_space, strict] =
        options.each_ref().map(Option::as_ref);
    let mut flag =
        |value: Option<&Value>, default| value.map_or(Ok(default), |value| ops::is_true(thread, value));
    let delimiter = character("delimiter", delimiter, Some(b','), false)?;
    let double_quote = flag(double_quote, true)?;
    let escape = character("escapechar", escape, None, true)?;
    let line_end = match line_end {
        None => None,
        Some(text) if cast::<Str>(text).is_some() => Some(text.clone()),
        Some(other) => {
            let class = support::class_name(other);
            return Err(type_error(format!("\"lineterminator\" must be a string, not {class}")));
        }
    };
    let quote_given = quote;
    let quote = character("quotechar", quote, Some(b'"'), true)?;
    let how = match quoting {
        None if quote_given.is_some_and(Value::is_none) => Quoting::None,
        None => Quoting::Minimal,
        Some(number) if int::is_exact(number) => {
            let index = int::to_i64(number).and_then(|number| usize::try_from(number).ok());
            let how = index.and_then(|index| QUOTING.get(index).copied());
            how.ok_or_else(|| type_error("bad \"quoting\" value"))?
        }
        Some(other) => {
            let class = support::class_name(other);
            return Err(type_error(format!("\"quoting\" must be an integer, not {class}")));
        }
    };
    let (skip_space, strict) = (flag(skip_space, false)?, flag(strict, false)?);
    let line_end = match line_end {
        Some(text) => text,
        None => Str::new(thread, "\r\n")?,
    };
    let Some(delimiter) = delimiter else {
        return Err(type_error("\"delimiter\" must be a 1-character string"));
    };
    if how != Quoting::None && quote.is_none() {
        return Err(type_error("quotechar must be set if quoting enabled"));
    }
    check_character("delimiter", Some(delimiter), &line_end, true)?;
    check_character("escapechar", escape, &line_end, !skip_space)?;
    check_character("quotechar", quote, &line_end, !skip_space)?;
    let characters = [("delimiter", Some(delimiter)), ("escapechar", escape), ("quotechar", quote)];
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        if characters[a].1.is_some() && characters[a].1 == characters[b].1 {
            return Err(value_error(format!("bad {} or {} value", characters[a].0, characters[b].0)));
        }
    }
    Ok(Dialect { delimiter, quote, escape, line_end, quoting: how, double_quote, skip_space, strict })
}

fn check_character(name: &str, code: Option<u32>, line_end: &Value, space: bool) -> Result<()> {
    let Some(code) = code else { return Ok(()) };
    if code == u32::from(b'\r') || code == u32::from(b'\n') || (code == u32::from(b' ') && !space) {
        return Err(value_error(format!("bad {name} value")));
    }
    let ends = cast::<Str>(line_end).is_some_and(|text| text.view().iter_chars().any(|other| other == code));
    if ends {
        return Err(value_error(format!("bad {name} or lineterminator value")));
    }
    Ok(())
}

fn optional_character(thread: &mut Thread, code: Option<u32>) -> Result<Option<Value>> {
    code.map(|code| Str::from_char(thread, code)).transpose()
}

/// Attributes.
#[native::methods(Dialect, name = "Dialect")]
pub mod methods {
    use super::*;

    /// raises an exception to avoid pickling
    pub fn __reduce__(this: &Value) -> Result<Value> {
        let _ = this;
        Err(type_error("cannot pickle 'Dialect' instances"))
    }

    /// raises an exception to avoid pickling
    #[sig("($self, protocol=0, /)", hidden)]
    pub fn __reduce_ex__(this: &Value, protocol: Option<&Value>) -> Result<Value> {
        let _ = (this, protocol);
        Err(type_error("cannot pickle 'Dialect' instances"))
    }

    /// Whether spaces behind a delimiter do not count.
    #[getter]
    pub fn skipinitialspace(this: &Object<Dialect>) -> bool {
        this.payload().skip_space
    }

    /// Whether a quote within a quoted field is doubled.
    #[getter]
    pub fn doublequote(this: &Object<Dialect>) -> bool {
        this.payload().double_quote
    }

    /// Whether what is malformed is an error.
    #[getter]
    pub fn strict(this: &Object<Dialect>) -> bool {
        this.payload().strict
    }

    /// Between fields.
    #[getter]
    pub fn delimiter(th: &mut Thread, this: &Object<Dialect>) -> Result<Value> {
        Str::from_char(th, this.payload().delimiter)
    }

    /// Before a character that stands for itself.
    #[getter]
    pub fn escapechar(th: &mut Thread, this: &Object<Dialect>) -> Result<Option<Value>> {
        optional_character(th, this.payload().escape)
    }

    /// Behind a line.
    #[getter]
    pub fn lineterminator(this: &Object<Dialect>) -> Value {
        this.payload().line_end.clone()
    }

    /// Around fields.
    #[getter]
    pub fn quotechar(th: &mut Thread, this: &Object<Dialect>) -> Result<Option<Value>> {
        optional_character(th, this.payload().quote)
    }

    /// When fields are quoted.
    #[getter]
    pub fn quoting(this: &Object<Dialect>) -> i64 {
        this.payload().quoting as i64
    }
}
