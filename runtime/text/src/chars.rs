//! Strings as sequences of code points, in the three widths of PEP 393.
//!
//! Algorithms are generic over [`Chars`] or [`Unit`], so that the compiler makes a copy for each width; [`View`] is
//! for where the width is known only at run time. [`Builder`] starts with one byte a character and widens when it must, so that
//! what it makes is always of the narrowest width.

use std::ops::Range;

/// A sequence of code points with constant-time access.
pub trait Chars {
    /// Number of code points.
    fn len(&self) -> usize;
    /// The code point at `i`; panics where `i` is out of range.
    fn at(&self, i: usize) -> u32;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The bytes, where the code points are stored as Latin-1: what is often is worth a faster way.
    fn latin1(&self) -> Option<&[u8]> {
        None
    }
    /// The code points from first to last.
    fn iter_chars(&self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + '_
    where
        Self: Sized,
    {
        (0..self.len()).map(move |i| self.at(i))
    }
}

/// What a string is stored in: `u8` for Latin-1, `u16`, or `u32`.
pub trait Unit: Copy + Eq + Ord + Into<u32> + 'static {
    /// The largest code point that fits.
    const MAX: u32;
    /// The code point as a unit, where it fits.
    fn from_char(code: u32) -> Option<Self>;
    /// The slice as a view.
    fn view(slice: &[Self]) -> View<'_>;
    /// The view as a slice, where it is of this width.
    fn slice(view: View<'_>) -> Option<&[Self]>;
}

impl Unit for u8 {
    const MAX: u32 = 0xff;
    #[inline]
    fn from_char(code: u32) -> Option<u8> {
        u8::try_from(code).ok()
    }
    fn view(slice: &[u8]) -> View<'_> {
        View::Latin1(slice)
    }
    fn slice(view: View<'_>) -> Option<&[Self]> {
        match view {
            View::Latin1(slice) => Some(slice),
            _ => None,
        }
    }
}

impl Unit for u16 {
    const MAX: u32 = 0xffff;
    #[inline]
    fn from_char(code: u32) -> Option<u16> {
        u16::try_from(code).ok()
    }
    fn view(slice: &[u16]) -> View<'_> {
        View::Wide(slice)
    }
    fn slice(view: View<'_>) -> Option<&[Self]> {
        match view {
            View::Wide(slice) => Some(slice),
            _ => None,
        }
    }
}

impl Unit for u32 {
    const MAX: u32 = 0x10ffff;
    #[inline]
    fn from_char(code: u32) -> Option<u32> {
        Some(code)
    }
    fn view(slice: &[u32]) -> View<'_> {
        View::Full(slice)
    }
    fn slice(view: View<'_>) -> Option<&[Self]> {
        match view {
            View::Full(slice) => Some(slice),
            _ => None,
        }
    }
}

