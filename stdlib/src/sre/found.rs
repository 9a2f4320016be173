//! `re.Match`: what was found, and where its groups are.

use runtime::error::{Raised, Result, index_error};
use runtime::memory::Slot;
use runtime::native::{self, Slots};
use runtime::object::{cast, to_value};
use runtime::types::{Dict, DictExt, Tuple, TupleExt, int};
use runtime::types::{Str, sequence};
use runtime::{Object, Thread, Value, class, ops};

use smallvec::SmallVec;

use super::matcher::{Found, Spans};
use super::pattern::{Pattern, PatternExt};
use super::{template, text};
use crate::support;

/// The result of re.match() and re.search().
/// Match objects always have a boolean value of True.
#[native::class("Match", module = "re", disallow_instantiation, methods(methods), slots = slots)]
pub struct Match {
    #[trace]
    pattern: Slot,
    #[trace]
    string: Slot,
    /// Where the groups are, the whole match first.
    #[untraced]
    spans: Spans,
    pos: usize,
    endpos: usize,
    last_index: Option<usize>,
}

fn slots(slots: &Slots) {
    slots.repr.set(|thread, value| {
        let Some(this) = cast::<Match>(value) else { return Ok(Value::none()) };
        let (start, end) = this.payload().spans.get(0).flatten().unwrap_or((0, 0));
        let whole = part(thread, this, 0, &Value::none())?;
        let mut out = sequence::Builder::new();
        out.push_str(&format!("<{} object; span=({start}, {end}), match=", support::class_name(value)));
        sequence::push_repr(thread, &mut out, &whole)?;
        out.push_str(">");
        Str::from_text(thread, &out.finish())
    });
    slots.getitem.set(|thread, value, key| {
        let Some(this) = cast::<Match>(value) else { return Ok(Value::none()) };
        named_part(thread, this, key)
    });
}

impl Match {
    /// The match object for what `pattern` found.
    ///
    /// # Errors
    /// MemoryError.
    pub fn make(
        thread: &mut Thread,
        pattern: &Object<Pattern>,
        string: &Value,
        found: Found,
        pos: usize,
        endpos: usize,
    ) -> Result<Value> {
        let this = Match {
            pattern: support::slot(to_value(pattern)),
            string: support::slot(string.clone()),
            spans: found.spans,
            pos,
            endpos,
            last_index: found.last_index,
        };
        runtime::object::new(thread, this)
    }
}

#[cold]
fn no_such_group() -> Raised {
    index_error("no such group")
}

/// The text of a group; `default` for one that took no part.
///
/// # Errors
/// IndexError if there is none.
pub fn part(thread: &mut Thread, this: &Object<Match>, group: usize, default: &Value) -> Result<Value> {
    match this.payload().spans.get(group) {
        Some(Some((start, end))) => text::part_of(thread, &string(this), start, end),
        Some(None) => Ok(default.clone()),
        None => Err(no_such_group()),
    }
}

fn string(this: &Object<Match>) -> Value {
    support::get(this, |found| &found.string).unwrap_or_else(Value::none)
}

fn pattern(this: &Object<Match>) -> Value {
    support::get(this, |found| &found.pattern).unwrap_or_else(Value::none)
}

/// Whether the match is one in bytes.
pub fn is_bytes(this: &Object<Match>) -> bool {
    cast::<Str>(&string(this)).is_none()
}

/// The number of the group that a number or name means.
fn number(thread: &mut Thread, this: &Object<Match>, group: &Value) -> Result<usize> {
    let index = if class::slots_of(group).index.get().is_some() {
        ops::index_clipped(thread, group)?
    } else {
        let pattern = pattern(this);
        let names = cast::<Pattern>(&pattern).map(|pattern| pattern.group_index());
        match names.as_ref().and_then(|names| cast::<Dict>(names)) {
            Some(names) if !names.is_empty() => match names.get(thread, group)? {
                Some(index) if int::is_int(&index) => int::to_isize_clipped(&index),
                _ => -1,
            },
            _ => -1,
        }
    };
    usize::try_from(index).ok().filter(|&index| index < this.payload().spans.len()).ok_or_else(no_such_group)
}

fn named_part(thread: &mut Thread, this: &Object<Match>, group: &Value) -> Result<Value> {
    let group = number(thread, this, group)?;
    part(thread, this, group, &Value::none())
}

/// Begin and end of a group; -1 for one that took no part.
fn span_of(thread: &mut Thread, this: &Object<Match>, group: Option<&Value>) -> Result<(i64, i64)> {
    let group = match group {
        Some(group) => number(thread, this, group)?,
        None => 0,
    };
    Ok(ends(this.payload().spans.get(group).flatten()))
}

fn ends(span: Option<(usize, usize)>) -> (i64, i64) {
    span.map_or((-1, -1), |(start, end)| (start as i64, end as i64))
}

fn pair(thread: &mut Thread, (start, end): (i64, i64)) -> Result<Value> {
    let (start, end) = (int::from_i64(thread, start)?, int::from_i64(thread, end)?);
    Tuple::of_array(thread, [start, end])
}

