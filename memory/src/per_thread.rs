//! A reference for each thread, in one object: what `threading.local` is made of.
//!
//! The object may be shared by every thread, and yet each finds its own reference without a lock and without writing to
//! what others read: the places stand in a table by thread id.
//!
//! * INV-PERTHREAD-1: a place is read and replaced only by the thread whose id it stands for, apart from tracing and
//!   dropping.
//! * INV-PERTHREAD-2: what a place holds belongs to the thread with the serial number beside it; to another thread with that
//!   id the place is empty. (A fork leaves threads behind that have cleared nothing.)

use threads::sync::atomic::{AtomicU64, Ordering};
use threads::{Context, IdTable};

use crate::fields::TraceField;
use crate::header::Header;
use crate::slot::{Displaced, Slot};
use crate::trace::Visitor;
use crate::value::Value;

#[derive(Default)]
struct Place {
    serial: AtomicU64,
    slot: Slot,
}

/// One reference a thread.
#[derive(Default)]
pub struct PerThread(IdTable<Place>);

impl PerThread {
    /// Nothing for anybody.
    pub fn new() -> Self {
        Self::default()
    }

    /// What is kept for the calling thread.
    #[inline]
    pub fn get(&self, thread: &Context, holder: &Header) -> Option<Value> {
        let place = self.0.get(thread.id());
        // Relaxed: INV-PERTHREAD-1.
        if place.serial.load(Ordering::Relaxed) != thread.serial() {
            return None;
        }
        place.slot.get(holder)
    }

    /// Keeps `value` for the calling thread, or nothing; returns what was kept before.
    pub fn replace(&self, thread: &Context, holder: &Header, value: Option<Value>) -> Displaced {
        let place = self.0.get(thread.id());
        let displaced = place.slot.replace(thread, holder, value);
        place.serial.store(thread.serial(), Ordering::Relaxed); // INV-PERTHREAD-1
        displaced
    }
}

// SAFETY: each place's slot once; dropping the table drops each once.
unsafe impl TraceField for PerThread {
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        for place in self.0.made() {
            visitor.slot(&place.slot);
        }
    }
}
