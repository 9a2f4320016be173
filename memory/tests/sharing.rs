//! Objects of the mock language that several threads share: parked, borrowed, merged, refused.
#![cfg(not(loom))]

mod common;

use std::sync::mpsc;
use std::thread as os;

use common::{link, node, with_company, with_thread};
use memory::collector;
use memory::{Flags, Memory, Published, refresh, stack};
use mock::{Tally, list_push, new_list, new_pair};
use mock::{node_of, pair_of};
use threads::sync::Arc;
use threads::sync::atomic::{AtomicBool, Ordering::SeqCst};

#[test]
fn park_1_park_2_a_shared_object_dies_a_grace_period_later() {
    with_company(|th| {
        let tally = Arc::<Tally>::default();
        let value = node(th, &tally);
        memory::publish(&value);
        drop(value);
        assert_eq!(tally.alive(), 1, "parked");
        while tally.alive() > 0 {
            refresh(th);
        }
    });
}

#[test]
fn borrow_1_borrow_2_stack_1_a_borrowed_reference_keeps_a_parked_object_alive() {
    with_company(|th| {
        let tally = Arc::<Tally>::default();
        let holder = node(th, &tally);
        memory::publish(&holder);
        let child = node(th, &tally);
        link(th, &holder, 0, Some(child));
        let object = node_of(&holder).expect("a node");
        let borrowed = object.payload().slots[0].borrow(th, object.header());
        assert!(borrowed.is_borrowed());
        stack(th).push(borrowed).expect("room");
        link(th, &holder, 0, None);
        for _ in 0..100 {
            refresh(th);
            os::yield_now();
        }
        assert_eq!(tally.alive(), 2, "the refreshed stack slot counts it");
        stack(th).pop().expect("there").release();
        drop(holder);
        while tally.alive() > 0 {
            refresh(th);
        }
    });
}

#[test]
fn slot_3_what_is_taken_out_of_a_shared_slot_outlives_its_next_holder() {
    with_company(|th| {
        let tally = Arc::<Tally>::default();
        let (holder, next) = (node(th, &tally), node(th, &tally));
        memory::publish(&holder);
        memory::publish(&next);
        let child = node(th, &tally);
        link(th, &holder, 0, Some(child));
        let object = node_of(&holder).expect("a node");
        let slot = &object.payload().slots[0];
        stack(th).push(slot.borrow(th, object.header())).expect("room");
        let taken = slot.replace(th, object.header(), None).keep();
        link(th, &next, 0, taken);
        drop(next);
        while tally.alive() > 2 {
            refresh(th);
        }
        let child = stack(th).pop().expect("there").into_value().expect("a node");
        assert_eq!(node_of(&child).expect("alive").payload().serial, 0);
        drop((child, holder));
        while tally.alive() > 0 {
            refresh(th);
        }
    });
}

#[test]
fn lent_1_park_3_a_million_node_shared_list_dies_in_one_grace_period() {
    with_company(|th| {
        let mut head = new_pair(th, None, None).expect("memory");
        for _ in 0..1_000_000 {
            head = new_pair(th, Some(head), None).expect("memory");
        }
        memory::publish(&head);
        let before = Memory::stats(th).heap.total().live_blocks;
        assert!(before > 1_000_000);
        drop(head);
        let mut rounds = 0;
        while Memory::stats(th).heap.total().live_blocks > 0 {
            refresh(th);
            rounds += 1;
            let left = Memory::stats(th).heap.total().live_blocks;
            assert!(left == 0 || left > 1_000_000, "died in parts: {left} left after {rounds} refreshes");
            os::yield_now();
        }
    });
}

#[test]
fn rc_2_rc_3_rc_4_merge_2_foreign_releases_go_to_the_owner() {
    let world = Memory::new_world(false);
    let tally = Arc::<Tally>::default();
    let (send, receive) = mpsc::channel::<Published>();
    let finished = AtomicBool::new(false);
    os::scope(|scope| {
        let (world, tally, finished) = (&world, &tally, &finished);
        scope.spawn(move || {
            let mut th = world.register().expect("an id");
            loop {
                let received = th.detached(|| receive.recv());
                let Ok(value) = received else { break };
                drop(value.into_value().clone());
                let _ = th.poll();
            }
            drop(th);
            finished.store(true, SeqCst);
        });
        let mut th = world.register().expect("an id");
        for i in 0..20_000 {
            let value = node(&mut th, tally);
            if i % 3 == 0 {
                memory::publish(&value);
                let kept = value.clone();
                send.send(Published::new(value)).expect("received");
                drop(kept);
            } else {
                send.send(Published::new(value)).expect("received");
            }
            let _ = th.poll();
        }
        drop(send);
        while !finished.load(SeqCst) {
            let _ = th.poll();
        }
        drop(th);
    });
    let mut th = world.register().expect("an id");
    collector::collect(&mut th);
    assert_eq!(tally.alive(), 0);
}

