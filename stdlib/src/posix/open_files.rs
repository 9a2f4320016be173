//! Operations on descriptors: opening, reading, writing, duplicating.

use runtime::error::{Result, type_error, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::system::{files, numbers};
use runtime::types::{Bytes, Str, buffers, int, struct_sequence};
use runtime::{Thread, Value, ops};

use super::path::{Allow, DirFd, PATH, Path};
use crate::support::{self, Descriptor, blocking_call};

runtime::struct_sequence! {
    /// `os.terminal_size`.
    pub static TERMINAL_SIZE: "os" "terminal_size" "A tuple of (columns, lines) for holding terminal window size"
    visible 2 unnamed 0 {
        "columns" "width of the terminal window in characters",
        "lines" "height of the terminal window in characters",
    }
}

/// The most bytes that one call reads or writes.
const MOST: usize = isize::MAX as usize;

/// The first free descriptor from 3 upwards would be wrong: `dup2` onto itself keeps its flags.
fn set_cloexec(fd: i32, on: bool) -> std::io::Result<()> {
    let flags = files::fcntl(fd, libc::F_GETFD, 0)?;
    let wanted = if on { flags | libc::FD_CLOEXEC } else { flags & !libc::FD_CLOEXEC };
    if wanted != flags {
        files::fcntl(fd, libc::F_SETFD, wanted.into())?;
    }
    Ok(())
}

/// Writable buffers, filled one behind the other by `fill` with at most as many bytes as they have.
fn into_buffers(
    thread: &mut Thread,
    values: &[Value],
    fill: impl FnOnce(&mut Thread, &mut Vec<u8>, usize) -> Result<usize>,
) -> Result<usize> {
    let mut lent = Vec::with_capacity(values.len());
    for value in values {
        match buffers::lend(thread, value, true) {
            Ok(buffer) => lent.push(buffer),
            Err(raised) => {
                lent.iter().for_each(|buffer| buffers::give_back(thread, buffer));
                return Err(raised);
            }
        }
    }
    let total = lent.iter().map(|buffer| buffer.len_bytes).sum();
    let mut bytes = Vec::new();
    let result = fill(thread, &mut bytes, total);
    let mut rest = &bytes[..];
    for buffer in &lent {
        let part = rest.len().min(buffer.len_bytes);
        buffer.write(0, &rest[..part]);
        rest = &rest[part..];
        buffers::give_back(thread, buffer);
    }
    result
}

fn sequence(thread: &mut Thread, value: &Value, function: &str) -> Result<Vec<Value>> {
    if runtime::class::slots_of(value).getitem.get().is_none() {
        return Err(runtime::error::type_error(format!("{function}() arg 2 must be a sequence")));
    }
    ops::to_vec(thread, value)
}

fn joined(thread: &mut Thread, values: &[Value]) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for value in values {
        all.extend_from_slice(&buffers::bytes_of(thread, value)?);
    }
    Ok(all)
}

fn length(length: isize) -> Result<usize> {
    usize::try_from(length).map_err(|_| support::errno_error(libc::EINVAL))
}

#[native::module("posix", doc = "Functions on descriptors.")]
pub(crate) mod functions {
    use super::*;

    /// Open a file for low level IO.  Returns a file descriptor (integer).
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    ///   and path should be relative; path will then be relative to that directory.
    /// dir_fd may not be implemented on your platform.
    ///   If it is unavailable, using it will raise a NotImplementedError.
    #[sig("(path, flags, mode=0o777, *, dir_fd=None)")]
    pub fn open(th: &mut Thread, path: &Value, flags: i32, mode: i32, dir_fd: Option<DirFd>) -> Result<i32> {
        let path = Path::of(th, "open", "path", path, PATH)?;
        let dir = DirFd::or_current(dir_fd);
        let opened =
            support::blocking(th, || numbers::openat(dir, path.c(), flags | libc::O_CLOEXEC, mode as u32))?;
        opened.map_err(|error| path.raise(th, &error))
    }

