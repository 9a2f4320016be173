//! Processes: who this one is, starting others, waiting for them, ending.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;

use runtime::class::{TypeExt, class_of};
use runtime::error::{Result, type_error, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::system::numbers;
use runtime::system::process::{self, FileAction, Spawn, Usage};
use runtime::types::{List, Tuple, TupleExt, float, int, struct_sequence};
use runtime::{Thread, Value, ops};

use super::path::{Allow, Id, PATH, Path};
use crate::fork;
use crate::support::{self, blocking_call};

runtime::struct_sequence! {
    /// `posix.waitid_result`.
    pub static WAITID_RESULT: "posix" "waitid_result" "waitid_result: Result from waitid.\n\nThis object may be accessed either as a tuple of\n  (si_pid, si_uid, si_signo, si_status, si_code),\nor via the attributes si_pid, si_uid, and so on.\n\nSee os.waitid for more information."
    visible 5 unnamed 0 {
        "si_pid" "",
        "si_uid" "",
        "si_signo" "",
        "si_status" "",
        "si_code" "",
    }
}

fn call(thread: &mut Thread, result: std::io::Result<i32>) -> Result<i32> {
    result.map_err(|error| support::raise(thread, &error))
}

fn done(thread: &mut Thread, result: std::io::Result<i32>) -> Result<()> {
    call(thread, result).map(drop)
}

/// The arguments of a program: a list or a tuple of paths.
fn arguments(thread: &mut Thread, function: &str, argv: &Value) -> Result<Vec<CString>> {
    if cast::<List>(argv).is_none() && cast::<Tuple>(argv).is_none() {
        let which = if function.starts_with("execve") || function.starts_with("posix_spawn") {
            format!("{function}: argv must be a tuple or list")
        } else {
            format!("{function}() arg 2 must be a tuple or list")
        };
        return Err(type_error(which));
    }
    let values = ops::to_vec(thread, argv)?;
    if values.is_empty() {
        return Err(value_error(match function {
            "execv" => "execv() arg 2 must not be empty".to_owned(),
            _ => format!("{function}: argv must not be empty"),
        }));
    }
    let mut strings = Vec::with_capacity(values.len());
    for value in &values {
        strings.push(c_string(thread, value)?);
    }
    if strings[0].is_empty() {
        return Err(value_error(match function {
            "execv" => "execv() arg 2 first element cannot be empty".to_owned(),
            _ => format!("{function}: argv first element cannot be empty"),
        }));
    }
    Ok(strings)
}

/// A path or text as C has it.
pub fn c_string(thread: &mut Thread, value: &Value) -> Result<CString> {
    let path = support::fspath(thread, value)?;
    let name = support::name_of(thread, &path)?;
    CString::new(name.bytes).map_err(|_| {
        value_error(if name.is_bytes { "embedded null byte" } else { "embedded null character" })
    })
}

/// The environment of a program: `NAME=VALUE` for each item of a mapping.
fn environment(thread: &mut Thread, function: &str, env: &Value) -> Result<Vec<CString>> {
    let keys_name = runtime::interned!(thread, "keys")?;
    let Some(keys) = runtime::class::lookup::getattr_or_none(thread, env, keys_name)? else {
        return Err(type_error(format!("{function}: environment must be a mapping object")));
    };
    let keys = runtime::call::call_positional(thread, &keys, &[])?;
    let keys = ops::to_vec(thread, &keys)?;
    let values_name = runtime::interned!(thread, "values")?;
    let values = runtime::call::call_method(thread, env, values_name, &[])?;
    let values = ops::to_vec(thread, &values)?;
    let mut strings = Vec::new();
    for (key, value) in keys.into_iter().zip(values) {
        let (key, value) = (c_string(thread, &key)?.into_bytes(), c_string(thread, &value)?.into_bytes());
        if key.is_empty() || key[1..].contains(&b'=') || key[0] == b'=' {
            return Err(value_error("illegal environment variable name"));
        }
        let entry = [&key[..], b"=", &value].concat();
        strings.push(CString::new(entry).map_err(|_| value_error("embedded null byte"))?);
    }
    Ok(strings)
}

/// `resource.struct_rusage` for what a process used.
pub fn usage_value(thread: &mut Thread, usage: &Usage) -> Result<Value> {
    let mut items = Vec::with_capacity(16);
    for (seconds, micros) in usage.times {
        items.push(float::new(thread, seconds as f64 + micros as f64 * 1e-6)?);
    }
    for number in usage.numbers {
        items.push(int::from_i64(thread, number)?);
    }
    struct_sequence::make(thread, &crate::resource::STRUCT_RUSAGE, items, Vec::new())
}

fn signals(thread: &mut Thread, value: &Value) -> Result<Vec<i32>> {
    let mut signals = Vec::new();
    for item in ops::to_vec(thread, value)? {
        let number = ops::index_i128(thread, &item)?;
        match i32::try_from(number) {
            Ok(number @ 1..=64) => signals.push(number),
            _ => return Err(value_error(format!("signal number {number} out of range [1; 64]"))),
        }
    }
    Ok(signals)
}

fn file_actions(thread: &mut Thread, value: &Value) -> Result<Vec<FileAction>> {
    let mut actions = Vec::new();
    for item in ops::to_vec(thread, value)? {
        let parts = cast::<Tuple>(&item).map(|tuple| tuple.items().to_vec()).unwrap_or_default();
        let Some(tag) = parts.first() else {
            return Err(type_error("Each file_actions element must be a non-empty tuple"));
        };
        let number = |thread: &mut Thread, value: &Value| -> Result<i32> {
            i32::try_from(ops::index_i128(thread, value)?)
                .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))
        };
        let tag = number(thread, tag)?;
        actions.push(match (tag, &parts[1..]) {
            (0, [fd, path, flags, mode]) => FileAction::Open {
                fd: number(thread, fd)?,
                path: c_string(thread, path)?,
                flags: number(thread, flags)?,
                mode: number(thread, mode)? as u32,
            },
            (0, _) => return Err(type_error("A open file_action tuple must have 5 elements")),
            (1, [fd]) => FileAction::Close(number(thread, fd)?),
            (1, _) => return Err(type_error("A close file_action tuple must have 2 elements")),
            (2, [fd, to]) => FileAction::Duplicate(number(thread, fd)?, number(thread, to)?),
            (2, _) => return Err(type_error("A dup2 file_action tuple must have 3 elements")),
            (3, [fd]) => FileAction::CloseFrom(number(thread, fd)?),
            (3, _) => return Err(type_error("A closefrom file_action tuple must have 2 elements")),
            _ => return Err(type_error("Unknown file_actions identifier")),
        });
    }
    Ok(actions)
}

