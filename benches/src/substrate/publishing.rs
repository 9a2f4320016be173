//! Publishing a tree.

use memory::{Memory, Value, publish};
use mock::new_pair;
use threads::Thread;

use crate::Failure;
use crate::measure::{Effort, best_tenth, nanoseconds_each, time};
use crate::table::{Table, Target};

/// A binary tree of pairs, made from its leaves up, as a program that builds one would.
pub fn tree(thread: &mut Thread, depth: usize) -> Value {
    if depth == 0 {
        return new_pair(thread, None, None).expect("memory");
    }
    let first = tree(thread, depth - 1);
    let second = tree(thread, depth - 1);
    new_pair(thread, Some(first), Some(second)).expect("memory")
}

/// Publication of a million pairs.
pub fn measure(effort: Effort, table: &mut Table) -> Result<(), Failure> {
    let depth = effort.pick(19, 10);
    let objects = (2 << depth) - 1;
    let world = Memory::new_world(false);
    let mut thread = world.register().map_err(|error| format!("{error:?}"))?;
    let _ = memory::collector::set_enabled(&thread, false);
    let times = (0..effort.pick(15, 2)).map(|_| {
        let root = tree(&mut thread, depth);
        nanoseconds_each(time(|| publish(&root)), objects)
    });
    let each = best_tenth(times.collect());
    let name = format!("publish a tree of {objects} pairs, each");
    table.row(&name, &format!("{each:.2} ns"), "", each, " ns", Target::AtMost(15.0));
    Ok(())
}
