//! The archive: what the build script packs, and reading it.
//!
//! One deflate stream of entries, each of two little-endian 32-bit lengths, a path with `/` between its parts, and the
//! file's contents. It is read once in the life of a cache directory, from front to back, so it has no index.

use flate2::read::DeflateDecoder;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// The packed library.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/stdlib.pack"));

/// A hash of what is packed, in hexadecimal.
pub const HASH: &str = env!("WEFT_STDLIB_HASH");

/// A file of the library.
pub struct Entry {
    /// Where it belongs, from the library's folder.
    pub path: PathBuf,
    /// What it holds.
    pub contents: Vec<u8>,
}

/// The files of the packed library.
pub fn entries() -> Entries<impl Read> {
    Entries { source: DeflateDecoder::new(PACKED) }
}

/// Reads entries one after the other.
pub struct Entries<R> {
    source: R,
}

impl<R: Read> Entries<R> {
    /// The files that `source` has, uncompressed.
    #[cfg(test)]
    pub fn new(source: R) -> Self {
        Self { source }
    }

    fn read(&mut self) -> io::Result<Option<Entry>> {
        let mut first = [0; 1];
        if self.source.read(&mut first)? == 0 {
            return Ok(None);
        }
        let mut rest = [0; 3];
        self.source.read_exact(&mut rest)?;
        let path_length = u32::from_le_bytes([first[0], rest[0], rest[1], rest[2]]);
        let mut length = [0; 4];
        self.source.read_exact(&mut length)?;
        let path = String::from_utf8(self.take(path_length)?);
        let path = PathBuf::from(path.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?);
        let contents = self.take(u32::from_le_bytes(length))?;
        if !is_plain(&path) {
            let message = format!("{}: leads out of the library", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(Some(Entry { path, contents }))
    }

    fn take(&mut self, length: u32) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&mut self.source).take(u64::from(length)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == u64::from(length) {
            Ok(bytes)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

fn is_plain(path: &Path) -> bool {
    path.components().all(|component| matches!(component, Component::Normal(_)))
}

impl<R: Read> Iterator for Entries<R> {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
