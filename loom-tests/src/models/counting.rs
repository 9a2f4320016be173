//! Biased counts: the owner's releases against those of others, the merge queue, the owner's exit.

use std::rc::Rc;

use memory::StackRef;
use memory::model::{Seat, release_as_collector};
use threads::sync::thread;

use super::Model;
use crate::scene::{Scene, borrow, borrow_through, counted, join, look, overwrite, play, unwrap};

/// The owner gives up its reference while another thread gives up one that the owner has counted: that one goes
/// through the owner's queue, and of the two the later one finds the object unreferenced (INV-RC-1).
fn merge_queue_against_owner() {
    let scene = Scene::new();
    let (mut a, b) = (scene.seat(), scene.seat());
    let owned = a.run(|th| scene.make_shared(th, None));
    let given = a.run(|_| owned.clone());
    let other = play(b, move |_| drop(given));
    a.run(|th| {
        let _ = th.poll();
        drop(owned);
        let _ = th.poll();
    });
    let b = join(other);
    scene.end([a, b], Vec::new());
}

/// The owner detaches while two others give up what it has counted: one of them works through its queue on its behalf
/// while it is shut out (INV-MERGE-1).
fn merge_queue_of_a_detached_owner() {
    let scene = Scene::new();
    let (mut a, b, c) = (scene.seat(), scene.seat(), scene.seat());
    let owned = a.run(|th| scene.make_shared(th, None));
    let (first, second) = a.run(|_| (owned.clone(), owned.clone()));
    let others = (play(b, move |_| drop(first)), play(c, move |_| drop(second)));
    a.run(|th| {
        th.begin_detached();
        th.end_detached();
        drop(owned);
    });
    let (b, c) = (join(others.0), join(others.1));
    scene.end([a, b, c], Vec::new());
}

/// The owner's count falls to zero while a reference that another thread has counted goes on, and the former owner
/// then counts like everybody else (INV-RC-4).
fn merge_at_zero_against_release() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let root = Rc::new(a.run(|th| scene.make_shared(th, None)));
    let owned = a.run(|th| scene.make_shared(th, None));
    let counted = b.run(|_| owned.clone());
    b.run(|th| overwrite(th, &root, Some(counted)));
    let other = {
        let root = Rc::clone(&root);
        play(b, move |th| overwrite(th, &root, None))
    };
    a.run(|th| {
        drop(owned);
        let found = borrow(th, &root);
        look(found);
        drop(found.into_value());
    });
    let b = join(other);
    scene.end([a, b], vec![unwrap(root)]);
}

/// The owner exits, and a new thread with its id counts what it has left, while another one releases: before the exit
/// through the queue, after it by merging under the queue's lock, then through the new bearer's queue (INV-MERGE-1).
fn merge_after_exit() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let owned = a.run(|th| scene.make_shared(th, None));
    let given = a.run(|_| owned.clone());
    let root = Rc::new(b.run(|th| scene.make_shared(th, Some(owned))));
    let other = play(b, move |_| drop(given));
    let bearers = {
        let (root, world) = (Rc::clone(&root), scene.world.clone());
        thread::spawn(move || {
            drop(a);
            let mut next = Seat::new(&world);
            next.run(|th| drop(borrow(th, &root).into_value()));
            next
        })
    };
    let a = bearers.join().expect("the thread passed");
    b = join(other);
    scene.end([a, b], vec![unwrap(root)]);
}

/// What an exiting thread's parked objects hold, and what its queue held, is released by it while others merge what it
/// owns: it closes its queue only when it will not touch a local count again (INV-MERGE-3).
fn merge_while_exiting() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let child = a.run(|th| scene.make_shared(th, None));
    let given = a.run(|_| child.clone());
    let parent = scene.make_merged(&mut a, &mut b);
    a.run(|th| {
        overwrite(th, &parent, Some(child));
        drop(parent);
        memory::refresh(th); // parked: when `b` has refreshed, the exit is the first to look at it
    });
    b.run(memory::refresh);
    let exits = thread::spawn(move || {
        drop(a);
    });
    b.run(|_| drop(given));
    exits.join().expect("the thread passed");
    scene.end([b], Vec::new());
}

