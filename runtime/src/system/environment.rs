//! The environment of the process.

use std::ffi::{OsStr, OsString};

use threads::sync::Mutex;

/// Writers take turns; readers in Rust's library wait for them. C code that reads the environment meanwhile is the
/// program's risk, as with every Python.
static WRITING: Mutex<()> = Mutex::new(());

/// All entries.
pub fn all() -> Vec<(OsString, OsString)> {
    std::env::vars_os().collect()
}

/// Sets an entry. `name` is not empty and has no `=`; neither has a zero byte.
pub fn set(name: &OsStr, value: &OsStr) {
    let _writing = WRITING.lock();
    // SAFETY: Rust code reads the environment under the library's lock, which this call takes.
    unsafe { std::env::set_var(name, value) };
}

/// Removes an entry. `name` is not empty and has neither `=` nor a zero byte.
pub fn remove(name: &OsStr) {
    let _writing = WRITING.lock();
    // SAFETY: as in `set`.
    unsafe { std::env::remove_var(name) };
}
