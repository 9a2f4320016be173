//! `str`: immutable text in the narrowest of three widths (PEP 393), behind the header.
//!
//! `aux` says the width (bits 0 and 1: log2 of the bytes of a character), whether all characters are ASCII (bit 2) and
//! whether the str is interned (bit 3).
//!
//! * INV-STR-1: characters and length never change; the width is the narrowest that fits. (A str to which there is one
//!   reference, about to be replaced by a longer one, may become that one: nobody can tell. See `append`.)
//! * INV-STR-2: of equal interned strs there is one.

pub mod append;
pub mod encode;
pub mod format;
pub mod intern;
pub mod methods;
pub mod operators;
pub mod percent;
pub mod search;
pub mod split;
pub mod subscript;
pub mod translate;
mod writer;

use memory::{Header, Object, Trace, Value, Visitor};
use text::{Text, View};
use threads::Context;
use threads::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use crate::class::ClassFlags;
use crate::error::Result;
use crate::object::cast;

pub(crate) use intern::borrow_character;
pub use intern::{intern, interned_count};
pub(crate) use writer::concat_views;
pub use writer::{Kind, Writer, ensure_room};

/// The payload of a str; the characters follow.
#[repr(C)]
pub struct Str {
    len: AtomicUsize,
    /// `hash()`; 0 until it is asked for.
    hash: AtomicI64,
}

const WIDTH: u32 = 0b11;
const ASCII: u32 = 0b100;
const INTERNED: u32 = 0b1000;

// SAFETY: no references.
unsafe impl Trace for Str {
    const NAME: &'static str = "str";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _: &mut V) {}
}

crate::class_def!(
    Str,
    "str",
    ClassFlags::BASETYPE.union(ClassFlags::STR).union(ClassFlags::MATCH_SELF),
    tail = |object| object.payload_for_trace().len() << (object.header().aux() & WIDTH),
    with_doc(
        "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\nCreate a new string object from the given object. If encoding or\nerrors is specified, then the object must expose a data buffer\nthat will be decoded using the given encoding and error handler.\nOtherwise, returns the result of object.__str__() (if defined)\nor repr(object).\nencoding defaults to 'utf-8'.\nerrors defaults to 'strict'."
    ),
    with_slots(super::str_methods::slots),
    with_new(super::str_methods::new),
    with_methods(super::str_methods::METHODS)
);

