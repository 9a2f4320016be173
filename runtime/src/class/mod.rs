//! Classes: the `type` object, its slots, shapes of its instances, attribute lookup, class creation.
//!
//! | file         | concept                                                            |
//! |--------------|--------------------------------------------------------------------|
//! | `def`        | what a native type says of itself, in a static                     |
//! | `shape`      | class and layout of an instance                                    |
//! | `slots`      | the functions behind operations                                    |
//! | `slot_table` | which special method stands for which slot                         |
//! | `slot_update`| the slots of classes made by programs                              |
//! | `build`      | making classes, native and by `type()`; method resolution order    |
//! | `lookup`     | attribute lookup on classes and instances; versions                |
//! | `messages`   | what is said of a missing attribute                                |
//! | `rebase`     | assigning `__bases__`                                              |
//! | `instance`   | attributes of instances: slots, shapes, dictionary mode            |
//!
//! * INV-CLASS-1: a class is shared from birth; the collector alone frees it.
//! * INV-CLASS-2: after any change to a class or a base its version is one that has never been used before.

mod bases;
pub mod build;
mod def;
pub mod instance;
pub mod lookup;
pub(crate) mod messages;
pub(crate) mod native;
pub(crate) mod order;
pub(crate) mod rebase;
mod shape;
pub mod slot_table;
mod slot_update;
pub mod slots;

use crate::types::StrExt;
use crate::types::TupleExt;
use memory::{Guarded, Held, Object, Slot, Trace, Value, View, Visitor};
use threads::Context;
use threads::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

pub use def::{ClassCell, ClassDef, ClassFlags, Payload};
pub use lookup::{lookup_special, run_finalizer};
pub use native::{Namespace, ready};
pub use shape::Shape;
pub use slots::{BinaryOp, Comparison, SlotCell, Slots};

use crate::types::{Dict, Str, Tuple};

/// Where instances keep their attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Attribute slots of an instance, its dict's among them.
    pub slot_count: u32,
    /// The first slot that shapes may name.
    pub first_named: u32,
}

/// The payload of a class.
pub struct Type {
    pub(crate) name: Slot,
    pub(crate) qualname: Slot,
    pub(crate) base: Slot,
    pub(crate) bases: Slot,
    pub(crate) mro: Slot,
    pub(crate) dict: Slot,
    flags: AtomicU32,
    version: AtomicU64,
    /// The functions behind operations.
    pub slots: Slots,
    /// The native type whose payload instances have.
    pub(crate) native: &'static ClassDef,
    pub(crate) layout: Layout,
    root: AtomicPtr<Shape>,
    kept: Guarded<Kept>,
}

/// What a class keeps for its instances and subclasses.
#[derive(Default)]
#[allow(clippy::vec_box, reason = "headers point to the shapes, so they must not move")]
struct Kept {
    /// Shapes of instances, the root aside; boxed because headers point to them.
    shapes: Vec<Box<Shape>>,
    /// The names that shapes point to.
    names: Vec<Held>,
    /// Weak references to the direct subclasses.
    subclasses: Vec<Held>,
}

// SAFETY: each slot and each held value once; `Drop` of the fields releases the same.
unsafe impl Trace for Type {
    const NAME: &'static str = "type";
    const TRACED_ONLY: bool = true;

    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for slot in [&self.name, &self.qualname, &self.base, &self.bases, &self.mro, &self.dict] {
            visitor.slot(slot);
        }
        // SAFETY: called from `trace`.
        let kept = unsafe { self.kept.peek() };
        for held in kept.names.iter().chain(&kept.subclasses) {
            visitor.value(held.value());
        }
    }
}

impl Drop for Type {
    fn drop(&mut self) {
        if self.flags().contains(ClassFlags::HEAP) {
            let root = self.root.load(Ordering::Relaxed);
            if !root.is_null() {
                // SAFETY: made by `set_root` with `Box::into_raw`, and dropped once.
                let root = unsafe { Box::from_raw(root) };
                build::bury(root);
            }
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for shape in self.shapes.drain(..) {
            build::bury(shape);
        }
    }
}

impl Type {
    pub(crate) fn new(native: &'static ClassDef, flags: ClassFlags, layout: Layout) -> Self {
        Self {
            name: Slot::new(None),
            qualname: Slot::new(None),
            base: Slot::new(None),
            bases: Slot::new(None),
            mro: Slot::new(None),
            dict: Slot::new(None),
            flags: AtomicU32::new(flags.0),
            version: AtomicU64::new(0),
            slots: Slots::default(),
            native,
            layout,
            root: AtomicPtr::new(std::ptr::null_mut()),
            kept: Guarded::new(Kept::default()),
        }
    }

