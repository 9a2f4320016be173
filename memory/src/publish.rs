//! Publication: making an object, and all it reaches, visible to other threads.
//!
//! Invariant P of the design: a private object is reachable only from its owner's stacks and thread-locals, and from
//! private objects of the same owner. The write barrier keeps it: a value about to be stored into a shared holder is
//! published first. Publication sets SHARED on every private object reachable from it, with a work list, and then the
//! store itself, with release order, makes them visible. Each object is published at most once in its life.
//!
//! What is shared already may still be counted by this thread alone (`credit`); from now on others may release it.
//!
//! * INV-PUB-1: SHARED is set by the owner (or while the owner is stopped) before the object can be found by others.
//! * INV-PUB-2: what a shared object references is shared.
//! * INV-PUB-3: a weak reference is shared exactly if its referent is, as long as both live.

use threads::sync::atomic::Ordering;

use crate::credit;
use crate::header::{Flags, ObjectPtr};
use crate::local::Local;
use crate::shared_word::{CountState, SharedWord};
use crate::trace::Visitor;
use crate::value::Value;
use crate::weak;

/// Makes `value` and everything reachable from it shared, and the reference to it one that any thread may release.
#[inline(always)]
pub fn publish(value: &Value) {
    if let Some(header) = value.header()
        && (!header.is_shared() || credit::any())
    {
        publish_slow(value);
    }
}

/// Publishes what may be private to another thread: to be called while the world is stopped.
pub fn publish_foreign(_: &threads::Context, value: &Value) {
    let _privilege = crate::local::Privilege::new();
    publish(value);
}

#[inline(never)]
fn publish_slow(value: &Value) {
    if let Some(object) = value.object()
        && !threads::mutant!("no-publication")
    {
        // SAFETY: `value` keeps the object alive.
        if unsafe { object.as_ref() }.is_shared() {
            if let Some(local) = Local::try_current() {
                local.credits().settle(object); // INV-CREDIT-2
            }
        } else {
            publish_object(Local::current(), object);
        }
    }
}

/// Makes `object` and everything reachable from it shared.
pub(crate) fn publish_object(local: &Local, object: ObjectPtr) {
    let mut visitor = PublishVisitor { local, found: local.take_scratch() };
    visitor.object(object);
    visitor.run();
    local.return_scratch(visitor.found);
}

/// Publishes what an object that is shared from birth references.
pub(crate) fn publish_contents(local: &Local, object: ObjectPtr) {
    let mut visitor = PublishVisitor { local, found: local.take_scratch() };
    visitor.found.push(object);
    visitor.run();
    local.return_scratch(visitor.found);
}

/// Marks private objects shared and remembers them.
pub struct PublishVisitor<'a> {
    local: &'a Local,
    found: Vec<ObjectPtr>,
}

impl PublishVisitor<'_> {
    fn run(&mut self) {
        while let Some(object) = self.found.pop() {
            // SAFETY: the object is reachable from a value that the caller holds.
            let header = unsafe { object.as_ref() };
            // SAFETY: the object is live and has the type that its description says; it was private until a
            // moment ago, so nobody else changes it.
            unsafe { (header.desc().publish)(object, self) };
        }
    }

    #[inline(always)]
    fn object(&mut self, object: ObjectPtr) {
        // SAFETY: the object is referenced by one that is alive.
        let header = unsafe { object.as_ref() };
        let flags = header.flags();
        if flags.contains(Flags::SHARED.union(Flags::IMMORTAL)) {
            self.local.credits().settle(object); // INV-CREDIT-2
            return;
        }
        header.assert_accessible();
        header.set_flags_private(Flags::SHARED); // INV-PUB-1
        if flags.contains(Flags::HAS_WEAKREF) {
            // INV-PUB-3, one direction; the weak reference's own `trace` is the other.
            weak::for_each_reference(self.local, object, |reference| self.weakly(reference));
        }
        if flags.contains(Flags::TRACKED) && !threads::mutant!("publish-without-contents") {
            self.found.push(object);
        }
    }

    /// One end of a weak reference, which may be on the list of what dies (INV-DEATH-2): nobody can reach it any more, and who
    /// destroys it is this thread.
    fn weakly(&mut self, object: ObjectPtr) {
        // SAFETY: INV-WEAK-2 and INV-WEAK-3: neither end is given back before the other has forgotten it.
        let header = unsafe { object.as_ref() };
        if header.load_shared(Ordering::Relaxed).state() != CountState::Dead {
            self.object(object);
        }
    }
}

impl Visitor for PublishVisitor<'_> {
    #[inline(always)]
    fn counted(&mut self, object: ObjectPtr) {
        self.object(object);
    }

    #[inline(always)]
    fn uncounted(&mut self, object: ObjectPtr) {
        self.object(object);
    }

    fn weak(&mut self, object: ObjectPtr) {
        self.weakly(object); // INV-PUB-3, the other direction
    }
}

/// Makes `value` immortal: shared, never counted again, never freed. For what the runtime itself defines: built-in
/// types, names, constants, one-character strings. What it references stays mortal, and is kept alive by it.
///
/// # Concurrency
/// The object is private to the calling thread: nobody else can be counting it.
///
/// # Panics
/// If the object is shared already.
pub fn make_immortal(value: &Value) {
    let Some(header) = value.header() else { return };
    if header.flags().contains(Flags::IMMORTAL) {
        return;
    }
    // Traced-only objects are shared from birth; who makes one immortal has just made it.
    let alone = !header.is_shared() || header.flags().contains(Flags::TRACED_ONLY);
    assert!(alone, "a shared object may be being counted by others");
    publish(value); // what it references is shared with it
    header.set_owner(0);
    header.store_shared(SharedWord::new(CountState::Merged, 1));
    header.set_flags_private(Flags::IMMORTAL);
}

/// A published value on its way to another thread.
#[derive(Debug)]
pub struct Published(Value);

// SAFETY: the object is shared, so any attached thread may count it.
unsafe impl Send for Published {}

impl Published {
    /// Publishes `value` for another thread to take: a new thread's target and arguments.
    pub fn new(value: Value) -> Self {
        publish(&value);
        Self(value)
    }

    /// The value, on the thread that received it.
    pub fn into_value(self) -> Value {
        self.0
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.0
    }
}
