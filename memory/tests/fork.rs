//! Forks a real process while other threads hold, own and wait with objects. Its own harness with one thread.

#[cfg(all(unix, not(loom)))]
mod forks {
    use std::thread as os;

    use memory::{Memory, StackRef, collector, publish, stack};
    use mock::{NodeOptions, Tally, list_push, new_list, new_node, new_pair, pair_of};
    use threads::Thread;
    use threads::sync::Arc;
    use threads::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    /// Forks, runs `child` in the child, and checks that it succeeded.
    fn fork_and_check(th: &mut Thread, child: impl FnOnce(&mut Thread)) {
        let mut pid = 0;
        let in_child = th.fork(|| {
            // SAFETY: the child runs on this thread's memory and goes through `_exit`.
            pid = unsafe { libc::fork() };
            assert!(pid >= 0, "fork failed");
            pid == 0
        });
        if in_child {
            // SAFETY: a child that hangs is ended.
            unsafe { libc::alarm(30) };
            let ok = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| child(th))).is_ok();
            // SAFETY: ends the child without running the parent's destructors.
            unsafe { libc::_exit(i32::from(!ok)) };
        }
        let mut status = 0;
        // SAFETY: waits for the child that was just made.
        let waited = th.detached(|| unsafe { libc::waitpid(pid, &raw mut status, 0) });
        assert_eq!((waited, status), (pid, 0), "the child failed");
    }

    /// A child sees the objects of threads that are gone, can free them, and can start threads of its own.
    fn fork_1_memory_is_usable_in_the_child() {
        const OTHERS: usize = 3;
        let world = Memory::new_world(false);
        let tally = Arc::<Tally>::default();
        let ready = AtomicUsize::new(0);
        let (done, gone) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let mut th = world.register().expect("an id");
        let holder = new_pair(&mut th, None, None).expect("memory");
        publish(&holder);
        os::scope(|scope| {
            for _ in 0..OTHERS {
                let (world, tally, ready, done, gone) = (&world, &tally, &ready, &done, &gone);
                scope.spawn(move || {
                    let mut th = world.register().expect("an id");
                    let mine = new_list(&mut th).expect("memory");
                    for _ in 0..1000 {
                        let node = new_node(&mut th, tally, NodeOptions::default()).expect("memory");
                        list_push(&mut th, &mine, node);
                    }
                    stack(&th).push(StackRef::from_value(mine)).expect("room");
                    ready.fetch_add(1, SeqCst);
                    while done.load(SeqCst) == 0 {
                        let _ = th.poll();
                        th.detached(os::yield_now);
                    }
                    drop(th);
                    gone.fetch_add(1, SeqCst);
                });
            }
            while ready.load(SeqCst) < OTHERS {
                let _ = th.poll();
            }
            // A marking pool exists in the parent.
            let mut chain = None;
            for _ in 0..100_000 {
                chain = Some(new_pair(&mut th, chain, None).expect("memory"));
            }
            collector::collect(&mut th).expect("not under way");
            let object = pair_of(&holder).expect("a pair");
            drop(object.payload().first.replace(&th, object.header(), chain.clone()));
            fork_and_check(&mut th, |th| {
                assert_eq!(th.world().thread_ids(), [th.id()], "fork_1");
                // What only the stacks of the others held is gone with them.
                collector::collect(th).expect("not under way");
                assert_eq!(tally.alive(), 0);
                let world = Arc::clone(th.world());
                let other = os::spawn(move || {
                    let mut th = world.register().expect("an id");
                    for _ in 0..1000 {
                        drop(new_pair(&mut th, None, None).expect("memory"));
                        let _ = th.poll();
                    }
                });
                th.detached(|| other.join().expect("ran"));
                drop(chain.clone());
                collector::collect(th).expect("not under way");
            });
            drop(chain);
            done.store(1, SeqCst);
            // Polls, for it may have become solo meanwhile.
            while gone.load(SeqCst) < OTHERS {
                let _ = th.poll();
            }
        });
        drop(holder);
        collector::collect(&mut th).expect("not under way");
        assert_eq!(tally.alive(), 0);
    }

    pub fn main() {
        fork_1_memory_is_usable_in_the_child();
        println!("1 passed, 0 failed");
    }
}

fn main() {
    #[cfg(all(unix, not(loom)))]
    forks::main();
}
