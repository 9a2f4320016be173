//! System calls whose arguments are numbers and names of files: one row each.
//!
//! The functions are those of C, with an error in place of -1.

use std::ffi::CStr;
use std::io;

use libc::{c_int, c_uint, gid_t, mode_t, off_t, pid_t, uid_t};

trait Failed {
    fn failed(&self) -> bool;
}

impl Failed for i32 {
    fn failed(&self) -> bool {
        *self == -1
    }
}

impl Failed for i64 {
    fn failed(&self) -> bool {
        *self == -1
    }
}

fn checked<T: Failed>(result: T) -> io::Result<T> {
    if result.failed() { Err(io::Error::last_os_error()) } else { Ok(result) }
}

macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*) -> $result:ty;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// The system's.
        pub fn $name($($arg: $kind),*) -> io::Result<$result> {
            // SAFETY: the arguments are numbers, whatever they are.
            checked(unsafe { libc::$name($($arg),*) })
        }
    )*};
}

macro_rules! named {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:tt),*);)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// The system's.
        pub fn $name($($arg: named!(@kind $kind)),*) -> io::Result<c_int> {
            // SAFETY: numbers, and names that end with a zero and live until the call returns.
            checked(unsafe { libc::$name($(named!(@pass $arg $kind)),*) })
        }
    )*};
    (@kind name) => { &CStr };
    (@kind $kind:tt) => { $kind };
    (@pass $arg:ident name) => { $arg.as_ptr() };
    (@pass $arg:ident $kind:tt) => { $arg };
}

calls! {
    /// Closes a descriptor.
    close(fd: c_int) -> c_int;
    /// Another descriptor of the same file.
    dup(fd: c_int) -> c_int;
    /// Makes `to` a descriptor of the same file, with flags.
    dup3(fd: c_int, to: c_int, flags: c_int) -> c_int;
    /// Makes `to` a descriptor of the same file.
    dup2(fd: c_int, to: c_int) -> c_int;
    /// Makes a directory the current one.
    fchdir(fd: c_int) -> c_int;
    /// Sets permissions.
    fchmod(fd: c_int, mode: mode_t) -> c_int;
    /// Sets the owner.
    fchown(fd: c_int, user: uid_t, group: gid_t) -> c_int;
    /// Waits until the file is stored.
    fsync(fd: c_int) -> c_int;
    /// Waits until the file's contents are stored.
    fdatasync(fd: c_int) -> c_int;
    /// Cuts a file off, or extends it.
    ftruncate(fd: c_int, length: off_t) -> c_int;
    /// Moves the position.
    lseek(fd: c_int, offset: off_t, whence: c_int) -> off_t;
    /// Locks part of a file.
    lockf(fd: c_int, command: c_int, length: off_t) -> c_int;
    /// Sends a signal.
    kill(pid: pid_t, signal: c_int) -> c_int;
    /// Sends a signal to a group.
    killpg(group: pid_t, signal: c_int) -> c_int;
    /// The group of a process.
    getpgid(pid: pid_t) -> pid_t;
    /// Sets the group of a process.
    setpgid(pid: pid_t, group: pid_t) -> c_int;
    /// The session of a process.
    getsid(pid: pid_t) -> pid_t;
    /// Begins a session.
    setsid() -> pid_t;
    /// Sets the user.
    setuid(user: uid_t) -> c_int;
    /// Sets the group.
    setgid(group: gid_t) -> c_int;
    /// Sets the effective user.
    seteuid(user: uid_t) -> c_int;
    /// Sets the effective group.
    setegid(group: gid_t) -> c_int;
    /// Sets the real and the effective user.
    setreuid(real: uid_t, effective: uid_t) -> c_int;
    /// Sets the real and the effective group.
    setregid(real: gid_t, effective: gid_t) -> c_int;
    /// Sets the real, the effective and the saved user.
    setresuid(real: uid_t, effective: uid_t, saved: uid_t) -> c_int;
    /// Sets the real, the effective and the saved group.
    setresgid(real: gid_t, effective: gid_t, saved: gid_t) -> c_int;
    /// The group in the foreground of a terminal.
    tcgetpgrp(fd: c_int) -> pid_t;
    /// Sets the group in the foreground of a terminal.
    tcsetpgrp(fd: c_int, group: pid_t) -> c_int;
    /// A descriptor that counts.
    eventfd(initial: c_uint, flags: c_int) -> c_int;
    /// A descriptor that tells time.
    timerfd_create(clock: c_int, flags: c_int) -> c_int;
    /// Leaves namespaces.
    unshare(flags: c_int) -> c_int;
    /// Enters a namespace.
    setns(fd: c_int, kind: c_int) -> c_int;
    /// The highest priority of a policy.
    sched_get_priority_max(policy: c_int) -> c_int;
    /// The lowest priority of a policy.
    sched_get_priority_min(policy: c_int) -> c_int;
    /// The policy of a process.
    sched_getscheduler(pid: pid_t) -> c_int;
    /// Sets a priority.
    setpriority(which: c_uint, who: c_uint, priority: c_int) -> c_int;
    /// The master of a new pseudo-terminal.
    posix_openpt(flags: c_int) -> c_int;
    /// Lets the slave of a pseudo-terminal be opened.
    grantpt(fd: c_int) -> c_int;
    /// Unlocks the slave of a pseudo-terminal.
    unlockpt(fd: c_int) -> c_int;
    /// Which sort of flags a descriptor has.
    isatty(fd: c_int) -> c_int;
}

named! {
    /// Opens a file below a directory.
    openat(dir: c_int, path: name, flags: c_int, mode: c_uint);
    /// Whether access is allowed.
    faccessat(dir: c_int, path: name, mode: c_int, flags: c_int);
    /// Makes a directory the current one.
    chdir(path: name);
    /// Makes a directory the root.
    chroot(path: name);
    /// Sets permissions.
    fchmodat(dir: c_int, path: name, mode: mode_t, flags: c_int);
    /// Sets the owner.
    fchownat(dir: c_int, path: name, user: uid_t, group: gid_t, flags: c_int);
    /// Gives a file another name.
    linkat(from_dir: c_int, from: name, to_dir: c_int, to: name, flags: c_int);
    /// Makes a symbolic link.
    symlinkat(target: name, dir: c_int, path: name);
    /// Renames a file.
    renameat(from_dir: c_int, from: name, to_dir: c_int, to: name);
    /// Makes a directory.
    mkdirat(dir: c_int, path: name, mode: mode_t);
    /// Makes a pipe with a name.
    mkfifoat(dir: c_int, path: name, mode: mode_t);
    /// Makes a special file.
    mknodat(dir: c_int, path: name, mode: mode_t, device: u64);
    /// Removes a name or a directory.
    unlinkat(dir: c_int, path: name, flags: c_int);
    /// Cuts a file off, or extends it.
    truncate(path: name, length: off_t);
    /// A file in memory.
    memfd_create(path: name, flags: c_uint);
    /// A segment of shared memory.
    shm_open(path: name, flags: c_int, mode: mode_t);
    /// Removes the name of a segment of shared memory.
    shm_unlink(path: name);
    /// Sets the groups of a user.
    initgroups(user: name, group: gid_t);
}
