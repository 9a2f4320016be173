//! Sets hold what was added, in CPython's order, in every setting, and neither lose nor double a count.

mod common;

use common::{BAG, Bag, Random, Setting, assert_all_gone, in_every_setting, int, node};
use containers::set::{Probe, Set};
use containers::{At, Match, Step};
use memory::Value;
use mock::Tally;
use threads::Thread;
use threads::sync::Arc;

fn new_bag(th: &mut Thread, setting: Setting) -> Value {
    setting.prepare(BAG.allocate(th, Bag(Set::new())).expect("memory"))
}

fn differ(_: &Value) -> Match {
    Match::Different
}

fn find(th: &mut Thread, bag: &Value, hash: i64, key: i64) -> Option<At> {
    Bag::of(bag).payload().0.lookup(th, hash, &int(key), differ).found()
}

fn add(th: &mut Thread, bag: &Value, hash: i64, key: i64) -> bool {
    let absent = find(th, bag, hash, key).is_none();
    if absent {
        Bag::edit(th, bag, |b| b.add(hash, int(key))).expect("memory");
    }
    absent
}

fn discard(th: &mut Thread, bag: &Value, hash: i64, key: i64) -> bool {
    let at = find(th, bag, hash, key);
    at.and_then(|at| Bag::edit(th, bag, |b| b.remove(at))).is_some()
}

fn keys(th: &mut Thread, bag: &Value) -> Vec<i64> {
    let object = Bag::of(bag);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(item) = object.payload().0.next_entry(th, object.header(), at) {
        at = item.next;
        found.push(item.key.as_int().expect("an int"));
    }
    let mut borrowed = Vec::new();
    let mut at = 0;
    while let Some((next, key)) = object.payload().0.next_key(th, object.header(), at) {
        at = next;
        borrowed.push(key.word().as_int().expect("an int"));
    }
    assert_eq!(found, borrowed);
    found
}

fn copy(th: &mut Thread, setting: Setting, bag: &Value) -> Value {
    let copy = Bag::edit(th, bag, |b| b.copy()).expect("memory");
    setting.prepare(BAG.allocate(th, Bag(copy)).expect("memory"))
}

#[test]
fn set_3_holds_what_was_added() {
    in_every_setting(|th, setting| {
        let mut random = Random(11);
        let bag = new_bag(th, setting);
        let mut model = std::collections::BTreeSet::new();
        for step in 0..3000 {
            let key = random.below(70) as i64;
            let hash = key % 9 * -0x1234_5678_9ABC;
            match random.below(9) {
                0..5 => assert_eq!(add(th, &bag, hash, key), model.insert(key)),
                5..8 => assert_eq!(discard(th, &bag, hash, key), model.remove(&key)),
                _ if random.below(30) == 0 => {
                    drop(Bag::edit(th, &bag, |b| b.clear()));
                    model.clear();
                }
                _ if random.below(9) == 0 => Bag::edit(th, &bag, |b| b.reserve(40)).expect("memory"),
                _ => {
                    let popped = Bag::edit(th, &bag, |b| b.pop()).and_then(|v| v.as_int());
                    assert!(popped.map_or(model.is_empty(), |key| model.remove(&key)));
                }
            }
            assert_eq!(Bag::of(&bag).payload().0.len(), model.len());
            let mut found = keys(th, &bag);
            found.sort_unstable();
            assert!(found.iter().eq(&model), "step {step}");
            let _ = th.poll();
        }
    });
}

/// The generator of the program below.
struct Congruential(u64);

impl Congruential {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        self.0 >> 40
    }
}

fn checksum(keys: &[i64]) -> u64 {
    keys.iter().fold(0, |sum: u64, &key| sum.wrapping_mul(31).wrapping_add(key as u64 + 1))
}