/// The keyword arguments that both functions take.
struct SpawnArguments<'a> {
    file_actions: Option<&'a Value>,
    setpgroup: Option<&'a Value>,
    resetids: bool,
    setsid: bool,
    setsigmask: Option<&'a Value>,
    setsigdef: Option<&'a Value>,
    scheduler: Option<&'a Value>,
}

fn spawn(
    thread: &mut Thread,
    function: &str,
    path: &Value,
    argv: &Value,
    env: &Value,
    given: SpawnArguments<'_>,
) -> Result<i32> {
    let path = Path::of(thread, function, "path", path, PATH)?;
    let args = arguments(thread, function, argv)?;
    let variables = if env.is_none() {
        runtime::system::environment::all()
            .into_iter()
            .filter_map(|(name, value)| CString::new([name.as_bytes(), b"=", value.as_bytes()].concat()).ok())
            .collect()
    } else {
        environment(thread, function, env)?
    };
    let group = match given.setpgroup.filter(|group| !group.is_none()) {
        Some(group) => Some(
            i32::try_from(ops::index_i128(thread, group)?)
                .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))?,
        ),
        None => None,
    };
    let mut how = Spawn { group, reset_ids: given.resetids, session: given.setsid, ..Spawn::default() };
    if let Some(actions) = given.file_actions {
        how.actions = file_actions(thread, actions)?;
    }
    if let Some(mask) = given.setsigmask {
        how.mask = Some(signals(thread, mask)?);
    }
    if let Some(defaults) = given.setsigdef {
        how.defaults = Some(signals(thread, defaults)?);
    }
    if let Some(scheduler) = given.scheduler {
        let Some(tuple) = cast::<Tuple>(scheduler) else {
            return Err(type_error("scheduler must be a tuple or None"));
        };
        let [policy, param] = tuple.items() else {
            return Err(type_error("A scheduler tuple must have two elements"));
        };
        let policy = if policy.is_none() { None } else { Some(ops::index_i128(thread, policy)? as i32) };
        how.scheduler = Some((policy, super::info::priority_of(thread, param)?));
    }
    let spawned =
        thread.detached(|| process::spawn(path.c(), function.ends_with('p'), &args, &variables, &how));
    spawned.map_err(|error| path.raise(thread, &error))
}

