//! What happens when nobody references an object any more.
//!
//! In this order: an object that wants its finalizer run is revived with one reference and left for the next safepoint
//! (PEP 442: at most once in its life); weak references are cleared and their callbacks left likewise; the payload is
//! dropped, which releases the children; the block is given back. Children that die wait on the thread's work list,
//! so that a million-node list does not overflow the stack.
//!
//! * INV-DEATH-1: an object is destroyed once, by the thread that found its count to be zero.
//! * INV-DEATH-2: an object on the work list is DEAD, so that no weak reference revives it.
//! * INV-DEATH-3: a finalizer runs at most once (FINALIZED is set before it is left to run).

use threads::sync::atomic::Ordering;

use crate::header::{Flags, Header, ObjectPtr};
use crate::local::{Local, Privilege};
use crate::pending::Pending;
use crate::publish;
use crate::shared_word::{CountState, SharedWord};
use crate::trace::TypeDesc;
use crate::value::Value;
use crate::weak;

/// The object's count is zero, and no other thread can reach it.
#[inline]
pub(crate) fn die(local: &Local, object: ObjectPtr) {
    if local.draining.get() || local.in_section() {
        return leave_dying(local, object);
    }
    local.draining.set(true);
    destroy(local, object);
    drain_rest(local);
}

/// As [`die`], for a private object without weak references whose type, `desc`, knows no finalizer: most that die with
/// something in them.
#[inline]
pub(crate) fn die_simply(local: &Local, object: ObjectPtr, desc: &TypeDesc) {
    if local.draining.get() || local.in_section() {
        return leave_dying(local, object);
    }
    local.draining.set(true);
    // SAFETY: INV-DEATH-1; the payload is dropped once, and nobody else can reach it.
    unsafe { (desc.drop)(object) };
    local.free_block(object);
    if local.dying.is_empty() {
        local.draining.set(false);
    } else {
        drain_others(local);
    }
}

/// Its turn comes later.
#[inline(never)]
fn leave_dying(local: &Local, object: ObjectPtr) {
    // SAFETY: INV-DEATH-1; the object is alive and this thread's.
    let header = unsafe { object.as_ref() };
    mark_dead(header);
    local.dying.push(object);
}

/// As [`die`], for an object that was parked for a grace period: what only it referenced dies with it.
pub(crate) fn die_reaped(local: &Local, object: ObjectPtr) {
    let before = local.set_reaping(true);
    die(local, object);
    local.set_reaping(before);
}

/// Destroys what died while a critical section was open.
pub(crate) fn drain(local: &Local) {
    if !local.draining.replace(true) {
        drain_rest(local);
    }
}

#[inline]
fn drain_rest(local: &Local) {
    while let Some(object) = local.dying.pop() {
        destroy(local, object);
    }
    local.draining.set(false);
}

/// Out of line, for the sake of the registers.
#[inline(never)]
fn drain_others(local: &Local) {
    drain_rest(local);
}

fn mark_dead(header: &Header) {
    header.store_shared(SharedWord::new(CountState::Dead, 0)); // INV-DEATH-2
}

/// Whether the object has a finalizer that has not run.
pub(crate) fn wants_finalizer(header: &Header, object: ObjectPtr) -> bool {
    match header.desc().finalizer {
        Some(finalizer) => !header.flags().contains(Flags::FINALIZED) && (finalizer.wants)(object),
        None => false,
    }
}

#[inline]
fn destroy(local: &Local, object: ObjectPtr) {
    // SAFETY: INV-DEATH-1.
    let header = unsafe { object.as_ref() };
    header.touch();
    let desc = header.desc();
    if desc.finalizer.is_some() && wants_finalizer(header, object) {
        leave_finalizer(local, object, header);
        return;
    }
    if header.flags().contains(Flags::HAS_WEAKREF) {
        mark_dead(header);
        weak::clear(local, object);
    }
    // SAFETY: INV-DEATH-1; the payload is dropped once, and nobody else can reach it.
    unsafe { (desc.drop)(object) };
    local.free_block(object);
}

/// Revives the object with one reference, which the pending finalizer holds.
#[cold]
fn leave_finalizer(local: &Local, object: ObjectPtr, header: &Header) {
    header.set_flags(Flags::FINALIZED); // INV-DEATH-3
    let owner = header.owner();
    if owner == local.context().id().get() {
        header.store_shared(SharedWord(0));
        // SAFETY: INV-HEADER-1; the owner is this thread.
        unsafe { header.local.set(1) };
    } else {
        debug_assert_eq!(owner, 0, "INV-DEATH-1: died with a foreign owner");
        if !header.is_shared() {
            // Private to a thread that is shut out, and referenced by garbage of that thread, which this one has
            // cleared while solo: the finalizer runs here.
            let _privilege = Privilege::new();
            publish::publish_object(local, object);
        }
        let word = SharedWord::new(CountState::Merged, 1).with(SharedWord::LENT);
        // A solo release leaves its own, the last one, in the word.
        debug_assert!(header.load_shared(Ordering::Relaxed).count() <= 1, "INV-DEATH-1: died while counted");
        header.store_shared(word);
    }
    // SAFETY: the count that was just set.
    let value = unsafe { Value::from_owned(object) };
    local.push_pending(Pending::Finalizer(value));
}
