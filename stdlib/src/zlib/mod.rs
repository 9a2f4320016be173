//! `zlib`: compression.
//!
//! `streams` has the objects that work piece by piece, `decompressor` the one that files of compressed data use.

mod decompressor;
mod streams;

pub use functions::MODULE;

use runtime::Thread;
use runtime::class::ClassDef;
use runtime::error::{EXCEPTION, Raised, memory_error, raise};
use runtime::system::zlib::{self as system, Stream};
use runtime::types::exception;

/// `zlib.error`
pub static ERROR: ClassDef = exception::declare("error", "zlib", "", &EXCEPTION);

/// What went wrong, said without touching an object: much of the work is done by threads that are detached.
#[derive(Debug)]
enum Failure {
    /// zlib.error
    Zlib(String),
    /// MemoryError
    Memory,
}

impl From<Failure> for Raised {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Zlib(message) => raise(&ERROR, message),
            Failure::Memory => memory_error(),
        }
    }
}

/// What is done detached.
type Done<T> = std::result::Result<T, Failure>;

/// The error for zlib's answer `code` to what was being done.
#[cold]
fn failed(stream: Option<&Stream>, code: i32, doing: &str) -> Failure {
    if code == system::MEM_ERROR {
        return Failure::Memory;
    }
    let detail = stream.and_then(Stream::message).or_else(|| {
        let detail = match code {
            system::BUF_ERROR => "incomplete or truncated stream",
            system::STREAM_ERROR => "inconsistent stream state",
            system::DATA_ERROR => "invalid input data",
            _ => return None,
        };
        Some(detail.to_owned())
    });
    match detail {
        Some(detail) => Failure::Zlib(format!("Error {code} {doing}: {detail}")),
        None => Failure::Zlib(format!("Error {code} {doing}")),
    }
}

/// Bytes from which on other threads need not wait for the work.
const DETACH_BYTES: usize = 2048;

/// The first room for output; it doubles up to [`MOST_ROOM`].
const ROOM: usize = 16 * 1024;
const MOST_ROOM: usize = 1 << 20;

/// Output that grows.
struct Output {
    bytes: Vec<u8>,
    room: usize,
}

impl Output {
    fn new() -> Self {
        Self { bytes: Vec::new(), room: ROOM }
    }

    /// Goes on with some input: how far that went, and zlib's answer. `most` is how much output there may be at all.
    fn step(
        &mut self,
        stream: &mut Stream,
        input: &[u8],
        flush: i32,
        most: usize,
    ) -> Done<(usize, i32, bool)> {
        let start = self.bytes.len();
        let room = self.room.min(most.saturating_sub(start));
        self.bytes.try_reserve(room).map_err(|_| Failure::Memory)?;
        self.bytes.resize(start + room, 0);
        let step = stream.step(input, &mut self.bytes[start..], flush);
        self.bytes.truncate(start + step.produced);
        self.room = (self.room * 2).min(MOST_ROOM);
        Ok((step.consumed, step.code, step.produced == room))
    }
}

/// Runs `work`, detached if it has much to do.
fn detached_if<R>(thread: &mut Thread, much: bool, work: impl FnOnce() -> R) -> R {
    if much { thread.detached(work) } else { work() }
}

/// Compresses everything at once.
fn compress_all(stream: &mut Stream, mut input: &[u8]) -> Done<Vec<u8>> {
    let mut output = Output::new();
    loop {
        // Input is given in pieces that zlib can count.
        let piece = &input[..input.len().min(u32::MAX as usize)];
        let flush = if piece.len() == input.len() { system::FINISH } else { system::NO_FLUSH };
        let (consumed, code, full) = output.step(stream, piece, flush, usize::MAX)?;
        input = &input[consumed..];
        match code {
            system::STREAM_END => return Ok(output.bytes),
            system::STREAM_ERROR => return Err(failed(Some(stream), code, "while compressing data")),
            _ if full || !input.is_empty() => {}
            _ => return Err(failed(Some(stream), code, "while finishing compression")),
        }
    }
}

