//! Methods of `str` that take it apart, and `join`.

use std::ops::Range;

use containers::list::Filling;
use memory::{Object, Value};
use text::search::{self, Side};
use text::unicode::Class;
use threads::{Context, Thread};

use super::operators::{exact, same};
use super::writer::{Kind, Writer};
use super::{Str, StrExt, subscript};
use crate::class::{TypeExt, class_of};
use crate::error::{Result, memory_error, overflow_error, type_error, value_error};
use crate::native;
use crate::object::{cast, cast_exact};
use crate::types::{List, ListExt, Tuple, TupleExt};

#[inline]
fn is_space(code: u32) -> bool {
    if code < 128 { matches!(code, 9..=13 | 28..=32) } else { Class::of(code).has(Class::SPACE) }
}

/// The parts, each a str; the whole is itself.
fn parts(thread: &Context, text: &Object<Str>, ranges: Vec<Range<usize>>) -> Result<Value> {
    if let [range] = ranges.as_slice()
        && *range == (0..text.len())
    {
        let whole = same(thread, text)?;
        return List::new(thread, vec![whole]);
    }
    let mut items = Filling::with_capacity(ranges.len()).map_err(|_| memory_error())?;
    for range in ranges {
        items.push(subscript::part(thread, text, range)?).map_err(|_| memory_error())?;
    }
    List::from_filling(thread, items)
}

/// A part of ASCII text; the whole is itself.
#[inline(always)]
fn ascii_part(thread: &Context, text: &Object<Str>, part: &[u8]) -> Result<Value> {
    if part.len() == text.len() { same(thread, text) } else { Str::from_ascii(thread, part) }
}

/// `text.split(sep, most)` of ASCII text by one character of it.
fn split_ascii(thread: &Context, text: &Object<Str>, ascii: &[u8], sep: u8, most: usize) -> Result<Value> {
    let mut items = Filling::with_capacity(8).map_err(|_| memory_error())?;
    let (mut start, mut done) = (0, 0);
    while done < most
        && let Some(len) = search::find_byte(&ascii[start..], sep)
    {
        let part = ascii_part(thread, text, &ascii[start..start + len])?;
        items.push(part).map_err(|_| memory_error())?;
        start += len + 1;
        done += 1;
    }
    items.push(ascii_part(thread, text, &ascii[start..])?).map_err(|_| memory_error())?;
    List::from_filling(thread, items)
}

/// `text.split(None, most)` of ASCII text.
fn split_ascii_space(thread: &Context, text: &Object<Str>, ascii: &[u8], most: usize) -> Result<Value> {
    let mut items = Filling::with_capacity(8).map_err(|_| memory_error())?;
    search::split_ascii_space_each(ascii, most, |part| {
        let part = ascii_part(thread, text, part)?;
        items.push(part).map_err(|_| memory_error())
    })?;
    List::from_filling(thread, items)
}

/// The separator, or none for white space.
fn separator(sep: Option<&Value>) -> Result<Option<&Object<Str>>> {
    let Some(sep) = sep.filter(|sep| !sep.is_none()) else { return Ok(None) };
    let Some(sep) = cast::<Str>(sep) else {
        return Err(type_error(format!("must be str or None, not {}", class_of(sep).name_lossy())));
    };
    if sep.is_empty() {
        return Err(value_error("empty separator"));
    }
    Ok(Some(sep))
}

/// How many splits at most: a negative number means any.
fn limit(maxsplit: isize) -> usize {
    usize::try_from(maxsplit).unwrap_or(usize::MAX)
}

fn stripped(thread: &mut Thread, text: &Object<Str>, chars: Option<&Value>, side: Side) -> Result<Value> {
    let range = match chars.filter(|chars| !chars.is_none()) {
        None => search::strip_space(&text.view(), side),
        Some(chars) => match cast::<Str>(chars) {
            Some(chars) => search::strip_chars(&text.view(), side, chars.view()),
            None => {
                let name = ["strip", "lstrip", "rstrip"][side as usize];
                return Err(type_error(format!("{name} arg must be None or str")));
            }
        },
    };
    if range == (0..text.len()) {
        return same(thread, text);
    }
    subscript::part(thread, text, range)
}

/// What `partition` and `rpartition` give: the parts before and behind the separator, or the whole and two empty ones.
fn partitioned(
    thread: &mut Thread,
    text: &Object<Str>,
    sep: &Value,
    find: fn(text::View<'_>, text::View<'_>) -> Option<Range<usize>>,
    whole_first: bool,
) -> Result<Value> {
    let Some(separator) = cast::<Str>(sep) else {
        return Err(type_error(format!("must be str, not {}", class_of(sep).name_lossy())));
    };
    if separator.is_empty() {
        return Err(value_error("empty separator"));
    }
    let items = match find(text.view(), separator.view()) {
        Some(range) => {
            let before = subscript::part(thread, text, 0..range.start)?;
            let behind = subscript::part(thread, text, range.end..text.len())?;
            [before, exact(thread, sep)?, behind]
        }
        None => {
            let (whole, empty) = (same(thread, text)?, Str::empty(thread)?);
            if whole_first { [whole, empty.clone(), empty] } else { [empty.clone(), empty, whole] }
        }
    };
    Tuple::of_array(thread, items)
}

