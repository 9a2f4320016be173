//! Attribute slots behind an object's payload (and behind its tail, where it has one).
//!
//! `Extended<T>` is `T` with that area: instances of classes that programs make, and of native types that have a
//! `__dict__`. How many slots there are the shape says; the first is the `__dict__` if the class has one.
//!
//! * INV-EXT-1: an `Extended<T>` is the payload of an object whose shape's description is that of `Extended<T>`, and which
//!   was allocated with room for the shape's slots behind the tail.
//! * INV-EXT-2: an object's shape changes only to another of the same class and slot count (or `__class__` assignment has
//!   compared the layouts).

use std::mem;
use std::ptr::NonNull;

use memory::{Finalizer, Header, Object, ObjectPtr, Slot, Trace, TypeDesc, Value, Visitor};
use threads::{Context, Thread};

use crate::class::{ClassFlags, Payload, Shape};
use crate::error::{Result, memory_error};

/// A payload followed by attribute slots.
#[repr(transparent)]
pub struct Extended<T: Payload>(T);

/// The attribute slots of an object.
#[derive(Clone, Copy)]
pub struct AttributeSlots<'a>(&'a [Slot]);

impl<'a> AttributeSlots<'a> {
    /// The slots of `value`; empty if it has none.
    #[inline]
    pub fn of(value: &'a Value) -> Self {
        let Some(header) = value.header() else { return Self(&[]) };
        Self::of_header(header)
    }

    /// The slots of the object with this header.
    #[inline]
    pub fn of_header(header: &'a Header) -> Self {
        header.assert_accessible();
        Self::find(header)
    }

    fn find(header: &'a Header) -> Self {
        let shape = Shape::of(header);
        let count = shape.slot_count() as usize;
        if count == 0 {
            return Self(&[]);
        }
        let class_tail = shape.class_tail();
        let end = shape.desc().size_bytes + (class_tail)(header).next_multiple_of(mem::align_of::<Slot>());
        let first: *const u8 = (&raw const *header).cast();
        let first = first.wrapping_add(end).cast::<Slot>();
        // SAFETY: INV-EXT-1; the slots were initialised by `allocate`.
        Self(unsafe { std::slice::from_raw_parts(first, count) })
    }

    /// The first slot of an instance of the type itself whose payload, a `T`, has no tail: at a place that the compiler knows.
    #[inline(always)]
    pub(crate) fn first_of<T: Payload>(object: &Object<T>) -> Option<&Slot> {
        let header = object.header();
        let shape = Shape::of(header);
        // Another thread may meanwhile give it another class, of the same layout.
        debug_assert!(shape.desc().is_or_extends(T::def().desc), "INV-EXT-1: of another layout");
        debug_assert_eq!((shape.class_tail())(header), 0, "INV-EXT-1: a tail");
        if shape.slot_count() == 0 {
            return None;
        }
        let first: *const u8 = (&raw const *header).cast();
        let first = first.wrapping_add(mem::size_of::<Object<T>>()).cast::<Slot>();
        debug_assert_eq!(first, AttributeSlots::of_header(header).0.as_ptr(), "INV-EXT-1");
        // SAFETY: INV-EXT-1; the slots were initialised by `allocate`.
        Some(unsafe { &*first })
    }

    /// The slot `index`.
    #[inline]
    pub fn get(self, index: u32) -> Option<&'a Slot> {
        self.0.get(index as usize)
    }

    /// How many words lie between the object's beginning and slot `index`, if that is the same for every object of its shape
    /// (the class's values have no tail).
    pub(crate) fn word_offset(header: &Header, index: u32) -> Option<u16> {
        use crate::class::ClassFlags;
        let shape = Shape::of(header);
        let with_tail = ClassFlags::STR.union(ClassFlags::BYTES).union(ClassFlags::TUPLE);
        if index >= shape.slot_count()
            || shape.class().payload().flags().contains(with_tail)
            || (shape.class_tail())(header) != 0
        {
            return None;
        }
        u16::try_from(shape.desc().size_bytes / size_of::<Slot>() + index as usize).ok()
    }

    /// The slot at an offset that [`word_offset`](Self::word_offset) gave for the object's shape.
    ///
    /// # Safety
    /// The object has that shape, or another of the same class.
    #[inline(always)]
    pub(crate) unsafe fn at_offset(header: &'a Header, offset: usize) -> &'a Slot {
        let words: *const Slot = (&raw const *header).cast();
        // SAFETY: INV-EXT-1; promised by the caller.
        unsafe { &*words.wrapping_add(offset) }
    }

    /// All of them.
    pub fn all(self) -> &'a [Slot] {
        self.0
    }
}

