//! The one place for atomics, cells, fences, locks, thread spawn and deferred reclamation.
//!
//! Everything that threads share in Weft is built from what this module exports. Normally that is `std`,
//! `parking_lot_core` and `seize`; under `--cfg loom` it is `loom`, so that the code which is model-checked is the
//! code which runs. `cargo xtask tidy` forbids the `std` paths everywhere else.
//!
//! What is deliberately absent: a global. Loom starts every execution afresh, so state lives in a
//! [`World`](crate::World) that each test, model or process makes for itself.
//!
//! * INV-RECLAIM-1: what is retired stays as it is until every guard that was active at that moment has been dropped
//!   or refreshed, and is reclaimed some time after that, once.

#[cfg(loom)]
mod model;
#[cfg(loom)]
pub use model::*;

#[cfg(not(loom))]
mod real;
#[cfg(not(loom))]
pub use real::*;

#[cfg(all(debug_assertions, not(loom)))]
pub mod tally;

mod owner_cell;
pub use owner_cell::OwnerCell;

#[cfg(loom)]
pub mod mutants;

/// A buffer or table that can be handed to [`reclaim::Guard::retire`].
pub trait Reclaim: Send {
    /// Frees it.
    ///
    /// # Safety
    /// `pointer` was retired, and no thread can reach it any more.
    unsafe fn reclaim(pointer: *mut Self);
}

pub use crossbeam_utils::CachePadded;
pub use std::hint::spin_loop;
pub use std::sync::{Arc, OnceLock, Weak};

/// True while a model runs with the named mutant: a deliberate defect that loom must find.
///
/// Outside `--cfg loom` this is the constant `false` and costs nothing.
#[macro_export]
macro_rules! mutant {
    ($name:literal) => {{
        #[cfg(loom)]
        let active = $crate::sync::mutants::is_active($name);
        #[cfg(not(loom))]
        let active = false;
        active
    }};
}

/// Declares a thread-local `Cell` with a constant initial value: one `mov` relative to the thread pointer.
#[macro_export]
macro_rules! thread_local_cell {
    ($(#[$meta:meta])* $vis:vis static $name:ident: $ty:ty = $init:expr) => {
        #[cfg(not(loom))]
        std::thread_local! { $(#[$meta])* $vis static $name: std::cell::Cell<$ty> = const { std::cell::Cell::new($init) } }
        #[cfg(loom)]
        $crate::sync::loom_thread_local! { $(#[$meta])* $vis static $name: std::cell::Cell<$ty> = std::cell::Cell::new($init) }
    };
}
