//! What the macros' output calls besides the binding and the conversion of arguments.

use memory::Value;
use threads::Thread;

use super::Index;
use crate::class::{TypeExt, class_of};
use crate::error::{Raised, type_error};

/// `*args`.
pub type Rest<'a> = &'a [Value];

/// The default of a parameter.
impl From<i64> for Index {
    fn from(value: i64) -> Self {
        Self(isize::try_from(value).unwrap_or(if value < 0 { isize::MIN } else { isize::MAX }))
    }
}

/// A computed attribute was read or set on an object of another type.
#[cold]
pub fn wrong_getset_receiver(
    _: &mut Thread,
    class: &'static str,
    name: &'static str,
    value: &Value,
) -> Raised {
    let other = class_of(value).name_lossy();
    type_error(format!("descriptor '{name}' for '{class}' objects doesn't apply to a '{other}' object"))
}

/// A computed attribute that cannot be deleted was to be.
#[cold]
pub fn cannot_delete(_: &mut Thread, name: &'static str, _owner: &Value) -> Raised {
    type_error(format!("{name} may not be deleted"))
}
