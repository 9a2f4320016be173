//! Methods and attributes of generators and coroutines, and how an exception gets into one.

use memory::{Object, Value};
use threads::Thread;
use threads::sync::atomic::Ordering;

use super::exception;
use super::generator::{self, Generator, Sent, State, With};
use super::{Str, StrExt, Tuple, TupleExt, code, int};
use crate::class::{TypeExt, class_of, lookup};
use crate::error::{
    DEPRECATION_WARNING, GENERATOR_EXIT, Raised, Result, STOP_ITERATION, runtime_error, stop_iteration,
    type_error,
};
use crate::interp::frame_object;
use crate::native::{GetSet, NativeDef};
use crate::object::cast;
use crate::state::ThreadState;
use crate::{call, names, ops};

/// Methods of generators.
pub static GENERATOR_METHODS: &[&[NativeDef]] = &[of_generators::METHODS, generators::METHODS];
/// Computed attributes of generators.
pub static GENERATOR_GETSETS: &[&[GetSet]] = &[of_generators::GETSETS, generators::GETSETS];
/// Methods of coroutines.
pub static COROUTINE_METHODS: &[&[NativeDef]] = &[of_coroutines::METHODS, coroutines::METHODS];
/// Computed attributes of coroutines.
pub static COROUTINE_GETSETS: &[&[GetSet]] = &[of_coroutines::GETSETS, coroutines::GETSETS];

/// What a method answers for what came out of a generator.
///
/// # Errors
/// StopIteration for what it returned, or what it raised.
pub(super) fn answer(sent: Sent) -> Result<Value> {
    match sent {
        Sent::Yielded(item) => Ok(item),
        Sent::Returned(result) => Err(returned(result)),
    }
}

/// The StopIteration that says what a generator returned.
pub(super) fn returned(result: Value) -> Raised {
    if result.is_none() {
        return stop_iteration(());
    }
    stop_iteration(result)
}

/// The exception that `throw`'s arguments mean.
///
/// # Errors
/// TypeError for what is none; what making it raises.
pub(super) fn thrown(thread: &mut Thread, given: &[Value]) -> Result<Raised> {
    let [class, rest @ ..] = given else {
        return Err(type_error("throw expected at least 1 argument, got 0"));
    };
    let traceback = rest.get(1).filter(|traceback| !traceback.is_none());
    if let Some(traceback) = traceback
        && cast::<super::traceback::Traceback>(traceback).is_none()
    {
        return Err(type_error("throw() third argument must be a traceback object"));
    }
    let value = rest.first().filter(|value| !value.is_none());
    let instance = if exception::is_exception_class(class) {
        // A class that cannot be instantiated does not keep the generator from getting an exception: it gets that one.
        match instance_of(thread, class, value) {
            Ok(instance) => instance,
            Err(raised) => raised.into_value(),
        }
    } else if exception::is_exception(class) {
        if value.is_some() {
            return Err(type_error("instance exception may not have a separate value"));
        }
        class.clone()
    } else {
        return Err(type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            class_of(class).name_lossy()
        )));
    };
    if let Some(traceback) = traceback {
        exception::set_traceback(thread, &instance, Some(traceback.clone()));
    }
    // It is raised beside what the generator handles, not what its caller does.
    exception::first_raised(&instance);
    Ok(Raised::new(instance))
}

/// An instance of an exception class, made from the second argument of `throw`.
fn instance_of(thread: &mut Thread, class: &Value, value: Option<&Value>) -> Result<Value> {
    let instance = match value {
        None => call::call_positional(thread, class, &[])?,
        Some(value) if ops::is_instance(thread, value, class)? => value.clone(),
        Some(value) => match cast::<Tuple>(value) {
            Some(args) => call::call_positional(thread, class, args.items())?,
            None => call::call_one(thread, class, value)?,
        },
    };
    if exception::is_exception(&instance) {
        return Ok(instance);
    }
    Err(type_error(format!(
        "calling {} should have returned an instance of BaseException, not {}",
        ops::repr_text(thread, class)?,
        class_of(&instance).name_lossy()
    )))
}

