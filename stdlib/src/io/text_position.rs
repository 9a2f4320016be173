//! Positions in text: `tell`, `seek` and `truncate` of `TextIOWrapper`.
//!
//! A position is that of the binary stream where a decoder can begin, with all that it takes to come from there to the
//! place in the text: the decoder's flags, how many bytes to feed, and how many characters to skip then. Where the decoder
//! is in no particular state, which is the usual case, that is the number of the byte alone.

use memory::{Object, Value};
use num_bigint::BigInt;
use runtime::Thread;
use runtime::error::{Result, os_error, type_error, value_error};
use runtime::native;
use runtime::object::{cast, to_value};
use runtime::ops;
use runtime::types::{Bytes, BytesExt, Str, StrExt, int};

use super::text::{self as stream, TextIoWrapper, check_open, locked, settings};
use super::{method, raw, unsupported};

/// A position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    /// Where in the binary stream to begin.
    start: i64,
    flags: i32,
    feed_bytes: i32,
    skip_chars: i32,
    /// Whether the decoder has to be told that nothing follows.
    at_end: bool,
}

impl Place {
    fn into_value(self, thread: &mut Thread) -> Result<Value> {
        if self == (Self { start: self.start, ..Self::default() }) {
            return int::from_i64(thread, self.start);
        }
        let number = BigInt::from(self.start as u64)
            + (BigInt::from(self.flags as u32) << 64)
            + (BigInt::from(self.feed_bytes as u32) << 96)
            + (BigInt::from(self.skip_chars as u32) << 128)
            + (BigInt::from(u8::from(self.at_end)) << 160);
        int::from_bigint(thread, number)
    }

    fn from_value(thread: &mut Thread, value: &Value) -> Result<Self> {
        let number = ops::index_bigint(thread, value)?;
        let bytes = number.magnitude().to_bytes_le();
        if bytes.len() > 21 {
            return Err(runtime::error::overflow_error("int too big to convert"));
        }
        let mut all = [0; 21];
        all[..bytes.len()].copy_from_slice(&bytes);
        let word = |at: usize| i32::from_le_bytes([all[at], all[at + 1], all[at + 2], all[at + 3]]);
        let start = i64::from_le_bytes([all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]]);
        Ok(Self { start, flags: word(8), feed_bytes: word(12), skip_chars: word(16), at_end: all[20] != 0 })
    }
}

fn buffer_tell(thread: &mut Thread, buffer: &Value) -> Result<i64> {
    raw::tell(thread, buffer)
}

/// How many characters `bytes` are, in the decoder's state of now.
fn decoded_length(
    thread: &mut Thread,
    this: &Object<TextIoWrapper>,
    bytes: &[u8],
    last: bool,
) -> Result<usize> {
    let input = Bytes::new(thread, bytes)?;
    let text = stream::decode(thread, this, &input, last)?;
    Ok(cast::<Str>(&text).map_or(0, |text| text.len()))
}

