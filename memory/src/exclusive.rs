//! Exclusive access to an object's guarded state.
//!
//! Opening an [`Exclusive`] does nothing for private or solo objects and takes the object's leaf lock otherwise. It
//! borrows the `&mut Thread` that running Python needs, so Python code inside a critical section does not compile.
//!
//! * INV-EXCL-1: guarded state is touched only through an open `Exclusive` of its object, by a `trace` whose caller
//!   holds the lock or has stopped the world, or by the private object's owner.
//! * INV-EXCL-2: an object whose last reference goes while a critical section is open is freed after it closes.

use std::fmt;
use std::mem::MaybeUninit;
use std::ops::Deref;

use threads::object_lock::lock_pair;
use threads::sync::cell::UnsafeCell;
use threads::{Context, Thread};

use crate::count;
use crate::header::Header;
use crate::local::Local;
use crate::object::Object;
use crate::publish;
use crate::stack_ref::StackRef;
use crate::trace::Trace;
use crate::value::Value;

/// State that belongs to one object and is touched only through its [`Exclusive`].
#[derive(Debug, Default)]
pub struct Guarded<U>(UnsafeCell<U>);

// SAFETY: INV-EXCL-1 orders all accesses.
unsafe impl<U> Sync for Guarded<U> {}

impl<U> Guarded<U> {
    /// Guarded state of an object that is being made.
    pub fn new(value: U) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// The state of an object that is dying or has not been made.
    pub fn get_mut(&mut self) -> &mut U {
        // SAFETY: INV-EXCL-1; nobody else has the object.
        self.0.with_mut(|p| unsafe { &mut *p })
    }

    /// The state, for `Trace::trace`.
    ///
    /// # Safety
    /// Called from `Trace::trace` (INV-EXCL-1).
    pub unsafe fn peek(&self) -> &U {
        // SAFETY: INV-EXCL-1; promised by the caller.
        self.0.with(|p| unsafe { &*p })
    }
}

/// A reference inside guarded state: enters through [`Exclusive::hold`], leaves through [`Exclusive::hand_out`].
#[derive(Debug)]
#[repr(transparent)]
pub struct Held(pub(crate) Value);

impl Held {
    /// The reference.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// Moves the `n` references from `from` on, the state of a private object (or of any, while the thread is alone), to the
    /// slots from `place` on.
    ///
    /// # Safety
    /// All of them are initialised, and are not used again; there is room for them from `place` on, and what those slots held is
    /// not used again.
    #[inline(always)]
    pub unsafe fn move_out(from: *const Option<Held>, n: usize, place: *mut StackRef) {
        const { assert!(size_of::<Option<Held>>() == size_of::<StackRef>()) };
        let from: *const StackRef = from.cast();
        for i in 0..n {
            // SAFETY: a held reference is a value's word, which is never zero, and its absence is zero, which is EMPTY.
            let reference = unsafe { from.wrapping_add(i).read() };
            // SAFETY: the caller promises the room.
            unsafe { place.wrapping_add(i).write(reference) };
        }
    }

    /// How many references [`move_few`](Self::move_few) moves at most.
    pub const FEW: usize = 2 * Self::UNIT;
    /// It moves so many at a time, though fewer be asked for.
    pub const UNIT: usize = 4;

    /// Moves the `n` words from `from` on to `to`, [`FEW`](Self::FEW) at most: out of a private object's state, or into it where none
    /// of them is borrowed. It takes no loop, and writes a multiple of [`UNIT`](Self::UNIT), of which the last mean nothing.
    ///
    /// # Safety
    /// As for [`move_out`](Self::move_out) and [`move_in`](Self::move_in), and so many words can be read and written.
    #[inline(always)]
    pub unsafe fn move_few(from: *const StackRef, n: usize, to: *mut StackRef) {
        debug_assert!(n <= Self::FEW, "the caller has looked");
        let (from, to): (*const MaybeUninit<StackRef>, *mut MaybeUninit<StackRef>) = (from.cast(), to.cast());
        for i in 0..Self::UNIT {
            // SAFETY: promised by the caller; of what means nothing, nothing is asked.
            let word = unsafe { from.wrapping_add(i).read() };
            // SAFETY: promised by the caller. Volatile: each by itself, as the interpreter reads and writes them; the processor would
            // wait for two that are read as one shortly after they were written one by one.
            unsafe { to.wrapping_add(i).write_volatile(word) };
        }
        if n > Self::UNIT {
            for i in Self::UNIT..Self::FEW {
                // SAFETY: as above.
                let word = unsafe { from.wrapping_add(i).read() };
                // SAFETY: as above.
                unsafe { to.wrapping_add(i).write_volatile(word) };
            }
        }
    }