impl<U: Unit> Chars for [U] {
    #[inline]
    fn len(&self) -> usize {
        <[U]>::len(self)
    }
    #[inline]
    fn at(&self, i: usize) -> u32 {
        self[i].into()
    }
    fn latin1(&self) -> Option<&[u8]> {
        match U::view(self) {
            View::Latin1(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl<C: Chars + ?Sized> Chars for &C {
    #[inline]
    fn len(&self) -> usize {
        (**self).len()
    }
    #[inline]
    fn at(&self, i: usize) -> u32 {
        (**self).at(i)
    }
    fn latin1(&self) -> Option<&[u8]> {
        (**self).latin1()
    }
}

/// A borrowed string of any width.
#[derive(Clone, Copy, Debug)]
pub enum View<'a> {
    /// Code points below 256.
    Latin1(&'a [u8]),
    /// Code points below 65536.
    Wide(&'a [u16]),
    /// Any code points.
    Full(&'a [u32]),
}

/// Run one expression with `$slice` bound to the slice in a [`View`], whichever its width.
#[macro_export]
macro_rules! with_slice {
    ($view:expr, $slice:ident => $body:expr) => {
        match $view {
            $crate::View::Latin1($slice) => $body,
            $crate::View::Wide($slice) => $body,
            $crate::View::Full($slice) => $body,
        }
    };
}

impl Chars for View<'_> {
    #[inline]
    fn len(&self) -> usize {
        with_slice!(self, s => s.len())
    }
    #[inline]
    fn at(&self, i: usize) -> u32 {
        with_slice!(self, s => s.at(i))
    }
    fn latin1(&self) -> Option<&[u8]> {
        match self {
            View::Latin1(bytes) => Some(bytes),
            _ => None,
        }
    }
}

impl<'a> View<'a> {
    /// The code points in `range`.
    pub fn slice(self, range: Range<usize>) -> View<'a> {
        match self {
            View::Latin1(s) => View::Latin1(&s[range]),
            View::Wide(s) => View::Wide(&s[range]),
            View::Full(s) => View::Full(&s[range]),
        }
    }

    /// Whether all code points are below 128.
    pub fn is_ascii(self) -> bool {
        match self {
            View::Latin1(s) => s.is_ascii(),
            View::Wide(s) => s.iter().all(|&c| c < 128),
            View::Full(s) => s.iter().all(|&c| c < 128),
        }
    }

    /// The string as Rust's, where it is UTF-8 already (ASCII in one byte a character).
    pub fn as_ascii(self) -> Option<&'a str> {
        match self {
            View::Latin1(s) if s.is_ascii() => std::str::from_utf8(s).ok(),
            _ => None,
        }
    }

    /// The string as Rust's, lone surrogates replaced by U+FFFD.
    pub fn to_string_lossy(self) -> String {
        self.iter_chars().map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }
}

/// An owned string of the narrowest width.
#[derive(Clone, Debug)]
pub enum Text {
    /// Code points below 256.
    Latin1(Vec<u8>),
    /// Code points below 65536, at least one of them above 255.
    Wide(Vec<u16>),
    /// Any code points, at least one of them above 65535.
    Full(Vec<u32>),
}

impl Text {
    /// The whole text as a view.
    pub fn view(&self) -> View<'_> {
        match self {
            Text::Latin1(s) => View::Latin1(s),
            Text::Wide(s) => View::Wide(s),
            Text::Full(s) => View::Full(s),
        }
    }

    /// A copy of `view`, of the narrowest width.
    pub fn narrow(view: View<'_>) -> Text {
        if let View::Latin1(s) = view {
            return Text::Latin1(s.to_vec());
        }
        let mut builder = Builder::with_capacity(view.len());
        builder.push_view(view);
        builder.finish()
    }
}

impl Default for Text {
    fn default() -> Text {
        Text::Latin1(Vec::new())
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        self.len() == other.len() && self.iter_chars().eq(other.iter_chars())
    }
}

impl Eq for Text {}

impl Chars for Text {
    fn len(&self) -> usize {
        self.view().len()
    }
    fn at(&self, i: usize) -> u32 {
        self.view().at(i)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        let mut builder = Builder::with_capacity(text.len());
        builder.push_str(text);
        builder.finish()
    }
}

impl From<String> for Text {
    fn from(text: String) -> Text {
        if text.is_ascii() { Text::Latin1(text.into_bytes()) } else { Text::from(text.as_str()) }
    }
}

/// Makes a [`Text`] piece by piece.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    text: Text,
}

impl Builder {
    /// An empty builder.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// An empty builder with room for `capacity` characters of one byte.
    pub fn with_capacity(capacity: usize) -> Builder {
        Builder { text: Text::Latin1(Vec::with_capacity(capacity)) }
    }

    /// Code points so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing has been pushed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Add one code point.
    #[inline]
    pub fn push(&mut self, code: u32) {
        match &mut self.text {
            Text::Latin1(s) if code <= u8::MAX.into() => s.push(code as u8),
            Text::Wide(s) if code <= u16::MAX.into() => s.push(code as u16),
            Text::Full(s) => s.push(code),
            _ => {
                self.widen(code);
                self.push(code);
            }
        }
    }

