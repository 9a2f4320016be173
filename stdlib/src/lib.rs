//! Native modules of the standard library and the packed pure-Python part of it.
//!
//! * One folder or file a module; [`MODULES`] lists what they declare.
//! * `pack`: the Python files, embedded compressed and unpacked at first use.
//!
//! The crate uses `runtime` alone of the layers below, and no `unsafe`.
#![forbid(unsafe_code)]
// The text above a native function is Python's docstring, whose brackets are no links.
#![allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags)]

pub mod array;
pub mod bisect;
pub mod cmath;
pub mod codecs;
pub mod collections;
pub mod functools;
pub mod heapq;
pub mod itertools;
pub mod math;
pub mod operator;
pub mod pack;
pub mod random;
pub mod statistics;
mod support;
pub mod time;

use runtime::native::ModuleDef;

/// The native modules, by name.
pub static MODULES: &[&ModuleDef] = &[
    &array::MODULE,
    &bisect::MODULE,
    &cmath::module::MODULE,
    &collections::MODULE,
    &functools::MODULE,
    &heapq::MODULE,
    &codecs::module::MODULE,
    &itertools::MODULE,
    &math::module::MODULE,
    &operator::MODULE,
    &random::module::MODULE,
    &statistics::module::MODULE,
    &time::functions::MODULE,
];
