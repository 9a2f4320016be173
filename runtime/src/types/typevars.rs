//! Type parameters, to come.

use memory::Value;
use threads::Thread;

use crate::error::{Result, not_implemented_error};

macro_rules! to_come {
    ($($name:ident($($arg:ident: $type:ty),*);)*) => {$(
        /// Made by the type parameter syntax.
        ///
        /// # Errors
        /// NotImplementedError so far.
        pub fn $name(_: &mut Thread, $($arg: $type),*) -> Result<Value> {
            $(let _ = $arg;)*
            Err(not_implemented_error("type parameters"))
        }
    )*};
}

to_come! {
    new_type_var(name: &Value, bound: Option<Value>, constraints: Option<Value>);
    new_param_spec(name: &Value);
    new_type_var_tuple(name: &Value);
    subscript_generic(params: &Value);
    new_type_alias(parts: &Value);
    set_default(param: &Value, default: &Value);
}
