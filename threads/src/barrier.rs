//! The engine of `threading.Barrier`.
//!
//! The thread that completes a round takes the others out of the line, runs the action and then lets them go, each
//! with its index. While the action runs the round is *claimed*: a thread of it whose time is over meanwhile has
//! arrived all the same and waits for the outcome, and a thread that arrives for the next round waits outside.
//!
//! ```text
//!             all have arrived                    the action has run
//!   FILLING --------------------> CLAIMED(round) --------------------> FILLING
//!      |                                |
//!      | timeout, abort                 | action failed, abort meanwhile
//!      '------------> BROKEN <----------'
//!                        '---- reset ----> FILLING
//! ```
//!
//! * INV-BARRIER-1: the threads of one round get the indices 0 to parties - 1, each once.
//! * INV-BARRIER-2: nobody passes before all have arrived and the action has run.
//! * INV-BARRIER-3: once a round is broken, every thread of it reports that, and so does every later one until a reset.

use crate::sync::{Arc, Mutex};
use crate::thread::Thread;
use crate::waiter::{Line, Signals, Wait, Waiter, Woken, lock_line};

/// Messages to a waiter.
const BROKEN: u32 = 1;
const COME_IN: u32 = 2;
/// From here on: the waiter has passed, and this is its index plus `PASSED`.
const PASSED: u32 = 3;

/// Why a thread did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarrierError<E> {
    /// The barrier is broken: somebody gave up, aborted or reset it, or its action failed.
    Broken,
    /// A signal wants to be answered. The caller has withdrawn and may wait again.
    Interrupted,
    /// The action, which this thread ran, failed with this; the barrier is broken.
    Action(E),
}

/// A barrier needs at least one party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoParties;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Filling,
    /// The action runs; afterwards the barrier is broken if somebody aborted it meanwhile.
    Claimed {
        aborted: bool,
    },
    Broken,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// How many threads of the round have arrived: those in `round` and nobody else.
    arrived: usize,
    round: Line<()>,
    /// Threads that came while a round was claimed.
    outside: Line<()>,
}

/// A place where a fixed number of threads wait for each other.
#[derive(Debug)]
pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
}

impl Barrier {
    /// For `parties` threads.
    ///
    /// # Errors
    /// [`NoParties`] if there are none.
    pub fn new(parties: usize) -> Result<Self, NoParties> {
        if parties == 0 {
            return Err(NoParties);
        }
        let state =
            State { phase: Phase::Filling, arrived: 0, round: Line::default(), outside: Line::default() };
        Ok(Self { parties, state: Mutex::new(state) })
    }

    /// How many threads make a round.
    pub fn parties(&self) -> usize {
        self.parties
    }

    /// How many threads wait now.
    pub fn waiting(&self, thread: &Thread) -> usize {
        lock_line(&self.state, thread).arrived
    }

    /// Whether it is broken.
    pub fn is_broken(&self, thread: &Thread) -> bool {
        lock_line(&self.state, thread).phase == Phase::Broken
    }

    /// Waits until all have arrived; the last one runs `action` first. Returns the order of arrival, from 0.
    ///
    /// # Errors
    /// [`BarrierError`].
    ///
    /// # Concurrency
    /// A safepoint; waits detached. A thread whose time is over breaks the barrier.
    pub fn wait<E>(
        &self,
        thread: &mut Thread,
        wait: Wait,
        action: impl FnOnce(&mut Thread) -> Result<(), E>,
    ) -> Result<usize, BarrierError<E>> {
        let waiter = thread.take_waiter();
        let outcome = match self.arrive(thread, &waiter, wait) {
            Ok(None) => self.lead(thread, action).map(|()| self.parties - 1),
            Ok(Some(index)) => Ok(index),
            Err(error) => Err(error),
        };
        thread.put_back(waiter);
        outcome
    }

