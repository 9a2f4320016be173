//! Methods of generators, coroutines and asynchronous generators.

use memory::Value;
use threads::Thread;

use super::generator::{self, Generator, Sent, With};
use super::{Str, StrExt};
use crate::class::{Slots, TypeExt, class_of, lookup};
use crate::error::{Raised, Result, not_implemented_error, stop_iteration};
use crate::names;
use crate::native::{GetSet, Kind, NativeDef, Params};
use crate::object::cast;

const fn params(names: &'static [&'static str], required: usize) -> Params {
    Params {
        posonly: names.len(),
        positional: names.len(),
        required,
        names,
        kwonly_required: 0,
        var_positional: false,
        var_keyword: false,
    }
}

static NONE: Params = params(&[], 0);
static ONE: Params = params(&["value"], 1);
static THREE: Params = params(&["type", "value", "traceback"], 1);

static COMMON: &[NativeDef] = &[
    NativeDef {
        name: "send",
        qualname: "generator.send",
        doc: "Send 'value' into the generator,\nreturn next yielded value or raise StopIteration.",
        signature: Some("($self, value, /)"),
        kind: Kind::Method,
        params: &ONE,
        call: |thread, def, args, names| {
            let [value, sent] = args else {
                return Err(crate::native::wrong_arguments(thread, def, args, names));
            };
            let sent = generator_send(thread, value, sent);
            answer(thread, sent)
        },
    },
    NativeDef {
        name: "throw",
        qualname: "generator.throw",
        doc: "Raise exception in generator, return next yielded value or raise\nStopIteration.",
        signature: None,
        kind: Kind::Method,
        params: &THREE,
        call: |thread, def, args, names| {
            let [value, given @ ..] = args else {
                return Err(crate::native::wrong_arguments(thread, def, args, names));
            };
            if given.is_empty() || given.len() > 3 || names.is_some() {
                return Err(crate::native::wrong_arguments(thread, def, args, names));
            }
            let raised = thrown(thread, given)?;
            let sent = throw(thread, value, raised);
            answer(thread, sent)
        },
    },
    NativeDef {
        name: "close",
        qualname: "generator.close",
        doc: "Raise GeneratorExit inside generator.",
        signature: Some("($self, /)"),
        kind: Kind::Method,
        params: &NONE,
        call: |thread, def, args, names| {
            let [value] = args else { return Err(crate::native::wrong_arguments(thread, def, args, names)) };
            generator::close(thread, value)
        },
    },
];

/// Methods of generators.
pub static GENERATOR_METHODS: &[&[NativeDef]] = &[COMMON];
/// Computed attributes of generators.
pub static GENERATOR_GETSETS: &[&[GetSet]] = &[];
/// Methods of coroutines.
pub static COROUTINE_METHODS: &[&[NativeDef]] = &[COMMON];
/// Computed attributes of coroutines.
pub static COROUTINE_GETSETS: &[&[GetSet]] = &[];
/// Methods of asynchronous generators.
pub static ASYNC_METHODS: &[&[NativeDef]] = &[];
/// Computed attributes of asynchronous generators.
pub static ASYNC_GETSETS: &[&[GetSet]] = &[];

/// Slots of asynchronous generators.
pub fn async_slots(slots: &Slots) {
    slots.repr.set(repr);
}

fn generator_send(thread: &mut Thread, value: &Value, sent: &Value) -> Result<Sent> {
    generator::resume(thread, value, With::Value(sent.clone()))
}

fn answer(_: &mut Thread, sent: Result<Sent>) -> Result<Value> {
    match sent? {
        Sent::Yielded(item) => Ok(item),
        Sent::Returned(result) if result.is_none() => Err(stop_iteration(())),
        Sent::Returned(result) => Err(stop_iteration(result)),
    }
}

