//! Reference counting: biased while an object has an owner, atomic after it has been merged.
//!
//! The owner counts in `local` with plain loads and stores. Others count in the `shared` word. A foreign release
//! that would take `shared` below zero does not: it hands its reference to the owner's merge queue. When the owner's
//! count is gone, or the owner works through its queue, the two counts are *merged* into `shared`, and nobody is the
//! owner any more. Only a merged object can fall to zero while shared.
//!
//! ```text
//!            foreign release at count 0                owner's queue, or local = 0
//!   BIASED ------------------------------> QUEUED ----------------------------------> MERGED --> DEAD
//!      '-------------------------------------------------------------------------------^    (see `park`)
//!                                   local = 0
//! ```
//!
//! * INV-RC-1: the sum of `local` and the shared count is the number of references, the queue's included.
//! * INV-RC-2: an object is in a merge queue exactly while its state is QUEUED, or with a queue entry left that owns one
//!   reference: MERGED, or adopted after that.
//! * INV-RC-3: a biased object's `shared` count is never negative (a queued one's may be).
//! * INV-RC-4: `owner` becomes 0 before the state becomes MERGED, so no later thread with that id counts locally.
//! * INV-RC-5: releasing never recurses: what dies is put on the thread's work list (`death`).

use threads::sync::atomic::Ordering;
use threads::{Context, current_id};

use crate::header::{Flags, Header, ObjectPtr};
use crate::local::Local;
use crate::shared_word::{CountState, SharedWord};
use crate::{death, merge, park};

/// Makes one more reference.
///
/// # Safety
/// The object is alive, and this thread is attached.
#[inline(always)]
pub(crate) unsafe fn retain(object: ObjectPtr) {
    // SAFETY: promised by the caller.
    unsafe { retain_by(current_id(), object) }
}

/// As [`retain`] by the calling thread, whose id is at hand.
///
/// # Safety
/// As for [`retain`]; `own` is [`current_id`].
#[inline(always)]
pub(crate) unsafe fn retain_by(own: u16, object: ObjectPtr) {
    // SAFETY: promised by the caller.
    let header = unsafe { object.as_ref() };
    header.assert_accessible();
    // SAFETY: the owner is this thread.
    if header.owner() == own && unsafe { add_own(header) } {
        return;
    }
    retain_slow(header);
}

/// As [`retain`] for an object of this thread, one that lives for ever, or any that has an owner if this thread is alone; false, and
/// nothing done, for another.
///
/// # Safety
/// As for [`retain`].
#[inline(always)]
pub(crate) unsafe fn retain_quickly(thread: &Context, object: ObjectPtr) -> bool {
    // SAFETY: promised by the caller.
    let header = unsafe { object.as_ref() };
    header.assert_accessible();
    if header.owner() != thread.id().get() {
        return header.flags().contains(Flags::IMMORTAL) || thread.is_solo() && add_alone(header);
    }
    // SAFETY: the owner is this thread.
    unsafe { add_own(header) }
}

/// Counts one more by the owner; false, and nothing done, if that many are not counted.
///
/// # Safety
/// The object's owner is this thread.
#[inline(always)]
pub(crate) unsafe fn add_own(header: &Header) -> bool {
    // SAFETY: INV-HEADER-1.
    let Some(local) = (unsafe { header.local.get() }).checked_add(1) else { return false };
    // SAFETY: as above.
    unsafe { header.local.set(local) };
    header.note_store();
    true
}

/// As [`release`] for an object that stays alive by another reference of its owner's, which is this thread or shut out, or one that
/// lives for ever; false, and nothing done, for another.
///
/// # Safety
/// As for [`release`], if this returns true.
#[inline(always)]
pub(crate) unsafe fn release_quickly(thread: &Context, object: ObjectPtr) -> bool {
    // SAFETY: promised by the caller.
    let header = unsafe { object.as_ref() };
    header.assert_accessible();
    if header.owner() != thread.id().get() {
        return header.flags().contains(Flags::IMMORTAL) || thread.is_solo() && subtract_alone(header);
    }
    // SAFETY: the owner is this thread.
    unsafe { subtract_own(header) }
}

/// As [`release_quickly`] for an object of this thread; false, and nothing done, for another's.
///
/// # Safety
/// As for [`release`], if this returns true.
#[inline(always)]
pub(crate) unsafe fn release_own(thread: &Context, object: ObjectPtr) -> bool {
    // SAFETY: promised by the caller.
    let header = unsafe { object.as_ref() };
    header.assert_accessible();
    // SAFETY: the owner is this thread.
    header.owner() == thread.id().get() && unsafe { subtract_own(header) }
}

/// Whether the owner counts more than one.
///
/// # Safety
/// The object's owner is this thread.
#[inline(always)]
pub(crate) unsafe fn is_more_than_one(header: &Header) -> bool {
    // SAFETY: INV-HEADER-1.
    unsafe { header.local.get() > 1 }
}

