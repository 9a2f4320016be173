//! Attributes of frames.

use crate::class::Slots;
use crate::native::{GetSet, NativeDef};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[];

/// Slots.
pub fn slots(_: &Slots) {}
