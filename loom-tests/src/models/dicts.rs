//! Dicts that are read without a lock while they change.

use std::rc::Rc;

use containers::dict::{Dict, Lookup, Match};
use memory::model::Seat;

use super::Model;
use crate::holder::{DictHolder, int};
use crate::scene::{Scene, join, look, play, unwrap};
use memory::{StackRef, Value};
use threads::Thread;

/// A shared dict with `keys`, each with a probe as value. The smallest table has room for two.
fn dict_of(scene: &Scene, th: &mut Thread, keys: &[i64]) -> Value {
    let mut dict = Dict::new();
    for &key in keys {
        let value = scene.make(th, None);
        dict.add(key, int(key), value).expect("memory");
    }
    DictHolder::make_shared(th, dict)
}

/// The value of `key`, borrowed; all keys have their own hash.
fn find(th: &Thread, dict: &Value, key: i64) -> StackRef {
    let object = DictHolder::object(dict);
    let found = DictHolder::container(dict).borrow(th, object.header(), key, &int(key), |_| Match::Different);
    found.found().unwrap_or(StackRef::EMPTY)
}

fn insert(th: &mut Thread, dict: &Value, key: i64, value: Value) {
    DictHolder::edit(th, dict, |d| d.insert(key, int(key), value)).expect("memory");
}

/// Runs `read` on one thread and `write` on another, over a dict with `keys`; `write` gets a fresh probe.
fn contest(keys: &[i64], read: fn(&mut Thread, &Value), write: fn(&mut Thread, &Value, Value)) {
    let scene = Scene::new();
    let (mut writer, reader) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let dict = Rc::new(writer.run(|th| dict_of(&scene, th, keys)));
    let fresh = writer.run(|th| scene.make(th, None));
    let reading = {
        let dict = Rc::clone(&dict);
        play(reader, move |th| read(th, &dict))
    };
    let writing = {
        let dict = Rc::clone(&dict);
        play(writer, move |th| write(th, &dict, fresh))
    };
    let seats = [join(reading), join(writing)];
    scene.end(seats, vec![unwrap(dict)]);
}

/// A key is added where there is room: who finds its cell finds the entry complete (INV-DICT-1). Both keys lead to the
/// same cell, so the reader meets the other's.
fn a_dict_is_read_while_a_key_is_added() {
    contest(
        &[0],
        |th, dict| {
            assert!(look(find(th, dict, 0)), "INV-DICT-3: a key is missing");
            look(find(th, dict, 4));
            assert!(find(th, dict, 8).is_empty());
        },
        |th, dict, value| insert(th, dict, 4, value),
    );
}

/// A key is removed and another is added: nobody finds the one with the value of the other (INV-DICT-2).
fn a_dict_is_read_while_keys_are_exchanged() {
    contest(
        &[0],
        |th, dict| {
            let (before, after) = (find(th, dict, 0), find(th, dict, 4));
            look(before);
            look(after);
            assert!(before.is_empty() || before != after, "INV-DICT-2: one value under two keys");
        },
        |th, dict, value| {
            let last = DictHolder::edit(th, dict, |d| d.pop_last());
            insert(th, dict, 4, value);
            drop(last);
        },
    );
}

/// The table is full and is replaced: what was there is found all the time, and nobody meets a table that has been
/// reclaimed, though the reader refreshes in between (INV-DICT-4, INV-DICT-5).
fn a_dict_is_read_while_it_grows() {
    contest(
        &[0, 1],
        |th, dict| {
            assert!(look(find(th, dict, 0)), "INV-DICT-3: a key is missing");
            memory::refresh(th);
            assert!(look(find(th, dict, 1)), "INV-DICT-3: a key is missing");
            look(find(th, dict, 4));
        },
        |th, dict, value| insert(th, dict, 4, value),
    );
}

