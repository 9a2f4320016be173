//! Two threads that make shared objects for each other to drop: how much memory waits to be freed.
//!
//! Runs in a process of its own, for the peak of resident memory is a process's, and memory that an earlier row has
//! left to the allocator would hide growth.

use std::sync::Arc as StdArc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread as os;
use std::time::Instant;

use memory::{Memory, Published};
use mock::new_leaf;
use threads::sync::Arc;
use threads::{Thread, Token};

use crate::Failure;
use crate::measure::Effort;
use crate::pin::Pin;
use crate::table::{Table, Target};

/// Objects handed over at once.
const BATCH: usize = 256;
/// Batches on their way in each direction.
const CHANNEL: usize = 16;
/// Mebibytes by which resident memory may grow.
const GROWTH_MIB: f64 = 64.0;

/// Starts this program again for each side.
pub fn measure(effort: Effort, table: &mut Table) -> Result<(), Failure> {
    let count = effort.pick(10_000_000, 20_000);
    let (ours, theirs) = (child("weft", count)?, child("arc", count)?);
    let name = format!("{count} shared objects made and dropped crosswise / Arc, each");
    let (shown, beside) = (format!("{:.1} ns", ours.ns_each), format!("{:.1} ns", theirs.ns_each));
    table.row(&name, &shown, &beside, ours.ns_each / theirs.ns_each, "", Target::None);
    let (shown, beside) = (format!("{:.1} MiB", ours.growth_mib), format!("{:.1} MiB", theirs.growth_mib));
    let target = Target::AtMost(GROWTH_MIB);
    table.row("  peak growth of resident memory", &shown, &beside, ours.growth_mib, " MiB", target);
    Ok(())
}

struct Outcome {
    ns_each: f64,
    growth_mib: f64,
}

fn child(side: &str, count: usize) -> Result<Outcome, Failure> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = std::process::Command::new(program);
    let output = command.args(["exchange", side, &count.to_string()]).output();
    let output = output.map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("exchange {side}: {}: {said}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut figures = text.split_whitespace().map(str::parse::<f64>);
    match (figures.next(), figures.next()) {
        (Some(Ok(ns_each)), Some(Ok(growth_mib))) => Ok(Outcome { ns_each, growth_mib }),
        _ => Err(format!("exchange {side} said {text:?}")),
    }
}

/// The child: prints nanoseconds for each object, and the growth in mebibytes (NaN where it cannot be told).
pub fn run_child(arguments: &[String]) -> Result<(), Failure> {
    let [side, count] = arguments else { return Err("exchange weft|arc COUNT".to_owned()) };
    let count: usize = count.parse().map_err(|_| format!("{count}: not a number"))?;
    let before = resident_kib("VmRSS:");
    let begun = Instant::now();
    match side.as_str() {
        "weft" => exchange_objects(count),
        "arc" => exchange_arcs(count),
        _ => return Err(format!("{side}: neither weft nor arc")),
    }
    let ns_each = begun.elapsed().as_nanos() as f64 / count as f64;
    let growth_mib = match (before, resident_kib("VmHWM:")) {
        (Some(before), Some(peak)) => (peak - before) / 1024.0,
        _ => f64::NAN,
    };
    println!("{ns_each} {growth_mib}");
    Ok(())
}

/// A figure of this process, in kibibytes, where the system tells it.
fn resident_kib(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Sends `batches` batches and drops what comes in, until both directions are over.
///
/// `thread` is what one side needs for its steps and the other does without.
fn exchange<C, T>(
    thread: &mut C,
    batches: usize,
    make: impl Fn(&mut C) -> Vec<T>,
    receive: impl Fn(Vec<T>),
    poll: impl Fn(&mut C),
    send: SyncSender<Vec<T>>,
    incoming: &Receiver<Vec<T>>,
) {
    let mut send = Some(send);
    let mut waiting = None;
    let mut left = batches;
    let mut open = true;
    while open || send.is_some() {
        poll(thread);
        let mut idle = true;
        if let Some(sender) = &send {
            if waiting.is_none() && left > 0 {
                left -= 1;
                waiting = Some(make(thread));
            }
            match waiting.take().map(|batch| sender.try_send(batch)) {
                Some(Ok(())) => idle = false,
                Some(Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch))) => {
                    waiting = Some(batch)
                }
                None => send = None, // the other side's end
            }
        }
        match incoming.try_recv() {
            Ok(batch) => {
                receive(batch);
                idle = false;
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => open = false,
        }
        if idle {
            os::yield_now();
        }
    }
}

fn exchange_objects(count: usize) {
    let world = Memory::new_world(false);
    let make = |thread: &mut Thread| {
        (0..BATCH as u64).map(|i| Published::new(new_leaf(thread, i).expect("memory"))).collect()
    };
    let receive = |batch: Vec<Published>| batch.into_iter().for_each(|object| drop(object.into_value()));
    let poll = |thread: &mut Thread| {
        let _ = thread.poll();
    };
    let work = |mut thread: Token, send, incoming| {
        exchange(&mut *thread, count / 2 / BATCH, make, receive, poll, send, &incoming);
    };
    let (to_second, from_first) = sync_channel(CHANNEL);
    let (to_first, from_second) = sync_channel(CHANNEL);
    os::scope(|scope| {
        let worker = Arc::clone(&world);
        let work = &work;
        scope.spawn(move || {
            let _pin = Pin::new(1);
            work(worker.register().expect("an id"), to_first, from_first);
        });
        let _pin = Pin::new(0);
        work(world.register().expect("an id"), to_second, from_second);
    });
}

fn exchange_arcs(count: usize) {
    let work = |send, incoming: Receiver<_>| {
        let make = |(): &mut ()| (0..BATCH as u64).map(|i| StdArc::new([i; 2])).collect();
        let receive = drop::<Vec<StdArc<[u64; 2]>>>;
        exchange(&mut (), count / 2 / BATCH, make, receive, |()| (), send, &incoming);
    };
    let (to_second, from_first) = sync_channel(CHANNEL);
    let (to_first, from_second) = sync_channel(CHANNEL);
    os::scope(|scope| {
        let work = &work;
        scope.spawn(move || {
            let _pin = Pin::new(1);
            work(to_first, from_first);
        });
        let _pin = Pin::new(0);
        work(to_second, from_second);
    });
}
