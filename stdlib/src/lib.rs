//! Native modules of the standard library and the packed pure-Python part of it.
//!
//! * One folder or file a module; [`MODULES`] lists what they declare.
//! * `boot`: starting the interpreter: `sys`, the import system, the standard streams, `site`; and going down.
//! * `pack`: the Python files, embedded compressed and unpacked at first use.
//!
//! The crate uses `runtime` alone of the layers below, and no `unsafe`.
#![forbid(unsafe_code)]
// The text above a native function is Python's docstring, whose brackets are no links.
#![allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags)]
// Native functions are named as Python names them.
#![allow(non_snake_case)]

pub mod abc;
pub mod array;
pub mod asyncio;
pub mod atexit;
pub mod binascii;
pub mod bisect;
pub mod boot;
pub mod cmath;
pub mod codecs;
pub mod collections;
pub mod contextvars;
pub mod csv;
pub mod errno;
mod faulthandler;
mod fcntl;
mod fork;
pub mod functools;
pub mod gc;
mod grp;
mod hashes;
pub mod heapq;
pub mod imp;
pub mod io;
pub mod itertools;
pub mod json;
pub mod locale;
pub mod marshal;
pub mod math;
mod mmap;
mod multiprocessing;
pub mod opcode;
pub mod operator;
pub mod pack;
mod posix;
mod posixshmem;
mod posixsubprocess;
mod pwd;
pub mod queue;
pub mod random;
mod resource;
mod select;
pub mod signal;
mod socket;
pub mod sre;
pub mod stat;
pub mod statistics;
pub mod string;
pub mod structs;
mod support;
pub mod symtable;
pub mod sys;
mod syslog;
#[cfg(debug_assertions)]
mod tally;
mod termios;
pub mod thread;
pub mod time;
pub mod tokenize;
mod tracemalloc;
pub mod types_module;
pub mod unicodedata;
mod uuid;
pub mod warnings;
pub mod zlib;

use runtime::native::ModuleDef;

/// The native modules, by name.
pub static MODULES: &[&ModuleDef] = &[
    &abc::module::MODULE,
    &array::MODULE,
    &asyncio::MODULE,
    &atexit::module::MODULE,
    &binascii::functions::MODULE,
    &bisect::MODULE,
    &cmath::module::MODULE,
    &codecs::module::MODULE,
    &collections::MODULE,
    &contextvars::module::MODULE,
    &csv::MODULE,
    &errno::module::MODULE,
    &faulthandler::module::MODULE,
    &fcntl::functions::MODULE,
    &functools::MODULE,
    &gc::module::MODULE,
    &grp::functions::MODULE,
    &hashes::blake2_functions::MODULE,
    &hashes::md5::MODULE,
    &hashes::sha1::MODULE,
    &hashes::sha2::MODULE,
    &hashes::sha3::MODULE,
    &heapq::MODULE,
    &imp::module::MODULE,
    &io::functions::MODULE,
    &itertools::MODULE,
    &json::MODULE,
    &locale::MODULE,
    &marshal::module::MODULE,
    &math::module::MODULE,
    &mmap::module::MODULE,
    &multiprocessing::module::MODULE,
    &opcode::module::MODULE,
    &operator::MODULE,
    &posix::functions::MODULE,
    &posixshmem::module::MODULE,
    &posixsubprocess::functions::MODULE,
    &pwd::functions::MODULE,
    &queue::MODULE,
    &random::module::MODULE,
    &resource::functions::MODULE,
    &select::functions::MODULE,
    &signal::functions::MODULE,
    &socket::MODULE,
    &sre::MODULE,
    &stat::module::MODULE,
    &statistics::module::MODULE,
    &string::module::MODULE,
    &structs::module::MODULE,
    &symtable::module::MODULE,
    &runtime::syntax::module::functions::MODULE,
    &sys::MODULE,
    &syslog::module::MODULE,
    #[cfg(debug_assertions)]
    &tally::module::MODULE,
    &termios::module::MODULE,
    &thread::MODULE,
    &time::functions::MODULE,
    &tokenize::MODULE,
    &tracemalloc::module::MODULE,
    &runtime::types::typing_module::functions::MODULE,
    &runtime::types::weakref_module::functions::MODULE,
    &types_module::module::MODULE,
    &unicodedata::module::MODULE,
    &uuid::module::MODULE,
    &warnings::module::MODULE,
    &zlib::MODULE,
];
