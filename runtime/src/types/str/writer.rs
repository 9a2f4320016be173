//! Writing the characters of a new str in place.
//!
//! Whoever knows length and width beforehand (concatenation, slices, joins) writes straight behind the header instead of
//! into a buffer that is then copied. Rust's own buffers abort the process when there is no memory; this one raises.

use memory::{Object, Value};
use text::{Chars, View};
use threads::Context;
use threads::sync::atomic::{AtomicI64, AtomicUsize};

use super::{ASCII, Str, StrExt, WIDTH};
use crate::error::{Result, memory_error};

/// How wide the widest character of a str is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// All below 128.
    Ascii,
    /// All below 256.
    Latin1,
    /// All below 65536.
    Wide,
    /// Any.
    Full,
}

impl Kind {
    /// That of a str, without looking at its characters.
    #[inline]
    pub fn of(object: &Object<Str>) -> Self {
        match object.header().aux() & (WIDTH | ASCII) {
            ASCII => Self::Ascii,
            0 => Self::Latin1,
            1 => Self::Wide,
            _ => Self::Full,
        }
    }

    /// That of one character.
    #[inline]
    pub fn of_char(code: u32) -> Self {
        match code {
            0..=0x7f => Self::Ascii,
            0x80..=0xff => Self::Latin1,
            0x100..=0xffff => Self::Wide,
            _ => Self::Full,
        }
    }

    /// That of any characters: looks at all of them.
    pub fn of_view(view: View<'_>) -> Self {
        match view {
            View::Latin1(s) if s.is_ascii() => Self::Ascii,
            View::Latin1(_) => Self::Latin1,
            View::Wide(s) => Self::of_char(s.iter().copied().max().unwrap_or(0).into()),
            View::Full(s) => Self::of_char(s.iter().copied().max().unwrap_or(0)),
        }
    }

    fn aux(self) -> u32 {
        match self {
            Self::Ascii => ASCII,
            Self::Latin1 => 0,
            Self::Wide => 1,
            Self::Full => 2,
        }
    }
}

/// A str that is being written.
pub struct Writer {
    value: Value,
    kind: Kind,
    len: usize,
    at: usize,
}

impl Writer {
    /// A str of `len` characters, the widest of which is of this kind.
    ///
    /// # Errors
    /// MemoryError.
    pub fn new(thread: &Context, kind: Kind, len: usize) -> Result<Self> {
        Self::with_room(thread, kind, len, len)
    }

    /// A str of parts, of each of which the kind and the length are given.
    ///
    /// # Errors
    /// MemoryError.
    pub fn for_parts(thread: &Context, parts: impl Iterator<Item = (Kind, usize)>) -> Result<Self> {
        let (mut kind, mut len) = (Kind::Ascii, 0usize);
        for (part_kind, part_len) in parts {
            kind = kind.max(part_kind);
            len = len.checked_add(part_len).ok_or_else(memory_error)?;
        }
        Self::new(thread, kind, len)
    }

    /// The same as [`new`](Self::new), with room for more characters to be appended later.
    ///
    /// # Errors
    /// MemoryError.
    pub(super) fn with_room(thread: &Context, kind: Kind, len: usize, room: usize) -> Result<Self> {
        let aux = kind.aux();
        let room = room.max(len);
        let bytes = room.checked_shl(aux & WIDTH).filter(|&b| b >= room && b <= isize::MAX as usize);
        let payload = Str { len: AtomicUsize::new(len), hash: AtomicI64::new(0) };
        let value = crate::object::new_with_tail(thread, payload, aux, bytes.ok_or_else(memory_error)?)?;
        Ok(Self { value, kind, len, at: 0 })
    }

    /// Where the next `count` characters go.
    #[inline(always)]
    fn place(&mut self, count: usize) -> *mut u8 {
        assert!(count <= self.len - self.at, "INV-STR-1: no more characters than were announced");
        // SAFETY: made as a str by `with_room`.
        let object: &Object<Str> = unsafe { Object::of_unchecked(&self.value) };
        let place = object.tail().wrapping_add(self.at << (self.kind.aux() & WIDTH));
        self.at += count;
        place
    }

    /// Adds characters of a width that was announced.
    #[inline]
    pub fn push_view(&mut self, view: View<'_>) {
        let place = self.place(view.len());
        match (self.kind, view) {
            (Kind::Ascii | Kind::Latin1, View::Latin1(s)) => copy(s, place),
            (Kind::Wide, View::Wide(s)) => copy(s, place.cast()),
            (Kind::Full, View::Full(s)) => copy(s, place.cast()),
            (Kind::Ascii | Kind::Latin1, view) => convert(view, place, |c| c as u8),
            (Kind::Wide, view) => convert(view, place.cast(), |c| c as u16),
            (Kind::Full, view) => convert(view, place.cast(), |c| c),
        }
    }

    /// As [`push_view`](Self::push_view), where there are mostly few characters.
    #[inline(always)]
    pub(super) fn push_short(&mut self, view: View<'_>) {
        match view {
            View::Latin1(s) if self.kind <= Kind::Latin1 => copy_short(s, self.place(s.len())),
            view => self.push_view(view),
        }
    }

