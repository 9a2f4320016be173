//! Attributes, `repr` and comparison of functions, methods and descriptors.

use memory::Value;
use threads::Thread;

use crate::class::Comparison;
use crate::error::Result;
use crate::native::{Args, GetSet, NativeDef};

macro_rules! tables {
    ($($name:ident: $type:ty;)*) => {$(
        /// A table of attributes.
        pub static $name: &[&[$type]] = &[];
    )*};
}

tables! {
    NATIVE_METHODS: NativeDef;
    NATIVE_GETSETS: GetSet;
    DESCRIPTOR_METHODS: NativeDef;
    METHOD_GETSETS: GetSet;
    CLASS_METHOD_GETSETS: GetSet;
    WRAPPER_GETSETS: GetSet;
    METHOD_WRAPPER_METHODS: NativeDef;
    METHOD_WRAPPER_GETSETS: GetSet;
    GETSET_GETSETS: GetSet;
    MEMBER_GETSETS: GetSet;
    WRAPPING_METHODS: NativeDef;
    STATIC_GETSETS: GetSet;
    CLASS_WRAPPER_GETSETS: GetSet;
    FUNCTION_METHODS: NativeDef;
    FUNCTION_GETSETS: GetSet;
    METHOD_METHODS: NativeDef;
    METHOD_OBJECT_GETSETS: GetSet;
    CODE_METHODS: NativeDef;
    CODE_GETSETS: GetSet;
}

macro_rules! reprs {
    ($($name:ident)*) => {$(
        /// `repr()` of the type.
        ///
        /// # Errors
        /// MemoryError.
        pub fn $name(thread: &mut Thread, value: &Value) -> Result<Value> {
            super::instance::default_repr(thread, value)
        }
    )*};
}
reprs!(native_repr method_repr wrapper_repr method_wrapper_repr getset_repr member_repr wrapping_repr function_repr bound_method_repr code_repr);

macro_rules! comparisons {
    ($($name:ident $hash:ident;)*) => {$(
        /// Comparison.
        ///
        /// # Errors
        /// None so far.
        pub fn $name(_: &mut Thread, a: &Value, b: &Value, op: Comparison) -> Result<Value> {
            match op {
                Comparison::Eq if a.is(b) => Ok(Value::from_bool(true)),
                _ => Ok(Value::not_implemented()),
            }
        }
        /// The hash.
        ///
        /// # Errors
        /// None so far.
        pub fn $hash(_: &mut Thread, value: &Value) -> Result<i64> {
            Ok(super::int::hash_of_address(value))
        }
    )*};
}
comparisons! {
    native_compare native_hash;
    method_wrapper_compare method_wrapper_hash;
    bound_method_compare bound_method_hash;
    code_compare code_hash;
}

/// `__init__` of staticmethod and classmethod.
///
/// # Errors
/// TypeError.
pub fn wrapping_init(thread: &mut Thread, value: &Value, args: Args<'_>) -> Result<()> {
    match args.no_keywords("staticmethod")? {
        [callable] => {
            super::descriptor::set_callable(thread, value, callable.clone());
            Ok(())
        }
        more => Err(crate::error::type_error(format!("staticmethod expected 1 argument, got {}", more.len()))),
    }
}
