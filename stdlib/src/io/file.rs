//! `FileIO`: a file of the system, without a buffer.

use std::io;

use memory::{Object, Value};
use runtime::Thread;
use runtime::class::{Slots, Type, TypeExt, class_of};
use runtime::error::{BUFFER_ERROR, Raised, Result, type_error, value_error};
use runtime::native::{self, Args, Finalizer};
use runtime::object::{cast, cast_exact};
use runtime::system::{files, numbers};
use runtime::types::{Bytes, Str, StrExt, buffers, int, os_error};
use runtime::{call, ops};
use threads::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, Ordering};

use super::base::{self, RAW_IO_BASE};
use super::{method, unsupported};
use crate::support::{self, blocking, blocking_call};

/// A file. The descriptor is a number that may be changed by any thread (`close`); the rest changes in `__init__` only.
#[native::class(
    "FileIO",
    module = "_io",
    base = RAW_IO_BASE,
    basetype,
    dict,
    weakref,
    methods,
    slots = slots,
    new = new,
    signature = "(file, mode='r', closefd=True, opener=None)",
    finalizer = Finalizer { wants: |_| true, run: base::finalize },
    doc = "Open a file.\n\nThe mode can be 'r', 'w', 'x' or 'a' for reading (default), writing,\nexclusive creation or appending.  The file will be created if it doesn't\nexist when opened for writing or appending; it will be truncated when\nopened for writing.  A FileExistsError will be raised if it already\nexists when opened for creating. Opening a file for creating implies\nwriting so this mode behaves in a similar way to 'w'.Add a '+' to the mode\nto allow simultaneous reading and writing. A custom opener can be used by\npassing a callable as *opener*. The underlying file descriptor for the file\nobject is then obtained by calling opener with (*name*, *flags*).\n*opener* must return an open file descriptor (passing os.open as *opener*\nresults in functionality similar to passing None)."
)]
pub struct FileIo {
    /// -1 when there is none.
    fd: AtomicI32,
    created: AtomicBool,
    readable: AtomicBool,
    writable: AtomicBool,
    appending: AtomicBool,
    close_fd: AtomicBool,
    finalizing: AtomicBool,
    /// -1: not asked yet.
    seekable: AtomicI32,
    block_bytes: AtomicI64,
}

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
}

fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    let payload = FileIo {
        fd: AtomicI32::new(-1),
        created: AtomicBool::new(false),
        readable: AtomicBool::new(false),
        writable: AtomicBool::new(false),
        appending: AtomicBool::new(false),
        close_fd: AtomicBool::new(true),
        finalizing: AtomicBool::new(false),
        seekable: AtomicI32::new(-1),
        block_bytes: AtomicI64::new(super::DEFAULT_BUFFER_SIZE as i64),
    };
    runtime::object::new_of(thread, class, payload)
}

/// What a mode asks for.
#[derive(Clone, Copy, Debug, Default)]
struct Mode {
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
    truncating: bool,
}

impl Mode {
    fn parse(mode: &str) -> Result<Self> {
        let mut parsed = Self::default();
        let (mut kinds, mut plus) = (0, false);
        for letter in mode.chars() {
            match letter {
                'x' => {
                    kinds += 1;
                    (parsed.created, parsed.writable) = (true, true);
                }
                'r' => {
                    kinds += 1;
                    parsed.readable = true;
                }
                'w' => {
                    kinds += 1;
                    (parsed.writable, parsed.truncating) = (true, true);
                }
                'a' => {
                    kinds += 1;
                    (parsed.writable, parsed.appending) = (true, true);
                }
                'b' => {}
                '+' if plus => kinds = 2,
                '+' => {
                    (parsed.readable, parsed.writable) = (true, true);
                    plus = true;
                }
                _ => return Err(value_error(format!("invalid mode: {mode}"))),
            }
        }
        if kinds != 1 {
            return Err(value_error(
                "Must have exactly one of create/read/write/append mode and at most one plus",
            ));
        }
        Ok(parsed)
    }

