//! The machine and the system: names, limits, processors, random bytes, extended attributes.

use runtime::error::{Result, overflow_error, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::cast;
use runtime::system::{numbers, process};
use runtime::types::{
    Bytes, Dict, List, Set, SetExt, Str, StrExt, Tuple, TupleExt, buffers, float, int, struct_sequence,
};
use runtime::{Thread, Value, ops};

use super::constants;
use super::path::{PATH_OR_FD, Path};
use crate::support::{self, Descriptor, Rounding, blocking_call};

runtime::struct_sequence! {
    /// `posix.uname_result`.
    pub static UNAME_RESULT: "posix" "uname_result" "uname_result: Result from os.uname().\n\nThis object may be accessed either as a tuple of\n  (sysname, nodename, release, version, machine),\nor via the attributes sysname, nodename, release, version, and machine.\n\nSee os.uname for more information."
    visible 5 unnamed 0 {
        "sysname" "operating system name",
        "nodename" "name of machine on network (implementation-defined)",
        "release" "operating system release",
        "version" "operating system version",
        "machine" "hardware identifier",
    }
}

runtime::struct_sequence! {
    /// `posix.times_result`.
    pub static TIMES_RESULT: "posix" "times_result" "times_result: Result from os.times().\n\nThis object may be accessed either as a tuple of\n  (user, system, children_user, children_system, elapsed),\nor via the attributes user, system, children_user, children_system,\nand elapsed.\n\nSee os.times for more information."
    visible 5 unnamed 0 {
        "user" "user time",
        "system" "system time",
        "children_user" "user time of children",
        "children_system" "system time of children",
        "elapsed" "elapsed time since an arbitrary point in the past",
    }
}

runtime::struct_sequence! {
    /// `os.statvfs_result`.
    pub static STATVFS_RESULT: "os" "statvfs_result" "statvfs_result: Result from statvfs or fstatvfs.\n\nThis object may be accessed either as a tuple of\n  (bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag, namemax),\nor via the attributes f_bsize, f_frsize, f_blocks, f_bfree, and so on.\n\nSee os.statvfs for more information."
    visible 10 unnamed 0 {
        "f_bsize" "",
        "f_frsize" "",
        "f_blocks" "",
        "f_bfree" "",
        "f_bavail" "",
        "f_files" "",
        "f_ffree" "",
        "f_favail" "",
        "f_flag" "",
        "f_namemax" "",
        "f_fsid" "",
    }
}

runtime::struct_sequence! {
    /// `posix.sched_param`.
    pub static SCHED_PARAM: "posix" "sched_param" "Currently has only one field: sched_priority\n\n  sched_priority\n    A scheduling parameter."
    visible 1 unnamed 0 {
        "sched_priority" "the scheduling priority",
    }
    new new_sched_param
}

/// `sched_param(sched_priority)`; or, as pickles have it, a tuple of that and a dict.
fn new_sched_param(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    let count = args.values.len();
    let named = args.names.iter().all(|name| support::keyword(name) == "sched_priority");
    let priority = match args.values {
        [priority] if named => priority.clone(),
        [items, fields] if args.names.is_empty() && cast::<Dict>(fields).is_some() => {
            match cast::<Tuple>(items).map(|tuple| tuple.items()) {
                Some([priority]) => priority.clone(),
                _ => return Err(type_error("sched_param() takes at most 1 argument (2 given)")),
            }
        }
        [_] => {
            let name = args.names.first().map(support::keyword).unwrap_or_default();
            return Err(type_error(format!("sched_param() got an unexpected keyword argument '{name}'")));
        }
        [] => return Err(type_error("sched_param() missing required argument 'sched_priority' (pos 1)")),
        _ => return Err(type_error(format!("sched_param() takes at most 1 argument ({count} given)"))),
    };
    struct_sequence::make(thread, &SCHED_PARAM, vec![priority], Vec::new())
}

/// The priority in a `sched_param`.
pub fn priority_of(thread: &mut Thread, param: &Value) -> Result<i32> {
    let Some(priority) = cast::<Tuple>(param)
        .filter(|_| SCHED_PARAM.is_exact(param))
        .and_then(|tuple| tuple.items().first().cloned())
    else {
        return Err(type_error("must have a sched_param object"));
    };
    i32::try_from(ops::index_i128(thread, &priority)?)
        .map_err(|_| overflow_error("sched_priority out of range"))
}

/// The number of a name that `sysconf` and its like take.
fn number_of(thread: &mut Thread, name: &Value, table: &[(&str, i64)]) -> Result<i32> {
    if let Some(text) = cast::<Str>(name) {
        let text = text.to_string_lossy();
        return match table.iter().find(|(known, _)| *known == text) {
            Some((_, number)) => Ok(*number as i32),
            None => Err(value_error("unrecognized configuration name")),
        };
    }
    if runtime::class::slots_of(name).index.get().is_none() {
        return Err(type_error("configuration names must be strings or integers"));
    }
    i32::try_from(ops::index_i128(thread, name)?)
        .map_err(|_| overflow_error("Python int too large to convert to C int"))
}

/// The processors that a process may use.
fn affinity(thread: &mut Thread, pid: i32) -> Result<Vec<usize>> {
    // Asked first: for a negative number `Pid` panics.
    if pid < 0 {
        return Err(support::raise_number(thread, libc::ESRCH));
    }
    let set = rustix::thread::sched_getaffinity(rustix::process::Pid::from_raw(pid))
        .map_err(|error| support::raise(thread, &error))?;
    Ok((0..rustix::thread::CpuSet::MAX_CPU).filter(|&cpu| set.is_set(cpu)).collect())
}

fn statvfs_value(thread: &mut Thread, of: &rustix::fs::StatVfs) -> Result<Value> {
    let numbers = [
        of.f_bsize,
        of.f_frsize,
        of.f_blocks,
        of.f_bfree,
        of.f_bavail,
        of.f_files,
        of.f_ffree,
        of.f_favail,
        of.f_flag.bits(),
        of.f_namemax,
    ];
    let items =
        numbers.iter().map(|&number| int::from_i128(thread, number.into())).collect::<Result<Vec<_>>>()?;
    let id = int::from_i128(thread, of.f_fsid.into())?;
    struct_sequence::make(thread, &STATVFS_RESULT, items, vec![id])
}

fn attribute_name(thread: &mut Thread, name: &Value) -> Result<std::ffi::CString> {
    super::process::c_string(thread, name)
}

/// The size of a buffer is not known beforehand: it is tried with growing ones.
fn growing(mut call: impl FnMut(&mut [u8]) -> rustix::io::Result<usize>) -> rustix::io::Result<Vec<u8>> {
    for room in [128, 65536] {
        let mut bytes = vec![0; room];
        match call(&mut bytes) {
            Ok(count) => {
                bytes.truncate(count);
                return Ok(bytes);
            }
            Err(rustix::io::Errno::RANGE) => {}
            Err(error) => return Err(error),
        }
    }
    Err(rustix::io::Errno::RANGE)
}

type Times = [(i64, i64); 2];

fn timer_floats(thread: &mut Thread, times: Times) -> Result<Value> {
    let [interval, value] = times;
    let seconds = |(whole, ns): (i64, i64)| whole as f64 + ns as f64 * 1e-9;
    let items = vec![float::new(thread, seconds(value))?, float::new(thread, seconds(interval))?];
    Tuple::new(thread, items)
}

fn timer_ns(thread: &mut Thread, times: Times) -> Result<Value> {
    let [interval, value] = times;
    let total = |(whole, ns): (i64, i64)| i128::from(whole) * 1_000_000_000 + i128::from(ns);
    let items = vec![int::from_i128(thread, total(value))?, int::from_i128(thread, total(interval))?];
    Tuple::new(thread, items)
}

fn split(ns: i64) -> (i64, i64) {
    (ns.div_euclid(1_000_000_000), ns.rem_euclid(1_000_000_000))
}

#[native::module("posix", doc = "Functions that tell of the system.")]
pub(crate) mod functions {
    use super::*;

    /// Return an object identifying the current operating system.
    ///
    /// The object behaves like a named tuple with the following fields:
    ///   (sysname, nodename, release, version, machine)
    #[sig("()")]
    pub fn uname(th: &mut Thread) -> Result<Value> {
        let names = rustix::system::uname();
        let parts = [names.sysname(), names.nodename(), names.release(), names.version(), names.machine()];
        let items = parts
            .iter()
            .map(|part| support::name_value(th, part.to_bytes(), false))
            .collect::<Result<Vec<_>>>()?;
        struct_sequence::make(th, &UNAME_RESULT, items, Vec::new())
    }

    /// Return a collection containing process timing information.
    ///
    /// The object returned behaves like a named tuple with these fields:
    ///   (utime, stime, cutime, cstime, elapsed_time)
    /// All fields are floating-point numbers.
    #[sig("()")]
    pub fn times(th: &mut Thread) -> Result<Value> {
        let (ticks, per_second) = process::times().map_err(|error| support::raise(th, &error))?;
        let items = ticks
            .iter()
            .map(|&n| float::new(th, n as f64 / per_second as f64))
            .collect::<Result<Vec<_>>>()?;
        struct_sequence::make(th, &TIMES_RESULT, items, Vec::new())
    }

    /// Return the number of logical CPUs in the system.
    ///
    /// Return None if indeterminable.
    #[sig("()")]
    pub fn cpu_count() -> Option<i64> {
        process::sysconf(libc::_SC_NPROCESSORS_ONLN).ok().flatten().filter(|&count| count > 0)
    }

    /// Return the affinity of the process identified by pid (or the current process if zero).
    ///
    /// The affinity is returned as a set of CPU identifiers.
    #[sig("(pid, /)")]
    pub fn sched_getaffinity(th: &mut Thread, pid: i32) -> Result<Value> {
        if pid < 0 {
            return Err(support::raise_number(th, libc::EINVAL));
        }
        let cpus = affinity(th, pid)?;
        let set = Set::new(th)?;
        if let Some(set) = cast::<Set>(&set) {
            for cpu in cpus {
                let cpu = int::from_i64(th, cpu as i64)?;
                set.add(th, &cpu)?;
            }
        }
        Ok(set)
    }

    /// Set the CPU affinity of the process identified by pid to mask.
    ///
    ///   pid
    ///     The identifier of the process (0 for the current process).
    ///   mask
    ///     An iterable of integers identifying CPUs.
    #[sig("(pid, mask, /)")]
    pub fn sched_setaffinity(th: &mut Thread, pid: i32, mask: &Value) -> Result<()> {
        if pid < 0 {
            return Err(support::raise_number(th, libc::ESRCH));
        }
        let mut set = rustix::thread::CpuSet::new();
        for value in ops::to_vec(th, mask)? {
            if !int::is_int(&value) {
                return Err(type_error(format!(
                    "expected an iterator of ints, but iterator yielded {}",
                    runtime::types::quoted_class(&value)
                )));
            }
            match ops::index_i128(th, &value)? {
                cpu if cpu < 0 => return Err(value_error("negative CPU number")),
                cpu if cpu > i128::from(i32::MAX) => return Err(overflow_error("CPU number too large")),
                cpu if (cpu as usize) < rustix::thread::CpuSet::MAX_CPU => set.set(cpu as usize),
                _ => {}
            }
        }
        if pid < 0 {
            return Err(support::raise_number(th, libc::ESRCH));
        }
        rustix::thread::sched_setaffinity(rustix::process::Pid::from_raw(pid), &set)
            .map_err(|error| support::raise(th, &error))
    }

    /// Voluntarily relinquish the CPU.
    #[sig("()")]
    pub fn sched_yield(th: &mut Thread) {
        th.detached(rustix::thread::sched_yield);
    }

    /// Get the maximum scheduling priority for policy.
    #[sig("(policy)")]
    pub fn sched_get_priority_max(th: &mut Thread, policy: i32) -> Result<i32> {
        numbers::sched_get_priority_max(policy).map_err(|error| support::raise(th, &error))
    }

    /// Get the minimum scheduling priority for policy.
    #[sig("(policy)")]
    pub fn sched_get_priority_min(th: &mut Thread, policy: i32) -> Result<i32> {
        numbers::sched_get_priority_min(policy).map_err(|error| support::raise(th, &error))
    }

    /// Get the scheduling policy for the process identified by pid.
    ///
    /// Passing 0 for pid returns the scheduling policy for the calling process.
    #[sig("(pid, /)")]
    pub fn sched_getscheduler(th: &mut Thread, pid: i32) -> Result<i32> {
        numbers::sched_getscheduler(pid).map_err(|error| support::raise(th, &error))
    }

    /// Set the scheduling policy for the process identified by pid.
    ///
    /// If pid is 0, the calling process is changed.
    /// param is an instance of sched_param.
    #[sig("(pid, policy, param, /)")]
    pub fn sched_setscheduler(th: &mut Thread, pid: i32, policy: i32, param: &Value) -> Result<()> {
        let priority = priority_of(th, param)?;
        process::set_scheduling(pid, Some(policy), priority).map_err(|error| support::raise(th, &error))
    }

    /// Returns scheduling parameters for the process identified by pid.
    ///
    /// If pid is 0, returns parameters for the calling process.
    /// Return value is an instance of sched_param.
    #[sig("(pid, /)")]
    pub fn sched_getparam(th: &mut Thread, pid: i32) -> Result<Value> {
        let priority = process::scheduling_priority(pid).map_err(|error| support::raise(th, &error))?;
        let items = vec![int::from_i64(th, priority.into())?];
        struct_sequence::make(th, &SCHED_PARAM, items, Vec::new())
    }

    /// Set scheduling parameters for the process identified by pid.
    ///
    /// If pid is 0, sets parameters for the calling process.
    /// param should be an instance of sched_param.
    #[sig("(pid, param, /)")]
    pub fn sched_setparam(th: &mut Thread, pid: i32, param: &Value) -> Result<()> {
        let priority = priority_of(th, param)?;
        process::set_scheduling(pid, None, priority).map_err(|error| support::raise(th, &error))
    }

    /// Return the round-robin quantum for the process identified by pid, in seconds.
    ///
    /// Value returned is a float.
    #[sig("(pid, /)")]
    pub fn sched_rr_get_interval(th: &mut Thread, pid: i32) -> Result<f64> {
        let (seconds, ns) = process::round_robin_interval(pid).map_err(|error| support::raise(th, &error))?;
        Ok(seconds as f64 + 1e-9 * ns as f64)
    }

    /// Return average recent system load information.
    ///
    /// Return the number of processes in the system run queue averaged over
    /// the last 1, 5, and 15 minutes as a tuple of three floats.
    /// Raises OSError if the load average was unobtainable.
    #[sig("()")]
    pub fn getloadavg() -> Result<(f64, f64, f64)> {
        let [a, b, c] = process::load_averages()
            .map_err(|_| runtime::error::os_error("Load averages are unobtainable"))?;
        Ok((a, b, c))
    }

    /// Return the actual login name.
    #[sig("()")]
    pub fn getlogin(th: &mut Thread) -> Result<Value> {
        let name = process::login_name().map_err(|error| support::raise(th, &error))?;
        support::name_value(th, name.as_bytes(), false)
    }

    /// Return the name of the controlling terminal for this process.
    #[sig("()")]
    pub fn ctermid() -> &'static str {
        "/dev/tty"
    }

    /// Set the current numeric umask and return the previous umask.
    #[sig("(mask, /)")]
    pub fn umask(mask: i32) -> u32 {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(mask as u32)).as_raw_mode()
    }

    /// Translate an error code to a message string.
    #[sig("(code, /)")]
    pub fn strerror(code: i32) -> String {
        runtime::types::os_error::describe(code)
    }

    /// Return an integer-valued system configuration variable.
    #[sig("(name, /)")]
    pub fn sysconf(th: &mut Thread, name: &Value) -> Result<i64> {
        let name = number_of(th, name, constants::SYSCONF)?;
        let value = process::sysconf(name).map_err(|error| support::raise(th, &error))?;
        Ok(value.unwrap_or(-1))
    }

    /// Return a string-valued system configuration variable.
    #[sig("(name, /)")]
    pub fn confstr(th: &mut Thread, name: &Value) -> Result<Value> {
        let name = number_of(th, name, constants::CONFSTR)?;
        match process::confstr(name).map_err(|error| support::raise(th, &error))? {
            Some(text) => support::name_value(th, &text, false),
            None => Ok(Value::none()),
        }
    }

    /// Return the configuration limit name for the file or directory path.
    ///
    /// If there is no limit, return -1.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    #[sig("(path, name)")]
    pub fn pathconf(th: &mut Thread, path: &Value, name: &Value) -> Result<i64> {
        let path = Path::of(th, "pathconf", "path", path, PATH_OR_FD)?;
        let name = number_of(th, name, constants::PATHCONF)?;
        let value = th.detached(|| match path.fd {
            Some(fd) => process::fpathconf(fd, name),
            None => process::pathconf(path.c(), name),
        });
        value.map(|value| value.unwrap_or(-1)).map_err(|error| path.raise(th, &error))
    }

    /// Return the configuration limit name for the file descriptor fd.
    ///
    /// If there is no limit, return -1.
    #[sig("(fd, name, /)")]
    pub fn fpathconf(th: &mut Thread, fd: Descriptor, name: &Value) -> Result<i64> {
        let name = number_of(th, name, constants::PATHCONF)?;
        let value = process::fpathconf(fd.0, name).map_err(|error| support::raise(th, &error))?;
        Ok(value.unwrap_or(-1))
    }

    /// Perform a statvfs system call on the given path.
    ///
    /// path may always be specified as a string.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    #[sig("(path)")]
    pub fn statvfs(th: &mut Thread, path: &Value) -> Result<Value> {
        let path = Path::of(th, "statvfs", "path", path, PATH_OR_FD)?;
        let found = match path.fd {
            Some(fd) => {
                let fd = support::fd(th, fd)?;
                th.detached(|| rustix::fs::fstatvfs(fd))
            }
            None => th.detached(|| rustix::fs::statvfs(path.c())),
        };
        match found {
            Ok(found) => statvfs_value(th, &found),
            Err(error) => Err(path.raise(th, &error)),
        }
    }

    /// Perform an fstatvfs system call on the given fd.
    ///
    /// Equivalent to statvfs(fd).
    #[sig("(fd, /)")]
    pub fn fstatvfs(th: &mut Thread, fd: i32) -> Result<Value> {
        let fd = support::fd(th, fd)?;
        let found = blocking_call(th, || rustix::fs::fstatvfs(fd))?;
        statvfs_value(th, &found)
    }

    /// Return a bytes object containing random bytes suitable for cryptographic use.
    #[sig("(size, /)")]
    pub fn urandom(th: &mut Thread, size: isize) -> Result<Value> {
        let size = usize::try_from(size).map_err(|_| value_error("negative argument not allowed"))?;
        let mut bytes = support::zeroed(size)?;
        let mut filled = 0;
        while filled < size {
            let rest = &mut bytes[filled..];
            filled += blocking_call(th, || {
                rustix::rand::getrandom(&mut *rest, rustix::rand::GetRandomFlags::empty())
            })?;
        }
        Bytes::new(th, &bytes)
    }

    /// Obtain a series of random bytes.
    #[sig("(size, flags=0)")]
    pub fn getrandom(th: &mut Thread, size: isize, flags: u32) -> Result<Value> {
        let size = usize::try_from(size).map_err(|_| support::errno_error(libc::EINVAL))?;
        let mut bytes = support::zeroed(size)?;
        let flags = rustix::rand::GetRandomFlags::from_bits_retain(flags);
        let count = blocking_call(th, || rustix::rand::getrandom(&mut bytes[..], flags))?;
        Bytes::new(th, &bytes[..count])
    }

    /// Return the value of extended attribute attribute on path.
    ///
    /// path may be either a string, a path-like object, or an open file descriptor.
    /// If follow_symlinks is False, and the last element of the path is a symbolic
    ///   link, getxattr will examine the symbolic link itself instead of the file
    ///   the link points to.
    #[sig("(path, attribute, *, follow_symlinks=True)")]
    pub fn getxattr(
        th: &mut Thread,
        path: &Value,
        attribute: &Value,
        follow_symlinks: bool,
    ) -> Result<Value> {
        let path = Path::of(th, "getxattr", "path", path, PATH_OR_FD)?;
        let name = attribute_name(th, attribute)?;
        let found = growing(|bytes| match path.fd {
            Some(fd) => rustix::fs::fgetxattr(borrowed(fd)?, &*name, bytes),
            None if follow_symlinks => rustix::fs::getxattr(path.c(), &*name, bytes),
            None => rustix::fs::lgetxattr(path.c(), &*name, bytes),
        });
        match found {
            Ok(bytes) => Bytes::new(th, &bytes),
            Err(error) => Err(path.raise(th, &error)),
        }
    }

    /// Set extended attribute attribute on path to value.
    #[sig("(path, attribute, value, flags=0, *, follow_symlinks=True)")]
    pub fn setxattr(
        th: &mut Thread,
        path: &Value,
        attribute: &Value,
        value: &Value,
        flags: u32,
        follow_symlinks: bool,
    ) -> Result<()> {
        let path = Path::of(th, "setxattr", "path", path, PATH_OR_FD)?;
        let name = attribute_name(th, attribute)?;
        let bytes = buffers::bytes_of(th, value)?.into_vec();
        let flags = rustix::fs::XattrFlags::from_bits_retain(flags);
        let done = match path.fd {
            Some(fd) => borrowed(fd).and_then(|fd| rustix::fs::fsetxattr(fd, &*name, &bytes, flags)),
            None if follow_symlinks => rustix::fs::setxattr(path.c(), &*name, &bytes, flags),
            None => rustix::fs::lsetxattr(path.c(), &*name, &bytes, flags),
        };
        done.map_err(|error| path.raise(th, &error))
    }

    /// Remove extended attribute attribute on path.
    #[sig("(path, attribute, *, follow_symlinks=True)")]
    pub fn removexattr(
        th: &mut Thread,
        path: &Value,
        attribute: &Value,
        follow_symlinks: bool,
    ) -> Result<()> {
        let path = Path::of(th, "removexattr", "path", path, PATH_OR_FD)?;
        let name = attribute_name(th, attribute)?;
        let done = match path.fd {
            Some(fd) => borrowed(fd).and_then(|fd| rustix::fs::fremovexattr(fd, &*name)),
            None if follow_symlinks => rustix::fs::removexattr(path.c(), &*name),
            None => rustix::fs::lremovexattr(path.c(), &*name),
        };
        done.map_err(|error| path.raise(th, &error))
    }

    /// Return a list of extended attributes on path.
    ///
    /// path may be either None, a string, a path-like object, or an open file descriptor.
    /// if path is None, listxattr will examine the current directory.
    #[sig("(path=None, *, follow_symlinks=True)")]
    pub fn listxattr(th: &mut Thread, path: Option<&Value>, follow_symlinks: bool) -> Result<Value> {
        let none = Value::none();
        let allow = super::super::path::Allow { fd: true, none: true };
        let path = Path::of(th, "listxattr", "path", path.unwrap_or(&none), allow)?;
        let found = growing(|bytes| match path.fd {
            Some(fd) => rustix::fs::flistxattr(borrowed(fd)?, bytes),
            None if follow_symlinks => rustix::fs::listxattr(path.c(), bytes),
            None => rustix::fs::llistxattr(path.c(), bytes),
        });
        let names = found.map_err(|error| path.raise(th, &error))?;
        let mut values = Vec::new();
        for name in names.split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
            values.push(support::name_value(th, name, false)?);
        }
        List::new(th, values)
    }

    /// Create and return a timer file descriptor.
    #[sig("(clockid, /, *, flags=0o2000000)", hidden)]
    pub fn timerfd_create(th: &mut Thread, clockid: i32, flags: i32) -> Result<i32> {
        blocking_call(th, || numbers::timerfd_create(clockid, flags))
    }

    /// Alter a timer file descriptor's internal timer in seconds.
    #[sig("(fd, /, *, flags=0, initial=0.0, interval=0.0)")]
    pub fn timerfd_settime(
        th: &mut Thread,
        fd: Descriptor,
        flags: i32,
        initial: f64,
        interval: f64,
    ) -> Result<Value> {
        let mut times = [(0, 0); 2];
        for (time, seconds) in times.iter_mut().zip([interval, initial]) {
            let seconds = float::new(th, seconds)?;
            *time = split(support::nanoseconds(th, &seconds, Rounding::Floor)?);
        }
        let before = blocking_call(th, || process::set_timer(fd.0, flags, times))?;
        timer_floats(th, before)
    }

    /// Alter a timer file descriptor's internal timer in nanoseconds.
    #[sig("(fd, /, *, flags=0, initial=0, interval=0)")]
    pub fn timerfd_settime_ns(
        th: &mut Thread,
        fd: Descriptor,
        flags: i32,
        initial: i64,
        interval: i64,
    ) -> Result<Value> {
        let times = [split(interval), split(initial)];
        let before = blocking_call(th, || process::set_timer(fd.0, flags, times))?;
        timer_ns(th, before)
    }

    /// Return a tuple of a timer file descriptor's (interval, next expiration) in float seconds.
    #[sig("(fd, /)")]
    pub fn timerfd_gettime(th: &mut Thread, fd: Descriptor) -> Result<Value> {
        let times = blocking_call(th, || process::timer(fd.0))?;
        timer_floats(th, times)
    }

    /// Return a tuple of a timer file descriptor's (interval, next expiration) in nanoseconds.
    #[sig("(fd, /)")]
    pub fn timerfd_gettime_ns(th: &mut Thread, fd: Descriptor) -> Result<Value> {
        let times = blocking_call(th, || process::timer(fd.0))?;
        timer_ns(th, times)
    }

    /// Return True if an input hook is installed.
    #[sig("()", hidden)]
    pub fn _is_inputhook_installed() -> bool {
        false
    }

    /// Calls the input hook, of which there is none.
    #[sig("()", hidden)]
    pub fn _inputhook() {}
}

fn borrowed(fd: i32) -> rustix::io::Result<std::os::fd::BorrowedFd<'static>> {
    runtime::system::fd(fd).map_err(|_| rustix::io::Errno::BADF)
}
