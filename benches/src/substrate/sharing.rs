//! Slots that several threads read and write.

use std::hint::black_box;
use std::sync::{Arc, Mutex};

use memory::Value;
use mock::{new_leaf, new_pair, pair_of};
use threads::Thread;
use threads::sync::atomic::{AtomicU64, Ordering};

use crate::Failure;
use crate::measure::{Effort, best_tenth, nanoseconds_each};
use crate::table::{Table, Target};
use crate::team::{Handout, with_team};

/// Pairs whose first slots are read in turn.
const HOLDERS: usize = 64;

// The kinds of round.
const BORROW: usize = 0;
const COUNT_ARC: usize = 1;
const WRITE_INT: usize = 2;
const SWAP_INT: usize = 3;
const WRITE_OBJECT: usize = 4;
const REPLACE_ARC: usize = 5;
const KINDS: usize = 6;

/// Times of one kind of round: by one member, and by two.
type Times = [Vec<f64>; 2];

/// A member's view of what all work on.
struct Member {
    /// Holders to read from, and at the end one to write to.
    holders: Vec<Value>,
    /// A shared leaf of its own to write.
    leaf: Value,
}

/// What the other side works on.
struct Others {
    arcs: Vec<Arc<u64>>,
    word: AtomicU64,
    arc: Mutex<Arc<u64>>,
}

/// Reads and writes by one thread and by two.
pub fn measure(effort: Effort, table: &mut Table) -> Result<(), Failure> {
    let operations = effort.pick(256_000, 640);
    let rounds = effort.pick(100, 2);
    let handout = Handout::new(2);
    let others = Others {
        arcs: (0..HOLDERS as u64).map(Arc::new).collect(),
        word: AtomicU64::new(0),
        arc: Mutex::new(Arc::new(0)),
    };
    let mut times: Vec<Times> = vec![Times::default(); KINDS];
    with_team(
        2,
        |thread, index| {
            let holders = handout.share(thread, index, make_holders);
            let leaf = new_leaf(thread, index as u64).expect("memory");
            memory::publish(&leaf);
            Member { holders, leaf }
        },
        |thread: &mut Thread, member: &mut Member, index, kind| match kind {
            BORROW => borrow(thread, member, operations),
            COUNT_ARC => count_arcs(&others, operations),
            WRITE_INT => write(thread, member, operations, |i| Value::from_int(i).expect("a small int")),
            SWAP_INT => swap(&others, operations),
            WRITE_OBJECT => {
                let leaf = member.leaf.clone();
                write(thread, member, operations, |_| leaf.clone());
            }
            _ => replace_arc(&others, &Arc::new(index as u64), operations),
        },
        |team| {
            for _ in 0..rounds {
                for (kind, times) in times.iter_mut().enumerate() {
                    for (members, times) in [1, 2].into_iter().zip(times) {
                        times.push(nanoseconds_each(team.run(members, kind), operations));
                    }
                }
            }
        },
    )?;
    report(&times, table);
    Ok(())
}

fn make_holders(thread: &mut Thread) -> Vec<Value> {
    let make = |i| {
        let leaf = new_leaf(thread, i).expect("memory");
        new_pair(thread, Some(leaf), None).expect("memory")
    };
    (0..=HOLDERS as u64).map(make).collect()
}

fn borrow(thread: &Thread, member: &Member, operations: usize) {
    let pairs: Vec<_> = member.holders.iter().filter_map(pair_of).take(HOLDERS).collect();
    for _ in 0..operations / HOLDERS {
        for pair in &pairs {
            let reference = pair.payload().first.borrow(thread, pair.header());
            debug_assert!(reference.is_borrowed());
            black_box(reference.word());
        }
    }
}

fn count_arcs(others: &Others, operations: usize) {
    for _ in 0..operations / HOLDERS {
        for arc in &others.arcs {
            drop(black_box(Arc::clone(arc)));
        }
    }
}

fn write(thread: &Thread, member: &Member, operations: usize, value: impl Fn(i64) -> Value) {
    let target = member.holders.last().and_then(pair_of).expect("the last holder is a pair");
    for i in 0..operations as i64 {
        drop(target.payload().second.replace(thread, target.header(), Some(value(i))));
    }
}

fn swap(others: &Others, operations: usize) {
    for i in 0..operations as u64 {
        // SeqCst: what is promised for shared slots.
        black_box(others.word.swap(i, Ordering::SeqCst));
    }
}

fn replace_arc(others: &Others, own: &Arc<u64>, operations: usize) {
    for _ in 0..operations {
        let new = Arc::clone(own);
        let old = std::mem::replace(&mut *others.arc.lock().expect("nobody panics with it"), new);
        drop(old);
    }
}

fn report(times: &[Times], table: &mut Table) {
    let ns = |kind: usize, members: usize| best_tenth(times[kind][members - 1].clone());
    // Of two members with the same work each, relative to one.
    let throughput = |kind: usize| 2.0 * ns(kind, 1) / ns(kind, 2);
    for members in [1, 2] {
        let name = format!("read a shared slot, borrowed, {members} thread(s) / Arc clone and drop");
        let (ours, theirs) = (ns(BORROW, members), ns(COUNT_ARC, members));
        let (shown, beside) = (format!("{ours:.2} ns"), format!("{theirs:.2} ns"));
        table.row(&name, &shown, &beside, ours, " ns", Target::AtMost(2.0));
    }
    let (ours, theirs) = (throughput(BORROW), throughput(COUNT_ARC));
    let (shown, beside) = (format!("{ours:.2} x"), format!("{theirs:.2} x"));
    table.row("  throughput of 2 threads to that of 1", &shown, &beside, ours, " x", Target::AtLeast(1.9));
    for (name, ours, theirs) in [
        ("an int to a shared slot / atomic exchange", WRITE_INT, SWAP_INT),
        ("an object to a shared slot / Arc in a Mutex", WRITE_OBJECT, REPLACE_ARC),
    ] {
        for members in [1, 2] {
            let name = format!("write {name}, {members} thread(s)");
            let (ours, theirs) = (ns(ours, members), ns(theirs, members));
            let (shown, beside) = (format!("{ours:.2} ns"), format!("{theirs:.2} ns"));
            table.row(&name, &shown, &beside, ours / theirs, "", Target::None);
        }
    }
}
