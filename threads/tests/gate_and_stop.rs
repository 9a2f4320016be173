//! Threads that attach, detach, poll, stop the world and change the gate, from several threads at once.
#![cfg(not(loom))]

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::thread as os;
use threads::sync::Arc;
use threads::{NoHooks, World};

fn world(gil: bool) -> Arc<World> {
    World::new(Arc::new(NoHooks), gil)
}

#[test]
fn thread_1_ids_are_reused_after_exit() {
    let world = world(false);
    let first = world.register().expect("an id").id();
    let second = world.register().expect("an id").id();
    assert_eq!(first, second);
}

#[test]
fn gate_1_one_thread_is_solo_until_a_second_one_comes() {
    let world = world(false);
    let mut main = world.register().expect("an id");
    assert!(main.is_solo());
    let (attached, seen) = (AtomicBool::new(false), AtomicBool::new(false));
    os::scope(|scope| {
        scope.spawn(|| {
            let mut other = world.register().expect("an id");
            assert!(!other.is_solo());
            attached.store(true, SeqCst);
            while !seen.load(SeqCst) {
                let _ = other.poll();
            }
        });
        while !attached.load(SeqCst) {
            let _ = main.poll();
        }
        assert!(!main.is_solo());
        seen.store(true, SeqCst);
    });
    while !main.is_solo() {
        let _ = main.poll(); // the exiting thread has left a hint
    }
}

fn mixed_work(gil: bool) {
    let world = world(gil);
    let inside = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let work = AtomicU64::new(0);
    os::scope(|scope| {
        for seed in 0..6u64 {
            let (world, inside, stopped, work) = (&world, &inside, &stopped, &work);
            scope.spawn(move || {
                let mut random = seed + 1;
                let mut th = world.register().expect("an id");
                for _ in 0..3000 {
                    random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    inside.fetch_add(1, SeqCst);
                    assert!(!stopped.load(SeqCst), "stop_2: ran while the world was stopped");
                    if th.is_solo() {
                        assert_eq!(inside.load(SeqCst), 1, "gate_1: solo, but not alone");
                    }
                    work.fetch_add(1, SeqCst);
                    inside.fetch_sub(1, SeqCst);
                    match random >> 60 {
                        0..=9 => drop(th.poll()),
                        10..=13 => th.detached(os::yield_now),
                        _ => {
                            let stop = th.stop_the_world();
                            stopped.store(true, SeqCst);
                            assert_eq!(inside.load(SeqCst), 0, "stop_2: not everybody stopped");
                            os::yield_now();
                            assert_eq!(inside.load(SeqCst), 0, "stop_2: somebody went on");
                            stopped.store(false, SeqCst);
                            drop(stop);
                        }
                    }
                }
            });
        }
    });
    assert_eq!(work.load(SeqCst), 6 * 3000);
}

#[test]
fn stop_1_stop_2_mixed_work_without_gil() {
    mixed_work(false);
}

#[test]
fn stop_1_stop_2_mixed_work_with_gil() {
    mixed_work(true);
}

#[test]
fn stop_3_a_loop_of_stops_starves_nobody() {
    let world = world(false);
    let done = AtomicUsize::new(0);
    os::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut th = world.register().expect("an id");
                while done.load(SeqCst) < 2 {
                    drop(th.stop_the_world());
                    let _ = th.poll();
                }
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                let mut th = world.register().expect("an id");
                for _ in 0..500 {
                    th.detached(|| ());
                }
                done.fetch_add(1, SeqCst);
            });
        }
    });
}

#[test]
fn gate_2_gil_can_be_switched_on_and_off() {
    let world = world(false);
    let finished = AtomicUsize::new(0);
    os::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut th = world.register().expect("an id");
                for i in 0..2000 {
                    if i % 64 == 0 {
                        th.detached(os::yield_now);
                    }
                    let _ = th.poll();
                }
                finished.fetch_add(1, SeqCst);
            });
        }
        scope.spawn(|| {
            let mut th = world.register().expect("an id");
            let mut gil = false;
            while finished.load(SeqCst) < 3 {
                gil = !gil;
                th.stop_the_world().set_gil(gil);
                let _ = th.poll();
                th.detached(os::yield_now);
            }
        });
    });
}

#[test]
fn thread_2_attached_except_while_detached() {
    let world = world(false);
    let mut th = world.register().expect("an id");
    let id = th.id();
    assert!(world.is_attached(id));
    th.detached(|| assert!(!world.is_attached(id)));
    assert!(world.is_attached(id));
    drop(th.stop_the_world());
    assert!(world.is_attached(id));
    drop(th);
    assert!(!world.is_attached(id));
}

#[test]
fn world_1_an_id_is_free_only_after_the_exit_hook() {
    struct Registers(std::sync::OnceLock<(Arc<World>, std::sync::Mutex<Vec<u16>>)>);
    impl threads::Hooks for Registers {
        fn exit(&self, leaving: &mut threads::Thread) {
            let (world, ids) = self.0.get().expect("set below");
            ids.lock().expect("no panic").push(leaving.id().get());
            if leaving.id().get() == 1 {
                leaving.detached(|| {
                    os::scope(|scope| {
                        scope.spawn(|| drop(world.register().expect("an id"))).join().expect("no panic")
                    });
                });
            }
        }
    }
    let hooks = Arc::new(Registers(std::sync::OnceLock::new()));
    let world = World::new(Arc::clone(&hooks) as Arc<dyn threads::Hooks>, false);
    let _ = hooks.0.set((Arc::clone(&world), std::sync::Mutex::default()));
    drop(world.register().expect("an id"));
    let (_, ids) = hooks.0.get().expect("set above");
    assert_eq!(*ids.lock().expect("no panic"), [1, 2], "another id while the first is being left");
}
