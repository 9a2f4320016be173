//! A word in a frame slot: a value that may be borrowed.
//!
//! Bit 3 of a pointer says *borrowed*: the slot owns no count. A borrowed reference is valid until the thread's next
//! refresh, which turns it into a counted one. So reading shared data writes nothing.
//!
//! * INV-BORROW-1: a borrowed reference was loaded, since this thread's last refresh, from a slot that counted it.
//! * INV-BORROW-2: what is borrowed from a heap slot is shared: a private object would die at once and wait for nobody. (A
//!   private one may be borrowed only from a value that outlives the use: [`StackRef::borrow_from`].)

use threads::Context;

use crate::count;
use crate::header::{Flags, Header, ObjectPtr};
use crate::object::Object;
use crate::value::{Value, View, pointer_of};
use crate::word::Word;

/// A possibly borrowed value. `Copy`: who pops it decides what becomes of its count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct StackRef(Word);

impl StackRef {
    /// An unbound local or a free slot.
    pub const EMPTY: StackRef = StackRef(Word::EMPTY);

    /// Takes over the count of `value`.
    #[inline(always)]
    pub fn from_value(value: Value) -> Self {
        Self(value.into_word())
    }

    /// Borrows from a slot's word.
    #[inline(always)]
    pub(crate) fn borrowed(word: Word) -> Self {
        Self(if word.is_pointer() { word.with_borrowed() } else { word })
    }

    #[inline(always)]
    pub(crate) fn from_owned_word(word: Word) -> Self {
        Self(word)
    }

    /// Borrows `value` for as long as something else keeps it alive: a constant of the running code object, an
    /// argument that the caller's frame holds.
    #[inline(always)]
    pub fn borrow_from(value: &Value) -> Self {
        Self::borrowed(value.word())
    }

    /// Borrows a reference to `object` for as long as something else keeps it alive.
    #[inline(always)]
    pub fn borrow_to<T>(object: &Object<T>) -> Self {
        let address = (&raw const *object).expose_provenance() as u64;
        Self(Word::from_bits(address).with_borrowed())
    }

    /// The word, borrowed bit included.
    #[inline(always)]
    pub fn word(self) -> Word {
        self.0
    }

    /// Whether the slot is free.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether the slot owns no count.
    #[inline(always)]
    pub fn is_borrowed(self) -> bool {
        self.0.is_pointer() && self.0.is_borrowed()
    }

    /// Where the object is, if there is one.
    #[inline(always)]
    pub fn object(self) -> Option<ObjectPtr> {
        pointer_of(self.0)
    }

    /// A reference to what `holder` holds for as long as it lives, as a tuple its items: borrowed if the mode and the holder allow
    /// it, counted otherwise; EMPTY where that takes more than a look at it and a plain addition.
    #[inline(always)]
    pub fn borrow_held_quickly(thread: &Context, holder: &Header, held: &Value) -> Self {
        holder.assert_accessible();
        crate::slot::borrow_word_quickly::<false>(held.word(), thread)
    }

    /// The same for the word of what something shared holds at this moment, quickest for a class or a native function.
    ///
    /// # Safety
    /// It does hold it.
    #[inline(always)]
    pub unsafe fn borrow_shared_quickly(thread: &Context, held: Word) -> Self {
        crate::slot::borrow_word_quickly::<true>(held, thread)
    }

    /// As [`borrow_held_quickly`](Self::borrow_held_quickly), counted whatever that takes.
    #[inline]
    pub fn borrow_held(thread: &Context, holder: &Header, held: &Value) -> Self {
        let quickly = Self::borrow_held_quickly(thread, holder, held);
        if quickly.is_empty() { Self(held.word()).counted_slowly() } else { quickly }
    }

    /// The same with a count of its own. Out of line, and of a word, not its address: callers are instructions that mostly borrow, and
    /// end in jumps.
    #[inline(never)]
    fn counted_slowly(self) -> Self {
        self.to_value().map_or(Self::EMPTY, Self::from_value)
    }

    /// The same reference with a count of its own. The original goes on as it was.
    #[inline]
    pub fn to_value(self) -> Option<Value> {
        if let Some(object) = self.object() {
            // SAFETY: INV-BORROW-1, or the slot's own count.
            unsafe { count::retain(object) };
        }
        Value::from_owned_word(self.0.without_borrowed_if_pointer())
    }

