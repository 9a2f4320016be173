//! Dicts keep what was stored, in order, in every setting, and neither lose nor double a count.

mod common;

use common::{MAP, Map, Random, Setting, assert_all_gone, in_every_setting, int, node};
use containers::dict::{At, Dict, Lookup, Match, Probe, Step, Stored};
use memory::{Displaced, Value};
use mock::Tally;
use threads::Thread;
use threads::sync::Arc;

fn new_map(th: &mut Thread, setting: Setting) -> Value {
    setting.prepare(MAP.allocate(th, Map(Dict::new())).expect("memory"))
}

/// Many keys have the same hash.
fn hash(key: i64) -> i64 {
    (key % 7) * -0x1234_5678_9ABC
}

fn differ(_: &Value) -> Match {
    Match::Different
}

fn find(th: &mut Thread, map: &Value, key: i64) -> Option<At> {
    Map::of(map).payload().0.lookup(th, hash(key), &int(key), differ).found()
}

fn get(th: &mut Thread, map: &Value, key: i64) -> Option<i64> {
    let object = Map::of(map);
    object.payload().0.get(th, object.header(), hash(key), &int(key), differ).found()?.as_int()
}

fn store(th: &mut Thread, map: &Value, key: i64, value: Value) -> Option<Displaced> {
    match Map::edit(th, map, |m| m.store(hash(key), &int(key), value, differ)).expect("memory") {
        Stored::Replaced(displaced) => Some(displaced),
        Stored::Added => None,
        Stored::Unsure(_) => panic!("all keys can be compared"),
    }
}

fn items(th: &mut Thread, map: &Value) -> Vec<(i64, i64)> {
    let object = Map::of(map);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(item) = object.payload().0.next_entry(th, object.header(), at) {
        at = item.next;
        assert_eq!(item.hash, hash(item.key.as_int().expect("an int")));
        found.push((item.key.as_int().expect("an int"), item.value.as_int().expect("an int")));
    }
    let mut backwards = Vec::new();
    let mut at = usize::MAX;
    while let Some(item) = object.payload().0.previous_entry(th, object.header(), at) {
        at = item.next;
        backwards.insert(0, (item.key.as_int().expect("an int"), item.value.as_int().expect("an int")));
    }
    assert_eq!(found, backwards);
    found
}

#[test]
fn dict_3_keeps_entries_in_order() {
    in_every_setting(|th, setting| {
        for seed in 1..=10 {
            run_against_model(th, setting, seed);
        }
    });
}

fn run_against_model(th: &mut Thread, setting: Setting, seed: u64) {
    let mut random = Random(seed * 0x9E37_79B9);
    let map = new_map(th, setting);
    let mut model: Vec<(i64, i64)> = Vec::new();
    for step in 0..600_i64 {
        let key = random.below(50) as i64;
        let known = model.iter().position(|&(k, _)| k == key);
        match random.below(12) {
            0..6 => {
                drop(store(th, &map, key, int(step)));
                match known {
                    Some(i) => model[i].1 = step,
                    None => model.push((key, step)),
                }
            }
            6..9 => {
                let at = find(th, &map, key);
                assert_eq!(at.is_some(), known.is_some());
                let removed = at.and_then(|at| Map::edit(th, &map, |m| m.remove(at)));
                assert_eq!(removed.and_then(|(_, v)| v.as_int()), known.map(|i| model.remove(i).1));
            }
            9 => {
                let last = Map::edit(th, &map, |m| m.pop_last());
                let last = last.map(|(h, k, v)| (h, k.as_int().expect("int"), v.as_int().expect("int")));
                assert_eq!(last, model.pop().map(|(k, v)| (hash(k), k, v)));
            }
            10 => {
                let copy = Map::edit(th, &map, |m| m.copy()).expect("memory");
                let copy = MAP.allocate(th, Map(copy)).expect("memory");
                assert_eq!(items(th, &copy), model);
            }
            _ if random.below(20) == 0 => {
                drop(Map::edit(th, &map, |m| m.clear()));
                model.clear();
            }
            _ => Map::edit(th, &map, |m| m.reserve(5)).expect("memory"),
        }
        assert_eq!(get(th, &map, key), model.iter().find(|&&(k, _)| k == key).map(|&(_, v)| v));
        assert_eq!(Map::of(&map).payload().0.len(), model.len());
        assert_eq!(items(th, &map), model, "seed {seed}, step {step}");
        let _ = th.poll();
    }
}

#[test]
fn dict_3_finds_everything_at_every_width_of_the_index() {
    in_every_setting(|th, setting| {
        let map = new_map(th, setting);
        let end = if cfg!(debug_assertions) { 45_000 } else { 200_000 };
        let spread = |key: i64| key.wrapping_mul(0x9E37_79B9);
        for key in 0..end {
            Map::edit(th, &map, |m| m.insert(spread(key), int(key), int(-key))).expect("memory");
        }
        let object = Map::of(&map);
        for key in 0..end + 10 {
            let found = object.payload().0.get(th, object.header(), spread(key), &int(key), differ);
            assert_eq!(found.found().and_then(|v| v.as_int()), (key < end).then_some(-key));
        }
    });
}

