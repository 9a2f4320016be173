//! Methods and slots of the buffered streams.

use memory::{Object, Value};
use runtime::Thread;
use runtime::class::{Slots, TypeExt, class_of};
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::{cast, to_value};
use runtime::ops;
use runtime::types::{Bytes, Str, StrExt, buffers, int};
use threads::sync::atomic::Ordering;

use super::buffered::{self, Buffered, Found, is_ready, locked, raw_of};
use super::{attribute, base, is_true_attribute, method, unsupported};
use crate::support;

/// Slots of readers.
pub fn reader_slots(slots: &Slots) {
    slots.init.set(init_reader);
    slots.repr.set(repr);
    slots.next.set(next);
}

/// Slots of writers.
pub fn writer_slots(slots: &Slots) {
    slots.init.set(init_writer);
    slots.repr.set(repr);
}

/// Slots of both in one.
pub fn random_slots(slots: &Slots) {
    slots.init.set(init_random);
    slots.repr.set(repr);
    slots.next.set(next);
}

fn stream_of(value: &Value) -> Result<&Object<Buffered>> {
    cast::<Buffered>(value).ok_or_else(|| type_error("a buffered stream is required"))
}

/// `raw` and `buffer_size`, by position or name.
fn arguments(thread: &mut Thread, name: &str, args: Args<'_>) -> Result<(Value, isize)> {
    let given = args.positionals();
    if given.len() > 2 {
        return Err(type_error(format!("{name}() takes at most 2 arguments ({} given)", given.len())));
    }
    let (mut raw, mut size) = (given.first().cloned(), given.get(1).cloned());
    for (key, value) in args.keywords() {
        match cast::<Str>(key).map(|key| key.to_string_lossy()).as_deref() {
            Some("raw") if raw.is_none() => raw = Some(value.clone()),
            Some("buffer_size") if size.is_none() => size = Some(value.clone()),
            other => {
                return Err(type_error(format!(
                    "{name}() got an unexpected keyword argument '{}'",
                    other.unwrap_or_default()
                )));
            }
        }
    }
    let Some(raw) = raw else {
        return Err(type_error(format!("{name}() missing required argument 'raw' (pos 1)")));
    };
    let size = match size {
        Some(size) => ops::index_isize(thread, &size)?,
        None => super::DEFAULT_BUFFER_SIZE as isize,
    };
    Ok((raw, size))
}

fn init_reader(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let (raw, size) = arguments(thread, "BufferedReader", args)?;
    base::check_readable(thread, &raw)?;
    buffered::initialize(thread, stream_of(value)?, &raw, size)
}

fn init_writer(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let (raw, size) = arguments(thread, "BufferedWriter", args)?;
    base::check_writable(thread, &raw)?;
    buffered::initialize(thread, stream_of(value)?, &raw, size)
}

fn init_random(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let (raw, size) = arguments(thread, "BufferedRandom", args)?;
    base::check_seekable(thread, &raw)?;
    base::check_readable(thread, &raw)?;
    base::check_writable(thread, &raw)?;
    buffered::initialize(thread, stream_of(value)?, &raw, size)
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let class = class_of(value).full_name(thread);
    let name = match attribute(thread, value, "name") {
        Ok(name) => Some(name),
        Err(raised)
            if raised.is(&runtime::error::ATTRIBUTE_ERROR) || raised.is(&runtime::error::VALUE_ERROR) =>
        {
            None
        }
        Err(raised) => return Err(raised),
    };
    let Some(name) = name else { return Str::new(thread, &format!("<{class}>")) };
    super::guarded_repr(thread, value, |thread| {
        let name = ops::repr(thread, &name)?;
        let mut text = text::Builder::new();
        text.push_str(&format!("<{class} name="));
        if let Some(name) = cast::<Str>(&name) {
            text.push_view(name.view());
        }
        text.push_str(">");
        Str::from_text(thread, &text.finish())
    })
}

/// Raises if the raw stream is closed.
fn check_closed(thread: &mut Thread, stream: &Object<Buffered>, message: &str) -> Result<Value> {
    let raw = raw_of(stream)?;
    if is_closed(thread, &raw)? {
        return Err(value_error(message));
    }
    Ok(raw)
}

