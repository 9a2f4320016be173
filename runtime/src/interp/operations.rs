//! What instructions do out of line.

use compiler::opcode::{CommonConstant, Intrinsic1, Intrinsic2, SpecialMethod};
use memory::{StackRef, Value};
use threads::Thread;

use super::frame::Frame;
use crate::call;
use crate::class::{ClassFlags, Type, TypeExt, class_of, lookup, slots_of};
use crate::error::{
    ASSERTION_ERROR, NOT_IMPLEMENTED_ERROR, Raised, Result, STOP_ASYNC_ITERATION, STOP_ITERATION, TYPE_ERROR,
    runtime_error, system_error, type_error, value_error,
};
use crate::iterate::Iteration;
use crate::names;
use crate::names::StaticValue;
use crate::native::Args;
use crate::object::{cast, cast_exact};
use crate::ops;
use crate::types::str::{Kind, Writer};
use crate::types::{
    self, Bytes, Dict, DictExt, List, ListExt, Str, StrExt, Tuple, TupleExt, exception, list_methods,
    sequence, slice, tuple_methods,
};

/// The operator of `BINARY_OP`.
///
/// # Errors
/// What the operation raises.
pub(super) fn binary(thread: &mut Thread, a: &Value, b: &Value, oparg: u32) -> Result<Value> {
    match super::run::operator(oparg) {
        Some((op, false)) => ops::binary(thread, a, b, op),
        Some((op, true)) => ops::inplace(thread, a, b, op),
        None => ops::getitem(thread, a, b),
    }
}

/// `AssertionError` and its like.
///
/// # Errors
/// SystemError for an unknown number.
pub(super) fn common_constant(thread: &mut Thread, which: u32) -> Result<Value> {
    Ok(match CommonConstant::from_oparg(which) {
        Some(CommonConstant::AssertionError) => ASSERTION_ERROR.value(),
        Some(CommonConstant::NotImplementedError) => NOT_IMPLEMENTED_ERROR.value(),
        Some(CommonConstant::Tuple) => <Tuple as crate::class::Payload>::def().value(),
        Some(CommonConstant::All) => builtin(thread, &ALL, "all")?,
        Some(CommonConstant::Any) => builtin(thread, &ANY, "any")?,
        None => return Err(system_error("unknown common constant")),
    })
}

static ALL: StaticValue = StaticValue::new();
static ANY: StaticValue = StaticValue::new();

/// A function of `builtins` as it was when it was first asked for, whatever the name is bound to since.
fn builtin(thread: &mut Thread, kept: &'static StaticValue, name: &str) -> Result<Value> {
    if let Some(kept) = kept.get() {
        return Ok(kept.clone());
    }
    let found = super::builtin_class(thread, name)
        .ok_or_else(|| system_error(format!("builtins.{name} is missing")))?;
    kept.set_first(found.clone());
    Ok(found)
}

/// `container[start:stop]`.
///
/// # Errors
/// What subscription raises.
pub(super) fn get_slice(
    thread: &mut Thread,
    container: &Value,
    start: &Value,
    stop: &Value,
) -> Result<Value> {
    if let Some(list) = cast_exact::<List>(container) {
        let span = sequence::span_between(thread, start, stop)?;
        return list_methods::part(thread, list, span);
    }
    if let Some(tuple) = cast_exact::<Tuple>(container) {
        let span = sequence::span_between(thread, start, stop)?;
        return tuple_methods::part(thread, tuple, span);
    }
    if let Some(text) = cast_exact::<Str>(container) {
        let span = sequence::span_between(thread, start, stop)?;
        return types::str::subscript::selected(thread, text, span);
    }
    if let Some(bytes) = cast_exact::<Bytes>(container) {
        let span = sequence::span_between(thread, start, stop)?;
        return types::bytes_methods::part(thread, bytes, span);
    }
    let slice = slice::new(thread, start.clone(), stop.clone(), Value::none())?;
    ops::getitem(thread, container, &slice)
}

/// `container[start:stop] = value`.
///
/// # Errors
/// What the assignment raises.
pub(super) fn set_slice(
    thread: &mut Thread,
    container: &Value,
    start: &Value,
    stop: &Value,
    value: &Value,
) -> Result<()> {
    if let Some(list) = cast_exact::<List>(container) {
        let span = sequence::span_between(thread, start, stop)?;
        return list_methods::assign_span(thread, list, span, value);
    }
    let slice = slice::new(thread, start.clone(), stop.clone(), Value::none())?;
    ops::setitem(thread, container, &slice, Some(value))
}

