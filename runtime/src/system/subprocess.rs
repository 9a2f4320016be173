//! Starting a program in a child process, with its descriptors, user, group and session set.
//!
//! Between the fork and the new program the child has the memory of a process whose other threads are gone: it may call
//! nothing that locks or allocates. So everything is prepared before the fork, and the child makes
//! system calls only; what fails it writes to a pipe, as `subprocess` reads it.
//!
//! * INV-SUBPROCESS-1: between the fork and the new program the child neither locks nor allocates.

use std::ffi::CString;
use std::io;
use std::mem::MaybeUninit;
use std::ptr;

/// What is done in the child.
#[derive(Debug, Default)]
pub struct Child {
    /// Where the program may be; tried in order.
    pub executables: Vec<CString>,
    /// Its arguments; none: those of the process stay what they are.
    pub args: Vec<CString>,
    /// Its environment; that of the process if it is none.
    pub environment: Option<Vec<CString>>,
    /// Its directory.
    pub directory: Option<CString>,
    /// Whether descriptors from 3 on are closed.
    pub close_fds: bool,
    /// Which stay open all the same, ascending.
    pub pass_fds: Vec<i32>,
    /// The pipes: read and write end for input, output and errors; -1 for none.
    pub pipes: [i32; 6],
    /// Where failures are written.
    pub error_write: i32,
    /// Whether signals that Python ignores have their default action again.
    pub restore_signals: bool,
    /// Whether it begins a session.
    pub new_session: bool,
    /// Its process group, if it is moved to one.
    pub group: Option<i32>,
    /// Its group, if that is changed.
    pub gid: Option<u32>,
    /// Its further groups, if they are changed.
    pub groups: Option<Vec<u32>>,
    /// Its user, if that is changed.
    pub uid: Option<u32>,
    /// Its umask, if that is changed.
    pub umask: Option<u32>,
}

/// [`Child`] as the system takes it.
pub struct Prepared<'a> {
    of: &'a Child,
    executables: Vec<*const libc::c_char>,
    args: Vec<*const libc::c_char>,
    environment: Option<Vec<*const libc::c_char>>,
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

impl Child {
    /// Everything that the child needs, so that it need not allocate.
    pub fn prepare(&self) -> Prepared<'_> {
        Prepared {
            of: self,
            executables: pointers(&self.executables),
            args: pointers(&self.args),
            environment: self.environment.as_deref().map(pointers),
        }
    }
}

/// Forks and starts the program; the child's number.
///
/// # Errors
/// The fork's. What fails in the child is written to its pipe.
pub fn start(child: &Prepared<'_>) -> io::Result<i32> {
    let mut all = MaybeUninit::<libc::sigset_t>::zeroed();
    let mut old = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: points to a value of this function.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    // Signals wait meanwhile: our handler must not run in the child, which shares descriptors with this process.
    // SAFETY: point to values of this function.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), old.as_mut_ptr()) };
    // SAFETY: filled by the call above.
    let old = unsafe { old.assume_init() };
    // SAFETY: INV-SUBPROCESS-1: `run` makes system calls only.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        reset_handlers();
        // SAFETY: a set that was filled above.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const old, ptr::null_mut()) };
        run(child, || true);
    }
    let error = io::Error::last_os_error();
    // SAFETY: as above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const old, ptr::null_mut()) };
    if pid < 0 { Err(error) } else { Ok(pid) }
}

/// Handlers are this process's code: in the child their signals have their default action.
fn reset_handlers() {
    for signal in 1..super::signal::COUNT {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: points to a value of this function.
        if unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } != 0 {
            continue;
        }
        // SAFETY: filled.
        let mut action = unsafe { action.assume_init() };
        if action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN {
            action.sa_sigaction = libc::SIG_DFL;
            // SAFETY: as it was, but for the handler.
            unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
        }
    }
}

/// In the child: sets up everything and becomes the program. `before` runs last before that; false says that it failed
/// and has been reported.
pub fn run(child: &Prepared<'_>, before: impl FnOnce() -> bool) -> ! {
    let failure = match set_up(child.of) {
        Ok(()) => {
            if before() {
                close_others(child.of);
                Failure { errno: exec(child), what: b"" }
            } else {
                report(child.of.error_write, b"SubprocessError:0:Exception occurred in preexec_fn.");
                super::process::exit_now(255)
            }
        }
        Err(failure) => failure,
    };
    let mut message = [0u8; 64];
    let mut length = 0;
    let mut push = |bytes: &[u8]| {
        for &byte in bytes {
            if length < message.len() {
                message[length] = byte;
                length += 1;
            }
        }
    };
    push(b"OSError:");
    let mut digits = [0u8; 8];
    let mut at = digits.len();
    let mut rest = failure.errno as u32;
    while rest != 0 && at > 0 {
        at -= 1;
        digits[at] = b"0123456789ABCDEF"[(rest & 15) as usize];
        rest >>= 4;
    }
    push(&digits[at..]);
    push(b":");
    push(failure.what);
    report(child.of.error_write, &message[..length]);
    super::process::exit_now(255)
}