    /// Adds characters below 128, each changed to another one such; the widest that was announced is one too.
    pub fn push_ascii(&mut self, ascii: &str, change: impl Fn(u8) -> u8) {
        assert!(self.kind == Kind::Ascii, "INV-STR-1: as wide as was announced");
        let place = self.place(ascii.len());
        convert(View::Latin1(ascii.as_bytes()), place, |c| change(c as u8));
    }

    /// Adds `count` copies of a character of a width that was announced.
    pub fn push_repeated(&mut self, code: u32, count: usize) {
        let place = self.place(count);
        match self.kind {
            Kind::Ascii | Kind::Latin1 => fill(place, code as u8, count),
            Kind::Wide => fill(place.cast(), code as u16, count),
            Kind::Full => fill(place.cast(), code, count),
        }
    }

    /// Repeats what has been written until the str is full; its length is a multiple of what has been written.
    pub fn repeat_to_end(&mut self) {
        let shift = self.kind.aux() & WIDTH;
        let written = self.at << shift;
        let total = self.len << shift;
        let first = self.place(self.len - self.at).wrapping_sub(written);
        let mut done = written;
        while done < total && done > 0 {
            let part = done.min(total - done);
            // SAFETY: both lie in the tail of `total` bytes, and the parts do not overlap.
            unsafe { std::ptr::copy_nonoverlapping(first, first.wrapping_add(done), part) };
            done += part;
        }
    }

    /// The str.
    pub fn finish(self) -> Value {
        assert!(self.at == self.len, "INV-STR-1: as many characters as were announced");
        self.value
    }
}

pub(super) fn copy<U: Copy>(from: &[U], to: *mut U) {
    // SAFETY: `place` has found room for as many units behind a new header, which nobody else knows.
    unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), to, from.len()) };
}

/// As [`copy`], without a call for a few bytes: two words that overlap.
#[inline(always)]
pub(super) fn copy_short(from: &[u8], to: *mut u8) {
    #[inline(always)]
    fn ends<W: Copy>(from: &[u8], to: *mut u8) {
        let last = from.len() - size_of::<W>();
        for at in [0, last] {
            // SAFETY: `from` has the bytes of a word from here on.
            let word = unsafe { from.as_ptr().wrapping_add(at).cast::<W>().read_unaligned() };
            // SAFETY: as in `copy`.
            unsafe { to.wrapping_add(at).cast::<W>().write_unaligned(word) };
        }
    }
    match from.len() {
        0 => {}
        1 => ends::<u8>(from, to),
        2..4 => ends::<u16>(from, to),
        4..8 => ends::<u32>(from, to),
        8..=16 => ends::<u64>(from, to),
        _ => copy(from, to),
    }
}

fn fill<U: Copy>(to: *mut U, unit: U, count: usize) {
    for i in 0..count {
        // SAFETY: as in `copy`.
        unsafe { to.wrapping_add(i).write(unit) };
    }
}

fn convert<U: Copy>(from: View<'_>, to: *mut U, unit: impl Fn(u32) -> U) {
    fn go<S: text::chars::Unit, U: Copy>(from: &[S], to: *mut U, unit: impl Fn(u32) -> U) {
        for (i, &c) in from.iter().enumerate() {
            // SAFETY: as in `copy`.
            unsafe { to.wrapping_add(i).write(unit(c.into())) };
        }
    }
    text::with_slice!(from, s => go(s, to, unit));
}

/// Raises unless `bytes` more bytes can be had: asked before something grows one of Rust's own buffers by a size that a
/// program chose, because those abort the process.
///
/// # Errors
/// MemoryError.
pub fn ensure_room(bytes: usize) -> Result<()> {
    const UNNOTICED: usize = 1 << 24;
    if bytes < UNNOTICED {
        return Ok(());
    }
    let mut probe: Vec<u8> = Vec::new();
    if bytes > isize::MAX as usize / 16 || probe.try_reserve_exact(bytes.saturating_mul(2)).is_err() {
        return Err(memory_error());
    }
    Ok(())
}

/// A str made of the parts, in order.
///
/// # Errors
/// MemoryError.
pub(super) fn concat(thread: &Context, parts: &[&Object<Str>]) -> Result<Value> {
    let mut writer = Writer::for_parts(thread, parts.iter().map(|part| (Kind::of(part), part.len())))?;
    for part in parts {
        writer.push_view(part.view());
    }
    Ok(writer.finish())
}

/// As [`concat`], where the parts are no strs: what kind of characters there are, and those.
pub(crate) fn concat_views(thread: &Context, parts: &[(Kind, View<'_>)]) -> Result<Value> {
    let mut writer = Writer::for_parts(thread, parts.iter().map(|&(kind, part)| (kind, part.len())))?;
    for &(_, part) in parts {
        writer.push_short(part);
    }
    Ok(writer.finish())
}
