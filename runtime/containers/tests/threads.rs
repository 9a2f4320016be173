//! Several threads read and change one list, one dict and one set: what is found is alive and belongs there, and in the
//! end nothing is lost and nothing is left.

mod common;

use std::thread as os;

use common::{BAG, Bag, LIST, List, MAP, Map, Random, assert_all_gone, int, node};
use containers::dict::{Dict, Lookup};
use containers::list::Items;
use containers::set::Set;
use containers::{At, Match};
use memory::{Memory, Object, Published, StackRef, Value};
use mock::{Node, Tally, new_node, node_of};
use threads::Thread;
use threads::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use threads::sync::{Arc, Mutex};

const THREADS: usize = 3;
const STEPS: usize = if cfg!(debug_assertions) { 150_000 } else { 1_000_000 };
const KEYS: usize = 40;

/// Touches what a borrowed or counted reference leads to.
fn look(found: StackRef) -> Option<u64> {
    let object = found.object()?;
    // SAFETY: borrowed since this thread's last refresh, or counted by `found`; all objects here are nodes.
    let node = unsafe { object.cast::<Object<Node>>().as_ref() }.payload();
    node.assert_alive();
    let serial = node.serial;
    found.release();
    Some(serial)
}

fn with_serial(th: &mut Thread, tally: &Arc<Tally>, serial: u64) -> Value {
    new_node(th, tally, mock::NodeOptions { serial, ..Default::default() }).expect("memory")
}

fn differ(_: &Value) -> Match {
    Match::Different
}

/// Keys share hashes, so that chains are long.
fn hash(key: usize) -> i64 {
    (key % 11) as i64
}

struct World {
    list: Value,
    map: Value,
    bag: Value,
    tally: Arc<Tally>,
}

impl World {
    fn step_list(&self, th: &mut Thread, random: &mut Random) {
        let object = List::of(&self.list);
        let items = &object.payload().0;
        let at = random.below(items.len() + 2);
        match random.below(16) {
            0..8 => _ = look(items.borrow(th, object.header(), at)),
            8 => {
                if let Some(value) = items.get(object.header(), at) {
                    node_of(&value).expect("a node").payload().assert_alive();
                }
            }
            9..12 => {
                let value = node(th, &self.tally);
                List::edit(th, &self.list, |l| l.insert(at, value)).expect("memory");
            }
            12..14 => drop(List::edit(th, &self.list, |l| l.pop(at))),
            14 => {
                let (mut values, taken) = List::edit(th, &self.list, |l| l.take_for_sort()).expect("memory");
                values.reverse();
                drop(List::edit(th, &self.list, |l| l.put_back(taken, values)));
            }
            _ if items.len() > 60 => drop(List::edit(th, &self.list, |l| l.clear())),
            _ => List::edit(th, &self.list, |l| l.reverse()),
        }
    }

    fn find(&self, th: &mut Thread, key: usize) -> Lookup<At> {
        Map::of(&self.map).payload().0.lookup(th, hash(key), &int(key as i64), differ)
    }

    fn step_map(&self, th: &mut Thread, random: &mut Random) {
        let object = Map::of(&self.map);
        let dict = &object.payload().0;
        let key = random.below(KEYS);
        let name = int(key as i64);
        match random.below(16) {
            0..9 => {
                let found = dict.borrow(th, object.header(), hash(key), &name, differ).found();
                if let Some(serial) = found.and_then(look) {
                    assert_eq!(serial as usize, key, "INV-DICT-2: the value of another key");
                }
            }
            9..13 => {
                let mut value = with_serial(th, &self.tally, key as u64);
                if object.header().is_shared() {
                    match dict.exchange(th, object.header(), hash(key), &name, value, differ) {
                        Ok(displaced) => return drop(displaced),
                        Err(other) => value = other,
                    }
                }
                drop(Map::edit(th, &self.map, |m| m.store(hash(key), &name, value, differ)));
            }
            13 => {
                let at = self.find(th, key).found();
                drop(at.and_then(|at| Map::edit(th, &self.map, |m| m.remove(at))));
            }
            14 => {
                let mut at = 0;
                while let Some(item) = dict.next_entry(th, object.header(), at) {
                    at = item.next;
                    let found = node_of(&item.value).expect("a node").payload();
                    found.assert_alive();
                    assert_eq!(item.key.as_int(), Some(found.serial as i64));
                }
            }
            _ if random.below(40) == 0 => drop(Map::edit(th, &self.map, |m| m.clear())),
            _ => drop(Map::edit(th, &self.map, |m| m.pop_last())),
        }
    }

