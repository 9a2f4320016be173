//! `weft-bench containers`: what lists, dicts and sets cost beside Rust's own.
//!
//! Keys are objects that are found by identity, as interned strings mostly are, with hashes that the caller has at hand.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;

use containers::dict::Dict;
use containers::list::Items;
use containers::set::Set;
use containers::{Edit, Lookup, Match};
use memory::{Exclusive, Memory, Object, Trace, TypeDesc, TypedShape, Value, Visitor};
use mock::new_leaf;
use threads::Thread;

use crate::Failure;
use crate::measure::{Compared, Effort, best_tenth, compare, nanoseconds_each, time};
use crate::table::{Table, Target};
use crate::team::{Handout, with_team};

/// Declares an object that holds one container.
macro_rules! holder {
    ($name:ident, $container:ty, $shape:ident) => {
        struct $name($container);

        // SAFETY: the container visits its references, and there are no others.
        unsafe impl Trace for $name {
            const NAME: &'static str = stringify!($name);
            fn trace<V: Visitor>(&self, visitor: &mut V) {
                self.0.trace(visitor);
            }
        }

        static $shape: TypedShape<$name> = {
            static DESC: TypeDesc = TypeDesc::of::<$name>();
            // SAFETY: `DESC` is made for the same type.
            unsafe { TypedShape::new(&DESC) }
        };

        impl $name {
            #[inline(always)]
            fn of(value: &Value) -> &Object<Self> {
                Object::of(value, &$shape).expect("a holder")
            }

            #[inline(always)]
            fn edit<R>(th: &mut Thread, value: &Value, change: impl FnOnce(Edit<'_, $container>) -> R) -> R {
                let mut section = Exclusive::open(th, Self::of(value));
                change(Edit::new(&mut section, |holder| &holder.0))
            }
        }
    };
}
holder!(List, Items, LIST);
holder!(Map, Dict, MAP);
holder!(Bag, Set, BAG);

/// Hashes that are given.
#[derive(Default)]
struct Given(u64);

impl Hasher for Given {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

type Beside = HashMap<u64, u64, BuildHasherDefault<Given>>;

/// How many keys a table has.
const KEYS: usize = 100;

fn hash(key: usize) -> i64 {
    (key as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) as i64
}

fn differ(_: &Value) -> Match {
    Match::Different
}

/// Measures every row and prints the table.
pub fn run(effort: Effort) -> Result<(), Failure> {
    let mut table = Table::new();
    let world = Memory::new_world(false);
    let mut thread = world.register().expect("a first thread");
    for (name, compared) in [
        ("list: append an int, 1000 times, from empty / Vec", push(effort, &mut thread, 0)),
        ("list: append an int where there is room / Vec", push(effort, &mut thread, 1000)),
        ("list: borrow an item / Vec", read(effort, &mut thread)),
    ] {
        table.ratio(name, compared, Target::AtMost(1.5));
    }
    for (name, compared) in [
        ("dict: insert 100 keys into an empty one / HashMap", insert(effort, &mut thread)),
        ("dict: borrow a value by its key / HashMap", get(effort, &mut thread)),
        ("dict: replace a value by its key / HashMap", replace(effort, &mut thread)),
        ("set: add 100 keys to an empty one / HashMap", add(effort, &mut thread)),
    ] {
        table.ratio(name, compared, Target::None);
    }
    drop(thread);
    shared(effort, &mut table)?;
    table.print();
    Ok(())
}

fn push(effort: Effort, th: &mut Thread, room: usize) -> Compared {
    let operations = 1000;
    let fresh = |th: &mut Thread| {
        LIST.allocate(th, List(Items::with_capacity(room).expect("memory"))).expect("memory")
    };
    compare(
        effort.pick(2000, 3),
        operations,
        || {
            let list = fresh(th);
            time(|| {
                for i in 0..operations as i64 {
                    let item = black_box(Value::from_int(i).expect("a small int"));
                    let _ = List::edit(th, &list, |l| l.push(item));
                }
            })
        },
        || {
            let mut list = Vec::with_capacity(room);
            time(|| (0..operations as u64).for_each(|i| black_box(&mut list).push(black_box(i))))
        },
    )
}

fn read(effort: Effort, th: &mut Thread) -> Compared {
    let operations = 1000;
    let items = (0..operations as i64).map(|i| Value::from_int(i).expect("a small int")).collect();
    let list = LIST.allocate(th, List(Items::from_vec(items).expect("memory"))).expect("memory");
    let beside: Vec<u64> = (0..operations as u64).collect();
    compare(
        effort.pick(2000, 3),
        operations,
        || {
            time(|| {
                for i in 0..operations {
                    let object = List::of(black_box(&list));
                    black_box(object.payload().0.borrow(th, object.header(), i));
                }
            })
        },
        || time(|| (0..operations).for_each(|i| _ = black_box(black_box(&beside).get(i)))),
    )
}

fn leaves(th: &mut Thread) -> Vec<Value> {
    (0..KEYS as u64).map(|i| new_leaf(th, i).expect("memory")).collect()
}

fn int(value: usize) -> Value {
    Value::from_int(value as i64).expect("a small int")
}

/// Looks without the lock; what was displaced goes after it.
#[inline(always)]
fn store(th: &mut Thread, map: &Value, key: usize, keys: &[Value]) {
    let found = Map::of(map).payload().0.lookup(th, hash(key), &keys[key], differ).found();
    if let Some(at) = found
        && let Ok(displaced) = Map::edit(th, map, |m| m.set(at, int(key)))
    {
        return drop(displaced);
    }
    drop(Map::edit(th, map, |m| match m.lookup(hash(key), &keys[key], differ) {
        Lookup::Found(at) => m.set(at, int(key)).ok(),
        _ => m.insert(hash(key), keys[key].clone(), int(key)).map(|_| None).expect("memory"),
    }));
}

fn filled(th: &mut Thread, keys: &[Value]) -> Value {
    let map = MAP.allocate(th, Map(Dict::new())).expect("memory");
    (0..KEYS).for_each(|key| store(th, &map, key, keys));
    map
}

fn beside() -> Beside {
    (0..KEYS).map(|key| (hash(key) as u64, key as u64)).collect()
}

fn insert(effort: Effort, th: &mut Thread) -> Compared {
    let keys = leaves(th);
    compare(
        effort.pick(5000, 3),
        KEYS,
        || {
            let map = MAP.allocate(th, Map(Dict::new())).expect("memory");
            time(|| (0..KEYS).for_each(|key| store(th, &map, black_box(key), &keys)))
        },
        || {
            let mut map = Beside::default();
            time(|| (0..KEYS).for_each(|key| _ = map.insert(hash(black_box(key)) as u64, key as u64)))
        },
    )
}

#[inline(always)]
fn look(th: &Thread, map: &Value, key: usize, keys: &[Value]) {
    let object = Map::of(map);
    let found = object.payload().0.borrow(th, object.header(), hash(key), &keys[key], differ).found();
    if let Some(found) = black_box(found) {
        found.release();
    }
}

fn get(effort: Effort, th: &mut Thread) -> Compared {
    let keys = leaves(th);
    let (map, beside) = (filled(th, &keys), beside());
    compare(
        effort.pick(5000, 3),
        KEYS,
        || time(|| (0..KEYS).for_each(|key| look(th, black_box(&map), black_box(key), &keys))),
        || {
            time(|| {
                let map = black_box(&beside);
                (0..KEYS).for_each(|key| _ = black_box(map.get(&(hash(black_box(key)) as u64))));
            })
        },
    )
}

fn replace(effort: Effort, th: &mut Thread) -> Compared {
    let keys = leaves(th);
    let (map, mut beside) = (filled(th, &keys), beside());
    compare(
        effort.pick(5000, 3),
        KEYS,
        || time(|| (0..KEYS).for_each(|key| store(th, &map, black_box(key), &keys))),
        || time(|| (0..KEYS).for_each(|key| _ = beside.insert(hash(black_box(key)) as u64, key as u64))),
    )
}

fn add(effort: Effort, th: &mut Thread) -> Compared {
    let keys = leaves(th);
    compare(
        effort.pick(5000, 3),
        KEYS,
        || {
            let set = BAG.allocate(th, Bag(Set::new())).expect("memory");
            time(|| {
                for key in 0..KEYS {
                    let key = black_box(key);
                    Bag::edit(th, &set, |s| match s.lookup(hash(key), &keys[key], differ) {
                        Lookup::Found(_) => {}
                        _ => drop(s.add(hash(key), keys[key].clone())),
                    });
                }
            })
        },
        || {
            let mut map = Beside::default();
            time(|| (0..KEYS).for_each(|key| _ = map.insert(hash(black_box(key)) as u64, key as u64)))
        },
    )
}

/// One dict, read and written by one thread and by two, with both attached.
fn shared(effort: Effort, table: &mut Table) -> Result<(), Failure> {
    const READ: usize = 0;
    let passes = effort.pick(2000, 3);
    let handout = Handout::new(2);
    let mut times = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
    with_team(
        2,
        |thread, index| {
            handout.share(thread, index, |thread| {
                let mut values = leaves(thread);
                let map = filled(thread, &values);
                values.push(map);
                values
            })
        },
        |thread: &mut Thread, values: &mut Vec<Value>, _, kind| {
            let (map, keys) = values.split_last().expect("the dict comes last");
            for _ in 0..passes {
                for key in 0..KEYS {
                    if kind == READ { look(thread, map, key, keys) } else { store(thread, map, key, keys) }
                }
            }
        },
        |team| {
            for _ in 0..effort.pick(50, 2) {
                for (kind, times) in times.iter_mut().enumerate() {
                    for (members, times) in [1, 2].into_iter().zip(times) {
                        times.push(nanoseconds_each(team.run(members, kind), passes * KEYS));
                    }
                }
            }
        },
    )?;
    for (name, times) in
        ["shared dict: borrow a value", "shared dict: replace a value"].into_iter().zip(times)
    {
        let [one, two] = times.map(best_tenth);
        let throughput = 2.0 * one / two;
        let shown = format!("{one:.2} ns, with two threads {two:.2} ns");
        table.row(&format!("{name} / throughput of two"), &shown, "", throughput, " x", Target::None);
    }
    Ok(())
}
