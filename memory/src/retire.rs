//! Buffers and tables that are replaced while others may still read them.
//!
//! Objects come back to the thread that parked them; a replaced buffer may be freed by anybody, so it goes to the
//! reclaimer in `threads::sync`, whose guard a thread holds while it is attached and refreshes when it refreshes its
//! borrowed references.
//!
//! * INV-RETIRE-1: a buffer that a thread has loaded stays readable until that thread's next refresh or detach.

use threads::Context;
use threads::sync::Reclaim;

use crate::eval_stack::EvalStack;
use crate::local::Local;

/// Frees `pointer` once no thread can be reading it: at once if this thread is alone.
///
/// # Safety
/// `pointer` has been unlinked, so that no thread finds it any more, and is retired once.
pub unsafe fn retire<T: Reclaim>(thread: &Context, pointer: *mut T) {
    if thread.is_solo() || threads::mutant!("retire-at-once") {
        // SAFETY: INV-GATE-1; nobody else is attached, and this thread has unlinked it.
        return unsafe { T::reclaim(pointer) };
    }
    Local::of(thread).with_guard(|guard| {
        let guard = guard.as_ref().expect("INV-LOCAL-1: an attached thread holds a guard");
        // SAFETY: promised by the caller.
        unsafe { guard.retire(pointer) };
    });
}

/// The thread's evaluation stack.
pub fn stack(thread: &Context) -> &EvalStack {
    Local::of(thread).stack()
}
