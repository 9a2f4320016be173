//! Strings as sequences of code points, in the three widths of PEP 393.
//!
//! Algorithms are generic over [`Chars`] or [`Unit`], so that the compiler makes a copy for each width; [`View`] is
//! for where the width is known only at run time. [`Builder`] starts with one byte a character and widens when it must, so that
//! what it makes is always of the narrowest width.

use crate::builder::Builder;
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
        if let Some(ascii) = self.as_ascii() {
            return ascii.to_owned();
        }
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
