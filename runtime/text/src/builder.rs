//! Making strings piece by piece, as narrow as they can be.

use crate::chars::{Chars, Text, Unit, View};
use crate::error::{Error, Result, room};
use crate::int::{SMALL_DECIMAL, small_decimal};
use crate::with_slice;

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

    /// An empty builder with room for `capacity` characters of one byte, if there is memory for so many.
    pub fn with_capacity(capacity: usize) -> Builder {
        let mut text = Vec::new();
        let _ = text.try_reserve_exact(capacity); // it grows when need be
        Builder { text: Text::Latin1(text) }
    }

    /// Make sure that there is memory for `view` behind what is there: a program can make either as long as it likes.
    ///
    /// # Errors
    /// A `MemoryError`.
    pub fn reserve_view(&mut self, view: View<'_>) -> Result<()> {
        let short = |_| Error::memory();
        let (len, more) = (self.text.len(), view.len());
        let top = match view {
            View::Latin1(_) => 0,
            View::Wide(units) => units.iter().max().map_or(0, |&top| top.into()),
            View::Full(units) => units.iter().max().copied().unwrap_or(0),
        };
        match &mut self.text {
            Text::Latin1(s) if top <= 0xff => s.try_reserve(more).map_err(short),
            Text::Wide(s) if top <= 0xffff => s.try_reserve(more).map_err(short),
            Text::Full(s) => s.try_reserve(more).map_err(short),
            _ => room((len + more).saturating_mul(if top > 0xffff { 4 } else { 2 })),
        }
    }

    /// Makes sure that there is memory for `more` characters of the present width.
    ///
    /// # Errors
    /// A `MemoryError`.
    pub fn reserve(&mut self, more: usize) -> Result<()> {
        let reserved = match &mut self.text {
            Text::Latin1(s) => s.try_reserve(more),
            Text::Wide(s) => s.try_reserve(more),
            Text::Full(s) => s.try_reserve(more),
        };
        reserved.map_err(|_| Error::memory())
    }

    /// Drops the characters behind the first `len`. What is left may be wider than it need be.
    pub fn truncate(&mut self, len: usize) {
        match &mut self.text {
            Text::Latin1(s) => s.truncate(len),
            Text::Wide(s) => s.truncate(len),
            Text::Full(s) => s.truncate(len),
        }
    }

    /// Writes `view` over the characters from `at` on; what goes beyond the last one is not written.
    pub fn overwrite(&mut self, at: usize, view: View<'_>) {
        with_slice!(view, units => self.overwrite_units(at, units));
    }

    fn overwrite_units<U: Unit>(&mut self, at: usize, units: &[U]) {
        if let Some(&top) = units.iter().max() {
            self.widen(top.into());
        }
        let codes = units.iter().map(|&unit| -> u32 { unit.into() });
        match &mut self.text {
            Text::Latin1(s) => s.iter_mut().skip(at).zip(codes).for_each(|(place, code)| *place = code as u8),
            Text::Wide(s) => s.iter_mut().skip(at).zip(codes).for_each(|(place, code)| *place = code as u16),
            Text::Full(s) => s.iter_mut().skip(at).zip(codes).for_each(|(place, code)| *place = code),
        }
    }

    /// Code points so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// What has been pushed so far.
    pub fn view(&self) -> View<'_> {
        self.text.view()
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
        if text.is_ascii() {
            return self.push_latin1(text.as_bytes());
        }
        // The highest first byte of a sequence tells how wide the characters must be.
        match text.bytes().max() {
            Some(0xf0..) => self.widen(0x10000),
            Some(0xc4..) => self.widen(0x100),
            _ => {}
        }
        let chars = text.chars();
        match &mut self.text {
            Text::Latin1(s) => s.extend(chars.map(|c| c as u8)),
            Text::Wide(s) => s.extend(chars.map(|c| c as u16)),
            Text::Full(s) => s.extend(chars.map(u32::from)),
        }
    }

    /// Add the decimal digits of a number.
    pub fn push_int(&mut self, number: i64) {
        self.push_latin1(small_decimal(number, &mut [0; SMALL_DECIMAL]));
    }

    /// Add Latin-1 characters.
    #[inline]
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
    fn what_is_overwritten_is_widened_too() {
        let mut b = Builder::new();
        b.push_str("abcdef");
        b.overwrite(1, View::Latin1(b"xy"));
        b.overwrite(5, View::Latin1(b"zz"));
        assert!(matches!(&b.text, Text::Latin1(s) if s == b"axydez"));
        b.overwrite(9, View::Latin1(b"q"));
        b.overwrite(0, View::Wide(&[0x100]));
        b.truncate(3);
        assert!(matches!(&b.text, Text::Wide(s) if s == &[0x100, 0x78, 0x79]));
        b.truncate(0);
        b.push_latin1(b"k");
        assert!(matches!(Text::narrow(b.view()), Text::Latin1(s) if s == b"k"));
    }

    #[test]
    fn a_copy_is_narrow() {
        assert!(matches!(Text::narrow(View::Full(&[1, 2])), Text::Latin1(_)));
        assert!(matches!(Text::narrow(View::Wide(&[1, 256])), Text::Wide(_)));
    }
}