/// Decompresses everything at once.
fn decompress_all(stream: &mut Stream, mut input: &[u8]) -> Done<Vec<u8>> {
    const DOING: &str = "while decompressing data";
    let mut output = Output::new();
    loop {
        let (consumed, code, full) = output.step(stream, input, system::SYNC_FLUSH, usize::MAX)?;
        input = &input[consumed..];
        match code {
            system::STREAM_END => return Ok(output.bytes),
            system::OK | system::BUF_ERROR if full || (consumed > 0 && !input.is_empty()) => {}
            system::OK | system::BUF_ERROR => return Err(failed(None, system::BUF_ERROR, DOING)),
            _ => return Err(failed(Some(stream), code, DOING)),
        }
    }
}

/// The functions in this module allow compression and decompression using the
/// zlib library, which is based on GNU zip.
///
/// adler32(string[, start]) -- Compute an Adler-32 checksum.
/// compress(data[, level]) -- Compress data, with compression level 0-9 or -1.
/// compressobj([level[, ...]]) -- Return a compressor object.
/// crc32(string[, start]) -- Compute a CRC-32 checksum.
/// decompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.
/// decompressobj([wbits[, zdict]]) -- Return a decompressor object.
///
/// 'wbits' is window buffer size and container format.
/// Compressor objects support compress() and flush() methods; decompressor
/// objects support decompress() and flush().
#[runtime::native::module("zlib", classes(super::decompressor::ZlibDecompressor))]
pub mod functions {
    use runtime::error::{Result, type_error, value_error};
    use runtime::system::zlib::{self as system, Stream};
    use runtime::types::buffers::{self, BytesLike};
    use runtime::types::{Bytes, Str, module};
    use runtime::{Thread, Value, ops};

    use super::{DETACH_BYTES, Failure, detached_if, failed, streams};
    use crate::support;

