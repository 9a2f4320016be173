//! A weak reference object.

use memory::{Object, OutOfMemory, Trace, Value, Visitor, WeakCell};
use threads::Thread;
use threads::sync::Arc;
use threads::sync::atomic::{AtomicUsize, Ordering};

/// A weak reference, and where its callback counts.
#[derive(Debug)]
pub struct Weak {
    cell: WeakCell,
    called: Option<Arc<AtomicUsize>>,
}

fn callback(_thread: &mut Thread, reference: &Value) {
    if let Some(called) = Object::of(reference, &WEAK).and_then(|weak| weak.payload().called.as_ref()) {
        called.fetch_add(1, Ordering::SeqCst);
    }
}

// SAFETY: the cell's referent is no edge.
unsafe impl Trace for Weak {
    const NAME: &'static str = "weak";
    const WEAK_CALLBACK: Option<fn(&mut Thread, &Value)> = Some(callback);
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.cell.trace(visitor);
    }
}

crate::shape! {
    /// Of [`Weak`].
    WEAK: Weak
}

/// Makes a weak reference to `target`; `called` counts the callback.
///
/// # Errors
/// [`OutOfMemory`].
pub fn new_weak(
    thread: &mut Thread,
    target: &Value,
    called: Option<Arc<AtomicUsize>>,
) -> Result<Value, OutOfMemory> {
    let wants_callback = called.is_some();
    let reference = WEAK.allocate(thread, Weak { cell: WeakCell::new(), called })?;
    if let Some(weak) = Object::of(&reference, &WEAK) {
        // SAFETY: the cell is in the payload of `reference`, which is new.
        unsafe { weak.payload().cell.attach(thread, &reference, target, wants_callback) };
    }
    Ok(reference)
}

/// Where the callback of the weak reference counts, if its referent is gone and the callback was due then.
pub fn due_callback(reference: &Value) -> Option<&Arc<AtomicUsize>> {
    let weak = Object::of(reference, &WEAK)?.payload();
    if weak.cell.is_dead() && weak.cell.wants_callback() { weak.called.as_ref() } else { None }
}

/// The referent, unless it is gone.
pub fn upgrade(thread: &Thread, reference: &Value) -> Option<Value> {
    let weak = Object::of(reference, &WEAK)?;
    weak.payload().cell.upgrade(thread, weak.header())
}
