//! Making strings of strings: `replace`, `join`, repetition.

use super::find::{Finder, with_needle};
use crate::chars::{Builder, Chars, Text, Unit, View};
use crate::error::{Error, Result};
use crate::with_slice;

/// `text.replace(old, new, most)`; `None` where nothing is to be replaced, so that the caller can keep what it has.
pub fn replace(text: View<'_>, old: View<'_>, new: View<'_>, most: usize) -> Option<Text> {
    if most == 0 || text.len() < old.len() {
        return None;
    }
    if old.is_empty() {
        return interleave(text, new, most);
    }
    with_slice!(text, text => replace_in(text, old, new, most))
}

fn replace_in<U: Unit>(text: &[U], old: View<'_>, new: View<'_>, most: usize) -> Option<Text> {
    with_needle::<U, _>(old, |old| {
        let finder = Finder::new(old);
        let mut place = finder.find(text, 0)?;
        let mut out = Builder::with_capacity(text.len());
        let (mut start, mut done) = (0, 0);
        loop {
            out.push_view(U::view(&text[start..place]));
            out.push_view(new);
            start = place + old.len();
            done += 1;
            match finder.find(text, start) {
                Some(next) if done < most => place = next,
                _ => break,
            }
        }
        out.push_view(U::view(&text[start..]));
        Some(out.finish())
    })?
}

/// Put `new` before each character and after the last, `most` times at most.
fn interleave(text: View<'_>, new: View<'_>, most: usize) -> Option<Text> {
    if new.is_empty() {
        return None;
    }
    let mut out =
        Builder::with_capacity(text.len().saturating_add(new.len().saturating_mul(text.len().min(most))));
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
pub fn join<'a>(separator: View<'_>, parts: impl IntoIterator<Item = View<'a>>) -> Text {
    let mut out = Builder::new();
    for (i, part) in parts.into_iter().enumerate() {
        if i > 0 {
            out.push_view(separator);
        }
        out.push_view(part);
    }
    out.finish()
}

/// `text * count`
pub fn repeat(text: View<'_>, count: usize) -> Result<Text> {
    let len = text
        .len()
        .checked_mul(count)
        .filter(|&len| len <= isize::MAX as usize / 4)
        .ok_or_else(Error::memory)?;
    Ok(match text {
        _ if len == 0 => Text::default(),
        View::Latin1(s) => Text::Latin1(s.repeat(count)),
        _ => {
            let mut out = Builder::new();
            (0..count).for_each(|_| out.push_view(text));
            out.finish()
        }
    })
}
