//! The interpreter.
//!
//! | file           | concept                                              |
//! |----------------|------------------------------------------------------|
//! | `instr`        | the instructions as they are run                     |
//! | `frame`, `top` | frames; the top of the evaluation stack              |
//! | `run`, `hot`   | the dispatch loop; instructions in frequent forms    |
//! | `step`         | every instruction in full, with `step_control`       |
//! | `calls`        | pushing and popping frames; `binding`: arguments     |
//! | `names`        | globals, builtins, namespaces, free variables        |
//! | `attributes`   | attribute instructions and their caches              |
//! | `cache_entry`  | what does not fit into a word of a cache             |
//! | `operations`   | what other instructions do out of line               |
//! | `unwind`       | exceptions, groups; `handlers`: exception tables     |
//! | `import`       | the import statement                                 |
//! | `frame_object` | frames as programs see them; `positions`: their lines |
//! | `monitor`      | watching programs: monitoring, tracing, profiling    |
//! | `line_jump`    | setting `f_lineno`                                   |
//! | `suggestions`  | "did you mean"                                       |
//! | `super_call`   | `super()` without arguments                          |

mod attributes;
mod binding;
mod cache_entry;
pub mod calls;
pub mod frame;
pub mod frame_object;
pub(crate) mod handlers;
pub(crate) mod held;
mod hot;
pub mod import;
pub mod instr;
pub mod line_jump;
pub mod monitor;
mod names;
mod operations;
pub mod positions;
pub(crate) mod run;
pub(crate) mod specialized;
mod step;
mod step_control;
mod step_words;
pub mod suggestions;
mod super_call;
pub(crate) mod top;
pub(crate) mod unwind;
pub mod verify;

use memory::Value;
use threads::{Requests, Thread};

pub(crate) use crate::state::each_state;
pub use calls::{call_function, call_with_namespace};
pub use super_call::super_arguments;

use crate::error::{Raised, Result};
use crate::native::Args;
use crate::object::cast;
use crate::state::ThreadState;
use crate::types::code::Code;
use crate::types::function::{self, Function};
use crate::types::{Dict, DictExt, Str};

/// Answers what a safepoint leaves to the language: signals, asynchronous exceptions.
///
/// # Errors
/// What a signal handler or an asynchronous exception raises.
pub fn answer_requests(thread: &mut Thread, requests: Requests) -> Result<()> {
    crate::state::answer(thread, requests)
}

/// Runs `f` with the calling thread's state, if it runs Python.
pub(crate) fn with_state(f: impl FnOnce(&ThreadState)) {
    if let Some(thread) = threads::current_context()
        && !thread.language().is_null()
    {
        f(ThreadState::of(thread));
    }
}

/// A StopIteration that was caught where an iterator's end was expected: tools hear of it.
///
/// # Errors
/// What a tool raises.
pub(crate) fn stop_iteration_seen(thread: &mut Thread, raised: &Raised) -> Result<()> {
    if !monitor::exceptions_watched() {
        return Ok(());
    }
    let state: *const ThreadState = ThreadState::of(thread);
    // SAFETY: INV-STATE-1: the state lives as long as the thread runs Python.
    let state = unsafe { &*state };
    let mut seen = Raised::new(raised.value().clone());
    monitor::fire::exceptional(thread, state, state.frames.current.get(), monitor::event::RAISE, &mut seen);
    if seen.value().is(raised.value()) { Ok(()) } else { Err(seen) }
}

/// An iterator has ended with a value, as a generator that returns one does: to tools that is a StopIteration.
///
/// # Errors
/// What a tool raises.
pub(crate) fn stop_value_seen(thread: &mut Thread, value: Value) -> Result<()> {
    if !monitor::exceptions_watched() {
        return Ok(());
    }
    let raised = crate::error::stop_iteration(value);
    stop_iteration_seen(thread, &raised)
}

