//! Native modules of the standard library and the packed pure-Python part of it.
//!
//! Nothing of it exists yet. The crate holds its place in the layering: it uses `runtime` alone.
#![forbid(unsafe_code)]
