//! The limit on nesting, and stack for what is within it.

use crate::{ErrorKind, SyntaxError};

/// How deeply a tree may nest.
pub(crate) const MAX_DEPTH: usize = 20_000;

/// Below this much free stack, [`nested`] continues on a fresh piece.
const RED_ZONE_BYTES: usize = 160 * 1024;
const PIECE_BYTES: usize = 8 * 1024 * 1024;

/// Runs one level of a recursion over a tree: an error beyond the limit, and never an overflow within it.
pub(crate) fn nested<T>(
    depth: usize,
    body: impl FnOnce() -> Result<T, SyntaxError>,
) -> Result<T, SyntaxError> {
    if depth >= MAX_DEPTH {
        return Err(too_deep());
    }
    stacker::maybe_grow(RED_ZONE_BYTES, PIECE_BYTES, body)
}

/// The error for a tree beyond the limit.
pub(crate) fn too_deep() -> SyntaxError {
    SyntaxError::unplaced(ErrorKind::TooDeep, "maximum recursion depth exceeded during compilation")
}
