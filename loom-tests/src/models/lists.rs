//! Lists that are read without a lock while they change.

use std::rc::Rc;

use containers::list::Items;
use memory::model::Seat;

use super::Model;
use crate::holder::ListHolder;
use crate::scene::{Scene, join, look, play, unwrap};
use memory::Value;
use threads::Thread;

/// A shared list of two probes in a buffer of two slots.
fn list_of_two(scene: &Scene, th: &mut Thread) -> Value {
    let items = vec![scene.make(th, None), scene.make(th, None)];
    let items = Items::from_vec(items).expect("memory");
    ListHolder::make_shared(th, items)
}

/// Touches the item at `index`; whether there is one.
fn read(th: &Thread, list: &Value, index: usize) -> bool {
    let object = ListHolder::object(list);
    look(ListHolder::container(list).borrow(th, object.header(), index))
}

/// An append makes the buffer grow. What was there is found all the time; the new item is complete when it is found; and
/// nobody meets a buffer that has been reclaimed, though the reader refreshes in between (INV-LIST-3, INV-LIST-4).
fn a_list_is_read_while_it_grows() {
    let scene = Scene::new();
    let (mut writer, reader) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let list = writer.run(|th| list_of_two(&scene, th));
    let fresh = writer.run(|th| scene.make(th, None));
    let list = Rc::new(list);
    let reading = {
        let list = Rc::clone(&list);
        play(reader, move |th| {
            assert!(read(th, &list, 0), "INV-LIST-2: an item is missing");
            memory::refresh(th);
            assert!(read(th, &list, 1), "INV-LIST-2: an item is missing");
            read(th, &list, 2);
        })
    };
    let writing = {
        let list = Rc::clone(&list);
        play(writer, move |th| ListHolder::edit(th, &list, |l| l.push(fresh)).expect("memory"))
    };
    let seats = [join(reading), join(writing)];
    scene.end(seats, vec![unwrap(list)]);
}

/// The list is emptied and begins anew with a smaller buffer: an index that was good for the old one is not used with
/// the new one (INV-LIST-1).
fn a_list_is_read_while_it_shrinks() {
    let scene = Scene::new();
    let (mut writer, reader) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let list = Rc::new(writer.run(|th| list_of_two(&scene, th)));
    let fresh = writer.run(|th| scene.make(th, None));
    let reading = {
        let list = Rc::clone(&list);
        play(reader, move |th| {
            read(th, &list, 1);
        })
    };
    let writing = {
        let list = Rc::clone(&list);
        play(writer, move |th| {
            let cleared = ListHolder::edit(th, &list, |l| l.clear());
            ListHolder::edit(th, &list, |l| l.push(fresh)).expect("memory");
            drop(cleared);
        })
    };
    let seats = [join(reading), join(writing)];
    scene.end(seats, vec![unwrap(list)]);
}

/// The last item is removed and dropped while another thread borrows it: it is found alive, or not at all, and a reader
/// who has counted it keeps it (INV-LIST-2).
fn a_list_is_read_while_it_is_popped() {
    let scene = Scene::new();
    let (mut writer, reader) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let list = Rc::new(writer.run(|th| list_of_two(&scene, th)));
    let reading = {
        let list = Rc::clone(&list);
        play(reader, move |th| {
            let object = ListHolder::object(&list);
            let borrowed = ListHolder::container(&list).borrow(th, object.header(), 1);
            if look(borrowed) {
                let counted = borrowed.to_value();
                memory::refresh(th);
                look(memory::StackRef::borrow_from(counted.as_ref().expect("there is one")));
            }
        })
    };
    let writing = {
        let list = Rc::clone(&list);
        play(writer, move |th| {
            let popped = ListHolder::edit(th, &list, |l| l.pop_last());
            assert!(popped.is_some());
            drop(popped);
            memory::refresh(th);
        })
    };
    let seats = [join(reading), join(writing)];
    scene.end(seats, vec![unwrap(list)]);
}

/// Two threads append at the same time: neither item is lost (INV-EDIT-1).
fn a_list_has_one_writer_at_a_time() {
    let scene = Scene::new();
    let (mut first, mut second) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let list = Rc::new(first.run(|th| list_of_two(&scene, th)));
    let (one, other) = (first.run(|th| scene.make(th, None)), second.run(|th| scene.make(th, None)));
    let append = |seat, value| {
        let list = Rc::clone(&list);
        play(seat, move |th| ListHolder::edit(th, &list, |l| l.push(value)).expect("memory"))
    };
    let (one, other) = (append(first, one), append(second, other));
    let seats = [join(one), join(other)];
    assert_eq!(ListHolder::container(&list).len(), 4, "INV-EDIT-1: two threads wrote at once");
    scene.end(seats, vec![unwrap(list)]);
}

pub const MODELS: &[Model] = &[
    Model {
        name: "a_list_is_read_while_it_grows",
        invariant: "INV-LIST-3",
        run: a_list_is_read_while_it_grows,
        mutants: &["list-buffer-relaxed", "retire-at-once"],
    },
    Model {
        name: "a_list_is_read_while_it_shrinks",
        invariant: "INV-LIST-1",
        run: a_list_is_read_while_it_shrinks,
        mutants: &["list-without-capacity-check"],
    },
    Model {
        name: "a_list_is_read_while_it_is_popped",
        invariant: "INV-LIST-2",
        run: a_list_is_read_while_it_is_popped,
        mutants: &["reap-without-grace"],
    },
    Model {
        name: "a_list_has_one_writer_at_a_time",
        invariant: "INV-EDIT-1",
        run: a_list_has_one_writer_at_a_time,
        mutants: &["exclusive-without-lock"],
    },
];
