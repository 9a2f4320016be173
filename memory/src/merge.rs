//! Merge queues: how a thread that releases somebody else's object tells the owner.
//!
//! Every thread id has a queue. Its bearer opens it when it registers and works through it at safepoints. When the
//! bearer has exited the queue is closed, and the releasing thread merges by itself, under the queue's lock, so that
//! no new bearer can begin meanwhile. When the bearer is merely detached for long, whoever has filled the queue shuts
//! it out for a moment and works through it on its behalf.
//!
//! * INV-MERGE-1: `local` of an owner's object is touched by the owner, or under its queue's lock while the queue is
//!   closed, or while the owner is shut out.
//! * INV-MERGE-2: a queue is empty while it is closed.
//! * INV-MERGE-3: a thread closes its queue when it will release nothing any more: not what it has parked, not what it
//!   finds in the queue, for all that may hold objects which it owns and which others merge from then on.

use threads::sync::atomic::Ordering;
use threads::sync::{CachePadded, Mutex};
use threads::{Requests, ThreadId};

use crate::header::{Flags, Header, ObjectPtr};
use crate::local::{Local, Privilege};
use crate::shared_word::{CountState, SharedWord};
use crate::{count, death, park, publish};

/// Past this many entries, and at each multiple, a detached owner's queue is worked through by those who fill it.
#[cfg(not(any(loom, zeal)))]
const HELP_EVERY: usize = 32;
#[cfg(any(loom, zeal))]
const HELP_EVERY: usize = 1;

/// One thread id's queue.
#[derive(Debug, Default)]
pub(crate) struct MergeQueue(CachePadded<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    open: bool,
    /// Each owns one reference.
    objects: Vec<Entry>,
}

#[derive(Debug)]
struct Entry(ObjectPtr);
// SAFETY: INV-RC-2; an entry owns a reference, which may be given up by any attached thread.
unsafe impl Send for Entry {}

/// What a merge found.
enum Fate {
    /// Others count it, or the owner still does.
    Lives,
    /// It was merged before, and perhaps adopted; the queue's reference is to be released like any other.
    ReleaseOne,
    /// The queue's reference was the last one.
    Park,
    /// As `Park`, and nobody can have borrowed it.
    Die,
}

impl MergeQueue {
    /// Begins to accept entries for a new bearer of the id.
    pub(crate) fn open(&self) {
        let mut entries = self.0.lock();
        debug_assert!(!entries.open && entries.objects.is_empty(), "INV-MERGE-2");
        entries.open = true;
    }
}

/// Asks the owner of an object to merge it: others count it often.
#[cold]
pub(crate) fn disown(local: &Local, header: &Header) {
    let word = header.load_shared(Ordering::Relaxed);
    let owner = header.owner();
    if word.state() != CountState::Biased || owner == 0 {
        return;
    }
    // The queue's entry owns a reference of its own.
    let entry = i32::from(!threads::mutant!("disown-without-a-reference"));
    let queued = SharedWord::new(CountState::Queued, word.count() + entry);
    if header.cas_shared(word, queued).is_ok() {
        enqueue(local, owner, header.into());
    }
}

/// Gives `object`'s reference to the queue of `owner`.
#[cold]
pub(crate) fn enqueue(local: &Local, owner: u16, object: ObjectPtr) {
    let owner = ThreadId::new(owner).expect("INV-RC-4: a biased object has an owner");
    let memory = local.memory();
    let queue = memory.queue(owner);
    let mut entries = queue.0.lock();
    if !entries.open && !threads::mutant!("merge-ignores-closed-queue") {
        if threads::mutant!("merge-closed-queue-unlocked") {
            drop(entries);
            return apply(local, object, merge(object, owner));
        }
        let fate = merge(object, owner); // INV-MERGE-1: closed, and locked
        drop(entries);
        apply(local, object, fate);
        return;
    }
    entries.objects.push(Entry(object));
    let waiting = entries.objects.len();
    drop(entries);
    let world = local.context().world();
    if waiting == 1 {
        world.request(owner, Requests::MERGE);
    }
    if waiting.is_multiple_of(HELP_EVERY) {
        help(local, owner);
    }
}

/// Works through the queue of a thread that is not attached.
fn help(local: &Local, owner: ThreadId) {
    let memory = local.memory();
    let merge_all = || {
        let objects = std::mem::take(&mut memory.queue(owner).0.lock().objects);
        // INV-MERGE-1: shut out.
        objects.into_iter().map(|entry| (entry.0, merge(entry.0, owner))).collect::<Vec<_>>()
    };
    let world = local.context().world();
    let merged = if threads::mutant!("help-without-shutting-out") {
        Some(merge_all())
    } else {
        world.while_shut_out(owner, merge_all)
    };
    for (object, fate) in merged.into_iter().flatten() {
        apply(local, object, fate);
    }
}

