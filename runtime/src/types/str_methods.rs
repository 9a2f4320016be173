//! What makes up `str`: its slots and its methods, which are in the files of `str/`.

use memory::Value;
use threads::Thread;

use crate::class::Slots;
use crate::error::Result;
use crate::native::{Args, NativeDef};
use crate::types::str::{operators, subscript};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[];

/// Slots.
pub fn slots(slots: &Slots) {
    operators::fill(slots);
    subscript::fill(slots);
    slots.iter.set(crate::types::character_iterators::of_str);
}

/// `__new__`.
///
/// # Errors
/// NotImplementedError.
pub fn new(thread: &mut Thread, _: &Value, args: Args<'_>) -> Result<Value> {
    match args.values {
        [] => super::Str::empty(thread),
        [value, ..] => crate::ops::str(thread, value),
    }
}
