//! Fatal signals: saying which one it was before the process dies of it.
//!
//! * INV-FAULT-1: the handler neither allocates nor locks, for the process may be in any state: it writes one constant text,
//!   gives the signal the action that it had before, and lets it happen again.

use std::io;
use std::mem::MaybeUninit;
use std::ptr;

use threads::sync::Mutex;
use threads::sync::atomic::{AtomicI32, Ordering};

const FATAL: [(i32, &[u8]); 5] = [
    (libc::SIGBUS, b"Fatal Python error: Bus error\n\n"),
    (libc::SIGILL, b"Fatal Python error: Illegal instruction\n\n"),
    (libc::SIGFPE, b"Fatal Python error: Floating-point exception\n\n"),
    (libc::SIGABRT, b"Fatal Python error: Aborted\n\n"),
    (libc::SIGSEGV, b"Fatal Python error: Segmentation fault\n\n"),
];

/// Where the text goes; -1 while this is off.
static OUTPUT: AtomicI32 = AtomicI32::new(-1);
/// What the signals did before.
static BEFORE: Mutex<Vec<(i32, libc::sigaction)>> = Mutex::new(Vec::new());

extern "C" fn on_fault(signal: libc::c_int) {
    let fd = OUTPUT.load(Ordering::Relaxed);
    if let Some((_, text)) = FATAL.iter().find(|(number, _)| *number == signal) {
        // SAFETY: as many bytes: INV-FAULT-1.
        unsafe { libc::write(fd, text.as_ptr().cast(), text.len()) };
    }
    // SAFETY: a signal, and the default action; what stood there before is gone with the process.
    unsafe { libc::signal(signal, libc::SIG_DFL) };
    // SAFETY: a signal.
    unsafe { libc::raise(signal) };
}

/// Whether fatal signals are reported.
pub fn is_enabled() -> bool {
    OUTPUT.load(Ordering::Relaxed) >= 0
}

/// Reports fatal signals to a descriptor.
///
/// # Errors
/// The system's.
pub fn enable(fd: i32) -> io::Result<()> {
    let mut before = BEFORE.lock();
    OUTPUT.store(fd, Ordering::Relaxed);
    if !before.is_empty() {
        return Ok(());
    }
    for (signal, _) in FATAL {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: points to a value of this function.
        let mask = unsafe { &raw mut (*action.as_mut_ptr()).sa_mask };
        // SAFETY: as above.
        unsafe { libc::sigemptyset(mask) };
        // SAFETY: zero is valid for the rest of it.
        let mut action = unsafe { action.assume_init() };
        action.sa_sigaction = on_fault as extern "C" fn(libc::c_int) as usize;
        action.sa_flags = libc::SA_NODEFER | libc::SA_ONSTACK;
        let mut old = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: point to values of this function; INV-FAULT-1.
        if unsafe { libc::sigaction(signal, &raw const action, old.as_mut_ptr()) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: filled.
        before.push((signal, unsafe { old.assume_init() }));
    }
    Ok(())
}

/// Ends that; whether they were reported.
pub fn disable() -> bool {
    let mut before = BEFORE.lock();
    for (signal, old) in before.drain(..) {
        // SAFETY: the action of before.
        unsafe { libc::sigaction(signal, &raw const old, ptr::null_mut()) };
    }
    OUTPUT.swap(-1, Ordering::Relaxed) >= 0
}

/// Dies of a signal: with the default action, or a report first.
pub fn die_of(signal: i32) {
    if !is_enabled() {
        // SAFETY: a signal, and the default action.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
    // SAFETY: a signal.
    unsafe { libc::raise(signal) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_1_handlers_come_and_go() {
        enable(2).expect("signals have actions");
        assert!(is_enabled());
        assert!(disable());
        assert!(!disable());
    }
}
