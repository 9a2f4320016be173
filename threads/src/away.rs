//! Threads that stay away from a lock, for a while, so that another may use it undisturbed.
//!
//! They sleep until their time is over. Another thread that is about to sleep calls one of them back, because it may be the one
//! that was not to be disturbed: a queue's producer that finds it full, for example.
//!
//! This is advice: who is called back in vain, or not at all, has lost nothing but time.

use std::time::Instant;

use crate::sync::Mutex;
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::thread::{Context, Thread};
use crate::waiter::{Line, Signals, Wait, lock_line};
use crate::world::World;

const CALLED_BACK: u32 = 1;

/// The threads of a world that stay away.
#[derive(Debug)]
pub(crate) struct Away {
    /// How many there are, at about this moment.
    count: AtomicUsize,
    line: Mutex<Line<()>>,
}

impl Default for Away {
    fn default() -> Self {
        Self { count: AtomicUsize::new(0), line: Mutex::new(Line::default()) }
    }
}

impl World {
    /// Calls back who has been away for longest. By a thread that is about to detach.
    #[inline]
    pub(crate) fn call_back(&self, context: &Context) {
        if !cfg!(loom) && self.away.count.load(Ordering::Relaxed) > 0 {
            self.call_back_slow(context);
        }
    }

    #[cold]
    fn call_back_slow(&self, context: &Context) {
        let mut line = lock_line(&self.away.line, context);
        if let Some((waiter, ())) = line.pop(self) {
            waiter.grant(CALLED_BACK);
        }
        self.away.count.store(line.len(), Ordering::Relaxed);
    }
}

impl Thread {
    /// Sleeps until then, or until called back.
    pub(crate) fn be_away(&mut self, until: Instant, signals: Signals) {
        let away = &self.world_ref().away;
        let waiter = self.take_waiter();
        {
            let mut line = lock_line(&away.line, self);
            line.push(&waiter, ());
            away.count.store(line.len(), Ordering::Relaxed);
        }
        self.is_away.set(true);
        let _ = waiter.sleep_at_once(self, Wait::Until(until), signals);
        self.is_away.set(false);
        {
            let mut line = lock_line(&away.line, self);
            line.withdraw(&waiter);
            away.count.store(line.len(), Ordering::Relaxed);
        }
        self.put_back(waiter);
    }
}
