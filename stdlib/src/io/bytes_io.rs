//! `BytesIO`: a binary stream in memory.

use memory::{Exclusive, Guarded, Object, Value};
use runtime::Thread;
use runtime::class::{Slots, Type, TypeExt, class_of};
use runtime::error::{Result, buffer_error, memory_error, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::{cast, to_value};
use runtime::types::{Bytes, Str, StrExt, Tuple, TupleExt, buffers, int};
use runtime::{call, ops};

use super::attribute;
use super::base::{self, BUFFERED_IO_BASE};

/// A binary stream in memory.
#[native::class(
    "BytesIO",
    module = "_io",
    base = BUFFERED_IO_BASE,
    basetype,
    dict,
    weakref,
    methods,
    slots = slots,
    new = new,
    signature = "(initial_bytes=b'')",
    doc = "Buffered I/O implementation using an in-memory bytes buffer."
)]
pub struct BytesIo {
    #[untraced]
    state: Guarded<State>,
}

#[derive(Debug, Default)]
struct State {
    bytes: Vec<u8>,
    at: usize,
    closed: bool,
    /// How many views of the bytes there are: they may not change in number meanwhile.
    loans: usize,
}

fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.next.set(|thread, value| {
        let line = line(thread, this_of(value)?, None)?;
        if line.is_empty() { Ok(None) } else { Bytes::new(thread, &line).map(Some) }
    });
}

fn new(thread: &mut Thread, class: &Value, _: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    runtime::object::new_of(thread, class, BytesIo { state: Guarded::new(State::default()) })
}

fn this_of(value: &Value) -> Result<&Object<BytesIo>> {
    cast::<BytesIo>(value).ok_or_else(|| type_error("a BytesIO object is required"))
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let this = this_of(value)?;
    let given = args.positionals();
    let mut initial = given.first().cloned();
    if given.len() > 1 {
        return Err(type_error(format!("BytesIO() takes at most 1 argument ({} given)", given.len())));
    }
    for (key, value) in args.keywords() {
        match cast::<Str>(key).map(|key| key.to_string_lossy()).as_deref() {
            Some("initial_bytes") => initial = Some(value.clone()),
            other => {
                return Err(type_error(format!(
                    "BytesIO() got an unexpected keyword argument '{}'",
                    other.unwrap_or_default()
                )));
            }
        }
    }
    let bytes = match initial.filter(|initial| !initial.is_none()) {
        Some(initial) => buffers::bytes_of(thread, &initial)?.into_vec(),
        None => Vec::new(),
    };
    edit(thread, this, |state| {
        check_loans(state)?;
        *state = State { bytes, ..State::default() };
        Ok(())
    })
}

fn edit<R>(thread: &Thread, this: &Object<BytesIo>, f: impl FnOnce(&mut State) -> Result<R>) -> Result<R> {
    let mut section = Exclusive::open_in(thread, this);
    f(section.get(|this| &this.state))
}

fn check_loans(state: &State) -> Result<()> {
    if state.loans > 0 {
        return Err(buffer_error("Existing exports of data: object cannot be re-sized"));
    }
    Ok(())
}

/// Runs `f` on the state of an open stream.
fn open<R>(thread: &Thread, this: &Object<BytesIo>, f: impl FnOnce(&mut State) -> Result<R>) -> Result<R> {
    edit(thread, this, |state| {
        if state.closed {
            return Err(base::closed_error());
        }
        f(state)
    })
}

/// So many bytes from where the stream stands, as a bytes object.
fn take_bytes(thread: &Thread, this: &Object<BytesIo>, size: isize) -> Result<Value> {
    open(thread, this, |state| Bytes::new(thread, take(state, size)))
}

/// So many bytes from where the stream stands.
fn take(state: &mut State, size: isize) -> &[u8] {
    let rest = state.bytes.get(state.at..).unwrap_or_default();
    let taken = &rest[..usize::try_from(size).unwrap_or(usize::MAX).min(rest.len())];
    state.at += taken.len();
    taken
}

