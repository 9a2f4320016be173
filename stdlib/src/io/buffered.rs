//! Buffered binary streams over a raw one: what they hold, and reading and writing under their lock.
//!
//! One payload serves readers, writers and both in one. A stream's lock is held for as long as an operation lasts, calls
//! of the raw stream included, so that threads take turns; a thread that comes back to a stream whose operation it is in
//! the middle of (a signal handler, a raw stream that calls back) gets RuntimeError instead of waiting for itself.
//!
//! * INV-BUFFERED-1: `state` is used only by the thread that holds `lock`. It is reached in short sections, because
//!   calls of the raw stream may run Python.
//! * INV-BUFFERED-2: there are unread bytes or unwritten ones, never both.

use memory::{Exclusive, Guarded, Object, Slot, TypeDesc, Value};
use runtime::Thread;
use runtime::class::{ClassDef, Payload, Type};
use runtime::error::{Raised, Result, memory_error, runtime_error, type_error, value_error};
use runtime::native::{self, Args};
use runtime::object::{Extended, cast, define};
use runtime::types::{Bytes, exception, int};
use text::View;
use threads::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use threads::{Acquire, RLock, Wait};

use super::base::{self, BUFFERED_IO_BASE, FLAGS};
use super::{buffered_methods, raw};

/// The payload of buffered streams.
#[native::payload("_io._Buffered", finalizer = base::FINALIZER)]
pub struct Buffered {
    /// EMPTY before `__init__` and after `detach`.
    #[trace]
    pub raw: Slot,
    phase: AtomicU8,
    /// Whether the stream is about to die.
    pub finalizing: AtomicBool,
    #[untraced]
    lock: RLock,
    /// Bytes that make a buffer.
    pub size: AtomicUsize,
    #[untraced]
    state: Guarded<State>,
}

/// Nobody has called `__init__`.
const NEW: u8 = 0;
/// In use.
const READY: u8 = 1;
/// The raw stream has been taken away.
const DETACHED: u8 = 2;

/// The bytes between the program and the raw stream.
#[derive(Debug, Default)]
struct State {
    /// Bytes that were read; those before `at` have been handed out.
    read: Vec<u8>,
    at: usize,
    /// Bytes to be written.
    write: Vec<u8>,
    /// The raw stream's position, if it is known.
    raw_position: Option<i64>,
}

static DESC: TypeDesc = TypeDesc::of::<Buffered>();
static EXTENDED: TypeDesc = Extended::<Buffered>::describe(&DESC);

impl Payload for Buffered {
    fn def() -> &'static ClassDef {
        &READER
    }
}

const fn definition(name: &'static str, doc: &'static str) -> ClassDef {
    define::<Buffered>(name, &DESC, &EXTENDED, FLAGS)
        .with_base(&BUFFERED_IO_BASE)
        .with_module("_io")
        .with_doc(doc)
        .with_object_new(new)
}

/// `_io.BufferedReader`.
pub static READER: ClassDef =
    definition("BufferedReader", "Create a new buffered reader using the given readable raw IO object.")
        .with_signature("(raw, buffer_size=131072)")
        .with_slots(buffered_methods::reader_slots)
        .with_methods(&[
            buffered_methods::common::METHODS,
            buffered_methods::simple_flush::METHODS,
            buffered_methods::reading::METHODS,
        ])
        .with_getsets(&[buffered_methods::common::GETSETS]);

/// `_io.BufferedWriter`.
pub static WRITER: ClassDef = definition(
    "BufferedWriter",
    "A buffer for a writeable sequential RawIO object.\n\nThe constructor creates a BufferedWriter for the given writeable raw\nstream. If the buffer_size is not given, it defaults to\nDEFAULT_BUFFER_SIZE.",
)
.with_signature("(raw, buffer_size=131072)")
.with_slots(buffered_methods::writer_slots)
.with_methods(&[buffered_methods::common::METHODS, buffered_methods::writing::METHODS])
.with_getsets(&[buffered_methods::common::GETSETS]);

