//! Floats: their shortest and their rounded decimal forms, their hexadecimal form, and back.
//!
//! The standard library prints and parses floats exactly, shortest or to any number of digits, ties to even; what
//! Python adds is the layout.

mod digits;
mod format;
mod half;
mod hex;
mod parse;
mod round;

pub use digits::{Decimal, Precision, decimal};
pub use format::{Code, Style, format, repr};
pub(crate) use format::{FIXED_ROOM, fixed_digits};
pub use half::{f64_to_half, half_to_f64};
pub use hex::{from_hex, to_hex};
pub use parse::{parse, parse_ascii, parse_prefix};
pub use round::{integer_ratio, round, round_half_even, to_bigint, trunc_to_bigint};
