//! What the memory layer keeps for each thread. Thread-confined; reached through the token or, from `Drop`, through a
//! thread-local.
//!
//! * INV-LOCAL-1: the thread-local points to the calling thread's `Local` exactly while the thread is attached.

use std::cell::Cell;
use std::ptr::{self, NonNull};

use threads::sync::Arc;
use threads::sync::cell::UnsafeCell;
use threads::sync::reclaim;
use threads::{Context, Requests, Thread, thread_local_cell};

use crate::credit::Credits;
use crate::death;
use crate::eval_stack::EvalStack;
use crate::header::ObjectPtr;
use crate::heap::Kind;
#[cfg(not(loom))]
use crate::heap::{Heap, Page};
use crate::memory::Memory;
use crate::park::{self, ParkList};
use crate::pending::Pending;

thread_local_cell! {
    static LOCAL: *const Local = ptr::null()
}

thread_local_cell! {
    /// Set while the collector, or a helper under the world's mutex, handles objects of stopped threads.
    static PRIVILEGED: bool = false
}

/// Whether this thread may touch private objects of others: their owners are stopped, or they are garbage.
#[cfg(debug_assertions)]
pub(crate) fn may_touch_foreign() -> bool {
    PRIVILEGED.with(Cell::get)
}

/// Lets this thread touch private objects of others while it lives.
pub(crate) struct Privilege {
    before: bool,
}

impl Privilege {
    pub(crate) fn new() -> Self {
        Self { before: PRIVILEGED.with(|p| p.replace(true)) }
    }
}

impl Drop for Privilege {
    fn drop(&mut self) {
        PRIVILEGED.with(|p| p.set(self.before));
    }
}

/// A list that is touched in short steps, none of which can come back to it. Thread-confined.
pub(crate) struct LocalList<T>(UnsafeCell<Vec<T>>);

impl<T> LocalList<T> {
    fn new() -> Self {
        Self(UnsafeCell::new(Vec::new()))
    }

    #[inline(always)]
    fn with<R>(&self, step: impl FnOnce(&mut Vec<T>) -> R) -> R {
        // SAFETY: thread-confined, and the steps below call nothing that could come back here.
        self.0.with_mut(|list| step(unsafe { &mut *list }))
    }

    #[inline]
    pub(crate) fn push(&self, item: T) {
        self.with(|list| list.push(item));
    }

    #[inline]
    pub(crate) fn pop(&self) -> Option<T> {
        self.with(Vec::pop)
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.with(|list| list.is_empty())
    }

    pub(crate) fn take(&self) -> Vec<T> {
        self.with(std::mem::take)
    }
}

/// One thread's memory state.
pub(crate) struct Local {
    context: *const Context,
    memory: Arc<Memory>,
    /// Models take their blocks from `life::Blocks`.
    #[cfg(not(loom))]
    heap: Heap,
    /// Dead objects that wait for their turn to be destroyed: INV-RC-5.
    pub(crate) dying: LocalList<ObjectPtr>,
    pub(crate) draining: Cell<bool>,
    /// Whether what is being destroyed was parked for a grace period, and its children with it.
    reaping: Cell<bool>,
    /// Open critical sections that hold a lock.
    sections: Cell<u32>,
    /// Objects at count zero that wait for the sections to close before they are parked.
    deferred: LocalList<ObjectPtr>,
    parked: UnsafeCell<ParkList>,
    scratch: Cell<Vec<ObjectPtr>>,
    pub(crate) pending: LocalList<Pending>,
    stack: EvalStack,
    credits: Credits,
    guard: Cell<Option<reclaim::Guard>>,
}

