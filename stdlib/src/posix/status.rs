//! `stat` and what it answers.

use runtime::error::{Result, type_error, value_error};
use runtime::native;
use runtime::system::files::{self, Status};
use runtime::types::{float, int, struct_sequence};
use runtime::{Thread, Value};

use super::path::{DirFd, PATH, PATH_OR_FD, Path};
use crate::support;

runtime::struct_sequence! {
    /// `os.stat_result`.
    pub static STAT_RESULT: "os" "stat_result" "stat_result: Result from stat, fstat, or lstat.\n\nThis object may be accessed either as a tuple of\n  (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime)\nor via the attributes st_mode, st_ino, st_dev, st_nlink, st_uid, and so on.\n\nPosix/windows: If your platform supports st_blksize, st_blocks, st_rdev,\nor st_flags, they are available as attributes only.\n\nSee os.stat for more information."
    visible 10 unnamed 3 {
        "st_mode" "protection bits",
        "st_ino" "inode",
        "st_dev" "device",
        "st_nlink" "number of hard links",
        "st_uid" "user ID of owner",
        "st_gid" "group ID of owner",
        "st_size" "total size, in bytes",
        "st_atime" "time of last access",
        "st_mtime" "time of last modification",
        "st_ctime" "time of last change",
        "st_atime_ns" "time of last access in nanoseconds",
        "st_mtime_ns" "time of last modification in nanoseconds",
        "st_ctime_ns" "time of last change in nanoseconds",
        "st_blksize" "blocksize for filesystem I/O",
        "st_blocks" "number of blocks allocated",
        "st_rdev" "device type (if inode device)",
    }
}

fn ns(time: (i64, i64)) -> i128 {
    i128::from(time.0) * 1_000_000_000 + i128::from(time.1)
}

fn result(thread: &mut Thread, of: &Status) -> Result<Value> {
    let times = [of.atime, of.mtime, of.ctime];
    let mut items = Vec::with_capacity(10);
    for number in [of.mode.into(), of.ino.into(), of.dev.into(), of.nlink.into(), of.uid.into(), of.gid.into(), of.size.into()] {
        items.push(int::from_i128(thread, number)?);
    }
    for time in times {
        items.push(int::from_i64(thread, time.0)?);
    }
    let mut beyond = Vec::with_capacity(9);
    for time in times {
        beyond.push(float::new(thread, time.0 as f64 + 1e-9 * time.1 as f64)?);
    }
    for time in times {
        beyond.push(int::from_i128(thread, ns(time))?);
    }
    for number in [of.blksize.into(), of.blocks.into(), of.rdev.into()] {
        beyond.push(int::from_i128(thread, number)?);
    }
    struct_sequence::make(thread, &STAT_RESULT, items, beyond)
}

fn look(thread: &mut Thread, function: &str, path: &Path, dir: Option<DirFd>, follow: bool) -> Result<Value> {
    if path.fd.is_some() {
        if dir.is_some() {
            return Err(value_error(format!("{function}: can't specify dir_fd without matching path")));
        }
        if !follow {
            return Err(value_error(format!("{function}: cannot use fd and follow_symlinks together")));
        }
    }
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let found = thread.detached(|| match path.fd {
        Some(fd) => files::fstat(fd),
        None => files::fstatat(DirFd::or_current(dir), path.c(), flags),
    });
    match found {
        Ok(found) => result(thread, &found),
        Err(error) => Err(path.raise(thread, &error)),
    }
}

/// What `name` is, if it can be looked at; links are followed.
pub fn mode_of(thread: &mut Thread, dir: i32, name: &std::ffi::CStr, follow: bool) -> std::io::Result<Status> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    thread.detached(|| files::fstatat(dir, name, flags))
}

/// A `stat_result`.
///
/// # Errors
/// MemoryError.
pub fn value_of(thread: &mut Thread, status: &Status) -> Result<Value> {
    result(thread, status)
}

/// Seconds and nanoseconds of a time given in seconds.
fn split_time(thread: &mut Thread, value: &Value) -> Result<(i64, i64)> {
    if let Some(seconds) = float::to_f64(value) {
        if seconds.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        let whole = seconds.floor();
        if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole) {
            return Err(runtime::error::overflow_error("timestamp out of range for platform time_t"));
        }
        let part = ((seconds - whole) * 1e9).floor() as i64;
        return Ok((whole as i64, part.min(999_999_999)));
    }
    let index = runtime::ops::index(thread, value)?;
    let seconds = int::to_i64(&index)
        .ok_or_else(|| runtime::error::overflow_error("timestamp out of range for platform time_t"))?;
    Ok((seconds, 0))
}

fn split_ns(thread: &mut Thread, value: &Value) -> Result<(i64, i64)> {
    if !int::is_int(value) {
        let whole = runtime::ops::index(thread, value);
        if whole.is_err() {
            return Err(type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                runtime::class::TypeExt::name_lossy(runtime::class::class_of(value))
            )));
        }
    }
    let ns = runtime::ops::index_i128(thread, value)?;
    let seconds = i64::try_from(ns.div_euclid(1_000_000_000))
        .map_err(|_| runtime::error::overflow_error("timestamp out of range for platform time_t"))?;
    Ok((seconds, ns.rem_euclid(1_000_000_000) as i64))
}