fn not_unpackable(thread: &Thread, value: &Value, raised: Raised) -> Raised {
    let _ = thread;
    let slots = slots_of(value);
    if raised.is(&TYPE_ERROR) && slots.iter.get().is_none() && slots.getitem.get().is_none() {
        return type_error(format!("cannot unpack non-iterable {} object", class_of(value).name_lossy()));
    }
    raised
}

/// Exactly `count` items.
///
/// # Errors
/// ValueError for another number, TypeError for what is not iterable, or what iterating raises.
pub(super) fn unpack(thread: &mut Thread, value: &Value, count: usize) -> Result<Vec<Value>> {
    let known =
        cast_exact::<List>(value).map(|l| l.len()).or_else(|| cast_exact::<Tuple>(value).map(|t| t.len()));
    if let Some(list) = cast_exact::<List>(value) {
        let items = list.to_vec(thread)?;
        if items.len() == count {
            return Ok(items);
        }
    }
    if let Some(text) = cast_exact::<Str>(value)
        && text.len() == count
        && let Some(characters) = types::snapshot::snapshot(thread, value)?
    {
        return Ok(characters);
    }
    let iterator = match ops::iter(thread, value) {
        Ok(iterator) => iterator,
        Err(raised) => return Err(not_unpackable(thread, value, raised)),
    };
    let mut items = Vec::with_capacity(count);
    while items.len() < count {
        match ops::next(thread, &iterator)? {
            Some(item) => items.push(item),
            None => {
                return Err(value_error(format!(
                    "not enough values to unpack (expected {count}, got {})",
                    items.len()
                )));
            }
        }
    }
    if ops::next(thread, &iterator)?.is_some() {
        let known = known.or_else(|| cast_exact::<Dict>(value).map(|dict| dict.len()));
        let got = known.map(|n| format!(", got {n}")).unwrap_or_default();
        return Err(value_error(format!("too many values to unpack (expected {count}{got})")));
    }
    Ok(items)
}

/// `before` items, the list of the rest, `after` items.
///
/// # Errors
/// As [`unpack`].
pub(super) fn unpack_ex(
    thread: &mut Thread,
    value: &Value,
    before: usize,
    after: usize,
) -> Result<Vec<Value>> {
    let mut items = match types::snapshot::snapshot(thread, value)? {
        Some(items) => items,
        None => iterated(thread, value)?,
    };
    if items.len() < before + after {
        return Err(value_error(format!(
            "not enough values to unpack (expected at least {}, got {})",
            before + after,
            items.len()
        )));
    }
    let last = items.split_off(items.len() - after);
    let rest = List::from_exact(thread, items.len() - before, items.drain(before..))?;
    items.push(rest);
    items.extend(last);
    Ok(items)
}

/// All items of what is unpacked.
fn iterated(thread: &mut Thread, value: &Value) -> Result<Vec<Value>> {
    let mut iteration = match Iteration::over(thread, value) {
        Ok(iteration) => iteration,
        Err(raised) => return Err(not_unpackable(thread, value, raised)),
    };
    let mut items = Vec::new();
    while let Some(item) = iteration.next(thread)? {
        items.push(item);
        ops::memory_poll(thread)?;
    }
    Ok(items)
}

/// A set of these.
///
/// # Errors
/// What hashing and comparing raise.
pub(super) fn build_set(thread: &mut Thread, values: &[Value]) -> Result<Value> {
    let set = types::set::new(thread)?;
    for value in values {
        types::set::add(thread, &set, value)?;
    }
    Ok(set)
}

/// A dict of alternating keys and values.
///
/// # Errors
/// What hashing and comparing raise.
pub(super) fn build_map(thread: &mut Thread, values: &[Value]) -> Result<Value> {
    const FEW_PAIRS: usize = 8;
    let pairs = || values.chunks_exact(2).map(|pair| (&pair[0], &pair[1]));
    if values.len() <= 2 * FEW_PAIRS && differ(pairs().map(|(key, _)| key)) {
        let pairs = pairs().map(|(key, value)| (key.clone(), value.clone()));
        return Dict::of_names(thread, values.len() / 2, pairs);
    }
    let dict = Dict::with_capacity(thread, values.len() / 2)?;
    if let Some(dict) = cast::<Dict>(&dict) {
        for pair in values.chunks_exact(2) {
            dict.set(thread, &pair[0], pair[1].clone())?;
        }
    }
    Ok(dict)
}

