//! System calls on files that fill memory.

use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;

/// What `stat` tells of a file.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, reason = "the names are those of C, without `st_`")]
pub struct Status {
    pub mode: u32,
    pub ino: u64,
    pub dev: u64,
    pub nlink: u64,
    pub uid: u32,
    pub gid: u32,
    pub size: i64,
    pub atime: (i64, i64),
    pub mtime: (i64, i64),
    pub ctime: (i64, i64),
    pub blksize: i64,
    pub blocks: i64,
    pub rdev: u64,
}

fn status(of: &libc::stat) -> Status {
    Status {
        mode: of.st_mode,
        ino: of.st_ino,
        dev: of.st_dev,
        nlink: of.st_nlink,
        uid: of.st_uid,
        gid: of.st_gid,
        size: of.st_size,
        atime: (of.st_atime, of.st_atime_nsec),
        mtime: (of.st_mtime, of.st_mtime_nsec),
        ctime: (of.st_ctime, of.st_ctime_nsec),
        blksize: of.st_blksize,
        blocks: of.st_blocks,
        rdev: of.st_rdev,
    }
}

fn check(result: i32) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn length(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Looks at an open file.
///
/// # Errors
/// The system's.
pub fn fstat(fd: i32) -> io::Result<Status> {
    let mut found = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: points to a value of this function.
    check(unsafe { libc::fstat(fd, found.as_mut_ptr()) })?;
    // SAFETY: filled, and before that zero.
    Ok(status(&unsafe { found.assume_init() }))
}

/// Looks at a file by name.
///
/// # Errors
/// The system's.
pub fn fstatat(dir: i32, path: &CStr, flags: i32) -> io::Result<Status> {
    let mut found = MaybeUninit::<libc::stat>::zeroed();
    // SAFETY: the name ends with a zero; points to a value of this function.
    check(unsafe { libc::fstatat(dir, path.as_ptr(), found.as_mut_ptr(), flags) })?;
    // SAFETY: filled, and before that zero.
    Ok(status(&unsafe { found.assume_init() }))
}

/// Reads bytes.
///
/// # Errors
/// The system's.
pub fn read(fd: i32, into: &mut [u8]) -> io::Result<usize> {
    let most = into.len().min(isize::MAX as usize);
    // SAFETY: the slice has as many bytes.
    length(unsafe { libc::read(fd, into.as_mut_ptr().cast(), most) })
}

/// Reads at most `most` bytes to the end of `into`.
///
/// # Errors
/// The system's; ENOMEM.
pub fn read_to(fd: i32, into: &mut Vec<u8>, most: usize) -> io::Result<usize> {
    into.try_reserve(most).map_err(|_| io::Error::from_raw_os_error(libc::ENOMEM))?;
    let at = into.len();
    // SAFETY: as many bytes are set aside behind the first `at`.
    let count = length(unsafe { libc::read(fd, into.as_mut_ptr().wrapping_add(at).cast(), most) })?;
    // SAFETY: so many bytes were written there.
    unsafe { into.set_len(at + count) };
    Ok(count)
}

/// Reads bytes at a position.
///
/// # Errors
/// The system's.
pub fn pread(fd: i32, into: &mut [u8], offset: i64) -> io::Result<usize> {
    // SAFETY: the slice has as many bytes.
    length(unsafe { libc::pread(fd, into.as_mut_ptr().cast(), into.len(), offset) })
}

/// Writes bytes.
///
/// # Errors
/// The system's.
pub fn write(fd: i32, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: the slice has as many bytes.
    length(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) })
}

/// Writes bytes at a position.
///
/// # Errors
/// The system's.
pub fn pwrite(fd: i32, bytes: &[u8], offset: i64) -> io::Result<usize> {
    // SAFETY: the slice has as many bytes.
    length(unsafe { libc::pwrite(fd, bytes.as_ptr().cast(), bytes.len(), offset) })
}

/// What a symbolic link points to.
///
/// # Errors
/// The system's.
pub fn readlinkat(dir: i32, path: &CStr) -> io::Result<Vec<u8>> {
    let mut room = 256;
    loop {
        let mut out = vec![0u8; room];
        // SAFETY: the name ends with a zero; `out` has as many bytes.
        let count = length(unsafe { libc::readlinkat(dir, path.as_ptr(), out.as_mut_ptr().cast(), room) })?;
        if count < room {
            out.truncate(count);
            return Ok(out);
        }
        room *= 2;
    }
}

