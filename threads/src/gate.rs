//! The gate: how many threads may run Python at once.
//!
//! **Idle**: nobody is attached. **Solo**: one thread is, and skips locks, atomics, borrowing and parking. **Multi**:
//! any number. With the **GIL** the gate never goes to multi: threads take turns being solo.
//!
//! ```text
//!             attach                     a second thread waits; holder's safepoint
//!     IDLE -----------> SOLO(holder) ------------------------------------------> MULTI
//!      ^                  |   ^    ^                                               |
//!      |  holder leaves,  |   |    '-----------------------------------------------'
//!      '------------------'   |       the only attached thread, at its safepoint
//!         nobody waits        |
//!                   holder leaves or drops the GIL, somebody waits
//! ```
//!
//! In idle and solo every thread that is not attached is SUSPENDED, so an attach in multi mode needs no look at the
//! gate: DETACHED means that the door is open. Whoever opens the door for a waiting thread attaches it on the spot
//! (a *grant*), so a loop of stops cannot starve it: the next stop has to wait for its next safepoint.
//!
//! * INV-GATE-1: while a thread is solo no other thread is attached, and none becomes so before the solo thread's
//!   next safepoint or detach.
//! * INV-GATE-2: a waiting thread is granted in the order in which it began to wait.
//! * INV-GATE-3: the action of [`World::while_shut_out`] and whatever the thread does while attached come one after
//!   the other.

use crate::control::{Barred, Requests, State};
use crate::sync::MutexGuard;
use crate::sync::atomic::Ordering;
use crate::thread::{self, Context, Thread, ThreadId};
use crate::world::{Inner, Leave, Mode, World};

impl World {
    /// Attaches a thread that has detached.
    pub(crate) fn attach(&self, thread: &mut Thread) {
        if thread.control().try_attach() {
            thread.set_solo(false);
        } else {
            self.attach_slow(thread);
        }
        thread::set_current(Some(thread));
        self.hooks().attached(thread);
    }

    /// Attaches through the mutex: the thread is suspended, or was a moment ago.
    #[cold]
    pub(crate) fn attach_slow(&self, context: &Context) {
        let id = context.id();
        let mut inner = self.lock_inner();
        if context.control().try_attach() {
            // The door opened between the first look and the lock.
            context.set_solo(false);
            return;
        }
        if inner.is_closed_to(id) {
            self.hang(inner, context);
        }
        if inner.stop.is_some() && !crate::mutant!("attach-ignores-stop") {
            inner.waiting.push_back(id);
        } else {
            match inner.mode {
                Mode::Idle => {
                    inner.mode = Mode::Solo(id);
                    self.admit(id);
                }
                // A new thread's slot begins suspended although the door is open.
                Mode::Multi => self.admit(id),
                Mode::Solo(_) if crate::mutant!("gil-kept-by-two") => self.admit(id),
                Mode::Solo(_) => self.queue_for_solo(&mut inner, id),
            }
        }
        self.wait_for_grant(inner, context);
    }

    /// Waits in line behind a solo thread, and without the GIL asks it to open the gate.
    fn queue_for_solo(&self, inner: &mut Inner, id: ThreadId) {
        inner.waiting.push_back(id);
        if let (Mode::Solo(holder), false) = (inner.mode, inner.gil) {
            self.request(holder, Requests::GATE);
        }
    }

    /// Waits until somebody has moved this thread to ATTACHED.
    pub(crate) fn wait_for_grant(&self, mut inner: MutexGuard<'_, Inner>, context: &Context) {
        let slot = context.slot();
        while slot.control.state() != State::Attached {
            if inner.gil && !inner.is_closed_to(context.id()) {
                inner = self.wait_for_gil(inner, context);
            } else {
                inner = slot.wake.wait(inner);
            }
        }
        context.set_solo(inner.mode == Mode::Solo(context.id()));
    }

