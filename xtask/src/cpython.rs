//! Finding a CPython 3.14 to compare with.

use crate::Failure;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to look for on the path.
const NAME: &str = "python3.14";
/// What it must say of itself.
const VERSION: &str = "Python 3.14";
/// The variable that names one.
const VARIABLE: &str = "WEFT_CPYTHON";

/// What to say when there is none.
pub const NONE_FOUND: &str = "no CPython 3.14 found (WEFT_CPYTHON, python3.14 on PATH)";

/// The CPython that was chosen, else the one that `WEFT_CPYTHON` names, else the first one found, if any.
pub fn find(chosen: Option<PathBuf>) -> Result<Option<PathBuf>, Failure> {
    if let Some(named) = chosen.or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from)) {
        let answers = is_python(&named);
        return if answers { Ok(Some(named)) } else { Err(format!("{} is no {VERSION}", named.display())) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).map(|folder| folder.join(NAME)).collect();
    places.extend(std::env::home_dir().map(|home| home.join(".cache/weft-oracle/bin").join(NAME)));
    Ok(places.into_iter().find(|place| is_python(place)))
}

fn is_python(path: &Path) -> bool {
    let answer = Command::new(path).arg("--version").output();
    answer.is_ok_and(|output| output.stdout.starts_with(VERSION.as_bytes()))
}
