//! A heap object: header and payload.

use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::ptr::NonNull;

use threads::Context;

use crate::header::{Flags, Header, ObjectPtr};
use crate::heap::Kind;
use crate::local::Local;
use crate::publish;
use crate::shared_word::{CountState, SharedWord};
use crate::trace::{Shape, Trace};
use crate::value::Value;

/// There is no memory for an object of this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of memory")
    }
}

impl std::error::Error for OutOfMemory {}

/// The heap object with payload `T`. Reached through a reference; never moved.
#[repr(C)]
pub struct Object<T> {
    header: Header,
    payload: T,
}

impl<T: Trace> Object<T> {
    /// Makes an object, private to the calling thread.
    ///
    /// `shape` must outlive the object: static, or kept alive by what the object's type traces.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the payload is dropped.
    ///
    /// # Safety
    /// `shape.desc` is the description of `T`.
    #[inline(always)]
    pub unsafe fn allocate(
        thread: &Context,
        shape: *const Shape,
        aux: u32,
        payload: T,
    ) -> Result<Value, OutOfMemory> {
        // SAFETY: promised by the caller; no tail.
        unsafe { Self::allocate_with_tail(thread, shape, aux, 0, payload) }
    }

    /// Makes an object with `tail_bytes` uninitialised bytes behind the payload, as tuples and strings have.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the payload is dropped. Any size may be asked for.
    ///
    /// # Safety
    /// `shape.desc` is the description of `T`, whose `trace` knows the tail's length from `aux` and from nothing
    /// that is not set yet.
    #[inline(always)]
    pub unsafe fn allocate_with_tail(
        thread: &Context,
        shape: *const Shape,
        aux: u32,
        tail_bytes: usize,
        payload: T,
    ) -> Result<Value, OutOfMemory> {
        const { assert!(align_of::<T>() <= 8, "payloads are aligned to 8 bytes") };
        let kind = if T::TRACKED { Kind::Tracked } else { Kind::Untracked };
        let mut flags = if T::TRACKED { Flags::TRACKED } else { Flags::NONE };
        if T::TRACED_ONLY {
            flags = flags.union(Flags::TRACED_ONLY);
        }
        let size_bytes = mem::size_of::<Self>().checked_add(tail_bytes);
        let Some(block) = size_bytes.and_then(|size| Local::of(thread).allocate_block(size, kind)) else {
            payload.unplaced();
            return Err(OutOfMemory);
        };
        let object: NonNull<Self> = block.cast();
        // SAFETY: the block is fresh, large enough and aligned to 16 bytes.
        unsafe { Header::write(object.cast(), shape, thread.id().get(), flags, aux) };
        // SAFETY: as above.
        unsafe { Self::payload_ptr(object.cast()).write(payload) };
        if T::TRACED_ONLY {
            // SAFETY: just written.
            Self::share_from_birth(Local::of(thread), unsafe { object.as_ref() });
        }
        // SAFETY: the new header counts one reference, which is this one.
        Ok(unsafe { Value::from_owned(object.cast()) })
    }

    /// Traced-only objects are shared and merged from birth.
    fn share_from_birth(local: &Local, object: &Self) {
        // SAFETY: INV-HEADER-1; this thread has just made it.
        unsafe { object.header.local.set(0) };
        object.header.set_owner(0);
        object.header.store_shared(SharedWord::new(CountState::Merged, 1).with(SharedWord::LENT));
        object.header.set_flags_private(Flags::SHARED);
        publish::publish_contents(local, NonNull::from(&object.header));
    }

    /// The payload. What in it may change is a `Slot`, an atomic or `Guarded`.
    #[inline(always)]
    pub fn payload(&self) -> &T {
        self.header.assert_accessible();
        &self.payload
    }

    /// The payload, for what reads only what never changes: tracing, and sizes that are asked while tracing. Whoever collects
    /// meets objects that are private to others.
    #[inline(always)]
    pub fn payload_for_trace(&self) -> &T {
        self.header.touch();
        &self.payload
    }

    /// The header.
    #[inline(always)]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many bytes the tail may have: as many as were asked for, and what else the block has.
    #[cfg(not(loom))]
    pub fn tail_room_bytes(&self) -> usize {
        crate::heap::Page::bytes_of(NonNull::from(self).cast()) - mem::size_of::<Self>()
    }

    /// Where the tail begins.
    pub fn tail(&self) -> *mut u8 {
        let end: *const Self = (&raw const *self).wrapping_add(1);
        end.cast::<u8>().cast_mut()
    }

    #[inline(always)]
    pub(crate) fn payload_ptr(object: ObjectPtr) -> NonNull<T> {
        let offset = mem::offset_of!(Self, payload);
        // SAFETY: `object` points to a whole `Object<T>`.
        unsafe { object.cast::<u8>().add(offset) }.cast()
    }

    /// The object behind `value`.
    ///
    /// # Safety
    /// `value` is an object with payload `T`.
    #[inline(always)]
    pub unsafe fn of_unchecked(value: &Value) -> &Self {
        let object = value.word().pointer_payload().cast::<Self>();
        // SAFETY: promised by the caller; `value` keeps it alive.
        unsafe { &*object }
    }

    /// The object behind `value`, if it has the type that `shape` describes.
    #[inline]
    pub fn of<'a>(value: &'a Value, shape: &TypedShape<T>) -> Option<&'a Self> {
        let of_value = value.header()?.shape();
        // Mostly it is the very shape; another shape of the same type costs one more look.
        if std::ptr::eq(of_value, &raw const shape.0) || of_value.desc.is_or_extends(shape.0.desc) {
            // SAFETY: `TypedShape` pairs the description with its `T`.
            Some(unsafe { Self::of_unchecked(value) })
        } else {
            None
        }
    }
}

/// The header of the object whose payload `payload` is.
///
/// # Safety
/// `payload` is the payload of an object, not a value elsewhere.
#[inline(always)]
pub unsafe fn header_of<T>(payload: &T) -> &Header {
    let address: *const u8 = (&raw const *payload).cast();
    let header = address.wrapping_sub(mem::offset_of!(Object<T>, payload));
    // The reference covers the payload alone; the header before it is reached through the exposed address.
    let header = std::ptr::with_exposed_provenance::<Header>(header.expose_provenance());
    // SAFETY: promised by the caller.
    unsafe { &*header }
}

impl<T: Trace> fmt::Debug for Object<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.header.fmt(f)
    }
}

/// A static shape that is known to describe `T`.
#[derive(Debug)]
#[repr(transparent)]
pub struct TypedShape<T>(Shape, PhantomData<fn() -> T>);

impl<T: Trace> TypedShape<T> {
    /// The shape of objects with payload `T`; `desc` must be `TypeDesc::of::<T>()`.
    ///
    /// # Safety
    /// `desc` was made by `TypeDesc::of::<T>()`.
    pub const unsafe fn new(desc: &'static crate::trace::TypeDesc) -> Self {
        Self(Shape { desc }, PhantomData)
    }

    /// Makes an object of this shape, private to the calling thread.
    ///
    /// # Errors
    /// [`OutOfMemory`], and the payload is dropped.
    #[inline(always)]
    pub fn allocate(&'static self, thread: &Context, payload: T) -> Result<Value, OutOfMemory> {
        // SAFETY: the shape is static and describes `T`.
        unsafe { Object::allocate(thread, &raw const self.0, 0, payload) }
    }
}
