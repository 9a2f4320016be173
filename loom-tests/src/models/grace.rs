//! Grace periods: of parked objects, of replaced buffers, and at a stop of the world.

use std::cell::Cell;
use std::rc::Rc;

use memory::StackRef;
use memory::model::{Seat, settled_count, waits_in_vain};
use threads::sync::atomic::{AtomicPtr, Ordering};
use threads::sync::{Arc, OwnerCell, Reclaim};

use super::Model;
use crate::scene::{Scene, borrow, drop_pushed, join, look, overwrite, play, play_and_leave, push, unwrap};

/// A thread attaches and borrows while another one empties the slot and looks who is attached: either it is seen, or
/// it sees the slot empty (INV-GRACE-1).
fn grace_attach_against_scan() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(object))));
    b.detach();
    let attaches = {
        let root = Rc::clone(&root);
        threads::sync::thread::spawn(move || {
            b.attach();
            b.run(|th| {
                look(borrow(th, &root)); // and forgotten: the announcement alone orders this before the object's death
                memory::refresh(th);
            });
            b
        })
    };
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
        memory::refresh(th);
    });
    let b = attaches.join().expect("the thread passed");
    scene.end([a, b], vec![unwrap(root)]);
}

/// A thread that has borrowed detaches, which counts what it has borrowed, and the object is reaped while it is away
/// or lives on until it is back (INV-GRACE-2).
fn grace_detach_against_scan() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(object))));
    b.run(|th| push(th, borrow(th, &root)));
    let detaches = threads::sync::thread::spawn(move || {
        b.detach();
        b.attach();
        b.run(|th| drop_pushed(th));
        b
    });
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
        memory::refresh(th);
    });
    let b = detaches.join().expect("the thread passed");
    scene.end([a, b], vec![unwrap(root)]);
}

/// The thread that waits for the end of a grace period finds it over, or is told when it is (INV-GRACE-3).
fn grace_end_is_announced() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let refreshes = play(b, memory::refresh);
    a.run(|th| {
        drop(object);
        memory::refresh(th);
    });
    b = join(refreshes);
    a.run(|th| assert!(!waits_in_vain(th), "INV-GRACE-3: the grace period is over and nobody said so"));
    scene.end([a, b], Vec::new());
}

/// Reclaiming one marks it; the model keeps the memory.
struct Buffer {
    reclaimed: OwnerCell<bool>,
}

impl Reclaim for Buffer {
    unsafe fn reclaim(pointer: *mut Self) {
        // SAFETY: the model keeps its buffers until every thread has been joined.
        let buffer = unsafe { &*pointer };
        // SAFETY: INV-OWNER-1; INV-RETIRE-1 says that no reader is left.
        unsafe { buffer.reclaimed.set(true) };
    }
}

