//! `pwd`: the database of users.

use std::ffi::{CStr, CString};

use runtime::class::{TypeExt, class_of};
use runtime::error::{Result, key_error, type_error, value_error};
use runtime::native;
use runtime::object::cast;
use runtime::system::users::{self, User};
use runtime::types::{List, Str, codecs, int, module, struct_sequence};
use runtime::{Thread, Value, ops};

use crate::support;

runtime::struct_sequence! {
    /// `pwd.struct_passwd`.
    pub static STRUCT_PASSWD: "pwd" "struct_passwd" "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple."
    visible 7 unnamed 0 {
        "pw_name" "user name",
        "pw_passwd" "password",
        "pw_uid" "user id",
        "pw_gid" "group id",
        "pw_gecos" "real name",
        "pw_dir" "home directory",
        "pw_shell" "shell program",
    }
}

fn text(thread: &mut Thread, text: &CStr) -> Result<Value> {
    support::name_value(thread, text.to_bytes(), false)
}

fn value_of(thread: &mut Thread, user: &User) -> Result<Value> {
    let items = vec![
        text(thread, &user.name)?,
        text(thread, &user.password)?,
        int::from_i64(thread, user.id.into())?,
        int::from_i64(thread, user.group.into())?,
        text(thread, &user.comment)?,
        text(thread, &user.home)?,
        text(thread, &user.shell)?,
    ];
    struct_sequence::make(thread, &STRUCT_PASSWD, items, Vec::new())
}

/// A name as C has it.
pub fn name_argument(thread: &mut Thread, function: &str, name: &Value) -> Result<CString> {
    let Some(text) = cast::<Str>(name) else {
        return Err(type_error(format!(
            "{function}() argument must be str, not {}",
            class_of(name).name_lossy()
        )));
    };
    let bytes = codecs::fs_encode(thread, text)?;
    CString::new(bytes).map_err(|_| value_error("embedded null byte"))
}

/// A number of a user or group; `None` for one that none can have.
pub fn id_argument(thread: &mut Thread, id: &Value) -> Result<Option<u32>> {
    let index = ops::index(thread, id)?;
    Ok(match int::to_i64(&index) {
        Some(-1) => Some(u32::MAX),
        Some(id) => u32::try_from(id).ok(),
        None => None,
    })
}

#[native::module(
    "pwd",
    doc = "This module provides access to the Unix password database.\nIt is available on all Unix versions.\n\nPassword database entries are reported as 7-tuples containing the following\nitems from the password database (see `<pwd.h>'), in order:\npw_name, pw_passwd, pw_uid, pw_gid, pw_gecos, pw_dir, pw_shell.\nThe uid and gid items are integers, all others are strings. An\nexception is raised if the entry asked for cannot be found."
)]
pub(crate) mod functions {
    use super::*;

    /// Adds the type.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        module::set(th, module, "struct_passwd", STRUCT_PASSWD.value())
    }

    /// Return the password database entry for the given numeric user ID.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[sig("(uidobj, /)")]
    pub fn getpwuid(th: &mut Thread, uidobj: &Value) -> Result<Value> {
        let Some(id) = id_argument(th, uidobj)? else { return Err(key_error("getpwuid(): uid not found")) };
        match th.detached(|| users::user_by_id(id)).map_err(|error| support::raise(th, &error))? {
            Some(user) => value_of(th, &user),
            None => Err(key_error(format!("getpwuid(): uid not found: {id}"))),
        }
    }

    /// Return the password database entry for the given user name.
    ///
    /// See `help(pwd)` for more on password database entries.
    #[sig("(name, /)")]
    pub fn getpwnam(th: &mut Thread, name: &Value) -> Result<Value> {
        let c_name = name_argument(th, "getpwnam", name)?;
        match th.detached(|| users::user_by_name(&c_name)).map_err(|error| support::raise(th, &error))? {
            Some(user) => value_of(th, &user),
            None => {
                let shown = ops::repr_text(th, name)?;
                Err(key_error(format!("getpwnam(): name not found: {shown}")))
            }
        }
    }

    /// Return a list of all available password database entries, in arbitrary order.
    ///
    /// See help(pwd) for more on password database entries.
    #[sig("()")]
    pub fn getpwall(th: &mut Thread) -> Result<Value> {
        let all = th.detached(users::users);
        let mut values = Vec::with_capacity(all.len());
        for user in &all {
            values.push(value_of(th, user)?);
        }
        List::new(th, values)
    }
}
