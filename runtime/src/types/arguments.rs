//! Arguments of constructors that are slots (`__init__`, `__new__`) and so bind by hand.

use memory::Value;

use crate::error::{Result, type_error};
use crate::native::Args;
use crate::object::cast;
use crate::types::{Str, StrExt};

/// Binds up to `N` arguments, each by position or by name, none required; None counts as missing.
///
/// # Errors
/// TypeError for too many, unknown or doubled ones.
pub(crate) fn all_optional<const N: usize>(
    args: Args<'_>,
    function: &str,
    names: [&str; N],
) -> Result<[Option<Value>; N]> {
    bind(args, function, names).map(|bound| bound.map(|value| value.filter(|value| !value.is_none())))
}

/// As [`all_optional`], with None as a value like any other.
///
/// # Errors
/// As [`all_optional`].
pub(crate) fn bind<const N: usize>(
    args: Args<'_>,
    function: &str,
    names: [&str; N],
) -> Result<[Option<Value>; N]> {
    let given = args.positionals();
    let total = given.len() + args.names.len();
    if total > N {
        let plural = if N == 1 { "" } else { "s" };
        return Err(type_error(format!("{function}() takes at most {N} argument{plural} ({total} given)")));
    }
    let mut bound: [Option<Value>; N] = std::array::from_fn(|index| given.get(index).cloned());
    for (name, value) in args.keywords() {
        let name = cast::<Str>(name).map(|name| name.to_string_lossy()).unwrap_or_default();
        match names.iter().position(|known| *known == name) {
            None => {
                return Err(type_error(format!("{function}() got an unexpected keyword argument '{name}'")));
            }
            Some(index) if index < given.len() => {
                return Err(type_error(format!(
                    "argument for {function}() given by name ('{name}') and position ({})",
                    index + 1
                )));
            }
            Some(index) => bound[index] = Some(value.clone()),
        }
    }
    Ok(bound)
}

/// One of the bound arguments, which must be there.
///
/// # Errors
/// TypeError naming it.
pub(crate) fn required(value: Option<Value>, function: &str, name: &str, position: usize) -> Result<Value> {
    value.ok_or_else(|| {
        type_error(format!("{function}() missing required argument '{name}' (pos {position})"))
    })
}
