//! `_IOBase` and the abstract classes below it, which have no state of their own.

use memory::{TypeDesc, Value};
use runtime::Thread;
use runtime::class::{ClassDef, ClassFlags, Payload, Slots, Type, instance};
use runtime::error::{Result, os_error, type_error, value_error};
use runtime::iterate::Iteration;
use runtime::native::{self, Args, Finalizer};
use runtime::object::{Extended, cast, define};
use runtime::types::{Bytes, BytesExt, List, Str, bytearray, int};
use runtime::{call, ops};

use super::{attribute, is_true_attribute, method, unsupported};

/// The payload of instances of the abstract classes: nothing.
#[native::payload("_io._IOBase", finalizer = FINALIZER)]
pub struct IoBase;

/// What closes a stream that nobody refers to any more.
pub const FINALIZER: Finalizer = Finalizer { wants: |_| true, run: finalize };

static DESC: TypeDesc = TypeDesc::of::<IoBase>();
static EXTENDED: TypeDesc = Extended::<IoBase>::describe(&DESC);

/// What streams have.
pub const FLAGS: ClassFlags = ClassFlags::BASETYPE.union(ClassFlags::HAS_DICT).union(ClassFlags::HAS_WEAKREF);

impl Payload for IoBase {
    fn def() -> &'static ClassDef {
        &IO_BASE
    }
}

/// `_io._IOBase`.
pub static IO_BASE: ClassDef = define::<IoBase>("_IOBase", &DESC, &EXTENDED, FLAGS)
    .with_module("_io")
    .with_doc("The abstract base class for all I/O classes.\n\nThis class provides dummy implementations for many methods that\nderived classes can override selectively; the default implementations\nrepresent a file that cannot be read, written or seeked.\n\nEven though IOBase does not declare read, readinto, or write because\ntheir signatures will vary, implementations and clients should\nconsider those methods part of the interface. Also, implementations\nmay raise UnsupportedOperation when operations they do not support are\ncalled.")
    .with_object_new(new)
    .with_slots(slots)
    .with_methods(&[methods::METHODS])
    .with_getsets(&[methods::GETSETS]);

/// `_io._RawIOBase`.
pub static RAW_IO_BASE: ClassDef = define::<IoBase>("_RawIOBase", &DESC, &EXTENDED, FLAGS)
    .with_base(&IO_BASE)
    .with_module("_io")
    .with_doc("Base class for raw binary I/O.")
    .with_methods(&[raw_methods::METHODS]);

/// `_io._BufferedIOBase`.
pub static BUFFERED_IO_BASE: ClassDef = define::<IoBase>("_BufferedIOBase", &DESC, &EXTENDED, FLAGS)
    .with_base(&IO_BASE)
    .with_module("_io")
    .with_doc("Base class for buffered IO objects.\n\nThe main difference with RawIOBase is that the read() method\nsupports omitting the size argument, and does not have a default\nimplementation that defers to readinto().")
    .with_methods(&[buffered_methods::METHODS]);

/// `_io._TextIOBase`.
pub static TEXT_IO_BASE: ClassDef = define::<IoBase>("_TextIOBase", &DESC, &EXTENDED, FLAGS)
    .with_base(&IO_BASE)
    .with_module("_io")
    .with_doc("Base class for text I/O.\n\nThis class provides a character and line based interface to stream\nI/O. There is no readinto method because Python's character strings\nare immutable.")
    .with_methods(&[text_methods::METHODS])
    .with_getsets(&[text_methods::GETSETS]);

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    runtime::types::instance::check_new(thread, class, args)?;
    runtime::object::new_of(thread, class, IoBase)
}

fn slots(slots: &Slots) {
    slots.iter.set(|thread, value| {
        check_closed(thread, value)?;
        Ok(value.clone())
    });
    slots.next.set(|thread, value| {
        let line = method(thread, value, "readline", &[])?;
        Ok(if ops::len(thread, &line)? == 0 { None } else { Some(line) })
    });
}

