//! Memory that is mapped to a file, or to nothing.
//!
//! Others (processes, and threads that look at a buffer) may change the bytes at any time, so there is never a reference to
//! them: they are copied in and out.
//!
//! * INV-MAPPING-1: `pointer` is the first of `length` mapped bytes, from when a mapping is made until it goes.

use std::io;
use std::ptr;

/// Mapped memory.
#[derive(Debug)]
pub struct Mapping {
    /// See INV-MAPPING-1.
    pointer: *mut u8,
    length: usize,
    /// Whether it may be written to.
    writable: bool,
    /// Whether it may be read.
    readable: bool,
}

// SAFETY: INV-MAPPING-1: mapped memory belongs to no thread.
unsafe impl Send for Mapping {}
// SAFETY: as above; bytes are copied in and out through raw pointers only.
unsafe impl Sync for Mapping {}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: INV-MAPPING-1.
        unsafe { libc::munmap(self.pointer.cast(), self.length) };
    }
}

fn check(result: i32) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

impl Mapping {
    /// Maps `length` bytes of a file from `offset` on; of none, with -1.
    ///
    /// # Errors
    /// The system's; EINVAL for no bytes.
    pub fn new(fd: i32, length: usize, protection: i32, flags: i32, offset: i64) -> io::Result<Self> {
        if flags & libc::MAP_FIXED != 0 || length > isize::MAX as usize {
            // At a place of the caller's choice it could replace other memory.
            return Err(io::Error::from_raw_os_error(libc::EINVAL));
        }
        // SAFETY: at a place that the system chooses.
        let pointer = unsafe { libc::mmap(ptr::null_mut(), length, protection, flags, fd, offset) };
        if pointer == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let writable = protection & libc::PROT_WRITE != 0;
        let readable = protection & (libc::PROT_READ | libc::PROT_EXEC | libc::PROT_WRITE) != 0;
        Ok(Self { pointer: pointer.cast(), length, writable, readable })
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The first byte, for lending.
    pub fn pointer(&self) -> *mut u8 {
        self.pointer
    }

    /// Copies bytes from `at` on; as many of `into` as there are. None if they may not be read.
    pub fn read(&self, at: usize, into: &mut [u8]) -> usize {
        if !self.readable {
            return 0;
        }
        let count = into.len().min(self.length.saturating_sub(at));
        // SAFETY: INV-MAPPING-1: so many bytes are there; `into` is other memory.
        unsafe { ptr::copy_nonoverlapping(self.pointer.wrapping_add(at), into.as_mut_ptr(), count) };
        count
    }

    /// Writes bytes from `at` on; as many as there is room for. None if it may not be written to.
    pub fn write(&self, at: usize, bytes: &[u8]) -> usize {
        if !self.writable {
            return 0;
        }
        let count = bytes.len().min(self.length.saturating_sub(at));
        // SAFETY: INV-MAPPING-1: so many bytes are there; `bytes` is other memory; and they may be written to.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.pointer.wrapping_add(at), count) };
        count
    }

    /// Copies bytes within.
    pub fn move_within(&self, to: usize, from: usize, count: usize) {
        if !self.writable || !self.readable {
            return;
        }
        let most = self.length.saturating_sub(to.max(from));
        // SAFETY: INV-MAPPING-1: so many bytes are there at both places.
        unsafe { ptr::copy(self.pointer.wrapping_add(from), self.pointer.wrapping_add(to), count.min(most)) };
    }

    /// Stores changes of some bytes in the file.
    ///
    /// # Errors
    /// The system's.
    pub fn flush(&self, at: usize, count: usize) -> io::Result<()> {
        let count = count.min(self.length.saturating_sub(at));
        // SAFETY: INV-MAPPING-1.
        check(unsafe { libc::msync(self.pointer.wrapping_add(at).cast(), count, libc::MS_SYNC) })
    }

    /// Says what some bytes will be used for.
    ///
    /// # Errors
    /// The system's.
    pub fn advise(&self, at: usize, count: usize, advice: i32) -> io::Result<()> {
        let count = count.min(self.length.saturating_sub(at));
        // SAFETY: INV-MAPPING-1. Advice may discard contents; the memory stays mapped.
        check(unsafe { libc::madvise(self.pointer.wrapping_add(at).cast(), count, advice) })
    }

    /// Makes it longer or shorter; it may move.
    ///
    /// # Errors
    /// The system's.
    pub fn resize(&mut self, length: usize) -> io::Result<()> {
        if length > isize::MAX as usize {
            return Err(io::Error::from_raw_os_error(libc::ENOMEM));
        }
        // SAFETY: INV-MAPPING-1; whoever resizes has seen that nobody is lent the bytes.
        let moved = unsafe { libc::mremap(self.pointer.cast(), self.length, length, libc::MREMAP_MAYMOVE) };
        if moved == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        (self.pointer, self.length) = (moved.cast(), length);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapping_1_bytes_stay_inside() {
        const FLAGS: i32 = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let mut mapping = Mapping::new(-1, 10, libc::PROT_READ | libc::PROT_WRITE, FLAGS, 0).expect("memory");
        assert_eq!(mapping.write(7, b"abcdef"), 3);
        mapping.move_within(0, 7, 100);
        let mut found = [0; 5];
        assert_eq!(mapping.read(0, &mut found), 5);
        assert_eq!(&found, b"abc\0\0");
        mapping.resize(20000).expect("memory");
        assert_eq!(mapping.len(), 20000);
    }
}
