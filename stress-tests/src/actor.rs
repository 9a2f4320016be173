//! A thread of a round.

use std::mem::ManuallyDrop;

use memory::{Published, StackRef, Value};
use threads::Token;
use threads::sync::Arc;
use threads::sync::thread::{self, JoinHandle};

use crate::board::{self, PLACES, Sort};
use crate::shared::Shared;
use crate::step::{Operation, Step, Steps};
use crate::watchdog;

/// One thread, its private roots and its steps.
pub(crate) struct Actor {
    pub(crate) shared: Arc<Shared>,
    pub(crate) board: Value,
    /// What only this thread's own code holds. Sorted into places as the board is.
    pub(crate) roots: Vec<Option<Value>>,
    pub(crate) children: Vec<JoinHandle<()>>,
    pub(crate) may_start: usize,
    pub(crate) frames: usize,
    /// Last, because what stands above must be dropped while the thread is attached.
    pub(crate) th: Token,
}

/// Who a thread of a round is, and what it does.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) name: String,
    pub(crate) seed: u64,
    pub(crate) operations: usize,
    pub(crate) may_start: usize,
}

/// The body of a thread of a round.
pub(crate) fn play(shared: Arc<Shared>, board: Published, role: &Role) {
    let th = shared.world.clone().register().expect("an id");
    let board = board.into_value();
    let mut steps = Steps::new(role.seed, &shared.plan.weights);
    let roots = (0..PLACES).map(|_| None).collect();
    let mut actor =
        Actor { shared, board, roots, children: Vec::new(), may_start: role.may_start, frames: 0, th };
    for _ in 0..role.operations {
        let step = steps.next();
        actor.act(step);
        if step.c.is_multiple_of(actor.shared.plan.poll_every) {
            let _ = actor.th.poll();
        }
        if step.b.is_multiple_of(actor.shared.plan.yield_every) {
            thread::yield_now();
        }
        watchdog::note_progress(1);
    }
    actor.leave(&role.name, steps.digest());
}

impl Actor {
    fn act(&mut self, step: Step) {
        match step.operation {
            Operation::MakeNode => self.make_node(step),
            Operation::MakeOther => self.make_other(step),
            Operation::MakeRing => self.make_ring(step),
            Operation::MakeDeep => self.make_deep(step),
            Operation::Link => self.link(step),
            Operation::Unlink => self.unlink(step),
            Operation::Move => self.take_out(step),
            Operation::Forget => self.forget(step),
            Operation::MakeClass => self.make_class(step),
            Operation::MakeWeak => self.make_weak(step),
            Operation::Upgrade => self.upgrade(step),
            Operation::Push => self.push(step),
            Operation::Pop => self.pop(step),
            Operation::Get => self.get(step),
            Operation::Drain => self.drain(step),
            Operation::Publish => self.publish(step),
            Operation::Read => self.read(step),
            Operation::Clear => self.clear(step),
            Operation::MoveShared => self.move_shared(step),
            Operation::Exchange => self.exchange(step),
            Operation::Borrow => self.borrow(step),
            Operation::Frame => self.frame(step),
            Operation::Unborrow => self.unborrow(step),
            Operation::Send => self.send(step),
            Operation::Receive => self.receive(step),
            Operation::LockPair => self.lock_pair(step),
            Operation::Retire => self.shared.buffers.replace(&self.th, step.a),
            Operation::ReadBuffer => self.shared.buffers.read(&self.th, step.a, step.b % 200),
            Operation::Refresh => memory::refresh(&mut self.th),
            Operation::RunPending => drop(memory::run_pending(&mut self.th)),
            Operation::Detach => self.detach(step),
            Operation::BecomeSolo => self.become_solo(),
            Operation::SetGil => self.set_gil(step),
            Operation::Stop => self.stop(),
            Operation::Collect => self.collect(),
            Operation::TuneCollector => self.tune_collector(step),
            Operation::Inspect => self.inspect(step),
            Operation::Start => self.start(step),
        }
    }

    /// The place for `sort` that `choice` selects, private or on the board.
    pub(crate) fn place(&self, sort: Sort, choice: u64) -> usize {
        sort.place(choice, self.shared.plan.hot)
    }

    /// The place that `choice` selects among all.
    pub(crate) fn any_place(&self, choice: u64) -> usize {
        board::any_place(choice, self.shared.plan.hot)
    }

    /// Stores something in a private root.
    pub(crate) fn keep(&mut self, place: usize, value: Option<Value>) {
        drop(std::mem::replace(&mut self.roots[place], value));
    }

    /// The private root that `choice` selects among all.
    pub(crate) fn root(&self, choice: u64) -> Option<&Value> {
        self.roots[self.any_place(choice)].as_ref()
    }

    /// The thread's work is done: it exits with objects that others hold, stack slots and parked objects.
    fn leave(mut self, name: &str, digest: u64) {
        let children = std::mem::take(&mut self.children);
        self.th.detached(|| {
            for child in children {
                child.join().expect("a panic ends the process");
            }
        });
        let due = self.roots.iter().flatten().filter_map(mock::due_callback).map(Arc::clone);
        self.shared.weak.lock().due.extend(due);
        self.shared.digests.lock().push((name.to_owned(), digest));
    }
}

/// Calls `use_it` with what a stack slot refers to.
pub(crate) fn with_borrowed<R>(reference: StackRef, use_it: impl FnOnce(&Value) -> R) -> Option<R> {
    let object = reference.object()?;
    // SAFETY: INV-BORROW-1, or the slot's own count; `ManuallyDrop` gives that count back to the slot. The callers reach no
    // safepoint meanwhile.
    let value = ManuallyDrop::new(unsafe { Value::from_owned(object) });
    Some(use_it(&value))
}

/// Looks whether a node is alive.
pub(crate) fn look(value: &Value) {
    if let Some(node) = mock::node_of(value) {
        node.payload().assert_alive();
    }
}
