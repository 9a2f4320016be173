//! Paths as text: taking them apart without asking the system.

use runtime::error::{Result, type_error};
use runtime::native;
use runtime::object::{cast, cast_exact};
use runtime::types::str::subscript;
use runtime::types::{Bytes, BytesExt, Str, StrExt, Tuple};
use runtime::{Thread, Value};
use text::chars::Unit;

use crate::support;

/// Whether a unit is this character.
fn is<U: Unit>(unit: U, byte: u8) -> bool {
    unit.into() == u32::from(byte)
}

/// How long the root in front is: exactly two slashes stay two.
fn root_length<U: Unit>(path: &[U]) -> usize {
    let slashes = path.iter().take_while(|&&unit| is(unit, b'/')).count();
    match slashes {
        0 => 0,
        2 => 2,
        _ => 1,
    }
}

/// Whether the part is this many dots.
fn is_dots<U: Unit>(part: &[U], count: usize) -> bool {
    part.len() == count && part.iter().all(|&unit| is(unit, b'.'))
}

/// The normal form; `None` for that of an empty path, a dot.
fn normalize<U: Unit>(path: &[U]) -> Option<Vec<U>> {
    let root = root_length(path);
    let mut out = Vec::with_capacity(path.len());
    out.extend_from_slice(&path[..root]);
    // What lies before is the root, or leads upwards: no `..` takes it away.
    let mut fixed = root;
    for part in path[root..].split(|&unit| is(unit, b'/')) {
        if part.is_empty() || is_dots(part, 1) {
            continue;
        }
        let upwards = is_dots(part, 2);
        if upwards && out.len() > fixed {
            let last = out[fixed..].iter().rposition(|&unit| is(unit, b'/')).unwrap_or(0);
            out.truncate(fixed + last);
            continue;
        }
        if upwards && root > 0 {
            continue;
        }
        if out.len() > root {
            out.push(U::from_char(b'/'.into())?);
        }
        out.extend_from_slice(part);
        if upwards {
            fixed = out.len();
        }
    }
    if out.is_empty() { None } else { Some(out) }
}

#[native::module("posix", doc = "Functions on paths as text.")]
pub(crate) mod functions {
    use super::*;

    /// Normalize path, eliminating double slashes, etc.
    #[sig("(path)")]
    pub fn _path_normpath(th: &mut Thread, path: &Value) -> Result<Value> {
        let path = support::fspath(th, path)?;
        if let Some(text) = cast::<Str>(&path) {
            return text::with_slice!(text.view(), units => match normalize(units) {
                None => Str::from_latin1(th, b"."),
                Some(out) if out == units && cast_exact::<Str>(&path).is_some() => Ok(path.clone()),
                Some(out) => Str::from_view(th, Unit::view(&out)),
            });
        }
        match cast::<Bytes>(&path) {
            Some(bytes) => Bytes::new(th, normalize(bytes.bytes()).as_deref().unwrap_or(b".")),
            None => Err(type_error("expected str, bytes or os.PathLike object")),
        }
    }

    /// Split a pathname into drive, root and tail.
    ///
    /// The tail contains anything after the root.
    #[sig("(path, /)")]
    pub fn _path_splitroot_ex(th: &mut Thread, path: &Value) -> Result<Value> {
        let path = support::fspath(th, path)?;
        if let Some(text) = cast::<Str>(&path) {
            let root = text::with_slice!(text.view(), units => root_length(units));
            let drive = Str::empty(th)?;
            let tail = match root {
                0 if cast_exact::<Str>(&path).is_some() => path.clone(),
                _ => subscript::part(th, text, root..text.len())?,
            };
            let root = subscript::part(th, text, 0..root)?;
            return Tuple::of_array(th, [drive, root, tail]);
        }
        let Some(bytes) = cast::<Bytes>(&path) else {
            return Err(type_error("expected str, bytes or os.PathLike object"));
        };
        let (root, tail) = bytes.bytes().split_at(root_length(bytes.bytes()));
        let parts = [Bytes::new(th, b"")?, Bytes::new(th, root)?, Bytes::new(th, tail)?];
        Tuple::of_array(th, parts)
    }
}
