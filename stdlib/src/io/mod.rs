//! `_io`: streams.
//!
//! | file        | concept                                                             |
//! |-------------|---------------------------------------------------------------------|
//! | `base`      | the abstract classes                                                 |
//! | `file`      | `FileIO`: a descriptor                                               |
//! | `raw`       | what buffered streams ask of the raw one, quickly if it is a `FileIO` |
//! | `buffered`  | `BufferedReader`, `-Writer`, `-Random`: state and operations          |
//! | `buffered_methods` | their methods                                                |
//! | `pair`      | `BufferedRWPair`                                                     |
//! | `bytes_io`  | `BytesIO`                                                            |
//! | `newlines`  | `IncrementalNewlineDecoder`                                          |
//! | `text`      | `TextIOWrapper`                                                      |
//! | `string_io` | `StringIO`                                                           |
//! | `open`      | `open` and its like                                                  |

mod base;
mod buffered;
mod buffered_methods;
mod bytes_io;
mod file;
mod newlines;
mod open;
mod pair;
mod raw;
mod string_io;
pub(crate) mod text;
mod text_methods;
mod text_position;

use memory::Value;
use runtime::class::{ClassDef, Payload};
use runtime::error::{Raised, Result, type_error};
use runtime::names::StaticValue;
use runtime::native;
use runtime::types::{Str, Tuple, int, module};
use runtime::{Thread, call, ops};

use crate::support;

/// Bytes in a buffer, unless somebody says otherwise.
pub const DEFAULT_BUFFER_SIZE: usize = 128 * 1024;

/// `io.UnsupportedOperation`, which is an OSError and a ValueError.
static UNSUPPORTED: StaticValue = StaticValue::new();

/// A raised `io.UnsupportedOperation`.
pub fn unsupported(thread: &mut Thread, message: &str) -> Raised {
    let Some(class) = UNSUPPORTED.get() else { return runtime::error::os_error(message) };
    let made = Str::new(thread, message).and_then(|message| call::call_one(thread, class, &message));
    match made {
        Ok(value) => Raised::new(value),
        Err(raised) => raised,
    }
}

/// Calls a method by name.
///
/// # Errors
/// AttributeError, or what it raises.
pub fn method(thread: &mut Thread, value: &Value, name: &str, args: &[Value]) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    call::call_method(thread, value, &name, args)
}

/// An attribute by name.
///
/// # Errors
/// AttributeError, or what it raises.
pub fn attribute(thread: &mut Thread, value: &Value, name: &str) -> Result<Value> {
    let name = Str::interned(thread, name)?;
    runtime::class::lookup::getattr(thread, value, &name)
}

/// The truth of an attribute.
///
/// # Errors
/// AttributeError, or what it raises.
pub fn is_true_attribute(thread: &mut Thread, value: &Value, name: &str) -> Result<bool> {
    let found = attribute(thread, value, name)?;
    ops::is_true(thread, &found)
}

/// Calls a method as a base class has it.
///
/// # Errors
/// What it raises.
pub fn base_method(thread: &mut Thread, base: &'static ClassDef, name: &str, value: &Value) -> Result<Value> {
    let function = attribute(thread, &base.value(), name)?;
    call::call_one(thread, &function, value)
}

/// The `repr` of a stream whose own contains that of another object: RuntimeError if that is itself.
///
/// # Errors
/// RuntimeError, or what making it raises.
pub fn guarded_repr(
    thread: &mut Thread,
    value: &Value,
    make: impl FnOnce(&mut Thread) -> Result<Value>,
) -> Result<Value> {
    let class = runtime::class::TypeExt::full_name(runtime::class::class_of(value), thread);
    let mut entered = false;
    let result = runtime::types::sequence::guarded_repr(thread, value, "", |thread| {
        entered = true;
        make(thread)
    });
    if entered {
        return result;
    }
    result?;
    Err(runtime::error::runtime_error(format!("reentrant call inside {class}.__repr__")))
}

/// An offset into a file.
///
/// # Errors
/// TypeError for a float and whatever else is no int, OverflowError.
pub fn offset(thread: &mut Thread, value: &Value) -> Result<i64> {
    let index = ops::index(thread, value)?;
    int::to_i64(&index)
        .ok_or_else(|| runtime::error::overflow_error("Python int too large to convert to C long"))
}

#[native::module(
    "_io",
    doc = "The io module provides the Python interfaces to stream handling. The\nbuiltin open function is defined in this module.\n\nAt the top of the I/O hierarchy is the abstract base class IOBase. It\ndefines the basic interface to a stream. Note, however, that there is no\nseparation between reading and writing to streams; implementations are\nallowed to raise an OSError if they do not support a given operation.",
    classes(
        file::FileIo,
        bytes_io::BytesIo,
        pair::BufferedRwPair,
        newlines::IncrementalNewlineDecoder,
        text::TextIoWrapper,
        string_io::StringIo
    )
)]
pub(crate) mod functions {
    use super::*;

    /// Adds the abstract classes and UnsupportedOperation.
    #[init]
    pub fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        for def in [
            &base::IO_BASE,
            &base::RAW_IO_BASE,
            &base::BUFFERED_IO_BASE,
            &base::TEXT_IO_BASE,
            &buffered::READER,
            &buffered::WRITER,
            &buffered::RANDOM,
        ] {
            module::set(th, module, def.name, def.value())?;
        }
        support::constants(th, module, &[("DEFAULT_BUFFER_SIZE", DEFAULT_BUFFER_SIZE as i64)])?;
        module::set(th, module, "BlockingIOError", runtime::error::BLOCKING_IO_ERROR.value())?;
        if UNSUPPORTED.get().is_none() {
            let class = make_unsupported(th)?;
            UNSUPPORTED.set(class);
        }
        let class = UNSUPPORTED.value().clone();
        module::set(th, module, "UnsupportedOperation", class)?;
        support::add_parts(th, module, &[&open::functions::MODULE])
    }
}

/// `class UnsupportedOperation(OSError, ValueError)`.
fn make_unsupported(thread: &mut Thread) -> Result<Value> {
    use runtime::types::{Dict, DictExt};
    let meta = runtime::class::Type::def().value();
    let name = runtime::interned!(thread, "UnsupportedOperation")?;
    let bases = vec![runtime::error::OS_ERROR.value(), runtime::error::VALUE_ERROR.value()];
    let bases = Tuple::new(thread, bases)?;
    let namespace = Dict::new(thread)?;
    let key = runtime::interned!(thread, "__module__")?;
    let io = runtime::interned!(thread, "io")?;
    match runtime::object::cast::<Dict>(&namespace) {
        Some(dict) => dict.set_str(thread, key, io.clone())?,
        None => return Err(type_error("a dict is required")),
    }
    call::call_positional(thread, &meta, &[name.clone(), bases, namespace])
}
