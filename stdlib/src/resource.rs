//! `resource`: limits, and what processes have used.

use runtime::error::{Result, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::system::process;
use runtime::types::{Tuple, TupleExt, int, module};
use runtime::{Thread, Value, ops};

use crate::support;

runtime::struct_sequence! {
    /// `resource.struct_rusage`.
    pub static STRUCT_RUSAGE: "resource" "struct_rusage" "struct_rusage: Result from getrusage.\n\nThis object may be accessed either as a tuple of\n    (utime,stime,maxrss,ixrss,idrss,isrss,minflt,majflt,\n    nswap,inblock,oublock,msgsnd,msgrcv,nsignals,nvcsw,nivcsw)\nor via the attributes ru_utime, ru_stime, ru_maxrss, and so on."
    visible 16 unnamed 0 {
        "ru_utime" "user time used",
        "ru_stime" "system time used",
        "ru_maxrss" "max. resident set size",
        "ru_ixrss" "shared memory size",
        "ru_idrss" "unshared data size",
        "ru_isrss" "unshared stack size",
        "ru_minflt" "page faults not requiring I/O",
        "ru_majflt" "page faults requiring I/O",
        "ru_nswap" "number of swap outs",
        "ru_inblock" "block input operations",
        "ru_oublock" "block output operations",
        "ru_msgsnd" "IPC messages sent",
        "ru_msgrcv" "IPC messages received",
        "ru_nsignals" "signals received",
        "ru_nvcsw" "voluntary context switches",
        "ru_nivcsw" "involuntary context switches",
    }
}

const CONSTANTS: &[(&str, i64)] = &[
    ("RLIMIT_AS", 9),
    ("RLIMIT_CORE", 4),
    ("RLIMIT_CPU", 0),
    ("RLIMIT_DATA", 2),
    ("RLIMIT_FSIZE", 1),
    ("RLIMIT_MEMLOCK", 8),
    ("RLIMIT_MSGQUEUE", 12),
    ("RLIMIT_NICE", 13),
    ("RLIMIT_NOFILE", 7),
    ("RLIMIT_NPROC", 6),
    ("RLIMIT_OFILE", 7),
    ("RLIMIT_RSS", 5),
    ("RLIMIT_RTPRIO", 14),
    ("RLIMIT_RTTIME", 15),
    ("RLIMIT_SIGPENDING", 11),
    ("RLIMIT_STACK", 3),
    ("RLIM_INFINITY", -1),
    ("RUSAGE_CHILDREN", -1),
    ("RUSAGE_SELF", 0),
    ("RUSAGE_THREAD", 1),
];

fn limit(thread: &mut Thread, value: &Value) -> Result<u64> {
    let number = ops::index_i128(thread, value)?;
    if number == -1 {
        return Ok(u64::MAX);
    }
    match i64::try_from(number) {
        Ok(number) if number >= 0 => Ok(number as u64),
        Ok(_) => Err(value_error("Cannot convert negative int")),
        Err(_) if number < 0 => Err(value_error("Cannot convert negative int")),
        Err(_) => u64::try_from(number).map_err(|_| runtime::error::overflow_error("int too big to convert")),
    }
}

fn limits(thread: &mut Thread, value: &Value) -> Result<(u64, u64)> {
    let items = match cast::<Tuple>(value) {
        Some(tuple) => tuple.items().to_vec(),
        None => ops::to_vec(thread, value)?,
    };
    let [soft, hard] = &items[..] else { return Err(value_error("expected a tuple of 2 integers")) };
    Ok((limit(thread, soft)?, limit(thread, hard)?))
}

fn value_of(thread: &mut Thread, (soft, hard): (u64, u64)) -> Result<Value> {
    // The largest number means that there is no limit, and is -1 to Python.
    let items = vec![int::from_i64(thread, soft as i64)?, int::from_i64(thread, hard as i64)?];
    Tuple::new(thread, items)
}

fn change(thread: &mut Thread, pid: i32, resource: i32, new: Option<(u64, u64)>) -> Result<(u64, u64)> {
    if !(0..16).contains(&resource) {
        return Err(value_error("invalid resource specified"));
    }
    match process::limit(pid, resource as u32, new) {
        Ok(limits) => Ok(limits),
        Err(error) if new.is_some() && error.raw_os_error() == Some(libc::EINVAL) => {
            Err(value_error("current limit exceeds maximum limit"))
        }
        Err(error) if new.is_some() && pid == 0 && error.raw_os_error() == Some(libc::EPERM) => {
            Err(value_error("not allowed to raise maximum limit"))
        }
        Err(error) => Err(support::raise(thread, &error)),
    }
}

#[native::module("resource", doc = "Limits on the use of resources, and how much of them has been used.")]
pub(crate) mod functions {
    use super::*;

    /// Sets the constants.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)?;
        module::set(th, module, "struct_rusage", STRUCT_RUSAGE.value())?;
        module::set(th, module, "error", runtime::error::OS_ERROR.value())
    }

    /// What has been used by the process, its children or the thread.
    #[sig("(who, /)")]
    pub fn getrusage(th: &mut Thread, who: i32) -> Result<Value> {
        match process::usage(who) {
            Ok(usage) => crate::posix::usage_value(th, &usage),
            Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
                Err(value_error("invalid who parameter"))
            }
            Err(error) => Err(support::raise(th, &error)),
        }
    }

    /// The soft and the hard limit.
    #[sig("(resource, /)")]
    pub fn getrlimit(th: &mut Thread, resource: i32) -> Result<Value> {
        let limits = change(th, 0, resource, None)?;
        value_of(th, limits)
    }

    /// Sets the soft and the hard limit.
    #[sig("(resource, limits, /)")]
    pub fn setrlimit(th: &mut Thread, resource: i32, limits: &Value) -> Result<()> {
        let new = super::limits(th, limits)?;
        change(th, 0, resource, Some(new)).map(drop)
    }

    /// prlimit(pid, resource, [limits])
    #[sig("(pid, resource, limits=None, /)", hidden)]
    pub fn prlimit(th: &mut Thread, pid: i32, resource: i32, limits: Option<&Value>) -> Result<Value> {
        let new = match limits {
            Some(limits) => Some(super::limits(th, limits)?),
            None => None,
        };
        let before = change(th, pid, resource, new)?;
        value_of(th, before)
    }

    /// Bytes in a page of memory.
    #[sig("()")]
    pub fn getpagesize() -> usize {
        rustix::param::page_size()
    }
}