impl Local {
    pub(crate) fn new(thread: &Thread, memory: Arc<Memory>) -> Box<Self> {
        let context: &Context = thread;
        Box::new(Self {
            context,
            #[cfg(not(loom))]
            heap: Heap::new(Arc::clone(memory.pool()), context.id().get()),
            memory,
            dying: LocalList::new(),
            draining: Cell::new(false),
            reaping: Cell::new(false),
            sections: Cell::new(0),
            deferred: LocalList::new(),
            parked: UnsafeCell::new(ParkList::default()),
            scratch: Cell::new(Vec::new()),
            pending: LocalList::new(),
            stack: EvalStack::new(),
            credits: Credits::new(),
            guard: Cell::new(None),
        })
    }

    /// The calling thread's.
    #[inline(always)]
    pub(crate) fn current<'a>() -> &'a Self {
        let local = LOCAL.with(Cell::get);
        assert!(!local.is_null(), "INV-LOCAL-1: an object was counted on a thread that is not attached");
        // SAFETY: INV-LOCAL-1. Callers do not keep the reference across a safepoint.
        unsafe { &*local }
    }

    /// The calling thread's, if it is attached.
    pub(crate) fn try_current<'a>() -> Option<&'a Self> {
        // SAFETY: INV-LOCAL-1; as in `current`.
        unsafe { LOCAL.with(Cell::get).as_ref() }
    }

    /// The calling thread's, from its token.
    #[inline(always)]
    pub(crate) fn of<'a>(context: &Context) -> &'a Self {
        let local = context.extension().cast::<Self>();
        debug_assert!(!local.is_null(), "INV-LOCAL-1: the world has other hooks than `Memory`");
        // SAFETY: set when the thread registered, freed when it exits, both by `Memory`.
        unsafe { &*local }
    }

    /// Makes [`current`](Self::current) find this, or nothing.
    pub(crate) fn set_current(local: Option<&Self>) {
        LOCAL.with(|l| l.set(local.map_or(ptr::null(), ptr::from_ref)));
        if let Some(local) = local {
            local.credits.make_current();
        }
    }

    #[inline(always)]
    pub(crate) fn context(&self) -> &Context {
        // SAFETY: the token owns both the context and, through `Memory`, this.
        unsafe { &*self.context }
    }

    #[inline(always)]
    pub(crate) fn is_solo(&self) -> bool {
        self.context().is_solo()
    }

    #[inline(always)]
    pub(crate) fn memory(&self) -> &Arc<Memory> {
        &self.memory
    }

    /// Hands the thread's pages over to whoever wants them: the thread exits.
    pub(crate) fn abandon_heap(&self) {
        #[cfg(not(loom))]
        self.heap.abandon();
    }

    pub(crate) fn stack(&self) -> &EvalStack {
        &self.stack
    }

    #[inline(always)]
    pub(crate) fn credits(&self) -> &Credits {
        &self.credits
    }

    /// A block for an object of `size_bytes`; `None` if there is no memory.
    #[inline(always)]
    pub(crate) fn allocate_block(&self, size_bytes: usize, kind: Kind) -> Option<NonNull<u8>> {
        #[cfg(not(loom))]
        return self.heap.allocate(size_bytes, kind);
        #[cfg(loom)]
        {
            let _ = kind;
            self.memory.blocks().allocate(size_bytes)
        }
    }

    /// Gives an object's block back.
    #[inline(always)]
    pub(crate) fn free_block(&self, object: ObjectPtr) {
        // SAFETY: `death` has destroyed the object.
        let header = unsafe { object.as_ref() };
        header.end_life();
        // SAFETY: nobody can reach the object any more, and its payload has been dropped. (Models keep the block:
        // see `life`.)
        #[cfg(not(loom))]
        unsafe {
            self.heap.free(object.cast());
        }
    }

    /// Gives the blocks of objects back that [`free_block`](Self::free_block) could take one by one: neighbours in a
    /// page of another thread in one step.
    pub(crate) fn free_blocks(&self, objects: &[ObjectPtr]) {
        #[cfg(loom)]
        objects.iter().for_each(|&object| self.free_block(object));
        #[cfg(not(loom))]
        for neighbours in objects.chunk_by(|&a, &b| Page::of(a.cast()) == Page::of(b.cast())) {
            self.free_in_page(neighbours);
        }
    }

