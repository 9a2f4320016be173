//! Who is running.
//!
//! This crate knows threads and nothing else: no objects, no Python. It says which threads exist, which of them may
//! touch objects, how to stop them all, and how they wait for each other.
//!
//! * [`World`] is the registry of threads; a process has one, a test or a model makes its own.
//! * [`Thread`] is the token of an attached thread. What needs to run safely takes `&mut Thread`.
//! * [`sync`] is where atomics, cells and locks come from, real or modelled.
//!
//! # Invariants
//! Each module's page names its own. Tests and models carry the names.

pub mod object_lock;
pub mod sync;
