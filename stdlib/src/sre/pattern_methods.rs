//! Methods of `re.Pattern`.

use ::text::Chars;
use runtime::containers::list::Filling;
use runtime::error::{Result, memory_error};
use runtime::object::{cast, to_value};
use runtime::types::{Dict, DictExt, List, Str, StrExt, Tuple, callable_iterator, mappingproxy};
use runtime::{Object, Thread, Value, call};

use super::matcher::Mode;
use super::pattern::{Pattern, PatternExt, Range};
use super::template::{self, Template};
use super::{scanner, text};
use crate::support;

/// `match`, `fullmatch` and `search`.
fn once(
    thread: &mut Thread,
    pattern: &Object<Pattern>,
    string: &Value,
    (pos, endpos): (isize, isize),
    mode: Mode,
) -> Result<Value> {
    let text = pattern.open(thread, string)?;
    let range = Range::within(text.len(), pos, endpos);
    match pattern.find(thread, &text, range.ask(mode))? {
        Some(found) => pattern.matched(thread, &text, found, range.start, range.end),
        None => Ok(Value::none()),
    }
}

/// What `sub` puts in place of a match.
enum Replacement {
    /// Always the same.
    Literal(Value),
    /// What a function answers for the match.
    Function(Value),
    /// Text with groups of the match in it.
    Template(Value),
}

impl Replacement {
    fn of(thread: &mut Thread, pattern: &Object<Pattern>, value: &Value) -> Result<Self> {
        if call::is_callable(value) {
            return Ok(Self::Function(value.clone()));
        }
        let literal = match cast::<Str>(value) {
            Some(text) => text.view().iter_chars().all(|code| code != u32::from(b'\\')),
            None => {
                runtime::types::buffers::is_buffer(value)
                    && !runtime::types::buffers::bytes_of(thread, value)?.contains(&b'\\')
            }
        };
        if literal {
            return Ok(Self::Literal(value.clone()));
        }
        let template = template::compile(thread, pattern, value)?;
        Ok(match cast::<Template>(&template) {
            Some(found) => match template::literal(found) {
                Some(literal) => Self::Literal(literal),
                None => Self::Template(template),
            },
            None => Self::Literal(template),
        })
    }
}

/// `sub` and `subn`: the new text, and how often something was replaced.
fn substitute(
    thread: &mut Thread,
    pattern: &Object<Pattern>,
    replacement: &Value,
    string: &Value,
    count: isize,
) -> Result<(Value, usize)> {
    let replacement = Replacement::of(thread, pattern, replacement)?;
    let text = pattern.open(thread, string)?;
    let mut range = Range::within(text.len(), 0, isize::MAX);
    let mut searcher = pattern.searcher(&text, range.end);
    let (mut parts, mut done, mut times) = (Vec::new(), 0, 0_usize);
    while count <= 0 || times < count as usize {
        let Some(found) = searcher.next(thread, range.ask(Mode::Search))? else { break };
        if done < found.start {
            parts.push(text.part(thread, done, found.start)?);
        }
        done = found.end;
        range.pass(&found);
        let item = match &replacement {
            Replacement::Literal(value) => value.clone(),
            other => {
                let matched = pattern.matched(thread, &text, found, 0, range.end)?;
                match other {
                    Replacement::Template(template) => template::expand(thread, template, &matched)?,
                    Replacement::Function(function) | Replacement::Literal(function) => {
                        call::call_one(thread, function, &matched)?
                    }
                }
            }
        };
        if !item.is_none() {
            parts.push(item);
        }
        times += 1;
        support::poll(thread)?;
    }
    if done < range.end {
        parts.push(text.part(thread, done, range.end)?);
    }
    let text = text::join(thread, text.is_bytes, parts)?;
    Ok((text, times))
}

/// Methods and attributes.
#[runtime::native::methods(Pattern, name = "Pattern")]
pub mod methods {
    use super::*;

    /// Matches zero or more characters at the beginning of the string.
    #[sig("($self, /, string, pos=0, endpos=sys.maxsize)")]
    #[name("match")]
    pub fn match_(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        string: &Value,
        pos: isize,
        endpos: isize,
    ) -> Result<Value> {
        super::once(th, pattern, string, (pos, endpos), Mode::Match)
    }

    /// Matches against all of the string.
    #[sig("($self, /, string, pos=0, endpos=sys.maxsize)")]
    pub fn fullmatch(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        string: &Value,
        pos: isize,
        endpos: isize,
    ) -> Result<Value> {
        super::once(th, pattern, string, (pos, endpos), Mode::FullMatch)
    }

    /// Scan through string looking for a match, and return a corresponding match object instance.
    ///
    /// Return None if no position in the string matches.
    #[sig("($self, /, string, pos=0, endpos=sys.maxsize)")]
    pub fn search(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        string: &Value,
        pos: isize,
        endpos: isize,
    ) -> Result<Value> {
        super::once(th, pattern, string, (pos, endpos), Mode::Search)
    }

    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[sig("($self, /, repl, string, count=0)")]
    pub fn sub(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        repl: &Value,
        string: &Value,
        count: isize,
    ) -> Result<Value> {
        Ok(super::substitute(th, pattern, repl, string, count)?.0)
    }

