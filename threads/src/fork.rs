//! Forking the process.
//!
//! A forked child has one thread, and the memory as it was. What the others were in the middle of stays as it is for ever:
//! a mutex that one of them held would never be free. So the world is stopped first, and the world's
//! mutex is held across the fork: it belongs to the thread that goes on. Every other mutex of this crate is taken by
//! attached threads or under the world's (INV-WAIT-1), and so is free; object locks are free in a stopped world.
//!
//! In the child the other threads are forgotten. Python locks that they held stay locked, as Python promises, until
//! somebody resets them; lines in which they stand pass over them (INV-WAIT-3).
//!
//! * INV-FORK-1: in the child, when [`Thread::fork`] returns, exactly the calling thread is registered, and it is solo.
//! * INV-FORK-2: no mutex of this crate that outlives a fork is held by a thread that the fork leaves behind.

use crate::sync::atomic::{AtomicU64, Ordering};
use crate::thread::{Context, Thread};
use crate::world::{Inner, Mode, World};

/// Which threads a fork or a shutdown has left behind: those with a serial number below `before`, but for the `survivor`.
#[derive(Debug, Default)]
pub(crate) struct ForkMark {
    before: AtomicU64,
    survivor: AtomicU64,
    /// Only then do models pay for looking.
    #[cfg(loom)]
    models_fork: bool,
}

impl World {
    /// From now on every line passes over the threads that there are, except for `survivor`.
    pub(crate) fn leave_others_behind(&self, inner: &Inner, survivor: &Context) {
        self.fork_mark.before.store(inner.next_serial, Ordering::Relaxed);
        self.fork_mark.survivor.store(survivor.serial(), Ordering::Relaxed);
    }

    /// Whether the thread with this serial number exists only in a parent process, or will never run again.
    #[inline]
    pub fn is_left_behind(&self, serial: u64) -> bool {
        #[cfg(loom)]
        if !self.fork_mark.models_fork {
            return false;
        }
        // Relaxed: written while no other thread is attached, which orders it before all who read it.
        serial < self.fork_mark.before.load(Ordering::Relaxed)
            && serial != self.fork_mark.survivor.load(Ordering::Relaxed)
    }
}

#[cfg(loom)]
impl World {
    /// As if a fork had left behind every thread with a serial number below `before`. For models, which cannot fork.
    pub fn as_if_forked(self: crate::sync::Arc<Self>, before: u64) -> crate::sync::Arc<Self> {
        let mut world = self;
        let only = crate::sync::Arc::get_mut(&mut world).expect("a world that nobody shares yet");
        only.fork_mark.models_fork = true;
        only.fork_mark.before.store(before, Ordering::Relaxed);
        world
    }
}

impl Thread {
    /// Forks the process: `fork` does it and returns true in the child, as this function does then.
    ///
    /// # Concurrency
    /// Stops the world around the call of `fork`, which must not use anything of this crate.
    pub fn fork(&mut self, fork: impl FnOnce() -> bool) -> bool {
        let world = self.world_ref();
        let me = self.id();
        let stopped = self.stop_the_world();
        let mut inner = world.lock_inner();
        let in_child = fork();
        if !in_child {
            drop(inner);
            drop(stopped);
            return false;
        }
        world.leave_others_behind(&inner, stopped.context());
        let mut gone = std::mem::take(&mut inner.registered);
        gone.retain(|&id| id != me);
        inner.registered.push(me);
        for &id in &gone {
            world.slot(id).control.reset();
        }
        inner.waiting.clear();
        inner.stop_line.clear();
        inner.next_stop = None;
        inner.mode = Mode::Solo(me);
        let handles = std::mem::take(&mut inner.running);
        for handle in handles {
            if handle.is_of(stopped.context().serial()) {
                inner.running.push(handle);
            } else {
                handle.leave_behind(world);
            }
        }
        drop(inner);
        drop(stopped);
        world.change_main(self);
        if !self.is_solo() {
            self.set_solo(true);
            world.hooks().solo_changed(self, true);
        }
        world.hooks().after_fork_in_child(self, &gone);
        // INV-WORLD-1: what the threads owned has been passed on.
        world.lock_inner().free_ids.extend(gone);
        true
    }
}
