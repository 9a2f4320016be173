//! Weak references: a side table from referents to the weak references that point to them.
//!
//! An object that has weak references carries the flag HAS_WEAKREF; everything else is in a sharded table, so objects
//! without weak references pay nothing. Upgrading and dying exclude each other under the shard's lock: whoever comes
//! second sees what the first did.
//!
//! * INV-WEAK-1: a weak reference's `target` and the table's entry change together, under the shard's lock.
//! * INV-WEAK-2: an object with HAS_WEAKREF becomes DEAD under the shard's lock (or while nobody else is attached, or
//!   private), and its weak references are cleared before its memory is given back.
//! * INV-WEAK-3: a weak reference removes itself from the table before its memory is given back.
//! * INV-WEAK-4: a callback runs at most once, and only if its weak reference is alive when the referent dies. One that a
//!   collection finds to be garbage together with its referent is not, and what revives it does not bring its callback back
//!   (CPython: "handle_weakrefs" of `gc.c`).

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ptr::NonNull;

use threads::Context;
use threads::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use threads::sync::{CachePadded, Mutex, MutexGuard};

use crate::count;
use crate::header::{Flags, Header, ObjectPtr};
use crate::local::{Local, Privilege};
use crate::pending::Pending;
use crate::publish;
use crate::trace::Visitor;
use crate::value::Value;

#[cfg(not(loom))]
const SHARDS: usize = 64;
#[cfg(loom)]
const SHARDS: usize = 1;

/// What a weak reference object keeps in its payload.
#[derive(Debug)]
pub struct WeakCell {
    /// The referent's address; 0 once it is gone.
    target: AtomicU64,
    wants_callback: AtomicBool,
}

impl Default for WeakCell {
    fn default() -> Self {
        Self::new()
    }
}

/// One weak reference to a referent.
#[derive(Clone, Copy, Debug)]
struct Entry {
    cell: NonNull<WeakCell>,
    /// The object whose payload holds `cell`.
    reference: ObjectPtr,
}

// SAFETY: INV-WEAK-3; entries are used under the shard's lock only.
unsafe impl Send for Entry {}

/// Multiplies: addresses are distinct already, their low bits are not random.
#[derive(Default)]
struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte) ^ self.0);
        }
    }
    fn write_u64(&mut self, address: u64) {
        self.0 = (address >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(20);
    }
}

type Shard = HashMap<u64, Vec<Entry>, BuildHasherDefault<AddressHasher>>;

/// The table.
#[derive(Debug)]
pub(crate) struct WeakTable {
    shards: Box<[CachePadded<Mutex<Shard>>]>,
}

impl WeakTable {
    pub(crate) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| CachePadded::new(Mutex::new(Shard::default()))).collect() }
    }

    fn lock(&self, address: u64) -> MutexGuard<'_, Shard> {
        self.shards[(address >> 4) as usize % self.shards.len()].lock()
    }
}

fn address_of(object: ObjectPtr) -> u64 {
    object.addr().get() as u64
}

impl WeakCell {
    /// The cell of a weak reference that is being made; [`attach`](Self::attach) follows.
    pub fn new() -> Self {
        Self { target: AtomicU64::new(0), wants_callback: AtomicBool::new(false) }
    }

    /// Points the weak reference `reference`, whose payload holds this cell, at `target`, which must be an object:
    /// nothing refers weakly to an immediate. Immortal objects never die, but whoever asks for a plain weak reference to one gets
    /// the one that there is, so they are in the table too.
    ///
    /// # Concurrency
    /// Publishes `reference` if `target` is shared, and the reverse (INV-PUB-3).
    ///
    /// # Safety
    /// `reference` is the object whose payload holds this cell, and the cell has not been attached before.
    pub unsafe fn attach(&self, thread: &Context, reference: &Value, target: &Value, wants_callback: bool) {
        let (Some(object), Some(header), Some(reference_object)) =
            (target.object(), target.header(), reference.object())
        else {
            return;
        };
        let local = Local::of(thread);
        if header.is_shared() {
            publish::publish(reference);
        } else if reference.header().is_some_and(Header::is_shared) {
            publish::publish(target);
        }
        self.wants_callback.store(wants_callback, Ordering::Relaxed); // before it is in the table
        let address = address_of(object);
        let mut shard = local.memory().weak().lock(address);
        self.target.store(address, Ordering::Relaxed); // INV-WEAK-1
        if !header.flags().contains(Flags::HAS_WEAKREF) {
            header.set_flags(Flags::HAS_WEAKREF);
        }
        shard
            .entry(address)
            .or_default()
            .push(Entry { cell: NonNull::from(self), reference: reference_object });
    }

