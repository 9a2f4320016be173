//! Methods and slots of `TextIOWrapper`, positions aside.

use memory::{Object, Value};
use runtime::Thread;
use runtime::class::{Slots, TypeExt, class_of};
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::{cast, to_value};
use runtime::ops;
use runtime::types::{Str, StrExt, codecs, int};
use threads::sync::atomic::Ordering;

use super::text::{
    self as stream, NewlineMode, Setup, TextIoWrapper, buffer_of, check_open, locked, settings,
};
use super::{attribute, base, buffered, is_true_attribute, method, unsupported};
use crate::support;

/// Slots.
pub fn slots(slots: &Slots) {
    slots.init.set(init);
    slots.repr.set(repr);
    slots.next.set(next);
}

const NAMES: [&str; 6] = ["buffer", "encoding", "errors", "newline", "line_buffering", "write_through"];

fn init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    let Some(this) = cast::<TextIoWrapper>(value) else {
        return Err(type_error("a TextIOWrapper is required"));
    };
    let given = args.positionals();
    if given.len() > NAMES.len() {
        return Err(type_error(format!("TextIOWrapper() takes at most 6 arguments ({} given)", given.len())));
    }
    let mut bound: [Option<Value>; 6] = [const { None }; 6];
    for (slot, value) in bound.iter_mut().zip(given) {
        *slot = Some(value.clone());
    }
    for (key, value) in args.keywords() {
        let text = cast::<Str>(key).map(|key| key.to_string_lossy()).unwrap_or_default();
        match NAMES.iter().position(|&name| name == text) {
            Some(index) if bound[index].is_some() => {
                return Err(type_error(format!(
                    "argument for TextIOWrapper() given by name ('{text}') and position ({})",
                    index + 1
                )));
            }
            Some(index) => bound[index] = Some(value.clone()),
            None => {
                return Err(type_error(format!(
                    "TextIOWrapper() got an unexpected keyword argument '{text}'"
                )));
            }
        }
    }
    let [buffer, encoding, errors, newline, line_buffering, write_through] = bound;
    let Some(buffer) = buffer else {
        return Err(type_error("TextIOWrapper() missing required argument 'buffer' (pos 1)"));
    };
    stream::forget(this);
    if runtime::config::get().warn_default_encoding && encoding.as_ref().is_none_or(Value::is_none) {
        let message = "'encoding' argument not specified";
        runtime::hooks::warn(thread, &runtime::error::ENCODING_WARNING, message, 1)?;
    }
    let newlines = NewlineMode::of(thread, newline.as_ref())?;
    let encoding = stream::encoding_argument(thread, encoding.as_ref())?;
    let errors = errors_argument(thread, errors.as_ref())?;
    let line_buffering = truth(thread, line_buffering.as_ref())?;
    let write_through = truth(thread, write_through.as_ref())?;
    let setup = Setup { buffer: &buffer, encoding, errors, newlines, line_buffering, write_through };
    stream::initialize(thread, this, setup)
}

fn truth(thread: &mut Thread, value: Option<&Value>) -> Result<bool> {
    value.map_or(Ok(false), |value| ops::is_true(thread, value))
}

/// The encoding that `reconfigure` is told: the name ends at a NUL here.
fn reconfigured_encoding(thread: &mut Thread, name: &Value) -> Result<Value> {
    let text = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
    match text.split_once('\0') {
        Some((name, _)) => {
            let name = Str::new(thread, name)?;
            stream::find_codec(thread, &name)?;
            Ok(name)
        }
        None => stream::encoding_argument(thread, Some(name)),
    }
}

/// What `reconfigure` is told of a flag, which may be any int.
fn flag(thread: &mut Thread, value: Option<&Value>) -> Result<Option<bool>> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    let number = ops::index_isize_or(thread, value, |_| {
        runtime::error::overflow_error("Python int too large to convert to C long")
    })?;
    Ok(Some(number != 0))
}

fn errors_argument(thread: &mut Thread, errors: Option<&Value>) -> Result<Value> {
    match errors.filter(|errors| !errors.is_none()) {
        None => Str::new(thread, "strict"),
        Some(value) => match cast::<Str>(value) {
            Some(text) => {
                codecs::name_argument(thread, text)?;
                Ok(value.clone())
            }
            None => Err(type_error(format!(
                "TextIOWrapper() argument 'errors' must be str or None, not {}",
                class_of(value).name_lossy()
            ))),
        },
    }
}

