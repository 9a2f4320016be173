//! `Compress` and `Decompress`: streams, piece by piece.

use runtime::class::Payload;
use runtime::error::{Raised, Result, value_error};
use runtime::memory::Guarded;
use runtime::native::{self, Exclusive};
use runtime::system::zlib::{self as system, Stream};
use runtime::types::Bytes;
use runtime::types::buffers::BytesLike;
use runtime::{Object, Thread, Value};
use threads::{Acquire, Lock, Wait};

use super::{DETACH_BYTES, Done, Output, detached_if, failed};

/// Why a stream could not be made.
#[cold]
pub fn cannot_begin(code: i32, doing: &str) -> Raised {
    match code {
        system::STREAM_ERROR => value_error("Invalid initialization option"),
        code => failed(None, code, doing).into(),
    }
}

/// A stream that decompresses; one without a container gets its dictionary at once.
///
/// # Errors
/// ValueError, zlib.error.
pub fn begin_inflate(wbits: i32, dictionary: Option<&[u8]>) -> Result<Stream> {
    let mut stream =
        Stream::inflate(wbits).map_err(|code| cannot_begin(code, "while creating decompression object"))?;
    if let Some(dictionary) = dictionary
        && wbits < 0
    {
        set_dictionary(&mut stream, dictionary)?;
    }
    Ok(stream)
}

/// Sets the dictionary of a stream that decompresses.
///
/// # Errors
/// zlib.error.
pub(super) fn set_dictionary(stream: &mut Stream, dictionary: &[u8]) -> Done<()> {
    match stream.set_dictionary(dictionary) {
        system::OK => Ok(()),
        code => Err(failed(Some(stream), code, "while setting zdict")),
    }
}

/// A payload with something [`Shared`].
pub(super) trait Shares: Payload {
    /// What is shared.
    type State;
    /// Where it is while nobody works with it.
    fn state(&self) -> &Guarded<Option<Box<Self::State>>>;
    /// What whoever works with it holds.
    fn lock(&self) -> &Lock;
}

/// Says where a payload has what it shares.
macro_rules! shares {
    ($payload:ty: $field:ident $state:ty) => {
        impl Shares for $payload {
            type State = $state;
            fn state(&self) -> &Guarded<Option<Box<$state>>> {
                self.$field.state()
            }
            fn lock(&self) -> &Lock {
                self.$field.lock()
            }
        }
    };
}
pub(super) use shares;
shares!(Compress: stream Option<Stream>);
shares!(Decompress: state Inflating);

/// What is taken out of an object while a thread works with it, so that the work needs no section of the object's.
/// Whoever comes meanwhile waits for the lock.
pub struct Shared<T> {
    state: Guarded<Option<Box<T>>>,
    lock: Lock,
}

impl<T> Shared<T> {
    /// Something to work with.
    pub fn new(state: T) -> Self {
        Self { state: Guarded::new(Some(Box::new(state))), lock: Lock::new() }
    }

    /// Where it is while nobody works with it.
    pub fn state(&self) -> &Guarded<Option<Box<T>>> {
        &self.state
    }

    /// What whoever works with it holds.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }
}

/// Runs `work` with what an object shares, while others wait.
///
/// # Errors
/// What `work` raises, or a signal handler.
pub(super) fn with<P: Shares, R>(
    thread: &mut Thread,
    object: &Object<P>,
    work: impl FnOnce(&mut Thread, &mut P::State) -> Result<R>,
) -> Result<R> {
    while object.payload().lock().acquire(thread, Wait::Forever) != Acquire::Acquired {
        crate::support::check_signals(thread)?;
    }
    let taken = Exclusive::open(thread, object).get(P::state).take();
    let result = match taken {
        Some(mut state) => {
            let result = work(thread, &mut state);
            *Exclusive::open(thread, object).get(P::state) = Some(state);
            result
        }
        // It is there whenever the lock is free.
        None => Err(runtime::error::runtime_error("the stream is in use")),
    };
    let _ = object.payload().lock().release(thread);
    result
}

/// A stream that compresses, until it is finished.
#[native::class("Compress", module = "zlib", doc = "", disallow_instantiation, methods(compress_methods))]
pub struct Compress {
    #[untraced]
    stream: Shared<Option<Stream>>,
}

/// A compressor.
///
/// # Errors
/// MemoryError.
pub fn new_compressor(thread: &mut Thread, stream: Stream) -> Result<Value> {
    runtime::object::new(thread, Compress { stream: Shared::new(Some(stream)) })
}

/// The state of a decompressor.
pub(super) struct Inflating {
    /// `None` once the end has been flushed.
    stream: Option<Stream>,
    dictionary: Option<Vec<u8>>,
    unused: Vec<u8>,
    unconsumed: Vec<u8>,
    eof: bool,
}