    fn flags(self) -> i32 {
        let access = match (self.readable, self.writable) {
            (true, true) => libc::O_RDWR,
            (true, false) => libc::O_RDONLY,
            _ => libc::O_WRONLY,
        };
        let mut flags = access | libc::O_CLOEXEC;
        if self.created {
            flags |= libc::O_EXCL | libc::O_CREAT;
        }
        if self.truncating {
            flags |= libc::O_CREAT | libc::O_TRUNC;
        }
        if self.appending {
            flags |= libc::O_APPEND | libc::O_CREAT;
        }
        flags
    }
}

/// The arguments of `FileIO(...)`, by position or name.
fn bind_arguments(args: Args<'_>) -> Result<[Option<Value>; 4]> {
    const NAMES: [&str; 4] = ["file", "mode", "closefd", "opener"];
    let given = args.positionals();
    if given.len() > 4 {
        return Err(type_error(format!("FileIO() takes at most 4 arguments ({} given)", given.len())));
    }
    let mut bound = [const { None }; 4];
    for (slot, value) in bound.iter_mut().zip(given) {
        *slot = Some(value.clone());
    }
    for (key, value) in args.keywords() {
        let text = cast::<Str>(key).map(|key| key.to_string_lossy()).unwrap_or_default();
        match NAMES.iter().position(|&name| name == text) {
            Some(index) if bound[index].is_some() => {
                return Err(type_error(format!(
                    "argument for FileIO() given by name ('{text}') and position ({})",
                    index + 1
                )));
            }
            Some(index) => bound[index] = Some(value.clone()),
            None => return Err(type_error(format!("FileIO() got an unexpected keyword argument '{text}'"))),
        }
    }
    Ok(bound)
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(file) = cast::<FileIo>(value) else { return Err(type_error("a FileIO object is required")) };
    let [name, mode, close_fd, opener] = bind_arguments(args)?;
    let Some(name) = name else {
        return Err(type_error("FileIO() missing required argument 'file' (pos 1)"));
    };
    let mode = match &mode {
        None => "r".to_owned(),
        Some(mode) => match cast::<Str>(mode) {
            Some(mode) => mode.to_string_lossy(),
            None => {
                return Err(type_error(format!(
                    "FileIO() argument 'mode' must be str, not {}",
                    class_of(mode).name_lossy()
                )));
            }
        },
    };
    let close_fd = match &close_fd {
        Some(close_fd) => ops::is_true(thread, close_fd)?,
        None => true,
    };
    let opener = opener.filter(|opener| !opener.is_none());
    let this = file.payload();
    if this.fd.load(Ordering::Acquire) >= 0 {
        // It is initialised a second time.
        if this.close_fd.load(Ordering::Relaxed) {
            close_descriptor(thread, file)?;
        } else {
            this.fd.store(-1, Ordering::Release);
        }
    }
    let is_number = runtime::class::slots_of(&name).index.get().is_some();
    let mut fd = -1;
    if is_number {
        if int::as_bool(&name).is_some() {
            let warning = &runtime::error::RUNTIME_WARNING;
            runtime::hooks::warn(thread, warning, "bool is used as a file descriptor", 1)?;
        }
        let number = ops::index_i128(thread, &name)?;
        if number < 0 {
            return Err(value_error("negative file descriptor"));
        }
        fd = i32::try_from(number)
            .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))?;
    }
    let mode = Mode::parse(&mode)?;
    this.created.store(mode.created, Ordering::Relaxed);
    this.readable.store(mode.readable, Ordering::Relaxed);
    this.writable.store(mode.writable, Ordering::Relaxed);
    this.appending.store(mode.appending, Ordering::Relaxed);
    this.seekable.store(-1, Ordering::Relaxed);
    let flags = mode.flags();
    let mut own = false;
    if fd >= 0 {
        this.close_fd.store(close_fd, Ordering::Relaxed);
    } else {
        this.close_fd.store(true, Ordering::Relaxed);
        if !close_fd {
            return Err(value_error("Cannot use closefd=False with file name"));
        }
        fd = match &opener {
            Some(opener) => opened_by(thread, opener, &name, flags)?,
            None => open_by_name(thread, &name, flags)?,
        };
        own = true;
    }
    let result = finish_opening(thread, value, file, &name, fd, mode);
    if result.is_err() {
        this.fd.store(-1, Ordering::Release);
        if own {
            let _ = thread.detached(|| numbers::close(fd));
        }
    }
    result
}

