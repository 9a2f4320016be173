//! What a native type says of itself, in a static.

use memory::{Object, Trace, TypeDesc, Value};
use threads::sync::atomic::{AtomicPtr, Ordering};

use super::Type;
use super::shape::Shape;
use super::slots::Slots;
use crate::native::{GetSet, Member, NativeDef};

/// Properties of a class. The first group is inherited by subclasses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassFlags(pub u32);

macro_rules! class_flags {
    ($($(#[$doc:meta])* $name:ident = $bit:literal $inherited:literal;)*) => {
        impl ClassFlags {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)*
            /// What subclasses have too.
            pub const INHERITED: Self = Self($(if $inherited { 1 << $bit } else { 0 } |)* 0);
        }
    };
}

class_flags! {
    /// A subclass of int.
    INT = 0 true;
    /// A subclass of str.
    STR = 1 true;
    /// A subclass of bytes.
    BYTES = 2 true;
    /// A subclass of list.
    LIST = 3 true;
    /// A subclass of tuple.
    TUPLE = 4 true;
    /// A subclass of dict.
    DICT = 5 true;
    /// A subclass of type: its instances are classes.
    TYPE = 6 true;
    /// A subclass of BaseException.
    EXCEPTION = 7 true;
    /// `match` takes instances for sequences.
    SEQUENCE = 8 true;
    /// `match` takes instances for mappings.
    MAPPING = 9 true;
    /// Instances have a `__dict__`.
    HAS_DICT = 10 true;
    /// Instances may be referred to weakly.
    HAS_WEAKREF = 11 true;
    /// The class has a `__del__` written in Python.
    HAS_DEL = 12 true;
    /// `match` binds the subject itself to one positional pattern.
    MATCH_SELF = 13 true;
    /// A metaclass's `mro` has put a class into the order that the class is not derived from: what that one has is looked up anew
    /// each time, for a change of it is not told to those that are not its subclasses.
    FOREIGN_ORDER = 15 true;
    /// Instances are method descriptors: calling through an instance passes it first.
    METHOD_DESCRIPTOR = 14 false;
    /// May be subclassed.
    BASETYPE = 16 false;
    /// Made by a class statement or `type()`: attributes may be set.
    HEAP = 17 false;
    /// `type()` and the class cannot be called to make instances.
    NO_NEW = 18 false;
    /// Has abstract methods left.
    ABSTRACT = 19 false;
    /// Attributes cannot be set.
    IMMUTABLE = 20 false;
    /// `__new__` is that of `object`, which makes instances as the definition's own function does.
    OBJECT_NEW = 21 false;
}

impl ClassFlags {
    /// None.
    pub const NONE: Self = Self(0);

    /// What is set here or in `other`.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any of `other` is set.
    #[inline(always)]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A native type.
pub struct ClassDef {
    /// `__name__`.
    pub name: &'static str,
    /// `__module__`.
    pub module: &'static str,
    /// `__doc__`.
    pub doc: Option<&'static str>,
    base: Option<&'static ClassDef>,
    base_of: Option<fn() -> &'static ClassDef>,
    /// Properties.
    pub flags: ClassFlags,
    /// The payload of instances of the class itself.
    pub desc: &'static TypeDesc,
    /// The payload of instances with attribute slots: of subclasses, and of the class itself if it has a `__dict__`.
    pub extended: &'static TypeDesc,
    /// Methods, by group.
    pub methods: &'static [&'static [NativeDef]],
    /// Computed attributes, by group.
    pub getsets: &'static [&'static [GetSet]],
    /// `__new__`.
    pub new: Option<super::slots::New>,
    /// The text signature of calling the class.
    pub signature: Option<&'static str>,
    /// Sets the slots.
    pub slots: fn(&Slots),
    /// More attributes that are no functions: set when the class is made.
    pub init: Option<fn(&super::native::Namespace<'_>)>,
    /// What is known once the class has been made.
    pub cell: ClassCell,
}

/// The parts of a native type that change once: when its class is made.
pub struct ClassCell {
    /// The shape of the class's own instances.
    pub shape: Shape,
    /// The class object, once it is complete.
    pub(super) object: AtomicPtr<Object<Type>>,
    /// The class object as soon as there is one: for the thread that fills it.
    pub(super) begun: AtomicPtr<Object<Type>>,
    pub(super) members: &'static [Member],
}

/// A payload that is the native part of a Python type.
pub trait Payload: Trace {
    /// The descriptions of the payload, and of the payload with attribute slots, for types derived from this one.
    const DESCRIPTIONS: Option<(&'static TypeDesc, &'static TypeDesc)> = None;

    /// The type.
    fn def() -> &'static ClassDef;

    /// Bytes behind the payload that belong to the value: the characters of a str, the items of a tuple.
    fn tail_bytes(_object: &Object<Self>) -> usize {
        0
    }
}

impl ClassDef {
    /// A type with nothing but a name; the other fields follow by struct update or the `with_` functions.
    ///
    /// # Safety
    /// `desc` and `extended` describe `T` and `Extended<T>`, where `T::def` answers this definition or that of a base.
    /// `own_slots` attribute slots stand behind the payload, and behind the `__dict__` if there is one.
    pub const unsafe fn new(
        name: &'static str,
        desc: &'static TypeDesc,
        extended: &'static TypeDesc,
        flags: ClassFlags,
        tail: fn(&memory::Header) -> usize,
        own_slots: u32,
    ) -> Self {
        let slot_count = own_slots + if flags.contains(ClassFlags::HAS_DICT) { 1 } else { 0 };
        let of_instances = if slot_count > 0 { extended } else { desc };
        Self {
            name,
            module: "builtins",
            doc: None,
            base: None,
            base_of: None,
            flags,
            desc,
            extended,
            methods: &[],
            getsets: &[],
            new: None,
            signature: None,
            slots: no_slots,
            init: None,
            cell: ClassCell {
                shape: Shape::of_native(of_instances, slot_count, tail),
                object: AtomicPtr::new(std::ptr::null_mut()),
                begun: AtomicPtr::new(std::ptr::null_mut()),
                members: &[],
            },
        }
    }

    /// Sets `__module__`.
    #[must_use]
    pub const fn with_module(mut self, module: &'static str) -> Self {
        self.module = module;
        self
    }

    /// Sets `__doc__`.
    #[must_use]
    pub const fn with_doc(mut self, doc: &'static str) -> Self {
        self.doc = Some(doc);
        self
    }

    /// Sets the text signature of calling the class, such as `"(iterable=(), /)"`.
    #[must_use]
    pub const fn with_signature(mut self, signature: &'static str) -> Self {
        self.signature = Some(signature);
        self
    }

    /// Sets the base.
    #[must_use]
    pub const fn with_base(mut self, base: &'static ClassDef) -> Self {
        self.base = Some(base);
        self
    }

    /// Sets the base, where it is found by the type of its payload.
    #[must_use]
    pub const fn with_base_of(mut self, base: fn() -> &'static ClassDef) -> Self {
        self.base_of = Some(base);
        self
    }

    /// The base; none for `object`, or where `object` is the base.
    pub fn base(&self) -> Option<&'static ClassDef> {
        self.base.or_else(|| self.base_of.map(|base| base()))
    }

    /// Sets the methods.
    #[must_use]
    pub const fn with_methods(mut self, methods: &'static [&'static [NativeDef]]) -> Self {
        self.methods = methods;
        self
    }

    /// Sets the computed attributes.
    #[must_use]
    pub const fn with_getsets(mut self, getsets: &'static [&'static [GetSet]]) -> Self {
        self.getsets = getsets;
        self
    }

    /// Sets attributes that live in a slot of an exception or another payload.
    #[must_use]
    pub const fn with_members(mut self, members: &'static [Member]) -> Self {
        self.cell.members = members;
        self
    }

    /// Attributes that live in a slot of the payload.
    pub fn members(&self) -> &'static [Member] {
        self.cell.members
    }

    /// Gives instances attribute slots that no name stands for: natives reach them through `AttributeSlots`.
    #[must_use]
    pub const fn with_hidden_slots(mut self, count: u32) -> Self {
        self.cell.shape.hide_slots(self.extended, count);
        self
    }

    /// Sets `__new__`.
    #[must_use]
    pub const fn with_new(mut self, new: super::slots::New) -> Self {
        self.new = Some(new);
        self
    }

    /// Sets what makes instances when the class's `__new__` is that of `object`: it takes any arguments, and leaves them to
    /// `__init__`.
    #[must_use]
    pub const fn with_object_new(mut self, new: super::slots::New) -> Self {
        self.new = Some(new);
        self.flags = self.flags.union(ClassFlags::OBJECT_NEW);
        self
    }

    /// Whether `object.__new__` makes instances.
    pub(crate) fn has_object_new(&'static self) -> bool {
        let mut at = Some(self);
        while let Some(def) = at {
            if def.new.is_some() {
                return def.flags.contains(ClassFlags::OBJECT_NEW);
            }
            at = def.base();
        }
        false
    }

    /// Sets the function that sets the slots.
    #[must_use]
    pub const fn with_slots(mut self, slots: fn(&Slots)) -> Self {
        self.slots = slots;
        self
    }

    /// Sets the function that sets further attributes.
    #[must_use]
    pub const fn with_init(mut self, init: fn(&super::native::Namespace<'_>)) -> Self {
        self.init = Some(init);
        self
    }

    /// The class object; it is made if need be.
    #[inline(always)]
    pub fn object(&'static self) -> &'static Object<Type> {
        // Acquire: pairs with the release in `set_object`.
        let object = self.cell.object.load(Ordering::Acquire);
        if object.is_null() {
            return super::native::ready(self);
        }
        // SAFETY: native classes are immortal.
        unsafe { &*object }
    }

    /// The class object as a value.
    #[inline]
    pub fn value(&'static self) -> Value {
        super::as_value(self.object())
    }

    /// Whether this is `other` or a native type derived from it.
    pub fn is_or_extends(&'static self, other: &'static ClassDef) -> bool {
        let mut def = Some(self);
        while let Some(current) = def {
            if std::ptr::eq(current, other) {
                return true;
            }
            def = current.base();
        }
        false
    }

    pub(super) fn set_object(&self, object: &Object<Type>) {
        // Release: the class is complete before it is found here.
        self.cell.object.store((&raw const *object).cast_mut(), Ordering::Release);
    }

    pub(super) fn begin(&self, object: &'static Object<Type>) {
        self.cell.begun.store((&raw const *object).cast_mut(), Ordering::Relaxed); // read by this thread only
    }

    /// The class object that is being made, or has been. Only its maker may ask before it is ready.
    pub(super) fn begun(&self) -> Option<&'static Object<Type>> {
        // SAFETY: native classes are immortal.
        unsafe { self.cell.begun.load(Ordering::Relaxed).as_ref() }
    }

    pub(super) fn is_ready(&self) -> bool {
        !self.cell.object.load(Ordering::Acquire).is_null()
    }

    /// Whether `value` is an instance of this very class.
    #[inline(always)]
    pub fn is_exact(&'static self, value: &Value) -> bool {
        std::ptr::eq(super::class_of(value), self.object())
    }
}

