//! `_ZlibDecompressor`: keeps what it has not decompressed yet, as those of `bz2` and `lzma` do.

use runtime::error::{EOF_ERROR, Result, raise};
use runtime::memory::Guarded;
use runtime::native;
use runtime::system::zlib::{self as system, Stream};
use runtime::types::Bytes;
use runtime::types::buffers::{self, BytesLike};
use runtime::{Object, Thread, Value};
use threads::Lock;

use super::streams::{self, Shared, Shares, shares, with};
use super::{DETACH_BYTES, Done, Failure, Output, detached_if, failed};
use crate::support;

pub(super) struct State {
    stream: Stream,
    dictionary: Option<Vec<u8>>,
    /// Input that is still to be decompressed.
    input: Vec<u8>,
    unused: Vec<u8>,
    needs_input: bool,
    eof: bool,
}

/// Create a decompressor object for decompressing data incrementally.
///
///   wbits = 15
///   zdict
///      The predefined compression dictionary. This is a sequence of bytes
///      (such as a bytes object) containing subsequences that are expected
///      to occur frequently in the data that is to be compressed. Those
///      subsequences that are expected to be most common should come at the
///      end of the dictionary. This must be the same dictionary as used by the
///      compressor that produced the input data.
#[native::class("_ZlibDecompressor", module = "zlib", methods(methods), new)]
pub struct ZlibDecompressor {
    #[untraced]
    state: Shared<State>,
}

shares!(ZlibDecompressor: state State);

impl State {
    fn decompress(&mut self, data: &[u8], most: usize) -> Done<Vec<u8>> {
        const DOING: &str = "while decompressing data";
        self.input.try_reserve(data.len()).map_err(|_| Failure::Memory)?;
        self.input.extend_from_slice(data);
        let mut output = Output::new();
        let mut used = 0;
        let result = loop {
            let (consumed, code, full) =
                output.step(&mut self.stream, &self.input[used..], system::SYNC_FLUSH, most)?;
            used += consumed;
            match code {
                system::STREAM_END => {
                    self.eof = true;
                    self.unused = self.input.split_off(used);
                    break Ok(());
                }
                system::OK | system::BUF_ERROR => {
                    let room = output.bytes.len() < most;
                    if !room || !(full || (consumed > 0 && used < self.input.len())) {
                        break Ok(());
                    }
                }
                system::NEED_DICT if self.dictionary.is_some() => {
                    if let Some(dictionary) = &self.dictionary
                        && let Err(raised) = streams::set_dictionary(&mut self.stream, dictionary)
                    {
                        break Err(raised);
                    }
                }
                code => break Err(failed(Some(&self.stream), code, DOING)),
            }
        };
        self.input.drain(..used.min(self.input.len()));
        // With all the room used up there may be more output without any input.
        self.needs_input = !self.eof && self.input.is_empty() && output.bytes.len() < most;
        result.map(|()| output.bytes)
    }
}

/// Methods and attributes.
#[native::methods(ZlibDecompressor, name = "_ZlibDecompressor")]
pub mod methods {
    use super::*;

    /// A decompressor.
    #[new]
    #[sig("(wbits=15, zdict=<unrepresentable>)")]
    pub fn new(th: &mut Thread, class: &Value, wbits: i32, zdict: Option<&Value>) -> Result<Value> {
        let dictionary = match zdict {
            Some(zdict) => Some(buffers::bytes_of(th, zdict)?.into_vec()),
            None => None,
        };
        let stream = streams::begin_inflate(wbits, dictionary.as_deref())?;
        let state = State {
            stream,
            dictionary,
            input: Vec::new(),
            unused: Vec::new(),
            needs_input: true,
            eof: false,
        };
        support::make(th, class, ZlibDecompressor { state: Shared::new(state) })
    }

    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// If *max_length* is nonnegative, returns at most *max_length* bytes
    /// of decompressed data.  If this limit is reached and further output
    /// can be produced, *self.needs_input* will be set to ``False``.  In
    /// this case, the next call to *decompress()* may provide *data* as b''
    /// to obtain more of the output.
    ///
    /// If all of the input data was decompressed and returned (either
    /// because this was less than *max_length* bytes, or because
    /// *max_length* was negative), *self.needs_input* will be set to True.
    ///
    /// Attempting to decompress data after the end of stream is reached
    /// raises an EOFError.  Any data found after the end of the stream is
    /// ignored and saved in the unused_data attribute.
    #[sig("($self, /, data, max_length=-1)")]
    pub fn decompress(
        th: &mut Thread,
        this: &Object<ZlibDecompressor>,
        data: BytesLike<'_>,
        max_length: isize,
    ) -> Result<Value> {
        let most = usize::try_from(max_length).unwrap_or(usize::MAX);
        let bytes = with(th, this, |th, state| {
            if state.eof {
                return Err(raise(&EOF_ERROR, "End of stream already reached".to_owned()));
            }
            let much = data.len() + state.input.len() > DETACH_BYTES;
            Ok(detached_if(th, much, || state.decompress(&data, most))?)
        })?;
        Bytes::new(th, &bytes)
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    pub fn eof(th: &mut Thread, this: &Object<ZlibDecompressor>) -> Result<bool> {
        with(th, this, |_, state| Ok(state.eof))
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    pub fn unused_data(th: &mut Thread, this: &Object<ZlibDecompressor>) -> Result<Value> {
        let bytes = with(th, this, |_, state| Ok(state.unused.clone()))?;
        Bytes::new(th, &bytes)
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    pub fn needs_input(th: &mut Thread, this: &Object<ZlibDecompressor>) -> Result<bool> {
        with(th, this, |_, state| Ok(state.needs_input))
    }
}
