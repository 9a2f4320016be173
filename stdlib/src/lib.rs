//! Native modules of the standard library and the packed pure-Python part of it.
//!
//! * `pack`: the Python files, embedded compressed and unpacked at first use.
//!
//! The crate uses `runtime` alone of the layers below, and no `unsafe`.
#![forbid(unsafe_code)]

pub mod pack;
mod fork;
pub mod io;
mod posix;
mod resource;
mod support;
mod time;

use runtime::native::ModuleDef;

/// The native modules, by name.
pub static MODULES: &[&ModuleDef] = &[
    &io::functions::MODULE,
    &posix::functions::MODULE,
    &resource::functions::MODULE,
    &time::functions::MODULE,
];
