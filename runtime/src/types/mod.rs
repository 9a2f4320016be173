//! The built-in types. A type's payload and what the runtime asks of it are in one file; its Python methods and slots in
//! another, `NAME_methods`.

pub mod bytes;
pub mod bytes_methods;
pub mod cell;
pub mod class_object;
pub mod code_methods;
pub mod complex;
pub mod function_methods;
pub mod module_methods;
pub mod set;
pub mod slice;
pub mod code;
pub mod descriptor;
pub mod dict;
pub mod dict_methods;
pub mod exception;
pub mod exception_methods;
pub mod float;
pub mod float_methods;
pub mod function;
pub mod function_attributes;
pub mod generator;
pub mod generic_alias;
pub mod hashing;
pub mod instance;
pub mod int;
pub mod int_methods;
pub mod list;
pub mod list_methods;
pub mod module;
pub mod namespace;
pub mod native_function;
pub mod object_methods;
pub mod sequence_iterator;
pub mod singletons;
pub mod str;
pub mod str_methods;
pub mod traceback;
pub mod tuple;
pub mod tuple_methods;
pub mod union;
pub mod weakref;
pub mod weakref_methods;

use memory::Value;

pub use bytes::{Bytes, BytesExt};
pub use complex::Complex;
pub use dict::{Dict, DictExt};
pub use float::Float;
pub use instance::Instance;
pub use int::{Bool, Int};
pub use list::{List, ListExt};
pub use singletons::{EllipsisType, NoneType, NotImplementedType};
pub use str::{Str, StrExt};
pub use tuple::{Tuple, TupleExt};

/// `<class 'name'>` of a value, for messages.
pub fn quoted_class(value: &Value) -> String {
    use crate::class::TypeExt;
    format!("<class '{}'>", crate::class::class_of(value).name_lossy())
}