#[native::module("posix", doc = "Functions on processes.")]
pub(crate) mod functions {
    use super::*;

    /// Return the current process id.
    #[sig("()")]
    pub fn getpid() -> i32 {
        std::process::id() as i32
    }

    /// Return the parent's process id.
    ///
    /// If the parent process has already exited, Windows machines will still
    /// return its id; others systems will return the id of the 'init' process (1).
    #[sig("()")]
    pub fn getppid() -> i32 {
        std::os::unix::process::parent_id() as i32
    }

    /// Return the current process's user id.
    #[sig("()")]
    pub fn getuid() -> u32 {
        rustix::process::getuid().as_raw()
    }

    /// Return the current process's effective user id.
    #[sig("()")]
    pub fn geteuid() -> u32 {
        rustix::process::geteuid().as_raw()
    }

    /// Return the current process's group id.
    #[sig("()")]
    pub fn getgid() -> u32 {
        rustix::process::getgid().as_raw()
    }

    /// Return the current process's effective group id.
    #[sig("()")]
    pub fn getegid() -> u32 {
        rustix::process::getegid().as_raw()
    }

    /// Return a tuple of the current process's real, effective, and saved user ids.
    #[sig("()")]
    pub fn getresuid(th: &mut Thread) -> Result<(u32, u32, u32)> {
        process::users().map_err(|error| support::raise(th, &error))
    }

    /// Return a tuple of the current process's real, effective, and saved group ids.
    #[sig("()")]
    pub fn getresgid(th: &mut Thread) -> Result<(u32, u32, u32)> {
        process::groups().map_err(|error| support::raise(th, &error))
    }

    /// Return list of supplemental group IDs for the process.
    #[sig("()")]
    pub fn getgroups(th: &mut Thread) -> Result<Value> {
        let groups = rustix::process::getgroups().map_err(|error| support::raise(th, &error))?;
        let groups: Vec<u32> = groups.iter().map(|group| group.as_raw()).collect();
        numbers_list(th, &groups)
    }

    /// Returns a list of groups to which a user belongs.
    ///
    ///   user
    ///     username to lookup
    ///   group
    ///     base group id of the user
    #[sig("(user, group, /)")]
    pub fn getgrouplist(th: &mut Thread, user: &Value, group: Id) -> Result<Value> {
        let user = c_string(th, user)?;
        let groups =
            th.detached(|| process::groups_of(&user, group.0)).map_err(|error| support::raise(th, &error))?;
        numbers_list(th, &groups)
    }

    /// Initialize the group access list.
    ///
    /// Call the system initgroups() to initialize the group access list with all of
    /// the groups of which the specified username is a member, plus the specified
    /// group id.
    #[sig("(username, gid, /)")]
    pub fn initgroups(th: &mut Thread, username: &Value, gid: Id) -> Result<()> {
        let user = c_string(th, username)?;
        let result = numbers::initgroups(&user, gid.0);
        done(th, result)
    }