/// What is to be joined: gone through twice, and the same both times.
trait Parts {
    fn len(&self) -> usize;
    /// The first index at which `go_on` answers no, or the length.
    fn each(&self, go_on: impl FnMut(&Value) -> bool) -> usize;
}

impl Parts for &[Value] {
    fn len(&self) -> usize {
        <[Value]>::len(self)
    }
    #[inline(always)]
    fn each(&self, mut go_on: impl FnMut(&Value) -> bool) -> usize {
        self.iter().position(|item| !go_on(item)).unwrap_or(<[Value]>::len(self))
    }
}

/// A list that nobody changes meanwhile, because its section is open.
struct OpenList<'a> {
    thread: &'a Context,
    list: &'a Object<List>,
    len: usize,
}

impl Parts for OpenList<'_> {
    fn len(&self) -> usize {
        self.len
    }
    #[inline(always)]
    fn each(&self, go_on: impl FnMut(&Value) -> bool) -> usize {
        self.list.walk(self.thread, 0..self.len, go_on)
    }
}

/// What has become of joining.
enum Joined {
    Str(Value),
    /// The item is no str.
    NoStr(usize, Value),
    TooLong,
    Empty,
    Failed(crate::error::Raised),
}

fn join_parts(thread: &Context, separator: &Object<Str>, parts: &impl Parts) -> Joined {
    let count = parts.len();
    let mut kind = if count > 1 && !separator.is_empty() { Kind::of(separator) } else { Kind::Ascii };
    let Some(mut len) = separator.len().checked_mul(count.saturating_sub(1)) else { return Joined::TooLong };
    let mut only = None;
    let mut wrong = None;
    // No sum of lengths of what is in memory overflows before it is seen to be too long.
    let met = parts.each(|item| {
        let Some(text) = cast::<Str>(item) else {
            wrong = Some(item.clone());
            return false;
        };
        if count == 1 && cast_exact::<Str>(item).is_some() {
            only = Some(item.clone());
        }
        kind = kind.max(Kind::of(text));
        len = len.saturating_add(text.len());
        len <= isize::MAX as usize
    });
    if let Some(item) = wrong {
        return Joined::NoStr(met, item);
    }
    if met < count {
        return Joined::TooLong;
    }
    if let Some(only) = only {
        return Joined::Str(only);
    }
    if len == 0 {
        return Joined::Empty;
    }
    let mut writer = match Writer::new(thread, kind, len) {
        Ok(writer) => writer,
        Err(raised) => return Joined::Failed(raised),
    };
    let mut first = true;
    let separator = separator.view();
    parts.each(|item| {
        if !std::mem::take(&mut first) {
            writer.push_short(separator);
        }
        if let Some(text) = cast::<Str>(item) {
            writer.push_short(text.view());
        }
        true
    });
    Joined::Str(writer.finish())
}

fn joined(thread: &Context, outcome: Joined) -> Result<Value> {
    match outcome {
        Joined::Str(value) => Ok(value),
        Joined::Empty => Str::empty(thread),
        Joined::NoStr(i, item) => {
            let class = class_of(&item).name_lossy();
            Err(type_error(format!("sequence item {i}: expected str instance, {class} found")))
        }
        Joined::TooLong => Err(overflow_error("join() result is too long for a Python string")),
        Joined::Failed(raised) => Err(raised),
    }
}

/// `separator.join(items)`
///
/// # Errors
/// TypeError for an item that is no str, OverflowError, MemoryError.
pub fn join(thread: &Context, separator: &Object<Str>, items: &[Value]) -> Result<Value> {
    joined(thread, join_parts(thread, separator, &items))
}

/// The same for the items of a list.
fn join_list(thread: &Context, separator: &Object<Str>, list: &Object<List>) -> Result<Value> {
    let outcome = list
        .edit(thread, |items| join_parts(thread, separator, &OpenList { thread, list, len: items.len() }));
    joined(thread, outcome)
}

#[native::methods(Str, name = "str")]
pub(in crate::types) mod methods {
    use super::*;

    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any whitespace
    ///     character (including \n \r \t \f and spaces) and will discard
    ///     empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the front of the string and works to the end.
    ///
    /// Note, str.split() is mainly useful for data that has been intentionally
    /// delimited.  With natural text that includes punctuation, consider using
    /// the regular expression module.
    #[sig("($self, /, sep=None, maxsplit=-1)")]
    pub fn split(th: &mut Thread, text: &Object<Str>, sep: Option<&Value>, maxsplit: isize) -> Result<Value> {
        let separator = separator(sep)?;
        let context: &Context = th;
        if let Some(ascii) = text.as_ascii() {
            match separator.map(StrExt::as_ascii) {
                None => return split_ascii_space(context, text, ascii.as_bytes(), limit(maxsplit)),
                Some(Some(sep)) if let &[sep] = sep.as_bytes() => {
                    return split_ascii(context, text, ascii.as_bytes(), sep, limit(maxsplit));
                }
                _ => {}
            }
        }
        let mut items = Filling::with_capacity(8).map_err(|_| memory_error())?; // mostly there are few
        let mut each = |range: Range<usize>| -> Result<()> {
            let part = if range.len() == text.len() {
                same(context, text)?
            } else {
                subscript::part(context, text, range)?
            };
            items.push(part).map_err(|_| memory_error())
        };
        match separator {
            None => search::split_space_each(&text.view(), limit(maxsplit), is_space, &mut each)?,
            Some(sep) => search::split_each(text.view(), sep.view(), limit(maxsplit), &mut each)?,
        }
        List::from_filling(th, items)
    }