fn line(thread: &mut Thread, this: &Object<BytesIo>, limit: Option<usize>) -> Result<Vec<u8>> {
    open(thread, this, |state| {
        let start = state.at.min(state.bytes.len());
        let rest = &state.bytes[start..];
        let most = limit.map_or(rest.len(), |limit| rest.len().min(limit));
        let found = text::search::find_char(text::View::Latin1(&rest[..most]), b'\n'.into());
        let count = found.map_or(most, |at| at + 1);
        let line = rest[..count].to_vec();
        if count > 0 {
            state.at = start + count;
        }
        Ok(line)
    })
}

fn put(thread: &mut Thread, this: &Object<BytesIo>, new: &[u8]) -> Result<usize> {
    open(thread, this, |state| {
        check_loans(state)?;
        if new.is_empty() {
            return Ok(0);
        }
        let end = state
            .at
            .checked_add(new.len())
            .ok_or_else(|| runtime::error::overflow_error("new buffer size too large"))?;
        if end > state.bytes.len() {
            let more = end - state.bytes.len();
            state.bytes.try_reserve(more).map_err(|_| memory_error())?;
            state.bytes.resize(end, 0);
        }
        state.bytes[state.at..end].copy_from_slice(new);
        state.at = end;
        Ok(new.len())
    })
}

/// Lends the bytes to `getbuffer`'s view.
fn lend(thread: &mut Thread, value: &Value, _writable: bool) -> Result<native::buffer::Buffer> {
    let Some(view) = cast::<BytesIoBuffer>(value) else {
        return Err(type_error("a view of a BytesIO object is required"));
    };
    let Some(this) = cast::<BytesIo>(&view.payload().of) else {
        return Err(type_error("a BytesIO object is required"));
    };
    let (pointer, length) = edit(thread, this, |state| {
        state.loans += 1;
        Ok((state.bytes.as_mut_ptr(), state.bytes.len()))
    })?;
    let mut buffer = native::buffer::Buffer::of_bytes(value.clone(), pointer, length, false);
    buffer.release = Some(|thread, value| {
        if let Some(this) = cast::<BytesIoBuffer>(value).and_then(|view| cast::<BytesIo>(&view.payload().of))
        {
            // It can only fail if the closure does.
            let _ = edit(thread, this, |state| {
                state.loans = state.loans.saturating_sub(1);
                Ok(())
            });
        }
    });
    Ok(buffer)
}

/// What `getbuffer` makes a view of.
#[native::class(
    "_BytesIOBuffer",
    module = "_io",
    disallow_instantiation,
    slots = |slots: &Slots| slots.buffer.set(lend)
)]
pub struct BytesIoBuffer {
    #[trace]
    of: Value,
}

#[native::methods(BytesIo, name = "BytesIO")]
mod methods {
    use super::*;

    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[sig("($self, size=-1, /)")]
    pub fn read(th: &mut Thread, this: &Object<BytesIo>, size: Option<&Value>) -> Result<Value> {
        let size = base::size_argument(th, size)?;
        take_bytes(th, this, size)
    }

    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative or omitted, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[sig("($self, size=-1, /)")]
    pub fn read1(th: &mut Thread, this: &Object<BytesIo>, size: Option<&Value>) -> Result<Value> {
        read(th, this, size)
    }

    /// Next line from the file, as a bytes object.
    ///
    /// Retain newline.  A non-negative size argument limits the maximum
    /// number of bytes to return (an incomplete line may be returned then).
    /// Return an empty bytes object at EOF.
    #[sig("($self, size=-1, /)")]
    pub fn readline(th: &mut Thread, this: &Object<BytesIo>, size: Option<&Value>) -> Result<Value> {
        let limit = usize::try_from(base::size_argument(th, size)?).ok();
        let line = super::line(th, this, limit)?;
        Bytes::new(th, &line)
    }

    /// List of bytes objects, each a line from the file.
    ///
    /// Call readline() repeatedly and return a list of the lines so read.
    /// The optional size argument, if given, is an approximate bound on the
    /// total number of bytes in the lines returned.
    #[sig("($self, size=None, /)")]
    pub fn readlines(th: &mut Thread, this: &Object<BytesIo>, size: Option<&Value>) -> Result<Value> {
        let most = match size {
            Some(size) => {
                if runtime::class::slots_of(size).index.get().is_none() {
                    return Err(type_error(format!(
                        "integer argument expected, got '{}'",
                        class_of(size).name_lossy()
                    )));
                }
                ops::index_isize(th, size)?
            }
            None => 0,
        };
        let (mut lines, mut total) = (Vec::new(), 0);
        loop {
            let line = super::line(th, this, None)?;
            if line.is_empty() {
                break;
            }
            total += line.len();
            lines.push(Bytes::new(th, &line)?);
            if most > 0 && total >= most.unsigned_abs() {
                break;
            }
        }
        runtime::types::List::new(th, lines)
    }