impl<T: Payload> Extended<T> {
    /// The description of `Extended<T>`, given that of `T`.
    pub const fn describe(of_payload: &'static TypeDesc) -> TypeDesc {
        // SAFETY: `Extended<T>` is transparent.
        unsafe { TypeDesc::of::<Self>().extending(of_payload) }
    }

    /// The header of the object whose payload this is.
    #[inline(always)]
    fn header(&self) -> &Header {
        // SAFETY: INV-EXT-1: payloads of this type exist only behind a header.
        unsafe { memory::header_of(self) }
    }
}

// SAFETY: the payload's references, and each attribute slot once; `Drop` releases the same.
unsafe impl<T: Payload> Trace for Extended<T> {
    const NAME: &'static str = T::NAME;
    const TRACKED: bool = true;
    const TRACED_ONLY: bool = T::TRACED_ONLY;
    const HIDDEN: bool = T::HIDDEN;
    const FINALIZER: Option<Finalizer> = Some(Finalizer { wants: wants::<T>, run: run::<T> });
    const WEAK_CALLBACK: Option<fn(&mut Thread, &Value)> = T::WEAK_CALLBACK;

    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.0.trace(visitor);
        let header = self.header();
        visitor.uncounted(NonNull::from(Shape::of(header).class()).cast());
        for slot in AttributeSlots::find(header).all() {
            visitor.slot(slot);
        }
    }

    fn unplaced(self) {
        let this = mem::ManuallyDrop::new(self);
        // SAFETY: read once, and `this` is not dropped; there are no slots behind it.
        unsafe { (&raw const this.0).read() }.unplaced();
    }
}

impl<T: Payload> Drop for Extended<T> {
    fn drop(&mut self) {
        for slot in AttributeSlots::find(self.header()).all() {
            let slot: *const Slot = slot;
            // SAFETY: INV-EXT-1; the object is dying, nobody reads its slots any more, and they are dropped only here.
            drop(unsafe { slot.read() });
        }
    }
}

fn wants<T: Payload>(object: ObjectPtr) -> bool {
    // SAFETY: called with a live object that is about to die.
    let header = unsafe { object.as_ref() };
    let class = Shape::of(header).class();
    class.payload().flags().contains(ClassFlags::HAS_DEL)
        || T::FINALIZER.is_some_and(|own| (own.wants)(object))
}

fn run<T: Payload>(thread: &mut Thread, value: &Value) {
    let class = crate::class::class_of(value).payload();
    if class.flags().contains(ClassFlags::HAS_DEL) {
        crate::class::run_finalizer(thread, value);
    } else if let Some(own) = T::FINALIZER {
        (own.run)(thread, value);
    }
}

/// Makes an object of `shape` with empty attribute slots.
pub(super) fn allocate<T: Payload>(
    thread: &Context,
    shape: &Shape,
    payload: T,
    aux: u32,
    tail_bytes: usize,
) -> Result<Value> {
    try_allocate(thread, shape, payload, aux, tail_bytes).ok_or_else(memory_error)
}

/// [`allocate`], with nothing raised where there is no memory.
pub(super) fn try_allocate<T: Payload>(
    thread: &Context,
    shape: &Shape,
    payload: T,
    aux: u32,
    tail_bytes: usize,
) -> Option<Value> {
    let slots_bytes = shape.slot_count() as usize * size_of::<Slot>();
    let padded = tail_bytes.checked_next_multiple_of(mem::align_of::<Slot>());
    let total = padded.and_then(|padded| padded.checked_add(slots_bytes));
    let (Some(padded), Some(total)) = (padded, total) else {
        payload.unplaced();
        return None;
    };
    // SAFETY: the shape belongs to `T`'s type or a subclass (INV-EXT-2), so its description is that of `Extended<T>`.
    let value = unsafe {
        Object::<Extended<T>>::allocate_with_tail(thread, shape.as_base(), aux, total, Extended(payload))
    }
    .ok()?;
    if let Some(object) = value.object() {
        let first = object.as_ptr().cast::<u8>().wrapping_add(shape.desc().size_bytes + padded);
        // SAFETY: the room was asked for above, and the object is new: nobody has looked at it yet.
        unsafe { first.write_bytes(0, slots_bytes) };
    }
    Some(value)
}
