//! What happens when nothing does, or when something panics: the seed is printed, and the process ends.

use std::io::Write;
use std::time::{Duration, Instant};

use threads::sync::atomic::{AtomicU64, Ordering};
use threads::sync::thread;

/// The seed of the round that runs.
static SEED: AtomicU64 = AtomicU64::new(0);
/// Grows while threads get on.
static PROGRESS: AtomicU64 = AtomicU64::new(0);

/// The longest time without progress.
const PATIENCE: Duration = Duration::from_secs(60);

/// Notes that `count` operations were done.
pub fn note_progress(count: u64) {
    PROGRESS.fetch_add(count, Ordering::Relaxed); // a figure, not a protocol
}

/// Operations done so far.
pub fn progress() -> u64 {
    PROGRESS.load(Ordering::Relaxed)
}

/// Notes that the round with this seed begins.
pub fn note_round(seed: u64) {
    SEED.store(seed, Ordering::Relaxed);
}

/// Starts the watch: a thread that ends the process when there is no progress, and a hook that does so after a panic
/// (whose thread may be one that others wait for). `replay` is the command that replays a round, less its seed.
pub fn start(replay: String) {
    let before = std::panic::take_hook();
    let again = replay.clone();
    std::panic::set_hook(Box::new(move |panic| {
        before(panic);
        fail(&again, "a thread panicked");
    }));
    thread::spawn(move || {
        let (mut last, mut since) = (progress(), Instant::now());
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let now = progress();
            if now != last {
                (last, since) = (now, Instant::now());
            } else if since.elapsed() > PATIENCE {
                fail(&replay, "no progress for 60 s");
            }
        }
    });
}

/// Says which round failed and how to replay it, and aborts.
fn fail(replay: &str, what: &str) -> ! {
    let seed = SEED.load(Ordering::Relaxed);
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(
        stderr,
        "stress: FAILED: {what} in the round with seed {seed}\nreplay: {replay} --round {seed}"
    );
    std::process::abort();
}
