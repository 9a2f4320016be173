//! A mock language: a handful of object types that drive the `memory` crate in tests, models, stress and benchmarks.
//!
//! | type       | shape                                                                                   |
//! |------------|------------------------------------------------------------------------------------------|
//! | [`Leaf`]   | untracked; one number; 32 bytes                                                          |
//! | [`Pair`]   | two slots                                                                                |
//! | [`Node`]   | three slots, a [`Tally`] that counts its life, a finalizer that may store it somewhere    |
//! | [`List`]   | a growable sequence under the object's lock                                              |
//! | [`Weak`]   | a weak reference with an optional callback                                               |
//! | [`Class`]  | traced-only; [`Instance`] refers to it without counting                                  |

mod list;
mod node;
mod weak;

pub use list::{List, list_clear, list_exchange, list_get, list_len, list_pop, list_push, new_list};
pub use node::{Node, NodeOptions, Resurrect, Tally, new_node, node_of};
pub use weak::{Weak, due_callback, new_weak, upgrade};

use memory::{Object, OutOfMemory, Slot, Trace, TypeDesc, TypedShape, Value, Visitor};
use threads::Thread;

/// Declares the static shape of a payload type.
macro_rules! shape {
    ($(#[$doc:meta])* $name:ident: $ty:ty) => {
        $(#[$doc])*
        pub static $name: memory::TypedShape<$ty> = {
            static DESC: memory::TypeDesc = memory::TypeDesc::of::<$ty>();
            // SAFETY: `DESC` is made for the same type.
            unsafe { memory::TypedShape::new(&DESC) }
        };
    };
}
pub(crate) use shape;

/// A number.
#[derive(Debug)]
pub struct Leaf(pub u64);

// SAFETY: no references.
unsafe impl Trace for Leaf {
    const NAME: &'static str = "leaf";
    const TRACKED: bool = false;
    fn trace<V: Visitor>(&self, _visitor: &mut V) {}
}

shape! {
    /// Of [`Leaf`].
    LEAF: Leaf
}

/// Makes a leaf.
///
/// # Errors
/// [`OutOfMemory`].
#[inline]
pub fn new_leaf(thread: &mut Thread, number: u64) -> Result<Value, OutOfMemory> {
    LEAF.allocate(thread, Leaf(number))
}

/// Two slots.
#[derive(Debug)]
pub struct Pair {
    /// The first.
    pub first: Slot,
    /// The second.
    pub second: Slot,
}

// SAFETY: both slots are visited.
unsafe impl Trace for Pair {
    const NAME: &'static str = "pair";
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.first);
        visitor.slot(&self.second);
    }
}

shape! {
    /// Of [`Pair`].
    PAIR: Pair
}

/// Makes a pair.
///
/// # Errors
/// [`OutOfMemory`].
#[inline]
pub fn new_pair(
    thread: &mut Thread,
    first: Option<Value>,
    second: Option<Value>,
) -> Result<Value, OutOfMemory> {
    PAIR.allocate(thread, Pair { first: Slot::new(first), second: Slot::new(second) })
}

/// The pair behind `value`, if it is one.
#[inline]
pub fn pair_of(value: &Value) -> Option<&Object<Pair>> {
    Object::of(value, &PAIR)
}

/// What instances refer to without counting.
#[derive(Debug)]
pub struct Class {
    /// Something the class holds: a method, a default.
    pub attribute: Slot,
}

// SAFETY: the slot is visited.
unsafe impl Trace for Class {
    const NAME: &'static str = "class";
    const TRACED_ONLY: bool = true;
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.attribute);
    }
}

shape! {
    /// Of [`Class`].
    CLASS: Class
}

/// Refers to its class without counting.
#[derive(Debug)]
pub struct Instance {
    class: memory::ObjectPtr,
}

// SAFETY: the edge is visited as uncounted.
unsafe impl Trace for Instance {
    const NAME: &'static str = "instance";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.uncounted(self.class);
    }
}

shape! {
    /// Of [`Instance`].
    INSTANCE: Instance
}

/// Makes an instance of `class`.
///
/// # Errors
/// [`OutOfMemory`].
///
/// # Panics
/// If `class` is no class.
pub fn new_instance(thread: &mut Thread, class: &Value) -> Result<Value, OutOfMemory> {
    assert!(Object::of(class, &CLASS).is_some(), "not a class");
    let class = class.object().expect("a class is an object");
    INSTANCE.allocate(thread, Instance { class })
}

/// A description, for callers that make shapes of their own.
pub const fn description<T: Trace>() -> TypeDesc {
    TypeDesc::of::<T>()
}

/// A shape from a static description made by [`description`].
///
/// # Safety
/// `desc` was made for `T`.
pub const unsafe fn shape_of<T: Trace>(desc: &'static TypeDesc) -> TypedShape<T> {
    // SAFETY: promised by the caller.
    unsafe { TypedShape::new(desc) }
}
