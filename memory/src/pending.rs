//! Finalizers and weak-reference callbacks that wait to be run.
//!
//! A release never runs Python. What it finds to be run is left here and run at the thread's next safepoint, or at
//! once where a caller holds the token and asks for it ([`run_pending`]): the interpreter after an instruction that
//! dropped something, a native function after it has closed its critical sections.

use threads::Thread;

use crate::local::Local;
use crate::publish;
use crate::value::Value;

/// Something to run.
#[derive(Debug)]
pub(crate) enum Pending {
    /// The object's finalizer. The value is what keeps the object alive until then.
    Finalizer(Value),
    /// The callback of this weak reference, whose referent is gone.
    Callback(Value),
}

impl Pending {
    /// Makes the object shared, so that another thread can run this.
    pub(crate) fn publish(&self) {
        let (Self::Finalizer(value) | Self::Callback(value)) = self;
        publish::publish(value);
    }
}

// SAFETY: the objects are shared when an entry is handed to another thread (`Memory::exit`).
unsafe impl Send for Pending {}

/// Runs the finalizers and callbacks that wait on this thread, and those that they cause; returns how many.
///
/// # Concurrency
/// May run Python.
pub fn run_pending(thread: &mut Thread) -> usize {
    let mut ran = 0;
    loop {
        let batch = Local::of(thread).pending.take();
        if batch.is_empty() {
            return ran;
        }
        for pending in batch {
            run(thread, pending);
            ran += 1;
        }
    }
}

fn run(thread: &mut Thread, pending: Pending) {
    match pending {
        Pending::Finalizer(value) => {
            if let Some(finalizer) = value.header().and_then(|header| header.desc().finalizer) {
                (finalizer.run)(thread, &value);
            }
        }
        Pending::Callback(reference) => {
            if let Some(callback) = reference.header().and_then(|header| header.desc().weak_callback) {
                callback(thread, &reference);
            }
        }
    }
}
