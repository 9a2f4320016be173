//! Parking: what becomes of a shared object that nobody counts any more.
//!
//! Other threads may still hold borrowed references to it. So it is *parked*; a grace period later, when every thread
//! has made its borrowed references counted, its word is looked at again. A count above zero means that somebody's
//! borrowed reference became a counted one: it lives on. Zero means dead, unless the count rose and fell to zero
//! again meanwhile (REZEROED): a thread that came later may have borrowed it in between, so it waits for another
//! grace period.
//!
//! A dead parent releases its children; each would need a grace period of its own, and a long list one for each node.
//! LENT avoids that. *LENT clear* on a merged object means: since it was cleared, the object has had exactly one
//! counted reference, and that has stayed in the same slot. Every release that leaves a count above zero sets LENT,
//! and so does taking the reference out of the slot to keep it. Parking walks down through children with exactly one
//! reference and clears it. Whoever borrowed such a child did so through its parent's slot, so the parent's grace
//! period covers the child: when the parent dies and the child falls to zero with LENT clear, it dies at once.
//!
//! Clearing races with a thread that takes the child out of the slot at the same moment, so it takes three steps: mark
//! the child CLEARING (if its count is one), look at the slot again, and clear LENT only if CLEARING is still there.
//! Whoever sets LENT clears CLEARING. Without the mark, a walker that had read the slot long ago could clear LENT on
//! a child that meanwhile hangs elsewhere.
//!
//! | word                 | meaning at the end of the grace period | then                      |
//! |----------------------|----------------------------------------|---------------------------|
//! | count > 0            | a borrowed reference became counted    | lives; PARKED cleared     |
//! | 0, REZEROED          | it did, and was given up again         | waits once more           |
//! | 0                    | nobody has it                          | DEAD                      |
//!
//! * INV-PARK-1: PARKED is set exactly while one thread's list (or the orphans') holds the object, once.
//! * INV-PARK-2: an object becomes DEAD only at count zero, by an exchange of the whole word.
//! * INV-PARK-3: the walk over a parked object's children ends before its batch is stamped.
//! * INV-LENT-1: LENT clear means as above.

use std::collections::VecDeque;

use threads::Requests;
use threads::sync::atomic::{Ordering, fence};

use crate::death;
use crate::header::{Flags, Header, ObjectPtr};
use crate::local::Local;
use crate::shared_word::{CountState, SharedWord};
use crate::slot::Slot;
use crate::trace::Visitor;
use crate::value::{Value, pointer_of};
use crate::weak;

/// Past this many parked bytes a thread asks everybody to refresh.
#[cfg(not(any(loom, zeal)))]
pub(crate) const HURRY_BYTES: usize = 1 << 20;
#[cfg(any(loom, zeal))]
pub(crate) const HURRY_BYTES: usize = 1;

/// Past this many parked bytes a thread stops the world at its next safepoint, which ends every grace period.
pub(crate) const STOP_BYTES: usize = 32 << 20;

/// Objects that were parked before one stamp.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) stamp: u64,
    objects: Vec<ObjectPtr>,
    bytes: usize,
}

// SAFETY: INV-PARK-1; the list owns the right to decide about its objects, which any attached thread may exercise.
unsafe impl Send for Batch {}

/// One thread's parked objects. Thread-confined.
#[derive(Debug, Default)]
pub(crate) struct ParkList {
    open: Vec<ObjectPtr>,
    open_bytes: usize,
    /// Something in `open` has a finalizer or weak references: people wait for it.
    urgent: bool,
    closed: VecDeque<Batch>,
    pub(crate) total_bytes: usize,
}

/// Parks `object`, whose word the caller has just brought to count zero with PARKED set.
#[cold]
pub(crate) fn park(local: &Local, object: ObjectPtr) {
    if local.in_section() {
        local.defer_parking(object); // the walk below takes the object's lock
        return;
    }
    // SAFETY: INV-PARK-1; the object is alive until its batch is reaped, which this thread does later.
    let header = unsafe { object.as_ref() };
    walk(local, object);
    let bytes = local.block_bytes(object);
    let urgent = header.flags().contains(Flags::HAS_WEAKREF) || death::wants_finalizer(header, object);
    let hurry = local.with_parked(|list| {
        list.open.push(object);
        list.open_bytes += bytes;
        list.total_bytes += bytes;
        let hurry = (urgent && !list.urgent) || (list.open_bytes >= HURRY_BYTES);
        list.urgent |= urgent;
        hurry
    });
    if hurry {
        local.context().control().request(Requests::REFRESH);
    }
}

