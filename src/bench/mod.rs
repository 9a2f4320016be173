//! `weft bench`: measuring programs with the GIL and without, with one thread and with several.
//!
//! | file          | concept                                                            |
//! |---------------|--------------------------------------------------------------------|
//! | `options`     | the arguments and the help                                         |
//! | `suites`      | the suites that the program carries, and the folder they are in    |
//! | `workload`    | what is measured                                                   |
//! | `interpreter` | what it is measured with                                           |
//! | `child`       | running one process                                                |
//! | `harness.py`  | what runs in that process                                          |
//! | `rounds`      | the order of runs                                                  |
//! | `progress`    | how far it is                                                      |
//! | `quiet`       | moments in which nobody else slows the machine down                |
//! | `statistics`  | medians and means                                                  |
//! | `results`     | what was measured and what follows: the model of the three views   |
//! | `figures`     | figures as texts                                                   |
//! | `table`       | the view on standard output                                        |
//! | `page`, `plot`| the view as a page, and its plots; as a file it is the model's JSON |
//! | `machine`     | where and when                                                     |
//!
//! No interpreter is started in this process: every run, and even looking for functions in a file, is a child's. So the
//! command needs none of Weft's start, and Weft's start needs nothing of the command.

mod child;
mod figures;
mod interpreter;
mod machine;
mod options;
mod page;
mod plot;
mod progress;
mod quiet;
mod results;
mod rounds;
mod statistics;
mod suites;
mod table;
mod workload;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use options::{Options, Parsed};
use results::Report;
use suites::Folder;
use workload::{Trouble, Workload};

/// The word that asks for this command, where a program to run could stand.
pub const NAME: &str = "bench";

/// A workload failed.
const FAILED: i32 = 1;
/// The arguments are wrong.
const WRONG: i32 = 2;
/// A process that a signal has ended is told so by its code.
const BY_SIGNAL: i32 = 128;

/// Runs the command with the arguments after its name; its exit code.
pub fn run(arguments: &[OsString]) -> i32 {
    let options = match options::parse(arguments.iter().cloned()) {
        Parsed::Run(options) => options,
        Parsed::Print(text) => {
            print(&text);
            return 0;
        }
        Parsed::Complain(text) => {
            eprint!("{text}");
            return WRONG;
        }
    };
    let words = arguments.iter().map(|word| quoted(&word.to_string_lossy()));
    let command = ["weft".to_owned(), NAME.to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ");
    match measure(&options, command) {
        Ok(true) => 0,
        Ok(false) => FAILED,
        Err(Trouble::Arguments(text)) => {
            eprintln!("weft bench: {text}");
            WRONG
        }
        Err(Trouble::File(text)) => {
            eprintln!("weft bench: {text}");
            FAILED
        }
        Err(Trouble::Signal(signal)) => {
            eprintln!("weft bench: interrupted");
            BY_SIGNAL + signal
        }
    }
}

/// Whether all went well.
fn measure(options: &Options, command: String) -> Result<bool, Trouble> {
    for out in [&options.json, &options.html].into_iter().flatten() {
        check_place(out)?;
    }
    let system = |error: std::io::Error| Trouble::Arguments(format!("cannot begin: {error}"));
    child::catch_signals().map_err(system)?;
    let folder = Folder::new().map_err(system)?;
    let workloads = workload::find(options, &folder)?;
    if options.list {
        print(&list(&workloads));
        return Ok(true);
    }
    let sides = interpreter::sides(&options.against, &options.gil, folder.path())?;
    let (machine, date) = (machine::Machine::here(), machine::now());
    let measured = rounds::run(options, &workloads, &sides, &folder).map_err(Trouble::Signal)?;
    let mut report = Report {
        weft: env!("CARGO_PKG_VERSION"),
        command,
        date,
        machine,
        compared_by: if options.best { "best" } else { "median" },
        runs: options.runs,
        sides,
        reference: None,
        workloads: measured,
        summary: Vec::new(),
    };
    report.derive(options.best);
    print(&table::text(&report));
    let mut good = !report.has_failures();
    if let Some(out) = &options.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| system(error.into()))?;
        good &= write(out, &text);
    }
    if let Some(out) = &options.html {
        good &= write(out, &page::html(&report));
    }
    Ok(good)
}

/// Complains before anything is measured of a file that could not be written.
fn check_place(out: &Path) -> Result<(), Trouble> {
    let parent = out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if out.is_dir() {
        return Err(Trouble::Arguments(format!("{} is a folder", out.display())));
    }
    if parent.is_dir() {
        Ok(())
    } else {
        Err(Trouble::Arguments(format!("{}: there is no such folder", parent.display())))
    }
}

fn write(out: &Path, text: &str) -> bool {
    let written = std::fs::write(out, text);
    if let Err(error) = &written {
        eprintln!("weft bench: {}: {error}", out.display());
    }
    written.is_ok()
}

fn list(workloads: &[Workload]) -> String {
    let line =
        |workload: &Workload| format!("{}  ({})\n", workload.full_name(), workload.shown_file().display());
    workloads.iter().map(line).collect()
}

fn print(text: &str) {
    // Nobody reads it: no reason to fail.
    drop(std::io::stdout().write_all(text.as_bytes()));
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,=:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_shells() {
        assert_eq!(["a-b/c.py", "", "a b", "it's"].map(quoted), ["a-b/c.py", "''", "'a b'", "'it'\\''s'"]);
    }

    #[test]
    fn what_cannot_be_written_is_known_before() {
        assert!(check_place(Path::new("results.json")).is_ok());
        assert!(check_place(Path::new("/")).is_err());
        assert!(check_place(Path::new("/no such folder/x.json")).is_err());
    }
}