/// Methods and attributes.
#[native::methods(Match, name = "Match")]
pub mod methods {
    use super::*;

    /// group([group1, ...]) -> str or tuple.
    /// Return subgroup(s) of the match by indices or names.
    /// For 0 returns the entire match.
    #[sig("($self, /, *args)", hidden)]
    pub fn group(th: &mut Thread, this: &Object<Match>, args: &[Value]) -> Result<Value> {
        match args {
            [] => part(th, this, 0, &Value::none()),
            [only] => named_part(th, this, only),
            all => {
                let parts = all.iter().map(|group| named_part(th, this, group)).collect::<Result<_>>()?;
                Tuple::new(th, parts)
            }
        }
    }

    /// Return index of the start of the substring matched by group.
    #[sig("($self, group=0, /)")]
    pub fn start(th: &mut Thread, this: &Object<Match>, group: Option<&Value>) -> Result<i64> {
        Ok(span_of(th, this, group)?.0)
    }

    /// Return index of the end of the substring matched by group.
    #[sig("($self, group=0, /)")]
    pub fn end(th: &mut Thread, this: &Object<Match>, group: Option<&Value>) -> Result<i64> {
        Ok(span_of(th, this, group)?.1)
    }

    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[sig("($self, group=0, /)")]
    pub fn span(th: &mut Thread, this: &Object<Match>, group: Option<&Value>) -> Result<Value> {
        let span = span_of(th, this, group)?;
        pair(th, span)
    }

    /// Return a tuple containing all the subgroups of the match, from 1.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[sig("($self, /, default=None)")]
    pub fn groups(th: &mut Thread, this: &Object<Match>, default: Option<&Value>) -> Result<Value> {
        let none = Value::none();
        let default = default.unwrap_or(&none);
        let mut parts: SmallVec<[Value; 8]> = SmallVec::new();
        for group in 1..this.payload().spans.len() {
            parts.push(part(th, this, group, default)?);
        }
        Tuple::from_exact(th, parts.into_iter())
    }

    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[sig("($self, /, default=None)")]
    pub fn groupdict(th: &mut Thread, this: &Object<Match>, default: Option<&Value>) -> Result<Value> {
        let none = Value::none();
        let default = default.unwrap_or(&none);
        let result = Dict::new(th)?;
        let pattern = super::pattern(this);
        let names = cast::<Pattern>(&pattern).map(|pattern| pattern.group_index());
        let names = names.as_ref().and_then(|names| cast::<Dict>(names)).map(|names| names.items(th));
        for (name, group) in names.unwrap_or_default() {
            let group = number(th, this, &group)?;
            let value = part(th, this, group, default)?;
            if let Some(result) = cast::<Dict>(&result) {
                result.set(th, &name, value)?;
            }
        }
        Ok(result)
    }

    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[sig("($self, /, template)")]
    pub fn expand(th: &mut Thread, this: &Object<Match>, template: &Value) -> Result<Value> {
        let pattern = super::pattern(this);
        let Some(pattern) = cast::<Pattern>(&pattern) else { return Ok(Value::none()) };
        let compiled = template::compile(th, pattern, template)?;
        template::expand(th, &compiled, &to_value(this))
    }

    /// The match itself.
    pub fn __copy__(this: &Object<Match>) -> Value {
        to_value(this)
    }

    /// The match itself.
    pub fn __deepcopy__(this: &Object<Match>, memo: &Value) -> Value {
        let _ = memo;
        to_value(this)
    }

    /// Matches are generic over the type of string which was matched (str or bytes)
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        support::generic_alias(th, class, object)
    }

    /// The string passed to match() or search().
    #[getter]
    pub fn string(this: &Object<Match>) -> Value {
        super::string(this)
    }

    /// The regular expression object.
    #[getter]
    pub fn re(this: &Object<Match>) -> Value {
        super::pattern(this)
    }

    /// The index into the string at which the RE engine started looking for a match.
    #[getter]
    pub fn pos(this: &Object<Match>) -> usize {
        this.payload().pos
    }

    /// The index into the string beyond which the RE engine will not go.
    #[getter]
    pub fn endpos(this: &Object<Match>) -> usize {
        this.payload().endpos
    }

    /// The integer index of the last matched capturing group.
    #[getter]
    pub fn lastindex(this: &Object<Match>) -> Option<usize> {
        this.payload().last_index
    }

    /// The name of the last matched capturing group.
    #[getter]
    pub fn lastgroup(this: &Object<Match>) -> Value {
        let pattern = super::pattern(this);
        let names = cast::<Pattern>(&pattern).map(|pattern| pattern.index_group());
        let name = this.payload().last_index.and_then(|index| {
            let names = names.as_ref().and_then(|names| cast::<Tuple>(names))?;
            names.items().get(index).cloned()
        });
        name.unwrap_or_else(Value::none)
    }

    /// Begin and end of all groups.
    #[getter]
    pub fn regs(th: &mut Thread, this: &Object<Match>) -> Result<Value> {
        let pairs = this.payload().spans.iter().map(|span| pair(th, ends(span))).collect::<Result<_>>()?;
        Tuple::new(th, pairs)
    }
}
