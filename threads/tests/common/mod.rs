//! What the tests of waiting threads share.
#![allow(dead_code, reason = "each test program uses its part")]

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::thread::yield_now;
use std::time::Duration;
use threads::sync::Arc;
use threads::{Join, NoHooks, Outcome, StartOptions, Thread, ThreadHandle, Wait, World};

/// Long enough to fall asleep.
pub const SOON: Duration = Duration::from_millis(2);

/// A wait that ends soon.
pub fn soon() -> Wait {
    Wait::at_most(Some(SOON))
}

/// Answers no signal.
pub fn never(_: &mut Thread) -> ControlFlow<Infallible> {
    ControlFlow::Continue(())
}

/// Runs `test` without and with the GIL.
pub fn both(test: impl Fn(&mut Thread)) {
    for gil in [false, true] {
        let world = World::new(Arc::new(NoHooks), gil);
        test(&mut world.register().expect("an id"));
    }
}

/// Starts a thread.
pub fn start(th: &mut Thread, body: impl FnOnce(&mut Thread) + Send + 'static) -> Arc<ThreadHandle> {
    let handle = ThreadHandle::new();
    handle.start(th, &StartOptions::default(), body).expect("a thread");
    handle
}

/// Joins a thread that must have returned.
pub fn join(th: &mut Thread, handle: &ThreadHandle) {
    assert_eq!(handle.join(th, Wait::Forever), Ok(Join::Finished));
    assert_eq!(handle.outcome(th), Some(Outcome::Returned));
}

/// Joins them all.
pub fn join_all(th: &mut Thread, handles: &[Arc<ThreadHandle>]) {
    handles.iter().for_each(|handle| join(th, handle));
}

/// Polls and yields until `done`.
pub fn until(th: &mut Thread, mut done: impl FnMut(&mut Thread) -> bool) {
    while !done(th) {
        th.detached(yield_now);
        let _ = th.poll();
    }
}
