//! Making and giving up one more reference.
//!
//! Of 64 objects in turn, and of one again and again. The latter is a chain through one memory word, whose length the
//! processor's forwarding of stores decides; it says little about either side.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use memory::{Memory, Value, publish};
use mock::new_leaf;
use threads::Thread;

use crate::Failure;
use crate::measure::{Effort, compare, time};
use crate::table::{Table, Target};
use crate::team::with_team;

const OBJECTS: usize = 64;

/// Private objects, alone; shared ones with a second thread attached.
pub fn measure(effort: Effort, table: &mut Table) -> Result<(), Failure> {
    {
        let world = Memory::new_world(false);
        let mut thread = world.register().expect("a first thread");
        let values = leaves(&mut thread, OBJECTS);
        let name = "count, release a private object / Arc";
        table.ratio(name, against_arc(effort, &values), Target::AtMost(0.35));
        table.ratio("  one again and again", against_arc(effort, &values[..1]), Target::None);
    }
    with_team(
        2,
        |_, _| (),
        |_: &mut Thread, (): &mut (), _, _| {},
        |team| {
            team.alone(|thread, ()| {
                let values = leaves(thread, OBJECTS);
                let name = "  private, with a second thread attached";
                table.ratio(name, against_arc(effort, &values), Target::AtMost(0.35));
                values.iter().for_each(publish);
                let name = "count, release a shared object by its owner / Arc";
                table.ratio(name, against_arc(effort, &values), Target::AtMost(0.6));
                table.ratio("  one again and again", against_arc(effort, &values[..1]), Target::None);
            });
        },
    )?;
    foreign(effort, table)
}

/// Objects that the second member made and published.
fn foreign(effort: Effort, table: &mut Table) -> Result<(), Failure> {
    let (send, receive) = std::sync::mpsc::channel();
    with_team(
        2,
        |_, _| send.clone(),
        |thread: &mut Thread, send: &mut std::sync::mpsc::Sender<_>, index, _| {
            if index == 1 {
                for value in leaves(thread, OBJECTS) {
                    // The coordinator receives until the team is over.
                    let _ = send.send((memory::Published::new(value.clone()), memory::Published::new(value)));
                }
            }
        },
        |team| {
            let _ = team.run(2, 0);
            let (values, kept): (Vec<Value>, Vec<Value>) =
                receive.try_iter().map(|(a, b)| (a.into_value(), b.into_value())).unzip();
            let name = "  shared, by a thread that does not own it";
            table.ratio(name, against_arc(effort, &values), Target::None);
            team.alone(|_, _| drop((values, kept)));
        },
    )
}

fn leaves(thread: &mut Thread, count: usize) -> Vec<Value> {
    (0..count as u64).map(|i| new_leaf(thread, i).expect("memory")).collect()
}

fn against_arc(effort: Effort, values: &[Value]) -> crate::measure::Compared {
    let passes = effort.pick(6400, 64) / values.len();
    let arcs: Vec<Arc<u64>> = (0..values.len() as u64).map(Arc::new).collect();
    compare(
        effort.pick(400, 3),
        passes * values.len(),
        || count_values(values, passes),
        || count_arcs(&arcs, passes),
    )
}

#[inline(never)]
fn count_values(values: &[Value], passes: usize) -> Duration {
    time(|| {
        for _ in 0..passes {
            for value in values {
                drop(black_box(value.clone()));
            }
        }
    })
}

#[inline(never)]
fn count_arcs(arcs: &[Arc<u64>], passes: usize) -> Duration {
    time(|| {
        for _ in 0..passes {
            for arc in arcs {
                drop(black_box(Arc::clone(arc)));
            }
        }
    })
}
