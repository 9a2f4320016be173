//! Finding one string in another, forwards and backwards, in linear time.
//!
//! One-byte strings go to `memchr`. For the others a plain search compares the last and the first unit before anything else; should
//! it have compared much more than it has passed over, the two-way algorithm (Crochemore and Perrin, 1991) goes on, whose worst
//! case is linear. Searching backwards is searching forwards in both strings read backwards.

use crate::chars::{Chars, Unit, View};
use crate::with_slice;

/// In bytes no longer than this it does not pay to make anything ready.
const SHORT: usize = 64;

/// A string to be found, made ready once for many searches in a string of the units `U`.
pub struct Finder<'n, U: Unit> {
    needle: &'n [U],
    bytes: Option<memchr::memmem::Finder<'n>>,
}

/// The slice as bytes, where it is of bytes.
fn bytes<U: Unit>(slice: &[U]) -> Option<&[u8]> {
    match U::view(slice) {
        View::Latin1(bytes) => Some(bytes),
        _ => None,
    }
}

impl<'n, U: Unit> Finder<'n, U> {
    /// Get ready to look for `needle` in strings of `len` units, or parts of them.
    #[inline]
    pub fn new(needle: &'n [U], len: usize) -> Self {
        let worth = |bytes: &&[u8]| len > SHORT && bytes.len() > 1;
        let bytes = bytes(needle).filter(worth).map(memchr::memmem::Finder::new);
        Finder { needle, bytes }
    }

    /// The first place in `hay` at or after `from`.
    pub fn find(&self, hay: &[U], from: usize) -> Option<usize> {
        let hay = &hay[from..];
        let found = match self.needle {
            [] => Some(0),
            &[unit] => find_unit(hay, unit),
            needle => match (bytes(hay), &self.bytes) {
                (Some(hay), Some(finder)) => finder.find(hay),
                (Some(hay), None) if hay.len() <= SHORT => short(hay, bytes(needle)?),
                _ => plain(&Forward(hay), &Forward(needle)),
            },
        };
        found.map(|at| at + from)
    }

    /// The length of what is looked for.
    pub fn len(&self) -> usize {
        self.needle.len()
    }

    /// Whether that is empty.
    pub fn is_empty(&self) -> bool {
        self.needle.is_empty()
    }
}

/// Search in a few bytes: from one place with the right first byte to the next.
fn short(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    let starts = hay.len().checked_sub(rest.len())?;
    let mut at = 0;
    while let Some(next) = memchr::memchr(first, &hay[at..starts]) {
        at += next + 1;
        if &hay[at..at + rest.len()] == rest {
            return Some(at - 1);
        }
    }
    None
}

fn find_unit<U: Unit>(hay: &[U], unit: U) -> Option<usize> {
    match bytes(hay) {
        Some(hay) => memchr::memchr(unit.into() as u8, hay),
        None => hay.iter().position(|&u| u == unit),
    }
}

/// Units in one of the two directions.
trait Direction {
    type Item: Ord + Copy;
    fn len(&self) -> usize;
    fn at(&self, i: usize) -> Self::Item;
}

struct Forward<'a, U>(&'a [U]);
struct Backward<'a, U>(&'a [U]);

impl<U: Unit> Direction for Forward<'_, U> {
    type Item = U;
    fn len(&self) -> usize {
        self.0.len()
    }
    #[inline]
    fn at(&self, i: usize) -> U {
        self.0[i]
    }
}

impl<U: Unit> Direction for Backward<'_, U> {
    type Item = U;
    fn len(&self) -> usize {
        self.0.len()
    }
    #[inline]
    fn at(&self, i: usize) -> U {
        self.0[self.0.len() - 1 - i]
    }
}