    #[cfg(not(loom))]
    fn free_in_page(&self, objects: &[ObjectPtr]) {
        let page = Page::of(objects[0].cast());
        // SAFETY: INV-HEAP-4; the blocks are used, so their page stays until they are pushed.
        let header = unsafe { page.as_ref() };
        if header.is_large() || header.owner() == self.heap.id() {
            return objects.iter().for_each(|&object| self.free_block(object));
        }
        let mut first = None;
        for &object in objects {
            // SAFETY: destroyed, as for `free_block`, and in the same page as those before.
            unsafe { Page::chain(object.cast(), first) };
            first = Some(object.cast());
        }
        if let Some(first) = first {
            // SAFETY: the chain was made above, of used blocks of a page that is not large.
            unsafe { Heap::free_chain_remote(page, first, objects[0].cast(), objects.len() as u32) };
        }
    }

    /// Takes back what was freed in this thread's pages and in those of nobody, and releases the pages that are
    /// empty.
    pub(crate) fn trim(&self) {
        #[cfg(not(loom))]
        self.heap.trim();
        self.memory.pool().trim_abandoned();
    }

    /// The bytes that the object occupies.
    pub(crate) fn block_bytes(&self, object: ObjectPtr) -> usize {
        #[cfg(not(loom))]
        return crate::heap::Page::bytes_of(object.cast());
        #[cfg(loom)]
        {
            let _ = object;
            32
        }
    }

    pub(crate) fn is_reaping(&self) -> bool {
        self.reaping.get()
    }

    pub(crate) fn set_reaping(&self, reaping: bool) -> bool {
        self.reaping.replace(reaping)
    }

    pub(crate) fn in_section(&self) -> bool {
        self.sections.get() > 0
    }

    pub(crate) fn open_section(&self) {
        self.sections.set(self.sections.get() + 1);
    }

    /// Closes a critical section whose lock has been released, and frees what died in it: INV-EXCL-2.
    #[inline]
    pub(crate) fn close_section(&self) {
        self.sections.set(self.sections.get() - 1);
        if self.sections.get() == 0 && !(self.deferred.is_empty() && self.dying.is_empty()) {
            self.settle_section();
        }
    }

    #[inline(never)]
    fn settle_section(&self) {
        for object in self.deferred.take() {
            park::park(self, object);
        }
        death::drain(self);
    }

    pub(crate) fn defer_parking(&self, object: ObjectPtr) {
        self.deferred.push(object);
    }

    pub(crate) fn with_parked<R>(&self, f: impl FnOnce(&mut ParkList) -> R) -> R {
        // SAFETY: thread-confined, and the callers' steps do not come back here: they free and count nothing.
        self.parked.with_mut(|list| f(unsafe { &mut *list }))
    }

    /// An empty list to collect objects in; give it back with [`return_scratch`](Self::return_scratch).
    pub(crate) fn take_scratch(&self) -> Vec<ObjectPtr> {
        self.scratch.take()
    }

    pub(crate) fn return_scratch(&self, mut list: Vec<ObjectPtr>) {
        const KEEP: usize = 1 << 16; // entries; a larger list is given back to the system
        list.clear();
        if list.capacity() <= KEEP {
            self.scratch.set(list);
        }
    }

    /// Leaves something to run at the next safepoint.
    pub(crate) fn push_pending(&self, pending: Pending) {
        self.pending.push(pending);
        self.context().control().request(Requests::FINALIZE);
    }

    pub(crate) fn with_guard<R>(&self, f: impl FnOnce(&mut Option<reclaim::Guard>) -> R) -> R {
        let mut guard = self.guard.take();
        let result = f(&mut guard);
        self.guard.set(guard);
        result
    }
}