    /// Properties.
    #[inline(always)]
    pub fn flags(&self) -> ClassFlags {
        ClassFlags(self.flags.load(Ordering::Relaxed)) // each flag stands for itself
    }

    pub(crate) fn set_flag(&self, flag: ClassFlags, on: bool) {
        if on {
            self.flags.fetch_or(flag.0, Ordering::AcqRel);
        } else {
            self.flags.fetch_and(!flag.0, Ordering::AcqRel);
        }
    }

    /// The version: 0 while the class is being changed.
    #[inline(always)]
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// The shape of an instance without attributes.
    #[inline(always)]
    pub fn root_shape(&self) -> &'static Shape {
        let root = self.root.load(Ordering::Acquire);
        if root.is_null() {
            return &self.native.cell.shape;
        }
        // SAFETY: shapes live as long as their class, which the caller keeps alive through an instance or a reference.
        unsafe { &*root }
    }
}

/// What classes are asked everywhere.
pub trait TypeExt {
    /// Whether the class is `other` or derived from it (by method resolution order, without `__subclasscheck__`).
    fn is_subclass_of(&self, other: &Object<Type>) -> bool;
    /// The class's name for messages: `__name__`, after the module if it is a native class outside of builtins.
    fn name_lossy(&self) -> String;
    /// `__module__.__qualname__`, or the bare name of a built-in one.
    fn full_name(&self, thread: &Context) -> String;
    /// `__module__.__qualname__` as messages show it: without `builtins` and `__main__`.
    fn shown_name(&self, thread: &Context) -> String;
    /// The namespace.
    fn namespace(&self, thread: &Context) -> Value;
    /// Calls `f` with each class of the method resolution order until it answers something.
    fn find_in_mro<R>(
        &self,
        thread: &Context,
        f: impl FnMut(&Object<Type>, &Object<Dict>) -> Option<R>,
    ) -> Option<R>;
    /// The method resolution order.
    fn mro_tuple(&self, thread: &Context) -> Value;
    /// The class's own attribute, or a base's.
    fn lookup(&self, thread: &Context, name: &Value) -> Option<Value>;
}

/// A view of the value in a slot of a class. Classes' name, bases, mro and dict are replaced only by the assignments to
/// `__name__`, `__bases__` and `__mro__`-changing ones, which run Python and so never while a view is held.
fn view<'a>(thread: &'a Context, class: &Object<Type>, slot: &Slot) -> Option<View<'a>> {
    // SAFETY: no safepoint while the context is borrowed, and nobody replaces the slot meanwhile, as said above.
    unsafe { slot.view(thread, class.header()) }
}

#[inline(never)]
fn has_in_mro(class: &Object<Type>, other: &Object<Type>) -> bool {
    let Some(thread) = threads::current_context() else { return false };
    let Some(mro) = view(thread, class, &class.payload().mro) else {
        // While the class is being made.
        return false;
    };
    let Some(mro) = crate::object::cast::<Tuple>(&mro) else { return false };
    let other = (&raw const *other).addr() as u64; // as a word
    mro.items().iter().any(|class| class.word().bits() == other)
}

impl TypeExt for Object<Type> {
    #[inline]
    fn is_subclass_of(&self, other: &Object<Type>) -> bool {
        std::ptr::eq(self, other) || has_in_mro(self, other)
    }

    fn name_lossy(&self) -> String {
        let Some(thread) = threads::current_context() else { return String::new() };
        let native = self.payload().native;
        if !self.payload().flags().contains(ClassFlags::HEAP) && native.module != "builtins" {
            // As CPython's `tp_name`: `collections.deque`.
            return format!("{}.{}", native.module, native.name);
        }
        let Some(name) = view(thread, self, &self.payload().name) else {
            return native.name.to_owned();
        };
        crate::object::cast::<Str>(&name).map_or_else(String::new, |name| name.to_string_lossy())
    }

