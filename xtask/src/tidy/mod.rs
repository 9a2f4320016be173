//! `cargo xtask tidy`: what of the style guide can be checked by reading the text.
//!
//! Each check takes the repository's files and gives back what is wrong, a line each. There are no exceptions by
//! file: what a check cannot judge it leaves to the reader.

mod files;
mod invariants;
mod manifests;
mod origins;
mod words;

use crate::options::Options;
use crate::{Failure, command};
use std::fs;
use std::path::Path;

/// What the last line of a passing run starts with.
pub const SUMMARY: &str = "tidy: ";

/// A file of the repository.
struct File {
    /// Its path from the root, with `/` between.
    path: String,
    text: String,
}

/// What the checks have to say.
#[derive(Debug, Default, PartialEq)]
struct Report {
    errors: Vec<String>,
    warnings: Vec<String>,
}

/// The checks, in the order in which they are run.
const CHECKS: &[fn(&[File], &mut Report)] = &[
    files::check_pages,
    files::check_sizes,
    invariants::check,
    invariants::check_mutants,
    manifests::check_lints,
    manifests::check_layers,
    manifests::check_fences,
    origins::check,
    words::check,
];

/// Runs every check.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    Options::new(arguments).finish()?;
    let mut files = Vec::new();
    collect(command::root(), "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut report = Report::default();
    CHECKS.iter().for_each(|check| check(&files, &mut report));
    report.warnings.iter().for_each(|warning| println!("warning: {warning}"));
    if !report.errors.is_empty() {
        return Err(format!("{}\ntidy: {} errors", report.errors.join("\n"), report.errors.len()));
    }
    println!("{SUMMARY}{} files, {} warnings", files.len(), report.warnings.len());
    Ok(())
}

/// Adds the text files under `folder`, without what git ignores and what tools own.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> Result<(), Failure> {
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == ".git" || name == "target" || name.starts_with("target-") {
            continue;
        }
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() && name != "Cargo.lock" {
            // What is not text is nobody's business here.
            files.extend(fs::read_to_string(entry.path()).ok().map(|text| File { path, text }));
        }
    }
    Ok(())
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether all of the file is a test: a test module, an integration test, a model, a stress program, a benchmark.
    fn is_test(&self) -> bool {
        let folders = ["tests/", "loom-tests/", "stress-tests/", "benches/"];
        self.path.ends_with("/tests.rs")
            || self.path.contains("/tests/")
            || folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// The part before the tests that are in the file itself; all of it if there are none.
    fn code(&self) -> &str {
        let begins = ["#[cfg(test)]", "#[cfg(all(test,"];
        let first = || begins.iter().filter_map(|begin| self.text.find(begin)).min();
        let end = if self.is_test() { Some(0) } else { first() };
        &self.text[..end.unwrap_or(self.text.len())]
    }

    /// The tests.
    fn tests(&self) -> &str {
        &self.text[self.code().len()..]
    }
}

#[cfg(test)]
fn report(check: fn(&[File], &mut Report), files: &[(&str, &str)]) -> Report {
    let file = |&(path, text): &(&str, &str)| File { path: path.to_owned(), text: text.to_owned() };
    let files: Vec<File> = files.iter().map(file).collect();
    let mut report = Report::default();
    check(&files, &mut report);
    report
}
