//! The control word: a thread's state and what is asked of it, in one atomic word.
//!
//! The interpreter polls this word: while it equals [`Control::QUIET`] the thread is attached and nobody wants
//! anything. Because state and requests share a word, a request to stop and the decision to leave cannot miss each
//! other: whoever changes the word second sees what the first did.
//!
//! ```text
//!                attach (owner, CAS)
//!     DETACHED ------------------------> ATTACHED
//!        ^  |  <------------------------    |  ^
//!        |  |    detach (owner, CAS,        |  |
//!        |  |     unless STOP is set)       |  | grant (holder of the world's mutex)
//!  open  |  | bar (holder of the            |  |
//!        |  v  world's mutex, CAS)          v  |
//!     SUSPENDED <-----------------------------'
//!                suspend (owner, under the world's mutex)
//! ```
//!
//! | bits      | who writes                                   | who reads |
//! |-----------|----------------------------------------------|-----------|
//! | state     | as drawn                                     | anybody   |
//! | requests  | anybody sets; the owner clears what it takes | the owner |
//!
//! * INV-CONTROL-1: only the holder of the world's mutex moves a thread out of SUSPENDED.
//! * INV-CONTROL-2: an attached thread with STOP set leaves the attached state only under the world's mutex, where
//!   it counts itself out.

use crate::sync::atomic::{AtomicU32, Ordering};

/// Whether a thread may touch objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In a blocking call, or before its first attach; may attach by itself.
    Detached = 0,
    /// May touch objects; reaches a safepoint in bounded time.
    Attached = 1,
    /// Must not attach until somebody lets it.
    Suspended = 2,
}

const STATE_MASK: u32 = 0b11;

impl State {
    fn of(word: u32) -> Self {
        match word & STATE_MASK {
            0 => State::Detached,
            1 => State::Attached,
            _ => State::Suspended,
        }
    }
}

/// A set of requests to a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requests(u32);

/// Declares the request bits: name, bit, meaning.
macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident = $bit:literal;)*) => {
        impl Requests {
            $($(#[$doc])* pub const $name: Requests = Requests(1 << $bit);)*
            /// Every request, with its name.
            pub const TABLE: &'static [(&'static str, Requests)] = &[$((stringify!($name), Requests::$name)),*];
        }
    };
}

requests! {
    /// Stop at the next safepoint until the world resumes. Set and cleared under the world's mutex.
    STOP = 2;
    /// Another thread wants to run: let the gate go from solo to multi.
    GATE = 3;
    /// The switch interval is over: let the next waiting thread hold the GIL.
    GIL_DROP = 4;
    /// This may be the only attached thread: try to become solo.
    SOLO = 5;
    /// Make borrowed references counted and announce a quiescent state.
    REFRESH = 6;
    /// A grace period of objects that this thread parked is over.
    RIPE = 7;
    /// Objects wait in this thread's merge queue.
    MERGE = 8;
    /// Run the cycle collector.
    COLLECT = 9;
    /// Finalizers or callbacks wait to be run.
    FINALIZE = 10;
    /// A signal arrived.
    SIGNAL = 11;
    /// A pending call waits.
    PENDING_CALL = 12;
    /// Another thread raised an exception in this one.
    ASYNC_EXCEPTION = 13;
}

impl Requests {
    /// No request.
    pub const NONE: Requests = Requests(0);
    /// What this crate answers by itself.
    pub(crate) const OWN: Requests = Requests(Self::STOP.0 | Self::GATE.0 | Self::GIL_DROP.0 | Self::SOLO.0);

    /// Whether nothing is asked.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether any of `other` is asked.
    #[inline]
    pub fn contains(self, other: Requests) -> bool {
        self.0 & other.0 != 0
    }

    /// What is asked here or in `other`.
    #[inline]
    #[must_use]
    pub fn union(self, other: Requests) -> Requests {
        Requests(self.0 | other.0)
    }

    /// What is asked here and not in `other`.
    #[inline]
    #[must_use]
    pub fn without(self, other: Requests) -> Requests {
        Requests(self.0 & !other.0)
    }
}

/// What [`Control::bar`] and [`Control::bar_detached`] found.
#[must_use]
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Barred {
    /// The thread is attached. `bar` has set STOP, and it will count itself out.
    Running,
    /// The thread was detached and is now suspended.
    Shut,
    /// The thread was suspended already.
    Already,
}

/// The word.
#[derive(Debug)]
pub struct Control(AtomicU32);

impl Default for Control {
    fn default() -> Self {
        Self(AtomicU32::new(State::Suspended as u32))
    }
}

impl Control {
    /// The word of an attached thread of which nothing is asked.
    pub const QUIET: u32 = State::Attached as u32;