#[test]
fn rc_saturated_counts_make_an_object_immortal() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let value = node(th, &tally);
        memory::publish(&value);
        // Counted by somebody else, a shared word holds a bit more than sixteen million references.
        let received = Published::new(value);
        let world = Arc::clone(th.world());
        let copies = 1 << 25;
        th.detached(|| {
            os::scope(|scope| {
                scope.spawn(move || {
                    let mut other = world.register().expect("an id");
                    let value = received.into_value();
                    (0..copies).for_each(|_| std::mem::forget(value.clone()));
                    assert!(value.header().expect("a node").flags().contains(Flags::IMMORTAL));
                    drop(value);
                    let _ = other.poll();
                });
            });
        });
        collector::collect(th);
        assert_eq!(tally.alive(), 1);
    });
}

#[test]
fn excl_1_two_sections_are_open_at_once_in_any_order() {
    let world = Memory::new_world(false);
    let mut th = world.register().expect("an id");
    let lists = [(); 2].map(|()| new_list(&mut th).expect("memory"));
    for item in 0..3 {
        let item = mock::new_leaf(&mut th, item).expect("memory");
        list_push(&mut th, &lists[0], item);
    }
    mock::list_exchange(&mut th, &lists[0], &lists[1]);
    assert_eq!(lists.each_ref().map(|list| mock::list_len(&mut th, list)), [0, 3], "private ones");
    let received = [[0, 1], [1, 0]].map(|order| order.map(|i: usize| Published::new(lists[i].clone())));
    th.detached(|| {
        os::scope(|scope| {
            for [a, b] in received {
                let world = &world;
                scope.spawn(move || {
                    let mut th = world.register().expect("an id");
                    let (a, b) = (a.into_value(), b.into_value());
                    for _ in 0..5000 {
                        mock::list_exchange(&mut th, &a, &b);
                        let _ = th.poll();
                    }
                });
            }
        });
    });
    assert_eq!(
        lists.each_ref().map(|list| mock::list_len(&mut th, list)),
        [0, 3],
        "exchanged an even number of times"
    );
}

#[test]
fn excl_2_what_dies_in_a_critical_section_is_freed_after_it() {
    with_company(|th| {
        let tally = Arc::<Tally>::default();
        let list = new_list(th).expect("memory");
        memory::publish(&list);
        for _ in 0..100 {
            let item = node(th, &tally);
            list_push(th, &list, item);
        }
        mock::list_clear(th, &list, |section_open_alive| assert_eq!(section_open_alive, 100), &tally);
        while tally.alive() > 0 {
            refresh(th);
        }
    });
}

#[test]
#[cfg(debug_assertions)]
fn header_1_header_2_a_private_object_is_its_owners_alone() {
    let world = Memory::new_world(false);
    let mut th = world.register().expect("an id");
    let value = new_pair(&mut th, None, None).expect("memory");
    let smuggled = value.word().bits();
    let caught = th.detached(|| {
        os::scope(|scope| {
            let world = &world;
            let thief = scope.spawn(move || {
                let _th = world.register().expect("an id");
                let object = std::ptr::with_exposed_provenance_mut::<memory::Header>(smuggled as usize);
                let object = std::ptr::NonNull::new(object).expect("a pointer");
                // SAFETY: deliberately wrong: the ownership check must refuse before anything is touched.
                let touch =
                    std::panic::AssertUnwindSafe(|| drop(unsafe { memory::Value::from_borrowed(object) }));
                std::panic::catch_unwind(touch).is_err()
            });
            thief.join().expect("ran")
        })
    });
    assert!(caught, "INV-HEADER-2 was not checked");
}

#[test]
fn a_collection_releases_the_pages_of_threads_that_have_exited() {
    let world = Memory::new_world(false);
    let mut th = world.register().expect("an id");
    let other = Arc::clone(&world);
    let maker = os::spawn(move || {
        let mut th = other.register().expect("an id");
        let _ = collector::set_enabled(&th, false);
        for _ in 0..5_000 {
            let pair = new_pair(&mut th, None, None).expect("memory");
            let object = pair_of(&pair).expect("a pair");
            drop(object.payload().first.replace(&th, object.header(), Some(pair.clone())));
        }
    });
    th.detached(|| maker.join().expect("no panic"));
    assert!(Memory::stats(&th).heap.abandoned_pages > 1);
    let collected = collector::collect(&mut th).expect("not under way");
    let heap = Memory::stats(&th).heap;
    assert_eq!((collected.freed, heap.total().live_blocks, heap.abandoned_pages), (5_000, 0, 0));
}
