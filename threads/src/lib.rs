//! Who is running.
//!
//! This crate knows threads and nothing else: no objects, no Python. It says which threads exist, which of them may
//! touch objects, how to stop them all, and how they wait for each other.
//!
//! * [`World`] is the registry of threads; a process has one, a test or a model makes its own.
//! * [`Thread`] is the token of an attached thread. What needs to run safely takes `&mut Thread`.
//! * [`StoppedWorld`] proves that no other thread is attached.
//! * [`sync`] is where atomics, cells and locks come from, real or modelled.
//!
//! # Invariants
//! Each module's page names its own. Tests and models carry the names.

mod control;
mod gate;
mod id_table;
pub mod object_lock;
mod stop;
pub mod sync;
mod thread;
mod world;

pub use control::{Control, Requests, State};
pub use id_table::IdTable;
pub use stop::StoppedWorld;
pub use thread::{Context, DETACHED_ID, Thread, ThreadId, current_context, current_id};
pub use world::{Hooks, NoHooks, TooManyThreads, World};
