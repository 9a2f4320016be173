//! The class of tasks: a future that steps a coroutine through its loop.

use runtime::class::{ClassDef, ClassFlags, Payload, Slots};
use runtime::error::{Result, type_error};
use runtime::native::{Args, GetSet, NativeDef, Object};
use runtime::object::cast;
use runtime::types::generator;
use runtime::types::{Str, StrExt, int};
use runtime::{Thread, Value, call, ops};
use threads::sync::atomic::{AtomicU64, Ordering};

use super::future::{self, Future, Status, call_soon, exact, flag, loop_of, set_flag};
use super::{names, registry, running, step, task_methods};
use crate::{contextvars, support};

static METHODS: &[&[NativeDef]] = &[task_methods::methods::METHODS];
static GETSETS: &[&[GetSet]] = &[task_methods::methods::GETSETS];
const FLAGS: ClassFlags = ClassFlags::BASETYPE.union(ClassFlags::HAS_WEAKREF).union(ClassFlags::HAS_DICT);

/// The class.
pub static TASK: ClassDef = runtime::object::derive::<Future>("Task", FLAGS, 0)
    .with_base_of(<Future as Payload>::def)
    .with_module("_asyncio")
    .with_doc("A coroutine wrapped in a Future.")
    .with_signature("(coro, *, loop=None, name=None, context=None, eager_start=False)")
    .with_new(future::new)
    .with_slots(slots)
    .with_methods(METHODS)
    .with_getsets(GETSETS);

fn slots(slots: &Slots) {
    slots.init.set(|thread, value, args| {
        let given = parameters(args)?;
        begin(thread, value, &given)
    });
    slots.repr.set(|thread, value| {
        let Some(this) = cast::<Future>(value) else { return Err(type_error("a Task is required")) };
        loop_of(this)?;
        names::TASK_REPR.call(thread, std::slice::from_ref(value))
    });
}

/// What `Task.__init__` is given.
#[derive(Default)]
struct Parameters<'a> {
    coroutine: Option<&'a Value>,
    event_loop: Option<&'a Value>,
    name: Option<&'a Value>,
    context: Option<&'a Value>,
    eager: Option<&'a Value>,
}