    /// Set the groups of the current process to list.
    #[sig("(groups, /)")]
    pub fn setgroups(th: &mut Thread, groups: &Value) -> Result<()> {
        let mut ids = Vec::new();
        for value in ops::to_vec(th, groups)? {
            let id = u32::try_from(ops::index_i128(th, &value)?);
            ids.push(id.map_err(|_| runtime::error::overflow_error("group id too large"))?);
        }
        process::set_groups(&ids).map_err(|error| support::raise(th, &error))
    }

    /// Return the current process group id.
    #[sig("()")]
    pub fn getpgrp(th: &mut Thread) -> Result<i32> {
        call(th, numbers::getpgid(0))
    }

    /// Make the current process the leader of its process group.
    #[sig("()")]
    pub fn setpgrp(th: &mut Thread) -> Result<()> {
        done(th, numbers::setpgid(0, 0))
    }

    /// Call the system call getpgid(), and return the result.
    #[sig("(pid)")]
    pub fn getpgid(th: &mut Thread, pid: i32) -> Result<i32> {
        call(th, numbers::getpgid(pid))
    }

    /// Call the system call setpgid(pid, pgrp).
    #[sig("(pid, pgrp, /)")]
    pub fn setpgid(th: &mut Thread, pid: i32, pgrp: i32) -> Result<()> {
        done(th, numbers::setpgid(pid, pgrp))
    }

    /// Call the system call getsid(pid) and return the result.
    #[sig("(pid, /)")]
    pub fn getsid(th: &mut Thread, pid: i32) -> Result<i32> {
        call(th, numbers::getsid(pid))
    }

    /// Call the system call setsid().
    #[sig("()")]
    pub fn setsid(th: &mut Thread) -> Result<()> {
        done(th, numbers::setsid())
    }

    /// Set the current process's user id.
    #[sig("(uid, /)")]
    pub fn setuid(th: &mut Thread, uid: Id) -> Result<()> {
        done(th, numbers::setuid(uid.0))
    }

    /// Set the current process's effective user id.
    #[sig("(euid, /)")]
    pub fn seteuid(th: &mut Thread, euid: Id) -> Result<()> {
        done(th, numbers::seteuid(euid.0))
    }

    /// Set the current process's group id.
    #[sig("(gid, /)")]
    pub fn setgid(th: &mut Thread, gid: Id) -> Result<()> {
        done(th, numbers::setgid(gid.0))
    }

    /// Set the current process's effective group id.
    #[sig("(egid, /)")]
    pub fn setegid(th: &mut Thread, egid: Id) -> Result<()> {
        done(th, numbers::setegid(egid.0))
    }

    /// Set the current process's real and effective user ids.
    #[sig("(ruid, euid, /)")]
    pub fn setreuid(th: &mut Thread, ruid: Id, euid: Id) -> Result<()> {
        done(th, numbers::setreuid(ruid.0, euid.0))
    }

    /// Set the current process's real and effective group ids.
    #[sig("(rgid, egid, /)")]
    pub fn setregid(th: &mut Thread, rgid: Id, egid: Id) -> Result<()> {
        done(th, numbers::setregid(rgid.0, egid.0))
    }

    /// Set the current process's real, effective, and saved user ids.
    #[sig("(ruid, euid, suid, /)")]
    pub fn setresuid(th: &mut Thread, ruid: Id, euid: Id, suid: Id) -> Result<()> {
        done(th, numbers::setresuid(ruid.0, euid.0, suid.0))
    }

    /// Set the current process's real, effective, and saved group ids.
    #[sig("(rgid, egid, sgid, /)")]
    pub fn setresgid(th: &mut Thread, rgid: Id, egid: Id, sgid: Id) -> Result<()> {
        done(th, numbers::setresgid(rgid.0, egid.0, sgid.0))
    }

