//! Terminals.

use std::io;
use std::mem::MaybeUninit;

/// Control characters that a terminal has.
pub const CONTROLS: usize = libc::NCCS;

/// How a terminal is set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Modes: input, output, control, local.
    pub modes: [u32; 4],
    /// Speeds: input, output.
    pub speeds: [u32; 2],
    /// Control characters.
    pub controls: [u8; CONTROLS],
}

fn check(result: i32) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn raw(fd: i32) -> io::Result<libc::termios> {
    let mut found = MaybeUninit::<libc::termios>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::tcgetattr(fd, found.as_mut_ptr()) })?;
    // SAFETY: filled, and before that zero.
    Ok(unsafe { found.assume_init() })
}

/// How the terminal is set.
///
/// # Errors
/// The system's.
pub fn settings(fd: i32) -> io::Result<Settings> {
    let found = raw(fd)?;
    // SAFETY: points to a value of this function.
    let input = unsafe { libc::cfgetispeed(&raw const found) };
    // SAFETY: points to a value of this function.
    let output = unsafe { libc::cfgetospeed(&raw const found) };
    Ok(Settings {
        modes: [found.c_iflag, found.c_oflag, found.c_cflag, found.c_lflag],
        speeds: [input, output],
        controls: found.c_cc,
    })
}

/// Sets the terminal: at once, after what is written, or also without what has been typed.
///
/// # Errors
/// The system's.
pub fn set(fd: i32, when: i32, to: &Settings) -> io::Result<()> {
    let mut new = raw(fd)?;
    [new.c_iflag, new.c_oflag, new.c_cflag, new.c_lflag] = to.modes;
    new.c_cc = to.controls;
    // SAFETY: points to a value of this function.
    check(unsafe { libc::cfsetispeed(&raw mut new, to.speeds[0]) })?;
    // SAFETY: points to a value of this function.
    check(unsafe { libc::cfsetospeed(&raw mut new, to.speeds[1]) })?;
    // SAFETY: points to a value of this function.
    check(unsafe { libc::tcsetattr(fd, when, &raw const new) })
}

/// Sends a break.
///
/// # Errors
/// The system's.
pub fn send_break(fd: i32, duration: i32) -> io::Result<()> {
    // SAFETY: numbers.
    check(unsafe { libc::tcsendbreak(fd, duration) })
}

/// Waits until everything is written.
///
/// # Errors
/// The system's.
pub fn drain(fd: i32) -> io::Result<()> {
    // SAFETY: a number.
    check(unsafe { libc::tcdrain(fd) })
}

/// Forgets what has been typed or written.
///
/// # Errors
/// The system's.
pub fn flush(fd: i32, queue: i32) -> io::Result<()> {
    // SAFETY: numbers.
    check(unsafe { libc::tcflush(fd, queue) })
}

/// Stops or goes on with input or output.
///
/// # Errors
/// The system's.
pub fn flow(fd: i32, action: i32) -> io::Result<()> {
    // SAFETY: numbers.
    check(unsafe { libc::tcflow(fd, action) })
}

/// Rows and columns.
///
/// # Errors
/// The system's.
pub fn size(fd: i32) -> io::Result<(u16, u16)> {
    let mut size = MaybeUninit::<libc::winsize>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, size.as_mut_ptr()) })?;
    // SAFETY: filled, and before that zero.
    let size = unsafe { size.assume_init() };
    Ok((size.ws_row, size.ws_col))
}

/// Sets rows and columns.
///
/// # Errors
/// The system's.
pub fn set_size(fd: i32, rows: u16, columns: u16) -> io::Result<()> {
    let mut size = MaybeUninit::<libc::winsize>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, size.as_mut_ptr()) })?;
    // SAFETY: filled, and before that zero.
    let mut size = unsafe { size.assume_init() };
    (size.ws_row, size.ws_col) = (rows, columns);
    // SAFETY: points to a value of this function.
    check(unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, &raw const size) })
}