/// Raises an exception in the frame that was just pushed, and runs it on.
///
/// # Errors
/// What comes out of the frame.
pub(crate) fn throw_into_frame(thread: &mut Thread, raised: Raised) -> Result<Value> {
    let state: *const ThreadState = ThreadState::of(thread);
    // SAFETY: INV-STATE-1: the state lives as long as the thread runs Python.
    let state = unsafe { &*state };
    let stack: *const memory::EvalStack = memory::stack(thread);
    // SAFETY: a thread's stack lives as long as the thread.
    let stack = unsafe { &*stack };
    let mut raised = raised;
    unwind::chain(thread, state, &raised);
    if monitor::exceptions_watched() {
        let frame = state.frames.current.get();
        // SAFETY: the frame that was just pushed.
        monitor::code::renew(unsafe { &*frame }.code());
        monitor::fire::exceptional(thread, state, frame, monitor::event::PY_THROW, &mut raised);
    }
    // The frame stands after the `yield` (or at its first line), but what protects is what surrounds the `yield`.
    // SAFETY: the frame that was just pushed.
    let at = unsafe { &*state.frames.current.get() }.pc.wrapping_sub(1);
    match unwind::unwind(thread, state, stack, Some(at), raised) {
        Ok(()) => run::run(thread),
        Err(raised) => Err(raised),
    }
}

/// An attribute of the `sys` module.
pub fn sys_attribute(thread: &mut Thread, name: &str) -> Option<Value> {
    let dict = crate::state::Runtime::get()?.sys_dict()?;
    let name = Str::interned(thread, name).ok()?;
    cast::<Dict>(dict)?.get_str(thread, &name)
}

/// As [`sys_attribute`], by an interned name.
pub fn sys_value(thread: &mut Thread, name: &Value) -> Option<Value> {
    let dict = crate::state::Runtime::get()?.sys_dict()?;
    cast::<Dict>(dict)?.get_str(thread, name)
}

/// A builtin by name.
pub fn builtin_class(thread: &mut Thread, name: &str) -> Option<Value> {
    let dict = crate::state::Runtime::get()?.builtins_dict()?;
    let name = Str::interned(thread, name).ok()?;
    cast::<Dict>(dict)?.get_str(thread, &name)
}

/// `__name__` of the running code's globals.
pub fn current_module_name(thread: &mut Thread) -> Option<Value> {
    let globals = current_globals(thread)?;
    cast::<Dict>(&globals)?.get_str(thread, crate::names::__name__())
}

/// `__module__` of the function whose frame is `depth` below the running one.
pub fn module_of_frame(thread: &Thread, depth: usize) -> Option<Value> {
    let frame = ThreadState::of(thread).frames.active().nth(depth)?;
    // SAFETY: an active frame of this thread.
    let function = unsafe { &*frame }.function();
    function.payload().module(function.header())
}

/// The globals, the file's name and the line of the frame that is `depth` below the running one.
pub fn place_of_frame(thread: &Thread, depth: usize) -> Option<(Value, Value, i32)> {
    let frame = ThreadState::of(thread).frames.active().nth(depth)?;
    // SAFETY: an active frame of this thread.
    let frame = unsafe { &*frame };
    let function = frame.function();
    let globals = function.payload().globals(function.header())?;
    let code = frame.code().payload();
    let line = positions::line_of(code, frame.instruction() as i64).unwrap_or(code.first_line);
    Some((globals, code.filename.clone(), line))
}

/// The running code's globals.
pub fn current_globals(thread: &Thread) -> Option<Value> {
    let frame = ThreadState::of(thread).frames.current.get();
    if frame.is_null() {
        return None;
    }
    // SAFETY: the running frame is in use.
    let function = unsafe { &*frame }.function();
    function.payload().globals(function.header())
}

/// The running frame's object; the frame `depth` below it.
///
/// # Errors
/// ValueError if the stack is not that deep; MemoryError.
pub fn current_frame(thread: &Thread, depth: usize) -> Result<Value> {
    let frame = ThreadState::of(thread).frames.active().nth(depth);
    match frame {
        Some(frame) => frame_object::of(thread, frame),
        None => Err(crate::error::value_error("call stack is not deep enough")),
    }
}

/// Runs code with these globals and, for a module or class body, this namespace.
///
/// # Errors
/// What the code raises.
pub fn eval_code(
    thread: &mut Thread,
    code: &Value,
    globals: &Value,
    namespace: Option<&Value>,
) -> Result<Value> {
    eval_code_closure(thread, code, globals, namespace, None)
}

