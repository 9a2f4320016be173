//! Running cargo and what it builds: where, with which flags, and for how long at most.

use crate::Failure;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root")
}

/// Where build products go, `CARGO_TARGET_DIR` or `target`.
pub fn target() -> PathBuf {
    // A relative one is relative to where cargo was started, which is where this process is.
    let given = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    given.and_then(|path| std::path::absolute(path).ok()).unwrap_or_else(|| root().join("target"))
}

/// `cargo` with these words, in the root.
pub fn cargo(words: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words.split_whitespace()).current_dir(root());
    command
}

/// Builds the program as users have it, and says where it is.
pub fn build_weft() -> Result<PathBuf, Failure> {
    succeed(&mut cargo("build --quiet --release --package weft --bin weft"), "building weft")?;
    Ok(target().join("release/weft"))
}

/// The user's `RUSTFLAGS` with `flags` after them.
pub fn with_rustflags(command: &mut Command, flags: &str) {
    let given = std::env::var("RUSTFLAGS").unwrap_or_default();
    command.env("RUSTFLAGS", format!("{given} {flags}").trim()).env_remove("CARGO_ENCODED_RUSTFLAGS");
}

/// Runs `command`, its output going where this process's goes.
pub fn succeed(command: &mut Command, what: &str) -> Result<(), Failure> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{what} failed: {status}")),
        Err(error) => Err(format!("{what} could not be started: {error}")),
    }
}

/// Whether `command` runs and succeeds, silently.
pub fn works(command: &mut Command) -> bool {
    let silent = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    silent.status().is_ok_and(|status| status.success())
}

/// A process that writes to a file and may not run longer than its limit.
pub struct Limited {
    child: Child,
    log: PathBuf,
    started: Instant,
    limit: Duration,
}

/// How a [`Limited`] process ended.
pub struct Ended {
    /// Its status; `None` if it was killed at its limit.
    pub status: Option<ExitStatus>,
    /// Everything it wrote.
    pub output: String,
    /// How long it ran.
    pub took: Duration,
}

impl Limited {
    /// Starts `command`, with both outputs to `log`.
    pub fn start(mut command: Command, log: PathBuf, limit: Duration) -> Result<Self, Failure> {
        let file = create(&log)?;
        let clone = file.try_clone().map_err(|error| format!("{}: {error}", log.display()))?;
        let child = command.stdin(Stdio::null()).stdout(file).stderr(clone).spawn();
        let child = child.map_err(|error| format!("{command:?}: {error}"))?;
        Ok(Self { child, log, started: Instant::now(), limit })
    }

    /// How it ended, if it has; kills it if it is over its limit.
    pub fn poll(&mut self) -> Result<Option<Ended>, Failure> {
        let took = self.started.elapsed();
        let exited = self.child.try_wait().map_err(|error| error.to_string())?;
        if exited.is_none() {
            if took < self.limit {
                return Ok(None);
            }
            // Failing to kill means that it has just ended by itself, which was still too late.
            let _ = self.child.kill();
            self.child.wait().map_err(|error| error.to_string())?;
        }
        let bytes = fs::read(&self.log).map_err(|error| format!("{}: {error}", self.log.display()))?;
        Ok(Some(Ended { status: exited, output: String::from_utf8_lossy(&bytes).into_owned(), took }))
    }

    /// Waits until it ends.
    pub fn wait(mut self) -> Result<Ended, Failure> {
        loop {
            if let Some(ended) = self.poll()? {
                return Ok(ended);
            }
            std::thread::sleep(POLL_INTERVAL);
        }
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        // Left behind only when the recipe fails in between; an ended process cannot be killed, which is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often to look whether a process has ended.
pub const POLL_INTERVAL: Duration = Duration::from_millis(10);

fn create(path: &Path) -> Result<File, Failure> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| File::create(path));
    made.map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Ended {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let log = std::env::temp_dir().join(format!("xtask-{}-{}", std::process::id(), script.len()));
        let ended = Limited::start(command, log.clone(), limit).and_then(Limited::wait).expect("sh runs");
        fs::remove_file(log).expect("the log was written");
        ended
    }

    #[test]
    fn status_and_both_outputs_come_back() {
        let ended = shell("echo out; echo err >&2; exit 7", Duration::from_secs(60));
        assert_eq!(ended.status.and_then(|status| status.code()), Some(7));
        assert_eq!(ended.output, "out\nerr\n");
    }

    #[test]
    fn a_process_over_its_limit_is_killed() {
        let ended = shell("echo begun; exec sleep 600", Duration::from_millis(300));
        assert!(ended.status.is_none() && ended.took < Duration::from_secs(60));
    }
}
