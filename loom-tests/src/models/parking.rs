//! Shared objects that nobody counts: parked, revived, reaped.

use std::rc::Rc;

use super::Model;
use crate::scene::{Scene, borrow, borrow_through, exchange, join, look, overwrite, play, pop, push};

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
                look(pop(th));
            }
        })
    };
    a.run(|th| {
        overwrite(th, &root, None);
        memory::refresh(th);
        memory::refresh(th);
    });
    let mut b = join(reader);
    b.run(|th| memory::refresh(th));
    end(scene, [a, b], root);
}

fn end<const N: usize>(scene: Scene, seats: [memory::model::Seat; N], root: Rc<memory::Value>) {
    scene.end(seats, Rc::into_inner(root).into_iter().collect());
}

pub const MODELS: &[Model] = &[
    Model {
        name: "park_borrow_refresh",
        invariant: "INV-BORROW-1",
        run: park_borrow_refresh,
        mutants: &["announce-without-refresh"],
    },
];
