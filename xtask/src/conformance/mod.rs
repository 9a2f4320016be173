//! `cargo xtask conformance`: CPython's own tests, run by Weft.
//!
//! The tests are those of an installed CPython 3.14; without one the recipe says so and passes. Each module is run by
//! a driver script in processes of its own, under a time limit. What fails must be on a list, with a reason, and what
//! is on the list must fail. `conformance free-threading` runs the tests of `test_free_threading`, ten times each.

mod expected;
mod modules;
mod outcome;
mod process;

use crate::options::Options;
use crate::{Failure, command, cpython};
use expected::{Differences, Expected};
use modules::{MODULES, Module};
use outcome::{Counts, Tests};
use process::Setup;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

const DRIVER: &str = "xtask/src/conformance/driver.py";
const EXPECTED: &str = "stdlib/tests/expected_failures.txt";
/// The folder of the library in an environment.
const LIBRARY: &str = "python3.14t";
const FREE_THREADING: &str = "test_free_threading";
const LIMIT: Duration = Duration::from_secs(300);
/// So many differences of a module are shown; all are in its results.
const MOST_SHOWN: usize = 10;

/// A module to run, and how often.
struct Task {
    name: String,
    without: &'static [&'static str],
    runs: usize,
}

/// Runs the modules that were asked for.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut options = Options::new(arguments);
    let free_threading = options.flag("free-threading");
    let only: Option<String> = options.value("--only")?;
    let jobs: Option<usize> = options.value("--jobs")?;
    let limit = options.value("--limit")?.map_or(LIMIT, Duration::from_secs);
    let runs: usize = options.value("--runs")?.unwrap_or(if free_threading { 10 } else { 1 });
    let bless = options.flag("--bless");
    let program: Option<PathBuf> = options.value("--program")?;
    let chosen: Option<PathBuf> = options.value("--cpython")?;
    options.finish()?;

    let Some(python) = cpython::find(chosen)? else {
        println!("conformance: left out: {}", cpython::NONE_FOUND);
        return Ok(());
    };
    let Some(package) = test_package(&python) else {
        println!("conformance: left out: {} has no package test", python.display());
        return Ok(());
    };
    let program = match program {
        Some(program) => std::path::absolute(program).map_err(|error| error.to_string())?,
        None => command::build_weft()?,
    };
    let folder = command::target().join("conformance");
    let (program, tests) = environment(&package, &program, &folder)?;
    let setup = Setup { program, driver: command::root().join(DRIVER), tests, folder, limit };

    let tasks =
        if free_threading { free_threading_tasks(&package)? } else { MODULES.iter().map(task).collect() };
    let wanted =
        |task: &Task| only.as_ref().is_none_or(|only| only.split(',').any(|part| task.name.contains(part)));
    let tasks: Vec<Task> = tasks.into_iter().filter(wanted).map(|task| Task { runs, ..task }).collect();
    if tasks.is_empty() {
        return Err("there is no such module in the list".to_owned());
    }
    let jobs = jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).max(1);
    let mut expected = Expected::read(&command::root().join(EXPECTED))?;
    let started = Instant::now();
    let results = run_all(&setup, &tasks, jobs)?;
    conclude(&tasks, &results, &mut expected, bless, started)
}