/// A key is removed and its value dropped: it is found alive or not at all (INV-DICT-3).
fn a_dict_is_read_while_a_key_is_removed() {
    contest(
        &[0, 4],
        |th, dict| {
            look(find(th, dict, 0));
            assert!(look(find(th, dict, 4)), "INV-DICT-3: the key behind it is missing");
        },
        |th, dict, value| {
            drop(value);
            let removed = DictHolder::edit(th, dict, |d| match d.lookup(0, &int(0), |_| Match::Different) {
                Lookup::Found(at) => d.remove(at),
                _ => None,
            });
            assert!(removed.is_some());
            drop(removed);
            memory::refresh(th);
        },
    );
}

/// Who remembers that a key is absent, with the stamp that the dict had *before* the search, is not told so by that
/// stamp after having seen the key (INV-DICT-6).
fn a_dict_takes_its_stamp_away() {
    contest(
        &[0],
        |th, dict| {
            let container = DictHolder::container(dict);
            let stamp = container.stamp(|| 7);
            let absent = find(th, dict, 4).is_empty();
            let present = !find(th, dict, 4).is_empty();
            let still = stamp == Some(container.current_stamp());
            assert!(!(absent && present && still), "INV-DICT-6: the stamp has outlived a change");
            // And for good, if it was found to be absent while the key was being added.
            let stamp = container.stamp(|| 8);
            let absent = find(th, dict, 4).is_empty();
            let present = !find(th, dict, 4).is_empty();
            let still = stamp == Some(container.current_stamp());
            assert!(!(absent && present && still), "INV-DICT-6: the stamp has outlived a change");
        },
        |th, dict, value| insert(th, dict, 4, value),
    );
}

/// Who remembers where a value is, with the stamp that the dict had before and after it was found, finds it there as long as the dict has
/// that stamp (INV-DICT-6).
fn a_dict_keeps_its_places_with_its_stamp() {
    contest(
        &[0, 1],
        |th, dict| {
            let container = DictHolder::container(dict);
            let place = || {
                let Lookup::Found(at) = container.lookup(th, 0, &int(0), |_| Match::Different) else {
                    return None;
                };
                container.place(th, at)
            };
            let stamp = container.stamp(|| 7);
            let remembered = place();
            let fits = stamp.is_some() && stamp == Some(container.current_stamp());
            let now = place();
            // The place was found before the stamp was looked at once more.
            if fits && stamp == Some(container.current_stamp()) {
                assert!(now == remembered, "INV-DICT-6: the stamp has outlived the table");
            }
        },
        |th, dict, value| insert(th, dict, 4, value),
    );
}

pub const MODELS: &[Model] = &[
    Model {
        name: "a_dict_is_read_while_a_key_is_added",
        invariant: "INV-DICT-1",
        run: a_dict_is_read_while_a_key_is_added,
        mutants: &["dict-index-before-entry", "dict-index-loads-relaxed"],
    },
    Model {
        name: "a_dict_is_read_while_keys_are_exchanged",
        invariant: "INV-DICT-2",
        run: a_dict_is_read_while_keys_are_exchanged,
        mutants: &["dict-reuses-places"],
    },
    Model {
        name: "a_dict_is_read_while_it_grows",
        invariant: "INV-DICT-4",
        run: a_dict_is_read_while_it_grows,
        mutants: &["dict-table-relaxed", "retire-at-once"],
    },
    Model {
        name: "a_dict_is_read_while_a_key_is_removed",
        invariant: "INV-DICT-3",
        run: a_dict_is_read_while_a_key_is_removed,
        mutants: &["dict-removal-empties-the-cell"],
    },
    Model {
        name: "a_dict_takes_its_stamp_away",
        invariant: "INV-DICT-6",
        run: a_dict_takes_its_stamp_away,
        mutants: &["dict-stamp-without-busy"],
    },
    Model {
        name: "a_dict_keeps_its_places_with_its_stamp",
        invariant: "INV-DICT-6",
        run: a_dict_keeps_its_places_with_its_stamp,
        mutants: &["dict-stamp-outlives-the-table"],
    },
];
