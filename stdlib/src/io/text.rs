//! `TextIOWrapper`: text over a buffered binary stream. State, decoding and encoding.
//!
//! UTF-8, Latin-1 and ASCII are decoded and encoded here; every other encoding by the codec that the registry finds.
//!
//! * INV-TEXT-1: reading, and handing pending bytes on, happens under `lock`, which its holder may take again (the
//!   streams below may call back). Adding to the pending bytes needs a short section only: writers do not wait for each
//!   other, and a piece of text that is written in one call stays in one piece.

use memory::{Exclusive, Guarded, Object, Slot, Value};
use runtime::Thread;
use runtime::class::{Type, TypeExt, class_of};
use runtime::error::{Result, type_error, value_error};
use runtime::native::{self, Args, Finalizer};
use runtime::object::{cast, cast_exact};
use runtime::types::codecs::{self, Encoding};
use runtime::types::{Bytes, BytesExt, Str, StrExt, Tuple, TupleExt, buffers, int};
use runtime::{call, ops};
use text::{Builder, Chars, View};
use threads::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use threads::{Acquire, RLock, Wait};

use super::base::{self, TEXT_IO_BASE};
use super::buffered::{self, Buffered};
use super::newlines::{self, IncrementalNewlineDecoder, Newlines};
use super::{buffered_methods, method, text_methods, unsupported};

/// Text over a binary stream.
#[native::class(
    "TextIOWrapper",
    module = "_io",
    base = TEXT_IO_BASE,
    basetype,
    dict,
    weakref,
    methods(text_methods::methods, super::text_position::methods),
    slots = text_methods::slots,
    object_new = new,
    signature = "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
    finalizer = Finalizer { wants: |_| true, run: base::finalize },
    doc = "Character and line based layer over a BufferedIOBase object, buffer.\n\nencoding gives the name of the encoding that the stream will be\ndecoded or encoded with. It defaults to locale.getencoding().\n\nerrors determines the strictness of encoding and decoding (see\nhelp(codecs.Codec) or the documentation for codecs.register) and\ndefaults to \"strict\".\n\nnewline controls how line endings are handled. It can be None, '',\n'\\n', '\\r', and '\\r\\n'.  It works as follows:\n\n* On input, if newline is None, universal newlines mode is\n  enabled. Lines in the input can end in '\\n', '\\r', or '\\r\\n', and\n  these are translated into '\\n' before being returned to the\n  caller. If it is '', universal newline mode is enabled, but line\n  endings are returned to the caller untranslated. If it has any of\n  the other legal values, input lines are only terminated by the given\n  string, and the line ending is returned to the caller untranslated.\n\n* On output, if newline is None, any '\\n' characters written are\n  translated to the system default line separator, os.linesep. If\n  newline is '' or '\\n', no translation takes place. If newline is any\n  of the other legal values, any '\\n' characters written are translated\n  to the given string.\n\nIf line_buffering is True, a call to flush is implied when a call to\nwrite contains a newline character."
)]
pub struct TextIoWrapper {
    /// EMPTY before `__init__` and after `detach`.
    #[trace]
    pub buffer: Slot,
    /// The name of the encoding.
    #[trace]
    pub encoding: Slot,
    /// The name of the error handler.
    #[trace]
    pub errors: Slot,
    /// The incremental encoder of an encoding that is not known here.
    #[trace]
    pub encoder: Slot,
    /// The incremental decoder of an encoding that is not known here.
    #[trace]
    decoder: Slot,
    /// Text that was decoded; the first `used` characters have been handed out.
    #[trace]
    decoded: Slot,
    phase: AtomicU8,
    /// Whether the stream is about to die.
    pub finalizing: AtomicBool,
    #[untraced]
    lock: RLock,
    #[untraced]
    state: Guarded<State>,
}

/// Nobody has called `__init__`.
const NEW: u8 = 0;
/// In use.
const READY: u8 = 1;
/// The binary stream has been taken away.
const DETACHED: u8 = 2;

/// How newlines are read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewlineMode {
    /// Any newline ends a line.
    pub universal: bool,
    /// `\n` takes the place of the others in what is read.
    pub translate: bool,
    /// What ends a line, if not any newline does; `None` is `\n`.
    pub ends: Option<&'static str>,
    /// What takes the place of `\n` in what is written.
    pub write: Option<&'static str>,
}

