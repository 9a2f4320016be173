//! What goes wrong, as Python will say it.

use std::fmt;

/// The Python exception that an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// `ValueError`
    Value,
    /// `TypeError`
    Type,
    /// `OverflowError`
    Overflow,
    /// `KeyError`
    Key,
    /// `MemoryError`
    Memory,
    /// `ZeroDivisionError`
    ZeroDivision,
}

impl ErrorKind {
    /// The name of the exception class.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Value => "ValueError",
            ErrorKind::Type => "TypeError",
            ErrorKind::Overflow => "OverflowError",
            ErrorKind::Key => "KeyError",
            ErrorKind::Memory => "MemoryError",
            ErrorKind::ZeroDivision => "ZeroDivisionError",
        }
    }
}

/// An exception to be raised: its class and its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The exception's class.
    pub kind: ErrorKind,
    /// `str(exception)`; characters that have no UTF-8 form never get here unescaped.
    pub message: String,
}

/// A result whose error is a Python exception.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A `ValueError`.
    pub fn value(message: impl Into<String>) -> Error {
        Error { kind: ErrorKind::Value, message: message.into() }
    }

    /// A `TypeError`.
    pub fn type_error(message: impl Into<String>) -> Error {
        Error { kind: ErrorKind::Type, message: message.into() }
    }

    /// An `OverflowError`.
    pub fn overflow(message: impl Into<String>) -> Error {
        Error { kind: ErrorKind::Overflow, message: message.into() }
    }

    /// A `MemoryError` without a message.
    pub fn memory() -> Error {
        Error { kind: ErrorKind::Memory, message: String::new() }
    }
}

/// Fail unless memory for `bytes` bytes can be had: what a program can make as large as it likes must raise and not
/// end the process. Small sizes are not worth asking for.
pub(crate) fn room(bytes: usize) -> Result<()> {
    if bytes < 1 << 20 || Vec::<u8>::new().try_reserve_exact(bytes).is_ok() {
        Ok(())
    } else {
        Err(Error::memory())
    }
}

/// Append to a list that is as long as a program likes.
pub(crate) fn push<T>(list: &mut Vec<T>, item: T) -> Result<()> {
    if list.len() == list.capacity() {
        list.try_reserve(1).map_err(|_| Error::memory())?;
    }
    list.push(item);
    Ok(())
}

/// [`room`] for text of `len` characters, the widest of which is `code`.
pub(crate) fn room_for(len: usize, code: u32) -> Result<()> {
    let width = match code {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 4,
    };
    room(len.checked_mul(width).ok_or_else(Error::memory)?)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.message)
    }
}

impl std::error::Error for Error {}