#[test]
fn dict_5_counts_move_with_the_words() {
    in_every_setting(|th, setting| {
        let tally = Arc::new(Tally::default());
        let map = new_map(th, setting);
        for key in 0..100 {
            let (k, v) = (node(th, &tally), node(th, &tally));
            Map::edit(th, &map, |m| m.insert(hash(key), k, v)).expect("memory");
        }
        assert_eq!(tally.alive(), 200);
        for _ in 0..30 {
            drop(Map::edit(th, &map, |m| m.pop_last()));
        }
        let copy = Map::edit(th, &map, |m| m.copy()).expect("memory");
        let copy = MAP.allocate(th, Map(copy)).expect("memory");
        drop(Map::edit(th, &map, |m| m.clear()));
        drop(map);
        assert_eq!(Map::of(&copy).payload().0.len(), 70);
        drop(copy);
        assert_all_gone(th, &tally);
    });
}

#[test]
fn dict_2_a_place_is_used_again_only_where_nobody_reads() {
    in_every_setting(|th, setting| {
        let map = new_map(th, setting);
        let first = Map::edit(th, &map, |m| m.insert(1, int(1), int(10))).expect("memory");
        drop(Map::edit(th, &map, |m| m.pop_last()));
        let second = Map::edit(th, &map, |m| m.insert(2, int(2), int(20))).expect("memory");
        assert_eq!(first == second, !(setting.shared && setting.company));
        let object = Map::of(&map);
        let dict = &object.payload().0;
        let value = |at: u32, key: i64| {
            dict.borrow_at::<false>(th, object.header(), at, || int(key).word().bits()).word().as_int()
        };
        let (first, second) = (first.position() as u32, second.position() as u32);
        assert_eq!((value(first, 1), value(second, 2), value(1000, 2)), (None, Some(20), None));
        Map::edit(th, &map, |m| m.reserve(100)).expect("memory");
        // In another table it may be elsewhere; whatever is found is its value.
        assert!(
            (0..4)
                .filter_map(|at| dict
                    .borrow_at::<false>(th, object.header(), at, || int(2).word().bits())
                    .word()
                    .as_int())
                .eq([20])
        );
    });
}

#[test]
fn dict_6_a_stamp_stays_as_long_as_the_keys() {
    in_every_setting(|th, setting| {
        let map = new_map(th, setting);
        let stamp = |map: &Value| Map::of(map).payload().0.current_stamp();
        let dict = |map: &Value, new| Map::of(map).payload().0.stamp(|| new);
        assert_eq!(dict(&map, 5), Some(5));
        assert_eq!(dict(&map, 6), Some(5));
        drop(store(th, &map, 1, int(1)));
        assert_eq!(stamp(&map), 0);
        assert_eq!(dict(&map, 7), Some(7));
        drop(store(th, &map, 1, int(2)));
        assert_eq!(stamp(&map), 7);
        let at = find(th, &map, 1).expect("stored");
        drop(Map::edit(th, &map, |m| m.remove(at)));
        assert_eq!(stamp(&map), 0);
        assert_eq!(dict(&map, 8), Some(8));
        drop(Map::edit(th, &map, |m| m.clear()));
        assert_eq!(stamp(&map), 0);
    });
}

#[test]
fn a_search_by_steps_survives_changes() {
    in_every_setting(|th, setting| {
        let map = new_map(th, setting);
        for key in 0..4 {
            let _ = Map::edit(th, &map, |m| m.insert(0, int(key), int(key * 10))).expect("memory");
        }
        let object = Map::of(&map);
        let dict = &object.payload().0;
        let mut probe = Probe::new(0);
        let mut met = Vec::new();
        loop {
            match dict.step(th, object.header(), &mut probe, &int(99)) {
                Step::Found(_) => panic!("99 is not there"),
                Step::Candidate(key, at) => {
                    assert!(dict.confirm(th, at, &key));
                    met.push(key.as_int().expect("an int"));
                    if met.len() == 2 {
                        // As if `__eq__` had done it: the walk begins anew.
                        Map::edit(th, &map, |m| m.reserve(50)).expect("memory");
                        assert!(!dict.confirm(th, at, &key));
                    }
                }
                Step::Absent => break,
            }
        }
        assert_eq!(met, [0, 1, 0, 1, 2, 3]);
        assert!(matches!(dict.step(th, object.header(), &mut Probe::new(0), &int(3)), Step::Candidate(..)));
        let unsure = dict.lookup(th, 0, &int(99), |_| Match::AskPython);
        assert_eq!(unsure, Lookup::Unsure);
    });
}

#[test]
fn a_dict_too_large_is_an_error() {
    in_every_setting(|th, setting| {
        let map = new_map(th, setting);
        assert!(Map::edit(th, &map, |m| m.reserve(usize::MAX)).is_err());
        assert!(Dict::with_capacity(1 << 40).is_err());
        drop(store(th, &map, 1, int(1)));
        assert_eq!(get(th, &map, 1), Some(1));
    });
}
