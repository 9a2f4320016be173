//! `array`: arrays of machine numbers and characters.
//!
//! | file       | concept                                              |
//! |------------|------------------------------------------------------|
//! | `kind`     | type codes: between Python values and machine ones   |
//! | `storage`  | the payload: bytes under the lock, and loans of them |
//! | `slots`    | construction, subscripts, operators                  |
//! | `methods`  | methods                                              |
//! | `iterator` | the iterator                                         |
//! | `pickling` | machine formats, reconstruction                      |

mod iterator;
mod kind;
mod methods;
mod pickling;
mod slots;
mod storage;

pub use module::MODULE;

/// This module defines an object type which can efficiently represent an array of basic values: characters, integers,
/// floating-point numbers.  Arrays are sequence types and behave very much like lists, except that the type of objects
/// stored in them is constrained.
#[runtime::native::module("array", classes(super::storage::Array))]
pub mod module {
    use runtime::class::{Payload, lookup};
    use runtime::error::Result;
    use runtime::object::cast;
    use runtime::types::{Dict, DictExt, Str, module};
    use runtime::{Thread, Value, call};

    use super::storage::Array;

    /// The type codes.
    #[name("typecodes")]
    pub const TYPE_CODES: &str = "bBuwhHiIlLqQfd";

    /// Gives the class its other name, and makes it known as a mutable sequence.
    #[init]
    pub fn exec(th: &mut Thread, this: &Value) -> Result<()> {
        let class = Array::def().value();
        let namespace = module::dict(th, this)?;
        if let Some(dict) = cast::<Dict>(&namespace) {
            let name = Str::interned(th, "ArrayType")?;
            dict.set_str(th, &name, class.clone())?;
        }
        let abc = runtime::interp::import_module(th, "collections.abc")?;
        let name = Str::interned(th, "MutableSequence")?;
        let sequence = lookup::getattr(th, &abc, &name)?;
        let name = Str::interned(th, "register")?;
        call::call_method(th, &sequence, &name, &[class]).map(drop)
    }

    /// Internal. Used for pickling support.
    #[sig("(arraytype, typecode, mformat_code, items, /)")]
    pub fn _array_reconstructor(
        th: &mut Thread,
        arraytype: &Value,
        typecode: &Value,
        mformat_code: i32,
        items: &Value,
    ) -> Result<Value> {
        super::pickling::reconstruct(th, arraytype, typecode, mformat_code, items)
    }
}
