//! Collecting cycles, beside CPython's `gc.collect()` on the same graph.
//!
//! The graph: rings of nodes with two references each, to the next and to the one before. In CPython a node is an
//! instance of a class with two `__slots__`. CPython runs as a subprocess that measures one collection for each line
//! it reads, so the two sides alternate as everywhere else; both time the whole call, clearing of garbage included.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use memory::{Memory, Value, collector};
use mock::{new_pair, pair_of};
use threads::Thread;

use crate::Failure;
use crate::measure::{Effort, median, time};
use crate::table::{Table, Target};

const RING: usize = 100;

const SCRIPT: &str = "
import gc, sys, time
class Node:
    __slots__ = ('a', 'b')
def rings(nodes, size):
    held = []
    for _ in range(nodes // size):
        first = last = Node()
        held.append(first)
        for _ in range(size - 1):
            node = Node()
            last.a, node.b = node, last
            last = node
        last.a, first.b = first, last
    return held
gc.collect()
gc.disable()
for line in sys.stdin:
    kind, nodes, size = line.split()
    held = rings(int(nodes), int(size))
    if kind == 'garbage':
        held = None
    begun = time.perf_counter_ns()
    found = gc.collect()
    elapsed = time.perf_counter_ns() - begun
    assert (found >= int(nodes)) == (kind == 'garbage'), found
    held = None
    gc.collect()
    print(elapsed, flush=True)
";

/// A live graph and a dead one.
pub fn measure(effort: Effort, table: &mut Table, python: Option<&str>) -> Result<(), Failure> {
    let nodes = effort.pick(300_000, 3_000);
    let mut python = python.map(Python::start).transpose()?;
    let world = Memory::new_world(false);
    let mut thread = world.register().expect("a first thread");
    let _ = collector::set_enabled(&thread, false);
    for (kind, live) in [("live", true), ("garbage", false)] {
        let (mut ours, mut pauses, mut theirs, mut ratios) = (vec![], vec![], vec![], vec![]);
        for _ in 0..effort.pick(15, 2) {
            let (took, pause) = collect(&mut thread, nodes, live)?;
            ours.push(took);
            pauses.push(pause);
            if let Some(python) = &mut python {
                let beside = python.collect(kind, nodes)?;
                theirs.push(beside);
                ratios.push(took / beside);
            }
        }
        let name = format!("collect {nodes} nodes in rings of {RING}, all {kind} / CPython (two __slots__)");
        let (shown, beside) = (format!("{:.2} ms", median(ours)), format!("{:.2} ms", median(theirs)));
        let beside = if python.is_some() { beside } else { String::new() };
        table.row(&name, &shown, &beside, median(ratios), "", Target::AtMost(1.0));
        table.note("  of which the world is stopped", &format!("{:.2} ms", median(pauses)), "");
    }
    Ok(())
}

fn rings(thread: &mut Thread, nodes: usize) -> Vec<Value> {
    (0..nodes / RING).map(|_| ring(thread)).collect()
}

fn ring(thread: &mut Thread) -> Value {
    let node = |thread: &mut Thread| new_pair(thread, None, None).expect("memory");
    let first = node(thread);
    let mut last = first.clone();
    for _ in 1..RING {
        let next = node(thread);
        link(thread, &last, &next);
        last = next;
    }
    link(thread, &last, &first);
    first
}

fn link(thread: &Thread, from: &Value, to: &Value) {
    let (before, after) = (pair_of(from).expect("a pair"), pair_of(to).expect("a pair"));
    drop(before.payload().first.replace(thread, before.header(), Some(to.clone())));
    drop(after.payload().second.replace(thread, after.header(), Some(from.clone())));
}

/// Milliseconds of one collection, and of its pause.
fn collect(thread: &mut Thread, nodes: usize, live: bool) -> Result<(f64, f64), Failure> {
    let held = rings(thread, nodes);
    let held = live.then_some(held);
    let mut collected = None;
    let took = time(|| collected = collector::collect(thread));
    let collected = collected.ok_or("a collection was under way")?;
    let expected = if live { 0 } else { nodes };
    if collected.freed != expected {
        return Err(format!("the collector freed {} of {nodes} nodes, not {expected}", collected.freed));
    }
    drop(held);
    let _ = collector::collect(thread);
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
    Ok((milliseconds(took), milliseconds(Duration::from_nanos(collected.pause_ns))))
}

/// A CPython that collects on demand.
struct Python {
    child: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    fn start(path: &str) -> Result<Self, Failure> {
        let failed = |error| format!("{path}: {error}");
        let mut command = Command::new(path);
        command.args(["-S", "-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let commands = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Ok(Self { child, commands, answers })
    }

    /// Milliseconds of one collection.
    fn collect(&mut self, kind: &str, nodes: usize) -> Result<f64, Failure> {
        let commands = self.commands.as_mut().expect("taken by drop alone");
        writeln!(commands, "{kind} {nodes} {RING}").map_err(|error| format!("python: {error}"))?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer).map_err(|error| format!("python: {error}"))?;
        let nanoseconds: f64 = answer.trim().parse().map_err(|_| format!("python said {answer:?}"))?;
        Ok(nanoseconds / 1e6)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        drop(self.commands.take()); // the end of its input ends it
        let _ = self.child.wait();
    }
}
