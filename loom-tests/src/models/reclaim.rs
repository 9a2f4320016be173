//! The stand-in for `seize`: the models of lock-free readers are worth as much as its contract.

use super::Model;
use threads::mutant;
use threads::sync::atomic::{AtomicPtr, Ordering};
use threads::sync::reclaim::Collector;
use threads::sync::{Arc, OwnerCell, Reclaim, thread};

/// Reclaiming one marks it; the model keeps the memory, so that reading too late is an assertion that fails and
/// not undefined behaviour.
struct Item {
    reclaimed: OwnerCell<bool>,
}

impl Reclaim for Item {
    unsafe fn reclaim(pointer: *mut Self) {
        // SAFETY: the model keeps its items until every thread has been joined.
        let item = unsafe { &*pointer };
        // SAFETY: INV-OWNER-1; INV-RECLAIM-1 says that no reader is left.
        unsafe { item.reclaimed.set(true) };
    }
}

/// A reader under a guard meets the item or nothing, never a reclaimed item; and it is reclaimed in the end.
fn reclaim_waits_for_active_guards() {
    let collector = Arc::new(Collector::new());
    let item = Arc::new(Item { reclaimed: OwnerCell::new(false) });
    let slot = Arc::new(AtomicPtr::new(Arc::as_ptr(&item).cast_mut()));
    let reader = {
        let (collector, slot) = (Arc::clone(&collector), Arc::clone(&slot));
        thread::spawn(move || read(&collector, &slot))
    };
    replace(&collector, &slot);
    reader.join().expect("the reader passed");
    // SAFETY: INV-OWNER-1; the reader has been joined.
    let reclaimed = unsafe { item.reclaimed.get() };
    assert!(reclaimed, "INV-RECLAIM-1: still there with no guard left");
}

fn read(collector: &Arc<Collector>, slot: &AtomicPtr<Item>) {
    let mut guard = collector.enter();
    // Acquire: what the item's maker wrote is seen.
    let pointer = slot.load(Ordering::Acquire);
    if mutant!("reclaim-read-after-refresh") {
        guard.refresh();
    }
    if !pointer.is_null() {
        // SAFETY: the model keeps its items until every thread has been joined.
        let item = unsafe { &*pointer };
        // SAFETY: INV-OWNER-1; by INV-RECLAIM-1 nobody writes while the guard is active.
        let reclaimed = unsafe { item.reclaimed.get() };
        assert!(!reclaimed, "INV-RECLAIM-1: reclaimed under a guard");
    }
    drop(guard);
}

fn replace(collector: &Arc<Collector>, slot: &AtomicPtr<Item>) {
    let guard = collector.enter();
    // AcqRel: readers that see null see what came before; the item comes back whole.
    let pointer = slot.swap(std::ptr::null_mut(), Ordering::AcqRel);
    // SAFETY: the slot holds null now, and only this thread takes the pointer out.
    unsafe { guard.retire(pointer) };
}

pub const MODELS: &[Model] = &[Model {
    name: "reclaim_waits_for_active_guards",
    invariant: "INV-RECLAIM-1",
    run: reclaim_waits_for_active_guards,
    mutants: &["reclaim-forgets-active-guards", "reclaim-read-after-refresh"],
}];
