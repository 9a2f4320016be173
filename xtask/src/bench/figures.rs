//! `cargo xtask bench`: the figures that Weft promises, with CPython 3.14 and PyPy beside it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::options::Options;
use crate::{Failure, command, cpython, dist};

/// What to look for on the path, and beside CPython.
const PYPY: &str = "pypy3";
/// The variable that names one.
const PYPY_VARIABLE: &str = "WEFT_PYPY";

/// Builds what is needed and measures.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let mut options = Options::new(arguments);
    let quick = options.flag("--quick");
    let dist = options.flag("--dist");
    let program: Option<PathBuf> = options.value("--program")?;
    let chosen: Option<PathBuf> = options.value("--cpython")?;
    let chosen_pypy: Option<PathBuf> = options.value("--pypy")?;
    let record: Option<PathBuf> = options.value("--record")?;
    let threads: Option<String> = options.value("--threads")?;
    let rounds: Option<String> = options.value("--rounds")?;
    let quiet: Option<String> = options.value("--quiet")?;
    options.finish()?;
    let weft = match program {
        Some(program) => program,
        None if dist => dist::program()?,
        None => command::build_weft()?,
    };
    let cpython = cpython::find(chosen)?;
    let pypy = find_pypy(chosen_pypy, cpython.as_deref())?;
    if cpython.is_none() {
        eprintln!("{}: running without it", cpython::NONE_FOUND);
    }
    if pypy.is_none() {
        eprintln!("no PyPy found ({PYPY_VARIABLE}, {PYPY} on PATH): running without it");
    }
    let mut bench = super::weft_bench();
    bench.args(["figures", "--command", &shown(arguments)]);
    // The recipe runs in the root; what its user named is relative to where they are.
    let paths = [("--weft", Some(weft)), ("--cpython", cpython), ("--pypy", pypy), ("--record", record)];
    for (name, path) in paths {
        if let Some(path) = path {
            let path = std::path::absolute(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            bench.arg(name).arg(path);
        }
    }
    for (name, value) in [("--threads", threads), ("--rounds", rounds), ("--quiet", quiet)] {
        if let Some(value) = value {
            bench.args([name, &value]);
        }
    }
    if quick {
        bench.arg("--quick");
    }
    command::succeed(&mut bench, "weft-bench figures")
}

/// The command, as it would be typed.
fn shown(arguments: &[String]) -> String {
    let mut text = "cargo xtask bench".to_owned();
    for argument in arguments {
        text.push(' ');
        text.push_str(argument);
    }
    text
}

/// The PyPy that was chosen, else the one that the variable names, else the first on the path or beside CPython.
fn find_pypy(chosen: Option<PathBuf>, cpython: Option<&Path>) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = chosen.or_else(|| std::env::var_os(PYPY_VARIABLE).map(PathBuf::from)) {
        return if is_pypy(&named) {
            Ok(Some(named))
        } else {
            Err(format!("{} is no PyPy", named.display()))
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let beside = cpython.and_then(Path::parent).map(Path::to_owned);
    let mut places = std::env::split_paths(&path).chain(beside).map(|folder| folder.join(PYPY));
    Ok(places.find(|place| is_pypy(place)))
}

fn is_pypy(path: &Path) -> bool {
    let answer = Command::new(path).arg("--version").output();
    answer.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("PyPy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_shown_as_typed() {
        assert_eq!(shown(&[]), "cargo xtask bench");
        assert_eq!(shown(&["--threads".to_owned(), "1,2".to_owned()]), "cargo xtask bench --threads 1,2");
    }

    #[test]
    fn what_is_no_pypy_is_refused() {
        assert!(find_pypy(Some(PathBuf::from("/bin/true")), None).is_err());
    }
}
