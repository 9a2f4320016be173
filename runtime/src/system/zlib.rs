//! zlib's streams.
//!
//! The library is `zlib-rs` behind zlib's own interface: nothing smaller has what Python's `zlib` shows of it (copies of
//! streams, dictionaries, every container, strategies). A [`Stream`] owns its state, and gets its input and the room for its
//! output for each call anew.
//!
//! * INV-ZLIB-1: the state of a `Stream` has been initialised for its direction, is where it was initialised, and is ended
//!   once, when the `Stream` is dropped.

use std::ffi::CStr;

use libz_rs_sys as z;

/// The call did what it could.
pub const OK: i32 = z::Z_OK;
/// The stream is complete.
pub const STREAM_END: i32 = z::Z_STREAM_END;
/// A dictionary is needed.
pub const NEED_DICT: i32 = z::Z_NEED_DICT;
/// The call does not fit the state or an argument.
pub const STREAM_ERROR: i32 = z::Z_STREAM_ERROR;
/// The data are malformed.
pub const DATA_ERROR: i32 = z::Z_DATA_ERROR;
/// There is no memory.
pub const MEM_ERROR: i32 = z::Z_MEM_ERROR;
/// Nothing could be done without more input or room.
pub const BUF_ERROR: i32 = z::Z_BUF_ERROR;
/// Give out only what is ready.
pub const NO_FLUSH: i32 = z::Z_NO_FLUSH;
/// Give out everything.
pub const SYNC_FLUSH: i32 = z::Z_SYNC_FLUSH;
/// End the stream.
pub const FINISH: i32 = z::Z_FINISH;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Deflate,
    Inflate,
}

/// A stream that is being compressed or decompressed.
pub struct Stream {
    direction: Direction,
    /// Boxed: the state knows where it is.
    state: Box<z::z_stream>,
}

// SAFETY: the pointers in the state lead to what the stream alone owns; input and output are none of it between calls.
unsafe impl Send for Stream {}

/// What a call did.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// zlib's answer.
    pub code: i32,
    /// Bytes of the input that are used up.
    pub consumed: usize,
    /// Bytes of output.
    pub produced: usize,
}

fn size() -> i32 {
    size_of::<z::z_stream>() as i32
}

impl Stream {
    /// A stream that compresses.
    ///
    /// # Errors
    /// zlib's error number.
    pub fn deflate(
        level: i32,
        method: i32,
        window_bits: i32,
        memory: i32,
        strategy: i32,
    ) -> Result<Self, i32> {
        let mut state = Box::new(z::z_stream::default());
        // SAFETY: the state is new, and its size is that of the type.
        let code = unsafe {
            z::deflateInit2_(
                &mut *state,
                level,
                method,
                window_bits,
                memory,
                strategy,
                z::zlibVersion(),
                size(),
            )
        };
        if code == OK { Ok(Self { direction: Direction::Deflate, state }) } else { Err(code) }
    }

    /// A stream that decompresses.
    ///
    /// # Errors
    /// zlib's error number.
    pub fn inflate(window_bits: i32) -> Result<Self, i32> {
        let mut state = Box::new(z::z_stream::default());
        // SAFETY: as in `deflate`.
        let code = unsafe { z::inflateInit2_(&mut *state, window_bits, z::zlibVersion(), size()) };
        if code == OK { Ok(Self { direction: Direction::Inflate, state }) } else { Err(code) }
    }

    /// Goes on with input, and room for output.
    pub fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Step {
        let given = input.len().min(u32::MAX as usize);
        let room = output.len().min(u32::MAX as usize);
        self.state.next_in = input.as_ptr();
        self.state.avail_in = given as u32;
        self.state.next_out = output.as_mut_ptr();
        self.state.avail_out = room as u32;
        let state = &mut *self.state;
        let code = match self.direction {
            // SAFETY: INV-ZLIB-1; input and output are as long as was just said.
            Direction::Deflate => unsafe { z::deflate(state, flush) },
            // SAFETY: as above.
            Direction::Inflate => unsafe { z::inflate(state, flush) },
        };
        let step = Step {
            code,
            consumed: given - self.state.avail_in as usize,
            produced: room - self.state.avail_out as usize,
        };
        self.state.next_in = std::ptr::null();
        self.state.avail_in = 0;
        self.state.next_out = std::ptr::null_mut();
        self.state.avail_out = 0;
        step
    }

    /// Sets the dictionary; zlib's answer.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        let Ok(len) = u32::try_from(dictionary.len()) else { return STREAM_ERROR };
        let (state, bytes) = (&mut *self.state, dictionary.as_ptr());
        match self.direction {
            // SAFETY: INV-ZLIB-1; the dictionary has that length.
            Direction::Deflate => unsafe { z::deflateSetDictionary(state, bytes, len) },
            // SAFETY: as above.
            Direction::Inflate => unsafe { z::inflateSetDictionary(state, bytes, len) },
        }
    }

    /// A copy.
    ///
    /// # Errors
    /// zlib's error number.
    pub fn copy(&mut self) -> Result<Self, i32> {
        let mut copy = Box::new(z::z_stream::default());
        let code = match self.direction {
            // SAFETY: INV-ZLIB-1 for the one; the other is new.
            Direction::Deflate => unsafe { z::deflateCopy(&mut *copy, &mut *self.state) },
            // SAFETY: as above.
            Direction::Inflate => unsafe { z::inflateCopy(&mut *copy, &*self.state) },
        };
        if code == OK { Ok(Self { direction: self.direction, state: copy }) } else { Err(code) }
    }

    /// What zlib says is wrong.
    pub fn message(&self) -> Option<String> {
        let message = self.state.msg;
        if message.is_null() {
            return None;
        }
        // SAFETY: zlib's messages are constants that end with a zero.
        Some(unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let state = &mut *self.state;
        match self.direction {
            // SAFETY: INV-ZLIB-1. What it answers says only whether there was output left.
            Direction::Deflate => unsafe { z::deflateEnd(state) },
            // SAFETY: as above.
            Direction::Inflate => unsafe { z::inflateEnd(state) },
        };
    }
}

/// The checksum of bytes, going on from `value`.
pub fn crc32(value: u32, bytes: &[u8]) -> u32 {
    // SAFETY: the bytes are as many as is said.
    unsafe { z::crc32_z(value.into(), bytes.as_ptr(), bytes.len()) as u32 }
}

/// The other checksum of bytes, going on from `value`.
pub fn adler32(value: u32, bytes: &[u8]) -> u32 {
    // SAFETY: as above.
    unsafe { z::adler32_z(value.into(), bytes.as_ptr(), bytes.len()) as u32 }
}

/// The library's version.
pub fn version() -> String {
    // SAFETY: a constant that ends with a zero.
    unsafe { CStr::from_ptr(z::zlibVersion()) }.to_string_lossy().into_owned()
}