    /// Return a list of the substrings in the string, using sep as the separator string.
    ///
    ///   sep
    ///     The separator used to split the string.
    ///
    ///     When set to None (the default value), will split on any whitespace
    ///     character (including \n \r \t \f and spaces) and will discard
    ///     empty strings from the result.
    ///   maxsplit
    ///     Maximum number of splits.
    ///     -1 (the default value) means no limit.
    ///
    /// Splitting starts at the end of the string and works to the front.
    #[sig("($self, /, sep=None, maxsplit=-1)")]
    pub fn rsplit(
        th: &mut Thread,
        text: &Object<Str>,
        sep: Option<&Value>,
        maxsplit: isize,
    ) -> Result<Value> {
        let ranges = match separator(sep)? {
            Some(sep) => search::rsplit(text.view(), sep.view(), limit(maxsplit))?,
            None => search::rsplit_space(&text.view(), limit(maxsplit), is_space)?,
        };
        parts(th, text, ranges)
    }

    /// Return a list of the lines in the string, breaking at line boundaries.
    ///
    /// Line breaks are not included in the resulting list unless keepends is given and
    /// true.
    #[sig("($self, /, keepends=False)")]
    pub fn splitlines(th: &mut Thread, text: &Object<Str>, keepends: bool) -> Result<Value> {
        let lines = match text.as_ascii() {
            Some(ascii) => search::split_lines_ascii(ascii.as_bytes(), keepends)?,
            None => search::split_lines(&text.view(), keepends)?,
        };
        parts(th, text, lines)
    }

    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string.  If the separator is found,
    /// returns a 3-tuple containing the part before the separator, the separator
    /// itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing the original string
    /// and two empty strings.
    pub fn partition(th: &mut Thread, text: &Object<Str>, sep: &Value) -> Result<Value> {
        partitioned(th, text, sep, search::partition, true)
    }

    /// Partition the string into three parts using the given separator.
    ///
    /// This will search for the separator in the string, starting at the end. If
    /// the separator is found, returns a 3-tuple containing the part before the
    /// separator, the separator itself, and the part after it.
    ///
    /// If the separator is not found, returns a 3-tuple containing two empty strings
    /// and the original string.
    pub fn rpartition(th: &mut Thread, text: &Object<Str>, sep: &Value) -> Result<Value> {
        partitioned(th, text, sep, search::rpartition, false)
    }

    /// Return a copy of the string with leading and trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[sig("($self, chars=None, /)")]
    pub fn strip(th: &mut Thread, text: &Object<Str>, chars: Option<&Value>) -> Result<Value> {
        stripped(th, text, chars, Side::Both)
    }

    /// Return a copy of the string with leading whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[sig("($self, chars=None, /)")]
    pub fn lstrip(th: &mut Thread, text: &Object<Str>, chars: Option<&Value>) -> Result<Value> {
        stripped(th, text, chars, Side::Left)
    }

    /// Return a copy of the string with trailing whitespace removed.
    ///
    /// If chars is given and not None, remove characters in chars instead.
    #[sig("($self, chars=None, /)")]
    pub fn rstrip(th: &mut Thread, text: &Object<Str>, chars: Option<&Value>) -> Result<Value> {
        stripped(th, text, chars, Side::Right)
    }

    /// Concatenate any number of strings.
    ///
    /// The string whose method is called is inserted in between each given string.
    /// The result is returned as a new string.
    ///
    /// Example: '.'.join(['ab', 'pq', 'rs']) -> 'ab.pq.rs'
    #[name("join")]
    pub fn join_(th: &mut Thread, separator: &Object<Str>, iterable: &Value) -> Result<Value> {
        if let Some(list) = cast_exact::<List>(iterable) {
            return join_list(th, separator, list);
        }
        if let Some(tuple) = cast_exact::<Tuple>(iterable) {
            return join(th, separator, tuple.items());
        }
        let items = match crate::ops::to_vec(th, iterable) {
            Ok(items) => items,
            Err(raised)
                if raised.is(&crate::error::TYPE_ERROR)
                    && crate::class::slots_of(iterable).iter.get().is_none()
                    && crate::class::slots_of(iterable).getitem.get().is_none() =>
            {
                return Err(type_error("can only join an iterable"));
            }
            Err(raised) => return Err(raised),
        };
        join(th, separator, &items)
    }
}

/// For a length that a program chose: raises where no memory is left for it.
pub(super) fn check_length(len: usize) -> Result<()> {
    if len > isize::MAX as usize / 16 { Err(memory_error()) } else { super::ensure_room(len) }
}