    /// A new reference to the referent, unless it is gone.
    ///
    /// # Concurrency
    /// Linearizes under the shard's lock; private referents need none.
    pub fn upgrade(&self, thread: &Context, reference: &Header) -> Option<Value> {
        let address = self.target.load(Ordering::Acquire);
        if address == 0 {
            return None;
        }
        let alone = thread.is_solo() || !reference.is_shared();
        let shard = if alone || threads::mutant!("weak-upgrade-without-lock") {
            None
        } else {
            Some(Local::of(thread).memory().weak().lock(address))
        };
        let address = self.target.load(Ordering::Relaxed); // under the lock, or alone
        let object = object_at(address)?;
        // SAFETY: INV-WEAK-2; the target is cleared before the object's memory is given back.
        let value = unsafe { count::try_retain(object) }.then(|| {
            // SAFETY: the count was just made.
            unsafe { Value::from_owned(object) }
        });
        drop(shard);
        value
    }

    /// Whether the referent is gone.
    pub fn is_dead(&self) -> bool {
        self.target.load(Ordering::Acquire) == 0
    }

    /// Whether the callback runs, or has been left to be run, when the referent is gone: there is one, and it was not forfeited by
    /// a weak reference that was garbage itself (INV-WEAK-4).
    pub fn wants_callback(&self) -> bool {
        self.wants_callback.load(Ordering::Relaxed) // who has found `is_dead` sees what was decided before
    }

    /// For the weak reference's own `trace`: its referent is published with it, and is otherwise no edge.
    pub fn trace<V: Visitor>(&self, visitor: &mut V) {
        // Relaxed: asked for by publication alone, whose thread owns the private referent.
        let address = self.target.load(Ordering::Relaxed);
        if let Some(object) = object_at(address) {
            visitor.weak(object);
        }
    }
}

impl Drop for WeakCell {
    fn drop(&mut self) {
        // Acquire: pairs with the release in `clear_some`, which does not touch this weak reference any more.
        let address = self.target.load(Ordering::Acquire);
        if address == 0 {
            return;
        }
        let local = Local::current();
        let mut shard = local.memory().weak().lock(address);
        if self.target.load(Ordering::Relaxed) == 0 {
            return; // the referent died meanwhile and cleared it
        }
        let me = NonNull::from(&*self);
        if let Some(entries) = shard.get_mut(&address) {
            entries.retain(|entry| entry.cell != me || threads::mutant!("weak-stays-in-table")); // INV-WEAK-3
            if entries.is_empty() {
                shard.remove(&address);
            }
        }
    }
}

/// The object at a target's address; `None` for 0.
fn object_at(address: u64) -> Option<ObjectPtr> {
    NonNull::new(std::ptr::with_exposed_provenance_mut::<Header>(address as usize))
}

/// Runs `action` while no weak reference to `object` can be upgraded or made.
pub(crate) fn with_table_locked<R>(local: &Local, object: ObjectPtr, action: impl FnOnce() -> R) -> R {
    let _shard = local.memory().weak().lock(address_of(object));
    action()
}

/// Calls `visit` with each weak reference object that points to `object`.
pub(crate) fn for_each_reference(local: &Local, object: ObjectPtr, mut visit: impl FnMut(ObjectPtr)) {
    let references: Vec<ObjectPtr> = {
        let shard = local.memory().weak().lock(address_of(object));
        shard.get(&address_of(object)).into_iter().flatten().map(|entry| entry.reference).collect()
    };
    references.into_iter().for_each(&mut visit);
}

/// The weak references that point to `value`, as they are now (`weakref.getweakrefs`).
pub fn weak_references(thread: &Context, value: &Value) -> Vec<Value> {
    let Some(object) = value.object() else { return Vec::new() };
    let local = Local::of(thread);
    let shard = local.memory().weak().lock(address_of(object));
    alive(&shard, object).collect()
}

