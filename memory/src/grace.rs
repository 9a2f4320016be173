//! Grace periods of objects: our own quiescent-state scheme.
//!
//! There is one epoch counter. A thread that closes a batch of parked objects advances it and stamps the batch. Each
//! attached thread announces, at a moment when it holds no borrowed reference, the epoch that it sees; a detached
//! thread stands at infinity. A stamp is *ripe* when no thread stands before it: every thread that was attached when
//! the batch was closed has since made its borrowed references counted.
//!
//! * INV-GRACE-1: a thread that announces (or enters with) epoch `e` sees every slot as it was, or later than, when
//!   any batch stamped `<= e` was closed.
//! * INV-GRACE-2: a thread that holds borrowed references stands at the epoch of its last announcement.
//! * INV-GRACE-3: who waits for a stamp finds it ripe, or is asked to look again once it is.
//!
//! Why the fences. A thread enters: it stores where it stands, then reads slots. Another closes a batch: it has
//! emptied slots, then reads where everybody stands. Without a fence on both sides the first may read the old slot
//! while the second still finds it detached.

use threads::sync::atomic::{AtomicU16, AtomicU64, Ordering, fence};
use threads::sync::{CachePadded, Mutex};
use threads::{IdTable, Requests, ThreadId, World};

/// Where a detached thread stands.
const QUIET: u64 = u64::MAX;

#[derive(Debug)]
struct Standing(CachePadded<AtomicU64>);

impl Default for Standing {
    fn default() -> Self {
        Self(CachePadded::new(AtomicU64::new(QUIET)))
    }
}

/// The epoch and where every thread stands.
#[derive(Debug, Default)]
pub(crate) struct Grace {
    epoch: CachePadded<AtomicU64>,
    standing: IdTable<Standing>,
    /// Ids up to this one have been used.
    highest_id: AtomicU16,
    /// The smallest stamp that somebody waits for; `u64::MAX` if nobody does.
    next_ripe: AtomicU64,
    waiting: Mutex<Vec<(u64, ThreadId)>>,
}

impl Grace {
    pub(crate) fn new() -> Self {
        Self { next_ripe: AtomicU64::new(u64::MAX), ..Self::default() }
    }

    /// A new thread may hold borrowed references from now on.
    pub(crate) fn register(&self, id: ThreadId) {
        self.highest_id.fetch_max(id.get(), Ordering::AcqRel);
    }

    /// The thread attaches: it stands at the current epoch.
    pub(crate) fn enter(&self, id: ThreadId) {
        let epoch = self.epoch.load(Ordering::Acquire);
        self.standing.get(id).0.store(epoch, Ordering::Release);
        // Pairs with the fence in `horizon`: either the scan sees where this thread stands, or this thread sees the
        // slots as the scanning one left them.
        if !threads::mutant!("grace-enter-without-fence") {
            fence(Ordering::SeqCst);
        }
    }

    /// The thread holds no borrowed references and will read no slot before it enters again.
    pub(crate) fn leave(&self, id: ThreadId, world: &World) {
        // Release: pairs with the acquire in `horizon`; the thread's counts are visible to who reaps.
        self.standing.get(id).0.store(QUIET, Ordering::Release);
        self.wake_waiting(world);
    }

    /// The thread has made its borrowed references counted.
    pub(crate) fn announce(&self, id: ThreadId, world: &World) {
        // Acquire: INV-GRACE-1; pairs with the release in `close_batch`.
        let epoch = self.epoch.load(Ordering::Acquire);
        // Release: as in `leave`.
        self.standing.get(id).0.store(epoch, Ordering::Release);
        self.wake_waiting(world);
    }

    /// The stamp of a batch whose objects were all parked before this call.
    pub(crate) fn close_batch(&self) -> u64 {
        // Release: INV-GRACE-1.
        self.epoch.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Every stamp up to this one is ripe.
    pub(crate) fn horizon(&self) -> u64 {
        if !threads::mutant!("grace-scan-without-fence") {
            fence(Ordering::SeqCst); // pairs with the fence in `enter`
        }
        let highest = self.highest_id.load(Ordering::Acquire);
        let ids = (1..=highest).filter_map(ThreadId::new);
        // Acquire: pairs with the releases in `announce` and `leave`.
        ids.map(|id| self.standing.get(id).0.load(Ordering::Acquire)).min().unwrap_or(QUIET)
    }

    /// Asks for RIPE when `stamp` is; false if it is already.
    pub(crate) fn wait_for(&self, stamp: u64, id: ThreadId) -> bool {
        {
            let mut waiting = self.waiting.lock();
            if waiting.contains(&(stamp, id)) {
                return true;
            }
            waiting.push((stamp, id));
            let first = waiting.iter().map(|w| w.0).min().unwrap_or(u64::MAX);
            self.next_ripe.store(first, Ordering::Release);
        }
        // The scan's fence pairs with the one in `wake_waiting`: either this sees the last announcement, or the
        // announcing thread sees that somebody waits.
        self.horizon() < stamp || threads::mutant!("grace-waits-without-second-look")
    }

    fn wake_waiting(&self, world: &World) {
        if !threads::mutant!("grace-wakes-without-fence") {
            fence(Ordering::SeqCst); // pairs with the one in `wait_for`
        }
        if self.next_ripe.load(Ordering::Acquire) == u64::MAX {
            return;
        }
        let horizon = self.horizon();
        if self.next_ripe.load(Ordering::Acquire) > horizon {
            return;
        }
        let mut waiting = self.waiting.lock();
        waiting.retain(|&(stamp, id)| {
            let ripe = stamp <= horizon;
            if ripe {
                world.request(id, Requests::RIPE);
            }
            !ripe
        });
        let first = waiting.iter().map(|w| w.0).min().unwrap_or(u64::MAX);
        self.next_ripe.store(first, Ordering::Release);
    }

    /// Asks every attached thread that stands before `stamp` to refresh.
    pub(crate) fn hurry(&self, stamp: u64, world: &World) {
        let highest = self.highest_id.load(Ordering::Acquire);
        for id in (1..=highest).filter_map(ThreadId::new) {
            if self.standing.get(id).0.load(Ordering::Relaxed) < stamp {
                world.request(id, Requests::REFRESH);
            }
        }
    }
}
