//! Unpacking, so that the directory is there either wholly or not at all.

use super::{FOLDER, LANDMARK, archive};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

/// How the directories begin in which libraries are being unpacked.
const UNFINISHED: &str = ".unpacking-";

/// After this long, nobody is working in such a directory any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Makes sure that the library is at `prefix`.
pub fn ensure(prefix: &Path) -> io::Result<()> {
    if is_there(prefix) {
        return Ok(());
    }
    let parent = prefix.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(parent)?;
    sweep(parent);
    let unfinished = create_unique(parent)?;
    let result = fill(&unfinished.join(FOLDER)).and_then(|()| move_into_place(&unfinished, prefix));
    if unfinished.exists() {
        // Ours was not needed or is not whole. What cannot be removed now is swept up by a later start.
        let _ = fs::remove_dir_all(&unfinished);
    }
    result
}

/// Whether a library is at `prefix`. This is all that a start costs once there is one.
fn is_there(prefix: &Path) -> bool {
    prefix.join(FOLDER).join(LANDMARK).exists()
}

fn move_into_place(unfinished: &Path, prefix: &Path) -> io::Result<()> {
    let first = fs::rename(unfinished, prefix);
    if first.is_ok() || is_there(prefix) {
        return Ok(());
    }
    // What is there is neither ours nor whole: someone has removed files from it. It must make room.
    let broken = create_unique(prefix.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
    let moved = fs::rename(prefix, broken.join("broken"));
    let second = fs::rename(unfinished, prefix);
    let _ = fs::remove_dir_all(&broken);
    match second {
        Err(_) if is_there(prefix) => Ok(()), // another process was quicker to repair it
        second => moved.and(second),
    }
}

fn fill(library: &Path) -> io::Result<()> {
    let mut made = BTreeSet::new();
    for entry in archive::entries() {
        let entry = entry?;
        let path = library.join(&entry.path);
        if let Some(folder) = path.parent()
            && made.insert(folder.to_owned())
        {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, &entry.contents)?;
    }
    // Where packages are installed; `site` puts it on the path only if it exists.
    fs::create_dir_all(library.join("site-packages"))
}

fn create_unique(parent: &Path) -> io::Result<PathBuf> {
    for number in 0_u32.. {
        let path = parent.join(format!("{UNFINISHED}{}-{number}", process::id()));
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| path),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Removes what processes have left behind that did not live to finish.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let is_ours = |name: OsString| name.to_str().is_some_and(|name| name.starts_with(UNFINISHED));
    for entry in entries.flatten().filter(|entry| is_ours(entry.file_name())) {
        let changed = entry.metadata().and_then(|metadata| metadata.modified());
        if changed.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > ABANDONED)) {
            // Another start may be sweeping too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