    /// Takes a place in the round and waits for the index; `None`, without waiting, for the last place.
    fn arrive<E>(
        &self,
        thread: &mut Thread,
        waiter: &Arc<Waiter>,
        wait: Wait,
    ) -> Result<Option<usize>, BarrierError<E>> {
        loop {
            let mut state = lock_line(&self.state, thread);
            match state.phase {
                Phase::Broken => return Err(BarrierError::Broken),
                Phase::Claimed { .. } => state.outside.push(waiter, ()),
                Phase::Filling => {
                    state.arrived += 1;
                    if state.arrived == self.parties {
                        state.phase = Phase::Claimed { aborted: false };
                        return Ok(None);
                    }
                    state.round.push(waiter, ());
                    break;
                }
            }
            drop(state);
            // As in CPython, where the action runs with the barrier locked, the clock does not count out here.
            if waiter.sleep(thread, Wait::Forever, Signals::Interrupt) == Woken::Interrupted
                && lock_line(&self.state, thread).outside.withdraw(waiter)
            {
                return Err(BarrierError::Interrupted);
            }
            waiter.reset();
        }
        let message = match waiter.sleep(thread, wait, Signals::Interrupt) {
            Woken::Granted(message) => message,
            gave_up => match self.give_up(thread, waiter, gave_up) {
                Some(error) => return Err(error),
                None => waiter.sleep_until_granted(thread),
            },
        };
        match message.checked_sub(PASSED) {
            Some(index) => Ok(Some(index as usize)),
            None => Err(BarrierError::Broken),
        }
    }

    /// Leaves the round; `None` if it is decided already, or claimed.
    fn give_up<E>(&self, thread: &Thread, waiter: &Arc<Waiter>, why: Woken) -> Option<BarrierError<E>> {
        let mut state = lock_line(&self.state, thread);
        if state.phase != Phase::Filling || !state.round.withdraw(waiter) {
            return None;
        }
        if why == Woken::Interrupted {
            state.arrived -= 1;
            return Some(BarrierError::Interrupted);
        }
        state.break_round(thread, Phase::Broken);
        Some(BarrierError::Broken)
    }

    /// Runs the action and ends the round.
    fn lead<E>(
        &self,
        thread: &mut Thread,
        action: impl FnOnce(&mut Thread) -> Result<(), E>,
    ) -> Result<(), BarrierError<E>> {
        let result = action(thread);
        let mut state = lock_line(&self.state, thread);
        let aborted = state.phase == Phase::Claimed { aborted: true };
        let after = if result.is_err() || aborted { Phase::Broken } else { Phase::Filling };
        match result {
            Ok(()) => state.pass_round(thread, after),
            Err(_) => state.break_round(thread, after),
        }
        drop(state);
        result.map_err(BarrierError::Action)
    }

    /// Breaks the barrier. A round whose action runs at this moment still passes, if the action succeeds.
    pub fn abort(&self, thread: &mut Thread) {
        let mut state = lock_line(&self.state, thread);
        match &mut state.phase {
            Phase::Claimed { aborted } => *aborted = true,
            _ => state.break_round(thread, Phase::Broken),
        }
    }

    /// Mends the barrier. Threads that wait report it as broken; a round whose action runs at this moment passes.
    pub fn reset(&self, thread: &mut Thread) {
        let mut state = lock_line(&self.state, thread);
        match &mut state.phase {
            Phase::Claimed { aborted } => *aborted = false,
            _ => state.break_round(thread, Phase::Filling),
        }
    }
}

impl State {
    /// Ends the round: everybody passes, with an index in order of arrival. (Counted here and not at the arrival,
    /// because somebody may have withdrawn since.)
    fn pass_round(&mut self, thread: &Thread, after: Phase) {
        let mut message = PASSED;
        while let Some((waiter, ())) = self.round.pop(thread.world()) {
            waiter.grant(message);
            message += 1;
        }
        self.begin(thread, after);
    }

    /// Ends the round: nobody passes.
    fn break_round(&mut self, thread: &Thread, after: Phase) {
        self.round.grant_all(thread.world(), BROKEN);
        self.begin(thread, after);
    }

    fn begin(&mut self, thread: &Thread, phase: Phase) {
        self.phase = phase;
        self.arrived = 0;
        self.outside.grant_all(thread.world(), COME_IN);
    }
}