fn parameters(args: Args<'_>) -> Result<Parameters<'_>> {
    let mut given = Parameters::default();
    let count = args.values.len();
    if count > 5 {
        return Err(type_error(format!("Task() takes at most 5 arguments ({count} given)")));
    }
    let mut unknown = None;
    match args.positionals() {
        [] => {}
        [coroutine] => given.coroutine = Some(coroutine),
        more => {
            let count = more.len();
            return Err(type_error(format!("Task() takes exactly 1 positional argument ({count} given)")));
        }
    }
    for (name, value) in args.keywords() {
        let optional = Some(value).filter(|value| !value.is_none());
        let text = cast::<Str>(name).and_then(StrExt::as_ascii);
        match text {
            Some("coro") if given.coroutine.is_some() => {
                return Err(type_error("argument for Task() given by name ('coro') and position (1)"));
            }
            Some("coro") => given.coroutine = Some(value),
            Some("loop") => given.event_loop = optional,
            Some("name") => given.name = optional,
            Some("context") => given.context = optional,
            Some("eager_start") => given.eager = Some(value),
            _ => unknown = Some(name),
        }
    }
    if given.coroutine.is_none() {
        return Err(type_error("Task() missing required argument 'coro' (pos 1)"));
    }
    match unknown {
        None => Ok(given),
        Some(name) => {
            let name = support::keyword(name);
            Err(type_error(format!("Task() got an unexpected keyword argument '{name}'")))
        }
    }
}

/// How many tasks have been named by number.
static NAMED: AtomicU64 = AtomicU64::new(0);

/// Whether a task can step `value`.
fn is_coroutine(thread: &mut Thread, value: &Value) -> Result<bool> {
    if generator::is_coroutine(value) {
        return Ok(true);
    }
    let answer = names::IS_COROUTINE.call(thread, std::slice::from_ref(value))?;
    ops::is_true(thread, &answer)
}

fn begin(thread: &mut Thread, value: &Value, given: &Parameters<'_>) -> Result<()> {
    let (Some(this), Some(coroutine)) = (cast::<Future>(value), given.coroutine) else {
        return Err(type_error("a Task is required"));
    };
    let eager = match given.eager {
        Some(eager) => ops::is_true(thread, eager)?,
        None => false,
    };
    future::begin(thread, this, given.event_loop)?;
    let payload = this.payload();
    if !is_coroutine(thread, coroutine)? {
        set_flag(&payload.log_destroyed, false);
        let shown = ops::repr_text(thread, coroutine)?;
        return Err(type_error(format!("a coroutine was expected, got {shown}")));
    }
    let context = match given.context {
        Some(context) => context.clone(),
        None => contextvars::copy_current(thread)?,
    };
    let name = match given.name {
        None => {
            // Relaxed: a number of its own is all that a task wants.
            let number = NAMED.fetch_add(1, Ordering::Relaxed) + 1;
            int::from_i128(thread, number.into())?
        }
        Some(name) => text(thread, name)?,
    };
    support::set(thread, this, |task| &task.context, Some(context.clone()));
    support::set(thread, this, |task| &task.waiter, None);
    support::set(thread, this, |task| &task.coroutine, Some(coroutine.clone()));
    support::set(thread, this, |task| &task.name, Some(name));
    set_flag(&payload.must_cancel, false);
    set_flag(&payload.log_destroyed, true);
    payload.cancels.store(0, Ordering::Relaxed);
    registry::forget(this);
    if eager {
        let event_loop = loop_of(this)?;
        let running = call::call_method(thread, &event_loop, names::is_running(thread)?, &[])?;
        if ops::is_true(thread, &running)? {
            return start_eagerly(thread, value, this, &event_loop, &context);
        }
    }
    step::soon(thread, value, this, None)?;
    registry::add(thread, this)
}

/// A name as a str.
pub fn text(thread: &mut Thread, name: &Value) -> Result<Value> {
    if runtime::object::cast_exact::<Str>(name).is_some() { Ok(name.clone()) } else { ops::str(thread, name) }
}

/// Takes the first step at once, in the place of the task that is running.
fn start_eagerly(
    thread: &mut Thread,
    value: &Value,
    this: &Object<Future>,
    event_loop: &Value,
    context: &Value,
) -> Result<()> {
    let before = running::swap(thread, event_loop, Some(value.clone()))?;
    let stepped = registry::add(thread, this)
        .and_then(|()| contextvars::run_in(thread, context, |thread| step::run(thread, value, this, None)));
    let left = running::swap(thread, event_loop, before);
    if this.payload().status() != Status::Pending {
        // What it referred to is not kept until the task dies.
        support::set(thread, this, |task| &task.coroutine, None);
    }
    stepped?;
    left.map(drop)
}

/// `cancel()` of a task.
///
/// # Errors
/// What cancelling that for which it waits raises.
pub fn cancel(thread: &mut Thread, this: &Object<Future>, message: &Value) -> Result<bool> {
    let payload = this.payload();
    set_flag(&payload.log_traceback, false);
    if payload.status() != Status::Pending {
        return Ok(false);
    }
    payload.cancels.fetch_add(1, Ordering::Relaxed);
    if let Some(waiter) = support::get(this, |task| &task.waiter)
        && cancel_waiter(thread, &waiter, message)?
    {
        // It stays there: it may be a task that ignores this, and will have to be cancelled again.
        return Ok(true);
    }
    set_flag(&payload.must_cancel, true);
    support::set(thread, this, |task| &task.message, Some(message.clone()));
    Ok(true)
}

/// Cancels that for which a task waits; whether it lets itself be cancelled.
///
/// # Errors
/// What it raises.
pub fn cancel_waiter(thread: &mut Thread, waiter: &Value, message: &Value) -> Result<bool> {
    let name = names::cancel(thread)?;
    let answer = call::call_method(thread, waiter, name, std::slice::from_ref(message))?;
    ops::is_true(thread, &answer)
}

/// `uncancel()`: how many requests are left.
pub fn uncancel(this: &Object<Future>) -> i64 {
    let payload = this.payload();
    let left = payload.cancels.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| {
        if count > 0 { Some(count - 1) } else { None }
    });
    match left {
        Ok(1) => {
            set_flag(&payload.must_cancel, false);
            0
        }
        Ok(count) => count - 1,
        Err(_) => 0,
    }
}

/// The loop of anything that is like a future.
///
/// # Errors
/// AttributeError, or what asking raises.
pub fn loop_of_any(thread: &mut Thread, value: &Value) -> Result<Value> {
    if let Some(future) = exact(value) {
        return loop_of(future);
    }
    if let Some(get) = runtime::class::lookup::getattr_or_none(thread, value, names::get_loop(thread)?)? {
        return call::call_positional(thread, &get, &[]);
    }
    runtime::class::lookup::getattr(thread, value, names::_loop(thread)?)
}

/// Whether the coroutine is to get a CancelledError; asked once.
pub fn take_must_cancel(this: &Object<Future>) -> bool {
    let must = flag(&this.payload().must_cancel);
    if must {
        set_flag(&this.payload().must_cancel, false);
    }
    must
}

/// Lets the loop call `callback` in the task's context.
///
/// # Errors
/// What `call_soon` raises.
pub fn schedule(thread: &mut Thread, this: &Object<Future>, callback: &Value) -> Result<()> {
    let event_loop = loop_of(this)?;
    let context = support::get(this, |task| &task.context);
    call_soon(thread, &event_loop, callback, None, context.as_ref())
}

/// The arguments of `__init__` of a future: a loop, or none.
///
/// # Errors
/// TypeError.
pub fn future_arguments<'a>(args: Args<'a>) -> Result<Option<&'a Value>> {
    if !args.positionals().is_empty() {
        return Err(type_error("Future() takes no positional arguments"));
    }
    if args.names.len() > 1 {
        let given = args.names.len();
        return Err(type_error(format!("Future() takes at most 1 keyword argument ({given} given)")));
    }
    match args.keywords().next() {
        None => Ok(None),
        Some((name, value)) => match support::keyword(name).as_str() {
            "loop" => Ok(Some(value).filter(|value| !value.is_none())),
            other => Err(type_error(format!("Future() got an unexpected keyword argument '{other}'"))),
        },
    }
}
