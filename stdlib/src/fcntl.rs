//! `fcntl`: flags and locks of descriptors, and whatever else a device understands.

use runtime::error::{Result, type_error, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::system::files;
use runtime::types::{Bytes, Str, buffers, int};
use runtime::{Thread, Value, ops};

use crate::support::{self, Descriptor, blocking_call};

const CONSTANTS: &[(&str, i64)] = &[
    ("DN_ACCESS", 1),
    ("DN_ATTRIB", 32),
    ("DN_CREATE", 4),
    ("DN_DELETE", 8),
    ("DN_MODIFY", 2),
    ("DN_MULTISHOT", 2147483648),
    ("DN_RENAME", 16),
    ("FASYNC", 8192),
    ("FD_CLOEXEC", 1),
    ("FICLONE", 1074041865),
    ("FICLONERANGE", 1075876877),
    ("F_ADD_SEALS", 1033),
    ("F_DUPFD", 0),
    ("F_DUPFD_CLOEXEC", 1030),
    ("F_DUPFD_QUERY", 1027),
    ("F_EXLCK", 4),
    ("F_GETFD", 1),
    ("F_GETFL", 3),
    ("F_GETLEASE", 1025),
    ("F_GETLK", 5),
    ("F_GETLK64", 5),
    ("F_GETOWN", 9),
    ("F_GETOWN_EX", 16),
    ("F_GETPIPE_SZ", 1032),
    ("F_GETSIG", 11),
    ("F_GET_FILE_RW_HINT", 1037),
    ("F_GET_RW_HINT", 1035),
    ("F_GET_SEALS", 1034),
    ("F_NOTIFY", 1026),
    ("F_OFD_GETLK", 36),
    ("F_OFD_SETLK", 37),
    ("F_OFD_SETLKW", 38),
    ("F_OWNER_PGRP", 2),
    ("F_OWNER_PID", 1),
    ("F_OWNER_TID", 0),
    ("F_RDLCK", 0),
    ("F_SEAL_FUTURE_WRITE", 16),
    ("F_SEAL_GROW", 4),
    ("F_SEAL_SEAL", 1),
    ("F_SEAL_SHRINK", 2),
    ("F_SEAL_WRITE", 8),
    ("F_SETFD", 2),
    ("F_SETFL", 4),
    ("F_SETLEASE", 1024),
    ("F_SETLK", 6),
    ("F_SETLK64", 6),
    ("F_SETLKW", 7),
    ("F_SETLKW64", 7),
    ("F_SETOWN", 8),
    ("F_SETOWN_EX", 15),
    ("F_SETPIPE_SZ", 1031),
    ("F_SETSIG", 10),
    ("F_SET_FILE_RW_HINT", 1038),
    ("F_SET_RW_HINT", 1036),
    ("F_SHLCK", 8),
    ("F_UNLCK", 2),
    ("F_WRLCK", 1),
    ("LOCK_EX", 2),
    ("LOCK_MAND", 32),
    ("LOCK_NB", 4),
    ("LOCK_READ", 64),
    ("LOCK_RW", 192),
    ("LOCK_SH", 1),
    ("LOCK_UN", 8),
    ("LOCK_WRITE", 128),
    ("RWH_WRITE_LIFE_EXTREME", 5),
    ("RWH_WRITE_LIFE_LONG", 4),
    ("RWH_WRITE_LIFE_MEDIUM", 3),
    ("RWH_WRITE_LIFE_NONE", 1),
    ("RWH_WRITE_LIFE_NOT_SET", 0),
    ("RWH_WRITE_LIFE_SHORT", 2),
];

/// The most bytes that are handed to the system and back.
const MOST_BYTES: usize = 1024;

/// Commands whose argument is an address: with a number in its place the system would write anywhere.
const WITH_ADDRESS: &[i32] = &[5, 6, 7, 36, 37, 38, 15, 16, 1035, 1036, 1037, 1038];

/// Bytes for a call that may change them; more than are given, in case the call writes more than it should.
fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut room = bytes.to_vec();
    room.resize(MOST_BYTES + bytes.len(), 0);
    room
}

fn number(thread: &mut Thread, value: &Value) -> Result<i64> {
    let number = ops::index_i128(thread, value)?;
    // As C takes an unsigned number for a signed one.
    i64::try_from(number)
        .or_else(|_| u64::try_from(number).map(|number| number as i64))
        .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C long"))
}

#[native::module(
    "fcntl",
    doc = "This module performs file control and I/O control on file\ndescriptors.  It is an interface to the fcntl() and ioctl() Unix\nroutines.  File descriptors can be obtained with the fileno() method of\na file or socket object."
)]
pub(crate) mod functions {
    use super::*;