/// Whether `close` has been called on the part that every stream has.
fn is_marked_closed(thread: &mut Thread, value: &Value) -> Result<bool> {
    let name = runtime::interned!(thread, "__IOBase_closed")?;
    Ok(runtime::class::lookup::getattr_or_none(thread, value, name)?.is_some())
}

/// Raises if the stream is closed.
///
/// # Errors
/// ValueError.
pub fn check_closed(thread: &mut Thread, value: &Value) -> Result<()> {
    if is_true_attribute(thread, value, "closed")? {
        return Err(closed_error());
    }
    Ok(())
}

/// "I/O operation on closed file."
pub fn closed_error() -> runtime::error::Raised {
    value_error("I/O operation on closed file.")
}

/// Closes a stream that is about to die.
pub fn finalize(thread: &mut Thread, value: &Value) {
    // What has no `closed` that can be asked is in no state to be closed.
    let closed = attribute(thread, value, "closed").and_then(|closed| ops::is_true(thread, &closed));
    if matches!(closed, Ok(false)) {
        if let Ok(name) = Str::interned(thread, "_finalizing") {
            drop(runtime::class::lookup::setattr(thread, value, &name, Some(&Value::from_bool(true))));
        }
        if let Err(raised) = method(thread, value, "close", &[]) {
            let shown = ops::repr_text(thread, value).unwrap_or_default();
            let message = format!("Exception ignored while finalizing file {shown}");
            runtime::hooks::unraisable(thread, raised, Some(&message), None);
        }
    }
}

fn check(thread: &mut Thread, value: &Value, name: &str, message: &str) -> Result<Value> {
    let answer = method(thread, value, name, &[])?;
    if runtime::types::int::as_bool(&answer) == Some(true) {
        return Ok(answer);
    }
    Err(unsupported(thread, message))
}

/// Raises unless the stream says that it can be read.
///
/// # Errors
/// UnsupportedOperation.
pub fn check_readable(thread: &mut Thread, value: &Value) -> Result<Value> {
    check(thread, value, "readable", "File or stream is not readable.")
}

/// Raises unless the stream says that it can be written.
///
/// # Errors
/// UnsupportedOperation.
pub fn check_writable(thread: &mut Thread, value: &Value) -> Result<Value> {
    check(thread, value, "writable", "File or stream is not writable.")
}

/// Raises unless the stream says that it has positions.
///
/// # Errors
/// UnsupportedOperation.
pub fn check_seekable(thread: &mut Thread, value: &Value) -> Result<Value> {
    check(thread, value, "seekable", "File or stream is not seekable.")
}

/// A size given as an int or None.
///
/// # Errors
/// TypeError.
pub fn size_argument(thread: &mut Thread, size: Option<&Value>) -> Result<isize> {
    match size {
        None => Ok(-1),
        Some(size) if size.is_none() => Ok(-1),
        Some(size) => {
            if let Some(size) = size.as_int() {
                return Ok(size as isize);
            }
            if runtime::class::slots_of(size).index.get().is_none() {
                use runtime::class::TypeExt;
                return Err(type_error(format!(
                    "argument should be integer or None, not '{}'",
                    runtime::class::class_of(size).name_lossy()
                )));
            }
            ops::index_isize(thread, size)
        }
    }
}

#[native::methods(name = "_io._IOBase")]
mod methods {
    use super::*;

    /// Change the stream position to the given byte offset.
    ///
    ///   offset
    ///     The stream position, relative to 'whence'.
    ///   whence
    ///     The relative position to seek from.
    ///
    /// The offset is interpreted relative to the position indicated by whence.
    /// Values for whence are:
    ///
    /// * os.SEEK_SET or 0 -- start of stream (the default); offset should be zero or positive
    /// * os.SEEK_CUR or 1 -- current stream position; offset may be negative
    /// * os.SEEK_END or 2 -- end of stream; offset is usually negative
    ///
    /// Return the new absolute position.
    #[sig("($self, offset, whence=<unrepresentable>, /)")]
    pub fn seek(th: &mut Thread, this: &Value, offset: &Value, whence: Option<&Value>) -> Result<Value> {
        let _ = (this, offset, whence);
        Err(unsupported(th, "seek"))
    }