impl NewlineMode {
    /// What `newline=` says.
    ///
    /// # Errors
    /// ValueError for what is no newline, TypeError for what is no str.
    pub fn of(thread: &mut Thread, newline: Option<&Value>) -> Result<Self> {
        let Some(value) = newline.filter(|newline| !newline.is_none()) else {
            return Ok(Self { universal: true, translate: true, ends: None, write: None });
        };
        let Some(text) = cast::<Str>(value) else {
            return Err(type_error(format!(
                "TextIOWrapper() argument 'newline' must be str or None, not {}",
                class_of(value).name_lossy()
            )));
        };
        match text.to_string_lossy().as_str() {
            "" => Ok(Self { universal: true, translate: false, ends: None, write: None }),
            "\n" => Ok(Self { ends: Some("\n"), ..Self::default() }),
            "\r" => Ok(Self { ends: Some("\r"), write: Some("\r"), ..Self::default() }),
            "\r\n" => Ok(Self { ends: Some("\r\n"), write: Some("\r\n"), ..Self::default() }),
            _ => {
                let shown = ops::repr_text(thread, value)?;
                Err(value_error(format!("illegal newline value: {shown}")))
            }
        }
    }
}

/// How the stream behaves, and where it stands. Copied out and put back.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Newlines.
    pub newlines: NewlineMode,
    /// Flush at the end of a line.
    pub line_buffering: bool,
    /// Hand on at once.
    pub write_through: bool,
    /// Whether the binary stream has positions.
    pub seekable: bool,
    /// Whether `tell` is possible now: not while the stream is iterated.
    pub telling: bool,
    /// Whether the binary stream has `read1`.
    pub has_read1: bool,
    /// The encoding, if it is known here.
    pub native: Option<Encoding>,
    /// Whether there is a decoder.
    pub readable: bool,
    /// Whether there is an encoder.
    pub writable: bool,
    /// Bytes that are read at once, and collected before they are written.
    pub chunk_bytes: usize,
    /// Characters of the decoded text that have been handed out.
    pub used: usize,
    /// Bytes of a character, as last seen.
    pub bytes_per_char: f64,
    /// What the native decoder knows of newlines.
    pub seen: Newlines,
}

#[derive(Debug)]
struct State {
    settings: Settings,
    /// Encoded text that has not been handed on.
    pending: Vec<u8>,
    /// Bytes of a character that is not complete, in the native decoder.
    partial: Vec<u8>,
    /// The decoder's flags, and the bytes that were read, before the decoded text was decoded.
    /// Boxed: payloads are aligned to 8 bytes, and 128-bit numbers to 16.
    snapshot: Option<Box<(i128, Vec<u8>)>>,
}

impl Default for State {
    fn default() -> Self {
        let settings = Settings {
            newlines: NewlineMode::default(),
            line_buffering: false,
            write_through: false,
            seekable: false,
            telling: false,
            has_read1: false,
            native: None,
            readable: false,
            writable: false,
            chunk_bytes: 8192,
            used: 0,
            bytes_per_char: 0.0,
            seen: Newlines::default(),
        };
        Self { settings, pending: Vec::new(), partial: Vec::new(), snapshot: None }
    }
}

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    runtime::types::instance::check_new(thread, class, args)?;
    let payload = TextIoWrapper {
        buffer: Slot::new(None),
        encoding: Slot::new(None),
        errors: Slot::new(None),
        encoder: Slot::new(None),
        decoder: Slot::new(None),
        decoded: Slot::new(None),
        phase: AtomicU8::new(NEW),
        finalizing: AtomicBool::new(false),
        lock: RLock::new(),
        state: Guarded::new(State::default()),
    };
    runtime::object::new_of(thread, class, payload)
}

fn edit<R>(thread: &mut Thread, stream: &Object<TextIoWrapper>, f: impl FnOnce(&mut State) -> R) -> R {
    let mut section = Exclusive::open(thread, stream);
    f(section.get(|stream| &stream.state))
}

