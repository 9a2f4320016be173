//! Processes, and the rest of the system's calls that fill memory.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;

fn check(result: i32) -> io::Result<i32> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn by_number(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(result)) }
}

/// Closes the descriptors from `low` up to `high`, which stays open.
pub fn close_range(low: i32, high: i32) {
    let low = low.max(0);
    if low >= high {
        return;
    }
    // SAFETY: numbers.
    let done = unsafe { libc::syscall(libc::SYS_close_range, low, high - 1, 0) };
    if done != 0 {
        for fd in low..high {
            // SAFETY: a number.
            unsafe { libc::close(fd) };
        }
    }
}

/// Says how a file will be read.
///
/// # Errors
/// The system's.
pub fn fadvise(fd: i32, offset: i64, length: i64, advice: i32) -> io::Result<()> {
    // SAFETY: numbers.
    by_number(unsafe { libc::posix_fadvise(fd, offset, length, advice) })
}

/// Sets space aside for a file.
///
/// # Errors
/// The system's.
pub fn fallocate(fd: i32, offset: i64, length: i64) -> io::Result<()> {
    // SAFETY: numbers.
    by_number(unsafe { libc::posix_fallocate(fd, offset, length) })
}

/// Processor time in ticks: user and system, of the process and of its children, and the time that has passed.
///
/// # Errors
/// The system's.
pub fn times() -> io::Result<([i64; 5], i64)> {
    let mut buffer = MaybeUninit::<libc::tms>::zeroed();
    // SAFETY: points to a value of this function.
    let elapsed = unsafe { libc::times(buffer.as_mut_ptr()) };
    if elapsed == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: filled.
    let tms = unsafe { buffer.assume_init() };
    // SAFETY: a number.
    let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
    Ok(([tms.tms_utime, tms.tms_stime, tms.tms_cutime, tms.tms_cstime, elapsed], per_second))
}

/// A limit or property of the system; `None` where it has no limit.
///
/// # Errors
/// The system's.
pub fn sysconf(name: i32) -> io::Result<Option<i64>> {
    unlimited(|| {
        // SAFETY: a number.
        unsafe { libc::sysconf(name) }
    })
}

/// A limit or property of a file by name.
///
/// # Errors
/// The system's.
pub fn pathconf(path: &CStr, name: i32) -> io::Result<Option<i64>> {
    unlimited(|| {
        // SAFETY: the name ends with a zero.
        unsafe { libc::pathconf(path.as_ptr(), name) }
    })
}

/// A limit or property of an open file.
///
/// # Errors
/// The system's.
pub fn fpathconf(fd: i32, name: i32) -> io::Result<Option<i64>> {
    unlimited(|| {
        // SAFETY: numbers.
        unsafe { libc::fpathconf(fd, name) }
    })
}

fn unlimited(call: impl FnOnce() -> i64) -> io::Result<Option<i64>> {
    clear_errno();
    let value = call();
    if value != -1 {
        return Ok(Some(value));
    }
    let error = io::Error::last_os_error();
    if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) }
}

/// Calls that say -1 for "none" and for a failure are told apart by the number that they leave alone.
fn clear_errno() {
    // SAFETY: the calling thread's own number.
    let number = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    unsafe { *number = 0 };
}

/// A property of the system in text; `None` if it has none.
///
/// # Errors
/// The system's.
pub fn confstr(name: i32) -> io::Result<Option<Vec<u8>>> {
    clear_errno();
    let mut room = vec![0u8; 256];
    loop {
        // SAFETY: the slice has as many bytes.
        let length = unsafe { libc::confstr(name, room.as_mut_ptr().cast(), room.len()) };
        if length == 0 {
            let error = io::Error::last_os_error();
            return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
        }
        if length <= room.len() {
            room.truncate(length - 1);
            return Ok(Some(room));
        }
        room.resize(length, 0);
    }
}

/// The average numbers of running processes.
///
/// # Errors
/// The system has none.
pub fn load_averages() -> io::Result<[f64; 3]> {
    let mut loads = [0.0; 3];
    // SAFETY: three numbers.
    let count = unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) };
    if count == 3 { Ok(loads) } else { Err(io::Error::from_raw_os_error(libc::EIO)) }
}

