//! `BufferedRWPair`: a reader and a writer as one stream.

use memory::{Object, Slot, Value};
use runtime::Thread;
use runtime::class::{Slots, Type};
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Args, Finalizer, Rest};
use runtime::object::cast;
use runtime::ops;

use super::base::{self, BUFFERED_IO_BASE};
use super::buffered::{self, READER, WRITER};
use super::{attribute, method};

/// A reader and a writer.
#[native::class(
    "BufferedRWPair",
    module = "_io",
    base = BUFFERED_IO_BASE,
    basetype,
    dict,
    weakref,
    methods,
    slots = slots,
    object_new = new,
    signature = "(reader, writer, buffer_size=131072, /)",
    finalizer = Finalizer { wants: |_| true, run: base::finalize },
    doc = "A buffered reader and writer object together.\n\nA buffered reader object and buffered writer object put together to\nform a sequential IO object that can read and write. This is typically\nused with a socket or two-way pipe.\n\nreader and writer are RawIOBase objects that are readable and\nwriteable respectively. If the buffer_size is omitted it defaults to\nDEFAULT_BUFFER_SIZE."
)]
pub struct BufferedRwPair {
    #[trace]
    reader: Slot,
    #[trace]
    writer: Slot,
}

fn slots(slots: &Slots) {
    slots.init.set(init);
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    runtime::types::instance::check_new(thread, class, args)?;
    runtime::object::new_of(
        thread,
        class,
        BufferedRwPair { reader: Slot::new(None), writer: Slot::new(None) },
    )
}

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(this) = cast::<BufferedRwPair>(value) else {
        return Err(type_error("a BufferedRWPair is required"));
    };
    let given = args.no_keywords("BufferedRWPair")?;
    let (reader, writer, size) = match given {
        [reader, writer] => (reader, writer, super::DEFAULT_BUFFER_SIZE as isize),
        [reader, writer, size] => (reader, writer, ops::index_isize(thread, size)?),
        _ => {
            let how = if given.len() < 2 { "at least 2" } else { "at most 3" };
            return Err(type_error(format!("BufferedRWPair expected {how} arguments, got {}", given.len())));
        }
    };
    base::check_readable(thread, reader)?;
    base::check_writable(thread, writer)?;
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return Err(value_error("buffer size must be strictly positive"));
    };
    let reader = buffered::make(thread, &READER, reader, size)?;
    let writer = buffered::make(thread, &WRITER, writer, size)?;
    drop(this.payload().reader.replace(thread, this.header(), Some(reader)));
    drop(this.payload().writer.replace(thread, this.header(), Some(writer)));
    Ok(())
}

fn reader(this: &Object<BufferedRwPair>) -> Result<Value> {
    let uninitialized = || value_error("I/O operation on uninitialized object");
    this.payload().reader.get(this.header()).ok_or_else(uninitialized)
}

fn writer(this: &Object<BufferedRwPair>) -> Result<Value> {
    let uninitialized = || value_error("I/O operation on uninitialized object");
    this.payload().writer.get(this.header()).ok_or_else(uninitialized)
}

#[native::methods(BufferedRwPair, name = "BufferedRWPair")]
mod methods {
    use super::*;

    /// Reads from the reader.
    #[sig("($self, *args)", hidden)]
    pub fn read(th: &mut Thread, this: &Object<BufferedRwPair>, args: Rest<'_>) -> Result<Value> {
        let stream = reader(this)?;
        method(th, &stream, "read", args)
    }

    /// Peeks into the reader.
    #[sig("($self, *args)", hidden)]
    pub fn peek(th: &mut Thread, this: &Object<BufferedRwPair>, args: Rest<'_>) -> Result<Value> {
        let stream = reader(this)?;
        method(th, &stream, "peek", args)
    }

    /// Reads from the reader, once.
    #[sig("($self, *args)", hidden)]
    pub fn read1(th: &mut Thread, this: &Object<BufferedRwPair>, args: Rest<'_>) -> Result<Value> {
        let stream = reader(this)?;
        method(th, &stream, "read1", args)
    }

    /// Reads from the reader into a buffer.
    #[sig("($self, *args)", hidden)]
    pub fn readinto(th: &mut Thread, this: &Object<BufferedRwPair>, args: Rest<'_>) -> Result<Value> {
        let stream = reader(this)?;
        method(th, &stream, "readinto", args)
    }

    /// Reads from the reader into a buffer, once.
    #[sig("($self, *args)", hidden)]
    pub fn readinto1(th: &mut Thread, this: &Object<BufferedRwPair>, args: Rest<'_>) -> Result<Value> {
        let stream = reader(this)?;
        method(th, &stream, "readinto1", args)
    }

    /// Writes to the writer.
    #[sig("($self, *args)", hidden)]
    pub fn write(th: &mut Thread, this: &Object<BufferedRwPair>, args: Rest<'_>) -> Result<Value> {
        let stream = writer(this)?;
        method(th, &stream, "write", args)
    }

    /// Flushes the writer.
    #[sig("($self, *args)", hidden)]
    pub fn flush(th: &mut Thread, this: &Object<BufferedRwPair>, args: Rest<'_>) -> Result<Value> {
        let stream = writer(this)?;
        method(th, &stream, "flush", args)
    }

    /// Whether the reader can be read.
    pub fn readable(th: &mut Thread, this: &Object<BufferedRwPair>) -> Result<Value> {
        let stream = reader(this)?;
        method(th, &stream, "readable", &[])
    }

    /// Whether the writer can be written.
    pub fn writable(th: &mut Thread, this: &Object<BufferedRwPair>) -> Result<Value> {
        let stream = writer(this)?;
        method(th, &stream, "writable", &[])
    }

    /// Closes both.
    pub fn close(th: &mut Thread, this: &Object<BufferedRwPair>) -> Result<Value> {
        let to = writer(this)?;
        let written = method(th, &to, "close", &[]).map(drop);
        let from = reader(this)?;
        let read = method(th, &from, "close", &[]);
        buffered::chain(th, written, read)
    }

    /// Whether either is a terminal.
    pub fn isatty(th: &mut Thread, this: &Object<BufferedRwPair>) -> Result<Value> {
        let to = writer(this)?;
        let answer = method(th, &to, "isatty", &[])?;
        if ops::is_true(th, &answer)? {
            return Ok(answer);
        }
        let from = reader(this)?;
        method(th, &from, "isatty", &[])
    }

    /// whether the writer is closed
    #[getter]
    pub fn closed(th: &mut Thread, this: &Object<BufferedRwPair>) -> Result<Value> {
        let Some(to) = this.payload().writer.get(this.header()) else {
            return Err(runtime::error::runtime_error(
                "the BufferedRWPair object is being garbage-collected",
            ));
        };
        attribute(th, &to, "closed")
    }
}
