//! Stopping the world.
//!
//! A requester asks every attached thread to stop and keeps every detached one from attaching. Each attached thread
//! refreshes at its next safepoint, counts itself out under the world's mutex and waits to be granted again. The
//! decision "I am counted" is never taken back by the thread itself: only the requester's resume lets it go on.
//! (RustPython 0.5 published "suspended", then looked at the request again and went on after having been counted.)
//!
//! Several requesters stand in line; one that waits is itself stopped. After a stop the next in line has the turn,
//! but only after everybody who wanted to attach has been attached.
//!
//! * INV-STOP-1: STOP is set in a control word only while a stop is in progress, once for each thread that
//!   `outstanding` counts.
//! * INV-STOP-2: while a [`StoppedWorld`] exists its thread is the only one attached.
//! * INV-STOP-3: between two stops every thread that waited to attach has been attached.

use crate::control::{Barred, Requests, State};
use crate::sync::atomic::Ordering;
use crate::thread::{self, Context, Thread};
use crate::world::{Inner, Mode, Stop, World};

/// Proof that every thread but this one is stopped or detached. The world resumes when it is dropped.
#[derive(Debug)]
pub struct StoppedWorld<'a> {
    thread: &'a mut Thread,
}

impl Thread {
    /// Stops every other thread.
    ///
    /// # Concurrency
    /// A safepoint: may itself be stopped first, for other requesters. Blocks until every attached thread has
    /// reached a safepoint.
    pub fn stop_the_world(&mut self) -> StoppedWorld<'_> {
        crate::object_lock::assert_no_locks_held("before stopping the world");
        self.world_ref().stop(self);
        StoppedWorld { thread: self }
    }
}

impl StoppedWorld<'_> {
    /// The requester's context.
    pub fn context(&self) -> &Context {
        self.thread
    }

    /// Turns the GIL on or off. Takes effect when the world resumes.
    pub fn set_gil(&mut self, gil: bool) {
        let world = self.thread.world_ref();
        let me = self.thread.id();
        let mut inner = world.lock_inner();
        inner.gil = gil;
        // The requester is the only attached thread: it may as well be solo, which the GIL needs.
        inner.mode = Mode::Solo(me);
        // Threads that wait without a clock must begin to wait with one, and the reverse.
        for &id in &inner.waiting {
            world.slot(id).wake.notify_one();
        }
        drop(inner);
        if !self.thread.is_solo() {
            self.thread.set_solo(true);
            world.hooks().solo_changed(self.thread, true);
        }
    }

    /// The token of the requester, for code that the stopped world lets it run.
    ///
    /// Detaching with it would wait for a stop that only this thread ends; debug builds panic (INV-STOP-2).
    pub fn requester(&mut self) -> &mut Thread {
        self.thread
    }
}

impl Drop for StoppedWorld<'_> {
    fn drop(&mut self) {
        self.thread.world_ref().resume(self.thread);
    }
}

impl World {
    fn stop(&self, thread: &mut Thread) {
        let me = thread.id();
        let mut inner = self.lock_inner();
        let taken = inner.stop.is_some() && !crate::mutant!("stop-ignores-stop");
        if taken || inner.next_stop.is_some_and(|next| next != me) {
            inner.stop_line.push_back(me);
            drop(inner);
            inner = loop {
                self.suspend(thread);
                let inner = self.lock_inner();
                if inner.stop.is_none() && inner.next_stop.is_none_or(|next| next == me) {
                    break inner;
                }
            };
            inner.stop_line.retain(|&id| id != me);
        }
        inner.next_stop = None;
        let mut outstanding = 0;
        if inner.mode == Mode::Multi {
            for &id in inner.registered.iter().filter(|&&id| id != me) {
                outstanding += usize::from(self.slot(id).control.bar() == Barred::Running);
            }
        }
        inner.stop = Some(Stop { requester: me, outstanding });
        while inner.stop.is_some_and(|stop| stop.outstanding > 0) && !crate::mutant!("stop-waits-for-nobody")
        {
            inner = self.all_stopped.wait(inner);
        }
        self.counters.stops.fetch_add(1, Ordering::Relaxed); // statistics
    }

    fn resume(&self, thread: &mut Thread) {
        let me = thread.id();
        let mut inner = self.lock_inner();
        debug_assert!(inner.stop.is_some_and(|stop| stop.requester == me), "INV-STOP-2");
        inner.stop = None;
        inner.next_stop = inner.stop_line.pop_front();
        match inner.mode {
            Mode::Multi => self.open_doors(&mut inner),
            // Without the GIL the waiting threads get in at this thread's next safepoint; with it, in their turn.
            _ if !inner.waiting.is_empty() && !inner.gil => {
                self.request(me, Requests::GATE);
            }
            _ => {}
        }
    }

    /// At a safepoint: gives up being attached until granted again. Does nothing if there is no reason to.
    pub(crate) fn suspend(&self, thread: &mut Thread) {
        self.hooks().quiesce(thread);
        thread::set_current(None);
        let mut inner = self.lock_inner();
        if self.has_reason_to_wait(&inner, thread) {
            self.step_out(&mut inner, thread);
            if crate::mutant!("resume-after-counted") && thread.control().requested().is_empty() {
                // The bug of RustPython 0.5: looks again after having been counted, and goes on.
                inner.waiting.retain(|&id| id != thread.id());
                thread.control().set_state(State::Suspended, State::Attached);
            }
            self.wait_for_grant(inner, thread);
        } else {
            drop(inner);
        }
        thread::set_current(Some(thread));
        self.hooks().attached(thread);
    }

    fn has_reason_to_wait(&self, inner: &Inner, context: &Context) -> bool {
        inner.stop.is_some() || inner.next_stop.is_some_and(|next| next != context.id())
    }

    fn step_out(&self, inner: &mut Inner, context: &Context) {
        let asked = context.control().requested().contains(Requests::STOP);
        context.control().set_state(State::Attached, State::Suspended);
        if asked {
            self.count_out(inner);
        }
        inner.waiting.push_back(context.id());
        if inner.mode == Mode::Solo(context.id()) {
            self.pass_on(inner);
        }
    }
}