    /// Return current stream position.
    pub fn tell(th: &mut Thread, this: &Value) -> Result<Value> {
        let zero = int::from_i64(th, 0)?;
        let one = int::from_i64(th, 1)?;
        method(th, this, "seek", &[zero, one])
    }

    /// Truncate file to size bytes.
    ///
    /// File pointer is left unchanged. Size defaults to the current IO position
    /// as reported by tell(). Return the new size.
    #[sig("($self, size=None, /)")]
    pub fn truncate(th: &mut Thread, this: &Value, size: Option<&Value>) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(th, "truncate"))
    }

    /// Return underlying file descriptor if one exists.
    ///
    /// Raise OSError if the IO object does not use a file descriptor.
    pub fn fileno(th: &mut Thread, this: &Value) -> Result<Value> {
        let _ = this;
        Err(unsupported(th, "fileno"))
    }

    /// Flush write buffers, if applicable.
    ///
    /// This is not implemented for read-only and non-blocking streams.
    pub fn flush(th: &mut Thread, this: &Value) -> Result<()> {
        if is_marked_closed(th, this)? { Err(closed_error()) } else { Ok(()) }
    }

    /// Flush and close the IO object.
    ///
    /// This method has no effect if the file is already closed.
    pub fn close(th: &mut Thread, this: &Value) -> Result<()> {
        if is_marked_closed(th, this)? {
            return Ok(());
        }
        let flushed = method(th, this, "flush", &[]);
        let name = runtime::interned!(th, "__IOBase_closed")?;
        let marked = runtime::class::lookup::setattr(th, this, name, Some(&Value::from_bool(true)));
        flushed?;
        marked
    }

    /// whether the stream is closed
    #[getter]
    pub fn closed(th: &mut Thread, this: &Value) -> Result<bool> {
        is_marked_closed(th, this)
    }

    /// the attributes of the stream
    #[getter]
    pub fn __dict__(th: &mut Thread, this: &Value) -> Result<Value> {
        instance::instance_dict(th, this)
    }

    /// Closes the stream.
    pub fn __del__(th: &mut Thread, this: &Value) {
        finalize(th, this);
    }

    /// Return whether object supports random access.
    ///
    /// If False, seek(), tell() and truncate() will raise OSError.
    /// This method may need to do a test seek().
    pub fn seekable(this: &Value) -> bool {
        let _ = this;
        false
    }

    /// Return whether object was opened for reading.
    ///
    /// If False, read() will raise OSError.
    pub fn readable(this: &Value) -> bool {
        let _ = this;
        false
    }

    /// Return whether object was opened for writing.
    ///
    /// If False, write() will raise OSError.
    pub fn writable(this: &Value) -> bool {
        let _ = this;
        false
    }

    /// Raises ValueError if the stream is closed.
    #[sig("($self)", hidden)]
    pub fn _checkClosed(th: &mut Thread, this: &Value) -> Result<()> {
        check_closed(th, this)
    }

    /// Raises unless the stream has positions.
    #[sig("($self)", hidden)]
    pub fn _checkSeekable(th: &mut Thread, this: &Value) -> Result<Value> {
        check_seekable(th, this)
    }

    /// Raises unless the stream can be read.
    #[sig("($self)", hidden)]
    pub fn _checkReadable(th: &mut Thread, this: &Value) -> Result<Value> {
        check_readable(th, this)
    }

    /// Raises unless the stream can be written.
    #[sig("($self)", hidden)]
    pub fn _checkWritable(th: &mut Thread, this: &Value) -> Result<Value> {
        check_writable(th, this)
    }

    /// Return whether this is an 'interactive' stream.
    ///
    /// Return False if it can't be determined.
    pub fn isatty(th: &mut Thread, this: &Value) -> Result<bool> {
        check_closed(th, this)?;
        Ok(false)
    }

    /// The stream itself, if it is open.
    #[sig("($self)", hidden)]
    pub fn __enter__(th: &mut Thread, this: &Value) -> Result<Value> {
        check_closed(th, this)?;
        Ok(this.clone())
    }

    /// Closes the stream.
    #[sig("($self, /, *args)", hidden)]
    pub fn __exit__(th: &mut Thread, this: &Value, args: native::Rest<'_>) -> Result<Value> {
        let _ = args;
        method(th, this, "close", &[])
    }

    /// Read and return a line from the stream.
    ///
    /// If size is specified, at most size bytes will be read.
    ///
    /// The line terminator is always b'\n' for binary files; for text
    /// files, the newlines argument to open can be used to select the line
    /// terminator(s) recognized.
    #[sig("($self, size=-1, /)")]
    pub fn readline(th: &mut Thread, this: &Value, size: Option<&Value>) -> Result<Value> {
        let limit = size_argument(th, size)?;
        let limit = usize::try_from(limit).ok();
        let peek_name = runtime::interned!(th, "peek")?;
        let peek = runtime::class::lookup::getattr_or_none(th, this, peek_name)?;
        let mut line: Vec<u8> = Vec::new();
        while limit.is_none_or(|limit| line.len() < limit) {
            let mut want = 1;
            if let Some(peek) = &peek {
                let one = int::from_i64(th, 1)?;
                let ahead = call::call_one(th, peek, &one)?;
                let Some(ahead) = cast::<Bytes>(&ahead).map(|ahead| ahead.bytes()) else {
                    return Err(os_error(format!(
                        "peek() should have returned a bytes object, not '{}'",
                        name_of(&ahead)
                    )));
                };
                if !ahead.is_empty() {
                    let most = limit.map_or(ahead.len(), |limit| ahead.len().min(limit - line.len()));
                    want = ahead[..most].iter().position(|&byte| byte == b'\n').map_or(most, |at| at + 1);
                }
            }
            let count = int::from_i64(th, want as i64)?;
            let read = method(th, this, "read", &[count])?;
            let Some(bytes) = cast::<Bytes>(&read).map(|read| read.bytes()) else {
                return Err(os_error(format!(
                    "read() should have returned a bytes object, not '{}'",
                    name_of(&read)
                )));
            };
            if bytes.is_empty() {
                break;
            }
            line.extend_from_slice(bytes);
            if line.last() == Some(&b'\n') {
                break;
            }
        }
        Bytes::new(th, &line)
    }

    /// Return a list of lines from the stream.
    ///
    /// hint can be specified to control the number of lines read: no more
    /// lines will be read if the total size (in bytes/characters) of all
    /// lines so far exceeds hint.
    #[sig("($self, hint=-1, /)")]
    pub fn readlines(th: &mut Thread, this: &Value, hint: Option<&Value>) -> Result<Value> {
        let hint = size_argument(th, hint)?;
        if hint <= 0 {
            let lines = ops::to_vec(th, this)?;
            return List::new(th, lines);
        }
        let mut lines = Vec::new();
        let mut total = 0;
        let mut found = Iteration::over(th, this)?;
        while let Some(line) = found.next(th)? {
            let length = ops::len(th, &line)?;
            lines.push(line);
            if length > hint.unsigned_abs() - total {
                break;
            }
            total += length;
        }
        List::new(th, lines)
    }

    /// Write a list of lines to stream.
    ///
    /// Line separators are not added, so it is usual for each of the
    /// lines provided to have a line separator at the end.
    #[sig("($self, lines, /)")]
    pub fn writelines(th: &mut Thread, this: &Value, lines: &Value) -> Result<()> {
        check_closed(th, this)?;
        ops::for_each(th, lines, |thread, line| method(thread, this, "write", &[line]).map(drop))
    }
}

