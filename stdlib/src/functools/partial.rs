//! `partial`: a function with some arguments filled in, and the placeholder for those that come later.

use runtime::class::{Payload, Slots};
use runtime::error::{Result, type_error};
use runtime::memory::Slot;
use runtime::native::{self, Args, Object};
use runtime::object::{cast, cast_exact};
use runtime::types::{Dict, DictExt, Str, StrExt, Tuple, TupleExt, sequence};
use runtime::{Context, Thread, Value, call, class};
use smallvec::SmallVec;

use crate::support;

/// The type of the Placeholder singleton.
///
/// Used as a placeholder for partial arguments.
#[native::class(
    "_PlaceholderType",
    module = "functools",
    methods(placeholder_methods),
    new = new_placeholder,
    slots = placeholder_slots
)]
pub struct PlaceholderType {}

fn placeholder_slots(slots: &Slots) {
    slots.repr.set(|thread, _| Str::new(thread, "Placeholder"));
}

static PLACEHOLDER: runtime::names::StaticValue = runtime::names::StaticValue::new();

/// The one placeholder.
///
/// # Errors
/// MemoryError.
pub fn placeholder(thread: &Context) -> Result<Value> {
    if let Some(placeholder) = PLACEHOLDER.get() {
        return Ok(placeholder.clone());
    }
    PLACEHOLDER.set(runtime::object::new(thread, PlaceholderType {})?);
    Ok(PLACEHOLDER.value().clone())
}

fn is_placeholder(value: &Value) -> bool {
    PLACEHOLDER.get().is_some_and(|placeholder| placeholder.is(value))
}

fn new_placeholder(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    if !args.is_empty() {
        return Err(type_error("_PlaceholderType takes no arguments"));
    }
    placeholder(thread)
}

/// Methods of the placeholder.
#[native::methods(PlaceholderType, name = "_PlaceholderType")]
pub mod placeholder_methods {
    use super::*;

    /// The name under which pickle finds it.
    #[name("__reduce__")]
    pub fn reduce(_placeholder: &Object<PlaceholderType>) -> &'static str {
        "Placeholder"
    }
}

/// Create a new function with partial application of the given arguments and keywords.
#[native::class(
    "partial",
    module = "functools",
    basetype,
    dict,
    weakref,
    methods(methods),
    new = new,
    signature = "(func, /, *args, **keywords)",
    slots = slots
)]
pub struct Partial {
    #[trace]
    function: Slot,
    /// A tuple.
    #[trace]
    args: Slot,
    /// A dict.
    #[trace]
    keywords: Slot,
}

fn slots(slots: &Slots) {
    slots.call.set(call_partial);
    slots.repr.set(repr);
    // A partial in a class is bound like a function.
    slots.get.set(|thread, value, object, _| match object {
        Some(object) if !object.is_none() => {
            runtime::types::function::new_method(thread, value.clone(), object.clone())
        }
        _ => Ok(value.clone()),
    });
}

/// Function, arguments and keywords.
fn parts(partial: &Object<Partial>) -> Option<(Value, Value, Value)> {
    Some((
        support::get(partial, |partial| &partial.function)?,
        support::get(partial, |partial| &partial.args)?,
        support::get(partial, |partial| &partial.keywords)?,
    ))
}

fn items(tuple: &Value) -> &[Value] {
    cast::<Tuple>(tuple).map_or(&[], TupleExt::items)
}

/// The arguments with their placeholders filled from `given`; what is left over follows.
fn fill(stored: &[Value], given: &[Value]) -> Vec<Value> {
    let mut given = given.iter();
    let mut all = Vec::with_capacity(stored.len() + given.len());
    for arg in stored {
        let filled = if is_placeholder(arg) { given.next().unwrap_or(arg) } else { arg };
        all.push(filled.clone());
    }
    all.extend(given.cloned());
    all
}

