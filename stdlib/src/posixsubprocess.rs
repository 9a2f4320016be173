//! `_posixsubprocess`: starting a program in a child process.

use std::ffi::CString;

use runtime::error::{Result, runtime_error, type_error, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::system::subprocess::Child;
use runtime::system::{process, subprocess};
use runtime::types::{Bytes, BytesExt, Tuple, TupleExt};
use runtime::{Thread, Value, call, ops};

use crate::posix::c_string;
use crate::{fork, support};

fn number(thread: &mut Thread, value: &Value) -> Result<i32> {
    i32::try_from(ops::index_i128(thread, value)?)
        .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))
}

/// A list of bytes objects as C has them.
fn strings(thread: &mut Thread, list: &Value) -> Result<Vec<CString>> {
    let mut all = Vec::new();
    for value in ops::to_vec(thread, list)? {
        match cast::<Bytes>(&value) {
            Some(bytes) => {
                all.push(CString::new(bytes.bytes()).map_err(|_| value_error("embedded null byte"))?);
            }
            None => all.push(c_string(thread, &value)?),
        }
    }
    Ok(all)
}

fn id(thread: &mut Thread, value: &Value, what: &str) -> Result<Option<u32>> {
    if value.is_none() {
        return Ok(None);
    }
    match ops::index_i128(thread, value)? {
        number if number < 0 => Err(value_error(format!("invalid {what}"))),
        number => u32::try_from(number).map(Some).map_err(|_| {
            let short = if what == "user id" { "uid" } else { "gid" };
            runtime::error::overflow_error(format!("{short} is greater than maximum"))
        }),
    }
}

/// Descriptors in a tuple, ascending, none of them twice.
fn passed(thread: &mut Thread, value: &Value) -> Result<Vec<i32>> {
    let Some(items) = cast::<Tuple>(value).map(|tuple| tuple.items().to_vec()) else {
        return Err(type_error("fork_exec() argument 4 must be tuple"));
    };
    let mut fds: Vec<i32> = Vec::new();
    for item in &items {
        let fd = number(thread, item).map_err(|_| value_error("bad value(s) in fds_to_keep"))?;
        if fd < 0 || fds.last().is_some_and(|&last| last >= fd) {
            return Err(value_error("bad value(s) in fds_to_keep"));
        }
        fds.push(fd);
    }
    Ok(fds)
}

/// Forks with the other threads stopped, runs the function in the child, and starts the program there.
fn start_after(thread: &mut Thread, child: &Child, function: &Value) -> Result<i32> {
    let prepared = child.prepare();
    fork::before(thread);
    let mut forked = Ok(-1);
    thread.fork(|| {
        forked = process::fork_raw();
        matches!(forked, Ok(0))
    });
    match forked {
        Ok(0) => {
            fork::in_child(thread);
            subprocess::run(&prepared, || call::call_positional(thread, function, &[]).is_ok())
        }
        Ok(pid) => {
            fork::in_parent(thread);
            Ok(pid)
        }
        Err(error) => {
            fork::in_parent(thread);
            Err(support::raise(thread, &error))
        }
    }
}

#[native::module("_posixsubprocess", doc = "A POSIX helper for the subprocess module.")]
pub(crate) mod functions {
    use super::*;

    /// Spawn a fresh new child process.
    ///
    /// Fork a child process, close parent file descriptors as appropriate in the
    /// child and duplicate the few that are needed before calling exec() in the
    /// child process.
    ///
    /// If close_fds is True, close file descriptors 3 and higher, except those listed
    /// in the sorted tuple pass_fds.
    ///
    /// The preexec_fn, if supplied, will be called immediately before closing file
    /// descriptors and exec.
    ///
    /// WARNING: preexec_fn is NOT SAFE if your application uses threads.
    ///          It may trigger infrequent, difficult to debug deadlocks.
    ///
    /// If an error occurs in the child process before the exec, it is
    /// serialized and written to the errpipe_write fd per subprocess.py.
    ///
    /// Returns: the child process's PID.
    ///
    /// Raises: Only on an error in the parent process.
    #[sig("(*args)", hidden)]
    pub fn fork_exec(th: &mut Thread, args: native::Rest<'_>) -> Result<i32> {
        let [
            argv,
            executables,
            close_fds,
            pass_fds,
            cwd,
            env,
            in_read,
            in_write,
            out_read,
            out_write,
            err_read,
            err_write,
            error_read,
            error_write,
            restore_signals,
            new_session,
            group,
            gid,
            groups,
            uid,
            umask,
            before,
        ] = args
        else {
            return Err(type_error(format!("fork_exec expected 22 arguments, got {}", args.len())));
        };
        let _ = number(th, error_read)?;
        let error_write = number(th, error_write)?;
        let close_fds = ops::is_true(th, close_fds)?;
        if close_fds && error_write < 3 {
            return Err(value_error("errpipe_write must be >= 3"));
        }
        let umask = number(th, umask)?;
        let group = number(th, group)?;
        let mut pipes = [0; 6];
        for (pipe, value) in
            pipes.iter_mut().zip([in_read, in_write, out_read, out_write, err_read, err_write])
        {
            *pipe = number(th, value)?;
        }
        let groups = if groups.is_none() {
            None
        } else {
            let mut ids = Vec::new();
            for value in ops::to_vec(th, groups)? {
                ids.extend(id(th, &value, "group id").map_err(|_| value_error("invalid group id"))?);
            }
            Some(ids)
        };
        let child = Child {
            executables: strings(th, executables)?,
            args: if argv.is_none() { Vec::new() } else { strings(th, argv)? },
            environment: if env.is_none() { None } else { Some(strings(th, env)?) },
            directory: if cwd.is_none() { None } else { Some(c_string(th, cwd)?) },
            close_fds,
            pass_fds: passed(th, pass_fds)?,
            pipes,
            error_write,
            restore_signals: ops::is_true(th, restore_signals)?,
            new_session: ops::is_true(th, new_session)?,
            group: Some(group).filter(|&group| group >= 0),
            gid: id(th, gid, "group id")?,
            groups,
            uid: id(th, uid, "user id")?,
            umask: u32::try_from(umask).ok(),
        };
        if !before.is_none() {
            if !call::is_callable(before) {
                return Err(runtime_error("preexec_fn must be callable"));
            }
            if crate::sys::functions::is_finalizing() {
                return Err(runtime::error::python_finalization_error(
                    "preexec_fn not supported at interpreter shutdown",
                ));
            }
            return start_after(th, &child, before);
        }
        let prepared = child.prepare();
        let started = subprocess::start(&prepared);
        started.map_err(|error| support::raise(th, &error))
    }
}
