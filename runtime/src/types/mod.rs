//! The built-in types. A type's payload and what the runtime asks of it are in one file; its Python methods and slots in
//! another, `NAME_methods`.

pub mod anext_awaitable;
pub(crate) mod arguments;
pub mod async_generator;
pub mod awaiting;
pub mod buffers;
pub mod byte_strings;
pub mod bytearray;
pub mod bytearray_methods;
pub mod bytes;
pub mod bytes_methods;
pub mod callable_iterator;
pub mod cell;
pub mod character_iterators;
pub mod class_attributes;
pub mod class_object;
pub mod code;
pub mod code_methods;
pub mod codecs;
pub mod complex;
pub mod coroutine_wrapper;
pub mod descriptor;
pub mod dict;
pub mod dict_iterators;
pub mod dict_methods;
pub mod dict_views;
pub mod enumerate;
pub mod exception;
pub mod exception_group;
pub mod exception_methods;
pub mod filter;
pub mod float;
pub mod float_methods;
pub mod frame_locals;
pub mod frame_methods;
pub mod function;
pub mod function_attributes;
pub mod function_methods;
pub mod generator;
mod generator_finalizer;
pub mod generator_methods;
pub(crate) mod generator_turns;
pub mod generic_alias;
pub mod hashing;
pub mod instance;
pub mod int;
pub mod int_methods;
pub mod iterators;
pub mod list;
pub mod list_methods;
pub mod mappingproxy;
mod member_names;
pub mod memoryview;
pub mod merge;
pub mod module;
pub mod module_methods;
pub mod namespace;
pub mod native_function;
pub mod native_order;
pub mod object_methods;
pub mod os_error;
pub mod property;
pub(crate) mod python_buffer;
pub mod range;
pub mod range_iterators;
pub mod reversed;
pub mod sequence;
pub mod sequence_iterator;
pub mod set;
pub mod set_methods;
pub mod singletons;
pub mod slice;
pub mod snapshot;
pub mod sort;
pub mod str;
pub mod str_methods;
pub mod struct_sequence;
pub mod super_object;
pub mod syntax_error;
pub mod template;
pub mod traceback;
pub mod traceback_methods;
pub mod tuple;
pub mod tuple_methods;
pub mod type_alias;
pub(crate) mod type_params;
pub mod typevars;
pub mod typing_module;
pub mod unicode_error;
pub mod union;
pub mod weak_proxy;
pub mod weakref;
pub mod weakref_methods;
pub mod weakref_module;
pub mod zip;

use memory::Value;

pub use bytes::{Bytes, BytesExt};
pub use complex::Complex;
pub use dict::{Dict, DictExt};
pub use float::Float;
pub use instance::Instance;
pub use int::{Bool, Int};
pub use list::{List, ListExt};
pub use set::{FrozenSet, Set, SetExt};
pub use singletons::{EllipsisType, NoneType, NotImplementedType};
pub use str::{Str, StrExt};
pub use tuple::{Tuple, TupleExt};

/// `<class 'name'>` of a value, for messages.
pub fn quoted_class(value: &Value) -> String {
    use crate::class::TypeExt;
    format!("<class '{}'>", crate::class::class_of(value).name_lossy())
}

/// `ascii(value)`.
///
/// # Errors
/// What `repr` raises.
pub fn ascii(thread: &mut threads::Thread, value: &Value) -> crate::error::Result<Value> {
    let text = crate::ops::repr(thread, value)?;
    let Some(view) = crate::object::cast::<Str>(&text).filter(|text| !text.is_ascii()) else {
        return Ok(text.clone());
    };
    use text::Chars;
    let mut out = String::new();
    for code in view.view().iter_chars() {
        match code {
            0..0x80 => out.push(code as u8 as char),
            0x80..0x100 => out += &format!("\\x{code:02x}"),
            0x100..0x1_0000 => out += &format!("\\u{code:04x}"),
            _ => out += &format!("\\U{code:08x}"),
        }
    }
    Str::new(thread, &out)
}
