//! `grp`: the database of groups.

use runtime::error::{Result, key_error, overflow_error};
use runtime::native;
use runtime::system::users::{self, Group};
use runtime::types::{List, int, module, struct_sequence};
use runtime::{Thread, Value, ops};

use crate::pwd::{id_argument, name_argument};
use crate::support;

runtime::struct_sequence! {
    /// `grp.struct_group`.
    pub static STRUCT_GROUP: "grp" "struct_group" "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple."
    visible 4 unnamed 0 {
        "gr_name" "group name",
        "gr_passwd" "password",
        "gr_gid" "group id",
        "gr_mem" "group members",
    }
}

fn value_of(thread: &mut Thread, group: &Group) -> Result<Value> {
    let mut members = Vec::with_capacity(group.members.len());
    for member in &group.members {
        members.push(support::name_value(thread, member.to_bytes(), false)?);
    }
    let items = vec![
        support::name_value(thread, group.name.to_bytes(), false)?,
        support::name_value(thread, group.password.to_bytes(), false)?,
        int::from_i64(thread, group.id.into())?,
        List::new(thread, members)?,
    ];
    struct_sequence::make(thread, &STRUCT_GROUP, items, Vec::new())
}

#[native::module(
    "grp",
    doc = "Access to the Unix group database.\n\nGroup entries are reported as 4-tuples containing the following fields\nfrom the group database, in order:\n\n  name   - name of the group\n  passwd - group password (encrypted); often empty\n  gid    - numeric ID of the group\n  mem    - list of members\n\nThe gid is an integer, name and password are strings.  (Note that most\nusers are not explicitly listed as members of the groups they are in\naccording to the password database.  Check both databases to get\ncomplete membership information.)"
)]
pub(crate) mod functions {
    use super::*;

    /// Adds the type.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        module::set(th, module, "struct_group", STRUCT_GROUP.value())
    }

    /// Return the group database entry for the given numeric group ID.
    ///
    /// If id is not valid, raise KeyError.
    #[sig("(id)")]
    pub fn getgrgid(th: &mut Thread, id: &Value) -> Result<Value> {
        let Some(number) = id_argument(th, id)? else {
            let is_negative = int::is_negative(&ops::index(th, id)?);
            let what = if is_negative { "less than minimum" } else { "greater than maximum" };
            return Err(overflow_error(format!("gid is {what}")));
        };
        match th.detached(|| users::group_by_id(number)).map_err(|error| support::raise(th, &error))? {
            Some(group) => value_of(th, &group),
            None => Err(key_error(format!("getgrgid(): gid not found: {number}"))),
        }
    }

    /// Return the group database entry for the given group name.
    ///
    /// If name is not valid, raise KeyError.
    #[sig("(name)")]
    pub fn getgrnam(th: &mut Thread, name: &Value) -> Result<Value> {
        let c_name = name_argument(th, "getgrnam", name)?;
        match th.detached(|| users::group_by_name(&c_name)).map_err(|error| support::raise(th, &error))? {
            Some(group) => value_of(th, &group),
            None => {
                let shown = ops::repr_text(th, name)?;
                Err(key_error(format!("getgrnam(): name not found: {shown}")))
            }
        }
    }

    /// Return a list of all available group entries, in arbitrary order.
    ///
    /// An entry whose name starts with '+' or '-' represents an instruction
    /// to use YP/NIS and may not be accessible via getgrnam or getgrgid.
    #[sig("()")]
    pub fn getgrall(th: &mut Thread) -> Result<Value> {
        let all = th.detached(users::groups);
        let mut values = Vec::with_capacity(all.len());
        for group in &all {
            values.push(value_of(th, group)?);
        }
        List::new(th, values)
    }
}