    /// Waits one switch interval; if the GIL has not changed hands meanwhile, asks its holder to drop it.
    fn wait_for_gil<'a>(&self, inner: MutexGuard<'a, Inner>, context: &Context) -> MutexGuard<'a, Inner> {
        let switches = inner.gil_switches;
        let interval = inner.switch_interval;
        #[cfg(loom)] // Models have no clock: the interval is over at once.
        if let Mode::Solo(holder) = inner.mode {
            self.request(holder, Requests::GIL_DROP);
        }
        let (inner, timed_out) = context.slot().wake.wait_timeout(inner, interval);
        if timed_out && inner.gil_switches == switches && inner.stop.is_none() {
            match inner.mode {
                Mode::Solo(holder) if holder != context.id() => {
                    self.request(holder, Requests::GIL_DROP);
                }
                _ => {}
            }
        }
        inner
    }

    /// Moves a suspended thread to ATTACHED and wakes it.
    pub(crate) fn grant(&self, id: ThreadId) {
        self.admit(id);
        self.slot(id).wake.notify_one();
    }

    /// Moves a suspended thread to ATTACHED, which is the calling one: there is nobody to wake, and a wake-up is a system
    /// call for each time that a lone thread comes back from one.
    fn admit(&self, id: ThreadId) {
        self.slot(id).control.set_state(State::Suspended, State::Attached);
    }

    /// Detaches a thread that will attach again.
    pub(crate) fn detach(&self, thread: &mut Thread) {
        let is_away = thread.is_away.get();
        if !is_away {
            self.call_back(thread);
        }
        self.hooks().quiesce(thread);
        thread::set_current(None);
        if thread.is_solo() || !thread.control().try_detach() {
            let mut inner = self.lock_inner();
            self.leave(&mut inner, thread, Leave::ForNow);
        } else if !is_away {
            self.look_for_last_attached(thread);
        }
    }

    /// Every so often a detaching thread looks whether only one other is left attached, or nobody: then it may be alone when
    /// it comes back. It looks more often where there are few to look at.
    fn look_for_last_attached(&self, context: &Context) {
        const EVERY: u32 = 16; // a power of two; the first detach counts
        const OFTEN: u32 = if cfg!(loom) { EVERY } else { 4 };
        const FEW: usize = 8;
        let count = context.detaches.get();
        context.detaches.set(count.wrapping_add(1));
        if count.is_multiple_of(OFTEN)
            && let Some(inner) = self.inner.try_lock()
            && (count.is_multiple_of(EVERY) || inner.registered.len() <= FEW)
        {
            self.hint_last_attached(&inner, Some(context.id()));
        }
    }

    /// Moves an attached thread out, under the mutex: counts it out of a stop, passes the permit on.
    pub(crate) fn leave(&self, inner: &mut Inner, context: &Context, leave: Leave) {
        let id = context.id();
        let control = context.control();
        debug_assert!(
            inner.stop.is_none_or(|stop| stop.requester != id),
            "INV-STOP-2: the requester of a stop must not detach"
        );
        let asked_to_stop = control.requested().contains(Requests::STOP);
        let outside = match (inner.mode, leave) {
            (_, Leave::ForGood) | (Mode::Solo(_) | Mode::Idle, _) => State::Suspended,
            (Mode::Multi, Leave::ForNow) if asked_to_stop || inner.stop.is_some() => State::Suspended,
            (Mode::Multi, Leave::ForNow) => State::Detached,
        };
        control.set_state(State::Attached, outside);
        if asked_to_stop {
            self.count_out(inner);
        }
        if inner.mode == Mode::Solo(id) {
            self.pass_on(inner);
        }
    }

    /// One thread fewer to wait for.
    pub(crate) fn count_out(&self, inner: &mut Inner) {
        let stop = inner.stop.as_mut().expect("INV-STOP-1: STOP is set only during a stop");
        stop.outstanding -= 1;
        if stop.outstanding == 0 {
            self.all_stopped.notify_one();
        }
    }

    /// The solo thread has left: gives the permit to whoever waits.
    pub(crate) fn pass_on(&self, inner: &mut Inner) {
        inner.mode = Mode::Idle;
        if inner.waiting.len() > 1 && !inner.gil {
            self.go_multi(inner);
        } else if let Some(next) = inner.waiting.pop_front() {
            inner.mode = Mode::Solo(next);
            inner.gil_switches += 1;
            self.grant(next);
        }
    }

    /// Opens the door: grants every waiting thread, and lets the others attach when they like.
    pub(crate) fn go_multi(&self, inner: &mut Inner) {
        inner.mode = Mode::Multi;
        self.counters.gate_changes.fetch_add(1, Ordering::Relaxed); // statistics
        self.open_doors(inner);
    }

    pub(crate) fn open_doors(&self, inner: &mut Inner) {
        while let Some(id) = inner.waiting.pop_front() {
            self.grant(id);
        }
        for &id in &inner.registered {
            let control = &self.slot(id).control;
            // A thread between registration and its first attach may be granted by its own attach only: it finds
            // the mode multi there. Letting it be DETACHED is the same to it.
            if control.state() == State::Suspended {
                control.set_state(State::Suspended, State::Detached);
            }
        }
    }

    /// The solo thread, at a safepoint, lets the others in.
    pub(crate) fn open_gate(&self, thread: &mut Thread) {
        thread.control().take(Requests::GATE);
        if !thread.is_solo() {
            return;
        }
        {
            let inner = self.lock_inner();
            if inner.gil || inner.waiting.is_empty() {
                return;
            }
        }
        self.hooks().solo_changed(thread, false);
        if !crate::mutant!("gate-opens-unnoticed") {
            thread.set_solo(false);
        }
        let mut inner = self.lock_inner();
        debug_assert_eq!(inner.mode, Mode::Solo(thread.id()), "INV-GATE-1");
        self.go_multi(&mut inner);
    }

    /// The holder, at a safepoint, gives the GIL to the next waiting thread and waits for its own turn.
    pub(crate) fn drop_gil(&self, thread: &mut Thread) {
        thread.control().take(Requests::GIL_DROP);
        {
            let inner = self.lock_inner();
            // Without the GIL (somebody has just switched it off) passing the permit on would open the gate, and
            // this thread would stand outside with nobody to grant it.
            if !inner.gil || inner.mode != Mode::Solo(thread.id()) || inner.waiting.is_empty() {
                return;
            }
        }
        self.hooks().quiesce(thread);
        thread::set_current(None);
        let mut inner = self.lock_inner();
        self.leave(&mut inner, thread, Leave::ForNow);
        // INV-GATE-2: behind whoever waits already. If nobody does any more, the permit is free.
        if inner.mode == Mode::Idle {
            inner.mode = Mode::Solo(thread.id());
            self.admit(thread.id());
        } else {
            self.queue_for_solo(&mut inner, thread.id());
        }
        self.wait_for_grant(inner, thread);
        thread::set_current(Some(thread));
        self.hooks().attached(thread);
    }

    /// In multi mode, if no other thread is attached, shuts the door and becomes solo; true if it did.
    pub fn try_become_solo(&self, thread: &mut Thread) -> bool {
        if thread.is_solo() {
            return true;
        }
        let mut inner = self.lock_inner();
        if inner.mode != Mode::Multi || inner.stop.is_some() || !inner.waiting.is_empty() {
            return false;
        }
        let me = thread.id();
        let others = || inner.registered.iter().copied().filter(|&id| id != me);
        // A thread found attached, or suspended on its way to the mutex, ends the attempt.
        let bar = |id: ThreadId| {
            let control = &self.slot(id).control;
            if crate::mutant!("solo-bars-nobody") {
                return control.state() != State::Attached;
            }
            control.bar_detached() != Barred::Running
        };
        let alone = others().all(bar) || crate::mutant!("solo-without-asking");
        if !alone {
            for id in others() {
                let control = &self.slot(id).control;
                if control.state() == State::Suspended {
                    control.set_state(State::Suspended, State::Detached);
                }
            }
            return false;
        }
        inner.mode = Mode::Solo(me);
        self.counters.gate_changes.fetch_add(1, Ordering::Relaxed); // statistics
        drop(inner);
        thread.set_solo(true);
        self.hooks().solo_changed(thread, true);
        true
    }
}

