//! The system's log.

use std::ffi::{CStr, CString};

use threads::sync::Mutex;

/// What the log calls this program: the system keeps the pointer, so the string stays here until it is replaced.
static NAME: Mutex<Option<CString>> = Mutex::new(None);

/// The name of the program, as it was started.
pub fn program_name() -> CString {
    let name = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&name).file_name().unwrap_or_default().as_encoded_bytes();
    CString::new(name).unwrap_or_default()
}

/// Says how the log is to call this program.
pub fn open(name: CString, options: i32, facility: i32) {
    let mut kept = NAME.lock();
    let pointer = name.as_ptr();
    // SAFETY: the string lives until the next `openlog` or `closelog`, which this lock keeps apart.
    unsafe { libc::openlog(pointer, options, facility) };
    *kept = Some(name);
}

/// Writes to the log.
pub fn write(priority: i32, message: &CStr) {
    let kept = NAME.lock();
    // SAFETY: strings; the format takes one.
    unsafe { libc::syslog(priority, c"%s".as_ptr(), message.as_ptr()) };
    drop(kept);
}

/// Ends what `open` has begun.
pub fn close() {
    let mut kept = NAME.lock();
    // SAFETY: no arguments.
    unsafe { libc::closelog() };
    *kept = None;
}

/// Sets which priorities are logged; the mask of before.
pub fn set_mask(mask: i32) -> i32 {
    // SAFETY: a number.
    unsafe { libc::setlogmask(mask) }
}
