//! Raised exceptions: how native code fails.
//!
//! `Result<T>` is Rust's with [`Raised`], one word that owns the exception instance. Exceptions are always instances:
//! nothing is normalized later. Constructors take no thread, so that they can be called under an open `Exclusive`.

pub mod tree;

use crate::class::TypeExt;
use std::fmt;

use memory::Value;

pub use tree::*;

/// A native class, by its definition.
pub type ClassDefRef = &'static crate::class::ClassDef;

/// What a native returns.
pub type Result<T> = std::result::Result<T, Raised>;

/// An exception on its way to a handler. Owns the instance.
#[must_use]
pub struct Raised(Value);

impl Raised {
    /// Raises `exception`, which is an exception instance.
    pub fn new(exception: Value) -> Self {
        Self(exception)
    }

    /// The instance.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// The instance, to be kept.
    pub fn into_value(self) -> Value {
        self.0
    }

    /// Whether the exception is an instance of `class`.
    pub fn is(&self, class: &'static crate::class::ClassDef) -> bool {
        crate::class::class_of(&self.0).is_subclass_of(class.object())
    }
}

/// What goes wrong in the pure functions on text and numbers.
impl From<text::Error> for Raised {
    #[cold]
    fn from(error: text::Error) -> Self {
        use text::ErrorKind;
        match error.kind {
            ErrorKind::Value => value_error(error.message),
            ErrorKind::Type => type_error(error.message),
            ErrorKind::Overflow => overflow_error(error.message),
            ErrorKind::Key => key_error(error.message),
            ErrorKind::Memory => memory_error(),
            ErrorKind::ZeroDivision => zero_division_error(error.message),
        }
    }
}

impl fmt::Debug for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raised({})", crate::class::class_of(&self.0).name_lossy())
    }
}