/// Clears LENT on `object`'s descendants as far down as each has exactly one reference.
fn walk(local: &Local, object: ObjectPtr) {
    let mut visitor = WalkVisitor { me: local.context().id().get(), found: local.take_scratch() };
    visitor.found.push(object);
    while let Some(object) = visitor.found.pop() {
        // SAFETY: parked, or held by a parked object when it was found; what has been displaced since is parked
        // itself at most until this thread's next refresh.
        let header = unsafe { object.as_ref() };
        if header.flags().contains(Flags::TRACKED) {
            let locked = !threads::mutant!("walk-without-lock");
            if locked {
                header.lock.lock();
            }
            // SAFETY: live, and its lock is held.
            unsafe { (header.desc().walk)(object, &mut visitor) };
            if locked {
                // SAFETY: INV-LOCK-1; locked above.
                unsafe { header.lock.unlock() };
            }
        }
    }
    local.return_scratch(visitor.found);
}

/// Finds the children of a parked object that nobody else references.
pub struct WalkVisitor {
    me: u16,
    found: Vec<ObjectPtr>,
}

impl WalkVisitor {
    fn child(&mut self, child: ObjectPtr, clear_lent: impl Fn(&Header) -> bool) {
        // SAFETY: as in `walk`.
        let header = unsafe { child.as_ref() };
        header.touch();
        if header.flags().contains(Flags::IMMORTAL.union(Flags::TRACED_ONLY)) {
            return;
        }
        if header.owner() == self.me && !merge_only_reference(header) {
            return;
        }
        if clear_lent(header) {
            self.found.push(child);
        }
    }
}

impl Visitor for WalkVisitor {
    fn counted(&mut self, _object: ObjectPtr) {} // both kinds are told apart below

    fn slot(&mut self, slot: &Slot) {
        let word = slot.load();
        if let Some(child) = pointer_of(word) {
            self.child(child, |header| {
                clear_lent_of_slot(header, || {
                    // Pairs with the exchange that empties a slot and the look at the word after it: see `count::lend`.
                    if !threads::mutant!("walk-without-fence") {
                        fence(Ordering::SeqCst);
                    }
                    slot.load() == word || threads::mutant!("walk-without-second-look")
                })
            });
        }
    }

    fn value(&mut self, value: &Value) {
        if let Some(child) = value.object() {
            // Guarded state: the reference stays where it is while the parent's lock is held.
            self.child(child, |header| {
                let word = header.load_shared(Ordering::Relaxed);
                has_only_reference(word)
                    && header.cas_shared(word, word.without(SharedWord::LENT | SharedWord::CLEARING)).is_ok()
            });
        }
    }

    fn uncounted(&mut self, _object: ObjectPtr) {}
}

/// Merges a child that this thread owns, if the reference that led here is the only one.
fn merge_only_reference(header: &Header) -> bool {
    // SAFETY: INV-HEADER-1; the caller found this thread to be the owner.
    let owned = unsafe { header.local.get() };
    if owned != 1 || header.load_shared(Ordering::Relaxed) != SharedWord(0) {
        return false;
    }
    // The order differs from the other merges (INV-RC-4): the exchange can fail, and then the owner goes on. Until
    // `owner` is 0 only this thread could take itself for the owner, and it is here.
    let merged = SharedWord::new(CountState::Merged, 1).with(SharedWord::LENT);
    if threads::mutant!("walk-merges-by-a-look") {
        header.store_shared(merged);
    } else if header.cas_shared(SharedWord(0), merged).is_err() {
        return false;
    }
    // SAFETY: INV-HEADER-1; still this thread's.
    unsafe { header.local.set(0) };
    header.set_owner(0);
    true
}

fn has_only_reference(word: SharedWord) -> bool {
    word.state() == CountState::Merged && word.count() == 1 && !word.has(SharedWord::PARKED)
}