/// Warns of the arguments that `throw` took before exceptions knew their tracebacks.
///
/// # Errors
/// The warning, if the filters turn it into an exception.
pub(super) fn warn_of_triple(thread: &mut Thread, name: &str, given: &[Value]) -> Result<()> {
    if given.len() > 3 {
        return Err(type_error(format!("{name} expected at most 3 arguments, got {}", given.len())));
    }
    if given.is_empty() {
        return Err(type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    if given.len() > 1 {
        let message = format!(
            "the (type, exc, tb) signature of {name}() is deprecated, use the single-arg signature instead."
        );
        crate::hooks::warn(thread, &DEPRECATION_WARNING, &message, 1)?;
    }
    Ok(())
}

/// Raises an exception where a generator stands, or in what it delegates to. A GeneratorExit closes the delegate first if
/// `close_on_exit`.
///
/// # Errors
/// What comes out of it.
pub fn throw(thread: &mut Thread, value: &Value, raised: Raised, close_on_exit: bool) -> Result<Sent> {
    crate::state::check_stack(thread, "")?;
    let Some(object) = cast::<Generator>(value) else { return Err(type_error("not a generator")) };
    let Some(delegate) = generator::delegate(thread, object) else {
        return generator::resume(thread, value, With::Raise(raised));
    };
    if raised.is(&GENERATOR_EXIT) && close_on_exit {
        return generator::through_delegate(thread, value, |thread| {
            Err(close_delegate(thread, &delegate).err().unwrap_or(raised))
        });
    }
    if cast::<Generator>(&delegate).is_some() && !generator::is_async(&delegate) {
        return generator::through_delegate(thread, value, |thread| {
            // The delegate has ended: by returning (its value is that of the `yield from`) or by raising.
            match throw(thread, &delegate, raised, close_on_exit)? {
                Sent::Yielded(item) => Ok(item),
                Sent::Returned(result) => Err(returned(result)),
            }
        });
    }
    match lookup::getattr_or_none(thread, &delegate, names::throw())? {
        None => generator::resume(thread, value, With::Raise(raised)),
        Some(method) => generator::through_delegate(thread, value, |thread| {
            call::call_one(thread, &method, raised.value())
        }),
    }
}

/// Closes what a generator delegates to.
///
/// # Errors
/// What `close` raises.
pub fn close_delegate(thread: &mut Thread, delegate: &Value) -> Result<()> {
    if cast::<Generator>(delegate).is_some() && !generator::is_async(delegate) {
        return close(thread, delegate).map(drop);
    }
    match lookup::getattr_or_none(thread, delegate, names::close()) {
        Ok(Some(close)) => call::call_positional(thread, &close, &[]).map(drop),
        Ok(None) => Ok(()),
        Err(raised) => {
            crate::hooks::unraisable(
                thread,
                raised,
                Some("Exception ignored in generator close"),
                Some(delegate),
            );
            Ok(())
        }
    }
}

/// `close()`.
///
/// # Errors
/// RuntimeError if the generator ignores GeneratorExit, or what it raises.
pub fn close(thread: &mut Thread, value: &Value) -> Result<Value> {
    crate::state::check_stack(thread, "")?;
    let Some(object) = cast::<Generator>(value) else { return Ok(Value::none()) };
    match generator::state_of(thread, object) {
        State::Finished => return Ok(Value::none()),
        State::Created => {
            generator::end(thread, object);
            return Ok(Value::none());
        }
        State::Running => {
            return Err(crate::error::value_error(format!("{} already executing", generator::kind(value))));
        }
        State::Suspended => {}
    }
    let ended = if let Some(delegate) = generator::delegate(thread, object) {
        generator::through_delegate(thread, value, |thread| {
            Err(close_delegate(thread, &delegate).err().unwrap_or_else(|| crate::error::generator_exit(())))
        })
    } else if generator::is_unprotected(thread, object) {
        generator::end(thread, object);
        return Ok(Value::none());
    } else {
        generator::resume(thread, value, With::Raise(crate::error::generator_exit(())))
    };
    match ended {
        Ok(Sent::Yielded(_)) => {
            Err(runtime_error(format!("{} ignored GeneratorExit", generator::kind(value))))
        }
        Ok(Sent::Returned(result)) => Ok(result),
        Err(raised) if raised.is(&GENERATOR_EXIT) => Ok(Value::none()),
        Err(raised) if raised.is(&STOP_ITERATION) => Ok(generator::stop_value(thread, &raised)),
        Err(raised) => Err(raised),
    }
}

/// Notes where a coroutine was made, if that is asked for: file, line and function of the calls around it.
///
/// # Errors
/// MemoryError.
pub fn note_origin(thread: &mut Thread, value: &Value) -> Result<()> {
    let depth = crate::state::origin_depth(thread);
    if depth == 0 {
        return Ok(());
    }
    let Some(object) = cast::<Generator>(value) else { return Ok(()) };
    let mut entries = Vec::new();
    let places: Vec<(Value, i32, Value)> = ThreadState::of(thread)
        .frames
        .active()
        .skip(1)
        .take(depth)
        .map(|frame| {
            // SAFETY: an active frame of this thread.
            let frame = unsafe { &*frame };
            let code = frame.code().payload();
            let line = crate::interp::positions::line_of(code, frame.instruction() as i64);
            (code.filename.clone(), line.unwrap_or(code.first_line), code.name.clone())
        })
        .collect();
    for (file, line, name) in places {
        let line = int::from_i64(thread, line.into())?;
        entries.push(Tuple::of_array(thread, [file, line, name])?);
    }
    let origin = Tuple::new(thread, entries)?;
    drop(object.payload().extra.replace(thread, object.header(), Some(origin)));
    Ok(())
}

/// `repr()` of a generator.
///
/// # Errors
/// MemoryError.
pub fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let name = qualname_text(value);
    Str::new(
        thread,
        &format!("<{} object {name} at {:#x}>", class_of(value).name_lossy(), value.word().bits()),
    )
}

/// `__qualname__` as text.
pub(super) fn qualname_text(value: &Value) -> String {
    let name = cast::<Generator>(value).and_then(|object| object.payload().qualname.get(object.header()));
    name.as_ref().and_then(cast::<Str>).map(|name| name.to_string_lossy()).unwrap_or_default()
}

/// The frame object of a generator; None if it has ended.
///
/// # Errors
/// MemoryError.
pub(super) fn frame(thread: &mut Thread, generator: &Object<Generator>) -> Result<Value> {
    frame_object::of_generator(thread, generator)
}

/// Sets `__name__` or `__qualname__`.
///
/// # Errors
/// TypeError for what is no str.
pub(super) fn set_name(
    thread: &mut Thread,
    generator: &Object<Generator>,
    qualified: bool,
    value: Option<&Value>,
) -> Result<()> {
    let payload = generator.payload();
    let (slot, name) =
        if qualified { (&payload.qualname, "__qualname__") } else { (&payload.name, "__name__") };
    match value.filter(|value| cast::<Str>(value).is_some()) {
        Some(value) => {
            drop(slot.replace(thread, generator.header(), Some(value.clone())));
            Ok(())
        }
        None => Err(type_error(format!("{name} must be set to a string object"))),
    }
}

/// Whether an asynchronous generator's flag is set.
pub(super) fn flag(generator: &Object<Generator>, flag: u8) -> bool {
    generator.payload().flags.load(Ordering::Acquire) & flag != 0
}

/// What generators, coroutines and asynchronous generators have in common, said in the words of each.
macro_rules! common {
    ($module:ident $class:literal
        $name_doc:literal $qualname_doc:literal
        $delegate:ident $delegate_doc:literal
        $frame:ident $frame_doc:literal
        $suspended:ident $suspended_doc:literal
        $code:ident $code_doc:literal) => {
        #[native::methods(Generator, name = $class)]
        pub(super) mod $module {
            use super::*;

            /// See PEP 585
            #[class_method]
            pub fn __class_getitem__(th: &mut Thread, class: &Value, item: &Value) -> Result<Value> {
                crate::types::generic_alias::new(th, class, item)
            }

            #[doc = $name_doc]
            #[getter]
            #[name("__name__")]
            pub fn name(this: &Object<Generator>) -> Option<Value> {
                this.payload().name.get(this.header())
            }

            /// Sets the name.
            #[setter("__name__")]
            pub fn set_name(th: &mut Thread, this: &Object<Generator>, value: Option<&Value>) -> Result<()> {
                super::set_name(th, this, false, value)
            }

            #[doc = $qualname_doc]
            #[getter]
            #[name("__qualname__")]
            pub fn qualname(this: &Object<Generator>) -> Option<Value> {
                this.payload().qualname.get(this.header())
            }

            /// Sets the qualified name.
            #[setter("__qualname__")]
            pub fn set_qualname(
                th: &mut Thread,
                this: &Object<Generator>,
                value: Option<&Value>,
            ) -> Result<()> {
                super::set_name(th, this, true, value)
            }

            #[doc = $delegate_doc]
            #[getter]
            pub fn $delegate(th: &mut Thread, this: &Object<Generator>) -> Option<Value> {
                generator::delegate(th, this)
            }

            #[doc = $frame_doc]
            #[getter]
            pub fn $frame(th: &mut Thread, this: &Object<Generator>) -> Result<Value> {
                frame(th, this)
            }

            #[doc = $suspended_doc]
            #[getter]
            pub fn $suspended(th: &mut Thread, this: &Object<Generator>) -> bool {
                generator::state_of(th, this) == State::Suspended
            }

            #[doc = $code_doc]
            #[getter]
            pub fn $code(this: &Object<Generator>) -> Value {
                crate::object::to_value::<code::Code>(this.payload().code())
            }
        }
    };
}

common!(of_generators "generator"
    "name of the generator" "qualified name of the generator"
    gi_yieldfrom "object being iterated by yield from, or None"
    gi_frame "The frame of the generator, or None."
    gi_suspended "Whether the generator stands at a `yield`."
    gi_code "The code of the generator.");
common!(of_coroutines "coroutine"
    "name of the coroutine" "qualified name of the coroutine"
    cr_await "object being awaited on, or None"
    cr_frame "The frame of the coroutine, or None."
    cr_suspended "Whether the coroutine stands at an `await`."
    cr_code "The code of the coroutine.");
common!(of_async_generators "async_generator"
    "name of the async generator" "qualified name of the async generator"
    ag_await "object being awaited on, or None"
    ag_frame "The frame of the generator, or None."
    ag_suspended "Whether the generator stands at a `yield` or an `await`."
    ag_code "The code of the generator.");

/// Methods and attributes of generators.
#[native::methods(Generator, name = "generator")]
mod generators {
    use super::*;
    use crate::native::Rest;

    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[sig("($self, value, /)", hidden)]
    pub fn send(th: &mut Thread, this: &Value, value: &Value) -> Result<Value> {
        answer(generator::resume(th, this, With::Value(value.clone()))?)
    }

    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[sig("($self, /, *args)", hidden)]
    pub fn throw(th: &mut Thread, this: &Value, args: Rest<'_>) -> Result<Value> {
        warn_of_triple(th, "throw", args)?;
        let raised = thrown(th, args)?;
        answer(super::throw(th, this, raised, true)?)
    }

    /// close() -> raise GeneratorExit inside generator.
    #[sig("($self, /)", hidden)]
    pub fn close(th: &mut Thread, this: &Value) -> Result<Value> {
        super::close(th, this)
    }

    /// Whether the generator runs.
    #[getter]
    pub fn gi_running(th: &mut Thread, this: &Object<Generator>) -> bool {
        generator::state_of(th, this) == State::Running
    }
}

/// Methods and attributes of coroutines.
#[native::methods(Generator, name = "coroutine")]
mod coroutines {
    use super::*;
    use crate::native::Rest;

    /// send(arg) -> send 'arg' into coroutine,
    /// return next iterated value or raise StopIteration.
    #[sig("($self, value, /)", hidden)]
    pub fn send(th: &mut Thread, this: &Value, value: &Value) -> Result<Value> {
        answer(generator::resume(th, this, With::Value(value.clone()))?)
    }

    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next iterated value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[sig("($self, /, *args)", hidden)]
    pub fn throw(th: &mut Thread, this: &Value, args: Rest<'_>) -> Result<Value> {
        warn_of_triple(th, "throw", args)?;
        let raised = thrown(th, args)?;
        answer(super::throw(th, this, raised, true)?)
    }

    /// close() -> raise GeneratorExit inside coroutine.
    #[sig("($self, /)", hidden)]
    pub fn close(th: &mut Thread, this: &Value) -> Result<Value> {
        super::close(th, this)
    }

    /// Whether the coroutine runs.
    #[getter]
    pub fn cr_running(th: &mut Thread, this: &Object<Generator>) -> bool {
        generator::state_of(th, this) == State::Running
    }

    /// Where the coroutine was made, or None.
    #[getter]
    pub fn cr_origin(this: &Object<Generator>) -> Option<Value> {
        this.payload().extra.get(this.header())
    }
}