/// A collection releases references to a private object from garbage of its owner, on another thread; the owner takes
/// the count back and the object stays private (INV-RC-1).
fn merge_of_a_private_object() {
    let scene = Scene::new();
    let (mut a, b) = (scene.seat(), scene.seat());
    let kept = a.run(|th| scene.make(th, None));
    let garbage = a.run(|_| [kept.clone(), kept.clone()]);
    let collector = play(b, move |_| release_as_collector(garbage));
    a.run(|th| {
        let _ = th.poll();
        look(StackRef::borrow_from(&kept));
        drop(kept);
        let _ = th.poll();
    });
    let b = join(collector);
    a.run(|th| {
        let _ = th.poll();
    });
    scene.end([a, b], Vec::new());
}

/// As before, and the owner exits meanwhile: the object, and what only it holds, may die on the collecting thread
/// (INV-MERGE-1).
fn merge_of_a_private_object_against_exit() {
    let scene = Scene::new();
    let (mut a, b) = (scene.seat(), scene.seat());
    let kept = a.run(|th| {
        let child = scene.make(th, None);
        scene.make(th, Some(child))
    });
    let garbage = a.run(|_| [kept.clone(), kept.clone()]);
    a.run(|_| drop(kept));
    let collector = play(b, move |_| release_as_collector(garbage));
    let exits = thread::spawn(move || drop(a));
    exits.join().expect("the thread passed");
    let b = join(collector);
    scene.end([b], Vec::new());
}

/// A parking thread merges a child that it owns, for its only reference is the parked object's, while another one
/// that has borrowed the parent counts the child (INV-RC-1).
fn merge_while_walking() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let parent = scene.make_merged(&mut a, &mut b);
    let child = a.run(|th| scene.make_shared(th, None));
    a.run(|th| overwrite(th, &parent, Some(child)));
    let root = a.run(|th| scene.make_shared(th, Some(parent)));
    let slot = Rc::new(b.run(|th| scene.make_shared(th, None)));
    let parent = b.run(|th| borrow(th, &root));
    let counts = {
        let slot = Rc::clone(&slot);
        play(b, move |th| {
            overwrite(th, &slot, borrow_through(th, parent).to_value());
            overwrite(th, &slot, None);
            let child = borrow_through(th, parent);
            memory::refresh(th);
            let _ = child; // borrowed, and not looked at any more
        })
    };
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
        let _ = th.poll();
        memory::refresh(th);
    });
    let b = join(counts);
    scene.end([a, b], vec![root, unwrap(slot)]);
}

/// A thread counts another's object so often that it asks the owner to merge it, while the owner counts it, gives it up and takes it
/// out of the slot in which the other has found it (INV-RC-2).
fn merge_of_what_others_count_often() {
    let scene = Scene::new();
    let (mut a, b) = (scene.seat(), scene.seat());
    let owned = a.run(|th| scene.make_shared(th, None));
    let kept = a.run(|_| owned.clone());
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(owned))));
    let counts = {
        let root = Rc::clone(&root);
        play(b, move |th| {
            let Some(held) = borrow(th, &root).into_value() else { return };
            let again = [held.clone(), held.clone(), held.clone()];
            drop(again);
            look(StackRef::borrow_from(&held));
        })
    };
    a.run(|th| {
        drop(kept);
        let _ = th.poll();
        overwrite(th, &root, None);
        let _ = th.poll();
    });
    let b = join(counts);
    a.run(|th| {
        let _ = th.poll();
    });
    scene.end([a, b], vec![unwrap(root)]);
}

