//! `splitlines`

use crate::chars::Chars;
use crate::error::{Result, push};
use crate::unicode::is_line_break;
use std::ops::Range;

/// `str.splitlines`: where the lines are, with or without what ends them. MemoryError for too many.
pub fn split_lines(text: &impl Chars, keep_ends: bool) -> Result<Vec<Range<usize>>> {
    let find = |from| (from..text.len()).find(|&at| is_line_break(text.at(at)));
    lines(text, keep_ends, find)
}

/// The same of ASCII text.
pub fn split_lines_ascii(text: &[u8], keep_ends: bool) -> Result<Vec<Range<usize>>> {
    // What is not below the first printable character, as most are, is told by one comparison.
    find_in_bytes(text, keep_ends, |byte| byte < b' ' && is_line_break(byte.into()))
}

/// `bytes.splitlines`, which knows only `\n` and `\r`.
pub fn split_lines_bytes(text: &[u8], keep_ends: bool) -> Result<Vec<Range<usize>>> {
    find_in_bytes(text, keep_ends, |byte| byte == b'\n' || byte == b'\r')
}

fn find_in_bytes(text: &[u8], keep_ends: bool, is_break: impl Fn(u8) -> bool) -> Result<Vec<Range<usize>>> {
    let find = |from: usize| text[from..].iter().position(|&byte| is_break(byte)).map(|at| from + at);
    lines(&text, keep_ends, find)
}

/// The lines of `text`, where `find` knows the first break from a place on that is no higher than the length.
fn lines(
    text: &impl Chars,
    keep_ends: bool,
    find: impl Fn(usize) -> Option<usize>,
) -> Result<Vec<Range<usize>>> {
    let (mut out, mut start) = (Vec::new(), 0);
    while let Some(at) = find(start) {
        let pair = text.at(at) == 13 && at + 1 < text.len() && text.at(at + 1) == 10;
        let next = at + 1 + usize::from(pair);
        push(&mut out, start..if keep_ends { next } else { at })?;
        start = next;
    }
    if start < text.len() {
        push(&mut out, start..text.len())?;
    }
    Ok(out)
}
