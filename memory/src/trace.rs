//! How this crate sees an object's insides: the one trait that a language implements.
//!
//! A type says where its references are ([`Trace`]); everything that walks graphs (publication, parking, trial
//! deletion, marking, `gc.get_referents`) is a [`Visitor`]. Each pair is compiled into a function of its own and
//! stored in the type's [`TypeDesc`], so that walking costs one indirect call an object and none an edge.

use std::ptr::NonNull;

use threads::Thread;

use crate::collector::{InternalVisitor, MarkVisitor};
use crate::header::ObjectPtr;
use crate::object::Object;
use crate::park::WalkVisitor;
use crate::publish::PublishVisitor;
use crate::slot::Slot;
use crate::value::{Value, pointer_of};

/// Meets the references of one object.
pub trait Visitor {
    /// A counted reference, in a slot or a value: what most visitors want to know.
    fn counted(&mut self, object: ObjectPtr);
    /// A slot that other threads may exchange at any time while the object is shared.
    #[inline(always)]
    fn slot(&mut self, slot: &Slot) {
        if let Some(object) = pointer_of(slot.peek()) {
            self.counted(object);
        }
    }
    /// A reference that is read and changed only under the object's lock (or while the object is private).
    #[inline(always)]
    fn value(&mut self, value: &Value) {
        if let Some(object) = value.object() {
            self.counted(object);
        }
    }
    /// A reference that is traced but not counted, to a traced-only object (instance to class).
    fn uncounted(&mut self, object: ObjectPtr);
    /// The referent of a weak reference: no edge, but published with it.
    #[inline(always)]
    fn weak(&mut self, _object: ObjectPtr) {}
}

/// The payload of an object: knows where its references are.
///
/// # Safety
/// `trace` meets every counted reference that the payload owns exactly once, and every uncounted one; dropping the
/// payload releases what `trace` meets as counted and nothing else, and runs no Python.
pub unsafe trait Trace: Sized + 'static {
    /// The type's name, for messages and statistics.
    const NAME: &'static str;
    /// Whether objects of the type can be part of a cycle, so that the collector looks at them.
    const TRACKED: bool = true;
    /// Whether the collector alone frees objects of the type.
    const TRACED_ONLY: bool = false;
    /// Whether programs that ask which objects there are, and what refers to what, are to see none of these: the runtime's own, whose
    /// references look as if they were those of what refers to it.
    const HIDDEN: bool = false;
    /// The finalizer, if objects of the type can have one.
    const FINALIZER: Option<Finalizer> = None;

    /// What runs after the referent of a weak reference of this type has died, if it asked for it.
    const WEAK_CALLBACK: Option<fn(&mut Thread, &Value)> = None;

    /// Meets every reference.
    ///
    /// # Concurrency
    /// For a shared object the caller holds its lock or has stopped the world. Must not allocate, lock or block.
    fn trace<V: Visitor>(&self, visitor: &mut V);

    /// Drops a payload that got no object. One whose `Drop` looks for the header before it, or for what stands behind it,
    /// must not be dropped by that.
    #[cold]
    fn unplaced(self) {
        drop(self);
    }
}

/// What runs once before an object dies.
#[derive(Clone, Copy, Debug)]
pub struct Finalizer {
    /// Whether this object wants it: a short look, without running Python.
    pub wants: fn(ObjectPtr) -> bool,
    /// Runs it; may run Python, and may store the object somewhere, which revives it.
    pub run: fn(&mut Thread, &Value),
}