/// Whether they are interned strs of which no two are the same, and so no two equal.
pub(super) fn differ<'v>(names: impl Iterator<Item = &'v Value> + Clone) -> bool {
    names.clone().enumerate().all(|(i, name)| {
        let interned = cast_exact::<Str>(name).is_some_and(|text| text.payload().is_interned(text));
        interned && !names.clone().take(i).any(|before| before.is(name))
    })
}

/// The strs joined.
///
/// # Errors
/// MemoryError.
pub(super) fn build_string(thread: &mut Thread, values: &[Value]) -> Result<Value> {
    let pieces = || values.iter().filter_map(cast::<Str>);
    let mut writer = Writer::for_parts(thread, pieces().map(|piece| (Kind::of(piece), piece.len())))?;
    for piece in pieces() {
        writer.push_view(piece.view());
    }
    Ok(writer.finish())
}

/// A template string.
///
/// # Errors
/// MemoryError.
pub(super) fn build_template(thread: &mut Thread, strings: Value, interpolations: Value) -> Result<Value> {
    crate::types::template::new(thread, strings, interpolations)
}

/// An interpolation of a template string.
///
/// # Errors
/// MemoryError.
pub(super) fn build_interpolation(
    thread: &mut Thread,
    value: Value,
    expression: Value,
    conversion: u32,
    spec: Option<Value>,
) -> Result<Value> {
    let conversion = match conversion {
        1 => Str::new(thread, "s")?,
        2 => Str::new(thread, "r")?,
        3 => Str::new(thread, "a")?,
        _ => Value::none(),
    };
    let spec = match spec {
        Some(spec) => spec,
        None => Str::new(thread, "")?,
    };
    crate::types::template::new_interpolation(thread, [value, expression, conversion, spec])
}

/// `list.extend(iterable)` of a list display.
///
/// # Errors
/// TypeError for what is not iterable, or what iterating raises.
pub(super) fn list_extend(thread: &mut Thread, list: &Value, iterable: &Value) -> Result<()> {
    let Some(list) = cast::<List>(list) else { return Err(system_error("no list to extend")) };
    let slots = slots_of(iterable);
    if slots.iter.get().is_none() && slots.getitem.get().is_none() {
        return Err(type_error(format!(
            "Value after * must be an iterable, not {}",
            class_of(iterable).name_lossy()
        )));
    }
    list_methods::extend(thread, list, iterable)
}

/// `set.add(value)` of a set display.
///
/// # Errors
/// What hashing and comparing raise.
pub(super) fn set_add(thread: &mut Thread, set: &Value, value: &Value) -> Result<()> {
    if cast::<types::Set>(set).is_none() {
        // Programs can bind the name under which a module keeps what it has annotated.
        return Err(type_error(format!("'{}' object is not a set", class_of(set).name_lossy())));
    }
    types::set::add(thread, set, value)
}

/// `set.update(iterable)` of a set display.
///
/// # Errors
/// What iterating, hashing and comparing raise.
pub(super) fn set_update(thread: &mut Thread, set: &Value, iterable: &Value) -> Result<()> {
    match cast_exact::<types::Set>(set) {
        Some(set) => types::set::update(thread, set, iterable),
        None => Ok(()),
    }
}

/// `{**update}`.
///
/// # Errors
/// TypeError for what is no mapping, or what its methods raise.
pub(super) fn dict_update(thread: &mut Thread, dict: &Value, update: &Value) -> Result<()> {
    let Some(target) = cast::<Dict>(dict) else { return Err(system_error("no dict to update")) };
    if types::dict_methods::is_plain(update) {
        return types::dict_methods::merge(thread, dict, update);
    }
    let keys = lookup::getattr_or_none(thread, update, names::keys())?;
    let Some(keys) = keys else {
        return Err(type_error(format!("'{}' object is not a mapping", class_of(update).name_lossy())));
    };
    let keys = call::call(thread, &keys, Args::none())?;
    ops::for_each(thread, &keys, |thread, key| {
        let value = ops::getitem(thread, update, &key)?;
        target.set(thread, &key, value)
    })
}

