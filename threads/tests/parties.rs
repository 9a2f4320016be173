//! Semaphores, barriers and thread handles between several threads, with and without the GIL.
#![allow(clippy::disallowed_types)] // Tests count with plain atomics outside of what is tested.
#![cfg(not(loom))]

mod common;

use common::{both, join, join_all, soon, start, until};
use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::yield_now;
use std::time::Duration;
use threads::sync::Arc;
use threads::{
    Acquire, Barrier, BarrierError, Event, Join, JoinError, Outcome, ReleaseError, Requests, Semaphore,
    StartError, StartOptions, Thread, ThreadHandle, Wait,
};

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
