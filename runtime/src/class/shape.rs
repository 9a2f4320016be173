//! Shapes: a class, a layout, and which attribute is in which slot.
//!
//! Instances of one class that were given the same attributes in the same order share a shape. An inline cache compares
//! the shape (one load) and then knows the slot. Shapes belong to their class, which keeps them until the collector
//! has freed the class with its last instance; they are found again by walking transitions under the class's lock.
//!
//! Behind an instance's payload stand its attribute slots: first the `__dict__` (if the class has one; empty until
//! somebody asks for it), then `__slots__`, then the attributes that the shape names. An instance in *dictionary mode*
//! has all its attributes in the dict instead.
//!
//! * INV-SHAPE-0: every object of this crate has a [`Shape`] of this page, whose class is set before its first instance exists.
//! * INV-SHAPE-1: a shape's names and slots never change; another set of attributes is another shape.
//! * INV-SHAPE-2: a name at position i of a shape is in attribute slot `first_named + i`, which is below `slot_count`.
//! * INV-SHAPE-3: instances of one class may have different numbers of slots; a shape leads only to shapes with its own number.

use std::ptr::NonNull;

use memory::{Header, Object, TypeDesc, Value};
use threads::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use super::Type;

/// A class and a layout.
#[repr(C)]
pub struct Shape {
    base: memory::Shape,
    class: AtomicPtr<Object<Type>>,
    /// The class's version; 0 if nothing may be cached.
    pub(crate) version: AtomicU64,
    /// How many attribute slots an instance has, its dict's among them.
    slot_count: AtomicU32,
    /// The first slot of named attributes.
    first_named: u32,
    /// Whether attributes are in the dict.
    pub(crate) dict_mode: bool,
    /// Addresses of interned names, which the table of interned strs keeps for good.
    names: Vec<usize>,
    /// The [`bit_of`] each of the names: most names that are not among them are known by it.
    bits: u64,
    /// The shape that was found last to follow this one; a shape of the same class, which keeps both.
    follower: AtomicPtr<Shape>,
    /// How long the value's own tail is; see `Payload::tail_bytes`.
    tail: fn(&Header) -> usize,
}

/// One of 64 bits, by the address of a name.
#[inline(always)]
fn bit_of(name: usize) -> u64 {
    1 << ((name as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58)
}

impl std::fmt::Debug for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shape").field("type", &self.base.desc.name).field("names", &self.names.len()).finish()
    }
}

impl Shape {
    /// The shape of instances of a native class.
    pub(super) const fn of_native(
        desc: &'static TypeDesc,
        slot_count: u32,
        tail: fn(&Header) -> usize,
    ) -> Self {
        Self {
            base: memory::Shape { desc },
            class: AtomicPtr::new(std::ptr::null_mut()),
            version: AtomicU64::new(0),
            slot_count: AtomicU32::new(slot_count),
            first_named: slot_count,
            dict_mode: true,
            names: Vec::new(),
            bits: 0,
            follower: AtomicPtr::new(std::ptr::null_mut()),
            tail,
        }
    }

    /// Gives instances slots that no name stands for. `desc` is that of payloads with slots.
    pub(super) const fn hide_slots(&mut self, desc: &'static TypeDesc, count: u32) {
        self.base.desc = desc;
        self.slot_count = AtomicU32::new(count);
        self.first_named = count;
    }

    /// The shape of instances without attributes yet, of a class made by a program.
    pub(super) fn root(
        native: &Shape,
        desc: &'static TypeDesc,
        class: &Object<Type>,
        layout: super::Layout,
    ) -> Self {
        Self {
            base: memory::Shape { desc },
            tail: native.tail,
            class: AtomicPtr::new((&raw const *class).cast_mut()),
            version: AtomicU64::new(0),
            slot_count: AtomicU32::new(layout.slot_count),
            first_named: layout.first_named,
            dict_mode: layout.first_named >= layout.slot_count,
            names: Vec::new(),
            bits: 0,
            follower: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// The same instances with one attribute more, if there is a slot for it.
    pub(super) fn with_name(&self, name: &Value) -> Option<Self> {
        let index = self.first_named + self.names.len() as u32;
        if self.dict_mode || index >= self.slot_count() {
            return None;
        }
        let name = name.word().bits() as usize;
        let names = self.names.iter().copied().chain([name]).collect();
        Some(Self {
            base: memory::Shape { desc: self.base.desc },
            tail: self.tail,
            class: AtomicPtr::new(self.class.load(Ordering::Relaxed)),
            version: AtomicU64::new(self.version.load(Ordering::Acquire)),
            slot_count: AtomicU32::new(self.slot_count()),
            first_named: self.first_named,
            dict_mode: false,
            names,
            bits: self.bits | bit_of(name),
            follower: AtomicPtr::new(std::ptr::null_mut()),
        })
    }

    /// The same instances with their attributes in the dict.
    pub(super) fn in_dict_mode(&self) -> Self {
        Self {
            base: memory::Shape { desc: self.base.desc },
            tail: self.tail,
            class: AtomicPtr::new(self.class.load(Ordering::Relaxed)),
            version: AtomicU64::new(self.version.load(Ordering::Acquire)),
            slot_count: AtomicU32::new(self.slot_count()),
            first_named: self.first_named,
            dict_mode: true,
            names: Vec::new(),
            bits: 0,
            follower: AtomicPtr::new(std::ptr::null_mut()),
        }
    }

    /// The shape of instances without attributes yet that have more slots than those of this shape, their class's root.
    pub(super) fn widened(&self, slot_count: u32) -> Self {
        let shape = Self { dict_mode: false, ..self.in_dict_mode() };
        shape.slot_count.store(slot_count, Ordering::Relaxed); // nobody else has the shape yet
        shape
    }

    /// The shape in dictionary mode of instances that were made with another number of attribute slots, and given this class
    /// later.
    pub(super) fn adopting(&self, slot_count: u32) -> Self {
        let shape = self.in_dict_mode();
        shape.slot_count.store(slot_count, Ordering::Relaxed); // nobody else has the shape yet
        shape
    }

    /// The shape of an object. Every object of this crate has one of these.
    #[inline(always)]
    pub fn of(header: &Header) -> &'static Shape {
        let shape: *const memory::Shape = header.shape();
        // SAFETY: INV-SHAPE-0: every object that the runtime makes gets a `Shape` of this type, whose first field is
        // the other (`repr(C)`).
        unsafe { &*shape.cast::<Shape>() }
    }

    /// The shape that was found last to follow this one, if `name` leads there.
    #[inline]
    pub(super) fn known_follower(&self, name: &Value) -> Option<&'static Shape> {
        // Acquire: the shape was written before.
        let follower = self.follower.load(Ordering::Acquire);
        if follower.is_null() {
            return None;
        }
        // SAFETY: a class keeps its shapes until it is freed with its last instance.
        let follower = unsafe { &*follower };
        (follower.names.last() == Some(&(name.word().bits() as usize))).then_some(follower)
    }

