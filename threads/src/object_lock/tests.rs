//! The object lock, alone and contended.

use super::*;
use crate::sync::cell::UnsafeCell;
use crate::sync::{Arc, thread};

struct Counter {
    locks: [ObjectLock; 2],
    value: UnsafeCell<u64>,
}
// SAFETY: INV-LOCK-1; the tests touch the value under the lock alone.
unsafe impl Sync for Counter {}

fn counter() -> Arc<Counter> {
    Arc::new(Counter { locks: Default::default(), value: UnsafeCell::new(0) })
}

fn add(counter: &Counter, amount: u64) {
    // SAFETY: INV-LOCK-1; called under a lock.
    counter.value.with_mut(|value| unsafe { *value += amount });
}

fn unlock(lock: &ObjectLock) {
    // SAFETY: the tests unlock what they locked.
    unsafe { lock.unlock() };
}

const THREADS: usize = 4;
const ROUNDS: u64 = 20_000;

#[test]
fn one_byte() {
    assert_eq!(size_of::<ObjectLock>(), 1);
}

#[test]
fn try_lock_never_waits() {
    let lock = ObjectLock::new();
    assert!(lock.try_lock() && !lock.try_lock() && lock.is_locked());
    unlock(&lock);
    assert!(!lock.is_locked());
}

#[test]
fn lock_1_holders_exclude_each_other() {
    let shared = counter();
    let body = |shared: Arc<Counter>| {
        move || {
            for round in 0..ROUNDS {
                let lock = &shared.locks[0];
                if round % 4 != 0 || !lock.try_lock() {
                    lock.lock();
                }
                add(&shared, 1);
                unlock(lock);
            }
        }
    };
    let workers: Vec<_> = (0..THREADS).map(|_| thread::spawn(body(Arc::clone(&shared)))).collect();
    workers.into_iter().for_each(|worker| worker.join().expect("no panic"));
    // SAFETY: the other threads are gone.
    assert_eq!(shared.value.with(|value| unsafe { *value }), THREADS as u64 * ROUNDS);
}

#[test]
fn lock_2_parked_threads_are_all_woken() {
    for _ in 0..200 {
        let shared = counter();
        shared.locks[0].lock();
        let workers: Vec<_> = (0..THREADS)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    shared.locks[0].lock();
                    add(&shared, 1);
                    unlock(&shared.locks[0]);
                })
            })
            .collect();
        // Until somebody is about to park.
        while shared.locks[0].0.load(Ordering::Relaxed) & PARKED == 0 {
            thread::yield_now();
        }
        unlock(&shared.locks[0]);
        workers.into_iter().for_each(|worker| worker.join().expect("no panic"));
        assert_eq!(shared.locks[0].0.load(Ordering::Relaxed) & !LAST, 0, "INV-LOCK-2: a bit is left behind");
    }
}

#[test]
fn lock_3_pairs_in_either_order_do_not_deadlock() {
    let shared = counter();
    let workers: Vec<_> = (0..THREADS)
        .map(|i| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                for _ in 0..ROUNDS {
                    let pair = lock_pair(&shared.locks[i % 2], &shared.locks[(i + 1) % 2]);
                    add(&shared, 1);
                    // SAFETY: locked above.
                    unsafe { unlock_pair(pair) };
                }
            })
        })
        .collect();
    workers.into_iter().for_each(|worker| worker.join().expect("no panic"));
    // SAFETY: the other threads are gone.
    assert_eq!(shared.value.with(|value| unsafe { *value }), THREADS as u64 * ROUNDS);
}

#[test]
fn lock_3_pair_of_one_locks_once() {
    let lock = ObjectLock::new();
    let pair = lock_pair(&lock, &lock);
    assert!(lock.is_locked());
    // SAFETY: locked above.
    unsafe { unlock_pair(pair) };
    assert!(!lock.is_locked());
}

#[cfg(debug_assertions)]
#[test]
fn lock_4_held_locks_are_counted() {
    let (a, b) = (ObjectLock::new(), ObjectLock::new());
    assert_no_locks_held("before");
    let pair = lock_pair(&a, &b);
    assert_eq!(held_locks(), 2);
    let caught = std::panic::catch_unwind(|| assert_no_locks_held("between"));
    assert!(caught.is_err());
    // SAFETY: locked above.
    unsafe { unlock_pair(pair) };
    assert_no_locks_held("after");
}
