//! Between Python values and Rust's.

use memory::{Object, Value};
use threads::Thread;

use super::NativeDef;
use crate::class::{Payload, TypeExt, class_of};
use crate::error::{Result, overflow_error, type_error};
use crate::object::cast;
use crate::types::{self, Str};

/// A Rust parameter type of natives.
pub trait FromArg<'a>: Sized {
    /// Converts an argument. May run Python (`__index__`, `__float__`, `__bool__`).
    ///
    /// # Errors
    /// TypeError, OverflowError, or what the conversion raises.
    fn from_arg(thread: &mut Thread, def: &NativeDef, name: &'static str, value: &'a Value) -> Result<Self>;
}

/// An index, clipped to what fits: `list.pop(10**100)` is out of range, not an overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index(pub isize);

impl<'a> FromArg<'a> for &'a Value {
    #[inline(always)]
    fn from_arg(_: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        Ok(value)
    }
}

impl<'a> FromArg<'a> for Value {
    #[inline(always)]
    fn from_arg(_: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        Ok(value.clone())
    }
}

impl<'a> FromArg<'a> for bool {
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        crate::ops::is_true(thread, value)
    }
}

impl<'a> FromArg<'a> for f64 {
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        types::float::as_f64(thread, value)
    }
}

impl<'a> FromArg<'a> for Index {
    #[inline]
    fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
        crate::ops::index_clipped(thread, value).map(Self)
    }
}

macro_rules! integers {
    ($($kind:ty, $c_name:literal;)*) => {$(
        impl<'a> FromArg<'a> for $kind {
            fn from_arg(thread: &mut Thread, _: &NativeDef, _: &'static str, value: &'a Value) -> Result<Self> {
                let wide = crate::ops::index_i128(thread, value)?;
                <$kind>::try_from(wide).map_err(|_| {
                    if <$kind>::MIN == 0 && wide < 0 {
                        overflow_error("can't convert negative value to unsigned int")
                    } else {
                        overflow_error(concat!("Python int too large to convert to C ", $c_name))
                    }
                })
            }
        }
    )*};
}

integers! {
    i64, "long";
    i32, "int";
    i16, "short";
    u8, "unsigned char";
    u16, "unsigned short";
    u32, "unsigned int";
    u64, "unsigned long";
    usize, "size_t";
    isize, "ssize_t";
}

impl<'a, T: FromArg<'a>> FromArg<'a> for Option<T> {
    #[inline]
    fn from_arg(thread: &mut Thread, def: &NativeDef, name: &'static str, value: &'a Value) -> Result<Self> {
        if value.is_none() { Ok(None) } else { T::from_arg(thread, def, name, value).map(Some) }
    }
}

impl<'a, T: Payload> FromArg<'a> for &'a Object<T> {
    #[inline]
    fn from_arg(_: &mut Thread, def: &NativeDef, name: &'static str, value: &'a Value) -> Result<Self> {
        cast::<T>(value).ok_or_else(|| wrong_type(def, name, T::def().name, value))
    }
}

/// "f() argument 'x' must be T, not Y", as Argument Clinic words it.
#[cold]
pub fn wrong_type(
    def: &NativeDef,
    name: &'static str,
    expected: &str,
    value: &Value,
) -> crate::error::Raised {
    let got = class_of(value).name_lossy();
    let got = if value.is_none() { "None".to_owned() } else { got };
    if def.params.names.len() == 1 && def.params.posonly == 1 {
        return type_error(format!("{}() argument must be {expected}, not {got}", def.name));
    }
    match def.params.names.iter().position(|&p| p == name) {
        Some(index) if index < def.params.posonly => {
            type_error(format!("{}() argument {} must be {expected}, not {got}", def.name, index + 1))
        }
        _ => type_error(format!("{}() argument '{name}' must be {expected}, not {got}", def.name)),
    }
}

/// A Rust result type of natives.
pub trait IntoResult {
    /// Makes the Python value.
    ///
    /// # Errors
    /// What a failed native raises, or MemoryError.
    fn into_result(self, thread: &mut Thread) -> Result<Value>;
}

impl IntoResult for Value {
    #[inline(always)]
    fn into_result(self, _: &mut Thread) -> Result<Value> {
        Ok(self)
    }
}

impl IntoResult for () {
    #[inline(always)]
    fn into_result(self, _: &mut Thread) -> Result<Value> {
        Ok(Value::none())
    }
}

impl IntoResult for bool {
    #[inline(always)]
    fn into_result(self, _: &mut Thread) -> Result<Value> {
        Ok(Value::from_bool(self))
    }
}

impl IntoResult for f64 {
    #[inline(always)]
    fn into_result(self, thread: &mut Thread) -> Result<Value> {
        types::float::new(thread, self)
    }
}

macro_rules! from_integers {
    ($($kind:ty)*) => {$(
        impl IntoResult for $kind {
            #[inline(always)]
            fn into_result(self, thread: &mut Thread) -> Result<Value> {
                types::int::from_i128(thread, self as i128)
            }
        }
    )*};
}
from_integers!(i8 i16 i32 u8 u16 u32 u64 usize isize i128);

impl IntoResult for i64 {
    #[inline(always)]
    fn into_result(self, thread: &mut Thread) -> Result<Value> {
        types::int::from_i64(thread, self)
    }
}

impl IntoResult for &str {
    fn into_result(self, thread: &mut Thread) -> Result<Value> {
        Str::new(thread, self)
    }
}

impl IntoResult for String {
    fn into_result(self, thread: &mut Thread) -> Result<Value> {
        Str::new(thread, &self)
    }
}

impl IntoResult for Vec<u8> {
    fn into_result(self, thread: &mut Thread) -> Result<Value> {
        types::Bytes::new(thread, &self)
    }
}

impl IntoResult for Vec<Value> {
    fn into_result(self, thread: &mut Thread) -> Result<Value> {
        types::List::new(thread, self)
    }
}

impl<T: IntoResult> IntoResult for Option<T> {
    #[inline]
    fn into_result(self, thread: &mut Thread) -> Result<Value> {
        self.map_or_else(|| Ok(Value::none()), |value| value.into_result(thread))
    }
}

impl<T: IntoResult> IntoResult for Result<T> {
    #[inline(always)]
    fn into_result(self, thread: &mut Thread) -> Result<Value> {
        self?.into_result(thread)
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: IntoResult),*> IntoResult for ($($name,)*) {
            #[allow(non_snake_case, reason = "the type parameters name the fields")]
            fn into_result(self, thread: &mut Thread) -> Result<Value> {
                let ($($name,)*) = self;
                let items = vec![$($name.into_result(thread)?),*];
                types::Tuple::new(thread, items)
            }
        }
    };
}
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