/// Counts one fewer by the owner; false, and nothing done, if that is the last of its own.
///
/// # Safety
/// The object's owner is this thread, which gives up a count.
#[inline(always)]
pub(crate) unsafe fn subtract_own(header: &Header) -> bool {
    header.assert_accessible();
    // SAFETY: INV-HEADER-1.
    let local = unsafe { header.local.get() };
    if local <= 1 {
        return false;
    }
    // SAFETY: as above.
    unsafe { header.local.set(local - 1) };
    header.note_store();
    true
}

/// Counts one more among what others count, by a plain store: this thread is alone.
#[inline(always)]
pub(crate) fn add_alone(header: &Header) -> bool {
    let word = header.load_shared(Ordering::Relaxed); // alone: INV-GATE-1
    let counts = word.state() == CountState::Biased && word.count() < SharedWord::SATURATION;
    if counts {
        header.store_shared(SharedWord(word.0.wrapping_add(SharedWord::UNIT)));
    }
    counts
}

/// Counts one fewer likewise. The owner's own count is above zero, for the object would be merged else.
#[inline(always)]
fn subtract_alone(header: &Header) -> bool {
    let word = header.load_shared(Ordering::Relaxed); // alone: INV-GATE-1
    let counts = word.state() == CountState::Biased && word.count() > 0;
    if counts {
        header.store_shared(word.minus_one());
    }
    counts
}

#[inline(never)]
fn retain_slow(header: &Header) {
    let flags = header.flags();
    if flags.contains(Flags::IMMORTAL) {
        return;
    }
    let local = Local::current();
    let before = if local.is_solo() || threads::mutant!("adopt-in-company") {
        let before = header.load_shared(Ordering::Relaxed); // alone: INV-GATE-1
        if adopt(header, before) {
            return;
        }
        header.store_shared(SharedWord(before.0.wrapping_add(SharedWord::UNIT)));
        before
    } else if flags.contains(Flags::SHARED) && header.owner() != local.context().id().get() {
        // Not under an object's lock, for the owner's queue is locked.
        if local.credits().take(header, || !local.in_section()) {
            merge::disown(local, header);
        }
        return;
    } else {
        header.add_shared()
    };
    if before.count().abs() > SharedWord::SATURATION || header.owner() == current_id() {
        header.set_flags(Flags::IMMORTAL); // too many references to count: it stays
    }
}

/// Makes one more reference to a merged object by becoming its owner, who counts with fewer steps: the caller is alone. What
/// another thread owns stays that thread's: it would have to be told of the last release, and may sleep.
fn adopt(header: &Header, word: SharedWord) -> bool {
    let count = word.count();
    let merged = word.state() == CountState::Merged && !word.has(SharedWord::PARKED);
    if !merged || count <= 0 || header.flags().contains(Flags::TRACED_ONLY) || header.owner() != 0 {
        return false;
    }
    // SAFETY: INV-HEADER-1; nobody owns it, and nobody else is attached.
    unsafe { header.local.set(count.cast_unsigned() + 1) };
    header.store_shared(SharedWord(0));
    header.set_owner(current_id());
    true
}

/// Makes one more reference unless the object is being freed: the upgrade of a weak reference.
///
/// # Safety
/// The object's memory is valid, and this thread is attached.
pub(crate) unsafe fn try_retain(object: ObjectPtr) -> bool {
    // SAFETY: promised by the caller.
    let header = unsafe { object.as_ref() };
    header.touch();
    if header.flags().contains(Flags::IMMORTAL) {
        return true;
    }
    let mut before = header.load_shared(Ordering::Relaxed);
    loop {
        if before.state() == CountState::Dead {
            return false;
        }
        if header.owner() == current_id() {
            // SAFETY: alive, and its owner is this thread.
            unsafe { retain(object) };
            return true;
        }
        match header.cas_shared(before, SharedWord(before.0.wrapping_add(SharedWord::UNIT))) {
            Ok(()) => return true,
            Err(now) => before = now,
        }
    }
}

/// Gives up one reference.
///
/// # Safety
/// The caller owns the reference and does not use it again; this thread is attached.
#[inline(always)]
pub(crate) unsafe fn release(object: ObjectPtr) {
    // SAFETY: promised by the caller.
    unsafe { release_by(current_id(), object) }
}