/// "module.function()" for messages.
///
/// # Errors
/// What `repr` raises.
pub(super) fn function_text(thread: &mut Thread, callable: &Value) -> Result<String> {
    let qualname = lookup::getattr_or_none(thread, callable, names::__qualname__())?;
    let Some(qualname) = qualname.as_ref().and_then(cast::<Str>).map(|name| name.to_string_lossy()) else {
        return ops::str_text(thread, callable);
    };
    let module = lookup::getattr_or_none(thread, callable, names::__module__())?;
    match module.as_ref().and_then(cast::<Str>).map(|name| name.to_string_lossy()) {
        Some(module) if module != "builtins" => Ok(format!("{module}.{qualname}()")),
        _ => Ok(format!("{qualname}()")),
    }
}

/// `**update` of a call.
///
/// # Errors
/// TypeError for a doubled keyword or what is no mapping, or what its methods raise.
pub(super) fn dict_merge(thread: &mut Thread, dict: &Value, update: &Value, callable: &Value) -> Result<()> {
    let Some(target) = cast::<Dict>(dict) else { return Err(system_error("no dict to merge into")) };
    let plain = cast::<Dict>(update).filter(|_| types::dict_methods::is_plain(update));
    if plain.is_some() && target.is_empty() {
        // Nothing can be there already.
        return types::dict_methods::merge(thread, dict, update);
    }
    let pairs = if let Some(source) = plain {
        source.items(thread)
    } else {
        let Some(keys) = lookup::getattr_or_none(thread, update, names::keys())? else {
            return Err(type_error(format!(
                "{} argument after ** must be a mapping, not {}",
                function_text(thread, callable)?,
                class_of(update).name_lossy()
            )));
        };
        let keys = call::call(thread, &keys, Args::none())?;
        let mut pairs = Vec::new();
        for key in ops::to_vec(thread, &keys)? {
            let value = ops::getitem(thread, update, &key)?;
            pairs.push((key, value));
        }
        pairs
    };
    for (key, value) in pairs {
        if target.contains(thread, &key)? {
            return Err(type_error(format!(
                "{} got multiple values for keyword argument '{}'",
                function_text(thread, callable)?,
                ops::str_text(thread, &key)?
            )));
        }
        target.set(thread, &key, value)?;
    }
    Ok(())
}

/// `format(value, "")`.
///
/// # Errors
/// What `__format__` raises.
pub(super) fn format_simple(thread: &mut Thread, value: &Value) -> Result<Value> {
    if value.word().is_int() {
        return ops::str(thread, value); // what `int.__format__` does
    }
    let empty = Str::new(thread, "")?;
    ops::format(thread, value, &empty)
}

/// `!s`, `!r`, `!a`.
///
/// # Errors
/// What `__str__` or `__repr__` raises.
pub(super) fn convert(thread: &mut Thread, value: &Value, how: u32) -> Result<Value> {
    use compiler::opcode::conversion;
    match how {
        conversion::STR => ops::str(thread, value),
        conversion::REPR => ops::repr(thread, value),
        _ => types::ascii(thread, value),
    }
}

/// The name of the special method that LOAD_SPECIAL's argument stands for.
fn special_name(method: SpecialMethod) -> &'static Value {
    match method {
        SpecialMethod::Enter => names::__enter__(),
        SpecialMethod::Exit => names::__exit__(),
        SpecialMethod::AsyncEnter => names::__aenter__(),
        SpecialMethod::AsyncExit => names::__aexit__(),
    }
}

/// The special method of LOAD_SPECIAL if the owner's class has one that is called with the owner first; EMPTY if not.
#[inline(never)]
pub(super) fn special_method(thread: &Thread, owner: StackRef, which: u32) -> StackRef {
    let Some(method) = SpecialMethod::from_oparg(which) else { return StackRef::EMPTY };
    super::held::special_with_receiver(thread, class_of(&super::top::look(owner)), special_name(method))
}

