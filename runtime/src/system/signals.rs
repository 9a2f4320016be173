//! Signals that have arrived and wait for the main thread.
//!
//! Whoever notes one may be a signal handler of the system, between any two instructions: noting sets a flag and wakes the
//! main thread, nothing else. The main thread takes the flags at a safepoint.

use threads::World;
use threads::sync::atomic::{AtomicBool, Ordering};

/// One more than the highest signal number.
pub const COUNT: usize = 65;

/// SIGINT, which is what a program is interrupted with.
pub const INTERRUPT: i32 = libc::SIGINT;

static ARRIVED: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

/// Notes a signal and asks the main thread to answer it; false for what is no signal's number.
///
/// # Concurrency
/// Lock-free and without allocation: may be called from a signal handler.
pub fn note(world: &World, number: i32) -> bool {
    let Some(flag) = usize::try_from(number).ok().filter(|&n| n > 0).and_then(|n| ARRIVED.get(n)) else {
        return false;
    };
    // Release: pairs with the Acquire in `take`; the request that follows wakes who takes it.
    flag.store(true, Ordering::Release);
    world.interrupt_main();
    true
}

/// Takes the lowest of the signals that have arrived.
pub fn take() -> Option<i32> {
    // Acquire: pairs with the Release in `note`.
    let number = ARRIVED.iter().position(|flag| flag.swap(false, Ordering::AcqRel))?;
    i32::try_from(number).ok()
}