impl Str {
    /// How many characters.
    #[inline(always)]
    fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed) // INV-STR-1
    }

    /// The str with this text.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    #[allow(clippy::new_ret_no_self, reason = "makes the object, not the payload")]
    pub fn new(thread: &Context, text: &str) -> Result<Value> {
        if text.is_ascii() {
            return Self::from_latin1(thread, text.as_bytes());
        }
        let mut builder = text::Builder::with_capacity(text.len());
        builder.push_str(text);
        Self::from_text(thread, &builder.finish())
    }

    /// The str with these characters below 256.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub fn from_latin1(thread: &Context, bytes: &[u8]) -> Result<Value> {
        let ascii = if bytes.is_ascii() { ASCII } else { 0 };
        Self::from_bytes(thread, ascii, bytes)
    }

    /// The same, where the caller knows that they are below 128.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub(super) fn from_ascii(thread: &Context, bytes: &[u8]) -> Result<Value> {
        debug_assert!(bytes.is_ascii());
        Self::from_bytes(thread, ASCII, bytes)
    }

    #[inline]
    fn from_bytes(thread: &Context, ascii: u32, bytes: &[u8]) -> Result<Value> {
        if bytes.len() < 2 {
            let known = bytes.first().map_or_else(intern::empty, |&byte| intern::one_character(byte));
            if let Some(value) = known {
                return Ok(value);
            }
        }
        Self::allocate(thread, ascii, bytes.len(), bytes.as_ptr(), bytes.len())
    }

    /// The str with this text.
    ///
    /// # Errors
    /// MemoryError.
    pub fn from_text(thread: &Context, text: &Text) -> Result<Value> {
        match text {
            Text::Latin1(bytes) => Self::from_latin1(thread, bytes),
            Text::Wide(units) => {
                Self::allocate(thread, 1, units.len(), units.as_ptr().cast(), units.len() * 2)
            }
            Text::Full(units) => {
                Self::allocate(thread, 2, units.len(), units.as_ptr().cast(), units.len() * 4)
            }
        }
    }

    /// The str with these characters, made as narrow as they allow.
    ///
    /// # Errors
    /// MemoryError.
    pub fn from_view(thread: &Context, view: View<'_>) -> Result<Value> {
        match view {
            View::Latin1(bytes) => Self::from_latin1(thread, bytes),
            wider => Self::from_text(thread, &Text::narrow(wider)),
        }
    }

    /// The str of one character.
    ///
    /// # Errors
    /// MemoryError.
    pub fn from_char(thread: &Context, code: u32) -> Result<Value> {
        match code {
            0..=0xff => match intern::one_character(code as u8) {
                Some(known) => Ok(known),
                None => Self::from_latin1(thread, &[code as u8]),
            },
            0x100..=0xffff => Self::from_text(thread, &Text::Wide(vec![code as u16])),
            _ => Self::from_text(thread, &Text::Full(vec![code])),
        }
    }

    /// The interned str with this text.
    ///
    /// # Errors
    /// MemoryError.
    pub fn interned(thread: &Context, text: &str) -> Result<Value> {
        // Those that the runtime names itself are found without the table's lock.
        match crate::names::find(text) {
            Some(name) => Ok(name.clone()),
            None => Ok(intern(thread, &Self::new(thread, text)?)),
        }
    }

    /// The empty str.
    ///
    /// # Errors
    /// MemoryError.
    pub fn empty(thread: &Context) -> Result<Value> {
        Self::from_latin1(thread, b"")
    }

    /// The str of the characters of `a` and then those of `b`, all below 256; `ascii`: all below 128.
    ///
    /// # Errors
    /// MemoryError.
    fn of_two(thread: &Context, ascii: bool, a: &[u8], b: &[u8]) -> Result<Value> {
        let len = a.len() + b.len(); // both are in memory
        let payload = Str { len: AtomicUsize::new(len), hash: AtomicI64::new(0) };
        let value = crate::object::new_with_tail(thread, payload, if ascii { ASCII } else { 0 }, len)?;
        // SAFETY: just made with this payload.
        let object: &Object<Str> = unsafe { Object::of_unchecked(&value) };
        // The tail has room for both, and the object is new.
        writer::copy_short(a, object.tail());
        writer::copy_short(b, object.tail().wrapping_add(a.len()));
        Ok(value)
    }

    #[inline]
    fn allocate(thread: &Context, aux: u32, len: usize, from: *const u8, bytes: usize) -> Result<Value> {
        let payload = Str { len: AtomicUsize::new(len), hash: AtomicI64::new(0) };
        let value = crate::object::new_with_tail(thread, payload, aux, bytes)?;
        // SAFETY: just made with this payload.
        let object: &Object<Str> = unsafe { Object::of_unchecked(&value) };
        // SAFETY: `from` has as many bytes.
        let from = unsafe { std::slice::from_raw_parts(from, bytes) };
        writer::copy_short(from, object.tail()); // the tail has room for them, and the object is new
        Ok(value)
    }

    /// An instance of a subclass with the same characters.
    ///
    /// # Errors
    /// MemoryError.
    pub fn of_class(thread: &Context, class: &Object<crate::class::Type>, of: &Object<Str>) -> Result<Value> {
        let aux = of.header().aux() & !INTERNED;
        let bytes = of.payload().len() << (aux & WIDTH);
        let payload = Str {
            len: AtomicUsize::new(of.payload().len()),
            hash: AtomicI64::new(of.payload().hash.load(Ordering::Relaxed)),
        };
        let value = crate::object::new_of_with_tail(thread, class, payload, aux, bytes)?;
        if let Some(object) = cast::<Str>(&value) {
            // SAFETY: as in `allocate`; the source has as many bytes.
            unsafe { std::ptr::copy_nonoverlapping(of.tail(), object.tail(), bytes) };
        }
        Ok(value)
    }

    /// Whether the str is interned.
    #[inline(always)]
    pub fn is_interned(&self, object: &Object<Str>) -> bool {
        object.header().aux() & INTERNED != 0
    }
}

/// What strs are asked.
pub trait StrExt {
    /// The characters.
    fn view(&self) -> View<'_>;
    /// How many characters.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Whether all characters are ASCII.
    fn is_ascii(&self) -> bool;
    /// The characters, if all are ASCII.
    fn as_ascii(&self) -> Option<&str>;
    /// The text, with lone surrogates replaced.
    fn to_string_lossy(&self) -> String;
    /// The text, unless there are lone surrogates.
    fn to_utf8(&self) -> Option<String>;
    /// Whether both have the same characters.
    fn equals(&self, other: &Object<Str>) -> bool;
    /// As [`equals`](Self::equals), where it takes no look at the characters to know.
    fn equals_at_sight(&self, other: &Object<Str>) -> Option<bool>;
    /// The code point `index`.
    fn char_at(&self, index: usize) -> Option<u32>;
}

