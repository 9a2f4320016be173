//! `faulthandler`: saying what goes on when a program dies or hangs.
//!
//! A fatal signal is named; the frames are not shown then, for reading them needs a stop of the other threads, which a signal
//! handler cannot ask for. What shows frames at a later moment or from a signal raises NotImplementedError.

use memory::Value;
use runtime::Thread;
use runtime::error::{Result, not_implemented_error, runtime_error, value_error};
use runtime::native;
use runtime::system::{fault, files};
use runtime::types::{Str, int};
use runtime::{call, ops};

use crate::support;

/// The descriptor of a file; that of the standard error stream if none is given.
fn descriptor(thread: &mut Thread, file: Option<&Value>) -> Result<i32> {
    let file = match file {
        Some(file) => file.clone(),
        None => {
            let stderr = runtime::interp::import::attribute_of(thread, "sys", "stderr")?;
            if stderr.is_none() {
                return Err(runtime_error("unable to get sys.stderr"));
            }
            stderr
        }
    };
    if int::is_int(&file) {
        let number = ops::index_i128(thread, &file)?;
        return i32::try_from(number)
            .ok()
            .filter(|&fd| fd >= 0)
            .ok_or_else(|| value_error("file is not a valid file descripter"));
    }
    let fileno = runtime::interned!(thread, "fileno")?;
    let number = call::call_method(thread, &file, fileno, &[])?;
    let fd = i32::try_from(ops::index_i128(thread, &number)?)
        .ok()
        .filter(|&fd| fd >= 0)
        .ok_or_else(|| runtime_error("file.fileno() is not a valid file descriptor"))?;
    // What is buffered comes first; if it cannot be written, so be it.
    let flush = runtime::interned!(thread, "flush")?;
    let _ = call::call_method(thread, &file, flush, &[]);
    Ok(fd)
}

fn attribute(thread: &mut Thread, value: &Value, name: &str) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    runtime::class::lookup::getattr(thread, value, &name)
}

/// The lines for one thread's frames.
fn describe(thread: &mut Thread, frame: Value, text: &mut String) -> Result<()> {
    /// The most frames that are shown.
    const MOST: usize = 100;
    let mut frame = frame;
    for _ in 0..MOST {
        if frame.is_none() {
            return Ok(());
        }
        let code = attribute(thread, &frame, "f_code")?;
        let file = attribute(thread, &code, "co_filename")?;
        let name = attribute(thread, &code, "co_name")?;
        let line = attribute(thread, &frame, "f_lineno")?;
        let (file, name) = (ops::str_text(thread, &file)?, ops::str_text(thread, &name)?);
        let line = if line.is_none() { "???".to_owned() } else { ops::str_text(thread, &line)? };
        text.push_str(&format!("  File \"{file}\", line {line} in {name}\n"));
        frame = attribute(thread, &frame, "f_back")?;
    }
    text.push_str("  ...\n");
    Ok(())
}

fn later() -> runtime::error::Raised {
    not_implemented_error("faulthandler: Weft does not show frames at a later moment or from a signal")
}

#[native::module("faulthandler", doc = "faulthandler module.")]
pub mod module {
    use super::*;

    /// Dump the traceback of the current thread, or of all threads if all_threads is True, into file.
    #[sig("(file=None, all_threads=True)")]
    pub fn dump_traceback(th: &mut Thread, file: Option<&Value>, all_threads: bool) -> Result<()> {
        let fd = descriptor(th, file)?;
        let own = th.serial();
        let mut frames = runtime::state::current_frames(th)?;
        // The current thread is shown first.
        frames.sort_by_key(|(serial, _)| (*serial != own, *serial));
        let mut text = String::new();
        for (serial, frame) in frames {
            if serial == own {
                text.push_str(&format!("Current thread {serial:#018x} (most recent call first):\n"));
            } else if all_threads {
                text.push_str(&format!("\nThread {serial:#018x} (most recent call first):\n"));
            } else {
                continue;
            }
            describe(th, frame, &mut text)?;
        }
        support::blocking_call(th, || files::write(fd, text.as_bytes()))?;
        Ok(())
    }

    /// Enable the fault handler.
    #[sig("(file=None, all_threads=True)")]
    pub fn enable(th: &mut Thread, file: Option<&Value>, all_threads: bool) -> Result<()> {
        let _ = all_threads;
        let fd = descriptor(th, file)?;
        fault::enable(fd).map_err(|error| support::raise(th, &error))
    }

    /// Disable the fault handler.
    #[sig("()")]
    pub fn disable() -> bool {
        fault::disable()
    }

    /// Check if the handler is enabled.
    #[sig("()")]
    pub fn is_enabled() -> bool {
        fault::is_enabled()
    }

    /// Dump the traceback of all threads in timeout seconds: not possible yet.
    #[sig("(timeout, repeat=False, file=None, exit=False)")]
    pub fn dump_traceback_later(
        timeout: &Value,
        repeat: bool,
        file: Option<&Value>,
        exit: bool,
    ) -> Result<()> {
        let _ = (timeout, repeat, file, exit);
        Err(later())
    }

    /// Cancel the previous call to dump_traceback_later().
    #[sig("()")]
    pub fn cancel_dump_traceback_later() {}

    /// Register a handler for a signal that dumps the traceback: not possible yet.
    #[sig("(signum, file=None, all_threads=True, chain=False)")]
    pub fn register(signum: i32, file: Option<&Value>, all_threads: bool, chain: bool) -> Result<()> {
        let _ = (signum, file, all_threads, chain);
        Err(later())
    }

    /// Unregister the handler of a signal that register() has registered; whether there was one.
    #[sig("(signum, /)")]
    pub fn unregister(signum: i32) -> bool {
        let _ = signum;
        false
    }

    /// Die of SIGSEGV.
    #[sig("(release_gil=False, /)")]
    pub fn _sigsegv(release_gil: bool) {
        let _ = release_gil;
        fault::die_of(libc::SIGSEGV);
    }

    /// Die of SIGSEGV.
    #[sig("()")]
    pub fn _read_null() {
        fault::die_of(libc::SIGSEGV);
    }

    /// Die of SIGABRT.
    #[sig("()")]
    pub fn _sigabrt() {
        fault::die_of(libc::SIGABRT);
    }

    /// Die of SIGFPE.
    #[sig("()")]
    pub fn _sigfpe() {
        fault::die_of(libc::SIGFPE);
    }
}
