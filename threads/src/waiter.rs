//! How a thread waits for another: for a lock, a notification, the end of a thread.
//!
//! A thread that has to wait puts a [`Waiter`] into a [`Line`], detaches and sleeps. Whoever has something for it takes
//! it out of the line, leaves a message and wakes it. A waiter whose time is over, or whose thread has a signal to
//! answer, attaches again and then takes itself out. If it finds that somebody else has taken it out, the message is
//! its own and it has succeeded: nothing that was given is lost, however late the clock was.
//!
//! ```text
//!             push                     take out and leave the message (another thread)
//!     unused ------> in line ------------------------------------------------> granted
//!        ^              |  withdraw (its own thread: timeout, signal)             |
//!        |              v                                                         |
//!        '----------------------------- its thread goes on -----------------------'
//! ```
//!
//! | field   | written by                                        | read by                |
//! |---------|---------------------------------------------------|------------------------|
//! | line    | attached threads under the mutex around it        | the same               |
//! | message | who took the waiter out of its line, once a wait  | the waiter's own thread |
//!
//! The mutex around a line is a leaf: held for a few instructions, by threads that cannot be stopped meanwhile. So in
//! a stopped world every one of them is free, which is what lets a forked child use them as they are.
//!
//! * INV-WAIT-1: the mutex around a line is taken by attached threads, or under the world's mutex.
//! * INV-WAIT-2: a waiter gets at most one message a wait, from whoever took it out of its line; after that it is in
//!   no line until its own thread puts it into one.
//! * INV-WAIT-3: a thread that a fork has left behind is granted nothing in the child, and one that a shutdown has
//!   left hanging is granted nothing any more: what is given goes to a thread that can use it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::control::{Control, Requests, State};
use crate::sync::atomic::{AtomicU32, Ordering};
use crate::sync::{Arc, Mutex, MutexGuard, Parker};
use crate::thread::{Context, Thread};
use crate::world::World;

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Not at all.
    No,
    /// Until this moment.
    Until(Instant),
    /// As long as it takes.
    Forever,
}

impl Wait {
    /// At most `timeout` from now on; without one, or with one beyond what the clock can express, for ever.
    pub fn at_most(timeout: Option<Duration>) -> Self {
        match timeout {
            Some(timeout) if timeout.is_zero() => Wait::No,
            Some(timeout) => Instant::now().checked_add(timeout).map_or(Wait::Forever, Wait::Until),
            None => Wait::Forever,
        }
    }

    /// As the arguments of `threading.Lock.acquire` say: not `blocking` is [`Wait::No`].
    pub fn of_arguments(blocking: bool, timeout: Option<Duration>) -> Self {
        if blocking { Self::at_most(timeout) } else { Wait::No }
    }

    /// Whether the time is over.
    pub fn is_over(self) -> bool {
        match self {
            Wait::No => true,
            Wait::Until(deadline) => Instant::now() >= deadline,
            Wait::Forever => false,
        }
    }
}

/// Whether a signal ends a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signals {
    /// It does: the caller answers it and may wait again.
    Interrupt,
    /// It waits until the thread's next poll.
    Later,
}

/// Why a sleep ended.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woken {
    /// With this message; the waiter is in no line.
    Granted(u32),
    /// The time is over; unless somebody is quicker, the waiter is still in its line.
    TimedOut,
    /// A signal wants to be answered; as above.
    Interrupted,
}

const NO_MESSAGE: u32 = 0;

/// One wait of one thread.
#[derive(Debug)]
pub(crate) struct Waiter {
    message: AtomicU32,
    parker: Parker,
    /// The thread's serial number, which tells whether a fork has left it behind.
    serial: u64,
}

impl Waiter {
    pub(crate) fn new(parker: Parker, serial: u64) -> Arc<Self> {
        Arc::new(Self { message: AtomicU32::new(NO_MESSAGE), parker, serial })
    }

