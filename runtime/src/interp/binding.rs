//! Binding arguments to parameters, in the slots where the arguments stand.
//!
//! A call whose arguments are one for each parameter binds nothing. [`bind_in_place`] takes the frequent other cases and needs no
//! memory but for what it makes, a tuple and a dict; [`bind`] takes all, and knows what to say where arguments do not fit.

use std::borrow::Cow;

use memory::{Object, StackRef, Value};
use threads::{Context, Thread};

use super::frame::Frame;
use super::operations::differ;
use super::top::{exact, look, read, write};
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

/// The target of a keyword that is no parameter's name.
const AMONG_OTHERS: u8 = u8::MAX;
/// Parameters whose names [`bind_in_place`] looks at.
const FEW_PARAMETERS: usize = 64;

/// As [`bind`] for the frequent cases: keywords that are parameters' names or come into `**kwargs`, defaults, and `*args`. False, and
/// nothing done, for any other.
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
    let has_rest = code.flags & flag::VARARGS != 0;
    let has_others = code.flags & flag::VARKEYWORDS != 0;
    if total == argcount && names.is_empty() {
        return bind_positionals(thread, function, code, first, n);
    }
    if given > argcount && !has_rest || names.len() > FEW_KEYWORDS || total > FEW_PARAMETERS {
        return false;
    }
    let positional = given.min(argcount);
    let Some((targets, bound)) = targets_of(code, names, positional, total) else { return false };
    let missing = bits_below(total) & !bits_below(positional) & !bound;
    let mut defaults = [StackRef::EMPTY; FEW_DEFAULTS];
    if missing != 0 && !find_defaults(thread, function, code, missing, &mut defaults) {
        return false;
    }
    let place = |index: usize| first.wrapping_add(index);
    // What can fail comes first, and leaves what it is made of where it is.
    let others = match has_others.then(|| others_of(thread, names, &targets, place(given))) {
        Some(None) => {
            release_all(defaults);
            return false;
        }
        others => others.flatten(),
    };
    let mut keywords = [StackRef::EMPTY; FEW_KEYWORDS];
    for (k, keyword) in keywords.iter_mut().enumerate().take(names.len()) {
        *keyword = read(place(given + k));
    }
    if has_rest {
        // Read one by one once the tuple is there.
        let items = (positional..given).map(|i| read(place(i)).into_value().unwrap_or_else(Value::none));
        match Tuple::from_exact(thread, items) {
            Ok(rest) => write(place(total), StackRef::from_value(rest)),
            Err(_) => {
                release_all(defaults);
                return false;
            }
        }
    }
    for (index, default) in each_bit(missing).zip(defaults) {
        write(place(index), default);
    }
    for (keyword, target) in keywords.into_iter().zip(targets).take(names.len()) {
        match target {
            // The dict has its own count.
            AMONG_OTHERS => keyword.release(),
            target => write(place(target.into()), keyword),
        }
    }
    if let Some(others) = others {
        write(place(total + usize::from(has_rest)), StackRef::from_value(others));
    }
    true
}

/// As [`bind_in_place`] where there are neither keywords nor parameters by keyword only.
fn bind_positionals(
    thread: &Context,
    function: &Object<Function>,
    code: &Code,
    first: *mut StackRef,
    n: usize,
) -> bool {
    let argcount = code.argcount as usize;
    let has_rest = code.flags & flag::VARARGS != 0;
    if n > argcount && !has_rest {
        return false;
    }
    let others = if code.flags & flag::VARKEYWORDS == 0 {
        None
    } else if let Ok(others) = Dict::new(thread) {
        Some(others)
    } else {
        return false;
    };
    // Either something is missing or something is left over.
    if n < argcount && !fill_last(thread, function, first, n, argcount) {
        return false;
    }
    if has_rest && !bind_rest(thread, first, argcount, n.max(argcount)) {
        return false;
    }
    if let Some(others) = others {
        write(first.wrapping_add(argcount + usize::from(has_rest)), StackRef::from_value(others));
    }
    true
}

/// As many bits as there are places below `index`.
fn bits_below(index: usize) -> u64 {
    1u64.checked_shl(index as u32).unwrap_or(0).wrapping_sub(1)
}

/// The places of the bits of `bits`.
fn each_bit(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let index = bits.trailing_zeros() as usize;
        (bits != 0).then(|| {
            bits &= bits - 1;
            index
        })
    })
}

fn release_all(references: impl IntoIterator<Item = StackRef>) {
    references.into_iter().for_each(StackRef::release);
}

/// Where the value of each keyword belongs, and which parameters from `positional` on have one then, as bits; `None` where it takes more
/// to know, or cannot be.
fn targets_of(
    code: &Code,
    names: &[Value],
    positional: usize,
    total: usize,
) -> Option<([u8; FEW_KEYWORDS], u64)> {
    let mut targets = [AMONG_OTHERS; FEW_KEYWORDS];
    let mut bound = 0;
    if names.is_empty() {
        return Some((targets, bound));
    }
    let posonly = code.posonlyargcount as usize;
    let candidates = cast_exact::<Tuple>(&code.localsplusnames)?.items().get(posonly..total)?;
    for (name, target) in names.iter().zip(&mut targets) {
        match candidates.iter().position(|parameter| parameter.is(name)) {
            Some(index) => {
                let index = posonly + index;
                if index < positional || bound >> index & 1 != 0 {
                    return None;
                }
                bound |= 1 << index;
                *target = index as u8;
            }
            // Interned strs that are not the same are not equal.
            None => {
                let has_others = code.flags & flag::VARKEYWORDS != 0;
                if !has_others || !is_interned(name) || !candidates.iter().all(is_interned) {
                    return None;
                }
            }
        }
    }
    Some((targets, bound))
}

