//! `posix`: what the system offers, nearly as it is; `os` is built on it.
//!
//! | file         | concept                                                        |
//! |--------------|----------------------------------------------------------------|
//! | `path`       | arguments that name files                                      |
//! | `status`     | `stat` and its result, `utime`                                 |
//! | `names`      | names of files: renaming, removing, linking, permissions       |
//! | `text`       | paths as text                                                  |
//! | `scan`       | reading directories                                            |
//! | `open_files` | descriptors                                                    |
//! | `process`    | processes: who they are, starting, waiting                     |
//! | `info`       | the machine and the system                                     |
//! | `constants`  | numbers with names                                             |

mod constants;
mod info;
mod names;
mod open_files;
pub mod path;
mod process;
mod scan;
mod status;
mod text;

use std::os::unix::ffi::OsStringExt;

use runtime::error::Result;
use runtime::native::{self, ModuleDef};
use runtime::types::{Bytes, Dict, DictExt, List, Str, module};
use runtime::{Thread, Value};

use crate::support;

pub use process::{c_string, usage_value};

/// What the module consists of.
static PARTS: &[&ModuleDef] = &[
    &names::functions::MODULE,
    &open_files::functions::MODULE,
    &process::functions::MODULE,
    &info::functions::MODULE,
    &scan::functions::MODULE,
    &status::functions::MODULE,
    &text::functions::MODULE,
];

/// The environment: bytes to bytes.
fn environment(thread: &mut Thread) -> Result<Value> {
    let value = Dict::new(thread)?;
    let Some(dict) = runtime::object::cast::<Dict>(&value) else { return Ok(value) };
    for (name, content) in runtime::system::environment::all() {
        let name = Bytes::new(thread, &name.into_vec())?;
        let content = Bytes::new(thread, &content.into_vec())?;
        if !dict.contains(thread, &name)? {
            dict.set(thread, &name, content)?;
        }
    }
    Ok(value)
}

#[native::module(
    "posix",
    doc = "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls."
)]
pub(crate) mod functions {
    use super::*;

    /// Adds what is declared in parts.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        crate::fork::initialize(th)?;
        support::add_parts(th, module, PARTS)?;
        support::constants(th, module, constants::NUMBERS)?;
        for (name, table) in [
            ("sysconf_names", constants::SYSCONF),
            ("pathconf_names", constants::PATHCONF),
            ("confstr_names", constants::CONFSTR),
        ] {
            let value = Dict::new(th)?;
            if let Some(dict) = runtime::object::cast::<Dict>(&value) {
                for (name, number) in table {
                    let name = Str::interned(th, name)?;
                    let number = runtime::types::int::from_i64(th, *number)?;
                    dict.set_str(th, &name, number)?;
                }
            }
            module::set(th, module, name, value)?;
        }
        let mut have = Vec::new();
        for name in constants::HAVE {
            have.push(Str::new(th, name)?);
        }
        let have = List::new(th, have)?;
        module::set(th, module, "_have_functions", have)?;
        let environ = environment(th)?;
        module::set(th, module, "environ", environ)?;
        module::set(th, module, "error", runtime::error::OS_ERROR.value())?;
        for def in [
            &status::STAT_RESULT,
            &open_files::TERMINAL_SIZE,
            &info::UNAME_RESULT,
            &info::TIMES_RESULT,
            &info::STATVFS_RESULT,
            &info::SCHED_PARAM,
            &process::WAITID_RESULT,
        ] {
            module::set(th, module, def.name, def.value())?;
        }
        Ok(())
    }

    /// Create the environment dictionary.
    #[sig("()")]
    pub fn _create_environ(th: &mut Thread) -> Result<Value> {
        environment(th)
    }
}