    /// Sets the constants.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        support::constants(th, module, CONSTANTS)
    }

    /// Perform the operation `cmd` on file descriptor fd.
    ///
    /// The values used for `cmd` are operating system dependent, and are available
    /// as constants in the fcntl module, using the same names as used in
    /// the relevant C header files.  The argument arg is optional, and
    /// defaults to 0; it may be an integer, a bytes-like object or a string.
    /// If arg is given as a string, the return value of fcntl is a bytes object of that length,
    /// containing the resulting value put in the arg buffer by the operating system.
    #[sig("(fd, cmd, arg=0, /)")]
    pub fn fcntl(th: &mut Thread, fd: Descriptor, cmd: i32, arg: Option<&Value>) -> Result<Value> {
        let bytes = match arg {
            Some(arg) if cast::<Str>(arg).is_some() || buffers::is_buffer(arg) => {
                Some(text_or_bytes(th, arg)?)
            }
            _ => None,
        };
        let Some(bytes) = bytes else {
            let argument = match arg {
                Some(arg) => number(th, arg)?,
                None => 0,
            };
            if argument != 0 && WITH_ADDRESS.contains(&cmd) {
                return Err(support::raise_number(th, libc::EFAULT));
            }
            let result = blocking_call(th, || files::fcntl(fd.0, cmd, argument))?;
            return int::from_i64(th, result.into());
        };
        if bytes.len() > MOST_BYTES {
            return Err(value_error("fcntl argument 3 is too long"));
        }
        let mut room = padded(&bytes);
        blocking_call(th, || files::fcntl_bytes(fd.0, cmd, &mut room))?;
        Bytes::new(th, &room[..bytes.len()])
    }

    /// Perform the operation request on file descriptor fd.
    ///
    /// The values used for request are operating system dependent, and are available
    /// as constants in the fcntl or termios library modules, using the same names as
    /// used in the relevant C header files.
    ///
    /// The argument arg is optional, and defaults to 0; it may be an integer, a
    /// bytes-like object or a string. If it is a mutable buffer and mutate_flag is
    /// true (the default), the buffer is changed in place and the result of the call is
    /// returned; otherwise a copy is handed to the system and returned.
    #[sig("(fd, request, arg=0, mutate_flag=True, /)")]
    pub fn ioctl(
        th: &mut Thread,
        fd: Descriptor,
        request: &Value,
        arg: Option<&Value>,
        mutate_flag: bool,
    ) -> Result<Value> {
        let request = number(th, request)? as u64;
        let is_text = arg.is_some_and(|arg| cast::<Str>(arg).is_some());
        let is_bytes = arg.is_some_and(buffers::is_buffer);
        let Some(arg) = arg.filter(|_| is_text || is_bytes) else {
            let argument = match arg {
                Some(arg) => number(th, arg)?,
                None => 0,
            };
            let result = blocking_call(th, || files::ioctl_number(fd.0, request, argument))?;
            return int::from_i64(th, result.into());
        };
        let bytes = text_or_bytes(th, arg)?;
        let mut room = padded(&bytes);
        let writable = is_bytes && mutate_flag && cast::<Bytes>(arg).is_none();
        if !writable && bytes.len() > MOST_BYTES {
            return Err(value_error("ioctl argument 3 is too long"));
        }
        let result = blocking_call(th, || files::ioctl_bytes(fd.0, request, &mut room))?;
        if writable && let Ok(lent) = buffers::lend(th, arg, true) {
            lent.write(0, &room[..bytes.len()]);
            buffers::give_back(th, &lent);
            return int::from_i64(th, result.into());
        }
        Bytes::new(th, &room[..bytes.len()])
    }

    /// Perform the lock operation `operation` on file descriptor `fd`.
    ///
    /// See the Unix manual page for flock(2) for details (On some systems, this
    /// function is emulated using fcntl()).
    #[sig("(fd, operation, /)")]
    pub fn flock(th: &mut Thread, fd: Descriptor, operation: i32) -> Result<()> {
        blocking_call(th, || files::flock(fd.0, operation))
    }

    /// A wrapper around the fcntl() locking calls.
    ///
    /// `fd` is the file descriptor of the file to lock or unlock, and operation is one
    /// of the following values:
    ///
    ///     LOCK_UN - unlock
    ///     LOCK_SH - acquire a shared lock
    ///     LOCK_EX - acquire an exclusive lock
    ///
    /// When operation is LOCK_SH or LOCK_EX, it can also be bitwise ORed with
    /// LOCK_NB to avoid blocking on lock acquisition.
    #[sig("(fd, cmd, len=0, start=0, whence=0, /)")]
    pub fn lockf(th: &mut Thread, fd: Descriptor, cmd: i32, len: i64, start: i64, whence: i32) -> Result<()> {
        let kind = match cmd & !libc::LOCK_NB {
            libc::LOCK_UN => libc::F_UNLCK,
            libc::LOCK_SH => libc::F_RDLCK,
            libc::LOCK_EX => libc::F_WRLCK,
            _ => return Err(value_error("unrecognized lockf argument")),
        };
        let wait = cmd & libc::LOCK_NB == 0;
        blocking_call(th, || files::lock(fd.0, kind as i16, start, len, whence as i16, wait))
    }
}

fn text_or_bytes(thread: &mut Thread, value: &Value) -> Result<Vec<u8>> {
    if let Some(text) = cast::<Str>(value) {
        return buffers::utf8_of(thread, text);
    }
    if !buffers::is_buffer(value) {
        return Err(type_error("an integer, a bytes-like object or a string is required"));
    }
    buffers::bytes_of(thread, value).map(buffers::BytesLike::into_vec)
}
