//! A heap slot that other threads may read and exchange at any time.
//!
//! Shared slots are read with acquire order and written with a sequentially consistent exchange, so that two threads
//! never see each other's writes in an impossible order (store buffering included).
//!
//! * INV-SLOT-1: what a slot of a shared holder holds is shared (invariant P of the design).
//! * INV-SLOT-2: a slot owns one count of what it holds.
//! * INV-SLOT-3: who takes a reference out of a slot of a shared holder and keeps it sets LENT before storing it
//!   elsewhere, for others may have borrowed it through that slot. (Dropping it does so by itself: see `park`.)

use threads::sync::atomic::{AtomicU64, Ordering};

use crate::Object;
use crate::count;
use crate::header::{Flags, Header, ObjectPtr};
use crate::publish;
use crate::stack_ref::StackRef;
use crate::value::{Value, View, pointer_of};
use crate::word::Word;
use threads::Context;

/// One reference in the heap.
#[derive(Debug)]
#[repr(transparent)]
pub struct Slot(pub(crate) AtomicU64);

impl Default for Slot {
    fn default() -> Self {
        Self::new(None)
    }
}

/// What a slot held before: dropped, or deliberately kept.
#[must_use]
#[derive(Debug)]
pub struct Displaced {
    value: Option<Value>,
    /// Whether others may have borrowed it through the slot.
    exposed: bool,
}

impl Displaced {
    /// The value, to be stored elsewhere or returned.
    pub fn keep(self) -> Option<Value> {
        if self.exposed
            && let Some(object) = self.value.as_ref().and_then(Value::object)
        {
            // SAFETY: `self.value` keeps the object alive.
            unsafe { count::lend(object) }; // INV-SLOT-3
        }
        self.value
    }

    /// Whether the slot held a value.
    pub fn is_some(&self) -> bool {
        self.value.is_some()
    }
}

impl Slot {
    /// A slot of an object that is being made.
    #[inline(always)]
    pub fn new(value: Option<Value>) -> Self {
        Self(AtomicU64::new(value.map_or(0, |v| v.into_word().bits())))
    }

    #[inline(always)]
    pub(crate) fn load(&self) -> Word {
        // Acquire: pairs with the exchange in `replace`; the object's contents are visible to who finds it here.
        let relaxed = threads::mutant!("slot-loads-relaxed");
        Word::from_bits(self.0.load(if relaxed { Ordering::Relaxed } else { Ordering::Acquire }))
    }

    /// Whether the slot is free.
    pub fn is_empty(&self) -> bool {
        self.load().is_empty()
    }

    /// A counted reference to what the slot holds.
    ///
    /// # Concurrency
    /// Linearizes at the load. Writes to the object that it finds; [`borrow`](Self::borrow) does not.
    #[inline]
    pub fn get(&self, holder: &Header) -> Option<Value> {
        holder.assert_accessible();
        let word = self.load();
        if let Some(object) = pointer_of(word) {
            // SAFETY: the slot counted the object when it was loaded; if it has been displaced since, it is parked
            // at most until this thread's next refresh.
            unsafe { count::retain(object) };
        }
        Value::from_owned_word(word)
    }