/// The user who is logged in on the terminal.
///
/// # Errors
/// The system's.
pub fn login_name() -> io::Result<CString> {
    let mut room = [0u8; 256];
    // SAFETY: the array has as many bytes.
    by_number(unsafe { getlogin_r(room.as_mut_ptr().cast(), room.len()) })?;
    Ok(CStr::from_bytes_until_nul(&room).map(CStr::to_owned).unwrap_or_default())
}

/// The groups of a user.
///
/// # Errors
/// The system's.
pub fn groups_of(user: &CStr, group: u32) -> io::Result<Vec<u32>> {
    let mut room = 64;
    loop {
        let mut groups = vec![0; room];
        let mut count = room as i32;
        // SAFETY: the name ends with a zero, and there is room for as many numbers.
        let found = unsafe { libc::getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), &raw mut count) };
        if found != -1 {
            groups.truncate(count.max(0) as usize);
            return Ok(groups);
        }
        if room > 1 << 16 {
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        room *= 2;
    }
}

/// Sets the groups of the process.
///
/// # Errors
/// The system's.
pub fn set_groups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: as many numbers.
    check(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) }).map(drop)
}

/// The real, the effective and the saved user.
///
/// # Errors
/// The system's.
pub fn users() -> io::Result<(u32, u32, u32)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    // SAFETY: point to values of this function.
    check(unsafe { libc::getresuid(&raw mut real, &raw mut effective, &raw mut saved) })?;
    Ok((real, effective, saved))
}

/// The real, the effective and the saved group.
///
/// # Errors
/// The system's.
pub fn groups() -> io::Result<(u32, u32, u32)> {
    let (mut real, mut effective, mut saved) = (0, 0, 0);
    // SAFETY: point to values of this function.
    check(unsafe { libc::getresgid(&raw mut real, &raw mut effective, &raw mut saved) })?;
    Ok((real, effective, saved))
}

/// The priority of processes.
///
/// # Errors
/// The system's.
pub fn priority(which: u32, who: u32) -> io::Result<i32> {
    clear_errno();
    // SAFETY: numbers.
    let priority = unsafe { libc::getpriority(which, who) };
    let error = io::Error::last_os_error();
    if priority == -1 && error.raw_os_error() != Some(0) { Err(error) } else { Ok(priority) }
}

/// Lowers the priority of the process.
///
/// # Errors
/// The system's.
pub fn nice(increment: i32) -> io::Result<i32> {
    clear_errno();
    // SAFETY: a number.
    let priority = unsafe { libc::nice(increment) };
    let error = io::Error::last_os_error();
    if priority == -1 && error.raw_os_error() != Some(0) { Err(error) } else { Ok(priority) }
}

/// What a process that has ended leaves: its number, its status, and what it used.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its number.
    pub pid: i32,
    /// Its status.
    pub status: i32,
    /// What it used.
    pub usage: Usage,
}

/// What a process used.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Seconds and microseconds for the process itself, and for the system.
    pub times: [(i64, i64); 2],
    /// The other numbers, in C's order.
    pub numbers: [i64; 14],
}

fn usage_of(of: &libc::rusage) -> Usage {
    Usage {
        times: [of.ru_utime, of.ru_stime].map(|time| (time.tv_sec, time.tv_usec)),
        numbers: [
            of.ru_maxrss,
            of.ru_ixrss,
            of.ru_idrss,
            of.ru_isrss,
            of.ru_minflt,
            of.ru_majflt,
            of.ru_nswap,
            of.ru_inblock,
            of.ru_oublock,
            of.ru_msgsnd,
            of.ru_msgrcv,
            of.ru_nsignals,
            of.ru_nvcsw,
            of.ru_nivcsw,
        ],
    }
}

/// Waits for a child to end.
///
/// # Errors
/// The system's.
pub fn wait(pid: i32, options: i32) -> io::Result<Ended> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: point to values of this function.
    let pid = check(unsafe { libc::wait4(pid, &raw mut status, options, usage.as_mut_ptr()) })?;
    // SAFETY: zero, or filled.
    Ok(Ended { pid, status, usage: usage_of(&unsafe { usage.assume_init() }) })
}

/// What processes have used so far.
///
/// # Errors
/// The system's.
pub fn usage(who: i32) -> io::Result<Usage> {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::getrusage(who as _, usage.as_mut_ptr()) })?;
    // SAFETY: filled.
    Ok(usage_of(&unsafe { usage.assume_init() }))
}

