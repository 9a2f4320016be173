//! Lists the files of the suites, so that the program can carry them: `weft bench` runs them wherever it was installed.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where the suites are, with what they share beside their folders.
const FOLDER: &str = "benches/suites";
/// Suites of workloads; other folders there are for recipes of the repository.
const SUITES: &[&str] = &["parallel", "sharing", "scaling", "single"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let folder = root.join(FOLDER);
    println!("cargo::rerun-if-changed={FOLDER}");
    let mut table = String::from("&[\n");
    let mut add = |prefix: &str, folder: &Path| -> io::Result<()> {
        for name in python_files(folder)? {
            let contents = folder.join(&name);
            writeln!(table, "    ({:?}, include_str!({contents:?})),", format!("{prefix}{name}"))
                .map_err(io::Error::other)?;
        }
        Ok(())
    };
    add("", &folder)?;
    for suite in SUITES {
        add(&format!("{suite}/"), &folder.join(suite))?;
    }
    table.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("suites.rs"), table)
}

/// The names of the Python files in a folder, sorted.
fn python_files(folder: &Path) -> io::Result<Vec<String>> {
    let entries = fs::read_dir(folder)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".py"))
        .collect();
    names.sort();
    Ok(names)
}