fn is_interned(name: &Value) -> bool {
    cast_exact::<Str>(name).is_some_and(|name| name.payload().is_interned(name))
}

/// A dict of the keywords that are no parameters' names, whose values stand from `place`; `None` if there is no memory for it.
fn others_of(
    thread: &Context,
    names: &[Value],
    targets: &[u8; FEW_KEYWORDS],
    place: *mut StackRef,
) -> Option<Value> {
    let others = || names.iter().zip(targets).enumerate().filter(|(_, (_, target))| **target == AMONG_OTHERS);
    // A name that stands there twice is for the other way to tell.
    if !differ(others().map(|(_, (name, _))| name)) {
        return None;
    }
    let entries = others().map(|(k, (name, _))| (name.clone(), counted(place, k)));
    Dict::of_names(thread, others().count(), entries).ok()
}

/// Writes defaults to the parameters from `given` on, which are all that is missing; false, and nothing done, if there are not
/// enough.
#[inline(always)]
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
        write(first.wrapping_add(index), StackRef::borrow_held(thread, defaults.header(), item));
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

/// Puts the defaults of the parameters of the bits of `missing` into `found`; false, and none there, if one has no default, or there are
/// many.
fn find_defaults(
    thread: &Context,
    function: &Object<Function>,
    code: &Code,
    missing: u64,
    found: &mut [StackRef; FEW_DEFAULTS],
) -> bool {
    let argcount = code.argcount as usize;
    let payload = function.payload();
    // SAFETY: nothing here runs Python or changes the function; there is no safepoint.
    let of_positional = unsafe { payload.defaults.view(thread, function.header()) };
    let of_positional = of_positional.as_deref().and_then(cast_exact::<Tuple>);
    let default_count = of_positional.map_or(0, |tuple| tuple.items().len());
    // SAFETY: as above.
    let of_names = unsafe { payload.kwdefaults.view(thread, function.header()) };
    let of_names = of_names.as_deref().and_then(cast_exact::<Dict>);
    let parameters = cast_exact::<Tuple>(&code.localsplusnames).map_or(&[][..], |tuple| tuple.items());
    for (count, index) in each_bit(missing).enumerate() {
        let default = if index < argcount {
            let at = (index + default_count).checked_sub(argcount);
            of_positional.zip(at).and_then(|(tuple, at)| {
                Some(StackRef::borrow_held(thread, tuple.header(), tuple.items().get(at)?))
            })
        } else {
            match (of_names, parameters.get(index)) {
                (Some(dict), Some(name)) => Some(dict.borrow_str(thread, name)),
                _ => None,
            }
        };
        let default = default.filter(|default| !default.is_empty());
        match (default, found.get_mut(count)) {
            (Some(default), Some(place)) => *place = default,
            (default, _) => {
                release_all(default);
                release_all(*found);
                return false;
            }
        }
    }
    true
}

/// Whether the dict of a call's keywords, which stands on the stack, can be the function's `**kwargs` as it is: nobody else has it, its
/// keys are strs, and none of them is a parameter's name.
pub(super) fn takes_dict_over(thread: &Context, function: &Object<Function>, dict: StackRef) -> bool {
    let code = function.payload().code().payload();
    if code.flags & flag::VARKEYWORDS == 0 || dict.is_borrowed() {
        return false;
    }
    let Some(dict) = exact::<Dict>(dict).filter(|dict| dict.header().is_sole()) else { return false };
    let total = (code.argcount + code.kwonlyargcount) as usize;
    let parameters = cast_exact::<Tuple>(&code.localsplusnames).map(TupleExt::items);
    let Some(named) = parameters.and_then(|names| names.get(code.posonlyargcount as usize..total)) else {
        return false;
    };
    if named.iter().any(|name| dict.find_str(thread, name).is_some()) {
        return false;
    }
    dict.edit(thread, |edit| {
        let mut all = true;
        edit.each(|_, key, _| {
            // SAFETY: nothing here changes the dict or reaches a safepoint.
            let key = unsafe { key.view(thread, dict.header()) };
            all &= key.is_some_and(|key| cast_exact::<Str>(&key).is_some());
        });
        all
    })
}

/// The dict, of which the stack has the only reference, becomes the `**kwargs` of a frame that has just been pushed.
pub(super) fn give_dict(frame: *mut Frame, dict: StackRef) {
    // SAFETY: the frame that was just pushed.
    let this = unsafe { &*frame };
    let code = this.code().payload();
    let index = code.parameter_count() - 1;
    let place = this.locals.wrapping_add(index);
    let empty = read(place);
    write(place, dict);
    empty.release();
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
