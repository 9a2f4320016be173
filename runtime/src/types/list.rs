//! `list`: items in a buffer that is read without a lock.

use containers::Edit;
use containers::list::{Filling, Items};
use memory::{Exclusive, Object, StackRef, Trace, Value, Visitor};
use threads::Context;

use crate::class::{ClassFlags, Type};
use crate::error::{Result, memory_error};

/// The payload of a list.
#[derive(Default)]
pub struct List {
    /// The items.
    pub items: Items,
}

// SAFETY: meets every item once; dropping the storage releases the same.
unsafe impl Trace for List {
    const NAME: &'static str = "list";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.items.trace(visitor);
    }
}

crate::class_def!(
    List,
    "list",
    ClassFlags::BASETYPE.union(ClassFlags::LIST).union(ClassFlags::SEQUENCE).union(ClassFlags::MATCH_SELF),
    with_doc(
        "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified."
    ),
    with_signature("(iterable=(), /)"),
    with_slots(super::list_methods::slots),
    with_new(super::list_methods::new),
    with_methods(super::list_methods::METHODS)
);

impl List {
    /// The list of these items.
    ///
    /// # Errors
    /// MemoryError.
    #[allow(clippy::new_ret_no_self, reason = "makes the object, not the payload")]
    pub fn new(thread: &Context, items: Vec<Value>) -> Result<Value> {
        let items = Items::from_vec(items).map_err(|_| memory_error())?;
        crate::object::new(thread, List { items })
    }

    /// A list of the `len` values that `values` gives.
    ///
    /// # Errors
    /// MemoryError, and what `values` has not given stays with it.
    pub fn from_exact(thread: &Context, len: usize, values: impl Iterator<Item = Value>) -> Result<Value> {
        let items = Items::from_exact(len, values).map_err(|_| memory_error())?;
        crate::object::new(thread, List { items })
    }

    /// The list of what `filling` holds.
    ///
    /// # Errors
    /// MemoryError.
    #[inline]
    pub fn from_filling(thread: &Context, filling: Filling) -> Result<Value> {
        crate::object::new(thread, List { items: filling.finish() })
    }

    /// An empty list with room for `capacity` items.
    ///
    /// # Errors
    /// MemoryError.
    pub fn with_capacity(thread: &Context, capacity: usize) -> Result<Value> {
        let items = Items::with_capacity(capacity).map_err(|_| memory_error())?;
        crate::object::new(thread, List { items })
    }

    /// An empty instance of list or a subclass.
    ///
    /// # Errors
    /// MemoryError.
    pub fn of_class(thread: &Context, class: &Object<Type>) -> Result<Value> {
        crate::object::new_of(thread, class, List::default())
    }
}

/// What lists are asked.
pub trait ListExt {
    /// How many items.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The item `index`, counted.
    fn get(&self, index: usize) -> Option<Value>;
    /// The item `index`, borrowed if that is possible; EMPTY if there is none.
    fn borrow(&self, thread: &Context, index: usize) -> StackRef;
    /// As [`borrow`](Self::borrow), but EMPTY also where that takes more than a plain addition.
    fn borrow_quickly(&self, thread: &Context, index: usize) -> StackRef;
    /// All items.
    ///
    /// # Errors
    /// MemoryError.
    fn to_vec(&self, thread: &Context) -> Result<Vec<Value>>;
    /// Appends counted references to the items of `range`, which is cut to the length, to a list that is being made.
    ///
    /// # Errors
    /// MemoryError.
    fn copy_to(&self, thread: &Context, range: std::ops::Range<usize>, filling: &mut Filling) -> Result<()>;
    /// The first index of `range` at which `go_on` answers no; the end of the range or of the list if there is none. What it
    /// looks at is not counted: it runs no Python and takes no lock.
    fn walk(
        &self,
        thread: &Context,
        range: std::ops::Range<usize>,
        go_on: impl FnMut(&Value) -> bool,
    ) -> usize;
    /// Appends where that takes a few steps, and takes the value over; false, and nothing done, where it takes more.
    fn push_privately(&self, value: StackRef) -> bool;
    /// Replaces the item `index` where that takes a few steps, and takes the value over; false, and nothing done, where it takes more.
    fn set_privately(&self, thread: &Context, index: usize, value: StackRef) -> bool;
    /// Appends.
    ///
    /// # Errors
    /// MemoryError.
    fn push(&self, thread: &Context, value: Value) -> Result<()>;
    /// Appends all.
    ///
    /// # Errors
    /// MemoryError.
    fn extend(&self, thread: &Context, values: Vec<Value>) -> Result<()>;
    /// Replaces the item `index`; false if there is none.
    fn set(&self, thread: &Context, index: usize, value: Value) -> bool;
    /// Runs `f` with the right to change the items, under the lock if there are others.
    fn edit<R>(&self, thread: &Context, f: impl FnOnce(&Edit<'_, Items>) -> R) -> R;
}

impl ListExt for Object<List> {
    #[inline(always)]
    fn len(&self) -> usize {
        self.payload().items.len()
    }

    #[inline]
    fn get(&self, index: usize) -> Option<Value> {
        self.payload().items.get(self.header(), index)
    }

    #[inline(always)]
    fn borrow(&self, thread: &Context, index: usize) -> StackRef {
        self.payload().items.borrow(thread, self.header(), index)
    }

    #[inline(always)]
    fn borrow_quickly(&self, thread: &Context, index: usize) -> StackRef {
        self.payload().items.borrow_quickly(thread, self.header(), index)
    }

    fn to_vec(&self, thread: &Context) -> Result<Vec<Value>> {
        self.edit(thread, |items| items.to_vec(0..items.len())).map_err(|_| memory_error())
    }

    #[inline]
    fn copy_to(&self, thread: &Context, range: std::ops::Range<usize>, filling: &mut Filling) -> Result<()> {
        self.edit(thread, |items| items.copy_to(range, filling)).map_err(|_| memory_error())
    }

    #[inline(always)]
    fn walk(
        &self,
        thread: &Context,
        range: std::ops::Range<usize>,
        go_on: impl FnMut(&Value) -> bool,
    ) -> usize {
        // SAFETY: nobody reaches a safepoint or writes the list before the look is over.
        unsafe { self.payload().items.walk(thread, self.header(), range, go_on) }
    }

    #[inline(always)]
    fn push_privately(&self, value: StackRef) -> bool {
        self.payload().items.push_privately(self.header(), value)
    }

    #[inline(always)]
    fn set_privately(&self, thread: &Context, index: usize, value: StackRef) -> bool {
        self.payload().items.set_privately(thread, self.header(), index, value)
    }

    #[inline]
    fn push(&self, thread: &Context, value: Value) -> Result<()> {
        self.edit(thread, |items| items.push(value)).map_err(|_| memory_error())
    }

    fn extend(&self, thread: &Context, values: Vec<Value>) -> Result<()> {
        self.edit(thread, |items| items.extend(values)).map_err(|_| memory_error())
    }

    fn set(&self, thread: &Context, index: usize, value: Value) -> bool {
        if self.header().is_shared() && self.payload().items.holds(index, &value) {
            return true;
        }
        // What was there is dropped after the lock has been given back.
        let result = self.edit(thread, |items| items.set(index, value));
        result.is_ok()
    }

    #[inline(always)]
    fn edit<R>(&self, thread: &Context, f: impl FnOnce(&Edit<'_, Items>) -> R) -> R {
        let mut section = Exclusive::open_in(thread, self);
        f(&Edit::new(&mut section, |list: &List| &list.items))
    }
}
