//! Methods of `object`.

use crate::native::{GetSet, NativeDef};

/// Methods.
pub static METHODS: &[&[NativeDef]] = &[];
/// Computed attributes.
pub static GETSETS: &[&[GetSet]] = &[];
