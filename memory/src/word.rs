//! The 64-bit encoding of a value.
//!
//! A word is an int, a float, a singleton, a sentinel, a pointer to a heap object, or empty. Nothing here owns
//! anything: a `Word` is the bare bits, and counting is the business of the types that wrap it.
//!
//! The low three bits are the tag ([`TAGS`] is the one table of them). What must be fast decides who gets which:
//!
//! * Pointers have tag zero, so that a pointer is used without unmasking. Heap objects are 16-byte aligned, which
//!   leaves bit 3 free: in a frame's slot it says that the slot owns no count.
//! * Ints have two tags that share their low two bits, hence 62 bits of payload; sums and differences of two tagged
//!   ints need one correction and the machine's own overflow flag.
//! * Floats tag themselves. Rotating a double left by four brings its sign to bit 3 and its top three exponent bits
//!   to the tag. Those three bits are 011 or 100 for ordinary magnitudes and 000 for zero, and adding one turns
//!   exactly these into the three float tags. No other bits are lost, so decoding is the same two instructions
//!   backwards. Doubles with other exponents (infinities, NaN, the very large and very small) need a heap float.
//!
//! # Invariants
//! * INV-WORD-1: a word belongs to exactly one class, decided by its tag and by whether it is zero.
//! * INV-WORD-2: what was encoded is decoded to the same bits, the sign of zero and the last mantissa bit included.
//! * INV-WORD-3: bit 3 of a pointer word is never part of the address.
//! * INV-WORD-4: arithmetic on two tagged ints answers the exact result, or nothing when it needs more than 62 bits.

use std::fmt;
use std::ptr::{self, NonNull};

/// One 64-bit value, without ownership.
///
/// Equal words are the same object, as `is` in Python means it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Word(u64);

const _: () = assert!(size_of::<Word>() == 8 && align_of::<Word>() == 8);

/// What kind of thing a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Nothing: an unbound local, a free slot.
    Empty,
    /// A heap object.
    Pointer,
    /// An int of at most 62 bits.
    Int,
    /// A double of ordinary magnitude, or zero.
    Float,
    /// None, False, True, NotImplemented or Ellipsis.
    Singleton,
    /// A mark that Python never sees.
    Sentinel,
}

/// The class of each tag; the word zero, alone of tag 0, is [`Class::Empty`].
pub const TAGS: [Class; 8] = [
    /* 000 */ Class::Pointer,
    /* 001 */ Class::Float, // zero, and the denormal corner
    /* 010 */ Class::Int,
    /* 011 */ Class::Singleton,
    /* 100 */ Class::Float, // magnitudes in 2^-255 ..= 1.99
    /* 101 */ Class::Float, // magnitudes in 2 ..< 2^257
    /* 110 */ Class::Int,
    /* 111 */ Class::Sentinel,
];

const TAG_BITS: u32 = 3;
pub(crate) const TAG_MASK: u64 = (1 << TAG_BITS) - 1;
const INT_SHIFT: u32 = 2;
const INT_TAG: u64 = 0b10;
const INT_MASK: u64 = 0b11;
const SINGLETON_TAG: u64 = 0b011;
const SENTINEL_TAG: u64 = 0b111;
const FLOAT_ROTATION: u32 = 4;

/// Bit `t` is set when tag `t` has class `class`.
const fn tags_of(class: Class) -> u8 {
    let mut set = 0;
    let mut tag = 0;
    while tag < TAGS.len() {
        if TAGS[tag] as u8 == class as u8 {
            set |= 1 << tag;
        }
        tag += 1;
    }
    set
}

const FLOAT_TAGS: u8 = tags_of(Class::Float);
const _: () = assert!(tags_of(Class::Int) == 1 << INT_TAG | 1 << (INT_TAG | 0b100));
const _: () = assert!(tags_of(Class::Pointer) == 1 && tags_of(Class::Singleton) == 1 << SINGLETON_TAG);
const _: () = assert!(tags_of(Class::Sentinel) == 1 << SENTINEL_TAG && tags_of(Class::Empty) == 0);

