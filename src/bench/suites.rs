//! The suites, which the program carries, and the folder in which they are for as long as it measures.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::options::Suite;

/// The files of `benches/suites`: path, contents. The build script lists them.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/suites.rs"));
/// Runs one workload in an interpreter.
static HARNESS: &str = include_str!("harness.py");
/// The name of the harness in the folder.
const HARNESS_FILE: &str = "harness.py";

/// A temporary folder with the suites and the harness. It goes when this is dropped.
#[derive(Debug)]
pub struct Folder {
    folder: TempDir,
}

impl Folder {
    /// Writes everything.
    ///
    /// # Errors
    /// The system's.
    pub fn new() -> io::Result<Self> {
        // Only this user can read or write there, as `tempfile` promises.
        let folder = tempfile::Builder::new().prefix("weft-bench-").tempdir()?;
        for &(path, contents) in FILES {
            let path = folder.path().join("suites").join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, contents)?;
        }
        fs::write(folder.path().join(HARNESS_FILE), HARNESS)?;
        Ok(Self { folder })
    }

    /// Where processes may leave what they say.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The harness.
    pub fn harness(&self) -> PathBuf {
        self.path().join(HARNESS_FILE)
    }

    /// What files of suites import from each other's side, `team` above all.
    pub fn shared(&self) -> PathBuf {
        self.path().join("suites")
    }

    /// The files of a suite, sorted.
    pub fn files(&self, suite: Suite) -> Vec<PathBuf> {
        let prefix = format!("{}/", suite.name());
        let of_suite = FILES.iter().filter(|(path, _)| path.starts_with(&prefix));
        of_suite.map(|(path, _)| self.shared().join(path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn the_folder_has_all_and_goes() {
        let folder = Folder::new().expect("a folder");
        assert!(folder.harness().is_file() && folder.shared().join("team.py").is_file());
        for &suite in Suite::value_variants() {
            let files = folder.files(suite);
            assert!(!files.is_empty() && files.iter().all(|file| file.is_file()), "{suite:?}");
        }
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
    }
}
