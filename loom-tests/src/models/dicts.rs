//! Dicts that are read without a lock while they change.

use std::rc::Rc;

use containers::dict::{Dict, Lookup, Match};
use memory::model::Seat;

use super::Model;
use crate::holder::{DictHolder, int};
use crate::scene::{Scene, counted, join, look, play, unwrap};
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

/// Stores without the lock, and with it where that is not possible.
fn store(th: &mut Thread, dict: &Value, key: i64, value: Value) {
    let object = DictHolder::object(dict);
    let name = int(key);
    let exchanged =
        DictHolder::container(dict).exchange(th, object.header(), key, &name, value, |_| Match::Different);
    match exchanged {
        Ok(displaced) => drop(displaced),
        Err(value) => store_locked(th, dict, key, value),
    }
}

fn store_locked(th: &mut Thread, dict: &Value, key: i64, value: Value) {
    let stored = DictHolder::edit(th, dict, |d| d.store(key, &int(key), value, |_| Match::Different));
    drop(stored.expect("memory"));
}

/// Runs `first` and `second` on a thread each, over a dict with `keys`; each gets a fresh probe. Returns what keys 0 and 1 hold then.
fn rivals(
    keys: &[i64],
    first: fn(&mut Thread, &Value, Value),
    second: fn(&mut Thread, &Value, Value),
) -> [bool; 2] {
    let scene = Scene::new();
    let (mut a, b) = (Seat::with_guard(&scene.world), Seat::with_guard(&scene.world));
    let dict = Rc::new(a.run(|th| dict_of(&scene, th, keys)));
    let (for_a, for_b) = a.run(|th| (scene.make(th, None), counted(&scene.make(th, None))));
    let playing = [
        {
            let dict = Rc::clone(&dict);
            play(a, move |th| first(th, &dict, for_a))
        },
        {
            let dict = Rc::clone(&dict);
            play(b, move |th| second(th, &dict, for_b))
        },
    ];
    let mut seats = playing.map(join);
    let there = [0, 1].map(|key| seats[0].run(|th| look(find(th, &dict, key))));
    scene.end(seats, vec![unwrap(dict)]);
    there
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

/// A value is exchanged without the lock while the table is replaced: the new value is not lost, and each is dropped once (INV-DICT-7).
fn values_are_exchanged_while_a_dict_grows() {
    let there = rivals(
        &[0, 1],
        |th, dict, value| insert(th, dict, 4, value),
        |th, dict, value| {
            let new = value.object();
            store(th, dict, 0, value);
            let found = find(th, dict, 0);
            assert!(look(found), "INV-DICT-7: a key is missing");
            assert!(found.object() == new, "INV-DICT-7: a value was lost");
        },
    );
    assert_eq!(there, [true, true]);
}

/// One thread stores with the lock, another without: each value is displaced once (INV-DICT-7).
fn values_are_exchanged_with_and_without_the_lock() {
    let there = rivals(
        &[0, 1],
        |th, dict, value| store_locked(th, dict, 0, value),
        |th, dict, value| store(th, dict, 0, value),
    );
    assert_eq!(there, [true, true]);
}

/// A key is removed while its value is exchanged: the value is taken, or stays (INV-DICT-7).
fn values_are_exchanged_while_a_key_is_removed() {
    rivals(
        &[0],
        |th, dict, value| {
            drop(value);
            let removed = DictHolder::edit(th, dict, |d| d.pop_last());
            assert!(removed.is_some());
            drop(removed);
        },
        |th, dict, value| store(th, dict, 0, value),
    );
}

/// The dict is cleared while a value is exchanged, as above.
fn values_are_exchanged_while_a_dict_is_cleared() {
    rivals(
        &[0],
        |th, dict, value| {
            drop(value);
            drop(DictHolder::edit(th, dict, |d| d.clear()));
        },
        |th, dict, value| store(th, dict, 0, value),
    );
}

/// One thread stores under one key and then under the other; another copies: the copy has not the second value alone (INV-DICT-8).
fn a_copy_fits_what_one_thread_stores() {
    contest(
        &[0, 1],
        |th, dict| {
            let copy = DictHolder::edit(th, dict, |d| d.copy()).expect("memory");
            let copy = DictHolder::make_shared(th, copy);
            let has = [0, 1].map(|key| find(th, &copy, key).word().as_int().is_some());
            drop(copy);
            assert!(has[0] || !has[1], "INV-DICT-8: the later value without the earlier");
        },
        |th, dict, value| {
            drop(value);
            store(th, dict, 0, int(7));
            store(th, dict, 1, int(8));
        },
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
        mutants: &["dict-table-relaxed", "dict-moved-values-are-lost", "retire-at-once"],
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
    Model {
        name: "values_are_exchanged_while_a_dict_grows",
        invariant: "INV-DICT-7",
        run: values_are_exchanged_while_a_dict_grows,
        mutants: &["dict-values-move-without-exchange"],
    },
    Model {
        name: "values_are_exchanged_with_and_without_the_lock",
        invariant: "INV-DICT-7",
        run: values_are_exchanged_with_and_without_the_lock,
        mutants: &["dict-stores-without-exchange"],
    },
    Model {
        name: "values_are_exchanged_while_a_key_is_removed",
        invariant: "INV-DICT-7",
        run: values_are_exchanged_while_a_key_is_removed,
        mutants: &["dict-takes-without-exchange"],
    },
    Model {
        name: "values_are_exchanged_while_a_dict_is_cleared",
        invariant: "INV-DICT-7",
        run: values_are_exchanged_while_a_dict_is_cleared,
        mutants: &["dict-takes-without-exchange"],
    },
    Model {
        name: "a_copy_fits_what_one_thread_stores",
        invariant: "INV-DICT-8",
        run: a_copy_fits_what_one_thread_stores,
        mutants: &["dict-copies-what-changes"],
    },
];
