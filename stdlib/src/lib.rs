//! Native modules of the standard library and the packed pure-Python part of it.
//!
//! * One folder or file a module; [`MODULES`] lists what they declare.
//! * `pack`: the Python files, embedded compressed and unpacked at first use.
//!
//! The crate uses `runtime` alone of the layers below, and no `unsafe`.
#![forbid(unsafe_code)]

<<<<<<< HEAD
pub mod math;
=======
pub mod itertools;
>>>>>>> main
pub mod pack;
mod support;