fn placeholders(args: &[Value]) -> usize {
    args.iter().filter(|arg| is_placeholder(arg)).count()
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    placeholder(thread)?;
    let Some((function, given)) = args.positionals().split_first() else {
        return Err(type_error("type 'partial' takes at least one argument"));
    };
    if !call::is_callable(function) {
        return Err(type_error("the first argument must be callable"));
    }
    if given.last().is_some_and(is_placeholder) {
        return Err(type_error("trailing Placeholders are not allowed"));
    }
    if args.keywords().any(|(_, value)| is_placeholder(value)) {
        return Err(type_error("Placeholder cannot be passed as a keyword argument"));
    }
    let keywords = Dict::new(thread)?;
    let Some(dict) = cast::<Dict>(&keywords) else { return Ok(keywords) };
    let mut function = function.clone();
    let mut all = given.to_vec();
    // A partial of a partial is one partial, unless it has attributes of its own.
    let own_call = &Partial::def().object().payload().slots.call;
    let is_plain = class::slots_of(&function).call.same(own_call) && !has_attributes(&function);
    let inner = cast::<Partial>(&function).filter(|_| is_plain);
    if let Some((inner_function, inner_args, inner_keywords)) = inner.and_then(parts) {
        all = fill(items(&inner_args), given);
        if let Some(inner) = cast::<Dict>(&inner_keywords) {
            for (key, value) in inner.items(thread) {
                dict.set(thread, &key, value)?;
            }
        }
        function = inner_function;
    }
    for (key, value) in args.keywords() {
        dict.set(thread, key, value.clone())?;
    }
    let payload = Partial {
        function: support::slot(function),
        args: support::slot(Tuple::new(thread, all)?),
        keywords: support::slot(keywords),
    };
    support::make(thread, class, payload)
}

/// Whether somebody has asked for the `__dict__`, or set attributes.
fn has_attributes(value: &Value) -> bool {
    runtime::object::AttributeSlots::of(value).all().iter().any(|slot| !slot.is_empty())
}

