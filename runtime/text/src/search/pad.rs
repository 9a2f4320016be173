//! Filling up: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`.

use crate::builder::Builder;
use crate::chars::{Chars, Text, View};
use crate::error::{Error, Result, room, room_for};

fn padded(text: View<'_>, before: usize, after: usize, fill: u32) -> Result<Text> {
    let too_long = || Error::overflow("padded string is too long");
    let padding = before.checked_add(after).ok_or_else(too_long)?;
    let len =
        padding.checked_add(text.len()).filter(|&len| len <= isize::MAX as usize).ok_or_else(too_long)?;
    if padding > 0 {
        room_for(len, fill)?;
    }
    let mut out = Builder::with_capacity(len);
    out.push_repeated(fill, before);
    out.push_view(text);
    out.push_repeated(fill, after);
    Ok(out.finish())
}

/// `text.center(width, fill)`
pub fn center(text: View<'_>, width: usize, fill: u32) -> Result<Text> {
    let padding = width.saturating_sub(text.len());
    let before = padding / 2 + (padding & width & 1);
    padded(text, before, padding - before, fill)
}

/// `text.ljust(width, fill)`
pub fn left_justify(text: View<'_>, width: usize, fill: u32) -> Result<Text> {
    padded(text, 0, width.saturating_sub(text.len()), fill)
}

/// `text.rjust(width, fill)`
pub fn right_justify(text: View<'_>, width: usize, fill: u32) -> Result<Text> {
    padded(text, width.saturating_sub(text.len()), 0, fill)
}

/// `text.zfill(width)`: zeros after a sign, if there is one.
pub fn zero_fill(text: View<'_>, width: usize) -> Result<Text> {
    let padding = width.saturating_sub(text.len());
    let signed = !text.is_empty() && (text.at(0) == '+'.into() || text.at(0) == '-'.into());
    room(padding)?;
    let split = usize::from(signed && padding > 0);
    let mut out = Builder::with_capacity(text.len() + padding);
    out.push_view(text.slice(0..split));
    out.push_repeated('0'.into(), padding);
    out.push_view(text.slice(split..text.len()));
    Ok(out.finish())
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
                let len = out.len().checked_add(step).filter(|&len| len <= isize::MAX as usize);
                room(len.ok_or_else(too_long)?)?;
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