fn place_of(thread: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Place> {
    let buffer = check_open(thread, this)?;
    let known = settings(thread, this);
    if !known.seekable {
        return Err(unsupported(thread, "underlying stream is not seekable"));
    }
    if !known.telling {
        return Err(os_error("telling position disabled by next() call"));
    }
    stream::hand_on(thread, this)?;
    method(thread, &to_value(this), "flush", &[])?;
    let position = buffer_tell(thread, &buffer)?;
    let Some((flags, input)) = stream::snapshot(thread, this).filter(|_| known.readable) else {
        return Ok(Place { start: position, ..Place::default() });
    };
    // The place in the binary stream where the snapshot was taken.
    let start = position - input.len() as i64;
    let skip = settings(thread, this).used;
    if skip == 0 {
        return Ok(Place { start, flags: flags as i32, ..Place::default() });
    }
    let saved = stream::decoder_state(thread, this)?;
    let found = search(thread, this, start, flags, &input, skip);
    stream::set_decoder_state(thread, this, &saved.0, saved.1)?;
    found
}

/// Looks for a place at or before the one that is `skip` characters into `input` where the decoder can begin.
fn search(
    thread: &mut Thread,
    this: &Object<TextIoWrapper>,
    start: i64,
    flags: i128,
    input: &[u8],
    skip: usize,
) -> Result<Place> {
    let (mut flags, mut skip) = (flags, skip);
    // A guess from the usual width of a character, taken back in growing steps while it is too far.
    let ratio = settings(thread, this).bytes_per_char;
    let mut guess = ((ratio * skip as f64) as usize).min(input.len());
    let mut step = 1;
    loop {
        stream::set_decoder_state(thread, this, b"", flags)?;
        if guess == 0 {
            break;
        }
        let count = decoded_length(thread, this, &input[..guess], false)?;
        if count <= skip {
            let (waiting, new_flags) = stream::decoder_state(thread, this)?;
            if waiting.is_empty() {
                flags = new_flags;
                skip -= count;
                break;
            }
            guess -= waiting.len().min(guess);
            step = 1;
        } else {
            guess -= step.min(guess);
            step *= 2;
        }
    }
    let mut place = Place { start: start + guess as i64, flags: flags as i32, ..Place::default() };
    if skip == 0 {
        return Ok(place);
    }
    // Byte by byte from there: whenever the decoder holds nothing back, it can begin there.
    let (mut fed, mut chars) = (0, 0);
    for byte in &input[guess..] {
        fed += 1;
        chars += decoded_length(thread, this, std::slice::from_ref(byte), false)?;
        let (waiting, new_flags) = stream::decoder_state(thread, this)?;
        if waiting.is_empty() && chars <= skip {
            place.start += fed;
            place.flags = new_flags as i32;
            skip -= chars;
            (fed, chars) = (0, 0);
        }
        if chars >= skip {
            place.feed_bytes = fed as i32;
            place.skip_chars = skip as i32;
            return Ok(place);
        }
    }
    chars += decoded_length(thread, this, b"", true)?;
    if chars < skip {
        return Err(os_error("can't reconstruct logical file position"));
    }
    place.feed_bytes = fed as i32;
    place.skip_chars = skip as i32;
    place.at_end = true;
    Ok(place)
}

fn reset_encoder(thread: &mut Thread, this: &Object<TextIoWrapper>, at_start: bool) -> Result<()> {
    let Some(encoder) = this.payload().encoder.get(this.header()) else { return Ok(()) };
    if at_start {
        method(thread, &encoder, "reset", &[])?;
    } else {
        let zero = int::from_i64(thread, 0)?;
        method(thread, &encoder, "setstate", &[zero])?;
    }
    Ok(())
}

fn go_to_end(thread: &mut Thread, this: &Object<TextIoWrapper>, buffer: &Value) -> Result<Value> {
    method(thread, &to_value(this), "flush", &[])?;
    stream::set_decoded(thread, this, None);
    stream::set_snapshot(thread, this, None);
    if settings(thread, this).readable {
        stream::reset_decoder(thread, this)?;
    }
    let args = [int::from_i64(thread, 0)?, int::from_i64(thread, 2)?];
    let position = method(thread, buffer, "seek", &args)?;
    let zero = int::from_i64(thread, 0)?;
    let at_start = ops::compare_bool(thread, &position, &zero, runtime::class::Comparison::Eq)?;
    reset_encoder(thread, this, at_start)?;
    Ok(position)
}

fn go_to(thread: &mut Thread, this: &Object<TextIoWrapper>, buffer: &Value, place: Place) -> Result<()> {
    method(thread, &to_value(this), "flush", &[])?;
    let start = int::from_i64(thread, place.start)?;
    method(thread, buffer, "seek", &[start])?;
    stream::set_decoded(thread, this, None);
    stream::set_snapshot(thread, this, None);
    let readable = settings(thread, this).readable;
    if readable {
        if place.start == 0 && place.flags == 0 {
            stream::reset_decoder(thread, this)?;
        } else {
            stream::set_decoder_state(thread, this, b"", place.flags.into())?;
        }
    }
    if place.skip_chars != 0 && readable {
        let count = int::from_i64(thread, place.feed_bytes.into())?;
        let input = method(thread, buffer, "read", &[count])?;
        let Some(bytes) = cast::<Bytes>(&input) else {
            use runtime::class::TypeExt;
            return Err(type_error(format!(
                "underlying read() should have returned a bytes object, not '{}'",
                runtime::class::class_of(&input).name_lossy()
            )));
        };
        stream::set_snapshot(thread, this, Some((place.flags.into(), bytes.bytes().to_vec())));
        let text = stream::decode(thread, this, &input, place.at_end)?;
        let length = cast::<Str>(&text).map_or(0, |text| text.len());
        stream::set_decoded(thread, this, Some(text));
        let skip = usize::try_from(place.skip_chars).unwrap_or(usize::MAX);
        if length < skip {
            return Err(os_error("can't restore logical file position"));
        }
        stream::set(thread, this, |settings| settings.used = skip);
    } else {
        stream::set_snapshot(thread, this, Some((place.flags.into(), Vec::new())));
    }
    reset_encoder(thread, this, place.start == 0 && place.flags == 0)
}

#[native::methods(TextIoWrapper, name = "TextIOWrapper")]
pub mod methods {
    use super::*;

    /// Return the stream position as an opaque number.
    ///
    /// The return value of tell() can be given as input to seek(), to restore a
    /// previous stream position.
    pub fn tell(th: &mut Thread, this: &Object<TextIoWrapper>) -> Result<Value> {
        let place = locked(th, this, |thread| place_of(thread, this))?;
        place.into_value(th)
    }

    /// Set the stream position, and return the new stream position.
    ///
    ///   cookie
    ///     Zero or an opaque number returned by tell().
    ///   whence
    ///     The relative position to seek from.
    ///
    /// Four operations are supported, given by the following argument
    /// combinations:
    ///
    /// - seek(0, SEEK_SET): Rewind to the start of the stream.
    /// - seek(cookie, SEEK_SET): Restore a previous position.
    /// - seek(0, SEEK_END): Fast-forward to the end of the stream.
    /// - seek(0, SEEK_CUR): Leave the current stream position unchanged.
    ///
    /// Any other argument combinations are invalid,
    /// and may raise exceptions.
    #[sig("($self, cookie, whence=0, /)")]
    pub fn seek(th: &mut Thread, this: &Object<TextIoWrapper>, cookie: &Value, whence: i32) -> Result<Value> {
        let buffer = check_open(th, this)?;
        if !settings(th, this).seekable {
            return Err(unsupported(th, "underlying stream is not seekable"));
        }
        let zero = int::from_i64(th, 0)?;
        let is_zero = ops::compare_bool(th, cookie, &zero, runtime::class::Comparison::Eq)?;
        locked(th, this, |thread| {
            let mut cookie = cookie.clone();
            match whence {
                0 => {}
                1 if !is_zero => return Err(unsupported(thread, "can't do nonzero cur-relative seeks")),
                1 => cookie = method(thread, &to_value(this), "tell", &[])?,
                2 if !is_zero => return Err(unsupported(thread, "can't do nonzero end-relative seeks")),
                2 => return go_to_end(thread, this, &buffer),
                _ => return Err(value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
            }
            if ops::compare_bool(thread, &cookie, &zero, runtime::class::Comparison::Lt)? {
                let shown = ops::repr_text(thread, &cookie)?;
                return Err(value_error(format!("negative seek position {shown}")));
            }
            let place = Place::from_value(thread, &cookie)?;
            go_to(thread, this, &buffer, place)?;
            Ok(cookie)
        })
    }

    /// Truncate file to size bytes.
    ///
    /// File pointer is left unchanged. Size defaults to the current IO position
    /// as reported by tell(). Return the new size.
    #[sig("($self, pos=None, /)")]
    pub fn truncate(th: &mut Thread, this: &Object<TextIoWrapper>, pos: Option<&Value>) -> Result<Value> {
        let buffer = stream::buffer_of(this)?;
        method(th, &to_value(this), "flush", &[])?;
        let args: Vec<Value> = pos.into_iter().cloned().collect();
        method(th, &buffer, "truncate", &args)
    }
}