/// The stream's settings.
pub fn settings(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Settings {
    edit(thread, stream, |state| state.settings)
}

/// Changes the stream's settings.
pub fn set(thread: &mut Thread, stream: &Object<TextIoWrapper>, change: impl FnOnce(&mut Settings)) {
    edit(thread, stream, |state| change(&mut state.settings));
}

/// The binary stream.
///
/// # Errors
/// ValueError before `__init__` and after `detach`.
pub fn buffer_of(stream: &Object<TextIoWrapper>) -> Result<Value> {
    let this = stream.payload();
    match this.phase.load(Ordering::Acquire) {
        READY => {
            this.buffer.get(stream.header()).ok_or_else(|| value_error("underlying buffer has been detached"))
        }
        DETACHED => Err(value_error("underlying buffer has been detached")),
        _ => Err(value_error("I/O operation on uninitialized object")),
    }
}

/// Whether nobody has called `__init__`, or it has failed.
pub fn is_new(stream: &Object<TextIoWrapper>) -> bool {
    stream.payload().phase.load(Ordering::Acquire) == NEW
}

/// Whether the binary stream has been taken away.
pub fn is_detached(stream: &Object<TextIoWrapper>) -> bool {
    stream.payload().phase.load(Ordering::Acquire) == DETACHED
}

/// Makes the stream one that is not initialised, as it is when `__init__` begins.
pub fn forget(stream: &Object<TextIoWrapper>) {
    stream.payload().phase.store(NEW, Ordering::Release);
}

/// Raises if the stream is closed. The binary stream, otherwise.
///
/// # Errors
/// ValueError.
pub fn check_open(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Result<Value> {
    let buffer = buffer_of(stream)?;
    let closed = match known_file(&buffer) {
        Some(closed) => closed,
        None => super::is_true_attribute(thread, &runtime::object::to_value(stream), "closed")?,
    };
    if closed { Err(base::closed_error()) } else { Ok(buffer) }
}

/// Whether the file below a buffered stream is closed, if both are of the types that are known here.
fn known_file(buffer: &Value) -> Option<bool> {
    let exact = buffered::READER.is_exact(buffer)
        || buffered::WRITER.is_exact(buffer)
        || buffered::RANDOM.is_exact(buffer);
    let stream = cast::<Buffered>(buffer).filter(|_| exact)?;
    let raw = buffered::raw_of(stream).ok()?;
    super::file::exact(&raw).map(super::file::is_closed)
}

/// Runs an operation under the stream's lock.
///
/// # Errors
/// What a signal handler or `f` raises.
pub fn locked<R>(
    thread: &mut Thread,
    stream: &Object<TextIoWrapper>,
    f: impl FnOnce(&mut Thread) -> Result<R>,
) -> Result<R> {
    let lock = &stream.payload().lock;
    while !lock.inherit(thread) {
        match lock.acquire(thread, Wait::Forever) {
            Ok(Acquire::Acquired) => break,
            Ok(_) => crate::support::check_signals(thread)?,
            Err(_) => return Err(runtime::error::recursion_error("a stream called itself too often")),
        }
    }
    let result = f(thread);
    // This thread's.
    let _ = lock.release(thread);
    result
}

/// What `__init__` and `reconfigure` set a stream up with.
pub struct Setup<'a> {
    /// The binary stream.
    pub buffer: &'a Value,
    /// The name of the encoding.
    pub encoding: Value,
    /// The name of the error handler.
    pub errors: Value,
    /// Newlines.
    pub newlines: NewlineMode,
    /// Flush at the end of a line.
    pub line_buffering: bool,
    /// Hand on at once.
    pub write_through: bool,
}

fn text_of(value: &Value) -> String {
    cast::<Str>(value).map(|text| text.to_string_lossy()).unwrap_or_default()
}

/// The codec that the registry has under a name.
fn codec(thread: &mut Thread, encoding: &str) -> Result<Value> {
    let info = codecs::registry::look_up(thread, encoding)?;
    let name = runtime::interned!(thread, "_is_text_encoding")?;
    if let Some(flag) = runtime::class::lookup::getattr_or_none(thread, &info, name)?
        && !ops::is_true(thread, &flag)?
    {
        return Err(runtime::error::lookup_error(format!(
            "'{encoding}' is not a text encoding; use codecs.open() to handle arbitrary codecs"
        )));
    }
    Ok(info)
}

/// Sets the stream up, when it is initialised.
///
/// # Errors
/// LookupError for an unknown encoding, what the binary stream raises.
pub fn initialize(thread: &mut Thread, stream: &Object<TextIoWrapper>, setup: Setup<'_>) -> Result<()> {
    let this = stream.payload();
    let encoding = text_of(&setup.encoding);
    // The names of error handlers that are not known here are looked up when they are needed, or at once in development.
    if runtime::config::get().dev_mode {
        let errors = text_of(&setup.errors);
        codecs::handlers::look_up(thread, &errors)?;
    }
    let native = Encoding::find(&encoding).filter(|encoding| encoding.extends_ascii());
    let info = if native.is_none() { Some(codec(thread, &encoding)?) } else { None };
    edit(thread, stream, |state| *state = State::default());
    drop(this.decoded.replace(thread, stream.header(), None));
    drop(this.encoding.replace(thread, stream.header(), Some(setup.encoding.clone())));
    drop(this.errors.replace(thread, stream.header(), Some(setup.errors.clone())));
    set(thread, stream, |settings| {
        settings.native = native;
        settings.newlines = setup.newlines;
        settings.line_buffering = setup.line_buffering;
        settings.write_through = setup.write_through;
        settings.seen = Newlines { translate: setup.newlines.translate, ..Newlines::default() };
    });
    set_coders(thread, stream, setup.buffer, info.as_ref(), &setup.errors)?;
    let seekable = method(thread, setup.buffer, "seekable", &[])?;
    let seekable = ops::is_true(thread, &seekable)?;
    let read1 = runtime::interned!(thread, "read1")?;
    let has_read1 = runtime::class::lookup::getattr_or_none(thread, setup.buffer, read1)?.is_some();
    set(thread, stream, |settings| {
        settings.seekable = seekable;
        settings.telling = seekable;
        settings.has_read1 = has_read1;
    });
    drop(this.buffer.replace(thread, stream.header(), Some(setup.buffer.clone())));
    fix_encoder(thread, stream, setup.buffer)?;
    this.phase.store(READY, Ordering::Release);
    Ok(())
}

/// Makes the decoder and the encoder, if the binary stream can be read and written.
///
/// # Errors
/// What they or the binary stream raise.
pub fn set_coders(
    thread: &mut Thread,
    stream: &Object<TextIoWrapper>,
    buffer: &Value,
    info: Option<&Value>,
    errors: &Value,
) -> Result<()> {
    let this = stream.payload();
    let readable = method(thread, buffer, "readable", &[])?;
    let readable = ops::is_true(thread, &readable)?;
    let mut decoder = None;
    if let (Some(info), true) = (info, readable) {
        let made = method(thread, info, "incrementaldecoder", std::slice::from_ref(errors))?;
        let mode = settings(thread, stream).newlines;
        decoder = Some(if mode.universal {
            use runtime::class::Payload;
            let class = IncrementalNewlineDecoder::def().value();
            call::call_positional(thread, &class, &[made, Value::from_bool(mode.translate)])?
        } else {
            made
        });
    }
    let writable = method(thread, buffer, "writable", &[])?;
    let writable = ops::is_true(thread, &writable)?;
    let mut encoder = None;
    if let (Some(info), true) = (info, writable) {
        encoder = Some(method(thread, info, "incrementalencoder", std::slice::from_ref(errors))?);
    }
    drop(this.decoder.replace(thread, stream.header(), decoder));
    drop(this.encoder.replace(thread, stream.header(), encoder));
    set(thread, stream, |settings| (settings.readable, settings.writable) = (readable, writable));
    Ok(())
}

/// An encoder that writes a mark at the start must not write it in the middle of a file.
///
/// # Errors
/// What the binary stream or the encoder raises.
pub fn fix_encoder(thread: &mut Thread, stream: &Object<TextIoWrapper>, buffer: &Value) -> Result<()> {
    let Some(encoder) = stream.payload().encoder.get(stream.header()) else { return Ok(()) };
    if !settings(thread, stream).seekable {
        return Ok(());
    }
    let position = method(thread, buffer, "tell", &[])?;
    let zero = int::from_i64(thread, 0)?;
    if !ops::compare_bool(thread, &position, &zero, runtime::class::Comparison::Eq)? {
        method(thread, &encoder, "setstate", &[zero])?;
    }
    Ok(())
}

/// Takes the binary stream away.
pub fn take_buffer(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Option<Value> {
    let this = stream.payload();
    let buffer = this.buffer.replace(thread, stream.header(), None).keep();
    this.phase.store(DETACHED, Ordering::Release);
    buffer
}

/// Which newlines have been seen.
///
/// # Errors
/// What the decoder raises.
pub fn newlines_seen(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Result<Value> {
    let known = settings(thread, stream);
    if !known.readable {
        return Ok(Value::none());
    }
    match stream.payload().decoder.get(stream.header()) {
        Some(decoder) => match newlines::seen_by(thread, &decoder) {
            Some(seen) => newlines::seen_value(thread, seen),
            None => {
                let name = runtime::interned!(thread, "newlines")?;
                let found = runtime::class::lookup::getattr_or_none(thread, &decoder, name)?;
                Ok(found.unwrap_or_else(Value::none))
            }
        },
        None if known.newlines.universal => newlines::seen_value(thread, known.seen.seen),
        None => Ok(Value::none()),
    }
}

// ---- Decoding -------------------------------------------------------------------------------------------------------

/// Decodes the bytes of `input`, which come next.
///
/// # Errors
/// UnicodeDecodeError, what the decoder raises.
pub fn decode(
    thread: &mut Thread,
    stream: &Object<TextIoWrapper>,
    input: &Value,
    last: bool,
) -> Result<Value> {
    if let Some(decoder) = stream.payload().decoder.get(stream.header()) {
        return newlines::decode_with(thread, &decoder, input, last);
    }
    let known = settings(thread, stream);
    let Some(encoding) = known.native else { return Err(unsupported(thread, "not readable")) };
    let partial = edit(thread, stream, |state| std::mem::take(&mut state.partial));
    let lent = buffers::bytes_of(thread, input)?;
    let piece = if partial.is_empty() && lent.is_ascii() {
        Str::from_latin1(thread, &lent)?
    } else {
        let all = if partial.is_empty() { lent.to_vec() } else { [&partial[..], &lent[..]].concat() };
        let value = Bytes::new(thread, &all)?;
        let errors =
            stream.payload().errors.get(stream.header()).map(|errors| text_of(&errors)).unwrap_or_default();
        let (text, used) = encoding.decode(thread, &value, &all, &errors, last)?;
        edit(thread, stream, |state| state.partial = all[used.min(all.len())..].to_vec());
        Str::from_text(thread, &text)?
    };
    if !known.newlines.universal {
        return Ok(piece);
    }
    let mut seen = known.seen;
    let piece = seen.feed(thread, &piece, last)?;
    set(thread, stream, |settings| settings.seen = seen);
    Ok(piece)
}

/// The decoder's state: bytes that wait for more, and flags.
///
/// # Errors
/// What the decoder raises; TypeError if it answers nonsense.
pub fn decoder_state(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Result<(Vec<u8>, i128)> {
    let Some(decoder) = stream.payload().decoder.get(stream.header()) else {
        return Ok(edit(thread, stream, |state| {
            let pending = state.settings.newlines.universal && state.settings.seen.pending_cr;
            (state.partial.clone(), i128::from(pending))
        }));
    };
    let state = method(thread, &decoder, "getstate", &[])?;
    let items = cast::<Tuple>(&state).map(|state| state.items().to_vec());
    let Some([bytes, flags]) = items.as_deref() else { return Err(type_error("illegal decoder state")) };
    let Some(bytes) = cast::<Bytes>(bytes).map(|bytes| bytes.bytes().to_vec()) else {
        return Err(type_error(format!(
            "illegal decoder state: the first item should be a bytes object, not '{}'",
            class_of(bytes).name_lossy()
        )));
    };
    Ok((bytes, ops::index_i128(thread, flags)?))
}

/// Sets the decoder's state.
///
/// # Errors
/// What the decoder raises.
pub fn set_decoder_state(
    thread: &mut Thread,
    stream: &Object<TextIoWrapper>,
    bytes: &[u8],
    flags: i128,
) -> Result<()> {
    let Some(decoder) = stream.payload().decoder.get(stream.header()) else {
        edit(thread, stream, |state| {
            state.partial = bytes.to_vec();
            state.settings.seen.pending_cr = flags & 1 != 0;
        });
        return Ok(());
    };
    let state = vec![Bytes::new(thread, bytes)?, int::from_i128(thread, flags)?];
    let state = Tuple::new(thread, state)?;
    method(thread, &decoder, "setstate", &[state]).map(drop)
}

/// Makes the decoder forget everything.
///
/// # Errors
/// What the decoder raises.
pub fn reset_decoder(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Result<()> {
    match stream.payload().decoder.get(stream.header()) {
        Some(decoder) => method(thread, &decoder, "reset", &[]).map(drop),
        None => {
            edit(thread, stream, |state| {
                state.partial.clear();
                state.settings.seen.pending_cr = false;
                state.settings.seen.seen = 0;
            });
            Ok(())
        }
    }
}

/// The decoded text, and how much of it has been handed out.
pub fn decoded(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> (Option<Value>, usize) {
    let text = stream.payload().decoded.get(stream.header());
    (text, settings(thread, stream).used)
}

/// Sets the decoded text, none of which has been handed out.
pub fn set_decoded(thread: &mut Thread, stream: &Object<TextIoWrapper>, text: Option<Value>) {
    drop(stream.payload().decoded.replace(thread, stream.header(), text));
    set(thread, stream, |settings| settings.used = 0);
}

/// The state before the decoded text was decoded.
pub fn snapshot(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Option<(i128, Vec<u8>)> {
    edit(thread, stream, |state| state.snapshot.as_deref().cloned())
}

/// Sets it.
pub fn set_snapshot(thread: &mut Thread, stream: &Object<TextIoWrapper>, snapshot: Option<(i128, Vec<u8>)>) {
    let before = edit(thread, stream, |state| std::mem::replace(&mut state.snapshot, snapshot.map(Box::new)));
    drop(before);
}

/// Takes at most so many characters of the decoded text.
///
/// # Errors
/// MemoryError.
pub fn take_decoded(
    thread: &mut Thread,
    stream: &Object<TextIoWrapper>,
    most: Option<usize>,
) -> Result<Value> {
    let (text, used) = decoded(thread, stream);
    let Some(text) = text else { return Str::empty(thread) };
    let Some(chars) = cast::<Str>(&text) else { return Str::empty(thread) };
    let available = chars.len().saturating_sub(used);
    let count = most.map_or(available, |most| most.min(available));
    set(thread, stream, |settings| settings.used = used + count);
    if count == chars.len() && count > 0 {
        return Ok(text);
    }
    Str::from_view(thread, chars.view().slice(used.min(chars.len())..used.min(chars.len()) + count))
}

/// Reads and decodes the next piece; false at the end.
///
/// # Errors
/// UnsupportedOperation for a stream that cannot be read; what the binary stream or the decoder raises.
pub fn read_chunk(thread: &mut Thread, stream: &Object<TextIoWrapper>, wanted: usize) -> Result<bool> {
    let buffer = buffer_of(stream)?;
    let known = settings(thread, stream);
    if !known.readable {
        return Err(unsupported(thread, "not readable"));
    }
    let before = if known.telling { Some(decoder_state(thread, stream)?) } else { None };
    let hint = (known.bytes_per_char.max(1.0) * wanted as f64) as usize;
    let size = known.chunk_bytes.max(if known.bytes_per_char > 0.0 { hint } else { wanted });
    let name = if known.has_read1 { "read1" } else { "read" };
    let input = if buffered::READER.is_exact(&buffer) || buffered::RANDOM.is_exact(&buffer) {
        let Some(reader) = cast::<Buffered>(&buffer) else { return Ok(false) };
        let bytes = buffered_methods::read_once(thread, reader, size)?;
        Bytes::new(thread, &bytes)?
    } else {
        let size = int::from_i64(thread, size as i64)?;
        method(thread, &buffer, name, &[size])?
    };
    if !buffers::is_buffer(&input) {
        return Err(type_error(format!(
            "underlying {name}() should have returned a bytes-like object, not '{}'",
            class_of(&input).name_lossy()
        )));
    }
    let count = buffers::bytes_of(thread, &input)?.len();
    let at_end = count == 0;
    let text = decode(thread, stream, &input, at_end)?;
    let chars = cast::<Str>(&text).map_or(0, |text| text.len());
    set_decoded(thread, stream, Some(text));
    set(thread, stream, |settings| {
        settings.bytes_per_char = if chars > 0 { count as f64 / chars as f64 } else { 0.0 };
    });
    if let Some((mut bytes, flags)) = before {
        bytes.extend_from_slice(&buffers::bytes_of(thread, &input)?);
        set_snapshot(thread, stream, Some((flags, bytes)));
    }
    Ok(chars > 0 || !at_end)
}

/// `read()`: all there is.
///
/// # Errors
/// As [`read_chunk`].
pub fn read_all(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Result<Value> {
    let buffer = buffer_of(stream)?;
    let input = method(thread, &buffer, "read", &[])?;
    if input.is_none() {
        return Err(runtime::error::blocking_io_error("Read returned None."));
    }
    let rest = decode(thread, stream, &input, true)?;
    let before = take_decoded(thread, stream, None)?;
    set_decoded(thread, stream, None);
    set_snapshot(thread, stream, None);
    join(thread, &before, &rest)
}

fn join(thread: &mut Thread, first: &Value, second: &Value) -> Result<Value> {
    let (Some(a), Some(b)) = (cast::<Str>(first), cast::<Str>(second)) else { return Ok(second.clone()) };
    if a.is_empty() {
        return Ok(second.clone());
    }
    if b.is_empty() {
        return Ok(first.clone());
    }
    let mut text = Builder::with_capacity(a.len() + b.len());
    text.push_view(a.view());
    text.push_view(b.view());
    Str::from_text(thread, &text.finish())
}

/// `read(n)`.
///
/// # Errors
/// As [`read_chunk`].
pub fn read_chars(thread: &mut Thread, stream: &Object<TextIoWrapper>, wanted: usize) -> Result<Value> {
    let mut result = take_decoded(thread, stream, Some(wanted))?;
    let length = |value: &Value| cast::<Str>(value).map_or(0, |text| text.len());
    let mut parts: Option<Builder> = None;
    let mut left = wanted - length(&result);
    while left > 0 {
        if !read_chunk(thread, stream, left)? {
            break;
        }
        let piece = take_decoded(thread, stream, Some(left))?;
        left -= length(&piece);
        if let (None, 0) = (&parts, length(&result)) {
            result = piece;
            continue;
        }
        let builder = parts.get_or_insert_with(|| {
            let mut builder = Builder::new();
            if let Some(text) = cast::<Str>(&result) {
                builder.push_view(text.view());
            }
            builder
        });
        if let Some(text) = cast::<Str>(&piece) {
            builder.push_view(text.view());
        }
    }
    match parts {
        Some(parts) => Str::from_text(thread, &parts.finish()),
        None => Ok(result),
    }
}

/// `readline(limit)`.
///
/// # Errors
/// As [`read_chunk`].
pub fn read_line(thread: &mut Thread, stream: &Object<TextIoWrapper>, limit: Option<usize>) -> Result<Value> {
    let mode = settings(thread, stream).newlines;
    // Text translated to `\n` has no other newlines.
    let (universal, ends) = match (mode.translate, mode.universal) {
        (true, _) => (false, "\n"),
        (false, true) => (true, "\n"),
        (false, false) => (false, mode.ends.unwrap_or("\n")),
    };
    // What earlier pieces have of the line.
    let mut before = Builder::new();
    loop {
        let (text, used) = decoded(thread, stream);
        let remaining = text.as_ref().and_then(cast::<Str>).filter(|text| text.len() > used);
        let Some(chars) = remaining else {
            set_decoded(thread, stream, None);
            if read_chunk(thread, stream, 0)? {
                continue;
            }
            set_decoded(thread, stream, None);
            set_snapshot(thread, stream, None);
            return Str::from_text(thread, &before.finish());
        };
        let view = chars.view();
        // A newline of two characters may have its first in an earlier piece.
        let split = !before.is_empty()
            && ((ends == "\r\n" || universal) && last_of(&before) == Some(b'\r'.into()))
            && view.at(used) == u32::from(b'\n');
        let mut end = if split { Some(used + 1) } else { newlines::line_end(view, used, universal, ends) };
        if universal && !split && last_of(&before) == Some(b'\r'.into()) {
            end = Some(used); // the line ended with the earlier piece
        }
        let mut stop = end.unwrap_or(view.len());
        if let Some(limit) = limit
            && before.len() + (stop - used) >= limit
        {
            stop = used + (limit - before.len());
            end = Some(stop);
        }
        if end.is_some() {
            let line = if before.is_empty() {
                Str::from_view(thread, view.slice(used..stop))?
            } else {
                before.push_view(view.slice(used..stop));
                Str::from_text(thread, &before.finish())?
            };
            if stop == view.len() && stop == used {
                set_decoded(thread, stream, None);
            } else {
                set(thread, stream, |settings| settings.used = stop);
            }
            return Ok(line);
        }
        before.push_view(view.slice(used..view.len()));
        set_decoded(thread, stream, None);
    }
}

fn last_of(builder: &Builder) -> Option<u32> {
    let view = builder.view();
    view.len().checked_sub(1).map(|last| view.at(last))
}

// ---- Encoding -------------------------------------------------------------------------------------------------------

/// Hands pending bytes on to the binary stream.
///
/// # Errors
/// What the binary stream raises.
pub fn hand_on(thread: &mut Thread, stream: &Object<TextIoWrapper>) -> Result<()> {
    if edit(thread, stream, |state| state.pending.is_empty()) {
        return Ok(());
    }
    locked(thread, stream, |thread| {
        let buffer = buffer_of(stream)?;
        let pending = edit(thread, stream, |state| std::mem::take(&mut state.pending));
        if pending.is_empty() {
            return Ok(());
        }
        if let Some(writer) = cast::<Buffered>(&buffer)
            && (buffered::WRITER.is_exact(&buffer) || buffered::RANDOM.is_exact(&buffer))
        {
            return buffered_methods::write_bytes(thread, writer, &pending).map(drop);
        }
        let bytes = Bytes::new(thread, &pending)?;
        loop {
            match method(thread, &buffer, "write", std::slice::from_ref(&bytes)) {
                Err(raised) if raised.is(&runtime::error::INTERRUPTED_ERROR) => {
                    crate::support::check_signals(thread)?;
                }
                result => return result.map(drop),
            }
        }
    })
}

fn encode(
    thread: &mut Thread,
    stream: &Object<TextIoWrapper>,
    text: &Value,
    known: &Settings,
) -> Result<Vec<u8>> {
    if let Some(encoder) = stream.payload().encoder.get(stream.header()) {
        let bytes = method(thread, &encoder, "encode", std::slice::from_ref(text))?;
        let Some(bytes) = cast::<Bytes>(&bytes) else {
            return Err(type_error(format!(
                "encoder should return a bytes object, not '{}'",
                class_of(&bytes).name_lossy()
            )));
        };
        return Ok(bytes.bytes().to_vec());
    }
    let Some(encoding) = known.native.filter(|_| known.writable) else {
        return Err(unsupported(thread, "not writable"));
    };
    let errors =
        stream.payload().errors.get(stream.header()).map(|errors| text_of(&errors)).unwrap_or_default();
    encoding.encode(thread, text, &errors)
}

/// `write(text)`.
///
/// # Errors
/// UnsupportedOperation, UnicodeEncodeError, what the binary stream raises.
pub fn write(thread: &mut Thread, stream: &Object<TextIoWrapper>, text: &Value) -> Result<usize> {
    let buffer = check_open(thread, stream)?;
    let known = settings(thread, stream);
    if !known.writable {
        return Err(unsupported(thread, "not writable"));
    }
    let Some(chars) = cast::<Str>(text) else { return Err(type_error("write() argument must be str")) };
    let length = chars.len();
    let view = chars.view();
    let mut has_lf = false;
    if known.newlines.write.is_some() || known.line_buffering {
        has_lf = text::search::find_char(view, b'\n'.into()).is_some();
    }
    let flush = known.line_buffering && (has_lf || text::search::find_char(view, b'\r'.into()).is_some());
    let mut buffer = buffer;
    let mut known = known;
    let translated;
    let mut source = text;
    if let Some(newline) = known.newlines.write
        && has_lf
        && cast_exact::<Str>(text).is_none()
    {
        let (from, to) = (Str::new(thread, "\n")?, Str::new(thread, newline)?);
        translated = method(thread, text, "replace", &[from, to])?;
        if cast::<Str>(&translated).is_none() {
            let class = class_of(&translated).name_lossy();
            return Err(type_error(format!("replace() should return a str, not {class}")));
        }
        source = &translated;
        // That may have done anything to the stream.
        buffer = check_open(thread, stream)?;
        known = settings(thread, stream);
        if !known.writable {
            return Err(unsupported(thread, "not writable"));
        }
    } else if let Some(newline) = known.newlines.write
        && has_lf
    {
        let replaced =
            text::search::replace(view, View::Latin1(b"\n"), View::Latin1(newline.as_bytes()), usize::MAX)?;
        if let Some(replaced) = replaced {
            translated = Str::from_text(thread, &replaced)?;
            source = &translated;
        }
    }
    let ascii = cast::<Str>(source).filter(|_| known.native.is_some()).and_then(|source| source.as_ascii());
    let encoded;
    let bytes = match ascii {
        Some(ascii) => ascii.as_bytes(),
        None => {
            encoded = encode(thread, stream, source, &known)?;
            &encoded
        }
    };
    // What would make the pending bytes too many is handed on after them.
    // Whoever takes them may write here as well.
    while edit(thread, stream, |state| {
        !state.pending.is_empty() && state.pending.len() + bytes.len() > known.chunk_bytes
    }) {
        hand_on(thread, stream)?;
        buffer_of(stream)?;
    }
    let pending = edit(thread, stream, |state| {
        state.pending.extend_from_slice(bytes);
        state.pending.len()
    });
    if pending >= known.chunk_bytes || flush || known.write_through {
        hand_on(thread, stream)?;
    }
    if flush {
        flush_buffer(thread, &buffer)?;
    }
    // Where there are positions, what has been read ahead is not where the program is any more.
    if snapshot(thread, stream).is_some() {
        set_decoded(thread, stream, None);
        set_snapshot(thread, stream, None);
    }
    if known.readable && stream.payload().decoder.get(stream.header()).is_some() {
        reset_decoder(thread, stream)?;
    }
    Ok(length)
}

/// Flushes the binary stream.
///
/// # Errors
/// What it raises.
pub fn flush_buffer(thread: &mut Thread, buffer: &Value) -> Result<()> {
    if let Some(writer) = cast::<Buffered>(buffer)
        && (buffered::WRITER.is_exact(buffer) || buffered::RANDOM.is_exact(buffer))
    {
        return buffered_methods::flush(thread, writer);
    }
    method(thread, buffer, "flush", &[]).map(drop)
}

/// The encoding that is used where none is named: UTF-8 in UTF-8 mode, or what the locale asks for.
pub fn locale_encoding() -> String {
    if runtime::config::get().utf8_mode {
        return "utf-8".to_owned();
    }
    let codeset = runtime::system::locale::language_info(libc::CODESET);
    // What the C library says where it knows no such locale.
    if codeset == b"ANSI_X3.4-1968" {
        return "utf-8".to_owned();
    }
    String::from_utf8_lossy(&codeset).into_owned()
}

/// The name of the encoding that an argument asks for.
///
/// # Errors
/// TypeError.
pub fn encoding_argument(thread: &mut Thread, encoding: Option<&Value>) -> Result<Value> {
    match encoding.filter(|encoding| !encoding.is_none()) {
        None => Str::new(thread, &locale_encoding()),
        Some(value) => match cast::<Str>(value) {
            Some(text) => match codecs::name_argument(thread, text)?.as_str() {
                "locale" => Str::new(thread, &locale_encoding()),
                _ => Ok(value.clone()),
            },
            None => Err(type_error(format!(
                "TextIOWrapper() argument 'encoding' must be str or None, not {}",
                class_of(value).name_lossy()
            ))),
        },
    }
}

/// A codec by name, for `reconfigure`; `None` if the encoding is known here.
///
/// # Errors
/// LookupError.
pub fn find_codec(thread: &mut Thread, encoding: &Value) -> Result<(Option<Encoding>, Option<Value>)> {
    let name = text_of(encoding);
    match Encoding::find(&name).filter(|encoding| encoding.extends_ascii()) {
        Some(native) => Ok((Some(native), None)),
        None => codec(thread, &name).map(|info| (None, Some(info))),
    }
}