fn repr(thread: &mut Thread, value: &Value) -> Result<Value> {
    let Some(this) = cast::<TextIoWrapper>(value) else {
        return Err(type_error("a TextIOWrapper is required"));
    };
    buffer_of(this).or_else(|raised| match raised.is(&runtime::error::VALUE_ERROR) {
        true if !this.payload().encoding.is_empty() => Ok(Value::none()),
        _ => Err(raised),
    })?;
    super::guarded_repr(thread, value, |thread| {
        let class = class_of(value).full_name(thread);
        let mut text = text::Builder::new();
        text.push_str(&format!("<{class}"));
        for name in ["name", "mode"] {
            match attribute(thread, value, name) {
                Ok(found) => {
                    text.push_str(&format!(" {name}="));
                    let shown = ops::repr(thread, &found)?;
                    if let Some(shown) = cast::<Str>(&shown) {
                        text.push_view(shown.view());
                    }
                }
                Err(raised)
                    if raised.is(&runtime::error::ATTRIBUTE_ERROR)
                        || raised.is(&runtime::error::VALUE_ERROR) => {}
                Err(raised) => return Err(raised),
            }
        }
        let encoding = this.payload().encoding.get(this.header()).unwrap_or_else(Value::none);
        let shown = ops::repr_text(thread, &encoding)?;
        text.push_str(&format!(" encoding={shown}>"));
        Str::from_text(thread, &text.finish())
    })
}

fn next(thread: &mut Thread, value: &Value) -> Result<Option<Value>> {
    use runtime::class::Payload;
    let Some(this) = cast::<TextIoWrapper>(value) else { return Ok(None) };
    buffer_of(this)?;
    stream::set(thread, this, |settings| settings.telling = false);
    let line = if TextIoWrapper::def().is_exact(value) {
        check_open(thread, this)?;
        stream::hand_on(thread, this)?;
        locked(thread, this, |thread| stream::read_line(thread, this, None))?
    } else {
        let line = method(thread, value, "readline", &[])?;
        if cast::<Str>(&line).is_none() {
            return Err(runtime::error::os_error(format!(
                "readline() should have returned a str object, not '{}'",
                class_of(&line).name_lossy()
            )));
        }
        line
    };
    if cast::<Str>(&line).is_some_and(|line| !line.is_empty()) {
        return Ok(Some(line));
    }
    stream::set_snapshot(thread, this, None);
    stream::set(thread, this, |settings| settings.telling = settings.seekable);
    Ok(None)
}

#[native::methods(TextIoWrapper, name = "TextIOWrapper")]
pub mod methods {
    use super::*;

