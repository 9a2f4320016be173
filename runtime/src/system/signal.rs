//! Signals of the system.
//!
//! The handler that this file installs only takes notes: it marks the signal, writes a byte to the descriptor that a
//! program may have named, and asks the main thread to look. It may run on any thread of the process; on another than
//! Python's main thread it passes the signal on to that one, so that a system call in which the main thread waits is
//! interrupted.
//!
//! * INV-SIGNAL-1: the handler neither allocates nor locks: it uses atomics, `write`, `pthread_kill` and
//!   `World::interrupt_main`, which all may be used there, and leaves `errno` as it was.

use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

use threads::World;
use threads::sync::Arc;
use threads::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU64, Ordering};

/// One more than the highest number of a signal.
pub const COUNT: i32 = 65;

static TRIPPED: [AtomicBool; COUNT as usize] = [const { AtomicBool::new(false) }; COUNT as usize];
/// Whether any is marked.
static ANY: AtomicBool = AtomicBool::new(false);
/// The world of the process; never freed.
static WORLD: AtomicPtr<World> = AtomicPtr::new(std::ptr::null_mut());
/// Python's main thread, as the C library knows it.
static MAIN: AtomicU64 = AtomicU64::new(0);
/// Where a byte is written for each signal; -1: nowhere.
static WAKEUP: AtomicI32 = AtomicI32::new(-1);
/// The error number of the last byte that could not be written; 0: none.
static WAKEUP_ERROR: AtomicI32 = AtomicI32::new(0);

/// What the system does with a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// What it does by default.
    Default,
    /// Nothing.
    Ignore,
    /// It calls our handler.
    Ours,
    /// It calls somebody else's handler.
    Foreign,
}

fn check(result: i32) -> io::Result<i32> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn by_number(result: i32) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(result)) }
}

extern "C" fn on_signal(signal: libc::c_int) {
    // SAFETY: the calling thread's own number.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above.
    let saved = unsafe { *errno };
    let main = MAIN.load(Ordering::Relaxed);
    // SAFETY: no arguments.
    let me = unsafe { libc::pthread_self() } as u64;
    if main != 0 && main != me {
        // SAFETY: the main thread lives until the process ends: INV-SIGNAL-1.
        unsafe { libc::pthread_kill(main as libc::pthread_t, signal) };
    } else {
        trip(signal);
    }
    // SAFETY: as above.
    unsafe { *errno = saved };
}

/// Marks a signal as arrived, and asks the main thread to look.
pub fn trip(signal: i32) {
    let Some(mark) = usize::try_from(signal).ok().and_then(|signal| TRIPPED.get(signal)) else { return };
    // Release: who takes `ANY` sees the mark.
    mark.store(true, Ordering::Release);
    ANY.store(true, Ordering::Release);
    let fd = WAKEUP.load(Ordering::Acquire);
    if fd >= 0 {
        let byte = signal as u8;
        // SAFETY: one byte of this function.
        let written = unsafe { libc::write(fd, (&raw const byte).cast(), 1) };
        if written < 0 {
            // SAFETY: the calling thread's own number.
            let errno = unsafe { libc::__errno_location() };
            // SAFETY: as above.
            WAKEUP_ERROR.store(unsafe { *errno }, Ordering::Release);
        }
    }
    let world = WORLD.load(Ordering::Acquire);
    // SAFETY: null, or the process's world, which is never freed.
    if let Some(world) = unsafe { world.as_ref() } {
        world.interrupt_main();
    }
}

/// Names the world, and the calling thread as its main thread.
pub fn set_main(world: &Arc<World>) {
    if WORLD.load(Ordering::Acquire).is_null() {
        let kept = Arc::into_raw(Arc::clone(world)).cast_mut();
        WORLD.store(kept, Ordering::Release);
    }
    change_main();
}

/// Names the calling thread as Python's main thread. In a forked child.
pub fn change_main() {
    // SAFETY: no arguments.
    MAIN.store(unsafe { libc::pthread_self() } as u64, Ordering::Relaxed);
}

/// Whether any signal has arrived since the last time.
pub fn any_tripped() -> bool {
    ANY.swap(false, Ordering::AcqRel)
}

/// Whether this signal has arrived since the last time.
pub fn take_tripped(signal: i32) -> bool {
    let mark = usize::try_from(signal).ok().and_then(|signal| TRIPPED.get(signal));
    mark.is_some_and(|mark| mark.load(Ordering::Acquire) && mark.swap(false, Ordering::AcqRel))
}

/// Says that some signal has not been looked at yet.
pub fn look_again() {
    ANY.store(true, Ordering::Release);
}

/// Forgets all marks. In a forked child.
pub fn forget() {
    ANY.store(false, Ordering::Relaxed);
    for mark in &TRIPPED {
        mark.store(false, Ordering::Relaxed);
    }
}

/// Sets where a byte is written for each signal; where it was before.
pub fn set_wakeup(fd: i32) -> i32 {
    WAKEUP.swap(fd, Ordering::AcqRel)
}

