//! Names of files: making, removing, renaming, linking; and what belongs to a name, such as permissions.

use std::io;

use runtime::error::{Result, value_error};
use runtime::native;
use runtime::system::{files, numbers};
use runtime::types::int;
use runtime::{Thread, Value, ops};

use super::path::{Allow, DirFd, Id, PATH, PATH_OR_FD, Path};
use crate::support;

/// Runs a call on one path; what fails names it.
fn on_path(thread: &mut Thread, path: &Path, call: impl FnOnce() -> io::Result<i32>) -> Result<()> {
    match thread.detached(call) {
        Ok(_) => Ok(()),
        Err(error) => Err(path.raise(thread, &error)),
    }
}

/// Runs a call on two paths.
fn on_paths(
    thread: &mut Thread,
    from: &Path,
    to: &Path,
    call: impl FnOnce() -> io::Result<i32>,
) -> Result<()> {
    match thread.detached(call) {
        Ok(_) => Ok(()),
        Err(error) => Err(from.raise_with(thread, &error, to)),
    }
}

fn rename_as(
    thread: &mut Thread,
    function: &str,
    src: &Value,
    dst: &Value,
    src_dir_fd: Option<DirFd>,
    dst_dir_fd: Option<DirFd>,
) -> Result<()> {
    let from = Path::of(thread, function, "src", src, PATH)?;
    let to = Path::of(thread, function, "dst", dst, PATH)?;
    let (from_dir, to_dir) = (DirFd::or_current(src_dir_fd), DirFd::or_current(dst_dir_fd));
    on_paths(thread, &from, &to, || numbers::renameat(from_dir, from.c(), to_dir, to.c()))
}

fn remove(thread: &mut Thread, function: &str, path: &Value, dir: Option<DirFd>, flags: i32) -> Result<()> {
    let path = Path::of(thread, function, "path", path, PATH)?;
    on_path(thread, &path, || numbers::unlinkat(DirFd::or_current(dir), path.c(), flags))
}

fn check_fd_alone(path: &Path, function: &str, dir: Option<DirFd>, follow: bool) -> Result<()> {
    if path.fd.is_some() && dir.is_some() {
        return Err(value_error(format!("{function}: can't specify dir_fd without matching path")));
    }
    if path.fd.is_some() && !follow {
        return Err(value_error(format!("{function}: cannot use fd and follow_symlinks together")));
    }
    Ok(())
}

fn file_type(thread: &mut Thread, function: &str, path: &Value, wanted: u32, follow: bool) -> Result<bool> {
    let allow = Allow { fd: true, none: false };
    let path = match Path::of(thread, function, "path", path, allow) {
        Ok(path) => path,
        Err(raised) if raised.is(&runtime::error::VALUE_ERROR) => return Ok(false),
        Err(raised) => return Err(raised),
    };
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let found = thread.detached(|| match path.fd {
        Some(fd) => files::fstat(fd),
        None => files::fstatat(libc::AT_FDCWD, path.c(), flags),
    });
    Ok(found.is_ok_and(|status| wanted == 0 || status.mode & libc::S_IFMT == wanted))
}

/// What major and minor number of no device are.
const NO_DEVICE: u32 = u32::MAX;

/// A major or minor number; -1 stands for no device.
fn device_part(thread: &mut Thread, value: &Value) -> Result<u32> {
    match ops::index_i128(thread, value)? {
        -1 => Ok(NO_DEVICE),
        number => u32::try_from(number).map_err(|_| match number < 0 {
            true => runtime::error::value_error("Cannot convert negative int"),
            false => runtime::error::overflow_error("Python int too large to convert to C unsigned int"),
        }),
    }
}

/// The number of a device; `None` for -1, which is none.
fn device_number(thread: &mut Thread, value: &Value) -> Result<Option<u64>> {
    match ops::index_i128(thread, value)? {
        -1 => Ok(None),
        number => u64::try_from(number).map(Some).map_err(|_| match number < 0 {
            true => runtime::error::value_error("Cannot convert negative int"),
            false => runtime::error::overflow_error("Python int too large to convert to C unsigned long"),
        }),
    }
}