    /// Read bytes into buffer.
    ///
    /// Returns number of bytes read (0 for EOF), or None if the object
    /// is set not to block and has no data to read.
    pub fn readinto(th: &mut Thread, this: &Object<BytesIo>, buffer: &Value) -> Result<usize> {
        let lent = buffers::lend(th, buffer, true)?;
        let taken = open(th, this, |state| Ok(take(state, lent.len_bytes as isize).to_vec()));
        if let Ok(bytes) = &taken {
            lent.write(0, bytes);
        }
        buffers::give_back(th, &lent);
        taken.map(|bytes| bytes.len())
    }

    /// Write bytes to file.
    ///
    /// Return the number of bytes written.
    pub fn write(th: &mut Thread, this: &Object<BytesIo>, b: &Value) -> Result<usize> {
        open(th, this, |state| check_loans(state))?;
        let bytes = buffers::bytes_of(th, b)?;
        put(th, this, &bytes)
    }

    /// Write lines to the file.
    ///
    /// Note that newlines are not added.  lines can be any iterable object
    /// producing bytes-like objects. This is equivalent to calling write() for
    /// each element.
    pub fn writelines(th: &mut Thread, this: &Object<BytesIo>, lines: &Value) -> Result<()> {
        open(th, this, |_| Ok(()))?;
        ops::for_each(th, lines, |thread, line| write(thread, this, &line).map(drop))
    }