impl World {
    /// Runs `action` while the thread `id` is kept from attaching; `None`, without running it, if it is attached.
    ///
    /// # Concurrency
    /// `action` runs under the world's mutex: short native code that takes no other lock of this crate. What the
    /// thread did before it detached happens before `action`, and `action` before what it does next.
    pub fn while_shut_out<R>(&self, id: ThreadId, action: impl FnOnce() -> R) -> Option<R> {
        let inner = self.lock_inner();
        let control = &self.slot(id).control;
        let barred = if crate::mutant!("shut-out-by-a-look") && control.state() == State::Detached {
            Barred::Already
        } else {
            control.bar_detached()
        };
        if barred == Barred::Running {
            return None;
        }
        let result = action();
        if barred == Barred::Shut {
            // Detached threads exist only while the door is open, and the mutex has kept it so.
            control.set_state(State::Suspended, State::Detached);
        }
        drop(inner);
        Some(result)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use crate::control::State;
    use crate::sync::{Arc, thread};
    use crate::{NoHooks, World};

    #[test]
    fn gate_1_a_late_request_to_drop_the_gil_leaves_the_gate_alone() {
        let world = World::new(Arc::new(NoHooks), false);
        let mut main = world.register().expect("an id");
        let others: Vec<_> = (0..2)
            .map(|_| {
                let world = Arc::clone(&world);
                thread::spawn(move || drop(world.register()))
            })
            .collect();
        while world.lock_inner().waiting.len() < 2 {
            thread::yield_now();
        }
        world.drop_gil(&mut main); // asked for before the GIL was switched off
        assert!(main.is_solo());
        let _ = main.poll();
        main.detached(|| {
            for other in others {
                other.join().expect("no panic");
            }
        });
    }

    #[test]
    fn gate_1_who_opens_the_door_by_leaving_does_not_open_it_for_the_next_bearer_of_its_id() {
        let world = World::new(Arc::new(NoHooks), false);
        let leaving = world.register().expect("an id");
        let id = leaving.id();
        let others: Vec<_> = (0..2)
            .map(|_| {
                let world = Arc::clone(&world);
                thread::spawn(move || drop(world.register()))
            })
            .collect();
        while world.lock_inner().waiting.len() < 2 {
            thread::yield_now();
        }
        drop(leaving);
        assert_eq!(world.slot(id).control.state(), State::Suspended);
        for other in others {
            other.join().expect("no panic");
        }
    }
}
