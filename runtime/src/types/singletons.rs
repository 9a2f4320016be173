//! The types of `None`, `NotImplemented` and `Ellipsis`: immediates, which have no payload.

use memory::{Trace, Value, Visitor};
use threads::Thread;

use crate::class::{ClassFlags, Slots};
use crate::error::{Result, type_error};
use crate::native::Args;

macro_rules! singleton {
    ($(#[$doc:meta])* $type:ident $name:literal $text:literal $call_name:literal $value:expr, $extra:expr, $methods:expr) => {
        $(#[$doc])*
        pub struct $type;
        // SAFETY: no references; there are no objects of this type.
        unsafe impl Trace for $type {
            const NAME: &'static str = $name;
            const TRACKED: bool = false;
            fn trace<V: Visitor>(&self, _: &mut V) {}
        }
        crate::class_def!(
            $type,
            $name,
            ClassFlags::NONE,
            with_doc(concat!("The type of the ", $text, " singleton.")),
            with_slots(|slots: &Slots| {
                slots.repr.set(|thread: &mut Thread, _: &Value| crate::interned!(thread, $text).cloned());
                let extra: fn(&Slots) = $extra;
                extra(slots);
            }),
            with_new(|_: &mut Thread, _: &Value, args: Args<'_>| {
                if args.is_empty() { Ok($value) } else { Err(type_error(concat!($call_name, " takes no arguments"))) }
            }),
            with_methods($methods)
        );
    };
}

singleton! {
    /// The type of `None`.
    NoneType "NoneType" "None" "NoneType" Value::none(), |slots| {
        slots.bool.set(|_: &mut Thread, _: &Value| Ok(false));
        slots.hash.set(|_: &mut Thread, _: &Value| Ok(0xfca_86420));
    }, &[]
}
singleton! {
    /// The type of `NotImplemented`.
    NotImplementedType "NotImplementedType" "NotImplemented" "NotImplementedType" Value::not_implemented(), |slots| {
        slots.bool.set(not_implemented_bool);
    }, &[not_implemented_methods::METHODS]
}
singleton! {
    /// The type of `Ellipsis`.
    EllipsisType "ellipsis" "Ellipsis" "EllipsisType" Value::ellipsis(), |_| {}, &[ellipsis_methods::METHODS]
}

#[native::methods(name = "NotImplementedType")]
mod not_implemented_methods {
    use super::Value;

    /// Support for pickle: the name.
    pub fn __reduce__(_this: &Value) -> &'static str {
        "NotImplemented"
    }
}

#[native::methods(name = "ellipsis")]
mod ellipsis_methods {
    use super::Value;

    /// Support for pickle: the name.
    pub fn __reduce__(_this: &Value) -> &'static str {
        "Ellipsis"
    }
}

fn not_implemented_bool(_: &mut Thread, _: &Value) -> Result<bool> {
    Err(type_error("NotImplemented should not be used in a boolean context"))
}
