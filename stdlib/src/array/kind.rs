//! Type codes: what an item is, and how it becomes a Python value and back.

use std::cmp::Ordering;

use runtime::error::{Raised, Result, overflow_error, type_error};
use runtime::object::cast;
use runtime::types::{Str, StrExt, float, int};
use runtime::{Context, Thread, Value, ops};

use crate::support;

/// The type of an array's items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `b`.
    I8,
    /// `B`.
    U8,
    /// `u`: a wide character of C, which here is as `w`.
    WideChar,
    /// `w`.
    Char,
    /// `h`.
    I16,
    /// `H`.
    U16,
    /// `i`.
    I32,
    /// `I`.
    U32,
    /// `l`.
    Long,
    /// `L`.
    ULong,
    /// `q`.
    I64,
    /// `Q`.
    U64,
    /// `f`.
    F32,
    /// `d`.
    F64,
}

/// An item as a machine value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Raw {
    /// An integer.
    Int(i128),
    /// A float.
    Float(f64),
    /// A character.
    Char(u32),
}

impl Kind {
    /// All of them with their codes, in the order of the documentation.
    pub const ALL: [(char, Self); 14] = [
        ('b', Self::I8),
        ('B', Self::U8),
        ('u', Self::WideChar),
        ('w', Self::Char),
        ('h', Self::I16),
        ('H', Self::U16),
        ('i', Self::I32),
        ('I', Self::U32),
        ('l', Self::Long),
        ('L', Self::ULong),
        ('q', Self::I64),
        ('Q', Self::U64),
        ('f', Self::F32),
        ('d', Self::F64),
    ];

    /// The kind with this code.
    pub fn of(code: char) -> Option<Self> {
        Self::ALL.iter().find(|(other, _)| *other == code).map(|(_, kind)| *kind)
    }

    /// The code.
    pub fn code(self) -> char {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or('b', |(code, _)| *code)
    }

