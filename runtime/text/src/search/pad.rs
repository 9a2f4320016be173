//! Filling up: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`.

use crate::chars::{Builder, Chars, Text, View};
use crate::error::{Error, Result};

fn padded(text: View<'_>, before: usize, after: usize, fill: u32) -> Text {
    let mut out = Builder::with_capacity(before + text.len() + after);
    out.push_repeated(fill, before);
    out.push_view(text);
    out.push_repeated(fill, after);
    out.finish()
}

/// `text.center(width, fill)`
pub fn center(text: View<'_>, width: usize, fill: u32) -> Text {
    let padding = width.saturating_sub(text.len());
    let before = padding / 2 + (padding & width & 1);
    padded(text, before, padding - before, fill)
}

/// `text.ljust(width, fill)`
pub fn left_justify(text: View<'_>, width: usize, fill: u32) -> Text {
    padded(text, 0, width.saturating_sub(text.len()), fill)
}

/// `text.rjust(width, fill)`
pub fn right_justify(text: View<'_>, width: usize, fill: u32) -> Text {
    padded(text, width.saturating_sub(text.len()), 0, fill)
}

/// `text.zfill(width)`: zeros after a sign, if there is one.
pub fn zero_fill(text: View<'_>, width: usize) -> Text {
    let padding = width.saturating_sub(text.len());
    let signed = !text.is_empty() && (text.at(0) == '+'.into() || text.at(0) == '-'.into());
    let split = usize::from(signed && padding > 0);
    let mut out = Builder::with_capacity(text.len() + padding);
    out.push_view(text.slice(0..split));
    out.push_repeated('0'.into(), padding);
    out.push_view(text.slice(split..text.len()));
    out.finish()
}

/// `text.expandtabs(size)`
pub fn expand_tabs(text: View<'_>, size: usize) -> Result<Text> {
    let too_long = || Error::overflow("new string is too long");
    let mut out = Builder::with_capacity(text.len());
    let mut column = 0usize;
    for c in text.iter_chars() {
        match c {
            9 => {
                let step = if size > 0 { size - column % size } else { 0 };
                column = column.checked_add(step).ok_or_else(too_long)?;
                if out.len().checked_add(step).is_none_or(|len| len > isize::MAX as usize / 16) {
                    return Err(too_long());
                }
                out.push_repeated(' '.into(), step);
            }
            10 | 13 => {
                column = 0;
                out.push(c);
            }
            _ => {
                column += 1;
                out.push(c);
            }
        }
    }
    Ok(out.finish())
}