/// A special method of a value, for `with`: found on the class.
///
/// # Errors
/// TypeError if there is none.
pub(super) fn load_special(thread: &mut Thread, owner: &Value, which: u32) -> Result<(Value, bool)> {
    let Some(method) = SpecialMethod::from_oparg(which) else {
        return Err(system_error("unknown special method"));
    };
    let name = special_name(method);
    if let Some(found) = class_of(owner).lookup(thread, name) {
        if call::takes_receiver(&found) {
            return Ok((found, true));
        }
        return lookup::bind(thread, found, owner).map(|bound| (bound, false));
    }
    let class = class_of(owner);
    let has = |thread: &mut Thread, names: [&Value; 2]| {
        names.iter().all(|name| class.lookup(thread, name).is_some())
    };
    let (kind, missed) = match method {
        SpecialMethod::Enter | SpecialMethod::Exit => {
            let other = has(thread, [names::__aenter__(), names::__aexit__()]);
            (
                "context manager",
                other.then_some("asynchronous context manager protocol. Did you mean to use 'async with'?"),
            )
        }
        SpecialMethod::AsyncEnter | SpecialMethod::AsyncExit => {
            let other = has(thread, [names::__enter__(), names::__exit__()]);
            (
                "asynchronous context manager",
                other.then_some("context manager protocol. Did you mean to use 'with'?"),
            )
        }
    };
    let missing = method.text();
    let hint = missed.map(|missed| format!(" but it supports the {missed}")).unwrap_or_default();
    Err(type_error(format!(
        "'{}' object does not support the {kind} protocol (missed {missing} method){hint}",
        class.shown_name(thread)
    )))
}

/// `CALL_INTRINSIC_1`.
///
/// # Errors
/// As the intrinsic.
pub(super) fn intrinsic_1(
    thread: &mut Thread,
    frame: *mut Frame,
    which: u32,
    value: &Value,
) -> Result<Value> {
    let Some(which) = Intrinsic1::from_oparg(which) else { return Err(system_error("unknown intrinsic")) };
    match which {
        Intrinsic1::Invalid => Err(system_error("invalid intrinsic")),
        Intrinsic1::Print => {
            let hook = super::sys_attribute(thread, "displayhook")
                .ok_or_else(|| runtime_error("lost sys.displayhook"))?;
            call::call_one(thread, &hook, value)
        }
        Intrinsic1::ImportStar => super::names::import_star(thread, frame, value).map(|()| Value::none()),
        Intrinsic1::StopIterationError => stop_iteration_error(thread, frame, value),
        Intrinsic1::AsyncGenWrap => types::async_generator::wrap(thread, value),
        Intrinsic1::UnaryPositive => ops::unary(thread, value, ops::UnaryOp::Positive),
        Intrinsic1::ListToTuple => match cast_exact::<List>(value) {
            Some(list) => Tuple::of_list(thread, list),
            None => Err(system_error("a list is needed to make a tuple")),
        },
        Intrinsic1::TypeVar => types::typevars::new_type_var(thread, value, None, None),
        Intrinsic1::ParamSpec => types::typevars::new_param_spec(thread, value),
        Intrinsic1::TypeVarTuple => types::typevars::new_type_var_tuple(thread, value),
        Intrinsic1::SubscriptGeneric => types::typevars::subscript_generic(thread, value),
        Intrinsic1::TypeAlias => types::typevars::new_type_alias(thread, value),
    }
}

/// A StopIteration that leaves a generator becomes a RuntimeError.
fn stop_iteration_error(thread: &mut Thread, frame: *mut Frame, value: &Value) -> Result<Value> {
    use crate::types::code::flag;
    // SAFETY: the running frame is in use.
    let flags = unsafe { &*frame }.code().payload().flags;
    let is = |def: &'static crate::class::ClassDef| crate::class::is_instance(value, def.object());
    let message = if is(&STOP_ITERATION) {
        if flags & flag::ASYNC_GENERATOR != 0 {
            "async generator raised StopIteration"
        } else if flags & flag::COROUTINE != 0 {
            "coroutine raised StopIteration"
        } else {
            "generator raised StopIteration"
        }
    } else if flags & flag::ASYNC_GENERATOR != 0 && is(&STOP_ASYNC_ITERATION) {
        "async generator raised StopAsyncIteration"
    } else {
        return Ok(value.clone());
    };
    let raised = runtime_error(message);
    exception::set_cause(thread, raised.value(), Some(value.clone()));
    exception::set_context(thread, raised.value(), Some(value.clone()));
    Ok(raised.into_value())
}

