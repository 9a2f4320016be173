//! Who is running.
//!
//! This crate knows threads and nothing else: no objects, no Python. It says which threads exist, which of them may
//! touch objects, how to stop them all, and how they wait for each other.
//!
//! * [`World`] is the registry of threads; a process has one, a test or a model makes its own.
//! * [`Thread`] is an attached thread, which its [`Token`] holds. What needs to run safely takes `&mut Thread`.
//! * [`StoppedWorld`] proves that no other thread is attached.
//! * [`Lock`], [`RLock`], [`Condition`], [`Event`], [`Semaphore`] and [`Barrier`] are the engines of Python's
//!   synchronisation objects; [`ThreadHandle`] is a thread that a program starts and joins.
//! * [`Thread::fork`], [`Thread::begin_shutdown`] and [`World::interrupt_main`] are how a process forks, ends and
//!   hears signals.
//! * [`sync`] is where atomics, cells and locks come from, real or modelled.
//!
//! # Invariants
//! Each module's page names its own. Tests and models carry the names.

mod away;
mod barrier;
mod condition;
mod control;
mod event;
mod fork;
mod gate;
mod handle;
mod id_table;
mod lock;
pub mod object_lock;
mod rlock;
mod semaphore;
mod shutdown;
mod signal;
mod sleepers;
mod spin;
mod stop;
pub mod sync;
mod thread;
mod turn;
mod waiter;
mod world;

pub use barrier::{Barrier, BarrierError, NoParties};
pub use condition::{Condition, Monitor, NotHeld, Waited};
pub use control::{Control, Requests, State};
pub use event::Event;
pub use handle::{Join, JoinError, Outcome, StartError, StartOptions, ThreadHandle, native_id};
pub use id_table::IdTable;
pub use lock::{Acquire, Lock, NotLocked};
pub use rlock::{CountOverflow, NotOwner, RLock, SavedCount};
pub use semaphore::{ReleaseError, Semaphore};
pub use sleepers::Sleepers;
pub use stop::StoppedWorld;
pub use thread::{Context, DETACHED_ID, Thread, ThreadId, Token, current_context, current_id};
pub use waiter::Wait;
pub use world::{Hooks, NoHooks, TooManyThreads, World};
