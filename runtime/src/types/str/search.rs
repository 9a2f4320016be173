//! Methods of `str` that look for parts of it or compare its ends.

use memory::{Object, Value};
use text::View;
use threads::Thread;

use super::operators::same;
use super::{Str, StrExt, subscript};
use crate::class::{TypeExt, class_of};
use crate::error::{Result, type_error, value_error};
use crate::native;
use crate::object::cast;
use crate::types::slice::{bound_argument, clip};
use crate::types::{Tuple, TupleExt};

/// The part of a text that a search is about, and where it begins; `None` where even an empty string is not found.
fn window<'a>(
    thread: &mut Thread,
    text: &'a Object<Str>,
    start: Option<&Value>,
    end: Option<&Value>,
) -> Result<Option<(View<'a>, usize)>> {
    if start.is_none() && end.is_none() {
        return Ok(Some((text.view(), 0)));
    }
    let start = bound_argument(thread, start, 0)?;
    let end = bound_argument(thread, end, isize::MAX)?;
    let (start, end) = clip(start, end, text.len());
    Ok((start <= end).then(|| (text.view().slice(start..end), start)))
}

fn position(
    thread: &mut Thread,
    text: &Object<Str>,
    sub: &Object<Str>,
    bounds: [Option<&Value>; 2],
    search: fn(View<'_>, View<'_>) -> Option<usize>,
) -> Result<Option<usize>> {
    let window = window(thread, text, bounds[0], bounds[1])?;
    Ok(window.and_then(|(view, start)| search(view, sub.view()).map(|at| at + start)))
}

fn or_minus_one(found: Option<usize>) -> isize {
    found.map_or(-1, |at| at as isize)
}

fn found(found: Option<usize>) -> Result<usize> {
    found.ok_or_else(|| value_error("substring not found"))
}

/// Whether the end that `test` looks at is one of the given ones.
fn tail_match(
    thread: &mut Thread,
    text: &Object<Str>,
    given: &Value,
    bounds: [Option<&Value>; 2],
    name: &str,
    test: fn(View<'_>, View<'_>) -> bool,
) -> Result<bool> {
    let window = window(thread, text, bounds[0], bounds[1])?.map(|(view, _)| view);
    let matches = |one: &Object<Str>| window.is_some_and(|view| test(view, one.view()));
    if let Some(one) = cast::<Str>(given) {
        return Ok(matches(one));
    }
    let Some(many) = cast::<Tuple>(given) else {
        let class = class_of(given).name_lossy();
        return Err(type_error(format!("{name} first arg must be str or a tuple of str, not {class}")));
    };
    for item in many.items() {
        let Some(one) = cast::<Str>(item) else {
            let class = class_of(item).name_lossy();
            return Err(type_error(format!("tuple for {name} must only contain str, not {class}")));
        };
        if matches(one) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[native::methods(Str, name = "str")]
pub(in crate::types) mod methods {
    use super::*;
    use text::search;

    /// Return the number of non-overlapping occurrences of substring sub in string S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
    pub fn count(
        th: &mut Thread,
        text: &Object<Str>,
        sub: &Object<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        let window = window(th, text, start, end)?;
        Ok(window.map_or(0, |(view, _)| search::count(view, sub.view(), usize::MAX)))
    }

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Return -1 on failure.
    #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
    pub fn find(
        th: &mut Thread,
        text: &Object<Str>,
        sub: &Object<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<isize> {
        position(th, text, sub, [start, end], search::find).map(or_minus_one)
    }

    /// Return the lowest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Raises ValueError when the substring is not found.
    #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
    pub fn index(
        th: &mut Thread,
        text: &Object<Str>,
        sub: &Object<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        position(th, text, sub, [start, end], search::find).and_then(found)
    }

    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Return -1 on failure.
    #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
    pub fn rfind(
        th: &mut Thread,
        text: &Object<Str>,
        sub: &Object<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<isize> {
        position(th, text, sub, [start, end], search::rfind).map(or_minus_one)
    }

    /// Return the highest index in S where substring sub is found, such that sub is contained within S[start:end].
    ///
    /// Optional arguments start and end are interpreted as in slice notation.
    /// Raises ValueError when the substring is not found.
    #[sig("($self, sub, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
    pub fn rindex(
        th: &mut Thread,
        text: &Object<Str>,
        sub: &Object<Str>,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<usize> {
        position(th, text, sub, [start, end], search::rfind).and_then(found)
    }

    /// Return True if the string starts with the specified prefix, False otherwise.
    ///
    ///   prefix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[sig("($self, prefix, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
    pub fn startswith(
        th: &mut Thread,
        text: &Object<Str>,
        prefix: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<bool> {
        tail_match(th, text, prefix, [start, end], "startswith", search::starts_with)
    }

    /// Return True if the string ends with the specified suffix, False otherwise.
    ///
    ///   suffix
    ///     A string or a tuple of strings to try.
    ///   start
    ///     Optional start position. Default: start of the string.
    ///   end
    ///     Optional stop position. Default: end of the string.
    #[sig("($self, suffix, start=<unrepresentable>, end=<unrepresentable>, /)", hidden)]
    pub fn endswith(
        th: &mut Thread,
        text: &Object<Str>,
        suffix: &Value,
        start: Option<&Value>,
        end: Option<&Value>,
    ) -> Result<bool> {
        tail_match(th, text, suffix, [start, end], "endswith", search::ends_with)
    }

    /// Return a str with the given prefix string removed if present.
    ///
    /// If the string starts with the prefix string, return string[len(prefix):].
    /// Otherwise, return a copy of the original string.
    pub fn removeprefix(th: &mut Thread, text: &Object<Str>, prefix: &Object<Str>) -> Result<Value> {
        if prefix.is_empty() || !search::starts_with(text.view(), prefix.view()) {
            return same(th, text);
        }
        subscript::part(th, text, prefix.len()..text.len())
    }

    /// Return a str with the given suffix string removed if present.
    ///
    /// If the string ends with the suffix string and that suffix is not empty,
    /// return string[:-len(suffix)]. Otherwise, return a copy of the original
    /// string.
    pub fn removesuffix(th: &mut Thread, text: &Object<Str>, suffix: &Object<Str>) -> Result<Value> {
        if suffix.is_empty() || !search::ends_with(text.view(), suffix.view()) {
            return same(th, text);
        }
        subscript::part(th, text, 0..text.len() - suffix.len())
    }
}
