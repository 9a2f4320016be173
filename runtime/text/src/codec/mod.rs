//! Bytes to text and back: the encodings that CPython has in C, and the error handlers that come with it.
//!
//! A decoder or encoder meets something it cannot convert, says so with a [`Fault`] and goes on where the handler tells it
//! to. [`Standard`] is the handlers that have names; the runtime brings its own for those that programs register.
//! Positions count bytes when decoding and code points when encoding.

mod charmap;
mod errors;
mod escape;
mod single;
mod utf16;
mod utf32;
mod utf7;
mod utf8;

use crate::chars::Text;

pub use charmap::{EncodingMap, charmap_decode, charmap_decode_table, charmap_encode};
pub use errors::{Errors, Standard, decode_replacement, encode_replacement};
pub use escape::{
    InvalidEscape, raw_unicode_escape_decode, raw_unicode_escape_encode, unicode_escape_decode,
    unicode_escape_encode,
};
pub use single::{ascii_decode, ascii_encode, latin1_decode, latin1_encode};
pub use utf7::{utf7_decode, utf7_encode};
pub use utf8::{utf8_decode, utf8_encode};
pub use utf16::{utf16_decode, utf16_encode};
pub use utf32::{utf32_decode, utf32_encode};

/// What could not be converted; all that `UnicodeDecodeError` and `UnicodeEncodeError` hold besides the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The encoding's name in the exception.
    pub encoding: &'static str,
    /// Where it starts.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What is wrong.
    pub reason: &'static str,
}

/// What an encoder's handler puts in the place of what could not be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// Text, which is encoded in its turn.
    Text(Text),
    /// Bytes as they are.
    Bytes(Vec<u8>),
}

/// Tells a decoder how to go on.
pub trait DecodeErrors {
    /// What ends the decoding.
    type Error;
    /// What to put in the place of the fault, and where to go on: not after the end of the input.
    fn handle(&mut self, fault: &Fault) -> Result<(Text, usize), Self::Error>;
}

/// Tells an encoder how to go on.
pub trait EncodeErrors {
    /// What ends the encoding.
    type Error;
    /// What to put in the place of the fault, and where to go on: not after the end of the input.
    fn handle(&mut self, fault: &Fault) -> Result<(Replacement, usize), Self::Error>;
    /// The error for a replacement that cannot be encoded either.
    fn raise(&mut self, fault: &Fault) -> Self::Error;
}

/// Text, and how many bytes it was made from: all of them when the input is final.
pub type Decoded<E> = Result<(Text, usize), E>;

/// The order of bytes in UTF-16 and UTF-32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// As the byte order mark says, which is written and taken away; without one, little-endian.
    Mark,
    /// Least significant first.
    Little,
    /// Most significant first.
    Big,
}

/// Whether `code` is half of a surrogate pair.
pub(crate) fn is_surrogate(code: u32) -> bool {
    (0xd800..=0xdfff).contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chars::View;

    /// Goes back to where it pleases.
    struct Custom(Vec<(Replacement, usize)>);

    impl EncodeErrors for Custom {
        type Error = String;
        fn handle(&mut self, fault: &Fault) -> Result<(Replacement, usize), String> {
            self.0.pop().ok_or_else(|| self.raise(fault))
        }
        fn raise(&mut self, fault: &Fault) -> String {
            format!("{}..{} {}", fault.start, fault.end, fault.reason)
        }
    }

    #[test]
    fn a_handler_says_where_to_go_on() {
        let text = View::Wide(&[0x61, 0x20ac, 0x20ac, 0x62]);
        let bytes = |text: &[u8]| Replacement::Bytes(text.to_vec());
        let mut custom = Custom(vec![(Replacement::Text(Text::from("?")), 4), (bytes(b"\xff"), 2)]);
        assert_eq!(ascii_encode(text, &mut custom), Ok(b"a\xff?".to_vec()));
    }

    #[test]
    fn a_replacement_must_be_encodable() {
        let text = View::Wide(&[0x61, 0x20ac]);
        let mut custom = Custom(vec![(Replacement::Text(Text::from("\u{e9}")), 2)]);
        assert_eq!(ascii_encode(text, &mut custom), Err("1..2 ordinal not in range(128)".into()));
        let mut odd = Custom(vec![(Replacement::Bytes(vec![1]), 1)]);
        let surrogate = View::Wide(&[0xd800]);
        assert_eq!(
            utf16_encode(surrogate, ByteOrder::Little, &mut odd),
            Err("0..1 surrogates not allowed".into())
        );
    }

    #[test]
    fn what_is_incomplete_waits() {
        let strict = |input| Standard::new(Errors::Strict, input);
        let input = &b"a\xf0\x9f\x98"[..];
        assert_eq!(utf8_decode(input, false, &mut strict(input)), Ok((Text::from("a"), 1)));
        let fault = utf8_decode(input, true, &mut strict(input)).unwrap_err();
        assert_eq!((fault.start, fault.end, fault.reason), (1, 4, "unexpected end of data"));
    }

    #[test]
    fn the_first_escape_that_means_nothing_is_reported() {
        let input = &b"\\n\\d\\777"[..];
        let (_, _, invalid) =
            unicode_escape_decode(input, true, &mut Standard::new(Errors::Strict, input)).unwrap();
        assert_eq!(invalid, Some(InvalidEscape { at: 3, code: 'd'.into() }));
    }
}
