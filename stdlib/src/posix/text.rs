//! Paths as text: taking them apart without asking the system.

use runtime::error::{Result, type_error};
use runtime::native;
use runtime::object::cast;
use runtime::types::{Bytes, BytesExt, Str, StrExt, Tuple};
use runtime::{Thread, Value};
use text::{Chars, Text, View};

use crate::support;

/// A path's characters, and whether it was bytes.
fn characters(thread: &mut Thread, path: &Value) -> Result<(Vec<u32>, bool)> {
    let path = support::fspath(thread, path)?;
    if let Some(text) = cast::<Str>(&path) {
        return Ok((text.view().iter_chars().collect(), false));
    }
    match cast::<Bytes>(&path) {
        Some(bytes) => Ok((bytes.bytes().iter().map(|&byte| byte.into()).collect(), true)),
        None => Err(type_error("expected str, bytes or os.PathLike object")),
    }
}

fn value(thread: &mut Thread, of: &[u32], is_bytes: bool) -> Result<Value> {
    if is_bytes {
        let bytes: Vec<u8> = of.iter().map(|&code| code as u8).collect();
        return Bytes::new(thread, &bytes);
    }
    Str::from_text(thread, &Text::narrow(View::Full(of)))
}

const SLASH: u32 = b'/' as u32;
const DOT: u32 = b'.' as u32;

/// How long the root in front is: exactly two slashes stay two.
fn root_length(path: &[u32]) -> usize {
    let slashes = path.iter().take_while(|&&code| code == SLASH).count();
    match slashes {
        0 => 0,
        2 => 2,
        _ => 1,
    }
}

fn normalize(path: &[u32]) -> Vec<u32> {
    let root = root_length(path);
    let mut parts: Vec<&[u32]> = Vec::new();
    for part in path.split(|&code| code == SLASH) {
        match part {
            [] | [DOT] => {}
            [DOT, DOT] if root > 0 && parts.is_empty() => {}
            [DOT, DOT] if parts.last().is_some_and(|last| *last != [DOT, DOT]) => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut out = vec![SLASH; root];
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push(SLASH);
        }
        out.extend_from_slice(part);
    }
    if out.is_empty() {
        out.push(DOT);
    }
    out
}

#[native::module("posix", doc = "Functions on paths as text.")]
pub(crate) mod functions {
    use super::*;

    /// Normalize path, eliminating double slashes, etc.
    #[sig("(path)")]
    pub fn _path_normpath(th: &mut Thread, path: &Value) -> Result<Value> {
        let (path, is_bytes) = characters(th, path)?;
        value(th, &normalize(&path), is_bytes)
    }

    /// Split a pathname into drive, root and tail.
    ///
    /// The tail contains anything after the root.
    #[sig("(path, /)")]
    pub fn _path_splitroot_ex(th: &mut Thread, path: &Value) -> Result<Value> {
        let (path, is_bytes) = characters(th, path)?;
        let root = root_length(&path);
        let parts = [&path[..0], &path[..root], &path[root..]];
        let parts = parts.iter().map(|part| value(th, part, is_bytes)).collect::<Result<Vec<_>>>()?;
        Tuple::new(th, parts)
    }
}
