//! `cargo xtask stress`: the stress program in each configuration.

use crate::options::Options;
use crate::{Failure, command};
use std::process::Command;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

const DEFAULT_SECONDS: u64 = 60;

/// A way to build the stress program.
struct Config {
    name: &'static str,
    profile: &'static str,
    /// Flags, and the target directory that building with them needs.
    flags: Option<(&'static str, &'static str)>,
}

const CONFIGS: &[Config] = &[
    Config { name: "debug", profile: "", flags: None },
    Config { name: "release", profile: "--release", flags: None },
    // Rare things made common: see the style guide. Debug, so that every assertion is on.
    Config { name: "zeal", profile: "", flags: Some(("--cfg zeal", "zeal")) },
];

impl Config {
    fn command(&self) -> Command {
        let words = format!("run --quiet --package weft-stress-tests --bin weft-stress {}", self.profile);
        let mut cargo = command::cargo(&words);
        if let Some((flags, folder)) = self.flags {
            command::with_rustflags(&mut cargo, flags);
            cargo.arg("--target-dir").arg(command::target().join(folder));
        }
        cargo
    }
}

/// Builds and runs each configuration that was asked for; stops at the first that fails.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut options = Options::new(arguments);
    let seconds = options.value("--seconds")?.unwrap_or(DEFAULT_SECONDS);
    let seed = options.value("--seed")?.unwrap_or_else(fresh_seed);
    let wanted = options.value("--config")?.unwrap_or("all".to_owned());
    options.finish()?;
    let chosen: Vec<&Config> = CONFIGS.iter().filter(|c| wanted == "all" || wanted == c.name).collect();
    if chosen.is_empty() {
        return Err(format!("--config {wanted}: debug, release, zeal or all, please"));
    }
    for config in chosen {
        println!("stress {}: {seconds} s, seed {seed}", config.name);
        let started = Instant::now();
        let mut stress = config.command();
        stress.arg("--").arg("--seconds").arg(seconds.to_string()).arg("--seed").arg(seed.to_string());
        let replay = format!("stress {} (again: --config {0} --seed {seed})", config.name);
        command::succeed(&mut stress, &replay)?;
        println!("stress {}: passed in {:.1} s", config.name, started.elapsed().as_secs_f64());
    }
    Ok(())
}

/// A seed that differs from run to run; it is printed, so that a failure can be replayed.
fn fresh_seed() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |now| now.as_nanos() as u64 % 1_000_000_000)
}
