//! What the threads of a round have in common, besides objects.

use std::collections::VecDeque;
use std::ptr;

use memory::Published;
use mock::Tally;
use threads::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use threads::sync::{Arc, Mutex, Reclaim};
use threads::{Thread, World};

use crate::plan::Plan;

const MAILBOXES: usize = 4;
/// Values that wait in one mailbox at most.
const ROOM: usize = 64;
const BUFFERS: usize = 4;

/// What the threads of a round have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) plan: Plan,
    pub(crate) world: Arc<World>,
    pub(crate) tally: Arc<Tally>,
    mail: [Mutex<VecDeque<Published>>; MAILBOXES],
    pub(crate) buffers: Buffers,
    pub(crate) serial: AtomicU64,
    pub(crate) weak: Mutex<Callbacks>,
    /// Each thread's name and digest.
    pub(crate) digests: Mutex<Vec<(String, u64)>>,
}

/// The counters of callbacks, one a weak reference that has one.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    /// Called once at most.
    pub(crate) all: Vec<Arc<AtomicUsize>>,
    /// The weak reference was alive when its referent died, so called once exactly.
    pub(crate) due: Vec<Arc<AtomicUsize>>,
}

impl Shared {
    pub(crate) fn new(plan: Plan, world: Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            plan,
            world,
            tally: Arc::default(),
            mail: Default::default(),
            buffers: Buffers::default(),
            serial: AtomicU64::new(1),
            weak: Mutex::default(),
            digests: Mutex::default(),
        })
    }

    /// Leaves `value` in a mailbox; gives it back if there is no room.
    pub(crate) fn send(&self, choice: u64, value: Published) -> Result<(), Published> {
        let mut mail = self.mail[choice as usize % MAILBOXES].lock();
        if mail.len() >= ROOM {
            return Err(value);
        }
        mail.push_back(value);
        Ok(())
    }

    /// Takes the oldest value from a mailbox.
    pub(crate) fn receive(&self, choice: u64) -> Option<Published> {
        self.mail[choice as usize % MAILBOXES].lock().pop_front()
    }

    /// Empties all mailboxes.
    pub(crate) fn empty_mail(&self) {
        for choice in 0..MAILBOXES as u64 {
            while let Some(value) = self.receive(choice) {
                drop(value);
            }
        }
    }
}

const LIVING: u64 = 0xB0FF_E12D_A11B_E5AD;

/// What is replaced while others read it.
#[derive(Debug)]
struct Buffer {
    canary: AtomicU64,
}

impl Reclaim for Buffer {
    unsafe fn reclaim(pointer: *mut Self) {
        // SAFETY: promised by the caller: retired once, and nobody reads it any more.
        let buffer = unsafe { Box::from_raw(pointer) };
        assert_eq!(buffer.canary.swap(!LIVING, Ordering::Relaxed), LIVING, "INV-RETIRE-1: reclaimed twice");
    }
}

/// Pointers to buffers.
#[derive(Debug, Default)]
pub(crate) struct Buffers([AtomicPtr<Buffer>; BUFFERS]);

impl Buffers {
    pub(crate) fn replace(&self, thread: &Thread, choice: u64) {
        let new = Box::into_raw(Box::new(Buffer { canary: AtomicU64::new(LIVING) }));
        let old = self.0[choice as usize % BUFFERS].swap(new, Ordering::AcqRel);
        if !old.is_null() {
            // SAFETY: unlinked by the swap above, which gave it to nobody else.
            unsafe { memory::retire(thread, old) };
        }
    }

    pub(crate) fn read(&self, _thread: &Thread, choice: u64, looks: u64) {
        let buffer = self.0[choice as usize % BUFFERS].load(Ordering::Acquire);
        // SAFETY: INV-RETIRE-1; no safepoint until the last look.
        if let Some(buffer) = unsafe { buffer.as_ref() } {
            for _ in 0..looks {
                assert_eq!(buffer.canary.load(Ordering::Relaxed), LIVING, "INV-RETIRE-1: read after its end");
                threads::sync::hint::spin_loop();
            }
        }
    }
}

impl Drop for Buffers {
    fn drop(&mut self) {
        for buffer in &self.0 {
            let buffer = buffer.swap(ptr::null_mut(), Ordering::AcqRel);
            if !buffer.is_null() {
                // SAFETY: linked until now, and no thread is left.
                unsafe { Buffer::reclaim(buffer) };
            }
        }
    }
}