fn is_closed(thread: &mut Thread, raw: &Value) -> Result<bool> {
    match super::file::exact(raw) {
        Some(file) => Ok(super::file::is_closed(file)),
        None => is_true_attribute(thread, raw, "closed"),
    }
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    let stream = stream_of(value)?;
    let is_exact = buffered::READER.is_exact(value) || buffered::RANDOM.is_exact(value);
    if is_exact {
        check_closed(thread, stream, "readline of closed file")?;
        let line = locked(thread, stream, |thread, turn| turn.read_line(thread, None))?;
        return if line.is_empty() { Ok(None) } else { Bytes::new(thread, &line).map(Some) };
    }
    let line = method(thread, value, "readline", &[])?;
    if cast::<Bytes>(&line).is_none() {
        return Err(runtime::error::os_error(format!(
            "readline() should have returned a bytes object, not '{}'",
            class_of(&line).name_lossy()
        )));
    }
    Ok(if ops::len(thread, &line)? == 0 { None } else { Some(line) })
}

/// A limit: -1 or None for none.
fn limit(thread: &mut Thread, size: Option<&Value>) -> Result<Option<usize>> {
    base::size_argument(thread, size).map(|size| usize::try_from(size).ok())
}

/// Writes what waits to be written, goes back to where the program is, and flushes the raw stream.
fn flush_all(thread: &mut Thread, stream: &Object<Buffered>) -> Result<()> {
    locked(thread, stream, |thread, turn| {
        turn.flush_writes(thread)?;
        turn.rewind(thread)
    })
}

#[native::methods(Buffered, name = "_io._Buffered")]
pub mod common {
    use super::*;

    /// Disconnect this buffer from its underlying raw stream and return it.
    ///
    /// After the raw stream has been detached, the buffer is in an unusable
    /// state.
    pub fn detach(th: &mut Thread, stream: &Object<Buffered>) -> Result<Option<Value>> {
        raw_of(stream)?;
        method(th, &to_value(stream), "flush", &[])?;
        Ok(buffered::take_raw(th, stream))
    }

    /// Closes the stream, after what waits to be written has been.
    pub fn close(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let value = to_value(stream);
        let raw = raw_of(stream)?;
        if is_closed(th, &raw)? {
            return Ok(Value::none());
        }
        if stream.payload().finalizing.load(Ordering::Relaxed) {
            // Who refers to the file is named in the warning, not the file.
            let name = runtime::interned!(th, "_dealloc_warn")?;
            if let Some(warn) = runtime::class::lookup::getattr_or_none(th, &raw, name)? {
                runtime::call::call_one(th, &warn, &value)?;
            }
        }
        let flushed = method(th, &value, "flush", &[]).map(drop);
        // Nobody writes meanwhile: closing may flush the raw stream, and take long.
        let closed = locked(th, stream, |thread, turn| method(thread, &turn.raw, "close", &[]));
        buffered::chain(th, flushed, closed)
    }

    /// whether the raw stream is closed
    #[getter]
    pub fn closed(th: &mut Thread, stream: &Object<Buffered>) -> Result<bool> {
        let raw = raw_of(stream)?;
        is_closed(th, &raw)
    }

    /// the name of the raw stream
    #[getter]
    pub fn name(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let raw = raw_of(stream)?;
        attribute(th, &raw, "name")
    }

    /// the mode of the raw stream
    #[getter]
    pub fn mode(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let raw = raw_of(stream)?;
        attribute(th, &raw, "mode")
    }

    /// the raw stream
    #[getter]
    pub fn raw(stream: &Object<Buffered>) -> Option<Value> {
        stream.payload().raw.get(stream.header())
    }

    /// whether the stream is being finalized
    #[getter]
    pub fn _finalizing(stream: &Object<Buffered>) -> bool {
        stream.payload().finalizing.load(Ordering::Relaxed)
    }

    /// Sets it.
    #[setter("_finalizing")]
    pub fn set_finalizing(stream: &Object<Buffered>, new: Option<&Value>) -> Result<()> {
        let on = support::flag(new)?;
        stream.payload().finalizing.store(on, Ordering::Relaxed);
        Ok(())
    }

    /// Whether the raw stream has positions.
    pub fn seekable(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let raw = raw_of(stream)?;
        method(th, &raw, "seekable", &[])
    }

    /// The descriptor of the raw stream.
    pub fn fileno(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let raw = raw_of(stream)?;
        method(th, &raw, "fileno", &[])
    }

    /// Whether the raw stream is a terminal.
    pub fn isatty(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let raw = raw_of(stream)?;
        method(th, &raw, "isatty", &[])
    }

    /// Warns that the stream was not closed before it died.
    #[sig("($self, source, /)", hidden)]
    pub fn _dealloc_warn(th: &mut Thread, stream: &Object<Buffered>, source: &Value) -> Result<()> {
        if !is_ready(stream) {
            return Ok(());
        }
        let raw = raw_of(stream)?;
        let name = runtime::interned!(th, "_dealloc_warn")?;
        if let Some(warn) = runtime::class::lookup::getattr_or_none(th, &raw, name)? {
            runtime::call::call_one(th, &warn, source)?;
        }
        Ok(())
    }