/// Declares the singletons once: the enum, its list, and a constant word for each.
macro_rules! singletons {
    ($($(#[$doc:meta])* $variant:ident $constant:ident;)*) => {
        /// The immediate objects of which there is one each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Singleton { $($(#[$doc])* $variant),* }

        impl Singleton {
            /// Every singleton, by index.
            pub const ALL: &[Singleton] = &[$(Singleton::$variant),*];
        }

        impl Word {
            $($(#[$doc])* pub const $constant: Word = Word::from_singleton(Singleton::$variant);)*
        }
    };
}

singletons! {
    /// `None`.
    None NONE;
    /// `False`.
    False FALSE;
    /// `True`.
    True TRUE;
    /// `NotImplemented`.
    NotImplemented NOT_IMPLEMENTED;
    /// `Ellipsis`, also written `...`.
    Ellipsis ELLIPSIS;
}

/// The least int that fits a word.
pub const INT_MIN: i64 = i64::MIN >> INT_SHIFT;
/// The greatest int that fits a word.
pub const INT_MAX: i64 = i64::MAX >> INT_SHIFT;

impl Word {
    /// No value.
    pub const EMPTY: Word = Word(0);
    /// Bit 3 of a pointer word: its holder owns no count.
    pub const BORROWED: u64 = 1 << 3;

    /// The word with these bits, as [`bits`](Self::bits) gave them.
    #[inline(always)]
    pub const fn from_bits(bits: u64) -> Word {
        Word(bits)
    }

    /// The bits.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether this is [`EMPTY`](Self::EMPTY).
    #[inline(always)]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The class. The single predicates are cheaper where one class is asked about.
    #[inline]
    pub const fn class(self) -> Class {
        if self.0 == 0 { Class::Empty } else { TAGS[(self.0 & TAG_MASK) as usize] }
    }
}

/// Ints.
impl Word {
    /// `value` as a tagged int, if it fits 62 bits.
    #[inline(always)]
    pub const fn from_int(value: i64) -> Option<Word> {
        if value >= INT_MIN && value <= INT_MAX { Some(Self::from_int_wrapping(value)) } else { None }
    }

    /// The low 62 bits of `value` as a tagged int.
    #[inline(always)]
    pub const fn from_int_wrapping(value: i64) -> Word {
        Word((value as u64) << INT_SHIFT | INT_TAG)
    }

    /// Whether this is an int.
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.0 & INT_MASK == INT_TAG
    }

    /// The int, if this is one.
    #[inline(always)]
    pub const fn as_int(self) -> Option<i64> {
        if self.is_int() { Some(self.int_payload()) } else { None }
    }

    /// The int that this is; of another class, its upper 62 bits.
    #[inline(always)]
    pub const fn int_payload(self) -> i64 {
        self.0 as i64 >> INT_SHIFT
    }

    /// Whether both are ints: one test and one branch.
    #[inline(always)]
    pub const fn both_ints(a: Word, b: Word) -> bool {
        ((a.0 ^ INT_TAG) | (b.0 ^ INT_TAG)) & INT_MASK == 0
    }

    /// The sum of two tagged ints, if it fits; both must be ints.
    #[inline(always)]
    pub const fn checked_add_ints(self, other: Word) -> Option<Word> {
        debug_assert!(Self::both_ints(self, other), "INV-WORD-4");
        // One operand gives up its tag, so that exactly one tag is left in the sum. The payload fills the top of
        // the word, so the machine's 64-bit overflow is the 62-bit one.
        match (self.0 as i64).checked_add((other.0 ^ INT_TAG) as i64) {
            Some(bits) => Some(Word(bits as u64)),
            None => None,
        }
    }

    /// The difference of two tagged ints, if it fits; both must be ints.
    #[inline(always)]
    pub const fn checked_sub_ints(self, other: Word) -> Option<Word> {
        debug_assert!(Self::both_ints(self, other), "INV-WORD-4");
        match (self.0 as i64).checked_sub((other.0 ^ INT_TAG) as i64) {
            Some(bits) => Some(Word(bits as u64)),
            None => None,
        }
    }

    /// The product of two tagged ints, if it fits; both must be ints.
    #[inline(always)]
    pub const fn checked_mul_ints(self, other: Word) -> Option<Word> {
        debug_assert!(Self::both_ints(self, other), "INV-WORD-4");
        // Four times a, times b: four times the product, whose low two bits are free for the tag.
        match ((self.0 ^ INT_TAG) as i64).checked_mul(other.int_payload()) {
            Some(bits) => Some(Word(bits as u64 | INT_TAG)),
            None => None,
        }
    }
}

/// Floats.
impl Word {
    /// `value` as an inline float, or `None` when it needs a heap float.
    #[inline(always)]
    pub const fn from_float(value: f64) -> Option<Word> {
        let word = Word(value.to_bits().rotate_left(FLOAT_ROTATION).wrapping_add(1));
        // Adding one maps the eight values of the top exponent bits one to one onto the tags, so a double that
        // does not fit lands on a tag of another class, and looking at the tag is the whole range check. (All
        // ones wraps to zero, which is no float either.)
        if word.is_float() { Some(word) } else { None }
    }

    /// Whether this is an inline float.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        FLOAT_TAGS >> (self.0 & TAG_MASK) & 1 != 0
    }

    /// The float, if this is an inline one.
    #[inline(always)]
    pub const fn as_float(self) -> Option<f64> {
        if self.is_float() { Some(self.float_payload()) } else { None }
    }

    /// The float that this is; of another class, some double.
    #[inline(always)]
    pub const fn float_payload(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(1).rotate_right(FLOAT_ROTATION))
    }
}

/// Singletons and sentinels.
impl Word {
    /// The word of `singleton`.
    #[inline(always)]
    pub const fn from_singleton(singleton: Singleton) -> Word {
        Word((singleton as u64) << TAG_BITS | SINGLETON_TAG)
    }

    /// `True` or `False`.
    #[inline(always)]
    pub const fn from_bool(value: bool) -> Word {
        const { assert!(Singleton::True as u8 == Singleton::False as u8 + 1) };
        Word(Self::FALSE.0 + ((value as u64) << TAG_BITS))
    }

    /// Whether this is a singleton.
    #[inline(always)]
    pub const fn is_singleton(self) -> bool {
        self.0 & TAG_MASK == SINGLETON_TAG
    }

    /// The singleton, if this is one.
    #[inline]
    pub fn as_singleton(self) -> Option<Singleton> {
        if !self.is_singleton() {
            return None;
        }
        usize::try_from(self.0 >> TAG_BITS).ok().and_then(|index| Singleton::ALL.get(index)).copied()
    }

    /// The sentinel number `index`. Who needs a mark that is no Python value declares a constant with this.
    #[inline(always)]
    pub const fn from_sentinel(index: u32) -> Word {
        Word((index as u64) << TAG_BITS | SENTINEL_TAG)
    }

    /// Whether this is a sentinel.
    #[inline(always)]
    pub const fn is_sentinel(self) -> bool {
        self.0 & TAG_MASK == SENTINEL_TAG
    }

    /// The sentinel's number, if this is one.
    #[inline]
    pub fn as_sentinel(self) -> Option<u32> {
        if self.is_sentinel() { u32::try_from(self.0 >> TAG_BITS).ok() } else { None }
    }
}

/// Pointers.
impl Word {
    /// A pointer to a heap object; it must be 16-byte aligned.
    #[inline(always)]
    pub fn from_pointer(pointer: NonNull<u8>) -> Word {
        let address = pointer.as_ptr().expose_provenance() as u64;
        debug_assert!(
            address & (TAG_MASK | Self::BORROWED) == 0,
            "INV-WORD-3: {address:#x} is not 16-byte aligned"
        );
        Word(address)
    }

    /// Whether this is a pointer, borrowed or not.
    #[inline(always)]
    pub const fn is_pointer(self) -> bool {
        self.0 & TAG_MASK == 0 && self.0 != 0
    }

    /// Whether this is neither a pointer nor EMPTY.
    #[inline(always)]
    pub const fn is_immediate(self) -> bool {
        self.0 & TAG_MASK != 0
    }

    /// The pointer, if this is one and its holder owns a count.
    #[inline(always)]
    pub fn as_owned_pointer(self) -> Option<NonNull<u8>> {
        if self.0 & (TAG_MASK | Self::BORROWED) != 0 {
            return None;
        }
        keep_apart(); // one condition of both tests would be computed, three instructions more
        NonNull::new(self.pointer_payload())
    }

    /// The pointer, without the borrowed bit, if this is one.
    #[inline(always)]
    pub fn as_pointer(self) -> Option<NonNull<u8>> {
        if self.0 & TAG_MASK == 0 { NonNull::new(self.pointer_payload()) } else { None }
    }

    /// The address that this is, without the borrowed bit: null for EMPTY, nonsense for another class.
    #[inline(always)]
    pub fn pointer_payload(self) -> *mut u8 {
        ptr::with_exposed_provenance_mut((self.0 & !Self::BORROWED) as usize)
    }

    /// This pointer, marked as borrowed.
    #[inline(always)]
    pub const fn with_borrowed(self) -> Word {
        debug_assert!(self.is_pointer(), "INV-WORD-3: only pointers are borrowed");
        Word(self.0 | Self::BORROWED)
    }

    /// This pointer, not marked as borrowed.
    #[inline(always)]
    pub const fn without_borrowed(self) -> Word {
        debug_assert!(self.is_pointer(), "INV-WORD-3: only pointers are borrowed");
        Word(self.0 & !Self::BORROWED)
    }

    /// Whether this is a pointer whose holder owns no count.
    #[inline(always)]
    pub const fn is_borrowed(self) -> bool {
        self.0 & (TAG_MASK | Self::BORROWED) == Self::BORROWED
    }
}

impl Default for Word {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.class() {
            Class::Empty => f.write_str("Empty"),
            Class::Pointer if self.is_borrowed() => write!(f, "Borrowed({:p})", self.pointer_payload()),
            Class::Pointer => write!(f, "Pointer({:p})", self.pointer_payload()),
            Class::Int => write!(f, "Int({})", self.int_payload()),
            Class::Float => write!(f, "Float({:?})", self.float_payload()),
            Class::Singleton => match self.as_singleton() {
                Some(singleton) => write!(f, "{singleton:?}"),
                None => write!(f, "Singleton({:#x})", self.0 >> TAG_BITS),
            },
            Class::Sentinel => write!(f, "Sentinel({:#x})", self.0 >> TAG_BITS),
        }
    }
}

/// Keeps the compiler from making a conditional move of a branch in whose one way this stands, where every further instruction
/// would wait for the condition, which a branch guesses.
#[inline(always)]
pub fn keep_apart() {
    // SAFETY: no instruction.
    unsafe { std::arch::asm!("", options(nomem, nostack, preserves_flags)) };
}

#[cfg(test)]
mod tests;
