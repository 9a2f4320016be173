//! `reader`: lines taken apart.

use runtime::error::Result;
use runtime::native;
use runtime::object::cast;
use runtime::types::{List, Str, StrExt, float};
use runtime::{Object, Thread, Value, ops};
use text::{Builder, Chars};
use threads::sync::atomic::{AtomicI64, Ordering};

use super::dialect::{Dialect, Quoting};
use super::{FIELD_LIMIT, error};
use crate::support;

/// CSV reader
///
/// Reader objects are responsible for reading and parsing tabular data
/// in CSV format.
#[native::class("reader", module = "_csv", disallow_instantiation, methods(methods), slots = slots)]
pub struct Reader {
    #[trace]
    iterator: Value,
    #[trace]
    dialect: Value,
    /// How many lines have been read.
    lines: AtomicI64,
}

fn slots(slots: &native::Slots) {
    support::iterator(slots, next_row);
}

/// A reader.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &mut Thread, iterator: Value, dialect: Value) -> Result<Value> {
    runtime::object::new(thread, Reader { iterator, dialect, lines: AtomicI64::new(0) })
}

/// Where in a row the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapedInQuoted,
    QuoteInQuoted,
    LineEnd,
    AfterEscapedLineEnd,
}

/// A row that is being read.
struct Row<'a> {
    dialect: &'a Dialect,
    state: State,
    fields: Vec<Value>,
    field: Builder,
    /// Whether the field is not quoted.
    bare: bool,
    limit: i64,
}

const CR: u32 = b'\r' as u32;
const LF: u32 = b'\n' as u32;

fn next_row(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let Some(reader) = cast::<Reader>(value) else { return Ok(None) };
    let this = reader.payload();
    let Some(dialect) = cast::<Dialect>(&this.dialect) else { return Ok(None) };
    let mut row = Row {
        dialect: dialect.payload(),
        state: State::StartRecord,
        fields: Vec::new(),
        field: Builder::new(),
        bare: false,
        // Relaxed: a number that stands for itself.
        limit: FIELD_LIMIT.load(Ordering::Relaxed),
    };
    loop {
        let Some(line) = ops::next(thread, &this.iterator)? else {
            if row.field.is_empty() && row.state != State::InQuoted {
                return Ok(None);
            }
            if row.dialect.strict {
                return Err(error("unexpected end of data"));
            }
            row.save(thread)?;
            break;
        };
        let Some(text) = cast::<Str>(&line) else {
            return Err(error(format!(
                "iterator should return strings, not {} (the file should be opened in text mode)",
                support::class_name(&line)
            )));
        };
        // Relaxed: a count that orders nothing.
        this.lines.fetch_add(1, Ordering::Relaxed);
        for code in text.view().iter_chars() {
            row.take(thread, Some(code))?;
        }
        row.take(thread, None)?;
        if row.state == State::StartRecord {
            break;
        }
    }
    List::new(thread, row.fields).map(Some)
}

