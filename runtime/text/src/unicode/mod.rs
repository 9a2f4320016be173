//! What Unicode 16.0 says about characters, as Python's `str` methods and `unicodedata` ask.

mod case;
pub mod database;
mod names;
mod normalize;
pub mod old;
mod predicates;
mod table;

pub use case::{capitalize, casefold, lower, simple_lower, simple_upper, swapcase, title, upper};
pub use names::{NamedSequence, lookup, name};
pub use normalize::{Form, is_normalized, normalize};
pub use predicates::{
    Class, is_alnum, is_alpha, is_ascii_space, is_decimal, is_digit, is_identifier, is_line_break, is_lower,
    is_numeric, is_printable, is_space, is_title, is_upper, to_ascii_digits,
};

/// The version of the Unicode data.
pub const VERSION: &str = "16.0.0";
