//! What views share: a buffer that was lent once, and the count of its users.

use memory::{Finalizer, Object, ObjectPtr, Slot, Trace, Value, Visitor};
use threads::sync::Arc;
use threads::sync::atomic::{AtomicUsize, Ordering};
use threads::{Context, Thread};

use crate::class::ClassFlags;
use crate::error::Result;
use crate::native::buffer::Buffer;
use crate::object::cast;

/// The payload of a loan.
pub(super) struct Loan {
    /// Who lends.
    pub(super) owner: Slot,
    give_back: Option<fn(&mut Thread, &Value)>,
    /// Views that are not released, and accesses; 0 once the loan has ended.
    pub(super) users: Arc<AtomicUsize>,
}

// SAFETY: the slot once.
unsafe impl Trace for Loan {
    const NAME: &'static str = "managedbuffer";
    const FINALIZER: Option<Finalizer> = Some(Finalizer { wants, run });
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.owner);
    }
}

crate::class_def!(Loan, "managedbuffer", ClassFlags::NO_NEW);

/// A loan with one user: the first view.
pub(super) fn new(thread: &mut Thread, buffer: Buffer) -> Result<Value> {
    let give_back = buffer.release;
    let owner = buffer.owner;
    let payload =
        Loan { owner: Slot::new(Some(owner.clone())), give_back, users: Arc::new(AtomicUsize::new(1)) };
    crate::object::new(thread as &Context, payload).inspect_err(|_| {
        if let Some(give_back) = give_back {
            give_back(thread, &owner);
        }
    })
}

/// One more user; false if the loan has ended.
pub(super) fn enter(loan: &Object<Loan>) -> bool {
    let users = &loan.payload().users;
    // Acquire: what the last user did before the loan ended is not seen by who finds it ended; Relaxed on failure, which
    // only repeats.
    let enter = |n: usize| if n == 0 { None } else { Some(n + 1) };
    users.fetch_update(Ordering::AcqRel, Ordering::Acquire, enter).is_ok()
}

/// One user less; the last one gives the bytes back.
pub(super) fn leave(thread: &mut Thread, loan: &Object<Loan>) {
    if loan.payload().users.fetch_sub(1, Ordering::AcqRel) == 1 {
        end(thread, loan);
    }
}

fn end(thread: &mut Thread, loan: &Object<Loan>) {
    let owner = loan.payload().owner.get(loan.header());
    if let (Some(give_back), Some(owner)) = (loan.payload().give_back, owner) {
        give_back(thread, &owner);
    }
}

/// A view dies that was not released. The last user stays: the loan dies with it, and ends then.
pub(super) fn forget(users: &AtomicUsize) {
    let others = |n: usize| if n > 1 { Some(n - 1) } else { None };
    // Release: what this user did is before the loan's end; Relaxed on failure, which changes nothing.
    let _ = users.fetch_update(Ordering::AcqRel, Ordering::Relaxed, others);
}

/// Whether views have died without having been released.
fn wants(object: ObjectPtr) -> bool {
    let object = object.cast::<Object<Loan>>();
    // SAFETY: asked of dying objects of this type, which are still whole.
    let loan = unsafe { object.as_ref() }.payload();
    loan.give_back.is_some() && loan.users.load(Ordering::Acquire) > 0
}

fn run(thread: &mut Thread, value: &Value) {
    if let Some(loan) = cast::<Loan>(value)
        && loan.payload().users.swap(0, Ordering::AcqRel) > 0
    {
        end(thread, loan);
    }
}