/// A thread that is alone adopts a merged object which still has an entry in its former owner's queue; the former owner comes to
/// that entry while the new one counts (INV-MERGE-1).
fn merge_of_what_another_has_adopted() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let owned = a.run(|th| scene.make_shared(th, None));
    let kept = b.run(|_| counted(&owned));
    b.run(|_| drop([kept.clone(), kept.clone(), kept.clone(), kept.clone()])); // often: there is an entry now
    a.run(|_| drop(owned)); // merged
    a.detach();
    b.run(|th| {
        scene.world.try_become_solo(th);
        drop(kept.clone()); // adopted
    });
    let comes_back = thread::spawn(move || {
        a.attach();
        a.run(|th| {
            let _ = th.poll();
        });
        a.detach();
        a
    });
    b.run(|th| {
        let _ = th.poll();
        drop(kept.clone());
        look(StackRef::borrow_from(&kept));
        let _ = th.poll();
    });
    b.detach(); // the other one may wait for the gate
    let a = comes_back.join().expect("the thread passed");
    b.attach();
    scene.end([b, a], vec![kept]);
}

/// A thread that becomes solo counts by plain stores, also for others, and none of these meets the atomic counting of
/// one that comes back (INV-GATE-1, INV-HEADER-1).
fn count_solo_against_attach() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let merged = scene.make_merged(&mut a, &mut b);
    let biased = b.run(|th| scene.make_shared(th, None));
    let given = b.run(|_| biased.clone());
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(merged))));
    let comes_back = {
        let root = Rc::clone(&root);
        thread::spawn(move || {
            b.detach();
            b.attach();
            b.run(|th| {
                drop(borrow(th, &root).into_value());
                drop(biased);
                let _ = th.poll();
            });
            b.detach();
            b
        })
    };
    a.run(|th| {
        scene.world.try_become_solo(th);
        drop(borrow(th, &root).into_value());
        drop(given.clone());
        drop(given);
        let _ = th.poll();
    });
    a.detach(); // the other one may wait for the gate
    let b = comes_back.join().expect("the thread passed");
    scene.end([a, b], vec![unwrap(root)]);
}

pub const MODELS: &[Model] = &[
    Model {
        name: "merge_queue_against_owner",
        invariant: "INV-RC-1",
        run: merge_queue_against_owner,
        mutants: &["merge-forgets-queue-reference"],
    },
    Model {
        name: "merge_queue_of_a_detached_owner",
        invariant: "INV-MERGE-1",
        run: merge_queue_of_a_detached_owner,
        mutants: &["help-without-shutting-out"],
    },
    Model {
        name: "merge_at_zero_against_release",
        invariant: "INV-RC-4",
        run: merge_at_zero_against_release,
        mutants: &["merge-keeps-owner"],
    },
    Model {
        name: "merge_after_exit",
        invariant: "INV-MERGE-2",
        run: merge_after_exit,
        mutants: &["merge-ignores-closed-queue", "merge-closed-queue-unlocked"],
    },
    Model {
        name: "merge_while_exiting",
        invariant: "INV-MERGE-3",
        run: merge_while_exiting,
        mutants: &["exit-closes-queue-early"],
    },
    Model {
        name: "merge_of_a_private_object",
        invariant: "INV-RC-1",
        run: merge_of_a_private_object,
        mutants: &["merge-private-by-a-look"],
    },
    Model {
        name: "merge_of_a_private_object_against_exit",
        invariant: "INV-MERGE-1",
        run: merge_of_a_private_object_against_exit,
        mutants: &["merge-ignores-closed-queue", "private-dies-unpublished"],
    },
    Model {
        name: "merge_while_walking",
        invariant: "INV-RC-1",
        run: merge_while_walking,
        mutants: &["walk-merges-by-a-look"],
    },
    Model {
        name: "merge_of_what_others_count_often",
        invariant: "INV-RC-2",
        run: merge_of_what_others_count_often,
        mutants: &["disown-without-a-reference"],
    },
    Model {
        name: "merge_of_what_another_has_adopted",
        invariant: "INV-MERGE-1",
        run: merge_of_what_another_has_adopted,
        mutants: &["merge-whoever-owns"],
    },
    Model {
        name: "count_solo_against_attach",
        invariant: "INV-GATE-1",
        run: count_solo_against_attach,
        mutants: &["solo-bars-nobody", "solo-without-asking", "adopt-in-company"],
    },
];