/// What `waitid` tells: process, user, signal, status, code. None if nothing has happened.
///
/// # Errors
/// The system's.
pub fn waitid(kind: u32, id: u32, options: i32) -> io::Result<Option<[i64; 5]>> {
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::waitid(kind, id, info.as_mut_ptr(), options) })?;
    // SAFETY: zero, or filled.
    let info = unsafe { info.assume_init() };
    // SAFETY: filled by `waitid`, which sets these fields.
    let pid = unsafe { info.si_pid() };
    if pid == 0 {
        return Ok(None);
    }
    // SAFETY: as above.
    let user = unsafe { info.si_uid() };
    // SAFETY: as above.
    let status = unsafe { info.si_status() };
    Ok(Some([pid.into(), user.into(), info.si_signo.into(), status.into(), info.si_code.into()]))
}

/// A list of strings as C has it.
struct Strings<'a> {
    pointers: Vec<*const libc::c_char>,
    _strings: &'a [CString],
}

impl<'a> Strings<'a> {
    fn of(strings: &'a [CString]) -> Self {
        let mut pointers: Vec<_> = strings.iter().map(|string| string.as_ptr()).collect();
        pointers.push(std::ptr::null());
        Self { pointers, _strings: strings }
    }
}

/// Replaces the program by another; returns only if it fails.
pub fn exec(path: &CStr, args: &[CString], environment: Option<&[CString]>) -> io::Error {
    let args = Strings::of(args);
    match environment {
        Some(environment) => {
            let environment = Strings::of(environment);
            // SAFETY: lists of strings that end with null, and a string.
            unsafe { libc::execve(path.as_ptr(), args.pointers.as_ptr(), environment.pointers.as_ptr()) };
        }
        None => {
            // SAFETY: a list of strings that ends with null, and a string.
            unsafe { libc::execv(path.as_ptr(), args.pointers.as_ptr()) };
        }
    }
    io::Error::last_os_error()
}

/// Replaces the program by the one in an open file; returns only if it fails.
pub fn fexec(fd: i32, args: &[CString], environment: &[CString]) -> io::Error {
    let (args, environment) = (Strings::of(args), Strings::of(environment));
    // SAFETY: lists of strings that end with null, and a number.
    unsafe { libc::fexecve(fd, args.pointers.as_ptr(), environment.pointers.as_ptr()) };
    io::Error::last_os_error()
}

/// Ends the process at once.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: a number; nothing runs afterwards.
    unsafe { libc::_exit(status) }
}

/// Ends the process with a core dump.
pub fn abort() -> ! {
    // SAFETY: nothing runs afterwards.
    unsafe { libc::abort() }
}

/// Forks: 0 in the child. Only for who has stopped the threads (`Thread::fork`) or calls nothing but `exec` next.
///
/// # Errors
/// The system's.
pub fn fork_raw() -> io::Result<i32> {
    // SAFETY: the child goes on with a stopped world's memory, as `Thread::fork` says.
    check(unsafe { libc::fork() })
}

/// Runs a command with the shell; its status.
///
/// # Errors
/// The system's.
pub fn system(command: &CStr) -> io::Result<i32> {
    // SAFETY: ends with a zero.
    check(unsafe { libc::system(command.as_ptr()) })
}

/// Makes a terminal the standard streams and the controlling terminal of the process.
///
/// # Errors
/// The system's.
pub fn login_tty(fd: i32) -> io::Result<()> {
    // SAFETY: a number.
    check(unsafe { libc::login_tty(fd) }).map(drop)
}

/// What to do to a descriptor of a program that is spawned.
#[derive(Clone, Debug)]
pub enum FileAction {
    /// Open a file as this descriptor.
    Open {
        /// The descriptor.
        fd: i32,
        /// The file.
        path: CString,
        /// How.
        flags: i32,
        /// Its permissions, if it is new.
        mode: u32,
    },
    /// Close it.
    Close(i32),
    /// Make the second a descriptor of the first's file.
    Duplicate(i32, i32),
    /// Close all from this one on.
    CloseFrom(i32),
}

/// How a program is spawned.
#[derive(Clone, Debug, Default)]
pub struct Spawn {
    /// What is done to descriptors, in order.
    pub actions: Vec<FileAction>,
    /// The group; 0 for one of its own.
    pub group: Option<i32>,
    /// Real user and group for effective ones.
    pub reset_ids: bool,
    /// In a session of its own.
    pub session: bool,
    /// Signals that are blocked.
    pub mask: Option<Vec<i32>>,
    /// Signals that have their default action.
    pub defaults: Option<Vec<i32>>,
    /// Policy and priority.
    pub scheduler: Option<(Option<i32>, i32)>,
}

