//! What `str` and `bytes` do by looking for parts of themselves: find, count, replace, split, strip and fill.
//!
//! Positions are in code points (or bytes). A result is either positions in the text, for the caller to cut out what it
//! wants, or a new [`Text`](crate::Text).

mod find;
mod lines;
mod pad;
mod replace;
mod split;
mod strip;
mod translate;

pub use find::{Finder, contains, count, ends_with, find, find_char, rfind, starts_with};
pub use lines::{split_lines, split_lines_ascii, split_lines_bytes};
pub use pad::{center, expand_tabs, left_justify, right_justify, zero_fill};
pub use replace::{join, repeat, replace};
pub use split::{
    find_byte, partition, rpartition, rsplit, rsplit_space, split, split_ascii_space_each, split_each,
    split_space, split_space_each,
};
pub use strip::{Side, ascii_space, strip, strip_chars, strip_space};
pub use translate::{Translated, translate};
