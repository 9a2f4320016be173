//! Where the library may be unpacked to: the user's cache directory, else a directory of theirs among the temporary
//! ones.
//!
//! What is run from there is run with the user's rights, so nobody else may write to it. The temporary directory is
//! everybody's; a directory found there is used only if it belongs to this user and is closed to all others.

use super::archive;
use rustix::process::geteuid;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::PathBuf;

/// A folder that may hold unpacked libraries.
pub struct Candidate {
    /// The folder; it may not exist yet.
    pub folder: PathBuf,
    /// Whether it lies where everybody may create things.
    pub exposed: bool,
}

/// The name of this library among those of other versions.
pub fn version() -> String {
    format!("{}-{}", env!("CARGO_PKG_VERSION"), archive::HASH)
}

/// Where to look, and then to unpack, in this order.
pub fn candidates() -> Vec<Candidate> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".cache"));
    let own = cache.or_else(home).map(|cache| Candidate { folder: cache.join("weft"), exposed: false });
    let name = format!("weft-{}", geteuid().as_raw());
    let temporary = Candidate { folder: std::env::temp_dir().join(name), exposed: true };
    own.into_iter().chain([temporary]).collect()
}

impl Candidate {
    /// Makes sure that an exposed folder is this user's alone.
    pub fn check(&self) -> io::Result<()> {
        if !self.exposed {
            return Ok(());
        }
        match fs::DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made,
        }
        let found = fs::symlink_metadata(&self.folder)?;
        if found.is_dir() && found.uid() == geteuid().as_raw() && found.mode() & 0o077 == 0 {
            return Ok(());
        }
        let message = format!("{} is not this user's alone", self.folder.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    }
}