/// As [`eval_code`], for code with free variables.
///
/// # Errors
/// What the code raises.
pub fn eval_code_closure(
    thread: &mut Thread,
    code: &Value,
    globals: &Value,
    namespace: Option<&Value>,
    closure: Option<&Value>,
) -> Result<Value> {
    let Some(dict) = cast::<Dict>(globals) else {
        return Err(crate::error::type_error("globals must be a dict"));
    };
    let builtins = builtins_of(thread, dict)?;
    let module = dict.get_str(thread, crate::names::__name__());
    let function = function::new(thread, code, globals.clone(), builtins, module)?;
    if let (Some(object), Some(closure)) = (cast::<Function>(&function), closure) {
        drop(object.payload().closure.replace(thread, object.header(), Some(closure.clone())));
    }
    let optimized = cast::<Code>(code)
        .is_some_and(|code| code.payload().flags & crate::types::code::flag::OPTIMIZED != 0);
    let namespace = if optimized { None } else { Some(namespace.unwrap_or(globals).clone()) };
    call_with_namespace(thread, &function, Args::none(), namespace)
}

/// The builtins that code with these globals sees.
///
/// # Errors
/// MemoryError.
pub fn builtins_of(thread: &mut Thread, globals: &memory::Object<Dict>) -> Result<Value> {
    if let Some(found) = globals.get_str(thread, crate::names::__builtins__()) {
        if cast::<crate::types::module::Module>(&found).is_some() {
            return crate::types::module::dict(thread, &found);
        }
        return Ok(found);
    }
    // Those of the code that runs.
    let frame = ThreadState::of(thread).frames.current.get();
    if !frame.is_null() {
        // SAFETY: the running frame is in use.
        let function = unsafe { &*frame }.function();
        if let Some(builtins) = function.payload().builtins(function.header()) {
            return Ok(builtins);
        }
    }
    match crate::state::Runtime::get().and_then(crate::state::Runtime::builtins_dict) {
        Some(dict) => Ok(dict.clone()),
        None => Dict::new(thread),
    }
}

/// Calls the function of a class body with `namespace` for its names.
///
/// # Errors
/// What the body raises.
pub fn call_body(thread: &mut Thread, function: &Value, namespace: &Value) -> Result<Value> {
    call_with_namespace(thread, function, Args::none(), Some(namespace.clone()))
}

/// Compiles source text to a code object.
///
/// # Errors
/// SyntaxError.
pub fn compile(
    thread: &mut Thread,
    source: &str,
    filename: &str,
    mode: compiler::Mode,
    optimize: u8,
) -> Result<Value> {
    crate::compile::compile(thread, source, filename, mode, optimize)
}

/// A builtin by name, as the running code sees it.
///
/// # Errors
/// AttributeError if a program has taken it away; what its comparing of names raises.
pub fn builtin(thread: &mut Thread, name: &str) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    let frame = ThreadState::of(thread).frames.current.get();
    let seen = if frame.is_null() {
        None
    } else {
        // SAFETY: the running frame is in use.
        let function = unsafe { &*frame }.function();
        function.payload().builtins(function.header())
    };
    let builtins = seen.or_else(|| crate::state::Runtime::get()?.builtins_dict().cloned());
    let found = match &builtins {
        Some(builtins) => names::get_from(thread, builtins, &name)?,
        None => None,
    };
    found.ok_or_else(|| crate::error::attribute_error(name))
}

/// Adds an entry for the running frame to the traceback of an exception.
///
/// # Errors
/// MemoryError.
pub(crate) fn add_current_entry(thread: &mut Thread, exception: &Value) -> Result<()> {
    let frame = ThreadState::of(thread).frames.current.get();
    if frame.is_null() {
        return Ok(());
    }
    crate::types::traceback::add_entry(thread, frame, exception)
}

/// Imports a module by its absolute name.
///
/// # Errors
/// What importing raises.
pub fn import_module(thread: &mut Thread, name: &str) -> Result<Value> {
    import::module_named(thread, name)
}

/// The class `super`.
fn super_class() -> Value {
    <crate::types::super_object::Super as crate::class::Payload>::def().value()
}
