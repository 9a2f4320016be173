//! Binding arguments to parameters, in the slots where the arguments stand.
//!
//! A call whose arguments are one for each parameter binds nothing. [`bind_in_place`] takes the frequent other cases and needs no
//! memory for them; [`bind`] takes all, and knows what to say where arguments do not fit.

use std::borrow::Cow;

use memory::{Object, StackRef, Value};
use threads::{Context, Thread};

use super::top::{look, read, write};
use crate::error::{Raised, Result, type_error};
use crate::object::{cast, cast_exact};
use crate::ops;
use crate::types::code::{Code, flag};
use crate::types::function::Function;
use crate::types::{Dict, DictExt, Str, StrExt, Tuple, TupleExt};

/// Keyword arguments that [`bind_in_place`] puts aside.
const FEW_KEYWORDS: usize = 8;
/// Defaults that it fills in.
const FEW_DEFAULTS: usize = 8;

/// As [`bind`] for the frequent cases, which need no memory: keywords that are parameters' names, and defaults. False, and nothing
/// done, for any other.
pub(super) fn bind_in_place(
    thread: &Context,
    function: &Object<Function>,
    code: &Code,
    first: *mut StackRef,
    n: usize,
    names: &[Value],
) -> bool {
    let (argcount, given) = (code.argcount as usize, n - names.len());
    let total = argcount + code.kwonlyargcount as usize;
    let variadic = code.flags & (flag::VARARGS | flag::VARKEYWORDS);
    if variadic & flag::VARARGS != 0 && n >= total && total == argcount && names.is_empty() {
        let keywords = match variadic & flag::VARKEYWORDS {
            0 => None,
            _ => match Dict::new(thread) {
                Ok(keywords) => Some(keywords),
                Err(_) => return false,
            },
        };
        let bound = bind_rest(thread, first, argcount, n);
        if bound && let Some(keywords) = keywords {
            write(first.wrapping_add(argcount + 1), StackRef::from_value(keywords));
        }
        return bound;
    }
    if variadic == 0 && n < total && total == argcount && names.is_empty() {
        return fill_last(thread, function, first, n, argcount);
    }
    if code.flags & (flag::VARARGS | flag::VARKEYWORDS) != 0 || given > argcount || names.len() > FEW_KEYWORDS
    {
        return false;
    }
    let place = |index: usize| first.wrapping_add(index);
    let mut keywords = [StackRef::EMPTY; FEW_KEYWORDS];
    for (k, keyword) in keywords.iter_mut().enumerate().take(names.len()) {
        *keyword = read(place(given + k));
    }
    for index in given..total {
        write(place(index), StackRef::EMPTY);
    }
    let bound = place_keywords(code, first, names, &keywords, total)
        && fill_defaults(thread, function, code, first, given, total);
    if !bound {
        for (k, keyword) in keywords.iter().enumerate().take(names.len()) {
            write(place(given + k), *keyword);
        }
    }
    bound
}

/// Writes defaults to the parameters from `given` on, which are all that is missing; false, and nothing done, if there are not
/// enough.
pub(super) fn fill_last(
    thread: &Context,
    function: &Object<Function>,
    first: *mut StackRef,
    given: usize,
    argcount: usize,
) -> bool {
    // SAFETY: no safepoint is reached here; if the function is private, nobody replaces its defaults meanwhile.
    let Some(defaults) = (unsafe { function.payload().defaults.view(thread, function.header()) }) else {
        return false;
    };
    let Some(defaults) = cast_exact::<Tuple>(&defaults) else { return false };
    let items = defaults.items();
    let Some(from) = items.len().checked_sub(argcount - given) else { return false };
    for (index, item) in (given..argcount).zip(&items[from..]) {
        write(first.wrapping_add(index), StackRef::from_value(item.clone()));
    }
    true
}

/// Puts the arguments from `argcount` on into a tuple; false, and nothing done, if there is no memory for it.
fn bind_rest(thread: &Context, first: *mut StackRef, argcount: usize, n: usize) -> bool {
    let place = |index: usize| first.wrapping_add(index);
    // Read one by one once the tuple is there.
    let items = (argcount..n).map(|i| read(place(i)).into_value().unwrap_or_else(Value::none));
    let Ok(rest) = Tuple::from_exact(thread, items) else { return false };
    write(place(argcount), StackRef::from_value(rest));
    true
}

/// Writes each keyword's value to its parameter, which is EMPTY; false for a keyword that is no parameter's name.
fn place_keywords(
    code: &Code,
    first: *mut StackRef,
    names: &[Value],
    keywords: &[StackRef; FEW_KEYWORDS],
    total: usize,
) -> bool {
    if names.is_empty() {
        return true;
    }
    let Some(parameters) = cast_exact::<Tuple>(&code.localsplusnames) else { return false };
    let posonly = code.posonlyargcount as usize;
    for (name, keyword) in names.iter().zip(keywords) {
        let candidates = parameters.items().get(posonly..total).unwrap_or_default();
        let Some(index) = candidates.iter().position(|parameter| parameter.is(name)) else { return false };
        let place = first.wrapping_add(posonly + index);
        if !read(place).is_empty() {
            return false;
        }
        write(place, *keyword);
    }
    true
}