/// A pipe: the end to read from, and the end to write to.
///
/// # Errors
/// The system's.
pub fn pipe(flags: i32) -> io::Result<(i32, i32)> {
    let mut ends = [0; 2];
    // SAFETY: two numbers.
    check(unsafe { libc::pipe2(ends.as_mut_ptr(), flags) })?;
    Ok((ends[0], ends[1]))
}

/// Sets the times of a file, as seconds and nanoseconds; of an open one without a name.
///
/// # Errors
/// The system's.
pub fn set_times(
    dir: i32,
    path: Option<&CStr>,
    times: Option<[(i64, i64); 2]>,
    flags: i32,
) -> io::Result<()> {
    let times = times.map(|times| times.map(|(tv_sec, tv_nsec)| libc::timespec { tv_sec, tv_nsec }));
    let pointer = times.as_ref().map_or(std::ptr::null(), |times| times.as_ptr());
    check(match path {
        // SAFETY: the name ends with a zero; two times or none.
        Some(path) => unsafe { libc::utimensat(dir, path.as_ptr(), pointer, flags) },
        // SAFETY: two times or none.
        None => unsafe { libc::futimens(dir, pointer) },
    })
}

/// A directory that is being read.
#[derive(Debug)]
pub struct Directory(std::ptr::NonNull<libc::DIR>);

// SAFETY: a stream of the C library, used by one thread at a time (`&mut`).
unsafe impl Send for Directory {}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: Vec<u8>,
    /// Its number in the file system.
    pub inode: u64,
    /// What it is, as `DT_` constants say.
    pub kind: u8,
}

impl Directory {
    /// Opens a directory by name.
    ///
    /// # Errors
    /// The system's.
    pub fn open(path: &CStr) -> io::Result<Self> {
        // SAFETY: the name ends with a zero.
        let stream = unsafe { libc::opendir(path.as_ptr()) };
        std::ptr::NonNull::new(stream).map(Self).ok_or_else(io::Error::last_os_error)
    }

    /// Reads the directory with this descriptor, which then belongs to it.
    ///
    /// # Errors
    /// The system's.
    pub fn of_fd(fd: i32) -> io::Result<Self> {
        // SAFETY: a number.
        let stream = unsafe { libc::fdopendir(fd) };
        let Some(stream) = std::ptr::NonNull::new(stream) else { return Err(io::Error::last_os_error()) };
        // SAFETY: opened just now.
        unsafe { libc::rewinddir(stream.as_ptr()) };
        Ok(Self(stream))
    }

    /// The next entry; `None` after the last.
    ///
    /// # Errors
    /// The system's.
    #[allow(clippy::should_implement_trait, reason = "an iterator cannot fail")]
    pub fn next(&mut self) -> io::Result<Option<Entry>> {
        // SAFETY: the calling thread's own number.
        let number = unsafe { libc::__errno_location() };
        // SAFETY: as above.
        unsafe { *number = 0 };
        // SAFETY: open, and used by this thread alone.
        let entry = unsafe { libc::readdir(self.0.as_ptr()) };
        // SAFETY: valid until the next call.
        let Some(entry) = (unsafe { entry.as_ref() }) else {
            let error = io::Error::last_os_error();
            return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
        };
        // SAFETY: the name ends with a zero.
        let name = unsafe { CStr::from_ptr(entry.d_name.as_ptr()) };
        Ok(Some(Entry { name: name.to_bytes().to_vec(), inode: entry.d_ino, kind: entry.d_type }))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // SAFETY: open until here.
        unsafe { libc::closedir(self.0.as_ptr()) };
    }
}

/// The current directory.
///
/// # Errors
/// The system's.
pub fn getcwd() -> io::Result<Vec<u8>> {
    use std::os::unix::ffi::OsStringExt;
    // The library's own call refuses what Linux says for directories out of reach, as CPython does.
    std::env::current_dir().map(|path| path.into_os_string().into_vec())
}

