//! Objects of the mock language on a thread that is alone: counted, published, finalized, collected.
#![cfg(not(loom))]

mod common;

use common::{link, node, with_company, with_thread};
use memory::collector;
use memory::{Flags, Memory, Published, Slot, StackRef, Value, run_pending, stack};
use mock::{
    NodeOptions, Tally, list_get, list_len, list_pop, list_push, new_leaf, new_list, new_node, new_pair,
};
use mock::{new_weak, node_of, pair_of, upgrade};
use threads::Thread;
use threads::sync::Arc;
use threads::sync::atomic::{AtomicUsize, Ordering::SeqCst};

#[test]
fn rc_1_private_objects_die_at_once() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let a = node(th, &tally);
        let b = a.clone();
        drop(a);
        assert_eq!(tally.alive(), 1);
        drop(b);
        assert_eq!(tally.alive(), 0);
    });
}

#[test]
fn rc_5_a_long_list_is_freed_without_recursion() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let mut head = node(th, &tally);
        for _ in 0..300_000 {
            let next = node(th, &tally);
            link(th, &next, 0, Some(head));
            head = next;
        }
        drop(head);
        assert_eq!(tally.alive(), 0);
    });
}

#[test]
fn pub_1_pub_2_publication_reaches_everything() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let (root, child, grandchild) = (node(th, &tally), node(th, &tally), node(th, &tally));
        link(th, &child, 1, Some(grandchild.clone()));
        link(th, &root, 0, Some(child.clone()));
        memory::publish(&root);
        for value in [&root, &child, &grandchild] {
            assert!(value.header().expect("a node").flags().contains(Flags::SHARED));
        }
        // The write barrier: what is stored into a shared holder is published first.
        let late = node(th, &tally);
        link(th, &grandchild, 2, Some(late.clone()));
        assert!(late.header().expect("a node").is_shared());
    });
}

#[test]
fn death_3_finalizer_runs_once_and_may_revive() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let keep = node(th, &tally);
        let options = NodeOptions { finalizer: true, resurrect: Some(revive), serial: 7 };
        drop(new_node(th, &tally, options).expect("memory"));
        assert_eq!(tally.finalized.load(SeqCst), 0, "a release runs no Python");
        run_pending(th);
        assert_eq!((tally.finalized.load(SeqCst), tally.alive()), (1, 2));
        stack(th).pop().expect("revived").release();
        run_pending(th);
        assert_eq!((tally.finalized.load(SeqCst), tally.alive()), (1, 1));
        drop(keep);
    });
}

#[test]
fn weak_1_weak_2_weak_4_references_are_cleared_and_called_back() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let called = Arc::new(AtomicUsize::new(0));
        let target = node(th, &tally);
        let plain = new_weak(th, &target, None).expect("memory");
        let calling = new_weak(th, &target, Some(Arc::clone(&called))).expect("memory");
        let dropped = new_weak(th, &target, Some(Arc::clone(&called))).expect("memory");
        drop(dropped); // weak_3: removes itself
        assert!(upgrade(th, &plain).expect("alive").is(&target));
        drop(target);
        assert!(upgrade(th, &plain).is_none() && upgrade(th, &calling).is_none());
        run_pending(th);
        assert_eq!(called.load(SeqCst), 1);
    });
}

#[test]
fn gc_1_gc_2_cycles_are_collected_and_live_ones_kept() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let kept = node(th, &tally);
        link(th, &kept, 0, Some(kept.clone()));
        for _ in 0..1000 {
            let (a, b) = (node(th, &tally), node(th, &tally));
            link(th, &a, 0, Some(b.clone()));
            link(th, &b, 0, Some(a.clone()));
            link(th, &b, 1, Some(kept.clone()));
        }
        assert_eq!(tally.alive(), 2001);
        let collected = collector::collect(th).expect("not under way");
        assert_eq!((collected.freed, tally.alive()), (2000, 1));
        link(th, &kept, 0, None);
    });
}

