//! Waiting for descriptors.

use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

fn count(result: i32) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

fn timespec(of: Option<Duration>) -> Option<libc::timespec> {
    of.map(|of| libc::timespec { tv_sec: of.as_secs() as i64, tv_nsec: of.subsec_nanos().into() })
}

fn pointer(of: &Option<libc::timespec>) -> *const libc::timespec {
    of.as_ref().map_or(std::ptr::null(), |of| &raw const *of)
}

/// Waits until descriptors have some of the events; which, and what they have.
///
/// # Errors
/// The system's.
pub fn poll(wanted: &[(i32, u16)], timeout: Option<Duration>) -> io::Result<Vec<(i32, u16)>> {
    let mut list: Vec<libc::pollfd> =
        wanted.iter().map(|&(fd, events)| libc::pollfd { fd, events: events as i16, revents: 0 }).collect();
    let timeout = timespec(timeout);
    // SAFETY: as many entries; the time is a value of this function, or none.
    count(unsafe { libc::ppoll(list.as_mut_ptr(), list.len() as u64, pointer(&timeout), std::ptr::null()) })?;
    Ok(list.iter().filter(|entry| entry.revents != 0).map(|entry| (entry.fd, entry.revents as u16)).collect())
}

/// Waits until descriptors can be read or written or have something exceptional; which, of each of the three.
///
/// # Errors
/// EINVAL for a number beyond what a set holds; the system's.
pub fn select(wanted: &[Vec<i32>; 3], timeout: Option<Duration>) -> io::Result<[Vec<i32>; 3]> {
    let mut sets: [libc::fd_set; 3] = [0, 1, 2].map(|_| {
        // SAFETY: bits, for which zero is valid.
        unsafe { MaybeUninit::zeroed().assume_init() }
    });
    let mut end = 0;
    for (set, wanted) in sets.iter_mut().zip(wanted) {
        for &fd in wanted {
            if !(0..libc::FD_SETSIZE as i32).contains(&fd) {
                return Err(io::Error::from_raw_os_error(libc::EINVAL));
            }
            end = end.max(fd + 1);
            // SAFETY: in range.
            unsafe { libc::FD_SET(fd, set) };
        }
    }
    let timeout = timespec(timeout);
    let [read, write, except] = &mut sets;
    // SAFETY: three sets; the time is a value of this function, or none.
    count(unsafe { libc::pselect(end, read, write, except, pointer(&timeout), std::ptr::null()) })?;
    let mut found = [Vec::new(), Vec::new(), Vec::new()];
    for ((found, wanted), set) in found.iter_mut().zip(wanted).zip(&sets) {
        for &fd in wanted {
            // SAFETY: in range, as was seen above.
            if unsafe { libc::FD_ISSET(fd, set) } {
                found.push(fd);
            }
        }
    }
    Ok(found)
}

/// A new object that polls.
///
/// # Errors
/// The system's.
pub fn epoll_create() -> io::Result<i32> {
    // SAFETY: a number.
    let fd = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
    if fd < 0 { Err(io::Error::last_os_error()) } else { Ok(fd) }
}

/// Adds, changes or removes a descriptor.
///
/// # Errors
/// The system's.
pub fn epoll_control(epoll: i32, operation: i32, fd: i32, events: u32) -> io::Result<()> {
    let mut event = libc::epoll_event { events, u64: fd as u64 };
    // SAFETY: points to a value of this function.
    count(unsafe { libc::epoll_ctl(epoll, operation, fd, &raw mut event) }).map(drop)
}

/// Waits for events; at most `most`.
///
/// # Errors
/// The system's.
pub fn epoll_wait(epoll: i32, most: usize, timeout: Option<Duration>) -> io::Result<Vec<(i32, u32)>> {
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most.clamp(1, 1 << 16)];
    // Rounded up: a wait that is too short would be repeated all the time.
    let ms = timeout
        .map_or(-1, |timeout| i32::try_from(timeout.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX));
    // SAFETY: as many entries.
    let found = count(unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), events.len() as i32, ms) })?;
    events.truncate(found);
    Ok(events.iter().map(|event| (event.u64 as i32, event.events)).collect())
}