    /// Close a file descriptor.
    #[sig("(fd)")]
    pub fn close(th: &mut Thread, fd: Descriptor) -> Result<()> {
        // Not again after a signal: the descriptor is gone whatever the call says.
        match th.detached(|| numbers::close(fd.0)) {
            Err(error) if error.raw_os_error() != Some(libc::EINTR) => Err(support::raise(th, &error)),
            _ => Ok(()),
        }
    }

    /// Closes all file descriptors in [fd_low, fd_high), ignoring errors.
    #[sig("(fd_low, fd_high, /)")]
    pub fn closerange(th: &mut Thread, fd_low: i32, fd_high: i32) {
        th.detached(|| runtime::system::process::close_range(fd_low, fd_high));
    }

    /// Return a duplicate of a file descriptor.
    #[sig("(fd, /)")]
    pub fn dup(th: &mut Thread, fd: i32) -> Result<i32> {
        blocking_call(th, || files::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0))
    }

    /// Duplicate file descriptor.
    #[sig("(fd, fd2, inheritable=True)")]
    pub fn dup2(th: &mut Thread, fd: i32, fd2: i32, inheritable: bool) -> Result<i32> {
        if fd < 0 || fd2 < 0 {
            return Err(support::raise_number(th, libc::EBADF));
        }
        if inheritable || fd == fd2 {
            blocking_call(th, || numbers::dup2(fd, fd2))
        } else {
            blocking_call(th, || numbers::dup3(fd, fd2, libc::O_CLOEXEC))
        }
    }

    /// Read from a file descriptor.  Returns a bytes object.
    #[sig("(fd, length, /)")]
    pub fn read(th: &mut Thread, fd: i32, length: isize) -> Result<Value> {
        let most = super::length(length)?.min(MOST);
        let mut bytes = Vec::new();
        blocking_call(th, || files::read_to(fd, &mut bytes, most))?;
        Bytes::new(th, &bytes)
    }

    /// Read into a buffer object from a file descriptor.
    ///
    /// The buffer should be mutable and bytes-like. On success, returns the number of
    /// bytes read. Less bytes may be read than the size of the buffer. The underlying
    /// system call will be retried when interrupted by a signal, unless the signal
    /// handler raises an exception. Other errors will not be retried and an error will
    /// be raised.
    #[sig("(fd, buffer, /)")]
    pub fn readinto(th: &mut Thread, fd: i32, buffer: &Value) -> Result<usize> {
        if cast::<Bytes>(buffer).is_some() || !runtime::types::buffers::is_buffer(buffer) {
            let got = support::class_name(buffer);
            return Err(type_error(format!(
                "readinto() argument 2 must be read-write bytes-like object, not {got}"
            )));
        }
        into_buffers(th, std::slice::from_ref(buffer), |th, bytes, most| {
            blocking_call(th, || files::read_to(fd, bytes, most))
        })
    }

    /// Read from a file descriptor fd into an iterable of buffers.
    ///
    /// The buffers should be mutable buffers accepting bytes.
    /// readv will transfer data into each buffer until it is full
    /// and then move on to the next buffer in the sequence to hold
    /// the rest of the data.
    #[sig("(fd, buffers, /)")]
    pub fn readv(th: &mut Thread, fd: i32, buffers: &Value) -> Result<usize> {
        let values = sequence(th, buffers, "readv")?;
        into_buffers(th, &values, |th, bytes, most| blocking_call(th, || files::read_to(fd, bytes, most)))
    }

    /// Read a number of bytes from a file descriptor starting at a particular offset.
    ///
    /// Read length bytes from file descriptor fd, starting at offset bytes from
    /// the beginning of the file.  The file offset remains unchanged.
    #[sig("(fd, length, offset, /)")]
    pub fn pread(th: &mut Thread, fd: i32, length: isize, offset: i64) -> Result<Value> {
        let mut bytes = support::zeroed(super::length(length)?)?;
        let count = blocking_call(th, || files::pread(fd, &mut bytes, offset))?;
        Bytes::new(th, &bytes[..count])
    }

    /// Reads from a file descriptor into a number of mutable bytes-like objects.
    #[sig("(fd, buffers, offset, flags=0, /)")]
    pub fn preadv(th: &mut Thread, fd: i32, buffers: &Value, offset: i64, flags: i32) -> Result<usize> {
        if flags != 0 {
            return Err(support::raise_number(th, libc::EOPNOTSUPP));
        }
        let values = sequence(th, buffers, "preadv2")?;
        into_buffers(th, &values, |th, bytes, most| {
            *bytes = support::zeroed(most)?;
            let count = blocking_call(th, || files::pread(fd, bytes, offset))?;
            bytes.truncate(count);
            Ok(count)
        })
    }

    /// Write a bytes object to a file descriptor.
    #[sig("(fd, data, /)")]
    pub fn write(th: &mut Thread, fd: i32, data: &Value) -> Result<usize> {
        let bytes = buffers::bytes_of(th, data)?;
        blocking_call(th, || files::write(fd, &bytes))
    }

    /// Iterate over buffers, and write the contents of each to a file descriptor.
    ///
    /// Returns the total number of bytes written.
    /// buffers must be a sequence of bytes-like objects.
    #[sig("(fd, buffers, /)")]
    pub fn writev(th: &mut Thread, fd: i32, buffers: &Value) -> Result<usize> {
        let values = sequence(th, buffers, "writev")?;
        let bytes = joined(th, &values)?;
        blocking_call(th, || files::write(fd, &bytes))
    }

    /// Write bytes to a file descriptor starting at a particular offset.
    ///
    /// Write buffer to fd, starting at offset bytes from the beginning of
    /// the file.  Returns the number of bytes written.  Does not change the
    /// current file offset.
    #[sig("(fd, buffer, offset, /)")]
    pub fn pwrite(th: &mut Thread, fd: i32, buffer: &Value, offset: i64) -> Result<usize> {
        let bytes = buffers::bytes_of(th, buffer)?;
        blocking_call(th, || files::pwrite(fd, &bytes, offset))
    }

    /// Writes the bytes-like objects to a file descriptor at an offset.
    #[sig("(fd, buffers, offset, flags=0, /)")]
    pub fn pwritev(th: &mut Thread, fd: i32, buffers: &Value, offset: i64, flags: i32) -> Result<usize> {
        if flags != 0 {
            return Err(support::raise_number(th, libc::EOPNOTSUPP));
        }
        let values = sequence(th, buffers, "pwritev2")?;
        let bytes = joined(th, &values)?;
        blocking_call(th, || files::pwrite(fd, &bytes, offset))
    }

    /// Set the position of a file descriptor.  Return the new position.
    ///
    ///   fd
    ///     An open file descriptor, as returned by os.open().
    ///   position
    ///     Position, interpreted relative to 'whence'.
    ///   whence
    ///     The relative position to seek from. Valid values are:
    ///     - SEEK_SET: seek from the start of the file.
    ///     - SEEK_CUR: seek from the current file position.
    ///     - SEEK_END: seek from the end of the file.
    ///
    /// The return value is the number of bytes relative to the beginning of the file.
    #[sig("(fd, position, whence, /)")]
    pub fn lseek(th: &mut Thread, fd: i32, position: i64, whence: i32) -> Result<i64> {
        blocking_call(th, || numbers::lseek(fd, position, whence))
    }

    /// Force write of fd to disk.
    #[sig("(fd)")]
    pub fn fsync(th: &mut Thread, fd: Descriptor) -> Result<()> {
        blocking_call(th, || numbers::fsync(fd.0)).map(drop)
    }

    /// Force write of fd to disk without forcing update of metadata.
    #[sig("(fd)")]
    pub fn fdatasync(th: &mut Thread, fd: Descriptor) -> Result<()> {
        blocking_call(th, || numbers::fdatasync(fd.0)).map(drop)
    }

    /// Truncate a file, specified by file descriptor, to a specific length.
    #[sig("(fd, length, /)")]
    pub fn ftruncate(th: &mut Thread, fd: i32, length: i64) -> Result<()> {
        blocking_call(th, || numbers::ftruncate(fd, length)).map(drop)
    }

    /// Apply, test or remove a POSIX lock on an open file descriptor.
    #[sig("(fd, command, length, /)")]
    pub fn lockf(th: &mut Thread, fd: i32, command: i32, length: i64) -> Result<()> {
        blocking_call(th, || numbers::lockf(fd, command, length)).map(drop)
    }

    /// Create a pipe.
    ///
    /// Returns a tuple of two file descriptors:
    ///   (read_fd, write_fd)
    #[sig("()")]
    pub fn pipe(th: &mut Thread) -> Result<(i32, i32)> {
        blocking_call(th, || files::pipe(libc::O_CLOEXEC))
    }

    /// Create a pipe with flags set atomically.
    ///
    /// Returns a tuple of two file descriptors:
    ///   (read_fd, write_fd)
    ///
    /// flags can be constructed by ORing together one or more of these values:
    /// O_NONBLOCK, O_CLOEXEC.
    #[sig("(flags, /)")]
    pub fn pipe2(th: &mut Thread, flags: i32) -> Result<(i32, i32)> {
        blocking_call(th, || files::pipe(flags))
    }

    /// Return True if the fd is connected to a terminal.
    ///
    /// Return True if the file descriptor is an open file descriptor
    /// connected to the slave end of a terminal.
    #[sig("(fd, /)")]
    pub fn isatty(th: &mut Thread, fd: i32) -> bool {
        th.detached(|| numbers::isatty(fd)).is_ok_and(|answer| answer == 1)
    }

    /// Return the name of the terminal device connected to 'fd'.
    #[sig("(fd, /)")]
    pub fn ttyname(th: &mut Thread, fd: i32) -> Result<Value> {
        let name = files::ttyname(fd).map_err(|error| support::raise(th, &error))?;
        support::name_value(th, name.as_bytes(), false)
    }

    /// Return the size of the terminal window as (columns, lines).
    ///
    /// The optional argument fd (default standard output) specifies
    /// which file descriptor should be queried.
    ///
    /// If the file descriptor is not connected to a terminal, an OSError
    /// is thrown.
    #[sig("(fd=1, /)", hidden)]
    pub fn get_terminal_size(th: &mut Thread, fd: i32) -> Result<Value> {
        let terminal = support::fd(th, fd)?;
        let size = rustix::termios::tcgetwinsize(terminal).map_err(|error| support::raise(th, &error))?;
        let items = vec![int::from_i64(th, size.ws_col.into())?, int::from_i64(th, size.ws_row.into())?];
        struct_sequence::make(th, &TERMINAL_SIZE, items, Vec::new())
    }

    /// Get the close-on-exe flag of the specified file descriptor.
    #[sig("(fd, /)")]
    pub fn get_inheritable(th: &mut Thread, fd: i32) -> Result<bool> {
        Ok(blocking_call(th, || files::fcntl(fd, libc::F_GETFD, 0))? & libc::FD_CLOEXEC == 0)
    }

    /// Set the inheritable flag of the specified file descriptor.
    #[sig("(fd, inheritable, /)")]
    pub fn set_inheritable(th: &mut Thread, fd: i32, inheritable: i32) -> Result<()> {
        blocking_call(th, || set_cloexec(fd, inheritable == 0))
    }

    /// Get the blocking mode of the file descriptor.
    ///
    /// Return False if the O_NONBLOCK flag is set, True if the flag is cleared.
    #[sig("(fd, /)")]
    pub fn get_blocking(th: &mut Thread, fd: i32) -> Result<bool> {
        Ok(blocking_call(th, || files::fcntl(fd, libc::F_GETFL, 0))? & libc::O_NONBLOCK == 0)
    }

    /// Set the blocking mode of the specified file descriptor.
    ///
    /// Set the O_NONBLOCK flag if blocking is False,
    /// clear the O_NONBLOCK flag otherwise.
    #[sig("(fd, blocking, /)")]
    pub fn set_blocking(th: &mut Thread, fd: i32, blocking: bool) -> Result<()> {
        let flags = blocking_call(th, || files::fcntl(fd, libc::F_GETFL, 0))?;
        let wanted = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
        blocking_call(th, || files::fcntl(fd, libc::F_SETFL, wanted.into())).map(drop)
    }

    /// Return a string describing the encoding of a terminal's file descriptor.
    ///
    /// The file descriptor must be attached to a terminal.
    /// If the device is not a terminal, return None.
    #[sig("(fd)")]
    pub fn device_encoding(th: &mut Thread, fd: i32) -> Result<Value> {
        if th.detached(|| numbers::isatty(fd)).is_ok_and(|answer| answer == 1) {
            Str::new(th, "UTF-8")
        } else {
            Ok(Value::none())
        }
    }

    /// Copy count bytes from file descriptor in_fd to file descriptor out_fd.
    #[sig("(out_fd, in_fd, offset, count)")]
    pub fn sendfile(th: &mut Thread, out_fd: i32, in_fd: i32, offset: &Value, count: isize) -> Result<usize> {
        let (to, from) = (support::fd(th, out_fd)?, support::fd(th, in_fd)?);
        let count = super::length(count)?;
        if offset.is_none() {
            return blocking_call(th, || rustix::fs::sendfile(to, from, None, count));
        }
        let start =
            u64::try_from(ops::index_i128(th, offset)?).map_err(|_| support::errno_error(libc::EINVAL))?;
        let mut at = start;
        blocking_call(th, || rustix::fs::sendfile(to, from, Some(&mut at), count))
    }

    /// Copy count bytes from one file descriptor to another.
    #[sig("(src, dst, count, offset_src=None, offset_dst=None)")]
    pub fn copy_file_range(
        th: &mut Thread,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<u64>,
        offset_dst: Option<u64>,
    ) -> Result<usize> {
        if count < 0 {
            return Err(value_error("negative value for 'count' not allowed"));
        }
        let (from, to) = (support::fd(th, src)?, support::fd(th, dst)?);
        let (mut from_at, mut to_at) = (offset_src, offset_dst);
        blocking_call(th, || {
            rustix::fs::copy_file_range(from, from_at.as_mut(), to, to_at.as_mut(), count.unsigned_abs())
        })
    }

    /// Transfer count bytes from one pipe to a descriptor or vice versa.
    #[sig("(src, dst, count, offset_src=None, offset_dst=None, flags=0)")]
    pub fn splice(
        th: &mut Thread,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<u64>,
        offset_dst: Option<u64>,
        flags: u32,
    ) -> Result<usize> {
        if count < 0 {
            return Err(value_error("negative value for 'count' not allowed"));
        }
        let (from, to) = (support::fd(th, src)?, support::fd(th, dst)?);
        let flags = rustix::pipe::SpliceFlags::from_bits_retain(flags);
        let (mut from_at, mut to_at) = (offset_src, offset_dst);
        blocking_call(th, || {
            rustix::pipe::splice(from, from_at.as_mut(), to, to_at.as_mut(), count.unsigned_abs(), flags)
        })
    }

    /// Announce an intention to access data in a specific pattern.
    #[sig("(fd, offset, length, advice, /)")]
    pub fn posix_fadvise(th: &mut Thread, fd: i32, offset: i64, length: i64, advice: i32) -> Result<()> {
        blocking_call(th, || runtime::system::process::fadvise(fd, offset, length, advice))
    }

    /// Ensure a file has allocated at least a particular number of bytes on disk.
    #[sig("(fd, offset, length, /)")]
    pub fn posix_fallocate(th: &mut Thread, fd: i32, offset: i64, length: i64) -> Result<()> {
        blocking_call(th, || runtime::system::process::fallocate(fd, offset, length))
    }

    /// memfd_create
    #[sig("(name, flags=1)", hidden)]
    pub fn memfd_create(th: &mut Thread, name: &Value, flags: u32) -> Result<i32> {
        let name = Path::of(th, "memfd_create", "name", name, Allow::default())?;
        blocking_call(th, || numbers::memfd_create(name.c(), flags))
    }

    /// Creates and returns an event notification file descriptor.
    #[sig("(initval, flags=0o2000000)", hidden)]
    pub fn eventfd(th: &mut Thread, initval: u32, flags: i32) -> Result<i32> {
        blocking_call(th, || numbers::eventfd(initval, flags))
    }

    /// Read eventfd value
    #[sig("(fd)")]
    pub fn eventfd_read(th: &mut Thread, fd: Descriptor) -> Result<u64> {
        let mut bytes = [0; 8];
        blocking_call(th, || files::read(fd.0, &mut bytes))?;
        Ok(u64::from_ne_bytes(bytes))
    }

    /// Write eventfd value.
    #[sig("(fd, value)")]
    pub fn eventfd_write(th: &mut Thread, fd: Descriptor, value: u64) -> Result<()> {
        let bytes = value.to_ne_bytes();
        blocking_call(th, || files::write(fd.0, &bytes)).map(drop)
    }

    /// Open and return a file descriptor for a master pseudo-terminal device.
    #[sig("(oflag, /)")]
    pub fn posix_openpt(th: &mut Thread, oflag: i32) -> Result<i32> {
        blocking_call(th, || numbers::posix_openpt(oflag | libc::O_CLOEXEC))
    }

    /// Grant access to the slave pseudo-terminal device.
    #[sig("(fd, /)")]
    pub fn grantpt(th: &mut Thread, fd: Descriptor) -> Result<()> {
        blocking_call(th, || numbers::grantpt(fd.0)).map(drop)
    }

    /// Unlock a pseudo-terminal master/slave pair.
    #[sig("(fd, /)")]
    pub fn unlockpt(th: &mut Thread, fd: Descriptor) -> Result<()> {
        blocking_call(th, || numbers::unlockpt(fd.0)).map(drop)
    }

    /// Return the name of the slave pseudo-terminal device.
    #[sig("(fd, /)")]
    pub fn ptsname(th: &mut Thread, fd: Descriptor) -> Result<Value> {
        let name = files::ptsname(fd.0).map_err(|error| support::raise(th, &error))?;
        support::name_value(th, name.as_bytes(), false)
    }

    /// Open a pseudo-terminal.
    ///
    /// Return a tuple of (master_fd, slave_fd) containing open file descriptors
    /// for both the master and slave ends.
    #[sig("()")]
    pub fn openpty(th: &mut Thread) -> Result<(i32, i32)> {
        let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
        blocking_call(th, || {
            let master = numbers::posix_openpt(flags)?;
            let slave = numbers::grantpt(master)
                .and_then(|_| numbers::unlockpt(master))
                .and_then(|_| files::ptsname(master))
                .and_then(|name| numbers::openat(libc::AT_FDCWD, &name, flags, 0));
            match slave {
                Ok(slave) => Ok((master, slave)),
                Err(error) => {
                    let _ = numbers::close(master);
                    Err(error)
                }
            }
        })
    }

    /// Force write of everything to disk.
    #[sig("()")]
    pub fn sync(th: &mut Thread) {
        th.detached(rustix::fs::sync);
    }
}
