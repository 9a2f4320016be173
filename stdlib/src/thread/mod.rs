//! `_thread`: threads and locks, on the engines of the crate `threads`.
//!
//! | file         | what                                                    |
//! |--------------|---------------------------------------------------------|
//! | `lock`       | `lock`, `RLock`                                         |
//! | `handle`     | `_ThreadHandle`                                         |
//! | `start`      | starting a thread, its life, waiting for all of them    |
//! | `local`      | `_local`                                                |
//! | `excepthook` | what is printed for an uncaught exception               |
//!
//! A thread's number (`get_ident()`) is its serial number: no other thread of the process ever has it.

mod excepthook;
mod handle;
pub mod local;
pub mod lock;
mod start;

pub use module::MODULE;

/// This module provides primitive operations to write multi-threaded programs.
/// The 'threading' module provides a more convenient interface.
#[runtime::native::module(
    "_thread",
    classes(
        super::lock::LockObject,
        super::lock::RLockObject,
        super::handle::HandleObject,
        super::local::LocalObject
    )
)]
pub mod module {
    use std::ffi::CString;

    use runtime::call::is_callable;
    use runtime::class::Payload;
    use runtime::error::{RUNTIME_ERROR, Result, os_error, system_exit, type_error, value_error};
    use runtime::native::Object;
    use runtime::object::cast;
    use runtime::types::{Dict, Str, StrExt, Tuple, codecs, int, module};
    use runtime::{Thread, Value};

    use super::{excepthook, handle, lock, start};
    use crate::support;

