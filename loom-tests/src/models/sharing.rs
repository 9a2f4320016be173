//! How objects become visible to other threads, and how their guarded state is touched afterwards.

use std::rc::Rc;

use memory::Value;

use super::Model;
use crate::scene::{Scene, borrow, borrow_through, join, look, overwrite, play, unwrap};
use memory::StackRef;

/// A private graph is stored into a shared slot while its owner goes on using it: who finds it there finds it complete
/// and shared, down to its leaves (INV-PUB-1, INV-PUB-2, INV-HEADER-2).
fn publish_a_graph_in_use() {
    let scene = Scene::new();
    let (mut a, b) = (scene.seat(), scene.seat());
    let root = Rc::new(a.run(|th| scene.make_shared(th, None)));
    let reader = {
        let root = Rc::clone(&root);
        play(b, move |th| {
            let found = borrow(th, &root);
            if look(found) {
                assert!(
                    look(borrow_through(th, found)),
                    "INV-SLOT-1: the parent was stored before its child"
                );
                drop(found.to_value());
            }
        })
    };
    a.run(|th| {
        let child = scene.make(th, None);
        let parent = scene.make(th, Some(child));
        overwrite(th, &root, Some(parent.clone()));
        look(StackRef::borrow_from(&parent));
        drop(parent);
    });
    let b = join(reader);
    scene.end([a, b], vec![unwrap(root)]);
}

fn int(value: i64) -> Value {
    Value::from_int(value).expect("a small int")
}

/// Two threads push to a published list (INV-EXCL-1).
fn exclusive_two_pushes() {
    let scene = Scene::new();
    let (mut a, b) = (scene.seat(), scene.seat());
    let list = Rc::new(a.run(|th| mock::new_list(th).expect("memory")));
    a.run(|_| memory::publish(&list));
    let other = {
        let list = Rc::clone(&list);
        play(b, move |th| mock::list_push(th, &list, int(1)))
    };
    a.run(|th| mock::list_push(th, &list, int(2)));
    let b = join(other);
    a.run(|th| assert_eq!(mock::list_len(th, &list), 2, "INV-EXCL-1: an item was lost"));
    scene.end([a, b], vec![unwrap(list)]);
}

/// A list is parked, and walked over, while a thread that has borrowed it takes an item out of it and keeps that
/// (INV-EXCL-1, INV-LENT-1).
fn exclusive_pop_against_walk() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let item = scene.make_merged(&mut a, &mut b);
    let list = a.run(|th| mock::new_list(th).expect("memory"));
    a.run(|th| mock::list_push(th, &list, item));
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(list))));
    let other = {
        let root = Rc::clone(&root);
        play(b, move |th| {
            // Borrowed: INV-BORROW-1 keeps the list alive, and nothing of it is counted.
            let Some(list) = borrow(th, &root).to_value() else { return };
            let item = mock::list_pop(th, &list).expect("an item");
            look(StackRef::borrow_from(&item));
            drop(list);
            memory::refresh(th);
            look(StackRef::borrow_from(&item));
        })
    };
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
        memory::refresh(th);
    });
    let b = join(other);
    scene.end([a, b], vec![unwrap(root)]);
}

pub const MODELS: &[Model] = &[
    Model {
        name: "publish_a_graph_in_use",
        invariant: "INV-PUB-2",
        run: publish_a_graph_in_use,
        mutants: &["no-publication", "publish-without-contents", "slot-stores-relaxed", "slot-loads-relaxed"],
    },
    Model {
        name: "exclusive_two_pushes",
        invariant: "INV-EXCL-1",
        run: exclusive_two_pushes,
        mutants: &["exclusive-without-lock"],
    },
    Model {
        name: "exclusive_pop_against_walk",
        invariant: "INV-EXCL-1",
        run: exclusive_pop_against_walk,
        mutants: &["walk-without-lock"],
    },
];