fn call_partial(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<Value> {
    let Some((function, stored, keywords)) = cast::<Partial>(value).and_then(parts) else {
        return Err(type_error("the partial object is not initialized"));
    };
    let given = args.positionals();
    let stored = items(&stored);
    let wanted = placeholders(stored);
    if wanted == 0 && args.names.is_empty() && cast::<Dict>(&keywords).is_some_and(DictExt::is_empty) {
        if stored.is_empty() {
            return call::call_positional(thread, &function, given);
        }
        let mut values: SmallVec<[Value; 8]> = SmallVec::new();
        values.extend(stored.iter().chain(given).cloned());
        return call::call_positional(thread, &function, &values);
    }
    if given.len() < wanted {
        return Err(type_error(format!(
            "missing positional arguments in 'partial' call; expected at least {wanted}, got {}",
            given.len()
        )));
    }
    let mut values = if wanted == 0 { [stored, given].concat() } else { fill(stored, given) };
    let mut names: Vec<Value> = Vec::new();
    // Keywords of the call take the place of stored ones.
    let stored = cast::<Dict>(&keywords).map(|dict| dict.items(thread)).unwrap_or_default();
    let given: Vec<(&Value, &Value)> = args.keywords().collect();
    for (name, value) in &stored {
        let text = support::keyword(name);
        let over = given.iter().find(|(other, _)| other.is(name) || support::keyword(other) == text);
        names.push(name.clone());
        values.push(over.map_or(value, |(_, value)| *value).clone());
    }
    for (name, value) in given {
        let text = support::keyword(name);
        if !stored.iter().any(|(other, _)| other.is(name) || support::keyword(other) == text) {
            names.push(name.clone());
            values.push(value.clone());
        }
    }
    if names.iter().any(|name| cast::<Str>(name).is_none()) {
        return Err(type_error("keywords must be strings"));
    }
    call::call(thread, &function, Args { values: &values, names: &names })
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some((function, args, keywords)) = cast::<Partial>(value).and_then(parts) else {
        return Ok(Value::none());
    };
    sequence::guarded_repr(thread, value, "...", |thread| {
        let mut text = sequence::Builder::new();
        let full = class::TypeExt::full_name(class::class_of(value), thread);
        text.push_str(&full);
        text.push_str("(");
        sequence::push_repr(thread, &mut text, &function)?;
        for arg in items(&args) {
            text.push_str(", ");
            sequence::push_repr(thread, &mut text, arg)?;
        }
        for (name, arg) in cast::<Dict>(&keywords).map(|dict| dict.items(thread)).unwrap_or_default() {
            text.push_str(", ");
            let name = runtime::ops::str(thread, &name)?;
            if let Some(name) = cast::<Str>(&name) {
                text.push_view(name.view());
            }
            text.push_str("=");
            sequence::push_repr(thread, &mut text, &arg)?;
        }
        text.push_str(")");
        Str::from_text(thread, &text.finish())
    })
}

/// Methods of partial.
#[native::methods(Partial)]
pub mod methods {
    use super::*;

    /// Return state information for pickling.
    #[name("__reduce__")]
    pub fn reduce(th: &mut Thread, partial: &Object<Partial>) -> Result<Value> {
        let value = runtime::object::to_value(partial);
        let Some((function, args, keywords)) = parts(partial) else { return Ok(Value::none()) };
        let attributes =
            if has_attributes(&value) { class::instance::instance_dict(th, &value)? } else { Value::none() };
        let state = support::tuple(th, vec![function.clone(), args, keywords, attributes])?;
        let args = support::tuple(th, vec![function])?;
        support::tuple(th, vec![support::class_value(&value), args, state])
    }

    /// Set state information for unpickling.
    #[name("__setstate__")]
    pub fn setstate(th: &mut Thread, partial: &Object<Partial>, state: &Value) -> Result<()> {
        let invalid = || type_error("invalid partial state");
        let Some([function, args, keywords, attributes]) = cast::<Tuple>(state).map(TupleExt::items) else {
            return Err(invalid());
        };
        if !call::is_callable(function) || cast::<Tuple>(args).is_none() {
            return Err(invalid());
        }
        if [keywords, attributes].iter().any(|dict| !dict.is_none() && cast::<Dict>(dict).is_none()) {
            return Err(invalid());
        }
        if items(args).last().is_some_and(is_placeholder) {
            return Err(type_error("trailing Placeholders are not allowed"));
        }
        let args = match cast_exact::<Tuple>(args) {
            Some(_) => args.clone(),
            None => Tuple::new(th, items(args).to_vec())?,
        };
        let keywords = match cast::<Dict>(keywords) {
            Some(_) if cast_exact::<Dict>(keywords).is_some() => keywords.clone(),
            Some(dict) => dict.copy(th)?,
            None => Dict::new(th)?,
        };
        support::set(th, partial, |partial| &partial.function, Some(function.clone()));
        support::set(th, partial, |partial| &partial.args, Some(args));
        support::set(th, partial, |partial| &partial.keywords, Some(keywords));
        let value = runtime::object::to_value(partial);
        if !attributes.is_none() {
            class::instance::set_instance_dict(th, &value, attributes.clone())?;
        } else if has_attributes(&value) {
            let empty = Dict::new(th)?;
            class::instance::set_instance_dict(th, &value, empty)?;
        }
        Ok(())
    }

    /// See PEP 585
    #[class_method]
    #[name("__class_getitem__")]
    pub fn class_getitem(th: &mut Thread, class: &Value, object: &Value) -> Result<Value> {
        runtime::types::generic_alias::new(th, class, object)
    }

    /// function object to use in future partial calls
    #[getter]
    pub fn func(partial: &Object<Partial>) -> Option<Value> {
        support::get(partial, |partial| &partial.function)
    }

    /// tuple of arguments to future partial calls
    #[getter]
    pub fn args(partial: &Object<Partial>) -> Option<Value> {
        support::get(partial, |partial| &partial.args)
    }

    /// dictionary of keyword arguments to future partial calls
    #[getter]
    pub fn keywords(partial: &Object<Partial>) -> Option<Value> {
        support::get(partial, |partial| &partial.keywords)
    }
}
