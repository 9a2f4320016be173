//! `tuple`: values behind the header, as many as `aux` says.
//!
//! * INV-TUPLE-1: items are written before the tuple can be found by anybody, and never change.

use memory::{Object, Slot, Trace, TypeDesc, Value, Visitor};
use threads::Context;
use threads::sync::atomic::{AtomicI64, Ordering};

use crate::class::{ClassDef, ClassFlags, Payload, Type};
use crate::error::{Result, memory_error};
use crate::names::StaticValue;
use crate::object::{Extended, cast};
use crate::types::{List, ListExt};

/// The payload of a tuple; the items follow.
#[derive(Default)]
pub struct Tuple {
    /// `hash()`; 0 until it is asked for.
    hash: AtomicI64,
}

/// The items behind a tuple's payload.
fn items_of(payload: &Tuple) -> &[Value] {
    // SAFETY: a `Tuple` exists only as a payload, and is never moved out.
    let header = unsafe { memory::header_of(payload) };
    let first: *const u8 = (&raw const *header).cast();
    let first = first.wrapping_add(size_of::<Object<Tuple>>()).cast::<Value>();
    // SAFETY: INV-TUPLE-1: `aux` items follow.
    unsafe { std::slice::from_raw_parts(first, header.aux() as usize) }
}

// SAFETY: meets each item once; `Drop` releases the same.
unsafe impl Trace for Tuple {
    const NAME: &'static str = "tuple";

    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for item in items_of(self) {
            visitor.value(item);
        }
    }

    fn unplaced(self) {
        // There are no items behind it.
        std::mem::forget(self);
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        let items = items_of(self);
        // SAFETY: the tuple is dying; its items, each a word as that of a slot, are released only here.
        unsafe { Slot::release_all(items.as_ptr().cast(), items.len()) };
    }
}

static DESC: TypeDesc = TypeDesc::of::<Tuple>();
static EXTENDED: TypeDesc = Extended::<Tuple>::describe(&DESC);

/// The definition of `tuple`.
pub static DEF: ClassDef = definition(
    "tuple",
    ClassFlags::BASETYPE.union(ClassFlags::TUPLE).union(ClassFlags::SEQUENCE).union(ClassFlags::MATCH_SELF),
)
.with_doc("Built-in immutable sequence.\n\nIf no argument is given, the constructor returns an empty tuple.\nIf iterable is specified the tuple is initialized from iterable's items.\n\nIf the argument is a tuple, the return value is the same object.")
.with_signature("(iterable=(), /)")
.with_slots(super::tuple_methods::slots)
.with_new(super::tuple_methods::new)
.with_methods(super::tuple_methods::METHODS);

/// A definition of tuple or of a native subclass.
pub const fn definition(name: &'static str, flags: ClassFlags) -> ClassDef {
    crate::object::define::<Tuple>(name, &DESC, &EXTENDED, flags)
}

impl Payload for Tuple {
    #[inline(always)]
    fn def() -> &'static ClassDef {
        &DEF
    }

    fn tail_bytes(object: &Object<Self>) -> usize {
        object.header().aux() as usize * size_of::<Value>()
    }
}

static EMPTY: StaticValue = StaticValue::new();

/// Makes the tuple that is always there.
pub(crate) fn initialize(thread: &Context) -> Result<()> {
    if EMPTY.get().is_none() {
        EMPTY.set(Tuple::of_class(
            thread,
            <Tuple as crate::class::Payload>::def().object(),
            std::iter::empty(),
        )?);
    }
    Ok(())
}

impl Tuple {
    /// The tuple of these items.
    ///
    /// # Errors
    /// MemoryError.
    #[allow(clippy::new_ret_no_self, reason = "makes the object, not the payload")]
    pub fn new(thread: &Context, mut items: Vec<Value>) -> Result<Value> {
        let len = items.len();
        if len == 0
            && let Some(empty) = EMPTY.get()
        {
            return Ok(empty.clone());
        }
        let aux = u32::try_from(len).map_err(|_| memory_error())?;
        let value = crate::object::new_with_tail(thread, Tuple::default(), aux, len * size_of::<Value>())?;
        if let Some(object) = cast::<Tuple>(&value) {
            // SAFETY: the tuple owns them from now on.
            unsafe { items.set_len(0) };
            // SAFETY: there is room for `len` items, the object is new, and the vector still has their words.
            unsafe { object.tail().cast::<Value>().copy_from_nonoverlapping(items.as_ptr(), len) };
        }
        Ok(value)
    }