struct Failure {
    errno: i32,
    what: &'static [u8],
}

fn errno() -> i32 {
    // SAFETY: always possible.
    let place = unsafe { libc::__errno_location() };
    // SAFETY: the calling thread's own number.
    unsafe { *place }
}

fn report(fd: i32, message: &[u8]) {
    // SAFETY: as many bytes.
    unsafe { libc::write(fd, message.as_ptr().cast(), message.len()) };
}

fn ok(result: i32) -> Result<i32, Failure> {
    if result == -1 { Err(Failure { errno: errno(), what: b"noexec" }) } else { Ok(result) }
}

fn set_inheritable(fd: i32) -> Result<(), Failure> {
    // SAFETY: numbers.
    let flags = ok(unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
    // SAFETY: numbers.
    ok(unsafe { libc::fcntl(fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC) }).map(drop)
}

fn close(fd: i32) {
    if fd >= 0 {
        // SAFETY: a number.
        unsafe { libc::close(fd) };
    }
}

fn set_up(of: &Child) -> Result<(), Failure> {
    for &fd in &of.pass_fds {
        if fd != of.error_write {
            set_inheritable(fd)?;
        }
    }
    let [in_read, in_write, out_read, mut out_write, err_read, mut err_write] = of.pipes;
    close(in_write);
    close(out_read);
    close(err_read);
    // A pipe that has the number of a standard stream is moved before that stream is replaced.
    if out_write == 0 {
        // SAFETY: a number.
        out_write = ok(unsafe { libc::dup(out_write) })?;
        set_close_on_exec(out_write)?;
    }
    while err_write == 0 || err_write == 1 {
        // SAFETY: a number.
        err_write = ok(unsafe { libc::dup(err_write) })?;
        set_close_on_exec(err_write)?;
    }
    for (from, to) in [(in_read, 0), (out_write, 1), (err_write, 2)] {
        if from == to {
            set_inheritable(from)?;
        } else if from != -1 {
            // SAFETY: numbers.
            ok(unsafe { libc::dup2(from, to) })?;
        }
    }
    if let Some(directory) = &of.directory {
        // SAFETY: ends with a zero.
        if unsafe { libc::chdir(directory.as_ptr()) } == -1 {
            return Err(Failure { errno: errno(), what: b"noexec:chdir" });
        }
    }
    if let Some(mask) = of.umask {
        // SAFETY: a number.
        unsafe { libc::umask(mask) };
    }
    if of.restore_signals {
        for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
            // SAFETY: a signal, and the default action.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
    }
    if of.new_session {
        // SAFETY: no arguments.
        ok(unsafe { libc::setsid() })?;
    }
    if let Some(group) = of.group {
        // SAFETY: numbers.
        ok(unsafe { libc::setpgid(0, group) })?;
    }
    if let Some(groups) = &of.groups {
        // SAFETY: as many numbers. The system call itself: the library's asks all threads.
        ok(unsafe { libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) } as i32)?;
    }
    if let Some(gid) = of.gid {
        // SAFETY: numbers.
        ok(unsafe { libc::syscall(libc::SYS_setregid, gid, gid) } as i32)?;
    }
    if let Some(uid) = of.uid {
        // SAFETY: numbers.
        ok(unsafe { libc::syscall(libc::SYS_setreuid, uid, uid) } as i32)?;
    }
    Ok(())
}

fn set_close_on_exec(fd: i32) -> Result<(), Failure> {
    // SAFETY: numbers.
    ok(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) }).map(drop)
}

fn close_span(from: i32, to: i32) {
    if from > to {
        return;
    }
    // SAFETY: numbers.
    let done = unsafe { libc::syscall(libc::SYS_close_range, from, to, 0) };
    if done == 0 {
        return;
    }
    // SAFETY: a number.
    let most = unsafe { libc::sysconf(libc::_SC_OPEN_MAX) };
    let most = if most < 0 { 65536 } else { most.min(1 << 20) as i32 };
    for fd in from..=to.min(most) {
        close(fd);
    }
}

fn close_others(of: &Child) {
    if !of.close_fds {
        return;
    }
    let mut from = 3;
    for &fd in &of.pass_fds {
        if fd >= from {
            close_span(from, fd - 1);
            from = fd + 1;
        }
    }
    close_span(from, i32::MAX);
}

/// Becomes the program; the error number of the failure that says most.
fn exec(child: &Prepared<'_>) -> i32 {
    let mut saved = 0;
    for &path in &child.executables {
        if path.is_null() {
            break;
        }
        match &child.environment {
            // SAFETY: lists that end with null, and a string.
            Some(environment) => unsafe { libc::execve(path, child.args.as_ptr(), environment.as_ptr()) },
            // SAFETY: a list that ends with null, and a string.
            None => unsafe { libc::execv(path, child.args.as_ptr()) },
        };
        let number = errno();
        if number != libc::ENOENT && number != libc::ENOTDIR && saved == 0 {
            saved = number;
        }
    }
    if saved == 0 { errno() } else { saved }
}