fn opened_by(thread: &mut Thread, opener: &Value, name: &Value, flags: i32) -> Result<i32> {
    let flags = int::from_i64(thread, flags.into())?;
    let result = call::call_positional(thread, opener, &[name.clone(), flags])?;
    if !int::is_int(&result) {
        return Err(type_error("expected integer from opener"));
    }
    let fd = ops::index_i128(thread, &result)?;
    let fd = i32::try_from(fd)
        .map_err(|_| runtime::error::overflow_error("Python int too large to convert to C int"))?;
    if fd < 0 {
        return Err(value_error(format!("opener returned {fd}")));
    }
    set_close_on_exec(fd).map_err(|error| support::raise(thread, &error))?;
    Ok(fd)
}

fn set_close_on_exec(fd: i32) -> io::Result<()> {
    let flags = files::fcntl(fd, libc::F_GETFD, 0)?;
    files::fcntl(fd, libc::F_SETFD, (flags | libc::FD_CLOEXEC).into()).map(drop)
}

fn open_by_name(thread: &mut Thread, name: &Value, flags: i32) -> Result<i32> {
    let path = support::fspath(thread, name)?;
    let bytes = support::name_of(thread, &path)?;
    let Ok(c_name) = std::ffi::CString::new(bytes.bytes) else {
        return Err(value_error(if bytes.is_bytes {
            "embedded null byte"
        } else {
            "embedded null character"
        }));
    };
    let opened = blocking(thread, || numbers::openat(libc::AT_FDCWD, &c_name, flags, 0o666))?;
    opened.map_err(|error| os_error::from_io(thread, &error, Some(name)))
}

fn finish_opening(
    thread: &mut Thread,
    value: &Value,
    file: &Object<FileIo>,
    name: &Value,
    fd: i32,
    mode: Mode,
) -> Result<()> {
    let this = file.payload();
    match thread.detached(|| files::fstat(fd)) {
        Ok(status) => {
            if status.mode & libc::S_IFMT == libc::S_IFDIR {
                return Err(os_error::from_errno(thread, libc::EISDIR, Some(name), None));
            }
            if status.blksize > 1 {
                this.block_bytes.store(status.blksize, Ordering::Relaxed);
            }
        }
        Err(error) if error.raw_os_error() == Some(libc::EBADF) => {
            return Err(os_error::from_errno(thread, libc::EBADF, Some(name), None));
        }
        Err(_) => {}
    }
    this.fd.store(fd, Ordering::Release);
    let attribute = runtime::interned!(thread, "name")?;
    runtime::class::lookup::setattr(thread, value, attribute, Some(name))?;
    if mode.appending {
        // What cannot be positioned needs no position.
        let _ = thread.detached(|| numbers::lseek(fd, 0, libc::SEEK_END));
    }
    Ok(())
}

impl FileIo {
    /// The descriptor, if the file is open.
    fn open_fd(&self) -> Result<i32> {
        match self.fd.load(Ordering::Acquire) {
            fd if fd < 0 => Err(closed_error()),
            fd => Ok(fd),
        }
    }

