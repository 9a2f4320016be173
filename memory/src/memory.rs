//! The memory layer of one world: what its threads have in common, and what it does at the turns of their lives.

use std::collections::VecDeque;

use threads::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};
use threads::sync::{Arc, Mutex, reclaim};
use threads::{Hooks, IdTable, Requests, Thread, ThreadId, World};

use crate::collector::{self, CollectorState};
use crate::grace::Grace;
use crate::heap::{HeapStats, PagePool};
use crate::local::{Local, Privilege};
use crate::merge::{self, MergeQueue};
use crate::park::{self, Batch};
use crate::pending::{self, Pending};
use crate::weak::WeakTable;

/// The memory layer of one world.
pub struct Memory {
    pool: Arc<PagePool>,
    grace: Grace,
    queues: IdTable<MergeQueue>,
    weak: WeakTable,
    reclaim: Arc<reclaim::Collector>,
    /// Parked objects of threads that detached, stopped or exited.
    orphans: Mutex<Vec<Batch>>,
    orphan_batches: AtomicUsize,
    /// Finalizers and callbacks of threads that exited.
    orphan_pending: Mutex<VecDeque<Pending>>,
    collector: CollectorState,
    #[cfg(loom)]
    blocks: crate::life::Blocks,
    /// What each registered thread has, for the child of a fork, where the others' is left over.
    locals: IdTable<LocalPtr>,
}

/// Where a thread's `Local` is; null when the id has no bearer.
#[derive(Debug)]
struct LocalPtr(AtomicPtr<Local>);

