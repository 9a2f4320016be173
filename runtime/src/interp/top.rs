//! The top of a frame's evaluation stack, kept in a register.
//!
//! * INV-TOP-1: what is popped was pushed by the same frame, and the compiler's stack depth bounds what is pushed
//!   (INV-FRAME-1); code that did not come from our compiler is verified before it runs.

use std::mem::MaybeUninit;

use memory::{Header, Object, StackRef, Value, View};

use crate::class::{Payload, Shape};

/// One past the last slot in use.
#[derive(Clone, Copy)]
pub struct Top(pub *mut StackRef);

impl Top {
    /// Pushes.
    #[inline(always)]
    pub fn push(&mut self, reference: StackRef) {
        // SAFETY: INV-TOP-1.
        unsafe { self.0.write(reference) };
        self.0 = self.0.wrapping_add(1);
    }

    /// Pushes an owned value.
    #[inline(always)]
    pub fn push_value(&mut self, value: Value) {
        self.push(StackRef::from_value(value));
    }

    /// Pops; the caller owns what it gets.
    #[inline(always)]
    pub fn pop(&mut self) -> StackRef {
        self.0 = self.0.wrapping_sub(1);
        // SAFETY: INV-TOP-1.
        unsafe { self.0.read() }
    }

    /// Pops and makes counted.
    #[inline(always)]
    pub fn pop_value(&mut self) -> Value {
        self.pop().into_value().unwrap_or_else(Value::none)
    }

    /// Pops and releases.
    #[inline(always)]
    pub fn drop_one(&mut self) {
        self.pop().release();
    }

    /// Pops and releases `n`.
    #[inline(always)]
    pub fn drop_many(&mut self, n: usize) {
        for _ in 0..n {
            self.drop_one();
        }
    }

    /// The slot `n` below the top (1 is the last pushed).
    #[inline(always)]
    pub fn peek(self, n: usize) -> StackRef {
        // SAFETY: INV-TOP-1.
        unsafe { self.0.wrapping_sub(n).read() }
    }

    /// The value `n` below the top, as long as it stays there.
    #[inline(always)]
    pub fn look<'a>(self, n: usize) -> View<'a> {
        look(self.peek(n))
    }

    /// Overwrites the slot `n` below the top, whose old contents the caller has taken.
    #[inline(always)]
    pub fn set(self, n: usize, reference: StackRef) {
        // SAFETY: INV-TOP-1.
        unsafe { self.0.wrapping_sub(n).write(reference) };
    }

    /// The place `n` below the top.
    #[inline(always)]
    pub fn place(self, n: usize) -> *mut StackRef {
        self.0.wrapping_sub(n)
    }
}

/// The value of a slot, as long as the slot keeps it; None for EMPTY.
#[inline(always)]
pub fn look<'a>(reference: StackRef) -> View<'a> {
    // SAFETY: the callers use the view only while the slot that they read stays as it is.
    unsafe { reference.view() }.unwrap_or_else(View::none)
}

/// The header of the object that a slot refers to, as long as the slot keeps it; `None` for immediate values and EMPTY.
#[inline(always)]
pub fn header<'a>(reference: StackRef) -> Option<&'a Header> {
    // SAFETY: the callers use the reference only while the slot that they read stays as it is.
    reference.object().map(|object| unsafe { object.cast().as_ref() })
}

/// The object that a slot refers to, if it is an instance of the type with payload `T` itself, as long as the slot keeps it.
#[inline(always)]
pub fn exact<'a, T: Payload>(reference: StackRef) -> Option<&'a Object<T>> {
    let object = reference.object()?;
    // SAFETY: the callers use the reference only while the slot that they read stays as it is.
    let header = unsafe { object.as_ref() };
    if !std::ptr::eq(Shape::of(header), &raw const T::def().cell.shape) {
        return None;
    }
    // SAFETY: the shape is the type's own.
    Some(unsafe { object.cast().as_ref() })
}

/// Reads a slot.
#[inline(always)]
pub fn read(place: *mut StackRef) -> StackRef {
    // SAFETY: INV-FRAME-1: the callers name slots of the running frame.
    unsafe { place.read() }
}

/// Writes a slot, whose old contents the caller has taken.
#[inline(always)]
pub fn write(place: *mut StackRef, reference: StackRef) {
    // SAFETY: as in `read`.
    unsafe { place.write(reference) };
}

/// Runs `f` with the values of `n` slots from `first`, uncounted, as natives take them. The slots stay as they are meanwhile, or
/// become counted in place.
#[inline(always)]
pub fn with_values<R>(first: *mut StackRef, n: usize, f: impl FnOnce(&[Value]) -> R) -> R {
    const FEW: usize = 6;
    if n > FEW {
        return with_many_values(first, n, f);
    }
    let mut few = [const { MaybeUninit::uninit() }; FEW];
    for (i, place) in few.iter_mut().enumerate().take(n) {
        place.write(uncounted(read(first.wrapping_add(i))));
    }
    f(all(&few[..n]))
}

/// Out of line, for the sake of the registers.
#[cold]
#[inline(never)]
fn with_many_values<R>(first: *mut StackRef, n: usize, f: impl FnOnce(&[Value]) -> R) -> R {
    let many: Vec<_> = (0..n).map(|i| MaybeUninit::new(uncounted(read(first.wrapping_add(i))))).collect();
    f(all(&many))
}

/// Values that have all been written, and are not dropped.
#[inline(always)]
fn all(values: &[MaybeUninit<Value>]) -> &[Value] {
    let values: *const [MaybeUninit<Value>] = values;
    // SAFETY: the callers have written each of them.
    unsafe { &*(values as *const [Value]) }
}

/// A copy that is never dropped.
#[inline(always)]
fn uncounted(reference: StackRef) -> Value {
    let view = look(reference);
    // SAFETY: the callers put the copy where it is not dropped.
    unsafe { std::ptr::read(&raw const *view) }
}
