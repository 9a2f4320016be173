//! What the `gc` module shows: objects, referrers, referents, frozen objects.

use threads::{StoppedWorld, Thread};

use crate::count;
use crate::header::{Flags, ObjectPtr};
use crate::heap::Kind;
use crate::local::{Local, Privilege};
use crate::publish;
use crate::slot::Slot;
use crate::trace::{DynVisitor, Visitor};
use crate::value::{Value, pointer_of};
use crate::word::Word;

/// Calls `visit` with every tracked object of a stopped world.
pub(super) fn each_object(local: &Local, mut visit: impl FnMut(ObjectPtr)) {
    let mut pages = Vec::new();
    // SAFETY: the callers hold a `StoppedWorld`.
    unsafe {
        local.memory().pool().for_each_page(|page| {
            if page.kind() == Kind::Tracked {
                pages.push(page);
            }
        });
    }
    for page in pages {
        // SAFETY: as above, and `visit` does not allocate objects.
        for block in unsafe { page.blocks() } {
            visit(block.cast());
        }
    }
}

/// References to `objects`, published: they may be private to other threads. Without those that nobody can have any more.
fn published(local: &Local, objects: Vec<ObjectPtr>) -> Vec<Value> {
    objects.into_iter().filter_map(|object| publish_one(local, object)).collect()
}

/// A reference to an object that may be private to another thread, published; none to one that waits for its memory to be given
/// back (INV-DEATH-2).
///
/// Counted in the object's word: a credit protects what its thread could borrow (INV-CREDIT-1), and this may be an object that was
/// parked long before, and found in its page.
pub(super) fn publish_one(local: &Local, object: ObjectPtr) -> Option<Value> {
    // SAFETY: an object of a stopped world whose memory has not been given back.
    if !unsafe { count::try_retain(object) } {
        return None;
    }
    publish::publish_object(local, object);
    // SAFETY: counted above.
    Some(unsafe { Value::from_owned(object) })
}

/// How many references there are to an object (`sys.getrefcount`); very many where nobody counts.
pub fn reference_count(thread: &mut Thread, value: &Value) -> i64 {
    const UNCOUNTED: i64 = 1 << 32;
    let mut stopped = thread.stop_the_world();
    super::settle(Local::of(stopped.requester()));
    match value.header() {
        Some(header) if !header.flags().contains(crate::header::Flags::IMMORTAL) => {
            // SAFETY: INV-HEADER-1; the world is stopped.
            unsafe { header.count() }
        }
        _ => UNCOUNTED - 1,
    }
}

/// Every tracked object (`gc.get_objects`).
pub fn objects(stopped: &mut StoppedWorld<'_>) -> Vec<Value> {
    let local = Local::of(stopped.requester());
    let _privilege = Privilege::new();
    super::settle(local); // what nobody counts any more is gone
    let mut found = Vec::new();
    each_object(local, |object| {
        if !is_hidden(object) {
            found.push(object);
        }
    });
    published(local, found)
}

/// The tracked objects that hold a reference to one of `targets` (`gc.get_referrers`).
pub fn referrers(stopped: &mut StoppedWorld<'_>, targets: &[Value]) -> Vec<Value> {
    struct Search<'a> {
        targets: &'a [Value],
        found: bool,
    }
    impl Search<'_> {
        fn object(&mut self, object: ObjectPtr) {
            self.found |= self.targets.iter().any(|target| target.object() == Some(object));
            if is_hidden(object) {
                visit(object, self);
            }
        }
    }
    impl Visitor for Search<'_> {
        fn counted(&mut self, object: ObjectPtr) {
            self.object(object);
        }
        fn uncounted(&mut self, object: ObjectPtr) {
            self.object(object);
        }
    }
    let local = Local::of(stopped.requester());
    let _privilege = Privilege::new();
    super::settle(local); // as in `objects`
    let mut found = Vec::new();
    each_object(local, |object| {
        if is_hidden(object) {
            return;
        }
        let mut search = Search { targets, found: false };
        visit(object, &mut search);
        if search.found {
            found.push(object);
        }
    });
    published(local, found)
}

/// What `value` references (`gc.get_referents`).
pub fn referents(stopped: &mut StoppedWorld<'_>, value: &Value) -> Vec<Value> {
    /// Objects, and immediates, which need no publishing.
    struct List(Vec<Result<ObjectPtr, Word>>);
    impl List {
        fn object(&mut self, object: ObjectPtr) {
            if is_hidden(object) {
                visit(object, self);
            } else {
                self.0.push(Ok(object));
            }
        }
        fn word(&mut self, word: Word) {
            match pointer_of(word) {
                Some(object) => self.object(object),
                None if word.is_empty() || word.is_sentinel() => {}
                None => self.0.push(Err(word)),
            }
        }
    }
    impl Visitor for List {
        fn counted(&mut self, object: ObjectPtr) {
            self.object(object);
        }
        fn slot(&mut self, slot: &Slot) {
            self.word(slot.peek());
        }
        fn value(&mut self, value: &Value) {
            self.word(value.word());
        }
        fn uncounted(&mut self, object: ObjectPtr) {
            self.object(object);
        }
    }
    let local = Local::of(stopped.requester());
    let _privilege = Privilege::new();
    let mut list = List(Vec::new());
    if let Some(object) = value.object() {
        visit(object, &mut list);
    }
    let found = list.0.into_iter().filter_map(|found| match found {
        Ok(object) => publish_one(local, object),
        Err(word) => Some(Value::of_immediate_or_none(word)),
    });
    found.collect()
}

/// Whether programs are not to see the object, but what it refers to as if its referrers did ([`Trace::HIDDEN`](crate::Trace::HIDDEN)).
/// What a hidden object refers to is not hidden.
pub(super) fn is_hidden(object: ObjectPtr) -> bool {
    // SAFETY: a live object of a stopped world.
    unsafe { object.as_ref() }.desc().hidden
}

pub(super) fn visit(object: ObjectPtr, visitor: &mut dyn Visitor) {
    // SAFETY: a live object of a stopped world.
    let header = unsafe { object.as_ref() };
    // SAFETY: as above.
    unsafe { (header.desc().visit)(object, &mut DynVisitor(visitor)) };
}

/// Sets every tracked object aside: later collections take it for live (`gc.freeze`).
pub fn freeze(thread: &mut Thread) {
    each_stopped(thread, |object| {
        // SAFETY: a live object of a stopped world.
        unsafe { object.as_ref() }.set_flags(Flags::FROZEN);
    });
}

/// Undoes [`freeze`] (`gc.unfreeze`).
pub fn unfreeze(thread: &mut Thread) {
    each_stopped(thread, |object| {
        // SAFETY: a live object of a stopped world.
        unsafe { object.as_ref() }.clear_flags(Flags::FROZEN);
    });
}

/// How many objects are set aside (`gc.get_freeze_count`).
pub fn frozen_count(thread: &mut Thread) -> usize {
    let mut count = 0;
    each_stopped(thread, |object| {
        // SAFETY: a live object of a stopped world.
        count += usize::from(unsafe { object.as_ref() }.flags().contains(Flags::FROZEN));
    });
    count
}

fn each_stopped(thread: &mut Thread, visit: impl FnMut(ObjectPtr)) {
    let mut stopped = thread.stop_the_world();
    let local = Local::of(stopped.requester());
    let _privilege = Privilege::new();
    each_object(local, visit);
}