impl Row<'_> {
    fn save(&mut self, thread: &mut Thread) -> Result<()> {
        let field = std::mem::replace(&mut self.field, Builder::new());
        let (empty, quoting) = (field.is_empty(), self.dialect.quoting);
        let field = if self.bare && empty && matches!(quoting, Quoting::NotNull | Quoting::Strings) {
            Value::none()
        } else {
            let text = Str::from_text(thread, &field.finish())?;
            if self.bare && !empty && matches!(quoting, Quoting::NonNumeric | Quoting::Strings) {
                let class = <float::Float as runtime::class::Payload>::def().value();
                runtime::call::call_one(thread, &class, &text)?
            } else {
                text
            }
        };
        self.fields.push(field);
        Ok(())
    }

    fn add(&mut self, code: u32) -> Result<()> {
        if self.field.len() as i64 >= self.limit {
            return Err(error(format!("field larger than field limit ({})", self.limit)));
        }
        self.field.push(code);
        Ok(())
    }

    /// Ends the field, and with it the row, at the end of a line.
    fn end(&mut self, thread: &mut Thread, code: Option<u32>) -> Result<()> {
        self.save(thread)?;
        self.state = if code.is_none() { State::StartRecord } else { State::LineEnd };
        Ok(())
    }

    /// Takes a character; `None` is the end of the line.
    fn take(&mut self, thread: &mut Thread, code: Option<u32>) -> Result<()> {
        let dialect = self.dialect;
        let line_end = matches!(code, None | Some(CR | LF));
        let quote = dialect.quoting != Quoting::None && code.is_some() && code == dialect.quote;
        let escape = code.is_some() && code == dialect.escape;
        let delimiter = code == Some(dialect.delimiter);
        match self.state {
            State::StartRecord if code.is_none() => {}
            State::StartRecord if line_end => self.state = State::LineEnd,
            State::StartRecord | State::StartField => {
                self.bare = true;
                self.state = State::StartField;
                if line_end {
                    self.end(thread, code)?;
                } else if quote {
                    self.bare = false;
                    self.state = State::InQuoted;
                } else if escape {
                    self.state = State::Escaped;
                } else if code == Some(u32::from(b' ')) && dialect.skip_space {
                    // Left out.
                } else if delimiter {
                    self.save(thread)?;
                } else if let Some(code) = code {
                    self.add(code)?;
                    self.state = State::InField;
                }
            }
            State::Escaped => match code {
                Some(code @ (CR | LF)) => {
                    self.add(code)?;
                    self.state = State::AfterEscapedLineEnd;
                }
                code => {
                    self.add(code.unwrap_or(LF))?;
                    self.state = State::InField;
                }
            },
            State::AfterEscapedLineEnd if code.is_none() => {}
            State::AfterEscapedLineEnd | State::InField => {
                self.state = State::InField;
                if line_end {
                    self.end(thread, code)?;
                } else if escape {
                    self.state = State::Escaped;
                } else if delimiter {
                    self.save(thread)?;
                    self.state = State::StartField;
                } else if let Some(code) = code {
                    self.add(code)?;
                }
            }
            State::InQuoted => {
                if escape {
                    self.state = State::EscapedInQuoted;
                } else if quote {
                    self.state = if dialect.double_quote { State::QuoteInQuoted } else { State::InField };
                } else if let Some(code) = code {
                    self.add(code)?;
                }
            }
            State::EscapedInQuoted => {
                self.add(code.unwrap_or(LF))?;
                self.state = State::InQuoted;
            }
            State::QuoteInQuoted => {
                if quote {
                    self.add(code.unwrap_or(LF))?;
                    self.state = State::InQuoted;
                } else if delimiter {
                    self.save(thread)?;
                    self.state = State::StartField;
                } else if line_end {
                    self.end(thread, code)?;
                } else if dialect.strict {
                    let shown = |code: Option<u32>| code.and_then(char::from_u32).unwrap_or('\u{fffd}');
                    let (delimiter, quote) = (shown(Some(dialect.delimiter)), shown(dialect.quote));
                    return Err(error(format!("'{delimiter}' expected after '{quote}'")));
                } else if let Some(code) = code {
                    self.add(code)?;
                    self.state = State::InField;
                }
            }
            State::LineEnd => match code {
                Some(CR | LF) => {}
                None => self.state = State::StartRecord,
                Some(_) => {
                    return Err(error(
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            },
        }
        Ok(())
    }
}

/// Attributes.
#[native::methods(Reader, name = "reader")]
pub mod methods {
    use super::*;

    /// How values are separated.
    #[getter]
    pub fn dialect(this: &Object<Reader>) -> Value {
        this.payload().dialect.clone()
    }

    /// How many lines have been read.
    #[getter]
    pub fn line_num(this: &Object<Reader>) -> i64 {
        // Relaxed: a count that orders nothing.
        this.payload().lines.load(Ordering::Relaxed)
    }
}
