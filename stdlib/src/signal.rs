//! `_signal`: handlers of signals.
//!
//! The system's handler takes a note and asks the main thread to look (`runtime::system::signal`); the main thread runs
//! the Python handler at its next safepoint, or when the system call or wait that it is in has been interrupted.

use std::time::Instant;

use runtime::class::Comparison;
use runtime::error::{Raised, Result, type_error, value_error};
use runtime::names::StaticValue;
use runtime::native;
use runtime::object::cast;
use runtime::system::signal::{self, Disposition};
use runtime::types::{List, ListExt, Set, SetExt, Tuple, float, int, module, os_error, struct_sequence};
use runtime::{Thread, Value, call, ops};
use threads::Requests;

use crate::support::{self, Descriptor, Rounding};

runtime::struct_sequence! {
    /// `signal.struct_siginfo`.
    pub static STRUCT_SIGINFO: "signal" "struct_siginfo" "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on."
    visible 7 unnamed 0 {
        "si_signo" "signal number",
        "si_code" "signal code",
        "si_errno" "errno associated with this signal",
        "si_pid" "sending process ID",
        "si_uid" "real user ID of sending process",
        "si_status" "exit value or signal",
        "si_band" "band event for SIGPOLL",
    }
}

const CONSTANTS: &[(&str, i64)] = &[
    ("ITIMER_PROF", 2),
    ("ITIMER_REAL", 0),
    ("ITIMER_VIRTUAL", 1),
    ("NSIG", 65),
    ("SIGABRT", 6),
    ("SIGALRM", 14),
    ("SIGBUS", 7),
    ("SIGCHLD", 17),
    ("SIGCLD", 17),
    ("SIGCONT", 18),
    ("SIGFPE", 8),
    ("SIGHUP", 1),
    ("SIGILL", 4),
    ("SIGINT", 2),
    ("SIGIO", 29),
    ("SIGIOT", 6),
    ("SIGKILL", 9),
    ("SIGPIPE", 13),
    ("SIGPOLL", 29),
    ("SIGPROF", 27),
    ("SIGPWR", 30),
    ("SIGQUIT", 3),
    ("SIGRTMAX", 64),
    ("SIGRTMIN", 34),
    ("SIGSEGV", 11),
    ("SIGSTKFLT", 16),
    ("SIGSTOP", 19),
    ("SIGSYS", 31),
    ("SIGTERM", 15),
    ("SIGTRAP", 5),
    ("SIGTSTP", 20),
    ("SIGTTIN", 21),
    ("SIGTTOU", 22),
    ("SIGURG", 23),
    ("SIGUSR1", 10),
    ("SIGUSR2", 12),
    ("SIGVTALRM", 26),
    ("SIGWINCH", 28),
    ("SIGXCPU", 24),
    ("SIGXFSZ", 25),
    ("SIG_BLOCK", 0),
    ("SIG_DFL", 0),
    ("SIG_IGN", 1),
    ("SIG_SETMASK", 2),
    ("SIG_UNBLOCK", 1),
];

const DEFAULT: i64 = 0;
const IGNORE: i64 = 1;

/// The handlers by number: a list of 65, in which None is what is not Python's.
static HANDLERS: StaticValue = StaticValue::new();

fn handlers() -> Option<&'static memory::Object<List>> {
    cast::<List>(HANDLERS.get()?)
}

/// Whether the calling thread is the main thread.
fn is_main(thread: &Thread) -> bool {
    thread.world().main_thread().is_some_and(|(id, serial)| (id, serial) == (thread.id(), thread.serial()))
}

/// Makes the calling thread, the main one, hear signals: once, when the interpreter starts.
///
/// # Errors
/// MemoryError.
pub fn install(thread: &mut Thread) -> Result<()> {
    signal::set_main(thread.world());
    runtime::state::set_pending(answer);
    // Writing to a pipe that nobody reads is an error, not the end; so is a file that is too large.
    for number in [libc::SIGPIPE, libc::SIGXFSZ] {
        let _ = signal::set_disposition(number, Disposition::Ignore);
    }
    let mut values = vec![Value::none()];
    for number in 1..signal::COUNT {
        let value = match signal::disposition(number) {
            Ok(Disposition::Default) => int::from_i64(thread, DEFAULT)?,
            Ok(Disposition::Ignore) => int::from_i64(thread, IGNORE)?,
            _ => Value::none(),
        };
        values.push(value);
    }
    let list = List::new(thread, values)?;
    memory::publish(&list);
    HANDLERS.set(list);
    // Ctrl-C raises KeyboardInterrupt, unless whoever started the program has it ignored.
    if signal::disposition(libc::SIGINT).is_ok_and(|found| found == Disposition::Default) {
        let module = module::from_def(thread, &functions::MODULE)?;
        let name = runtime::interned!(thread, "default_int_handler")?;
        let handler = runtime::class::lookup::getattr(thread, &module, name)?;
        set_handler(thread, libc::SIGINT, handler);
        let _ = signal::set_disposition(libc::SIGINT, Disposition::Ours);
    }
    Ok(())
}