impl StrExt for Object<Str> {
    #[inline]
    fn view(&self) -> View<'_> {
        let len = self.payload().len();
        let tail = self.tail();
        match self.header().aux() & WIDTH {
            // SAFETY: INV-STR-1: `len` characters of this width follow the payload, and never change.
            0 => View::Latin1(unsafe { std::slice::from_raw_parts(tail, len) }),
            // SAFETY: as above; payloads are aligned to 8 bytes.
            1 => View::Wide(unsafe { std::slice::from_raw_parts(tail.cast(), len) }),
            // SAFETY: as above.
            _ => View::Full(unsafe { std::slice::from_raw_parts(tail.cast(), len) }),
        }
    }

    #[inline]
    fn len(&self) -> usize {
        self.payload().len()
    }

    #[inline]
    fn is_ascii(&self) -> bool {
        self.header().aux() & ASCII != 0
    }

    fn as_ascii(&self) -> Option<&str> {
        match self.view() {
            // SAFETY: INV-STR-1: where the flag is set, each character is below 128.
            View::Latin1(bytes) if self.is_ascii() => Some(unsafe { std::str::from_utf8_unchecked(bytes) }),
            _ => None,
        }
    }

    fn to_string_lossy(&self) -> String {
        self.view().to_string_lossy()
    }

    fn to_utf8(&self) -> Option<String> {
        if let Some(ascii) = self.as_ascii() {
            return Some(ascii.to_owned());
        }
        use text::Chars;
        self.view().iter_chars().map(char::from_u32).collect()
    }

    #[inline]
    fn equals(&self, other: &Object<Str>) -> bool {
        self.equals_at_sight(other).unwrap_or_else(|| same_characters(self, other))
    }

    #[inline(always)]
    fn equals_at_sight(&self, other: &Object<Str>) -> Option<bool> {
        if std::ptr::eq(self, other) {
            return Some(true);
        }
        let (own, others) = (self.header().aux(), other.header().aux());
        // Of strs of different widths one has a character that the other cannot have (INV-STR-1); interned ones are the same object if
        // they are equal (INV-STR-2).
        let differ = self.payload().len() != other.payload().len()
            || (own ^ others) & WIDTH != 0
            || own & others & INTERNED != 0;
        differ.then_some(false)
    }

    #[inline]
    fn char_at(&self, index: usize) -> Option<u32> {
        match self.view() {
            View::Latin1(s) => s.get(index).map(|&c| c.into()),
            View::Wide(s) => s.get(index).map(|&c| c.into()),
            View::Full(s) => s.get(index).copied(),
        }
    }
}

/// Whether two strs of one length and width have the same characters.
fn same_characters(a: &Object<Str>, b: &Object<Str>) -> bool {
    if let (Some(a), Some(b)) = (known_hash(a), known_hash(b))
        && a != b
    {
        return false;
    }
    match (a.view(), b.view()) {
        (View::Latin1(a), View::Latin1(b)) => a == b,
        (View::Wide(a), View::Wide(b)) => a == b,
        (View::Full(a), View::Full(b)) => a == b,
        _ => false,
    }
}

/// `hash()` of a str: cached.
#[inline]
pub fn hash(text: &Object<Str>) -> i64 {
    // Relaxed: whoever computes it gets the same number.
    let hash = text.payload().hash.load(Ordering::Relaxed);
    if hash != 0 {
        return hash;
    }
    let hash = super::hashing::hash_view(text.view());
    text.payload().hash.store(hash, Ordering::Relaxed);
    hash
}

/// `hash()` of a str that has been asked for it before.
#[inline(always)]
pub fn known_hash(text: &Object<Str>) -> Option<i64> {
    // Relaxed: as above.
    Some(text.payload().hash.load(Ordering::Relaxed)).filter(|&hash| hash != 0)
}

/// Whether the text is an identifier.
pub fn is_identifier(text: &Object<Str>) -> bool {
    text::unicode::is_identifier(&text.view())
}

/// Marks a str as interned.
fn mark_interned(header: &Header) {
    header.set_aux(header.aux() | INTERNED);
}
