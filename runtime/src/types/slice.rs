//! `slice`, so far without its methods.

use memory::{Slot, Trace, Value, Visitor};
use threads::Context;

use crate::class::ClassFlags;
use crate::error::Result;

/// The payload of a slice.
pub struct Slice {
    /// `start`.
    pub start: Slot,
    /// `stop`.
    pub stop: Slot,
    /// `step`.
    pub step: Slot,
}

// SAFETY: each slot once.
unsafe impl Trace for Slice {
    const NAME: &'static str = "slice";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.start);
        visitor.slot(&self.stop);
        visitor.slot(&self.step);
    }
}

crate::class_def!(Slice, "slice", ClassFlags::NONE);

/// `slice(start, stop, step)`.
///
/// # Errors
/// MemoryError.
pub fn new(thread: &Context, start: Value, stop: Value, step: Value) -> Result<Value> {
    crate::object::new(
        thread,
        Slice { start: Slot::new(Some(start)), stop: Slot::new(Some(stop)), step: Slot::new(Some(step)) },
    )
}
