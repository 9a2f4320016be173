//! Locks, conditions, events, semaphores and barriers between several threads, with and without the GIL.
#![allow(clippy::disallowed_types)] // Tests count with plain atomics outside of what is tested.
#![cfg(not(loom))]

use std::collections::HashSet;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::yield_now;
use std::time::Duration;
use threads::sync::Arc;
use threads::{
    Acquire, Barrier, BarrierError, Condition, Event, Join, JoinError, Lock, Monitor, NoHooks, NotHeld,
    NotLocked, NotOwner, Outcome, RLock, ReleaseError, Requests, Semaphore, StartError, StartOptions, Thread,
    ThreadHandle, Wait, Waited, World,
};

const SOON: Duration = Duration::from_millis(2);

fn soon() -> Wait {
    Wait::at_most(Some(SOON))
}

fn never(_: &mut Thread) -> ControlFlow<Infallible> {
    ControlFlow::Continue(())
}

/// Runs `test` without and with the GIL.
fn both(test: impl Fn(&mut Thread)) {
    for gil in [false, true] {
        let world = World::new(Arc::new(NoHooks), gil);
        test(&mut world.register().expect("an id"));
    }
}

fn start(th: &mut Thread, body: impl FnOnce(&mut Thread) + Send + 'static) -> Arc<ThreadHandle> {
    let handle = ThreadHandle::new();
    handle.start(th, &StartOptions::default(), body).expect("a thread");
    handle
}

fn join(th: &mut Thread, handle: &ThreadHandle) {
    assert_eq!(handle.join(th, Wait::Forever), Ok(Join::Finished));
    assert_eq!(handle.outcome(th), Some(Outcome::Returned));
}

fn join_all(th: &mut Thread, handles: &[Arc<ThreadHandle>]) {
    handles.iter().for_each(|handle| join(th, handle));
}

/// Polls and yields until `done`.
fn until(th: &mut Thread, mut done: impl FnMut(&mut Thread) -> bool) {
    while !done(th) {
        th.detached(yield_now);
        let _ = th.poll();
    }
}

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

#[test]
fn sem_1_sem_2_units_are_kept() {
    both(|th| {
        let shared = Arc::new((Semaphore::bounded(2), AtomicUsize::new(0)));
        let handles: Vec<_> = (0..4)
            .map(|i| {
                let s = Arc::clone(&shared);
                start(th, move |th| {
                    for _ in 0..500 {
                        let wait = if i == 0 {
                            Wait::at_most(Some(Duration::from_micros(20)))
                        } else {
                            Wait::Forever
                        };
                        if s.0.acquire(th, wait) == Acquire::Acquired {
                            assert!(s.1.fetch_add(1, SeqCst) < 2);
                            th.detached(yield_now);
                            s.1.fetch_sub(1, SeqCst);
                            s.0.release(th, 1).expect("held");
                        }
                    }
                })
            })
            .collect();
        join_all(th, &handles);
        assert_eq!(shared.0.value(th), 2);
        assert_eq!(shared.0.release(th, 1), Err(ReleaseError::OverRelease));
        assert_eq!(shared.0.release(th, 0), Err(ReleaseError::NoUnits));
        let free = Semaphore::new(usize::MAX);
        assert_eq!(free.release(th, 1), Err(ReleaseError::Overflow));
        assert_eq!(free.acquire(th, Wait::No), Acquire::Acquired);
        let none = Semaphore::new(0);
        assert_eq!(none.acquire(th, Wait::No), Acquire::WouldBlock);
        assert_eq!(none.acquire(th, soon()), Acquire::TimedOut);
        none.release(th, 3).expect("unbounded");
        assert_eq!(none.value(th), 3);
    });
}

#[test]
fn barrier_1_barrier_2_rounds_are_complete() {
    both(|th| {
        const ROUNDS: usize = 100;
        let shared = Arc::new((
            Barrier::new(3).expect("parties"),
            AtomicUsize::new(0),
            AtomicUsize::new(0), // actions that have run
            Mutex::new(vec![HashSet::new(); ROUNDS]),
        ));
        let handles: Vec<_> = (0..3)
            .map(|_| {
                let s = Arc::clone(&shared);
                start(th, move |th| {
                    for round in 0..ROUNDS {
                        s.1.fetch_add(1, SeqCst);
                        let action = |th: &mut Thread| {
                            assert_eq!(s.1.load(SeqCst), 3 * (round + 1), "barrier_2: not everybody arrived");
                            th.detached(yield_now);
                            s.2.fetch_add(1, SeqCst);
                            Ok::<(), Infallible>(())
                        };
                        let index = s.0.wait(th, Wait::Forever, action).expect("passes");
                        assert!(s.2.load(SeqCst) > round, "barrier_2: passed before the action");
                        assert!(s.3.lock().expect("no panic")[round].insert(index), "barrier_1");
                    }
                })
            })
            .collect();
        join_all(th, &handles);
        for indices in &*shared.3.lock().expect("no panic") {
            assert_eq!(*indices, HashSet::from([0, 1, 2]));
        }
    });
}