/// What the object's bytes mean. The first field of every [`Shape`].
#[derive(Debug)]
#[repr(C)]
pub struct TypeDesc {
    /// The type's name.
    pub name: &'static str,
    /// Bytes of header and payload.
    pub size_bytes: usize,
    /// The description whose payload objects of this one begin with as well (see [`TypeDesc::extending`]).
    extends: Option<&'static TypeDesc>,
    pub(crate) drop: unsafe fn(ObjectPtr),
    /// Nothing is to be done when an object dies but to give its block back: no payload to drop, no finalizer.
    pub(crate) dies_plainly: bool,
    /// [`Trace::HIDDEN`].
    pub(crate) hidden: bool,
    pub(crate) publish: unsafe fn(ObjectPtr, &mut PublishVisitor<'_>),
    pub(crate) walk: unsafe fn(ObjectPtr, &mut WalkVisitor),
    pub(crate) count_internal: unsafe fn(ObjectPtr, &mut InternalVisitor),
    pub(crate) mark: unsafe fn(ObjectPtr, &mut MarkVisitor),
    pub(crate) visit: unsafe fn(ObjectPtr, &mut DynVisitor<'_>),
    /// The finalizer, if objects of the type can have one.
    pub finalizer: Option<Finalizer>,
    /// What runs after the referent of a weak reference of this type has died.
    pub weak_callback: Option<fn(&mut Thread, &Value)>,
}

/// A class and a layout; the layer above puts its own fields behind this one.
#[derive(Debug)]
#[repr(C)]
pub struct Shape {
    /// The type.
    pub desc: &'static TypeDesc,
}

/// Any visitor, behind a pointer: for walks that need not be fast.
pub struct DynVisitor<'a>(pub &'a mut dyn Visitor);

impl Visitor for DynVisitor<'_> {
    fn counted(&mut self, object: ObjectPtr) {
        self.0.counted(object);
    }
    fn slot(&mut self, slot: &Slot) {
        self.0.slot(slot);
    }
    fn value(&mut self, value: &Value) {
        self.0.value(value);
    }
    fn uncounted(&mut self, object: ObjectPtr) {
        self.0.uncounted(object);
    }
    fn weak(&mut self, object: ObjectPtr) {
        self.0.weak(object);
    }
}

/// # Safety
/// `object` is a live object with payload `T`.
unsafe fn trace_as<T: Trace, V: Visitor>(object: ObjectPtr, visitor: &mut V) {
    // SAFETY: promised by the caller.
    let object = unsafe { object.cast::<Object<T>>().as_ref() };
    object.payload_for_trace().trace(visitor);
}

/// # Safety
/// As [`trace_as`].
unsafe fn publish_as<T: Trace>(object: ObjectPtr, visitor: &mut PublishVisitor<'_>) {
    // SAFETY: promised by the caller.
    unsafe { trace_as::<T, _>(object, visitor) };
}

/// # Safety
/// As [`trace_as`].
unsafe fn visit_as<T: Trace>(object: ObjectPtr, visitor: &mut DynVisitor<'_>) {
    // SAFETY: promised by the caller.
    unsafe { trace_as::<T, _>(object, visitor) };
}

/// # Safety
/// `object` is an object with payload `T` that nobody else can reach, whose payload has not been dropped.
unsafe fn drop_as<T: Trace>(object: ObjectPtr) {
    let payload: NonNull<T> = Object::payload_ptr(object);
    // SAFETY: promised by the caller.
    unsafe { payload.drop_in_place() };
}

impl TypeDesc {
    /// The description of objects with payload `T`.
    pub const fn of<T: Trace>() -> Self {
        Self {
            name: T::NAME,
            size_bytes: size_of::<Object<T>>(),
            extends: None,
            drop: drop_as::<T>,
            dies_plainly: !std::mem::needs_drop::<T>() && T::FINALIZER.is_none(),
            hidden: T::HIDDEN,
            publish: publish_as::<T>,
            walk: trace_as::<T, WalkVisitor>,
            count_internal: trace_as::<T, InternalVisitor>,
            mark: trace_as::<T, MarkVisitor>,
            visit: visit_as::<T>,
            finalizer: T::FINALIZER,
            weak_callback: T::WEAK_CALLBACK,
        }
    }

    /// This description, of a payload that begins with the one that `base` describes: its objects are used as `base`'s
    /// too.
    ///
    /// # Safety
    /// The payload is `repr(C)` or `repr(transparent)`, and its first field is the payload of `base`.
    #[must_use]
    pub const unsafe fn extending(mut self, base: &'static TypeDesc) -> Self {
        self.extends = Some(base);
        self
    }

    /// Whether objects of this description begin with the payload that `base` describes.
    #[inline(always)]
    pub fn is_or_extends(&'static self, base: &'static TypeDesc) -> bool {
        std::ptr::eq(self, base) || self.extends.is_some_and(|extended| std::ptr::eq(extended, base))
    }
}