fn pair(value: &Value, name: &str) -> Result<[Value; 2]> {
    use runtime::types::TupleExt;
    let items = runtime::object::cast::<runtime::types::Tuple>(value).map(|tuple| tuple.items().to_vec());
    match items.as_deref() {
        Some([a, b]) => Ok([a.clone(), b.clone()]),
        _ => Err(type_error(format!("utime: '{name}' must be a tuple of two ints"))),
    }
}

#[native::module("posix", doc = "Functions that look at files.")]
pub(crate) mod functions {
    use super::*;

    /// Perform a stat system call on the given path.
    ///
    ///   path
    ///     Path to be examined; can be string, bytes, a path-like object or
    ///     open-file-descriptor int.
    ///   dir_fd
    ///     If not None, it should be a file descriptor open to a directory,
    ///     and path should be a relative string; path will then be relative to
    ///     that directory.
    ///   follow_symlinks
    ///     If False, and the last element of the path is a symbolic link,
    ///     stat will examine the symbolic link itself instead of the file
    ///     the link points to.
    ///
    /// dir_fd and follow_symlinks may not be implemented
    ///   on your platform.  If they are unavailable, using them will raise a
    ///   NotImplementedError.
    ///
    /// It's an error to use dir_fd or follow_symlinks when specifying path as
    ///   an open file descriptor.
    #[sig("(path, *, dir_fd=None, follow_symlinks=True)")]
    pub fn stat(th: &mut Thread, path: &Value, dir_fd: Option<DirFd>, follow_symlinks: bool) -> Result<Value> {
        let path = Path::of(th, "stat", "path", path, PATH_OR_FD)?;
        look(th, "stat", &path, dir_fd, follow_symlinks)
    }

    /// Perform a stat system call on the given path, without following symbolic links.
    ///
    /// Like stat(), but do not follow symbolic links.
    /// Equivalent to stat(path, follow_symlinks=False).
    #[sig("(path, *, dir_fd=None)")]
    pub fn lstat(th: &mut Thread, path: &Value, dir_fd: Option<DirFd>) -> Result<Value> {
        let path = Path::of(th, "lstat", "path", path, PATH)?;
        look(th, "lstat", &path, dir_fd, false)
    }

    /// Perform a stat system call on the given file descriptor.
    ///
    /// Like stat(), but for an open file descriptor.
    /// Equivalent to os.stat(fd).
    #[sig("(fd)")]
    pub fn fstat(th: &mut Thread, fd: i32) -> Result<Value> {
        let found = support::blocking_call(th, || files::fstat(fd))?;
        result(th, &found)
    }

    /// Set the access and modified time of path.
    ///
    /// path may always be specified as a string.
    /// On some platforms, path may also be specified as an open file descriptor.
    ///   If this functionality is unavailable, using it raises an exception.
    ///
    /// If times is not None, it must be a tuple (atime, mtime);
    ///     atime and mtime should be expressed as float seconds since the epoch.
    /// If ns is specified, it must be a tuple (atime_ns, mtime_ns);
    ///     atime_ns and mtime_ns should be expressed as integer nanoseconds
    ///     since the epoch.
    /// If times is None and ns is unspecified, utime uses the current time.
    /// Specifying tuples for both times and ns is an error.
    #[sig("(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)")]
    pub fn utime(
        th: &mut Thread,
        path: &Value,
        times: Option<&Value>,
        ns: Option<&Value>,
        dir_fd: Option<DirFd>,
        follow_symlinks: bool,
    ) -> Result<()> {
        let path = Path::of(th, "utime", "path", path, PATH_OR_FD)?;
        if times.is_some() && ns.is_some() {
            return Err(value_error("utime: you may specify either 'times' or 'ns' but not both"));
        }
        let times = match (times, ns) {
            (Some(times), _) => {
                let [a, b] = super::pair(times, "times").map_err(|_| {
                    type_error("utime: 'times' must be either a tuple of two ints or None")
                })?;
                Some([split_time(th, &a)?, split_time(th, &b)?])
            }
            (_, Some(ns)) => {
                let [a, b] = super::pair(ns, "ns")?;
                Some([split_ns(th, &a)?, split_ns(th, &b)?])
            }
            _ => None,
        };
        if path.fd.is_some() {
            if dir_fd.is_some() {
                return Err(value_error("utime: can't specify dir_fd without matching path"));
            }
            if !follow_symlinks {
                return Err(value_error("utime: cannot use fd and follow_symlinks together"));
            }
        }
        let flags = if follow_symlinks { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        let done = th.detached(|| match path.fd {
            Some(fd) => files::set_times(fd, None, times, 0),
            None => files::set_times(DirFd::or_current(dir_fd), Some(path.c()), times, flags),
        });
        done.map_err(|error| path.raise(th, &error))
    }
}