/// As [`release`] by the calling thread, whose id is at hand.
///
/// # Safety
/// As for [`release`]; `own` is [`current_id`].
#[inline(always)]
pub(crate) unsafe fn release_by(own: u16, object: ObjectPtr) {
    // SAFETY: promised by the caller.
    let header = unsafe { object.as_ref() };
    header.assert_accessible();
    if header.owner() == own {
        // SAFETY: INV-HEADER-1; the owner is this thread.
        let local = unsafe { header.local.get() };
        debug_assert!(local > 0 || header.flags().contains(Flags::IMMORTAL), "INV-RC-1: released too often");
        // SAFETY: as above.
        unsafe { header.local.set(local.wrapping_sub(1)) };
        header.note_store();
        if local == 1 {
            release_last_local(object);
        }
    } else {
        release_shared(object);
    }
}

/// As [`release`] for an object of which [`release_own`] has just found that it takes more.
///
/// # Safety
/// As for [`release`].
#[inline(always)]
pub(crate) unsafe fn release_in_full(thread: &Context, object: ObjectPtr) {
    // SAFETY: promised by the caller.
    let header = unsafe { object.as_ref() };
    header.assert_accessible();
    if header.owner() != thread.id().get() {
        let done = header.flags().contains(Flags::IMMORTAL) || thread.is_solo() && subtract_alone(header);
        if !done {
            release_shared(object);
        }
        return;
    }
    // SAFETY: INV-HEADER-1; the owner is this thread.
    let local = unsafe { header.local.get() };
    debug_assert!(local == 1 || header.flags().contains(Flags::IMMORTAL), "INV-RC-1: released too often");
    // SAFETY: as above.
    unsafe { header.local.set(0) };
    header.note_store();
    release_last_of(Local::of(thread), object);
}

/// The owner's own count has fallen to zero.
#[inline(never)]
fn release_last_local(object: ObjectPtr) {
    match Local::try_current() {
        Some(local) => release_last_of(local, object),
        None => release_last_slow(object),
    }
}

/// As [`release_last_local`] of an object of the thread that has `local`. The common case is here, without a stack frame; the others
/// are outlined.
#[inline(never)]
fn release_last_of(local: &Local, object: ObjectPtr) {
    // SAFETY: the object is alive until this function has found nobody else to hold it.
    let header = unsafe { object.as_ref() };
    let unusual = Flags::SHARED.union(Flags::IMMORTAL).union(Flags::HAS_WEAKREF);
    if !header.flags().contains(unusual) && header.load_shared(Ordering::Relaxed) == SharedWord(0) {
        let desc = header.desc();
        if desc.dies_plainly {
            return local.free_block(object);
        }
        if desc.finalizer.is_none() {
            return death::die_simply(local, object, desc);
        }
    }
    release_last_slow(object);
}

#[inline(never)]
fn release_last_slow(object: ObjectPtr) {
    // SAFETY: as in `release_last_local`.
    let header = unsafe { object.as_ref() };
    let flags = header.flags();
    if flags.contains(Flags::IMMORTAL) {
        return;
    }
    let local = Local::current();
    if !flags.contains(Flags::SHARED) && header.load_shared(Ordering::Relaxed) == SharedWord(0) {
        death::die(local, object); // private, and nobody else counts it
    } else {
        merge_at_zero(local, object);
    }
}

#[inline(never)]
fn merge_at_zero(local: &Local, object: ObjectPtr) {
    // SAFETY: alive: if nobody else holds it, this function decides what becomes of it.
    let header = unsafe { object.as_ref() };
    if !mutant_merge_before_owner() {
        header.set_owner(0); // INV-RC-4
    }
    if local.is_solo() {
        let word = header.load_shared(Ordering::Relaxed); // alone: INV-GATE-1
        if word.state() == CountState::Biased && word.count() == 0 {
            death::die(local, object);
        } else {
            header.store_shared(SharedWord::new(CountState::Merged, word.count()));
        }
        return;
    }
    let (_, after) = header.update_shared(|word| {
        debug_assert!(matches!(word.state(), CountState::Biased | CountState::Queued), "INV-RC-2");
        // LENT: others may have borrowed it while the owner's references were counted elsewhere.
        let merged = SharedWord::new(CountState::Merged, word.count()).with(SharedWord::LENT);
        if word.count() == 0 { merged.with(SharedWord::PARKED) } else { merged }
    });
    if after.count() == 0 {
        park::park(local, object);
    }
}

fn mutant_merge_before_owner() -> bool {
    threads::mutant!("merge-keeps-owner")
}

/// A release by a thread that is not the owner.
#[inline(never)]
fn release_shared(object: ObjectPtr) {
    // SAFETY: the reference being given up keeps the object alive until the exchange below succeeds.
    let header = unsafe { object.as_ref() };
    if header.flags().contains(Flags::IMMORTAL) {
        return;
    }
    let local = Local::current();
    if local.is_solo() {
        release_solo(local, object, header);
        return;
    }
    if local.credits().spend(object) {
        return;
    }
    let traced_only = header.flags().contains(Flags::TRACED_ONLY);
    let mut word = header.load_shared(Ordering::Relaxed);
    loop {
        let (after, then) = step(local, header, word, traced_only);
        // Read before the exchange: afterwards the owner may merge it.
        let owner = header.owner();
        if then == Then::Nothing && after == word {
            return;
        }
        match header.cas_shared(word, after) {
            Ok(()) => {
                match then {
                    Then::Nothing => {}
                    Then::Queue => merge::enqueue(local, owner, object),
                    Then::Park => park::park(local, object),
                    Then::Die => death::die(local, object),
                }
                return;
            }
            Err(now) => word = now,
        }
    }
}