/// Search without preparation while that pays; the needle has two units at least.
fn plain<D: Direction>(hay: &D, needle: &D) -> Option<usize> {
    let (n, m) = (hay.len(), needle.len());
    if m > n {
        return None;
    }
    let (first, last) = (needle.at(0), needle.at(m - 1));
    let mut work = 0;
    for at in 0..=n - m {
        if hay.at(at + m - 1) != last || hay.at(at) != first {
            continue;
        }
        let same = (1..m - 1).take_while(|&i| hay.at(at + i) == needle.at(i)).count();
        if same == m - 2 {
            return Some(at);
        }
        work += same;
        if work > 4 * (at + m) + 256 {
            return two_way(hay, needle, at + 1);
        }
    }
    None
}

/// The start of the largest suffix of `needle` in the order of the units or, with `reverse`, in the opposite order,
/// and its period.
fn maximal_suffix<D: Direction>(needle: &D, reverse: bool) -> (usize, usize) {
    let (mut left, mut right, mut offset, mut period) = (0, 1, 0, 1);
    while right + offset < needle.len() {
        let (a, b) = (needle.at(right + offset), needle.at(left + offset));
        if a == b {
            if offset + 1 == period {
                right += period;
                offset = 0;
            } else {
                offset += 1;
            }
        } else if (a < b) != reverse {
            right += offset + 1;
            offset = 0;
            period = right - left;
        } else {
            left = right;
            right += 1;
            offset = 0;
            period = 1;
        }
    }
    (left, period)
}

fn two_way<D: Direction>(hay: &D, needle: &D, from: usize) -> Option<usize> {
    let (n, m) = (hay.len(), needle.len());
    let (cut, period) = maximal_suffix(needle, false).max(maximal_suffix(needle, true));
    let periodic = period + cut <= m && (0..cut).all(|i| needle.at(i) == needle.at(i + period));
    let shift = if periodic { period } else { cut.max(m - cut) + 1 };
    // In a periodic needle: how much of the left part is known to match after a shift by the period.
    let (mut at, mut known) = (from, 0);
    while at + m <= n {
        let start = cut.max(known);
        if let Some(i) = (start..m).find(|&i| hay.at(at + i) != needle.at(i)) {
            at += i - cut + 1;
            known = 0;
            continue;
        }
        if (known..cut).rev().all(|i| hay.at(at + i) == needle.at(i)) {
            return Some(at);
        }
        at += shift;
        known = if periodic { m - period } else { 0 };
    }
    None
}

/// `needle` in units of `U`; `None` where it has a character that no such string has.
pub(super) fn same_units<U: Unit>(needle: View<'_>) -> Option<Vec<U>> {
    (0..needle.len()).map(|i| U::from_char(needle.at(i))).collect()
}

/// Run `body` with the needle in the units of the hay.
pub(super) fn with_needle<U: Unit, R>(needle: View<'_>, body: impl FnOnce(&[U]) -> R) -> Option<R> {
    // Mostly they are of one kind already.
    match U::slice(needle) {
        Some(slice) => Some(body(slice)),
        None => same_units::<U>(needle).map(|units| body(&units)),
    }
}

/// `hay.find(needle)`, within the whole of `hay`.
pub fn find(hay: View<'_>, needle: View<'_>) -> Option<usize> {
    with_slice!(hay, hay => find_in(hay, needle))
}

fn find_in<U: Unit>(hay: &[U], needle: View<'_>) -> Option<usize> {
    if needle.len() > hay.len() {
        return None;
    }
    with_needle::<U, _>(needle, |needle| Finder::new(needle, hay.len()).find(hay, 0))?
}

/// Whether `needle` is somewhere in `hay`.
pub fn contains(hay: View<'_>, needle: View<'_>) -> bool {
    if let (View::Latin1(hay), View::Latin1(&[byte])) = (hay, needle)
        && hay.len() <= SHORT
    {
        return hay.contains(&byte); // one character among a few: to get anything ready would take longer
    }
    find(hay, needle).is_some()
}

/// The first place of one character.
pub fn find_char(hay: View<'_>, code: u32) -> Option<usize> {
    with_slice!(hay, hay => find_char_in(hay, code))
}

