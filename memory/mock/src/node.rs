//! A node whose life is counted.

use memory::{Finalizer, Object, ObjectPtr, OutOfMemory, Slot, Trace, Value, Visitor};
use threads::Thread;
use threads::sync::Arc;
use threads::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// How many nodes were made, finalized and dropped.
#[derive(Debug, Default)]
pub struct Tally {
    /// Nodes made.
    pub made: AtomicUsize,
    /// Nodes whose payload was dropped.
    pub dropped: AtomicUsize,
    /// Nodes made with a finalizer.
    pub finalizable: AtomicUsize,
    /// Finalizers that have run.
    pub finalized: AtomicUsize,
    /// Finalizers that ran a second time on the same node: must stay zero.
    pub finalized_twice: AtomicUsize,
    /// Where finalizers that resurrect put their node; whoever owns the tally empties it.
    pub revived: AtomicUsize,
}

impl Tally {
    /// Nodes alive.
    pub fn alive(&self) -> usize {
        self.made.load(Ordering::SeqCst) - self.dropped.load(Ordering::SeqCst)
    }
}

/// Where a finalizer puts its node, to revive it.
pub type Resurrect = fn(&mut Thread, &Object<Node>, &Value);

/// How to make a node.
#[derive(Clone, Copy, Debug, Default)]
pub struct NodeOptions {
    /// Whether the node has a finalizer.
    pub finalizer: bool,
    /// What the finalizer does besides counting.
    pub resurrect: Option<Resurrect>,
    /// A number to know the node by.
    pub serial: u64,
}

/// Three slots and a counted life.
#[derive(Debug)]
pub struct Node {
    /// References.
    pub slots: [Slot; 3],
    /// A number to know the node by.
    pub serial: u64,
    /// Changes at each finalization.
    pub finalizations: AtomicU64,
    finalizer: bool,
    resurrect: Option<Resurrect>,
    /// Made from `serial`; anything else in a node that is not alive.
    canary: AtomicU64,
    /// Where its life is counted.
    pub tally: Arc<Tally>,
}

const CANARY: u64 = 0x5EED_0F11_FE00_0001;

impl Node {
    /// Panics if the node is not alive: what tells a late access from a good one in release builds.
    #[inline]
    pub fn assert_alive(&self) {
        let canary = self.canary.load(Ordering::Relaxed); // set before the node is found, changed when it dies
        assert!(canary == self.serial ^ CANARY, "INV-HEADER-3: node {} has canary {canary:#x}", self.serial);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.assert_alive();
        self.canary.store(!CANARY, Ordering::Relaxed);
        if self.finalizer {
            let runs = self.finalizations.load(Ordering::Relaxed);
            assert!(runs <= 1, "INV-DEATH-3: finalized {runs} times");
        }
        self.tally.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

fn wants_finalizer(object: ObjectPtr) -> bool {
    // SAFETY: called with a live node.
    unsafe { object.cast::<Object<Node>>().as_ref() }.payload().finalizer
}

fn run_finalizer(thread: &mut Thread, value: &Value) {
    let Some(object) = node_of(value) else { return };
    let node = object.payload();
    if node.finalizations.fetch_add(1, Ordering::SeqCst) > 0 {
        node.tally.finalized_twice.fetch_add(1, Ordering::SeqCst);
    }
    node.tally.finalized.fetch_add(1, Ordering::SeqCst);
    if let Some(resurrect) = node.resurrect {
        node.tally.revived.fetch_add(1, Ordering::SeqCst);
        resurrect(thread, object, value);
    }
}

// SAFETY: all slots are visited.
unsafe impl Trace for Node {
    const NAME: &'static str = "node";
    const FINALIZER: Option<Finalizer> = Some(Finalizer { wants: wants_finalizer, run: run_finalizer });
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        self.slots.iter().for_each(|slot| visitor.slot(slot));
    }
}

crate::shape! {
    /// Of [`Node`].
    NODE: Node
}

/// Makes a node.
///
/// # Errors
/// [`OutOfMemory`].
pub fn new_node(thread: &mut Thread, tally: &Arc<Tally>, options: NodeOptions) -> Result<Value, OutOfMemory> {
    tally.made.fetch_add(1, Ordering::Relaxed);
    if options.finalizer {
        tally.finalizable.fetch_add(1, Ordering::Relaxed);
    }
    NODE.allocate(
        thread,
        Node {
            slots: Default::default(),
            serial: options.serial,
            finalizations: AtomicU64::new(0),
            finalizer: options.finalizer,
            resurrect: options.resurrect,
            canary: AtomicU64::new(options.serial ^ CANARY),
            tally: Arc::clone(tally),
        },
    )
}

/// The node behind `value`, if it is one.
#[inline]
pub fn node_of(value: &Value) -> Option<&Object<Node>> {
    Object::of(value, &NODE)
}