    /// Moves the references in the `n` slots from `place` on to `to`, into the state of a private object (or of one whose thread
    /// is alone, and publishes them).
    ///
    /// # Safety
    /// The slots are in use, and are not used again; there is room for them from `to` on, where nothing is that is still used.
    #[inline(always)]
    pub unsafe fn move_in(place: *mut StackRef, n: usize, to: *mut Option<Held>) {
        let to: *mut StackRef = to.cast();
        for i in 0..n {
            // SAFETY: promised by the caller.
            let mut reference = unsafe { place.wrapping_add(i).read() };
            if reference.is_borrowed() {
                reference = Self::counted(reference);
            }
            // SAFETY: the caller promises the room; the word of a counted reference is that of what is held (`move_out`).
            unsafe { to.wrapping_add(i).write(reference) };
        }
    }

    /// Out of line, for the sake of the registers.
    #[inline(never)]
    fn counted(reference: StackRef) -> StackRef {
        reference.to_value().map_or(StackRef::EMPTY, StackRef::from_value)
    }

    /// A reference in the payload of an object that is being made, which is private.
    pub fn new(value: Value) -> Self {
        Self(value)
    }
}

/// Exclusive access to the guarded state of one object.
pub struct Exclusive<'a, T: Trace> {
    object: &'a Object<T>,
    thread: &'a Context,
    /// Whether the object is shared: what enters it is published.
    shared: bool,
    /// Whether its lock is held: shared, and not alone.
    locked: bool,
}

impl<'a, T: Trace> Exclusive<'a, T> {
    /// Opens the critical section of `object`.
    #[inline(always)]
    pub fn open(thread: &'a mut Thread, object: &'a Object<T>) -> Self {
        Self::open_in(thread, object)
    }

    /// As [`open`](Self::open), for who has only the context: until it is closed the caller reaches no safepoint (which
    /// debug builds check there) and opens no other.
    #[inline(always)]
    pub fn open_in(thread: &'a Context, object: &'a Object<T>) -> Self {
        let header = object.header();
        header.assert_accessible();
        let shared = header.is_shared();
        let mut locked = false;
        if shared {
            locked = Self::lock_unless_alone(thread, header);
        }
        Self { object, thread, shared, locked }
    }

    /// As [`open_in`](Self::open_in) for a private object, where it costs one look; `None` for a shared one.
    #[inline(always)]
    pub fn open_private(thread: &'a Context, object: &'a Object<T>) -> Option<Self> {
        let header = object.header();
        header.assert_accessible();
        (!header.is_shared()).then_some(Self { object, thread, shared: false, locked: false })
    }

    /// Opens the critical sections of two different objects, which may be closed one by one; otherwise as
    /// [`open_in`](Self::open_in). Who waits for both waits for neither while it holds the other out of turn: see
    /// [`lock_pair`](threads::object_lock::lock_pair).
    pub fn open_both(thread: &'a Context, a: &'a Object<T>, b: &'a Object<T>) -> (Self, Self) {
        // INV-EXCL-1: of one object there would be two.
        assert!(!std::ptr::eq(a, b), "INV-EXCL-1: an object's section is opened twice");
        let both_locked = a.header().is_shared() && b.header().is_shared() && !thread.is_solo();
        if !both_locked {
            return (Self::open_in(thread, a), Self::open_in(thread, b));
        }
        let local = Local::of(thread);
        local.open_section();
        local.open_section();
        // Each section unlocks its own, in any order.
        let _ = lock_pair(&a.header().lock, &b.header().lock);
        let of = |object| Self { object, thread, shared: true, locked: true };
        (of(a), of(b))
    }

    /// Out of line, and laid out as unlikely, for the sake of private objects: they pay two untaken branches.
    #[cold]
    #[inline(never)]
    fn lock_unless_alone(thread: &Context, header: &Header) -> bool {
        if thread.is_solo() || threads::mutant!("exclusive-without-lock") {
            return false;
        }
        Local::of(thread).open_section();
        header.lock.lock();
        true
    }

