//! Forks a real process. Its own harness with one thread: a test runner's threads would not survive the fork.
#![allow(clippy::disallowed_types)] // Tests count with plain atomics outside of what is tested.

#[cfg(all(unix, not(loom)))]
mod forks {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::thread::yield_now;
    use threads::sync::Arc;
    use threads::{
        Acquire, Condition, Event, Hooks, Join, Lock, Outcome, RLock, StartOptions, Thread, ThreadHandle,
        ThreadId, Wait, World,
    };

    #[derive(Default)]
    struct Seen(Mutex<Vec<ThreadId>>);
    impl Hooks for Seen {
        fn after_fork_in_child(&self, thread: &mut Thread, gone: &[ThreadId]) {
            assert!(thread.is_solo(), "fork_1");
            self.0.lock().expect("no panic").extend(gone);
        }
    }

    fn start(th: &mut Thread, body: impl FnOnce(&mut Thread) + Send + 'static) -> Arc<ThreadHandle> {
        let handle = ThreadHandle::new();
        handle.start(th, &StartOptions::default(), body).expect("a thread");
        handle
    }

    /// Forks; the child runs `child` and ends, the parent sees that it succeeded.
    fn fork_and_check(th: &mut Thread, child: impl FnOnce(&mut Thread)) {
        let mut pid = 0;
        // The world is stopped, and the child uses only what this test is about, then exits.
        let in_child = th.fork(|| {
            // SAFETY: this process has no thread that the test does not know of.
            pid = unsafe { libc::fork() };
            assert!(pid >= 0, "fork failed");
            pid == 0
        });
        if in_child {
            // SAFETY: a child that hangs is killed, and the parent sees that.
            unsafe { libc::alarm(20) };
            let ok = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| child(th))).is_ok();
            // SAFETY: ends the process without running what belongs to the parent.
            unsafe { libc::_exit(i32::from(!ok)) };
        }
        let mut status = -1;
        // SAFETY: `status` is a valid place to write to.
        let waited = th.detached(|| unsafe { libc::waitpid(pid, &raw mut status, 0) });
        assert_eq!((waited, status), (pid, 0), "the child failed");
    }

    /// What the other threads are in the middle of when the process forks.
    #[derive(Default)]
    struct Shared {
        held: Lock,
        held_again: RLock,
        wanted: Lock,
        event: Event,
        condition: Condition,
        monitor: RLock,
        ready: AtomicUsize,
    }

    fn others_at_work(gil: bool) {
        let hooks = Arc::new(Seen::default());
        let world = World::new(Arc::clone(&hooks) as Arc<dyn Hooks>, gil);
        let mut main = world.register().expect("an id");
        let th = &mut main;
        let s = Arc::new(Shared::default());
        assert_eq!(s.wanted.acquire(th, Wait::Forever), Acquire::Acquired);
        let mut handles = Vec::new();
        let holder = Arc::clone(&s);
        handles.push(start(th, move |th| {
            assert_eq!(holder.held.acquire(th, Wait::Forever), Acquire::Acquired);
            assert_eq!(holder.held_again.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
            holder.ready.fetch_add(1, SeqCst);
            assert_eq!(holder.event.wait(th, Wait::Forever), Acquire::Acquired);
            holder.held.release(th).expect("held");
            holder.held_again.release(th).expect("held");
        }));
        let waiter = Arc::clone(&s);
        handles.push(start(th, move |th| {
            waiter.ready.fetch_add(1, SeqCst);
            assert_eq!(waiter.wanted.acquire(th, Wait::Forever), Acquire::Acquired);
            waiter.wanted.release(th).expect("held");
        }));
        let notified = Arc::clone(&s);
        handles.push(start(th, move |th| {
            assert_eq!(notified.monitor.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
            notified.ready.fetch_add(1, SeqCst);
            let never = |_: &mut Thread| std::ops::ControlFlow::<()>::Continue(());
            let _ = notified.condition.wait(th, &notified.monitor, Wait::Forever, never);
            notified.monitor.release(th).expect("held");
        }));
        let busy = Arc::clone(&s);
        handles.push(start(th, move |th| {
            busy.ready.fetch_add(1, SeqCst);
            while !busy.event.is_set() {
                let _ = th.poll();
                th.detached(yield_now);
                let _ = busy.event.wait(th, Wait::No);
                assert!(th.world().thread_ids().len() <= 5);
            }
        }));
        while s.ready.load(SeqCst) < 4 {
            th.detached(yield_now);
            let _ = th.poll();
        }
        for round in 0..20 {
            let (s, hooks, handles) = (&s, &hooks, &handles);
            fork_and_check(th, move |th| in_child(th, s, hooks, handles));
            if round % 4 == 0 {
                th.detached(yield_now);
            }
        }
        assert!(hooks.0.lock().expect("no panic").is_empty(), "the parent has lost nobody");
        s.wanted.release(th).expect("held");
        s.event.set(th);
        assert_eq!(s.monitor.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
        s.condition.notify_all(th, &s.monitor).expect("held");
        s.monitor.release(th).expect("held");
        for handle in handles {
            assert_eq!(handle.join(th, Wait::Forever), Ok(Join::Finished));
            assert_eq!(handle.outcome(th), Some(Outcome::Returned));
        }
    }

    fn in_child(th: &mut Thread, s: &Arc<Shared>, hooks: &Seen, handles: &[Arc<ThreadHandle>]) {
        let world = Arc::clone(th.world());
        assert!(th.is_solo(), "fork_1");
        assert_eq!(world.thread_ids(), [th.id()], "fork_1");
        assert_eq!(world.main_thread(), Some((th.id(), th.serial())));
        assert_eq!(hooks.0.lock().expect("no panic").len(), 4);
        for handle in handles {
            assert_eq!(handle.join(th, Wait::Forever), Ok(Join::Finished));
            assert_eq!(handle.outcome(th), Some(Outcome::LeftBehind));
        }
        // wait_3: whoever stood in line is passed over, by a release, a notification, an event.
        s.wanted.release(th).expect("held");
        assert_eq!(s.wanted.acquire(th, Wait::Forever), Acquire::Acquired);
        s.event.set(th);
        s.event.clear(th);
        // What others held is held until it is reset.
        assert_eq!(s.held.acquire(th, Wait::No), Acquire::WouldBlock);
        s.held.reset_after_fork(th);
        // rlock_3: a lock of the runtime's own is inherited, once.
        assert!(s.held_again.inherit(th) && !s.held_again.inherit(th));
        s.held_again.release(th).expect("inherited");
        s.monitor.reset_after_fork(th);
        assert_eq!(s.held_again.acquire(th, Wait::No), Ok(Acquire::Acquired));
        s.held_again.release(th).expect("held");
        // Threads, stops, waiting: everything works, with the ids of those who are gone.
        let counter = Arc::new(AtomicUsize::new(0));
        let handles: Vec<_> = (0..4)
            .map(|_| {
                let (s, counter) = (Arc::clone(s), Arc::clone(&counter));
                start(th, move |th| {
                    assert!(th.id().get() <= 5, "ids are used again");
                    for _ in 0..50 {
                        assert_eq!(s.held.acquire(th, Wait::Forever), Acquire::Acquired);
                        counter.fetch_add(1, SeqCst);
                        s.held.release(th).expect("held");
                        drop(th.stop_the_world());
                        let _ = th.poll();
                    }
                    let never = |_: &mut Thread| std::ops::ControlFlow::<()>::Continue(());
                    assert_eq!(s.monitor.acquire(th, Wait::Forever), Ok(Acquire::Acquired));
                    if counter.fetch_add(1, SeqCst) < 203 {
                        let _ = s.condition.wait(th, &s.monitor, Wait::Forever, never);
                    }
                    s.condition.notify(th, &s.monitor, 1).expect("held");
                    s.monitor.release(th).expect("held");
                })
            })
            .collect();
        for handle in handles {
            assert_eq!(handle.join(th, Wait::Forever), Ok(Join::Finished));
            assert_eq!(handle.outcome(th), Some(Outcome::Returned));
        }
        // A child may fork in turn, from another thread, which then is the main one.
        let grandchild = start(th, |th| {
            let me = (th.id(), th.serial());
            assert_ne!(th.world().main_thread(), Some(me));
            fork_and_check(th, move |th| {
                assert_eq!(th.world().main_thread(), Some(me), "the thread that forked is the main one");
                th.world().interrupt_main();
                assert_eq!(Event::new().wait(th, Wait::Forever), Acquire::Interrupted);
                assert!(th.world().next_to_join(th).is_none());
            });
        });
        assert_eq!(grandchild.join(th, Wait::Forever), Ok(Join::Finished));
        assert_eq!(grandchild.outcome(th), Some(Outcome::Returned));
    }

    /// The world that the signal handler interrupts.
    static WORLD: std::sync::OnceLock<Arc<World>> = std::sync::OnceLock::new();

    extern "C" fn on_signal(_: libc::c_int) {
        if let Some(world) = WORLD.get() {
            world.interrupt_main();
        }
    }

    fn a_real_signal_breaks_off_a_wait() {
        let world = WORLD.get_or_init(|| World::new(Arc::new(threads::NoHooks), false));
        let mut main = world.register().expect("an id");
        let handler = on_signal as extern "C" fn(libc::c_int) as libc::sighandler_t;
        // SAFETY: the handler only calls what is allowed in one.
        unsafe { libc::signal(libc::SIGALRM, handler) };
        for _ in 0..20 {
            let timer = libc::itimerval {
                it_interval: libc::timeval { tv_sec: 0, tv_usec: 0 },
                it_value: libc::timeval { tv_sec: 0, tv_usec: 500 },
            };
            // SAFETY: both pointers are valid or null.
            unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, std::ptr::null_mut()) };
            assert_eq!(Event::new().wait(&mut main, Wait::Forever), Acquire::Interrupted);
            assert_eq!(main.control().take(threads::Requests::SIGNAL), threads::Requests::SIGNAL);
        }
        // SAFETY: the default again.
        unsafe { libc::signal(libc::SIGALRM, libc::SIG_DFL) };
    }

    pub fn run() {
        for gil in [false, true] {
            others_at_work(gil);
            println!("test fork_1_fork_2_wait_3_others_at_work(gil: {gil}) ... ok");
        }
        a_real_signal_breaks_off_a_wait();
        println!("test a_real_signal_breaks_off_a_wait ... ok");
    }
}

fn main() {
    #[cfg(all(unix, not(loom)))]
    forks::run();
}