/// `CALL_INTRINSIC_2`.
///
/// # Errors
/// As the intrinsic.
pub(super) fn intrinsic_2(thread: &mut Thread, which: u32, a: &Value, b: &Value) -> Result<Value> {
    let Some(which) = Intrinsic2::from_oparg(which) else { return Err(system_error("unknown intrinsic")) };
    match which {
        Intrinsic2::Invalid => Err(system_error("invalid intrinsic")),
        Intrinsic2::PrepReraiseStar => super::unwind::prepare_reraise_star(thread, a, b),
        Intrinsic2::TypeVarWithBound => types::typevars::new_type_var(thread, a, Some(b.clone()), None),
        Intrinsic2::TypeVarWithConstraints => types::typevars::new_type_var(thread, a, None, Some(b.clone())),
        Intrinsic2::SetFunctionTypeParams => {
            if let Some(function) = cast::<types::function::Function>(a) {
                drop(function.payload().type_params.replace(thread, function.header(), Some(b.clone())));
            }
            Ok(a.clone())
        }
        Intrinsic2::SetTypeParamDefault => types::typevars::set_default(thread, a, b),
    }
}

/// The values of `keys` in a mapping, as a tuple; None if one is missing.
///
/// # Errors
/// ValueError for doubled keys, or what `get` raises.
pub(super) fn match_keys(thread: &mut Thread, subject: &Value, keys: &Value) -> Result<Value> {
    let keys = cast::<Tuple>(keys).map(|keys| keys.items().to_vec()).unwrap_or_default();
    if keys.is_empty() {
        return Tuple::new(thread, Vec::new());
    }
    let seen = types::set::new(thread)?;
    let get = lookup::getattr(thread, subject, names::get())?;
    // No value that a program could have made.
    let missing = crate::object::new(thread, types::Instance)?;
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        if types::set::contains(thread, &seen, &key)? {
            return Err(value_error(format!(
                "mapping pattern checks duplicate key ({})",
                ops::repr_text(thread, &key)?
            )));
        }
        types::set::add(thread, &seen, &key)?;
        let value = call::call_positional(thread, &get, &[key, missing.clone()])?;
        if value.is(&missing) {
            return Ok(Value::none());
        }
        values.push(value);
    }
    Tuple::new(thread, values)
}

/// The attributes that a class pattern binds, as a tuple; None if the subject does not match.
///
/// # Errors
/// TypeError for a bad pattern, or what looking up raises.
pub(super) fn match_class(
    thread: &mut Thread,
    subject: &Value,
    class: &Value,
    positional: usize,
    keywords: &Value,
) -> Result<Value> {
    let Some(type_object) = cast::<Type>(class) else {
        return Err(type_error("called match pattern must be a class"));
    };
    if !ops::is_instance(thread, subject, class)? {
        return Ok(Value::none());
    }
    let name = type_object.name_lossy();
    let mut values = Vec::new();
    let mut seen: Vec<Value> = Vec::new();
    let mut fetch = |thread: &mut Thread, attribute: &Value| -> Result<Option<Value>> {
        for other in &seen {
            if ops::is_or_equals(thread, other, attribute)? {
                return Err(type_error(format!(
                    "{name}() got multiple sub-patterns for attribute {}",
                    ops::repr_text(thread, attribute)?
                )));
            }
        }
        seen.push(attribute.clone());
        lookup::getattr_or_none(thread, subject, attribute)
    };
    if positional > 0 {
        let mut match_self = false;
        let args = match lookup::getattr_or_none(thread, class, names::__match_args__())? {
            Some(args) => match cast_exact::<Tuple>(&args) {
                Some(args) => args.items().to_vec(),
                None => {
                    return Err(type_error(format!(
                        "{name}.__match_args__ must be a tuple (got {})",
                        class_of(&args).name_lossy()
                    )));
                }
            },
            None => {
                match_self = type_object.payload().flags().contains(ClassFlags::MATCH_SELF);
                Vec::new()
            }
        };
        let allowed = if match_self { 1 } else { args.len() };
        if allowed < positional {
            return Err(type_error(format!(
                "{name}() accepts {allowed} positional sub-pattern{} ({positional} given)",
                if allowed == 1 { "" } else { "s" }
            )));
        }
        if match_self {
            values.push(subject.clone());
        } else {
            for arg in args.iter().take(positional) {
                if cast::<Str>(arg).is_none() {
                    return Err(type_error(format!(
                        "__match_args__ elements must be strings (got {})",
                        class_of(arg).name_lossy()
                    )));
                }
                match fetch(thread, arg)? {
                    Some(value) => values.push(value),
                    None => return Ok(Value::none()),
                }
            }
        }
    }
    for keyword in cast::<Tuple>(keywords).map(|keywords| keywords.items().to_vec()).unwrap_or_default() {
        match fetch(thread, &keyword)? {
            Some(value) => values.push(value),
            None => return Ok(Value::none()),
        }
    }
    Tuple::new(thread, values)
}
