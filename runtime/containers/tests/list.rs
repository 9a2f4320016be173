//! Lists do what vectors do, in every setting, and neither lose nor double a count.

mod common;

use common::{LIST, List, Random, Setting, assert_all_gone, in_every_setting, int, node};
use containers::list::Items;
use memory::{StackRef, Value};
use mock::Tally;
use threads::Thread;
use threads::sync::Arc;

fn list_of(th: &mut Thread, setting: Setting, values: Vec<Value>) -> Value {
    let items = Items::from_vec(values).expect("memory");
    setting.prepare(LIST.allocate(th, List(items)).expect("memory"))
}

fn ints(list: &Value) -> Vec<i64> {
    let object = List::of(list);
    let items = &object.payload().0;
    let found = (0..items.len()).map(|i| items.get(object.header(), i));
    found.map(|item| item.expect("INV-LIST-2").as_int().expect("an int")).collect()
}

#[test]
fn list_1_an_index_is_checked_against_length_and_capacity() {
    in_every_setting(|th, setting| {
        let list = list_of(th, setting, vec![int(1), int(2)]);
        let object = List::of(&list);
        let items = &object.payload().0;
        assert_eq!(items.get(object.header(), 1).and_then(|v| v.as_int()), Some(2));
        assert!(items.get(object.header(), 2).is_none());
        assert!(items.get(object.header(), usize::MAX).is_none());
        assert_eq!(items.borrow(th, object.header(), 7), StackRef::EMPTY);
    });
}

#[test]
fn list_2_behaves_as_a_vector() {
    in_every_setting(|th, setting| {
        for seed in 1..=20 {
            run_against_model(th, setting, seed);
        }
    });
}

fn run_against_model(th: &mut Thread, setting: Setting, seed: u64) {
    let mut random = Random(seed * 0x9E37_79B9);
    let list = list_of(th, setting, Vec::new());
    let mut model: Vec<i64> = Vec::new();
    for step in 0..400 {
        let (len, fresh) = (model.len(), i64::from(step));
        let at = random.below(len + 1);
        let end = at + random.below(len + 1 - at);
        let added: Vec<i64> = (0..random.below(6) as i64).map(|i| fresh * 10 + i).collect();
        let values = || added.iter().map(|&i| int(i)).collect::<Vec<_>>();
        match random.below(12) {
            0..3 => {
                List::edit(th, &list, |l| l.push(int(fresh))).expect("memory");
                model.push(fresh);
            }
            3 => {
                List::edit(th, &list, |l| l.insert(at, int(fresh))).expect("memory");
                model.insert(at, fresh);
            }
            4 => {
                let popped = List::edit(th, &list, |l| l.pop(at));
                let expected = (at < len).then(|| model.remove(at));
                assert_eq!(popped.and_then(|v| v.as_int()), expected);
            }
            5 => assert_eq!(List::edit(th, &list, |l| l.pop_last()).and_then(|v| v.as_int()), model.pop()),
            6 => {
                let out = List::edit(th, &list, |l| l.splice(at..end, values())).expect("memory");
                let expected: Vec<i64> = model.splice(at..end, added.iter().copied()).collect();
                assert_eq!(out.iter().filter_map(Value::as_int).collect::<Vec<_>>(), expected);
            }
            7 => {
                List::edit(th, &list, |l| l.extend(values())).expect("memory");
                model.extend(&added);
            }
            8 => {
                List::edit(th, &list, |l| l.reverse());
                model.reverse();
            }
            9 => {
                let (start, step) = (at, 1 + random.below(3));
                let count = (len - start).div_ceil(step);
                let out = List::edit(th, &list, |l| l.remove_stepped(start, step, count)).expect("memory");
                assert_eq!(out.len(), count);
                let mut i = 0;
                model.retain(|_| {
                    i += 1;
                    i - 1 < start || (i - 1 - start) % step != 0
                });
            }
            10 if len > 0 => {
                let before = List::edit(th, &list, |l| l.set(at % len, int(fresh))).expect("in range");
                assert_eq!(before.keep().and_then(|v| v.as_int()), Some(model[at % len]));
                model[at % len] = fresh;
            }
            _ => {
                let (mut values, taken) = List::edit(th, &list, |l| l.take_for_sort()).expect("memory");
                assert_eq!(List::of(&list).payload().0.len(), 0);
                values.sort_by_key(Value::as_int);
                model.sort();
                let (displaced, changed) =
                    List::edit(th, &list, |l| l.put_back(taken, values)).expect("memory");
                assert!(displaced.is_empty() && !changed);
            }
        }
        if model.len() > 60 {
            assert_eq!(List::edit(th, &list, |l| l.clear()).len(), model.len());
            model.clear();
        }
        assert_eq!(ints(&list), model, "seed {seed}, step {step}");
        let _ = th.poll();
    }
}

#[test]
fn list_4_counts_move_with_the_words() {
    in_every_setting(|th, setting| {
        let tally = Arc::new(Tally::default());
        let list = list_of(th, setting, Vec::new());
        for i in 0..40 {
            let value = node(th, &tally);
            List::edit(th, &list, |l| l.insert(i / 2, value)).expect("memory");
        }
        drop(List::edit(th, &list, |l| l.pop(3)));
        drop(List::edit(th, &list, |l| l.remove_range(2..9)).expect("memory"));
        List::edit(th, &list, |l| l.repeat(3)).expect("memory");
        let (values, taken) = List::edit(th, &list, |l| l.take_for_sort()).expect("memory");
        List::edit(th, &list, |l| l.push(int(1))).expect("memory");
        let (_, changed) = List::edit(th, &list, |l| l.put_back(taken, values)).expect("memory");
        assert!(changed);
        assert_eq!(tally.alive().min(32), 32);
        drop(List::edit(th, &list, |l| l.clear()));
        assert_all_gone(th, &tally);
        let value = node(th, &tally);
        List::edit(th, &list, |l| l.push(value)).expect("memory");
        drop(list);
        assert_all_gone(th, &tally);
    });
}

#[test]
fn list_grows_as_cpython_does() {
    in_every_setting(|th, setting| {
        let list = list_of(th, setting, Vec::new());
        let mut seen = vec![0];
        for i in 0..100 {
            List::edit(th, &list, |l| l.push(int(i))).expect("memory");
            let capacity = List::of(&list).payload().0.capacity();
            if seen.last() != Some(&capacity) {
                seen.push(capacity);
            }
        }
        assert_eq!(seen, [0, 4, 8, 16, 24, 32, 40, 52, 64, 76, 92, 108]);
    });
}

#[test]
fn a_list_too_large_is_an_error() {
    in_every_setting(|th, setting| {
        let list = list_of(th, setting, vec![int(1), int(2)]);
        assert!(List::edit(th, &list, |l| l.repeat(usize::MAX)).is_err());
        assert!(List::edit(th, &list, |l| l.repeat(1 << 59)).is_err());
        assert!(List::edit(th, &list, |l| l.reserve(usize::MAX)).is_err());
        assert_eq!(ints(&list), [1, 2]);
    });
}