    /// Remembers a shape that follows this one.
    pub(super) fn remember_follower(&self, follower: &'static Shape) {
        self.follower.store((&raw const *follower).cast_mut(), Ordering::Release);
    }

    /// The pointer that headers hold.
    #[inline(always)]
    pub fn as_base(&self) -> *const memory::Shape {
        &raw const self.base
    }

    /// The description of instances.
    #[inline(always)]
    pub fn desc(&self) -> &'static TypeDesc {
        self.base.desc
    }

    /// How long the value's own tail is.
    #[inline]
    pub(crate) fn class_tail(&self) -> fn(&Header) -> usize {
        self.tail
    }

    /// The class.
    #[inline(always)]
    pub fn class(&self) -> &'static Object<Type> {
        match self.known_class() {
            Some(class) => class,
            None => self.ready(),
        }
    }

    /// The class; `None` for that of a native shape that nobody has asked for its class yet.
    #[inline(always)]
    pub(crate) fn known_class(&self) -> Option<&'static Object<Type>> {
        // Relaxed: set before any instance exists.
        let class = self.class.load(Ordering::Relaxed);
        // SAFETY: the class outlives its instances and its shapes: the collector frees them together.
        unsafe { class.as_ref() }
    }

    /// The class of a native shape that nobody has asked for its class yet.
    #[cold]
    #[inline(never)]
    pub(crate) fn ready(&self) -> &'static Object<Type> {
        let offset =
            std::mem::offset_of!(super::ClassDef, cell) + std::mem::offset_of!(super::ClassCell, shape);
        let shape: *const u8 = (&raw const *self).cast();
        let def = shape.wrapping_sub(offset);
        let def = std::ptr::with_exposed_provenance::<super::ClassDef>(def.expose_provenance());
        // SAFETY: a shape without a class is a native type's, which is part of its static definition.
        unsafe { &*def }.object()
    }

    /// Makes sure that the class is there before its first instance.
    #[inline(always)]
    pub(crate) fn ensure_class(&self) {
        // Acquire: pairs with the release in `set_class`, for a class that another thread has just made.
        if self.class.load(Ordering::Acquire).is_null() {
            self.ready();
        }
    }

    pub(super) fn set_class(&self, class: &Object<Type>) {
        self.class.store((&raw const *class).cast_mut(), Ordering::Release);
    }

    /// How many attribute slots an instance has.
    #[inline(always)]
    pub fn slot_count(&self) -> u32 {
        self.slot_count.load(Ordering::Relaxed) // never changes once there are instances
    }

    /// How many attributes the shape names.
    pub fn named_count(&self) -> usize {
        self.names.len()
    }

    /// The slot of attribute `name`, an interned str.
    #[inline]
    pub fn slot_of(&self, name: &Value) -> Option<u32> {
        let name = name.word().bits() as usize;
        if self.bits & bit_of(name) == 0 {
            return None;
        }
        self.names.iter().position(|&other| other == name).map(|i| self.first_named + i as u32)
    }

    /// The first slot of named attributes.
    pub fn first_named(&self) -> u32 {
        self.first_named
    }

    /// The names, in order of their slots.
    pub fn names(&self) -> impl Iterator<Item = Value> {
        self.names.iter().filter_map(|&name| {
            let object = NonNull::new(std::ptr::with_exposed_provenance_mut::<Header>(name))?;
            // SAFETY: names are interned (`generic_setattr` sees to it), and those are never freed.
            Some(unsafe { Value::from_borrowed(object) })
        })
    }

    /// Whether `other` names what this shape names and then `name`.
    pub(crate) fn is_followed_by(&self, other: &Shape, name: &Value) -> bool {
        !other.dict_mode
            && other.slot_count() == self.slot_count()
            && other.names.len() == self.names.len() + 1
            && other.names[..self.names.len()] == *self.names
            && other.names[self.names.len()] == name.word().bits() as usize
    }
}