/// The error of a byte that could not be written, once.
pub fn take_wakeup_error() -> Option<i32> {
    Some(WAKEUP_ERROR.swap(0, Ordering::AcqRel)).filter(|&number| number != 0)
}

/// What the system does with a signal.
///
/// # Errors
/// EINVAL for a number that is no signal.
pub fn disposition(signal: i32) -> io::Result<Disposition> {
    let mut found = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::sigaction(signal, std::ptr::null(), found.as_mut_ptr()) })?;
    // SAFETY: zero, or filled.
    let found = unsafe { found.assume_init() };
    let ours: extern "C" fn(libc::c_int) = on_signal;
    Ok(match found.sa_sigaction {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        handler if handler == ours as *const () as usize => Disposition::Ours,
        _ => Disposition::Foreign,
    })
}

/// Says what the system does with a signal.
///
/// # Errors
/// EINVAL for a number that is no signal, or one that must be left alone.
pub fn set_disposition(signal: i32, to: Disposition) -> io::Result<()> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    let ours: extern "C" fn(libc::c_int) = on_signal;
    // SAFETY: zero is a valid value.
    let action = unsafe { action.assume_init_mut() };
    action.sa_sigaction = match to {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::Ours | Disposition::Foreign => ours as *const () as usize,
    };
    // No SA_RESTART: a system call that is interrupted comes back, so that handlers run.
    action.sa_flags = libc::SA_ONSTACK;
    // SAFETY: points to a value of this function; the handler meets INV-SIGNAL-1.
    check(unsafe { libc::sigaction(signal, &raw const *action, std::ptr::null_mut()) }).map(drop)
}

/// Whether system calls that the signal interrupts begin again by themselves.
///
/// # Errors
/// EINVAL for a number that is no signal.
pub fn set_restart(signal: i32, restart: bool) -> io::Result<()> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) })?;
    // SAFETY: filled.
    let mut action = unsafe { action.assume_init() };
    if restart {
        action.sa_flags |= libc::SA_RESTART;
    } else {
        action.sa_flags &= !libc::SA_RESTART;
    }
    // SAFETY: what was there, with another flag.
    check(unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) }).map(drop)
}

/// Sends the calling thread a signal.
///
/// # Errors
/// EINVAL for a number that is no signal.
pub fn raise(signal: i32) -> io::Result<()> {
    // SAFETY: a number.
    if unsafe { libc::raise(signal) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Sends SIGALRM after so many seconds; how many were left of the last time.
pub fn alarm(seconds: u32) -> u32 {
    // SAFETY: a number.
    unsafe { libc::alarm(seconds) }
}

/// Waits for a signal.
pub fn pause() {
    // SAFETY: no arguments.
    unsafe { libc::pause() };
}

/// The times of a timer: when it fires next, and how long it waits after that, in seconds and microseconds.
pub type Times = [(i64, i64); 2];

fn times(of: &libc::itimerval) -> Times {
    [of.it_value, of.it_interval].map(|time| (time.tv_sec, time.tv_usec))
}

/// The times of a timer of the process.
///
/// # Errors
/// EINVAL for a number that is no timer.
pub fn timer(which: i32) -> io::Result<Times> {
    let mut found = MaybeUninit::<libc::itimerval>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::getitimer(which as _, found.as_mut_ptr()) })?;
    // SAFETY: filled.
    Ok(times(&unsafe { found.assume_init() }))
}

/// Sets the times of a timer of the process; those of before.
///
/// # Errors
/// EINVAL for a number that is no timer, or wrong times.
pub fn set_timer(which: i32, new: Times) -> io::Result<Times> {
    let [it_value, it_interval] = new.map(|(tv_sec, tv_usec)| libc::timeval { tv_sec, tv_usec });
    let new = libc::itimerval { it_value, it_interval };
    let mut old = MaybeUninit::<libc::itimerval>::zeroed();
    // SAFETY: point to values of this function.
    check(unsafe { libc::setitimer(which as _, &raw const new, old.as_mut_ptr()) })?;
    // SAFETY: filled.
    Ok(times(&unsafe { old.assume_init() }))
}

fn members(set: &libc::sigset_t) -> Vec<i32> {
    (1..COUNT)
        .filter(|&signal| {
            // SAFETY: an initialised set.
            unsafe { libc::sigismember(set, signal) == 1 }
        })
        .collect()
}

/// Signals that Python may use: all but those that the C library keeps for itself.
pub fn valid() -> Vec<i32> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: points to a value of this function.
    unsafe { libc::sigfillset(set.as_mut_ptr()) };
    // SAFETY: filled.
    members(&unsafe { set.assume_init() })
}

/// Changes which signals the calling thread holds back; which it held back before.
///
/// # Errors
/// EINVAL.
pub fn mask(how: i32, signals: &[i32]) -> io::Result<Vec<i32>> {
    let set = super::process::signal_set(signals)?;
    let mut old = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: point to values of this function.
    by_number(unsafe { libc::pthread_sigmask(how, &raw const set, old.as_mut_ptr()) })?;
    // SAFETY: filled.
    Ok(members(&unsafe { old.assume_init() }))
}

