//! Packs the Python part of the standard library into one compressed file, which the library embeds.
//!
//! Three sources, a later one winning: the published `rustpython-pylib`, less what [`selection`] leaves out and with
//! the few lines of [`edits`] changed; and our own files in `stdlib/Lib`. The format is that of `src/pack/archive.rs`.

mod edits;
mod selection;

use flate2::{Compression, write::DeflateEncoder};
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What each file is called, with `/` between, and what it holds.
type Files = BTreeMap<String, Vec<u8>>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut files = Files::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "", &mut files)?;
    files.retain(|path, _| selection::keeps(path));
    edits::apply(&mut files)?;
    let ours = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("Lib");
    println!("cargo:rerun-if-changed={}", ours.display());
    println!("cargo:rerun-if-changed=build");
    collect(&ours, "", &mut files)?;

    let contents = concatenate(&files)?;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&contents)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("stdlib.pack"), encoder.finish()?)?;
    println!("cargo:rustc-env=WEFT_STDLIB_HASH={:016x}", fnv1a(&contents));
    Ok(())
}

/// Adds every file under `folder`, except what an interpreter may have left there.
fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|name| format!("{name:?} is not Unicode"))?;
        if name == "__pycache__" || name.ends_with(".pyc") {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// The archive before compression: for each file the lengths of its path and of its contents, then both.
fn concatenate(files: &Files) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut archive = Vec::new();
    for (path, contents) in files {
        archive.extend(u32::try_from(path.len())?.to_le_bytes());
        archive.extend(u32::try_from(contents.len())?.to_le_bytes());
        archive.extend(path.as_bytes());
        archive.extend(contents);
    }
    Ok(archive)
}

/// Fowler, Noll and Vo's hash: it names the cache directory, so two versions need only differ by chance.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