/// What CPython 3.14 prints for a program that does the same with sets of ints: checksums of the set in the end, and
/// of a copy of it, in the order of iteration.
const CPYTHON: [(u64, u64); 8] = [
    (10679540903728585333, 10679540903728585333),
    (6030168644389772835, 6030168644389772835),
    (884008344241335758, 14288505895638695928),
    (15390683131271782179, 15390683131271782179),
    (3555230699160907707, 12772269639086587179),
    (8304603666258482736, 8304603666258482736),
    (12896070810203148834, 12896070810203148834),
    (5578509496876162283, 5578509496876162283),
];

#[test]
fn a_set_has_cpythons_order() {
    in_every_setting(|th, setting| {
        if setting.shared && setting.company {
            return; // INV-SET-2
        }
        for (seed, expected) in (1..).zip(CPYTHON) {
            let mut random = Congruential(seed);
            let mut bag = new_bag(th, setting);
            for _ in 0..seed * 300 {
                let action = random.next() % 10;
                let key = (random.next() % (seed * 100) * if seed % 2 == 1 { seed } else { 1 }) as i64;
                if action < 6 {
                    add(th, &bag, key, key);
                } else if action < 8 {
                    discard(th, &bag, key, key);
                } else if action == 8 && !Bag::of(&bag).payload().0.is_empty() {
                    drop(Bag::edit(th, &bag, |b| b.pop()));
                } else if random.next().is_multiple_of(20) {
                    bag = copy(th, setting, &bag);
                }
            }
            let copied = copy(th, setting, &bag);
            let found = (checksum(&keys(th, &bag)), checksum(&keys(th, &copied)));
            assert_eq!(found, expected, "seed {seed}");
        }
    });
}

#[test]
fn a_set_that_is_being_made_has_the_same_order() {
    in_every_setting(|th, _| {
        for order in [vec![30, 2, 17, 100, 5], vec![9, 8, 7, 16, 0, 1]] {
            let mut made = Set::new();
            order.iter().for_each(|&key| made.add_fresh(key, int(key)).expect("memory"));
            let made = BAG.allocate(th, Bag(made)).expect("memory");
            let expected = if order.len() == 5 { vec![2, 100, 5, 17, 30] } else { vec![0, 1, 7, 8, 9, 16] };
            assert_eq!(keys(th, &made), expected);
        }
    });
}

#[test]
fn set_5_counts_move_with_the_words() {
    in_every_setting(|th, setting| {
        let tally = Arc::new(Tally::default());
        let bag = new_bag(th, setting);
        for hash in 0..100 {
            let key = node(th, &tally);
            Bag::edit(th, &bag, |b| b.add(hash % 10, key)).expect("memory");
        }
        for _ in 0..30 {
            drop(Bag::edit(th, &bag, |b| b.pop()));
        }
        let copied = copy(th, setting, &bag);
        drop(Bag::edit(th, &bag, |b| b.clear()));
        drop(bag);
        assert_eq!(Bag::of(&copied).payload().0.len(), 70);
        drop(copied);
        assert_all_gone(th, &tally);
    });
}

#[test]
fn a_search_by_steps_survives_changes() {
    in_every_setting(|th, setting| {
        let bag = new_bag(th, setting);
        for key in 0..3 {
            Bag::edit(th, &bag, |b| b.add(0, int(key))).expect("memory");
        }
        let object = Bag::of(&bag);
        let set = &object.payload().0;
        let mut probe = Probe::new(0);
        let mut met = Vec::new();
        while let Step::Candidate(key, at) = set.step(th, object.header(), &mut probe, &int(99)) {
            assert!(set.confirm(th, at, &key));
            met.push(key.as_int().expect("an int"));
            if met.len() == 2 {
                // As if `__eq__` had done it: the walk begins anew.
                Bag::edit(th, &bag, |b| b.reserve(50)).expect("memory");
                assert!(!set.confirm(th, at, &key));
            }
        }
        assert_eq!(met, [0, 1, 0, 1, 2]);
        assert!(Bag::edit(th, &bag, |b| b.reserve(usize::MAX)).is_err());
    });
}
