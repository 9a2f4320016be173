//! Turns at what several threads write.
//!
//! A cache line that two cores write travels between them, and each journey takes longer than most operations on an object. Two
//! threads that write one dict as fast as they can therefore get less done together than one of them alone. They get as much done
//! as one if they take turns: one runs for some microseconds with the lines in its own cache, while the other stays away.
//!
//! Nobody decides that. An [`ObjectLock`](crate::object_lock::ObjectLock) remembers whose it was last, so a thread knows when it
//! takes one from another thread; and who wants a [`Lock`](crate::Lock) knows when it is held. If that happens again and again at one
//! lock within moments, the lines are travelling, and the thread stays away for as long as a turn lasts; then it has a turn of its own,
//! in which it does not give way. More than two threads would still meet: who is disturbed often in its own turn stays away for
//! longer the next time.
//!
//! It has to be one and the same lock: a thread that goes through many objects which another has left to it takes each of them
//! once, and nobody is in its way.
//!
//! Staying away from an object is waiting awake, for tens of microseconds. Locks of programs are held for longer and by threads that do
//! other things besides, so a thread stays away from one of them for longer, and sleeps: it takes no processor from who
//! has the turn, and nobody has to wake it. It is called back before its time when another thread falls asleep, which may be
//! the one whose turn it is (`away.rs`). Nothing depends on any of it, and models do without.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::spin;
use crate::sync::spin_loop;

/// Object locks that are taken from others at shorter intervals travel for nothing: a thread alone would have been as quick.
const OBJECT_MOMENT: Duration = Duration::from_nanos(350);
/// A lock that a thread has waited for, and wants and has to wait for again so soon, is in demand.
const LOCK_MOMENT: Duration = Duration::from_micros(8);
/// After so many times in a row a thread stays away from it: what is done beside the lock is hardly worth what the meetings cost.
const MEETINGS: u32 = 6;
/// How long a thread stays away from a lock.
const LOCK_TURN: Duration = Duration::from_micros(250);
/// The longest that a thread stays away from a lock.
const LONGEST_LOCK_TURN: Duration = Duration::from_millis(2);
/// How long a turn is: many times what it takes to bring an object's lines over.
const TURN: Duration = Duration::from_micros(50);
/// The longest that a thread stays away.
const LONGEST: Duration = Duration::from_micros(400);
/// So often a thread takes locks from others in its turn if it is alone with one of them.
const COMPANY: u32 = 12;
/// Locks that a thread remembers.
const REMEMBERED: usize = 4;

/// Locks that a thread took from others, and when: each in the place that its address gives.
type Taken = [Cell<(usize, Instant)>; REMEMBERED];

/// One thread's turns.
#[derive(Debug)]
pub(crate) struct Turns {
    /// Object locks.
    objects: Taken,
    /// Locks of programs: apart from the objects, of which many are taken while one such lock is held.
    locks: Taken,
    /// When its present turn began.
    began: Cell<Instant>,
    /// How often it took a lock from another since then.
    disturbed: Cell<u32>,
    /// How long it stays away.
    away: Cell<Duration>,
    /// How often in a row it had to wait for the lock that it took last.
    meetings: Cell<u32>,
    /// How long it stays away from a lock.
    lock_away: Cell<Duration>,
}

impl Default for Turns {
    fn default() -> Self {
        let now = Instant::now();
        Self {
            objects: std::array::from_fn(|_| Cell::new((0, now))),
            locks: std::array::from_fn(|_| Cell::new((0, now))),
            began: Cell::new(now),
            disturbed: Cell::new(0),
            away: Cell::new(TURN),
            meetings: Cell::new(0),
            lock_away: Cell::new(LOCK_TURN),
        }
    }
}

/// Where a lock is remembered.
fn place(taken: &Taken, lock: usize) -> &Cell<(usize, Instant)> {
    &taken[((lock >> 4) ^ (lock >> 8)) % REMEMBERED]
}

impl Turns {
    /// To be called before an object lock is taken that was another thread's: waits if it is better to stay away. `called` says
    /// whether something else is wanted of the thread.
    pub(crate) fn before_object(&self, lock: usize, called: impl Fn() -> bool) {
        let now = Instant::now();
        let (last, when) = place(&self.objects, lock).replace((lock, now));
        if last == lock && now.duration_since(when) < OBJECT_MOMENT {
            self.give_way(now, called);
        }
    }

    /// To be called by who wants a lock that another thread holds: for how long it is better to stay away.
    pub(crate) fn before_lock(&self, lock: usize) -> Option<Duration> {
        let (last, when) = place(&self.locks, lock).get();
        let now = Instant::now();
        if last != lock || now.duration_since(when) >= LOCK_MOMENT {
            self.meetings.set(0);
            return None;
        }
        let meetings = self.meetings.get() + 1;
        self.meetings.set(meetings);
        if meetings < MEETINGS || !spin::may_help() {
            return None;
        }
        let away = self.lock_away.get();
        let disturbed = now.duration_since(self.began.get()) < LOCK_TURN;
        self.lock_away.set(if disturbed {
            (away * 2).min(LONGEST_LOCK_TURN)
        } else {
            (away / 2).max(LOCK_TURN)
        });
        Some(away)
    }

    /// The thread has stayed away from a lock.
    pub(crate) fn is_back(&self) {
        self.meetings.set(0);
        self.began.set(Instant::now());
        self.disturbed.set(0);
    }

    /// A lock is taken that another thread held a moment ago.
    pub(crate) fn took_lock(&self, lock: usize) {
        place(&self.locks, lock).set((lock, Instant::now()));
    }

    #[inline(never)]
    fn give_way(&self, now: Instant, called: impl Fn() -> bool) {
        let disturbed = self.disturbed.get() + 1;
        self.disturbed.set(disturbed);
        if now.duration_since(self.began.get()) < TURN || !spin::may_help() {
            return;
        }
        let away = self.away.get();
        self.away.set(if disturbed > COMPANY { (away * 2).min(LONGEST) } else { (away / 2).max(TURN) });
        let mut back = now;
        while back.duration_since(now) < away && !called() {
            (0..16).for_each(|_| spin_loop());
            back = Instant::now();
        }
        self.began.set(back);
        self.disturbed.set(0);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    /// How long the thread has been away after `n` times at locks that are `step` apart, if it was.
    fn away(turns: &Turns, n: usize, step: usize) -> bool {
        turns.began.set(Instant::now().checked_sub(TURN * 2).expect("a past"));
        let began = turns.began.get();
        for i in 0..n {
            let lock = 0x1000 + i * step;
            place(&turns.objects, lock).set((place(&turns.objects, lock).get().0, Instant::now()));
            turns.before_object(lock, || true);
        }
        turns.began.get() != began
    }

    #[test]
    fn one_lock_is_given_way_at_and_many_are_not() {
        if !spin::may_help() {
            return;
        }
        assert!(!away(&Turns::default(), 1, 0), "taken once");
        assert!(!away(&Turns::default(), 100, 32), "each taken once");
        assert!(away(&Turns::default(), 100_000, 0), "taken again and again");
    }

    #[test]
    fn a_lock_in_demand_is_left_alone() {
        if !spin::may_help() {
            return;
        }
        let turns = Turns::default();
        let waits = || {
            turns.took_lock(64);
            turns.before_lock(64)
        };
        let away = (0..100_000).find_map(|_| waits());
        assert!(away.is_some_and(|away| away >= LOCK_TURN), "waited for again and again");
        turns.is_back();
        assert_eq!(waits(), None, "waited for once");
        turns.took_lock(128);
        assert_eq!(turns.before_lock(64), None, "another lock");
    }
}