fn name_of(value: &Value) -> String {
    use runtime::class::TypeExt;
    runtime::class::class_of(value).name_lossy()
}

#[native::methods(name = "_io._RawIOBase")]
mod raw_methods {
    use super::*;

    /// Reads at most so many bytes, by `readinto`.
    #[sig("($self, size=-1, /)")]
    pub fn read(th: &mut Thread, this: &Value, size: isize) -> Result<Value> {
        let Ok(size) = usize::try_from(size) else { return method(th, this, "readall", &[]) };
        let buffer = bytearray::new(th, crate::support::zeroed(size)?)?;
        let count = method(th, this, "readinto", std::slice::from_ref(&buffer))?;
        if count.is_none() {
            return Ok(count);
        }
        let count = ops::index_isize(th, &count)?;
        let Some(bytes) = runtime::types::buffers::exact_bytes(th, &buffer)? else {
            return Ok(Value::none());
        };
        match usize::try_from(count) {
            Ok(count) if count <= bytes.len() => Bytes::new(th, &bytes[..count]),
            _ => Err(value_error(format!("readinto returned {count} outside buffer size {size}"))),
        }
    }

    /// Read until EOF, using multiple read() call.
    pub fn readall(th: &mut Thread, this: &Value) -> Result<Value> {
        let mut all: Vec<u8> = Vec::new();
        let mut any = false;
        loop {
            let size = int::from_i64(th, super::super::DEFAULT_BUFFER_SIZE as i64)?;
            let chunk = method(th, this, "read", &[size])?;
            if chunk.is_none() {
                if !any {
                    return Ok(chunk);
                }
                break;
            }
            let Some(bytes) = cast::<Bytes>(&chunk).map(|chunk| chunk.bytes()) else {
                return Err(type_error("read() should return bytes"));
            };
            if bytes.is_empty() {
                break;
            }
            any = true;
            all.extend_from_slice(bytes);
        }
        Bytes::new(th, &all)
    }