/// The exception that `throw`'s arguments mean.
fn thrown(thread: &mut Thread, given: &[Value]) -> Result<Raised> {
    use crate::types::exception;
    let class = &given[0];
    let traceback = given.get(2).filter(|tb| !tb.is_none());
    if let Some(traceback) = traceback
        && cast::<super::traceback::Traceback>(traceback).is_none()
    {
        return Err(crate::error::type_error("throw() third argument must be a traceback object"));
    }
    let instance = if exception::is_exception_class(class) {
        match given.get(1) {
            None => crate::call::call_positional(thread, class, &[])?,
            Some(value) if value.is_none() => crate::call::call_positional(thread, class, &[])?,
            Some(value) if crate::ops::is_instance(thread, value, class)? => value.clone(),
            Some(value) => match cast::<super::Tuple>(value) {
                Some(args) => {
                    use super::TupleExt;
                    crate::call::call_positional(thread, class, args.items())?
                }
                None => crate::call::call_one(thread, class, value)?,
            },
        }
    } else if exception::is_exception(class) {
        if given.get(1).is_some_and(|value| !value.is_none()) {
            return Err(crate::error::type_error("instance exception may not have a separate value"));
        }
        class.clone()
    } else {
        return Err(crate::error::type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            class_of(class).name_lossy()
        )));
    };
    if let Some(traceback) = traceback {
        exception::set_traceback(thread, &instance, Some(traceback.clone()));
    }
    Ok(Raised::new(instance))
}

/// Raises an exception where a generator stands, or in what it delegates to.
///
/// # Errors
/// What comes out of it.
pub fn throw(thread: &mut Thread, value: &Value, raised: Raised) -> Result<Sent> {
    if let Some(object) = cast::<Generator>(value)
        && let Some(delegate) = generator::delegate(thread, object)
    {
        if raised.is(&crate::error::GENERATOR_EXIT) {
            return match close_delegate(thread, &delegate) {
                Ok(()) => generator::resume(thread, value, With::Raise(raised)),
                Err(other) => generator::resume(thread, value, With::Raise(other)),
            };
        }
        let result = if cast::<Generator>(&delegate).is_some() {
            match throw(thread, &delegate, raised) {
                Ok(Sent::Yielded(item)) => return Ok(Sent::Yielded(item)),
                Ok(Sent::Returned(result)) => Ok(result),
                Err(raised) => Err(raised),
            }
        } else {
            match lookup::getattr_or_none(thread, &delegate, names::throw())? {
                None => return generator::resume(thread, value, With::Raise(raised)),
                Some(method) => match crate::call::call_one(thread, &method, raised.value()) {
                    Ok(item) => return Ok(Sent::Yielded(item)),
                    Err(raised) => Err(raised),
                },
            }
        };
        // The delegate has ended: by returning (its value is that of the `yield from`) or by raising.
        let raised = match result {
            Ok(result) if result.is_none() => stop_iteration(()),
            Ok(result) => stop_iteration(result),
            Err(raised) => raised,
        };
        return generator::resume(thread, value, With::Raise(raised));
    }
    generator::resume(thread, value, With::Raise(raised))
}

/// Closes what a generator delegates to.
///
/// # Errors
/// What `close` raises.
pub fn close_delegate(thread: &mut Thread, delegate: &Value) -> Result<()> {
    if cast::<Generator>(delegate).is_some() {
        return generator::close(thread, delegate).map(drop);
    }
    match lookup::getattr_or_none(thread, delegate, names::close())? {
        Some(close) => generator::call_nothing(thread, &close).map(drop),
        None => Ok(()),
    }
}

/// What happens to a generator that nobody refers to any more.
pub fn finalize(thread: &mut Thread, value: &Value) {
    if let Err(raised) = generator::close(thread, value) {
        crate::hooks::unraisable(
            thread,
            raised,
            Some("Exception ignored while closing generator"),
            Some(value),
        );
    }
}

/// Notes where a coroutine was made, if that is asked for.
pub fn note_origin(_: &mut Thread, _: &Value) {}

/// `coroutine.__await__`.
///
/// # Errors
/// None so far.
pub fn coroutine_await(_: &mut Thread, value: &Value) -> Result<Value> {
    Ok(value.clone())
}

/// A value that an asynchronous generator yields.
///
/// # Errors
/// NotImplementedError so far.
pub fn wrap_async(_: &mut Thread, _: &Value) -> Result<Value> {
    Err(not_implemented_error("asynchronous generators"))
}

/// `repr()` of a generator.
///
/// # Errors
/// MemoryError.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let name =
        cast::<Generator>(value).and_then(|generator| generator.payload().qualname.get(generator.header()));
    let name = name.as_ref().and_then(cast::<Str>).map(|name| name.to_string_lossy()).unwrap_or_default();
    Str::new(
        thread,
        &format!("<{} object {name} at {:#x}>", class_of(value).name_lossy(), value.word().bits()),
    )
}
