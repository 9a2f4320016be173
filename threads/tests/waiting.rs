//! Locks, conditions and events between several threads, with and without the GIL.
#![allow(clippy::disallowed_types)] // Tests count with plain atomics outside of what is tested.
#![cfg(not(loom))]

mod common;

use common::{both, join, join_all, never, soon, start, until};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::yield_now;
use std::time::Duration;
use threads::sync::Arc;
use threads::{
    Acquire, Condition, Event, Lock, Monitor, NotHeld, NotLocked, NotOwner, RLock, Requests, Thread, Wait,
    Waited,
};

/// A counter that only a lock protects.
struct Racy(std::cell::UnsafeCell<usize>);
// SAFETY: the test's locks order the accesses; that they do is what the test checks.
unsafe impl Sync for Racy {}
impl Racy {
    fn add(&self) {
        let pointer = self.0.get();
        // SAFETY: INV-PYLOCK-1; the caller holds the lock.
        let before = unsafe { pointer.read_volatile() };
        std::hint::spin_loop();
        // SAFETY: as above.
        unsafe { pointer.write_volatile(before + 1) };
    }
}

#[test]
fn pylock_1_pylock_2_pylock_3_nothing_is_lost_under_contention() {
    both(|th| {
        let shared = Arc::new((Lock::new(), Racy(std::cell::UnsafeCell::new(0)), AtomicUsize::new(0)));
        let handles: Vec<_> = (0..4)
            .map(|seed: usize| {
                let shared = Arc::clone(&shared);
                start(th, move |th| {
                    for i in 0..2000 {
                        let wait = match (seed + i) % 4 {
                            0 => Wait::No,
                            1 => Wait::at_most(Some(Duration::from_micros(50))),
                            _ => Wait::Forever,
                        };
                        if shared.0.acquire(th, wait) == Acquire::Acquired {
                            shared.1.add();
                            shared.2.fetch_add(1, SeqCst);
                            if i % 64 == 0 {
                                th.detached(yield_now); // blocks while it holds the lock
                            }
                            shared.0.release(th).expect("held");
                        }
                        let _ = th.poll();
                    }
                })
            })
            .collect();
        join_all(th, &handles);
        // SAFETY: the threads have ended.
        assert_eq!(unsafe { *shared.1.0.get() }, shared.2.load(SeqCst));
        assert!(!shared.0.locked());
    });
}

#[test]
fn pylock_1_outcomes_of_one_thread() {
    both(|th| {
        let lock = Lock::new();
        assert_eq!(lock.release(th), Err(NotLocked));
        assert_eq!(lock.acquire(th, Wait::Forever), Acquire::Acquired);
        assert!(lock.locked());
        assert_eq!(lock.acquire(th, Wait::No), Acquire::WouldBlock);
        assert_eq!(lock.acquire(th, soon()), Acquire::TimedOut);
        let shared = Arc::new(lock);
        let other = Arc::clone(&shared);
        let handle = start(th, move |th| other.release(th).expect("released by any thread"));
        join(th, &handle);
        assert!(!shared.locked());
    });
}

#[test]
fn pylock_2_reset_frees_a_lock_and_wakes_who_waits() {
    both(|th| {
        let lock = Arc::new(Lock::new());
        assert_eq!(lock.acquire(th, Wait::Forever), Acquire::Acquired);
        let other = Arc::clone(&lock);
        let handle = start(th, move |th| {
            assert_eq!(other.acquire(th, Wait::Forever), Acquire::Acquired);
            other.release(th).expect("held");
        });
        th.detached(yield_now);
        lock.reset_after_fork(th);
        join(th, &handle);
        assert!(!lock.locked());
    });
}

#[test]
fn rlock_1_rlock_2_owner_and_count() {
    both(|th| {
        let lock = Arc::new(RLock::new());
        assert_eq!(lock.release(th), Err(NotOwner));
        for _ in 0..3 {
            assert_eq!(lock.acquire(th, Wait::No), Ok(Acquire::Acquired));
        }
        assert_eq!(lock.recursion_count(th), 3);
        assert_eq!(lock.state(), Some((th.serial(), 3)));
        let other = Arc::clone(&lock);
        let handle = start(th, move |th| {
            assert_eq!(other.recursion_count(th), 0);
            assert_eq!(other.release(th), Err(NotOwner));
            assert_eq!(other.acquire(th, soon()), Ok(Acquire::TimedOut));
        });
        join(th, &handle);
        let saved = lock.release_save(th).expect("owned");
        assert_eq!(saved.count(), 3);
        assert!(!lock.locked());
        assert_eq!(lock.release_save(th), Err(NotOwner));
        lock.acquire_restore(th, saved);
        for left in [2, 1, 0] {
            lock.release(th).expect("owned");
            assert_eq!(lock.recursion_count(th), left);
        }
        assert!(!lock.locked());
    });
}