    /// Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.
    #[sig("($self, /, repl, string, count=0)")]
    pub fn subn(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        repl: &Value,
        string: &Value,
        count: isize,
    ) -> Result<Value> {
        let (text, times) = super::substitute(th, pattern, repl, string, count)?;
        let times = runtime::types::int::from_i64(th, times as i64)?;
        Tuple::of_array(th, [text, times])
    }

    /// Return a list of all non-overlapping matches of pattern in string.
    #[sig("($self, /, string, pos=0, endpos=sys.maxsize)")]
    pub fn findall(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        string: &Value,
        pos: isize,
        endpos: isize,
    ) -> Result<Value> {
        let text = pattern.open(th, string)?;
        let mut range = Range::within(text.len(), pos, endpos);
        let mut searcher = pattern.searcher(&text, range.end);
        let mut items = Filling::with_capacity(0).map_err(|_| memory_error())?;
        while let Some(found) = searcher.next(th, range.ask(Mode::Search))? {
            let group = |th: &mut Thread, span: Option<(usize, usize)>| {
                let (start, end) = span.unwrap_or((0, 0));
                text.part(th, start, end)
            };
            let item = match found.spans.len() {
                1 => text.part(th, found.start, found.end)?,
                2 => group(th, found.spans.get(1).flatten())?,
                _ => {
                    let parts = found.spans.groups().map(|one| group(th, one)).collect::<Result<_>>()?;
                    Tuple::new(th, parts)?
                }
            };
            items.push(item).map_err(|_| memory_error())?;
            range.pass(&found);
            support::poll(th)?;
        }
        List::from_filling(th, items)
    }

    /// Split string by the occurrences of pattern.
    #[sig("($self, /, string, maxsplit=0)")]
    pub fn split(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        string: &Value,
        maxsplit: isize,
    ) -> Result<Value> {
        let text = pattern.open(th, string)?;
        let mut range = Range::within(text.len(), 0, isize::MAX);
        let mut searcher = pattern.searcher(&text, range.end);
        let (mut last, mut times) = (0, 0_usize);
        let mut parts = Filling::with_capacity(8).map_err(|_| memory_error())?;
        while maxsplit <= 0 || times < maxsplit as usize {
            let Some(found) = searcher.next(th, range.ask(Mode::Search))? else { break };
            parts.push(text.part(th, last, found.start)?).map_err(|_| memory_error())?;
            for group in found.spans.groups() {
                let part = match group {
                    Some((start, end)) => text.part(th, start, end)?,
                    None => Value::none(),
                };
                parts.push(part).map_err(|_| memory_error())?;
            }
            last = found.end;
            times += 1;
            range.pass(&found);
            support::poll(th)?;
        }
        parts.push(text.part(th, last, range.end)?).map_err(|_| memory_error())?;
        List::from_filling(th, parts)
    }

    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    ///
    /// For each match, the iterator returns a match object.
    #[sig("($self, /, string, pos=0, endpos=sys.maxsize)")]
    pub fn finditer(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        string: &Value,
        pos: isize,
        endpos: isize,
    ) -> Result<Value> {
        let scanner = super::scanner::new(th, pattern, string, (pos, endpos))?;
        let name = runtime::interned!(th, "search")?;
        let search = runtime::class::lookup::getattr(th, &scanner, name)?;
        callable_iterator::new(th, &search, &Value::none())
    }

    /// An object that finds one match after the other.
    #[sig("($self, /, string, pos=0, endpos=sys.maxsize)")]
    pub fn scanner(
        th: &mut Thread,
        pattern: &Object<Pattern>,
        string: &Value,
        pos: isize,
        endpos: isize,
    ) -> Result<Value> {
        super::scanner::new(th, pattern, string, (pos, endpos))
    }

    /// The pattern itself.
    pub fn __copy__(pattern: &Object<Pattern>) -> Value {
        to_value(pattern)
    }

    /// The pattern itself.
    pub fn __deepcopy__(pattern: &Object<Pattern>, memo: &Value) -> Value {
        let _ = memo;
        to_value(pattern)
    }

    /// Patterns are generic over the type of string they handle (str or bytes)
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        support::generic_alias(th, class, object)
    }

    /// The pattern string from which the RE object was compiled.
    #[getter]
    #[name("pattern")]
    pub fn source(pattern: &Object<Pattern>) -> Value {
        pattern.source()
    }

    /// The regex matching flags.
    #[getter]
    pub fn flags(pattern: &Object<Pattern>) -> i32 {
        pattern.payload().flags
    }

    /// The number of capturing groups in the pattern.
    #[getter]
    pub fn groups(pattern: &Object<Pattern>) -> usize {
        pattern.groups()
    }

    /// A dictionary mapping group names to group numbers.
    #[getter]
    pub fn groupindex(th: &mut Thread, pattern: &Object<Pattern>) -> Result<Value> {
        let index = pattern.group_index();
        match cast::<Dict>(&index) {
            Some(dict) if dict.is_empty() => Dict::new(th),
            _ => mappingproxy::new(th, &index),
        }
    }
}