    /// The longest timeout in seconds.
    pub const TIMEOUT_MAX: f64 = 9_223_372_036.0;
    /// How many bytes of a thread's name the system keeps.
    pub const _NAME_MAXLEN: i64 = 15;

    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        module::set(th, module, "LockType", lock::LockObject::def().value())?;
        module::set(th, module, "error", RUNTIME_ERROR.value())?;
        module::set(th, module, "_ExceptHookArgs", excepthook::EXCEPT_HOOK_ARGS.value())
    }

    /// Create a new lock object: see help(type(threading.Lock())).
    pub fn allocate_lock(th: &mut Thread) -> Result<Value> {
        lock::allocate(th)
    }

    /// An obsolete synonym of allocate_lock().
    pub fn allocate(th: &mut Thread) -> Result<Value> {
        lock::allocate(th)
    }

    /// Start a new thread and return its identifier.
    ///
    /// The thread calls the function with the positional arguments of the tuple and the keyword arguments of the dictionary,
    /// ignores what it returns, and is then done. An unhandled exception ends it too and is printed, unless it is SystemExit.
    #[sig("(function, args, kwargs={}, /)")]
    pub fn start_new_thread(
        th: &mut Thread,
        function: &Value,
        args: &Value,
        kwargs: Option<&Value>,
    ) -> Result<u64> {
        begin(th, function, args, kwargs)
    }

    /// An obsolete synonym of start_new_thread().
    #[sig("(function, args, kwargs={}, /)")]
    pub fn start_new(th: &mut Thread, function: &Value, args: &Value, kwargs: Option<&Value>) -> Result<u64> {
        begin(th, function, args, kwargs)
    }

    fn begin(th: &mut Thread, function: &Value, args: &Value, kwargs: Option<&Value>) -> Result<u64> {
        if !is_callable(function) {
            return Err(type_error("first arg must be callable"));
        }
        if cast::<Tuple>(args).is_none() {
            return Err(type_error("2nd arg must be a tuple"));
        }
        if kwargs.is_some_and(|kwargs| cast::<Dict>(kwargs).is_none()) {
            return Err(type_error("optional 3rd arg must be a dictionary"));
        }
        let new = handle::unstarted(th)?;
        if let Some(engine) = handle::engine(&new) {
            start::start(th, engine, true, function, Some(args), kwargs)?;
        }
        start::started_ident(th, &new)
    }

    /// *For internal use only*: start a new thread and return its handle.
    ///
    /// Like start_new_thread(), for a function without arguments; the handle can be joined. When the program ends it does not
    /// wait for a thread that is a daemon. A handle that is given must be a new one.
    #[sig("(function, handle=None, daemon=True)")]
    pub fn start_joinable_thread(
        th: &mut Thread,
        function: &Value,
        handle: Option<&Value>,
        daemon: bool,
    ) -> Result<Value> {
        if !is_callable(function) {
            return Err(type_error("thread function must be callable"));
        }
        let handle = match handle {
            Some(given) if handle::engine(given).is_none() => {
                return Err(type_error("'handle' must be a _ThreadHandle"));
            }
            Some(given) => given.clone(),
            None => handle::unstarted(th)?,
        };
        if let Some(engine) = handle::engine(&handle) {
            start::start(th, engine, daemon, function, None, None)?;
        }
        Ok(handle)
    }

    /// Return True if daemon threads are allowed, and False otherwise.
    pub fn daemon_threads_allowed() -> bool {
        true
    }

    /// This is synonymous to ``raise SystemExit'': the current thread exits silently unless the exception is caught.
    pub fn exit() -> Result<()> {
        Err(system_exit(()))
    }

    /// An obsolete synonym of exit().
    pub fn exit_thread() -> Result<()> {
        Err(system_exit(()))
    }

    /// Simulate the arrival of the given signal in the main thread, which runs its handler.
    ///
    /// Without an argument it is SIGINT, whose handler raises KeyboardInterrupt unless it has been changed.
    #[sig("(signum=2, /)")]
    pub fn interrupt_main(th: &mut Thread, signum: i32) -> Result<()> {
        if !(1..runtime::system::signal::COUNT).contains(&signum) {
            return Err(value_error("signal number out of range"));
        }
        crate::signal::simulate(signum);
        // The main thread's handlers run before its next instruction.
        crate::support::check_signals(th)
    }

    /// Return a number that no other thread has: for finding what belongs to a thread.
    pub fn get_ident(th: &mut Thread) -> u64 {
        th.serial()
    }

    /// Return the number by which the operating system knows the thread.
    pub fn get_native_id() -> u64 {
        threads::native_id().unwrap_or(0)
    }

    /// Return the number of threads that have been started and are not finished; the main thread is not counted.
    pub fn _count(th: &mut Thread) -> usize {
        th.world().thread_ids().len().saturating_sub(1)
    }

    /// Return the size of the stacks of threads to be created, and set another.
    ///
    /// The size is in bytes; 0 stands for the default. One that is too small is a ValueError, and changes nothing.
    #[sig("(size=0, /)")]
    pub fn stack_size(size: isize) -> Result<usize> {
        start::stack_size(size)
    }

    /// Internal only. Return the number of the main thread.
    pub fn _get_main_thread_ident(th: &mut Thread) -> u64 {
        th.world().main_thread().map_or(1, |(_, serial)| serial)
    }

    /// Internal only. Make a handle for a thread that this module has not started.
    pub fn _make_thread_handle(th: &mut Thread, ident: &Value) -> Result<Value> {
        if !int::is_int(ident) {
            return Err(type_error("ident must be an integer"));
        }
        let ident = int::to_i128(ident).and_then(|ident| u64::try_from(ident).ok());
        let Some(ident) = ident else {
            return Err(runtime::error::overflow_error(
                "Python int too large to convert to C unsigned long long",
            ));
        };
        handle::of_stranger(th, ident)
    }

    /// Return True if this is the main interpreter.
    pub fn _is_main_interpreter() -> bool {
        true
    }

    /// Wait for all threads to finish that are neither daemons nor the calling one.
    pub fn _shutdown(th: &mut Thread) {
        start::shut_down(th);
    }

    /// Handle an exception that Thread.run() has let through.
    pub fn _excepthook(th: &mut Thread, args: &Value) -> Result<()> {
        excepthook::excepthook(th, args)
    }

    /// Set the name of the current thread.
    #[sig("(name)")]
    pub fn set_name(th: &mut Thread, name: &Object<Str>) -> Result<()> {
        let mut bytes: Vec<u8> = match codecs::fs_encode(th, name) {
            Ok(bytes) => bytes,
            Err(_) => name.to_string_lossy().into_bytes(),
        };
        bytes.truncate(_NAME_MAXLEN as usize);
        bytes.truncate(bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len()));
        let name = CString::new(bytes).unwrap_or_default();
        rustix::thread::set_name(&name).map_err(|error| support::raise(th, &error))
    }

    /// Get the name of the current thread.
    pub fn _get_name(th: &mut Thread) -> Result<Value> {
        match rustix::thread::name() {
            Ok(name) => codecs::fs_decode(th, name.to_bytes()),
            Err(error) => Err(os_error(error.to_string())),
        }
    }
}