    fn full_name(&self, thread: &Context) -> String {
        lookup::full_name(thread, self)
    }

    fn shown_name(&self, thread: &Context) -> String {
        let full = lookup::full_name(thread, self);
        full.strip_prefix("__main__.").map_or(full.clone(), str::to_owned)
    }

    fn namespace(&self, _thread: &Context) -> Value {
        self.payload().dict.get(self.header()).unwrap_or_else(Value::none)
    }

    fn mro_tuple(&self, _thread: &Context) -> Value {
        self.payload().mro.get(self.header()).unwrap_or_else(Value::none)
    }

    fn find_in_mro<R>(
        &self,
        thread: &Context,
        mut f: impl FnMut(&Object<Type>, &Object<Dict>) -> Option<R>,
    ) -> Option<R> {
        let mro = view(thread, self, &self.payload().mro)?;
        let mro = crate::object::cast::<Tuple>(&mro)?;
        for class in mro.items() {
            let Some(class) = crate::object::cast::<Type>(class) else { continue };
            let Some(dict) = view(thread, class, &class.payload().dict) else { continue };
            let Some(dict) = crate::object::cast::<Dict>(&dict) else { continue };
            if let Some(found) = f(class, dict) {
                return Some(found);
            }
        }
        None
    }

    fn lookup(&self, thread: &Context, name: &Value) -> Option<Value> {
        lookup::lookup(thread, self, name)
    }
}

/// Makes `match` take instances of the class and its subclasses for sequences, or for mappings. Classes that cannot be
/// changed stay as they are: a str is no sequence there.
pub fn mark_collection(thread: &Context, class: &Object<Type>, flag: ClassFlags) {
    let flags = class.payload().flags();
    if flags.contains(ClassFlags::IMMUTABLE) || flags.contains(flag) {
        return;
    }
    let other = if flag == ClassFlags::SEQUENCE { ClassFlags::MAPPING } else { ClassFlags::SEQUENCE };
    class.payload().set_flag(other, false);
    class.payload().set_flag(flag, true);
    build::each_subclass(thread, class, |subclass| {
        if let Some(subclass) = crate::object::cast::<Type>(&subclass) {
            mark_collection(thread, subclass, flag);
        }
    });
}

/// The class of a value.
#[inline(always)]
pub fn class_of(value: &Value) -> &'static Object<Type> {
    match value.header() {
        Some(header) => Shape::of(header).class(),
        None => class_of_immediate(value),
    }
}

fn class_of_immediate(value: &Value) -> &'static Object<Type> {
    use memory::word::{Class, Singleton};
    let def = match value.word().class() {
        Class::Int => crate::types::Int::def(),
        Class::Float => crate::types::Float::def(),
        _ => match value.word().as_singleton() {
            Some(Singleton::True | Singleton::False) => crate::types::Bool::def(),
            Some(Singleton::NotImplemented) => crate::types::NotImplementedType::def(),
            Some(Singleton::Ellipsis) => crate::types::EllipsisType::def(),
            Some(Singleton::None) | None => crate::types::NoneType::def(),
        },
    };
    def.object()
}

/// The class as a value.
#[inline]
pub fn as_value(class: &Object<Type>) -> Value {
    crate::object::to_value(class)
}

/// Whether `value` is an instance of `class` or a subclass, without `__instancecheck__`.
#[inline]
pub fn is_instance(value: &Value, class: &Object<Type>) -> bool {
    class_of(value).is_subclass_of(class)
}

/// The class's functions behind operations.
#[inline(always)]
pub fn slots_of(value: &Value) -> &'static Slots {
    &class_of(value).payload_static().slots
}

/// Payloads of classes, for as long as something keeps the class alive.
pub trait StaticPayload {
    /// The payload.
    fn payload_static(&'static self) -> &'static Type;
}

impl StaticPayload for Object<Type> {
    #[inline(always)]
    fn payload_static(&'static self) -> &'static Type {
        self.payload()
    }
}