    /// Each thread adds and removes keys of its own, and must find them as it left them.
    fn step_bag(&self, th: &mut Thread, random: &mut Random, mine: &mut [bool], thread: usize) {
        let which = random.below(mine.len());
        let key = int((which * THREADS + thread) as i64);
        let hash = which as i64 % 13;
        let at = Bag::of(&self.bag).payload().0.lookup(th, hash, &key, differ).found();
        assert_eq!(at.is_some(), mine[which], "INV-SET-3: a key of this thread alone");
        match (random.below(3), at) {
            (0, None) => Bag::edit(th, &self.bag, |b| b.add(hash, key)).expect("memory"),
            (1, Some(at)) => {
                // The table may have been replaced meanwhile.
                let removed = Bag::edit(th, &self.bag, |b| {
                    b.remove(at).or_else(|| b.remove(b.lookup(hash, &key, differ).found()?))
                });
                assert!(removed.is_some_and(|removed| removed.is(&key)));
            }
            _ => return,
        }
        mine[which] = !mine[which];
    }
}

/// Says that a thread is done, in case of a panic too: the others wait for it.
struct Leave<'a>(&'a AtomicUsize);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[test]
fn containers_keep_their_promises_to_several_threads() {
    let world = Memory::new_world(false);
    let tally = Arc::new(Tally::default());
    let handout: Mutex<Vec<[Published; 3]>> = Mutex::new(Vec::new());
    let (here, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    os::scope(|scope| {
        for thread in 0..THREADS {
            let (world, tally, handout, here, done) = (&world, &tally, &handout, &here, &done);
            scope.spawn(move || {
                let mut th = world.register().expect("an id");
                if thread == 0 {
                    let made = [
                        LIST.allocate(&th, List(Items::new())).expect("memory"),
                        MAP.allocate(&th, Map(Dict::new())).expect("memory"),
                        BAG.allocate(&th, Bag(Set::new())).expect("memory"),
                    ];
                    let copies = || made.clone().map(Published::new);
                    *handout.lock() = (0..THREADS).map(|_| copies()).collect();
                }
                here.fetch_add(1, SeqCst);
                let taken = loop {
                    let taken = handout.lock().pop();
                    if let Some(taken) = taken
                        && here.load(SeqCst) > 0
                    {
                        break taken;
                    }
                    let _ = th.poll();
                    os::yield_now();
                };
                while here.load(SeqCst) < THREADS {
                    let _ = th.poll();
                    os::yield_now();
                }
                let [list, map, bag] = taken.map(Published::into_value);
                let shared = World { list, map, bag, tally: Arc::clone(tally) };
                let leave = Leave(done);
                let mut random = Random(0x5EED + thread as u64 * 77);
                let mut mine = [false; 30];
                for _ in 0..STEPS {
                    match random.below(3) {
                        0 => shared.step_list(&mut th, &mut random),
                        1 => shared.step_map(&mut th, &mut random),
                        _ => shared.step_bag(&mut th, &mut random, &mut mine, thread),
                    }
                    if random.below(8) == 0 {
                        let _ = th.poll();
                    }
                    if random.below(64) == 0 {
                        memory::refresh(&mut th);
                    }
                }
                drop(shared);
                drop(leave);
                while done.load(SeqCst) < THREADS {
                    let _ = th.poll();
                    os::yield_now();
                }
                if thread == 0 {
                    assert_all_gone(&mut th, tally);
                }
            });
        }
    });
    assert_eq!(tally.alive(), 0, "INV-LIST-4, INV-DICT-5: a count was lost or doubled");
}
