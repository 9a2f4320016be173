//! Semaphores that processes share, by name.
//!
//! * INV-SEMAPHORE-1: `pointer` is what `sem_open` has answered; it is closed when its holder goes, and not before.

use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

/// An open semaphore.
#[derive(Debug)]
pub struct Named {
    /// See INV-SEMAPHORE-1.
    pointer: *mut libc::sem_t,
}

// SAFETY: INV-SEMAPHORE-1: the system's calls on a semaphore may come from any thread.
unsafe impl Send for Named {}
// SAFETY: as above.
unsafe impl Sync for Named {}

impl Drop for Named {
    fn drop(&mut self) {
        // SAFETY: INV-SEMAPHORE-1.
        unsafe { libc::sem_close(self.pointer) };
    }
}

fn check(result: i32) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Removes the name of a semaphore.
///
/// # Errors
/// The system's.
pub fn unlink(name: &CStr) -> io::Result<()> {
    // SAFETY: a string.
    check(unsafe { libc::sem_unlink(name.as_ptr()) })
}

impl Named {
    fn of(pointer: *mut libc::sem_t) -> io::Result<Self> {
        if pointer == libc::SEM_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { pointer })
    }

    /// Makes a semaphore that is not there yet.
    ///
    /// # Errors
    /// The system's.
    pub fn create(name: &CStr, value: u32) -> io::Result<Self> {
        const FLAGS: i32 = libc::O_CREAT | libc::O_EXCL;
        const MODE: libc::c_uint = 0o600;
        // SAFETY: a string, and numbers.
        Self::of(unsafe { libc::sem_open(name.as_ptr(), FLAGS, MODE, value) })
    }

    /// Opens a semaphore.
    ///
    /// # Errors
    /// The system's.
    pub fn open(name: &CStr) -> io::Result<Self> {
        // SAFETY: a string.
        Self::of(unsafe { libc::sem_open(name.as_ptr(), 0) })
    }

    /// A number that stands for it in this process.
    pub fn handle(&self) -> usize {
        self.pointer.addr()
    }

    /// Takes a unit if there is one.
    ///
    /// # Errors
    /// EAGAIN, the system's.
    pub fn try_wait(&self) -> io::Result<()> {
        // SAFETY: INV-SEMAPHORE-1.
        check(unsafe { libc::sem_trywait(self.pointer) })
    }

    /// Waits for a unit: until so long after the epoch, or for ever.
    ///
    /// # Errors
    /// ETIMEDOUT, EINTR, the system's.
    pub fn wait(&self, until: Option<Duration>) -> io::Result<()> {
        let Some(until) = until else {
            // SAFETY: INV-SEMAPHORE-1.
            return check(unsafe { libc::sem_wait(self.pointer) });
        };
        let time = libc::timespec {
            tv_sec: i64::try_from(until.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: until.subsec_nanos().into(),
        };
        // SAFETY: INV-SEMAPHORE-1; points to a value of this function.
        check(unsafe { libc::sem_timedwait(self.pointer, &raw const time) })
    }

    /// Gives a unit.
    ///
    /// # Errors
    /// The system's.
    pub fn post(&self) -> io::Result<()> {
        // SAFETY: INV-SEMAPHORE-1.
        check(unsafe { libc::sem_post(self.pointer) })
    }

    /// How many units there are.
    ///
    /// # Errors
    /// The system's.
    pub fn value(&self) -> io::Result<i32> {
        let mut value = MaybeUninit::zeroed();
        // SAFETY: INV-SEMAPHORE-1; points to a value of this function.
        check(unsafe { libc::sem_getvalue(self.pointer, value.as_mut_ptr()) })?;
        // SAFETY: filled, and before that zero.
        Ok(unsafe { value.assume_init() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semaphore_1_units_go_from_one_opening_to_the_other() {
        let name = std::ffi::CString::new(format!("/weft-test-{}", std::process::id())).expect("no zero");
        let first = Named::create(&name, 1).expect("a new semaphore");
        let second = Named::open(&name).expect("it is there");
        unlink(&name).expect("it is there");
        second.wait(None).expect("a unit");
        assert!(first.try_wait().is_err());
        first.post().expect("room");
        assert_eq!(second.value().expect("a number"), 1);
    }
}
