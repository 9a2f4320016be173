//! Tracing field by field, for payloads that are declared rather than written out.
//!
//! `#[native::class]` and `#[native::payload]` write [`TraceFields`] from the marks on a struct's fields, in crates that contain no unsafe
//! code. That the marks are complete cannot be seen from here, so nothing else implements it:
//!
//! * INV-FIELDS-1: `trace_fields` meets each field that holds references once. The attribute refuses a field that is
//!   neither marked nor known to hold none.

use threads::Thread;

use crate::exclusive::{Guarded, Held};
use crate::object::Object;
use crate::slot::Slot;
use crate::trace::{Finalizer, Trace, Visitor};
use crate::value::Value;

/// A payload whose fields say where its references are. Implemented by `#[native::class]` and `#[native::payload]` alone (INV-FIELDS-1).
pub trait TraceFields: Sized + 'static {
    /// [`Trace::NAME`].
    const NAME: &'static str;
    /// [`Trace::TRACKED`].
    const TRACKED: bool;
    /// [`Trace::TRACED_ONLY`].
    const TRACED_ONLY: bool = false;
    /// [`Trace::FINALIZER`].
    const FINALIZER: Option<Finalizer> = None;
    /// [`Trace::WEAK_CALLBACK`].
    const WEAK_CALLBACK: Option<fn(&mut Thread, &Value)> = None;

    /// Meets the references in every marked field.
    ///
    /// # Concurrency
    /// As [`Trace::trace`], which is its only caller.
    fn trace_fields<V: Visitor>(&self, visitor: &mut V);
}

// SAFETY: INV-FIELDS-1; dropping a `TraceField` releases what it meets and runs no Python.
unsafe impl<T: TraceFields> Trace for T {
    const NAME: &'static str = <T as TraceFields>::NAME;
    const TRACKED: bool = <T as TraceFields>::TRACKED;
    const TRACED_ONLY: bool = <T as TraceFields>::TRACED_ONLY;
    const FINALIZER: Option<Finalizer> = <T as TraceFields>::FINALIZER;
    const WEAK_CALLBACK: Option<fn(&mut Thread, &Value)> = <T as TraceFields>::WEAK_CALLBACK;

    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.trace_fields(visitor);
    }
}

/// A payload that says of itself whether something has to be done before it dies.
pub trait Ends: TraceFields {
    /// Whether [`end`](Self::end) is to run: a short look, at plain values alone.
    fn wants_end(&self) -> bool;
    /// What is done; may run Python.
    fn end(thread: &mut Thread, value: &Value);
}

/// The finalizer of such a payload, for [`TraceFields::FINALIZER`] of the same payload: the object is of the type that names it.
pub const fn finalizer_of<T: Ends>() -> Finalizer {
    Finalizer {
        wants: |object| {
            // SAFETY: called with a live object of this type that is about to die.
            let object = unsafe { object.cast::<Object<T>>().as_ref() };
            object.payload().wants_end()
        },
        run: T::end,
    }
}

/// A field that may hold references.
///
/// # Safety
/// As for [`Trace`]: `trace` meets every counted reference that the field owns exactly once, and every uncounted one;
/// dropping the field releases what `trace` meets as counted and nothing else, and runs no Python.
pub unsafe trait TraceField {
    /// Meets every reference. Called from [`Trace::trace`] only.
    fn trace<V: Visitor>(&self, visitor: &mut V);
}

// SAFETY: a value is one reference at most.
unsafe impl TraceField for Value {
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(self);
    }
}

// SAFETY: as a value.
unsafe impl TraceField for Held {
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.value(self.value());
    }
}

// SAFETY: as a value.
unsafe impl TraceField for Slot {
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(self);
    }
}

// SAFETY: what is guarded is met, and nothing else is there.
unsafe impl<T: TraceField> TraceField for Guarded<T> {
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        // SAFETY: called from `Trace::trace`.
        unsafe { self.peek() }.trace(visitor);
    }
}

macro_rules! trace_each {
    ($([$($parameter:tt)*] $kind:ty;)*) => {$(
        // SAFETY: each of what it holds is met once.
        unsafe impl<T: TraceField $($parameter)*> TraceField for $kind {
            #[inline(always)]
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                self.iter().for_each(|held| held.trace(visitor));
            }
        }
    )*};
}

trace_each! {
    [] Option<T>;
    [] Vec<T>;
    [] [T];
    [, const N: usize] [T; N];
    [] std::collections::VecDeque<T>;
}

// SAFETY: what is boxed is met.
unsafe impl<T: TraceField + ?Sized> TraceField for Box<T> {
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        (**self).trace(visitor);
    }
}

// SAFETY: both are met.
unsafe impl<A: TraceField, B: TraceField> TraceField for (A, B) {
    #[inline(always)]
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.0.trace(visitor);
        self.1.trace(visitor);
    }
}

/// For the parts of a pair that hold none.
macro_rules! trace_nothing {
    ($($kind:ty)*) => {$(
        // SAFETY: there is no reference in it.
        unsafe impl TraceField for $kind {
            #[inline(always)]
            fn trace<V: Visitor>(&self, _: &mut V) {}
        }
    )*};
}

trace_nothing!(() bool char i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 String);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::ObjectPtr;

    struct Node {
        first: Guarded<Vec<Held>>,
        second: (Option<Value>, i64),
    }

    impl TraceFields for Node {
        const NAME: &'static str = "node";
        const TRACKED: bool = true;
        fn trace_fields<V: Visitor>(&self, visitor: &mut V) {
            self.first.trace(visitor);
            self.second.trace(visitor);
        }
    }

    #[derive(Default)]
    struct Seen(usize);

    impl Visitor for Seen {
        fn counted(&mut self, _: ObjectPtr) {}
        fn value(&mut self, _: &Value) {
            self.0 += 1;
        }
        fn uncounted(&mut self, _: ObjectPtr) {}
    }

    #[test]
    fn fields_1_every_marked_field_is_met_once() {
        let held = |value| Held::new(Value::from_int(value).expect("small"));
        let node = Node { first: Guarded::new(vec![held(1), held(2)]), second: (Some(Value::none()), 3) };
        let mut seen = Seen::default();
        Trace::trace(&node, &mut seen);
        assert_eq!((seen.0, <Node as Trace>::NAME, <Node as Trace>::FINALIZER.is_none()), (3, "node", true));
    }
}