/// Writes defaults to parameters that are EMPTY; false, and none written, if one has no default.
fn fill_defaults(
    thread: &Context,
    function: &Object<Function>,
    code: &Code,
    first: *mut StackRef,
    given: usize,
    total: usize,
) -> bool {
    let argcount = code.argcount as usize;
    let payload = function.payload();
    let is_missing = |index: usize| read(first.wrapping_add(index)).is_empty();
    if (given..total).all(|index| !is_missing(index)) {
        return true;
    }
    // SAFETY: nothing here runs Python or changes the function; there is no safepoint.
    let defaults = unsafe { payload.defaults.view(thread, function.header()) };
    let defaults = defaults.as_deref().and_then(cast_exact::<Tuple>);
    let default_count = defaults.map_or(0, |tuple| tuple.items().len());
    // SAFETY: as above.
    let kwdefaults = unsafe { payload.kwdefaults.view(thread, function.header()) };
    let kwdefaults = kwdefaults.as_deref().and_then(cast_exact::<Dict>);
    let parameters = cast_exact::<Tuple>(&code.localsplusnames).map_or(&[][..], |tuple| tuple.items());
    let mut found = [StackRef::EMPTY; FEW_DEFAULTS];
    for (count, index) in (given..total).filter(|&index| is_missing(index)).enumerate() {
        let default = if index < argcount {
            let at = (index + default_count).checked_sub(argcount);
            defaults.zip(at).and_then(|(tuple, at)| {
                Some(StackRef::borrow_held(thread, tuple.header(), tuple.items().get(at)?))
            })
        } else {
            match (kwdefaults, parameters.get(index)) {
                (Some(kwdefaults), Some(name)) => Some(kwdefaults.borrow_str(thread, name)),
                _ => None,
            }
        };
        let default = default.filter(|default| !default.is_empty());
        match (default, found.get_mut(count)) {
            (Some(default), Some(place)) => *place = default,
            (default, _) => {
                default.into_iter().for_each(StackRef::release);
                found.iter().take(count).for_each(|reference| reference.release());
                return false;
            }
        }
    }
    let mut found = found.into_iter();
    for index in given..total {
        if is_missing(index)
            && let Some(default) = found.next()
        {
            write(first.wrapping_add(index), default);
        }
    }
    true
}