/// Where `python` has its tests.
fn test_package(python: &Path) -> Option<PathBuf> {
    let script = "import test.support; print(test.__path__[0])";
    let output = Command::new(python).args(["-P", "-c", script]).output().ok()?;
    output.status.success().then(|| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// A virtual environment with nothing in it but the tests, so that the rest of CPython's library is not found there, and
/// so that programs which the tests start isolated find them. Returns the program in it and its folder of packages.
fn environment(package: &Path, program: &Path, folder: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    let place = folder.join("environment");
    let (bin, packages) = (place.join("bin"), place.join("lib").join(LIBRARY).join("site-packages"));
    let fail = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(&bin).map_err(fail)?;
    fs::create_dir_all(&packages).map_err(fail)?;
    let home = program.parent().unwrap_or(Path::new("/")).display();
    let text = format!("home = {home}\ninclude-system-site-packages = false\nversion = 3.14.0\n");
    fs::write(place.join("pyvenv.cfg"), text).map_err(fail)?;
    let started = bin.join(program.file_name().ok_or("the program has no name")?);
    link(program, &started).map_err(fail)?;
    link(package, &packages.join("test")).map_err(fail)?;
    Ok((started, packages))
}

fn link(to: &Path, link: &Path) -> std::io::Result<()> {
    if fs::read_link(link).is_ok_and(|old| old == to) {
        return Ok(());
    }
    let _ = fs::remove_file(link);
    std::os::unix::fs::symlink(to, link)
}

fn task(module: &Module) -> Task {
    Task { name: module.name.to_owned(), without: module.without, runs: 1 }
}

/// Every module of `test_free_threading`.
fn free_threading_tasks(package: &Path) -> Result<Vec<Task>, Failure> {
    let folder = package.join(FREE_THREADING);
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let modules = names.filter_map(|name| name.strip_suffix(".py").map(str::to_owned));
    let mut modules: Vec<String> = modules.filter(|name| name.starts_with("test_")).collect();
    modules.sort();
    let task = |name| Task { name: format!("{FREE_THREADING}.{name}"), without: &[], runs: 1 };
    Ok(modules.into_iter().map(task).collect())
}

/// Runs `tasks`, `jobs` at a time, and prints a line for each as it ends.
fn run_all(setup: &Setup, tasks: &[Task], jobs: usize) -> Result<Vec<Tests>, Failure> {
    println!("{:<48} {:>7} {:>7} {:>7} {:>7} {:>8}", "module", "passed", "failed", "skipped", "%", "s");
    let queue = Mutex::new(tasks.iter().enumerate());
    let results: Vec<Mutex<Option<Result<Tests, Failure>>>> =
        tasks.iter().map(|_| Mutex::new(None)).collect();
    let poisoned = "a worker panicked";
    thread::scope(|scope| {
        for _ in 0..jobs.min(tasks.len()) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect(poisoned).next();
                    let Some((index, task)) = next else { break };
                    let result = task.run(setup);
                    if let Ok(tests) = &result {
                        print_row(&task.name, tests.counts(), tests.took);
                    }
                    *results[index].lock().expect(poisoned) = Some(result);
                }
            });
        }
    });
    results.into_iter().map(|slot| slot.into_inner().expect(poisoned).expect("every task was run")).collect()
}

impl Task {
    fn run(&self, setup: &Setup) -> Result<Tests, Failure> {
        let mut all = Tests::default();
        for _ in 0..self.runs {
            all.merge(setup.run(&self.name, self.without)?);
        }
        Ok(all)
    }
}

fn print_row(name: &str, counts: Counts, took: Duration) {
    let Counts { passed, failed, skipped } = counts;
    let percent = counts.percent().map_or("-".to_owned(), |percent| format!("{percent:.1}"));
    let seconds = took.as_secs_f64();
    println!("{name:<48} {passed:>7} {failed:>7} {skipped:>7} {percent:>7} {seconds:>8.1}");
}

/// Prints totals and where list and truth differ; an error if they do, unless the list is to be rewritten.
fn conclude(
    tasks: &[Task],
    results: &[Tests],
    expected: &mut Expected,
    bless: bool,
    started: Instant,
) -> Result<(), Failure> {
    let mut total = Counts::default();
    results.iter().for_each(|tests| total.add(tests.counts()));
    print_row("in all", total, started.elapsed());

    let (mut new, mut passing) = (0, 0);
    for (task, tests) in tasks.iter().zip(results) {
        let differences = expected.compare(&task.name, tests);
        print_differences(&task.name, &differences);
        new += differences.new.len();
        passing += differences.passing.len();
        if bless {
            expected.bless(&task.name, &differences);
        }
    }
    if bless {
        expected.write()?;
        println!("{EXPECTED} rewritten: {new} new, {passing} taken off");
        return Ok(());
    }
    let Counts { failed, .. } = total;
    println!("{} failures expected, {new} not, {passing} tests pass unexpectedly", failed - new);
    if new + passing == 0 { Ok(()) } else { Err("conformance: the list and the truth differ".to_owned()) }
}

fn print_differences(module: &str, differences: &Differences) {
    for (name, outcome, reason) in differences.new.iter().take(MOST_SHOWN) {
        println!("  {} {module} {name}: {reason}", outcome.word());
    }
    if differences.new.len() > MOST_SHOWN {
        println!("  … and {} more of {module}", differences.new.len() - MOST_SHOWN);
    }
    for name in &differences.passing {
        println!("  PASSES, though listed: {module} {name}");
    }
    for name in &differences.missing {
        println!("  listed, but there is no such test: {module} {name}");
    }
}