    /// The word, for polling. Relaxed: a request is acted on at this poll or at a later one; acting on it
    /// synchronizes through the read-modify-write that clears it.
    #[inline(always)]
    pub fn poll(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// The thread's state.
    #[inline]
    pub fn state(&self) -> State {
        // Acquire: pairs with the owner's release in `try_detach`, so that who sees it detached sees its writes.
        State::of(self.0.load(Ordering::Acquire))
    }

    /// Asks for `requests`; true if one of them was not asked before.
    pub fn request(&self, requests: Requests) -> bool {
        // Release: what was prepared for the thread (a queue entry) is visible when it takes the request.
        let before = self.0.fetch_or(requests.0, Ordering::AcqRel);
        before & requests.0 != requests.0
    }

    /// Takes those of `requests` that are asked, clearing them.
    pub fn take(&self, requests: Requests) -> Requests {
        // Acquire: pairs with the release in `request`.
        let before = self.0.fetch_and(!requests.0, Ordering::AcqRel);
        Requests(before & requests.0)
    }

    /// SUSPENDED and nothing asked, whatever it was: for a thread that a fork has left behind.
    pub(crate) fn reset(&self) {
        // Relaxed: the forked child has one thread.
        self.0.store(State::Suspended as u32, Ordering::Relaxed);
    }

    /// What is asked now.
    pub fn requested(&self) -> Requests {
        Requests(self.0.load(Ordering::Relaxed) & !STATE_MASK)
    }

    /// The word, to begin a compare-and-exchange loop with.
    ///
    /// In models it is read by an operation that counts as a write. Loom tries a write before an earlier read of another
    /// thread only if that read was the last access to the word; a plain load here would come in between, and no
    /// model would ever see a request arrive between two polls.
    #[inline(always)]
    fn guess(&self) -> u32 {
        if cfg!(loom) {
            return self.0.fetch_or(0, Ordering::Relaxed);
        }
        // Relaxed: the exchange that follows checks it.
        self.0.load(Ordering::Relaxed)
    }

    /// DETACHED to ATTACHED, by the owner; false if the thread is suspended.
    #[inline]
    pub(crate) fn try_attach(&self) -> bool {
        let mut word = self.guess();
        while State::of(word) == State::Detached {
            let attached = word | State::Attached as u32;
            // Acquire: pairs with the release of whoever opened the door (end of a stop, other threads' detach).
            match self.0.compare_exchange_weak(word, attached, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// ATTACHED to DETACHED, by the owner; false if a stop is asked, which has to be answered under the mutex.
    #[inline]
    pub(crate) fn try_detach(&self) -> bool {
        let mut word = self.guess();
        while word & Requests::STOP.0 == 0 || crate::mutant!("detach-ignores-stop") {
            debug_assert_eq!(State::of(word), State::Attached);
            let detached = word & !STATE_MASK & !Requests::STOP.0;
            // Release: pairs with the acquire in `bar` and `state`.
            match self.0.compare_exchange_weak(word, detached, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        false
    }

    /// Keeps the thread from attaching, or asks it to stop if it is attached. By the holder of the mutex.
    pub(crate) fn bar(&self) -> Barred {
        let mut word = self.guess();
        loop {
            let (barred, outcome) = match State::of(word) {
                State::Attached => (word | Requests::STOP.0, Barred::Running),
                State::Detached => (word | State::Suspended as u32, Barred::Shut),
                State::Suspended => return Barred::Already,
            };
            // Acquire: pairs with the release in `try_detach`; a thread found detached has finished its accesses.
            match self.0.compare_exchange_weak(word, barred, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return outcome,
                Err(now) => word = now,
            }
        }
    }

    /// DETACHED to SUSPENDED, by the holder of the mutex; an attached thread stays as it is.
    pub(crate) fn bar_detached(&self) -> Barred {
        let mut word = self.guess();
        loop {
            match State::of(word) {
                State::Attached => return Barred::Running,
                State::Suspended => return Barred::Already,
                State::Detached => {}
            }
            let barred = word | State::Suspended as u32;
            // Acquire: as in `bar`.
            match self.0.compare_exchange_weak(word, barred, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return Barred::Shut,
                Err(now) => word = now,
            }
        }
    }

    /// Moves from one state to another under the world's mutex, clearing STOP.
    pub(crate) fn set_state(&self, from: State, to: State) {
        let mut word = self.guess();
        loop {
            debug_assert_eq!(State::of(word), from, "INV-CONTROL-1");
            let next = (word & !STATE_MASK & !Requests::STOP.0) | to as u32;
            match self.0.compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn request_bits_are_distinct_and_leave_the_state_alone() {
        let mut seen = STATE_MASK;
        for &(name, request) in Requests::TABLE {
            assert_eq!(request.0.count_ones(), 1, "{name}");
            assert_eq!(seen & request.0, 0, "{name}");
            seen |= request.0;
        }
    }

    #[test]
    fn control_1_control_2_a_suspended_thread_stays_and_a_stop_bars_the_way_out() {
        let control = Control::default();
        control.set_state(State::Suspended, State::Attached);
        assert_eq!(control.bar(), Barred::Running);
        assert!(!control.try_detach());
        control.set_state(State::Attached, State::Suspended);
        assert_eq!(control.bar(), Barred::Already);
        assert!(!control.try_attach());
        control.set_state(State::Suspended, State::Detached);
        assert!(control.try_attach());
        assert!(control.try_detach());
        assert_eq!(control.bar(), Barred::Shut);
        assert_eq!(control.state(), State::Suspended);
    }

    #[test]
    fn requests_survive_state_changes() {
        let control = Control::default();
        assert!(control.request(Requests::SIGNAL));
        assert!(!control.request(Requests::SIGNAL));
        control.set_state(State::Suspended, State::Attached);
        assert_ne!(control.poll(), Control::QUIET);
        assert_eq!(control.take(Requests::SIGNAL), Requests::SIGNAL);
        assert_eq!(control.poll(), Control::QUIET);
    }
}
