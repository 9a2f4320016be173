//! The Python layer: classes, built-in types, code, frames, the interpreter, exceptions, import.
//!
//! One interpreter a process: built-in classes are immortal objects found through statics ([`class::ClassDef`]). Begin at
//! [`state::Runtime`] to start one, [`class`] for what a type is, [`native`] for how natives are declared, [`interp`] for how
//! code runs.
//!
//! What it must not know: modules of the standard library (they register themselves through [`native::ModuleDef`]).

#![cfg_attr(preserve_none, feature(rust_preserve_none_cc))]
// The text above a native function is Python's docstring, whose brackets are no links.
#![allow(rustdoc::broken_intra_doc_links, rustdoc::invalid_html_tags, rustdoc::private_intra_doc_links)]

extern crate self as runtime;

pub mod builtins;
pub mod call;
pub mod class;
pub mod compile;
pub mod config;
pub mod error;
pub mod groups;
pub mod hooks;
pub mod interp;
pub mod iterate;
pub mod names;
pub mod native;
pub mod object;
pub mod ops;
pub mod start;
pub mod state;
pub mod syntax;
pub mod system;
pub mod types;

#[doc(hidden)]
pub use ::{containers, memory};
pub use memory::{Exclusive, Object, Value};
pub use threads::sync::thread::yield_now;
pub use threads::{Context, Thread};
