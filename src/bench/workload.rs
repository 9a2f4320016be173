//! What is measured: functions of a suite's files or of the user's, or the user's whole script.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::child::{self, Stopped};
use super::interpreter::Problem;
use super::options::{Options, Suite};
use super::suites::Folder;

/// How functions begin that are workloads.
const PREFIX: &str = "bench_";
/// Into so many portions the workloads of suites cut their work: `team.py`.
const PORTIONS: usize = 16;
/// More than reading a suite takes.
const LIMIT: Duration = Duration::from_secs(120);

/// What to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function of the file.
    Function(String),
    /// The whole file, with `--threads`.
    Script,
}

/// Something to measure.
#[derive(Clone, Debug)]
pub struct Workload {
    /// The suite that it belongs to.
    pub suite: Option<Suite>,
    /// Its name in the suite or file.
    pub name: String,
    /// Where it is.
    pub file: PathBuf,
    /// What to call.
    pub kind: Kind,
    /// With how many threads.
    pub threads: Vec<usize>,
}

impl Workload {
    /// `SUITE/NAME`, or the name alone.
    pub fn full_name(&self) -> String {
        match self.suite {
            Some(suite) => format!("{}/{}", suite.name(), self.name),
            None => self.name.clone(),
        }
    }

    /// Its file, as its user knows it: that of a suite lies in a folder that goes.
    pub fn shown_file(&self) -> PathBuf {
        match (self.suite, self.file.file_name()) {
            (Some(suite), Some(name)) => Path::new(suite.name()).join(name),
            _ => self.file.clone(),
        }
    }
}

/// The workloads that the options ask for.
///
/// # Errors
/// A file that is missing or cannot be read as Python; that nothing is left to measure; a signal.
pub fn find(options: &Options, folder: &Folder) -> Result<Vec<Workload>, Trouble> {
    let given = Some(options.threads.clone()).filter(|threads| !threads.is_empty());
    let mut workloads = Vec::new();
    match &options.file {
        Some(file) => workloads = of_file(file, &given.unwrap_or_else(up_to_cores), folder)?,
        None => {
            let suites = if options.suites.is_empty() { &[Suite::Parallel][..] } else { &options.suites };
            let threads = given
                .unwrap_or_else(|| up_to_cores().into_iter().filter(|&count| shares_evenly(count)).collect());
            if let Some(odd) = threads.iter().find(|&&count| !shares_evenly(count)) {
                return Err(Trouble::Arguments(format!(
                    "--threads {odd}: workloads of suites are shared out among 1, 2, 4, 8 or 16 threads"
                )));
            }
            for &suite in suites {
                workloads.extend(of_suite(suite, &threads, folder)?);
            }
        }
    }
    if let Some(only) = &options.only {
        workloads.retain(|workload| workload.full_name().contains(only.as_str()));
        if workloads.is_empty() {
            return Err(Trouble::Arguments(format!(
                "--only {only}: no workload has that in its name (see --list)"
            )));
        }
    }
    Ok(workloads)
}

/// Why there are no workloads.
#[derive(Debug)]
pub enum Trouble {
    /// The arguments are wrong.
    Arguments(String),
    /// A file is no Python.
    File(String),
    /// This process got the signal of this number.
    Signal(i32),
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Words(text) => Self::Arguments(text),
            Problem::Signal(signal) => Self::Signal(signal),
        }
    }
}

/// Whether so many threads get the same share of a workload of the suites.
fn shares_evenly(threads: usize) -> bool {
    PORTIONS.is_multiple_of(threads)
}

/// 1, 2, 4 and so on, and the number of cores; at least 1 and 2.
fn up_to_cores() -> Vec<usize> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).max(2);
    let mut counts: Vec<usize> =
        std::iter::successors(Some(1), |count| Some(count * 2)).take_while(|&count| count < cores).collect();
    counts.push(cores);
    counts
}

fn of_suite(suite: Suite, threads: &[usize], folder: &Folder) -> Result<Vec<Workload>, Trouble> {
    let files = folder.files(suite);
    // Its programs have one thread, whatever they are told.
    let threads = if suite == Suite::Single { &[1] } else { threads };
    let found = functions(&files, folder)?;
    let workload = |file: &PathBuf, function: String| Workload {
        suite: Some(suite),
        name: function[PREFIX.len()..].to_owned(),
        file: file.clone(),
        kind: Kind::Function(function),
        threads: threads.to_vec(),
    };
    let all = files.iter().zip(found);
    Ok(all.flat_map(|(file, names)| names.into_iter().map(move |name| workload(file, name))).collect())
}

fn of_file(file: &Path, threads: &[usize], folder: &Folder) -> Result<Vec<Workload>, Trouble> {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    match std::fs::File::open(&absolute) {
        Ok(_) if absolute.is_dir() => {
            return Err(Trouble::Arguments(format!("{} is a folder, not a Python file", file.display())));
        }
        Ok(_) => {}
        Err(error) => return Err(Trouble::Arguments(format!("{}: {error}", file.display()))),
    }
    let found = functions(std::slice::from_ref(&absolute), folder)?.into_iter().flatten();
    let mut workloads: Vec<Workload> = found
        .map(|function| Workload {
            suite: None,
            name: function[PREFIX.len()..].to_owned(),
            file: absolute.clone(),
            kind: Kind::Function(function),
            threads: threads.to_vec(),
        })
        .collect();
    if workloads.is_empty() {
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        let (kind, threads) = (Kind::Script, threads.to_vec());
        workloads.push(Workload { suite: None, name, file: absolute, kind, threads });
    }
    Ok(workloads)
}

/// The names of the workloads in each of the files, which are read, not run.
fn functions(files: &[PathBuf], folder: &Folder) -> Result<Vec<Vec<String>>, Trouble> {
    let own = std::env::current_exe()
        .map_err(|error| Trouble::Arguments(format!("cannot find the program that is running: {error}")))?;
    let mut command = Command::new(own);
    command.arg(folder.harness()).arg("--list").args(files);
    match child::run(command, folder.path(), LIMIT) {
        Ok(ended) => {
            let names = serde_json::from_str::<Vec<Vec<String>>>(&ended.output).ok();
            match names.filter(|names| ended.failure.is_none() && names.len() == files.len()) {
                Some(names) => Ok(names),
                None => Err(Trouble::File(format!("the file cannot be read as Python\n{}", ended.errors))),
            }
        }
        Err(Stopped::BySignal(signal)) => Err(Trouble::Signal(signal)),
        Err(Stopped::NotStarted(error)) => {
            Err(Trouble::Arguments(format!("cannot start Weft itself: {error}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_counts_double_and_end_with_the_cores() {
        let counts = up_to_cores();
        assert_eq!(counts[..2], [1, 2]);
        assert!(counts.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn names_are_told_with_their_suite() {
        let mut workload = Workload {
            suite: Some(Suite::Sharing),
            name: "queue".to_owned(),
            file: PathBuf::new(),
            kind: Kind::Script,
            threads: vec![1],
        };
        assert_eq!(workload.full_name(), "sharing/queue");
        workload.suite = None;
        assert_eq!(workload.full_name(), "queue");
    }
}
