//! An owned reference: an immediate, or one count of a heap object.
//!
//! Counting is biased (Choi, Shull and Torrellas 2018; PEP 703): the owner of an object counts in its own word with
//! plain loads and stores, everybody else in a shared word with atomics. See `count`.

use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::num::NonZeroU64;
use std::ptr::NonNull;

use crate::count;
use crate::header::{Header, ObjectPtr};
use crate::word::{Class, TAG_MASK, Word};

/// An owned reference to any value. `Clone` counts, `Drop` releases; `Option<Value>` is one word.
///
/// # Concurrency
/// Stays on its thread, which must be attached whenever it is cloned or dropped. To hand a value to another thread,
/// store it where that thread can find it, or make it [`Published`](crate::publish::Published).
#[repr(transparent)]
pub struct Value {
    bits: NonZeroU64,
    _confined: PhantomData<*mut ()>,
}

const _: () = assert!(size_of::<Option<Value>>() == 8);

impl Value {
    /// Takes over the count that `word` stands for; `None` for EMPTY.
    #[inline(always)]
    pub(crate) fn from_owned_word(word: Word) -> Option<Self> {
        NonZeroU64::new(word.bits()).map(|bits| Self { bits, _confined: PhantomData })
    }

    /// Takes over one count of `object`.
    ///
    /// # Safety
    /// The caller owns that count, and the object is alive.
    #[inline(always)]
    pub unsafe fn from_owned(object: ObjectPtr) -> Self {
        let bits = object.addr().get() as u64;
        // SAFETY: a pointer is not null.
        Self { bits: unsafe { NonZeroU64::new_unchecked(bits) }, _confined: PhantomData }
    }

    /// A new count of `object`.
    ///
    /// # Safety
    /// The object is alive: counted by somebody, or borrowed by this thread since its last refresh.
    #[inline(always)]
    pub unsafe fn from_borrowed(object: ObjectPtr) -> Self {
        // SAFETY: promised by the caller.
        unsafe { count::retain(object) };
        // SAFETY: the count was just made.
        unsafe { Self::from_owned(object) }
    }

    /// The word, which goes on being owned by this value.
    #[inline(always)]
    pub fn word(&self) -> Word {
        Word::from_bits(self.bits.get())
    }

    /// The word, whose count the caller now owns.
    #[inline(always)]
    pub fn into_word(self) -> Word {
        ManuallyDrop::new(self).word()
    }

    /// Where the object is, if this is not an immediate.
    #[inline(always)]
    pub fn object(&self) -> Option<ObjectPtr> {
        // Cheaper than `pointer_of`: a value is neither EMPTY nor borrowed.
        if self.bits.get() & TAG_MASK != 0 {
            return None;
        }
        debug_assert!(self.word().is_pointer() && !self.word().is_borrowed());
        // SAFETY: a value's word is not zero.
        Some(unsafe { NonNull::new_unchecked(self.word().pointer_payload().cast()) })
    }

    /// The header, if this is not an immediate.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        // SAFETY: this value's count keeps the object alive.
        self.object().map(|object| unsafe { object.as_ref() })
    }

    /// Whether both are the same object or the same immediate (`is`).
    #[inline(always)]
    pub fn is(&self, other: &Value) -> bool {
        self.bits == other.bits
    }

    /// The integer, if this is a small one.
    #[inline(always)]
    pub fn as_int(&self) -> Option<i64> {
        self.word().as_int()
    }

    /// The small integer `value`, if it fits into 62 bits.
    #[inline(always)]
    pub fn from_int(value: i64) -> Option<Self> {
        Word::from_int(value).and_then(Self::from_owned_word)
    }
}

/// Singletons and floats.
impl Value {
    /// The value of a singleton's word, an int's or another immediate's; EMPTY and pointers answer None as well, for they
    /// own nothing here.
    #[inline(always)]
    pub fn of_immediate_or_none(word: Word) -> Self {
        let word = if word.is_empty() || word.is_pointer() { Word::NONE } else { word };
        // SAFETY: not zero, as was just seen.
        Self { bits: unsafe { NonZeroU64::new_unchecked(word.bits()) }, _confined: PhantomData }
    }

    /// `None`.
    #[inline(always)]
    pub fn none() -> Self {
        Self::of_immediate_or_none(Word::NONE)
    }

    /// `True` or `False`.
    #[inline(always)]
    pub fn from_bool(value: bool) -> Self {
        Self::of_immediate_or_none(Word::from_bool(value))
    }

    /// `NotImplemented`.
    #[inline(always)]
    pub fn not_implemented() -> Self {
        Self::of_immediate_or_none(Word::NOT_IMPLEMENTED)
    }

    /// `Ellipsis`.
    #[inline(always)]
    pub fn ellipsis() -> Self {
        Self::of_immediate_or_none(Word::ELLIPSIS)
    }

    /// The float `value`, if it is stored inline.
    #[inline(always)]
    pub fn from_float(value: f64) -> Option<Self> {
        Word::from_float(value).map(Self::of_immediate_or_none)
    }

    /// Whether this is `None`.
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.word() == Word::NONE
    }

    /// Whether this is `NotImplemented`.
    #[inline(always)]
    pub fn is_not_implemented(&self) -> bool {
        self.word() == Word::NOT_IMPLEMENTED
    }
}

/// A value that is looked at without being counted: something else keeps it alive for `'a`.
#[repr(transparent)]
pub struct View<'a>(ManuallyDrop<Value>, PhantomData<&'a Value>);

impl View<'_> {
    /// A view of None.
    #[inline(always)]
    pub fn none() -> Self {
        Self(ManuallyDrop::new(Value::none()), PhantomData)
    }

    /// A view of what `word` refers to; `None` for EMPTY. Who makes one answers for its lifetime.
    #[inline(always)]
    pub(crate) fn of_word(word: Word) -> Option<Self> {
        let value = Value::from_owned_word(word.without_borrowed_if_pointer())?;
        Some(Self(ManuallyDrop::new(value), PhantomData))
    }
}

/// A view of the value with these bits, as `Word::bits` gave them; `None` for EMPTY.
///
/// # Safety
/// Something keeps the value alive for `'a`.
#[inline(always)]
pub unsafe fn view_of_bits<'a>(bits: u64) -> Option<View<'a>> {
    View::of_word(Word::from_bits(bits))
}

impl std::ops::Deref for View<'_> {
    type Target = Value;

    #[inline(always)]
    fn deref(&self) -> &Value {
        &self.0
    }
}

/// Where the object is that `word` points to, borrowed or not.
#[inline(always)]
pub(crate) fn pointer_of(word: Word) -> Option<ObjectPtr> {
    word.as_pointer().map(NonNull::cast)
}

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Self {
        if let Some(object) = self.object() {
            // SAFETY: this value's count keeps the object alive.
            unsafe { count::retain(object) };
        }
        Self { bits: self.bits, _confined: PhantomData }
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(object) = self.object() {
            // SAFETY: this value owns one count, and is gone afterwards.
            unsafe { count::release(object) };
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.word().class() {
            Class::Pointer => write!(f, "{:?}", self.header()),
            class => write!(f, "{class:?}({:#x})", self.bits),
        }
    }
}
