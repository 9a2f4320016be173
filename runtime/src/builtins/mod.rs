//! The `builtins` module.
//!
//! | file          | functions                                                        |
//! |---------------|------------------------------------------------------------------|
//! | `objects`     | attributes, types, identity, text of any object                  |
//! | `numbers`     | arithmetic, characters, `sum`                                    |
//! | `iteration`   | `iter`, `next`, `min`, `max`, `sorted` and their like            |
//! | `streams`     | `print`, `input`, `open`                                         |
//! | `evaluate`    | `compile`, `eval`, `exec`, `__import__`                          |
//! | `build_class` | `__build_class__`: the class statement                           |

mod build_class;
pub mod evaluate;
mod iteration;
mod numbers;
mod objects;
pub(crate) use objects::dir_of;
mod streams;

use memory::Value;
use threads::Thread;

use crate::class::{ClassDef, Payload};
use crate::error::{BASE_EXCEPTION, EXCEPTIONS, OS_ERROR, Result};
use crate::native::ModuleDef;
use crate::types::{self, Str, module, native_function};

/// The module's functions, by file; the first has its name and documentation.
static PARTS: [&ModuleDef; 6] = [
    &objects::functions::MODULE,
    &numbers::functions::MODULE,
    &iteration::functions::MODULE,
    &streams::functions::MODULE,
    &evaluate::functions::MODULE,
    &build_class::functions::MODULE,
];

/// Modules beside builtins whose types the runtime itself needs.
pub static MODULES: &[&ModuleDef] =
    &[&types::typing_module::functions::MODULE, &types::weakref_module::functions::MODULE];

/// The types with a name here.
fn classes() -> Vec<&'static ClassDef> {
    macro_rules! of {
        ($($payload:ty),* $(,)?) => { vec![$(<$payload as Payload>::def()),*] };
    }
    of![
        types::Bool,
        types::bytearray::Bytearray,
        types::memoryview::MemoryView,
        types::Bytes,
        types::descriptor::ClassMethod,
        types::Complex,
        types::Dict,
        types::enumerate::Enumerate,
        types::filter::Filter,
        types::Float,
        types::FrozenSet,
        types::Instance,
        types::Int,
        types::List,
        types::memoryview::MemoryView,
        types::zip::Map,
        types::property::Property,
        types::range::Range,
        types::reversed::Reversed,
        types::Set,
        types::slice::Slice,
        types::descriptor::StaticMethod,
        types::Str,
        types::super_object::Super,
        types::Tuple,
        crate::class::Type,
        types::zip::Zip,
    ]
}

/// Makes the module.
///
/// # Errors
/// MemoryError.
pub fn make(thread: &mut Thread) -> Result<Value> {
    let module = module::from_def(thread, PARTS[0])?;
    let name = Str::interned(thread, PARTS[0].name)?;
    for part in &PARTS[1..] {
        for function in part.functions {
            let value = native_function::new(thread, function, Some(module.clone()), Some(name.clone()))?;
            module::set(thread, &module, function.name, value)?;
        }
    }
    for class in classes() {
        module::set(thread, &module, class.name, class.value())?;
    }
    module::set(thread, &module, BASE_EXCEPTION.name, BASE_EXCEPTION.value())?;
    for class in EXCEPTIONS {
        module::set(thread, &module, class.name, class.value())?;
    }
    types::exception_group::initialize(thread)?;
    let group = types::exception_group::exception_group().clone();
    module::set(thread, &module, "ExceptionGroup", group)?;
    for alias in ["EnvironmentError", "IOError"] {
        module::set(thread, &module, alias, OS_ERROR.value())?;
    }
    let constants = [
        ("None", Value::none()),
        ("True", Value::from_bool(true)),
        ("False", Value::from_bool(false)),
        ("Ellipsis", Value::ellipsis()),
        ("NotImplemented", Value::not_implemented()),
        ("__debug__", Value::from_bool(true)),
    ];
    for (name, value) in constants {
        module::set(thread, &module, name, value)?;
    }
    Ok(module)
}