/// Those of the weak references to `object` that are alive. One that is dying removes itself under the lock (INV-WEAK-3), so what is
/// in the table has not been given back.
fn alive(shard: &MutexGuard<'_, Shard>, object: ObjectPtr) -> impl Iterator<Item = Value> {
    let entries = shard.get(&address_of(object)).into_iter().flatten();
    entries.filter_map(|entry| {
        // SAFETY: INV-WEAK-3, under the shard's lock.
        let alive = unsafe { count::try_retain(entry.reference) };
        alive.then(|| {
            // SAFETY: the count was just made.
            unsafe { Value::from_owned(entry.reference) }
        })
    })
}

/// The first weak reference to `value` without a callback that `accept` takes, of those that there are now. It is asked under the lock
/// of the table: it may look at the reference and no more. What is found stands before the others from then on.
pub fn find_weak_reference(
    thread: &Context,
    value: &Value,
    accept: impl Fn(&Value) -> bool,
) -> Option<Value> {
    let object = value.object()?;
    let address = address_of(object);
    // Released behind the lock.
    let mut others = Vec::new();
    let mut shard = Local::of(thread).memory().weak().lock(address);
    let entries = shard.get_mut(&address)?;
    for index in 0..entries.len() {
        let entry = entries[index];
        // SAFETY: INV-WEAK-3, under the shard's lock.
        if unsafe { entry.cell.as_ref() }.wants_callback() {
            continue;
        }
        // SAFETY: as above.
        if !unsafe { count::try_retain(entry.reference) } {
            continue;
        }
        // SAFETY: the count was just made.
        let reference = unsafe { Value::from_owned(entry.reference) };
        if accept(&reference) {
            entries[..=index].rotate_right(1);
            return Some(reference);
        }
        others.push(reference);
    }
    None
}

/// Which weak references [`clear_some`] clears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    /// Those with a callback: to classes, before finalizers run, in the collector.
    WithCallback,
}

/// Clears every weak reference to `object`, which is dead, and leaves the callbacks to be run, newest first.
#[cold]
pub(crate) fn clear(local: &Local, object: ObjectPtr) {
    clear_some(local, object, Which::All, |_| true);
}

/// Clears weak references to `object`, and leaves the callbacks of those references to be run that `alive` accepts.
///
/// `alive` is asked under the shard's lock. Publishing takes that lock itself, so it comes afterwards.
pub(crate) fn clear_some(local: &Local, object: ObjectPtr, which: Which, alive: impl Fn(ObjectPtr) -> bool) {
    let address = address_of(object);
    let mut callbacks = Vec::new();
    {
        let mut shard = local.memory().weak().lock(address);
        let Some(entries) = shard.remove(&address) else { return };
        let mut kept = Vec::new();
        for entry in entries.into_iter().rev() {
            // SAFETY: INV-WEAK-3, and the shard is locked.
            let cell = unsafe { entry.cell.as_ref() };
            let wants_callback = cell.wants_callback.load(Ordering::Relaxed);
            if which == Which::WithCallback && !wants_callback {
                kept.push(entry);
                continue;
            }
            if threads::mutant!("weak-clears-target-first") {
                cell.target.store(0, Ordering::Release);
            }
            if wants_callback && !alive(entry.reference) {
                cell.wants_callback.store(false, Ordering::Relaxed); // for good, though a finalizer may revive it
            // SAFETY: INV-WEAK-3: its memory is valid; INV-WEAK-4: not if it is dying itself.
            } else if wants_callback && unsafe { count::try_retain(entry.reference) } {
                callbacks.push(entry.reference);
            }
            // Last: a weak reference that dies meanwhile and finds 0 gives its memory back without taking the lock.
            // Release: pairs with the acquire in `upgrade`, `is_dead` and `drop`.
            cell.target.store(0, Ordering::Release); // INV-WEAK-1
        }
        if !kept.is_empty() {
            kept.reverse();
            shard.insert(address, kept);
        }
    }
    // The shard is free again: publication looks into the table itself.
    for reference in callbacks {
        // SAFETY: counted above.
        let reference = unsafe { Value::from_owned(reference) };
        if reference.header().is_some_and(|header| header.owner() != local.context().id().get()) {
            // Private to another thread, if it is private: the collector has found its referent to be garbage, and
            // that thread is stopped or shut out. The callback runs here.
            let _privilege = Privilege::new();
            publish::publish(&reference);
        }
        local.push_pending(Pending::Callback(reference));
    }
}
