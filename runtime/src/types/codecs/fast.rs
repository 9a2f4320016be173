//! The encodings that are there from the start.

use memory::Value;
use text::Text;
use text::codec::{self, ByteOrder};
use threads::Thread;

use super::Handler;
use crate::error::{Result, type_error};
use crate::object::cast;
use crate::types::{Str, StrExt};

/// An encoding that needs no registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8
    Utf8,
    /// UTF-16
    Utf16(ByteOrder),
    /// UTF-32
    Utf32(ByteOrder),
    /// Latin-1
    Latin1,
    /// ASCII
    Ascii,
}

impl Encoding {
    /// The encoding called `name`, in any spelling.
    pub fn find(name: &str) -> Option<Self> {
        // The usual ones, without making a string.
        match name {
            "utf-8" | "utf8" | "UTF-8" => return Some(Self::Utf8),
            "latin-1" | "latin1" => return Some(Self::Latin1),
            "ascii" | "us-ascii" => return Some(Self::Ascii),
            _ if name.len() > 16 => return None,
            _ => {}
        }
        Some(match super::registry::normalize(name).as_str() {
            "utf_8" | "utf8" => Self::Utf8,
            "utf_16" | "utf16" => Self::Utf16(ByteOrder::Mark),
            "utf_16_le" => Self::Utf16(ByteOrder::Little),
            "utf_16_be" => Self::Utf16(ByteOrder::Big),
            "utf_32" | "utf32" => Self::Utf32(ByteOrder::Mark),
            "utf_32_le" => Self::Utf32(ByteOrder::Little),
            "utf_32_be" => Self::Utf32(ByteOrder::Big),
            "latin_1" | "latin1" | "iso_8859_1" | "iso8859_1" => Self::Latin1,
            "ascii" | "us_ascii" => Self::Ascii,
            _ => return None,
        })
    }

    /// Whether ASCII text is encoded as it is.
    pub fn extends_ascii(self) -> bool {
        matches!(self, Self::Utf8 | Self::Latin1 | Self::Ascii)
    }

    /// Encodes a str.
    ///
    /// # Errors
    /// UnicodeEncodeError, or what the error handler raises.
    pub fn encode(self, thread: &mut Thread, value: &Value, errors: &str) -> Result<Vec<u8>> {
        let Some(text) = cast::<Str>(value) else { return Err(type_error("only text is encoded")) };
        let view = text.view();
        let mut handler = Handler::of_str(thread, value, errors);
        match self {
            Self::Utf8 => codec::utf8_encode(view, &mut handler),
            Self::Utf16(order) => codec::utf16_encode(view, order, &mut handler),
            Self::Utf32(order) => codec::utf32_encode(view, order, &mut handler),
            Self::Latin1 => codec::latin1_encode(view, &mut handler),
            Self::Ascii => codec::ascii_encode(view, &mut handler),
        }
    }

    /// Decodes `bytes`, those of `value`; says how many it has used, which are all unless more follows (not `last`).
    ///
    /// # Errors
    /// UnicodeDecodeError, or what the error handler raises.
    pub fn decode(
        self,
        thread: &mut Thread,
        value: &Value,
        bytes: &[u8],
        errors: &str,
        last: bool,
    ) -> Result<(Text, usize)> {
        let mut handler = Handler::of_bytes(thread, value, bytes, errors);
        match self {
            Self::Utf8 => codec::utf8_decode(bytes, last, &mut handler),
            Self::Utf16(mut order) => codec::utf16_decode(bytes, &mut order, last, &mut handler),
            Self::Utf32(mut order) => codec::utf32_decode(bytes, &mut order, last, &mut handler),
            Self::Latin1 => Ok((codec::latin1_decode(bytes), bytes.len())),
            Self::Ascii => codec::ascii_decode(bytes, &mut handler),
        }
    }
}