    /// The program's position in the stream.
    pub fn tell(th: &mut Thread, stream: &Object<Buffered>) -> Result<i64> {
        locked(th, stream, |thread, turn| turn.tell(thread))
    }

    /// Moves the program's position in the stream.
    #[sig("($self, target, whence=0, /)")]
    pub fn seek(th: &mut Thread, stream: &Object<Buffered>, target: &Value, whence: i32) -> Result<i64> {
        raw_of(stream)?;
        if !(0..=4).contains(&whence) {
            return Err(value_error(format!("whence value {whence} unsupported")));
        }
        let raw = check_closed(th, stream, "seek of closed file")?;
        if super::super::file::exact(&raw).is_none() {
            base::check_seekable(th, &raw)?;
        } else if int::as_bool(&method(th, &raw, "seekable", &[])?) != Some(true) {
            return Err(unsupported(th, "File or stream is not seekable."));
        }
        let target = super::super::offset(th, target)?;
        locked(th, stream, |thread, turn| turn.seek(thread, target, whence))
    }

    /// Cuts the stream off at a size, by default where the program is.
    #[sig("($self, pos=None, /)")]
    pub fn truncate(th: &mut Thread, stream: &Object<Buffered>, pos: Option<&Value>) -> Result<Value> {
        raw_of(stream)?;
        let of_reader = runtime::class::class_of(&to_value(stream)).is_subclass_of(buffered::READER.object());
        if of_reader {
            return Err(unsupported(th, "truncate"));
        }
        check_closed(th, stream, "truncate of closed file")?;
        let position = pos.cloned();
        locked(th, stream, |thread, turn| {
            turn.flush_writes(thread)?;
            turn.rewind(thread)?;
            let position = match position {
                Some(position) => position,
                None => {
                    let at = turn.tell(thread)?;
                    int::from_i64(thread, at)?
                }
            };
            method(thread, &turn.raw, "truncate", &[position])
        })
    }

    /// The bytes that the stream takes in memory.
    #[sig("($self)", hidden)]
    pub fn __sizeof__(stream: &Object<Buffered>) -> usize {
        size_of::<Buffered>() + stream.payload().size.load(Ordering::Relaxed)
    }

    /// Streams cannot be pickled.
    #[sig("($self)", hidden)]
    pub fn __getstate__(stream: &Value) -> Result<Value> {
        Err(type_error(format!("cannot pickle '{}' instances", class_of(stream).name_lossy())))
    }
}

#[native::methods(Buffered, name = "_io._Buffered")]
pub mod simple_flush {
    use super::*;

    /// Flushes the raw stream.
    pub fn flush(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let raw = raw_of(stream)?;
        method(th, &raw, "flush", &[])
    }
}

#[native::methods(Buffered, name = "_io._Buffered")]
pub mod reading {
    use super::*;

    /// Whether the raw stream can be read.
    pub fn readable(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let raw = raw_of(stream)?;
        method(th, &raw, "readable", &[])
    }

    /// What comes next, without taking it.
    #[sig("($self, size=0, /)")]
    pub fn peek(th: &mut Thread, stream: &Object<Buffered>, size: isize) -> Result<Value> {
        let _ = size; // no more than a hint
        check_closed(th, stream, "peek of closed file")?;
        let bytes = locked(th, stream, |thread, turn| turn.peek(thread))?;
        Bytes::new(th, &bytes)
    }

    /// Reads so many bytes, or all.
    #[sig("($self, size=-1, /)")]
    pub fn read(th: &mut Thread, stream: &Object<Buffered>, size: Option<&Value>) -> Result<Value> {
        let wanted = base::size_argument(th, size)?;
        raw_of(stream)?;
        if wanted < -1 {
            return Err(value_error("read length must be non-negative or -1"));
        }
        check_closed(th, stream, "read of closed file")?;
        let found = locked(th, stream, |thread, turn| match usize::try_from(wanted) {
            Ok(wanted) => turn.read_exactly(thread, wanted),
            Err(_) => turn.read_all(thread),
        })?;
        found.into_value(th)
    }

    /// Reads at most so many bytes, with at most one read of the raw stream.
    #[sig("($self, size=-1, /)")]
    pub fn read1(th: &mut Thread, stream: &Object<Buffered>, size: isize) -> Result<Value> {
        raw_of(stream)?;
        let most = match usize::try_from(size) {
            Ok(most) => most,
            Err(_) => stream.payload().size.load(Ordering::Relaxed),
        };
        check_closed(th, stream, "read of closed file")?;
        let bytes = locked(th, stream, |thread, turn| turn.read_once(thread, most))?;
        Bytes::new(th, &bytes)
    }