/// Binds arguments that are not simply one for each parameter: defaults, keywords, `*args`, `**kwargs`.
pub(super) fn bind(
    thread: &mut Thread,
    function: &Object<Function>,
    code: &Code,
    first: *mut StackRef,
    n: usize,
    names: &[Value],
) -> Result<()> {
    let given = n - names.len();
    let (argcount, kwonly) = (code.argcount as usize, code.kwonlyargcount as usize);
    let total = argcount + kwonly;
    let holder = function.header();
    let payload = function.payload();
    let mut bound: Vec<Option<Value>> = Vec::with_capacity(code.parameter_count());
    for i in 0..argcount.min(given) {
        bound.push(Some(counted(first, i)));
    }
    bound.resize_with(total, || None);
    let has_varargs = code.flags & flag::VARARGS != 0;
    let has_varkw = code.flags & flag::VARKEYWORDS != 0;
    let varargs = if has_varargs {
        let rest: Vec<Value> = (argcount.min(given)..given).map(|i| counted(first, i)).collect();
        Some(Tuple::new(thread, rest)?)
    } else {
        None
    };
    let varkw = if has_varkw { Some(Dict::new(thread)?) } else { None };
    let parameters = cast::<Tuple>(&code.localsplusnames).map_or(&[][..], |names| names.items());
    let posonly = code.posonlyargcount as usize;
    let function_name = || text_of(Some(&payload.qualname(holder)));
    let mut posonly_by_name: Vec<String> = Vec::new();
    for (k, name) in names.iter().enumerate() {
        let value = counted(first, given + k);
        if cast::<Str>(name).is_none() {
            return Err(type_error(format!("{}() keywords must be strings", function_name())));
        }
        let candidates = &parameters[..total];
        let mut index = candidates.iter().skip(posonly).position(|p| p.is(name)).map(|i| i + posonly);
        if index.is_none() {
            for (i, parameter) in candidates.iter().enumerate().skip(posonly) {
                if ops::is_or_equals(thread, parameter, name)? {
                    index = Some(i);
                    break;
                }
            }
        }
        match index {
            Some(index) if bound[index].is_some() => {
                return Err(type_error(format!(
                    "{}() got multiple values for argument '{}'",
                    function_name(),
                    text_of(Some(name))
                )));
            }
            Some(index) => bound[index] = Some(value),
            None => match varkw.as_ref().and_then(cast::<Dict>) {
                Some(dict) => dict.set(thread, name, value)?,
                None => {
                    let text = text_of(Some(name));
                    if candidates[..posonly].iter().any(|p| text_of(Some(p)) == text) {
                        posonly_by_name.push(text);
                        continue;
                    }
                    let suggestion = suggest(&text, candidates.iter().skip(posonly));
                    return Err(type_error(format!(
                        "{}() got an unexpected keyword argument '{text}'{suggestion}",
                        function_name()
                    )));
                }
            },
        }
    }
    if !posonly_by_name.is_empty() {
        return Err(type_error(format!(
            "{}() got some positional-only arguments passed as keyword arguments: '{}'",
            function_name(),
            posonly_by_name.join(", ")
        )));
    }
    if given > argcount && !has_varargs {
        return Err(too_many(code, payload, holder, given, &bound));
    }
    let defaults = payload.defaults.get(holder);
    let defaults: Cow<'_, [Value]> = match defaults.as_ref().and_then(cast::<Tuple>) {
        Some(defaults) => Cow::Owned(defaults.items().to_vec()),
        None => Cow::Borrowed(&[]),
    };
    let first_default = argcount.saturating_sub(defaults.len());
    let skip = defaults.len().saturating_sub(argcount);
    let mut missing = Vec::new();
    for (i, place) in bound.iter_mut().enumerate().take(argcount) {
        if place.is_none() {
            match (i >= first_default).then(|| defaults.get(i - first_default + skip)).flatten() {
                Some(default) => *place = Some(default.clone()),
                None => missing.push(text_of(parameters.get(i))),
            }
        }
    }
    if !missing.is_empty() {
        return Err(missing_arguments(&function_name(), "positional", &missing));
    }
    let kwdefaults = payload.kwdefaults.get(holder);
    let kwdefaults = kwdefaults.as_ref().and_then(cast::<Dict>);
    for (i, place) in bound.iter_mut().enumerate().take(total).skip(argcount) {
        if place.is_none() {
            let default = match (kwdefaults, parameters.get(i)) {
                (Some(kwdefaults), Some(name)) => kwdefaults.get_str(thread, name),
                _ => None,
            };
            match default {
                Some(default) => *place = Some(default),
                None => missing.push(text_of(parameters.get(i))),
            }
        }
    }
    if !missing.is_empty() {
        return Err(missing_arguments(&function_name(), "keyword-only", &missing));
    }
    // Check, then commit: now nothing can fail. The old arguments go, the bound ones come.
    bound.extend([varargs, varkw].into_iter().flatten().map(Some));
    let old: Vec<StackRef> = (0..n).map(|i| read(first.wrapping_add(i))).collect();
    for (i, value) in bound.into_iter().enumerate() {
        write(first.wrapping_add(i), value.map_or(StackRef::EMPTY, StackRef::from_value));
    }
    for reference in old {
        reference.release();
    }
    Ok(())
}

fn counted(first: *mut StackRef, index: usize) -> Value {
    (*look(read(first.wrapping_add(index)))).clone()
}

fn text_of(name: Option<&Value>) -> String {
    name.and_then(cast::<Str>).map(|name| name.to_string_lossy()).unwrap_or_default()
}

/// ". Did you mean 'x'?" for a keyword that is nearly a parameter's name.
fn suggest<'a>(text: &str, candidates: impl Iterator<Item = &'a Value>) -> String {
    let names: Vec<String> = candidates.map(|name| text_of(Some(name))).collect();
    match super::suggestions::closest(text, &names) {
        Some(name) => format!(". Did you mean '{name}'?"),
        None => String::new(),
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

#[cold]
fn missing_arguments(function: &str, kind: &str, names: &[String]) -> Raised {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let list = match &quoted[..] {
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [rest @ .., last] => format!("{}, and {last}", rest.join(", ")),
        [] => String::new(),
    };
    type_error(format!(
        "{function}() missing {} required {kind} argument{}: {list}",
        names.len(),
        plural(names.len())
    ))
}

#[cold]
fn too_many(
    code: &Code,
    function: &Function,
    holder: &memory::Header,
    given: usize,
    bound: &[Option<Value>],
) -> Raised {
    let argcount = code.argcount as usize;
    let defaults = function.defaults.get(holder);
    let defaults = defaults.as_ref().and_then(cast::<Tuple>).map_or(0, |defaults| defaults.len());
    let (takes, many) = if defaults > 0 {
        (format!("from {} to {argcount}", argcount.saturating_sub(defaults)), true)
    } else {
        (argcount.to_string(), argcount != 1)
    };
    let kwonly_given = bound[argcount..].iter().filter(|value| value.is_some()).count();
    let extra = if kwonly_given > 0 {
        format!(
            " positional argument{} (and {kwonly_given} keyword-only argument{})",
            plural(given),
            plural(kwonly_given)
        )
    } else {
        String::new()
    };
    let verb = if given == 1 && kwonly_given == 0 { "was" } else { "were" };
    type_error(format!(
        "{}() takes {takes} positional argument{} but {given}{extra} {verb} given",
        text_of(Some(&function.qualname(holder))),
        if many { "s" } else { "" }
    ))
}