fn no_slots(_: &Slots) {}

impl std::fmt::Debug for ClassDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClassDef({})", self.name)
    }
}

/// Makes the static description of a payload as a Python type: `class_def!(List, "list", FLAGS, |def| def.with_...)`.
#[macro_export]
macro_rules! class_def {
    ($payload:ty, $name:expr, $flags:expr $(, $with:ident($($arg:expr),*))* $(,)?) => {
        $crate::class_def!(@impl $payload, $name, $flags, {} $(, $with($($arg),*))*);
    };
    ($payload:ty, $name:expr, $flags:expr, tail = $tail:expr $(, $with:ident($($arg:expr),*))* $(,)?) => {
        $crate::class_def!(@impl $payload, $name, $flags, {
            fn tail_bytes(object: &$crate::memory::Object<Self>) -> usize {
                let tail: fn(&$crate::memory::Object<Self>) -> usize = $tail;
                tail(object)
            }
        } $(, $with($($arg),*))*);
    };
    (@impl $payload:ty, $name:expr, $flags:expr, {$($tail:item)*} $(, $with:ident($($arg:expr),*))*) => {
        impl $crate::class::Payload for $payload {
            const DESCRIPTIONS: Option<(&'static $crate::memory::TypeDesc, &'static $crate::memory::TypeDesc)> = {
                static DESC: $crate::memory::TypeDesc = $crate::memory::TypeDesc::of::<$payload>();
                static EXTENDED: $crate::memory::TypeDesc = $crate::object::Extended::<$payload>::describe(&DESC);
                Some((&DESC, &EXTENDED))
            };

            #[inline(always)]
            fn def() -> &'static $crate::class::ClassDef {
                static DEF: $crate::class::ClassDef =
                    $crate::object::derive::<$payload>($name, $flags, 0)$(.$with($($arg),*))*;
                &DEF
            }
            $($tail)*
        }
    };
}