/// In a forked child: signals of the parent are none of its own.
pub fn after_fork(thread: &mut Thread) {
    signal::change_main();
    signal::only_thread(thread.serial());
    signal::forget();
}

/// As if a signal had arrived: nothing happens where Python ignores it or leaves it to the system.
pub fn simulate(number: i32) {
    if !handler_of(number).is_some_and(|handler| int::is_int(&handler)) {
        signal::trip(number);
    }
}

/// No handler of Python's runs any more: the interpreter goes down. The system does by default what they did.
pub fn finish(thread: &mut Thread) {
    for number in 1..signal::COUNT {
        if set_handler(thread, number, Value::none()).is_some_and(|handler| call::is_callable(&handler)) {
            let _ = signal::set_disposition(number, Disposition::Default);
        }
    }
}

fn set_handler(thread: &mut Thread, number: i32, handler: Value) -> Option<Value> {
    let list = handlers()?;
    let index = usize::try_from(number).ok()?;
    let before = list.get(index);
    list.set(thread, index, handler);
    before
}

fn handler_of(number: i32) -> Option<Value> {
    handlers()?.get(usize::try_from(number).ok()?)
}

/// Answers what a safepoint leaves to the language.
fn answer(thread: &mut Thread, requests: Requests) -> Result<()> {
    let taken = thread.control().take(requests);
    if !taken.contains(Requests::SIGNAL) && !signal::any_tripped() {
        return Ok(());
    }
    if !is_main(thread) {
        return Ok(());
    }
    let _ = signal::any_tripped();
    run_handlers(thread)
}

/// Runs the Python handlers of the signals that have arrived.
///
/// # Errors
/// What a handler raises; the others run at the next safepoint.
fn run_handlers(thread: &mut Thread) -> Result<()> {
    if let Some(number) = signal::take_wakeup_error() {
        let raised = os_error::from_errno(thread, number, None, None);
        let message = "Exception ignored when trying to write to the signal wakeup fd";
        runtime::hooks::unraisable(thread, raised, Some(message), None);
    }
    for number in 1..signal::COUNT {
        if !signal::take_tripped(number) {
            continue;
        }
        let Some(handler) = handler_of(number).filter(call::is_callable) else {
            // It was changed between the signal and now.
            let lost = runtime::error::os_error(format!("Signal {number} ignored due to race condition"));
            let message = "Exception ignored while calling signal handler";
            runtime::hooks::unraisable(thread, lost, Some(message), None);
            continue;
        };
        let frame = runtime::interp::current_frame(thread, 0).unwrap_or_else(|_| Value::none());
        let number = int::from_i64(thread, number.into())?;
        if let Err(raised) = call::call_positional(thread, &handler, &[number, frame]) {
            signal::look_again();
            thread.world().interrupt_main();
            return Err(raised);
        }
    }
    Ok(())
}

fn check_number(number: i32) -> Result<()> {
    if (1..signal::COUNT).contains(&number) { Ok(()) } else { Err(value_error("signal number out of range")) }
}

fn is_number(thread: &mut Thread, value: &Value, number: i64) -> Result<bool> {
    let number = int::from_i64(thread, number)?;
    ops::compare_bool(thread, value, &number, Comparison::Eq)
}

fn set_of(thread: &mut Thread, signals: &[i32]) -> Result<Value> {
    let value = Set::new(thread)?;
    if let Some(set) = cast::<Set>(&value) {
        for &number in signals {
            let number = int::from_i64(thread, number.into())?;
            set.add(thread, &number)?;
        }
    }
    Ok(value)
}

