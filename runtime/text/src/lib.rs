//! Text and numbers as Python writes and reads them, without any Python object.
//!
//! The crate knows nothing of the rest of the workspace: strings come in as [`Chars`] (one, two or four bytes a code
//! point, lone surrogates allowed) and go out as [`Text`] of the narrowest kind; big ints are `num_bigint`'s. What can
//! fail says so with an [`Error`]: the name of the Python exception and its message, which are CPython 3.14's.
//!
//! * [`chars`]: the views, [`Text`], and beside it [`Builder`].
//! * Numbers: [`float`], [`int`], [`complex`], [`hash`], [`mersenne`].
//! * Formatting: [`format_spec`] (`format()`), [`percent`] (`%`), [`str_format`] (`str.format`), [`repr`].
//! * Bytes: [`ascii`], and what serves strings too.
//! * Strings: [`search`] (find, split, strip, …), [`unicode`] (classes, case, names, normal forms), [`codec`].
//!
//! Every function takes time at most proportional to what it reads and writes, times a logarithm where big ints are
//! concerned; none recurses on its input.

pub mod ascii;
mod builder;
pub mod chars;
pub mod codec;
pub mod complex;
mod error;
pub mod float;
pub mod format_spec;
pub mod hash;
pub mod int;
pub mod mersenne;
pub mod percent;
pub mod repr;
pub mod search;
pub mod str_format;
pub mod unicode;

pub use builder::Builder;
pub use chars::{Chars, Text, View};
pub use error::{Error, ErrorKind, Result};