/// A bounded buffer: producers and consumers wait for each other on one monitor.
fn bounded_buffer<M: Monitor + Send + Sync + 'static>(
    th: &mut Thread,
    make: fn() -> M,
    lock: fn(&M, &mut Thread),
) {
    const ITEMS: usize = 300;
    struct Buffer<M> {
        monitor: M,
        not_empty: Condition,
        not_full: Condition,
        items: Mutex<Vec<usize>>,
    }
    let buffer = Arc::new(Buffer {
        monitor: make(),
        not_empty: Condition::new(),
        not_full: Condition::new(),
        items: Mutex::new(Vec::new()),
    });
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let mut handles = Vec::new();
    for producer in 0..2 {
        let b = Arc::clone(&buffer);
        handles.push(start(th, move |th| {
            for i in 0..ITEMS {
                lock(&b.monitor, th);
                while b.items.lock().expect("no panic").len() >= 2 {
                    let _ = b.not_full.wait(th, &b.monitor, Wait::Forever, never).expect("held");
                }
                b.items.lock().expect("no panic").push(producer * ITEMS + i);
                b.not_empty.notify(th, &b.monitor, 1).expect("held");
                b.monitor.release_save(th).expect("held");
            }
        }));
        let (b, seen) = (Arc::clone(&buffer), Arc::clone(&seen));
        handles.push(start(th, move |th| {
            for _ in 0..ITEMS {
                lock(&b.monitor, th);
                let item = loop {
                    if let Some(item) = b.items.lock().expect("no panic").pop() {
                        break item;
                    }
                    let _ = b.not_empty.wait(th, &b.monitor, Wait::Forever, never).expect("held");
                };
                assert!(seen.lock().expect("no panic").insert(item), "an item came twice");
                b.not_full.notify(th, &b.monitor, 1).expect("held");
                b.monitor.release_save(th).expect("held");
            }
        }));
    }
    join_all(th, &handles);
    assert_eq!(seen.lock().expect("no panic").len(), 2 * ITEMS);
}

#[test]
fn cond_1_cond_2_no_notification_is_lost() {
    both(|th| {
        bounded_buffer(th, Lock::new, |lock, th| {
            assert_eq!(lock.acquire(th, Wait::Forever), Acquire::Acquired)
        });
        bounded_buffer(th, RLock::new, |lock, th| {
            assert_eq!(lock.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
        });
    });
}

#[test]
fn cond_1_notifications_go_to_who_waited_longest() {
    both(|th| {
        let shared = Arc::new((RLock::new(), Condition::new(), Mutex::new(Vec::new()), AtomicUsize::new(0)));
        let mut handles = Vec::new();
        for i in 0..3 {
            let s = Arc::clone(&shared);
            handles.push(start(th, move |th| {
                assert_eq!(s.0.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
                s.3.fetch_add(1, SeqCst);
                assert_eq!(s.1.wait(th, &s.0, Wait::Forever, never), Ok(Waited::Notified));
                s.2.lock().expect("no panic").push(i);
                s.0.release(th).expect("held");
            }));
            until(th, |_| shared.3.load(SeqCst) == i + 1);
        }
        for i in 0..3 {
            // Who has counted itself holds the monitor until it is in line.
            assert_eq!(shared.0.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
            shared.1.notify(th, &shared.0, 1).expect("held");
            shared.0.release(th).expect("held");
            until(th, |_| shared.2.lock().expect("no panic").len() == i + 1);
        }
        join_all(th, &handles);
        assert_eq!(*shared.2.lock().expect("no panic"), [0, 1, 2]);
    });
}

#[test]
fn cond_2_cond_3_timeouts_and_signals_return_with_the_monitor() {
    both(|th| {
        let (lock, condition) = (RLock::new(), Condition::new());
        assert_eq!(condition.wait(th, &lock, Wait::Forever, never), Err(NotHeld));
        assert_eq!(condition.notify_all(th, &lock), Err(NotHeld));
        for _ in 0..2 {
            assert_eq!(lock.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
        }
        assert_eq!(condition.wait(th, &lock, soon(), never), Ok(Waited::TimedOut));
        assert_eq!(lock.recursion_count(th), 2);
        th.world().interrupt_main();
        let mut answered = 0;
        let outcome = condition.wait(th, &lock, Wait::Forever, |th| {
            assert_eq!(lock.recursion_count(th), 0, "the handler runs without the monitor");
            assert_eq!(th.control().take(Requests::SIGNAL), Requests::SIGNAL);
            answered += 1;
            if answered == 1 {
                th.world().interrupt_main();
                return ControlFlow::Continue(());
            }
            // The handler waits and notifies in turn.
            assert_eq!(Event::new().wait(th, soon()), Acquire::TimedOut);
            assert_eq!(lock.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
            condition.notify(th, &lock, 1).expect("held");
            lock.release(th).expect("held");
            ControlFlow::Break("raised")
        });
        assert_eq!(outcome, Ok(Waited::Broken("raised")));
        assert_eq!(lock.recursion_count(th), 2);
    });
}

#[test]
fn event_1_everybody_sees_it() {
    both(|th| {
        let event = Arc::new(Event::new());
        assert_eq!(event.wait(th, Wait::No), Acquire::WouldBlock);
        assert_eq!(event.wait(th, soon()), Acquire::TimedOut);
        let handles: Vec<_> = (0..3)
            .map(|_| {
                let event = Arc::clone(&event);
                start(th, move |th| assert_eq!(event.wait(th, Wait::Forever), Acquire::Acquired))
            })
            .collect();
        event.set(th);
        join_all(th, &handles);
        assert!(event.is_set());
        event.clear(th);
        assert!(!event.is_set());
    });
}