fn signals_of(thread: &mut Thread, iterable: &Value) -> Result<Vec<i32>> {
    let mut signals = Vec::new();
    for value in ops::to_vec(thread, iterable)? {
        let number = ops::index_i128(thread, &value)?;
        match i32::try_from(number) {
            Ok(number) if (1..signal::COUNT).contains(&number) => {
                // Those that the C library keeps for itself are accepted and left out.
                if signal::valid().contains(&number) {
                    signals.push(number);
                }
            }
            _ => {
                return Err(value_error(format!(
                    "signal number {number} out of range [1; {}]",
                    signal::COUNT - 1
                )));
            }
        }
    }
    Ok(signals)
}

fn info_value(thread: &mut Thread, info: &signal::Info) -> Result<Value> {
    let items = info.iter().map(|&number| int::from_i64(thread, number)).collect::<Result<Vec<_>>>()?;
    struct_sequence::make(thread, &STRUCT_SIGINFO, items, Vec::new())
}

fn microseconds(thread: &mut Thread, value: &Value) -> Result<(i64, i64)> {
    let ns = support::nanoseconds(thread, value, Rounding::Up)?;
    let micros = ns.div_euclid(1000) + i64::from(ns.rem_euclid(1000) != 0);
    Ok((micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000)))
}

fn times_value(thread: &mut Thread, times: signal::Times) -> Result<Value> {
    let items = times
        .iter()
        .map(|&(seconds, micros)| float::new(thread, seconds as f64 + micros as f64 / 1e6))
        .collect::<Result<Vec<_>>>()?;
    Tuple::new(thread, items)
}

fn not_main(what: &str) -> Raised {
    value_error(format!("{what} only works in main thread of the main interpreter"))
}

#[native::module(
    "_signal",
    doc = "This module provides mechanisms to use signal handlers in Python.\n\nFunctions:\n\nalarm() -- cause SIGALRM after a specified time [Unix only]\nsetitimer() -- cause a signal (described below) after a specified\n               float time and the timer may restart then [Unix only]\ngetitimer() -- get current value of timer [Unix only]\nsignal() -- set the action for a given signal\ngetsignal() -- get the signal action for a given signal\npause() -- wait until a signal arrives [Unix only]\ndefault_int_handler() -- default SIGINT handler"
)]
pub(crate) mod functions {
    use super::*;