    /// The tuple of these items, of which there is at least one.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub fn of_array<const N: usize>(thread: &Context, items: [Value; N]) -> Result<Value> {
        const { assert!(N > 0 && N < 256, "the empty tuple is always there") };
        let tuple =
            crate::object::new_with_tail(thread, Tuple::default(), N as u32, size_of::<[Value; N]>())?;
        // SAFETY: just made with this payload.
        let object: &Object<Tuple> = unsafe { Object::of_unchecked(&tuple) };
        // SAFETY: there is room for them, and the object is new.
        unsafe { object.tail().cast::<[Value; N]>().write(items) };
        Ok(tuple)
    }

    /// The tuple of these items.
    ///
    /// # Errors
    /// MemoryError.
    pub fn from_slice(thread: &Context, items: &[Value]) -> Result<Value> {
        Self::of_room(thread, items.len(), |to| {
            // SAFETY: values are read as the slots of a holder that outlives this; there is room for as many.
            unsafe { Slot::copy_counted(items.as_ptr().cast(), to, items.len()) };
        })
    }

    /// The tuple of the items of `left` and then those of `right`.
    ///
    /// # Errors
    /// MemoryError.
    pub fn of_two(thread: &Context, left: &[Value], right: &[Value]) -> Result<Value> {
        Self::of_room(thread, left.len() + right.len(), |to| {
            // SAFETY: as in `from_slice`.
            unsafe { Slot::copy_counted(left.as_ptr().cast(), to, left.len()) };
            // SAFETY: as above; the room goes on behind.
            unsafe { Slot::copy_counted(right.as_ptr().cast(), to.wrapping_add(left.len()), right.len()) };
        })
    }

    /// The tuple of `total` items, those of `items` again and again.
    ///
    /// # Errors
    /// MemoryError.
    pub fn repeated(thread: &Context, items: &[Value], total: usize) -> Result<Value> {
        Self::of_room(thread, total, |to| {
            let mut written = 0;
            while written < total {
                let count = items.len().min(total - written);
                // SAFETY: as in `from_slice`.
                unsafe { Slot::copy_counted(items.as_ptr().cast(), to.wrapping_add(written), count) };
                written += count;
            }
        })
    }

    /// The tuple of `len` items, all of which `fill` writes, each with a count of its own.
    #[inline(always)]
    pub(crate) fn of_room(thread: &Context, len: usize, fill: impl FnOnce(*mut Slot)) -> Result<Value> {
        const { assert!(size_of::<Slot>() == size_of::<Value>()) };
        if len == 0
            && let Some(empty) = EMPTY.get()
        {
            return Ok(empty.clone());
        }
        let aux = u32::try_from(len).map_err(|_| memory_error())?;
        let value = crate::object::new_with_tail(thread, Tuple::default(), aux, len * size_of::<Value>())?;
        // SAFETY: just made with this payload.
        let object: &Object<Tuple> = unsafe { Object::of_unchecked(&value) };
        fill(object.tail().cast());
        Ok(value)
    }

    /// The tuple of these items.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub fn from_exact(thread: &Context, items: impl ExactSizeIterator<Item = Value>) -> Result<Value> {
        if items.len() == 0
            && let Some(empty) = EMPTY.get()
        {
            return Ok(empty.clone());
        }
        Self::make(items, |aux, bytes| crate::object::new_with_tail(thread, Tuple::default(), aux, bytes))
    }

    /// The tuple of a list's items, all as they are at one moment.
    ///
    /// # Errors
    /// MemoryError.
    pub fn of_list(thread: &Context, list: &Object<List>) -> Result<Value> {
        list.edit(thread, |items| {
            Self::of_room(thread, items.len(), |to| {
                // SAFETY: there is room for as many, in a tuple that nobody else has yet.
                unsafe { items.copy_all(to) };
            })
        })
    }

    /// An instance of tuple or a subclass.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub fn of_class(
        thread: &Context,
        class: &Object<Type>,
        items: impl ExactSizeIterator<Item = Value>,
    ) -> Result<Value> {
        Self::make(items, |aux, bytes| {
            crate::object::new_of_with_tail(thread, class, Tuple::default(), aux, bytes)
        })
    }

    #[inline(always)]
    fn make(
        items: impl ExactSizeIterator<Item = Value>,
        allocate: impl FnOnce(u32, usize) -> Result<Value>,
    ) -> Result<Value> {
        let len = items.len();
        let aux = u32::try_from(len).map_err(|_| memory_error())?;
        let bytes = len.checked_mul(size_of::<Value>()).ok_or_else(memory_error)?;
        // Collected first: what the iterator does must not come between making the tuple and filling it.
        let value = allocate(aux, bytes)?;
        if let Some(object) = cast::<Tuple>(&value) {
            let first = object.tail().cast::<Value>();
            let mut written = 0;
            for (i, item) in items.take(len).enumerate() {
                // SAFETY: there is room for `len` items, and the object is new.
                unsafe { first.wrapping_add(i).write(item) };
                written = i + 1;
            }
            assert_eq!(written, len, "INV-TUPLE-1: an exact iterator keeps its word");
        }
        Ok(value)
    }
}

impl Tuple {
    /// What the hash was when it was last computed.
    #[inline]
    pub(crate) fn known_hash(&self) -> Option<i64> {
        // Relaxed: the number is all there is, and whoever computes it again comes to the same one.
        Some(self.hash.load(Ordering::Relaxed)).filter(|&hash| hash != 0)
    }

    /// Keeps the hash; one that happens to be 0 is computed each time.
    pub(super) fn keep_hash(&self, hash: i64) {
        // Relaxed: see `known_hash`.
        self.hash.store(hash, Ordering::Relaxed);
    }
}

/// What tuples are asked.
pub trait TupleExt {
    /// The items.
    fn items(&self) -> &[Value];
    /// How many.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl TupleExt for Object<Tuple> {
    #[inline(always)]
    fn items(&self) -> &[Value] {
        items_of(self.payload())
    }

    #[inline(always)]
    fn len(&self) -> usize {
        self.header().aux() as usize
    }
}