    /// Reads into a buffer until it is full, or the stream ends.
    pub fn readinto(th: &mut Thread, stream: &Object<Buffered>, buffer: &Value) -> Result<Option<usize>> {
        read_into(th, stream, buffer, false)
    }

    /// Reads into a buffer, with at most one read of the raw stream.
    pub fn readinto1(th: &mut Thread, stream: &Object<Buffered>, buffer: &Value) -> Result<Option<usize>> {
        read_into(th, stream, buffer, true)
    }

    /// Reads a line.
    #[sig("($self, size=-1, /)")]
    pub fn readline(th: &mut Thread, stream: &Object<Buffered>, size: Option<&Value>) -> Result<Value> {
        raw_of(stream)?;
        let limit = super::limit(th, size)?;
        check_closed(th, stream, "readline of closed file")?;
        let line = locked(th, stream, |thread, turn| turn.read_line(thread, limit))?;
        Bytes::new(th, &line)
    }
}

fn read_into(
    thread: &mut Thread,
    stream: &Object<Buffered>,
    buffer: &Value,
    once: bool,
) -> Result<Option<usize>> {
    let lent = buffers::lend(thread, buffer, true)?;
    let size = lent.len_bytes;
    let buffer_bytes = stream.payload().size.load(Ordering::Relaxed);
    let found = check_closed(thread, stream, "readinto of closed file").and_then(|_| {
        locked(thread, stream, |thread, turn| match once {
            true => {
                let ahead = turn.ahead(thread);
                let mut bytes = turn.read_once(thread, size)?;
                // What the buffer had is little beside what is asked for: one read of the raw stream more.
                if ahead > 0 && size - bytes.len() > buffer_bytes {
                    bytes.extend(turn.read_once(thread, size - bytes.len())?);
                }
                Ok(Found::Bytes(bytes))
            }
            false => turn.read_exactly(thread, size),
        })
    });
    if let Ok(Found::Bytes(bytes)) = &found {
        lent.write(0, bytes);
    }
    buffers::give_back(thread, &lent);
    match found? {
        Found::Bytes(bytes) => Ok(Some(bytes.len())),
        Found::Nothing => Ok(None),
    }
}

#[native::methods(Buffered, name = "_io._Buffered")]
pub mod writing {
    use super::*;

    /// Whether the raw stream can be written.
    pub fn writable(th: &mut Thread, stream: &Object<Buffered>) -> Result<Value> {
        let raw = raw_of(stream)?;
        method(th, &raw, "writable", &[])
    }

    /// Write buffer b to the IO stream.
    ///
    /// Return the number of bytes written, which is always
    /// the length of b in bytes.
    ///
    /// Raise BlockingIOError if the buffer is full and the
    /// underlying raw stream cannot accept more data at the moment.
    pub fn write(th: &mut Thread, stream: &Object<Buffered>, buffer: &Value) -> Result<usize> {
        raw_of(stream)?;
        let bytes = buffers::bytes_of(th, buffer)?;
        write_bytes(th, stream, &bytes)
    }

    /// Writes what waits to be written.
    pub fn flush(th: &mut Thread, stream: &Object<Buffered>) -> Result<()> {
        let raw = check_closed(th, stream, "flush of closed file")?;
        let _ = raw;
        flush_all(th, stream)
    }
}

/// `write`, for natives.
///
/// # Errors
/// ValueError for a closed stream, BlockingIOError, what the raw stream raises.
pub fn write_bytes(thread: &mut Thread, stream: &Object<Buffered>, bytes: &[u8]) -> Result<usize> {
    // Asked when the stream is ours: another thread may be closing it.
    locked(thread, stream, |thread, turn| {
        check_closed(thread, stream, "write to closed file")?;
        turn.write(thread, bytes)
    })
}

/// `flush`, for natives.
///
/// # Errors
/// As [`write_bytes`].
pub fn flush(thread: &mut Thread, stream: &Object<Buffered>) -> Result<()> {
    check_closed(thread, stream, "flush of closed file")?;
    flush_all(thread, stream)
}

/// `read1`, for natives.
///
/// # Errors
/// ValueError for a closed stream, what the raw stream raises.
pub fn read_once(thread: &mut Thread, stream: &Object<Buffered>, most: usize) -> Result<Vec<u8>> {
    check_closed(thread, stream, "read of closed file")?;
    locked(thread, stream, |thread, turn| turn.read_once(thread, most))
}
