//! The `_typing` module: the native part of `typing`.

use memory::Value;
use threads::Thread;

use super::type_alias::TypeAliasType;
use super::typevars::{ParamSpec, ParamSpecArgs, ParamSpecKwargs, TypeVar, TypeVarTuple};
use super::union::Union;
use super::{module, typevars};
use crate::class::Payload;
use crate::error::Result;

/// Primitives and accelerators for the typing module.
#[native::module("_typing")]
pub mod functions {
    use super::*;

    /// Return the argument.
    pub fn _idfunc(x: &Value) -> Value {
        x.clone()
    }

    /// Adds the types.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let classes = [
            TypeVar::def(),
            ParamSpec::def(),
            TypeVarTuple::def(),
            ParamSpecArgs::def(),
            ParamSpecKwargs::def(),
            TypeAliasType::def(),
            Union::def(),
        ];
        for class in classes {
            module::set(th, module, class.name, class.value())?;
        }
        let generic = typevars::generic(th)?;
        module::set(th, module, "Generic", generic)?;
        let no_default = typevars::no_default(th)?;
        module::set(th, module, "NoDefault", no_default)
    }
}
