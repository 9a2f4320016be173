//! `split`, `rsplit`, `partition`, `rpartition`: where the parts are.

use super::find::{Finder, find, rfind, rfind_units, with_needle};
use crate::chars::{Chars, Unit, View};
use crate::error::{Error, Result, push};
use crate::with_slice;
use std::ops::Range;

/// `text.split(separator, most)`; the separator must not be empty. MemoryError for too many parts.
pub fn split(text: View<'_>, separator: View<'_>, most: usize) -> Result<Vec<Range<usize>>> {
    let mut out = Vec::new();
    split_each(text, separator, most, |part| push(&mut out, part))?;
    Ok(out)
}

/// The same, part by part, until `each` fails.
pub fn split_each<E>(
    text: View<'_>,
    separator: View<'_>,
    most: usize,
    each: impl FnMut(Range<usize>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    with_slice!(text, text => split_in(text, separator, most, each))
}

fn split_in<U: Unit, E>(
    text: &[U],
    separator: View<'_>,
    most: usize,
    mut each: impl FnMut(Range<usize>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let mut start = 0;
    if !separator.is_empty() {
        let split = |separator: &[U]| {
            let finder = Finder::new(separator, text.len());
            let mut done = 0;
            while done < most
                && let Some(place) = finder.find(text, start)
            {
                each(start..place)?;
                start = place + separator.len();
                done += 1;
            }
            Ok(())
        };
        with_needle::<U, _>(separator, split).unwrap_or(Ok(()))?;
    }
    each(start..text.len())
}

/// `text.rsplit(separator, most)`, the parts from left to right; the separator must not be empty.
pub fn rsplit(text: View<'_>, separator: View<'_>, most: usize) -> Result<Vec<Range<usize>>> {
    with_slice!(text, text => rsplit_in(text, separator, most))
}

fn rsplit_in<U: Unit>(text: &[U], separator: View<'_>, most: usize) -> Result<Vec<Range<usize>>> {
    let mut out = Vec::new();
    let mut end = text.len();
    if !separator.is_empty() {
        let split = |separator: &[U]| {
            while out.len() < most
                && let Some(place) = rfind_units(&text[..end], separator)
            {
                push(&mut out, place + separator.len()..end)?;
                end = place;
            }
            Ok::<(), Error>(())
        };
        with_needle::<U, _>(separator, split).unwrap_or(Ok(()))?;
    }
    push(&mut out, 0..end)?;
    out.reverse();
    Ok(out)
}

/// `text.split(None, most)`; `is_space` says what is white space.
pub fn split_space(
    text: &impl Chars,
    most: usize,
    is_space: impl Fn(u32) -> bool,
) -> Result<Vec<Range<usize>>> {
    let mut out = Vec::new();
    split_space_each(text, most, is_space, |part| push(&mut out, part))?;
    Ok(out)
}

/// The same, part by part, until `each` fails.
pub fn split_space_each<E>(
    text: &(impl Chars + ?Sized),
    most: usize,
    is_space: impl Fn(u32) -> bool,
    mut each: impl FnMut(Range<usize>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    match text.latin1() {
        Some(bytes) => parts_between(bytes.len(), |i| is_space(bytes[i].into()), most, &mut each),
        None => parts_between(text.len(), |i| is_space(text.at(i)), most, &mut each),
    }
}

/// As [`split_space_each`] for ASCII text, with the parts themselves.
#[inline]
pub fn split_ascii_space_each<'a, E>(
    text: &'a [u8],
    most: usize,
    mut each: impl FnMut(&'a [u8]) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let is_space = |byte: u8| matches!(byte, 9..=13 | 28..=32);
    let (mut rest, mut done) = (text, 0);
    loop {
        let Some(start) = rest.iter().position(|&byte| !is_space(byte)) else { return Ok(()) };
        rest = &rest[start..];
        if done == most {
            return each(rest); // the last part keeps the white space at its end
        }
        let end = rest.iter().position(|&byte| is_space(byte)).unwrap_or(rest.len());
        let (part, behind) = rest.split_at(end);
        each(part)?;
        rest = behind;
        done += 1;
    }
}

/// Where `byte` is next, which mostly is near.
#[inline]
pub fn find_byte(text: &[u8], byte: u8) -> Option<usize> {
    const NEAR: usize = 16;
    let near = &text[..text.len().min(NEAR)];
    match near.iter().position(|&other| other == byte) {
        None if text.len() > NEAR => memchr::memchr(byte, &text[NEAR..]).map(|at| at + NEAR),
        found => found,
    }
}

fn parts_between<E>(
    len: usize,
    is_space: impl Fn(usize) -> bool,
    most: usize,
    each: &mut impl FnMut(Range<usize>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let (mut at, mut done) = (0, 0);
    loop {
        while at < len && is_space(at) {
            at += 1;
        }
        if at == len {
            return Ok(());
        }
        let start = at;
        if done == most {
            return each(start..len); // the last part keeps the white space at its end
        }
        while at < len && !is_space(at) {
            at += 1;
        }
        each(start..at)?;
        done += 1;
    }
}

/// `text.rsplit(None, most)`, the parts from left to right.
pub fn rsplit_space(
    text: &impl Chars,
    most: usize,
    is_space: impl Fn(u32) -> bool,
) -> Result<Vec<Range<usize>>> {
    let (mut out, mut end) = (Vec::new(), text.len());
    loop {
        while end > 0 && is_space(text.at(end - 1)) {
            end -= 1;
        }
        if end == 0 {
            break;
        }
        if out.len() == most {
            push(&mut out, 0..end)?;
            break;
        }
        let last = end;
        while end > 0 && !is_space(text.at(end - 1)) {
            end -= 1;
        }
        push(&mut out, end..last)?;
    }
    out.reverse();
    Ok(out)
}

/// Where the separator is that `text.partition(separator)` splits at.
pub fn partition(text: View<'_>, separator: View<'_>) -> Option<Range<usize>> {
    find(text, separator).map(|at| at..at + separator.len())
}

/// The same for `rpartition`.
pub fn rpartition(text: View<'_>, separator: View<'_>) -> Option<Range<usize>> {
    rfind(text, separator).map(|at| at..at + separator.len())
}