    fn readable_fd(&self, thread: &mut Thread) -> Result<i32> {
        let fd = self.open_fd()?;
        if self.readable.load(Ordering::Relaxed) {
            Ok(fd)
        } else {
            Err(unsupported(thread, "File not open for reading"))
        }
    }

    fn writable_fd(&self, thread: &mut Thread) -> Result<i32> {
        let fd = self.open_fd()?;
        if self.writable.load(Ordering::Relaxed) {
            Ok(fd)
        } else {
            Err(unsupported(thread, "File not open for writing"))
        }
    }

    fn mode_text(&self) -> &'static str {
        let is = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        match (is(&self.created), is(&self.appending), is(&self.readable), is(&self.writable)) {
            (true, _, true, _) => "xb+",
            (true, _, false, _) => "xb",
            (_, true, true, _) => "ab+",
            (_, true, false, _) => "ab",
            (_, _, true, true) => "rb+",
            (_, _, true, false) => "rb",
            _ => "wb",
        }
    }

    /// The size of the blocks in which the file is best read.
    pub fn block_bytes(&self) -> i64 {
        self.block_bytes.load(Ordering::Relaxed)
    }
}

fn closed_error() -> Raised {
    value_error("I/O operation on closed file")
}

/// The file itself, if `value` is an instance of `FileIO` and of no subclass, so that natives may skip its methods.
pub fn exact(value: &Value) -> Option<&Object<FileIo>> {
    cast_exact::<FileIo>(value)
}

/// Reads at most `most` bytes to the end of `into`; `None` if that would block.
///
/// # Errors
/// ValueError for a closed file, UnsupportedOperation, OSError.
pub fn read_to(
    thread: &mut Thread,
    file: &Object<FileIo>,
    into: &mut Vec<u8>,
    most: usize,
) -> Result<Option<usize>> {
    let fd = file.payload().readable_fd(thread)?;
    match blocking(thread, || files::read_to(fd, into, most))? {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(None),
        Err(error) => Err(support::raise(thread, &error)),
    }
}

/// Writes bytes; how many, or `None` if that would block.
///
/// # Errors
/// ValueError for a closed file, UnsupportedOperation, OSError.
pub fn write(thread: &mut Thread, file: &Object<FileIo>, bytes: &[u8]) -> Result<Option<usize>> {
    let fd = file.payload().writable_fd(thread)?;
    match blocking(thread, || files::write(fd, bytes))? {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(None),
        Err(error) => Err(support::raise(thread, &error)),
    }
}

/// Reads to the end; `None` if that would block at once.
///
/// # Errors
/// As [`read_to`].
pub fn read_all(thread: &mut Thread, file: &Object<FileIo>, into: &mut Vec<u8>) -> Result<Option<usize>> {
    let fd = file.payload().readable_fd(thread)?;
    let before = into.len();
    // A file of known size is read in one go and one more, which finds the end.
    let expected = thread.detached(|| {
        let size = files::fstat(fd).ok().filter(|status| status.mode & libc::S_IFMT == libc::S_IFREG)?.size;
        let position = numbers::lseek(fd, 0, libc::SEEK_CUR).ok()?;
        usize::try_from(size - position).ok()
    });
    let mut chunk = expected.map_or(super::DEFAULT_BUFFER_SIZE, |rest| rest + 1);
    loop {
        match blocking(thread, || files::read_to(fd, into, chunk))? {
            Ok(0) => return Ok(Some(into.len() - before)),
            Ok(_) => {}
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => {
                return Ok(if into.len() > before { Some(into.len() - before) } else { None });
            }
            Err(error) => return Err(support::raise(thread, &error)),
        }
        let so_far = into.len() - before;
        if so_far + 1 > chunk || expected.is_none() {
            // The larger what has been read, the larger the next piece: the total cost stays proportional.
            chunk = (so_far / 2).max(super::DEFAULT_BUFFER_SIZE);
        }
    }
}