    /// Return the process group associated with the terminal specified by fd.
    #[sig("(fd, /)")]
    pub fn tcgetpgrp(th: &mut Thread, fd: i32) -> Result<i32> {
        call(th, numbers::tcgetpgrp(fd))
    }

    /// Set the process group associated with the terminal specified by fd.
    #[sig("(fd, pgid, /)")]
    pub fn tcsetpgrp(th: &mut Thread, fd: i32, pgid: i32) -> Result<()> {
        done(th, numbers::tcsetpgrp(fd, pgid))
    }

    /// Kill a process with a signal.
    #[sig("(pid, signal, /)")]
    pub fn kill(th: &mut Thread, pid: i32, signal: i32) -> Result<()> {
        done(th, numbers::kill(pid, signal))?;
        // One that the process sends itself is answered at once.
        support::check_signals(th)
    }

    /// Kill a process group with a signal.
    #[sig("(pgid, signal, /)")]
    pub fn killpg(th: &mut Thread, pgid: i32, signal: i32) -> Result<()> {
        done(th, numbers::killpg(pgid, signal))?;
        support::check_signals(th)
    }

    /// Add increment to the priority of process and return the new priority.
    #[sig("(increment, /)")]
    pub fn nice(th: &mut Thread, increment: i32) -> Result<i32> {
        call(th, process::nice(increment))
    }

    /// Return program scheduling priority.
    #[sig("(which, who)")]
    pub fn getpriority(th: &mut Thread, which: i32, who: i32) -> Result<i32> {
        call(th, process::priority(which as u32, who as u32))
    }

    /// Set program scheduling priority.
    #[sig("(which, who, priority)")]
    pub fn setpriority(th: &mut Thread, which: i32, who: i32, priority: i32) -> Result<()> {
        done(th, numbers::setpriority(which as u32, who as u32, priority))
    }

    /// Fork a child process.
    ///
    /// Return 0 to child process and PID of child to parent process.
    #[sig("()")]
    pub fn fork(th: &mut Thread) -> Result<i32> {
        fork::fork(th, "fork")
    }

    /// Fork a new process with a new pseudo-terminal as controlling tty.
    ///
    /// Returns a tuple of (pid, master_fd).
    /// Like fork(), return pid of 0 to the child process,
    /// and pid of child to the parent process.
    /// To both, return fd of newly opened pseudo-terminal.
    /// The master_fd is non-inheritable.
    #[sig("()")]
    pub fn forkpty(th: &mut Thread) -> Result<(i32, i32)> {
        let (master, slave) = super::super::open_files::functions::openpty(th)?;
        let pid = fork::fork(th, "forkpty")?;
        if pid == 0 {
            let _ = process::login_tty(slave);
        } else {
            let _ = numbers::close(slave);
        }
        Ok((pid, master))
    }

    /// Prepare the tty of which fd is a file descriptor for a new login session.
    ///
    /// Make the calling process a session leader; make the tty the
    /// controlling tty, the stdin, the stdout, and the stderr of the
    /// calling process; close fd.
    #[sig("(fd, /)")]
    pub fn login_tty(th: &mut Thread, fd: support::Descriptor) -> Result<()> {
        process::login_tty(fd.0).map_err(|error| support::raise(th, &error))
    }