    /// Add `count` copies of one code point.
    pub fn push_repeated(&mut self, code: u32, count: usize) {
        if count == 0 {
            return;
        }
        self.widen(code);
        match &mut self.text {
            Text::Latin1(s) => s.resize(s.len() + count, code as u8),
            Text::Wide(s) => s.resize(s.len() + count, code as u16),
            Text::Full(s) => s.resize(s.len() + count, code),
        }
    }

    /// Add a Rust string.
    pub fn push_str(&mut self, text: &str) {
        match &mut self.text {
            Text::Latin1(s) if text.is_ascii() => s.extend_from_slice(text.as_bytes()),
            _ => text.chars().for_each(|c| self.push(c.into())),
        }
    }

    /// Add Latin-1 characters.
    pub fn push_latin1(&mut self, text: &[u8]) {
        match &mut self.text {
            Text::Latin1(s) => s.extend_from_slice(text),
            Text::Wide(s) => s.extend(text.iter().map(|&b| u16::from(b))),
            Text::Full(s) => s.extend(text.iter().map(|&b| u32::from(b))),
        }
    }

    /// Add a string of any width.
    pub fn push_view(&mut self, view: View<'_>) {
        match view {
            View::Latin1(s) => self.push_latin1(s),
            View::Wide(s) => self.push_wide(s),
            View::Full(s) => self.push_wide(s),
        }
    }

    /// Add any code points.
    pub fn push_chars(&mut self, chars: &(impl Chars + ?Sized)) {
        (0..chars.len()).for_each(|i| self.push(chars.at(i)));
    }

    fn push_wide<U: Unit>(&mut self, units: &[U]) {
        // One widening instead of a check for each character.
        if let Some(&top) = units.iter().max() {
            self.widen(top.into());
        }
        match &mut self.text {
            Text::Latin1(s) => s.extend(units.iter().map(|&u| u.into() as u8)),
            Text::Wide(s) => s.extend(units.iter().map(|&u| u.into() as u16)),
            Text::Full(s) => s.extend(units.iter().map(|&u| u.into())),
        }
    }

    /// Make the characters wide enough for `code`.
    fn widen(&mut self, code: u32) {
        self.text = match std::mem::take(&mut self.text) {
            Text::Latin1(s) if code > 0xffff => Text::Full(s.into_iter().map(u32::from).collect()),
            Text::Latin1(s) if code > 0xff => Text::Wide(s.into_iter().map(u16::from).collect()),
            Text::Wide(s) if code > 0xffff => Text::Full(s.into_iter().map(u32::from).collect()),
            same => same,
        };
    }

    /// The text.
    pub fn finish(self) -> Text {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builder_widens_only_when_it_must() {
        let mut b = Builder::new();
        b.push_str("ab\u{e9}");
        assert!(matches!(&b.text, Text::Latin1(s) if s == b"ab\xe9"));
        b.push_view(View::Full(&[0x61]));
        assert!(matches!(&b.text, Text::Latin1(_)));
        b.push(0xd800);
        assert!(matches!(&b.text, Text::Wide(_)));
        b.push_repeated(0x1f600, 2);
        b.push_latin1(b"z");
        let text = b.finish();
        assert!(matches!(&text, Text::Full(_)));
        let codes: Vec<u32> = text.iter_chars().collect();
        assert_eq!(codes, [0x61, 0x62, 0xe9, 0x61, 0xd800, 0x1f600, 0x1f600, 0x7a]);
    }

    #[test]
    fn a_copy_is_narrow() {
        assert!(matches!(Text::narrow(View::Full(&[1, 2])), Text::Latin1(_)));
        assert!(matches!(Text::narrow(View::Wide(&[1, 256])), Text::Wide(_)));
    }
}