    /// Fills a buffer.
    pub fn readinto(this: &Value, buffer: &Value) -> Result<Value> {
        let _ = (this, buffer);
        Err(runtime::error::not_implemented_error(()))
    }

    /// Writes bytes.
    pub fn write(this: &Value, b: &Value) -> Result<Value> {
        let _ = (this, b);
        Err(runtime::error::not_implemented_error(()))
    }
}

#[native::methods(name = "_io._BufferedIOBase")]
mod buffered_methods {
    use super::*;

    /// Disconnect this buffer from its underlying raw stream and return it.
    ///
    /// After the raw stream has been detached, the buffer is in an unusable
    /// state.
    pub fn detach(th: &mut Thread, this: &Value) -> Result<Value> {
        let _ = this;
        Err(unsupported(th, "detach"))
    }

    /// Read and return up to n bytes.
    ///
    /// If the size argument is omitted, None, or negative, read and
    /// return all data until EOF.
    ///
    /// If the size argument is positive, and the underlying raw stream is
    /// not 'interactive', multiple raw reads may be issued to satisfy
    /// the byte count (unless EOF is reached first).
    /// However, for interactive raw streams (as well as sockets and pipes),
    /// at most one raw read will be issued, and a short result does not
    /// imply that EOF is imminent.
    ///
    /// Return an empty bytes object on EOF.
    ///
    /// Return None if the underlying raw stream was open in non-blocking
    /// mode and no data is available at the moment.
    #[sig("($self, size=-1, /)")]
    pub fn read(th: &mut Thread, this: &Value, size: Option<&Value>) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(th, "read"))
    }

    /// Read and return up to size bytes, with at most one read() call to the underlying raw stream.
    ///
    /// Return an empty bytes object on EOF.
    /// A short result does not imply that EOF is imminent.
    #[sig("($self, size=-1, /)")]
    pub fn read1(th: &mut Thread, this: &Value, size: Option<&Value>) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(th, "read1"))
    }

    /// Write buffer b to the IO stream.
    ///
    /// Return the number of bytes written, which is always
    /// the length of b in bytes.
    ///
    /// Raise BlockingIOError if the buffer is full and the
    /// underlying raw stream cannot accept more data at the moment.
    pub fn write(th: &mut Thread, this: &Value, b: &Value) -> Result<Value> {
        let _ = (this, b);
        Err(unsupported(th, "write"))
    }

    /// Reads into a buffer what `read` returns.
    #[sig("($self, buffer, /)")]
    pub fn readinto(th: &mut Thread, this: &Value, buffer: &Value) -> Result<usize> {
        read_into(th, this, buffer, "read")
    }

    /// Reads into a buffer what `read1` returns.
    #[sig("($self, buffer, /)")]
    pub fn readinto1(th: &mut Thread, this: &Value, buffer: &Value) -> Result<usize> {
        read_into(th, this, buffer, "read1")
    }
}