impl Default for LocalPtr {
    fn default() -> Self {
        Self(AtomicPtr::new(std::ptr::null_mut()))
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

/// Figures about memory.
#[derive(Clone, Debug)]
pub struct MemoryStats {
    /// Pages, blocks and bytes, by size class.
    pub heap: HeapStats,
    /// Bytes of parked objects on the calling thread's list.
    pub parked_bytes: usize,
    /// Batches of parked objects that no thread has at present.
    pub orphan_batches: usize,
}

impl Memory {
    /// A world whose threads share objects. With `gil`, at most one thread is attached at a time.
    pub fn new_world(gil: bool) -> Arc<World> {
        World::new(
            Arc::new(Hooked(Arc::new(Self {
                pool: PagePool::new(),
                grace: Grace::new(),
                queues: IdTable::new(),
                weak: WeakTable::new(),
                reclaim: Arc::new(reclaim::Collector::new()),
                orphans: Mutex::new(Vec::new()),
                orphan_batches: AtomicUsize::new(0),
                orphan_pending: Mutex::new(VecDeque::new()),
                collector: CollectorState::new(),
                locals: IdTable::new(),
                #[cfg(loom)]
                blocks: crate::life::Blocks::default(),
            }))),
            gil,
        )
    }

    /// The memory layer of the thread's world.
    pub fn of(thread: &Thread) -> &Self {
        Local::of(thread).memory()
    }

    pub(crate) fn pool(&self) -> &Arc<PagePool> {
        &self.pool
    }

    pub(crate) fn grace(&self) -> &Grace {
        &self.grace
    }

    pub(crate) fn queue(&self, id: ThreadId) -> &MergeQueue {
        self.queues.get(id)
    }

    pub(crate) fn weak(&self) -> &WeakTable {
        &self.weak
    }

    #[cfg(loom)]
    pub(crate) fn blocks(&self) -> &crate::life::Blocks {
        &self.blocks
    }

    pub(crate) fn collector(&self) -> &CollectorState {
        &self.collector
    }

    /// Figures about memory, exact where the world is stopped.
    pub fn stats(thread: &Thread) -> MemoryStats {
        let local = Local::of(thread);
        MemoryStats {
            heap: local.memory().pool.stats(),
            parked_bytes: local.with_parked(|list| list.total_bytes),
            orphan_batches: local.memory().orphan_batches.load(Ordering::Relaxed),
        }
    }

    fn adopt_orphans(&self, local: &Local, horizon: u64) {
        if self.orphan_batches.load(Ordering::Relaxed) == 0 {
            return; // a hint: what is missed now is found at the next refresh
        }
        let ripe: Vec<Batch> = {
            let mut orphans = self.orphans.lock();
            let ripe = orphans
                .extract_if(.., |batch| batch.stamp <= horizon || threads::mutant!("orphans-without-grace"))
                .collect();
            self.orphan_batches.store(orphans.len(), Ordering::Relaxed);
            ripe
        };
        for batch in ripe {
            park::reap_batch(local, batch);
        }
    }

    fn leave_to_orphans(&self, batches: Vec<Batch>) {
        if batches.is_empty() {
            return;
        }
        let mut orphans = self.orphans.lock();
        orphans.extend(batches);
        self.orphan_batches.store(orphans.len(), Ordering::Relaxed);
    }
}

/// Makes this thread's borrowed references counted, announces a quiescent state, and frees what nobody waits for any
/// more; asks the other threads to do so for what is not ripe yet. What long native loops do, and programs that want
/// memory back; otherwise done at safepoints when asked.
pub fn refresh(thread: &mut Thread) {
    let local = Local::of(thread);
    refresh_local(local);
    if let Some(stamp) = park::oldest_stamp(local) {
        local.memory().grace.hurry(stamp, local.context().world());
    }
}

pub(crate) fn refresh_local(local: &Local) {
    threads::object_lock::assert_no_locks_held("at a refresh");
    let memory = local.memory();
    let (id, world) = (local.context().id(), local.context().world());
    if !threads::mutant!("announce-without-refresh") {
        local.stack().refresh();
    }
    if !threads::mutant!("announce-keeps-credits") {
        local.credits().settle_all();
    }
    local.with_guard(|guard| {
        if let Some(guard) = guard {
            guard.refresh();
        }
    });
    let hurry = park::close(local);
    memory.grace.announce(id, world);
    if let Some(stamp) = hurry {
        memory.grace.hurry(stamp, world);
    }
    let horizon = if local.is_solo() { u64::MAX - 1 } else { memory.grace.horizon() };
    park::reap(local, horizon);
    memory.adopt_orphans(local, horizon);
    while let Some(stamp) = park::oldest_stamp(local) {
        if memory.grace.wait_for(stamp, id) {
            break;
        }
        park::reap(local, memory.grace.horizon());
    }
}

/// Frees everything that is parked anywhere: the caller is the only attached thread.
pub(crate) fn reap_everything(local: &Local) {
    loop {
        let _ = park::close(local);
        park::reap(local, u64::MAX - 1);
        local.memory().adopt_orphans(local, u64::MAX - 1);
        let open = local.with_parked(|list| list.total_bytes);
        if open == 0 && local.memory().orphan_batches.load(Ordering::Relaxed) == 0 {
            return;
        }
    }
}

/// The hooks, which need the `Arc`.
struct Hooked(Arc<Memory>);

impl Hooks for Hooked {
    fn register(&self, thread: &mut Thread) {
        let local = Local::new(thread, Arc::clone(&self.0));
        self.0.grace.register(thread.id());
        self.0.queue(thread.id()).open();
        let local = Box::into_raw(local);
        self.0.locals.get(thread.id()).0.store(local, Ordering::Release);
        thread.set_extension(local.cast());
    }

    fn attached(&self, thread: &mut Thread) {
        let local = Local::of(thread);
        self.0.grace.enter(thread.id());
        local.with_guard(|guard| *guard = Some(self.0.reclaim.enter()));
        Local::set_current(Some(local));
        if thread.is_solo() && self.0.orphan_batches.load(Ordering::Relaxed) > 0 {
            thread.control().request(Requests::REFRESH); // alone: nobody else would reap them
        }
    }

    fn after_fork_in_child(&self, thread: &mut Thread, gone: &[ThreadId]) {
        self.0.after_fork_in_child(Local::of(thread), gone);
    }

    fn quiesce(&self, thread: &mut Thread) {
        self.0.quiesce(thread);
    }

    fn solo_changed(&self, thread: &mut Thread, solo: bool) {
        if solo {
            let local = Local::of(thread);
            refresh_local(local);
            reap_everything(local);
        }
    }

    fn answer(&self, thread: &mut Thread, requests: Requests) -> Requests {
        let local = Local::of(thread);
        let mine =
            [Requests::REFRESH, Requests::RIPE, Requests::MERGE, Requests::COLLECT, Requests::FINALIZE];
        let mine = mine.into_iter().fold(Requests::NONE, Requests::union);
        let taken = thread.control().take(mine);
        if taken.contains(Requests::MERGE) {
            merge::drain(local);
        }
        if taken.contains(Requests::REFRESH.union(Requests::RIPE)) {
            refresh_local(local);
            if local.with_parked(|list| list.total_bytes) > park::STOP_BYTES {
                // The others are slow to refresh: a stop ends every grace period.
                drop(thread.stop_the_world());
                refresh_local(local);
            }
        }
        if taken.contains(Requests::COLLECT) {
            collector::collect_if_grown(thread);
        }
        if taken.contains(Requests::FINALIZE) {
            self.0.take_orphan_pending(local);
            pending::run_pending(thread);
        }
        requests.without(mine)
    }

    fn exit(&self, thread: &mut Thread) {
        self.0.exit(thread);
    }
}

impl Memory {
    fn quiesce(&self, thread: &Thread) {
        let local = Local::of(thread);
        refresh_local(local);
        // What reaping has parked again, and what is not ripe, others may reap while this thread is away.
        let _ = park::close(local);
        self.leave_to_orphans(park::take_closed(local));
        debug_assert!(local.credits().is_empty(), "INV-CREDIT-1: a thread leaves with credits");
        local.with_guard(|guard| drop(guard.take()));
        Local::set_current(None);
        self.grace.leave(thread.id(), thread.world());
    }

    /// Takes over what the threads that exist only in the parent process have left. They were stopped or detached, so
    /// they hold nothing borrowed, and none of this crate's locks.
    fn after_fork_in_child(&self, local: &Local, gone: &[ThreadId]) {
        let _privilege = Privilege::new();
        self.collector.after_fork_in_child(gone);
        for &id in gone {
            let theirs = self.locals.get(id).0.swap(std::ptr::null_mut(), Ordering::AcqRel);
            if theirs.is_null() {
                continue;
            }
            // SAFETY: made by `register` with `Box::into_raw`; its thread does not exist here.
            let theirs = unsafe { Box::from_raw(theirs) };
            merge::drain_and_close_of(local, id);
            theirs.stack().clear();
            for pending in theirs.pending.take() {
                pending.publish();
                local.push_pending(pending);
            }
            let _ = park::close(&theirs);
            self.leave_to_orphans(park::take_closed(&theirs));
            theirs.with_guard(|guard| std::mem::forget(guard.take())); // its slot belongs to a thread that never comes back
            self.grace.leave(id, local.context().world());
            theirs.abandon_heap();
        }
        reap_everything(local);
    }

    fn take_orphan_pending(&self, local: &Local) {
        for pending in self.orphan_pending.lock().drain(..) {
            local.pending.push(pending);
        }
    }

    fn exit(&self, thread: &mut Thread) {
        const ROUNDS: usize = 16; // of finalizers that leave more finalizers to run
        Local::of(thread).stack().clear();
        for _ in 0..ROUNDS {
            merge::drain(Local::of(thread));
            if pending::run_pending(thread) == 0 {
                break;
            }
        }
        let local = Local::of(thread);
        loop {
            merge::drain(local);
            let closed_early = threads::mutant!("exit-closes-queue-early") && merge::close_if_empty(local);
            if local.is_solo() {
                reap_everything(local);
            }
            refresh_local(local);
            // INV-MERGE-3: from here on this thread releases nothing.
            if closed_early || merge::close_if_empty(local) {
                break;
            }
        }
        let left = local.pending.take();
        if !left.is_empty() {
            for pending in &left {
                pending.publish();
            }
            self.orphan_pending.lock().extend(left);
            for id in thread.world().thread_ids() {
                thread.world().request(id, Requests::FINALIZE);
            }
        }
        let _ = park::close(local);
        self.leave_to_orphans(park::take_closed(local));
        local.with_guard(|guard| drop(guard.take()));
        Local::set_current(None);
        self.grace.leave(thread.id(), thread.world());
        local.abandon_heap();
        let local = self.locals.get(thread.id()).0.swap(std::ptr::null_mut(), Ordering::AcqRel);
        thread.set_extension(std::ptr::null_mut());
        // SAFETY: made by `register` with `Box::into_raw`, and nobody can reach it any more.
        drop(unsafe { Box::from_raw(local) });
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // No thread is left to count with: what still waits for its finalizer is given up with the world's pages.
        std::mem::take(self.orphan_pending.get_mut()).into_iter().for_each(std::mem::forget);
    }
}
