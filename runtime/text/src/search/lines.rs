//! `splitlines`

use crate::chars::Chars;
use crate::error::{Result, push};
use crate::unicode::is_line_break;
use std::ops::Range;

/// `str.splitlines`: where the lines are, with or without what ends them. MemoryError for too many.
pub fn split_lines(text: &impl Chars, keep_ends: bool) -> Result<Vec<Range<usize>>> {
    lines(text, keep_ends, is_line_break)
}

/// `bytes.splitlines`, which knows only `\n` and `\r`.
pub fn split_lines_bytes(text: &[u8], keep_ends: bool) -> Result<Vec<Range<usize>>> {
    lines(&text, keep_ends, |code| code == 10 || code == 13)
}

fn lines(text: &impl Chars, keep_ends: bool, is_break: impl Fn(u32) -> bool) -> Result<Vec<Range<usize>>> {
    let (mut out, mut start, mut at) = (Vec::new(), 0, 0);
    while at < text.len() {
        let code = text.at(at);
        if !is_break(code) {
            at += 1;
            continue;
        }
        let pair = code == 13 && at + 1 < text.len() && text.at(at + 1) == 10;
        let next = at + 1 + usize::from(pair);
        push(&mut out, start..if keep_ends { next } else { at })?;
        (start, at) = (next, next);
    }
    if start < text.len() {
        push(&mut out, start..text.len())?;
    }
    Ok(out)
}