    /// The serial number of the thread that waits.
    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    /// Leaves `message`, which is not 0, and wakes the thread. By whoever took the waiter out of its line, before the
    /// line's mutex is unlocked: a thread that withdraws under that mutex then knows what has happened.
    pub(crate) fn grant(&self, message: u32) {
        debug_assert_ne!(message, NO_MESSAGE);
        debug_assert_eq!(self.message.load(Ordering::Relaxed), NO_MESSAGE, "INV-WAIT-2");
        // Release: pairs with the Acquire in `message`; what the granter did happens before what the waiter does.
        self.message.store(message, Ordering::Release);
        self.parker.unpark();
    }

    /// The message, if there is one.
    pub(crate) fn message(&self) -> Option<u32> {
        // Acquire: pairs with the Release in `grant`.
        Some(self.message.load(Ordering::Acquire)).filter(|&message| message != NO_MESSAGE)
    }

    /// Prepares for another wait. By its own thread, while the waiter is in no line.
    pub(crate) fn reset(&self) {
        // Relaxed: only its own thread touches it now (INV-WAIT-2); the next granter sees it through the mutex.
        self.message.store(NO_MESSAGE, Ordering::Relaxed);
    }

    /// Waits a little, then sleeps, detached, until granted, out of time or interrupted.
    pub(crate) fn sleep(&self, thread: &mut Thread, wait: Wait, signals: Signals) -> Woken {
        if wait != Wait::No
            && let Some(message) = thread.look(|| self.message())
        {
            return Woken::Granted(message);
        }
        self.sleep_at_once(thread, wait, signals)
    }

    /// As [`sleep`](Self::sleep), for who has waited awake already.
    pub(crate) fn sleep_at_once(&self, thread: &mut Thread, wait: Wait, signals: Signals) -> Woken {
        let world = thread.world_ref();
        let control = &world.slot(thread.id()).control;
        thread.detached(|| {
            loop {
                if let Some(message) = self.message() {
                    return Woken::Granted(message);
                }
                // `World::interrupt_main` sets the request before it unparks: seen here, or the park returns at once.
                if signals == Signals::Interrupt && control.requested().contains(Requests::SIGNAL) {
                    return Woken::Interrupted;
                }
                match wait {
                    Wait::No => return Woken::TimedOut,
                    Wait::Forever => self.parker.park(),
                    Wait::Until(deadline) => {
                        let left = deadline.saturating_duration_since(Instant::now());
                        if left.is_zero() {
                            return Woken::TimedOut;
                        }
                        self.parker.park_timeout(left);
                        #[cfg(loom)] // Models have no clock: the time is over at once, granted or not.
                        return self.message().map_or(Woken::TimedOut, Woken::Granted);
                    }
                }
            }
        })
    }

    /// Sleeps until granted, whatever happens: another thread has claimed this waiter and owes it a message.
    pub(crate) fn sleep_until_granted(&self, thread: &mut Thread) -> u32 {
        loop {
            if let Woken::Granted(message) = self.sleep(thread, Wait::Forever, Signals::Later) {
                return message;
            }
        }
    }
}

impl Thread {
    /// Waits awake for a while, for what `look` may find.
    ///
    /// Attached, for coming back takes longer than what is waited for, until anybody asks anything of this thread: that wants
    /// a safepoint. A solo thread would wait for others that cannot run.
    pub(crate) fn look<T>(&self, look: impl FnMut() -> Option<T>) -> Option<T> {
        if self.is_solo() || cfg!(loom) {
            return None;
        }
        self.patience.look(look, || self.control().poll() != Control::QUIET)
    }

    /// Stays away, asleep, from a lock in great demand, if it is better to; whether it did.
    pub(crate) fn stays_away_from(&mut self, lock: usize, wait: Wait, signals: Signals) -> bool {
        let Some(away) = self.turns().0.before_lock(lock) else { return false };
        let until = Instant::now() + away;
        let until = match wait {
            Wait::No => return false,
            Wait::Until(deadline) => deadline.min(until),
            Wait::Forever => until,
        };
        self.be_away(until, signals);
        self.turns().0.is_back();
        true
    }

    /// A waiter that is in no line: the thread's own, or another one while that is in use (an interrupted wait runs
    /// signal handlers, which may wait).
    pub(crate) fn take_waiter(&mut self) -> Arc<Waiter> {
        let waiter = self.waiter.take();
        let waiter = waiter.unwrap_or_else(|| Waiter::new(self.parker.clone(), self.serial()));
        waiter.reset();
        waiter
    }