    /// What the slot holds, uncounted and on no stack: for a short look.
    ///
    /// # Safety
    /// Until the last use of the result the caller reaches no safepoint (which the borrowed context sees to), and while
    /// the holder is private or the thread alone does not replace what the slot holds.
    #[inline(always)]
    pub unsafe fn view<'a>(&self, _thread: &'a Context, holder: &Header) -> Option<View<'a>> {
        holder.assert_accessible();
        View::of_word(self.load())
    }

    /// The object in the slot, uncounted: for a short look by who knows its type.
    ///
    /// # Safety
    /// As for [`view`](Self::view), and what the slot holds is an object with payload `T`.
    #[inline(always)]
    pub unsafe fn view_as<'a, T>(&self, _thread: &'a Context, holder: &Header) -> Option<&'a Object<T>> {
        holder.assert_accessible();
        // SAFETY: promised by the caller.
        self.load().as_owned_pointer().map(|object| unsafe { object.cast().as_ref() })
    }

    /// What the slot holds, borrowed if the mode and the holder allow it, counted otherwise.
    ///
    /// # Concurrency
    /// Linearizes at the load. With several threads running and a shared holder it writes nothing and does not even
    /// touch the object.
    #[inline(always)]
    pub fn borrow(&self, thread: &Context, holder: &Header) -> StackRef {
        holder.assert_accessible();
        let word = self.load();
        let Some(object) = pointer_of(word) else {
            return StackRef::from_owned_word(word);
        };
        if !thread.is_solo() {
            if holder.is_shared() {
                // INV-SLOT-1: the object is shared.
                return StackRef::borrowed(word);
            }
            // SAFETY: the slot of a private holder counts it, and only this thread exchanges the slot.
            let target = unsafe { object.as_ref() };
            if target.is_shared() {
                return StackRef::borrowed(word);
            }
        }
        // SAFETY: as above; alone, or private.
        unsafe { count::retain(object) };
        StackRef::from_owned_word(word)
    }

    /// As [`borrow`](Self::borrow), but EMPTY where that takes more than a look at the object and a plain addition.
    #[inline(always)]
    pub fn borrow_quickly(&self, thread: &Context, holder: &Header) -> StackRef {
        holder.assert_accessible();
        borrow_word_quickly::<false>(self.load(), thread)
    }

    /// As [`borrow_quickly`](Self::borrow_quickly), quickest for a class or a native function.
    #[inline(always)]
    pub fn borrow_definition_quickly(&self, thread: &Context, holder: &Header) -> StackRef {
        holder.assert_accessible();
        borrow_word_quickly::<true>(self.load(), thread)
    }

    /// Stores `value` (or frees the slot) and returns what was there.
    ///
    /// # Concurrency
    /// Linearizes at the exchange. Publishes `value` if the holder is shared.
    #[inline]
    pub fn replace(&self, thread: &Context, holder: &Header, value: Option<Value>) -> Displaced {
        holder.assert_accessible();
        if holder.is_shared() {
            return self.replace_shared(thread, value);
        }
        // Relaxed: only this thread reads the slot.
        let before = self.0.load(Ordering::Relaxed);
        self.0.store(value.map_or(0, |v| v.into_word().bits()), Ordering::Relaxed);
        Displaced { value: Value::from_owned_word(Word::from_bits(before)), exposed: false }
    }

    /// Stores what `new` refers to, where that takes no more than plain additions and stores: nobody else sees the slot, what comes
    /// into it and what was in it are immediate or this thread's, and nothing dies of it. `new` is used up then; false, and
    /// nothing done, for another.
    #[inline(always)]
    pub fn exchange_quickly(&self, thread: &Context, holder: &Header, new: StackRef) -> bool {
        holder.assert_accessible();
        let is_shared = holder.is_shared();
        if is_shared && (!thread.is_solo() || new.object().is_some()) {
            return false; // under the lock, or published
        }
        let own = |object: ObjectPtr| {
            // SAFETY: the slot's count keeps it, or what keeps `new`.
            Some(unsafe { object.as_ref() }).filter(|header| header.owner() == thread.id().get())
        };
        // Relaxed: only this thread reads the slot.
        let before = Word::from_bits(self.0.load(Ordering::Relaxed)).as_owned_pointer();
        let before = match before.map(|object| own(object.cast())) {
            None => None,
            // SAFETY: this thread's.
            Some(Some(header)) if unsafe { count::is_more_than_one(header) } => Some(header),
            Some(_) => return false,
        };
        if let Some(object) = new.object()
            && new.is_borrowed()
        {
            // SAFETY: this thread's.
            if !own(object).is_some_and(|header| unsafe { count::add_own(header) }) {
                return false;
            }
        }
        if let Some(header) = before {
            // SAFETY: this thread's, and the slot's count goes.
            let subtracted = unsafe { count::subtract_own(header) };
            debug_assert!(subtracted, "looked at above");
        }
        self.0.store(new.word().without_borrowed_if_pointer().bits(), Ordering::Relaxed);
        if is_shared {
            holder.note_store();
        }
        true
    }

    /// Whether the slot holds this very value: storing it again changes nothing, so it need not be done.
    ///
    /// # Concurrency
    /// Linearizes at the load, as the store would that is left out.
    #[inline(always)]
    pub fn holds(&self, value: Word) -> bool {
        self.load() == value
    }

    /// As [`replace`](Self::replace), for who writes the slot under a lock that every writer takes: without an exchange. What
    /// orders it with what this thread reads next is the unlock.
    ///
    /// # Safety
    /// Only one thread writes the slot at a time, and it unlocks an object lock before it reads another slot.
    #[inline(always)]
    pub unsafe fn replace_locked(&self, holder: &Header, value: Value, exposed: bool) -> Displaced {
        holder.assert_accessible();
        if holder.is_shared() {
            publish::publish(&value); // INV-SLOT-1
        }
        // Relaxed: only this thread writes the slot now.
        let before = self.0.load(Ordering::Relaxed);
        let order =
            if threads::mutant!("slot-stores-relaxed") { Ordering::Relaxed } else { Ordering::Release };
        // Release: the object is complete and shared before it can be found here.
        self.0.store(value.into_word().bits(), order);
        Displaced { value: Value::from_owned_word(Word::from_bits(before)), exposed }
    }

    #[inline]
    fn replace_shared(&self, thread: &Context, value: Option<Value>) -> Displaced {
        if let Some(value) = &value {
            publish::publish(value); // INV-SLOT-1
        }
        let bits = value.map_or(0, |v| v.into_word().bits());
        let before = if thread.is_solo() {
            let before = self.0.load(Ordering::Relaxed); // alone: INV-GATE-1
            self.0.store(bits, Ordering::Relaxed);
            before
        } else {
            // Release: the object is complete and shared before it can be found here. SeqCst: of two threads that
            // each write one slot and then read the other's, at least one sees the other's write.
            let order =
                if threads::mutant!("slot-stores-relaxed") { Ordering::Relaxed } else { Ordering::SeqCst };
            self.0.swap(bits, order)
        };
        Displaced { value: Value::from_owned_word(Word::from_bits(before)), exposed: !thread.is_solo() }
    }

    /// Stores `value` if the slot holds exactly `expected`; gives `value` back otherwise.
    ///
    /// # Concurrency
    /// Linearizes at the exchange: `d.setdefault`, `obj.__dict__` and other things made at first use.
    ///
    /// # Errors
    /// The value, if the slot held something else.
    pub fn replace_if(
        &self,
        thread: &Context,
        holder: &Header,
        expected: Word,
        value: Value,
    ) -> Result<Displaced, Value> {
        holder.assert_accessible();
        if holder.is_shared() {
            publish::publish(&value);
        }
        match self.0.compare_exchange(
            expected.bits(),
            value.word().bits(),
            Ordering::SeqCst,
            Ordering::Acquire,
        ) {
            Ok(before) => {
                let _ = value.into_word();
                let exposed = holder.is_shared() && !thread.is_solo();
                Ok(Displaced { value: Value::from_owned_word(Word::from_bits(before)), exposed })
            }
            Err(_) => Err(value),
        }
    }

    /// As [`replace`](Self::replace), where the holder is shared and others may be running, if the slot holds something: what has been taken
    /// out, or moved, stays away. Gives `value` back otherwise.
    ///
    /// # Concurrency
    /// Linearizes at the exchange. Of several threads that exchange one slot each displaces what another has put there.
    ///
    /// # Errors
    /// The value, if the slot is free.
    #[inline(always)]
    pub fn replace_present(&self, holder: &Header, value: Value) -> Result<Displaced, Value> {
        holder.assert_accessible();
        debug_assert!(holder.is_shared(), "INV-SLOT-1: nobody else sees a private object's slots");
        let mut before = self.load();
        if before.is_empty() {
            return Err(value);
        }
        publish::publish(&value); // INV-SLOT-1
        loop {
            // SeqCst: as in `replace`. Acquire: who is told what is there instead may drop it next.
            match self.0.compare_exchange(
                before.bits(),
                value.word().bits(),
                Ordering::SeqCst,
                Ordering::Acquire,
            ) {
                Ok(_) => break,
                Err(now) if now == Word::EMPTY.bits() => return Err(value),
                Err(now) => before = Word::from_bits(now),
            }
        }
        let _ = value.into_word(); // the slot's now
        Ok(Displaced { value: Value::from_owned_word(before), exposed: true })
    }

    /// Frees the slot if it holds exactly `expected`, which is what it held then.
    ///
    /// # Concurrency
    /// Linearizes at the exchange.
    pub fn take_if(&self, thread: &Context, holder: &Header, expected: Word) -> Option<Displaced> {
        holder.assert_accessible();
        self.move_word(expected).ok()?;
        let exposed = holder.is_shared() && !thread.is_solo();
        Some(Displaced { value: Value::from_owned_word(expected), exposed })
    }

    /// The word, where nobody else exchanges it: private, locked out, or the world is stopped.
    #[inline(always)]
    pub(crate) fn peek(&self) -> Word {
        Word::from_bits(self.0.load(Ordering::Relaxed))
    }
}

