//! Formats of items, in the letters of the struct module: bytes to values and back.
//!
//! Items are read and written in formats of one native letter, perhaps after `@`. Any other format can be lent on, and is
//! compared if it is one letter in a stated byte order.

use memory::Value;
use threads::{Context, Thread};

use crate::error::{OVERFLOW_ERROR, Raised, Result, TYPE_ERROR, VALUE_ERROR, type_error, value_error};
use crate::object::cast;
use crate::types::{Bytes, BytesExt, float, int};

/// A format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Format {
    text: String,
    letter: Option<u8>,
    /// Items are in the machine's own sizes and order, as indexing wants it.
    native: bool,
    /// The most significant byte comes first.
    big: bool,
}

/// What an item is, for comparing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Int(i128),
    Float(f64),
    Byte(u8),
}

impl Format {
    pub(super) fn parse(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (prefix, letter) = match bytes {
            [letter] => (b'@', Some(*letter)),
            [prefix @ (b'@' | b'=' | b'<' | b'>' | b'!'), letter] => (*prefix, Some(*letter)),
            _ => (b'@', None),
        };
        let letter = letter.filter(|&letter| size(letter, prefix == b'@').is_some());
        let big = matches!(prefix, b'>' | b'!') || (prefix != b'<' && cfg!(target_endian = "big"));
        Self { text: text.to_owned(), letter, native: prefix == b'@' && letter.is_some(), big }
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The letter, if the format is a native one of one letter.
    pub(super) fn native(&self) -> Option<u8> {
        self.letter.filter(|_| self.native)
    }

    /// Whether items are bytes in one of the three ways.
    pub(super) fn is_bytes(&self) -> bool {
        matches!(self.native(), Some(b'B' | b'b' | b'c'))
    }

    /// The bytes of a native item.
    pub(super) fn native_size(&self) -> Option<usize> {
        self.native().and_then(|letter| size(letter, true))
    }

    /// The letter for indexing.
    ///
    /// # Errors
    /// NotImplementedError.
    pub(super) fn for_items(&self) -> Result<u8> {
        self.native().ok_or_else(|| {
            crate::error::not_implemented_error(format!("memoryview: format {} not supported", self.text))
        })
    }

    /// An item as a value.
    ///
    /// # Errors
    /// MemoryError, NotImplementedError.
    pub(super) fn unpack(&self, thread: &Context, bytes: &[u8]) -> Result<Value> {
        let letter = self.for_items()?;
        match self.number(bytes) {
            Some(Number::Int(number)) if letter == b'?' => Ok(Value::from_bool(number != 0)),
            Some(Number::Int(number)) => int::from_i128(thread, number),
            Some(Number::Float(number)) => float::new(thread, number),
            Some(Number::Byte(byte)) => Bytes::new(thread, &[byte]),
            None => Err(crate::error::not_implemented_error("memoryview: items of another size")),
        }
    }

    /// An item for comparing; `None` if the format is not known.
    pub(super) fn number(&self, bytes: &[u8]) -> Option<Number> {
        let letter = self.letter?;
        let size = bytes.len();
        if size > 8 || size == 0 {
            return None;
        }
        let mut raw = [0u8; 8];
        for (place, &byte) in raw.iter_mut().zip(bytes) {
            *place = byte;
        }
        if self.big {
            raw[..size].reverse();
        }
        let unsigned = u64::from_le_bytes(raw);
        let shift = 64 - 8 * size as u32;
        let signed = (unsigned << shift) as i64 >> shift;
        Some(match letter {
            b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => Number::Int(signed.into()),
            b'B' | b'H' | b'I' | b'L' | b'Q' | b'N' | b'P' => Number::Int(unsigned.into()),
            b'?' => Number::Int((unsigned != 0).into()),
            b'c' => Number::Byte(raw[0]),
            b'e' => Number::Float(text::float::half_to_f64(unsigned as u16)),
            b'f' => Number::Float(f32::from_bits(unsigned as u32).into()),
            b'd' => Number::Float(f64::from_bits(unsigned)),
            _ => return None,
        })
    }

    fn wrong_type(&self) -> Raised {
        type_error(format!("memoryview: invalid type for format '{}'", self.letter_text()))
    }

    fn wrong_value(&self) -> Raised {
        value_error(format!("memoryview: invalid value for format '{}'", self.letter_text()))
    }

    fn letter_text(&self) -> char {
        self.letter.map_or('?', char::from)
    }

    /// What went wrong in a conversion, as assignment tells it.
    fn told(&self, raised: Raised) -> Raised {
        if raised.is(&TYPE_ERROR) {
            return self.wrong_type();
        }
        if raised.is(&OVERFLOW_ERROR) || raised.is(&VALUE_ERROR) {
            return self.wrong_value();
        }
        raised
    }

    /// A value as the bytes of an item.
    ///
    /// # Errors
    /// TypeError or ValueError for what does not fit, or what a conversion raises.
    pub(super) fn pack(&self, thread: &mut Thread, value: &Value) -> Result<Vec<u8>> {
        let letter = self.for_items()?;
        let size = size(letter, true).unwrap_or(1);
        Ok(match letter {
            b'?' => vec![crate::ops::is_true(thread, value)?.into()],
            b'c' => match cast::<Bytes>(value).map(|bytes| bytes.bytes()) {
                Some(&[byte]) => vec![byte],
                Some(_) => return Err(self.wrong_value()),
                None => return Err(self.wrong_type()),
            },
            b'e' | b'f' | b'd' => {
                let number = float::as_f64(thread, value).map_err(|raised| self.told(raised))?;
                match letter {
                    b'd' => number.to_ne_bytes().to_vec(),
                    b'f' => (number as f32).to_ne_bytes().to_vec(),
                    _ => {
                        let half = text::float::f64_to_half(number).ok_or_else(|| self.wrong_value())?;
                        half.to_ne_bytes().to_vec()
                    }
                }
            }
            _ => {
                let wide = crate::ops::index_i128(thread, value).map_err(|raised| self.told(raised))?;
                let bits = 8 * size as u32;
                let (least, most) = match letter {
                    b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => {
                        (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
                    }
                    b'P' => (-(1i128 << (bits - 1)), (1i128 << bits) - 1),
                    _ => (0, (1i128 << bits) - 1),
                };
                if wide < least || wide > most {
                    return Err(self.wrong_value());
                }
                let bytes = (wide as u64).to_le_bytes();
                let mut bytes = bytes[..size].to_vec();
                if cfg!(target_endian = "big") {
                    bytes.reverse();
                }
                bytes
            }
        })
    }
}

/// The bytes of an item: in the machine's sizes, or in the standard ones.
fn size(letter: u8, native: bool) -> Option<usize> {
    Some(match letter {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' if !native => 4,
        b'l' | b'L' | b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_one_letter() {
        assert_eq!(Format::parse("@H").native(), Some(b'H'));
        assert_eq!(Format::parse("<H").native(), None);
        assert_eq!(Format::parse("2H").native(), None);
        assert_eq!(Format::parse(">H").number(&[1, 2]), Some(Number::Int(258)));
        assert_eq!(Format::parse("b").number(&[255]), Some(Number::Int(-1)));
    }
}