    /// Sets what is not declared above.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        module::set(th, module, "error", super::ERROR.value())?;
        let version = Str::new(th, &system::version())?;
        module::set(th, module, "ZLIB_VERSION", version.clone())?;
        module::set(th, module, "ZLIB_RUNTIME_VERSION", version)?;
        let version = Str::new(th, "1.0")?;
        module::set(th, module, "__version__", version)?;
        support::constants(
            th,
            module,
            &[
                ("DEFLATED", 8),
                ("DEF_BUF_SIZE", 16 * 1024),
                ("DEF_MEM_LEVEL", 8),
                ("MAX_WBITS", 15),
                ("Z_BEST_COMPRESSION", 9),
                ("Z_BEST_SPEED", 1),
                ("Z_BLOCK", 5),
                ("Z_DEFAULT_COMPRESSION", -1),
                ("Z_DEFAULT_STRATEGY", 0),
                ("Z_FILTERED", 1),
                ("Z_FINISH", 4),
                ("Z_FIXED", 4),
                ("Z_FULL_FLUSH", 3),
                ("Z_HUFFMAN_ONLY", 2),
                ("Z_NO_COMPRESSION", 0),
                ("Z_NO_FLUSH", 0),
                ("Z_PARTIAL_FLUSH", 1),
                ("Z_RLE", 3),
                ("Z_SYNC_FLUSH", 2),
                ("Z_TREES", 6),
            ],
        )
    }

    /// The low 32 bits of a checksum to go on from.
    fn checksum_start(thread: &mut Thread, value: Option<&Value>, default: u32) -> Result<u32> {
        let Some(value) = value else { return Ok(default) };
        let number = ops::index_bigint(thread, value)?;
        let mask = num_bigint::BigInt::from(u32::MAX);
        Ok(u32::try_from(number & mask).unwrap_or(0))
    }

    /// Compute an Adler-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[sig("(data, value=1, /)")]
    pub fn adler32(th: &mut Thread, data: BytesLike<'_>, value: Option<&Value>) -> Result<u32> {
        let start = checksum_start(th, value, 1)?;
        Ok(detached_if(th, data.len() > DETACH_BYTES, || system::adler32(start, &data)))
    }

    /// Compute a CRC-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    ///
    /// The returned checksum is an integer.
    #[sig("(data, value=0, /)")]
    pub fn crc32(th: &mut Thread, data: BytesLike<'_>, value: Option<&Value>) -> Result<u32> {
        let start = checksum_start(th, value, 0)?;
        Ok(detached_if(th, data.len() > DETACH_BYTES, || system::crc32(start, &data)))
    }

    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///   level
    ///     Compression level, in 0-9 or -1.
    ///   wbits
    ///     The window buffer size and container format.
    #[sig("(data, /, level=-1, wbits=15)")]
    pub fn compress(th: &mut Thread, data: BytesLike<'_>, level: i32, wbits: i32) -> Result<Value> {
        let mut stream = Stream::deflate(level, 8, wbits, 8, 0).map_err(|code| match code {
            system::STREAM_ERROR => Failure::Zlib("Bad compression level".to_owned()),
            code => failed(None, code, "while compressing data"),
        })?;
        let done = detached_if(th, data.len() > DETACH_BYTES, || super::compress_all(&mut stream, &data))?;
        Bytes::new(th, &done)
    }

    /// Returns a bytes object containing the uncompressed data.
    ///
    ///   data
    ///     Compressed data.
    ///   wbits
    ///     The window buffer size and container format.
    ///   bufsize
    ///     The initial output buffer size.
    #[sig("(data, /, wbits=15, bufsize=16384)")]
    pub fn decompress(th: &mut Thread, data: BytesLike<'_>, wbits: i32, bufsize: isize) -> Result<Value> {
        if bufsize < 0 {
            return Err(value_error("bufsize must be non-negative"));
        }
        let mut stream = Stream::inflate(wbits)
            .map_err(|code| failed(None, code, "while preparing to decompress data"))?;
        let done = detached_if(th, data.len() > DETACH_BYTES, || super::decompress_all(&mut stream, &data))?;
        Bytes::new(th, &done)
    }

    /// Return a compressor object.
    ///
    ///   level
    ///     The compression level (an integer in the range 0-9 or -1; default is
    ///     currently equivalent to 6).  Higher compression levels are slower,
    ///     but produce smaller results.
    ///   method
    ///     The compression algorithm.  If given, this must be DEFLATED.
    ///   wbits
    ///     +9 to +15: The base-two logarithm of the window size.  Include a zlib
    ///         container.
    ///     -9 to -15: Generate a raw stream.
    ///     +25 to +31: Include a gzip container.
    ///   memLevel
    ///     Controls the amount of memory used for internal compression state.
    ///     Valid values range from 1 to 9.  Higher values result in higher memory
    ///     usage, faster compression, and smaller output.
    ///   strategy
    ///     Used to tune the compression algorithm.  Possible values are
    ///     Z_DEFAULT_STRATEGY, Z_FILTERED, and Z_HUFFMAN_ONLY.
    ///   zdict
    ///     The predefined compression dictionary - a sequence of bytes
    ///     containing subsequences that are likely to occur in the input data.
    #[sig("(level=-1, method=8, wbits=15, memLevel=8, strategy=0, zdict=<unrepresentable>)")]
    pub fn compressobj(
        th: &mut Thread,
        level: i32,
        method: i32,
        wbits: i32,
        memLevel: i32,
        strategy: i32,
        zdict: Option<&Value>,
    ) -> Result<Value> {
        let dictionary = match zdict {
            Some(zdict) => Some(buffers::bytes_of(th, zdict)?),
            None => None,
        };
        let mut stream = Stream::deflate(level, method, wbits, memLevel, strategy)
            .map_err(|code| streams::cannot_begin(code, "while creating compression object"))?;
        if let Some(dictionary) = dictionary {
            match stream.set_dictionary(&dictionary) {
                system::OK => {}
                system::STREAM_ERROR => return Err(value_error("Invalid dictionary")),
                _ => return Err(value_error("deflateSetDictionary()")),
            }
        }
        streams::new_compressor(th, stream)
    }

    /// Return a decompressor object.
    ///
    ///   wbits
    ///     The window buffer size and container format.
    ///   zdict
    ///     The predefined compression dictionary.  This must be the same
    ///     dictionary as used by the compressor that produced the input data.
    #[sig("(wbits=15, zdict=<unrepresentable>)")]
    pub fn decompressobj(th: &mut Thread, wbits: i32, zdict: Option<&Value>) -> Result<Value> {
        let dictionary = match zdict {
            Some(zdict) if !buffers::is_buffer(zdict) => {
                return Err(type_error("zdict argument must support the buffer protocol"));
            }
            Some(zdict) => Some(buffers::bytes_of(th, zdict)?.into_vec()),
            None => None,
        };
        let stream = streams::begin_inflate(wbits, dictionary.as_deref())?;
        streams::new_decompressor(th, stream, dictionary)
    }
}
