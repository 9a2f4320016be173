//! Sets that are read without a lock while they change.

use std::rc::Rc;

use containers::Match;
use containers::set::Set;
use memory::model::Seat;

use super::Model;
use crate::holder::{SetHolder, int};
use crate::scene::{Scene, join, play, unwrap};
use memory::Value;
use threads::Thread;

fn contains(th: &Thread, set: &Value, key: i64) -> bool {
    SetHolder::container(set).lookup(th, key, &int(key), |_| Match::Different).found().is_some()
}

/// Runs `read` on one thread while another adds `key` to a set with `keys`. A table of four cells is too full with two.
fn contest(keys: &[i64], read: fn(&mut Thread, &Value), key: i64) {
    let scene = Scene::new();
    let (mut writer, reader) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let set = Rc::new(writer.run(|th| {
        let mut set = Set::new();
        keys.iter().for_each(|&key| set.add_fresh(key, int(key)).expect("memory"));
        SetHolder::make_shared(th, set)
    }));
    let reading = {
        let set = Rc::clone(&set);
        play(reader, move |th| read(th, &set))
    };
    let writing = {
        let set = Rc::clone(&set);
        play(writer, move |th| SetHolder::edit(th, &set, |s| s.add(key, int(key))).expect("memory"))
    };
    let seats = [join(reading), join(writing)];
    scene.end(seats, vec![unwrap(set)]);
}

/// A key is added where there is room: who meets it meets its hash too (INV-SET-1). All keys lead to the same cell.
fn a_set_is_read_while_a_key_is_added() {
    contest(
        &[0, 1],
        |th, set| {
            assert!(contains(th, set, 0), "INV-SET-3: a key is missing");
            contains(th, set, 8);
            assert!(!contains(th, set, 16));
        },
        8,
    );
}

/// The table is replaced: what was there is found all the time, and nobody meets a table that has been reclaimed, though
/// the reader refreshes in between (INV-SET-4, INV-SET-5).
fn a_set_is_read_while_it_grows() {
    contest(
        &[0],
        |th, set| {
            assert!(contains(th, set, 0), "INV-SET-3: a key is missing");
            memory::refresh(th);
            assert!(contains(th, set, 0), "INV-SET-3: a key is missing");
        },
        4,
    );
}

/// A key is removed and another is added: the cell is not used again, so the hash that goes with a key does not change
/// (INV-SET-2).
fn a_set_is_read_while_keys_are_exchanged() {
    let scene = Scene::new();
    let (mut writer, reader) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let set = Rc::new(writer.run(|th| {
        let mut set = Set::new();
        [0, 1].iter().for_each(|&key| set.add_fresh(key, int(key)).expect("memory"));
        SetHolder::make_shared(th, set)
    }));
    let reading = {
        let set = Rc::clone(&set);
        play(reader, move |th| {
            assert!(contains(th, &set, 1), "INV-SET-3: a key is missing");
            assert!(!contains(th, &set, 16));
        })
    };
    let writing = {
        let set = Rc::clone(&set);
        play(writer, move |th| {
            let removed = SetHolder::edit(th, &set, |s| {
                let at = s.lookup(0, &int(0), |_| Match::Different).found()?;
                s.remove(at)
            });
            assert!(removed.is_some());
            SetHolder::edit(th, &set, |s| s.add(8, int(8))).expect("memory");
        })
    };
    let seats = [join(reading), join(writing)];
    scene.end(seats, vec![unwrap(set)]);
}

pub const MODELS: &[Model] = &[
    Model {
        name: "a_set_is_read_while_a_key_is_added",
        invariant: "INV-SET-1",
        run: a_set_is_read_while_a_key_is_added,
        mutants: &["set-key-before-hash"],
    },
    Model {
        name: "a_set_is_read_while_it_grows",
        invariant: "INV-SET-4",
        run: a_set_is_read_while_it_grows,
        mutants: &["set-table-relaxed", "retire-at-once"],
    },
    Model {
        name: "a_set_is_read_while_keys_are_exchanged",
        invariant: "INV-SET-2",
        run: a_set_is_read_while_keys_are_exchanged,
        mutants: &["set-reuses-cells"],
    },
];
