//! `strip`, `lstrip`, `rstrip`: what is left.

use crate::chars::{Chars, View};
use crate::unicode::Class;
use std::ops::Range;

/// Which ends are stripped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `strip`
    Both,
    /// `lstrip`
    Left,
    /// `rstrip`
    Right,
}

/// What is left when the characters that `drop` is true of are gone from the ends.
pub fn strip(text: &impl Chars, side: Side, drop: impl Fn(u32) -> bool) -> Range<usize> {
    let (mut start, mut end) = (0, text.len());
    if side != Side::Right {
        while start < end && drop(text.at(start)) {
            start += 1;
        }
    }
    if side != Side::Left {
        while start < end && drop(text.at(end - 1)) {
            end -= 1;
        }
    }
    start..end
}

/// `str.strip()`
pub fn strip_space(text: &impl Chars, side: Side) -> Range<usize> {
    strip(text, side, |code| Class::of(code).has(Class::SPACE))
}

/// `str.strip(chars)`
pub fn strip_chars(text: &impl Chars, side: Side, chars: View<'_>) -> Range<usize> {
    // Low characters are looked up in a set of bits, so that only rare ones cost the length of `chars`.
    let low = chars.iter_chars().filter(|&c| c < 128).fold(0u128, |bits, c| bits | 1 << c);
    let mut high: Vec<u32> = chars.iter_chars().filter(|&c| c >= 128).collect();
    high.sort_unstable();
    strip(
        text,
        side,
        |code| if code < 128 { low >> code & 1 == 1 } else { high.binary_search(&code).is_ok() },
    )
}

/// What `bytes` methods take for white space, as a code point.
pub fn ascii_space(code: u32) -> bool {
    matches!(code, 9..=13 | 32)
}