    /// Keeps `waiter`, which is in no line, for the next wait.
    pub(crate) fn put_back(&mut self, waiter: Arc<Waiter>) {
        self.waiter.set(Some(waiter));
    }
}

/// Threads that wait, in order, each with what the engine has to know about it.
#[derive(Debug)]
pub(crate) struct Line<T>(VecDeque<(Arc<Waiter>, T)>);

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Line<T> {
    /// Whether nobody is in line. Threads that a fork has left behind may still be counted.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many are in line, those that a fork has left behind included.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Puts a waiter last.
    pub(crate) fn push(&mut self, waiter: &Arc<Waiter>, what: T) {
        self.0.push_back((Arc::clone(waiter), what));
    }

    /// Puts a waiter first: it had been woken, and somebody was quicker.
    pub(crate) fn push_first(&mut self, waiter: &Arc<Waiter>, what: T) {
        self.0.push_front((Arc::clone(waiter), what));
    }

    /// Takes the first one out, passing over those that a fork has left behind (INV-WAIT-3).
    pub(crate) fn pop(&mut self, world: &World) -> Option<(Arc<Waiter>, T)> {
        while let Some(entry) = self.0.pop_front() {
            if !world.is_left_behind(entry.0.serial) {
                return Some(entry);
            }
        }
        None
    }

    /// Takes `waiter` out; false if somebody else has.
    pub(crate) fn withdraw(&mut self, waiter: &Arc<Waiter>) -> bool {
        let place = self.0.iter().position(|(other, _)| Arc::ptr_eq(other, waiter));
        place.and_then(|place| self.0.remove(place)).is_some()
    }

    /// Takes everybody out and leaves them `message`.
    pub(crate) fn grant_all(&mut self, world: &World, message: u32) {
        while let Some((waiter, _)) = self.pop(world) {
            waiter.grant(message);
        }
    }
}

/// Locks the mutex around a line.
pub(crate) fn lock_line<'a, T>(line: &'a Mutex<T>, context: &Context) -> MutexGuard<'a, T> {
    debug_assert_eq!(context.control().state(), State::Attached, "INV-WAIT-1");
    line.lock()
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::NoHooks;

    #[test]
    fn a_timeout_beyond_the_clock_is_for_ever() {
        assert_eq!(Wait::at_most(Some(Duration::MAX)), Wait::Forever);
        assert_eq!(Wait::at_most(None), Wait::Forever);
        assert_eq!(Wait::at_most(Some(Duration::ZERO)), Wait::No);
        assert_eq!(Wait::of_arguments(false, None), Wait::No);
    }

    #[test]
    fn wait_1_a_line_is_locked_attached() {
        let world = World::new(Arc::new(NoHooks), false);
        let thread = world.register().expect("an id");
        let line = Mutex::new(Line::<()>::default());
        assert!(lock_line(&line, &thread).is_empty());
    }

    #[test]
    fn wait_2_a_message_comes_once_and_then_the_waiter_is_in_no_line() {
        let world = World::new(Arc::new(NoHooks), false);
        let mut thread = world.register().expect("an id");
        let waiter = thread.take_waiter();
        let mut line = Line::default();
        line.push(&waiter, 'a');
        let (first, what) = line.pop(&world).expect("a waiter");
        first.grant(7);
        assert_eq!((what, line.withdraw(&waiter)), ('a', false));
        assert_eq!(waiter.sleep(&mut thread, Wait::No, Signals::Interrupt), Woken::Granted(7));
        thread.put_back(waiter);
        assert_eq!(thread.take_waiter().message(), None);
    }

    #[test]
    fn wait_2_a_nested_wait_has_a_waiter_of_its_own() {
        let world = World::new(Arc::new(NoHooks), false);
        let mut thread = world.register().expect("an id");
        let outer = thread.take_waiter();
        let inner = thread.take_waiter();
        inner.grant(1);
        assert_eq!(outer.message(), None);
        thread.put_back(inner);
        thread.put_back(outer);
    }
}