fn find_char_in<U: Unit>(hay: &[U], code: u32) -> Option<usize> {
    find_unit(hay, U::from_char(code)?)
}

/// `hay.rfind(needle)`, within the whole of `hay`.
pub fn rfind(hay: View<'_>, needle: View<'_>) -> Option<usize> {
    with_slice!(hay, hay => rfind_in(hay, needle))
}

fn rfind_in<U: Unit>(hay: &[U], needle: View<'_>) -> Option<usize> {
    if needle.len() > hay.len() {
        return None;
    }
    with_needle::<U, _>(needle, |needle| rfind_units(hay, needle))?
}

pub(super) fn rfind_units<U: Unit>(hay: &[U], needle: &[U]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        &[unit] => match bytes(hay) {
            Some(hay) => memchr::memrchr(unit.into() as u8, hay),
            None => hay.iter().rposition(|&u| u == unit),
        },
        _ => plain(&Backward(hay), &Backward(needle)).map(|from_end| hay.len() - needle.len() - from_end),
    }
}

/// `hay.count(needle)`: without overlaps, at most `most`; an empty needle is found before and after each character.
pub fn count(hay: View<'_>, needle: View<'_>, most: usize) -> usize {
    if needle.is_empty() {
        return (hay.len() + 1).min(most);
    }
    with_slice!(hay, hay => count_in(hay, needle, most))
}

fn count_in<U: Unit>(hay: &[U], needle: View<'_>, most: usize) -> usize {
    let counted = with_needle::<U, _>(needle, |needle| {
        if let ([unit], Some(hay), usize::MAX) = (needle, bytes(hay), most) {
            return memchr::memchr_iter((*unit).into() as u8, hay).count();
        }
        let finder = Finder::new(needle, hay.len());
        let (mut at, mut found) = (0, 0);
        while found < most
            && let Some(place) = finder.find(hay, at)
        {
            at = place + needle.len();
            found += 1;
        }
        found
    });
    counted.unwrap_or(0)
}

/// `text.startswith(prefix)`
pub fn starts_with(text: View<'_>, prefix: View<'_>) -> bool {
    prefix.len() <= text.len() && same(text.slice(0..prefix.len()), prefix)
}

/// `text.endswith(suffix)`
pub fn ends_with(text: View<'_>, suffix: View<'_>) -> bool {
    suffix.len() <= text.len() && same(text.slice(text.len() - suffix.len()..text.len()), suffix)
}

fn same(a: View<'_>, b: View<'_>) -> bool {
    match (a, b) {
        (View::Latin1(a), View::Latin1(b)) => a == b,
        (View::Wide(a), View::Wide(b)) => a == b,
        (View::Full(a), View::Full(b)) => a == b,
        _ => a.iter_chars().eq(b.iter_chars()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searching_is_linear_where_plain_search_is_not() {
        // 200,000 times 50,000 comparisons would take minutes.
        let hay: Vec<u16> = std::iter::repeat_n(0x4e00, 200_000).collect();
        let mut needle: Vec<u16> = std::iter::repeat_n(0x4e00, 50_000).collect();
        needle[25_000] = 0x4e01;
        assert_eq!(find(View::Wide(&hay), View::Wide(&needle)), None);
        assert_eq!(rfind(View::Wide(&hay), View::Wide(&needle)), None);
        assert_eq!(count(View::Wide(&hay), View::Wide(&needle[..25_000]), usize::MAX), 8);
    }

    #[test]
    fn widths_may_differ() {
        let hay = View::Full(&[0x1f600, 0x61, 0x62]);
        assert_eq!(find(hay, View::Latin1(b"ab")), Some(1));
        assert_eq!(find(View::Latin1(b"ab"), hay), None);
        assert!(ends_with(hay, View::Latin1(b"b")) && !starts_with(hay, View::Latin1(b"a")));
        assert_eq!(find_char(hay, 0x62), Some(2));
        assert_eq!(find_char(View::Latin1(b"ab"), 0x1f600), None);
    }
}
