//! What the models of the memory layer play on: a world in multi mode, threads that are registered already, and
//! objects whose lives are counted.
//!
//! Set the stage before the threads are spawned: what one thread does alone costs loom nothing. `Scene::end` brings
//! every thread home and checks that each object was destroyed, once: a lost count shows there as a leak. A count
//! too few shows earlier, as a freed object that is touched (INV-HEADER-3).

use std::cell::Cell;
use std::rc::Rc; // loom runs one thread at a time: what is not part of the protocol needs no atomics

use memory::model::Seat;
use memory::{Memory, Object, Slot, StackRef, Trace, TypedShape, Value, Visitor};
use threads::sync::{Arc, OwnerCell, thread};
use threads::{Thread, World};

/// An object with one slot and one plain word, which loom reports if its accesses are not ordered.
pub struct Probe {
    /// A reference.
    pub slot: Slot,
    word: OwnerCell<u64>,
    lives: Rc<Lives>,
}

/// What the word of a complete probe holds.
const COMPLETE: u64 = 7;

#[derive(Default)]
struct Lives {
    made: Cell<usize>,
    dropped: Cell<usize>,
}

// SAFETY: the slot is visited.
unsafe impl Trace for Probe {
    const NAME: &'static str = "probe";
    fn trace<V: Visitor>(&self, visitor: &mut V) {
        visitor.slot(&self.slot);
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.lives.dropped.set(self.lives.dropped.get() + 1);
    }
}

static PROBE: TypedShape<Probe> = {
    static DESC: memory::TypeDesc = memory::TypeDesc::of::<Probe>();
    // SAFETY: `DESC` is made for the same type.
    unsafe { TypedShape::new(&DESC) }
};

/// The probe behind `value`.
pub fn probe(value: &Value) -> &Object<Probe> {
    Object::of(value, &PROBE).expect("a probe")
}

/// Touches the probe that `reference`, borrowed or not, leads to; false if it is empty.
pub fn look(reference: StackRef) -> bool {
    let Some(object) = reference.object() else { return false };
    // SAFETY: the model keeps the memory of its objects; whether the object is alive is what `payload` checks.
    let object = unsafe { object.cast::<Object<Probe>>().as_ref() };
    // SAFETY: INV-OWNER-1; written before the probe could be found.
    let word = unsafe { object.payload().word.get() };
    assert_eq!(word, COMPLETE, "INV-SLOT-1: an incomplete object was found");
    true
}

/// Borrows what the slot of `holder` holds.
pub fn borrow(th: &Thread, holder: &Value) -> StackRef {
    let holder = probe(holder);
    holder.payload().slot.borrow(th, holder.header())
}

/// Borrows from the slot of the probe that `holder` leads to.
pub fn borrow_through(th: &Thread, holder: StackRef) -> StackRef {
    let Some(object) = holder.object() else { return StackRef::EMPTY };
    // SAFETY: as in `look`.
    let object = unsafe { object.cast::<Object<Probe>>().as_ref() };
    object.payload().slot.borrow(th, object.header())
}

/// Exchanges what the slot of the probe that `holder` leads to holds; what was there is kept by the caller.
pub fn exchange_through(th: &Thread, holder: StackRef, value: Option<Value>) -> Option<Value> {
    let object = holder.object().expect("a probe");
    // SAFETY: as in `look`.
    let object = unsafe { object.cast::<Object<Probe>>().as_ref() };
    object.payload().slot.replace(th, object.header(), value).keep()
}

/// Exchanges what the slot of `holder` holds; what was there is released.
pub fn overwrite(th: &Thread, holder: &Value, value: Option<Value>) {
    let holder = probe(holder);
    drop(holder.payload().slot.replace(th, holder.header(), value));
}

/// Leaves a borrowed reference on the thread's stack, where refreshing finds it.
pub fn push(th: &Thread, reference: StackRef) {
    memory::stack(th).push(reference).expect("room for one");
}

/// Touches and releases what [`push`] left.
pub fn drop_pushed(th: &Thread) {
    let reference = memory::stack(th).pop().expect("pushed before");
    look(reference);
    reference.release();
}

/// One more reference, which any of the threads may release (INV-CREDIT-2).
pub fn counted(value: &Value) -> Value {
    let counted = value.clone();
    memory::publish(&counted);
    counted
}

/// A world and its objects.
pub struct Scene {
    /// In multi mode.
    pub world: Arc<World>,
    lives: Rc<Lives>,
}

impl Scene {
    /// An empty one.
    pub fn new() -> Self {
        Self { world: Memory::new_world(false).begin_multi(), lives: Rc::default() }
    }

    /// A registered thread, attached.
    pub fn seat(&self) -> Seat {
        Seat::new(&self.world)
    }

    /// Makes a private probe.
    pub fn make(&self, th: &mut Thread, inner: Option<Value>) -> Value {
        let payload =
            Probe { slot: Slot::new(inner), word: OwnerCell::new(0), lives: Rc::clone(&self.lives) };
        let value = PROBE.allocate(th, payload).expect("memory");
        self.lives.made.set(self.lives.made.get() + 1);
        // SAFETY: INV-OWNER-1; nobody else has it.
        unsafe { probe(&value).payload().word.set(COMPLETE) };
        value
    }

    /// Makes a published probe, which its maker owns.
    pub fn make_shared(&self, th: &mut Thread, inner: Option<Value>) -> Value {
        let value = self.make(th, inner);
        memory::publish(&value);
        value
    }

    /// A published probe that has been merged, with one count; `maker` and `other` are two threads.
    pub fn make_merged(&self, maker: &mut Seat, other: &mut Seat) -> Value {
        let made = maker.run(|th| self.make_shared(th, None));
        let counted = other.run(|_| counted(&made));
        maker.run(|_| drop(made));
        counted
    }

    /// The threads leave; what they have parked must be freed then, and every object gone.
    pub fn end<const N: usize>(self, seats: [Seat; N], values: Vec<Value>) {
        let mut seats = seats.into_iter();
        let mut last = seats.next().expect("a thread");
        last.detach(); // it may be solo, and the others may have to attach in order to leave
        drop(seats);
        last.attach();
        const ROUNDS: usize = 4; // an object that is parked in the last has been parked in each
        last.run(|th| {
            drop(values);
            for _ in 0..ROUNDS {
                let _ = th.poll();
                memory::refresh(th);
            }
        });
        drop(last);
        assert_eq!(
            self.lives.dropped.get(),
            self.lives.made.get(),
            "INV-RC-1: an object leaked, or died twice"
        );
    }
}

/// The value that the threads have shared, when they have all been joined.
pub fn unwrap(value: Rc<Value>) -> Value {
    Rc::into_inner(value).expect("the threads have let go")
}

/// Runs `action` as `seat` on a thread of its own; the seat comes back when the thread is joined.
pub fn play(mut seat: Seat, action: impl FnOnce(&mut Thread) + 'static) -> thread::JoinHandle<Seat> {
    thread::spawn(move || {
        seat.run(action);
        seat
    })
}

/// As [`play`], and detaches at the end: whoever stops the world does not wait for it.
pub fn play_and_leave(
    mut seat: Seat,
    action: impl FnOnce(&mut Thread) + 'static,
) -> thread::JoinHandle<Seat> {
    thread::spawn(move || {
        seat.run(action);
        seat.detach();
        seat
    })
}

/// The seat of a thread that [`play`] has begun.
pub fn join(played: thread::JoinHandle<Seat>) -> Seat {
    played.join().expect("the thread passed")
}
