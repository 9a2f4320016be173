//! `SRE_Scanner`: one match after the other.

use runtime::error::Result;
use runtime::memory::{Guarded, Slot};
use runtime::native;
use runtime::object::{cast, to_value};
use runtime::types::{Bytes, Str, memoryview};
use runtime::{Object, Thread, Value};

use super::matcher::Mode;
use super::pattern::{Pattern, PatternExt, Range};
use crate::support;

/// The state of a search that goes on from match to match.
///
/// Threads that share one may find the same match twice.
#[native::class("SRE_Scanner", module = "_sre", doc = "", disallow_instantiation, methods(methods))]
pub struct Scanner {
    #[trace]
    pattern: Slot,
    #[trace]
    string: Slot,
    /// A view of a buffer that may change, so that it keeps its size meanwhile.
    #[trace]
    loan: Slot,
    pos: usize,
    #[untraced]
    range: Guarded<Range>,
}

/// A scanner.
///
/// # Errors
/// TypeError for what the pattern cannot be searched in; MemoryError.
pub fn new(
    thread: &mut Thread,
    pattern: &Object<Pattern>,
    string: &Value,
    (pos, endpos): (isize, isize),
) -> Result<Value> {
    let text = pattern.open(thread, string)?;
    let range = Range::within(text.len(), pos, endpos);
    let plain = cast::<Str>(string).is_some() || cast::<Bytes>(string).is_some();
    let loan = if plain { None } else { Some(memoryview::new(thread, string)?) };
    let scanner = Scanner {
        pattern: support::slot(to_value(pattern)),
        string: support::slot(string.clone()),
        loan: Slot::new(loan),
        pos: range.start,
        range: Guarded::new(range),
    };
    runtime::object::new(thread, scanner)
}

fn step(thread: &mut Thread, this: &Object<Scanner>, mode: Mode) -> Result<Value> {
    let pattern = support::get(this, |scanner| &scanner.pattern).unwrap_or_else(Value::none);
    let string = support::get(this, |scanner| &scanner.string).unwrap_or_else(Value::none);
    let Some(pattern) = cast::<Pattern>(&pattern) else { return Ok(Value::none()) };
    let mut range = support::read(thread, this, |scanner| &scanner.range);
    if range.start == usize::MAX {
        return Ok(Value::none());
    }
    let text = pattern.open(thread, &string)?;
    range.end = range.end.min(text.len());
    let Some(found) = pattern.find(thread, &text, range.ask(mode))? else {
        // There is nothing more to find.
        range.start = usize::MAX;
        support::write(thread, this, |scanner| &scanner.range, range);
        return Ok(Value::none());
    };
    let end = range.end;
    range.pass(&found);
    support::write(thread, this, |scanner| &scanner.range, range);
    pattern.matched(thread, &text, found, this.payload().pos, end)
}

/// Methods and attributes.
#[native::methods(Scanner, name = "SRE_Scanner")]
pub mod methods {
    use super::*;

    /// The match where the last one ended, or None.
    #[name("match")]
    pub fn match_(th: &mut Thread, this: &Object<Scanner>) -> Result<Value> {
        step(th, this, Mode::Match)
    }

    /// The next match, or None.
    pub fn search(th: &mut Thread, this: &Object<Scanner>) -> Result<Value> {
        step(th, this, Mode::Search)
    }

    /// The pattern.
    #[getter]
    pub fn pattern(this: &Object<Scanner>) -> Value {
        support::get(this, |scanner| &scanner.pattern).unwrap_or_else(Value::none)
    }
}
