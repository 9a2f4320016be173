//! `_posixshmem`: memory that processes share, by name.

use memory::Value;
use runtime::Thread;
use runtime::error::{Result, type_error, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::system::numbers;
use runtime::types::{Str, buffers, os_error};

use crate::support;

fn name(thread: &mut Thread, function: &str, path: &Value) -> Result<std::ffi::CString> {
    let Some(text) = cast::<Str>(path) else {
        let got = support::class_name(path);
        return Err(type_error(format!("{function}() argument 1 must be str, not {got}")));
    };
    let bytes = buffers::utf8_of(thread, text)?;
    std::ffi::CString::new(bytes).map_err(|_| value_error("embedded null character"))
}

#[native::module("_posixshmem", doc = "POSIX shared memory module")]
pub mod module {
    use super::*;

    /// Open a shared memory object.  Returns a file descriptor (integer).
    #[sig("(path, flags, mode=511)")]
    pub fn shm_open(th: &mut Thread, path: &Value, flags: i32, mode: i32) -> Result<i32> {
        let name = name(th, "shm_open", path)?;
        let opened = support::blocking(th, || numbers::shm_open(&name, flags, mode as u32))?;
        opened.map_err(|error| os_error::from_io(th, &error, Some(path)))
    }

    /// Remove a shared memory object (similar to unlink()).
    #[sig("(path, /)")]
    pub fn shm_unlink(th: &mut Thread, path: &Value) -> Result<()> {
        let name = name(th, "shm_unlink", path)?;
        let removed = support::blocking(th, || numbers::shm_unlink(&name))?;
        removed.map(drop).map_err(|error| os_error::from_io(th, &error, Some(path)))
    }
}
