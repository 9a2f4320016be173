//! What makes up `str`: its slots and its methods, which are in the files of `str/`.

use crate::class::Slots;
use crate::native::NativeDef;
use crate::types::str::{encode, format, methods, operators, percent, search, split, subscript, translate};

pub use crate::types::str::encode::new;

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[
    methods::letters::METHODS,
    search::methods::METHODS,
    split::methods::METHODS,
    translate::methods::METHODS,
    format::methods::METHODS,
    encode::methods::METHODS,
];

/// Slots.
pub fn slots(slots: &Slots) {
    operators::fill(slots);
    subscript::fill(slots);
    percent::fill(slots);
    slots.iter.set(crate::types::character_iterators::of_str);
}
