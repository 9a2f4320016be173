//! The functions of `sys`.

use runtime::class::lookup::{getattr, getattr_or_none};
use runtime::class::{TypeExt, class_of};
use runtime::config;
use runtime::error::{Raised, Result, SYSTEM_EXIT, TYPE_ERROR, type_error, value_error};
use runtime::interp::monitor::legacy;
use runtime::interp::{self, calls};
use runtime::native::{KwRest, Rest};
use runtime::object::{cast, cast_exact};
use runtime::state;
use runtime::types::async_generator::{FINALIZER, FIRST_ITER};
use runtime::types::{
    Dict, DictExt, Str, StrExt, Tuple, TupleExt, exception, int, int_methods, struct_sequence,
};
use runtime::{Thread, Value, call, native};
use threads::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use super::{audit, hooks, info};

/// `sys.getswitchinterval()`, as the bits of a float. Kept for programs that ask: only `-X gil=1` has turns to take.
static SWITCH_INTERVAL: AtomicU64 = AtomicU64::new(0);

/// `sys.getdlopenflags()`: RTLD_NOW.
static DLOPEN_FLAGS: AtomicI64 = AtomicI64::new(2);

/// Whether the interpreter is going down.
static FINALIZING: AtomicBool = AtomicBool::new(false);

/// From here on `sys.is_finalizing()` is true.
pub fn begin_finalizing() {
    FINALIZING.store(true, Ordering::Release);
}

/// Whether the interpreter is going down.
pub fn is_finalizing() -> bool {
    FINALIZING.load(Ordering::Acquire)
}

fn given(function: &Value) -> Option<Value> {
    if function.is_none() { None } else { Some(function.clone()) }
}

fn audit_name(thread: &mut Thread, name: &str) -> Result<()> {
    if !audit::wanted() {
        return Ok(());
    }
    let name = Str::interned(thread, name)?;
    audit::raise(thread, &name, &[])
}

/// `sys.getsizeof`, without a default.
fn size_of(thread: &mut Thread, object: &Value) -> Result<Value> {
    let name = runtime::interned!(thread, "__sizeof__")?;
    let Some(method) = runtime::class::lookup_special(thread, object, name)? else {
        return Err(type_error(format!("Type {} doesn't define __sizeof__", class_of(object).name_lossy())));
    };
    let size = call::call_positional(thread, &method, &[])?;
    if !int::is_int(&size) {
        return Err(type_error("an integer is required"));
    }
    if int::is_negative(&size) {
        return Err(value_error("__sizeof__() should return >= 0"));
    }
    Ok(size)
}

fn hook_argument(value: Option<&Value>, name: &str) -> Result<()> {
    match value {
        Some(value) if !value.is_none() && !call::is_callable(value) => {
            let class = class_of(value).name_lossy();
            Err(type_error(format!("callable {name} expected, got {class}")))
        }
        _ => Ok(()),
    }
}

fn set_hook(thread: &Thread, key: &'static str, value: Option<&Value>) {
    if let Some(value) = value {
        state::set_extra(thread, key, Some(value.clone()).filter(|value| !value.is_none()));
    }
}