/// What follows a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Nothing,
    /// The reference now belongs to the owner's merge queue.
    Queue,
    /// Nobody counts it; somebody may have borrowed it.
    Park,
    /// Nobody counts it, and nobody can have borrowed it.
    Die,
}

/// One release, as a transition of the shared word.
#[inline]
fn step(local: &Local, header: &Header, word: SharedWord, traced_only: bool) -> (SharedWord, Then) {
    let count = word.count();
    match word.state() {
        CountState::Biased if count > 0 => (word.minus_one(), Then::Nothing),
        CountState::Biased => (SharedWord::new(CountState::Queued, count), Then::Queue),
        CountState::Queued => (word.minus_one(), Then::Nothing),
        CountState::Dead => (word, Then::Nothing),
        CountState::Merged if count > 1 => {
            let lent = if threads::mutant!("release-without-lent") { 0 } else { SharedWord::LENT };
            (word.minus_one().with(lent).without(SharedWord::CLEARING), Then::Nothing)
        }
        CountState::Merged => {
            debug_assert!(count == 1, "INV-RC-1: released too often");
            let zero = word.minus_one();
            if traced_only {
                (zero, Then::Nothing)
            } else if word.has(SharedWord::PARKED) {
                let rezeroed = if threads::mutant!("no-rezeroed") { 0 } else { SharedWord::REZEROED };
                (zero.with(rezeroed), Then::Nothing)
            } else if local.is_reaping()
                && !word.has(SharedWord::LENT)
                && !header.flags().contains(Flags::HAS_WEAKREF)
            {
                (SharedWord::new(CountState::Dead, 0), Then::Die)
            } else {
                (zero.with(SharedWord::PARKED), Then::Park)
            }
        }
    }
}

/// A release by the only attached thread, on behalf of everybody: plain words, and death at once.
fn release_solo(local: &Local, object: ObjectPtr, header: &Header) {
    let word = header.load_shared(Ordering::Relaxed); // alone: INV-GATE-1
    match word.state() {
        CountState::Biased => {
            // SAFETY: INV-HEADER-1; the owner is shut out while this thread is solo.
            let mut owned = unsafe { header.local.get() };
            let mut count = word.count();
            if count > 0 {
                count -= 1;
            } else {
                debug_assert!(owned > 0, "INV-RC-1: released too often");
                owned -= 1;
                // SAFETY: as above.
                unsafe { header.local.set(owned) };
            }
            if owned == 0 {
                header.set_owner(0); // INV-RC-4
                header.store_shared(SharedWord::new(CountState::Merged, count));
                if count == 0 {
                    death::die(local, object);
                }
            } else {
                header.store_shared(SharedWord::new(CountState::Biased, count));
            }
        }
        CountState::Queued => header.store_shared(word.minus_one()),
        CountState::Merged => {
            let after = word.minus_one();
            debug_assert!(after.count() >= 0, "INV-RC-1: released too often");
            if after.count() > 0 || header.flags().contains(Flags::TRACED_ONLY) {
                header.store_shared(after);
            } else if word.has(SharedWord::PARKED) {
                header.store_shared(after.with(SharedWord::REZEROED));
            } else {
                death::die(local, object);
            }
        }
        CountState::Dead => {}
    }
}

/// Notes that others may have borrowed the object through a slot that no longer holds it (INV-SLOT-3).
///
/// # Safety
/// The object is alive, and this thread is attached.
pub(crate) unsafe fn lend(object: ObjectPtr) {
    // SAFETY: promised by the caller.
    let header = unsafe { object.as_ref() };
    if header.flags().contains(Flags::IMMORTAL) {
        return;
    }
    // SeqCst, as the exchange that emptied the slot before; the parking thread has a fence between its mark and its
    // second look at the slot (`park`). So of the two, at least one sees the other. Loom orders only fences so.
    #[cfg(loom)]
    threads::sync::atomic::fence(Ordering::SeqCst);
    let word = header.load_shared(Ordering::SeqCst);
    let merged = word.state() == CountState::Merged;
    let being_cleared = word.has(SharedWord::CLEARING) && !threads::mutant!("lend-ignores-clearing");
    if merged && (!word.has(SharedWord::LENT) || being_cleared) {
        header.update_shared(|word| word.with(SharedWord::LENT).without(SharedWord::CLEARING));
    }
}