/// Spawns a program; with `search`, one that is looked for on the path.
///
/// # Errors
/// The system's.
pub fn spawn(
    path: &CStr,
    search: bool,
    args: &[CString],
    environment: &[CString],
    how: &Spawn,
) -> io::Result<i32> {
    let mut actions = Actions::new()?;
    for action in &how.actions {
        actions.add(action)?;
    }
    let attributes = Attributes::new(how)?;
    let (args, environment) = (Strings::of(args), Strings::of(environment));
    let mut pid = 0;
    let call = if search { libc::posix_spawnp } else { libc::posix_spawn };
    // SAFETY: lists of strings that end with null, a string, and initialised descriptions.
    by_number(unsafe {
        call(
            &raw mut pid,
            path.as_ptr(),
            &raw const actions.0,
            &raw const attributes.0,
            args.pointers.as_ptr().cast(),
            environment.pointers.as_ptr().cast(),
        )
    })?;
    Ok(pid)
}

struct Actions(libc::posix_spawn_file_actions_t);

impl Actions {
    fn new() -> io::Result<Self> {
        let mut actions = MaybeUninit::zeroed();
        // SAFETY: points to a value of this function.
        by_number(unsafe { libc::posix_spawn_file_actions_init(actions.as_mut_ptr()) })?;
        // SAFETY: initialised.
        Ok(Self(unsafe { actions.assume_init() }))
    }

    fn add(&mut self, action: &FileAction) -> io::Result<()> {
        let list = &raw mut self.0;
        by_number(match action {
            FileAction::Open { fd, path, flags, mode } => {
                // SAFETY: initialised; the name ends with a zero and is copied.
                unsafe { libc::posix_spawn_file_actions_addopen(list, *fd, path.as_ptr(), *flags, *mode) }
            }
            // SAFETY: initialised.
            FileAction::Close(fd) => unsafe { libc::posix_spawn_file_actions_addclose(list, *fd) },
            // SAFETY: initialised.
            FileAction::Duplicate(fd, to) => unsafe {
                libc::posix_spawn_file_actions_adddup2(list, *fd, *to)
            },
            // SAFETY: initialised.
            FileAction::CloseFrom(fd) => unsafe { posix_spawn_file_actions_addclosefrom_np(list, *fd) },
        })
    }
}

unsafe extern "C" {
    fn getlogin_r(name: *mut libc::c_char, length: usize) -> libc::c_int;
    fn posix_spawn_file_actions_addclosefrom_np(
        actions: *mut libc::posix_spawn_file_actions_t,
        from: libc::c_int,
    ) -> libc::c_int;
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialised, and not used any more.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.0) };
    }
}

/// A set of signals.
///
/// # Errors
/// EINVAL for a number that is no signal.
pub fn signal_set(signals: &[i32]) -> io::Result<libc::sigset_t> {
    let mut set = MaybeUninit::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::sigemptyset(set.as_mut_ptr()) })?;
    // SAFETY: initialised.
    let mut set = unsafe { set.assume_init() };
    for &signal in signals {
        // SAFETY: initialised; the call looks at the number.
        check(unsafe { libc::sigaddset(&raw mut set, signal) })?;
    }
    Ok(set)
}

struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    fn new(how: &Spawn) -> io::Result<Self> {
        let mut attributes = MaybeUninit::zeroed();
        // SAFETY: points to a value of this function.
        by_number(unsafe { libc::posix_spawnattr_init(attributes.as_mut_ptr()) })?;
        // SAFETY: initialised.
        let mut this = Self(unsafe { attributes.assume_init() });
        let to = &raw mut this.0;
        let mut flags = 0;
        if let Some(group) = how.group {
            flags |= libc::POSIX_SPAWN_SETPGROUP;
            // SAFETY: initialised.
            by_number(unsafe { libc::posix_spawnattr_setpgroup(to, group) })?;
        }
        if how.reset_ids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if how.session {
            flags |= 0x80; // POSIX_SPAWN_SETSID
        }
        if let Some(mask) = &how.mask {
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
            let set = signal_set(mask)?;
            // SAFETY: initialised; the set is copied.
            by_number(unsafe { libc::posix_spawnattr_setsigmask(to, &raw const set) })?;
        }
        if let Some(defaults) = &how.defaults {
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
            let set = signal_set(defaults)?;
            // SAFETY: initialised; the set is copied.
            by_number(unsafe { libc::posix_spawnattr_setsigdefault(to, &raw const set) })?;
        }
        if let Some((policy, priority)) = how.scheduler {
            if let Some(policy) = policy {
                flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                // SAFETY: initialised.
                by_number(unsafe { libc::posix_spawnattr_setschedpolicy(to, policy) })?;
            }
            flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
            let param = libc::sched_param { sched_priority: priority };
            // SAFETY: initialised; the parameters are copied.
            by_number(unsafe { libc::posix_spawnattr_setschedparam(to, &raw const param) })?;
        }
        // SAFETY: initialised.
        by_number(unsafe { libc::posix_spawnattr_setflags(to, flags as i16) })?;
        Ok(this)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised, and not used any more.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.0) };
    }
}

/// The priority of a process under its policy.
///
/// # Errors
/// The system's.
pub fn scheduling_priority(pid: i32) -> io::Result<i32> {
    let mut param = libc::sched_param { sched_priority: 0 };
    // SAFETY: points to a value of this function.
    check(unsafe { libc::sched_getparam(pid, &raw mut param) })?;
    Ok(param.sched_priority)
}

/// Sets the priority of a process, and its policy if one is given.
///
/// # Errors
/// The system's.
pub fn set_scheduling(pid: i32, policy: Option<i32>, priority: i32) -> io::Result<()> {
    let param = libc::sched_param { sched_priority: priority };
    check(match policy {
        // SAFETY: points to a value of this function.
        Some(policy) => unsafe { libc::sched_setscheduler(pid, policy, &raw const param) },
        // SAFETY: points to a value of this function.
        None => unsafe { libc::sched_setparam(pid, &raw const param) },
    })
    .map(drop)
}

/// How long a process runs before others of its priority do, in seconds and nanoseconds.
///
/// # Errors
/// The system's.
pub fn round_robin_interval(pid: i32) -> io::Result<(i64, i64)> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: points to a value of this function.
    check(unsafe { libc::sched_rr_get_interval(pid, &raw mut time) })?;
    Ok((time.tv_sec, time.tv_nsec))
}

/// The times of a timer: its interval, and when it fires next.
pub type TimerTimes = [(i64, i64); 2];

fn timer_times(of: &libc::itimerspec) -> TimerTimes {
    [of.it_interval, of.it_value].map(|time| (time.tv_sec, time.tv_nsec))
}

/// The times of a timer with a descriptor.
///
/// # Errors
/// The system's.
pub fn timer(fd: i32) -> io::Result<TimerTimes> {
    let mut times = MaybeUninit::<libc::itimerspec>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::timerfd_gettime(fd, times.as_mut_ptr()) })?;
    // SAFETY: filled.
    Ok(timer_times(&unsafe { times.assume_init() }))
}

/// Sets the times of a timer with a descriptor; those of before.
///
/// # Errors
/// The system's.
pub fn set_timer(fd: i32, flags: i32, times: TimerTimes) -> io::Result<TimerTimes> {
    let [it_interval, it_value] = times.map(|(tv_sec, tv_nsec)| libc::timespec { tv_sec, tv_nsec });
    let new = libc::itimerspec { it_interval, it_value };
    let mut old = MaybeUninit::<libc::itimerspec>::zeroed();
    // SAFETY: point to values of this function.
    check(unsafe { libc::timerfd_settime(fd, flags, &raw const new, old.as_mut_ptr()) })?;
    // SAFETY: filled.
    Ok(timer_times(&unsafe { old.assume_init() }))
}

/// The soft and the hard limit of a process, as they were before `new` ones are set.
///
/// # Errors
/// The system's.
pub fn limit(pid: i32, resource: u32, new: Option<(u64, u64)>) -> io::Result<(u64, u64)> {
    let new = new.map(|(rlim_cur, rlim_max)| libc::rlimit { rlim_cur, rlim_max });
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let pointer = new.as_ref().map_or(std::ptr::null(), |new| &raw const *new);
    // SAFETY: point to values of this function, or to nothing.
    check(unsafe { libc::prlimit(pid, resource, pointer, &raw mut old) })?;
    Ok((old.rlim_cur, old.rlim_max))
}