/// `_io.BufferedRandom`.
pub static RANDOM: ClassDef = definition(
    "BufferedRandom",
    "A buffered interface to random access streams.\n\nThe constructor creates a reader and writer for a seekable stream,\nraw, given in the first argument. If the buffer_size is omitted it\ndefaults to DEFAULT_BUFFER_SIZE.",
)
.with_signature("(raw, buffer_size=131072)")
.with_slots(buffered_methods::random_slots)
.with_methods(&[
    buffered_methods::common::METHODS,
    buffered_methods::reading::METHODS,
    buffered_methods::writing::METHODS,
])
.with_getsets(&[buffered_methods::common::GETSETS]);

fn new(thread: &mut Thread, class: &Value, args: Args<'_>) -> Result<Value> {
    let Some(class) = cast::<Type>(class) else { return Err(type_error("X is not a type object")) };
    runtime::types::instance::check_new(thread, class, args)?;
    let payload = Buffered {
        raw: Slot::new(None),
        phase: AtomicU8::new(NEW),
        finalizing: AtomicBool::new(false),
        lock: RLock::new(),
        size: AtomicUsize::new(super::DEFAULT_BUFFER_SIZE),
        state: Guarded::new(State::default()),
    };
    runtime::object::new_of(thread, class, payload)
}

/// A buffered stream of the class `def` over `raw`.
///
/// # Errors
/// What `__init__` raises.
pub fn make(thread: &mut Thread, def: &'static ClassDef, raw: &Value, size: usize) -> Result<Value> {
    let size = int::from_i64(thread, size as i64)?;
    runtime::call::call_positional(thread, &def.value(), &[raw.clone(), size])
}

/// The lock of a stream, held.
pub struct Turn<'a> {
    /// The stream.
    pub stream: &'a Object<Buffered>,
    /// The raw stream.
    pub raw: Value,
}

/// The raw stream.
///
/// # Errors
/// ValueError before `__init__` and after `detach`.
pub fn raw_of(stream: &Object<Buffered>) -> Result<Value> {
    let this = stream.payload();
    match this.phase.load(Ordering::Acquire) {
        READY => match this.raw.get(stream.header()) {
            Some(raw) => Ok(raw),
            None => Err(value_error("raw stream has been detached")),
        },
        DETACHED => Err(value_error("raw stream has been detached")),
        _ => Err(value_error("I/O operation on uninitialized object")),
    }
}

/// Whether there is a raw stream.
pub fn is_ready(stream: &Object<Buffered>) -> bool {
    stream.payload().phase.load(Ordering::Acquire) == READY
}

/// Gives the stream its raw one, when it is initialised.
pub fn initialize(thread: &mut Thread, stream: &Object<Buffered>, raw: &Value, size: isize) -> Result<()> {
    let this = stream.payload();
    this.phase.store(NEW, Ordering::Release);
    let Some(size) = usize::try_from(size).ok().filter(|&size| size > 0) else {
        return Err(value_error("buffer size must be strictly positive"));
    };
    this.size.store(size, Ordering::Relaxed);
    drop(this.raw.replace(thread, stream.header(), Some(raw.clone())));
    edit(thread, stream, |state| *state = State::default());
    // What has no position raises; then it is not known.
    if let Ok(position) = raw::tell(thread, raw) {
        edit(thread, stream, |state| state.raw_position = Some(position));
    }
    this.phase.store(READY, Ordering::Release);
    Ok(())
}

/// Takes the raw stream away.
pub fn take_raw(thread: &mut Thread, stream: &Object<Buffered>) -> Option<Value> {
    let this = stream.payload();
    let raw = this.raw.replace(thread, stream.header(), None).keep();
    this.phase.store(DETACHED, Ordering::Release);
    raw
}

fn edit<R>(thread: &mut Thread, stream: &Object<Buffered>, f: impl FnOnce(&mut State) -> R) -> R {
    let mut section = Exclusive::open(thread, stream);
    f(section.get(|stream| &stream.state))
}