/// Works through this thread's own queue.
pub(crate) fn drain(local: &Local) {
    let id = local.context().id();
    let objects = std::mem::take(&mut local.memory().queue(id).0.lock().objects);
    for entry in objects {
        let fate = merge(entry.0, id);
        apply(local, entry.0, fate);
    }
}

/// Works through every thread's queue; returns how many entries there were. The world is stopped.
pub(crate) fn drain_all(local: &Local) -> usize {
    let memory = local.memory();
    let mut drained = 0;
    for id in local.context().world().thread_ids() {
        let objects = std::mem::take(&mut memory.queue(id).0.lock().objects);
        for entry in objects {
            drained += 1;
            let fate = merge(entry.0, id); // INV-MERGE-1: stopped
            apply(local, entry.0, fate);
        }
    }
    drained
}

/// Works through the queue of a thread that exists only in the parent process, for the last time.
pub(crate) fn drain_and_close_of(local: &Local, id: ThreadId) {
    let left = {
        let mut entries = local.memory().queue(id).0.lock();
        entries.open = false;
        std::mem::take(&mut entries.objects)
    };
    for entry in left {
        let fate = merge(entry.0, id);
        apply(local, entry.0, fate);
    }
}

/// Closes this thread's own queue; false if something is in it.
pub(crate) fn close_if_empty(local: &Local) -> bool {
    let mut entries = local.memory().queue(local.context().id()).0.lock();
    entries.open = !entries.objects.is_empty();
    !entries.open
}

/// Merges an object whose queue entry's reference, in the queue of `owner`, the caller has taken over.
fn merge(object: ObjectPtr, owner: ThreadId) -> Fate {
    // SAFETY: the queue's reference keeps the object alive.
    let header = unsafe { object.as_ref() };
    header.touch();
    let word = header.load_shared(Ordering::Acquire);
    match word.state() {
        CountState::Merged => return Fate::ReleaseOne,
        CountState::Dead => return Fate::Lives, // the collector frees it
        // It was merged before, and another thread has adopted it since (`count`).
        _ if header.owner() != owner.get() && !threads::mutant!("merge-whoever-owns") => {
            return Fate::ReleaseOne;
        }
        CountState::Biased | CountState::Queued => {}
    }
    // SAFETY: INV-MERGE-1.
    let owned = unsafe { header.local.get() };
    let Some(owned) = i32::try_from(owned).ok().filter(|&owned| owned < SharedWord::SATURATION) else {
        header.set_flags(Flags::IMMORTAL); // too many references for the shared word: it stays
        return Fate::Lives;
    };
    if !header.flags().contains(Flags::SHARED) {
        // The collector released a reference to it on another thread, from garbage of its owner. The owner takes the
        // count back, and the object stays private.
        // (In one step: the collecting thread may be releasing more of them.)
        let mine = header.owner() == threads::current_id();
        let left_of = |word: SharedWord| owned + word.count() - 1;
        let (before, _) = header.update_shared(|word| match left_of(word) {
            1.. => SharedWord(0),
            _ if mine => SharedWord::new(CountState::Dead, 0),
            _ => word,
        });
        let left = left_of(if threads::mutant!("merge-private-by-a-look") { word } else { before });
        if left > 0 || mine {
            // SAFETY: INV-MERGE-1.
            unsafe { header.local.set(left as u32) };
            return if left > 0 { Fate::Lives } else { Fate::Die };
        }
        // It dies on this thread, where its finalizer runs and its children are released: so it is shared from now
        // on, with all that it reaches, like everything else that dies away from its owner.
        let _privilege = Privilege::new(); // INV-MERGE-1: its owner is gone or shut out
        if !threads::mutant!("private-dies-unpublished") {
            publish::publish_object(Local::current(), object);
        }
    }
    // SAFETY: INV-MERGE-1.
    unsafe { header.local.set(0) };
    header.set_owner(0); // INV-RC-4
    let (_, after) = header.update_shared(|word| {
        let left = word.count() + owned - i32::from(!threads::mutant!("merge-forgets-queue-reference"));
        let merged = SharedWord::new(CountState::Merged, left).with(SharedWord::LENT);
        if left == 0 { merged.with(SharedWord::PARKED) } else { merged }
    });
    if after.count() == 0 { Fate::Park } else { Fate::Lives }
}

fn apply(local: &Local, object: ObjectPtr, fate: Fate) {
    match fate {
        Fate::Lives => {}
        // SAFETY: the queue's reference was handed to this thread.
        Fate::ReleaseOne => unsafe { count::release(object) },
        Fate::Park => {
            if local.is_solo() {
                death::die(local, object);
            } else {
                park::park(local, object);
            }
        }
        Fate::Die => death::die(local, object),
    }
}
