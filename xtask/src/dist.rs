//! `cargo xtask dist`: the program for those who only use it, compiled with a profile of what programs do (PGO), as CPython's
//! releases are.
//!
//! It builds the program with counters, runs programs that use a little of everything, and builds it again with what was
//! counted: functions that run often are inlined and stand together, the others stand apart. Both builds compile everything as one
//! unit (a fat link-time optimisation), which saves programs a fiftieth of their time or more; what is counted is known by names that
//! contain the unit, so both must have the same. The programs are the tests'
//! (`tests/language`, `tests/modules`), `benches/training` and the suite `parallel`. No workload of the suite `single` is among
//! them, so that its figures are those of programs the compiler has not seen.

use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::command::{Limited, cargo, root, succeed, target, with_rustflags};
use crate::{Failure, command, handlers};

/// How long one program may train.
const LIMIT: Duration = Duration::from_secs(300);
/// Folders of programs to train with.
const TRAINING: [&str; 4] = ["benches/training", "tests/language", "tests/language/numbers", "tests/modules"];
/// The suites of `weft bench` to train with.
const SUITES: [&str; 1] = ["parallel"];
/// Not counted is what is called indirectly: a handler's jump to the next would become comparisons with the most frequent ones.
const WITHOUT_CALLEES: &str = "-Cllvm-args=-disable-vp";

/// What is compiled goes into a program, not into a library: where a static is need not be looked up in a table.
const OF_A_PROGRAM: &str = if cfg!(target_os = "linux") { "-Crelocation-model=pie" } else { "" };

/// The recipe: says where the program is.
///
/// # Errors
/// Whatever fails first.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    if let Some(first) = arguments.first() {
        return Err(format!("dist takes no arguments: {first}"));
    }
    println!("{}", program()?.display());
    Ok(())
}

/// Builds, trains, builds; says where the program is.
///
/// # Errors
/// Whatever fails first.
pub fn program() -> Result<PathBuf, Failure> {
    let host = host()?;
    let merger = merger(&host)?;
    let folder = target().join("dist");
    let profiles = folder.join("profiles");
    if profiles.exists() {
        std::fs::remove_dir_all(&profiles).map_err(|error| format!("{}: {error}", profiles.display()))?;
    }
    let counting = format!("-Cprofile-generate={} {WITHOUT_CALLEES}", profiles.display());
    train(&build(&host, "counting", &counting)?, &profiles)?;
    let merged = folder.join("weft.profdata");
    succeed(Command::new(merger).arg("merge").arg("-o").arg(&merged).arg(&profiles), "merging the profiles")?;
    let profile = named_by_contents(&merged)?;
    let flags = format!("-Cprofile-use={} {WITHOUT_CALLEES} {OF_A_PROGRAM}", profile.display());
    let built = build(&host, "build", &flags)?;
    let program = folder.join("weft");
    handlers::check(&built)?;
    copy(&built, &program)?;
    Ok(program)
}

/// A copy of the profile with a name that tells its contents: cargo looks at flags, not at the files that they name, to see
/// whether something is to be built again.
fn named_by_contents(profile: &Path) -> Result<PathBuf, Failure> {
    let bytes = std::fs::read(profile).map_err(|error| format!("{}: {error}", profile.display()))?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    let named = profile.with_file_name(format!("weft-{:016x}.profdata", hasher.finish()));
    copy(profile, &named)?;
    Ok(named)
}

/// Builds the program with these flags in a folder of its own. They are not for build scripts and macros, which naming the target
/// sees to.
fn build(host: &str, folder: &str, flags: &str) -> Result<PathBuf, Failure> {
    let folder = target().join("dist").join(folder);
    let mut build = cargo("build --release --package weft --bin weft");
    build.arg("--target").arg(host).arg("--target-dir").arg(&folder);
    build.env("CARGO_PROFILE_RELEASE_LTO", "fat").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1");
    with_rustflags(&mut build, flags);
    succeed(&mut build, "building weft")?;
    Ok(folder.join(host).join("release/weft"))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    match std::fs::copy(from, to) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{} to {}: {error}", from.display(), to.display())),
    }
}

/// What rustc calls this machine.
fn host() -> Result<String, Failure> {
    let said = said(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc -vV does not name the host".to_owned())
}

/// `llvm-profdata` of the toolchain, which is asked for if it is not there.
fn merger(host: &str) -> Result<PathBuf, Failure> {
    let sysroot = said(Command::new("rustc").args(["--print", "sysroot"]))?;
    let merger = Path::new(sysroot.trim()).join("lib/rustlib").join(host).join("bin/llvm-profdata");
    if !merger.exists() {
        let added = command::works(Command::new("rustup").args(["component", "add", "llvm-tools"]));
        if !added || !merger.exists() {
            return Err(
                "profiles are merged with llvm-profdata: `rustup component add llvm-tools`".to_owned()
            );
        }
    }
    Ok(merger)
}

fn said(command: &mut Command) -> Result<String, Failure> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs everything that there is to train with. What fails has been counted too, as far as it came: tests say elsewhere whether
/// the program is right, and the counters make some frames larger than a test of deep recursion allows.
fn train(program: &Path, profiles: &Path) -> Result<(), Failure> {
    let mut runs: Vec<Vec<PathBuf>> = Vec::new();
    for folder in TRAINING {
        let folder = root().join(folder);
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let files = entries.flatten().map(|entry| entry.path());
        let mut programs: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|extension| extension == "py")).collect();
        programs.sort();
        runs.extend(programs.into_iter().map(|program| vec![program]));
    }
    for suite in SUITES {
        // Two threads too: what a thread alone skips would pass for rare.
        let words = ["bench", "--suite", suite, "--threads", "1,2", "--runs", "1"];
        runs.push(words.iter().map(PathBuf::from).collect());
    }
    let log = profiles.with_extension("log");
    for words in runs {
        let what: Vec<String> = words.iter().map(|word| word.display().to_string()).collect();
        let mut run = Command::new(program);
        run.args(&words).env("LLVM_PROFILE_FILE", profiles.join("%m.profraw")).current_dir(root());
        let ended = Limited::start(run, log.clone(), LIMIT)?.wait()?;
        if !ended.status.is_some_and(|status| status.success()) {
            eprintln!("not to its end, which does not matter here: {}", what.join(" "));
        }
    }
    Ok(())
}