/// A buffer that was found stays readable until the reader refreshes, and is reclaimed in the end (INV-RETIRE-1).
fn retire_against_read() {
    let scene = Scene::new();
    let (mut a, b) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let buffer = Arc::new(Buffer { reclaimed: OwnerCell::new(false) });
    let field = Arc::new(AtomicPtr::new(Arc::as_ptr(&buffer).cast_mut()));
    let reader = {
        let field = Arc::clone(&field);
        play(b, move |th| {
            // Acquire: what the buffer's maker wrote is seen.
            let pointer = field.load(Ordering::Acquire);
            if !pointer.is_null() {
                // SAFETY: the model keeps its buffers until every thread has been joined.
                let buffer = unsafe { &*pointer };
                // SAFETY: INV-OWNER-1; by INV-RETIRE-1 nobody writes before this thread refreshes.
                let reclaimed = unsafe { buffer.reclaimed.get() };
                assert!(!reclaimed, "INV-RETIRE-1: reclaimed before the reader's refresh");
            }
            memory::refresh(th);
        })
    };
    a.run(|th| {
        // AcqRel: the buffer comes back whole, and who finds null sees what came before.
        let pointer = field.swap(std::ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: unlinked above, by this thread alone.
        unsafe { memory::retire(th, pointer) };
        memory::refresh(th);
    });
    let b = join(reader);
    scene.end([a, b], Vec::new());
    // SAFETY: INV-OWNER-1; the reader has been joined.
    let reclaimed = unsafe { buffer.reclaimed.get() };
    assert!(reclaimed, "INV-RETIRE-1: still there with no reader left");
}

/// At a stop of the world every reference is counted, those on the stacks and in the merge queues included (INV-GC-1).
fn collect_counts_at_a_stop() {
    let scene = Scene::new();
    let (mut a, b) = (scene.seat(), scene.seat());
    let object = a.run(|th| scene.make_shared(th, None));
    let given = a.run(|_| object.clone());
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(object.clone()))));
    let references = Rc::new(Cell::new(3_i64));
    let mutator = {
        let (root, references) = (Rc::clone(&root), Rc::clone(&references));
        let change = move |by: i64| references.set(references.get() + by);
        play_and_leave(b, move |th| {
            drop(given);
            push(th, borrow(th, &root));
            change(0); // one went, one came
            let _ = th.poll();
            overwrite(th, &root, None);
            change(-1);
            let _ = th.poll();
            drop_pushed(th);
            change(-1);
        })
    };
    a.run(|th| {
        let (count, expected) = settled_count(th, &object, || references.get());
        assert_eq!(count, expected, "INV-GC-1: counts at a stop");
    });
    let b = join(mutator);
    scene.end([a, b], vec![object, unwrap(root)]);
}

/// A stop ends every grace period: what is parked dies, what somebody had borrowed lives (INV-STOP-2, INV-BORROW-1).
fn collect_reaps_at_a_stop() {
    let scene = Scene::new();
    let (mut a, mut b) = (scene.seat(), scene.seat());
    let object = scene.make_merged(&mut a, &mut b);
    let root = Rc::new(a.run(|th| scene.make_shared(th, Some(object))));
    let reader = {
        let root = Rc::clone(&root);
        play_and_leave(b, move |th| {
            push(th, borrow(th, &root));
            let _ = th.poll();
            drop_pushed(th);
        })
    };
    a.run(|th| {
        let kept = borrow(th, &root).to_value();
        overwrite(th, &root, None);
        look(kept.as_ref().map_or(StackRef::EMPTY, StackRef::borrow_from));
        drop(kept);
        let (count, _) = settled_count(th, &root, || 0);
        assert_eq!(count, 1, "INV-GC-1: counts at a stop");
    });
    let b = join(reader);
    scene.end([a, b], vec![unwrap(root)]);
}

pub const MODELS: &[Model] = &[
    Model {
        name: "grace_attach_against_scan",
        invariant: "INV-GRACE-1",
        run: grace_attach_against_scan,
        mutants: &["grace-enter-without-fence"],
    },
    Model {
        name: "grace_detach_against_scan",
        invariant: "INV-GRACE-2",
        run: grace_detach_against_scan,
        mutants: &["announce-without-refresh"],
    },
    Model {
        name: "grace_end_is_announced",
        invariant: "INV-GRACE-3",
        run: grace_end_is_announced,
        mutants: &[
            "grace-wakes-without-fence",
            "grace-scan-without-fence",
            "grace-waits-without-second-look",
        ],
    },
    Model {
        name: "retire_against_read",
        invariant: "INV-RETIRE-1",
        run: retire_against_read,
        mutants: &["retire-at-once"],
    },
    Model {
        name: "collect_counts_at_a_stop",
        invariant: "INV-GC-1",
        run: collect_counts_at_a_stop,
        mutants: &["settle-forgets-queues", "announce-without-refresh"],
    },
    Model {
        name: "collect_reaps_at_a_stop",
        invariant: "INV-BORROW-1",
        run: collect_reaps_at_a_stop,
        mutants: &["announce-without-refresh"],
    },
];