#[native::module("posix", doc = "Functions on names of files.")]
pub(crate) mod functions {
    use super::*;

    /// Rename a file or directory.
    ///
    /// If either src_dir_fd or dst_dir_fd is not None, it should be a file
    ///   descriptor open to a directory, and the respective path string (src or dst)
    ///   should be relative; the path will then be relative to that directory.
    /// src_dir_fd and dst_dir_fd, may not be implemented on your platform.
    ///   If they are unavailable, using them will raise a NotImplementedError.
    #[sig("(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    pub fn rename(
        th: &mut Thread,
        src: &Value,
        dst: &Value,
        src_dir_fd: Option<DirFd>,
        dst_dir_fd: Option<DirFd>,
    ) -> Result<()> {
        rename_as(th, "rename", src, dst, src_dir_fd, dst_dir_fd)
    }

    /// Rename a file or directory, overwriting the destination.
    ///
    /// If either src_dir_fd or dst_dir_fd is not None, it should be a file
    ///   descriptor open to a directory, and the respective path string (src or dst)
    ///   should be relative; the path will then be relative to that directory.
    #[sig("(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    pub fn replace(
        th: &mut Thread,
        src: &Value,
        dst: &Value,
        src_dir_fd: Option<DirFd>,
        dst_dir_fd: Option<DirFd>,
    ) -> Result<()> {
        rename_as(th, "replace", src, dst, src_dir_fd, dst_dir_fd)
    }

    /// Remove a file (same as remove()).
    #[sig("(path, *, dir_fd=None)")]
    pub fn unlink(th: &mut Thread, path: &Value, dir_fd: Option<DirFd>) -> Result<()> {
        super::remove(th, "unlink", path, dir_fd, 0)
    }

    /// Remove a file (same as unlink()).
    #[sig("(path, *, dir_fd=None)")]
    pub fn remove(th: &mut Thread, path: &Value, dir_fd: Option<DirFd>) -> Result<()> {
        super::remove(th, "remove", path, dir_fd, 0)
    }

    /// Remove a directory.
    #[sig("(path, *, dir_fd=None)")]
    pub fn rmdir(th: &mut Thread, path: &Value, dir_fd: Option<DirFd>) -> Result<()> {
        super::remove(th, "rmdir", path, dir_fd, libc::AT_REMOVEDIR)
    }

    /// Create a directory.
    #[sig("(path, mode=0o777, *, dir_fd=None)")]
    pub fn mkdir(th: &mut Thread, path: &Value, mode: i32, dir_fd: Option<DirFd>) -> Result<()> {
        let path = Path::of(th, "mkdir", "path", path, PATH)?;
        on_path(th, &path, || numbers::mkdirat(DirFd::or_current(dir_fd), path.c(), mode as u32))
    }

    /// Create a "fifo" (a POSIX named pipe).
    #[sig("(path, mode=0o666, *, dir_fd=None)")]
    pub fn mkfifo(th: &mut Thread, path: &Value, mode: i32, dir_fd: Option<DirFd>) -> Result<()> {
        let path = Path::of(th, "mkfifo", "path", path, PATH)?;
        on_path(th, &path, || numbers::mkfifoat(DirFd::or_current(dir_fd), path.c(), mode as u32))
    }

    /// Create a node in the file system.
    #[sig("(path, mode=0o600, device=0, *, dir_fd=None)")]
    pub fn mknod(th: &mut Thread, path: &Value, mode: i32, device: u64, dir_fd: Option<DirFd>) -> Result<()> {
        let path = Path::of(th, "mknod", "path", path, PATH)?;
        on_path(th, &path, || numbers::mknodat(DirFd::or_current(dir_fd), path.c(), mode as u32, device))
    }

    /// Create a hard link to a file.
    #[sig("(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=<unrepresentable>)")]
    pub fn link(
        th: &mut Thread,
        src: &Value,
        dst: &Value,
        src_dir_fd: Option<DirFd>,
        dst_dir_fd: Option<DirFd>,
        follow_symlinks: Option<bool>,
    ) -> Result<()> {
        let from = Path::of(th, "link", "src", src, PATH)?;
        let to = Path::of(th, "link", "dst", dst, PATH)?;
        let flags = if follow_symlinks == Some(true) { libc::AT_SYMLINK_FOLLOW } else { 0 };
        let (from_dir, to_dir) = (DirFd::or_current(src_dir_fd), DirFd::or_current(dst_dir_fd));
        on_paths(th, &from, &to, || numbers::linkat(from_dir, from.c(), to_dir, to.c(), flags))
    }

    /// Create a symbolic link pointing to src named dst.
    #[sig("(src, dst, target_is_directory=False, *, dir_fd=None)")]
    pub fn symlink(
        th: &mut Thread,
        src: &Value,
        dst: &Value,
        target_is_directory: bool,
        dir_fd: Option<DirFd>,
    ) -> Result<()> {
        let _ = target_is_directory; // other systems distinguish
        let from = Path::of(th, "symlink", "src", src, PATH)?;
        let to = Path::of(th, "symlink", "dst", dst, PATH)?;
        on_paths(th, &from, &to, || numbers::symlinkat(from.c(), DirFd::or_current(dir_fd), to.c()))
    }

    /// Return a string representing the path to which the symbolic link points.
    ///
    /// If dir_fd is not None, it should be a file descriptor open to a directory,
    /// and path should be relative; path will then be relative to that directory.
    ///
    /// dir_fd may not be implemented on your platform.  If it is unavailable,
    /// using it will raise a NotImplementedError.
    #[sig("(path, *, dir_fd=None)")]
    pub fn readlink(th: &mut Thread, path: &Value, dir_fd: Option<DirFd>) -> Result<Value> {
        let path = Path::of(th, "readlink", "path", path, PATH)?;
        match th.detached(|| files::readlinkat(DirFd::or_current(dir_fd), path.c())) {
            Ok(target) => support::name_value(th, &target, path.is_bytes),
            Err(error) => Err(path.raise(th, &error)),
        }
    }

    /// Use the real uid/gid to test for access to a path.
    ///
    ///   path
    ///     Path to be tested; can be string, bytes, or a path-like object.
    ///   mode
    ///     Operating-system mode bitfield.  Can be F_OK to test existence,
    ///     or the inclusive-OR of R_OK, W_OK, and X_OK.
    ///   dir_fd
    ///     If not None, it should be a file descriptor open to a directory,
    ///     and path should be relative; path will then be relative to that
    ///     directory.
    ///   effective_ids
    ///     If True, access will use the effective uid/gid instead of
    ///     the real uid/gid.
    ///   follow_symlinks
    ///     If False, and the last element of the path is a symbolic link,
    ///     access will examine the symbolic link itself instead of the file
    ///     the link points to.
    #[sig("(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)")]
    pub fn access(
        th: &mut Thread,
        path: &Value,
        mode: i32,
        dir_fd: Option<DirFd>,
        effective_ids: bool,
        follow_symlinks: bool,
    ) -> Result<bool> {
        let path = Path::of(th, "access", "path", path, PATH)?;
        let mut flags = 0;
        if effective_ids {
            flags |= libc::AT_EACCESS;
        }
        if !follow_symlinks {
            flags |= libc::AT_SYMLINK_NOFOLLOW;
        }
        Ok(th.detached(|| numbers::faccessat(DirFd::or_current(dir_fd), path.c(), mode, flags)).is_ok())
    }

    /// Change the access permissions of a file.
    ///
    ///   path
    ///     Path to be modified.  May always be specified as a str, bytes, or a path-like object.
    ///     On some platforms, path may also be specified as an open file descriptor.
    ///     If this functionality is unavailable, using it raises an exception.
    ///   mode
    ///     Operating-system mode bitfield.
    ///     Be careful when using number literals for *mode*. The conventional UNIX notation for
    ///     numeric modes uses an octal base, which needs to be indicated with a ``0o`` prefix in
    ///     Python.
    #[sig("(path, mode, *, dir_fd=None, follow_symlinks=<unrepresentable>)")]
    pub fn chmod(
        th: &mut Thread,
        path: &Value,
        mode: i32,
        dir_fd: Option<DirFd>,
        follow_symlinks: Option<bool>,
    ) -> Result<()> {
        let path = Path::of(th, "chmod", "path", path, PATH_OR_FD)?;
        let follow = follow_symlinks.unwrap_or(true);
        if !follow {
            if path.fd.is_some() {
                return Err(value_error("chmod: cannot use fd and follow_symlinks together"));
            }
            return Err(runtime::error::not_implemented_error(
                "chmod: follow_symlinks unavailable on this platform",
            ));
        }
        check_fd_alone(&path, "chmod", dir_fd, follow)?;
        on_path(th, &path, || match path.fd {
            Some(fd) => numbers::fchmod(fd, mode as u32),
            None => numbers::fchmodat(DirFd::or_current(dir_fd), path.c(), mode as u32, 0),
        })
    }

    /// Change the access permissions of the file given by file descriptor.
    #[sig("(fd, mode)")]
    pub fn fchmod(th: &mut Thread, fd: i32, mode: i32) -> Result<()> {
        support::blocking_call(th, || numbers::fchmod(fd, mode as u32)).map(drop)
    }

    /// Change the owner and group id of path to the numeric uid and gid.
    #[sig("(path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    pub fn chown(
        th: &mut Thread,
        path: &Value,
        uid: Id,
        gid: Id,
        dir_fd: Option<DirFd>,
        follow_symlinks: bool,
    ) -> Result<()> {
        let path = Path::of(th, "chown", "path", path, PATH_OR_FD)?;
        check_fd_alone(&path, "chown", dir_fd, follow_symlinks)?;
        let flags = if follow_symlinks { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        on_path(th, &path, || match path.fd {
            Some(fd) => numbers::fchown(fd, uid.0, gid.0),
            None => numbers::fchownat(DirFd::or_current(dir_fd), path.c(), uid.0, gid.0, flags),
        })
    }

    /// Change the owner and group id of the file specified by file descriptor.
    #[sig("(fd, uid, gid)")]
    pub fn fchown(th: &mut Thread, fd: i32, uid: Id, gid: Id) -> Result<()> {
        support::blocking_call(th, || numbers::fchown(fd, uid.0, gid.0)).map(drop)
    }

    /// Change the owner and group id of path to the numeric uid and gid.
    ///
    /// This function will not follow symbolic links.
    #[sig("(path, uid, gid)")]
    pub fn lchown(th: &mut Thread, path: &Value, uid: Id, gid: Id) -> Result<()> {
        let path = Path::of(th, "lchown", "path", path, PATH)?;
        on_path(th, &path, || {
            numbers::fchownat(libc::AT_FDCWD, path.c(), uid.0, gid.0, libc::AT_SYMLINK_NOFOLLOW)
        })
    }

    /// Truncate a file, specified by path, to a specific length.
    ///
    /// On some platforms, path may also be specified as an open file descriptor.
    /// If this functionality is unavailable, using it raises an exception.
    #[sig("(path, length)")]
    pub fn truncate(th: &mut Thread, path: &Value, length: i64) -> Result<()> {
        let path = Path::of(th, "truncate", "path", path, PATH_OR_FD)?;
        on_path(th, &path, || match path.fd {
            Some(fd) => numbers::ftruncate(fd, length),
            None => numbers::truncate(path.c(), length),
        })
    }

    /// Change the current working directory to the specified path.
    ///
    /// path may always be specified as a string.
    /// On some platforms, path may also be specified as an open file descriptor.
    /// If this functionality is unavailable, using it raises an exception.
    #[sig("(path)")]
    pub fn chdir(th: &mut Thread, path: &Value) -> Result<()> {
        let path = Path::of(th, "chdir", "path", path, PATH_OR_FD)?;
        on_path(th, &path, || match path.fd {
            Some(fd) => numbers::fchdir(fd),
            None => numbers::chdir(path.c()),
        })
    }

    /// Change to the directory of the given file descriptor.
    ///
    /// fd must be opened on a directory, not a file.
    /// Equivalent to os.chdir(fd).
    #[sig("(fd)")]
    pub fn fchdir(th: &mut Thread, fd: support::Descriptor) -> Result<()> {
        support::blocking_call(th, || numbers::fchdir(fd.0)).map(drop)
    }

    /// Change root directory to path.
    #[sig("(path)")]
    pub fn chroot(th: &mut Thread, path: &Value) -> Result<()> {
        let path = Path::of(th, "chroot", "path", path, PATH)?;
        on_path(th, &path, || numbers::chroot(path.c()))
    }

    /// Return a unicode string representing the current working directory.
    #[sig("()")]
    pub fn getcwd(th: &mut Thread) -> Result<Value> {
        match th.detached(files::getcwd) {
            Ok(path) => support::name_value(th, &path, false),
            Err(error) => Err(support::raise(th, &error)),
        }
    }

    /// Return a bytes string representing the current working directory.
    #[sig("()")]
    pub fn getcwdb(th: &mut Thread) -> Result<Value> {
        match th.detached(files::getcwd) {
            Ok(path) => support::name_value(th, &path, true),
            Err(error) => Err(support::raise(th, &error)),
        }
    }

    /// Return the file system path representation of the object.
    ///
    /// If the object is str or bytes, then allow it to pass through as-is. If the
    /// object defines __fspath__(), then return the result of that method. All other
    /// types raise a TypeError.
    #[sig("(path)")]
    pub fn fspath(th: &mut Thread, path: &Value) -> Result<Value> {
        support::fspath(th, path)
    }

    /// Test whether a path is a directory
    #[sig("(path, /)")]
    pub fn _path_isdir(th: &mut Thread, path: &Value) -> Result<bool> {
        file_type(th, "_path_isdir", path, libc::S_IFDIR, true)
    }

    /// Test whether a path is a regular file
    #[sig("(path, /)")]
    pub fn _path_isfile(th: &mut Thread, path: &Value) -> Result<bool> {
        file_type(th, "_path_isfile", path, libc::S_IFREG, true)
    }

    /// Test whether a path is a symbolic link
    #[sig("(path, /)")]
    pub fn _path_islink(th: &mut Thread, path: &Value) -> Result<bool> {
        file_type(th, "_path_islink", path, libc::S_IFLNK, false)
    }

    /// Test whether a path exists.  Returns False for broken symbolic links.
    #[sig("(path, /)")]
    pub fn _path_exists(th: &mut Thread, path: &Value) -> Result<bool> {
        file_type(th, "_path_exists", path, 0, true)
    }

    /// Test whether a path exists.  Returns True for broken symbolic links.
    #[sig("(path, /)")]
    pub fn _path_lexists(th: &mut Thread, path: &Value) -> Result<bool> {
        file_type(th, "_path_lexists", path, 0, false)
    }

    /// Create a device number, from the major and minor device numbers.
    #[sig("(major, minor, /)")]
    pub fn makedev(th: &mut Thread, major: &Value, minor: &Value) -> Result<Value> {
        let (major, minor) = (device_part(th, major)?, device_part(th, minor)?);
        match (major, minor) {
            (NO_DEVICE, NO_DEVICE) => int::from_i64(th, -1),
            _ => int::from_i128(th, libc::makedev(major, minor).into()),
        }
    }

    /// Extract the device major number from a raw device number.
    #[sig("(device, /)")]
    pub fn major(th: &mut Thread, device: &Value) -> Result<Value> {
        let Some(device) = device_number(th, device)? else { return int::from_i64(th, -1) };
        int::from_i64(th, libc::major(device).into())
    }

    /// Extract the device minor number from a raw device number.
    #[sig("(device, /)")]
    pub fn minor(th: &mut Thread, device: &Value) -> Result<Value> {
        let Some(device) = device_number(th, device)? else { return int::from_i64(th, -1) };
        int::from_i64(th, libc::minor(device).into())
    }
}