/// A stream that decompresses.
#[native::class("Decompress", module = "zlib", doc = "", disallow_instantiation, methods(decompress_methods))]
pub struct Decompress {
    #[untraced]
    state: Shared<Inflating>,
}

/// A decompressor.
///
/// # Errors
/// MemoryError.
pub fn new_decompressor(thread: &mut Thread, stream: Stream, dictionary: Option<Vec<u8>>) -> Result<Value> {
    let state = Inflating {
        stream: Some(stream),
        dictionary,
        unused: Vec::new(),
        unconsumed: Vec::new(),
        eof: false,
    };
    runtime::object::new(thread, Decompress { state: Shared::new(state) })
}

fn deflate(stream: Option<&mut Stream>, mut input: &[u8], flush: i32, doing: &str) -> Done<(Vec<u8>, i32)> {
    let Some(stream) = stream else { return Err(failed(None, system::STREAM_ERROR, doing)) };
    let mut output = Output::new();
    loop {
        let (consumed, code, full) = output.step(stream, input, flush, usize::MAX)?;
        input = &input[consumed..];
        if code == system::STREAM_ERROR {
            return Err(failed(Some(stream), code, doing));
        }
        if code == system::STREAM_END || (!full && input.is_empty()) {
            return Ok((output.bytes, code));
        }
    }
}

/// Methods of Compress.
#[native::methods(Compress, name = "Compress")]
pub mod compress_methods {
    use super::*;

    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///
    /// After calling this function, some of the input data may still
    /// be stored in internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    pub fn compress(th: &mut Thread, this: &Object<Compress>, data: BytesLike<'_>) -> Result<Value> {
        let (bytes, _) = with(th, this, |th, stream| {
            Ok(detached_if(th, data.len() > DETACH_BYTES, || {
                deflate(stream.as_mut(), &data, system::NO_FLUSH, "while compressing data")
            })?)
        })?;
        Bytes::new(th, &bytes)
    }

    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.
    ///     If mode == Z_FINISH, the compressor object can no longer be
    ///     used after calling the flush() method.  Otherwise, more data
    ///     can still be compressed.
    #[sig("($self, mode=4, /)")]
    pub fn flush(th: &mut Thread, this: &Object<Compress>, mode: i32) -> Result<Value> {
        if mode == system::NO_FLUSH {
            return Bytes::new(th, b"");
        }
        let bytes = with(th, this, |th, stream| {
            const DOING: &str = "while flushing";
            let (bytes, code) = th.detached(|| deflate(stream.as_mut(), &[], mode, DOING))?;
            match code {
                system::STREAM_END if mode == system::FINISH => *stream = None,
                system::OK | system::BUF_ERROR | system::STREAM_END => {}
                code => return Err(failed(stream.as_ref(), code, DOING).into()),
            }
            Ok(bytes)
        })?;
        Bytes::new(th, &bytes)
    }

    /// Return a copy of the compression object.
    pub fn copy(th: &mut Thread, this: &Object<Compress>) -> Result<Value> {
        let copy = with(th, this, |_, stream| copied(stream.as_mut()))?;
        new_compressor(th, copy)
    }

    /// A copy.
    pub fn __copy__(th: &mut Thread, this: &Object<Compress>) -> Result<Value> {
        copy(th, this)
    }

    /// A copy.
    pub fn __deepcopy__(th: &mut Thread, this: &Object<Compress>, memo: &Value) -> Result<Value> {
        let _ = memo;
        copy(th, this)
    }
}

fn copied(stream: Option<&mut Stream>) -> Result<Stream> {
    let Some(stream) = stream else { return Err(value_error("Inconsistent stream state")) };
    stream.copy().map_err(|code| match code {
        system::STREAM_ERROR => value_error("Inconsistent stream state"),
        code => failed(Some(stream), code, "while copying compression object").into(),
    })
}

impl Inflating {
    /// Keeps the input that is left over.
    fn keep(&mut self, rest: &[u8], code: i32) {
        if code == system::STREAM_END {
            self.unused.extend_from_slice(rest);
            self.unconsumed.clear();
        } else {
            self.unconsumed = rest.to_vec();
        }
    }

    fn decompress(&mut self, mut input: &[u8], most: usize) -> Done<Vec<u8>> {
        const DOING: &str = "while decompressing data";
        let Some(stream) = &mut self.stream else { return Err(failed(None, system::STREAM_ERROR, DOING)) };
        let mut output = Output::new();
        let code = loop {
            let (consumed, code, full) = output.step(stream, input, system::SYNC_FLUSH, most)?;
            input = &input[consumed..];
            match code {
                system::OK | system::BUF_ERROR => {
                    let more = full && output.bytes.len() < most;
                    if !more && (input.is_empty() || consumed == 0 || output.bytes.len() >= most) {
                        break code;
                    }
                }
                system::NEED_DICT => match &self.dictionary {
                    Some(dictionary) => set_dictionary(stream, dictionary)?,
                    None => break code,
                },
                code => break code,
            }
        };
        let failure = match code {
            system::STREAM_END | system::OK | system::BUF_ERROR => None,
            code => Some(failed(Some(stream), code, DOING)),
        };
        self.keep(input, code);
        self.eof |= code == system::STREAM_END;
        failure.map_or(Ok(output.bytes), Err)
    }

