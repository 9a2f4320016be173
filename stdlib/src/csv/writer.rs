//! `writer`: values put together to lines.

use runtime::class::lookup::getattr_opt;
use runtime::class::slots_of;
use runtime::error::{Result, TYPE_ERROR, type_error};
use runtime::iterate::Iteration;
use runtime::native;
use runtime::object::cast;
use runtime::types::{Str, StrExt};
use runtime::{Object, Thread, Value, call, ops};
use text::{Builder, Chars};

use super::dialect::{Dialect, Quoting};
use super::error;
use crate::support;

/// CSV writer
///
/// Writer objects are responsible for generating tabular data
/// in CSV format from sequence input.
#[native::class("writer", module = "_csv", disallow_instantiation, methods(methods))]
pub struct Writer {
    #[trace]
    write: Value,
    #[trace]
    dialect: Value,
}

/// A writer.
///
/// # Errors
/// TypeError for a file without `write`; MemoryError.
pub fn new(thread: &mut Thread, file: &Value, dialect: Value) -> Result<Value> {
    let name = runtime::interned!(thread, "write")?;
    let write = getattr_opt(thread, file, name)?.filter(call::is_callable);
    let Some(write) = write else { return Err(type_error("argument 1 must have a \"write\" method")) };
    runtime::object::new(thread, Writer { write, dialect })
}

/// A line that is being put together.
struct Line<'a> {
    dialect: &'a Dialect,
    out: Builder,
    fields: usize,
}

impl Line<'_> {
    /// Adds a field; `None` for one that is nothing.
    fn push(&mut self, field: Option<&Value>, mut quoted: bool) -> Result<()> {
        let dialect = self.dialect;
        let text = field.and_then(cast::<Str>);
        if text.is_none_or(|text| text.is_empty())
            && dialect.delimiter == u32::from(b' ')
            && dialect.skip_space
        {
            if self.bare_only(field) {
                return Err(error(
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if self.fields > 0 {
            self.out.push(dialect.delimiter);
        }
        let mut data = Builder::new();
        if let Some(text) = text {
            for code in text.view().iter_chars() {
                quoted |= self.push_character(&mut data, code)?;
            }
        }
        let quote = dialect.quote.filter(|_| quoted);
        if let Some(quote) = quote {
            self.out.push(quote);
        }
        self.out.push_view(data.view());
        if let Some(quote) = quote {
            self.out.push(quote);
        }
        self.fields += 1;
        Ok(())
    }

    /// Adds a character to a field; whether the field must be quoted.
    fn push_character(&self, data: &mut Builder, code: u32) -> Result<bool> {
        let dialect = self.dialect;
        let in_line_end = || {
            cast::<Str>(&dialect.line_end)
                .is_some_and(|text| text.view().iter_chars().any(|other| other == code))
        };
        let special = code == dialect.delimiter
            || Some(code) == dialect.escape
            || Some(code) == dialect.quote
            || code == u32::from(b'\n')
            || code == u32::from(b'\r')
            || in_line_end();
        let mut quoted = false;
        if special {
            let escaped = if dialect.quoting == Quoting::None {
                true
            } else if Some(code) == dialect.quote {
                if dialect.double_quote {
                    data.push(code);
                }
                !dialect.double_quote
            } else {
                Some(code) == dialect.escape
            };
            if escaped {
                let Some(escape) = dialect.escape else {
                    return Err(error("need to escape, but no escapechar set"));
                };
                data.push(escape);
            }
            quoted = !escaped;
        }
        data.push(code);
        Ok(quoted)
    }

    /// Whether a field without characters cannot be quoted.
    fn bare_only(&self, field: Option<&Value>) -> bool {
        match self.dialect.quoting {
            Quoting::None => true,
            Quoting::Strings | Quoting::NotNull => field.is_none(),
            _ => false,
        }
    }
}

fn is_number(value: &Value) -> bool {
    let slots = slots_of(value);
    slots.index.get().is_some()
        || slots.int.get().is_some()
        || slots.float.get().is_some()
        || cast::<runtime::types::complex::Complex>(value).is_some()
}

fn write_row(thread: &mut Thread, this: &Object<Writer>, row: &Value) -> Result<Value> {
    let Writer { write, dialect } = this.payload();
    let Some(dialect) = cast::<Dialect>(dialect) else { return Ok(Value::none()) };
    let dialect = dialect.payload();
    let mut fields = match Iteration::over(thread, row) {
        Err(raised) if raised.is(&TYPE_ERROR) => {
            return Err(error(format!("iterable expected, not {}", support::class_name(row))));
        }
        other => other?,
    };
    let mut line = Line { dialect, out: Builder::new(), fields: 0 };
    let mut null = false;
    while let Some(field) = fields.next(thread)? {
        null = field.is_none();
        let quoted = match dialect.quoting {
            Quoting::NonNumeric => !is_number(&field),
            Quoting::All => true,
            Quoting::Strings => cast::<Str>(&field).is_some(),
            Quoting::NotNull => !null,
            Quoting::Minimal | Quoting::None => false,
        };
        if null {
            line.push(None, quoted)?;
        } else {
            let text = ops::str(thread, &field)?;
            line.push(Some(&text), quoted)?;
        }
        support::poll(thread)?;
    }
    if line.fields > 0 && line.out.is_empty() {
        if line.bare_only(if null { None } else { Some(row) }) {
            return Err(error("single empty field record must be quoted"));
        }
        line.fields -= 1;
        line.push(None, true)?;
    }
    if let Some(end) = cast::<Str>(&dialect.line_end) {
        line.out.push_view(end.view());
    }
    let text = Str::from_text(thread, &line.out.finish())?;
    call::call_one(thread, write, &text)
}

/// Methods and attributes.
#[native::methods(Writer, name = "writer")]
pub mod methods {
    use super::*;

    /// Construct and write a CSV record from an iterable of fields.
    ///
    /// Non-string elements will be converted to string.
    pub fn writerow(th: &mut Thread, this: &Object<Writer>, row: &Value) -> Result<Value> {
        write_row(th, this, row)
    }

    /// Construct and write a series of iterables to a csv file.
    ///
    /// Non-string elements will be converted to string.
    pub fn writerows(th: &mut Thread, this: &Object<Writer>, rows: &Value) -> Result<()> {
        ops::for_each(th, rows, |thread, row| write_row(thread, this, &row).map(drop))
    }

    /// How values are separated.
    #[getter]
    pub fn dialect(this: &Object<Writer>) -> Value {
        this.payload().dialect.clone()
    }
}
