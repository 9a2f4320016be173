//! Running one process: with a limit, with what it says kept, and ended if this one is asked to end.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use runtime::system::process;
use runtime::system::signal::{self, Disposition};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

/// Signals that ask this process to end.
const ENDING: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];
/// How long a signal may wait to be seen: it may come just before a wait begins, which it then does not interrupt.
const GLANCE: Duration = Duration::from_millis(100);
/// So many characters of what a process said are shown, from the end.
const SHOWN: usize = 4000;

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    /// Why it did not end well, in words; None if it did.
    pub failure: Option<String>,
    /// What it wrote on standard output.
    pub output: String,
    /// The end of what it wrote on standard error.
    pub errors: String,
    /// From its start to its end.
    pub wall: Duration,
    /// What its processors spent on it.
    pub cpu: Duration,
    /// The most memory that was resident. Not less than this process's own at the child's start.
    pub peak_bytes: u64,
}

/// Why there is nothing to tell.
#[derive(Debug)]
pub enum Stopped {
    /// This process got the signal of this number.
    BySignal(i32),
    /// The child could not be started.
    NotStarted(io::Error),
}

/// From now on, signals that ask this process to end are noticed by [`run`] instead.
///
/// # Errors
/// The system's.
pub fn catch_signals() -> io::Result<()> {
    for ending in ENDING {
        // What whoever started this process has switched off (nohup) stays so.
        if signal::disposition(ending.as_raw())? != Disposition::Ignore {
            signal::set_disposition(ending.as_raw(), Disposition::Ours)?;
        }
    }
    Ok(())
}

/// The signal that asked this process to end, if one has come.
fn asked_to_end() -> Option<i32> {
    ENDING.map(Signal::as_raw).into_iter().find(|&ending| signal::take_tripped(ending))
}

/// A process and its group, which go when this is dropped.
struct Running {
    pid: Pid,
    reaped: bool,
}

impl Running {
    /// Ends whatever is left of the group.
    fn end(&self) {
        // There may be nobody left.
        let _ = kill_process_group(self.pid, Signal::KILL);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
        if !self.reaped {
            // It has been killed, so it ends; who else could have waited for it?
            drop(process::wait(self.pid.as_raw_nonzero().get(), 0));
        }
    }
}

/// Runs `command` to its end or to its limit, with what it says going to files in `folder`.
///
/// # Errors
/// A signal, or that it cannot be started.
pub fn run(mut command: Command, folder: &Path, limit: Duration) -> Result<Ended, Stopped> {
    let (output, errors) = (folder.join("output"), folder.join("errors"));
    let file = |path: &Path| File::create(path).map_err(Stopped::NotStarted);
    // A group of its own, so that the processes which it starts can be ended with it.
    command.stdin(Stdio::null()).stdout(file(&output)?).stderr(file(&errors)?).process_group(0);
    if let Some(ending) = asked_to_end() {
        return Err(Stopped::BySignal(ending));
    }
    let begun = Instant::now();
    let child = command.spawn().map_err(Stopped::NotStarted)?;
    let pid = Pid::from_child(&child);
    let mut running = Running { pid, reaped: false };
    let in_time = wait(pid, begun + limit)?;
    let wall = begun.elapsed();
    if !in_time {
        running.end();
    }
    let ended = process::wait(pid.as_raw_nonzero().get(), 0).map_err(Stopped::NotStarted)?;
    running.reaped = true;
    let cpu = ended.usage.times.iter().map(|&(seconds, micros)| {
        Duration::from_secs(seconds.unsigned_abs()) + Duration::from_micros(micros.unsigned_abs())
    });
    let failure = if in_time { failure_of(ended.status) } else { Some(over(limit)) };
    Ok(Ended {
        failure,
        output: read(&output),
        errors: tail(&read(&errors)),
        wall,
        cpu: cpu.sum(),
        peak_bytes: ended.usage.numbers[0].unsigned_abs() * 1024,
    })
}

/// Waits until the process has ended, which is left to be reaped; false if it has not by then.
fn wait(pid: Pid, until: Instant) -> Result<bool, Stopped> {
    let system = |error: rustix::io::Errno| Stopped::NotStarted(error.into());
    let fd = pidfd_open(pid, PidfdFlags::empty()).map_err(system)?;
    loop {
        if let Some(ending) = asked_to_end() {
            return Err(Stopped::BySignal(ending));
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(false);
        }
        let pause = Timespec::try_from(left.min(GLANCE)).ok();
        match poll(&mut [PollFd::new(&fd, PollFlags::IN)], pause.as_ref()) {
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(system(error)),
        }
    }
}

fn over(limit: Duration) -> String {
    format!("no end after {} s (--limit)", limit.as_secs_f64())
}

/// What a status says, unless it is that all went well.
fn failure_of(status: i32) -> Option<String> {
    use std::os::unix::process::ExitStatusExt;
    let status = std::process::ExitStatus::from_raw(status);
    match (status.code(), status.signal()) {
        (Some(0), _) => None,
        (Some(code), _) => Some(format!("exit code {code}")),
        (None, Some(number)) => {
            let name = signal::describe(number).unwrap_or_else(|| number.to_string());
            Some(format!("ended by a signal: {name}"))
        }
        (None, None) => Some(status.to_string()),
    }
}

fn read(path: &Path) -> String {
    // It was made above; if it has gone, nothing was said.
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The end of a text that may be long.
fn tail(text: &str) -> String {
    let text = text.trim_end();
    let start = (text.len().saturating_sub(SHOWN)..).find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    text[start..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ended {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, folder.path(), limit).expect("sh runs")
    }

    #[test]
    fn what_it_says_and_how_it_ends_are_told() {
        let ended = shell("echo out; echo err >&2", Duration::from_secs(60));
        assert_eq!((ended.output.as_str(), ended.errors.as_str()), ("out\n", "err"));
        assert_eq!(ended.failure, None);
        assert!(ended.peak_bytes > 0);
        assert_eq!(shell("exit 7", Duration::from_secs(60)).failure.as_deref(), Some("exit code 7"));
        let killed = shell("kill -9 $$", Duration::from_secs(60)).failure.expect("killed");
        assert!(killed.starts_with("ended by a signal"), "{killed}");
    }

    #[test]
    fn what_hangs_is_ended() {
        let failure = shell("sleep 600 & wait", Duration::from_millis(300)).failure.expect("too long");
        assert!(failure.starts_with("no end after 0.3 s"), "{failure}");
    }

    #[test]
    fn long_errors_are_cut_between_characters() {
        let text = "é".repeat(SHOWN);
        assert!(tail(&text).len() <= SHOWN && tail(&text).chars().all(|c| c == 'é'));
    }
}