/// Clears LENT if the child has exactly one reference, which is the slot that `still_there` looks at.
///
/// The child's lock keeps other walkers from marking it CLEARING meanwhile; whoever does not get it leaves LENT as it
/// is, which costs the child a grace period and nothing else. (Nobody waits for one lock while holding another.)
fn clear_lent_of_slot(header: &Header, still_there: impl Fn() -> bool) -> bool {
    let word = header.load_shared(Ordering::Relaxed);
    if !has_only_reference(word) {
        return false;
    }
    if threads::mutant!("clear-lent-in-one-step") {
        return header.cas_shared(word, word.without(SharedWord::LENT)).is_ok();
    }
    if !header.lock.try_lock() {
        return false;
    }
    let marked = word.with(SharedWord::CLEARING | SharedWord::LENT);
    let cleared = header.cas_shared(word, marked).is_ok()
        && still_there()
        && header.cas_shared(marked, marked.without(SharedWord::CLEARING | SharedWord::LENT)).is_ok();
    // SAFETY: INV-LOCK-1; locked above.
    unsafe { header.lock.unlock() };
    cleared
}

/// Stamps what has been parked since the last stamp. Returns the stamp if others should hurry.
pub(crate) fn close(local: &Local) -> Option<u64> {
    local.with_parked(|list| {
        if list.open.is_empty() {
            return None;
        }
        // INV-PARK-3: `park` walks before it adds to `open`.
        let stamp = local.memory().grace().close_batch();
        let bytes = std::mem::take(&mut list.open_bytes);
        let hurry = std::mem::take(&mut list.urgent) || list.total_bytes >= HURRY_BYTES;
        list.closed.push_back(Batch { stamp, objects: std::mem::take(&mut list.open), bytes });
        hurry.then_some(stamp)
    })
}

/// Decides about every object whose grace period is over, as of `horizon`.
pub(crate) fn reap(local: &Local, horizon: u64) {
    loop {
        let batch = local.with_parked(|list| {
            let ripe = list
                .closed
                .front()
                .is_some_and(|batch| batch.stamp <= horizon || threads::mutant!("reap-without-grace"));
            let batch = if ripe { list.closed.pop_front() } else { None };
            if let Some(batch) = &batch {
                list.total_bytes -= batch.bytes;
            }
            batch
        });
        match batch {
            Some(batch) => reap_batch(local, batch),
            None => return,
        }
    }
}

/// Decides about every object of a ripe batch.
pub(crate) fn reap_batch(local: &Local, batch: Batch) {
    for object in batch.objects {
        inspect(local, object);
    }
}

fn inspect(local: &Local, object: ObjectPtr) {
    // SAFETY: INV-PARK-1.
    let header = unsafe { object.as_ref() };
    let look = || {
        header.update_shared(|word| {
            if word.count() > 0 && !threads::mutant!("reap-revived") {
                word.without(SharedWord::PARKED | SharedWord::REZEROED)
            } else if word.has(SharedWord::REZEROED) {
                word.without(SharedWord::REZEROED)
            } else {
                SharedWord::new(CountState::Dead, 0) // INV-PARK-2
            }
        })
    };
    // A weak reference may revive the object: upgrade and death exclude each other under the table's lock.
    let (_, after) = if header.flags().contains(Flags::HAS_WEAKREF) {
        weak::with_table_locked(local, object, look)
    } else {
        look()
    };
    if after.state() == CountState::Dead {
        death::die_reaped(local, object);
    } else if after.count() <= 0 {
        park(local, object);
    }
}

/// The stamp of the oldest batch that waits.
pub(crate) fn oldest_stamp(local: &Local) -> Option<u64> {
    local.with_parked(|list| list.closed.front().map(|batch| batch.stamp))
}

/// Takes all batches away, closed ones only: the thread is leaving or stopping.
pub(crate) fn take_closed(local: &Local) -> Vec<Batch> {
    local.with_parked(|list| {
        let batches: Vec<Batch> = std::mem::take(&mut list.closed).into();
        list.total_bytes -= batches.iter().map(|batch| batch.bytes).sum::<usize>();
        batches
    })
}
