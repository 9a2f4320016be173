//! Seeded stress of the thread and memory substrate.
//!
//! `weft-stress` runs *rounds*: a new world, a random number of threads, a random mix of operations on the mock
//! language, and at the end everything must be freed. Each thread draws its operations from its own generator and
//! never from what it observes, so the same seed replays the same operations of each thread, though not the same
//! interleaving. This crate runs for real only: models have their own (`loom-tests`).
//!
//! | page       | concept                                                                      |
//! |------------|------------------------------------------------------------------------------|
//! | `round`    | one world from beginning to end, and what must hold then                      |
//! | `plan`     | what a round is made of; drawn from its seed                                  |
//! | `step`     | the table of operations, and how a thread draws the next one                  |
//! | `actor`    | a thread of a round; its operations are in `graph`, `sharing` and `running`   |
//! | `board`    | the shared roots; `shared`: what else the threads of a round have in common   |
//! | `litmus`   | outcomes that the memory model forbids                                        |
//! | `cli`      | the program; `options`: its command line                                      |
//! | `watchdog` | what happens when nothing does, or something panics                           |
#![cfg(not(loom))]

mod actor;
mod board;
pub mod cli;
mod graph;
pub mod litmus;
mod options;
mod plan;
mod rng;
mod round;
mod running;
mod shared;
mod sharing;
mod step;
pub mod watchdog;

pub use options::{Options, USAGE};
pub use plan::{Limits, Plan};
pub use rng::Rng;
pub use round::{Report, run};