/// Makes the calling thread hold back every signal, so that the process's go to another thread; which it held back before.
pub fn hold_back_all() -> Vec<i32> {
    mask(libc::SIG_BLOCK, &valid()).unwrap_or_default()
}

/// Makes the calling thread hold back these signals alone.
pub fn hold_back_only(signals: &[i32]) {
    // Nothing can be wrong with signals that were held back before.
    drop(mask(libc::SIG_SETMASK, signals));
}

/// Signals that wait to be delivered to the calling thread.
///
/// # Errors
/// The system's.
pub fn pending() -> io::Result<Vec<i32>> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::sigpending(set.as_mut_ptr()) })?;
    // SAFETY: filled.
    Ok(members(&unsafe { set.assume_init() }))
}

/// Sends a thread of this process a signal.
///
/// # Errors
/// ESRCH if there is no such thread.
pub fn kill_thread(native_id: i32, signal: i32) -> io::Result<()> {
    let process = std::process::id();
    // SAFETY: numbers; the kernel looks whether the thread is of this process.
    let result = unsafe { libc::syscall(libc::SYS_tgkill, process, native_id, signal) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Waits for one of these signals, which the caller holds back.
///
/// # Errors
/// The system's.
pub fn wait(signals: &[i32]) -> io::Result<i32> {
    let set = super::process::signal_set(signals)?;
    let mut signal = 0;
    // SAFETY: point to values of this function.
    by_number(unsafe { libc::sigwait(&raw const set, &raw mut signal) })?;
    Ok(signal)
}

/// What is known of a signal: number, code, error number, process, user, status, band.
pub type Info = [i64; 7];

/// Waits for one of these signals, which the caller holds back; at most so long.
///
/// # Errors
/// EAGAIN when the time is over; EINTR.
pub fn wait_info(signals: &[i32], timeout: Option<Duration>) -> io::Result<Info> {
    let set = super::process::signal_set(signals)?;
    let mut info = MaybeUninit::<libc::siginfo_t>::zeroed();
    let timeout = timeout.map(|timeout| libc::timespec {
        tv_sec: timeout.as_secs() as i64,
        tv_nsec: timeout.subsec_nanos().into(),
    });
    let result = match &timeout {
        // SAFETY: point to values of this function.
        Some(timeout) => unsafe {
            libc::sigtimedwait(&raw const set, info.as_mut_ptr(), &raw const *timeout)
        },
        // SAFETY: point to values of this function.
        None => unsafe { libc::sigwaitinfo(&raw const set, info.as_mut_ptr()) },
    };
    check(result)?;
    // SAFETY: filled.
    let info = unsafe { info.assume_init() };
    // SAFETY: a union of numbers, all of which are valid.
    let pid = unsafe { info.si_pid() };
    // SAFETY: as above.
    let user = unsafe { info.si_uid() };
    // SAFETY: as above.
    let status = unsafe { info.si_status() };
    let numbers = [info.si_signo, info.si_code, info.si_errno, pid, user as i32, status];
    let mut all = [0; 7];
    for (slot, number) in all.iter_mut().zip(numbers) {
        *slot = number.into();
    }
    all[4] = user.into();
    Ok(all)
}

/// What the system calls a signal.
pub fn describe(signal: i32) -> Option<String> {
    if !(1..COUNT).contains(&signal) {
        return None;
    }
    // SAFETY: a number; the text is a constant, or belongs to the calling thread.
    let text = unsafe { libc::strsignal(signal) };
    if text.is_null() {
        return None;
    }
    // SAFETY: ends with a zero.
    let text = unsafe { std::ffi::CStr::from_ptr(text) }.to_string_lossy().into_owned();
    Some(text).filter(|text| !text.starts_with("Unknown signal"))
}

/// The threads that run Python: serial number, and number in the system.
static THREADS: threads::sync::Mutex<Vec<(u64, i32)>> = threads::sync::Mutex::new(Vec::new());

/// Notes the number in the system of the calling thread, which has this serial number.
pub fn register_thread(serial: u64) {
    let native = threads::native_id().unwrap_or(0) as i32;
    let mut known = THREADS.lock();
    known.retain(|(other, _)| *other != serial);
    known.push((serial, native));
}

/// Forgets a thread that is about to exit.
pub fn forget_thread(serial: u64) {
    THREADS.lock().retain(|(other, _)| *other != serial);
}

/// The number in the system of the thread with this serial number.
pub fn native_id_of(serial: u64) -> Option<i32> {
    THREADS.lock().iter().find(|(other, _)| *other == serial).map(|(_, native)| *native)
}

/// In a forked child there is one thread, with another number.
pub fn only_thread(serial: u64) {
    THREADS.lock().clear();
    register_thread(serial);
}
