//! Shared objects that nobody counts: parked, revived, reaped.

use std::rc::Rc;

use memory::model::Seat;
use memory::{StackRef, Value};

use super::Model;
use crate::scene::{
    Scene, borrow, borrow_through, drop_pushed, exchange_through, join, look, overwrite, play, push, unwrap,
};

/// A reader borrows from a slot while a writer empties it; the object that was in it is parked and reaped, but not
/// before the reader has made its reference counted (INV-BORROW-1, INV-PARK-1).
fn park_borrow_refresh() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let child = scene.make_merged(&mut a, &mut b);
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(child))));
    let reader = {
        let root = Rc::clone(&root);
        play(b, move |th| {
            let found = borrow(th, &root);
            if look(found) {
                push(th, found);
                memory::refresh(th);
                drop_pushed(th);
            }
        })
    };
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
        memory::refresh(th);
    });
    let mut b = join(reader);
    b.run(memory::refresh);
    end(scene, [a, b], [unwrap(root)]);
}

/// A parked object rises, hangs in another slot, where a thread that has refreshed since borrows it, and falls to zero
/// again: its first grace period says nothing about that thread (REZEROED).
fn park_rises_and_falls() {
    let scene = Scene::new();
    let (mut a, mut b, mut c) = (scene.seat(), scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let old = a.run(|th| scene.make_shared(th, Some(object)));
    let new = Rc::new(a.run(|th| scene.make_shared(th, None)));
    let borrowed = b.run(|th| borrow(th, &old));
    a.run(|th| {
        overwrite(th, &old, None);
        memory::refresh(th); // a grace period begins, and `b` alone has borrowed
    });
    c.run(memory::refresh);
    let lender = {
        let new = Rc::clone(&new);
        play(b, move |th| {
            overwrite(th, &new, borrowed.into_value());
            overwrite(th, &new, None);
            memory::refresh(th);
        })
    };
    let late = {
        let new = Rc::clone(&new);
        play(c, move |th| {
            look(borrow(th, &new));
        })
    };
    a.run(memory::refresh);
    let (b, c) = (join(lender), join(late));
    end(scene, [a, b, c], [old, unwrap(new)]);
}

/// A dying parent's only child was borrowed through another slot in which it hung for a while, by a thread that the
/// parent's grace period says nothing about (LENT).
fn lent_child_of_a_dying_parent() {
    let scene = Scene::new();
    let (mut a, mut b, mut c) = (scene.seat(), scene.seat(), scene.seat());
    let child = scene.make_merged(&mut a, &mut b);
    let parent = scene.make_merged(&mut a, &mut b);
    a.run(|th| overwrite(th, &parent, Some(child)));
    let root = a.run(|th| scene.make_shared(th, Some(parent)));
    let slot = Rc::new(a.run(|th| scene.make_shared(th, None)));
    let parent = b.run(|th| borrow(th, &root));
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th); // the parent's grace period begins, and `b` alone has borrowed
    });
    c.run(memory::refresh);
    let lender = {
        let slot = Rc::clone(&slot);
        play(b, move |th| {
            overwrite(th, &slot, borrow_through(th, parent).into_value());
            overwrite(th, &slot, None);
            memory::refresh(th);
        })
    };
    let late = {
        let slot = Rc::clone(&slot);
        play(c, move |th| {
            look(borrow(th, &slot));
        })
    };
    a.run(memory::refresh);
    let (b, c) = (join(lender), join(late));
    end(scene, [a, b, c], [root, unwrap(slot)]);
}

/// While a parking thread walks over its object's children, another one moves a child to a parent whose grace period is
/// nearly over. LENT must stay set, for a third thread has borrowed the child where it was (INV-LENT-1, INV-SLOT-3).
fn lent_child_moves_while_walked() {
    let scene = Scene::new();
    let (mut a, mut b, mut c) = (scene.seat(), scene.seat(), scene.seat());
    let child = scene.make_merged(&mut a, &mut b);
    let (from, to) = (scene.make_merged(&mut a, &mut b), scene.make_merged(&mut a, &mut b));
    a.run(|th| overwrite(th, &from, Some(child)));
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(from))));
    let dying_root = a.run(|th| scene.make_shared(th, Some(to)));
    let (from, to) = b.run(|th| (borrow(th, &root), borrow(th, &dying_root)));
    a.run(|th| {
        overwrite(th, &dying_root, None);
        memory::refresh(th); // `to` waits for `b` alone
    });
    let child = c.run(|th| {
        memory::refresh(th);
        borrow_through(th, borrow(th, &root))
    });
    let mover = play(b, move |th| {
        let moved = exchange_through(th, from, None);
        drop(exchange_through(th, to, moved));
        memory::refresh(th);
    });
    let reader = play(c, move |_| {
        look(child);
    });
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
    });
    let (b, c) = (join(mover), join(reader));
    end(scene, [a, b, c], [dying_root, unwrap(root)]);
}