    /// Bytes of an item.
    pub fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::WideChar | Self::Char | Self::I32 | Self::U32 | Self::F32 => 4,
            Self::Long | Self::ULong | Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }

    /// Whether items are characters.
    pub fn is_text(self) -> bool {
        matches!(self, Self::WideChar | Self::Char)
    }

    /// The format of a buffer of such items.
    pub fn format(self) -> String {
        if self.is_text() { "w".to_owned() } else { self.code().to_string() }
    }

    /// Whether items are integers, and then whether they have a sign.
    pub fn sign(self) -> Option<bool> {
        match self {
            Self::I8 | Self::I16 | Self::I32 | Self::Long | Self::I64 => Some(true),
            Self::U8 | Self::U16 | Self::U32 | Self::ULong | Self::U64 => Some(false),
            _ => None,
        }
    }

    /// The machine value of an item's bytes, of which there are [`size`](Self::size).
    pub fn decode(self, bytes: &[u8]) -> Raw {
        // Each size by itself, so that a copy is one load.
        let word = match *bytes {
            [a] => u64::from(a),
            [a, b] => u64::from(u16::from_ne_bytes([a, b])),
            [a, b, c, d] => u64::from(u32::from_ne_bytes([a, b, c, d])),
            [a, b, c, d, e, f, g, h] => u64::from_ne_bytes([a, b, c, d, e, f, g, h]),
            _ => 0,
        };
        match self {
            Self::I8 => Raw::Int((word as i8).into()),
            Self::I16 => Raw::Int((word as i16).into()),
            Self::I32 => Raw::Int((word as i32).into()),
            Self::Long | Self::I64 => Raw::Int((word as i64).into()),
            Self::U8 | Self::U16 | Self::U32 | Self::ULong | Self::U64 => Raw::Int(word.into()),
            Self::WideChar | Self::Char => Raw::Char(word as u32),
            Self::F32 => Raw::Float(f32::from_bits(word as u32).into()),
            Self::F64 => Raw::Float(f64::from_bits(word)),
        }
    }

    /// The bytes of an item: the first [`size`](Self::size) of them.
    ///
    /// # Errors
    /// TypeError for what is no such item, OverflowError for what does not fit.
    pub fn encode(self, thread: &mut Thread, value: &Value) -> Result<[u8; 8]> {
        let word = match self {
            Self::WideChar | Self::Char => character(value)?.into(),
            Self::F32 => u64::from((float::as_f64(thread, value)? as f32).to_bits()),
            Self::F64 => float::as_f64(thread, value)?.to_bits(),
            _ => self.integer(thread, value)? as u64,
        };
        let mut bytes = word.to_le_bytes();
        if cfg!(target_endian = "big") {
            bytes[..self.size()].reverse();
        }
        Ok(bytes)
    }

    /// The errors name the C types through which CPython's conversion goes.
    fn integer(self, thread: &mut Thread, value: &Value) -> Result<i128> {
        let wide = ops::index_i128(thread, value)?;
        let within = |least: i128, most: i128, what: &str| -> Result<()> {
            if wide < least {
                return Err(overflow_error(format!("{what} is less than minimum")));
            }
            if wide > most {
                return Err(overflow_error(format!("{what} is greater than maximum")));
            }
            Ok(())
        };
        let fits_long = || {
            let fits = (i128::from(i64::MIN)..=i128::from(i64::MAX)).contains(&wide);
            if fits { Ok(()) } else { Err(overflow_error("Python int too large to convert to C long")) }
        };
        match self {
            Self::I8 => {
                fits_long()?;
                within(i16::MIN.into(), i16::MAX.into(), "signed short integer")?;
                within(i8::MIN.into(), i8::MAX.into(), "signed char")?;
            }
            Self::U8 => {
                fits_long()?;
                within(0, u8::MAX.into(), "unsigned byte integer")?;
            }
            Self::I16 => {
                fits_long()?;
                within(i16::MIN.into(), i16::MAX.into(), "signed short integer")?;
            }
            Self::U16 => {
                fits_long()?;
                within(i32::MIN.into(), i32::MAX.into(), "signed integer")?;
                within(0, u16::MAX.into(), "unsigned short")?;
            }
            Self::I32 => {
                fits_long()?;
                within(i32::MIN.into(), i32::MAX.into(), "signed integer")?;
            }
            Self::Long => fits_long()?,
            Self::U32 | Self::ULong => {
                if wide < 0 {
                    return Err(overflow_error("can't convert negative value to unsigned int"));
                }
                if wide > u64::MAX.into() {
                    return Err(overflow_error("Python int too large to convert to C unsigned long"));
                }
                if self == Self::U32 {
                    within(0, u32::MAX.into(), "unsigned int")?;
                }
            }
            Self::I64 => {
                if i64::try_from(wide).is_err() {
                    return Err(overflow_error("int too big to convert"));
                }
            }
            _ => {
                if wide < 0 {
                    return Err(overflow_error("can't convert negative int to unsigned"));
                }
                if wide > u64::MAX.into() {
                    return Err(overflow_error("int too big to convert"));
                }
            }
        }
        Ok(wide)
    }
}

fn character(value: &Value) -> Result<u32> {
    let Some(text) = cast::<Str>(value) else {
        return Err(no_character(support::class_name(value)));
    };
    match text.len() {
        1 => Ok(text.char_at(0).unwrap_or_default()),
        len => Err(no_character(format!("a string of length {len}"))),
    }
}

#[cold]
fn no_character(what: String) -> Raised {
    type_error(format!("array item must be a unicode character, not {what}"))
}

impl Raw {
    /// The Python value.
    ///
    /// # Errors
    /// ValueError for what is no character, MemoryError.
    pub fn to_value(self, thread: &Context) -> Result<Value> {
        match self {
            Self::Int(value) => match i64::try_from(value) {
                Ok(small) => int::from_i64(thread, small),
                Err(_) => int::from_i128(thread, value),
            },
            Self::Float(value) => float::new(thread, value),
            Self::Char(code) if code <= 0x10_FFFF => Str::from_char(thread, code),
            Self::Char(_) => Err(runtime::error::value_error("character is not in range [U+0000; U+10ffff]")),
        }
    }

    /// How two machine values compare, if that can be told without Python; nothing for nan.
    pub fn compare(self, other: Self) -> Option<Option<Ordering>> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(Some(a.cmp(&b))),
            (Self::Float(a), Self::Float(b)) => Some(a.partial_cmp(&b)),
            (Self::Char(a), Self::Char(b)) => Some(Some(a.cmp(&b))),
            _ => None,
        }
    }
}