/// Moves the position.
///
/// # Errors
/// ValueError for a closed file, OSError.
pub fn seek(thread: &mut Thread, file: &Object<FileIo>, offset: i64, whence: i32) -> Result<i64> {
    let fd = file.payload().open_fd()?;
    let position = blocking(thread, || numbers::lseek(fd, offset, whence))?;
    if file.payload().seekable.load(Ordering::Relaxed) < 0 {
        file.payload().seekable.store(i32::from(position.is_ok()), Ordering::Relaxed);
    }
    position.map_err(|error| support::raise(thread, &error))
}

fn close_descriptor(thread: &mut Thread, file: &Object<FileIo>) -> Result<()> {
    let fd = file.payload().fd.swap(-1, Ordering::AcqRel);
    if fd < 0 {
        return Ok(());
    }
    match thread.detached(|| numbers::close(fd)) {
        Err(error) if error.raw_os_error() != Some(libc::EINTR) => Err(support::raise(thread, &error)),
        _ => Ok(()),
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(file) = cast::<FileIo>(value) else { return Err(type_error("a FileIO object is required")) };
    let this = file.payload();
    let class = class_of(value).full_name(thread);
    let fd = this.fd.load(Ordering::Acquire);
    if fd < 0 {
        return Str::new(thread, &format!("<{class} [closed]>"));
    }
    let close = if this.close_fd.load(Ordering::Relaxed) { "True" } else { "False" };
    let mode = this.mode_text();
    let name_text = runtime::interned!(thread, "name")?;
    match runtime::class::lookup::getattr_or_none(thread, value, name_text)? {
        None => Str::new(thread, &format!("<{class} fd={fd} mode='{mode}' closefd={close}>")),
        Some(name) => super::guarded_repr(thread, value, |thread| {
            let name = ops::repr(thread, &name)?;
            let mut text = text::Builder::new();
            text.push_str(&format!("<{class} name="));
            if let Some(name) = cast::<Str>(&name) {
                text.push_view(name.view());
            }
            text.push_str(&format!(" mode='{mode}' closefd={close}>"));
            Str::from_text(thread, &text.finish())
        }),
    }
}

#[native::methods(FileIo, name = "FileIO")]
mod methods {
    use super::*;

    /// Read at most size bytes, returned as bytes.
    ///
    /// If size is less than 0, read all bytes in the file making multiple read calls.
    /// See ``FileIO.readall``.
    ///
    /// Attempts to make only one system call, retrying only per PEP 475 (EINTR). This
    /// means less data may be returned than requested.
    ///
    /// In non-blocking mode, returns None if no data is available. Return an empty
    /// bytes object at EOF.
    #[sig("($self, size=-1, /)")]
    pub fn read(th: &mut Thread, file: &Object<FileIo>, size: Option<&Value>) -> Result<Value> {
        let size = base::size_argument(th, size)?;
        let mut bytes = Vec::new();
        let count = match usize::try_from(size) {
            Ok(size) => read_to(th, file, &mut bytes, size)?,
            Err(_) => {
                file.payload().readable_fd(th)?;
                return method(th, &runtime::object::to_value(file), "readall", &[]);
            }
        };
        match count {
            Some(_) => Bytes::new(th, &bytes),
            None => Ok(Value::none()),
        }
    }

    /// Read all data from the file, returned as bytes.
    ///
    /// Reads until either there is an error or read size 0 is returned.
    /// Return an empty bytes object at EOF.
    pub fn readall(th: &mut Thread, file: &Object<FileIo>) -> Result<Value> {
        file.payload().open_fd()?;
        let mut bytes = Vec::new();
        match read_all(th, file, &mut bytes)? {
            Some(_) => Bytes::new(th, &bytes),
            None => Ok(Value::none()),
        }
    }

    /// Same as RawIOBase.readinto().
    pub fn readinto(th: &mut Thread, file: &Object<FileIo>, buffer: &Value) -> Result<Option<usize>> {
        let fd = file.payload().readable_fd(th)?;
        let lent = match buffers::lend(th, buffer, true) {
            Err(raised) if raised.is(&BUFFER_ERROR) => {
                let got = class_of(buffer).name_lossy();
                return Err(type_error(format!(
                    "readinto() argument must be read-write bytes-like object, not {got}"
                )));
            }
            lent => lent?,
        };
        let result = blocking(th, || files::read_into(fd, &lent));
        buffers::give_back(th, &lent);
        match result? {
            Ok(count) => Ok(Some(count)),
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => Ok(None),
            Err(error) => Err(support::raise(th, &error)),
        }
    }

    /// Write buffer b to file, return number of bytes written.
    ///
    /// Only makes one system call, so not all of the data may be written.
    /// The number of bytes actually written is returned.  In non-blocking mode,
    /// returns None if the write would block.
    #[name("write")]
    pub fn write_bytes(th: &mut Thread, file: &Object<FileIo>, b: &Value) -> Result<Option<usize>> {
        file.payload().writable_fd(th)?;
        let bytes = buffers::bytes_of(th, b)?;
        write(th, file, &bytes)
    }

    /// Move to new file position and return the file position.
    ///
    /// Argument offset is a byte count.  Optional argument whence defaults to
    /// SEEK_SET or 0 (offset from start of file, offset should be >= 0); other values
    /// are SEEK_CUR or 1 (move relative to current position, positive or negative),
    /// and SEEK_END or 2 (move relative to end of file, usually negative, although
    /// many platforms allow seeking beyond the end of a file).
    ///
    /// Note that not all file objects are seekable.
    #[name("seek")]
    #[sig("($self, pos, whence=0, /)")]
    pub fn seek_to(th: &mut Thread, file: &Object<FileIo>, pos: &Value, whence: i32) -> Result<i64> {
        file.payload().open_fd()?;
        let offset = super::super::offset(th, pos)?;
        seek(th, file, offset, whence)
    }

    /// Current file position.
    ///
    /// Can raise OSError for non seekable files.
    pub fn tell(th: &mut Thread, file: &Object<FileIo>) -> Result<i64> {
        seek(th, file, 0, libc::SEEK_CUR)
    }

    /// Truncate the file to at most size bytes and return the truncated size.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is changed to the value of size.
    #[sig("($self, size=None, /)")]
    pub fn truncate(th: &mut Thread, file: &Object<FileIo>, size: Option<&Value>) -> Result<Value> {
        let fd = file.payload().writable_fd(th)?;
        let size = match size {
            Some(size) => size.clone(),
            None => {
                let at = seek(th, file, 0, libc::SEEK_CUR)?;
                int::from_i64(th, at)?
            }
        };
        let length = super::super::offset(th, &size)?;
        blocking_call(th, || numbers::ftruncate(fd, length))?;
        Ok(size)
    }

    /// Close the file.
    ///
    /// A closed file cannot be used for further I/O operations.  close() may be
    /// called more than once without error.
    pub fn close(th: &mut Thread, file: &Object<FileIo>) -> Result<()> {
        let value = runtime::object::to_value(file);
        let base = super::super::base_method(th, &RAW_IO_BASE, "close", &value);
        let this = file.payload();
        if !this.close_fd.load(Ordering::Relaxed) {
            this.fd.store(-1, Ordering::Release);
            return base.map(drop);
        }
        if this.finalizing.load(Ordering::Relaxed) {
            warn_unclosed(th, file, &value);
        }
        let closed = close_descriptor(th, file);
        base?;
        closed
    }

    /// Warns that the file was not closed before it died.
    #[sig("($self, source, /)", hidden)]
    pub fn _dealloc_warn(th: &mut Thread, file: &Object<FileIo>, source: &Value) {
        warn_unclosed(th, file, source);
    }

    /// True if file supports random-access.
    pub fn seekable(th: &mut Thread, file: &Object<FileIo>) -> Result<bool> {
        file.payload().open_fd()?;
        if file.payload().seekable.load(Ordering::Relaxed) < 0
            && let Err(raised) = seek(th, file, 0, libc::SEEK_CUR)
            && !raised.is(&runtime::error::OS_ERROR)
        {
            return Err(raised);
        }
        Ok(file.payload().seekable.load(Ordering::Relaxed) == 1)
    }

    /// True if file was opened in a read mode.
    pub fn readable(file: &Object<FileIo>) -> Result<bool> {
        file.payload().open_fd()?;
        Ok(file.payload().readable.load(Ordering::Relaxed))
    }

    /// True if file was opened in a write mode.
    pub fn writable(file: &Object<FileIo>) -> Result<bool> {
        file.payload().open_fd()?;
        Ok(file.payload().writable.load(Ordering::Relaxed))
    }

    /// Return the underlying file descriptor (an integer).
    pub fn fileno(file: &Object<FileIo>) -> Result<i32> {
        file.payload().open_fd()
    }

    /// True if the file is connected to a TTY device.
    pub fn isatty(th: &mut Thread, file: &Object<FileIo>) -> Result<bool> {
        let fd = file.payload().open_fd()?;
        Ok(th.detached(|| numbers::isatty(fd)).is_ok_and(|answer| answer == 1))
    }

    /// True if the file is connected to a TTY device, as far as is known without asking again.
    #[sig("($self)", hidden)]
    pub fn _isatty_open_only(th: &mut Thread, file: &Object<FileIo>) -> Result<bool> {
        isatty(th, file)
    }

    /// True if the file is closed
    #[getter]
    pub fn closed(file: &Object<FileIo>) -> bool {
        file.payload().fd.load(Ordering::Acquire) < 0
    }

    /// True if the file descriptor will be closed by close().
    #[getter]
    pub fn closefd(file: &Object<FileIo>) -> bool {
        file.payload().close_fd.load(Ordering::Relaxed)
    }

    /// String giving the file mode
    #[getter]
    pub fn mode(file: &Object<FileIo>) -> &'static str {
        file.payload().mode_text()
    }

    /// Stat st_blksize if available
    #[getter]
    pub fn _blksize(file: &Object<FileIo>) -> i64 {
        file.payload().block_bytes()
    }

    /// whether the file is being finalized
    #[getter]
    pub fn _finalizing(file: &Object<FileIo>) -> bool {
        file.payload().finalizing.load(Ordering::Relaxed)
    }

    /// Sets it.
    #[setter("_finalizing")]
    pub fn set_finalizing(file: &Object<FileIo>, new: Option<&Value>) -> Result<()> {
        let on = support::flag(new)?;
        file.payload().finalizing.store(on, Ordering::Relaxed);
        Ok(())
    }

    /// Files cannot be pickled.
    #[sig("($self)", hidden)]
    pub fn __getstate__(file: &Value) -> Result<Value> {
        Err(type_error(format!("cannot pickle '{}' instances", class_of(file).name_lossy())))
    }
}

fn warn_unclosed(thread: &mut Thread, file: &Object<FileIo>, source: &Value) {
    let this = file.payload();
    if this.fd.load(Ordering::Acquire) < 0 || !this.close_fd.load(Ordering::Relaxed) {
        return;
    }
    let shown = ops::repr_text(thread, source).unwrap_or_default();
    let message = format!("unclosed file {shown}");
    if let Err(raised) = runtime::hooks::warn(thread, &runtime::error::RESOURCE_WARNING, &message, 1) {
        // A warning that was made an error cannot be raised here.
        if raised.is(&runtime::error::WARNING) {
            runtime::hooks::unraisable(thread, raised, None, Some(source));
        }
    }
}

/// Whether the file is closed.
pub fn is_closed(file: &Object<FileIo>) -> bool {
    file.payload().fd.load(Ordering::Acquire) < 0
}