    /// Register callables to be called when forking a new process.
    ///
    ///   before
    ///     A callable to be called in the parent before the fork() syscall.
    ///   after_in_child
    ///     A callable to be called in the child after fork().
    ///   after_in_parent
    ///     A callable to be called in the parent after fork().
    ///
    /// 'before' callbacks are called in reverse order.
    /// 'after_in_child' and 'after_in_parent' callbacks are called in order.
    #[sig(
        "(*, before=<unrepresentable>, after_in_child=<unrepresentable>, after_in_parent=<unrepresentable>)"
    )]
    pub fn register_at_fork(
        th: &mut Thread,
        before: Option<&Value>,
        after_in_child: Option<&Value>,
        after_in_parent: Option<&Value>,
    ) -> Result<()> {
        fork::register(th, before, after_in_child, after_in_parent)
    }

    /// Exit to the system with specified status, without normal exit processing.
    #[sig("(status)")]
    pub fn _exit(status: i32) {
        process::exit_now(status)
    }

    /// Abort the interpreter immediately.
    ///
    /// This function 'dumps core' or otherwise fails in the hardest way possible
    /// on the hosting operating system.  This function never returns.
    #[sig("()")]
    pub fn abort() {
        process::abort()
    }

    /// Execute an executable path with arguments, replacing current process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    #[sig("(path, argv, /)")]
    pub fn execv(th: &mut Thread, path: &Value, argv: &Value) -> Result<()> {
        let path = Path::of(th, "execv", "path", path, PATH)?;
        let args = arguments(th, "execv", argv)?;
        let error = process::exec(path.c(), &args, None);
        Err(support::raise(th, &error))
    }

    /// Execute an executable path with arguments, replacing current process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    ///   env
    ///     Dictionary of strings mapping to strings.
    #[sig("(path, argv, env)")]
    pub fn execve(th: &mut Thread, path: &Value, argv: &Value, env: &Value) -> Result<()> {
        let path = Path::of(th, "execve", "path", path, Allow { fd: true, none: false })?;
        let args = arguments(th, "execve", argv)?;
        let env = environment(th, "execve", env)?;
        let error = match path.fd {
            Some(fd) => process::fexec(fd, &args, &env),
            None => process::exec(path.c(), &args, Some(&env)),
        };
        Err(path.raise(th, &error))
    }

    /// Execute the program specified by path in a new process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    ///   env
    ///     Dictionary of strings mapping to strings.
    #[sig(
        "(path, argv, env, /, *, file_actions=None, setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=<unrepresentable>, setsigdef=<unrepresentable>, scheduler=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are the function's in Python")]
    pub fn posix_spawn(
        th: &mut Thread,
        path: &Value,
        argv: &Value,
        env: &Value,
        file_actions: Option<&Value>,
        setpgroup: Option<&Value>,
        resetids: bool,
        setsid: bool,
        setsigmask: Option<&Value>,
        setsigdef: Option<&Value>,
        scheduler: Option<&Value>,
    ) -> Result<i32> {
        let given =
            SpawnArguments { file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawn(th, "posix_spawn", path, argv, env, given)
    }

    /// Execute the program specified by path in a new process.
    ///
    ///   path
    ///     Path of executable file.
    ///   argv
    ///     Tuple or list of strings.
    ///   env
    ///     Dictionary of strings mapping to strings.
    #[sig(
        "(path, argv, env, /, *, file_actions=None, setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=<unrepresentable>, setsigdef=<unrepresentable>, scheduler=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are the function's in Python")]
    pub fn posix_spawnp(
        th: &mut Thread,
        path: &Value,
        argv: &Value,
        env: &Value,
        file_actions: Option<&Value>,
        setpgroup: Option<&Value>,
        resetids: bool,
        setsid: bool,
        setsigmask: Option<&Value>,
        setsigdef: Option<&Value>,
        scheduler: Option<&Value>,
    ) -> Result<i32> {
        let given =
            SpawnArguments { file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler };
        spawn(th, "posix_spawnp", path, argv, env, given)
    }

    /// Wait for completion of a child process.
    ///
    /// Returns a tuple of information about the child process:
    ///     (pid, status)
    #[sig("()")]
    pub fn wait(th: &mut Thread) -> Result<(i32, i32)> {
        let ended = blocking_call(th, || process::wait(-1, 0))?;
        Ok((ended.pid, ended.status))
    }

    /// Wait for completion of a given child process.
    ///
    /// Returns a tuple of information regarding the child process:
    ///     (pid, status)
    ///
    /// The options argument is ignored on Windows.
    #[sig("(pid, options, /)")]
    pub fn waitpid(th: &mut Thread, pid: i32, options: i32) -> Result<(i32, i32)> {
        let ended = blocking_call(th, || process::wait(pid, options))?;
        Ok((ended.pid, ended.status))
    }

    /// Wait for completion of a child process.
    ///
    /// Returns a tuple of information about the child process:
    ///   (pid, status, rusage)
    #[sig("(options)")]
    pub fn wait3(th: &mut Thread, options: i32) -> Result<Value> {
        wait4(th, -1, options)
    }

    /// Wait for completion of a specific child process.
    ///
    /// Returns a tuple of information about the child process:
    ///   (pid, status, rusage)
    #[sig("(pid, options)")]
    pub fn wait4(th: &mut Thread, pid: i32, options: i32) -> Result<Value> {
        let ended = blocking_call(th, || process::wait(pid, options))?;
        let usage = usage_value(th, &ended.usage)?;
        let items =
            vec![int::from_i64(th, ended.pid.into())?, int::from_i64(th, ended.status.into())?, usage];
        Tuple::new(th, items)
    }

    /// Returns the result of waiting for a process or processes.
    ///
    ///   idtype
    ///     Must be one of be P_PID, P_PGID or P_ALL.
    ///   id
    ///     The id to wait on.
    ///   options
    ///     Constructed from the ORing of one or more of WEXITED, WSTOPPED
    ///     or WCONTINUED and additionally may be ORed with WNOHANG or WNOWAIT.
    ///
    /// Returns either waitid_result or None if WNOHANG is specified and there are
    /// no children in a waitable state.
    #[sig("(idtype, id, options, /)")]
    pub fn waitid(th: &mut Thread, idtype: i32, id: i64, options: i32) -> Result<Value> {
        let Some(numbers) = blocking_call(th, || process::waitid(idtype as u32, id as u32, options))? else {
            return Ok(Value::none());
        };
        let items = numbers.iter().map(|&number| int::from_i64(th, number)).collect::<Result<Vec<_>>>()?;
        struct_sequence::make(th, &WAITID_RESULT, items, Vec::new())
    }

    /// Convert a wait status to an exit code.
    ///
    /// On Unix:
    ///
    /// * If WIFEXITED(status) is true, return WEXITSTATUS(status).
    /// * If WIFSIGNALED(status) is true, return -WTERMSIG(status).
    /// * Otherwise, raise a ValueError.
    #[sig("(status)")]
    pub fn waitstatus_to_exitcode(th: &mut Thread, status: &Value) -> Result<i32> {
        if runtime::types::float::to_f64(status).is_some() {
            return Err(type_error(format!(
                "'{}' object cannot be interpreted as an integer",
                class_of(status).name_lossy()
            )));
        }
        let status = i32::try_from(ops::index_i128(th, status)?)
            .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))?;
        if libc::WIFEXITED(status) {
            return Ok(libc::WEXITSTATUS(status));
        }
        if libc::WIFSIGNALED(status) {
            return Ok(-libc::WTERMSIG(status));
        }
        if libc::WIFSTOPPED(status) {
            return Err(value_error(format!(
                "process stopped by delivery of signal {}",
                libc::WSTOPSIG(status)
            )));
        }
        Err(value_error(format!("invalid wait status: {status}")))
    }

    /// Return True if the process returning status was dumped to a core file.
    #[sig("(status, /)")]
    pub fn WCOREDUMP(status: i32) -> bool {
        libc::WCOREDUMP(status)
    }

    /// Return True if a particular process was continued from a job control stop.
    #[sig("(status)")]
    pub fn WIFCONTINUED(status: i32) -> bool {
        libc::WIFCONTINUED(status)
    }

    /// Return True if the process returning status was stopped.
    #[sig("(status)")]
    pub fn WIFSTOPPED(status: i32) -> bool {
        libc::WIFSTOPPED(status)
    }

    /// Return True if the process returning status was terminated by a signal.
    #[sig("(status)")]
    pub fn WIFSIGNALED(status: i32) -> bool {
        libc::WIFSIGNALED(status)
    }

    /// Return True if the process returning status exited via the exit() system call.
    #[sig("(status)")]
    pub fn WIFEXITED(status: i32) -> bool {
        libc::WIFEXITED(status)
    }

    /// Return the process return code from status.
    #[sig("(status)")]
    pub fn WEXITSTATUS(status: i32) -> i32 {
        libc::WEXITSTATUS(status)
    }

    /// Return the signal that terminated the process that provided the status value.
    #[sig("(status)")]
    pub fn WTERMSIG(status: i32) -> i32 {
        libc::WTERMSIG(status)
    }

    /// Return the signal that stopped the process that provided the status value.
    #[sig("(status)")]
    pub fn WSTOPSIG(status: i32) -> i32 {
        libc::WSTOPSIG(status)
    }

    /// Execute the command in a subshell.
    #[sig("(command)")]
    pub fn system(th: &mut Thread, command: &Value) -> Result<i32> {
        let command = c_string(th, command)?;
        th.detached(|| process::system(&command)).map_err(|error| support::raise(th, &error))
    }

    /// Return a file descriptor referring to the process *pid*.
    ///
    /// The descriptor can be used to perform process management without races and
    /// signals.
    #[sig("(pid, flags=0)")]
    pub fn pidfd_open(th: &mut Thread, pid: i32, flags: u32) -> Result<i32> {
        use std::os::fd::IntoRawFd;
        // Asked first: for a negative number `Pid` panics.
        let Some(pid) = Some(pid).filter(|&pid| pid > 0).and_then(rustix::process::Pid::from_raw) else {
            return Err(support::raise_number(th, libc::EINVAL));
        };
        let flags = rustix::process::PidfdFlags::from_bits_retain(flags);
        let fd = rustix::process::pidfd_open(pid, flags).map_err(|error| support::raise(th, &error))?;
        Ok(fd.into_raw_fd())
    }

    /// Disassociate parts of a process (or thread) execution context.
    #[sig("(flags)")]
    pub fn unshare(th: &mut Thread, flags: i32) -> Result<()> {
        done(th, numbers::unshare(flags))
    }

    /// Move the calling thread into different namespaces.
    #[sig("(fd, nstype=0)")]
    pub fn setns(th: &mut Thread, fd: support::Descriptor, nstype: i32) -> Result<()> {
        done(th, numbers::setns(fd.0, nstype))
    }

    /// Change or add an environment variable.
    #[sig("(name, value, /)")]
    pub fn putenv(th: &mut Thread, name: &Value, value: &Value) -> Result<()> {
        let (name, value) = (c_string(th, name)?, c_string(th, value)?);
        if name.as_bytes().contains(&b'=') {
            return Err(value_error("illegal environment variable name"));
        }
        if name.is_empty() {
            return Err(support::raise_number(th, libc::EINVAL));
        }
        runtime::system::environment::set(
            OsStr::from_bytes(name.as_bytes()),
            OsStr::from_bytes(value.as_bytes()),
        );
        Ok(())
    }

    /// Delete an environment variable.
    #[sig("(name, /)")]
    pub fn unsetenv(th: &mut Thread, name: &Value) -> Result<()> {
        let name = c_string(th, name)?;
        if name.is_empty() || name.as_bytes().contains(&b'=') {
            return Err(support::raise_number(th, libc::EINVAL));
        }
        runtime::system::environment::remove(OsStr::from_bytes(name.as_bytes()));
        Ok(())
    }
}

fn numbers_list(thread: &mut Thread, numbers: &[u32]) -> Result<Value> {
    let numbers =
        numbers.iter().map(|&number| int::from_i64(thread, number.into())).collect::<Result<Vec<_>>>()?;
    List::new(thread, numbers)
}
