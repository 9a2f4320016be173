//! How long it is worth to wait awake.
//!
//! Putting a thread to sleep and waking it takes two system calls and some microseconds until it runs again; threads that
//! hand a lock, an item or a turn to each other do so within a few hundred nanoseconds if both are running. If the other one is not,
//! waiting awake only takes its processor away. Which of the two holds depends on the program and on the machine's load, so each
//! thread keeps a measure of its own: it looks longer where looking has paid, and hardly at all where it has not.

use std::cell::Cell;

use crate::sync::{OnceLock, spin_loop};

/// Looks that are worth a sleep: some 20 microseconds.
const MOST: u32 = 1 << 10;
const LEAST: u32 = 16;
/// So often a thread looks for long whatever it has measured: what it waits for may have changed.
const RETRY_EVERY: u32 = 64;

/// One thread's measure.
#[derive(Debug)]
pub(crate) struct Patience {
    looks: Cell<u32>,
    waits: Cell<u32>,
}

impl Default for Patience {
    fn default() -> Self {
        Self { looks: Cell::new(MOST / 4), waits: Cell::new(0) }
    }
}

/// Whether another thread can do something while this one waits awake.
pub(crate) fn may_help() -> bool {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from)) > 1
}

impl Patience {
    /// Looks for a while; what `look` has found, if anything.
    pub(crate) fn look<T>(
        &self,
        mut look: impl FnMut() -> Option<T>,
        given_up: impl Fn() -> bool,
    ) -> Option<T> {
        if !may_help() {
            return None;
        }
        let waits = self.waits.get().wrapping_add(1);
        self.waits.set(waits);
        let limit = if waits.is_multiple_of(RETRY_EVERY) { MOST } else { self.looks.get() };
        for looks in 0..limit {
            if let Some(found) = look() {
                // Twice what it took, slowly: one early find says little.
                let worth = (looks * 2).clamp(LEAST, MOST);
                self.looks.set((self.looks.get() * 3 + worth * 2).div_ceil(4).min(MOST));
                return Some(found);
            }
            if given_up() {
                return None;
            }
            spin_loop();
        }
        self.looks.set((self.looks.get() - self.looks.get() / 8).max(LEAST));
        None
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn looks_longer_where_it_pays() {
        if !may_help() {
            return;
        }
        let patience = Patience::default();
        for _ in 0..200 {
            assert_eq!(patience.look(|| None::<()>, || false), None);
        }
        assert_eq!(patience.looks.get(), LEAST);
        for _ in 0..50 {
            let mut left = LEAST - 1;
            let found = patience.look(
                || {
                    left = left.saturating_sub(1);
                    (left == 0).then_some(7)
                },
                || false,
            );
            assert_eq!(found, Some(7));
        }
        assert!(patience.looks.get() > LEAST);
        assert_eq!(patience.look(|| None::<()>, || true), None);
    }
}