    fn flush(&mut self) -> Done<Vec<u8>> {
        let Some(stream) = &mut self.stream else { return Ok(Vec::new()) };
        let input = std::mem::take(&mut self.unconsumed);
        let mut rest: &[u8] = &input;
        let mut output = Output::new();
        let code = loop {
            let (consumed, code, full) = output.step(stream, rest, system::FINISH, usize::MAX)?;
            rest = &rest[consumed..];
            match code {
                system::OK | system::BUF_ERROR if full || (consumed > 0 && !rest.is_empty()) => {}
                system::NEED_DICT => match &self.dictionary {
                    Some(dictionary) => set_dictionary(stream, dictionary)?,
                    None => break code,
                },
                code => break code,
            }
        };
        self.keep(rest, code);
        if code == system::STREAM_END {
            self.eof = true;
            self.stream = None;
        }
        Ok(output.bytes)
    }
}

/// Methods and attributes of Decompress.
#[native::methods(Decompress, name = "Decompress")]
pub mod decompress_methods {
    use super::*;

    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   data
    ///     The binary data to decompress.
    ///   max_length
    ///     The maximum allowable length of the decompressed data.
    ///     Unconsumed input data will be stored in
    ///     the unconsumed_tail attribute.
    ///
    /// After calling this function, some of the input data may still be stored in
    /// internal buffers for later processing.
    /// Call the flush() method to clear these buffers.
    #[sig("($self, data, /, max_length=0)")]
    pub fn decompress(
        th: &mut Thread,
        this: &Object<Decompress>,
        data: BytesLike<'_>,
        max_length: isize,
    ) -> Result<Value> {
        let most = match usize::try_from(max_length) {
            Ok(0) => usize::MAX,
            Ok(most) => most,
            Err(_) => return Err(value_error("max_length must be non-negative")),
        };
        let bytes = with(th, this, |th, state| {
            Ok(detached_if(th, data.len() > DETACH_BYTES, || state.decompress(&data, most))?)
        })?;
        Bytes::new(th, &bytes)
    }

    /// Return a bytes object containing any remaining decompressed data.
    ///
    ///   length
    ///     the initial size of the output buffer.
    #[sig("($self, length=16384, /)")]
    pub fn flush(th: &mut Thread, this: &Object<Decompress>, length: isize) -> Result<Value> {
        if length <= 0 {
            return Err(value_error("length must be greater than zero"));
        }
        let bytes = with(th, this, |th, state| Ok(th.detached(|| state.flush())?))?;
        Bytes::new(th, &bytes)
    }

    /// Return a copy of the decompression object.
    pub fn copy(th: &mut Thread, this: &Object<Decompress>) -> Result<Value> {
        let copy = with(th, this, |_, state| {
            Ok(Inflating {
                stream: Some(copied(state.stream.as_mut())?),
                dictionary: state.dictionary.clone(),
                unused: state.unused.clone(),
                unconsumed: state.unconsumed.clone(),
                eof: state.eof,
            })
        })?;
        runtime::object::new(th, Decompress { state: Shared::new(copy) })
    }

    /// A copy.
    pub fn __copy__(th: &mut Thread, this: &Object<Decompress>) -> Result<Value> {
        copy(th, this)
    }

    /// A copy.
    pub fn __deepcopy__(th: &mut Thread, this: &Object<Decompress>, memo: &Value) -> Result<Value> {
        let _ = memo;
        copy(th, this)
    }

    /// Data behind the end of the stream.
    #[getter]
    pub fn unused_data(th: &mut Thread, this: &Object<Decompress>) -> Result<Value> {
        let bytes = with(th, this, |_, state| Ok(state.unused.clone()))?;
        Bytes::new(th, &bytes)
    }

    /// Data that did not fit into `max_length` bytes of output.
    #[getter]
    pub fn unconsumed_tail(th: &mut Thread, this: &Object<Decompress>) -> Result<Value> {
        let bytes = with(th, this, |_, state| Ok(state.unconsumed.clone()))?;
        Bytes::new(th, &bytes)
    }

    /// Whether the end of the stream has been reached.
    #[getter]
    pub fn eof(th: &mut Thread, this: &Object<Decompress>) -> Result<bool> {
        with(th, this, |_, state| Ok(state.eof))
    }
}