/// This module provides access to some objects used or maintained by the
/// interpreter and to functions that interact strongly with the interpreter.
///
/// Dynamic objects:
///
/// argv -- command line arguments; argv[0] is the script pathname if known
/// path -- module search path; path[0] is the script directory, else ''
/// modules -- dictionary of loaded modules
///
/// displayhook -- called to show results in an interactive session
/// excepthook -- called to handle any uncaught exception other than SystemExit
///   To customize printing in an interactive session or to install a custom
///   top-level exception handler, assign other functions to replace these.
///
/// stdin -- standard input file object; used by input()
/// stdout -- standard output file object; used by print()
/// stderr -- standard error object; used for error messages
///   By assigning other file objects (or objects that behave like files)
///   to these, it is possible to redirect all of the interpreter's I/O.
///
/// last_exc - the last uncaught exception
///   Only available in an interactive session after a
///   traceback has been printed.
/// last_type -- type of last uncaught exception
/// last_value -- value of last uncaught exception
/// last_traceback -- traceback of last uncaught exception
///   These three are the (deprecated) legacy representation of last_exc.
#[native::module("sys")]
pub mod functions {
    use super::*;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        crate::sys::make::fill(th, module)
    }

    /// Print an object to sys.stdout and also save it in builtins._
    pub fn displayhook(th: &mut Thread, object: &Value) -> Result<()> {
        hooks::display(th, object)
    }

    /// Handle an exception by displaying it with a traceback on sys.stderr.
    pub fn excepthook(th: &mut Thread, exctype: &Value, value: &Value, traceback: &Value) -> Result<()> {
        hooks::except(th, exctype, value, traceback)
    }

    /// Handle an unraisable exception.
    ///
    /// The unraisable argument has the following attributes:
    ///
    /// * exc_type: Exception type.
    /// * exc_value: Exception value, can be None.
    /// * exc_traceback: Exception traceback, can be None.
    /// * err_msg: Error message, can be None.
    /// * object: Object causing the exception, can be None.
    pub fn unraisablehook(th: &mut Thread, unraisable: &Value) -> Result<()> {
        hooks::unraisable(th, unraisable)
    }

    /// This hook function is called by built-in breakpoint().
    #[sig("(*args, **kwargs)")]
    pub fn breakpointhook(th: &mut Thread, args: Rest<'_>, kwargs: KwRest<'_>) -> Result<Value> {
        hooks::breakpoint(th, args, &kwargs)
    }

    /// Exit the interpreter by raising SystemExit(status).
    ///
    /// If the status is omitted or None, it defaults to zero (i.e., success).
    /// If the status is an integer, it will be used as the system exit status.
    /// If it is another kind of object, it will be printed and the system
    /// exit status will be one (i.e., failure).
    #[sig("(status=None, /)")]
    pub fn exit(th: &mut Thread, status: Option<&Value>) -> Result<()> {
        let args = match status {
            Some(status) if status.is_none() => Vec::new(),
            // As arguments of an exception have always been given.
            Some(status) => match cast::<Tuple>(status) {
                Some(several) => several.items().to_vec(),
                None => vec![status.clone()],
            },
            None => Vec::new(),
        };
        Err(Raised::new(call::call_positional(th, &SYSTEM_EXIT.value(), &args)?))
    }

    /// Return the current exception.
    ///
    /// Return the most recent exception caught by an except clause
    /// in the current stack frame or in an older stack frame, or None
    /// if no such exception exists.
    pub fn exception(th: &mut Thread) -> Option<Value> {
        state::handled_exception(th)
    }

    /// Return current exception information: (type, value, traceback).
    ///
    /// Return information about the most recent exception caught by an except
    /// clause in the current stack frame or in an older stack frame.
    pub fn exc_info(th: &mut Thread) -> Result<Value> {
        let items = match state::handled_exception(th) {
            Some(handled) => {
                let traceback = super::exception::traceback(th, &handled).unwrap_or_else(Value::none);
                vec![runtime::class::as_value(class_of(&handled)), handled, traceback]
            }
            None => vec![Value::none(), Value::none(), Value::none()],
        };
        Tuple::new(th, items)
    }

    /// Return a frame object from the call stack.
    ///
    /// If optional integer depth is given, return the frame object that many
    /// calls below the top of the stack.  If that is deeper than the call
    /// stack, ValueError is raised.  The default for depth is zero, returning
    /// the frame at the top of the call stack.
    ///
    /// This function should be used for internal and specialized purposes
    /// only.
    #[sig("(depth=0, /)")]
    pub fn _getframe(th: &mut Thread, depth: i32) -> Result<Value> {
        let frame = interp::current_frame(th, usize::try_from(depth).unwrap_or(0))?;
        if audit::wanted() {
            let name = runtime::interned!(th, "sys._getframe")?;
            audit::raise(th, name, std::slice::from_ref(&frame))?;
        }
        Ok(frame)
    }

    /// Return the name of the module for a calling frame.
    ///
    /// The default depth returns the module containing the call to this API.
    /// A more typical use in a library will pass a depth of 1 to get the user's
    /// module rather than the library module.
    ///
    /// If no frame, module, or name can be found, returns None.
    #[sig("(depth=0)")]
    pub fn _getframemodulename(th: &mut Thread, depth: i32) -> Result<Value> {
        if audit::wanted() {
            let (name, depth) =
                (Str::interned(th, "sys._getframemodulename")?, int::from_i64(th, depth.into())?);
            audit::raise(th, &name, &[depth])?;
        }
        Ok(interp::module_of_frame(th, usize::try_from(depth).unwrap_or(0)).unwrap_or_else(Value::none))
    }

    /// Return a dict mapping each thread's thread id to its current stack frame.
    ///
    /// This function should be used for specialized purposes only.
    pub fn _current_frames(th: &mut Thread) -> Result<Value> {
        audit_name(th, "sys._current_frames")?;
        let dict = Dict::new(th)?;
        if let Some(object) = cast::<Dict>(&dict) {
            for (serial, frame) in state::current_frames(th)? {
                let id = int::from_i128(th, serial.into())?;
                object.set(th, &id, frame)?;
            }
        }
        Ok(dict)
    }

    /// Return a dict mapping each thread's identifier to its current raised exception.
    ///
    /// This function should be used for specialized purposes only.
    pub fn _current_exceptions(th: &mut Thread) -> Result<Value> {
        audit_name(th, "sys._current_exceptions")?;
        let dict = Dict::new(th)?;
        if let Some(object) = cast::<Dict>(&dict) {
            for (serial, handled) in state::current_exceptions(th) {
                let id = int::from_i128(th, serial.into())?;
                object.set(th, &id, handled.unwrap_or_else(Value::none))?;
            }
        }
        Ok(dict)
    }

    /// ``Intern'' the given string.
    ///
    /// This enters the string in the (global) table of interned strings whose
    /// purpose is to speed up dictionary lookups. Return the string itself or
    /// the previously interned string object with the same value.
    pub fn intern(th: &mut Thread, string: &Value) -> Result<Value> {
        if cast_exact::<Str>(string).is_some() {
            return Ok(runtime::types::str::intern(th, string));
        }
        let class = class_of(string).name_lossy();
        if cast::<Str>(string).is_some() {
            return Err(type_error(format!("can't intern {class}")));
        }
        Err(type_error(format!("intern() argument must be str, not {class}")))
    }

    /// Return True if the given string is "interned".
    pub fn _is_interned(string: &Value) -> Result<bool> {
        match cast::<Str>(string) {
            Some(text) => Ok(text.payload().is_interned(text)),
            None => {
                let class = class_of(string).name_lossy();
                Err(type_error(format!("_is_interned() argument must be str, not {class}")))
            }
        }
    }

    /// Return True if the given object is "immortal" per PEP 683.
    ///
    /// This function should be used for specialized purposes only.
    pub fn _is_immortal(op: &Value) -> bool {
        match op.header() {
            Some(header) => header.flags().contains(memory::Flags::IMMORTAL),
            None => true,
        }
    }

    /// getsizeof(object [, default]) -> int
    ///
    /// Return the size of object in bytes.
    #[sig("(object, default=<unrepresentable>)", hidden)]
    pub fn getsizeof(th: &mut Thread, object: &Value, default: Option<&Value>) -> Result<Value> {
        match (size_of(th, object), default) {
            (Err(raised), Some(default)) if raised.is(&TYPE_ERROR) => Ok(default.clone()),
            (result, _) => result,
        }
    }

    /// Return the reference count of object.
    ///
    /// The count returned is generally one higher than you might expect,
    /// because it includes the (temporary) reference as an argument to
    /// getrefcount().
    pub fn getrefcount(th: &mut Thread, object: &Value) -> i64 {
        memory::collector::reference_count(th, object)
    }

    /// Return the current value of the recursion limit.
    ///
    /// The recursion limit is the maximum depth of the Python interpreter
    /// stack.  This limit prevents infinite recursion from causing an overflow
    /// of the C stack and crashing Python.
    pub fn getrecursionlimit() -> usize {
        calls::recursion_limit()
    }

    /// Set the maximum depth of the Python interpreter stack to n.
    ///
    /// This limit prevents infinite recursion from causing an overflow of the C
    /// stack and crashing Python.  The highest possible limit is platform-
    /// dependent.
    pub fn setrecursionlimit(th: &mut Thread, limit: i32) -> Result<()> {
        if limit < 1 {
            return Err(value_error("recursion limit must be greater or equal than 1"));
        }
        let depth = state::depth(th);
        if depth >= limit as usize {
            return Err(runtime::error::recursion_error(format!(
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            )));
        }
        calls::set_recursion_limit(limit as usize);
        Ok(())
    }

    /// Return the current thread switch interval; see sys.setswitchinterval().
    pub fn getswitchinterval() -> f64 {
        match SWITCH_INTERVAL.load(Ordering::Relaxed) {
            0 => 0.005,
            bits => f64::from_bits(bits),
        }
    }

    /// Set the ideal thread switching delay inside the Python interpreter.
    ///
    /// The actual frequency of switching threads can be lower if the
    /// interpreter executes long sequences of uninterruptible code
    /// (this is implementation-specific and workload-dependent).
    ///
    /// The parameter must represent the desired switching delay in seconds
    /// A typical value is 0.005 (5 milliseconds).
    pub fn setswitchinterval(interval: f64) -> Result<()> {
        if interval.is_nan() || interval <= 0.0 {
            return Err(value_error("switch interval must be strictly positive"));
        }
        SWITCH_INTERVAL.store(interval.to_bits(), Ordering::Relaxed);
        Ok(())
    }

    /// Return the maximum string digits limit for non-binary int<->str conversions.
    pub fn get_int_max_str_digits() -> usize {
        int_methods::text::max_str_digits()
    }

    /// Set the maximum string digits limit for non-binary int<->str conversions.
    #[sig("(maxdigits)")]
    pub fn set_int_max_str_digits(maxdigits: i32) -> Result<()> {
        int_methods::text::set_max_str_digits(maxdigits.into())
    }

    /// Return the current default encoding used by the Unicode implementation.
    pub fn getdefaultencoding() -> &'static str {
        "utf-8"
    }

    /// Return the encoding used to convert Unicode filenames to OS filenames.
    pub fn getfilesystemencoding() -> &'static str {
        "utf-8"
    }

    /// Return the error mode used Unicode to OS filename conversion.
    pub fn getfilesystemencodeerrors() -> &'static str {
        "surrogateescape"
    }

    /// Return the current value of the flags that are used for dlopen calls.
    ///
    /// The flag constants are defined in the os module.
    pub fn getdlopenflags() -> i64 {
        DLOPEN_FLAGS.load(Ordering::Relaxed)
    }

    /// Set the flags used by the interpreter for dlopen calls.
    ///
    /// This is used, for example, when the interpreter loads extension
    /// modules. Among other things, this will enable a lazy resolving of
    /// symbols when importing a module, if called as sys.setdlopenflags(0).
    /// To share symbols across extension modules, call as
    /// sys.setdlopenflags(os.RTLD_GLOBAL).  Symbolic names for the flag
    /// modules can be found in the os module (RTLD_xxx constants, e.g.
    /// os.RTLD_LAZY).
    pub fn setdlopenflags(flags: i32) {
        DLOPEN_FLAGS.store(flags.into(), Ordering::Relaxed);
    }

    /// Passes the event to any audit hooks that are attached.
    #[sig("(event, /, *args)")]
    pub fn audit(th: &mut Thread, event: &Value, args: Rest<'_>) -> Result<()> {
        if cast::<Str>(event).is_none() {
            let class = class_of(event).name_lossy();
            return Err(type_error(format!("audit() argument 1 must be str, not {class}")));
        }
        super::audit::raise(th, event, args)
    }

    /// Adds a new audit hook callback.
    #[sig("(hook)")]
    pub fn addaudithook(th: &mut Thread, hook: &Value) -> Result<()> {
        super::audit::add(th, hook)
    }

    /// Set the global debug tracing function.
    ///
    /// It will be called on each function call.  See the debugger chapter
    /// in the library manual.
    pub fn settrace(th: &mut Thread, function: &Value) -> Result<()> {
        audit_name(th, "sys.settrace")?;
        legacy::set_function(th, legacy::Kind::Trace, given(function))
    }

    /// Return the global debug tracing function set with sys.settrace.
    ///
    /// See the debugger chapter in the library manual.
    pub fn gettrace(th: &mut Thread) -> Option<Value> {
        legacy::function(th, legacy::Kind::Trace)
    }

    /// Set the profiling function.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    pub fn setprofile(th: &mut Thread, function: &Value) -> Result<()> {
        audit_name(th, "sys.setprofile")?;
        legacy::set_function(th, legacy::Kind::Profile, given(function))
    }

    /// Return the profiling function set with sys.setprofile.
    ///
    /// See the profiler chapter in the library manual.
    pub fn getprofile(th: &mut Thread) -> Option<Value> {
        legacy::function(th, legacy::Kind::Profile)
    }

    /// Set the global debug tracing function in all running threads belonging to the current interpreter.
    ///
    /// It will be called on each function call. See the debugger chapter
    /// in the library manual.
    pub fn _settraceallthreads(th: &mut Thread, function: &Value) -> Result<()> {
        audit_name(th, "sys.settrace")?;
        legacy::set_function_everywhere(th, legacy::Kind::Trace, given(function).as_ref())
    }

    /// Set the profiling function in all running threads belonging to the current interpreter.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    pub fn _setprofileallthreads(th: &mut Thread, function: &Value) -> Result<()> {
        audit_name(th, "sys.setprofile")?;
        legacy::set_function_everywhere(th, legacy::Kind::Profile, given(function).as_ref())
    }

    /// Call func(*args), while tracing is enabled.
    ///
    /// The tracing state is saved, and restored afterwards.  This is intended
    /// to be called from a debugger from a checkpoint, to recursively debug
    /// some other code.
    pub fn call_tracing(th: &mut Thread, func: &Value, args: &Value) -> Result<Value> {
        let Some(tuple) = cast::<Tuple>(args) else {
            let class = class_of(args).name_lossy();
            return Err(type_error(format!("call_tracing() argument 2 must be tuple, not {class}")));
        };
        legacy::call_tracing(th, func, tuple.items())
    }

    /// Return the installed asynchronous generators hooks.
    ///
    /// This returns a namedtuple of the form (firstiter, finalizer).
    pub fn get_asyncgen_hooks(th: &mut Thread) -> Result<Value> {
        let items = [FIRST_ITER, FINALIZER]
            .iter()
            .map(|key| state::extra(th, key).unwrap_or_else(Value::none))
            .collect();
        struct_sequence::make(th, &info::ASYNCGEN_HOOKS, items, Vec::new())
    }

    /// set_asyncgen_hooks([firstiter] [, finalizer])
    ///
    /// Set a finalizer for async generators objects.
    #[sig("(firstiter=<unrepresentable>, finalizer=<unrepresentable>)", hidden)]
    pub fn set_asyncgen_hooks(
        th: &mut Thread,
        firstiter: Option<&Value>,
        finalizer: Option<&Value>,
    ) -> Result<()> {
        hook_argument(finalizer, "finalizer")?;
        if finalizer.is_some() {
            audit_name(th, "sys.set_asyncgen_hook_finalizer")?;
        }
        hook_argument(firstiter, "firstiter")?;
        if firstiter.is_some() {
            audit_name(th, "sys.set_asyncgen_hook_firstiter")?;
        }
        set_hook(th, FIRST_ITER, firstiter);
        set_hook(th, FINALIZER, finalizer);
        Ok(())
    }

    /// Check status of origin tracking for coroutine objects in this thread.
    pub fn get_coroutine_origin_tracking_depth(th: &mut Thread) -> i64 {
        state::origin_depth(th) as i64
    }

    /// Enable or disable origin tracking for coroutine objects in this thread.
    ///
    /// Coroutine objects will track 'depth' frames of traceback information
    /// about where they came from, available in their cr_origin attribute.
    ///
    /// Set a depth of 0 to disable.
    #[sig("(depth)")]
    pub fn set_coroutine_origin_tracking_depth(th: &mut Thread, depth: i32) -> Result<()> {
        if depth < 0 {
            return Err(value_error("depth must be >= 0"));
        }
        state::set_origin_depth(th, depth as usize);
        Ok(())
    }

    /// Return True if Python is exiting.
    #[name("is_finalizing")]
    pub fn going_down() -> bool {
        is_finalizing()
    }

    /// Return True if the GIL is currently enabled and False otherwise.
    pub fn _is_gil_enabled() -> bool {
        config::get().gil == Some(true)
    }

    /// Clear the internal type lookup cache.
    pub fn _clear_type_cache() {}

    /// Clear all internal performance-related caches.
    pub fn _clear_internal_caches() {}

    /// Private function for clearing certain descriptors from a type's dictionary.
    ///
    /// See gh-135228 for context.
    pub fn _clear_type_descriptors(th: &mut Thread, r#type: &Value) -> Result<()> {
        let Some(class) = cast::<runtime::class::Type>(r#type) else {
            let name = class_of(r#type).name_lossy();
            return Err(type_error(format!("argument must be a type, not {name}")));
        };
        if !class.payload().flags().contains(runtime::class::ClassFlags::HEAP) {
            return Err(type_error("argument is immutable"));
        }
        for name in ["__dict__", "__weakref__"] {
            let name = Str::interned(th, name)?;
            runtime::class::lookup::remove_entry(th, class, &name);
        }
        Ok(())
    }

    /// Return the number of memory blocks currently allocated.
    pub fn getallocatedblocks(th: &mut Thread) -> i64 {
        let mut stopped = th.stop_the_world();
        memory::collector::objects(&mut stopped).len() as i64
    }

    /// Return the number of elements of the unicode interned dictionary
    #[sig("(*, _only_immortal=False)")]
    pub fn getunicodeinternedsize(_only_immortal: bool) -> usize {
        runtime::types::str::interned_count()
    }

    /// Private function for getting PyConfig.cpu_count
    pub fn _get_cpu_count_config() -> i64 {
        config::get().cpu_count
    }

    /// Private function for getting the base REPL
    pub fn _baserepl(th: &mut Thread) -> Result<()> {
        hooks::plain_repl(th)
    }

    /// Return True if remote debugging is enabled, False otherwise.
    pub fn is_remote_debug_enabled() -> bool {
        false
    }

    /// Executes a file containing Python code in a given remote Python process.
    #[sig("(pid, script)")]
    pub fn remote_exec(pid: i32, script: &Value) -> Result<()> {
        let _ = (pid, script);
        Err(runtime::error::runtime_error("Remote debugging is not enabled"))
    }

    /// Return True if the current frame belongs to a stack profiler trampoline.
    pub fn is_stack_trampoline_active() -> bool {
        false
    }
}

/// An attribute of `sys` that programs may have replaced.
///
/// # Errors
/// What `__getattr__` raises.
pub fn attribute(thread: &mut Thread, name: &str) -> Result<Option<Value>> {
    Ok(interp::sys_attribute(thread, name))
}

/// The text of an attribute that is a str.
pub fn text_of(value: &Value) -> Option<String> {
    cast::<Str>(value).map(StrExt::to_string_lossy)
}

/// `value.name`, if there is one.
pub(crate) fn field(thread: &mut Thread, value: &Value, name: &str) -> Result<Option<Value>> {
    let name = Str::interned(thread, name)?;
    getattr_or_none(thread, value, &name)
}

/// `value.name`.
pub(crate) fn required(thread: &mut Thread, value: &Value, name: &str) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    getattr(thread, value, &name)
}