/// Runs an operation under the stream's lock.
///
/// # Errors
/// RuntimeError if this thread has it already; ValueError without a raw stream; what a signal handler or `f` raises.
pub fn locked<R>(
    thread: &mut Thread,
    stream: &Object<Buffered>,
    f: impl FnOnce(&mut Thread, &Turn<'_>) -> Result<R>,
) -> Result<R> {
    raw_of(stream)?;
    let lock = &stream.payload().lock;
    if lock.is_owned(thread) {
        return Err(reentrant(thread, stream));
    }
    while !lock.inherit(thread) {
        match lock.acquire(thread, Wait::Forever) {
            Ok(Acquire::Acquired) => break,
            _ => crate::support::check_signals(thread)?,
        }
    }
    // It may have been detached while this thread waited.
    let result = match raw_of(stream) {
        Ok(raw) => f(thread, &Turn { stream, raw }),
        Err(raised) => Err(raised),
    };
    // The lock is this thread's; there is no other way to lose it.
    let _ = lock.release(thread);
    result
}

#[cold]
fn reentrant(thread: &mut Thread, stream: &Object<Buffered>) -> Raised {
    let shown = runtime::ops::repr_text(thread, &runtime::object::to_value(stream)).unwrap_or_default();
    runtime_error(format!("reentrant call inside {shown}"))
}

/// What a read came to.
pub enum Found {
    /// Bytes; none at the end.
    Bytes(Vec<u8>),
    /// There is nothing now, and the raw stream does not wait.
    Nothing,
}

impl Found {
    /// The bytes object, or None.
    pub fn into_value(self, thread: &mut Thread) -> Result<Value> {
        match self {
            Self::Bytes(bytes) => Bytes::new(thread, &bytes),
            Self::Nothing => Ok(Value::none()),
        }
    }
}

impl Turn<'_> {
    fn edit<R>(&self, thread: &mut Thread, f: impl FnOnce(&mut State) -> R) -> R {
        edit(thread, self.stream, f)
    }

    fn size(&self) -> usize {
        self.stream.payload().size.load(Ordering::Relaxed)
    }

    /// How many bytes have been read ahead.
    pub fn ahead(&self, thread: &mut Thread) -> usize {
        self.edit(thread, |state| state.read.len() - state.at)
    }

    /// Takes at most `most` bytes of those that have been read ahead.
    fn take(&self, thread: &mut Thread, most: usize, into: &mut Vec<u8>) -> usize {
        self.edit(thread, |state| {
            let count = (state.read.len() - state.at).min(most);
            into.extend_from_slice(&state.read[state.at..state.at + count]);
            state.at += count;
            if state.at == state.read.len() {
                state.read.clear();
                state.at = 0;
            }
            count
        })
    }

    /// Reads from the raw stream, past the buffer.
    fn read_raw(&self, thread: &mut Thread, into: &mut Vec<u8>, most: usize) -> Result<Option<usize>> {
        let result = raw::read(thread, &self.raw, into, most)?;
        if let Some(count) = result {
            self.edit(thread, |state| {
                if let Some(position) = &mut state.raw_position {
                    *position += count as i64;
                }
            });
        }
        Ok(result)
    }

    /// Fills the buffer, behind what is in it: `None` if the raw stream would block.
    fn fill(&self, thread: &mut Thread) -> Result<Option<usize>> {
        let mut buffer = self.edit(thread, |state| {
            state.read.drain(..state.at);
            state.at = 0;
            std::mem::take(&mut state.read)
        });
        let room = self.size().saturating_sub(buffer.len()).max(1);
        let result = self.read_raw(thread, &mut buffer, room);
        self.edit(thread, |state| state.read = buffer);
        result
    }

    /// Writes what waits to be written, before anything is read.
    fn before_reading(&self, thread: &mut Thread) -> Result<()> {
        if self.edit(thread, |state| !state.write.is_empty()) { self.flush_writes(thread) } else { Ok(()) }
    }

    /// Forgets what was read ahead: the raw stream goes back to where the program is.
    pub fn rewind(&self, thread: &mut Thread) -> Result<()> {
        let ahead = self.edit(thread, |state| {
            let ahead = state.read.len() - state.at;
            state.read.clear();
            state.at = 0;
            ahead
        });
        if ahead > 0 {
            let position = raw::seek(thread, &self.raw, -(ahead as i64), libc::SEEK_CUR)?;
            self.edit(thread, |state| state.raw_position = Some(position));
        }
        Ok(())
    }

    /// `read()`: all there is.
    pub fn read_all(&self, thread: &mut Thread) -> Result<Found> {
        let mut all = Vec::new();
        self.take(thread, usize::MAX, &mut all);
        self.before_reading(thread)?;
        let had = all.len();
        match raw::read_all(thread, &self.raw, &mut all)? {
            Some(count) => {
                self.edit(thread, |state| {
                    if let Some(position) = &mut state.raw_position {
                        *position += count as i64;
                    }
                });
                Ok(Found::Bytes(all))
            }
            None if had == 0 => Ok(Found::Nothing),
            None => Ok(Found::Bytes(all)),
        }
    }

    /// `read(n)`: as many bytes, unless the stream ends or would block first.
    pub fn read_exactly(&self, thread: &mut Thread, wanted: usize) -> Result<Found> {
        let mut all = Vec::new();
        all.try_reserve(wanted.min(1 << 16)).map_err(|_| runtime::error::memory_error())?;
        self.take(thread, wanted, &mut all);
        if all.len() == wanted {
            return Ok(Found::Bytes(all));
        }
        self.before_reading(thread)?;
        while all.len() < wanted {
            let missing = wanted - all.len();
            // Whole buffers are read past the buffer.
            let got = if missing >= self.size() {
                let whole = missing - missing % self.size();
                self.read_raw(thread, &mut all, whole)?
            } else {
                match self.fill(thread)? {
                    Some(0) => Some(0),
                    Some(_) => Some(self.take(thread, missing, &mut all)),
                    None => None,
                }
            };
            match got {
                Some(0) => break,
                Some(_) => {}
                None if all.is_empty() => return Ok(Found::Nothing),
                None => break,
            }
        }
        Ok(Found::Bytes(all))
    }

    /// `read1(n)`: what is there, or else one raw read.
    pub fn read_once(&self, thread: &mut Thread, most: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if most == 0 || self.take(thread, most, &mut bytes) > 0 {
            return Ok(bytes);
        }
        self.before_reading(thread)?;
        // Not through the buffer: what is asked for is all that is wanted now.
        self.read_raw(thread, &mut bytes, most)?;
        Ok(bytes)
    }

    /// `peek()`: what is there, or else what one raw read brings.
    pub fn peek(&self, thread: &mut Thread) -> Result<Vec<u8>> {
        self.before_reading(thread)?;
        if self.ahead(thread) == 0 {
            self.fill(thread)?;
        }
        Ok(self.edit(thread, |state| state.read[state.at..].to_vec()))
    }

    /// `readline(limit)`.
    pub fn read_line(&self, thread: &mut Thread, limit: Option<usize>) -> Result<Vec<u8>> {
        let mut line = Vec::new();
        loop {
            let left = limit.map_or(usize::MAX, |limit| limit - line.len());
            let ended = self.edit(thread, |state| {
                let ahead = &state.read[state.at..];
                let most = ahead.len().min(left);
                let found = text::search::find_char(View::Latin1(&ahead[..most]), b'\n'.into());
                let count = found.map_or(most, |at| at + 1);
                line.try_reserve(count).map_err(|_| memory_error())?;
                line.extend_from_slice(&ahead[..count]);
                state.at += count;
                Ok::<_, Raised>(found.is_some() || count == left)
            })?;
            if ended {
                return Ok(line);
            }
            self.before_reading(thread)?;
            match self.fill(thread)? {
                Some(0) | None => return Ok(line),
                Some(_) => {}
            }
        }
    }

    /// Adds to what waits to be written, and writes whole buffers.
    pub fn write(&self, thread: &mut Thread, bytes: &[u8]) -> Result<usize> {
        self.rewind(thread)?;
        let size = self.size();
        let fits = self.edit(thread, |state| {
            if state.write.len() + bytes.len() <= size {
                state.write.extend_from_slice(bytes);
                return true;
            }
            false
        });
        if fits {
            return Ok(bytes.len());
        }
        if let Err(raised) = self.flush_writes(thread) {
            return self.write_what_fits(thread, bytes, raised);
        }
        let mut written = 0;
        // Whole buffers are written past the buffer.
        while bytes.len() - written > size {
            match raw::write(thread, &self.raw, &bytes[written..])? {
                Some(count) => {
                    written += count;
                    self.advance(thread, count);
                    crate::support::check_signals(thread)?;
                }
                None => {
                    let rest = &bytes[written..];
                    if rest.len() > size {
                        // What fits is kept, and the caller told how much that was.
                        self.edit(thread, |state| state.write.extend_from_slice(&rest[..size]));
                        return Err(would_block(thread, written + size));
                    }
                    break;
                }
            }
        }
        self.edit(thread, |state| state.write.extend_from_slice(&bytes[written..]));
        Ok(bytes.len())
    }

    /// The raw stream would block: takes as many bytes as there is room for.
    fn write_what_fits(&self, thread: &mut Thread, bytes: &[u8], raised: Raised) -> Result<usize> {
        if !raised.is(&runtime::error::BLOCKING_IO_ERROR) {
            return Err(raised);
        }
        let size = self.size();
        let taken = self.edit(thread, |state| {
            let room = size.saturating_sub(state.write.len()).min(bytes.len());
            state.write.extend_from_slice(&bytes[..room]);
            room
        });
        if taken == bytes.len() { Ok(taken) } else { Err(would_block(thread, taken)) }
    }

    fn advance(&self, thread: &mut Thread, count: usize) {
        self.edit(thread, |state| {
            if let Some(position) = &mut state.raw_position {
                *position += count as i64;
            }
        });
    }

    /// Writes what waits to be written.
    pub fn flush_writes(&self, thread: &mut Thread) -> Result<()> {
        loop {
            let pending = self.edit(thread, |state| std::mem::take(&mut state.write));
            if pending.is_empty() {
                return Ok(());
            }
            let result = raw::write(thread, &self.raw, &pending);
            let count = result.as_ref().ok().copied().flatten().unwrap_or(0);
            self.edit(thread, |state| {
                let mut rest = pending;
                rest.drain(..count);
                state.write = rest;
            });
            if result?.is_none() {
                return Err(would_block(thread, 0));
            }
            self.advance(thread, count);
            crate::support::check_signals(thread)?;
        }
    }

    /// The program's position.
    pub fn tell(&self, thread: &mut Thread) -> Result<i64> {
        let position = raw::tell(thread, &self.raw)?;
        Ok(self.edit(thread, |state| {
            state.raw_position = Some(position);
            let offset = state.write.len() as i64 - (state.read.len() - state.at) as i64;
            (position + offset).max(0)
        }))
    }

    /// Moves the program's position; within what was read ahead without a call of the raw stream.
    pub fn seek(&self, thread: &mut Thread, target: i64, whence: i32) -> Result<i64> {
        let can_stay = self.edit(thread, |state| state.write.is_empty() && !state.read.is_empty());
        if can_stay && whence != libc::SEEK_END {
            let raw_position = match self.edit(thread, |state| state.raw_position) {
                Some(position) => position,
                None => raw::tell(thread, &self.raw)?,
            };
            let found = self.edit(thread, |state| {
                let start = raw_position - state.read.len() as i64;
                let current = start + state.at as i64;
                let wanted = if whence == libc::SEEK_CUR { current.checked_add(target)? } else { target };
                if (start..=raw_position).contains(&wanted) && wanted >= 0 {
                    state.at = (wanted - start) as usize;
                    return Some(wanted);
                }
                None
            });
            if let Some(position) = found {
                return Ok(position);
            }
        }
        self.before_reading(thread)?;
        let mut target = target;
        if whence == libc::SEEK_CUR {
            target -= self.ahead(thread) as i64;
        }
        let position = raw::seek(thread, &self.raw, target, whence)?;
        self.edit(thread, |state| {
            state.raw_position = Some(position);
            state.read.clear();
            state.at = 0;
        });
        Ok(position)
    }
}

/// The BlockingIOError that says how many bytes were taken.
fn would_block(thread: &mut Thread, taken: usize) -> Raised {
    let make = |thread: &mut Thread| {
        let number = int::from_i64(thread, libc::EAGAIN.into())?;
        let message = runtime::types::Str::new(thread, "write could not complete without blocking")?;
        let taken = int::from_i64(thread, taken as i64)?;
        runtime::call::call_positional(
            thread,
            &runtime::error::BLOCKING_IO_ERROR.value(),
            &[number, message, taken],
        )
    };
    match make(thread) {
        Ok(value) => Raised::new(value),
        Err(raised) => raised,
    }
}

/// Raises `first`, with what was raised after it as its context, or that alone.
pub fn chain(thread: &mut Thread, first: Result<()>, second: Result<Value>) -> Result<Value> {
    match (first, second) {
        (Ok(()), second) => second,
        (Err(first), Ok(_)) => Err(first),
        (Err(first), Err(second)) => {
            exception::set_context(thread, second.value(), Some(first.into_value()));
            Err(second)
        }
    }
}