    /// Change stream position.
    ///
    /// Seek to byte offset pos relative to position indicated by whence:
    ///      0  Start of stream (the default).  pos should be >= 0;
    ///      1  Current position - pos may be negative;
    ///      2  End of stream - pos usually negative.
    /// Returns the new absolute position.
    #[sig("($self, pos, whence=0, /)")]
    pub fn seek(th: &mut Thread, this: &Object<BytesIo>, pos: &Value, whence: i32) -> Result<usize> {
        let pos = ops::index_isize(th, pos)?;
        open(th, this, |state| {
            let from = match whence {
                0 if pos < 0 => return Err(value_error(format!("negative seek value {pos}"))),
                0 => 0,
                1 => state.at,
                2 => state.bytes.len(),
                _ => return Err(value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
            };
            if pos > 0 && from > isize::MAX as usize - pos.unsigned_abs() {
                return Err(runtime::error::overflow_error("new position too large"));
            }
            state.at = from.saturating_add_signed(pos);
            Ok(state.at)
        })
    }

    /// Current file position, an integer.
    pub fn tell(th: &mut Thread, this: &Object<BytesIo>) -> Result<usize> {
        open(th, this, |state| Ok(state.at))
    }

    /// Truncate the file to at most size bytes.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is unchanged.  Returns the new size.
    #[sig("($self, size=None, /)")]
    pub fn truncate(th: &mut Thread, this: &Object<BytesIo>, size: Option<&Value>) -> Result<usize> {
        let size = match size {
            Some(size) => Some(ops::index_isize(th, size)?),
            None => None,
        };
        open(th, this, |state| {
            check_loans(state)?;
            let size = match size {
                Some(size) => {
                    usize::try_from(size).map_err(|_| value_error(format!("negative size value {size}")))?
                }
                None => state.at,
            };
            state.bytes.truncate(size);
            Ok(size)
        })
    }

    /// Retrieve the entire contents of the BytesIO object.
    pub fn getvalue(th: &mut Thread, this: &Object<BytesIo>) -> Result<Value> {
        let bytes = open(th, this, |state| Ok(state.bytes.clone()))?;
        Bytes::new(th, &bytes)
    }

    /// Get a read-write view over the contents of the BytesIO object.
    pub fn getbuffer(th: &mut Thread, this: &Object<BytesIo>) -> Result<Value> {
        open(th, this, |_| Ok(()))?;
        let view = runtime::object::new(th, BytesIoBuffer { of: to_value(this) })?;
        let builtin = runtime::interp::builtin(th, "memoryview")?;
        call::call_one(th, &builtin, &view)
    }

    /// Disable all I/O operations.
    pub fn close(th: &mut Thread, this: &Object<BytesIo>) -> Result<()> {
        edit(th, this, |state| {
            check_loans(state)?;
            state.closed = true;
            state.bytes = Vec::new();
            Ok(())
        })
    }

    /// Does nothing.
    pub fn flush(th: &mut Thread, this: &Object<BytesIo>) -> Result<()> {
        open(th, this, |_| Ok(()))
    }

    /// Always returns False.
    ///
    /// BytesIO objects are not connected to a TTY-like device.
    pub fn isatty(th: &mut Thread, this: &Object<BytesIo>) -> Result<bool> {
        open(th, this, |_| Ok(false))
    }

    /// Returns True if the IO object can be read.
    pub fn readable(th: &mut Thread, this: &Object<BytesIo>) -> Result<bool> {
        open(th, this, |_| Ok(true))
    }

    /// Returns True if the IO object can be written.
    pub fn writable(th: &mut Thread, this: &Object<BytesIo>) -> Result<bool> {
        open(th, this, |_| Ok(true))
    }

    /// Returns True if the IO object can be seeked.
    pub fn seekable(th: &mut Thread, this: &Object<BytesIo>) -> Result<bool> {
        open(th, this, |_| Ok(true))
    }

    /// True if the file is closed.
    #[getter]
    pub fn closed(th: &mut Thread, this: &Object<BytesIo>) -> Result<bool> {
        edit(th, this, |state| Ok(state.closed))
    }

    /// The bytes, the position and the attributes, for pickling.
    #[sig("($self)", hidden)]
    pub fn __getstate__(th: &mut Thread, this: &Object<BytesIo>) -> Result<Value> {
        let (bytes, at) = open(th, this, |state| Ok((state.bytes.clone(), state.at)))?;
        let bytes = Bytes::new(th, &bytes)?;
        let at = int::from_i64(th, at as i64)?;
        let dict = attribute(th, &to_value(this), "__dict__")?;
        let dict = if ops::len(th, &dict)? == 0 {
            Value::none()
        } else {
            super::super::method(th, &dict, "copy", &[])?
        };
        Tuple::of_array(th, [bytes, at, dict])
    }

    /// Sets what `__getstate__` answered.
    #[sig("($self, state, /)", hidden)]
    pub fn __setstate__(th: &mut Thread, this: &Object<BytesIo>, state: &Value) -> Result<()> {
        let items = cast::<Tuple>(state).map(|state| state.items().to_vec());
        let Some([bytes, at, dict]) = items.as_deref() else {
            return Err(type_error(format!(
                "{}.__setstate__ argument should be 3-tuple, got {}",
                class_of(&to_value(this)).name_lossy(),
                class_of(state).name_lossy()
            )));
        };
        let new = buffers::bytes_of(th, bytes)?.into_vec();
        if !int::is_int(at) {
            return Err(type_error(format!(
                "second item of state must be an integer, not {}",
                class_of(at).name_lossy()
            )));
        }
        let at = ops::index_isize(th, at)?;
        let at = usize::try_from(at).map_err(|_| value_error("position value cannot be negative"))?;
        open(th, this, |state| {
            check_loans(state)?;
            state.bytes = new;
            state.at = at;
            Ok(())
        })?;
        if !dict.is_none() {
            if cast::<runtime::types::Dict>(dict).is_none() {
                return Err(type_error(format!(
                    "third item of state should be a dict, got a {}",
                    class_of(dict).name_lossy()
                )));
            }
            let own = attribute(th, &to_value(this), "__dict__")?;
            super::super::method(th, &own, "update", std::slice::from_ref(dict))?;
        }
        Ok(())
    }

    /// The bytes that the stream takes in memory.
    #[sig("($self)", hidden)]
    pub fn __sizeof__(th: &mut Thread, this: &Object<BytesIo>) -> Result<usize> {
        edit(th, this, |state| Ok(size_of::<BytesIo>() + state.bytes.capacity()))
    }
}
