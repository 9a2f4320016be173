//! Making strings of strings: `replace`, `join`, repetition.

use super::find::count;
use super::split::split_each;
use crate::builder::Builder;
use crate::chars::{Chars, Text, View};
use crate::error::{Error, Result, room};
use crate::with_slice;
use std::convert::Infallible;

/// `text.replace(old, new, most)`; `None` where nothing is to be replaced, so that the caller can keep what it has.
pub fn replace(text: View<'_>, old: View<'_>, new: View<'_>, most: usize) -> Result<Option<Text>> {
    if most == 0 || text.len() < old.len() {
        return Ok(None);
    }
    // Only a long replacement can make much of little, and is worth counting for.
    if new.len() > 64 {
        let too_long = || Error::overflow("replace string is too long");
        let added = count(text, old, most).checked_mul(new.len()).ok_or_else(too_long)?;
        room(added.checked_mul(4).ok_or_else(too_long)?)?;
    }
    Ok(match old.is_empty() {
        true => interleave(text, new, most),
        false => replace_each(text, old, new, most),
    })
}

fn replace_each(text: View<'_>, old: View<'_>, new: View<'_>, most: usize) -> Option<Text> {
    let mut out = None;
    let Ok(()) = split_each(text, old, most, |part| {
        // The whole is the only part where `old` is nowhere.
        if part != (0..text.len()) {
            let out = out.get_or_insert_with(|| Builder::with_capacity(text.len()));
            if part.start > 0 {
                out.push_view(new);
            }
            out.push_view(text.slice(part));
        }
        Ok::<(), Infallible>(())
    });
    out.map(Builder::finish)
}

/// Put `new` before each character and after the last, `most` times at most.
fn interleave(text: View<'_>, new: View<'_>, most: usize) -> Option<Text> {
    if new.is_empty() {
        return None;
    }
    let mut out = Builder::with_capacity(text.len());
    for i in 0..text.len() {
        if i < most {
            out.push_view(new);
        }
        out.push(text.at(i));
    }
    if text.len() < most {
        out.push_view(new);
    }
    Some(out.finish())
}

/// `separator.join(parts)`
pub fn join(separator: View<'_>, parts: &[View<'_>]) -> Result<Text> {
    let too_long = || Error::overflow("join() result is too long for a Python string");
    let separators = separator.len().checked_mul(parts.len().saturating_sub(1));
    let sum = |sum: usize, part: &View<'_>| sum.checked_add(part.len());
    let len = separators.and_then(|start| parts.iter().try_fold(start, sum)).ok_or_else(too_long)?;
    room(len.checked_mul(4).ok_or_else(too_long)?)?;
    let mut out = Builder::with_capacity(len);
    for (i, &part) in parts.iter().enumerate() {
        if i > 0 {
            out.push_view(separator);
        }
        out.push_view(part);
    }
    Ok(out.finish())
}

/// `text * count`
pub fn repeat(text: View<'_>, count: usize) -> Result<Text> {
    let len = text.len().checked_mul(count).ok_or_else(Error::memory)?;
    let width = with_slice!(text, slice => size_of_val(slice)) / text.len().max(1);
    room(len.checked_mul(width).ok_or_else(Error::memory)?)?;
    Ok(match text {
        _ if len == 0 => Text::default(),
        View::Latin1(s) => Text::Latin1(s.repeat(count)),
        View::Wide(s) => Text::Wide(s.repeat(count)),
        View::Full(s) => Text::Full(s.repeat(count)),
    })
}
