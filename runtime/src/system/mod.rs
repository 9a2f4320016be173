//! Calls of the operating system that have no safe form elsewhere, each behind a safe function.
//!
//! Native modules are written without `unsafe`; what they need of the system beyond `std` and `rustix` is here, one file
//! a concern.

use std::io;
use std::os::fd::BorrowedFd;

pub mod clock;
pub mod environment;
pub mod fault;
pub mod files;
pub mod locale;
pub mod log;
pub mod mapping;
pub mod network;
pub mod numbers;
pub mod poll;
pub mod process;
pub mod semaphore;
pub mod signal;
pub mod socket;
pub mod subprocess;
pub mod terminal;
pub mod users;
pub mod zlib;

/// The file descriptor with this number, as Python programs name them.
///
/// Python's descriptors are plain numbers: a program may pass one that is closed, or close one that is in use. What
/// follows is an error of the system (EBADF) or an operation on another file, as with every Python; never more than that.
///
/// # Errors
/// EBADF for a negative number.
pub fn fd(number: i32) -> io::Result<BorrowedFd<'static>> {
    if number < 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the number is not -1, and nothing relies on the file staying open: see above.
    Ok(unsafe { BorrowedFd::borrow_raw(number) })
}