#[test]
fn gc_3_large_graphs_are_marked_in_parallel() {
    with_thread(|th| {
        let mut live = None;
        for _ in 0..100_000 {
            let pair = new_pair(th, live.take(), None).expect("memory");
            let object = pair_of(&pair).expect("a pair");
            drop(object.payload().second.replace(th, object.header(), Some(pair.clone())));
            live = Some(pair);
        }
        let collected = collector::collect(th).expect("not under way");
        assert_eq!((collected.examined, collected.freed), (100_000, 0));
        drop(live);
        let collected = collector::collect(th).expect("not under way");
        assert_eq!(collected.freed, 100_000);
    });
}

/// Keeps a node on the stack of whoever runs its finalizer.
fn revive(th: &mut Thread, _object: &memory::Object<mock::Node>, value: &Value) {
    stack(th).push(StackRef::from_value(value.clone())).expect("room");
}

#[test]
fn collector_runs_finalizers_once_and_honours_resurrection() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let options = NodeOptions { finalizer: true, resurrect: Some(revive), serial: 0 };
        let (a, b) = (new_node(th, &tally, options).expect("memory"), node(th, &tally));
        link(th, &a, 0, Some(b.clone()));
        link(th, &b, 0, Some(a.clone()));
        drop((a, b));
        let collected = collector::collect(th).expect("not under way");
        assert_eq!((collected.finalized, collected.freed, tally.alive()), (1, 0, 2));
        stack(th).pop().expect("revived").release();
        let collected = collector::collect(th).expect("not under way");
        assert_eq!((collected.finalized, collected.freed, tally.alive()), (0, 2, 0));
    });
}

#[test]
fn collector_clears_weak_references_to_garbage() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let called = Arc::new(AtomicUsize::new(0));
        let a = node(th, &tally);
        let outside = new_weak(th, &a, Some(Arc::clone(&called))).expect("memory");
        let inside = new_weak(th, &a, Some(Arc::clone(&called))).expect("memory");
        link(th, &a, 0, Some(inside));
        link(th, &a, 1, Some(a.clone()));
        drop(a);
        collector::collect(th);
        assert!(upgrade(th, &outside).is_none());
        assert_eq!((called.load(SeqCst), tally.alive()), (1, 0));
    });
}

#[test]
fn weak_4_a_callback_that_was_garbage_with_its_referent_is_forfeited_though_a_finalizer_revives_both() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let called = Arc::new(AtomicUsize::new(0));
        let options = NodeOptions { finalizer: true, resurrect: Some(revive), serial: 0 };
        let a = mock::new_node(th, &tally, options).expect("memory");
        let inside = new_weak(th, &a, Some(Arc::clone(&called))).expect("memory");
        link(th, &a, 0, Some(inside.clone()));
        link(th, &a, 1, Some(a.clone()));
        drop((inside, a));
        collector::collect(th);
        let revived = stack(th).pop().and_then(StackRef::into_value).expect("revived");
        let inside = node_of(&revived).and_then(|node| node.payload().slots[0].get(node.header()));
        let inside = inside.expect("revived with its referent");
        assert!(upgrade(th, &inside).is_none() && mock::due_callback(&inside).is_none());
        drop(revived);
        collector::collect(th);
        assert_eq!((called.load(SeqCst), tally.alive()), (0, 0));
    });
}

#[test]
fn traced_only_objects_are_freed_by_the_collector_alone() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let attribute = node(th, &tally);
        let class =
            mock::CLASS.allocate(th, mock::Class { attribute: Slot::new(Some(attribute)) }).expect("memory");
        let instance = mock::new_instance(th, &class).expect("memory");
        drop(class);
        collector::collect(th);
        assert_eq!(tally.alive(), 1, "the instance keeps its class");
        drop(instance);
        assert_eq!(tally.alive(), 1, "a count of zero means nothing");
        collector::collect(th);
        assert_eq!(tally.alive(), 0);
    });
}

