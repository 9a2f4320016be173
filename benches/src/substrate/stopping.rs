//! How soon the world stops.

use std::hint::black_box;
use std::sync::mpsc;
use std::thread as os;
use std::time::{Duration, Instant};

use memory::Memory;
use threads::sync::Arc;
use threads::sync::atomic::{AtomicBool, Ordering::SeqCst};

use crate::Failure;
use crate::measure::{Effort, maximum, median};
use crate::table::Table;

/// Between two stops, in which the others get on with their work.
const PAUSE: Duration = Duration::from_micros(500);
/// Steps of work between two polls, about a hundred nanoseconds.
const WORK: u64 = 64;

/// Stops with one, two and eight other threads that work and poll.
pub fn measure(effort: Effort, table: &mut Table) -> Result<(), Failure> {
    for pollers in [1, 2, 8] {
        let times = stops(pollers, effort.pick(200, 5))?;
        let (median, maximum) = (median(times.clone()), maximum(&times));
        let name = format!("stop the world with {pollers} polling thread(s), median; maximum beside");
        table.note(&name, &format!("{median:.1} us"), &format!("{maximum:.1} us"));
    }
    Ok(())
}

/// Microseconds from the request to the stop.
fn stops(pollers: usize, count: usize) -> Result<Vec<f64>, Failure> {
    let world = Memory::new_world(false);
    let over = AtomicBool::new(false);
    let (here, all_here) = mpsc::channel();
    os::scope(|scope| {
        for _ in 0..pollers {
            let (world, over, here) = (Arc::clone(&world), &over, here.clone());
            scope.spawn(move || {
                let mut thread = world.register().expect("fewer threads than ids");
                let _ = here.send(());
                while !over.load(SeqCst) {
                    for step in 0..WORK {
                        black_box(step);
                    }
                    let _ = thread.poll();
                }
            });
        }
        let mut thread = world.register().expect("fewer threads than ids");
        for _ in 0..pollers {
            thread.detached(|| all_here.recv()).map_err(|error| error.to_string())?;
        }
        let mut times = Vec::new();
        for _ in 0..count {
            thread.detached(|| os::sleep(PAUSE));
            let begun = Instant::now();
            let stopped = thread.stop_the_world();
            times.push(begun.elapsed().as_secs_f64() * 1e6);
            drop(stopped);
        }
        over.store(true, SeqCst);
        drop(thread);
        Ok(times)
    })
}
