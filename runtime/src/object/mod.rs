//! Objects as Python knows them: payloads that are types' native parts, attribute slots, and typed access.

pub mod extended;

pub use extended::{AttributeSlots, Extended};

use memory::{Object, TypeDesc, Value};
use threads::Context;

use crate::class::{ClassDef, ClassFlags, Payload, Shape, Type};
use crate::error::{Result, memory_error};

/// The definition of a type with payload `T`; what `class_def!` is made of.
#[doc(hidden)]
pub const fn define<T: Payload>(
    name: &'static str,
    desc: &'static TypeDesc,
    extended: &'static TypeDesc,
    flags: ClassFlags,
) -> ClassDef {
    // SAFETY: `class_def!` passes the descriptions of `T` and of `Extended<T>`.
    unsafe { ClassDef::new(name, desc, extended, flags, tail_of::<T>, 0) }
}

/// The definition of a type whose payload is that of its base, `T`, with `own_slots` attribute slots of its own (see
/// [`own_slot`]). The base is set by `with_base_of(T::def)`.
///
/// # Panics
/// If `T` is not made by `class_def!`.
pub const fn derive<T: Payload>(name: &'static str, flags: ClassFlags, own_slots: u32) -> ClassDef {
    let Some((desc, extended)) = T::DESCRIPTIONS else { panic!("INV-EXT-1: a payload without descriptions") };
    // SAFETY: `class_def!` makes them the descriptions of `T` and of `Extended<T>`.
    unsafe { ClassDef::new(name, desc, extended, flags, tail_of::<T>, own_slots) }
}

/// The slot `index` of those that a derived type has of its own, of an instance.
#[inline]
pub fn own_slot(value: &Value, index: u32) -> Option<&memory::Slot> {
    let dict = Shape::of(value.header()?).class().payload().flags().contains(ClassFlags::HAS_DICT);
    AttributeSlots::of(value).get(index + u32::from(dict))
}

fn tail_of<T: Payload>(header: &memory::Header) -> usize {
    let object: *const Object<T> = (&raw const *header).cast();
    // SAFETY: a shape of `T`'s type or a subclass is the header's, so the payload begins with a `T`.
    T::tail_bytes(unsafe { &*object })
}

/// The object behind `value`, if its native part is a `T`: an instance of that type or of a subclass.
#[inline(always)]
pub fn cast<T: Payload>(value: &Value) -> Option<&Object<T>> {
    let header = value.header()?;
    if header.desc().is_or_extends(T::def().desc) {
        // SAFETY: the description says that the payload is, or begins with, a `T`.
        Some(unsafe { Object::of_unchecked(value) })
    } else {
        None
    }
}

/// The object behind `value` if it is an instance of the type itself, not of a subclass.
#[inline(always)]
pub fn cast_exact<T: Payload>(value: &Value) -> Option<&Object<T>> {
    let header = value.header()?;
    if std::ptr::eq(Shape::of(header), &raw const T::def().cell.shape) {
        // SAFETY: the shape is the type's own.
        Some(unsafe { Object::of_unchecked(value) })
    } else {
        None
    }
}

/// A value for `object`, counted.
#[inline(always)]
pub fn to_value<T>(object: &Object<T>) -> Value {
    // SAFETY: the reference shows that the object is alive.
    unsafe { Value::from_borrowed(std::ptr::NonNull::from(object).cast()) }
}

/// A view of `object`, not counted.
pub(crate) fn view_of<T>(object: &Object<T>) -> Option<memory::View<'_>> {
    let address = (&raw const *object).expose_provenance() as u64;
    // SAFETY: an object's word is its address, and the reference shows that it is alive.
    unsafe { memory::view_of_bits(address) }
}

/// Makes an instance of the type with payload `T` itself.
///
/// # Errors
/// MemoryError.
#[inline(always)]
pub fn new<T: Payload>(thread: &Context, payload: T) -> Result<Value> {
    new_with_tail(thread, payload, 0, 0)
}

/// Makes an instance of the type with payload `T` itself, with `tail_bytes` uninitialised bytes behind the payload and
/// `aux` in its header.
///
/// # Errors
/// MemoryError.
#[inline(always)]
pub fn new_with_tail<T: Payload>(thread: &Context, payload: T, aux: u32, tail_bytes: usize) -> Result<Value> {
    let shape = &T::def().cell.shape;
    shape.ensure_class();
    if shape.slot_count() != 0 {
        return extended::allocate(thread, shape, payload, aux, tail_bytes);
    }
    debug_assert!(std::ptr::eq(shape.desc(), T::def().desc));
    // SAFETY: without attribute slots the shape of a type's own class describes `T`; the class lives for ever.
    unsafe { Object::allocate_with_tail(thread, shape.as_base(), aux, tail_bytes, payload) }
        .map_err(|_| memory_error())
}

#[inline(always)]
fn new_with_shape<T: Payload>(
    thread: &Context,
    shape: &'static Shape,
    payload: T,
    aux: u32,
    tail_bytes: usize,
) -> Result<Value> {
    shape.ensure_class();
    if shape.slot_count() != 0 {
        return extended::allocate(thread, shape, payload, aux, tail_bytes);
    }
    debug_assert!(shape.desc().is_or_extends(T::def().desc));
    if !std::ptr::eq(shape.desc(), T::def().desc) {
        return extended::allocate(thread, shape, payload, aux, tail_bytes); // a class with empty `__slots__`
    }
    // SAFETY: the shape describes `T` itself, as was just seen; its class outlives its instances.
    unsafe { Object::allocate_with_tail(thread, shape.as_base(), aux, tail_bytes, payload) }
        .map_err(|_| memory_error())
}

/// Makes an instance of `class`, whose native part is `T`.
///
/// # Errors
/// MemoryError.
#[inline]
pub fn new_of<T: Payload>(thread: &Context, class: &Object<Type>, payload: T) -> Result<Value> {
    new_of_with_tail(thread, class, payload, 0, 0)
}

/// [`new_of`], with nothing raised where there is no memory.
pub(crate) fn try_new_of<T: Payload>(thread: &Context, class: &Object<Type>, payload: T) -> Option<Value> {
    let shape = class.payload().root_shape();
    extended::try_allocate(thread, shape, payload, 0, 0)
}

/// `T.__new__` was called with a class that is none of `T`'s.
#[cold]
fn no_subtype(class: &Object<Type>, native: &str) -> crate::error::Raised {
    use crate::class::TypeExt;
    let name = class.name_lossy();
    crate::error::type_error(format!("{native}.__new__({name}): {name} is not a subtype of {native}"))
}

/// [`new_of`] with a tail, see [`new_with_tail`].
///
/// # Errors
/// MemoryError.
#[inline]
pub fn new_of_with_tail<T: Payload>(
    thread: &Context,
    class: &Object<Type>,
    payload: T,
    aux: u32,
    tail_bytes: usize,
) -> Result<Value> {
    let shape = class.payload().root_shape();
    if !shape.desc().is_or_extends(T::def().desc) {
        payload.unplaced();
        return Err(no_subtype(class, T::def().name)); // INV-EXT-2
    }
    new_with_shape(thread, shape, payload, aux, tail_bytes)
}