#[test]
fn borrow_1_what_the_collector_alone_frees_is_borrowed_by_a_lone_thread_too() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let attribute = node(th, &tally);
        let class =
            mock::CLASS.allocate(th, mock::Class { attribute: Slot::new(Some(attribute)) }).expect("memory");
        let other = Arc::<Tally>::default();
        let holder = node(th, &other);
        link(th, &holder, 0, Some(class));
        let object = node_of(&holder).expect("a node");
        let borrowed = object.payload().slots[0].borrow_quickly(th, object.header());
        assert!(borrowed.is_borrowed());
        stack(th).push(borrowed).expect("room");
        link(th, &holder, 0, None);
        collector::collect(th);
        assert_eq!(tally.alive(), 1, "a collection makes the slot count it, and then looks");
        stack(th).pop().expect("there").release();
        collector::collect(th);
        assert_eq!(tally.alive(), 0);
    });
}

#[test]
fn slot_2_a_quick_exchange_counts_and_ends_no_life() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let (holder, a, b) = (node(th, &tally), node(th, &tally), node(th, &tally));
        let object = node_of(&holder).expect("a node");
        let slot = &object.payload().slots[0];
        let store = |th: &Thread, new: StackRef| slot.exchange_quickly(th, object.header(), new);
        // Into a free slot, borrowed: counted there.
        assert!(store(th, StackRef::borrow_from(&a)));
        // In place of what others hold, with its own count.
        assert!(store(th, StackRef::from_value(b.clone())));
        drop(a);
        assert_eq!(tally.alive(), 2, "the slot has given up its count");
        drop(b);
        // What the slot alone holds is not displaced by the quick way, and the new value is as it was.
        let c = node(th, &tally);
        assert!(!store(th, StackRef::borrow_from(&c)) && tally.alive() == 3);
        drop(c);
        assert_eq!(tally.alive(), 2);
        link(th, &holder, 0, None);
        assert_eq!(tally.alive(), 1);
        // Into a shared holder alone, what needs no publication.
        memory::publish(&holder);
        let d = node(th, &tally);
        assert!(!store(th, StackRef::borrow_from(&d)));
        assert!(store(th, StackRef::borrow_from(&Value::none())));
        assert!(!d.header().expect("a node").is_shared());
    });
    with_company(|th| {
        let tally = Arc::<Tally>::default();
        let (holder, a) = (node(th, &tally), node(th, &tally));
        let object = node_of(&holder).expect("a node");
        let slot = &object.payload().slots[0];
        assert!(slot.exchange_quickly(th, object.header(), StackRef::borrow_from(&a)));
        memory::publish(&holder);
        let none = Value::none();
        assert!(!slot.exchange_quickly(th, object.header(), StackRef::borrow_from(&none)), "others may look");
    });
}

#[test]
fn excl_1_lists_take_values_in_and_give_them_out() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let list = new_list(th).expect("memory");
        for _ in 0..10 {
            let item = node(th, &tally);
            list_push(th, &list, item);
        }
        assert_eq!(list_len(th, &list), 10);
        assert!(list_get(th, &list, 9).expect("there").is(&list_pop(th, &list).expect("there")));
        drop(list);
        assert_eq!(tally.alive(), 0);
    });
}

#[test]
fn out_of_memory_is_an_error_value() {
    with_thread(|th| {
        // SAFETY: the shape describes the payload, and nothing traces the tail.
        let huge = unsafe {
            memory::Object::allocate_with_tail(
                th,
                (&raw const mock::LEAF).cast(),
                0,
                usize::MAX,
                mock::Leaf(0),
            )
        };
        assert!(huge.is_err());
        // SAFETY: as above.
        let large = unsafe {
            memory::Object::allocate_with_tail(th, (&raw const mock::LEAF).cast(), 0, 1 << 48, mock::Leaf(0))
        };
        assert!(large.is_err());
        drop(new_leaf(th, 1).expect("memory"));
    });
}

#[test]
fn pub_3_a_weak_reference_and_its_referent_are_published_together() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let is_shared = |value: &Value| value.header().expect("an object").is_shared();
        let (first, second) = (node(th, &tally), node(th, &tally));
        let of_first = new_weak(th, &first, None).expect("memory");
        let of_second = new_weak(th, &second, None).expect("memory");
        memory::publish(&first);
        memory::publish(&of_second);
        assert!(is_shared(&of_first) && is_shared(&second));
    });
}