fn read_into(thread: &mut Thread, this: &Value, buffer: &Value, name: &str) -> Result<usize> {
    let lent = runtime::types::buffers::lend(thread, buffer, true)?;
    let result = read_into_lent(thread, this, &lent, name);
    runtime::types::buffers::give_back(thread, &lent);
    result
}

fn read_into_lent(
    thread: &mut Thread,
    this: &Value,
    lent: &runtime::native::buffer::Buffer,
    name: &str,
) -> Result<usize> {
    let size = int::from_i64(thread, lent.len_bytes as i64)?;
    let data = method(thread, this, name, &[size])?;
    let Some(bytes) = cast::<Bytes>(&data).map(|data| data.bytes()) else {
        return Err(type_error("read() should return bytes"));
    };
    if bytes.len() > lent.len_bytes {
        return Err(value_error(format!(
            "read() returned too much data: {} bytes requested, {} returned",
            lent.len_bytes,
            bytes.len()
        )));
    }
    lent.write(0, bytes);
    Ok(bytes.len())
}

#[native::methods(name = "_io._TextIOBase")]
mod text_methods {
    use super::*;

    /// Separate the underlying buffer from the TextIOBase and return it.
    ///
    /// After the underlying buffer has been detached, the TextIO is in an unusable state.
    pub fn detach(th: &mut Thread, this: &Value) -> Result<Value> {
        let _ = this;
        Err(unsupported(th, "detach"))
    }

    /// Read at most size characters from stream.
    ///
    /// Read from underlying buffer until we have size characters or we hit EOF.
    /// If size is negative or omitted, read until EOF.
    #[sig("($self, size=-1, /)")]
    pub fn read(th: &mut Thread, this: &Value, size: Option<&Value>) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(th, "read"))
    }

    /// Read until newline or EOF.
    ///
    /// Return an empty string if EOF is hit immediately.
    /// If size is specified, at most size characters will be read.
    #[sig("($self, size=-1, /)")]
    pub fn readline(th: &mut Thread, this: &Value, size: Option<&Value>) -> Result<Value> {
        let _ = (this, size);
        Err(unsupported(th, "readline"))
    }

    /// Write string s to stream.
    ///
    /// Return the number of characters written
    /// (which is always equal to the length of the string).
    pub fn write(th: &mut Thread, this: &Value, s: &Value) -> Result<Value> {
        let _ = (this, s);
        Err(unsupported(th, "write"))
    }

    /// Encoding of the text stream.
    ///
    /// Subclasses should override.
    #[getter]
    pub fn encoding(this: &Value) -> Value {
        let _ = this;
        Value::none()
    }

    /// Line endings translated so far.
    ///
    /// Only line endings translated during reading are considered.
    ///
    /// Subclasses should override.
    #[getter]
    pub fn newlines(this: &Value) -> Value {
        let _ = this;
        Value::none()
    }

    /// The error setting of the decoder or encoder.
    ///
    /// Subclasses should override.
    #[getter]
    pub fn errors(this: &Value) -> Value {
        let _ = this;
        Value::none()
    }
}
