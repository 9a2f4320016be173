//! `weft-bench scaling`: the throughput of n threads relative to that of one.
//!
//! All threads stay attached throughout, so one thread is measured in the same mode as many. The collector is switched
//! off: threads that wait for their turn would delay its stops.

use std::hint::black_box;
use std::thread as os;

use memory::{Value, collector};
use mock::{list_push, new_leaf, new_list, new_pair, pair_of};
use threads::Thread;

use crate::Failure;
use crate::measure::{Effort, best_tenth};
use crate::table::{Table, Target};
use crate::team::{Handout, with_team};

const MEMBERS: [usize; 5] = [1, 2, 4, 8, 16];
const HOLDERS: usize = 64;

/// The kinds of round, by name.
const KINDS: [&str; 2] = ["private: allocate, link, append, drop", "shared: read slots, borrowed"];
const PRIVATE: usize = 0;

/// Measures and prints.
pub fn run(effort: Effort) -> Result<(), Failure> {
    let cores = os::available_parallelism().map_or(1, usize::from);
    println!(
        "Scaling, {cores} cores{}",
        if effort == Effort::Quick { ", quick: no figure counts" } else { "" }
    );
    let most = MEMBERS[MEMBERS.len() - 1];
    let (private, reads) = (effort.pick(10_000, 100), effort.pick(300_000, 1_000));
    let handout = Handout::new(most);
    // Seconds, by kind and number of members.
    let mut times = [const { [const { Vec::new() }; MEMBERS.len()] }; KINDS.len()];
    with_team(
        most,
        |thread, index| handout.share(thread, index, make_holders),
        |thread: &mut Thread, holders: &mut Vec<Value>, _, kind| {
            if kind == PRIVATE { work_privately(thread, private) } else { read(thread, holders, reads) }
        },
        |team| {
            team.alone(|thread, _| collector::set_enabled(thread, false));
            for _ in 0..effort.pick(80, 1) {
                for (kind, times) in times.iter_mut().enumerate() {
                    for (members, times) in MEMBERS.into_iter().zip(times) {
                        times.push(team.run(members, kind).as_secs_f64());
                    }
                }
            }
        },
    )?;
    let mut table = Table::new();
    for ((kind, times), operations) in KINDS.into_iter().zip(&times).zip([private, reads]) {
        for (members, of_many) in MEMBERS.into_iter().zip(times) {
            let (one, many) = (best_tenth(times[0].clone()), best_tenth(of_many.clone()));
            let throughput = members as f64 * one / many;
            let each = many * 1e9 / operations as f64;
            let name = format!("{kind}, {members} thread(s)");
            // More threads than cores cannot be expected to do more.
            let target = if members <= cores { Target::AtLeast(0.95 * members as f64) } else { Target::None };
            table.row(&name, &format!("{each:.2} ns each"), "", throughput, " x", target);
        }
    }
    table.print();
    Ok(())
}

fn make_holders(thread: &mut Thread) -> Vec<Value> {
    let make = |i| {
        let leaf = new_leaf(thread, i).expect("memory");
        new_pair(thread, Some(leaf), None).expect("memory")
    };
    (0..HOLDERS as u64).map(make).collect()
}

/// What a thread does with objects that it keeps to itself: a list of linked pairs, made and dropped.
fn work_privately(thread: &mut Thread, objects: usize) {
    const LIST: usize = 100;
    for _ in 0..objects / LIST {
        let list = new_list(thread).expect("memory");
        let mut last: Option<Value> = None;
        for i in 0..LIST as u64 {
            let leaf = new_leaf(thread, i).expect("memory");
            let pair = new_pair(thread, last.take(), Some(leaf)).expect("memory");
            last = Some(pair.clone());
            list_push(thread, &list, pair);
        }
        drop(black_box(list));
        let _ = thread.poll();
    }
}

fn read(thread: &mut Thread, holders: &[Value], reads: usize) {
    let pairs: Vec<_> = holders.iter().filter_map(pair_of).collect();
    for _ in 0..reads / HOLDERS {
        for pair in &pairs {
            black_box(pair.payload().first.borrow(thread, pair.header()).word());
        }
        let _ = thread.poll();
    }
}