    /// Sets the constants.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)?;
        module::set(th, module, "struct_siginfo", STRUCT_SIGINFO.value())?;
        module::set(th, module, "ItimerError", runtime::error::OS_ERROR.value())?;
        // The handler that is in use is the one that the module shows.
        let name = runtime::interned!(th, "default_int_handler")?;
        let default = runtime::class::lookup::getattr(th, module, name)?;
        if let Some(current) = handler_of(libc::SIGINT)
            && runtime::types::native_function::is_named(&current, "default_int_handler")
        {
            set_handler(th, libc::SIGINT, default);
        }
        Ok(())
    }

    /// Set the action for the given signal.
    ///
    /// The action can be SIG_DFL, SIG_IGN, or a callable Python object.
    /// The previous action is returned.  See getsignal() for possible return values.
    ///
    /// *** IMPORTANT NOTICE ***
    /// A signal handler function is called with two arguments:
    /// the first is the signal number, the second is the interrupted stack frame.
    #[sig("(signalnum, handler, /)")]
    pub fn signal(th: &mut Thread, signalnum: i32, handler: &Value) -> Result<Value> {
        if !is_main(th) {
            return Err(not_main("signal"));
        }
        check_number(signalnum)?;
        let to = if call::is_callable(handler) {
            Disposition::Ours
        } else if is_number(th, handler, IGNORE)? {
            Disposition::Ignore
        } else if is_number(th, handler, DEFAULT)? {
            Disposition::Default
        } else {
            return Err(type_error(
                "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
            ));
        };
        // Those that have arrived meet the handler they were sent to.
        support::check_signals(th)?;
        super::signal::set_disposition(signalnum, to).map_err(|error| support::raise(th, &error))?;
        let before = set_handler(th, signalnum, handler.clone());
        Ok(before.unwrap_or_else(Value::none))
    }

    /// Return the current action for the given signal.
    ///
    /// The return value can be:
    ///   SIG_IGN -- if the signal is being ignored
    ///   SIG_DFL -- if the default action for the signal is in effect
    ///   None    -- if an unknown handler is in effect
    ///   anything else -- the callable Python object used as a handler
    #[sig("(signalnum, /)")]
    pub fn getsignal(signalnum: i32) -> Result<Value> {
        check_number(signalnum)?;
        Ok(handler_of(signalnum).unwrap_or_else(Value::none))
    }

    /// The default handler for SIGINT installed by Python.
    ///
    /// It raises KeyboardInterrupt.
    #[sig("(signalnum, frame, /)")]
    pub fn default_int_handler(signalnum: i32, frame: &Value) -> Result<()> {
        let _ = (signalnum, frame);
        Err(runtime::error::keyboard_interrupt(()))
    }

    /// Arrange for SIGALRM to arrive after the given number of seconds.
    #[sig("(seconds, /)")]
    pub fn alarm(seconds: i32) -> u32 {
        super::signal::alarm(seconds as u32)
    }

    /// Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).
    ///
    /// The timer will fire after value seconds and after that every interval seconds.
    /// The itimer can be cleared by setting seconds to zero.
    ///
    /// Returns old values as a tuple: (delay, interval).
    #[sig("(which, seconds, interval=0.0, /)")]
    pub fn setitimer(th: &mut Thread, which: i32, seconds: &Value, interval: f64) -> Result<Value> {
        let delay = microseconds(th, seconds)?;
        let interval = float::new(th, interval)?;
        let interval = microseconds(th, &interval)?;
        let before =
            super::signal::set_timer(which, [delay, interval]).map_err(|error| support::raise(th, &error))?;
        times_value(th, before)
    }

    /// Returns current value of given itimer.
    #[sig("(which, /)")]
    pub fn getitimer(th: &mut Thread, which: i32) -> Result<Value> {
        let times = super::signal::timer(which).map_err(|error| support::raise(th, &error))?;
        times_value(th, times)
    }

    /// Wait until a signal arrives.
    #[sig("()")]
    pub fn pause(th: &mut Thread) -> Result<()> {
        th.detached(super::signal::pause);
        support::check_signals(th)
    }

    /// Send a signal to the executing process.
    #[sig("(signalnum, /)")]
    pub fn raise_signal(th: &mut Thread, signalnum: i32) -> Result<()> {
        th.detached(|| super::signal::raise(signalnum)).map_err(|error| support::raise(th, &error))?;
        support::check_signals(th)
    }

    /// Return the system description of the given signal.
    ///
    /// Returns the description of signal *signalnum*, such as "Interrupt"
    /// for :const:`SIGINT`. Returns :const:`None` if *signalnum* has no
    /// description. Raises :exc:`ValueError` if *signalnum* is invalid.
    #[sig("(signalnum, /)")]
    pub fn strsignal(signalnum: i32) -> Result<Option<String>> {
        check_number(signalnum)?;
        Ok(super::signal::describe(signalnum))
    }

    /// Change system call restart behaviour.
    ///
    /// If flag is False, system calls will be restarted when interrupted by
    /// signal sig, else system calls will be interrupted.
    #[sig("(signalnum, flag, /)")]
    pub fn siginterrupt(th: &mut Thread, signalnum: i32, flag: i32) -> Result<()> {
        check_number(signalnum)?;
        super::signal::set_restart(signalnum, flag == 0).map_err(|error| support::raise(th, &error))
    }

    /// Sets the fd to be written to (with the signal number) when a signal comes in.
    ///
    /// A library can use this to wakeup select or poll.
    /// The previous fd or -1 is returned.
    ///
    /// The fd must be non-blocking.
    #[sig("(fd, /, *, warn_on_full_buffer=True)")]
    pub fn set_wakeup_fd(th: &mut Thread, fd: i32, warn_on_full_buffer: bool) -> Result<i32> {
        let _ = warn_on_full_buffer; // a full buffer is always reported
        if !is_main(th) {
            return Err(not_main("set_wakeup_fd"));
        }
        if fd != -1 {
            runtime::system::files::fstat(fd).map_err(|error| support::raise(th, &error))?;
            let flags = runtime::system::files::fcntl(fd, libc::F_GETFL, 0)
                .map_err(|error| support::raise(th, &error))?;
            if flags & libc::O_NONBLOCK == 0 {
                return Err(value_error(format!("the fd {fd} must be in non-blocking mode")));
            }
        }
        Ok(super::signal::set_wakeup(fd))
    }

    /// Fetch and/or change the signal mask of the calling thread.
    #[sig("(how, mask, /)")]
    pub fn pthread_sigmask(th: &mut Thread, how: i32, mask: &Value) -> Result<Value> {
        let signals = signals_of(th, mask)?;
        let before = super::signal::mask(how, &signals).map_err(|error| support::raise(th, &error))?;
        support::check_signals(th)?;
        set_of(th, &before)
    }

    /// Send a signal to a thread.
    #[sig("(thread_id, signalnum, /)")]
    pub fn pthread_kill(th: &mut Thread, thread_id: u64, signalnum: i32) -> Result<()> {
        let Some(native) = super::signal::native_id_of(thread_id) else {
            return Err(support::raise_number(th, libc::ESRCH));
        };
        super::signal::kill_thread(native, signalnum).map_err(|error| support::raise(th, &error))?;
        support::check_signals(th)
    }

    /// Examine pending signals.
    ///
    /// Returns a set of signal numbers that are pending for delivery to
    /// the calling thread.
    #[sig("()")]
    pub fn sigpending(th: &mut Thread) -> Result<Value> {
        let signals = super::signal::pending().map_err(|error| support::raise(th, &error))?;
        set_of(th, &signals)
    }

    /// Wait for a signal.
    ///
    /// Suspend execution of the calling thread until the delivery of one of the
    /// signals specified in the signal set sigset.  The function accepts the signal
    /// and returns the signal number.
    #[sig("(sigset, /)")]
    pub fn sigwait(th: &mut Thread, sigset: &Value) -> Result<i32> {
        let signals = signals_of(th, sigset)?;
        th.detached(|| super::signal::wait(&signals)).map_err(|error| support::raise(th, &error))
    }

    /// Wait synchronously until one of the signals in *sigset* is delivered.
    ///
    /// Returns a struct_siginfo containing information about the signal.
    #[sig("(sigset, /)")]
    pub fn sigwaitinfo(th: &mut Thread, sigset: &Value) -> Result<Value> {
        let signals = signals_of(th, sigset)?;
        let info = support::blocking_call(th, || super::signal::wait_info(&signals, None))?;
        info_value(th, &info)
    }

    /// Like sigwaitinfo(), but with a timeout.
    ///
    /// The timeout is specified in seconds, rounded up to nanoseconds.
    #[sig("(sigset, timeout, /)")]
    pub fn sigtimedwait(th: &mut Thread, sigset: &Value, timeout: &Value) -> Result<Value> {
        let ns = support::nanoseconds(th, timeout, Rounding::Up)?;
        let Ok(ns) = u64::try_from(ns) else { return Err(value_error("timeout must be non-negative")) };
        let signals = signals_of(th, sigset)?;
        let end = Instant::now().checked_add(std::time::Duration::from_nanos(ns));
        let found = support::blocking(th, || {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            super::signal::wait_info(&signals, left)
        })?;
        match found {
            Ok(info) => info_value(th, &info),
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(Value::none()),
            Err(error) => Err(support::raise(th, &error)),
        }
    }

    /// Return a set of valid signal numbers on this platform.
    ///
    /// The signal numbers returned by this function can be safely passed to
    /// functions like `pthread_kill`.
    #[sig("()")]
    pub fn valid_signals(th: &mut Thread) -> Result<Value> {
        set_of(th, &super::signal::valid())
    }

    /// Send a signal to a process referred to by a pid file descriptor.
    #[sig("(pidfd, signalnum, siginfo=None, flags=0, /)")]
    pub fn pidfd_send_signal(
        th: &mut Thread,
        pidfd: Descriptor,
        signalnum: i32,
        siginfo: Option<&Value>,
        flags: u32,
    ) -> Result<()> {
        if siginfo.is_some() {
            return Err(type_error("siginfo must be None"));
        }
        if flags != 0 {
            return Err(support::raise_number(th, libc::EINVAL));
        }
        let fd = support::fd(th, pidfd.0)?;
        let Some(signal) = rustix::process::Signal::from_named_raw(signalnum) else {
            return Err(support::raise_number(th, libc::EINVAL));
        };
        rustix::process::pidfd_send_signal(fd, signal).map_err(|error| support::raise(th, &error))?;
        support::check_signals(th)
    }
}