#[test]
fn death_1_death_2_a_dead_object_is_destroyed_once_and_not_revived_by_weak_references() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let called = Arc::new(AtomicUsize::new(0));
        // A parent that dies with its children and with weak references to each other: while one is destroyed, the
        // others wait on the work list.
        let parent = node(th, &tally);
        let children: Vec<Value> = (0..3).map(|_| node(th, &tally)).collect();
        for (i, child) in children.iter().enumerate() {
            let sibling = new_weak(th, &children[(i + 1) % 3], Some(Arc::clone(&called))).expect("memory");
            link(th, child, 0, Some(sibling));
            link(th, &parent, i, Some(child.clone()));
        }
        let watch = new_weak(th, &children[0], None).expect("memory");
        drop(children);
        drop(parent);
        run_pending(th);
        assert!(upgrade(th, &watch).is_none());
        assert_eq!(tally.alive(), 0);
        assert!(called.load(SeqCst) <= 2, "weak_4: a reference that dies first is not called back");
    });
}

#[test]
fn slot_2_a_slot_owns_one_count() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let (holder, child) = (node(th, &tally), node(th, &tally));
        let object = node_of(&holder).expect("a node");
        let count = |value: &Value| {
            // SAFETY: private to this thread.
            unsafe { value.header().expect("a node").count() }
        };
        assert_eq!(count(&child), 1);
        link(th, &holder, 0, Some(child.clone()));
        assert_eq!(count(&child), 2);
        let kept = object.payload().slots[0].replace(th, object.header(), None).keep();
        assert_eq!(count(&child), 2);
        drop(kept);
        assert_eq!(count(&child), 1);
        let expected = memory::word::Word::EMPTY;
        let stored = object.payload().slots[1].replace_if(th, object.header(), expected, child.clone());
        assert!(stored.is_ok_and(|before| !before.is_some()));
        let refused = object.payload().slots[1].replace_if(th, object.header(), expected, child.clone());
        assert!(refused.is_err_and(|given_back| given_back.is(&child)));
        assert_eq!(count(&child), 2);
    });
}

#[test]
fn local_1_a_detached_thread_cannot_count() {
    with_thread(|th| {
        let value = Published::new(new_pair(th, None, None).expect("memory"));
        let caught = th.detached(|| {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| std::mem::forget(value.value().clone())))
                .is_err()
        });
        assert!(caught, "INV-LOCAL-1 was not checked");
    });
}

#[test]
fn immortal_objects_are_not_counted_and_keep_what_they_hold() {
    with_thread(|th| {
        let tally = Arc::<Tally>::default();
        let (constant, held) = (node(th, &tally), node(th, &tally));
        link(th, &constant, 0, Some(held));
        memory::make_immortal(&constant);
        let weak = new_weak(th, &constant, None).expect("memory");
        assert!(upgrade(th, &weak).expect("never dies").is(&constant));
        drop(weak);
        let copy = constant.clone();
        drop((copy, constant.clone(), constant));
        collector::collect(th).expect("not under way");
        assert_eq!(tally.alive(), 2);
    });
}

#[test]
fn collections_are_asked_for_by_volume_and_happen_at_safepoints() {
    with_thread(|th| {
        let make_garbage = |th: &mut Thread| {
            let pair = new_pair(th, None, None).expect("memory");
            let object = pair_of(&pair).expect("a pair");
            drop(object.payload().first.replace(th, object.header(), Some(pair.clone())));
        };
        assert!(collector::set_enabled(th, false));
        (0..200_000).for_each(|_| make_garbage(th));
        let _ = th.poll();
        assert_eq!(collector::collections(th), 0, "collected although it was switched off");
        assert!(!collector::set_enabled(th, true) && collector::is_enabled(th));
        let mut most = 0;
        for _ in 0..200 {
            (0..2_000).for_each(|_| make_garbage(th));
            let before = collector::collections(th);
            let _ = th.poll();
            if before > 0 {
                most = most.max(Memory::stats(th).heap.total().live_blocks);
            }
        }
        assert!(collector::collections(th) > 1);
        assert!(most < 400_000, "{most} blocks of garbage were kept at once");
    });
}