    /// Another reference to the same for a slot of this thread. With several threads a shared object is borrowed: whatever becomes of
    /// the original, the object stays until this thread's next refresh (INV-BORROW-1), which counts the new slot too.
    #[inline(never)]
    pub fn duplicate(self, thread: &Context) -> Self {
        match self.object() {
            // SAFETY: INV-BORROW-1, or the slot's own count.
            Some(object) if !thread.is_solo() && unsafe { object.as_ref() }.is_shared() => {
                Self::borrowed(self.0)
            }
            _ => self.to_value().map_or(Self::EMPTY, Self::from_value),
        }
    }

    /// The value, uncounted.
    ///
    /// # Safety
    /// The slot that this was read from keeps its reference for as long as the view is used.
    #[inline(always)]
    pub unsafe fn view<'a>(self) -> Option<View<'a>> {
        View::of_word(self.0)
    }

    /// As [`to_borrowed`](Self::to_borrowed) of a slot that is not EMPTY. Of EMPTY it makes a word that is no object either.
    #[inline(always)]
    pub fn to_borrowed_present(self) -> Self {
        let borrowed = Word::from_bits(self.0.bits() | Word::BORROWED);
        Self(if self.0.is_immediate() { self.0 } else { borrowed })
    }

    /// A reference that owns nothing to the same value: valid as long as this slot keeps it.
    #[inline(always)]
    pub fn to_borrowed(self) -> Self {
        Self::borrowed(self.0)
    }

    /// The reference to an immediate; pointers and EMPTY become None.
    #[inline(always)]
    pub fn immediate(word: Word) -> Self {
        debug_assert!(!word.is_pointer());
        Self(word)
    }

    /// A counted reference to the same, if counting takes no more than a plain addition; `None`, and nothing done, if not.
    /// The original goes on as it was.
    #[inline(always)]
    pub fn counted_quickly(self, thread: &Context) -> Option<StackRef> {
        match self.object() {
            None => Some(self),
            // SAFETY: INV-BORROW-1, or the slot's own count.
            Some(object) if unsafe { count::retain_quickly(thread, object) } => {
                Some(Self(self.0.without_borrowed()))
            }
            Some(_) => None,
        }
    }

    /// A reference to the same for who may come to be its only holder: borrowed where no count keeps the object alive (a class, a native
    /// function, what is shared while there are several threads), else counted as by
    /// [`counted_quickly`](Self::counted_quickly).
    #[inline(always)]
    pub fn lasting_quickly(self, thread: &Context) -> Option<StackRef> {
        match self.object() {
            // SAFETY: INV-BORROW-1, or the slot's own count.
            Some(object) if unsafe { object.as_ref() }.flags().contains(Flags::uncounted(thread)) => {
                Some(self.to_borrowed())
            }
            _ => self.counted_quickly(thread),
        }
    }

    /// Gives up the slot's count, if it owns one and that takes no more than a plain subtraction; false, and nothing done, if
    /// it takes more.
    #[inline(always)]
    pub fn release_quickly(self, thread: &Context) -> bool {
        match self.0.as_owned_pointer() {
            // SAFETY: the slot's own count, which is gone afterwards.
            Some(object) => unsafe { count::release_quickly(thread, object.cast()) },
            None => true,
        }
    }

    /// As [`release_quickly`](Self::release_quickly), where the count is one of several of this thread's own object; false, and nothing
    /// done, also where another owns it.
    #[inline(always)]
    pub fn release_own(self, thread: &Context) -> bool {
        match self.0.as_owned_pointer() {
            // SAFETY: the slot's own count, which is gone afterwards.
            Some(object) => unsafe { count::release_own(thread, object.cast()) },
            None => true,
        }
    }

    /// Gives up the slot's count, of which [`release_own`](Self::release_own) has just found that it takes more.
    #[inline(always)]
    pub fn release_in_full(self, thread: &Context) {
        if let Some(object) = self.0.as_owned_pointer() {
            // SAFETY: the slot's own count, which is gone afterwards.
            unsafe { count::release_in_full(thread, object.cast()) };
        }
    }

    /// Makes the reference counted, using up the original.
    #[inline]
    pub fn into_value(self) -> Option<Value> {
        if self.is_borrowed() { self.to_value() } else { Value::from_owned_word(self.0) }
    }

    /// Whether releasing it may end an object's life: it refers to an object and owns a count.
    #[inline(always)]
    pub fn is_counted(self) -> bool {
        !self.is_borrowed() && self.object().is_some()
    }

    /// Gives up the slot's count, if it owns one.
    #[inline]
    pub fn release(self) {
        if !self.is_borrowed() {
            drop(Value::from_owned_word(self.0));
        }
    }
}

impl Word {
    #[inline(always)]
    pub(crate) fn without_borrowed_if_pointer(self) -> Word {
        if self.is_pointer() { self.without_borrowed() } else { self }
    }
}