#[test]
fn barrier_3_a_broken_barrier_stays_broken_until_it_is_reset() {
    let fine = |_: &mut Thread| Ok::<(), &str>(());
    assert!(Barrier::new(0).is_err());
    both(|th| {
        let barrier = Arc::new(Barrier::new(2).expect("parties"));
        assert_eq!(barrier.wait(th, soon(), fine), Err(BarrierError::Broken));
        assert!(barrier.is_broken(th));
        assert_eq!(barrier.wait(th, Wait::Forever, fine), Err(BarrierError::Broken));
        for end in [Barrier::reset, Barrier::abort] {
            barrier.reset(th);
            assert!(!barrier.is_broken(th));
            let other = Arc::clone(&barrier);
            let handle = start(th, move |th| {
                assert_eq!(other.wait(th, Wait::Forever, fine), Err(BarrierError::Broken));
            });
            until(th, |th| barrier.waiting(th) == 1);
            end(&barrier, th);
            join(th, &handle);
        }
        assert!(barrier.is_broken(th));
        barrier.reset(th);
        let other = Arc::clone(&barrier);
        let handle = start(th, move |th| {
            assert_eq!(other.wait(th, Wait::Forever, fine), Err(BarrierError::Broken));
        });
        until(th, |th| barrier.waiting(th) == 1);
        let failing = |_: &mut Thread| Err("no");
        assert_eq!(barrier.wait(th, Wait::Forever, failing), Err(BarrierError::Action("no")));
        join(th, &handle);
        barrier.reset(th);
        th.world().interrupt_main();
        assert_eq!(barrier.wait(th, Wait::Forever, fine), Err(BarrierError::Interrupted));
        assert_eq!(barrier.waiting(th), 0);
        assert_eq!(th.control().take(Requests::SIGNAL), Requests::SIGNAL);
    });
}

#[test]
fn handle_1_handle_2_states_of_a_thread() {
    both(|th| {
        let handle = ThreadHandle::new();
        assert_eq!(handle.join(th, Wait::Forever), Err(JoinError::NotStarted));
        assert!(!handle.is_alive(th));
        let event = Arc::new(Event::new());
        let (own, waits) = (Arc::clone(&handle), Arc::clone(&event));
        let options =
            StartOptions { name: Some("worker\0cut".into()), stack_size: Some(256 << 10), daemon: false };
        let body = move |th: &mut Thread| {
            assert_eq!(own.join(th, Wait::Forever), Err(JoinError::Current));
            assert_eq!(std::thread::current().name(), Some("worker"));
            assert_eq!(own.serial(th), Some(th.serial()));
            assert_eq!(own.native_id(th), threads::native_id());
            assert!(th.world().next_to_join(th).is_none());
            assert_eq!(waits.wait(th, Wait::Forever), Acquire::Acquired);
        };
        handle.start(th, &options, body).expect("a thread");
        assert!(handle.is_alive(th));
        assert!(matches!(handle.start(th, &options, |_| ()), Err(StartError::AlreadyStarted)));
        assert_eq!(handle.join(th, Wait::No), Ok(Join::TimedOut));
        assert_eq!(handle.join(th, soon()), Ok(Join::TimedOut));
        let next = th.world().next_to_join(th).expect("one is running");
        assert!(Arc::ptr_eq(&next, &handle));
        event.set(th);
        join(th, &handle);
        assert!(!handle.is_alive(th));
        assert!(th.world().next_to_join(th).is_none());
        assert_eq!(handle.join(th, Wait::No), Ok(Join::Finished));
        assert_eq!(th.world().thread_ids(), [th.id()], "joined, so unregistered");
    });
}

#[test]
fn handle_2_a_panic_stays_in_its_thread() {
    both(|th| {
        let handle = start(th, |_| panic!("on purpose"));
        assert_eq!(handle.join(th, Wait::Forever), Ok(Join::Finished));
        assert_eq!(handle.outcome(th), Some(Outcome::Panicked("on purpose".into())));
    });
}

#[test]
fn handle_1_a_thread_that_the_system_refuses_leaves_nothing_behind() {
    both(|th| {
        let handle = ThreadHandle::new();
        let options = StartOptions { stack_size: Some(1 << 60), ..StartOptions::default() };
        assert!(matches!(handle.start(th, &options, |_| ()), Err(StartError::System(_))));
        assert!(!handle.is_alive(th));
        assert_eq!(th.world().thread_ids(), [th.id()]);
        handle.start(th, &StartOptions::default(), |_| ()).expect("a thread");
        join(th, &handle);
    });
}
