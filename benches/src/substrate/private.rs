//! What one thread makes and keeps to itself.

use std::hint::black_box;
use std::time::Duration;

use memory::{Memory, Value};
use mock::{LEAF, Leaf, list_push, new_leaf, new_list};
use threads::Thread;

use crate::Failure;
use crate::measure::{Effort, compare, time};
use crate::table::{Table, Target};

const PUSHES: usize = 1000;

/// A box of the size of a leaf.
type Boxed = Box<[u64; 4]>;

/// Allocation and appending.
pub fn measure(effort: Effort, table: &mut Table) -> Result<(), Failure> {
    let world = Memory::new_world(false);
    let mut thread = world.register().expect("a first thread");
    allocate_one(effort, &mut thread, table);
    allocate_many(effort, &mut thread, table);
    append(effort, &mut thread, table);
    append_held(effort, &mut thread, table);
    Ok(())
}

fn allocate_one(effort: Effort, thread: &mut Thread, table: &mut Table) {
    let operations = effort.pick(5000, 100);
    let compared = compare(
        effort.pick(400, 3),
        operations,
        || {
            time(|| {
                for i in 0..operations as u64 {
                    drop(black_box(LEAF.allocate(thread, Leaf(i))));
                }
            })
        },
        || {
            time(|| {
                for i in 0..operations as u64 {
                    drop(black_box::<Boxed>(Box::new([i; 4])));
                }
            })
        },
    );
    table.ratio("allocate, free a 32-byte private object / Box on mimalloc", compared, Target::AtMost(1.0));
}

/// The same with a thousand alive at once.
fn allocate_many(effort: Effort, thread: &mut Thread, table: &mut Table) {
    let operations = effort.pick(1000, 100);
    let mut values: Vec<Value> = Vec::with_capacity(operations);
    let mut boxes: Vec<Boxed> = Vec::with_capacity(operations);
    let compared = compare(
        effort.pick(1000, 3),
        operations,
        || {
            time(|| {
                for i in 0..operations as u64 {
                    values.push(new_leaf(thread, i).expect("memory"));
                }
                black_box(&mut values).clear();
            })
        },
        || {
            time(|| {
                for i in 0..operations as u64 {
                    boxes.push(Box::new([i; 4]));
                }
                black_box(&mut boxes).clear();
            })
        },
    );
    table.ratio("  1000 of them at once", compared, Target::None);
}

/// Times `push` alone: making and dropping what it appends to is not what is asked.
fn rounds_of_pushes(
    lists: usize,
    mut make_push_drop: impl FnMut(&mut dyn FnMut(&mut dyn FnMut())),
) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..lists {
        make_push_drop(&mut |push| total += time(push));
    }
    total
}

fn append(effort: Effort, thread: &mut Thread, table: &mut Table) {
    let lists = effort.pick(10, 2);
    let compared = compare(
        effort.pick(400, 3),
        lists * PUSHES,
        || {
            rounds_of_pushes(lists, |timed| {
                let list = new_list(thread).expect("memory");
                timed(&mut || {
                    for i in 0..PUSHES as i64 {
                        let item = Value::from_int(i).expect("a small int");
                        list_push(thread, &list, black_box(item));
                    }
                });
            })
        },
        || {
            rounds_of_pushes(lists, |timed| {
                let mut list = Vec::new();
                timed(&mut || {
                    for i in 0..PUSHES as u64 {
                        black_box(&mut list).push(black_box(i));
                    }
                });
            })
        },
    );
    table.ratio("append an int to a private list / Vec<u64>::push", compared, Target::AtMost(1.2));
}

/// Appends values that the compiler knows nothing about: half of them are objects.
fn append_held(effort: Effort, thread: &mut Thread, table: &mut Table) {
    let lists = effort.pick(10, 2);
    let leaf = new_leaf(thread, 0).expect("memory");
    let value = |i: usize| {
        if i.is_multiple_of(2) { leaf.clone() } else { Value::from_int(i as i64).expect("a small int") }
    };
    let compared = compare(
        effort.pick(400, 3),
        lists * PUSHES,
        || {
            rounds_of_pushes(lists, |timed| {
                let list = new_list(thread).expect("memory");
                let mut items: Option<Vec<Value>> = Some((0..PUSHES).map(value).collect());
                timed(&mut || {
                    for item in items.take().into_iter().flatten() {
                        list_push(thread, &list, item);
                    }
                });
            })
        },
        || {
            rounds_of_pushes(lists, |timed| {
                let mut list = Vec::new();
                let mut items: Option<Vec<u64>> = Some((0..PUSHES as u64).collect());
                timed(&mut || {
                    for item in items.take().into_iter().flatten() {
                        black_box(&mut list).push(item);
                    }
                });
            })
        },
    );
    table.ratio("append any value to a private list / Vec<u64>::push", compared, Target::AtMost(1.2));
}
