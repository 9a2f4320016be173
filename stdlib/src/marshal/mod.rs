//! `marshal`: values as bytes, for `.pyc` files. The format is CPython's, version 5.
//!
//! A value is a type byte and what the type needs. The byte's highest bit says that later occurrences of the same object
//! are references to this one, by number.

mod read;
mod write;

use runtime::class::lookup::getattr;
use runtime::class::{TypeExt, class_of};
use runtime::error::{Result, type_error};
use runtime::object::cast;
use runtime::types::{Bytes, Str, buffers, int};
use runtime::{Thread, Value, call, names, native};

pub use read::read;
pub use write::write;

/// The version of the format.
pub const VERSION: i64 = 5;

/// The bit of the type byte that says that there may be references to the object.
const FLAG_REF: u8 = 0x80;

/// How deep values may be nested.
const MAX_DEPTH: usize = 2000;

/// The module.
#[native::module(
    "marshal",
    doc = "This module contains functions that can read and write Python values in\na binary format. The format is specific to Python, but independent of\nmachine architecture issues.\n\nNot all Python object types are supported; in general, only objects\nwhose value is independent from a particular invocation of Python can be\nwritten and read by this module."
)]
pub mod module {
    use super::*;

    #[init]
    fn exec(th: &mut Thread, module: &Value) -> Result<()> {
        let version = int::from_i64(th, VERSION)?;
        runtime::types::module::set(th, module, "version", version)
    }

    /// Return the bytes object that would be written to a file by dump(value, file).
    ///
    ///   value
    ///     Must be a supported type.
    ///   version
    ///     Indicates the data format that dumps should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// Raise a ValueError exception if value has (or contains an object that
    /// has) an unsupported type.
    #[sig("(value, version=5, /, *, allow_code=True)")]
    pub fn dumps(th: &mut Thread, value: &Value, version: i32, allow_code: bool) -> Result<Value> {
        let bytes = write(th, value, version.into(), allow_code)?;
        Bytes::new(th, &bytes)
    }

    /// Write the value on the open file.
    ///
    ///   value
    ///     Must be a supported type.
    ///   file
    ///     Must be a writeable binary file.
    ///   version
    ///     Indicates the data format that dump should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// If the value has (or contains an object that has) an unsupported type, a
    /// ValueError exception is raised - but garbage data will also be written
    /// to the file. The object will not be properly read back by load().
    #[sig("(value, file, version=5, /, *, allow_code=True)")]
    pub fn dump(
        th: &mut Thread,
        value: &Value,
        file: &Value,
        version: i32,
        allow_code: bool,
    ) -> Result<Value> {
        let bytes = write(th, value, version.into(), allow_code)?;
        let bytes = Bytes::new(th, &bytes)?;
        call::call_method(th, file, names::write(), &[bytes])
    }

    /// Convert the bytes-like object to a value.
    ///
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is found, raise EOFError, ValueError or TypeError.
    /// Extra bytes in the input are ignored.
    #[sig("(bytes, /, *, allow_code=True)")]
    pub fn loads(th: &mut Thread, bytes: &Value, allow_code: bool) -> Result<Value> {
        let data = buffers::bytes_of(th, bytes)?;
        read(th, &data, allow_code)
    }

    /// Read one value from the open file and return it.
    ///
    ///   file
    ///     Must be readable binary file.
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is read (e.g. because the data has a different Python
    /// version's incompatible marshal format), raise EOFError, ValueError or
    /// TypeError.
    ///
    /// Note: If an object containing an unsupported type was marshalled with
    /// dump(), load() will substitute None for the unmarshallable type.
    #[sig("(file, /, *, allow_code=True)")]
    pub fn load(th: &mut Thread, file: &Value, allow_code: bool) -> Result<Value> {
        let method = getattr(th, file, names::read())?;
        let zero = int::from_i64(th, 0)?;
        let probe = call::call_one(th, &method, &zero)?;
        if cast::<Bytes>(&probe).is_none() {
            let class = class_of(&probe).name_lossy();
            return Err(type_error(format!("file.read() returned not bytes but {class}")));
        }
        read::read_from(th, &method, allow_code)
    }
}

/// Whether it is a str, for who writes one.
fn is_str(value: &Value) -> bool {
    cast::<Str>(value).is_some()
}
