//! What the tests of objects share.
#![allow(dead_code, reason = "each test program uses some of it")]

use std::thread as os;

use memory::{Memory, Value};
use mock::{NodeOptions, Tally, new_node, node_of};
use threads::Thread;
use threads::sync::Arc;
use threads::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// Runs `f` on the only thread of a world.
pub fn with_thread(f: impl FnOnce(&mut Thread)) {
    let world = Memory::new_world(false);
    let mut th = world.register().expect("an id");
    f(&mut th);
}

/// A node without a finalizer.
pub fn node(th: &mut Thread, tally: &Arc<Tally>) -> Value {
    new_node(th, tally, NodeOptions::default()).expect("memory")
}

/// Stores `to` into a slot of the node `from`.
pub fn link(th: &Thread, from: &Value, slot: usize, to: Option<Value>) {
    let object = node_of(from).expect("a node");
    drop(object.payload().slots[slot].replace(th, object.header(), to));
}

/// Runs `body` with a second thread attached that polls until it is done, so that the mode is multi.
pub fn with_company(body: impl FnOnce(&mut Thread)) {
    let world = Memory::new_world(false);
    let done = AtomicBool::new(false);
    let (here, gone) = (AtomicBool::new(false), AtomicBool::new(false));
    os::scope(|scope| {
        scope.spawn(|| {
            let mut th = world.register().expect("an id");
            here.store(true, SeqCst);
            while !done.load(SeqCst) {
                let _ = th.poll();
                os::yield_now();
            }
            drop(th);
            gone.store(true, SeqCst);
        });
        let mut th = world.register().expect("an id");
        while !here.load(SeqCst) || th.is_solo() {
            let _ = th.poll();
        }
        body(&mut th);
        done.store(true, SeqCst);
        while !gone.load(SeqCst) {
            let _ = th.poll();
        }
    });
}