    /// The guarded state that `field` selects.
    #[inline(always)]
    pub fn get<U>(&mut self, field: fn(&T) -> &Guarded<U>) -> &mut U {
        // SAFETY: INV-EXCL-1; this is the open critical section, mutably borrowed for as long as the reference.
        field(self.object.payload()).0.with_mut(|p| unsafe { &mut *p })
    }

    /// Makes `value` part of the object's state: publishes it if the object is shared.
    #[inline(always)]
    pub fn hold(&self, value: Value) -> Held {
        if self.shared {
            publish::publish(&value); // INV-SLOT-1
        }
        Held(value)
    }

    /// Takes a reference out of the object's state, to be kept.
    #[inline(always)]
    pub fn hand_out(&self, held: Held) -> Value {
        if self.locked
            && let Some(object) = held.0.object()
        {
            // SAFETY: `held` keeps the object alive.
            unsafe { count::lend(object) }; // INV-SLOT-3
        }
        held.0
    }

    /// Moves the `n` references from `from` on, the object's state, to the slots from `place` on, to be kept.
    ///
    /// # Safety
    /// As for [`Held::move_out`].
    #[inline(always)]
    pub unsafe fn hand_out_all(&self, from: *const Option<Held>, n: usize, place: *mut StackRef) {
        if self.locked {
            // SAFETY: promised by the caller.
            let held = unsafe { std::slice::from_raw_parts(from, n) };
            for object in held.iter().flatten().filter_map(|held| held.0.object()) {
                // SAFETY: `held` keeps the object alive.
                unsafe { count::lend(object) }; // INV-SLOT-3
            }
        }
        // SAFETY: promised by the caller.
        unsafe { Held::move_out(from, n, place) }
    }

    /// Moves the references in the `n` slots from `place` on to `to`, into the object's state, as [`hold`](Self::hold) does.
    ///
    /// # Safety
    /// As for [`Held::move_in`].
    #[inline(always)]
    pub unsafe fn hold_all(&self, place: *mut StackRef, n: usize, to: *mut Option<Held>) {
        // SAFETY: promised by the caller.
        unsafe { Held::move_in(place, n, to) };
        if self.shared {
            // SAFETY: just written.
            for value in unsafe { std::slice::from_raw_parts(to, n) }.iter().flatten() {
                publish::publish(&value.0); // INV-SLOT-1
            }
        }
    }

    /// Borrows a reference from the object's state onto the stack, as [`Slot::borrow`](crate::Slot::borrow) does.
    #[inline]
    pub fn borrow(&self, held: &Held) -> StackRef {
        let Some(header) = held.0.header() else { return StackRef::borrow_from(&held.0) };
        if !self.thread.is_solo() && (self.shared || header.is_shared()) {
            StackRef::borrow_from(&held.0)
        } else {
            StackRef::from_value(held.0.clone())
        }
    }

    /// Whether the object is shared, so that what enters it must be published.
    #[inline(always)]
    pub fn is_shared(&self) -> bool {
        self.shared
    }

    /// Whether this holds the lock: others are attached and may reach the object.
    #[inline(always)]
    pub fn is_locked(&self) -> bool {
        self.locked
    }

    /// The object.
    #[inline(always)]
    pub fn object(&self) -> &'a Object<T> {
        self.object
    }

    /// The thread's context, for slots of the same object.
    #[inline(always)]
    pub fn context(&self) -> &threads::Context {
        self.thread
    }

    /// Takes the parts, not `self`: the fields stay in registers.
    #[cold]
    #[inline(never)]
    fn close_slow(thread: &Context, header: &Header) {
        // SAFETY: INV-LOCK-1; `locked` says that this critical section holds the lock.
        unsafe { header.lock.unlock() };
        Local::of(thread).close_section();
    }
}

impl<T: Trace> Deref for Exclusive<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        self.object.payload()
    }
}

impl<T: Trace> Drop for Exclusive<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.locked {
            Self::close_slow(self.thread, self.object.header());
        }
    }
}

impl<T: Trace> fmt::Debug for Exclusive<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exclusive").field("type", &T::NAME).field("locked", &self.locked).finish()
    }
}