    /// Separate the underlying buffer from the TextIOBase and return it.
    ///
    /// After the underlying buffer has been detached, the TextIO is in an unusable state.
    pub fn detach(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Option<Value>> {
        buffer_of(this)?;
        method(th, &to_value(this), "flush", &[])?;
        Ok(stream::take_buffer(th, this))
    }

    /// Reconfigure the text stream with new parameters.
    ///
    /// This also does an implicit stream flush.
    #[sig(
        "($self, /, *, encoding=None, errors=None, newline=<unrepresentable>, line_buffering=None, write_through=None)"
    )]
    pub fn reconfigure(
        th: &mut Thread,
        this: &Object<TextIoWrapper>,
        encoding: Option<&Value>,
        errors: Option<&Value>,
        newline: Option<&Value>,
        line_buffering: Option<&Value>,
        write_through: Option<&Value>,
    ) -> Result<()> {
        let buffer = buffer_of(this)?;
        let known = settings(th, this);
        let has_read = stream::decoded(th, this).0.is_some() || stream::snapshot(th, this).is_some();
        if known.readable && has_read && (encoding.is_some() || errors.is_some() || newline.is_some()) {
            return Err(unsupported(
                th,
                "It is not possible to set the encoding or newline of stream after the first read",
            ));
        }
        let newlines = match newline {
            Some(newline) => NewlineMode::of(th, Some(newline))?,
            None => known.newlines,
        };
        let line_buffering = flag(th, line_buffering)?.unwrap_or(known.line_buffering);
        let write_through = flag(th, write_through)?.unwrap_or(known.write_through);
        method(th, &to_value(this), "flush", &[])?;
        if encoding.is_some() || errors.is_some() || newline.is_some() {
            let new_encoding = match encoding {
                Some(name) => reconfigured_encoding(th, name)?,
                None => this.payload().encoding.get(this.header()).unwrap_or_else(Value::none),
            };
            let new_errors = match (errors, encoding) {
                (Some(_), _) | (None, Some(_)) => errors_argument(th, errors)?,
                _ => this.payload().errors.get(this.header()).unwrap_or_else(Value::none),
            };
            let (native, info) = stream::find_codec(th, &new_encoding)?;
            stream::set(th, this, |settings| {
                settings.native = native;
                settings.newlines = newlines;
                settings.seen.translate = newlines.translate;
            });
            stream::set_coders(th, this, &buffer, info.as_ref(), &new_errors)?;
            drop(this.payload().encoding.replace(th, this.header(), Some(new_encoding)));
            drop(this.payload().errors.replace(th, this.header(), Some(new_errors)));
            stream::fix_encoder(th, this, &buffer)?;
        }
        stream::set(th, this, |settings| {
            settings.line_buffering = line_buffering;
            settings.write_through = write_through;
        });
        Ok(())
    }

    /// Write string s to stream.
    ///
    /// Return the number of characters written
    /// (which is always equal to the length of the string).
    #[sig("($self, text, /)")]
    pub fn write(th: &mut Thread, this: &Object<TextIoWrapper>, text: &Value) -> Result<usize> {
        if cast::<Str>(text).is_none() {
            return Err(type_error(format!(
                "write() argument must be str, not {}",
                if text.is_none() { "None".to_owned() } else { class_of(text).name_lossy() }
            )));
        }
        stream::write(th, this, text)
    }

    /// Read at most size characters from stream.
    ///
    /// Read from underlying buffer until we have size characters or we hit EOF.
    /// If size is negative or omitted, read until EOF.
    #[sig("($self, size=-1, /)")]
    pub fn read(th: &mut Thread, this: &Object<TextIoWrapper>, size: Option<&Value>) -> Result<Value> {
        buffer_of(this)?;
        let size = base::size_argument(th, size)?;
        check_open(th, this)?;
        if !settings(th, this).readable {
            return Err(unsupported(th, "not readable"));
        }
        stream::hand_on(th, this)?;
        locked(th, this, |thread| match usize::try_from(size) {
            Ok(wanted) => stream::read_chars(thread, this, wanted),
            Err(_) => stream::read_all(thread, this),
        })
    }

    /// Read until newline or EOF.
    ///
    /// Return an empty string if EOF is hit immediately.
    /// If size is specified, at most size characters will be read.
    #[sig("($self, size=-1, /)")]
    pub fn readline(th: &mut Thread, this: &Object<TextIoWrapper>, size: Option<&Value>) -> Result<Value> {
        buffer_of(this)?;
        let limit = usize::try_from(base::size_argument(th, size)?).ok();
        check_open(th, this)?;
        stream::hand_on(th, this)?;
        locked(th, this, |thread| stream::read_line(thread, this, limit))
    }

    /// Writes what waits to be written.
    pub fn flush(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<()> {
        let buffer = check_open(th, this)?;
        stream::set(th, this, |settings| settings.telling = settings.seekable);
        stream::hand_on(th, this)?;
        stream::flush_buffer(th, &buffer)
    }

    /// Closes the stream, after what waits to be written has been.
    pub fn close(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        let buffer = buffer_of(this)?;
        let value = to_value(this);
        // Whoever is asked may have taken the binary stream away.
        if is_true_attribute(th, &value, "closed")? || stream::is_detached(this) {
            return Ok(Value::none());
        }
        if this.payload().finalizing.load(Ordering::Relaxed) {
            let name = runtime::interned!(th, "_dealloc_warn")?;
            if let Some(warn) = runtime::class::lookup::getattr_or_none(th, &buffer, name)? {
                runtime::call::call_one(th, &warn, &value)?;
            }
        }
        let flushed = method(th, &value, "flush", &[]).map(drop);
        let closed = method(th, &buffer, "close", &[]);
        buffered::chain(th, flushed, closed)
    }

    /// The descriptor of the binary stream.
    pub fn fileno(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        let buffer = buffer_of(this)?;
        method(th, &buffer, "fileno", &[])
    }

    /// Whether the binary stream has positions.
    pub fn seekable(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        let buffer = buffer_of(this)?;
        method(th, &buffer, "seekable", &[])
    }

    /// Whether the binary stream can be read.
    pub fn readable(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        let buffer = buffer_of(this)?;
        method(th, &buffer, "readable", &[])
    }

    /// Whether the binary stream can be written.
    pub fn writable(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        let buffer = buffer_of(this)?;
        method(th, &buffer, "writable", &[])
    }

    /// Whether the binary stream is a terminal.
    pub fn isatty(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        let buffer = buffer_of(this)?;
        method(th, &buffer, "isatty", &[])
    }

    /// whether the binary stream is closed
    #[getter]
    pub fn closed(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        if stream::is_new(this) {
            return Ok(Value::from_bool(true));
        }
        let buffer = buffer_of(this)?;
        attribute(th, &buffer, "closed")
    }

    /// the name of the binary stream
    #[getter]
    pub fn name(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        let buffer = buffer_of(this)?;
        attribute(th, &buffer, "name")
    }

    /// the encoding
    #[getter]
    pub fn encoding(this: &Object<TextIoWrapper>) -> Option<Value> {
        this.payload().encoding.get(this.header())
    }

    /// the error handler
    #[getter]
    pub fn errors(this: &Object<TextIoWrapper>) -> Result<Option<Value>> {
        if this.payload().errors.is_empty() {
            return Err(value_error("I/O operation on uninitialized object"));
        }
        Ok(this.payload().errors.get(this.header()))
    }

    /// the newlines that have been read
    #[getter]
    pub fn newlines(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        buffer_of(this)?;
        stream::newlines_seen(th, this)
    }

    /// the binary stream
    #[getter]
    pub fn buffer(this: &Object<TextIoWrapper>) -> Result<Value> {
        buffer_of(this)
    }

    /// whether lines are flushed
    #[getter]
    pub fn line_buffering(th: &mut Thread, this: &Object<TextIoWrapper>) -> bool {
        settings(th, this).line_buffering
    }

    /// whether what is written is handed on at once
    #[getter]
    pub fn write_through(th: &mut Thread, this: &Object<TextIoWrapper>) -> bool {
        settings(th, this).write_through
    }

    /// whether the stream is being finalized
    #[getter]
    pub fn _finalizing(this: &Object<TextIoWrapper>) -> bool {
        this.payload().finalizing.load(Ordering::Relaxed)
    }

    /// Sets it.
    #[setter("_finalizing")]
    pub fn set_finalizing(this: &Object<TextIoWrapper>, new: Option<&Value>) -> Result<()> {
        let on = support::flag(new)?;
        this.payload().finalizing.store(on, Ordering::Relaxed);
        Ok(())
    }

    /// bytes that are read at once
    #[getter]
    #[name("_CHUNK_SIZE")]
    pub fn chunk_size(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        buffer_of(this)?;
        let bytes = settings(th, this).chunk_bytes;
        int::from_i64(th, bytes as i64)
    }

    /// Sets it.
    #[setter("_CHUNK_SIZE")]
    pub fn set_chunk_size(th: &mut Thread, this: &Object<TextIoWrapper>, new: Option<&Value>) -> Result<()> {
        buffer_of(this)?;
        let Some(new) = new else {
            return Err(runtime::error::attribute_error(
                "attribute '_CHUNK_SIZE' of '_io.TextIOWrapper' objects cannot be deleted",
            ));
        };
        let bytes = ops::index_isize_or(th, new, |new| {
            value_error(format!("cannot fit '{}' into an index-sized integer", class_of(new).name_lossy()))
        })?;
        let Some(bytes) = usize::try_from(bytes).ok().filter(|&bytes| bytes > 0) else {
            return Err(value_error("a strictly positive integer is required"));
        };
        stream::set(th, this, |settings| settings.chunk_bytes = bytes);
        Ok(())
    }

    /// Streams cannot be pickled.
    #[sig("($self)", hidden)]
    pub fn __getstate__(this: &Value) -> Result<Value> {
        Err(type_error(format!("cannot pickle '{}' instances", class_of(this).name_lossy())))
    }
}
