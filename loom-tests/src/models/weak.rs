//! Weak references against the death of what they refer to, and against their own.

use std::rc::Rc;

use threads::sync::Arc;
use threads::sync::atomic::{AtomicUsize, Ordering};

use super::Model;
use crate::scene::{Scene, borrow, join, look, overwrite, play, unwrap};
use memory::StackRef;

/// An upgrade gives a live object or nothing, while another thread reaps the referent (INV-WEAK-2).
fn weak_upgrade_against_death() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let weak = Rc::new(b.run(|th| mock::new_weak(th, &object, None).expect("memory")));
    let root = a.run(|th| scene.make_shared(th, Some(object)));
    let upgrades = {
        let weak = Rc::clone(&weak);
        play(b, move |th| {
            memory::refresh(th);
            if let Some(object) = mock::upgrade(th, &weak) {
                look(StackRef::borrow_from(&object));
            }
        })
    };
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
        memory::refresh(th);
    });
    let b = join(upgrades);
    scene.end([a, b], vec![root, unwrap(weak)]);
}

/// A parked object that a weak reference revives lives on, whenever its grace period ends (INV-PARK-2).
fn weak_revives_what_is_parked() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let weak = Rc::new(b.run(|th| mock::new_weak(th, &object, None).expect("memory")));
    let slot = Rc::new(a.run(|th| scene.make_shared(th, None)));
    a.run(|th| {
        drop(object);
        memory::refresh(th); // its grace period lasts until `b` refreshes
    });
    let revives = {
        let (weak, slot) = (Rc::clone(&weak), Rc::clone(&slot));
        play(b, move |th| {
            memory::refresh(th);
            overwrite(th, &slot, mock::upgrade(th, &weak));
        })
    };
    a.run(|th| {
        memory::refresh(th);
        look(borrow(th, &slot));
    });
    let b = join(revives);
    a.run(|th| look(borrow(th, &slot)));
    scene.end([a, b], vec![unwrap(slot), unwrap(weak)]);
}

/// A weak reference dies while its referent does, and leaves a callback at most once, and only while it is alive itself
/// (INV-WEAK-3, INV-WEAK-4).
fn weak_dies_with_its_referent() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let called = Arc::new(AtomicUsize::new(0));
    let weak = b.run(|th| mock::new_weak(th, &object, Some(Arc::clone(&called))).expect("memory"));
    a.run(|th| {
        drop(object);
        memory::refresh(th);
    });
    b.run(|th| {
        drop(weak);
        memory::refresh(th); // from now on both wait for `a`
    });
    let drops = play(b, memory::refresh);
    a.run(|th| {
        memory::refresh(th);
        memory::run_pending(th);
        memory::refresh(th);
    });
    let b = join(drops);
    scene.end([a, b], Vec::new());
    assert!(called.load(Ordering::Relaxed) <= 1, "INV-WEAK-4: called back twice"); // Relaxed: joined
}

pub const MODELS: &[Model] = &[
    Model {
        name: "weak_upgrade_against_death",
        invariant: "INV-WEAK-2",
        run: weak_upgrade_against_death,
        mutants: &["weak-upgrade-without-lock"],
    },
    Model {
        name: "weak_revives_what_is_parked",
        invariant: "INV-PARK-2",
        run: weak_revives_what_is_parked,
        mutants: &["reap-revived"],
    },
    Model {
        name: "weak_dies_with_its_referent",
        invariant: "INV-WEAK-3",
        run: weak_dies_with_its_referent,
        mutants: &["weak-stays-in-table", "weak-clears-target-first"],
    },
];