/// The name of a terminal.
///
/// # Errors
/// The system's.
pub fn ttyname(fd: i32) -> io::Result<CString> {
    named(|room| {
        // SAFETY: the slice has as many bytes.
        unsafe { libc::ttyname_r(fd, room.as_mut_ptr().cast(), room.len()) }
    })
}

/// The name of the slave of a pseudo-terminal.
///
/// # Errors
/// The system's.
pub fn ptsname(fd: i32) -> io::Result<CString> {
    named(|room| {
        // SAFETY: the slice has as many bytes.
        unsafe { libc::ptsname_r(fd, room.as_mut_ptr().cast(), room.len()) }
    })
}

fn named(fill: impl FnOnce(&mut [u8]) -> i32) -> io::Result<CString> {
    let mut room = [0u8; 1024];
    match fill(&mut room) {
        0 => Ok(CStr::from_bytes_until_nul(&room).map(CStr::to_owned).unwrap_or_default()),
        number => Err(io::Error::from_raw_os_error(number)),
    }
}

/// A descriptor's flags.
///
/// # Errors
/// The system's.
pub fn fcntl(fd: i32, command: i32, argument: i64) -> io::Result<i32> {
    // SAFETY: a number; commands that take a pointer go through `fcntl_bytes`.
    let result = unsafe { libc::fcntl(fd, command, argument) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Reads bytes into a lent writable buffer that lies in one piece.
///
/// # Errors
/// The system's.
pub fn read_into(fd: i32, buffer: &crate::native::buffer::Buffer) -> io::Result<usize> {
    assert!(!buffer.readonly && buffer.is_c_contiguous(), "INV-BUFFER-1");
    // SAFETY: the loan keeps as many bytes in place; others may read and write them, as the buffer's page says.
    length(unsafe { libc::read(fd, buffer.pointer.cast(), buffer.len_bytes) })
}

/// A command whose argument is in memory, which the system may change: at most 1024 bytes, for which there is room behind
/// those that are given.
///
/// # Errors
/// The system's.
pub fn fcntl_bytes(fd: i32, command: i32, bytes: &mut [u8]) -> io::Result<i32> {
    assert!(bytes.len() >= 1024, "INV-BUFFER-1");
    // SAFETY: no command takes more than that.
    let result = unsafe { libc::fcntl(fd, command, bytes.as_mut_ptr()) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A command to a device with a number.
///
/// The device may take the number for an address; the system then looks whether it is one of the process's. That is
/// the program's doing, as with every Python.
///
/// # Errors
/// The system's.
pub fn ioctl_number(fd: i32, request: u64, argument: i64) -> io::Result<i32> {
    // SAFETY: numbers; see above.
    let result = unsafe { libc::ioctl(fd, request, argument) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A command to a device with memory, which it may change: as for [`fcntl_bytes`].
///
/// # Errors
/// The system's.
pub fn ioctl_bytes(fd: i32, request: u64, bytes: &mut [u8]) -> io::Result<i32> {
    assert!(bytes.len() >= 1024, "INV-BUFFER-1");
    // SAFETY: as much as the program says, and 1024 bytes more.
    let result = unsafe { libc::ioctl(fd, request, bytes.as_mut_ptr()) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Locks a whole file, or unlocks it.
///
/// # Errors
/// The system's.
pub fn flock(fd: i32, operation: i32) -> io::Result<()> {
    // SAFETY: numbers.
    check(unsafe { libc::flock(fd, operation) })
}

/// Locks part of a file for this process, or unlocks it.
///
/// # Errors
/// The system's.
pub fn lock(fd: i32, kind: i16, start: i64, length: i64, whence: i16, wait: bool) -> io::Result<()> {
    // SAFETY: numbers, for which zero is valid.
    let mut lock: libc::flock = unsafe { MaybeUninit::zeroed().assume_init() };
    lock.l_type = kind;
    lock.l_start = start;
    lock.l_len = length;
    lock.l_whence = whence;
    let command = if wait { libc::F_SETLKW } else { libc::F_SETLK };
    // SAFETY: points to a value of this function.
    check(unsafe { libc::fcntl(fd, command, &raw mut lock) })
}
