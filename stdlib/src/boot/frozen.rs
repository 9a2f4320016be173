//! The modules of the import system itself: compiled from the library's files, kept beside them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use runtime::config;
use runtime::error::{Result, import_error};
use runtime::{Thread, Value};

use crate::{imp, marshal};

/// A module that can be had before the import system runs.
pub struct Frozen {
    /// The module's name.
    pub name: &'static str,
    /// The name of the library's module that it is.
    pub origin: &'static str,
    /// Its file in the library.
    file: &'static str,
}

/// All of them, the first to be run first.
pub static FROZEN: &[Frozen] = &[
    Frozen {
        name: "_frozen_importlib",
        origin: "importlib._bootstrap",
        file: "importlib/_bootstrap.py",
    },
    Frozen {
        name: "_frozen_importlib_external",
        origin: "importlib._bootstrap_external",
        file: "importlib/_bootstrap_external.py",
    },
    Frozen { name: "zipimport", origin: "zipimport", file: "zipimport.py" },
];

/// The frozen module of this name.
pub fn frozen(name: &str) -> Option<&'static Frozen> {
    FROZEN.iter().find(|frozen| frozen.name == name)
}

/// What a `.pyc` file begins with: magic, flags (none), the time of the source in seconds, its size.
const HEADER_BYTES: usize = 16;

fn header(metadata: &fs::Metadata) -> [u8; HEADER_BYTES] {
    let seconds = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |since| since.as_secs());
    let mut header = [0; HEADER_BYTES];
    header[..4].copy_from_slice(&imp::MAGIC.to_le_bytes());
    header[8..12].copy_from_slice(&(seconds as u32).to_le_bytes());
    header[12..].copy_from_slice(&(metadata.len() as u32).to_le_bytes());
    header
}

fn cache_path(source: &Path, name: &str) -> Option<PathBuf> {
    let folder = source.parent()?.join("__pycache__");
    let optimization = match config::get().optimize {
        0 => String::new(),
        level => format!(".opt-{level}"),
    };
    Some(folder.join(format!("{name}.weft-314{optimization}.pyc")))
}

/// The code of a frozen module.
///
/// # Errors
/// ImportError if the library lacks it, SyntaxError.
pub fn frozen_code(thread: &mut Thread, frozen: &Frozen) -> Result<Value> {
    let source = config::get().library.join(frozen.file);
    let cannot = |error: std::io::Error| import_error(format!("cannot read {}: {error}", source.display()));
    let metadata = fs::metadata(&source).map_err(cannot)?;
    let header = header(&metadata);
    let cache = cache_path(&source, frozen.name);
    if let Some(bytes) = cache.as_ref().and_then(|cache| fs::read(cache).ok())
        && bytes.starts_with(&header)
        && let Ok(code) = marshal::read(thread, &bytes[HEADER_BYTES..], true)
    {
        return Ok(code);
    }
    let text = fs::read_to_string(&source).map_err(cannot)?;
    let filename = format!("<frozen {}>", frozen.origin);
    let optimize = config::get().optimize;
    let code = runtime::compile::compile(thread, &text, &filename, compiler::Mode::Exec, optimize)?;
    if let Some(cache) = cache.filter(|_| !config::get().dont_write_bytecode) {
        let body = marshal::write(thread, &code, marshal::VERSION, true)?;
        // Only time is lost where it cannot be kept.
        drop(write_beside(&cache, &header, &body));
    }
    Ok(code)
}

/// Writes a file so that nobody sees it half done.
fn write_beside(path: &Path, header: &[u8], body: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = path.with_extension(format!("pyc.{}", std::process::id()));
    let written = fs::File::create_new(&temporary).and_then(|mut file| {
        file.write_all(header)?;
        file.write_all(body)
    });
    match written.and_then(|()| fs::rename(&temporary, path)) {
        Ok(()) => Ok(()),
        Err(error) => {
            drop(fs::remove_file(&temporary));
            Err(error)
        }
    }
}
