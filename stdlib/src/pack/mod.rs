//! The Python part of the standard library: where its files are.
//!
//! The program carries the files compressed in itself. `inspect`, tracebacks, `venv` and `pip` expect real files, so
//! the first start unpacks them to a cache directory that is named after their contents, and every later start finds
//! them there with one look. Several processes may start for the first time at once: each unpacks to a directory of
//! its own and renames it into place, which one of them succeeds in doing; to the others the work was in vain.
//!
//! Below the directory, the layout is that of an installed Python: it is the prefix, and its library is in
//! `lib/python3.14t`, where `sysconfig` says that a free-threaded Python has it.

mod archive;
mod place;
#[cfg(test)]
mod tests;
mod unpack;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of the library below the prefix.
pub const FOLDER: &str = "lib/python3.14t";

/// The variable that names a library to use instead.
pub const VARIABLE: &str = "WEFT_STDLIB";

/// The file by which a library is recognised.
const LANDMARK: &str = "os.py";

/// Where a library is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// `sys.prefix`, if the library lies in [`FOLDER`] below one.
    pub prefix: Option<PathBuf>,
    /// The folder that belongs on `sys.path`.
    pub folder: PathBuf,
}

/// The library to run with: `chosen` (option `-X stdlib`), else what [`VARIABLE`] names, else the packed one, which is
/// unpacked now if it has not been yet.
///
/// # Errors
/// A chosen folder that holds no library; a packed one that can be unpacked neither to the cache nor to a temporary
/// directory.
///
/// # Concurrency
/// Any number of threads and processes may call it at the same time.
pub fn locate(chosen: Option<&OsStr>) -> io::Result<Library> {
    let named = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
    match chosen.map(OsStr::to_owned).or(named) {
        Some(folder) => given(Path::new(&folder)),
        None => packed(&place::candidates()),
    }
}

fn given(folder: &Path) -> io::Result<Library> {
    let folder = std::path::absolute(folder)?;
    if !folder.join(LANDMARK).is_file() {
        let message = format!("{}: no Python library is there (no {LANDMARK})", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    let prefix =
        folder.to_str().and_then(|path| path.strip_suffix(FOLDER)).filter(|path| path.ends_with('/'));
    let prefix = prefix.map(|path| PathBuf::from(path.trim_end_matches('/')));
    Ok(Library { prefix: prefix.filter(|path| !path.as_os_str().is_empty()), folder })
}

/// The packed library in the first of `candidates` that has it already or can be written to.
fn packed(candidates: &[place::Candidate]) -> io::Result<Library> {
    let mut failure = None;
    for candidate in candidates {
        let prefix = candidate.folder.join(place::version());
        match candidate.check().and_then(|()| unpack::ensure(&prefix)) {
            Ok(()) => return Ok(Library { folder: prefix.join(FOLDER), prefix: Some(prefix) }),
            Err(error) => failure = failure.or(Some((prefix, error))),
        }
    }
    let (prefix, error) = failure.unwrap_or_else(|| (PathBuf::new(), io::ErrorKind::NotFound.into()));
    let message = format!("the standard library cannot be unpacked to {}: {error}", prefix.display());
    Err(io::Error::new(error.kind(), message))
}