/// What somebody holds in a slot in which the word was found, or for good: borrowed, or counted by its owner or a thread that is alone;
/// EMPTY where a look at the object and a plain addition are not enough.
///
/// With several threads, what a shared holder holds is shared (INV-SLOT-1) or lives for ever, and is borrowed; what is not shared is
/// this thread's. Alone, only what no count keeps alive is borrowed: a collection alone ends the life of a traced-only object, and
/// makes what is borrowed counted before.
///
/// A `DEFINITION` is mostly a class or a native function, which no count keeps alive: that is looked at first.
#[inline(always)]
pub(crate) fn borrow_word_quickly<const DEFINITION: bool>(word: Word, thread: &Context) -> StackRef {
    let Some(object) = word.as_owned_pointer() else {
        debug_assert!(!word.is_pointer(), "what is held is counted");
        return StackRef::from_owned_word(word);
    };
    let object: ObjectPtr = object.cast();
    // SAFETY: the holder counts it, and only this thread exchanges the slot, or INV-SLOT-2.
    let target = unsafe { object.as_ref() };
    // One comparison: alone, and the owner. SAFETY: as above.
    if !DEFINITION && target.owner() == thread.solo_id() && unsafe { count::add_own(target) } {
        return StackRef::from_owned_word(word);
    }
    if target.flags().contains(Flags::uncounted(thread)) {
        return StackRef::borrowed(word);
    }
    // SAFETY: this thread's, or what others count is this thread's to change.
    if unsafe { count::retain_quickly(thread, object) } {
        return StackRef::from_owned_word(word);
    }
    StackRef::EMPTY
}

impl Drop for Slot {
    #[inline]
    fn drop(&mut self) {
        drop(Value::from_owned_word(self.peek())); // nobody else can reach it any more
    }
}