/// A thread exits and leaves what it has parked to the others, one of which reaps it when a third, which has
/// borrowed, has refreshed (INV-PARK-1).
fn park_orphans() {
    let scene = Scene::new();
    let (mut a, mut b, mut c) = (scene.seat(), scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let root = Rc::new(b.run(|th| scene.make_shared(th, Some(object))));
    b.run(|th| push(th, borrow(th, &root)));
    let exits = {
        let root = Rc::clone(&root);
        threads::sync::thread::spawn(move || {
            a.run(|th| overwrite(th, &root, None));
            drop(a);
        })
    };
    let adopts = play(c, memory::refresh);
    exits.join().expect("the thread passed");
    c = join(adopts);
    c.run(memory::refresh);
    b.run(|th| {
        memory::refresh(th);
        drop_pushed(th);
    });
    end(scene, [b, c], [unwrap(root)]);
}

/// A reader counts for itself what it has borrowed, and holds it while it refreshes and the object is parked and reaped
/// (INV-CREDIT-1).
fn credit_outlives_a_refresh() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let child = scene.make_merged(&mut a, &mut b);
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(child))));
    let reader = {
        let root = Rc::clone(&root);
        play(b, move |th| {
            let Some(held) = borrow(th, &root).into_value() else { return };
            let again = held.clone();
            drop(held);
            memory::refresh(th);
            look(StackRef::borrow_from(&again));
        })
    };
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
        memory::refresh(th);
    });
    let mut b = join(reader);
    b.run(memory::refresh);
    end(scene, [a, b], [unwrap(root)]);
}

/// A thread stores what it has counted for itself where another one finds and releases it, as it does with the object's
/// other reference (INV-CREDIT-2).
fn credit_is_given_away() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let child = scene.make_merged(&mut a, &mut b);
    let first = Rc::new(a.run(|th| scene.make_shared(th, Some(child))));
    let second = Rc::new(a.run(|th| scene.make_shared(th, None)));
    let giver = {
        let (first, second) = (Rc::clone(&first), Rc::clone(&second));
        play(b, move |th| {
            let held = borrow(th, &first).into_value();
            overwrite(th, &second, held);
            look(borrow(th, &second));
        })
    };
    a.run(|th| {
        overwrite(th, &second, None);
        overwrite(th, &first, None);
        memory::refresh(th);
    });
    let mut b = join(giver);
    b.run(memory::refresh);
    end(scene, [a, b], [unwrap(first), unwrap(second)]);
}

fn end<const N: usize, const M: usize>(scene: Scene, seats: [Seat; N], values: [Value; M]) {
    scene.end(seats, Vec::from(values));
}

pub const MODELS: &[Model] = &[
    Model {
        name: "park_borrow_refresh",
        invariant: "INV-BORROW-1",
        run: park_borrow_refresh,
        mutants: &["announce-without-refresh", "reap-without-grace"],
    },
    Model {
        name: "credit_outlives_a_refresh",
        invariant: "INV-CREDIT-1",
        run: credit_outlives_a_refresh,
        mutants: &["announce-keeps-credits"],
    },
    Model {
        name: "credit_is_given_away",
        invariant: "INV-CREDIT-2",
        run: credit_is_given_away,
        mutants: &["publish-keeps-credit"],
    },
    Model {
        name: "park_rises_and_falls",
        invariant: "INV-PARK-2",
        run: park_rises_and_falls,
        mutants: &["no-rezeroed"],
    },
    Model {
        name: "lent_child_of_a_dying_parent",
        invariant: "INV-LENT-1",
        run: lent_child_of_a_dying_parent,
        mutants: &["release-without-lent"],
    },
    Model {
        name: "lent_child_moves_while_walked",
        invariant: "INV-LENT-1",
        run: lent_child_moves_while_walked,
        mutants: &[
            "clear-lent-in-one-step",
            "walk-without-second-look",
            "walk-without-fence",
            "lend-ignores-clearing",
        ],
    },
    Model {
        name: "park_orphans",
        invariant: "INV-PARK-1",
        run: park_orphans,
        mutants: &["orphans-without-grace"],
    },
];
